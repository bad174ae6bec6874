"""Devices, how each speaks, in which unit it measures, and lists that wait to be taken over (docs/devices.md)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import Staged, WithUid
from lantian.apps.monitoring.models import Station


class DeviceKind(models.TextChoices):
    """What a device is, as the register says: the system type (ST) on the wire does not tell it."""

    DUST = "dust", _("construction dust")
    AIR = "air", _("air quality")
    NOISE = "noise", pgettext_lazy("device", "noise")
    CATERING = "catering", _("catering fume")
    STACK = "stack", _("stack gas")
    VOC = "voc", _("VOC fence line")
    PETROL = "petrol", _("petrol station")
    POWER = "power", _("electricity")
    WATER = "water", pgettext_lazy("device", "water")
    OTHER = "other", pgettext_lazy("device", "other")


class DeviceState(models.TextChoices):
    """What is done with a device's data: only those of active devices and of devices in maintenance are taken."""

    PROPOSED = "proposed", _("to be confirmed")
    ACTIVE = "active", pgettext_lazy("device", "in use")
    MAINTENANCE = "maintenance", pgettext_lazy("device", "in maintenance")
    RETIRED = "retired", pgettext_lazy("device", "retired")


class Device(WithUid):
    """监测设备: one device number (MN), its kind, place and owner."""

    mn = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=DeviceKind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="devices")
    owner = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="devices")
    station = models.ForeignKey(Station, null=True, blank=True, on_delete=models.PROTECT, related_name="devices")
    state = models.CharField(max_length=12, choices=DeviceState.choices, default=DeviceState.PROPOSED)
    for_assessment = models.BooleanField(default=False)
    installed = models.DateField(null=True, blank=True)
    retired = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    synthetic = models.BooleanField(default=False)  # 演示数据: invented, what it sends is generated
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("area__code", "mn")

    def __str__(self) -> str:
        return self.name

    @property
    def taken(self) -> bool:
        """Whether the gateway takes its data for observations."""
        return self.state in (DeviceState.ACTIVE, DeviceState.MAINTENANCE)

    @property
    def lake_code(self) -> str:
        """Under which name its data stand in the lake."""
        return self.station.code if self.station else self.mn


class Profile(WithUid):
    """通信档案: how a device speaks since an instant. Rows are never changed: another setting is another version."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="profiles")
    number = models.PositiveIntegerField()
    crc = models.CharField(max_length=8, default="hj212")
    version = models.CharField(max_length=4, blank=True)
    encoding = models.CharField(max_length=8, blank=True)
    period_label = models.CharField(max_length=6, default="start")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    interval = models.PositiveIntegerField(null=True, blank=True)  # seconds between two records, null: nobody said
    check_password = models.BooleanField(default=False)  # compare PW and mark what differs; never refuse
    password = models.CharField(max_length=400, blank=True)  # sealed
    sm4_key = models.CharField(max_length=400, blank=True)  # sealed
    aliases = models.JSONField(default=dict)  # wire code → standard code
    relay = models.CharField(max_length=120, blank=True)  # who forwards its packets
    valid_from = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("device", "-number")
        constraints = (models.UniqueConstraint(fields=("device", "number"), name="profile_number_once"),)

    def __str__(self) -> str:
        return f"{self.device_id} v{self.number}"


class FactorUnit(WithUid):
    """因子单位: the unit of one factor of one device, proposed from values or confirmed by a person.

    A confirmed row is never changed: another unit ends it (``ended``) and begins a new one.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="units")
    factor = models.CharField(max_length=40)  # the code in use, after aliases
    unit = models.CharField(max_length=20)
    scale = models.DecimalField(
        max_digits=12, decimal_places=6, default=Decimal(1)
    )  # value sent × scale is in ``unit``
    low = models.FloatField(null=True)  # observed when it was proposed
    middle = models.FloatField(null=True)
    high = models.FloatField(null=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    confirmed = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(null=True)

    class Meta:
        ordering = ("device", "factor", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("device", "factor"), condition=models.Q(ended=None), name="unit_once_for_factor"
            ),
        )

    def __str__(self) -> str:
        return f"{self.factor} {self.unit}"


class DeviceList(Staged):
    """设备清单: a list of devices as it was read, until a person takes all of it over or drops it."""
