"""The skill of quality control: faults put into an invented network always, into the Beijing data where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from lantian.analysis.observations import Observations, read_observations
from lantian.analysis.qc import bits_from, check
from tests.analysis.faults import inject, score
from tests.analysis.network import network
from tests.conftest import SHARED, SOAK, require

PRSA = SHARED / "data" / "prsa"
# Of each kind and pollutant.
EACH = 2
# What was measured over several seeds and strengths stands in docs/quality.md; one seed may fall a little short of it.
LEAST = {
    "spike": 0.9,
    "stuck": 0.9,
    "thousand": 0.95,
    "zero": 0.85,
    "copied": 0.85,
    "step": 0.8,
    "drift": 0.4,
    "neighbour": 0.6,
    "swapped": 0.65,
    "exchanged": 0.85,
    "shifted": 0.85,
    "columns": 0.85,
    "inversion": 0.85,
}
LEAST_OF_ALL = 0.9
MOST_CLEAN = 0.015


def measured(data: Observations, seed: int) -> tuple[dict[str, float], float, float]:
    """By kind the share found, that of all faults, and the share of clean hours flagged beside them."""
    dirty, faults = inject(data.values, seed, EACH)
    quality = check(replace(data, values=dirty))
    doubt = np.uint32(bits_from("doubt"))
    kinds, wrong = score(faults, {name: array & doubt != 0 for name, array in quality.flags.items()}, data.values)
    share = sum(row.found for row in kinds.values()) / sum(row.faults for row in kinds.values())
    return {kind: row.found / row.faults for kind, row in kinds.items()}, share, wrong


def last_days(data: Observations, days: int) -> Observations:
    """The end of the data: enough for a figure, and quicker than four years."""
    return replace(
        data,
        first_day=data.first_day + timedelta(days=data.days - days),
        days=days,
        values={name: array[:, -days * 24 :] for name, array in data.values.items()},
        spans=tuple((0, days - 1) for _ in data.stations),
    )


def test_faults_in_an_invented_network():
    found, share, wrong = measured(network(2, days=250), 7)
    assert wrong <= MOST_CLEAN
    assert share >= LEAST_OF_ALL
    assert {kind: share for kind, share in found.items() if share < LEAST[kind]} == {}


@pytest.mark.shared
@pytest.mark.parametrize("seed", range(101, 107) if SOAK else (101,))
def test_faults_in_the_beijing_data(seed: int):
    files = sorted(Path(PRSA).glob("*.csv.gz"))
    if not files:
        require("shared", "the Beijing data (../shared/data/prsa) are not here")
    data = read_observations(files, "end")
    if not SOAK:
        data = last_days(data, 731)
    found, share, wrong = measured(data, seed)
    assert wrong <= MOST_CLEAN
    assert share >= LEAST_OF_ALL
    assert {kind: share for kind, share in found.items() if share < LEAST[kind]} == {}
