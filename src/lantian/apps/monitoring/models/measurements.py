"""Sources, stations, boundaries, quality control, measurements by hand, and files that wait to be taken over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import Job, Staged, WithUid


class SourceKind(models.TextChoices):
    """By which way data come."""

    GATEWAY = "gateway", _("device gateway (HJ 212)")
    FILE = "file", _("files")
    BULLETIN = "bulletin", _("received bulletins")
    API = "api", _("interface (API)")
    MANUAL = "manual", _("entered by hand")


class Rhythm(models.TextChoices):
    """How often a source sends what has reporting periods."""

    HALF_MONTH = "half_month", _("twice a month")
    MONTH = "month", _("every month")
    QUARTER = "quarter", _("every quarter")
    YEAR = "year", _("every year")


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
    """数据来源: who sends what, how often, and how it is to be read.

    Hours and packets come every so many hours (``expected_hours``), and the label of an hour must be stated. A bulletin
    is due so many days after each period of its ``rhythm``, from ``since`` to ``until``; what it publishes is its
    ``indicator``, by which a bulletin that came is known to be its. Where another system sends the rows of a
    ``register``, they come either way. Overdue is computed, never stored.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="data_sources")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=SourceKind.choices)
    sends = models.CharField(max_length=200, blank=True)
    sender = models.CharField(max_length=120, blank=True)  # who sends it, where that is no unit of ours
    indicator = models.CharField(max_length=14, blank=True)  # of received.models.Indicator
    register = models.CharField(max_length=40, blank=True)  # whose rows it sends, by its name in the packs
    rhythm = models.CharField(max_length=12, choices=Rhythm.choices, blank=True)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    hour_label = models.CharField(max_length=6, choices=HourLabel.choices, blank=True)  # blank: sends no hours
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

    @property
    def expected_days(self) -> int | None:
        """How often something comes where that is whole days, as people say it."""
        hours = self.expected_hours or 0
        return hours // 24 if hours and hours % 24 == 0 else None


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
    SAMPLES = "samples", _("measurements by hand")
    FORECASTS = "forecasts", _("forecasts")


class StagedFile(Staged):
    """待采用文件: stations or boundaries as they were read, until a person takes all of it over or drops it.

    ``rows`` of boundaries are ``[{"code", "name", "geometry"}]``.
    """

    kind = models.CharField(max_length=10, choices=StagedKind.choices)
    facts = models.JSONField(default=dict)  # boundaries: {"datum", "source", "valid_from"}


class QualityRun(WithUid):
    """质控检查: the rules of analysis.qc over the hours of an area's stations and some days, done by a job."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    stations = models.PositiveIntegerField(default=0)
    hours = models.PositiveBigIntegerField(default=0)  # hourly values that were looked at
    found = models.JSONField(default=dict)  # {rule id: number of findings in these days}
    lake_version = models.BigIntegerField(default=-1)  # of the table of hours
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.start} – {self.end}"


class FindingState(models.TextChoices):
    """What a person said of a finding. Only ``confirmed`` takes hours out, and never from the lake."""

    OPEN = "open", pgettext_lazy("finding", "to be reviewed")
    CONFIRMED = "confirmed", pgettext_lazy("finding", "confirmed: hours do not count")
    KEPT = "kept", pgettext_lazy("finding", "rejected: hours count")
    GONE = "gone", pgettext_lazy("finding", "not found again")


class QualityFinding(WithUid):
    """质控疑点: hours of a station and pollutant that one rule names, with a person's word on them (人工审核)."""

    run = models.ForeignKey(QualityRun, on_delete=models.PROTECT, related_name="findings")  # the last that found it
    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="findings")
    pollutant = models.CharField(max_length=10)
    rule = models.CharField(max_length=8)
    severity = models.CharField(max_length=10)
    start = models.DateTimeField()  # beginning of the first hour
    end = models.DateTimeField()  # end of the last, not included
    hours = models.PositiveIntegerField()
    value = models.FloatField(null=True)  # the worst of them
    zh = models.CharField(max_length=300)
    en = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    reason = models.CharField(max_length=300, blank=True)
    decided = models.DateTimeField(null=True, db_index=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-start", "station__code", "id")
        constraints = (
            models.UniqueConstraint(fields=("station", "pollutant", "rule", "start", "end"), name="finding_once"),
        )
        indexes = (models.Index(fields=("state", "start"), name="finding_by_state"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.station_id} {self.pollutant} {self.start:%Y-%m-%d %H}"


class SampleKind(models.TextChoices):
    """What is measured by hand and not by the hour; units and ranges stand in ``tables/samples.yaml``."""

    DUSTFALL = "dustfall", _("dustfall")
    ROAD_LOAD = "road_load", _("road dust load")
    ROAD_RESIDUE = "road_residue", _("road dust residue")
    TSP = "tsp", _("TSP (coarse particles)")


class Sample(WithUid):
    """手工监测数据: one jar, road run or filter over some days. A correction raises ``revision``; audit has both."""

    kind = models.CharField(max_length=14, choices=SampleKind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="samples")  # where the point lies
    point = models.CharField(max_length=60)  # 点位: number of the jar, name of the road
    start = models.DateField()
    end = models.DateField()
    value = models.DecimalField(max_digits=12, decimal_places=4)  # in the unit of its kind
    km = models.DecimalField(max_digits=8, decimal_places=3, null=True)  # length of the run: what a road weighs
    note = models.CharField(max_length=200, blank=True)
    file = models.ForeignKey(StagedFile, null=True, on_delete=models.SET_NULL, related_name="samples")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-end", "kind", "area__code", "point")
        constraints = (models.UniqueConstraint(fields=("kind", "area", "point", "start", "end"), name="sample_once"),)
        indexes = (models.Index(fields=("kind", "start", "end"), name="sample_by_period"),)

    def __str__(self) -> str:
        return f"{self.point} {self.start}"


class RankingKind(models.TextChoices):
    """What is said about an area in rankings."""

    GROUP = "group", _("belongs to a group")
    EXCLUDED = "excluded", _("is left out")
    SAND = "sand", _("hours of sand-dust")


class RankingRule(WithUid):
    """排名口径: that an area belongs to a group (平原地区), is left out, or had declared hours of sand-dust; dated.

    ``start`` and ``end`` (not included) are instants; without ``end`` it holds on. ``reason``: why it is left out, who
    declared the sand-dust and in which document.
    """

    kind = models.CharField(max_length=10, choices=RankingKind.choices)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="ranking_rules")
    group = models.CharField(max_length=40, blank=True)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("kind", "group", "area__code", "start")
        constraints = (models.UniqueConstraint(fields=("kind", "area", "group", "start"), name="ranking_rule_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.group}".strip()
