"""A register under another name (``was``): everything that is kept under the former one moves, or nothing does."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction

from lantian.apps.core import audit
from lantian.apps.core.models import User
from lantian.apps.registers import catalogue, hooks
from lantian.apps.registers.actions.holding import send
from lantian.apps.registers.models import ChangeSet, HeaderMemory, ImportSession, Record, RecordVersion, RegisterState
from lantian.indicators.snapshots import Snapshots
from lantian.registers import Register

_KEPT = (Record, RecordVersion, ChangeSet, ImportSession, HeaderMemory)


def former(register: Register) -> RegisterState | None:
    """What is still kept under a former name of a register that no declaration has any more; None: nothing."""
    names = [name for name in register.was if name not in catalogue.registers()]
    return RegisterState.objects.filter(name__in=names).order_by("-pk").first() if names else None


@transaction.atomic
def rename(by: User | None, register: Register, before: str) -> None:
    """Move what is kept under the name ``before``, in the database and in the lake, to the register of today.

    The lake's folder goes last: killed between it and the commit, the next call finds it moved and does the rest.
    """
    state = RegisterState.objects.select_for_update().get(name=before)
    for model in _KEPT:
        model.objects.filter(register=before).update(register=register.name)
    state.name = register.name
    state.save(update_fields=["name"])
    hooks.renamed(before, register.name)
    audit.record(by, "register.rename", None, after={"register": register.name, "was": before})
    transaction.on_commit(partial(send, state.name, state.change))  # what the lake did not have yet
    Snapshots(settings.LANTIAN_LAKE).rename(before, register.name)
