"""What is wrong with a pack: file, line and a sentence, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class PackProblem:
    """One thing wrong in one file of a pack; ``line`` counts from 1."""

    file: Path
    line: int
    zh: str
    en: str

    def says(self, chinese: bool) -> str:
        """``file:line: sentence``."""
        return f"{self.file}:{self.line}: {self.zh if chinese else self.en}"


class PacksRefused(Exception):
    """Packs that cannot be used as they are; ``problems`` names every one of them."""

    def __init__(self, problems: Sequence[PackProblem]) -> None:
        super().__init__(*[item.says(chinese=False) for item in problems])
        self.problems = tuple(problems)
