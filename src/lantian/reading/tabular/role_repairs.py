"""Role and deadline cells put right: merged cells, shifted columns, leaked units, blanks of a vertical merge."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from itertools import pairwise

from lantian.reading.columns import ROLE_FIELDS, Field, Header
from lantian.reading.grammar.units import split_units
from lantian.reading.model import Flag
from lantian.reading.tabular.groups import Group
from lantian.reading.tabular.row_reading import is_ditto
from lantian.reading.tabular.rows import DASHES, Row, RowCell
from lantian.reading.text import join_layout

_TERRITORY = re.compile(
    r"(政府|街道办事处|街道|镇街|开发区管委会|新区管委会|示范区管委会)([（(].*[）)])?$|^(各|相关|有关)(区|县|市|镇|乡|街道)"
)
_AREA_OF_UNIT = re.compile(r"^(?:.*?[省市])?(.{2,6}?)(?:[区县市旗]|街道|镇|乡)?(?:人民)?(?:政府|办事处)$")


def is_territorial(name: str) -> bool:
    """Whether a unit is an area's own government (各区政府, 房山区政府, 各镇街), not a department."""
    return bool(_TERRITORY.search(join_layout(name)))


def repair_roles(groups: list[Group], header: Header) -> None:
    """All repairs of role and deadline cells, in the order in which they depend on one another."""
    three = all(header.has(name) for name in ROLE_FIELDS)
    dashes = any(row.own("support") and row.cells["support"].dashed for group in groups for row in group.rows)
    _ditto([row for group in groups for row in group.rows])
    for group in groups:
        for row in group.rows:
            _surplus_column(row)
            _merged_roles(row)
            # In a real grid an empty 协办 is a blank that was meant, unless this plan prints a dash for none.
            if three and (dashes or not row.geometry):
                _shifted_left(row)
            _merged_lead(row, header, dashes=dashes)
    for group in groups:
        _leaked_districts(group.rows)
        for above, row in zip([None, *group.rows], group.rows, strict=False):
            _carry_down(above, row, header, blanks_are_merges=dashes or not row.geometry)
    _carry_deadlines([row for group in groups for row in group.rows])


def _ditto(rows: list[Row]) -> None:
    """同上 stands for the value of the row above (R02)."""
    for above, row in pairwise(rows):
        for name in ("deadline", *ROLE_FIELDS):
            if row.own(name) and is_ditto(row.text(name)) and _take(above, row, name):
                row.flags.append(Flag("R02", name))


def _surplus_column(row: Row) -> None:
    """A page printed with one column too many (an empty one, or the last column's dash pushed right)."""
    texts = [text for text in row.surplus if text.strip()]
    if not texts:
        return
    row.flags.append(Flag("R23", " ".join(join_layout(text) for text in texts)))
    if row.blank("support") and not all(DASHES.match(text.strip()) for text in texts):
        cell = next(iter(row.cells.values()))
        row.cells["support"] = replace(cell, paragraphs=texts, covered=False, spans=())


def _merged_roles(row: Row) -> None:
    """One printed cell over several role columns: its units stand in the first of them."""
    for name in ROLE_FIELDS:
        cell = row.cells.get(name)
        if cell is None or len(cell.spans) < 2 or cell.blank:
            continue
        roles = [item for item in cell.spans if item in ROLE_FIELDS]
        for other in roles[1:]:
            if name == roles[0] and other in row.cells:
                row.cells[other] = replace(row.cells[other], paragraphs=[], spans=(), covered=False)
        if name == roles[0] and len(roles) > 1:
            detail = join_layout(cell.text)
            row.flags.append(Flag("R11" if name == "lead" else "R49", detail))
            row.cells[name] = replace(cell, spans=(name,))


def _shifted_left(row: Row) -> None:
    """牵头 + 主责 were one cell, so the dump moved 协办 one column to the left and left the last cell empty."""
    lead, responsible = row.cells.get("lead"), row.cells.get("responsible")
    if lead is None or lead.blank or responsible is None or responsible.blank or not row.blank("support"):
        return
    leads = [unit.name for unit in split_units(lead.text)]
    others = [unit.name for unit in split_units(responsible.text)]
    dashed = all(DASHES.match(part.strip()) for part in responsible.paragraphs if part.strip())
    if not any(is_territorial(name) for name in leads) or any(is_territorial(name) for name in others):
        return
    if not others and not dashed:
        return
    row.flags.append(Flag("R07", join_layout(responsible.text)))
    row.flags.append(Flag("R11", join_layout(lead.text)))
    row.cells["support"] = responsible
    row.cells["responsible"] = replace(responsible, paragraphs=[])


def _merged_lead(row: Row, header: Header, *, dashes: bool) -> None:
    """Where the source shows no merged cells, or a dash is printed for none, a blank in 牵头 or 主责 is a merged cell.

    Its text stands under 牵头 or under 主责; either way its units lead.
    """
    if not (header.has("lead") and header.has("responsible")) or (row.geometry and not dashes):
        return
    lead, responsible = row.cells.get("lead"), row.cells.get("responsible")
    if any(flag.id == "R11" for flag in row.flags) or any(cell and cell.covered for cell in (lead, responsible)):
        return
    if row.own("lead") and row.blank("responsible"):
        if not row.geometry:
            row.flags.append(Flag("R11", join_layout(row.text("lead"))))
    elif row.own("responsible") and row.blank("lead") and dashes and responsible is not None:
        row.flags.append(Flag("R11", join_layout(responsible.text)))
        row.cells["lead"] = replace(responsible, ref=replace(responsible.ref, field="lead"))
        row.cells["responsible"] = replace(responsible, paragraphs=[])


def _leaked_districts(rows: list[Row]) -> None:
    """Named districts printed as 主责 beside 各区政府, whose names only the ownerless next row speaks of (R08)."""
    for row, following in itertools.pairwise(rows):
        cell = row.cells.get("responsible")
        if row.geometry or cell is None or cell.blank or not following.own("measure"):
            continue
        if following.own("lead") or following.own("responsible"):
            continue
        units = [unit.name for unit in split_units(cell.text)]
        areas = [match[1] for name in units if (match := _AREA_OF_UNIT.match(name)) and not name.startswith("各")]
        if not units or len(areas) != len(units):
            continue
        here, there = row.text("measure"), following.text("measure")
        if any(area in there for area in areas) and not any(area in here for area in areas):
            detail = f"{'、'.join(units)} → {following.number}"
            row.flags.append(Flag("R08", detail))
            following.flags.append(Flag("R08", detail))
            following.cells["lead" if "lead" in row.cells else "responsible"] = cell
            row.cells["responsible"] = replace(cell, paragraphs=[])
            row.flags.append(Flag("R11", join_layout(row.text("lead"))))


def _carry_down(above: Row | None, row: Row, header: Header, *, blanks_are_merges: bool) -> None:
    """Blanks that are vertical merges take the value above (R02); a dash or an own cell stays.

    ``blanks_are_merges``: the source cannot show merged cells, or the plan prints a dash where it means none.
    """
    carried: list[str] = []
    roles = [name for name in ROLE_FIELDS if header.has(name)]
    for name in ("deadline", *roles):
        cell = row.cells.get(name)
        if (cell is not None and cell.covered and not cell.blank) or (
            cell is not None and cell.covered and above is not None and _take(above, row, name)
        ):
            carried.append(name)
    if above is not None and blanks_are_merges and not row.own("seq") and not row.own("task"):
        if row.blank("deadline") and _take(above, row, "deadline"):
            carried.append("deadline")
        owners = [name for name in ("lead", "responsible") if name in roles]
        if owners and all(row.blank(name) for name in owners):
            carried.extend(name for name in owners if _take(above, row, name))
    if carried:
        row.flags.append(Flag("R02", " ".join(carried)))


def _carry_deadlines(rows: list[Row]) -> None:
    """A deadline merged over several tasks is blank in a dump, beside rows that name their own owners (R02)."""
    for above, row in itertools.pairwise(rows):
        if row.geometry or not row.blank("deadline") or not any(row.own(name) for name in ROLE_FIELDS):
            continue
        if _take(above, row, "deadline"):
            row.flags.append(Flag("R02", "deadline"))


def _take(above: Row, row: Row, name: Field) -> bool:
    source: RowCell | None = above.cells.get(name)
    if source is None or source.blank:
        return False
    row.cells[name] = replace(source, covered=True)
    return True
