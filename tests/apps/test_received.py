"""Received bulletins in the database: brought, read, checked, superseded, taken back; typed; expected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from lantian.apps.areas.models import Area
from lantian.apps.core.holding import NotPossible, StaleError
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.monitoring.actions import save_source
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.queries.sources import periods_of, states
from lantian.apps.received import actions, queries
from lantian.apps.received.actions.typed import LinesError
from lantian.apps.received.models import Bulletin, Figure, Status
from lantian.apps.received.notice import notice_of
from lantian.apps.received.series import of_area, standings, table
from lantian.reading.received.periods import period_in

pytestmark = [pytest.mark.django_db, pytest.mark.db]

TSP = """云溪市{period}街道（乡镇）粗颗粒物浓度后30名情况通报
单位：微克/立方米
排名	区	街道（乡镇）	浓度
{lines}
云溪市生态环境局
"""


def tsp(*lines: str, period: str = "2025年10月上半月") -> str:
    return TSP.format(period=period, lines="\n".join(lines))


@pytest.fixture
def bring(people: dict[str, User], city: Area, run_jobs: Callable[[], int]) -> Callable[..., Bulletin]:
    """Brings pasted text as the coordinator and has it read; confirmed unless told otherwise."""

    def brought(text: str, *, check: bool = True) -> Bulletin:
        user = people["coordinator"]
        row = actions.bring_text(user, city, text)
        run_jobs()
        row.refresh_from_db()
        if check:
            actions.confirm(user, row, [other for other, _share in queries.earlier(row)], revision=row.revision)
        return row

    return brought


def test_a_pasted_list_is_read_matched_and_counts_once_checked(bring: Callable[..., Bulletin], people: dict[str, User]):
    row = bring(tsp("1\t东塘区\t柳桥街道\t145", "2\t西塘区\t全市\t140"), check=False)
    assert (row.status, row.indicator, row.listed, row.unit) == (Status.READ, "tsp", 30, "µg/m³")
    assert (row.start, row.end, row.period_kind) == (date(2025, 10, 1), date(2025, 10, 15), "half_month")
    first = row.figures.get(subject="柳桥街道")
    assert (first.area and first.area.name, first.value, first.rank, first.direction) == ("柳桥街道", 145, 1, "worst")
    assert not queries.in_force(people["viewer"]).exists()
    actions.confirm(people["coordinator"], row, revision=row.revision)
    assert queries.in_force(people["viewer"]).count() == 2


def test_an_unknown_name_is_asked_and_learned(bring: Callable[..., Bulletin], people: dict[str, User]):
    user = people["coordinator"]
    row = bring(tsp("1\t东塘区\t柳橋街\t145"), check=False)
    assert queries.open_questions(row)
    with pytest.raises(NotPossible):
        actions.confirm(user, row, revision=row.revision)
    street = Area.objects.get(name="柳桥街道")
    actions.match_subjects(user, row, {("柳橋街", "东塘区"): street}, revision=row.revision)
    actions.confirm(user, row, revision=row.revision)
    again = bring(tsp("1\t东塘区\t柳橋街\t150", period="2025年10月下半月"), check=False)
    assert again.figures.get().area == street


def test_a_later_bulletin_supersedes_and_both_stay(bring: Callable[..., Bulletin], people: dict[str, User]):
    old = bring(tsp("1\t东塘区\t柳桥街道\t145"))
    new = bring(tsp("1\t东塘区\t柳桥街道\t143"))
    old.refresh_from_db()
    assert old.superseded_by == new
    assert [figure.value for figure in queries.in_force(people["viewer"])] == [143]
    actions.take_back(people["coordinator"], new, "发错文件", revision=new.revision)
    assert [figure.value for figure in queries.in_force(people["viewer"])] == [145]
    assert Bulletin.objects.count() == 2


def test_who_comes_too_late_is_told(bring: Callable[..., Bulletin], people: dict[str, User]):
    row = bring(tsp("1\t东塘区\t柳桥街道\t145"), check=False)
    stale = row.revision
    actions.match_subjects(people["coordinator"], row, {("柳桥街道", "东塘区"): "none"}, revision=stale)
    with pytest.raises(StaleError):
        actions.confirm(people["coordinator"], row, revision=stale)


def test_only_who_receives_writes(bring: Callable[..., Bulletin], people: dict[str, User], city: Area):
    row = bring(tsp("1\t东塘区\t柳桥街道\t145"), check=False)
    for role in ("viewer", "reporter", "reviewer", "inspector", "administrator"):
        with pytest.raises(PermissionDenied):
            actions.bring_text(people[role], city, "x")
        with pytest.raises(PermissionDenied):
            actions.confirm(people[role], row, revision=row.revision)
    assert not AuditEvent.objects.filter(action="received.check").exists()


def test_a_period_that_is_not_printed_is_asked(bring: Callable[..., Bulletin], people: dict[str, User]):
    user = people["coordinator"]
    row = bring(tsp("1\t东塘区\t柳桥街道\t145", period=""), check=False)
    assert row.start is None
    assert "B03" in {odd["rule"] for odd in row.oddities}
    period = period_in("2025年9月下半月")
    actions.set_head(
        user, row, title=row.title, issuer="", indicator="tsp", period=period, unit="µg/m³", direction="",
        revision=row.revision,
    )  # fmt: skip
    figure = row.figures.get()
    assert (figure.start, figure.end) == (date(2025, 9, 16), date(2025, 9, 30))


def test_appearances_among_the_last_and_the_notice(bring: Callable[..., Bulletin], people: dict[str, User]):
    for period, lines in (
        ("2025年9月下半月", ("1\t东塘区\t柳桥街道\t132", "2\t西塘区\t全市\t120")),
        ("2025年10月上半月", ("3\t西塘区\t全市\t131", "1\t东塘区\t柳桥街道\t145", "1\t东塘区\t东塘区\t145")),
    ):
        bring(tsp(*lines, period=period))
    found = table(people["viewer"], indicator="tsp", kind="half_month", year=2025)
    street = next(line for line in found.lines if line.name == "柳桥街道")
    assert (street.times, len(found.periods), found.unit) == (2, 2, "µg/m³")
    area = Area.objects.get(name="柳桥街道")
    ranked = standings(of_area(people["viewer"], area, 2025)["tsp"])
    assert (ranked[0].gap, ranked[0].edge) == (14, 131)
    notice = notice_of("柳桥街道办事处", ranked, issuer="云溪市生态环境局")
    assert notice is not None
    text = "".join(notice.paragraphs)
    for words in (
        "据云溪市生态环境局通报，2025年10月上半月", "（TSP）浓度为145微克/立方米", "列倒数第1位",
        "较2025年9月下半月（132微克/立方米）上升13微克/立方米",
        "已2次列入后30名（9月下半月、10月上半月）", "再下降14微克/立方米",
    ):  # fmt: skip
        assert words in text


def test_a_list_that_ranks_from_the_best_counts_no_last(bring: Callable[..., Bulletin], people: dict[str, User]):
    bring("2025年1月街道道路尘负荷前十名\n排名,街道,道路尘负荷(克/平方米)\n1,柳桥街道,0.13\n2,全市,0.15\n")
    figures = of_area(people["viewer"], Area.objects.get(name="柳桥街道"), 2025)["road_load"]
    assert [standing.last for standing in standings(figures)] == [False]
    assert notice_of("柳桥街道办事处", standings(figures), issuer="") is None


def test_typed_figures_count_at_once_and_keep_their_history(people: dict[str, User], city: Area):
    user, period = people["coordinator"], period_in("2025年10月")
    assert period is not None
    row = actions.type_in(
        user, city, title="降尘缸10月", indicator="dustfall", period=period, text="柳桥街道\t4.6\n三号缸，<0.3\n"
    )
    typed = row.figures.get(subject="柳桥街道")
    assert (row.status, typed.value, typed.area and typed.area.name) == (Status.CHECKED, Decimal("4.6"), "柳桥街道")
    below = row.figures.exclude(pk=typed.pk).get()
    assert (below.value, below.value_text, below.no_area) == (None, "<0.3", True)
    with pytest.raises(NotPossible):
        actions.correct_figure(user, typed, value="4.8", rank=None, reason="", revision=typed.revision)
    actions.correct_figure(user, typed, value="4.8", rank=None, reason="称量有误", revision=typed.revision)
    event = AuditEvent.objects.get(action="received.correct")
    assert (event.before or {})["value"] == "4.6"
    assert (event.after or {})["value"] == "4.8"


def test_lines_that_cannot_be_taken_are_named_and_nothing_is_stored(people: dict[str, User], city: Area):
    period = period_in("2025年10月")
    assert period is not None
    text = "柳桥街道\t4.6\n东塘区\n柳桥街道\t5\n西塘区\t4600\n"
    with pytest.raises(LinesError) as refusal:
        actions.type_in(people["coordinator"], city, title="x", indicator="dustfall", period=period, text=text)
    assert [n for n, _text in refusal.value.problems] == [2, 3, 4]
    assert not Figure.objects.exists()


def test_a_published_figure_is_not_corrected_by_hand(bring: Callable[..., Bulletin], people: dict[str, User]):
    figure = bring(tsp("1\t东塘区\t柳桥街道\t145")).figures.get()
    with pytest.raises(NotPossible):
        actions.correct_figure(people["coordinator"], figure, value="1", rank=1, reason="x", revision=figure.revision)


def test_a_document_without_figures_says_why_and_can_be_tried_again(
    people: dict[str, User], city: Area, run_jobs: Callable[[], int]
):
    row = actions.bring_file(people["coordinator"], city, "a.html", [b"<html><p>nothing</p></html>"])
    run_jobs()
    row.refresh_from_db()
    assert row.job is not None
    assert row.status == Status.READING
    assert "没有找到" in (row.job.error or {})["zh"]
    actions.read_again(people["coordinator"], row)
    row.job.refresh_from_db()
    assert row.job.active


def expected(people: dict[str, User], city: Area, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "sender": "市生态环境局", "name": "TSP半月排名", "indicator": "tsp", "rhythm": "half_month", "due_days": 5,
        "since": date(2025, 9, 1), "area": city, "kind": "bulletin",
    }  # fmt: skip
    return save_source(people["coordinator"], values | changes)


def on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=timezone.get_default_timezone())


def test_what_did_not_come_is_overdue(bring: Callable[..., Bulletin], people: dict[str, User], city: Area):
    source = expected(people, city)
    bring(tsp("1\t东塘区\t柳桥街道\t145", period="2025年9月上半月"))
    [state] = states([source], on(2025, 10, 6))
    assert state.last is not None
    assert (state.overdue, state.missing) == (True, ((date(2025, 9, 16), date(2025, 9, 30)),))
    [state] = states([source], on(2025, 10, 5))
    assert (state.overdue, state.missing) == (False, ())
    assert state.due is not None
    assert timezone.localdate(state.due) == date(2025, 10, 5)
    source.refresh_from_db()
    assert source.last_received is not None  # the bulletin's arrival is the source's, too


def test_a_bulletin_belongs_to_the_line_of_its_time(
    bring: Callable[..., Bulletin], people: dict[str, User], city: Area
):
    ended = expected(people, city, name="旧名单", until=date(2025, 9, 30))
    begun = expected(people, city, name="新名单", since=date(2025, 10, 1))
    first = bring(tsp("1\t东塘区\t柳桥街道\t145", period="2025年9月下半月"))
    second = bring(tsp("1\t东塘区\t柳桥街道\t140", period="2025年10月上半月"))
    assert (first.source, second.source) == (ended, begun)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"since": None}, "since"),
        ({"due_days": None}, "due_days"),
        ({"due_days": 999}, "due_days"),
        ({"indicator": "smell"}, "indicator"),
        ({"until": date(2025, 8, 1)}, "until"),
        ({"expected_hours": 24}, "expected_hours"),
        ({"kind": "api", "hour_label": "end"}, "rhythm"),
        ({"kind": "api", "rhythm": ""}, "hour_label"),
    ],
)
def test_a_source_wants_what_its_lateness_is_reckoned_by(
    people: dict[str, User], city: Area, changes: dict[str, Any], field: str
):
    with pytest.raises(RegistryError) as refused:
        expected(people, city, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize(("rhythm", "count"), [("half_month", 24), ("month", 12), ("quarter", 4), ("year", 1)])
def test_periods_of_a_year(rhythm: str, count: int):
    found = list(periods_of(rhythm, date(2025, 1, 1), date(2025, 12, 31)))
    assert len(found) == count
    assert found[0][0] == date(2025, 1, 1)
    assert found[-1][1] == date(2025, 12, 31)
