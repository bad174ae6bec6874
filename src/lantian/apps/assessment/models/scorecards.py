"""考核: a scorecard, what the office enters for it, appeals against it, and what was frozen of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Plan


class Scorecard(WithUid):
    """考核表: its text (docs/scorecards.md) with the plans and units that it named when it was saved.

    ``opened``: since then the units see their own scores; before it the card is the office's draft. Units appeal from
    ``appeal_from`` to ``appeal_until``, both days included.
    """

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="scorecards")
    title = models.CharField(max_length=200)
    year = models.PositiveSmallIntegerField()
    text = models.TextField()
    plans = models.ManyToManyField(Plan, related_name="scorecards")
    units = models.ManyToManyField(Unit, related_name="scorecards")
    opened = models.DateTimeField(null=True)
    appeal_from = models.DateField(null=True)
    appeal_until = models.DateField(null=True)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-year", "-id")

    def __str__(self) -> str:
        return self.title


class EnteredFact(WithUid):
    """人工录入: a figure that Lantian cannot count, with the paper that says so. Never changed: the next one counts."""

    card = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="entered")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="entered_facts")
    name = models.CharField(max_length=40)  # as in manual(name)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True)  # null: taken back
    since = models.DateField()  # from this day on it counts
    basis = models.CharField(max_length=300)
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("card_id", "since", "id")

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class AppealState(models.TextChoices):
    """How far an appeal is."""

    OPEN = "open", _("to be decided")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")


class Appeal(WithUid):
    """申诉: what a unit says against its points of one item, and what the office decided, on what basis."""

    card = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="appeals")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appeals")
    item = models.CharField(max_length=40)
    scored = models.CharField(max_length=40)  # the points then, or the range
    words = models.TextField()
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=8, choices=AppealState.choices, default=AppealState.OPEN)
    points = models.DecimalField(max_digits=9, decimal_places=4, null=True)  # given back
    basis = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("card_id", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("card", "unit", "item"), condition=models.Q(state="open"), name="appeal_open_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.item}"


class ScoreVersion(WithUid):
    """年度定稿: scores as frozen for a day, never changed; a correction is the next ``number`` with its ``note``.

    ``content``: ``{"title", "text", "items": [{"key", "title", "weight"}], "units": [{"uid", "name", "rank", "low",
    "high", "grade", "items": [{"key", "low", "high", "reasons": […]}]}]}``; decimals as texts.
    """

    card = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    day = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    content = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("card_id", "-number")
        constraints = (models.UniqueConstraint(fields=("card", "number"), name="score_version_once"),)

    def __str__(self) -> str:
        return f"{self.card_id} #{self.number}"
