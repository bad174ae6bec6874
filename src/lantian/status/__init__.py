"""Deadline + target + returns + facts → an explained state, for any past day (docs/status.md).

Pure: knows no web framework, no database and no other package of Lantian.
"""

from lantian.status.amounts import curve_of
from lantian.status.cadence import (
    cadence_reason,
    due_day,
    every_of,
    internal_due,
    period_bounds,
    period_cadence,
    period_of,
    periods,
    previous_year,
    propose_cadence,
)
from lantian.status.case import years_of
from lantian.status.curves import Curve, curve_label, curve_presets, planned, propose_curve, share
from lantian.status.deliverables import Ladder, Step, ladder_for, ladders
from lantian.status.duty import duty_status, light, roll_up, worst
from lantian.status.figures import computed
from lantian.status.goals import goal_status, severity
from lantian.status.model import (
    DEFAULTS,
    STATES,
    Cadence,
    Deadline,
    DueRule,
    Duty,
    Evidence,
    Fact,
    Figure,
    Goal,
    Light,
    Report,
    Settings,
    State,
    Status,
)
from lantian.status.pace import Outlook, outlook
from lantian.status.rules import Rule, explain, explain_rule, period_label, rule_table
from lantian.status.workdays import WORKDAYS, Workdays

__all__ = [
    "DEFAULTS", "STATES", "WORKDAYS", "Cadence", "Curve", "Deadline", "DueRule", "Duty", "Evidence", "Fact", "Figure",
    "Goal", "Ladder", "Light", "Outlook", "Report", "Rule", "Settings", "State", "Status", "Step", "Workdays",
    "cadence_reason", "computed", "curve_label", "curve_of", "curve_presets", "due_day", "duty_status", "every_of",
    "explain", "explain_rule", "goal_status", "internal_due", "ladder_for", "ladders", "light", "outlook",
    "period_bounds", "period_cadence", "period_label", "period_of", "periods", "planned", "previous_year",
    "propose_cadence", "propose_curve", "roll_up", "rule_table", "severity", "share", "worst", "years_of",
]  # fmt: skip
