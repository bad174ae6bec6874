"""The words of comments and reasons: what is kept of what was typed, and what is refused. Pure."""

from __future__ import annotations

from unicodedata import category

from django.utils.translation import gettext as _

from lantian.apps.consultation.models import CommentKind

WORDS = 4000  # characters of one proposal or reason
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def tidy(text: str) -> str:
    """Words as typed, without what no paper can print: control and format characters, blank lines at the ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(c for c in lines if c == "\n" or category(c) not in _UNPRINTABLE).strip()


def refused(proposal: str, reason: str, kind: str) -> str:
    """What is wrong with the words of a comment, or nothing."""
    if kind not in CommentKind.values:
        return _("There is no such kind of comment.")
    if max(len(proposal), len(reason)) > WORDS:
        return _("At most %(limit)s characters; put longer texts into the stamped reply.") % {"limit": WORDS}
    return ""
