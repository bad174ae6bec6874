"""Links inside the documentation resolve, every page is in the index, and the two READMEs say the same."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

SKIPPED = {"node_modules", "var", "build", "dist"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.M)
CODE = re.compile(r"^```.*?^```", re.M | re.S)


def markdown() -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        found.extend(Path(folder) / name for name in files if name.endswith(".md"))
    return sorted(found)


def plain(path: Path) -> str:
    return CODE.sub("", path.read_text(encoding="utf-8"))


def links(path: Path) -> list[str]:
    return [first or second for first, second in LINK.findall(plain(path))]


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings as GitHub makes them: lower case, punctuation gone, spaces as hyphens."""
    found: set[str] = set()
    for _, title in HEADING.findall(plain(path)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = 0
        while (numbered := f"{anchor}-{number}" if number else anchor) in found:
            number += 1
        found.add(numbered)
    return found


@pytest.mark.parametrize("path", markdown(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(path: Path):
    broken = []
    for link in links(path):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        place = (path.parent / target).resolve() if target else path
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
            broken.append(link)
    assert not broken, f"{path.relative_to(ROOT)}: links that lead nowhere: {broken}"


def test_every_page_is_in_the_index():
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}
    pages = {path.resolve() for path in (ROOT / "docs").rglob("*.md")} - {index.resolve()}
    assert not pages - linked, (
        f"docs/README.md does not link {sorted(str(p.relative_to(ROOT)) for p in pages - linked)}"
    )


def test_both_readmes_have_the_same_sections_and_links():
    english, chinese = (ROOT / "README.md", ROOT / "README.zh-CN.md")
    depths = [[len(marks) for marks, _ in HEADING.findall(plain(path))] for path in (english, chinese)]
    assert depths[0] == depths[1]
    others = [{link for link in links(path) if not link.startswith("README")} for path in (english, chinese)]
    assert others[0] == others[1]
