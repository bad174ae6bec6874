"""Letters of the ladder: the list for the office and for units, drafting one, closing it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.chasing import actions, desk, ladder, rights
from lantian.apps.chasing.actions.letters import reply_day
from lantian.apps.chasing.forms import LetterForm
from lantian.apps.chasing.models import Letter, LetterState, Reminder, RungName
from lantian.apps.chasing.views.common import PAGE, chased_plan, month_or_404, owing_unit
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.papers.forms import people_of
from lantian.apps.papers.models import Recipient
from lantian.apps.papers.rights import issuers
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Commitment, Light

FILTERS = ("state", "rung", "late", "q")


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Letters that the person may see: the office's all, a unit's own that are out; reminders below."""
    user = person(request)
    policy.require(user, "paper.view")
    filters = {name: request.GET.get(name, "").strip()[:80] for name in FILTERS}
    today = timezone.localdate()
    rows = policy.scope(user, Letter.objects.select_related("unit", "plan", "paper"))
    if filters["state"] in LetterState.values:
        rows = rows.filter(state=filters["state"])
    if filters["rung"] in RungName.values:
        rows = rows.filter(rung=filters["rung"])
    if filters["late"]:
        rows = rows.filter(state=LetterState.SENT, reply_by__lt=today)
    if filters["q"]:
        rows = rows.filter(unit__name__icontains=filters["q"])
    reminders = policy.scope(user, Reminder.objects.select_related("unit", "plan"))[:20]
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")), "filters": filters,
        "filtered": any(filters.values()), "states": LetterState.choices, "rungs": RungName.choices, "today": today,
        "reminders": reminders, "office": policy.can(user, rights.DRAFT),
    }  # fmt: skip
    return render(request, "chasing/letters.html", context)


@require_safe
def letter(request: HttpRequest, uid: str) -> HttpResponse:
    """One letter: its rows, how far it is, the answer, closing it. The unit sees nothing of why it was proposed."""
    user = person(request)
    rows = Letter.objects.select_related("unit", "plan__area", "paper__issuer", "closed_by", "created_by")
    row = policy.get_or_404(user, rows, uid=uid)
    office = policy.can(user, rights.DRAFT, row)
    context = {
        "letter": row, "office": office, "today": timezone.localdate(),
        "rows": row.commitments.select_related("measure").order_by("measure__n"),
        "answer": Recipient.objects.filter(paper=row.paper, unit=row.unit).select_related("replied_by").first(),
        "may_close": office and row.state in (LetterState.SENT, LetterState.REPLIED),
    }  # fmt: skip
    return render(request, "chasing/letter.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, uid: str, period: str, unit: str) -> HttpResponse:
    """Draft a letter for a unit: the proposed rung and the red rows are chosen already."""
    user = person(request)
    plan = chased_plan(request, uid)
    row = owing_unit(plan, unit)
    month_or_404(period)
    own = issuers(user)
    people = people_of(own[0]) if own else []
    choices = _choices(plan, row, period)
    if request.method == "POST":
        form = LetterForm(own, choices, people, request.POST)
        if form.is_valid():
            try:
                made = actions.draft_letter(user, plan, row, period, form.words())
            except actions.ChasingError as refusal:
                form.add_error(None, str(refusal))
            else:
                return redirect("papers:paper", uid=made.paper.uid)
        return _page(request, form, plan, row, period, choices, status=400)
    line = _line(plan, row, period)
    step = _proposed(line, request.GET.get("rung", ""))
    form = LetterForm(
        own, choices, people,
        initial={
            "rung": step.id, "reply_by": reply_day(step, timezone.localdate()), "issuer": own[0].uid if own else "",
            "commitments": [str(item.uid) for item in choices if item.light == Light.RED] or
            [str(item.uid) for item in choices[:10]],
        },
    )  # fmt: skip
    return _page(request, form, plan, row, period, choices)


def _choices(plan: Plan, unit: Unit, period: str) -> list[Commitment]:
    """The rows that a letter can be about: what is red, then what the unit reports in the month."""
    red = desk.red_rows(plan, unit)
    known = {item.pk for item in red}
    return red + [item for item in desk.owed_rows(plan, unit, period) if item.pk not in known]


def _line(plan: Plan, unit: Unit, period: str) -> desk.Line:
    month = desk.month_of(plan, period, timezone.localdate())
    listed = [row for row in desk.units_owing(month) if row.pk == unit.pk]
    found = desk.lines(month, listed)
    return found[0] if found else desk.Line(unit, 0, None, late=False)


def _proposed(line: desk.Line, wanted: str) -> ladder.Rung:
    """The rung that the address asks for, else the proposed one, else the lowest with a paper."""
    papers = [item for item in ladder.rungs() if item.kind]
    names = (wanted, line.proposal.rung.id if line.proposal else "")
    return next((item for name in names for item in papers if item.id == name), papers[0])


def _page(request: HttpRequest, form: LetterForm, plan: Plan, unit: Unit, period: str, choices: list[Commitment],
          status: int = 200) -> HttpResponse:  # fmt: skip
    own = issuers(person(request))
    line = _line(plan, unit, period)
    ticked: Any = form["commitments"].value() or []
    context = {
        "form": form, "plan": plan, "unit": unit, "period": period, "choices": choices, "issuers": own, "line": line,
        "people": people_of(own[0]) if own else [], "ticked": {str(item) for item in ticked},
        "facts": desk.facts(desk.month_of(plan, period, timezone.localdate()), line),
        "rungs": [(item.id, item.zh) for item in ladder.rungs() if item.kind],
    }  # fmt: skip
    return render(request, "chasing/draft.html", context, status=status)


@require_POST
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Close a letter."""
    user = person(request)
    row = policy.get_or_404(user, Letter.objects.select_related("plan__area"), uid=uid)
    text = request.POST.get("revision", "")
    revision = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    why = request.POST.get("why", "")
    attempt(request, lambda: actions.close_letter(user, row, why, revision=revision), _("The letter is closed."))
    return redirect("chasing:letter", uid=row.uid)
