"""Everything that changes devices, profiles, units and lists: checks the right, writes the audit record."""

from __future__ import annotations

from lantian.apps.devices.actions.bulk import enter_many
from lantian.apps.devices.actions.devices import register, save_device
from lantian.apps.devices.actions.lists import accept, drop, stage
from lantian.apps.devices.actions.profiles import save_profile
from lantian.apps.devices.actions.units import confirm_units, propose_units

__all__ = [
    "accept",
    "confirm_units",
    "drop",
    "enter_many",
    "propose_units",
    "register",
    "save_device",
    "save_profile",
    "stage",
]
