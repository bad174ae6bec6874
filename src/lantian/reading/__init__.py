"""Documents in, plans out: source readers → tables → rows → measures, with grammars for units, deadlines, targets.

Pure Python without a web framework. The steps and why they are cut as they are: docs/reading/README.md.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.reading.layout import Document
    from lantian.reading.model import Plan

__all__ = ["open_document", "plans_of", "read_plan"]


def read_plan(path: str | PathLike[str]) -> list[Plan]:
    """Read a published plan document into plans of measures.

    :param path: a DOCX, PDF (with text or scanned), image, HTML, XLSX or text file; ``.doc``, ``.wps`` and other old
        formats where LibreOffice is installed. What the file is, is told by its content, not by its name.
    :returns: the plans in print order (a file may hold several), each a :class:`~lantian.reading.model.Plan` of
        :class:`~lantian.reading.model.Measure`. Never empty: a file without a plan is refused.
    :raises lantian.reading.errors.ReadingError: the file is refused; the message says what is wrong with it.
    :raises lantian.reading.errors.MissingExtra: text recognition or LibreOffice is needed and not installed.

    >>> from lantian import read_plan
    >>> for measure in read_plan("plan.docx")[0].measures:        # doctest: +SKIP
    ...     print(measure.n, measure.task, measure.units("lead"), measure.deadline.end)

    Every measure says where it was printed (``measure.source``) and what was repaired or stays doubtful
    (``measure.flags``, explained in docs/reading/flags.md). Nothing is stored and nothing is sent anywhere.
    """
    from hashlib import sha256

    path = Path(path)
    document = open_document(path)
    return plans_of(document, file=path.name, sha256=sha256(path.read_bytes()).hexdigest())


def open_document(path: Path) -> Document:
    """The document as paragraphs and tables, by the source reader that fits its content."""
    from lantian.reading.sources import read

    return read(path)


def plans_of(document: Document, *, file: str = "", sha256: str = "") -> list[Plan]:
    """The plans that a document prints, as tables or as prose with bracketed duties."""
    from lantian.reading.checks import check_plan
    from lantian.reading.errors import ReadingError
    from lantian.reading.finish import finish_plan
    from lantian.reading.tabular.assemble import draft_plans

    drafts = [draft for draft in draft_plans(document) if draft.drafts]
    if not drafts:
        raise ReadingError(
            f"{file}：没有找到行动计划——既没有带表头（序号、工作措施、完成时限、责任单位等）的表格，也没有带责任单位括注的条目。",
            f"{file}: no plan found: neither a table with plan columns nor items with bracketed duties.",
        )
    plans = [finish_plan(draft, file=file, sha256=sha256) for draft in drafts]
    return [check_plan(plan, document.flags) for plan in plans]
