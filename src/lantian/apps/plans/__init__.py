"""Plans as they were read: import, list, table, measures with their provenance."""
