"""A worker that is killed while it takes a file over: nothing of it counts, and the next worker does all of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.apps.registers.killed import ROWS
from tests.conftest import ROOT


class Steps:
    """Steps of a module, each a process of its own over one data folder."""

    def __init__(self, module: str, data: Path, *given: object) -> None:
        self.command = [sys.executable, "-m", f"tests.apps.registers.{module}"]
        self.given = [str(item) for item in given]
        self.env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
            "LANTIAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "lantian.site.settings",
            "LANTIAN_PACKS": str(data / "none"),
        }  # fmt: skip

    def run(self, step: str) -> str:
        """What a step prints."""
        done = subprocess.run(
            [*self.command, step, *self.given],
            env=self.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kill(self, step: str) -> None:
        """Begin a step and kill it where it says that it is midway."""
        begun = [*self.command, step, *self.given]
        worker = subprocess.Popen(begun, env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "midway\n"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()


def test_a_kill_in_the_middle_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    steps = Steps("killed", tmp_path / "ours", folder)
    steps.run("prepare")
    before = json.loads(steps.run("look"))
    assert before == {"records": 10, "old": 10, "versions": 10, "changes": 1, "state": "accepting"}
    steps.kill("take")
    assert json.loads(steps.run("look")) == before
    after = json.loads(steps.run("finish"))
    assert after == {"records": ROWS, "old": 0, "versions": ROWS + 10, "changes": 2, "state": "done"}


def test_a_kill_on_the_way_into_the_lake_leaves_nothing_and_doubles_nothing(tmp_path: Path, folder: Path) -> None:
    steps = Steps("killed_lake", tmp_path / "ours", folder, ROWS)
    steps.run("prepare")
    before = {"rows": 0, "staged": ROWS, "changes": 0, "unwritten": 0, "state": "accepting"}
    assert json.loads(steps.run("look")) == before
    steps.kill("take")
    assert json.loads(steps.run("look")) == before
    steps.kill("write")
    taken = {"rows": 0, "staged": ROWS, "changes": 1, "unwritten": 1, "state": "done"}
    assert json.loads(steps.run("look")) == taken
    done = {"rows": ROWS, "staged": 0, "changes": 1, "unwritten": 0, "state": "done"}
    assert json.loads(steps.run("finish")) == done
    assert json.loads(steps.run("finish")) == done
