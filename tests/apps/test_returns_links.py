"""One-time links: who holds one fills in one return, and nobody learns anything from a wrong one."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lantian.apps.core.models import AuditEvent, LoginFailure, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import evidence, links, returns, review
from lantian.apps.supervision.models import Entry, Evidence, Return, ReturnLink
from lantian.apps.supervision.steps import StateError
from tests.apps.returning import APRIL, MARCH, PNG, Office, make_office, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    return make_office(make_plan, people)


@pytest.fixture
def secret(office: Office) -> str:
    return links.make(office.coordinator, office.plan, office.unit, MARCH, 7)[1]


def fill(client: Client, secret: str, office: Office) -> None:
    for row in office.rows:
        posted = {"progress": f"第{row.measure.n}项已布置。", "explanation": "数据月底统一核定。", "revision": "0"}
        answer = client.post(f"/r/{secret}/save/{row.uid}/", posted)
        assert answer.status_code == 302, answer.content.decode()


def test_a_link_fills_in_one_return_and_is_spent(office: Office, secret: str) -> None:
    client = Client()
    page = client.get(f"/r/{secret}/")
    assert page.status_code == 200
    assert "市交通局" in page.content.decode()
    fill(client, secret, office)
    answer = client.post(f"/r/{secret}/submit/", {"signer": "王五", "phone": "010-1234"}, follow=True)
    ret = Return.objects.get()
    assert (ret.state, ret.route, ret.signer, ret.phone, ret.submitted_by) == (
        "submitted", "link", "王五", "010-1234", None
    )  # fmt: skip
    code = ret.versions.get().code
    assert f"{code[:5]}-{code[5:]}" in answer.content.decode()  # the receipt
    row = office.rows[0]
    assert client.post(f"/r/{secret}/save/{row.uid}/", {"progress": "再改", "revision": "1"}).status_code == 404
    assert words_of(ret)[1] == "第1项已布置。"
    assert AuditEvent.objects.filter(action="return.submit", user=None).count() == 1


def test_name_and_telephone_are_asked_for(office: Office, secret: str) -> None:
    client = Client()
    fill(client, secret, office)
    for given in ({}, {"signer": "王五"}, {"signer": " ", "phone": "010"}):
        assert client.post(f"/r/{secret}/submit/", given).status_code == 422
    assert Return.objects.get().state == "draft"


def test_a_spent_link_stays_spent_when_the_return_comes_back(office: Office, secret: str) -> None:
    client = Client()
    fill(client, secret, office)
    client.post(f"/r/{secret}/submit/", {"signer": "王五", "phone": "010-1234"})
    ret = Return.objects.get()
    review.send_back(office.reviewer, ret, note="补充材料")
    page = client.get(f"/r/{secret}/").content.decode()
    assert "data-entry" not in page
    with pytest.raises(PermissionDenied):
        returns.write_entry(None, ret, office.rows[0], returns.EntryWords(progress="改"))


@pytest.mark.parametrize("change", ["wrong", "cut", "expired", "revoked", "other prefix"])
def test_every_link_that_does_not_work_gets_the_same_page(office: Office, secret: str, change: str) -> None:
    wanted = Client().get("/r/nothing/")
    used = secret
    if change == "wrong":
        used = secret[:-3] + "abc"
    elif change == "cut":
        used = secret[:20]
    elif change == "other prefix":
        used = "aaaaaaaa" + secret[8:]
    elif change == "expired":
        ReturnLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    else:
        links.revoke(office.coordinator, ReturnLink.objects.get())
    answer = Client().get(f"/r/{used}/")
    assert answer.status_code == wanted.status_code == 404

    def plain(content: bytes) -> str:  # without the form's token and the address that the language form goes back to
        return re.sub(r'value="[^"]*"', "", content.decode())

    assert plain(answer.content) == plain(wanted.content)


def test_a_link_opens_no_other_return(office: Office, secret: str) -> None:
    other = office.ret(APRIL)
    entry_row = office.rows[0]
    office.fill(other)
    file = evidence.attach(office.writer, other, entry_row, "照片.png", [PNG])
    client = Client()
    assert client.get(f"/r/{secret}/files/{file.uid}/").status_code == 404
    assert client.post(f"/r/{secret}/files/{file.uid}/remove/").status_code == 404
    assert client.get(f"/returns/{other.uid}/").headers["Location"].startswith("/login/")


def test_evidence_comes_and_goes_through_the_link(office: Office, secret: str) -> None:
    client, row = Client(), office.rows[0]
    upload = SimpleUploadedFile("现场.png", PNG)
    client.post(f"/r/{secret}/evidence/{row.uid}/", {"files": [upload]})
    file = Evidence.objects.get()
    answer = client.get(f"/r/{secret}/files/{file.uid}/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.content == PNG
    client.post(f"/r/{secret}/files/{file.uid}/remove/")
    assert client.get(f"/r/{secret}/files/{file.uid}/").status_code == 404


def test_only_the_office_makes_and_revokes_links(office: Office, people: dict[str, User]) -> None:
    for user in (office.writer, people["reviewer"], people["administrator"]):
        with pytest.raises(PermissionDenied):
            links.make(user, office.plan, office.unit, MARCH, 7)
    link, _secret = links.make(office.coordinator, office.plan, office.unit, MARCH, 7)
    with pytest.raises(PermissionDenied):
        links.revoke(office.writer, link)
    with pytest.raises(StateError):
        links.make(office.coordinator, office.plan, office.unit, MARCH, 365)


def test_the_secret_is_nowhere_in_the_database_or_the_log(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    link = ReturnLink.objects.get()
    assert secret not in (link.prefix, link.digest)
    assert secret not in str(list(AuditEvent.objects.values_list("after", flat=True)))
    client = Client(enforce_csrf_checks=True)
    with caplog.at_level(logging.WARNING):
        client.get(f"/r/{secret[:-1]}/")
        client.get(f"/r/{secret}/submit/")  # 405
        client.post(f"/r/{secret}/submit/")  # no token
        Client().post(f"/r/{secret}/submit/")  # 422
    assert len(caplog.records) >= 3
    assert secret[8:20] not in caplog.text


def test_the_page_of_a_link_leaves_no_trace(secret: str) -> None:
    headers = Client().get(f"/r/{secret}/").headers
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("strict-origin", "no-store")
    assert "noindex" in headers["X-Robots-Tag"]


def test_who_guesses_has_to_wait(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "FAILURES", 3)
    guesser, other = Client(REMOTE_ADDR="10.0.0.9"), Client(REMOTE_ADDR="10.0.0.8")
    for n in range(5):
        assert guesser.get(f"/r/wrong{n}/").status_code == 404
    assert LoginFailure.objects.count() == 3
    assert guesser.get(f"/r/{secret}/").status_code == 404
    assert other.get(f"/r/{secret}/").status_code == 200
    LoginFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert guesser.get(f"/r/{secret}/").status_code == 200


def test_links_for_all_late_units_come_as_a_list(office: Office, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    posted: dict[str, Any] = {"plan": str(office.plan.uid), "period": MARCH, "days": "3", "late": "1"}
    answer = client.post("/returns/links/make/", posted)
    listed = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.S)
    assert listed is not None
    (line,) = unescape(listed[1]).strip().splitlines()
    assert "市交通局" in line
    assert answer.headers["Cache-Control"] == "no-store"
    address = line.rpartition("http://testserver")[2]
    assert Client().get(address).status_code == 200
    office.submitted(APRIL)
    assert Entry.objects.filter(report__period=MARCH).count() == 0


def test_no_link_is_made_where_nobody_is_late(office: Office, login: Callable[[str], Client]) -> None:
    posted = {"plan": str(office.plan.uid), "period": MARCH, "days": "3"}
    assert login("coordinator").post("/returns/links/make/", posted).status_code == 302
    assert not ReturnLink.objects.exists()
