"""Quality control (数据质量检查) of hourly data: rules with ids, flags beside untouched values, review, effect.

``check(data)`` → :class:`Quality`; ``reviewed`` lets a person's decision win over a rule; ``apply`` makes the copy that
statistics are computed from; ``effect`` shows what each rule does to a year (docs/quality.md).
"""

from lantian.analysis.qc.check import Quality, Run, check
from lantian.analysis.qc.nearest import nearest_three
from lantian.analysis.qc.review import Decision, apply, reviewed
from lantian.analysis.qc.rules import SEVERITIES, Rule, bits, bits_from, rule, rules

__all__ = [
    "SEVERITIES",
    "Decision",
    "Quality",
    "Rule",
    "Run",
    "apply",
    "bits",
    "bits_from",
    "check",
    "nearest_three",
    "reviewed",
    "rule",
    "rules",
]
