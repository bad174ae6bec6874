"""Plan tables → measures in print: columns by meaning, rows, groups, repairs."""

from __future__ import annotations

from lantian.reading.tabular.assemble import draft_tables

__all__ = ["draft_tables"]
