"""What a row's form says, read into values; and the values that a row's form shows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.translation import gettext as _

from lantian.apps.supervision.actions.returns import LONGEST, EntryWords, Values
from lantian.apps.supervision.checks import plain
from lantian.apps.supervision.queries.returns import FigureRow, Row

PERIOD, TOTAL = "p:", "c:"  # before the uid of a share: this period's figure, the cumulative one
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_WORDS = ("progress", "problems", "next_step", "explanation", "step", "document_number", "document_date")


@dataclass(slots=True)
class Form:
    """A row's form: texts by field name as they stand in it, what is wrong with them, and the row's revision."""

    values: dict[str, str]
    done: bool
    no_change: bool
    revision: int
    errors: dict[str, str] = field(default_factory=dict)
    theirs: Form | None = None  # what somebody else wrote meanwhile
    refused: str = ""


@dataclass(frozen=True, slots=True)
class FigureField:
    """The two fields of a target, for the template."""

    row: FigureRow
    period_name: str
    total_name: str
    period: str
    total: str
    period_error: str
    total_error: str


def read(posted: QueryDict, row: Row) -> tuple[EntryWords, Form]:
    """The words of a posted form, and the form itself with what could not be read (then nothing is to be written)."""
    names = [name for item in row.figures for name in _names(item)]
    form = Form(
        values={name: posted.get(name, "") for name in (*_WORDS, *names)},
        done=posted.get("done") == "1",
        no_change=posted.get("no_change") == "1",
        revision=_revision(posted.get("revision", "")),
    )
    figures = {str(item.share.uid): _figures(form, item) for item in row.figures}
    day = _day(form, "document_date")
    for name in ("progress", "problems", "next_step"):
        if len(form.values[name]) > LONGEST:
            form.errors[name] = _("%(n)s characters at most.") % {"n": LONGEST}
    words = EntryWords(
        progress=form.values["progress"], problems=form.values["problems"], next_step=form.values["next_step"],
        done=form.done, no_change=form.no_change, step=form.values["step"],
        document_number=form.values["document_number"], document_date=day,
        figures={} if form.errors else figures, explanation=form.values["explanation"],
    )  # fmt: skip
    return words, form


def shown(row: Row) -> Form:
    """The form of a row as it stands stored."""
    entry = row.entry
    values = {name: str(getattr(entry, name) or "") if entry else "" for name in _WORDS}
    for item in row.figures:
        period, total = _names(item)
        values[period] = "" if item.period_value is None else plain(item.period_value)
        values[total] = "" if item.cumulative is None else plain(item.cumulative)
        if not item.given and item.computed is not None:
            values[total] = plain(item.computed)
    done, no_change = bool(entry and entry.done), bool(entry and entry.no_change)
    return Form(values, done, no_change, entry.revision if entry else 0)


def fields_of(row: Row, form: Form) -> list[FigureField]:
    """The fields of the row's targets with what stands in them."""
    found = []
    for item in row.figures:
        period, total = _names(item)
        found.append(
            FigureField(
                item, period, total, form.values.get(period, ""), form.values.get(total, ""),
                form.errors.get(period, ""), form.errors.get(total, ""),
            )
        )  # fmt: skip
    return found


def _names(item: FigureRow) -> tuple[str, str]:
    return f"{PERIOD}{item.share.uid}", f"{TOTAL}{item.share.uid}"


def _figures(form: Form, item: FigureRow) -> Values:
    period, total = (_number(form, name) for name in _names(item))
    return period, total


def _number(form: Form, name: str) -> Decimal | None:
    text = unicodedata.normalize("NFKC", form.values[name]).replace(",", "").replace("−", "-").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or len(text) > 30:
        form.errors[name] = _("Write a plain number such as 12.5, without its unit.")
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        form.errors[name] = _("Write a plain number such as 12.5, without its unit.")
        return None


def _day(form: Form, name: str) -> date | None:
    text = form.values[name].strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        form.errors[name] = _("Write the date as 2025-03-31.")
        return None


def _revision(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
