"""Measurements by hand: lists with a problem per cell, taken over as a whole, corrected, and ranked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lantian.analysis.rankings import month
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring import actions, hand
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.items import SAMPLED
from lantian.apps.monitoring.models import Sample, StagedFile
from lantian.apps.monitoring.queries import samples
from tests.apps.test_monitoring_pages import rows

pytestmark = [pytest.mark.django_db, pytest.mark.db]

HEAD = "类别,所在区域,点位,开始日期,结束日期,数值,单位,路段长度（km）,备注\n"
JAR = "降尘量,东塘区,1号缸,2026-03-02,2026-04-01,4.6,t/(km²·30d),,\n"


def bring(user: User, *lines: str) -> StagedFile:
    return actions.stage_samples(user, "降尘.csv", [(HEAD + "".join(lines)).encode()])


def test_a_list_is_taken_over_as_a_whole_and_a_correction_is_kept(people: dict[str, User]) -> None:
    user = people["coordinator"]
    staged = bring(user, JAR, JAR.replace("1号缸", "2号缸").replace("4.6", "5.4"))
    assert staged.problems == []
    assert not Sample.objects.exists()
    assert actions.accept(user, staged) == 2
    again = bring(user, JAR.replace("4.6", "4.9"))
    assert actions.accept(user, again) == 1
    row = Sample.objects.get(point="1号缸")
    assert (str(row.value), row.revision) == ("4.9000", 2)
    event = AuditEvent.objects.get(action="sample.correct")
    assert (event.before or {})["value"] == "4.6000"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (("4.6", ""), "value"),
        (("4.6", "四点六"), "value"),
        (("4.6", "460"), "value"),
        (("4.6", "NaN"), "value"),
        (("t/(km²·30d)", ""), "unit"),
        (("t/(km²·30d)", "g/m²"), "unit"),
        (("降尘量", "降雨量"), "kind"),
        (("东塘区", "天上街道"), "area"),
        (("2026-04-01", "2026-03-05"), "end"),
        (("2026-04-01", "2026-02-05"), "end"),
        (("2026-03-02", "三月"), "start"),
        (("1号缸", ""), "point"),
    ],
)
def test_every_wrong_cell_is_named(people: dict[str, User], change: tuple[str, str], column: str) -> None:
    staged = bring(
        people["coordinator"], JAR, JAR.replace("1号缸", "3号缸") if column != "point" else "", JAR.replace(*change)
    )
    found = [(item["line"], item["column"]) for item in staged.problems]
    assert found[0] == (4 if column != "point" else 3, column)
    with pytest.raises(RegistryError):
        actions.accept(people["coordinator"], staged)
    assert not Sample.objects.exists()


def test_the_same_jar_and_days_twice_is_a_problem(people: dict[str, User]) -> None:
    assert [item["line"] for item in bring(people["coordinator"], JAR, JAR).problems] == [3]


def test_only_the_own_areas_are_measured(people: dict[str, User]) -> None:
    with pytest.raises(PermissionDenied):
        bring(people["viewer"], JAR)


def test_streets_are_ranked_by_their_measurements_roads_by_length(
    people: dict[str, User], login: Callable[[str], Client]
) -> None:
    user = people["coordinator"]
    road = "道路尘负荷,{},{},2026-03-10,,{},g/m²,{},\n"
    lines = [
        road.format("东塘区", "一路", "0.20", "9"), road.format("东塘区", "二路", "1.20", "1"),
        road.format("西塘区", "三路", "0.40", "2"),
    ]  # fmt: skip
    assert actions.accept(user, bring(user, *lines)) == 3
    found = samples.subjects(user, "district", SAMPLED["road_load"], month(2026, 3))
    measured = samples.measured(found, SAMPLED["road_load"], month(2026, 3))
    assert [round(one.exact or 0, 6) for one in measured] == [0.3, 0.4]
    address = reverse("monitoring:rankings_table", args=["csv"]) + "?item=road_load&kind=district&at=2026-03"
    table = rows(login("viewer").get(address))
    assert [(line[0], line[1], float(line[3])) for line in table[1:3]] == [("1", "东塘区", 0.3), ("2", "西塘区", 0.4)]


def test_a_jar_counts_in_the_month_of_its_middle_day(people: dict[str, User]) -> None:
    user = people["coordinator"]
    actions.accept(user, bring(user, JAR))
    item = SAMPLED["dustfall"]
    assert samples.subjects(user, "district", item, month(2026, 3))
    assert not samples.subjects(user, "district", item, month(2026, 4))
    assert samples.newest_day(user, "dustfall") == date(2026, 4, 1)


def test_the_way_of_a_list_through_the_pages(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    empty = client.get(reverse("monitoring:samples_empty"))
    book = openpyxl.load_workbook(BytesIO(empty.getvalue() if hasattr(empty, "getvalue") else b"".join(empty)))
    sheet = book.worksheets[0]
    assert [cell.value.rstrip("*") for cell in sheet[1]] == [column.zh for column in hand.columns().values()]
    for place, value in enumerate(JAR.strip().split(",")):
        sheet.cell(2, place + 1, value)
    stream = BytesIO()
    book.save(stream)
    upload = {"file": SimpleUploadedFile("手工.xlsx", stream.getvalue())}
    answer = client.post(reverse("monitoring:samples_upload"), upload)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "1号缸" in page
    uid = answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]
    assert client.post(reverse("monitoring:accept", args=[uid])).headers["Location"] == reverse("monitoring:samples")
    page = client.get(reverse("monitoring:samples"), {"kind": "dustfall"}).content.decode()
    assert "1号缸" in page
    back = client.get(reverse("monitoring:samples_table", args=["csv"]))
    content = b"".join(back) if back.streaming else back.content
    assert hand.rows_of([[1, content.decode("utf-8-sig").splitlines()[0].split(",")], [2, ["x"]]])[1] == []
