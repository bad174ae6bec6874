"""Bulletins that we issue, their frozen figures, and objections to them: docs/models.md says what each is for."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import WithUid
from lantian.apps.papers.models import OwnWords


class BulletinKind(models.TextChoices):
    """What is ranked or told, and for how long; tables/kinds.yaml says how each is printed."""

    TSP = "tsp_half_month", _("TSP, half a month")
    PM25 = "pm25_month", _("PM2.5, month")
    DUSTFALL = "dustfall_month", _("dustfall, month")
    ROAD_DUST = "road_dust_month", _("road dust load, month")
    AIR_BRIEF = "air_brief_month", _("air quality brief, month")


class BulletinState(models.TextChoices):
    """拟稿 → 核数 → 已核数 → 签发 → 印发; afterwards replaced by a corrected one, or withdrawn."""

    DRAFT = "draft", pgettext_lazy("bulletin", "draft")
    CHECKING = "checking", pgettext_lazy("bulletin", "figures out for checking")
    CHECKED = "checked", pgettext_lazy("bulletin", "figures checked")
    SIGNED = "signed", pgettext_lazy("bulletin", "signed")
    ISSUED = "issued", pgettext_lazy("bulletin", "issued")
    CORRECTED = "corrected", pgettext_lazy("bulletin", "replaced by a corrected one")
    WITHDRAWN = "withdrawn", pgettext_lazy("bulletin", "withdrawn")


class Variant(models.TextChoices):
    """公开: one version, for everybody. 内部: inside the issuer a full version with a mark, outside the public part."""

    PUBLIC = "public", pgettext_lazy("bulletin", "public")
    INTERNAL = "internal", pgettext_lazy("bulletin", "internal")


class Bulletin(WithUid):
    """通报: one bulletin of one issuer for one period. ``paragraphs`` is its text (bulletins.composing), ``snapshot``
    its figures. A corrected one names the one that it ``replaces`` and bears its number as a further edition."""

    kind = models.CharField(max_length=20, choices=BulletinKind.choices)
    state = models.CharField(max_length=10, choices=BulletinState.choices, default=BulletinState.DRAFT, db_index=True)
    variant = models.CharField(max_length=10, choices=Variant.choices, default=Variant.INTERNAL)
    issuer = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="bulletins")
    start = models.DateField()
    end = models.DateField()
    title = models.CharField(max_length=200)
    title_edited = models.BooleanField(default=False)  # written by hand: kept when the figures change
    paragraphs = models.JSONField(default=list)  # [{"made", "said"}]
    template_revision = models.PositiveIntegerField(default=0)  # 0: the shipped text
    snapshot = models.ForeignKey("Snapshot", null=True, on_delete=models.PROTECT, related_name="+")
    check_due = models.DateField(null=True, blank=True)  # 核数截止
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="bulletins_to_sign"
    )
    leader_name = models.CharField(max_length=40, blank=True)  # of a leader without a login
    dated = models.DateField(null=True, blank=True)  # 签发日期
    issued = models.DateField(null=True, blank=True)  # 印发日期
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # 年, 期数: given when it is issued
    serial = models.PositiveIntegerField(null=True, blank=True)
    edition = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.CharField(max_length=300, blank=True)  # 更正说明; of a withdrawn one why
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-start", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("issuer", "kind", "year", "serial", "edition"),
                condition=Q(serial__isnull=False),
                name="bulletin_number_once",
            ),
            models.CheckConstraint(condition=Q(end__gte=models.F("start")), name="bulletin_period_order"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def number(self) -> str:
        """〔2025〕第3期, a corrected one 〔2025〕第3期（更正）; nothing before it is issued."""
        if self.serial is None:
            return ""
        again = "" if self.edition == 1 else ("（更正）" if self.edition == 2 else f"（更正{self.edition - 1}）")
        return f"〔{self.year}〕第{self.serial}期{again}"

    @property
    def leader_words(self) -> str:
        """The leader who signs, with or without a login."""
        return str(self.leader) if self.leader_id else self.leader_name


class FrozenError(Exception):
    """Somebody tried to change figures that are frozen."""


class Snapshot(WithUid):
    """数据快照: the figures of a bulletin at one moment with their sources, tables and sentences (bulletins.ranking).

    Rows are only ever added; a bulletin points at the one that counts.
    """

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="snapshots")
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)
    why = models.CharField(max_length=300, blank=True)
    made = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.sha256[:12]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the snapshot. Raises FrozenError for one that is stored already."""
        if not self._state.adding:
            raise FrozenError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise FrozenError


class Check(WithUid):
    """核数: a unit that is asked for its figures, and when it agreed. ``subjects`` names what is its own."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="checks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="figure_checks")
    subjects = models.JSONField(default=list)  # [[group, subject], …]
    agreed = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("bulletin_id", "id")
        constraints = (models.UniqueConstraint(fields=("bulletin", "unit"), name="bulletin_check_once"),)

    def __str__(self) -> str:
        return f"{self.bulletin_id} {self.unit_id}"


class Verdict(models.TextChoices):
    """What became of an objection."""

    OPEN = "open", pgettext_lazy("objection", "to be answered")
    ACCEPTED = "accepted", pgettext_lazy("objection", "accepted")
    DECLINED = "declined", pgettext_lazy("objection", "declined")


class Objection(WithUid):
    """核数异议: what a unit says against one figure, and the answer. ``value`` is the figure that it spoke of."""

    check_row = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="objections")
    group = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=120)
    indicator = models.CharField(max_length=14)
    value = models.CharField(max_length=30, blank=True)
    says = models.CharField(max_length=500)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    corrected = models.CharField(max_length=30, blank=True)  # the figure that an accepted objection led to
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.subject} {self.verdict}"


class Step(models.Model):
    """One step of a bulletin: who did it, when, in whose name, with what remark."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=BulletinState.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80, blank=True)  # the leader without a login who signed
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.state


class OwnText(OwnWords):
    """An installation's own text in the place of a shipped one (bulletins/tables/templates.yaml)."""

    kind = models.CharField(max_length=20, choices=BulletinKind.choices, unique=True)

    class Meta:
        ordering = ("kind",)

    def __str__(self) -> str:
        return self.kind
