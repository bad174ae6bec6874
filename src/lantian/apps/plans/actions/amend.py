"""修订: a published plan is changed by a plan of its own, whose publication brings its rows in; drafts thrown away."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError

from lantian.apps.core import audit, policy
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import Job, User
from lantian.apps.plans.actions.rows import audit_rows, change_rows, touch
from lantian.apps.plans.actions.versions import (
    VersionError,
    contents_of,
    keep_reading,
    keep_version,
    lock,
    reading,
)
from lantian.apps.plans.content import Content
from lantian.apps.plans.models import IN_FORCE, IN_PREPARATION, Edit, Measure, Plan, PlanStatus

# What an amendment takes over from its plan, and gives back to it when it is published.
_HEAD = (
    "title", "year", "region", "area", "level", "medium", "secrecy", "number", "issued", "flags", "file", "file_name",
    "place_in_file",
)  # fmt: skip


def open_amendment(plan: Plan) -> Plan | None:
    """The amendment of the plan that is being prepared, if there is one."""
    return Plan.objects.filter(amends=plan, status__in=IN_PREPARATION).first()


@transaction.atomic
def amend(user: User, plan: Plan) -> Plan:
    """Open an amendment of a plan in force, or give the one that is open: its rows are copies that know their origin.

    Its reading (version 0) is the plan's, so that a corrected document can be merged into it. Raises PermissionDenied
    and :class:`VersionError`.
    """
    policy.require(user, "plan.edit", plan)
    lock(plan)
    there = open_amendment(plan)
    if there is not None:
        return there
    if plan.status not in IN_FORCE:
        raise VersionError(
            "只有已发布、正在执行的计划才能修订。", "Only a plan that is published and in force can be amended."
        )
    amendment = Plan.objects.create(amends=plan, created_by=user, **{name: getattr(plan, name) for name in _HEAD})
    rows = contents_of(plan)
    made = change_rows(amendment, [item | {"uid": None, "conflicts": []} for item in rows])
    origins = {str(row.uid): row for row in Measure.objects.filter(plan=plan)}
    for row, item in zip(made, rows, strict=True):
        row.origin = origins[item["uid"]]
    Measure.objects.bulk_update(made, ["origin"], batch_size=200)
    uids = {item["uid"]: str(row.uid) for row, item in zip(made, rows, strict=True)}
    keep_reading(user, amendment, *_moved(reading(plan), uids))
    audit.record(user, "plan.amend", amendment, after={"amends": str(plan.uid), "title": plan.title})
    return amendment


def _moved(kept: Content, uids: dict[str, str]) -> tuple[list[Content], Content]:
    """A reading with the uids of another plan's rows: its rows, its head. Rows that plan lacks get a new uid."""
    rows = [item | {"uid": uids.get(item["uid"]) or str(uuid7())} for item in kept["measures"]]
    return rows, {name: value for name, value in kept.items() if name != "measures"}


def check_conflicts(plan: Plan) -> None:
    """Raise :class:`VersionError` naming the rows whose conflicts nobody decided yet."""
    rows = Measure.objects.filter(plan=plan).exclude(conflicts=[]).order_by("n").values_list("n", flat=True)
    if numbers := [str(n) for n in rows]:
        shown = "、".join(numbers[:10]) + ("等" if len(numbers) > 10 else "")
        raise VersionError(
            f"还有{len(numbers)}条措施与新文件有冲突，未作决定：第{shown}条。请先逐条处理，再发布。",
            f"{len(numbers)} measures are in conflict with the new document and not decided: "
            f"{', '.join(numbers[:10])}{' …' if len(numbers) > 10 else ''}. Decide them, then publish.",
        )


def publish_amendment(user: User, amendment: Plan, note: str) -> Plan:
    """Bring an amendment's rows into its plan as the next version; returns the plan. Called in a transaction.

    A row keeps the uid that it had in the plan; rows without origin are new there; rows that the amendment dropped are
    withdrawn, not deleted: what hangs on them stays. The amendment itself is archived, without rows, for the record.
    """
    plan = amendment.amends
    assert plan is not None
    policy.require(user, "plan.publish", plan)
    lock(plan)
    if plan.status not in IN_FORCE:
        raise VersionError("被修订的计划已经办结或归档。", "The plan that is to be amended is closed or archived.")
    before = {"status": plan.status, "version": plan.version}
    uids = _targets(plan, amendment)
    _bring_rows(user, plan, amendment, uids)
    for name in _HEAD:
        setattr(plan, name, getattr(amendment, name))
    plan.version, plan.status = plan.version + 1, PlanStatus.AMENDED
    plan.save(update_fields=[*_HEAD, "version", "status"])
    keep_reading(user, plan, *_moved(reading(amendment), uids))
    keep_version(user, plan, plan.version, note=note)
    touch(plan)
    after = {"status": plan.status, "version": plan.version, "note": note}
    audit.record(user, "plan.publish", plan, before=before, after=after | {"amendment": str(amendment.uid)})
    _archive(user, amendment, plan)
    return plan


def _targets(plan: Plan, amendment: Plan) -> dict[str, str]:
    """uid of each row of the amendment → uid that it has in the plan; each row of the plan is meant once."""
    current = {row.pk: str(row.uid) for row in Measure.objects.filter(plan=plan).only("uid")}
    uids: dict[str, str] = {}
    for uid, origin in Measure.objects.filter(plan=amendment).order_by("n").values_list("uid", "origin"):
        uids[str(uid)] = current.pop(origin or 0, "") or str(uuid7())
    return uids


def _bring_rows(user: User, plan: Plan, amendment: Plan, uids: dict[str, str]) -> None:
    before = {item["uid"]: item for item in contents_of(plan)}
    after = [item | {"uid": uids[item["uid"]]} for item in contents_of(amendment)]
    order = [item["uid"] for item in after]
    changed = [item for item in after if item["uid"] not in before or _differs(before[item["uid"]], item)]
    gone = [uid for uid in before if uid not in set(order)]
    Measure.objects.filter(plan=plan, uid__in=gone).update(withdrawn=plan.version + 1)
    change_rows(plan, changed, order=order)
    touched = [before[item["uid"]] for item in changed if item["uid"] in before]
    audit_rows(user, plan, "amend", touched, changed)
    for row in Measure.everything.filter(plan=plan, uid__in=gone):
        audit.record(user, "measure.withdraw", row, after={"version": plan.version + 1})


def _differs(one: Content, other: Content) -> bool:
    return one | {"n": 0} != other | {"n": 0}


def _archive(user: User, amendment: Plan, plan: Plan) -> None:
    """What people said about the amendment hangs on it, so it stays; its rows are counted in its plan, not here."""
    before, amendment.status = amendment.status, PlanStatus.ARCHIVED
    amendment.save(update_fields=["status"])
    Measure.objects.filter(plan=amendment).update(withdrawn=plan.version)
    Edit.objects.filter(plan=amendment).update(closed=True)
    audit.record(
        user, "plan.status", amendment, before={"status": before},
        after={"status": amendment.status, "version": plan.version},
    )  # fmt: skip


@transaction.atomic
def discard(user: User, plan: Plan) -> None:
    """Throw a draft or an amendment away, with its rows; the audit record keeps its title and how much it held.

    Its file stays, and can be imported again. Raises PermissionDenied and :class:`VersionError` (published plans;
    drafts on which opinions were asked).
    """
    policy.require(user, "plan.edit", plan)
    lock(plan)
    if not plan.in_preparation or plan.version:
        raise VersionError("已发布的计划不能删除。", "A published plan cannot be thrown away.")
    held = {
        "title": plan.title,
        "year": plan.year,
        "file": plan.file_name,
        "sha256": plan.file.sha256,
        "measures": Measure.objects.filter(plan=plan).count(),
        "edits": Edit.objects.filter(plan=plan, undone=False).count(),
        "amends": str(plan.amends.uid) if plan.amends else None,
    }
    audit.record(user, "plan.discard", plan, before=held)
    job = plan.job_id
    try:
        plan.delete()
    except ProtectedError:
        raise VersionError(
            f"《{held['title']}》已经征求过意见，不能删除。",
            f"Opinions were asked on “{held['title']}”; it cannot be thrown away.",
        ) from None
    # The same document asks once; when nothing of it is left, it may be brought again.
    if job is not None:
        Job.objects.filter(pk=job, plans=None).update(key=None)
