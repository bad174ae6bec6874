"""An installation's own texts of bulletins."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.bulletins import composing
from lantian.apps.bulletins.actions.common import BulletinError, StaleError
from lantian.apps.bulletins.kinds import Template, kinds, period_of, shipped_templates
from lantian.apps.bulletins.models import OwnText
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.apps.papers import slots


@transaction.atomic
def save_template(user: User, kind: str, title: str, body: str, *, revision: int) -> None:
    """An installation's own text of a kind (administrators of the city); empty words bring the shipped one back.

    Raises PermissionDenied, StaleError, and BulletinError with what the sandbox refuses. The text is filled with
    invented figures once, so that a slot that nothing fills is found here and not on the day of the bulletin.
    """
    policy.require_at_top(user, "people.manage")
    if kind not in kinds():
        raise BulletinError(_("There is no such kind of bulletin."))
    row = OwnText.objects.select_for_update().filter(kind=kind).first()
    if revision != (row.revision if row else 0):
        raise StaleError(_("Somebody else changed this template meanwhile. Look at it as it stands now."))
    before = {"title": row.title, "body": row.body} if row else None
    title, body = title.strip()[:400], body.replace("\r\n", "\n").strip()
    if not title and not body:
        if row:
            row.delete()
        audit.record(user, "bulletin.template", before=before, after={"kind": kind})
        return
    tried(kind, title, body)
    row = row or OwnText(kind=kind, revision=0)
    row.title, row.body, row.revision = title, body, row.revision + 1
    row.save()
    audit.record(user, "bulletin.template", row, before=before, after={"kind": kind, "title": title, "body": body})


def tried(kind: str, title: str, body: str) -> tuple[str, list[str]]:
    """Title and paragraphs of a text with invented figures. Raises :class:`BulletinError` with what is wrong."""
    chosen = kinds()[kind]
    template = Template(title, body) if title or body else shipped_templates()[kind]
    facts = composing.sample(chosen, period_of(chosen, "2025-10", "1"))["facts"]
    try:
        return composing.title_of(template, facts), composing.made(template, facts)
    except slots.SlotError as error:
        raise BulletinError(_("The template cannot be used: %(why)s") % {"why": error}) from None
