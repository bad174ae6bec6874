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

MODULE = "tests.apps.registers.killed"


def test_a_kill_in_the_middle_leaves_nothing(tmp_path: Path, folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {
        "LANTIAN_DATA": str(tmp_path / "ours"), "DJANGO_SETTINGS_MODULE": "lantian.site.settings",
        "LANTIAN_PACKS": str(tmp_path / "none"),
    }  # fmt: skip

    def command(step: str) -> list[str]:
        return [sys.executable, "-m", MODULE, step, str(folder)]

    def run(step: str) -> str:
        done = subprocess.run(
            command(step), env=env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("prepare")
    before = json.loads(run("look"))
    assert before == {"records": 10, "old": 10, "versions": 10, "changes": 1, "state": "accepting"}
    worker = subprocess.Popen(command("take"), env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "midway\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert json.loads(run("look")) == before
    after = json.loads(run("finish"))
    assert after == {"records": ROWS, "old": 0, "versions": ROWS + 10, "changes": 2, "state": "done"}
