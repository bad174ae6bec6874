"""Static files under addresses that change when the file does, so that browsers may keep them for a year."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFiles(StaticFilesStorage):
    """Appends ``?v=`` and the file's time of change; a file that is missing keeps its plain address."""

    def url(self, name: str | None) -> str:
        address: str = super().url(name)
        stamp = _stamp(name or "")
        return f"{address}?v={stamp}" if stamp else address


@cache
def _stamp(name: str) -> str:
    found = finders.find(name)
    return format(int(Path(found).stat().st_mtime), "x") if isinstance(found, str) else ""
