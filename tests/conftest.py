"""Fixtures for all tests: where the real documents are, and which skips CI turns into failures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from tests import migrated

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


@pytest.fixture(scope="session")
def kept_tables(django_test_environment: None) -> Iterator[None]:  # noqa: ARG001  # the settings must be there
    """The test database in memory has its tables already, where these migrations ran before on this machine."""
    from django.db import connection

    name = connection.creation._get_test_db_name() if connection.vendor == "sqlite" else ""
    if not name.startswith("file:"):
        yield
        return
    with migrated.filled(name):
        yield


@pytest.fixture(scope="session")
def django_db_setup(kept_tables: None, django_db_setup: None, django_db_blocker: Any) -> None:  # noqa: ARG001
    """As always, and what was migrated is kept for the next process."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with django_db_blocker.unblock():
            connection.ensure_connection()
            migrated.keep(connection.connection)


@pytest.fixture
def shared_plans() -> Path:
    """The folder of real plans beside the checkout; a stranger's clone has none."""
    folder = SHARED / "plans"
    if not folder.is_dir():
        require("shared", "the real documents (../shared/plans) are not here")
    return folder
