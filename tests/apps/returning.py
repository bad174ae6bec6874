"""What tests of returns share: a published plan of which the transport bureau owes three rows, and who writes them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from lantian.apps.areas.actions import add_membership
from lantian.apps.areas.models import Unit
from lantian.apps.core import actions as core
from lantian.apps.core.models import User
from lantian.apps.plans.content import target_of
from lantian.apps.plans.models import Measure, Plan, Target
from lantian.apps.supervision.actions.returns import EntryWords, open_return, submit, write_entry
from lantian.apps.supervision.models import Cadence, Commitment, Return, Rhythm, Share

MARCH, APRIL = "2025-03", "2025-04"
COUNT = {"kind": "count", "text": "更新10台设备", "subject": "设备更新", "unit": "台", "comparator": ">="}
PAPER = {"kind": "deliverable", "text": "印发设备更新方案", "subject": "方案", "unit": None, "value": None}
SOME = EntryWords(progress="已更新3台设备，其余按计划推进。")


@dataclass(frozen=True, slots=True)
class Office:
    """A plan with its owed rows: the first has a figure, the second a document to deliver, the third only words."""

    plan: Plan
    unit: Unit
    rows: list[Commitment]
    share: Share
    writer: User  # reports for the unit
    coordinator: User  # of the plan's office
    reviewer: User

    def ret(self, month: str = MARCH) -> Return:
        """The unit's return of a month, opened by its writer."""
        return open_return(self.writer, self.plan, self.unit, month)

    def fill(self, ret: Return, rows: Iterable[Commitment] = (), **words: Any) -> None:
        """Something harmless in the rows (all of them): nothing that a check marks."""
        for row in rows or self.rows:
            figures = {str(self.share.uid): (Decimal(3), Decimal(3))} if row == self.rows[0] else {}
            given = {"progress": f"第{row.measure.n}项按计划推进。", "figures": figures} | words
            write_entry(self.writer, ret, row, EntryWords(**given))

    def submitted(self, month: str = MARCH) -> Return:
        """A return of a month, handed in."""
        ret = self.ret(month)
        self.fill(ret)
        submit(self.writer, ret, signer="李四")
        return ret


def make_office(make_plan: Callable[..., Plan], people: dict[str, User], **rhythm: Any) -> Office:
    """The plan, its commitments and persons; ``rhythm`` as the office set it."""
    plan = make_plan()
    unit = Unit.objects.get(name="市交通局")
    rows = [
        Commitment.objects.create(
            plan=plan, measure=measure, unit=unit, role="lead", cadence=Cadence.MONTH, printed="市交通局",
            start=None, end=measure.deadline_end,
        )
        for measure in Measure.objects.filter(plan=plan).order_by("n")[:3]
    ]  # fmt: skip
    read = target_of(Target.objects.filter(measure=rows[0].measure)[0])
    share = Share.objects.create(commitment=rows[0], spec=read | COUNT, value=Decimal(10))
    Share.objects.create(commitment=rows[1], spec=read | PAPER)
    if rhythm:
        Rhythm.objects.update_or_create(plan=plan, defaults=rhythm)
    writer = User.objects.filter(username="writer").first()
    if writer is None:
        writer = core.create_user(None, "writer", "writer", must_change_password=False)
        add_membership(None, writer, unit, "reporter")
    return Office(plan, unit, rows, share, writer, people["coordinator"], people["reviewer"])


def words_of(ret: Return) -> dict[int, str]:
    """What stands in a return's rows, by number of the measure."""
    return {entry.commitment.measure.n: entry.progress for entry in ret.entries.select_related("commitment__measure")}


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def package(*parts: tuple[str, bytes], types: bytes = b"<Types/>") -> bytes:
    """An office package with these parts."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


DOCX = package(("word/document.xml", b"<w/>"))
