"""Fixtures for all tests: where the real documents are, and which skips CI turns into failures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def require(name: str, reason: str) -> None:
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
