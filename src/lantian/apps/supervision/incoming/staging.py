"""A piece and what its unit owes → proposals that a person takes or drops. Nothing here decides anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lantian.apps.supervision.incoming import lines, tables
from lantian.apps.supervision.incoming.figures import count
from lantian.apps.supervision.incoming.matching import Matcher
from lantian.apps.supervision.incoming.model import Content, Duty, Goal, Item, Problem, Proposal
from lantian.apps.supervision.incoming.words import doubt, pattern, plain

MAX_ITEMS = 300  # rows of one piece; no unit owes more
SHEET = re.compile(r"填报编号[:：]\s*([0-9a-f]{8})-([0-9a-f]{8})-(20\d\d-\d\d)")
_DAY = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_NAMED_ALIKE = 0.5  # a row of a sheet whose words are less like the row of its code was moved


def sheet_code(content: Content) -> tuple[str, str, str] | None:
    """Plan, unit and period of a sheet of ours as it says itself, or None for any other piece."""
    for block in content["blocks"]:
        texts = [block["text"]] if "text" in block else [cell for row in block["rows"][:8] for cell in row["cells"]]
        for text in texts:
            match = SHEET.search(text)
            if match:
                return match[1], match[2], match[3]
    return None


def propose(content: Content, duties: Sequence[Duty]) -> tuple[list[Proposal], list[Problem]]:
    """The rows of a piece, each with its duty, figures and doubts; and what is wrong with the whole."""
    matcher = Matcher(duties)
    items = cut(content, matcher)
    problems: list[Problem] = []
    if len(items) > MAX_ITEMS:
        problems.append(doubt("too_many", limit=str(MAX_ITEMS)))
        items = items[:MAX_ITEMS]
    if not items:
        problems.append(doubt("nothing"))
    by_code = {duty.code: duty for duty in duties}
    coded = {index: by_code.get(_bare(item.code)) for index, item in enumerate(items) if item.code}
    loose = [index for index in range(len(items)) if index not in coded]
    matches = dict(zip(loose, matcher.match([items[index] for index in loose]), strict=True))
    by_key = {duty.key: duty for duty in duties}
    proposals = []
    for index, item in enumerate(items):
        proposal = Proposal(item)
        if index in coded:
            _by_code(proposal, coded[index], matcher)
        else:
            match = matches[index]
            proposal.duty, proposal.confidence, proposal.candidates = match.duty, match.confidence, match.candidates
        fill(proposal, by_key.get(proposal.duty or ""))
        proposals.append(proposal)
    return [proposal for proposal in proposals if _says_something(proposal)], problems


def cut(content: Content, matcher: Matcher) -> list[Item]:
    """The rows of the tables, else those of the lines; a letter around a table repeats what the table says."""
    found = [
        item
        for index, block in enumerate(content["blocks"])
        if "rows" in block
        for item in tables.items_of(index, block, matcher.likeness)
    ]
    return found or lines.items_of(content, matcher.best)


def _bare(code: str) -> str:
    return plain(code).partition("/")[0]


def _by_code(proposal: Proposal, duty: Duty | None, matcher: Matcher) -> None:
    """A row of a sheet of ours: exact, unless its words belong to another row (lines were moved by hand)."""
    item = proposal.item
    if duty is None:
        proposal.problems.append(doubt("unknown_code", "code", text=item.code))
        return
    proposal.duty, proposal.confidence = duty.key, 1.0
    if item.measure and plain(duty.text)[:12] not in plain(item.measure):
        other, likeness = matcher.best(item.measure)
        if other != duty.key and likeness > _NAMED_ALIKE:
            proposal.confidence = 0.4
            proposal.problems.append(doubt("moved", "code"))


def fill(proposal: Proposal, duty: Duty | None) -> None:
    """Figures, done words and doubts of a proposal for the duty that it is about now."""
    item = proposal.item
    goals = _goals(item, duty)
    proposal.counts, doubts = count(item, goals)
    proposal.problems = [problem for problem in proposal.problems if problem.column == "code"] + doubts
    words = plain(item.progress)
    proposal.no_change = bool(pattern("no_change").match(words.rstrip("。"))) and len(words) <= 20
    proposal.done = _is_done(item, words)
    if duty is not None and duty.document:
        number = pattern("document_number").search(words)
        proposal.document_number = number[0].replace("(", "〔").replace(")", "〕") if number else ""
        day = _DAY.search(words)
        proposal.document_date = f"{day[1]}-{int(day[2]):02d}-{int(day[3]):02d}" if number and day else ""
    proposal.problems += [_mark(field, mark) for field, mark in item.marks.items() if mark in ("formula", "unsaved")]


def _goals(item: Item, duty: Duty | None) -> list[Goal]:
    """The targets that a row may be about: a line of a sheet (code/order) names its own."""
    if duty is None:
        return []
    order = plain(item.code).partition("/")[2]
    if order.isdecimal() and int(order) < len(duty.goals):
        return [duty.goals[int(order)]]
    return list(duty.goals)


def _mark(field: str, mark: str) -> Problem:
    return doubt(mark, field)


def _is_done(item: Item, words: str) -> bool:
    """Whether the unit says that the row is fulfilled: in its own column, else in words that promise nothing."""
    cell = plain(item.done)
    if pattern("done_cell").match(cell):
        return True
    if cell and pattern("undone_cell").match(cell):
        return False
    for match in pattern("done").finditer(words):
        clause = re.split(r"[,。;]", words[: match.start()])[-1]
        if not pattern("undone").search(clause):
            return True
    return False


def _says_something(proposal: Proposal) -> bool:
    item = proposal.item
    return bool(item.progress or item.problems or item.next_step or item.done or item.period or item.cumulative)
