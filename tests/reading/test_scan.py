"""Scanned pages: what a person reads off the page is what comes back, whatever the scanner did to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cv2")
pytest.importorskip("rapidocr")

import numpy as np

from lantian.reading.errors import ReadingError
from lantian.reading.layout import Cell, Paragraph, Table
from lantian.reading.sources.scan import grid as scan_grid
from lantian.reading.sources.scan import image as scan_image
from lantian.reading.sources.scan import ocr as scan_ocr
from lantian.reading.sources.scan import reader as scan
from lantian.reading.text import join_layout
from tests.conftest import require
from tests.reading.scan_maker import Drawn, Look, draw, font_file

pytestmark = pytest.mark.ocr

WIDTHS = (90, 210, 830, 150, 250, 300, 290)
HEADER = ("序号", "重点任务", "工作措施", "完成\n时限", "牵头部门", "主责单位", "协办单位")
CELLS = [
    *(Drawn(0, i, word) for i, word in enumerate(HEADER)),
    Drawn(1, 0, "一、空气质量改善目标", colspan=7),
    Drawn(2, 0, "1", rowspan=2),
    Drawn(2, 1, "环境空气质量目标", rowspan=2),
    Drawn(2, 2, "云川市细颗粒物（PM2.5）年均浓度控制在35微克/立方米以内，优良天数比率达到78.5%以上；VOCs下降12%。"),
    Drawn(2, 3, "年底前"),
    Drawn(2, 4, "市生态环境局"),
    Drawn(2, 5, "各区政府"),
    Drawn(2, 6, "市发展改革委\n市住房城乡建设局"),
    Drawn(
        3,
        2,
        "各区降尘量不高于5.2吨/平方公里·月，其中青石区、南浦区和北山镇力争达到4.8吨左右。\n对排名后三位的街道（乡镇），由市大气办组织约谈。",
    ),
    Drawn(3, 3, "长期实施"),
    Drawn(3, 4, "市生态环境局", colspan=2),
    Drawn(3, 6, "——"),
    Drawn(4, 0, "12"),
    Drawn(4, 1, "推进低VOCs含量产品源头替代"),
    Drawn(4, 2, "严格执行《工业防护涂料中有害物质限量》等标准，完成12家家具企业改造，新增新能源公交车460辆。"),
    Drawn(4, 3, "9月底前"),
    Drawn(4, 4, "市交通运输局"),
    Drawn(4, 5, "各区政府"),
    Drawn(4, 6, ""),
]
SPANS = {(cell.row, cell.col): (cell.rowspan, cell.colspan) for cell in CELLS}
BROKEN = ((405, 300, 415, 340), (900, 220, 960, 235), (1235, 480, 1245, 560), (500, 635, 900, 645))


@pytest.fixture(autouse=True)
def _needs_font() -> None:
    if font_file() is None:
        require("fonts", "no Chinese font is installed to draw a page with")


def spans_of(page: np.ndarray) -> list[dict[tuple[int, int], tuple[int, int]]]:
    sheet = scan_image.prepare(page)
    grids = scan_grid.find_grids(sheet.ink, sheet.em)
    return [{(place.row, place.col): (place.rowspan, place.colspan) for place in grid.places} for grid in grids]


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(skew=4.9, noise=6),
        Look(skew=-4.9),
        Look(line=1, size=24, noise=9, jpeg=40, skew=1.3),
        Look(breaks=BROKEN, skew=0.3),
        Look(specks=6000, noise=8, skew=0.6),
        Look(shade=0.45, skew=-0.7),
        Look(keystone=0.004),
        Look(open_sides=True, skew=0.4),
        Look(dashed=True, skew=0.5),
        Look(double=True, skew=-0.5),
        Look(font=1, pad=3, line=3),
    ],
    ids=lambda look: "-".join(f"{k}{v}" for k, v in vars(look).items() if v != getattr(Look(), k))[:40] or "clean",
)
def test_the_grid_is_found_cell_by_cell(look: Look) -> None:
    assert spans_of(draw(WIDTHS, CELLS, look)) == [SPANS]


def test_text_without_rulings_is_no_table() -> None:
    page = draw(WIDTHS, [Drawn(0, 0, "")], Look(above=["云川市行动计划"] * 3, breaks=((0, 280, 2339, 400),)))
    assert spans_of(page) == []


def test_a_broken_ruling_is_flagged_and_a_whole_one_is_not() -> None:
    for breaks, repaired in ((BROKEN, True), ((), False)):
        sheet = scan_image.prepare(draw(WIDTHS, CELLS, Look(breaks=breaks)))
        assert scan_grid.find_grids(sheet.ink, sheet.em)[0].repaired is repaired


@pytest.mark.parametrize("angle", [-4.6, -0.8, 0.0, 0.35, 3.2])
def test_skew_is_measured_to_a_twentieth_of_a_degree(angle: float) -> None:
    page = draw(WIDTHS, CELLS, Look(skew=angle))
    assert scan_image.prepare(page).angle == pytest.approx(-angle, abs=0.16 if abs(angle) < 0.2 else 0.05)


def words(cell: Cell) -> str:
    return join_layout(cell.text).replace(" ", "")


def test_a_page_upside_down_is_read_word_for_word() -> None:
    look = Look(turn=180, skew=0.8, noise=4, jpeg=75, above=["云川市2023年大气污染防治行动计划"])
    reading = scan.read_page(3, draw(WIDTHS, CELLS, look))
    title, table = reading.blocks
    assert isinstance(title, Paragraph)
    assert isinstance(table, Table)
    assert (title.text, title.centred, title.page) == ("云川市2023年大气污染防治行动计划", True, 3)
    printed = {(c.row, c.col): join_layout(c.text) for c in CELLS}
    assert {(c.row, c.col): words(c) for c in table.cells} == printed
    assert {(c.row, c.col): (c.rowspan, c.colspan) for c in table.cells} == SPANS
    several = next(c for c in table.cells if (c.row, c.col) == (3, 2))
    assert [join_layout(text)[:4] for text in several.paragraphs] == ["各区降尘", "对排名后"]
    roles = next(c for c in table.cells if (c.row, c.col) == (2, 6))
    assert roles.paragraphs == ["市发展改革委\n市住房城乡建设局"]
    assert {flag.id for flag in reading.flags} >= {"R42", "R46"}
    for cell in table.cells:
        assert cell.box is not None
        assert cell.box.page == 3
        assert 0 <= cell.box.x0 < cell.box.x1 <= 1
        assert 0 <= cell.box.y0 < cell.box.y1 <= 1
        assert cell.confidence is None if not words(cell) else cell.confidence is not None and cell.confidence > 0.8


def test_a_page_on_its_side_without_a_table_becomes_paragraphs(tmp_path: Path) -> None:
    import cv2

    words_ = ["云川市大气污染防治实施方案", "一、总体要求"]
    body = ["\u3000\u3000各县区人民政府要把改善空气质量作为重要任务，", "压实属地责任，按季度报送进展。"]
    page = draw((10,), [Drawn(0, 0, "")], Look(above=words_, below=body, turn=90, breaks=((90, 215, 140, 330),)))
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), page)
    document = scan.read(path)
    assert document.kind == "scan"
    assert document.pages == 1
    texts = [join_layout(paragraph.text) for paragraph in document.paragraphs()]
    assert texts[:2] == words_
    assert "".join(texts[2:]) == join_layout("".join(body))
    assert [flag.id for flag in document.flags if flag.id == "R42"]


def test_characters_printed_one_below_the_other_are_read_downwards() -> None:
    cells = [
        Drawn(0, 0, "重\n点\n任\n务"),
        Drawn(0, 1, "加快淘汰老旧车辆，推广新能源汽车。\n落实建筑工地扬尘管控要求。" * 2),
    ]
    reading = scan.read_page(1, draw((60, 1200), cells, Look(left=())))
    (table,) = reading.blocks
    assert isinstance(table, Table)
    assert words(table.cells[0]) == "重点任务"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n broken", b"II*\0 broken"])
def test_a_broken_image_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(content)
    with pytest.raises(ReadingError, match=r"page\.png"):
        scan.read(path)


def test_an_empty_page_is_refused_and_not_an_empty_result(tmp_path: Path) -> None:
    import cv2

    path = tmp_path / "white.png"
    cv2.imwrite(str(path), np.full((800, 600), 255, np.uint8))
    with pytest.raises(ReadingError, match=r"没有可识别的文字|no readable text"):
        scan.read(path)


def test_every_page_of_a_tiff_is_decoded(tmp_path: Path) -> None:
    import cv2

    path = tmp_path / "pages.tif"
    cv2.imwritemulti(str(path), [np.full((40, 30 + i), 255, np.uint8) for i in range(3)])
    assert [page.shape for page in scan_image.load_pages(path)] == [(40, 30), (40, 31), (40, 32)]


def test_engine_names_the_bundled_models() -> None:
    assert "rapidocr" in scan.engine()
    assert "det" in scan.engine()
    assert "onnxruntime" in scan.engine()


def test_without_the_extra_the_refusal_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(scan_ocr, "find_spec", lambda _: None)
    for call in (lambda: scan.read(tmp_path / "page.png"), lambda: scan.read_page_images([]), scan.engine):
        with pytest.raises(ReadingError, match="lantian\\[ocr\\]") as refusal:
            call()
        assert refusal.value.exit_code == 3


def test_import_stays_cheap() -> None:
    code = (
        "import sys, lantian.reading.sources.scan.reader as s; "
        "sys.exit(any(n in sys.modules for n in ('cv2', 'numpy', 'onnxruntime', 'rapidocr')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.shared
def test_the_real_scan_is_read_cell_by_cell(shared_plans: Path) -> None:
    """Every cell of the two scanned pages equals the dump, punctuation and all; the dump keeps no page break."""
    import pypdfium2

    dump = (shared_plans / "bj-2021.txt").read_text(encoding="utf-8").split("序号\t重点任务\t")
    pdf = pypdfium2.PdfDocument(shared_plans / "bj-2021-scan.pdf")
    for number in (1, 2):
        lines = ("序号\t重点任务\t" + dump[number + 1]).split("\n\n")[0].split("\n")
        truth = [cell.replace(" ", "") for line in lines if line.count("\t") == 6 for cell in line.split("\t")]
        image = pdf[number - 1].render(scale=200 / 72, grayscale=True).to_numpy()
        table = next(block for block in scan.read_page(number, image).blocks if isinstance(block, Table))
        read = [
            "" if cell is None or cell.row != r else words(cell) for r, row in enumerate(table.grid()) for cell in row
        ]
        assert read == truth
