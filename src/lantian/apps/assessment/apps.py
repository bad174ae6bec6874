from __future__ import annotations

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """Registers the app and its rights."""

    name = "lantian.apps.assessment"
    label = "assessment"

    def ready(self) -> None:
        from lantian.apps.assessment import continued, rights
        from lantian.apps.assessment.actions import yearend

        rights.register()
        yearend.register()
        continued.register()
