"""Files out: everything leaves as an attachment that no browser opens by itself or keeps (contracts §8)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from lantian.apps.core.models import StoredFile

UNKNOWN = "application/octet-stream"


def download(content: bytes, name: str, kind: str = UNKNOWN) -> HttpResponse:
    """Bytes under a name; ``kind`` is the media type of what we made ourselves."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def stored(row: StoredFile | None, name: str = "") -> HttpResponse:
    """A file that somebody brought, never by its own media type; without ``name`` under the one it came with.

    404 where there is none (any more).
    """
    if row is None:
        raise Http404
    try:
        content = row.path.read_bytes()
    except FileNotFoundError:
        raise Http404 from None
    return download(content, name or row.name)
