"""Slowing down who guesses passwords: five failures in fifteen minutes per name and address."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.utils import timezone

from lantian.apps.core.models import LoginFailure

FAILURES = 5
WINDOW = timedelta(minutes=15)


def blocked(username: str, address: str) -> bool:
    """Whether this name from this address has to wait."""
    since = timezone.now() - WINDOW
    return LoginFailure.objects.filter(key=_key(username, address), at__gt=since).count() >= FAILURES


def failed(username: str, address: str) -> None:
    """Count a failure; rows that no longer matter go."""
    now = timezone.now()
    LoginFailure.objects.filter(at__lt=now - WINDOW).delete()
    LoginFailure.objects.create(key=_key(username, address), at=now)


def succeeded(username: str, address: str) -> None:
    """A right password forgets the failures before it."""
    LoginFailure.objects.filter(key=_key(username, address)).delete()


def _key(username: str, address: str) -> str:
    return hashlib.sha256(f"{username.strip().casefold()}\0{address}".encode()).hexdigest()
