"""Addresses of the site; each app brings its own."""

from __future__ import annotations

from django.urls import include, path

from lantian.apps.core.views import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("lantian.apps.core.urls")),
    path("", include("lantian.apps.areas.urls")),
    path("", include("lantian.apps.plans.urls")),
]

handler403 = "lantian.apps.core.views.forbidden"
handler404 = "lantian.apps.core.views.not_found"
