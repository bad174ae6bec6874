"""Addresses of areas and units."""

from __future__ import annotations

from django.urls import path

from lantian.apps.areas.views import area, imports, lists, merge, unit

app_name = "areas"
urlpatterns = [
    path("areas/", lists.areas, name="areas"),
    path("areas/export.xlsx", lists.export, name="export"),
    path("areas/import/", imports.imports, name="imports"),
    path("areas/import/upload/", imports.upload, name="upload"),
    path("areas/import/<uuid:uid>/", imports.staged, name="import"),
    path("areas/import/<uuid:uid>/accept/", imports.accept, name="accept"),
    path("areas/import/<uuid:uid>/drop/", imports.drop, name="drop"),
    path("areas/new/", area.new, name="area_new"),
    path("areas/<uuid:uid>/", area.area, name="area"),
    path("areas/<uuid:uid>/save/", area.save, name="area_save"),
    path("areas/<uuid:uid>/change/", area.change, name="area_change"),
    path("areas/<uuid:uid>/close/", area.close, name="area_close"),
    path("areas/<uuid:uid>/forget/", area.forget, name="area_forget"),
    path("units/", lists.units, name="units"),
    path("units/new/", unit.new, name="unit_new"),
    path("units/<uuid:uid>/entry/", unit.unit, name="unit"),
    path("units/<uuid:uid>/entry/save/", unit.save, name="unit_save"),
    path("units/<uuid:uid>/entry/rename/", unit.rename, name="unit_rename"),
    path("units/<uuid:uid>/entry/close/", unit.close, name="unit_close"),
    path("units/<uuid:uid>/entry/aliases/", unit.aliases, name="unit_aliases"),
    path("units/<uuid:uid>/entry/rules/", unit.rules, name="unit_rules"),
    path("units/<uuid:uid>/entry/merge/", merge.merge, name="merge"),
    path("units/merges/<uuid:uid>/undo/", merge.undo, name="merge_undo"),
]
