"""The sheet: a plan's rows in memory while an edit changes them, and the way in which the change is written.

Operations (:mod:`rows`, :mod:`targets`, :mod:`plans`) change the sheet and nothing else; what differs
in the end is written, recorded and can be undone. So no operation needs to know what else it touches.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lantian.apps.areas.models import Area
from lantian.apps.areas.queries import Directory
from lantian.apps.core import audit
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans import checkup, queries
from lantian.apps.plans.actions.importing import directory_of
from lantian.apps.plans.actions.rows import change_rows
from lantian.apps.plans.content import Content, content_of, head_of
from lantian.apps.plans.models import Edit, Measure, Plan
from lantian.apps.plans.rereading import Rereader


class EditError(Exception):
    """An edit that cannot be done; nothing was changed.

    ``code`` names the reason for programs, ``field`` the field of the operation that is wrong (empty: none), and the
    text says it in the language of the request.
    """

    def __init__(self, code: str, message: str | Promise, field: str = "") -> None:
        super().__init__(str(message))
        self.code, self.field = code, field


class StaleError(Exception):
    """An edit that started from an older state of its row; nothing was changed.

    ``operation`` is what was asked for, ``current`` the row's content now and ``revision`` its revision; ``by`` and
    ``at`` tell who saved it last and when, where that is known.
    """

    def __init__(self, operation: Content, current: Content, revision: int, last: AuditEvent | None) -> None:
        super().__init__(_("Somebody else has changed this row in the meantime."))
        self.operation, self.current, self.revision = operation, current, revision
        self.by = last.user if last else None
        self.at = last.at if last else None


@dataclass(frozen=True, slots=True)
class EditResult:
    """What an edit (or its undoing) did: the record, and everything a page needs to show the plan's new state."""

    edit: Edit | None  # None where nothing changed
    revision: int  # of the plan
    rows: list[Content] = field(default_factory=list)  # rows made or changed, in the plan's order
    revisions: dict[str, int] = field(default_factory=dict)  # of these rows, by uid
    removed: list[str] = field(default_factory=list)  # uids
    order: list[str] | None = None  # uids of all rows where places changed
    head: Content = field(default_factory=dict)  # what changed of the plan itself


class Sheet:
    """The current text of a plan: ``rows`` by uid, their ``order``, and the plan's own fields, ``head``.

    Contents are never changed in place: an operation puts a new one in the place of the old.
    """

    def __init__(self, plan: Plan) -> None:
        measures = queries.detailed(Measure.objects.filter(plan=plan).order_by("n"))
        self.plan = plan
        self.rows: dict[str, Content] = {str(row.uid): content_of(row) for row in measures}
        self.order = list(self.rows)
        self.revisions = {str(row.uid): row.revision for row in measures}
        self.head = head_now(plan)
        self._origins = {str(row.uid): row.origin_id for row in measures if row.origin_id}
        self.rows_before, self.order_before, self.head_before = dict(self.rows), list(self.order), dict(self.head)
        self._directory: Directory | None = None
        self._rereader: Rereader | None = None

    def row(self, uid: str, field: str = "measure") -> Content:
        """One row. Raises EditError where the plan has none (any more)."""
        if uid not in self.rows:
            raise EditError("gone", _("This row is no longer in the plan."), field)
        return self.rows[uid]

    def put(self, content: Content) -> None:
        """Put a row's new content in the place of the old."""
        self.rows[content["uid"]] = content

    def place(self, uid: str) -> int:
        """Where a row stands, from 0."""
        return self.order.index(uid)

    def remove(self, uid: str) -> None:
        """Take a row out."""
        del self.rows[uid]
        self.order.remove(uid)

    def insert(self, content: Content, place: int) -> None:
        """Put a new row at a place, counted from 0."""
        self.rows[content["uid"]] = content
        self.order.insert(place, content["uid"])

    def in_order(self) -> list[Content]:
        """All rows as they stand, numbered from 1."""
        return [self.rows[uid] | {"n": n} for n, uid in enumerate(self.order, start=1)]

    def plan_now(self) -> Plan:
        """The plan as its head says now; a copy, not to be saved."""
        plan = copy.copy(self.plan)
        set_head(plan, self.head)
        return plan

    @property
    def directory(self) -> Directory:
        """The names in use where and when the plan holds."""
        if self._directory is None:
            self._directory = directory_of(self.plan_now())
        return self._directory

    def forget_words(self) -> None:
        """Make directory and grammars anew: the plan's year or area changed, or a name was learned."""
        self._directory = self._rereader = None

    @property
    def rereader(self) -> Rereader:
        """The grammars, set for this plan."""
        if self._rereader is None:
            self._rereader = Rereader.of(self.head["year"], self.head["region"], self.rows.values())
        return self._rereader

    def changed(self) -> list[str]:
        """Uids of the rows made or changed, in order; a row that only changed its place is not among them."""
        return [uid for uid in self.order if not same(self.rows_before.get(uid), self.rows[uid])]

    def write(self, *, renew_gaps: bool = True) -> tuple[list[Content], list[Content]]:
        """Renew the plan's check-up and write what differs; returns the rows touched, before and after.

        ``renew_gaps=False`` leaves the plan's own remarks as the head says (undoing brings back what they were).
        """
        self._check(renew_gaps)
        changed, removed = self.changed(), [uid for uid in self.order_before if uid not in self.rows]
        places = {uid: n for n, uid in enumerate(self.order, start=1)}
        after = [self.rows[uid] | {"n": places[uid]} for uid in changed]
        touched = [uid for uid in self.order_before if uid in removed or uid in set(changed)]
        before = [self.rows_before[uid] | self._origin(uid, removed) for uid in touched]
        reordered = self.order != self.order_before
        if after or removed or reordered:
            made = change_rows(self.plan, after, removed=removed, order=self.order if reordered else None)
            self.revisions |= {str(row.uid): row.revision for row in made}
        if self.head != self.head_before:
            set_head(self.plan, self.head)
            self.plan.save(update_fields=[*HEAD_FIELDS, "flags", "region"])
        return before, after

    def head_change(self) -> tuple[Content, Content]:
        """The fields of the plan itself that differ, before and after."""
        names = [name for name in self.head if self.head[name] != self.head_before[name]]
        return {name: self.head_before[name] for name in names}, {name: self.head[name] for name in names}

    def result(self, edit: Edit | None, after: list[Content]) -> EditResult:
        """What the caller gets, after :meth:`write`."""
        return EditResult(
            edit=edit,
            revision=self.plan.revision,
            rows=after,
            revisions={item["uid"]: self.revisions[item["uid"]] for item in after},
            removed=[uid for uid in self.order_before if uid not in self.rows],
            order=list(self.order) if self.order != self.order_before else None,
            head=self.head_change()[1],
        )

    def _check(self, renew_gaps: bool) -> None:
        rows = self.in_order()
        for content in checkup.renewed(rows):
            if content["flags"] != self.rows[content["uid"]]["flags"]:
                self.put(self.rows[content["uid"]] | {"flags": content["flags"]})
        if renew_gaps:
            before = [self.rows_before[uid] for uid in self.order_before]
            self.head = self.head | {"flags": checkup.renewed_gaps(self.head["flags"], before, rows)}

    def _origin(self, uid: str, removed: list[str]) -> Content:
        """What a removed row must still know when it comes back: which row it amends."""
        if uid not in removed or uid not in self._origins:
            return {}
        return {"origin": str(Measure.everything.values_list("uid", flat=True).get(pk=self._origins[uid]))}


HEAD_FIELDS = ("title", "year", "area", "level", "medium", "number", "issued")


def head_now(plan: Plan) -> Content:
    """What an edit may change of the plan itself; ``area`` by its code, dates as ISO text."""
    return head_of(plan) | {"area": plan.area.code if plan.area else None}


def set_head(plan: Plan, head: Content) -> None:
    """Give a plan the fields of a head (the reverse of :func:`head_now`); saves nothing."""
    for name in ("title", "year", "region", "level", "medium", "number", "flags"):
        setattr(plan, name, head[name])
    plan.issued = date.fromisoformat(head["issued"]) if head["issued"] else None
    if head["area"] != (plan.area.code if plan.area else None):
        plan.area = Area.objects.get(code=head["area"]) if head["area"] else None


def same(one: Content | None, other: Content) -> bool:
    """Whether two contents say the same, wherever their rows stand."""
    skip = ("n", "origin")
    return one is not None and _without(one, skip) == _without(other, skip)


def _without(content: Content, names: tuple[str, ...]) -> Content:
    return {key: value for key, value in content.items() if key not in names}


def typed(value: Any, name: str, most: int) -> str:
    """Typed words, without blanks around them. Raises EditError where they are no text or too long."""
    if not isinstance(value, str) or "\x00" in value:
        raise EditError("wrong_value", _("This value cannot be used for %s.") % name, "value")
    text = value.strip()
    if len(text) > most:
        raise EditError("too_long", _("This is too long: at most %d characters.") % most, "value")
    return text


def longest(model: type[Model], field: str) -> int:
    """How many characters a field of a model takes."""
    length: int = getattr(model._meta.get_field(field), "max_length", None) or 0
    return length


def check_revision(sheet: Sheet, operation: Content, uid: str, revision: Any) -> Content:
    """The row, if it is still as the operation knows it. Raises EditError or :class:`StaleError`."""
    content = sheet.row(uid)
    if sheet.revisions[uid] != revision:
        last = AuditEvent.objects.filter(object_uid=uid).select_related("user").first()
        now = content | {"n": sheet.place(uid) + 1}
        raise StaleError(operation, now, sheet.revisions[uid], last)
    return content


def audit_head(user: User, sheet: Sheet, kind: str) -> None:
    """The audit record of what changed of the plan itself, if anything did."""
    before, after = sheet.head_change()
    if after:
        audit.record(user, f"plan.{kind}", sheet.plan, before=before, after=after)
