"""What pages and papers say of scores: names of facts, the sentence of a reason, figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.assessment.scoring import MANUAL, ItemScore, Reason, Ref, UnitScore, Words, sources, split
from lantian.apps.chasing.models import RungName

_PAGES = {
    "commitment": "supervision:duty", "return": "supervision:return", "letter": "chasing:letter",
    "file": "assessment:scorecard-entry-file",
}  # fmt: skip


def name(words: Words | None) -> str:
    """A name of the card in the reader's language; empty for none."""
    if words is None:
        return ""
    return words.zh if (get_language() or "zh").startswith("zh") else words.en


def fact_name(fact: str) -> str:
    """What a fact is called: 收到的督办文书（督办函）."""
    source, argument = split(fact)
    if source == MANUAL:
        return argument
    found = sources().get(source)
    label = name(Words(found.zh, found.en)) if found else fact
    if not argument:
        return label
    argument = str(RungName(argument).label) if source == "letters.count" else argument
    return _("%(fact)s (%(about)s)") % {"fact": label, "about": argument}


def figure(value: Decimal | None) -> str:
    """A number without trailing noughts, a dash for none."""
    if value is None:
        return "—"
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def points(low: Decimal, high: Decimal) -> str:
    """Points, or the range that is still possible."""
    return figure(low) if low == high else f"{figure(low)}–{figure(high)}"


def sentence(reason: Reason) -> str:
    """Why, in one line; the points stand beside it."""
    source = sources().get(split(reason.fact)[0])
    words = {
        "fact": fact_name(reason.fact) if reason.fact else "",
        "value": figure(reason.value) + (source.unit if source and source.unit == "%" else ""),
        "each": figure(reason.each),
        "note": reason.note,
    }
    if reason.why in ("band", "linear"):
        return _("%(fact)s %(value)s") % words
    if reason.why in ("deduction", "bonus"):
        return _("%(fact)s: %(value)s × %(each)s points") % words
    texts: dict[str, Any] = {
        "formula": _("by the formula") if not reason.fact else _("by the formula, from %(fact)s") % words,
        "floor": _("the item does not fall below its floor"),
        "cap": _("no more than the highest points allowed"),
        "veto": _("veto: %(fact)s %(value)s") % words,
        "missing": _("%(fact)s: nothing is known yet") % words,
        "appeal": _("appeal granted: %(note)s") % words,
        "failed": _("the formula cannot be computed with these figures"),
    }
    return str(texts[reason.why])


def address(ref: Ref) -> str:
    """The page of what a fact counted; empty where there is none (a return that never came)."""
    return reverse(_PAGES[ref.kind], args=[ref.uid]) if ref.uid else ""


def shape(item: ItemScore) -> tuple[str, str, str]:
    """Mark, word and CSS class of an item's state."""
    if any(reason.why == "veto" for reason in item.reasons):
        return "✕", _("veto"), "score-veto"
    if item.points is None or (item.missing and not item.weight):
        return "◌", _("not scored yet"), "score-open"
    if item.lost:
        return "◐", _("points lost"), "score-lost"
    return "●", _("nothing lost"), "score-full"


def shown(score: UnitScore, titles: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """A unit's items for a page; ``titles``: by key title, group, basis of each."""
    rows = []
    for item in score.items:
        mark, word, style = shape(item)
        most = item.weight or Decimal(1)
        rows.append(
            {
                "key": item.key, **titles[item.key], "weight": item.weight, "mark": mark, "word": word, "style": style,
                "points": points(item.low, item.high), "lost": item.lost, "scored": item.points is not None,
                "bar": f"{100 * min(max(item.low / most, Decimal(0)), Decimal(1)):.0f}",
                "bar_most": f"{100 * min(max(item.high / most, Decimal(0)), Decimal(1)):.0f}",
                "reasons": [_shown(reason) for reason in item.reasons],
            }
        )  # fmt: skip
    return rows


def _shown(reason: Reason) -> dict[str, Any]:
    sign = "+" if reason.points > 0 else ""
    return {
        "text": sentence(reason),
        "note": "" if reason.why in ("appeal", "failed") else reason.note,
        "points": sign + figure(reason.points) if reason.points else "",
        "missing": reason.why == "missing",
        "refs": [(ref.text, address(ref)) for ref in reason.refs],
    }
