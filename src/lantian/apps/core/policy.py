"""Who may do what (contracts §7, *Rights*): ``can`` for actions, ``scope`` for rows.

A right is role × unit subtree × area subtree. Apps above the core tell, when they start, which rows of a model a person
may see (:func:`scoped`) and where an object lies (:func:`located`); the core itself knows only the role table.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from lantian.apps.core.held import home as home
from lantian.apps.core.held import memberships as memberships
from lantian.apps.core.models import User

COORDINATOR = "coordinator"
REVIEWER = "reviewer"
REPORTER = "reporter"
INSPECTOR = "inspector"
VIEWER = "viewer"
ADMINISTRATOR = "administrator"

ROLES = {
    COORDINATOR: _("coordinator"),
    REVIEWER: _("reviewer"),
    REPORTER: _("reporter"),
    INSPECTOR: _("inspector"),
    VIEWER: _("viewer"),
    ADMINISTRATOR: _("administrator"),
}
EVERYBODY = frozenset(ROLES)
# These roles hold for the whole area of their unit; the others for the unit itself and the units under it.
OFFICE = frozenset({COORDINATOR, REVIEWER, ADMINISTRATOR})

ACTIONS: dict[str, frozenset[str]] = {
    "plan.view": EVERYBODY,
    "plan.view_draft": frozenset({COORDINATOR, REVIEWER, ADMINISTRATOR}),
    "plan.upload": frozenset({COORDINATOR, ADMINISTRATOR}),
    "plan.edit": frozenset({COORDINATOR, ADMINISTRATOR}),
    "plan.publish": frozenset({COORDINATOR, ADMINISTRATOR}),
    "plan.comment": frozenset({COORDINATOR, REVIEWER, REPORTER}),
    "plan.consult": frozenset({COORDINATOR}),
    "duty.view": EVERYBODY,
    "duty.assign": frozenset({COORDINATOR}),
    "return.write": frozenset({COORDINATOR, REPORTER}),
    "return.review": frozenset({COORDINATOR, REVIEWER}),
    "link.confirm": frozenset({COORDINATOR}),
    "letter.draft": frozenset({COORDINATOR}),
    "paper.draft": frozenset({COORDINATOR}),
    "paper.view": EVERYBODY,
    "scorecard.edit": frozenset({COORDINATOR}),
    "scorecard.view": EVERYBODY,
    "scorecard.appeal": frozenset({COORDINATOR, REPORTER}),
    "people.manage": frozenset({ADMINISTRATOR}),
    "liaison.view": EVERYBODY,
    "liaison.edit": frozenset({COORDINATOR, REPORTER, ADMINISTRATOR}),
    "history.search": frozenset({COORDINATOR, ADMINISTRATOR}),
    "directory.learn": frozenset({COORDINATOR, ADMINISTRATOR}),
    "directory.edit": frozenset({ADMINISTRATOR}),
    "history.view": EVERYBODY,
    "directory.view": EVERYBODY,
    "bulletin.view": EVERYBODY,
    "bulletin.receive": frozenset({COORDINATOR}),
    "bulletin.draft": frozenset({COORDINATOR}),
    "station.view": EVERYBODY,
    "station.edit": frozenset({COORDINATOR}),
    "forecast.view": EVERYBODY,
    "forecast.edit": frozenset({COORDINATOR}),
    "register.view": EVERYBODY,
    "register.edit": frozenset({COORDINATOR, REPORTER, INSPECTOR}),
    "indicator.view": EVERYBODY,
    "binding.confirm": frozenset({COORDINATOR}),
    "exemption.ask": frozenset({COORDINATOR, REPORTER}),
    "exemption.approve": frozenset({COORDINATOR}),
    "device.view": frozenset({COORDINATOR, REVIEWER, INSPECTOR, ADMINISTRATOR}),
    "device.edit": frozenset({COORDINATOR, ADMINISTRATOR}),
}

Person = User | AnonymousUser
M = TypeVar("M", bound=Model)
_scopes: dict[type[Model], Callable[[User, Any], Any]] = {}
_wider: dict[type[Model], list[Callable[[User], Q | None]]] = {}
_places: dict[type[Model], Callable[[User, str, Any], bool]] = {}


def scoped(model: type[M], rows: Callable[[User, QuerySet[M]], QuerySet[M]]) -> None:
    """Register which rows of ``model`` a person may see."""
    _scopes[model] = rows


def also_scoped(model: type[Model], rows: Callable[[User], Q | None]) -> None:
    """Widen the scope of ``model``, for an app above the one that registered it.

    ``rows`` gives the condition of the further rows that a person may see, or None where there can be none. It is put
    into the same query; a condition that looks at other tables wants a subquery (``pk__in``), not a join, which would
    repeat rows.
    """
    _wider.setdefault(model, []).append(rows)


def located(model: type[M], inside: Callable[[User, str, M], bool]) -> None:
    """Register whether an object of ``model`` lies where one of the person's roles for the action holds."""
    _places[model] = inside


def person(request: HttpRequest) -> User:
    """Who asks; the middleware lets nobody else through to a page that asks for a person."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def roles(user: Person) -> frozenset[str]:
    """The roles that the person's memberships give, anywhere."""
    return frozenset(role for role, _path in memberships(user))


def can(user: Person, action: str, obj: Model | None = None) -> bool:
    """Whether the person may do ``action`` (a key of :data:`ACTIONS`), to ``obj`` if one is given."""
    if not roles(user) & ACTIONS[action]:
        return False
    if obj is None or not isinstance(user, User) or type(obj) not in _places:
        return True
    return _places[type(obj)](user, action, obj)


def scope(user: Person, rows: QuerySet[M]) -> QuerySet[M]:
    """The rows that the person may see; a model that registered no rule shows nothing."""
    rule = _rule(user, rows.model)
    if rule is None or not isinstance(user, User):
        return rows.none()
    further = _further(user, rows.model)
    if not further:
        scoped_rows: QuerySet[M] = rule(user, rows)
        return scoped_rows
    visible = Q(pk__in=rule(user, rows.model._base_manager.all()).values("pk"))
    for more in further:
        visible |= more
    return rows.filter(visible)


def _rule(user: Person, model: type[Model]) -> Callable[[User, Any], Any] | None:
    """The rule of a model's rows; None for who sees nothing."""
    return _scopes.get(model) if roles(user) else None


def _further(user: User, model: type[Model]) -> list[Q]:
    """What widens the scope of a model for the person."""
    return [more for widen in _wider.get(model, ()) if (more := widen(user)) is not None]


def require(user: Person, action: str, obj: Model | None = None) -> None:
    """Raise PermissionDenied (403) unless :func:`can`."""
    if not can(user, action, obj):
        raise PermissionDenied


def can_at_top(user: Person, action: str) -> bool:
    """Whether a role that allows ``action`` holds everywhere or for a whole city.

    For what belongs to the installation (working days, templates): a district's administrator does not change it.
    """
    return any(role in ACTIONS[action] and (path is None or path.count("/") == 2) for role, path in memberships(user))


def require_at_top(user: Person, action: str) -> None:
    """Raise PermissionDenied unless :func:`can_at_top`."""
    if not can_at_top(user, action):
        raise PermissionDenied


def get_or_404(user: Person, rows: QuerySet[M], **lookup: Any) -> M:
    """One row in the person's scope; what is outside does not exist for the person (404, contracts §7).

    What widens the scope is asked only about a row outside of the rule: most are inside, and it is the longer part.
    """
    rule = _rule(user, rows.model)
    if rule is None or not isinstance(user, User):
        raise Http404
    missing: type[Exception] = rows.model.DoesNotExist  # type: ignore[attr-defined]
    try:
        found: M = rule(user, rows).get(**lookup)
    except missing:
        further = _further(user, rows.model)
        if not further:
            raise Http404 from None
        try:
            found = rows.filter(reduce(or_, further)).get(**lookup)
        except missing:
            raise Http404 from None
    return found
