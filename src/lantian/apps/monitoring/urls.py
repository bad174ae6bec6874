"""Addresses of monitoring: map, stations, rankings, years, quality, live board, sources, imports; objects by uid."""

from __future__ import annotations

from django.urls import path

from lantian.apps.monitoring.views import airmap, boards, imports, rankings, sources, stations

app_name = "monitoring"
urlpatterns = [
    path("monitoring/", airmap.page, name="map"),
    path("monitoring/frames.json", airmap.frames, name="frames"),
    path("monitoring/outlines.json", airmap.outlines, name="outlines"),
    path("monitoring/stations/", stations.stations, name="stations"),
    path("monitoring/stations/export.<str:form>", stations.export, name="stations_export"),
    path("monitoring/stations/new/", stations.new, name="station_new"),
    path("monitoring/stations/<uuid:uid>/", stations.station, name="station"),
    path("monitoring/stations/<uuid:uid>/edit/", stations.edit, name="station_edit"),
    path("monitoring/stations/<uuid:uid>/hours.<str:form>", stations.data, name="station_data"),
    path("monitoring/rankings/", rankings.rankings, name="rankings"),
    path("monitoring/rankings/table.<str:form>", rankings.table, name="rankings_table"),
    path("monitoring/years/", boards.years, name="years"),
    path("monitoring/years/table.<str:form>", boards.years_table, name="years_table"),
    path("monitoring/quality/", boards.quality, name="quality"),
    path("monitoring/quality/table.<str:form>", boards.quality_table, name="quality_table"),
    path("monitoring/live/", boards.live, name="live"),
    path("monitoring/live/rows/", boards.live_rows, name="live_rows"),
    path("monitoring/sources/", sources.sources, name="sources"),
    path("monitoring/sources/new/", sources.new, name="source_new"),
    path("monitoring/sources/<uuid:uid>/", sources.edit, name="source"),
    path("monitoring/imports/", imports.imports, name="imports"),
    path("monitoring/imports/empty/", imports.empty, name="empty"),
    path("monitoring/imports/stations/", imports.upload_stations, name="upload_stations"),
    path("monitoring/imports/boundaries/", imports.upload_boundaries, name="upload_boundaries"),
    path("monitoring/imports/<uuid:uid>/", imports.staged, name="staged"),
    path("monitoring/imports/<uuid:uid>/accept/", imports.accept, name="accept"),
    path("monitoring/imports/<uuid:uid>/drop/", imports.drop, name="drop"),
]
