"""The office's pages of returns: who owes what in a month, and the review row by row."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.areas import queries as areas
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision import periods, scriptwords
from lantian.apps.supervision.actions import links as link_actions
from lantian.apps.supervision.actions import review as actions
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Entry, Return, ReturnState, Verdict
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.steps import StaleError, StateError, open_steps
from lantian.apps.supervision.views import filling
from lantian.apps.supervision.views.filling import wants_json
from lantian.apps.supervision.views.returns import sheet_of

PAGE = 50


def office_plans(user: User) -> list[Plan]:
    """Plans in force whose returns the person's office collects."""
    mine = areas.office_of(user, "plan.view_draft", "area__")
    return list(queries.plans_with_duties(mine & Q(status__in=IN_FORCE)).select_related("area"))


def chosen_plan(user: User, uid: str, month: str) -> tuple[list[Plan], Plan | None]:
    """The plans to choose from, and the one that the address names (404 for another), else the month's."""
    plans = office_plans(user)
    if not uid:
        return plans, periods.in_hand(plans, month, timezone.localdate())
    found = next((plan for plan in plans if str(plan.uid) == uid), None)
    if found is None:
        raise Http404
    return plans, found


@require_safe
def returns(request: HttpRequest) -> HttpResponse:
    """Who owes what in a month of a plan: units by state and lateness."""
    user = person(request)
    policy.require(user, "plan.view_draft")
    asked = request.GET
    plans, plan = chosen_plan(user, asked.get("plan", ""), asked.get("period", ""))
    if plan is None:
        return render(request, "supervision/returns/list.html", {"plans": plans})
    rhythm, today = periods.rhythm_of(plan), timezone.localdate()
    months = periods.months(plan)
    month = asked.get("period", "")
    month = month if month in months else periods.current(plan, rhythm, today)
    due = periods.due_on(rhythm, month, workdays())
    state = asked.get("state", "") if asked.get("state") in queries.STATES else ""
    late, text = asked.get("late") == "1", asked.get("q", "").strip()[:60]
    page = Paginator(queries.owing(plan, month, state=state, late=late, text=text), PAGE).get_page(asked.get("page"))
    labels = {"none": _("not begun"), **dict(ReturnState.choices)}
    counted = queries.counts(plan, month)
    context = {
        "plans": plans, "plan": plan, "months": months, "month": month, "due": due, "rhythm": rhythm,
        "opens": periods.opens_on(rhythm, month), "today": today, "state": state, "late": late, "q": text, "page": page,
        "lines": queries.lines(plan, month, list(page.object_list), due), "counts": counted,
        "states": [(name, labels[name], counted[name]) for name in queries.STATES],
        "writes": policy.can(user, "return.write"),
        "assigns": policy.can(user, "duty.assign", plan), "reviews": policy.can(user, "return.review", plan),
        "days": link_actions.DAYS, "ReturnState": ReturnState,
    }  # fmt: skip
    return render(request, "supervision/returns/list.html", context)


def list_address(plan: Plan, month: str) -> str:
    """The list of a plan and month."""
    return f"{reverse('supervision:returns')}?{urlencode({'plan': plan.uid, 'period': month})}"


@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the ticked returns in which no check warns."""
    user = person(request)
    policy.require(user, "return.review")
    rows = policy.scope(user, queries.one(Return.objects.filter(state=ReturnState.SUBMITTED)))
    wanted = list(rows.filter(uid__in=uids(request.POST.getlist("return")))[:PAGE])
    accepted, left = actions.accept_clean(user, wanted)
    if accepted:
        messages.success(request, _("%(n)s returns were accepted.") % {"n": len(accepted)})
    if left:
        names = "、".join(row.unit.name for row in left[:10])
        text = _("%(n)s were left for a look, row by row (a check warns, or they are not yours to review): %(names)s")
        messages.error(request, text % {"n": len(left), "names": names})
    if not wanted:
        messages.error(request, _("Tick returns that were handed in."))
    back = request.POST.get("back", "")
    return redirect(back if back.startswith(reverse("supervision:returns")) else "supervision:returns")


def uids(texts: list[str]) -> list[str]:
    """Those of the texts that are uids."""
    from uuid import UUID

    found = []
    for text in texts:
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found


@require_safe
def review(request: HttpRequest, uid: str) -> HttpResponse:
    """One return row by row with last period beside it, checks and a verdict for each row."""
    sheet = sheet_of(request, uid)
    user, ret = person(request), sheet.ret
    policy.require(user, "plan.view_draft")
    steps = open_steps(user, ret)
    rows = queries.rows_of(ret, behalf=ret.behalf)
    cards = [filling.card(row) for row in rows]
    context = {
        "ret": ret, "base": sheet.base, "cards": cards, "steps": steps, "judges": "judge" in steps,
        "version": ret.versions.select_related("scan").first() if ret.version else None,
        "verdicts": Verdict, "next": following(user, ret), "list_address": list_address(ret.plan, ret.period),
        "own": ret.state == ReturnState.SUBMITTED and not policy.can(user, "return.review", ret)
        and policy.can(user, "return.review", ret.plan),
        "back_count": sum(row.entry is not None and row.entry.verdict == Verdict.SENT_BACK for row in rows),
        "words": scriptwords.review(),
    }  # fmt: skip
    return render(request, "supervision/returns/review.html", context)


def following(user: User, ret: Return) -> Return | None:
    """The next return of the same plan and month that waits for review."""
    rows = Return.objects.filter(plan=ret.plan_id, period=ret.period, state=ReturnState.SUBMITTED).exclude(pk=ret.pk)
    return policy.scope(user, rows).select_related("unit").order_by("submitted").first()


@require_POST
def judge(request: HttpRequest, uid: str, row: str) -> HttpResponse:
    """A verdict on one row; JSON for the page's script."""
    user = person(request)
    ret = policy.get_or_404(user, queries.one(Return.objects.all()), uid=uid)
    policy.require(user, "return.review", ret)
    entry = (
        Entry.objects.select_related("report__plan__area", "report__unit")
        .filter(report=ret, commitment__uid=row)
        .first()
    )
    if entry is None:
        raise Http404
    error, status = "", 422
    try:
        actions.judge(
            user, entry, request.POST.get("verdict", ""), request.POST.get("note", ""),
            revision=number(request.POST.get("revision", "")),
        )  # fmt: skip
    except StaleError as stale:
        error, status = str(stale), 409
    except StateError as refusal:
        error = str(refusal)
    if wants_json(request):
        entry.refresh_from_db()
        now = Return.objects.get(pk=ret.pk)
        back = Entry.objects.filter(report=ret, verdict=Verdict.SENT_BACK).count()
        answer = {
            "error": error, "verdict": entry.verdict, "note": entry.verdict_note, "revision": entry.revision,
            "sheet": now.revision, "back": back,
        }  # fmt: skip
        return JsonResponse(answer, status=status if error else 200)
    if error:
        messages.error(request, error)
    response = redirect("supervision:return-review", uid=ret.uid)
    response["Location"] += f"#row-{row}"
    return response


def number(text: str) -> int | None:
    """A revision as a form gives it; None where it is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _step(request: HttpRequest, uid: str, right: str, act: Callable[[User, Return], str]) -> HttpResponse:
    """One step of a return, from its review page."""
    user = person(request)
    ret = policy.get_or_404(user, queries.one(Return.objects.all()), uid=uid)
    policy.require(user, right, ret)
    try:
        messages.success(request, act(user, ret))
    except (StateError, StaleError) as refusal:
        messages.error(request, str(refusal))
    return redirect("supervision:return-review", uid=ret.uid)


@require_POST
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Accept all rows."""

    def act(user: User, ret: Return) -> str:
        actions.accept(user, ret, revision=number(request.POST.get("revision", "")))
        return _("The return of %(unit)s is accepted.") % {"unit": ret.unit.name}

    return _step(request, uid, "return.review", act)


@require_POST
def send_back(request: HttpRequest, uid: str) -> HttpResponse:
    """Send the marked rows back."""

    def act(user: User, ret: Return) -> str:
        note, revision = request.POST.get("note", ""), number(request.POST.get("revision", ""))
        count = actions.send_back(user, ret, note=note, revision=revision)
        return _("%(n)s rows went back to %(unit)s.") % {"n": count, "unit": ret.unit.name}

    return _step(request, uid, "return.review", act)


@require_POST
def reopen(request: HttpRequest, uid: str) -> HttpResponse:
    """Open an accepted return again."""

    def act(user: User, ret: Return) -> str:
        rows = uids(request.POST.getlist("row"))
        reason, revision = request.POST.get("reason", ""), number(request.POST.get("revision", ""))
        actions.reopen(user, ret, reason, rows=rows, revision=revision)
        return _("The return is open again; %(unit)s can correct it.") % {"unit": ret.unit.name}

    return _step(request, uid, "duty.assign", act)
