"""The air map in a browser: markers and list say the same, and go through the hours in step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("width", [1440, 390])
def test_markers_and_list_go_through_the_hours_in_step(enter: Callable[..., Page], width: int) -> None:
    page = enter("viewer", width=width)
    page.goto(f"{page.url.split('/plans/')[0]}/monitoring/")
    markers, rows = page.locator(".aq-marker"), page.locator("[data-list] tr")
    expect(markers.first).to_be_visible()
    assert markers.count() == rows.count() > 20
    expect(page.get_by_text("演示数据").first).to_be_visible()
    code = rows.first.get_attribute("data-code")
    name = rows.first.locator("a").inner_text()
    before = page.locator("[data-label-now]").first.inner_text()
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    assert page.locator("[data-label-now]").first.inner_text() != before
    listed = page.locator(f'[data-list] tr[data-code="{code}"] [data-value]')
    marked = page.locator(f'.aq-marker[aria-label^="{name} "] .aq')
    assert listed.inner_text() == marked.inner_text()
    assert listed.get_attribute("class") == marked.get_attribute("class")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    rows.first.locator("a").click()
    expect(page.locator(".air-year td").first).to_be_visible()


@pytest.mark.parametrize("room", ["monitoring/stations/", "received/series/?year=2025"])
def test_a_chart_is_saved_as_picture(enter: Callable[..., Page], room: str) -> None:
    page = enter("coordinator")
    page.goto(f"{page.url.split('/plans/')[0]}/{room}")
    if room.startswith("monitoring"):
        page.locator("main table a").first.click()
    button = page.locator("button[data-picture]").first
    with page.expect_download() as given:
        button.click()
    path = given.value.path()
    assert given.value.suggested_filename.endswith(".png")
    width, height = Image.open(path).size
    assert width > 600
    assert height > 200
    colours = Image.open(path).convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 10  # lines and letters, not an empty sheet
