"""质控疑点: what the rules found in the hours, reviewed by people, and the runs that found it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.analysis.qc import rules
from lantian.apps.core import policy, tables
from lantian.apps.core.language import chinese
from lantian.apps.monitoring import actions
from lantian.apps.monitoring.actions.quality import AT_ONCE
from lantian.apps.monitoring.errors import RegistryError
from lantian.apps.monitoring.forms import RunForm
from lantian.apps.monitoring.items import ITEMS, text
from lantian.apps.monitoring.models import FindingState, QualityFinding, QualityRun
from lantian.apps.monitoring.queries import findings as reads
from lantian.apps.monitoring.queries import registry
from lantian.apps.monitoring.rights import EDIT, keeps
from lantian.apps.monitoring.views import common

PAGE = 50
MOST_ROWS = 20_000  # of one download
EFFECTS = 50  # lines of the effect that a page shows; the download has all
_FILTERS = ("rule", "item", "state", "area", "q", "month")
STATES = (
    ("", gettext_lazy("to be reviewed")),
    (FindingState.CONFIRMED.value, FindingState.CONFIRMED.label),
    (FindingState.KEPT.value, FindingState.KEPT.label),
    ("hints", gettext_lazy("hints, nothing to decide")),
    (FindingState.GONE.value, FindingState.GONE.label),
    ("all", gettext_lazy("all")),
)
SEVERITIES = {
    "invalid": gettext_lazy("invalid"),
    "doubt": gettext_lazy("doubtful"),
    "flag": gettext_lazy("hint"),
}


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """The findings, filtered, with the form that decides on those that are ticked."""
    return _list(request)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide on the ticked findings, all or none; a refusal shows the list again with what was typed."""
    user = policy.person(request)
    policy.require(user, EDIT)
    given: dict[UUID, int] = {}
    for item in request.POST.getlist("finding")[: AT_ONCE + 1]:
        uid, _colon, revision = item.partition(":")
        try:
            given[UUID(uid)] = int(revision)
        except ValueError:
            continue
    # What lies in another city does not exist for the person.
    if reads.all_findings(user).filter(uid__in=given).count() != len(given):
        given = {row.uid: given[row.uid] for row in reads.all_findings(user).filter(uid__in=given)}
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    try:
        number = actions.decide(user, given, decision, reason)
    except RegistryError as error:
        return _list(request, error, {str(uid) for uid in given}, status=400)
    messages.success(request, _("Decided on %(n)s findings.") % {"n": number})
    query = QueryDict(request.POST.get("back", "")[:1000])
    kept = urlencode({name: value for name in (*_FILTERS, "page") if (value := query.get(name, ""))})
    return redirect(f"{reverse('monitoring:findings')}{'?' + kept if kept else ''}")


@require_safe
def findings_table(request: HttpRequest, form: str) -> HttpResponse:
    """The filtered findings as CSV or XLSX."""
    user = common.reader(request)
    rows = reads.finding_page(reads.all_findings(user), _chosen(request.GET))[:MOST_ROWS]
    head = [
        _("Station code"), _("Name"), _("Pollutant"), _("Rule"), _("Severity"), _("From"),
        pgettext("hours", "Until"), _("Hours"),
        _("Worst value"), _("Finding"), _("State"), _("Reason"), _("Decided by"), _("Decided"),
    ]  # fmt: skip
    body = [
        [
            row.station.code, row.station.name, row.pollutant, row.rule, str(SEVERITIES.get(row.severity, "")),
            common.moment(row.start), common.moment(row.end), row.hours, row.value, _sentence(row),
            row.get_state_display(), row.reason, str(row.decided_by or ""),
            common.moment(row.decided) if row.decided else "",
        ]
        for row in rows
    ]  # fmt: skip
    notes = [_("Values are never overwritten: what was confirmed does not count, and stands in the lake as it came.")]
    return tables.download(tables.Table("lantian-findings", head, body, notes), form)


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """The runs, and the form that asks for one."""
    user = common.reader(request)
    may = policy.can(user, EDIT)
    if request.method == "POST":
        policy.require(user, EDIT)
    newest = common.newest_of(user)
    last = newest[0] if newest else common.today()
    initial = {"start": last - timedelta(days=29), "end": last}
    form = RunForm(request.POST or None, user=user, initial=initial) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            run = actions.start_run(user, **form.cleaned_data)
        except RegistryError as error:
            form.refuse(error)
        else:
            return redirect("monitoring:quality_run", uid=run.uid)
    page = Paginator(reads.runs(user), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "synthetic": registry.synthetic(user)}
    status = 400 if form is not None and form.errors else 200
    return render(request, "monitoring/quality_runs.html", context, status=status)


@require_safe
def run(request: HttpRequest, uid: str) -> HttpResponse:
    """One run: how far it is, what it found by rule, and what decisions do to validity."""
    user = common.reader(request)
    row = policy.get_or_404(user, QualityRun.objects.select_related("area", "job", "created_by"), uid=uid)
    context: dict[str, Any] = {"row": row, "active": row.job is not None and row.job.active}
    if row.finished:
        found = reads.effects(user, row.area.path, row.start, row.end)
        context |= {
            "rules": [_said(item) for item in reads.by_rule(reads.all_findings(user).filter(run=row))],
            "effects": found[:EFFECTS],
            "effects_more": max(0, len(found) - EFFECTS),
        }
    elif row.job is not None and row.job.error:
        context["error"] = row.job.error["zh" if chinese() else "en"]
    return render(request, "monitoring/quality_run.html", context)


@require_safe
def effects_table(request: HttpRequest, uid: str, form: str) -> HttpResponse:
    """What decisions do to the validity of a run's stations and days, as CSV or XLSX."""
    user = common.reader(request)
    row = policy.get_or_404(user, QualityRun.objects.select_related("area"), uid=uid)
    head = [_("Station code"), _("Name"), _("Pollutant")]
    for what in (_("Hours"), _("Valid days")):
        head += [
            f"{what}: {_('as they came')}",
            f"{what}: {_('now')}",
            f"{what}: {_('if all that waits is confirmed')}",
        ]
    body: list[list[tables.Value]] = [
        [item.station.code, item.station.name, item.pollutant, *item.hours, *item.days]
        for item in reads.effects(user, row.area.path, row.start, row.end)
    ]
    notes = [f"{row.area.name} {row.start.isoformat()} – {row.end.isoformat()}"]
    return tables.download(tables.Table(f"lantian-validity-{row.start}-{row.end}", head, body, notes), form)


def _list(
    request: HttpRequest, error: RegistryError | None = None, ticked: set[str] | None = None, status: int = 200
) -> HttpResponse:
    user = common.reader(request)
    back = request.POST.get("back", "")[:1000] if request.method == "POST" else request.GET.urlencode()
    given = QueryDict(back)
    chosen = _chosen(given)
    rows = reads.finding_page(reads.all_findings(user), chosen)
    page = Paginator(rows, PAGE).get_page(given.get("page"))
    may = policy.can(user, EDIT)
    lines = [
        {
            "row": row,
            "said": _sentence(row),
            "severity": SEVERITIES.get(row.severity, row.severity),
            "value": text(row.value, ITEMS[row.pollutant].decimals + 1) if row.pollutant in ITEMS else "",
            "unit": ITEMS[row.pollutant].unit if row.pollutant in ITEMS else "",
            "may": may and row.state != FindingState.GONE and keeps(user, EDIT, row.station.area),
            "ticked": str(row.uid) in (ticked or set()),
        }
        for row in page.object_list
    ]
    context = {
        "page": page,
        "lines": lines,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "rules": [(item.id, _rule_words(item.id)) for item in rules()],
        "items": ITEMS.values(),
        "states": STATES,
        "areas": registry.districts(user),
        "may_edit": may,
        "any_may": any(line["may"] for line in lines),
        "back": back,
        "error": error,
        "decision": request.POST.get("decision", ""),
        "reason": request.POST.get("reason", ""),
        "ever": reads.runs(user).exists(),
        "synthetic": registry.synthetic(user),
    }
    return render(request, "monitoring/findings.html", context, status=status)


def _chosen(given: QueryDict) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in _FILTERS}


def _sentence(row: QualityFinding) -> str:
    return row.zh if chinese() else row.en


def _said(item: reads.ByRule) -> dict[str, Any]:
    return {"found": item, "words": _rule_words(item.rule.id), "severity": SEVERITIES[item.rule.severity]}


def _rule_words(identity: str) -> str:
    """What a rule is called; its sentence stands with each finding."""
    return str(common.RULES.get(identity, identity))
