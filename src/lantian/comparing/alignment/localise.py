"""A city's measure in a district's words: 全市 → 全区, 各区 → 各街道, its bureaus, its own figure of a list."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from lantian.comparing.alignment.clauses import Clause, Row
from lantian.comparing.alignment.figures import asked_of, is_share, number, total_of
from lantian.reading.model import Measure, Plan, Role, RoleName, Target

_STREETS = ("各街道办事处", "各镇街", "各街镇", "各乡镇", "各街道", "各镇")
_COLLECTIVE = re.compile("^(?:各|相关|有关)")
_SUFFIX = re.compile("(?:委员会|局|委|办|厅)$")
_LEVEL = re.compile("^[市区县]")
_SAME_OFFICE = 0.75  # likeness of names without level and ending from which two bureaus do the same work
_PAPER = re.compile(
    "(?:牵头)?(?:研究制[定订]|研究出台|研究编制|制[定订]|编制|修订|出台)(?:并?实施)?"
    "(?=[^，,。；;]*(?:方案|规划|办法|政策|意见|标准|指南|条例|目录|要点|措施))"
)
_CITY_STREETS = "街道[（(]乡镇[）)]"
# What is said of the whole city or of all districts → the same one level below; {all}: 各街道, {one}: 街道.
_WORDS = (
    (re.compile("全市及各区|全市和各区"), "全区及{all}"),
    (re.compile(f"各区、各?{_CITY_STREETS}|各区组织各?{_CITY_STREETS}|(?:属地|各){_CITY_STREETS}"), "{all}"),
    (re.compile(_CITY_STREETS), "{one}"),
    (re.compile("市区两级|市、区两级"), "区级"),
    (re.compile("全市"), "全区"),
    (re.compile("(?<=[对向将给])各区"), "{all}"),
)
_LEADING = re.compile("(^|[，,。；;])(?:各区县|各县区|各区)(?!级|、|政府)")
_LISTED = 3  # areas in a clause from which it is a list of their figures


@dataclass(frozen=True, slots=True)
class Style:
    """How a district's plan speaks: its word for streets and towns, their unit, its bureaus, its first role column."""

    region: str
    streets: str
    street_unit: str | None
    offices: tuple[str, ...]
    first_role: RoleName


def style_of(district: Plan) -> Style:
    """Read a district's habits from its plan."""
    words = Counter(word for m in district.measures for word in _STREETS if word in m.measure)
    names = Counter(role.name for m in district.measures for role in m.roles)
    collective = [name for name, _n in names.most_common() if re.search("街道|镇", name) and _COLLECTIVE.match(name)]
    streets = words.most_common(1)[0][0] if words else (collective[0] if collective else "各街道")
    leads = any(role.role == "lead" for m in district.measures for role in m.roles)
    return Style(
        district.region,
        streets.removesuffix("办事处"),
        collective[0] if collective else None,
        tuple(name for name in names if not _COLLECTIVE.match(name)),
        "lead" if leads else "responsible",
    )


def counterpart(office: str, style: Style) -> str | None:
    """The district's body for a city's: 市交通委 → 区交通委, 市公安局 → 青石公安分局; None where it names none."""
    scores = {name: _likeness(office, name) for name in style.offices}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] >= _SAME_OFFICE else None


def _likeness(office: str, name: str) -> float:
    """A branch prints the city's bureau whole (市交通委青石分局) or only what it deals with (青石公安分局)."""
    bare, stem = _LEVEL.sub("", office), _stem(office)
    return Indel.normalized_similarity(stem, _stem(name)) + (bare in name) + (len(stem) >= 2 and stem in name)


def _stem(office: str) -> str:
    return _SUFFIX.sub("", _LEVEL.sub("", re.sub("[（(].*", "", office)))


def localise(row: Row, style: Style) -> str:
    """The words of a city's measure as the district would print them; what it cannot know stays as it is printed."""
    text = row.measure.measure
    for target in asked_of(row.measure.targets, style.region):
        total = total_of(target, row.measure.targets)
        if total is not None and total.span and total.value is not None and target.value is not None:
            printed = text[total.span[0] : total.span[1]]
            own = printed.replace(number(total.value), number(target.value), 1)
            # Same length, so that the places of the clauses still hold.
            text = text[: total.span[0]] + own.ljust(len(printed), "\0") + text[total.span[1] :]
    for start, end in sorted(_lists(row.clauses), reverse=True):
        text = text[:start].rstrip("，,；;：:。") + text[end:]
    return _in_words(text.replace("\0", ""), row, style)


def _lists(clauses: tuple[Clause, ...]) -> list[tuple[int, int]]:
    """Where the figures of other districts stand (其中：甲区1家、乙区2家…)."""
    found = []
    for before, clause in zip((None, *clauses), clauses, strict=False):
        if len(clause.areas) >= _LISTED and "#" in clause.form:
            opens = before is not None and before.text.strip() == "其中"
            found.append((before.start if before is not None and opens else clause.start, clause.end))
    return found


def _in_words(text: str, row: Row, style: Style) -> str:
    text = _without_areas(text, row.clauses)
    text = "".join(_carried_out(clause) for clause in re.split("(?<=[，,。；;])", text))
    for expression, instead in _WORDS:
        text = expression.sub(instead.format(all=style.streets, one=style.streets.removeprefix("各")), text)
    text = _LEADING.sub(r"\1", text)
    for name in _city_offices(row):
        text = text.replace(name, counterpart(name, style) or name)
    return text


def _carried_out(clause: str) -> str:
    """What the city drafts, the district carries out, unless the city asks the districts to draft it."""
    return clause if clause.startswith(("各区", "各县")) else _PAPER.sub("落实", clause, count=1)


def _without_areas(text: str, clauses: tuple[Clause, ...]) -> str:
    names = sorted({name for clause in clauses for name in clause.areas}, key=len, reverse=True)
    if not names:
        return text
    one = "|".join(map(re.escape, names))
    return re.sub(rf"(^|[，,。；;])(?:{one})(?:(?:、|和|及|与)(?:{one}))*(?:等)?", r"\1", text)


def _city_offices(row: Row) -> list[str]:
    return sorted({role.name for role in row.measure.roles if role.name.startswith("市")}, key=len, reverse=True)


def unknown_offices(row: Row, text: str, style: Style) -> list[str]:
    """Bodies of the city that still stand in the words because the district's plan names no counterpart."""
    return [name for name in _city_offices(row) if name in text and counterpart(name, style) is None]


def open_totals(measure: Measure, region: str) -> list[Target]:
    """Sums of the city for which the print tells no share of this district: somebody must put its quota in."""
    asked = asked_of(measure.targets, region)
    return [t for t in asked if t.value is not None and not t.scope and t.applies != "each" and is_share(t)]


def units_for(measure: Measure, text: str, style: Style) -> tuple[Role, ...]:
    """Who may do a new row: the counterparts of the city's leads and doers, the streets where the words name them."""
    found: list[str] = []
    for role in measure.roles:
        own = counterpart(role.name, style) if role.role != "support" else None
        if own is not None and own not in found:
            found.append(own)
    if style.street_unit and style.streets in text:
        found.append(style.street_unit)
    return tuple(Role(style.first_role, name, name) for name in found)
