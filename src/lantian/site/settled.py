"""What a server does once it is loaded: it takes what stays for good out of the collector's rounds."""

from __future__ import annotations

import gc

from django.urls import get_resolver


def settle() -> None:
    """Load what the first request would load, and leave it alone from then on.

    A full round of Python's garbage collector over the loaded program takes 200 ms, again and again, in the middle of
    somebody's page; afterwards a round sees only what requests have made.
    """
    get_resolver().url_patterns  # noqa: B018  # imports every view
    gc.collect()
    gc.freeze()
