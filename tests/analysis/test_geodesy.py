"""Datums: public vectors of GCJ-02, inverses that come back, distances."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.analysis import geodesy
from tests.conftest import examples

# WGS-84 and GCJ-02 (longitude, latitude): public test vectors.
VECTORS = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]
CHINA = st.tuples(st.floats(73.5, 135.0), st.floats(18.0, 53.5))


@pytest.mark.parametrize(("true", "shifted"), VECTORS)
def test_the_shift_agrees_with_the_published_vectors(true: geodesy.Point, shifted: geodesy.Point) -> None:
    assert geodesy.distance_m(geodesy.wgs84_to_gcj02(*true), shifted) < 0.01
    assert geodesy.distance_m(geodesy.gcj02_to_wgs84(*shifted), true) < 0.01


def test_the_inverse_is_the_exact_one_and_not_the_single_step() -> None:
    found = geodesy.gcj02_to_wgs84(116.404, 39.915)
    assert geodesy.distance_m(found, (116.39775575457486, 39.91359623560941)) < 0.001


@given(point=CHINA)
@settings(max_examples=examples(100))
def test_every_datum_comes_back(point: geodesy.Point) -> None:
    shifted = geodesy.wgs84_to_gcj02(*point)
    assert geodesy.distance_m(geodesy.to_wgs84(*shifted, "GCJ-02"), point) < 0.001
    baidu = geodesy.gcj02_to_bd09(*shifted)
    assert geodesy.distance_m(geodesy.to_wgs84(*baidu, "BD-09"), point) < 0.01
    assert 1 < geodesy.distance_m(shifted, point) < 1500


def test_outside_china_and_in_cgcs2000_nothing_moves() -> None:
    assert geodesy.wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert geodesy.to_wgs84(116.4, 39.9, "CGCS2000") == (116.4, 39.9)
    with pytest.raises(KeyError):
        geodesy.to_wgs84(116.4, 39.9, "Beijing-54")


def test_a_degree_of_latitude_is_111_km() -> None:
    assert geodesy.distance_m((116.0, 39.0), (116.0, 40.0)) == pytest.approx(111_195, rel=1e-3)
