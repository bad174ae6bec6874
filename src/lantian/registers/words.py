"""The words of ``tables/words.yaml``, and the form in which words are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SPACE = re.compile(r"\s+")


@cache
def table() -> dict[str, Any]:
    """The whole table, as it is written."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "tables" / "words.yaml").read_text("utf-8"))
    return found


@cache
def words(name: str) -> frozenset[str]:
    """One list of the table, every word in the form of :func:`bare`."""
    return frozenset(bare(str(item)) for item in table()[name])


@cache
def datums() -> dict[str, str]:
    """Names of coordinate systems (in the form of :func:`bare`) → the system."""
    known = table()["datums"]
    return {bare(word): datum for datum, names in known.items() for word in (datum, *names)}


def tidy(text: str) -> str:
    """A text without invisible characters, its runs of white space as single blanks."""
    if text.isprintable() and "  " not in text:  # most are: nothing to look for
        return text.strip()
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """The form in which words are compared: NFKC, lower case, no white space, nothing invisible."""
    return _SPACE.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).lower()
