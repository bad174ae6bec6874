"""Registers that another system keeps: sources with what came, what is missing, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lantian.apps.areas.models import Area
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions as monitoring
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.models import DataSource
from lantian.apps.monitoring.queries.sources import State, states
from lantian.apps.registers import actions, hooks
from lantian.apps.registers.models import ChangeSet, ImportSession, ImportState, Route
from lantian.registers import Register
from tests.apps.registers.conftest import book

pytestmark = [pytest.mark.django_db]

SITE = {"code": "A-1", "name": "柳岸小区", "street": "柳桥街道", "status": "在施"}
Keep = Callable[..., DataSource]


@pytest.fixture
def keep(writers: dict[str, User]) -> Keep:
    """Enters a source of the register of sites, due ten days after each month since September 2025."""

    def kept(**changes: Any) -> DataSource:
        values: dict[str, Any] = {
            "name": "住建工地月报", "sender": "市住建局", "kind": "file", "register": "t_site", "rhythm": "month",
            "due_days": 10, "since": date(2025, 9, 1), "area": Area.objects.get(code="880000"),
        }  # fmt: skip
        return monitoring.save_source(writers["coordinator"], values | changes)

    return kept


def on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=timezone.get_default_timezone())


def state_of(source: DataSource, *day: int) -> State:
    [state] = states([DataSource.objects.select_related("area").get(pk=source.pk)], on(*day))
    return state


def test_an_import_taken_over_is_the_delivery_of_the_period_that_had_ended(
    keep: Keep, writers: dict[str, User], sites: Register, run_jobs: Callable[[], int]
) -> None:
    source = keep()
    rows = book([["编号", "工程名称", "属地", "状态"], list(SITE.values())])
    session = actions.stage(writers["coordinator"], sites, "工地.xlsx", [rows], effective=date(2025, 10, 3))
    run_jobs()
    session.refresh_from_db()
    assert session.state == ImportState.READY
    assert state_of(source, 2025, 10, 11).overdue  # a file that nobody took over is no delivery
    actions.accept(writers["coordinator"], session, revision=session.revision)
    run_jobs()
    assert ImportSession.objects.get().state == ImportState.DONE
    state = state_of(source, 2025, 11, 11)
    assert state.last is not None
    assert (state.last.start, state.last.end) == (date(2025, 9, 1), date(2025, 9, 30))
    assert state.received == ChangeSet.objects.get().at
    assert state.missing == ((date(2025, 10, 1), date(2025, 10, 31)),)
    assert not state_of(source, 2025, 11, 10).overdue


def test_what_somebody_typed_or_we_generated_is_no_delivery(
    keep: Keep, writers: dict[str, User], sites: Register
) -> None:
    source = keep()
    actions.save_row(writers["coordinator"], sites, SITE, effective=date(2025, 10, 3))
    actions.fill(None, sites, [SITE | {"code": "A-2"}], effective=date(2025, 10, 3))
    assert {change.route for change in ChangeSet.objects.all()} == {Route.FORM, Route.DEMO}
    state = state_of(source, 2025, 10, 11)
    assert (state.overdue, state.received, state.last) == (True, None, None)


def test_a_call_of_the_api_is_a_delivery_the_same_rows_again_are_none(
    keep: Keep, writers: dict[str, User], sites: Register
) -> None:
    source = keep(kind="api")
    actions.upsert(writers["street"], sites, [SITE], effective=date(2025, 9, 30))
    assert not state_of(source, 2025, 10, 11).overdue
    actions.upsert(writers["street"], sites, [SITE], effective=date(2025, 10, 31))
    assert state_of(source, 2025, 11, 11).missing == ((date(2025, 10, 1), date(2025, 10, 31)),)


def test_a_source_by_the_clock_is_late_by_the_last_delivery(
    keep: Keep, writers: dict[str, User], sites: Register
) -> None:
    source = keep(rhythm="", due_days=None, since=None, expected_hours=24)
    assert state_of(source, 2025, 10, 11).overdue
    actions.upsert(writers["street"], sites, [SITE])
    ChangeSet.objects.update(at=on(2025, 10, 10))
    assert not state_of(source, 2025, 10, 11).overdue
    assert state_of(source, 2025, 10, 12).overdue


def test_a_delivery_to_another_city_is_none_of_ours(keep: Keep, writers: dict[str, User], sites: Register) -> None:
    elsewhere = Area.objects.create(code="990000", name="远山市", level="municipal", path="/990000/")
    ours = keep()
    actions.upsert(writers["street"], sites, [SITE], effective=date(2025, 9, 30))
    DataSource.objects.filter(pk=ours.pk).update(area=elsewhere)
    assert state_of(ours, 2025, 10, 11).overdue


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"register": "no_such"}, "register"),
        ({"kind": "manual"}, "kind"),
        ({"kind": "bulletin"}, "kind"),
        ({"hour_label": "end"}, "hour_label"),
        ({"since": None}, "since"),
        ({"expected_hours": 24}, "expected_hours"),
    ],
)
def test_a_source_of_a_register_is_refused_with_the_field(keep: Keep, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(RegistryError) as refused:
        keep(**changes)
    assert refused.value.field == field
    assert not DataSource.objects.exists()


def test_a_source_follows_the_register_that_is_renamed(keep: Keep) -> None:
    source = keep()
    hooks.renamed("t_site", "t_visit")
    source.refresh_from_db()
    assert source.register == "t_visit"


def test_the_pages_say_from_whom_when_and_what_is_overdue(
    login: Callable[[str], Client], writers: dict[str, User], sites: Register
) -> None:
    client = login("coordinator")
    data = {
        "area": str(Area.objects.get(code="880000").pk), "name": "住建工地月报", "sender": "市住建局",
        "register": "t_site", "rhythm": "month", "due_days": "10", "since": "2025-09-01", "until": "2025-10-31",
        "kind": "file", "time_zone": "Asia/Shanghai", "unit_policy": "stated",
    }  # fmt: skip
    assert client.post("/monitoring/sources/new/", data | {"register": "no_such"}).status_code == 400
    assert client.post("/monitoring/sources/new/", data).status_code == 302
    event = AuditEvent.objects.get(action="source.add")
    assert event.after["register"] == "t_site"
    for address in ("/registers/t_site/", "/registers/"):
        page = client.get(address).content.decode()
        assert "来自市住建局，从未收到" in page
        assert "✕ 逾期" in page
    actions.upsert(writers["street"], sites, [SITE], effective=date(2025, 9, 30))
    page = client.get("/monitoring/sources/?show=overdue").content.decode()
    assert "试验工地" in page
    assert "2025-09-01 – 09-30" in page
    assert "1期逾期" in page
    actions.upsert(writers["street"], sites, [SITE | {"status": "停工"}], effective=date(2025, 10, 31))
    assert "住建工地月报" not in client.get("/monitoring/sources/?show=overdue").content.decode()
    page = client.get("/registers/t_site/").content.decode()
    assert f"来自市住建局，上次收到{timezone.localdate():%Y-%m-%d}" in page
    assert "✕ 逾期" not in page
    assert "来自" not in client.get("/registers/t_visit/").content.decode()
    edit = client.get(f"/monitoring/sources/{DataSource.objects.get().uid}/").content.decode()
    assert '<option value="t_site" selected>' in edit


def test_many_sources_and_deliveries_cost_no_more_questions(
    keep: Keep, writers: dict[str, User], sites: Register, django_assert_num_queries: Any
) -> None:
    keep()
    for more in range(3):
        for month in (9, 10, 11):
            site = SITE | {"code": f"{more}-{month}"}
            actions.upsert(writers["street"], sites, [site], effective=date(2025, month, 28))
        rows = list(DataSource.objects.select_related("area"))
        with django_assert_num_queries(3):  # bulletins, change sets, who brought them
            states(rows, on(2025, 12, 1))
        keep(name=f"住建工地月报 {more}")


def test_the_models_and_the_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
