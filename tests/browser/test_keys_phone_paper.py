"""The same work without a mouse, on a phone and on paper: what an officer does, from logging in to publishing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import Site
from tests.browser.test_first_light import open_demo_plan
from tests.browser.test_workbench import DAMAGED, cell, rows, saved

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Page]
# What is focused, by the words that a person hears: its label, its text, or the label that stands for it.
FOCUSED = """() => { const it = document.activeElement;
  return (it.labels?.[0]?.textContent || it.getAttribute("aria-label") || it.textContent || "").trim(); }"""
OUTLINED = """() => { const it = document.activeElement; const style = getComputedStyle(it);
  return style.outlineStyle !== "none" || style.boxShadow !== "none" || it.matches("input[type=file], body"); }"""
# Elements that reach over the right edge although nothing around them can be scrolled sideways.
OVERFLOWING = """() => [...document.querySelectorAll("main *")].filter((it) => {
  const box = it.getBoundingClientRect();
  if (!box.width || !box.height || box.right <= innerWidth + 1 || it.closest(".visually-hidden")) return false;
  for (let up = it.parentElement; up; up = up.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(up).overflowX)) return false;
  return true; }).map((it) => it.outerHTML.slice(0, 120))"""


@pytest.fixture
def keyboard(site: Site, browser: Browser) -> Iterator[Page]:
    """A page at the login whose pointer does nothing: whatever happens there, keys did."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.add_init_script("""for (const name of ["mousedown", "pointerdown", "touchstart"])
        addEventListener(name, (event) => event.isTrusted && (event.preventDefault(), window.pointed = true), true)""")
    page.goto(f"{site.address}/plans/")
    yield page
    assert not page.evaluate("window.pointed")
    context.close()


def tab_to(page: Page, words: str, *, back: bool = False, most: int = 80) -> None:
    """Tab until the focus is on what has these words; every stop on the way shows where the focus is."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        assert page.evaluate(OUTLINED), page.evaluate("document.activeElement.outerHTML")[:200]
        if page.evaluate(FOCUSED).startswith(words):
            return
    raise AssertionError(f"Tab does not come to {words}")


def choose_by_keys(page: Page, document: Path) -> None:
    """Reach the field for files and open its dialog, which a busy machine sometimes swallows: then once more."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('input[type=file]')"):
            break
    else:
        pytest.fail("the field for files is not reached by Tab")
    for patience in (5_000, 10_000, 30_000):
        try:
            with page.expect_file_chooser(timeout=patience) as chooser:
                page.keyboard.press("Enter")
        except PlaywrightTimeout:
            continue
        chooser.value.set_files(document)
        return
    pytest.fail("Enter opens no dialog to choose files")


def test_from_login_to_publishing_without_a_mouse(keyboard: Page, site: Site, tmp_path: Path) -> None:
    page = keyboard
    user, password = site.logins["coordinator"]
    if not page.evaluate(FOCUSED).startswith("用户名"):
        tab_to(page, "用户名")
    page.keyboard.type(user)
    tab_to(page, "密码")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="计划")).to_be_visible()
    tab_to(page, "导入")
    page.keyboard.press("Enter")
    document = tmp_path / "青岚2033.html"
    document.write_text(DAMAGED.format(year=2033), encoding="utf-8")
    expect(page.locator("input[type=file]")).to_be_attached()
    page.wait_for_load_state()  # a file chosen before the script runs would go as a plain form
    choose_by_keys(page, document)
    tab_to(page, "读取计划")
    page.keyboard.press("Enter")
    expect(page.locator(".upload-files").get_by_role("link", name="核对")).to_be_visible(timeout=30_000)
    tab_to(page, "核对")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(4)
    expect(page.locator("#workbench[aria-busy]")).to_have_count(0)
    # the grid has the focus: the first problem, its cell, the next ones
    page.keyboard.press("Control+Home")
    page.keyboard.press("l")
    page.keyboard.press("e")
    page.keyboard.type("年底前")
    page.keyboard.press("Enter")
    expect(cell(page, 1, "deadline")).to_contain_text("2033-12-31")
    # a name is handed to the row below and back; 同上; emptied; undone
    page.keyboard.press("l")
    expect(cell(page, 1, "lead")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".w-chip.chosen")).to_have_text("市交通运输局 ×")
    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, 1, "lead")).to_have_text("")
    expect(cell(page, 1, "lead")).to_be_focused()
    page.keyboard.press("u")
    expect(cell(page, 1, "lead")).to_contain_text("市交通运输局")
    page.keyboard.press("j")
    page.keyboard.press("Delete")
    expect(cell(page, 2, "lead")).to_have_text("")
    page.keyboard.press("d")
    expect(cell(page, 2, "lead")).to_contain_text("市交通运输局")
    saved(page)
    for _ in range(4):
        page.keyboard.press("n")
        page.keyboard.press("a")
        saved(page)
    tab_to(page, "发布", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-publish")).to_be_visible()
    if not page.evaluate(FOCUSED).startswith("变更说明"):
        tab_to(page, "变更说明")
    page.keyboard.type("首次发布")
    tab_to(page, "发布")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("已发布")


def test_a_phone_shows_plan_overview_and_duties_whole(enter: Enter) -> None:
    page = enter("viewer", width=390, height=844)
    open_demo_plan(page)
    plan = page.url
    site = plan.split("/plans/")[0]
    unit = page.locator(".c-unit a").first.get_attribute("href") or ""
    for address in (plan, f"{plan}overview/", f"{site}{unit}", f"{site}{unit}sheet/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert page.evaluate(OVERFLOWING) == [], address
        expect(page.locator("h1").first).to_be_in_viewport()


def printed_words(page: Page) -> list[str]:
    """What page.pdf prints, one text without spaces for each sheet."""
    sheets = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    return ["".join(sheet.get_textpage().get_text_range().split()) for sheet in sheets]


def test_paper_carries_every_measure_of_the_plan_and_of_a_unit(enter: Enter) -> None:
    page = enter("viewer")
    open_demo_plan(page)
    measures = ["".join(text.split()) for text in page.locator("td.c-text p").all_inner_texts()]
    sheets = printed_words(page)
    assert len(sheets) > 1
    assert all("工作措施" in sheet for sheet in sheets), "the head of the table is repeated"
    whole = "".join(sheets)
    words = [max(re.findall(r"[一-鿿]+", text), key=len)[:12] for text in measures]  # a subscript is a line of its own
    assert words
    assert [some for some in words if some not in whole] == []
    assert "更多筛选" not in whole
    assert "demo-viewer" not in whole
    unit = page.locator(".c-unit a").first
    name = unit.inner_text().strip()
    page.goto(f"{page.url.split('/plans/')[0]}{unit.get_attribute('href')}sheet/")
    sheets = printed_words(page)
    assert name in sheets[0]
    assert all("demo-viewer" not in sheet for sheet in sheets)
