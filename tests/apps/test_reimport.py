"""Corrected documents, amendments, drafts thrown away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from lantian.apps.core import files
from lantian.apps.core.models import AuditEvent, Job, StoredFile, User
from lantian.apps.plans import actions, queries
from lantian.apps.plans.actions.versions import contents_of
from lantian.apps.plans.content import content_of, content_read
from lantian.apps.plans.models import Edit, Measure, Plan, PlanStatus, PlanVersion
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_plans import PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.db]

Make = Callable[..., Plan]
WORDS = ("公交车更新", "工地扬尘监控", "加油站油气回收", "餐饮油烟清洗", "秸秆禁烧巡查", "重型柴油车路检")


def measures() -> list[read.Measure]:
    return [read_measure(n, measure=f"{word}，年内完成{n}0台。", targets=()) for n, word in enumerate(WORDS, start=1)]


def stored(people: dict[str, User], content: bytes = b"corrected") -> StoredFile:
    return files.store(people["coordinator"], "更正稿.html", [content])


def corrected(people: dict[str, User], plan: Plan, items: list[read.Measure], **changes: Any) -> Plan:
    numbered = [replace(item, n=n) for n, item in enumerate(items, start=1)]
    return actions.reimport(
        people["coordinator"], plan, stored(people), "更正稿.html", [read_plan(*numbered, **changes)]
    )


def work(people: dict[str, User], plan: Plan, n: int, **changes: Any) -> str:
    """A person changes one row; returns its uid."""
    row = next(item for item in contents_of(plan) if item["n"] == n)
    actions.change_rows(plan, [row | changes])
    actions.record_edit(people["coordinator"], plan, "set", [row], [row | changes])
    return str(row["uid"])


def texts(plan: Plan) -> list[str]:
    return list(Measure.objects.filter(plan=plan).order_by("n").values_list("text", flat=True))


def test_a_stored_row_says_what_the_reader_gave(make_plan: Make) -> None:
    from lantian.apps.plans.actions.importing import directory_of

    given = read_plan()
    plan = make_plan(given, publish=False)
    for row, item in zip(contents_of(plan), given.measures, strict=True):
        assert row | {"uid": None} == content_read(item, directory_of(plan))


def test_a_corrected_document_keeps_peoples_work(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(read_plan(*measures()), publish=False)
    uids = [item["uid"] for item in contents_of(plan)]
    work(people, plan, 2, task="人工改的任务")
    items = measures()
    items[1] = read_measure(2, measure="工地扬尘监控，年内完成25台。", targets=())
    fresh = read_measure(9, measure="新增一条渣土车闭环监管措施。", targets=())
    result = corrected(people, plan, [*items[:3], fresh, *items[3:5]])
    assert result == plan
    rows = contents_of(plan)
    assert [row["text"] for row in rows] == [items[0].measure, "工地扬尘监控，年内完成25台。", items[2].measure,
                                             fresh.measure, items[3].measure, items[4].measure]  # fmt: skip
    assert [row["uid"] for row in rows if row["text"] != fresh.measure] == uids[:5]
    assert rows[1]["task"] == "人工改的任务"
    plan.refresh_from_db()
    assert (plan.file_name, plan.file.sha256) == ("更正稿.html", stored(people).sha256)
    kept = PlanVersion.objects.get(plan=plan, number=0)
    assert (len(kept.content["measures"]), kept.file_name) == (6, "更正稿.html")
    assert kept.content["measures"][1]["task"] == "任务1"
    record = AuditEvent.objects.get(action="plan.reimport")
    assert (record.after["changed"], record.after["new"], record.after["gone"]) == (1, 1, 1)


def test_conflicts_are_kept_on_the_row_and_stop_publication(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(read_plan(*measures()), publish=False)
    work(people, plan, 2, text="人工改写的一条。", paragraphs=["人工改写的一条。"])
    items = measures()
    items[1] = read_measure(2, measure="工地扬尘监控，年内完成25台。", targets=())
    corrected(people, plan, items)
    row = plan.measures.get(n=2)
    assert row.text == "人工改写的一条。"
    assert [(c["field"], c["new"]) for c in row.conflicts] == [("text", "工地扬尘监控，年内完成25台。")]
    with pytest.raises(actions.VersionError) as refusal:
        actions.publish_plan(people["coordinator"], plan)
    assert "第2条" in refusal.value.zh
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT


def test_the_same_document_again_changes_no_row(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(read_plan(*measures()), publish=False)
    work(people, plan, 1, task="改过")
    before = contents_of(plan)
    corrected(people, plan, measures())
    assert contents_of(plan) == before


def test_a_replacement_can_be_taken_back_once_and_only_while_nothing_was_changed_since(
    make_plan: Make, people: dict[str, User]
) -> None:
    plan = make_plan(read_plan(*measures()), publish=False)
    work(people, plan, 3, task="改过")
    rows, file = contents_of(plan), (plan.file_id, plan.file_name, plan.title)
    reading = PlanVersion.objects.get(plan=plan, number=0).content
    corrected(people, plan, list(reversed(measures()))[:4], title="云溪市大气污染防治2025年行动计划（修订）")
    plan.refresh_from_db()
    assert contents_of(plan) != rows
    assert plan.title.endswith("（修订）")
    actions.take_back(people["coordinator"], plan)
    plan = Plan.objects.get(pk=plan.pk)
    assert contents_of(plan) == rows
    assert (plan.file_id, plan.file_name, plan.title) == file
    assert PlanVersion.objects.get(plan=plan, number=0).content == reading
    with pytest.raises(actions.VersionError):
        actions.take_back(people["coordinator"], plan)
    corrected(people, plan, measures()[:5])
    work(people, plan, 1, task="再改")
    with pytest.raises(actions.VersionError):
        actions.take_back(people["coordinator"], plan)


def test_the_plan_of_a_file_is_told_by_its_measures(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(read_plan(*measures()), publish=False)
    other = read_plan(*(read_measure(n, measure=f"水体治理第{n}项：整治河道并消除黑臭{n}处。") for n in range(1, 7)),
                      medium="water")  # fmt: skip
    mine = read_plan(*measures()[:5])
    user = people["coordinator"]
    actions.reimport(user, plan, stored(people), "两份.html", [other, mine])
    plan.refresh_from_db()
    assert (plan.place_in_file, len(texts(plan))) == (2, 5)
    with pytest.raises(actions.VersionError) as refusal:
        actions.reimport(user, plan, stored(people), "别的.html", [other])
    assert "几乎没有相同的措施" in refusal.value.zh
    with pytest.raises(actions.VersionError) as refusal:
        actions.reimport(user, plan, stored(people), "两份.html", [mine, mine])
    assert "不能确定" in refusal.value.zh
    with pytest.raises(actions.VersionError) as refusal:
        actions.reimport(user, plan, stored(people), "两份.html", [mine], place=3)
    assert "没有第3份" in refusal.value.zh
    actions.reimport(user, plan, stored(people), "两份.html", [mine, other], place=2)
    assert texts(plan)[0].startswith("水体治理")


def test_an_upload_is_read_and_merged_in_the_background(people: dict[str, User], run_jobs: Callable[[], int]) -> None:
    user = people["coordinator"]
    job = actions.import_file(user, "公布稿.html", [PAGE.encode()])
    run_jobs()
    plan = Plan.objects.get()
    uids = [item["uid"] for item in contents_of(plan)]
    page = PAGE.replace("120辆", "150辆")
    ask = actions.replace_file(user, plan, "更正.html", [page.encode()])
    assert actions.replace_file(user, plan, "更正.html", [page.encode()]) == ask
    assert run_jobs() == 1
    ask.refresh_from_db()
    assert ask.state == "done", ask.error
    assert ask.result == {"plans": [str(plan.uid)]}
    assert Plan.objects.count() == 1
    rows = contents_of(plan)
    assert [row["uid"] for row in rows] == uids
    assert rows[0]["targets"][0]["value"] == "150"
    wrong = actions.replace_file(user, plan, "x.html", ["不是计划".encode()])
    run_jobs()
    wrong.refresh_from_db()
    assert wrong.state == "failed"
    assert contents_of(plan) == rows
    again = actions.reread(user, Plan.objects.get(pk=plan.pk))
    run_jobs()
    again.refresh_from_db()
    assert again.state == "done", again.error
    assert contents_of(plan) == rows
    assert job.pk != again.pk


def test_who_may_not_edit_may_not_replace(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(read_plan(*measures()), publish=False)
    for what in (actions.reread, actions.amend, actions.discard, actions.take_back):
        with pytest.raises(PermissionDenied):
            what(people["reviewer"], plan)


def test_an_amendment_becomes_the_next_version_and_rows_keep_their_uid(
    make_plan: Make, people: dict[str, User]
) -> None:
    user = people["coordinator"]
    plan = make_plan(read_plan(*measures()))
    uids = [item["uid"] for item in contents_of(plan)]
    amendment = actions.amend(user, plan)
    assert actions.amend(user, plan) == amendment
    assert (amendment.amends, amendment.status, texts(amendment)) == (plan, PlanStatus.DRAFT, texts(plan))
    assert [str(row.origin.uid) for row in amendment.measures.order_by("n") if row.origin] == uids
    work(people, amendment, 2, text="改为全年完成25台。", paragraphs=["改为全年完成25台。"])
    rows = contents_of(amendment)
    fresh = rows[0] | {"uid": None, "text": "新增的措施。", "paragraphs": ["新增的措施。"], "n": 6}
    actions.change_rows(amendment, [], removed=[rows[5]["uid"]])
    actions.change_rows(amendment, [fresh])
    assert actions.publish_plan(user, amendment, "第一次修订") == plan
    plan.refresh_from_db()
    assert (plan.version, plan.status) == (2, PlanStatus.AMENDED)
    now = contents_of(plan)
    assert [row["uid"] for row in now[:5]] == uids[:5]
    assert [row["text"] for row in now[1:2] + now[5:]] == ["改为全年完成25台。", "新增的措施。"]
    gone = Measure.everything.get(uid=uids[5])
    assert (gone.withdrawn, gone.plan) == (2, plan)
    version = PlanVersion.objects.get(plan=plan, number=2)
    assert (version.note, version.by, len(version.content["measures"])) == ("第一次修订", user, 6)
    assert PlanVersion.objects.get(plan=plan, number=1).content["measures"][5]["uid"] == uids[5]
    amendment.refresh_from_db()
    assert amendment.status == PlanStatus.ARCHIVED
    assert not Measure.objects.filter(plan=amendment).exists()
    unchanged, changed = (Measure.objects.get(uid=uids[n]).revision for n in (0, 1))
    assert changed > unchanged
    assert AuditEvent.objects.filter(action="measure.amend").count() == 2
    assert actions.publish_plan(user, amendment) == plan
    assert list(queries.plan_list(people["viewer"], queries.chosen({}, queries.LIST_FILTERS))) == [plan]


def test_a_published_plan_is_replaced_through_an_amendment(make_plan: Make, people: dict[str, User]) -> None:
    user = people["coordinator"]
    plan = make_plan(read_plan(*measures()), publish=False)
    work(people, plan, 1, task="人工改的任务")
    actions.publish_plan(user, plan)
    uids = [item["uid"] for item in contents_of(plan)]
    items = measures()
    items[2] = read_measure(3, measure="加油站油气回收，年内完成35台。", targets=())
    amendment = corrected(people, plan, items)
    assert amendment.amends == plan
    assert texts(plan)[2].endswith("30台。")
    assert contents_of(amendment)[0]["task"] == "人工改的任务"
    actions.publish_plan(user, amendment)
    assert [item["uid"] for item in contents_of(plan)] == uids
    assert texts(plan)[2].endswith("35台。")
    plan.refresh_from_db()
    assert plan.file_name == "更正稿.html"
    second = corrected(people, plan, items)
    assert [row["conflicts"] for row in contents_of(second)] == [[]] * 6
    assert contents_of(second)[0]["task"] == "人工改的任务"


def test_only_a_plan_in_force_is_amended(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan()
    actions.set_status(people["coordinator"], plan, PlanStatus.CLOSED)
    with pytest.raises(actions.VersionError):
        actions.amend(people["coordinator"], plan)
    with pytest.raises(actions.VersionError):
        actions.reread(people["coordinator"], plan)


def test_an_amendment_of_a_plan_that_was_closed_meanwhile_is_refused(make_plan: Make, people: dict[str, User]) -> None:
    user, plan = people["coordinator"], make_plan()
    amendment = actions.amend(user, plan)
    actions.set_status(user, plan, PlanStatus.CLOSED)
    amendment.refresh_from_db()
    with pytest.raises(actions.VersionError):
        actions.publish_plan(user, Plan.objects.get(pk=amendment.pk))
    amendment.refresh_from_db()
    assert amendment.in_preparation


def test_readers_see_an_amendment_only_in_its_plan(make_plan: Make, people: dict[str, User]) -> None:
    from lantian.apps.core import policy

    plan = make_plan()
    amendment = actions.amend(people["coordinator"], plan)
    seen = policy.scope(people["viewer"], Plan.objects.all())
    assert list(seen) == [plan]
    actions.publish_plan(people["coordinator"], amendment)
    assert list(policy.scope(people["viewer"], Plan.objects.all())) == [plan]


def test_a_discarded_draft_leaves_a_record_and_its_document_may_come_again(
    make_plan: Make, people: dict[str, User]
) -> None:
    user = people["coordinator"]
    plan = make_plan(content=b"thrown", publish=False)
    uid, title, count = plan.uid, plan.title, plan.measures.count()
    actions.discard(user, plan)
    assert not Plan.objects.filter(uid=uid).exists()
    assert not Edit.objects.exists()
    record = AuditEvent.objects.get(action="plan.discard")
    assert (record.object_uid, record.before["title"], record.before["measures"]) == (uid, title, count)
    again = actions.import_file(user, "计划.html", [b"thrown"])
    assert again.state == "queued"


def test_a_published_plan_is_never_discarded(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan()
    with pytest.raises(actions.VersionError):
        actions.discard(people["coordinator"], plan)
    amendment = actions.amend(people["coordinator"], plan)
    actions.discard(people["coordinator"], amendment)
    assert list(Plan.objects.all()) == [plan]
    assert plan.measures.count() == 6


def test_a_fresh_draft_of_the_same_plan_is_offered_and_taken_over(make_plan: Make, people: dict[str, User]) -> None:
    user = people["coordinator"]
    plan = make_plan(read_plan(*measures()), content=b"1")
    make_plan(read_plan(title="云溪市水污染防治2025年行动计划", medium="water"), content=b"2")
    make_plan(read_plan(year=2024), content=b"3")
    items = measures()
    items[0] = read_measure(1, measure="公交车更新，年内完成19台。", targets=())
    draft = make_plan(read_plan(*items), content=b"4", name="第二稿.html", publish=False)
    assert actions.candidates(user, draft) == [plan]
    assert actions.candidates(people["viewer"], draft) == []
    assert actions.candidates(user, plan) == []
    target = actions.take_over(user, draft, plan)
    assert (target.amends, target.file_name) == (plan, "第二稿.html")
    assert texts(target)[0] == "公交车更新，年内完成19台。"
    assert not Plan.objects.filter(pk=draft.pk).exists()
    job = Job.objects.get(payload__name="第二稿.html")
    assert job.result == {"plans": [str(target.uid)]}
    with pytest.raises(actions.VersionError):
        actions.take_over(user, plan, target)


def test_accepted_flags_stay_accepted(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(publish=False)
    row = next(iter(queries.with_details(plan.measures.filter(n=1))))
    flags = [flag | {"accepted": True} for flag in content_of(row)["flags"]]
    work(people, plan, 1, flags=flags)
    items = list(read_plan().measures)
    items[0] = replace(items[0], task="更正的任务")
    corrected(people, plan, items)
    again = contents_of(plan)[0]
    assert again["task"] == "更正的任务"
    assert again["flags"] == flags
