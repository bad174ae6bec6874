"""年度对应: pairs of two years accepted and taken back, the measure's page, settings carried on in one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.alignment import actions as linking
from lantian.apps.alignment import years
from lantian.apps.alignment.models import Continuation
from lantian.apps.assessment.models import Outcome
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import carrying
from lantian.apps.supervision.actions import carrying as actions
from lantian.apps.supervision.actions import duties
from lantian.apps.supervision.actions.rhythm import set_rhythm
from lantian.apps.supervision.models import Cadence, Commitment, Rhythm, Share
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]

TEXTS = (
    "推进老旧柴油货车淘汰，全年淘汰国四及以下柴油货车。",
    "开展餐饮油烟专项执法检查，督促餐饮单位规范安装净化设施。",
    "加强施工工地扬尘管控，落实六个百分之百要求。",
)
LEADS = (read.Role("lead", "市生态环境局", "市生态环境局"), read.Role("support", "市交通局", "市交通局"))
Both = tuple[Plan, Plan]


def year_plan(year: int, *texts: str, count: int = 20) -> read.Plan:
    def target() -> read.Target:
        return read.Target(
            f"淘汰{count}辆", "淘汰柴油货车", "count", "=", count, unit="辆", by=date(year, 12, 31), applies="each"
        )

    rows = [
        read_measure(
            n, measure=text, roles=LEADS, targets=(target(),) if "柴油" in text else (), task="任务",
            section="一、移动源", deadline=read.Deadline("年底前", "by", end=date(year, 12, 31)),
        )
        for n, text in enumerate(texts, start=1)
    ]  # fmt: skip
    return read_plan(*rows, title=f"云溪市大气污染防治{year}年行动计划", year=year)


@pytest.fixture
def both(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Both:
    """Last year's plan and this year's: a row moved down and asks for more, one is new, one was dropped."""
    old = make_plan(year_plan(2024, *TEXTS), content=b"<html>2024</html>")
    new = make_plan(
        year_plan(2025, "建设全市移动源监管平台，实现数据共享。", TEXTS[1], TEXTS[0], count=30),
        content=b"<html>2025</html>",
    )
    run_jobs()
    return old, new


def accept_all(user: User, both: Both) -> int:
    old, new = both
    found = years.compared(new, old)
    return linking.accept(user, new, old, [(str(pair.earlier.uid), str(pair.measure.uid)) for pair in found.pairs])


def duty(plan: Plan, n: int, role: str = "lead") -> Commitment:
    return Commitment.objects.get(plan=plan, n=n, role=role)


# Links


def test_pairs_new_and_dropped_rows(both: Both) -> None:
    old, new = both
    found = years.compared(new, old)
    assert {(pair.earlier.n, pair.measure.n) for pair in found.pairs} == {(2, 2), (1, 3)}
    assert [row.n for row in found.new] == [1]
    assert [row.n for row in found.dropped] == [3]
    moved = next(pair for pair in found.pairs if pair.earlier.n == 1)
    assert {"continued", "tightened", "renumbered"} <= set(moved.states)


def test_accepting_keeps_who_and_what_and_twice_changes_nothing(both: Both, people: dict[str, User]) -> None:
    user = people["coordinator"]
    assert accept_all(user, both) == 2
    assert accept_all(user, both) == 0
    link = Continuation.objects.get(earlier__n=1)
    assert (link.by, link.measure.n) == (user, 3)
    assert "tightened" in link.states
    assert AuditEvent.objects.filter(action="continuation.accept").count() == 2
    assert years.compared(both[1], both[0]).open == 0


def test_a_pair_by_hand_and_taking_back(both: Both, people: dict[str, User]) -> None:
    old, new = both
    user = people["coordinator"]
    rows = old.measures.get(n=3), new.measures.get(n=1)
    linking.accept(user, new, old, [(str(rows[0].uid), str(rows[1].uid))])
    found = years.compared(new, old)
    assert (found.new, found.dropped) == ([], [])
    link = Continuation.objects.get()
    linking.take_back(user, link)
    assert not Continuation.objects.exists()
    with pytest.raises(linking.StaleError):
        linking.take_back(user, Continuation(pk=link.pk or 1, measure=rows[1], earlier=rows[0]))
    assert years.compared(new, old).dropped == [rows[0]]


def test_rows_of_other_plans_and_later_years_are_refused(both: Both, people: dict[str, User]) -> None:
    old, new = both
    user = people["coordinator"]
    one, two = (str(row.uid) for row in new.measures.order_by("n")[:2])
    with pytest.raises(linking.NotPossible):
        linking.accept(user, new, old, [(one, two)])
    with pytest.raises(linking.NotPossible):
        linking.accept(user, old, new, [(one, str(old.measures.get(n=1).uid))])
    for role in ("viewer", "reviewer", "administrator"):
        with pytest.raises(PermissionDenied):
            linking.accept(people[role], new, old, [])
    assert not Continuation.objects.exists()


def test_the_page_accepts_what_is_ticked(both: Both, login: Callable[[str], Client]) -> None:
    old, new = both
    client, address = login("coordinator"), reverse("alignment:years", args=[new.uid])
    page = client.get(address).content.decode()
    assert "收紧" in page
    assert page.count('name="pair"') == 2
    assert "style=" not in page
    pair = f"{old.measures.get(n=1).uid}:{new.measures.get(n=3).uid}"
    data = {"earlier": str(old.uid), "pair": pair}
    assert client.post(reverse("alignment:years-accept", args=[new.uid]), data).status_code == 302
    link = Continuation.objects.get()
    assert "coordinator" in client.get(address + "?show=accepted").content.decode()
    client.post(reverse("alignment:years-take-back", args=[link.uid]))
    assert not Continuation.objects.exists()
    client.post(reverse("alignment:years-accept", args=[new.uid]), {"earlier": str(old.uid), "which": "all"})
    assert Continuation.objects.count() == 2
    by_hand = {"earlier": str(old.uid), "old_n": "3", "new_n": "1"}
    client.post(reverse("alignment:years-accept", args=[new.uid]), by_hand)
    assert Continuation.objects.count() == 3
    for bad in ({"pair": "x:y"}, {"old_n": "99", "new_n": "1"}, {}):
        client.post(reverse("alignment:years-accept", args=[new.uid]), {"earlier": str(old.uid), **bad})
    assert Continuation.objects.count() == 3


def test_without_an_earlier_plan_the_page_says_what_to_do(both: Both, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    assert "empty-page" in client.get(reverse("alignment:years", args=[both[0].uid])).content.decode()
    other = client.get(reverse("alignment:years", args=[both[1].uid]) + f"?earlier={both[1].uid}")
    assert other.status_code == 404


# The measure's page


def test_the_measure_shows_last_year_with_its_outcome_and_the_year_after(
    both: Both, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    old, new = both
    client = login("coordinator")
    before, after = old.measures.get(n=1), new.measures.get(n=3)
    assert 'id="years"' not in client.get(reverse("plans:measure", args=[after.uid])).content.decode()
    accept_all(people["coordinator"], both)
    Outcome.objects.create(plan=old, measure=before, wording="done", proposed="done", by=people["coordinator"])
    page = client.get(reverse("plans:measure", args=[after.uid])).content.decode()
    assert reverse("plans:measure", args=[before.uid]) in page
    assert "完成" in page.partition('id="years"')[2].partition("</section>")[0]
    page = client.get(reverse("plans:measure", args=[before.uid])).content.decode()
    card = page.partition('id="years"')[2].partition("</section>")[0]
    assert reverse("plans:measure", args=[after.uid]) in card


def test_who_may_not_see_the_other_plan_sees_no_card(
    both: Both, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    accept_all(people["coordinator"], both)
    Plan.objects.filter(pk=both[1].pk).update(status="draft")
    before = both[0].measures.get(n=1)
    assert 'id="years"' not in login("viewer").get(reverse("plans:measure", args=[before.uid])).content.decode()


# Carrying on


@pytest.fixture
def linked(both: Both, people: dict[str, User]) -> Both:
    """Last year's first row was reported yearly, due on a day of the office's own, with a curve of its own."""
    user, old = people["coordinator"], both[0]
    row = duty(old, 1)
    other = Cadence.QUARTER if row.cadence != Cadence.QUARTER else Cadence.MONTH
    duties.set_cadence(user, row, other)
    duties.set_internal_due(user, row, date(2024, 10, 31))
    Share.objects.filter(commitment=row).update(curve="summer", points=[["2024-06", "0.5"], ["2024-12", "1"]])
    set_rhythm(user, old, {"near_days": 10, "due": 8})
    accept_all(user, both)
    return both


def test_one_click_carries_everything_on(linked: Both, people: dict[str, User]) -> None:
    user, (old, new) = people["coordinator"], linked
    (found,) = carrying.proposals(new)
    assert (found.duty.n, found.due) == (3, date(2025, 10, 31))
    assert actions.carry_on(user, new) == (1, 0)
    row = duty(new, 3)
    assert (row.cadence, row.internal_due) == (duty(old, 1).cadence, date(2025, 10, 31))
    assert row.cadence_edited
    assert row.internal_edited
    share = Share.objects.get(commitment=row)
    assert (share.curve, share.points) == ("summer", [["2025-06", "0.5"], ["2025-12", "1"]])
    event = AuditEvent.objects.get(action="commitment.carry_on")
    assert event.after is not None
    assert event.after["from"] == str(duty(old, 1).uid)
    assert carrying.proposals(new) == []
    assert duty(new, 2).revision == 1


def test_the_rhythm_with_its_lights_comes_along(linked: Both, people: dict[str, User]) -> None:
    new = linked[1]
    assert carrying.rhythm(new)[1] == {"near_days": 10, "due": 8}
    assert actions.carry_rhythm(people["coordinator"], new)
    assert (Rhythm.objects.get(plan=new).near_days, carrying.rhythm(new)[1]) == (10, {})
    assert not actions.carry_rhythm(people["coordinator"], new)


def test_what_somebody_changed_meanwhile_stays(linked: Both, people: dict[str, User]) -> None:
    user, new = people["coordinator"], linked[1]
    row = duty(new, 3)
    duties.set_internal_due(user, row, date(2025, 9, 1))
    assert actions.carry_on(user, new, {str(row.uid): row.revision - 1}) == (0, 1)
    assert duty(new, 3).internal_due == date(2025, 9, 1)


def test_a_day_behind_the_new_deadline_is_not_proposed(linked: Both) -> None:
    Commitment.objects.filter(plan=linked[1], n=3).update(end=date(2025, 6, 30))
    (found,) = carrying.proposals(linked[1])
    assert found.due is None


def test_only_the_office_carries_on(linked: Both, people: dict[str, User], login: Callable[[str], Client]) -> None:
    for role in ("viewer", "reporter", "administrator"):
        with pytest.raises(PermissionDenied):
            actions.carry_on(people[role], linked[1])
    assert login("viewer").get(reverse("supervision:carry-on", args=[linked[1].uid])).status_code == 403


def test_the_page_carries_on_what_is_ticked(linked: Both, login: Callable[[str], Client]) -> None:
    client, new = login("coordinator"), linked[1]
    address = reverse("supervision:carry-on", args=[new.uid])
    page = client.get(address)
    assert page.context["total"] == 1
    assert "style=" not in page.content.decode()
    save = reverse("supervision:carry-on-save", args=[new.uid])
    client.post(save, {"which": "ticked"})
    assert carrying.proposals(new)
    row = duty(new, 3)
    client.post(save, {"which": "ticked", "duty": f"{row.uid}:{row.revision}"})
    client.post(save, {"which": "rhythm"})
    page = client.get(address)
    assert (page.context["total"], page.context["rhythm"]) == (0, [])


def test_the_number_of_queries_is_fixed(linked: Both, login: Callable[[str], Client]) -> None:
    client, new = login("coordinator"), linked[1]

    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(name, args=[new.uid])).status_code == 200
        return len(found)

    before = {name: queries(name) for name in ("alignment:years", "supervision:carry-on")}
    row = linked[0].measures.get(n=2)
    Commitment.objects.filter(measure=row).update(cadence=Cadence.HALF, cadence_edited=True)
    Continuation.objects.create(measure=new.measures.get(n=1), earlier=linked[0].measures.get(n=3))
    assert len(carrying.proposals(new)) > 1
    for name, count in before.items():
        assert queries(name) == count, name


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-5, 5))
@settings(max_examples=examples(50))
def test_a_day_moves_by_whole_years(day: date, by: int) -> None:
    found = carrying.moved(day, by)
    assert found is not None
    assert (found.year, found.month) == (day.year + by, day.month)
    assert found.day in (day.day, 28)


def test_no_day_stays_none() -> None:
    assert carrying.moved(None, 1) is None
