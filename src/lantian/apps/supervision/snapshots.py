"""A return as JSON, frozen when it is handed in, and the code by which its signed scan finds it."""

from __future__ import annotations

import re
import secrets
from typing import Any

from lantian.apps.plans.content import decimal_text
from lantian.apps.supervision.models import Return
from lantian.apps.supervision.queries import returns as queries

# No letters or digits that a hand mixes up: 0 O, 1 I L.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 10
_CODE = re.compile(rf"[{_LETTERS}]{{{_LENGTH}}}")


def new_code() -> str:
    """A code that nobody guesses: ten characters of 31 (49 bits)."""
    return "".join(secrets.choice(_LETTERS) for _place in range(_LENGTH))


def shown_code(code: str) -> str:
    """A code as it is printed, in groups: ``7K2M9-QXR4T``."""
    return f"{code[:5]}-{code[5:]}"


def read_code(text: str) -> str:
    """The code that somebody typed or that a QR code holds (also an address that ends in it); empty if none."""
    form = re.sub(r"[\s\-–—]", "", text.rpartition("code=")[2]).upper()
    return form if _CODE.fullmatch(form) else ""


def content_of(ret: Return) -> dict[str, Any]:
    """The whole return: ``{"plan", "unit", "period", …, "rows": [{"commitment", "n", "progress", "figures", …}]}``."""
    return {
        "plan": {"uid": str(ret.plan.uid), "title": ret.plan.title, "version": ret.plan.version},
        "unit": {"uid": str(ret.unit.uid), "name": ret.unit.name},
        "period": ret.period,
        "due": ret.due.isoformat() if ret.due else None,
        "signer": ret.signer,
        "phone": ret.phone,
        "route": str(ret.route),
        "behalf": ret.behalf,
        "rows": [_row(row) for row in queries.rows_of(ret, behalf=ret.behalf)],
    }


def _row(row: queries.Row) -> dict[str, Any]:
    item, entry = row.commitment, row.entry
    day = entry.document_date if entry else None
    said = {
        name: getattr(entry, name) if entry else ""
        for name in ("progress", "problems", "next_step", "step", "document_number", "explanation")
    }
    return {
        "commitment": str(item.uid),
        "n": item.measure.n,
        "seq": item.measure.seq,
        "task": item.measure.task,
        "measure": item.measure.text,
        "deadline": item.measure.deadline_text,
        "role": item.role,
        **said,
        "document_date": day.isoformat() if day else None,
        "done": bool(entry and entry.done),
        "no_change": bool(entry and entry.no_change),
        "source": entry.source if entry else {},
        "checks": [problem.check for problem in row.problems],
        "figures": [_figure(figure) for figure in row.figures],
        "evidence": [
            {"uid": str(file.uid), "n": file.n, "name": file.name, "sha256": file.file.sha256} for file in row.evidence
        ],
    }


def _figure(figure: queries.FigureRow) -> dict[str, Any]:
    return {
        "share": str(figure.share.uid),
        "text": figure.text,
        "unit": figure.unit,
        "target": decimal_text(figure.share.value),
        "period_value": decimal_text(figure.period_value),
        "cumulative": decimal_text(figure.cumulative),
        "computed": decimal_text(figure.computed),
    }
