"""All writes of monitoring: the registry, quality control, own measurements, forecasts and records of consultations."""

from lantian.apps.monitoring.actions.boundaries import save_boundaries
from lantian.apps.monitoring.actions.forecasts import save_forecast, stage_forecasts
from lantian.apps.monitoring.actions.meetings import save_meeting
from lantian.apps.monitoring.actions.quality import decide, start_run
from lantian.apps.monitoring.actions.rules import drop_rule, save_rules
from lantian.apps.monitoring.actions.samples import stage_samples
from lantian.apps.monitoring.actions.sources import received, register_renamed, save_source
from lantian.apps.monitoring.actions.staged import accept, drop, stage_boundaries, stage_stations
from lantian.apps.monitoring.actions.stations import save_station

__all__ = [
    "accept",
    "decide",
    "drop",
    "drop_rule",
    "received",
    "register_renamed",
    "save_boundaries",
    "save_forecast",
    "save_meeting",
    "save_rules",
    "save_source",
    "save_station",
    "stage_boundaries",
    "stage_forecasts",
    "stage_samples",
    "stage_stations",
    "start_run",
]
