"""Forecasts in: by hand, from a list, by the interface. An issue never changes: a correction is a further version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, policy, staging
from lantian.apps.core.models import User
from lantian.apps.monitoring import forecasting
from lantian.apps.monitoring.actions.staging import stage_list
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forecasting import DayGiven
from lantian.apps.monitoring.models import Forecast, ForecastDay, Origin, StagedFile, StagedKind
from lantian.apps.monitoring.rights import FORECAST


@transaction.atomic
def save_forecast(
    by: User, area: Area, issuer: str, issued: datetime, days: Sequence[DayGiven], *, text: str = "",
    origin: str = Origin.MANUAL, file: StagedFile | None = None, synthetic: bool = False,
) -> tuple[Forecast, bool]:  # fmt: skip
    """Keep one issue; answers it and whether it is new. The same again changes nothing; other content of the same
    issuer, area and instant becomes the next version, the earlier ones stay.

    Raises PermissionDenied, RegistryError (no days, a day twice).
    """
    row = Forecast(area=area, issuer=issuer.strip(), issued=issued, text=text.strip(), origin=origin, file=file)
    row.created_by, row.synthetic = by, synthetic
    policy.require(by, FORECAST, row)
    if not row.issuer:
        raise RegistryError(_("Say who issued the forecast."), "issuer")
    if not days:
        raise RegistryError(_("A forecast says something of one day at least."))
    if len({day.day for day in days}) != len(days):
        raise RegistryError(_("A day stands twice."))
    # Two who bring the same issue at once: the second waits here and sees the first one's.
    Area.objects.select_for_update(of=("self",)).get(pk=area.pk)
    before = Forecast.objects.filter(area=area, issuer=row.issuer, issued=issued, latest=True).first()
    if before is not None:
        if (before.text, _said(before)) == (row.text, _given(days)):
            return before, False
        Forecast.objects.filter(pk=before.pk).update(latest=False)
        row.version = before.version + 1
    row.save()
    ForecastDay.objects.bulk_create(
        ForecastDay(
            forecast=row, day=day.day, aqi_low=day.low, aqi_high=day.high, level_low=day.levels[0],
            level_high=day.levels[1], primary=day.primary, text=day.text,
        )
        for day in sorted(days, key=lambda day: day.day)
    )  # fmt: skip
    after = {"area": area.name, "issuer": row.issuer, "issued": issued.isoformat(), "days": len(days)}
    audit.record(by, "forecast.add", row, after=after | {"version": row.version})
    return row, True


def stage_forecasts(by: User, name: str, chunks: Iterable[bytes]) -> StagedFile:
    """Store a list of forecasts, read it in a worker with limits, and keep what is wrong with it.

    Raises PermissionDenied, files.TooLargeError, ReadingError (no table, damaged).
    """
    policy.require(by, FORECAST)
    return stage_list(by, StagedKind.FORECASTS, name, chunks, forecasting.rows_of, forecasting.issues)


def take_forecasts(by: User, row: StagedFile) -> int | None:
    """Save every issue of a staged list; None, with the problems, where things changed. Inside ``accept``."""
    found, problems = forecasting.issues(by, staging.rows_in(row))
    if problems:
        staging.object_to(row, problems)
        return None
    for issue in found:
        save_forecast(by, issue.area, issue.issuer, issue.issued, issue.days, origin=Origin.FILE, file=row)
    return sum(len(issue.days) for issue in found)


def _given(days: Iterable[DayGiven]) -> list[tuple[object, ...]]:
    return [
        (day.day, day.low, day.high, *day.levels, day.primary, day.text)
        for day in sorted(days, key=lambda day: day.day)
    ]


def _said(row: Forecast) -> list[tuple[object, ...]]:
    names = ("day", "aqi_low", "aqi_high", "level_low", "level_high", "primary", "text")
    return list(row.days.order_by("day").values_list(*names))
