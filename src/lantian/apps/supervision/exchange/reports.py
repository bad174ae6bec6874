"""区 → 市: what the units of a district handed in for a plan and month, as a document, and its rows as staged items."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Prefetch

from lantian.apps.areas.models import Area
from lantian.apps.core.models import StoredFile
from lantian.apps.plans.content import decimal_text
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.exchange.plans import ref_of
from lantian.apps.supervision.models import Commitment, Entry, Evidence, Figure, Return, ReturnState

READY = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)
WORDS = ("progress", "problems", "next_step", "document_number")
# The columns of the table in which the city's page shows what came.
COLUMNS = ("序号", "工作措施", "本期进展", "本期数", "累计数", "存在问题", "下一步", "是否完成", "佐证材料")

Json = dict[str, Any]


def ready(plan: Plan, area: Area, period: str) -> list[Return]:
    """The returns of the district's units for the month that were handed in, with their rows."""
    rows = Return.objects.filter(plan=plan, period=period, unit__area__path__startswith=area.path, state__in=READY)
    entries = Entry.objects.select_related("commitment__measure").order_by("commitment__measure__n", "id")
    figures = Prefetch("figures", Figure.objects.select_related("share"))
    files = Prefetch("evidence", Evidence.objects.filter(removed=None).select_related("file"))
    return list(
        rows.select_related("unit__area")
        .prefetch_related(Prefetch("entries", entries.prefetch_related(figures, files)), "versions")
        .order_by("unit__area__code", "unit__id")
    )


def document_of(plan: Plan, period: str, returns: list[Return]) -> Json:
    """Returns as a document; evidence by name and hash: the files stand beside it in the package, or stay here."""
    return {"plan": str(plan.uid), "period": period, "returns": [_return(row) for row in returns]}


def _return(row: Return) -> Json:
    version = next((item for item in row.versions.all() if item.number == row.version), None)
    return {
        "unit": ref_of(row.unit), "signer": row.signer, "version": row.version, "code": version.code if version else "",
        "submitted": row.submitted.isoformat() if row.submitted else None,
        "entries": [_entry(entry) for entry in row.entries.all()],
    }  # fmt: skip


def _entry(entry: Entry) -> Json:
    measure = entry.commitment.measure
    return {
        "commitment": str(entry.commitment.uid), "n": measure.n, "seq": measure.seq, "measure": measure.text,
        **{name: getattr(entry, name) for name in WORDS},
        "document_date": entry.document_date.isoformat() if entry.document_date else "",
        "explanation": entry.explanation, "done": entry.done, "no_change": entry.no_change,
        "figures": [
            {
                "share": str(item.share.uid), "text": str(item.share.spec.get("text") or ""),
                "period_value": decimal_text(item.period_value), "cumulative": decimal_text(item.cumulative),
            }
            for item in entry.figures.all()
        ],
        "evidence": [
            {"name": item.name, "caption": item.caption, "sha256": item.file.sha256} for item in entry.evidence.all()
        ],
    }  # fmt: skip


def files_of(returns: list[Return]) -> dict[str, StoredFile]:
    """The files of evidence of the returns by their SHA-256."""
    rows = (item for row in returns for entry in row.entries.all() for item in entry.evidence.all())
    return {item.file.sha256: item.file for item in rows}


def named(document: Mapping[str, Any]) -> int:
    """How many files of evidence the returns of a document speak of."""
    return len(
        {item["sha256"] for given in document["returns"] for entry in given["entries"] for item in entry["evidence"]}
    )


def content_of(title: str, given: Mapping[str, Any], kept: Collection[str] = ()) -> Json:
    """One unit's return as the page of what came in shows it: lines and one table (incoming/model.py, Content).

    ``evidence`` says which files go with which row of the table (its place, from 0), of those that are ``kept`` here.
    """
    name = str(given["unit"]["name"])
    rows = [{"row": 1, "cells": list(COLUMNS), "marks": {}}]
    for number, entry in enumerate(given["entries"], start=2):
        rows.append({"row": number, "cells": _cells(entry), "marks": {}})
    head = [{"line": 1, "text": title}, {"line": 2, "text": f"填报单位：{name}　签字人：{given['signer']}"}]
    evidence = {
        str(place): found
        for place, entry in enumerate(given["entries"], start=1)
        if (found := [_file(item) for item in entry["evidence"] if item["sha256"] in kept])
    }
    return {"kind": "exchange", "blocks": [*head, {"caption": "", "rows": rows}], "evidence": evidence}


def _file(item: Mapping[str, Any]) -> Json:
    return {"sha256": str(item["sha256"]), "name": str(item["name"])[-255:], "caption": str(item["caption"])[:200]}


def _cells(entry: Mapping[str, Any]) -> list[str]:
    def joined(name: str) -> str:
        return "；".join(str(item[name]) for item in entry["figures"] if item[name] is not None)

    evidence = "、".join(str(item["name"]) for item in entry["evidence"])
    number = entry["n"] if entry["seq"] is None else entry["seq"]
    said = "无变化" if entry["no_change"] and not entry["progress"] else entry["progress"]
    texts = (
        number, entry["measure"], said, joined("period_value"), joined("cumulative"), entry["problems"],
        entry["next_step"], "是" if entry["done"] else "否", evidence,
    )  # fmt: skip
    return [str(text) for text in texts]


def read_of(index: int, entry: Mapping[str, Any]) -> Json:
    """The row as if it had been cut out of :func:`content_of` (incoming/model.py, Item)."""
    cells = _cells(entry)
    return {
        "block": 2, "first": index, "last": index, "last_block": 2, "place": f"第{index + 1}行", "seq": cells[0],
        "strong": True, "code": "", "measure": cells[1], "goal": "", "progress": cells[2], "problems": cells[5],
        "next_step": cells[6], "period": cells[3], "cumulative": cells[4], "done": cells[7], "party": "", "marks": {},
    }  # fmt: skip


def shares_known(row: Commitment, entry: Mapping[str, Any]) -> list[Json]:
    """The figures of an entry that belong to shares of the commitment here, as staged items keep them."""
    live = {str(share.uid) for share in row.shares.all() if share.withdrawn is None}
    names = ("share", "period_value", "cumulative", "text")
    return [{name: item[name] for name in names} for item in entry["figures"] if item["share"] in live]
