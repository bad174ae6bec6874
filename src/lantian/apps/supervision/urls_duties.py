"""Addresses of commitments, questions, quota sheets, rhythm, calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.supervision.views import calendar, carrying, duties, duty, questions, quotas, rhythm

urlpatterns: list[URLPattern] = [
    path("plans/<uuid:uid>/duties/", duties.duties, name="duties"),
    path("plans/<uuid:uid>/duties/make/", duties.make, name="make"),
    path("plans/<uuid:uid>/duties/change/", duties.change, name="change"),
    path("plans/<uuid:uid>/duties/list.<str:fmt>", duties.export, name="duties-export"),
    path("plans/<uuid:uid>/duties/units.xlsx", duties.unit_sheets, name="unit-sheets"),
    path("plans/<uuid:uid>/duties/unit/<uuid:unit>/", duties.unit, name="unit-duties"),
    path("plans/<uuid:uid>/duties/questions/", questions.questions, name="questions"),
    path("plans/<uuid:uid>/duties/questions/proposed/", questions.decide_proposed, name="decide-proposed"),
    path("plans/<uuid:uid>/duties/quotas/", quotas.quotas, name="quotas"),
    path("plans/<uuid:uid>/duties/quotas/open/", quotas.open_sheet, name="quota-open"),
    path("plans/<uuid:uid>/duties/carry-on/", carrying.carry_on, name="carry-on"),
    path("plans/<uuid:uid>/duties/carry-on/save/", carrying.save, name="carry-on-save"),
    path("plans/<uuid:uid>/duties/rhythm/", rhythm.rhythm, name="rhythm"),
    path("plans/<uuid:uid>/duties/rhythm/save/", rhythm.save, name="rhythm-save"),
    path("questions/<uuid:uid>/decide/", questions.decide, name="decide"),
    path("questions/<uuid:uid>/undo/", questions.undo, name="undecide"),
    path("quotas/<uuid:uid>/", quotas.sheet, name="quota"),
    path("quotas/<uuid:uid>/save/", quotas.save, name="quota-save"),
    path("quotas/<uuid:uid>/letter/", quotas.letter, name="quota-letter"),
    path("quotas/<uuid:uid>/sheet.xlsx", quotas.workbook, name="quota-workbook"),
    path("duties/<uuid:uid>/", duty.duty, name="duty"),
    path("duties/<uuid:uid>/change/", duty.change, name="duty-change"),
    path("shares/<uuid:uid>/curve/", duty.curve, name="curve"),
    path("shares/<uuid:uid>/allowance/", duty.allowance, name="allowance"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/save/", calendar.save, name="calendar-save"),
    path("calendar/<uuid:uid>/remove/", calendar.remove, name="calendar-remove"),
]
