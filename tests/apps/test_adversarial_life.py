"""A plan's life under bad luck: jobs done twice, stale objects, another office's document, asked for by others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lantian.apps.core.models import AuditEvent, Job, StoredFile, User
from lantian.apps.plans import actions
from lantian.apps.plans.actions.lifecycle import StepError
from lantian.apps.plans.models import Edit, Plan, Secrecy
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_adversarial_leaks import elsewhere, member

pytestmark = [pytest.mark.django_db, pytest.mark.db]
__all__ = ["elsewhere"]

Make = Callable[..., Plan]


def replacing(user: User, plan: Plan) -> tuple[Job, StoredFile]:
    job = actions.replace_file(user, plan, "更正.html", [b"corrected"])
    return job, StoredFile.objects.get(uid=job.payload["file"])


@pytest.mark.parametrize("publish", [False, True])
def test_a_replacement_that_is_done_again_happens_once(publish: bool, make_plan: Make, people: dict[str, User]) -> None:
    """The worker died after the rows were written and before the job said so."""
    user, plan = people["coordinator"], make_plan(publish=publish)
    before = [row.text for row in plan.measures.all()]
    read = read_plan(
        *(read_measure(n, measure=f"第{n}项措施，年内完成{n}5台设备更新。", targets=()) for n in range(1, 7))
    )
    job, stored = replacing(user, plan)
    first = actions.perform_replace(job, stored, [read])
    again = actions.perform_replace(job, stored, [read])
    assert first == again
    assert Edit.objects.filter(plan=first, kind="reimport").count() == 1
    assert AuditEvent.objects.filter(action="plan.reimport").count() == 1
    assert first.measures.count() == 6
    actions.take_back(user, first)
    assert [row.text for row in first.measures.all()] == before
    assert actions.perform_replace(job, stored, [read]) == first  # what was taken back does not come back by itself
    assert [row.text for row in first.measures.all()] == before


def test_a_step_asked_for_by_a_stale_page_is_not_taken(make_plan: Make, people: dict[str, User]) -> None:
    user, plan = people["coordinator"], make_plan(publish=False)
    stale = Plan.objects.get(pk=plan.pk)
    actions.publish_plan(user, plan)
    with pytest.raises(StepError):
        actions.set_status(user, stale, "review")
    assert Plan.objects.get(pk=plan.pk).status == "published"
    older = Plan.objects.get(pk=plan.pk)
    actions.set_secrecy(user, plan, Secrecy.INTERNAL)
    actions.set_secrecy(user, older, Secrecy.WORK_SECRET)
    last = AuditEvent.objects.filter(action="plan.secrecy").first()
    assert last is not None
    assert last.before == {"secrecy": "internal"}


def test_another_office_s_document_is_read_for_this_one_too(
    make_plan: Make,
    elsewhere: Any,
    people: dict[str, User],
) -> None:
    make_plan(content=b"the same", publish=False)
    there = Job.objects.get()
    stranger = member(elsewhere, "coordinator")
    job = actions.import_file(stranger, "同一文件.html", [b"the same"])
    assert job.pk != there.pk
    assert actions.import_file(stranger, "同一文件.html", [b"the same"]).pk == job.pk
    assert actions.import_file(people["coordinator"], "同一文件.html", [b"the same"]).pk == there.pk
    client = Client()
    client.force_login(stranger)
    page = client.get("/imports/").content.decode()
    assert str(job.uid) in page
    assert str(there.uid) not in page
