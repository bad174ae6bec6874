"""Observations over HTTP, in and out in bulk. docs/monitoring.md tells programs how."""

from __future__ import annotations

import base64
import csv
import json
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import BaseModel, Field

from lantian.apps.core import policy
from lantian.apps.core.api.auth import user_of
from lantian.apps.core.api.errors import Refusal, invalid
from lantian.apps.core.api.fields import WITHOUT_NUL, Day
from lantian.apps.core.api.operations import operation
from lantian.apps.core.language import chinese
from lantian.apps.monitoring import api_forecasts, bulk
from lantian.apps.monitoring.actions.observations import take_observations
from lantian.apps.monitoring.models import DataSource, SourceKind, Station
from lantian.apps.monitoring.queries import observations as reads
from lantian.apps.monitoring.rights import VIEW
from lantian.lake.errors import LakeError

router = Router(tags=["observations"])
router.add_router("", api_forecasts.router)
READ, WRITE = "read:observations", "write:observations"
MOST_STATIONS, MOST_FACTORS, MOST_DAYS, LIMIT, LISTED = 50, 30, 366, 5000, 1000
CSV, LINES = "text/csv", "application/x-ndjson"


class Filters(Schema):
    """What of the lake is wanted; stations and factors are lists joined by commas."""

    station: str = Field(
        max_length=2500, pattern=WITHOUT_NUL, description="Codes of 1 to 50 stations, joined by commas."
    )
    factor: str = Field("", max_length=1000, pattern=WITHOUT_NUL, description="PM2.5, O3 … or wire codes; empty: all.")
    interval: Literal["", "instant", "minute", "hour", "day"] = Field("hour", description="Empty: all.")
    start: Day = Field(description="First day, in Shanghai.")
    end: Day = Field(description="Last day; at most 366 days.")
    format: Literal["json", "csv"] = Field("json", description="`csv` gives the page as text/csv.")
    limit: int = Field(1000, ge=1, le=LIMIT, description="Rows in a page.")
    cursor: str | None = Field(None, max_length=600, description="From `next` of the page before, never made up.")


class ObservationOut(BaseModel):
    """One observation; ``time`` begins its interval. ``unit`` is null where nobody confirmed it."""

    station: str
    factor: str
    attribute: str
    interval: str
    time: datetime
    value: float | None
    unit: str | None
    flag: str | None
    source: str | None
    received: datetime | None


class ObservationsOut(BaseModel):
    """A page: ``next`` is the address of the next one, null on the last. Rows are not counted, they are too many."""

    next: str | None
    items: list[ObservationOut]


class Sent(Schema):
    """Who sends: what the label of an hour means and the time zone are the source's."""

    source: UUID = Field(description="Uid of a data source of the kind API.")


class RefusedOut(BaseModel):
    """A row that was not taken."""

    line: int
    code: str = Field(json_schema_extra={"enum": [*sorted(bulk.REASONS)]})
    message: str


class DeliveryOut(BaseModel):
    """What became of the rows: ``rows`` = ``taken`` + ``repeated`` + ``refused_rows``.

    ``added`` and ``corrected`` count hours; the first 1000 refused rows are listed.
    """

    rows: int
    taken: int
    added: int
    corrected: int
    repeated: int
    refused_rows: int
    refused: list[RefusedOut]


_TEXT = {"schema": {"type": "string"}}


@operation(
    router, "GET", "/observations", name="observations", scope=READ, gives=ObservationsOut,
    extra={"responses": {200: {"content": {CSV: _TEXT}}}},
)  # fmt: skip
def observations(request: HttpRequest, filters: Query[Filters]) -> Any:
    """Observations of stations over some days, page by page."""
    user = user_of(request)
    policy.require(user, VIEW)
    wanted = _list("query.station", filters.station, MOST_STATIONS)
    factors = _list("query.factor", filters.factor, MOST_FACTORS) if filters.factor else []
    if filters.end < filters.start or (filters.end - filters.start).days >= MOST_DAYS:
        raise invalid("query.end", _("The days must be in order and at most %(n)s.") % {"n": MOST_DAYS})
    codes = set(policy.scope(user, Station.objects.filter(code__in=wanted)).values_list("code", flat=True))
    if unknown := [code for code in wanted if code not in codes]:
        raise invalid("query.station", _("There is no station %(code)s.") % {"code": unknown[0]})
    start, end = _midnight(filters.start), _midnight(filters.end + timedelta(days=1))
    after = _cursor(filters.cursor) if filters.cursor else None
    rows = reads.observations(sorted(codes), factors, filters.interval, start, end, after, filters.limit + 1)
    more, rows = len(rows) > filters.limit, rows[: filters.limit]
    following = None
    if more:
        query = request.GET.dict() | {"cursor": _place(rows[-1])}
        following = f"{request.path}?{urlencode(query)}"
    if filters.format == "csv":
        return _csv(rows, following)
    return {"next": following, "items": rows}


@operation(
    router, "POST", "/observations", name="observations", scope=WRITE, gives=DeliveryOut, errors=(404, 409),
    extra={"requestBody": {"required": True, "content": {CSV: _TEXT, LINES: _TEXT}}},
)  # fmt: skip
def take(request: HttpRequest, query: Query[Sent]) -> Any:
    """Bring observations in; every row that is not taken is answered with its reason. Repeating changes nothing."""
    user = user_of(request)
    kind = (request.content_type or "").lower()
    if kind not in (CSV, LINES):
        raise invalid("header.Content-Type", _("text/csv or application/x-ndjson is wanted"))
    source = policy.get_or_404(user, DataSource.objects.select_related("area"), uid=query.source)
    policy.require(user, "station.edit", source)
    if source.kind != SourceKind.API:
        raise invalid("query.source", _("This source is not of the kind API."))
    try:
        found = take_observations(user, source, bulk.rows_of(request.body, lines=kind == LINES), timezone.now())
    except bulk.UnreadableError as error:
        raise invalid("body", error.zh if chinese() else error.en) from None
    except LakeError as error:
        raise Refusal("conflict", message=error.zh if chinese() else error.en) from None
    listed = [
        {"line": item.line, "code": item.code, "message": item.said(zh=chinese())} for item in found.refused[:LISTED]
    ]
    counts = {name: getattr(found, name) for name in ("rows", "taken", "added", "corrected", "repeated")}
    return counts | {"refused_rows": len(found.refused), "refused": listed}


def _list(name: str, text: str, most: int) -> list[str]:
    found = list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not 1 <= len(found) <= most:
        raise invalid(name, _("1 to %(n)s are taken at a time.") % {"n": most})
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _place(row: dict[str, Any]) -> str:
    key = [row[name] for name in reads.KEY[:4]] + [row["time"].astimezone(UTC).isoformat()]
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def _cursor(text: str) -> reads.Place:
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        station, factor, attribute, interval, at = (str(part) for part in found)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or "\x00" in f"{station}{factor}{attribute}{interval}":
            raise ValueError(at)
        f"{station}{factor}{attribute}{interval}".encode()
    except (ValueError, TypeError, RecursionError):
        raise invalid("query.cursor", _("is no cursor of this list")) from None
    return station, factor, attribute, interval, moment


def _csv(rows: list[dict[str, Any]], following: str | None) -> HttpResponse:
    """The page as CSV, raw as programs want it; the next page's address stands in the header Link."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow(reads.SHOWN)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in reads.SHOWN])
    answer = HttpResponse(stream.getvalue(), content_type=f"{CSV}; charset=utf-8")
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def _cell(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else "" if value is None else value
