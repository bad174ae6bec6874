"""A notice to a street, drafted from published numbers, becomes a draft paper: a 通知 to the street's office."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import User
from lantian.apps.papers import rights
from lantian.apps.papers.actions import PaperError, Words, draft_paper
from lantian.apps.papers.body import parse
from lantian.apps.received import hooks
from lantian.apps.received.notice import Notice

KIND = "prompt"  # 提示函


def register() -> None:
    """Tell received bulletins who makes papers (once, when Django starts)."""
    hooks.on_notice(take)


def take(user: User, area: Area, notice: Notice) -> str:
    """Draft the paper in the name of the person's unit; the address where it is edited.

    Raises PermissionDenied, and PaperError where the person drafts for no unit.
    """
    issuers = rights.issuers(user)
    if not issuers:
        raise PaperError(_("You draft papers for no unit; ask your administrator for a role in one."))
    there = Unit.objects.filter(area=area, name=notice.to, collective=False)
    words = Words(notice.title, parse("\n".join(notice.paragraphs)), main_to=(notice.to,), units=list(there))
    paper = draft_paper(user, KIND, issuers[0], words)
    return reverse("papers:paper", args=[paper.uid])
