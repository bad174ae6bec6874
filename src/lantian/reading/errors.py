"""Refusals: every one says in a sentence what was wrong with which file, in Chinese and English."""

from __future__ import annotations

import os


class ReadingError(Exception):
    """A document that is refused. ``exit_code`` is what the command returns (docs/cli.md)."""

    exit_code = 1

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return self.zh if prefers_chinese() else self.en


class MissingExtra(ReadingError):
    """Reading needs an extra or a tool that is not installed here."""

    exit_code = 3


def prefers_chinese(env: dict[str, str] | None = None) -> bool:
    """Whether messages of the command are Chinese: by LC_ALL, LC_MESSAGES, LANG; Chinese where none is set."""
    env = dict(os.environ) if env is None else env
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := env.get(name):
            return value.lower().startswith("zh") or value.split(".")[0].upper() in ("C", "POSIX")
    return True
