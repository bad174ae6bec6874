"""Quantified targets (量化目标) of a measure: from its words to :class:`~lantian.reading.model.Target`.

The law is the reading conventions (*Targets*) and contracts §1. A figure is read where it says what is to be achieved;
limits, dates, document numbers and distances are not targets. Targets without a figure keep their own kinds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from lantian.reading.grammar.targets.context import Context
from lantian.reading.grammar.targets.figures import Figures
from lantian.reading.grammar.targets.masks import BRACKET, HIDDEN, mask
from lantian.reading.grammar.targets.wordings import find_wordings
from lantian.reading.model import Deadline, Target


def find_targets(
    text: str,
    *,
    year: int | None,
    due: date | None,
    places: Collection[str] = (),
    units: Collection[str] = (),
    dates: Sequence[Deadline] = (),
) -> tuple[Target, ...]:
    """The targets printed in a measure, in printed order.

    ``text`` is the joined text of the measure, ``year`` that of the plan, ``due`` the latest date of the deadline
    cell, ``places`` known area names, ``units`` the names in the role cells, ``dates`` what
    :func:`~lantian.reading.grammar.deadlines.find_dates` read in the text (采暖季前 needs the area's calendar).
    Values are plain numbers (万, 亿 multiplied out), reductions negative, units as printed; ``span`` counts characters
    of ``text``. Never raises.
    """
    if not text:
        return ()
    context = Context(mask(text), year=year, due=due, places=places, units=units, dates=dates)
    found = Figures(context).read()
    found += find_wordings(context, found)
    return tuple(sorted(map(_printed, found), key=lambda target: target.span or (0, 0)))


def _printed(target: Target) -> Target:
    """The target with its subject free of the marks that stand for hidden words."""
    subject = "".join(letter for letter in target.subject if letter not in (BRACKET, HIDDEN))
    return target if subject == target.subject else replace(target, subject=subject)
