"""HTML → Document: what the browser shows of the article is what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.sources import html
from tests.conftest import examples


def read(tmp_path: Path, body: str, encoding: str = "utf-8", head: str = '<meta charset="utf-8">') -> Document:
    path = tmp_path / "plan.html"
    page = f"<!DOCTYPE html><html><head>{head}<title>网站</title></head><body>{body}</body></html>"
    path.write_bytes(page.encode(encoding))
    return html.read(path)


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs()]


def words(table: Table) -> list[list[str | None]]:
    return [
        [cell.text if cell and (cell.row, cell.col) == (r, c) else None for c, cell in enumerate(row)]
        for r, row in enumerate(table.grid())
    ]


def only_table(document: Document) -> Table:
    (table,) = document.tables()
    return table


def test_blocks_begin_paragraphs_with_their_look(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<h1>行动计划</h1><div align=center>2025年</div>散文"
        "<p style='text-align:center; font-weight:700'>一、总体要求</p>"
        "<p><b>（一）</b>目标</p><script>x()</script><nav>首页</nav><p style='display:none'>暗</p><!-- 注 -->"
        "<center><strong>居中</strong></center>",
    )
    assert [(item.text, item.level, item.bold, item.centred, item.line) for item in document.paragraphs()] == [
        ("行动计划", 1, True, False, 1),
        ("2025年", None, False, True, 2),
        ("散文", None, False, False, 3),
        ("一、总体要求", None, True, True, 4),
        ("（一）目标", None, False, False, 5),
        ("居中", None, True, True, 6),
    ]


def test_line_breaks_wrap_or_begin_paragraphs(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<p>云岭市大气污染<br>防治行动计划</p>"
        "<div>　　一、总体要求<br>　　为改善空气质量<br>（一）治理扬尘。<br>落实六个百分百</div>"
        "<p>甲<br><br>乙</p><pre>丙\n　　丁</pre>",
    )
    assert texts(document) == [
        "云岭市大气污染\n防治行动计划", "一、总体要求", "为改善空气质量", "（一）治理扬尘。", "落实六个百分百",
        "甲", "乙", "丙", "丁",
    ]  # fmt: skip


def test_inline_text_joins_as_printed(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<p>PM<sub>2.5</sub>\n 降到 30μg/m<sup>3</sup><sup><a href='#n1'>[1]</a></sup>，"
        "<del>四</del><ins>五</ins>台 &lt;&amp;</p>",
    )
    assert texts(document) == ["PM2.5 降到 30μg/m³，五台 <&"]
    assert {flag.id: flag.detail for flag in document.flags} == {"R40": "－四", "R41": "[1]"}


def test_ordered_lists_print_their_numbers(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<ol start=3><li>甲<ul><li>点</li></ul></li><li value=7>乙<p>续</p></li><li>2. 自编号</li></ol>"
        "<ol style='list-style-type: cjk-ideographic'><li>丙</li></ol><ol type=a reversed><li>丁</li><li>戊</li></ol>"
        "<ol style='list-style:none'><li>己</li></ol>",
    )
    assert [(item.label, item.text) for item in document.paragraphs()] == [
        ("3.", "甲"), ("", "点"), ("7.", "乙"), ("", "续"), ("", "2. 自编号"), ("一、", "丙"), ("b.", "丁"),
        ("a.", "戊"), ("", "己"),
    ]  # fmt: skip


def test_table_spans_are_expanded_and_clipped(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<table><caption>附表</caption><thead><tr><th>序号<th>措施<th colspan=9>单位</thead>"
        "<tr><td rowspan=0>1<td>治理<td>市水务局<tr><td>监管<td rowspan=99>市公安局<tr><td>检查"
        "<tfoot><tr><td colspan=3>注</tfoot></table>",
    )
    table = only_table(document)
    assert words(table) == [
        ["序号", "措施", "单位"],
        ["1", "治理", "市水务局"],
        [None, "监管", "市公安局"],
        [None, "检查", None],
        ["注", None, None],
    ]
    assert table.caption == "附表"
    assert [cell.bold for cell in table.cells[:4]] == [True, True, True, False]


def test_hidden_rows_are_skipped(tmp_path: Path) -> None:
    document = read(
        tmp_path, "<table><tr><td>a<td>b<tr style='display: none'><td>c<td>d<tr><td>e<td>f</table>"
    )  # fmt: skip
    assert words(only_table(document)) == [["a", "b"], ["e", "f"]]
    assert only_table(document).row_numbers == [1, 3]
    assert [flag.id for flag in document.flags] == ["R45"]


def test_cells_hold_paragraphs(tmp_path: Path) -> None:
    document = read(
        tmp_path,
        "<table><tr><td><p>完成治理。</p><p>加强监管。</p></td><td>市水务局<br>市公安局</td></tr><tr><td>x<td><ol><li>y</ol></table>",
    )
    assert [cell.paragraphs for cell in only_table(document).cells] == [
        ["完成治理。", "加强监管。"],
        ["市水务局\n市公安局"],
        ["x"],
        ["1.y"],
    ]


def test_nested_tables_are_read_into_their_cell(tmp_path: Path) -> None:
    inner = "<table><tr><td>东城<td>3家<tr><td>西城<td>2家</table>"
    document = read(tmp_path, f"<table><tr><td>其中：{inner}<td>年底前</table>")
    assert only_table(document).cells[0].paragraphs == ["其中：", "东城", "3家", "西城", "2家"]
    assert [(flag.id, flag.detail) for flag in document.flags] == [("R44", "东城3家西城2家")]


def test_page_layout_made_of_tables_is_opened(tmp_path: Path) -> None:
    plan = "<table border=1><tr><td>序号<td>措施<tr><td>1<td>治理扬尘</table>"
    article = "".join(f"<p>第{n}段，推进大气污染防治各项工作。</p>" for n in range(12))
    document = read(
        tmp_path,
        f"<table><tr><td>栏目<td><table><tr><td>{article}{plan}</td></tr></table></td></tr></table>",
    )
    assert len(texts(document)) == 13
    assert words(only_table(document)) == [["序号", "措施"], ["1", "治理扬尘"]]
    assert not any(paragraph.boxed for paragraph in document.paragraphs())


def test_a_bordered_frame_is_a_box(tmp_path: Path) -> None:
    article = "<p>推进大气污染防治各项工作。</p>" * 5
    document = read(tmp_path, f"{article}<table border=1><tr><td><p>专栏1</p><p>重点工程</p></table>")
    assert [item.text for item in document.paragraphs() if item.boxed] == ["专栏1", "重点工程"]


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", '<meta charset="gbk">'),
        ("gb18030", '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        ("gb18030", '<meta charset="utf-8">'),
        ("gb18030", ""),
        ("utf-16", ""),
        ("big5", '<meta charset="big5">'),
        ("big5", '<meta charset="no-such">'),
        ("utf-8", '<meta charset="utf-16">'),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, head: str) -> None:
    document = read(tmp_path, "<p>空氣品質改善目標：年底前完成</p>", encoding, head)
    assert texts(document) == ["空氣品質改善目標：年底前完成"]
    assert not document.flags


def test_bytes_that_cannot_be_read_are_flagged(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_bytes(b'<meta charset="utf-8"><p>' + ("目标" * 20).encode() + b"\xff</p>")
    document = html.read(path)
    assert texts(document)[0].startswith("目标")
    assert [flag.id for flag in document.flags] == ["R21"]


@pytest.mark.parametrize(
    "page",
    ["", "<table>" + "<tr><td colspan=1000 rowspan=0>x<td>y" * 1500 + "</table>"],
)
def test_refusals_say_why(tmp_path: Path, page: str) -> None:
    path = tmp_path / "plan.html"
    path.write_text(page, encoding="utf-8")
    with pytest.raises(ReadingError) as refused:
        html.read(path)
    assert "plan.html" in refused.value.zh
    assert "plan.html" in refused.value.en


def test_deep_nesting_is_read_or_refused(tmp_path: Path) -> None:
    for tag in ("div", "b", "table><tr><td"):
        try:
            document = read(tmp_path, f"<{tag}>" * 5000 + "底")
        except ReadingError:
            continue
        assert isinstance(document, Document)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["<table>", "</table>", "<tr>", "<td rowspan=2>", "<td colspan=0>", "<p>", "<br>", "<ol>",
             "<li>", "<div", ">", "</td>", "&nbsp;", "一、", "<!--", "-->", "<sup>2", "</sup>", "文", "<pre>",
             "<td rowspan=x>", "&#0;"]
        ),
        max_size=25,
    )
)  # fmt: skip
def test_any_markup_is_read_twice_the_same(tmp_path: Path, pieces: list[str]) -> None:
    path = tmp_path / "any.html"
    path.write_text("x" + "".join(pieces), encoding="utf-8")
    document = html.read(path)
    assert document == html.read(path)
    for table in document.tables():
        assert all(cell.row + cell.rowspan <= table.rows for cell in table.cells)
        assert all(cell.col + cell.colspan <= table.cols for cell in table.cells)


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "agri-machinery-2018",
        "bonded-zones-2019",
        "consumption-poverty-2018",
        "employment-2018",
        "zero-waste-pilot-2018",
    ],
)
def test_real_pages_give_the_text_of_their_dumps(shared_plans: Path, name: str) -> None:
    document = html.read(shared_plans / f"cn-{name}.html")
    dump = (shared_plans / f"cn-{name}.txt").read_text(encoding="utf-8")
    assert texts(document) == [line.strip() for line in dump.splitlines() if line.strip()]
    assert all(isinstance(block, Paragraph) and not block.boxed for block in document.blocks)
    assert next(document.paragraphs()).centred
