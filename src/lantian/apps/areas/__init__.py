"""Areas and units: who is who, under which names, since when."""
