"""Sentences that the scripts of the returns' pages show, in the language of the request; slots are filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _


def filling() -> dict[str, str]:
    """For ``returns.js``."""
    return {
        "saving": _("Saving…"),
        "saved": _("Saved {at}"),
        "look": _("Not saved: look at what is marked."),
        "offline": _("Not saved: no connection. It is tried again; your words stay here."),
        "kept": _("Words that were not saved last time are back."),
        "others": _("Somebody else is filling in this return, too. Load the page again before you hand it in."),
        "theirs": _("What the other person wrote"),
        "nothing": _("(nothing)"),
        "keep_mine": _("Keep my words"),
        "take_theirs": _("Take theirs"),
        "period": _("of the period"),
        "total": _("cumulative"),
        "progress": _("{n} of {total} rows filled in"),
    }


def review() -> dict[str, str]:
    """For ``returns-review.js``."""
    return {
        "saved": _("Saved."),
        "offline": _("Not saved: no connection. Try again."),
        "back": _("Send {n} rows back, accept the rest"),
        "back_all": _("Send the whole return back"),
    }
