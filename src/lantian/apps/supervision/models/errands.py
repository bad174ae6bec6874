"""交办事项: a matter assigned outside any plan, kept as a plan of one row so that everything else holds for it, too."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Plan


class ErrandKind(models.TextChoices):
    """Where the matter comes from."""

    INSTRUCTION = "instruction", _("leader's instruction")  # 领导批示
    MINUTES = "minutes", _("minutes of a meeting")  # 会议纪要
    INSPECTION = "inspection", _("finding of an inspection")  # 督查检查发现问题
    LETTER = "letter", _("letter from above")  # 上级来文
    OTHER = "other", _("other")


class Outcome(models.TextChoices):
    """How a matter ended."""

    OPEN = "", _("not ended")
    SETTLED = "settled", _("settled")  # 办结销号
    DROPPED = "dropped", _("called off")  # 撤销


class Errand(WithUid):
    """交办事项: number in the office's series of the year, source document, reply-by day, and how it ended.

    Words, units and secrecy are those of its plan (kind ``errand``) and its one row. ``letter`` is the source document
    as brought; without one the plan's file holds the words.
    """

    plan = models.OneToOneField(Plan, on_delete=models.PROTECT, related_name="errand")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="errands")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=ErrandKind.choices, default=ErrandKind.INSTRUCTION)
    sender = models.CharField(max_length=120, blank=True)  # who gave it: a leader, a meeting, an office above
    source_title = models.CharField(max_length=200, blank=True)
    source_number = models.CharField(max_length=80, blank=True)
    source_date = models.DateField(null=True, blank=True)
    letter = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    letter_name = models.CharField(max_length=255, blank=True)
    reply_by = models.DateField(db_index=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    answer = models.TextField(blank=True)  # 办理结果, or why it was dropped
    closed = models.DateField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-year", "-number")
        constraints = (models.UniqueConstraint(fields=("area", "year", "number"), name="errand_number_once"),)

    def __str__(self) -> str:
        return self.series

    @property
    def series(self) -> str:
        """The number as it is printed; the sheet goes between offices, so it is Chinese in every language."""
        return f"交办〔{self.year}〕{self.number}号"
