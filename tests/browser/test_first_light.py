"""The site as a person meets it: ``lantian serve --demo`` and a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.apps.test_plans import PAGE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def open_demo_plan(page: Page) -> None:
    page.get_by_role("link", name=re.compile("青岚市空气质量持续改善.*行动计划")).click()
    expect(page.locator("table.plan-table")).to_be_visible()


def test_the_table_keeps_header_section_and_task_in_sight(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    open_demo_plan(page)
    page.mouse.wheel(0, 2500)
    page.wait_for_timeout(200)
    tops = page.evaluate(
        """() => {
            const top = (node) => node.getBoundingClientRect();
            const bar = top(document.querySelector(".site-header"));
            const head = top(document.querySelector(".plan-table thead th"));
            const sections = [...document.querySelectorAll("tr.section th")].map(top);
            const stuck = sections.filter((box) => box.top <= head.bottom + 1);
            return { bar: bar.top, gap: head.top - bar.bottom, section: stuck.at(-1).top - head.bottom };
        }"""
    )
    assert tops["bar"] == 0
    assert abs(tops["gap"]) < 2
    assert abs(tops["section"]) < 2


def test_a_measure_shows_its_row_in_print_and_leads_to_its_unit(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    open_demo_plan(page)
    words = page.locator("tr#m5 td.c-text p").first.inner_text()
    page.locator("tr#m5 a.to-measure").click()
    assert words[:8] in page.locator(".passage tr.hit").inner_text()
    expect(page.locator(".reading .measure-text")).to_contain_text(words[:8])
    page.locator(".duty a").first.click()
    expect(page.locator("table.dense tbody tr").first).to_be_visible()


def test_a_coordinator_brings_a_plan_and_publishes_it(enter: Callable[..., Page], tmp_path: Path) -> None:
    document = tmp_path / "云溪.html"
    document.write_text(PAGE, encoding="utf-8")
    page = enter("coordinator")
    page.get_by_role("link", name="导入", exact=True).click()
    page.locator("input[type=file]").set_input_files(document)
    page.get_by_role("button", name="读取计划").click()
    found = page.get_by_role("link", name="云溪市大气污染防治2025年行动计划")
    expect(found).to_be_visible(timeout=30_000)
    found.click()
    expect(page.locator("table.plan-table tbody tr[id]")).to_have_count(3)
    page.locator("summary", has_text="发布").click()
    page.locator("form.publish").get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("已发布")
    viewer = enter("viewer")
    expect(viewer.get_by_role("link", name="云溪市大气污染防治2025年行动计划")).to_be_visible()


def test_dropped_files_are_chosen(enter: Callable[..., Page]) -> None:
    page = enter("coordinator")
    page.goto(page.url.replace("/plans/", "/imports/"))
    chosen = page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["a"], "a.txt"));
            data.items.add(new File(["b"], "b.txt"));
            const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector("[data-drop]").dispatchEvent(drop);
            return [...document.querySelector("input[type=file]").files].map((file) => file.name);
        }"""
    )
    assert chosen == ["a.txt", "b.txt"]


@pytest.mark.parametrize("width", [360, 640, 1920])
def test_no_page_is_wider_than_the_screen(enter: Callable[..., Page], width: int) -> None:
    page = enter("viewer", width=width)
    seen = [page.url]
    open_demo_plan(page)
    seen.append(page.url)
    page.locator("tr#m3 a.to-measure").click()
    page.wait_for_url("**/measures/**")
    seen += [page.url, f"{page.url.split('/measures')[0]}/units/"]
    for address in seen:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_english_is_a_full_second_language(enter: Callable[..., Page]) -> None:
    page = enter("reviewer")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Plans")).to_be_visible()
    open_demo_plan(page)
    header = page.locator("table.plan-table thead").inner_text()
    assert not re.search("[\u4e00-\u9fff]", header)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("table.plan-table thead")).to_contain_text("工作措施")


def test_list_pages_are_light_and_reachable_by_keyboard(enter: Callable[..., Page]) -> None:
    page = enter("viewer")
    scripts: list[int] = []
    page.on(
        "response",
        lambda answer: scripts.append(len(answer.body())) if answer.request.resource_type == "script" else None,
    )
    page.reload()
    assert sum(scripts) < 300_000
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('table') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("table.plan-table")).to_be_visible()
