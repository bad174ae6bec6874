"""Lists of people and of liaisons: their columns, rows as read, and what is wrong with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone, translation

from lantian.apps.areas.models import Unit
from lantian.apps.core import policy
from lantian.apps.core.columns import Column, Problem, Row, columns_of
from lantian.apps.core.columns import rows_of as by_columns
from lantian.apps.core.entries import day_of, no_day
from lantian.apps.core.models import User
from lantian.apps.people import logins, queries
from lantian.apps.people.models import Liaison, ListKind, Post
from lantian.apps.people.rights import EDIT, MANAGE, units

LONGEST = {"name": 40, "title": 60, "phone": 40, "email": 254, "note": 200}
MOST = 2000  # rows of one list


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A row of a list of people that can be taken over."""

    line: int
    name: str
    username: str
    unit: Unit
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A row of a list of liaisons; ``what`` is ``new``, ``changed``, ``successor`` or ``same``."""

    line: int
    unit: Unit
    post: str
    values: dict[str, Any]
    what: str
    old: Liaison | None


@cache
def columns(kind: str) -> dict[str, Column]:
    """The columns of a list by field, in order."""
    return columns_of(Path(__file__).parent / "data" / "columns.yaml", kind)


def rows_of(kind: str, given: list[list[Any]]) -> tuple[list[Row], list[Problem]]:
    """What the worker read as rows by field, and what is wrong with the headings."""
    return by_columns(given, columns(kind), MOST, ("只有表头，没有人员", "there is a heading and nobody below it"))


def new_people(by: User, rows: list[Row]) -> tuple[list[NewPerson], list[Problem]]:
    """The people that a list would bring, and every problem by row; an account that is there already is a problem."""
    names = queries.UnitNames(units(by, MANAGE))
    roles = _role_words()
    found: list[NewPerson] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    taken = logins.taken(_login(values) for _line, values in rows)
    for line, values in rows:
        wrong = _missing(ListKind.PEOPLE, line, values)
        unit = names.find(values.get("unit", ""))
        if unit is None and values.get("unit"):
            wrong.append(_no_unit(line, values["unit"]))
        words = [word for word in values.get("roles", "").replace("，", "、").replace(",", "、").split("、") if word]
        unknown = [word for word in words if queries.folded(word) not in roles]
        if unknown:
            wrong.append(_no_role(line, unknown[0]))
        login = _login(values)
        wrong += _login_problems(line, login, seen, taken)
        problems += wrong
        if not wrong and unit is not None:
            given = tuple(dict.fromkeys(roles[queries.folded(word)] for word in words))
            found.append(NewPerson(line, values["name"], login, unit, given))
    return found, problems


def new_entries(by: User, rows: list[Row]) -> tuple[list[NewEntry], list[Problem]]:
    """What a list of liaisons would enter or change, and every problem by row. Nobody is ended by being left out."""
    names = queries.UnitNames(units(by, EDIT))
    today = timezone.localdate()
    posts = _post_words()
    keys = [unit.pk for _line, values in rows if (unit := names.find(values.get("unit", ""))) is not None]
    held = {(row.unit_id, row.post): row for row in Liaison.objects.filter(unit__in=keys, until=None)}
    found: list[NewEntry] = []
    problems: list[Problem] = []
    seen: dict[tuple[int, str], int] = {}
    for line, values in rows:
        wrong = _missing(ListKind.LIAISONS, line, values)
        unit = names.find(values.get("unit", ""))
        if unit is None and values.get("unit"):
            wrong.append(_no_unit(line, values["unit"]))
        post = posts.get(queries.folded(values.get("post", "")), "")
        if not post and values.get("post"):
            wrong.append(Problem(line, "post", "没有这个岗位，应为：" + "、".join(POST_WORDS.values()), "no such post"))
        since, bad_day = _day(line, values.get("since", ""), today)
        wrong += bad_day + _words(line, values)
        if unit is not None and post and not wrong:
            wrong += _twice(line, seen, (unit.pk, post))
            old = held.get((unit.pk, post))
            taken = {name: values.get(name, "") for name in LONGEST}
            entry = _entry(line, unit, post, taken | {"since": since}, old, given=bool(values.get("since")))
            if entry.what == "successor" and old is not None and since <= old.since:
                wrong.append(
                    Problem(
                        line, "since", f"{old.name}自{old.since}起任职，接任者应晚于这一天", "not after the old entry"
                    )
                )
            if not wrong:
                found.append(entry)
        problems += wrong
    return found, problems


def _entry(line: int, unit: Unit, post: str, values: dict[str, Any], old: Liaison | None, *, given: bool) -> NewEntry:
    """What the row means beside the entry that holds the post now; a blank day leaves the old one's day."""
    if old is None:
        return NewEntry(line, unit, post, values, "new", None)
    if queries.folded(old.name) != queries.folded(values["name"]):
        return NewEntry(line, unit, post, values, "successor", old)
    kept = values if given else values | {"since": old.since}
    same = all(getattr(old, name) == value for name, value in kept.items())
    return NewEntry(line, unit, post, kept, "same" if same else "changed", old)


POST_WORDS = {
    Post.LEADER: "分管领导", Post.HEAD: "科室负责人", Post.LIAISON_A: "联络员A角", Post.LIAISON_B: "联络员B角",
}  # fmt: skip


@cache
def _post_words() -> dict[str, str]:
    return {queries.folded(word): post.value for post, label in POST_WORDS.items() for word in (label, post.value)}


@cache
def _role_words() -> dict[str, str]:
    """Roles by their Chinese and English names and their codes."""
    found: dict[str, str] = {}
    for code, label in policy.ROLES.items():
        words = {code}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                words.add(str(label))
        found |= {queries.folded(word): code for word in words}
    return found


def _missing(kind: str, line: int, values: dict[str, str]) -> list[Problem]:
    return [
        Problem(line, column.field, "必填", "required")
        for column in columns(kind).values()
        if column.required and not values.get(column.field)
    ]


def _no_unit(line: int, name: str) -> Problem:
    return Problem(
        line, "unit", f"您管理的范围内没有“{name}”，或者不止一个", f"no unit {name!r} in your area, or several"
    )


def _no_role(line: int, word: str) -> Problem:
    with translation.override("zh-hans"):
        known = "、".join(str(label) for label in policy.ROLES.values())
    return Problem(line, "roles", f"没有角色“{word}”，应为：{known}", f"no role {word!r}")


def _login(values: dict[str, str]) -> str:
    """The login that a row asks for: as written, else the telephone number, else the name."""
    return values.get("username") or "".join(values.get("phone", "").split("-")) or values.get("name", "")


def _login_problems(line: int, login: str, seen: dict[str, int], taken: set[str]) -> list[Problem]:
    if not login:
        return []
    if not logins.fits(login):
        return [
            Problem(
                line, "username", f"登录名“{login}”只能有字母、汉字、数字和@.+-_，最多{logins.LONGEST}个",
                f"login {login!r}: only letters, digits and @.+-_, at most {logins.LONGEST}",
            )
        ]  # fmt: skip
    if login.lower() in taken:
        return [Problem(line, "username", f"登录名“{login}”已有人使用", f"the login {login!r} is taken")]
    if (earlier := seen.setdefault(login.lower(), line)) != line:
        return [Problem(line, "username", f"与第{earlier}行的登录名相同", f"the same login as in line {earlier}")]
    return []


def _day(line: int, text: str, today: date) -> tuple[date, list[Problem]]:
    if not text:
        return today, []
    try:
        return day_of(text), []
    except ValueError:
        return today, [Problem(line, "since", *no_day(text))]


def _words(line: int, values: dict[str, str]) -> list[Problem]:
    found = [
        Problem(line, field, f"最多{most}个字", f"at most {most} characters")
        for field, most in LONGEST.items()
        if len(values.get(field, "")) > most
    ]
    if values.get("email"):
        try:
            validate_email(values["email"])
        except ValidationError:
            found.append(Problem(line, "email", "不是邮箱地址", "not an e-mail address"))
    return found


def _twice(line: int, seen: dict[tuple[int, str], int], key: tuple[int, str]) -> list[Problem]:
    earlier = seen.setdefault(key, line)
    if earlier == line:
        return []
    return [Problem(line, "post", f"与第{earlier}行是同一单位的同一岗位", f"the same post as in line {earlier}")]
