"""What goes wrong with folders, disks and processes: one sentence, nothing half-written, the next writer goes on."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from lantian.lake import Lake, LakeError
from tests.lake.invented import row, table
from tests.lake.test_hours import NEW_YEAR

_WRITER = """
import sys
from datetime import timedelta
from lantian.lake import Lake
from tests.lake.invented import NOON, row, table
lake = Lake(sys.argv[1])
number = lake.last_transaction("test") or 0
while number < 10_000:
    number += 1
    rows = [row(float(number), time=NOON + timedelta(seconds=number * 10 + at)) for at in range(10)]
    lake.append(table(rows), transaction=("test", number))
    print(number, flush=True)
    if number % 5 == 0:
        lake.compact(thorough=number % 10 == 0)
"""


def start(root: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(root)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )


def test_killed_writers_lose_nothing_that_was_acknowledged_and_write_nothing_twice(tmp_path: Path):
    """Several kills at odd moments, readers meanwhile; each batch has ten rows, all of them or none."""
    lake = Lake(tmp_path)
    acknowledged = 0
    for batches, wait in ((3, 0.0), (8, 0.03)):
        writer = start(tmp_path)
        assert writer.stdout is not None
        for _ in range(batches):
            acknowledged = int(writer.stdout.readline())
            count = lake.sql("select count(*) as n, count(distinct time) as t from observation").to_pylist()[0]
            assert count["n"] == count["t"] >= acknowledged * 10
            assert count["n"] % 10 == 0
        time.sleep(wait)
        writer.send_signal(signal.SIGKILL)
        told = writer.stdout.read().split()
        writer.wait()
        acknowledged = int(told[-1]) if told else acknowledged
    stands = lake.last_transaction("test") or 0
    assert stands >= acknowledged > 0
    found = lake.sql("select count(*) as n, count(distinct time) as t from observation").to_pylist()[0]
    assert found == {"n": stands * 10, "t": stands * 10}
    assert lake.append(table([row(0.0)]), transaction=("test", stands + 1)), "the next writer goes on"
    lake.compact()
    assert lake.sql("select count(*) as n from observation").to_pylist() == [{"n": stands * 10 + 1}]


def test_two_writers_wait_for_each_other(tmp_path: Path):
    lake = Lake(tmp_path, wait=0.1)
    lake.append(table([row(1.0)]))
    handle = os.open(tmp_path / ".lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        with pytest.raises(LakeError, match="another process is writing"):
            lake.append(table([row(2.0)]))
        assert lake.sql("select * from observation").num_rows == 1, "readers need no lock"
    finally:
        os.close(handle)
    assert lake.append(table([row(1.0, station="乙")]))


_FULL = """
import resource, sys
from lantian.lake import Lake, LakeError
from tests.lake.invented import row, table
lake, rows = Lake(sys.argv[1]), table([row(1.0, station=f"站{n}") for n in range(20000)])
for size in (200, 3000, 30000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        lake.append(rows, transaction=("test", 2))
    except LakeError as error:
        print(error.en)
"""


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path):
    """At the first byte, within the file, within the commit."""
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]), transaction=("test", 1))
    files = sorted(tmp_path.rglob("*.parquet"))
    found = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    lines = found.stdout.splitlines()
    assert len(lines) == 3, found.stderr
    assert all(line.startswith(f"{tmp_path}: the lake cannot be written (") for line in lines)
    assert sorted(tmp_path.rglob("*.parquet")) == files
    assert lake.last_transaction("test") == 1
    assert lake.sql("select * from observation").num_rows == 1
    assert lake.append(table([row(2.0, station="乙")]), transaction=("test", 2))


def test_no_folder_to_write_to(tmp_path: Path):
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "file", tmp_path / "file" / "lake"):
        with pytest.raises(LakeError, match="file"):
            Lake(root).append(table([row(1.0)]))
    with pytest.raises(LakeError, match="file"):
        Lake(tmp_path / "file").exists()


def test_a_read_only_folder(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    mine = os.geteuid()
    tmp_path.chmod(0o555)
    (tmp_path / ".lock").chmod(0o444)
    try:
        if mine == 0:
            os.seteuid(65534)
        with pytest.raises(LakeError, match="cannot be written"):
            lake.append(table([row(1.0)]))
    finally:
        os.seteuid(mine)
        tmp_path.chmod(0o755)


def test_a_torn_commit_of_a_machine_that_lost_power(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    torn = tmp_path / "raw" / "_delta_log" / f"{2:020}.json"
    torn.write_text("")
    assert lake.append(table([row(2.0, station="乙")]))
    assert lake.sql("select * from observation").num_rows == 2


def test_a_damaged_log_is_named(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.append(table([row(1.0)]))
    for path in (tmp_path / "raw" / "_delta_log").glob("*.json"):
        path.write_text("{nothing\n")
    with pytest.raises(LakeError, match="raw"):
        lake.sql("select * from observation")
    with pytest.raises(LakeError, match="raw"):
        lake.append(table([row(1.0)]))


def test_a_damaged_file_of_hours_is_named(tmp_path: Path):
    lake = Lake(tmp_path)
    lake.write_hours(["甲"], "O3", NEW_YEAR, np.array([[1.0]]))
    lake.files().hours[0].path.write_bytes(b"nothing")
    with pytest.raises(LakeError, match=r"\.parquet"):
        lake.hours(["O3"])
    lake.files().hours[0].path.unlink()
    with pytest.raises(LakeError, match=r"\.parquet"):
        lake.hours(["O3"])
