"""The HTTP API ``/api/v1/``: the operations of every app, described by ``openapi.json``."""

from __future__ import annotations

from lantian.apps.areas.api import router as directory
from lantian.apps.core.api.factory import addresses, make_api
from lantian.apps.plans.api import router as plans

api = make_api()
api.add_router("", plans)
api.add_router("", directory)
urls = addresses(api)
