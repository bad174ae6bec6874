"""One bulletin: its steps and what can be done with it, the sheet, the files; and the check of figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.bulletins import actions, printing, reads, rights
from lantian.apps.bulletins.models import Bulletin, BulletinState, Check, Objection
from lantian.apps.bulletins.views.common import back_to, in_scope, revision_of, variant_of, whole_number
from lantian.apps.core import downloads, policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def bulletin(request: HttpRequest, uid: str) -> HttpResponse:
    """The bulletin as it is printed, beside its steps. A unit that is only asked goes to its check."""
    user = person(request)
    row = in_scope(request, uid)
    variants = rights.variants(user, row)
    if not variants:
        return redirect("bulletins:check", uid=row.uid)
    variant = variant_of(request, row)
    office = rights.office(user, row)
    asked, unknown = reads.asked_units(row) if office and row.state == BulletinState.DRAFT else ([], [])
    context = {
        "bulletin": row,
        "sheet": printing.sheet(reads.whole_of(row, variant)),
        "variant": variant,
        "variants": [(value, label) for value, label in _labels() if value in variants],
        "office": office,
        "may_edit": policy.can(user, "bulletin.draft", row),
        "may_sign": row.leader_id == user.pk,
        "edited": sum(1 for item in row.paragraphs if item.get("said") is not None),
        "steps": row.steps.select_related("by") if office else [],
        "checks": reads.checks_of(user, row) if office else [],
        "mine": _asked(user, row),
        "asked": asked,
        "unknown": unknown,
        "newer": row.replaced_by.filter(issued__isnull=False).first(),
        "people": _leaders(row) if office else [],
        "snapshots": row.snapshots.select_related("by").defer("data") if office else [],
        "today": timezone.localdate(),
    }
    return render(request, "bulletins/bulletin.html", context)


def _labels() -> list[tuple[str, str]]:
    return [("internal", _("internal version")), ("public", _("public version"))]


def _asked(user: User, row: Bulletin) -> bool:
    """Whether a check of the person's own waits or was made."""
    return policy.scope(user, row.checks.all()).exists() and row.state != BulletinState.DRAFT


def _leaders(row: Bulletin) -> list[User]:
    """Persons of the issuer with a login, who can be named as the leader that signs."""
    rows = User.objects.filter(is_active=True, memberships__unit=row.issuer).distinct()
    return list(rows.order_by("display_name", "username"))


def _leader(row: Bulletin, uid: str) -> User | None:
    return next((one for one in _leaders(row) if str(one.uid) == uid), None)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise actions.BulletinError(_("Give the day as 2026-03-15.")) from None


Act = Callable[[HttpRequest, User, Bulletin, int], Any]


def _send_out(request: HttpRequest, user: User, row: Bulletin, revision: int) -> None:
    policy.require(user, "bulletin.draft", row)
    days = whole_number(request.POST.get("days", ""))
    actions.send_out(user, row, reads.asked_units(row)[0], days=days, revision=revision)


def _named(request: HttpRequest, user: User, row: Bulletin, revision: int) -> None:
    leader = _leader(row, request.POST.get("leader", ""))
    actions.name_leader(user, row, leader, request.POST.get("name", ""), revision=revision)


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "")


# Step of the address → what is done and what is said then.
STEPS: dict[str, tuple[Act, Callable[[], str]]] = {
    "send-out": (_send_out, lambda: _("The figures are out for checking.")),
    "close-check": (
        lambda q, u, b, r: actions.close_check(u, b, note=_note(q), revision=r), lambda: _("The check is closed."),
    ),
    "recall": (
        lambda q, u, b, r: actions.recall(u, b, note=_note(q), revision=r),
        lambda: _("The figures came back to the draft."),
    ),
    "leader": (_named, lambda: _("The leader is named.")),
    "sign": (lambda _q, u, b, r: actions.sign(u, b, revision=r), lambda: _("The bulletin is signed.")),
    "sign-on-paper": (
        lambda q, u, b, r: actions.sign_on_paper(
            u, b, q.POST.get("name", ""), day=_day(q.POST.get("day", "")), revision=r
        ),
        lambda: _("The signature is recorded."),
    ),
    "issue": (
        lambda _q, u, b, r: actions.issue(u, b, revision=r),
        lambda: _("The bulletin is issued; everybody can read it."),
    ),
    "back": (
        lambda q, u, b, r: actions.send_back(u, b, note=_note(q), revision=r),
        lambda: _("The bulletin went back to its draft."),
    ),
    "withdraw": (
        lambda q, u, b, r: actions.withdraw(u, b, note=_note(q), revision=r), lambda: _("The bulletin is withdrawn."),
    ),
}  # fmt: skip


@require_POST
def step(request: HttpRequest, uid: str, name: str) -> HttpResponse:
    """Take a step of :data:`STEPS` with the bulletin as the page showed it."""
    row = in_scope(request, uid)
    if name not in STEPS:
        raise Http404
    act, said = STEPS[name]
    attempt(request, lambda: act(request, person(request), row, revision_of(request)), said())
    return back_to(row)


@require_POST
def correct(request: HttpRequest, uid: str) -> HttpResponse:
    """更正: a draft with the same figures that will take the place of this one."""
    row = in_scope(request, uid)
    made: list[Bulletin] = []

    def act() -> None:
        made.append(actions.correct(person(request), row, note=_note(request), revision=revision_of(request)))

    attempt(request, act, _("A corrected one is begun. This one holds until the corrected one is issued."))
    return back_to(made[0] if made else row)


@require_safe
def sheet(request: HttpRequest, uid: str) -> HttpResponse:
    """The bulletin alone, to be printed on A4."""
    row = in_scope(request, uid)
    variant = variant_of(request, row)
    context = {
        "bulletin": row, "sheet": printing.sheet(reads.whole_of(row, variant)), "variant": variant,
        "mark": reads.mark_of(row, variant, person(request)),
    }  # fmt: skip
    return render(request, "bulletins/sheet.html", context)


def _name(row: Bulletin, variant: str) -> str:
    return f"{row.number} {row.title}{'（内部）' if variant == 'internal' else ''}".strip()[:90]


@require_safe
def docx(request: HttpRequest, uid: str) -> HttpResponse:
    """The version as Word."""
    row = in_scope(request, uid)
    variant = variant_of(request, row)
    content = printing.docx(reads.whole_of(row, variant), reads.mark_of(row, variant, person(request)))
    return downloads.download(content, f"{_name(row, variant)}.docx", DOCX)


@require_safe
def xlsx(request: HttpRequest, uid: str) -> HttpResponse:
    """The version as a workbook."""
    row = in_scope(request, uid)
    variant = variant_of(request, row)
    content = printing.xlsx(reads.whole_of(row, variant), reads.mark_of(row, variant, person(request)))
    return downloads.download(content, f"{_name(row, variant)}.xlsx", XLSX)


@require_safe
def check(request: HttpRequest, uid: str) -> HttpResponse:
    """核数: the person's units' own figures, to be agreed to or objected; the office sees every unit's."""
    user = person(request)
    row = in_scope(request, uid)
    checks = reads.checks_of(user, row)
    if not checks and not rights.office(user, row):
        raise Http404
    context = {
        "bulletin": row, "checks": checks, "office": policy.can(user, "bulletin.draft", row),
        "ranked": sum(1 for line in row.snapshot.data["rows"] if line["rank"]) if row.snapshot else 0,
        "unit": row.snapshot.data["unit"] if row.snapshot else "",
    }  # fmt: skip
    return render(request, "bulletins/check.html", context)


def _check(request: HttpRequest, uid: str) -> Check:
    rows = Check.objects.select_related("bulletin__issuer__area", "bulletin__snapshot", "unit")
    return policy.get_or_404(person(request), rows, uid=uid)


@require_POST
def agree(request: HttpRequest, uid: str) -> HttpResponse:
    """无异议; ``uid`` is that of the check."""
    row = _check(request, uid)
    attempt(request, lambda: actions.agree(person(request), row), _("%(unit)s agrees.") % {"unit": row.unit.name})
    return redirect("bulletins:check", uid=row.bulletin.uid)


@require_POST
def object_to(request: HttpRequest, uid: str) -> HttpResponse:
    """提出异议; ``uid`` is that of the check."""
    row = _check(request, uid)
    n, says = whole_number(request.POST.get("n", "")), request.POST.get("says", "")
    attempt(request, lambda: actions.object_to(person(request), row, n, says), _("The objection is handed in."))
    return redirect("bulletins:check", uid=row.bulletin.uid)


@require_POST
def answer(request: HttpRequest, uid: str) -> HttpResponse:
    """答复 an objection; ``uid`` is its own."""
    rows = Objection.objects.select_related("check_row__bulletin__issuer__area", "check_row__unit")
    row = policy.get_or_404(person(request), rows, uid=uid)
    accept, says, value = request.POST.get("accept") == "1", request.POST.get("says", ""), request.POST.get("value", "")
    attempt(
        request,
        lambda: actions.answer(
            person(request), row, accept=accept, says=says, value=value, revision=revision_of(request)
        ),
        _("The objection is answered."),
    )
    return redirect("bulletins:check", uid=row.check_row.bulletin.uid)
