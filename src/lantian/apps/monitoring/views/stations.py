"""站点: the registry as a list, one station's page, and the forms that keep it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lantian.apps.core import policy, tables
from lantian.apps.core.models import User
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms import StationForm, station_initial
from lantian.apps.monitoring.items import ITEMS, item_of
from lantian.apps.monitoring.lists import CLASS_WORDS, columns
from lantian.apps.monitoring.models import Station, StationClass
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.queries import station as reads
from lantian.apps.monitoring.readings import newest
from lantian.apps.monitoring.rights import EDIT
from lantian.apps.monitoring.views import common
from lantian.standards.ambient import POLLUTANTS

PAGE = 50
MOST_DAYS = 800  # of one download of hourly values
_EXPORTED = (
    "code", "name", "kind", "area", "lon", "lat", "datum", "for_assessment", "valid_from", "valid_to", "source", "mn",
)  # fmt: skip
SHOWS = (
    ("assessed", gettext_lazy("counting in assessment")),
    ("findings", gettext_lazy("with a finding")),
    ("closed", gettext_lazy("not in use")),
)


@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """The registry, filtered."""
    user = common.reader(request)
    chosen = _chosen(request)
    rows = registry.station_page(registry.stations(user), chosen, common.today())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "areas": registry.districts(user),
        "kinds": StationClass.choices,
        "shows": SHOWS,
        "today": common.today(),
        "may_edit": policy.can(user, EDIT),
        "synthetic": registry.synthetic(user),
    }
    return render(request, "monitoring/stations.html", context)


@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """The filtered registry in the columns in which it can be brought back."""
    user = common.reader(request)
    rows = registry.station_page(registry.stations(user), _chosen(request), common.today())
    head = [columns()[name].zh for name in _EXPORTED]
    body = [
        [
            row.code, row.name, CLASS_WORDS[row.kind], row.area.code, row.lon, row.lat, "WGS-84" if row.datum else "",
            "是" if row.for_assessment else "否", _day(row.valid_from), _day(row.valid_to),
            row.source.name if row.source else "", row.mn or "",
        ]
        for row in rows
    ]  # fmt: skip
    return tables.download(tables.Table("lantian-stations", head, body), form)


@require_safe
def station(request: HttpRequest, uid: str) -> HttpResponse:
    """One station: facts, the last days, the year, its patterns, its months."""
    user = common.reader(request)
    row = policy.get_or_404(user, Station.objects.select_related("area__parent", "source"), uid=uid)
    latest = newest((row.code,))
    last = latest[0] if latest else common.today()
    year = common.year_of(request.GET.get("year"), last.year)
    item = item_of(request.GET.get("item"))
    standard = common.standard_of(request.GET.get("standard"), last)
    context: dict[str, Any] = {
        "row": row,
        "item": item,
        "items": ITEMS.values(),
        "year": year,
        "last": last,
        "years": [last.year - back for back in range(3)],
        "standard": standard,
        "standard_words": common.standard_words(standard),
        "standards": common.standards(),
        "weekdays": reads.weekdays(),
        "legend": common.legend(),
        "may_edit": policy.can(user, EDIT, row),
        "in_use": (row.valid_to is None or row.valid_to >= common.today()),
        "synthetic": row.source.synthetic if row.source else False,
        "latest": f"{latest[0].isoformat()} {latest[1]:02d}:00–{latest[1] + 1:02d}:00" if latest else "",
    }
    if latest:
        context |= {
            "recent": reads.recent(row.code, item, last, standard),
            "patterns": reads.patterns(row.code, item, last),
            "months": reads.months(row.code, item, year, last, standard),
            "calendar": reads.year_calendar(row.code, year, last, standard),
        }
    return render(request, "monitoring/station.html", context)


@require_safe
def data(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """The station's hourly values of some days (by default the last seven) as CSV or XLSX."""
    user = common.reader(request)
    row = policy.get_or_404(user, Station.objects.select_related("source"), uid=uid)
    latest = newest((row.code,))
    end = _given(request.GET.get("to"), latest[0] if latest else common.today())
    start = _given(request.GET.get("from"), end - timedelta(days=reads.RECENT - 1))
    start = max(min(start, end), end - timedelta(days=MOST_DAYS))
    head = [_("Hour begins"), *(f"{name} {ITEMS[name].unit}" for name in POLLUTANTS)]
    notes = [_("Hourly means as received; local time (UTC+8), the hour's beginning.")]
    if row.source and row.source.synthetic:
        notes.append(_("Demonstration data, generated: no measurement."))
    name = f"{row.code}-{start:%Y%m%d}-{end:%Y%m%d}"
    return tables.download(tables.Table(name, head, reads.hours_table(row.code, start, end), notes), form)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new station."""
    user = policy.person(request)
    policy.require(user, EDIT)
    form = StationForm(request.POST or None, user=user, initial={"for_assessment": True})
    return _form(request, user, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct a station."""
    user = policy.person(request)
    row = policy.get_or_404(user, Station.objects.select_related("area"), uid=uid)
    policy.require(user, EDIT, row)
    return _form(request, user, StationForm(request.POST or None, user=user, initial=station_initial(row)), row)


def _form(request: HttpRequest, user: User, form: StationForm, row: Station | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_station(
                user, form.cleaned_data, uid=row.uid if row else None, revision=form.cleaned_data.get("revision")
            )
        except RegistryError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The station was saved."))
            return redirect("monitoring:station", uid=saved.uid)
    status = 400 if form.errors else 200
    return render(request, "monitoring/station_form.html", {"form": form, "row": row}, status=status)


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ("q", "area", "kind", "show")}


def _given(text: str | None, default: date) -> date:
    try:
        return max(date(common.FIRST_YEAR, 1, 1), min(date.fromisoformat(text or ""), common.today()))
    except ValueError:
        return default


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
