"""Texts of a directory's cells as values: dates, choices, yes and no. What cannot be read is None with a sentence."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from django.db import models
from django.utils import translation

from lantian.apps.areas.models import AreaKind, Level, RuleKind
from lantian.apps.core.entries import day_of, no_day

_YES, _NO = frozenset({"yes", "true", "1", "是", "y", "√"}), frozenset({"", "no", "false", "0", "否", "n"})
_SEPARATORS = re.compile(r"[;；、,，]")
_CHOICES: dict[str, type[models.TextChoices]] = {"level": Level, "area_kind": AreaKind, "rule": RuleKind}

Sentence = tuple[str, str]  # Chinese, English


class Unreadable(Exception):
    """A cell that means nothing; ``zh`` and ``en`` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def read(kind: str, text: str) -> Any:
    """A cell as the value of its column's kind: str, date or None, bool. Raises Unreadable."""
    if kind == "date":
        return _day(text)
    if kind == "bool":
        return _bool(text)
    if kind in _CHOICES:
        return _choice(text, kind)
    if kind == "area_kinds":
        return ";".join(_choice(part.strip(), "area_kind") for part in _SEPARATORS.split(text) if part.strip())
    return text


def show(kind: str, value: Any) -> str:
    """A value as its cell shows it, in Chinese; what :func:`read` reads back."""
    if value is None or value == "":
        return ""
    if kind == "bool":
        return "是" if value else ""
    if kind in _CHOICES:
        return labels(kind)[value]
    if kind == "area_kinds":
        return "；".join(labels("area_kind")[part] for part in value.split(";") if part)
    return value.isoformat() if isinstance(value, date) else str(value)


@cache
def labels(kind: str) -> dict[str, str]:
    """The choices of a kind of column with their Chinese words."""
    with translation.override("zh-hans"):
        return {value: str(label) for value, label in _CHOICES[kind].choices}


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return day_of(text)
    except ValueError:
        raise Unreadable(*no_day(text)) from None


def _bool(text: str) -> bool:
    word = text.lower()
    if word not in _YES | _NO:
        raise Unreadable(f"应填“是”或留空，不是“{text}”", f"yes or blank is wanted, not {text!r}")
    return word in _YES


def _choice(text: str, kind: str) -> str:
    known = labels(kind)
    if text in known:
        return text
    found = [value for value, label in known.items() if label == text]
    if len(found) != 1:
        words = "、".join(known.values())
        raise Unreadable(f"“{text}”不在可选项中（{words}）", f"{text!r} is none of {', '.join(known)}")
    return found[0]
