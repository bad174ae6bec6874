"""Requests made up from the OpenAPI document: no server error, no answer that the document does not name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from lantian.apps.core import tokens
from lantian.apps.core.models import Job, User
from lantian.apps.plans.api import shapes
from lantian.apps.plans.models import Plan
from lantian.site.api import api
from tests.conftest import SOAK, examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]

# Going through every keyword of these schemas takes minutes: that is for `make soak`.
LONG = {"include-name": ["POST /api/v1/plans/import-rows", "PATCH /api/v1/measures/{uid}"],
        "phases": {"coverage": {"enabled": SOAK}}}  # fmt: skip
schema = schemathesis.openapi.from_dict(
    dict(api.get_openapi_schema(path_prefix="/api/v1/")),
    config=schemathesis.Config.from_dict({"operations": [LONG]}),
)
schema.app = get_wsgi_application()

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@dataclass
class Ground:
    """What the made-up requests meet: every second one an object that exists, in the state that it names."""

    headers: dict[str, str]
    plan: Plan
    job: Job
    unit: Any

    def real(self, path: str) -> tuple[str, str]:
        """Uid and ETag of an object that the address means."""
        if "/measures/{uid}" in path:
            row = self.plan.measures.get(n=2)
            return str(row.uid), shapes.measure_etag(row.uid, row.revision)
        if "/plans/{uid}" in path:
            self.plan.refresh_from_db()
            return str(self.plan.uid), shapes.plan_etag(self.plan)
        return str(self.job.uid if "/jobs/" in path else self.unit.uid), ""


@pytest.fixture(autouse=True)
def _connection_stays() -> Iterator[None]:
    """Requests over WSGI would close the connection at their end, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def ground(make_plan: Callable[..., Plan], people: dict[str, User]) -> Ground:
    plan = make_plan(publish=False)
    make_plan(content=b"<html>another</html>")
    user = people["coordinator"]
    _token, secret = tokens.create_token(user, "测试", tokens.open_to(user), 30)
    unit = plan.measures.get(n=1).assignments.get(role="lead").unit
    return Ground({"Authorization": f"Bearer {secret}"}, plan, Job.objects.get(plans=plan), unit)


turn = cycle((True, False))


@schema.parametrize()
@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_answer_is_in_the_document(case: Any, ground: Ground) -> None:
    headers = dict(ground.headers)
    if "uid" in (case.path_parameters or {}) and next(turn):
        uid, etag = ground.real(case.operation.path)
        case.path_parameters["uid"] = uid
        if etag:
            headers["If-Match"] = etag
    case.call_and_validate(headers=headers, checks=CHECKS)


def test_a_schema_name_means_one_shape() -> None:
    """Two classes of one name would overwrite each other in the document without a word."""
    modules: dict[str, set[str]] = {}
    waiting = list(BaseModel.__subclasses__())
    while waiting:
        shape = waiting.pop()
        waiting += shape.__subclasses__()
        if shape.__module__.startswith("lantian."):
            modules.setdefault(shape.__name__, set()).add(shape.__module__)
    named = schema.raw_schema["components"]["schemas"]
    assert {name: homes for name, homes in modules.items() if name in named and len(homes) > 1} == {}
