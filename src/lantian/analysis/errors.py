"""Refusals of data: every one names the file, the line and the reason, in Chinese and English."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType


class DataError(Exception):
    """Data that are refused. ``line`` is the line in the file (the header is line 1), None for the file as a whole."""

    def __init__(self, path: Path | str, line: int | None, zh: str, en: str) -> None:
        super().__init__(str(path), line, zh, en)
        place = "" if line is None else f" 第{line}行"
        self.zh = f"{path}{place}：{zh}"
        self.en = f"{path}{'' if line is None else f', line {line}'}: {en}"

    def __str__(self) -> str:
        return self.en


class MissingExtra(Exception):
    """The work needs the extra ``science``, which is not installed. ``zh`` and ``en`` say how to get it."""

    def __init__(self, module: str) -> None:
        super().__init__(module)
        self.zh = f"需要 {module}，请先安装：pip install 'lantian[science]'"
        self.en = f"needs {module}: pip install 'lantian[science]'"

    def __str__(self) -> str:
        return self.en


def science(module: str) -> ModuleType:
    """A module of the extra ``science``, imported on use; MissingExtra where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(module.partition(".")[0]) from error
