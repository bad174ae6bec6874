"""量化目标: what a measure asks for in figures."""

from __future__ import annotations

from lantian.reading.grammar.targets.find import find_targets

__all__ = ["find_targets"]
