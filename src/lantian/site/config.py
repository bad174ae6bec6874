"""Every setting that an installation may choose: ``LANTIAN_*`` and ``DATABASE_URL``, read once and typed.

docs/settings.md explains each; a test compares the two lists. Nothing else of the project reads the environment.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SETTINGS = (
    "LANTIAN_DATA",
    "LANTIAN_LAKE",
    "DATABASE_URL",
    "LANTIAN_SECRET_KEY",
    "LANTIAN_HOSTS",
    "LANTIAN_URL",
    "LANTIAN_TRUSTED_PROXIES",
    "LANTIAN_DIRECTORY",
    "LANTIAN_UPLOAD_MB",
    "LANTIAN_SESSION_HOURS",
    "LANTIAN_EMAIL_URL",
    "LANTIAN_WEBHOOK_HOSTS",
    "LANTIAN_DEBUG",
)


class ConfigError(ValueError):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Email:
    """Where e-mail is handed in; ``secure`` is empty, ``tls`` (STARTTLS) or ``ssl``."""

    host: str
    port: int
    user: str
    password: str
    secure: str
    sender: str


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation. ``data`` is absolute; the folder need not exist yet."""

    data: Path
    lake: str
    packs: str
    database: dict[str, Any]
    secret_key: str
    hosts: tuple[str, ...]
    url: str
    trusted_proxies: str
    directory: str
    upload_bytes: int
    session_seconds: int
    email: Email | None
    webhook_hosts: tuple[str, ...]
    debug: bool


def load(env: Mapping[str, str] = os.environ) -> Config:
    """Read the environment; make the secret key on first use. Raises :class:`ConfigError` on a value of no use."""
    data = Path(env.get("LANTIAN_DATA") or "var").expanduser().absolute()
    url = env.get("LANTIAN_URL", "").rstrip("/")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError(f"LANTIAN_URL: not an http(s) address: {url}")
    return Config(
        data=data,
        lake=env.get("LANTIAN_LAKE") or str(data / "lake"),
        packs=env.get("LANTIAN_PACKS") or str(data / "packs"),
        database=_database(env.get("DATABASE_URL", ""), data),
        secret_key=env.get("LANTIAN_SECRET_KEY") or _secret_key(data / "secret-key"),
        hosts=tuple(_words(env.get("LANTIAN_HOSTS", "localhost,127.0.0.1,[::1]"))),
        url=url,
        trusted_proxies=env.get("LANTIAN_TRUSTED_PROXIES", ""),
        directory=env.get("LANTIAN_DIRECTORY", "beijing"),
        upload_bytes=_number(env, "LANTIAN_UPLOAD_MB", 50) * 1024 * 1024,
        session_seconds=_number(env, "LANTIAN_SESSION_HOURS", 12) * 3600,
        email=_email(env.get("LANTIAN_EMAIL_URL", "")),
        webhook_hosts=tuple(_words(env.get("LANTIAN_WEBHOOK_HOSTS", ""))),
        debug=env.get("LANTIAN_DEBUG", "").lower() in ("1", "true", "yes"),
    )


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ConfigError(f"{name}: a whole number from 1 is wanted, not {text!r}")
    return int(text)


def _email(url: str) -> Email | None:
    """``smtp://user:password@host:25?from=office@example.gov.cn``; ``smtp+tls`` and ``smtps`` encrypt. Empty: none."""
    if not url:
        return None
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    sender = dict(parse_qsl(parts.query)).get("from", "") or unquote(parts.username or "")
    try:
        port = parts.port or ports.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not port or not parts.hostname or "@" not in sender:
        raise ConfigError("LANTIAN_EMAIL_URL: smtp://user:password@host:25?from=office@example.gov.cn is wanted")
    secure = {"smtp+tls": "tls", "smtps": "ssl"}.get(parts.scheme, "")
    return Email(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), secure, sender)


def _database(url: str, data: Path) -> dict[str, Any]:
    """Django's settings of the database: SQLite in the data folder, or PostgreSQL by its address (contracts §7)."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "lantian.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ConfigError("DATABASE_URL: postgresql://user:password@host:port/name is wanted")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        # Compiling a query of a list takes PostgreSQL seconds where running it takes milliseconds (docs/yearend.md).
        "OPTIONS": {"options": "-c jit=off"} | query,
    }


def _secret_key(path: Path) -> str:
    """The installation's key, made on first use; only the owner may read it. Safe when two processes start at once."""
    try:
        return _read_key(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(50))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read_key(path)


def _read_key(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 40:
        raise ConfigError(f"{path}: too short for a secret key; remove the file to have a new one made")
    return key
