"""节奏: how a plan is reported and reviewed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt
from lantian.apps.plans.models import Plan
from lantian.apps.supervision import periods
from lantian.apps.supervision.actions import rhythm as actions
from lantian.apps.supervision.days import workdays
from lantian.apps.supervision.models import Cadence, Commitment, Rhythm
from lantian.apps.supervision.views.common import office_plan, revision_of
from lantian.status import period_label


class RhythmForm(forms.Form):
    """The rhythm of one plan; numbers are days."""

    opens = forms.IntegerField(
        label=gettext_lazy("The sheet opens, days from the period's end"), min_value=-31, max_value=31,
        help_text=gettext_lazy("−6: six days before the month ends. 0: on its last day."),
    )  # fmt: skip
    due = forms.IntegerField(
        label=gettext_lazy("Returns are due, days after the period's end"), min_value=0, max_value=60,
        help_text=gettext_lazy("A day off moves to the next working day."),
    )  # fmt: skip
    near_days = forms.IntegerField(
        label=gettext_lazy("Blue light, days before something is due"), min_value=0, max_value=60
    )
    lead_days = forms.IntegerField(
        label=gettext_lazy("Internal due day, working days before the printed deadline"), min_value=0, max_value=120,
        required=False, help_text=gettext_lazy("Empty: 15 before the year's end, 10 before a quarter's, 5 otherwise."),
    )  # fmt: skip
    review = forms.BooleanField(
        label=gettext_lazy("The office reviews returns"), required=False,
        help_text=gettext_lazy("Off: what is submitted counts as accepted, and says so."),
    )  # fmt: skip
    own_rows_exempt = forms.BooleanField(
        label=gettext_lazy("Rows that the office itself owes need no review"), required=False
    )
    support_reports = forms.BooleanField(label=gettext_lazy("Supporting units report, too"), required=False)


@require_safe
def rhythm(request: HttpRequest, uid: str) -> HttpResponse:
    """The rhythm of a plan, and the days that it gives."""
    return _page(request, office_plan(request, uid))


def _page(request: HttpRequest, plan: Plan, form: RhythmForm | None = None, status: int = 200) -> HttpResponse:
    row = Rhythm.objects.filter(plan=plan).first() or Rhythm(plan=plan)
    calendar = workdays()
    today = timezone.localdate()
    months = periods.months(plan)
    days = [
        (period_label(month, "zh"), periods.opens_on(row, month), periods.due_on(row, month, calendar),
         periods.due_on(row, month, calendar) < today)
        for month in months
    ]  # fmt: skip
    found = dict(
        Commitment.objects.filter(plan=plan, withdrawn=None).order_by().values_list("cadence").annotate(Count("pk"))
    )
    context: dict[str, Any] = {
        "plan": plan,
        "rhythm": row,
        "form": form or RhythmForm(initial={name: getattr(row, name) for name in actions.FIELDS}),
        "days": days,
        "unknown": sorted({due.year for _label, _opens, due, _past in days if not calendar.known(due.year)}),
        "cadences": [(value, label, found.get(value, 0)) for value, label in Cadence.choices],
    }
    return render(request, "supervision/duties/rhythm.html", context, status=status)


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Set the rhythm; what is wrong is said beside its field."""
    plan = office_plan(request, uid)
    form = RhythmForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, form, status=400)

    def act() -> str:
        actions.set_rhythm(person(request), plan, form.cleaned_data, revision=revision_of(request))
        return _("The rhythm is set; proposals that nobody edited follow.")

    attempt(request, act)
    return redirect("supervision:rhythm", uid=uid)
