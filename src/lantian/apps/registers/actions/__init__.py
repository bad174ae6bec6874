"""Every write of registers; each checks its right, holds what it changes and leaves an audit record."""

from lantian.apps.registers.actions.bulk import MOST, Answer, fill, upsert
from lantian.apps.registers.actions.files import accept, drop, map_columns, stage
from lantian.apps.registers.actions.migrating import MigrationRefused, Plan, migrate, plan
from lantian.apps.registers.actions.rows import RowRefused, Saved, remove_row, save_row

__all__ = [
    "MOST", "Answer", "MigrationRefused", "Plan", "RowRefused", "Saved", "accept", "drop", "fill", "map_columns",
    "migrate", "plan", "remove_row", "save_row", "stage", "upsert",
]  # fmt: skip
