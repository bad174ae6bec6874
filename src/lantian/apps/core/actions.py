"""All writes to people: making them, their language, their password."""

from __future__ import annotations

import secrets

from django.db import transaction

from lantian.apps.core import audit
from lantian.apps.core.models import User


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


def random_password() -> str:
    """Sixteen characters without look-alikes, to be typed from a slip of paper."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(16))
