"""What the import workbench shows: rows as it draws them, its reads, its words."""
