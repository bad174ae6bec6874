"""Addresses of the import workbench; part of the plans' own."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
