"""Prose plans with bracketed duties → measures in print (reading conventions, *Prose plans*).

A measure is a numbered item or, inside it, each stretch of text that its own role bracket closes. Context headings
(指导思想, 主要目标 …) hold measures only where a bracket says so. 专栏 boxes hold measures without units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lantian.reading.draft import Draft, DraftPlan, DraftRole
from lantian.reading.grammar.units import split_units
from lantian.reading.layout import Document
from lantian.reading.model import CellRef, Flag
from lantian.reading.prose.brackets import find_duties, first_leads
from lantian.reading.prose.duties import Duties, split_first
from lantian.reading.prose.labels import read_label
from lantian.reading.prose.lines import BOX_TITLE, Line, Segment, document_lines, segments
from lantian.reading.prose.outline import Heading, Node, build_outline, closes_together, heading_of, leading_duties
from lantian.reading.prose.words import is_context_title, is_line

_SHORTEST = 6  # characters; what is shorter behind a bracket is no sentence of its own
_SHORTEST_INTRO = 15
_FEWEST_ITEMS = 3  # numbered items that make a plan of a text without any role bracket
_LEAD_IN = re.compile(r"[:：]$|(?:以下|下列|如下)[^。]{0,14}[。：:]?$")
_TO_ALL = re.compile(r"各地|各级|各部门|各有关|各单位|本(?:意见|方案|计划|通知|办法)")
_NO_STOP = re.compile(r"[^\W_]$|[”’》）)]$")  # a title on its own line, not a sentence that goes on
_PUNCTUATION = "。；;，,、：: "


def read_prose(document: Document) -> list[DraftPlan]:
    """Every prose plan of a document, in print order; empty where the text is no plan.

    A text without a single role bracket is a plan only by its title (方案, 计划, 意见 …) and its numbered items.
    """
    lines, tables = document_lines(document)
    parts = segments(lines)
    if not any(find_duties(line.text) for part in parts for line in part.body) and not any(
        part.is_plan and not part.is_wrapper for part in parts
    ):
        return []
    plans: list[DraftPlan] = []
    carried: list[str] = []
    notice = ""
    for part in parts:
        plan = _plan(part)
        owned = any(item.roles for item in plan.drafts)
        text = [*plan.preamble, *([] if owned else [line.text for line in part.body if not _drops(line)])]
        if owned or _is_plan_by_title(part, plan, plans):
            plan.title = plan.title or notice
            plan.preamble = carried + plan.preamble + ([plans[0].title] if part.attached and plans else [])
            plans.append(plan)
            carried, notice = [], ""
        elif not plans:
            carried += text
            notice = notice or part.title
    if plans:
        plans[0].flags.extend(Flag("R60", name[:20]) for name in tables)
    return plans


def _is_plan_by_title(part: Segment, plan: DraftPlan, plans: Sequence[DraftPlan]) -> bool:
    return part.is_plan and not part.is_wrapper and not (part.attached and plans) and len(plan.drafts) >= _FEWEST_ITEMS


def _plan(part: Segment) -> DraftPlan:
    dropped = [line for line in part.body if _drops(line)]
    body = [line for line in part.body if not _drops(line)]
    around = [*part.before, *part.after]
    preamble = [line.text for line in around if not is_line("contact", line.text)]
    writer = _Writer(first_leads(line.text for line in [*around, *dropped]))
    drafts = list(writer.chapters(build_outline(body)))
    flags = [Flag("R37")] if any(is_line("contact", line.text) for line in [*around, *dropped]) else []
    return DraftPlan(part.title, drafts, preamble, flags + writer.flags + _take_closing(drafts))


def _take_closing(drafts: list[Draft]) -> list[Flag]:
    """Take out what closes a plan with brackets and is no item.

    It is a last paragraph to all (各地要…) or a last chapter without items.
    Conventions: a measure is a numbered item, or a stretch closed by its own bracket. What is taken out is told (R61).
    """
    flags: list[Flag] = []
    while len(drafts) >= 2 and not drafts[-1].roles and any(draft.roles for draft in drafts):
        last, before = drafts[-1], drafts[-2]
        same_item = last.task == before.task and last.seq == before.seq and last.section == before.section
        paragraph = same_item and last.row > before.cells[-1].row and _TO_ALL.search("".join(last.paragraphs))
        chapter = (
            last.section.endswith(last.task)
            and bool(last.task)
            and last.section != before.section
            and sum(draft.section == before.section for draft in drafts) > 1
        )
        if not (paragraph or chapter):
            break
        drafts.pop()
        flags.append(Flag("R61", "".join(last.paragraphs)[:20]))
    return flags


def _drops(line: Line) -> bool:
    label = line.label
    text = line.text[len(label.printed) if label else 0 :]
    if is_line("contact", text):
        return not any(found.duties.roles for found in find_duties(text))
    return is_line("skip", text)


@dataclass(slots=True)
class _Stretch:
    """Text that one role bracket closes (or nothing, at the end of an item)."""

    pieces: list[tuple[Line, str]] = field(default_factory=list)
    duties: list[Duties] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)

    def append(self, line: Line, text: str) -> None:
        if self.pieces and self.pieces[-1][0] is line:
            self.pieces[-1] = (line, self.pieces[-1][1] + text)
        else:
            self.pieces.append((line, text))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: chapter as printed, title of the item that contains it, whether that is context."""

    section: str = ""
    task: str = ""
    in_item: bool = False
    context: bool = False
    duties: tuple[Duties, ...] = ()


class _Writer:
    """Walks a plan in print order and remembers what brackets say about all later measures."""

    def __init__(self, first: bool) -> None:
        self.first_leads = first
        self.inherited: list[str] = []
        self.flags: list[Flag] = []

    def chapters(self, root: Node) -> Iterator[Draft]:
        yield from self._stretches(root, stretches(root.lines, 0), "", _Place(context=True))
        for child in root.children:
            yield from self._node(child, _Place(), top=True)

    def _node(self, node: Node, place: _Place, *, top: bool = False) -> Iterator[Draft]:
        heading = heading_of(node)
        printed = "" if node.label is None else node.label.printed
        chapter = node.is_chapter or (top and bool(node.children))
        if chapter:
            place = replace(place, section=f"{printed}{heading.title}", task=heading.title, in_item=False)
        place = replace(place, context=place.context or is_context_title(heading.title))
        if node.children and not closes_together(node):
            yield from self._container(node, heading, place, chapter=chapter)
        else:
            lines = [line for item in node.walk() for line in item.lines]
            yield from self._leaf(node, lines, heading, place)
        for box in node.boxes:
            yield from self._box(box, place)

    def _container(self, node: Node, heading: Heading, place: _Place, *, chapter: bool) -> Iterator[Draft]:
        own = [found.duties for found in find_duties(node.lines[0].text) if found.end <= heading.end]
        own += leading_duties(node.lines) if heading.own_line else []
        intro = stretches(node.lines, heading.end)
        kept = [item for item in intro if item.duties]
        self.flags.extend(
            Flag("R62", item.text[:20])
            for item in intro
            if not (item.duties or chapter or place.context) and _tells(item)
        )
        yield from self._stretches(node, kept, place.task if place.in_item else heading.title, place)
        inner = replace(place, duties=tuple(own) or place.duties)
        if heading.title:
            inner = replace(inner, task=heading.title, in_item=not chapter)
        for child in node.children:
            yield from self._node(child, inner)

    def _leaf(self, node: Node, lines: list[Line], heading: Heading, place: _Place) -> Iterator[Draft]:
        task = place.task if place.in_item else heading.title or place.task
        start = 0 if node.label is None else len(node.label.printed)
        own: list[Duties] = []
        if heading.own_line and len(lines) > 1:
            own = [found.duties for found in find_duties(lines[0].text[start:])]
            own += leading_duties(lines) if _NO_STOP.search(lines[0].text) else []
            if (own or _NO_STOP.search(lines[0].text)) and not place.in_item:
                start = len(lines[0].text)
        parts = stretches(lines, start)
        if not parts and heading.title:
            parts = [_Stretch([(lines[0], heading.title)])]
        inner = replace(place, duties=tuple(own) or place.duties)
        yield from self._stretches(node, parts, task, inner)

    def _box(self, box: Node, place: _Place) -> Iterator[Draft]:
        if place.context:
            return
        title, lines = "", box.lines
        if BOX_TITLE.match(lines[0].text) and len(lines) > 1:
            title, lines = lines[0].text, lines[1:]
        for line in lines:
            label = read_label(line.text)
            found = find_duties(line.text)
            for part in stretches([line], len(label.printed) if label else 0):
                item = self._draft(label.number if label else None, part, title or place.task, place)
                if not found:
                    item.flags = [Flag("R34", title)]
                yield item

    def _stretches(self, node: Node, parts: Sequence[_Stretch], task: str, place: _Place) -> Iterator[Draft]:
        for part in parts:
            if not part.duties and place.duties:
                part.duties.extend(place.duties)
            if part.duties or not place.context:
                yield self._draft(node.number, part, task, place)

    def _draft(self, number: int | None, part: _Stretch, task: str, place: _Place) -> Draft:
        line = part.pieces[0][0]
        draft = Draft(
            place.section, number or None, task, [text for _, text in part.pieces], page=line.page, row=line.row
        )
        for source in dict.fromkeys((item.page, item.row, item.box) for item, _ in part.pieces):
            draft.cells.append(CellRef("measure", source[0], source[1], None, source[2]))
        inherited = list(self.inherited)
        for duties in part.duties:
            draft.roles.extend(DraftRole(role.role, role.text, n > 0) for n, role in enumerate(duties.roles))
            draft.deadline = draft.deadline or duties.deadline
            self.first_leads = self.first_leads or duties.first_leads
            names = [unit.name for text in duties.inherited for unit in split_units(text)]
            self.inherited.extend(name for name in names if name not in self.inherited)
            if duties.personal:
                draft.flags.append(Flag("R37"))
        if inherited:
            draft.inherited = inherited
            draft.flags.append(Flag("R32", "、".join(inherited)))
        if not draft.roles:
            draft.flags.append(Flag("R33"))
        elif self.first_leads:
            lead_first(draft)
        return draft


def _tells(item: _Stretch) -> bool:
    """Whether text above the sub-items of an item says something itself and does not only lead to them."""
    return len(item.text) >= _SHORTEST_INTRO and not _LEAD_IN.search(item.text)


def lead_first(draft: Draft) -> None:
    """列第一位者为牵头单位: the first unit of the first list leads, unless the bracket names a lead itself."""
    if any(role.role == "lead" for role in draft.roles):
        return
    for index, role in enumerate(draft.roles):
        if role.role == "responsible":
            first, rest = split_first(role.text)
            if first:
                leads = [DraftRole("lead", first, role.continues), DraftRole("responsible", rest, continues=True)]
                draft.roles[index : index + 1] = leads if rest else leads[:1]
                draft.flags.append(Flag("R35", first))
            return


def stretches(lines: Sequence[Line], start: int) -> list[_Stretch]:
    """Cut the lines of one item at its role brackets.

    ``start`` is where the text begins in the first line; a bracket before it (in the heading) is not the text's.
    """
    parts: list[_Stretch] = [_Stretch()]
    for index, line in enumerate(lines):
        position = start if index == 0 else 0
        for found in find_duties(line.text):
            if found.end <= position:
                continue
            _add(parts, line, line.text[position : max(position, found.start)])
            target = parts[-1] if parts[-1].pieces or len(parts) == 1 else parts[-2]
            if target.pieces:
                target.duties.append(found.duties)
                if target is parts[-1]:
                    parts.append(_Stretch())
            position = found.end
        _add(parts, line, line.text[position:])
    return _tidy([part for part in parts if part.pieces])


def _add(parts: list[_Stretch], line: Line, text: str) -> None:
    """Give text to the open stretch; the punctuation that a removed bracket left goes to the stretch before."""
    if len(parts) > 1 and not parts[-1].pieces:
        rest = text.lstrip(_PUNCTUATION)
        mark = text[: len(text) - len(rest)].strip()
        before = parts[-2]
        if mark and before.pieces and before.text[-1:] not in "。；;！？":
            before.append(before.pieces[-1][0], mark[0])
        text = rest
    if text:
        parts[-1].append(line, text)


def _tidy(parts: list[_Stretch]) -> list[_Stretch]:
    """Put back together what a bracket inside a sentence or in a heading cut apart."""
    if len(parts) < 2 or parts[-1].duties:
        return parts
    last, before = parts[-1], parts[-2]
    same_sentence = before.text[-1:] not in "。；;！？" or len(last.text.strip(_PUNCTUATION)) < _SHORTEST
    heading = len(parts) == 2 and len(before.text) <= 45 and not re.search(r"[。；！？](?=.)", before.text)
    if same_sentence or heading:
        for line, text in last.pieces:
            before.append(line, text)
        parts.pop()
    return parts
