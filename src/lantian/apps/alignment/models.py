"""Tables of alignment: docs/models.md says what each is for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from lantian.apps.core.models import WithUid
from lantian.apps.plans.models import Measure, Plan


class Relation(models.TextChoices):
    """What a row makes of the rows above it that it implements (docs/alignment.md, *Relations*)."""

    VERBATIM = "verbatim", pgettext_lazy("relation of rows", "the same")
    ADAPTED = "adapted", pgettext_lazy("relation of rows", "reworded")
    NARROWED = "narrowed", pgettext_lazy("relation of rows", "cut down")
    TIGHTENED = "tightened", pgettext_lazy("relation of rows", "tightened")
    LOOSENED = "loosened", pgettext_lazy("relation of rows", "loosened")
    ADDED = "added", pgettext_lazy("relation of rows", "added")


class LinkState(models.TextChoices):
    """Whether a person has looked."""

    PROPOSED = "proposed", pgettext_lazy("link of rows", "to be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("link of rows", "confirmed")


class Alignment(WithUid):
    """对照: a plan laid beside the plans above it, as it was done last."""

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="alignment")
    cities = models.ManyToManyField(Plan, related_name="aligned")
    untaken = models.JSONField(default=list)  # [{"measure": uid, "text"}]: parts of taken rows that no row says
    at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.plan_id)


class Link(WithUid):
    """承接: what one row of a plan implements. Its rows above are :class:`Partner`, none where it is ``added``.

    A proposal is replaced by every new alignment; what a person confirmed stays until a person opens it again.
    """

    measure = models.OneToOneField(Measure, on_delete=models.CASCADE, related_name="link")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    changes = models.JSONField(default=list)  # [{"field", "from", "to"}]: contracts §2
    pieces = models.JSONField(default=list)  # [{"state", "city", "district", "measure"}]: clauses side by side
    confidence = models.FloatField(default=0)  # share of the row that was found above
    state = models.CharField(max_length=10, choices=LinkState.choices, default=LinkState.PROPOSED)
    edited = models.BooleanField(default=False)  # a person changed the relation or the rows
    note = models.CharField(max_length=300, blank=True)
    wording = models.CharField(max_length=16, editable=False)  # of the row's text when it was compared or confirmed
    revision = models.PositiveIntegerField(default=1)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("measure__plan", "measure__n")

    def __str__(self) -> str:
        return f"{self.measure_id} {self.relation}"

    @property
    def confirmed(self) -> bool:
        """Whether a person said so."""
        return self.state == LinkState.CONFIRMED


class Partner(models.Model):
    """A row above that the link's row implements, the main one first."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="partners")
    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="taken_by")
    order = models.PositiveSmallIntegerField()
    wording = models.CharField(max_length=16, editable=False)  # as in Link

    class Meta:
        ordering = ("link_id", "order")
        constraints = (models.UniqueConstraint(fields=("link", "measure"), name="partner_once_in_link"),)

    def __str__(self) -> str:
        return f"{self.link_id} {self.measure_id}"


class Continuation(WithUid):
    """上年对应: a row of a plan goes on from a row of an earlier year's, as a person accepted it.

    Beside :class:`Link`, not in it: a row implements one set of rows above, by one relation that is proposed and
    confirmed; from year to year rows split and merge, several states hold at once (continued, tightened, renumbered),
    and only what was accepted is kept.
    """

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="continues")
    earlier = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="continued_by")
    states = models.JSONField(default=list)  # of comparing.years.STATES, in that order
    changes = models.JSONField(default=list)  # [{"field", "from", "to"}]: contracts §2
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("measure__plan", "measure__n", "earlier__n")
        constraints = (models.UniqueConstraint(fields=("measure", "earlier"), name="continuation_once"),)

    def __str__(self) -> str:
        return f"{self.earlier_id} → {self.measure_id}"
