"""The page of one unit in the directory: names over time, other names, members; and what people change on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas import actions, queries, states
from lantian.apps.areas.actions import ChangeError
from lantian.apps.areas.collectives import Expander, area_kinds
from lantian.apps.areas.forms import AliasForm, RenameForm, RuleForm, UnitForm, area_choices, closing_day, day_of
from lantian.apps.areas.history import history
from lantian.apps.areas.models import Area, CollectiveRule, Level, Unit, UnitMerge
from lantian.apps.areas.names import current, names_over_time
from lantian.apps.areas.queries import Directory
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.core.trying import attempt

EDIT, NAMES = "directory.edit", "directory.learn"
_EVER = (date(1900, 1, 1), date(2999, 12, 31))

Rules = formset_factory(RuleForm, extra=1, max_num=60, absolute_max=60)


@require_safe
def unit(request: HttpRequest, uid: str) -> HttpResponse:
    """One unit as the directory knows it; forms for those who may change it. A merged duplicate leads on."""
    user = person(request)
    policy.require(user, "directory.view")
    row = _row(user, uid)
    if row.merged_into_id is not None:
        return redirect("areas:unit", uid=current(row).uid)
    return _page(request, row)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a unit, in the area that ``area`` names."""
    user = person(request)
    policy.require(user, EDIT)
    place = Area.objects.filter(code=request.POST.get("area") or request.GET.get("area", "")).first()
    first = {"area": place.code, "level": place.level} if place else {}
    form = UnitForm(request.POST or None, areas=_areas(user, place), above=_above(place), initial=first)
    if request.method == "POST":
        row = form.saved(lambda values: actions.save_unit(user, None, values))
        if row is not None:
            messages.success(request, _("%(name)s was entered.") % {"name": row.name})
            return redirect("areas:unit", uid=row.uid)
    return render(request, "areas/new.html", {"form": form, "what": "unit"})


@require_POST
def save(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct a unit."""
    user = person(request)
    row = _editable(user, uid, EDIT)
    form = UnitForm(request.POST, areas=_areas(user, row.area), above=_above(row.area))
    saved = form.saved(lambda values: actions.save_unit(user, row, values, seen=form.cleaned_data["seen"]))
    if saved is not None:
        messages.success(request, _("Saved."))
        return redirect("areas:unit", uid=row.uid)
    return _page(request, _row(user, uid), form=form)


@require_POST
def rename(request: HttpRequest, uid: str) -> HttpResponse:
    """Rename a unit from a day on."""
    user = person(request)
    row = _editable(user, uid, EDIT)
    form = RenameForm(request.POST)
    saved = form.saved(
        lambda values: actions.rename_unit(user, row, values.pop("on"), values, seen=form.cleaned_data["seen"])
    )
    if saved is not None:
        messages.success(request, _("Saved; plans of earlier years still find the unit by its old name."))
        return redirect("areas:unit", uid=row.uid)
    return _page(request, _row(user, uid), rename=form)


@require_POST
def close(request: HttpRequest, uid: str) -> HttpResponse:
    """Close a unit on a day, or open it again."""
    user = person(request)
    row = _editable(user, uid, EDIT)
    attempt(request, lambda: actions.close_unit(user, row, closing_day(request.POST.get("closed", ""))), _("Saved."))
    return redirect("areas:unit", uid=row.uid)


@require_POST
def aliases(request: HttpRequest, uid: str) -> HttpResponse:
    """Add, change or delete one other name; ``which`` is the one that is meant."""
    user = person(request)
    row = _editable(user, uid, NAMES)
    which = request.POST.get("which", "")
    known = row.aliases.filter(name=which).first() if which else None
    if known is not None and request.POST.get("delete"):
        actions.delete_alias(user, known)
        messages.success(request, _("%(name)s is no other name any more.") % {"name": which})
        return redirect("areas:unit", uid=row.uid)
    form = AliasForm(request.POST)
    saved = form.saved(lambda values: actions.save_alias(user, row, known, values))
    if saved is not None:
        messages.success(request, _("Saved."))
        return redirect("areas:unit", uid=row.uid)
    return _page(request, _row(user, uid), alias=form)


@require_POST
def rules(request: HttpRequest, uid: str) -> HttpResponse:
    """Save what a collective unit stands for, or only show what it would give on a day."""
    user = person(request)
    row = _editable(user, uid, EDIT)
    forms = Rules(request.POST, prefix="rule", form_kwargs={"directory": Directory(row.area, *_EVER)})
    if forms.is_valid():
        found = [rule for form in forms if (rule := form.rule()) is not None]
        if request.POST.get("preview"):
            return _page(request, row, rules=forms, unsaved=found)
        try:
            actions.save_rules(user, row, found)
        except ChangeError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("areas:unit", uid=row.uid)
    return _page(request, _row(user, uid), rules=forms)


def _row(user: User, uid: str) -> Unit:
    rows = Unit.objects.select_related("area", "parent", "merged_into").prefetch_related("aliases")
    return policy.get_or_404(user, rows, uid=uid)


def _editable(user: User, uid: str, right: str) -> Unit:
    row = _row(user, uid)
    policy.require(user, right, row)
    return row


def _areas(user: User, keep: Area | None) -> list[tuple[str, str]]:
    return area_choices(queries.reach(user, policy.ACTIONS[EDIT]), empty=keep is None, keep=keep)


def _above(place: Area | None) -> list[str]:
    """Names of the units that another one of the area may stand below."""
    if place is None:
        return []
    codes = place.path.strip("/").split("/")
    rows = Unit.objects.filter(area__code__in=codes, merged_into=None, collective=False, closed=None)
    return list(rows.order_by("-area__path", "id").values_list("name", flat=True))


def _page(
    request: HttpRequest, row: Unit, *, unsaved: list[CollectiveRule] | None = None, **bound: Any
) -> HttpResponse:
    user = person(request)
    state = states.unit_state(row)
    first = {**state, "seen": states.stamp(state)}
    on = day_of(request.POST.get("on", "") if unsaved is not None else request.GET.get("on", ""))
    context: dict[str, Any] = {
        "unit": row,
        "names": names_over_time(row),
        "aliases": [alias for alias in row.aliases.all() if not alias.former],
        "formers": [alias for alias in row.aliases.all() if alias.former],
        "may_edit": policy.can(user, EDIT, row),
        "may_name": policy.can(user, NAMES, row),
        "children": row.children.filter(merged_into=None).select_related("area").order_by("area__path", "id")[:60],
        "history": history(row),
        "merges": UnitMerge.objects.filter(kept=row, undone=None).select_related("duplicate", "by"),
        "on": on,
        "unsaved": unsaved is not None,
    }
    if row.collective:
        context |= _members(row, on, unsaved)
    if context["may_name"]:
        context["alias"] = bound.get("alias") or AliasForm(auto_id="id_alias_%s")
    if context["may_edit"]:
        above = _above(row.area)
        context["above"] = above
        context["form"] = bound.get("form") or UnitForm(
            areas=_areas(user, row.area), above=above, initial=first | {"area": row.area.code}
        )
        short = {name: state[name] for name in ("short_name", "full_name")} | {"seen": first["seen"]}
        context["rename"] = bound.get("rename") or RenameForm(initial=short, auto_id="id_rename_%s")
        if row.collective:
            context["rules"] = bound.get("rules") or _rule_forms(row)
            context["others"] = _member_names(row)
        for name in {"form", "rename"} & set(bound):
            bound[name].look_again(first["seen"])
    return render(request, "areas/unit.html", context)


def _members(row: Unit, on: date, unsaved: list[CollectiveRule] | None) -> dict[str, Any]:
    """What a collective unit stands for on a day, by the rules that are saved or that are being tried."""
    expander = Expander(row.area, on)
    if unsaved is None:
        found = expander.expand(row)
        shown = list(row.rules.select_related("member__area"))
    else:
        shown = unsaved
        found = expander.by_rules(row.area, [rule for rule in unsaved if _holds(rule, on)])
    return {"expansion": found, "rule_lines": [(rule, area_kinds(rule.kinds)) for rule in shown]}


def _holds(rule: CollectiveRule, on: date) -> bool:
    return (rule.since is None or rule.since <= on) and (rule.until is None or on <= rule.until)


def _rule_forms(row: Unit) -> Any:
    first = [
        {
            "kind": rule.kind,
            "kinds": rule.kinds.split(";"),
            "pattern": rule.pattern,
            "member": rule.member.name if rule.member else "",
            "since": rule.since,
            "until": rule.until,
            "source": rule.source,
        }
        for rule in row.rules.select_related("member")
    ]
    return Rules(prefix="rule", initial=first)


def _member_names(row: Unit) -> list[str]:
    """Names to choose members from: everything of the city but streets and towns."""
    top = row.area.path.split("/")[1]
    rows = Unit.objects.filter(area__path__startswith=f"/{top}/", collective=False, merged_into=None, closed=None)
    return list(rows.exclude(level=Level.TOWN).order_by("area__path", "id").values_list("name", flat=True)[:400])
