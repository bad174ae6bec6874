"""All writes to people: making them, their language, their password."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils import timezone

from lantian.apps.core import audit, throttle
from lantian.apps.core.models import Token, User


@transaction.atomic
def create_user(
    by: User | None,
    username: str,
    password: str,
    *,
    display_name: str = "",
    demonstration: bool = False,
    must_change_password: bool = True,
) -> User:
    """A new person with a password that somebody else chose; by default it must be changed at the first login."""
    user = User(
        username=username,
        display_name=display_name,
        demonstration=demonstration,
        must_change_password=must_change_password,
    )
    user.set_password(password)
    user.save()
    audit.record(by, "user.create", user, after={"username": username, "demonstration": demonstration})
    return user


@transaction.atomic
def set_language(user: User, language: str) -> None:
    """The person's language for every browser."""
    before, user.language = user.language, language
    user.save(update_fields=["language"])
    audit.record(user, "user.language", user, before={"language": before}, after={"language": language})


@transaction.atomic
def set_password(by: User | None, user: User, password: str, *, must_change: bool = False) -> None:
    """A new password; the audit record says that it changed, never what it is."""
    user.set_password(password)
    user.must_change_password = must_change
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by, "user.password", user)


@transaction.atomic
def rename(by: User | None, user: User, display_name: str) -> None:
    """The name under which others see the person."""
    before, user.display_name = user.display_name, display_name
    if before != display_name:
        user.save(update_fields=["display_name"])
        audit.record(by, "user.rename", user, before={"display_name": before}, after={"display_name": display_name})


@transaction.atomic
def deactivate(by: User | None, user: User) -> None:
    """The person may no longer log in: sessions end with the next click, tokens are revoked, the password is gone.

    Without the password no session of before comes back to life when the person is let in again.
    """
    if not user.is_active:
        return
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    tokens = Token.objects.filter(user=user, revoked=None).update(revoked=timezone.now())
    audit.record(by, "user.deactivate", user, before={"active": True}, after={"active": False, "tokens": tokens})


@transaction.atomic
def reactivate(by: User | None, user: User, password: str) -> None:
    """The person may log in again, with a new first password; revoked tokens stay revoked."""
    if user.is_active:
        return
    user.is_active, user.must_change_password = True, True
    user.set_password(password)
    user.save(update_fields=["is_active", "must_change_password", "password"])
    throttle.release(user.username)
    audit.record(by, "user.reactivate", user, before={"active": False}, after={"active": True})


@transaction.atomic
def unlock(by: User | None, user: User) -> int:
    """Let a person try again at once after too many failed logins; returns how many failures are forgotten."""
    count = throttle.release(user.username)
    if count:
        audit.record(by, "user.unlock", user, before={"failures": count})
    return count


def random_password() -> str:
    """Sixteen characters without look-alikes, to be typed from a slip of paper."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(16))
