"""Reads of papers: lists, the sheet of a paper, the words that a draft begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lantian.apps.areas import queries as areas
from lantian.apps.core.models import User
from lantian.apps.papers import body, slots
from lantian.apps.papers.kinds import Template, kinds, shipped_templates
from lantian.apps.papers.models import Countersign, Letterhead, OwnTemplate, Paper, PaperState, Recipient
from lantian.apps.papers.rights import ANSWER
from lantian.apps.papers.sheet import Sheet, addressed, copied, in_words, numbered
from lantian.apps.plans.models import Secrecy

FILTERS = ("box", "kind", "state", "q")
BOXES = ("received", "work", "sign", "issued")
UNSIGNED = (PaperState.DRAFT, PaperState.CHECKED, PaperState.COUNTERSIGNED)
_SECRECY = {Secrecy.INTERNAL: "内部", Secrecy.WORK_SECRET: "工作秘密"}


def listed(user: User, rows: QuerySet[Paper], filters: Mapping[str, str]) -> QuerySet[Paper]:
    """Papers of a list page, narrowed by box (what awaits the person), kind, state and words."""
    box = filters.get("box", "")
    if box == "received":
        mine = Recipient.objects.filter(areas.for_unit(user, ANSWER)).values("paper")
        rows = rows.filter(pk__in=mine, issued__isnull=False)
    elif box == "work":
        rows = rows.filter(state__in=(*UNSIGNED, PaperState.SIGNED))
    elif box == "sign":
        rows = rows.filter(awaits(user))
    elif box == "issued":
        rows = rows.filter(state=PaperState.ISSUED)
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    if state := filters.get("state"):
        rows = rows.filter(state=state)
    if words := filters.get("q"):
        rows = rows.filter(Q(title__icontains=words) | Q(number__icontains=words) | Q(about__icontains=words))
    return rows.select_related("issuer", "approver")


def awaits(user: User) -> Q:
    """Condition on papers: the person is to sign, or the person's unit to countersign."""
    open_rows = Countersign.objects.filter(areas.for_unit(user, ANSWER), agreed=None).values("paper")
    to_sign = Q(approver=user, state__in=(PaperState.CHECKED, PaperState.COUNTERSIGNED))
    to_sign &= ~Q(pk__in=Countersign.objects.filter(agreed=None).values("paper"))
    return to_sign | Q(state=PaperState.CHECKED, pk__in=open_rows)


def sheet_of(paper: Paper) -> Sheet:
    """The paper as it is printed."""
    kind = kinds()[paper.kind]
    head = Letterhead.objects.filter(unit=paper.issuer).first()
    name = paper.issuer.full_name or paper.issuer.name
    unsigned = paper.state in UNSIGNED
    return Sheet(
        layout=kind.layout,
        mark=kind.mark.format(issuer=(head.mark if head and head.mark else name)),
        secrecy=_SECRECY.get(Secrecy(paper.secrecy), ""),
        number=paper.number or _number_to_come(paper, head),
        title=paper.title,
        main_to=addressed(paper.main_to),
        blocks=tuple(body.blocks(paper.body)),
        attachments=numbered(paper.attachments),
        signature=name,
        dated=in_words(paper.dated),
        copy_to=copied(paper.copy_to),
        printed_by=name,
        printed_on=in_words(paper.issued) if paper.issued else "",
        draft=unsigned,
        void=paper.state == PaperState.VOID,
    )


def _number_to_come(paper: Paper, head: Letterhead | None) -> str:
    """The number with a blank in the place of the figure, until the signature gives it."""
    year = paper.dated.year if paper.dated else timezone.localdate().year
    return kinds()[paper.kind].number.format(word=head.word if head else "□□", year=year, n="　")


def template(name: str) -> Template:
    """The installation's own text of a template, else the shipped one."""
    own = OwnTemplate.objects.filter(name=name).first()
    return Template(name, own.title, own.body) if own else shipped_templates()[name]


def begun(name: str, values: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Title and body that a draft begins with, slots filled. Raises :class:`slots.SlotError`."""
    made = template(name)
    title = slots.one_line(slots.fill(made.title, values)).strip()
    return title, body.parse(slots.fill(made.body, values))


def received(user: User) -> QuerySet[Recipient]:
    """Papers that came to the person's units, newest first; for the unit's own desk."""
    rows = Recipient.objects.filter(areas.for_unit(user, ANSWER), paper__state=PaperState.ISSUED)
    return rows.select_related("paper__issuer", "unit").order_by("-paper__issued", "-id")
