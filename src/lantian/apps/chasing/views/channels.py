"""Chat groups and the log of what went out."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Area
from lantian.apps.areas.queries import office_of
from lantian.apps.chasing import actions, rights
from lantian.apps.chasing.models import Message, MessageState, Webhook, WebhookKind
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """The chat groups of the person's areas, and the latest messages; coordinators see the messages only."""
    user = person(request)
    manages = policy.can(user, rights.MANAGE)
    if not manages:
        policy.require(user, rights.DRAFT)
    messages = policy.scope(user, Message.objects.select_related("unit", "plan", "webhook"))
    context = {
        "hooks": policy.scope(user, Webhook.objects.select_related("area")) if manages else [],
        "manages": manages,
        "areas": _areas(user) if manages else [],
        "kinds": WebhookKind.choices,
        "messages_out": messages[:50],
        "failed": messages.filter(state=MessageState.FAILED).count(),
        "hosts": settings.LANTIAN_WEBHOOK_HOSTS,
        "email": settings.LANTIAN_EMAIL,
    }
    return render(request, "chasing/channels.html", context)


def _areas(user: User) -> list[Area]:
    """Areas for which the person keeps chat groups: those that have plans of their own."""
    rows = Area.objects.filter(office_of(user, rights.MANAGE), plans__isnull=False)
    return list(rows.distinct().order_by("path"))


def _saved(request: HttpRequest, row: Webhook | None) -> HttpResponse:
    user = person(request)
    policy.require(user, rights.MANAGE)
    area = next((item for item in _areas(user) if str(item.uid) == request.POST.get("area", "")), None)
    text = request.POST.get("revision", "")

    def act() -> None:
        if area is None:
            raise actions.ChasingError(_("Choose an area."))
        actions.save_webhook(
            user, row, name=request.POST.get("name", ""), kind=request.POST.get("kind", ""), area=area,
            address=request.POST.get("address", ""), secret=request.POST.get("secret", ""),
            revision=int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1,
        )  # fmt: skip

    attempt(request, act, _("The chat group is saved. Try it with a test message."))
    return redirect("chasing:channels")


def _webhook(request: HttpRequest, uid: str) -> Webhook:
    return policy.get_or_404(person(request), Webhook.objects.select_related("area"), uid=uid)


@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """A new chat group."""
    return _saved(request, None)


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Change a chat group."""
    return _saved(request, _webhook(request, uid))


@require_POST
def switch(request: HttpRequest, uid: str) -> HttpResponse:
    """Turn a chat group on or off."""
    row = _webhook(request, uid)
    on = request.POST.get("on") == "1"
    said = _("Reminders go to this group.") if on else _("Nothing goes to this group.")
    attempt(request, lambda: actions.switch_webhook(person(request), row, on), said)
    return redirect("chasing:channels")


@require_POST
def test(request: HttpRequest, uid: str) -> HttpResponse:
    """Write a line to the group now."""
    row = _webhook(request, uid)
    attempt(request, lambda: actions.test_webhook(person(request), row), _("The group took the test message."))
    return redirect("chasing:channels")


@require_POST
def remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Forget a chat group."""
    row = _webhook(request, uid)
    attempt(request, lambda: actions.remove_webhook(person(request), row), _("The chat group is removed."))
    return redirect("chasing:channels")


@require_POST
def again(request: HttpRequest, uid: str) -> HttpResponse:
    """Send a message again that failed."""
    row = policy.get_or_404(person(request), Message.objects.select_related("plan", "webhook"), uid=uid)
    attempt(request, lambda: actions.send_again(person(request), row), _("The message is sent again."))
    return redirect("chasing:channels")
