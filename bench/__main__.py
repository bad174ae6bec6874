"""``make bench``: accuracy against hand-checked truth, then speed and memory beside the peers, in one run.

The documents are the real plans beside the checkout; without them only our own sample is measured, and it says so.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
from pathlib import Path

from bench import align, analysis, cityscale, hj212, indicators, ingest, registers, search, stats
from bench.measuring import LANTIAN, measured
from bench.score import TRUTH, score

ROOT = Path(__file__).resolve().parent.parent
PLANS = ROOT.parent / "shared" / "plans"
DEMO = ROOT / "src" / "lantian" / "demo" / "plan.html"


def accuracy() -> None:
    """Every truth file against each form of its document."""
    from lantian import read_plan

    print("# Accuracy (hand-checked truth: bench/truth)")
    for truth in sorted(TRUTH.glob("*.jsonl")):
        forms = sorted(PLANS.glob(f"{truth.stem}.*")) + ([DEMO] if truth.stem == "demo" and DEMO.exists() else [])
        for document in forms:
            result = score(truth.stem, read_plan(document))
            print(json.dumps({"file": document.name, **result.summary()}, ensure_ascii=False))
            if "-v" in sys.argv:
                print("\n".join(f"    {line}" for line in result.wrong))


def speed() -> None:
    """Whole commands: ours on every kind of document, start-up, a batch."""
    print("\n# Speed and memory (whole process, median of 5; peak resident memory)")
    rows = [("lantian --version", [str(LANTIAN), "--version"], 5)]
    for name in ("bj-air-2024.pdf", "bj-air-2022.pdf", "mtg-air-2023.docx", "bj-air-2024.txt", "bj-2021.txt",
                 "cn-zero-waste-pilot-2018.html"):  # fmt: skip
        if (PLANS / name).exists():
            rows.append((f"lantian read {name}", [str(LANTIAN), "read", str(PLANS / name)], 5))
    if (PLANS / "bj-2021-scan.pdf").exists():
        rows.append(("lantian read bj-2021-scan.pdf", [str(LANTIAN), "read", str(PLANS / "bj-2021-scan.pdf")], 2))
    if DEMO.exists():
        rows.append(("lantian read demo/plan.html", [str(LANTIAN), "read", str(DEMO)], 5))
    for label, command, repeat in rows:
        seconds, peak = measured(command, repeat)
        print(f"{label:45} {seconds:7.3f} s {peak:7.0f} MB")
    batch = [str(path) for path in PLANS.glob("*.docx")] + [str(path) for path in PLANS.glob("bj-air-*.txt")]
    if batch:
        hundred = (batch * 100)[:100]
        seconds, peak = measured([str(LANTIAN), "read", *hundred], 1)
        print(f"{'lantian read, 100 plans in one batch':45} {seconds:7.3f} s {peak:7.0f} MB")


def peers() -> None:
    """PDF tables beside pdfplumber and camelot on the same files."""
    from bench.pdf import run

    files = [PLANS / name for name in ("bj-air-2024.pdf", "bj-air-2022.pdf") if (PLANS / name).exists()]
    if not files:
        return
    print("\n# PDF tables beside peers (same files, same run; tables only, whole process, median of 3)")
    records = run(files)
    for record in records:
        print(json.dumps(record, ensure_ascii=False))
    for path in files:
        command, _ = measured([str(LANTIAN), "read", str(path)], 3)
        for record in records:
            if record["file"] == path.name and record["tool"] != "lantian" and "seconds" in record:
                ratio = float(str(record["seconds"])) / command
                print(f"{path.name}: whole command {command:.2f} s, {record['tool']} alone {ratio:.1f} × that")


def main() -> None:
    """All of it."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    if not PLANS.is_dir():
        print("The real plans are not beside this checkout: only our own sample is measured.")
    accuracy()
    align.run()
    speed()
    peers()
    hj212.run()
    ingest.run()
    indicators.run()
    registers.main()
    search.run()
    cityscale.run()
    stats.run()
    analysis.run()
    print(f"\n(benchmark itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB)")


if __name__ == "__main__":
    main()
