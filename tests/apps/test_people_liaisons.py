"""The liaison register: who answers for a unit, handing over, lists, gaps, and who may see and change what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.people import actions, hooks, papers, queries
from lantian.apps.people.errors import RegisterError, StaleError
from lantian.apps.people.models import Handover, Liaison, ListKind, Post

pytestmark = [pytest.mark.django_db, pytest.mark.db]

DAY = date(2025, 1, 1)


@pytest.fixture
def bureau(people: dict[str, User]) -> Unit:  # noqa: ARG001  # the city must be there
    return Unit.objects.get(name="市交通局")


@pytest.fixture
def duties() -> Iterator[None]:
    """市交通局 has two open duties, as an app above would tell."""

    def of(unit: Unit, _on: date) -> list[hooks.Duty]:
        if unit.name != "市交通局":
            return []
        texts = ("更新老旧车辆10台", "开展路面保洁")
        return [
            hooks.Duty("云溪市2025年计划", n, n, text, "主责", date(2025, 12, 31), "正常推进")
            for n, text in enumerate(texts, start=1)
        ]

    def counts(ids: Collection[int], _on: date) -> dict[int, int]:
        return dict.fromkeys(Unit.objects.filter(pk__in=ids, name="市交通局").values_list("pk", flat=True), 2)

    of_before, counts_before = hooks.duties_of[:], hooks.duty_counts[:]
    hooks.duties_of[:], hooks.duty_counts[:] = [of], [counts]
    yield
    hooks.duties_of[:], hooks.duty_counts[:] = of_before, counts_before


def enter(unit: Unit, name: str = "陈东", **changes: Any) -> Liaison:
    values = {"name": name, "phone": "0888-1234567", "since": DAY} | changes
    return actions.save_liaison(None, unit, Post.LIAISON_A, values)


def form(row: Liaison | None, **changes: Any) -> dict[str, Any]:
    given = {"name": "林西", "phone": "0888-7654321", "since": "2025-01-01", "revision": row.revision if row else ""}
    return {f"liaison_a-{name}": value for name, value in (given | changes).items()}


def test_somebody_is_entered_corrected_and_ended(bureau: Unit, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    page = f"/liaisons/units/{bureau.uid}/"
    assert client.post(page + "liaison_a/", form(None)).status_code == 302
    row = Liaison.objects.get()
    assert "林西" in client.get("/liaisons/").content.decode()
    assert client.post(page + "liaison_a/", form(row, phone="110")).status_code == 302
    row.refresh_from_db()
    assert (row.phone, row.revision) == ("110", 2)
    answer = client.post(f"/liaisons/{row.uid}/end/", {"until": "2025-06-30", "revision": "2"})
    assert answer.status_code == 302
    assert queries.contacts([bureau.pk], date(2025, 6, 30))[bureau.pk][Post.LIAISON_A].name == "林西"
    assert queries.contacts([bureau.pk], date(2025, 7, 1)) == {}
    assert list(AuditEvent.objects.filter(action__startswith="liaison.").values_list("action", flat=True)) == [
        "liaison.end", "liaison.edit", "liaison.add",
    ]  # fmt: skip


def test_of_two_who_correct_the_same_entry_the_second_is_told(bureau: Unit, login: Callable[[str], Client]) -> None:
    row = enter(bureau)
    page = f"/liaisons/units/{bureau.uid}/liaison_a/"
    assert login("coordinator").post(page, form(row, name="甲")).status_code == 302
    answer = login("administrator").post(page, form(row, name="乙"))
    assert answer.status_code == 400
    assert "刚被别人改过" in answer.content.decode()
    row.refresh_from_db()
    assert row.name == "甲"
    with pytest.raises(StaleError):
        actions.save_liaison(None, bureau, Post.LIAISON_A, {"name": "丙", "since": DAY}, revision=None)


def test_a_reporter_keeps_the_own_unit_and_sees_no_other(bureau: Unit, people: dict[str, User]) -> None:
    user = core.create_user(None, "jiaotong", "first-password", must_change_password=False)
    add_membership(None, user, bureau, "reporter")
    other = Unit.objects.get(name="柳桥街道办事处")
    enter(other, "街道联络员")
    client = Client()
    client.force_login(user)
    assert client.post(f"/liaisons/units/{bureau.uid}/liaison_a/", form(None)).status_code == 302
    text = client.get("/liaisons/").content.decode()
    assert "林西" in text
    assert "街道联络员" not in text
    assert client.get(f"/liaisons/units/{other.uid}/").status_code == 404
    with pytest.raises(PermissionDenied):
        actions.save_liaison(user, other, Post.HEAD, {"name": "x", "since": DAY})
    assert people["viewer"].pk != user.pk


def test_an_entry_cannot_begin_before_the_earlier_one_ended(bureau: Unit) -> None:
    row = enter(bureau)
    actions.end_liaison(None, row, date(2025, 3, 31), revision=1)
    with pytest.raises(RegisterError) as refused:
        enter(bureau, "林西", since=date(2025, 3, 31))
    assert refused.value.field == "since"
    assert enter(bureau, "林西", since=date(2025, 4, 1)).pk


@pytest.mark.usefixtures("duties")
def test_a_handover_keeps_the_open_duties_on_a_sheet(bureau: Unit, login: Callable[[str], Client]) -> None:
    row = enter(bureau)
    client = login("coordinator")
    assert "2项" in client.get(f"/liaisons/{row.uid}/handover/").content.decode()
    given = {"name": "林西", "title": "科员", "day": "2025-05-01", "witness": "高北", "revision": row.revision}
    answer = client.post(f"/liaisons/{row.uid}/handover/", given)
    handover = Handover.objects.select_related("old", "new").get()
    assert answer.headers["Location"] == f"/handovers/{handover.uid}/"
    assert handover.old is not None
    assert (handover.old.until, handover.new.since) == (date(2025, 4, 30), date(2025, 5, 1))
    held = {day: queries.contacts([bureau.pk], day)[bureau.pk][Post.LIAISON_A].name for day in (
        date(2025, 4, 30), date(2025, 5, 1))}  # fmt: skip
    assert list(held.values()) == ["陈东", "林西"]
    text = client.get(f"/handovers/{handover.uid}/").content.decode()
    for word in ("工作移交单", "陈东", "林西", "高北", "更新老旧车辆10台", "2025-12-31", "监交人"):
        assert word in text
    paper = Document(BytesIO(client.get(f"/handovers/{handover.uid}/docx/").content))
    assert [cell.text for cell in paper.tables[0].rows[1].cells] == [
        "1", "云溪市2025年计划", "更新老旧车辆10台", "主责", "2025-12-31", "正常推进",
    ]  # fmt: skip
    assert any("接收人（林西）签字" in paragraph.text for paragraph in paper.paragraphs)


def test_a_handover_is_refused_where_the_days_or_the_page_do_not_fit(bureau: Unit) -> None:
    row = enter(bureau)
    with pytest.raises(RegisterError):
        actions.hand_over(None, row, actions.Successor("林西"), DAY, revision=row.revision)
    actions.hand_over(None, row, actions.Successor("林西"), date(2025, 5, 1), revision=row.revision)
    with pytest.raises(StaleError):
        actions.hand_over(None, row, actions.Successor("高北"), date(2025, 6, 1), revision=row.revision)
    assert Handover.objects.count() == 1


def test_with_accounts_the_roles_of_the_unit_go_along(bureau: Unit, people: dict[str, User]) -> None:
    old = core.create_user(None, "old", "first-password", must_change_password=False)
    new = core.create_user(None, "new", "first-password", must_change_password=False)
    street = Unit.objects.get(name="柳桥街道办事处")
    for role in ("reporter", "viewer"):
        add_membership(None, old, bureau, role)
    add_membership(None, new, street, "viewer")
    row = enter(bureau)
    Liaison.objects.filter(pk=row.pk).update(user=old)
    successor = actions.Successor("新人", account=new)
    with pytest.raises(PermissionDenied):  # a coordinator gives no roles
        actions.hand_over(
            people["coordinator"], row, successor, date(2025, 5, 1), revision=row.revision, move_roles=True
        )
    actions.hand_over(
        people["administrator"], row, successor, date(2025, 5, 1), revision=row.revision, move_roles=True
    )  # fmt: skip
    assert set(Membership.objects.filter(user=new).values_list("unit__name", "role")) == {
        ("市交通局", "reporter"), ("市交通局", "viewer"), ("柳桥街道办事处", "viewer"),
    }  # fmt: skip
    old.refresh_from_db()
    assert not old.memberships.exists()
    assert not old.is_active


@pytest.mark.usefixtures("duties")
def test_gaps_are_units_with_open_duties_and_no_liaison(bureau: Unit, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    text = client.get("/liaisons/?show=gaps").content.decode()
    assert "市交通局" in text
    assert "市生态环境局</a>" not in text
    actions.save_liaison(None, bureau, Post.LEADER, {"name": "分管", "since": DAY})
    assert "市交通局</a>" in client.get("/liaisons/?show=gaps").content.decode()
    enter(bureau)
    assert "没有空缺" in client.get("/liaisons/?show=gaps").content.decode()


def test_the_register_goes_out_and_comes_back_as_a_workbook(
    bureau: Unit, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    enter(bureau, "=1+1", title="科长")
    content = login("coordinator").get("/liaisons/export/").content
    page = load_workbook(BytesIO(content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[1][:4] == ["市交通局", "联络员A角", "=1+1", "科长"]
    assert page["C2"].data_type == "s"
    row = actions.stage(people["coordinator"], ListKind.LIAISONS, "名册.xlsx", [content])
    assert row.problems == []
    before = Liaison.objects.values_list("revision", "until").get()
    actions.accept(people["coordinator"], row)
    assert Liaison.objects.values_list("revision", "until").get() == before


def test_a_list_enters_corrects_and_hands_over(bureau: Unit, people: dict[str, User]) -> None:
    enter(bureau)
    text = "\n".join((
        "单位,岗位,姓名,职务,电话,邮箱,起始日期,备注",
        "市交通局,联络员A角,林西,科员,0888-1,,2025年6月1日,",
        "市交通局,科室负责人,高北,科长,,gao@example.cn,2025-01-01,",
        "柳桥街道办事处,联络员B角,马南,,,,,",
    ))  # fmt: skip
    row = actions.stage(people["coordinator"], ListKind.LIAISONS, "名册.csv", [text.encode()])
    assert row.problems == []
    actions.accept(people["coordinator"], row)
    found = queries.contacts(Unit.objects.values_list("pk", flat=True))
    assert {post: item.name for post, item in found[bureau.pk].items()} == {"liaison_a": "林西", "head": "高北"}
    assert Liaison.objects.get(name="陈东").until == date(2025, 5, 31)
    assert Liaison.objects.get(name="马南").since == timezone.localdate()
    assert Handover.objects.count() == 1


def test_problems_of_a_list_are_told_by_row(bureau: Unit, people: dict[str, User]) -> None:
    enter(bureau)
    text = "\n".join((
        "单位,岗位,姓名,邮箱,起始日期",
        "市交通局,联络员A角,林西,,2025-01-01",
        "市交通局,局长,林西,,",
        "市无名局,联络员A角,林西,,",
        "市交通局,科室负责人,,,",
        "市交通局,分管领导,林西,不是邮箱,2025-02-30",
        "市交通局,联络员B角,林西,,",
        "市交通局,联络员B角,高北,,",
    ))  # fmt: skip
    row = actions.stage(people["coordinator"], ListKind.LIAISONS, "名册.csv", [text.encode()])
    assert [(item["line"], item["column"]) for item in row.problems] == [
        (2, "since"), (3, "post"), (4, "unit"), (5, "name"), (6, "since"), (6, "email"), (8, "post"),
    ]  # fmt: skip
    with pytest.raises(RegisterError):
        actions.accept(people["coordinator"], row)
    assert Liaison.objects.count() == 1


def test_the_register_asks_a_fixed_number_of_queries(
    bureau: Unit, login: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    client = login("coordinator")
    enter(bureau)
    client.get("/liaisons/")
    with django_assert_max_num_queries(12) as few:
        client.get("/liaisons/")
    for unit in Unit.objects.filter(collective=False).exclude(pk=bureau.pk):
        for post in Post:
            actions.save_liaison(None, unit, post, {"name": "某人", "since": DAY})
    with django_assert_max_num_queries(len(few.captured_queries)) as many:
        client.get("/liaisons/")
    assert len(many.captured_queries) == len(few.captured_queries)


def test_an_ended_entry_counts_on_its_last_day_and_a_future_one_not_yet(bureau: Unit) -> None:
    today = timezone.localdate()
    row = enter(bureau)
    actions.hand_over(None, row, actions.Successor("林西"), today + timedelta(days=3), revision=row.revision)
    assert queries.contacts([bureau.pk])[bureau.pk]["liaison_a"].name == "陈东"
    assert queries.contacts([bureau.pk], today + timedelta(days=3))[bureau.pk]["liaison_a"].name == "林西"


def test_the_empty_list_names_the_posts() -> None:
    page = load_workbook(BytesIO(papers.empty_list(ListKind.LIAISONS))).worksheets[0]
    assert [cell.value for cell in page[1]] == [
        "单位", "岗位", "姓名", "职务", "电话", "邮箱", "起始日期", "备注",
    ]  # fmt: skip
