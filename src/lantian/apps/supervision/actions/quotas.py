"""分解表: a total reaches the units by a sheet of quotas and the letter that sets it, never by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.versions import lock
from lantian.apps.plans.content import decimal_text, target_of
from lantian.apps.plans.models import RoleKind, Target
from lantian.apps.supervision import evaluating
from lantian.apps.supervision.actions.common import NotPossible, hold
from lantian.apps.supervision.actions.evidence import looked_at
from lantian.apps.supervision.actions.making import make_measures
from lantian.apps.supervision.models import Commitment, QuotaLine, QuotaSheet, Share, ShareOrigin
from lantian.apps.supervision.quotabook import Cells, read_cells
from lantian.apps.supervision.sharing import spec_key, summable
from lantian.apps.supervision.splitting import by_weight, equal, gap
from lantian.reading.errors import ReadingError
from lantian.reading.guard import run_guarded

LETTERS = ("application/pdf", "image/png", "image/jpeg", "image/tiff")
Values = dict[str, Any]
_HEAD = ("letter_number", "letter_title", "letter_date", "note", "gap_reason")


@dataclass(frozen=True, slots=True)
class Line:
    """What a person gave for one unit: last year's figure, this year's quota, a remark."""

    basis: Decimal | None
    value: Decimal | None
    note: str


@transaction.atomic
def open_sheet(user: User, target: Target) -> QuotaSheet:
    """The quota sheet of a target, made with a line for every unit that may get a part; the one that is there if so.

    Raises PermissionDenied, NotPossible.
    """
    measure = target.measure
    policy.require(user, "duty.assign", measure.plan)
    lock(measure.plan)
    spec = target_of(target)
    for there in QuotaSheet.objects.filter(measure=measure):
        if spec_key(there.spec) == spec_key(spec):
            return there
    if measure.plan.in_preparation or measure.withdrawn is not None:
        raise NotPossible(_("Quotas are set for rows of a published plan."))
    sheet = QuotaSheet.objects.create(
        plan=measure.plan, measure=measure, target=target, spec=spec, total=target.value, created_by=user,
        parent=_parent(target),
    )  # fmt: skip
    units = _receivers(target)
    QuotaLine.objects.bulk_create([QuotaLine(sheet=sheet, unit=unit) for unit in units])
    audit.record(user, "quota.open", sheet, after={"target": target.text, "units": len(units)})
    return sheet


def _parent(target: Target) -> Share | None:
    rows = Share.objects.filter(target=target, withdrawn=None, commitment__convener=True)
    return rows.filter(origin=ShareOrigin.PRINTED).first()


def _receivers(target: Target) -> list[Unit]:
    """The units that may get a part: those reached through a collective, else all that owe the row but the 汇总单位."""
    rows = Commitment.objects.filter(measure=target.measure, withdrawn=None).exclude(role=RoleKind.SUPPORT)
    through = rows.exclude(via=None)
    chosen = through if through.exists() else rows.filter(convener=False)
    return list(Unit.objects.filter(pk__in=(chosen if chosen.exists() else rows).values("unit")))


@transaction.atomic
def save_sheet(
    user: User,
    sheet: QuotaSheet,
    lines: Mapping[int, Line],
    head: Mapping[str, Any],
    *,
    revision: int | None = None,
) -> None:
    """Write the lines (by key of the unit) and the letter's words; of an issued sheet the shares follow at once.

    An issued sheet must stay complete (:func:`problems`). Raises PermissionDenied, Stale, NotPossible.
    """
    policy.require(user, "duty.assign", sheet)
    lock(sheet.plan)
    hold(sheet, revision)
    before, after = _write(sheet, lines, head)
    if not after:
        return
    if sheet.issued and (found := problems(sheet)):
        raise NotPossible("；".join(found))
    sheet.revision += 1
    sheet.save()
    audit.record(user, "quota.change", sheet, before=before, after=after)
    if sheet.issued:
        _pass_on(user, sheet)


def _write(sheet: QuotaSheet, lines: Mapping[int, Line], head: Mapping[str, Any]) -> tuple[Values, Values]:
    """Set what differs; returns it before and after as JSON."""
    before: Values = {}
    after: Values = {}
    for name in _HEAD:
        if name in head and getattr(sheet, name) != head[name]:
            before[name], after[name] = _plain(getattr(sheet, name)), _plain(head[name])
            setattr(sheet, name, head[name])
    rows = {line.unit_id: line for line in sheet.lines.select_related("unit")}
    changed = []
    for unit, given in lines.items():
        line = rows.get(unit)
        if line is None or (line.basis, line.value, line.note) == (given.basis, given.value, given.note):
            continue
        before[line.unit.name] = [decimal_text(line.value), decimal_text(line.basis), line.note]
        after[line.unit.name] = [decimal_text(given.value), decimal_text(given.basis), given.note]
        line.basis, line.value, line.note = given.basis, given.value, given.note[:200]
        changed.append(line)
    QuotaLine.objects.bulk_update(changed, ["basis", "value", "note"])
    return before, after


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def problems(sheet: QuotaSheet) -> list[str]:
    """What keeps a sheet from being issued, in the reader's language: figures, the letter, a gap without reason."""
    values = list(sheet.lines.values_list("value", flat=True))
    found = []
    if not any(value is not None for value in values):
        found.append(_("No unit has a figure yet."))
    if any(value is not None and value < 0 for value in values) and (sheet.total or 0) >= 0:
        found.append(_("A quota is below zero."))
    if not sheet.letter_number or not sheet.letter_title or sheet.letter_date is None:
        found.append(_("The letter that sets the quotas lacks its number, title or date."))
    if sheet.letter_file_id is None:
        found.append(_("The letter itself is not attached."))
    lacking = gap(sheet.total, values) if summable(sheet.spec) else None
    if lacking and not sheet.gap_reason:
        found.append(_("The lines do not add up to the total; say why, or correct them."))
    return found


@transaction.atomic
def issue(user: User, sheet: QuotaSheet, *, revision: int | None = None) -> None:
    """Issue the sheet: every unit with a figure gets it as its share. Raises PermissionDenied, Stale, NotPossible."""
    policy.require(user, "duty.assign", sheet)
    lock(sheet.plan)
    hold(sheet, revision)
    if sheet.issued:
        return
    if found := problems(sheet):
        raise NotPossible(" ".join(found))
    sheet.issued = timezone.now()
    sheet.revision += 1
    sheet.save(update_fields=["issued", "revision"])
    values = {line.unit.name: decimal_text(line.value) for line in sheet.lines.select_related("unit")}
    after = {"letter": sheet.letter_number, "lines": values, "gap_reason": sheet.gap_reason}
    audit.record(user, "quota.issue", sheet, after=after)
    _pass_on(user, sheet)


def _pass_on(user: User, sheet: QuotaSheet) -> None:
    made = make_measures(user, sheet.plan, [sheet.measure_id])
    keys = set(Share.objects.filter(line__sheet=sheet).values_list("commitment", flat=True))
    evaluating.touch(made.touched | keys)


@transaction.atomic
def split(user: User, sheet: QuotaSheet, how: str, *, revision: int | None = None) -> None:
    """Fill the lines: ``equal`` parts, or parts ``by_basis`` (last year's figures). Raises PermissionDenied, Stale,
    NotPossible (no total; no figures to go by; issued)."""
    policy.require(user, "duty.assign", sheet)
    if sheet.total is None or not summable(sheet.spec):
        raise NotPossible(_("There is no total to divide."))
    lines = list(sheet.lines.all())
    if not lines:
        raise NotPossible(_("There is no unit to divide among."))
    try:
        basis = [line.basis for line in lines]
        parts = equal(sheet.total, len(lines)) if how == "equal" else by_weight(sheet.total, basis)
    except ValueError:
        raise NotPossible(_("Fill in last year's figures first.")) from None
    given = {line.unit_id: Line(line.basis, part, line.note) for line, part in zip(lines, parts, strict=True)}
    save_sheet(user, sheet, given, {}, revision=revision)


def read_workbook(user: User, sheet: QuotaSheet, name: str, chunks: Iterable[bytes]) -> list[Cells]:
    """The cells of a filled workbook, looked at and read in the guarded worker; nothing is kept or changed.

    Raises PermissionDenied, NotPossible (another kind of file, a damaged one) or
    :class:`lantian.apps.core.files.TooLargeError`.
    """
    policy.require(user, "duty.assign", sheet)
    with looked_at(name, chunks) as (path, kind):
        if kind != "xlsx":
            raise NotPossible(_("%(name)s is no Excel workbook (.xlsx).") % {"name": files.short_name(name)})
        try:
            return run_guarded(read_cells, path)
        except ReadingError as problem:
            english = (get_language() or "").startswith("en")
            raise NotPossible(problem.en if english else problem.zh) from None


def attach(user: User, sheet: QuotaSheet, name: str, chunks: Iterable[bytes], *, revision: int | None = None) -> None:
    """Keep the letter that sets the quotas (PDF or picture, told by content).

    Raises PermissionDenied, Stale, NotPossible or :class:`lantian.apps.core.files.TooLargeError`.
    """
    policy.require(user, "duty.assign", sheet)
    stored = files.store(user, name, chunks)
    if stored.media_type not in LETTERS:
        raise NotPossible(_("The letter is kept as PDF, JPG, PNG or TIFF."))
    with transaction.atomic():
        hold(sheet, revision)
        before = {"letter_file": sheet.letter_name}
        sheet.letter_file, sheet.letter_name = stored, stored.name if len(name) > 255 else name[-255:]
        sheet.revision += 1
        sheet.save(update_fields=["letter_file", "letter_name", "revision"])
        after = {"letter_file": sheet.letter_name, "sha256": stored.sha256}
        audit.record(user, "quota.letter", sheet, before=before, after=after)


@transaction.atomic
def set_units(user: User, sheet: QuotaSheet, add: Sequence[Unit], *, revision: int | None = None) -> None:
    """Add lines for further units that owe the row. Raises PermissionDenied, Stale, NotPossible."""
    policy.require(user, "duty.assign", sheet)
    hold(sheet, revision)
    owing = set(Commitment.objects.filter(measure=sheet.measure_id, withdrawn=None).values_list("unit", flat=True))
    if strange := [unit.name for unit in add if unit.pk not in owing]:
        raise NotPossible(_("These do not owe the row: %(names)s") % {"names": "、".join(strange)})
    known = set(sheet.lines.values_list("unit", flat=True))
    new = [unit for unit in add if unit.pk not in known]
    QuotaLine.objects.bulk_create([QuotaLine(sheet=sheet, unit=unit) for unit in new])
    sheet.revision += 1
    sheet.save(update_fields=["revision"])
    audit.record(user, "quota.units", sheet, after={"added": [unit.name for unit in new]})
