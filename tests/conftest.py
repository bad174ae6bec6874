"""Fixtures for all tests: where the real documents are, and which skips CI turns into failures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

# `make test` must give the same answer twice; `make soak` looks for new examples, and for many more of them.
SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
settings.register_profile("test", derandomize=True, deadline=None)
settings.register_profile("soak", deadline=None, print_blob=True)
settings.load_profile("soak" if SOAK else "test")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def examples(number: int) -> int:
    """How many examples a property is tried on: ``number`` in `make test`, twenty times as many in `make soak`."""
    return number * 20 if SOAK else number


def require(name: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where LANTIAN_REQUIRE lists ``name`` (CI has everything)."""
    if name in os.environ.get("LANTIAN_REQUIRE", "").split(","):
        pytest.fail(f"{name} is required here, but {reason}")
    pytest.skip(reason)


@pytest.fixture
def shared_plans() -> Path:
    """The folder of real plans beside the checkout; a stranger's clone has none."""
    folder = SHARED / "plans"
    if not folder.is_dir():
        require("shared", "the real documents (../shared/plans) are not here")
    return folder
