"""A prose document as lines, and the lines as plans: titles, what stands before and after the measures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.model import Box
from lantian.reading.prose.duties import CLOSING, LABEL, LONGEST, OPENING, depth_at
from lantian.reading.prose.labels import CHAPTER_RANK, Label, read_label
from lantian.reading.prose.words import is_line
from lantian.reading.text import join_layout

BOX_TITLE = re.compile(r"^[【\[（(]?专栏[\s\d一二三四五六七八九十]*")
_TITLE_WORDS = (
    "方案|计划|意见|通知|规划|办法|措施|细则|规定|决定|纲要|要点|指南|行动|实施|条"
    "|通告|公告|批复|安排|分工|分解|分解表|任务书|任务|工作部署|任务清单|责任清单|工作台账"
)
_TITLE = re.compile(rf"(?:{_TITLE_WORDS})(?:[（(〔\[][^）)〕\]]{{1,24}}[）)〕\]]|\d{{4}}年版)*$")
_WRAPPER = re.compile(r"(?:印发|转发|批转|下发|公布|发布).*(?:通知|通告|公告|决定|函)(?:[（(].*[）)])?$")
_PLAN_TITLE = re.compile(
    r"(?:方案|计划|意见|规划|行动|措施|纲要|要点|办法|分工|分解|分解表|安排|细则|任务清单|责任清单)(?:[（(〔\[][^）)〕\]]{1,24}[）)〕\]])*$"
)
_DATE = re.compile(r"^(?:(?:19|20)\d{2}|[二〇○Ｏ０零一三四五六七八九]{4})年.{1,3}月(?:.{1,3}日)?$")
_NUMBER = re.compile(r"^[^，。；：]{1,16}[〔\[［（(【]\s*(?:19|20)\d{2}\s*[〕\]］）)】].{0,4}\d+号$")
_SUBTITLE = re.compile(
    r"^[（(〔](?!.*月.*日)(?:.{0,6}\d{4}.{0,14}年.{0,6}|试行|暂行|征求意见稿|送审稿|修订.{0,4})[）)〕]$"
)
_ATTACHMENT = re.compile(r"^附\s*(?:件|录|表)?\s*[\d一二三四五六七八九十]{0,3}\s*[:：]?$")
_SENTENCE_END = "。；;：:！!？?，,、"
_NOT_TITLE = re.compile(r"[>＞|｜。；]|[:：].+|^[（(].*[）)]$|文件$")
_GOVERNMENT = re.compile(r"(?:政府|办公[厅室]|委员会|[局厅部院委办会组]|公司|国务院)$")
_SIGNED = re.compile(
    r"^(.*[。）)])([^，。；：、]{2,30})?((?:19|20)\d{2}年\d{1,2}月\d{1,2}日)([（(]此件[^（()）]*[）)])?$", re.S
)
_PAGE_NUMBER = re.compile(r"[.·…．-]*\d*$")
_PAGE_MARK = re.compile(r"[-—–－·]*\s*(?:第\s*)?\d{1,3}(?:\s*页)?(?:\s*[/，,共]+\s*\d{1,3}\s*页?)?\s*[-—–－·]*")
_PAGE_MARK_INSIDE = re.compile(
    r"(?<=\n)[ \t\u3000]*(?:[-—–－]+[ \t]*\d{1,3}[ \t]*[-—–－]+|\d{1,3})[ \t\u3000]*(?:\n|$)"
)
_LONGEST_TITLE = 60
_SHORTEST_CUT = 10  # characters of a line that may go on behind a page number


@dataclass(slots=True)
class Line:
    """One printed paragraph with its number in front, and where it stands. ``gap``: a wide space ends its heading."""

    text: str
    page: int | None = None
    row: int = 0
    level: int | None = None
    boxed: bool = False
    gap: int | None = None
    box: Box | None = None
    cut: bool = False  # a page number was printed behind it

    @property
    def label(self) -> Label | None:
        return read_label(self.text)


@dataclass(slots=True)
class Segment:
    """One plan of a file: its title, the lines around the measures, and the lines from the first heading on."""

    title: str = ""
    before: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    after: list[Line] = field(default_factory=list)
    attached: bool = False

    @property
    def is_wrapper(self) -> bool:
        """A notice that only brings another text (关于印发…的通知)."""
        return bool(_WRAPPER.search(self.title))

    @property
    def is_plan(self) -> bool:
        return bool(_PLAN_TITLE.search(self.title))


def document_lines(document: Document) -> tuple[list[Line], list[str]]:
    """Paragraphs as lines, and the first words of the tables that give none.

    A one-column table or one called 专栏 gives boxed lines; one that only lays out the whole text gives plain lines.
    """
    lines: list[Line] = []
    left: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph) and _PAGE_MARK.fullmatch(block.text.strip()):
            if lines:
                lines[-1].cut = True
        elif isinstance(block, Paragraph):
            lines.extend(_paragraph_lines(block))
        elif found := _table_lines(block, lines):
            lines.extend(found)
        else:
            left.append(join_layout(block.caption or next((cell.text for cell in block.cells if cell.text), "")))
    return _drop_contents(_rejoin([line for line in lines if line.text])), [name for name in left if name]


def _paragraph_lines(block: Paragraph) -> list[Line]:
    raw = block.label + block.text if block.label and not _starts_with(block.text, block.label) else block.text
    bare = _PAGE_MARK_INSIDE.sub("", raw)
    line = _line(bare)
    line.cut = len(bare) < len(raw) and raw.startswith(bare.rstrip())
    line.page, line.row, line.level, line.boxed = block.page, block.line, block.level, block.boxed
    line.box = block.box
    return _split_signature(line)


def _split_signature(line: Line) -> list[Line]:
    """A last paragraph that a page reader joined with the signature and the date under it."""
    match = _SIGNED.match(line.text)
    if match is None or (match[2] and not _GOVERNMENT.search(match[2])):
        return [line]
    line.text = match[1]
    parts = [text for text in match.groups()[1:] if text]
    return [line, *(Line(text, line.page, line.row, box=line.box) for text in parts)]


def _starts_with(text: str, label: str) -> bool:
    return join_layout(text).startswith(join_layout(label))


def _line(raw: str) -> Line:
    text = join_layout(raw)
    line = Line(text)
    label = read_label(text)
    start = len(label.printed) if label else 0
    for match in re.finditer(r"[\u3000\u2003]+|[ \u00a0]{2,}", raw):
        end = len(join_layout(raw[: match.start()]))
        if start + 2 <= end <= start + 40 and end < len(text) and not re.search(r"[。；，]", text[start:end]):
            line.gap = end
            break
    return line


def _table_lines(table: Table, before: list[Line]) -> list[Line]:
    """Rows of a table that is no plan table: 专栏 lines (its name may stand above it), or a layout frame."""
    cells = sorted((cell for cell in table.cells if cell.text.strip()), key=lambda cell: (cell.row, cell.col))
    frame = any(sum(_is_chapter(text) for text in cell.paragraphs) >= 2 for cell in cells)
    lines: list[Line] = []
    row = -1
    for cell in cells:
        for text in cell.paragraphs:
            line = _line(text)
            line.page, line.row, line.box = table.page, table.row_number(cell.row), cell.box
            if table.cols > 1 and cell.row == row and lines and not frame:
                lines[-1].text += line.text
            elif line.text:
                lines.append(line)
            row = cell.row
    if frame:
        return lines
    named = bool(lines and BOX_TITLE.match(lines[0].text)) or bool(before and BOX_TITLE.match(before[-1].text))
    caption = [_line(table.caption)] if BOX_TITLE.match(table.caption) and not named else []
    if not (named or caption or table.cols == 1):
        return []
    for line in [*caption, *lines]:
        line.boxed = True
    return [*caption, *lines]


def _is_chapter(text: str) -> bool:
    label = read_label(join_layout(text))
    return label is not None and label.rank <= CHAPTER_RANK


def _rejoin(lines: list[Line]) -> list[Line]:
    """Join what a page break or a dump cut: a bracket, a list that stops at 、, a sentence at a page number."""
    joined: list[Line] = []
    until = -1  # the line that closes the open bracket
    for index, line in enumerate(lines):
        if joined and (index <= until or _goes_on(joined[-1], line)):
            joined[-1].text = join_layout(f"{joined[-1].text}\n{line.text}")
            joined[-1].cut = line.cut
        else:
            joined.append(line)
        if index >= until:
            until = _closing_line(joined[-1].text, lines, index)
    return joined


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line without a number carries on the one before it."""
    text = before.text
    if line.label is not None or line.boxed != before.boxed or LABEL.match(line.text) or len(text) < _SHORTEST_CUT:
        return False
    if text[-1] == "、" or line.text[0] in "。，、；：！？）)”》":
        return True
    running = re.search("[，、。；]", text) and text[-1] not in _SENTENCE_END + CLOSING
    return before.cut and bool(running) and not _ATTACHMENT.match(line.text)


def _closing_line(text: str, lines: list[Line], index: int) -> int:
    """The line below ``index`` that closes a bracket which ``text`` leaves open; -1 where none does before a number."""
    depth = depth_at(text[-LONGEST:])
    length = len(text) - max(text.rfind(char) for char in OPENING)
    for end in range(index + 1, len(lines) if depth else 0):
        line = lines[end]
        length += len(line.text)
        if line.label is not None or line.boxed != lines[index].boxed or length > LONGEST:
            return -1
        for char in line.text:
            depth += (char in OPENING) - (char in CLOSING)
            if depth <= 0:
                return end
    return -1


def _drop_contents(lines: list[Line]) -> list[Line]:
    """Take out a table of contents (目录): it ends where its first entry is printed again as a heading."""
    for start, line in enumerate(lines[:-1]):
        if line.text == "目录":
            first = _PAGE_NUMBER.sub("", lines[start + 1].text)
            for end in range(start + 2, len(lines)):
                if lines[end].text == first:
                    return lines[:start] + lines[end:]
    return lines


def segments(lines: list[Line]) -> list[Segment]:
    """Cut the lines of a file into its plans: at a title after which the numbering starts again, and at 附件."""
    result = [Segment()]
    index = 0
    while index < len(lines):
        line = lines[index]
        if _ATTACHMENT.match(line.text):
            result.append(Segment(attached=True))
        elif (title := _title_at(lines, index)) and _starts_plan(lines, index, result[-1]):
            segment = result[-1]
            if segment.is_plan and not segment.is_wrapper and not segment.body and not _PLAN_TITLE.search(title):
                title = segment.title  # the line is a heading without a number under it
            elif segment.body or segment.title:
                carried = _take_back(segment, title, line.text)
                segment = Segment(attached=False, before=carried)
                result.append(segment)
            segment.title = title
            segment.before.append(line)
        else:
            if result[-1].title and result[-1].before and not result[-1].body and _SUBTITLE.match(line.text):
                result[-1].title += line.text if result[-1].before[-1].text in result[-1].title else ""
            _place(result[-1], line)
        index += 1
    for segment in result:
        _close(segment)
    return result


def _place(segment: Segment, line: Line) -> None:
    label = line.label
    if not segment.body and label is None and not (segment.title and _is_heading(line)):
        segment.before.append(line)
    else:
        segment.body.append(line)


def _is_heading(line: Line) -> bool:
    """A heading by its style alone, without a number."""
    text = line.text
    if line.level is None or len(text) > _LONGEST_TITLE or text[-1] in _SENTENCE_END:
        return False
    return not (_SUBTITLE.match(text) or _NUMBER.match(text) or _DATE.match(text) or _GOVERNMENT.search(text))


def _title_at(lines: list[Line], index: int) -> str:
    """The title that ends on this line, with the lines above that belong to it; empty where the line ends none."""
    line = lines[index]
    text = line.text
    if not 4 <= len(text) <= _LONGEST_TITLE or not _TITLE.search(text) or _NOT_TITLE.search(text):
        return ""
    if line.label is not None or BOX_TITLE.match(text) or line.boxed:
        return ""
    parts = [text]
    for above in reversed(lines[max(0, index - 2) : index]):
        if not _belongs_above(above, parts[0]):
            break
        parts.insert(0, above.text)
    return join_layout("\n".join(parts))


def _belongs_above(above: Line, below: str) -> bool:
    text = above.text
    if not 2 <= len(text) <= 40 or text[-1] in _SENTENCE_END or _NOT_TITLE.search(text) or above.label is not None:
        return False
    if _DATE.match(text) or _NUMBER.match(text) or _ATTACHMENT.match(text) or _TITLE.search(text):
        return False
    if is_line("end", text):
        return False
    return not _GOVERNMENT.search(text) or "关于" in text or below.startswith("关于")


def _starts_plan(lines: list[Line], index: int, current: Segment) -> bool:
    if not any(line.label for line in current.body):
        return True
    top = next(label.style for line in current.body if (label := line.label))
    for line in lines[index + 1 :]:
        if (label := line.label) is not None:
            return label.number == 1 and (label.style == top or label.rank <= CHAPTER_RANK)
    return False


def _take_back(segment: Segment, title: str, last: str) -> list[Line]:
    """Lines of a title over two lines that were already given to the plan before."""
    head = title[: -len(last)]
    taken: list[Line] = []
    pool = segment.body or segment.before
    while head and pool and head.endswith(pool[-1].text):
        head = head[: -len(pool[-1].text)]
        taken.insert(0, pool.pop())
    return taken


def _close(segment: Segment) -> None:
    """Move signature, date, 此件公开发布 and what follows out of the body."""
    for index, line in enumerate(segment.body):
        if _DATE.match(line.text) or is_line("end", line.text) or _is_attachment_list(segment.body, index):
            while index and _is_signature(segment.body[index - 1]):
                index -= 1
            segment.after = segment.body[index:]
            del segment.body[index:]
            return
    while segment.body and _is_signature(segment.body[-1]) and _GOVERNMENT.search(segment.body[-1].text):
        segment.after.insert(0, segment.body.pop())


def _is_attachment_list(lines: list[Line], index: int) -> bool:
    return bool(re.match(r"^附件?[:：]", lines[index].text))


def _is_signature(line: Line) -> bool:
    text = line.text
    return len(text) <= 30 and line.label is None and not re.search(r"[，。；：、！？]", text) and not line.boxed
