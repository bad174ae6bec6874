"""Forecasts and consultations: kept version by version, brought by list and API, checked against what came."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import tokens
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions, forecasting
from lantian.apps.monitoring.errors import RegistryError, StaleError
from lantian.apps.monitoring.forecasting import DayGiven, WrongError, aqi_range, day_given, levels, primaries
from lantian.apps.monitoring.models import Forecast, Meeting
from lantian.apps.monitoring.queries import forecasts as reads
from tests.apps.test_monitoring_pages import rows, station, write

pytestmark = [pytest.mark.django_db, pytest.mark.db]

ZONE = ZoneInfo("Asia/Shanghai")
HEAD = "区域,发布单位,发布时间,预报日期,AQI范围,级别,首要污染物,说明\n"
ISSUED = datetime(2026, 3, 2, 17, tzinfo=ZONE)


def day(n: int = 1, low: int = 80, high: int = 110, primary: str = "PM2.5", issued: datetime = ISSUED) -> DayGiven:
    return DayGiven(issued.date() + timedelta(days=n), low, high, (2, 3), primary)


def keep(user: User, *days: DayGiven, issued: datetime = ISSUED, **changes: Any) -> tuple[Forecast, bool]:
    return actions.save_forecast(
        user, Area.objects.get(code="880000"), "市监测中心", issued, days or [day()], **changes
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [("80-110", (80, 110)), ("80～110", (80, 110)), ("80至110", (80, 110)), ("95", (95, 95)), ("", (None, None)),
     ("—", (None, None))],
)  # fmt: skip
def test_ranges_as_they_are_printed(text: str, found: tuple[int | None, int | None]) -> None:
    assert aqi_range(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("良", (2, 2)), ("良至轻度污染", (2, 3)), ("轻度-中度污染", (3, 4)), ("3级", (3, 3)), ("二级到三级", (2, 3)),
     ("严重污染", (6, 6)), ("无", None)],
)  # fmt: skip
def test_levels_as_they_are_printed(text: str, found: tuple[int, int] | None) -> None:
    assert levels(text) == found


def test_pollutants_as_they_are_printed() -> None:
    assert primaries("pm2.5、臭氧") == "PM2.5;O3"
    assert primaries("无") == ""


@pytest.mark.parametrize(
    ("change", "column"),
    [({"aqi": "110-80"}, "aqi"), ({"aqi": "80-900"}, "aqi"), ({"aqi": "八十"}, "aqi"), ({"aqi": ""}, "aqi"),
     ({"level": "优"}, "level"), ({"level": "很好"}, "level"), ({"primary": "花粉"}, "primary"),
     ({"day": "2026-03-01"}, "day"), ({"day": "2026-05-01"}, "day"), ({"day": "明天"}, "day")],
)  # fmt: skip
def test_every_wrong_cell_says_which(change: dict[str, str], column: str) -> None:
    cells = {"day": "2026-03-03", "aqi": "80-110", "level": "", "primary": "PM2.5", "note": ""}
    assert day_given(cells, ISSUED).levels == (2, 3)
    with pytest.raises(WrongError) as wrong:
        day_given(cells | change, ISSUED)
    assert wrong.value.column == column


def test_the_same_again_changes_nothing_and_another_content_is_a_version(people: dict[str, User]) -> None:
    user = people["coordinator"]
    first, new = keep(user, text="以良为主")
    again, repeated = keep(user, text="以良为主")
    assert (new, repeated, again.pk) == (True, False, first.pk)
    second, _new = keep(user, day(high=130), text="以良为主")
    first.refresh_from_db()
    assert (first.version, first.latest, second.version, second.latest) == (1, False, 2, True)
    assert [row.days.get().aqi_high for row in reads.versions(second)] == [130, 110]
    assert AuditEvent.objects.filter(action="forecast.add").count() == 2
    back, _new = keep(user, text="以良为主")  # what the first version said, said again, is the third
    assert back.version == 3


def test_who_may_not_keeps_nothing_and_an_empty_issue_is_none(people: dict[str, User]) -> None:
    with pytest.raises(PermissionDenied):
        keep(people["reporter"])
    city = Area.objects.get(code="880000")
    for days in ([], [day(), day()]):
        with pytest.raises(RegistryError):
            actions.save_forecast(people["coordinator"], city, "市监测中心", ISSUED, days)
    assert not Forecast.objects.exists()


def bring(user: User, *lines: str) -> Any:
    return actions.stage_forecasts(user, "预报.csv", [(HEAD + "\n".join(lines) + "\n").encode()])


def test_a_list_is_taken_as_a_whole_and_gives_itself_back(
    people: dict[str, User], login: Callable[[str], Client]
) -> None:
    user = people["coordinator"]
    line = "云溪市,市监测中心,2026-03-02 17:00,2026-03-0{},{},{},{},扩散一般"
    good = [line.format(3, "80-110", "良至轻度污染", "PM2.5、O3"), line.format(4, "", "良", "")]
    broken = bring(user, *good, line.format(4, "60-80", "", ""), line.format(5, "乱", "", ""))
    assert [(item["line"], item["column"]) for item in broken.problems] == [(4, "day"), (5, "aqi")]
    with pytest.raises(RegistryError):
        actions.accept(user, broken)
    assert not Forecast.objects.exists()
    staged = bring(user, *good)
    page = login("coordinator").get(reverse("monitoring:staged", args=[staged.uid])).content.decode()
    assert "市监测中心" in page
    assert actions.accept(user, staged) == 2
    row = Forecast.objects.get()
    assert [(one.aqi_low, one.level_high, one.primary) for one in row.days.all()] == [
        (80, 3, "PM2.5;O3"),
        (None, 2, ""),
    ]
    out = login("viewer").get(reverse("monitoring:forecasts_table", args=["csv"])).content
    again = actions.stage_forecasts(user, "回传.csv", [out])
    assert (again.problems, actions.accept(user, again), Forecast.objects.count()) == ([], 2, 1)


def test_the_empty_list_is_understood_and_a_file_that_is_none_is_refused(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    book = openpyxl.load_workbook(BytesIO(client.get(reverse("monitoring:forecasts_empty")).content))
    heads = [str(cell.value).rstrip("*") for cell in book.worksheets[0][1]]
    assert heads == [item.zh for item in forecasting.columns().values()]
    upload = SimpleUploadedFile("预报.csv", b"\x00\x01\x02")
    answer = client.post(reverse("monitoring:forecasts_upload"), {"file": upload}, follow=True)
    assert "预报.csv" in answer.content.decode()
    assert not Forecast.objects.exists()


def form(**changes: str) -> dict[str, str]:
    city = Area.objects.get(code="880000")
    head = {"area": str(city.pk), "issuer": "市监测中心", "issued": "2026-03-02T17:00", "text": "以良为主"}
    cells = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-day": "2026-03-03", "form-0-aqi": "80-110",
             "form-0-primary": "PM2.5", "form-1-day": "2026-03-04"}  # fmt: skip
    return head | cells | changes


def test_typed_by_hand_with_errors_beside_the_cell(login: Callable[[str], Client]) -> None:
    client, address = login("coordinator"), reverse("monitoring:forecast_new")
    wrong = client.post(address, form(**{"form-0-aqi": "110-80", "form-1-level": "很好"}))
    assert wrong.status_code == 400
    text = wrong.content.decode()
    assert "应由小到大" in text
    assert "没有这个级别" in text
    assert client.post(address, form(**{"form-0-aqi": "", "form-0-primary": ""})).status_code == 400  # says nothing
    assert client.post(address, form()).status_code == 302
    row = Forecast.objects.get()
    assert row.days.count() == 1  # the second row names a day only
    assert "以良为主" in client.get(reverse("monitoring:forecast", args=[row.uid])).content.decode()


def bearer(user: User, *scopes: str) -> dict[str, str]:
    _row, secret = tokens.create_token(user, "平台", list(scopes), 30)
    return {"Authorization": f"Bearer {secret}"}


def test_programs_bring_all_or_none_and_read_back(people: dict[str, User], client: Client) -> None:
    headers = bearer(people["coordinator"], "read:observations", "write:observations")
    issue = {
        "area": "880000", "issuer": "省平台", "issued": "2026-03-02T09:00:00Z",
        "days": [{"day": "2026-03-03", "aqi": "80-110", "primary": "PM2.5"}, {"day": "2026-03-04", "level": "良"}],
    }  # fmt: skip

    def send(*issues: dict[str, Any]) -> Any:
        return client.post("/api/v1/forecasts", json.dumps({"issues": issues}), "application/json", headers=headers)

    bad = send(issue, issue | {"days": [{"day": "2026-03-03", "aqi": "x"}]})
    assert bad.status_code == 422
    assert "issues.1.days.0.aqi" in bad.content.decode()
    assert not Forecast.objects.exists()
    assert send(issue | {"area": "999999"}).status_code == 422
    assert send(issue).json()["added"] == 1
    assert {name: send(issue).json()[name] for name in ("added", "repeated")} == {"added": 0, "repeated": 1}
    found = client.get("/api/v1/forecasts?area=880000&start=2026-03-04&end=2026-03-04", headers=headers).json()
    assert found["count"] == 1
    assert found["items"][0]["days"][0]["primary"] == ["PM2.5"]
    assert client.get("/api/v1/forecasts?start=2026-03-05", headers=headers).json()["count"] == 0
    reader = bearer(people["viewer"], "read:observations")
    body = json.dumps({"issues": [issue]})
    assert client.post("/api/v1/forecasts", body, "application/json", headers=reader).status_code == 403


@pytest.fixture
def measured(people: dict[str, User]) -> date:
    """Ten days up to yesterday, PM2.5 of 30 and on the last two of 100 µg/m³; answers yesterday."""
    user, last = people["coordinator"], datetime.now(ZONE).date() - timedelta(days=1)
    station(user, "C1", "880101")
    fine = [30.0] * (8 * 24) + [100.0] * (2 * 24)
    write(last - timedelta(days=9), 10, {"C1": {"PM2.5": fine}})
    return last


def test_what_came_stands_beside_and_is_scored_by_lead(
    people: dict[str, User], login: Callable[[str], Client], measured: date
) -> None:
    user, city = people["coordinator"], Area.objects.get(code="880000")
    came = reads.came(user, city, measured - timedelta(days=9), measured + timedelta(days=3))
    assert sorted(came) == [measured - timedelta(days=n) for n in range(9, -1, -1)]
    assert (came[measured].aqi > 100, came[measured].primary) == (True, ("PM2.5",))
    # The heavy days are foreseen a day ahead by the morning issue, which the evening issue takes back.
    begin = measured - timedelta(days=2)
    low = came[begin].aqi
    for hour, high in ((8, 150), (17, low + 10)):
        issued = datetime(begin.year, begin.month, begin.day, hour, tzinfo=ZONE)
        days = [DayGiven(begin + timedelta(days=n), max(1, high - 20), high, (1, 4), "PM2.5") for n in (1, 2)]
        keep(user, *days, issued=issued)
    found = reads.checked(user, city, measured - timedelta(days=30), measured, "")
    assert [(said.lead, said.high) for said, _row, _came in found.rows] == [(1, low + 10), (2, low + 10)]
    assert [(one.lead, one.forecast.days, one.forecast.in_range, one.forecast.misses) for one in found.leads] == [
        (1, 1, 0, 1), (2, 1, 0, 1),
    ]  # fmt: skip
    client = login("viewer")
    page = client.get(reverse("monitoring:verification"))
    assert "24小时" in page.content.decode()
    assert "<svg" in page.content.decode()
    table = rows(client.get(reverse("monitoring:verification_table", args=["csv"])))
    assert len(table) == 3
    strip = {one.day: one for one in reads.strip(user, city, measured + timedelta(days=1))}
    told = strip[measured].forecast
    assert told is not None
    assert told.aqi_high == low + 10  # the last one issued before the day
    home = client.get(reverse("monitoring:forecasts")).content.decode()
    assert "级别命中" in home


def meeting_values(**changes: Any) -> dict[str, Any]:
    return {
        "area": Area.objects.get(code="880000"), "title": "3月2日会商", "held": datetime(2026, 3, 2, 7, tzinfo=UTC),
        "others": "市气象台", "units": Unit.objects.filter(name="市生态环境局"), "conclusions": "以良为主。",
        "episode_start": None, "episode_end": None, "alert": "", "forecast": None,
    } | changes  # fmt: skip


def test_a_consultation_is_kept_corrected_and_its_file_only_attached(
    people: dict[str, User], login: Callable[[str], Client]
) -> None:
    user = people["coordinator"]
    with pytest.raises(PermissionDenied):
        actions.save_meeting(people["viewer"], meeting_values())
    for changes in ({"episode_start": date(2026, 3, 4)},
                    {"episode_start": date(2026, 3, 4), "episode_end": date(2026, 3, 3)}):  # fmt: skip
        with pytest.raises(RegistryError):
            actions.save_meeting(user, meeting_values(**changes))
    row = actions.save_meeting(user, meeting_values(), name="纪要.html", chunks=[b"<script>1</script>"])
    actions.save_meeting(user, meeting_values(conclusions="有轻度污染过程。"), uid=row.uid, revision=1)
    with pytest.raises(StaleError):
        actions.save_meeting(user, meeting_values(), uid=row.uid, revision=1)
    row = Meeting.objects.get()
    assert (row.conclusions, row.revision, row.file_name) == ("有轻度污染过程。", 2, "纪要.html")
    event = AuditEvent.objects.get(action="meeting.edit")
    assert (event.before or {}) == {"conclusions": "以良为主。"}
    file = login("viewer").get(reverse("monitoring:meeting_file", args=[row.uid]))
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("measured")
def test_the_expected_episode_beside_what_came(people: dict[str, User], login: Callable[[str], Client]) -> None:
    last = datetime.now(ZONE).date() - timedelta(days=1)
    episode = {"episode_start": last - timedelta(days=2), "episode_end": last, "alert": "yellow"}
    row = actions.save_meeting(people["coordinator"], meeting_values(**episode))
    page = login("viewer").get(reverse("monitoring:meeting", args=[row.uid])).content.decode()
    assert "有2天AQI大于100" in page
    assert "黄色" in page


def test_the_form_of_a_consultation(people: dict[str, User], login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    data = {
        "area": str(Area.objects.get(code="880000").pk), "title": "会商", "held": "2026-03-02T15:00",
        "units": str(Unit.objects.get(name="市生态环境局").pk), "conclusions": "良", "episode_start": "2026-03-05",
    }  # fmt: skip
    assert client.post(reverse("monitoring:meeting_new"), data).status_code == 400
    answer = client.post(reverse("monitoring:meeting_new"), data | {"episode_end": "2026-03-06", "alert": "health"})
    assert answer.status_code == 302
    row = Meeting.objects.get()
    assert [unit.name for unit in row.units.all()] == ["市生态环境局"]
    assert client.get(reverse("monitoring:meetings") + "?alert=any&q=会商").content.decode().count("仅健康提示") >= 1
    assert people["coordinator"] == row.created_by


def test_lists_ask_as_often_for_many_as_for_few(people: dict[str, User], login: Callable[[str], Client]) -> None:
    user, client = people["coordinator"], login("viewer")

    def asked() -> list[int]:
        counts = []
        for name in ("forecasts", "meetings", "verification", "sources"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get(reverse(f"monitoring:{name}")).status_code == 200
            counts.append(len(queries))
        return counts

    def fill(numbers: range) -> None:
        for n in numbers:
            issued = ISSUED + timedelta(days=n)
            keep(user, *[day(ahead, issued=issued) for ahead in (1, 2, 3)], issued=issued)
            actions.save_meeting(user, meeting_values(title=f"会商{n}"))

    fill(range(2))
    few = asked()
    fill(range(2, 12))
    assert asked() == few


def test_the_desk_shows_what_holds_for_today_and_the_next_three_days(people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["reporter"])
    assert "fc-desk" not in client.get("/desk/").content.decode(), "nothing was entered"
    user, now = people["coordinator"], datetime.now(ZONE)
    before = (now - timedelta(days=1)).replace(hour=17, minute=0, second=0, microsecond=0)
    whole = [day(n, 61, 71, issued=before) for n in range(1, 6)]
    keep(user, *whole, issued=before)
    keep(user, day(1, 62, 72, issued=before), *whole[1:], issued=before)
    second, _new = keep(user, day(1, 63, 73, "O3", now), day(2, 64, 74, issued=now), issued=now)
    page = client.get("/desk/").content.decode()
    told = re.findall(r'class="aq aq-\d">([^<]*)<', page)
    assert told == ["62–72", "63–73", "64–74", "61–71"], "the last version; of issues the last; no fifth day"
    assert "市监测中心" in page
    assert page.count("fc-today") == 1
    assert reverse("monitoring:forecast", args=[second.uid]) in page
    assert reverse("monitoring:forecasts") in page
    with CaptureQueriesContext(connection) as queries:
        assert len(reads.ahead(people["reporter"], now.date(), 3)) == 4
    assert len(queries) <= 2
