"""行政区: provinces, prefecture-level cities and the districts of Beijing, with what they belong to (GB/T 2260)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from lantian.reading.lexicon import table

_GOVERNMENT = re.compile(r"(?:人民)?政府|(?:党工委)?管委会|管理委员会|街道办事处|办事处")
_AREA = re.compile(r"[一-龥]{1,12}(?:区|县|市|旗|盟|州|镇|乡|街道)")
_NO_NAME = re.compile(r"^(?:各|相关|有关|其他|其余|全|本|该|所在)|^[市区县镇乡]$|[、，；]|(?:各|相关|有关)")


@cache
def places() -> dict[str, tuple[str, str]]:
    """Full name of an area → (level as in ``Plan``, the area it belongs to or empty)."""
    return {row["name"]: (row["level"], row["parent"]) for row in table("regions")}


@cache
def ancestors(name: str) -> tuple[str, ...]:
    """The area itself and the areas it belongs to, innermost first: 西城区 → (西城区, 北京市)."""
    chain = [name] if name else []
    while name in places() and places()[name][1]:
        name = places()[name][1]
        chain.append(name)
    return tuple(chain)


def areas_of(units: Iterable[str]) -> frozenset[str]:
    """Names of areas that a plan's units make known: 石桥区政府 → 石桥区, 青岚高新区管委会 → 青岚高新区."""
    named = {_GOVERNMENT.sub("", re.sub(r"[（(].*", "", unit)) for unit in units if _GOVERNMENT.search(unit)}
    return frozenset(name for name in named if _AREA.fullmatch(name) and not _NO_NAME.search(name))


@cache
def short_names() -> frozenset[str]:
    """The listed cities and provinces without their last word: 包头市 → 包头, 宁夏回族自治区 → 宁夏."""
    ending = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区)$")
    return frozenset(short for name in places() if len(short := ending.sub("", name)) >= 2 and short != name)
