"""Tables of chasing: docs/models.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.models import WithUid
from lantian.apps.papers.models import Paper
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models import Commitment


class LetterState(models.TextChoices):
    """How far a letter of the ladder is; it follows its paper until somebody closes it."""

    DRAFT = "draft", _("draft")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("sent out")
    REPLIED = "replied", _("replied")
    CLOSED = "closed", pgettext_lazy("letter", "closed")
    DROPPED = "dropped", _("void")


OPEN_STATES = (LetterState.DRAFT, LetterState.APPROVED, LetterState.SENT, LetterState.REPLIED)


class RungName(models.TextChoices):
    """提示函 → 督办函 → 通报 → 约谈 (chasing/tables/ladder.yaml); 提醒 is a :class:`Reminder`, no letter."""

    PROMPT = "prompt", _("reminder letter")
    SUPERVISION = "supervision", _("supervision letter")
    BULLETIN = "bulletin", _("bulletin")
    INTERVIEW = "interview", _("summons to talk")


class Letter(WithUid):
    """督办文书: one rung of the ladder for one unit, with the commitments it is about, its paper, the day by which an
    answer is due, and why it was closed. ``jump_reason`` where it was more than one rung above the one before."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="letters")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="letters")
    period = models.CharField(max_length=8, blank=True)
    rung = models.CharField(max_length=12, choices=RungName.choices)
    commitments = models.ManyToManyField(Commitment, related_name="letters")
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="letter")
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.DRAFT, db_index=True)
    reply_by = models.DateField(db_index=True)
    reasons = models.JSONField(default=list)  # why it was proposed, in words; internal
    jump_reason = models.CharField(max_length=200, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_why = models.CharField(max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "unit", "rung"),
                condition=models.Q(state__in=("draft", "approved", "sent", "replied")),
                name="letter_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.rung}"


class Reminder(WithUid):
    """提醒: what a unit was reminded of, once for each plan, period and kind (chasing/tables/reminders.yaml)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="reminders")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reminders")
    period = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    day = models.DateField()
    text = models.TextField()

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("plan", "unit", "period", "kind"), name="reminder_once"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period} {self.kind}"


class Reminding(models.Model):
    """Whether reminders of a plan go out by themselves; without a row they do."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="reminding")
    on = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.plan_id} {self.on}"


class Outcome(models.TextChoices):
    """What came of a telephone call."""

    REACHED = "reached", _("reached")
    PROMISED = "promised", _("promised a day")
    NO_ANSWER = "no_answer", _("no answer")
    WRONG_NUMBER = "wrong_number", _("wrong number")


class Call(WithUid):
    """电话催办记录: who was called about what, and what was said."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="calls")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="calls")
    period = models.CharField(max_length=8)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    whom = models.CharField(max_length=80)
    outcome = models.CharField(max_length=14, choices=Outcome.choices)
    promised = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.whom}"


class WebhookKind(models.TextChoices):
    """Whose group robot it is; the payload goes with it (chasing/payloads.py)."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")


class Webhook(WithUid):
    """群机器人: where reminders of an area's plans are told a chat group. Address and secret are sealed
    (chasing/sealed.py): the address alone lets anybody write to the group."""

    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=WebhookKind.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="webhooks")
    host = models.CharField(max_length=120)  # of the address, to be shown
    address = models.TextField()  # sealed
    secret = models.TextField(blank=True)  # sealed
    active = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class MessageState(models.TextChoices):
    """How far an outgoing message is. One whose sending was cut short stays ``sending``: it is not sent twice."""

    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class Channel(models.TextChoices):
    """How a message leaves."""

    EMAIL = "email", _("e-mail")
    WEBHOOK = "webhook", _("chat group")


class Message(WithUid):
    """外发消息: one e-mail or one line to a chat group, and what became of it. ``key`` makes it once only."""

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    webhook = models.ForeignKey(Webhook, null=True, on_delete=models.CASCADE, related_name="messages")
    plan = models.ForeignKey(Plan, null=True, on_delete=models.CASCADE, related_name="messages")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="messages")
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.QUEUED, db_index=True)
    error = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    tried = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
