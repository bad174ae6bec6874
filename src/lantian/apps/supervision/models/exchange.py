"""交换包: what went to another installation and what came from one, so that nothing is taken twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models.incoming import Incoming


class ExchangeKind(models.TextChoices):
    """What a package carries."""

    PLAN = "plan", _("plan with commitments")  # 市 → 区
    RETURN = "return", _("returns of a month")  # 区 → 市


class Exchange(WithUid):
    """One package that was made (``outgoing``), or brought and, once a person said so, ``taken``.

    ``serial`` rises with every package of the same content (plan × area, or plan × area × month): an older one is
    refused after a newer. ``code`` is the package's check code, ``file`` the whole package. The plan of a package that
    waits to be taken may not be here yet.
    """

    kind = models.CharField(max_length=8, choices=ExchangeKind.choices)
    outgoing = models.BooleanField()
    plan = models.ForeignKey(Plan, null=True, on_delete=models.PROTECT, related_name="exchanges")
    title = models.CharField(max_length=300)  # of the plan
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="exchanges")  # the district
    period = models.CharField(max_length=8, blank=True)
    serial = models.PositiveIntegerField()
    code = models.CharField(max_length=64)  # SHA-256 of the manifest
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    summary = models.JSONField(default=dict)  # counts of what it holds, "missing": names that are not known here
    taken = models.DateTimeField(null=True)
    incoming = models.ManyToManyField(Incoming, related_name="exchanges")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("plan", "area", "kind"), name="exchange_plan_area"),)

    def __str__(self) -> str:
        return self.name
