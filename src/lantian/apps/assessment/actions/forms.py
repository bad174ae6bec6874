"""套表: keeping a blank, saying what its cells mean, filling it for a month, freezing what was sent."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.assessment.forms.blank import LONGEST, VALUES, Grid, fill_beside, read_blank
from lantian.apps.assessment.forms.matching import SOURCES, propose
from lantian.apps.assessment.models import Form, FormFilling
from lantian.apps.assessment.queries import forms as queries
from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions.common import NotPossible, hold
from lantian.apps.supervision.periods import is_month, months
from lantian.reading.errors import ReadingError
from lantian.reading.guard import run_guarded

T = TypeVar("T")
MAX_CELLS = 60  # single cells with a meaning of their own


class Unusable(NotPossible):
    """A blank that cannot be used; says why. Nothing was stored."""


def add(user: User, plan: Plan, title: str, issuer: str, name: str, chunks: Iterable[bytes]) -> Form:
    """Keep a blank with a proposed mapping. Raises PermissionDenied, :class:`Unusable` or files.TooLargeError."""
    policy.require(user, "duty.assign", plan)
    short = files.short_name(name)
    with _kept(short, chunks) as (path, grid):
        stored = files.store_path(user, short, path)
    with transaction.atomic():
        form = Form.objects.create(
            plan=plan, title=(title.strip() or Path(short).stem)[:200], issuer=issuer.strip()[:120], file=stored,
            file_name=short, grid=grid, mapping=_proposed(plan, grid), created_by=user,
        )  # fmt: skip
        audit.record(user, "form.add", form, after={"title": form.title, "file": short, "sha256": stored.sha256})
    return form


def replace(user: User, form: Form, name: str, chunks: Iterable[bytes], *, revision: int | None = None) -> bool:
    """Put this month's blank in the place of the last; the mapping is kept where the heads are the same.

    Returns whether it was kept; else it is proposed anew. Raises as :func:`add`, and ``Stale``.
    """
    policy.require(user, "duty.assign", form)
    short = files.short_name(name)
    with _kept(short, chunks) as (path, grid):
        stored = files.store_path(user, short, path)
    with transaction.atomic():
        hold(form, revision)
        same = _heads(form.grid, form.mapping) == _heads(grid, form.mapping)
        before = {"file": form.file_name, "sha256": form.file.sha256}
        mapping = _moved(form, grid) if same else _proposed(form.plan, grid)
        _bump(form, file=stored, file_name=short, grid=grid, mapping=mapping, mapped=form.mapped and same)
        audit.record(user, "form.replace", form, before=before, after={"file": short, "sha256": stored.sha256})
    return same


def _moved(form: Form, grid: Grid) -> dict[str, Any]:
    """The mapping with its rows looked for again: another month's blank may have more of them."""
    fresh = _proposed(form.plan, grid)["sheets"]
    sheets = {
        sheet: kept | {name: fresh[sheet][name] for name in ("last", "rows")} if sheet in fresh else kept
        for sheet, kept in form.mapping["sheets"].items()
    }
    moved: dict[str, Any] = form.mapping | {"sheets": sheets}
    return moved


def _heads(grid: Grid, mapping: Mapping[str, Any]) -> list[Any]:
    """The words above the tables of a blank, by which another month's is recognised."""
    found: list[Any] = [grid["kind"], len(grid["sheets"])]
    for sheet, item in sorted(mapping.get("sheets", {}).items()):
        rows = grid["sheets"][int(sheet)]["rows"] if int(sheet) < len(grid["sheets"]) else []
        found += [[cell and cell["text"] for cell in row] for row in rows[max(0, item["first"] - 1) : item["first"]]]
    return found


def _proposed(plan: Plan, grid: Grid) -> dict[str, Any]:
    measures, units = queries.known(plan), queries.units(plan)
    sheets = {}
    for index, sheet in enumerate(grid["sheets"]):
        found = propose(sheet["rows"], measures, units) if sheet["rows"] else None
        if found is not None:
            sheets[str(index)] = found
    mapping: dict[str, Any] = {"sheets": sheets, "cells": []}
    return mapping


@transaction.atomic
def set_mapping(user: User, form: Form, mapping: Mapping[str, Any], *, revision: int | None = None) -> None:
    """Say what the cells of a form mean. Raises PermissionDenied, ``Stale`` or :class:`NotPossible`."""
    policy.require(user, "duty.assign", form)
    hold(form, revision)
    clean = _checked(form, mapping)
    before = form.mapping
    _bump(form, mapping=clean, mapped=True)
    audit.record(user, "form.map", form, before={"mapping": before}, after={"mapping": clean})


def _checked(form: Form, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping as it is kept: only places of the grid, only sources that there are."""
    numbers = {item.n for item in queries.known(form.plan)}
    known = set(queries.units(form.plan).values())
    sheets = {}
    for sheet, item in mapping["sheets"].items():
        if not 0 <= int(sheet) < len(form.grid["sheets"]):
            raise NotPossible(_("The form has no such sheet."))
        rows = len(form.grid["sheets"][int(sheet)]["rows"])
        first, last = int(item["first"]), min(int(item["last"]), rows - 1)
        if not 0 <= first <= last:
            raise NotPossible(_("The first row of a table lies behind its last, or outside the sheet."))
        for column in item["columns"].values():
            if column["source"] not in SOURCES:
                raise NotPossible(_("Nothing of this kind can be filled in."))
        for key in item["rows"].values():
            if key["n"] and key["n"] not in numbers:
                raise NotPossible(_("The plan has no measure %(n)s.") % {"n": key["n"]})
            if key["unit"] and key["unit"] not in known:
                raise NotPossible(_("A unit of the form owes nothing of this plan."))
        sheets[str(int(sheet))] = dict(item) | {"first": first, "last": last}
    return {"sheets": sheets, "cells": [_cell(form, item) for item in mapping.get("cells", [])[:MAX_CELLS]]}


def _cell(form: Form, item: Mapping[str, Any]) -> dict[str, Any]:
    place = queries.cell_at(form.grid, item["sheet"], item["row"], item["col"])
    if place is None or place.get("formula") or item["source"] not in queries.CELLS:
        raise NotPossible(_("A single cell lies outside the sheet, is covered by another or computes."))
    return {name: item[name] for name in ("sheet", "row", "col", "source")} | {"text": str(item.get("text", ""))[:500]}


@transaction.atomic
def fill(user: User, form: Form, period: str, *, revision: int | None = None) -> FormFilling:
    """Fill a form for a month from accepted returns, or fill it again; what a person wrote stays.

    Raises PermissionDenied, ``Stale`` or :class:`NotPossible` (not mapped, no month of the plan, frozen).
    """
    policy.require(user, "duty.assign", form)
    if not form.mapped:
        raise NotPossible(_("Look at what the columns and rows mean first, and save it."))
    if not is_month(period) or period not in months(form.plan):
        raise NotPossible(_("%(period)s is no month in which this plan is reported.") % {"period": period[:10]})
    Form.objects.select_for_update().only("pk").get(pk=form.pk)
    filling, new = FormFilling.objects.get_or_create(form=form, period=period)
    if not new:
        hold(filling, revision)
    _open(filling)
    filling.values = queries.computed(form, period)
    here = {queries.key_of(item) for item in filling.values}
    filling.edits = {key: text for key, text in filling.edits.items() if key in here}
    filling.filled_by = user
    filling.revision += 1
    filling.save()
    blanks = sum("why" in item for item in filling.values)
    audit.record(user, "form.fill", filling, after={"period": period, "cells": len(here), "blank": blanks})
    return filling


@transaction.atomic
def edit(user: User, filling: FormFilling, texts: Mapping[str, str], *, revision: int | None = None) -> int:
    """Write other words into cells of a filling: "sheet,row,col" → text; what returns gave takes an edit back.

    Returns how many cells changed. Raises PermissionDenied, ``Stale`` or :class:`NotPossible`.
    """
    policy.require(user, "duty.assign", filling.form)
    hold(filling, revision)
    _open(filling)
    given = {queries.key_of(item): queries.text_of(item) for item in filling.values}
    edits = dict(filling.edits)
    for key, text in texts.items():
        if key not in given:
            raise NotPossible(_("The form has no such cell to fill."))
        words = text.replace("\r\n", "\n").strip()[:LONGEST]
        if words == given[key]:
            edits.pop(key, None)
        else:
            edits[key] = words
    changed = {key for key in {*edits, *filling.edits} if edits.get(key) != filling.edits.get(key)}
    if changed:
        before = {key: filling.edits.get(key) for key in changed}
        filling.edits = edits
        filling.revision += 1
        filling.save(update_fields=["edits", "revision", "filled"])
        audit.record(user, "form.edit", filling, before=before, after={key: edits.get(key) for key in changed})
    return len(changed)


def content_of(filling: FormFilling) -> bytes:
    """The filled file: the frozen one, else the blank with what stands in its cells now. Raises :class:`Unusable`."""
    if filling.issued_file is not None:
        return filling.issued_file.path.read_bytes()
    form = filling.form
    with tempfile.TemporaryDirectory(prefix="lantian-") as folder:
        path = Path(folder) / f"blank.{form.grid['kind']}"
        path.write_bytes(form.file.path.read_bytes())
        values = queries.final_values(filling)
        (path.parent / VALUES).write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        return _guarded(fill_beside, path)


def issue(user: User, filling: FormFilling, *, revision: int | None = None) -> None:
    """Freeze a filling as it was sent, with its file. Raises PermissionDenied, ``Stale``, :class:`NotPossible`."""
    policy.require(user, "duty.assign", filling.form)
    content = content_of(filling)
    stored = files.store(user, name_of(filling), [content])
    with transaction.atomic():
        hold(filling, revision)
        _open(filling)
        filling.issued, filling.issued_file = timezone.now(), stored
        filling.revision += 1
        filling.save(update_fields=["issued", "issued_file", "revision"])
        audit.record(user, "form.issue", filling, after={"period": filling.period, "sha256": stored.sha256})


@transaction.atomic
def reopen(user: User, filling: FormFilling, *, revision: int | None = None) -> None:
    """Open a frozen filling for a correction; the file that was sent stays in the record."""
    policy.require(user, "duty.assign", filling.form)
    hold(filling, revision)
    if filling.issued is None or filling.issued_file is None:
        raise NotPossible(_("The filling is open."))
    before = {"issued": filling.issued.isoformat(), "sha256": filling.issued_file.sha256}
    filling.issued = filling.issued_file = None
    filling.revision += 1
    filling.save(update_fields=["issued", "issued_file", "revision"])
    audit.record(user, "form.reopen", filling, before=before)


@transaction.atomic
def archive(user: User, form: Form, *, away: bool = True) -> None:
    """Put a form aside that is no longer asked for, or bring it back; its fillings stay."""
    policy.require(user, "duty.assign", form)
    hold(form, None)
    _bump(form, archived=timezone.now() if away else None)
    audit.record(user, "form.archive", form, after={"archived": away})


def name_of(filling: FormFilling) -> str:
    """What the filled file is called."""
    stem = Path(filling.form.file_name).stem[:120]
    return f"{stem}-{filling.period}.{filling.form.grid['kind']}"


def _open(filling: FormFilling) -> None:
    if filling.issued is not None:
        raise NotPossible(_("This month's form was sent and is frozen; open it again to correct it."))


def _bump(form: Form, **values: Any) -> None:
    for name, value in values.items():
        setattr(form, name, value)
    form.revision += 1
    form.save(update_fields=[*values, "revision"])


@contextmanager
def _kept(name: str, chunks: Iterable[bytes]) -> Iterator[tuple[Path, Grid]]:
    """The bytes as a temporary file with the grid that the guarded worker read in it; leaves nothing behind."""
    with files.unpacked(name, chunks) as path:
        yield path, _guarded(read_blank, path)


def _guarded(function: Callable[[Path], T], path: Path) -> T:
    try:
        return run_guarded(function, path)
    except ReadingError as problem:
        english = (get_language() or "").startswith("en")
        raise Unusable(problem.en if english else problem.zh) from None
