"""线索: what rules found, whose it is; listed and exported until the loop takes them up."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantian.apps.core import policy, tables
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.indicators.models import Finding
from lantian.apps.indicators.shelf import indicators
from lantian.apps.registers import catalogue, showing
from lantian.apps.registers import rights as registers
from lantian.indicators.headers import Rule

PAGE = 50


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """Open findings; ``rule``, ``show`` (open, closed) and ``q`` narrow the list."""
    rows, chosen = _rows(request)
    rules = indicators().rules
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(row, rules.get(row.rule), _address(person(request), rules.get(row.rule), row)) for row in page],
        "rules": sorted(rules.values(), key=lambda rule: rule.title.zh),
        "chosen": chosen,
    }
    return render(request, "indicators/findings.html", context)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponse:
    """The list as ``csv`` or ``xlsx``."""
    rows, _chosen = _rows(request)
    rules = indicators().rules
    chinese = (get_language() or "").startswith("zh")
    head = [
        _("Rule"), _("What"), _("Detail"), _("Subject"), _("Area"), _("Unit"), _("Opened"), _("Closed"),
    ]  # fmt: skip
    lines = [
        [
            _title(rules.get(row.rule), row.rule, chinese), row.title, row.detail, row.subject,
            row.area.name if row.area else "", row.unit.name if row.unit else "", _day(row.opened), _day(row.closed),
        ]
        for row in rows[:100_000]
    ]  # fmt: skip
    return tables.download(tables.Table("findings", head, lines), form)


def _rows(request: HttpRequest) -> tuple[QuerySet[Finding], dict[str, str]]:
    chosen = {name: request.GET.get(name, "").strip()[:80] for name in ("rule", "show", "q")}
    rows = policy.scope(person(request), Finding.objects.select_related("area", "unit"))
    rows = rows.filter(closed__isnull=chosen["show"] != "closed")
    if chosen["rule"]:
        rows = rows.filter(rule=chosen["rule"])
    if chosen["q"]:
        rows = rows.filter(title__contains=chosen["q"])
    return rows, chosen


def _address(user: User, rule: Rule | None, row: Finding) -> str:
    """Where the record stands that a finding is about; empty: it is about no record, or not for this person."""
    register = catalogue.registers().get(rule.register) if rule and rule.subject == "register" else None
    readable = register is not None and registers.reads(user, row.area)
    return showing.address(register, row.subject) if register is not None and readable and row.subject else ""


def _title(rule: Any, name: str, chinese: bool) -> str:
    return name if rule is None else str(rule.title.zh if chinese else rule.title.en)


def _day(at: Any) -> str:
    return "" if at is None else timezone.localtime(at).date().isoformat()
