"""The office's morning in the demonstration city: a late unit, its message in the drop box, a return to review."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DISTRICT = "青岚市岚东区空气质量持续改善2026年行动计划"
LATE, WAITING = "桃园街道办事处", "书院街道办事处"
Enter = Callable[..., Page]


def visit(page: Page, address: str) -> None:
    """Open a page of the site by its address."""
    page.goto(urljoin(page.url, address))


def of_district(page: Page, address: str, period: str = "2026-10") -> str:
    """The address for the district's plan, named by its uid: other tests publish plans of later years on this site."""
    visit(page, "/plans/")
    link = page.get_by_role("link", name=DISTRICT).first.get_attribute("href") or ""
    return f"{address}?plan={link.rstrip('/').rpartition('/')[2]}&period={period}"


def test_desk_names_who_is_late_and_what_may_be_copied(enter: Enter) -> None:
    page = enter("coordinator")
    visit(page, of_district(page, "/desk/office/"))
    row = page.locator("tr", has_text=LATE)
    expect(row).to_contain_text("逾期")
    expect(row).to_contain_text("提示函")
    expect(page.locator("textarea").first).to_have_value(re.compile(LATE))
    expect(page.locator("textarea").first).not_to_have_value(re.compile(r"红灯|黄灯|蓝灯"))  # lights never go out


def test_message_in_the_drop_box_becomes_a_return_by_clicks_alone(enter: Enter) -> None:
    page = enter("coordinator")
    page.get_by_role("link", name=DISTRICT).first.click()
    page.get_by_role("link", name="收件箱", exact=True).first.click()
    page.locator("tr", has_text=LATE).get_by_role("link", name="粘贴文字").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(LATE)
    page.get_by_role("button", name="采用", exact=False).first.click()
    expect(page.locator("main")).to_contain_text("已采用")
    visit(page, of_district(page, "/returns/"))
    row = page.locator("tr", has_text=LATE)
    expect(row).not_to_contain_text("已通过")  # a click took rows over; nothing was handed in, still less accepted
    expect(row).to_contain_text("填报中")


def test_return_is_reviewed_by_keyboard_and_accepted(enter: Enter) -> None:
    page = enter("coordinator")
    visit(page, of_district(page, "/returns/"))
    page.locator("tr", has_text=WAITING).get_by_role("link", name="审核").click()
    expect(page.get_by_role("button", name="全部通过")).to_be_visible()
    page.wait_for_load_state()  # the button comes before the scripts listen
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("[data-row][data-verdict=accepted]")).to_have_count(1)
    page.get_by_role("button", name="全部通过").click()
    expect(page.locator("main")).to_contain_text("已通过")
    visit(page, of_district(page, "/returns/"))
    expect(page.locator("tr", has_text=WAITING)).to_contain_text("已通过")


def test_words_written_on_a_phone_are_there_after_a_reload(enter: Enter) -> None:
    page = enter("reporter", width=390, height=844)
    visit(page, "/desk/")
    page.get_by_role("link", name=re.compile("填报")).first.click()
    words = "与城管部门联合检查夜市商户12家。"
    page.locator("[data-card] textarea[name=progress]").first.fill(words)
    page.locator("[data-card] [data-save]").first.click()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("[data-card] textarea[name=progress]").first).to_have_value(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
