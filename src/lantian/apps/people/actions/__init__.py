"""All writes to people and to the liaison register."""

from __future__ import annotations

from lantian.apps.people.actions.accounts import (
    add_person,
    deactivate,
    reactivate,
    rename,
    reset_password,
    unlock,
)
from lantian.apps.people.actions.handing import Successor, hand_over
from lantian.apps.people.actions.register import end_liaison, save_liaison
from lantian.apps.people.actions.roles import add_role, remove_role
from lantian.apps.people.actions.staging import accept, drop, first_passwords, stage
from lantian.apps.people.errors import RegisterError, StaleError

__all__ = [
    "RegisterError",
    "StaleError",
    "Successor",
    "accept",
    "add_person",
    "add_role",
    "deactivate",
    "drop",
    "end_liaison",
    "first_passwords",
    "hand_over",
    "reactivate",
    "remove_role",
    "rename",
    "reset_password",
    "save_liaison",
    "stage",
    "unlock",
]
