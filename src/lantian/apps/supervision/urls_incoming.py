"""Addresses of sheets to fill, the drop box, calls."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.supervision.views import calls, incoming, sheets

urlpatterns: list[URLPattern] = [
    path("plans/<uuid:uid>/sheets/", sheets.overview, name="sheets"),
    path("plans/<uuid:uid>/sheets/upload/", sheets.upload, name="sheets-upload"),
    path("plans/<uuid:uid>/sheets/<str:month>.<str:kind>.zip", sheets.archive, name="sheets-archive"),
    path("plans/<uuid:uid>/sheets/<uuid:unit>/<str:month>.<str:kind>", sheets.sheet, name="sheet"),
    path("plans/<uuid:uid>/dropbox/", incoming.dropbox, name="dropbox"),
    path("plans/<uuid:uid>/dropbox/bring/", incoming.bring, name="dropbox-bring"),
    path("plans/<uuid:uid>/calls/new/", calls.new, name="call"),
    path("incoming/<uuid:uid>/", incoming.piece, name="incoming"),
    path("incoming/<uuid:uid>/file/", incoming.download, name="incoming-file"),
    path("incoming/<uuid:uid>/unit/", incoming.set_unit, name="incoming-unit"),
    path("incoming/<uuid:uid>/take/", incoming.take_all, name="incoming-take-all"),
    path("incoming/<uuid:uid>/drop/", incoming.drop_piece, name="incoming-drop"),
    path("incoming/<uuid:uid>/submit/", incoming.submit, name="incoming-submit"),
    path("incoming/rows/<uuid:uid>/take/", incoming.take, name="incoming-row-take"),
    path("incoming/rows/<uuid:uid>/row/", incoming.set_row, name="incoming-row-set"),
    path("incoming/rows/<uuid:uid>/drop/", incoming.drop, name="incoming-row-drop"),
    path("incoming/rows/<uuid:uid>/restore/", incoming.restore, name="incoming-row-restore"),
]
