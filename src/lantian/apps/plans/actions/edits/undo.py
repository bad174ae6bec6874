"""Undoing one's own edits and doing them again.

Each edit keeps its rows before and after, so undoing writes back what was there: text, targets, uids, places. A person
takes back only edits of their own; where somebody else has changed one of the rows since, it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits.sheet import EditError, EditResult, Sheet, audit_head
from lantian.apps.plans.actions.lifecycle import lock
from lantian.apps.plans.actions.rows import audit_rows, touch
from lantian.apps.plans.checkup import RENEWED
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Edit, Plan


def undoable(user: User, plan: Plan) -> QuerySet[Edit]:
    """The person's edits of the plan that can be taken back, the last first."""
    return Edit.objects.filter(plan=plan, user=user, undone=False, closed=False).order_by("-id")


def redoable(user: User, plan: Plan) -> QuerySet[Edit]:
    """The person's edits of the plan that can be done again, the one undone last first."""
    return Edit.objects.filter(plan=plan, user=user, undone=True, closed=False).order_by("id")


@transaction.atomic
def undo(user: User, plan: Plan) -> EditResult:
    """Take back the person's last edit of the plan.

    A name that was learned for plans to come stays learned; the rows of this plan go back. Raises PermissionDenied and
    EditError: ``closed``, ``nothing`` where there is no such edit, ``changed_since`` where somebody else has changed
    one of its rows, the order, or the same field of the plan.
    """
    _begin(user, plan)
    edit = undoable(user, plan).first()
    if edit is None:
        raise EditError("nothing", _("There is nothing to undo."))
    return _go(user, plan, edit, undone=True)


@transaction.atomic
def redo(user: User, plan: Plan) -> EditResult:
    """Do again what the person undid last. Raises as :func:`undo` does."""
    _begin(user, plan)
    edit = redoable(user, plan).first()
    if edit is None:
        raise EditError("nothing", _("There is nothing to do again."))
    return _go(user, plan, edit, undone=False)


def _begin(user: User, plan: Plan) -> None:
    policy.require(user, "plan.edit", plan)
    lock(plan)
    if not plan.in_preparation:
        raise EditError("closed", _("This plan is published and can no longer be changed; amend it instead."))


def _go(user: User, plan: Plan, edit: Edit, *, undone: bool) -> EditResult:
    here, there = (edit.after, edit.before) if undone else (edit.before, edit.after)
    order = (edit.order_after, edit.order_before) if undone else (edit.order_before, edit.order_after)
    head = (edit.head_after, edit.head_before) if undone else (edit.head_before, edit.head_after)
    sheet = Sheet(plan)
    _check_unchanged(sheet, here, there)
    _set_rows(sheet, here, there)
    if order[0] is not None and order[1] is not None:
        sheet.order = _order(sheet.order_before, order[0], order[1])
    others = _set_head(sheet, head[0] or {}, head[1] or {})
    before, after = sheet.write(renew_gaps=others)
    edit.undone = undone
    edit.save(update_fields=["undone"])
    touch(plan)
    name = "undo" if undone else "redo"
    audit_rows(user, plan, name, before, after)
    audit_head(user, sheet, name)
    return sheet.result(edit, after)


def _check_unchanged(sheet: Sheet, here: Sequence[Content], there: Sequence[Content]) -> None:
    """Every row is still as the edit left it (its place and the check-up's remarks aside)."""
    gone = {item["uid"] for item in there} - {item["uid"] for item in here}
    now = [sheet.rows.get(item["uid"]) for item in here]
    if any(row is None or _essence(row) != _essence(item) for row, item in zip(now, here, strict=True)):
        raise _changed_since()
    if gone & set(sheet.rows):
        raise _changed_since()


def _changed_since() -> EditError:
    return EditError("changed_since", _("Somebody else has changed this since; it can no longer be taken back."))


def _essence(content: Content) -> Content:
    flags = [flag for flag in content["flags"] if flag["id"] not in RENEWED]
    return {key: value for key, value in content.items() if key not in ("n", "origin")} | {"flags": flags}


def _set_rows(sheet: Sheet, here: Sequence[Content], there: Sequence[Content]) -> None:
    wanted = {item["uid"]: item for item in there}
    for item in here:
        if item["uid"] not in wanted:
            sheet.remove(item["uid"])
    for uid, item in wanted.items():
        if uid in sheet.rows:
            sheet.put(item)
        else:
            sheet.insert(item, min(item["n"] - 1, len(sheet.order)))


def _order(now: list[str], here: Sequence[str], there: Sequence[str]) -> list[str]:
    """The order that an edit goes back to, with what others made, moved and removed since left where they put it."""
    if now == list(here):
        return list(there)
    removed, restored = set(here) - set(there), set(there) - set(here)
    stay = [uid for uid in now if uid not in removed]
    back = [uid for uid in there if uid in restored or uid in set(now)]
    if _only(here, there) == _only(there, here):  # the edit made or removed rows, it moved none
        return _woven(stay, back)
    if _only(here, now) == _only(now, here):  # others made or removed rows, they moved none
        return _woven(back, stay)
    raise _changed_since()


def _only(uids: Sequence[str], others: Sequence[str]) -> list[str]:
    wanted = set(others)
    return [uid for uid in uids if uid in wanted]


def _woven(rows: list[str], others: list[str]) -> list[str]:
    """``rows`` with what only ``others`` has put behind the row that it follows there."""
    result = list(rows)
    for place, uid in enumerate(others):
        if uid not in result:
            before = next((other for other in reversed(others[:place]) if other in result), None)
            result.insert(result.index(before) + 1 if before else 0, uid)
    return result


def _set_head(sheet: Sheet, here: Content, there: Content) -> bool:
    """The plan's own fields back; says whether its remarks are others' by now, so that they follow the rows."""
    others = "flags" in there and sheet.head["flags"] != here["flags"]
    for name, value in there.items():
        if name == "flags" and others:
            continue
        if sheet.head[name] != here[name]:
            raise _changed_since()
        sheet.head = sheet.head | {name: value}
    return others
