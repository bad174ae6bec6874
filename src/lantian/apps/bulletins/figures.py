"""The figures of a bulletin: rows as they are typed, pasted or read from a workbook, and everything wrong with them.

Pure. Nothing is guessed: a table that has one problem is not taken at all, and every problem names its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import category, normalize

from django.utils.translation import gettext as _

from lantian.apps.bulletins.kinds import Kind

MOST = 1000  # rows of one bulletin
LETTERS = 120
LARGEST = Decimal(10) ** 7
WHOLE = ("全市", "全区", "全县", "全省")
_NONE = frozenset({"", "-", "--", "—", "——", "/", "无", "缺测", "未检出", "无数据", "null", "nan"})
_YES = frozenset({"是", "内部", "y", "yes", "1", "√"})
_SPLIT = re.compile(r"\t|\||,|，| {2,}|\u3000+")
_DROPPED = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
_UNITS = re.compile(r"\(.*?\)|（.*?）")
# Words of a header → the field it heads; the first that fits counts, so the longer ones come first.
_HEADS = (
    (("上年同期", "去年同期", "同期", "previous"), "previous"),
    (("有效率", "完整率", "completeness"), "completeness"),
    (("备注", "说明", "note"), "note"),
    (("是否内部", "内部", "internal"), "internal"),
    (("排名", "序号", "名次", "同比", "变化"), "skip"),  # computed here, never taken from a table
    (("所属区", "所在区", "区县", "行政区", "group"), "group"),
    (("街道", "乡镇", "街镇", "名称", "站点", "点位", "subject"), "subject"),
    (("浓度", "均值", "数值", "本期", "降尘量", "尘负荷", "value"), "value"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one subject. ``value`` None: there is none, and ``note`` may say why. ``internal``: for reference
    inside the issuer only, never ranked and never printed outside. ``source`` and ``as_of`` say where it comes from."""

    subject: str
    value: Decimal | None
    group: str = ""
    indicator: str = ""
    previous: Decimal | None = None
    completeness: Decimal | None = None
    note: str = ""
    internal: bool = False
    source: str = ""
    as_of: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is the figure of the whole city or district, which is not ranked."""
        return self.subject in WHOLE

    def stored(self) -> dict[str, Any]:
        """As a snapshot keeps it: figures as texts."""
        return {name: str(item) if isinstance(item, Decimal) else item for name, item in asdict(self).items()}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Row:
        """What :meth:`stored` made; other keys of the snapshot's row are left out."""
        values: dict[str, Any] = {name: stored[name] for name in cls.__dataclass_fields__}
        for name in ("value", "previous", "completeness"):
            values[name] = None if values[name] is None else Decimal(values[name])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A row with what is printed of it. ``out`` says why it has no rank; ``best`` and ``worst`` count from each end."""

    row: Row
    value: Decimal | None
    previous: Decimal | None
    change: Decimal | None
    out: str = ""
    apart: bool = False
    best: int | None = None
    worst: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, at which row of what was given (0: with the whole)."""

    row: int
    text: str


def split(text: str) -> list[tuple[int, list[str]]]:
    """Pasted lines as cells with their line numbers; empty lines are left out."""
    found = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not line.strip():
            continue
        stripped = line.strip(" ").removeprefix("|").removesuffix("|")
        parts = stripped.split("\t") if "\t" in stripped else _SPLIT.split(stripped)
        found.append((number, [part.strip() for part in parts]))
    return found


def read_table(kind: Kind, lines: Sequence[tuple[int, Sequence[str]]], source: str, as_of: str,
               place: str = "") -> tuple[list[Row], list[Problem]]:  # fmt: skip
    """Rows of a table whose first line is its header, and its problems; with a problem no row is to be taken.

    ``source`` names the table in every row's origin; a subject called like ``place`` is the whole of it.
    """
    if not lines:
        return [], [Problem(0, _("The table is empty. Paste it with its header line."))]
    columns, problems = _columns(kind, lines[0])
    if problems:
        return [], problems
    if len(lines) - 1 > MOST:
        return [], [Problem(0, _("A bulletin has at most %(n)s rows.") % {"n": MOST})]
    rows: list[Row] = []
    for number, cells in lines[1:]:
        try:
            rows.extend(_row(kind, columns, list(cells), f"{source} {number}", as_of, place))
        except ValueError as error:
            problems.append(Problem(number, str(error)))
    problems.extend(_repeated(lines[1:], rows))
    if not rows and not problems:
        problems.append(Problem(0, _("The table has a header and no rows.")))
    return rows, sorted(problems, key=lambda problem: problem.row)


def _columns(kind: Kind, line: tuple[int, Sequence[str]]) -> tuple[list[tuple[str, str]], list[Problem]]:
    """For each column its field and indicator; ``skip`` for what is not read."""
    number, heads = line
    found = [_column(kind, head) for head in heads]
    fields = [field for field, _indicator in found]
    if "subject" not in fields and "group" in fields:  # a table of districts
        found = [("subject", "") if field == "group" else (field, one) for field, one in found]
        fields = [field for field, _indicator in found]
    problems = []
    if "subject" not in fields or "value" not in fields:
        text = _("The first line must be the header, with a column of names (%(subject)s) and one of values.")
        problems.append(Problem(number, text % {"subject": kind.subject}))
    taken = [one for one in found if one[0] != "skip"]
    for twice in sorted({one for one in taken if taken.count(one) > 1}):
        name = " ".join(heads[place] for place, one in enumerate(found) if one == twice)
        problems.append(Problem(number, _("Two columns mean the same: %(names)s") % {"names": name}))
    return found, problems


def _column(kind: Kind, head: str) -> tuple[str, str]:
    text = normalize("NFKC", head).strip().lower()
    bare = _UNITS.sub("", text)
    fitting = [one for one in kind.indicators if _names(one.short, one.zh, text)]
    indicator = max(fitting, key=lambda one: len(one.zh)).id if fitting else ""  # 优良天数比率 goes before 优良天数
    for words, field in _HEADS:
        if any(word in bare for word in words):
            return field, (indicator or kind.main.id) if field in ("value", "previous") else ""
    if bare in ("区", "县", "区域", "地区"):
        return "group", ""
    return ("value", indicator) if indicator else ("skip", "")


def _names(short: str, name: str, head: str) -> bool:
    shorts = normalize("NFKC", short).lower()
    full = normalize("NFKC", name).lower()
    return head.startswith((shorts, full)) or full.partition("(")[0] in head or f"{shorts}上年" in head


def _row(kind: Kind, columns: list[tuple[str, str]], cells: list[str], source: str, as_of: str,
         place: str) -> list[Row]:  # fmt: skip
    cells += [""] * (len(columns) - len(cells))
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        raise ValueError(_("More cells than the header has columns."))
    values: dict[tuple[str, str], str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column[0] != "skip":
            values[column] = cell
    subject = tidy(values.get(("subject", ""), ""))
    if not subject:
        raise ValueError(_("The name is missing."))
    if place and subject == place:
        subject = whole_name(place)
    common: dict[str, Any] = {
        "subject": subject, "group": tidy(values.get(("group", ""), "")), "note": tidy(values.get(("note", ""), "")),
        "internal": tidy(values.get(("internal", ""), "")).lower() in _YES, "source": source, "as_of": as_of,
        "completeness": _percent(values.get(("completeness", ""), "")),
    }  # fmt: skip
    made = []
    for one in kind.indicators:
        if ("value", one.id) in values:
            now, before = (values.get((field, one.id), "") for field in ("value", "previous"))
            made.append(Row(value=_number(now), previous=_number(before), indicator=one.id, **common))
    return made


def _repeated(lines: Iterable[tuple[int, Sequence[str]]], rows: Sequence[Row]) -> list[Problem]:
    """Subjects that stand twice in one district: which of the two figures holds, nobody knows."""
    seen: set[tuple[str, str, str]] = set()
    problems = []
    numbers = {str(number) for number, _cells in lines}
    for row in rows:
        key = (row.group, row.subject, row.indicator)
        number = row.source.rpartition(" ")[2]
        if key in seen and number in numbers:
            problems.append(Problem(int(number), _("%(name)s stands twice.") % {"name": row.subject}))
        seen.add(key)
    return problems


def whole_name(place: str) -> str:
    """What the whole of a place is called in a table: 全市, 全区, 全县."""
    return f"全{place[-1:]}" if f"全{place[-1:]}" in WHOLE else WHOLE[0]


def tidy(text: str) -> str:
    """One line of words that a table can hold."""
    line = " ".join(str(text).split())
    clean = "".join(c for c in line if category(c) not in _DROPPED).replace("|", "｜")
    if len(clean) > LETTERS:
        raise ValueError(_("A cell has at most %(n)s characters.") % {"n": LETTERS})
    return clean


def _number(text: str) -> Decimal | None:
    """A figure that is not negative, or None where a sign says that there is none. Raises ValueError in words."""
    plain = normalize("NFKC", str(text)).strip()
    if plain.lower() in _NONE:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is no number.") % {"text": plain[:20]}) from None
    if not value.is_finite() or value < 0 or value >= LARGEST or value.as_tuple().exponent < -9:  # type: ignore[operator]
        raise ValueError(_("“%(text)s” is no value that can be published.") % {"text": plain[:20]})
    return value


def _percent(text: str) -> Decimal | None:
    value = _number(normalize("NFKC", str(text)).strip().removesuffix("%"))
    if value is not None and value > 100:
        raise ValueError(_("A share of valid data lies between 0 and 100 %."))
    return value


def corrected(row: Row, value: Decimal, source: str, as_of: str) -> Row:
    """The row with another value, and where it comes from now."""
    return replace(row, value=value, source=source, as_of=as_of)


def number(text: str) -> Decimal | None:
    """One figure as somebody types it. Raises ValueError in words."""
    return _number(text)
