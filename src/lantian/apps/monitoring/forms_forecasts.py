"""Forms of forecasts and records of consultations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core.forms import LookForm
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring import forecasting
from lantian.apps.monitoring.forms import AreaField
from lantian.apps.monitoring.models import Alert, Forecast
from lantian.apps.monitoring.rights import FORECAST, editable_areas, of_city

DAYS = 7  # rows that the form for an issue offers
_FORECAST_AREAS = (Level.MUNICIPAL, Level.DISTRICT)
_RECENT = 40  # issues that a record can refer to


def _moment_field(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def _offer(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def _areas(user: User) -> Any:
    rows = editable_areas(user, FORECAST).filter(closed=None, level__in=_FORECAST_AREAS)
    return rows.select_related("parent").order_by("path")


class IssueForm(LookForm):
    """Who issued what when; its days stand in :class:`DayForm`."""

    area = AreaField(label=gettext_lazy("Area"), queryset=Area.objects.none(), empty_label=None)
    issuer = forms.CharField(label=pgettext_lazy("forecast", "Issuer"), max_length=120)
    issued = _moment_field(pgettext_lazy("forecast", "Issued at"))
    text = forms.CharField(
        label=gettext_lazy("Text of the forecast"), max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "area", _areas(user))


class DayForm(LookForm):
    """One day of an issue, typed as it is printed; a row with a day only says nothing and is left out."""

    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    aqi = forms.CharField(label=gettext_lazy("AQI range"), max_length=20, required=False)
    level = forms.CharField(label=pgettext_lazy("AQI", "Level"), max_length=20, required=False)
    primary = forms.CharField(label=gettext_lazy("Primary pollutant"), max_length=60, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def given(self, issued: Any) -> forecasting.DayGiven | None:
        """The day; None for a row that says nothing, and, with the error beside the cell, for one that is wrong."""
        cells = {name: str(self.cleaned_data.get(name) or "") for name in self.fields}
        if not any(cells[name] for name in ("aqi", "level", "primary", "note")):
            return None
        try:
            return forecasting.day_given(cells, issued)
        except forecasting.WrongError as wrong:
            self.add_error(wrong.column, wrong.zh if chinese() else wrong.en)
            return None


DayForms = forms.formset_factory(DayForm, extra=0, max_num=forecasting.AHEAD + 1, absolute_max=forecasting.AHEAD + 1)


def empty_days() -> list[dict[str, Any]]:
    """The rows that a new form begins with: tomorrow and the days after."""
    today = timezone.localdate()
    return [{"day": today + timedelta(days=n)} for n in range(1, DAYS + 1)]


class MeetingForm(LookForm):
    """A record of a consultation."""

    area = AreaField(label=gettext_lazy("Area"), queryset=Area.objects.none(), empty_label=None)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    held = _moment_field(pgettext_lazy("consultation", "Held at"))
    units = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Units that took part"), queryset=Unit.objects.none(), required=False,
        help_text=gettext_lazy("Hold Ctrl to choose several."),
    )  # fmt: skip
    others = forms.CharField(label=gettext_lazy("Who else took part"), max_length=200, required=False)
    forecast = forms.ModelChoiceField(
        label=gettext_lazy("Forecast that was looked at"), queryset=Forecast.objects.none(), required=False
    )
    conclusions = forms.CharField(
        label=gettext_lazy("Conclusions"), max_length=8000, widget=forms.Textarea(attrs={"rows": 7})
    )
    episode_start = forms.DateField(
        label=gettext_lazy("Episode expected from"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    episode_end = forms.DateField(
        label=gettext_lazy("Episode expected to"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    alert = forms.ChoiceField(label=gettext_lazy("Alert that is suggested"), choices=Alert.choices, required=False)
    file = forms.FileField(label=gettext_lazy("Attachment"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "area", _areas(user))
        units = Unit.objects.filter(collective=False, merged_into=None, closed=None).exclude(level=Level.TOWN)
        units = units.filter(of_city(user, "area__"))
        # A role that holds everywhere sees every city's units: those of the record's own city are enough.
        chosen = self.data.get("area") or getattr(self.initial.get("area"), "pk", None)
        own = _areas(user).filter(pk=chosen).first() if str(chosen).isdecimal() else None
        if own is not None:
            units = units.filter(area__path__startswith="/".join(own.path.split("/")[:2]) + "/")
        _offer(self, "units", units.select_related("area").order_by("area__path", "id"))
        self.fields["units"].widget.attrs["size"] = 8
        issued = Forecast.objects.filter(area__in=_areas(user), latest=True).order_by("-issued")
        recent = issued.values_list("pk", flat=True)[:_RECENT]
        _offer(self, "forecast", Forecast.objects.filter(pk__in=list(recent)).order_by("-issued"))
