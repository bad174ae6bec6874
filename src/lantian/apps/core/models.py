"""Tables of the core: docs/models.md says what each is for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.core.held import home
from lantian.apps.core.ids import uuid7


class WithUid(models.Model):
    """A row that addresses and the API name by its UUIDv7 ``uid``; the bigint key never leaves the house."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)

    class Meta:
        abstract = True


class User(WithUid, AbstractUser):
    """A person who may log in. What the person may do comes from memberships (role × unit), never from here."""

    display_name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=10, blank=True, choices=settings.LANGUAGES)
    demonstration = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)

    class Meta(AbstractUser.Meta):
        pass

    def __str__(self) -> str:
        return self.display_name or self.username


class LoginFailure(models.Model):
    """A failed login, counted per name and address to slow down guessing."""

    key = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.at:%Y-%m-%d %H:%M}"


class AppendOnlyError(Exception):
    """Somebody tried to change or delete what is only ever added to."""


class AuditEvents(models.QuerySet["AuditEvent"]):
    """Audit events can be added and read; the database refuses to change them, too (migration 0003)."""

    def bulk_create(self, objs: Iterable[AuditEvent], *args: Any, **kwargs: Any) -> list[AuditEvent]:
        """Add many, each with the area of its person (:meth:`AuditEvent.locate`)."""
        rows = list(objs)
        for row in rows:
            row.locate()
        return super().bulk_create(rows, *args, **kwargs)

    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class AuditEvent(WithUid):
    """Who did what to which object when, with the values before and after; rows are never changed.

    ``place`` is the path of the smallest area that holds all of the person's roles of that moment, blank where a role
    holds everywhere or no person acted: by it a district's office finds what its own people did, also after they left.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    request_id = models.CharField(max_length=36, blank=True)
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=60)
    object_uid = models.UUIDField(null=True, db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    place = models.CharField(max_length=200, blank=True, db_index=True)

    objects = AuditEvents.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_type}"

    def locate(self) -> None:
        """Fill in ``place`` from the person's roles unless it is known."""
        if not self.place and self.user is not None:
            self.place = home(self.user)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event. Raises AppendOnlyError for one that is stored already."""
        if not self._state.adding:
            raise AppendOnlyError
        self.locate()
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppendOnlyError


class StoredFile(WithUid):
    """A file that somebody gave us, kept once under its SHA-256 in the data folder."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the content lies: ``files/ab/abcd…`` in the data folder."""
        return Path(settings.LANTIAN_DATA) / "files" / self.sha256[:2] / self.sha256


class StagedState(models.TextChoices):
    """How far a file is that somebody brought."""

    STAGED = "staged", _("to be checked")
    ACCEPTED = "accepted", _("taken over")
    DROPPED = "dropped", _("dropped")


class Staged(WithUid):
    """A file as it was read, until a person takes all of it over or drops it (lantian.apps.core.staging)."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=StagedState.choices, default=StagedState.STAGED)
    rows = models.JSONField(default=list)  # of a list [[line, {field: text}]]
    problems = models.JSONField(default=list)  # [{"line", "column", "zh", "en"}]
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    finished = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name

    @property
    def waiting(self) -> bool:
        """Whether nobody decided on it yet."""
        return self.state == StagedState.STAGED


class JobState(models.TextChoices):
    """What a job is doing."""

    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(WithUid):
    """Work outside a request. Claimed by a conditional UPDATE; the lease says until when a worker owns it."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, null=True, unique=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=60, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    progress = models.CharField(max_length=60, blank=True)
    result = models.JSONField(null=True)
    error = models.JSONField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="jobs")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def active(self) -> bool:
        """Whether something will still happen to it."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)


class Token(WithUid):
    """令牌: lets a program act as its user within ``scopes`` (lantian.apps.core.tokens); its secret as a hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=8, unique=True)  # the part of the secret that may be shown
    digest = models.CharField(max_length=64)  # SHA-256 of the whole secret
    scopes = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} lt_{self.prefix}…"
