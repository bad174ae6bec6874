"""Who asks: a program by its token, or the site's own pages by the browser's session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie
from ninja.security.http import HttpAuthBase

from lantian.apps.core import throttle, tokens
from lantian.apps.core.api.errors import Refusal
from lantian.apps.core.models import User

_THROTTLED = "api token"  # the name under which bad tokens are counted, per address, beside failed logins


@dataclass(frozen=True, slots=True)
class Caller:
    """The user on whose behalf a request is made (``request.auth``)."""

    user: User


class Bearer(HttpAuthBase):
    """``Authorization: Bearer lt_…`` with the scope that the operation needs."""

    openapi_scheme = "bearer"

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The token's user, None without the header; a header that is wrong is refused, session or not."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        scheme, _space, secret = header.partition(" ")
        token = tokens.find(secret.strip()) if scheme.lower() == self.openapi_scheme else None
        if token is None:
            raise _refused(request.META.get("REMOTE_ADDR", ""))
        if self.scope not in token.scopes:
            raise Refusal("insufficient_scope", fields=[("Authorization", self.scope)])
        return _caller(token.user, self.scope)


class Session(APIKeyCookie):
    """The browser's login; writing needs the ``X-CSRFToken`` header."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def _get_key(self, request: HttpRequest) -> str | None:
        # Without a session there is nothing to forge: who sends neither is told to send a token, not a CSRF header.
        return super()._get_key(request) if request.user.is_authenticated else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:  # noqa: ARG002
        """The person who is logged in, None where nobody is."""
        return _caller(request.user, self.scope) if isinstance(request.user, User) else None


def _caller(user: User, scope: str) -> Caller:
    """The user, refused before anything of the request is looked at where no role of theirs allows what it is for."""
    if user.must_change_password:
        raise Refusal("password_change")
    if not tokens.useful(user, scope):
        raise Refusal("forbidden")
    return Caller(user)


def user_of(request: HttpRequest) -> User:
    """The user on whose behalf the request is made."""
    caller: Any = getattr(request, "auth", None)
    assert isinstance(caller, Caller)
    return caller.user


def _refused(address: str) -> Refusal:
    """Count a bad token; after five from one address in fifteen minutes no more are counted, and we say so."""
    if throttle.blocked(_THROTTLED, address):
        return Refusal("throttled", retry_after=int(throttle.WINDOW.total_seconds()))
    throttle.failed(_THROTTLED, address)
    return Refusal("bad_token")
