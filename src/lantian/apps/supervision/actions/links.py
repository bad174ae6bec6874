"""一次性链接: made by the office, open without login to whoever holds it, for one return, until handed in or expired.

The secret is shown once, when it is made; the database has its SHA-256, which is enough for 32 random bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, policy, throttle
from lantian.apps.core.models import LoginFailure, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions.returns import open_return
from lantian.apps.supervision.models import ReturnLink
from lantian.apps.supervision.steps import StateError

DAYS = (1, 3, 7, 14, 30)
# A gateway hides a whole building behind one address, so this is wider than a login's five.
FAILURES = 30
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PREFIX = 8
_USED_EVERY = timedelta(minutes=5)
_NOBODY = hashlib.sha256(b"").hexdigest()


@transaction.atomic
def make(user: User, plan: Plan, unit: Unit, period: str, days: int) -> tuple[ReturnLink, str]:
    """Make a link to a unit's return (which is opened); returns the row and the secret, which is never seen again.

    Raises PermissionDenied, or :class:`StateError` for what :func:`open_return` refuses or a term not in :data:`DAYS`.
    """
    policy.require(user, "duty.assign", ReturnLink(plan=plan, unit=unit, period=period))
    if days not in DAYS:
        raise StateError(_("There is no such term."))
    open_return(user, plan, unit, period)
    prefix = "".join(secrets.choice(_LETTERS) for _place in range(_PREFIX))
    secret = prefix + secrets.token_urlsafe(32)
    link = ReturnLink.objects.create(
        plan=plan, unit=unit, period=period, prefix=prefix, digest=_digest(secret), created_by=user,
        expires=timezone.now() + timedelta(days=days),
    )  # fmt: skip
    after = {"unit": unit.name, "period": period, "prefix": prefix, "expires": link.expires.isoformat()}
    audit.record(user, "return.link", link, after=after)
    return link, secret


def make_many(user: User, plan: Plan, units: Iterable[Unit], period: str, days: int) -> list[tuple[ReturnLink, str]]:
    """:func:`make` for several units, all or none."""
    with transaction.atomic():
        return [make(user, plan, unit, period, days) for unit in units]


@transaction.atomic
def revoke(user: User, link: ReturnLink) -> None:
    """End a link at once; revoking twice changes nothing. Raises PermissionDenied."""
    policy.require(user, "duty.assign", link)
    if ReturnLink.objects.filter(pk=link.pk, revoked=None).update(revoked=timezone.now()):
        audit.record(user, "return.link_revoke", link, before={"prefix": link.prefix})


def find(secret: str) -> ReturnLink | None:
    """The link with that secret that is neither expired nor revoked (a spent one still shows its receipt).

    Takes as long for a wrong secret as for a right one: one look-up by the prefix, one comparison.
    """
    row = ReturnLink.objects.filter(prefix=secret[:_PREFIX]).select_related("plan__area", "unit__area").first()
    same = hmac.compare_digest(_digest(secret), row.digest if row else _NOBODY)
    now = timezone.now()
    if row is None or not same or row.revoked is not None or row.expires <= now:
        return None
    if row.last_used is None or now - row.last_used > _USED_EVERY:
        ReturnLink.objects.filter(pk=row.pk).update(last_used=now)
    return row


def blocked(address: str) -> bool:
    """Whether an address tried so many wrong links that it has to wait."""
    since = timezone.now() - throttle.WINDOW
    return LoginFailure.objects.filter(key=_key(address), at__gt=since).count() >= FAILURES


def failed(address: str) -> None:
    """Count a wrong link; rows that no longer matter go."""
    now = timezone.now()
    LoginFailure.objects.filter(at__lt=now - throttle.WINDOW).delete()
    LoginFailure.objects.create(key=_key(address), at=now)


def _key(address: str) -> str:
    return hashlib.sha256(f"return link\0{address}".encode()).hexdigest()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
