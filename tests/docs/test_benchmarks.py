"""The page of benchmarks names every module that measures something."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT

MODULES = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if not path.stem.startswith("__"))


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_named(name: str) -> None:
    assert f"`bench.{name}`" in (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
