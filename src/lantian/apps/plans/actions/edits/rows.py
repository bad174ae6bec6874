"""Operations on whole rows and their cells: set, split, merge, insert, delete, move, back to the reading."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _

from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import User
from lantian.apps.plans import rereading
from lantian.apps.plans.actions.edits.roles import renew_role_flags, set_roles
from lantian.apps.plans.actions.edits.shape import ROLE_FIELDS, ROW_FIELDS
from lantian.apps.plans.actions.edits.sheet import EditError, Sheet, check_revision, longest, typed
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Measure, PlanVersion, RoleKind

_LONGEST_DEADLINE = 200
_LONGEST_TEXT = 20_000
_HIGHEST_NUMBER = 99_999
_NUMBER_RULES = ("R05", "R06", "R56")  # a person's number needs no remark about the printed one
_SENTENCE_ENDS = "。；！？;!?：:"


def set_field(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``set``: one field of one row, or of the rows of its printed group."""
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    field = wanted["field"]
    if wanted["group"] and field not in ("section", "seq", "task"):
        raise EditError("wrong_value", _("Only section, number and task are shared by a group."), "group")
    uids = _group(sheet, content["uid"], field) if wanted["group"] else [content["uid"]]
    for uid in uids:
        sheet.put(with_field(sheet, sheet.rows[uid], field, wanted["value"]))


def with_field(sheet: Sheet, content: Content, field: str, value: Any) -> Content:
    """The row with one field as a person gave it. Raises EditError for values that the field cannot take."""
    if field in ROLE_FIELDS:
        return set_roles(sheet, content, field, value)
    return _SETTERS[field](sheet, content, value)


def _set_words(field: str) -> Callable[[Sheet, Content, Any], Content]:
    def put(_sheet: Sheet, content: Content, value: Any) -> Content:
        return content | {field: " ".join(typed(value, field, longest(Measure, field)).split())}

    return put


def _set_seq(_sheet: Sheet, content: Content, value: Any) -> Content:
    if value is not None and (type(value) is not int or not 0 <= value <= _HIGHEST_NUMBER):
        raise EditError("wrong_value", _("The number must be a whole number, or empty."), "value")
    if value == content["seq"]:
        return content
    return content | {"seq": value, "flags": [f for f in content["flags"] if f["id"] not in _NUMBER_RULES]}


def _set_text(sheet: Sheet, content: Content, value: Any) -> Content:
    paragraphs = rereading.paragraphs_of(typed(value, "text", _LONGEST_TEXT))
    if not paragraphs:
        raise EditError("empty", _("The measure needs a text; delete the row if it is none."), "value")
    return content if paragraphs == content["paragraphs"] else sheet.rereader.with_text(content, paragraphs)


def _set_deadline(sheet: Sheet, content: Content, value: Any) -> Content:
    printed = typed(value, "deadline", _LONGEST_DEADLINE)
    return content if printed == content["deadline"]["text"] else sheet.rereader.with_deadline(content, printed)


_SETTERS: dict[str, Callable[[Sheet, Content, Any], Content]] = {
    "section": _set_words("section"),
    "task": _set_words("task"),
    "seq": _set_seq,
    "text": _set_text,
    "deadline": _set_deadline,
}


def _group(sheet: Sheet, uid: str, field: str) -> list[str]:
    """The rows around this one that are printed as one group: of its section, or of its section, number and task."""
    names = ("section",) if field == "section" else ("section", "seq", "task")
    own = [sheet.rows[uid][name] for name in names]
    first = last = sheet.place(uid)
    while first > 0 and [sheet.rows[sheet.order[first - 1]][name] for name in names] == own:
        first -= 1
    while last + 1 < len(sheet.order) and [sheet.rows[sheet.order[last + 1]][name] for name in names] == own:
        last += 1
    return sheet.order[first : last + 1]


def join(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``join``: the row belongs to the printed group of the row above: its section, number and task."""
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    place = sheet.place(content["uid"])
    if place == 0:
        raise EditError("wrong_place", _("There is no row above the first one."), "measure")
    above = sheet.rows[sheet.order[place - 1]]
    joined = _set_seq(sheet, content, above["seq"])
    sheet.put(joined | {"section": above["section"], "task": above["task"]})


def split(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``split``: the words from one character on become a row of their own behind this one.

    Deadline and roles hold for both, unless the cell prints one for each paragraph and the cut lies between two. A
    target goes where its phrase stands; one whose phrase is cut apart is gone.
    """
    content, at = check_revision(sheet, wanted, wanted["measure"], wanted["revision"]), wanted["at"]
    text = content["text"]
    if not 0 < at < len(text) or not text[:at].strip() or not text[at:].strip():
        raise EditError("wrong_place", _("Split between two words of the text."), "at")
    left, right = rereading.cut(content, at)
    before = [t for t in content["targets"] if t["span"] is None or t["span"][1] <= at]
    behind = rereading.shifted((t for t in content["targets"] if t["span"] and t["span"][0] >= at), -at)
    own, other = _shared_out(sheet, content, at)
    first = renew_role_flags(_with_words(sheet, own | {"targets": before}, left))
    second = renew_role_flags(_with_words(sheet, other | {"targets": behind, "text_dates": []}, right))
    second |= {"uid": str(uuid7()), "flags": _flags_of_part(second), "conflicts": []}
    sheet.put(first)
    sheet.insert(second, sheet.place(content["uid"]) + 1)


def _shared_out(sheet: Sheet, content: Content, at: int) -> tuple[Content, Content]:
    """The row twice, each with the units and deadlines printed for its own paragraphs (rules R36 and R16).

    They are known only where a cell holds as many groups of units, or deadlines, as the text has paragraphs, and the
    cut lies between two paragraphs; otherwise both keep all.
    """
    parts = rereading.joined_paragraphs(content)
    cuts = list(accumulate(map(len, parts)))
    if at not in cuts[:-1]:
        return content, content
    count = cuts.index(at) + 1
    groups: dict[str, set[int]] = {}
    for item in content["roles"]:
        groups.setdefault(item["role"], set()).add(item["group"])
    paired = {role for role, found in groups.items() if found == set(range(len(parts)))}
    above = [item for item in content["roles"] if item["role"] not in paired or item["group"] < count]
    below = [item for item in content["roles"] if item["role"] not in paired or item["group"] >= count]
    below = [item | {"group": item["group"] - count} if item["role"] in paired else item for item in below]
    first, second = content | {"roles": above}, content | {"roles": below}
    due = content["deadline"]["text"].split()
    if len(due) == len(parts) == 1 + len(content["deadline"]["also"]):
        first = sheet.rereader.with_deadline(first, " ".join(due[:count]))
        second = sheet.rereader.with_deadline(second, " ".join(due[count:]))
    return first, second


def _with_words(sheet: Sheet, content: Content, paragraphs: list[str]) -> Content:
    """The row with part of its words (or more of them): its targets as they are, its dates read again."""
    read = sheet.rereader.with_text(content, paragraphs)
    return read | {"targets": rereading.in_print_order(content["targets"])}


def _flags_of_part(content: Content) -> list[Content]:
    """What holds for the second half of a row: what its own words, deadline and roles raise, not how it was printed."""
    own = (*rereading.DEADLINE_RULES, "R12", "R13", "R14", "R29", "R31", "R36")
    return [
        flag for flag in content["flags"] if flag["id"] in own or (flag["detail"] and flag["detail"] in content["text"])
    ]


def merge(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``merge``: the next row's words, roles, targets and remarks join this one's; the next row is gone."""
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    other = check_revision(sheet, wanted, wanted["with"], wanted["with_revision"])
    if sheet.place(other["uid"]) != sheet.place(content["uid"]) + 1:
        raise EditError("not_next", _("Only a row and the one below it can be merged."), "with")
    sheet.remove(other["uid"])
    sheet.put(_merged(sheet, content, other))


def _merged(sheet: Sheet, content: Content, other: Content) -> Content:
    """Words that were cut in the middle of a sentence are joined into one paragraph and read again."""
    whole = content["text"].endswith(tuple(_SENTENCE_ENDS))
    above, below = rereading.joined_paragraphs(content), rereading.joined_paragraphs(other)
    paragraphs = [*above, *below] if whole else [*above[:-1], above[-1] + below[0], *below[1:]]
    joined = content | {
        "targets": [*content["targets"], *rereading.shifted(other["targets"], len(content["text"]))],
        "text_dates": [*content["text_dates"], *(d for d in other["text_dates"] if d not in content["text_dates"])],
        "dropped": list(dict.fromkeys([*content["dropped"], *other["dropped"]])),
        "roles": _united(content["roles"], other["roles"]),
        "flags": _both(content["flags"], other["flags"]),
        "conflicts": [*content["conflicts"], *other["conflicts"]],
        "source": content["source"] | {"cells": [*content["source"]["cells"], *other["source"]["cells"]]},
    }
    old = {"text": content["text"] + other["text"]}
    read = _with_words(sheet, joined | old, paragraphs) if whole else sheet.rereader.with_text(joined | old, paragraphs)
    due, further = content["deadline"]["text"], other["deadline"]["text"]
    if further and further != due:
        read = sheet.rereader.with_deadline(read, f"{due} {further}".strip()[:_LONGEST_DEADLINE])
    return renew_role_flags(read)


def _united(roles: list[Content], others: list[Content]) -> list[Content]:
    known = {(role["role"], role["name"]) for role in roles}
    both = [*roles, *(role for role in others if (role["role"], role["name"]) not in known)]
    return sorted(both, key=lambda role: RoleKind.values.index(role["role"]))


def _both(flags: list[Content], others: list[Content]) -> list[Content]:
    """The flags of two rows, each once; accepted only where nobody has to look at either any more."""
    found: dict[tuple[str, str], Content] = {}
    for flag in (*flags, *others):
        key = (flag["id"], flag["detail"])
        accepted = flag["accepted"] and found.get(key, flag)["accepted"]
        found[key] = flag | {"accepted": accepted}
    return list(found.values())


def insert(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``insert``: a new row behind another (or first); it belongs to that one's group unless it says otherwise."""
    after, value = wanted["after"], wanted["value"]
    for name in value:
        if name not in ROW_FIELDS:
            raise EditError("unknown_field", _("There is no such field: %s") % name[:40], name[:40])
    if "text" not in value:
        raise EditError("missing_field", _("This field is missing: %s") % "text", "text")
    above = None if after is None else sheet.row(after, "after")
    content = _blank(above)
    for name in sorted(value, key=ROW_FIELDS.index):
        content = with_field(sheet, content, name, value[name])
    sheet.insert(content, 0 if after is None else sheet.place(after) + 1)


def _blank(above: Content | None) -> Content:
    """A row of nobody's words yet. It was printed nowhere, so it has no source."""
    group = {
        name: above[name] if above else default for name, default in (("section", ""), ("seq", None), ("task", ""))
    }
    lists: dict[str, Any] = {
        name: [] for name in ("paragraphs", "text_dates", "roles", "targets", "dropped", "flags", "conflicts")
    }
    return {
        "uid": str(uuid7()),
        "n": 0,
        **group,
        "text": "",
        "deadline": {"text": "", "kind": "none", "start": None, "end": None, "also": []},
        "source": {"page": None, "row": 0, "cells": []},
        **lists,
    }


def delete(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``delete``: the row is gone; undoing brings it back under the same uid."""
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    sheet.remove(content["uid"])


def move(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``move``: the row takes place ``to``, counted from 1; the rows between close up."""
    content, to = check_revision(sheet, wanted, wanted["measure"], wanted["revision"]), wanted["to"]
    if not 1 <= to <= len(sheet.order):
        raise EditError("wrong_place", _("There is no such place in the plan."), "to")
    sheet.order.remove(content["uid"])
    sheet.order.insert(to - 1, content["uid"])


def restore_reading(_user: User, sheet: Sheet, wanted: Content) -> None:
    """``restore_reading``: the row says again what the reader gave (version 0), its place excepted."""
    content = check_revision(sheet, wanted, wanted["measure"], wanted["revision"])
    version = PlanVersion.objects.filter(plan=sheet.plan, number=0).first()
    read = [item for item in (version.content["measures"] if version else []) if item["uid"] == content["uid"]]
    if not read:
        raise EditError("not_read", _("This row was not read from the document; there is nothing to go back to."))
    sheet.put(read[0] | {"n": content["n"], "conflicts": content["conflicts"]})
