"""What measurements say: statistics, rankings, trends. Pure: knows no web framework and no database."""
