"""CSV at the speed of NumPy: separators are found on bytes, numbers are read column-wise, and nothing is guessed.

Four years of hours are half a million cells per station; a loop in Python over them costs more than all statistics
after it. A file is read in blocks of whole lines. Quoted fields that hold a comma or a line break are rare: such a file
goes once through the standard library's reader and then takes the same way.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lantian.analysis.errors import DataError

BLOCK = 4 << 20
# Bytes of one file, unpacked. Hours pack about ten to one, constants a hundred to one; a bomb packs a thousand to one.
LARGEST = 2 << 30
RATIO, FLOOR = 200, 256 << 20
_GZIP, _WITH_HEADER = b"\x1f\x8b", 31
# A longer number is read by float() itself: that many digits are exact in a double.
WIDEST = 15
_POWERS = np.array([float(f"1e{power}") for power in range(WIDEST + 1)])
MISSING = (b"", b"NA")
_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA, _NEWLINE, _RETURN, _QUOTE, _POINT = (ord(mark) for mark in ',\n\r".')
# Stands between fields of a file that was taken apart by the standard library's reader.
_UNIT = b"\x1f"[0]

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]


def read_bytes(path: Path) -> bytes:
    """The unpacked bytes of a CSV or CSV.gz (told by content, not by name). DataError where it cannot be read, is
    larger than ``LARGEST``, or unpacks to more than hours of air ever do."""
    try:
        if path.stat().st_size > LARGEST:
            raise _too_large(path)
        data = path.read_bytes()
        return _unpacked(path, data) if data[:2] == _GZIP else data
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(path, None, f"无法读取（{reason}）", f"cannot be read ({reason})") from error
    except (EOFError, zlib.error) as error:
        raise DataError(path, None, "压缩文件已损坏", f"the compressed file is damaged ({error})") from error


def _unpacked(path: Path, data: bytes) -> bytes:
    """The members of a gzip file one after the other; zeros behind the last are padding."""
    most = min(LARGEST, max(FLOOR, RATIO * len(data)))
    parts: list[bytes] = []
    left = most
    while data:
        member = zlib.decompressobj(_WITH_HEADER)
        parts.append(member.decompress(data, left + 1))
        left -= len(parts[-1])
        if left < 0:
            raise _too_large(path)
        if not member.eof:
            raise EOFError("it ends before its mark")
        data = member.unused_data.lstrip(b"\0")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(path: Path) -> DataError:
    return DataError(
        path,
        None,
        "文件过大，或解压后远超小时数据应有的大小；请按年份或站点分开",
        "is too large, or unpacks to far more than hours of air do: split it by years or stations",
    )


def as_text(path: Path, data: bytes) -> bytes:
    """The same without byte-order mark and with ``\\n`` at the line ends. DataError for what is not UTF-8."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.isascii():
        _check_utf8(path, data)
    if b"\0" in data:
        raise DataError(path, None, "不是 UTF-8 文本", "is not UTF-8 text (it holds zero bytes)")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    return data


def _check_utf8(path: Path, data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            path,
            line,
            "不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8 后再试",
            "is not UTF-8 (GBK, perhaps): save it as UTF-8 first",
        ) from error


@dataclass
class Block:
    """Some lines of a file: where each field begins and ends. ``first`` is the line number of its first row.

    With ``lenient`` a cell that is no number is not refused: it reads as missing and stands in ``bad`` as
    (row, column name, what is printed).
    """

    path: Path
    first: int
    buffer: Bytes
    starts: Places
    ends: Places
    lenient: bool = False
    bad: list[tuple[int, str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.starts)

    def text(self, row: int, column: int) -> str:
        """One field as text."""
        return bytes(self.buffer[self.starts[row, column] : self.ends[row, column]]).decode("utf-8")

    def refuse(self, row: int, zh: str, en: str) -> DataError:
        """The refusal of a row."""
        return DataError(self.path, self.first + row, zh, en)

    def bytes_of(self, column: int) -> NDArray[np.bytes_]:
        """A column as fixed-width byte strings."""
        starts, ends = self.starts[:, column], self.ends[:, column]
        widths = ends - starts
        widest = max(int(widths.max(initial=0)), 1)
        offsets = np.arange(widest)
        # Clipped: the last field of the buffer is read beyond its end only where the mask blanks it.
        cells = self.buffer[np.minimum(starts[:, None] + offsets, len(self.buffer) - 1)]
        cells[offsets >= widths[:, None]] = 0
        return np.ascontiguousarray(cells).view(f"S{widest}")[:, 0]

    def codes(self, column: int) -> tuple[NDArray[np.int64], list[str]]:
        """A column of few different words: for each row its place in the list of words."""
        cells = self.bytes_of(column)
        # Rows of one station usually follow each other: sort only where a run begins.
        begins = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
        words, inverse = np.unique(cells[begins], return_inverse=True)
        runs = np.diff(np.append(begins, len(cells)))
        return np.repeat(inverse, runs), [word.decode("utf-8").strip() for word in words.tolist()]

    def numbers(self, column: int, name: str) -> NDArray[np.float64]:
        """A column of numbers, NaN where the field is empty or NA; DataError names the first row that is neither."""
        ends = np.ascontiguousarray(self.ends[:, column])
        widths = ends - self.starts[:, column]
        widest = min(int(widths.max(initial=0)), WIDEST)
        values = np.zeros(len(ends))
        odd = (widths == 0) | (widths > widest)
        for place in range(widest):  # from the right: units, tens, …
            digits = self.buffer[ends - (place + 1)] - np.uint8(48)
            inside = widths > place
            is_digit = digits <= 9
            odd |= inside & ~is_digit
            values += np.where(inside & is_digit, digits, np.uint8(0)) * _POWERS[place]
        rows = np.flatnonzero(odd)
        if len(rows):
            values[rows] = np.nan
            self._others(self._decimals(rows, column, values), column, name, values)
        return values

    def _decimals(self, rows: Places, column: int, values: NDArray[np.float64]) -> Places:
        """Read the fields that are digits with one point among them; the rows that are something else are returned."""
        starts, ends = self.starts[rows, column], self.ends[rows, column]
        widths = ends - starts
        fits = (widths > 1) & (widths <= WIDEST)
        widest = int(widths[fits].max(initial=0))
        if not widest:
            return rows
        # Right-aligned: column k of ``cells`` stands for 10 ** (widest − 1 − k).
        reach = np.arange(widest, 0, -1)
        inside = reach <= widths[:, None]
        cells = self.buffer[np.maximum(ends[:, None] - reach, 0)]
        points = inside & (cells == _POINT)
        digits = cells - np.uint8(48)
        is_digit = inside & (digits <= 9)
        read = fits & (points.sum(axis=1) == 1) & ((is_digit | points) == inside).all(axis=1)
        scaled = np.where(is_digit, digits, np.uint8(0))[read] * _POWERS[reach - 1]
        at = points[read].argmax(axis=1)
        # Left of the point every digit stands one place too high. Two exact numbers divided: rounded correctly.
        left = np.arange(widest) < at[:, None]
        number = np.where(left, scaled, 0.0).sum(axis=1) / 10.0 + np.where(left, 0.0, scaled).sum(axis=1)
        values[rows[read]] = number / _POWERS[widest - 1 - at]
        others: Places = rows[~read]
        return others

    def _others(self, rows: Places, column: int, name: str, values: NDArray[np.float64]) -> None:
        """Fields that are not plain digits: missing, signed, with an exponent — or refused."""
        starts, ends = self.starts[rows, column], self.ends[rows, column]
        first, last = self.buffer[starts.clip(max=len(self.buffer) - 1)], self.buffer[ends - 1]
        missing = (starts == ends) | ((ends - starts == 2) & (first == ord("N")) & (last == ord("A")))
        for row in rows[~missing]:
            text = bytes(self.buffer[self.starts[row, column] : self.ends[row, column]]).strip()
            if text in MISSING:
                continue
            if not _NUMBER.fullmatch(text):
                shown = text[:30].decode("utf-8", "replace")
                if self.lenient:
                    self.bad.append((int(row), name, shown))
                    values[row] = np.nan
                    continue
                raise self.refuse(
                    int(row), f"{name} 的值“{shown}”不是数字", f"{name} is “{shown}”, which is not a number"
                )
            values[row] = float(text)


def header_of(path: Path, data: bytes) -> list[str]:
    """The column names. DataError for an empty file or a name that stands twice."""
    first = data.partition(b"\n")[0].decode("utf-8")
    names = [name.strip() for name in next(csv.reader([first]), [])]
    if not any(names):
        raise DataError(path, None, "文件没有内容", "is empty")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(path, 1, f"列名重复：{'、'.join(twice)}", f"has a column twice: {', '.join(twice)}")
    return names


def blocks(path: Path, data: bytes, columns: int) -> Iterator[Block]:
    """The rows below the header, block by block. DataError names the first line with another number of fields."""
    body = memoryview(data)[data.find(b"\n") + 1 or len(data) :]
    if b'"' not in data:
        yield from _plain_blocks(path, bytes(body), columns, _COMMA, quoted=False)
        return
    try:
        found = list(_plain_blocks(path, bytes(body), columns, _COMMA, quoted=True))
    except (_InnerSeparator, DataError):
        found = list(_plain_blocks(path, _taken_apart(bytes(body)), columns, _UNIT, quoted=False))
    yield from found


class _InnerSeparator(Exception):
    """A quoted field holds a comma, a line break or a quotation mark."""


def _taken_apart(body: bytes) -> bytes:
    rows = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    return "".join("\x1f".join(field.replace("\n", " ") for field in row) + "\n" for row in rows).encode()


def _plain_blocks(path: Path, body: bytes, columns: int, separator: int, *, quoted: bool) -> Iterator[Block]:
    body = body.rstrip() + b"\n" if body.strip() else b""
    at, line = 0, 2
    while at < len(body):
        end = body.find(b"\n", min(at + BLOCK, len(body) - 1)) + 1
        block = _split(path, body[at:end], line, columns, separator)
        if quoted:
            _unquote(block)
        yield block
        line += len(block)
        at = end


def _split(path: Path, text: bytes, line: int, columns: int, separator: int) -> Block:
    buffer = np.frombuffer(text, dtype=np.uint8)
    breaks = np.flatnonzero((buffer == separator) | (buffer == _NEWLINE))
    ends = breaks[: len(breaks) - len(breaks) % columns].reshape(-1, columns)
    lines = text.count(b"\n")
    if len(breaks) != lines * columns or not (buffer[ends[:, -1]] == _NEWLINE).all():
        _refuse_ragged(path, text, line, columns, separator)
    starts = np.empty_like(breaks)
    starts[0], starts[1:] = 0, breaks[:-1] + 1
    ends = ends.copy()
    ends[:, -1] -= (buffer[ends[:, -1] - 1] == _RETURN) & (ends[:, -1] > starts[columns - 1 :: columns])
    return Block(path, line, buffer, starts.reshape(-1, columns), ends)


def _refuse_ragged(path: Path, text: bytes, line: int, columns: int, separator: int) -> None:
    mark = bytes([separator])
    for number, row in enumerate(text.split(b"\n"), line):
        fields = row.count(mark) + 1
        if fields != columns:
            raise DataError(
                path,
                number,
                f"有 {fields} 个字段，表头有 {columns} 个",
                f"has {fields} fields, the header has {columns}",
            )


def _unquote(block: Block) -> None:
    """Take the quotation marks from around fields; _InnerSeparator where one stands anywhere else."""
    marks = np.flatnonzero(block.buffer == _QUOTE)
    opens, closes = marks[0::2], marks[1::2]
    starts, ends = block.starts.reshape(-1), block.ends.reshape(-1)
    if len(opens) != len(closes):
        raise _InnerSeparator
    fields = np.searchsorted(starts, opens, side="right") - 1
    if (starts[fields] != opens).any() or (ends[fields] != closes + 1).any():
        raise _InnerSeparator
    starts[fields] += 1
    ends[fields] -= 1
