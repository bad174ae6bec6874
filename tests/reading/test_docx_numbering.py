"""Automatic list numbers count as Word counts them."""

from __future__ import annotations

import pytest
from lxml import etree

from lantian.reading.sources.docx.numbering import Numbering
from lantian.reading.sources.list_formats import format_number

from .writers import NAMESPACES, list_level


def numbering(inner: str) -> Numbering:
    return Numbering(etree.fromstring(f"<w:numbering {NAMESPACES}>{inner}</w:numbering>"))


def abstract(key: int, *levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{more}{"".join(levels)}</w:abstractNum>'


def num(key: int, of: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{overrides}</w:num>'


@pytest.mark.parametrize(
    ("number", "name", "printed"),
    [
        (1, "decimal", "1"),
        (7, "decimalZero", "07"),
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (20, "japaneseCounting", "二十"),
        (105, "chineseCountingThousand", "一百〇五"),
        (111, "chineseCountingThousand", "一百一十一"),
        (1010, "chineseCountingThousand", "一千〇一十"),
        (10, "ideographDigital", "一〇"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (3, "decimalEnclosedCircle", "③"),
        (21, "decimalEnclosedCircleChinese", "㉑"),
        (51, "decimalEnclosedCircle", "51"),
        (2, "decimalEnclosedParen", "⑵"),
        (2, "decimalEnclosedFullstop", "⒉"),
        (3, "decimalFullWidth", "３"),
        (4, "upperRoman", "IV"),
        (1999, "lowerRoman", "mcmxcix"),
        (26, "lowerLetter", "z"),
        (28, "upperLetter", "BB"),
        (1, "ideographTraditional", "甲"),
        (12, "ideographZodiac", "亥"),
        (5, "bullet", ""),
        (5, "aFormatOfTheFuture", "5"),
        (0, "upperRoman", "0"),
        (-1, "decimal", "-1"),
    ],
)
def test_number_formats(number: int, name: str, printed: str) -> None:
    assert format_number(number, name) == printed


def test_levels_count_and_restart() -> None:
    lists = numbering(
        abstract(
            0,
            list_level(0, "chineseCounting", "%1、"),
            list_level(1, "chineseCounting", "（%2）"),
            list_level(2, "decimal", "%1.%2.%3", more="<w:isLgl/>"),
            list_level(3, "decimal", "%4.", more='<w:lvlRestart w:val="0"/>'),
        )
        + num(1, 0)
    )
    asked = [0, 1, 1, 3, 0, 1, 2, 2, 3, 1, 2]
    assert [lists.label(1, level) for level in asked] == [
        "一、", "（一）", "（二）", "1.", "二、", "（一）", "2.1.1", "2.1.2", "2.", "（二）", "2.2.1",
    ]  # fmt: skip


def test_lists_of_one_abstract_list_share_its_counter_unless_they_start_anew() -> None:
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    lists = numbering(abstract(0, list_level(0, "decimal", "%1")) + num(1, 0) + num(2, 0) + num(3, 0, start))
    assert [lists.label(number, 0) for number in (1, 2, 3, 3, 1)] == ["1", "2", "5", "6", "7"]


def test_a_list_may_replace_a_level() -> None:
    other = f'<w:lvlOverride w:ilvl="0">{list_level(0, "upperRoman", "%1)")}</w:lvlOverride>'
    lists = numbering(abstract(0, list_level(0, "decimal", "%1")) + num(1, 0, other))
    assert [lists.label(1, 0), lists.label(1, 0)] == ["I)", "II)"]


def test_a_list_style_is_found_by_its_link() -> None:
    lists = numbering(
        abstract(0, list_level(0, "decimal", "第%1条", start=3), more='<w:styleLink w:val="条"/>')
        + abstract(1, more='<w:numStyleLink w:val="条"/>')
        + num(1, 1)
    )
    assert lists.label(1, 0) == "第3条"


def test_a_paragraph_style_names_its_level() -> None:
    level = list_level(1, "decimal", "%2", more='<w:pStyle w:val="h2"/>')
    lists = numbering(abstract(0, list_level(0, "decimal", "%1"), level) + num(1, 0))
    assert lists.level_of_style(1, "h2") == 1
    assert lists.level_of_style(1, "other") == 0


def test_no_list_and_unknown_lists_have_no_label() -> None:
    lists = numbering(abstract(0, list_level(0, "bullet", "\uf06c")) + num(1, 0))
    assert [lists.label(number, level) for number, level in ((0, 0), (1, 0), (1, 12), (9, 0))] == ["", "", "", ""]
