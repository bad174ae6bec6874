"""Drafting: a new paper, its words, another one after its model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.papers import rights
from lantian.apps.papers.actions.common import PaperError, hold, in_state
from lantian.apps.papers.kinds import kinds
from lantian.apps.papers.models import Countersign, Paper, PaperState, PaperStep, Recipient
from lantian.apps.plans.models import Secrecy


@dataclass(frozen=True, slots=True)
class Words:
    """What a draft says. ``body`` in the form of ``papers.body.parse``; names as they are printed."""

    title: str
    body: Sequence[dict[str, Any]]
    main_to: Sequence[str] = ()
    copy_to: Sequence[str] = ()
    attachments: Sequence[str] = ()
    secrecy: str = Secrecy.INTERNAL
    approver: User | None = None
    approver_name: str = ""
    units: Sequence[Unit] = field(default_factory=list)
    countersigns: Sequence[Unit] = field(default_factory=list)


@transaction.atomic
def draft_paper(user: User, kind: str, issuer: Unit, words: Words, *, about: str = "") -> Paper:
    """A new draft. Raises PermissionDenied unless the person drafts for the issuer, PaperError for unknown kinds."""
    policy.require(user, "paper.draft")
    paper = Paper(kind=kind, issuer=issuer, created_by=user, about=about[:200])
    policy.require(user, "paper.draft", paper)
    if kind not in kinds():
        raise PaperError(_("There is no such kind of paper."))
    _write(paper, words)
    paper.save()
    _set_units(paper, words)
    PaperStep.objects.create(paper=paper, state=PaperState.DRAFT, by=user)
    audit.record(user, "paper.draft", paper, after={"kind": kind, "issuer": issuer.name} | said(paper))
    return paper


@transaction.atomic
def save_paper(user: User, paper: Paper, words: Words, *, revision: int) -> None:
    """Change a draft. Raises PermissionDenied, StaleError, PaperError once it was checked."""
    policy.require(user, "paper.draft", paper)
    hold(paper, revision)
    in_state(paper, PaperState.DRAFT)
    before = said(paper)
    _write(paper, words)
    paper.revision += 1
    paper.save()
    _set_units(paper, words)
    after = said(paper)
    changed = [name for name in after if after[name] != before[name]]
    if changed:
        audit.record(
            user, "paper.save", paper, before={n: before[n] for n in changed}, after={n: after[n] for n in changed}
        )  # fmt: skip


@transaction.atomic
def copy_paper(user: User, paper: Paper) -> Paper:
    """A new draft with the words of another paper; number, dates and signatures stay behind."""
    policy.require(user, "paper.draft", paper)
    words = Words(
        paper.title, paper.body, paper.main_to, paper.copy_to, paper.attachments, paper.secrecy, paper.approver,
        paper.approver_name, list(paper.units.all()), [item.unit for item in paper.countersigns.select_related("unit")],
    )  # fmt: skip
    return draft_paper(user, paper.kind, paper.issuer, words, about=paper.about)


def _write(paper: Paper, words: Words) -> None:
    title = words.title.strip()
    if not title:
        raise PaperError(_("A paper needs a title."))
    if words.secrecy not in Secrecy.values:
        raise PaperError(_("There is no such level of secrecy."))
    if words.approver is not None and not may_sign(words.approver, paper):
        raise PaperError(_("The approver must belong to the issuer."))
    paper.title, paper.body, paper.secrecy = title[:200], list(words.body), words.secrecy
    paper.main_to, paper.copy_to = _names(words.main_to), _names(words.copy_to)
    paper.attachments = _names(words.attachments)
    paper.approver = words.approver
    paper.approver_name = "" if words.approver else words.approver_name.strip()[:40]


def may_sign(user: User, paper: Paper) -> bool:
    """Whether a person can be named as approver: somebody with a role in the issuer, or who drafts for it."""
    return user.is_active and (
        user.memberships.filter(unit=paper.issuer_id).exists() or rights.keeps(user, "paper.draft", paper.issuer_id)
    )


def _names(names: Iterable[str]) -> list[str]:
    return [name.strip()[:120] for name in names if name.strip()][:200]


def _set_units(paper: Paper, words: Words) -> None:
    """Recipients and countersigning units as the draft names them; nothing was received or agreed to yet."""
    models: list[tuple[Any, Sequence[Unit]]] = [(Recipient, words.units), (Countersign, words.countersigns)]
    for model, wanted in models:
        rows = model.objects.filter(paper=paper)
        rows.exclude(unit__in=[unit.pk for unit in wanted]).delete()
        there = set(rows.values_list("unit", flat=True))
        new = {unit.pk: unit for unit in wanted if unit.pk not in there}
        model.objects.bulk_create([model(paper=paper, unit=unit) for unit in new.values()])


def said(paper: Paper) -> dict[str, Any]:
    """What a paper says, for the audit record."""
    return {
        "title": paper.title, "main_to": paper.main_to, "copy_to": paper.copy_to, "attachments": paper.attachments,
        "body": paper.body, "secrecy": paper.secrecy, "approver": paper.approver_words,
        "units": list(paper.units.values_list("name", flat=True)),
        "countersigns": list(paper.countersigns.values_list("unit__name", flat=True)),
    }  # fmt: skip
