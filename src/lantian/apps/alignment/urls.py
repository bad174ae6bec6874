"""Addresses of alignment; objects by uid."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "alignment"
urlpatterns: list[URLPattern] = []
