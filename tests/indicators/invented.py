"""An invented pack, its rows, and the areas of 云溪市, for the tests of snapshots, indicators and rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lantian.indicators.packs import Indicators, load
from lantian.indicators.running import AreaRow
from lantian.registers import Register
from lantian.registers import load as load_packs

PACK = "label: {zh: 试, en: Trial}\ndescribes: {zh: 试, en: Trial}\n"

SITE = """
version: 1
label: {zh: 工地, en: Sites}
describes: {zh: 工地, en: Sites}
kind: stock
key: code
fields:
  code: {type: text, label: {zh: 编号, en: Code}, required: true}
  street: {type: area, label: {zh: 街道, en: Street}}
  keeper: {type: unit, label: {zh: 单位, en: Unit}}
  status: {type: choice, label: {zh: 状态, en: State}, choices: [{value: 在施, en: On}, {value: 竣工, en: Done}]}
  size: {type: decimal, label: {zh: 面积, en: Size}}
  floors: {type: integer, label: {zh: 层数, en: Floors}}
  start: {type: date, label: {zh: 开工, en: Start}}
  seen: {type: datetime, label: {zh: 核查, en: Seen}}
  state_paid: {type: bool, label: {zh: 政府投资, en: Paid by the state}}
  place: {type: point, label: {zh: 位置, en: Place}}
  land: {type: polygon, label: {zh: 范围, en: Land}}
  phone: {type: text, label: {zh: 电话, en: Telephone}, personal: true}
"""

CHECK = """
version: 1
label: {zh: 抽检, en: Checks}
describes: {zh: 抽检, en: Checks}
kind: event
store: lake
key: code
date: date
fields:
  code: {type: text, label: {zh: 编号, en: Code}, required: true}
  date: {type: date, label: {zh: 日期, en: Date}, required: true}
  street: {type: area, label: {zh: 街道, en: Street}}
  site: {type: ref, of: site, label: {zh: 工地, en: Site}}
  failed: {type: bool, label: {zh: 不合格, en: Failed}}
  weight: {type: decimal, label: {zh: 重量, en: Weight}}
"""

HEADER = """-- title: 合格率 | Share that passed
-- unit: %   period: month   better: higher   subject: area (street, district, city)
-- answers: 合格率
"""

SHARE = """select street as subject, 100.0 * count(*) filter (where not failed) / nullif(count(*), 0) as value
from "check" where date between $start and $end group by street
"""

LARGE = """select street as subject, sum(size) / nullif(count(*), 0) as value
from site where status = '在施' group by street
"""

RULE_HEADER = """-- title: 无抽检 | Never checked
-- period: month   subject: register site   closes: gone   cap: 2   quiet: 22:00-07:00
"""

UNCHECKED = """select s.key as key, s.street as subject, s.keeper as unit, s.code as title, '无抽检' as detail
from site s where s.status = '在施'
  and not exists (select 1 from "check" c where c.site = s.key and c.date between $start and $end)
"""

AREAS = [
    AreaRow("880100", "云溪市", "municipal", None, "city"),
    AreaRow("880101", "东岸区", "district", "880100", "district"),
    AreaRow("880102", "西岭区", "district", "880100", "district"),
    AreaRow("880101001", "桥头街道", "town", "880101", "street"),
    AreaRow("880101002", "塔下街道", "town", "880101", "street"),
    AreaRow("880102001", "西岭镇", "town", "880102", "town"),
]
CODES = [row.code for row in AREAS]


def write_pack(folder: Path, files: Mapping[str, str], name: str = "trial") -> Path:
    """A folder of packs with one pack, and ``files`` by their path in it."""
    texts = {
        "pack.yaml": PACK,
        "registers/site.yaml": SITE,
        "registers/check.yaml": CHECK,
        **files,
    }
    for path, text in texts.items():
        target = folder / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def trial(folder: Path, **queries: str) -> Indicators:
    """The pack with these indicators, by name, under the usual header."""
    files = {f"indicators/{name}.sql": HEADER + text for name, text in queries.items()}
    rules = {"rules/unchecked.sql": RULE_HEADER + UNCHECKED}
    return load(load_packs(write_pack(folder, {**files, **rules})))


def register(found: Indicators, name: str) -> Register:
    """A register of the pack."""
    return found.packs.registers[name]


def site(code: str, since: str = "2026-01-01", gone: bool = False, **values: Any) -> dict[str, Any]:
    """A row of the register of sites as a change set brings it."""
    plain = {"street": "880101001", "keeper": "u1", "status": "在施", "size": "10"}
    return {**plain, **values, "code": code, "key": code, "valid_from": since, "gone": gone}


def check(code: str, day: str, gone: bool = False, **values: Any) -> dict[str, Any]:
    """A row of the register of checks as a change set brings it."""
    plain = {"street": "880101001", "site": "A", "failed": False, "weight": "1.5"}
    return {**plain, **values, "code": code, "date": day, "key": code, "valid_from": day, "gone": gone}
