"""空气质量预报: the days ahead, the issues, one issue with its versions, entering one, lists in and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Area
from lantian.apps.core import bringing, downloads, policy, tables
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions, forecasting
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms_forecasts import DayForms, IssueForm, empty_days
from lantian.apps.monitoring.models import Alert, Forecast, ForecastDay, Origin
from lantian.apps.monitoring.queries import forecasts as reads
from lantian.apps.monitoring.rights import FORECAST, FORECASTS
from lantian.apps.monitoring.views import common
from lantian.standards.aqi import LEVELS, level_of

PAGE = 50
MOST_ROWS = 20_000  # of one download


@require_safe
def forecasts(request: HttpRequest) -> HttpResponse:
    """The week ahead and the week behind, and every issue."""
    user = reader(request)
    places = list(reads.places(user))
    area = area_of(request, places)
    chosen = {name: request.GET.get(name, "").strip() for name in ("month", "versions")}
    month = common.month_of(chosen["month"], common.today()) if chosen["month"] else None
    rows = reads.issues(user, area=area.code if area else "", month=month, every=bool(chosen["versions"]))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    strip = reads.strip(user, area, common.today()) if area else []
    context = {
        "page": page,
        "lines": [{"row": row, "days": [shown(day) for day in row.days.all()]} for row in page],
        "strip": [_strip_day(day) for day in strip],
        "called": called_words(strip),
        "places": places,
        "area": area,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "columns": bringing.column_words(forecasting.columns().values()),
        "legend": common.legend(),
        "may_edit": policy.can(user, FORECAST),
        "synthetic": any(row.synthetic for row in page),
    }
    return render(request, "monitoring/forecasts.html", context)


@require_safe
def forecast(request: HttpRequest, uid: str) -> HttpResponse:
    """One issue: its days beside what came, its text, its versions."""
    user = reader(request)
    rows = Forecast.objects.select_related("area", "created_by", "file").prefetch_related("days", "meetings")
    row = policy.get_or_404(user, rows, uid=uid)
    days = list(row.days.all())
    came = reads.came(user, row.area, days[0].day, days[-1].day)
    context = {
        "row": row,
        "days": [shown(day) | {"came": measured(came.get(day.day), day)} for day in days],
        "versions": list(reads.versions(row)),
        "meetings": policy.scope(user, row.meetings.all()),
    }
    return render(request, "monitoring/forecast.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter an issue; the same issuer, area and instant again makes a version."""
    user = policy.person(request)
    policy.require(user, FORECAST)
    if request.method != "POST":
        area = area_of(request, list(reads.places(user)))
        told = reads.issuers(user, area) if area else []
        issued = timezone.localtime().replace(second=0, microsecond=0)
        head = IssueForm(user=user, initial={"area": area, "issuer": told[0] if told else "", "issued": issued})
        return _form(request, head, DayForms(initial=empty_days()))
    head, days = IssueForm(request.POST, user=user), DayForms(request.POST)
    if head.is_valid() & days.is_valid():
        values = head.cleaned_data
        found = [one.given(values["issued"]) for one in days]
        if not any(one.errors for one in days):
            try:
                row, made = actions.save_forecast(
                    user, values["area"], values["issuer"], values["issued"], [day for day in found if day is not None],
                    text=values["text"], origin=Origin.MANUAL,
                )  # fmt: skip
            except RegistryError as error:
                head.refuse(error)
            else:
                said = _("The forecast was kept.") if made else _("This forecast was there already, word for word.")
                messages.success(request, said)
                return redirect("monitoring:forecast", uid=row.uid)
    return _form(request, head, days, status=400)


def _form(request: HttpRequest, head: IssueForm, days: Any, status: int = 200) -> HttpResponse:
    words = [item.zh if chinese() else item.en for item in LEVELS]
    context = {"form": head, "days": days, "levels": words, "pollutants": forecasting.POLLUTANTS}
    return render(request, "monitoring/forecast_form.html", context, status=status)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponse:
    """The issues in the columns in which they can be brought back."""
    user = reader(request)
    area = request.GET.get("area", "").strip()
    wanted = request.GET.get("month", "").strip()
    month = common.month_of(wanted, common.today()) if wanted else None
    head = [item.zh for item in forecasting.columns().values()]
    days = ForecastDay.objects.filter(forecast__in=reads.issues(user, area=area, month=month).prefetch_related(None))
    rows = days.select_related("forecast__area").order_by("-forecast__issued", "forecast__area__code", "day")
    body = [
        [
            row.forecast.area.code, row.forecast.issuer, common.moment(row.forecast.issued), row.day.isoformat(),
            forecasting.range_text(row.aqi_low, row.aqi_high).replace("–", "-"),
            forecasting.level_words((row.level_low, row.level_high), chinese=True), row.primary.replace(";", "、"),
            row.text,
        ]
        for row in rows[:MOST_ROWS]
    ]  # fmt: skip
    return tables.download(tables.Table("lantian-forecasts", head, body), form)


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """The list to fill in, with a page of notes."""
    policy.require(policy.person(request), FORECAST)
    content = bringing.empty_list("空气质量预报", forecasting.columns().values(), {})
    return downloads.download(content, "lantian-forecasts.xlsx", tables.XLSX)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a list of forecasts and stage it."""
    user = policy.person(request)
    policy.require(user, FORECAST)
    return bringing.take(
        request, lambda name, chunks: actions.stage_forecasts(user, name, chunks),
        read="monitoring:staged", back="monitoring:forecasts",
    )  # fmt: skip


def reader(request: HttpRequest) -> User:
    """The person, who may read forecasts."""
    user = policy.person(request)
    policy.require(user, FORECASTS)
    return user


def area_of(request: HttpRequest, places: list[Area]) -> Area | None:
    """The area of an address, else the one that was forecast last, else the person's own or the first.

    404 for one that is not in sight.
    """
    code = request.GET.get("area", "").strip()
    if not code:
        user = policy.person(request)
        last = reads.issues(user).values_list("area_id", flat=True).first()
        home = policy.home(user)
        likely = [area for area in places if area.pk == last] or [area for area in places if home in area.path]
        return next(iter(likely or places), None)
    found = next((area for area in places if area.code == code), None)
    if found is None:
        raise Http404
    return found


def shown(row: ForecastDay) -> dict[str, Any]:
    """A forecast day as pages print it."""
    pair = (row.level_low, row.level_high)
    return {
        "row": row,
        "range": forecasting.range_text(row.aqi_low, row.aqi_high),
        "levels": forecasting.level_words(pair, chinese=chinese()),
        "pair": pair,
        "primary": row.primary.replace(";", "、" if chinese() else ", "),
    }


def measured(came: Any, row: ForecastDay | None = None) -> dict[str, Any] | None:
    """What came on a day as pages print it, with ``hit`` where it stands beside a forecast."""
    if came is None:
        return None
    level = level_of(came.aqi)
    hit = None if row is None else row.level_low <= level.level <= row.level_high
    words = {"aqi": came.aqi, "level": level.level, "words": level.zh if chinese() else level.en}
    return words | {"primary": "、".join(came.primary), "hit": hit}


def _strip_day(day: reads.StripDay) -> dict[str, Any]:
    today = common.today()
    when = "today" if day.day == today else "ahead" if day.day > today else "past"
    told = shown(day.forecast) if day.forecast else None
    return {"day": day.day, "when": when, "told": told, "came": measured(day.came, day.forecast)}


def called_words(strip: list[reads.StripDay]) -> dict[str, Any] | None:
    """The alert that the days ahead call for, in words."""
    found = reads.called(strip, common.today())
    if found is None:
        return None
    return {"alert": Alert(found.alert).label, "key": found.alert, "first": found.first, "last": found.last}
