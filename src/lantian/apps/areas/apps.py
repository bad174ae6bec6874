from __future__ import annotations

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """Registers the app and who may see its rows: the directory is open to every login with a role."""

    name = "lantian.apps.areas"
    label = "areas"

    def ready(self) -> None:
        from lantian.apps.areas.models import Area, Unit
        from lantian.apps.core import policy

        policy.scoped(Area, lambda _user, rows: rows)
        policy.scoped(Unit, lambda _user, rows: rows)
