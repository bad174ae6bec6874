"""Addresses of search, overview and a plan's life; part of the plans' own."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.plans import views_living, views_search

urlpatterns: list[URLPattern] = [
    path("search/", views_search.search, name="search"),
    path("search/quick/", views_search.quick, name="quick"),
    path("plans/<uuid:uid>/overview/", views_living.overview, name="overview"),
    path("plans/<uuid:uid>/status/", views_living.status, name="status"),
    path("plans/<uuid:uid>/secrecy/", views_living.secrecy, name="secrecy"),
    path("units/<uuid:uid>/sheet/", views_living.duty_sheet, name="unit_sheet"),
]
