"""How the benchmarks measure: whole processes by wall time and peak memory, work by CPU time, on both databases."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

LANTIAN = Path(sys.executable).with_name("lantian")
# A peak of memory is inherited through exec: measured from here, every command would seem as large as this benchmark.
_LAUNCHER = """
import os, sys, time
begin = time.perf_counter()
out = os.open(os.devnull, os.O_WRONLY)
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                     file_actions=[(os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)])
usage = os.wait4(pid, 0)[2]
print(time.perf_counter() - begin, usage.ru_maxrss / 1024)
"""


def measured(command: list[str], repeat: int = 5) -> tuple[float, float]:
    """Median wall seconds of whole processes and the largest peak of resident MB, on a warm file cache."""
    runs = []
    for _ in range(repeat):
        launched = subprocess.run(
            [sys.executable, "-SE", "-c", _LAUNCHER, *command], capture_output=True, text=True, check=True
        )
        seconds, peak = map(float, launched.stdout.split())
        runs.append((seconds, peak))
    return sorted(seconds for seconds, _ in runs)[len(runs) // 2], max(peak for _, peak in runs)


def cpu_seconds(work: Callable[[], object], repeat: int = 7) -> float:
    """CPU seconds of ``work``, the least of several after one warm-up: neighbours on the machine count little."""
    work()
    runs = []
    for _ in range(repeat):
        begin = time.process_time()
        work()
        runs.append(time.process_time() - begin)
    return min(runs)


def on_every_database(module: str) -> None:
    """``python -m MODULE --here`` on every database that there is, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="lantian-bench-") as folder:
        _child(module, folder, "")
    server = os.environ.get("LANTIAN_TEST_POSTGRES_URL")
    if not server:
        print("PostgreSQL was not measured: LANTIAN_TEST_POSTGRES_URL names none.")
        return
    with tempfile.TemporaryDirectory(prefix="lantian-bench-") as folder, _Database(server) as address:
        _child(module, folder, address)


def _child(module: str, folder: str, database: str) -> None:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    env |= {"LANTIAN_DATA": folder, "LANTIAN_DIRECTORY": ""} | ({"DATABASE_URL": database} if database else {})
    subprocess.run([sys.executable, "-m", module, "--here"], env=env, check=True)


class _Database:
    """A database of this run's own on the server, dropped at the end."""

    def __init__(self, server: str) -> None:
        self._server, self._name = server, f"lantian_bench_{os.getpid()}"

    def __enter__(self) -> str:
        self._execute(f"CREATE DATABASE {self._name}")
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{self._name}"))

    def __exit__(self, *_error: object) -> None:
        self._execute(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _execute(self, command: str) -> None:
        import psycopg

        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(command)  # type: ignore[call-overload]  # names are ours
