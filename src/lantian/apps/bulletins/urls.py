"""Addresses of bulletins; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.bulletins.views import bulletin, editor, lists

app_name = "bulletins"
urlpatterns = [
    path("bulletins/", lists.bulletins, name="list"),
    path("bulletins/new/", editor.new, name="new"),
    path("bulletins/templates/", lists.templates, name="templates"),
    path("bulletins/templates/<slug:kind>/", lists.save_template, name="save-template"),
    path("bulletins/templates/<slug:kind>/preview/", lists.try_template, name="try-template"),
    path("bulletins/checks/<uuid:uid>/agree/", bulletin.agree, name="agree"),
    path("bulletins/checks/<uuid:uid>/object/", bulletin.object_to, name="object"),
    path("bulletins/objections/<uuid:uid>/answer/", bulletin.answer, name="answer"),
    path("bulletins/<uuid:uid>/", bulletin.bulletin, name="bulletin"),
    path("bulletins/<uuid:uid>/edit/", editor.edit, name="edit"),
    path("bulletins/<uuid:uid>/figures/", editor.replace, name="figures"),
    path("bulletins/<uuid:uid>/preview/", editor.preview, name="preview"),
    path("bulletins/<uuid:uid>/check/", bulletin.check, name="check"),
    path("bulletins/<uuid:uid>/steps/<slug:name>/", bulletin.step, name="step"),
    path("bulletins/<uuid:uid>/correct/", bulletin.correct, name="correct"),
    path("bulletins/<uuid:uid>/sheet/", bulletin.sheet, name="sheet"),
    path("bulletins/<uuid:uid>/word/", bulletin.docx, name="word"),
    path("bulletins/<uuid:uid>/excel/", bulletin.xlsx, name="excel"),
]
