"""ETags: a resource's state in one word. Reading answers 304 where it has not changed, writing must name it."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from lantian import __version__
from lantian.apps.core.api.errors import Refusal


def of(*state: Any) -> str:
    """The ETag of a resource in a state; another version of Lantian may write it otherwise and gives another."""
    return _quoted("\0".join(str(part) for part in (__version__, *state)).encode())


def _quoted(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:24]}"'


def wanted(request: HttpRequest) -> list[str]:
    """The ETags of ``If-Match``. Raises 428 without: a write must say which state it started from."""
    text = request.headers.get("If-Match", "").strip()
    if not text or text == "*":
        raise Refusal("precondition_required")
    # A proxy that compresses marks tags as weak; the state they name is the same.
    return [part.strip().removeprefix("W/") for part in text.split(",")]


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer to a GET with its ETag (of its bytes, unless the operation set one), or 304 where the asker has it."""
    if "ETag" not in response.headers:
        response.headers["ETag"] = _quoted(response.content)
    tag = response.headers["ETag"]
    # Not Django's get_conditional_response: it would answer 412 to a GET with If-Match, which no document names.
    had = [part.removeprefix("W/") for part in parse_etags(request.headers.get("If-None-Match", ""))]
    return HttpResponseNotModified(headers={"ETag": tag}) if tag in had or had == ["*"] else response
