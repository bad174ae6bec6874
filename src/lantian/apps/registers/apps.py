from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """Registers the app, its rights and its background work."""

    name = "lantian.apps.registers"
    label = "registers"

    def ready(self) -> None:
        from lantian.apps.monitoring import actions as monitoring
        from lantian.apps.monitoring import arrivals
        from lantian.apps.registers import hooks, jobs, rights
        from lantian.apps.registers.queries import deliveries

        rights.register()
        jobs.register()
        arrivals.on_arrivals(deliveries.came)
        arrivals.on_registers(deliveries.labels)
        hooks.on_rename(monitoring.register_renamed)
