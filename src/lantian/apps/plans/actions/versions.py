"""A plan's versions: holding the plan while it is changed, freezing its text, what the reader gave."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404
from django.utils.translation import get_language

from lantian.apps.core.models import User
from lantian.apps.plans import content, queries
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import Measure, Plan, PlanVersion

READING = 0  # the number of the version that is what the reader gave


class VersionError(Exception):
    """What cannot be done to a plan as it stands; nothing was changed. Says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


def lock(plan: Plan) -> None:
    """Hold the plan's row until the transaction ends, and see what it says now (SQLite locks as a whole anyway).

    What an amendment amends is held before it: whoever takes both takes them in this order, or two would wait for ever.
    Raises Http404 for a plan that was thrown away meanwhile.
    """
    if plan.amends_id is not None:
        Plan.objects.select_for_update().only("pk").get(pk=plan.amends_id)
    try:
        plan.refresh_from_db(from_queryset=Plan.objects.select_for_update())
    except Plan.DoesNotExist:
        raise Http404 from None


def contents_of(plan: Plan) -> list[Content]:
    """The plan's current rows, in order."""
    return [content.content_of(row) for row in queries.detailed(Measure.objects.filter(plan=plan).order_by("n"))]


def keep_version(user: User | None, plan: Plan, number: int, *, note: str) -> PlanVersion:
    """Freeze the plan's text as version ``number`` (0: as the reader gave it; a later reading replaces it)."""
    return _keep(user, plan, number, note, contents_of(plan))


def keep_reading(user: User | None, plan: Plan, rows: Sequence[Content], head: Content | None = None) -> PlanVersion:
    """Put a new reading in the place of the former one; ``rows`` bear the uids of the plan's rows that they are.

    ``head`` is what the reader gave of the plan itself (without: what the plan says).
    """
    return _keep(user, plan, READING, "", rows, head)


def _keep(
    user: User | None, plan: Plan, number: int, note: str, rows: Sequence[Content], head: Content | None = None
) -> PlanVersion:
    text = content.head_of(plan) | (head or {}) | {"measures": list(rows)}
    version, _new = PlanVersion.objects.update_or_create(
        plan=plan,
        number=number,
        defaults={"note": note[:500], "content": text, "file": plan.file, "file_name": plan.file_name, "by": user},
    )
    return version


def reading(plan: Plan) -> Content:
    """What the reader gave of a plan: its head and ``measures``; its current text where no reading was kept."""
    version = PlanVersion.objects.filter(plan=plan, number=READING).first()
    if version is None:
        return content.head_of(plan) | {"measures": contents_of(plan)}
    kept: Content = version.content
    return kept
