"""The Django project: settings, addresses, base templates and static files."""
