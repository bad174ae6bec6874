"""Addresses of versions, amendments and re-imports; part of the plans' own."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.plans import views_versions as views

urlpatterns: list[URLPattern] = [
    path("plans/<uuid:uid>/versions/", views.versions, name="versions"),
    path("plans/<uuid:uid>/versions/compare/", views.choose, name="compare_choice"),
    path("plans/<uuid:uid>/versions/<int:old>/<int:new>/", views.compare, name="compare"),
    path("plans/<uuid:uid>/versions/<int:number>/file/", views.version_file, name="version_file"),
    path("plans/<uuid:uid>/changes/", views.changes, name="changes"),
    path("plans/<uuid:uid>/amend/", views.amend, name="amend"),
    path("plans/<uuid:uid>/replace/", views.replace, name="replace"),
    path("plans/<uuid:uid>/replace/upload/", views.replace_upload, name="replace_upload"),
    path("plans/<uuid:uid>/replace/back/", views.take_back, name="take_back"),
    path("plans/<uuid:uid>/reread/", views.reread, name="reread"),
    path("plans/<uuid:uid>/become/", views.become, name="become"),
    path("plans/<uuid:uid>/discard/", views.discard, name="discard"),
    path("measures/<uuid:uid>/history/", views.history, name="history"),
]
