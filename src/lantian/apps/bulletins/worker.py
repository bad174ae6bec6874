"""What runs in the guarded worker: the first table of a workbook. Imports neither Django nor the database."""

from __future__ import annotations

from pathlib import Path

from lantian.apps.monitoring.worker import read_list


def read_figures(path: Path) -> list[tuple[int, list[str]]]:
    """``[(row number, [texts]), …]`` of the first table with content. Raises ReadingError for anything else."""
    return [(number, list(cells)) for number, cells in read_list(path)]
