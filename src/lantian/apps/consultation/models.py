"""Rounds of 征求意见, the units asked, their comments: docs/consultation.md says what each is for."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Measure, Plan


class RoundStatus(models.TextChoices):
    """Whether answers are still taken."""

    OPEN = "open", pgettext_lazy("round of comments", "asking for comments")
    CLOSED = "closed", pgettext_lazy("round of comments", "ended")


class Round(WithUid):
    """征求意见: one draft sent to some units, to be answered by a day. Its text as sent is :class:`RoundText`."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    letter = models.TextField(blank=True)
    due = models.DateField()
    silence_is_consent = models.BooleanField(default=True)  # 逾期视为无异议: printed below the letter
    status = models.CharField(max_length=8, choices=RoundStatus.choices, default=RoundStatus.OPEN)
    opened = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled = models.DateTimeField(null=True)  # when silence was written down as consent
    closed = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("plan", "-number")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="round_once_in_plan"),
            models.UniqueConstraint(
                fields=("plan",), condition=models.Q(status=RoundStatus.OPEN), name="one_open_round_in_plan"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether answers are still taken."""
        return self.status == RoundStatus.OPEN

    @property
    def overdue(self) -> bool:
        """Whether the last day for answers is over."""
        return timezone.localdate() > self.due

    @property
    def lapsed(self) -> bool:
        """Whether silence counts as consent by now."""
        return self.silence_is_consent and self.overdue

    @property
    def days_left(self) -> int:
        """Days until the last day; negative after it."""
        due: date = self.due
        return (due - timezone.localdate()).days


class RoundText(models.Model):
    """征求意见稿 as sent: the plan's whole text (plans/content.py), never changed; comments speak of this text."""

    round = models.OneToOneField(Round, on_delete=models.CASCADE, primary_key=True, related_name="sent")
    content = models.JSONField()

    def __str__(self) -> str:
        return str(self.pk)


class Answer(models.TextChoices):
    """How far a unit's answer is."""

    WAITING = "waiting", _("no answer yet")
    NO_OBJECTION = "no_objection", _("no objection")
    COMMENTED = "commented", _("commented")
    OVERDUE_CONSENT = "overdue_consent", _("overdue, counts as no objection")


class Channel(models.TextChoices):
    """How the answer came."""

    SCREEN = "screen", _("on screen")
    FILE = "file", _("by the filled form")
    PAPER = "paper", _("on stamped paper")


ANSWERED = (Answer.NO_OBJECTION, Answer.COMMENTED)


class Invitation(WithUid):
    """征求意见单位: one unit that is asked in one round, and its answer."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="invitations")
    status = models.CharField(max_length=16, choices=Answer.choices, default=Answer.WAITING)
    how = models.CharField(max_length=8, choices=Channel.choices, blank=True)
    answered = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    late = models.BooleanField(default=False)
    reply = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    reply_name = models.CharField(max_length=255, blank=True)
    note = models.CharField(max_length=300, blank=True)  # whom to call there
    staged = models.JSONField(null=True)  # a filled form that waits to be accepted: actions/returned.py

    class Meta:
        ordering = ("round", "unit__area__code", "unit_id")
        constraints = (models.UniqueConstraint(fields=("round", "unit"), name="unit_once_in_round"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.unit_id}"

    @property
    def standing(self) -> Answer:
        """The status today: who is silent past the day counts as consenting also before that is written down."""
        if self.status == Answer.WAITING and self.round.lapsed:
            return Answer.OVERDUE_CONSENT
        return Answer(self.status)

    @property
    def has_answered(self) -> bool:
        """Whether the unit itself said something."""
        return self.status in ANSWERED


class CommentKind(models.TextChoices):
    """What the comment wants changed."""

    TEXT = "text", _("wording")
    UNIT = "unit", _("units in charge")
    DEADLINE = "deadline", _("deadline")
    TARGET = "target", _("target")
    OTHER = "other", _("something else")


class Decision(models.TextChoices):
    """采纳, 部分采纳, 不采纳."""

    OPEN = "open", _("undecided")
    ADOPTED = "adopted", _("adopted")
    PARTLY = "partly", _("adopted in part")
    REJECTED = "rejected", _("not adopted")


class Comment(WithUid):
    """修改意见: what a unit wants changed in one row of the text as sent (``n`` null: in the whole), and the decision.

    A draft until its invitation is answered. ``quote`` is the row's text as it was commented on; ``measure`` is the row
    as it stands now, null once the row is gone.
    """

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="comments")
    measure = models.ForeignKey(Measure, null=True, on_delete=models.SET_NULL, related_name="comments")
    n = models.PositiveIntegerField(null=True)
    quote = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=CommentKind.choices, default=CommentKind.TEXT)
    proposal = models.TextField()
    reason = models.TextField(blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    decision_reason = models.TextField(blank=True)
    decided = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    carried_out = models.BooleanField(default=False)  # what was adopted stands in the draft

    class Meta:
        ordering = ("n", "invitation__unit__area__code", "invitation__unit_id", "id")

    def __str__(self) -> str:
        return f"{self.n or '-'} {self.proposal[:40]}"

    @property
    def to_carry_out(self) -> bool:
        """Whether the draft has still to be changed for it."""
        return self.decision in (Decision.ADOPTED, Decision.PARTLY) and not self.carried_out
