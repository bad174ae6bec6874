"""Pages of chasing: the office's desk, calls, letters, chat groups."""
