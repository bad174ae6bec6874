"""Addresses of registers. Rows stand under their key, which may hold any character but those of addresses."""

from __future__ import annotations

from django.urls import path

from lantian.apps.registers.views import edit, imports, lists, maps, packs, rows

app_name = "registers"
urlpatterns = [
    path("registers/", packs.packs, name="packs"),
    path("registers/<str:name>/", lists.rows, name="list"),
    path("registers/<str:name>/export.<str:form>", lists.export, name="export"),
    path("registers/<str:name>/template.xlsx", lists.template, name="template"),
    path("registers/<str:name>/suggest.json", lists.suggest, name="suggest"),
    path("registers/<str:name>/map/", maps.page, name="map"),
    path("registers/<str:name>/map/places.json", maps.places, name="places"),
    path("registers/<str:name>/new/", edit.new, name="new"),
    path("registers/<str:name>/rows/<path:ref>/", rows.row, name="row"),
    path("registers/<str:name>/edit/<path:ref>/", edit.edit, name="edit"),
    path("registers/<str:name>/remove/<path:ref>/", edit.remove, name="remove"),
    path("registers/<str:name>/files/<str:field>/<path:ref>/", rows.attachment, name="file"),
    path("registers/<str:name>/imports/", imports.imports, name="imports"),
    path("registers/<str:name>/imports/upload/", imports.upload, name="upload"),
    path("registers/<str:name>/imports/<uuid:uid>/", imports.session, name="import"),
    path("registers/<str:name>/imports/<uuid:uid>/progress.json", imports.progress, name="progress"),
    path("registers/<str:name>/imports/<uuid:uid>/columns/", imports.columns, name="columns"),
    path("registers/<str:name>/imports/<uuid:uid>/accept/", imports.accept, name="accept"),
    path("registers/<str:name>/imports/<uuid:uid>/drop/", imports.drop, name="drop"),
    path("registers/<str:name>/imports/<uuid:uid>/marked.xlsx", imports.marked, name="marked"),
]
