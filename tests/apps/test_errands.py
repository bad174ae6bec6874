"""交办事项: handing out, answering, moving the day, settling; who sees what; two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan, PlanStatus
from lantian.apps.supervision.actions import errands as actions
from lantian.apps.supervision.actions import returns, review
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.apps.supervision.models import Cadence, Commitment, Errand, Return, ReturnState
from lantian.apps.supervision.queries import errands as queries

pytestmark = [pytest.mark.django_db, pytest.mark.db]
DUE = date(2031, 5, 20)


def unit(name: str) -> Unit:
    return Unit.objects.get(name=name)


@pytest.fixture
def clerk(people: dict[str, User]) -> User:  # noqa: ARG001  # the city must be there
    """Who reports for the transport bureau."""
    user = core.create_user(None, "clerk", "clerk", must_change_password=False)
    add_membership(None, user, unit("市交通局"), "reporter")
    return user


@pytest.fixture
def hand_out(people: dict[str, User]) -> Callable[..., Errand]:
    def act(**changes: Any) -> Errand:
        words = "排查主城区渣土车路线，报送台账。"
        values: dict[str, Any] = {"words": words, "leads": [unit("市交通局")], "reply_by": DUE}
        area = Area.objects.get(code="880000")
        return actions.hand_out(people["coordinator"], area, actions.Matter(**(values | changes)))

    return act


def answer(user: User, errand: Errand, people: dict[str, User], words: str = "已排查12条路线。") -> Return:
    ret = Return.objects.get(plan=errand.plan)
    row = Commitment.objects.get(plan=errand.plan, unit=ret.unit)
    returns.write_entry(user, ret, row, returns.EntryWords(progress=words))
    returns.submit(user, ret)
    review.accept(people["coordinator"], ret)
    return ret


def test_a_matter_lies_on_the_desk_with_its_own_day(hand_out: Callable[..., Errand], clerk: User) -> None:
    errand = hand_out(supports=[unit("东塘区生态环境局")])
    assert errand.series == f"交办〔{timezone.localdate().year}〕1号"
    assert hand_out().number == 2
    rows = {row.unit.name: row for row in Commitment.objects.filter(plan=errand.plan)}
    assert set(rows) == {"市交通局", "东塘区生态环境局"}
    assert {row.cadence for row in rows.values()} == {Cadence.NONE}
    assert rows["市交通局"].internal_due == rows["市交通局"].end == DUE
    ret = Return.objects.get(plan=errand.plan)
    assert (ret.unit.name, ret.period, ret.due, ret.state) == ("市交通局", "2031-05", DUE, ReturnState.DRAFT)
    client = Client()
    client.force_login(clerk)
    page = client.get("/desk/").content.decode()
    assert errand.plan.title in page
    assert "2031-05-20" in page
    assert client.get(f"/returns/{ret.uid}/").status_code == 200


def test_it_is_settled_only_when_every_answer_is_accepted(
    hand_out: Callable[..., Errand], clerk: User, people: dict[str, User]
) -> None:
    errand = hand_out()
    with pytest.raises(NotPossible, match="市交通局"):
        actions.close(people["coordinator"], errand, "settled", "已办结")
    answer(clerk, errand, people)
    actions.close(people["coordinator"], errand, "settled", "12条路线已建台账。")
    errand.refresh_from_db()
    row = Commitment.objects.get(plan=errand.plan)
    assert (errand.outcome, row.closed, row.state) == ("settled", timezone.localdate(), "closed")
    assert Plan.objects.get(pk=errand.plan_id).status == PlanStatus.CLOSED
    actions.reopen(people["coordinator"], errand, "台账缺两条")
    row.refresh_from_db()
    assert row.closed is None
    assert Plan.objects.get(pk=errand.plan_id).status == PlanStatus.PUBLISHED
    assert AuditEvent.objects.filter(action="errand.reopen", object_uid=errand.uid).exists()


def test_the_jobs_that_make_commitments_again_leave_it_alone(
    hand_out: Callable[..., Errand], run_jobs: Callable[[], int]
) -> None:
    errand = hand_out()
    rows = Commitment.objects.filter(plan=errand.plan).values("pk", "cadence", "internal_due", "withdrawn")
    before = list(rows)
    run_jobs()
    assert list(rows.all()) == before


def test_moving_the_day_moves_everything_and_is_recorded(
    hand_out: Callable[..., Errand], people: dict[str, User], run_jobs: Callable[[], int]
) -> None:
    errand = hand_out()
    later = DUE + timedelta(days=40)
    with pytest.raises(NotPossible):
        actions.extend(people["coordinator"], errand, later, " ")
    actions.extend(people["coordinator"], errand, later, "汛期顺延")
    run_jobs()
    row = Commitment.objects.get(plan=errand.plan)
    assert (row.end, row.internal_due, Return.objects.get(plan=errand.plan).due) == (later, later, later)
    assert errand.plan.measures.get().deadline_end == later
    assert errand.plan.versions.get(number=2).note == "汛期顺延"


def test_two_who_decide_at_once(hand_out: Callable[..., Errand], people: dict[str, User]) -> None:
    errand = hand_out()
    seen = errand.revision
    actions.extend(people["coordinator"], errand, DUE + timedelta(days=1), "顺延", revision=seen)
    with pytest.raises(Stale):
        actions.close(people["coordinator"], errand, "dropped", "重复", revision=seen)
    errand.refresh_from_db()
    assert errand.outcome == ""


def test_only_an_office_hands_out_and_only_for_its_area(people: dict[str, User], clerk: User) -> None:
    area = Area.objects.get(code="880000")
    matter = actions.Matter(words="核实", leads=[unit("市交通局")], reply_by=DUE)
    for user in (people["viewer"], people["administrator"], clerk):
        with pytest.raises(PermissionDenied):
            actions.hand_out(user, area, matter)
    district = core.create_user(None, "district", "district", must_change_password=False)
    add_membership(None, district, unit("东塘区政府"), "coordinator")
    for other in ("880000", "880102"):
        with pytest.raises(PermissionDenied):
            actions.hand_out(district, Area.objects.get(code=other), matter)
    assert not Plan.objects.exists()


def test_who_is_not_asked_does_not_see_it(hand_out: Callable[..., Errand], clerk: User) -> None:
    errand = hand_out(leads=[unit("东塘区生态环境局")])
    client = Client()
    client.force_login(clerk)
    assert client.get(f"/errands/{errand.uid}/").status_code == 404
    assert errand.plan.title not in client.get("/errands/").content.decode()
    assert client.get(f"/plans/{errand.plan.uid}/").status_code == 404


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(login: Callable[[str], Client]) -> None:
    client = login("coordinator")
    given = {"words": "核实扬尘投诉", "leads": "市交通局、市交通委", "reply_by": "2031-05-20", "kind": "letter",
             "medium": "air", "secrecy": "internal"}  # fmt: skip
    answer = client.post("/errands/new/", given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "市交通委" in page
    assert "核实扬尘投诉" in page
    assert not Errand.objects.exists()
    answer = client.post("/errands/new/", given | {"leads": "市交通局"}, follow=True)
    assert answer.status_code == 200
    assert "核实扬尘投诉" in answer.content.decode()
    assert Errand.objects.get().plan.secrecy == "internal"


def test_a_hostile_document_is_refused_and_nothing_is_stored(login: Callable[[str], Client]) -> None:
    given = {"words": "核实", "leads": "市交通局", "reply_by": "2031-05-20", "kind": "letter", "medium": "air",
             "secrecy": "internal", "letter": SimpleUploadedFile("来文.docx", b"%PDF-1.4 nothing")}  # fmt: skip
    assert login("coordinator").post("/errands/new/", given).status_code == 422
    assert not Errand.objects.exists()
    assert not Plan.objects.exists()


def test_the_document_comes_back_as_an_attachment(login: Callable[[str], Client]) -> None:
    letter = SimpleUploadedFile("来文.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64)
    given = {"words": "核实", "leads": "市交通局", "reply_by": "2031-05-20", "kind": "letter", "medium": "air",
             "secrecy": "internal", "letter": letter}  # fmt: skip
    client = login("coordinator")
    client.post("/errands/new/", given)
    answer = client.get(f"/errands/{Errand.objects.get().uid}/letter/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_list_takes_as_many_queries_for_one_as_for_twenty(
    hand_out: Callable[..., Errand], login: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    client = login("coordinator")
    hand_out()
    client.get("/errands/")
    with CaptureQueriesContext(connection) as few:
        client.get("/errands/")
    for n in range(12):
        hand_out(words=f"第{n}件事")
    with django_assert_max_num_queries(len(few)):
        page = client.get("/errands/").content.decode()
    assert page.count("交办〔") >= 13
    assert client.get("/errands/?format=xlsx").content[:2] == b"PK"


def test_errands_stay_out_of_the_list_of_plans_and_their_pages_work(
    hand_out: Callable[..., Errand], login: Callable[[str], Client]
) -> None:
    errand = hand_out(words="=1+1 <b>核实</b>")
    client = login("coordinator")
    assert errand.plan.title not in client.get("/plans/").content.decode()
    measure = errand.plan.measures.get()
    for path in (f"/errands/{errand.uid}/", f"/errands/{errand.uid}/sheet/", f"/measures/{measure.uid}/",
                 f"/plans/{errand.plan.uid}/"):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "<b>核实" not in answer.content.decode()


def test_states_of_the_list(hand_out: Callable[..., Errand], clerk: User, people: dict[str, User]) -> None:
    today = timezone.localdate()
    late = hand_out(words="迟了", reply_by=today - timedelta(days=1), source_date=today - timedelta(days=9))
    hand_out(words="快到期", reply_by=today + timedelta(days=2))
    hand_out(words="还早")
    assert queries.counts(queries.standings(people["coordinator"])) == {"overdue": 1, "near": 1, "open": 1}
    answer(clerk, late, people)
    assert queries.counts(queries.standings(people["coordinator"])) == {"accepted": 1, "near": 1, "open": 1}
    found = queries.listed(queries.standings(people["coordinator"]), {"q": "快到期"})
    assert [row.plan.title for row in found] == ["快到期"]
