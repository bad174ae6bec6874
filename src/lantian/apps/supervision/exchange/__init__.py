"""Exchange between installations by file: docs/exchange.md says what a package holds."""
