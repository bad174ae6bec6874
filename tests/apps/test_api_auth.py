"""Who may ask: tokens and their page, scopes, sessions; and the one shape of every refusal."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from lantian.apps.core import throttle, tokens
from lantian.apps.core.api.errors import CODES
from lantian.apps.core.models import AuditEvent, Token, User
from lantian.apps.plans.models import Plan
from lantian.site.api import api

pytestmark = [pytest.mark.django_db, pytest.mark.db]

API = "/api/v1"
OPERATIONS = [
    (method.upper(), path, operation["x-scope"])
    for path, operations in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method, operation in operations.items()
]
NOWHERE = "00000000-0000-7000-8000-000000000000"


def make(user: User, *scopes: str, days: int = 30) -> tuple[Token, dict[str, str]]:
    """A token and the header that sends it."""
    token, secret = tokens.create_token(user, "统计平台", scopes or tokens.open_to(user), days)
    return token, {"Authorization": f"Bearer {secret}"}


def ask(headers: dict[str, str], address: str = f"{API}/plans") -> Any:
    return Client().get(address, headers=headers)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_token_is_its_user(make_plan: Callable[..., Plan], people: dict[str, User]) -> None:
    make_plan(publish=False)
    token, office = make(people["coordinator"])
    _token, reader = make(people["viewer"])
    assert ask(office).json()["count"] == 1
    assert ask(reader).json()["count"] == 0
    token.refresh_from_db()
    assert token.last_used is not None


def test_only_the_hash_of_a_secret_is_kept_and_no_log_has_it(
    people: dict[str, User], caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.DEBUG = True
    token, headers = make(people["viewer"])
    secret = headers["Authorization"].removeprefix("Bearer ")
    with caplog.at_level(logging.DEBUG):
        ask(headers)
        ask({"Authorization": f"Basic {secret}"})
        ask({"Authorization": f"Bearer {secret}x"})
    stored = json.dumps([list(Token.objects.values().values_list()), list(AuditEvent.objects.values_list("after"))],
                        default=str)  # fmt: skip
    assert secret not in stored
    assert secret not in caplog.text
    assert token.prefix in stored


@pytest.mark.parametrize(
    "spoil", ["expired", "revoked", "inactive", "another secret", "no token", "another scheme", "empty"]
)
def test_a_token_that_does_not_hold_is_refused_even_beside_a_session(
    spoil: str, people: dict[str, User], login: Callable[[str], Client]
) -> None:
    user = people["viewer"]
    token, headers = make(user)
    secret = headers["Authorization"]
    if spoil == "expired":
        Token.objects.update(expires=timezone.now() - timedelta(seconds=1))
    elif spoil == "revoked":
        tokens.revoke_token(user, token)
    elif spoil == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif spoil == "another secret":
        headers = {"Authorization": secret[:-1] + ("a" if secret[-1] != "a" else "b")}
    elif spoil == "no token":
        headers = {"Authorization": "Bearer 密码"}
    elif spoil == "another scheme":
        headers = {"Authorization": secret.replace("Bearer", "Basic")}
    else:
        headers = {"Authorization": ""}
    answer = login("coordinator").get(f"{API}/plans", headers=headers)
    assert code(answer) == (401, "bad_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_guessing_tokens_is_slowed_down_and_good_tokens_are_not(people: dict[str, User]) -> None:
    _token, good = make(people["viewer"])
    bad = {"Authorization": "Bearer lt_aaaaaaaa_" + "x" * 43}
    assert [ask(bad).status_code for _try in range(throttle.FAILURES)] == [401] * throttle.FAILURES
    answer = ask(bad)
    assert code(answer) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) == 900
    assert ask(good).status_code == 200


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_every_operation_needs_its_scope(method: str, path: str, scope: str, people: dict[str, User]) -> None:
    user = next(people[role] for role in ("administrator", "coordinator") if scope in tokens.open_to(people[role]))
    others = [name for name in tokens.open_to(user) if name != scope]
    _token, lacking = make(user, *others)
    _token, having = make(user, scope)
    address = path.replace("{uid}", NOWHERE).replace("{code}", "0").replace("{number}", "1").replace("{name}", "none")

    def send(headers: dict[str, str]) -> Any:
        return Client().generic(method, address, "{}", "application/json", headers=headers)

    assert code(send(lacking)) == (403, "insufficient_scope")
    assert send(having).status_code in (200, 404, 422)
    assert code(send({})) == (401, "unauthenticated")


@pytest.mark.parametrize(("method", "path", "scope"), [row for row in OPERATIONS if row[0] != "GET"])
def test_readers_write_nothing(
    method: str, path: str, scope: str, make_plan: Callable[..., Plan], people: dict[str, User]
) -> None:
    plan = make_plan()
    uid = plan.measures.get(n=1).uid if "measures" in path else plan.uid
    user = people["viewer"]
    token, headers = make(user)
    Token.objects.filter(pk=token.pk).update(scopes=[scope])  # a scope from when the user had another role
    answer = Client().generic(method, path.replace("{uid}", str(uid)), "{}", "application/json", headers=headers)
    assert code(answer) == (403, "forbidden")


def test_nobody_gives_a_token_more_than_their_roles(people: dict[str, User]) -> None:
    reads = ["read:plans", "read:directory", "read:observations", "read:registers"]
    assert tokens.open_to(people["viewer"]) == reads
    with pytest.raises(PermissionDenied):
        tokens.create_token(people["viewer"], "x", ["write:plans"], 30)
    assert not Token.objects.exists()


def test_a_user_without_a_role_reads_nothing(people: dict[str, User]) -> None:
    user = people["viewer"]
    _token, headers = make(user)
    user.memberships.all().delete()
    assert code(ask(headers)) == (403, "forbidden")


def test_a_first_password_is_changed_before_anything(people: dict[str, User], login: Callable[[str], Client]) -> None:
    _token, headers = make(people["viewer"])
    client = login("viewer")
    User.objects.update(must_change_password=True)
    assert code(ask(headers)) == (403, "password_change")
    assert code(client.get(f"{API}/plans")) == (403, "password_change")


def test_a_session_writes_only_with_its_csrf_token(make_plan: Callable[..., Plan], people: dict[str, User]) -> None:
    plan = make_plan(publish=False)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["coordinator"])
    assert client.get(f"{API}/plans").status_code == 200
    address = f"{API}/plans/{plan.uid}/publish"
    assert code(client.post(address, "{}", "application/json")) == (403, "csrf")
    _token, headers = make(people["coordinator"])
    assert code(Client(enforce_csrf_checks=True).post(address, "{}", "application/json", headers=headers)) == (
        428, "precondition_required",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("method", "address", "body", "wanted"),
    [
        ("GET", "/api/nothing/here", "", (404, "not_found")),
        ("GET", f"{API}/plans/not-a-uid", "", (404, "not_found")),
        ("GET", f"{API}/plans/{NOWHERE}", "", (404, "not_found")),
        ("DELETE", f"{API}/plans", "", (405, "method_not_allowed")),
        ("POST", f"{API}/plans/import-rows", "{", (400, "bad_request")),
        ("POST", f"{API}/plans/import-rows", "{}" + " " * 3_000_000, (413, "too_large")),
        ("GET", f"{API}/plans?yeer=2025", "", (422, "invalid")),
        ("GET", f"{API}/plans?cursor=bm9uZQ", "", (422, "invalid")),
        ("GET", f"{API}/measures?q=%00", "", (422, "invalid")),
        ("GET", f"{API}/areas/%00", "", (422, "invalid")),
        ("GET", f"{API}/plans?updated_since=9999-12-31T23:59:59-12:00", "", (422, "invalid")),
        ("GET", f"{API}/plans?limit=501", "", (422, "invalid")),
    ],
)
def test_whatever_goes_wrong_has_one_shape(
    method: str, address: str, body: str, wanted: tuple[int, str], people: dict[str, User]
) -> None:
    _token, headers = make(people["administrator"])
    answer = Client().generic(method, address, body, "application/json", headers=headers)
    assert answer.headers["Content-Type"] == "application/json"
    assert code(answer) == wanted
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "fields", "request_id"}
    assert re.fullmatch(r"[0-9a-f-]{36}", error["request_id"])
    assert error["request_id"] == answer.headers["X-Request-Id"]
    if wanted[0] == 422:
        assert error["fields"]


def test_a_server_error_keeps_its_cause_to_itself(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any) -> None:
        raise RuntimeError("打翻了墨水")

    _token, headers = make(people["viewer"])
    monkeypatch.setattr("lantian.apps.plans.api.reads.shown_plans", broken)
    answer = ask(headers)
    assert code(answer) == (500, "server_error")
    assert "打翻了墨水" not in answer.content.decode()
    assert "打翻了墨水" in caplog.text


def test_an_unknown_host_is_refused_in_our_shape(people: dict[str, User]) -> None:  # noqa: ARG001  # the city
    assert code(Client(headers={"host": "elsewhere.example"}).get(f"{API}/plans")) == (400, "bad_request")


def test_messages_speak_the_language_that_is_asked_for(people: dict[str, User]) -> None:
    _token, headers = make(people["viewer"])
    chinese = ask(headers, f"{API}/plans?limit=0").json()["error"]
    english = ask(headers | {"Accept-Language": "fr, en-GB;q=0.8"}, f"{API}/plans?limit=0").json()["error"]
    assert chinese["fields"] == [{"name": "query.limit", "message": "不能小于 1"}]
    assert english["fields"] == [{"name": "query.limit", "message": "must be at least 1"}]
    assert chinese["code"] == english["code"]
    assert chinese["message"] != english["message"]


def test_every_code_has_one_status_and_every_operation_names_its_statuses() -> None:
    named = {
        int(status)
        for operations in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].values()
        for operation in operations.values()
        for status in operation["responses"]
    }
    assert {item.status for item in CODES.values()} - named == {405}  # a method that is no operation


# The page of tokens.


def test_the_page_shows_a_new_secret_once(login: Callable[[str], Client], people: dict[str, User]) -> None:
    client = login("viewer")
    answer = client.post("/tokens/", {"name": "统计平台", "scopes": ["read:plans"], "days": "90"})
    found = re.search(r"lt_[a-z2-7]{8}_[A-Za-z0-9_-]{43}", answer.content.decode())
    assert found is not None
    assert answer.headers["Cache-Control"] == "no-store"
    assert ask({"Authorization": f"Bearer {found[0]}"}).status_code == 200
    again = client.get("/tokens/").content.decode()
    assert found[0] not in again
    assert "统计平台" in again
    token = Token.objects.get()
    assert (token.user, token.scopes) == (people["viewer"], ["read:plans"])
    assert AuditEvent.objects.get(action="token.create").object_uid == token.uid


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "scopes": ["read:plans"], "days": "90"},
        {"name": "x", "days": "90"},
        {"name": "x", "scopes": ["write:plans"], "days": "90"},
        {"name": "x", "scopes": ["read:plans"], "days": "9999"},
    ],
)
def test_the_page_refuses_what_makes_no_token(given: dict[str, Any], login: Callable[[str], Client]) -> None:
    answer = login("viewer").post("/tokens/", given)
    assert 'class="field-error"' in answer.content.decode()
    assert not Token.objects.exists()


def test_a_revoked_token_ends_at_once(login: Callable[[str], Client], people: dict[str, User]) -> None:
    token, headers = make(people["viewer"])
    assert ask(headers).status_code == 200
    client = login("viewer")
    for _twice in range(2):
        assert client.post(f"/tokens/{token.uid}/revoke/").status_code == 302
    assert ask(headers).status_code == 401
    assert AuditEvent.objects.filter(action="token.revoke").count() == 1


def test_others_see_no_token_of_mine(login: Callable[[str], Client], people: dict[str, User]) -> None:
    token, headers = make(people["viewer"])
    other = login("administrator")
    assert token.prefix not in other.get("/tokens/").content.decode()
    assert other.post(f"/tokens/{token.uid}/revoke/").status_code == 404
    assert ask(headers).status_code == 200
