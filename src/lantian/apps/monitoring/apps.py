from __future__ import annotations

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.monitoring"
    label = "monitoring"

    def ready(self) -> None:
        from lantian.apps.monitoring import background, rights

        rights.register()
        background.register()
