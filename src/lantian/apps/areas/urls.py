"""Addresses of areas and units."""

from __future__ import annotations

from django.urls import path

from lantian.apps.areas import views, views_area, views_import, views_merge, views_unit

app_name = "areas"
urlpatterns = [
    path("areas/", views.areas, name="areas"),
    path("areas/export.xlsx", views.export, name="export"),
    path("areas/import/", views_import.imports, name="imports"),
    path("areas/import/upload/", views_import.upload, name="upload"),
    path("areas/import/<uuid:uid>/", views_import.staged, name="import"),
    path("areas/import/<uuid:uid>/accept/", views_import.accept, name="accept"),
    path("areas/import/<uuid:uid>/drop/", views_import.drop, name="drop"),
    path("areas/new/", views_area.new, name="area_new"),
    path("areas/<uuid:uid>/", views_area.area, name="area"),
    path("areas/<uuid:uid>/save/", views_area.save, name="area_save"),
    path("areas/<uuid:uid>/change/", views_area.change, name="area_change"),
    path("areas/<uuid:uid>/close/", views_area.close, name="area_close"),
    path("areas/<uuid:uid>/forget/", views_area.forget, name="area_forget"),
    path("units/", views.units, name="units"),
    path("units/new/", views_unit.new, name="unit_new"),
    path("units/<uuid:uid>/entry/", views_unit.unit, name="unit"),
    path("units/<uuid:uid>/entry/save/", views_unit.save, name="unit_save"),
    path("units/<uuid:uid>/entry/rename/", views_unit.rename, name="unit_rename"),
    path("units/<uuid:uid>/entry/close/", views_unit.close, name="unit_close"),
    path("units/<uuid:uid>/entry/aliases/", views_unit.aliases, name="unit_aliases"),
    path("units/<uuid:uid>/entry/rules/", views_unit.rules, name="unit_rules"),
    path("units/<uuid:uid>/entry/merge/", views_merge.merge, name="merge"),
    path("units/merges/<uuid:uid>/undo/", views_merge.undo, name="merge_undo"),
]
