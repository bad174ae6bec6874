"""Addresses of rows and units, kept: a table asks for hundreds of them, and each takes Django as long as a query."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.urls import reverse


@lru_cache(maxsize=4096)
def of_measure(uid: UUID) -> str:
    """The page of a measure."""
    return reverse("plans:measure", args=[uid])


@lru_cache(maxsize=4096)
def of_unit(uid: UUID) -> str:
    """The page of a unit's duties."""
    return reverse("plans:unit", args=[uid])
