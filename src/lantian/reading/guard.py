"""Reading a file that may be hostile: in a worker process with limits, so that whoever asked stays unharmed.

Limits of contracts §8. The worker is a fork (a few milliseconds) or, where the asking process has threads and a fork
is not safe, a fresh ``python -m lantian.reading.guard``. Either sends its result back through a pipe and is always
reaped. A reader that turns to text recognition asks for more with :func:`ocr_job`; who needs it is known only then.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar

from lantian.reading.errors import ReadingError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Documented in docs/security.md; bytes and seconds."""

    pages: int = 500
    file_bytes: int = 64 * 2**20
    memory: int = 2**30
    ocr_memory: int = 4 * 2**30
    cpu_seconds: int = 60  # for each 20 pages begun; a reader that is not recognising text needs a fraction of it
    cpu_pages: int = 20
    ocr_cpu_seconds: int = 15  # for each recognised page on top: two cores, some 3 s each
    wall_seconds: int = 120
    ocr_wait_seconds: int = 1800  # for another recognition to finish


LIMITS = Limits()

_POSIX = hasattr(os, "fork")
_channel: int | None = None  # in a worker: the pipe to the process that asked
_RESULT, _ERROR, _MORE_TIME = b"R", b"E", b"T"


def cpu_limit(pages: int) -> int:
    """CPU seconds for a document of so many pages (60 per 20 pages begun)."""
    return LIMITS.cpu_seconds * max(1, -(-pages // LIMITS.cpu_pages))


def run_guarded(
    function: Callable[[Path], T],
    path: Path,
    *,
    ocr: bool = False,
    spawn: bool | None = None,
    memory: int | None = None,
    cpu: int | None = None,
    wall: float | None = None,
) -> T:
    """``function(path)`` in a worker with limits on memory (bytes), CPU and wall-clock seconds.

    ``spawn`` starts a fresh interpreter instead of a fork; by default only where this process has threads.
    The function must then be importable by its name. A :class:`ReadingError` of the function is raised as itself;
    whatever else ends the worker is raised as a ReadingError that says which limit or failure it was. On systems
    without fork it is a plain call.
    """
    if not _POSIX:
        return function(path)
    budget = {
        "memory": memory or (LIMITS.ocr_memory if ocr else LIMITS.memory),
        "cpu": cpu or LIMITS.cpu_seconds,
        "ocr": ocr or memory is None,
    }
    spawn = _has_threads() if spawn is None else spawn
    reader, writer = os.pipe()
    try:
        start = _start_fresh if spawn else _start_fork
        pid = start(function, path, budget, reader, writer)
    finally:
        os.close(writer)
    return _collect(pid, reader, path, wall or max(LIMITS.wall_seconds, 2 * budget["cpu"]))  # type: ignore[no-any-return]


def pages_found(pages: int) -> None:
    """The reader knows how many pages there are: this worker may use 60 s of CPU for every 20 of them."""
    more = cpu_limit(pages) - LIMITS.cpu_seconds
    if more <= 0 or _channel is None or not _POSIX:
        return
    _add_cpu(more)
    _tell(_MORE_TIME, str(2 * more + LIMITS.wall_seconds).encode())


@contextmanager
def ocr_job(pages: int = 1) -> Iterator[None]:
    """Recognise ``pages`` page images: raises this worker's limits for it, and lets one such job run at a time.

    Outside a worker only the lock is taken. Raises :class:`ReadingError` if another job does not end in time.
    """
    _tell(_MORE_TIME, str(LIMITS.ocr_wait_seconds).encode())
    with _one_at_a_time():
        if _channel is not None and _POSIX:
            _widen(pages)
        _tell(_MORE_TIME, str(2 * LIMITS.ocr_cpu_seconds * pages + LIMITS.wall_seconds).encode())
        yield


def _has_threads() -> bool:
    with suppress(OSError):
        return len(os.listdir("/proc/self/task")) > 1
    import threading

    return threading.active_count() > 1


def _start_fork(function: Callable[[Path], Any], path: Path, budget: dict[str, Any], reader: int, writer: int) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            _serve(function, path, budget, writer)
        finally:
            os._exit(70)
    return pid


def _start_fresh(function: Callable[[Path], Any], path: Path, budget: dict[str, Any], _: int, writer: int) -> int:
    import subprocess

    name = getattr(function, "__qualname__", "")
    if not name.isidentifier():
        raise TypeError(f"a function that a fresh worker runs must be importable by its name, not {function!r}")
    module = function.__module__
    job = {"module": module, "name": name, "path": str(path), "budget": budget, "fd": writer, "sys_path": sys.path}
    command = [sys.executable, "-m", "lantian.reading.guard", json.dumps(job)]
    process = subprocess.Popen(command, pass_fds=(writer,), stdin=subprocess.DEVNULL)  # noqa: S603
    process.returncode = 0  # reaped here by its id, not by Popen
    return process.pid


def _serve(function: Callable[[Path], Any], path: Path, budget: dict[str, Any], writer: int) -> NoReturn:
    """In the worker: limits on, read, send, leave without any clean-up of the parent's things."""
    global _channel
    _channel = writer
    try:
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        _set_limits(budget["memory"], budget["cpu"], LIMITS.ocr_memory if budget["ocr"] else budget["memory"])
        kind, payload = _RESULT, pickle.dumps(function(path), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:
        kind, payload = _ERROR, pickle.dumps(_refusal(error, path))
    with suppress(OSError):
        _tell(kind, payload)
    os._exit(0)


def _refusal(error: BaseException, path: Path) -> ReadingError:
    """The error as the caller should see it; the traceback of an unexpected one goes along as a note."""
    if isinstance(error, ReadingError):
        return error
    words = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError) or "memory" in words.lower() or "bad_alloc" in words:
        return _memory_error(path.name)
    if isinstance(error, RecursionError):
        return ReadingError(f"{path.name}：文件嵌套层数过多", f"{path.name}: the file is nested too deeply")
    refusal = ReadingError(
        f"{path.name}：文件结构异常，无法读取（{words[:200]}）",
        f"{path.name}: the file is malformed and cannot be read ({words[:200]})",
    )
    refusal.add_note("".join(traceback.format_exception(error)))
    return refusal


def _set_limits(memory: int, cpu: int, most_memory: int | None = None) -> None:
    """Soft limits on what this process may add to what it has; the hard memory limit is what ocr_job may raise to."""
    import resource

    base = _address_space()
    most = max(memory, most_memory or memory)
    for kind, soft, hard in (
        (resource.RLIMIT_AS, base + memory, base + most),
        (resource.RLIMIT_CPU, _cpu_used() + cpu, resource.RLIM_INFINITY),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            hard = ceiling if hard == resource.RLIM_INFINITY else min(hard, ceiling)
        with suppress(ValueError, OSError):  # macOS knows RLIMIT_AS but refuses it
            resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _widen(pages: int) -> None:
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    _add_cpu(LIMITS.ocr_cpu_seconds * pages)


def _add_cpu(seconds: int) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft != resource.RLIM_INFINITY:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (soft + seconds, hard))


def _address_space() -> int:
    """Bytes of address space in use: a server that forks has much before the reader adds any."""
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _cpu_used() -> int:
    used = os.times()
    return int(used.user + used.system) + 1


def _tell(kind: bytes, payload: bytes) -> None:
    """Send one message to the process that asked: kind, length, payload."""
    if _channel is None:
        return
    data = memoryview(kind + len(payload).to_bytes(8, "big") + payload)
    while data:
        data = data[os.write(_channel, data) :]


def _collect(pid: int, reader: int, path: Path, wall: float) -> Any:
    """In the parent: read messages until the worker is done or its time is; the worker is reaped in any case."""
    status: int | None = None
    late = False
    try:
        with os.fdopen(reader, "rb", buffering=0) as pipe:
            message = _last_message(pipe, time.monotonic() + wall)
        late = message is None
        if not late:
            status = os.waitpid(pid, 0)[1]
    finally:
        if status is None:
            _kill(pid)
    if late:
        raise ReadingError(
            f"{path.name}：读取超过时限，已停止", f"{path.name}: reading took longer than allowed and was stopped"
        )
    kind, payload = message or (b"", b"")
    if kind == _RESULT:
        return pickle.loads(payload)  # noqa: S301 - written by our own worker
    if kind == _ERROR:
        raise pickle.loads(payload)  # noqa: S301 - written by our own worker
    raise _death(os.waitstatus_to_exitcode(status or 0), path)


def _last_message(pipe: IO[bytes], deadline: float) -> tuple[bytes, bytes] | None:
    """The result or error that the worker sent; ``(b"", b"")`` if it died silent, None if its time ran out."""
    import select

    poll = select.poll()
    poll.register(pipe.fileno(), select.POLLIN)
    data = bytearray()
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return None
        if not poll.poll(remaining * 1000):
            continue
        chunk = os.read(pipe.fileno(), 1 << 20)
        if not chunk:
            return b"", b""
        data += chunk
        while len(data) >= 9 and len(data) >= 9 + (size := int.from_bytes(data[1:9], "big")):
            kind, payload = bytes(data[:1]), bytes(data[9 : 9 + size])
            del data[: 9 + size]
            if kind != _MORE_TIME:
                return kind, payload
            deadline = time.monotonic() + float(payload)


def _kill(pid: int) -> None:
    """End the worker and what it started, and reap it."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _death(code: int, path: Path) -> ReadingError:
    """Why a worker ended without an answer."""
    if code == -signal.SIGXCPU:
        return _cpu_error(path.name)
    if code == -signal.SIGKILL:
        return _memory_error(path.name)
    name = signal.Signals(-code).name if code < 0 else f"{code}"
    return ReadingError(
        f"{path.name}：读取程序崩溃（{name}），文件可能已损坏或有恶意内容",
        f"{path.name}: the reader crashed ({name}); the file may be broken or hostile",
    )


def _cpu_error(name: str) -> ReadingError:
    prefix_zh, prefix_en = (f"{name}：", f"{name}: ") if name else ("", "")
    return ReadingError(
        f"{prefix_zh}读取所需的计算时间超过上限，已停止", f"{prefix_en}reading needed more CPU time than allowed"
    )


def _memory_error(name: str) -> ReadingError:
    return ReadingError(f"{name}：读取所需的内存超过上限，已停止", f"{name}: reading needed more memory than allowed")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A lock file in the system's temporary folder, one for each user."""
    if not _POSIX:
        yield
        return
    import fcntl
    import tempfile

    path = Path(tempfile.gettempdir()) / f"lantian-ocr-{os.getuid()}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + LIMITS.ocr_wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ReadingError(
                        "文字识别正忙，请稍后再试", "text recognition is busy; try again later"
                    ) from None
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def _main(argument: str) -> NoReturn:
    """The fresh worker: ``argument`` is the job as JSON."""
    job = json.loads(argument)
    sys.path[:] = job["sys_path"]
    function = getattr(import_module(job["module"]), job["name"])
    _serve(function, Path(job["path"]), job["budget"], job["fd"])


if __name__ == "__main__":
    import_module("lantian.reading.guard")._main(sys.argv[1])
