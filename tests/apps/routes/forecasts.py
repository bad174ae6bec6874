"""Addresses of forecasts and consultations and what each kind of person is answered: see test_rights.py.

They are read by everybody of the city and kept by the coordinator.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.forecasting import DayGiven
from lantian.apps.plans.models import Plan
from tests.apps.routes import LOGIN, Routes

_READ, _KEEP = (LOGIN, 200, 200, 200), (LOGIN, 403, 200, 403)

ROUTES: Routes = {
    "monitoring:forecasts": ("get", "", _READ),
    "monitoring:forecasts_table": ("get", "forecast_form", _READ),
    "monitoring:forecast_new": ("get", "", _KEEP),
    "monitoring:forecasts_empty": ("get", "", _KEEP),
    "monitoring:forecasts_upload": ("post", "", (LOGIN, 403, 302, 403)),
    "monitoring:verification": ("get", "", _READ),
    "monitoring:verification_table": ("get", "forecast_form", _READ),
    "monitoring:forecast": ("get", "forecast", _READ),
    "monitoring:meetings": ("get", "", _READ),
    "monitoring:meeting_new": ("get", "", _KEEP),
    "monitoring:meeting": ("get", "forecast_meeting", _READ),
    "monitoring:meeting_edit": ("get", "forecast_meeting", _KEEP),
    "monitoring:meeting_file": ("get", "forecast_meeting", _READ),
    "api:forecasts": ("get", "", (401, 200, 200, 200)),
}


def things(make_plan: Callable[..., Plan]) -> dict[str, list[Any]]:  # noqa: ARG001  # forecasts stand without plans
    user, city = User.objects.get(username="coordinator"), Area.objects.get(code="880000")
    day = DayGiven(date(2026, 3, 3), 80, 110, (2, 3), "PM2.5")
    row, _new = actions.save_forecast(user, city, "市监测中心", datetime(2026, 3, 2, 9, tzinfo=UTC), [day])
    values = {
        "area": city, "title": "3月2日会商", "held": datetime(2026, 3, 2, 7, tzinfo=UTC), "others": "",
        "units": Unit.objects.filter(name="市生态环境局"), "conclusions": "以良为主。", "episode_start": None,
        "episode_end": None, "alert": "", "forecast": row,
    }  # fmt: skip
    meeting = actions.save_meeting(user, values, name="会商纪要.txt", chunks=["纪要".encode()])
    return {"forecast": [row.uid], "forecast_form": ["csv"], "forecast_meeting": [meeting.uid]}
