"""Bulletins that came in and their figures: docs/received.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area
from lantian.apps.core.models import Job, StoredFile, WithUid
from lantian.apps.monitoring.models import DataSource


class Status(models.TextChoices):
    """How far a bulletin is. Only ``checked`` ones count."""

    READING = "reading", pgettext_lazy("received bulletin", "being read")
    READ = "read", pgettext_lazy("received bulletin", "to be checked")
    CHECKED = "checked", pgettext_lazy("received bulletin", "checked")
    TAKEN_BACK = "taken_back", pgettext_lazy("received bulletin", "taken back")


class Method(models.TextChoices):
    """How its figures came."""

    DOCUMENT = "document", pgettext_lazy("received bulletin", "document")
    PASTED = "pasted", pgettext_lazy("received bulletin", "pasted text")
    TYPED = "typed", pgettext_lazy("received bulletin", "own measurement, typed")


class Indicator(models.TextChoices):
    """What is published; the words, units and ranges stand in reading's ``received_indicators.csv``."""

    PM25 = "pm25", _("PM2.5")
    PM10 = "pm10", _("PM10")
    SO2 = "so2", _("SO2")
    NO2 = "no2", _("NO2")
    CO = "co", _("CO")
    O3 = "o3", _("O3")
    COMPOSITE = "composite", _("composite index")
    GOOD_DAYS = "good_days", _("good days")
    GOOD_RATIO = "good_ratio", _("share of good days")
    TSP = "tsp", _("TSP (coarse particles)")
    DUSTFALL = "dustfall", _("dustfall")
    ROAD_LOAD = "road_load", _("road dust load")
    ROAD_RESIDUE = "road_residue", _("road dust residue")


class PeriodKind(models.TextChoices):
    """How long a reporting period is; ``range`` is any other stretch, such as January to September."""

    HALF_MONTH = "half_month", pgettext_lazy("period", "half a month")
    MONTH = "month", pgettext_lazy("period", "month")
    QUARTER = "quarter", pgettext_lazy("period", "quarter")
    HALF_YEAR = "half_year", pgettext_lazy("period", "half a year")
    YEAR = "year", pgettext_lazy("period", "year")
    RANGE = "range", pgettext_lazy("period", "several months or days")


class Direction(models.TextChoices):
    """What rank 1 is."""

    WORST = "worst", _("rank 1 is the worst")
    BEST = "best", _("rank 1 is the best")


class Bulletin(WithUid):
    """收到的通报: a document as it came (or figures that somebody typed) and what was read from it.

    Period, indicator and unit are those of most of its figures. A later bulletin of the same figures supersedes it
    (``superseded_by``); both are kept.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")  # whose office received it
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.DOCUMENT)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.READING)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(max_length=300, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    indicator = models.CharField(max_length=14, choices=Indicator.choices, blank=True)
    period_kind = models.CharField(max_length=12, choices=PeriodKind.choices, blank=True)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    unit = models.CharField(max_length=30, blank=True)
    listed = models.PositiveSmallIntegerField(null=True)  # 后30
    notes = models.JSONField(default=list)  # 扣除沙尘
    oddities = models.JSONField(default=list)  # [{"rule", "detail", "table", "row"}]
    printed = models.JSONField(default=list)  # the document as plans.worker.print_of gives it
    remark = models.CharField(max_length=300, blank=True)
    source = models.ForeignKey(DataSource, null=True, on_delete=models.SET_NULL, related_name="bulletins")
    superseded_by = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="supersedes")
    revision = models.PositiveIntegerField(default=0)
    received = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    checked = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("area", "indicator", "start"), name="received_bulletin_period"),)

    def __str__(self) -> str:
        return self.title or self.file_name


class Figure(WithUid):
    """数值: one published or measured figure of one subject for one period, with where it is printed.

    ``value`` is empty where no number is printed (未检出); ``value_text`` always holds the print. ``rank`` is the
    published one, which counts; ``side`` says at which end of a list without ranks it stands.
    """

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="figures")
    order = models.PositiveIntegerField()
    table_no = models.PositiveSmallIntegerField(default=0)
    row = models.PositiveIntegerField(default=0)
    col = models.PositiveSmallIntegerField(default=0)
    page = models.PositiveSmallIntegerField(null=True)
    subject = models.CharField(max_length=120)
    district = models.CharField(max_length=60, blank=True)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    no_area = models.BooleanField(default=False)  # a person said that it names no area of ours (a road, a site, 全市)
    indicator = models.CharField(max_length=14, choices=Indicator.choices, blank=True)
    period_kind = models.CharField(max_length=12, choices=PeriodKind.choices, blank=True)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    unit = models.CharField(max_length=30, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    value_text = models.CharField(max_length=60, blank=True)
    rank = models.PositiveSmallIntegerField(null=True)
    direction = models.CharField(max_length=6, choices=Direction.choices, blank=True)
    side = models.CharField(max_length=6, choices=Direction.choices, blank=True)
    yoy = models.DecimalField(max_digits=9, decimal_places=3, null=True)
    yoy_text = models.CharField(max_length=40, blank=True)
    previous = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("bulletin", "order")
        indexes = (
            models.Index(fields=("area", "indicator", "start"), name="received_figure_area"),
            models.Index(fields=("indicator", "start"), name="received_figure_period"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(start=None) | Q(end__gte=models.F("start")), name="received_figure_period_order"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.value_text or self.rank}"
