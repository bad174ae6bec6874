"""Plans, measures, assignments, targets, flags: docs/models.md says what each is for, design §3 what the words mean."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Area, Level, Unit
from lantian.apps.core.models import Job, StoredFile, WithUid
from lantian.reading.text import compare_form


class Medium(models.TextChoices):
    """What the plan protects."""

    AIR = "air", _("air")
    WATER = "water", _("water")
    SOIL = "soil", _("soil")
    OTHER = "other", _("other")


class PlanKind(models.TextChoices):
    """Whether a plan is a published plan or one row that stands for itself."""

    PLAN = "plan", _("plan")
    ERRAND = "errand", _("assigned matter")  # 交办事项: supervision keeps what else is known of it


class PlanStatus(models.TextChoices):
    """How far the plan is. Before it is published a plan is the office's; then every login may read it."""

    DRAFT = "draft", _("draft")  # 草稿
    COMMENT = "comment", _("draft for comment")  # 征求意见稿
    REVIEW = "review", _("draft for review")  # 送审稿
    APPROVAL = "approval", _("draft for approval")  # 报批稿
    PUBLISHED = "published", _("published")
    AMENDED = "amended", _("amended")
    CLOSED = "closed", _("closed")
    ARCHIVED = "archived", _("archived")


IN_PREPARATION = (PlanStatus.DRAFT, PlanStatus.COMMENT, PlanStatus.REVIEW, PlanStatus.APPROVAL)
IN_FORCE = (PlanStatus.PUBLISHED, PlanStatus.AMENDED)


class Secrecy(models.TextChoices):
    """Who may read a published plan: docs/site.md, *Rights*."""

    OPEN = "open", _("open to the public")  # 公开
    INTERNAL = "internal", _("internal")  # 内部
    WORK_SECRET = "work_secret", _("work secret")  # 工作秘密


class RoleKind(models.TextChoices):
    """牵头, 主责, 协办; inherited are units that an earlier 下同 phrase binds."""

    LEAD = "lead", _("lead")
    RESPONSIBLE = "responsible", _("responsible")
    SUPPORT = "support", _("support")
    INHERITED = "inherited", _("inherited")


class DeadlineKind(models.TextChoices):
    """What the printed deadline is (contracts §1)."""

    BY = "by", _("by a date")
    WINDOW = "window", _("between two dates")
    FROM = "from", _("from a date on")
    SEASON = "season", _("by the season")
    LONG_TERM = "long_term", _("long-term")
    AS_SCHEDULED = "as_scheduled", _("as scheduled")
    RECURRING = "recurring", _("recurring")
    RELATIVE = "relative", _("after an event")
    NONE = "none", _("none printed")


class TargetKind(models.TextChoices):
    """What the printed figure asks for (design §3, Target)."""

    LEVEL = "level", _("level")
    CHANGE = "change", _("change")
    COUNT = "count", _("count")
    RATE = "rate", _("rate")
    RANK = "rank", _("rank")
    DIRECTION = "direction", _("direction")
    EXTERNAL = "external", _("set from above")
    UNIVERSAL = "universal", _("all without exception")
    CADENCE = "cadence", _("how often")
    RATIO_RULE = "ratio_rule", _("ratio rule")
    DELIVERABLE = "deliverable", _("document to deliver")


class Plan(WithUid):
    """计划: one plan through its life. Its measures are its current text; older texts are :class:`PlanVersion`.

    A published plan is never edited: an amendment is a plan of its own (``amends``) until it is published, which
    brings its rows into the plan as the next version.
    """

    title = models.CharField(max_length=300)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    region = models.CharField(max_length=80, blank=True)
    area = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="plans")
    level = models.CharField(max_length=12, choices=Level.choices)
    medium = models.CharField(max_length=8, choices=Medium.choices)
    kind = models.CharField(max_length=8, choices=PlanKind.choices, default=PlanKind.PLAN)
    status = models.CharField(max_length=12, choices=PlanStatus.choices, default=PlanStatus.DRAFT)
    secrecy = models.CharField(max_length=12, choices=Secrecy.choices, default=Secrecy.OPEN)
    number = models.CharField(max_length=80, blank=True)  # 发文字号
    issued = models.DateField(null=True, blank=True)  # 印发日期
    version = models.PositiveSmallIntegerField(default=0)  # of the last publication; 0 = never published
    revision = models.PositiveIntegerField(default=1)  # rises with every change of a row
    amends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="plans")
    file_name = models.CharField(max_length=255)
    place_in_file = models.PositiveSmallIntegerField(default=1)
    flags = models.JSONField(default=list)  # of the whole file: [{"id", "detail"}]
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="plans")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="plans_created"
    )
    published = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-year", "level", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def in_preparation(self) -> bool:
        """Whether its rows may still be changed."""
        return self.status in IN_PREPARATION


class PlanVersion(models.Model):
    """版本: the whole text of a plan at one moment, never changed. Number 0 is what the reader gave."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=500, blank=True)
    content = models.JSONField()  # {"title", "year", …, "measures": [row contents]}: plans/content.py
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan", "-number")
        constraints = (models.UniqueConstraint(fields=("plan", "number"), name="version_once_in_plan"),)

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"


class Strength(models.TextChoices):
    """How binding the print makes a target; codes as in contracts §1."""

    HARD = "hard", _("binding")
    STRIVE = "力争", _("striven for")
    ENCOURAGE = "encourage", _("encouraged")
    STUDY = "study", _("to be studied")


class CurrentMeasures(models.Manager["Measure"]):
    """The measures of the current text: those that a later version dropped are left out."""

    def get_queryset(self) -> models.QuerySet[Measure]:
        return super().get_queryset().filter(withdrawn=None)


class Measure(WithUid):
    """工作措施: one row of the plan with everything the print says about it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="measures")
    origin = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="drafts")  # what it amends
    withdrawn = models.PositiveSmallIntegerField(null=True, editable=False)  # the version that dropped it
    revision = models.PositiveIntegerField(default=1)
    conflicts = models.JSONField(default=list)  # of a re-import: [{"field", "old", "new", "mine"}]
    n = models.PositiveIntegerField()
    section = models.CharField(max_length=300, blank=True)
    seq = models.PositiveIntegerField(null=True)
    task = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    paragraphs = models.JSONField(default=list)
    deadline_text = models.CharField(max_length=200, blank=True)
    deadline_kind = models.CharField(max_length=12, choices=DeadlineKind.choices, default=DeadlineKind.NONE)
    deadline_start = models.DateField(null=True)
    deadline_end = models.DateField(null=True, db_index=True)
    deadline_also = models.JSONField(default=list)
    text_dates = models.JSONField(default=list)
    dropped_targets = models.JSONField(default=list)  # phrases that a person said are no target
    page = models.PositiveIntegerField(null=True)
    row = models.PositiveIntegerField(default=0)
    cells = models.JSONField(default=list)  # [{"field", "page", "row", "col", "box": [x0, y0, x1, y1] or null}]
    search = models.TextField(editable=False)  # normal form of task, text and unit names (contracts §7, Search)

    objects = CurrentMeasures()
    everything: models.Manager[Measure] = models.Manager()

    class Meta:
        ordering = ("plan", "n")
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "n"), condition=models.Q(withdrawn=None), name="measure_once_in_plan"
            ),
        )

    def __str__(self) -> str:
        return f"{self.n} {self.text[:40]}"


class Assignment(models.Model):
    """分工: one name in one role of a measure, as read and as printed; ``unit`` where the directory knows the name."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=12, choices=RoleKind.choices)
    name = models.CharField(max_length=200)
    as_printed = models.CharField(max_length=300)
    open = models.BooleanField(default=False)
    group = models.PositiveSmallIntegerField(default=0)
    order = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.SET_NULL, related_name="assignments")

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return f"{self.role} {self.name}"

    @property
    def printed_otherwise(self) -> bool:
        """Whether the print differs by more than the kind of its brackets and spaces."""
        return compare_form(self.as_printed) != compare_form(self.name)


class Target(models.Model):
    """量化目标: what the print asks for; fields as in contracts §1, figures as Decimal."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="targets")
    order = models.PositiveSmallIntegerField()
    text = models.TextField()
    subject = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=12, choices=TargetKind.choices)
    comparator = models.CharField(max_length=2, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    value_max = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    unit = models.CharField(max_length=60, blank=True)
    baseline = models.CharField(max_length=20, blank=True)  # a year, or previous_year
    by = models.DateField(null=True)
    scope = models.JSONField(default=list)
    qualifier = models.CharField(max_length=300, blank=True)
    sense = models.CharField(max_length=10, blank=True)
    applies = models.CharField(max_length=10, blank=True)
    strength = models.CharField(max_length=10, choices=Strength.choices, default=Strength.HARD)
    stretch = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    statistic = models.CharField(max_length=60, blank=True)
    period = models.CharField(max_length=60, blank=True)
    denominator = models.CharField(max_length=300, blank=True)
    span_start = models.PositiveIntegerField(null=True)  # characters of Measure.text
    span_end = models.PositiveIntegerField(null=True)
    edited = models.BooleanField(default=False)  # a person made or changed it: reading the text again keeps it

    class Meta:
        ordering = ("order",)

    def __str__(self) -> str:
        return self.text


class MeasureFlag(models.Model):
    """A repair that the reader made or a doubt that stays; ``rule`` is an id of the reader's rule table."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=8)
    detail = models.TextField(blank=True)
    accepted = models.BooleanField(default=False)  # a person looked and agrees

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.rule


class Edit(WithUid):
    """修改: one change of rows of a plan in preparation, with the rows before and after, so that it can be undone.

    ``before`` and ``after`` are lists of row contents (plans/content.py); a row that is only in ``after`` was made,
    one that is only in ``before`` was removed. ``order_before`` and ``order_after`` list the uids of all rows where
    their order changed, else are null.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="edits")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=30)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)
    order_before = models.JSONField(null=True)
    order_after = models.JSONField(null=True)
    head_before = models.JSONField(null=True)  # what changed of the plan itself: content.head_of and area
    head_after = models.JSONField(null=True)
    undone = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)  # can be neither undone nor done again any more

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.plan_id}"
