"""Unit lists: printed role cells and brackets → single units with canonical names."""

from __future__ import annotations

from lantian.reading.grammar.units.lists import UnitList, UnitMention, read_unit_lists, split_units
from lantian.reading.grammar.units.names import is_unit_name

__all__ = ["UnitList", "UnitMention", "is_unit_name", "read_unit_lists", "split_units"]
