from __future__ import annotations

from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.bulletins"
    label = "bulletins"

    def ready(self) -> None:
        from lantian.apps.bulletins import rights

        rights.register()
