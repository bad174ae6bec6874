"""An installation's own text in the place of a shipped one: of papers, and of what else is made from templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.core import audit
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.models import User
from lantian.apps.papers.models import OwnWords


@transaction.atomic
def save_own(
    user: User, model: type[OwnWords], named: Mapping[str, str], title: str, body: str, *, revision: int, action: str,
    check: Callable[[str, str], object], stale: type[NotPossible],
) -> None:  # fmt: skip
    """Keep title and body of what ``named`` names (a field and its value); empty words bring the shipped text back.

    Checks no right: who calls it did. Raises ``stale`` where ``revision`` (0: there was no own text) is not the present
    one, and what ``check`` raises for words that cannot be used.
    """
    row = model._default_manager.select_for_update().filter(**named).first()
    if revision != (row.revision if row else 0):
        raise stale(_("Somebody else changed this template meanwhile. Look at it as it stands now."))
    before = {"title": row.title, "body": row.body} if row else None
    title, body = title.strip()[:400], body.replace("\r\n", "\n").strip()
    if not title and not body:
        if row:
            row.delete()
        audit.record(user, action, before=before, after=dict(named))
        return
    check(title, body)
    row = row or model(**named, revision=0)
    row.title, row.body, row.revision = title, body, row.revision + 1
    row.save()
    audit.record(user, action, row, before=before, after={**named, "title": title, "body": body})
