from __future__ import annotations

from django.apps import AppConfig


class ChasingConfig(AppConfig):
    """Registers the app, its rights, its background work, and that letters follow their papers."""

    name = "lantian.apps.chasing"
    label = "chasing"

    def ready(self) -> None:
        from lantian.apps.chasing import actions, rights, worker
        from lantian.apps.papers import hooks

        rights.register()
        worker.register()
        hooks.on_step(actions.follow_paper)
