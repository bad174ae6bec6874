"""Addresses of the forms of the office above (套表)."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.assessment.views import fillings, forms

urlpatterns: list[URLPattern] = [
    path("forms/", forms.forms, name="forms"),
    path("forms/add/", forms.add, name="form-add"),
    path("forms/<uuid:uid>/", forms.form, name="form"),
    path("forms/<uuid:uid>/mapping/", forms.mapping, name="form-mapping"),
    path("forms/<uuid:uid>/replace/", forms.replace, name="form-replace"),
    path("forms/<uuid:uid>/archive/", forms.archive, name="form-archive"),
    path("forms/<uuid:uid>/blank/", forms.blank, name="form-blank"),
    path("forms/<uuid:uid>/fill/", forms.fill, name="form-fill"),
    path("forms/filled/<uuid:uid>/", fillings.filling, name="filling"),
    path("forms/filled/<uuid:uid>/edit/", fillings.edit, name="filling-edit"),
    path("forms/filled/<uuid:uid>/issue/", fillings.issue, name="filling-issue"),
    path("forms/filled/<uuid:uid>/reopen/", fillings.reopen, name="filling-reopen"),
    path("forms/filled/<uuid:uid>/file/", fillings.download, name="filling-file"),
]
