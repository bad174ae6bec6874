"""A running demonstration site and a browser for every test here; any complaint of the browser fails the test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from lantian.site import assets
from tests import migrated
from tests.conftest import require

# How long a page may take to show something; what is there is seen at once.
expect.set_options(timeout=30_000)


class Site(NamedTuple):
    """A running site, its logins by role, the sessions of those who logged in already, and its folder of own packs."""

    address: str
    logins: dict[str, tuple[str, str]]
    sessions: dict[str, StorageState]
    packs: Path


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is; skips where something is missing."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        return require("browser", "there is no Chromium on this machine")
    if assets.missing():
        require("browser", "python -m lantian.site.assets has not run")
    return path


# Playwright holds an event loop as long as it runs, in which Django refuses the database to the tests after these.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:  # noqa: ARG001  # skips first
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    data = tmp_path_factory.mktemp("site")
    migrated.place(data)
    env |= {"LANTIAN_DATA": str(data), "LANTIAN_DIRECTORY": "", "LANTIAN_PACKS": str(data / "packs")}
    command = [sys.executable, "-m", "lantian.cli", "serve", "--demo", "--no-ledgers"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            lines = [server.stdout.readline().split() for _ in range(7)]
            assert lines[0][0] == "READY"
            logins = {role: (user, password) for _, role, user, password in lines[1:]}
            yield Site(lines[0][1].rstrip("/"), logins, {}, data / "packs")
        finally:
            server.send_signal(signal.SIGINT)


@pytest.fixture
def tolerated() -> list[str]:
    """Parts of complaints that a test causes on purpose (a refused save, a lost connection)."""
    return []


@pytest.fixture
def enter(site: Site, browser: Browser, tolerated: list[str]) -> Iterator[Callable[..., Page]]:
    """Opens the site with a role logged in; the test fails on any complaint of the browser."""
    complaints: list[str] = []
    contexts = []

    def open_page(role: str, width: int = 1440, height: int = 900) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-US", storage_state=site.sessions.get(role)
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(site.address) else complaints.append(sent.url))
        page.goto(f"{site.address}/plans/")  # asked for before the login, found again after it
        if page.get_by_label("密码").count():
            user, password = site.logins[role]
            page.get_by_label("用户名").fill(user)
            page.get_by_label("密码").fill(password)
            page.get_by_role("button", name="登录").click()
            expect(page.get_by_role("heading", name="计划")).to_be_visible()
            site.sessions[role] = context.storage_state()
        expect(page.get_by_role("heading", name="计划")).to_be_visible()
        page.wait_for_load_state()  # the heading comes before the scripts listen
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in complaints if not any(part in text for part in tolerated)] == []
