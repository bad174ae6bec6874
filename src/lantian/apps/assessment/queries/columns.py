"""One item of a scorecard as columns of figures: what is entered now, and what pasted lines say for which unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.assessment import pasted
from lantian.apps.assessment.models import EnteredFact, Scorecard
from lantian.apps.assessment.queries import scorecards
from lantian.apps.assessment.scoring import MANUAL, Item, split

Cell = tuple[int, str]  # unit's key, name of the figure


def item_of(card: Scorecard, key: str) -> Item | None:
    """The item of the card, if the office enters something for it."""
    found = next((item for item in scorecards.card_of(card.text).items if item.key == key), None)
    return found if found and names_of(found) else None


def names_of(item: Item) -> list[str]:
    """The figures that the office enters for an item, in the card's order."""
    return list(dict.fromkeys(name for source, name in map(split, item.facts) if source == MANUAL))


def now(card: Scorecard, names: Sequence[str]) -> dict[Cell, EnteredFact]:
    """What counts now of these figures; taken back: left out."""
    rows = card.entered.filter(name__in=names).order_by("since", "id")
    found = {(row.unit_id, row.name): row for row in rows}
    return {cell: row for cell, row in found.items() if row.value is not None}


def seen(card: Scorecard, names: Sequence[str]) -> int:
    """How often these figures were entered: as nothing entered changes, it tells whether somebody came between."""
    return card.entered.filter(name__in=names).count()


@dataclass(slots=True)
class Read:
    """What pasted lines say: texts by cell, and a sentence for everything that is wrong."""

    values: dict[Cell, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def read(card: Scorecard, units: Sequence[Unit], names: Sequence[str], text: str, day: date) -> Read:
    """Match pasted lines to the card's units; a first line of headings is passed over.

    A unit may stand under any name that the directory knows, or the beginning of its name if no other unit of the card
    begins so.
    """
    found, given = Read(), list(pasted.lines(text))
    if len(text) > pasted.CHARACTERS or len(text.splitlines()) > pasted.LINES:
        found.problems.append(_("More than %(n)s lines; nothing was taken over.") % {"n": pasted.LINES})
        return found
    look, by_key = Directory(card.area, day), {unit.pk: unit for unit in units}
    first: dict[int, int] = {}
    for line in given:
        unit = _unit(line.name, look, units)
        if unit is None or unit.pk not in by_key:
            if not (line is given[0] and _headings(line)):
                found.problems.append(_who(line, unit))
        elif unit.pk in first:
            again = _("Line %(n)s: “%(name)s” stands in line %(first)s already.")
            found.problems.append(again % {"n": line.n, "name": line.name, "first": first[unit.pk]})
        else:
            first[unit.pk] = line.n
            _cells(line, unit, names, found)
    if not found.values and not found.problems:
        found.problems.append(_("No line with a unit and a value was found."))
    return found


def _unit(name: str, look: Directory, units: Sequence[Unit]) -> Unit | None:
    exact = look.find(name) if name else None
    if exact is not None:
        return exact
    begins = [unit for unit in units if len(name) > 1 and unit.name.startswith(name)]
    return begins[0] if len(begins) == 1 else None


def _headings(line: pasted.Line) -> bool:
    return bool(line.cells) and all(pasted.number(cell) is None for cell in line.cells)


def _who(line: pasted.Line, unit: Unit | None) -> str:
    if unit is not None:
        return _("Line %(n)s: “%(name)s” is not scored by this card.") % {"n": line.n, "name": line.name}
    return _("Line %(n)s: the unit “%(name)s” is not known.") % {"n": line.n, "name": line.name[:60]}


def _cells(line: pasted.Line, unit: Unit, names: Sequence[str], found: Read) -> None:
    if len(line.cells) > len(names):
        text = _("Line %(n)s has %(given)s values, the item has %(wanted)s.")
        found.problems.append(text % {"n": line.n, "given": len(line.cells), "wanted": len(names)})
        return
    for name, cell in zip(names, line.cells, strict=False):
        if cell in pasted.BLANKS:
            continue
        value = pasted.number(cell)
        if value is None:
            found.problems.append(_("Line %(n)s: “%(cell)s” is no number.") % {"n": line.n, "cell": cell[:40]})
        else:
            found.values[unit.pk, name] = f"{value:f}"


def grid(
    units: Sequence[Unit], names: Sequence[str], values: Mapping[Cell, str], wrong: Mapping[Cell, str],
    known: Mapping[Cell, EnteredFact],
) -> list[tuple[Unit, list[dict[str, object]]]]:  # fmt: skip
    """Units × figures for the page: field name, what is typed, what is wrong with it, what counts now."""
    return [
        (
            unit,
            [
                {
                    "field": f"v{place}-{unit.uid}", "name": name, "value": values.get((unit.pk, name), ""),
                    "wrong": wrong.get((unit.pk, name), ""), "now": known.get((unit.pk, name)),
                }
                for place, name in enumerate(names)
            ],
        )
        for unit in units
    ]  # fmt: skip
