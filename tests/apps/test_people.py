"""People and their rights: who may make, raise, lower and lock out whom; passwords, sessions and tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Membership, Unit
from lantian.apps.core import actions as core
from lantian.apps.core import throttle, tokens
from lantian.apps.core.models import AuditEvent, LoginFailure, StagedState, User
from lantian.apps.people import actions, lists, papers
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.models import ListKind, StagedList
from lantian.apps.people.rights import keeps_account

pytestmark = [pytest.mark.django_db, pytest.mark.db]

PASSWORD = re.compile(r'class="secret">([a-z2-9]{16})<')


@pytest.fixture
def district(people: dict[str, User]) -> User:  # noqa: ARG001  # the city must be there
    """The administrator of 西塘区."""
    return member("district", "administrator", "西塘区生态环境局")


def member(name: str, role: str, unit: str | None) -> User:
    user = core.create_user(None, name, "first-password", display_name=name, must_change_password=False)
    add_membership(None, user, Unit.objects.get(name=unit) if unit else None, role)
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def enter(name: str, password: str, address: str = "10.0.0.1") -> int:
    given = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post("/login/", given).status_code


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_changed(login: Callable[[str], Client]) -> None:
    client = login("administrator")
    given = {"display_name": "王小蓝", "username": "13900000001", "unit": "市交通局", "roles": ["reporter", "viewer"]}
    answer = client.post("/people/new/", given)
    found = PASSWORD.search(answer.content.decode())
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert found is not None
    person = User.objects.get(username="13900000001")
    assert person.check_password(found[1])
    assert person.must_change_password
    assert sorted(person.memberships.values_list("role", "unit__name")) == [
        ("reporter", "市交通局"), ("viewer", "市交通局"),
    ]  # fmt: skip
    assert found[1] not in client.get(f"/people/{person.uid}/").content.decode()
    assert not any(found[1] in str((event.before, event.after)) for event in AuditEvent.objects.all())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "Viewer"}, "登录名已有人使用"),
        ({"username": "两 个"}, "不含空格"),
        ({"unit": "无此单位"}, "没有这个名称的单位"),
        ({"unit": "各区政府"}, "没有这个名称的单位"),
        ({"roles": []}, "至少选择一个角色"),
    ],
)
def test_what_is_wrong_with_a_new_person_is_said_and_nobody_made(
    changes: dict[str, Any], words: str, login: Callable[[str], Client]
) -> None:
    given = {"display_name": "王小蓝", "username": "wang", "unit": "市交通局", "roles": ["reporter"]} | changes
    before = User.objects.count()
    assert words in login("administrator").post("/people/new/", given).content.decode()
    assert User.objects.count() == before


def test_an_administrator_reaches_the_own_area_and_nothing_else(people: dict[str, User], district: User) -> None:
    colleague = member("colleague", "reporter", "西塘区政府")
    client = browser(district)
    text = client.get("/people/").content.decode()
    assert "colleague" in text
    assert "coordinator" not in re.findall(r"<td[^>]*>(\w+)</td>", text)
    assert client.get(f"/people/{people['coordinator'].uid}/").status_code == 404
    assert client.post(f"/people/{people['coordinator'].uid}/password/").status_code == 404
    assert client.get(f"/people/{colleague.uid}/").status_code == 200
    for unit in ("东塘区政府", "市生态环境局"):
        with pytest.raises(PermissionDenied):
            actions.add_role(district, colleague, Unit.objects.get(name=unit), "reporter")
    with pytest.raises(PermissionDenied):
        actions.add_role(district, colleague, None, "viewer")
    with pytest.raises(PermissionDenied):
        actions.add_person(district, "zhao", "赵", Unit.objects.get(name="东塘区政府"), ["viewer"])
    assert not User.objects.filter(username="zhao").exists()


def test_a_district_does_not_take_over_the_account_of_who_also_works_for_the_city(
    people: dict[str, User], district: User
) -> None:
    both = people["coordinator"]
    add_membership(None, both, Unit.objects.get(name="西塘区政府"), "viewer")
    assert not keeps_account(district, both)
    client = browser(district)
    assert client.get(f"/people/{both.uid}/").status_code == 200
    for page in ("password", "active", "name", "unlock"):
        given = {"active": "0", "display_name": "x"}
        assert client.post(f"/people/{both.uid}/{page}/", given).status_code == 403, page
    role = both.memberships.get(role="viewer")
    assert client.post(f"/people/{both.uid}/roles/remove/", {"role": role.uid}).status_code == 302
    assert not Membership.objects.filter(pk=role.pk).exists()
    assert both.memberships.get().role == "coordinator"


def test_nobody_changes_the_own_roles_or_account(people: dict[str, User]) -> None:
    me = people["administrator"]
    member("second", "administrator", "市生态环境局")
    with pytest.raises(PermissionDenied):
        actions.add_role(me, me, None, "administrator")
    with pytest.raises(PermissionDenied):
        actions.add_role(me, me, Unit.objects.get(name="市交通局"), "coordinator")
    with pytest.raises(PermissionDenied):
        actions.remove_role(me, me.memberships.get())
    for act in (actions.deactivate, actions.reset_password):
        with pytest.raises(PermissionDenied):
            act(me, me)


def test_the_last_administrator_of_an_area_stays(people: dict[str, User], district: User) -> None:
    everywhere = member("root", "administrator", None)
    actions.deactivate(everywhere, district)
    assert not User.objects.get(pk=district.pk).is_active
    actions.deactivate(everywhere, people["administrator"])
    with pytest.raises(PermissionDenied):
        actions.deactivate(User.objects.get(pk=people["administrator"].pk), everywhere)
    second = member("second", "administrator", None)
    actions.remove_role(second, everywhere.memberships.get(), keep_one=False)
    with pytest.raises(PermissionDenied):  # whose page was made before the own role was taken
        actions.remove_role(everywhere, second.memberships.get(), keep_one=False)
    assert second.memberships.exists()


def test_the_last_role_is_not_taken_but_the_account_deactivated(people: dict[str, User]) -> None:
    with pytest.raises(RegisterError, match=r"last role|最后一个角色"):
        actions.remove_role(people["administrator"], people["reporter"].memberships.get())


def test_a_deactivated_person_is_out_at_once_and_stays_out_of_old_sessions(people: dict[str, User]) -> None:
    by, person = people["administrator"], people["coordinator"]
    client = browser(person)
    _token, secret = tokens.create_token(person, "脚本", ["read:plans"], 30)
    assert client.get("/plans/").status_code == 200
    actions.deactivate(by, person)
    assert client.get("/plans/").headers["Location"].startswith("/login/")
    assert tokens.find(secret) is None
    assert enter("coordinator", "coordinator") == 200
    password = actions.reactivate(by, User.objects.get(pk=person.pk))
    assert client.get("/plans/").headers["Location"].startswith("/login/")
    assert tokens.find(secret) is None
    assert enter("coordinator", "coordinator") == 200
    assert enter("coordinator", password) == 302


def test_a_reset_password_ends_the_sessions_of_before(people: dict[str, User], login: Callable[[str], Client]) -> None:
    person = people["reporter"]
    client = browser(person)
    answer = login("administrator").post(f"/people/{person.uid}/password/")
    found = PASSWORD.search(answer.content.decode())
    assert found is not None
    assert client.get("/plans/").headers["Location"].startswith("/login/")
    assert enter("reporter", found[1]) == 302
    person.refresh_from_db()
    assert person.must_change_password


def test_changing_the_own_password_ends_the_other_sessions(people: dict[str, User]) -> None:
    person = people["viewer"]
    here, elsewhere = browser(person), browser(person)
    new = {"old_password": "viewer", "new_password1": "blue-sky-4711", "new_password2": "blue-sky-4711"}
    assert here.post("/password/", new).status_code == 302
    assert here.get("/plans/").status_code == 200
    assert elsewhere.get("/plans/").headers["Location"].startswith("/login/")


def test_a_session_expires(people: dict[str, User], settings: Any) -> None:
    client = browser(people["viewer"])
    session = client.session
    assert 0 < session.get_expiry_age() <= settings.SESSION_COOKIE_AGE
    session.set_expiry(-1)
    session.save()
    assert client.get("/plans/").headers["Location"].startswith("/login/")


def test_failures_from_many_addresses_slow_the_name_down_everywhere(people: dict[str, User]) -> None:
    for place in range(throttle.ACCOUNT_FAILURES):
        assert enter("viewer", "wrong", f"10.0.1.{place}") == 200
    assert enter("viewer", "viewer", "10.9.9.9") == 200  # from an address that never failed
    assert enter("reporter", "reporter", "10.9.9.9") == 302
    LoginFailure.objects.update(at=timezone.now() - throttle.ACCOUNT_PAUSE - timedelta(seconds=1))
    assert enter("viewer", "viewer", "10.9.9.9") == 302
    assert people["viewer"].is_active


def test_unlocking_forgets_the_failures_at_every_address(
    people: dict[str, User], login: Callable[[str], Client]
) -> None:
    for _try in range(throttle.FAILURES):
        enter("viewer", "wrong")
    enter("reporter", "wrong")
    assert enter("viewer", "viewer") == 200
    page = f"/people/{people['viewer'].uid}/"
    client = login("administrator")
    assert "登录失败被锁定" in client.get(page).content.decode()
    assert "登录失败被锁定" in client.get("/people/").content.decode()
    assert client.post(page + "unlock/").status_code == 302
    assert enter("viewer", "viewer") == 302
    assert LoginFailure.objects.count() == 1  # the other person's
    assert AuditEvent.objects.get(action="user.unlock").object_uid == people["viewer"].uid


def csv_of(*rows: str) -> list[bytes]:
    return ["\n".join(("姓名,登录名,单位,角色,电话", *rows)).encode("gb18030")]


def test_a_list_of_people_is_staged_then_taken_over_with_a_slip_each(people: dict[str, User]) -> None:
    by = people["administrator"]
    content = csv_of("张三,,市交通局,填报员、查阅者,139-0000-0002", "李四,lisi,柳桥街道办事处,reporter,")
    row = actions.stage(by, ListKind.PEOPLE, "名单.csv", content)
    assert row.problems == []
    assert not User.objects.filter(username="lisi").exists()
    client = browser(by)
    assert "13900000002" in client.get(f"/people/lists/{row.uid}/").content.decode()
    answer = client.post(f"/people/lists/{row.uid}/accept/").content.decode()
    passwords = PASSWORD.findall(answer)
    assert len(passwords) == 2
    assert User.objects.get(username="13900000002").check_password(passwords[0])
    assert set(User.objects.get(username="13900000002").memberships.values_list("role", flat=True)) == {
        "reporter", "viewer",
    }  # fmt: skip
    assert enter("lisi", passwords[1]) == 302
    again = PASSWORD.findall(client.post(f"/people/lists/{row.uid}/slips/").content.decode())
    assert len(again) == 1  # 李四 has logged in
    assert User.objects.get(username="13900000002").check_password(again[0])


def test_every_problem_of_a_list_is_told_by_row_and_nobody_made(people: dict[str, User], district: User) -> None:
    rows = (
        "张三,,东塘区政府,填报员,", ",x1,西塘区政府,填报员,", "李四,viewer,西塘区政府,填报员,",
        "王五,x2,西塘区政府,局长,", "赵六,x 3,西塘区政府,填报员,", "钱七,x4,西塘区政府,填报员,",
        "孙八,X4,西塘区政府,填报员,",
    )  # fmt: skip
    row = actions.stage(district, ListKind.PEOPLE, "名单.csv", csv_of(*rows))
    assert [(item["line"], item["column"]) for item in row.problems] == [
        (2, "unit"), (3, "name"), (4, "username"), (5, "roles"), (6, "username"), (8, "username"),
    ]  # fmt: skip
    with pytest.raises(RegisterError):
        actions.accept(district, row)
    assert not User.objects.filter(username="x4").exists()
    assert browser(people["administrator"]).get(f"/people/lists/{row.uid}/").status_code == 404


def test_a_list_that_went_stale_is_not_taken_over(people: dict[str, User]) -> None:
    by = people["administrator"]
    row = actions.stage(by, ListKind.PEOPLE, "名单.csv", csv_of("张三,zhang,市交通局,填报员,"))
    core.create_user(None, "Zhang", "another-password")
    assert actions.accept(by, row) is None
    row.refresh_from_db()
    assert row.state == StagedState.STAGED
    assert row.problems[0]["column"] == "username"


@pytest.mark.parametrize(
    ("name", "content"),
    [("名单.csv", b"\x00\x01\x02"), ("名单.xlsx", b"%PDF-1.7 no workbook"), ("名单.docx", b"PK\x03\x04")],
)
def test_what_is_no_list_is_refused(name: str, content: bytes, login: Callable[[str], Client]) -> None:
    given = BytesIO(content)
    given.name = name
    answer = login("administrator").post("/people/imports/upload/", {"file": given}, follow=True)
    assert "alert-danger" in answer.content.decode()
    assert not StagedList.objects.exists()


def test_the_empty_list_can_be_brought_back(people: dict[str, User]) -> None:
    for kind in ListKind:
        row = actions.stage(people["administrator"], kind, "空表.xlsx", [papers.empty_list(kind)])
        assert [item["zh"] for item in row.problems] == ["只有表头，没有人员"]
        assert next(iter(lists.columns(kind))) in ("name", "unit")


def test_the_rights_table_is_safe_for_spreadsheets(people: dict[str, User]) -> None:
    core.rename(None, people["viewer"], "=cmd|' /C calc'!A0")
    text = browser(people["administrator"]).get("/people/rights.csv").content.decode()
    assert "'=cmd" in text
    assert "\n=cmd" not in text
    assert "市生态环境局" in text


def test_the_list_of_people_asks_a_fixed_number_of_queries(
    people: dict[str, User], django_assert_max_num_queries: Any
) -> None:
    client = browser(people["administrator"])
    client.get("/people/")
    with django_assert_max_num_queries(14) as few:
        client.get("/people/")
    before = len(few.captured_queries)
    for n in range(40):
        member(f"person{n}", "reporter", "柳桥街道办事处")
    with django_assert_max_num_queries(before) as many:
        assert client.get("/people/").status_code == 200
    assert len(many.captured_queries) == before
