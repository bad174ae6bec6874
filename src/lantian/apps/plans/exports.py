"""A plan on its way out: Word, Excel, CSV, JSON of its current text or of one of its versions (docs/export.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

from django.utils import timezone, translation

from lantian.apps.plans import content, queries
from lantian.apps.plans.models import Plan, PlanVersion, Secrecy
from lantian.reading import model as read
from lantian.reading import output

_LONGEST_NAME = 120
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_BOM = "\ufeff"  # by which Excel knows that a CSV is UTF-8


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which a plan goes out: the end of the file's name, and what the file is for a browser."""

    suffix: str
    content_type: str


FORMATS = {
    item.suffix: item
    for item in (
        Format("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Format("csv", "text/csv; charset=utf-8"),
        Format("json", "application/json"),
    )
}


def current(plan: Plan) -> read.Plan:
    """The plan's current text as the reader's own type, in a fixed number of queries."""
    return content.plan_reading(plan, queries.detailed(plan.measures.order_by("n")))


def of_version(version: PlanVersion) -> read.Plan:
    """A kept version of a plan as the reader's own type. ``version.file`` is read: select it along."""
    kept = version.content
    return read.Plan(
        title=kept["title"],
        year=kept["year"],
        region=kept["region"],
        level=cast(Any, kept["level"]),
        medium=cast(Any, kept["medium"]),
        measures=tuple(content.reading_of(row) for row in kept["measures"]),
        file=version.file_name,
        sha256=version.file.sha256,
        flags=tuple(read.Flag(item["id"], item["detail"]) for item in kept["flags"]),
    )


def mark_of(plan: Plan, version: PlanVersion | None = None, reader: str = "") -> str:
    """What the head of every page says: 内部, 征求意见稿; nothing for a published plan that is open to the public.

    An internal or secret plan says who took it out and when, too: ``reader``, and now. Always Chinese, as the paper is.
    """
    words: list[Any] = []
    if plan.secrecy != Secrecy.OPEN:
        words.append(plan.get_secrecy_display)
    if plan.in_preparation and version is None:
        words.append(plan.get_status_display)
    with translation.override("zh-hans"):
        said = [str(word()) for word in words]
    if reader and plan.secrecy != Secrecy.OPEN:
        said.append(f"{reader} {timezone.localtime():%Y-%m-%d %H:%M} 导出")
    return "　".join(said)


def written(plan: read.Plan, form: str, *, chinese: bool, mark: str = "") -> bytes:
    """The plan as a file of one of :data:`FORMATS`. CSV is made safe for spreadsheets (contracts §8)."""
    if form == "json":
        return output.to_json([plan], chinese=chinese).encode()
    if form == "csv":
        return (_BOM + output.to_csv([plan], chinese=chinese, guarded=True)).encode()
    buffer = BytesIO()
    if form == "xlsx":
        output.write_xlsx([plan], buffer, chinese=chinese, mark=mark)
    else:
        output.write_docx([plan], buffer, mark=mark)
    return buffer.getvalue()


def file_name(plan: read.Plan, form: str, version: PlanVersion | None = None) -> str:
    """``<title>.docx``, ``<title>（第2版）.docx``; the name of the source file for a plan without a title."""
    title = plan.title or plan.file.rpartition(".")[0] or "plan"
    edition = "" if version is None else f"（第{version.number}版）" if version.number else "（读取稿）"
    return f"{_NOT_IN_NAMES.sub('', title).strip('. ')[:_LONGEST_NAME]}{edition}.{form}"
