"""The parts: working days, periods and due days, proposals, plan curves, ladders, lights, counts."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import lantian.status
from lantian.status import (
    WORKDAYS,
    Deadline,
    DueRule,
    Duty,
    Figure,
    Goal,
    Report,
    Settings,
    Status,
    Workdays,
    cadence_reason,
    curve_label,
    curve_presets,
    due_day,
    duty_status,
    every_of,
    internal_due,
    ladder_for,
    ladders,
    light,
    period_bounds,
    period_cadence,
    period_of,
    periods,
    planned,
    previous_year,
    propose_cadence,
    propose_curve,
    roll_up,
    share,
)
from tests.growth import calls
from tests.status.cases import make_duty, make_report

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


# --- working days


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 1, 26), True),  # a Sunday before the Spring Festival
        (date(2025, 1, 28), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2026, 2, 16), False),
        (date(2026, 9, 20), True),
        (date(2020, 1, 31), False),  # the prolonged holiday of 2020
        (date(2020, 2, 3), True),
        (date(2022, 12, 31), False),
        (date(2024, 6, 8), False),  # an ordinary Saturday
    ],
)
def test_holidays(day: date, worked: bool):
    assert WORKDAYS.is_workday(day) is worked


def test_holidays_of_a_year_add_up():
    """11 days off by law, 13 since 2025: weekends are moved, never lost; 2020 had two days more."""
    for year, days in ((2020, 13), (2021, 11), (2022, 11), (2023, 11), (2024, 11), (2025, 13), (2026, 13)):
        first = date(year, 1, 1)
        whole = [first + timedelta(days=n) for n in range(366) if (first + timedelta(days=n)).year == year]
        off = sum(day.weekday() < 5 and not WORKDAYS.is_workday(day) for day in whole)
        on = sum(day.weekday() > 4 and WORKDAYS.is_workday(day) for day in whole)
        assert off - on == days, year


def test_holiday_table_is_whole():
    path = Path(lantian.status.__file__).parent / "tables" / "holidays.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    assert [row["date"] for row in rows] == sorted({row["date"] for row in rows})
    assert {row["kind"] for row in rows} == {"off", "work"}
    assert all(row["name"] and "国务院办公厅" in row["source"] for row in rows)
    assert all(date.fromisoformat(row["date"]).weekday() > 4 for row in rows if row["kind"] == "work")


def test_unknown_years_say_so():
    assert all(WORKDAYS.known(year) for year in range(2020, 2027))
    assert not WORKDAYS.known(2027)
    corrected = Workdays({date(2027, 5, 4): False})
    assert not corrected.known(2027)
    assert not corrected.is_workday(date(2027, 5, 4))
    imported = Workdays({date(2027, 10, 1) + timedelta(days=n): False for n in range(11)})
    assert imported.known(2027)


def test_working_days_are_added_over_holidays():
    assert WORKDAYS.add_workdays(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert WORKDAYS.add_workdays(date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert WORKDAYS.add_workdays(date(2025, 10, 4), 0) == date(2025, 10, 4)
    assert WORKDAYS.next_workday(date(2025, 10, 1)) == date(2025, 10, 9)
    assert WORKDAYS.previous_workday(date(2025, 10, 5)) == date(2025, 9, 30)
    assert WORKDAYS.between(date(2025, 9, 30), date(2025, 10, 9)) == 1


# --- periods


def test_periods():
    assert periods("month", date(2025, 11, 20), date(2026, 1, 2)) == ("2025-11", "2025-12", "2026-01")
    assert periods("quarter", *YEAR) == ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
    assert periods("half", *YEAR) == ("2025-H1", "2025-H2")
    assert periods("year", date(2025, 6, 1), date(2026, 6, 1)) == ("2025", "2026")
    assert periods("none", *YEAR) == ()
    assert period_bounds("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert period_bounds("2025-Q4") == (date(2025, 10, 1), date(2025, 12, 31))
    assert period_bounds("2025-H1") == (date(2025, 1, 1), date(2025, 6, 30))
    assert previous_year("2025-Q3") == "2024-Q3"
    assert [period_cadence(key) for key in ("2025-03", "2025-Q1", "2025-H1", "2025")] == [
        "month",
        "quarter",
        "half",
        "year",
    ]


@pytest.mark.parametrize("key", ["", "2025-13", "2025-Q5", "25-03", "2025-3", "2025-H3", "三月"])
def test_what_is_no_period_is_refused(key: str):
    with pytest.raises(ValueError, match="not a reporting period"):
        period_bounds(key)


def test_nothing_reported_has_no_period():
    with pytest.raises(ValueError, match="no periods"):
        period_of("none", date(2025, 1, 1))


def test_due_days():
    assert due_day("2025-05") == date(2025, 6, 5)
    assert due_day("2025-09") == date(2025, 10, 9)  # the 5th is in the National Day holiday
    assert due_day("2025-09", DueRule(shift="none")) == date(2025, 10, 5)
    assert due_day("2025-09", DueRule(shift="previous")) == date(2025, 9, 30)
    assert due_day("2025-Q1", DueRule(day_of_month=25, shift="none")) == date(2025, 3, 25)
    assert due_day("2025-02", DueRule(day_of_month=31, shift="none")) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("role", "kind", "text", "numeric", "cadence", "rule"),
    [
        ("support", "by", "每月检查", True, "none", "C01"),
        ("lead", "by", "每月对上账工地全覆盖检查", False, "month", "C02"),
        ("lead", "long_term", "每周开展夜间巡查", False, "month", "C02"),
        ("lead", "by", "每半月通报一次", False, "month", "C02"),
        ("lead", "by", "按季度通报抽检结果", True, "quarter", "C03"),
        ("lead", "by", "每半年开展一次评估", False, "half", "C04"),
        ("lead", "long_term", "抽检比例达到15%", True, "month", "C05"),
        ("lead", "long_term", "加强餐饮油烟监管", False, "year", "C06"),
        ("responsible", "by", "每年组织一次培训", False, "year", "C07"),
        ("responsible", "by", "推进裸地治理", False, "quarter", "C08"),
    ],
)
def test_cadences_are_proposed(role: str, kind: str, text: str, numeric: bool, cadence: str, rule: str):
    assert propose_cadence(role, kind, text, numeric=numeric) == (cadence, rule)
    assert cadence_reason(rule, "zh", text)
    assert "{" not in cadence_reason(rule, "en", text)


def test_the_reason_quotes_the_words():
    assert cadence_reason("C03", "zh", "按季度通报抽检结果") == "文中写有“按季度”，建议按季度填报"
    with pytest.raises(KeyError):
        cadence_reason("C99", "zh")


def test_words_that_bind_every_period():
    assert every_of("每月") == "month"
    assert every_of("", "次/周") == "month"
    assert every_of("各季度") == "quarter"
    assert every_of("月") == "month"
    assert every_of("全年", "年均", "吨/平方公里·月") is None


def test_internal_due_days():
    assert internal_due(date(2025, 12, 31)) == date(2025, 12, 10)  # 15 working days
    assert internal_due(date(2025, 6, 30)) == date(2025, 6, 16)  # 10
    assert internal_due(date(2025, 11, 15)) == date(2025, 11, 10)  # 5
    assert internal_due(date(2025, 12, 31), lead=1) == date(2025, 12, 30)
    assert internal_due(date(2025, 1, 10), start=date(2025, 1, 8)) == date(2025, 1, 8)


# --- plan curves


def test_presets_end_at_the_whole():
    for curve in curve_presets().values():
        assert not curve.months or (len(curve.months) == 12 and curve.months[-1] == 100)
        assert list(curve.months) == sorted(curve.months)
        assert curve_label(curve.id, "zh") != curve_label(curve.id, "en")


def test_curves_follow_their_months():
    assert planned("summer_works", *YEAR, Decimal(200), date(2025, 7, 31)) == 116
    assert planned("even_quarters", *YEAR, Decimal(200), date(2025, 6, 29)) == 50
    assert planned("even_quarters", *YEAR, Decimal(200), date(2025, 6, 30)) == 100
    assert round(planned("linear", *YEAR, Decimal(365), date(2025, 2, 1))) == 32


def test_a_window_takes_the_weights_of_its_months():
    window = (date(2025, 6, 1), date(2025, 9, 30))
    assert share("summer_works", *window, date(2025, 6, 30)) == Decimal(20) / Decimal(77)
    assert share("fourth_quarter", *YEAR, date(2025, 9, 30)) == Decimal("0.3")


def test_a_span_without_weight_goes_by_days():
    spring = (date(2025, 1, 1), date(2025, 2, 28))
    assert share("summer_works", *spring, date(2025, 1, 29)) == Decimal(29) / Decimal(59)
    assert share("at_end", *spring, date(2025, 2, 27)) == 0


def test_two_years_repeat_the_months():
    both = (date(2025, 1, 1), date(2026, 12, 31))
    assert share("fourth_quarter", *both, date(2025, 12, 31)) == Decimal("0.5")


def test_points_go_before_the_preset():
    points = (("2025-03", Decimal("0.4")), ("2025-06", Decimal("0.6")))
    assert share("milestones", *YEAR, date(2025, 5, 31), points) == Decimal("0.4")
    assert share("linear", *YEAR, date(2025, 6, 30), points) == Decimal("0.6")
    assert Decimal("0.4") < share("linear", *YEAR, date(2025, 5, 15), points) < Decimal("0.6")
    assert share("linear", *YEAR, YEAR[1], points) == 1


def test_an_unknown_curve_is_an_error():
    with pytest.raises(KeyError):
        share("moon", *YEAR, date(2025, 5, 1))


@pytest.mark.parametrize(
    ("text", "curve"),
    [
        ("完成燃气锅炉低氮改造60蒸吨", "before_heating"),
        ("加油站夏季错峰装卸油", "summer_works"),
        ("检查重型柴油车3万辆次", "even_months"),
        ("建设充电桩500个", "works_season"),
        ("清洁生产审核20家", "fourth_quarter"),
        ("其他工作", "even_months"),
    ],
)
def test_curves_are_proposed_by_words(text: str, curve: str):
    assert propose_curve(text) == curve


# --- deliverables


@pytest.mark.parametrize(
    ("text", "ladder"),
    [
        ("制定《云溪市扬尘管理办法》", "issue"),
        ("研究制定货车通行政策", "issue"),
        ("研究三环内限行可行性", "study"),
        ("修订汽车维修业大气污染物排放标准", "standard"),
        ("编制产业园区清洁生产审核技术导则", "standard"),
        ("出台《关于淘汰国三排放标准柴油货车的方案》", "issue"),
        ("完善“绿色工地”标准", "standard"),
        ("印发年度工作要点", "issue"),
        ("开展供热价格机制调研", "study"),
        ("完善移动源管理制度", "issue"),
        ("建立长效机制", "issue"),
    ],
)
def test_verbs_lead_to_ladders(text: str, ladder: str):
    assert ladder_for(text).id == ladder


def test_ladders_rise():
    for ladder in ladders().values():
        parts = [step.by for step in ladder.steps]
        assert parts == sorted(parts)
        assert parts[-1] == 1
        assert ladder.expected(*YEAR, date(2025, 1, 5)) == -1
        assert ladder.expected(*YEAR, YEAR[1]) == len(ladder.steps) - 1
        assert ladder.index("nothing") == -1


def test_the_issue_ladder_is_the_official_one():
    assert [step.zh for step in ladders()["issue"].steps] == ["调研", "初稿", "征求意见", "合法性审核", "上会", "印发"]


# --- whole duties


def test_the_worst_goal_decides_and_all_are_kept():
    figures = (Figure("a", cumulative=Decimal(9)), Figure("b", cumulative=Decimal(1)))
    report = Report("r", "2025-05", date(2025, 6, 4), "accepted", date(2025, 6, 5), figures=figures, evidence=1)
    pair = [Goal("a", "count", value=Decimal(9)), Goal("b", "count", value=Decimal(9), curve="linear")]
    got = duty_status(make_duty(), pair, [report], [], date(2025, 6, 20))
    assert (got.state, got.goal) == ("behind", "b")
    assert [part.state for part in got.parts] == ["met", "behind"]


def test_a_missed_strive_does_not_hide_what_is_behind():
    figures = (Figure("a", cumulative=Decimal(1)), Figure("b", cumulative=Decimal(1)))
    report = Report("r", "2025-12", date(2026, 1, 4), "accepted", date(2026, 1, 5), figures=figures, evidence=1)
    soft = Goal("a", "count", value=Decimal(9), strength="力争")
    open_ = Goal("b", "count", value=Decimal(9), by=date(2026, 6, 30), start=date(2025, 1, 1), curve="linear")
    got = duty_status(make_duty(), [soft, open_], [report], [], date(2026, 1, 20))
    assert (got.state, got.goal) == ("at_risk", "b")
    alone = duty_status(make_duty(), [soft], [report], [], date(2026, 1, 20))
    assert (alone.state, alone.soft, alone.breach) == ("missed", True, False)


def test_a_return_that_came_again_is_no_longer_sent_back():
    back = make_report("2025-05", {"accepted": "back"})
    again = make_report("2025-05", {"received": date(2025, 6, 7), "accepted": False})
    assert duty_status(make_duty(), [], [back], [], date(2025, 6, 6)).rule == "S17"
    assert duty_status(make_duty(), [], [back, again], [], date(2025, 6, 8)).rule == "S03"
    assert duty_status(make_duty(), [], [back], [], date(2025, 6, 4)).rule == "S03", "not yet sent back on that day"


def test_a_second_deadline_of_the_cell_counts():
    duty = make_duty(end=date(2025, 6, 30), also=[{"kind": "by", "end": date(2025, 9, 30)}])
    assert duty_status(duty, [], [make_report("2025-06")], [], date(2025, 7, 10)).state == "on_track"
    assert duty_status(duty, [], [make_report("2025-08")], [], date(2025, 10, 10)).state == "overdue"
    assert isinstance(duty.also[0], Deadline)


def test_counts_hold_every_state():
    counts = roll_up(
        [
            Status("met", "S09", date(2025, 6, 1)),
            Status("missed", "S37", date(2025, 6, 1), soft=True),
            Status("missed", "S36", date(2025, 6, 1)),
        ]
    )
    assert (counts["met"], counts["missed"], counts["missed_strive"], counts["overdue"]) == (1, 1, 1, 0)
    assert len(counts) == 12


# --- lights


def lamp(duty: Duty, reports: list[Report], day: date, settings: Settings | None = None) -> str | None:
    chosen = settings or Settings()
    return light(duty, duty_status(duty, [], reports, [], day, chosen), reports, day, chosen)


def test_lights():
    duty = make_duty(internal_due=date(2025, 12, 10))
    fresh = [make_report(f"2025-{month:02}") for month in range(1, 12)]
    assert lamp(duty, fresh[:5], date(2025, 6, 20)) is None
    assert lamp(duty, fresh[:4], date(2025, 6, 2)) == "blue", "the return for May is due on the 5th"
    assert lamp(duty, fresh[:5], date(2025, 6, 5)) is None, "it has come"
    assert lamp(duty, fresh[:4], date(2025, 6, 20)) == "red", "it is missing"
    assert lamp(duty, fresh, date(2025, 12, 4)) == "blue", "the internal day is near"
    assert lamp(duty, fresh, date(2025, 12, 28)) == "blue", "and past, but the printed one is not"
    assert lamp(duty, fresh, date(2026, 1, 1)) == "red"
    done = [*fresh, make_report("2025-12", {"done": True})]
    assert lamp(duty, done, date(2026, 1, 20)) is None
    assert lamp(make_duty(closed_on=date(2025, 6, 1)), [], date(2026, 1, 20)) is None


def test_yellow_is_behind_or_sent_back_twice():
    duty = make_duty()
    idle = [make_report(f"2025-{month:02}", {"no_change": True}) for month in (3, 4, 5)]
    assert lamp(duty, idle, date(2025, 6, 20)) == "yellow"
    versions = [
        make_report("2025-05", {"accepted": "back", "received": date(2025, 6, 4), "id": "a"}),
        make_report("2025-05", {"accepted": "back", "received": date(2025, 6, 7), "id": "b"}),
        make_report("2025-05", {"accepted": False, "received": date(2025, 6, 10), "id": "c"}),
    ]
    assert lamp(duty, versions, date(2025, 6, 20)) == "yellow"
    accepted = [*versions[:2], make_report("2025-05", {"received": date(2025, 6, 10)})]
    assert lamp(duty, accepted, date(2025, 6, 20)) is None


def test_soft_duties_get_no_red_light():
    duty = make_duty(strength="encourage")
    assert lamp(duty, [], date(2026, 1, 20)) is None


def test_work_grows_with_the_returns_only():
    """A city has 40,000 commitments; one that is returned again and again costs in proportion."""
    goal = Goal("g", "count", value=Decimal(500), curve="works_season")
    duty = make_duty()

    def work(versions: int) -> int:
        returns = [
            make_report(f"2025-{month:02}", {"figure": 40 * month, "id": f"{month}-{version}"})
            for month in range(1, 13) for version in range(versions)
        ]  # fmt: skip
        return calls(lambda: duty_status(duty, [goal], returns, [], date(2025, 12, 1)))

    work(1)  # the calendar is remembered from here on
    assert work(16) < 5 * work(4)
