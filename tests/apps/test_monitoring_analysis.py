"""Analyses of a station on screen: figures that can be checked by hand, downloads, and pages without data or wind."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from lantian.apps.core.models import User
from lantian.apps.monitoring import drawings
from lantian.apps.monitoring.models import Station
from lantian.apps.monitoring.queries import analysis
from lantian.apps.monitoring.readings import wind
from lantian.lake import Lake
from lantian.standards.ambient import in_force
from tests.apps.test_monitoring_pages import ZONE, station, write
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]

DAYS = 450
FIRST = date(2025, 1, 1)
LAST = FIRST + timedelta(days=DAYS - 1)


def blow(code: str, speed: float, direction: Any, units: tuple[str, str] = ("m/s", "°")) -> None:
    lake, first = Lake(settings.LANTIAN_LAKE), datetime(FIRST.year, 1, 1, tzinfo=ZONE)
    hours = DAYS * 24
    for factor, value, unit in (("a01007", speed, units[0]), ("a01008", direction, units[1])):
        cells = np.broadcast_to(np.asarray(value, dtype=float), (1, hours)).copy()
        lake.write_hours([code], factor, first, cells, unit=unit, source="ours", by="test")


@pytest.fixture
def steady(people: dict[str, User]) -> Station:
    """PM2.5 rises by 12 a year in even steps; 30 more at 8 o'clock."""
    row = station(people["coordinator"], "A1", "880101", point=(116.0, 40.0))
    hour = np.arange(DAYS * 24)
    write(FIRST, DAYS, {"A1": {"PM2.5": 40 + 12 * hour / (365 * 24) + 30.0 * (hour % 24 == 8)}})
    return row


def rows(client: Client, row: Station, key: str, **query: str) -> list[list[str]]:
    answer = client.get(reverse("monitoring:analysis_data", args=[row.uid, key, "csv"]), query)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def test_patterns_name_the_hour_that_stands_out(login: Callable[[str], Client], steady: Station) -> None:
    found = rows(login("viewer"), steady, "hour", item="PM2.5", years="2")
    means = {line[0]: float(line[1]) for line in found[1:25]}
    assert max(means, key=lambda hour: means[hour]) == "08"
    assert means["08"] - means["09"] == pytest.approx(30, abs=0.1)
    assert int(found[9][4]) == DAYS


def test_the_trend_has_the_slope_that_was_put_in(login: Callable[[str], Client], steady: Station) -> None:
    figure = analysis.trends("A1", analysis_item(), FIRST, LAST)[0]
    assert figure.chart is not None
    assert "+12.0" in figure.said[0] or "+11.9" in figure.said[0]
    page = login("viewer").get(reverse("monitoring:analysis", args=[steady.uid]), {"view": "trend"}).content.decode()
    assert figure.said[0].split(" ")[0] in page


def analysis_item() -> Any:
    from lantian.apps.monitoring.items import ITEMS

    return ITEMS["PM2.5"]


def test_the_outlook_says_what_the_rest_must_bring(login: Callable[[str], Client], steady: Station) -> None:
    item = analysis_item()
    target = analysis.target_of(item, in_force(LAST), 60.0)
    assert target is not None
    made = analysis.prospect("A1", item, target, LAST, in_force(LAST))
    need = made.found.needed
    assert need.mean is not None
    # So many days at what was, the rest at what may be: together the target (half a step of rounding more).
    whole = (need.figure_so_far * need.days_so_far + need.mean * need.remaining) / (need.days_so_far + need.remaining)
    assert whole == pytest.approx(60.5)
    client = login("viewer")
    page = client.get(reverse("monitoring:analysis", args=[steady.uid]), {"view": "outlook", "limit": "60"})
    assert f"{need.mean:.1f}" in page.content.decode()
    assert rows(client, steady, "outlook", view="outlook", limit="60")[1][1].startswith("54")
    low = client.get(reverse("monitoring:analysis", args=[steady.uid]), {"view": "outlook", "limit": "5"})
    assert "✕" in low.content.decode()


def test_roses_and_surface_use_the_own_wind_else_the_nearest(
    people: dict[str, User], login: Callable[[str], Client], steady: Station
) -> None:
    client, address = login("viewer"), reverse("monitoring:analysis", args=[steady.uid])
    assert 'class="empty-page"' in client.get(address, {"view": "wind"}).content.decode()
    near = station(people["coordinator"], "B1", "880102", point=(116.05, 40.0))
    rng = np.random.default_rng(1)
    blow("B1", 3.0, np.where(rng.random(DAYS * 24) < 0.75, 90.0, 270.0))
    page = client.get(address, {"view": "wind"}).content.decode()
    assert near.name in page
    assert "4.3" in page  # kilometres
    found = {line[0]: line for line in rows(client, steady, "wind_rose", view="wind")[1:17]}
    assert sum(float(cell) for cell in found["E"][1:-1]) == pytest.approx(75, abs=2)
    assert client.get(reverse("monitoring:analysis_data", args=[steady.uid, "nothing", "csv"])).status_code == 404


def test_wind_in_an_unknown_unit_is_not_taken(people: dict[str, User]) -> None:
    station(people["coordinator"], "C1", "880101")
    blow("C1", 3.0, 90.0, units=("km/h", "°"))
    speed, direction = wind("C1", FIRST, LAST)
    assert np.isnan(speed).all()
    assert not np.isnan(direction).any()


@pytest.mark.parametrize("view", ["patterns", "trend", "outlook", "wind", "nonsense"])
def test_without_hours_every_view_says_so(people: dict[str, User], login: Callable[[str], Client], view: str) -> None:
    row = station(people["coordinator"], "D1", "880101")
    query = {"view": view, "years": "x", "limit": "NaN", "item": "?"}
    answer = login("viewer").get(reverse("monitoring:analysis", args=[row.uid]), query)
    assert answer.status_code == 200
    assert 'class="empty-page"' in answer.content.decode()


@bounds(max_examples=examples(50))
@given(st.lists(st.floats(0, 100), min_size=48, max_size=48), st.floats(0.1, 40))
def test_whatever_is_drawn_stays_in_its_square(values: list[float], reach: float) -> None:
    share = np.array(values).reshape(16, 3)
    art = drawings.rose(share, ["a", "b", "c"], np.linspace(0, 360, 16, endpoint=False), "%")
    assert (art is None) == (share.sum() == 0)
    if art is not None:
        paths = [shape.d.replace("A", " ").replace("L", " ").strip("Mz") for shape in art.shapes]
        numbers = [float(word) for path in paths for word in path.split()]
        assert all(-1 <= number <= drawings.SIZE + 1 for number in numbers)
    axis = np.linspace(-reach, reach, 201)
    z = np.full((201, 201), np.nan)
    z[:2, :100] = 1.0
    surface = drawings.surface(axis, z, 1)
    assert surface is not None
    assert surface.shapes
    assert len(surface.keys) == len(drawings.COLOURS)
