"""收件箱: bringing pieces in, the list of a month, one piece beside what was read of it, and the clicks that decide."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.core import downloads, files, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import entryform, itemform, showing
from lantian.apps.supervision.actions import incoming as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Commitment, Incoming, IncomingItem, IncomingState, ItemState, Return, Route
from lantian.apps.supervision.queries import incoming as queries
from lantian.apps.supervision.views.common import office_plan

PAGE = 50
FILES_AT_ONCE = 40
LEVELS = (95, 90, 80, 60)  # per cent from which rows are offered to be taken together


@require_safe
def dropbox(request: HttpRequest, uid: str) -> HttpResponse:
    """What came in for a month, and where to bring more; asked by htmx, only the list."""
    plan, user = office_plan(request, uid), person(request)
    months, current = queries.months(plan, timezone.localdate())
    month = request.GET.get("period", "")
    month = month if month in months else current
    state = request.GET.get("state", "") if request.GET.get("state") in IncomingState.values else ""
    rows = policy.scope(user, Incoming.objects.all())
    page = Paginator(queries.pieces(plan, rows, month, state), PAGE).get_page(request.GET.get("page"))
    counts = queries.state_counts(plan, rows, month)
    context = {
        "plan": plan, "months": months, "month": month, "state": state, "page": page,
        "active": counts[IncomingState.READING] > 0, "total": sum(counts.values()),
        "states": [(name, label, counts[name]) for name, label in IncomingState.choices],
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
    }  # fmt: skip
    partial = request.headers.get("HX-Request") == "true"
    return render(request, f"supervision/incoming/{'_pieces' if partial else 'dropbox'}.html", context)


@require_POST
def bring(request: HttpRequest, uid: str) -> HttpResponse:
    """Take files and pasted text in; what cannot be taken is named, the others are kept and read."""
    plan, user = office_plan(request, uid), person(request)
    month = request.POST.get("period", "")
    given, text = request.FILES.getlist("files"), request.POST.get("text", "")
    taken = sum(take_file(request, user, plan, month, Route.DROP_BOX, item) for item in given[:FILES_AT_ONCE])
    if text.strip():
        taken += attempt(request, lambda: str(actions.receive_text(user, plan, month, text) and ""))
    if len(given) > FILES_AT_ONCE:
        left = _("Only the first %(count)s files were taken; bring the others in a second go.")
        messages.error(request, left % {"count": FILES_AT_ONCE})
    if not given and not text.strip():
        messages.error(request, _("Choose files or paste a text first."))
    if taken:
        messages.success(request, _("%(n)s pieces were taken in and are being read.") % {"n": taken})
    address = f"{reverse('supervision:dropbox', args=[plan.uid])}?period={month[:10]}"
    return redirect(address)


def take_file(request: HttpRequest, user: User, plan: Plan, month: str, route: str, item: UploadedFile[Any]) -> bool:
    """Keep one uploaded file and have it read, or say why not."""
    name = item.name or "file"
    if not item.size:
        messages.error(request, _("%(name)s is empty and was not taken.") % {"name": name})
        return False
    try:
        return attempt(request, lambda: str(actions.receive_file(user, plan, month, route, name, item.chunks()) and ""))
    except files.TooLargeError as large:
        text = _("%(name)s is larger than %(limit)s MB and was not taken; the other files were kept.")
        messages.error(request, text % {"name": name, "limit": large.limit // (1024 * 1024)})
        return False


def _piece(request: HttpRequest, uid: str) -> Incoming:
    rows = Incoming.objects.select_related("plan__area", "unit__area", "file", "job", "created_by")
    return policy.get_or_404(person(request), rows, uid=uid)


def _item(request: HttpRequest, uid: str) -> IncomingItem:
    rows = IncomingItem.objects.select_related("incoming__plan__area", "incoming__unit__area", "commitment__measure")
    item = policy.get_or_404(person(request), rows, uid=uid)
    policy.require(person(request), "return.write", item.incoming)
    return item


@require_safe
def piece(request: HttpRequest, uid: str) -> HttpResponse:
    """A piece: left what was sent, right the rows that were read of it, each with its clicks."""
    return _page(request, _piece(request, uid))


def _page(
    request: HttpRequest, row: Incoming, typed: dict[int, entryform.Form] | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    items = queries.items_of(row)
    office = policy.can(user, "duty.assign", row)
    report = Return.objects.filter(plan=row.plan, unit=row.unit, period=row.period).first() if row.unit else None
    context = {
        "piece": row, "plan": row.plan, "office": office, "report": report,
        "writes": policy.can(user, "return.write", row) and row.state != IncomingState.DROPPED,
        "cards": showing.cards(row, items, report, typed or {}),
        "blocks": showing.blocks(row, items),
        "units": queries.units_of(row.plan) if office else [],
        "owed": queries.owed_rows(row.plan, row.unit) if row.unit else [],
        "waiting": sum(item.state == ItemState.STAGED for item in items),
        "taken": sum(item.state == ItemState.TAKEN for item in items),
        "levels": showing.levels(items, LEVELS), "behalf": row.route == Route.DROP_BOX,
    }  # fmt: skip
    partial = request.headers.get("HX-Request") == "true"
    return render(request, f"supervision/incoming/{'_reading' if partial else 'piece'}.html", context, status=status)


def _back(row: Incoming, anchor: str = "") -> HttpResponse:
    response = redirect("supervision:incoming", uid=row.uid)
    response["Location"] += anchor
    return response


@require_safe
def download(request: HttpRequest, uid: str) -> HttpResponse:
    """The file as it was sent, as a download: never shown in the browser (contracts §8)."""
    row = _piece(request, uid)
    return downloads.stored(row.file, row.name)


@require_POST
def set_unit(request: HttpRequest, uid: str) -> HttpResponse:
    """Say whose piece it is."""
    row, user = _piece(request, uid), person(request)
    policy.require(user, "duty.assign", row)
    unit = queries.units_of(row.plan).filter(uid=showing.as_uid(request.POST.get("unit", ""))).first()

    def act() -> str:
        if unit is None:
            raise NotPossible(_("Choose a unit of this plan."))
        actions.set_unit(user, row, unit)
        return _("The piece is %(unit)s's; its rows were matched anew.") % {"unit": unit.name}

    attempt(request, act)
    return _back(row)


@require_POST
def set_row(request: HttpRequest, uid: str) -> HttpResponse:
    """Say which row a passage is about."""
    item, user = _item(request, uid), person(request)
    uid_text = showing.as_uid(request.POST.get("commitment", ""))
    commitment = Commitment.objects.filter(uid=uid_text).first()

    def act() -> str:
        if commitment is None:
            raise NotPossible(_("This row is not one of the unit's."))
        actions.set_row(user, item, commitment)
        return ""

    attempt(request, act)
    return _back(item.incoming, f"#i{item.order}")


@require_POST
def take(request: HttpRequest, uid: str) -> HttpResponse:
    """Take one row over, with the words as they stand in its form."""
    item, user = _item(request, uid), person(request)
    words, form = None, None
    if item.commitment is not None and "progress" in request.POST:
        row = itemform.row_of(queries.owed_rows(item.incoming.plan, _unit(item)).get(pk=item.commitment.pk))
        words, form = entryform.read(request.POST, row)
        if form.errors:
            messages.error(request, _("This row was not taken over; what is wrong stands beside the field."))
            return _page(request, _piece(request, str(item.incoming.uid)), {item.pk: form}, status=422)

    def act() -> str:
        actions.take(user, item, words, replace=request.POST.get("replace") == "1")
        return ""

    if not attempt(request, act):
        typed = {item.pk: form} if form else None
        return _page(request, _piece(request, str(item.incoming.uid)), typed, status=409)
    return _back(item.incoming, _next(item))


def _unit(item: IncomingItem) -> Unit:
    if item.incoming.unit is None:
        raise Http404
    return item.incoming.unit


def _next(item: IncomingItem) -> str:
    """The next row that waits, else the end of the page where the return is handed in."""
    waiting = IncomingItem.objects.filter(incoming=item.incoming, state=ItemState.STAGED)
    following = waiting.filter(order__gt=item.order).first() or waiting.first()
    return f"#i{following.order}" if following else "#hand-in"


@require_POST
def take_all(request: HttpRequest, uid: str) -> HttpResponse:
    """Take over every waiting row that is sure enough: one click of a person."""
    row, user = _piece(request, uid), person(request)
    policy.require(user, "return.write", row)
    text = request.POST.get("least", "")
    least = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 101

    def act() -> str:
        taken, left = actions.take_all(user, row, least / 100)
        return _("%(taken)s rows were taken over, %(left)s are left to look at.") % {"taken": taken, "left": left}

    attempt(request, act)
    return _back(row)


@require_POST
def drop(request: HttpRequest, uid: str) -> HttpResponse:
    """Leave one row out."""
    item, user = _item(request, uid), person(request)

    def act() -> str:
        actions.drop(user, item)
        return ""

    attempt(request, act)
    return _back(item.incoming, _next(item))


@require_POST
def restore(request: HttpRequest, uid: str) -> HttpResponse:
    """Bring a row that was left out back."""
    item, user = _item(request, uid), person(request)

    def act() -> str:
        actions.restore(user, item)
        return ""

    attempt(request, act)
    return _back(item.incoming, f"#i{item.order}")


@require_POST
def drop_piece(request: HttpRequest, uid: str) -> HttpResponse:
    """Put the whole piece aside."""
    row, user = _piece(request, uid), person(request)
    policy.require(user, "return.write", row)

    def act() -> str:
        actions.drop_piece(user, row)
        return _("The piece was put aside; what was taken over of it stays.")

    attempt(request, act)
    return _back(row)


@require_POST
def submit(request: HttpRequest, uid: str) -> HttpResponse:
    """Hand the unit's return in for it; where a check stops it, the return's own page shows what is wrong."""
    row, user = _piece(request, uid), person(request)
    policy.require(user, "return.write", row)

    def act() -> str:
        actions.submit_for_unit(user, row, request.POST.get("signer", ""))
        return _("The return of %(unit)s was handed in.") % {"unit": row.unit}

    report = Return.objects.filter(plan=row.plan, unit=row.unit, period=row.period).first()
    if not attempt(request, act) and report is not None:
        return redirect("supervision:return", uid=report.uid)
    return _back(row, "#hand-in")
