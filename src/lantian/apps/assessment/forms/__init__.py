"""套表: blanks of the office above, read as grids, mapped once, filled every period (docs/forms.md). Pure."""
