"""``lantian tick``: background work that is due, once or for ever."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from types import FrameType

from lantian.reading.errors import prefers_chinese

IDLE_SECONDS = 0.5
TIDY_SECONDS = 6 * 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--forever", action="store_true", help="do not stop: look for work twice a second")


def run(args: argparse.Namespace) -> int:
    """Do what is due; with ``--forever`` until asked to stop."""
    from lantian.cli import _django

    if not args.forever:
        _django.start()
        _django.prepare()
        from lantian.apps.core import jobs

        jobs.enqueue_daily()
        done = jobs.run_due()
        sys.stderr.write(f"完成 {done} 项任务\n" if prefers_chinese() else f"{done} jobs done\n")
        return 0
    signal.signal(signal.SIGTERM, _stop)
    try:
        _django.start()
        _django.prepare()
        _loop()
    except KeyboardInterrupt:
        pass
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _loop() -> None:
    from django.core.management import call_command
    from django.db import OperationalError, close_old_connections, connection
    from django.utils import timezone

    from lantian.apps.core import jobs

    tidied, day = float("-inf"), None
    while True:
        try:
            if day != timezone.localdate():
                jobs.enqueue_daily()
                day = timezone.localdate()
            jobs.run_due()
            if time.monotonic() - tidied > TIDY_SECONDS:
                call_command("clearsessions")
                tidied = time.monotonic()
        except OperationalError as error:
            # The database is busy or being restarted: the rows are still there on the next look.
            sys.stderr.write(f"lantian tick: {error}\n")
            connection.close()
        close_old_connections()
        time.sleep(IDLE_SECONDS)
