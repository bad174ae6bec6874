"""Word tables of the prose reader, read once: role words, context headings, closing lines."""

from __future__ import annotations

import re
from functools import cache

from lantian.reading.lexicon import alternation, table
from lantian.reading.model import ROLE_NAMES, RoleName


@cache
def role_words(kind: str) -> dict[str, RoleName]:
    """Role words of one kind (``label`` 责任单位, ``verb`` 负责) with the role they give."""
    return {row["word"]: _role(row["role"]) for row in table("prose_roles") if row["kind"] == kind}


def _role(word: str) -> RoleName:
    return next(role for role in ROLE_NAMES if role == word)


@cache
def _context() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    rows = table("prose_context")
    words = {kind: [row["word"] for row in rows if row["match"] == kind] for kind in ("whole", "suffix", "filler")}
    whole, filler = alternation(words["whole"]), alternation(words["filler"])
    return (
        re.compile(rf"(?:{filler})*(?:{whole})(?:{whole}|{filler})*"),
        re.compile(rf"(?:{alternation(words['suffix'])})$"),
        re.compile(r"[\W_]+|(?:到|至)?(?:19|20)\d{2}年(?:度)?"),
    )


def is_context_title(title: str) -> bool:
    """Whether a heading opens context (指导思想, 总体要求和主要目标, …的重大意义) and not tasks."""
    whole, suffix, noise = _context()
    plain = noise.sub("", title)
    return bool(plain) and bool(whole.fullmatch(plain) or suffix.search(plain))


@cache
def _closing(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in table("prose_closing") if row["kind"] == kind))


def is_line(kind: str, text: str) -> bool:
    """Whether a line is of a kind that holds no measure: ``end``, ``skip`` or ``contact``."""
    return bool(_closing(kind).search(text))
