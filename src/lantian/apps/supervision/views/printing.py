"""The return as an official sheet on A4, with blocks for signatures and seal, and the code that finds its scan."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from lantian.apps.supervision import snapshots
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.steps import OPEN
from lantian.apps.supervision.views import filling
from lantian.apps.supervision.views.returns import sheet_of


def qr_svg(text: str) -> SafeString:
    """A QR code as inline SVG that takes the size of its place, without the style attribute that is forbidden."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=2, omitsize=True)
    return mark_safe(drawn)  # noqa: S308  # drawn by us from modules; the text is not in it


def render_sheet(request: HttpRequest, sheet: filling.Sheet) -> HttpResponse:
    """The printable page. Only what was handed in bears a code; before that the sheet says that it is a draft."""
    ret = sheet.ret
    version = ret.versions.first() if ret.version and ret.state not in OPEN else None
    code = snapshots.shown_code(version.code) if version else ""
    address = request.build_absolute_uri(f"{reverse('supervision:return-scan')}?code={version.code}") if version else ""
    context = {
        "ret": ret,
        "base": sheet.base,
        "cards": [filling.card(row) for row in queries.rows_of(ret, behalf=sheet.behalf)],
        "version": version,
        "code": code,
        "qr": qr_svg(address) if address else "",
        "by_link": sheet.user is None,
        "reader": sheet.user or ret.unit.name,
    }
    return render(request, "supervision/returns/print.html", context)


@require_safe
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """The printable return."""
    return render_sheet(request, sheet_of(request, uid))
