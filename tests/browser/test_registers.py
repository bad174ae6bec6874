"""Registers in a browser: map and list say the same, a reference is suggested, a list waits with its problems."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site

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


PONDS = """version: 1
label: {zh: 坑塘台账, en: Ponds}
describes: {zh: 村里的坑塘。, en: Ponds of villages.}
kind: stock
key: code
fields:
  code: {type: text, label: {zh: 编号, en: Code}, required: true, listed: true}
  depth: {type: decimal, label: {zh: 水深, en: Depth}, listed: true}
"""


@pytest.fixture
def pond(site: Site) -> Iterator[Path]:
    """An own pack with a register, put into the folder while the site runs; its file."""
    folder = site.packs / "ponds"
    (folder / "registers").mkdir(parents=True)
    (folder / "pack.yaml").write_text("label: {zh: 坑塘, en: Ponds}\ndescribes: {zh: 坑塘, en: Ponds}\n", "utf-8")
    file = folder / "registers" / "pond.yaml"
    file.write_text(PONDS, "utf-8")
    yield file
    shutil.rmtree(folder)


def until(page: Page, place: Locator, count: int = 1) -> None:
    """Load the page again until there are so many of it: the folder is looked at every few seconds."""
    for _time in range(40):
        if place.count() == count:
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(place).to_have_count(count)


def test_administrators_are_told_of_a_broken_pack_and_what_was_right_stays(
    enter: Callable[..., Page], pond: Path
) -> None:
    page, other = enter("administrator", width=390), enter("viewer")
    at(page, "")
    until(page, page.locator("#pack-ponds"))
    alert = page.get_by_role("alert")
    expect(alert).to_have_count(0)
    pond.write_text(PONDS.replace("type: decimal", "type: money"), "utf-8")
    until(page, alert)
    line = PONDS.splitlines().index(next(text for text in PONDS.splitlines() if "depth" in text)) + 1
    expect(alert.locator("code")).to_have_text(f"{pond}:{line}")
    expect(alert.locator("li")).to_contain_text("“type”不能是“money”")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    at(other, "")
    expect(other.locator("#pack-ponds")).to_have_count(1)
    expect(other.get_by_role("alert")).to_have_count(0)
    at(other, "pond/")
    expect(other.get_by_role("heading", name="坑塘台账")).to_be_visible()
    pond.write_text(PONDS, "utf-8")
    until(page, alert, count=0)
