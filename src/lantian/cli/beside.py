"""Processes beside the site: started with it, ended with it, and gone when it is killed.

``python -m lantian.cli.beside PARENT COMMAND…`` runs a subcommand until it ends, or until the process PARENT that
started it is gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

_LOOK_SECONDS = 0.5
_PATIENCE = 15.0  # seconds that a process has to end in good order


@contextlib.contextmanager
def running(*arguments: str, stdout: int | None = None, stderr: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A subcommand in a process of its own; asked to stop at the end, and killed if it does not."""
    command = [sys.executable, "-m", "lantian.cli.beside", str(os.getpid()), *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> int:
    """Run the subcommand; returns its exit code."""
    from lantian.cli.main import main as command

    threading.Thread(target=_follow, args=(int(sys.argv[1]),), daemon=True).start()
    return command(sys.argv[2:])


if __name__ == "__main__":
    raise SystemExit(main())
