"""Exchange packages: there and back between two installations, altered and older ones refused, nothing twice."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.actions import evidence, incoming, returns
from lantian.apps.supervision.actions import exchange as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.exchange.package import EVIDENCE, pack, unpack
from lantian.apps.supervision.models import (
    Cadence,
    Commitment,
    Entry,
    Evidence,
    Exchange,
    Incoming,
    Question,
    QuotaSheet,
    Return,
    Rhythm,
    Share,
)
from lantian.reading import model as read
from lantian.reading.errors import ReadingError
from tests.apps.conftest import read_measure, read_plan
from tests.conftest import examples

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def district(people: dict[str, User]) -> User:  # noqa: ARG001  # the city must be there
    """The coordinator of 东塘区."""
    user = core.create_user(None, "district", "district", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name="东塘区政府"), "coordinator")
    return user


@pytest.fixture
def city_plan(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Plan:
    """The city's plan in force, its commitments made and reported every month."""
    named = tuple(read.Role("lead", f"{name}政府", f"{name}政府") for name in ("东塘区", "西塘区"))
    target = read.Target("各完成10台", "设备更新", "count", "=", 10, unit="台", by=date(2025, 12, 31), applies="each")
    plan = make_plan(read_plan(*(read_measure(n, roles=named, targets=(target,)) for n in range(1, 7))))
    run_jobs()
    Commitment.objects.filter(plan=plan).update(cadence=Cadence.MONTH)
    return plan


def east() -> Area:
    return Area.objects.get(code="880101")


def content(row: Exchange) -> bytes:
    return row.file.path.read_bytes()


def forget(plan: Plan) -> None:
    """What another installation does not have."""
    for model in (Return, Question, QuotaSheet, Share, Commitment, Rhythm):
        where = {"commitment__plan": plan} if model is Share else {"plan": plan}
        model.objects.filter(**where).delete()
    Exchange.objects.all().delete()
    Plan.objects.filter(pk=plan.pk).delete()


def test_there_and_back(city_plan: Plan, people: dict[str, User], district: User) -> None:
    uids = set(Commitment.objects.filter(plan=city_plan, unit__area=east()).values_list("uid", flat=True))
    assert len(uids) == 6
    down = content(actions.make_plan_package(people["coordinator"], city_plan, east()))
    here = transaction.savepoint()
    # in the district
    forget(city_plan)
    taken = actions.take(district, actions.bring(district, "计划.zip", [down]))
    plan = Plan.objects.get(uid=city_plan.uid)
    assert (plan.status, plan.version, plan.measures.count()) == ("published", 1, 6)
    assert set(Commitment.objects.values_list("uid", flat=True)) == uids
    assert taken.summary["made"] == 6
    assert taken.summary["missing"] == []
    unit = Unit.objects.get(name="东塘区政府")
    row = Commitment.objects.filter(unit=unit).order_by("measure__n").first()
    assert row is not None
    share = row.shares.get()
    ret = returns.open_return(district, plan, unit, "2025-03")
    words = returns.EntryWords(
        progress="完成4台，其余在招标。",
        figures={str(share.uid): (Decimal(4), Decimal("4.5"))},
        next_step="5月招标",
        explanation="含上年结转",
    )
    for duty in Commitment.objects.filter(unit=unit):
        figures = {str(item.uid): (Decimal(0), Decimal(0)) for item in duty.shares.all()}
        said = returns.EntryWords(progress="尚未开工", explanation="等资金", figures=figures)
        returns.write_entry(district, ret, duty, said)
    returns.write_entry(district, ret, row, words)
    returns.submit(district, ret)
    up = content(actions.make_return_package(district, plan, east(), "2025-03"))
    # in the city again
    transaction.savepoint_rollback(here)
    city = people["coordinator"]
    actions.take(city, actions.bring(city, "填报.zip", [up]))
    piece = Incoming.objects.get(unit=unit)
    item = piece.items.get(commitment__uid=row.uid)
    assert (piece.state, piece.period, item.confidence) == ("staged", "2025-03", 1.0)
    assert not Entry.objects.exists()  # nothing is taken without a person
    entry = incoming.take(city, item)
    figure = entry.figures.get()
    assert (entry.progress, entry.next_step) == ("完成4台，其余在招标。", "5月招标")
    assert (figure.period_value, figure.cumulative, figure.share.uid) == (Decimal(4), Decimal("4.5"), share.uid)


PDF = b"%PDF-1.4 ours "


def reported(city_plan: Plan, district: User, names: tuple[str, ...] = ("验收单.pdf", "照片.png")) -> Return:
    """The return of 东塘区 for March, handed in, with files beside its first row."""
    unit = Unit.objects.get(name="东塘区政府")
    ret = returns.open_return(district, city_plan, unit, "2025-03")
    rows = list(Commitment.objects.filter(plan=city_plan, unit=unit).order_by("n"))
    for duty in rows:
        figures = {str(item.uid): (Decimal(0), Decimal(0)) for item in duty.shares.all()}
        said = returns.EntryWords(progress="尚未开工", explanation="等资金", figures=figures)
        returns.write_entry(district, ret, duty, said)
    for number, name in enumerate(names):
        head = b"\x89PNG\r\n\x1a\n" if name.endswith("png") else PDF
        evidence.attach(district, ret, rows[0], name, [head + b"%d" % number], caption=f"第{number}件")
    ret.refresh_from_db()
    returns.submit(district, ret)
    return ret


def without(package: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The package with other parts, its manifest made to fit (somebody who knows the format did it)."""
    with zipfile.ZipFile(io.BytesIO(package)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    change(parts)
    manifest = json.loads(parts.pop("manifest.json"))
    manifest["files"] = {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        for name, part in {"manifest.json": json.dumps(manifest).encode(), **parts}.items():
            new.writestr(name, part)
    return target.getvalue()


def received(city_plan: Plan, people: dict[str, User], up: bytes) -> Incoming:
    """The package taken by the city, which has nothing of the district's installation."""
    Evidence.objects.all().delete()
    Return.objects.all().delete()
    Exchange.objects.all().delete()
    for row in StoredFile.objects.filter(name__in=("验收单.pdf", "照片.png")):
        row.path.unlink()
        row.delete()
    city = people["coordinator"]
    actions.take(city, actions.bring(city, "填报.zip", [up]))
    return Incoming.objects.get(plan=city_plan)


def test_evidence_comes_along_and_goes_with_its_row(city_plan: Plan, people: dict[str, User], district: User) -> None:
    reported(city_plan, district)
    made = actions.make_return_package(district, city_plan, east(), "2025-03")
    assert (made.summary["files"], made.summary["named"]) == (2, 2)
    piece = received(city_plan, people, content(made))
    assert not Evidence.objects.exists()  # nothing is taken without a person
    items = list(piece.items.order_by("order"))
    entry = incoming.take(people["coordinator"], items[0])
    rows = list(entry.evidence.order_by("n"))
    assert [(row.name, row.caption, row.n) for row in rows] == [("验收单.pdf", "第0件", 1), ("照片.png", "第1件", 2)]
    assert rows[0].file.path.read_bytes() == PDF + b"0"
    assert not incoming.take(people["coordinator"], items[1]).evidence.exists()


def test_the_same_file_is_not_attached_twice(city_plan: Plan, people: dict[str, User], district: User) -> None:
    reported(city_plan, district)
    piece = received(city_plan, people, content(actions.make_return_package(district, city_plan, east(), "2025-03")))
    item = piece.items.order_by("order").first()
    assert item is not None
    entry = incoming.take(people["coordinator"], item)
    evidence.attach_sent(people["coordinator"], item, entry)
    assert entry.evidence.count() == 2


def test_evidence_can_be_left_out(city_plan: Plan, people: dict[str, User], district: User) -> None:
    reported(city_plan, district)
    made = actions.make_return_package(district, city_plan, east(), "2025-03", with_files=False)
    assert (made.summary["files"], made.summary["named"]) == (0, 2)
    piece = received(city_plan, people, content(made))
    item = piece.items.order_by("order").first()
    assert item is not None
    assert not incoming.take(people["coordinator"], item).evidence.exists()
    assert "验收单.pdf" in json.dumps(piece.content, ensure_ascii=False)


def test_more_evidence_than_a_package_takes_is_refused(city_plan: Plan, district: User, settings: Any) -> None:
    reported(city_plan, district)
    settings.LANTIAN_UPLOAD_BYTES = 20
    with pytest.raises(NotPossible, match="2"):
        actions.make_return_package(district, city_plan, east(), "2025-03")
    assert not Exchange.objects.exists()


def test_evidence_that_is_gone_is_named(city_plan: Plan, district: User) -> None:
    ret = reported(city_plan, district)
    Evidence.objects.filter(entry__report=ret).first().file.path.unlink()  # type: ignore[union-attr]
    with pytest.raises(NotPossible, match=r"验收单\.pdf"):
        actions.make_return_package(district, city_plan, east(), "2025-03")


def renamed(parts: dict[str, bytes], content: bytes) -> None:
    """Other bytes under the document's name of the first file, hash and all."""
    name = next(name for name in parts if name.startswith(EVIDENCE))
    digest = hashlib.sha256(content).hexdigest()
    parts.pop(name)
    parts["returns.json"] = parts["returns.json"].replace(name.removeprefix(EVIDENCE).encode(), digest.encode())
    parts[EVIDENCE + digest] = content


def extra(parts: dict[str, bytes]) -> None:
    parts[EVIDENCE + hashlib.sha256(PDF).hexdigest()] = PDF


def swapped(parts: dict[str, bytes]) -> None:
    """Other bytes under the hash that the document names."""
    parts[next(name for name in parts if name.startswith(EVIDENCE))] = PDF + b"other"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda parts: renamed(parts, b"MZ a program"), r"验收单\.pdf"),
        (lambda parts: renamed(parts, b""), r"验收单\.pdf"),
        (extra, "清单"),
        (swapped, "清单"),
        (lambda parts: parts.__setitem__("evidence/../../x", PDF), "清单"),
    ],
)
def test_evidence_of_another_content_is_refused(
    change: Callable[[dict[str, bytes]], None], said: str, city_plan: Plan, people: dict[str, User], district: User
) -> None:
    reported(city_plan, district, ("验收单.pdf",))
    up = without(content(actions.make_return_package(district, city_plan, east(), "2025-03")), change)
    Exchange.objects.all().delete()
    before = StoredFile.objects.count()
    with translation.override("zh-hans"), pytest.raises(NotPossible, match=said):
        actions.bring(people["coordinator"], "填报.zip", [up])
    assert not Exchange.objects.exists()
    assert StoredFile.objects.count() == before


def test_the_page_offers_to_leave_files_out(city_plan: Plan, district: User) -> None:
    reported(city_plan, district)
    client = Client()
    client.force_login(district)
    given = {"plan": city_plan.uid, "area": "880101", "period": "2025-03"}
    assert "2" in client.post("/exchange/returns/", given, follow=True).content.decode()
    client.post("/exchange/returns/", given | {"without_files": "1"}, follow=True)
    assert [row.summary["files"] for row in Exchange.objects.order_by("serial")] == [2, 0]


def test_the_same_package_twice_changes_nothing(city_plan: Plan, people: dict[str, User], district: User) -> None:
    down = content(actions.make_plan_package(people["coordinator"], city_plan, east()))
    forget(city_plan)
    first = actions.take(district, actions.bring(district, "a.zip", [down]))
    before = list(Commitment.objects.order_by("id").values()), list(Share.objects.order_by("id").values())
    second = actions.bring(district, "b.zip", [down])
    assert second.pk == first.pk
    again = actions.take(district, second)
    assert again.summary["made"] == 0
    assert again.summary["withdrawn"] == 0
    assert (list(Commitment.objects.order_by("id").values()), list(Share.objects.order_by("id").values())) == before


def test_a_newer_package_brings_the_plan_in_line_and_an_older_is_refused(
    city_plan: Plan, people: dict[str, User], district: User
) -> None:
    city = people["coordinator"]
    old = content(actions.make_plan_package(city, city_plan, east()))
    gone = Commitment.objects.filter(plan=city_plan, unit__area=east()).order_by("id").first()
    assert gone is not None
    Commitment.objects.filter(pk=gone.pk).update(withdrawn="2025-02-01T00:00:00Z")
    new = content(actions.make_plan_package(city, city_plan, east()))
    forget(city_plan)
    actions.take(district, actions.bring(district, "1.zip", [old]))
    actions.take(district, actions.bring(district, "2.zip", [new]))
    assert Commitment.objects.get(uid=gone.uid).withdrawn is not None
    older = actions.bring(district, "1.zip", [old])
    with pytest.raises(NotPossible, match="2"):
        actions.take(district, older)


def test_an_altered_package_is_refused(city_plan: Plan, people: dict[str, User], district: User) -> None:
    down = content(actions.make_plan_package(people["coordinator"], city_plan, east()))
    forget(city_plan)
    with zipfile.ZipFile(io.BytesIO(down)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["plan.json"] = parts["plan.json"].replace("第1项措施".encode(), "第2项措施".encode())
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    with pytest.raises(NotPossible, match=r"plan\.json"):
        actions.bring(district, "改过.zip", [target.getvalue()])
    assert not Plan.objects.exists()
    assert not Exchange.objects.exists()


def test_a_plan_that_was_made_here_is_not_changed_by_a_package(city_plan: Plan, people: dict[str, User], district: User) -> None:  # fmt: skip  # noqa: E501
    down = content(actions.make_plan_package(people["coordinator"], city_plan, east()))
    Exchange.objects.all().delete()
    with pytest.raises(NotPossible):
        actions.take(district, actions.bring(district, "a.zip", [down]))
    assert not Exchange.objects.exclude(taken=None).exists()


def test_units_that_the_directory_lacks_are_named_and_left_out(
    city_plan: Plan, people: dict[str, User], district: User
) -> None:
    down = content(actions.make_plan_package(people["coordinator"], city_plan, east()))
    forget(city_plan)
    Unit.objects.filter(name="东塘区政府").update(name="东塘区人民政府办")
    row = actions.take(district, actions.bring(district, "a.zip", [down]))
    assert row.summary["missing"] == ["东塘区政府"]
    assert row.summary["left_out"] == 6
    assert not Commitment.objects.exists()
    assert Plan.objects.get().measures.count() == 6
    Unit.objects.filter(name="东塘区人民政府办").update(name="东塘区政府")
    assert actions.take(district, row).summary["made"] == 6


def test_who_may(city_plan: Plan, people: dict[str, User], district: User) -> None:
    for role in ("viewer", "administrator", "reviewer"):
        with pytest.raises(PermissionDenied):
            actions.make_plan_package(people[role], city_plan, east())
    with pytest.raises(PermissionDenied):
        actions.make_plan_package(district, city_plan, east())
    with pytest.raises(PermissionDenied):
        actions.make_return_package(district, city_plan, Area.objects.get(code="880102"), "2025-03")
    west = content(actions.make_plan_package(people["coordinator"], city_plan, Area.objects.get(code="880102")))
    with pytest.raises(NotPossible, match="西塘区"):
        actions.bring(district, "a.zip", [west])


def test_pages(city_plan: Plan, login: Callable[[str], Client], district: User) -> None:
    client = login("coordinator")
    assert client.get("/exchange/").status_code == 200
    made = client.post("/exchange/plans/", {"plan": city_plan.uid, "area": "880101"}, follow=True)
    row = Exchange.objects.get()
    assert row.code[:4] in made.content.decode()
    down = client.get(f"/exchange/{row.uid}/file/").content
    forget(city_plan)
    other = Client()
    other.force_login(district)
    page = other.post("/exchange/bring/", {"file": SimpleUploadedFile("x.zip", down)}, follow=True)
    assert row.code[:4] in page.content.decode()
    assert not Plan.objects.exists()
    other.post(f"/exchange/{Exchange.objects.get().uid}/take/", follow=True)
    assert Plan.objects.get().uid == city_plan.uid
    bad = other.post("/exchange/bring/", {"file": SimpleUploadedFile("x.zip", b"PK\x03\x04junk")}, follow=True)
    assert bad.status_code == 200
    assert Exchange.objects.count() == 1


HEAD = {"kind": "plan", "uid": "u", "serial": 1, "made": "", "area": "1", "plan": "p", "title": "t", "period": ""}


@settings(max_examples=examples(40), deadline=None)
@given(place=st.integers(min_value=0), bit=st.integers(0, 7), words=st.text(max_size=40))
def test_no_flipped_bit_passes_as_something_else(tmp_path_factory: Any, place: int, bit: int, words: str) -> None:
    document = {"words": words, "measures": [1, 2]}
    whole, code = pack(HEAD, document, b"source")
    broken = bytearray(whole)
    broken[place % len(whole)] ^= 1 << bit
    path: Path = tmp_path_factory.mktemp("exchange") / "p.zip"
    path.write_bytes(bytes(broken))
    try:
        package = unpack(path)
    except ReadingError:
        return
    assert (package.document, package.source, package.code) == (document, b"source", code)


def test_a_later_format_is_refused_with_its_number(tmp_path: Path) -> None:
    whole, _code = pack(HEAD, {}, None)
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        manifest = json.loads(package.read("manifest.json")) | {"version": 9}
        part = package.read("plan.json")
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("manifest.json", json.dumps(manifest))
        package.writestr("plan.json", part)
    with pytest.raises(ReadingError, match="9"):
        unpack(path)
