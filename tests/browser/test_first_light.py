"""The site as a person meets it: ``lantian serve --demo`` and a browser."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lantian.site import assets
from tests.apps.test_plans import PAGE
from tests.conftest import require

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Site(NamedTuple):
    """A running site and its logins by role."""

    address: str
    logins: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        require("browser", "there is no Chromium on this machine")
    if assets.missing():
        require("browser", "python -m lantian.site.assets has not run")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:  # noqa: ARG001  # skips first
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    env |= {"LANTIAN_DATA": str(tmp_path_factory.mktemp("site")), "LANTIAN_DIRECTORY": ""}
    command = [sys.executable, "-m", "lantian.cli", "serve", "--demo"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline().split() for _ in range(7)]
            assert lines[0][0] == "READY"
            yield Site(lines[0][1].rstrip("/"), {role: (user, password) for _, role, user, password in lines[1:]})
        finally:
            server.send_signal(signal.SIGINT)


@pytest.fixture
def enter(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the site with a role logged in; the test fails on any complaint of the browser."""
    complaints: list[str] = []
    contexts = []

    def open_page(role: str, width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(site.address) else complaints.append(sent.url))
        page.goto(site.address)
        user, password = site.logins[role]
        page.get_by_label("用户名").fill(user)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="计划")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def open_demo_plan(page: Page) -> None:
    page.get_by_role("link", name=re.compile("青岚市.*行动计划")).click()
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
    page.get_by_role("button", name="发布").click()
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
