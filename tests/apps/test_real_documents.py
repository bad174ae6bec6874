"""Real plans, all the way: units resolve against Beijing's directory, and every measure is found again in print."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lantian.apps.areas.actions import add_membership, load_areas, shipped
from lantian.apps.core import actions as core
from lantian.apps.core import jobs
from lantian.apps.plans import actions, provenance
from lantian.apps.plans.models import Assignment, Measure, Plan
from lantian.apps.plans.worker import WIDTH
from lantian.reading.text import compare_form

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


@pytest.fixture
def client() -> Client:
    load_areas(None, shipped("beijing"))
    user = core.create_user(None, "office", "x", must_change_password=False)
    add_membership(None, user, None, "coordinator")
    browser = Client()
    browser.force_login(user)
    return browser


def bring(path: Path) -> Plan:
    job = actions.import_file(None, path.name, path)
    jobs.run_due("test")
    job.refresh_from_db()
    assert job.state == "done", job.error
    return Plan.objects.get(uid=job.result["plans"][0])  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "area", "measures"),
    [
        ("bj-air-2022.pdf", "北京市", 60),
        ("mtg-air-2023.docx", "门头沟区", 70),
        ("xc-air-2021.docx", "西城区", 58),
        ("bj-air-2024.txt", "北京市", 82),
    ],
)
def test_units_resolve_and_every_measure_is_found_in_print(
    client: Client, shared_plans: Path, name: str, area: str, measures: int
) -> None:
    plan = bring(shared_plans / name)
    assert (plan.area.name if plan.area else None, plan.measures.count()) == (area, measures)
    names = Assignment.objects.filter(measure__plan=plan)
    unknown = sorted(set(names.filter(unit=None).values_list("name", flat=True)))
    assert len(unknown) <= 0.02 * names.count(), unknown
    assert [m.n for m in plan.measures.all() if not found_again(m)] == []
    assert client.get(f"/plans/{plan.uid}/").status_code == 200


def found_again(measure: Measure) -> bool:
    """Whether the measure page marks a box of the text, or rows that hold the beginning of the text."""
    shown = provenance.provenance(measure, None)
    if shown.pages:
        return any(box.field == "measure" for page in shown.pages for box in page.boxes)
    printed = "".join(compare_form(cell["text"]) for row in shown.passage if row.hit for cell in row.cells)
    return compare_form(measure.text)[:12] in printed


def test_a_page_of_a_pdf_is_shown(client: Client, shared_plans: Path) -> None:
    plan = bring(shared_plans / "bj-air-2022.pdf")
    measure: Any = plan.measures.first()
    answer = client.get(f"/plans/{plan.uid}/pages/{measure.page}.png")
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", answer.content[16:20])[0] == WIDTH
    assert client.get(f"/plans/{plan.uid}/pages/499.png").status_code == 404
