"""Who sees what of assessment."""

from __future__ import annotations

from lantian.apps.assessment import rights_forms, rights_scorecards, rights_yearend


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    rights_forms.register()
    rights_scorecards.register()
    rights_yearend.register()
