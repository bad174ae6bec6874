"""Sources, stations, boundaries, and files that wait to be taken over: docs/models.md says what each is for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import StoredFile, WithUid


class SourceKind(models.TextChoices):
    """By which way data come."""

    GATEWAY = "gateway", _("device gateway (HJ 212)")
    FILE = "file", _("files")
    BULLETIN = "bulletin", _("received bulletins")
    API = "api", _("interface (API)")
    MANUAL = "manual", _("entered by hand")


class HourLabel(models.TextChoices):
    """What the label of an hour means; reading it the wrong way changes most daily figures, so each source says it."""

    BEGIN = "begin", _("the hour's beginning")
    END = "end", _("the hour's end")


class UnitPolicy(models.TextChoices):
    """Where the unit of a value comes from."""

    STATED = "stated", _("stated with every value")
    CONFIRMED = "confirmed", _("confirmed for each device")
    STANDARD = "standard", _("µg/m³, CO mg/m³ by agreement")


class Datum(models.TextChoices):
    """The datums that are taken (analysis.geodesy); a coordinate without one is refused."""

    WGS84 = "WGS-84", "WGS-84"
    CGCS2000 = "CGCS2000", "CGCS2000"
    GCJ02 = "GCJ-02", "GCJ-02"
    BD09 = "BD-09", "BD-09"


class DataSource(WithUid):
    """数据来源: who sends what, how often, and how it is to be read."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="data_sources")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=SourceKind.choices)
    sends = models.CharField(max_length=200, blank=True)
    hour_label = models.CharField(max_length=6, choices=HourLabel.choices)
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    unit_policy = models.CharField(max_length=10, choices=UnitPolicy.choices, default=UnitPolicy.STATED)
    expected_hours = models.PositiveIntegerField(null=True, blank=True)  # null: irregular, never overdue
    last_received = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)  # 演示数据: generated, never measured
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("area__code", "id")
        constraints = (models.UniqueConstraint(fields=("area", "name"), name="source_once_in_area"),)

    def __str__(self) -> str:
        return self.name

    def due(self) -> datetime | None:
        """When the next delivery is expected; None where none is, or nothing came yet."""
        if self.expected_hours is None or self.last_received is None:
            return None
        return self.last_received + timedelta(hours=self.expected_hours)


class StationClass(models.TextChoices):
    """点位级别: whose network a station belongs to."""

    NATIONAL = "national", _("national")
    MUNICIPAL = "municipal", _("city network")
    DISTRICT = "district", _("district network")
    TOWN = "town", pgettext_lazy("station class", "street or town")
    MICRO = "micro", _("micro station")
    OTHER = "other", pgettext_lazy("station class", "other")


class Station(WithUid):
    """监测站点. Coordinates are WGS-84; ``datum`` is the one in which they were given, ``given`` as they were."""

    code = models.CharField(max_length=40, unique=True)  # the lake's ``station``
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=StationClass.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="stations")  # as stated by the source
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    datum = models.CharField(max_length=10, choices=Datum.choices, blank=True)
    given = models.CharField(max_length=60, blank=True)  # "lon,lat" as given in ``datum``
    second_lon = models.FloatField(null=True, blank=True)  # what another source says, WGS-84
    second_lat = models.FloatField(null=True, blank=True)
    second_source = models.CharField(max_length=60, blank=True)
    for_assessment = models.BooleanField(default=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.ForeignKey(DataSource, null=True, blank=True, on_delete=models.PROTECT, related_name="stations")
    mn = models.CharField(max_length=40, null=True, blank=True, unique=True)  # device number of HJ 212
    outside = models.BooleanField(default=False)  # finding: outside the boundary of its stated area
    apart_m = models.PositiveIntegerField(null=True, blank=True)  # finding: metres to the second coordinates, > 300
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("area__code", "code")

    def __str__(self) -> str:
        return self.name


class Boundary(WithUid):
    """区域边界: the outline of an area from a day on, GeoJSON in WGS-84; ``datum`` is the one it was given in."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="boundaries")
    geometry = models.JSONField()
    datum = models.CharField(max_length=10, choices=Datum.choices)
    source = models.CharField(max_length=120)
    valid_from = models.DateField()
    synthetic = models.BooleanField(default=False)  # 演示数据: invented

    class Meta:
        ordering = ("area__code", "valid_from")
        constraints = (models.UniqueConstraint(fields=("area", "valid_from"), name="boundary_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.area_id} {self.valid_from}"


class StagedKind(models.TextChoices):
    """What a file brings."""

    STATIONS = "stations", _("stations")
    BOUNDARIES = "boundaries", _("boundaries")


class StagedState(models.TextChoices):
    """How far a file is."""

    STAGED = "staged", _("to be checked")
    ACCEPTED = "accepted", _("taken over")
    DROPPED = "dropped", _("dropped")


class StagedFile(WithUid):
    """待采用文件: stations or boundaries as they were read, until a person takes all of it over or drops it."""

    kind = models.CharField(max_length=10, choices=StagedKind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=StagedState.choices, default=StagedState.STAGED)
    rows = models.JSONField(default=list)  # stations [[line, {field: text}]], boundaries [{"code", "name", "geometry"}]
    facts = models.JSONField(default=dict)  # boundaries: {"datum", "source", "valid_from"}
    problems = models.JSONField(default=list)  # [{"line", "column", "zh", "en"}]
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name
