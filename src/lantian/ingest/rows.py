"""Journal records to rows of the lake: what counts as an observation, and what is kept out of it and why.

Every frame of data ends in ``observation`` or, with the reason in ``quality``, in ``quarantine``; nothing is dropped.
Values stay as sent. What is no finite number has no value (never 0), with its text in ``quality``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lantian.ingest import sheets
from lantian.ingest.records import REGULAR, REJECTED, SECOND_PEER, TAKEN_UNKNOWN, Record
from lantian.ingest.registry import Device
from lantian.ingest.sheets import Sheet
from lantian.lake.schema import OBSERVATION
from lantian.protocols.hj212 import times
from lantian.protocols.hj212.answers import clock_is_wrong
from lantian.protocols.hj212.batch import BatchDecoder, Packet
from lantian.protocols.hj212.body import is_text
from lantian.protocols.hj212.decode import Frame, decode
from lantian.protocols.hj212.framing import device_of
from lantian.protocols.hj212.layout import Layout
from lantian.protocols.hj212.packets import Assembler
from lantian.protocols.hj212.profile import DEFAULT, Profile

# Length of a record's period by its command; every other command holds no observation and stays in the journal.
INTERVALS = {"2011": "instant", "2051": "minute", "2061": "hour", "2031": "day"}
# What loggers send for "nothing measured"; the value stays, the word in ``quality`` lets a rule leave it out.
PLACEHOLDERS = (9999.0, 99999.0)
_FUTURE = 600_000_000  # µs, as answers.clock_is_wrong
_PAST = 365 * 86_400_000_000
_REPAIRS = ("length-", "crc-", "junk-", "sm4-printed", "rf", "repeated-keys")
_TEXT = 40
_AT_ONCE = 4096  # packets whose bytes and numbers stay in the processor's cache

Lookup = Callable[[str], Device | None]


@dataclass
class Decoded:
    """Two tables in the lake's schema, and how many frames and values met which fate."""

    observation: pa.Table
    quarantine: pa.Table
    counts: Counter[str]


@dataclass
class _Columns:
    """Rows read one by one."""

    rows: list[tuple[object, ...]] = field(default_factory=list)
    kept_out: list[bool] = field(default_factory=list)


class RowMaker:
    """Decodes batch after batch of one journal; ``device`` gives the known device of a number."""

    def __init__(self, device: Lookup, profile: Callable[[str], Profile | None]) -> None:
        self._device = lru_cache(maxsize=50_000)(device)
        self._profile = profile
        self._batch = BatchDecoder(profile)
        self._assembler = Assembler()

    def refresh(self) -> None:
        """The register of devices has changed."""
        self._device.cache_clear()

    @property
    def incomplete(self) -> int:
        """Split records that still wait for a part."""
        return len(self._assembler.incomplete)

    def make(self, records: Iterable[Record]) -> Decoded:
        """The rows of these records, in no particular order."""
        counts: Counter[str] = Counter()
        columns = _Columns()
        regular: list[Record] = []
        for record in records:
            if record.marks & REGULAR:
                regular.append(record)
            elif not record.marks & REJECTED:
                self._careful(record, self._alone(record), columns, counts)
        regulars = self._regular(regular, columns, counts)
        blocks = [_from_rows(columns), *(self._block(sheet, counts) for sheet in regulars)]
        table = pa.concat_tables([one for one, _ in blocks])
        out = pa.array(np.concatenate([mask for _, mask in blocks]))
        made = Decoded(table.filter(pc.invert(out)), table.filter(out), counts)
        counts["rows"] += made.observation.num_rows
        counts["quarantined_rows"] += made.quarantine.num_rows
        return made

    def _whose(self, mn: str, marks: int) -> Device | None:
        """The device of a number as it is registered now, or as it was taken when its packet came."""
        found = self._device(mn)
        return Device(mn, mn) if found is None and marks & TAKEN_UNKNOWN else found

    def _alone(self, record: Record) -> Frame | None:
        """The frame of a record that needs the careful way, None where today's profile does not prove it."""
        profile = self._profile(device_of(record.raw)) or DEFAULT
        return next((one for one in decode(record.raw, profile) if one.usable), None)

    def _regular(self, records: list[Record], columns: _Columns, counts: Counter[str]) -> list[Sheet]:
        """Frames that HJ 212's checksum proved when they came; the journal's own checksum has kept them since."""
        found: list[Sheet] = []
        groups: dict[tuple[int, str], list[tuple[Record, Packet]]] = {}
        for begin in range(0, len(records), _AT_ONCE):
            some = records[begin : begin + _AT_ONCE]
            blocks, singles = self._batch.blocks(sheets.run_of(some))
            found += [sheet for block in blocks for sheet in sheets.of_block(block, some)]
            for number, one in singles.items():
                if isinstance(one, Frame):
                    self._careful(some[number], one, columns, counts)
                else:
                    groups.setdefault((id(one.layout), one.command), []).append((some[number], one))
        found += [sheets.of_packets(pairs) for pairs in groups.values()]
        counts["no_observation"] += sum(len(sheet.records) for sheet in found if sheet.command not in INTERVALS)
        return [sheet for sheet in found if sheet.command in INTERVALS]

    def _careful(self, record: Record, frame: Frame | None, columns: _Columns, counts: Counter[str]) -> None:
        if frame is None or frame.body is None:
            counts["unproved"] += 1
            return
        if "split-part" in frame.codes:
            self._assembler.add(frame)
        interval = INTERVALS.get(frame.body.head.get("CN", ""))
        if interval is None:
            counts["no_observation"] += 1
            return
        counts["frames"] += 1
        device = self._whose(frame.mn, record.marks)
        reason = _reason(record, frame, device)
        if reason:
            counts[f"quarantined:{reason}"] += 1
        notes = [reason] if reason else []
        notes += [code for code in frame.codes if code.startswith(_REPAIRS) and code != "crc-lower-case"]
        received = times_of(record.arrival)
        stamp = frame.data_time or frame.qn_time or received
        station = device.station if device else frame.mn
        for code, values in frame.body.factors.items():
            unit = _unit(device, code, frame.body.wire.get(code, code))
            flag = values.get("Flag") or None
            for name, value in values.items():
                if is_text(name) or name.endswith("_text"):
                    continue
                number = value if isinstance(value, float) else None
                said = [*notes, *_doubts(code, number, values.get(f"{name}_text"), counts)]
                columns.rows.append(
                    (station, code, name, stamp, interval, number, unit, flag, "; ".join(said) or None,
                     _source(record.peer), received)
                )  # fmt: skip
                columns.kept_out.append(bool(reason))

    def _block(self, sheet: Sheet, counts: Counter[str]) -> tuple[pa.Table, np.ndarray[Any, Any]]:
        """The rows of packets of one layout and command: column by column."""
        layout, records = sheet.layout, sheet.records
        number, width = len(records), len(layout.attributes)
        devices = [self._whose(mn, record.marks) for mn, record in zip(sheet.numbers, records, strict=True)]
        stamps = np.array([_epoch(stamp) for stamp in sheet.stamps], dtype=np.int64)
        requests = np.array([_epoch(request[:14]) for request in sheet.requests], dtype=np.int64)
        arrivals = np.array([record.arrival for record in records], dtype=np.int64)
        reasons = _reasons([record.marks for record in records], devices, stamps, requests, arrivals)
        counts["frames"] += number
        counts.update(f"quarantined:{reason}" for reason in reasons if reason)
        values = sheet.values
        every = pa.array(np.repeat(np.arange(number), width))
        across = pa.array(np.tile(np.arange(width), number))

        def repeated(items: Sequence[object], kind: pa.DataType) -> pa.Array:
            return pa.array(items, kind).take(every)

        def tiled(items: Sequence[object]) -> pa.Array:
            return pa.array(items, pa.string()).take(across)

        instant = pa.timestamp("us", tz="UTC")
        size = number * width
        table = pa.Table.from_arrays(
            [
                repeated(
                    [one.station if one else mn for one, mn in zip(devices, sheet.numbers, strict=True)], pa.string()
                ),
                tiled([code for code, _ in layout.attributes]),
                tiled([name for _, name in layout.attributes]),
                pa.array(np.repeat(stamps, width)).cast(instant),
                pa.array([INTERVALS[sheet.command]], pa.string()).take(pa.array(np.zeros(size, dtype=np.int8))),
                pa.array(values.ravel()),
                _units(devices, layout),
                sheet.flags,
                _quality(values, layout, reasons, counts),
                repeated([_source(record.peer) for record in records], pa.string()),
                pa.array(np.repeat(arrivals, width)).cast(instant),
            ],
            schema=OBSERVATION,
        )
        return table, np.repeat(np.array([bool(reason) for reason in reasons], dtype=bool), width)


def times_of(arrival: int) -> Any:
    """Microseconds since 1970 as an instant in UTC."""
    from datetime import UTC, datetime, timedelta

    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=arrival)


@lru_cache(maxsize=20_000)
def _epoch(stamp: str) -> int:
    """Microseconds of a stamp on the wire; -1 where it is no date (a QN may be anything)."""
    instant = times.read(stamp)
    return int(instant.timestamp()) * 1_000_000 if instant else -1


@lru_cache(maxsize=20_000)
def _source(peer: str) -> str:
    return f"hj212 {peer.rpartition(':')[0] or peer}"


def _reason(record: Record, frame: Frame, device: Device | None) -> str:
    """Why a frame's rows are kept out of ``observation``; empty where they are not."""
    if device is None:
        return "unknown-device"
    if record.marks & SECOND_PEER:
        return "second-peer"
    if clock_is_wrong(frame, times_of(record.arrival)):
        return "clock"
    if frame.data_time is None:
        return "period-length-unknown" if "period-length-unknown" in frame.codes else "no-time"
    return ""


def _reasons(
    marks: list[int],
    devices: list[Device | None],
    stamps: np.ndarray[Any, Any],
    requests: np.ndarray[Any, Any],
    arrivals: np.ndarray[Any, Any],
) -> list[str]:
    """The same for many packets, whose DataTime is always a date."""
    ahead = np.maximum(stamps, requests) - arrivals > _FUTURE
    years = (requests >= 0) & (np.abs(requests - arrivals) > _PAST)
    wrong = ahead | years
    return [
        "unknown-device" if device is None else "second-peer" if mark & SECOND_PEER else "clock" if clock else ""
        for device, mark, clock in zip(devices, marks, wrong, strict=True)
    ]


def _unit(device: Device | None, code: str, wire: str) -> str | None:
    if device is None or not device.profile.units:
        return None
    return device.profile.units.get(wire) or device.profile.units.get(code)


def _units(devices: list[Device | None], layout: Layout) -> pa.Array:
    codes = [code for code, _ in layout.attributes]
    if not any(device and device.profile.units for device in devices):
        return pa.nulls(len(devices) * len(codes), pa.string())
    return pa.array([_unit(device, code, code) for device in devices for code in codes], pa.string())


def _concentration(code: str) -> bool:
    """Whether a value below zero is no value of nature: gases, particles and sound; not temperature or wind."""
    return code.startswith("a") and not code.startswith("a01")


def _doubts(code: str, value: float | None, text: object, counts: Counter[str]) -> list[str]:
    if value is None:
        counts["not_a_number"] += 1
        return [f"not-a-number: {str(text)[:_TEXT]}"]
    if abs(value) in PLACEHOLDERS:
        counts["placeholder"] += 1
        return ["placeholder"]
    if value < 0 and _concentration(code):
        counts["negative"] += 1
        return ["negative"]
    return []


def _quality(values: np.ndarray[Any, Any], layout: Layout, reasons: list[str], counts: Counter[str]) -> pa.Array:
    width = len(layout.attributes)
    concentration = np.array([_concentration(code) for code, _ in layout.attributes])
    placeholder = np.isin(np.abs(values), PLACEHOLDERS)
    negative = (values < 0) & concentration & ~placeholder
    counts["placeholder"] += int(placeholder.sum())
    counts["negative"] += int(negative.sum())
    if not (placeholder.any() or negative.any() or any(reasons)):
        return pa.nulls(values.size, pa.string())
    words = np.where(placeholder, "placeholder", np.where(negative, "negative", "")).ravel().tolist()
    kept = [reason for reason in reasons for _ in range(width)]
    return pa.array(["; ".join(filter(None, pair)) or None for pair in zip(kept, words, strict=True)], pa.string())


def _from_rows(columns: _Columns) -> tuple[pa.Table, np.ndarray[Any, Any]]:
    made = zip(*columns.rows, strict=True) if columns.rows else ([] for _ in OBSERVATION)
    arrays = [pa.array(list(column), one.type) for column, one in zip(made, OBSERVATION, strict=True)]
    return pa.Table.from_arrays(arrays, schema=OBSERVATION), np.array(columns.kept_out, dtype=bool)
