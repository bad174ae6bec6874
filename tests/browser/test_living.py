"""Living with a plan in a browser: quick search, filters, overview, duty list; on phone and paper, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_first_light import open_demo_plan

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_quick_search_is_driven_by_keys_alone(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.locator("input")).to_be_focused()
    page.keyboard.type("扬尘")
    options = palette.get_by_role("option")
    expect(options.last).to_contain_text("查看全部")
    expect(palette.locator("mark").first).to_have_text("扬尘")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    palette.locator("input").fill("市生态环境局")
    page.get_by_role("option", name=re.compile("^市生态环境局")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="市生态环境局", exact=True)).to_be_visible()


def test_enter_without_a_choice_opens_the_search_page(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    page.locator(".site-search input").click()
    page.keyboard.type("pm2.5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="搜索", exact=True)).to_be_visible()
    assert page.url.endswith("/search/?q=pm2.5")
    expect(page.locator("mark.hit").first).to_contain_text(re.compile("PM"))


def test_the_search_works_without_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address)
    user, password = site.logins["viewer"]
    page.get_by_label("用户名").fill(user)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.locator(".site-search input").fill("扬尘")
    page.locator(".site-search input").press("Enter")
    expect(page.locator(".hit-list li").first).to_contain_text("扬尘")
    page.locator(".to-hit").first.click()
    expect(page.locator(".measure-text")).to_be_visible()
    context.close()


def test_a_bar_of_the_overview_leads_to_its_rows_and_the_filter_can_be_taken_away(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    open_demo_plan(page)
    rows = page.locator("table.plan-table tbody tr[id]")
    everything = rows.count()
    page.get_by_role("link", name="概览").click()
    bar = page.locator("svg.columns a").first
    wanted = int(bar.locator("text.value").text_content() or "")
    bar.focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(wanted)
    assert "due_from=" in unquote(page.url)
    page.locator(".chip").first.click()
    page.locator(".chip").first.click()
    expect(rows).to_have_count(everything)


@pytest.mark.parametrize("width", [360, 1920])
def test_no_page_is_wider_than_the_screen(enter: Callable[..., Page], width: int) -> None:
    page = enter("viewer", width=width)
    open_demo_plan(page)
    plan = page.url
    unit = page.locator(".c-unit a").first.get_attribute("href") or ""
    site = plan.split("/plans/")[0]
    for address in (f"{site}/search/?q=治理&year=2026", f"{plan}overview/", f"{plan}?due_from=2026-01&role=lead",
                    f"{site}{unit}", f"{site}{unit}sheet/"):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_paper_shows_what_is_filtered_and_no_controls(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    open_demo_plan(page)
    page.goto(f"{page.url}?role=lead")
    page.emulate_media(media="print")
    expect(page.locator(".filter-line")).to_contain_text("角色 牵头")
    for hidden in (".site-header", "form.filters", ".actions"):
        expect(page.locator(hidden).first).to_be_hidden()


def test_the_overview_fits_one_sheet_of_paper(enter: Callable[..., Page]) -> None:
    import pypdfium2

    page = enter("viewer")
    open_demo_plan(page)
    page.get_by_role("link", name="概览").click()
    expect(page.locator("svg.columns")).to_be_visible()
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(printed) == 1
    width, height = printed[0].get_size()
    assert width < height
