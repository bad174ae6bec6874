"""Pages of received bulletins."""
