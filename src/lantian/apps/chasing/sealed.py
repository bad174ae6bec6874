"""Secrets that must be read again (contracts §8): encrypted with a key that is not in the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_USE = b"lantian chasing webhooks"


class SealError(Exception):
    """What was sealed under another key: the installation's secret key was changed."""


def _fernet() -> Fernet:
    """The key comes from the installation's secret key, for this use alone."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_USE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def seal(text: str) -> str:
    """The text encrypted; empty stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def unseal(text: str) -> str:
    """What :func:`seal` hid. Raises :class:`SealError`."""
    if not text:
        return ""
    try:
        return _fernet().decrypt(text.encode()).decode()
    except InvalidToken:
        raise SealError from None
