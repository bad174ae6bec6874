"""National standards as dated objects: limits, breakpoints, validity and rounding rules, each with its clause.

Pure: imports no other package of Lantian. The tables (``tables/``) carry the source of every figure; what was not read
in full is marked (:func:`lantian.standards.uncertain.marks`, docs/standards.md).
"""

from lantian.standards.ambient import POLLUTANTS, STANDARDS, Limit, Standard, in_force, limit, standard
from lantian.standards.aqi import RULES, Aqi, AqiRule, Level, aqi, aqi_rule, level_of
from lantian.standards.evaluation import STATISTICS, VALIDITY, attains, composite_index, percentile, single_indices
from lantian.standards.ranking import change_pct, competition_ranks, last_ranks
from lantian.standards.rounding import round_half_even
from lantian.standards.uncertain import Mark, marks

__all__ = [
    "POLLUTANTS",
    "RULES",
    "STANDARDS",
    "STATISTICS",
    "VALIDITY",
    "Aqi",
    "AqiRule",
    "Level",
    "Limit",
    "Mark",
    "Standard",
    "aqi",
    "aqi_rule",
    "attains",
    "change_pct",
    "competition_ranks",
    "composite_index",
    "in_force",
    "last_ranks",
    "level_of",
    "limit",
    "marks",
    "percentile",
    "round_half_even",
    "single_indices",
    "standard",
]
