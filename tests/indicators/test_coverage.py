"""What `lantian coverage` says of a plan."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.cli.main import main
from lantian.indicators.coverage import SETTLED, cover, covered
from lantian.reading.grammar.targets.find import find_targets
from lantian.reading.model import Deadline, DeadlineKind, Measure, Plan, Role
from tests.conftest import examples
from tests.indicators.test_binding import shipped

LEAD = (Role("lead", "市生态环境局", "市生态环境局"),)
NONE = Deadline("", "none")
BY = Deadline("年底前", "by", None, date(2031, 12, 31))
LASTING = Deadline("长期实施", "long_term")

ROWS = {
    "新能源公交车比例达到75%。": (LEAD, BY),
    "完成上级下达的减排目标要求。": (LEAD, BY),
    "制定云溪市机动车污染防治工作方案。": (LEAD, LASTING),
    "加强餐饮油烟管理。": (LEAD, LASTING),
    "建设口袋公园20个。": (LEAD, BY),
    "加强宣传引导。": ((), NONE),
    "7月底前，完成道路排查。": (LEAD, NONE),
}


def plan_of(rows: dict[str, tuple[tuple[Role, ...], Deadline]]) -> Plan:
    measures = tuple(
        Measure(
            number, "", number, "", text, (text,), deadline, roles=roles,
            text_dates=(Deadline("7月底前", "by", None, date(2031, 7, 31)),) if "7月" in text else (),
            targets=find_targets(text, year=2031, due=deadline.end),
        )
        for number, (text, (roles, deadline)) in enumerate(rows.items(), 1)
    )  # fmt: skip
    return Plan("云溪市2031年行动计划", 2031, "云溪市", "municipal", "air", measures)


def test_counts_of_a_plan() -> None:
    (found,) = cover([plan_of(ROWS)], shipped())
    assert found["title"] == "云溪市2031年行动计划"
    assert (found["measures"], found["owned"], found["clocked"]) == (7, 6, 6)
    assert found["settled"] == {"indicator": 1, "external": 1, "evidence": 4, "cadence": 1}
    targets = found["targets"]
    assert (targets["numeric"], targets["indicator"], targets["external"]) == (2, 1, 0)
    assert [(item["n"], item["text"]) for item in targets["unbound"]] == [(5, "建设口袋公园20个")]
    assert targets["unbound"][0]["why"]
    assert found["open"] == [{"n": 6, "why": "没有牵头单位或责任单位；没有完成时限"}]


def test_reasons_in_english() -> None:
    (found,) = cover([plan_of(ROWS)], shipped(), chinese=False)
    assert found["open"][0]["why"] == "nobody leads it or answers for it; no date and no rhythm is printed"


def test_a_duty_that_lasts_is_settled_by_its_rhythm_and_a_paper_by_itself() -> None:
    by_text = {item.measure.measure: item.settled for item in covered(plan_of(ROWS), shipped())}
    assert by_text["加强餐饮油烟管理。"] == "cadence"
    assert by_text["制定云溪市机动车污染防治工作方案。"] == "evidence"
    assert by_text["建设口袋公园20个。"] == "evidence"


KINDS: tuple[DeadlineKind, ...] = ("by", "window", "from", "season", "long_term", "as_scheduled", "recurring", "none")


@settings(max_examples=examples(50))
@given(st.lists(st.tuples(st.sampled_from(list(ROWS)), st.booleans(), st.sampled_from(KINDS)), max_size=8))
def test_every_measure_and_every_figure_is_counted_once(rows: list[tuple[str, bool, DeadlineKind]]) -> None:
    measures = tuple(
        Measure(
            number, "", number, "", text, (text,), Deadline("", kind), roles=LEAD if owned else (),
            targets=find_targets(text, year=2031, due=None),
        )
        for number, (text, owned, kind) in enumerate(rows, 1)
    )  # fmt: skip
    (found,) = cover([Plan("计划", 2031, "云溪市", "municipal", "air", measures)], shipped())
    assert tuple(found["settled"]) == SETTLED
    assert sum(found["settled"].values()) == found["measures"] == len(rows)
    targets = found["targets"]
    assert targets["indicator"] + targets["external"] + len(targets["unbound"]) == targets["numeric"]
    assert {item["n"] for item in found["open"]} == {
        number for number, (_text, owned, kind) in enumerate(rows, 1) if not owned or kind == "none"
    }


DOCUMENT = """云溪市蓝天保卫战2031年行动计划

序号\t重点任务\t工作措施\t完成时限\t牵头部门\t主责单位\t协办单位
1\t推广新能源车\t新能源公交车比例达到75%。\t年底前\t市交通委\t各区政府\t市财政局
2\t加强监管\t加强餐饮油烟管理。\t长期实施\t市生态环境局\t各区政府\t——
"""


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    file = tmp_path / "plan.txt"
    file.write_text(DOCUMENT, encoding="utf-8")
    assert main(["coverage", str(file), "--format", "json"]) == 0
    (plan,) = json.loads(capsys.readouterr().out)["plans"]
    assert set(plan) == {"title", "measures", "owned", "clocked", "settled", "targets", "open"}
    assert (plan["measures"], plan["owned"], plan["clocked"], plan["targets"]["indicator"]) == (2, 2, 2, 1)
    assert main(["coverage", str(file), "--format", "table"]) == 0
    assert "云溪市蓝天保卫战2031年行动计划\t2\t2\t2" in capsys.readouterr().out


def test_the_command_names_what_it_cannot_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", str(tmp_path / "none.txt")]) == 1
    assert "none.txt" in capsys.readouterr().err
    pack = tmp_path / "packs" / "own"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("label: {zh: 试, en: Trial}\n", encoding="utf-8")
    assert main(["coverage", str(tmp_path / "none.txt"), "--packs", str(tmp_path / "packs")]) == 1
    assert "pack.yaml:" in capsys.readouterr().err
