"""业务包一览: what each pack serves, its registers with what they hold, and what is counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantian.apps.areas.models import Level
from lantian.apps.core import policy
from lantian.apps.registers import catalogue, hooks, queries, rights, showing
from lantian.apps.registers.queries import deliveries
from lantian.apps.registers.views.common import reader
from lantian.registers import Label, Register

Line = dict[str, Any]
_FEW = 3  # packs of one's own that stand unfolded
_MANAGE = "people.manage"  # administrators, who look after the packs


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """Every pack with its registers, narrowed by words. The number of queries does not grow with them.

    Unfolded are those that were looked for and those that the person writes, if these are few; where no ledger holds
    rows yet, the first one.
    """
    user = reader(request)
    words = request.GET.get("q", "").strip()[:40]
    held = queries.overview(user)
    indicators = catalogue.indicators().indicators.values()
    hanging = hooks.targets(user)
    sources = deliveries.of_registers(user)
    shown = []
    for pack in catalogue.packs().packs:
        lines: list[Line] = [
            {"register": register, "held": held[register.name], "writers": writers(register),
             "may_write": rights.may_write(user, register), "sources": sources.get(register.name, [])}
            for register in pack.registers
            if _fits(words, pack.label, register.label, register.describes)
        ]  # fmt: skip
        if lines:
            rows = sum(line["held"].rows for line in lines)
            counted = [
                (one.name, one.title, one.unit, hanging.get(one.name, 0)) for one in indicators if one.pack == pack.name
            ]
            shown.append({
                "pack": pack, "lines": lines, "rows": rows, "counted": counted,
                "targets": sum(count for *_one, count in counted), "own": any(line["may_write"] for line in lines),
            })  # fmt: skip
    few = sum(item["own"] for item in shown) <= _FEW
    full = any(item["rows"] for item in shown)
    for n, item in enumerate(shown):
        item["open"] = bool(words) or (item["own"] and few) or (n == 0 and not full)
    wrong = [(item, showing.sentence(item)) for item in catalogue.problems()] if policy.can(user, _MANAGE) else []
    return render(request, "registers/packs.html", {"packs": shown, "words": words, "wrong": wrong})


def _fits(words: str, *labels: Label) -> bool:
    return all(any(word in text for label in labels for text in label) for word in words.split())


def writers(register: Register) -> Sequence[str]:
    """Who writes: the clean-air office, units of some levels, and departments by the words of their names."""
    levels = dict(Level.choices)
    return [
        _("clean-air office"),
        *(str(levels.get(level, level)) for level in register.levels),
        *register.departments,
    ]
