"""Month and year of a plan of a city: pages of rows, counts that come after the page, the units of one row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.assessment.models import MergeText, Outcome
from lantian.apps.assessment.queries import merge, said, yearend
from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import review
from lantian.apps.supervision.actions.returns import submit
from tests.apps.returning import MARCH, Office, make_office
from tests.conftest import examples

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def office(make_plan: Callable[..., Plan], people: dict[str, User]) -> Office:
    found = make_office(make_plan, people)
    ret = found.ret(MARCH)
    found.fill(ret)
    submit(found.writer, ret, signer="李四")
    review.accept(found.reviewer, ret, revision=ret.revision)
    return found


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every plan is as large as a city's, two rows fill a page."""
    monkeypatch.setattr(said, "AT_ONCE", 0)
    monkeypatch.setattr(said, "ROWS", 2)


@pytest.mark.db
@given(st.lists(st.integers(0, 600), max_size=120))
@settings(max_examples=examples(50), deadline=None)
def test_pages_hold_every_row_once_in_order(weights: list[int]) -> None:
    keys = list(range(len(weights)))
    pages = said.cut(keys, dict(enumerate(weights)))
    assert [key for page in pages for key in page] == keys
    for page in pages:
        assert len(page) <= said.ROWS
        assert len(page) <= 1 or sum(weights[key] for key in page) <= said.UNITS
    assert all(pages) or not keys


def test_reading_some_rows_says_what_reading_all_says(office: Office) -> None:
    every = merge.rows(office.plan, MARCH)
    one = merge.rows(office.plan, MARCH, only=[every[1].measure.pk])
    assert [merge.kept(row) for row in one] == [merge.kept(every[1])]
    year = yearend.rows(office.plan)
    (row,) = yearend.rows(office.plan, [year[1].measure.pk])
    assert (row.drafted, row.states, row.lacks) == (year[1].drafted, year[1].states, year[1].lacks)


@pytest.mark.usefixtures("large")
def test_the_month_of_a_city_comes_in_pages_and_its_counts_afterwards(
    office: Office, login: Callable[[str], Client]
) -> None:
    client, where = login("coordinator"), reverse("assessment:merge", args=[office.plan.uid, MARCH])
    page = client.get(where)
    assert [item["row"].measure.n for item in page.context["rows"]] == [1, 2]
    assert page.context["counts"] is None
    counts = reverse("assessment:merge-counts", args=[office.plan.uid, MARCH])
    assert f'hx-get="{counts}"' in page.content.decode()
    whole = merge.tally(merge.rows(office.plan, MARCH))
    assert client.get(counts).context["counts"] == whole
    assert "hx-get" not in client.get(counts).content.decode()
    assert client.get(f"{where}?counts=1").context["counts"] == whole
    assert client.get(f"{where}?show=missing").context["counts"] == whole
    last = client.get(f"{where}?page=99")
    assert [item["row"].measure.n for item in last.context["rows"]] == [
        row.measure.n for row in merge.rows(office.plan, MARCH)
    ][-len(last.context["rows"]) :]


@pytest.mark.usefixtures("large")
def test_what_is_written_on_a_later_page_is_saved_and_leads_back_to_it(
    office: Office, login: Callable[[str], Client]
) -> None:
    client, where = login("coordinator"), reverse("assessment:merge", args=[office.plan.uid, MARCH])
    item = client.get(f"{where}?page=2").context["rows"][0]
    key = item["row"].measure.uid
    form = {f"text-{key}": "改写。", f"was-{key}": item["was"], f"rev-{key}": "0", "page": "2", "show": ""}
    answer = client.post(reverse("assessment:merge-save", args=[office.plan.uid, MARCH]), form)
    assert answer["Location"] == f"{where}?page=2"
    assert [row.text for row in MergeText.objects.all()] == ["改写。"]


@pytest.mark.usefixtures("large")
def test_the_year_of_a_city_comes_in_pages_too(office: Office, login: Callable[[str], Client]) -> None:
    client, where = login("coordinator"), reverse("assessment:year-end", args=[office.plan.uid])
    page = client.get(f"{where}?page=2")
    assert [item["row"].measure.n for item in page.context["rows"]] == [3, 4]
    assert page.context["counts"] is None
    counts = reverse("assessment:year-end-counts", args=[office.plan.uid])
    assert f'hx-get="{counts}"' in page.content.decode()
    assert client.get(counts).context["counts"] == yearend.counts(yearend.rows(office.plan)).asking
    item = page.context["rows"][0]
    key = item["row"].measure.uid
    form = {f"{name}-{key}": text for name, text in item["fields"].items()}
    form |= {f"wording-{key}": "not_done", f"reason-{key}": "天气原因。", f"was-{key}": "x", "page": "2"}
    answer = client.post(reverse("assessment:year-end-save", args=[office.plan.uid]), form)
    assert answer["Location"] == f"{where}?page=2"
    assert [row.measure_id for row in Outcome.objects.all()] == [item["row"].measure.pk]


def test_a_row_lists_every_unit_with_or_without_words(office: Office, login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    for row in merge.rows(office.plan, MARCH)[:6]:
        page = client.get(reverse("assessment:merge-row", args=[office.plan.uid, MARCH, row.measure.uid]))
        assert len(page.context["page"].object_list) == len(row.said) + len(row.missing)
        assert all(item.words in page.content.decode() for item in row.said)
    other = reverse("assessment:merge-row", args=[office.plan.uid, MARCH, office.plan.uid])
    assert client.get(other).status_code == 404
