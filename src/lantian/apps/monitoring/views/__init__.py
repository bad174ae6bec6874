"""Pages of monitoring: map, stations, rankings, years, quality, live board, sources, imports."""
