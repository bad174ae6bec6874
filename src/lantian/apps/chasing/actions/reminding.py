"""Reminders: made once for each unit, month and kind, however often and on however many machines the job runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from lantian.apps.chasing import desk, ladder, rights, texts
from lantian.apps.chasing.desk import Month
from lantian.apps.chasing.ladder import Notice
from lantian.apps.chasing.models import Channel, Letter, Message, Reminder, Reminding, Webhook
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.people import queries as people
from lantian.apps.people.models import Post
from lantian.apps.plans.models import Plan
from lantian.status import Workdays

_BATCH = 200
_MAILED = (Post.LIAISON_A, Post.LIAISON_B)


@transaction.atomic
def set_reminding(user: User, plan: Plan, on: bool) -> None:
    """Whether reminders of a plan go out by themselves."""
    policy.require(user, rights.DRAFT, Letter(plan=plan))
    row, _new = Reminding.objects.get_or_create(plan=plan)
    before, row.on = row.on, on
    row.save(update_fields=["on"])
    audit.record(user, "reminder.switch", plan, before={"on": before}, after={"on": on})


def remind(plan: Plan, period: str, today: date, calendar: Workdays) -> int:
    """Make the reminders of one plan and month whose day has come; returns how many units were reminded.

    Nothing on days off. Each is written with a unique key, so that a second run makes none; the messages that go out
    for it have keys of their own, and are made in the same transaction.
    """
    month = desk.month_of(plan, period, today, calendar)
    notice = ladder.notice_for(_days(month, calendar))
    if notice is None or not calendar.is_workday(today):
        return 0
    made = 0
    units = desk.silent(desk.units_owing(month))
    for start in range(0, len(units), _BATCH):
        made += _remind(month, notice, units[start : start + _BATCH])
    if made:
        _tell_groups(month, notice, [unit.name for unit in units])
    return made


def _days(month: Month, calendar: Workdays) -> int:
    """Working days from the due day to today, negative before it."""
    if month.today > month.due:
        return month.late_days
    return -calendar.between(month.today, month.due)


@transaction.atomic
def _remind(month: Month, notice: Notice, units: Sequence[Any]) -> int:
    known = set(
        Reminder.objects.filter(plan=month.plan, period=month.period, kind=notice.id, unit__in=units).values_list(
            "unit", flat=True
        )
    )
    fresh = [unit for unit in units if unit.pk not in known]
    if not fresh:
        return 0
    text = texts.reminder(month.plan.title, month.period, month.due, notice)
    Reminder.objects.bulk_create(
        [
            Reminder(plan=month.plan, unit=unit, period=month.period, kind=notice.id, day=month.today, text=text)
            for unit in fresh
        ],
        ignore_conflicts=True,
    )
    _mail(month, notice, fresh, text)
    after = {"period": month.period, "kind": notice.id, "units": [unit.name for unit in fresh]}
    audit.record(None, "reminder.make", month.plan, after=after)
    return len(fresh)


def _mail(month: Month, notice: Notice, units: Sequence[Any], text: str) -> None:
    """An e-mail to each liaison who has an address, where the installation sends e-mail."""
    if not settings.LANTIAN_EMAIL:
        return
    contacts = people.contacts([unit.pk for unit in units], month.today)
    rows = []
    for unit in units:
        named = contacts.get(unit.pk, {})
        for address in sorted({named[post].email for post in _MAILED if post in named and named[post].email}):
            key = f"mail:{month.plan.uid}:{month.period}:{notice.id}:{unit.uid}:{address}"
            rows.append(
                Message(
                    key=key[:200],
                    channel=Channel.EMAIL,
                    plan=month.plan,
                    unit=unit,
                    to=address,
                    subject=texts.subject(month.period, notice),
                    text=f"{unit.name}：\n{text}",
                )
            )
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _tell_groups(month: Month, notice: Notice, names: Iterable[str]) -> None:
    """One line to each chat group of the plan's area: late units by name, before the day nobody."""
    hooks = Webhook.objects.filter(area=month.plan.area_id, active=True) if month.plan.area_id else ()
    text = texts.group(month.plan.title, month.period, month.due, list(names), late=notice.days > 0)
    rows = [
        Message(
            key=f"group:{hook.uid}:{month.plan.uid}:{month.period}:{notice.id}",
            channel=Channel.WEBHOOK,
            webhook=hook,
            plan=month.plan,
            to=hook.name,
            text=text,
        )
        for hook in hooks
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
