"""进展填报: what a unit says about its commitments in one period, with figures and evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import StoredFile, WithUid
from lantian.apps.plans.models import Plan
from lantian.apps.supervision.models.commitments import Commitment, Share


class ReturnState(models.TextChoices):
    """How far a return is; each state says who may do what (supervision/steps.py)."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    SENT_BACK = "sent_back", _("sent back")
    ACCEPTED = "accepted", _("accepted")
    REOPENED = "reopened", _("reopened")


class Route(models.TextChoices):
    """How words reached us."""

    SCREEN = "screen", _("on screen")
    LINK = "link", _("by a one-time link")
    SHEET = "sheet", _("as a filled sheet")
    DROP_BOX = "drop_box", _("from the drop box")
    PHONE = "phone", _("by telephone")


class Return(WithUid):
    """进展填报: unit × plan × period (``2025-03``, ``2025-Q1``, ``2025-H1``, ``2025``; lantian.status.periods).

    ``behalf`` marks what the office wrote down for the unit (代填); ``revision`` rises with every change, and a change
    made from an older one is refused. ``version`` counts submissions; each is kept whole as a :class:`ReturnVersion`.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="returns")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="returns")
    period = models.CharField(max_length=8, db_index=True)
    due = models.DateField(null=True, db_index=True)
    state = models.CharField(max_length=10, choices=ReturnState.choices, default=ReturnState.DRAFT, db_index=True)
    route = models.CharField(max_length=10, choices=Route.choices, default=Route.SCREEN)
    behalf = models.BooleanField(default=False)
    signer = models.CharField(max_length=80, blank=True)  # who answers for it, as written
    phone = models.CharField(max_length=40, blank=True)  # of the signer, asked for where nobody logs in
    submitted = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    unreviewed = models.BooleanField(default=False)  # accepted because review is off, not because somebody looked
    note = models.CharField(max_length=500, blank=True)  # of the reviewer, or why it was reopened
    sent_back = models.PositiveSmallIntegerField(default=0)  # how often
    version = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-period", "unit__area__code", "unit__id")
        constraints = (models.UniqueConstraint(fields=("plan", "unit", "period"), name="return_once"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period}"


class Verdict(models.TextChoices):
    """What the reviewer says of one row."""

    NONE = "", _("not looked at")
    ACCEPTED = "accepted", _("accepted")
    SENT_BACK = "sent_back", _("sent back")


class Entry(WithUid):
    """One row of a return: words, figures, evidence for one commitment."""

    report = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="entries")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="entries")
    progress = models.TextField(blank=True)
    problems = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    no_change = models.BooleanField(default=False)
    done = models.BooleanField(default=False)  # the unit says that the commitment is fulfilled
    step = models.CharField(max_length=20, blank=True)  # of a document to deliver: lantian.status.deliverables
    document_number = models.CharField(max_length=80, blank=True)
    document_date = models.DateField(null=True, blank=True)
    explanation = models.CharField(max_length=1000, blank=True)  # what the unit says to the checks that warn
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.NONE, blank=True)
    verdict_note = models.CharField(max_length=500, blank=True)
    source = models.JSONField(default=dict)  # {"route", "file", "place", "confidence", "caller"}
    revision = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("report_id", "commitment__n", "id")
        constraints = (models.UniqueConstraint(fields=("report", "commitment"), name="entry_once"),)

    def __str__(self) -> str:
        return f"{self.report_id} {self.commitment_id}"


class Figure(models.Model):
    """The figures of one target in an entry. ``computed`` is what registers or indicators say, where they do."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="figures")
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="figures")
    period_value = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    cumulative = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    computed = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    computed_source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("entry_id", "share__order", "id")
        constraints = (models.UniqueConstraint(fields=("entry", "share"), name="figure_once"),)

    def __str__(self) -> str:
        return f"{self.cumulative}"


class Evidence(WithUid):
    """佐证材料: a file that shows what an entry says; ``n`` counts within the commitment. Removed, never deleted."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="evidence")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)  # as the unit named it
    caption = models.CharField(max_length=200, blank=True)
    n = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    removed = models.DateTimeField(null=True)

    class Meta:
        ordering = ("commitment_id", "n")
        constraints = (models.UniqueConstraint(fields=("commitment", "n"), name="evidence_number_once"),)

    def __str__(self) -> str:
        return self.name


class ReturnVersion(WithUid):
    """A return as it was submitted, never changed. ``code`` is on the printed sheet (QR): the signed scan finds it."""

    report = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    code = models.CharField(max_length=16, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    scan = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    scan_name = models.CharField(max_length=255, blank=True)
    scanned = models.DateTimeField(null=True)

    class Meta:
        ordering = ("report_id", "-number")
        constraints = (models.UniqueConstraint(fields=("report", "number"), name="return_version_once"),)

    def __str__(self) -> str:
        return f"{self.report_id} v{self.number}"


class ReturnLink(WithUid):
    """一次性链接: lets whoever holds it fill one unit's return of one period, without login, until it expires."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="return_links")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="return_links")
    period = models.CharField(max_length=8)
    prefix = models.CharField(max_length=8, unique=True)  # the part of the secret that may be shown
    digest = models.CharField(max_length=64)  # SHA-256 of the whole secret
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)  # submitted through it: the link is spent
    revoked = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.period} {self.prefix}…"
