"""Addresses of units and areas and what each kind of person is answered: see test_rights.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lantian.apps.areas import actions
from lantian.apps.areas.models import Area, DirectoryImport, Unit
from lantian.apps.core import files
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

EVERYBODY = (LOGIN, 200, 200, 200)
ADMINISTRATOR = (LOGIN, 403, 403, 200)
ADMINISTRATOR_ON = (LOGIN, 403, 403, 302)  # done, then led on

ROUTES: Routes = {
    "areas:areas": ("get", "", EVERYBODY),
    "areas:units": ("get", "", EVERYBODY),
    "areas:export": ("get", "", EVERYBODY),
    "areas:imports": ("get", "", ADMINISTRATOR),
    "areas:upload": ("post", "", ADMINISTRATOR_ON),
    "areas:import": ("get", "workbook", ADMINISTRATOR),
    "areas:accept": ("post", "workbook", ADMINISTRATOR_ON),
    "areas:drop": ("post", "workbook to drop", ADMINISTRATOR_ON),
    "areas:area_new": ("get", "", ADMINISTRATOR),
    "areas:area": ("get", "area", EVERYBODY),
    "areas:area_save": ("post", "area", ADMINISTRATOR),
    "areas:area_change": ("post", "area", ADMINISTRATOR),
    "areas:area_close": ("post", "area", ADMINISTRATOR_ON),
    "areas:area_forget": ("post", "area", (LOGIN, 403, 403, 404)),
    "areas:unit_new": ("get", "", ADMINISTRATOR),
    "areas:unit": ("get", "entry", EVERYBODY),
    "areas:unit_save": ("post", "entry", ADMINISTRATOR),
    "areas:unit_rename": ("post", "entry", ADMINISTRATOR),
    "areas:unit_close": ("post", "entry", ADMINISTRATOR_ON),
    "areas:unit_aliases": ("post", "entry", (LOGIN, 403, 200, 200)),
    "areas:unit_rules": ("post", "collective", ADMINISTRATOR),
    "areas:merge": ("get", "entry", ADMINISTRATOR),
    "areas:merge_undo": ("post", "merge", (LOGIN, 404, 404, 302)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # the city comes with it
    stored = files.store(None, "名录.xlsx", [b"ours"])
    chief = User.objects.get(username="administrator")
    books = [DirectoryImport.objects.create(file=stored, file_name="名录.xlsx", created_by=chief) for _ in range(2)]
    merge = actions.merge_units(None, Unit.objects.get(name="市旧城办"), Unit.objects.get(name="市交通局"))
    return {
        "workbook": [books[0].uid],
        "workbook to drop": [books[1].uid],
        "area": [Area.objects.get(name="东塘区").uid],
        "entry": [Unit.objects.get(name="市交通局").uid],
        "collective": [Unit.objects.get(name="各区政府").uid],
        "merge": [merge.uid],
    }
