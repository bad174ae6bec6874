"""Tables of chasing: docs/models.md says what each is for."""
