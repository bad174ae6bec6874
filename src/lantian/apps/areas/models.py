"""Areas, units, their other names, and memberships: docs/models.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lantian.apps.core import policy
from lantian.apps.core.models import Staged, WithUid


class Level(models.TextChoices):
    """Level of government, as in the reader's ``level``."""

    NATIONAL = "national", pgettext_lazy("level of government", "national")
    PROVINCIAL = "provincial", pgettext_lazy("level of government", "provincial")
    MUNICIPAL = "municipal", pgettext_lazy("level of government", "municipal")
    DISTRICT = "district", pgettext_lazy("level of government", "district")
    TOWN = "town", pgettext_lazy("level of government", "town or street")


class AreaKind(models.TextChoices):
    """What sort of area it is; assessment areas that GB/T 2260 does not know have kinds of their own."""

    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    DISTRICT = "district", _("district")
    COUNTY = "county", _("county")
    ZONE = "zone", _("development zone")
    STREET = "street", _("street")
    TOWN = "town", _("town")
    TOWNSHIP = "township", _("township")
    AREA_OFFICE = "area_office", _("area office")
    OTHER = "other", _("other")


class Area(WithUid):
    """区域: one place in the dated tree of areas."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=30)
    kind = models.CharField(max_length=12, choices=AreaKind.choices)
    level = models.CharField(max_length=12, choices=Level.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=200, db_index=True, editable=False)  # codes from the root, ``/110000/110102/``
    opened = models.DateField(null=True, blank=True)
    closed = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    edited = models.BooleanField(default=False)  # people keep this row: data files leave it alone

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class AreaPast(models.Model):
    """What an area was through one day: its name and the area above it, before it was renamed or moved (更名, 划转)."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="pasts")
    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=30)
    parent = models.ForeignKey(Area, null=True, blank=True, on_delete=models.PROTECT, related_name="past_children")
    until = models.DateField()

    class Meta:
        ordering = ("area", "until")
        constraints = (models.UniqueConstraint(fields=("area", "until"), name="area_past_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.name} –{self.until}"


class Unit(WithUid):
    """单位: an organisation. A collective unit (各区政府) stands for several, expanded as of a plan's date.

    ``name`` is the name of today, in use since ``named_since`` (null: as long as the unit); the names before it are
    aliases marked ``former``. A unit that turned out to be another one twice has ``merged_into`` and is closed.
    """

    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=60, blank=True)
    full_name = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="units")
    collective = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    opened = models.DateField(null=True, blank=True)
    closed = models.DateField(null=True, blank=True)
    named_since = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    source = models.CharField(max_length=120, blank=True)
    edited = models.BooleanField(default=False)  # people keep this row: data files leave it alone

    class Meta:
        ordering = ("area__code", "id")
        constraints = (models.UniqueConstraint(fields=("area", "name"), name="unit_once_in_area"),)

    def __str__(self) -> str:
        return self.name


class UnitAlias(models.Model):
    """Another name of a unit: an older, a shorter, or the one that some plans print; since and until may be open."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    misreading = models.BooleanField(default=False)  # no name in use: what scans and dumps make of the unit's name
    former = models.BooleanField(default=False)  # was the unit's own name in those days (更名前的名称)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("unit", "name"), name="alias_once_for_unit"),)

    def __str__(self) -> str:
        return self.name


class RuleKind(models.TextChoices):
    """How a collective unit finds its members."""

    EACH = "each", _("one in each area")
    MEMBER = "member", _("this unit")
    ASK = "ask", _("a person decides")


class CollectiveRule(models.Model):
    """集合单位的展开规则: one line of what a collective unit stands for; the lines in force on a day add up.

    ``each``: in every area of ``kinds`` below the collective's area the unit that ``pattern`` names. ``member``: that
    unit. ``ask`` (相关区政府, 各相关单位): nobody is guessed; with kinds and pattern it offers candidates.
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=8, choices=RuleKind.choices)
    kinds = models.CharField(max_length=120, blank=True)  # area kinds, joined with ;
    pattern = models.CharField(max_length=120, blank=True)  # {area}政府; alternatives joined with |
    member = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="collectives")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("unit", "id")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.pattern}"


class UnitMerge(WithUid):
    """合并: a duplicate that was merged, with every key that moved, so that the merge can be taken back."""

    kept = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    duplicate = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)  # {"plans.assignment.unit": [keys]}
    aliases = models.JSONField(default=list)  # keys of the aliases that the merge made
    closed_before = models.DateField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    undone = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.kept_id}"


class DirectoryImport(Staged):
    """名录导入: a workbook as it was read, waiting until a person takes it over as a whole or drops it."""

    rows = models.JSONField(default=dict)  # {sheet: [[line, {field: text}]]}
    changes = models.JSONField(default=list)  # [{"sheet", "line", "what", "key", "fields": [{"field", "old", "new"}]}]
    remarks = models.JSONField(default=list)  # of the whole file: [{"zh", "en"}]


class Membership(WithUid):
    """A person's role in a unit; it holds for the unit's area and every area below it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=list(policy.ROLES.items()))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "unit", "role"), name="membership_once"),
            models.UniqueConstraint(
                fields=("user", "role"), condition=models.Q(unit=None), name="membership_everywhere_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.unit_id or '-'}"
