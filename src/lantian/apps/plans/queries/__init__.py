"""Reads of plans, by what is asked: filters, plans, measures, units, search."""

from lantian.apps.plans.queries.filters import (
    LIST_FILTERS,
    SEARCH_FILTERS,
    TABLE_FILTERS,
    UNIT_FILTERS,
    chosen,
    narrow,
    uid_of,
)
from lantian.apps.plans.queries.measures import (
    deadline_texts,
    detailed,
    neighbours,
    plan_measures,
    related,
    section_names,
    unit_names,
    with_details,
)
from lantian.apps.plans.queries.plans import PlanChoices, choices_of, open_amendments, plan_choices, plan_list, standing
from lantian.apps.plans.queries.searching import Found, Hit, matching_plans, matching_units, search, searched_plans
from lantian.apps.plans.queries.units import DutyRow, duty_matrix, role_counts, unit_duties

__all__ = [
    "LIST_FILTERS", "SEARCH_FILTERS", "TABLE_FILTERS", "UNIT_FILTERS", "DutyRow", "Found", "Hit", "PlanChoices",
    "choices_of", "chosen", "deadline_texts", "detailed", "duty_matrix", "matching_plans", "matching_units", "narrow",
    "neighbours", "open_amendments", "plan_choices", "plan_list", "plan_measures", "related", "role_counts",
    "search", "searched_plans", "section_names", "standing", "uid_of", "unit_duties", "unit_names", "with_details",
]  # fmt: skip
