"""The history: complete, readable, only of one's own area, never changed."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, connection, transaction
from django.template import Context, Template
from django.test import Client
from django.utils import translation
from openpyxl import load_workbook

import lantian.apps
from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.chasing.models import LetterState
from lantian.apps.core import actions as core
from lantian.apps.core import audit, history, policy
from lantian.apps.core.models import AppendOnlyError, AuditEvent, User
from lantian.apps.papers.models import PaperState
from lantian.apps.plans.actions.edits import OPERATIONS
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models.incoming import ItemState

pytestmark = [pytest.mark.django_db, pytest.mark.db]

APPS = Path(next(iter(lantian.apps.__path__)))
RECORDED = "stands in a call of audit.record"
ACTION = re.compile(r"[a-z]+(?:_[a-z]+)*\.[a-z_]+")
RECORDS = re.compile(r"record(?:_all)?\(|AuditEvent\(|\.events|\bkeep\(|_note\(|audit")
# What looks like an action in a module that records, and is none: names of models, jobs, files, kinds of content.
OTHER = re.compile(
    r"(?:areas|plans|papers|chasing|supervision|people|alignment|assessment|core|consultation|commitments"
    r"|monitoring|registers|indicators|bindings|django|wordprocessingml|spreadsheetml)\..*|.*\.(?:xlsx|docx|json|yaml|csv|pdf|txt|png|zip|md|html)"
)


def district(name: str = "district", role: str = "coordinator") -> User:
    user = core.create_user(None, name, "first-password", display_name=name, must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="西塘区生态环境局"), role)
    return user


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def recorded() -> Iterator[tuple[str, str]]:
    """Every action that a module of an app may record, by the string that stands there: (action, module)."""
    for file in sorted(APPS.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "migrations" in file.parts or not RECORDS.search(text):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record" and len(node.args) > 1:
                yield from ((str(ast.literal_eval(node.args[1])), RECORDED),) if _plain(node.args[1]) else ()
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value):
                yield node.value, file.name


def test_every_action_that_is_recorded_anywhere_has_a_sentence_in_both_languages() -> None:
    known = history.words().actions
    rights = set(policy.ACTIONS)
    missing = {
        (action, module)
        for action, module in recorded()
        if action not in known and not OTHER.fullmatch(action) and (module == RECORDED or action not in rights)
    }
    assert not missing, "write their sentences into the app's history.yaml"
    assert "areas.load" in known
    for action, pair in known.items():
        assert len(pair) == 2, action
        assert all(isinstance(text, str) and text for text in pair), action
        assert re.search(r"[\u4e00-\u9fff]", pair[0]), action


def test_actions_that_are_put_together_have_their_sentences_too() -> None:
    """``f"paper.{state}"`` and the like, which the reading of the source does not see."""
    families = {
        "paper": PaperState.values,
        "letter": LetterState.values,
        "incoming": [state for state in ItemState.values if state != ItemState.STAGED],
        "measure": [*OPERATIONS, "undo", "redo", "bulk", "reimport", "take_back", "amend"],
        "plan": ["head", "undo", "redo"],
    }
    wanted = {f"{family}.{kind}" for family, kinds in families.items() for kind in kinds}
    assert wanted <= history.words().actions.keys()


def test_names_of_things_stand_on_fields_that_exist() -> None:
    from django.apps import apps

    for label, given in history.words().objects.items():
        model = apps.get_model(label)
        for path in str(given.get("name", "")).replace("|", " ").split():
            first = path.split("__")[0]
            try:
                model._meta.get_field(first)
            except FieldDoesNotExist:
                pytest.fail(f"{label} has no {first}")


def test_an_event_is_a_sentence_with_what_was_before_and_after(
    make_plan: Callable[..., Plan], login: Callable[[str], Client]
) -> None:
    plan = make_plan()
    with translation.override("zh-hans"):
        entry = next(item for item in history.about(plan.uid) if item.event.action == "plan.publish")
    assert entry.who == "administrator"
    assert entry.sentence == f"发布了《{plan.title}》"
    with translation.override("en"):
        entry = next(item for item in history.about(plan.uid) if item.event.action == "plan.publish")
    assert entry.sentence == f"published “{plan.title}”"
    text = login("coordinator").get(f"/history/?uid={plan.uid}").content.decode()
    assert f"发布了《{plan.title}》" in text
    assert f'href="/plans/{plan.uid}/"' in text


def test_an_office_reads_what_the_people_of_its_area_did(people: dict[str, User]) -> None:
    own, colleague = district(), district("colleague", "reporter")
    core.rename(colleague, colleague, "同事")
    core.rename(people["coordinator"], people["viewer"], "市里的人")
    root = core.create_user(None, "root", "first-password", must_change_password=False)
    add_membership(None, root, None, "administrator")
    core.rename(root, people["reviewer"], "全局改的")
    text = browser(own).get("/history/").content.decode()
    assert "同事" in text
    assert "市里的人" not in text
    assert "全局改的" not in text
    city = browser(people["coordinator"]).get("/history/").content.decode()
    assert "同事" in city
    assert "市里的人" in city
    assert "全局改的" not in city
    assert "全局改的" in browser(root).get("/history/").content.decode()


def test_who_left_stays_in_the_history_of_the_area_where_it_happened(people: dict[str, User]) -> None:
    own, leaver = district(), district("leaver", "reporter")
    core.rename(leaver, leaver, "离任前")
    leaver.memberships.all().delete()
    moved = User.objects.get(pk=leaver.pk)
    add_membership(None, moved, Unit.objects.get(name="东塘区政府"), "reporter")
    core.rename(moved, moved, "调走后")
    found = history.narrowed(history.visible(own), action="user.rename")
    assert [event.after for event in found] == [{"display_name": "离任前"}]
    assert people["viewer"].pk != leaver.pk


def test_what_the_clock_did_lies_where_the_thing_lies(people: dict[str, User]) -> None:
    own = district()
    audit.record(None, "unit.edit", Unit.objects.get(name="西塘区政府"), after={"name": "西塘区政府"})
    audit.record(None, "unit.edit", Unit.objects.get(name="东塘区政府"), after={"name": "东塘区政府"})
    found = history.narrowed(history.visible(own), action="unit.edit")
    assert [(event.after or {})["name"] for event in found] == ["西塘区政府"]
    assert history.visible(people["viewer"]).count() == 0


def test_only_offices_search(login: Callable[[str], Client]) -> None:
    for role in ("viewer", "inspector", "reporter", "reviewer"):
        assert login(role).get("/history/").status_code == 403
        assert login(role).get("/history/csv/").status_code == 403
    assert login("coordinator").get("/history/pdf/").status_code == 404


def test_filters_narrow_by_who_what_thing_words_and_day(people: dict[str, User]) -> None:
    by = people["coordinator"]
    core.rename(by, people["viewer"], "蓝天白云")
    core.set_language(people["reviewer"], "en")
    client = browser(by)

    def shown(query: str) -> tuple[bool, bool]:
        text = client.get(f"/history/?{query}").content.decode()
        listed = text.partition('<ol class="events')[2]
        return "修改了 蓝天白云" in listed, "更换了界面语言" in listed

    assert shown("") == (True, True)
    assert shown("who=coordin") == (True, False)
    assert shown("action=user.language") == (False, True)
    assert shown("action=user.") == (True, True)
    assert shown("action=plan.") == (False, False)
    assert shown(f"uid={people['viewer'].uid}") == (True, False)
    assert shown("uid=nothing") == (False, False)
    assert shown("q=天白") == (True, False)
    assert shown("kind=core.user") == (True, True)
    assert shown("until=2001-01-01") == (False, False)
    assert shown("since=2001-01-01") == (True, True)
    assert "日期不正确" in client.get("/history/?since=gestern").content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(
    people: dict[str, User], django_assert_max_num_queries: Any
) -> None:
    by = people["coordinator"]
    for n in range(2 * history.PAGE + 20):
        core.rename(by, people["viewer"], f"名{n}")
    client = browser(by)
    seen: list[str] = []
    address: str | None = "/history/?action=user.rename"
    sizes = []
    while address:
        with django_assert_max_num_queries(10) as asked:
            text = client.get(address).content.decode()
        sizes.append(len(asked.captured_queries))
        seen += re.findall(r"<ins>(名\d+)</ins>", text)
        older = re.search(r'href="(\?[^"]*older=[^"]+)" *', text)
        address = "/history/" + older[1].replace("&amp;", "&") if older else None
    assert seen == [f"名{n}" for n in reversed(range(2 * history.PAGE + 20))]
    assert len(set(sizes[1:])) == 1
    assert client.get("/history/?older=00000000-0000-7000-8000-000000000000").status_code == 404


def test_exports_hold_everything_and_no_formula(people: dict[str, User]) -> None:
    by = people["coordinator"]
    core.rename(by, people["viewer"], "=HYPERLINK(1)")
    client = browser(by)
    text = client.get("/history/csv/?action=user.rename").content.decode().removeprefix("\ufeff")
    rows = list(csv.reader(StringIO(text)))
    assert len(rows) == 2
    assert rows[1][4] == "user.rename"
    assert rows[1][6].startswith("'=HYPERLINK")
    assert '"=HYPERLINK(1)"' in rows[1][10]
    page = load_workbook(BytesIO(client.get("/history/xlsx/?action=user.rename").content)).worksheets[0]
    assert page["G2"].value.startswith("=HYPERLINK")
    assert page["G2"].data_type == "s"


def test_events_are_only_added(people: dict[str, User]) -> None:
    event = audit.record(people["viewer"], "user.login", people["viewer"])
    event.action = "user.create"
    with pytest.raises(AppendOnlyError):
        event.save()
    with pytest.raises(AppendOnlyError):
        event.delete()
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.filter(pk=event.pk).update(action="user.create")
    with pytest.raises(AppendOnlyError):
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.get(pk=event.pk).action == "user.login"


def test_the_database_refuses_to_change_them_too(people: dict[str, User]) -> None:
    event = audit.record(people["viewer"], "user.login", people["viewer"])
    statements = ["UPDATE core_auditevent SET action = 'x' WHERE id = %s"]
    if connection.vendor == "postgresql":
        statements.append("DELETE FROM core_auditevent WHERE id = %s")
    for statement in statements:
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [event.pk])
    assert AuditEvent.objects.get(pk=event.pk).action == "user.login"


def test_the_tag_shows_the_history_of_one_thing(people: dict[str, User]) -> None:
    core.rename(people["coordinator"], people["viewer"], "<b>粗体</b>")
    core.rename(people["coordinator"], people["reviewer"], "别人")
    with translation.override("zh-hans"):
        text = Template("{% load history %}{% history thing %}").render(Context({"thing": people["viewer"]}))
    assert "&lt;b&gt;粗体&lt;/b&gt;" in text
    assert "别人" not in text


def test_no_secret_stands_in_the_history(people: dict[str, User]) -> None:
    client = browser(people["administrator"])
    client.post(f"/people/{people['viewer'].uid}/password/")
    client.post("/tokens/", {"name": "脚本", "scopes": ["read:plans"], "days": "30"})
    person = User.objects.get(pk=people["viewer"].pk)
    token = people["administrator"].tokens.get()
    written = " ".join(f"{event.before} {event.after}" for event in AuditEvent.objects.all())
    assert person.password not in written
    assert token.digest not in written
    assert "lt_" not in written
