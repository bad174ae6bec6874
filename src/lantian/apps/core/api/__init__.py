"""What every operation of the HTTP API shares: who asks, errors, pages, ETags. docs/api.md tells its users."""
