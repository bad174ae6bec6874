"""Addresses of indicators, bindings, findings and exemptions; objects by uid, indicators by name."""

from __future__ import annotations

from django.urls import path

from lantian.apps.indicators.views import bindings, coverage, exemptions, findings, pages

app_name = "indicators"
urlpatterns = [
    path("indicators/", pages.indicators, name="list"),
    path("indicators/<slug:name>/", pages.indicator, name="indicator"),
    path("indicators/<slug:name>/table.<str:form>", pages.table, name="table"),
    path("findings/", findings.findings, name="findings"),
    path("findings/table.<str:form>", findings.table, name="findings-table"),
    path("exemptions/", exemptions.exemptions, name="exemptions"),
    path("exemptions/<uuid:uid>/decide/", exemptions.decide, name="exemption-decide"),
    path("plans/<uuid:uid>/bindings/", bindings.bindings, name="bindings"),
    path("plans/<uuid:uid>/bindings/confirm/", bindings.confirm_all, name="bindings-confirm"),
    path("plans/<uuid:uid>/executable/", coverage.executable, name="executable"),
    path("bindings/<uuid:uid>/", bindings.binding, name="binding"),
]
