"""Next year's district plan from the new city plan and this year's own: where each row comes from and what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from lantian import read_plan
from lantian.comparing.alignment.document import write_draft
from lantian.comparing.alignment.next_year import Draft, DraftRow, draft_next

from .plans import Cells, city, district

DUST = ("扬尘", "各区对施工工地开展扬尘检查，督促落实覆盖、冲洗、喷淋措施。", "年底前", "市住房城乡建设委", "各区政府")
OIL = ("油品", "全市加油站安装油气回收在线监控，覆盖率达到70%。", "年底前", "市生态环境局", "各区政府")
OWN: tuple[Cells, ...] = (
    ("扬尘", "对施工工地开展扬尘检查，督促落实覆盖、冲洗、喷淋措施。", "年底前", "区住房城乡建设局、各街道办事处"),
    ("油品", "全区加油站安装油气回收在线监控，覆盖率达到80%。", "年底前", "区环保局"),
    ("河道", "评选最美河湖守护人，组织2025年志愿服务。", "2025年9月底前", "区水务局、区交通局"),
)


def draft(*rows: Cells, old: tuple[Cells, ...] | None = (DUST, OIL)) -> Draft:
    before = [city(*old, year=2025)] if old is not None else []
    return draft_next([city(*rows, year=2026)], district(*OWN, year=2025), before)


def by_origin(found: Draft) -> dict[str, list[DraftRow]]:
    return {origin: [r for r in found.rows if r.origin == origin] for origin in {r.origin for r in found.rows}}


def test_a_row_that_the_city_keeps_keeps_the_districts_words_and_units() -> None:
    row = draft(DUST, OIL).rows[0]
    assert (row.origin, row.this_year) == ("continued", 1)
    assert row.measure.measure == OWN[0][1]
    assert row.measure.units("responsible") == ["区住房城乡建设局", "各街道办事处"]
    assert row.measure.deadline.end == date(2026, 12, 31)


def test_a_row_that_the_city_changed_takes_its_words_and_keeps_the_districts_units() -> None:
    row = draft(DUST, (*OIL[:1], OIL[1].replace("70%", "90%"), "11月底前", *OIL[3:])).rows[1]
    assert (row.origin, row.city and row.city.n) == ("changed", 2)
    assert row.measure.measure == "全区加油站安装油气回收在线监控，覆盖率达到90%。"
    assert row.measure.units("responsible") == ["区环保局"]
    assert row.measure.deadline.end == date(2026, 11, 30)
    assert "今年区级文字：" + OWN[1][1] in row.note


def test_without_the_old_city_plan_the_figures_tell_what_changed() -> None:
    found = draft(DUST, OIL, old=None)
    assert [row.origin for row in found.rows[:2]] == ["continued", "changed"]


def test_a_new_row_of_the_city_is_put_into_the_districts_words() -> None:
    new = (
        "车辆",
        "市交通局牵头研究制定货车新能源化工作方案。各区组织街道（乡镇）开展停车场巡查。",
        "6月底前",
        "市交通局",
        "各区政府",
    )
    row = by_origin(draft(DUST, OIL, new))["new"][0]
    assert row.measure.measure == "区交通局落实货车新能源化工作方案。各街道开展停车场巡查。"
    assert row.measure.units("responsible") == ["区交通局", "各街道办事处"]
    assert row.this_year is None


def test_a_list_by_area_gives_this_districts_figure_and_a_sum_asks_for_it() -> None:
    shares = "组织100家印刷企业开展治理。其中：青石区8家、柳湾区20家、东渡区32家、松桥区40家。"
    total = "全年完成重型车检查150万辆次以上。"
    found = draft(DUST, ("印刷", shares, *OIL[2:]), ("货车", total, *OIL[2:]))
    rows = {row.measure.task: row for row in found.rows}
    assert rows["印刷"].measure.measure == "组织8家印刷企业开展治理。"
    assert rows["货车"].measure.measure == total
    assert "“≥1500000辆次”为全市总量，请换成本区指标" in rows["货车"].note


def test_what_the_city_asks_of_its_own_offices_or_of_others_is_left_out() -> None:
    own = ("标准", "修订道路清扫保洁质量标准。", "年底前", "市城管委", "市交通局")
    others = ("机场", "开展机场周边大气污染综合整治专项行动。", "年底前", "东渡区政府", "东渡区政府")
    found = draft(DUST, OIL, own, others)
    assert {row.n for row in found.left_out} == {3, 4}


def test_the_districts_other_rows_stay_behind_their_neighbours() -> None:
    found = draft(DUST)
    assert [(row.origin, row.this_year) for row in found.rows[:3]] == [("continued", 1), ("dropped", 2), ("own", 3)]
    assert "序号2" in found.rows[1].note
    assert found.rows[2].measure.measure == "评选最美河湖守护人，组织2026年志愿服务。"
    assert found.rows[2].measure.deadline.text == "2026年9月底前"
    assert found.rows[2].measure.deadline.end == date(2026, 9, 30)


def test_rows_are_numbered_anew_and_every_own_row_is_there_once() -> None:
    found = draft(OIL, DUST)
    assert [row.measure.n for row in found.rows] == list(range(1, len(found.rows) + 1))
    assert [row.measure for row in found.rows] == list(found.plan.measures)
    assert sorted(row.this_year for row in found.rows if row.this_year) == [1, 2, 3]
    assert (found.plan.year, found.plan.title) == (2026, "云溪市青石区大气污染防治2026年行动计划")
    assert sum(found.counts().values()) == len(found.rows)


def test_the_word_document_says_where_rows_come_from_and_reads_back(tmp_path: Path) -> None:
    found = draft(DUST)
    path = tmp_path / "draft.docx"
    write_draft(found, path)
    (plan,) = read_plan(path)
    assert [m.measure for m in plan.measures] == [row.measure.measure for row in found.rows]
    assert plan.measures[0].units("responsible") == ["区住房城乡建设局", "各街道办事处"]
    from docx import Document

    cells = [row.cells[-1].text for row in Document(str(path)).tables[0].rows]
    assert "【延续】" in "".join(cells)
    assert "【市级不再提出】" in "".join(cells)


def test_a_city_file_without_the_medium_gives_no_rows() -> None:
    water = replace(city(DUST, year=2026), medium="water")
    found = draft_next([water], district(*OWN))
    assert found.rows == ()
    with pytest.raises(ValueError, match="without rows"):
        write_draft(found, BytesIO())
