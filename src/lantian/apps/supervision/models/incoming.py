"""收件: what units sent in their own shape, as it was read, until a person says for whom and which row it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import Job, StoredFile, WithUid
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models.commitments import Commitment
from lantian.apps.supervision.models.returns import Entry


class IncomingState(models.TextChoices):
    """How far a piece is."""

    READING = "reading", _("being read")
    STAGED = "staged", _("to be decided")
    DONE = "done", _("all rows decided")
    FAILED = "failed", _("could not be read")
    DROPPED = "dropped", _("put aside")


class Incoming(WithUid):
    """收件: one file or pasted text, with the plan and the period it is about."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="incoming")
    period = models.CharField(max_length=8)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="incoming")
    unit_confidence = models.FloatField(default=0)
    unit_reason = models.JSONField(default=dict)  # {"zh", "en"}
    route = models.CharField(max_length=10, default="drop_box")  # a Route
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)  # of the bytes: the same piece twice is told
    content = models.JSONField(default=dict)  # as it was read: incoming/model.py, Content
    state = models.CharField(max_length=10, choices=IncomingState.choices, default=IncomingState.READING)
    problems = models.JSONField(default=list)  # [{"id", "zh", "en", "hard"}]
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name or self.text[:40]


class ItemState(models.TextChoices):
    """What a person did with one staged row."""

    STAGED = "staged", _("to be decided")
    TAKEN = "taken", _("taken into the draft")
    DROPPED = "dropped", _("left out")


class IncomingItem(WithUid):
    """One row that was read from a piece, with the commitment that it seems to be about."""

    incoming = models.ForeignKey(Incoming, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveIntegerField()
    place = models.CharField(max_length=80, blank=True)  # as found in the file: 第12行
    spot = models.JSONField(default=list)  # [block, last block, first row, last row] of Incoming.content, from 0
    read = models.JSONField(default=dict)  # the row as it was cut out: incoming/model.py, Item
    words = models.JSONField(default=dict)  # {"progress", "problems", "next_step", "document_number", "document_date"}
    figures = models.JSONField(default=list)  # [{"share": uid, "period_value", "cumulative", "text"}], decimals as text
    done = models.BooleanField(default=False)
    no_change = models.BooleanField(default=False)
    commitment = models.ForeignKey(Commitment, null=True, on_delete=models.SET_NULL, related_name="incoming_items")
    candidates = models.JSONField(default=list)  # [[uid of a commitment, confidence]…], best first
    confidence = models.FloatField(default=0)
    problems = models.JSONField(default=list)  # [{"id", "zh", "en", "column", "hard"}]
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.STAGED)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="incoming_items")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField(null=True)

    class Meta:
        ordering = ("incoming_id", "order")

    def __str__(self) -> str:
        return f"{self.incoming_id} {self.order}"
