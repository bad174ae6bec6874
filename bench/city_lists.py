"""What else the lists of the invented city hold: letters, errands, pieces, forms, quota sheets, questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

CODE = "880000"
BUREAUS = (
    "市生态环境局", "市发展改革委", "市工业和信息化局", "市公安局", "市应急局", "市住房城乡建设局", "市城市管理局",
    "市交通局", "市农业农村局", "市水务局", "市园林绿化局", "市市场监管局", "市商务局", "市财政局", "市气象局",
)  # fmt: skip
BATCH = 2000


def fill_lists(count: int, user: Any, plans: list[Any], month: str) -> None:
    """``count`` of everything, by ``user`` for the last ``month`` of the plans."""
    from lantian.apps.areas.models import Unit

    units = list(Unit.objects.filter(collective=False).order_by("-level", "pk"))
    numbers = range(count)
    _letters(user, plans, month, [(n, units[n % len(units)]) for n in numbers])
    _errands(user, [(n, units[n % len(units)]) for n in numbers])
    _incoming(user, plans[0], month, [(n, units[n % len(units)]) for n in numbers])
    _forms(user, plans, numbers)
    _quotas(user, plans[0])
    _questions(plans[0], numbers)


def _letters(user: Any, plans: list[Any], month: str, pairs: Iterable[tuple[int, Any]]) -> None:
    """Letters with their papers, each to one unit, and the reminders and calls before them."""
    from lantian.apps.areas.models import Unit
    from lantian.apps.chasing.models import Call, Letter, Reminder, RungName
    from lantian.apps.papers.models import Paper, Recipient
    from lantian.apps.supervision.models import Commitment

    office = Unit.objects.get(name=BUREAUS[0])
    states = ("issued", "draft", "issued", "void")
    of_letter = {"draft": "draft", "issued": "sent", "void": "dropped"}
    papers, letters, receipts, reminders, calls = [], [], [], [], []
    day = date(int(month[:4]), 12, 20)
    seen: set[tuple[int, int, int]] = set()
    for n, unit in pairs:
        plan, rung = plans[n % len(plans)], RungName.values[n % 2]
        state = states[n % len(states)]
        paper = Paper(
            kind=rung, state=state, issuer=office, title=f"关于{unit.name}进展滞后的函（{n}）", about=plan.title,
            number=f"云环督〔{day.year}〕{n + 1}号" if state == "issued" else "", main_to=[unit.name],
            body=[{"kind": "text", "text": "请抓紧推进。"}], created_by=user, issued=day if state == "issued" else None,
        )  # fmt: skip
        papers.append(paper)
        receipts.append(Recipient(paper=paper, unit=unit))
        key = (plan.pk, unit.pk, n % 2)
        if key not in seen:
            seen.add(key)
            letters.append(
                Letter(
                    plan=plan, unit=unit, period=month, rung=rung, paper=paper, state=of_letter[state],
                    reply_by=day + timedelta(days=n % 30), reasons=["进展滞后"], created_by=user,
                )
            )  # fmt: skip
            reminders.append(Reminder(plan=plan, unit=unit, period=month, kind=f"kind{n % 2}", day=day, text="请报送"))
        calls.append(Call(plan=plan, unit=unit, period=month, by=user, whom="联络人", outcome="reached"))
    Paper.objects.bulk_create(papers, batch_size=BATCH)
    Recipient.objects.bulk_create(receipts, batch_size=BATCH)
    Letter.objects.bulk_create(letters, batch_size=BATCH)
    Reminder.objects.bulk_create(reminders, batch_size=BATCH)
    Call.objects.bulk_create(calls, batch_size=BATCH)
    owed: dict[tuple[int, int], list[int]] = {}
    for pk, plan_pk, unit_pk in Commitment.objects.order_by().values_list("pk", "plan", "unit"):
        owed.setdefault((plan_pk, unit_pk), []).append(pk)
    about = Letter.commitments.through
    about.objects.bulk_create(
        [
            about(letter_id=letter.pk, commitment_id=pk)
            for letter in letters
            for pk in owed.get((letter.plan_id, letter.unit_id), ())[:5]
        ],
        batch_size=BATCH,
    )


def _errands(user: Any, pairs: Iterable[tuple[int, Any]]) -> None:
    """Matters handed out, each a plan of one row that two units owe."""
    from lantian.apps.areas.models import Area
    from lantian.apps.core.models import StoredFile
    from lantian.apps.plans.models import Measure, Plan
    from lantian.apps.supervision.models import Commitment, Errand

    area = Area.objects.get(code=CODE)
    stored = StoredFile.objects.earliest("pk")
    day = date.today()  # noqa: DTZ011
    plans, rows, duties, errands = [], [], [], []
    for n, unit in pairs:
        plan = Plan(
            title=f"关于裸露地块苫盖问题的交办（{n}）", year=day.year, region=area.name, area=area, level="municipal",
            medium="air", kind="errand", status="published", version=1, file=stored, file_name="matter.txt",
            created_by=user, published=noon(day),
        )  # fmt: skip
        row = Measure(
            plan=plan, n=1, text=f"第{n}号地块限期苫盖到位。", deadline_end=day, deadline_kind="by", search=""
        )
        plans.append(plan)
        rows.append(row)
        duties.append(
            Commitment(plan=plan, measure=row, n=1, unit=unit, role="lead", convener=True, cadence="month", end=day)
        )
        errands.append(
            Errand(plan=plan, area=area, year=day.year, number=n + 1, reply_by=day + timedelta(days=n % 40 - 20),
                   created_by=user)
        )  # fmt: skip
    Plan.objects.bulk_create(plans, batch_size=BATCH)
    Measure.objects.bulk_create(rows, batch_size=BATCH)
    Commitment.objects.bulk_create(duties, batch_size=BATCH)
    Errand.objects.bulk_create(errands, batch_size=BATCH)


def _incoming(user: Any, plan: Any, month: str, pairs: Iterable[tuple[int, Any]]) -> None:
    """Pieces from units, each with three staged rows."""
    from lantian.apps.supervision.models import Incoming, IncomingItem

    pieces = [
        Incoming(
            plan=plan, period=month, unit=unit, unit_confidence=0.9, name=f"{unit.name}进展.xlsx", state="staged",
            text="进展", created_by=user, digest=f"{n:064}",
        )
        for n, unit in pairs
    ]  # fmt: skip
    Incoming.objects.bulk_create(pieces, batch_size=BATCH)
    IncomingItem.objects.bulk_create(
        [
            IncomingItem(incoming=piece, order=order, place=f"第{order + 1}行", words={"progress": "按计划推进"})
            for piece in pieces
            for order in range(3)
        ],
        batch_size=BATCH,
    )


def _forms(user: Any, plans: list[Any], numbers: Iterable[int]) -> None:
    from lantian.apps.assessment.models import Form, FormFilling
    from lantian.apps.core.models import StoredFile

    stored = StoredFile.objects.earliest("pk")
    forms = [
        Form(plan=plans[n % len(plans)], title=f"月报套表{n}", issuer="上级", file=stored, file_name="表.xlsx",
             grid={"sheets": []}, mapping={"sheets": {}, "cells": []}, created_by=user)
        for n in numbers
    ]  # fmt: skip
    Form.objects.bulk_create(forms, batch_size=BATCH)
    FormFilling.objects.bulk_create(
        [FormFilling(form=form, period=f"2020-{month:02}") for form in forms for month in (1, 2)], batch_size=BATCH
    )


def _quotas(user: Any, plan: Any) -> None:
    """Sheets that divide the totals of a plan among the units that owe them."""
    from lantian.apps.plans.content import target_of
    from lantian.apps.supervision.models import Commitment, QuotaLine, QuotaSheet

    for measure in plan.measures.filter(n__in=range(2, 61, 2)).prefetch_related("targets"):
        for target in measure.targets.all():
            sheet = QuotaSheet.objects.create(
                plan=plan, measure=measure, target=target, spec=target_of(target), total=target.value, created_by=user
            )
            units = Commitment.objects.filter(measure=measure).order_by().values_list("unit", flat=True).distinct()
            QuotaLine.objects.bulk_create(
                [QuotaLine(sheet=sheet, unit_id=unit, value=Decimal(1)) for unit in units], batch_size=BATCH
            )


def _questions(plan: Any, numbers: Iterable[int]) -> None:
    """More open questions than a plan of our size has by itself."""
    from lantian.apps.supervision.models import Question

    measures = list(plan.measures.order_by("n"))
    Question.objects.bulk_create(
        [
            Question(plan=plan, measure=measures[n % len(measures)], kind="unit", role="support", words=f"市未名办{n}",
                     why={"zh": "名录里没有这个名称", "en": "not in the directory"})
            for n in numbers
        ],
        batch_size=BATCH,
    )  # fmt: skip


def noon(day: date) -> datetime:
    """Noon of a day, in the time of the site."""
    from django.utils import timezone

    return timezone.make_aware(datetime.combine(day, time(12)))
