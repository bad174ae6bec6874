"""Filling a return in, with a login or through a link: one sheet, one set of steps.

The pages of both lie under a ``base`` address (``/returns/<uid>/``, ``/r/<secret>/``) with the same parts below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantian.apps.core.models import User
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import RoleKind
from lantian.apps.supervision import entryform, kinds, scriptwords, snapshots
from lantian.apps.supervision.actions import evidence as evidence_actions
from lantian.apps.supervision.actions import returns as actions
from lantian.apps.supervision.models import Evidence, Return, Route
from lantian.apps.supervision.queries import returns as queries
from lantian.apps.supervision.queries.returns import Row
from lantian.apps.supervision.steps import OPEN, StaleError, StateError, open_steps


@dataclass(frozen=True, slots=True)
class Sheet:
    """One return being filled in: by whom (None: who holds a link), where its pages lie, how the words reach us."""

    ret: Return
    user: User | None
    base: str
    route: str = Route.SCREEN
    template: str = "supervision/returns/return.html"

    @property
    def behalf(self) -> bool:
        """Whether the office writes for the unit (代填)."""
        return actions.on_behalf(self.user, self.ret.unit)

    @property
    def name(self) -> str:
        """Who answers for it unless somebody else is named: the person, who reports for the own unit."""
        return str(self.user) if self.user is not None and not self.behalf else ""

    def steps(self) -> set[str]:
        """The steps that may be taken now."""
        if self.user is not None:
            return open_steps(self.user, self.ret)
        return {"write", "submit"} if self.ret.state in OPEN else set()


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks."""
    return request.headers.get("Accept", "").startswith("application/json")


def page(
    request: HttpRequest,
    sheet: Sheet,
    *,
    typed: dict[int, entryform.Form] | None = None,
    signer: dict[str, str] | None = None,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """The sheet. ``typed`` are forms that could not be saved, by key of their commitment: their words stay."""
    ret, steps = sheet.ret, sheet.steps()
    rows = queries.rows_of(ret, behalf=sheet.behalf)
    shown = [card(row, (typed or {}).get(row.commitment.pk)) for row in rows]
    language = "en" if (get_language() or "").startswith("en") else "zh"
    version = ret.versions.select_related("by", "scan").first() if ret.version else None
    context = {
        "ret": ret,
        "base": sheet.base,
        "by_link": sheet.user is None,
        "cards": shown,
        "steps": steps,
        "editable": "write" in steps,
        "behalf": sheet.behalf,
        "touched": sum(row.touched for row in rows),
        "untouched": sum(not row.touched and row.last is not None for row in rows),
        "waiting": len(queries.stops_of(rows)),
        "late": bool(ret.due and ret.due < timezone.localdate() and not ret.version),
        "version": version,
        "code": snapshots.shown_code(version.code) if version else "",
        "roles": dict(RoleKind.choices),
        "language": language,
        "limit": settings.LANTIAN_UPLOAD_BYTES // (1024 * 1024),
        "per_entry": kinds.table()["per_entry"],
        "signer": signer or {"signer": ret.signer or sheet.name, "phone": ret.phone},
        "words": scriptwords.filling(),
        **(more or {}),
    }
    return render(request, sheet.template, context, status=status)


def card(row: Row, typed: entryform.Form | None = None) -> dict[str, Any]:
    """One row for the template: its form with fields, and problems by the field they belong to."""
    form = typed or entryform.shown(row)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    rungs = [(step.id, step.label(language)) for step in row.ladder.steps] if row.ladder else []  # type: ignore[arg-type]
    problems = row.said() if row.entry is not None else []
    return {
        "row": row,
        "form": form,
        "figures": entryform.fields_of(row, form),
        "rungs": rungs,
        "step": dict(rungs).get(row.entry.step, "") if row.entry else "",
        "problems": problems,
        "stops": any(item.severity == "stop" for item, _text in problems),
        "explain": any(item.severity == "warn" for item, _text in problems) or bool(form.values["explanation"]),
    }


def find_row(sheet: Sheet, uid: object) -> Row | None:
    """The row of a commitment on the sheet."""
    rows = queries.rows_of(sheet.ret, behalf=sheet.behalf)
    return next((row for row in rows if str(row.commitment.uid) == str(uid)), None)


def save(request: HttpRequest, sheet: Sheet, row: Row) -> HttpResponse:
    """Save one row; JSON for the script, else back to the sheet. What is refused stays in the form."""
    words, form = entryform.read(request.POST, row)
    error, status = "", 422
    if not form.errors:
        try:
            actions.write_entry(
                sheet.user, sheet.ret, row.commitment, words, route=sheet.route, behalf=sheet.behalf,
                revision=form.revision,
            )  # fmt: skip
        except StaleError as stale:
            error, status = str(stale), 409
            now = find_row(sheet, row.commitment.uid)
            form.theirs = entryform.shown(now) if now else None
            form.revision = stale.current.revision if stale.current else 0
        except StateError as refusal:
            error = str(refusal)
    if wants_json(request):
        return _saved(sheet, row, form, error, status)
    if not error and not form.errors:
        return back(sheet, f"#row-{row.commitment.uid}")
    form.refused = error or _("This row was not saved; what is wrong stands beside the field.")
    return page(request, sheet, typed={row.commitment.pk: form}, status=status)


def _saved(sheet: Sheet, row: Row, form: entryform.Form, error: str, status: int) -> JsonResponse:
    if error or form.errors:
        other = form.theirs
        theirs = other and {"values": other.values, "done": other.done, "no_change": other.no_change}
        answer = {"error": error, "errors": form.errors, "theirs": theirs, "revision": form.revision}
        return JsonResponse(answer, status=status)
    sheet.ret.refresh_from_db(fields=["revision"])
    rows = queries.rows_of(sheet.ret, behalf=sheet.behalf)
    now = next(item for item in rows if item.commitment.pk == row.commitment.pk)
    return JsonResponse(
        {
            "revision": now.entry.revision if now.entry else 0,
            "sheet": sheet.ret.revision,
            "at": timezone.localtime().strftime("%H:%M:%S"),
            "values": entryform.shown(now).values if form.no_change else {},
            "problems": [
                {"check": item.check, "severity": item.severity, "field": item.field, "key": item.key, "text": text}
                for item, text in now.said()
            ],
            "touched": sum(item.touched for item in rows),
            "untouched": sum(not item.touched and item.last is not None for item in rows),
            "waiting": len(queries.stops_of(rows)),
        }
    )


def back(sheet: Sheet, anchor: str = "") -> HttpResponse:
    """To the sheet."""
    return redirect(sheet.base + anchor)


def tried(request: HttpRequest, sheet: Sheet, act: Callable[[], str], anchor: str = "") -> HttpResponse:
    """Do ``act``, say what it says or why it was refused, and go back to the sheet."""
    attempt(request, act)
    return back(sheet, anchor)


def no_change(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """ "No change" for every untouched row."""

    def act() -> str:
        count = actions.no_change(sheet.user, sheet.ret, route=sheet.route, behalf=sheet.behalf)
        return _("%(n)s rows say “no change” now; look at them before you hand in.") % {"n": count}

    return tried(request, sheet, act)


def submit(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Hand the return in; rows that cannot be are marked."""
    given = {"signer": request.POST.get("signer", ""), "phone": request.POST.get("phone", "")}
    revision = request.POST.get("revision", "")
    try:
        version = actions.submit(
            sheet.user, sheet.ret, **given, route=sheet.route, behalf=sheet.behalf,
            revision=int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 9 else None,
        )  # fmt: skip
    except (StaleError, StateError) as refusal:
        messages.error(request, str(refusal))
        stopped = {row.commitment.pk for row in refusal.rows} if isinstance(refusal, actions.ChecksError) else set()
        sheet.ret.refresh_from_db()
        return page(request, sheet, signer=given, status=422, more={"stopped": stopped})
    text = _("The return was handed in. Its code is %(code)s.")
    messages.success(request, text % {"code": snapshots.shown_code(version.code)})
    return back(sheet)


def attach(request: HttpRequest, sheet: Sheet, row: Row) -> HttpResponse:
    """Take evidence files in, each for itself."""
    given = request.FILES.getlist("files")

    def act() -> str:
        if not given:
            raise StateError(_("Choose a file first."))
        for item in given:
            evidence_actions.attach(
                sheet.user, sheet.ret, row.commitment, item.name or "file", item.chunks(),
                caption=request.POST.get("caption", ""),
            )  # fmt: skip
        return _("%(n)s files were attached.") % {"n": len(given)}

    return tried(request, sheet, act, f"#row-{row.commitment.uid}")


def detach(request: HttpRequest, sheet: Sheet, row: Evidence) -> HttpResponse:
    """Take a file away."""

    def act() -> str:
        evidence_actions.remove(sheet.user, row)
        return _("%(name)s was taken away.") % {"name": row.name}

    return tried(request, sheet, act, f"#row-{row.commitment.uid}")
