"""月度汇总: words and figures of many units about one row become one. Pure."""
