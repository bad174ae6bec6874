"""Changing rows of a plan in preparation: docs/edits.md."""

from lantian.apps.plans.actions.edits.engine import OPERATIONS, EditError, EditResult, StaleError, edit

__all__ = ["OPERATIONS", "EditError", "EditResult", "StaleError", "edit"]
