"""How many of fifty-seven returns are read as a careful person reads them (docs/dropbox.md)."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.apps.returns_samples import measure, pieces, summary


def main() -> int:
    """Print the counts and what was read wrongly; 1 where less than 95 % of units, rows or figures are right."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        tally = measure(Path(folder))
        seconds = time.perf_counter() - start
    print(f"drop box: {summary(tally)}; {1000 * seconds / len(pieces()):.0f} ms a return")
    for line in tally.wrong:
        print(f"  {line}")
    shares = ((tally.units, tally.parts), (tally.rows_right, tally.rows), (tally.figures_right, tally.figures))
    return int(any(right < 0.95 * total for right, total in shares))


if __name__ == "__main__":
    sys.exit(main())
