"""A corrected document for a plan that is there: three-way merge of the old file, people's work and the new file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from lantian import __version__
from lantian.apps.areas import queries as areas
from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import AuditEvent, Job, StoredFile, User
from lantian.apps.plans.actions.amend import amend, discard, open_amendment
from lantian.apps.plans.actions.correspondence import corresponding
from lantian.apps.plans.actions.edits.sheet import Sheet
from lantian.apps.plans.actions.importing import IMPORT, directory_of
from lantian.apps.plans.actions.rows import audit_rows, record_edit, touch
from lantian.apps.plans.actions.versions import VersionError, contents_of, keep_reading, lock, reading
from lantian.apps.plans.content import Content, content_read
from lantian.apps.plans.models import IN_FORCE, Edit, Plan
from lantian.comparing import MergedRows, merge_rows
from lantian.reading import model as read

REIMPORT = "reimport"  # the kind of its Edit
_HEAD = ("title", "year", "region", "level", "medium")


def replace_file(user: User, plan: Plan, name: str, chunks: Iterable[bytes], place: int | None = None) -> Job:
    """Keep a corrected document of a plan and ask for it to be read and merged; returns the job.

    ``place`` says which plan of the file it is, counted from 1 (without: the one whose measures fit). Raises
    PermissionDenied, :class:`VersionError` and :class:`lantian.apps.core.files.TooLargeError`.
    """
    check_replaceable(user, plan)
    stored = files.store(user, name, chunks)
    return _ask(user, plan, stored, stored_name(name), place)


def reread(user: User, plan: Plan) -> Job:
    """Ask for a plan's own document to be read again with today's reader, and merged. Raises as replace_file does.

    Where an amendment is open, its document is the one.
    """
    check_replaceable(user, plan)
    target = open_amendment(plan) or plan
    return _ask(user, plan, target.file, target.file_name, target.place_in_file)


def stored_name(name: str) -> str:
    """The name of an upload without its folders."""
    return name.replace("\\", "/").rpartition("/")[2][-255:] or "file"


def check_replaceable(user: User, plan: Plan) -> None:
    """Raise PermissionDenied, or :class:`VersionError` for a plan that is closed or archived."""
    policy.require(user, "plan.edit", plan)
    if not plan.in_preparation and plan.status not in IN_FORCE:
        raise VersionError(
            "计划已经办结或归档，不能再更换文件。", "The plan is closed or archived; its document stays."
        )


@transaction.atomic
def _ask(user: User, plan: Plan, stored: StoredFile, name: str, place: int | None) -> Job:
    """The same file for the same state of the plan asks once."""
    target = open_amendment(plan) or plan
    payload = {"file": str(stored.uid), "name": name, "replaces": str(plan.uid), "place": place}
    key = f"{IMPORT}:{target.uid}:{target.revision}:{stored.sha256[:32]}:{place or 0}:{__version__}"
    job = jobs.enqueue(user, IMPORT, payload, key=key)
    audit.record(user, "plan.replace", plan, after={"job": str(job.uid), "name": name, "sha256": stored.sha256})
    return job


@transaction.atomic
def perform_replace(job: Job, stored: StoredFile, plans: Sequence[read.Plan]) -> Plan:
    """What the import job does with a file that replaces another, once: called again it gives what it changed.

    Raises as :func:`reimport` does.
    """
    plan = Plan.objects.select_related("area", "amends").filter(uid=job.payload["replaces"]).first()
    if plan is None or job.created_by is None:
        raise VersionError("要更换文件的计划已经不在了。", "The plan that the document belongs to is gone.")
    lock(plan)  # a worker that was given up for dead may still be at it
    asked = {"action": "plan.reimport", "after__job": str(job.uid)}
    done = AuditEvent.objects.filter(**asked).values_list("object_uid", flat=True).first()
    if done is not None:
        return Plan.objects.get(uid=done)
    place, name = job.payload.get("place"), job.payload["name"]
    return reimport(job.created_by, plan, stored, name, plans, place=place, job=job)


@transaction.atomic
def reimport(
    user: User, plan: Plan, stored: StoredFile, name: str, plans: Sequence[read.Plan], *, place: int | None = None,
    job: Job | None = None,
) -> Plan:  # fmt: skip
    """Merge a document that was read into a plan; returns the plan that changed: itself, or its amendment.

    Of several plans in the file the one at ``place`` counts, else the one that fits; ``job`` is what read it, for the
    record. What people did stays (the rules:
    docs/comparing.md), the document becomes the plan's. Raises PermissionDenied and :class:`VersionError`.
    """
    check_replaceable(user, plan)
    found = corresponding(plan, contents_of(plan), plans, place)
    target = plan if plan.in_preparation else amend(user, plan)
    directory = directory_of(target)
    rows = [content_read(item, directory) for item in found.plan.measures]
    _merge(user, target, rows, _head_read(found.plan), _Document(stored, name, found.place), job)
    return target


@transaction.atomic
def take_over(user: User, draft: Plan, plan: Plan) -> Plan:
    """Make a fresh draft the new text of a plan that is already there: its rows are merged, the draft is gone.

    Returns the plan that changed: itself, or its amendment. Raises PermissionDenied and :class:`VersionError`.
    """
    policy.require(user, "plan.edit", draft)
    check_replaceable(user, plan)
    if not draft.in_preparation or draft.version or draft.amends_id or draft.pk == plan.pk or plan.amends_id:
        raise VersionError(
            "只有新导入的草稿才能作为另一计划的新版本。", "Only a fresh draft can become a new version of another plan."
        )
    target = plan if plan.in_preparation else amend(user, plan)
    rows = [item | {"uid": None, "conflicts": []} for item in contents_of(draft)]
    head = {name: getattr(draft, name) for name in (*_HEAD, "flags")}
    _merge(user, target, rows, head, _Document(draft.file, draft.file_name, draft.place_in_file))
    job = Job.objects.filter(plans=draft).first()
    discard(user, draft)
    if job is not None:
        uids = [str(target.uid) if uid == str(draft.uid) else uid for uid in (job.result or {}).get("plans", [])]
        Job.objects.filter(pk=job.pk).update(result={"plans": uids})
    return target


class _Document:
    """A file and which of its plans is meant."""

    def __init__(self, file: StoredFile, name: str, place: int) -> None:
        self.file, self.name, self.place = file, name, place

    @classmethod
    def of(cls, plan: Plan) -> _Document:
        return cls(plan.file, plan.file_name, plan.place_in_file)

    def give(self, plan: Plan) -> None:
        plan.file, plan.file_name, plan.place_in_file = self.file, self.name, self.place
        plan.save(update_fields=["file", "file_name", "place_in_file"])

    def as_json(self) -> Content:
        return {"file": str(self.file.uid), "file_name": self.name, "place_in_file": self.place}

    @classmethod
    def from_json(cls, kept: Content) -> _Document:
        return cls(StoredFile.objects.get(uid=kept["file"]), kept["file_name"], kept["place_in_file"])


def _head_read(plan: read.Plan) -> Content:
    flags = [{"id": flag.id, "detail": flag.detail} for flag in plan.flags]
    return {name: getattr(plan, name) for name in _HEAD} | {"flags": flags}


def _merge(
    user: User, plan: Plan, rows: Sequence[Content], head: Content, document: _Document, job: Job | None = None
) -> None:  # fmt: skip
    """Merge rows and head into a plan in preparation and keep what it takes to undo it."""
    lock(plan)
    before = reading(plan)
    was = _Document.of(plan).as_json() | {"reading": before}
    sheet = Sheet(plan)
    merged = merge_rows(before["measures"], sheet.in_order(), rows, lambda: str(uuid7()))
    _put(sheet, merged)
    sheet.head = sheet.head | _merged_head(before, sheet.head, head)
    touched, after = sheet.write(renew_gaps=False)
    document.give(plan)
    keep_reading(user, plan, merged.reading, _kept_head(before, head))
    reordered = sheet.order != sheet.order_before
    head_before, head_after = sheet.head_change()
    record_edit(
        user, plan, REIMPORT, touched, after,
        order_before=sheet.order_before if reordered else None, order_after=sheet.order if reordered else None,
        head_before=was | {"head": head_before}, head_after=document.as_json() | {"head": head_after},
    )  # fmt: skip
    # One step back from here is taken by take_back, which also brings the document and its reading back; the edits
    # before it were made on rows that are no longer what they were.
    Edit.objects.filter(plan=plan).update(closed=True)
    audit.record(
        user, "plan.reimport", plan, before={name: was[name] for name in document.as_json()} | head_before,
        after=document.as_json() | head_after | merged.counts() | ({"job": str(job.uid)} if job else {}),
    )  # fmt: skip


def _put(sheet: Sheet, merged: MergedRows) -> None:
    for uid in merged.removed:
        sheet.remove(uid)
    for row in merged.rows:
        sheet.put(row.content)
    sheet.order = [row.content["uid"] for row in merged.rows]


def _merged_head(before: Content, mine: Content, new: Content) -> Content:
    """What the new file says of the plan itself, where people left it as the old file had it; an area goes with it."""
    changed: dict[str, Any] = {
        name: new[name][:300] if isinstance(new[name], str) else new[name]
        for name in _HEAD
        if new[name] and mine[name] == before[name] != new[name]
    }
    if "region" in changed:
        area = areas.area_of(changed["region"])
        changed["area"] = area.code if area else mine["area"]
    accepted = {(flag["id"], flag["detail"]) for flag in mine["flags"] if flag.get("accepted")}
    flags = [flag | ({"accepted": True} if (flag["id"], flag["detail"]) in accepted else {}) for flag in new["flags"]]
    return changed | {"flags": flags}


def _kept_head(before: Content, new: Content) -> Content:
    return {name: new[name] if new[name] else before[name] for name in _HEAD} | {"flags": new["flags"]}


def last_reimport(plan: Plan) -> Edit | None:
    """The plan's last change, if that was a new document which can still be taken back."""
    last = Edit.objects.filter(plan=plan).order_by("-id").first() if plan.in_preparation else None
    return last if last is not None and last.kind == REIMPORT and not last.undone else None


@transaction.atomic
def take_back(user: User, plan: Plan) -> None:
    """Undo the last replacement: rows, places, document and its reading are as before it.

    Raises PermissionDenied, and :class:`VersionError` where something was changed since or there is no such thing.
    """
    policy.require(user, "plan.edit", plan)
    lock(plan)
    edit = last_reimport(plan)
    if edit is None:
        raise VersionError(
            "更换文件之后又有修改，不能再撤销更换。", "The plan was changed after its document was replaced; it stays."
        )
    sheet = Sheet(plan)
    kept = {item["uid"] for item in edit.before}
    for item in edit.after:
        if item["uid"] not in kept:
            sheet.remove(item["uid"])
    for item in edit.before:
        sheet.put(item)
    sheet.order = list(edit.order_before or sheet.order)
    was: Content = edit.head_before or {}
    sheet.head = sheet.head | was["head"]
    before, after = sheet.write(renew_gaps=False)
    audit_rows(user, plan, "take_back", before, after)
    document = _Document.from_json(was)
    document.give(plan)
    measures, head = was["reading"]["measures"], {k: v for k, v in was["reading"].items() if k != "measures"}
    keep_reading(user, plan, measures, head)
    edit.undone = True
    edit.save(update_fields=["undone"])
    touch(plan)
    audit.record(user, "plan.take_back", plan, before=edit.head_after, after=document.as_json())
