"""One row: kept, changed, removed, remembered, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.registers import actions, queries, rights
from lantian.apps.registers.models import ChangeSet, Record, RecordVersion
from lantian.apps.registers.queries import Choice
from lantian.indicators.snapshots import Snapshots
from lantian.registers import Register

pytestmark = [pytest.mark.django_db, pytest.mark.db]

SITE = {"code": "A-1", "name": "柳岸小区", "street": "柳桥街道", "status": "在施", "phone": "010-55550001"}


def test_a_row_is_kept_with_history_and_audit(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    saved = actions.save_row(by, sites, SITE | {"size": "1,234.5", "place": "116.39,39.9", "place.datum": "GCJ-02"})
    record = Record.objects.get(register="t_site", key="A-1")
    assert saved.record == record
    assert record.values["size"] == "1234.5"
    assert record.values["street"] == "880101001"
    assert (record.values["place"]["x"], record.values["place"]["datum"]) == (116.39, "GCJ-02")
    assert abs(record.lon - 116.3838) < 0.0005  # the shift at Beijing is some 500 m
    assert record.area.name == "柳桥街道"

    actions.save_row(by, sites, {"status": "停工"}, uid=record.uid, revision=1)
    entries = queries.history(by, sites, "A-1")
    assert [(item[0].name, item[1], item[2]) for item in entries[0].changes] == [("status", "在施", "停工")]
    assert [item.number for item in ChangeSet.objects.order_by("number")] == [1, 2]
    event = AuditEvent.objects.filter(action="register.save").first()
    assert event is not None
    assert event.after["status"] == "停工"
    assert "010-55550001" not in str(list(AuditEvent.objects.values_list("after", flat=True)))


def test_the_same_again_changes_nothing(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    uid = actions.save_row(by, sites, SITE).record.uid
    actions.save_row(by, sites, SITE, uid=uid, revision=1)
    assert ChangeSet.objects.count() == 1
    assert Record.objects.get().revision == 1


def test_who_comes_too_late_is_told(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    uid = actions.save_row(by, sites, SITE).record.uid
    actions.save_row(by, sites, {"status": "停工"}, uid=uid, revision=1)
    with pytest.raises(StaleError):
        actions.save_row(by, sites, {"name": "另一个名字"}, uid=uid, revision=1)
    assert Record.objects.get().values["name"] == "柳岸小区"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"status": "在"}, "status"),
        ({"size": "-1"}, "size"),
        ({"street": "无名街道"}, "street"),
        ({"start": "2026-03-05", "finish": "2026-03-01"}, "finish"),
        ({"place": "0,0"}, "place"),
        ({"keeper": "市无名局"}, "keeper"),
    ],
)
def test_a_wrong_row_is_refused_by_field(
    writers: dict[str, User], sites: Register, given: dict[str, str], field: str
) -> None:
    with pytest.raises(actions.RowRefused) as refused:
        actions.save_row(writers["coordinator"], sites, SITE | given)
    assert field in {item.field for item in refused.value.problems}
    assert not Record.objects.exists()
    assert not ChangeSet.objects.exists()


def test_keys_are_unique_and_stay(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    uid = actions.save_row(by, sites, SITE).record.uid
    with pytest.raises(actions.RowRefused):
        actions.save_row(by, sites, SITE)
    with pytest.raises(actions.RowRefused):
        actions.save_row(by, sites, {"code": "A-2"}, uid=uid)


def test_a_removed_row_is_gone_and_can_come_back(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    record = actions.save_row(by, sites, SITE).record
    with pytest.raises(NotPossible):
        actions.remove_row(by, sites, record.uid, revision=1, reason=" ")
    actions.remove_row(by, sites, record.uid, revision=1, reason="已竣工")
    assert queries.page(by, sites, Choice()).count == 0
    assert queries.page(by, sites, Choice(gone=True)).count == 1
    assert queries.history(by, sites, "A-1")[0].removed
    again = actions.save_row(by, sites, SITE | {"name": "又开工"}).record
    assert (again.uid, again.revision, again.gone) == (record.uid, 3, False)


def test_a_past_day_is_answered(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    today = timezone.localdate()
    uid = actions.save_row(by, sites, SITE, effective=today - timedelta(days=90)).record.uid
    actions.save_row(by, sites, {"status": "停工"}, uid=uid, effective=today - timedelta(days=30))
    assert queries.said_on(sites, "A-1", today - timedelta(days=100)) is None
    assert queries.said_on(sites, "A-1", today - timedelta(days=60))["status"] == "在施"
    assert queries.said_on(sites, "A-1", today)["status"] == "停工"
    with pytest.raises(NotPossible):
        actions.save_row(by, sites, {"status": "在施"}, uid=uid, effective=today + timedelta(days=5))


# Who may write a site in 柳桥街道 (of 东塘区), and who one in the district next to it.
@pytest.mark.parametrize(
    ("who", "here", "there"),
    [
        ("coordinator", True, True),
        ("transport", True, True),  # its name holds 交通, its area is the city
        ("street", True, False),  # level town
        ("district", False, False),  # neither level nor department
        ("viewer", False, False),
        ("administrator", False, False),
        ("reviewer", False, False),
    ],
)
def test_who_writes_where(writers: dict[str, User], sites: Register, who: str, here: bool, there: bool) -> None:
    for code, street, may in (("A-1", "柳桥街道", here), ("A-2", "西塘区", there)):
        given = SITE | {"code": code, "street": street}
        if may:
            actions.save_row(writers[who], sites, given)
        else:
            with pytest.raises((PermissionDenied, actions.RowRefused)):
                actions.save_row(writers[who], sites, given)
    assert Record.objects.count() == here + there


def test_who_reads_what(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    here = actions.save_row(by, sites, SITE).record
    there = actions.save_row(by, sites, SITE | {"code": "A-2", "street": "西塘区"}).record
    seen = {who: {row.key for row in queries.page(writers[who], sites, Choice()).rows} for who in writers}
    assert seen["viewer"] == seen["transport"] == {"A-1", "A-2"}
    assert seen["street"] == seen["district"] == {"A-1"}
    with pytest.raises(Http404):
        queries.row(writers["street"], sites, there.uid)
    with pytest.raises(Http404):
        actions.save_row(writers["street"], sites, {"status": "停工"}, uid=there.uid)
    # Personal fields are for those who write.
    assert queries.row(writers["street"], sites, here.uid).values["phone"] == SITE["phone"]
    assert queries.row(writers["viewer"], sites, here.uid).values["phone"] == rights.MASK
    assert all(
        value != SITE["phone"]
        for entry in queries.history(writers["viewer"], sites, "A-1")
        for _field, before, after in entry.changes
        for value in (before, after)
    )


def test_double_rows_are_told_of(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    actions.save_row(by, sites, SITE | {"place": "116.39,39.9"})
    same = actions.save_row(by, sites, SITE | {"code": "A-2", "place": "116.3901,39.9001"})
    assert {item.field for item in same.warnings} == {"name", "place"}
    apart = actions.save_row(by, sites, SITE | {"code": "A-3", "name": "别处", "place": "116.40,39.9"})
    assert apart.warnings == []


def test_rows_reach_the_lake_in_order(
    writers: dict[str, User], sites: Register, settings: Any, run_jobs: Callable[[], int],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    by = writers["coordinator"]
    with django_capture_on_commit_callbacks(execute=True):
        uid = actions.save_row(by, sites, SITE).record.uid
        actions.save_row(by, sites, {"status": "停工"}, uid=uid)
        actions.remove_row(by, sites, uid, revision=None, reason="竣工")
    run_jobs()
    snapshots = Snapshots(settings.LANTIAN_LAKE)
    assert snapshots.last("t_site") == 3
    assert not ChangeSet.objects.filter(written=None).exists()
    assert run_jobs() == 0
    assert RecordVersion.objects.count() == 3


@pytest.mark.usefixtures("writers")
def test_a_page_costs_the_same_however_many_rows(sites: Register, django_assert_num_queries: Any) -> None:
    rows = [SITE | {"code": f"B-{n}", "name": f"工地{n}", "street": "880101001"} for n in range(60)]
    actions.fill(None, sites, rows, effective=date(2026, 1, 1))
    for size in (5, 50):
        by = User.objects.get(username="viewer")
        with django_assert_num_queries(4):
            page = queries.page(by, sites, Choice(sort="-size"), size=size)
        assert (len(page.rows), page.count, page.next) == (size, 60, "2")
    assert {row.key for n in (1, 2) for row in queries.page(by, sites, Choice(), str(n)).rows} == {
        f"B-{n}" for n in range(60)
    }


def test_lists_are_narrowed_and_ordered(writers: dict[str, User], sites: Register) -> None:
    by = writers["coordinator"]
    for n, (size, status) in enumerate((("9", "在施"), ("10", "停工"), ("100", "在施")), 1):
        given = SITE | {"code": f"A-{n}", "name": f"工地{n}号", "size": size, "status": status}
        actions.save_row(by, sites, given)

    def keys(**address: str) -> list[str]:
        choice = queries.choice_of(sites, address)
        return [row.key for row in queries.page(by, sites, choice).rows]

    assert keys(status="在施") == ["A-1", "A-3"]
    assert keys(sort="-size") == ["A-3", "A-2", "A-1"]
    assert keys(q="2号") == ["A-2"]
    assert keys(area="880102") == []
    assert keys(sort="phone; drop", phone="x") == ["A-1", "A-2", "A-3"]
    assert queries.totals(by, sites, queries.choice_of(sites, {"status": "在施"})) == {"size": 109}
