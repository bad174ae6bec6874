"""Addresses of 交办事项, exchange packages and 套表, and what each kind of person is answered: see test_rights.py.

The table's persons belong to the city's bureau. One matter and one form are the city's; the other matter is handed out
by a district, whose office the persons are not, to a unit that is not theirs, and is a work secret: the coordinator and
the administrator of the city see it, since the district lies in their area.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import xlsxwriter

from lantian.apps.areas.models import Area, Unit
from lantian.apps.assessment.actions import forms
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import errands, exchange
from lantian.apps.supervision.actions.making import make
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.routes import LOGIN, Routes

ROUTES: Routes = {
    "supervision:errands": ("get", "", (LOGIN, 200, 200, 200)),
    "supervision:errand-new": ("get", "", (LOGIN, 403, 200, 403)),
    "supervision:errand-units": ("get", "", (LOGIN, 403, 200, 403)),
    "supervision:errand": ("get", "errand", (LOGIN, 200, 200, 200)),
    "supervision:errand-sheet": ("get", "errand", (LOGIN, 200, 200, 200)),
    "supervision:errand-letter": ("get", "errand", (LOGIN, 200, 200, 200)),
    "supervision:errand-extend": ("post", "errand", (LOGIN, 403, 302, 403)),
    "supervision:errand-close": ("post", "errand", (LOGIN, 403, 302, 403)),
    "supervision:errand-reopen": ("post", "errand", (LOGIN, 403, 302, 403)),
    "supervision:exchange": ("get", "", (LOGIN, 403, 200, 403)),
    "supervision:exchange-plan": ("post", "", (LOGIN, 403, 404, 403)),
    "supervision:exchange-return": ("post", "", (LOGIN, 403, 404, 403)),
    "supervision:exchange-bring": ("post", "", (LOGIN, 403, 302, 403)),
    "supervision:exchange-package": ("get", "package", (LOGIN, 404, 200, 404)),
    "supervision:exchange-file": ("get", "package", (LOGIN, 404, 200, 404)),
    "supervision:exchange-take": ("post", "package", (LOGIN, 404, 302, 404)),
    "assessment:forms": ("get", "", (LOGIN, 403, 200, 403)),
    "assessment:form-add": ("post", "", (LOGIN, 403, 302, 403)),
    "assessment:form": ("get", "form", (LOGIN, 404, 200, 200)),
    "assessment:form-mapping": ("post", "form", (LOGIN, 404, 302, 403)),
    "assessment:form-replace": ("post", "form", (LOGIN, 404, 302, 403)),
    "assessment:form-archive": ("post", "form", (LOGIN, 404, 302, 403)),
    "assessment:form-blank": ("get", "form", (LOGIN, 404, 200, 200)),
    "assessment:form-fill": ("post", "form", (LOGIN, 404, 302, 403)),
    "assessment:filling": ("get", "filling", (LOGIN, 404, 200, 200)),
    "assessment:filling-edit": ("post", "filling", (LOGIN, 404, 302, 403)),
    "assessment:filling-issue": ("post", "filling", (LOGIN, 404, 302, 403)),
    "assessment:filling-reopen": ("post", "filling", (LOGIN, 404, 302, 403)),
    "assessment:filling-file": ("get", "filling", (LOGIN, 404, 200, 200)),
}
# The same pages of a matter that another unit owes: who is of no office does not see it.
DRAFT: Routes = {
    "supervision:errand": ("get", "others errand", (LOGIN, 404, 200, 200)),
    "supervision:errand-sheet": ("get", "others errand", (LOGIN, 404, 200, 200)),
    "supervision:errand-letter": ("get", "others errand", (LOGIN, 404, 404, 404)),
    "supervision:errand-close": ("post", "others errand", (LOGIN, 404, 302, 403)),
}


def blank() -> bytes:
    """A small blank: a head and one row."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("月报")
    for col, head in enumerate(("序号", "工作措施", "进展情况")):
        sheet.write_string(0, col, head)
    sheet.write_number(1, 0, 1)
    sheet.write_string(1, 1, "第1项措施")
    book.close()
    return target.getvalue()


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:
    user = User.objects.get(username="coordinator")
    city = Area.objects.get(code="880000")
    bureau, transport = Unit.objects.get(name="市生态环境局"), Unit.objects.get(name="市交通局")

    def handed(unit: Unit, **more: Any) -> Any:
        matter = errands.Matter(words="核实", leads=[unit], reply_by=date(2031, 5, 20), **more)
        return errands.hand_out(user, city, matter)

    roles = (read.Role("lead", "东塘区政府", "东塘区政府"),)
    plan = make_plan(read_plan(read_measure(1, roles=roles)), content=b"exchanged")
    make(user, plan)
    package = exchange.make_plan_package(user, plan, Area.objects.get(code="880101"))
    form = forms.add(user, plan, "月报", "", "月报.xlsx", [blank()])
    forms.set_mapping(user, form, form.mapping)
    return {
        "errand": [handed(bureau, letter_name="来文.png", letter=[b"\x89PNG\r\n\x1a\n" + b"0" * 64]).uid],
        "others errand": [handed(transport).uid],
        "package": [package.uid],
        "form": [form.uid],
        "filling": [forms.fill(user, form, "2025-03").uid],
    }
