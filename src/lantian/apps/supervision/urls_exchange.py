"""Addresses of exchange packages."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.supervision.views import exchange

urlpatterns: list[URLPattern] = [
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/plans/", exchange.make_plan, name="exchange-plan"),
    path("exchange/returns/", exchange.make_return, name="exchange-return"),
    path("exchange/bring/", exchange.bring, name="exchange-bring"),
    path("exchange/<uuid:uid>/", exchange.package, name="exchange-package"),
    path("exchange/<uuid:uid>/file/", exchange.download, name="exchange-file"),
    path("exchange/<uuid:uid>/take/", exchange.take, name="exchange-take"),
]
