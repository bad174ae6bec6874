from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Registers the app and whose tokens a person sees: one's own."""

    name = "lantian.apps.core"
    label = "core"

    def ready(self) -> None:
        from lantian.apps.core import policy
        from lantian.apps.core.models import Token

        policy.scoped(Token, lambda user, rows: rows.filter(user=user))
