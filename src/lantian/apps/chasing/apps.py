from __future__ import annotations

from django.apps import AppConfig


class ChasingConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.chasing"
    label = "chasing"

    def ready(self) -> None:
        from lantian.apps.chasing import rights

        rights.register()
