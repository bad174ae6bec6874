"""Publishing makes commitments: whom each row binds, with how much of its targets, and what only a person can say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lantian.apps.areas.models import Area, CollectiveRule, RuleKind, Unit
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import actions as plans
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision.actions import duties, making, questions
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.models import Commitment, Question, Share
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def streets(city: Area) -> dict[str, Unit]:
    """Districts and streets of the invented city, and collectives with their traps."""
    west = Area.objects.get(code="880102")
    for code, name in (("880102001", "南桥街道"), ("880102002", "北桥街道"), ("880102003", "石坪镇")):
        kind = "town" if name.endswith("镇") else "street"
        area = Area.objects.create(
            code=code, name=name, short_name=name[:2], kind=kind, level="town", parent=west,
            path=f"/880000/880102/{code}/",
        )  # fmt: skip
        office = f"{name}政府" if kind == "town" else f"{name}办事处"
        Unit.objects.create(name=office, short_name=name, level="town", area=area)
    each = Unit.objects.get(name="各区政府")
    rule(each, RuleKind.EACH, kinds="district", pattern="{area}政府")
    towns = Unit.objects.create(name="各镇街", level="town", area=west, collective=True)
    rule(towns, RuleKind.EACH, kinds="street", pattern="{area}办事处")
    rule(towns, RuleKind.EACH, kinds="town", pattern="{area}政府")
    some = Unit.objects.create(name="相关镇街", level="town", area=west, collective=True)
    rule(some, RuleKind.ASK, kinds="street;town", pattern="{area}办事处|{area}政府")
    Unit.objects.create(name="各成员单位", level="municipal", area=city, collective=True)
    return {unit.name: unit for unit in Unit.objects.all()}


def rule(unit: Unit, kind: str, *, kinds: str = "", pattern: str = "") -> None:
    CollectiveRule.objects.create(unit=unit, kind=kind, kinds=kinds, pattern=pattern, source="ours")


def roles(**named: Iterable[str]) -> tuple[read.Role, ...]:
    return tuple(read.Role(role, name, name) for role, names in named.items() for name in names)  # type: ignore[arg-type]


def target(text: str, value: float | None, applies: str | None, **more: Any) -> read.Target:
    kind = more.pop("kind", "count")
    return read.Target(text, more.pop("subject", "设备"), kind, "=", value, unit="台", applies=applies, **more)  # type: ignore[arg-type]


@pytest.fixture
def published(
    make_plan: Callable[..., Plan],
    run_jobs: Callable[[], int],
    streets: dict[str, Unit],  # noqa: ARG001  # they must be there
) -> Callable[..., Plan]:
    """Publishes a district's plan of the given rows and does the background work."""

    def publish(*rows: read.Measure, **changes: Any) -> Plan:
        head = {"region": "云溪市西塘区", "level": "district", "title": "西塘区2025年行动计划"} | changes
        plan = make_plan(read_plan(*rows, **head), content=repr(rows).encode())
        run_jobs()
        return plan

    return publish


def owed(plan: Plan, n: int = 1) -> list[tuple[str, str, str | None, bool]]:
    rows = Commitment.objects.filter(plan=plan, measure__n=n, withdrawn=None).select_related("unit", "via")
    return [(row.unit.name, row.role, row.via.name if row.via else None, row.convener) for row in rows.order_by("id")]


def shares(plan: Plan, n: int = 1) -> dict[str, list[tuple[Decimal | None, str]]]:
    found: dict[str, list[tuple[Decimal | None, str]]] = {}
    for row in Share.objects.filter(commitment__plan=plan, commitment__measure__n=n, withdrawn=None).select_related(
        "commitment__unit"
    ):
        found.setdefault(row.commitment.unit.name, []).append((row.value, row.origin))
    return found


SIXTEEN = [
    # lead, responsible, support → (unit, role, via), questions; named for the trap
    ("one unit", {"lead": ["西塘区生态环境局"]}, [("西塘区生态环境局", "lead", None)], 0),
    ("two leads", {"lead": ["西塘区政府", "西塘区生态环境局"]},
     [("西塘区政府", "lead", None), ("西塘区生态环境局", "lead", None)], 0),
    ("all towns", {"responsible": ["各镇街"]},
     [("南桥街道办事处", "responsible", "各镇街"), ("北桥街道办事处", "responsible", "各镇街"),
      ("石坪镇政府", "responsible", "各镇街")], 0),
    ("lead and all towns", {"lead": ["西塘区政府"], "responsible": ["各镇街"]},
     [("西塘区政府", "lead", None), ("南桥街道办事处", "responsible", "各镇街"),
      ("北桥街道办事处", "responsible", "各镇街"), ("石坪镇政府", "responsible", "各镇街")], 0),
    ("a town named itself and in all towns", {"lead": ["石坪镇政府"], "responsible": ["各镇街"]},
     [("石坪镇政府", "lead", None), ("南桥街道办事处", "responsible", "各镇街"),
      ("北桥街道办事处", "responsible", "各镇街")], 0),
    ("all towns lead, one supports", {"lead": ["各镇街"], "support": ["石坪镇政府"]},
     [("南桥街道办事处", "lead", "各镇街"), ("北桥街道办事处", "lead", "各镇街"), ("石坪镇政府", "lead", "各镇街")], 0),
    ("the same collective twice", {"lead": ["各镇街"], "support": ["各镇街"]},
     [("南桥街道办事处", "lead", "各镇街"), ("北桥街道办事处", "lead", "各镇街"), ("石坪镇政府", "lead", "各镇街")], 0),
    ("the same unit twice in one role", {"lead": ["西塘区政府", "西塘区政府"]}, [("西塘区政府", "lead", None)], 0),
    ("lead also supports", {"lead": ["西塘区政府"], "support": ["西塘区政府", "西塘区生态环境局"]},
     [("西塘区政府", "lead", None), ("西塘区生态环境局", "support", None)], 0),
    ("who is meant is open", {"lead": ["西塘区政府"], "responsible": ["相关镇街"]}, [("西塘区政府", "lead", None)], 1),
    ("unknown name", {"lead": ["西塘区无名局"]}, [], 1),
    ("unknown name twice", {"lead": ["西塘区无名局"], "support": ["西塘区无名局"]}, [], 2),
    ("a collective without rules", {"responsible": ["各成员单位"]}, [], 1),
    ("only support", {"support": ["西塘区政府"]}, [("西塘区政府", "support", None)], 0),
    ("a former name", {"lead": ["市环保局"]}, [], 1),
    ("no unit at all", {}, [], 0),
]  # fmt: skip


@pytest.mark.parametrize(("named", "expected", "asked"), [row[1:] for row in SIXTEEN], ids=[row[0] for row in SIXTEEN])
def test_who_owes_a_row(
    named: dict[str, list[str]], expected: list[tuple[str, str, str | None]], asked: int,
    published: Callable[..., Plan],
) -> None:  # fmt: skip
    plan = published(read_measure(1, roles=roles(**named), targets=()))
    assert [row[:3] for row in owed(plan)] == expected
    assert Question.objects.filter(plan=plan, dropped=None).count() == asked


def test_a_collective_lead_convenes_nobody_and_an_office_may_choose(
    published: Callable[..., Plan], people: dict[str, User]
) -> None:
    plan = published(
        read_measure(1, roles=roles(lead=["各镇街", "西塘区政府"], responsible=["西塘区生态环境局"]), targets=())
    )
    assert [name for name, _role, _via, convener in owed(plan) if convener] == ["西塘区政府"]
    other = Commitment.objects.get(plan=plan, unit__name="西塘区生态环境局")
    duties.set_convener(people["coordinator"], other, revision=other.revision)
    making.make(None, plan)
    assert [name for name, _role, _via, convener in owed(plan) if convener] == ["西塘区生态环境局"]


def test_inherited_units_owe_like_responsible_ones(published: Callable[..., Plan]) -> None:
    plan = published(
        read_measure(1, roles=roles(lead=["西塘区政府"], support=["西塘区生态环境局"]), inherited=("西塘区生态环境局",),
                     targets=())
    )  # fmt: skip
    assert [row[:2] for row in owed(plan)] == [("西塘区政府", "lead"), ("西塘区生态环境局", "inherited")]
    assert Commitment.objects.get(plan=plan, role="inherited").cadence != "none"


SUM = target("改造230台", 230, "total")
TOWNS = ("南桥街道办事处", "北桥街道办事处", "石坪镇政府")


def test_a_sum_is_held_by_the_convener_and_gives_no_figure_to_the_others(published: Callable[..., Plan]) -> None:
    plan = published(read_measure(1, roles=roles(lead=["西塘区政府"], responsible=["各镇街"]), targets=(SUM,)))
    assert shares(plan) == {"西塘区政府": [(Decimal(230), "printed")]} | {name: [(None, "none")] for name in TOWNS}


def test_each_binds_the_members_and_not_the_unit_that_leads_them(published: Callable[..., Plan]) -> None:
    plan = published(
        read_measure(
            1, roles=roles(lead=["西塘区生态环境局"], responsible=["各镇街"]),
            targets=(target("降尘量5吨", 5, "each", kind="level"), target("占比达到70%", 70, "both", kind="rate")),
        )
    )  # fmt: skip
    five, seventy = (Decimal(5), "printed"), (Decimal(70), "printed")
    assert shares(plan) == {"西塘区生态环境局": [seventy]} | {name: [five, seventy] for name in TOWNS}


def test_figures_for_named_areas_reach_their_units_and_the_rest_reaches_the_others(
    published: Callable[..., Plan],
) -> None:
    plan = published(
        read_measure(
            1, roles=roles(lead=["西塘区生态环境局"], responsible=["各镇街"]),
            targets=(
                target("石坪镇4.5吨", 4.5, "owner", kind="level", scope=("石坪镇",)),
                target("其他镇街5吨", 5, "each", kind="level", scope=("其他镇街",)),
            ),
        )
    )  # fmt: skip
    assert shares(plan) == {
        "石坪镇政府": [(Decimal("4.5"), "part")],
        "南桥街道办事处": [(Decimal(5), "part")],
        "北桥街道办事处": [(Decimal(5), "part")],
    }


def test_what_print_leaves_open_about_a_figure_is_asked_and_answered(
    published: Callable[..., Plan], people: dict[str, User]
) -> None:
    plan = published(
        read_measure(1, roles=roles(lead=["西塘区政府"], responsible=["各镇街"]),
                     targets=(target("比例达到80%", 80, None, kind="rate"),))
    )  # fmt: skip
    assert shares(plan) == {}
    question = Question.objects.get(plan=plan)
    assert (question.kind, len(question.candidates)) == ("applies", 4)
    assert question.why["zh"] != question.why["en"]
    questions.decide(people["coordinator"], question, applies="each", revision=question.revision)
    assert shares(plan) == {name: [(Decimal(80), "printed")] for name in TOWNS}
    questions.decide(people["coordinator"], question, applies="total")
    assert shares(plan)["西塘区政府"] == [(Decimal(80), "printed")]
    questions.undo(people["coordinator"], question)
    assert shares(plan) == {}


def test_one_answer_for_the_same_words_and_its_undoing(
    published: Callable[..., Plan], people: dict[str, User], streets: dict[str, Unit]
) -> None:
    rows = [read_measure(n, roles=roles(lead=["西塘区政府"], responsible=["相关镇街"]), targets=()) for n in (1, 2, 3)]
    plan = published(*rows)
    first, second, _third = Question.objects.filter(plan=plan).order_by("measure__n")
    chosen = [streets["石坪镇政府"], streets["南桥街道办事处"]]
    assert questions.decide(people["coordinator"], first, units=chosen, note="区函〔2025〕3号", same=True) == 3
    for n in (1, 2, 3):
        assert [row[0] for row in owed(plan, n)] == ["西塘区政府", "石坪镇政府", "南桥街道办事处"]
    assert Commitment.objects.get(plan=plan, measure__n=2, unit__name="石坪镇政府").via == streets["相关镇街"]
    second.refresh_from_db()
    questions.undo(people["coordinator"], second, revision=second.revision)
    assert [row[0] for row in owed(plan, 2)] == ["西塘区政府"]
    assert Commitment.objects.filter(plan=plan, measure__n=2).exclude(withdrawn=None).count() == 2
    assert AuditEvent.objects.filter(action="question.decide").count() == 3


def test_an_unknown_name_may_be_answered_with_a_collective(
    published: Callable[..., Plan], people: dict[str, User], streets: dict[str, Unit]
) -> None:
    plan = published(read_measure(1, roles=roles(responsible=["全部镇街道"]), targets=()))
    question = Question.objects.get(plan=plan)
    with pytest.raises(NotPossible):
        questions.decide(people["coordinator"], question)
    questions.decide(people["coordinator"], question, units=[streets["各镇街"]])
    assert [(name, via) for name, _role, via, _convener in owed(plan)] == [(name, "各镇街") for name in TOWNS]


def test_a_stale_decision_and_one_without_the_right_are_refused(
    published: Callable[..., Plan], people: dict[str, User], streets: dict[str, Unit]
) -> None:
    plan = published(read_measure(1, roles=roles(responsible=["相关镇街"]), targets=()))
    question = Question.objects.get(plan=plan)
    for role in ("viewer", "reporter", "administrator", "reviewer"):
        with pytest.raises(PermissionDenied):
            questions.decide(people[role], question, units=[streets["石坪镇政府"]])
    questions.decide(people["coordinator"], question, units=[streets["石坪镇政府"]], revision=1)
    with pytest.raises(Stale):
        questions.decide(people["coordinator"], question, units=[streets["南桥街道办事处"]], revision=1)
    assert [row[0] for row in owed(plan)] == ["石坪镇政府"]


def test_making_again_changes_nothing_and_publishing_asks_once(
    published: Callable[..., Plan], people: dict[str, User], run_jobs: Callable[[], int]
) -> None:
    plan = published(read_measure(1, roles=roles(lead=["西塘区政府"], responsible=["各镇街"]), targets=()))
    before = list(Commitment.objects.values_list("pk", "revision")), AuditEvent.objects.count()
    assert making.make(None, plan).as_dict() == {"made": 0, "changed": 0, "withdrawn": 0, "questions": 0}
    assert (list(Commitment.objects.values_list("pk", "revision")), AuditEvent.objects.count()) == before
    with pytest.raises(PermissionDenied):
        making.make_again(people["viewer"], plan)
    making.make_again(people["coordinator"], plan)
    assert run_jobs() == 1


def test_an_amendment_keeps_what_stays_and_withdraws_what_goes(
    published: Callable[..., Plan], people: dict[str, User], run_jobs: Callable[[], int]
) -> None:
    plan = published(
        read_measure(1, roles=roles(lead=["西塘区政府"], responsible=["各镇街"]), targets=(SUM,)),
        read_measure(2, roles=roles(lead=["西塘区生态环境局"]), targets=()),
    )
    coordinator = people["coordinator"]
    kept = Commitment.objects.get(plan=plan, unit__name="西塘区政府")
    duties.set_cadence(coordinator, kept, "half", revision=kept.revision)
    share = kept.shares.get()
    duties.set_curve(coordinator, share, "summer_works", revision=kept.revision)
    amendment = plans.amend(people["administrator"], plan)
    one, two = Measure.objects.filter(plan=amendment).order_by("n")
    two.delete()
    one.assignments.filter(name="各镇街").delete()
    plans.publish_plan(people["administrator"], amendment)
    run_jobs()
    kept.refresh_from_db()
    share.refresh_from_db()
    assert (kept.cadence, kept.cadence_edited, kept.withdrawn, share.curve) == ("half", True, None, "summer_works")
    assert share.target is not None
    assert share.target.measure_id == kept.measure_id
    gone = Commitment.objects.filter(plan=plan).exclude(withdrawn=None)
    assert {row.unit.name for row in gone} == {*TOWNS, "西塘区生态环境局"}
    assert all(row.withdrawn_reason for row in gone)
    assert Measure.everything.get(pk=gone.get(unit__name="西塘区生态环境局").measure_id).withdrawn == 2


def test_rhythm_is_proposed_and_counted_back(published: Callable[..., Plan]) -> None:
    plan = published(
        read_measure(1, roles=roles(lead=["西塘区政府"]), targets=(target("改造10台", 10, "total"),)),
        read_measure(2, roles=roles(lead=["西塘区政府"]), targets=(), measure="每季度开展检查。"),
        read_measure(3, roles=roles(lead=["西塘区政府"], support=["西塘区生态环境局"]), targets=(),
                     deadline=read.Deadline("长期实施", "long_term")),
    )  # fmt: skip
    found = {(row.n, row.role): (row.cadence, row.internal_due) for row in Commitment.objects.filter(plan=plan)}
    assert found == {
        (1, "lead"): ("month", date(2025, 12, 10)),
        (2, "lead"): ("quarter", date(2025, 12, 10)),
        (3, "lead"): ("year", None),
        (3, "support"): ("none", None),
    }
