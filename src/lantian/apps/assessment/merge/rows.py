"""One row of a month's merge: the convener's words first, then each unit's; figures summed only where they add up.

Pure. Text is Chinese whatever the reader speaks: it goes into an official paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

UNCHANGED = "本期无新进展"
_ROLES = {"lead": 0, "responsible": 1, "support": 2, "inherited": 3}


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure of one target. ``adds``: amounts of units make a sum. ``whole``: it stands for the plan's total (the
    汇总单位's), beside which the units' sum is only compared."""

    key: str
    label: str
    unit: str
    adds: bool
    whole: bool
    period: Decimal | None
    cumulative: Decimal | None


@dataclass(frozen=True, slots=True)
class Said:
    """What one unit says about the row. ``order`` is its place in print; ``reviewed`` False: only handed in."""

    unit: str
    name: str
    role: str
    convener: bool
    order: int
    words: str
    no_change: bool = False
    done: bool = False
    reviewed: bool = True
    problems: str = ""
    next_step: str = ""
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A target over all units: ``cumulative`` and ``period`` are the total that goes out.

    ``reported`` is the 汇总单位's own total and ``units`` the sum of the others where both are there; ``differs`` where
    they are not the same.
    """

    key: str
    label: str
    unit: str
    period: Decimal | None
    cumulative: Decimal | None
    count: int
    reported: Decimal | None = None
    units: Decimal | None = None

    @property
    def differs(self) -> bool:
        """Whether the units' sum is not what the convener reported."""
        return self.reported is not None and self.units is not None and self.reported != self.units

    @property
    def gap(self) -> Decimal | None:
        """Sum of the units less the convener's total."""
        return None if self.reported is None or self.units is None else self.units - self.reported


def in_order(said: Iterable[Said]) -> list[Said]:
    """The 汇总单位 first, then by role and place in print."""
    return sorted(said, key=lambda item: (not item.convener, _ROLES.get(item.role, 9), item.order))


def merged_text(said: Sequence[Said]) -> str:
    """The words of a row: the convener's as they are, the others' with their names, those without news together.

    What two units word alike stands once, with both names. Empty where nobody said anything.
    """
    ordered = in_order(said)
    voices: dict[str, list[Said]] = {}
    for item in ordered:
        words = " ".join(item.words.split()) or (UNCHANGED if item.no_change or item.done else "")
        if words and item.name not in [other.name for other in voices.get(words, ())]:
            voices.setdefault(words, []).append(item)
    units = {item.unit for group in voices.values() for item in group}
    lines = []
    for words, group in voices.items():
        bare = len(units) == 1 or (group[0].convener and len(group) == 1)
        if bare:
            lines.append(words)
        else:
            lines.append("、".join(item.name for item in group) + "：" + words)
    return "\n".join(lines)


def sums(said: Sequence[Said]) -> list[Sum]:
    """The figures of a row that add up, in the order of the targets; levels, rates and ranks are never summed.

    Where the 汇总单位 reports the whole, its figure goes out and the units' sum is compared with it; what nobody
    reported stays unknown and is no zero.
    """
    found: dict[str, list[Amount]] = {}
    for item in said:
        for amount in item.amounts:
            if amount.adds and (amount.period is not None or amount.cumulative is not None):
                found.setdefault(amount.key, []).append(amount)
    return [_sum(amounts) for _key, amounts in sorted(found.items())]


def _sum(amounts: Sequence[Amount]) -> Sum:
    first = amounts[0]
    wholes = [item for item in amounts if item.whole]
    parts = [item for item in amounts if not item.whole]
    out = wholes[:1] or parts
    units = _total(item.cumulative for item in parts)
    reported = wholes[0].cumulative if wholes and parts else None
    return Sum(
        first.key, first.label, first.unit, _total(item.period for item in out),
        _total(item.cumulative for item in out), len(amounts), reported, units if reported is not None else None,
    )  # fmt: skip


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def plain(value: Decimal | None) -> str:
    """A figure without trailing zeros, as papers print it."""
    if value is None:
        return ""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def sums_text(rows: Sequence[Sum]) -> str:
    """The totals as the last line of a row: 合计：设备更新本期3台，累计12台。"""
    parts = []
    for row in rows:
        said = [f"{word}{plain(value)}{row.unit}" for word, value in (("本期", row.period), ("累计", row.cumulative))
                if value is not None]  # fmt: skip
        parts.append(row.label + "，".join(said))
    return "合计：" + "；".join(parts) + "。" if parts else ""


def fallen(now: Sequence[Sum], before: Mapping[str, str]) -> list[tuple[Sum, Decimal]]:
    """Totals that are below last month's cumulative figure (``before``: by target, as text), with that figure."""
    found = []
    for row in now:
        last = before.get(row.key)
        if last and row.cumulative is not None and row.cumulative < Decimal(last):
            found.append((row, Decimal(last)))
    return found


def states_text(counts: Mapping[str, int], names: Mapping[str, str], order: Sequence[str]) -> str:
    """States of a row's commitments in words, the most urgent first: 滞后1、正常推进3; a single one without number."""
    given = [(names[state], counts[state]) for state in order if counts.get(state)]
    if len(given) == 1 and given[0][1] == 1:
        return given[0][0]
    return "、".join(f"{word}{number}" for word, number in given)
