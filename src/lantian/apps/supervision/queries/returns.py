"""Reads of returns: the rows of a sheet with what was said last, who owes what in a month, one return whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import get_language

from lantian.apps.areas.models import Unit
from lantian.apps.plans.models import Plan, PlanKind, TargetKind
from lantian.apps.supervision import periods
from lantian.apps.supervision.checks import FigureGiven, Problem, RowGiven, check
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import (
    Commitment,
    Entry,
    Evidence,
    Figure,
    Return,
    ReturnState,
    ReturnVersion,
    Share,
    ShareOrigin,
    Verdict,
)
from lantian.apps.supervision.prefill import computed
from lantian.status import Ladder, curve_presets, ladder_for, period_bounds, planned, propose_curve

# What counts as said: a draft is nobody's word yet.
SAID = (ReturnState.SUBMITTED, ReturnState.ACCEPTED, ReturnState.SENT_BACK, ReturnState.REOPENED)
_NO_FIGURE = frozenset({TargetKind.DELIVERABLE, TargetKind.CADENCE})  # words and documents show these
_NUMERIC = frozenset({TargetKind.LEVEL, TargetKind.CHANGE, TargetKind.COUNT, TargetKind.RATE, TargetKind.RANK})


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One target of a row with the figures given now and last, and what is planned by the month's end."""

    share: Share
    given: Figure | None
    last: Figure | None
    planned: Decimal | None
    computed: Decimal | None
    source: str

    @property
    def kind(self) -> str:
        """Kind of the target."""
        return str(self.share.spec.get("kind") or "")

    @property
    def unit(self) -> str:
        """Unit of the target as printed."""
        return str(self.share.spec.get("unit") or "")

    @property
    def text(self) -> str:
        """The target as printed."""
        return str(self.share.spec.get("text") or "")

    @property
    def adds(self) -> bool:
        """Whether the cumulative figure is the sum of the periods' (counts); of levels and rates it is the latest."""
        return self.kind == TargetKind.COUNT

    @property
    def period_value(self) -> Decimal | None:
        """This period's figure as given."""
        return self.given.period_value if self.given else None

    @property
    def cumulative(self) -> Decimal | None:
        """The cumulative figure as given."""
        return self.given.cumulative if self.given else None

    @property
    def before(self) -> Decimal | None:
        """The cumulative figure reported last."""
        return self.last.cumulative if self.last else None


@dataclass(slots=True)
class Row:
    """One commitment on a sheet: what is said now (``entry``), what was said last, and what the checks find."""

    commitment: Commitment
    entry: Entry | None
    last: Entry | None
    figures: list[FigureRow]
    evidence: list[Evidence]
    ladder: Ladder | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def locked(self) -> bool:
        """Whether a reviewer accepted the row, so that it stays as it is."""
        return self.entry is not None and self.entry.verdict == Verdict.ACCEPTED

    @property
    def touched(self) -> bool:
        """Whether anything is said in the row."""
        entry = self.entry
        return entry is not None and bool(entry.progress or entry.no_change or entry.done or entry.problems)

    @property
    def stops(self) -> list[Problem]:
        """What keeps the row from being handed in."""
        return [item for item in self.problems if item.severity == "stop"]

    @property
    def unexplained(self) -> bool:
        """Whether a check warns and nobody has said why it is so."""
        warned = any(item.severity == "warn" for item in self.problems)
        return warned and not (self.entry and self.entry.explanation.strip())

    def said(self) -> list[tuple[Problem, str]]:
        """Problems of the row with their sentences in the language of the request."""
        language = get_language() or ""
        return [(item, item.text(language)) for item in self.problems]

    def given(self) -> RowGiven:
        """The row as the checks take it."""
        entry = self.entry or Entry()
        return RowGiven(
            progress=entry.progress, done=entry.done, no_change=entry.no_change,
            document=self.ladder is not None and self.ladder.final == "number",
            document_number=entry.document_number, document_date=entry.document_date, evidence=len(self.evidence),
            last_words=self.last.progress if self.last else None, last_done=bool(self.last and self.last.done),
            figures=[_figure_given(item) for item in self.figures],
        )  # fmt: skip


def _figure_given(item: FigureRow) -> FigureGiven:
    spec = item.share.spec
    needed = item.kind in _NUMERIC and item.share.origin != ShareOrigin.NONE
    return FigureGiven(
        key=str(item.share.uid), unit=item.unit, kind=item.kind, adds=item.adds, needed=needed,
        sense=spec.get("sense") or ("at_most" if spec.get("comparator") in ("<=", "<") else "at_least"),
        target=item.share.value, period=item.period_value, cumulative=item.cumulative, last=item.before,
        computed=item.computed, source=item.source,
    )  # fmt: skip


def one(rows: QuerySet[Return]) -> QuerySet[Return]:
    """Returns with what their pages show."""
    return rows.select_related("plan__area", "unit__area", "submitted_by", "reviewed_by")


def commitments_of(ret: Return) -> QuerySet[Commitment]:
    """The commitments of a return: those owed in its month, and those of which something is said in it already."""
    there = Entry.objects.filter(report=ret).values("commitment")
    mine = Commitment.objects.filter(plan=ret.plan_id, unit=ret.unit_id)
    return mine.filter(periods.owed(ret.period) | Q(pk__in=there)).order_by("measure__n", "id")


def last_entry(period: str) -> Subquery:
    """Key of the latest entry handed in for a commitment in a period before ``period``."""
    before = Entry.objects.filter(commitment=OuterRef("pk"), report__period__lt=period, report__state__in=SAID)
    return Subquery(before.order_by("-report__period").values("pk")[:1])


def rows_of(ret: Return, *, today: date | None = None, behalf: bool = False) -> list[Row]:
    """The sheet row by row, checked, in a fixed number of queries. ``behalf`` as in :func:`checks.check`."""
    shares = Share.objects.filter(withdrawn=None).order_by("order", "id")
    found = commitments_of(ret).select_related("measure", "via", "plan").annotate(last_pk=last_entry(ret.period))
    commitments = list(found.prefetch_related(Prefetch("shares", shares)))
    lasts = [pk for item in commitments if (pk := getattr(item, "last_pk", None))]
    entries = Entry.objects.filter(Q(report=ret) | Q(pk__in=lasts)).prefetch_related("figures")
    now: dict[int, Entry] = {}
    before: dict[int, Entry] = {}
    for entry in entries.select_related("report"):
        (now if entry.report_id == ret.pk else before)[entry.commitment_id] = entry
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for file in Evidence.objects.filter(entry__report=ret, removed=None).select_related("file"):
        evidence[file.commitment_id].append(file)
    day = today or timezone.localdate()
    rows = []
    for item in commitments:
        row = _row(item, now.get(item.pk), before.get(item.pk), evidence[item.pk], ret.period)
        row.problems = check(row.given(), today=day, behalf=behalf)
        rows.append(row)
    return rows


def _row(item: Commitment, entry: Entry | None, last: Entry | None, files: list[Evidence], month: str) -> Row:
    given = {figure.share_id: figure for figure in entry.figures.all()} if entry else {}
    before = {figure.share_id: figure for figure in last.figures.all()} if last else {}
    specs = list(item.shares.all())
    figures = [
        _figure(item, share, given.get(share.pk), before.get(share.pk), month)
        for share in specs
        if share.spec.get("kind") not in _NO_FIGURE
    ]
    papers = [share.spec for share in specs if share.spec.get("kind") == TargetKind.DELIVERABLE]
    ladder = ladder_for(str(papers[0].get("text") or item.measure.text)) if papers else None
    return Row(item, entry, last, figures, files, ladder)


def _figure(item: Commitment, share: Share, given: Figure | None, last: Figure | None, month: str) -> FigureRow:
    known = computed(share, month)
    value, source = known if known else (None, "")
    return FigureRow(share, given, last, planned_by(item, share, period_bounds(month)[1]), value, source)


def planned_by(item: Commitment, share: Share, day: date) -> Decimal | None:
    """What the plan curve expects of a count by ``day``; None where there is no figure or nothing adds up to it."""
    if share.value is None or share.spec.get("kind") != TargetKind.COUNT:
        return None
    year = item.plan.year or day.year
    end = share.by or item.end or date(year, 12, 31)
    start = min(item.start or date(year, 1, 1), end)
    words = f"{share.spec.get('subject') or ''}{share.spec.get('text') or ''}"
    curve = share.curve if share.curve in curve_presets() else propose_curve(words)
    points = tuple((str(key), Decimal(str(part))) for key, part in share.points)
    return planned(curve, start, end, share.value, day, points).quantize(Decimal("0.01"))


def stops_of(rows: Iterable[Row]) -> list[Row]:
    """Rows that keep the return from being handed in: a stop, or a warning that nobody explained."""
    return [row for row in rows if not row.locked and (row.stops or row.unexplained)]


@dataclass(frozen=True, slots=True)
class Owed:
    """One line of the office's list: a unit, how much it owes in the month, and its return if it began one."""

    unit: Unit
    rows: int
    report: Return | None
    late: bool


STATES = ("none", *ReturnState.values)


def owing(plan: Plan, month: str, *, state: str = "", late: bool = False, text: str = "") -> QuerySet[Unit]:
    """Units that owe a return of the plan for the month (or handed one in), annotated ``rows`` and ``state``.

    ``state`` is one of :data:`STATES`; ``late`` keeps those that are past the due day and not handed in, or were late.
    """
    owed = Commitment.objects.filter(periods.owed(month), plan=plan, unit=OuterRef("pk"))
    returns = Return.objects.filter(plan=plan, period=month, unit=OuterRef("pk"))
    counted = owed.order_by().values("unit").annotate(n=Count("pk")).values("n")
    owing_units = Commitment.objects.filter(periods.owed(month), plan=plan).values("unit")
    there = Return.objects.filter(plan=plan, period=month).values("unit")
    rows = Unit.objects.filter(Q(pk__in=owing_units) | Q(pk__in=there)).select_related("area")
    rows = rows.annotate(rows=Subquery(counted), state=Subquery(returns.values("state")[:1]))
    if state == "none":
        rows = rows.filter(state=None)
    elif state in ReturnState.values:
        rows = rows.filter(state=state)
    if late:
        rows = rows.filter(_late(plan, month))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(full_name__icontains=text) | Q(short_name__icontains=text))
    return rows.order_by("area__code", "id")


def whole(plan: Plan, month: str) -> list[Any]:
    """All that :func:`owing` gives, with ``sent_back`` and ``report`` (its uid, or blank) of the return; three queries.

    Of a whole city one query would count the rows of each unit by itself.
    """
    owed = Commitment.objects.filter(periods.owed(month), plan=plan).order_by()
    rows = dict(owed.values_list("unit").annotate(Count("pk")))
    returns = Return.objects.filter(plan=plan, period=month).order_by()  # one for each unit
    given = {unit: how for unit, *how in returns.values_list("unit", "state", "sent_back", "uid")}
    units = Unit.objects.filter(pk__in={*rows, *given}).select_related("area").order_by("area__code", "id")
    found: list[Any] = list(units)
    for unit in found:
        unit.rows = rows.get(unit.pk)
        unit.state, unit.sent_back, unit.report = given.get(unit.pk, (None, 0, ""))
    return found


def _late(plan: Plan, month: str) -> Q:
    """Condition on units: the due day is over, and nothing was handed in by then."""
    due = periods.due_on(periods.rhythm_of(plan), month, workdays())
    if due >= timezone.localdate():
        return Q(pk__in=())
    over = timezone.make_aware(datetime.combine(due + timedelta(days=1), time()))
    first = ReturnVersion.objects.filter(number=1, report__plan=plan, report__period=month, at__lt=over)
    return ~Q(pk__in=first.order_by().values("report__unit"))


def lines(plan: Plan, month: str, units: Sequence[Any], due: date) -> list[Owed]:
    """The page's units with their returns; one query. Late is who had handed nothing in when the due day was over."""
    found = Return.objects.filter(plan=plan, period=month, unit__in=[unit.pk for unit in units])
    rows = found.select_related("submitted_by").annotate(first=Min("versions__at"))
    by_unit = {row.unit_id: row for row in rows}
    over = due < timezone.localdate()

    def late(unit: Any) -> bool:
        first = getattr(by_unit.get(unit.pk), "first", None)
        return over and (first is None or timezone.localdate(first) > due)

    return [Owed(unit, unit.rows or 0, by_unit.get(unit.pk), late(unit)) for unit in units]


def counts(plan: Plan, month: str) -> dict[str, int]:
    """How many units stand in each of :data:`STATES`; ``all`` is their sum."""
    owing_units = Commitment.objects.filter(periods.owed(month), plan=plan).values("unit").distinct()
    found = Return.objects.filter(plan=plan, period=month)
    stand = {row["state"]: row["n"] for row in found.order_by().values("state").annotate(n=Count("pk"))}
    begun = found.values("unit")
    none = owing_units.exclude(unit__in=begun).count()
    result = {name: stand.get(name, 0) for name in ReturnState.values}
    return {"none": none} | result | {"all": none + sum(result.values())}


def plans_with_duties(condition: Q) -> QuerySet[Plan]:
    """Plans under ``condition`` of which commitments are made, the newest first."""
    made = Commitment.objects.filter(plan=OuterRef("pk"), withdrawn=None)
    # Matters handed out (交办事项) are plans of one row with a list of their own.
    whole = Plan.objects.filter(condition, amends=None, kind=PlanKind.PLAN)
    return whole.filter(Exists(made)).order_by("-year", "level", "id")
