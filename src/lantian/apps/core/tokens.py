"""令牌: making, revoking and checking the tokens by which programs use the API.

A token = its user ∩ its scopes (contracts §7, *Rights*): it never may what its user may not. The secret is shown once,
when it is made; the database has its SHA-256, which is enough for 32 random bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantian.apps.core import audit, policy
from lantian.apps.core.models import Token, User

# Scope → what it lets a program do, and the action that the user must be allowed for it to be of any use.
SCOPES = {
    "read:plans": (_("read plans, measures and targets"), "plan.view"),
    "write:plans": (_("change measures of plans in preparation, publish plans"), "plan.edit"),
    "import:plans": (_("bring plans in"), "plan.upload"),
    "read:directory": (_("read units and areas"), "directory.view"),
    "read:observations": (_("read observations of stations"), "station.view"),
    "write:observations": (_("bring observations of stations in"), "station.edit"),
    "read:registers": (_("read rows of registers"), "register.view"),
    "write:registers": (_("add, change and remove rows of registers"), "register.edit"),
}
DAYS = (30, 90, 180, 365)
_SECRET = re.compile(r"lt_([a-z2-7]{8})_[A-Za-z0-9_-]{43}", re.ASCII)
_PREFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_USED_EVERY = timedelta(minutes=5)  # a write per request would be too many; this tells what is asked: still in use?


def open_to(user: User) -> list[str]:
    """The scopes that are of use to the person: those whose action one of the person's roles allows."""
    return [name for name in SCOPES if useful(user, name)]


def useful(user: User, scope: str) -> bool:
    """Whether one of the person's roles allows what the scope is for."""
    return policy.can(user, SCOPES[scope][1])


@transaction.atomic
def create_token(user: User, name: str, scopes: Collection[str], days: int) -> tuple[Token, str]:
    """Make a token of the person's own; returns the row and the secret, which is never seen again.

    Raises PermissionDenied for a scope that is not :func:`open_to` the person, ValueError for a term not in
    :data:`DAYS`.
    """
    if not scopes or not set(scopes) <= set(open_to(user)):
        raise PermissionDenied
    if days not in DAYS:
        raise ValueError(f"no such term: {days}")
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _place in range(8))
    secret = f"lt_{prefix}_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        user=user, name=name, prefix=prefix, digest=_digest(secret), expires=timezone.now() + timedelta(days=days),
        scopes=[scope for scope in SCOPES if scope in scopes],
    )  # fmt: skip
    after = {"name": name, "prefix": prefix, "scopes": token.scopes, "expires": token.expires.isoformat()}
    audit.record(user, "token.create", token, after=after)
    return token, secret


@transaction.atomic
def revoke_token(user: User, token: Token) -> None:
    """End one of the person's own tokens at once; revoking twice changes nothing. Raises PermissionDenied."""
    if token.user_id != user.pk:
        raise PermissionDenied
    if Token.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now()):
        audit.record(user, "token.revoke", token, before={"prefix": token.prefix})


def find(secret: str) -> Token | None:
    """The token with that secret if it holds now: known, not expired, not revoked, of a user who may log in."""
    form = _SECRET.fullmatch(secret)
    if form is None:
        return None
    token = Token.objects.select_related("user").filter(prefix=form[1]).first()
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
        return None
    now = timezone.now()
    if token.revoked is not None or token.expires <= now or not token.user.is_active:
        return None
    if token.last_used is None or token.last_used < now - _USED_EVERY:
        stale = Q(last_used=None) | Q(last_used__lt=now - _USED_EVERY)
        Token.objects.filter(stale, pk=token.pk).update(last_used=now)
    return token


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
