"""Raw packets decoded anew by the profiles of now: ``lantian ingest --redecode``.

Units, aliases, labels and checksums of devices are corrected months after their packets came; the packets stand in the
journal as they were sent. Each is decoded again, and what says something else than the lake is written as a correction,
so the value that counted before stays in the history. What the old profile had read and the new one does not (another
factor, another minute) is withdrawn: its key stays, without a value. Doing it twice changes nothing.

A row that comes of this says in ``source`` when its packet had arrived, and in ``received`` when it was decoded anew.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lantian.ingest import journal
from lantian.ingest.drain import Drain, hours_of
from lantian.ingest.records import REJECTED, Record
from lantian.ingest.registry import Registry
from lantian.ingest.rollup import Hours, means, roll_up
from lantian.ingest.settings import Settings

if TYPE_CHECKING:
    from lantian.lake import Lake

WITHDRAWN = "withdrawn"
_SOURCE = "redecoded"
_BATCH = 50_000
_MEGABYTES = 2048
_SECONDS = 600.0


def redecode(settings: Settings, numbers: Collection[str] = (), since: datetime | None = None) -> Counter[str]:
    """Decode the packets of the journal that are in the lake; ``numbers``: of these devices (MN), else of all known
    ones; ``since`` (aware): those that arrived from then on.

    Gives counts: packets, corrected, added, withdrawn rows. A gateway may run meanwhile. Raises what the lake raises,
    OSError and RegistryError.
    """
    from lantian.ingest.rows import RowMaker
    from lantian.lake import Lake

    registry = Registry(settings.profiles, settings.accept_unknown)
    registry.refresh()
    lake = Lake(settings.lake)
    durable = Drain(settings.journal, lake, registry).locate()
    maker = RowMaker(registry.device, registry.profile)
    counts: Counter[str] = Counter(packets=0, corrected=0, added=0, withdrawn=0)
    hours: set[int] = set()
    known = registry.devices.values()
    intervals = {one.station: one.interval for one in known if one.interval}
    stood: Hours = {}
    for batch in _batches(_chosen(journal.read(settings.journal, 0, durable), registry, set(numbers), since)):
        made = maker.make(map(_tried_again, batch))
        counts["packets"] += len(batch)
        stations = _stations(batch, registry)
        rows = _different(lake, made.observation, {record.arrival for record in batch}, stations, counts)
        if rows.num_rows:
            stood |= means(lake, hours_of(rows) - hours, intervals)
            lake.append(rows)
            hours |= hours_of(rows)
    refused = roll_up(lake, hours, intervals, stood)
    counts["refused_series"] = len(refused)
    return counts


def _chosen(
    records: Iterable[Record], registry: Registry, numbers: set[str], since: datetime | None
) -> Iterator[Record]:
    from lantian.protocols.hj212.framing import device_of

    first = int(since.timestamp() * 1_000_000) if since else 0
    for record in records:
        if record.arrival < first:
            continue
        number = device_of(record.raw)
        if (number in numbers) if numbers else registry.device(number) is not None:
            yield record


def _tried_again(record: Record) -> Record:
    """What nothing proved when it came may be proved by a checksum that was confirmed since.

    The journal keeps frames without their line end, by which alone such a frame is found to be whole.
    """
    if not record.marks & REJECTED:
        return record
    return record._replace(marks=record.marks & ~REJECTED, raw=record.raw.removesuffix(b"\r\n") + b"\r\n")


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Some ten thousand records; those that arrived at once stay together."""
    batch: list[Record] = []
    for _arrival, own in groupby(records, key=lambda record: record.arrival):
        batch += own
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _stations(batch: Iterable[Record], registry: Registry) -> list[str]:
    """Under which names rows of these devices may stand: today's, and the number of one that was not registered."""
    from lantian.protocols.hj212.framing import device_of

    numbers = {device_of(record.raw) for record in batch}
    known = {device.station for number in numbers if (device := registry.device(number))}
    return sorted(known | numbers)


# When the packet of a row that stands had arrived, in microseconds since 1970.
_ARRIVED = (
    f"""case when source like '{_SOURCE} %' then split_part(source, ' ', 2)::bigint else epoch_us(received) end"""
)


def _different(lake: Lake, rows: Any, arrivals: set[int], stations: list[str], counts: Counter[str]) -> Any:
    """The rows to be written: corrections and additions, and withdrawals of what these packets no longer say."""
    import pyarrow as pa

    from lantian.lake import raw
    from lantian.lake.query import Limits, asking, current
    from lantian.lake.schema import KEY, OBSERVATION

    key, content = ", ".join(KEY), raw.CONTENT
    same = " and ".join(f"s.{name} is not distinct from n.{name}" for name in content)
    names = ", ".join(OBSERVATION.names)
    files = _of_days(lake, rows, arrivals)
    with asking(lake.root, Limits(seconds=_SECONDS, megabytes=_MEGABYTES)) as connection:
        connection.register("decoded", rows)
        connection.register("arrivals", pa.table({"arrival": pa.array(sorted(arrivals), pa.int64())}))
        connection.execute(
            f"""create temp table n as select * from decoded
            qualify lead(true) over (partition by {key} order by {raw.ARRIVAL}) is null"""  # noqa: S608 (names of ours)
        )
        connection.execute(
            f"create temp table s as select *, {_ARRIVED} as arrived from ({current(files)}) "  # noqa: S608
            "where list_contains($stations, station)",
            {"stations": stations},
        )
        changed = connection.sql(
            f"""
            select {", ".join(f"n.{name}" for name in OBSERVATION.names)}, s.station is null as fresh
            from n left join s using ({key})
            where s.station is null or (not ({same}) and s.arrived <= epoch_us(n.received))"""  # noqa: S608
        ).to_arrow_table()
        gone = connection.sql(
            f"""
            select {names} from s anti join n using ({key})
            where arrived in (select arrival from arrivals) and coalesce(quality, '') <> '{WITHDRAWN}'"""  # noqa: S608
        ).to_arrow_table()
    fresh = sum(changed.column("fresh").to_pylist())
    counts.update(added=fresh, corrected=changed.num_rows - fresh, withdrawn=gone.num_rows)
    return pa.concat_tables(
        [_renewed(changed.drop_columns(["fresh"]).cast(OBSERVATION)), _withdrawn(_renewed(gone.cast(OBSERVATION)))]
    )


def _of_days(lake: Lake, rows: Any, arrivals: set[int]) -> list[Any]:
    """The files in which these packets' rows may stand: of the days that they speak of now, and of those around their
    arrival, as a corrected label moves a row by a day at most; back-filled rows lie with the days they speak of."""
    spoken = {_day(value) for value in rows.column("time").cast("int64").to_pylist()} if rows.num_rows else set()
    arrived = {_day(value) for value in arrivals}
    days = {str(day + timedelta(days=away)) for day in spoken | arrived for away in (-1, 0, 1)}
    return [item for item in lake.files().raw if item.partition["date"] in days]


def _day(microseconds: int) -> date:
    return (datetime.fromtimestamp(microseconds / 1_000_000, UTC) + timedelta(hours=8)).date()


def _renewed(rows: Any) -> Any:
    """The rows as received now, with the arrival of their packet in ``source``."""
    import pyarrow as pa

    from lantian.lake.schema import INSTANT, OBSERVATION

    arrivals = rows.column("received").cast("int64").to_pylist()
    sources = rows.column("source").to_pylist()
    said = [
        old if old and old.startswith(f"{_SOURCE} ") else f"{_SOURCE} {arrival} {old or ''}".rstrip()
        for old, arrival in zip(sources, arrivals, strict=True)
    ]
    now = pa.array([int(time.time() * 1_000_000)] * rows.num_rows, pa.int64()).cast(INSTANT)
    rows = rows.set_column(OBSERVATION.get_field_index("source"), "source", pa.array(said, pa.string()))
    return rows.set_column(OBSERVATION.get_field_index("received"), "received", now)


def _withdrawn(rows: Any) -> Any:
    """The rows without value; why stands in ``quality``."""
    import pyarrow as pa

    from lantian.lake.schema import OBSERVATION

    empty = pa.nulls(rows.num_rows, pa.float64())
    why = pa.array([WITHDRAWN] * rows.num_rows, pa.string())
    rows = rows.set_column(OBSERVATION.get_field_index("value"), "value", empty)
    return rows.set_column(OBSERVATION.get_field_index("quality"), "quality", why)
