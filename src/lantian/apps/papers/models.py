"""Papers, their signatures and their recipients: docs/models.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Secrecy


class PaperKind(models.TextChoices):
    """What the paper is; its layout and its number go with it (papers/tables/kinds.yaml)."""

    NOTICE = "notice", _("notice")  # 通知
    BULLETIN = "bulletin", _("bulletin")  # 通报
    LETTER = "letter", pgettext_lazy("kind of paper", "letter")  # 函
    MINUTES = "minutes", _("minutes")  # 纪要
    PROMPT = "prompt", _("reminder letter")  # 提示函
    SUPERVISION = "supervision", _("supervision letter")  # 督办函
    INTERVIEW = "interview", _("summons to talk")  # 约谈通知


class PaperState(models.TextChoices):
    """拟稿 → 核稿 → 会签 → 签发 → 印发; sent back to the draft at any step before it is issued, void at the end."""

    DRAFT = "draft", _("draft")
    CHECKED = "checked", _("checked")
    COUNTERSIGNED = "countersigned", _("countersigned")
    SIGNED = "signed", _("signed")
    ISSUED = "issued", _("issued")
    VOID = "void", _("void")


class Letterhead(WithUid):
    """机关代字: what the papers of a unit are headed and numbered with. ``mark`` empty: the unit's full name."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="letterhead")
    word = models.CharField(max_length=20)
    mark = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=120, blank=True)  # printed in letters: name and telephone
    revision = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.word


class NumberSeries(models.Model):
    """发文编号: the last number that an issuer gave for a kind in a year; each signature takes the next one."""

    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="number_series")
    kind = models.CharField(max_length=12, choices=PaperKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("issuer", "kind", "year"), name="number_series_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.last}"


class Paper(WithUid):
    """公文: one official paper (GB/T 9704) through its steps. ``body`` is a list of paragraphs; ``approver`` the named
    leader who alone signs it on screen, or whose signature on paper the office records with the scan."""

    kind = models.CharField(max_length=12, choices=PaperKind.choices)
    state = models.CharField(max_length=14, choices=PaperState.choices, default=PaperState.DRAFT, db_index=True)
    secrecy = models.CharField(max_length=12, choices=Secrecy.choices, default=Secrecy.INTERNAL)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="papers")
    number = models.CharField(max_length=80, blank=True)  # 发文字号
    title = models.CharField(max_length=200)
    about = models.CharField(max_length=200, blank=True)  # what brought it about, in words: plan and period
    main_to = models.JSONField(default=list)  # 主送: names
    copy_to = models.JSONField(default=list)  # 抄送: names
    body = models.JSONField(default=list)  # [{"kind": "text|heading|table", "text" or "rows"}]
    attachments = models.JSONField(default=list)  # 附件说明: names
    dated = models.DateField(null=True, blank=True)  # 成文日期: the day of the signature
    issued = models.DateField(null=True, blank=True)  # 印发日期
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="papers_to_sign"
    )
    approver_name = models.CharField(max_length=40, blank=True)  # of a leader without a login
    scan = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    scan_name = models.CharField(max_length=255, blank=True)
    units = models.ManyToManyField(Unit, through="Recipient", related_name="papers_received")
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "number"), condition=~models.Q(number=""), name="paper_number_once"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def approver_words(self) -> str:
        """The named leader, with or without a login."""
        return str(self.approver) if self.approver_id else self.approver_name


class PaperStep(models.Model):
    """One step of a paper: who did it, when, in whose name, with what remark."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=14, choices=PaperState.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, blank=True)  # of a person without login, or of the unit that countersigns
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.state


class Countersign(WithUid):
    """会签: a unit that must agree before the paper is signed; void again when the paper goes back to the draft."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="countersigns")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="countersigns")
    agreed = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40, blank=True)  # who agreed for the unit, as written
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("paper_id", "id")
        constraints = (models.UniqueConstraint(fields=("paper", "unit"), name="countersign_once"),)

    def __str__(self) -> str:
        return f"{self.paper_id} {self.unit_id}"


class Recipient(WithUid):
    """主送单位 that we know: whether it received the paper (签收) and what it answered (回复)."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="recipients")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="paper_receipts")
    received = models.DateTimeField(null=True, blank=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_name = models.CharField(max_length=40, blank=True)
    reply = models.TextField(blank=True)
    reply_file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    reply_name = models.CharField(max_length=255, blank=True)  # of the file, as the unit named it
    replied = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    behalf = models.BooleanField(default=False)  # written down by the office for the unit

    class Meta:
        ordering = ("paper_id", "id")
        constraints = (models.UniqueConstraint(fields=("paper", "unit"), name="recipient_once"),)

    def __str__(self) -> str:
        return f"{self.paper_id} {self.unit_id}"


class OwnWords(WithUid):
    """An installation's own text in the place of a shipped one."""

    title = models.CharField(max_length=400)
    body = models.TextField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class OwnTemplate(OwnWords):
    """An installation's own text in the place of a shipped template of the same name (papers/tables/templates.yaml)."""

    name = models.CharField(max_length=20, unique=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
