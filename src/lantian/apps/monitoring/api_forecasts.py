"""Forecasts over HTTP, in and out in bulk. docs/forecasts.md tells programs how."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import BaseModel, Field, StringConstraints

from lantian.apps.core import policy
from lantian.apps.core.api.auth import user_of
from lantian.apps.core.api.errors import invalid
from lantian.apps.core.api.fields import WITHOUT_NUL, AreaCode, Day, Moment, Words
from lantian.apps.core.api.operations import operation
from lantian.apps.core.api.paging import Key, Listing, Page, page, uid, words
from lantian.apps.core.language import chinese
from lantian.apps.monitoring import forecasting
from lantian.apps.monitoring.actions import save_forecast
from lantian.apps.monitoring.models import Forecast, ForecastDay, Origin
from lantian.apps.monitoring.queries.forecasts import issues
from lantian.apps.monitoring.rights import FORECAST, FORECASTS, editable_areas

router = Router(tags=["forecasts"])
READ, WRITE = "read:observations", "write:observations"
MOST_ISSUES = 100
Text = Annotated[str, StringConstraints(max_length=4000, pattern=WITHOUT_NUL)]
_ORDER = (Key("issued", lambda value: datetime.fromisoformat(words(value)), falling=True), Key("uid", uid))


class ForecastFilters(Listing):
    """Filters of forecasts; what is not given does not narrow."""

    area: AreaCode | None = Field(None, description="Code of the area that is forecast.")
    start: Day | None = Field(None, description="Issues that speak of this day or a later one.")
    end: Day | None = Field(None, description="Issues that speak of this day or an earlier one.")
    versions: bool = Field(False, description="Also versions that a later one replaced.")


class ForecastDayOut(BaseModel):
    """What an issue says of one day; levels 1 to 6."""

    day: Day
    aqi_low: int | None
    aqi_high: int | None
    level_low: int
    level_high: int
    primary: list[str]
    text: str


class ForecastOut(BaseModel):
    """One issue; ``latest`` says whether it holds or a later version does."""

    uid: UUID
    area: str
    issuer: str
    issued: Moment
    version: int
    latest: bool
    text: str
    days: list[ForecastDayOut]


class DayIn(Schema):
    """One day of an issue: an AQI range, levels, or both."""

    day: Day
    aqi: Annotated[str, StringConstraints(max_length=20)] = Field("", description="80-110")
    level: Annotated[str, StringConstraints(max_length=20)] = Field("", description="良至轻度污染, 2-3级")
    primary: Annotated[str, StringConstraints(max_length=60)] = Field("", description="PM2.5, O3 …, joined by commas.")
    text: Words = ""


class IssueIn(Schema):
    """One issue."""

    area: AreaCode
    issuer: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=WITHOUT_NUL)]
    issued: Moment
    text: Text = ""
    days: list[DayIn] = Field(min_length=1, max_length=forecasting.AHEAD + 1)


class IssuesIn(Schema):
    """Issues that are taken as a whole or not at all."""

    issues: list[IssueIn] = Field(min_length=1, max_length=MOST_ISSUES)


class TakenOut(BaseModel):
    """What became of the issues, in their order; ``repeated`` were there already, word for word."""

    added: int
    repeated: int
    uids: list[UUID]


@operation(router, "GET", "/forecasts", name="forecasts", scope=READ, gives=Page[ForecastOut])
def forecasts(request: HttpRequest, filters: Query[ForecastFilters]) -> dict[str, Any]:
    """Issues of forecasts, the newest first."""
    user = user_of(request)
    policy.require(user, FORECASTS)
    rows = issues(user, area=filters.area or "", every=filters.versions)
    days = ForecastDay.objects.filter(forecast=OuterRef("pk"))
    if filters.start:
        days = days.filter(day__gte=filters.start)
    if filters.end:
        days = days.filter(day__lte=filters.end)
    if filters.start or filters.end:
        rows = rows.filter(Exists(days))
    return page(request, rows, _ORDER, filters, lambda found: [_out(row) for row in found])


@operation(router, "POST", "/forecasts", name="forecasts", scope=WRITE, gives=TakenOut)
def take(request: HttpRequest, body: IssuesIn) -> dict[str, Any]:
    """Bring issues in, all or none. The same again changes nothing; other content becomes the next version."""
    user = user_of(request)
    policy.require(user, FORECAST)
    areas = {area.code: area for area in editable_areas(user, FORECAST)}
    made = []
    with transaction.atomic():
        for place, issue in enumerate(body.issues):
            if issue.area not in areas:
                raise invalid(f"body.issues.{place}.area", _("There is no area %(code)s.") % {"code": issue.area})
            days = [_given(f"body.issues.{place}.days.{n}", day, issue.issued) for n, day in enumerate(issue.days)]
            if len({day.day for day in days}) != len(days):
                raise invalid(f"body.issues.{place}.days", _("A day stands twice."))
            made.append(
                save_forecast(
                    user, areas[issue.area], issue.issuer, issue.issued, days, text=issue.text, origin=Origin.API
                )
            )
    added = sum(new for _row, new in made)
    return {"added": added, "repeated": len(made) - added, "uids": [row.uid for row, _new in made]}


def _given(place: str, day: DayIn, issued: datetime) -> forecasting.DayGiven:
    cells = {"day": day.day.isoformat(), "aqi": day.aqi, "level": day.level, "primary": day.primary, "note": day.text}
    try:
        return forecasting.day_given(cells, issued)
    except forecasting.WrongError as wrong:
        column = "text" if wrong.column == "note" else wrong.column
        raise invalid(f"{place}.{column}", wrong.zh if chinese() else wrong.en) from None


def _out(row: Forecast) -> dict[str, Any]:
    names = ("day", "aqi_low", "aqi_high", "level_low", "level_high", "text")
    days = [
        {name: getattr(day, name) for name in names} | {"primary": [one for one in day.primary.split(";") if one]}
        for day in row.days.all()
    ]
    head = {name: getattr(row, name) for name in ("uid", "issuer", "issued", "version", "latest", "text")}
    return head | {"area": row.area.code, "days": days}
