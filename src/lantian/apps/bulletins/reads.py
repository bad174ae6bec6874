"""Reads of bulletins: the list, who is to be asked, the version that a person may read, the lines of a check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.bulletins import printing, rights
from lantian.apps.bulletins.figures import WHOLE
from lantian.apps.bulletins.models import Bulletin, BulletinState, Check, Objection, Variant, Verdict
from lantian.apps.core import policy
from lantian.apps.core.models import User

FILTERS = ("box", "kind", "state", "q")
_ECOLOGY = "生态环境"


def listed(user: User, rows: QuerySet[Bulletin], filters: Mapping[str, str]) -> QuerySet[Bulletin]:
    """Bulletins of the list page, narrowed by box (what awaits the person), kind, state and words."""
    box = filters.get("box", "")
    if box == "check":
        asked = Check.objects.filter(areas.for_unit(user, rights.ANSWER), agreed=None).values("bulletin")
        rows = rows.filter(state=BulletinState.CHECKING, pk__in=asked)
    elif box == "work":
        rows = rows.filter(issued=None).exclude(state=BulletinState.WITHDRAWN)
    elif box == "issued":
        rows = rows.filter(state=BulletinState.ISSUED)
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    if state := filters.get("state"):
        rows = rows.filter(state=state)
    if words := filters.get("q"):
        rows = rows.filter(title__icontains=words)
    return rows.select_related("issuer")


def asked_units(row: Bulletin) -> tuple[list[tuple[Unit, list[list[str]]]], list[str]]:
    """Units whose figures stand in the snapshot, each with its subjects; and names that the directory does not know.

    A subject is an area of the issuer's; the unit of a street is its office, of a district its ecology bureau (its
    government where it has none), which is asked for the district and for every street in it.
    """
    lines = row.snapshot.data["rows"] if row.snapshot else []
    pairs = list(dict.fromkeys((line["group"], line["subject"]) for line in lines if not line["internal"]))
    below = Area.objects.filter(path__startswith=row.issuer.area.path, closed=None).exclude(pk=row.issuer.area_id)
    found: dict[tuple[str, str], Area | None] = {}
    known = list(below.select_related("parent"))
    for area in known:
        for key in {("", area.name), (area.parent.name if area.parent else "", area.name)}:
            found[key] = None if key in found else area  # two of one name: nobody is guessed
    keepers = _keepers(known)
    own: dict[int, list[list[str]]] = {}
    units: dict[int, Unit] = {}
    unknown: list[str] = []
    for group, subject in pairs:
        if subject in WHOLE:
            continue
        keeper = found.get((group, subject))
        if keeper is None:
            unknown.append(f"{group}{subject}")
            continue
        askable = [keeper] if keeper.level == Level.DISTRICT or not keeper.parent else [keeper, keeper.parent]
        for one in askable:
            unit = keepers.get(one.pk)
            if unit is not None and one.pk != row.issuer.area_id:
                units[unit.pk] = unit
                own.setdefault(unit.pk, []).append([group, subject])
    return [(units[pk], subjects) for pk, subjects in own.items()], unknown


def _keepers(wanted: list[Area]) -> dict[int, Unit]:
    """Area → the unit that answers for its figures."""
    rows = Unit.objects.filter(area__in=wanted, collective=False, closed=None, merged_into=None).order_by("id")
    found: dict[int, Unit] = {}
    for unit in rows:
        best = found.get(unit.area_id)
        if best is None or (_ECOLOGY in unit.name and _ECOLOGY not in best.name):
            found[unit.area_id] = unit
    return found


def checks_of(user: User, row: Bulletin) -> list[dict[str, Any]]:
    """The checks that the person may see, each with its own lines of the snapshot and its objections. Three queries."""
    found = []
    rows = policy.scope(user, row.checks.select_related("unit", "by")).prefetch_related("objections__answered_by")
    lines = row.snapshot.data["rows"] if row.snapshot else []
    answers = set(Unit.objects.filter(areas.for_unit(user, rights.ANSWER, "")).values_list("pk", flat=True))
    for check in rows:
        own = {tuple(pair) for pair in check.subjects}
        objections = list(check.objections.all())
        found.append(
            {
                "check": check,
                "lines": [line for line in lines if (line["group"], line["subject"]) in own and not line["internal"]],
                "objections": objections,
                "open": any(item.verdict == Verdict.OPEN for item in objections),
                "may": row.state == BulletinState.CHECKING and check.unit_id in answers,
            }
        )
    return found


def whole_of(row: Bulletin, variant: str) -> printing.Whole:
    """The bulletin in one version, ready to be printed."""
    internal = variant == Variant.INTERNAL
    assert row.snapshot is not None
    objections = _objections(row) if internal else []
    return printing.Whole(
        data=row.snapshot.data, title=row.title, paragraphs=row.paragraphs,
        issuer=row.issuer.full_name or row.issuer.name, number=row.number, dated=row.dated, issued=row.issued,
        internal=internal, draft=row.issued is None,
        void=row.state in (BulletinState.CORRECTED, BulletinState.WITHDRAWN),
        note=_note(row), objections=objections,
    )  # fmt: skip


def _objections(row: Bulletin) -> list[list[str]]:
    words = {Verdict.OPEN: "未答复", Verdict.ACCEPTED: "采纳", Verdict.DECLINED: "未采纳"}
    rows = Objection.objects.filter(check_row__bulletin=row).select_related("check_row__unit")
    return [
        [
            item.check_row.unit.name, f"{item.group}{item.subject}", item.value, item.says,
            "：".join(filter(None, (words[Verdict(item.verdict)], item.answer))), item.corrected,
        ]
        for item in rows
    ]  # fmt: skip


def _note(row: Bulletin) -> str:
    """What a reader must know first: what it replaces, by what it was replaced, that it does not hold any more."""
    if row.state == BulletinState.WITHDRAWN:
        return f"本通报已撤回。原因：{row.reason}"
    if row.state == BulletinState.CORRECTED:
        newer = row.replaced_by.filter(issued__isnull=False).first()
        return f"本通报已更正，以{newer.number}为准。" if newer else "本通报已更正。"
    if row.replaces is not None:
        return f"更正说明：本通报更正并替代{row.replaces.number}《{row.replaces.title}》。{row.reason}"
    return ""


def mark_of(row: Bulletin, variant: str, reader: object) -> str:
    """水印 of what leaves: its level, who took it out when; a draft says so. None for a public version that is out."""
    words = []
    if variant == Variant.INTERNAL:
        words.append("内部")
    if row.issued is None:
        words.append("草稿")
    if words:
        words.append(f"{reader} {timezone.localtime():%Y-%m-%d %H:%M} 导出")
    return "　".join(words)


def to_check(user: User) -> int:
    """How many bulletins wait for figures of the person's units."""
    mine = Check.objects.filter(areas.for_unit(user, rights.ANSWER), agreed=None)
    return Bulletin.objects.filter(Q(state=BulletinState.CHECKING), pk__in=mine.values("bulletin")).count()
