"""`registers/*.yaml` → :class:`Register`, with every problem at its line (docs/packs.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from lantian.registers.declared import FIELD_TYPES, OPERATORS, Check, Choice, Field, FieldType, Label, Register
from lantian.registers.marked import Mapped, Problems, label_of

NAME = r"[a-z][a-z0-9_]{0,39}"
LEVELS = ("municipal", "district", "town")
# Names that the views of every register have for themselves.
RESERVED = frozenset({"key", "subject", "value", "valid_from", "valid_to", "gone", "change"})
_FIGURES = frozenset({"integer", "decimal"})
_PLAIN = frozenset({"text", "integer", "decimal", "date", "choice", "area", "unit", "plate", "vin", "ref"})
_NOTHING = Label("", "")


def register_of(file: Path, pack: str, found: Mapped) -> Register:
    """A register as its file declares it; what is wrong is reported to the mapping."""
    name = file.stem
    if not re.fullmatch(NAME, name):
        found.wrong(f"文件名“{name}”只能用小写字母、数字和下划线", f"the file's name “{name}” is no plain name")
    fields = tuple(_field(key, node, found.problems) for key, node in found.mapped("fields"))
    known = {item.name: item for item in fields}
    register = Register(
        name=name,
        pack=pack,
        version=found.whole("version", 1),
        label=found.label("label") or _NOTHING,
        describes=found.label("describes") or _NOTHING,
        kind=found.one_of("kind", ("stock", "event")),  # type: ignore[arg-type]  # checked there
        store=found.one_of("store", ("table", "lake"), "table"),  # type: ignore[arg-type]  # checked there
        key=found.texts("key"),
        fields=fields,
        date=found.text("date"),
        area=found.text("area") or next((item.name for item in fields if item.type == "area"), ""),
        unit=found.text("unit") or next((item.name for item in fields if item.type == "unit"), ""),
        levels=found.texts("levels"),
        departments=found.texts("departments"),
        checks=tuple(_check(node, known, found.problems) for node in found.listed("checks")),
        was=found.texts("was"),
        file=file,
    )
    _whole(register, known, found)
    return register


def _field(name: str, node: yaml.Node, problems: Problems) -> Field:
    found = Mapped(node, problems)
    if not re.fullmatch(NAME, name) or name in RESERVED:
        found.wrong(f"字段不能叫“{name}”", f"a field cannot be called “{name}”")
    kind: FieldType = found.one_of("type", FIELD_TYPES)  # type: ignore[assignment]  # checked there
    field = Field(
        name=name,
        type=kind,
        label=found.label("label") or _NOTHING,
        help=found.label("help", required=False),
        required=found.flag("required"),
        measure=found.text("measure"),
        low=found.number("low"),
        high=found.number("high"),
        pattern=found.text("pattern"),
        longest=found.whole("longest", 200),
        choices=tuple(_choices(found)),
        of=found.text("of", required=kind == "ref"),
        also=found.texts("also"),
        personal=found.flag("personal"),
        whole=found.flag("whole"),
        listed=found.flag("listed"),
        filtered=found.flag("filtered"),
        indexed=found.flag("indexed"),
        hidden=found.flag("hidden"),
        was=found.texts("was"),
        converts=found.text("converts"),
        example=found.text("example"),
        line=found.line,
    )
    _fitting(field, found)
    found.close()
    return field


def _choices(found: Mapped) -> Iterator[Choice]:
    for node in found.listed("choices"):
        if isinstance(node, yaml.ScalarNode):
            yield Choice(str(node.value), Label(str(node.value), str(node.value)))
            continue
        entry = Mapped(node, found.problems)
        value, english = entry.text("value", required=True), entry.text("en", required=True)
        yield Choice(value, Label(entry.text("zh", default=value), english))
        entry.close()


def _fitting(field: Field, found: Mapped) -> None:
    """What a type has no use for, or needs."""
    if field.type == "choice" and len({item.value for item in field.choices}) < max(2, len(field.choices)):
        found.wrong("choice 需要至少两个不同的选项", "a choice needs two different choices or more")
    if field.type != "choice" and field.choices:
        found.wrong("只有 choice 才有选项", "only a choice has choices")
    if (field.low is not None or field.high is not None) and field.type not in _FIGURES:
        found.wrong("只有 integer 和 decimal 才有上下限", "only integer and decimal have limits")
    if field.low is not None and field.high is not None and field.low > field.high:
        found.wrong("下限大于上限", "the lower limit is above the upper one")
    if field.measure and field.type not in _FIGURES:
        found.wrong("只有 integer 和 decimal 才有计量单位", "only integer and decimal have a unit of measurement")
    if field.of and field.type != "ref":
        found.wrong("只有 ref 才指向台账", "only a ref points into a register")
    if field.whole and field.type != "area":
        found.wrong("只有 area 才可以整体说明（whole）", "only an area is spoken of as a whole")
    if field.pattern:
        try:
            re.compile(field.pattern)
        except re.error as error:
            found.wrong(f"正则表达式有误（{error}）", f"the pattern is wrong ({error})")


def _check(node: yaml.Node, fields: dict[str, Field], problems: Problems) -> Check:
    found = Mapped(node, problems)
    compares = found.texts("compare")
    needs = found.text("needs")
    when = []
    for name, values in found.mapped("when"):
        items = values.value if isinstance(values, yaml.SequenceNode) else [values]
        when.append((name, tuple(str(item.value) for item in items)))
    if bool(compares) == bool(needs) or len(compares) not in (0, 3):
        found.wrong(
            "应写 compare: [字段, 运算符, 字段或值] 或 needs: 字段", "takes compare: [field, operator, other] or needs"
        )
        compares = ()
    left, operator, right = compares or ("", "=", "")
    if operator not in OPERATORS:
        choices = " ".join(OPERATORS)
        found.wrong(f"不认识的运算符“{operator}”，可用：{choices}", f"unknown operator “{operator}”: {choices}")
    named = [name for name in (left, needs) if name] + [name for name, _ in when]
    for name in named:
        if name not in fields:
            found.wrong(f"没有字段“{name}”", f"there is no field “{name}”")
    if left in fields and right not in fields and not _literal(right, fields[left]):
        found.wrong(f"“{right}”既不是字段，也不是可与之比较的值", f"“{right}” is neither a field nor a fitting value")
    for name, values_of in when:
        if name in fields and fields[name].type == "choice":
            _known_choices(fields[name], values_of, found)
    says = found.node("says", required=True)
    label = _NOTHING if says is None else label_of(says, problems)
    found.close()
    return Check(label, left, operator, right, needs, tuple(when), found.line)  # type: ignore[arg-type]  # checked above


def _literal(text: str, field: Field) -> bool:
    if field.type in _FIGURES:
        try:
            return Decimal(text).is_finite()
        except InvalidOperation:
            return False
    if field.type == "choice":
        return text in {item.value for item in field.choices}
    return field.type not in ("date", "datetime") or bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


def _known_choices(field: Field, values: Sequence[str], found: Mapped) -> None:
    for value in values:
        if value not in {item.value for item in field.choices}:
            found.wrong(f"“{field.name}”没有选项“{value}”", f"“{field.name}” has no choice “{value}”")


def _whole(register: Register, fields: dict[str, Field], found: Mapped) -> None:
    """What can only be wrong about the register as a whole."""
    if not fields:
        found.wrong("台账没有字段", "the register has no fields")
    if not register.key:
        found.wrong("缺少“key”（用哪些字段区分各行）", "“key” is missing: the fields that tell rows apart")
    for name in register.key:
        if name not in fields or fields[name].type not in _PLAIN or not fields[name].required:
            found.wrong(
                f"主键字段“{name}”应存在、必填，且不是地图、文件等类型",
                f"the key “{name}” must be a required, plain field",
            )
    for role, name, kinds in (
        ("date", register.date, ("date", "datetime")),
        ("area", register.area, ("area",)),
        ("unit", register.unit, ("unit",)),
    ):
        if name and (name not in fields or fields[name].type not in kinds):
            found.wrong(
                f"“{role}”应为类型 {kinds[0]} 的字段，“{name}”不是",
                f"“{role}” names no field of type {kinds[0]}: “{name}”",
            )
    if register.kind == "event" and not (register.date in fields and fields[register.date].required):
        found.wrong("event 台账需要必填的日期字段（date）", "an event register needs a required field of its date")
    if register.store == "lake" and register.kind != "event":
        found.wrong("只有 event 台账可以存在数据湖（store: lake）", "only an event register can be stored in the lake")
    for level in register.levels:
        if level not in LEVELS:
            choices = ", ".join(LEVELS)
            found.wrong(f"levels 不能是“{level}”，可用：{choices}", f"levels cannot be “{level}”: {choices}")
    names = [name for item in register.fields for name in (item.name, *item.was)]
    for name in {name for name in names if names.count(name) > 1}:
        found.wrong(f"字段名“{name}”（含曾用名）重复", f"the name “{name}” is taken twice, former names included")
    for item in register.fields:
        if item.converts and (item.converts not in fields or not fields[item.converts].hidden):
            found.wrong("converts 应指向已隐藏的旧字段", "converts names no hidden field of before", item.line)
