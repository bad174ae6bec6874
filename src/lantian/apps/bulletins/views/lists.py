"""The list of bulletins, and the texts that they begin with."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.bulletins import actions, reads
from lantian.apps.bulletins.actions.texts import tried
from lantian.apps.bulletins.kinds import kinds, shipped_templates
from lantian.apps.bulletins.models import Bulletin, BulletinKind, BulletinState, OwnText
from lantian.apps.bulletins.views.common import PAGE, revision_of
from lantian.apps.core import policy
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt


@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """Bulletins that the person may see; box, kind, state and words in the address."""
    user = person(request)
    policy.require(user, "bulletin.view")
    filters = {name: request.GET.get(name, "").strip()[:80] for name in reads.FILTERS}
    rows = reads.listed(user, policy.scope(user, Bulletin.objects.all()), filters)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "filters": filters,
        "filtered": any(filters.values()),
        "boxes": [
            ("", _("All")),
            ("check", _("Figures to check")),
            ("work", _("In preparation")),
            ("issued", _("Issued")),
        ],
        "to_check": reads.to_check(user),
        "kinds": BulletinKind.choices,
        "states": BulletinState.choices,
        "may_draft": policy.can(user, "bulletin.draft"),
        "may_templates": policy.can(user, "people.manage"),
    }
    return render(request, "bulletins/list.html", context)


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The texts that bulletins begin with; administrators of the city write their own."""
    user = person(request)
    policy.require(user, "people.manage")
    own = {row.kind: row for row in policy.scope(user, OwnText.objects.all())}
    rows = [
        {"kind": name, "label": kind.zh, "shipped": shipped_templates()[name], "own": own.get(name)}
        for name, kind in kinds().items()
    ]
    context = {"rows": rows, "may": policy.can_at_top(user, "people.manage"), "slots": _slots()}
    return render(request, "bulletins/templates.html", context)


def _slots() -> list[tuple[str, str]]:
    """The names that a text may use, with what each is."""
    return [
        ("place", _("the city or district")), ("period", _("the period in words")), ("subject", _("who is ranked")),
        ("unit", _("the unit of the values")), ("indicator", _("what is ranked")), ("count", _("how many are ranked")),
        ("overall", _("sentence: the whole city")), ("others", _("sentence: the other indicators")),
        ("worst", _("sentence: the worst")), ("best", _("sentence: the best")),
        ("apart", _("sentence: the development zone")), ("changes", _("sentence: rises and falls")),
        ("missing", _("sentence: who is not ranked")),
    ]  # fmt: skip


@require_POST
def save_template(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the installation's own text, or go back to the shipped one."""
    user = person(request)
    title, text = (request.POST.get(field, "") for field in ("title", "body"))
    if request.POST.get("shipped"):
        title = text = ""
    attempt(
        request, lambda: actions.save_template(user, kind, title, text, revision=revision_of(request)),
        _("The template is saved."),
    )  # fmt: skip
    return redirect("bulletins:templates")


@require_POST
def try_template(request: HttpRequest, kind: str) -> HttpResponse:
    """What a text makes of invented figures; nothing is kept."""
    policy.require(person(request), "people.manage")
    title, text = (request.POST.get(field, "").replace("\r\n", "\n").strip() for field in ("title", "body"))
    context: dict[str, object] = {"kind": kind}
    try:
        if kind not in kinds():
            raise actions.BulletinError(_("There is no such kind of bulletin."))
        context["title"], context["lines"] = tried(kind, title, text)
    except NotPossible as refusal:
        context["refusal"] = str(refusal)
    return render(request, "bulletins/tried.html", context)
