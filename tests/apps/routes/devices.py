"""Addresses of the device register: see test_rights.py. The table's persons belong to the city's bureau."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.core.models import User
from lantian.apps.devices import actions
from lantian.apps.plans.models import Plan
from tests.apps.devices import enter
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "devices:list": ("get", "", (LOGIN, 403, 200, 200)),
    "devices:export": ("get", "device csv", (LOGIN, 403, 200, 200)),
    "devices:new": ("get", "", (LOGIN, 403, 200, 200)),
    "devices:quarantine": ("get", "", (LOGIN, 403, 200, 200)),
    "devices:register": ("post", "", (LOGIN, 403, 302, 302)),
    "devices:lists": ("get", "", (LOGIN, 403, 200, 200)),
    "devices:empty": ("get", "", (LOGIN, 403, 200, 200)),
    "devices:upload": ("post", "", (LOGIN, 403, 302, 302)),
    "devices:staged": ("get", "device list", (LOGIN, 403, 200, 404)),
    "devices:accept": ("post", "bad device list", (LOGIN, 403, 302, 404)),
    "devices:drop": ("post", "device list", (LOGIN, 403, 302, 404)),
    "devices:device": ("get", "device", (LOGIN, 403, 200, 200)),
    "devices:edit": ("get", "device", (LOGIN, 403, 200, 200)),
    "devices:propose": ("get", "device", (LOGIN, 403, 200, 200)),
    "devices:units": ("post", "device", (LOGIN, 403, 302, 302)),
    "devices:look": ("post", "device", (LOGIN, 403, 302, 302)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # nothing here is about a plan
    coordinator = User.objects.get(username="coordinator")

    def staged(text: str) -> list[Any]:
        return [actions.stage(coordinator, "清单.csv", [text.encode()]).uid]

    return {
        "device csv": ["csv"],
        "device": [enter(coordinator).uid],
        "device list": staged("MN,设备名称,设备类型,所在区域\nROUTE1,一号,噪声,东塘区\n"),
        "bad device list": staged("MN,设备名称\nROUTE2,二号\n"),
    }
