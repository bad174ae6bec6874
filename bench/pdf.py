"""PDF tables: this reader against pdfplumber and camelot, each as a whole process.

``python -m bench.pdf FILE…`` prints one line a file and tool: seconds (median of three), peak memory, and how many
cells are right against the text dump beside the file (``plan.pdf`` ↔ ``plan.txt``, cells separated by tabs).
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

RUNS = 3
_MARKUP = re.compile(r"</?[a-z]+>|_\{?|\}|\s+")

#: Each prints the rows of all tables as JSON; "" where a merged cell goes on.
TOOLS = {
    "lantian": """
import json, sys
from pathlib import Path
from lantian.reading.sources.pdf import read
rows = []
for table in read(Path(sys.argv[1])).tables():
    for number, places in enumerate(table.grid()):
        rows.append([c.text if c and (c.row, c.col) == (number, col) else "" for col, c in enumerate(places)])
""",
    "pdfplumber": """
import json, sys
import pdfplumber
rows = []
with pdfplumber.open(sys.argv[1]) as pdf:
    for page in pdf.pages:
        for table in page.extract_tables():
            rows += [[cell or "" for cell in row] for row in table]
""",
    "camelot": """
import json, sys
import camelot
rows = []
for table in camelot.read_pdf(sys.argv[1], pages="all", flavor="lattice"):
    rows += table.df.values.tolist()
""",
}
_MEASURE = """
import resource
json.dump({"rows": rows, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}, sys.stdout)
"""


def run(files: Sequence[Path]) -> list[dict[str, object]]:
    """One record a file and tool: seconds, peak MB, rows and cells right and of how many; or the tool's error."""
    return [_record(path, tool) for path in files for tool in TOOLS]


def _record(path: Path, tool: str) -> dict[str, object]:
    record: dict[str, object] = {"file": path.name, "tool": tool}
    seconds: list[float] = []
    output = ""
    for _ in range(RUNS):
        start = time.perf_counter()
        process = subprocess.run(
            [sys.executable, "-c", TOOLS[tool] + _MEASURE, str(path)], capture_output=True, text=True, check=False
        )
        seconds.append(time.perf_counter() - start)
        if process.returncode:
            return record | {"error": process.stderr.strip().splitlines()[-1:]}
        output = process.stdout
    # Warnings of a tool may stand before its result.
    result = json.loads(output[output.index('{"rows"') :])
    record |= {"seconds": round(statistics.median(seconds), 3), "peak_mb": round(result["peak"] / 1024)}
    dump = path.with_suffix(".txt")
    if dump.is_file():
        record |= score(truth(dump), result["rows"])
    return record


def squeezed(text: str) -> str:
    """Text without white space and without the markup of a dump."""
    return _MARKUP.sub("", text)


def truth(dump: Path) -> list[list[str]]:
    """The rows of a dump that hold a measure (third column), without the header rows."""
    rows = [[squeezed(cell) for cell in line.split("\t")] for line in dump.read_text(encoding="utf-8").splitlines()]
    header = next((row for row in rows if len(row) > 2), [])
    return [row for row in rows if len(row) > 2 and row[2] and row[:3] != header[:3]]


def score(wanted: list[list[str]], found: list[list[str]]) -> dict[str, object]:
    """Cells right, row by row in order. A merged cell may be blank or repeated; rows cut by a page may be in two."""
    width = statistics.mode(len(row) for row in wanted)
    ours = [[squeezed(cell) for cell in row][:width] for row in found]
    ours = [row + [""] * (width - len(row)) for row in ours]
    rows = cells = at = 0
    for row in wanted:
        row = row[:width] + [""] * (width - len(row))
        best, used = _best(row, ours, at)
        cells += best
        rows += best == width
        at = used
    return {"rows_right": rows, "rows": len(wanted), "cells_right": cells, "cells": len(wanted) * width}


def _best(row: list[str], ours: list[list[str]], at: int) -> tuple[int, int]:
    """Most cells right among the next rows and pairs of neighbouring rows, and where to go on."""
    best, go_on = 0, at
    for start in range(at, min(at + 6, len(ours))):
        single = _right(row, ours[start])
        if single > best:
            best, go_on = single, start + 1
        if start + 1 < len(ours):
            for following in (start + 1, start + 2):
                if following < len(ours):
                    pair = _right(row, [a + b for a, b in zip(ours[start], ours[following], strict=True)])
                    if pair > best:
                        best, go_on = pair, following + 1
    return best, go_on


def _right(row: list[str], ours: list[str]) -> int:
    if row[2] and ours[2] != row[2]:
        return 0
    right = 0
    for col, (wanted, found) in enumerate(zip(row, ours, strict=True)):
        repeated = found in ("", ours[col - 1]) if col else found == ""
        # number and task of a merged group may be carried down or left blank, on either side
        right += found == wanted or (col < 2 and (not wanted or not found)) or (not wanted and repeated)
    return right


def main() -> None:
    """Print the records of the files named on the command line."""
    for record in run([Path(name) for name in sys.argv[1:]]):
        print(json.dumps(record, ensure_ascii=False))


if __name__ == "__main__":
    main()
