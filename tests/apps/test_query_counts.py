"""Lists ask the database as often for a city as for a village: the queries of every list page, at two sizes."""

from __future__ import annotations

import pytest
from bench.city import Size, fill
from bench.cityscale import addresses
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

pytestmark = [pytest.mark.django_db, pytest.mark.db]

SMALL = Size(plans=1, districts=2, streets=6, rows=12, months=2, others=4, year=2024)
LARGE = Size(plans=1, districts=5, streets=24, rows=40, months=3, others=60, year=2024)

# (who, page): queries. A page that needs another one may change its number here; one that grows with rows may not.
QUERIES: dict[tuple[str, str], int] = {
    ("coordinator", "duties"): 16,
    ("coordinator", "duties, last page"): 16,
    ("coordinator", "duties, filtered"): 17,
    ("coordinator", "duties of a unit"): 8,
    ("coordinator", "desk"): 13,
    ("coordinator", "return"): 13,
    ("coordinator", "errands"): 9,
    ("coordinator", "papers"): 5,
    ("coordinator", "letters"): 6,
    ("coordinator", "liaisons"): 8,
    ("coordinator", "plan list"): 7,
    ("coordinator", "plan table"): 15,
    ("reporter", "duties"): 11,
    ("reporter", "duties, last page"): 11,
    ("reporter", "duties, filtered"): 9,
    ("reporter", "duties of a unit"): 7,
    ("reporter", "desk"): 13,
    ("reporter", "return"): 12,
    ("reporter", "errands"): 9,
    ("reporter", "papers"): 5,
    ("reporter", "letters"): 6,
    ("reporter", "liaisons"): 8,
    ("reporter", "plan list"): 7,
    ("reporter", "plan table"): 14,
    ("coordinator", "rows taken below"): 14,
    ("coordinator", "questions"): 11,
    ("coordinator", "quota sheets"): 8,
    ("coordinator", "rhythm"): 8,
    ("coordinator", "working days"): 5,
    ("coordinator", "returns"): 11,
    ("coordinator", "returns, late ones"): 13,
    ("coordinator", "return, review"): 12,
    ("coordinator", "one-time links"): 5,
    ("coordinator", "office desk"): 21,
    ("coordinator", "office desk, proposed"): 21,
    ("coordinator", "office desk, red"): 21,
    ("coordinator", "channels"): 5,
    ("coordinator", "drop box"): 8,
    ("coordinator", "sheets"): 11,
    ("coordinator", "exchange"): 8,
    ("coordinator", "forms"): 6,
    ("coordinator", "month's merge"): 25,
    ("coordinator", "month's merge, last page"): 25,
    ("coordinator", "row of a month"): 22,
    ("coordinator", "leader's page"): 22,
    ("coordinator", "year's end"): 24,
    ("coordinator", "year's end, last page"): 24,
    ("coordinator", "alignment"): 13,
    ("coordinator", "history"): 7,
    ("coordinator", "history, by word"): 4,
    ("administrator", "people"): 10,
    ("administrator", "history"): 7,
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["village", "city"])
def test_the_queries_of_a_list_do_not_grow_with_its_rows(size: Size) -> None:
    city = fill(size)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a database that runs is analysed by itself; rows of a transaction never
            cursor.execute("ANALYZE")
    clients = {who: Client() for who in ("coordinator", "administrator", "reporter")}
    for who, client in clients.items():
        client.force_login(getattr(city, who))
    found = {}
    for who, name, address in addresses(city):
        assert clients[who].get(address).status_code == 200, (who, address)  # what is read once only is known now
        with CaptureQueriesContext(connection) as queries:
            clients[who].get(address)
        found[who, name] = len(queries)
    differs = {key: (QUERIES.get(key), number) for key, number in found.items() if QUERIES.get(key) != number}
    assert not differs, f"expected and found: {differs}"
    assert found.keys() == QUERIES.keys()
