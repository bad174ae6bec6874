"""Changing what a collective unit stands for."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from lantian.apps.areas.actions.rows import ChangeError, check_days, keep, locked_unit
from lantian.apps.areas.models import CollectiveRule, RuleKind, Unit
from lantian.apps.areas.states import rule_state
from lantian.apps.core.models import User


@transaction.atomic
def save_rules(user: User | None, unit: Unit, rules: Sequence[CollectiveRule]) -> None:
    """Put these (unsaved) rules in the place of those that a collective unit has.

    Raises PermissionDenied, ChangeError (its ``field`` is ``rules``).
    """
    unit = locked_unit(user, unit)
    if not unit.collective:
        raise ChangeError(_("Only a collective unit stands for others."), "rules")
    for rule in rules:
        _check(unit, rule)
    before = [rule_state(rule) for rule in unit.rules.select_related("member__area")]
    after = [rule_state(rule) for rule in rules]
    if not keep(user, "unit.rules", unit, {"rules": before}, {"rules": after}):
        return
    unit.rules.all().delete()
    for rule in rules:
        rule.pk, rule.unit = None, unit
        rule.save()
    unit.edited = True
    unit.save(update_fields=["edited"])


def _check(unit: Unit, rule: CollectiveRule) -> None:
    check_days(rule.since, rule.until, "rules")
    if rule.kind == RuleKind.EACH and not (rule.kinds and rule.pattern):
        raise ChangeError(_("Say in which kinds of area, and by which name, the units are found."), "rules")
    if rule.kind == RuleKind.MEMBER and (rule.member is None or rule.member.pk == unit.pk):
        raise ChangeError(_("Say which unit is a member."), "rules")
    if rule.kind == RuleKind.MEMBER and rule.member is not None and rule.member.collective:
        raise ChangeError(_("A collective unit cannot be a member of another one; name the units."), "rules")
