from __future__ import annotations

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.devices"
    label = "devices"

    def ready(self) -> None:
        from lantian.apps.devices import profilesfile, rights

        rights.register()
        profilesfile.register()
