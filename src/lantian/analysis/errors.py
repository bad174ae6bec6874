"""Refusals of data: every one names the file, the line and the reason, in Chinese and English."""

from __future__ import annotations

from pathlib import Path


class DataError(Exception):
    """Data that are refused. ``line`` is the line in the file (the header is line 1), None for the file as a whole."""

    def __init__(self, path: Path | str, line: int | None, zh: str, en: str) -> None:
        super().__init__(str(path), line, zh, en)
        place = "" if line is None else f" 第{line}行"
        self.zh = f"{path}{place}：{zh}"
        self.en = f"{path}{'' if line is None else f', line {line}'}: {en}"

    def __str__(self) -> str:
        return self.en
