"""One value as people write it → as a register keeps it (canonical), or a sentence that says what is wrong with it.

Canonical: text, choice, plate, vin, ref: text; integer, decimal: plain decimal text; date: ISO; datetime: ISO in UTC;
bool: true or false; area: the area's code; unit: the unit's uid; file: the stored file's uid; point and polygon:
:mod:`lantian.registers.places`. Nothing given is None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from rapidfuzz import fuzz, process

from lantian.registers.declared import Field
from lantian.registers.words import bare, table, tidy, words

LOCAL = timezone(timedelta(hours=8))  # China has one time zone; sheets do not name it
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)  # what a sheet keeps of a number
UNSAVED = "#公式未计算"  # a formula without a stored result
_LONGEST_WORD = 12  # characters: no word for nothing, and no error of a sheet, is longer
_LARGEST = Decimal(10) ** 18
_YEARS = (1949, 2100)
_SERIALS = (18_000, 73_500)  # 1949 … 2101 in the 1900 system
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,2})?")
_DAY = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})[日号]?(?![\d.])\s*(?:星期.|周.)?\s*(.*)")
_SHORT_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\s+(.*))?")
_CLOCK = re.compile(
    r"(上午|下午)?\s*(\d{1,2})[:时](\d{1,2})?分?(?::?(\d{1,2})(?:\.\d+)?秒?)?\s*(z|[+-]\d{2}:?\d{2})?", re.I
)
# GA 36: province, office, then five places (blue, yellow) or six (new energy); I and O are never used.
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(f"[{_PROVINCES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]")
_NEW_ENERGY = re.compile(f"[{_PROVINCES}][A-HJ-NP-Z](?:[A-HJK][A-HJ-NP-Z0-9]\\d{{4}}|\\d{{5}}[A-HJK])")
# GB 16735: 17 places without I, O, Q; the ninth checks the others.
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
                       strict=True)) | {str(digit): digit for digit in range(10)}  # fmt: skip


class Figure(NamedTuple):
    """A number of a sheet's cell: as stored, as the cell shows it, and the day that it would be (blank: none)."""

    exact: str
    shown: str
    day: str


class Wrong(Exception):
    """What is wrong with a value, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en


class Doubt(NamedTuple):
    """A value that can be kept, and what is odd about it."""

    value: Any
    zh: str
    en: str


class Names(Protocol):
    """What a value may mean outside its cell: places, units, rows of other registers, coordinate systems."""

    def areas(self, text: str, near: str) -> Sequence[str]:
        """Codes of the areas that a name or code means; ``near`` is the code of the row's other area, or blank."""

    def units(self, text: str, near: str) -> Sequence[str]:
        """Uids of the units that a name or uid means; ``near`` as above."""

    def like(self, kind: str, text: str) -> str:
        """The name of an ``area`` or ``unit`` that is most like a text; blank where none is."""

    def known(self, register: str, keys: Collection[str]) -> Collection[str]:
        """Those of the keys that are rows of a register."""

    def to_wgs84(self, lon: float, lat: float, datum: str) -> tuple[float, float]:
        """A point of a coordinate system in WGS-84."""


Reader = Callable[[Any, str], Any]  # (what the cell holds, code of the row's area) → value, Doubt or None


def reader_of(field: Field, names: Names) -> Reader:
    """How values of a field are read. The reader raises Wrong; it is not for point and polygon."""
    if field.type == "choice":
        return partial(_choice, field, choices_of(field))
    return partial(_READERS[field.type], field, names)


def is_blank(given: Any) -> bool:
    """Whether a cell says that there is nothing. Raises Wrong for the error values of a sheet."""
    if given is None:
        return True
    if not isinstance(given, str):
        return False
    if len(given) > _LONGEST_WORD:
        return given.isspace()
    if "\u4e00" <= given[:1] <= "\u9fff":  # no word for nothing is Chinese
        return False
    if given == UNSAVED:
        raise Wrong(
            "公式没有计算结果，请在 Excel 中打开并保存后再上传", "the formula has no stored result; save the workbook"
        )
    text = bare(given)
    if text in words("errors"):
        raise Wrong(f"单元格是错误值 {given.strip()}", f"the cell holds the error {given.strip()}")
    return not text or text in words("blank")


def text_of(given: Any) -> str:
    """What a cell shows. Raises Wrong for a value that is no text, figure or truth."""
    if isinstance(given, Figure):
        return given.shown
    if isinstance(given, bool):
        return "是" if given else "否"
    if isinstance(given, str | int | Decimal | date):
        return tidy(str(given))
    if isinstance(given, float):
        return f"{given:.15g}"
    raise Wrong("这里应是一个值", "a single value belongs here")


def _text(field: Field, _names: Names, given: Any, _near: str) -> str:
    text = text_of(given)
    # The site's own CSV writes ' before a text that a sheet would take for a formula.
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    if len(text) > field.longest:
        raise Wrong(f"超过{field.longest}个字（现有{len(text)}个）", f"longer than {field.longest} characters")
    if field.pattern and not re.fullmatch(field.pattern, text):
        raise Wrong(f"“{text[:30]}”不合格式{_example(field)}", f"{text[:30]} has another form than wanted")
    return text


def _example(field: Field) -> str:
    return f"，应如 {field.example}" if field.example else ""


def number_of(given: Any, measure: str) -> Decimal:
    """A figure as people write it: full-width digits, 1,234.5, 3.2万, 72% where the field is measured in percent.

    Raises Wrong for anything that is not one finite number.
    """
    if isinstance(given, Figure):
        number = _FIFTEEN.create_decimal(Decimal(given.exact))
        if given.shown.endswith("%"):
            if measure != "%":
                raise Wrong("单元格是百分数，这一列不是", "the cell is a percentage, the column is not")
            number *= 100
        return number
    if isinstance(given, bool):
        raise Wrong("应为数字", "a number is wanted")
    if isinstance(given, int | float | Decimal):
        return _finite(str(given) if isinstance(given, Decimal) else f"{given:.15g}" if isinstance(given, float)
                       else str(given), str(given))  # fmt: skip
    text = bare(text_of(given)).replace("−", "-").replace("，", ",")
    scale = Decimal(1)
    unit = bare(measure)
    if unit and text.endswith(unit):
        text = text[: -len(unit)]
    elif text.endswith("%"):
        raise Wrong("这一列不是百分数", "the column is not in percent")
    for word, times in table()["scales"].items():
        if text.endswith(word) and not unit.startswith(word):
            text, scale = text[: -len(word)], Decimal(times)
            break
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return _finite(text, str(given)) * scale


def _finite(text: str, given: str) -> Decimal:
    try:
        number = Decimal(text) if _PLAIN.fullmatch(text) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Wrong(f"不是数字：{given[:30]}", f"no number: {given[:30]}")
    return number


def plain(number: Decimal) -> str:
    """A decimal as plain text, without exponent and needless zeros."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _decimal(field: Field, _names: Names, given: Any, _near: str) -> str:
    number = number_of(given, field.measure)
    if abs(number) >= _LARGEST:
        raise Wrong("数字过大", "the number is too large")
    if field.low is not None and number < field.low:
        low = plain(field.low) + field.measure
        raise Wrong(f"不能小于{low}", f"must be at least {low}")
    if field.high is not None and number > field.high:
        high = plain(field.high) + field.measure
        raise Wrong(f"不能大于{high}", f"must be at most {high}")
    text = plain(number)
    return "0" if text == "-0" else text


def _integer(field: Field, names: Names, given: Any, near: str) -> str:
    text = _decimal(field, names, given, near)
    if "." in text:
        raise Wrong(f"应为整数，不是 {text}", f"a whole number is wanted, not {text}")
    return text


def _date(_field: Field, _names: Names, given: Any, _near: str) -> str:
    return _moment(given)[0].isoformat()


def _datetime(_field: Field, _names: Names, given: Any, _near: str) -> str:
    if isinstance(given, datetime):
        moment = given if given.tzinfo else given.replace(tzinfo=LOCAL)
    else:
        day, rest = _moment(given)
        moment = _clock(day, rest)
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(given: Any) -> tuple[date, str]:
    """The day, and what stands behind it."""
    if isinstance(given, datetime):
        return given.date(), given.time().isoformat()
    if isinstance(given, date):
        return given, ""
    if isinstance(given, Figure):
        # A number in a column of dates is a serial; eight digits are a day written as a number.
        text = given.shown if len(given.exact.partition(".")[0]) == 8 else given.day or given.shown
    else:
        text = unicodedata.normalize("NFKC", text_of(given))
    text = text.replace("T", " ").strip()
    found = _DAY.fullmatch(text) or _SHORT_DAY.fullmatch(text)
    if found is None:
        raise Wrong(f"不是日期：{text[:30]}（应如 2026-03-05）", f"no date: {text[:30]} (2026-03-05 is wanted)")
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Wrong(f"没有这一天：{text[:30]}", f"there is no such day: {text[:30]}") from None
    if not _YEARS[0] <= day.year <= _YEARS[1]:
        raise Wrong(f"年份不对：{text[:30]}", f"the year cannot be right: {text[:30]}")
    return day, (found[4] or "").strip()


def _clock(day: date, text: str) -> datetime:
    if not text:
        return datetime(day.year, day.month, day.day, tzinfo=LOCAL)
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise Wrong(f"不是时间：{text[:30]}（应如 14:30）", f"no time: {text[:30]} (14:30 is wanted)")
    hour = int(found[2])
    if found[1] == "下午" and hour < 12:
        hour += 12
    try:
        zone = LOCAL
        if found[5]:
            zone = datetime.strptime(found[5].upper().replace("Z", "+0000"), "%z").tzinfo or LOCAL  # type: ignore[assignment]
        return datetime(day.year, day.month, day.day, hour, int(found[3] or 0), int(found[4] or 0), tzinfo=zone)
    except ValueError:
        raise Wrong(f"没有这个时间：{text[:30]}", f"there is no such time: {text[:30]}") from None


def _bool(_field: Field, _names: Names, given: Any, _near: str) -> bool:
    if isinstance(given, bool):
        return given
    text = bare(text_of(given))
    if text in words("yes"):
        return True
    if text in words("no"):
        return False
    raise Wrong(f"只能填是或否，不是“{text[:20]}”", f"yes or no is wanted, not {text[:20]}")


def _choice(field: Field, known: Mapping[str, str], given: Any, _near: str) -> str:
    text = text_of(given)
    found = known.get(text) or known.get(bare(text))
    if found is not None:
        return found
    near = process.extractOne(text, [item.value for item in field.choices], scorer=fuzz.ratio, score_cutoff=50)
    options = "、".join(item.value for item in field.choices[:12])
    if near:
        raise Wrong(f"没有选项“{text[:30]}”，是不是“{near[0]}”？", f"there is no choice {text[:30]}; {near[0]}?")
    raise Wrong(f"没有选项“{text[:30]}”，可填：{options}", f"there is no choice {text[:30]}: {options}")


def choices_of(field: Field) -> dict[str, str]:
    """Every form of a field's choices → the value that is kept."""
    found: dict[str, str] = {}
    for item in reversed(field.choices):
        found |= dict.fromkeys((bare(item.label.en), bare(item.label.zh), bare(item.value), item.value), item.value)
    return found


def _plate(_field: Field, _names: Names, given: Any, _near: str) -> str:
    text = re.sub(r"[·•．.\-]", "", bare(text_of(given))).upper()
    if not (_PLATE if len(text) == 7 else _NEW_ENERGY).fullmatch(text):
        raise Wrong(f"不是车牌号：{text[:12]}", f"no number plate: {text[:12]}")
    return text


def _vin(_field: Field, _names: Names, given: Any, _near: str) -> Any:
    text = bare(text_of(given)).upper()
    if not _VIN.fullmatch(text):
        zh = f"不是车辆识别代号（17 位，不含 I、O、Q）：{text[:20]}"
        raise Wrong(zh, f"no VIN (17 places without I, O, Q): {text[:20]}")
    if (digit := vin_digit(text)) != text[8]:
        return Doubt(text, f"车辆识别代号校验位应为 {digit}，请核对", f"the check digit of the VIN should be {digit}")
    return text


def vin_digit(text: str) -> str:
    """The ninth place that a VIN should have (GB 16735, appendix)."""
    rest = sum(weight * _VIN_VALUES[letter] for weight, letter in zip(_VIN_WEIGHTS, text, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _ref(field: Field, _names: Names, given: Any, _near: str) -> str:
    text = text_of(given)
    if len(text) > field.longest:
        raise Wrong(f"超过{field.longest}个字", f"longer than {field.longest} characters")
    return text


def _area(_field: Field, names: Names, given: Any, near: str) -> str:
    text = text_of(given)
    return _one("区域", "area", text, names.areas(text, near), names)


def _unit(_field: Field, names: Names, given: Any, near: str) -> str:
    text = text_of(given)
    return _one("单位", "unit", text, names.units(text, near), names)


def _one(zh: str, kind: str, text: str, found: Sequence[str], names: Names) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong(
            f"有{len(found)}个{zh}叫“{text[:30]}”，请写全称或连上级名称", f"{len(found)} {kind}s are called {text[:30]}"
        )
    near = names.like(kind, text)
    hint_zh, hint_en = (f"，是不是“{near}”？", f"; {near}?") if near else ("", "")
    raise Wrong(f"名录中没有{zh}“{text[:30]}”{hint_zh}", f"the directory has no {kind} {text[:30]}{hint_en}")


def _file(_field: Field, _names: Names, given: Any, _near: str) -> str:
    try:
        return str(UUID(text_of(given)))
    except ValueError:
        raise Wrong("附件只能在页面上传", "files are attached on the page of the row") from None


def serial_day(number: Decimal, epoch_1904: bool) -> str:
    """The moment of a sheet's serial number as ``2026-03-05`` or ``2026-03-05 14:30:00``; blank where it is none."""
    if epoch_1904:
        number += 1462
    if not _SERIALS[0] <= number < _SERIALS[1]:
        return ""
    moment = datetime(1899, 12, 30) + timedelta(seconds=round(float(number) * 86400))  # noqa: DTZ001  (a sheet's)
    return moment.date().isoformat() if number == number.to_integral_value() else moment.isoformat(" ", "seconds")


_READERS: Mapping[str, Callable[[Field, Names, Any, str], Any]] = {
    "text": _text, "integer": _integer, "decimal": _decimal, "date": _date, "datetime": _datetime, "bool": _bool,
    "area": _area, "unit": _unit, "plate": _plate, "vin": _vin, "file": _file, "ref": _ref,
}  # fmt: skip
