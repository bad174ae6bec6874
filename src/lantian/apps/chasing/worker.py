"""Background work of chasing: the day's reminders, and sending what is queued."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from lantian.apps.chasing import actions
from lantian.apps.chasing.actions.messages import SEND
from lantian.apps.chasing.models import Message, MessageState, Reminding
from lantian.apps.core import jobs
from lantian.apps.core.models import Job, JobState
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.days import workdays

DAILY, REMIND = "chasing.daily", "chasing.remind"
MORNING = time(9)  # the day's work is asked for at midnight; nobody wants a message then
_BACK = 2  # months: a return of two months ago that is still missing is the ladder's


def register() -> None:
    """Register the jobs of this app (once, when Django starts)."""
    jobs.daily(DAILY, lambda: [("all", {"day": timezone.localdate().isoformat()})])
    jobs.handles(DAILY)(_daily)
    jobs.handles(REMIND)(_remind)
    jobs.handles(SEND)(_send)


def _daily(job: Job) -> dict[str, Any]:
    """``{"day": iso}``: ask for the day's reminders, to be done from nine o'clock on."""
    day = date.fromisoformat(job.payload["day"])
    asked = jobs.enqueue(None, REMIND, {"day": job.payload["day"]}, key=f"{REMIND}:{day}")
    due = timezone.make_aware(datetime.combine(day, MORNING))
    Job.objects.filter(pk=asked.pk, state=JobState.QUEUED).update(due=due)
    return {}


def _remind(job: Job) -> dict[str, Any]:
    """``{"day": iso}`` → how many units were reminded. Run twice on a day it reminds nobody twice; of a day that is
    over it reminds nobody any more."""
    day = date.fromisoformat(job.payload["day"])
    return {"reminded": remind_all(day) if day == timezone.localdate() else 0}


def remind_all(today: date) -> int:
    """The day's reminders of every plan in force; asks for the sending where something is queued."""
    calendar = workdays()
    off = Reminding.objects.filter(on=False).values("plan")
    made = 0
    for plan in Plan.objects.filter(status__in=IN_FORCE, amends=None).exclude(pk__in=off).select_related("area"):
        for period in periods.opened(plan, periods.rhythm_of(plan), today)[-_BACK:]:
            made += actions.remind(plan, period, today, calendar)
    if Message.objects.filter(state=MessageState.QUEUED).exists():
        jobs.enqueue(None, SEND, {})
    return made


def _send(_job: Job) -> dict[str, Any]:
    """Send what is queued."""
    return actions.send_due()
