"""`Lake`: a folder of Delta tables, written by one process at a time and read by many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lantian.lake.errors import LakeError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lantian.lake.blocks import HourBlock
    from lantian.lake.hours import Written
    from lantian.lake.query import Files, Limits
    from lantian.lake.reading import Hours, Reader
    from lantian.lake.reviews import Review
    from lantian.lake.tables import Table
    from lantian.lake.upkeep import Compacted

TABLES = ("raw", "quarantine", "hours", "series", "correction", "review")
Into = Literal["raw", "quarantine"]
# How long a writer waits for another one, which never holds the lock for longer than one commit takes.
_WAIT = 60.0


@dataclass(frozen=True)
class Described:
    """One table as `lantian lake info` shows it."""

    name: str
    version: int
    files: int
    rows: int
    megabytes: float


class Lake:
    """The lake in a folder. Nothing is created before the first write; an absent lake reads as an empty one."""

    tables = TABLES

    def __init__(self, root: str | Path, wait: float = _WAIT) -> None:
        self.root = Path(root)
        self._wait = wait

    def table(self, name: str) -> Table:
        """One of the Delta tables, for those who write or read its files."""
        from lantian.lake import schema
        from lantian.lake.tables import Table

        found = {
            "raw": (schema.OBSERVATION, ("layer", "date")),
            "quarantine": (schema.OBSERVATION, ("layer", "date")),
            "hours": (schema.HOUR, ("layer", "part", "year")),
            "series": (schema.SERIES, ()),
            "correction": (schema.CORRECTION, ()),
            "review": (schema.REVIEW, ()),
        }[name]
        return Table(self.root / name, *found)

    def registers(self) -> list[Path]:
        """The folders of the registers' snapshots."""
        return sorted(path for path in (self.root / "registers").glob("*") if path.is_dir())

    def version(self) -> int:
        """Grows with every commit to any table; 0 where nothing was written. Costs a listing of folders."""
        return sum(self.table(name).version() + 1 for name in TABLES)

    def exists(self) -> bool:
        """Whether anything was ever written here. LakeError: the folder holds something that is no lake."""
        if not self.root.exists():
            return False
        if not self.root.is_dir():
            raise LakeError(f"{self.root}：不是文件夹", f"{self.root}: not a folder")
        if self.version():
            return True
        # The registers' snapshots may be all that was ever written (lantian.indicators.snapshots).
        if any(not path.name.startswith(".") and path.name != "registers" for path in self.root.iterdir()):
            raise LakeError(f"{self.root}：不是数据湖", f"{self.root}: not a lake")
        return False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The lock, and one sentence for whatever folder and disk do."""
        from lantian.lake.lock import cannot_write, failures, writing

        with writing(self.root, self._wait):
            try:
                yield
            except failures() as error:
                raise cannot_write(self.root, error) from error

    def append(self, data: Any, transaction: tuple[str, int] | None = None, into: Into = "raw") -> bool:
        """Append observations (an Arrow table in the columns of OBSERVATION) in one durable commit.

        ``transaction`` (application, version): False, and nothing written, where that version or a later one was
        committed before. LakeError: the rows are refused, or the folder or the disk does not take them.
        """
        from lantian.lake.raw import PARQUET, by_date, checked
        from lantian.lake.tables import undone_on_failure

        rows = checked(data)
        with self.writing():
            table = self.table(into)
            delta = table.for_writing()
            if transaction is not None:
                last = delta.transaction_version(transaction[0])
                if last is not None and transaction[1] <= last:
                    return False
            with undone_on_failure() as written:
                for day, own in by_date(rows):
                    written.append(table.write_file(own, {"layer": "new", "date": day}, **PARQUET))
                if written or transaction:
                    table.commit(delta, written, transaction=transaction)
                    written.clear()
        return True

    def last_transaction(self, application: str, into: Into = "raw") -> int | None:
        """The version that ``application`` committed last, None if none."""
        delta = self.table(into).open()
        return None if delta is None else delta.transaction_version(application)

    def write_hours(
        self,
        stations: Sequence[str],
        factor: str,
        first_hour: datetime,
        values: NDArray[np.float64],
        unit: str | None = None,
        source: str | None = None,
        by: str | None = None,
        **stated: str | None,
    ) -> Written:
        """Write hours of one factor: ``values`` (stations, hours), NaN = nothing said; `write_blocks` for the rules.

        ``stated``: hour_label, time_zone, reference_state as the source states them.
        """
        from lantian.lake.blocks import HourBlock

        return self.write_blocks([HourBlock(stations, factor, first_hour, values, unit, source, **stated)], by=by)

    def write_blocks(self, blocks: Sequence[HourBlock], by: str | None = None) -> Written:
        """Write hours of several factors in one commit.

        The same again changes nothing. Another value replaces the old one, which stays in ``correction`` with who and
        when; NaN never erases. LakeError: a series has another unit here, or the folder or the disk gives up.
        """
        from lantian.lake.hours import write
        from lantian.lake.tables import undone_on_failure

        with self.writing(), undone_on_failure() as written:
            return write(self, blocks, by, written)

    def review(self, rows: Iterable[Review]) -> int:
        """Append persons' decisions on hours in one commit; returns how many were not there. The hours stay.

        A decision whose finding has one of its sequence or a later one is left out: writing again changes nothing.
        LakeError: a decision that cannot be one, or the folder or the disk gives up.
        """
        from lantian.lake.reviews import write

        return write(self, rows)

    def reviews(self) -> dict[str, Review]:
        """The decision that counts of every finding, by the finding."""
        from lantian.lake.reviews import newest

        return newest(self.table("review").newest())

    def withdraw_hours(self, hours: Mapping[tuple[str, str, int], float], by: str | None = None) -> int:
        """Take values back that should not stand: ``hours`` by (station, factor, hour since 1970, UTC) with the value
        that is meant. Where another stands, or none, nothing happens.

        The hour has no datum then; the value stays in ``correction`` with who and when. Gives how many were taken back.
        LakeError: the folder or the disk gives up.
        """
        from lantian.lake.hours import withdraw
        from lantian.lake.tables import undone_on_failure

        with self.writing(), undone_on_failure() as written:
            return withdraw(self, hours, by, written)

    def hours(
        self,
        factors: Sequence[str] | None = None,
        start: date | None = None,
        end: date | None = None,
        stations: Sequence[str] | None = None,
    ) -> Hours:
        """Hours of local days ``start`` … ``end`` (all there are where None) as dense arrays, as they came."""
        return self.reader().read(factors, start, end, stations)

    def reader(self, counted: bool = False) -> Reader:
        """One version of the hours for many reads: a group of stations after the other where all are too many.

        ``counted``: without the hours that a person rejected.
        """
        from lantian.lake.reading import Reader

        return Reader(self, counted)

    def files(self) -> Files:
        """The file lists of the newest version of every table: what a query reads, whatever is written meanwhile."""
        from lantian.lake.query import Files

        found = {name: self.table(name) for name in TABLES}
        return Files(**{name: table.newest() for name, table in found.items()})

    def sql(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        more: Mapping[str, Callable[[], str]] | None = None,
    ) -> Any:
        """The Arrow table that answers one SELECT over the views (docs/lake.md). QueryRefused: not allowed or wrong.

        ``more``: other views by name, as what makes the SQL of their rows (files of this lake).
        """
        from lantian.lake.query import answer

        return answer(self.root, self.files(), query, parameters, limits, more)

    def latest(self, factors: Sequence[str] | None = None, since: datetime | None = None) -> Any:
        """The newest value of each (station, factor, attribute, interval) as an Arrow table like OBSERVATION.

        ``since`` (aware) leaves older ones out, and is what makes it fast: only the files of those dates are read.
        """
        from lantian.lake.query import latest

        return latest(self.root, self.files(), factors, since)

    def hour_means(self, factors: Sequence[str], since: datetime, until: datetime) -> Any:
        """Means of raw observations by hour, an Arrow table: station, factor, interval, unit, mean, hour (hours since
        1970, UTC), minutes (how many of them have a value).

        Only values that count: flag N, a confirmed unit, nothing against them in ``quality``. ``since`` and ``until``
        (aware, until not included) should be full hours.
        """
        from lantian.lake.query import hour_means

        return hour_means(self.root, self.files(), factors, since, until)

    def compact(self, keep_days: int | None = None, thorough: bool = True, vacuum_hours: int = 24) -> Compacted:
        """Fold small files, drop raw dates older than ``keep_days``, delete what no version of the last hours uses.

        ``thorough`` False folds only where it pays, for a writer that compacts every few minutes. Nothing that can be
        read changes. The lock is taken for one date at a time.
        """
        from lantian.lake.upkeep import compact

        return compact(self, keep_days, thorough, vacuum_hours)

    def info(self) -> list[Described]:
        """Every table with version, files, rows and size."""
        found = []
        for name in TABLES:
            table = self.table(name)
            files = table.newest()
            found.append(
                Described(
                    name,
                    table.version(),
                    len(files),
                    sum(item.rows for item in files),
                    sum(item.size for item in files) / 1e6,
                )
            )
        return found
