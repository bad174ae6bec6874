"""The year's end: decisions with reasons, missing evidence, what is frozen and its pack."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.models import Unit
from lantian.apps.assessment.actions import yearend as actions
from lantian.apps.assessment.models import Outcome, YearEnd
from lantian.apps.assessment.queries import yearend as queries
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import DeadlineKind, Measure, Plan
from lantian.apps.supervision.actions import evidence, review
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.actions.returns import submit
from lantian.apps.supervision.models import Commitment, Entry, Return, Share, State
from tests.apps.returning import PDF, Office, make_office

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


def accepted(office: Office, *, files: int = 0) -> Return:
    ret = office.ret()
    office.fill(ret)
    for n in range(files):
        evidence.attach(office.writer, ret, office.rows[0], f"验收单{n}.pdf", [PDF + b"%d" % n])
    ret.refresh_from_db()
    submit(office.writer, ret, signer="李四")
    review.accept(office.reviewer, ret, revision=ret.revision)
    return ret


def settle(state: str = State.MET) -> None:
    """Let the states be these, whatever the day of the test says."""
    Commitment.objects.update(state=state, state_rule="")
    Share.objects.update(state=State.MET, state_rule="")


def first(office: Office) -> queries.Row:
    return queries.rows(office.plan)[0]


def decide(office: Office, wording: str = "done", **words: Any) -> Outcome:
    words = {"result": "已完成。", "proposed": "done"} | words
    return actions.decide(office.coordinator, office.plan, office.rows[0].measure, wording, **words)


def test_a_row_begins_with_the_last_accepted_words_and_figures(office: Office) -> None:
    accepted(office)
    settle()
    row = first(office)
    assert (row.wording, row.result) == ("done", "第1项按计划推进。\n合计：设备更新本期3台，累计3台。")
    assert queries.rows(office.plan)[5].open == ""  # nobody owes it
    assert not any(row.open for row in queries.rows(office.plan))


def test_what_differs_or_is_not_completed_needs_a_reason(office: Office) -> None:
    for wording in ("not_done", "mostly"):
        with pytest.raises(NotPossible):
            decide(office, wording)
    with pytest.raises(NotPossible):
        decide(office, "invented")
    with pytest.raises(NotPossible):
        decide(office, result="字" * 4001)
    assert not Outcome.objects.exists()
    decide(office, "mostly", reason="一台在途。")
    settle()
    assert (first(office).wording, first(office).differs, first(office).open) == ("mostly", True, "")
    event = AuditEvent.objects.get(action="yearend.decide")
    assert event.after["reason"] == "一台在途。"


def test_two_people_cannot_overwrite_each_other(office: Office) -> None:
    decide(office)
    with pytest.raises(Stale):
        decide(office, result="另一句。")
    decide(office, result="另一句。", revision=1)
    assert Outcome.objects.get().result == "另一句。"


def test_only_the_coordinator_decides_and_freezes(office: Office) -> None:
    for user in (office.writer, office.reviewer):
        with pytest.raises(PermissionDenied):
            actions.decide(user, office.plan, office.rows[0].measure, "done", result="")
        with pytest.raises(PermissionDenied):
            actions.freeze(user, office.plan)


def test_what_was_striven_for_wants_an_explanation_and_is_no_breach(office: Office) -> None:
    settle()
    Share.objects.filter(pk=office.share.pk).update(state=State.MISSED, state_rule="S37")
    row = first(office)
    assert (row.proposed, row.soft, row.open) == ("done", True, "strive")
    decide(office, strive="气象条件不利。")
    assert first(office).open == ""
    Commitment.objects.filter(pk=office.rows[0].pk).update(state=State.MISSED, state_rule="S37")
    assert first(office).proposed == ""


def test_missing_evidence_is_listed(office: Office) -> None:
    Measure.objects.filter(pk=office.rows[2].measure_id).update(deadline_kind=DeadlineKind.LONG_TERM)
    settle(State.ON_TRACK)
    kinds = [[lack.kind for lack in row.lacks] for row in queries.rows(office.plan)[:3]]
    assert kinds == [[], ["document"], ["statement"]]
    accepted(office)
    settle()
    kinds = [[lack.kind for lack in row.lacks] for row in queries.rows(office.plan)[:3]]
    assert kinds == [["evidence"], ["evidence", "document"], ["evidence"]]
    Entry.objects.filter(commitment=office.rows[1]).update(
        document_number="云环〔2025〕1号", document_date=date(2025, 3, 1)
    )
    assert [lack.kind for lack in queries.rows(office.plan)[1].lacks] == ["evidence"]
    assert [queries.collecting(office.plan, day) for day in (date(2025, 9, 30), date(2025, 10, 1))] == [False, True]


def test_evidence_that_was_taken_away_does_not_count(office: Office) -> None:
    ret = accepted(office, files=1)
    settle()
    assert first(office).lacks == []
    assert [item["file"] for item in queries.evidence(office.plan)] == ["1-1-01_验收单0.pdf"]
    ret.entries.get(commitment=office.rows[0]).evidence.update(removed=ret.created)
    assert [lack.kind for lack in first(office).lacks] == ["evidence"]
    assert queries.evidence(office.plan) == []


def test_nothing_is_frozen_while_a_row_waits(office: Office) -> None:
    settle(State.OVERDUE)
    with pytest.raises(NotPossible, match="1、2、3"):
        actions.freeze(office.coordinator, office.plan)
    assert not YearEnd.objects.exists()


def test_the_pack_is_made_of_what_was_frozen(office: Office, run_jobs: Callable[[], int]) -> None:
    accepted(office, files=2)
    settle()
    made = actions.freeze(office.coordinator, office.plan)
    Entry.objects.get(commitment=office.rows[0]).evidence.update(removed=made.at)  # later changes do not reach it
    run_jobs()
    made.refresh_from_db()
    assert made.size == made.pack.stat().st_size
    with zipfile.ZipFile(made.pack) as archive:
        names = archive.namelist()
        assert names[:5] == ["完成情况表.docx", "完成情况表.xlsx", "目录.docx", "目录.xlsx", "校验清单.txt"]
        assert names[5:] == ["001_任务1/封面.docx", "001_任务1/1-1-01_验收单0.pdf", "001_任务1/1-1-02_验收单1.pdf"]
        assert archive.read("001_任务1/1-1-02_验收单1.pdf") == PDF + b"1"
        catalogue = openpyxl.load_workbook(BytesIO(archive.read("目录.xlsx"))).active
        assert catalogue is not None
        assert [cell.value for cell in catalogue[4]][:2] == ["1-1-01", "验收单0.pdf"]
        settled = openpyxl.load_workbook(BytesIO(archive.read("完成情况表.xlsx"))).active
        assert settled is not None
        heads = [cell.value for cell in settled[3]]
        line = [cell.value for cell in settled[5]]  # below title, note, heads and the section
        assert dict(zip(heads, line, strict=True))["完成情况"] == "完成"


def test_a_correction_is_the_next_number(office: Office, run_jobs: Callable[[], int]) -> None:
    accepted(office)
    settle()
    old = actions.freeze(office.coordinator, office.plan)
    run_jobs()
    settle()  # the jobs computed the states of today
    decide(office, result="更正后的成效。")
    new = actions.freeze(office.coordinator, office.plan)
    old.refresh_from_db()
    assert (old.number, new.number) == (1, 2)
    assert old.content["rows"][0]["result"].startswith("第1项按计划推进。")
    assert new.content["rows"][0]["result"] == "更正后的成效。"
    with pytest.raises(NotPossible):
        actions.pack_again(office.coordinator, old)


def test_a_lost_file_is_named_and_packing_can_be_repeated(office: Office, run_jobs: Callable[[], int]) -> None:
    ret = accepted(office, files=1)
    settle()
    made = actions.freeze(office.coordinator, office.plan)
    place = ret.entries.get(commitment=office.rows[0]).evidence.get().file.path
    kept = place.read_bytes()
    place.unlink()
    run_jobs()
    made = YearEnd.objects.select_related("job").get(pk=made.pk)
    assert made.sha256 == ""
    assert made.job is not None
    assert "1-1-01_验收单0.pdf" in made.job.error["zh"]
    place.write_bytes(kept)
    actions.pack_again(office.coordinator, made)
    run_jobs()
    made.refresh_from_db()
    assert made.pack.exists()


def test_the_page_saves_rows_and_keeps_what_it_refuses(office: Office, login: Callable[[str], Client]) -> None:
    accepted(office)
    settle()
    client, where = login("coordinator"), reverse("assessment:year-end", args=[office.plan.uid])
    save = reverse("assessment:year-end-save", args=[office.plan.uid])
    page = client.get(where)
    form = {}
    for item in page.context["rows"]:
        key = item["row"].measure.uid
        form |= {f"{name}-{key}": value for name, value in item["fields"].items() if name != "strive"}
        form |= {f"was-{key}": item["was"], f"rev-{key}": "0"}
    assert client.post(save, form).status_code == 302
    assert not Outcome.objects.exists()
    first_key, second = office.rows[0].measure.uid, office.rows[1].measure.uid
    answer = client.post(save, form | {f"wording-{first_key}": "not_done", f"result-{second}": "甲完成。"})
    assert answer.status_code == 409
    assert [row.result for row in Outcome.objects.all()] == ["甲完成。"]
    refused = next(item for item in answer.context["rows"] if item["row"].measure.uid == first_key)
    assert refused["fields"]["wording"] == "not_done"
    assert refused["error"]


def test_files_are_for_the_office_alone(
    office: Office, login: Callable[[str], Client], run_jobs: Callable[[], int]
) -> None:
    accepted(office, files=1)
    settle()
    client = login("coordinator")
    client.post(reverse("assessment:year-end-freeze", args=[office.plan.uid]))
    made = YearEnd.objects.get()
    where = reverse("assessment:year-end-pack", args=[made.uid])
    assert client.get(where).status_code == 404  # not packed yet
    run_jobs()
    answer = client.get(where)
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]
    outside = Client()
    outside.force_login(office.writer)
    assert outside.get(where).status_code == 404
    assert outside.get(reverse("assessment:year-end-frozen", args=[made.uid, "docx"])).status_code == 404
    assert outside.get(reverse("assessment:year-end", args=[office.plan.uid])).status_code == 403


def test_more_units_ask_no_more_queries(office: Office) -> None:
    accepted(office)
    with CaptureQueriesContext(connection) as few:
        queries.rows(office.plan)
    for name in ("东塘区政府", "西塘区政府", "东塘区生态环境局"):
        duty = Commitment.objects.create(
            plan=office.plan, measure=office.rows[0].measure, unit=Unit.objects.get(name=name), role="responsible"
        )
        Share.objects.create(commitment=duty, spec=office.share.spec, value=1)
    with CaptureQueriesContext(connection) as many:
        queries.rows(office.plan)
    assert len(few) == len(many)
