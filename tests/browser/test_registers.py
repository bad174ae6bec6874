"""Registers in a browser: map and list say the same, a reference is suggested, a list waits with its problems."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def at(page: Page, address: str) -> None:
    """Go to an address of the site."""
    page.goto(f"{page.url.split('/plans/')[0].split('/registers/')[0]}/registers/{address}")


@pytest.mark.parametrize("width", [1440, 390])
def test_map_and_list_go_in_step(enter: Callable[..., Page], width: int) -> None:
    page = enter("viewer", width=width)
    at(page, "construction_site/map/?by=rating")
    markers, rows = page.locator(".place-icon"), page.locator("[data-list] tr")
    expect(markers.first).to_be_visible()
    assert markers.count() == rows.count() > 40
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    rows.nth(3).locator("a").focus()
    expect(page.locator(".place-icon.lit")).to_have_count(1)
    lit = page.locator(".place-icon.lit").get_attribute("aria-label") or ""
    assert lit.startswith(rows.nth(3).locator("a").inner_text())
    name = rows.nth(3).locator("a").inner_text()
    rows.nth(3).locator("a").press("Enter")
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_site_is_suggested_while_its_name_is_typed(enter: Callable[..., Page]) -> None:
    page = enter("coordinator")
    at(page, "construction_site/?status=在施")
    key = page.locator(".register-rows tbody th a").first.inner_text()
    name = page.locator(".register-rows tbody td").first.inner_text()
    at(page, "site_inspection/new/")
    page.locator("#f-site").press_sequentially(name)
    option = page.locator(f'#refs-site option[value="{key}"]')
    expect(option).to_have_count(1)
    assert name in (option.get_attribute("label") or "")


def test_the_list_that_waits_shows_each_problem_in_its_cell(enter: Callable[..., Page]) -> None:
    page = enter("coordinator", width=390)
    at(page, "construction_site/imports/")
    page.get_by_role("link", name="新开工工地").click()
    expect(page.locator("td.bad .wrong").first).to_be_visible()
    expect(page.get_by_role("button", name="只入账无问题的")).to_be_visible()
    expect(page.get_by_role("button", name="全部入账")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
