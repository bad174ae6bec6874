"""Addresses of monitoring and what each kind of person is answered: see test_rights.py.

Measurements are everybody's of the city; the registry is kept by the coordinator. ``air_staged`` is a list that the
coordinator brought, so that nobody else finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from lantian.apps.areas.models import Area
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.models import RankingRule
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

_READ, _KEEP = (LOGIN, 200, 200, 200), (LOGIN, 403, 200, 403)

ROUTES: Routes = {
    "monitoring:map": ("get", "", _READ),
    "monitoring:frames": ("get", "", _READ),
    "monitoring:outlines": ("get", "", _READ),
    "monitoring:stations": ("get", "", _READ),
    "monitoring:stations_export": ("get", "air_form", _READ),
    "monitoring:station_new": ("get", "", _KEEP),
    "monitoring:station": ("get", "air_station", _READ),
    "monitoring:station_edit": ("get", "air_station", _KEEP),
    "monitoring:station_data": ("get", "air_station_form", _READ),
    "monitoring:rankings": ("get", "", _READ),
    "monitoring:rankings_table": ("get", "air_form", _READ),
    "monitoring:years": ("get", "", _READ),
    "monitoring:years_table": ("get", "air_form", _READ),
    "monitoring:quality": ("get", "", _READ),
    "monitoring:quality_table": ("get", "air_form", _READ),
    "monitoring:findings": ("get", "", _READ),
    "monitoring:findings_decide": ("post", "", (LOGIN, 403, 400, 403)),
    "monitoring:findings_table": ("get", "air_form", _READ),
    "monitoring:quality_runs": ("get", "", _READ),
    "monitoring:quality_run": ("get", "air_run", _READ),
    "monitoring:quality_effects": ("get", "air_run_form", _READ),
    "monitoring:analysis": ("get", "air_station", _READ),
    "monitoring:analysis_data": ("get", "air_analysis", (LOGIN, 404, 404, 404)),  # the station has no hours
    "monitoring:ranking_why": ("get", "", (LOGIN, 404, 404, 404)),  # nobody is ranked
    "monitoring:ranking_rules": ("get", "", _READ),
    "monitoring:ranking_rule_drop": ("post", "air_rule", (LOGIN, 403, 302, 403)),
    "monitoring:samples": ("get", "", _READ),
    "monitoring:samples_table": ("get", "air_form", _READ),
    "monitoring:samples_empty": ("get", "", _KEEP),
    "monitoring:samples_upload": ("post", "", (LOGIN, 403, 302, 403)),
    "api:observations": ("get", "", (401, 422, 422, 422)),
    "monitoring:live": ("get", "", _READ),
    "monitoring:live_rows": ("get", "", _READ),
    "monitoring:sources": ("get", "", _READ),
    "monitoring:source_new": ("get", "", _KEEP),
    "monitoring:source": ("get", "air_source", _KEEP),
    "monitoring:imports": ("get", "", _KEEP),
    "monitoring:empty": ("get", "", _KEEP),
    "monitoring:upload_stations": ("post", "", (LOGIN, 403, 302, 403)),
    "monitoring:upload_boundaries": ("post", "", (LOGIN, 403, 400, 403)),
    "monitoring:staged": ("get", "air_staged", _KEEP),
    "monitoring:accept": ("post", "air_staged", (LOGIN, 403, 302, 403)),
    "monitoring:drop": ("post", "air_staged", (LOGIN, 403, 302, 403)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # stations stand without plans
    user, city = User.objects.get(username="coordinator"), Area.objects.get(code="880000")
    head = {"area": city, "kind": "api", "hour_label": "end", "unit_policy": "stated"}
    source = actions.save_source(user, head | {"name": "市级平台"})
    values = {"code": "YX1", "name": "云溪一号", "kind": "national", "area": city, "for_assessment": True}
    rest = {"valid_from": None, "valid_to": None, "source": source, "mn": None, "point": None}
    station = actions.save_station(user, values | rest)
    text = "code,name,class,area\nYX2,云溪二号,国控,东塘区\n".encode()
    staged = actions.stage_stations(user, "站点.csv", [text])
    run = actions.start_run(user, city, date(2026, 1, 1), date(2026, 1, 31))
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    actions.save_rules(user, "group", [city], start=begins, end=None, group="平原地区")
    return {
        "air_run": [run.uid],
        "air_run_form": [run.uid, "csv"],
        "air_analysis": [station.uid, "hour", "csv"],
        "air_rule": [RankingRule.objects.get(group="平原地区").uid],
        "air_form": ["csv"],
        "air_station": [station.uid],
        "air_station_form": [station.uid, "csv"],
        "air_source": [source.uid],
        "air_staged": [staged.uid],
    }
