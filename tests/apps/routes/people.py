"""Addresses of people, the liaison register, and the history: see test_rights.py.

The table's administrator acts on the table's reporter (a colleague); the other persons see nobody there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.people import actions
from lantian.apps.people.models import ListKind
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "core:history": ("get", "", (LOGIN, 403, 200, 200)),
    "core:history_export": ("get", "csv", (LOGIN, 403, 200, 200)),
    "people:people": ("get", "", (LOGIN, 403, 403, 200)),
    "people:new": ("get", "", (LOGIN, 403, 403, 200)),
    "people:rights": ("get", "", (LOGIN, 403, 403, 200)),
    "people:people_imports": ("get", "", (LOGIN, 403, 403, 200)),
    "people:people_empty": ("get", "", (LOGIN, 403, 403, 200)),
    "people:people_upload": ("post", "", (LOGIN, 403, 403, 302)),
    "people:import": ("get", "people list", (LOGIN, 404, 404, 200)),
    "people:accept": ("post", "bad list", (LOGIN, 404, 404, 302)),
    "people:drop": ("post", "people list", (LOGIN, 404, 404, 302)),
    "people:slips": ("post", "people list", (LOGIN, 404, 404, 302)),
    "people:person": ("get", "colleague", (LOGIN, 403, 403, 200)),
    "people:rename": ("post", "colleague", (LOGIN, 403, 403, 400)),
    "people:add_role": ("post", "colleague", (LOGIN, 403, 403, 400)),
    "people:remove_role": ("post", "colleague", (LOGIN, 403, 403, 302)),
    "people:unlock": ("post", "colleague", (LOGIN, 403, 403, 302)),
    "people:password": ("post", "colleague", (LOGIN, 403, 403, 200)),
    "people:active": ("post", "colleague", (LOGIN, 403, 403, 302)),
    "people:liaisons": ("get", "", (LOGIN, 200, 200, 200)),
    "people:liaison_export": ("get", "", (LOGIN, 200, 200, 200)),
    "people:liaison_imports": ("get", "", (LOGIN, 403, 200, 200)),
    "people:liaison_empty": ("get", "", (LOGIN, 403, 200, 200)),
    "people:liaison_upload": ("post", "", (LOGIN, 403, 302, 302)),
    "people:unit": ("get", "bureau", (LOGIN, 200, 200, 200)),
    "people:save": ("post", "bureau post", (LOGIN, 403, 400, 400)),
    "people:end": ("post", "liaison", (LOGIN, 403, 302, 302)),
    "people:handover": ("get", "liaison", (LOGIN, 403, 200, 200)),
    "people:handover_sheet": ("get", "handover", (LOGIN, 200, 200, 200)),
    "people:handover_docx": ("get", "handover", (LOGIN, 200, 200, 200)),
}
# A street's entries are nobody's of the bureau but its offices'.
DRAFT: Routes = {
    "people:unit": ("get", "street", (LOGIN, 404, 200, 200)),
    "people:save": ("post", "street post", (LOGIN, 404, 400, 400)),
    "people:end": ("post", "street liaison", (LOGIN, 404, 302, 302)),
    "people:handover": ("get", "street liaison", (LOGIN, 404, 200, 200)),
    "people:handover_sheet": ("get", "street handover", (LOGIN, 404, 200, 200)),
    "people:handover_docx": ("get", "street handover", (LOGIN, 404, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # nothing here is about a plan
    administrator = User.objects.get(username="administrator")
    bureau, street = Unit.objects.get(name="市生态环境局"), Unit.objects.get(name="柳桥街道办事处")
    colleague = core.create_user(None, "colleague", "colleague-password", must_change_password=False)
    add_membership(None, colleague, bureau, "reporter")

    def staged(content: str) -> list[Any]:
        return [actions.stage(administrator, ListKind.PEOPLE, "名单.csv", [content.encode()]).uid]

    def handed(unit: Unit) -> tuple[list[Any], list[Any]]:
        values = {"name": "旧人", "since": date(2025, 1, 1)}
        first = actions.save_liaison(None, unit, "liaison_a", values)
        new = actions.Successor("新人")
        handover = actions.hand_over(None, first, new, date(2025, 3, 1), revision=first.revision)
        return [handover.new.uid], [handover.uid]

    liaison, handover = handed(bureau)
    street_liaison, street_handover = handed(street)
    return {
        "csv": ["csv"],
        "colleague": [colleague.uid],
        "people list": staged("姓名,单位,角色\n张三,柳桥街道办事处,填报员\n"),
        "bad list": staged("姓名,单位,角色\n张三,无此单位,填报员\n"),
        "bureau": [bureau.uid],
        "bureau post": [bureau.uid, "head"],
        "street": [street.uid],
        "street post": [street.uid, "head"],
        "liaison": liaison,
        "handover": handover,
        "street liaison": street_liaison,
        "street handover": street_handover,
    }
