from __future__ import annotations

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        from lantian.apps.monitoring import rights

        rights.register()
