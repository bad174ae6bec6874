"""Addresses of people, lists, the liaison register and handovers; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.people.models import ListKind
from lantian.apps.people.views import imports, liaisons, people

app_name = "people"
_PEOPLE, _LIAISONS = {"kind": ListKind.PEOPLE}, {"kind": ListKind.LIAISONS}
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.new, name="new"),
    path("people/rights.csv", people.rights, name="rights"),
    path("people/imports/", imports.imports, _PEOPLE, name="people_imports"),
    path("people/imports/empty/", imports.empty, _PEOPLE, name="people_empty"),
    path("people/imports/upload/", imports.upload, _PEOPLE, name="people_upload"),
    path("people/lists/<uuid:uid>/", imports.staged, name="import"),
    path("people/lists/<uuid:uid>/accept/", imports.accept, name="accept"),
    path("people/lists/<uuid:uid>/drop/", imports.drop, name="drop"),
    path("people/lists/<uuid:uid>/slips/", imports.again, name="slips"),
    path("people/<uuid:uid>/", people.one, name="person"),
    path("people/<uuid:uid>/name/", people.rename, name="rename"),
    path("people/<uuid:uid>/roles/", people.add_role, name="add_role"),
    path("people/<uuid:uid>/roles/remove/", people.remove_role, name="remove_role"),
    path("people/<uuid:uid>/active/", people.active, name="active"),
    path("people/<uuid:uid>/password/", people.password, name="password"),
    path("people/<uuid:uid>/unlock/", people.unlock, name="unlock"),
    path("liaisons/", liaisons.register, name="liaisons"),
    path("liaisons/export/", liaisons.export, name="liaison_export"),
    path("liaisons/imports/", imports.imports, _LIAISONS, name="liaison_imports"),
    path("liaisons/imports/empty/", imports.empty, _LIAISONS, name="liaison_empty"),
    path("liaisons/imports/upload/", imports.upload, _LIAISONS, name="liaison_upload"),
    path("liaisons/units/<uuid:uid>/", liaisons.unit, name="unit"),
    path("liaisons/units/<uuid:uid>/<slug:post>/", liaisons.save, name="save"),
    path("liaisons/<uuid:uid>/end/", liaisons.end, name="end"),
    path("liaisons/<uuid:uid>/handover/", liaisons.handover, name="handover"),
    path("handovers/<uuid:uid>/", liaisons.sheet, name="handover_sheet"),
    path("handovers/<uuid:uid>/docx/", liaisons.sheet_docx, name="handover_docx"),
]
