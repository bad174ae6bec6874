"""Rows that hang on many rows: the same as prefetch_related gives, to be read only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries

from lantian.apps.core.fetching import fetch
from lantian.apps.plans.models import Measure, Plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_the_same_rows_as_a_prefetch(
    make_plan: Callable[..., Plan], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plan = make_plan()
    wanted = list(Measure.objects.filter(plan=plan).order_by("n").prefetch_related("assignments", "targets"))
    found = list(Measure.objects.filter(plan=plan).order_by("n"))
    with django_assert_num_queries(2):
        fetch(found, "assignments")
        fetch(found, "targets")
    assert any(row.assignments.all() for row in wanted)
    with django_assert_num_queries(0):
        for row, other in zip(found, wanted, strict=True):
            assert list(row.assignments.all()) == list(other.assignments.all())
            assert list(row.targets.all()) == list(other.targets.all())
            assert all(duty.measure is row for duty in row.assignments.all())


def test_narrowing_what_was_fetched_is_refused(make_plan: Callable[..., Plan]) -> None:
    rows = list(make_plan().measures.all())
    fetch(rows, "assignments")
    with pytest.raises(AttributeError):
        rows[0].assignments.filter(name="x")


def test_nothing_to_fetch_for() -> None:
    fetch([], "assignments")
