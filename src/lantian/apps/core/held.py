"""The roles that a person holds and where: what the audit record and the policy both ask."""

from __future__ import annotations

from posixpath import commonpath
from typing import Any, cast

from django.contrib.auth.models import AbstractUser, AnonymousUser


def memberships(user: AbstractUser | AnonymousUser) -> tuple[tuple[str, str | None], ...]:
    """The person's roles, each with the path of the area in which it holds (None: everywhere).

    Read once per request (kept on the user object).
    """
    if not user.is_authenticated or not user.is_active:
        return ()
    known: tuple[tuple[str, str | None], ...] | None = getattr(user, "_memberships", None)
    if known is None:
        # The reverse side of areas.Membership; its unit lies in an area, unless the role holds everywhere.
        known = tuple(cast(Any, user).memberships.values_list("role", "unit__area__path"))
        setattr(user, "_memberships", known)  # noqa: B010  # a cache of this request, no field of the model
    return known


def home(user: AbstractUser) -> str:
    """The path of the smallest area that holds all of the person's roles; blank without roles, or everywhere."""
    paths = [path for _role, path in memberships(user)]
    if not paths or None in paths:
        return ""
    return commonpath([str(path) for path in paths]).rstrip("/") + "/"
