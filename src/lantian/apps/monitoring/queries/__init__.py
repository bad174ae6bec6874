"""Reads of monitoring: one module per page."""
