"""The demonstration's year end: last year's district plan settled and frozen, this year's scorecard of the streets.

Told by ``settled`` and ``scorecard`` of ``demo/story.yaml`` and played through the actions that people use. Each part
leaves alone what is there, so that a demonstration of an earlier version gains them at its next start.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lantian.cli.demo_entries import attach, figure

if TYPE_CHECKING:
    from lantian.apps.areas.models import Unit
    from lantian.apps.core.models import User
    from lantian.apps.plans.models import Plan
    from lantian.apps.supervision.queries.returns import Row

Story = Mapping[str, Any]


def settle(user: User, story: Story) -> None:
    """Report, decide and freeze the plan of the year before as ``user``; nothing if it is closed already."""
    from lantian.apps.assessment.actions import yearend
    from lantian.apps.assessment.models import YearEnd
    from lantian.apps.core import jobs
    from lantian.apps.plans.actions import set_status
    from lantian.apps.plans.models import IN_FORCE, Plan
    from lantian.apps.supervision import evaluating
    from lantian.apps.supervision.actions import questions
    from lantian.apps.supervision.actions.duties import change_many
    from lantian.apps.supervision.models import Cadence, Commitment
    from lantian.apps.supervision.queries.returns import owing

    plan = Plan.objects.select_related("area").get(title=story["plan"], amends=None)
    if plan.status not in IN_FORCE:
        return
    questions.decide_proposed(user, plan)
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).exclude(cadence=Cadence.NONE)
    change_many(user, plan, list(rows.values_list("pk", flat=True)), cadence=Cadence.YEAR)
    for unit in owing(plan, story["month"]):
        _report(user, plan, unit, story)
    evaluating.refresh(plan)
    if not YearEnd.objects.filter(plan=plan).exists():
        _decide(user, plan, story)
        made = yearend.freeze(user, plan)
        assert made.job is not None
        jobs.finish(made.job)
        YearEnd.objects.filter(pk=made.pk).update(at=_at(story["frozen"], time(16, 30)))
    set_status(user, plan, "closed")


def _at(day: date, hour: time) -> datetime:
    from django.utils import timezone

    return timezone.make_aware(datetime.combine(day, hour))


def _report(user: User, plan: Plan, unit: Unit, story: Story) -> None:
    """The unit's return for December with its evidence, accepted, set back to the days when that happened."""
    from lantian.apps.supervision.actions import returns, review
    from lantian.apps.supervision.models import Return, ReturnState, ReturnVersion
    from lantian.apps.supervision.queries.returns import rows_of

    ret = returns.open_return(user, plan, unit, story["month"])
    if ret.state != ReturnState.DRAFT:
        return
    for row in rows_of(ret):
        returns.write_entry(user, ret, row.commitment, _words(row, story), route="screen")
        attach(user, ret, row.commitment, story["evidence"])
    ret.refresh_from_db()
    returns.submit(user, ret, signer=unit.name)
    ret.refresh_from_db()
    review.accept(user, ret)
    assert ret.due is not None
    came = _at(ret.due - timedelta(days=unit.pk % 3), time(9 + unit.pk % 8, unit.pk % 60))
    ReturnVersion.objects.filter(report=ret).update(at=came)
    Return.objects.filter(pk=ret.pk).update(submitted=came, reviewed=came + timedelta(days=1))


def _words(row: Row, story: Story) -> Any:
    from lantian.apps.supervision.actions.returns import EntryWords

    n = row.commitment.measure.n
    pace = Decimal(str(story["pace"].get(n, 1)))
    paper = story["documents"].get(n, {})
    given = {str(item.share.uid): figure(item, pace) for item in row.figures}
    return EntryWords(
        progress=story["words"][n],
        done=n in story["done"],
        step=paper.get("step", ""),
        document_number=paper.get("number", ""),
        document_date=paper.get("date"),
        figures={uid: pair for uid, pair in given.items() if pair != (None, None)},
        explanation="数据以本单位台账为准，已核对。",
    )


def _decide(user: User, plan: Plan, story: Story) -> None:
    from lantian.apps.assessment.actions import yearend
    from lantian.apps.assessment.queries.yearend import rows

    for row in rows(plan):
        said = story["outcomes"].get(row.measure.n)
        if said and row.outcome is None:
            yearend.decide(
                user, plan, row.measure, said["wording"], result=row.drafted, reason=said.get("reason", ""),
                strive=said.get("strive", ""), proposed=row.proposed,
            )  # fmt: skip


def score(user: User, reporter: User, story: Story) -> None:
    """Make the sample card of the streets, enter its figures, open it, and file one appeal as ``reporter``."""
    from django.utils import timezone

    from lantian.apps.assessment.actions import scorecards
    from lantian.apps.assessment.models import Scorecard
    from lantian.apps.assessment.queries.scorecards import SAMPLE
    from lantian.apps.assessment.scoring import read_card

    text, today = SAMPLE.read_text(encoding="utf-8"), timezone.localdate()
    card = Scorecard.objects.filter(title=read_card(text).title.zh).first()
    if card is not None and card.appeals.exists():
        return
    card = card or scorecards.save(user, text)
    units = {unit.name: unit for unit in card.units.all()}
    for name, values in story["entered"].items():
        if not card.entered.filter(name=name).exists():
            figures = {(units[unit].pk, name): Decimal(value) for unit, value in values.items()}
            scorecards.enter_column(user, card, figures, since=story["since"], basis=story["basis"])
    if card.opened is None:
        scorecards.open_to_units(user, card)
    if card.appeal_from is None:
        before, after = story["window"]
        scorecards.set_window(user, card, today + timedelta(days=before), today + timedelta(days=after))
    said = story["appeal"]
    if scorecards.window_open(card, today):
        scorecards.appeal(reporter, card, units[said["unit"]], said["item"], said["words"])
