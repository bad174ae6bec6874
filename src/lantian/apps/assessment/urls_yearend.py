"""Addresses of the month's merge, the leader's page and the year's end."""

from __future__ import annotations

from django.urls import URLPattern, path

from lantian.apps.assessment.views import leader, merge, yearend

urlpatterns: list[URLPattern] = [
    path("plans/<uuid:uid>/leader/", leader.leader, name="leader"),
    path("plans/<uuid:uid>/merge/", merge.latest, name="merge-latest"),
    path("plans/<uuid:uid>/merge/<str:period>/", merge.merge, name="merge"),
    path("plans/<uuid:uid>/merge/<str:period>/counts/", merge.counts, name="merge-counts"),
    path("plans/<uuid:uid>/merge/<str:period>/rows/<uuid:measure>/", merge.row, name="merge-row"),
    path("plans/<uuid:uid>/merge/<str:period>/save/", merge.save, name="merge-save"),
    path("plans/<uuid:uid>/merge/<str:period>/issue/", merge.issue, name="merge-issue"),
    path("plans/<uuid:uid>/merge/<str:period>/draft.<str:form>", merge.draft, name="merge-draft"),
    path("merges/<uuid:uid>/issued.<str:form>", merge.issued, name="merge-issued"),
    path("plans/<uuid:uid>/year-end/", yearend.year_end, name="year-end"),
    path("plans/<uuid:uid>/year-end/counts/", yearend.counts, name="year-end-counts"),
    path("plans/<uuid:uid>/year-end/save/", yearend.save, name="year-end-save"),
    path("plans/<uuid:uid>/year-end/freeze/", yearend.freeze, name="year-end-freeze"),
    path("plans/<uuid:uid>/year-end/draft.<str:form>", yearend.draft, name="year-end-draft"),
    path("year-ends/<uuid:uid>/frozen.<str:form>", yearend.frozen, name="year-end-frozen"),
    path("year-ends/<uuid:uid>/pack.zip", yearend.packed, name="year-end-pack"),
    path("year-ends/<uuid:uid>/pack-again/", yearend.pack_again, name="year-end-pack-again"),
]
