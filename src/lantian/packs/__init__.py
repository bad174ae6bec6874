"""Packs (业务包) that are shipped: data only (docs/packs.md)."""
