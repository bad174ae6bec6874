"""The HTTP API ``/api/v1/``: the operations of every app, described by ``openapi.json``."""

from __future__ import annotations

from lantian.apps.areas.api import router as directory
from lantian.apps.core.api.factory import addresses, make_api
from lantian.apps.monitoring.api import router as observations
from lantian.apps.plans.api import router as plans
from lantian.apps.registers.api import router as registers

api = make_api()
api.add_router("", plans)
api.add_router("", directory)
api.add_router("", registers)
api.add_router("", observations)
urls = addresses(api)
