"""From one version of a declaration to the next: looked at first, then every row moved or none."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as config
from django.db import connection

from lantian.apps.core.models import AuditEvent, User
from lantian.apps.indicators.models import Exemption
from lantian.apps.registers import actions, catalogue, indexes, queries
from lantian.apps.registers.models import ChangeSet, Record, RegisterState
from lantian.apps.registers.queries import Choice
from lantian.apps.registers.queries.choosing import narrowed
from lantian.cli import _django
from lantian.cli import packs as command
from lantian.indicators.snapshots import Snapshots
from lantian.lake.query import Limits, asking
from lantian.registers import Register
from tests.apps.registers.conftest import SITES

pytestmark = [pytest.mark.django_db, pytest.mark.db]

SITE = {"code": "A-1", "name": "柳岸小区", "street": "柳桥街道", "status": "在施", "size": "12.5", "phone": "3"}
# Version 2: a name changes, a text becomes a number, a field is added.
NEW = (
    SITES.replace("version: 1", "version: 2")
    .replace("  size: {type: decimal", "  area_m2: {was: size, type: decimal")
    .replace(
        "personal: true}",
        "hidden: true}\n  guards: {type: integer, converts: phone, label: {zh: 保安, en: Guards}}\n"
        "  remark: {type: text, label: {zh: 备注, en: Remark}}",
    )
)


def declare(folder: Path, text: str) -> Register:
    """The register of sites as this text declares it."""
    (folder / "registers" / "t_site.yaml").write_text(text, encoding="utf-8")
    catalogue.forget()
    return catalogue.register("t_site")


def migrate(*, apply: bool) -> int:
    return command.run(Namespace(action="migrate", folders=[], apply=apply))


@pytest.fixture(autouse=True)
def _prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_django, "start", lambda: None)
    monkeypatch.setattr(_django, "prepare", lambda: None)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def test_rows_move_with_their_history_and_the_lake(
    packs: Path, sites: Register, writers: dict[str, User], capsys: pytest.CaptureFixture[str],
    run_jobs: Callable[[], int], django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    by = writers["coordinator"]
    with django_capture_on_commit_callbacks(execute=True):
        uid = actions.save_row(by, sites, SITE, effective=date(2026, 1, 5)).record.uid
        actions.save_row(by, sites, {"size": "20"}, uid=uid, effective=date(2026, 3, 1))
    run_jobs()
    new = declare(packs, NEW)
    # Before it is moved the row can be read, under its new names.
    assert queries.row(by, new, "A-1").values["area_m2"] == "20"
    assert queries.page(by, new, Choice(sort="-area_m2")).count == 1
    capsys.readouterr()
    assert migrate(apply=False) == 0
    said = capsys.readouterr().out
    assert "t_site 1 → 2: renames size to area_m2; converts phone to guards; gives up phone; adds remark; 1 rows" in (
        said.replace("gives up phone; converts phone to guards", "converts phone to guards; gives up phone")
    )
    assert Record.objects.get().values["size"] == "20"
    with django_capture_on_commit_callbacks(execute=True):
        assert migrate(apply=True) == 0
    run_jobs()
    record = Record.objects.get()
    assert (record.values["area_m2"], record.values["guards"], record.values["phone"]) == ("20", "3", "3")
    assert "size" not in record.values
    assert record.revision == 3  # a form that was open before is told
    assert [entry.revision for entry in queries.history(by, new, "A-1")] == [2, 1]
    assert queries.said_on(new, "A-1", date(2026, 2, 1))["area_m2"] == "12.5"
    assert ChangeSet.objects.order_by("-number")[0].route == "migrate"
    assert AuditEvent.objects.filter(action="register.migrate").count() == 1
    files = Snapshots(config.LANTIAN_LAKE).files(new)
    with asking(Path(config.LANTIAN_LAKE), Limits(seconds=20)) as duck:
        told = duck.execute(
            "select area_m2, guards, valid_from from read_parquet(?) order by valid_from",
            [[str(item.path) for item in files]],
        ).fetchall()
    assert told == [(12.5, 3, date(2026, 1, 5)), (20.0, 3, date(2026, 3, 1))]
    assert migrate(apply=True) == 0  # nothing is left to do
    assert ChangeSet.objects.count() == 3
    actions.save_row(by, new, {"remark": "夜间"}, uid=record.uid, revision=3)
    assert Record.objects.get().values["phone"] == "3"  # what was given up stays with the row


def test_a_value_that_cannot_be_converted_stops_everything(
    packs: Path, sites: Register, writers: dict[str, User], capsys: pytest.CaptureFixture[str]
) -> None:
    by = writers["coordinator"]
    for code, phone in (("A-1", "3"), ("A-2", "门卫")):
        actions.save_row(by, sites, SITE | {"code": code, "phone": phone, "name": code})
    new = declare(packs, NEW)
    capsys.readouterr()
    assert migrate(apply=True) == 1
    wrong = capsys.readouterr().err
    assert "t_site “A-2” guards: no number" in wrong
    assert "1 rows cannot be converted" in wrong
    with pytest.raises(actions.MigrationRefused):
        actions.migrate(None, new)
    assert {row.values["size"] for row in Record.objects.all()} == {"12.5"}
    assert RegisterState.objects.get(name="t_site").shape["version"] == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NEW.replace("version: 2", "version: 1"), "version must be above 1"),
        (SITES.replace("version: 1", "version: 2").replace("size: {type: decimal", "size: {type: integer"),
         "“size” was decimal and is integer"),
        (SITES.replace("version: 1", "version: 2").replace("  video: {type: bool, label: {zh: 视频, en: Video}}\n", ""),
         "the field “video” is missing"),
        (SITES.replace("version: 1", "version: 2").replace("size: {type: decimal", "area: {was: size, type: integer"),
         "“size” was decimal and “area” is integer"),
        (NEW.replace("zh: 备注, en: Remark}", "zh: 备注, en: Remark}, required: true"), "cannot be required"),
    ],
)  # fmt: skip
def test_a_declaration_that_leaves_rows_behind_is_refused(
    packs: Path, sites: Register, writers: dict[str, User], capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    actions.save_row(writers["coordinator"], sites, SITE)
    declare(packs, text)
    capsys.readouterr()
    assert migrate(apply=True) == 1
    assert says in capsys.readouterr().err
    assert Record.objects.get().values["size"] == "12.5"


@pytest.mark.parametrize("store", ["table", "lake"])
def test_a_register_has_another_name(
    packs: Path, sites: Register, writers: dict[str, User], store: str, capsys: pytest.CaptureFixture[str],
    run_jobs: Callable[[], int], django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    """Rows, history, exemptions and the lake's table stand under the new name; a second run finds nothing to do."""
    by, old = writers["coordinator"], {"table": "t_visit", "lake": "t_visit_lake"}[store]
    visit = {"code": "V-1", "day": "2026-03-02", "site": "A-1", "street": "柳桥街道", "count": "3"}
    with django_capture_on_commit_callbacks(execute=True):
        actions.save_row(by, sites, SITE)
        assert [row.what for row in actions.upsert(by, catalogue.register(old), [visit])] == ["added"]
    run_jobs()
    Exemption.objects.create(register=old, key="V-1", reason="试", since=date(2026, 1, 1))
    file = packs / "registers" / f"{old}.yaml"
    new = file.with_name("t_round.yaml")
    new.write_text(file.read_text("utf-8").replace("kind: event", f"kind: event\nwas: [{old}]"), "utf-8")
    catalogue.forget()
    capsys.readouterr()
    assert migrate(apply=True) == 0  # the old name is declared, too: another register
    assert "t_round" not in capsys.readouterr().out
    file.unlink()
    catalogue.forget()
    assert migrate(apply=False) == 0
    assert f"t_round 1 → 1: was {old}" in capsys.readouterr().out
    assert queries.page(by, catalogue.register("t_round"), Choice()).count == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert migrate(apply=True) == 0
    run_jobs()
    register = catalogue.register("t_round")
    assert [row.key for row in queries.page(by, register, Choice()).rows] == ["V-1"]
    assert Snapshots(config.LANTIAN_LAKE).names() == ["t_round", "t_site"]
    assert Exemption.objects.get().register == "t_round"
    assert not ChangeSet.objects.filter(register=old).exists()
    assert AuditEvent.objects.filter(action="register.rename").count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert [row.what for row in actions.upsert(by, register, [visit | {"code": "V-2"}])] == ["added"]
    run_jobs()
    assert queries.page(by, register, Choice()).count == 2
    assert actions.plan(register) is None


def test_a_name_that_holds_rows_takes_none_over(packs: Path, sites: Register, writers: dict[str, User]) -> None:
    actions.save_row(writers["coordinator"], sites, SITE)
    file = packs / "registers" / "t_site.yaml"
    for name in ("t_visit", "t_visit_lake"):
        (packs / "registers" / f"{name}.yaml").unlink()
    other = file.with_name("t_place.yaml")
    other.write_text(SITES, "utf-8")
    catalogue.forget()
    actions.save_row(writers["coordinator"], catalogue.register("t_place"), SITE)
    other.write_text(SITES.replace("kind: stock", "kind: stock\nwas: [t_site]"), "utf-8")
    file.unlink()
    catalogue.forget()
    with pytest.raises(actions.MigrationRefused) as refused:
        actions.migrate(None, catalogue.register("t_place"))
    assert "both under “t_site” and under “t_place”" in refused.value.plan.refusals[0].en
    assert Record.objects.filter(register="t_site").count() == 1


def test_an_indexed_field_is_found_by_its_index(packs: Path, sites: Register, writers: dict[str, User]) -> None:
    given = [SITE | {"code": f"A-{n}", "name": str(n), "status": ("在施", "停工")[n % 50 == 0]} for n in range(400)]
    actions.fill(None, sites, given, effective=date(2026, 1, 1))
    name = "record_field_status"
    # The field of the test's own register; registers that are shipped have one of this name, too.
    new = declare(packs, SITES.replace("version: 1", "version: 2").replace(
        "    type: choice\n", "    type: choice\n    indexed: true\n"))  # fmt: skip
    assert name not in indexes.kept()
    assert migrate(apply=True) == 0
    assert name in indexes.kept()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registers_record")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    choice = Choice(filters={"status": "停工"})
    assert name in narrowed(new, Record.objects.all(), choice).explain()
    assert queries.page(writers["coordinator"], new, choice).count == 8
    assert indexes.drop_unused([]) == sorted(indexes.wanted(catalogue.registers().values()))
    assert indexes.kept() == set()
