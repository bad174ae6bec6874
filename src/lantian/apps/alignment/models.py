"""Tables of alignment: docs/models.md says what each is for."""
