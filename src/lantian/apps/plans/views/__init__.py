"""Pages of plans, by room."""
