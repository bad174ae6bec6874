"""Files that a command writes by -o: whole, or as they were before."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from lantian.cli.out import whole, write_bytes, write_text

LANTIAN = Path(sys.executable).with_name("lantian")
PLAN = "云岭市2025年行动计划\n序号\t工作措施\t完成时限\t责任单位\n1\t完成10家。\t6月底前\t市水务局、各区政府\n"


def _small_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("read", "a.json"),
        ("read", "a.xlsx"),
        ("read", "a.docx"),
        ("diff", "b.xlsx"),
        ("align", "c.json"),
        ("coverage", "d.json"),
    ],
)
def test_a_full_disk_leaves_the_file_that_was_there(tmp_path: Path, command: str, name: str) -> None:
    plan, target = tmp_path / "plan.txt", tmp_path / "out" / name
    plan.write_text(PLAN, encoding="utf-8")
    target.parent.mkdir()
    target.write_text("before", encoding="utf-8")
    inputs = [str(plan)] * (2 if command in ("diff", "align") else 1)
    done = subprocess.run(
        [LANTIAN, command, *inputs, "-o", str(target)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "", "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=_small_disk,
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.strip().splitlines() == [f"lantian: cannot write {target}: File too large"]
    assert target.read_text(encoding="utf-8") == "before"
    assert [path.name for path in target.parent.iterdir()] == [name]


def test_a_failed_block_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="midway"), whole(tmp_path / "a.bin") as stream:  # noqa: PT012
        stream.write(b"half")
        raise ValueError("midway")
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link_and_rights_stay_as_they_were(tmp_path: Path) -> None:
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("before", encoding="utf-8")
    real.chmod(0o600)
    link.symlink_to(real)
    write_text("after", str(link))
    assert link.is_symlink()
    assert (real.read_text(encoding="utf-8"), real.stat().st_mode & 0o777) == ("after", 0o600)


def test_a_pipe_is_written_to_and_a_folder_is_refused_by_its_name(tmp_path: Path) -> None:
    inlet, outlet = os.pipe()
    write_bytes(b"through", f"/dev/fd/{outlet}")
    assert os.read(inlet, 20) == b"through"
    os.close(inlet)
    os.close(outlet)
    with pytest.raises(OSError, match="directory") as caught:
        write_bytes(b"x", tmp_path)
    assert caught.value.filename == str(tmp_path)
