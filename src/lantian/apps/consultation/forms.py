"""The form that opens a round: letter, last day, whom to ask."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.areas.queries import Directory
from lantian.apps.consultation.queries import Proposed
from lantian.apps.plans.models import Plan

DAYS = 10  # calendar days that are proposed for answering
_SEPARATORS = re.compile(r"[、，,；;\s]+")


class NamesField(forms.CharField):
    """Names of units, one a line or separated as in print; the form resolves them in the directory."""

    widget = forms.Textarea

    def units(self, text: str, plan: Plan) -> list[Unit]:
        """The units that the names mean where the plan holds. Raises ValidationError with the names not found."""
        names = [name for name in _SEPARATORS.split(text) if name]
        directory = Directory(plan.area, timezone.localdate())
        found = {name: directory.find(name) for name in names}
        if unknown := [name for name, unit in found.items() if unit is None]:
            text = _("Not in the directory of units, or not clear which is meant: %(names)s")
            raise ValidationError(text % {"names": "、".join(unknown)})
        return [unit for unit in found.values() if unit is not None]


class AskForm(forms.Form):
    """Further units of a round, by name."""

    names = NamesField(label=gettext_lazy("Units to ask"))

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan

    def clean_names(self) -> list[Unit]:
        return NamesField().units(self.cleaned_data["names"], self.plan)


class DueForm(forms.Form):
    """Another last day."""

    due = forms.DateField(label=gettext_lazy("Answers until"))


class OpenForm(forms.Form):
    """A new round on a plan: title and letter as offices write them, last day, units."""

    title = forms.CharField(label=gettext_lazy("Title of the letter"), max_length=300)
    letter = forms.CharField(label=gettext_lazy("Letter"), widget=forms.Textarea, required=False, max_length=20_000)
    due = forms.DateField(label=gettext_lazy("Answers until"))
    silence_is_consent = forms.BooleanField(
        label=gettext_lazy("Who has not answered by then has no objection (printed below the letter)"), required=False
    )
    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=gettext_lazy("Units to ask"), required=False, to_field_name="uid"
    )
    names = NamesField(label=gettext_lazy("Further units, by name"), required=False)

    def __init__(self, plan: Plan, proposed: Proposed, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        chosen: Any = self.fields["units"]
        # Members of a collective unit, offered to be ticked, are no part of the proposal but may be chosen.
        chosen.queryset = Unit.objects.filter(collective=False)
        self.proposed = proposed

    @staticmethod
    def initial_of(plan: Plan) -> dict[str, Any]:
        """What stands in a fresh form."""
        office = {"plan": plan, "year": timezone.localdate().year}
        return {
            "title": f"关于征求《{plan.title}》（征求意见稿）意见的函"[:300],
            "letter": render_to_string("consultation/letter.txt", office).strip(),
            "due": timezone.localdate() + timedelta(days=DAYS),
            "silence_is_consent": True,
        }

    def clean_names(self) -> list[Unit]:
        return NamesField().units(self.cleaned_data["names"], self.plan)

    def clean_due(self) -> date:
        due: date = self.cleaned_data["due"]
        if due < timezone.localdate():
            raise ValidationError(_("The last day for answers lies in the past."))
        return due

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("units") and not cleaned.get("names") and "names" not in self.errors:
            self.add_error("units", _("Choose at least one unit to ask."))
        return cleaned

    @property
    def asked(self) -> list[Unit]:
        """The units chosen, ticked and named."""
        return [*self.cleaned_data["units"], *self.cleaned_data["names"]]
