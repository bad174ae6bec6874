"""Forms of the pages: periods are typed in the words that officials print."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area
from lantian.apps.received.models import Bulletin, Direction, Indicator
from lantian.apps.received.notice import in_words
from lantian.reading.received.model import Period
from lantian.reading.received.periods import period_in


class PeriodField(forms.CharField):
    """报告期 in words: 2025年10月上半月, 2025年9月, 2025年1-9月, 2025年10月1日至15日."""

    def clean(self, value: Any) -> Period | None:
        text = super().clean(value)
        if not text:
            return None
        found = period_in(text)
        if found is None:
            raise ValidationError(_("Write the period with its year, such as 2025年9月 or 2025年10月上半月."))
        return found


class Styled(forms.Form):
    """A form whose fields wear the look of the site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            choice = isinstance(field.widget, forms.Select)
            field.widget.attrs.setdefault("class", "form-select" if choice else "form-control")


class HeadForm(Styled):
    """Title, issuer, indicator, period, unit, direction of one bulletin."""

    title = forms.CharField(label=_("Title"), max_length=300)
    issuer = forms.CharField(label=_("Issuer"), max_length=120, required=False)
    indicator = forms.ChoiceField(label=_("Indicator"))
    period = PeriodField(label=_("Reporting period"), max_length=60)
    unit = forms.CharField(label=_("Unit of measurement"), max_length=30, required=False)
    direction = forms.ChoiceField(label=_("Ranking"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [("", "—"), *Indicator.choices]  # type: ignore[attr-defined]
        self.fields["direction"].choices = [("", _("as read")), *Direction.choices]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: Bulletin) -> HeadForm:
        """The form as the bulletin stands."""
        return cls(
            initial={
                "title": row.title, "issuer": row.issuer, "indicator": row.indicator, "period": in_words(row),
                "unit": row.unit, "revision": row.revision,
            }
        )  # fmt: skip


class TypedForm(Styled):
    """Figures of one's own: what, when, and a line for each."""

    area = forms.ModelChoiceField(label=_("Receiving office"), queryset=Area.objects.none(), to_field_name="code")
    title = forms.CharField(label=_("What was measured"), max_length=300)
    indicator = forms.ChoiceField(label=_("Indicator"), choices=Indicator.choices, initial=Indicator.DUSTFALL)
    period = PeriodField(label=_("Reporting period"), max_length=60)
    lines = forms.CharField(label=_("Names and values"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 10}))
    remark = forms.CharField(label=_("Method, instrument, remarks"), max_length=300, required=False)

    def __init__(self, offices: list[Area], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Area.objects.filter(pk__in=[area.pk for area in offices])
        self.fields["area"].queryset = rows  # type: ignore[attr-defined]
        if len(offices) == 1:
            self.fields["area"].widget = forms.HiddenInput()
        if offices:
            self.fields["area"].initial = offices[0].code


class FigureForm(Styled):
    """One figure put right."""

    value = forms.CharField(label=_("Value"), max_length=60, required=False)
    rank = forms.IntegerField(label=_("Rank"), min_value=1, max_value=9999, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)
