"""Computing in the background: what a new change set touches at once, everything once a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from time import monotonic
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import jobs
from lantian.apps.core.models import Job, JobState, User
from lantian.apps.indicators import actions, hooks
from lantian.apps.indicators.models import Binding, BindingState, Compare, Exemption, ExemptionState, How, Run
from lantian.apps.indicators.queries.facts import LEVELS
from lantian.apps.indicators.shelf import indicators
from lantian.apps.indicators.spans import spans
from lantian.apps.monitoring.models import ForecastDay, Station
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.indicators.engine import Engine, on_duckdb
from lantian.indicators.headers import Indicator, Level, Rule
from lantian.indicators.running import AreaRow, Failed, Sources, StationRow, UnitRow, compute, find, inputs_of
from lantian.indicators.sources import ForecastRow
from lantian.registers import PacksRefused
from lantian.status import years_of

COMPUTE, PROPOSE = "indicators.compute", "bindings.propose"
_SLICE = 2.0  # seconds of one job


def register() -> None:
    """Tell the job runner who computes and who proposes (once, when Django starts)."""
    jobs.handles(COMPUTE)(perform)
    jobs.handles(PROPOSE)(propose)
    jobs.daily(COMPUTE, lambda: [("all", {})])


def on_publication(user: User, plan: Plan) -> None:
    """Ask for proposals for a plan that came into force."""
    jobs.enqueue(user, PROPOSE, {"plan": str(plan.uid)})


def on_snapshot(names: Collection[str]) -> None:
    """Ask for the figures that rest on these registers, unless the same waits already."""
    _ask({"registers": sorted(names)})


def on_review() -> None:
    """Ask for the figures that rest on hours: other hours count than before."""
    _ask({"views": ["hour"]})


def _ask(payload: dict[str, Any]) -> None:
    if not Job.objects.filter(kind=COMPUTE, state=JobState.QUEUED, payload=payload).exists():
        jobs.enqueue(None, COMPUTE, payload)


def propose(job: Job) -> dict[str, Any]:
    """Propose what settles the targets of a plan."""
    plan = Plan.objects.filter(uid=job.payload["plan"]).first()
    return {"proposed": actions.propose(plan) if plan else 0}


def perform(job: Job) -> dict[str, Any]:
    """Compute what is not fresh: the spans of this year and the last one of the year before.

    ``registers`` or ``views`` of the payload narrow it to what reads one of them, ``names`` to these; with
    ``since`` (ISO) the spans that end from that day on are looked at. After some seconds the rest is asked for anew:
    who uploads a plan does not wait for it.
    """
    began = monotonic()
    try:
        known = indicators()
    except PacksRefused as refused:
        wrong = refused.problems[0]
        raise jobs.RefusedError(wrong.says(chinese=True), wrong.says(chinese=False)) from refused
    today = timezone.localdate()
    given = sources()
    since = job.payload.get("since")
    first = date.fromisoformat(since) if since else date(today.year - 1, 12, 1)
    work = [item for item in known.indicators.values() if _touched(item, job.payload)]
    rules = [item for item in known.rules.values() if _touched(item, job.payload)]
    reach = _reach(first)
    changed: set[str] = set()
    told = {"opened": 0, "closed": 0, "held": 0}
    failed: dict[str, str] = {}
    with on_duckdb() as engine:
        for done, indicator in enumerate(work):
            if done and monotonic() - began > _SLICE:
                rest = [*(item.name for item in work[done:]), *(rule.name for rule in rules)]
                jobs.enqueue(job.created_by, COMPUTE, {**job.payload, "names": rest})
                tell(changed)
                return {"indicators": done, "changed": len(changed), "left": len(rest)}
            jobs.progress(job, 100 * done // max(1, len(work) + len(rules)), gettext_noop("Computing indicators"))
            if _compute(indicator, reach.get(indicator.name, first), today, given, engine):
                changed.add(indicator.name)
        for rule in rules:
            try:
                found = find(rule, *next(spans(rule.period, False, today, today)), given, as_of=today, engine=engine)
            except Failed as error:
                failed[rule.name] = error.problem.zh
                continue
            for name, n in zip(told, actions.keep_findings(rule, found), strict=True):
                told[name] += n
    tell(changed)
    return {"indicators": len(work), "changed": len(changed), **told, "failed": failed}


def _reach(first: date) -> dict[str, date]:
    """From which day on indicators are wanted beyond the common one: a change wants the year before, a total over
    several years (2023—2024年内累计) all of them."""
    bound = Binding.objects.filter(how=How.INDICATOR)
    reach = dict.fromkeys(
        bound.filter(compare=Compare.CHANGE).values_list("indicator", flat=True), first.replace(month=1, day=1)
    )
    spans = bound.filter(
        measure__targets__subject=F("subject"), measure__targets__text=F("words"), measure__targets__period__gt=""
    )
    for name, period in spans.values_list("indicator", "measure__targets__period"):
        if years := years_of(period):
            reach[name] = min(reach.get(name, first), years[0])
    return reach


def _touched(item: Indicator | Rule, payload: Mapping[str, Any]) -> bool:
    """Whether the payload asks for an indicator or a rule."""
    names, registers, views = payload.get("names"), payload.get("registers"), payload.get("views")
    if (names is not None and item.name not in names) or (views is not None and item.query.views.isdisjoint(views)):
        return False
    return registers is None or any(register.name in registers for register in item.reads)


def tell(changed: Collection[str]) -> None:
    """Tell whoever listens which measures have new figures."""
    bound = Binding.objects.filter(state=BindingState.CONFIRMED, how=How.INDICATOR, indicator__in=changed)
    hooks.facts_changed(set(bound.filter(measure__plan__status__in=IN_FORCE).values_list("measure", flat=True)))


def sources() -> Sources:
    """What queries read beside the lake: areas, units, stations, approved exemptions."""
    levels = {level.value: name for level, name in LEVELS.items()}
    codes = {row.pk: row.code for row in Area.objects.all()}
    exempt = Exemption.objects.filter(state__in=(ExemptionState.APPROVED, ExemptionState.ENDED))
    return Sources(
        settings.LANTIAN_LAKE,
        areas=[
            AreaRow(row.code, row.name, levels.get(row.level, ""), codes.get(row.parent_id or 0), row.kind)
            for row in Area.objects.all()
        ],
        units=[
            UnitRow(str(row.uid), row.name, row.short_name, levels.get(row.level, ""), codes[row.area_id])
            for row in Unit.objects.filter(collective=False)
        ],
        exemptions=list(exempt.values_list("register", "key", "since", "until")),
        stations=[StationRow(*row) for row in Station.objects.values_list("code", "name", "area__code")],
        forecasts=list(_forecasts()),
    )


def _forecasts() -> Iterator[ForecastRow]:
    """What was forecast, issue by issue; what was only said in words (污染较重) has no range to be held against."""
    rows = ForecastDay.objects.filter(forecast__latest=True, aqi_low__isnull=False, aqi_high__isnull=False)
    for code, issued, day, low, high in rows.values_list(
        "forecast__area__code", "forecast__issued", "day", "aqi_low", "aqi_high"
    ):
        assert low is not None
        assert high is not None
        yield ForecastRow(code, day, (day - timezone.localtime(issued).date()).days, low, high)


def _compute(indicator: Indicator, first: date, until: date, given: Sources, engine: Engine) -> bool:
    """Compute the spans of one indicator that are not fresh; whether any figure changed."""
    # Sites without a single inspection in the system are no data, not a rate of zero.
    if not all(given.register(register)[0] for register in indicator.reads):
        return False
    inputs = inputs_of(indicator, given)
    runs = Run.objects.filter(indicator=indicator.name, superseded=None, failed=None, query=indicator.sha)
    held = {(row.level, row.start, row.end) for row in runs.filter(end__gte=first) if row.inputs == inputs}
    levels: Sequence[Level | None] = indicator.levels if indicator.subject == "area" else (None,)
    changed = False
    for level in levels:
        for start, end in spans(indicator.period, indicator.cumulative, first, until):
            if (level or "", start, end) not in held:
                answer = compute(indicator, start, end, given, level=level, engine=engine)
                changed |= actions.keep(indicator, level or "", start, end, answer)
    return changed
