"""Addresses of plans; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.plans.views import exports, imports, life, plans, search, versions, workbench

app_name = "plans"
urlpatterns = [
    path("plans/", plans.plan_list, name="list"),
    path("plans/<uuid:uid>/", plans.plan, name="plan"),
    path("plans/<uuid:uid>/file/", plans.source_file, name="file"),
    path("plans/<uuid:uid>/pages/<int:page>.png", plans.page_picture, name="page"),
    path("measures/<uuid:uid>/", plans.measure, name="measure"),
    path("units/<uuid:uid>/", plans.unit, name="unit"),
    path("units/<uuid:uid>/sheet/", life.duty_sheet, name="unit_sheet"),
    path("search/", search.search, name="search"),
    path("search/quick/", search.quick, name="quick"),
    # a plan's life
    path("plans/<uuid:uid>/publish/", plans.publish, name="publish"),
    path("plans/<uuid:uid>/status/", life.status, name="status"),
    path("plans/<uuid:uid>/secrecy/", life.secrecy, name="secrecy"),
    path("plans/<uuid:uid>/overview/", life.overview, name="overview"),
    path("plans/<uuid:uid>/export/<str:fmt>/", exports.export, name="export"),
    # documents brought in
    path("imports/", imports.imports, name="imports"),
    path("imports/upload/", imports.upload, name="upload"),
    path("imports/<uuid:uid>/", imports.job, name="job"),
    path("imports/<uuid:uid>/again/", imports.again, name="again"),
    # the import workbench
    path("plans/<uuid:uid>/review/", workbench.review, name="review"),
    path("plans/<uuid:uid>/edit/", workbench.edit_rows, name="edit"),
    path("plans/<uuid:uid>/undo/", workbench.undo_edit, name="undo"),
    path("plans/<uuid:uid>/redo/", workbench.redo_edit, name="redo"),
    path("plans/<uuid:uid>/revision/", workbench.revision, name="revision"),
    path("plans/<uuid:uid>/rows/", workbench.rows, name="rows"),
    path("plans/<uuid:uid>/units/", workbench.unit_names, name="unit-names"),
    path("measures/<uuid:uid>/print/", workbench.printed, name="print"),
    # versions, amendments, corrected documents
    path("plans/<uuid:uid>/versions/", versions.versions, name="versions"),
    path("plans/<uuid:uid>/versions/compare/", versions.choose, name="compare_choice"),
    path("plans/<uuid:uid>/versions/<int:old>/<int:new>/", versions.compare, name="compare"),
    path("plans/<uuid:uid>/versions/<int:number>/file/", versions.version_file, name="version_file"),
    path("plans/<uuid:uid>/changes/", versions.changes, name="changes"),
    path("plans/<uuid:uid>/amend/", versions.amend, name="amend"),
    path("plans/<uuid:uid>/replace/", versions.replace, name="replace"),
    path("plans/<uuid:uid>/replace/upload/", versions.replace_upload, name="replace_upload"),
    path("plans/<uuid:uid>/replace/back/", versions.take_back, name="take_back"),
    path("plans/<uuid:uid>/reread/", versions.reread, name="reread"),
    path("plans/<uuid:uid>/become/", versions.become, name="become"),
    path("plans/<uuid:uid>/discard/", versions.discard, name="discard"),
    path("measures/<uuid:uid>/history/", versions.history, name="history"),
]
