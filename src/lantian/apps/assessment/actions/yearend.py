"""年终: deciding the wording of a row, freezing the year with its papers, packing the evidence that was frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lantian.apps.assessment import printed
from lantian.apps.assessment.models import Outcome, Wording, YearEnd
from lantian.apps.assessment.queries import yearend as queries
from lantian.apps.assessment.queries.yearend import Row
from lantian.apps.assessment.yearend import pack, papers
from lantian.apps.assessment.yearend.wording import PRINTED
from lantian.apps.core import audit, files, jobs, policy
from lantian.apps.core.models import Job, StoredFile, User
from lantian.apps.plans import content, exports
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision.actions.common import NotPossible, Stale
from lantian.reading.output.stamp import stamped

EDIT = "duty.assign"
PACK = "assessment.pack"
COLUMNS = (("完成情况", 1300), ("工作成效", 3200), ("未完成原因及说明", 1800))
LONGEST, LONGEST_REASON = 4000, 1000
_PACKING = gettext_noop("packing the evidence")


@transaction.atomic
def decide(
    user: User, plan: Plan, measure: Measure, wording: str, *, result: str, reason: str = "", strive: str = "",
    proposed: str = "", revision: int = 0,
) -> Outcome:  # fmt: skip
    """Say how far a row was fulfilled. ``proposed``: what the states say; ``revision``: of the page, 0 for none yet.

    What is not completed, and a wording other than the proposed one, needs a reason. Raises PermissionDenied,
    ``Stale`` or ``NotPossible``.
    """
    policy.require(user, EDIT, plan)
    reason, strive, result = reason.strip(), strive.strip(), result.replace("\r\n", "\n").strip()
    if wording not in Wording.values:
        raise NotPossible(_("Choose a wording."))
    if (wording == Wording.NOT_DONE or (proposed and wording != proposed)) and not reason:
        raise NotPossible(_("Say why it is not completed, or why the wording is not the proposed one."))
    if len(result) > LONGEST or max(len(reason), len(strive)) > LONGEST_REASON:
        raise NotPossible(_("At most %(n)s characters.") % {"n": LONGEST if len(result) > LONGEST else LONGEST_REASON})
    Plan.objects.select_for_update().get(pk=plan.pk)
    row = Outcome.objects.filter(plan=plan, measure=measure).first()
    if (row.revision if row else 0) != revision:
        raise Stale
    before = {"wording": row.wording, "reason": row.reason} if row else None
    row = row or Outcome(plan=plan, measure=measure, revision=0)
    row.wording, row.proposed, row.result, row.reason, row.strive = wording, proposed, result, reason, strive
    row.by, row.revision = user, row.revision + 1
    row.save()
    after = {"n": measure.n, "wording": wording, "proposed": proposed, "reason": reason, "strive": strive}
    audit.record(user, "yearend.decide", row, before=before, after=after)
    return row


@transaction.atomic
def freeze(user: User, plan: Plan) -> YearEnd:
    """Freeze 完成情况表 and the list of evidence as they stand and ask for the pack; a correction is the next number.

    Raises PermissionDenied, or ``NotPossible`` while a row waits for a wording, a reason or an explanation.
    """
    policy.require(user, EDIT, plan)
    Plan.objects.select_for_update().get(pk=plan.pk)
    rows = queries.rows(plan)
    waiting = [row for row in rows if row.open]
    if waiting:
        numbers = "、".join(str(row.measure.n) for row in waiting[:12]) + ("…" if len(waiting) > 12 else "")
        text = _("%(n)s rows still wait for a wording, a reason or an explanation: %(numbers)s")
        raise NotPossible(text % {"n": len(waiting), "numbers": numbers})
    last = YearEnd.objects.filter(plan=plan).aggregate(last=Max("number"))["last"] or 0
    stored = [
        files.store(user, file_name(plan, form, last + 1), [written(plan, rows, form)]) for form in ("docx", "xlsx")
    ]
    frozen = {"title": plan.title, "rows": [_kept(row) for row in rows], "files": queries.evidence(plan)}
    made = YearEnd.objects.create(
        plan=plan, number=last + 1, content=frozen, docx=stored[0], xlsx=stored[1], by=user
    )  # fmt: skip
    made.job = jobs.enqueue(user, PACK, {"year_end": str(made.uid)}, key=f"{PACK}:{made.uid}")
    made.save(update_fields=["job"])
    after = {"number": made.number, "rows": len(rows), "files": len(frozen["files"]), "sha256": stored[0].sha256}
    audit.record(user, "yearend.freeze", made, after=after)
    return made


@transaction.atomic
def pack_again(user: User, row: YearEnd) -> None:
    """Pack once more what was frozen, where packing failed. Raises PermissionDenied or ``NotPossible``."""
    policy.require(user, EDIT, row)
    row = YearEnd.objects.select_for_update().get(pk=row.pk)
    if row.sha256:
        raise NotPossible(_("The pack is made already; it does not change any more."))
    row.job = jobs.enqueue(user, PACK, {"year_end": str(row.uid)}, key=f"{PACK}:{row.uid}")
    row.save(update_fields=["job"])
    audit.record(user, "yearend.pack_again", row, after={"number": row.number})


def _kept(row: Row) -> dict[str, Any]:
    return {
        "measure": str(row.measure.uid), "n": row.measure.n, "wording": row.wording, "proposed": row.proposed,
        "result": row.result, "reason": row.reason, "strive": row.strive, "states": row.states,
    }  # fmt: skip


def written(plan: Plan, rows: Sequence[Row], form: str, *, draft: bool = False) -> bytes:
    """完成情况表 in the plan's own table, as docx or xlsx; ``draft`` says so on every page."""
    reading = content.plan_reading(plan, [row.measure for row in rows])
    texts = [(PRINTED[row.wording], row.result, _reasons(row)) for row in rows]
    note = f"截至{timezone.localdate().isoformat()}"
    shape = printed.with_columns(reading, f"{plan.title}完成情况表", note, COLUMNS, texts)
    if form == "xlsx":
        return printed.as_xlsx(shape, "完成情况")
    mark = "　".join(word for word in (exports.mark_of(plan), "草稿" if draft else "") if word)
    return printed.as_docx([shape], mark)


def _reasons(row: Row) -> str:
    return "\n".join(part for part in (row.reason, f"未达力争目标：{row.strive}" if row.strive else "") if part)


def file_name(plan: Plan, form: str, number: int = 0) -> str:
    """《…》完成情况表.docx, the draft and later numbers marked."""
    edition = "（草稿）" if not number else f"（第{number}次）" if number > 1 else ""
    return f"{exports.file_name(content.plan_reading(plan, []), form).rpartition('.')[0]}完成情况表{edition}.{form}"


def pack_name(row: YearEnd) -> str:
    """《…》佐证材料.zip."""
    return file_name(row.plan, "zip", row.number).replace("完成情况表", "佐证材料")


def register() -> None:
    """Register the job (once, when Django starts)."""
    jobs.handles(PACK)(_pack)


def _pack(job: Job) -> dict[str, Any]:
    """``{"year_end": uid}`` → size and SHA-256 of the pack; it is made of what was frozen, once."""
    row = YearEnd.objects.select_related("docx", "xlsx", "plan").filter(uid=job.payload["year_end"]).first()
    if row is None:
        raise jobs.RefusedError("年终材料已不存在。", "The year-end material is gone.")
    if not row.sha256:
        listed, title = row.content["files"], row.content["title"]
        stored = {item.sha256: item for item in StoredFile.objects.filter(sha256__in={f["sha256"] for f in listed})}
        places = [(f"{f['folder']}/{f['file']}", stored[f["sha256"]].path, f["sha256"]) for f in listed]
        try:
            digest, length = pack.write(
                row.pack, _papers(row, title, listed), places, lambda percent: jobs.progress(job, percent, _PACKING)
            )
        except pack.SpoiltError as spoilt:
            raise jobs.RefusedError(
                f"文件“{spoilt.name}”已丢失或与归档时不一致，佐证材料包没有生成。请联系管理员从备份恢复后重新打包。",
                f"The file “{spoilt.name}” is gone or is not what was frozen; no pack was made. Ask your administrator"
                " to restore it from the backup, then pack again.",
            ) from None
        YearEnd.objects.filter(pk=row.pk, sha256="").update(sha256=digest, size=length)
        row.refresh_from_db()
        audit.record(job.created_by, "yearend.pack", row, after={"sha256": digest, "size": length})
    return {"sha256": row.sha256, "size": row.size}


def _papers(row: YearEnd, title: str, listed: papers.Files) -> list[tuple[str, bytes]]:
    catalogue, mark = papers.catalogue(title, listed), exports.mark_of(row.plan)
    made = [
        ("完成情况表.docx", row.docx.path.read_bytes()),
        ("完成情况表.xlsx", stamped(row.xlsx.path.read_bytes(), "xlsx", mark)),
        ("目录.docx", printed.as_docx([catalogue], mark)),
        ("目录.xlsx", stamped(printed.as_xlsx(catalogue, "目录"), "xlsx", mark)),
        ("校验清单.txt", papers.checksums(listed).encode()),
    ]
    covers = papers.covers(title, listed)
    return made + [(f"{folder}/封面.docx", printed.as_docx([cover], mark)) for folder, cover in covers]
