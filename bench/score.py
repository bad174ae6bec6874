"""Scores a reading against hand-checked truth, field by field, with counts.

A truth file (``bench/truth/<document>.jsonl``) has one line per plan (``{"plan": 1, "title": …, "year": …}``) followed
by one line per measure: ``section, seq, task, start`` (first 12 characters of the text), ``digest`` (:func:`digest`),
``deadline`` (``kind, start, end``), ``lead, responsible, support``, ``targets``. It holds no text of the document
(docs/decisions/0002-truth-without-text.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from lantian.reading.model import ROLE_NAMES, Measure, Plan, Target
from lantian.reading.text import compare_form, join_layout

TRUTH = Path(__file__).parent / "truth"
NUMERIC = ("level", "change", "count", "rate", "rank")


def digest(text: str) -> str:
    """A short digest of a measure's text in its normal form (spaces, widths and kinds of dash and quote aside)."""
    return sha256(compare_form(text).encode()).hexdigest()[:16]


@dataclass
class Score:
    """Counts of one document: right of all, by field; true/false positives and misses of the list fields."""

    document: str
    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def note(self, name: str, ok: bool, where: str, ours: object, truth: object) -> None:
        self.total[name] += 1
        self.right[name] += ok
        if not ok:
            self.wrong.append(f"{where} {name}: read {ours!r}, true {truth!r}")

    def compare(self, name: str, ours: Counter[Any], truth: Counter[Any], where: str) -> None:
        hits = ours & truth
        self.hits[name] += hits.total()
        self.extra[name] += (ours - hits).total()
        self.missed[name] += (truth - hits).total()
        if ours != truth:
            self.wrong.append(f"{where} {name}: read +{list(ours - truth)}, missed {list(truth - ours)}")

    def f1(self, name: str) -> float:
        hits = self.hits[name]
        wrong = self.extra[name] + self.missed[name]
        return 1.0 if hits + wrong == 0 else 2 * hits / (2 * hits + wrong)

    def summary(self) -> dict[str, Any]:
        fields = {name: f"{self.right[name]}/{self.total[name]}" for name in self.total}
        lists = {
            name: f"F1 {self.f1(name):.3f} "
            f"({self.hits[name]} right, {self.extra[name]} extra, {self.missed[name]} missed)"
            for name in ("measures", "units", "targets", "other targets")
            if self.hits[name] + self.extra[name] + self.missed[name]
        }
        return {"document": self.document, **lists, **fields}


def load_truth(name: str) -> list[dict[str, Any]]:
    """The plans of a truth file, each ``{"head": …, "measures": […]}``."""
    plans: list[dict[str, Any]] = []
    for line in (TRUTH / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if "plan" in record:
            plans.append({"head": record, "measures": []})
        else:
            plans[-1]["measures"].append(record)
    return plans


def score(name: str, plans: Sequence[Plan], truth: Sequence[dict[str, Any]] | None = None) -> Score:
    """Score a reading of one document; plans are paired in print order."""
    truth = load_truth(name) if truth is None else truth
    result = Score(name)
    result.note("plans", len(plans) == len(truth), name, len(plans), len(truth))
    for plan, true in zip(plans, truth, strict=False):
        _score_plan(result, plan, true)
    return result


def _score_plan(result: Score, plan: Plan, true: dict[str, Any]) -> None:
    for key in ("title", "year", "region", "level", "medium"):
        if key in true["head"]:
            result.note("head", getattr(plan, key) == true["head"][key], key, getattr(plan, key), true["head"][key])
    pairs, extra, missed = _pair(plan.measures, true["measures"])
    result.hits["measures"] += len(pairs)
    result.extra["measures"] += len(extra)
    result.missed["measures"] += len(missed)
    result.wrong += [f"invented: n{measure.n} {measure.measure[:30]}" for measure in extra]
    result.wrong += [f"missed: {record['start']}" for record in missed]
    for measure, record in pairs:
        _score_measure(result, measure, record)


def _pair(ours: Sequence[Measure], truth: Sequence[dict[str, Any]]) -> tuple[list[Any], list[Measure], list[Any]]:
    left = list(ours)
    pairs, missed = [], []
    for exact in (True, False):
        for record in [item for item in truth if not any(item is pair[1] for pair in pairs)]:
            found = next((measure for measure in left if _same(measure, record, exact)), None)
            if found is not None:
                left.remove(found)
                pairs.append((found, record))
            elif not exact:
                missed.append(record)
    return pairs, left, missed


def _same(measure: Measure, record: dict[str, Any], exact: bool) -> bool:
    if exact:
        return digest(measure.measure) == record["digest"]
    return compare_form(measure.measure).startswith(compare_form(record["start"])[:8])


def _score_measure(result: Score, measure: Measure, record: dict[str, Any]) -> None:
    where = f"n{measure.n} {record['start']}"
    result.note("text", digest(measure.measure) == record["digest"], where, measure.measure[:40], record["start"])
    for key in ("section", "task"):
        if key in record:
            ours = join_layout(getattr(measure, key))
            result.note(key, compare_form(ours) == compare_form(record[key]), where, ours, record[key])
    if "seq" in record:
        result.note("seq", measure.seq == record["seq"], where, measure.seq, record["seq"])
    if "deadline" in record:
        ours_deadline = {
            "kind": measure.deadline.kind,
            "start": measure.deadline.start and measure.deadline.start.isoformat(),
            "end": measure.deadline.end and measure.deadline.end.isoformat(),
        }
        true_deadline = {key: record["deadline"].get(key) for key in ours_deadline}
        result.note("deadline", ours_deadline == true_deadline, where, ours_deadline, true_deadline)
    if any(role in record for role in ROLE_NAMES):
        ours_units = Counter((role, name) for role in ROLE_NAMES for name in measure.units(role))
        true_units = Counter((role, name) for role in ROLE_NAMES for name in record.get(role, []))
        result.compare("units", ours_units, true_units, where)
    if "targets" in record:
        numeric = [target for target in measure.targets if target.kind in NUMERIC]
        true_numeric = [item for item in record["targets"] if item["kind"] in NUMERIC]
        result.compare("targets", _keys(numeric), _true_keys(true_numeric), where)
        others = [target.kind for target in measure.targets if target.kind not in NUMERIC]
        result.compare(
            "other targets", Counter(others), Counter(i["kind"] for i in record["targets"] if i["kind"] not in NUMERIC),
            where,
        )  # fmt: skip


def _keys(targets: Iterable[Target]) -> Counter[Any]:
    return Counter(
        (item.kind, item.comparator, float(item.value or 0), item.unit, item.by and item.by.isoformat(),
         tuple(sorted(item.scope)))
        for item in targets
    )  # fmt: skip


def _true_keys(records: Iterable[dict[str, Any]]) -> Counter[Any]:
    return Counter(
        (item["kind"], item["comparator"], float(item["value"] or 0), item["unit"], item.get("by"),
         tuple(sorted(item.get("scope", []))))
        for item in records
    )  # fmt: skip
