"""Every reference case of the handbook beside the checkout, one test each."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lantian import standards
from lantian.standards import aqi, aqi_rule
from lantian.standards.days import good_day_pct
from tests.conftest import SHARED, require

pytestmark = pytest.mark.shared
PATH = SHARED / "domain" / "tables" / "test_vectors_ambient.json"


def cases(kind: str) -> list[Any]:
    return json.loads(PATH.read_text(encoding="utf-8"))[kind] if PATH.is_file() else [None]


@pytest.fixture(autouse=True)
def handbook() -> None:
    if not PATH.is_file():
        require("shared", "the reference cases (../shared/domain/tables) are not here")


def key(printed: str) -> str:
    return printed.lower().replace("gb ", "gb").replace("hj ", "hj").replace(" ", "-")


@pytest.mark.parametrize("case", cases("iaqi"))
def test_iaqi(case: dict[str, Any]):
    found = aqi_rule(key(case["standard"])).iaqi(case["item"], str(case["concentration"]))
    assert found == case["iaqi"]


@pytest.mark.parametrize("case", cases("daily_aqi"))
def test_daily_aqi(case: dict[str, Any]):
    rule = aqi_rule(key(case["standard"]))
    items = {name: item for name, item in rule.daily.items() if name in case["input"]}
    found = aqi(rule, {name: str(value) for name, value in case["input"].items()}, items)
    assert found.value == case["aqi"]
    assert [name.replace("O3_8h", "O3") for name in found.primary] == case["primary"]
    assert {name.replace("O3_8h", "O3"): part for name, part in found.parts.items()} == case["iaqi"]
    assert found.level is not None
    assert found.level.level == case["level"]
    assert (found.value <= 100) == case["good_day"]


@pytest.mark.parametrize("case", cases("percentile"))
def test_percentile(case: dict[str, Any]):
    values = case["values"]
    if isinstance(values, str):
        values = range(1, int(values.rpartition(".")[2]) + 1)
    assert standards.percentile([float(value) for value in values], case["p"]) == pytest.approx(case["result"])


@pytest.mark.parametrize("case", cases("composite_index"))
def test_composite_index(case: dict[str, Any]):
    standard = standards.standard(key(case["limits"]))
    singles = standards.single_indices(standard, case["concentration"])
    assert singles == pytest.approx(case["single_index"], abs=5.1e-5)
    assert standards.composite_index(standard, case["concentration"]) == pytest.approx(
        case["composite_equal_weights"], abs=5.1e-5
    )


@pytest.mark.parametrize("case", cases("ranking"))
def test_ranking(case: dict[str, Any]):
    if "values_low_is_best" in case:
        assert standards.competition_ranks(case["values_low_is_best"]) == case["rank"]
    else:
        ranks = standards.competition_ranks(list(case["values"].values()))
        assert dict(zip(case["values"], ranks, strict=True)) == case["rank"]


@pytest.mark.parametrize("case", cases("year_on_year"))
def test_year_on_year(case: dict[str, Any]):
    assert standards.change_pct(case["now"], case["before"], 1) == Decimal(str(case["pct"]))


@pytest.mark.parametrize("case", cases("good_day_ratio"))
def test_good_day_ratio(case: dict[str, Any]):
    assert good_day_pct(case["good"], case["days"]) == Decimal(str(case["pct"]))


@pytest.mark.parametrize("case", cases("gb_t_8170"))
def test_rounding(case: dict[str, Any]):
    assert standards.round_half_even(case["in"], case["places"]) == Decimal(case["out"])
    assert standards.round_half_even(float(case["in"]), case["places"]) == Decimal(case["out"])
