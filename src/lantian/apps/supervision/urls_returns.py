"""Addresses of the desk, returns, links, evidence, review."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
