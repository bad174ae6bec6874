"""All writes of monitoring: the registry of stations, sources and boundaries."""

from lantian.apps.monitoring.actions.boundaries import save_boundaries
from lantian.apps.monitoring.actions.sources import received, save_source
from lantian.apps.monitoring.actions.staged import accept, drop, stage_boundaries, stage_stations
from lantian.apps.monitoring.actions.stations import save_station

__all__ = [
    "accept",
    "drop",
    "received",
    "save_boundaries",
    "save_source",
    "save_station",
    "stage_boundaries",
    "stage_stations",
]
