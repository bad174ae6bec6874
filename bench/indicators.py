"""Two million inspections: from a CSV into the lake, folded, and an indicator by district for each month of the year,
beside the same aggregation in pandas from the same file; and what it costs to ask for every indicator that ships.

The rows are invented (fixed seed); pandas is no dependency of ours: without it its line is left out.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import random
import tempfile
import time
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lantian.indicators.engine import on_duckdb
from lantian.indicators.packs import load
from lantian.indicators.running import AreaRow, Limits, Sources, compute
from lantian.indicators.snapshots import Snapshots
from lantian.registers import load as load_packs

ROWS = 2_000_000
YEAR = 2026
DISTRICTS, STREETS = 16, 20
REGISTER, INDICATOR = "heavy_vehicle_check", "heavy_check_fail_rate"
NAMES = ("code", "date", "plate", "fuel", "spot", "area", "team", "result", "local", "fined")
RESULTS = ("合格",) * 16 + ("超标", "污控装置异常", "车用尿素不合格", "油品不合格")


def areas() -> list[AreaRow]:
    """An invented city: districts and their streets."""
    found = [AreaRow("880000", "云溪市", "municipal", None, "city")]
    for district in range(1, DISTRICTS + 1):
        code = f"8801{district:02}"
        found.append(AreaRow(code, code, "district", "880000", "district"))
        found += [AreaRow(f"{code}{street:03}", code, "town", code, "street") for street in range(1, STREETS + 1)]
    return found


def write(path: Path, rows: int = ROWS) -> None:
    """The source file: one inspection a line, months in any order."""
    chance = random.Random(20260101)  # noqa: S311 (not for secrets)
    streets = [row.code for row in areas() if row.level == "town"]
    days = [(date(YEAR, 1, 1) + timedelta(days=number)).isoformat() for number in range(365)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(NAMES)
        for number in range(rows):
            plate = f"云A{chance.randrange(100_000):05}"
            result, street = chance.choice(RESULTS), chance.choice(streets)
            fined = "true" if result != "合格" else "false"
            writer.writerow(
                (f"C{number:07}", chance.choice(days), plate, "柴油", "主要道路", street, "u1", result, "true", fined)
            )


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of the file as a change set brings them."""
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found: dict[str, Any] = row
            found |= {"local": row["local"] == "true", "fined": row["fined"] == "true"}
            yield {**found, "key": row["code"], "valid_from": row["date"], "gone": False}


def _ours(path: Path, folder: Path) -> dict[tuple[str, int], float | None]:
    packs = load_packs()
    indicator, register = load(packs).indicators[INDICATOR], packs.registers[REGISTER]
    snapshots = Snapshots(folder)
    began, worked = time.perf_counter(), time.process_time()
    snapshots.append(register, read(path), 1)
    wrote, busy = time.perf_counter(), time.process_time() - worked
    snapshots.append(register, [next(read(path)) | {"fined": True}], 2)
    snapshots.fold(register)
    folded = time.perf_counter()
    figures: dict[tuple[str, int], float | None] = {}
    seconds: dict[str, float] = {}
    for level in ("district", "city"):
        start = time.perf_counter()
        sources = Sources(folder, areas=areas())
        for month in range(1, 13):
            end = date(YEAR, month, monthrange(YEAR, month)[1])
            answer = compute(indicator, end.replace(day=1), end, sources, level=level, limits=Limits(seconds=120))  # type: ignore[arg-type]
            if answer.failed is not None:
                raise SystemExit(answer.failed.en)
            figures |= {(subject, month): value for subject, value in answer.rows}
        seconds[level] = time.perf_counter() - start
    size = sum(item.size for item in snapshots.files(register)) / 1e6
    print(
        f"{ROWS:,} rows from CSV into the lake, folded {wrote - began:6.1f} s ({busy:.1f} s of the processor)", end=""
    )
    print(f"   a correction folded in {folded - wrote:5.1f} s   {size:.0f} MB")
    print(f"district × 12 months {seconds['district']:5.2f} s   city × 12 months {seconds['city']:5.2f} s")
    return figures


def _pandas(path: Path) -> dict[tuple[str, int], float] | None:
    """The same figures the plain way, from the file."""
    if importlib.util.find_spec("pandas") is None:
        return None
    pandas = importlib.import_module("pandas")
    began = time.perf_counter()
    frame = pandas.read_csv(path, dtype={"area": str}, parse_dates=["date"])
    read_in = time.perf_counter()
    frame["district"], frame["month"] = frame.area.str[:6], frame.date.dt.month
    shares = (frame.result != "合格").groupby([frame.district, frame.month]).mean() * 100
    done = time.perf_counter()
    print(f"pandas: read_csv {read_in - began:5.2f} s   district × 12 months {done - read_in:5.2f} s")
    found: dict[tuple[str, int], float] = shares.to_dict()
    return found


def _many(folder: Path) -> None:
    """Every shipped indicator at each of its levels for one month, over registers without rows: what asking costs."""
    found = load(load_packs()).indicators.values()
    end = date(YEAR, 3, 31)
    times = []
    with on_duckdb() as kept:
        for engine in (None, kept):
            began, worked, count = time.perf_counter(), time.process_time(), 0
            sources = Sources(folder, areas=areas())
            for indicator in found:
                for level in indicator.levels if indicator.subject == "area" else (None,):
                    compute(indicator, end.replace(day=1), end, sources, level=level, engine=engine)
                    count += 1
            times.append((time.perf_counter() - began, time.process_time() - worked))
    for name, (seconds, busy) in zip(("a connection for each", "one connection"), times, strict=True):
        print(f"{count} computations without rows, {name:21} {seconds:5.1f} s ({busy:.1f} s of the processor)")


def run() -> None:
    """Write the file, time both, compare their figures."""
    print("\n# Indicators: two million inspections, by district and month")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checks.csv"
        write(path)
        ours = _ours(path, Path(folder) / "lake")
        theirs = _pandas(path)
        _many(Path(folder) / "empty")
    if theirs is not None:
        apart = max(abs((ours[place] or 0) - value) / value for place, value in theirs.items())
        print(f"{len(theirs)} figures alike to {apart:.1e}")


if __name__ == "__main__":
    run()
