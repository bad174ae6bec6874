from __future__ import annotations

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.plans"
    label = "plans"

    def ready(self) -> None:
        from lantian.apps.plans import imports, rights

        imports.register()
        rights.register()
