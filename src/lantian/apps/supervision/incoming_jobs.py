"""Background work of what comes in: a piece is read in the guarded worker, parted by units, and staged."""

from __future__ import annotations

from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.core import jobs, policy, staging
from lantian.apps.core.models import Job
from lantian.apps.supervision.actions import incoming as actions
from lantian.apps.supervision.incoming.model import Content, Found, Problem
from lantian.apps.supervision.incoming.parts import Part, parts_of
from lantian.apps.supervision.incoming.reader import content_of_text, read_piece
from lantian.apps.supervision.incoming.staging import sheet_code
from lantian.apps.supervision.incoming.tables import header_of
from lantian.apps.supervision.incoming.units import Names, find_unit
from lantian.apps.supervision.incoming.words import doubt
from lantian.apps.supervision.models import Incoming, IncomingState, Return, Route
from lantian.apps.supervision.queries import incoming as queries
from lantian.apps.supervision.sheets import COLUMNS, FIELDS
from lantian.reading.errors import MissingExtra, ReadingError

_NEEDED = frozenset({"progress", "code"})  # columns without which a sheet of ours is not read
_SAID_BY_HEAD = Found(None, 0.97, {"zh": "消息开头", "en": "the head of the message"})
_SAID_BY_COLUMN = Found(None, 0.97, {"zh": "表中单位列", "en": "the column of units"})

_SAID_ELSEWHERE = Found(
    None, 0.0, {"zh": "写明的单位不在本计划责任单位之中", "en": "the unit named owes nothing of this plan"}
)


def register() -> None:
    """Register the job (once, when Django starts)."""
    jobs.handles(actions.READ)(_read)


def _read(job: Job) -> dict[str, Any]:
    """``{"incoming": uid}`` → the pieces that came of it: one for each unit that it holds."""
    rows = Incoming.objects.select_related("plan__area", "file", "created_by")
    piece = rows.filter(uid=job.payload["incoming"]).first()
    if piece is None or piece.state != IncomingState.READING:
        return {"pieces": []}
    try:
        content = _content(piece)
    except MissingExtra as missing:
        actions.fail(piece, _without_extra(missing))
        return {"pieces": [str(piece.uid)]}
    except ReadingError as refusal:
        actions.fail(piece, Problem(refusal.zh, refusal.en, hard=True))
        return {"pieces": [str(piece.uid)]}
    return {"pieces": [str(row.uid) for row in _stage(piece, content)]}


def _content(piece: Incoming) -> Content:
    """The content of a piece; a file is read under its own name so that refusals name it."""
    if piece.file is None:
        return content_of_text(piece.text)
    return staging.read_stored(read_piece, piece.file, piece.name)


def _without_extra(missing: MissingExtra) -> Problem:
    zh = "图片或扫描件需要文字识别组件，本机未安装；请下载原件，对照着用“电话代填”录入"
    en = "a picture needs text recognition, which is not installed; download it and enter it by hand"
    return Problem(f"{zh}（{missing.zh}）", f"{en} ({missing.en})", hard=True)


def _stage(piece: Incoming, content: Content) -> list[Incoming]:
    """Stage the piece; every further unit in it becomes a piece of its own from the same file."""
    names = Names(queries.parties_of(piece.plan))
    code = sheet_code(content)
    parts = [Part(None, content)] if code or piece.route == Route.SHEET else parts_of(content, names)
    units = {str(unit.uid): unit for unit in queries.units_of(piece.plan)}
    staged = []
    for index, part in enumerate(parts):
        row = piece if index == 0 else _sibling(piece)
        found = _found(part, names, piece, code)
        unit = units.get(found.party or "")
        wrong = _sheet_problems(row, code, content) if code else []
        if row.route == Route.SHEET and (refusal := _not_theirs(row, unit)) is not None:
            wrong.append(refusal)
        if wrong:
            actions.fail(row, *wrong)
        else:
            actions.stage(row, part.content, unit, found, [] if unit else [doubt("no_unit")])
        staged.append(row)
    return staged


def _found(part: Part, names: Names, piece: Incoming, code: tuple[str, str, str] | None) -> Found:
    if part.party is not None:
        said = _SAID_BY_HEAD if part.how == "head" else _SAID_BY_COLUMN
        return Found(part.party, round(said.confidence * part.sure, 3), said.reason)
    if part.how:
        return Found(
            None, 0.0, {"zh": "写明的单位不在本计划责任单位之中", "en": "the unit named owes nothing of this plan"}
        )
    return find_unit(part.content, names, file=piece.name, codes=[code[1]] if code else ())


def _sibling(piece: Incoming) -> Incoming:
    return Incoming.objects.create(
        plan=piece.plan, period=piece.period, route=piece.route, file=piece.file, name=piece.name, text="",
        digest=piece.digest, job=piece.job, created_by=piece.created_by,
    )  # fmt: skip


def _sheet_problems(piece: Incoming, code: tuple[str, str, str], content: Content) -> list[Problem]:
    """What a sheet says of itself that does not fit: another plan, another month, columns that are gone."""
    problems = []
    if code[0] != queries.code_of(piece.plan.uid):
        problems.append(doubt("other_plan"))
    if code[2] != piece.period:
        problems.append(doubt("other_period", other=code[2], period=piece.period))
    headers = [header for block in content["blocks"] if "rows" in block and (header := header_of(block["rows"]))]
    there = {name for header in headers for name in header.fields}
    missing = [COLUMNS[place][0] for place, name in enumerate(FIELDS) if name in _NEEDED and name not in there]
    if missing:
        problems.append(doubt("columns_missing", columns="、".join(missing)))
    return problems


def _not_theirs(piece: Incoming, unit: Unit | None) -> Problem | None:
    """Whether the sheet is of a unit for which the person who brought it may not write."""
    user = piece.created_by
    if unit is None:
        return doubt("no_unit")
    if user is not None and policy.can(user, "return.write", Return(plan=piece.plan, unit=unit, period=piece.period)):
        return None
    return doubt("other_unit", other=unit.name, unit="本人所在单位")
