"""What the documentation must name: word lists, limits, settings, subcommands, addresses."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

from lantian.apps.core import policy
from lantian.apps.plans.actions.edits import OPERATIONS
from lantian.apps.plans.workbench import words
from lantian.cli.main import COMMANDS
from lantian.reading import guard
from lantian.reading.errors import MissingExtra
from lantian.reading.sources.scan.limits import SCAN
from lantian.reading.tabular.assemble import OCR_UNCERTAIN
from lantian.site.config import SETTINGS
from tests.conftest import ROOT, require

DOCS = ROOT / "docs"
TABLES = ROOT / "src" / "lantian" / "reading" / "tables"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def pages() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(DOCS.rglob("*.md"))}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def shown(value: int) -> str:
    """A limit as the page prints it: whole GiB and MiB, else the number."""
    for size, unit in ((2**30, "GiB"), (2**20, "MiB")):
        if value >= size and value % size == 0:
            return f"{value // size} {unit}"
    return str(value)


def test_every_word_list_is_named():
    text = "\n".join(pages().values())
    missing = [path.name for path in sorted(TABLES.glob("*.csv")) if path.name not in text]
    assert not missing, f"word lists that no page of docs/ names: {missing}"


def test_every_named_word_list_exists():
    lists = {path.name for path in TABLES.glob("*.csv")} | {"areas.csv", "units.csv", "aliases.csv", "collectives.csv"}
    for path, text in pages().items():
        unknown = set(re.findall(r"`([a-z_]+\.csv)`", text)) - lists
        assert not unknown, f"{path.relative_to(ROOT)} names {sorted(unknown)}, which do not exist"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_subcommand_is_documented(command: str):
    assert any(f"lantian {command}" in text for text in pages().values())


@pytest.mark.parametrize("field", [item.name for item in fields(guard.Limits)])
def test_every_limit_is_documented_with_its_value(field: str):
    row = [f"`{field}`", shown(getattr(guard.LIMITS, field))]
    assert row in [cells(line)[:2] for line in page("security.md").splitlines()], f"docs/security.md lacks {row}"


def test_every_limit_of_the_sources_is_documented_with_its_value():
    rows = [cells(line)[:2] for line in page("security.md").splitlines()]
    with (TABLES / "source_limits.csv").open(encoding="utf-8") as handle:
        wanted = [[f"`{row['name']}`", shown(int(row["value"]))] for row in csv.DictReader(handle)]
    missing = [row for row in wanted if row not in rows]
    assert not missing, f"docs/security.md lacks {missing}"


def test_limits_of_images_are_documented():
    assert f"{SCAN['max_pixels'] / 10**6:g} megapixels" in page("security.md")


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_is_documented(setting: str):
    assert f"| `{setting}` |" in page("settings.md")


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "/", app: str = "") -> Iterator[tuple[str, str]]:
    for item in patterns:
        address = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, address, f"{item.app_name}:" if item.app_name else app)
        elif item.name:
            yield f"{app}{item.name}", re.sub(r"<\w+:", "<", address)


@pytest.mark.parametrize(("name", "address"), list(routes(get_resolver().url_patterns)))
def test_every_address_is_documented(name: str, address: str):
    assert any(f"`{address}`" in text for text in pages().values()), f"docs/ lacks `{address}` ({name})"


def rows(name: str) -> list[list[str]]:
    return [cells(line) for line in page(name).splitlines() if line.startswith("|")]


def test_every_right_is_documented_with_its_roles():
    wanted = {f"`{name}`": "every role" if held == policy.EVERYBODY else held for name, held in policy.ACTIONS.items()}
    found = {row[0]: row[2] for row in rows("models.md") if row[0] in wanted}
    said = {
        name: "every role" if who.startswith("every role") else frozenset(re.findall("|".join(policy.ROLES), who))
        for name, who in found.items()
    }
    assert said == wanted


def test_every_edit_operation_is_documented():
    assert {f"`{name}`" for name in OPERATIONS} <= {row[0] for row in rows("edits.md")}


def test_every_key_of_the_workbench_is_documented():
    with translation.override("en"):
        listed = words.keys()
        wanted = [[" ".join(f"`{key}`" for key in keys), text] for keys, text in listed]
    assert [row for row in rows("workbench.md") if row in wanted] == wanted


def test_every_key_that_the_workbench_hears_is_documented():
    script = (ROOT / "src/lantian/site/static/workbench-grid.js").read_text(encoding="utf-8")
    table = re.search(r"const keys = \{(.+?)\n  \};", script, re.DOTALL)
    assert table is not None
    signs = {"ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→", "Escape": "Esc"}
    heard = [quoted or bare for quoted, bare in re.findall(r'(?:"([^"]+)"|\b(\w+)): (?=\(|acts)', table[1])]
    assert len(heard) > 30
    named = {key.upper() for key in re.findall(r"`([^`]+)`", page("workbench.md"))} | {"SHIFT+?"}
    shown_as = [re.sub("|".join(signs), lambda found: signs[found[0]], key) for key in heard]
    assert [key for key in shown_as if key.upper() not in named] == []


def test_recognition_names_its_models_and_threshold():
    text = page("reading/ocr.md")
    assert f"**{OCR_UNCERTAIN:.2f}**" in text
    assert f"{SCAN['max_skew']:g}° of skew" in text
    try:
        from lantian.reading.sources.scan import engine

        models = engine().partition("(")[2].partition(")")[0].split(" + ")
    except MissingExtra:
        require("ocr", "the ocr extra is not installed")
    assert all(f"`{model}`" in text for model in models), f"docs/reading/ocr.md lacks one of {models}"
