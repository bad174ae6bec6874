"""The city's and the district's air plan of 2021 live through a year, on pages alone.

Imported, aligned, decomposed to 15 streets, reported by every route, reviewed, one street late and chased to a letter,
merged, settled at year's end. Only the accounts come from the administrator; the directory is the one that ships.
The plans are of 2021 and today is later: what is reported is handed in late, which an office may always do.
"""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import migrated
from tests.browser import year
from tests.browser import year_returns as returns
from tests.conftest import SHARED

pytestmark = [pytest.mark.browser, pytest.mark.shared, pytest.mark.xdist_group("browser")]

SILENT, OWN, LINKED = "大栅栏街道办事处", "月坛街道办事处", "广安门内街道办事处"
WRITTEN, CHATTED, CALLED = "牛街街道办事处", ("天桥街道办事处", "椿树街道办事处"), "西城交通支队"
FIRST, SECOND, THIRD = "2021-01", "2021-02", "2021-04"  # March also owes the quarter's rows
DUST = "全区及各街道降尘量"
LETTER = ("西环发〔2021〕6号", "关于下达2021年各街道降尘量控制指标的函", "2021-02-20")
CORRECTED = "本月洒水降尘41次，监测点位在月坛公园。"
PROGRESS = {
    "环卫车辆": "新增环卫车辆中纯电动车比例82%，累计82%。",
    "降尘量": "本月降尘量4.5吨/平方公里·月，累计4.5吨/平方公里·月。",
    "月检查率": "上账施工工地月检查率100%，累计100%。",
    "排名": "粗颗粒物（TSP）浓度排名第45名，累计第45名。",
    "残存量": "道路尘土残存量5.8克/平方米，累计5.8克/平方米。",
}


class House(NamedTuple):
    """A new installation: its address, its administrator's first login, and how to open a browser on it."""

    address: str
    administrator: tuple[str, str]
    window: Callable[[], Page]


@pytest.fixture
def house(browser: Browser, tmp_path: Path) -> Iterator[House]:
    drop = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "LANTIAN_DIRECTORY")
    env = {key: value for key, value in os.environ.items() if key not in drop} | {"LANTIAN_DATA": str(tmp_path)}
    migrated.place(tmp_path)
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "lantian.cli", "serve"], env=env, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[1].rstrip("/")
            user, password = (tmp_path / "first-login.txt").read_text().split()

            def window() -> Page:
                context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
                contexts.append(context)
                page = context.new_page()
                page.set_default_timeout(60_000)
                page.on("pageerror", lambda error: complaints.append(str(error)))
                page.goto(address)
                return page

            yield House(address, (user, password), window)
        finally:
            for context in contexts:
                context.close()
            server.send_signal(signal.SIGINT)
    assert complaints == []


@pytest.fixture
def streets() -> list[str]:
    """The 15 streets of 西城, from the table of 2021."""
    with (SHARED / "domain" / "tables" / "streets_xicheng_mentougou.csv").open(encoding="utf-8-sig") as file:
        found = [f"{row['name']}办事处" for row in csv.DictReader(file) if row["district"] == "西城区"]
    assert len(found) == 15
    return found


def told(target: str) -> str:
    return next((words for part, words in PROGRESS.items() if part in target), "按计划推进。")


def a_pdf(browser: Browser, words: str) -> bytes:
    page = browser.new_page()
    page.set_content(f"<h1>{words}</h1>")
    printed = page.pdf()
    page.close()
    return printed


def test_two_plans_of_2021_from_upload_to_evidence_pack(
    house: House, browser: Browser, shared_plans: Path, streets: list[str]
) -> None:
    begun = time.monotonic()

    def chapter(name: str) -> None:
        sys.stdout.write(f"{time.monotonic() - begun:6.1f} s  {name}\n")

    # the administrator makes the accounts; everybody chooses a password
    administrator = house.window()
    year.log_in(administrator, *house.administrator)
    pages = {}
    for person in year.PEOPLE:
        pages[person] = house.window()
        year.log_in(pages[person], person.login, year.make_person(administrator, person))
    city, office, second, leader, street = (pages[person] for person in year.PEOPLE)
    chapter("accounts")

    # both documents are read, agreed to and published, the city's first
    air, *_others = year.bring_plan(city, shared_plans / "bj-2021.txt", 3)
    year.publish_plan(city, air)
    [bench] = year.bring_plan(office, shared_plans / "xc-air-2021.docx", 1)
    plan = year.publish_plan(office, bench)
    chapter("published")

    year.align(office, plan)
    year.decide_figures(office, plan)
    chapter("aligned, figures decided")

    # the limit of each street is set by a letter, pasted from a spreadsheet
    year.open_quota(office, plan, DUST)
    limits = {name: f"{4.8 + place % 4 / 10:.1f}" for place, name in enumerate(streets)}
    office.get_by_label("从表格粘贴").fill("\n".join(f"{name}\t{limit}" for name, limit in limits.items()))
    office.get_by_role("button", name="读取粘贴内容").click()
    expect(office.get_by_role("status").first).to_contain_text("读取了15个数")
    pdf = a_pdf(browser, LETTER[1])
    year.issue_quota(office, pdf, *LETTER)
    chapter("decomposed to 15 streets")

    report_on_screen(street, office, plan, pdf, limits[OWN])
    chapter("first month: on screen, sent back and corrected")
    report_by_link_and_sheets(house, office, plan)
    chapter("second month: by link and by sheets")
    one_street_is_late(office, second, leader, plan)
    chapter("one street late: letter, answer, closed")
    report_by_drop_box_and_telephone(office, plan)
    chapter("third month: drop box and telephone")
    the_month_is_merged(office, plan)
    chapter("merged")
    the_year_ends(office, plan)
    chapter("settled and packed")


def report_on_screen(street: Page, office: Page, plan: str, evidence: bytes, limit: str) -> None:
    returns.open_task(street, FIRST)
    for card in street.locator("[data-card]").all():
        returns.fill_entry(card, "本月检查工地12处。", returns.figure_for(returns.asked(card)))
    dust = returns.entry(street, "严控降尘量")
    expect(dust).to_contain_text(
        f"本单位 {limit.removesuffix('.0')}吨/平方公里·月"
    )  # the letter's, not the printed 5.1
    dust.locator("input[type=file]").set_input_files(
        {"name": "检查记录.pdf", "mimeType": "application/pdf", "buffer": evidence}
    )
    expect(dust.locator(".evidence")).to_contain_text("检查记录.pdf")
    returns.hand_in(street, year.STREET.name, "010-55550000")
    returns.review_back(office, plan, FIRST, OWN, "严控降尘量", "请说明监测点位。")
    returns.open_task(street, FIRST)
    expect(dust).to_contain_text("请说明监测点位。")
    expect(street.locator("[data-card].locked")).to_have_count(4)  # the other rows are accepted
    returns.fill_entry(dust, CORRECTED)
    returns.hand_in(street, year.STREET.name)
    returns.accept_return(office, plan, FIRST, OWN)


def report_by_link_and_sheets(house: House, office: Page, plan: str) -> None:
    link = returns.make_link(office, plan, SECOND, LINKED)
    stranger = house.window()
    stranger.goto(link)
    stranger.wait_for_load_state()
    for card in stranger.locator("[data-card]").all():
        returns.fill_entry(card, "本月检查工地9处。", returns.figure_for(returns.asked(card)))
    returns.hand_in(stranger, "何采薇", "010-55550001")
    expect(stranger.locator(".receipt")).to_contain_text("何采薇")
    stranger.context.close()
    sheets = returns.sheets_of(office, plan, SECOND)
    filled = {
        name: returns.fill_sheet(content, lambda _measure: "本月按计划推进，检查7次。")
        for name, content in sheets.items()
        if SILENT not in name and LINKED not in name
    }
    assert len(filled) > 20
    for piece in returns.bring_sheets(office, plan, SECOND, filled):
        returns.take_piece(office, piece, "联络员")
    returns.accept_ticked(office, plan, SECOND)
    expect(year.unit_row(office, LINKED)).to_contain_text("已通过")
    # nobody reviews what the own unit owes
    expect(year.unit_row(office, year.OFFICE.unit)).to_contain_text("已报送")


def one_street_is_late(office: Page, second: Page, leader: Page, plan: str) -> None:
    year.visit(office, f"/desk/office/?plan={plan}&period={SECOND}")
    expect(office.locator("tr", has_text="逾期")).to_have_count(1)
    expect(year.unit_row(office, SILENT)).to_contain_text("逾期")
    expect(office.locator("#chase-text")).to_have_value(year.naming(SILENT))
    number = year.chase(office, second, leader, plan, SECOND, SILENT)
    assert number.endswith("1号")
    year.record_reply(office, "因人员调整漏报，10日前补报。", SILENT)


def report_by_drop_box_and_telephone(office: Page, plan: str) -> None:
    sheet = next(data for name, data in returns.sheets_of(office, plan, THIRD).items() if WRITTEN in name)
    document = returns.word_file(sheet, WRITTEN, "2021年4月", told)
    [piece] = returns.drop(office, plan, THIRD, "牛街4月进展.docx", document)
    returns.take_piece(office, piece, "高平")
    rows = [f"{n}. {words}" for n, words in zip((11, 23, 26, 27, 27), PROGRESS.values(), strict=True)]
    chat = "\n".join(f"【{unit}】" + "\n".join(rows) for unit in CHATTED)
    returns.paste(office, plan, THIRD, chat)
    found = returns.pieces(office, 3)
    for piece in found[:2]:
        returns.take_piece(office, piece, "值班员")
    returns.note_call(office, plan, THIRD, CALLED, "重型柴油车", "4月检查重型柴油车2900辆次。", ("2900", "5800"))
    returns.accept_ticked(office, plan, THIRD)
    for unit, source in ((WRITTEN, "牛街4月进展.docx"), (CHATTED[0], "代填"), (CALLED, returns.CALLER)):
        returns.to_returns(office, plan, THIRD)
        expect(year.unit_row(office, unit)).to_contain_text("已通过")
        year.unit_row(office, unit).get_by_role("link", name="查看").click()
        expect(office.locator("main")).to_contain_text(source)


def the_month_is_merged(office: Page, plan: str) -> None:
    year.visit(office, f"/plans/{plan}/merge/{FIRST}/")
    expect(office.locator("main")).to_contain_text(CORRECTED)
    word = Document(BytesIO(year.download(office, "Word草稿")))
    assert any(CORRECTED in cell.text for table in word.tables for row in table.rows for cell in row.cells)
    page = load_workbook(BytesIO(year.download(office, "Excel草稿"))).active
    assert page is not None
    assert any(CORRECTED in str(value) for row in page.iter_rows(values_only=True) for value in row)


def the_year_ends(office: Page, plan: str) -> None:
    year.visit(office, f"/plans/{plan}/year-end/")
    expect(office.locator("main")).to_contain_text("缺佐证材料")
    year.settle(office, plan)
    pack = ZipFile(BytesIO(year.freeze(office, plan)))
    assert pack.testzip() is None
    names = pack.namelist()
    assert any("目录" in name for name in names)
    assert any(name.endswith("封面.docx") for name in names)
    assert any("检查记录" in name for name in names)
    expect(office.locator("section.issued")).to_contain_text("佐证材料包")
