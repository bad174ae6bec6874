"""月度汇总 and 年终: what the office wrote over the returns' words, and what was issued of it, frozen."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.core.models import Job, StoredFile, WithUid
from lantian.apps.plans.models import Measure, Plan


class MergeText(WithUid):
    """What the office wrote in place of the merged words of one row in one month; none where it kept them."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="merge_texts")
    period = models.CharField(max_length=8)
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="merge_texts")
    text = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(auto_now=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan_id", "period", "measure__n")
        constraints = (models.UniqueConstraint(fields=("plan", "period", "measure"), name="merge_text_once"),)

    def __str__(self) -> str:
        return f"{self.period} {self.measure_id}"


class MergeIssue(WithUid):
    """月度汇总 as it was issued, never changed: ``content`` is ``{"rows": [{"measure", "n", "text", "state", "sums",
    "missing"}]}``; a correction is the next ``number``."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="merge_issues")
    period = models.CharField(max_length=8)
    number = models.PositiveSmallIntegerField()
    submitted = models.BooleanField(default=False)  # holds rows that nobody reviewed yet
    content = models.JSONField()
    docx = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    xlsx = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan", "-period", "-number")
        constraints = (models.UniqueConstraint(fields=("plan", "period", "number"), name="merge_issue_once"),)

    def __str__(self) -> str:
        return f"{self.period} #{self.number}"


class Wording(models.TextChoices):
    """完成情况 as offices word it."""

    DONE = "done", _("completed")  # 完成
    MOSTLY = "mostly", _("mostly completed")  # 基本完成
    LASTING = "lasting", _("year's task completed, continues")  # 完成年度任务并长期坚持
    NOT_DONE = "not_done", _("not completed")  # 未完成


class Outcome(WithUid):
    """完成情况 of one row as the office decided it; ``proposed`` is what the states said then, ``reason`` why it
    differs, or why the row is not completed."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="outcomes")
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="outcomes")
    wording = models.CharField(max_length=10, choices=Wording.choices)
    proposed = models.CharField(max_length=10, choices=Wording.choices, blank=True)
    result = models.TextField(blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    strive = models.CharField(max_length=1000, blank=True)  # 未达力争 explained
    revision = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(auto_now=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan_id", "measure__n")
        constraints = (models.UniqueConstraint(fields=("plan", "measure"), name="outcome_once"),)

    def __str__(self) -> str:
        return f"{self.measure_id} {self.wording}"


class YearEnd(WithUid):
    """年终材料: the 完成情况表 with its evidence pack as frozen on a day; a correction is the next ``number``.

    ``content`` holds rows and the list of evidence before the pack is made, so that the job packs what was frozen.
    The pack lies in the data folder beside the stored files: it may be larger than an upload.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="year_ends")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    docx = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    xlsx = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)  # of the pack, once it is made
    size = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("plan", "-number")
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="year_end_once"),)

    def __str__(self) -> str:
        return f"{self.plan_id} #{self.number}"

    @property
    def pack(self) -> Path:
        """Where the pack lies once ``sha256`` is there."""
        return Path(settings.LANTIAN_DATA) / "year-end" / f"{self.uid}.zip"
