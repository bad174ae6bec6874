from __future__ import annotations

from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.consultation"
    label = "consultation"

    def ready(self) -> None:
        from lantian.apps.consultation import rights

        rights.register()
