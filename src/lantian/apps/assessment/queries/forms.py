"""Reads for 套表: what returns give its rows, one filling as a page shows it, what differs from the last time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils import timezone, translation

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Unit
from lantian.apps.assessment.forms.facts import Given, Goal, Line, value_of
from lantian.apps.assessment.forms.matching import Known
from lantian.apps.assessment.forms.workbook import letters
from lantian.apps.assessment.models import Form, FormFilling
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.content import decimal_text
from lantian.apps.plans.models import Measure, Plan, TargetKind
from lantian.apps.plans.queries import standing
from lantian.apps.supervision.models import Commitment, Entry, ReturnState, Share

Values = list[dict[str, Any]]
CELLS = ("fixed", "period", "today", "plan")  # what a single cell may hold


def forms(user: User, *, archived: bool = False) -> QuerySet[Form]:
    """Forms in scope with how often each was filled and for which month last; one query."""
    rows = policy.scope(user, Form.objects.filter(archived__isnull=not archived))
    counted = rows.annotate(times=Count("fillings"), latest=Max("fillings__period"))
    return counted.select_related("plan", "file").defer("grid", "mapping").order_by("-id")


def known(plan: Plan) -> list[Known]:
    """The plan's measures as rows are matched with them."""
    rows = Measure.objects.filter(plan=plan).order_by("n").values_list("n", "seq", "task", "text")
    return [Known(*row) for row in rows]


def units(plan: Plan) -> dict[str, str]:
    """Names of the units that owe something of the plan → uid."""
    rows = Unit.objects.filter(commitments__plan=plan, commitments__withdrawn=None).distinct()
    found: dict[str, str] = {}
    for unit in rows:
        for name in filter(None, (unit.name, unit.short_name, unit.full_name, *_bare(unit.name))):
            found.setdefault(name, str(unit.uid))
    return found


def _bare(name: str) -> list[str]:
    """柳桥街道办事处 → 柳桥街道, as tables of streets print it."""
    return [name.removesuffix("办事处")] if name.endswith("街道办事处") else []


def lines(plan: Plan, period: str) -> dict[int, list[Line]]:
    """What was accepted for a month, by the number of the measure; a fixed number of queries."""
    entries = Entry.objects.filter(report__period=period, report__state=ReturnState.ACCEPTED)
    shares = Share.objects.filter(withdrawn=None).order_by("order", "id")
    rows = Commitment.objects.filter(plan=plan, withdrawn=None).select_related("measure", "unit").order_by("id")
    found: dict[int, list[Line]] = {}
    with translation.override("zh-hans"):
        for row in rows.prefetch_related(
            Prefetch("entries", entries.prefetch_related("figures"), "said"), Prefetch("shares", shares, "goals")
        ):
            found.setdefault(row.measure.n, []).append(_line(row))
    return found


def _line(row: Commitment) -> Line:
    said: list[Entry] = row.said  # type: ignore[attr-defined]  # prefetched
    entry = said[0] if said else None
    figures = {item.share_id: item for item in entry.figures.all()} if entry else {}
    goals = {}
    for share in row.goals:  # type: ignore[attr-defined]  # prefetched
        given = figures.get(share.pk)
        goals[share.order] = Goal(
            share.value, share.spec.get("kind") == TargetKind.COUNT, given.period_value if given else None,
            given.cumulative if given else None,
        )  # fmt: skip
    unit = row.unit
    head = Line(str(unit.uid), unit.name, row.role, row.convener, str(row.get_state_display()), goals=goals)
    if entry is None:
        return head
    return Line(
        head.unit, head.name, head.role, head.convener, head.state, True, entry.progress, entry.problems,
        entry.next_step, entry.done, entry.document_number, goals,
    )  # fmt: skip


def computed(form: Form, period: str) -> Values:
    """The value of every mapped cell for a month, or why it stays blank."""
    found = lines(form.plan, period)
    values: Values = []
    for sheet, mapping in form.mapping.get("sheets", {}).items():
        for row in range(mapping["first"], mapping["last"] + 1):
            said = _of_row(found, mapping["rows"].get(str(row)))
            for col, column in mapping["columns"].items():
                cell = cell_at(form.grid, int(sheet), row, int(col))
                if cell is None or cell.get("formula") or (said is None and cell["text"]):
                    continue
                given = value_of(said or [], column["source"], int(column.get("target", 0)), column.get("text", ""))
                if said is None and not _asked(form.grid, int(sheet), row):
                    continue
                values.append(_value(int(sheet), row, int(col), column["source"], given))
    return values + _single(form, period)


def _of_row(found: Mapping[int, list[Line]], key: Mapping[str, Any] | None) -> list[Line] | None:
    """The lines of a row; None for a row that nobody matched."""
    if key is None or not key.get("n"):
        return None
    rows = found.get(int(key["n"]), [])
    return [line for line in rows if line.unit == key["unit"]] if key.get("unit") else rows


def _asked(grid: Mapping[str, Any], sheet: int, row: int) -> bool:
    """Whether a row has words: an empty line of the blank asks nothing."""
    return any(cell and cell["text"].strip() for cell in grid["sheets"][sheet]["rows"][row])


def _value(sheet: int, row: int, col: int, source: str, given: Given) -> dict[str, Any]:
    value: dict[str, Any] = {"sheet": sheet, "row": row, "col": col, "source": source}
    if given.number is not None:
        value["number"] = decimal_text(given.number)
    elif given.text is not None:
        value["text"] = given.text
    else:
        value["why"] = given.why
    if given.doubt is not None:
        value["doubt"] = decimal_text(given.doubt)
    return value


def _single(form: Form, period: str) -> Values:
    year, month = period.split("-")
    said = {
        "period": f"{year}年{int(month)}月", "today": timezone.localdate().isoformat(), "plan": form.plan.title,
    }  # fmt: skip
    return [
        {name: item[name] for name in ("sheet", "row", "col", "source")}
        | {"text": said.get(item["source"], item.get("text", ""))}
        for item in form.mapping.get("cells", [])
    ]


def cell_at(grid: Mapping[str, Any], sheet: int, row: int, col: int) -> dict[str, Any] | None:
    """A cell of a grid; None outside it and where another cell covers the place."""
    sheets = grid["sheets"]
    if not 0 <= sheet < len(sheets) or not 0 <= row < len(sheets[sheet]["rows"]):
        return None
    cells = sheets[sheet]["rows"][row]
    found: dict[str, Any] | None = cells[col] if 0 <= col < len(cells) else None
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell of a filling: what stands there, where it comes from, and what differs from the last filling."""

    key: str
    sheet: int
    row: int
    col: int
    place: str
    source: str
    text: str
    given: str
    edited: bool
    why: str
    doubt: str
    before: str | None
    differs: bool
    fell: bool


def key_of(value: Mapping[str, Any]) -> str:
    """How edits name a cell."""
    return f"{value['sheet']},{value['row']},{value['col']}"


def text_of(value: Mapping[str, Any]) -> str:
    """What a value prints."""
    return str(value.get("number") or value.get("text") or "")


def filled_cells(filling: FormFilling) -> list[Shown]:
    """The cells of a filling with what a person wrote instead and what stood there the last time; two queries."""
    last = (
        FormFilling.objects.filter(form=filling.form_id, period__lt=filling.period).order_by("-period").first()
    )  # fmt: skip
    before = {key_of(item): last.edits.get(key_of(item), text_of(item)) for item in last.values} if last else {}
    kind = filling.form.grid["kind"]
    return [_shown(item, filling.edits, before if last else None, kind) for item in filling.values]


def _shown(value: Mapping[str, Any], edits: Mapping[str, str], before: Mapping[str, str] | None, kind: str) -> Shown:
    key = key_of(value)
    given, text = text_of(value), edits.get(key, text_of(value))
    last = before.get(key) if before is not None else None
    now, then = number_of(text), number_of(last or "")
    place = f"{letters(value['col'])}{value['row'] + 1}" if kind == "xlsx" else f"{value['row'] + 1}-{value['col'] + 1}"
    return Shown(
        key, value["sheet"], value["row"], value["col"], place, value["source"], text, given, key in edits,
        "" if text else str(value.get("why", "")), str(value.get("doubt", "")), last,
        differs=now is not None and then is not None and now != then,
        fell=value["source"] == "cumulative" and now is not None and then is not None and now < then,
    )  # fmt: skip


def number_of(text: str) -> Decimal | None:
    """The number that a text is as a whole, else None."""
    try:
        found = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 17 else None


def final_values(filling: FormFilling) -> Values:
    """What goes into the file: numbers typed as numbers, everything else as text, blanks left out."""
    values: Values = []
    for value in filling.values:
        edited = filling.edits.get(key_of(value))
        place = {name: value[name] for name in ("sheet", "row", "col")}
        if edited is not None:
            number = number_of(edited)
            values.append(place | ({"number": decimal_text(number)} if number is not None else {"text": edited}))
        elif "number" in value or "text" in value:
            values.append(place | {name: value[name] for name in ("number", "text") if name in value})
    return values


def plans(user: User) -> QuerySet[Plan]:
    """The plans for which the person may fill forms."""
    made = Q(pk__in=Commitment.objects.filter(withdrawn=None).values("plan"))
    return standing(Plan.objects.filter(areas.office_of(user, "duty.assign", "area__"))).filter(made).order_by("-id")
