"""A directory made of two lists, for tests without a database."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lantian.analysis.geodesy import to_wgs84

AREAS = {"柳桥街道": "880101001", "西塘区": "880102"}
UNITS = {"市交通局": "11111111-1111-7111-8111-111111111111"}


class Listed:
    """Names as :class:`lantian.registers.values.Names` wants them."""

    def areas(self, text: str, near: str) -> Sequence[str]:  # noqa: ARG002
        return [code for name, code in AREAS.items() if text in (name, code)]

    def units(self, text: str, near: str) -> Sequence[str]:  # noqa: ARG002
        return [uid for name, uid in UNITS.items() if text in (name, uid)]

    def like(self, kind: str, text: str) -> str:
        return next((name for name in (AREAS if kind == "area" else UNITS) if name[0] == text[:1]), "")

    def known(self, register: str, keys: Collection[str]) -> Collection[str]:  # noqa: ARG002
        return [key for key in keys if key.startswith("YX")]

    def to_wgs84(self, lon: float, lat: float, datum: str) -> tuple[float, float]:
        return to_wgs84(lon, lat, datum)
