"""A new bulletin, its figures, its words with the preview beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantian.apps.areas.models import Unit
from lantian.apps.bulletins import actions, composing, figures, printing, reads, rights, sources
from lantian.apps.bulletins.kinds import Kind, Period, kinds, period_of
from lantian.apps.bulletins.models import Bulletin, BulletinKind, BulletinState, Variant
from lantian.apps.bulletins.views.common import back_to, in_scope, revision_of
from lantian.apps.core import policy
from lantian.apps.core.files import TooLargeError
from lantian.apps.core.holding import NotPossible
from lantian.apps.core.policy import person

TEXT = 200_000  # characters of a pasted table
PARTS = 400


@dataclass(slots=True)
class Given:
    """What a form of figures says: rows, or what is wrong with them; ``why`` tells where they came from."""

    rows: list[figures.Row] = field(default_factory=list)
    problems: list[figures.Problem] = field(default_factory=list)
    why: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new bulletin: kind, period, and the table of its figures, whose problems are told row by row."""
    user = person(request)
    policy.require(user, "bulletin.draft")
    issuers = rights.issuers(user)
    wanted = request.POST if request.method == "POST" else request.GET
    kind = kinds().get(wanted.get("kind", ""), kinds()[BulletinKind.TSP])
    issuer = next(
        (unit for unit in issuers if str(unit.uid) == wanted.get("issuer", "")), issuers[0] if issuers else None
    )
    context: dict[str, Any] = {
        "issuers": issuers, "issuer": issuer, "kind": kind, "kinds": BulletinKind.choices, "variants": Variant.choices,
        "sources": _sources(), "month": wanted.get("month", _month()), "half": wanted.get("half", "1"),
        "variant": wanted.get("variant", Variant.INTERNAL), "source": wanted.get("source", "table"),
        "text": wanted.get("text", "")[:TEXT], "example": _example(kind),
    }  # fmt: skip
    if request.method != "POST" or issuer is None:
        return render(request, "bulletins/new.html", context)
    try:
        period = period_of(kind, context["month"], context["half"])
    except ValueError:
        context["period_error"] = _("Give the month as 2026-03.")
        return render(request, "bulletins/new.html", context, status=400)
    given = _given(request, kind, period, issuer)
    if given.problems:
        context["problems"] = given.problems[:100]
        return render(request, "bulletins/new.html", context, status=400)
    try:
        made = actions.draft(
            user, kind.id, issuer, period, given.rows, variant=context["variant"], why=given.why
        )  # fmt: skip
    except NotPossible as refusal:
        context["refusal"] = str(refusal)
        return render(request, "bulletins/new.html", context, status=400)
    messages.success(request, _("The draft is made of %(n)s figures.") % {"n": len(given.rows)})
    return redirect("bulletins:edit", uid=made.uid)


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, uid: str) -> HttpResponse:
    """Other figures for a draft."""
    user = person(request)
    row = in_scope(request, uid)
    policy.require(user, "bulletin.draft", row)
    kind = kinds()[row.kind]
    if row.state != BulletinState.DRAFT:
        messages.error(request, _("Only the figures of a draft can be replaced. Take the bulletin back first."))
        return back_to(row)
    context: dict[str, Any] = {
        "bulletin": row, "kind": kind, "sources": _sources(), "source": request.POST.get("source", "table"),
        "text": request.POST.get("text", "")[:TEXT] if request.method == "POST" else _typed(kind, row),
        "example": _example(kind),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "bulletins/new.html", context)
    given = _given(request, kind, Period(row.start, row.end), row.issuer)
    if given.problems:
        context["problems"] = given.problems[:100]
        return render(request, "bulletins/new.html", context, status=400)
    try:
        actions.set_figures(user, row, given.rows, why=given.why, revision=revision_of(request))
    except NotPossible as refusal:
        context["refusal"] = str(refusal)
        return render(request, "bulletins/new.html", context, status=400)
    messages.success(request, _("The figures are replaced; the text was made anew, handwriting was kept."))
    return redirect("bulletins:edit", uid=row.uid)


def _sources() -> list[tuple[str, Any]]:
    return [(name, source.label) for name, source in sources.SOURCES.items()]


def _month() -> str:
    day = timezone.localdate()
    return f"{day.year - (day.month == 1)}-{(day.month - 2) % 12 + 1:02d}"


def _given(request: HttpRequest, kind: Kind, period: Period, issuer: Unit) -> Given:
    """The figures that the form sent, by the source that it names."""
    name = request.POST.get("source", "table")
    source = sources.SOURCES.get(name, sources.SOURCES["table"])
    asked = sources.Asked(person(request), kind, period, issuer.area, text=request.POST.get("text", "")[:TEXT])
    why = str(source.label)
    if name == "workbook":
        upload = request.FILES.get("file")
        if upload is None:
            return Given(problems=[figures.Problem(0, _("Choose the workbook."))])
        try:
            lines, short = actions.read_workbook(person(request), upload.name or "figures.xlsx", upload.chunks())
        except NotPossible as refusal:
            return Given(problems=[figures.Problem(0, str(refusal))])
        except TooLargeError as large:
            text = _("The file is larger than %(limit)s MB and was not taken.") % {"limit": large.limit // 2**20}
            return Given(problems=[figures.Problem(0, text)])
        asked = sources.Asked(person(request), kind, period, issuer.area, lines=lines, name=short)
        why = short
    rows, problems = source.rows(asked)
    return Given(rows, problems, why)


def _example(kind: Kind) -> str:
    """The header of a table of this kind with a line to look at."""
    if len(kind.indicators) > 1:
        names = [one.short for one in kind.indicators]
        return "\t".join([kind.subject, *names]) + "\n" + "\t".join(["全市", *("…" for _one in names)])
    head = ["区", kind.subject, kind.main.said or kind.main.short, "上年同期", "有效率", "备注", "内部"]
    return "\t".join(head) + "\n" + "\t".join(["岚东区", "望江街道", "…", "…", "98", "", ""])


def _typed(kind: Kind, row: Bulletin) -> str:
    """The figures of the snapshot as a table that can be changed and given again."""
    lines = [figures.Row.read(line) for line in (row.snapshot.data["rows"] if row.snapshot else [])]
    keys = list(dict.fromkeys((line.group, line.subject, line.internal) for line in lines))
    by = {(line.group, line.subject, line.internal, line.indicator): line for line in lines}
    heads = ["区", "名称"]
    for one in kind.indicators:
        heads += [one.short, f"{one.short}上年同期"]
    out = ["\t".join([*heads, "有效率", "备注", "内部"])]
    for key in keys:
        own = [by.get((*key, one.id)) for one in kind.indicators]
        first = next(line for line in own if line is not None)
        cells = [key[0], key[1]]
        for line in own:
            cells += [_cell(line.value if line else None), _cell(line.previous if line else None)]
        out.append("\t".join([*cells, _cell(first.completeness), first.note, "内部" if key[2] else ""]))
    return "\n".join(out)


def _cell(value: object) -> str:
    return "" if value is None else str(value)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uid: str) -> HttpResponse:
    """The words of a bulletin that is not signed; what was written by hand is marked, the figures stay frozen."""
    user = person(request)
    row = in_scope(request, uid)
    policy.require(user, "bulletin.draft", row)
    if row.state not in (BulletinState.DRAFT, BulletinState.CHECKING, BulletinState.CHECKED):
        messages.error(request, _("What is signed is not changed any more. Take the bulletin back first."))
        return back_to(row)
    if request.method == "POST":
        texts = _texts(request, row)
        try:
            actions.save_text(
                user, row, request.POST.get("title", ""), texts, variant=request.POST.get("variant", ""),
                revision=revision_of(request),
            )  # fmt: skip
        except actions.StaleError as refusal:
            return _page(request, row, texts, refusal=str(refusal), status=409)
        except NotPossible as refusal:
            return _page(request, row, texts, refusal=str(refusal), status=400)
        messages.success(request, _("The text is saved."))
        return redirect("bulletins:edit", uid=row.uid)
    return _page(request, row, {})


def _texts(request: HttpRequest, row: Bulletin) -> dict[int, str]:
    """What stands in the form's paragraphs; the one whose button "as made" was pressed as the template makes it."""
    found = {}
    for place in range(min(PARTS, len(row.paragraphs) + 1)):
        text = request.POST.get(f"p{place}")
        if text is not None:
            found[place] = text
    back = request.POST.get("made", "")
    if back.isdigit() and int(back) in found and int(back) < len(row.paragraphs):
        found[int(back)] = row.paragraphs[int(back)]["made"]
    return found


def _page(request: HttpRequest, row: Bulletin, texts: dict[int, str], *, refusal: str = "",
          status: int = 200) -> HttpResponse:  # fmt: skip
    paragraphs = composing.edited(row.paragraphs, texts)
    assert row.snapshot is not None
    lines = [item["made"] for item in row.paragraphs]
    parts = [
        {
            "place": place, "text": composing.text_of(item), "made": item["made"], "said": item["said"] is not None,
            "strange": composing.strange_numbers(item["said"], row.snapshot.data, lines) if item["said"] else [],
        }
        for place, item in enumerate(paragraphs)
        if item["made"] or item["said"] is not None
    ]  # fmt: skip
    context = {
        "bulletin": row, "parts": parts, "extra": len(paragraphs), "refusal": refusal, "variants": Variant.choices,
        "title": request.POST.get("title", row.title), "variant": request.POST.get("variant", row.variant),
        "revision": request.POST.get("revision", row.revision) if status == 400 else row.revision,
        "sheet": _sheet(request, row, paragraphs),
    }  # fmt: skip
    return render(request, "bulletins/edit.html", context, status=status)


def _sheet(request: HttpRequest, row: Bulletin, paragraphs: list[composing.Paragraph]) -> Any:
    """The sheet of what stands in the form."""
    shown = request.POST.get("variant", row.variant)
    row.paragraphs, row.title = paragraphs, request.POST.get("title", row.title)[:200]
    return printing.sheet(reads.whole_of(row, shown if shown in Variant.values else row.variant))


@require_POST
def preview(request: HttpRequest, uid: str) -> HttpResponse:
    """What is typed, as the sheet that would be printed; nothing is kept."""
    row = in_scope(request, uid)
    policy.require(person(request), "bulletin.draft", row)
    paragraphs = composing.edited(row.paragraphs, _texts(request, row))
    return render(request, "bulletins/_paper.html", {"sheet": _sheet(request, row, paragraphs)})
