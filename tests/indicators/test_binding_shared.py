"""The printed figures of the real plans against a careful reading by hand (docs/bindings.md).

The reading says for each measure with figures, in printed order, which indicator has to answer. Nothing of the plans'
texts is repeated here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lantian import read_plan
from lantian.indicators.binding import numeric, propose
from lantian.indicators.coverage import cover
from tests.indicators.test_binding import shipped

pytestmark = pytest.mark.shared

FILES = ("bj-2021", "bj-air-2022", "bj-air-2024", "mtg-air-2023", "xc-air-2021")
# By plan (in the order of the files) and number of the measure: what each figure is answered by.
READING: tuple[dict[int, list[str]], ...] = (
    {
        4: ["government_works_sampled_rate"],
        5: ["petrochemical_voc_change"],
        6: ["fine_treatment_done"] * 16,
        15: ["nev_promoted"],
        18: ["sanitation_new_clean_share"],
        23: ["heavy_diesel_checks"],
        35: ["dustfall_mean"],
        41: ["site_monthly_check_rate"],
        43: ["tsp_rank", "road_dust_residue"],
    },
    {
        2: ["external"],
        5: ["sponge_share"],
        17: ["reclaimed_plants_built", "sewers_built", "combined_sewers_rebuilt", "reclaimed_water_used"],
        21: ["villages_sewered"],
        24: ["outfalls_done_rate"],
        25: ["black_waters_clear"],
        26: ["small_waters_done"],
        39: ["clean_watersheds"],
    },
    {1: ["farmland_safe_rate", "plots_safe_rate"], 19: ["mines_levelled"]},
    {
        3: ["nev_promoted"],
        13: ["heavy_diesel_checks"],
        20: ["coal_households_replaced"],
        23: ["government_works_sampled_rate", "government_works_least_samples"],
        24: ["product_samples"],
        25: ["petrochemical_voc_change", "characteristic_change"],
        27: ["audits_done"],
        28: ["fine_treatment_done"],
        39: ["dustfall_mean"],
        47: ["prefabricated_share"],
        48: ["site_video_install_rate", "site_video_connect_rate"],
        56: ["concrete_green_share"],
    },
    {
        9: ["product_samples"],
        10: ["site_sampled_rate"],
        14: ["petrochemical_voc_change"],
        16: ["cement_clean_road_share", "cement_machine_electric_share"],
        27: ["heat_per_floor"],
        29: ["bus_nev_share", "taxi_clean_share"],
        30: ["airport_bus_clean_share"],
        31: ["logistics_new_clean_share"],
        32: ["sanitation_clean_share"],
        33: ["postal_clean_share"],
        39: ["heavy_vehicle_checks"],
        42: ["dustfall_mean"] * 2,
        69: ["oil_boilers_converted"] * 4,
        70: ["gas_boiler_low_nox"] * 5,
        75: ["grades_raised"],
    },
    {
        8: ["site_sampled_rate"],
        16: ["coal_households_replaced"],
        18: ["logistics_new_clean_share"],
        19: ["sanitation_heavy_new_share", "sanitation_clean_share"],
        20: ["postal_clean_share"],
        27: ["heavy_vehicle_checks"],
        30: ["dustfall_mean"],
        31: ["dustfall_mean"] * 2,
        57: ["tsp_rank"],
        60: ["forklifts_electrified"],
    },
    {
        4: ["product_samples"],
        5: ["government_works_sampled_rate"],
        6: ["fine_treatment_done"],
        19: ["sanitation_new_clean_share"],
        27: ["heavy_diesel_checks"],
        38: ["dustfall_mean"],
        45: ["site_monthly_check_rate"],
        47: ["tsp_rank"],
        49: ["road_dust_residue"],
    },
)


def test_printed_figures_find_their_indicator(shared_plans: Path) -> None:
    plans = [plan for name in FILES for plan in read_plan(shared_plans / f"{name}.txt")]
    assert len(plans) == len(READING)
    wrong, right = [], 0
    for plan, reading in zip(plans, READING, strict=True):
        for measure in plan.measures:
            found = [propose(plan, measure, target, shipped()) for target in measure.targets if numeric(target)]
            names = [item.indicator or item.how for item in found]
            wanted = reading.get(measure.n, [])
            assert len(names) == len(wanted), (plan.title, measure.n, names)
            right += sum(one == other for one, other in zip(names, wanted, strict=True))
            wrong += [(measure.n, one, other) for one, other in zip(names, wanted, strict=True) if one != other]
    assert right >= 98, wrong


def test_all_measures_are_owned_and_clocked(shared_plans: Path) -> None:
    found = cover((plan for name in FILES for plan in read_plan(shared_plans / f"{name}.txt")), shipped())
    assert sum(plan["measures"] for plan in found) == 388
    assert all(plan["owned"] == plan["clocked"] == plan["measures"] for plan in found)
    assert all(plan["open"] == [] for plan in found)


def test_plans_of_other_fields_are_left_alone(shared_plans: Path) -> None:
    """What a plan on employment or on bonded zones prints is no business of an indicator for clean air."""
    for name in ("cn-employment-2018", "cn-bonded-zones-2019", "cn-consumption-poverty-2018"):
        for plan in read_plan(shared_plans / f"{name}.txt"):
            for measure in plan.measures:
                found = [propose(plan, measure, target, shipped()) for target in measure.targets]
                assert [item.indicator for item in found if item.how == "indicator"] == [], measure.n
