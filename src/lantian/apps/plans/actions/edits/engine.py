"""The edit engine: one function through which the workbench and the API change a plan in preparation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.edits.plans import accept, change_head, learn, resolve_conflict
from lantian.apps.plans.actions.edits.roles import hand
from lantian.apps.plans.actions.edits.rows import delete, insert, join, merge, move, restore_reading, set_field, split
from lantian.apps.plans.actions.edits.shape import checked
from lantian.apps.plans.actions.edits.sheet import EditError, EditResult, Sheet, StaleError, audit_head
from lantian.apps.plans.actions.edits.targets import change_target
from lantian.apps.plans.actions.lifecycle import lock
from lantian.apps.plans.actions.rows import record_edit
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Plan

__all__ = ["OPERATIONS", "EditError", "EditResult", "StaleError", "edit"]

OPERATIONS: dict[str, Callable[[User, Sheet, Content], None]] = {
    "set": set_field,
    "target": change_target,
    "join": join,
    "split": split,
    "merge": merge,
    "hand": hand,
    "insert": insert,
    "delete": delete,
    "move": move,
    "restore_reading": restore_reading,
    "accept": accept,
    "learn": learn,
    "conflict": resolve_conflict,
    "head": change_head,
}


@transaction.atomic
def edit(user: User, plan: Plan, operation: dict[str, Any]) -> EditResult:
    """Do one operation on a plan in preparation; docs/edits.md lists the operations and their fields.

    The plan's check-up is renewed with it. Raises PermissionDenied, :class:`EditError` (``closed`` where the plan is
    published; unknown operations, fields and values), and :class:`StaleError` where the row was saved since the
    ``revision`` from which the operation starts; then nothing is changed. An operation that changes nothing leaves no
    record.
    """
    policy.require(user, "plan.edit", plan)
    wanted = checked(operation)
    lock(plan)
    if not plan.in_preparation:
        raise EditError("closed", _("This plan is published and can no longer be changed; amend it instead."))
    sheet = Sheet(plan)
    OPERATIONS[wanted["op"]](user, sheet, wanted)
    before, after = sheet.write()
    head_before, head_after = sheet.head_change()
    reordered = sheet.order != sheet.order_before
    if not (before or after or head_after or reordered):
        return sheet.result(None, [])
    record = record_edit(
        user,
        plan,
        wanted["op"],
        before,
        after,
        order_before=sheet.order_before if reordered else None,
        order_after=sheet.order if reordered else None,
        head_before=head_before,
        head_after=head_after,
    )
    audit_head(user, sheet, "head")
    return sheet.result(record, after)
