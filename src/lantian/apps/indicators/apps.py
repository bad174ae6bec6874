from __future__ import annotations

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.indicators"
    label = "indicators"

    def ready(self) -> None:
        from lantian.apps.indicators import actions, background, card, rights
        from lantian.apps.indicators.queries import showing
        from lantian.apps.monitoring import hooks as monitoring
        from lantian.apps.plans import hooks as plans
        from lantian.apps.registers import hooks as registers

        rights.register()
        background.register()
        card.register()
        plans.on_publication(background.on_publication)
        registers.on_snapshot(background.on_snapshot)
        monitoring.on_review(background.on_review)
        registers.on_targets(showing.targets)
        registers.on_rename(actions.register_renamed)
