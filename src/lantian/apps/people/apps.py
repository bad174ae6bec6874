from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.people"
    label = "people"

    def ready(self) -> None:
        from lantian.apps.people import rights

        rights.register()
