"""The operations of this app: reading in :mod:`api_reads`, changing in :mod:`api_writes`, on one router, as an address
may take both."""

from lantian.apps.plans import api_writes
from lantian.apps.plans.api_reads import router

__all__ = ["api_writes", "router"]
