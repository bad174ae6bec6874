"""指标: values of indicators, what binds them to targets, and what rules find."""
