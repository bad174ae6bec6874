"""Tables of indicators: what was computed, what binds a printed target, who is exempt, what rules found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import WithUid
from lantian.apps.plans.models import Measure


class Run(WithUid):
    """计算: one computation of an indicator for a span of days at one level of areas.

    ``query`` is the digest of the SQL and ``inputs`` the change number of every register it read (血缘). ``checked`` is
    when the same inputs and query were last seen to stand; a later run with other figures supersedes it.
    """

    indicator = models.CharField(max_length=80)
    level = models.CharField(max_length=12, blank=True)  # street, district, city; empty: subjects are no areas
    start = models.DateField()
    end = models.DateField()
    query = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
    seconds = models.FloatField(default=0)
    failed = models.JSONField(null=True)  # {"zh", "en"}: why there are no figures
    computed = models.DateTimeField()
    checked = models.DateTimeField()
    superseded = models.DateTimeField(null=True)

    class Meta:
        ordering = ("indicator", "level", "end", "id")
        indexes = (models.Index(fields=("indicator", "level", "end", "superseded"), name="run_of_indicator"),)
        constraints = (
            models.UniqueConstraint(
                fields=("indicator", "level", "start", "end"),
                condition=models.Q(superseded=None),
                name="run_current_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.level} {self.start}–{self.end}"


class Value(models.Model):
    """指标值: the figure of one subject (an area's code, a unit's uid, a record's key); None: nothing to divide by."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="values")
    subject = models.CharField(max_length=200)
    value = models.DecimalField(max_digits=30, decimal_places=9, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "subject"), name="value_once_a_run"),)
        indexes = (models.Index(fields=("subject", "run"), name="value_of_subject"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.value}"


class How(models.TextChoices):
    """What settles a target."""

    INDICATOR = "indicator", _("computed by an indicator")
    EXTERNAL = "external", _("a value that others set or publish")
    REPORTED = "reported", _("reported by the unit")


class Compare(models.TextChoices):
    """What a target is held against."""

    VALUE = "value", _("the figure")
    CHANGE = "change", _("its change on the year before")


class BindingState(models.TextChoices):
    """A proposal settles nothing: only a person's word does."""

    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("confirmed")


class Binding(WithUid):
    """绑定: what settles one target of a measure. ``words`` and ``subject`` are the target's print: publishing an
    amendment rewrites targets, and the same words stay bound. ``factor`` brings the printed figure into the indicator's
    unit. ``why`` is the proposal's reason in both languages."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="bindings")
    words = models.TextField()
    subject = models.CharField(max_length=300, blank=True)
    place = models.PositiveSmallIntegerField(default=0)  # among targets of the measure with the same print
    how = models.CharField(max_length=10, choices=How.choices)
    indicator = models.CharField(max_length=80, blank=True)
    compare = models.CharField(max_length=6, choices=Compare.choices, default=Compare.VALUE)
    factor = models.DecimalField(max_digits=24, decimal_places=12, default=1)
    state = models.CharField(max_length=10, choices=BindingState.choices, default=BindingState.PROPOSED)
    score = models.FloatField(default=0)
    why = models.JSONField(default=dict)
    note = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("measure__n", "id")
        constraints = (
            models.UniqueConstraint(fields=("measure", "subject", "words", "place"), name="binding_once_a_target"),
        )
        indexes = (models.Index(fields=("indicator", "state"), name="binding_of_indicator"),)

    def __str__(self) -> str:
        return f"{self.words} → {self.indicator or self.how}"


class ExemptionState(models.TextChoices):
    """Only what was approved leaves a denominator."""

    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    ENDED = "ended", _("ended")


class Exemption(WithUid):
    """豁免: a record that does not count into the denominators (不具备条件), with who approved it and until when."""

    register = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField(max_length=300)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ExemptionState.choices, default=ExemptionState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-asked",)
        indexes = (models.Index(fields=("register", "state"), name="exemption_of_register"),)

    def __str__(self) -> str:
        return f"{self.register} {self.key}"


class Finding(WithUid):
    """线索: what a rule found wrong, and whose it is; one per key, opened once, closed when it is gone."""

    rule = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="findings")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="findings")
    title = models.CharField(max_length=300)
    detail = models.CharField(max_length=500, blank=True)
    opened = models.DateTimeField()
    seen = models.DateTimeField()
    closed = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-opened", "-id")
        indexes = (models.Index(fields=("rule", "closed"), name="finding_of_rule"),)
        constraints = (
            models.UniqueConstraint(fields=("rule", "key"), condition=models.Q(closed=None), name="finding_open_once"),
        )

    def __str__(self) -> str:
        return self.title
