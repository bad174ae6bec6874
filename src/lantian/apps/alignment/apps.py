from __future__ import annotations

from django.apps import AppConfig


class AlignmentConfig(AppConfig):
    """Registers the app, its rights, its background work and its card on a measure's page."""

    name = "lantian.apps.alignment"
    label = "alignment"

    def ready(self) -> None:
        from lantian.apps.alignment import card, rights, worker

        card.register()
        rights.register()
        worker.register()
