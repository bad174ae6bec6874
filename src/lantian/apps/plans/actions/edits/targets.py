"""The operation on targets: a person changes, adds or takes out what the text asks for in figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from django.utils.translation import gettext as _

from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits.sheet import EditError, Sheet, check_revision, longest
from lantian.apps.plans.content import FIGURES, Content, decimal_text
from lantian.apps.plans.models import Strength, Target, TargetKind
from lantian.apps.plans.rereading import in_print_order
from lantian.reading.model import Applies, Comparator, Sense

NUMERIC = (TargetKind.LEVEL, TargetKind.CHANGE, TargetKind.COUNT, TargetKind.RATE, TargetKind.RANK)
_FIELDS = (
    "text", "subject", "kind", "comparator", "value", "value_max", "stretch", "unit", "baseline", "qualifier",
    "sense", "applies", "statistic", "period", "denominator", "by", "scope", "strength", "span", "edited",
)  # fmt: skip
_WORDS = ("subject", "unit", "qualifier", "statistic", "period", "denominator")
_CHOICES: dict[str, tuple[str, ...]] = {
    "comparator": get_args(Comparator),
    "sense": get_args(Sense),
    "applies": get_args(Applies),
}
_LARGEST = Decimal(10) ** 17
_PLACES = 6
_MOST_PLACES = 200  # areas of a scope
_LONGEST_PLACE = 60
_LONGEST_PHRASE = 2000


def change_target(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``target``: change the target at ``index``, add one (``index`` null), or take one out (``value`` null)."""
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    index, value = wanted["index"], wanted["value"]
    targets = list(content["targets"])
    if index is not None and not 0 <= index < len(targets):
        raise EditError("no_target", _("The row has no such target."), "index")
    if value is None:
        if index is None:
            raise EditError("wrong_value", _("Say which target."), "index")
        gone = targets.pop(index)
        sheet.put(content | {"targets": targets, "dropped": _dropped(content, gone)})
        return
    for name in value:
        if name not in _FIELDS:
            raise EditError("unknown_field", _("There is no such field: %s") % name[:40], name[:40])
    old = None if index is None else targets[index]
    new = _target(sheet, content, value, old)
    if old is not None and index is not None:
        if {**new, "edited": old["edited"]} == old:
            return
        targets[index] = new
    else:
        targets.append(new)
    dropped = [phrase for phrase in content["dropped"] if phrase != new["text"]]
    if old is not None and old["span"] and not _meet(old, new):
        dropped = _dropped(content, old)  # else reading the text again would bring the old phrase back
    sheet.put(content | {"targets": in_print_order(targets), "dropped": dropped})


def _dropped(content: Content, target: Content) -> list[str]:
    return list(dict.fromkeys([*content["dropped"], target["text"]])) if target["span"] else content["dropped"]


def _meet(one: Content, other: Content) -> bool:
    a, b = one["span"], other["span"]
    return bool(a and b and a[0] < b[1] and b[0] < a[1])


def _target(sheet: Sheet, content: Content, value: Content, old: Content | None) -> Content:
    """A whole target: what is given, over what stands there, or over what the grammar reads in the phrase."""
    where = _where(content, value, old)
    base = old or sheet.rereader.phrase(content, where["text"]) or _nothing(content)
    target = base | where | {name: _read(name, value[name]) for name in value if name not in ("text", "span", "edited")}
    if target["kind"] is None:
        raise EditError("missing_field", _("Say what kind of target it is."), "kind")
    _check_figures(target)
    return target | {"edited": True}


def _nothing(content: Content) -> Content:
    words: Content = dict.fromkeys(_FIELDS)
    return words | {"subject": "", "scope": [], "strength": str(Strength.HARD), "by": content["deadline"]["end"]}


def _where(content: Content, value: Content, old: Content | None) -> Content:
    """The printed phrase and its place: as given, else where the row's text has it."""
    phrase = value.get("text", old["text"] if old else None)
    if not isinstance(phrase, str) or not phrase.strip() or len(phrase) > _LONGEST_PHRASE:
        raise EditError("missing_field", _("Mark the phrase of the text that sets the target."), "text")
    span = value.get("span", old["span"] if old and phrase == old["text"] else None)
    if span is not None:
        if not _is_span(span) or content["text"][span[0] : span[1]] != phrase:
            raise EditError("wrong_place", _("The phrase does not stand at this place of the text."), "span")
        return {"text": phrase, "span": list(span)}
    if old is not None and old["span"] is None and phrase == old["text"]:
        return {"text": phrase, "span": None}  # of a goal column: not in the text
    start = content["text"].find(phrase)
    if start < 0:
        raise EditError("not_in_text", _("The phrase does not stand in the text of the measure."), "text")
    return {"text": phrase, "span": [start, start + len(phrase)]}


def _is_span(span: Any) -> bool:
    return isinstance(span, list | tuple) and len(span) == 2 and all(type(n) is int and n >= 0 for n in span)


def _read(name: str, value: Any) -> Any:
    """One field of a target in its content form. Raises EditError."""
    try:
        return _READERS[name](name, value)
    except (ValueError, TypeError, InvalidOperation):
        raise EditError("wrong_value", _("This value cannot be used for %s.") % name, name) from None


def _word(name: str, value: Any) -> str | None:
    if value is None:
        return "" if name == "subject" else None
    if not isinstance(value, str) or "\x00" in value or len(value.strip()) > longest(Target, name):
        raise ValueError
    return value.strip() or ("" if name == "subject" else None)


def _figure(_name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if type(value) not in (str, int, float):
        raise ValueError
    number = Decimal(str(value).strip().replace("−", "-"))
    if not number.is_finite() or abs(number) > _LARGEST or number != round(number, _PLACES):
        raise ValueError
    return decimal_text(number)


def _choice(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if value not in _CHOICES[name]:
        raise ValueError
    return str(value)


def _kind(_name: str, value: Any) -> str:
    return str(TargetKind(value))


def _strength(_name: str, value: Any) -> str:
    return str(Strength(value))


def _baseline(_name: str, value: Any) -> str | None:
    """A year or ``previous_year``."""
    if value in (None, ""):
        return None
    text = str(value)
    if text != "previous_year" and not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise ValueError
    return text


def _by(_name: str, value: Any) -> str | None:
    return date.fromisoformat(value).isoformat() if value not in (None, "") else None


def _scope(_name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > _MOST_PLACES:
        raise ValueError
    places = []
    for place in value:
        if not isinstance(place, str) or "\x00" in place or len(place.strip()) > _LONGEST_PLACE:
            raise ValueError
        places.append(place.strip())
    return [place for place in dict.fromkeys(places) if place]


_READERS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(_WORDS, _word),
    **dict.fromkeys(FIGURES, _figure),
    **dict.fromkeys(_CHOICES, _choice),
    "kind": _kind,
    "strength": _strength,
    "baseline": _baseline,
    "by": _by,
    "scope": _scope,
}


def _check_figures(target: Content) -> None:
    """Figures stand where the kind has them, and a range goes upwards (contracts §1)."""
    numeric = target["kind"] in NUMERIC
    if numeric and target["value"] is None:
        raise EditError("missing_field", _("This kind of target needs a figure."), "value")
    for name in FIGURES:
        if not numeric and target[name] is not None:
            raise EditError("wrong_value", _("This kind of target has no figure."), name)
    if target["value_max"] is not None and Decimal(target["value_max"]) < Decimal(target["value"]):
        raise EditError("wrong_value", _("The upper end of the range lies below its lower end."), "value_max")
