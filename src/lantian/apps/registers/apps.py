from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.registers"
    label = "registers"

    def ready(self) -> None:
        from lantian.apps.registers import jobs, rights

        rights.register()
        jobs.register()
