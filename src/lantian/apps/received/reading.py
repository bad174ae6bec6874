"""What runs in the guarded worker; imports neither Django nor the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lantian.apps.plans.worker import print_of
from lantian.reading.received import open_received, received_of
from lantian.reading.received.model import Received


def read_with_print(path: Path) -> tuple[Received, list[dict[str, Any]]]:
    """What a bulletin publishes, and its print in the form of :func:`lantian.apps.plans.worker.print_of`."""
    document = open_received(path)
    return received_of(document, file=path.name), print_of(document)
