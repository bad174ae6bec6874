from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers the app."""

    name = "lantian.apps.core"
    label = "core"
