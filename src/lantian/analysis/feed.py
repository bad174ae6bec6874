"""The hourly AQI of a published feed, computed again beside the publisher's own.

The feed carries 1 h and 24 h values per station. Its AQI is the largest sub-index of the 1 h values, particles read on
the breakpoints of the daily mean. The national feed computes it before the hour's ozone is released: its AQI is met
only when O3 is taken as the smaller of ``o3`` and ``o3_24h`` (``--o3 published``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lantian.analysis.csvbytes import as_text, header_of, read_bytes
from lantian.analysis.errors import DataError
from lantian.standards.ambient import Standard, in_force
from lantian.standards.aqi import aqi, aqi_rule

ADDED = ("aqi_calc", "class_calc", "primary_calc")
# pollutant → column; in the order of the contracts, for ties.
_COLUMNS = {"SO2": "so2", "NO2": "no2", "PM10": "pm10", "PM2.5": "pm2_5", "CO": "co", "O3": "o3"}
_O3_DAY = "o3_24h"
_TIME = "timepoint"
_MISSING = ("", "NA", "-", "—", "/")


def recompute(
    path: Path, *, o3_published: bool = False, standard: Standard | None = None
) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows of the feed with ``aqi_calc,class_calc,primary_calc`` added; DataError names what is wrong.

    The rule follows each row's ``timepoint`` unless ``standard`` is given. Under HJ 633-2026 an index from incomplete
    values stands only above 100; the feeds of 2012's rule publish what there is. Empty where nothing can be computed.
    """
    text = as_text(path, read_bytes(path))
    header = header_of(path, text)
    wanted = [*_COLUMNS.values(), *([_O3_DAY] if o3_published else []), *([] if standard else [_TIME])]
    lacking = [name for name in wanted if name not in header]
    if lacking:
        raise DataError(path, 1, f"缺少列：{'、'.join(lacking)}", f"lacks the columns {', '.join(lacking)}")
    clash = [name for name in ADDED if name in header]
    if clash:
        raise DataError(path, 1, f"已有列：{'、'.join(clash)}", f"already has the columns {', '.join(clash)}")
    return [*header, *ADDED], _rows(path, text, header, o3_published, standard)


def _rows(
    path: Path, text: bytes, header: Sequence[str], o3_published: bool, standard: Standard | None
) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text.decode("utf-8"), newline=""))
    next(reader)
    for fields in reader:
        line = reader.line_num
        if not fields:
            continue
        if len(fields) != len(header):
            raise DataError(
                path,
                line,
                f"有 {len(fields)} 个字段，表头有 {len(header)} 个",
                f"has {len(fields)} fields, the header has {len(header)}",
            )
        row = dict(zip(header, fields, strict=True))
        values = {name: _value(path, line, column, row[column]) for name, column in _COLUMNS.items()}
        if o3_published:
            of_day = _value(path, line, _O3_DAY, row[_O3_DAY])
            values["O3"] = min((value for value in (values["O3"], of_day) if value is not None), default=None)
        yield [*fields, *_added(values, standard or _in_force(path, line, row[_TIME]))]


def _added(values: Mapping[str, Decimal | None], standard: Standard) -> tuple[str, str, str]:
    rule = aqi_rule(standard.aqi)
    required = rule.hourly if rule.key == "hj633-2026" else ()
    found = aqi(rule, values, rule.hourly, required)
    if found.value is None or found.level is None:
        return "", "", ""
    return str(found.value), found.level.zh, ";".join(found.primary)


def _value(path: Path, line: int, column: str, text: str) -> Decimal | None:
    text = text.strip()
    if text in _MISSING:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0 or value in (9999, 99999):
        raise DataError(
            path, line, f"{column} 的值“{text}”不是有效浓度", f"{column} is “{text}”, no valid concentration"
        )
    return value


def _in_force(path: Path, line: int, text: str) -> Standard:
    try:
        return in_force(date.fromisoformat(text.strip()[:10]))
    except (ValueError, LookupError) as error:
        raise DataError(path, line, f"时间“{text}”无法识别", f"time “{text}” cannot be read") from error
