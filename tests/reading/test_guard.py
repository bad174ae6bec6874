"""The worker that reads hostile files: whatever happens inside, the caller gets a result or a sentence."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lantian.reading import guard
from lantian.reading.errors import MissingExtra, ReadingError
from lantian.reading.guard import LIMITS, cpu_limit, ocr_job, run_guarded

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers need a POSIX system")
PLAN = Path("plan.pdf")


def name_of(path: Path) -> str:
    return path.name


def knows_what_is_imported(_: Path) -> bool:
    return "imported_here" in sys.modules


def hog(_: Path) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(10**7))


def spin(_: Path) -> None:
    while True:
        pass


def sleep(_: Path) -> None:
    time.sleep(60)


def fault(_: Path) -> None:
    faulthandler.disable()
    ctypes.string_at(0)


def leave(_: Path) -> None:
    os._exit(3)


def kill_self(_: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(_: Path) -> None:
    raise MissingExtra("缺少组件", "a part is missing")


def fail(_: Path) -> None:
    raise KeyError("styles.xml")


def recurse(path: Path) -> None:
    recurse(path)


def large(_: Path) -> bytes:
    return bytes(20_000_000)


def start_child(_: Path) -> None:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)  # lantian-guard-orphan"])
    time.sleep(60)


def recognise(_: Path) -> int:
    with ocr_job(2):
        return len(bytearray(3 * 10**8))


def children() -> list[str]:
    """Processes of which this one is the parent, running or defunct."""
    mine = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == os.getpid():
                mine.append(entry.name)
    return mine


@pytest.fixture(params=[False, True], ids=["fork", "spawn"])
def spawn(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_a_result_comes_back(spawn: bool) -> None:
    assert run_guarded(name_of, PLAN, spawn=spawn) == "plan.pdf"
    assert len(run_guarded(large, PLAN, spawn=spawn)) == 20_000_000


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (hog, "内存|memory"),
        (sleep, "时限|longer"),
        (fault, "SIGSEGV"),
        (leave, "崩溃|crashed"),
        (kill_self, "内存|memory"),
        (fail, "KeyError"),
        (recurse, "嵌套|nested"),
    ],
)
def test_every_way_to_die_is_a_sentence(function: Callable[[Path], None], words: str, spawn: bool) -> None:
    before = children()
    with pytest.raises(ReadingError, match=words) as refusal:
        run_guarded(function, PLAN, spawn=spawn, memory=200_000_000, wall=1.0 if function is sleep else 30.0)
    assert "plan.pdf" in refusal.value.zh
    assert "plan.pdf" in refusal.value.en
    assert children() == before


def test_an_endless_loop_runs_into_the_cpu_limit() -> None:
    with pytest.raises(ReadingError, match=r"计算时间|CPU"):
        run_guarded(spin, PLAN, cpu=1, wall=30)


def test_a_refusal_passes_through_as_itself(spawn: bool) -> None:
    with pytest.raises(MissingExtra) as refusal:
        run_guarded(refuse, PLAN, spawn=spawn)
    assert (refusal.value.zh, refusal.value.en, refusal.value.exit_code) == ("缺少组件", "a part is missing", 3)


def test_an_unexpected_error_keeps_its_traceback_for_the_log() -> None:
    with pytest.raises(ReadingError) as refusal:
        run_guarded(fail, PLAN)
    assert "in fail" in "".join(refusal.value.__notes__)


def orphans() -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it may end while we look
            if b"lantian-guard-orphan" in entry.joinpath("cmdline").read_bytes():
                found.append(entry.name)
    return found


def test_what_the_worker_started_dies_with_it() -> None:
    with pytest.raises(ReadingError):
        run_guarded(start_child, PLAN, wall=1.0)
    for _ in range(300):
        if not orphans():
            break
        time.sleep(0.1)
    assert orphans() == []


def test_recognition_may_have_more_memory_than_reading() -> None:
    assert run_guarded(recognise, PLAN) == 3 * 10**8
    with pytest.raises(ReadingError, match=r"内存|memory"):
        run_guarded(recognise, PLAN, memory=100_000_000)


def test_one_recognition_runs_at_a_time() -> None:
    context = multiprocessing.get_context("fork")
    inside, over = context.Event(), context.Event()

    def hold() -> None:
        with ocr_job():
            inside.set()
            over.wait(60)

    other = context.Process(target=hold)
    other.start()
    assert inside.wait(60)
    waiting = context.Event()

    def wait_for_it() -> None:
        with ocr_job():
            waiting.set()

    second = context.Process(target=wait_for_it)
    second.start()
    assert not waiting.wait(0.4)
    over.set()
    assert waiting.wait(60)
    other.join()
    second.join()


def test_a_fork_has_what_this_process_has_imported_and_a_fresh_worker_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imported_here", guard)
    assert run_guarded(knows_what_is_imported, PLAN, spawn=False)
    assert not run_guarded(knows_what_is_imported, PLAN, spawn=True)


def test_only_a_function_with_a_name_can_run_in_a_fresh_worker() -> None:
    with pytest.raises(TypeError, match="importable"):
        run_guarded(lambda path: path.name, PLAN, spawn=True)


def test_without_fork_it_is_a_plain_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_POSIX", False)
    assert run_guarded(lambda path: path.name, PLAN) == "plan.pdf"


def test_cpu_time_grows_with_pages() -> None:
    assert [cpu_limit(pages) for pages in (1, 20, 21, 500)] == [60, 60, 120, 1500]
    assert (LIMITS.pages, LIMITS.file_bytes) == (500, 64 * 2**20)


def many_pages(path: Path) -> int:
    """Runs in a worker: says how long the document is and tells the CPU seconds it may then use."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_CPU)[0]
    guard.pages_found(int(path.name))
    return resource.getrlimit(resource.RLIMIT_CPU)[0] - before


@pytest.mark.parametrize(("pages", "more"), [("20", 0), ("21", 60), ("500", 24 * 60)])
def test_a_worker_gets_cpu_time_for_the_pages_it_finds(pages: str, more: int) -> None:
    assert run_guarded(many_pages, Path(pages)) == more
