"""City ↔ district: which city rows a district row implements, with relation and changes (docs/alignment.md)."""

from lantian.comparing.alignment.engine import City, align, prepare
from lantian.comparing.alignment.model import RELATIONS, Alignment, Change, Link, Piece, Relation, RowRef

__all__ = ["RELATIONS", "Alignment", "Change", "City", "Link", "Piece", "Relation", "RowRef", "align", "prepare"]
