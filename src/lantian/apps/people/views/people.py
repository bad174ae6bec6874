"""人员: the list, a person's page, new people, and who has which right as CSV."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantian.apps.areas.models import Area, Level, Membership
from lantian.apps.core import downloads, policy, throttle
from lantian.apps.core.models import User
from lantian.apps.core.policy import person
from lantian.apps.people import actions, queries
from lantian.apps.people.errors import RegisterError
from lantian.apps.people.forms import PersonForm, RenameForm, RoleForm
from lantian.apps.people.queries import UnitNames
from lantian.apps.people.rights import MANAGE, keeps_account, reaches, units
from lantian.reading.output.rows import guard

PAGE = 50
STATES = (("active", gettext_lazy("active")), ("inactive", gettext_lazy("deactivated")),
          ("never", gettext_lazy("never logged in")))  # fmt: skip


def filters_of(request: HttpRequest, *names: str) -> dict[str, str]:
    """The filters of an address, blank where not given."""
    return {name: request.GET.get(name, "").strip()[:80] for name in names}


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a role within reach, narrowed by words, area, role and state."""
    user = person(request)
    policy.require(user, MANAGE)
    chosen = filters_of(request, "q", "area", "role", "state")
    rows = queries.people_page(
        policy.scope(user, User.objects.all()),
        text=chosen["q"], area=chosen["area"], role=chosen["role"], state=chosen["state"],
    )  # fmt: skip
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    waiting = throttle.waiting([row.username for row in page.object_list])
    context = {
        "page": page,
        "lines": [{"person": row, "waiting": row.username in waiting} for row in page.object_list],
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "areas": Area.objects.exclude(level=Level.TOWN).order_by("path"),
        "roles": policy.ROLES.items(),
        "states": STATES,
    }
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new person; the answer shows the first password this once."""
    user = person(request)
    policy.require(user, MANAGE)
    names = UnitNames(units(user, MANAGE))
    form = PersonForm(request.POST or None, names=names, everywhere=reaches(user, None))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made, password = actions.add_person(
                user, given["username"], given["display_name"], form.place(), given["roles"]
            )
        except RegisterError as error:
            form.refuse(error)
        else:
            return slips(request, [(made, password)])
    return render(request, "people/new.html", {"form": form, "labels": names.labels})


@require_safe
def one(request: HttpRequest, uid: str) -> HttpResponse:
    """A person: roles, account, history."""
    user = person(request)
    policy.require(user, MANAGE)
    return _page(request, user, _find(user, uid))


@require_POST
def rename(request: HttpRequest, uid: str) -> HttpResponse:
    """Correct the name."""
    user = person(request)
    policy.require(user, MANAGE)
    row = _find(user, uid)
    form = RenameForm(request.POST)
    if form.is_valid():
        actions.rename(user, row, form.cleaned_data["display_name"])
        return redirect("people:person", uid=row.uid)
    return _page(request, user, row, status=400, rename=form)


@require_POST
def add_role(request: HttpRequest, uid: str) -> HttpResponse:
    """Give a role."""
    user = person(request)
    policy.require(user, MANAGE)
    row = _find(user, uid)
    form = RoleForm(request.POST, names=UnitNames(units(user, MANAGE)), everywhere=reaches(user, None))
    if form.is_valid():
        try:
            actions.add_role(user, row, form.place(), form.cleaned_data["role"])
        except RegisterError as error:
            form.refuse(error)
        else:
            return redirect("people:person", uid=row.uid)
    return _page(request, user, row, status=400, role=form)


@require_POST
def remove_role(request: HttpRequest, uid: str) -> HttpResponse:
    """Take a role."""
    user = person(request)
    policy.require(user, MANAGE)
    row = _find(user, uid)
    held = [item for item in row.memberships.all() if str(item.uid) == request.POST.get("role", "")]
    if not held:
        messages.error(request, _("The person does not have this role any more."))
        return redirect("people:person", uid=row.uid)
    return _done(request, row, lambda: actions.remove_role(user, held[0]), _("The role is taken."))


@require_POST
def active(request: HttpRequest, uid: str) -> HttpResponse:
    """Deactivate the account, or let the person in again with a new first password."""
    user = person(request)
    policy.require(user, MANAGE)
    row = _find(user, uid)
    if request.POST.get("active") != "1":
        text = _("The account is deactivated: no session and no token of it works any more.")
        return _done(request, row, lambda: actions.deactivate(user, row), text)
    try:
        return slips(request, [(row, actions.reactivate(user, row))])
    except RegisterError as error:
        messages.error(request, error.message)
        return redirect("people:person", uid=row.uid)


@require_POST
def password(request: HttpRequest, uid: str) -> HttpResponse:
    """A new first password, shown this once."""
    user = person(request)
    policy.require(user, MANAGE)
    row = _find(user, uid)
    try:
        return slips(request, [(row, actions.reset_password(user, row))])
    except RegisterError as error:
        messages.error(request, error.message)
        return redirect("people:person", uid=row.uid)


@require_POST
def unlock(request: HttpRequest, uid: str) -> HttpResponse:
    """Let a person try again at once after too many failed logins."""
    user = person(request)
    policy.require(user, MANAGE)
    row = _find(user, uid)
    return _done(request, row, lambda: actions.unlock(user, row), _("The person can try to log in again."))


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """Who has which role in which unit, one line each, as CSV; texts are safe for spreadsheets."""
    user = person(request)
    policy.require(user, MANAGE)
    people = policy.scope(user, User.objects.all())
    rows = Membership.objects.filter(user__in=people.values("pk")).select_related("user", "unit__area")
    stream = StringIO()
    writer = csv.writer(stream)
    header = [
        pgettext("person", "Name"), _("Login name"), _("Unit"), _("Area"), _("Role"), _("State"), _("Last login"),
        _("One-time password"),
    ]  # fmt: skip
    writer.writerow(header)
    for row in rows.order_by("user__display_name", "user__username", "unit__area__path", "role"):
        unit, owner = row.unit, row.user
        last = timezone.localtime(owner.last_login).strftime("%Y-%m-%d %H:%M") if owner.last_login else ""
        cells = [
            owner.display_name, owner.username, unit.name if unit else _("everywhere"), unit.area.name if unit else "",
            row.get_role_display(), _("active") if owner.is_active else _("deactivated"), last,
            _("not changed yet") if owner.must_change_password else "",
        ]  # fmt: skip
        writer.writerow([guard(str(cell)) for cell in cells])
    name = f"lantian-rights-{timezone.localdate():%Y%m%d}.csv"
    return downloads.download(stream.getvalue().encode("utf-8-sig"), name, "text/csv; charset=utf-8")


def slips(request: HttpRequest, rows: list[tuple[User, str]]) -> HttpResponse:
    """First passwords on slips of paper: shown in this answer and nowhere else."""
    people = User.objects.prefetch_related("memberships__unit").in_bulk([row.pk for row, _password in rows])
    lines = [{"person": people[row.pk], "password": password} for row, password in rows]
    response = render(request, "people/slips.html", {"lines": lines, "address": request.build_absolute_uri("/")})
    response.headers["Cache-Control"] = "no-store"
    return response


def _find(user: User, uid: str) -> User:
    return policy.get_or_404(user, User.objects.prefetch_related("memberships__unit__area"), uid=uid)


def _done(request: HttpRequest, row: User, act: Any, text: str) -> HttpResponse:
    """Do something to the person and go back to the page, with what was done or why not."""
    try:
        act()
    except RegisterError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, text)
    return redirect("people:person", uid=row.uid)


def _page(
    request: HttpRequest, user: User, row: User, *, status: int = 200,
    role: RoleForm | None = None, rename: RenameForm | None = None,
) -> HttpResponse:  # fmt: skip
    names = UnitNames(units(user, MANAGE))
    own = user.pk == row.pk
    context = {
        "person": row,
        "roles": [
            {"row": item, "mine": not own and reaches(user, item.unit.area.path if item.unit else None)}
            for item in row.memberships.all()
        ],
        "own": own,
        "keeps": keeps_account(user, row),
        "waiting": bool(throttle.waiting([row.username])) or throttle.slowed(row.username),
        "role_form": role or RoleForm(names=names, everywhere=reaches(user, None)),
        "rename_form": rename or RenameForm(initial={"display_name": row.display_name}),
        "labels": names.labels,
        "tokens": row.tokens.filter(revoked=None, expires__gt=timezone.now()).count(),
    }
    return render(request, "people/person.html", context, status=status)
