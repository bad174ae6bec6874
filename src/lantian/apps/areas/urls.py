"""Addresses of areas and units."""

from __future__ import annotations

from django.urls import path

from lantian.apps.areas import views

app_name = "areas"
urlpatterns = [
    path("areas/", views.areas, name="areas"),
    path("units/", views.units, name="units"),
]
