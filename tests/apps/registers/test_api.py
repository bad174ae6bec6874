"""Registers over HTTP: rows by key, each answered for itself, the same twice changing nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from lantian.apps.core import tokens
from lantian.apps.core.models import User
from lantian.apps.registers.models import ChangeSet, Record
from lantian.registers import Register

pytestmark = [pytest.mark.django_db, pytest.mark.db]

SITE = {
    "code": "A-1",
    "name": "柳岸小区",
    "street": "柳桥街道",
    "status": "在施",
    "size": 12.5,
    "phone": "010-55550001",
}
Ask = Callable[..., Any]


@pytest.fixture
def ask(writers: dict[str, User]) -> Ask:
    """Asks as somebody with a token of all scopes that are of use to the person, or of those named."""

    def asked(
        who: str, method: str, path: str, body: Any = None, scopes: list[str] | None = None, tag: str = ""
    ) -> Any:
        user = writers[who]
        _token, secret = tokens.create_token(user, "测试", scopes or tokens.open_to(user), 30)
        headers = {"Authorization": f"Bearer {secret}"} | ({"If-Match": tag} if tag else {})
        call = getattr(Client(), method)
        if body is None:
            return call(f"/api/v1/registers{path}", headers=headers)
        return call(f"/api/v1/registers{path}", body, content_type="application/json", headers=headers)

    return asked


def test_rows_go_in_by_key_and_only_once(ask: Ask, sites: Register) -> None:
    rows = [SITE, SITE | {"code": "A-2", "status": "在"}, SITE | {"code": "A-3", "street": "西塘区"}]
    answers = ask("street", "post", "/t_site/rows", {"rows": rows}).json()["rows"]
    assert [item["what"] for item in answers] == ["added", "refused", "refused"]
    assert answers[1]["problems"][0]["field"] == "status"
    again = ask("street", "post", "/t_site/rows", {"rows": [SITE]}).json()["rows"]
    assert again == [{"key": "A-1", "what": "same", "problems": []}]
    part = ask("street", "post", "/t_site/rows", {"rows": [{"code": "A-1", "status": "停工"}]}).json()["rows"]
    assert part[0]["what"] == "changed"
    record = Record.objects.get()
    assert (record.register, record.values["name"], record.revision) == (sites.name, "柳岸小区", 2)
    assert [item.number for item in ChangeSet.objects.order_by("number")] == [1, 2]


def test_what_is_read(ask: Ask) -> None:
    ask("coordinator", "post", "/t_site/rows", {"rows": [SITE]})
    page = ask("viewer", "get", "/t_site/rows").json()
    assert (page["count"], page["next"], page["items"][0]["values"]["phone"]) == (1, None, "***")
    assert ask("coordinator", "get", "/t_site/row?key=A-1").json()["values"]["phone"] == SITE["phone"]
    named = {item["name"] for item in ask("viewer", "get", "").json()["items"]}
    assert {"t_site", "construction_site"} <= named


def test_what_is_refused(ask: Ask) -> None:
    assert ask("coordinator", "get", "/no_such/rows").status_code == 404
    assert ask("coordinator", "get", "/t_site/row?key=A-9").status_code == 404
    assert ask("coordinator", "post", "/t_site/rows", {"rows": [{"code": "1", "colour": "x"}]}).status_code == 422
    assert ask("coordinator", "post", "/t_site/rows", {"rows": [SITE]}, ["read:registers"]).status_code == 403
    assert ask("viewer", "post", "/t_site/rows", {"rows": [SITE]}).status_code == 403
    future = {"rows": [SITE], "effective": "2099-01-01"}
    assert ask("coordinator", "post", "/t_site/rows", future).status_code == 409
    assert not Record.objects.exists()


def test_a_row_is_removed_by_its_key_once(ask: Ask) -> None:
    ask("coordinator", "post", "/t_site/rows", {"rows": [SITE]})
    row = "/t_site/row?key=A-1"
    first = ask("coordinator", "get", row)["ETag"]
    ask("coordinator", "post", "/t_site/rows", {"rows": [{"code": "A-1", "status": "停工"}]})
    gone = f"{row}&reason=done"
    assert ask("coordinator", "delete", gone).status_code == 428
    late = ask("coordinator", "delete", gone, tag=first)
    assert (late.status_code, late.json()["current"]["values"]["status"]) == (412, "停工")
    now = ask("coordinator", "get", row)["ETag"]
    assert ask("coordinator", "delete", row, tag=now).status_code == 422
    assert ask("viewer", "delete", gone, tag=now).status_code == 403
    assert ask("district", "delete", gone, tag=now).status_code in (403, 404)
    assert ask("coordinator", "delete", f"{gone}&effective=2099-01-01", tag=now).status_code == 409
    assert ask("coordinator", "delete", gone, tag=now).status_code == 204
    assert ask("coordinator", "delete", gone, tag=now).status_code == 204
    assert ask("coordinator", "delete", "/t_site/row?key=A-9&reason=done", tag=now).status_code == 404
    assert ask("viewer", "get", "/t_site/rows").json()["count"] == 0
    assert ChangeSet.objects.count() == 3
    assert (ChangeSet.objects.first().route, ChangeSet.objects.first().note) == ("api", "done")
