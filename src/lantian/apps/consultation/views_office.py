"""Pages of the office that asks: the rounds of a plan with their units, the comments of a round and the decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.consultation import actions, papers, queries, rights
from lantian.apps.consultation.actions import NotPossible
from lantian.apps.consultation.forms import AskForm, DueForm, OpenForm
from lantian.apps.consultation.frozen import lines_of
from lantian.apps.consultation.models import Comment, Decision, Invitation, Round
from lantian.apps.core import downloads, policy
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import Plan
from lantian.apps.plans.queries import chosen

Act = Callable[[], str]


def _plan(request: HttpRequest, uid: str) -> Plan:
    """A plan in scope whose draft the person may see."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area", "amends"), uid=uid)
    policy.require(user, "plan.view_draft", row)
    return row


def _round(request: HttpRequest, uid: str) -> Round:
    """A round in scope of a plan whose draft the person may see: not for the units that are asked."""
    row = queries.visible_round(person(request), uid)
    policy.require(person(request), "plan.view_draft", row.plan)
    return row


@require_safe
def plan(request: HttpRequest, uid: str) -> HttpResponse:
    """The rounds of a plan: units × answers of the chosen one, and the form for the next."""
    return _plan_page(request, _plan(request, uid))


def _plan_page(request: HttpRequest, row: Plan, form: OpenForm | None = None, ask: AskForm | None = None,
               status: int = 200) -> HttpResponse:  # fmt: skip
    rounds = queries.rounds_of(row)
    wanted = request.GET.get("round", "")
    shown = next((item for item in rounds if str(item.number) == wanted), rounds[0] if rounds else None)
    state = queries.progress(shown) if shown else None
    may_consult = policy.can(request.user, "plan.consult", row)
    may_open = may_consult and row.in_preparation and not any(item.is_open for item in rounds)
    proposed = queries.proposed_units(row) if may_open else None
    if proposed is not None and form is None:
        form = OpenForm(row, proposed, initial=OpenForm.initial_of(row))
    context = {
        "plan": row,
        "rounds": rounds,
        "round": shown,
        "state": state,
        "clause": papers.clause(shown) if shown else "",
        "reminder": queries.reminder(shown, state.waiting) if shown and state and shown.is_open else "",
        "may_consult": may_consult,
        "proposed": proposed,
        "form": form if may_open else None,
        "ask": ask,
        "ticked": _ticked(form, proposed),
    }
    return render(request, "consultation/plan.html", context, status=status)


def _ticked(form: OpenForm | None, proposed: queries.Proposed | None) -> set[str]:
    """The uids of the units whose box is ticked: in a fresh form all that are proposed."""
    if form is not None and form.is_bound:
        return set(form.data.getlist("units"))  # type: ignore[attr-defined]  # a QueryDict, as it comes from a request
    return {str(unit.uid) for unit in proposed.units} if proposed else set()


@require_POST
def open_round(request: HttpRequest, uid: str) -> HttpResponse:
    """Open a round; what is wrong with the form is said beside its fields."""
    user = person(request)
    row = policy.get_or_404(user, Plan.objects.select_related("area"), uid=uid)
    policy.require(user, "plan.consult", row)
    form = OpenForm(row, queries.proposed_units(row), request.POST)
    if not form.is_valid():
        return _plan_page(request, row, form, status=400)
    values = form.cleaned_data

    def act() -> str:
        made = actions.open_round(
            user, row, form.asked, values["due"], title=values["title"], letter=values["letter"],
            silence_is_consent=values["silence_is_consent"],
        )  # fmt: skip
        return _("Round %(number)s is open; the units find it under their invitations.") % {"number": made.number}

    return redirect("consultation:plan", uid=uid) if attempt(request, act) else _plan_page(request, row, form)


@require_POST
def invite(request: HttpRequest, uid: str) -> HttpResponse:
    """Ask further units, by name."""
    row = _round(request, uid)
    policy.require(request.user, "plan.consult", row.plan)
    form = AskForm(row.plan, request.POST)
    if not form.is_valid():
        return _plan_page(request, row.plan, ask=form, status=400)

    def act() -> str:
        made = len(actions.invite(person(request), row, form.cleaned_data["names"]))
        return ngettext("%(n)s more unit is asked.", "%(n)s more units are asked.", made) % {"n": made}

    attempt(request, act)
    return redirect("consultation:plan", uid=row.plan.uid)


@require_POST
def remove(request: HttpRequest, uid: str) -> HttpResponse:
    """Take an invitation back."""
    row = policy.get_or_404(
        person(request), Invitation.objects.select_related("round__plan__area", "unit"), uid=uid
    )  # fmt: skip

    def act() -> str:
        actions.uninvite(person(request), row)
        return _("%(unit)s is no longer asked.") % {"unit": row.unit.name}

    attempt(request, act)
    return redirect("consultation:plan", uid=row.round.plan.uid)


@require_POST
def due(request: HttpRequest, uid: str) -> HttpResponse:
    """Set another last day."""
    row = _round(request, uid)
    policy.require(request.user, "plan.consult", row.plan)
    form = DueForm(request.POST)

    def act() -> str:
        if not form.is_valid():
            raise NotPossible(_("Give the day as 2026-03-15."))
        actions.set_due(person(request), row, form.cleaned_data["due"])
        return _("Answers are taken until %(day)s.") % {"day": row.due.isoformat()}

    attempt(request, act)
    return redirect("consultation:plan", uid=row.plan.uid)


@require_POST
def settle(request: HttpRequest, uid: str) -> HttpResponse:
    """Write silence down as consent."""
    row = _round(request, uid)

    def act() -> str:
        n = actions.settle_overdue(person(request), row)
        text = ngettext("%(n)s unit is recorded as overdue, counting as no objection.",
                        "%(n)s units are recorded as overdue, counting as no objection.", n)  # fmt: skip
        return text % {"n": n}

    attempt(request, act)
    return redirect("consultation:plan", uid=row.plan.uid)


@require_POST
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """End the round."""
    row = _round(request, uid)

    def act() -> str:
        actions.close_round(person(request), row)
        return _("The round has ended.")

    attempt(request, act)
    return redirect("consultation:plan", uid=row.plan.uid)


@require_safe
def comments(request: HttpRequest, uid: str) -> HttpResponse:
    """The comments of a round under the rows they speak of, each with its decision; filters in the address."""
    row = _round(request, uid)
    filters = chosen(request.GET, queries.FILTERS)
    lines = lines_of(row.sent.content)
    found = list(queries.filtered(queries.submitted(row), filters))
    for item in found:
        item.invitation.round = row
    context = {
        "plan": row.plan,
        "round": row,
        "state": queries.progress(row),
        "groups": queries.grouped(found, lines),
        "filters": filters,
        "filtered": any(filters.values()),
        "decisions": Decision.choices,
        "may_consult": policy.can(request.user, "plan.consult", row.plan),
    }
    return render(request, "consultation/round.html", context)


def _comment(request: HttpRequest, uid: str) -> Comment:
    rows = Comment.objects.select_related("invitation__round__plan__area", "invitation__unit", "decided_by", "measure")
    return policy.get_or_404(person(request), rows, uid=uid)


def _decided(request: HttpRequest, row: Comment, act: Callable[[], Any]) -> HttpResponse:
    """Asked by htmx only the comment is shown again, with the figures of the round, else its round."""
    error = ""
    try:
        act()
    except NotPossible as refusal:
        error = str(refusal)
    if request.headers.get("HX-Request") == "true":
        context = {
            "comment": row, "decisions": Decision.choices, "may_consult": True, "error": error,
            "entered": request.POST if error else None, "swap": True, "state": queries.progress(row.invitation.round),
        }  # fmt: skip
        return render(request, "consultation/_comment.html", context)
    if error:
        messages.error(request, error)
    response = redirect("consultation:round", uid=row.invitation.round.uid)
    response["Location"] += f"#c{row.uid}"
    return response


@require_POST
def decide(request: HttpRequest, uid: str) -> HttpResponse:
    """采纳, 部分采纳 or 不采纳."""
    row = _comment(request, uid)
    verdict, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    return _decided(request, row, lambda: actions.decide(person(request), row, verdict, reason))


@require_POST
def carried_out(request: HttpRequest, uid: str) -> HttpResponse:
    """Whether the draft says it already."""
    row = _comment(request, uid)
    done = request.POST.get("carried_out") == "1"
    return _decided(request, row, lambda: actions.set_carried_out(person(request), row, done))


@require_safe
def form(request: HttpRequest, uid: str, kind: str) -> HttpResponse:
    """The empty reply form; for a member of an invited unit with the unit's name on it."""
    user = person(request)
    row = queries.visible_round(user, uid)
    asked = row.invitations.select_related("unit")
    office = policy.can(user, "plan.view_draft", row.plan)
    wanted = queries.as_uid(request.GET.get("unit", ""))
    if not office:
        asked = asked.filter(rights.own(user))
    if wanted is not None:
        asked = asked.filter(unit__uid=wanted)
    elif office:
        asked = asked.none()  # for everybody: without a name on it
    first = asked.first()
    unit = first.unit.name if first else ""
    return _paper(papers.reply_form(row, lines_of(row.sent.content), unit), kind)


@require_safe
def table(request: HttpRequest, uid: str, kind: str) -> HttpResponse:
    """意见采纳情况表 of a round."""
    row = _round(request, uid)
    found = list(queries.submitted(row))
    lines = lines_of(row.sent.content)
    return _paper(papers.adoption_table(row, queries.progress(row), found, lines), kind)


def _paper(sheet: papers.Sheet, kind: str) -> HttpResponse:
    if kind not in papers.MEDIA:
        raise Http404
    return downloads.download(papers.make(sheet, kind), f"{sheet.title[:80]}.{kind}", papers.MEDIA[kind])
