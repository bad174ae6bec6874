from __future__ import annotations

from django.apps import AppConfig


class ReceivedConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.received"
    label = "received"

    def ready(self) -> None:
        from lantian.apps.received import expecting, rights, worker

        expecting.register()
        rights.register()
        worker.register()
