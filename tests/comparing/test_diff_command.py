"""``lantian diff``: formats, exit codes, what is said where."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from lantian.cli.main import main

HEAD = "云溪市大气污染防治{year}年行动计划\n序号\t重点任务\t工作措施\t完成时限\t牵头部门\n"
ROWS = ("1\t公交更新\t更新纯电动公交车{a}辆。\t年底前\t市交通局\n"
        "2\t油烟治理\t组织餐饮企业清洗油烟净化设施。\t长期实施\t市生态环境局\n")  # fmt: skip


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")


@pytest.fixture
def two(tmp_path: Path) -> tuple[str, str]:
    files = []
    for year, number in ((2024, 100), (2025, 150)):
        path = tmp_path / f"{year}.txt"
        path.write_text(HEAD.format(year=year) + ROWS.format(a=number), encoding="utf-8")
        files.append(str(path))
    return files[0], files[1]


def test_json_is_what_the_contract_says(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *two]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"pairs", "new", "dropped"}
    assert found["pairs"][0]["old_n"] == found["pairs"][0]["new_n"] == 1
    assert found["pairs"][0]["states"] == ["continued", "tightened", "reworded"]
    assert found["pairs"][1]["states"] == ["continued"]
    assert [change["field"] for change in found["pairs"][0]["changes"]] == ["text", "target"]


def test_table_and_workbook_say_it_in_words(
    two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *two, "--format", "table"]) == 0
    assert "收紧" in capsys.readouterr().out
    target = tmp_path / "对比.xlsx"
    assert main(["diff", *two, "-o", str(target)]) == 0
    rows = list(openpyxl.load_workbook(target).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[0][:3] == ("上年", "本年", "状态")
    assert rows[1][:2] == (1, 1)
    assert "收紧" in str(rows[1][2])


def test_what_cannot_be_done_says_why(two: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *two, "--format", "xlsx"]) == 2
    assert "-o" in capsys.readouterr().err
    assert main(["diff", two[0], str(tmp_path / "没有.txt")]) == 1
    assert "没有.txt" in capsys.readouterr().err
    assert main(["diff", *two, "--medium", "water"]) == 2
    assert "同一领域" in capsys.readouterr().err
    assert main(["diff", *two, "-o", str(tmp_path / "no" / "x.json")]) == 1
