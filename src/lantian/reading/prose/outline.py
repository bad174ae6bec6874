"""The numbering of a prose plan as a tree: chapters, items, sub-items, and 专栏 boxes beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lantian.reading.prose.brackets import find_duties
from lantian.reading.prose.duties import Duties
from lantian.reading.prose.labels import CHAPTER_RANK, ITEM_RANK, Label, read_label
from lantian.reading.prose.lines import BOX_TITLE, Line
from lantian.reading.text import join_layout

_LONGEST_HEADING = 60  # characters of a heading on a line of its own
_LONGEST_INLINE = 45  # characters of a heading sentence that opens an item
_SHORTEST_REST = 4  # characters behind a heading sentence
_SHORT_ITEM = 25  # characters of an item that is its own heading
_END = "。；;：:，,、 "
_FIRST_SENTENCE = re.compile(
    r"[^。！？，；：（(]{2,20}：(?=[①-⑳]|[（(]\d|\d[.．]|一是)"
    r"|[^。！？]*?[。！？](?=[^”’）)])|[^。！？，；：（(]{2,20}：(?=[^：])"
)
_NUMBERED_FIGURE = re.compile(r"(\d{1,2})[.．﹒](?=\d)")
_FULL_STOPS = "。；;！？）)〕］】"
_CHILD_AFTER_HEADING = re.compile(r"^[^。]{2,45}。(?=1[.．、]\D)")


@dataclass(slots=True)
class Node:
    """A numbered heading or item with the lines printed under it (the first is its own) and its sub-items.

    ``boxes`` hold 专栏 printed inside it. ``rank`` is the depth at which its number is used here.
    """

    label: Label | None
    rank: float
    lines: list[Line] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    boxes: list[Node] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        return None if self.label is None else self.label.number

    @property
    def is_chapter(self) -> bool:
        return self.rank <= CHAPTER_RANK

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in print order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Heading:
    """Title of a node without its number; ``end`` is where its text stops in the first line, ``own_line`` if alone."""

    title: str
    end: int
    own_line: bool


def build_outline(lines: list[Line]) -> Node:
    """The tree of a plan's lines. The root holds lines before the first number (none in a plan cut by its headings)."""
    root = Node(None, -1)
    stack = [root]
    box: Node | None = None
    decimals: set[tuple[int, ...]] = set()
    for line in _split_lines(lines):
        label = _heading_label(line)
        if label is not None and label.path:
            if _follows(label.path, stack, decimals):
                decimals.add(label.path)
            else:
                label = None
        label = label or _number_before_figure(line, stack)
        if BOX_TITLE.match(line.text) and (line.boxed or len(line.text) <= _LONGEST_HEADING):
            box = Node(None, 99, [line])
            stack[-1].boxes.append(box)
        elif box is not None and _stays_boxed(line, label, stack, box):
            box.lines.append(line)
        elif line.boxed:
            box = Node(None, 99, [line])
            stack[-1].boxes.append(box)
        else:
            box = None
            if label is None:
                stack[-1].lines.append(line)
            else:
                _push(stack, Node(label, _rank(label, stack), [line]))
    return root


def _follows(path: tuple[int, ...], stack: list[Node], seen: set[tuple[int, ...]]) -> bool:
    """Whether 2.3 goes on the numbering (after 2.2, or 2.1 under 2): else it is a figure at a line start."""
    if path[-1] == 1:
        return path[:-1] in seen or any(node.number == path[0] for node in stack)
    return (*path[:-1], path[-1] - 1) in seen


def _number_before_figure(line: Line, stack: list[Node]) -> Label | None:
    """11.121人才工程 behind item 10: a number whose title begins with a figure. It counts only in its sequence."""
    match = _NUMBERED_FIGURE.match(line.text)
    if match is None or (stack[-1].lines[-1:] and stack[-1].lines[-1].text[-1] not in _FULL_STOPS):
        return None
    before = [node.number for node in stack if node.label is not None and node.label.style == "digit"]
    return Label("digit", ITEM_RANK + 1, int(match[1]), match[0]) if before == [int(match[1]) - 1] else None


def _heading_label(line: Line) -> Label | None:
    label = read_label(line.text)
    if label is None and line.level and len(line.text) <= _LONGEST_HEADING and line.text[-1] not in "。；，":
        return Label(f"level{line.level}", 1 if line.level == 1 else ITEM_RANK, 0, "")
    return label


def _stays_boxed(line: Line, label: Label | None, stack: list[Node], box: Node) -> bool:
    """Whether a line still stands in the box. Without a frame the box ends where the outer numbering goes on."""
    if line.boxed or box.lines[0].boxed:
        return line.boxed
    if label is None:
        return not find_duties(line.text) or len(box.lines) == 1
    if label.rank <= CHAPTER_RANK:
        return False
    return not any(node.label and node.label.style == label.style and node.number == label.number - 1 for node in stack)


def _rank(label: Label, stack: list[Node]) -> float:
    """Depth of a number here: that of its brothers; below the item it opens a list in, else its usual depth."""
    for node in stack:
        if node.label is not None and node.label.style == label.style:
            return node.rank
    top = stack[-1]
    if label.number == 1 and label.rank > CHAPTER_RANK and top.label is not None and label.rank <= top.rank:
        return top.rank + 0.5
    return label.rank


def _push(stack: list[Node], node: Node) -> None:
    while len(stack) > 1 and stack[-1].rank >= node.rank:
        stack.pop()
    stack[-1].children.append(node)
    stack.append(node)


def _split_lines(lines: list[Line]) -> Iterator[Line]:
    """Items that a dump runs together on one line, cut after the bracket that closes the one before."""
    for line in lines:
        cuts = [0]
        if re.search(
            r"[）)〕］】。；;](?:\d{1,2}[.．﹒、]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)",
            line.text,
        ):
            for found in find_duties(line.text):
                end = found.end
                while end < len(line.text) and line.text[end] in "。；; ":
                    end += 1
                rest = line.text[end:]
                if (label := read_label(rest)) and len(rest) > len(label.printed) + 5:
                    cuts.append(end)
            heading = _CHILD_AFTER_HEADING.match(line.text[len(label.printed) if (label := line.label) else 0 :])
            if len(cuts) > 1 and heading and label and label.style != "digit":
                cuts.insert(1, len(label.printed) + heading.end())
        if len(cuts) == 1:
            yield line
            continue
        for start, end in zip(cuts, [*cuts[1:], len(line.text)], strict=True):
            yield Line(line.text[start:end], line.page, line.row, line.level, line.boxed, box=line.box)


def heading_of(node: Node) -> Heading:
    """The title of a node: its first line where that is a title alone, else its first sentence, else nothing."""
    if not node.lines or node.label is None:
        return Heading("", 0, False)
    line = node.lines[0]
    start = len(node.label.printed)
    text = line.text[start:]
    bare = strip_duties(text)
    alone = len(node.lines) > 1 or bool(node.children) or bool(node.boxes)
    if alone and len(bare) <= _LONGEST_HEADING and not re.search(r"[。！？；](?=.)", bare):
        return Heading(bare.strip(_END), len(line.text), True)
    if line.gap is not None and line.gap > start:
        return Heading(line.text[start : line.gap].strip(_END), line.gap, False)
    sentence = _FIRST_SENTENCE.match(text)
    if sentence and len(sentence[0]) <= _LONGEST_INLINE and sentence.end() < len(text):
        title = strip_duties(sentence[0]).strip(_END)
        if title and (len(node.lines) > 1 or len(text) - sentence.end() >= _SHORTEST_REST):
            return Heading(title, start + sentence.end(), False)
    if len(bare) <= (_LONGEST_HEADING if node.is_chapter else _SHORT_ITEM) and not re.search(r"[。！？；](?=.)", bare):
        return Heading(bare.strip(_END), len(line.text), node.is_chapter)
    return Heading("", start, False)


def leading_duties(lines: list[Line]) -> list[Duties]:
    """Duties printed on lines of their own right under a heading: they speak for all that follows."""
    duties: list[Duties] = []
    for line in lines[1:]:
        if strip_duties(line.text).strip(_END):
            break
        duties.extend(found.duties for found in find_duties(line.text))
    return duties


def strip_duties(text: str) -> str:
    """A text without its role brackets."""
    for found in reversed(find_duties(text)):
        text = text[: found.start] + text[found.end :]
    return join_layout(text)


def closes_together(node: Node) -> bool:
    """Whether the sub-items of an item are one sentence or share the bracket behind the last: one measure then."""
    children = node.children
    if node.is_chapter or any(child.children or child.boxes for child in children):
        return False
    owned = [any(find_duties(line.text) for line in child.lines) for child in children]
    if any(owned[:-1]) or any(find_duties(line.text) for line in node.lines):
        return False
    if len(children) > 1 and all(child.lines[-1].text[-1] in "；;，," for child in children[:-1]):
        return True
    last = children[-1].lines[-1]
    alone = strip_duties(last.text).strip(_END) == ""
    return len(children) > 1 and owned[-1] and (alone or children[0].rank > CHAPTER_RANK + 2)
