"""Every page that a role reaches by links: one heading, a title, no wider than a phone, no complaint of the browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DOWNLOADS = re.compile(
    r"/(?:file|reply|word|excel|docx|csv|xlsx|empty|blank|export)/$|/(?:export|files|scans)/|/papers/[^/]+/scan/$"
    r"|/(?:quotas|errands)/[^/]+/letter/$|\.(?:xlsx|docx|csv|json|png|zip|yaml)$"
)
LINKS = "links => links.map(link => new URL(link.getAttribute('href'), location.href).href.split('#')[0])"


def shape(address: str) -> str:
    """An address without what tells one object from the other: pages of one kind have one shape.

    Registers, their rows and indicators go by names of their own; a hundred of them look alike.
    """
    return re.sub(
        r"[0-9a-f-]{36}|(?<=/registers/)\w+|(?<=/indicators/)\w+|(?<=/rows/)[^/]+|\d+", "*", urlsplit(address).path
    )


@pytest.mark.parametrize("role", ["administrator", "coordinator", "reporter", "viewer"])
def test_every_page_reached_by_links_is_whole(enter: Callable[..., Page], role: str) -> None:
    page = enter(role, width=390)
    home = "{0.scheme}://{0.netloc}/".format(urlsplit(page.url))
    waiting, seen = [page.url], {shape(page.url)}
    while waiting:
        address = waiting.pop()
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.locator("h1").count() == 1, address
        assert not page.title().startswith("·"), address
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        for link in page.locator("a[href]").evaluate_all(LINKS):
            if link.startswith(home) and not DOWNLOADS.search(urlsplit(link).path) and shape(link) not in seen:
                seen.add(shape(link))
                waiting.append(link)
    assert {"/plans/*/", "/plans/*/overview/", "/plans/*/versions/", "/measures/*/", "/units/*/", "/areas/*/"} <= seen
