"""One row three ways: the file before, what people made of it, the file now (docs/comparing.md).

Rows are contents, the JSON form in which plans keep them. What one side left alone follows the other; where both
changed the same field differently, people's work stays and the conflict is listed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from lantian.comparing.lists import merge_lists
from lantian.reading.model import ROLE_NAMES
from lantian.reading.text import compare_form

Content = dict[str, Any]
Conflict = dict[str, Any]  # {"field", "old", "new", "mine"}

ROLE_FIELDS = (*ROLE_NAMES, "inherited")
ROW = "row"  # the field of a conflict about whether there is such a row
_FACTS = ("section", "seq", "task", "text", "paragraphs", "deadline", "text_dates", "roles", "targets")
_WITHOUT: Content = {
    "section": "", "seq": None, "task": "", "text": "", "paragraphs": [], "text_dates": [], "roles": [], "targets": [],
    "deadline": {"text": "", "kind": "none", "start": None, "end": None, "also": []},
    "source": {"page": None, "row": 0, "cells": []}, "flags": [], "conflicts": [],
}  # fmt: skip
_AT_DEADLINE = "@"  # stands for the date of the row's own deadline, which an unedited target takes over


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged row and the conflicts that this merge found (they stand in ``content["conflicts"]``, too)."""

    content: Content
    conflicts: list[Conflict]


def merge3(old: Content | None, mine: Content, new: Content, *, part: bool = False) -> Merged:
    """Merge one row. ``new == old`` gives ``mine``, ``mine == old`` gives what ``new`` says.

    ``old`` is None where people put in a row that the file has only now: then their blanks are filled, and what
    differs is a conflict. ``part``: ``new`` is only a piece that the file cut off from ``mine``; it takes the file's
    words.
    """
    base = old or _WITHOUT | {"conflicts": []}
    conflicts: list[Conflict] = []
    result = dict(mine)

    def settle(name: str, sides: tuple[Any, Any, Any], form: Callable[[Any], Any] = _form) -> Any:
        value, clash = _three(*sides, form)
        if clash:
            conflicts.append({"field": name, "old": sides[0] if old else None, "new": sides[2], "mine": sides[1]})
        return value

    for name in ("section", "seq", "task"):
        result[name] = settle(name, (base[name], mine[name], new[name]))
    result["deadline"] = settle("deadline", (base["deadline"], mine["deadline"], new["deadline"]), _deadline_form)
    result["roles"] = _merge_roles(base, mine, new, settle)
    follows, clash = _words(base, mine, new, part)
    words = new if follows else mine
    result |= {name: words[name] for name in ("text", "paragraphs", "text_dates")}
    if clash:
        conflicts.append(
            {"field": "text", "old": base["text"] if old else None, "new": new["text"], "mine": mine["text"]}
        )
    if part:
        result["targets"] = new["targets"]
    elif not clash:
        result["targets"] = _merge_targets(base, mine, new, result, settle)
    result["source"] = mine["source"] if new["source"] == base["source"] else new["source"]
    result["flags"] = _merge_flags(base["flags"], mine["flags"], new["flags"])
    earlier = [] if part else _still_open(base, mine, new, conflicts)
    result["conflicts"] = earlier + conflicts
    return Merged(result, conflicts)


def facts(content: Content) -> Content:
    """What a row says: all of it but who it is, where it was printed and what is remarked about it."""
    return {name: value for name, value in content.items() if name in _FACTS}


def edited(old: Content, mine: Content) -> bool:
    """Whether people changed what the row says (accepting a flag is no change of the row)."""
    return any(old[name] != mine[name] for name in _FACTS if name != "text_dates")


def _form(value: Any) -> Any:
    return compare_form(value) if isinstance(value, str) else value


def _three(old: Any, mine: Any, new: Any, form: Callable[[Any], Any]) -> tuple[Any, bool]:
    """The merged value of one field and whether both sides changed it differently (then it is ``mine``)."""
    if mine == old:
        return new, False
    return mine, form(new) not in (form(old), form(mine))


def _words(base: Content, mine: Content, new: Content, part: bool) -> tuple[bool, bool]:
    """Whether the text with its paragraphs and dates follows the file, and whether both sides changed it."""
    if part or all(mine[name] == base[name] for name in ("text", "paragraphs")):
        return True, False
    changed = _form(new["text"]) not in (_form(base["text"]), _form(mine["text"]))
    return False, changed


def _deadline_form(due: Content) -> Any:
    return (compare_form(due["text"]), due["kind"], due["start"], due["end"],
            [_deadline_form(other) for other in due.get("also") or []])  # fmt: skip


def _key(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _merge_roles(base: Content, mine: Content, new: Content, settle: Callable[..., Any]) -> list[Content]:
    """Role by role; inside one, units that the two sides changed at different places go together."""
    result: list[Content] = []
    for role in ROLE_FIELDS:
        sides = tuple([item for item in side["roles"] if item["role"] == role] for side in (base, mine, new))
        merged = None if sides[1] == sides[0] else merge_lists(*([_role_key(item) for item in s] for s in sides))
        if merged is None:
            result += settle(role, sides, lambda items: [_role_key(item) for item in items])
        else:
            result += [sides[2][at_new] if at < 0 else sides[1][at] for _side, at, at_new in merged]
    # Where nothing but the order of the roles differs from one side, that side's order stands.
    for side in (mine, new):
        if sorted(map(_key, result)) == sorted(map(_key, side["roles"])):
            return cast("list[Content]", side["roles"])
    return result


def _role_key(item: Content) -> tuple[Any, ...]:
    """What of a unit's entry the file says. Which unit of the directory it is, is no news from the file."""
    return compare_form(item["name"]), item["open"]


def _merge_targets(
    base: Content, mine: Content, new: Content, result: Content, settle: Callable[..., Any]
) -> list[Content]:
    """Target by target; figures follow the file where nobody touched them, marks move to where the words now stand."""
    sides = tuple(side["targets"] for side in (base, mine, new))
    if sides[1] == sides[0] and result["text"] == new["text"] and result["deadline"] == new["deadline"]:
        return cast("list[Content]", sides[2])
    keys = [[_target_key(item, side["deadline"]["end"]) for item in side["targets"]] for side in (base, mine, new)]
    places = merge_lists(*keys)
    if places is None:
        chosen = settle("targets", sides, lambda items: [_key(_bare(item)) for item in items])
        return [_placed(item, result, mine) for item in chosen]
    merged = []
    for side, at, at_new in places:
        from_new = side == "new" or (side == "both" and result["text"] != mine["text"])
        source = new if from_new else mine
        item = dict(source["targets"][at_new if from_new else at])
        if side == "both":
            item["edited"] = mine["targets"][at]["edited"]
        merged.append(_placed(item, result, source))
    return merged


def _bare(item: Content) -> Content:
    return {name: value for name, value in item.items() if name not in ("span", "edited")}


def _target_key(item: Content, due: str | None) -> str:
    by = _AT_DEADLINE if due and item["by"] == due and not item["edited"] else item["by"]
    return _key(_bare(item) | {"by": by, "text": compare_form(item["text"])})


def _placed(item: Content, result: Content, source: Content) -> Content:
    """The target in the merged row: its date after the row's deadline, its mark where the row's text has its words."""
    due, now = source["deadline"]["end"], result["deadline"]["end"]
    if due != now and due and item["by"] == due and not item["edited"]:
        item = item | {"by": now}
    if result["text"] == source["text"] or item["span"] is None:
        return item
    text, words, near = result["text"], source["text"][item["span"][0] : item["span"][1]], item["span"][0]
    starts = [at for at in range(len(text)) if text.startswith(words, at)] if words else []
    if not starts:
        return item | {"span": None}
    start = min(starts, key=lambda at: abs(at - near))
    return item | {"span": [start, start + len(words)]}


def _merge_flags(old: list[Content], mine: list[Content], new: list[Content]) -> list[Content]:
    """The file's flags without those that people's work settled, with those it raised; what was accepted stays so."""
    before, here, now = ({_flag_key(flag): flag for flag in side} for side in (old, mine, new))
    if list(now) == list(before):
        return mine
    settled = before.keys() - here.keys()
    flags = [
        flag | {"accepted": flag["accepted"] or (key in here and here[key]["accepted"])}
        for key, flag in now.items()
        if key not in settled
    ]
    return flags + [flag for key, flag in here.items() if key not in before and key not in now]


def _flag_key(flag: Content) -> tuple[str, str]:
    return flag["id"], flag["detail"]


def _still_open(base: Content, mine: Content, new: Content, found: list[Conflict]) -> list[Conflict]:
    """Conflicts of an earlier merge that nobody decided and about which the file says the same as then."""
    again = {conflict["field"] for conflict in found}
    return [
        conflict
        for conflict in mine["conflicts"]
        if (_row_open(conflict) if conflict["field"] == ROW else _field_open(conflict["field"], base, mine, new))
        and conflict["field"] not in again
    ]


def _row_open(conflict: Conflict) -> bool:
    """The row is in the file: a quarrel about its having gone is over, one about its having come back is not."""
    return conflict["new"] is not None


def _field_open(name: str, base: Content, mine: Content, new: Content) -> bool:
    before, here, now = (side_of(side, name) for side in (base, mine, new))
    return bool(before == now and here != now)


def side_of(content: Content, name: str) -> Any:
    """The value that a conflict of field ``name`` holds for one side."""
    if name in ROLE_FIELDS:
        return [item for item in content["roles"] if item["role"] == name]
    return content.get(name)
