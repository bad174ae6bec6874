"""月度汇总: writing over merged words, and freezing the month as it is issued."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from lantian.apps.assessment import printed
from lantian.apps.assessment.models import MergeIssue, MergeText
from lantian.apps.assessment.queries import merge as queries
from lantian.apps.assessment.queries.merge import MergedRow
from lantian.apps.core import audit, files, policy
from lantian.apps.core.models import User
from lantian.apps.plans import content, exports
from lantian.apps.plans.models import Measure, Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions.common import NotPossible, Stale

LONGEST = 4000
EDIT = "duty.assign"
COLUMNS = (("进展", 3600), ("状态", 1100))


@transaction.atomic
def write(user: User, plan: Plan, period: str, measure: Measure, text: str, *, revision: int) -> MergeText:
    """Put the office's words in place of the merged ones of a row. ``revision`` is the one of the page, 0 for none.

    Raises PermissionDenied, ``Stale`` where somebody wrote meanwhile, or ``NotPossible`` with the reason.
    """
    policy.require(user, EDIT, plan)
    _month(plan, period)
    clean = text.replace("\r\n", "\n").strip()
    if len(clean) > LONGEST:
        raise NotPossible(_("At most %(n)s characters.") % {"n": LONGEST})
    row = _held(plan, period, measure, revision)
    before = row.text if row else None
    if row is None:
        row = MergeText(plan=plan, period=period, measure=measure, revision=0)
    row.text, row.by, row.revision = clean, user, row.revision + 1
    row.save()
    audit.record(user, "merge.write", row, before={"text": before}, after={"n": measure.n, "text": clean})
    return row


@transaction.atomic
def restore(user: User, plan: Plan, period: str, measure: Measure, *, revision: int) -> None:
    """Take the office's words of a row away again, so that the units' stand. Raises as :func:`write`."""
    policy.require(user, EDIT, plan)
    row = _held(plan, period, measure, revision)
    if row is None:
        return
    audit.record(user, "merge.restore", row, before={"n": measure.n, "text": row.text})
    row.delete()


def _held(plan: Plan, period: str, measure: Measure, revision: int) -> MergeText | None:
    """The stored words, locked; the plan is locked with them, so that two first words of one row cannot cross."""
    Plan.objects.select_for_update().get(pk=plan.pk)
    row = MergeText.objects.filter(plan=plan, period=period, measure=measure).first()
    if (row.revision if row else 0) != revision:
        raise Stale
    return row


def _month(plan: Plan, period: str) -> None:
    if period not in periods.months(plan):
        raise NotPossible(_("The plan is not reported in this month."))


@transaction.atomic
def issue(user: User, plan: Plan, period: str, *, submitted: bool = False) -> MergeIssue:
    """Freeze the month as it stands, with its Word file and workbook; a correction is issued as the next number.

    Raises PermissionDenied, or ``NotPossible`` where nobody said anything.
    """
    policy.require(user, EDIT, plan)
    _month(plan, period)
    Plan.objects.select_for_update().get(pk=plan.pk)
    rows = queries.rows(plan, period, submitted=submitted)
    if not any(row.text for row in rows):
        raise NotPossible(_("Nothing was accepted for this month yet, so there is nothing to issue."))
    last = MergeIssue.objects.filter(plan=plan, period=period).aggregate(last=Max("number"))["last"] or 0
    stored = [
        files.store(user, file_name(plan, period, form, last + 1), [written(plan, period, rows, form)])
        for form in ("docx", "xlsx")
    ]
    made = MergeIssue.objects.create(
        plan=plan, period=period, number=last + 1, submitted=submitted, by=user,
        content={"rows": [queries.kept(row) for row in rows]}, docx=stored[0], xlsx=stored[1],
    )  # fmt: skip
    after = {"period": period, "number": made.number, "submitted": submitted, "sha256": stored[0].sha256}
    audit.record(user, "merge.issue", made, after=after)
    return made


def written(plan: Plan, period: str, rows: Sequence[MergedRow], form: str, *, draft: bool = False) -> bytes:
    """The month in the plan's own table with 进展 and 状态, as docx or xlsx; ``draft`` says so on every page."""
    reading = content.plan_reading(plan, [row.measure for row in rows])
    texts = [(_marked(row), queries.states_of(row.states)) for row in rows]
    title = f"{plan.title}{queries.month_name(period)}进展情况"
    note = f"状态截至{timezone.localdate().isoformat()}"
    shape = printed.with_columns(reading, title, note, COLUMNS, texts)
    if form == "xlsx":
        return printed.as_xlsx(shape, queries.month_name(period))
    mark = "　".join(word for word in (exports.mark_of(plan), "草稿" if draft else "") if word)
    return printed.as_docx([shape], mark)


def _marked(row: MergedRow) -> str:
    """The words of a row; what nobody reviewed yet says so."""
    return row.paper + ("（含未审核内容）" if row.paper and row.unreviewed else "")


def file_name(plan: Plan, period: str, form: str, number: int = 0) -> str:
    """《…》2025年3月进展情况.docx, the draft and later numbers marked."""
    edition = "（草稿）" if not number else f"（第{number}次）" if number > 1 else ""
    name = exports.file_name(content.plan_reading(plan, []), form).rpartition(".")[0]
    return f"{name}{queries.month_name(period)}进展情况{edition}.{form}"
