"""Next year's draft becomes a plan in preparation, whose source document is the draft itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.alignment.actions.common import NotPossible
from lantian.apps.alignment.actions.running import store
from lantian.apps.alignment.drafting import as_word
from lantian.apps.alignment.reading import propose
from lantian.apps.areas.queries import Directory
from lantian.apps.core import files, policy
from lantian.apps.core.models import StoredFile, User
from lantian.apps.plans import actions as plans
from lantian.apps.plans import checkup
from lantian.apps.plans.content import Content, content_read
from lantian.apps.plans.models import IN_PREPARATION, Plan, PlanStatus
from lantian.apps.plans.queries import standing
from lantian.apps.plans.rereading import Rereader
from lantian.comparing.alignment.next_year import Draft

REREAD = frozenset({"changed", "new"})  # their targets are the city's: the district's words are read for their own


def make_draft(user: User, plan: Plan, new: Plan, draft: Draft) -> Plan:
    """Make a plan in preparation of the draft and lay it beside the new plan above; returns it.

    Raises PermissionDenied (who may bring plans and edit this one), NotPossible (no rows; a draft of that year, area
    and medium is there).
    """
    policy.require(user, "plan.upload")
    policy.require(user, "plan.edit", plan)
    if not draft.rows:
        raise NotPossible(_("Tick at least one row."))
    stored = files.store(user, f"{draft.plan.title[:80]}.docx", [as_word(draft)])
    made = _store(user, plan, draft, stored)
    store(user, made, [new], propose(made, [new]))
    return made


@transaction.atomic
def _store(user: User, plan: Plan, draft: Draft, stored: StoredFile) -> Plan:
    Plan.objects.select_for_update().only("pk").get(pk=plan.pk)  # two who press at once make one draft
    same = Plan.objects.filter(area=plan.area, year=draft.plan.year, medium=plan.medium, level=plan.level)
    if standing(same).filter(status__in=IN_PREPARATION).exclude(pk=plan.pk).exists():
        raise NotPossible(_("A plan of that year is in preparation already; go on with it, or throw it away first."))
    head = {
        "title": draft.plan.title[:300], "year": draft.plan.year, "region": plan.region, "area": plan.area,
        "level": plan.level, "medium": plan.medium, "status": PlanStatus.DRAFT, "secrecy": plan.secrecy,
    }  # fmt: skip
    return plans.store_whole(user, head, _contents(plan, draft), stored, stored.name)


def _contents(plan: Plan, draft: Draft) -> Sequence[Content]:
    """The rows' contents: names as the directory knows them next year, words that are new read for their targets."""
    year = draft.plan.year
    directory = Directory(plan.area, date(year, 1, 1), date(year, 12, 31)) if year else Directory(None, date.min)
    rows = [content_read(replace(row.measure, flags=()), directory) for row in draft.rows]
    rereader = Rereader.of(year, plan.region, rows)
    return checkup.renewed(
        [
            rereader.with_text(item | {"targets": []}, item["paragraphs"])
            if row.origin in REREAD or not row.measure.targets
            else item
            for row, item in zip(draft.rows, rows, strict=True)
        ]
    )
