"""Ids, settings, files, people, login."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lantian.apps.core import actions, files, throttle
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import AuditEvent, LoginFailure, StoredFile, User
from lantian.site import config

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_uuid7_carries_version_variant_and_rising_order() -> None:
    made = [uuid7() for _ in range(5000)]
    assert {item.version for item in made} == {7}
    assert {item.variant for item in made} == {"specified in RFC 4122"}
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = config.load({"LANTIAN_DATA": str(tmp_path)})
    assert config.load({"LANTIAN_DATA": str(tmp_path)}).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_database_address_is_understood(tmp_path: Path) -> None:
    env = {
        "LANTIAN_DATA": str(tmp_path),
        "DATABASE_URL": "postgresql://lan:a%40b@db.local:5433/lantian?sslmode=require",
    }
    database = config.load(env).database
    assert (database["USER"], database["PASSWORD"], database["HOST"]) == ("lan", "a@b", "db.local")
    assert (database["PORT"], database["NAME"]) == ("5433", "lantian")
    assert database["OPTIONS"] == {"sslmode": "require", "options": "-c jit=off"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x/y"),
        ("LANTIAN_UPLOAD_MB", "many"),
        ("LANTIAN_URL", "ftp://x"),
        ("LANTIAN_UPLOAD_MB", "0"),
    ],
)
def test_a_setting_of_no_use_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(config.ConfigError, match=name):
        config.load({"LANTIAN_DATA": str(tmp_path), name: value})


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in config.SETTINGS if f"`{name}`" not in page] == []


def test_a_file_is_kept_once_under_its_sum(data: Path) -> None:
    first = files.store(None, "计划.pdf", [b"%PDF-1.7 ", b"content"])
    again = files.store(None, "another.txt", [b"%PDF-1.7 content"])
    assert first.pk == again.pk
    assert (first.name, first.size, first.media_type) == ("计划.pdf", 16, "application/pdf")
    assert first.path.read_bytes() == b"%PDF-1.7 content"
    assert first.path.is_relative_to(data)
    assert len([path for path in data.rglob("*") if path.is_file()]) == 1


def test_too_large_a_file_leaves_nothing(settings: Any, data: Path) -> None:
    settings.LANTIAN_UPLOAD_BYTES = 10
    with pytest.raises(files.TooLargeError):
        files.store(None, "big.txt", [b"123456", b"789012"])
    assert [path for path in data.rglob("*") if path.is_file()] == []
    assert not StoredFile.objects.exists()


def test_a_path_in_a_file_name_is_cut_off() -> None:
    assert files.store(None, "..\\..\\etc/passwd", [b"x"]).name == "passwd"


def post_login(name: str, password: str, address: str = "10.0.0.1") -> int:
    return Client(REMOTE_ADDR=address).post("/login/", {"username": name, "password": password}).status_code


def test_login_and_logout_are_recorded() -> None:
    user = actions.create_user(None, "li", "right-password", must_change_password=False)
    assert post_login("li", "right-password") == 302
    assert AuditEvent.objects.filter(action="user.login", user=user).count() == 1


def test_five_failures_block_the_name_at_that_address_only() -> None:
    actions.create_user(None, "li", "right-password", must_change_password=False)
    for _ in range(throttle.FAILURES):
        assert post_login("li", "wrong") == 200
    assert post_login("li", "right-password") == 200
    assert post_login("LI ", "right-password") == 200
    assert post_login("li", "right-password", address="10.0.0.2") == 302
    LoginFailure.objects.update(at=timezone.now() - throttle.WINDOW - timedelta(seconds=1))
    assert post_login("li", "right-password") == 302


def test_a_right_password_forgets_the_failures() -> None:
    actions.create_user(None, "li", "right-password", must_change_password=False)
    for _ in range(throttle.FAILURES - 1):
        post_login("li", "wrong")
    assert post_login("li", "right-password") == 302
    assert not LoginFailure.objects.exists()


def test_a_chosen_password_must_be_changed_first() -> None:
    user = actions.create_user(None, "li", "given-by-admin")
    client = Client()
    client.force_login(user)
    assert client.get("/plans/").headers["Location"] == "/password/"
    new = {"old_password": "given-by-admin", "new_password1": "blue-sky-4711", "new_password2": "blue-sky-4711"}
    assert client.post("/password/", new).status_code == 302
    user.refresh_from_db()
    assert user.check_password("blue-sky-4711")
    assert not user.must_change_password
    event = AuditEvent.objects.get(action="user.password")
    assert "blue-sky" not in str((event.before, event.after))


def test_a_demonstration_user_keeps_the_printed_password() -> None:
    user = actions.create_user(None, "demo-x", "x", demonstration=True, must_change_password=False)
    client = Client()
    client.force_login(user)
    assert client.get("/password/").status_code == 403


def test_language_is_the_persons_own_and_chinese_by_default() -> None:
    user = actions.create_user(None, "li", "x", must_change_password=False)
    client = Client(headers={"accept-language": "en"})
    assert '<html lang="zh-hans"' in client.get("/login/").content.decode()
    client.force_login(user)
    assert client.post("/language/", {"language": "en", "next": "/password/"}).headers["Location"] == "/password/"
    user.refresh_from_db()
    assert user.language == "en"
    other = Client()
    other.force_login(User.objects.get(pk=user.pk))
    assert "Change password" in other.get("/password/").content.decode()


def test_language_switch_does_not_lead_away() -> None:
    answer = Client().post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert Client().post("/language/", {"language": "xx"}).status_code == 400


def test_every_answer_carries_the_security_headers() -> None:
    answer = Client().get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert len(answer.headers["X-Request-Id"]) == 36


def test_passwords_of_the_site_are_argon2(settings: Any) -> None:
    from lantian.site import settings as site

    settings.PASSWORD_HASHERS = site.PASSWORD_HASHERS
    assert actions.create_user(None, "li", "x").password.startswith("argon2$argon2id$")
