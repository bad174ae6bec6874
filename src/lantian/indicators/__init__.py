"""Indicators (指标): SELECTs of packs over registers and observations, and which of them answers a printed target.

No database, no web: snapshots of registers lie in the lake, DuckDB or Spark computes.
"""
