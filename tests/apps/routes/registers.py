"""Addresses of registers and what each kind of person is answered: see test_rights.py.

The table's persons belong to the city's bureau: everybody reads, and of them only the coordinator keeps registers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from lantian.apps.areas.models import Unit
from lantian.apps.core import jobs
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.registers import actions, catalogue
from tests.apps.routes import LOGIN, Routes

_READS = (LOGIN, 200, 200, 200)
_KEEPS = (LOGIN, 403, 200, 403)
_DOES = (LOGIN, 403, 302, 403)

ROUTES: Routes = {
    "registers:packs": ("get", "", _READS),
    "registers:list": ("get", "register", _READS),
    "registers:export": ("get", "register csv", _READS),
    "registers:template": ("get", "register", _READS),
    "registers:suggest": ("get", "register", _READS),
    "registers:map": ("get", "register", _READS),
    "registers:places": ("get", "register", _READS),
    "registers:row": ("get", "register record", _READS),
    "registers:file": ("get", "register file", (LOGIN, 404, 404, 404)),
    "registers:new": ("get", "register", _KEEPS),
    "registers:edit": ("get", "register record", _KEEPS),
    "registers:remove": ("post", "register removable", _DOES),
    "registers:imports": ("get", "register", _KEEPS),
    "registers:upload": ("post", "register", _DOES),
    "registers:import": ("get", "register session", _KEEPS),
    "registers:progress": ("get", "register session", _KEEPS),
    "registers:marked": ("get", "register session", _KEEPS),
    "registers:columns": ("post", "register session", _DOES),
    "registers:accept": ("post", "register session", _DOES),
    "registers:drop": ("post", "register dropped", _DOES),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # registers have no plan
    user = User.objects.get(username="coordinator")
    register = catalogue.registers()["construction_site"]
    keeper = str(Unit.objects.get(name="市交通局").uid)

    def row(code: str) -> dict[str, str]:
        return {
            "code": code,
            "name": "柳桥工地",
            "works": "拆除",
            "status": "在施",
            "street": "880101001",
            "keeper": keeper,
        }

    def session(name: str) -> Any:
        text = "工程编号,工程名称,工程类型,施工状态,所属街道,监管单位\nB1,丙工地,拆除,在施,柳桥街道,市交通局"
        made = actions.stage(user, register, name, [text.encode()])
        assert made.job is not None
        jobs.finish(made.job)
        return made

    actions.fill(user, register, [row("A1"), row("A2")], effective=date(2026, 1, 1))
    name = register.name
    return {
        "register": [name],
        "register csv": [name, "csv"],
        "register record": [name, "A1"],
        "register file": [name, "name", "A1"],
        "register removable": [name, "A2"],
        "register session": [name, session("一.csv").uid],
        "register dropped": [name, session("二.csv").uid],
    }
