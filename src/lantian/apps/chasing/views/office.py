"""The coordinator's desk: one plan, one month, every unit that owes, and the next step for each."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.chasing import actions, desk, rights, texts
from lantian.apps.chasing.models import Call, Outcome, Reminding
from lantian.apps.chasing.views.common import PAGE, chased_plan, day_of, month_or_404, owing_unit
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.papers.models import Letterhead
from lantian.apps.papers.rights import issuers
from lantian.apps.people import queries as people
from lantian.apps.people.models import Post
from lantian.apps.plans.models import Plan, PlanKind
from lantian.apps.supervision import periods
from lantian.apps.supervision.days import workdays

SHOWN = ("", "turn", "proposed", "red")


@require_safe
def office(request: HttpRequest) -> HttpResponse:
    """Who owes what in a month; plan, month and filter stand in the address."""
    user = person(request)
    policy.require(user, rights.DRAFT)
    rows = Plan.objects.filter(rights.plans(user), kind=PlanKind.PLAN).select_related("area")
    plans = list(rows.order_by("-year", "-published"))
    today, wanted = timezone.localdate(), request.GET.get("period", "")
    named = next((row for row in plans if str(row.uid) == request.GET.get("plan", "")), None)
    plan = named or periods.in_hand(plans, wanted, today)
    if plan is None:
        return render(request, "chasing/office.html", {"plans": [], "may_upload": policy.can(user, "plan.upload")})
    calendar = workdays()
    rhythm = periods.rhythm_of(plan)
    period = wanted if periods.is_month(wanted) else periods.current(plan, rhythm, today)
    month = desk.month_of(plan, period, today, calendar)
    units = desk.units_owing(month)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    lights = desk.lights_of(month)
    found = _shown(month, units, show, lights)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    silent = desk.silent(units)
    context = {
        "plans": plans, "plan": plan, "month": month, "months": periods.months(plan), "show": show, "page": page,
        "lines": _lines(month, list(page.object_list), lights), "tally": desk.tally(month, units, lights),
        "silent": silent, "text": _group_text(user, month, silent), "waiting": desk.answered_letters(plan, today),
        "reminding": not Reminding.objects.filter(plan=plan, on=False).exists(),
        "calendar_known": calendar.known(today.year),
    }  # fmt: skip
    return render(request, "chasing/office.html", context)


def _shown(month: desk.Month, units: list[Any], show: str, lights: desk.Lights) -> list[Any]:
    """The units (or finished lines) of the list; what is proposed is only known when everything is read."""
    if show == "turn":
        return desk.silent(units)
    if show == "red":
        return desk.with_red(units, lights)
    if show == "proposed":
        return [line for line in desk.lines(month, units, lights) if line.proposal is not None]
    return units


def _lines(month: desk.Month, rows: list[Any], lights: desk.Lights) -> list[desk.Line]:
    if rows and isinstance(rows[0], desk.Line):
        return rows
    return desk.lines(month, rows, lights)


def _contact(user: User) -> str:
    """Whom units may call: what the letterhead of the person's own unit prints."""
    own = issuers(user)
    head = Letterhead.objects.filter(unit__in=[unit.pk for unit in own[:1]]).first()
    return head.contact if head else ""


def _group_text(user: User, month: desk.Month, silent: list[Any]) -> str:
    if not silent:
        return ""
    names = [unit.name for unit in silent]
    return texts.group(month.plan.title, month.period, month.due, names, late=month.late, contact=_contact(user))


@require_POST
def reminding(request: HttpRequest, uid: str) -> HttpResponse:
    """Turn the plan's own reminders on or off."""
    plan = chased_plan(request, uid)
    on = request.POST.get("on") == "1"
    said = _("Reminders go out by themselves.") if on else _("No reminders go out by themselves.")
    attempt(request, lambda: actions.set_reminding(person(request), plan, on), said)
    return _to_desk(plan, "")


def _to_desk(plan: Plan, period: str) -> HttpResponse:
    response = redirect("chasing:office")
    response["Location"] += f"?plan={plan.uid}" + (f"&period={period}" if period else "")
    return response


@require_safe
def phone(request: HttpRequest, uid: str, period: str, unit: str) -> HttpResponse:
    """The telephone page of one unit: whom to call, what to say, what was said before."""
    return _phone_page(request, uid, period, unit)


def _phone_page(request: HttpRequest, uid: str, period: str, unit: str, status: int = 200) -> HttpResponse:
    user = person(request)
    plan = chased_plan(request, uid)
    row = owing_unit(plan, unit)
    today = timezone.localdate()
    month = desk.month_of(plan, month_or_404(period), today)
    owed = desk.owed_rows(plan, row, period)
    own = issuers(user)
    contacts = people.contacts([row.pk], today).get(row.pk, {})
    measures = [item.measure for item in owed[:5]]
    spoken = [f"第{one.seq or one.n}项 {texts.brief(one.text).rstrip('。；')}" for one in measures]
    context = {
        "plan": plan, "unit": row, "month": month, "owed": owed, "outcomes": Outcome.choices,
        "contacts": [(label, contacts[post]) for post, label in Post.choices if post in contacts],
        "script": texts.phone(
            row.name, own[0].name if own else "", plan.title, period, month.due, late=month.late, rows=spoken
        ),
        "calls": Call.objects.filter(plan=plan, unit=row).select_related("by")[:20],
        "entered": request.POST if status != 200 else {},
    }  # fmt: skip
    return render(request, "chasing/phone.html", context, status=status)


@require_POST
def call(request: HttpRequest, uid: str, period: str, unit: str) -> HttpResponse:
    """Write down a call."""
    plan = chased_plan(request, uid)
    row = owing_unit(plan, unit)
    done = attempt(
        request,
        lambda: actions.log_call(
            person(request), plan, row, month_or_404(period), whom=request.POST.get("whom", ""),
            outcome=request.POST.get("outcome", ""), promised=day_of(request.POST.get("promised", "")),
            note=request.POST.get("note", ""),
        ),
        _("The call is written down."),
    )  # fmt: skip
    if not done:
        return _phone_page(request, uid, period, unit, status=400)
    return redirect("chasing:phone", uid=plan.uid, period=period, unit=row.uid)
