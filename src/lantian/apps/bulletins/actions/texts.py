"""An installation's own texts of bulletins."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lantian.apps.bulletins import composing
from lantian.apps.bulletins.actions.common import BulletinError, StaleError
from lantian.apps.bulletins.kinds import Template, kinds, period_of, shipped_templates
from lantian.apps.bulletins.models import OwnText
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.papers import slots
from lantian.apps.papers.actions.own import save_own


def save_template(user: User, kind: str, title: str, body: str, *, revision: int) -> None:
    """An installation's own text of a kind (administrators of the city); empty words bring the shipped one back.

    Raises PermissionDenied, StaleError, and BulletinError with what the sandbox refuses. The text is filled with
    invented figures once, so that a slot that nothing fills is found here and not on the day of the bulletin.
    """
    policy.require_at_top(user, "people.manage")
    if kind not in kinds():
        raise BulletinError(_("There is no such kind of bulletin."))
    save_own(
        user, OwnText, {"kind": kind}, title, body, revision=revision, action="bulletin.template",
        check=lambda title, body: tried(kind, title, body), stale=StaleError,
    )  # fmt: skip


def tried(kind: str, title: str, body: str) -> tuple[str, list[str]]:
    """Title and paragraphs of a text with invented figures. Raises :class:`BulletinError` with what is wrong."""
    chosen = kinds()[kind]
    template = Template(title, body) if title or body else shipped_templates()[kind]
    facts = composing.sample(chosen, period_of(chosen, "2025-10", "1"))["facts"]
    try:
        return composing.title_of(template, facts), composing.made(template, facts)
    except slots.SlotError as error:
        raise BulletinError(_("The template cannot be used: %(why)s") % {"why": error}) from None
