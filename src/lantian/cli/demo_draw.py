"""Drawing invented values: what ``demo/rows/*.yaml`` may say of a field, and the one function that draws it. Pure.

A plain value stands for itself (a text with ``{…}`` is filled in), a list is a choice, a mapping of numbers is a choice
with weights (``{在用: 9, 停用: 1}``), and a mapping with one of the words of :data:`WORDS` is drawn as that word says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from lantian.cli.demo_city import City

Spec = Any
_GRADES = ((50, "优"), (100, "良"), (150, "轻度污染"), (200, "中度污染"), (300, "重度污染"), (500, "严重污染"))
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class SpecError(Exception):
    """A draw that means nothing."""


@dataclass(slots=True)
class Row:
    """What a row is drawn from: its own random numbers, its number, what was drawn so far, and the row it hangs on."""

    random: Random
    n: int
    today: date
    city: City
    words: Mapping[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    parent: Mapping[str, Any] = field(default_factory=dict)
    day: date | None = None  # of a row that is made for a month or a day
    area: str = ""
    place: str = ""  # the area's name


def draw(spec: Spec, row: Row) -> Any:
    """A value of a spec. Raises SpecError."""
    if isinstance(spec, str):
        return _filled(spec, row) if "{" in spec else spec
    if isinstance(spec, list):
        return draw(row.random.choice(spec), row)
    if not isinstance(spec, dict):
        return spec
    if (name := next(iter(spec))) in WORDS:
        return WORDS[name](spec, row)
    if all(isinstance(weight, int | float) for weight in spec.values()):
        return row.random.choices(list(spec), list(spec.values()))[0]
    raise SpecError(f"{name}: {spec}")


def _filled(text: str, row: Row) -> str:
    """A text with its parts: n, area, place (the area's name without its kind), day, any field, any list of words."""

    class Parts(dict[str, Any]):
        def __missing__(self, name: str) -> Any:
            if name in row.words:
                return row.random.choice(row.words[name])
            raise SpecError(f"{{{name}}}: {text}")

    short = row.place.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    known = row.values | {"n": row.n, "area": row.area, "place": short, "year": row.today.year, "day": row.day}
    return text.format_map(Parts(known | {f"of_{name}": value for name, value in row.parent.items()}))


def _number(spec: Mapping[str, Any], row: Row) -> str:
    low, high, *digits = spec["number"]
    return f"{row.random.uniform(low, high):.{digits[0] if digits else 0}f}"


def _part(spec: Mapping[str, Any], row: Row) -> str | None:
    """A part of another field's figure, between two shares."""
    name, low, high, *digits = spec["part"]
    whole = row.values.get(name)
    return None if whole is None else f"{float(whole) * row.random.uniform(low, high):.{digits[0] if digits else 0}f}"


def _monthly(spec: Mapping[str, Any], row: Row) -> str:
    """Around the figure of the row's month."""
    assert row.day is not None
    spread = spec.get("spread", 0)
    value = spec["monthly"][row.day.month - 1] + row.random.uniform(-spread, spread)
    return f"{max(value, spec.get('least', 0)):.{spec.get('digits', 0)}f}"


def _said(day: date, spec: Mapping[str, Any], row: Row) -> str | None:
    """What did not happen yet is not said, unless the field speaks of what is to come (``ahead``)."""
    return day.isoformat() if day <= row.today or spec.get("ahead") else None


def _days(spec: Mapping[str, Any], row: Row) -> str | None:
    """So many days from today on."""
    return _said(row.today + timedelta(days=row.random.randint(*spec["days"])), spec, row)


def _year(spec: Mapping[str, Any], row: Row) -> str | None:
    """A day of this year by its number; below 1 of the year before."""
    first = date(row.today.year, 1, 1)
    return _said(first + timedelta(days=row.random.randint(*spec["year"]) - 1), spec, row)


def _after(spec: Mapping[str, Any], row: Row) -> str | None:
    """So many days after another field's."""
    base = row.values.get(spec["after"])
    if base is None:
        return None
    return _said(date.fromisoformat(base) + timedelta(days=row.random.randint(*spec["by"])), spec, row)


def _some(spec: Mapping[str, Any], row: Row) -> Any:
    """Drawn for a share of rows, else nothing."""
    value = draw(spec["of"], row)
    return value if row.random.random() < spec["some"] else None


def _when(spec: Mapping[str, Any], row: Row) -> Any:
    """As another field says: ``{when: result, 不合格: …, else: …}``; nothing where no case is named."""
    known = row.values.get(spec["when"])
    cases: Mapping[Any, Spec] = spec
    return draw(cases.get(known, cases.get("else")), row)


def _plate(spec: Mapping[str, Any], row: Row) -> str:
    """A plate of an office that does not exist (青R): by the row's number, or ``any``; new energy with its letter."""
    n = row.random.randrange(100_000) if spec["plate"] == "any" else row.n
    if draw(spec.get("electric"), row) in (True, "纯电动", "氢燃料电池", "插电式混合动力"):
        return f"青RD{n % 100_000:05d}"
    letter = _LETTERS[n // 10_000 % len(_LETTERS)] if spec["plate"] == "own" else str(n // 10_000 % 10)
    return f"青R{letter}{n % 10_000:04d}"


def _falling(spec: Mapping[str, Any], row: Row) -> str:
    """A month's twelfth of a yearly figure of the row that this one hangs on; this year ``by`` times last year's."""
    assert row.day is not None
    yearly = float(row.parent.get(spec["falling"]) or 0)
    change = spec["by"] if row.day.year == row.today.year else 1.0
    return f"{yearly / 12 * change * row.random.uniform(1 - spec['spread'], 1 + spec['spread']):.3f}"


def _trend(spec: Mapping[str, Any], row: Row) -> str:
    """Around the figure of last year or of this one."""
    assert row.day is not None
    before, now = spec["trend"]
    value = now if row.day.year == row.today.year else before
    return f"{value + row.random.uniform(-spec['spread'], spec['spread']):.0f}"


def _place(spec: Mapping[str, Any], row: Row) -> int:
    """The street's place among all in a month, from the worst: some are always among the last."""
    codes = [code for code, _name in row.city.streets]

    def score(code: str) -> float:
        own, month = Random(f"{code} {row.values[spec['place']]}"), Random(f"{code} {row.day}")  # noqa: S311
        return own.uniform(0, 3) + month.random()

    return sorted(codes, key=score, reverse=True).index(row.area) + 1


def _grade(spec: Mapping[str, Any], row: Row) -> str:
    """The class of an AQI (HJ 633)."""
    index = int(row.values[spec["grade"]])
    return next(word for most, word in _GRADES if index <= most)


WORDS: Mapping[str, Callable[[Mapping[str, Any], Row], Any]] = {
    "number": _number,
    "part": _part,
    "monthly": _monthly,
    "days": _days,
    "year": _year,
    "after": _after,
    "some": _some,
    "when": _when,
    "plate": _plate,
    "falling": _falling,
    "trend": _trend,
    "place": _place,
    "grade": _grade,
    "unit": lambda spec, row: row.city.named(spec["unit"]),
    "places": lambda _spec, row: len(row.city.streets),
    "monthly_word": lambda spec, row: spec["monthly_word"][row.day.month - 1] if row.day else None,
    "chance": lambda spec, row: row.random.random() < spec["chance"],
    "same": lambda spec, row: row.values.get(spec["same"]),
    "of": lambda spec, row: row.parent.get(spec["of"]),
    "month": lambda _spec, row: row.day.isoformat() if row.day else None,
}
