"""Evidence files and scans: taken in, taken away, downloaded. Never shown in the browser (contracts §8)."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.core import downloads, files, policy
from lantian.apps.core.policy import person
from lantian.apps.supervision import snapshots
from lantian.apps.supervision.actions import evidence as actions
from lantian.apps.supervision.models import Evidence, ReturnVersion
from lantian.apps.supervision.steps import StateError
from lantian.apps.supervision.views import filling
from lantian.apps.supervision.views.returns import row_of, sheet_of, writable


@require_POST
def attach(request: HttpRequest, uid: str, row: str) -> HttpResponse:
    """Attach files to a row."""
    sheet = writable(request, uid)
    return filling.attach(request, sheet, row_of(sheet, row))


@require_POST
def remove(request: HttpRequest, uid: str, file: str) -> HttpResponse:
    """Take a file away from a row."""
    sheet = writable(request, uid)
    return filling.detach(request, sheet, in_sheet(sheet, file))


@require_safe
def download(request: HttpRequest, uid: str, file: str) -> HttpResponse:
    """One evidence file under its official name."""
    return answer_file(in_sheet(sheet_of(request, uid), file))


def in_sheet(sheet: filling.Sheet, uid: str) -> Evidence:
    """A file of the sheet that nobody took away, else 404."""
    rows = Evidence.objects.select_related("file", "entry__report__plan", "entry__report__unit", "commitment__measure")
    return get_object_or_404(rows, uid=uid, entry__report=sheet.ret, removed=None)


def answer_file(row: Evidence) -> HttpResponse:
    """The file as a download."""
    return downloads.stored(row.file, official_name(row))


def official_name(row: Evidence) -> str:
    """序号-单位-期-n.ext: what the evidence pack of the year is sorted by."""
    ret, measure = row.entry.report, row.commitment.measure
    ending = Path(row.name).suffix.lower()[:10]
    return f"{measure.seq or measure.n}-{ret.unit.name}-{ret.period}-{row.n}{ending}".replace("/", "_")


@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Bring the signed page of a return: its code (typed, or read from the picture) says which version it is."""
    user = person(request)
    policy.require(user, "return.write")
    code, error = request.GET.get("code", ""), ""
    if request.method == "POST":
        code, given = request.POST.get("code", ""), request.FILES.get("file")
        try:
            if given is None:
                raise StateError(_("Choose a file first."))
            version = actions.keep_scan(user, code, given.name or "scan", given.chunks())
        except StateError as refusal:
            error = str(refusal)
        except files.TooLargeError as large:
            text = _("The file is larger than %(limit)s MB and was not taken.")
            error = text % {"limit": large.limit // (1024 * 1024)}
        else:
            ret = version.report
            said = {"unit": ret.unit.name, "period": ret.period, "n": version.number}
            messages.success(request, _("The scan is kept with %(unit)s, %(period)s, version %(n)s.") % said)
            return redirect("supervision:return", uid=ret.uid)
    known = snapshots.read_code(code)
    context = {"code": snapshots.shown_code(known) if known else code, "error": error}
    return render(request, "supervision/returns/scan.html", context, status=422 if error else 200)


@require_safe
def scan_file(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    """The signed scan of one version."""
    sheet = sheet_of(request, uid)
    version = get_object_or_404(ReturnVersion.objects.select_related("scan"), report=sheet.ret, number=number)
    if version.scan is None:
        raise Http404
    ending = Path(version.scan_name).suffix.lower()[:10]
    return downloads.stored(version.scan, f"{sheet.ret.unit.name}-{sheet.ret.period}-v{number}{ending}")
