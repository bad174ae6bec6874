"""``{% load history %}{% history object %}``: what was done to a thing, as a tab or a section of its page."""

from __future__ import annotations

from typing import Any

from django import template

from lantian.apps.core import history as core
from lantian.apps.core.models import WithUid

register = template.Library()


@register.inclusion_tag("core/_history.html")
def history(thing: WithUid) -> dict[str, Any]:
    """The latest 50 events of the thing, newest first. Link ``history.css`` in the head of the page."""
    return {"entries": core.about(thing.uid), "most": core.PAGE}
