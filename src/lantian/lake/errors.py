"""Refusals of the lake: one sentence each, in Chinese and English."""

from __future__ import annotations


class LakeError(Exception):
    """What the lake refuses or cannot do, and to what. Nothing half-written is visible after it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return self.en


class SeriesRefused(LakeError):
    """Hours that do not fit the series that stands in the lake: another unit, time zone or reference state."""


class QueryRefused(LakeError):
    """A query that is not one plain SELECT over the views, or that breaks a limit."""


class MissingExtra(LakeError):
    """What Spark needs is not installed: pyspark (``pip install 'lantian[spark]'``) or Java."""
