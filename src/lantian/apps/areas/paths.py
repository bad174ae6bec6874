"""The path of codes of each area (``/110000/110102/``), kept so that "everything below" is one LIKE."""

from __future__ import annotations

from collections.abc import Iterable

from lantian.apps.areas.models import Area


def renew_paths(areas: Iterable[Area]) -> list[Area]:
    """Set the path of each area by its ``parent``; returns those whose path changed. None may lie below itself."""
    changed = []
    for area in areas:
        codes = [area.code]
        place = area.parent
        while place is not None:
            codes.append(place.code)
            place = place.parent
        path = f"/{'/'.join(reversed(codes))}/"
        if area.path != path:
            area.path = path
            changed.append(area)
    return changed
