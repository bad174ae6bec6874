"""The pages of received bulletins: bring, check, count, series, street, notice; and who may."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.papers.models import Paper
from lantian.apps.received import actions, queries
from lantian.apps.received.beside import beside
from lantian.apps.received.models import Bulletin, Figure, Status
from tests.apps.test_monitoring_pages import last_month, station, write

pytestmark = [pytest.mark.django_db]

HEAD = "云溪市{period}街道（乡镇）粗颗粒物浓度后30名情况通报\n单位：微克/立方米\n排名\t区\t街道（乡镇）\t浓度\n"
LINES = "1\t东塘区\t柳桥街道\t145\n2\t西塘区\t全市\t140\n"
SIGNED = "云溪市生态环境局\n"


def text(period: str = "2025年10月上半月", lines: str = LINES) -> str:
    return HEAD.format(period=period) + lines + SIGNED


@pytest.fixture
def checked(people: dict[str, User], city: Area, run_jobs: Callable[[], int]) -> Callable[..., Bulletin]:
    def make(period: str = "2025年10月上半月", lines: str = LINES) -> Bulletin:
        row = actions.bring_text(people["coordinator"], city, text(period, lines))
        run_jobs()
        row.refresh_from_db()
        actions.confirm(people["coordinator"], row, revision=row.revision)
        return row

    return make


def post(client: Client, name: str, row: Any, **data: Any) -> Any:
    return client.post(reverse(f"received:{name}", args=[row.uid]), data)


def test_from_the_upload_to_figures_that_count(login: Callable[[str], Client], run_jobs: Callable[[], int]) -> None:
    client = login("coordinator")
    content = text(lines="1\t东塘区\t柳巷街道\t145\n").encode("gb18030")
    answer = client.post("/received/bring/", {"files": SimpleUploadedFile("排名.csv", content)})
    row = Bulletin.objects.get()
    assert answer.headers["Location"] == f"/received/{row.uid}/"
    assert "hx-get" in client.get(f"/received/{row.uid}/").content.decode()
    run_jobs()
    assert client.get(f"/received/{row.uid}/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    page = client.get(f"/received/{row.uid}/").content.decode()
    assert "柳巷街道" in page
    assert 'id="t1r4" class="hit"' in page
    row.refresh_from_db()
    post(client, "confirm", row, revision=row.revision)
    row.refresh_from_db()
    assert row.status == Status.READ
    named = {"count": "1", "subject-0": "柳巷街道", "district-0": "东塘区", "area-0": "880101001"}
    post(client, "names", row, revision=row.revision, **named)
    row.refresh_from_db()
    post(client, "confirm", row, revision=row.revision)
    row.refresh_from_db()
    assert row.status == Status.CHECKED
    assert Figure.objects.get().area == Area.objects.get(name="柳桥街道")


def test_the_head_is_put_right_in_the_words_of_print(
    people: dict[str, User], city: Area, login: Callable[[str], Client], run_jobs: Callable[[], int]
) -> None:
    row = actions.bring_text(people["coordinator"], city, text(period=""))
    run_jobs()
    row.refresh_from_db()
    client = login("coordinator")
    data = {"title": "通报", "issuer": "市局", "indicator": "tsp", "unit": "µg/m³", "revision": row.revision}
    wrong = post(client, "head", row, **data, period="十月")
    assert wrong.status_code == 400
    assert "请写明年份" in wrong.content.decode()
    assert post(client, "head", row, **data, period="2025年10月下半月").status_code == 302
    assert {str(figure.start) for figure in row.figures.all()} == {"2025-10-16"}


def test_what_is_not_checked_is_seen_by_who_receives_alone(
    people: dict[str, User], city: Area, login: Callable[[str], Client], run_jobs: Callable[[], int]
) -> None:
    row = actions.bring_text(people["coordinator"], city, text())
    run_jobs()
    for role, code in (("viewer", 404), ("administrator", 404), ("coordinator", 200)):
        assert login(role).get(f"/received/{row.uid}/").status_code == code
        listed = str(row.uid) in login(role).get("/received/").content.decode()
        assert listed == (role == "coordinator")


def test_another_city_sees_nothing(checked: Callable[..., Bulletin], login: Callable[[str], Client]) -> None:
    row = checked()
    other = Area.objects.create(
        code="990000", name="别市", short_name="别", kind="city", level="municipal", path="/990000/"
    )
    user = core.create_user(None, "other", "other-password", must_change_password=False)
    unit = Unit.objects.create(name="别市生态环境局", level="municipal", area=other)
    add_membership(None, user, unit, "coordinator")
    client = Client()
    client.force_login(user)
    assert client.get(f"/received/{row.uid}/").status_code == 404
    assert client.get(f"/received/{row.uid}/file/").status_code == 404
    assert client.get(f"/received/figures/{row.figures.all()[0].uid}/").status_code == 404
    assert not queries.in_force(user).exists()
    assert login("viewer").get(f"/received/{row.uid}/").status_code == 200


def test_a_district_receives_for_itself_and_not_for_the_city(
    checked: Callable[..., Bulletin], run_jobs: Callable[[], int]
) -> None:
    row = checked()
    user = core.create_user(None, "district", "district-password", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="东塘区生态环境局"), "coordinator")
    client = Client()
    client.force_login(user)
    assert client.get(f"/received/{row.uid}/").status_code == 200
    assert post(client, "take-back", row, reason="x", revision=row.revision).status_code == 403
    client.post("/received/bring/", {"text": text(period="2025年9月上半月")})
    run_jobs()
    assert Bulletin.objects.latest("pk").area.name == "东塘区"


def test_the_series_counts_and_exports(checked: Callable[..., Bulletin], login: Callable[[str], Client]) -> None:
    for period in ("2025年9月下半月", "2025年10月上半月"):
        checked(period, LINES + "3\t东塘区\t东塘区\t=1+1\n")
    client = login("viewer")
    address = "?indicator=tsp&kind=half_month&year=2025"
    page = client.get(f"/received/series/{address}").content.decode()
    assert "<svg" in page
    assert "列入后30名次数" in page
    raw = client.get(f"/received/series.csv{address}").content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(raw)))
    street = next(row for row in rows if row["对象"] == "柳桥街道")
    assert (street["9月下"], street["10月上"], street["列入后30名次数"]) == ("145", "145", "2")
    assert "'=1+1" in raw
    sheet = load_workbook(BytesIO(client.get(f"/received/series.xlsx{address}").content)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
    assert client.get("/received/series.pdf").status_code == 404


def test_a_street_and_the_notice_that_becomes_a_paper(
    checked: Callable[..., Bulletin], login: Callable[[str], Client]
) -> None:
    checked()
    street = Area.objects.get(name="柳桥街道")
    page = login("viewer").get(f"/received/area/{street.uid}/").content.decode()
    assert "列入后30名1次" in page
    assert "/notice/" not in page
    client = login("coordinator")
    address = f"/received/area/{street.uid}/notice/"
    shown = client.get(f"{address}?indicator=tsp&year=2025").content.decode()
    assert "首次列入后30名" in shown
    answer = client.post(address, {"indicator": "tsp", "year": "2025"})
    paper = Paper.objects.get()
    assert answer.headers["Location"] == f"/papers/{paper.uid}/"
    assert paper.main_to == ["柳桥街道办事处"]
    assert list(paper.units.values_list("name", flat=True)) == ["柳桥街道办事处"]
    assert client.get(f"{address}?indicator=pm25&year=2025").status_code == 404


def test_typed_lines_that_are_wrong_stand_beside_the_field(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    data = {"area": "880000", "title": "降尘", "indicator": "dustfall", "period": "2025年10月", "lines": "柳桥街道\n"}
    answer = client.post("/received/typed/", data)
    assert answer.status_code == 400
    assert "第1行" in answer.content.decode()
    assert not Bulletin.objects.exists()
    assert client.post("/received/typed/", data | {"lines": "柳桥街道 4.6"}).status_code == 302
    figure = Figure.objects.get()
    address = f"/received/figures/{figure.uid}/"
    assert client.post(address, {"value": "4.8", "reason": "", "revision": 0}).status_code == 400
    assert client.post(address, {"value": "4.8", "reason": "称量有误", "revision": 0}).status_code == 302
    page = client.get(f"/received/{figure.bulletin.uid}/").content.decode()
    assert "称量有误" in page
    assert "4.6" in page


def test_a_source_is_kept_and_shows_what_is_overdue(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    data = {
        "area": str(Area.objects.get(code="880000").pk), "name": "TSP半月排名", "sender": "市局", "indicator": "tsp",
        "rhythm": "half_month", "due_days": "5", "since": "2025-09-01", "until": "2025-09-30", "kind": "bulletin",
        "time_zone": "Asia/Shanghai", "unit_policy": "stated",
    }  # fmt: skip
    assert client.post("/monitoring/sources/new/", data | {"until": "2025-08-01"}).status_code == 400
    assert client.post("/monitoring/sources/new/", data).status_code == 302
    for address in ("/received/", "/monitoring/sources/?kind=bulletin&show=overdue"):
        page = client.get(address).content.decode()
        assert "TSP半月排名" in page
        assert "2025-09-01" in page
    assert "2期逾期" in page


def test_our_value_stands_beside_the_published_one(
    people: dict[str, User], city: Area, login: Callable[[str], Client], run_jobs: Callable[[], int]
) -> None:
    user, month = people["coordinator"], last_month()
    station(user, "E1", "880101")
    write(month, 28, {"E1": {"PM2.5": 40.4}})
    lines = "1\t西塘区\t52\n2\t东塘区\t43\n"
    head = f"云溪市{month:%Y年%-m月}各区PM2.5浓度排名（由差到好）\n单位：微克/立方米\n排名\t区\t浓度\n"
    row = actions.bring_text(user, city, head + lines)
    run_jobs()
    row.refresh_from_db()
    actions.confirm(user, row, revision=row.revision)
    figures = list(row.figures.select_related("area"))
    found = beside(people["viewer"], row, figures)
    own = {figure.subject: found.figures.get(figure.pk) for figure in figures}
    assert own["西塘区"] is None  # no station of ours
    assert own["东塘区"] is not None
    assert (str(own["东塘区"].value), own["东塘区"].rank) == ("40", 1)
    assert float(own["东塘区"].difference or 0) == -3
    page = login("viewer").get(f"/received/{row.uid}/").content.decode()
    assert "本系统值" in page
    assert "−3" in page
    assert "1 个站点" in page
    own_list = actions.bring_text(user, city, text(lines="1\t东塘区\t柳桥街道\t145\n"))
    run_jobs()
    own_list.refresh_from_db()
    assert beside(user, own_list, own_list.figures.all()).figures == {}  # TSP that nobody of ours measured


def test_what_a_stranger_prints_is_never_markup(
    people: dict[str, User], city: Area, login: Callable[[str], Client], run_jobs: Callable[[], int]
) -> None:
    lines = "1\t东塘区\t<script>alert(1)</script>\t145\n"
    row = actions.bring_text(people["coordinator"], city, text(lines=lines))
    run_jobs()
    page = login("coordinator").get(f"/received/{row.uid}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    answer = login("coordinator").get(f"/received/{row.uid}/file/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.db
@pytest.mark.parametrize("address", ["/received/", "/received/series/?indicator=tsp&kind=half_month&year=2025"])
def test_the_number_of_queries_does_not_grow(
    address: str, checked: Callable[..., Bulletin], login: Callable[[str], Client]
) -> None:
    client = login("coordinator")

    def count() -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(address)
        return len(found)

    checked("2025年8月上半月")
    few = count()
    for period in ("2025年8月下半月", "2025年9月上半月", "2025年9月下半月"):
        checked(period, LINES + "3\t东塘区\t东塘区\t120\n4\t西塘区\t西塘区\t118\n")
    assert count() == few
