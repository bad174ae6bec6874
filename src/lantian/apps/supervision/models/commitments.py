"""责任事项: who owes which row of a plan until when, how much of its targets, and how often that is reported."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Measure, Plan, RoleKind, Target


class Cadence(models.TextChoices):
    """How often a commitment is reported."""

    MONTH = "month", _("monthly")
    QUARTER = "quarter", _("quarterly")
    HALF = "half", _("half-yearly")
    YEAR = "year", _("yearly")
    NONE = "none", _("not reported")


class State(models.TextChoices):
    """What ``lantian.status`` says of a commitment (issue: no state without its rule)."""

    NOT_STARTED = "not_started", _("not started")
    ON_TRACK = "on_track", _("on track")
    BEHIND = "behind", _("behind")
    AT_RISK = "at_risk", _("at risk")
    MET = "met", _("met")
    OVERDUE = "overdue", _("overdue")
    MISSED = "missed", _("missed")
    NO_DATA = "no_data", _("no data")
    STALE = "stale", _("out of date")
    NOT_MEASURABLE = "not_measurable", _("not measurable")
    CLOSED = "closed", pgettext_lazy("commitment", "closed")


class Light(models.TextChoices):
    """Internal lights; they are the coordinator's and never go out."""

    NONE = "", _("no light")
    BLUE = "blue", _("near due")
    YELLOW = "yellow", _("behind the curve")
    RED = "red", _("overdue")


class Commitment(WithUid):
    """责任事项: measure × unit × role. ``via`` is the collective unit (各镇街) through which the unit owes it.

    ``end`` and ``start`` are the printed deadline's; ``internal_due`` the office's own earlier day (倒排). ``convener``
    marks the 汇总单位, the first-named lead unless somebody chose another. A commitment that a later version or a
    decision took away is ``withdrawn``, never deleted: returns hang on it. The last computed state is kept with its
    rule and the words of its sentence (``state_args``), so that lists need not compute it again.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="commitments")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="commitments")
    n = models.PositiveIntegerField(default=0, editable=False)  # of the row: lists of 40,000 are in print order by it
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="commitments")
    role = models.CharField(max_length=12, choices=RoleKind.choices)
    via = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="commitments_through")
    printed = models.CharField(max_length=300, blank=True)  # the name as the plan prints it
    convener = models.BooleanField(default=False)
    convener_edited = models.BooleanField(default=False)  # somebody chose: making again leaves it
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True, db_index=True)
    internal_due = models.DateField(null=True, blank=True, db_index=True)
    internal_edited = models.BooleanField(default=False)
    cadence = models.CharField(max_length=8, choices=Cadence.choices, default=Cadence.NONE)
    cadence_edited = models.BooleanField(default=False)
    cadence_reason = models.CharField(max_length=40, blank=True)  # id of the rule that proposed it
    state = models.CharField(max_length=16, choices=State.choices, default=State.NOT_STARTED, db_index=True)
    state_rule = models.CharField(max_length=8, blank=True)
    state_args = models.JSONField(default=dict)
    state_on = models.DateField(null=True)
    light = models.CharField(max_length=8, choices=Light.choices, default=Light.NONE, blank=True, db_index=True)
    closed = models.DateField(null=True, blank=True)  # 销号
    closed_reason = models.CharField(max_length=300, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("plan", "n", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("measure", "unit", "role"), condition=models.Q(withdrawn=None), name="commitment_once"
            ),
        )
        indexes = (
            # Lists of 40,000: in print order, by unit with what a month asks (periods.owed), and counted by state in
            # all and beside each measure, each without touching the rows.
            models.Index(fields=("plan", "withdrawn", "n", "id"), name="commitment_in_order"),
            models.Index(
                fields=("plan", "withdrawn", "unit", "cadence", "start", "closed", "light"), name="commitment_plan_unit"
            ),
            models.Index(fields=("unit", "internal_due"), name="commitment_unit_due"),
            models.Index(fields=("plan", "withdrawn", "state", "light", "measure"), name="commitment_plan_state"),
            models.Index(fields=("measure", "unit"), name="commitment_measure_unit"),
        )

    def __str__(self) -> str:
        return f"{self.measure_id} {self.unit_id} {self.role}"


class ShareOrigin(models.TextChoices):
    """Where the figure of one unit comes from."""

    PRINTED = "printed", _("as printed for every unit")  # each, both, owner
    PART = "part", _("printed for this area")  # per-area figures in one cell
    QUOTA = "quota", _("from the quota sheet")  # 分解表
    NONE = "none", _("no figure for this unit")  # a total that nobody decomposed yet


class Share(WithUid):
    """指标份额: what one target asks of one commitment. ``spec`` is the target as JSON (plans/content.py), kept here
    because publishing an amendment rewrites the plan's own rows; ``points`` are the cumulative plan curve by month."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="shares")
    target = models.ForeignKey(Target, null=True, on_delete=models.SET_NULL, related_name="shares")
    order = models.PositiveSmallIntegerField(default=0)
    spec = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    value_max = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    origin = models.CharField(max_length=8, choices=ShareOrigin.choices, default=ShareOrigin.PRINTED)
    line = models.ForeignKey("QuotaLine", null=True, blank=True, on_delete=models.SET_NULL, related_name="shares")
    by = models.DateField(null=True, blank=True)
    curve = models.CharField(max_length=24, blank=True)  # a preset of lantian.status
    points = models.JSONField(default=list)  # [["2025-03", "0.25"]…]: cumulative parts of the value, where edited
    carried_in = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    exempt = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)  # approved exemptions
    exempt_note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.NOT_STARTED)
    state_rule = models.CharField(max_length=8, blank=True)
    state_args = models.JSONField(default=dict)
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("commitment_id", "order", "id")

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.order}"


class QuestionKind(models.TextChoices):
    """What only a person can say before a commitment is whole."""

    COLLECTIVE = "collective", _("who is meant")  # 相关区政府, …成员单位
    UNIT = "unit", _("unknown unit")
    APPLIES = "applies", _("whom the figure binds")  # total or each


class Question(WithUid):
    """待定事项: something that the plan's words leave open; ``answer`` is what a person decided, with the letter or
    note that says so. The printed words stay."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="questions")
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=12, choices=QuestionKind.choices)
    role = models.CharField(max_length=12, choices=RoleKind.choices, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    words = models.CharField(max_length=500)  # the printed name or target
    candidates = models.JSONField(default=list)  # uids of units
    why = models.JSONField(default=dict)  # {"zh", "en"}
    answer = models.JSONField(null=True)  # {"units": [uid]} or {"applies": …, "unit": uid}
    note = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided = models.DateTimeField(null=True)
    dropped = models.DateTimeField(null=True)  # the row or the words went away
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("plan", "measure__n", "id")

    def __str__(self) -> str:
        return self.words


class QuotaSheet(WithUid):
    """分解表: how a total is divided among units, and the letter that says so; issued, it gives shares their value."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="quota_sheets")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="quota_sheets")
    target = models.ForeignKey(Target, null=True, on_delete=models.SET_NULL, related_name="quota_sheets")
    spec = models.JSONField(default=dict)
    parent = models.ForeignKey(Share, null=True, blank=True, on_delete=models.SET_NULL, related_name="quota_sheets")
    total = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    letter_number = models.CharField(max_length=80, blank=True)
    letter_title = models.CharField(max_length=200, blank=True)
    letter_date = models.DateField(null=True, blank=True)
    letter_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    letter_name = models.CharField(max_length=255, blank=True)  # of the file, as brought
    gap_reason = models.CharField(max_length=500, blank=True)  # why the lines do not add up to the total
    issued = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan", "measure__n", "id")

    def __str__(self) -> str:
        return f"{self.measure_id} {self.letter_number}"


class QuotaLine(models.Model):
    """One unit's part of a quota sheet."""

    sheet = models.ForeignKey(QuotaSheet, on_delete=models.CASCADE, related_name="lines")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="quota_lines")
    basis = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)  # last year's figure
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("sheet_id", "unit__area__code", "unit__id")
        constraints = (models.UniqueConstraint(fields=("sheet", "unit"), name="quota_line_once"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.value}"


class Rhythm(models.Model):
    """节奏: how one plan is reported and reviewed. Days count from the end of the period."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="rhythm")
    review = models.BooleanField(default=True)  # off: what is submitted counts as accepted, and says so
    own_rows_exempt = models.BooleanField(default=False)  # rows of the reviewing office itself need no review
    opens = models.SmallIntegerField(default=-6)  # the sheet opens so many days before the period ends
    due = models.PositiveSmallIntegerField(default=5)  # days after the period's end, moved to a working day
    near_days = models.PositiveSmallIntegerField(default=7)  # blue light so many days before due
    # 倒排: working days before the printed deadline; empty: by the table of lantian.status (15 at the year's end …)
    lead_days = models.PositiveSmallIntegerField(null=True, blank=True)
    support_reports = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.plan_id)


class DayRule(WithUid):
    """工作日历: a day off or a day worked instead, where it differs from the shipped table of holidays."""

    day = models.DateField(unique=True)
    working = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day}"
