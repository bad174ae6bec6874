"""The city's published forecast and the record of 会商: kept as they were issued, version beside version."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.monitoring.models.measurements import StagedFile


class Origin(models.TextChoices):
    """By which way a forecast came in."""

    MANUAL = "manual", pgettext_lazy("forecast", "entered by hand")
    FILE = "file", pgettext_lazy("forecast", "from a list")
    API = "api", pgettext_lazy("forecast", "by the interface (API)")


class Forecast(WithUid):
    """空气质量预报: one issue, with a row for each day that it speaks of. Never changed: a correction is a version.

    ``version`` counts what the same issuer said at the same time for the same area; the largest is what holds.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="forecasts")
    issuer = models.CharField(max_length=120)
    issued = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)
    latest = models.BooleanField(default=True)  # of its versions
    text = models.TextField(max_length=4000, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    file = models.ForeignKey(StagedFile, null=True, on_delete=models.SET_NULL, related_name="forecasts")
    synthetic = models.BooleanField(default=False)  # 演示数据: generated, issued by nobody
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-issued", "area__code", "-version")
        constraints = (
            models.UniqueConstraint(fields=("area", "issuer", "issued", "version"), name="forecast_version_once"),
        )
        indexes = (models.Index(fields=("area", "issued"), name="forecast_by_issue"),)

    def __str__(self) -> str:
        return f"{self.issuer} {self.issued:%Y-%m-%d %H:%M}"


class ForecastDay(models.Model):
    """预报日: what one issue says of one day. Levels 1 to 6 always, the AQI range where one was printed."""

    forecast = models.ForeignKey(Forecast, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    aqi_low = models.PositiveSmallIntegerField(null=True)
    aqi_high = models.PositiveSmallIntegerField(null=True)
    level_low = models.PositiveSmallIntegerField()
    level_high = models.PositiveSmallIntegerField()
    primary = models.CharField(max_length=60, blank=True)  # pollutants joined by ";", as ``stats daily`` names them
    text = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("forecast", "day")
        constraints = (
            models.UniqueConstraint(fields=("forecast", "day"), name="forecast_day_once"),
            models.CheckConstraint(condition=Q(level_low__lte=models.F("level_high")), name="forecast_levels_order"),
        )
        indexes = (models.Index(fields=("day",), name="forecast_by_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.level_low}-{self.level_high}"


class Alert(models.TextChoices):
    """预警级别 that a consultation suggests; who decides and publishes is the government."""

    NONE = "", pgettext_lazy("alert", "none")
    HEALTH = "health", pgettext_lazy("alert", "health tips only")
    YELLOW = "yellow", pgettext_lazy("alert", "yellow")
    ORANGE = "orange", pgettext_lazy("alert", "orange")
    RED = "red", pgettext_lazy("alert", "red")


class Meeting(WithUid):
    """会商记录: when, who took part, what was concluded, which episode is expected, which alert is suggested."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    held = models.DateTimeField()
    units = models.ManyToManyField(Unit, related_name="+")
    others = models.CharField(max_length=200, blank=True)  # who took part and is no unit of ours
    conclusions = models.TextField(max_length=8000)
    episode_start = models.DateField(null=True, blank=True)
    episode_end = models.DateField(null=True, blank=True)
    alert = models.CharField(max_length=8, choices=Alert.choices, blank=True)
    forecast = models.ForeignKey(Forecast, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings")
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    synthetic = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-held", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(episode_start=None) | Q(episode_end__gte=models.F("episode_start")),
                name="meeting_episode_order",
            ),
        )

    def __str__(self) -> str:
        return self.title
