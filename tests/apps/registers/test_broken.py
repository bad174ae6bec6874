"""A pack of the installation that somebody breaks: refused at start, and no page goes down while it is running."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lantian.apps.core.models import User
from lantian.apps.registers import catalogue
from lantian.cli import _django, serve
from lantian.cli import packs as command

pytestmark = [pytest.mark.django_db, pytest.mark.db]

QUERY = """-- title: 试验数 | Test count
-- unit: 处      period: month      better: higher      subject: area (street)
select s.street as subject, count(*) as value from t_site s group by s.street
"""
BREAKS = {
    "no YAML": ("registers/t_site.yaml", "fields: [", "不是有效的 YAML"),
    "forbidden characters": ("registers/t_site.yaml", "label: \0", "不是有效的 YAML"),
    "unknown type": ("registers/t_visit.yaml", None, "“type”不能是“money”"),
    "unknown column": ("indicators/t_count.sql", QUERY.replace("s.street as", "s.strete as"), "strete"),
    "a query that writes": ("indicators/t_count.sql", QUERY.replace("select", "delete", 1), ""),
}


@pytest.fixture
def pack(packs: Path) -> Path:
    """The tests' pack, with an indicator."""
    (packs / "indicators").mkdir()
    (packs / "indicators" / "t_count.sql").write_text(QUERY, encoding="utf-8")
    return packs


def spoil(pack: Path, name: str, text: str | None) -> Path:
    """Break a file of the pack."""
    file = pack / name
    text = text if text is not None else file.read_text("utf-8").replace("type: integer", "type: money")
    file.write_text(text, encoding="utf-8")
    return file


def enter(user: User) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


@pytest.mark.parametrize("broken", list(BREAKS))
def test_pages_go_on_with_what_was_right(
    pack: Path, people: dict[str, User], broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "t_count" in catalogue.indicators().indicators
    name, text, says = BREAKS[broken]
    file = spoil(pack, name, text)
    monkeypatch.setattr(catalogue, "_LOOK", 0.0)
    catalogue._shelves.update({key: shelf_of(shelf) for key, shelf in catalogue._shelves.items()})
    page = enter(people["administrator"]).get("/registers/").content.decode()
    assert "试验工地" in page
    assert f"{file}:" in page
    assert says in page
    other = enter(people["viewer"])
    for address in ("/registers/", "/registers/t_site/", "/registers/construction_site/", "/indicators/"):
        answer = other.get(address)
        assert answer.status_code == 200, address
        assert str(file) not in answer.content.decode()
    assert catalogue.register("t_visit").field("count").type == "integer"
    assert "t_count" in catalogue.indicators().indicators
    # What is mended counts again, without a restart.
    file.write_text(QUERY if name.startswith("ind") else GOOD[name], encoding="utf-8")
    assert catalogue.register("t_site").label.zh == "试验工地"
    assert catalogue.problems() == ()


def shelf_of(shelf: Any) -> Any:
    """The shelf as it is when its time is over."""
    from dataclasses import replace

    return replace(shelf, until=0.0)


@pytest.fixture(autouse=True)
def _kept(packs: Path) -> None:
    GOOD.update({f"registers/{name}.yaml": (packs / "registers" / f"{name}.yaml").read_text("utf-8")
                 for name in ("t_site", "t_visit")})  # fmt: skip


GOOD: dict[str, str] = {}


def test_a_process_that_begins_with_a_broken_pack_leaves_it_out(pack: Path, people: dict[str, User]) -> None:
    other = pack.parent / "second"
    (other / "registers").mkdir(parents=True)
    (other / "pack.yaml").write_text("label: {zh: 二, en: Two}\ndescribes: {zh: 二, en: Two}\n", encoding="utf-8")
    (other / "registers" / "t_alone.yaml").write_text(
        GOOD["registers/t_site.yaml"].replace("试验工地", "独立台账"), encoding="utf-8"
    )
    third = pack.parent / "third"
    (third / "registers").mkdir(parents=True)
    (third / "pack.yaml").write_text("label: {zh: 三, en: Three}\ndescribes: {zh: 三, en: Three}\n", encoding="utf-8")
    (third / "registers" / "t_refers.yaml").write_text(
        (GOOD["registers/t_visit.yaml"]), encoding="utf-8"
    )  # refers to t_site of the broken pack
    spoil(pack, "registers/t_site.yaml", "label: {zh: 坏}\n")
    known = catalogue.registers()
    assert "t_alone" in known
    assert "construction_site" in known
    assert not {"t_site", "t_visit", "t_refers"} & set(known)
    assert enter(people["viewer"]).get("/registers/t_site/").status_code == 404
    assert "t_site.yaml:1" in enter(people["administrator"]).get("/registers/").content.decode()


def test_the_site_does_not_start_with_a_broken_pack(
    pack: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_django, "start", lambda: None)
    monkeypatch.setattr(_django, "prepare", lambda: None)
    monkeypatch.setenv("LANTIAN_PACKS", str(pack.parent))
    assert command.run(Namespace(action="check", folders=[], apply=False)) == 0
    file = spoil(pack, "registers/t_visit.yaml", None)
    capsys.readouterr()
    assert serve.run(Namespace(host="127.0.0.1", port=None, demo=False, plan=None)) == 1
    assert f"{file}:1" in capsys.readouterr().err
    assert command.run(Namespace(action="check", folders=[], apply=False)) == 1
    assert f"{file}:1" in capsys.readouterr().err
