"""考核: entering one item's figures for all units at once, typed or pasted from a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantian.apps.areas.models import Unit
from lantian.apps.assessment import pasted, scoretexts
from lantian.apps.assessment import rights_scorecards as rights
from lantian.apps.assessment.actions import scorecards as actions
from lantian.apps.assessment.models import Scorecard
from lantian.apps.assessment.queries import columns as queries
from lantian.apps.assessment.queries.columns import Cell
from lantian.apps.assessment.scoring import Item
from lantian.apps.assessment.views.scorecards import card_of, day_of
from lantian.apps.core import files, policy
from lantian.apps.core.policy import person
from lantian.apps.supervision.actions.common import NotPossible, Stale


@require_http_methods(["GET", "HEAD", "POST"])
def column(request: HttpRequest, uid: str, item: str) -> HttpResponse:
    """The form; ``step=fill`` takes pasted lines over into the fields, ``step=enter`` enters what stands in them."""
    card = card_of(request, uid)
    policy.require(request.user, rights.EDIT, card)
    found = queries.item_of(card, item)
    if found is None:
        raise Http404
    units = list(card.units.order_by("area__code", "id"))
    if request.method != "POST":
        return _page(request, card, found, units, {}, {}, [])
    values, wrong, problems = _typed(request, units, queries.names_of(found))
    text = request.POST.get("pasted", "")
    if text.strip():
        read = queries.read(card, units, queries.names_of(found), text, timezone.localdate())
        problems += read.problems
        if not problems:
            values |= read.values
    filled = request.POST.get("step") == "fill"
    if problems or filled:
        return _page(request, card, found, units, values, wrong, problems, filled=filled and not problems)
    try:
        count = _enter(request, card, found, values)
    except NotPossible as refusal:
        # Who was told that somebody came between sees what that one entered, and may then go on.
        seen = "" if isinstance(refusal, Stale) else request.POST.get("seen", "")
        return _page(request, card, found, units, values, wrong, [str(refusal)], seen=seen)
    except files.TooLargeError as large:
        text = _("The file is larger than %(limit)s MB and was not taken.") % {"limit": large.limit // 2**20}
        return _page(request, card, found, units, values, wrong, [text])
    messages.success(request, ngettext("%(n)s figure entered.", "%(n)s figures entered.", count) % {"n": count})
    return redirect("assessment:scorecard-entries", uid=uid)


def _typed(
    request: HttpRequest, units: Sequence[Unit], names: Sequence[str]
) -> tuple[dict[Cell, str], dict[Cell, str], list[str]]:
    """What stands in the fields, what is wrong with which of them, and a sentence for the top."""
    values, wrong = {}, {}
    for unit in units:
        for place, name in enumerate(names):
            text = request.POST.get(f"v{place}-{unit.uid}", "").strip()[:40]
            if text:
                values[unit.pk, name] = text
                if pasted.number(text) is None:
                    wrong[unit.pk, name] = _("A number is wanted.")
    top = ngettext("%(n)s field holds no number.", "%(n)s fields hold no number.", len(wrong)) % {"n": len(wrong)}
    return values, wrong, [top] if wrong else []


def _enter(request: HttpRequest, card: Scorecard, item: Item, values: Mapping[Cell, str]) -> int:
    data = request.POST
    since = day_of(data.get("since", ""))
    if since is None:
        raise NotPossible(_("Say from which day on the figures count."))
    numbers: dict[Cell, Decimal] = {}
    for cell, text in values.items():
        value = pasted.number(text)
        assert value is not None  # refused by _typed and by the reading of pasted lines
        numbers[cell] = value
    file, seen = request.FILES.get("file"), data.get("seen", "")
    return actions.enter_column(
        person(request), card, numbers, since=since, basis=data.get("basis", ""),
        upload=(file.name or "file", file.chunks()) if file else None,
        seen=(queries.names_of(item), int(seen) if seen.isascii() and seen.isdecimal() else -1),
    )  # fmt: skip


def _page(
    request: HttpRequest, card: Scorecard, item: Item, units: Sequence[Unit], values: Mapping[Cell, str],
    wrong: Mapping[Cell, str], problems: Sequence[str], *, filled: bool = False, seen: str | None = None,
) -> HttpResponse:  # fmt: skip
    names, data = queries.names_of(item), request.POST
    seen = data.get("seen", "") if seen is None else seen
    context = {
        "card": card, "item": item, "title": scoretexts.name(item.title), "names": names, "problems": problems,
        "rows": queries.grid(units, names, values, wrong, queries.now(card, names)), "filled": filled,
        "seen": seen or queries.seen(card, names), "basis": data.get("basis", ""),
        "since": data.get("since") or timezone.localdate().isoformat(),
        "pasted": data.get("pasted", "") if problems else "",
    }  # fmt: skip
    return render(request, "assessment/scorecards/column.html", context, status=400 if problems else 200)
