"""Addresses of exports; part of the plans' own."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.plans import views_export

urlpatterns: list[URLPattern] = [
    path("plans/<uuid:uid>/export/<str:fmt>/", views_export.export, name="export"),
]
