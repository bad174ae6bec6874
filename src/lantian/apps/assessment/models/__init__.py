"""Tables of assessment: docs/models.md says what each is for."""

from lantian.apps.assessment.models.forms import Form, FormFilling
from lantian.apps.assessment.models.scorecards import Appeal, AppealState, EnteredFact, Scorecard, ScoreVersion
from lantian.apps.assessment.models.yearend import MergeIssue, MergeText, Outcome, Wording, YearEnd

__all__ = [
    "Appeal", "AppealState", "EnteredFact", "Form", "FormFilling", "MergeIssue", "MergeText", "Outcome", "ScoreVersion",
    "Scorecard", "Wording", "YearEnd",
]  # fmt: skip
