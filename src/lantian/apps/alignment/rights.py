"""Who sees what of alignment: the offices that prepare plans; everybody else what was confirmed, on the measure."""

from __future__ import annotations

from django.db.models import QuerySet

from lantian.apps.alignment.models import Link
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure

SEE = "plan.view_draft"
CONFIRM = "link.confirm"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Link, _links)
    policy.located(Link, lambda user, action, link: policy.can(user, action, link.measure.plan))


def _links(user: User, rows: QuerySet[Link]) -> QuerySet[Link]:
    return rows.filter(measure__in=policy.scope(user, Measure.objects.all()).values("pk"))
