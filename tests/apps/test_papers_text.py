"""The text of papers: what is typed, how it is laid out, what the sandbox of templates refuses."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.papers import body, slots, word
from lantian.apps.papers.kinds import kinds, number_of, shipped_templates
from lantian.apps.papers.models import PaperKind
from lantian.apps.papers.sheet import Sheet, addressed, copied, in_words, numbered
from tests.conftest import examples

LINES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=20)


def test_every_kind_has_its_row() -> None:
    assert set(kinds()) == set(PaperKind.values)
    assert all(kind.layout in ("document", "letter", "minutes") for kind in kinds().values())


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、总体要求", 1), ("十二、其他", 1), ("（一）明确责任", 2), ("(三)时限", 2), ("1.洒水", 3), ("12．清扫", 3),
        ("（1）道路", 4), ("1.5米以上", 0), ("一是抓紧", 0), ("2025年3月", 0), ("正文", 0),
    ],
)  # fmt: skip
def test_levels_are_told_by_their_numerals(line: str, level: int) -> None:
    assert body.level_of(line) == level


def test_a_heading_with_words_behind_it_is_set_in_two_types() -> None:
    block = body.blocks(body.parse("（一）明确责任。每周调度。"))[0]
    assert (block.head, block.rest) == ("（一）明确责任。", "每周调度。")


def test_rows_of_a_table_are_filled_up() -> None:
    block = body.blocks(body.parse("| 序号 | 措施 |\n| 1 |\n尾声"))[0]
    assert block.rows == (("序号", "措施"), ("1", ""))


@settings(max_examples=examples(50))
@given(LINES)
def test_what_is_typed_is_kept_as_it_can_be_typed_again(lines: list[str]) -> None:
    kept = body.parse("\n".join(lines))
    assert body.parse(body.typed(kept)) == kept
    assert len(body.blocks(kept)) == len(kept)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(body.BodyError):
        body.parse("字" * (body.LETTERS + 1))
    with pytest.raises(body.BodyError):
        body.parse("行\n" * (body.PARAGRAPHS + 1))
    with pytest.raises(body.BodyError):
        body.parse("|行|\n" * (body.PARAGRAPHS + 1))


def test_numbers_and_names_are_written_as_the_standard_says() -> None:
    assert number_of("supervision", "云环", 2025, 7) == "云环督〔2025〕7号"
    assert addressed(["甲局", "乙局"]) == "甲局、乙局："
    assert copied(["甲局", "乙局"]) == "甲局，乙局。"
    assert numbered(["清单"]) == ("清单",)
    assert numbered(["清单", "样表"]) == ("1. 清单", "2. 样表")
    assert in_words(None).strip().startswith("年")


@settings(max_examples=examples(30))
@given(
    st.sampled_from(["document", "letter", "minutes"]),
    st.text(max_size=40),
    st.lists(st.text(min_size=1, max_size=30), max_size=5),
)
def test_any_words_make_a_word_file_that_opens(layout: str, title: str, lines: list[str]) -> None:
    blocks = tuple(body.blocks(body.parse("\n".join([*lines, "| 一 | 二 |", "| 三 |"]))))
    made = word.write(
        Sheet(layout, "云溪市局", "内部", "云环函〔2025〕1号", title, "甲局：", blocks, ("清单",), "云溪市局",
              "2025年3月1日", "乙局。", "云溪市局", "2025年3月1日", draft=False, void=False)
    )  # fmt: skip
    assert docx.Document(BytesIO(made)).tables


@pytest.mark.parametrize("name", sorted(shipped_templates()))
def test_shipped_templates_fill_with_what_the_ladder_gives(name: str) -> None:
    rows = [{"seq": "3", "measure": "更新|设备\n第二行", "due": "年底前", "state": "未报送进展"}] * 2
    values = {
        "plan": "《计划》", "unit": "东塘区政府", "period": "2025年3月", "reply_by": "4月10日", "contact": "",
        "why": "未按时限完成", "earlier": "", "rows": rows, "issuer": "市局",
    }  # fmt: skip
    made = shipped_templates()[name]
    assert slots.fill(made.title, values)
    blocks = body.blocks(body.parse(slots.fill(made.body, values)))
    tables = [block for block in blocks if block.kind == "table"]
    if "rows" in made.body:
        assert [len(table.rows) for table in tables] == [3]
        assert tables[0].rows[1] == ("3", "更新｜设备 第二行", "年底前", "未报送进展")


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}", "{{ x.__init__ }}", "{{ cycler.__init__.__globals__ }}", "{{ range(10**9) }}",
        "{{ 'a' * 999999999 }}", "{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}", "{% import 'os' as os %}",
        "{% include '/etc/passwd' %}", "{% macro f() %}{% endmacro %}", "{{ x|attr('__class__') }}",
        "{{ self }}{{ x() }}", "{% set x = 1 %}", "{{ x['__class__'] }}", "{{ 1 + 1 }}", "{{ missing }}",
    ],
)  # fmt: skip
def test_a_template_does_nothing_but_fill_slots(attack: str) -> None:
    with pytest.raises(slots.SlotError):
        slots.fill(attack, {"x": ["甲"]})


@settings(max_examples=examples(50))
@given(st.text(max_size=80))
def test_a_value_is_one_line_and_no_markup_of_ours(value: str) -> None:
    filled = slots.fill("前{{ x }}后\n尾", {"x": value})
    assert filled.count("\n") == 1
    assert "|" not in filled
