"""Pages of versions, comparison and history, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from lantian.apps.core.models import User
from lantian.apps.plans import actions, comparison
from lantian.apps.plans.actions.versions import contents_of
from lantian.apps.plans.models import Measure, Plan
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

Make = Callable[..., Plan]
Login = Callable[[str], Client]


def change(people: dict[str, User], plan: Plan, n: int, **changes: Any) -> None:
    row = next(item for item in contents_of(plan) if item["n"] == n)
    actions.change_rows(plan, [row | changes])
    actions.record_edit(people["coordinator"], plan, "set", [row], [row | changes])


def amended(make_plan: Make, people: dict[str, User]) -> Plan:
    """A plan of two versions: row 2 says another thing, row 6 is gone."""
    user, plan = people["coordinator"], make_plan()
    amendment = actions.amend(user, plan)
    text = "第2项措施，年内完成25台设备更新。"
    change(people, amendment, 2, text=text, paragraphs=[text])
    last = contents_of(amendment)[5]
    actions.change_rows(amendment, [], removed=[last["uid"]])
    actions.publish_plan(user, amendment, "年中修订")
    plan.refresh_from_db()
    return plan


def content(plan: Plan, n: int) -> dict[str, Any]:
    return next(item for item in contents_of(plan) if item["n"] == n)


def test_the_list_names_versions_notes_documents_and_sums(
    make_plan: Make, people: dict[str, User], login: Login
) -> None:
    plan = amended(make_plan, people)
    page = login("viewer").get(f"/plans/{plan.uid}/versions/").content.decode()
    assert "年中修订" in page
    assert plan.file.sha256 in page
    assert f"/plans/{plan.uid}/versions/1/2/" in page
    assert "?version=2" in page
    assert f"/plans/{plan.uid}/versions/0/file/" not in page
    assert (
        f"/plans/{plan.uid}/versions/0/file/"
        in login("coordinator").get(f"/plans/{plan.uid}/versions/").content.decode()
    )


def test_what_the_reader_gave_is_for_those_who_work_on_the_plan(make_plan: Make, login: Login) -> None:
    plan = make_plan()
    assert login("viewer").get(f"/plans/{plan.uid}/versions/0/1/").status_code == 404
    assert login("viewer").get(f"/plans/{plan.uid}/versions/0/file/").status_code == 404
    assert login("viewer").get(f"/plans/{plan.uid}/versions/1/7/").status_code == 404
    assert login("coordinator").get(f"/plans/{plan.uid}/versions/0/1/").status_code == 200


def test_two_versions_side_by_side(make_plan: Make, people: dict[str, User], login: Login) -> None:
    plan = amended(make_plan, people)
    client = login("viewer")
    page = client.get(f"/plans/{plan.uid}/versions/1/2/").content.decode()
    assert '<del><span class="visually-hidden">删去：</span>20</del>' in page
    assert '<ins><span class="visually-hidden">加入：</span>25</ins>' in page
    assert "第6项措施" in page
    assert "<summary>" in page
    only = client.get(f"/plans/{plan.uid}/versions/1/2/?changed=1").content.decode()
    assert "<summary>＝" not in only
    assert "25</ins>" in only
    same = client.get(f"/plans/{plan.uid}/versions/2/2/").content.decode()
    assert '<table class="diff">' not in same


def test_the_form_of_two_numbers_leads_to_their_comparison(make_plan: Make, login: Login) -> None:
    plan, client = make_plan(), login("viewer")
    answer = client.get(f"/plans/{plan.uid}/versions/compare/?from=1&to=1")
    assert answer.headers["Location"] == f"/plans/{plan.uid}/versions/1/1/"
    assert client.get(f"/plans/{plan.uid}/versions/compare/?from=x&to=1").status_code == 404


def test_an_amendment_shows_what_it_changes(make_plan: Make, people: dict[str, User], login: Login) -> None:
    plan = make_plan()
    client = login("coordinator")
    answer = client.post(f"/plans/{plan.uid}/amend/")
    amendment = Plan.objects.get(amends=plan)
    assert answer.headers["Location"] == f"/plans/{amendment.uid}/review/"
    change(people, amendment, 3, task="另一任务")
    page = client.get(f"/plans/{amendment.uid}/changes/").content.decode()
    assert "另一</ins>" in page or "另一任务" in page
    assert page.count('<tbody class="d-changed"') == 1
    assert page.count('<tbody class="d-new"') == 0
    assert str(amendment.uid) in client.get(f"/plans/{plan.uid}/versions/").content.decode()


def test_the_history_of_a_row_tells_versions_and_people(make_plan: Make, people: dict[str, User], login: Login) -> None:
    plan = amended(make_plan, people)
    uid = content(plan, 2)["uid"]
    page = login("viewer").get(f"/measures/{uid}/history/").content.decode()
    assert "coordinator" in page
    assert "25</ins>" in page
    gone = Measure.everything.get(plan=plan, withdrawn=2)
    page = login("viewer").get(f"/measures/{gone.uid}/history/").content.decode()
    assert "第2版" in page
    untouched = content(plan, 1)["uid"]
    assert "没有人改过" in login("viewer").get(f"/measures/{untouched}/history/").content.decode()


def test_a_corrected_document_by_the_form(make_plan: Make, login: Login, run_jobs: Callable[[], int]) -> None:
    plan, client = make_plan(publish=False), login("coordinator")
    assert client.get(f"/plans/{plan.uid}/replace/").status_code == 200
    empty = client.post(f"/plans/{plan.uid}/replace/upload/", {"file": SimpleUploadedFile("a.txt", b"")})
    assert empty.headers["Location"] == f"/plans/{plan.uid}/replace/"
    wrong = client.post(
        f"/plans/{plan.uid}/replace/upload/", {"file": SimpleUploadedFile("a.txt", b"x"), "place": "-1"}, follow=True
    )
    assert "第几份" in wrong.content.decode()
    good = client.post(
        f"/plans/{plan.uid}/replace/upload/", {"file": SimpleUploadedFile("../a.txt", "不是计划".encode())}
    )
    assert good.headers["Location"].startswith("/imports/")
    run_jobs()
    assert "a.txt" in client.get(good.headers["Location"]).content.decode()
    assert plan.measures.count() == 6


def test_discarding_needs_a_tick(make_plan: Make, login: Login) -> None:
    plan, client = make_plan(publish=False), login("coordinator")
    client.post(f"/plans/{plan.uid}/discard/")
    assert Plan.objects.filter(pk=plan.pk).exists()
    answer = client.post(f"/plans/{plan.uid}/discard/", {"confirm": "yes"})
    assert answer.headers["Location"] == "/plans/"
    assert not Plan.objects.filter(pk=plan.pk).exists()


def test_a_draft_becomes_a_new_version_by_the_form(make_plan: Make, login: Login) -> None:
    plan, client = make_plan(content=b"1"), login("coordinator")
    draft = make_plan(content=b"2", publish=False)
    assert client.post(f"/plans/{draft.uid}/become/", {"plan": "no uid"}).status_code == 404
    answer = client.post(f"/plans/{draft.uid}/become/", {"plan": str(plan.uid)})
    amendment = Plan.objects.get(amends=plan)
    assert answer.headers["Location"] == f"/plans/{amendment.uid}/review/"
    assert not Plan.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("address", ["versions/", "versions/1/1/", "versions/0/1/", "changes/", "replace/"])
def test_pages_ask_the_same_queries_however_many_rows(make_plan: Make, login: Login, address: str) -> None:
    client, counts = login("coordinator"), []
    for number in (3, 60):
        plan = make_plan(read_plan(*(read_measure(n) for n in range(1, number + 1))), content=b"%d" % number)
        client.get(f"/plans/{plan.uid}/{address}")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(f"/plans/{plan.uid}/{address}").status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_units_are_compared_name_by_name() -> None:
    old = [("equal", "市甲局"), ("delete", "市乙局"), ("insert", "市丙局")]
    diffs = comparison.recorded_changes(
        {"roles": [{"role": "lead", "name": "市甲局"}]}, {"roles": [{"role": "lead", "name": "市丙局"}]}
    )
    assert [(diff.name, [text for _op, text in diff.pieces]) for diff in diffs] == [
        ("roles", ["牵头：市甲局", "牵头：市丙局"])
    ]
    assert comparison._list_pieces(["市甲局", "市乙局"], ["市甲局", "市丙局"]) == [*old[:1], old[2], old[1]] or (
        comparison._list_pieces(["市甲局", "市乙局"], ["市甲局", "市丙局"]) == old
    )


def test_a_hostile_text_is_escaped(make_plan: Make, people: dict[str, User], login: Login) -> None:
    bad = read.Role("lead", "<script>alert(1)</script>", "x")
    plan = make_plan(read_plan(read_measure(1, roles=(bad,)), read_measure(2)), publish=False)
    change(people, plan, 1, text="<img src=x onerror=1>", roles=[])
    for address in (f"/plans/{plan.uid}/changes/", f"/measures/{content(plan, 1)['uid']}/history/"):
        page = login("coordinator").get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
