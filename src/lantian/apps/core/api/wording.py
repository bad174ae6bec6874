"""What is wrong with a value, in words: pydantic's kinds of error as sentences that can be translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# The names in brackets are pydantic's own, from the error's ``ctx``.
_SENTENCES = {
    "missing": gettext_noop("is missing"),
    "extra_forbidden": gettext_noop("is not known here"),
    "string_type": gettext_noop("must be text"),
    "string_too_short": gettext_noop("must have at least %(min_length)s characters"),
    "string_too_long": gettext_noop("may have at most %(max_length)s characters"),
    "string_pattern_mismatch": gettext_noop("has characters that are not allowed here"),
    "string_unicode": gettext_noop("has characters that are not allowed here"),
    "int_type": gettext_noop("must be a whole number"),
    "int_parsing": gettext_noop("must be a whole number"),
    "int_parsing_size": gettext_noop("must be a whole number"),
    "int_from_float": gettext_noop("must be a whole number"),
    "bool_type": gettext_noop("must be true or false"),
    "bool_parsing": gettext_noop("must be true or false"),
    "decimal_type": gettext_noop("must be a number"),
    "decimal_parsing": gettext_noop("must be a number"),
    "finite_number": gettext_noop("must be a number"),
    "decimal_max_digits": gettext_noop("may have at most %(max_digits)s digits"),
    "decimal_max_places": gettext_noop("may have at most %(decimal_places)s decimal places"),
    "greater_than_equal": gettext_noop("must be at least %(ge)s"),
    "less_than_equal": gettext_noop("must be at most %(le)s"),
    "enum": gettext_noop("must be one of: %(expected)s"),
    "literal_error": gettext_noop("must be one of: %(expected)s"),
    "list_type": gettext_noop("must be a list"),
    "too_long": gettext_noop("may have at most %(max_length)s entries"),
    "too_short": gettext_noop("must have at least %(min_length)s entries"),
    "model_type": gettext_noop("must be an object"),
    "model_attributes_type": gettext_noop("must be an object"),
    "dict_type": gettext_noop("must be an object"),
    "uuid_type": gettext_noop("must be a uid"),
    "uuid_parsing": gettext_noop("must be a uid"),
    "day": gettext_noop("must be a date such as 2025-12-31"),
    "moment": gettext_noop("must be a time with zone such as 2025-12-31T08:00:00+08:00, from 2000 to 2100"),
}


def sentence(error: Mapping[str, Any]) -> str:
    """One error of a validation in the active language; a check of ours says its own sentence (``ctx["sentence"]``)."""
    context = error.get("ctx") or {}
    kind = str(error["type"])
    if kind.startswith(("date_", "datetime_", "timezone_")):
        kind = "moment" if kind.startswith(("datetime", "timezone")) else "day"
    words = context.get("sentence") or _SENTENCES.get(kind)
    return _(words) % context if words else _("is not a value of the wanted kind")
