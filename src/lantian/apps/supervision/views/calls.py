"""电话代填: choose unit and row while the caller speaks, write down words and figures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantian.apps.areas.models import Unit
from lantian.apps.core.policy import person
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import entryform, itemform, showing
from lantian.apps.supervision.actions import calls as actions
from lantian.apps.supervision.actions.calls import Call
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Commitment, Entry
from lantian.apps.supervision.queries import incoming as queries
from lantian.apps.supervision.steps import StaleError, StateError
from lantian.apps.supervision.views.common import office_plan


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, uid: str) -> HttpResponse:
    """The form: unit, then its rows by 序号 or word, then what was said of one; the call goes on with the next row."""
    plan = office_plan(request, uid)
    asked = request.POST if request.method == "POST" else request.GET
    months, current = queries.months(plan, timezone.localdate())
    month = asked.get("period", "")
    month = month if month in months else current
    unit = queries.units_of(plan).filter(uid=showing.as_uid(asked.get("unit", ""))).first()
    rows = list(queries.owed_rows(plan, unit)) if unit else []
    chosen = next((row for row in rows if str(row.uid) == asked.get("row")), None)
    call = Call(asked.get("caller", "")[:80], asked.get("at", "")[:40], asked.get("note", "")[:500])
    form, error, status = None, "", 200
    if request.method == "POST" and chosen is not None and unit is not None:
        form, error = _save(request, chosen, month, call)
        if not error and not form.errors:
            return _saved(request, plan, unit, month, call, chosen)
        status = 422
    entry = _entry(chosen, month) if chosen else None
    text = asked.get("q", "").strip()[:60]
    context = {
        "plan": plan, "months": months, "month": month, "units": queries.units_of(plan), "unit": unit, "q": text,
        "rows": [row for row in rows if _fits(row, text)], "chosen": chosen, "entry": entry, "error": error,
        "fields": itemform.of_row(itemform.row_of(chosen, entry), form) if chosen else None,
        "caller": call.caller, "note": call.note, "at": call.at or timezone.localtime().strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    return render(request, "supervision/incoming/call.html", context, status=status)


def _fits(row: Commitment, text: str) -> bool:
    """Whether a row has this 序号 or speaks of these words."""
    measure = row.measure
    if not text or text in (str(measure.seq or ""), str(measure.n)):
        return True
    return not text.isdecimal() and text.lower() in f"{measure.task}{measure.text}".lower()


def _entry(row: Commitment, month: str) -> Entry | None:
    found = Entry.objects.filter(commitment=row, report__period=month).prefetch_related("figures__share")
    return found.first()


def _save(request: HttpRequest, row: Commitment, month: str, call: Call) -> tuple[entryform.Form, str]:
    words, form = entryform.read(request.POST, itemform.row_of(row, _entry(row, month)))
    if form.errors:
        return form, _("This row was not saved; what is wrong stands beside the field.")
    try:
        actions.take_call(person(request), row, month, words, call, revision=form.revision)
    except (NotPossible, StateError, StaleError) as refusal:
        return form, str(refusal)
    return form, ""


def _saved(request: HttpRequest, plan: Plan, unit: Unit, month: str, call: Call, row: Commitment) -> HttpResponse:
    measure = row.measure
    said = _("Row %(n)s of %(unit)s was written down. The next one?")
    messages.success(request, said % {"n": measure.seq or measure.n, "unit": unit.name})
    kept = {"unit": str(unit.uid), "period": month, "caller": call.caller, "at": call.at}
    return redirect(f"{reverse('supervision:call', args=[plan.uid])}?{urlencode(kept)}")
