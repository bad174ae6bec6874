"""Running text → rows: numbered paragraphs, messages, prose by sentences.

A letter has parts (进展, 存在问题, 下一步); rows are the numbered paragraphs of its part on progress, at the level
below its headings. What is numbered within one line (1. …；2. …) is parted, too. Text without numbers is parted by
sentences: those that speak of the same owed row stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lantian.apps.supervision.incoming.model import Content, Item
from lantian.apps.supervision.incoming.tables import seq_of
from lantian.apps.supervision.incoming.words import pattern, plain

Best = Callable[[str], tuple[str | None, float]]  # of a passage: the owed row that it looks most like, and how much

_LEVELS = (
    re.compile(r"^([一二三四五六七八九十]{1,3})[、.．]\s*"),
    re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]\s*[、.．]?\s*"),
    re.compile(r"^(\d{1,3})\s*[.．、)）](?!\d)\s*"),
    re.compile(r"^[（(](\d{1,3})[）)]\s*[、.．]?\s*"),
    re.compile(r"^([①-⑳])\s*"),
)
_CALLED = re.compile(
    r"^(?:序号|第)\s*(\d{1,3})\s*(?:项|条|号)?(?:任务|措施|工作)?\s*[：:，,、.\s]\s*|^(\d{1,3})\s*号(?:任务|措施)?\s*[：:，,、]\s*"
)
_INLINE = re.compile(r"(?<=[；;。])\s*(?=(?:\d{1,2}[.、．)）](?!\d)|[①-⑳]|[（(]\d{1,2}[）)]))")
_SENTENCE = re.compile(r"(?<=[。！；;\n])")
_DAY = re.compile(r"^20\d\d年\d{1,2}月\d{1,2}日$")
_HEADING = 30  # letters of a heading; longer lines are rows
_FLOOR = 0.2  # a passage less like any owed row speaks of none
_MIN_LETTERS = 4
_TITLE, _SIGNED = 60, 24  # letters of a title and of a signature
_SAID = re.compile(r"[。;,:]|\d(?!\d*[年月日号季])")  # a line with such marks or figures says something


@dataclass(slots=True)
class _Line:
    block: int
    number: int
    text: str
    level: int | None = None
    mark: str = ""
    strong: bool = False


@dataclass(slots=True)
class _Reader:
    best: Best
    items: list[Item] = field(default_factory=list)
    part: str = "progress"
    numbered: bool = False  # the item that is open began with a number
    rest: dict[str, list[str]] = field(default_factory=lambda: {"problems": [], "next_step": []})


def items_of(content: Content, best: Best) -> list[Item]:
    """The rows of the lines of a content, in their order."""
    lines = _lines(content)
    reader = _Reader(best)
    for at, line in enumerate(lines):
        following = next((other for other in lines[at + 1 :] if other.level is not None), None)
        _take(reader, line, following)
    if len(reader.items) == 1:  # a letter about one row: its parts are the row's
        item = reader.items[0]
        item.problems = item.problems or "\n".join(reader.rest["problems"])
        item.next_step = item.next_step or "\n".join(reader.rest["next_step"])
    return [item for item in reader.items if len(plain(item.progress)) >= 2 or item.problems]


def _lines(content: Content) -> list[_Line]:
    found = []
    for index, block in enumerate(content["blocks"]):
        if "text" not in block:
            continue
        text = block.get("said", block["text"])
        for piece in _INLINE.split(text):
            for part in piece.split("\n"):
                if part.strip():
                    found.append(_line(index, block["line"], part.strip()))
    return found


def _line(block: int, number: int, text: str) -> _Line:
    called = _CALLED.match(text)
    if called:
        return _Line(block, number, text[called.end() :], 2, called[1] or called[2], True)
    for level, shape in enumerate(_LEVELS):
        match = shape.match(text)
        if match:
            return _Line(block, number, text[match.end() :], level, match[1])
    return _Line(block, number, text)


def _take(reader: _Reader, line: _Line, following: _Line | None) -> None:
    """Put one line where it belongs: a heading, a new row, or more of the row that is open."""
    form = plain(line.text)
    if part := _part_of(form):
        reader.part, reader.numbered = part, False
        return
    head, _stop, rest = line.text.partition("。")
    if rest and (part := _part_of(plain(head))) in reader.rest:  # 四、存在的问题。资金紧张……
        reader.part, reader.numbered = part, False
        line = _Line(line.block, line.number, rest)
    deeper = following is not None and (following.level or 0) > (line.level or 0)
    if line.level is not None and deeper and len(form) <= _HEADING and not form.endswith("。"):
        reader.part, reader.numbered = "progress", False
        return
    if reader.part != "progress":
        reader.rest.setdefault(reader.part, []).append(line.text)
        return
    if _is_furniture(form):
        return
    if line.level is not None and not _is_marked(form):
        _open(reader, line)
    elif reader.numbered or (reader.items and _is_marked(form)):
        _more(reader.items[-1], line)
    else:
        _sentences(reader, line)


def _part_of(form: str) -> str | None:
    """The part of a letter that a line is the heading of (存在问题, 下一步工作打算), or None."""
    bare = form.strip(":。")
    if len(bare) > 20:
        return None
    for name in ("problems", "next_step", "progress"):
        if pattern(f"parts.{name}").fullmatch(bare):
            return name
    return None


def _is_furniture(form: str) -> bool:
    """Greetings, days, lines that speak to somebody: no row."""
    return (
        len(form) < _MIN_LETTERS
        or (form.endswith(":") and len(form) <= 60)
        or (len(form) <= _TITLE and bool(pattern("title").search(form)) and not _SAID.search(form))
        or (len(form) <= _SIGNED and bool(pattern("signature").search(form)) and not _SAID.search(form))
        or bool(_DAY.match(form))
        or bool(pattern("sender_labels").match(form))
        or bool(pattern("sheet_line").match(form))
    )


def _is_marked(form: str) -> bool:
    """Whether a line begins with the name of a part and goes on (存在问题：…)."""
    head, colon, _rest = form.partition(":")
    return bool(colon) and len(head) <= 16 and _part_of(head) is not None


def _open(reader: _Reader, line: _Line) -> None:
    item = Item(line.block, 0, 0, line.block, f"第{line.number}行", seq=seq_of(line.mark), strong=line.strong)
    if line.mark and line.mark in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳":
        item.seq = str("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳".index(line.mark) + 1)
    reader.items.append(item)
    reader.numbered = True
    _fill(item, line.text)


def _more(item: Item, line: _Line) -> None:
    item.last_block = line.block
    _fill(item, line.text)


_MARK = re.compile(r"(?:^|(?<=[。；;，,\n]))\s*([一-鿿]{2,14})[：:]")


def _fill(item: Item, text: str) -> None:
    """Add a passage to a row, its named parts (存在问题：…下一步：…) each to its place."""
    place, done = "progress", 0
    for match in _MARK.finditer(text):
        name = _part_of(plain(match[1]))
        if name is None:
            continue
        _add(item, place, text[done : match.start()])
        place, done = name, match.end()
    _add(item, place, text[done:])


def _add(item: Item, place: str, text: str) -> None:
    text = text.strip(" ；;，,")
    if text:
        setattr(item, place, "\n".join(filter(None, (getattr(item, place), text))))


def _sentences(reader: _Reader, line: _Line) -> None:
    """Prose: consecutive sentences about the same owed row are one row; what speaks of none goes on the one before."""
    open_key: str | None = None
    for sentence in _SENTENCE.split(line.text):
        if not sentence.strip():
            continue
        key, likeness = reader.best(sentence)
        marked = _is_marked(plain(sentence))
        if not marked and likeness >= _FLOOR and key is not None and key != open_key:
            reader.items.append(Item(line.block, 0, 0, line.block, f"第{line.number}行"))
            open_key = key
        if open_key is not None:
            reader.items[-1].last_block = line.block
            _fill(reader.items[-1], sentence)
