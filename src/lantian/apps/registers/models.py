"""Tables of registers: rows of every declared register with their history, and files on their way in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core.ids import uuid7
from lantian.apps.core.models import Job, StoredFile, WithUid

KEY = 200  # characters of a row's key


class Route(models.TextChoices):
    """How a change came in."""

    FORM = "form", pgettext_lazy("how a change came", "by hand")
    IMPORT = "import", pgettext_lazy("how a change came", "from a file")
    API = "api", pgettext_lazy("how a change came", "from another system")
    MIGRATE = "migrate", pgettext_lazy("how a change came", "a new form of the register")
    DEMO = "demo", pgettext_lazy("how a change came", "demonstration")


class RegisterState(models.Model):
    """One row for each register that was ever written: held while it is written, so that changes have an order."""

    name = models.CharField(max_length=40, unique=True)
    change = models.PositiveBigIntegerField(default=0)  # number of the last change set
    shape = models.JSONField(default=dict)  # the declaration that its rows have (lantian.registers.migrating.Shape)
    lease = models.DateTimeField(null=True)  # until when a job has the register's way to the lake for itself

    def __str__(self) -> str:
        return f"{self.name} {self.change}"


class ChangeSet(WithUid):
    """变更批次: rows of one register that were changed together, by whom, as of which day, and how they came.

    ``written`` null is the outbox: the lake does not have it yet. ``number`` grows by one within a register.
    """

    register = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    route = models.CharField(max_length=8, choices=Route.choices)
    effective = models.DateField()
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255, blank=True)
    note = models.CharField(max_length=300, blank=True)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    written = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("register", "number"), name="change_number_once"),)
        indexes = (models.Index(fields=("written", "register"), name="change_outbox"),)

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


class Record(WithUid):
    """台账条目: what a row of a register says now. ``values`` are canonical (docs/registers.md), by field.

    ``area`` is the place of the row (its area field, else the area of its unit): rights go by it. ``lon`` and ``lat``
    are its first point, ``text`` its words for searching, normalised. Only rows of ``store: table`` stand here.
    """

    register = models.CharField(max_length=40)
    key = models.CharField(max_length=KEY)
    values = models.JSONField()
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    date = models.DateField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    text = models.TextField(blank=True)
    gone = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    change = models.ForeignKey(ChangeSet, on_delete=models.PROTECT, related_name="+")  # the last one

    class Meta:
        ordering = ("register", "key")
        constraints = (models.UniqueConstraint(fields=("register", "key"), name="record_key_once"),)
        indexes = (
            models.Index(fields=("register", "gone", "date"), name="record_by_date"),
            models.Index(fields=("register", "lat"), name="record_by_place"),
        )

    def __str__(self) -> str:
        return f"{self.register} {self.key}"


class RecordVersion(models.Model):
    """What a row said from a day on, as one change set left it; null ``values``: it was removed.

    Rows of ``store: lake`` have versions here only for what was changed by hand or by the API.
    """

    register = models.CharField(max_length=40)
    key = models.CharField(max_length=KEY)
    change = models.ForeignKey(ChangeSet, on_delete=models.PROTECT, related_name="versions")
    revision = models.PositiveIntegerField()
    values = models.JSONField(null=True)
    valid_from = models.DateField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("register", "key", "revision"), name="version_once"),)

    def __str__(self) -> str:
        return f"{self.register} {self.key} {self.revision}"


class ImportState(models.TextChoices):
    """How far a file is."""

    READING = "reading", pgettext_lazy("import of a register", "being read")
    MAPPING = "mapping", pgettext_lazy("import of a register", "columns to be confirmed")
    CHECKING = "checking", pgettext_lazy("import of a register", "being checked")
    READY = "ready", pgettext_lazy("import of a register", "to be taken over")
    ACCEPTING = "accepting", pgettext_lazy("import of a register", "being taken over")
    DONE = "done", _("taken over")
    DROPPED = "dropped", _("dropped")
    FAILED = "failed", pgettext_lazy("import of a register", "cannot be read")


class ImportSession(WithUid):
    """台账导入: a file of rows from upload to being taken over or dropped; nothing of it counts before that.

    ``columns`` is the header as printed: ``[{"at": 0, "letter": "A", "text": "…", "samples": [text…]}]``; ``mapping``
    says which field each column is: ``{"0": "code", "3": "place.lon"}``. ``remarks`` are about the file as a whole.
    """

    register = models.CharField(max_length=40)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.READING)
    effective = models.DateField()
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    shape = models.CharField(max_length=64, blank=True)
    datum = models.CharField(max_length=10, blank=True)  # of coordinates that name none
    remarks = models.JSONField(default=list)  # [{"zh", "en", "warning"}]
    error = models.JSONField(null=True)  # {"zh", "en"}: why it cannot be read
    rows = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)  # rows without a problem; warnings count as good
    bad = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)  # good rows whose key is new
    changes = models.PositiveIntegerField(default=0)  # good rows that change an existing one
    same = models.PositiveIntegerField(default=0)  # good rows that say what is kept already
    only_good = models.BooleanField(default=False)
    update = models.BooleanField(default=True)  # rows that change an existing one are taken over
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    change = models.ForeignKey(ChangeSet, null=True, on_delete=models.PROTECT, related_name="sessions")
    revision = models.PositiveIntegerField(default=1)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name


class StagedRow(models.Model):
    """One row of a file: canonical values, or what is wrong. Has every column of :class:`Record`: taking over is one
    INSERT … SELECT. ``base`` is the revision of the existing row that it was compared with (0: there is none)."""

    session = models.ForeignKey(ImportSession, on_delete=models.CASCADE, related_name="staged")
    line = models.PositiveIntegerField()
    uid = models.UUIDField(default=uuid7)
    key = models.CharField(max_length=KEY)
    values = models.JSONField()
    given = models.JSONField(default=dict)  # {field: text as it stands in the file}, of the fields with problems
    problems = models.JSONField(default=list)  # [{"field", "zh", "en", "warning"}]
    bad = models.BooleanField(default=False)
    warned = models.BooleanField(default=False)
    verdict = models.CharField(max_length=6)  # new, change, same; blank where it is bad
    base = models.PositiveIntegerField(default=0)
    area_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    date = models.DateField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("line",)
        indexes = (models.Index(fields=("session", "bad", "line"), name="staged_by_problem"),)

    def __str__(self) -> str:
        return f"{self.session_id} {self.line}"


class HeaderMemory(models.Model):
    """表头记忆: how the columns of a header shape were mapped, so that the next file like it maps itself."""

    register = models.CharField(max_length=40)
    shape = models.CharField(max_length=64)  # SHA-256 of the normalised headings
    columns = models.JSONField()  # [heading…]
    mapping = models.JSONField()
    at = models.DateTimeField(auto_now=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "shape"), name="header_shape_once"),)

    def __str__(self) -> str:
        return f"{self.register} {self.shape[:8]}"
