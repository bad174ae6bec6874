"""A register of the lake under its next declaration: rows renamed and converted in one commit, or none of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as config

from lantian.apps.core.models import User
from lantian.apps.registers import actions, catalogue, queries
from lantian.apps.registers.models import ChangeSet, RecordVersion, RegisterState
from lantian.apps.registers.queries import Choice
from lantian.cli import _django
from lantian.cli import packs as command
from lantian.indicators.snapshots import Snapshots
from lantian.indicators.sources import Sources
from lantian.indicators.views import register_view
from lantian.lake.query import Limits, asking
from lantian.registers import Register
from tests.apps.registers.conftest import VISITS

pytestmark = [pytest.mark.django_db, pytest.mark.db]

OLD = VISITS % "lake" + "  hours: {type: text, label: {zh: 时长, en: Hours}}\n"
# Version 2: a figure and the very day of the event have other names, a text becomes a number.
NEW = (
    OLD.replace("version: 1", "version: 2")
    .replace("date: day", "date: checked")
    .replace("  day: {type", "  checked: {was: day, type")
    .replace("  count: {type", "  issues: {was: count, type")
    .replace("en: Hours}}", "en: Hours}, hidden: true}")
    + "  spent: {type: decimal, converts: hours, label: {zh: 用时, en: Spent}}\n"
)
VISIT = {"site": "A-1", "street": "柳桥街道"}
Do = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def do(run_jobs: Callable[[], int], django_capture_on_commit_callbacks: Any) -> Do:
    """Does something, and what follows from it in the background."""

    def done(what: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            found = what()
        run_jobs()
        return found

    return done


@pytest.fixture(autouse=True)
def _prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_django, "start", lambda: None)
    monkeypatch.setattr(_django, "prepare", lambda: None)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def old(packs: Path, sites: Register, writers: dict[str, User], do: Do) -> Register:
    """Three visits of two months: one corrected, one removed, folded into layers; one that came after the folding."""
    by = writers["coordinator"]
    actions.save_row(by, sites, {"code": "A-1", "name": "一", "street": "柳桥街道", "status": "在施"})
    register = declare(packs, OLD)
    given = [
        VISIT | {"code": f"V-{n}", "day": f"2026-0{n % 2 + 3}-02", "count": str(n), "hours": f"{n}.5"} for n in range(3)
    ]
    do(lambda: actions.upsert(by, register, given))
    do(lambda: actions.save_row(by, register, {"count": "9"}, key="V-1"))
    Snapshots(config.LANTIAN_LAKE).fold(register)
    do(lambda: actions.remove_row(by, register, key="V-2", revision=None, reason="重复"))
    do(lambda: actions.upsert(by, register, [VISIT | {"code": "V-3", "day": "2026-05-02", "count": "3"}]))
    return register


def declare(folder: Path, text: str) -> Register:
    """The register of visits as this text declares it."""
    (folder / "registers" / "t_visit_lake.yaml").write_text(text, encoding="utf-8")
    catalogue.forget()
    return catalogue.register("t_visit_lake")


def migrate(*, apply: bool) -> int:
    return command.run(Namespace(action="migrate", folders=[], apply=apply))


def kept(register: Register) -> list[tuple[Any, ...]]:
    """Of every row, of whatever age, what no declaration changes: where it lies, from when on, by which change set."""
    found = []
    with asking(Path(config.LANTIAN_LAKE), Limits(seconds=20)) as duck:
        for item in Snapshots(config.LANTIAN_LAKE).files(register):
            rows = duck.execute("select key, valid_from, gone, change from read_parquet(?)", [str(item.path)])
            found += [(*item.partition.values(), *row) for row in rows.fetchall()]
    return sorted(found)


def seen(register: Register, columns: str) -> list[tuple[Any, ...]]:
    """The rows that count, as `lantian sql` shows them, by key."""
    _last, files, schema = Sources(config.LANTIAN_LAKE).register(register)
    view = register_view(register.name, register, files, schema, date(2026, 12, 31), False)
    with asking(Path(config.LANTIAN_LAKE), Limits(seconds=20)) as duck:
        return duck.sql(f"select {columns} from ({view}) order by key").fetchall()  # noqa: S608  # names of ours


def test_rows_of_the_lake_move_with_their_history(
    packs: Path, old: Register, writers: dict[str, User], do: Do, capsys: pytest.CaptureFixture[str]
) -> None:
    by, before = writers["coordinator"], kept(old)
    assert {row[0] for row in before} == {"base", "old", "new"}
    version = Snapshots(config.LANTIAN_LAKE).table(old).version()
    new = declare(packs, NEW)
    # Before they are moved the rows can be read and corrected under their new names, and nothing of them is lost.
    assert [row.values["issues"] for row in queries.page(by, new, Choice()).rows] == ["3", "9", "0"]
    capsys.readouterr()
    assert migrate(apply=False) == 0
    said = capsys.readouterr().out
    for part in ("renames day to checked", "renames count to issues", "converts hours to spent", "; 3 rows"):
        assert part in said
    assert (Snapshots(config.LANTIAN_LAKE).table(old).version(), kept(old)) == (version, before)
    assert do(lambda: migrate(apply=True)) == 0
    assert kept(new) == before
    delta = Snapshots(config.LANTIAN_LAKE).table(new).open()
    assert delta is not None
    columns = {field.name for field in delta.schema().fields}
    assert not columns & {"day", "count"}
    assert {"checked", "issues", "hours", "spent"} <= columns
    assert seen(new, "key, checked, issues, spent") == [
        ("V-0", date(2026, 3, 2), 0, 0.5), ("V-1", date(2026, 4, 2), 9, 1.5), ("V-3", date(2026, 5, 2), 3, None),
    ]  # fmt: skip
    assert (queries.said_on(new, "V-1", date(2026, 4, 30)) or {})["issues"] == "9"
    assert queries.said_on(new, "V-1", date(2026, 4, 1)) is None
    later = VISIT | {"code": "V-4", "checked": "2026-05-03"}
    assert [row.what for row in do(lambda: actions.upsert(by, new, [later]))] == ["added"]
    assert queries.page(by, new, Choice()).count == 4
    done = ChangeSet.objects.count()
    assert do(lambda: migrate(apply=True)) == 0  # nothing is left to do
    assert ChangeSet.objects.count() == done


@pytest.mark.usefixtures("old")
def test_what_is_corrected_before_the_rows_move_loses_nothing(packs: Path, writers: dict[str, User], do: Do) -> None:
    new = declare(packs, NEW)
    do(lambda: actions.save_row(writers["coordinator"], new, {"street": "西塘区"}, key="V-1"))
    Snapshots(config.LANTIAN_LAKE).fold(new)
    assert do(lambda: migrate(apply=True)) == 0
    found = seen(new, "key, checked, issues, spent, street")
    assert found[1] == ("V-1", date(2026, 4, 2), 9, 1.5, "880102")
    assert [row[:4] for row in found[::2]] == [
        ("V-0", date(2026, 3, 2), 0, 0.5), ("V-3", date(2026, 5, 2), 3, None)
    ]  # fmt: skip


def test_a_value_of_the_lake_that_cannot_be_converted_stops_everything(
    packs: Path, old: Register, writers: dict[str, User], do: Do, capsys: pytest.CaptureFixture[str]
) -> None:
    by = writers["coordinator"]
    do(lambda: actions.save_row(by, old, {"hours": "半天"}, key="V-1"))
    before, version = kept(old), Snapshots(config.LANTIAN_LAKE).table(old).version()
    new = declare(packs, NEW)
    capsys.readouterr()
    assert migrate(apply=True) == 1
    wrong = capsys.readouterr().err
    assert "t_visit_lake “V-1” spent: no number: 半天" in wrong
    assert "1 rows cannot be converted" in wrong
    with pytest.raises(actions.MigrationRefused):
        actions.migrate(None, new)
    assert (Snapshots(config.LANTIAN_LAKE).table(old).version(), kept(old)) == (version, before)
    assert RegisterState.objects.get(name="t_visit_lake").shape["version"] == 1
    # What no row says any more does not stand against it, and keeps its old field.
    old = declare(packs, OLD)
    do(lambda: actions.save_row(by, old, {"hours": "4"}, key="V-1"))
    new = declare(packs, NEW)
    assert do(lambda: migrate(apply=True)) == 0
    assert seen(new, "spent")[1] == (4.0,)
    kept_text = RecordVersion.objects.filter(register=new.name, key="V-1", values__hours="半天").get().values
    assert "spent" not in (kept_text or {})


def test_changes_on_their_way_to_the_lake_come_first(
    packs: Path, old: Register, writers: dict[str, User], do: Do, capsys: pytest.CaptureFixture[str]
) -> None:
    by = writers["coordinator"]
    actions.upsert(by, old, [VISIT | {"code": "V-5", "day": "2026-05-05", "count": "5", "hours": "2"}])
    new = declare(packs, NEW)
    capsys.readouterr()
    assert migrate(apply=True) == 1
    assert "still on their way to the lake" in capsys.readouterr().err
    do(lambda: actions.save_row(by, new, {"issues": "1"}, key="V-0"))
    assert do(lambda: migrate(apply=True)) == 0
    assert seen(new, "key, issues, spent") == [
        ("V-0", 1, 0.5), ("V-1", 9, 1.5), ("V-3", 3, None), ("V-5", 5, 2.0)
    ]  # fmt: skip


def test_a_lake_that_cannot_be_read_is_told(packs: Path, old: Register, capsys: pytest.CaptureFixture[str]) -> None:
    next(item.path for item in Snapshots(config.LANTIAN_LAKE).files(old) if item.partition["_layer"] == "base").unlink()
    new = declare(packs, NEW)
    capsys.readouterr()
    assert migrate(apply=True) == 1
    assert "t_visit_lake.yaml:1: " in capsys.readouterr().err
    assert RegisterState.objects.get(name=new.name).shape["version"] == 1
