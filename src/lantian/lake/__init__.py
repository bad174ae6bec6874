"""Observations as Delta tables: written by one, read by many (docs/lake.md)."""

from lantian.lake.errors import LakeError
from lantian.lake.store import Lake

__all__ = ["Lake", "LakeError"]
