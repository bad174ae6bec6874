"""可执行性检查: of every measure of a plan, who owns it, by when, and how it will be settled (docs/coverage.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lantian.indicators.binding import Catalogue, Proposal, numeric, propose
from lantian.reading.model import Measure, Plan, Target
from lantian.registers import Label

Settled = Literal["indicator", "external", "evidence", "cadence"]
SETTLED: tuple[Settled, ...] = ("indicator", "external", "evidence", "cadence")
# A duty without an end is reported every period: it is settled by its rhythm, not on a day.
_LASTING = frozenset({"long_term", "recurring"})


@dataclass(frozen=True, slots=True)
class Covered:
    """One measure: ``owned`` and ``clocked`` or not, the bucket that settles it, and a proposal for each target."""

    measure: Measure
    owned: bool
    clocked: bool
    settled: Settled
    targets: tuple[tuple[Target, Proposal], ...]

    @property
    def open(self) -> tuple[Label, ...]:
        """What keeps the measure from being carried out as it is printed."""
        missing = []
        if not self.owned:
            missing.append(Label("没有牵头单位或责任单位", "nobody leads it or answers for it"))
        if not self.clocked:
            missing.append(Label("没有完成时限", "no date and no rhythm is printed"))
        return tuple(missing)


def covered(plan: Plan, indicators: Catalogue) -> Iterator[Covered]:
    """Every measure of a plan, in its printed order."""
    for measure in plan.measures:
        targets = tuple((target, propose(plan, measure, target, indicators)) for target in measure.targets)
        owned = bool(measure.units("lead") or measure.units("responsible") or measure.inherited)
        clocked = measure.deadline.kind != "none" or any(item.kind != "none" for item in measure.text_dates)
        yield Covered(measure, owned, clocked, _settled(measure, targets), targets)


def cover(plans: Iterable[Plan], indicators: Catalogue, *, chinese: bool = True) -> list[dict[str, Any]]:
    """The plans as `lantian coverage` prints them: counts, targets without a figure of ours, open measures.

    ``owned`` and ``clocked`` count measures; ``settled`` puts each measure into one bucket; ``targets`` counts the
    targets that print a figure.
    """
    return [_plan(plan, indicators, chinese) for plan in plans]


def _plan(plan: Plan, indicators: Catalogue, chinese: bool) -> dict[str, Any]:
    rows = list(covered(plan, indicators))
    settled: dict[str, int] = dict.fromkeys(SETTLED, 0)
    hows = {"indicator": 0, "external": 0}
    unbound, still_open = [], []
    figures = 0
    for row in rows:
        settled[row.settled] += 1
        for target, proposal in row.targets:
            if not numeric(target):
                continue
            figures += 1
            if proposal.how == "unbound":
                unbound.append({"n": row.measure.n, "text": target.text, "why": _said(proposal.why, chinese)})
            else:
                hows[proposal.how] += 1
        if row.open:
            why = ("；" if chinese else "; ").join(_said(item, chinese) for item in row.open)
            still_open.append({"n": row.measure.n, "why": why})
    return {
        "title": plan.title,
        "measures": len(rows),
        "owned": sum(row.owned for row in rows),
        "clocked": sum(row.clocked for row in rows),
        "settled": settled,
        "targets": {"numeric": figures, **hows, "unbound": unbound},
        "open": still_open,
    }


def _settled(measure: Measure, targets: Iterable[tuple[Target, Proposal]]) -> Settled:
    """The first that holds: an indicator, a figure from outside, proof on a day or by a paper, a rhythm."""
    hows = {proposal.how for _target, proposal in targets}
    if "indicator" in hows:
        return "indicator"
    if "external" in hows:
        return "external"
    papers = any(target.kind == "deliverable" for target, _proposal in targets)
    return "cadence" if measure.deadline.kind in _LASTING and not papers else "evidence"


def _said(label: Label, chinese: bool) -> str:
    return label.zh if chinese else label.en
