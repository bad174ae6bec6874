"""Addresses of the site; each app brings its own."""

from __future__ import annotations

from django.urls import include, path

from lantian.site import api
from lantian.site.landing import home

urlpatterns = [
    path("", home, name="home"),
    path("api/v1/", api.urls),
    path("", include("lantian.apps.core.urls")),
    path("", include("lantian.apps.areas.urls")),
    path("", include("lantian.apps.plans.urls")),
    path("", include("lantian.apps.monitoring.urls")),
    path("", include("lantian.apps.received.urls")),
    path("", include("lantian.apps.registers.urls")),
    path("", include("lantian.apps.indicators.urls")),
    path("", include("lantian.apps.devices.urls")),
    path("", include("lantian.apps.consultation.urls")),
    path("", include("lantian.apps.people.urls")),
    path("", include("lantian.apps.papers.urls")),
    path("", include("lantian.apps.alignment.urls")),
    path("", include("lantian.apps.supervision.urls")),
    path("", include("lantian.apps.chasing.urls")),
    path("", include("lantian.apps.assessment.urls")),
    path("", include("lantian.apps.bulletins.urls")),
]

handler403 = "lantian.apps.core.views.forbidden"
handler404 = "lantian.apps.core.views.not_found"
