"""Addresses of received bulletins; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.received.views import areas, bring, checking, series

app_name = "received"
urlpatterns = [
    path("received/", bring.bulletins, name="list"),
    path("received/bring/", bring.bring, name="bring"),
    path("received/typed/", bring.typed, name="typed"),
    path("received/series/", series.series, name="series"),
    path("received/series.<str:form>", series.export, name="series-export"),
    path("received/area/<uuid:uid>/", areas.area, name="area"),
    path("received/area/<uuid:uid>/notice/", areas.notice, name="notice"),
    path("received/figures/<uuid:uid>/", checking.figure, name="figure"),
    path("received/figures/<uuid:uid>/remove/", checking.remove, name="remove"),
    path("received/<uuid:uid>/", checking.bulletin, name="bulletin"),
    path("received/<uuid:uid>/head/", checking.head, name="head"),
    path("received/<uuid:uid>/names/", checking.names, name="names"),
    path("received/<uuid:uid>/confirm/", checking.confirm, name="confirm"),
    path("received/<uuid:uid>/take-back/", checking.take_back, name="take-back"),
    path("received/<uuid:uid>/again/", checking.again, name="again"),
    path("received/<uuid:uid>/file/", checking.file, name="file"),
]
