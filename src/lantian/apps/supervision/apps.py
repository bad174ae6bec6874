from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.supervision"
    label = "supervision"

    def ready(self) -> None:
        from lantian.apps.supervision import rights

        rights.register()
