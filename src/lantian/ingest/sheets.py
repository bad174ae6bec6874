"""Regular packets of a journal as sheets: those of one layout and command together, with a column for each thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from lantian.ingest.records import Record
from lantian.protocols.hj212.batch import Packet
from lantian.protocols.hj212.columns import Block
from lantian.protocols.hj212.framing import Run
from lantian.protocols.hj212.layout import Layout


@dataclass(frozen=True, slots=True)
class Sheet:
    """A row per packet: ``numbers`` (MN), ``stamps`` (DataTime) and ``requests`` (QN) as sent, ``values`` (packets,
    attributes); ``flags`` one after the other as the values are, null where none was sent."""

    layout: Layout
    command: str
    records: Sequence[Record]
    numbers: list[str]
    stamps: list[str]
    requests: list[str]
    values: NDArray[np.float64]
    flags: pa.Array


def run_of(records: Sequence[Record]) -> Run:
    """The frames of regular records as one run."""
    raws = [record.raw for record in records]
    sizes = np.array([len(raw) for raw in raws], dtype=np.int64)
    ends = np.cumsum(sizes)
    return Run(b"".join(raws), 0, ends - sizes, ends, 0)


def of_packets(pairs: Sequence[tuple[Record, Packet]]) -> Sheet:
    """Packets of one layout and command that were read one by one."""
    first = pairs[0][1]
    packets = [packet for _, packet in pairs]
    return Sheet(
        first.layout,
        first.command,
        [record for record, _ in pairs],
        [packet.mn for packet in packets],
        [packet.stamp for packet in packets],
        [packet.qn for packet in packets],
        np.array([packet.numbers for packet in packets], dtype=np.float64),
        pa.array([flag or None for packet in packets for flag in packet.flags], pa.string()),
    )


def of_block(block: Block, records: Sequence[Record]) -> Iterator[Sheet]:
    """A block whose frames are those of ``records``: a sheet for each command in it."""
    commands = np.array(block.column(block.layout.places["CN"]))
    for command in np.unique(commands).tolist():
        own = block.only(commands == command)
        if not len(own.frames):
            continue
        yield Sheet(
            block.layout,
            command.decode("ascii"),
            [records[number] for number in own.frames.tolist()],
            _texts(own, "MN"),
            _texts(own, "DataTime"),
            _texts(own, "QN"),
            own.numbers,
            _flags(own),
        )


def _texts(block: Block, key: str) -> list[str]:
    return [value.decode("ascii") for value in block.column(block.layout.places[key])]


def _flags(block: Block) -> pa.Array:
    places = block.layout.flags
    if min(places) >= 0:
        letters = block.letters(places)
        if letters is not None:  # as good as always
            known, which = np.unique(letters, return_inverse=True)
            names = pa.array([chr(letter) for letter in known.tolist()], pa.string())
            return names.take(pa.array(which.ravel()))
    columns: list[Sequence[Any]] = [
        [value.decode("ascii") or None for value in block.column(at)] if at >= 0 else [None] * len(block.frames)
        for at in places
    ]
    return pa.array([flag for row in zip(*columns, strict=True) for flag in row], pa.string())
