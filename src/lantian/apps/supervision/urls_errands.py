"""Addresses of 交办事项."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.supervision.views import errands

urlpatterns: list[URLPattern] = [
    path("errands/", errands.errands, name="errands"),
    path("errands/new/", errands.new, name="errand-new"),
    path("errands/units/", errands.unit_names, name="errand-units"),
    path("errands/<uuid:uid>/", errands.errand, name="errand"),
    path("errands/<uuid:uid>/sheet/", errands.sheet, name="errand-sheet"),
    path("errands/<uuid:uid>/letter/", errands.letter, name="errand-letter"),
    path("errands/<uuid:uid>/extend/", errands.extend, name="errand-extend"),
    path("errands/<uuid:uid>/close/", errands.close, name="errand-close"),
    path("errands/<uuid:uid>/reopen/", errands.reopen, name="errand-reopen"),
]
