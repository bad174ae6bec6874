"""The drop box: what comes in is staged, decided by clicks, and only then part of a return."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions import incoming as actions
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import (
    Commitment,
    Entry,
    Incoming,
    IncomingItem,
    IncomingState,
    ItemState,
    Return,
    ReturnState,
    Route,
)
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan

pytestmark = [pytest.mark.django_db, pytest.mark.db]

DISTRICT = "东塘区政府"
TEXTS = {
    1: "实施燃气锅炉低氮改造，年底前完成10台。",
    2: "严格施工工地扬尘管控，落实六个百分之百。",
    3: "严控秸秆露天焚烧，加强巡查。",
}


@pytest.fixture
def plan(make_plan: Callable[..., Plan], run_jobs: Callable[[], int]) -> Plan:
    """A published plan with three rows that every district owes, the first with 10台."""
    names = {"lead": ("市生态环境局",), "responsible": (DISTRICT, "西塘区政府")}
    roles = tuple(read.Role(role, name, name) for role, units in names.items() for name in units)  # type: ignore[arg-type]
    goal = read.Target(
        "完成10台", "燃气锅炉低氮改造", "count", ">=", 10, unit="台", by=date(2025, 12, 31), applies="each"
    )
    measures = [
        read_measure(n, measure=text, task=f"任务{n}", roles=roles, targets=(goal,) if n == 1 else ())
        for n, text in TEXTS.items()
    ]
    row = make_plan(read_plan(*measures))
    run_jobs()
    assert Commitment.objects.filter(plan=row, unit__name=DISTRICT).count() == 3
    return row


@pytest.fixture
def month(plan: Plan) -> str:
    return periods.months(plan)[-1]


@pytest.fixture
def office(login: Callable[[str], Client]) -> Client:
    return login("coordinator")


@pytest.fixture
def reporter(plan: Plan) -> User:  # noqa: ARG001  # its units must be there
    """Somebody of the district's bureau, which lies under the district's government."""
    user = core.create_user(None, "district", "district", must_change_password=False)
    add_membership(None, user, Unit.objects.get(name=DISTRICT), "reporter")
    return user


def bring(client: Client, plan: Plan, month: str, run: Callable[[], int], **given: Any) -> list[Incoming]:
    """Bring files or a text to the drop box and have them read; what came of it, the oldest first."""
    answer = client.post(reverse("supervision:dropbox-bring", args=[plan.uid]), {"period": month, **given})
    assert answer.status_code == 302
    run()
    return list(Incoming.objects.order_by("id"))


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


TEXT = "【东塘区】1. 燃气锅炉低氮改造本月完成2台，累计完成5台；2. 露天焚烧巡查12次，未发现秸秆焚烧。"


def test_a_pasted_message_is_staged_and_nothing_is_reported(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    piece = bring(office, plan, month, run_jobs, text=TEXT)[0]
    assert (piece.state, piece.unit and piece.unit.name) == (IncomingState.STAGED, DISTRICT)
    assert [item.commitment and item.commitment.measure.n for item in piece.items.all()] == [1, 3]
    assert piece.items.all()[0].figures[0]["cumulative"] == "5"
    assert not Return.objects.exists()
    page = office.get(reverse("supervision:incoming", args=[piece.uid]))
    assert "燃气锅炉低氮改造本月完成2台" in page.content.decode()


def test_a_click_takes_a_row_into_the_draft_and_no_further(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    piece = bring(office, plan, month, run_jobs, text=TEXT)[0]
    item = piece.items.all()[0]
    assert office.post(reverse("supervision:incoming-row-take", args=[item.uid])).status_code == 302
    entry = Entry.objects.get()
    assert entry.progress == "燃气锅炉低氮改造本月完成2台，累计完成5台"
    figure = entry.figures.get()
    assert (figure.period_value, figure.cumulative) == (2, 5)
    assert entry.report.state == ReturnState.DRAFT
    assert (entry.source["route"], entry.source["behalf"]) == (Route.DROP_BOX, True)
    assert entry.source["piece"] == str(piece.uid)
    assert entry.source["confidence"] > 0.5
    assert AuditEvent.objects.filter(action="incoming.taken").exists()


def test_taking_together_leaves_doubtful_rows_and_the_return_is_handed_in_by_a_further_click(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    text = "东塘区：1. 燃气锅炉低氮改造本月完成2台，累计完成5台；2. 严格施工工地扬尘管控，正常推进；3. 其他工作若干。"
    piece = bring(office, plan, month, run_jobs, text=text)[0]
    office.post(reverse("supervision:incoming-take-all", args=[piece.uid]), {"least": "60"})
    assert Entry.objects.count() == 2
    piece.refresh_from_db()
    assert piece.state == IncomingState.STAGED
    waiting = piece.items.get(state=ItemState.STAGED)
    assert office.post(reverse("supervision:incoming-submit", args=[piece.uid])).status_code == 302
    assert Return.objects.get().state == ReturnState.DRAFT  # a row still waits
    office.post(reverse("supervision:incoming-row-drop", args=[waiting.uid]))
    piece.refresh_from_db()
    assert piece.state == IncomingState.DONE
    assert Return.objects.get().state == ReturnState.DRAFT
    office.post(reverse("supervision:incoming-row-restore", args=[waiting.uid]))
    piece.refresh_from_db()
    assert piece.state == IncomingState.STAGED


def test_handing_in_for_the_unit_goes_through_the_checks_of_the_return(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    rows = "；".join(f"{n}. {TEXTS[n]}本月正常推进，累计完成5台" for n in TEXTS)
    piece = bring(office, plan, month, run_jobs, text=f"东塘区：{rows}")[0]
    office.post(reverse("supervision:incoming-take-all", args=[piece.uid]), {"least": "0"})
    assert Entry.objects.count() == 3, [item.problems for item in piece.items.all()]
    answer = office.post(reverse("supervision:incoming-submit", args=[piece.uid]), {"signer": "王工"})
    ret = Return.objects.get()
    if ret.state == ReturnState.DRAFT:  # a check asks for more: the return's own page shows what
        assert answer.headers["Location"] == reverse("supervision:return", args=[ret.uid])
    else:
        assert (ret.signer, ret.behalf, ret.route) == ("王工", True, Route.DROP_BOX)
        assert ret.state != ReturnState.ACCEPTED


def test_what_is_reported_already_is_not_overwritten_without_saying_so(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    first = bring(office, plan, month, run_jobs, text=TEXT)[0]
    office.post(reverse("supervision:incoming-row-take", args=[first.items.all()[0].uid]))
    text = "东塘区：燃气锅炉低氮改造累计完成9台。"
    second = bring(office, plan, month, run_jobs, text=text)[-1]
    item = second.items.get()
    answer = office.post(reverse("supervision:incoming-row-take", args=[item.uid]))
    assert answer.status_code == 409
    assert "累计完成5台" in answer.content.decode()  # both stand on the page
    assert Entry.objects.get().figures.get().cumulative == 5
    office.post(reverse("supervision:incoming-row-take", args=[item.uid]), {"replace": "1"})
    assert Entry.objects.get().figures.get().cumulative == 9


def test_a_decided_row_is_decided_once(
    people: dict[str, User], office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    item = bring(office, plan, month, run_jobs, text=TEXT)[0].items.all()[0]
    stale = IncomingItem.objects.get(pk=item.pk)
    actions.drop(people["coordinator"], item)
    with pytest.raises(NotPossible):
        actions.take(people["coordinator"], stale)
    assert not Entry.objects.exists()


def test_another_unit_and_another_row_are_matched_anew(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    piece = bring(office, plan, month, run_jobs, text=TEXT)[0]
    other = Unit.objects.get(name="西塘区政府")
    office.post(reverse("supervision:incoming-unit", args=[piece.uid]), {"unit": str(other.uid)})
    piece.refresh_from_db()
    assert piece.unit == other
    item = piece.items.all()[1]
    assert item.commitment
    assert item.commitment.unit == other
    wanted = Commitment.objects.get(plan=plan, unit=other, measure__n=1)
    office.post(reverse("supervision:incoming-row-set", args=[item.uid]), {"commitment": str(wanted.uid)})
    item.refresh_from_db()
    assert (item.commitment, item.confidence) == (wanted, 1.0)
    strange = Commitment.objects.get(plan=plan, unit__name=DISTRICT, measure__n=1)
    office.post(reverse("supervision:incoming-row-set", args=[item.uid]), {"commitment": str(strange.uid)})
    item.refresh_from_db()
    assert item.commitment == wanted  # a row of another unit is refused


def test_a_piece_without_a_unit_asks_for_it(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    piece = bring(office, plan, month, run_jobs, text="燃气锅炉低氮改造累计完成5台。")[0]
    assert (piece.unit, piece.items.count()) == (None, 0)
    assert [problem["id"] for problem in piece.problems] == ["no_unit"]
    unit = Unit.objects.get(name=DISTRICT)
    office.post(reverse("supervision:incoming-unit", args=[piece.uid]), {"unit": str(unit.uid)})
    piece.refresh_from_db()
    assert (piece.items.count(), piece.problems) == (1, [])


def test_messages_of_several_units_become_a_piece_each(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    text = "【东塘区】锅炉低氮改造累计5台\n【西塘区】锅炉低氮改造累计3台\n【市无名局】锅炉低氮改造累计1台"
    pieces = bring(office, plan, month, run_jobs, text=text)
    assert [piece.unit and piece.unit.name for piece in pieces] == [DISTRICT, "西塘区政府", None]
    assert [piece.items.count() for piece in pieces] == [1, 1, 0]


def test_the_same_piece_twice_is_told(office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]) -> None:
    bring(office, plan, month, run_jobs, text=TEXT)
    second = bring(office, plan, month, run_jobs, text=TEXT)[-1]
    assert "same_piece" in [problem["id"] for problem in second.problems]


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("宏.xlsx", "macro", "宏"),
        ("改名.docx", b"%PDF-1.4 broken", "改名.docx"),
        ("空压缩包.docx", b"PK\x05\x06" + bytes(18), "空压缩包.docx"),
        ("程序.xlsx", b"MZ\x90\x00" + bytes(range(256)) * 20, "程序.xlsx"),
    ],
)
def test_hostile_files_are_refused_by_name_and_nothing_is_staged(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int], name: str, content: Any, says: str
) -> None:
    if content == "macro":
        book, stream = openpyxl.Workbook(), io.BytesIO()
        book.save(stream)
        content = with_part(stream.getvalue(), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    piece = bring(office, plan, month, run_jobs, files=upload(name, content))[0]
    assert piece.state == IncomingState.FAILED
    assert says in piece.problems[0]["zh"]
    assert piece.problems[0]["en"]
    assert not piece.items.exists()
    page = office.get(reverse("supervision:incoming", args=[piece.uid])).content.decode()
    assert says in page


def test_a_file_over_the_limit_is_not_kept(office: Client, plan: Plan, month: str, settings: Any) -> None:
    settings.LANTIAN_UPLOAD_BYTES = 1000
    bring(office, plan, month, lambda: 0, files=upload("大.docx", bytes(2000)))
    assert not Incoming.objects.exists()


def test_markup_in_a_message_stays_text(office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]) -> None:
    text = "东塘区：锅炉低氮改造<script>alert(1)</script>累计5台，=cmd|' /C calc'!A0"
    piece = bring(office, plan, month, run_jobs, text=text)[0]
    page = office.get(reverse("supervision:incoming", args=[piece.uid])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_file_is_served_as_an_attachment(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    content = word("东塘区政府", "燃气锅炉低氮改造累计完成5台。")
    piece = bring(office, plan, month, run_jobs, files=upload("东塘区.docx", content))[0]
    assert piece.unit
    assert piece.unit.name == DISTRICT
    answer = office.get(reverse("supervision:incoming-file", args=[piece.uid]))
    assert answer.content == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_drop_box_is_the_office_s(plan: Plan, month: str, reporter: User, office: Client, run_jobs: Any) -> None:
    piece = bring(office, plan, month, run_jobs, text=TEXT)[0]
    client = Client()
    client.force_login(reporter)
    assert client.get(reverse("supervision:dropbox", args=[plan.uid])).status_code == 403
    assert client.post(reverse("supervision:dropbox-bring", args=[plan.uid])).status_code == 403
    assert client.get(reverse("supervision:incoming", args=[piece.uid])).status_code == 404
    assert client.post(reverse("supervision:incoming-row-take", args=[piece.items.all()[0].uid])).status_code == 404


def test_lists_and_pieces_take_a_fixed_number_of_queries(
    office: Client, plan: Plan, month: str, run_jobs: Callable[[], int]
) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert office.get(address).status_code == 200
        return len(seen)

    box = f"{reverse('supervision:dropbox', args=[plan.uid])}?period={month}"
    one = bring(office, plan, month, run_jobs, text="东塘区：锅炉低氮改造累计5台")[0]
    few, few_rows = cost(box), cost(reverse("supervision:incoming", args=[one.uid]))
    more = bring(office, plan, month, run_jobs, text=TEXT)[-1]
    bring(office, plan, month, run_jobs, text="西塘区：锅炉低氮改造累计6台")
    assert cost(box) == few
    assert cost(reverse("supervision:incoming", args=[more.uid])) == few_rows


def test_a_call_is_written_down_with_who_called(office: Client, plan: Plan, month: str) -> None:
    row = Commitment.objects.get(plan=plan, unit__name=DISTRICT, measure__n=1)
    share = row.shares.get()
    address = reverse("supervision:call", args=[plan.uid])
    chosen = {"unit": str(row.unit.uid), "period": month, "row": str(row.uid)}
    page = office.get(address, chosen | {"q": "锅炉"}).content.decode()
    assert "燃气锅炉" in page
    assert "露天焚烧" not in page
    said = chosen | {"progress": "电话报：完成6台", f"c:{share.uid}": "6", "revision": "0"}
    assert office.post(address, said).status_code == 422  # nobody is named
    assert not Entry.objects.exists()
    assert office.post(address, said | {"caller": "李科长", "at": "2025-12-30 10:00"}).status_code == 302
    entry = Entry.objects.get()
    assert (entry.figures.get().cumulative, entry.source["caller"]) == (Decimal(6), "李科长")
    assert (entry.source["route"], entry.source["behalf"]) == (Route.PHONE, True)
    again = office.post(address, said | {"caller": "李科长", "progress": "另一次", "revision": "0"})
    assert again.status_code == 422  # the form was made before the row was written
    assert Entry.objects.get().progress == "电话报：完成6台"


@pytest.mark.ocr
def test_a_photo_is_read(office: Client, plan: Plan, month: str, run_jobs: Callable[[], int], tmp_path: Path) -> None:
    pytest.importorskip("rapidocr")
    image = pytest.importorskip("PIL.Image")
    draw, fonts = pytest.importorskip("PIL.ImageDraw"), pytest.importorskip("PIL.ImageFont")
    font = next(
        (path for path in Path("/usr/share/fonts").rglob("*CJK*.ttc") if "Sans" in path.name and "Reg" in path.name),
        None,
    )
    if font is None:
        pytest.skip("no Chinese font")
    page = image.new("L", (1400, 500), 255)
    pen = draw.Draw(page)
    letters = fonts.truetype(str(font), 44)
    for line, text in enumerate(["填报单位：东塘区政府", "燃气锅炉低氮改造本月完成2台，累计完成5台。"]):
        pen.text((80, 80 + 120 * line), text, fill=0, font=letters)
    page.save(tmp_path / "photo.png")
    piece = bring(office, plan, month, run_jobs, files=upload("照片.png", (tmp_path / "photo.png").read_bytes()))[0]
    assert piece.unit
    assert piece.unit.name == DISTRICT
    assert piece.items.get().figures[0]["cumulative"] == "5"
