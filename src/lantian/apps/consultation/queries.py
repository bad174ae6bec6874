"""Reads of rounds: what a unit has to answer, how far the units are, the comments under the rows they speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Case, Count, F, Prefetch, Q, QuerySet, When
from django.utils import timezone

from lantian.apps.areas.collectives import Expander
from lantian.apps.areas.models import Unit
from lantian.apps.consultation.frozen import WHOLE, Line
from lantian.apps.consultation.models import Answer, Comment, Decision, Invitation, Round, RoundStatus
from lantian.apps.consultation.rights import own
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.plans.models import Assignment, Plan

FILTERS = ("decision", "unit", "carried")


def own_invitations(user: User) -> QuerySet[Invitation]:
    """The invitations of the person's own units, those that await an answer first, then newest first."""
    rows = Invitation.objects.filter(own(user)).select_related("round__plan", "unit")
    waiting = Q(round__status=RoundStatus.OPEN, status=Answer.WAITING)
    return rows.annotate(drafts=Count("comments"), awaits=Case(When(waiting, then=1), default=0)).order_by(
        "-awaits", F("round__closed").desc(nulls_first=True), "round__due", "unit_id"
    )


def rounds_of(plan: Plan) -> list[Round]:
    """The rounds of a plan, newest first."""
    return list(plan.rounds.select_related("opened_by", "closed_by").order_by("-number"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit of a round as the table of units shows it."""

    invitation: Invitation
    standing: Answer
    comments: int
    undecided: int


@dataclass(slots=True)
class Progress:
    """How far a round is: its units, how many stand where, how many comments are decided how."""

    asked: list[Asked]
    standings: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Units asked."""
        return len(self.asked)

    @property
    def answered(self) -> int:
        """Units whose own answer is there."""
        return self.standings[Answer.NO_OBJECTION] + self.standings[Answer.COMMENTED]

    @property
    def waiting(self) -> list[Invitation]:
        """Who has not said anything, whether or not that counts as consent by now."""
        silent = (Answer.WAITING, Answer.OVERDUE_CONSENT)
        return [item.invitation for item in self.asked if item.standing in silent]

    @property
    def comments(self) -> int:
        """Comments handed in."""
        return sum(self.decisions.values())

    @property
    def undecided(self) -> int:
        """Comments on which the office has still to decide."""
        return self.decisions[Decision.OPEN]

    @property
    def figures(self) -> list[tuple[str, str, int]]:
        """(value, label, count) of the standings, in the order of a letter: answered, silent."""
        order = (Answer.COMMENTED, Answer.NO_OBJECTION, Answer.WAITING, Answer.OVERDUE_CONSENT)
        return [(value.value, str(value.label), self.standings[value]) for value in order]

    @property
    def verdicts(self) -> list[tuple[str, str, int]]:
        """(value, label, count) of the decisions."""
        return [(value.value, str(value.label), self.decisions[value]) for value in Decision]


def progress(row: Round) -> Progress:
    """The units of a round in the order of the directory with what they answered; two queries."""
    handed_in = Q(status=Answer.COMMENTED)
    rows = (
        row.invitations.select_related("unit__area", "answered_by", "reply")
        .annotate(
            comment_count=Count("comments", filter=handed_in),
            open_count=Count("comments", filter=handed_in & Q(comments__decision=Decision.OPEN)),
        )
        .order_by("unit__area__code", "unit_id")
    )
    result = Progress([])
    for item in rows:
        item.round = row
        result.asked.append(Asked(item, item.standing, item.comment_count, item.open_count))
        result.standings[item.standing] += 1
    counted = submitted(row).order_by().values_list("decision").annotate(count=Count("pk"))
    result.decisions.update(dict(counted))
    return result


def submitted(row: Round) -> QuerySet[Comment]:
    """The comments of a round that were handed in, in the order of the text."""
    rows = Comment.objects.filter(invitation__round=row, invitation__status=Answer.COMMENTED)
    return rows.select_related("invitation__unit", "decided_by", "measure").order_by(
        F("n").asc(nulls_first=True), "invitation__unit__area__code", "invitation__unit_id", "id"
    )


def filtered(rows: QuerySet[Comment], filters: Mapping[str, str]) -> QuerySet[Comment]:
    """Comments narrowed by decision, unit (uid) and whether what was adopted is carried out."""
    if filters["decision"] in Decision.values:
        rows = rows.filter(decision=filters["decision"])
    if filters["unit"]:
        unit = as_uid(filters["unit"])
        rows = rows.filter(invitation__unit__uid=unit) if unit else rows.none()
    if filters["carried"]:
        rows = rows.filter(decision__in=(Decision.ADOPTED, Decision.PARTLY), carried_out=False)
    return rows


def as_uid(text: str) -> UUID | None:
    """An id from an address or a form, None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Group:
    """The comments on one row of the text as sent; ``line`` None: on the whole."""

    line: Line | None
    comments: list[Comment]


def grouped(comments: Iterable[Comment], lines: Sequence[Line]) -> list[Group]:
    """Comments under the rows they speak of, the whole plan first, then in print order."""
    by_row: dict[int, list[Comment]] = {}
    for comment in comments:
        by_row.setdefault(comment.n or WHOLE, []).append(comment)
    places: list[tuple[int, Line | None]] = [(WHOLE, None), *((line.n, line) for line in lines)]
    return [Group(line, by_row[n]) for n, line in places if n in by_row]


def previous(row: Round) -> Round | None:
    """The round before, with its text."""
    return Round.objects.filter(plan=row.plan_id, number=row.number - 1).select_related("sent").first()


@dataclass(frozen=True, slots=True)
class Collective:
    """A collective unit that the plan names, with what it stands for; ``certain`` where nobody has to choose."""

    unit: Unit
    members: list[Unit]
    certain: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """Whom to ask: units that the plan names, and collective units that a person must expand."""

    units: list[Unit]
    collectives: list[Collective]
    unknown: list[str]


def proposed_units(plan: Plan) -> Proposed:
    """Every unit that the plan names, with those of earlier rounds; collectives are listed for a person to expand."""
    named = Assignment.objects.filter(measure__plan=plan, measure__withdrawn=None)
    asked = Invitation.objects.filter(round__plan=plan).values("unit")
    rows = Unit.objects.filter(Q(pk__in=named.values("unit")) | Q(pk__in=asked)).select_related("area")
    units = list(rows.order_by("area__code", "id").prefetch_related("rules__member"))
    single = [unit for unit in units if not unit.collective]
    unknown = named.filter(unit=None).values_list("name", flat=True).distinct().order_by("name")
    several = [unit for unit in units if unit.collective]
    return Proposed(single, _expanded(plan, several, {unit.pk for unit in single}), list(unknown))


def _expanded(plan: Plan, units: list[Unit], there: set[int]) -> list[Collective]:
    """What collective units stand for today, without those proposed already; the candidates where print leaves open."""
    if plan.area is None or not units:
        return [Collective(unit, [], certain=False) for unit in units]
    expander = Expander(plan.area, timezone.localdate())
    found = [(unit, expander.expand(unit)) for unit in units]
    return [
        Collective(unit, [item for item in (*meant.members, *meant.candidates) if item.pk not in there], not meant.open)
        for unit, meant in found
    ]


def visible_round(user: User, uid: str) -> Round:
    """A round in the person's scope, with its plan."""
    rows = Round.objects.select_related("plan__area", "opened_by", "closed_by")
    return policy.get_or_404(user, rows, uid=uid)


def visible_invitation(user: User, uid: str) -> Invitation:
    """An invitation in the person's scope, with its round, the text as sent, and its comments."""
    comments = Prefetch("comments", Comment.objects.order_by(F("n").asc(nulls_first=True), "id"))
    rows = Invitation.objects.select_related("round__plan__area", "round__sent", "unit__area", "answered_by")
    return policy.get_or_404(user, rows.prefetch_related(comments), uid=uid)


def meant_by(invitation: Invitation, lines: Iterable[Line]) -> set[str]:
    """The uids under which the rows name the invited unit: its own, and those of collectives that hold it for certain.

    As of the day on which the round was opened; a collective that leaves open whom it means names nobody here.
    """
    unit, plan = invitation.unit, invitation.round.plan
    named = set().union(*(line.duties for line in lines))
    several = Unit.objects.filter(uid__in=named, collective=True).select_related("area")
    units = list(several.prefetch_related("rules__member"))
    found = {str(unit.uid)}
    if units and plan.area is not None:
        expander = Expander(plan.area, timezone.localdate(invitation.round.opened))
        found |= {str(item.uid) for item in units if unit in expander.expand(item).members}
    return found


def reminder(row: Round, silent: Iterable[Invitation]) -> str:
    """A text to send to the units that are silent: who, what, until when."""
    names = "、".join(item.unit.name for item in silent)
    if not names:
        return ""
    lead = f"{names}：\n    {row.title}已发送你单位。"
    due = f"{row.due.year}年{row.due.month}月{row.due.day}日"
    if row.overdue:
        return f"{lead}反馈期限为{due}，目前尚未收到你单位意见，请尽快反馈。"
    consent = "逾期未反馈的，视为无异议。" if row.silence_is_consent else ""
    return f"{lead}目前尚未收到你单位意见，请于{due}前反馈；无意见的，也请书面回复“无意见”。{consent}"


def standing_words(item: Asked) -> str:
    """How the unit's answer is said in the table that leaves the house."""
    words = {
        Answer.WAITING: "未反馈",
        Answer.NO_OBJECTION: "无意见",
        Answer.COMMENTED: "有意见",
        Answer.OVERDUE_CONSENT: "逾期未反馈，视为无异议",
    }
    return words[item.standing]
