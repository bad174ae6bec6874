"""考核, for one unit: every lost point with its reason, appeals; and what the office enters."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.assessment import rights_scorecards as rights
from lantian.apps.assessment import scoretexts
from lantian.apps.assessment.actions import scorecards as actions
from lantian.apps.assessment.models import Appeal, EnteredFact
from lantian.apps.assessment.queries import scorecards as queries
from lantian.apps.assessment.views.scorecards import (
    as_of,
    attempt,
    card_of,
    columns_of,
    day_of,
    matrix,
    office_card,
    titles_of,
)
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import StoredFile
from lantian.apps.core.policy import person
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.views.common import revision_of


@require_safe
def unit(request: HttpRequest, uid: str, unit: UUID) -> HttpResponse:
    """One unit's score: each item with its reasons and what they counted, and its appeals."""
    user, card, day = person(request), card_of(request, uid), as_of(request)
    subject = get_object_or_404(rights.units_of(user, card), uid=unit)
    row = queries.row_of(card, subject, day)
    today = timezone.localdate()
    [line] = matrix([(str(subject.uid), subject.name, row.score)], titles_of(card))
    appealing = rights.units_of(user, card, rights.APPEAL).filter(pk=subject.pk).exists()
    context = {
        "card": card, "unit": subject, "day": day, "today": today, "line": line,
        "vetoes": [scoretexts.sentence(reason) for reason in row.score.vetoes],
        "appeals": queries.appeals(user, card).filter(unit=subject),
        "may_appeal": appealing and policy.can(user, rights.APPEAL) and actions.window_open(card, today),
        "may_decide": policy.can(user, rights.EDIT, card) and not rights.member_of(user, subject),
    }  # fmt: skip
    return render(request, "assessment/scorecards/unit.html", context)


@require_POST
def appeal(request: HttpRequest, uid: str, unit: UUID) -> HttpResponse:
    """Appeal against the points of one item."""
    user, card = person(request), card_of(request, uid)
    subject = get_object_or_404(rights.units_of(user, card), uid=unit)
    policy.require(user, rights.APPEAL)

    def act() -> str:
        file = request.FILES.get("file")
        upload = (file.name or "file", file.chunks()) if file else None
        actions.appeal(user, card, subject, request.POST.get("item", ""), request.POST.get("words", ""), upload)
        return _("The appeal is filed; the office decides it.")

    attempt(request, act)
    return redirect("assessment:scorecard-unit", uid=uid, unit=unit)


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Grant or refuse an appeal."""
    rows = Appeal.objects.select_related("card__area", "unit")
    row = policy.get_or_404(person(request), rows, uid=uid)
    policy.require(request.user, rights.EDIT, row)

    def act() -> str:
        given = None
        if request.POST.get("decision") == "grant":
            given = _number(request.POST.get("points", ""))
        elif request.POST.get("decision") != "refuse":
            raise NotPossible(_("Choose: grant or refuse."))
        basis = request.POST.get("basis", "")
        actions.decide(person(request), row, points=given, basis=basis, revision=revision_of(request))
        return _("The appeal is decided.")

    attempt(request, act)
    return redirect("assessment:scorecard-unit", uid=row.card.uid, unit=row.unit.uid)


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text.strip()) if len(text) < 16 else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise NotPossible(_("A number is wanted."))
    return found


@require_safe
def entries(request: HttpRequest, uid: str) -> HttpResponse:
    """What the office entered, what is still missing, and the form."""
    card = office_card(request, uid)
    given = list(card.entered.select_related("unit", "by").order_by("-since", "-id")[:200])
    names, units = actions.entered_names(card), list(card.units.order_by("area__code", "id"))
    known = {(row.unit_id, row.name) for row in given if row.value is not None}
    missing = [(unit, name) for unit in units for name in names if (unit.pk, name) not in known]
    context = {
        "card": card, "given": given, "names": names, "units": units, "missing": missing[:100],
        "columns": columns_of(queries.card_of(card.text).items),
        "today": timezone.localdate(), "may": policy.can(request.user, rights.EDIT, card),
    }  # fmt: skip
    return render(request, "assessment/scorecards/entries.html", context)


@require_POST
def enter(request: HttpRequest, uid: str) -> HttpResponse:
    """Enter a figure with its paper; an empty one takes back what was entered."""
    card, data = card_of(request, uid), request.POST
    policy.require(request.user, rights.EDIT, card)

    def act() -> str:
        try:
            subject = card.units.filter(uid=UUID(data.get("unit", ""))).first()
        except ValueError:
            subject = None
        since = day_of(data.get("since", ""))
        if subject is None or since is None:
            raise NotPossible(_("Choose the unit and the day."))
        file = request.FILES.get("file")
        upload = (file.name or "file", file.chunks()) if file else None
        value = _number(data["value"]) if data.get("value", "").strip() else None
        actions.enter(
            person(request), card, subject, data.get("name", ""), value, since=since, basis=data.get("basis", ""),
            upload=upload,
        )  # fmt: skip
        return _("Entered.") if value is not None else _("Taken back.")

    attempt(request, act)
    return redirect("assessment:scorecard-entries", uid=uid)


@require_safe
def entry_file(request: HttpRequest, uid: str) -> HttpResponse:
    """The paper on which an entered figure rests."""
    row = policy.get_or_404(person(request), EnteredFact.objects.select_related("file"), uid=uid)
    return _answer(row.file, row.file_name)


@require_safe
def appeal_file(request: HttpRequest, uid: str) -> HttpResponse:
    """The file that came with an appeal."""
    row = policy.get_or_404(person(request), Appeal.objects.select_related("file"), uid=uid)
    return _answer(row.file, row.file_name)


def _answer(stored: StoredFile | None, name: str) -> HttpResponse:
    if stored is None:
        raise Http404
    return downloads.stored(stored, name)
