"""Addresses of alignment; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.alignment.views import next_year, taken, workbench, years

app_name = "alignment"
urlpatterns = [
    path("plans/<uuid:uid>/alignment/", workbench.workbench, name="workbench"),
    path("plans/<uuid:uid>/alignment/run/", workbench.run, name="run"),
    path("plans/<uuid:uid>/alignment/confirm/", workbench.confirm, name="confirm"),
    path("plans/<uuid:uid>/alignment/export/<str:fmt>/", workbench.export, name="export"),
    path("links/<uuid:uid>/", workbench.link, name="link"),
    path("links/<uuid:uid>/decide/", workbench.decide, name="decide"),
    path("links/<uuid:uid>/reopen/", workbench.reopen, name="reopen"),
    path("plans/<uuid:uid>/taken/", taken.taken, name="taken"),
    path("plans/<uuid:uid>/years/", years.compare, name="years"),
    path("plans/<uuid:uid>/years/accept/", years.accept, name="years-accept"),
    path("continuations/<uuid:uid>/take-back/", years.take_back, name="years-take-back"),
    path("plans/<uuid:uid>/next-draft/", next_year.next_draft, name="next-draft"),
    path("plans/<uuid:uid>/next-draft/make/", next_year.make, name="make-draft"),
]
