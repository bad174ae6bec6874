from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.supervision"
    label = "supervision"

    def ready(self) -> None:
        from lantian.apps.indicators import hooks as facts
        from lantian.apps.plans import hooks
        from lantian.apps.supervision import (
            beside,
            discreet,
            evaluating,
            handing,
            incoming_jobs,
            rights,
            rights_errands,
            worker,
        )
        from lantian.apps.supervision.actions import making

        rights.register()
        discreet.keep()
        rights_errands.register()
        worker.register()
        incoming_jobs.register()
        beside.register()
        handing.register()
        hooks.on_publication(making.on_publication)
        facts.on_facts(evaluating.on_facts)
