"""市 → 区: a plan with the commitments of one district, as a document and back.

Units are named by the code of their area and their name (two installations have their own ids); plans, rows,
commitments and shares keep their uid everywhere, which is how the district's answer finds its way back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lantian.apps.areas.models import Area, Unit
from lantian.apps.plans.actions.versions import contents_of
from lantian.apps.plans.content import Content, decimal_text
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Commitment, Rhythm, Share

HEAD = ("title", "year", "region", "level", "medium", "number", "secrecy", "version", "flags", "file_name")
RHYTHM = ("review", "opens", "due", "near_days", "lead_days", "support_reports")
DUTY = (
    "role", "printed", "convener", "start", "end", "internal_due", "cadence", "cadence_reason", "closed",
)  # fmt: skip
SHARE = (
    "order", "spec", "value", "value_max", "origin", "by", "curve", "points", "carried_in", "exempt", "exempt_note",
)  # fmt: skip
_DATES = frozenset({"start", "end", "internal_due", "closed", "by"})
_FIGURES = frozenset({"value", "value_max", "carried_in", "exempt"})

Ref = dict[str, str]  # {"area": code, "name": …}


def duties_of(plan: Plan, area: Area) -> list[Commitment]:
    """The commitments of a plan whose units lie in the district, with all that a package says of them."""
    rows = Commitment.objects.filter(plan=plan, withdrawn=None, unit__area__path__startswith=area.path)
    found = rows.select_related("measure", "unit__area", "via__area").prefetch_related("shares").order_by("id")
    return list(found)


def document_of(plan: Plan, area: Area) -> dict[str, Any]:
    """The plan as a document, with the duties of one district."""
    measures = contents_of(plan)
    uids = {role["unit"] for item in measures for role in item["roles"] if role["unit"]}
    units = {str(unit.uid): ref_of(unit) for unit in Unit.objects.filter(uid__in=uids).select_related("area")}
    for item in measures:
        for role in item["roles"]:
            role["unit"] = units.get(role["unit"] or "")
    rhythm = Rhythm.objects.filter(plan=plan).first() or Rhythm(plan=plan)
    return {
        "plan": {name: getattr(plan, name) for name in HEAD}
        | {
            "uid": str(plan.uid), "area": plan.area.code if plan.area else None,
            "issued": plan.issued.isoformat() if plan.issued else None,
            "published": plan.published.isoformat() if plan.published else None,
        },
        "measures": measures,
        "rhythm": {name: getattr(rhythm, name) for name in RHYTHM},
        "commitments": [_duty(row) for row in duties_of(plan, area)],
    }  # fmt: skip


def ref_of(unit: Unit) -> Ref:
    """How a package names a unit."""
    return {"area": unit.area.code, "name": unit.name}


def _duty(row: Commitment) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "measure": str(row.measure.uid), "unit": ref_of(row.unit),
        "via": ref_of(row.via) if row.via else None, **{name: _plain(getattr(row, name)) for name in DUTY},
        "shares": [_share(item) for item in row.shares.all() if item.withdrawn is None],
    }  # fmt: skip


def _share(item: Share) -> dict[str, Any]:
    return {"uid": str(item.uid)} | {name: _plain(getattr(item, name)) for name in SHARE}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return decimal_text(value) if isinstance(value, Decimal) else value


@dataclass(slots=True)
class Known:
    """The units of a document that this directory has, by their reference, and the names that it lacks."""

    units: dict[tuple[str, str], Unit] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def find(self, ref: Mapping[str, str] | None) -> Unit | None:
        """The unit of a reference, None if it is not known here."""
        return self.units.get((ref["area"], ref["name"])) if ref else None


def known_units(document: Mapping[str, Any]) -> Known:
    """Look the units of a document up; one query."""
    refs = {(ref["area"], ref["name"]) for ref in _refs(document)}
    rows = Unit.objects.filter(area__code__in={code for code, _name in refs}, name__in={name for _code, name in refs})
    found = {(unit.area.code, unit.name): unit for unit in rows.select_related("area")}
    lacking = sorted(name for code, name in refs if (code, name) not in found)
    return Known({key: unit for key, unit in found.items() if key in refs}, lacking)


def _refs(document: Mapping[str, Any]) -> Iterable[Ref]:
    for item in document["measures"]:
        yield from (role["unit"] for role in item["roles"] if role["unit"])
    for row in document["commitments"]:
        yield row["unit"]
        if row["via"]:
            yield row["via"]


def contents(document: Mapping[str, Any], known: Known) -> list[Content]:
    """The rows of the plan with the units of this directory."""
    rows: list[Content] = []
    for item in document["measures"]:
        roles = [
            role | {"unit": str(unit.uid) if (unit := known.find(role["unit"])) else None} for role in item["roles"]
        ]
        rows.append(item | {"roles": roles})
    return rows


def values_of(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Fields of a commitment or share from their plain form. Raises ValueError or ArithmeticError for nonsense."""
    values = {}
    for name in names:
        value = given[name]
        if value is not None and name in _DATES:
            value = date.fromisoformat(value)
        elif value is not None and name in _FIGURES:
            value = Decimal(value)
        values[name] = value
    return values
