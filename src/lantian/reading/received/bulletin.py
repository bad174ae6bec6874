"""A document → what it publishes: its tables one after the other, each with the words that stand above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.received import ranks, words
from lantian.reading.received.columns import Header, blocks_of, direction_words, header_of
from lantian.reading.received.model import Figure, Oddity, Period, Received
from lantian.reading.received.periods import has_yearless_period, period_in, year_in
from lantian.reading.received.rows import List, read_block
from lantian.reading.text import join_layout

T = TypeVar("T")

_TITLE_WORDS = re.compile("通报|排名|情况|公报|简报|月报|名单|结果|报告")
_UNIT_WORDS = re.compile("[（(]?单位[:：]")
_PAGE_NUMBER = re.compile(r"^[\s—–-]*第?\s*\d{0,3}\s*页?[\s—–-]*$")
_ISSUER = re.compile(r"^[\u4e00-\u9fff（）()]{2,28}(?:局|办公室|委员会|委|中心|领导小组|指挥部|办)$")
_LISTED = re.compile("(?:后|倒数)第?(10|20|30|十|二十|三十)(?:名|位|个)?")
_NUMBERS = {"十": 10, "二十": 20, "三十": 30}
_TITLE_WITHIN = 12  # paragraphs in which a title is looked for
_ABOVE = 3  # paragraphs above a table that speak of it


@dataclass(slots=True)
class _Context:
    """What the document says around its tables."""

    title: str
    issuer: str
    text: str
    year: int | None
    period: Period | None
    indicators: list[str]
    unit: str
    oddities: list[Oddity] = field(default_factory=list)


def bulletin_of(document: Document, *, file: str = "") -> Received:
    """Read every table of figures or ranks; raises ReadingError where there is none."""
    context = _context(document)
    lists = _lists(document, context)
    if not any(part.figures for part in lists):
        raise ReadingError(
            f"{file}：没有找到带街道、乡镇或区名以及名次或数值的表格。",
            f"{file}: no table with names of streets, towns or districts beside ranks or values was found.",
        )
    figures = tuple(figure for part in lists for figure in part.figures)
    context.oddities.extend(Oddity(flag.id, flag.detail) for flag in document.flags)
    listed = _listed(context, lists)
    _ask(context, figures)
    return Received(
        context.title, context.issuer, _most(figure.indicator for figure in figures),
        _most(figure.period for figure in figures), _most(figure.unit for figure in figures) or "",
        figures, tuple(dict.fromkeys(context.oddities)), _notes(context), listed, file,
    )  # fmt: skip


def _lists(document: Document, context: _Context) -> list[List]:
    """The lists of all tables, in print order; what goes on in the next block or on the next page is one list."""
    lists: list[List] = []
    captions: list[str] = []
    header: Header | None = None
    number = 0
    for block in document.blocks:
        if isinstance(block, Paragraph):
            if not _PAGE_NUMBER.match(block.text):
                captions.append(join_layout(block.text))
            continue
        number += 1
        goes_on = header if not captions and header is not None and len(header.columns) == block.cols else None
        header, found = _read_table(block, number, captions[-_ABOVE:], context, goes_on)
        captions = []
        for part in found:
            last = lists[-1] if lists else None
            if last is not None and last.continues(part):
                last.take(part)
            else:
                lists.append(part)
    for part in lists:
        _direct(part, context)
        context.oddities.extend(part.oddities)
    return lists


def _context(document: Document) -> _Context:
    paragraphs = [join_layout(paragraph.text) for paragraph in document.paragraphs()]
    paragraphs = [text for text in paragraphs if text]
    title = _title(document, paragraphs)
    text = "\n".join(paragraphs)
    signed = [*paragraphs, *_lone_lines(document)]
    issuer = next((line for line in reversed(signed) if _ISSUER.match(line) and line != title), "")
    year = year_in(title) or next((found for line in paragraphs if (found := year_in(line))), None)
    named = words.named_indicators(title) or words.named_indicators(text)
    context = _Context(title, issuer, text, year, None, named, _unit_line(paragraphs))
    _find_period(context, paragraphs)
    return context


def _lone_lines(document: Document) -> list[str]:
    """Rows of a sheet that hold a single text: who signs below the table of a workbook."""
    rows: dict[tuple[int, int], list[str]] = {}
    for n, table in enumerate(document.tables()):
        for cell in table.cells:
            if text := join_layout(cell.text):
                rows.setdefault((n, cell.row), []).append(text)
    return [texts[0] for texts in rows.values() if len(texts) == 1]


def _title(document: Document, paragraphs: list[str]) -> str:
    """The first line above the tables that sounds like a title: centred, a heading, or with a word such as 通报."""
    head = [p for p in document.paragraphs() if p.text.strip()][:_TITLE_WITHIN]
    for paragraph in head:
        text = _UNIT_WORDS.split(join_layout(paragraph.text))[0]  # a page may set the unit right under the title
        if _TITLE_WORDS.search(text) and len(text) <= 80 and not text.endswith(("。", "；", "：")):
            return text
    for table in document.tables():
        caption = join_layout(table.caption)
        first = join_layout(table.cells[0].text) if table.cells and table.cells[0].colspan > 1 else ""
        for text in (first, caption):
            if _TITLE_WORDS.search(text):
                return text
        break
    return paragraphs[0][:80] if paragraphs else ""


def _unit_line(paragraphs: Iterable[str]) -> str:
    return next((unit for line in paragraphs if "单位" in line and (unit := words.unit_in(line))), "")


def _find_period(context: _Context, paragraphs: list[str]) -> None:
    """The period of the title, else of the text; two that differ are a doubt, one without its year another."""
    titled = period_in(context.title, context.year)
    others = [found for line in paragraphs if line != context.title and (found := period_in(line))]
    context.period = titled or (others[0] if others else None)
    if titled and others and others[0] != titled and not _overlap(titled, others[0]):
        context.oddities.append(Oddity("B05", f"{titled.key}，{others[0].key}"))
    if context.period is None and any(has_yearless_period(line) for line in [context.title, *paragraphs]):
        context.oddities.append(Oddity("B04", context.title))


def _overlap(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end


def _read_table(
    table: Table, number: int, above: list[str], context: _Context, goes_on: Header | None
) -> tuple[Header | None, list[List]]:
    """The lists of one table and its header; a table without one goes on under ``goes_on``, that of the page before."""
    grid = table.grid()
    header = header_of(table, grid)
    if header is None:
        if goes_on is None:
            return None, []
        header = Header(0, goes_on.columns, goes_on.captions)
    caption = " ".join([*above, table.caption, *header.captions])
    year = year_in(caption) or context.year
    period = _caption_period(above, table.caption, header.captions, year) or context.period
    unit = words.unit_in(" ".join(header.captions)) or words.unit_in(" ".join(above)) or context.unit
    indicators = words.named_indicators(" ".join([table.caption, *header.captions, *above[-1:]])) or context.indicators
    if _number_ranks(header, f"{caption} {context.title}"):
        context.oddities.append(Oddity("B21", "", number))
    lists: list[List] = []
    used: set[int] = set()
    for block in blocks_of(header, year):
        for series in block.series:
            used.update(col.index for col in (series.value, series.rank, series.yoy, series.previous) if col)
            part = read_block(table, grid, header.first, number, block, series)
            part.settle(series.indicators or tuple(indicators), series.unit or unit, series.period or period)
            part.heading = block.heading
            part.near = " ".join([*header.captions, table.caption, *above[-1:]])
            lists.append(part)
    unread = [c.last for c in header.columns if not c.field and c.last and c.index not in used]
    if unread:
        context.oddities.append(Oddity("B23", "、".join(unread), number))
    return header, lists


def _number_ranks(header: Header, near: str) -> bool:
    """Whether 序号 was taken for the rank: there is no other, and the words say that the list is one of ranks."""
    fields = {column.field for column in header.columns}
    if "rank" in fields or "seq" not in fields or direction_words(near) is None:
        return False
    header.columns = [replace(col, field="rank") if col.field == "seq" else col for col in header.columns]
    return True


def _caption_period(above: list[str], caption: str, captions: list[str], year: int | None) -> Period | None:
    """A period that the table's own lines name: those inside it, its caption, the line right above it."""
    for text in [*captions, caption, *reversed(above[-1:])]:
        if len(text) <= 60 and (found := period_in(text, year)):
            return found
    return None


def _direct(part: List, context: _Context) -> None:
    """What rank 1 is: by words near the table, else of the title, checked against the values; then the list's checks.

    Words inside a row (最好 / 最差) say at which end of its district a figure stands, not what rank 1 is.
    """
    better = words.indicators()[part.indicator].better if part.indicator else "low"
    stated = direction_words(part.heading, better) or direction_words(part.near, better)
    if part.ranked:
        told = ranks.direction_by_values(part.figures, better)
        said = stated or direction_words(context.title, better) or direction_words(context.text, better)
        if said and told and said != told:
            part.odd("B19")
        elif said is None:
            part.odd("B18" if told else "B17")
        direction = said or told
        part.figures = [figure.with_(direction=direction if figure.rank else None) for figure in part.figures]
        part.oddities.extend(ranks.check_ranks(part.figures, told or direction, better))
    elif stated:
        part.figures = [figure.with_(side=figure.side or stated) for figure in part.figures]
    part.oddities.extend(ranks.check_doubles(part.figures))
    if part.unit_fits:
        part.oddities.extend(ranks.check_values(part.figures))


def _listed(context: _Context, lists: list[List]) -> int | None:
    """后30: how many names the list of the worst should hold. Figures of a list that holds no ranks are not counted."""
    match = _LISTED.search(words.fold(context.title)) or _LISTED.search(words.fold(context.text))
    if match is None:
        return None
    wanted = _NUMBERS.get(match[1]) or int(match[1])
    count = sum(1 for part in lists if part.ranked for figure in part.figures if figure.direction == "worst")
    if count and count != wanted:
        context.oddities.append(Oddity("B20", f"{wanted}：{count}"))
    return wanted


def _ask(context: _Context, figures: tuple[Figure, ...]) -> None:
    """What a person has to say because the print does not."""
    if any(figure.indicator is None for figure in figures):
        context.oddities.append(Oddity("B01"))
    if any(figure.period is None for figure in figures) and not any(o.rule == "B04" for o in context.oddities):
        context.oddities.append(Oddity("B03"))
    if any(figure.value is not None and not figure.unit and figure.indicator != "composite" for figure in figures):
        context.oddities.append(Oddity("B06"))


def _notes(context: _Context) -> tuple[str, ...]:
    """扣除沙尘 and the like, as printed."""
    folded = words.fold(context.text + context.title)
    return tuple(word for word in words.words("sand") if word in folded)


def _most(items: Iterable[T | None]) -> T | None:
    counts = Counter(item for item in items if item)
    return counts.most_common(1)[0][0] if counts else None
