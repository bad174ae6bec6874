"""Django apps: they store, authorise and show; what can be computed without a database stands in the pure packages."""
