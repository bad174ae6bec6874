"""Rows of a plan table → measures in print: groups, repairs, and measure cells that span several rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lantian.reading.columns import ROLE_FIELDS
from lantian.reading.draft import Draft, DraftPlan, DraftRole
from lantian.reading.grammar.units import is_unit_name, split_units
from lantian.reading.layout import Document
from lantian.reading.model import CellRef, Flag
from lantian.reading.tabular.groups import Group, group_rows
from lantian.reading.tabular.joins import join_cut_rows
from lantian.reading.tabular.plan_tables import collect_plans
from lantian.reading.tabular.role_repairs import repair_roles
from lantian.reading.tabular.rows import PlanRows, Row
from lantian.reading.tabular.sections import mark_sections
from lantian.reading.tabular.titles import plan_title
from lantian.reading.text import compare_form, join_layout

OCR_UNCERTAIN = 0.80  # mean line score under which a reviewer should look (docs/reading/ocr.md)

_FEWEST_OWNED = 3  # items with duties that make prose beside a table a plan
_OPENING = 10  # characters by which a sentence is known again
# The prose reader takes a tenth of a second to import, and few plans with tables need it: words that call for it.
_PROSE_HINT = re.compile("牵头|负责|责任|配合|落实")
_FIRST_HINT = re.compile("第一|首")
_ROLE_WORD = re.compile(r"牵头|配合|协办|协助|参与|主责|负责|责任单位")
_ROLE_END = re.compile(r"(?:牵头|配合|协办|协助|参与|主责|负责)$|[；;，,]$")
_SENTENCE_GAP = re.compile(r"(?<=[。；;！？])[ \u3000]+(?=\S)|[ \u3000]{2,}(?=\S)")


def draft_plans(document: Document) -> list[DraftPlan]:
    """Every plan that the document prints, as tables or as prose.

    Prose with bracketed duties stands beside the tables attached to it (重点工程项目表), unless the table only says
    again, with columns, what the prose says: then the table is read (R58).
    """
    tables = [plan for plan in draft_tables(document) if plan.drafts]
    if tables and not any(_PROSE_HINT.search(paragraph.text) for paragraph in document.paragraphs()):
        return tables
    from lantian.reading.prose import read_prose

    prose = read_prose(document)
    if not tables:
        return prose
    prose = [plan for plan in prose if sum(bool(draft.roles) for draft in plan.drafts) >= _FEWEST_OWNED]
    if not prose:
        return tables
    if _repeats(prose, tables):
        tables[0].flags.append(Flag("R58"))
        return tables
    for plan in prose:
        plan.flags = [flag for flag in plan.flags if flag.id != "R60"]  # which tables were left out, tables know better
    return [*prose, *tables]


def _repeats(prose: list[DraftPlan], tables: list[DraftPlan]) -> bool:
    """Whether most items of the prose open with words that a table prints as well."""
    printed = compare_form("".join(text for plan in tables for draft in plan.drafts for text in draft.paragraphs))
    openings = [
        compare_form(sentence)[:_OPENING]
        for plan in prose
        for draft in plan.drafts
        for sentence in re.split("(?<=[。；])", "".join(draft.paragraphs))
        if len(sentence) >= _OPENING
    ]
    return sum(opening in printed for opening in openings) * 2 > len(openings)


def draft_tables(document: Document) -> list[DraftPlan]:
    """Every plan that the document prints as a table, in print order."""
    found = collect_plans(document)
    plans = [_draft_plan(rows) for rows in found]
    everywhere = bool(plans) and _first_leads(paragraph.text for paragraph in document.paragraphs())
    for rows, plan in zip(found, plans, strict=True):
        if everywhere or _first_leads([*rows.notes, *rows.header.words]):
            from lantian.reading.prose import lead_first

            for draft in plan.drafts:
                lead_first(draft)
    return plans


def _first_leads(texts: Iterable[str]) -> bool:
    hints = [text for text in texts if _FIRST_HINT.search(text)]
    if not hints:
        return False
    from lantian.reading.prose.brackets import first_leads

    return first_leads(hints)


def _draft_plan(plan: PlanRows) -> DraftPlan:
    mark_sections(plan)
    rows = join_cut_rows(plan.rows)
    groups, flags = group_rows(rows, numbered=plan.header.has("seq"), tasked=plan.header.has("task"))
    repair_roles(groups, plan.header)
    drafts = [draft for group in groups for draft in _drafts_of(group, plan)]
    title, preamble = plan_title(plan.before)
    return DraftPlan(title, drafts, preamble, plan.flags + flags)


def _drafts_of(group: Group, plan: PlanRows) -> list[Draft]:
    drafts: list[Draft] = []
    for run in _runs(group.rows):
        drafts.extend(_draft_run(group, run, plan))
    if drafts:
        drafts[0].flags[:0] = group.flags
    return drafts


def _runs(rows: list[Row]) -> list[list[Row]]:
    """Rows that share one measure cell: the row that prints it and the rows under it whose measure is blank."""
    runs: list[list[Row]] = []
    for row in rows:
        under = row.blank("measure") and not row.own("goal") if row.blank("measure") else not row.own("measure")
        if runs and under:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _draft_run(group: Group, run: list[Row], plan: PlanRows) -> list[Draft]:
    first = run[0]
    paragraphs = measure_paragraphs(first)
    if not paragraphs and not _has_duties(run) and not first.own("task"):
        plan.flags.append(Flag("R54", group.label or str(first.number)))
        return []
    if not paragraphs and group.task and first.own("task"):
        first.flags.append(Flag("R55", group.task))
        paragraphs = [group.task]
    if len(run) == 1:
        return [_draft(group, first, [first], paragraphs)]
    pieces = _split(paragraphs, len(run))
    if pieces is None:
        return [_draft(group, first, run, paragraphs)]
    drafts = []
    for row, piece in zip(run, pieces, strict=True):
        if row is not first and "measure" in first.cells:
            row.cells["measure"] = first.cells["measure"]
        row.flags.append(Flag("R09", str(first.number)))
        drafts.append(_draft(group, row, [row], [piece]))
    return drafts


def _has_duties(rows: list[Row]) -> bool:
    return any(row.own(name) for row in rows for name in ("deadline", *ROLE_FIELDS))


def measure_paragraphs(row: Row) -> list[str]:
    """The paragraphs of the measure cell (of the goal cell where only that is printed)."""
    cell = row.cells.get("goal" if row.blank("measure") else "measure")
    parts: list[str] = []
    for text in [] if cell is None else cell.paragraphs:
        # A dump marks some paragraphs only by the space after a full stop.
        pieces = [text] if row.geometry else _SENTENCE_GAP.split(text)
        parts.extend(piece for piece in pieces if piece.strip())
    return parts


def _split(paragraphs: list[str], rows: int) -> list[str] | None:
    """One paragraph for each row, or None where the print does not say which belongs to which."""
    return paragraphs if len(paragraphs) == rows else None


def _draft(group: Group, row: Row, rows: list[Row], paragraphs: list[str]) -> Draft:
    parts = [part for text in paragraphs if (part := join_layout(text))]
    draft = Draft(group.section, group.seq, group.task, parts, page=row.page, row=row.number)
    draft.deadline = "\n".join(dict.fromkeys(part for item in rows if (part := item.text("deadline").strip())))
    draft.goals = [text for item in rows if not item.blank("measure") for text in _goals(item)]
    if draft.goals:
        draft.flags.append(Flag("R57", "".join(draft.goals)))
    for name in ROLE_FIELDS:
        texts: list[str] = []
        for item in rows:
            cell = item.cells.get(name)
            if cell is not None and not cell.blank and cell.text not in texts:
                texts.append(cell.text)
        listed = []
        for text in texts:
            if spoken := spoken_roles(text):
                draft.roles.extend(spoken)
                draft.flags.append(Flag("R52", join_layout(text)))
            else:
                listed.append(text)
        if listed:
            draft.roles.append(DraftRole(name, "\n\n".join(listed)))  # type: ignore[arg-type]
    draft.inherited = list(dict.fromkeys(unit.name for item in rows for unit in split_units(item.text("inherited"))))
    if draft.inherited:
        draft.flags.append(Flag("R32", "、".join(draft.inherited)))
    draft.flags[:0] = dict.fromkeys(flag for item in rows for flag in item.flags)
    if len(parts) > 1:
        draft.flags.append(Flag("R10", str(len(parts))))
    draft.cells = _references(rows)
    draft.flags.extend(_uncertain(rows))
    return draft


def _goals(row: Row) -> list[str]:
    """What the row itself prints in its goal column; a goal merged over several measures stands with the first."""
    if not row.own("goal") or row.cells["goal"].dashed:
        return []
    return [part for text in row.cells["goal"].paragraphs if (part := join_layout(text))]


def spoken_roles(text: str) -> list[DraftRole]:
    """The roles that a cell itself names (牵头单位：A；配合单位：B, A牵头，B配合); empty where it only lists units."""
    if not _ROLE_WORD.search(text):
        return []
    lines = [join_layout(part) for part in text.split("\n") if part.strip()]
    content = lines[0] if lines else ""
    for line in lines[1:]:
        ended = _ROLE_END.search(content)
        content += ("，" if ended else "、" if is_unit_name(re.split("[、，；：]", content)[-1]) else "") + line
    from lantian.reading.prose.duties import read_duties

    duties = read_duties(content)
    return duties[0].roles if duties is not None and duties[1] in ("label", "verb") else []


def _references(rows: list[Row]) -> list[CellRef]:
    references: list[CellRef] = []
    for row in rows:
        for name in ("section", "seq", "task", "measure", "goal", "deadline", *ROLE_FIELDS, "inherited"):
            cell = row.cells.get(name)
            if cell is not None and not cell.blank and cell.ref not in references:
                references.append(cell.ref)
    return references


def _uncertain(rows: list[Row]) -> list[Flag]:
    flags = []
    for row in rows:
        for name, cell in row.cells.items():
            if cell.confidence is not None and cell.confidence < OCR_UNCERTAIN and not cell.blank and not cell.covered:
                flags.append(Flag("R22", f"{name} {cell.confidence:.2f}"))
    return flags
