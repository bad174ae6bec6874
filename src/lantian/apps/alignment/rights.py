"""Who sees what of alignment: the offices that prepare plans; everybody else what was confirmed, on the measure."""

from __future__ import annotations

from django.db.models import QuerySet

from lantian.apps.alignment.models import Continuation, Link
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Measure

SEE = "plan.view_draft"
CONFIRM = "link.confirm"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Link, _links)
    policy.scoped(Continuation, _continuations)
    policy.located(Continuation, lambda user, action, row: policy.can(user, action, row.measure.plan))
    policy.located(Link, lambda user, action, link: policy.can(user, action, link.measure.plan))


def _links(user: User, rows: QuerySet[Link]) -> QuerySet[Link]:
    return rows.filter(measure__in=policy.scope(user, Measure.objects.all()).values("pk"))


def _continuations(user: User, rows: QuerySet[Continuation]) -> QuerySet[Continuation]:
    """Both rows have to be in sight."""
    seen = policy.scope(user, Measure.objects.all()).values("pk")
    return rows.filter(measure__in=seen, earlier__in=seen)
