"""The life of a return: who may take which step, what is locked, what is refused, what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection, connections
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan, PlanStatus
from lantian.apps.supervision import periods, prefill
from lantian.apps.supervision.actions import returns, review
from lantian.apps.supervision.actions.returns import ChecksError, EntryWords
from lantian.apps.supervision.models import Cadence, Commitment, Entry, Return, Rhythm, Verdict
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.steps import StaleError, StateError
from tests.apps.returning import APRIL, MARCH, SOME, Office, make_office, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


def test_a_return_holds_what_is_owed_in_its_month(office: Office) -> None:
    quarter, half = office.rows[1], office.rows[2]
    Commitment.objects.filter(pk=quarter.pk).update(cadence=Cadence.QUARTER)
    Commitment.objects.filter(pk=half.pk).update(cadence=Cadence.HALF)

    def numbers(month: str) -> list[int]:
        return [row.commitment.measure.n for row in queries.rows_of(office.ret(month))]

    assert [numbers(month) for month in ("2025-02", MARCH, "2025-06")] == [[1], [1, 2], [1, 2, 3]]


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({}, True),
        ({"start": date(2025, 3, 31)}, True),
        ({"start": date(2025, 4, 1)}, False),
        ({"closed": date(2025, 2, 28)}, False),
        ({"closed": date(2025, 3, 1)}, True),
        ({"end": date(2025, 1, 31)}, True),
        ({"withdrawn": timezone.now()}, False),
        ({"cadence": Cadence.NONE}, False),
    ],
)
def test_what_began_and_is_not_closed_is_owed(office: Office, changes: dict[str, Any], owed: bool) -> None:
    Commitment.objects.filter(pk=office.rows[0].pk).update(**changes)
    assert Commitment.objects.filter(periods.owed(MARCH), pk=office.rows[0].pk).exists() == owed


def test_a_plan_owes_nothing_for_the_months_before_it_was_issued(office: Office) -> None:
    plan = office.plan
    assert periods.months(plan)[0] == "2025-01"
    plan.issued = date(2025, 2, 23)
    assert (periods.months(plan)[0], periods.months(plan)[-1]) == ("2025-02", "2025-12")
    plan.issued, plan.published = None, timezone.now().replace(year=2025, month=6)
    assert periods.months(plan)[0] == "2025-06"


def test_the_plan_in_hand_is_that_of_the_month_and_not_the_newest() -> None:
    may, june = (timezone.now().replace(year=2025, month=month) for month in (5, 6))
    old, city, district, ahead = (
        Plan(year=2024, published=june), Plan(year=2025, published=may),
        Plan(year=2025, published=june), Plan(year=2033),
    )  # fmt: skip
    plans = [ahead, city, district, old]
    assert periods.in_hand(plans, MARCH, date(2033, 1, 1)) is district
    assert periods.in_hand(plans, "", date(2026, 1, 9)) is district
    assert periods.in_hand(plans, "2024-12", date(2026, 1, 9)) is old
    assert periods.in_hand([], MARCH, date(2026, 1, 9)) is None


def test_the_due_day_is_moved_to_a_working_day(office: Office) -> None:
    Rhythm.objects.update_or_create(plan=office.plan, defaults={"due": 5})
    assert office.ret("2025-06").due == date(2025, 7, 7)  # the fifth is a Saturday


def test_opening_twice_gives_the_same_return(office: Office) -> None:
    assert office.ret().pk == office.ret().pk
    assert Return.objects.count() == 1


@pytest.mark.parametrize("month", ["2025-13", "2024-12", "2026-01", "2025-Q1", "２０２５-03", "", "x" * 40])
def test_only_months_of_the_plan_are_opened(office: Office, month: str) -> None:
    with pytest.raises(StateError):
        office.ret(month)


def test_only_plans_in_force_and_units_that_owe_are_opened(office: Office) -> None:
    with pytest.raises(StateError):
        returns.open_return(office.coordinator, office.plan, Unit.objects.get(name="东塘区政府"), MARCH)
    Plan.objects.filter(pk=office.plan.pk).update(status=PlanStatus.CLOSED)
    with pytest.raises(StateError):
        returns.open_return(office.coordinator, Plan.objects.get(pk=office.plan.pk), office.unit, MARCH)


def test_who_is_of_another_unit_may_not_write(office: Office, people: dict[str, User]) -> None:
    ret = office.ret()
    for user in (people["reporter"], people["viewer"], people["administrator"], people["inspector"], None):
        with pytest.raises(PermissionDenied):
            returns.open_return(user, office.plan, office.unit, MARCH)
        with pytest.raises(PermissionDenied):
            returns.write_entry(user, ret, office.rows[0], SOME)
        with pytest.raises(PermissionDenied):
            returns.submit(user, ret)
    assert not Entry.objects.exists()


def test_a_row_of_another_unit_is_refused(office: Office) -> None:
    other = Commitment.objects.create(
        plan=office.plan, measure=office.rows[0].measure, unit=Unit.objects.get(name="市生态环境局"), role="lead"
    )
    with pytest.raises(PermissionDenied):
        returns.write_entry(office.writer, office.ret(), other, SOME)


def test_the_office_writes_for_a_unit_and_it_says_so(office: Office) -> None:
    ret = office.ret()
    entry = returns.write_entry(office.coordinator, ret, office.rows[0], SOME, route="phone", source={"caller": "王五"})
    own = returns.write_entry(office.writer, ret, office.rows[1], SOME)
    assert entry.source == {"route": "phone", "behalf": True, "caller": "王五"}
    assert own.source == {"route": "screen", "behalf": False}


def test_a_figure_is_kept_with_what_registers_compute(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefill, "prefill", [lambda _share, month: (Decimal(4), f"台账 {month}")])
    figures = {str(office.share.uid): (Decimal(3), Decimal("3.5"))}
    entry = returns.write_entry(
        office.writer, office.ret(), office.rows[0], EntryWords(progress="推进", figures=figures)
    )
    (figure,) = entry.figures.all()
    assert (figure.period_value, figure.cumulative, figure.computed) == (3, Decimal("3.5"), 4)
    assert figure.computed_source == "台账 2025-03"
    assert [item.check for item in queries.rows_of(office.ret())[0].problems] == ["C06"]


def test_figures_that_are_no_row_s_or_too_large_are_refused(office: Office) -> None:
    for figures in ({"nothing": (None, Decimal(1))}, {str(office.share.uid): (None, Decimal(10) ** 18)}):
        with pytest.raises(StateError):
            returns.write_entry(office.writer, office.ret(), office.rows[0], EntryWords(figures=figures))
    assert not Entry.objects.exists()


def test_saving_what_is_there_changes_nothing(office: Office) -> None:
    ret = office.ret()
    first = returns.write_entry(office.writer, ret, office.rows[0], SOME)
    events = AuditEvent.objects.count()
    again = returns.write_entry(office.writer, ret, office.rows[0], SOME, revision=first.revision)
    assert (again.revision, AuditEvent.objects.count()) == (first.revision, events)


def test_of_two_people_in_one_row_the_second_is_told_what_the_first_wrote(office: Office) -> None:
    ret = office.ret()
    returns.write_entry(office.writer, ret, office.rows[0], SOME, revision=0)
    with pytest.raises(StaleError) as caught:
        returns.write_entry(office.coordinator, ret, office.rows[0], EntryWords(progress="另一说法"), revision=0)
    assert caught.value.current is not None
    assert caught.value.current.progress == SOME.progress
    assert words_of(ret) == {1: SOME.progress}


def test_two_people_in_two_rows_do_not_disturb_each_other(office: Office) -> None:
    ret = office.ret()
    returns.write_entry(office.writer, ret, office.rows[0], SOME, revision=0)
    returns.write_entry(office.coordinator, ret, office.rows[1], SOME, revision=0)
    assert len(words_of(ret)) == 2


def test_what_somebody_added_meanwhile_is_not_handed_in_unseen(office: Office) -> None:
    ret = office.ret()
    office.fill(ret)
    seen = ret.revision
    returns.write_entry(office.coordinator, Return.objects.get(pk=ret.pk), office.rows[2], SOME)
    with pytest.raises(StaleError):
        returns.submit(office.writer, ret, revision=seen)
    ret.refresh_from_db()
    assert ret.state == "draft"


def test_an_empty_row_keeps_the_return_from_being_handed_in(office: Office) -> None:
    ret = office.ret()
    office.fill(ret, office.rows[:2])
    with pytest.raises(ChecksError) as caught:
        returns.submit(office.writer, ret)
    assert [row.commitment.measure.n for row in caught.value.rows] == [3]
    ret.refresh_from_db()
    assert (ret.state, ret.version) == ("draft", 0)


def test_a_warning_wants_an_explanation_which_is_kept(office: Office) -> None:
    ret = office.ret()
    office.fill(ret)
    office.fill(ret, [office.rows[2]], done=True)
    with pytest.raises(ChecksError):
        returns.submit(office.writer, ret)
    office.fill(ret, [office.rows[2]], done=True, explanation="材料已在系统外报送。")
    version = returns.submit(office.writer, ret)
    row = version.content["rows"][2]
    assert (row["checks"], row["explanation"]) == (["C04"], "材料已在系统外报送。")


def test_handing_in_keeps_the_whole_return(office: Office) -> None:
    ret = office.submitted()
    version = ret.versions.get()
    assert (ret.state, ret.version, ret.signer, ret.behalf) == ("submitted", 1, "李四", False)
    assert len(version.code) == 10
    content = version.content
    assert content["unit"]["name"] == "市交通局"
    assert content["rows"][0]["figures"][0] | {"share": ""} == {
        "share": "", "text": "更新10台设备", "unit": "台", "target": "10", "period_value": "3", "cumulative": "3",
        "computed": None,
    }  # fmt: skip
    assert AuditEvent.objects.filter(action="return.submit", object_uid=ret.uid).count() == 1


def test_what_is_handed_in_is_closed_for_writing(office: Office) -> None:
    ret = office.submitted()
    for step in (
        lambda: returns.write_entry(office.writer, ret, office.rows[0], SOME),
        lambda: returns.no_change(office.writer, ret),
        lambda: returns.submit(office.writer, ret),
    ):
        with pytest.raises(StateError):
            step()


def test_no_change_keeps_words_and_cumulative_figure_of_last_time(office: Office) -> None:
    office.submitted(MARCH)
    ret = office.ret(APRIL)
    office.fill(ret, [office.rows[2]])
    assert returns.no_change(office.writer, ret) == 2
    entry = Entry.objects.get(report=ret, commitment=office.rows[0])
    figure = entry.figures.get()
    assert (entry.no_change, entry.progress) == (True, "第1项按计划推进。")
    assert (figure.period_value, figure.cumulative) == (0, 3)
    assert not Entry.objects.get(report=ret, commitment=office.rows[2]).no_change
    returns.submit(office.writer, ret)


def test_no_change_is_refused_where_nothing_was_reported(office: Office) -> None:
    ret = office.ret()
    assert returns.no_change(office.writer, ret) == 0
    with pytest.raises(StateError):
        returns.write_entry(office.writer, ret, office.rows[0], EntryWords(no_change=True))


def test_a_draft_of_last_month_is_nobody_s_word(office: Office) -> None:
    office.fill(office.ret(MARCH))
    assert all(row.last is None for row in queries.rows_of(office.ret(APRIL)))


def test_a_cumulative_figure_that_fell_is_marked(office: Office) -> None:
    office.submitted(MARCH)
    ret = office.ret(APRIL)
    figures = {str(office.share.uid): (Decimal(-1), Decimal(2))}
    returns.write_entry(office.writer, ret, office.rows[0], EntryWords(progress="核减1台", figures=figures))
    assert [item.check for item in queries.rows_of(ret)[0].problems] == ["C01", "C11"]


def test_only_the_marked_rows_go_back_and_the_others_are_locked(office: Office) -> None:
    ret = office.submitted()
    entry = ret.entries.get(commitment=office.rows[1])
    review.judge(office.reviewer, entry, Verdict.SENT_BACK, "请补充文号")
    assert review.send_back(office.coordinator, ret) == 1
    ret.refresh_from_db()
    assert (ret.state, ret.sent_back) == ("sent_back", 1)
    with pytest.raises(StateError):
        returns.write_entry(office.writer, ret, office.rows[0], EntryWords(progress="改第一项"))
    returns.write_entry(office.writer, ret, office.rows[1], EntryWords(progress="文号为云交发〔2025〕3号"))
    returns.submit(office.writer, ret)
    entry.refresh_from_db()
    assert (ret.state, entry.verdict, entry.verdict_note) == ("submitted", "", "请补充文号")
    assert ret.versions.count() == 2


def test_a_whole_return_goes_back_with_a_note(office: Office) -> None:
    ret = office.submitted()
    with pytest.raises(StateError):
        review.send_back(office.reviewer, ret)
    assert review.send_back(office.reviewer, ret, note="请按新口径填报") == 3
    assert set(ret.entries.values_list("verdict_note", flat=True)) == {"请按新口径填报"}


def test_a_row_is_sent_back_only_with_a_reason(office: Office) -> None:
    entry = office.submitted().entries.first()
    with pytest.raises(StateError):
        review.judge(office.reviewer, entry, Verdict.SENT_BACK, "  ")


def test_a_return_with_a_marked_row_is_not_accepted(office: Office) -> None:
    ret = office.submitted()
    entry = ret.entries.first()
    review.judge(office.reviewer, entry, Verdict.SENT_BACK, "核对数值")
    with pytest.raises(StateError):
        review.accept(office.reviewer, ret)
    review.judge(office.reviewer, entry, Verdict.NONE)
    review.accept(office.reviewer, ret)
    assert set(ret.entries.values_list("verdict", "verdict_note")) == {("accepted", "")}


def test_nobody_reviews_what_the_own_unit_owes(office: Office) -> None:
    ret = office.submitted()
    add_membership(None, office.reviewer, office.unit, "reviewer")
    with pytest.raises(PermissionDenied):
        review.accept(office.reviewer, ret)
    with pytest.raises(PermissionDenied):
        review.judge(office.reviewer, ret.entries.first(), Verdict.ACCEPTED)
    review.accept(office.coordinator, ret)


def test_who_writes_does_not_review_and_only_the_coordinator_reopens(office: Office) -> None:
    ret = office.submitted()
    for act in (review.accept, lambda user, row: review.send_back(user, row, note="x")):
        with pytest.raises(PermissionDenied):
            act(office.writer, ret)
    review.accept(office.reviewer, ret)
    for user in (office.writer, office.reviewer):
        with pytest.raises(PermissionDenied):
            review.reopen(user, ret, "填错")
    with pytest.raises(StateError):
        review.reopen(office.coordinator, ret, "  ")


def test_reopening_unlocks_the_chosen_rows_only(office: Office) -> None:
    ret = office.submitted()
    review.accept(office.reviewer, ret)
    review.reopen(office.coordinator, ret, "第3项有误", rows=[str(office.rows[2].uid)])
    with pytest.raises(StateError):
        returns.write_entry(office.writer, ret, office.rows[0], SOME)
    returns.write_entry(office.writer, ret, office.rows[2], SOME)
    returns.submit(office.writer, ret)
    review.accept(office.reviewer, ret)
    assert (ret.state, ret.version, words_of(ret)[3]) == ("accepted", 2, SOME.progress)


def test_a_submission_can_be_taken_back_until_somebody_looks(office: Office) -> None:
    ret = office.submitted()
    returns.withdraw(office.writer, ret)
    assert ret.state == "draft"
    office.fill(ret, [office.rows[2]], progress="改过的话")
    returns.submit(office.writer, ret)
    review.judge(office.reviewer, ret.entries.first(), Verdict.ACCEPTED)
    with pytest.raises(StateError):
        returns.withdraw(office.writer, ret)


def test_without_review_a_return_counts_and_says_that_nobody_looked(
    make_plan: Callable[..., Plan], people: dict[str, User]
) -> None:
    ret = make_office(make_plan, people, review=False).submitted()
    assert (ret.state, ret.unreviewed, ret.reviewed_by) == ("accepted", True, None)


@pytest.mark.parametrize(("exempt", "state"), [(True, "accepted"), (False, "submitted")])
def test_rows_of_the_reviewing_office_may_be_exempt(
    make_plan: Callable[..., Plan], people: dict[str, User], exempt: bool, state: str
) -> None:
    office = make_office(make_plan, people, own_rows_exempt=exempt)
    bureau = Unit.objects.get(name="市生态环境局")
    row = Commitment.objects.create(
        plan=office.plan, measure=office.rows[0].measure, unit=bureau, role="lead", cadence=Cadence.MONTH
    )
    ret = returns.open_return(people["reporter"], office.plan, bureau, MARCH)
    returns.write_entry(people["reporter"], ret, row, SOME)
    returns.submit(people["reporter"], ret)
    assert (ret.state, office.submitted().state) == (state, "submitted")


def test_several_returns_are_accepted_at_once_but_not_those_that_want_a_look(office: Office) -> None:
    clean = office.submitted(MARCH)
    marked = office.ret(APRIL)
    office.fill(marked, figures={}, explanation="数据次月补报")
    returns.submit(office.writer, marked)
    assert review.accept_clean(office.reviewer, [clean, marked]) == ([clean], [marked])
    assert [clean.state, marked.state] == ["accepted", "submitted"]


def test_states_of_commitments_follow(office: Office) -> None:
    from lantian.apps.supervision import evaluating

    seen: list[set[int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluating, "touch", lambda keys: seen.append(set(keys)))
        ret = office.submitted()
        review.accept(office.reviewer, ret)
        review.reopen(office.coordinator, ret, "补充")
    assert seen == [{row.pk for row in office.rows}] * 3


def test_reading_a_sheet_takes_a_fixed_number_of_queries(office: Office, django_assert_num_queries: Any) -> None:
    office.submitted(MARCH)
    ret = office.ret(APRIL)
    office.fill(ret)
    with django_assert_num_queries(5):
        queries.rows_of(ret)


@pytest.fixture
def shared_database(db: None, tmp_path: Path) -> Iterator[None]:  # noqa: ARG001
    """On PostgreSQL the test database; on SQLite a file, since threads cannot share the one in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    settings_dict = connections["default"].settings_dict
    kept = settings_dict["NAME"]
    file = tmp_path / "shared.sqlite3"
    connection.ensure_connection()
    import sqlite3

    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    memory = connection.connection
    connection.connection = None
    settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        settings_dict["NAME"] = kept
        connection.connection = memory


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts in threads that start together; what became of each: done, or the name of its refusal."""
    gate, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
            found.append("done")
        except (StateError, StaleError) as refusal:
            found.append(type(refusal).__name__)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(found)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", ["submit", "accept and send back", "accept and withdraw", "reopen", "one row", "open"])
def test_of_two_at_once_one_wins_and_the_other_is_told(
    make_plan: Callable[..., Plan],
    people: dict[str, User],
    race: str,
    shared_database: None,  # noqa: ARG001
) -> None:
    office = make_office(make_plan, people)

    def fresh() -> Return:
        return Return.objects.get()

    if race == "open":
        assert at_once(office.ret, office.ret) == ["done", "done"]
        assert Return.objects.count() == 1
        return
    ret = office.ret()
    office.fill(ret)
    if race not in ("submit", "one row"):
        returns.submit(office.writer, ret)
    if race == "reopen":
        review.accept(office.reviewer, ret)
    seen, row = ret.revision, office.rows[0]
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "submit": (
            lambda: returns.submit(office.writer, fresh(), revision=seen),
            lambda: returns.submit(office.coordinator, fresh(), revision=seen),
        ),
        "accept and send back": (
            lambda: review.accept(office.reviewer, fresh(), revision=seen),
            lambda: review.send_back(office.coordinator, fresh(), note="核对", revision=seen),
        ),
        "accept and withdraw": (
            lambda: review.accept(office.reviewer, fresh(), revision=seen),
            lambda: returns.withdraw(office.writer, fresh(), revision=seen),
        ),
        "reopen": (
            lambda: review.reopen(office.coordinator, fresh(), "甲", revision=seen),
            lambda: review.reopen(office.coordinator, fresh(), "乙", revision=seen),
        ),
        "one row": (
            lambda: returns.write_entry(office.writer, fresh(), row, EntryWords(progress="甲"), revision=1),
            lambda: returns.write_entry(office.coordinator, fresh(), row, EntryWords(progress="乙"), revision=1),
        ),
    }
    assert at_once(*pairs[race]) in (["StaleError", "done"], ["StateError", "done"])
    assert fresh().revision == seen + 1
    assert len(words_of(fresh())) == 3
