from __future__ import annotations

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.papers"
    label = "papers"

    def ready(self) -> None:
        from lantian.apps.papers import notices, rights

        rights.register()
        notices.register()
