"""All writes to areas, units, their names and memberships."""

from __future__ import annotations

from lantian.apps.areas.actions.aliases import delete_alias, save_alias
from lantian.apps.areas.actions.areas import change_area, close_area, save_area
from lantian.apps.areas.actions.collectives import save_rules
from lantian.apps.areas.actions.importing import accept, drop, stage
from lantian.apps.areas.actions.load import load_areas, load_if_changed, shipped
from lantian.apps.areas.actions.members import add_membership, remove_membership
from lantian.apps.areas.actions.merging import MergeError, merge_units, undo_merge
from lantian.apps.areas.actions.rows import ChangeError, StaleError
from lantian.apps.areas.actions.units import close_unit, rename_unit, save_unit
from lantian.apps.areas.incoming import DirectoryError

__all__ = [
    "ChangeError",
    "DirectoryError",
    "MergeError",
    "StaleError",
    "accept",
    "add_membership",
    "change_area",
    "close_area",
    "close_unit",
    "delete_alias",
    "drop",
    "load_areas",
    "load_if_changed",
    "merge_units",
    "remove_membership",
    "rename_unit",
    "save_alias",
    "save_area",
    "save_rules",
    "save_unit",
    "shipped",
    "stage",
    "undo_merge",
]
