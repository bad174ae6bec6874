"""Who does not see a secret plan learns nothing of its targets from the indicators that settle them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core import tokens
from lantian.apps.core.models import User
from lantian.apps.indicators import actions
from lantian.apps.indicators.models import Binding, How
from lantian.apps.plans import actions as plans
from lantian.apps.plans.models import Plan, Secrecy
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]
RATE = "site_monthly_check_rate"
TITLE, WORDS = "云溪市重点区域保障方案", "工地月检查率达到97%"


@pytest.fixture
def secret(make_plan: Callable[..., Plan], people: dict[str, User]) -> Binding:
    """The binding of a target of a plan that is a work secret."""
    target = read.Target(WORDS, "月检查率", "ratio", ">=", 97, unit="%", by=date(2025, 12, 31), span=(0, 10))
    plan = make_plan(read_plan(read_measure(1, measure=f"{WORDS}。", targets=(target,)), title=TITLE))
    measure = plan.measures.get()
    found = measure.targets.get()
    row = Binding.objects.create(measure=measure, subject=found.subject, words=found.text, how=How.REPORTED)
    row = actions.confirm(people["coordinator"], row, How.INDICATOR, RATE, revision=1)
    plans.set_secrecy(people["administrator"], plan, Secrecy.WORK_SECRET)
    return row


@pytest.fixture
def outsider(people: dict[str, User]) -> User:  # noqa: ARG001  # the directory must be there
    """A reporter of a bureau that the plan does not name."""
    user = core.create_user(None, "outsider", "outsider", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="市交通局"), "reporter")
    return user


def test_bindings_and_targets_stay_with_the_plan(secret: Binding, outsider: User, people: dict[str, User]) -> None:
    measure, plan = secret.measure, secret.measure.plan
    pages = (
        f"/plans/{plan.uid}/bindings/", f"/plans/{plan.uid}/executable/", f"/bindings/{secret.uid}/",
        f"/plans/{plan.uid}/", f"/measures/{measure.uid}/",
    )  # fmt: skip
    shared = (f"/indicators/{RATE}/", "/indicators/", "/findings/", "/registers/", "/registers/construction_site/")
    inside, outside = Client(), Client()
    inside.force_login(people["coordinator"])
    outside.force_login(outsider)
    for page in pages:
        assert inside.get(page).status_code == 200, page
        assert outside.get(page).status_code == 404, page
    assert WORDS in inside.get(f"/plans/{plan.uid}/bindings/").content.decode()
    assert WORDS in inside.get(f"/indicators/{RATE}/").content.decode()
    for page in shared:
        answer = outside.get(page)
        assert answer.status_code == 200, page
        assert not any(text in answer.content.decode() for text in (TITLE, WORDS, str(plan.uid))), page
    # Knowing an address does not help to write, either.
    bound = f"/bindings/{secret.uid}/"
    assert outside.post(bound, {"how": "external", "revision": secret.revision}).status_code == 404
    assert outside.post(f"/plans/{plan.uid}/bindings/confirm/", {}).status_code == 404
    _token, key = tokens.create_token(outsider, "测试", tokens.open_to(outsider), 30)
    headers = {"Authorization": f"Bearer {key}"}
    for address in (f"plans/{plan.uid}", f"measures/{measure.uid}"):
        assert Client().get(f"/api/v1/{address}", headers=headers).status_code == 404
    for address in ("plans", "measures", "targets"):
        answer = Client().get(f"/api/v1/{address}", headers=headers)
        assert answer.status_code in (200, 403), address
        assert WORDS not in answer.content.decode()
        assert str(plan.uid) not in answer.content.decode()
