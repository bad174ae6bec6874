"""``lantian align``: formats, exit codes, what is said where."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from lantian import read_plan
from lantian.cli.main import main

CITY = (
    "云溪市大气污染防治2025年行动计划\n序号\t重点任务\t工作措施\t完成时限\t牵头部门\t主责单位\n"
    "1\t环卫车\t全市新增和更新的环卫车新能源比例达到70%。\t年底前\t市城管委\t各区政府\n"
    "2\t油烟治理\t各区组织餐饮企业清洗油烟净化设施。\t长期实施\t市生态环境局\t各区政府\n"
)
DISTRICT = (
    "云溪市青石区大气污染防治2025年行动计划\n序号\t重点任务\t工作措施\t完成时限\t主责单位\n"
    "1\t环卫车\t新增和更新的环卫车新能源比例达到80%。\t年底前\t区城管委\n"
    "2\t志愿服务\t=HYPERLINK评选最美河湖守护人。\t年底前\t区水务局\n"
)


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    files = tmp_path / "市.txt", tmp_path / "区.txt"
    for path, text in zip(files, (CITY, DISTRICT), strict=True):
        path.write_text(text, encoding="utf-8")
    return str(files[0]), str(files[1])


def test_json_is_what_the_contract_says(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["align", *two, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "links": [
            {
                "district_n": 1,
                "city": [{"medium": "air", "seq": 1, "n": 1}],
                "relation": "tightened",
                "changes": [{"field": "target", "from": "≥70%", "to": "≥80%"}],
            },
            {"district_n": 2, "city": [], "relation": "added", "changes": []},
        ],
        "orphans": [{"medium": "air", "seq": 2, "n": 2}],
    }


def test_table_and_workbook_say_it_in_words(
    two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["align", *two, "--format", "table"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("收紧", "新增", "未承接"))
    target = tmp_path / "对照.xlsx"
    assert main(["align", *two, "-o", str(target)]) == 0
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("区编号", "市序号", "关系")
    assert [row[2] for row in rows[1:]] == ["收紧", "新增", "未承接"]
    assert rows[1][5] == "指标：≥70% → ≥80%"
    assert sheet.cell(3, 5).data_type == "s"  # a text that begins like a formula stays a text


def test_json_goes_to_a_file(two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.json"
    assert main(["align", *two, "-o", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert set(json.loads(target.read_text(encoding="utf-8"))) == {"links", "orphans"}


def test_a_draft_of_next_year_is_a_plan_that_can_be_read(
    two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    following = tmp_path / "新.txt"
    following.write_text(CITY.replace("2025年", "2026年").replace("70%", "75%"), encoding="utf-8")
    target = tmp_path / "明年.docx"
    assert main(["align", *two, "--draft-next", str(following), "-o", str(target)]) == 0
    assert "市级有调整 1" in capsys.readouterr().err
    (plan,) = read_plan(target)
    assert (plan.year, plan.region) == (2026, "青石区")
    assert [measure.measure for measure in plan.measures][:1] == ["全区新增和更新的环卫车新能源比例达到75%。"]


def test_what_cannot_be_done_says_why(two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["align", *two, "--format", "xlsx"]) == 2
    assert "-o" in capsys.readouterr().err
    assert main(["align", two[0], str(tmp_path / "没有.txt")]) == 1
    assert "没有.txt" in capsys.readouterr().err
    assert main(["align", *two, "--medium", "water"]) == 2
    assert "这一领域" in capsys.readouterr().err
    assert main(["align", *two, "-o", str(tmp_path / "no" / "x.json")]) == 1
    assert "无法写入" in capsys.readouterr().err
    assert main(["align", *two, "--draft-next", two[0]]) == 2
    assert ".docx" in capsys.readouterr().err


def test_several_district_plans_in_one_file_must_be_chosen(
    two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = tmp_path / "两份.txt"
    both.write_text(DISTRICT + DISTRICT.replace("大气", "水"), encoding="utf-8")
    assert main(["align", two[0], str(both)]) == 2
    assert "--medium" in capsys.readouterr().err
    assert main(["align", two[0], str(both), "--medium", "water"]) == 0
