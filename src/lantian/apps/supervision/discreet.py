"""Keeping the secrets of one-time links out of the log: Django writes the address of every refused request to it."""

from __future__ import annotations

import logging
import re

LOGGERS = ("django.request", "django.security.csrf")
_SECRET = re.compile(r"/r/[^/\s]+")


class WithoutSecrets(logging.Filter):
    """Replaces what follows ``/r/`` in the values of a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub("/r/…", item) if isinstance(item, str) else item for item in record.args)
        return True


def keep() -> None:
    """Put the filter on the loggers that write addresses (once, when Django starts)."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(item, WithoutSecrets) for item in logger.filters):
            logger.addFilter(WithoutSecrets())
