"""Login names: what they may look like, and which are taken."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from lantian.apps.core.models import User

LONGEST = 60


def fits(username: str) -> bool:
    """Whether a login may look so: letters (Chinese ones, too), digits and ``@.+-_``, not too long."""
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        return False
    return len(username) <= LONGEST


def taken(usernames: Iterable[str]) -> set[str]:
    """Those of the names, in lower case, that somebody has already; one query."""
    wanted = {name.lower() for name in usernames}
    rows = User.objects.annotate(lower=Lower("username")).filter(lower__in=wanted)
    return {str(name).lower() for name in rows.values_list("username", flat=True)}
