"""预报检验: what was issued beside what came, by lead time, with “as it was” as the baseline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from lantian.analysis.verification import Lead, Score, verdict
from lantian.apps.core import tables
from lantian.apps.monitoring.charts import line_chart
from lantian.apps.monitoring.queries import forecasts as reads
from lantian.apps.monitoring.views import common
from lantian.apps.monitoring.views.forecasts import area_of, measured, reader, shown

MONTHS = (1, 3, 6, 12)
_DRAWN = 90  # days of the chart
_WORST = 10
_NAN = float("nan")


@require_safe
def verification(request: HttpRequest) -> HttpResponse:
    """Shares of hits and errors by lead time, the chart of a lead time, the days that were missed most."""
    user = reader(request)
    places = list(reads.places(user))
    area = area_of(request, places)
    months, start, end = _stretch(request)
    issuer = request.GET.get("issuer", "").strip()
    found = reads.checked(user, area, start, end, issuer) if area else None
    leads = found.leads if found else []
    lead = _lead(request, [one.lead for one in leads])
    context = {
        "area": area, "places": places, "months": months, "choices": MONTHS, "start": start, "end": end,
        "issuer": issuer, "issuers": reads.issuers(user, area) if area else [],
        "leads": [_line(one) for one in leads if one.forecast.days],
        "lead": lead,
        "drawn": _drawn(found, lead, end) if found else None,
        "worst": _worst(found, lead) if found else [],
        "judged": any(one.forecast.days for one in leads),
        "synthetic": bool(found and any(row.forecast.synthetic for _said, row, _came in found.rows)),
    }  # fmt: skip
    return render(request, "monitoring/verification.html", context)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponse:
    """Every forecast day of the stretch beside what came, as CSV or XLSX."""
    user = reader(request)
    area = area_of(request, list(reads.places(user)))
    _months, start, end = _stretch(request)
    found = reads.checked(user, area, start, end, request.GET.get("issuer", "").strip()) if area else None
    head = [
        _("Day"), _("Days ahead"), pgettext("forecast", "Issuer"), _("Issued at"), _("AQI range"),
        pgettext("AQI", "Level"), _("Primary pollutant"), _("AQI that came"), _("Primary that came"),
        _("Level hit"), _("Range hit"), _("Primary hit"), _("Middle − AQI"),
    ]  # fmt: skip
    rows: list[list[tables.Value]] = []
    for said, row, came in found.rows if found else []:
        told = shown(row)
        judged = verdict(said, came) if came else None
        rows.append(
            [
                said.day.isoformat(), said.lead, row.forecast.issuer, common.moment(row.forecast.issued),
                told["range"], told["levels"], told["primary"],
                came.aqi if came else None, "、".join(came.primary) if came else "",
                *(_yes(getattr(judged, name, None)) for name in ("level", "range", "primary")),
                judged.error if judged else None,
            ]
        )  # fmt: skip
    return tables.download(tables.Table("lantian-verification", head, rows), form)


def _stretch(request: HttpRequest) -> tuple[int, date, date]:
    """The months looked back, the first and the last day: up to yesterday, the last day that can have come."""
    text = request.GET.get("months", "")
    months = int(text) if text.isdecimal() and int(text) in MONTHS else MONTHS[-1]
    end = common.today() - timedelta(days=1)
    return months, max(common.months_back(end, months), date(common.FIRST_YEAR, 1, 1)), end


def _lead(request: HttpRequest, leads: list[int]) -> int:
    text = request.GET.get("lead", "")
    wanted = int(text) if text.isdecimal() and len(text) < 3 else 1
    return wanted if wanted in leads else leads[0] if leads else 1


def lead_words(lead: int) -> str:
    """当天, 24 小时, 48 小时 …: how far ahead."""
    return _("same day") if lead == 0 else _("%(n)s h") % {"n": 24 * lead}


def _line(one: Lead) -> dict[str, Any]:
    return {
        "lead": one.lead, "words": lead_words(one.lead), "own": _score(one.forecast), "base": _score(one.persistence),
        "skill": _whole(one.skill), "better": one.skill is not None and one.skill > 0,
    }  # fmt: skip


def _score(one: Score) -> dict[str, Any]:
    shares = {name: _whole(getattr(one, f"{name}_share")) for name in ("level", "range", "primary")}
    errors = {name: _tenth(getattr(one, name)) for name in ("bias", "error", "width")}
    counts = {name: getattr(one, name) for name in ("days", "ranged", "named", "hits", "misses", "alarms")}
    return shares | errors | counts | {"threat": _whole(one.threat)}


def _drawn(found: reads.Checked, lead: int, end: date) -> dict[str, Any] | None:
    """Measured AQI and the middle of the forecast of one lead time over the last days."""
    days = [end - timedelta(days=n) for n in range(_DRAWN - 1, -1, -1)]
    told = {said.day: said for said, _row, _came in found.rows if said.lead == lead}
    middles = {day: said.middle for day, said in told.items() if said.middle is not None}
    series = [
        (_("measured"), [float(found.came[day].aqi) if day in found.came else _NAN for day in days]),
        (_("forecast, middle of the range"), [middles.get(day, _NAN) for day in days]),
    ]
    ticks = [((n + 0.5) / _DRAWN, f"{day:%m-%d}") for n, day in enumerate(days) if day.day in (1, 15)]
    chart = line_chart(series, ticks, [(100.0, "100")])
    if chart is None or not middles:
        return None
    rows = [
        [day.isoformat(), str(found.came[day].aqi) if day in found.came else "", _range(told.get(day))]
        for day in reversed(days)
    ]
    title = _("AQI measured and forecast, %(lead)s ahead") % {"lead": lead_words(lead)}
    note = _("%(first)s to %(last)s") % {"first": days[0].isoformat(), "last": days[-1].isoformat()}
    return {"chart": chart, "title": title, "note": note, "head": [_("Day"), _("measured"), _("AQI range")],
            "rows": rows}  # fmt: skip


def _range(said: Any) -> str:
    return "" if said is None or said.low is None else f"{said.low}–{said.high}"


def _worst(found: reads.Checked, lead: int) -> list[dict[str, Any]]:
    """The days of a lead time whose middle was furthest off."""
    off = [
        (verdict(said, came).error, row, came)
        for said, row, came in found.rows
        if said.lead == lead and came is not None and said.middle is not None
    ]
    ordered = sorted(off, key=lambda item: -abs(item[0] or 0))[:_WORST]
    return [{"error": _signed(error), "told": shown(row), "came": measured(came, row)} for error, row, came in ordered]


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _tenth(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.0f}".replace("-", "−")


def _yes(value: bool | None) -> str:
    return "" if value is None else _("yes") if value else _("no")
