"""Slowing down who guesses passwords: per name and address, and per name from wherever the guesses come.

Five failures in fifteen minutes stop a name at one address. Twenty failures in an hour, spread over any addresses, slow
the name down everywhere to one try a minute: guessing stays hopeless, and nobody can lock a colleague out for good.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.utils import timezone

from lantian.apps.core.models import LoginFailure

FAILURES = 5
WINDOW = timedelta(minutes=15)
ACCOUNT_FAILURES = 20
ACCOUNT_WINDOW = timedelta(hours=1)
ACCOUNT_PAUSE = timedelta(minutes=1)


def blocked(username: str, address: str) -> bool:
    """Whether this name from this address has to wait."""
    return LoginFailure.objects.filter(key=_key(username, address), at__gt=timezone.now() - WINDOW).count() >= FAILURES


def slowed(username: str) -> bool:
    """Whether this name has to wait a minute, whatever the address: too many failures, the last one just now."""
    now = timezone.now()
    of_name = LoginFailure.objects.filter(key__startswith=_name(username))
    latest = list(of_name.filter(at__gt=now - ACCOUNT_WINDOW).order_by("-at").values_list("at", flat=True))
    return len(latest) >= ACCOUNT_FAILURES and latest[0] > now - ACCOUNT_PAUSE


def failed(username: str, address: str) -> None:
    """Count a failure; rows that no longer matter go."""
    now = timezone.now()
    LoginFailure.objects.filter(at__lt=now - ACCOUNT_WINDOW).delete()
    LoginFailure.objects.create(key=_key(username, address), at=now)


def succeeded(username: str, address: str) -> None:
    """A right password forgets the failures before it at this address."""
    LoginFailure.objects.filter(key=_key(username, address)).delete()


def waiting(usernames: list[str]) -> set[str]:
    """Those of the names that have to wait somewhere, in one query (for the list of people)."""
    by_name = {_name(username): username for username in usernames}
    since = timezone.now() - WINDOW
    tried: dict[str, int] = {}
    for key in LoginFailure.objects.filter(at__gt=since).values_list("key", flat=True):
        tried[key] = tried.get(key, 0) + 1
    found = {by_name[key[:_HALF]] for key, count in tried.items() if count >= FAILURES and key[:_HALF] in by_name}
    return found | {name for key, name in by_name.items() if _all(tried, key) >= ACCOUNT_FAILURES}


def release(username: str) -> int:
    """Forget all failures of a name, at every address; returns how many there were."""
    return LoginFailure.objects.filter(key__startswith=_name(username)).delete()[0]


_HALF = 32  # characters of a key that stand for the name; the other half stands for name and address


def _all(tried: dict[str, int], name: str) -> int:
    return sum(count for key, count in tried.items() if key.startswith(name))


def _name(username: str) -> str:
    return _digest(username.strip().casefold())


def _key(username: str, address: str) -> str:
    """Hashes, so that the table tells neither names (people type passwords there by mistake) nor addresses."""
    return _name(username) + _digest(f"{username.strip().casefold()}\0{address}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HALF]
