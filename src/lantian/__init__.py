"""Lantian (蓝天): reads clean-air action plans and makes them run.

``lantian.read_plan(path)`` is the library form of ``lantian read``; everything else is imported from the package
it lives in. The import is lazy because start-up time is a feature of the command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lantian.reading import read_plan

__all__ = ["__version__", "read_plan"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "read_plan":
        from lantian.reading import read_plan

        return read_plan
    raise AttributeError(f"module 'lantian' has no attribute {name!r}")
