"""Secrets that must be read again (contracts §8): encrypted with a key that is not in the database.

The key comes from the installation's secret key, one for each ``use``: what one app sealed no other opens.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealError(Exception):
    """What was sealed under another key: the installation's secret key was changed."""


def seal(use: bytes, text: str) -> str:
    """The text encrypted; empty stays empty."""
    return _fernet(use).encrypt(text.encode()).decode() if text else ""


def unseal(use: bytes, text: str) -> str:
    """What :func:`seal` hid. Raises :class:`SealError`."""
    if not text:
        return ""
    try:
        return _fernet(use).decrypt(text.encode()).decode()
    except InvalidToken:
        raise SealError from None


def _fernet(use: bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
