"""Which plan of a file is a new text of which plan that is already there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from rapidfuzz import fuzz

from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.actions.versions import VersionError
from lantian.apps.plans.content import Content, reading_of
from lantian.apps.plans.models import IN_FORCE, IN_PREPARATION, Plan
from lantian.apps.plans.queries import standing
from lantian.comparing import align
from lantian.reading import model as read
from lantian.reading.text import compare_form

_SAME_TITLE = 85.0  # per cent of equal characters from which two titles of one year and place mean the same plan
_TOO_FEW = 0.1  # share of a plan's measures that must be in a file for it to be the plan's
_SMALL = 4  # measures up to which a share says nothing
_AHEAD = 0.2  # by how much of its measures the fitting plan of a file must be ahead of the next
_OFFERED = 5


@dataclass(frozen=True, slots=True)
class Found:
    """The plan of a file that is meant, and its place in the file, counted from 1."""

    plan: read.Plan
    place: int


def corresponding(plan: Plan, rows: Sequence[Content], plans: Sequence[read.Plan], place: int | None) -> Found:
    """The plan of a file that is the new text of ``plan`` with its current ``rows``.

    ``place`` decides; without it the one with most measures in common. Raises :class:`VersionError` where the file has
    no such place, where two fit as well, or where none has any measures in common: a wrong file is taken for no plan.
    """
    if place is not None:
        if not 1 <= place <= len(plans):
            raise VersionError(
                f"文件里只有{len(plans)}份计划，没有第{place}份。",
                f"The file holds {len(plans)} plans; there is no plan {place}.",
            )
        return Found(plans[place - 1], place)
    shares = sorted(((_share(plan, rows, other), -n) for n, other in enumerate(plans, start=1)), reverse=True)
    best, first = shares[0]
    if len(rows) > _SMALL and best < _TOO_FEW:
        raise VersionError(
            f"文件与《{plan.title}》几乎没有相同的措施，没有更换。如果确实是它的新文本，请注明是文件里的第几份计划。",
            f"The file has hardly any measure of “{plan.title}” and was not taken. "
            "If it is the plan's new text after all, say which plan of the file it is.",
        )
    if len(shares) > 1 and best - shares[1][0] < _AHEAD:
        titles = "、".join(f"{n}《{other.title}》" for n, other in enumerate(plans, start=1))
        raise VersionError(
            f"文件里有{len(plans)}份计划（{titles}），不能确定哪一份对应，请注明是第几份。",
            f"The file holds {len(plans)} plans ({titles}) and more than one fits. Say which one it is.",
        )
    return Found(plans[-first - 1], -first)


def _share(plan: Plan, rows: Sequence[Content], other: read.Plan) -> float:
    """How much of the plan is in the other: measures first, medium and title where they are even."""
    pairs = align([reading_of(item) for item in rows], other.measures)
    common = sum(pair.score for pair in pairs if pair.old_n and pair.new_n and not pair.part)
    share = common / max(1, min(len(rows), len(other.measures)))
    return share + (_AHEAD if plan.medium != "other" and plan.medium == other.medium and share >= _TOO_FEW else 0)


def candidates(user: User, draft: Plan) -> list[Plan]:
    """Plans that a fresh draft may be a new text of: same year, medium, level and place, almost the same title.

    Only such as the person may edit, best title first; none for a draft that is an amendment or was published.
    """
    if not draft.in_preparation or draft.version or draft.amends_id:
        return []
    place = Q(area=draft.area_id) if draft.area_id else Q(area=None, region=draft.region)
    rows = policy.scope(user, standing(Plan.objects.filter(place, status__in=(*IN_PREPARATION, *IN_FORCE))))
    rows = rows.filter(year=draft.year, medium=draft.medium, level=draft.level).exclude(pk=draft.pk)
    title = compare_form(draft.title)
    scored = [(fuzz.ratio(title, compare_form(row.title)), row) for row in rows.select_related("area")]
    fitting = [(score, row) for score, row in scored if score >= _SAME_TITLE and policy.can(user, "plan.edit", row)]
    return [row for _score, row in sorted(fitting, key=lambda item: (-item[0], item[1].pk))][:_OFFERED]
