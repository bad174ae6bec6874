"""Scores ``lantian align`` against a careful official's reading (``bench/truth/align-*.json``), with counts.

A truth file names its two documents and holds numbers, relation words and figures only, no sentence of the documents
(docs/decisions/0002-truth-without-text.md). ``also`` lists relations that the official would accept too.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.score import TRUTH

PLANS = Path(__file__).resolve().parent.parent.parent / "shared" / "plans"
Key = tuple[str, int]


def score(truth: dict[str, Any], found: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Counts of one pair of plans, and one line per difference. ``found`` is the JSON of the command."""
    ours = {link["district_n"]: link for link in found["links"]}
    counts: Counter[str] = Counter()
    wrong = []
    for link in truth["links"]:
        mine = ours.get(link["district_n"], {"city": [], "relation": "missing", "changes": []})
        true, read = _rows(link["city"]), _rows(mine["city"])
        counts["rows"] += 1
        counts["same partners"] += true == read
        counts["main partner"] += bool(true & read) or true == read
        counts["links"] += len(true)
        counts["links found"] += len(true & read)
        counts["links invented"] += len(read - true)
        accepted = {link["relation"], *link.get("also", ())}
        counts["relation"] += mine["relation"] == link["relation"]
        counts["relation accepted"] += mine["relation"] in accepted
        counts["sure rows"] += bool(link.get("sure"))
        counts["sure relation"] += bool(link.get("sure")) and mine["relation"] == link["relation"]
        figures = _figures(link["changes"])
        counts["figures"] += len(figures)
        counts["figures found"] += len(figures & _figures(mine["changes"]))
        if true != read or mine["relation"] != link["relation"]:
            mark = "" if mine["relation"] not in accepted else " (accepted)"
            wrong.append(
                f"n{link['district_n']}: {sorted(read)} {mine['relation']}, "
                f"true {sorted(true)} {link['relation']}{'' if link.get('sure') else ' ?'}{mark}"
            )
    true_orphans, orphans = _rows(truth["orphans"]), _rows(found["orphans"])
    media = {medium for medium, _n in true_orphans}
    orphans = {row for row in orphans if row[0] in media}
    counts["orphans"] = len(true_orphans)
    counts["orphans found"] = len(true_orphans & orphans)
    counts["orphans invented"] = len(orphans - true_orphans)
    return dict(counts), wrong


def _rows(rows: Iterable[dict[str, Any]]) -> set[Key]:
    return {(row["medium"], row["n"]) for row in rows}


def _figures(changes: Iterable[dict[str, Any]]) -> set[str]:
    """Changed figures by their digits: ≥70% → ≥80% and 70 → 80 are the same."""
    return {
        f"{_digits(change.get('from'))}→{_digits(change.get('to'))}"
        for change in changes
        if change["field"] == "target"
    }


def _digits(text: Any) -> str:
    shown = "".join(letter for letter in str(text or "") if letter.isdigit() or letter == ".")
    return shown.rstrip(".")


def run() -> None:
    """Every truth file whose documents are here; differences with ``-v``."""
    from lantian import read_plan
    from lantian.comparing.alignment import align

    for path in sorted(TRUTH.glob("align-*.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        files = PLANS / truth["city"], PLANS / truth["district"]
        if not all(file.exists() for file in files):
            continue
        city, (district, *_) = (read_plan(file) for file in files)
        begin = time.perf_counter()
        found = align(city, district).as_dict()
        seconds = time.perf_counter() - begin
        counts, wrong = score(truth, found)
        print(json.dumps({"truth": path.stem, **counts, "seconds": round(seconds, 3)}, ensure_ascii=False))
        if "-v" in sys.argv:
            print("\n".join(f"    {line}" for line in wrong))


if __name__ == "__main__":
    run()
