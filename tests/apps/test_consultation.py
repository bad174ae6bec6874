"""Rounds of 征求意见: asking, answering on screen, silence, decisions, the next round, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.consultation import actions, queries
from lantian.apps.consultation.actions import NotPossible
from lantian.apps.consultation.frozen import changes, dropped, lines_of
from lantian.apps.consultation.models import Answer, Channel, Decision, Invitation, Round
from lantian.apps.core import actions as core
from lantian.apps.core import policy
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import actions as plans
from lantian.apps.plans.content import content_of
from lantian.apps.plans.models import Measure, Plan, PlanStatus
from lantian.apps.plans.queries import with_details
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def units(people: dict[str, User]) -> dict[str, Unit]:  # noqa: ARG001  # the city must be there
    return {unit.name: unit for unit in Unit.objects.all()}


@pytest.fixture
def member(units: dict[str, Unit]) -> Callable[..., User]:
    """A person with a role in a unit of the invented city."""

    def make(unit: str, role: str = policy.REPORTER, name: str = "") -> User:
        user = core.create_user(None, name or f"{unit}-{role}", "x", must_change_password=False)
        add_membership(None, user, units[unit], role)
        return user

    return make


@pytest.fixture
def draft(make_plan: Callable[..., Plan]) -> Plan:
    return make_plan(publish=False)


@pytest.fixture
def office(people: dict[str, User]) -> User:
    return people["coordinator"]


@pytest.fixture
def opened(draft: Plan, office: User, units: dict[str, Unit]) -> Round:
    asked = [units["市交通局"], units["东塘区政府"], units["西塘区政府"]]
    return actions.open_round(office, draft, asked, timezone.localdate() + timedelta(days=7), title="征求意见函")


def of(row: Round, unit: str) -> Invitation:
    return row.invitations.select_related("round__plan__area", "unit").get(unit__name=unit)


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> date:
    """Let so many days pass."""
    day = timezone.localdate() + timedelta(days=days)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args, **_kwargs: day)
    return day


def test_a_round_freezes_the_text_and_makes_the_plan_a_draft_for_comment(
    draft: Plan, office: User, opened: Round
) -> None:
    draft.refresh_from_db()
    assert draft.status == PlanStatus.COMMENT
    assert opened.number == 1
    assert opened.title == "征求意见函"
    assert [line.n for line in lines_of(opened.sent.content)] == [1, 2, 3, 4, 5, 6]
    first = content_of(with_details(Measure.objects.filter(plan=draft)).get(n=1))
    plans.change_rows(draft, [first | {"text": "改写了的措施。"}])
    assert Round.objects.get().sent.content["measures"][0]["text"] == first["text"]
    event = AuditEvent.objects.get(action="consultation.open")
    assert event.user == office
    assert event.after is not None
    assert event.after["units"] == ["市交通局", "东塘区政府", "西塘区政府"]


def test_what_cannot_be_opened(
    draft: Plan, office: User, opened: Round, units: dict[str, Unit], people: dict[str, User],
    make_plan: Callable[..., Plan],
) -> None:  # fmt: skip
    due = timezone.localdate()
    other = make_plan(content=b"2", publish=False)
    published = make_plan(content=b"3")
    empty = make_plan(content=b"4", publish=False)
    Measure.objects.filter(plan=empty).delete()
    unit = units["市交通局"]
    for plan, asked, day, words in (
        (draft, [unit], due, "尚未结束"),
        (published, [unit], due, "已发布"),
        (other, [], due, "至少选择一个单位"),
        (other, [units["各区政府"]], due, "各区政府"),
        (other, [unit], due - timedelta(days=1), "已过"),
        (empty, [unit], due, "没有措施"),
    ):
        with pytest.raises(NotPossible, match=words):
            actions.open_round(office, plan, asked, day)
    for role in set(policy.ROLES) - {policy.COORDINATOR}:
        with pytest.raises(PermissionDenied):
            actions.open_round(people[role], other, [unit], due)
    assert Round.objects.get() == opened
    other.refresh_from_db()
    assert other.status == PlanStatus.DRAFT


def test_invited_units_read_the_draft_while_the_round_is_open(
    draft: Plan, office: User, opened: Round, member: Callable[..., User], units: dict[str, Unit]
) -> None:
    asked = [member("市交通局"), member("市交通局", policy.VIEWER), member("东塘区政府", policy.INSPECTOR)]
    outsider = member("柳桥街道办事处")

    def sees(user: User) -> tuple[bool, int]:
        user = User.objects.get(pk=user.pk)  # memberships are kept for one request
        plan = policy.scope(user, Plan.objects.filter(pk=draft.pk)).exists()
        return plan, policy.scope(user, Measure.objects.filter(plan=draft)).count()

    assert [sees(user) for user in asked] == [(True, 6)] * 3
    assert sees(outsider) == (False, 0)
    add_membership(None, asked[0], units["东塘区政府"], policy.REPORTER)
    assert sees(asked[0]) == (True, 6)  # twice invited, every row once
    actions.close_round(office, opened)
    assert [sees(user) for user in asked] == [(False, 0)] * 3


def test_a_unit_sees_and_answers_only_its_own_invitation(
    office: User, opened: Round, member: Callable[..., User]
) -> None:
    transport, district = member("市交通局"), member("东塘区政府")
    actions.save_comment(transport, of(opened, "市交通局"), 1, "删去“年内”。")
    actions.submit(transport, of(opened, "市交通局"))
    assert [i.unit.name for i in policy.scope(district, Invitation.objects.all())] == ["东塘区政府"]
    assert not policy.scope(district, queries.submitted(opened)).exists()
    assert policy.scope(transport, queries.submitted(opened)).count() == 1
    with pytest.raises(PermissionDenied):
        actions.no_objection(district, of(opened, "西塘区政府"))
    with pytest.raises(PermissionDenied):
        actions.no_objection(member("东塘区政府", policy.VIEWER), of(opened, "东塘区政府"))
    assert policy.scope(office, Invitation.objects.all()).count() == 3


def test_the_parent_office_answers_for_the_unit(
    draft: Plan, office: User, units: dict[str, Unit], member: Callable[..., User]
) -> None:
    row = actions.open_round(office, draft, [units["东塘区生态环境局"]], timezone.localdate())
    invitation = of(row, "东塘区生态环境局")
    actions.no_objection(member("东塘区政府"), invitation)
    assert invitation.status == Answer.NO_OBJECTION
    with pytest.raises(PermissionDenied):
        actions.withdraw(member("西塘区政府"), invitation)


def test_comments_row_by_row_until_they_are_handed_in(office: User, opened: Round, member: Callable[..., User]) -> None:
    user, invitation = member("市交通局"), of(opened, "市交通局")
    first = actions.save_comment(user, invitation, 2, " 将“20台”改为“15台”。\x00 ", "任务偏重", "target")
    whole = actions.save_comment(user, invitation, 0, "建议增加移动源章节。")
    assert first is not None
    assert whole is not None
    assert (first.n, first.proposal, first.reason, first.kind) == (2, "将“20台”改为“15台”。", "任务偏重", "target")
    assert first.quote == "第2项措施，年内完成20台设备更新。"
    assert first.measure == Measure.objects.get(plan=opened.plan, n=2)
    assert (whole.n, whole.measure) == (None, None)
    assert not queries.submitted(opened).exists()  # drafts are the unit's own
    changed = actions.save_comment(user, invitation, 2, "改为“16台”。", uid=first.uid)
    assert changed is not None
    assert changed.pk == first.pk
    event = AuditEvent.objects.filter(action="consultation.comment", object_uid=first.uid).first()
    assert event is not None
    assert (event.before or {})["proposal"] == "将“20台”改为“15台”。"
    assert (event.after or {})["proposal"] == "改为“16台”。"
    assert actions.save_comment(user, invitation, 0, "", uid=whole.uid) is None
    actions.submit(user, invitation)
    assert (invitation.status, invitation.how, invitation.late) == (Answer.COMMENTED, Channel.SCREEN, False)
    assert [c.proposal for c in queries.submitted(opened)] == ["改为“16台”。"]
    with pytest.raises(NotPossible, match="撤回"):
        actions.save_comment(user, invitation, 1, "再提一条")
    actions.withdraw(user, invitation)
    assert not queries.submitted(opened).exists()
    actions.submit(user, invitation)
    actions.decide(office, queries.submitted(opened).get(), Decision.ADOPTED)
    with pytest.raises(NotPossible, match="已开始处理"):
        actions.withdraw(user, invitation)


def test_refused_comments_change_nothing(opened: Round, member: Callable[..., User]) -> None:
    user, invitation = member("市交通局"), of(opened, "市交通局")
    for n, proposal, reason, kind in (
        (7, "改", "", "text"), (-1, "改", "", "text"), (1, " ", "理由", "text"), (1, "改" * 4001, "", "text"),
        (1, "改", "由" * 4001, "text"), (1, "改", "", "nonsense"),
    ):  # fmt: skip
        with pytest.raises(NotPossible):
            actions.save_comment(user, invitation, n, proposal, reason, kind)
    with pytest.raises(NotPossible, match="还没有填写意见"):
        actions.submit(user, invitation)
    assert not invitation.comments.exists()
    actions.save_comment(user, invitation, 1, "改")
    with pytest.raises(NotPossible, match="已填写"):
        actions.no_objection(user, invitation)
    with pytest.raises(NotPossible):
        actions.withdraw(user, invitation)


def test_silence_counts_as_consent_once_the_day_is_over(
    office: User, opened: Round, member: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    user = member("市交通局")
    actions.no_objection(member("东塘区政府"), of(opened, "东塘区政府"))
    with pytest.raises(NotPossible, match="尚未截止"):
        actions.settle_overdue(office, opened)
    later(monkeypatch, 8)
    assert of(opened, "市交通局").standing == Answer.OVERDUE_CONSENT
    assert of(opened, "市交通局").status == Answer.WAITING  # looking at it writes nothing
    with pytest.raises(NotPossible, match="视为无异议"):
        actions.save_comment(user, of(opened, "市交通局"), 1, "晚了")
    assert actions.settle_overdue(office, opened) == 2
    assert of(opened, "市交通局").status == Answer.OVERDUE_CONSENT
    event = AuditEvent.objects.get(action="consultation.settle")
    assert (event.after or {})["units"] == ["市交通局", "西塘区政府"]
    late = of(opened, "市交通局")
    actions.save_comment(office, late, 1, "电话反馈：删去“年内”。")
    actions.submit(office, late)
    assert (late.status, late.late) == (Answer.COMMENTED, True)
    actions.set_due(office, opened, timezone.localdate() + timedelta(days=1))
    assert of(opened, "西塘区政府").status == Answer.WAITING
    assert opened.settled is None
    actions.no_objection(member("西塘区政府"), of(opened, "西塘区政府"))


def test_silence_is_no_consent_where_the_letter_did_not_say_so(
    draft: Plan, office: User, units: dict[str, Unit], member: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    row = actions.open_round(
        office, draft, [units["市交通局"], units["西塘区政府"]], today, silence_is_consent=False
    )  # fmt: skip
    later(monkeypatch, 3)
    assert of(row, "市交通局").standing == Answer.WAITING
    with pytest.raises(NotPossible):
        actions.settle_overdue(office, row)
    invitation = of(row, "市交通局")
    actions.no_objection(member("市交通局"), invitation)
    assert invitation.late
    actions.close_round(office, row)
    assert of(row, "西塘区政府").status == Answer.WAITING


def test_ending_a_round_settles_it_and_shuts_it(
    office: User, opened: Round, member: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 8)
    actions.close_round(office, opened)
    assert {i.status for i in opened.invitations.all()} == {Answer.OVERDUE_CONSENT}
    assert opened.settled
    assert opened.closed_by == office
    for act in (
        lambda: actions.no_objection(member("市交通局"), of(opened, "市交通局")),
        lambda: actions.save_comment(office, of(opened, "市交通局"), 1, "改"),
        lambda: actions.invite(office, opened, [Unit.objects.get(name="市生态环境局")]),
        lambda: actions.set_due(office, opened, timezone.localdate()),
    ):
        with pytest.raises(NotPossible, match="已结束"):
            act()
    actions.close_round(office, opened)
    assert AuditEvent.objects.filter(action="consultation.close").count() == 1


def test_a_published_plan_takes_no_answers(
    draft: Plan, people: dict[str, User], opened: Round, member: Callable[..., User]
) -> None:
    plans.publish_plan(people["administrator"], draft)
    with pytest.raises(NotPossible, match="已发布"):
        actions.no_objection(member("市交通局"), of(opened, "市交通局"))


def test_decisions_give_their_reason(office: User, opened: Round, people: dict[str, User]) -> None:
    invitation = of(opened, "市交通局")
    comment = actions.save_comment(office, invitation, 1, "改")
    assert comment is not None
    with pytest.raises(NotPossible):  # a draft is not to be decided on
        actions.decide(office, comment, Decision.ADOPTED)
    actions.submit(office, invitation)
    with pytest.raises(PermissionDenied):
        actions.decide(people["administrator"], comment, Decision.ADOPTED)
    for verdict in (Decision.PARTLY, Decision.REJECTED):
        with pytest.raises(NotPossible, match="说明"):
            actions.decide(office, comment, verdict, " ")
    with pytest.raises(NotPossible):
        actions.decide(office, comment, "nonsense", "由")
    with pytest.raises(NotPossible):
        actions.set_carried_out(office, comment, True)
    actions.decide(office, comment, Decision.ADOPTED)
    assert comment.to_carry_out
    actions.set_carried_out(office, comment, True)
    assert not comment.to_carry_out
    actions.close_round(office, opened)
    actions.decide(office, comment, Decision.REJECTED, "与上级文件不一致")  # changed after the round's end
    comment.refresh_from_db()
    assert (comment.decision, comment.carried_out, comment.decided_by) == (Decision.REJECTED, False, office)
    event = AuditEvent.objects.filter(action="consultation.decide").first()
    assert event is not None
    assert event.before == {"decision": "adopted", "reason": "", "carried_out": True}


def test_units_are_added_and_taken_back(
    office: User, opened: Round, units: dict[str, Unit], member: Callable[..., User]
) -> None:
    made = actions.invite(office, opened, [units["市交通局"], units["柳桥街道办事处"]])
    assert [item.unit.name for item in made] == ["柳桥街道办事处"]
    actions.uninvite(office, of(opened, "柳桥街道办事处"))
    actions.save_comment(member("市交通局"), of(opened, "市交通局"), 1, "改")
    with pytest.raises(NotPossible):
        actions.uninvite(office, of(opened, "市交通局"))
    with pytest.raises(NotPossible):
        actions.invite(office, opened, [units["各区政府"]])


def test_the_second_round_shows_what_changed(office: User, opened: Round, draft: Plan) -> None:
    actions.close_round(office, opened)
    rows = {m.n: content_of(m) for m in with_details(Measure.objects.filter(plan=draft))}
    plans.change_rows(draft, [rows[2] | {"text": "第2项措施，改为两年完成。"}], removed=[rows[6]["uid"]])
    second = actions.open_round(office, draft, [item.unit for item in opened.invitations.all()], timezone.localdate())
    assert second.number == 2
    before = queries.previous(second)
    assert before == opened
    old, new = lines_of(opened.sent.content), lines_of(second.sent.content)
    found = changes(old, new)
    assert {n: change.fields for n, change in found.items()} == {2: ("text",)}
    assert [line.n for line in dropped(old, new)] == [6]


def test_whom_to_ask_is_proposed_from_the_plan(draft: Plan) -> None:
    proposed = queries.proposed_units(draft)
    assert [unit.name for unit in proposed.units] == ["市生态环境局"]
    assert [group.unit.name for group in proposed.collectives] == ["各区政府"]
    assert proposed.unknown == ["市无名局"]


def test_a_comment_outlives_the_row_it_speaks_of(office: User, opened: Round, draft: Plan) -> None:
    invitation = of(opened, "市交通局")
    comment = actions.save_comment(office, invitation, 3, "删去本条。")
    assert comment is not None
    actions.submit(office, invitation)
    plans.change_rows(draft, [], removed=[str(Measure.objects.get(plan=draft, n=3).uid)])
    comment.refresh_from_db()
    assert comment.measure is None
    assert comment.quote.startswith("第3项措施")
    groups = queries.grouped(queries.submitted(opened), lines_of(opened.sent.content))
    assert [group.line.n for group in groups if group.line] == [3]


def test_a_widened_scope_asks_nothing_more_of_the_database(
    django_assert_num_queries: Any, people: dict[str, User], make_plan: Callable[..., Plan]
) -> None:
    make_plan(read_plan(read_measure(1)))
    viewer = User.objects.get(pk=people["viewer"].pk)
    policy.memberships(viewer)
    with django_assert_num_queries(1):
        assert len(policy.scope(viewer, Plan.objects.all())) == 1
    with django_assert_num_queries(1):
        assert len(policy.scope(viewer, Measure.objects.all())) == 1


def test_a_scope_is_widened_by_what_is_registered_besides(
    make_plan: Callable[..., Plan], people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    published = make_plan(content=b"1")
    draft, other = make_plan(content=b"2", publish=False), make_plan(content=b"3", publish=False)
    monkeypatch.setattr(policy, "_wider", {})
    viewer, nobody = people["viewer"], core.create_user(None, "nobody", "x", must_change_password=False)

    def seen(user: User) -> set[int]:
        rows = policy.scope(user, Plan.objects.exclude(pk=other.pk))
        assert rows.count() == len({plan.pk for plan in rows})
        return {plan.pk for plan in rows}

    assert seen(viewer) == {published.pk}
    policy.also_scoped(Plan, lambda _user: None)
    assert seen(viewer) == {published.pk}
    policy.also_scoped(Plan, lambda _user: Q(pk=draft.pk))
    policy.also_scoped(Plan, lambda _user: Q(pk__in=[other.pk, published.pk]))
    assert seen(viewer) == {published.pk, draft.pk}  # what the query itself leaves out stays out
    assert seen(nobody) == set()  # a login without any role sees nothing, whatever is registered
