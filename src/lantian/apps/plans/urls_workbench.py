"""Addresses of the import workbench; part of the plans' own."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.plans import views_workbench as views

urlpatterns: list[URLPattern] = [
    path("plans/<uuid:uid>/review/", views.review, name="review"),
    path("plans/<uuid:uid>/edit/", views.edit_rows, name="edit"),
    path("plans/<uuid:uid>/undo/", views.undo_edit, name="undo"),
    path("plans/<uuid:uid>/redo/", views.redo_edit, name="redo"),
    path("plans/<uuid:uid>/revision/", views.revision, name="revision"),
    path("plans/<uuid:uid>/rows/", views.rows, name="rows"),
    path("plans/<uuid:uid>/units/", views.unit_names, name="unit-names"),
    path("measures/<uuid:uid>/print/", views.printed, name="print"),
]
