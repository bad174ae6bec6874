from __future__ import annotations

from django.apps import AppConfig


class AreasConfig(AppConfig):
    """Registers the app and who may see its rows: the directory is open to every login with a role."""

    name = "lantian.apps.areas"
    label = "areas"

    def ready(self) -> None:
        from lantian.apps.areas import rights

        rights.register()
