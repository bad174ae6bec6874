"""Files of stations and boundaries: read in a worker, every problem shown, then taken over as a whole or dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import files, policy, staging
from lantian.apps.core.columns import Problem
from lantian.apps.core.models import StagedState, User
from lantian.apps.monitoring import lists, worker
from lantian.apps.monitoring.actions.boundaries import save_boundaries
from lantian.apps.monitoring.actions.forecasts import take_forecasts
from lantian.apps.monitoring.actions.samples import take_samples
from lantian.apps.monitoring.actions.staging import STAGE, stage_list
from lantian.apps.monitoring.actions.stations import save_found, write_station
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.models import StagedFile, StagedKind
from lantian.apps.monitoring.places import outlines
from lantian.apps.monitoring.rights import EDIT, editable_areas

Matches = list[tuple[dict[str, Any], Area | None]]


def stage_stations(by: User, name: str, chunks: Iterable[bytes]) -> StagedFile:
    """Store a list of stations, read it in a worker with limits, and keep what is wrong with it. Changes no station.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no table, damaged).
    """
    policy.require(by, EDIT)
    return stage_list(by, StagedKind.STATIONS, name, chunks, lists.rows_of, lists.entries)


def stage_boundaries(
    by: User, name: str, chunks: Iterable[bytes], *, datum: str, source: str, valid_from: date
) -> StagedFile:
    """Store a GeoJSON file and read its outlines; raises as :func:`stage_stations` does."""
    policy.require(by, EDIT)
    stored = files.store(by, name, chunks)
    found = staging.read_stored(worker.read_outlines, stored, name)
    row = StagedFile(kind=StagedKind.BOUNDARIES, rows=found)
    row.facts = {"datum": datum, "source": source[:120], "valid_from": valid_from.isoformat()}
    doubles = _doubles(match(by, found))
    return staging.keep(by, row, stored, name, doubles, action=STAGE, kind=row.kind, rows=len(found))


def match(by: User, found: Iterable[dict[str, Any]]) -> Matches:
    """Each outline with the area of its code, else of its name, of those where the person keeps the registry."""
    known: dict[str, list[Area]] = {}
    for area in editable_areas(by).filter(closed=None):
        known.setdefault(area.code, []).append(area)
        known.setdefault(area.name, []).append(area)
    result: Matches = []
    for item in found:
        areas = known.get(item["code"]) or known.get(item["name"]) or []
        result.append((item, areas[0] if len(areas) == 1 else None))
    return result


@transaction.atomic
def accept(by: User, staged: StagedFile) -> int | None:
    """Take the whole file over; returns how many rows. None, with the problems found anew, where things changed.

    Raises PermissionDenied, RegistryError (it has problems, or was taken over or dropped).
    """
    row = _open(by, staged)
    if row.problems:
        raise RegistryError(_("A file with problems is not taken over. Correct it and bring it again."))
    taken = _TAKES[row.kind](by, row)
    if taken is not None:
        staging.finish(by, row, StagedState.ACCEPTED, action="monitoring.import", kind=row.kind, rows=taken)
    return taken


@transaction.atomic
def drop(by: User, staged: StagedFile) -> None:
    """Drop a staged file; what was uploaded stays stored. Raises PermissionDenied, RegistryError."""
    row = _open(by, staged)
    staging.finish(by, row, StagedState.DROPPED, action="monitoring.drop", kind=row.kind)


def _take_stations(by: User, row: StagedFile) -> int | None:
    entries, problems = lists.entries(by, staging.rows_in(row))
    if problems:
        staging.object_to(row, problems)
        return None
    known = outlines(entry.values["area"].pk for entry in entries)
    for entry in entries:
        save_found(by, write_station(by, entry.old, entry.values), known)
    return len(entries)


def _take_boundaries(by: User, row: StagedFile) -> int | None:
    matched = match(by, row.rows)
    doubles = _doubles(matched)
    given = [(area, item["geometry"]) for item, area in matched if area is not None]
    if doubles or not given:
        staging.object_to(row, doubles or [_NOBODY])
        return None
    day = date.fromisoformat(row.facts["valid_from"])
    return save_boundaries(by, given, datum=row.facts["datum"], source=row.facts["source"], valid_from=day)


_TAKES: dict[str, Callable[[User, StagedFile], int | None]] = {
    StagedKind.STATIONS.value: _take_stations,
    StagedKind.BOUNDARIES.value: _take_boundaries,
    StagedKind.SAMPLES.value: take_samples,
    StagedKind.FORECASTS.value: take_forecasts,
}
_NOBODY = Problem(1, "", "没有一个图形能对应到您管理的区域", "no feature belongs to an area of yours")


def _doubles(matched: Matches) -> list[Problem]:
    """Areas that two outlines of one file claim; and a file of which nothing fits."""
    first: dict[int, int] = {}
    wrong = []
    for place, (_item, area) in enumerate(matched, 1):
        if area is not None and (earlier := first.setdefault(area.pk, place)) != place:
            zh, en = f"{area.name} 已有第{earlier}个图形", f"{area.name} has feature {earlier} already"
            wrong.append(Problem(place, "", zh, en))
    return wrong if first else [_NOBODY]


def _open(by: User, staged: StagedFile) -> StagedFile:
    policy.require(by, EDIT)
    return staging.hold(staged, RegistryError(_("This file was taken over or dropped already.")))
