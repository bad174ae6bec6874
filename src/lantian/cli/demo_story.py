"""The demonstration's year so far: questions decided, quotas set, three months reported by every route, one unit late.

Played once from ``demo/story.yaml`` through the same actions that people use; only the days on which returns came in
are set back afterwards, because a demonstration that was reported all at once today would show everybody late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lantian.cli import demo_year
from lantian.cli.demo_entries import attach, figure, files_of

if TYPE_CHECKING:
    from lantian.apps.areas.models import Unit
    from lantian.apps.core.models import User
    from lantian.apps.plans.models import Plan
    from lantian.apps.supervision.models import Return
    from lantian.apps.supervision.queries.returns import Row

Story = Mapping[str, Any]


def told(folder: Path) -> dict[str, Any]:
    """The story of the folder."""
    return dict(yaml.safe_load((folder / "story.yaml").read_text(encoding="utf-8")))


def heads(story: Story) -> dict[str, dict[str, Any]]:
    """Number and day of issue by the plan's title: what the printed annex does not say."""
    city, settled = story["city"], story["settled"]
    return {
        story["plan"]: dict(story["head"]),
        city["title"]: {"number": city["number"]},
        settled["plan"]: dict(settled["head"]),
    }


def play(user: User, reporter: User, story: Story, letter: Path) -> None:
    """Play the year so far as ``user``, then last year's end and the scorecard, against which ``reporter`` appeals.

    ``letter`` is the document that sets the quotas. Every step leaves alone what is there, so that a story that was
    interrupted goes on.
    """
    _this_year(user, story, letter)
    demo_year.settle(user, story["settled"])
    demo_year.score(user, reporter, story["scorecard"])


def _this_year(user: User, story: Story, letter: Path) -> None:
    """The plan's months, until the matter from above is handed out, which ends them."""
    from lantian.apps.plans.models import Plan
    from lantian.apps.supervision import evaluating
    from lantian.apps.supervision.actions import questions
    from lantian.apps.supervision.models import Errand

    plan = Plan.objects.select_related("area").get(title=story["plan"], amends=None)
    if Errand.objects.filter(source_number=story["errand"]["number"]).exists():
        return
    for each in Plan.objects.filter(title__in=[story["plan"], story["city"]["title"]]):
        questions.decide_proposed(user, each)
    _decide(user, plan, story)
    _quotas(user, plan, story, letter)
    _liaisons(user, plan, story)
    _align(user, plan, story)
    for month in story["months"]:
        for unit in _owing(plan, month):
            if story["late"].get(unit.name) != month:
                _report(user, plan, unit, month, story)
    evaluating.refresh(plan)
    _waiting(user, plan, story)


def _units(plan: Plan) -> dict[str, Unit]:
    from lantian.apps.areas.models import Unit

    assert plan.area is not None
    return {unit.name: unit for unit in Unit.objects.filter(area__path__startswith=plan.area.path, collective=False)}


def _decide(user: User, plan: Plan, story: Story) -> None:
    from lantian.apps.supervision.actions import questions
    from lantian.apps.supervision.models import Question

    known = _units(plan)
    for item in story["asked"]:
        for question in Question.objects.filter(plan=plan, measure__n=item["n"], kind="collective", decided=None):
            questions.decide(user, question, units=[known[name] for name in item["units"]], note=item["note"])


def _quotas(user: User, plan: Plan, story: Story, letter: Path) -> None:
    from lantian.apps.plans.models import Target
    from lantian.apps.supervision.actions import quotas

    known = _units(plan)
    for item in story["quotas"]:
        target = Target.objects.get(measure__plan=plan, measure__n=item["n"], text=item["target"])
        sheet = quotas.open_sheet(user, target)
        if sheet.issued:
            continue
        lines = {known[name].pk: quotas.Line(None, Decimal(value), "") for name, value in item["lines"].items()}
        head = {"letter_number": item["number"], "letter_title": item["title"], "letter_date": item["date"]}
        quotas.save_sheet(user, sheet, lines, head)
        quotas.attach(user, sheet, f"{item['title']}.pdf", [letter.read_bytes()])
        quotas.issue(user, sheet)


def _liaisons(user: User, plan: Plan, story: Story) -> None:
    from lantian.apps.people.actions.register import current, save_liaison

    known = _units(plan)
    since = story["head"]["issued"]
    for name, (leader, liaison, phone) in story["liaisons"].items():
        if current(known[name], "liaison_a"):
            continue
        save_liaison(user, known[name], "leader", {"name": leader, "since": since})
        save_liaison(user, known[name], "liaison_a", {"name": liaison, "phone": phone, "since": since})


def _align(user: User, plan: Plan, story: Story) -> None:
    from lantian.apps.alignment import actions
    from lantian.apps.alignment.models import Link
    from lantian.apps.plans.models import Plan

    if not Link.objects.filter(measure__plan=plan).exists():
        actions.run(user, plan, [Plan.objects.get(title=story["city"]["title"], amends=None)])


def _owing(plan: Plan, month: str) -> Sequence[Unit]:
    from lantian.apps.supervision.queries.returns import owing

    return list(owing(plan, month))


def _report(user: User, plan: Plan, unit: Unit, month: str, story: Story) -> None:
    """One unit's return of one month: written, handed in, reviewed, and set back to the days when that happened."""
    from lantian.apps.supervision.actions import returns, review
    from lantian.apps.supervision.models import Entry, ReturnState
    from lantian.apps.supervision.queries.returns import rows_of

    route = story["routes"].get(unit.name, "screen")
    behalf = route in ("drop_box", "phone")
    signer = story["signers"].get(unit.name, unit.name)
    ret = returns.open_return(user, plan, unit, month)
    if ret.state != ReturnState.DRAFT:
        return
    for row in rows_of(ret):
        words = _words(row, unit, month, story)
        source = {"caller": signer} if route == "phone" else {}
        returns.write_entry(user, ret, row.commitment, words, route=route, behalf=behalf, source=source)
        attach(user, ret, row.commitment, story["finished"], month)
    ret.refresh_from_db()
    returns.submit(user, ret, signer=signer, route=route, behalf=behalf)
    back = story["back"].get(unit.name)
    if back and back["month"] == month:
        entry = Entry.objects.get(report=ret, commitment__measure__n=back["n"])
        review.judge(user, entry, "sent_back", back["note"])
        ret.refresh_from_db()
        review.send_back(user, ret)
    elif not (unit.name in story["waiting"] and month == story["months"][-1]):
        ret.refresh_from_db()
        review.accept(user, ret)
    _set_back(ret)


def _words(row: Row, unit: Unit, month: str, story: Story) -> Any:
    from lantian.apps.supervision.actions.returns import EntryWords

    texts = story["words"].get(row.commitment.measure.n)
    words = texts[story["months"].index(month)] if texts else "按计划推进。"
    pace = Decimal(str(story["pace"].get(unit.name, 1)))
    figures = {str(item.share.uid): figure(item, pace) for item in row.figures}
    return EntryWords(
        progress=words,
        done=bool(files_of(row.commitment, story["finished"], month)),
        problems="增容手续办理较慢。" if row.commitment.measure.n == 9 and pace < 1 else "",
        next_step="按时限推进。",
        figures={uid: pair for uid, pair in figures.items() if pair != (None, None)},
        explanation="数据以本单位台账为准，已核对。",
    )


def _set_back(ret: Return) -> None:
    """The demonstration's returns came in on the due day or shortly before, not today."""
    from django.utils import timezone

    from lantian.apps.supervision.models import Return, ReturnVersion

    assert ret.due is not None
    day = min(ret.due - timedelta(days=ret.unit_id % 4), date.today() - timedelta(days=1))  # noqa: DTZ011
    came = timezone.make_aware(datetime.combine(day, time(9 + ret.unit_id % 8, ret.unit_id % 60)))
    ReturnVersion.objects.filter(report=ret).update(at=came)
    rows = Return.objects.filter(pk=ret.pk)
    rows.update(submitted=came)
    rows.exclude(reviewed=None).update(reviewed=came + timedelta(days=1))


def _waiting(user: User, plan: Plan, story: Story) -> None:
    """What a coordinator finds this morning: a pasted message, a letter to be signed, a matter from above."""
    from django.utils import timezone

    from lantian.apps.areas.models import Area
    from lantian.apps.chasing import desk
    from lantian.apps.chasing.actions.letters import LetterWords, draft_letter
    from lantian.apps.chasing.models import Letter
    from lantian.apps.core import jobs
    from lantian.apps.supervision.actions import errands, incoming
    from lantian.apps.supervision.models import Incoming

    known = _units(plan)
    today = timezone.localdate()
    if not Incoming.objects.filter(plan=plan).exists():
        piece = incoming.receive_text(user, plan, story["drop_box"]["month"], story["drop_box"]["text"])
        assert piece.job is not None
        jobs.finish(piece.job)
    wanted = story["letter"]
    if not Letter.objects.filter(plan=plan).exists():
        unit = known[wanted["unit"]]
        words = LetterWords(
            rung=wanted["rung"], commitments=desk.owed_rows(plan, unit, wanted["month"]),
            reply_by=today + timedelta(days=5), issuer=known["区生态环境局"], approver_name=wanted["approver"],
            jump_reason=wanted["why"], contact=wanted["contact"],
        )  # fmt: skip
        draft_letter(user, plan, unit, wanted["month"], words)
    matter = story["errand"]
    assert plan.area is not None
    city = Area.objects.get(code=plan.area.path.split("/")[1])
    errands.hand_out(
        user,
        city,
        errands.Matter(
            words=matter["words"],
            leads=[known[name] for name in matter["units"]],
            sender=matter["sender"],
            reply_by=today + timedelta(days=matter["days"]),
            source_number=matter["number"],
            source_date=today,
        ),
    )
