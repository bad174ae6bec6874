"""Lists of the registry: staged with every problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lantian.apps.core import staging
from lantian.apps.core.columns import Problem, Row
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import StagedFile, StagedKind

STAGE = "monitoring.stage"


def stage_list(
    by: User, kind: StagedKind, name: str, chunks: Iterable[bytes],
    rows_of: Callable[[list[list[Any]]], tuple[list[Row], list[Problem]]],
    check: Callable[[User, list[Row]], tuple[Any, list[Problem]]],
) -> StagedFile:  # fmt: skip
    """Store a list, read it in a worker with limits, and keep what is wrong with it. Checks no right.

    Raises files.TooLargeError, ReadingError (no table, damaged).
    """
    return staging.bring_list(
        by, StagedFile(kind=kind), name, chunks, action=STAGE, kind=kind.value,
        rows_of=rows_of, check=lambda rows: check(by, rows)[1],
    )  # fmt: skip
