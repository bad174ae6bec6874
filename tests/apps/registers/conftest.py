"""A pack of our own with a register of sites and one of visits, and people who write in it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue
from lantian.registers import Register

SITES = """version: 1
label: {zh: 试验工地, en: Test sites}
describes: {zh: 试验用的工地台账。, en: Sites for tests.}
kind: stock
key: code
area: street
unit: keeper
levels: [town]
departments: [交通]
fields:
  code: {type: text, label: {zh: 编号, en: Code}, required: true, longest: 30, listed: true}
  name: {type: text, label: {zh: 名称, en: Name}, required: true, listed: true, also: [工程名称]}
  street: {type: area, label: {zh: 街道, en: Street}, required: true, listed: true, filtered: true, also: [属地]}
  keeper: {type: unit, label: {zh: 监管单位, en: Keeper}}
  status:
    type: choice
    label: {zh: 状态, en: Status}
    required: true
    listed: true
    filtered: true
    choices: [{value: 在施, en: Under way}, {value: 停工, en: Stopped}]
  size: {type: decimal, label: {zh: 面积, en: Size}, measure: m², low: 0, listed: true}
  video: {type: bool, label: {zh: 视频, en: Video}}
  start: {type: date, label: {zh: 开工日期, en: Start}}
  finish: {type: date, label: {zh: 竣工日期, en: End}}
  place: {type: point, label: {zh: 位置, en: Place}}
  phone: {type: text, label: {zh: 电话, en: Phone}, personal: true}
checks:
  - {compare: [finish, ">=", start], says: {zh: 竣工早于开工, en: ends before it starts}}
"""
VISITS = """version: 1
label: {zh: 试验检查, en: Test visits}
describes: {zh: 试验用的检查。, en: Visits for tests.}
kind: event
store: %s
key: code
date: day
area: street
departments: [交通]
fields:
  code: {type: text, label: {zh: 检查编号, en: Code}, required: true, listed: true}
  day: {type: date, label: {zh: 日期, en: Day}, required: true, listed: true}
  site: {type: ref, of: t_site, label: {zh: 工地, en: Site}, required: true}
  street: {type: area, label: {zh: 街道, en: Street}, required: true, listed: true, filtered: true}
  count: {type: integer, label: {zh: 问题数, en: Count}, low: 0, listed: true}
"""


@pytest.fixture(autouse=True)
def packs(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A folder of the installation's own packs."""
    folder = tmp_path / "packs" / "testing"
    (folder / "registers").mkdir(parents=True)
    (folder / "pack.yaml").write_text(
        "label: {zh: 试验, en: Test}\ndescribes: {zh: 试验, en: Test}\n", encoding="utf-8"
    )
    for name, text in (("t_site", SITES), ("t_visit", VISITS % "table"), ("t_visit_lake", VISITS % "lake")):
        (folder / "registers" / f"{name}.yaml").write_text(text, encoding="utf-8")
    settings.LANTIAN_PACKS = tmp_path / "packs"
    catalogue.forget()
    yield folder
    catalogue.forget()


@pytest.fixture
def sites(packs: Path) -> Register:  # noqa: ARG001  # the pack must be there
    """The register of sites."""
    return catalogue.register("t_site")


@pytest.fixture
def visits(packs: Path) -> Register:  # noqa: ARG001
    """The register of visits, kept in the database."""
    return catalogue.register("t_visit")


@pytest.fixture
def lake_visits(packs: Path) -> Register:  # noqa: ARG001
    """The register of visits, kept in the lake."""
    return catalogue.register("t_visit_lake")


@pytest.fixture
def writers(people: dict[str, User]) -> dict[str, User]:
    """The people of the bureau, and reporters of a street, a district's office and the transport bureau."""
    found = dict(people)
    for name, unit in (("street", "柳桥街道办事处"), ("district", "东塘区生态环境局"), ("transport", "市交通局")):
        user = core.create_user(None, name, name, must_change_password=False)
        add_membership(None, user, Unit.objects.get(name=unit), "reporter")
        found[name] = user
    return found


def book(rows: list[list[Any]], **choices: Any) -> bytes:
    """A workbook of one sheet; ``epoch_1904``, ``merges`` (A1:B2), ``formats`` by cell."""
    from openpyxl import Workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    made = Workbook()
    if choices.get("epoch_1904"):
        made.epoch = CALENDAR_MAC_1904
    sheet = made.active
    for row in rows:
        sheet.append(row)
    for merge in choices.get("merges", ()):
        sheet.merge_cells(merge)
    for cell, code in choices.get("formats", {}).items():
        sheet[cell].number_format = code
    for name in choices.get("hidden", ()):
        made.create_sheet(name).sheet_state = "hidden"
    target = BytesIO()
    made.save(target)
    return target.getvalue()
