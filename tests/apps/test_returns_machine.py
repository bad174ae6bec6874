"""The life of a return as a state machine: any order of steps by anybody, checked against a model of a few lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lantian.apps.core.models import User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import returns, review
from lantian.apps.supervision.actions.returns import EntryWords
from lantian.apps.supervision.models import Entry, Return, ReturnVersion, Verdict
from lantian.apps.supervision.steps import StaleError, StateError
from tests.apps.returning import MARCH, Office, make_office
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]

OPEN = {"draft", "sent_back", "reopened"}
MAY = {
    "write": {"writer", "coordinator"},
    "review": {"reviewer", "coordinator"},
    "reopen": {"coordinator"},
}
persons = st.sampled_from(["writer", "coordinator", "reviewer", "viewer", "administrator"])
numbers = st.integers(0, 2)


class Life(RuleBasedStateMachine):
    """``state``, ``locked`` rows, ``marked`` rows and ``looked`` are what the return must say after every step."""

    office: Office
    users: dict[str, User]

    @initialize()
    def start(self) -> None:
        self.point = transaction.atomic()
        self.point.__enter__()
        Return.objects.all().delete()
        self.ret = self.office.ret(MARCH)
        self.office.fill(self.ret)
        self.state, self.version, self.looked = "draft", 0, False
        self.locked: set[int] = set()
        self.marked: set[int] = set()
        self.count = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.point.__exit__(None, None, None)

    def take(self, person: str, right: str, possible: bool, act: Callable[[User], object]) -> bool:
        """Do the step; whether it happened. It must happen exactly if the person may and the state allows it."""
        expected = person in MAY[right] and possible
        before = Return.objects.values().get()
        try:
            with transaction.atomic():
                act(self.users[person])
        except PermissionDenied:
            assert person not in MAY[right]
        except (StateError, StaleError):
            assert person in MAY[right]
            assert not possible
        else:
            assert expected
            return True
        assert Return.objects.values().get() == before  # a refused step changes nothing
        self.ret.refresh_from_db()
        return False

    def entry(self, n: int) -> Entry:
        return Entry.objects.select_related("report__plan", "report__unit").get(commitment=self.office.rows[n])

    @rule(person=persons, n=numbers)
    def write(self, person: str, n: int) -> None:
        self.count += 1
        words = EntryWords(progress=f"第{self.count}次填报。", explanation="另行说明")
        row = self.office.rows[n]
        possible = self.state in OPEN and n not in self.locked
        self.take(person, "write", possible, lambda user: returns.write_entry(user, self.ret, row, words))

    @rule(person=persons)
    def submit(self, person: str) -> None:
        if self.take(person, "write", self.state in OPEN, lambda user: returns.submit(user, self.ret)):
            self.state, self.version, self.looked, self.marked = "submitted", self.version + 1, False, set()

    @rule(person=persons)
    def withdraw(self, person: str) -> None:
        possible = self.state == "submitted" and not self.looked
        if self.take(person, "write", possible, lambda user: returns.withdraw(user, self.ret)):
            self.state = "draft"

    @rule(person=persons, n=numbers, back=st.booleans())
    def judge(self, person: str, n: int, back: bool) -> None:
        entry, verdict = self.entry(n), Verdict.SENT_BACK if back else Verdict.ACCEPTED
        changed = entry.verdict != verdict
        act = lambda user: review.judge(user, entry, verdict, "请核对")  # noqa: E731
        if self.take(person, "review", self.state == "submitted", act):
            self.looked |= changed
            (self.marked if back else self.locked).add(n)
            (self.locked if back else self.marked).discard(n)
        self.ret.refresh_from_db()

    @rule(person=persons)
    def accept(self, person: str) -> None:
        possible = self.state == "submitted" and not self.marked
        if self.take(person, "review", possible, lambda user: review.accept(user, self.ret)):
            self.state, self.locked, self.looked = "accepted", {0, 1, 2}, True

    @rule(person=persons)
    def send_back(self, person: str) -> None:
        possible = self.state == "submitted" and bool(self.marked)
        if self.take(person, "review", possible, lambda user: review.send_back(user, self.ret)):
            self.state, self.locked, self.looked = "sent_back", {0, 1, 2} - self.marked, True

    @rule(person=persons, chosen=st.sets(numbers))
    def reopen(self, person: str, chosen: set[int]) -> None:
        rows = [str(self.office.rows[n].uid) for n in chosen]
        act = lambda user: review.reopen(user, self.ret, "更正", rows=rows)  # noqa: E731
        if self.take(person, "reopen", self.state == "accepted", act):
            self.state = "reopened"
            self.locked -= chosen or {0, 1, 2}

    @rule(person=persons)
    def act_on_an_old_page(self, person: str) -> None:
        old = self.ret.revision - 1
        self.take(person, "write", False, lambda user: returns.submit(user, self.ret, revision=old))

    @invariant()
    def agrees(self) -> None:
        now = Return.objects.get()
        verdicts = [self.entry(n).verdict for n in range(3)]
        assert (now.state, now.version) == (self.state, self.version)
        assert {n for n, verdict in enumerate(verdicts) if verdict == "accepted"} == self.locked
        assert {n for n, verdict in enumerate(verdicts) if verdict == "sent_back"} == self.marked
        assert ReturnVersion.objects.count() == self.version


def test_any_order_of_steps_keeps_the_rules(make_plan: Callable[..., Plan], people: dict[str, User]) -> None:
    office = make_office(make_plan, people)
    users = people | {"writer": office.writer}
    machine = type("Machine", (Life,), {"office": office, "users": users})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples(12), stateful_step_count=25, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
