"""The catalogue, the static files, the weight of a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from lantian.site import assets, messages
from tests.conftest import require

SOURCE = Path(messages.PACKAGE)


def test_every_message_has_its_chinese_and_none_is_left_over() -> None:
    assert list(messages.gaps()) == []


def test_collecting_finds_messages_of_code_and_templates() -> None:
    used = {message.id if isinstance(message.id, str) else message.id[0] for message in messages.collect()}
    assert {"Reading the document", "Skip to the content", "%(n)s measure", "coordinator"} <= used


def test_no_template_carries_script_or_style_of_its_own() -> None:
    for path in SOURCE.rglob("templates/**/*.html"):
        html = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style", html), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", html), path
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", html), path


# Official papers are Chinese whatever the reader's language, and so are the examples of what is written into them.
PAPERS = {
    "errands/sheet.html", "papers/_sheet.html", "papers/edit.html", "papers/_head_fields.html", "forms/form.html",
    "received/list.html", "received/typed.html", "bulletins/new.html",
}  # fmt: skip


def test_no_chinese_is_written_into_templates() -> None:
    allowed = {"中文", "等", "、", "「", "」"}
    for path in SOURCE.rglob("templates/**/*.html"):
        if "/".join(path.parts[-2:]) in PAPERS:
            continue
        found = set(re.findall(r"[\u4e00-\u9fff]+", path.read_text(encoding="utf-8")))
        assert found <= allowed, path


@pytest.mark.django_db
def test_static_files_come_from_the_site_and_may_be_kept() -> None:
    page = Client().get("/login/").content.decode()
    address = re.search(r"/static/lantian\.css\?v=[0-9a-f]+", page)
    assert address is not None
    answer = Client().get(address[0])
    assert answer.status_code == 200
    assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_script_of_a_page_is_light() -> None:
    if assets.missing():
        require("assets", "python -m lantian.site.assets has not run")
    scripts = [assets.VENDOR / "htmx.min.js", *(SOURCE / "site" / "static").glob("*.js")]
    assert sum(path.stat().st_size for path in scripts) < 300_000
