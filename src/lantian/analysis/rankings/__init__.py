"""Rankings (排名) of any subject: periods and groups, figures from stations, the table, and “why am I here”."""

from lantian.analysis.rankings.explain import DrivingDay, Explanation, Neighbour, explain
from lantian.analysis.rankings.figures import StationDays, figures, subject_days
from lantian.analysis.rankings.periods import Membership, Period, half_month, half_months, members, month, year_to_date
from lantian.analysis.rankings.table import Figure, Ranking, Row, appearances, extremes, given_ranks, last, rank

__all__ = [
    "DrivingDay",
    "Explanation",
    "Figure",
    "Membership",
    "Neighbour",
    "Period",
    "Ranking",
    "Row",
    "StationDays",
    "appearances",
    "explain",
    "extremes",
    "figures",
    "given_ranks",
    "half_month",
    "half_months",
    "last",
    "members",
    "month",
    "rank",
    "subject_days",
    "year_to_date",
]
