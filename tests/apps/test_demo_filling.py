"""``lantian demo --registers`` as a process: stopped in the middle, started again; the city's own packs beside it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from lantian.cli import demo
from lantian.indicators.packs import load as load_indicators
from lantian.indicators.running import Sources, compute
from lantian.indicators.snapshots import Snapshots
from lantian.registers import SHIPPED, load
from tests import migrated
from tests.indicators.invented import AREAS

COMMAND = [sys.executable, "-m", "lantian.cli", "demo"]
REGISTER = "fleet_vehicle"
MOST = 300.0  # seconds after which the process is taken for hung


def environment(data: Path) -> dict[str, str]:
    without = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LANTIAN_PACKS")
    env = {key: value for key, value in os.environ.items() if key not in without}
    return env | {"LANTIAN_DATA": str(data), "LC_ALL": "en_US.UTF-8", "LANTIAN_DIRECTORY": ""}


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], env=environment(data), capture_output=True, text=True, timeout=MOST, check=False
    )


def asked(data: Path, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{data / 'lantian.sqlite3'}?mode=ro", uri=True)) as held:
        return held.execute(text).fetchall()


def kept(data: Path) -> list[list[tuple[object, ...]]]:
    """Rows, their versions and change sets, without what hangs on the moment; and how often each job was asked for."""
    return [
        asked(data, 'select key, "values", gone from registers_record order by key'),
        asked(data, "select number, route, note, added, changed, effective from registers_changeset order by id"),
        asked(data, "select payload, count(*) from core_job where kind = 'indicators.compute' group by 1 order by 1"),
    ]


def changes(data: Path) -> int:
    return int(str(asked(data, "select count(*) from registers_changeset")[0][0]))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("city") / "data"
    place.mkdir()
    migrated.place(place)
    done = run(place, "--no-story")
    assert done.returncode == 0, done.stderr
    return place


def test_filling_that_was_stopped_goes_on_without_doubles(prepared: Path, tmp_path: Path) -> None:
    whole, stopped = (Path(shutil.copytree(prepared, tmp_path / name)) for name in ("whole", "stopped"))
    assert run(whole, "--registers", REGISTER).returncode == 0
    with subprocess.Popen([*COMMAND, "--registers", REGISTER], env=environment(stopped)) as process:
        until = time.monotonic() + MOST
        while changes(stopped) < 3 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(MOST) == -signal.SIGTERM
    assert 3 <= changes(stopped) < changes(whole)
    again = run(stopped, "--registers", REGISTER)
    assert again.returncode == 0, again.stderr
    assert kept(stopped) == kept(whole)


def test_a_ledger_that_is_not_drawn_is_named(prepared: Path) -> None:
    done = run(prepared, "--registers", "no_such_ledger")
    assert (done.returncode, done.stderr) == (1, "lantian demo: no rows are drawn for no_such_ledger\n")


def test_the_citys_own_packs_show_a_failure_and_a_figure_without_rows(tmp_path: Path) -> None:
    known = load_indicators(load(SHIPPED, demo.data_folder() / "packs"))
    site = {"area": "880101001", "street": "880101001", "status": "在施", "valid_from": "2030-01-01", "gone": False}
    rows = [{**site, "code": key, "key": key, "works": works} for key, works in (("G1", "水务"), ("G2", "拆除"))]
    Snapshots(tmp_path).append(known.packs.registers["construction_site"], rows, 1)
    given = Sources(tmp_path, areas=AREAS)
    start, end = date(2031, 1, 1), date(2031, 12, 31)
    failed = compute(known.indicators["sites_by_works"], start, end, given, level="city")
    assert failed.failed is not None
    assert "出现两次" in failed.failed.zh
    assert failed.rows == []
    flights = known.indicators["drone_flights"]
    assert [given.register(register)[0] for register in flights.reads] == [0]
