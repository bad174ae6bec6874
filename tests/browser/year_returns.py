"""Returns of a year by every route, as units and their office click and type them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.year import unit_row, visit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CALLER = "马志成"
RANK_ROW = "浓度排名退出全市后30名"
# What units report by words of the target: 降尘量 in t/km²·month, rates in %, ranks from the worst.
FIGURES = {"降尘量": "4.6", "月检查率": "100", "排名": "45", "残存量": "5.8", "环卫车辆": "82", "重型柴油车": "2900",
           "抽检覆盖率": "10", "检测量": "2", "重点行业企业": "1"}  # fmt: skip


def open_task(page: Page, month: str) -> None:
    """From the unit's desk to its return of a month."""
    visit(page, "/desk/")
    page.locator("article.task", has_text=f"{month} ·").locator(".btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(month)
    page.wait_for_load_state()


def entry(page: Page, words: str) -> Locator:
    """The card of the row with these printed words on the sheet that is open."""
    return page.locator("[data-card]", has_text=words)


def asked(card: Locator) -> str:
    """The words of the first target of which a row asks the figure."""
    legend = card.locator("fieldset[data-figure] legend")
    return legend.first.inner_text() if legend.count() else ""


def fill_entry(card: Locator, progress: str, figure: str = "", explanation: str = "") -> None:
    """Write one row and wait until it saved itself."""
    card.locator("textarea[name=progress]").fill(progress)
    for field in card.locator("input[data-period], input[data-total]").all() if figure else []:
        field.fill(figure)
    card.locator("[data-save]").click()
    expect(card.locator("[data-state]")).to_contain_text("已保存")
    if explanation:
        card.locator("textarea[name=explanation]").fill(explanation)
        card.locator("[data-save]").click()
        expect(card.locator("[data-state]")).to_contain_text("已保存")


def hand_in(page: Page, signer: str, phone: str = "") -> None:
    """Hand in the return that is open."""
    page.get_by_label("填报负责人").fill(signer)
    if phone:
        page.get_by_label("联系电话").fill(phone)
    page.locator(".hand-in .btn-primary").click()
    expect(page.locator(".page-head")).to_contain_text("已报送")


def figure_for(words: str) -> str:
    """What a unit reports for a target with these words; nothing where no figure is asked for."""
    return next((value for part, value in FIGURES.items() if part in words), "")


def fill_sheet(content: bytes, progress: Callable[[str], str]) -> bytes:
    """A sheet as its unit sends it back: words for each row, figures for each target."""
    book = load_workbook(BytesIO(content))
    page = book.active
    assert page is not None
    rows = list(page.iter_rows(values_only=True))
    above = next(number for number, row in enumerate(rows, 1) if row[0] == "序号")
    column = {str(name): place for place, name in enumerate(rows[above - 1], 1)}
    before = ""
    for row in range(above + 1, len(rows) + 1):
        measure, target = (str(page.cell(row, column[name]).value or "") for name in ("工作措施", "目标"))
        if not measure:
            continue
        if measure != before:
            page.cell(row, column["本期进展"]).value = progress(measure)
        before = measure
        for name in ("本期数", "累计数"):
            page.cell(row, column[name]).value = figure_for(target) or None
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def sheets_of(page: Page, plan: str, month: str) -> dict[str, bytes]:
    """Download the sheets of all units that report in a month; their content by file name."""
    visit(page, f"/plans/{plan}/sheets/?period={month}")
    with page.expect_download() as started:
        page.get_by_role("link", name="全部下载 Excel").click()
    with ZipFile(started.value.path()) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bring_sheets(page: Page, plan: str, month: str, sheets: dict[str, bytes]) -> list[str]:
    """Upload filled sheets together and wait until they are read; the addresses of the pieces."""
    visit(page, f"/plans/{plan}/sheets/?period={month}")
    files: list[FilePayload] = [{"name": name, "mimeType": XLSX, "buffer": data} for name, data in sheets.items()]
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="读取", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()
    visit(page, f"/plans/{plan}/dropbox/?period={month}")  # lists all of them, the page of sheets the latest twenty
    return pieces(page, len(sheets))


def pieces(page: Page, number: int) -> list[str]:
    """Wait until the ``number`` latest pieces are read; their addresses."""
    rows = page.locator("tr", has=page.locator("a[href^='/incoming/']"))
    for _ in range(120):
        if rows.count() >= number and not rows.locator(".state-run").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    links = page.locator("th a[href^='/incoming/']").all()
    return [link.get_attribute("href") or "" for link in links[:number]]


def take_piece(page: Page, piece: str, signer: str) -> None:
    """Take over every row of a piece, together what is sure and one by one what is left, and hand in for its unit."""
    visit(page, piece)
    together = page.locator("form.take-all").get_by_role("button")
    if together.count():
        together.click()
    single = page.locator("form[data-take] .btn-primary")
    while count := single.count():
        single.first.click()
        expect(single).to_have_count(count - 1)
    page.locator("#hand-in").get_by_label("填报负责人").fill(signer)
    page.locator("#hand-in .btn-primary").click()
    page.wait_for_load_state()
    rank = entry(page, RANK_ROW)
    if rank.get_by_text("C08").count():  # 第45名 is no figure to the reader: the office writes it down
        fill_entry(rank, rank.locator("textarea[name=progress]").input_value(), figure_for(RANK_ROW))
        hand_in(page, signer)
    expect(page.locator("main")).to_contain_text("已报送")


def to_returns(page: Page, plan: str, month: str) -> None:
    """The office's list of returns of a month."""
    visit(page, f"/returns/?plan={plan}&period={month}")


def review_back(page: Page, plan: str, month: str, unit: str, words: str, note: str) -> None:
    """Send one row of a unit's return back, which accepts the others."""
    to_returns(page, plan, month)
    unit_row(page, unit).get_by_role("link", name="审核").click()
    page.wait_for_load_state()
    row = page.locator("[data-row]", has_text=words)
    row.locator("input[name=note]").fill(note)
    row.get_by_role("button", name="退回").click()
    expect(page.locator("[data-row][data-verdict=sent_back]")).to_have_count(1)
    page.locator("[data-send-back]").click()
    expect(page.locator(".page-head")).to_contain_text("退回")


def accept_return(page: Page, plan: str, month: str, unit: str) -> None:
    """Look at a unit's return and accept it whole."""
    to_returns(page, plan, month)
    unit_row(page, unit).get_by_role("link", name="审核").click()
    page.locator("[data-accept]").click()
    expect(page.locator(".page-head")).to_contain_text("已通过")


def accept_ticked(page: Page, plan: str, month: str) -> None:
    """Accept together the returns of a month in which no check has anything to say."""
    to_returns(page, plan, month)
    page.get_by_role("button", name="勾选已报送的").click()
    page.get_by_role("button", name="通过勾选的").click()
    expect(page.get_by_role("status").first).to_contain_text("通过")


def make_link(page: Page, plan: str, month: str, unit: str) -> str:
    """A one-time link for a unit's return of a month."""
    to_returns(page, plan, month)
    page.get_by_role("checkbox", name=unit).check()
    page.get_by_role("button", name="给勾选的单位生成链接").click()
    listed = page.locator("#links").input_value()
    found = re.search(r"https?://\S+/r/\S+", listed)
    assert unit in listed
    assert found
    return found[0]


def paste(page: Page, plan: str, month: str, text: str) -> None:
    """Paste chat messages into the drop box."""
    visit(page, f"/plans/{plan}/dropbox/?period={month}")
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="读取", exact=True).click()


def drop(page: Page, plan: str, month: str, name: str, content: bytes) -> list[str]:
    """Drop one Word file into the drop box; the address of its piece."""
    visit(page, f"/plans/{plan}/dropbox/?period={month}")
    file: FilePayload = {"name": name, "mimeType": DOCX, "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="读取", exact=True).click()
    return pieces(page, 1)


def note_call(page: Page, plan: str, month: str, unit: str, row: str, words: str, figures: tuple[str, str]) -> None:
    """Write down what a unit says of its row on the telephone (figure of the period, cumulative), and hand it in."""
    visit(page, f"/plans/{plan}/calls/new/?period={month}")
    page.get_by_label("单位").select_option(label=unit)
    page.get_by_role("button", name="查看").click()
    page.locator("#call-rows a", has_text=row).click()
    form = page.locator("form.call-form")
    form.locator("input[name=caller]").fill(CALLER)
    form.locator("textarea[name=progress]").fill(words)
    for field, figure in zip(form.locator("fieldset.counted").first.locator("input").all(), figures, strict=True):
        field.fill(figure)
    form.get_by_role("button", name="记下").click()
    expect(page.locator(".alert-info, .alert-success").first).to_be_visible()
    to_returns(page, plan, month)
    unit_row(page, unit).get_by_role("link", name="代填").click()
    expect(page.locator("textarea[name=progress]")).to_have_value(words)
    hand_in(page, CALLER)


def word_file(sheet: bytes, unit: str, month: str, progress: Callable[[str], str]) -> bytes:
    """A Word file as a unit writes it itself: a table with the printed words of its rows and what it did."""
    page = load_workbook(BytesIO(sheet)).active
    assert page is not None
    document = Document()
    document.add_paragraph(f"{unit}{month}进展情况")
    table = document.add_table(rows=1, cols=3)
    rows = [("序号", "工作措施", "本月进展")]
    rows += [(str(row[0]), str(row[1]), progress(str(row[2]))) for row in page.iter_rows(min_row=8, values_only=True)]
    for cells in rows:
        into = table.rows[0] if cells[0] == "序号" else table.add_row()
        for cell, text in zip(into.cells, cells, strict=True):
            cell.text = text
    out = BytesIO()
    document.save(out)
    return out.getvalue()
