"""Every list of supervision at the size of a city: time of a whole view and its queries, as office and as a street.

``python -m bench.cityscale`` fills the city of bench/city.py and measures on SQLite, and on PostgreSQL where
LANTIAN_TEST_POSTGRES_URL names a server (a database of its own is made there and dropped again).

``python -m bench.cityscale --keep FOLDER [NAME…]`` fills the database of FOLDER, or of DATABASE_URL, the first time and
measures on what it finds there afterwards; names narrow it to the lists that hold one of them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from bench.measuring import on_every_database

RUNS = 7
LIMIT = 0.15  # seconds: what a list may take (issue 4)


def addresses(city: Any) -> Iterator[tuple[str, str, str]]:
    """What is measured: who asks, a name, the address."""
    from lantian.apps.supervision.models import Return

    plan, district, month = city.plan.uid, city.district_plan.uid, city.month
    unit = city.reporter.memberships.get().unit
    own = Return.objects.filter(unit=unit, plan=city.plan, state="accepted").order_by("-period")[0].uid
    crowded = city.plan.measures.order_by("n")[0].uid  # every street owes it
    for who in ("coordinator", "reporter"):
        yield who, "duties", f"/plans/{plan}/duties/"
        yield who, "duties, last page", f"/plans/{plan}/duties/?page=9999"
        yield who, "duties, filtered", f"/plans/{plan}/duties/?state=overdue&role=responsible&q=扬尘"
        yield who, "duties of a unit", f"/plans/{plan}/duties/unit/{unit.uid}/"
        yield who, "desk", "/desk/"
        yield who, "return", f"/returns/{own}/"
        yield who, "errands", "/errands/"
        yield who, "papers", "/papers/"
        yield who, "letters", "/letters/"
        yield who, "liaisons", "/liaisons/"
        yield who, "plan list", "/plans/"
        yield who, "plan table", f"/plans/{plan}/"
    office = "coordinator"
    yield office, "rows taken below", f"/plans/{plan}/taken/"
    yield office, "questions", f"/plans/{plan}/duties/questions/"
    yield office, "quota sheets", f"/plans/{plan}/duties/quotas/"
    yield office, "rhythm", f"/plans/{plan}/duties/rhythm/"
    yield office, "working days", "/calendar/"
    yield office, "returns", f"/returns/?plan={plan}&period={month}"
    yield office, "returns, late ones", f"/returns/?plan={plan}&period={month}&late=1"
    yield office, "return, review", f"/returns/{own}/review/"
    yield office, "one-time links", f"/returns/links/?plan={plan}&period={month}"
    yield office, "office desk", f"/desk/office/?plan={plan}&period={month}"
    yield office, "office desk, proposed", f"/desk/office/?plan={plan}&period={month}&show=proposed"
    yield office, "office desk, red", f"/desk/office/?plan={plan}&period={month}&show=red"
    yield office, "channels", "/channels/"
    yield office, "drop box", f"/plans/{plan}/dropbox/"
    yield office, "sheets", f"/plans/{plan}/sheets/"
    yield office, "exchange", "/exchange/"
    yield office, "forms", "/forms/"
    yield office, "month's merge", f"/plans/{plan}/merge/{month}/"
    yield office, "month's merge, last page", f"/plans/{plan}/merge/{month}/?page=9999"
    yield office, "row of a month", f"/plans/{plan}/merge/{month}/rows/{crowded}/"
    yield office, "leader's page", f"/plans/{plan}/leader/"
    yield office, "year's end", f"/plans/{plan}/year-end/"
    yield office, "year's end, last page", f"/plans/{plan}/year-end/?page=9999"
    yield office, "alignment", f"/plans/{district}/alignment/"
    yield office, "history", "/history/"
    yield office, "history, by word", "/history/?q=commitment"
    yield "administrator", "people", "/people/"
    yield "administrator", "history", "/history/"


def measure(names: Sequence[str] = ()) -> None:
    """Fill the database of this process, unless an earlier run did, and print a line for each address."""
    from django.conf import settings
    from django.db import connection

    from bench import city as cities
    from lantian.cli import _django

    _django.start()
    _django.prepare()
    from lantian.apps.supervision.models import Commitment, Entry
    from lantian.site import settled

    settings.ALLOWED_HOSTS = ["testserver"]
    settled.settle()  # as the server does
    city, how = cities.found(), "found there"
    if city is None:
        begin = time.perf_counter()
        told = lambda what: print(f"  {time.perf_counter() - begin:4.0f} s {what}", file=sys.stderr, flush=True)  # noqa: E731
        city = cities.fill(told=told)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        how = f"filled in {time.perf_counter() - begin:.0f} s"
    filled = f"{Commitment.objects.count():,} commitments, {Entry.objects.count():,} rows of returns"
    print(f"{connection.vendor}: {filled}, {how}", flush=True)
    report(city, names)


def report(city: Any, names: Sequence[str] = ()) -> None:
    """A line for each address (with one of ``names`` in its name, if there are any), then what is over the limit."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    clients = {}
    for who in ("coordinator", "administrator", "reporter"):
        clients[who] = Client()
        clients[who].force_login(getattr(city, who))
    slow = []
    for who, name, address in addresses(city):
        if names and not any(part in name for part in names):
            continue
        with CaptureQueriesContext(connection) as queries:
            status = clients[who].get(address).status_code
        assert status == 200, (who, address, status)
        number = len(queries)  # the next request forgets them
        seconds = []
        busy = time.process_time()
        for _ in range(RUNS):
            begin = time.perf_counter()
            clients[who].get(address)
            seconds.append(time.perf_counter() - begin)
        busy = (time.process_time() - busy) / RUNS
        median = statistics.median(seconds)
        figures = (
            f"median {median * 1000:6.0f} ms   most {max(seconds) * 1000:6.0f}   processor {busy * 1000:6.0f} ms"
            f"   {number:3} queries"
        )
        print(f"{who:13} {name:22} {figures}", flush=True)
        if median > LIMIT:
            slow.append(f"{name} ({who})")
    if slow:
        print(f"over {LIMIT * 1000:.0f} ms: {', '.join(slow)}")


def run() -> None:
    """Measure on every database that there is, each in a process of its own."""
    load = os.getloadavg()[0]
    print(f"\n# Lists of a city (whole view, median of {RUNS}; {load:.1f} processes were waiting at the start)")
    on_every_database("bench.cityscale")


def kept(folder: str, names: Sequence[str]) -> None:
    """Measure on the database of ``folder``, or of DATABASE_URL, which stays for the next time."""
    os.environ |= {"LANTIAN_DATA": folder, "LANTIAN_DIRECTORY": ""}
    measure(names)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--here", action="store_true", help="measure in this process, on the database that is set")
    parser.add_argument("--keep", metavar="FOLDER", help="fill once, measure on it as often as you like")
    parser.add_argument("names", nargs="*", help="with --keep: only lists that hold one of these in their name")
    given = parser.parse_args()
    if given.keep:
        kept(given.keep, given.names)
    elif given.here:
        measure()
    else:
        run()


if __name__ == "__main__":
    main()
