"""Forms of the registry: what was typed as values that the actions take."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core.forms import LookForm
from lantian.apps.core.language import chinese
from lantian.apps.core.models import User
from lantian.apps.monitoring import arrivals
from lantian.apps.monitoring.models import (
    DataSource,
    Datum,
    HourLabel,
    RankingKind,
    Rhythm,
    SourceKind,
    Station,
    StationClass,
    UnitPolicy,
)
from lantian.apps.monitoring.rights import editable_areas
from lantian.reading.received.words import indicators

_NUMBER = {"inputmode": "decimal", "autocomplete": "off"}


def _day_field(label: Any, *, required: bool = False) -> forms.DateField:
    """A day, asked for by the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def _choices(form: forms.Form, name: str) -> forms.ModelChoiceField[Any]:
    """A field of the form that offers rows."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    return field


class AreaField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """An area by name, with the one above it."""

    def label_from_instance(self, area: Any) -> str:
        """东区河湾街道 rather than one of several 河湾街道."""
        return f"{area.parent.name} {area.name}" if area.parent_id else str(area.name)


class StationForm(LookForm):
    """A station; coordinates as the source gives them, with their datum."""

    code = forms.CharField(label=gettext_lazy("Station code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Station name"), max_length=60)
    kind = forms.ChoiceField(label=pgettext_lazy("station", "Class"), choices=StationClass.choices)
    area = AreaField(label=gettext_lazy("Stated district or street"), queryset=Area.objects.none())
    point_lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180,
        widget=forms.TextInput(attrs=_NUMBER),
    )  # fmt: skip
    point_lat = forms.FloatField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90,
        widget=forms.TextInput(attrs=_NUMBER),
    )  # fmt: skip
    datum = forms.ChoiceField(
        label=gettext_lazy("Datum"), required=False, choices=[("", "—"), *Datum.choices],
        help_text=gettext_lazy("As the source states it. Stored as WGS-84; GCJ-02 and BD-09 are converted."),
    )  # fmt: skip
    second_lon = forms.FloatField(
        label=gettext_lazy("Second longitude"), required=False, min_value=-180, max_value=180,
        widget=forms.TextInput(attrs=_NUMBER),
    )  # fmt: skip
    second_lat = forms.FloatField(
        label=gettext_lazy("Second latitude"), required=False, min_value=-90, max_value=90,
        widget=forms.TextInput(attrs=_NUMBER),
        help_text=gettext_lazy("Of another source, in the same datum. Farther apart than 300 m is marked."),
    )  # fmt: skip
    second_source = forms.CharField(label=gettext_lazy("Second source"), max_length=60, required=False)
    for_assessment = forms.BooleanField(label=gettext_lazy("Counts in assessment and ranking"), required=False)
    valid_from = forms.DateField(
        label=gettext_lazy("In use from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("In use to"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    source = forms.ModelChoiceField(label=gettext_lazy("Data source"), queryset=Area.objects.none(), required=False)
    mn = forms.CharField(label=gettext_lazy("Device number (MN)"), max_length=40, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = editable_areas(user).filter(closed=None)
        _choices(self, "area").queryset = areas.select_related("parent").order_by("path")
        _choices(self, "source").queryset = DataSource.objects.filter(area__in=areas)

    def clean(self) -> dict[str, Any]:
        """Coordinates in pairs, with their datum; a last day after the first."""
        cleaned = super().clean() or {}
        for name, lon, lat in (("point", "point_lon", "point_lat"), ("second_point", "second_lon", "second_lat")):
            pair = cleaned.get(lon), cleaned.get(lat)
            if (pair[0] is None) != (pair[1] is None) and not {lon, lat} & self.errors.keys():
                self.add_error(lat, _("Give both longitude and latitude, or neither."))
            cleaned[name] = None if None in pair else pair
        if cleaned["point"] and not cleaned.get("datum"):
            self.add_error("datum", _("Coordinates want their datum: the same figures may lie 500 m apart."))
        if cleaned["second_point"] and not cleaned["point"]:
            self.add_error("point_lon", _("Give the station's own coordinates, too."))
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_to")
        if begins and ends and ends < begins:
            self.add_error("valid_to", _("The last day lies before the first."))
        cleaned["mn"] = cleaned.get("mn") or None
        return cleaned


def station_initial(row: Station) -> dict[str, Any]:
    """The form's values of a stored station: coordinates as they were given."""
    lon, lat = row.given.split(",") if row.given else ("", "")
    values = {name: getattr(row, name) for name in StationForm.base_fields if hasattr(row, name)}
    # Second coordinates were converted with the datum; shown again they are WGS-84, so the datum must be, too.
    if row.second_lon is not None and row.datum not in ("WGS-84", "CGCS2000"):
        return values | {"point_lon": row.lon, "point_lat": row.lat, "datum": "WGS-84"}
    return values | {"point_lon": lon, "point_lat": lat}


class SourceForm(LookForm):
    """A data source; how its hours are labelled is asked, never assumed."""

    name = forms.CharField(label=pgettext_lazy("source", "Name"), max_length=200)
    kind = forms.ChoiceField(label=pgettext_lazy("source", "Way"), choices=SourceKind.choices)
    area = AreaField(label=gettext_lazy("Area"), queryset=Area.objects.none())
    sends = forms.CharField(label=gettext_lazy("What it sends"), max_length=200, required=False)
    sender = forms.CharField(
        label=gettext_lazy("Who sends it"), max_length=120, required=False,
        help_text=gettext_lazy("Where that is no unit of the directory."),
    )  # fmt: skip
    register = forms.ChoiceField(
        label=gettext_lazy("Rows of the register"), required=False,
        help_text=gettext_lazy("Where another system keeps the ledger and its rows come as files or by the interface."),
    )  # fmt: skip
    indicator = forms.ChoiceField(label=gettext_lazy("What it publishes"), required=False)
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=[("", "—"), *Rhythm.choices], required=False,
        help_text=gettext_lazy("For bulletins and registers: one for each reporting period."),
    )  # fmt: skip
    due_days = forms.IntegerField(label=gettext_lazy("Days after the period"), required=False, min_value=0)
    since = _day_field(gettext_lazy("Expected from"))
    until = _day_field(gettext_lazy("Expected until"))
    hour_label = forms.ChoiceField(
        label=gettext_lazy("The label of an hour is"), choices=[("", "—"), *HourLabel.choices], required=False,
        help_text=gettext_lazy(
            "National feeds usually label an hour by its end. Read the wrong way, most daily figures change. Bulletins "
            "and registers have none."
        ),
    )  # fmt: skip
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=40, initial="Asia/Shanghai")
    unit_policy = forms.ChoiceField(label=gettext_lazy("Units are"), choices=UnitPolicy.choices)
    expected_hours = forms.IntegerField(
        label=gettext_lazy("Expected every … hours"), required=False, min_value=1, max_value=24 * 400,
        help_text=gettext_lazy("24 a day, 360 half a month, 744 a month; empty: irregular, never overdue."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Unit that sends it"), queryset=Unit.objects.none(), required=False
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = editable_areas(user).filter(closed=None)
        _choices(self, "area").queryset = areas.select_related("parent").order_by("path")
        kept = str(self.initial.get("register") or "")  # also where no pack declares it any more: shown, not dropped
        registers = ({kept: kept} if kept else {}) | arrivals.registers()
        self.fields["register"].choices = [("", "—"), *registers.items()]  # type: ignore[attr-defined]
        known = [(key, item.zh if chinese() else item.en) for key, item in indicators().items()]
        self.fields["indicator"].choices = [("", "—"), *known]  # type: ignore[attr-defined]
        _choices(self, "owner").queryset = Unit.objects.filter(area__in=areas, collective=False, merged_into=None)

    def clean_time_zone(self) -> str:
        """A zone that this machine knows."""
        name: str = self.cleaned_data["time_zone"].strip()
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError(_("This time zone is not known; Asia/Shanghai or UTC is usual.")) from None
        return name


class OutlineForm(LookForm):
    """What goes with a file of outlines: the datum and the source, which the file itself does not say."""

    datum = forms.ChoiceField(label=gettext_lazy("Datum"), choices=[("", "—"), *Datum.choices])
    source = forms.CharField(label=gettext_lazy("Where the outlines are from"), max_length=120)
    valid_from = _day_field(gettext_lazy("In force from"), required=True)


class RunForm(LookForm):
    """What a run of quality control covers: the stations of an area, and days."""

    area = AreaField(label=gettext_lazy("Stations of"), queryset=Area.objects.none())
    start = _day_field(gettext_lazy("First day"), required=True)
    end = _day_field(gettext_lazy("Last day"), required=True)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = (Level.MUNICIPAL, Level.DISTRICT)
        areas = editable_areas(user).filter(closed=None, level__in=levels).select_related("parent").order_by("path")
        _choices(self, "area").queryset = areas
        _choices(self, "area").empty_label = None


class AreasField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Several areas, each by name with the one above it."""

    def label_from_instance(self, area: Any) -> str:
        """东区河湾街道 rather than one of several 河湾街道."""
        return f"{area.parent.name} {area.name}" if area.parent_id else str(area.name)


class RuleForm(LookForm):
    """A dated fact that rankings go by, for several areas at once."""

    kind = forms.ChoiceField(label=gettext_lazy("What holds"), choices=RankingKind.choices)
    areas = AreasField(label=gettext_lazy("Areas"), queryset=Area.objects.none())
    group = forms.CharField(
        label=gettext_lazy("Name of the group"), max_length=40, required=False,
        help_text=gettext_lazy("For a group: the same name for all who are ranked together."),
    )  # fmt: skip
    start = _day_field(gettext_lazy("First day"), required=True)
    start_hour = forms.IntegerField(
        label=gettext_lazy("From hour"), required=False, min_value=0, max_value=23,
        help_text=gettext_lazy("For sand-dust: the hour that begins it, 0 to 23."),
    )  # fmt: skip
    end = _day_field(gettext_lazy("Last day"))
    end_hour = forms.IntegerField(
        label=gettext_lazy("Through hour"), required=False, min_value=0, max_value=23,
        help_text=gettext_lazy("For sand-dust: its last hour. Empty: to the end of the day."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason, document"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = editable_areas(user).filter(closed=None).select_related("parent").order_by("path")
        field = self.fields["areas"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = rows
        field.widget.attrs["size"] = 8
