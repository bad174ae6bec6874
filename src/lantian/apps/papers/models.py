"""Papers and their signatures: docs/models.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Secrecy


class PaperKind(models.TextChoices):
    """What the paper is; its layout and its template go with it (papers/kinds.yaml)."""

    NOTICE = "notice", _("notice")  # 通知
    BULLETIN = "bulletin", _("bulletin")  # 通报
    LETTER = "letter", _("letter")  # 函
    MINUTES = "minutes", _("minutes")  # 纪要
    PROMPT = "prompt", _("reminder letter")  # 提示函
    SUPERVISION = "supervision", _("supervision letter")  # 督办函
    INTERVIEW = "interview", _("summons to talk")  # 约谈通知


class PaperState(models.TextChoices):
    """拟稿 → 核稿 → 会签 → 签发 → 印发; sent back to the draft at any step, void at the end."""

    DRAFT = "draft", _("draft")
    CHECKED = "checked", _("checked")
    COUNTERSIGNED = "countersigned", _("countersigned")
    SIGNED = "signed", _("signed")
    ISSUED = "issued", _("issued")
    VOID = "void", _("void")


class Paper(WithUid):
    """公文: one official paper (GB/T 9704) through its steps. ``body`` is a list of paragraphs; ``approver`` the named
    leader who alone signs it on screen, or whose signature on paper the office records with the scan."""

    kind = models.CharField(max_length=12, choices=PaperKind.choices)
    state = models.CharField(max_length=14, choices=PaperState.choices, default=PaperState.DRAFT)
    secrecy = models.CharField(max_length=12, choices=Secrecy.choices, default=Secrecy.INTERNAL)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="papers")
    number = models.CharField(max_length=80, blank=True)  # 发文字号
    title = models.CharField(max_length=200)
    main_to = models.JSONField(default=list)  # 主送: names
    copy_to = models.JSONField(default=list)  # 抄送: names
    body = models.JSONField(default=list)  # [{"kind": "text|heading|table", "text" or "rows"}]
    dated = models.DateField(null=True, blank=True)  # 成文日期
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="papers_to_sign"
    )
    approver_name = models.CharField(max_length=40, blank=True)  # of a leader without a login
    scan = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    scan_name = models.CharField(max_length=255, blank=True)
    units = models.ManyToManyField(Unit, blank=True, related_name="papers_received")  # recipients that we know
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


class PaperStep(models.Model):
    """One step of a paper: who did it, when, in whose name, with what remark."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=14, choices=PaperState.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40, blank=True)  # of a person without login
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.state
