"""承接: what a district's rows implement is proposed, confirmed by people, and stays through another alignment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lantian.apps.alignment import actions, queries
from lantian.apps.alignment.models import Alignment, Link, LinkState, Relation
from lantian.apps.alignment.shown import show
from lantian.apps.core.models import AuditEvent, Job, User
from lantian.apps.plans.models import Measure, Plan
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

CITY = (
    "各区新增和更新的环卫车辆中新能源车比例达到70%。",
    "完善加油站油气回收在线监控，开展夏季专项检查，检查比例不低于90%。",
    "各区建立施工工地扬尘视频监控平台，实现规模以上工地全覆盖。",
    "市级部门研究修订锅炉大气污染物排放标准。",
)
DISTRICT = (
    "全区新增和更新的环卫车辆中新能源车比例达到80%。",
    "完善加油站油气回收在线监控，开展夏季专项检查，检查比例不低于90%。",
    "在柳桥街道试点餐饮油烟净化设施共享清洗服务。",
)


def rows_of(texts: tuple[str, ...], *, shares: tuple[int | None, ...] = ()) -> tuple[read.Measure, ...]:
    made = []
    for n, text in enumerate(texts, start=1):
        share = shares[n - 1] if n <= len(shares) else None
        targets = (
            (
                read.Target(
                    f"比例达到{share}%", "新能源车比例", "rate", ">=", share, unit="%", by=date(2025, 12, 31),
                    span=(text.index("比例"), text.index("%") + 1),
                ),
            )
            if share
            else ()
        )  # fmt: skip
        doers = (read.Role("lead", "市级部门", "市级部门"),) if "市级部门" in text else ()
        made.append(read_measure(n, measure=text, task=f"事项{n}", seq=n, targets=targets, roles=doers, flags=()))
    return tuple(made)


@pytest.fixture
def city_plan(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(read_plan(*rows_of(CITY, shares=(70,))), content=b"city of four")


@pytest.fixture
def district_plan(make_plan: Callable[..., Plan]) -> Plan:
    plan = read_plan(
        *rows_of(DISTRICT, shares=(80,)),
        title="东塘区大气污染防治2025年行动计划",
        region="云溪市东塘区",
        level="district",
    )
    return make_plan(plan, content=b"district of three")


@pytest.fixture
def aligned(people: dict[str, User], city_plan: Plan, district_plan: Plan) -> Plan:
    actions.run(people["coordinator"], district_plan, [city_plan])
    return district_plan


def link(plan: Plan, n: int) -> Link:
    return Link.objects.select_related("measure__plan__area").get(measure__plan=plan, measure__n=n)


def partners(row: Link) -> list[int]:
    return [partner.measure.n for partner in row.partners.select_related("measure")]


def test_every_row_has_a_proposal_with_its_relation_and_figures(aligned: Plan) -> None:
    found = [(row.measure.n, row.relation, partners(row), row.state) for row in queries.links(aligned)]
    assert found == [
        (1, "tightened", [1], "proposed"), (2, "verbatim", [2], "proposed"), (3, "added", [], "proposed"),
    ]  # fmt: skip
    assert {"field": "target", "from": "≥70%", "to": "≥80%"} in link(aligned, 1).changes


def test_rows_nobody_took_come_with_those_that_ask_districts_first(aligned: Plan) -> None:
    alignment = Alignment.objects.get(plan=aligned)
    assert [(row.n, row.ours) for row in queries.orphans(aligned, alignment)] == [(3, True), (4, False)]  # type: ignore[attr-defined]


def test_confirmed_links_stay_through_another_alignment(
    people: dict[str, User], aligned: Plan, city_plan: Plan
) -> None:
    user = people["coordinator"]
    other = city_plan.measures.get(n=3)
    actions.decide(user, link(aligned, 3), relation="adapted", rows=[other], note=" 试点 ", revision=1)
    proposal = link(aligned, 1)
    actions.run(user, aligned, [city_plan])
    kept = link(aligned, 3)
    assert (kept.relation, kept.state, kept.note, kept.edited) == ("adapted", LinkState.CONFIRMED, "试点", True)
    assert partners(kept) == [3]
    assert kept.decided_by == user
    assert link(aligned, 1).uid != proposal.uid
    assert Link.objects.filter(measure__plan=aligned).count() == 3
    assert AuditEvent.objects.filter(action="link.confirm", object_uid=kept.uid).exists()


def test_a_second_person_with_the_old_page_is_told(people: dict[str, User], aligned: Plan, city_plan: Plan) -> None:
    user = people["coordinator"]
    first, second = link(aligned, 1), link(aligned, 1)
    actions.decide(user, first, revision=1)
    with pytest.raises(actions.StaleError):
        actions.decide(user, second, relation="loosened", revision=1)
    assert link(aligned, 1).relation == Relation.TIGHTENED
    replaced = link(aligned, 2)
    actions.run(user, aligned, [city_plan])
    with pytest.raises(actions.StaleError):
        actions.decide(user, replaced, revision=1)


def test_what_makes_no_sense_is_refused(people: dict[str, User], aligned: Plan, make_plan: Callable[..., Plan]) -> None:
    user, row = people["coordinator"], link(aligned, 1)
    stranger = make_plan(content=b"a third plan").measures.get(n=1)
    refused: list[dict[str, Any]] = [{"relation": "added"}, {"rows": []}, {"relation": "better"}, {"rows": [stranger]}]
    for wrong in refused:
        with pytest.raises(actions.NotPossible):
            actions.decide(user, row, revision=1, **wrong)
    assert link(aligned, 1).state == LinkState.PROPOSED
    with pytest.raises(actions.NotPossible):
        actions.run(user, aligned, [])
    with pytest.raises(actions.NotPossible):
        actions.run(user, aligned, [aligned])


def test_only_the_coordinator_of_the_area_confirms(people: dict[str, User], aligned: Plan, city_plan: Plan) -> None:
    for role in ("administrator", "reviewer", "viewer"):
        with pytest.raises(PermissionDenied):
            actions.decide(people[role], link(aligned, 1), revision=1)
        with pytest.raises(PermissionDenied):
            actions.run(people[role], aligned, [city_plan])
        with pytest.raises(PermissionDenied):
            actions.confirm_many(people[role], aligned, [])


def test_confirming_a_page_leaves_what_changed_meanwhile(people: dict[str, User], aligned: Plan) -> None:
    user = people["coordinator"]
    shown = [(row.uid, row.revision) for row in queries.links(aligned)]
    actions.decide(user, link(aligned, 1), revision=1)
    assert actions.confirm_many(user, aligned, shown) == (2, 1)
    assert queries.counts(aligned).open == 0


def test_an_opened_link_is_a_proposal_again(people: dict[str, User], aligned: Plan) -> None:
    user = people["coordinator"]
    actions.decide(user, link(aligned, 2), revision=1)
    actions.reopen(user, link(aligned, 2), revision=2)
    assert (link(aligned, 2).state, link(aligned, 2).decided_by) == (LinkState.PROPOSED, None)


def test_words_that_changed_after_it_was_confirmed_are_told(people: dict[str, User], aligned: Plan) -> None:
    actions.decide(people["coordinator"], link(aligned, 2), revision=1)
    row = queries.with_rows(Link.objects.all()).get(measure__plan=aligned, measure__n=2)
    assert show(row).altered == []
    Measure.objects.filter(pk=row.partners.all()[0].measure_id).update(text="改为另一句话。")
    row = queries.with_rows(Link.objects.all()).get(pk=row.pk)
    assert [measure.text for measure in show(row).altered] == ["改为另一句话。"]


def test_clauses_are_shown_side_by_side_with_their_words(aligned: Plan) -> None:
    row = queries.with_rows(Link.objects.all()).get(measure__plan=aligned, measure__n=1)
    clauses = show(row).clauses
    assert any(("delete", "70%") in clause.city for clause in clauses)
    assert any(("insert", "80%") in clause.district for clause in clauses)


def test_long_plans_are_compared_in_the_background(
    people: dict[str, User],
    district_plan: Plan,
    city_plan: Plan,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lantian.apps.alignment.actions.running.AT_ONCE", 5)
    job = actions.run(people["coordinator"], district_plan, [city_plan])
    assert job is not None
    assert not Link.objects.exists()
    run_jobs()
    assert Job.objects.get(pk=job.pk).result == {"tightened": 1, "verbatim": 1, "added": 1}
    assert Link.objects.count() == 3


def test_the_city_sees_who_took_what(people: dict[str, User], aligned: Plan, city_plan: Plan) -> None:
    below = queries.districts(people["coordinator"], city_plan)
    assert below == [aligned]
    found = queries.matrix(list(queries.city_rows(city_plan, below, "")), below)
    assert [[link.relation for link in row.cells[0].links] for row in found] == [["tightened"], ["verbatim"], [], []]
    assert [row.cells[0].asked for row in found] == [True, False, True, False]
    counted = queries.district_counts(city_plan, below)[0]
    assert (counted.missing, counted.confirmed, counted.total) == (2, 0, 3)
    assert [row.n for row in queries.city_rows(city_plan, below, "missing")] == [3]
    assert [row.n for row in queries.city_rows(city_plan, below, "tightened")] == [1]
