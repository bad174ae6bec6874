"""Addresses of plans; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.plans import urls_export, urls_living, urls_versions, urls_workbench, views, views_import

app_name = "plans"
urlpatterns = [
    path("plans/", views.plan_list, name="list"),
    path("plans/<uuid:uid>/", views.plan, name="plan"),
    path("plans/<uuid:uid>/publish/", views.publish, name="publish"),
    path("plans/<uuid:uid>/file/", views.source_file, name="file"),
    path("plans/<uuid:uid>/pages/<int:page>.png", views.page_picture, name="page"),
    path("measures/<uuid:uid>/", views.measure, name="measure"),
    path("units/<uuid:uid>/", views.unit, name="unit"),
    path("imports/", views_import.imports, name="imports"),
    path("imports/upload/", views_import.upload, name="upload"),
    path("imports/<uuid:uid>/", views_import.job, name="job"),
    path("imports/<uuid:uid>/again/", views_import.again, name="again"),
    *urls_workbench.urlpatterns,
    *urls_living.urlpatterns,
    *urls_versions.urlpatterns,
    *urls_export.urlpatterns,
]
