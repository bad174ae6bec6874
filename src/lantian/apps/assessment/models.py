"""Tables of assessment: docs/models.md says what each is for."""
