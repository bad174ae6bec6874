"""What is not for a person shows nowhere: every address of the site, with every uid of what is kept from them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.consultation import actions as consultation
from lantian.apps.core import actions as core
from lantian.apps.core import tokens
from lantian.apps.core.models import Job, User
from lantian.apps.plans import actions
from lantian.apps.plans.models import Measure, Plan, Secrecy
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.edits import do

pytestmark = [pytest.mark.django_db]  # what is asked is the same on both databases; the tables of rights run on both

Make = Callable[..., Plan]
WORD = "秘而不宣"  # stands in whatever is kept from the person
ASKED = "设备更新"  # stands beside it: what a search asks for
# What stands in an address where no uid belongs, by the place's name, else by its kind.
FILLED = {
    "month": ("2025-01",), "period": ("2025-01",), "form": ("docx", "csv"), "fmt": ("docx", "csv"),
    "kind": ("docx", "xlsx"), "int": ("0", "1"), "str": ("docx", "880000"), "slug": ("leader",), "": ("docx",),
    "path": ("1",),
}  # fmt: skip
VERSION = "?version=0"
QUERIES = ("", VERSION, f"?q={ASKED}")
# Rooms that hold nothing of plans; what they show to whom is said by their own tests and the table of rights.
APART = ("monitoring/", "received/", "devices/", "registers/")
REFUSED = (401, 403, 404, 405)
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")


def secret_plan(**changes: Any) -> read.Plan:
    rows = (
        read_measure(n, task=f"{WORD}{n}", measure=f"{WORD}第{n}项措施，年内完成{n}0台{ASKED}。", targets=())
        for n in (1, 2)
    )
    return read_plan(*rows, **{"title": f"{WORD}行动计划"} | changes)


def member(unit: Unit, role: str) -> User:
    user = core.create_user(None, f"{unit.pk}-{role}", "x", must_change_password=False)
    add_membership(None, user, unit, role)
    return user


@pytest.fixture
def elsewhere(people: dict[str, User]) -> Unit:  # noqa: ARG001  # their city must be there first
    """A bureau of another city, which shares nothing with the first."""
    area = Area.objects.create(
        code="990000", name="石桥市", short_name="石桥", kind="city", level="municipal", path="/990000/", source="ours"
    )
    return Unit.objects.create(area=area, name="石桥市生态环境局", level="municipal", source="ours")


def routes(found: list[Any], prefix: str = "") -> Iterator[str]:
    for item in found:
        here = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, here)
        elif isinstance(item, URLPattern):
            yield here


def addresses(uids: list[Any]) -> Iterator[tuple[str, bool]]:
    """Every address with each of ``uids`` where one belongs, and whether one does.

    Where two belong, only those that stand near each other in ``uids`` and in their order, as an address names the
    whole before its part (a plan, its rows, its rounds): all pairs of a dozen would be a hundred thousand requests.
    """
    pairs = [(uids[at], later) for at in range(len(uids)) for later in uids[at + 1 : at + 3]]
    for route in routes(get_resolver().url_patterns):
        if route in ("logout/", "language/", "password/", "login/") or route.startswith(APART):
            continue
        places = [(found[1] or "", found[2]) for found in _PLACE.finditer(route)]
        owned = sum(kind.startswith("uuid") for kind, _name in places)
        assert owned <= 2, route
        others = [FILLED.get(name) or FILLED[kind] for kind, name in places if not kind.startswith("uuid")]
        for named in ([()], [(uid,) for uid in uids], pairs)[owned]:
            for values in product(*others):
                given, filled = iter(named), iter(values)
                parts = iter([next(given if kind.startswith("uuid") else filled) for kind, _name in places])
                yield "/" + _PLACE.sub(lambda _found: str(next(parts)), route), owned > 0  # noqa: B023


def text(answer: Any) -> str:
    """What an answer says, also inside of Word and Excel files, in JSON and in file names."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            content = b"".join(package.read(name) for name in package.namelist())
    said: str = content.decode("utf-8", "replace") + answer.headers.get("Content-Disposition", "")
    for form in (WORD.encode("unicode_escape").decode(), "".join(f"%{byte:02X}" for byte in WORD.encode())):
        said = said.replace(form, WORD)
    return said


def told(user: User, uids: list[Any], *, hidden: bool = True, headers: dict[str, str] | None = None) -> list[str]:
    """Addresses that tell the word; where the uids are ``hidden`` themselves, also those that know them.

    With ``headers``, a token's, those of the API alone, which asks without a login.
    """
    return list(telling(user, uids, hidden=hidden, headers=headers))


def telling(
    user: User, uids: list[Any], *, hidden: bool = True, headers: dict[str, str] | None = None
) -> Iterator[str]:
    """As ``told``, one after the other: ``any`` of it stops at the first."""
    client = Client(raise_request_exception=False)
    if not headers:
        client.force_login(user)
    for address, named in addresses(uids):
        if headers and not address.startswith("/api/"):
            continue
        shown = False
        for query in QUERIES if not named or not hidden else ("",):
            answer = client.get(address + query, headers=headers)
            if WORD in text(answer) or answer.status_code >= 500:
                yield f"GET {address}{query} says it: {answer.status_code}"
            elif hidden and named and answer.status_code not in REFUSED:
                yield f"GET {address}{query} knows it: {answer.status_code}"
            shown = shown or answer.status_code not in REFUSED
            if answer.status_code == 405 or (query == VERSION and not shown):
                break  # whatever is asked for: nothing is searched where neither today's nor the read words are shown
        # What is not there for reading is not there for writing: the table of rights asks every POST by itself.
        if hidden and named and answer.status_code != 404:
            answer = client.post(address, {}, content_type="application/json", headers=headers)
            if answer.status_code not in (*REFUSED, 422, 400):
                yield f"POST {address} does it: {answer.status_code}"


def uids_of(plan: Plan) -> list[Any]:
    """The plan, a row, its import, its round, and what hangs on that."""
    found: list[Any] = [plan.uid, Measure.everything.filter(plan=plan).first().uid]  # type: ignore[union-attr]
    found += Job.objects.filter(plans=plan).values_list("uid", flat=True)
    for row in plan.rounds.all():
        found.append(row.uid)
        for invitation in row.invitations.all():
            found += [invitation.uid, *invitation.comments.values_list("uid", flat=True)]
    return found


def bearer(user: User) -> dict[str, str]:
    _row, secret = tokens.create_token(user, "全部", tokens.open_to(user), 30)
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("status", ["draft", "approval"])
def test_a_draft_is_the_office_s(status: str, make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(secret_plan(), name=f"{WORD}.html", publish=False)
    if status != plan.status:
        actions.set_status(people["coordinator"], plan, status)
    uids = uids_of(plan)[:2]  # the import is asked for below
    assert told(people["viewer"], uids) == []
    assert told(people["inspector"], uids, headers=bearer(people["inspector"])) == []


def test_nothing_crosses_to_another_city(make_plan: Make, elsewhere: Unit, people: dict[str, User]) -> None:
    drafted = make_plan(secret_plan(), name=f"{WORD}.html", publish=False)
    units = [Unit.objects.get(name="市交通局")]
    asked = consultation.open_round(people["coordinator"], drafted, units, timezone.localdate(), title=WORD)
    invitation = asked.invitations.get()
    consultation.save_comment(people["coordinator"], invitation, 1, WORD)
    internal = make_plan(secret_plan(), name=f"{WORD}.html", content=b"2")
    actions.set_secrecy(people["administrator"], internal, Secrecy.INTERNAL)
    closed = make_plan(secret_plan(), name=f"{WORD}.html", content=b"3")
    actions.set_secrecy(people["administrator"], closed, Secrecy.WORK_SECRET)
    actions.set_status(people["administrator"], closed, "closed")
    uids = [uid for plan in (drafted, internal, closed) for uid in uids_of(plan)]
    assert told(member(elsewhere, "coordinator"), uids) == []
    other = member(elsewhere, "administrator")
    assert told(other, uids, headers=bearer(other)) == []


def test_a_work_secret_is_for_the_units_it_names(make_plan: Make, people: dict[str, User]) -> None:
    plan = make_plan(secret_plan(), name=f"{WORD}.html")
    actions.set_secrecy(people["administrator"], plan, Secrecy.WORK_SECRET)
    named, outsider = people["viewer"], member(Unit.objects.get(name="市交通局"), "reporter")
    assert told(outsider, uids_of(plan)) == []
    assert any(telling(named, uids_of(plan)[:2]))  # a table that finds nothing would prove nothing


def test_an_amendment_shows_in_no_page_of_its_plan(make_plan: Make, people: dict[str, User]) -> None:
    user, plan = people["coordinator"], make_plan()
    amendment = actions.amend(user, plan)
    for n in (1, 2):
        do(user, amendment, "set", n, field="text", value=f"{WORD}，完成{ASKED}。")
    do(user, amendment, "head", field="title", value=f"{WORD}计划")
    unit = Unit.objects.get(name="市生态环境局")
    known = [plan.uid, *plan.measures.values_list("uid", flat=True)[:2], unit.uid]
    assert told(people["viewer"], known, hidden=False) == []
    assert told(people["viewer"], uids_of(amendment)) == []


def test_what_a_draft_said_before_it_was_published_stays_in_the_office(
    make_plan: Make, people: dict[str, User]
) -> None:
    user, plan = people["coordinator"], make_plan(secret_plan(title="云溪市行动计划"), publish=False)
    for n in (1, 2):
        do(user, plan, "set", n, field="task", value=f"任务{n}")
        do(user, plan, "set", n, field="text", value=f"第{n}项措施，完成{ASKED}。")
    actions.publish_plan(people["administrator"], plan)
    uids = [plan.uid, *plan.measures.values_list("uid", flat=True)]
    assert told(people["viewer"], uids, hidden=False) == []
    assert told(people["viewer"], uids, hidden=False, headers=bearer(people["viewer"])) == []
    assert any(telling(people["reviewer"], uids, hidden=False))  # who sees drafts sees what was read


def test_who_was_asked_reads_the_draft_no_longer_than_the_round_is_open(
    make_plan: Make, people: dict[str, User]
) -> None:
    office, unit = people["coordinator"], Unit.objects.get(name="市交通局")
    asked, other = member(unit, "reporter"), member(Unit.objects.get(name="东塘区政府"), "reporter")
    plan = make_plan(secret_plan(), publish=False)
    row = consultation.open_round(office, plan, [unit], timezone.localdate(), title="函")
    uids = uids_of(plan)
    assert told(other, uids) == []
    assert any(telling(asked, [plan.uid]))
    consultation.close_round(office, row)
    assert told(asked, uids_of(plan)[:2]) == []
    assert told(other, uids) == []
