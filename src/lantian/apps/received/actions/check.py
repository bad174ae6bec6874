"""Checking what was read: indicator and period, names, single figures; then the bulletin counts, or is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy
from lantian.apps.core.holding import NotPossible, StaleError, is_stale
from lantian.apps.core.models import User
from lantian.apps.monitoring.actions import received
from lantian.apps.received import queries
from lantian.apps.received.expecting import source_of
from lantian.apps.received.models import Bulletin, Direction, Figure, Indicator, Method, Status
from lantian.apps.received.rights import RECEIVE
from lantian.reading.received.cells import value_of
from lantian.reading.received.model import Period

Subject = tuple[str, str]  # printed name and district
NO_AREA = "none"  # chosen where a name means no area of ours


def _hold(row: Bulletin, revision: int | None, *states: str) -> None:
    if is_stale(row, revision):
        raise StaleError
    if states and row.status not in states:
        raise NotPossible(
            _("That is no longer possible: the bulletin is %(state)s.") % {"state": row.get_status_display()}
        )


@transaction.atomic
def set_head(
    user: User, row: Bulletin, *, title: str, issuer: str, indicator: str, period: Period | None, unit: str,
    direction: str, revision: int,
) -> None:  # fmt: skip
    """Say what the print leaves open. Figures that had the old indicator, period or unit (or none) take the new one.

    Figures of another indicator or period (累计 beside the month) keep theirs. Raises PermissionDenied, StaleError.
    """
    policy.require(user, RECEIVE, row)
    _hold(row, revision, Status.READ)
    if indicator not in Indicator.values:
        raise NotPossible(_("Choose the indicator."))
    if period is None:
        raise NotPossible(_("Enter the reporting period."))
    before = _head(row)
    figures = row.figures.all()
    same_period = Q(start=None) | Q(start=row.start, end=row.end)
    figures.filter(same_period).update(period_kind=period.kind, start=period.start, end=period.end)
    figures.filter(indicator__in=("", row.indicator)).update(indicator=indicator)
    if unit != row.unit:
        figures.filter(unit__in=("", row.unit), indicator=indicator).update(unit=unit)
    if direction in Direction.values:
        ranked = figures.exclude(rank=None)
        ranked.exclude(direction=direction).update(direction=direction)
    row.title, row.issuer, row.indicator, row.unit = title.strip()[:300], issuer.strip()[:120], indicator, unit[:30]
    row.period_kind, row.start, row.end = period.kind, period.start, period.end
    row.source = source_of(row)
    if row.source is not None:
        received(row.source, row.received)
    row.revision += 1
    row.save()
    audit.record(user, "received.head", row, before=before, after=_head(row))


def _head(row: Bulletin) -> dict[str, Any]:
    return {
        "title": row.title, "issuer": row.issuer, "indicator": row.indicator, "unit": row.unit,
        "start": str(row.start or ""), "end": str(row.end or ""),
    }  # fmt: skip


@transaction.atomic
def match_subjects(user: User, row: Bulletin, chosen: Mapping[Subject, Area | str], *, revision: int) -> int:
    """Say which area each printed name means, or that it means none (:data:`NO_AREA`); returns how many figures."""
    policy.require(user, RECEIVE, row)
    _hold(row, revision, Status.READ)
    top, count = row.area.path.split("/")[1], 0
    said: dict[str, str] = {}
    for (subject, district), area in chosen.items():
        named = row.figures.filter(subject=subject, district=district)
        if isinstance(area, Area):
            if not area.path.startswith(f"/{top}/"):
                raise NotPossible(_("%(area)s lies in another city.") % {"area": area.name})
            count += named.update(area=area, no_area=False)
        else:
            count += named.update(area=None, no_area=area == NO_AREA)
        said[f"{district} {subject}".strip()] = area.name if isinstance(area, Area) else str(area)
    row.revision += 1
    row.save(update_fields=["revision"])
    audit.record(user, "received.match", row, after={"names": said})
    return count


@transaction.atomic
def correct_figure(user: User, figure: Figure, *, value: str, rank: int | None, reason: str, revision: int) -> None:
    """Put a figure right: what was misread while the bulletin is checked, what was typed wrongly at any time.

    The figure of a checked document is the publisher's: a later bulletin supersedes it. The old value stays in the
    history. Raises PermissionDenied, StaleError, NotPossible.
    """
    row = figure.bulletin
    policy.require(user, RECEIVE, row)
    _hold(row, None, *((Status.READ, Status.CHECKED) if row.method == Method.TYPED else (Status.READ,)))
    if is_stale(figure, revision):
        raise StaleError
    if row.method == Method.TYPED and not reason.strip():
        raise NotPossible(_("Say why the figure is changed."))
    read = value_of(value)
    if read.kind == "text" or (read.kind == "empty" and figure.rank is None and rank is None):
        raise NotPossible(_("%(text)s is no number.") % {"text": value or "“”"})
    before = {"value": figure.value_text, "rank": figure.rank}
    figure.value, figure.value_text, figure.rank = read.number, read.text[:60], rank
    if rank is not None and not figure.direction:
        figure.direction = Direction.WORST
    figure.revision += 1
    figure.save()
    after = {"value": figure.value_text, "rank": figure.rank, "reason": reason.strip()[:300]}
    audit.record(user, "received.correct", figure, before=before, after=after)


@transaction.atomic
def remove_figure(user: User, figure: Figure, *, revision: int) -> None:
    """Leave out what is no figure (a sum, a remark) before the bulletin is checked."""
    row = figure.bulletin
    policy.require(user, RECEIVE, row)
    _hold(row, None, Status.READ)
    if is_stale(figure, revision):
        raise StaleError
    after = {"subject": figure.subject, "value": figure.value_text, "row": figure.row}
    audit.record(user, "received.remove", row, before=after)
    figure.delete()


@transaction.atomic
def confirm(user: User, row: Bulletin, replaces: Iterable[Bulletin] = (), *, revision: int) -> None:
    """Checked: from now on its figures count; the bulletins that it ``replaces`` are kept, but no longer count.

    Raises NotPossible while indicator, period, unit, direction or a name is open.
    """
    policy.require(user, RECEIVE, row)
    _hold(row, revision, Status.READ)
    if missing := queries.open_questions(row):
        raise NotPossible(_("Still open: %(what)s.") % {"what": "、".join(missing)})
    row.status, row.checked, row.checked_by = Status.CHECKED, timezone.now(), user
    row.revision += 1
    row.save()
    allowed = {other.pk: other for other, _share in queries.earlier(row)}
    old = [allowed[other.pk] for other in replaces if other.pk in allowed]
    for other in old:
        Bulletin.objects.filter(pk=other.pk).update(superseded_by=row)
        audit.record(user, "received.supersede", other, after={"by": row.title})
    audit.record(user, "received.check", row, after={"figures": row.figures.count(), "replaces": len(old)})


@transaction.atomic
def take_back(user: User, row: Bulletin, reason: str, *, revision: int) -> None:
    """It no longer counts (wrong file, withdrawn by its issuer); what it superseded counts again. Needs a reason."""
    policy.require(user, RECEIVE, row)
    _hold(row, revision, Status.READING, Status.READ, Status.CHECKED)
    if not reason.strip():
        raise NotPossible(_("Say why it is taken back."))
    row.supersedes.update(superseded_by=None)
    before = row.status
    row.status, row.remark, row.superseded_by = Status.TAKEN_BACK, reason.strip()[:300], None
    row.revision += 1
    row.save()
    audit.record(user, "received.take_back", row, before={"status": before}, after={"reason": row.remark})
