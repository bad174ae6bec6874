"""Addresses of scorecards (考核)."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.assessment.views import columns, scorecards, scores

urlpatterns: list[URLPattern] = [
    path("scorecards/", scorecards.cards, name="scorecards"),
    path("scorecards/new/", scorecards.new, name="scorecard-new"),
    path("scorecards/sample.yaml", scorecards.sample, name="scorecard-sample"),
    path("scorecards/<uuid:uid>/", scorecards.card, name="scorecard"),
    path("scorecards/<uuid:uid>/edit/", scorecards.edit, name="scorecard-edit"),
    path("scorecards/<uuid:uid>/open/", scorecards.open_to_units, name="scorecard-open"),
    path("scorecards/<uuid:uid>/window/", scorecards.window, name="scorecard-window"),
    path("scorecards/<uuid:uid>/freeze/", scorecards.freeze, name="scorecard-freeze"),
    path("scorecards/<uuid:uid>/draft.<str:form>", scorecards.draft, name="scorecard-draft"),
    path("scorecards/<uuid:uid>/entries/", scores.entries, name="scorecard-entries"),
    path("scorecards/<uuid:uid>/entries/<str:item>/", columns.column, name="scorecard-column"),
    path("scorecards/<uuid:uid>/history/", scorecards.history, name="scorecard-history"),
    path("scorecards/<uuid:uid>/enter/", scores.enter, name="scorecard-enter"),
    path("scorecards/<uuid:uid>/units/<uuid:unit>/", scores.unit, name="scorecard-unit"),
    path("scorecards/<uuid:uid>/units/<uuid:unit>/appeal/", scores.appeal, name="scorecard-appeal"),
    path("scorecards/appeals/<uuid:uid>/decide/", scores.decide, name="appeal-decide"),
    path("scorecards/appeals/<uuid:uid>/file/", scores.appeal_file, name="appeal-file"),
    path("scorecards/entries/<uuid:uid>/file/", scores.entry_file, name="scorecard-entry-file"),
    path("scorecards/frozen/<uuid:uid>/", scorecards.version, name="score-version"),
    path("scorecards/frozen/<uuid:uid>/scores.<str:form>", scorecards.version_file, name="score-version-file"),
]
