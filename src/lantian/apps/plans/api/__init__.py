"""The operations of this app: reading in :mod:`reads`, changing in :mod:`writes`, on one router, as an address
may take both."""

from lantian.apps.plans.api import writes
from lantian.apps.plans.api.reads import router

__all__ = ["router", "writes"]
