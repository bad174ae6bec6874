"""DOCX → Document: what Word shows is what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lantian.reading.layout import Document, Paragraph, Table
from lantian.reading.sources import docx
from tests.growth import calls

from .writers import list_level, numbered, p, tbl, tc, tr, write_docx


def read(tmp_path: Path, body: str, parts: dict[str, str] | None = None) -> Document:
    return docx.read(write_docx(tmp_path / "plan.docx", body, parts))


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs()]


def only_table(document: Document) -> Table:
    (table,) = document.tables()
    return table


def words(table: Table) -> list[list[str | None]]:
    """The grid with each text at its top left place and None where a cell is covered."""
    return [
        [cell.text if cell and (cell.row, cell.col) == (r, c) else None for c, cell in enumerate(row)]
        for r, row in enumerate(table.grid())
    ]


def flag(document: Document, rule: str) -> str:
    (found,) = [flag.detail for flag in document.flags if flag.id == rule]
    return found


def test_paragraphs_keep_order_look_and_level(tmp_path: Path) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="x"><w:basedOn w:val="2"/>'
        '<w:pPr><w:jc w:val="center"/></w:pPr></w:style>'
    )
    body = (
        p("云岭市行动计划", '<w:jc w:val="center"/>', "<w:b/>")
        + p("")
        + p("一、总体要求", '<w:outlineLvl w:val="0"/>')
        + p("（一）目标", '<w:pStyle w:val="x"/>')
        + p("正文。", '<w:pStyle w:val="2"/><w:outlineLvl w:val="9"/>', '<w:b w:val="0"/>')
    )
    found = list(read(tmp_path, body, {"styles": styles}).paragraphs())
    assert [(item.text, item.level, item.centred, item.bold, item.line) for item in found] == [
        ("云岭市行动计划", None, True, True, 1),
        ("一、总体要求", 1, False, False, 2),
        ("（一）目标", 2, True, True, 3),
        ("正文。", None, False, False, 4),
    ]


def test_runs_join_as_printed(tmp_path: Path) -> None:
    def run(text: str, properties: str = "") -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr>{text}</w:r>"

    body = "<w:p>" + "".join(
        [
            run("<w:t>PM</w:t>"),
            run("<w:t>2.5</w:t>", '<w:vertAlign w:val="subscript"/>'),
            run("<w:t>35μg/m</w:t>"),
            run("<w:t>3</w:t>", '<w:vertAlign w:val="superscript"/>'),
            run("<w:br/><w:t>颗\u00ad粒</w:t><w:softHyphen/><w:t>物</w:t><w:tab/><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t>"),
            run("<w:t>隐藏</w:t>", "<w:vanish/>"),
            run('<w:sym w:font="Symbol" w:char="F0A3"/><w:t>5</w:t>'),
            '<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:smartTag><w:r><w:t>标记</w:t></w:r></w:smartTag>',
            "<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>",
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击此处</w:t></w:r></w:sdtContent></w:sdt>",
            "<m:oMath><m:sSup><m:e><m:r><m:t>km</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>",
        ]
    ) + "</w:p>"  # fmt: skip
    assert texts(read(tmp_path, body)) == ["PM2.535μg/m³\n颗粒物 1-2≤5链接标记控件km²"]


def test_symbols_that_nobody_can_read_are_flagged(tmp_path: Path) -> None:
    document = read(tmp_path, '<w:p><w:r><w:sym w:font="Wingdings" w:char="F04A"/><w:t>完成</w:t></w:r></w:p>')
    assert texts(document) == ["\ufffd完成"]
    assert "U+F04A" in flag(document, "R21")


def test_fields_show_their_results_only(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    body = (
        "<w:p><w:r><w:t>第</w:t></w:r>" + mark("begin") + "<w:r><w:instrText>PAGE</w:instrText><w:t>码</w:t></w:r>"
        + mark("separate") + "<w:r><w:t>3</w:t></w:r>" + mark("end")
        + '<w:fldSimple w:instr="REF x"><w:r><w:t>项</w:t></w:r></w:fldSimple></w:p>'
        + "<w:p>" + mark("begin") + "<w:r><w:instrText>BROKEN</w:instrText></w:r></w:p>" + p("后文")
    )  # fmt: skip
    assert texts(read(tmp_path, body)) == ["第3项", "后文"]


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    deleted_mark = "<w:rPr><w:del/></w:rPr>"
    body = (
        "<w:p><w:r><w:t>完成</w:t></w:r><w:del><w:r><w:delText>六</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>八</w:t></w:r></w:ins><w:r><w:t>台</w:t></w:r>"
        "<w:moveFrom><w:r><w:t>甲</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>乙</w:t></w:r></w:moveTo></w:p>"
        + p("前半，", deleted_mark)
        + p("后半。")
        + tbl(tr(tc(p("留")), tc(p("下"))), tr(tc(p("删")), tc(p("去")), properties="<w:del/>"))
    )
    document = read(tmp_path, body)
    assert texts(document) == ["完成八台乙", "前半，后半。"]
    assert words(only_table(document)) == [["留", "下"]]
    detail = flag(document, "R40")
    assert "六" in detail
    assert "八" in detail
    assert "删去" in detail


def test_notes_and_comments_stay_out_and_are_quoted(tmp_path: Path) -> None:
    body = (
        '<w:p><w:r><w:t>全市</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r>'
        '<w:r><w:footnoteReference w:id="3" w:customMarkFollows="1"/><w:t>※</w:t></w:r><w:r><w:t>推进</w:t></w:r>'
        '<w:r><w:commentReference w:id="0"/></w:r></w:p>'
    )
    parts = {
        "footnotes": f'<w:footnote w:id="1">{p("线")}</w:footnote><w:footnote w:id="2">{p("不含开发区")}</w:footnote>',
        "comments": f'<w:comment w:id="0">{p("待核")}</w:comment>',
    }
    document = read(tmp_path, body, parts)
    assert texts(document) == ["全市推进"]
    assert flag(document, "R41") == "不含开发区；待核"


def test_text_boxes_and_frames_are_boxed_and_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{p('专栏一')}</w:txbxContent>"
    alternate = (
        f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    body = (
        f"<w:p><w:r><w:t>正文{'很长' * 30}</w:t></w:r><w:r>{alternate}</w:r></w:p>"
        + tbl(tr(tc(p("专栏二") + p("重点工程"))))
        + p("结尾")
    )
    found = [(item.text[:4], item.boxed) for item in read(tmp_path, body).paragraphs()]
    assert found == [("正文很长", False), ("专栏一", True), ("专栏二", True), ("重点工程", True), ("结尾", False)]


def test_generated_table_of_contents_is_left_out(tmp_path: Path) -> None:
    styles = '<w:style w:type="paragraph" w:styleId="t"><w:name w:val="toc 1"/></w:style>'
    body = p("一、总体要求……1", '<w:pStyle w:val="t"/>') + p("一、总体要求")
    assert texts(read(tmp_path, body, {"styles": styles})) == ["一、总体要求"]


def test_merged_cells_become_spans(tmp_path: Path) -> None:
    restart, go_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    table = tbl(
        tr(tc(p("一、目标"), '<w:gridSpan w:val="3"/>')),
        tr(tc(p("1"), restart), tc(p("甲")), tc(p("市水务局"))),
        tr(tc(p("看不见"), go_on), tc(p("乙")), tc(p("——"))),
        tr(tc(p("2"), restart), tc(p("丙"), '<w:hMerge w:val="restart"/>'), tc(p(), '<w:hMerge w:val="continue"/>')),
        tr(tc(p("孤"), go_on), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'),
    )
    found = only_table(read(tmp_path, table))
    assert (found.rows, found.cols) == (5, 3)
    assert words(found) == [
        ["一、目标", None, None],
        ["1", "甲", "市水务局"],
        [None, "乙", "——"],
        ["2", "丙", None],
        [None, "孤", None],
    ]


def test_a_merge_that_changes_width_is_marked_as_inherited(tmp_path: Path) -> None:
    table = tbl(
        tr(tc(p("上"), '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>'), tc(p("右"))),
        tr(tc(p(), "<w:vMerge/>"), tc(p("中")), tc(p("右下"))),
    )
    found = only_table(read(tmp_path, table)).grid()[1]
    assert [cell and (cell.text, cell.inherits) for cell in found] == [("", True), ("中", False), ("右下", False)]


def test_columns_of_rows_drawn_out_of_line_are_joined(tmp_path: Path) -> None:
    table = tbl(
        tr(tc(p("序号")), tc(p("任务"), '<w:gridSpan w:val="2"/>'), tc(p("时限"))),
        tr(tc(p("1"), '<w:gridSpan w:val="2"/>'), tc(p("治理")), tc(p("年底前"))),
        widths=[700, 60, 3000, 900],
    )
    assert words(only_table(read(tmp_path, table))) == [["序号", "任务", "时限"], ["1", "治理", "年底前"]]


def test_hidden_rows_are_skipped_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    table = tbl(
        tr(tc(p("a")), tc(p("b"))),
        tr(tc(p("c")), tc(p("d")), properties="<w:hidden/>"),
        tr(tc(p("e")), tc(p("f"))),
    )
    document = read(tmp_path, table)
    assert words(only_table(document)) == [["a", "b"], ["e", "f"]]
    assert only_table(document).row_numbers == [1, 3]
    assert flag(document, "R45") == "2"


def test_cell_paragraphs_keep_order_and_inner_gaps(tmp_path: Path) -> None:
    table = tbl(tr(tc(p() + p("市财政局", run="<w:b/>") + p() + p("市商务局", run="<w:b/>") + p()), tc(p("x"))))
    cell = only_table(read(tmp_path, table)).cells[0]
    assert cell.paragraphs == ["市财政局", "", "市商务局"]
    assert cell.bold


def test_nested_tables_are_read_into_their_cell(tmp_path: Path) -> None:
    inner = tbl(tr(tc(p("东城")), tc(p("3家"))), tr(tc(p("西城")), tc(p("2家"))))
    document = read(tmp_path, tbl(tr(tc(p("其中：") + inner + p()), tc(p("年底前")))))
    assert only_table(document).cells[0].paragraphs == ["其中：", "东城", "3家", "西城", "2家"]
    assert flag(document, "R44") == "东城3家西城2家"


def test_a_table_in_a_layout_frame_is_the_table(tmp_path: Path) -> None:
    inner = tbl(tr(tc(p("序号")), tc(p("措施"))), tr(tc(p("1")), tc(p("治理扬尘"))))
    document = read(tmp_path, tbl(tr(tc(p("行动计划") + inner + p()))))
    assert [type(block) for block in document.blocks] == [Paragraph, Table]
    assert not document.flags
    assert not next(document.paragraphs()).boxed


def test_adjacent_tables_stay_apart(tmp_path: Path) -> None:
    one = tbl(tr(tc(p("a")), tc(p("b"))))
    assert len(list(read(tmp_path, one + p() + one).tables())) == 2


def test_automatic_numbers_label_paragraphs_and_fill_cells(tmp_path: Path) -> None:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0">{list_level(0, "chineseCountingThousand", "（%1）")}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1">{list_level(0, "decimal", "%1", start=24)}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    )
    merged = "<w:vMerge/>"
    body = (
        numbered("推进治理", 1)
        + tbl(
            tr(tc(numbered("", 2), '<w:vMerge w:val="restart"/>'), tc(p("甲"))),
            tr(tc(numbered("", 2), merged), tc(p("乙"))),
            tr(tc(numbered("", 2)), tc(numbered("分项", 1))),
        )
        + numbered("加强监管", 1)
    )
    document = read(tmp_path, body, {"numbering": numbering})
    assert [(item.label, item.text) for item in document.paragraphs()] == [
        ("（一）", "推进治理"),
        ("（三）", "加强监管"),
    ]
    table = only_table(document)
    assert words(table) == [["24", "甲"], [None, "乙"], ["25", "（二）分项"]]
    assert [cell.auto_number for cell in table.cells] == [True, False, False, True, False]


def test_strict_namespaces_and_macro_documents_are_read(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "plan.docm", p("一、目标") + tbl(tr(tc(p("a")), tc(p("b")))), strict=True)
    document = docx.read(path)
    assert texts(document) == ["一、目标"]
    assert words(only_table(document)) == [["a", "b"]]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "rows", "numbers"),
    [("mtg-air-2023", 70, []), ("xc-air-2021", 58, ["11", "25", "26", "27", "28"])],
)
def test_real_plans_are_complete(shared_plans: Path, name: str, rows: int, numbers: list[str]) -> None:
    table = only_table(docx.read(shared_plans / f"{name}.docx"))
    measures = [cell for cell in table.cells if cell.col == 2 and cell.colspan == 1 and cell.row > 0]
    assert len(measures) == rows
    assert all(cell.text for cell in measures)
    assert [cell.text for cell in table.cells if cell.auto_number] == numbers
    dump = "".join((shared_plans / f"{name}.txt").read_text(encoding="utf-8").split())
    for cell in table.cells:
        for paragraph in cell.paragraphs if not cell.auto_number else ():
            assert "".join(paragraph.split()) in dump


@pytest.mark.shared
def test_real_plan_merges_role_cells(shared_plans: Path) -> None:
    table = only_table(docx.read(shared_plans / "xc-air-2021.docx"))
    header = [cell.text.replace("\n", "") for cell in table.cells if cell.row == 0]
    assert header == ["序号", "重点任务", "工作措施", "完成时限", "主责单位", "协办单位"]
    grid = table.grid()
    row = next(cell.row for cell in table.cells if cell.text.startswith("以印刷行业为重点"))
    owner = grid[row][4]
    assert owner is not None
    assert owner is grid[row - 1][4]
    assert owner.text == "区生态环境局"


def test_work_grows_with_the_rows_only(tmp_path: Path) -> None:
    def work(rows: int) -> int:
        body = tbl(*(tr(tc(p(f"{n}")), tc(p(f"任务{n}")), tc(p("完成治理。"), p("年底前。"))) for n in range(rows)))
        path = write_docx(tmp_path / f"{rows}.docx", body, {})
        assert only_table(docx.read(path)).rows == rows
        return calls(lambda: docx.read(path))

    assert work(400) < 5 * work(100)
