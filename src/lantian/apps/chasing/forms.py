"""The form of a letter: which rung, which rows, by when, who approves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.chasing.actions import LetterWords
from lantian.apps.chasing.models import RungName
from lantian.apps.core.models import User
from lantian.apps.supervision.models import Commitment


class LetterForm(forms.Form):
    """What a person chooses for a letter; its words are written in the paper afterwards."""

    rung = forms.ChoiceField(label=gettext_lazy("Rung"), choices=RungName.choices)
    issuer = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Issuer"), to_field_name="uid")
    commitments = forms.ModelMultipleChoiceField(
        Commitment.objects.none(), label=gettext_lazy("Rows"), to_field_name="uid"
    )
    reply_by = forms.DateField(label=gettext_lazy("Answer by"))
    approver = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Approver"), to_field_name="uid", required=False
    )
    approver_name = forms.CharField(label=gettext_lazy("Approver without a login"), max_length=40, required=False)
    jump_reason = forms.CharField(label=gettext_lazy("Why a rung is left out"), max_length=200, required=False)

    def __init__(self, issuers: list[Unit], rows: list[Commitment], people: list[User], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["issuer"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in issuers])
        fields["commitments"].queryset = Commitment.objects.filter(pk__in=[row.pk for row in rows]).select_related(
            "measure"
        )
        fields["approver"].queryset = User.objects.filter(pk__in=[one.pk for one in people])

    def words(self) -> LetterWords:
        """The checked choice."""
        values = self.cleaned_data
        return LetterWords(
            rung=values["rung"], issuer=values["issuer"], commitments=list(values["commitments"]),
            reply_by=values["reply_by"], approver=values["approver"], approver_name=values["approver_name"],
            jump_reason=values["jump_reason"],
        )  # fmt: skip
