from __future__ import annotations

from django.apps import AppConfig


class AlignmentConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.alignment"
    label = "alignment"

    def ready(self) -> None:
        from lantian.apps.alignment import rights

        rights.register()
