"""Liaisons, handovers, and lists that wait to be taken over: docs/models.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lantian.apps.areas.models import Unit
from lantian.apps.core.models import Staged, WithUid


class Post(models.TextChoices):
    """What a person is for the unit's part of the plans."""

    LEADER = "leader", _("leader in charge")  # 分管领导
    HEAD = "head", _("section head")  # 科室负责人
    LIAISON_A = "liaison_a", _("liaison A")  # 联络员 A 角
    LIAISON_B = "liaison_b", _("liaison B")


class Liaison(WithUid):
    """联络人: who answers for a unit from a day on; earlier ones stay with the day on which they ended."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="liaisons")
    post = models.CharField(max_length=12, choices=Post.choices)
    name = models.CharField(max_length=40)
    title = models.CharField(max_length=60, blank=True)  # 职务
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="liaisons"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("unit__area__code", "unit__id", "post", "-since")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "post"), condition=models.Q(until=None), name="one_liaison_for_a_post"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Handover(WithUid):
    """移交: one liaison took over from another, with the open duties of that day as they were (``content``)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    post = models.CharField(max_length=12, choices=Post.choices)
    old = models.ForeignKey(Liaison, null=True, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(Liaison, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    witness = models.CharField(max_length=40, blank=True)  # 监交人
    content = models.JSONField(default=list)  # the open duties of the day: [{"plan", "n", "seq", "text", "role", …}]
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day}"


class ListKind(models.TextChoices):
    """What a list brings."""

    PEOPLE = "people", _("people")
    LIAISONS = "liaisons", _("liaisons")


class StagedList(Staged):
    """名单导入: a list as it was read, waiting until a person takes it over as a whole or drops it."""

    kind = models.CharField(max_length=10, choices=ListKind.choices)
    made = models.JSONField(default=list)  # uids of the people that the list brought, in its order
