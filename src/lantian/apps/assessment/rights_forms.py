"""Who sees and fills the forms of the office above: the office of the plan."""

from __future__ import annotations

from typing import Any

from lantian.apps.areas import queries as areas
from lantian.apps.assessment.models import Form, FormFilling
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.supervision.rights import of_office


def register() -> None:
    """Tell the policy about these models (once, when Django starts)."""
    policy.scoped(Form, lambda user, rows: rows.filter(areas.office_of(user, "plan.view_draft", "plan__area__")))
    policy.located(Form, _inside)
    policy.scoped(FormFilling, lambda user, rows: rows.filter(form__in=policy.scope(user, Form.objects.all())))


def _inside(user: User, action: str, row: Any) -> bool:
    return of_office(user, action, row.plan)
