"""绑定: what settles a target is proposed by the wording and decided by a person."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.core import audit, policy
from lantian.apps.core.holding import NotPossible, StaleError, is_stale
from lantian.apps.core.models import User
from lantian.apps.indicators import hooks
from lantian.apps.indicators.models import Binding, BindingState, Compare, How
from lantian.apps.indicators.rights import CONFIRM
from lantian.apps.indicators.shelf import indicators
from lantian.apps.plans.content import plan_reading
from lantian.apps.plans.models import Plan
from lantian.apps.plans.queries.measures import plan_measures
from lantian.indicators import binding as wording

_HOWS = {"indicator": How.INDICATOR, "external": How.EXTERNAL, "unbound": How.REPORTED}


@transaction.atomic
def propose(plan: Plan) -> int:
    """Propose what settles each target of a plan; what persons confirmed stays. Returns how many proposals stand.

    Proposals for words that the plan does not print any more go.
    """
    known = indicators()
    rows = plan_measures(plan, {})
    reading = plan_reading(plan, rows)
    kept: set[int] = set()
    for row, measure in zip(rows, reading.measures, strict=True):
        held = {(item.subject, item.words, item.place): item for item in row.bindings.all()}
        places: Counter[tuple[str, str]] = Counter()
        for target in measure.targets:
            print_of = (target.subject, target.text)
            place = places[print_of]
            places[print_of] += 1
            found = held.get((*print_of, place))
            if found is None:
                found = Binding(measure=row, subject=target.subject, words=target.text, place=place)
            elif found.state == BindingState.CONFIRMED:
                kept.add(found.pk)
                continue
            proposal = wording.propose(reading, measure, target, known)
            found.how, found.indicator = _HOWS[proposal.how], proposal.indicator or ""
            found.compare, found.factor = Compare(proposal.compare), Decimal(repr(proposal.factor))
            found.score, found.why = proposal.score, {"zh": proposal.why.zh, "en": proposal.why.en}
            found.save()
            kept.add(found.pk)
    Binding.objects.filter(measure__plan=plan, state=BindingState.PROPOSED).exclude(pk__in=kept).delete()
    return len(kept)


@transaction.atomic
def confirm(
    user: User,
    row: Binding,
    how: str,
    indicator: str = "",
    note: str = "",
    revision: int | None = None,
    compare: str | None = None,
) -> Binding:
    """Say what settles a target. ``compare`` None leaves what the target is held against.

    Raises PermissionDenied, StaleError, NotPossible.
    """
    row = Binding.objects.select_for_update().get(pk=row.pk)
    policy.require(user, CONFIRM, row)
    if is_stale(row, revision):
        raise StaleError
    if how not in How.values:
        raise NotPossible(_("Choose what settles the target."))
    if how == How.INDICATOR and indicator not in indicators().indicators:
        raise NotPossible(_("Choose the indicator that settles the target."))
    before = _said(row)
    row.how, row.indicator = How(how), indicator if how == How.INDICATOR else ""
    if compare in Compare.values:
        row.compare = Compare(compare)
    row.note = note.strip()[:300]
    _decide(user, row, BindingState.CONFIRMED)
    audit.record(user, "binding.confirm", row, before=before, after=_said(row))
    hooks.facts_changed([row.measure_id])
    return row


@transaction.atomic
def release(user: User, row: Binding, revision: int | None = None) -> Binding:
    """Take a decision back: the target is settled by what its units report until somebody decides again."""
    row = Binding.objects.select_for_update().get(pk=row.pk)
    policy.require(user, CONFIRM, row)
    if is_stale(row, revision):
        raise StaleError
    if row.state != BindingState.CONFIRMED:
        raise NotPossible(_("Nothing was decided here."))
    before = _said(row)
    _decide(user, row, BindingState.PROPOSED)
    audit.record(user, "binding.release", row, before=before, after=_said(row))
    hooks.facts_changed([row.measure_id])
    return row


def _decide(user: User, row: Binding, state: BindingState) -> None:
    row.state, row.decided_by, row.decided = state, user, timezone.now()
    row.revision += 1
    row.save()


def _said(row: Binding) -> dict[str, object]:
    return {
        "words": row.words, "how": row.how, "indicator": row.indicator, "compare": row.compare, "state": row.state,
        "note": row.note,
    }  # fmt: skip
