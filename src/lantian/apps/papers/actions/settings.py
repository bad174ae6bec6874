"""What papers are headed and numbered with, and an installation's own templates."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Unit
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.papers import slots
from lantian.apps.papers.actions.common import PaperError, StaleError
from lantian.apps.papers.actions.own import save_own
from lantian.apps.papers.kinds import kinds, shipped_templates
from lantian.apps.papers.models import Letterhead, NumberSeries, OwnTemplate


@transaction.atomic
def save_letterhead(user: User, unit: Unit, *, word: str, mark: str = "", contact: str = "") -> Letterhead:
    """机关代字 and 发文机关标志 of a unit; numbers given before keep their word."""
    policy.require(user, "paper.draft")
    row = Letterhead.objects.select_for_update().filter(unit=unit).first() or Letterhead(unit=unit)
    policy.require(user, "paper.draft", row)
    word, mark, contact = word.strip(), mark.strip(), contact.strip()
    if not word or len(word) > 20 or any(c in word for c in "〔〕[]{}\n"):
        raise PaperError(_("The word of the issuer is a few characters, such as 云环."))
    before = {"word": row.word, "mark": row.mark, "contact": row.contact} if row.pk else None
    row.word, row.mark, row.contact = word, mark[:60], contact[:120]
    row.revision += 1 if row.pk else 0
    row.save()
    after = {"unit": unit.name, "word": row.word, "mark": row.mark, "contact": row.contact}
    audit.record(user, "paper.letterhead", row, before=before, after=after)
    return row


@transaction.atomic
def raise_number(user: User, head: Letterhead, kind: str, year: int, last: int) -> None:
    """The last number that was already given outside this system; it can only be raised."""
    policy.require(user, "paper.draft", head)
    if kind not in kinds() or not 2000 <= year <= 2100 or not 0 < last < 100_000:
        raise PaperError(_("Give a kind, a year and the last number given."))
    series, _new = NumberSeries.objects.select_for_update().get_or_create(issuer=head.unit, kind=kind, year=year)
    if last < series.last:
        text = _("Number %(last)s is given already; the count can only be raised.")
        raise PaperError(text % {"last": series.last})
    before, series.last = series.last, last
    series.save(update_fields=["last"])
    audit.record(
        user, "paper.raise_number", head, before={"last": before}, after={"kind": kind, "year": year, "last": last}
    )  # fmt: skip


def save_template(user: User, name: str, title: str, body: str, *, revision: int) -> None:
    """An installation's own text of a shipped template (administrators); empty words bring the shipped one back.

    Raises PermissionDenied, StaleError, PaperError with what the sandbox refuses.
    """
    policy.require_at_top(user, "people.manage")
    if name not in shipped_templates():
        raise PaperError(_("There is no such template."))
    save_own(
        user, OwnTemplate, {"name": name}, title, body, revision=revision, action="paper.template", check=_check,
        stale=StaleError,
    )  # fmt: skip


def _check(title: str, body: str) -> None:
    try:
        slots.check(title)
        slots.check(body)
    except slots.SlotError as error:
        raise PaperError(_("The template cannot be used: %(why)s") % {"why": error}) from None
