"""Trying a step on behalf of a page, and saying how it went: one home for what every app's views do."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lantian.apps.core.files import TooLargeError
from lantian.apps.core.holding import NotPossible


def attempt(request: HttpRequest, act: Callable[[], object], said: str = "") -> bool:
    """Do it and say ``said``, or what it answers in words; or say why it is not possible. Returns whether it was done.

    Refusals are those derived from :class:`lantian.apps.core.holding.NotPossible`, and files that are too large.
    """
    try:
        answer = act()
    except NotPossible as refusal:
        messages.error(request, str(refusal))
        return False
    except TooLargeError as large:
        text = _("The file is larger than %(limit)s MB and was not taken.")
        messages.error(request, text % {"limit": large.limit // 2**20})
        return False
    if words := said or (answer if isinstance(answer, str) else ""):
        messages.success(request, words)
    return True
