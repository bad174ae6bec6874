"""Merging a unit that stands twice, and taking the merge back."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantian.apps.areas.actions.rows import ChangeError, locked_unit
from lantian.apps.areas.models import Unit, UnitAlias, UnitMerge
from lantian.apps.core import audit, policy
from lantian.apps.core.models import User
from lantian.reading.text import compare_form

# What people call the rows of models that point at units; apps above this one are known here by name only.
_ROWS = {
    "areas.collectiverule": gettext_lazy("rules of collective units"),
    "areas.membership": gettext_lazy("roles of people"),
    "areas.unit": gettext_lazy("units below"),
    "areas.unitalias": gettext_lazy("other names"),
    "consultation.invitation": gettext_lazy("requests for comments"),
    "plans.assignment": gettext_lazy("duties in plans"),
}


class MergeError(ChangeError):
    """A merge that cannot be made, or not be taken back; says why."""


@transaction.atomic
def merge_units(user: User | None, duplicate: Unit, kept: Unit) -> UnitMerge:
    """Merge ``duplicate`` into ``kept``: what points at it points at the other one, its names become aliases.

    Whatever model of whatever app refers to a unit is moved, except rows that ``kept`` has already (the same person
    in the same role, the same alias): those stay where they are. The duplicate stays, closed, with ``merged_into``, so
    that old addresses lead on. Every moved key is kept, so that :func:`undo_merge` can take it back. Raises
    PermissionDenied, MergeError.
    """
    duplicate, kept = locked_unit(user, duplicate), locked_unit(user, kept)
    _check(duplicate, kept)
    merge = UnitMerge(kept=kept, duplicate=duplicate, closed_before=duplicate.closed, by=user)
    merge.moved = {key: moved for key, relation in _relations() if (moved := _move(relation, duplicate, kept))}
    merge.aliases = _take_names(duplicate, kept)
    duplicate.merged_into = kept
    duplicate.closed = duplicate.closed or timezone.localdate()
    duplicate.edited = kept.edited = True
    duplicate.save()
    kept.save(update_fields=["edited"])
    merge.save()
    counts = {key: len(moved) for key, moved in merge.moved.items()}
    after = {"merged_into": kept.name, "merged_into_uid": str(kept.uid), "moved": counts}
    audit.record(user, "unit.merge", duplicate, before={"name": duplicate.name}, after=after)
    audit.record(user, "unit.take_in", kept, before={}, after={"merged": duplicate.name, "moved": counts})
    return merge


@transaction.atomic
def undo_merge(user: User | None, merge: UnitMerge) -> int:
    """Take a merge back; returns how many rows stayed because somebody had pointed them elsewhere since.

    Raises PermissionDenied, and MergeError where a later merge of either unit must be taken back first.
    """
    if user is not None:
        policy.require(user, "directory.edit", merge.kept)
        policy.require(user, "directory.edit", merge.duplicate)
    merge = UnitMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    duplicate, kept = merge.duplicate, merge.kept
    if merge.undone is not None:
        raise MergeError(_("This merge has been taken back already."))
    if kept.merged_into_id is not None or duplicate.merged_into_id != kept.pk:
        raise MergeError(_("%(name)s was itself merged later; take that merge back first.") % {"name": kept.name})
    if Unit.objects.filter(area=duplicate.area, name=duplicate.name).exclude(pk=duplicate.pk).exists():
        raise MergeError(_("Another unit of this area bears the name %(name)s now.") % {"name": duplicate.name})
    stayed = sum(_move_back(relation, merge.moved.get(key, []), duplicate, kept) for key, relation in _relations())
    UnitAlias.objects.filter(pk__in=merge.aliases, unit=kept).delete()
    duplicate.merged_into, duplicate.closed = None, merge.closed_before
    duplicate.save()
    merge.undone = timezone.now()
    merge.save(update_fields=["undone"])
    audit.record(user, "unit.merge_undo", duplicate, before={"merged_into": kept.name}, after={"stayed": stayed})
    audit.record(user, "unit.merge_undo", kept, before={"merged": duplicate.name}, after={"stayed": stayed})
    return stayed


def moving(unit: Unit) -> list[tuple[str, int]]:
    """What a merge would move: what the rows are, in the reader's words, with how many there are."""
    found: dict[str, int] = {}
    for _key, relation in _relations():
        meta = relation.related_model._meta
        name = str(_ROWS.get(meta.label_lower, meta.verbose_name))
        found[name] = found.get(name, 0) + _rows(relation).filter(**{relation.field.name: unit}).count()
    return [(name, count) for name, count in found.items() if count]


def _check(duplicate: Unit, kept: Unit) -> None:
    if duplicate.pk == kept.pk:
        raise MergeError(_("Choose another unit: this is the same one."))
    if duplicate.area.path.split("/")[1] != kept.area.path.split("/")[1]:
        raise MergeError(_("The two units stand in different cities."))
    if duplicate.collective != kept.collective:
        raise MergeError(_("A collective unit and a single one cannot be the same."))
    above = kept.parent
    while above is not None:
        if above.pk == duplicate.pk:
            raise MergeError(_("The unit that stays stands below the other one; put it elsewhere first."))
        above = above.parent


def _relations() -> list[tuple[str, Any]]:
    """Every foreign key of every app that points at a unit, hidden ones too, by ``app.model.field``."""
    relations = [
        item
        for item in Unit._meta.get_fields(include_hidden=True)
        if item.auto_created and not item.concrete and (item.one_to_many or item.one_to_one)
    ]
    named = [
        (f"{item.related_model._meta.label_lower}.{item.field.name}", item)  # type: ignore[union-attr]
        for item in relations
        if item.related_model is not UnitMerge
    ]
    return sorted(named, key=lambda pair: pair[0])


def _rows(relation: Any) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = relation.related_model._base_manager.all()
    return rows


def _move(relation: Any, duplicate: Unit, kept: Unit) -> list[int]:
    """Point the rows of one relation at the unit that stays; returns the keys of those that could be."""
    name = relation.field.name
    rows = _rows(relation).filter(**{name: duplicate}).order_by("pk")
    if not _unique(relation):
        keys = list(rows.values_list("pk", flat=True))
        rows.update(**{name: kept})
        return keys
    return [key for key in rows.values_list("pk", flat=True) if _point(relation, key, kept)]


def _move_back(relation: Any, keys: list[int], duplicate: Unit, kept: Unit) -> int:
    """The other way round, for rows that still point at the unit that stayed; returns how many no longer do."""
    name = relation.field.name
    still = list(_rows(relation).filter(pk__in=keys, **{name: kept}).values_list("pk", flat=True))
    if not _unique(relation):
        _rows(relation).filter(pk__in=still).update(**{name: duplicate})
        return len(keys) - len(still)
    return len(keys) - sum(_point(relation, key, duplicate) for key in still)


def _point(relation: Any, key: int, unit: Unit) -> bool:
    """Point one row at a unit, unless a row like it is there already."""
    try:
        with transaction.atomic():
            _rows(relation).filter(pk=key).update(**{relation.field.name: unit})
    except IntegrityError:
        return False
    return True


def _unique(relation: Any) -> bool:
    """Whether a row may stand only once for a unit, alone or with other fields."""
    meta, name = relation.related_model._meta, relation.field.name
    together = [*meta.unique_together, *(item.fields for item in meta.total_unique_constraints)]
    partial = [item.fields for item in meta.constraints if isinstance(item, models.UniqueConstraint)]
    return relation.field.unique or any(name in fields for fields in (*together, *partial))


def _take_names(duplicate: Unit, kept: Unit) -> list[int]:
    """The duplicate's own names as aliases of the unit that stays, where it does not bear them yet."""
    own = {compare_form(name) for name in (kept.name, kept.short_name, kept.full_name) if name}
    own |= {compare_form(name) for name in kept.aliases.values_list("name", flat=True)}
    made = []
    for name in dict.fromkeys((duplicate.name, duplicate.short_name, duplicate.full_name)):
        if name and compare_form(name) not in own:
            own.add(compare_form(name))
            alias = UnitAlias.objects.create(unit=kept, name=name, source=duplicate.source)
            made.append(alias.pk)
    return made
