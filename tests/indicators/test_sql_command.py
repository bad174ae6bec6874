"""`lantian sql` over registers: today's rows, those of a past day, the history, nobody's telephone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lantian.indicators.snapshots import Snapshots
from tests.indicators.invented import check, register, site, trial

LANTIAN = Path(sys.executable).with_name("lantian")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with two registers of a pack beside it."""
    folder = tmp_path_factory.mktemp("sql")
    packs = trial(folder / "packs")
    snapshots = Snapshots(folder / "lake")
    snapshots.append(register(packs, "site"), [site("A", "2026-01-01", phone="138", seen="2026-01-01T00:00:00Z")], 1)
    snapshots.append(register(packs, "site"), [site("A", "2026-03-01", size="20"), site("B", "2026-03-01")], 2)
    snapshots.append(register(packs, "check"), [check("P", "2026-03-02")], 3)
    return folder


def ask(folder: Path, query: str, *more: str) -> Any:
    """What comes out, or the line of the refusal."""
    command = [str(LANTIAN), "sql", "--lake", f"{folder}/lake", "--packs", f"{folder}/packs", "--format", "json"]
    done = subprocess.run(
        [*command, *more, query], capture_output=True, text=True, env={"LC_ALL": "en_US.UTF-8"}, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_as_of_a_day(folder: Path) -> None:
    query = "select key, size from site order by key"
    assert ask(folder, query) == [{"key": "A", "size": 20.0}, {"key": "B", "size": 10.0}]
    assert ask(folder, query, "--day", "2026-02-28") == [{"key": "A", "size": 10.0}]


def test_history_and_joins_with_the_lake(folder: Path) -> None:
    query = """select h.key, h.valid_to, c.code, (select count(*) from observation) as n
        from site_history h join "check" c on c.site = h.key order by h.valid_from"""
    assert ask(folder, query) == [
        {"key": "A", "valid_to": "2026-03-01", "code": "P", "n": 0},
        {"key": "A", "valid_to": None, "code": "P", "n": 0},
    ]


def test_persons_are_masked_unless_asked_for(folder: Path) -> None:
    query = "select phone from site where key = 'A'"
    assert ask(folder, query, "--day", "2026-02-01") == [{"phone": None}]
    assert ask(folder, query, "--day", "2026-02-01", "--personal") == [{"phone": "138"}]


def test_refusals(folder: Path, tmp_path: Path) -> None:
    assert "there is no “sites”" in ask(folder, "select 1 from sites")
    bad = tmp_path / "bad" / "pack.yaml"
    bad.parent.mkdir()
    bad.write_text("label: 1")
    assert f"{bad}:1:" in ask(folder, "select 1 from site", "--packs", str(tmp_path))
