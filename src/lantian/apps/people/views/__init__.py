"""Pages of people, of the liaison register, of handovers, and of lists."""
