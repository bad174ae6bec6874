"""待定事项: what the plan's words leave open, with candidates to tick; the same words may be answered at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas.models import Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.core import policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import Plan
from lantian.apps.plans.queries.filters import uid_of
from lantian.apps.supervision.actions import questions as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Question, QuestionKind
from lantian.apps.supervision.owing import plan_day
from lantian.apps.supervision.queries import duties as queries
from lantian.apps.supervision.views.common import office_plan, revision_of

PAGE = 50
_SEPARATORS = re.compile(r"[、，,；;\s]+")


@require_safe
def questions(request: HttpRequest, uid: str) -> HttpResponse:
    """The open questions of a plan, then what was decided (``?decided=1``)."""
    plan = office_plan(request, uid)
    decided = request.GET.get("decided") == "1"
    rows = Question.objects.filter(plan=plan, dropped=None).select_related("measure", "unit", "decided_by")
    waiting = rows.filter(decided=None).order_by("measure__n", "id")
    wanted = rows.exclude(decided=None).order_by("-decided", "id") if decided else waiting
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    repeated = Counter(rows.filter(decided=None).values_list("kind", "words"))
    shown = list(page.object_list)
    units = _units(shown)
    proposals = queries.proposals(plan)
    context = {
        "plan": plan,
        "page": page,
        "decided": decided,
        "open_count": rows.filter(decided=None).count(),
        "decided_count": rows.exclude(decided=None).count(),
        "figures": len(proposals),
        "rows": [_shown(row, units, repeated[row.kind, row.words], proposals.get(row.pk, "")) for row in shown],
    }
    return render(request, "supervision/duties/questions.html", context)


def _units(rows: Sequence[Question]) -> dict[str, Unit]:
    uids = {uid for row in rows for uid in (*row.candidates, *((row.answer or {}).get("units") or ()))}
    return {str(unit.uid): unit for unit in Unit.objects.filter(uid__in=uids).select_related("area")}


def _shown(row: Question, units: dict[str, Unit], same: int, proposed: str) -> dict[str, Any]:
    """A question with its candidates by level, ticked where an answer names them."""
    answer = row.answer or {}
    chosen = [units[uid] for uid in answer.get("units") or () if uid in units]
    offered = [units[uid] for uid in row.candidates if uid in units]
    offered += [unit for unit in chosen if unit not in offered]
    levels: dict[str, list[Unit]] = {}
    for unit in offered:
        levels.setdefault(str(unit.area.get_kind_display()), []).append(unit)
    return {
        "row": row,
        "levels": list(levels.items()),
        "chosen": {unit.pk for unit in chosen},
        "names": "、".join(unit.name for unit in chosen),
        "applies": answer.get("applies", ""),
        "figure": row.kind == QuestionKind.APPLIES,
        "proposed": proposed,
        "offered": len(offered),
        "same": max(same - 1, 0) if row.decided is None else 0,
    }


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer: ticked units, units by name, whom a figure binds, the note or letter that says so."""
    user = person(request)
    row = _question(request, uid)
    values = request.POST

    def act() -> str:
        count = actions.decide(
            user, row, units=_given(row.plan, values.getlist("unit"), values.get("names", "")),
            applies=values.get("applies", ""), note=values.get("note", ""), same=values.get("same") == "1",
            revision=revision_of(request),
        )  # fmt: skip
        text = ngettext("%(n)s question is decided; the commitments are made.",
                        "%(n)s questions are decided; the commitments are made.", count)  # fmt: skip
        return text % {"n": count}

    done = attempt(request, act)
    address = reverse("supervision:questions", args=[row.plan.uid])
    return redirect(address if done else f"{address}{'?decided=1' if row.decided else ''}#q{row.uid}")


@require_POST
def decide_proposed(request: HttpRequest, uid: str) -> HttpResponse:
    """Answer all open questions about figures as proposed."""
    plan = office_plan(request, uid)

    def act() -> str:
        count = actions.decide_proposed(person(request), plan)
        text = ngettext("%(n)s question is decided; the commitments are made.",
                        "%(n)s questions are decided; the commitments are made.", count)  # fmt: skip
        return text % {"n": count}

    attempt(request, act)
    return redirect("supervision:questions", uid=uid)


def _given(plan: Plan, uids: Sequence[str], names: str) -> list[Unit]:
    """The ticked units and those named, each once. Raises NotPossible with the names not found."""
    ticked = list(Unit.objects.filter(uid__in=[uid for uid in uids if uid_of(uid)], merged_into=None))
    wanted = [name for name in _SEPARATORS.split(names) if name]
    year = plan.year or plan_day(plan).year
    directory = Directory(plan.area, date(year, 1, 1), date(year, 12, 31)) if wanted else None
    found = {name: directory.find(name) for name in wanted} if directory else {}
    if unknown := [name for name, unit in found.items() if unit is None]:
        text = _("Not in the directory of units, or not clear which is meant: %(names)s")
        raise NotPossible(text % {"names": "、".join(unknown)})
    units = [*ticked, *(unit for unit in found.values() if unit is not None)]
    return list({unit.pk: unit for unit in units}.values())


def _question(request: HttpRequest, uid: str) -> Question:
    rows = Question.objects.select_related("plan__area", "measure", "unit")
    row = policy.get_or_404(person(request), rows, uid=uid)
    policy.require(request.user, "duty.assign", row)
    return row


@require_POST
def undo(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a decision back."""
    row = _question(request, uid)

    def act() -> str:
        actions.undo(person(request), row, revision=revision_of(request))
        return _("The question waits again; what the decision made is withdrawn.")

    attempt(request, act)
    return redirect("supervision:questions", uid=row.plan.uid)
