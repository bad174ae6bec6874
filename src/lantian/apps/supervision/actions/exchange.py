"""Exchange packages: made for another installation, brought from one, taken once a person has looked at them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.core import audit, files, policy
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans.models import IN_FORCE, Plan
from lantian.apps.supervision import rights
from lantian.apps.supervision.actions.common import Altered, NotPossible
from lantian.apps.supervision.actions.errands import is_office
from lantian.apps.supervision.actions.exchange_down import take_plan
from lantian.apps.supervision.actions.exchange_up import take_returns
from lantian.apps.supervision.exchange import plans as downward
from lantian.apps.supervision.exchange import reports as upward
from lantian.apps.supervision.exchange.package import (
    EVIDENCE,
    MAX_EVIDENCE,
    MAX_UNPACKED,
    Json,
    Package,
    laid,
    pack,
    unpack,
)
from lantian.apps.supervision.models import (
    Exchange,
    ExchangeKind,
)
from lantian.apps.supervision.periods import is_month, months
from lantian.reading.errors import ReadingError
from lantian.reading.guard import run_guarded

# What a document of the right format and wrong content ends in.
_NONSENSE = (
    KeyError, TypeError, ValueError, ArithmeticError, AttributeError, ValidationError, DataError, IntegrityError,
)  # fmt: skip


def make_plan_package(user: User, plan: Plan, area: Area) -> Exchange:
    """市 → 区: the plan and the commitments of one district as a package. Raises PermissionDenied or NotPossible."""
    policy.require(user, "duty.assign", plan)
    if not rights.of_office(user, "duty.assign", plan):
        raise PermissionDenied
    if plan.status not in IN_FORCE:
        raise NotPossible(_("Only a plan in force is sent to a district."))
    document = downward.document_of(plan, area)
    if not document["commitments"]:
        raise NotPossible(_("No unit of %(area)s owes anything of this plan.") % {"area": area.name})
    source = plan.file.path.read_bytes() if plan.file.path.exists() else None
    summary = {"measures": len(document["measures"]), "commitments": len(document["commitments"])}
    return _made(user, ExchangeKind.PLAN, plan, area, "", document, source, summary)


def make_return_package(user: User, plan: Plan, area: Area, period: str, *, with_files: bool = True) -> Exchange:
    """区 → 市: what the district's units handed in for a month as a package, its evidence in it or only named.

    Raises PermissionDenied or NotPossible (also where the files are more than a package takes).
    """
    policy.require(user, "duty.assign")
    if not is_office(user, area):
        raise PermissionDenied
    if not is_month(period) or period not in months(plan):
        raise NotPossible(_("%(period)s is no month in which this plan is reported.") % {"period": period[:10]})
    returns = upward.ready(plan, area, period)
    if not returns:
        raise NotPossible(_("No unit of %(area)s has handed in a return of this month yet.") % {"area": area.name})
    document = upward.document_of(plan, period, returns)
    summary = {"returns": len(returns), "entries": sum(len(item["entries"]) for item in document["returns"])}
    evidence = _evidence_of(upward.files_of(returns)) if with_files else {}
    summary |= {"files": len(evidence), "named": len(upward.files_of(returns))}
    return _made(user, ExchangeKind.RETURN, plan, area, period, document, None, summary, evidence)


def _evidence_of(rows: Mapping[str, StoredFile]) -> dict[str, bytes]:
    """The files of evidence by their hash. The other side takes no larger upload than we do."""
    size = sum(row.size for row in rows.values())
    if len(rows) > MAX_EVIDENCE or size > min(settings.LANTIAN_UPLOAD_BYTES, MAX_UNPACKED) * 9 // 10:
        text = _("%(n)s files of evidence (%(mb)s MB) are more than a package takes. Leave the files out.")
        raise NotPossible(text % {"n": len(rows), "mb": -(-size // 2**20)})
    found = {}
    for digest, row in rows.items():
        try:
            found[digest] = row.path.read_bytes()
        except FileNotFoundError:
            text = _("The file of “%(name)s” is no longer here; restore it from the backup, or leave the files out.")
            raise NotPossible(text % {"name": row.name}) from None
    return found


@transaction.atomic
def _made(
    user: User, kind: str, plan: Plan, area: Area, period: str, document: Json, source: bytes | None, summary: Json,
    evidence: Mapping[str, bytes] | None = None,
) -> Exchange:  # fmt: skip
    Area.objects.select_for_update().get(pk=area.pk)  # one serial at a time
    same = Exchange.objects.filter(kind=kind, plan=plan, area=area, period=period, outgoing=True)
    serial = (same.aggregate(last=Max("serial"))["last"] or 0) + 1
    uid = uuid7()
    head = {
        "kind": str(kind), "uid": str(uid), "serial": serial, "made": timezone.now().isoformat(timespec="seconds"),
        "area": area.code, "plan": str(plan.uid), "title": plan.title, "period": period,
    }  # fmt: skip
    content, code = pack(head, document, source, evidence)
    name = "-".join(filter(None, (plan.title[:60], area.name, period, f"{serial}"))).replace("/", "_") + ".zip"
    stored = files.store(user, name, [content])
    row = Exchange.objects.create(
        uid=uid, kind=kind, outgoing=True, plan=plan, title=plan.title, area=area, period=period, serial=serial,
        code=code, file=stored, name=name, summary=summary, by=user,
    )  # fmt: skip
    audit.record(user, "exchange.make", row, after={"name": name, "code": code, **summary})
    return row


def bring(user: User, name: str, chunks: Iterable[bytes]) -> Exchange:
    """Keep a package that came and look into it; nothing of it is taken yet. The same package is kept once.

    Raises PermissionDenied, :class:`Altered` with the reason for what cannot be used, or files.TooLargeError.
    """
    policy.require(user, "duty.assign")
    with files.unpacked("package.zip", chunks) as path, _opened(path) as (package, _folder):
        area = _addressee(user, package)
        known = Exchange.objects.filter(code=package.code, outgoing=False).first()
        if known is not None:
            return known
        stored = files.store_path(user, name, path)
    return _kept(user, name, package, area, stored)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Package, Path]]:
    """The package in a file, and the folder with its evidence until the block ends. Raises :class:`Altered`."""
    with tempfile.TemporaryDirectory(prefix="lantian-") as folder:
        place = Path(folder) / "package.zip"
        place.symlink_to(path.resolve())
        try:
            package = run_guarded(unpack, place)
        except ReadingError as problem:
            raise Altered(problem.zh if _chinese() else problem.en) from None
        yield package, Path(folder) / EVIDENCE


def _chinese() -> bool:
    return not (get_language() or "").startswith("en")


def _addressee(user: User, package: Package) -> Area:
    """The district of the package, if the person is of the office that takes such a package."""
    area = Area.objects.filter(code=str(package.head["area"])[:20]).first()
    if area is None:
        text = _("The directory here knows no area %(code)s, of which the package speaks.")
        raise Altered(text % {"code": str(package.head["area"])[:20]})
    if package.head["kind"] == ExchangeKind.PLAN:
        if not is_office(user, area):
            raise Altered(_("The package is for %(area)s, of which you are not the office.") % {"area": area.name})
        return area
    plan = _plan(package)
    if plan is None:
        raise Altered(_("The plan of this package is not here: %(title)s") % {"title": str(package.head["title"])[:80]})
    if not rights.of_office(user, "duty.assign", plan):
        raise PermissionDenied
    return area


def _plan(package: Package) -> Plan | None:
    try:
        return Plan.objects.select_related("area").filter(uid=UUID(str(package.head["plan"]))).first()
    except ValueError:
        return None


@transaction.atomic
def _kept(user: User, name: str, package: Package, area: Area, stored: StoredFile) -> Exchange:
    summary = _summary(package)
    row = Exchange.objects.create(
        kind=package.head["kind"], outgoing=False, plan=_plan(package), title=str(package.head["title"])[:300],
        area=area, period=str(package.head["period"])[:8], serial=package.head["serial"], code=package.code,
        file=stored, name=name.replace("\\", "/").rsplit("/", 1)[-1][-255:] or "package.zip", summary=summary, by=user,
    )  # fmt: skip
    audit.record(user, "exchange.bring", row, after={"name": row.name, "code": row.code})
    return row


def _summary(package: Package) -> Json:
    """What a package holds, for the person who decides; also a first look at whether it is whole."""
    document = package.document
    try:
        if package.head["kind"] == ExchangeKind.PLAN:
            return {
                "measures": len(document["measures"]), "commitments": len(document["commitments"]),
                "missing": downward.known_units(document).missing,
            }  # fmt: skip
        return {
            "returns": len(document["returns"]),
            "entries": sum(len(item["entries"]) for item in document["returns"]),
            "files": len(package.evidence), "named": upward.named(document),
            "units": [str(item["unit"]["name"])[:80] for item in document["returns"]][:100],
        }  # fmt: skip
    except _NONSENSE:
        raise Altered(_("The package lacks what its kind must hold; nothing was taken.")) from None


def take(user: User, row: Exchange) -> Exchange:
    """Take a package that was brought. Taking the same package again changes nothing but what lacked the first time.

    Raises PermissionDenied, or :class:`Altered` where it cannot be used; then nothing is changed.
    """
    policy.require(user, "duty.assign")
    if row.outgoing:
        raise NotPossible(_("This package was made here; it is for the other side."))
    if not row.file.path.exists():
        raise Altered(_("The file of the package is no longer here."))
    with _opened(row.file.path) as (package, folder):
        _addressee(user, package)
        if package.code != row.code:
            raise Altered(_("The package lacks what its kind must hold; nothing was taken."))
        # Before the transaction: files are large, and a transaction holds up everybody.
        kept = _kept_evidence(user, package, folder)
    return _taken(user, row, package, kept)


def _kept_evidence(user: User, package: Package, folder: Path) -> frozenset[str]:
    """Keep the files of evidence; the hashes of those that are here now."""
    for digest, name in package.evidence.items():
        try:
            files.store_path(user, name, folder / laid(digest, name))
        except files.TooLargeError as large:
            text = _("%(name)s is larger than %(mb)s MB; the package was not taken.")
            raise Altered(text % {"name": files.short_name(name), "mb": large.limit // 2**20}) from None
    return frozenset(package.evidence)


def _taken(user: User, row: Exchange, package: Package, kept: frozenset[str]) -> Exchange:
    try:
        with transaction.atomic():
            Area.objects.select_for_update().get(pk=row.area_id)
            _not_older(row, package)
            plan = _plan(package)
            if row.kind == ExchangeKind.PLAN:
                take_plan(user, row, package, plan)
            elif plan is not None:
                take_returns(user, row, package, plan, kept)
            row.taken = row.taken or timezone.now()
            row.save(update_fields=["plan", "summary", "taken"])
            audit.record(user, "exchange.take", row, after={"code": row.code, **row.summary})
    except _NONSENSE:
        raise Altered(_("The package lacks what its kind must hold; nothing was taken.")) from None
    return row


def _not_older(row: Exchange, package: Package) -> None:
    taken = Exchange.objects.filter(kind=row.kind, area=row.area, period=row.period, outgoing=False)
    newest = taken.filter(plan__uid=UUID(str(package.head["plan"])), taken__isnull=False).order_by("-serial").first()
    if newest is not None and newest.code != row.code and newest.serial >= row.serial:
        text = _("Package no. %(newer)s of this content was taken already; no. %(older)s is older.")
        raise Altered(text % {"newer": newest.serial, "older": row.serial})
