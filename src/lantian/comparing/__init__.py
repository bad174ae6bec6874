"""Plan ↔ plan: which row became which, what changed in it, and the merge of what people did with what a file says.

Pure: knows the reader's types and rows as JSON (docs/comparing.md), no web framework and no database.
"""

from lantian.comparing.align import Pair, align
from lantian.comparing.fields import Change, field_changes
from lantian.comparing.merge import Merged, merge3
from lantian.comparing.merge_rows import MergedRow, MergedRows, merge_rows
from lantian.comparing.text import text_diff
from lantian.comparing.years import Comparison, compare_years

__all__ = [
    "Change", "Comparison", "Merged", "MergedRow", "MergedRows", "Pair", "align", "compare_years", "field_changes",
    "merge3", "merge_rows", "text_diff",
]  # fmt: skip
