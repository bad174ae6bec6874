"""An invented city of any size: directory, people, plans, commitments, a year of returns, and what hangs on them.

``fill(Size())`` is the city of the issue: 3 plans, 16 districts, 330 streets, 40,000 commitments, twelve months. Plans
and commitments are made by the product's own actions, so that they are what a publication gives; the rest is written in
bulk, plausible in its counts. The plans are last year's: every month is over, and everything that is open is late.
Every name is invented; the same size gives the same city.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.city_lists import BATCH, BUREAUS, CODE, fill_lists, noon
from bench.city_returns import fill_month

_FIRST = "云溪松柳竹梅兰桂枫榆桐柏杏桃荷莲菊岚泉石沙"
_SECOND = "桥湾坡岭洲塘湖滩渡口屯营坊园台亭"
_OWN = ("city-coordinator", "city-administrator")
_STATES = (
    ("on_track", ""), ("on_track", ""), ("on_track", ""), ("behind", "yellow"), ("at_risk", "yellow"), ("met", ""),
    ("overdue", "red"), ("no_data", ""), ("stale", "blue"), ("not_started", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """How large the city is; ``others`` counts what else its lists hold (letters, errands, pieces, forms)."""

    plans: int = 3
    districts: int = 16
    streets: int = 330
    rows: int = 100
    months: int = 12
    others: int = 400
    year: int = 0  # of the plans; 0: last year


@dataclass(frozen=True, slots=True)
class City:
    """Who looks at the lists, and at what."""

    coordinator: Any
    administrator: Any
    reporter: Any  # of one street
    plan: Any
    district_plan: Any
    month: str


def fill(size: Size = Size(), told: Callable[[str], None] = lambda _what: None) -> City:  # frozen
    """The city in the database of this process; ``told`` hears what is made next."""
    told("directory")
    streets = _directory(size)
    told("people")
    coordinator, administrator, reporter = _people(streets)
    told("plans and commitments")
    year = size.year or date.today().year - 1  # noqa: DTZ011  # any day of the year does
    plans = [_published(coordinator, number, year, size) for number in range(size.plans)]
    district = _district_plan(coordinator, plans[0], year)
    _states()
    told("returns")
    months = [f"{year}-{month:02}" for month in range(13 - size.months, 13)]
    for plan in plans:
        for month in months:
            fill_month(plan, month, coordinator, last=month == months[-1])
    told("letters, errands, pieces, forms")
    fill_lists(size.others, coordinator, plans, months[-1])
    return City(coordinator, administrator, reporter, plans[0], district, months[-1])


def _names(count: int) -> Iterator[str]:
    """Two-character names, no two alike up to some hundred; then with a third."""
    for number in range(count):
        rest, first = divmod(number, len(_FIRST))
        third, second = divmod(rest, len(_SECOND))
        yield _FIRST[first] + (_SECOND[third - 1] if third else "") + _SECOND[second]


def _directory(size: Size) -> list[Any]:
    """Areas, bureaus, district governments, street offices and the two collectives; gives the street offices."""
    from lantian.apps.areas.models import Area, CollectiveRule, Unit

    city = Area.objects.create(
        code=CODE, name="云溪市", short_name="云溪", kind="city", level="municipal", path=f"/{CODE}/"
    )
    districts = [
        Area(
            code=f"8801{n:02}", name=f"{name}区", short_name=name, kind="district", level="district", parent=city,
            path=f"/{CODE}/8801{n:02}/",
        )
        for n, name in enumerate(_names(size.districts), 1)
    ]  # fmt: skip
    Area.objects.bulk_create(districts)
    streets = []
    for n, name in enumerate(_names(size.streets)):
        above = districts[n % len(districts)]
        code = f"{above.code}{n // len(districts) + 1:03}"
        streets.append(
            Area(
                code=code, name=f"{name}街道", short_name=name, kind="street", level="town", parent=above,
                path=f"{above.path}{code}/",
            )
        )  # fmt: skip
    Area.objects.bulk_create(streets)
    units = [Unit(name=name, full_name=f"云溪{name}", level="municipal", area=city) for name in BUREAUS]
    units += [Unit(name=f"{area.name}政府", level="district", area=area) for area in districts]
    units += [Unit(name=f"{area.name}生态环境局", level="district", area=area) for area in districts]
    offices = [Unit(name=f"{area.name}办事处", level="town", area=area) for area in streets]
    Unit.objects.bulk_create([*units, *offices])
    for name, kinds, pattern in (("各街道", "street", "{area}办事处"), ("各区政府", "district", "{area}政府")):
        unit = Unit.objects.create(name=name, level="municipal", area=city, collective=True)
        CollectiveRule.objects.create(unit=unit, kind="each", kinds=kinds, pattern=pattern)
    return offices


def _people(streets: list[Any]) -> tuple[Any, Any, Any]:
    """A reporter and two liaisons for every unit; the coordinator, the administrator and one street's reporter."""
    from lantian.apps.areas.models import Membership, Unit
    from lantian.apps.core.models import User
    from lantian.apps.people.models import Liaison

    office = Unit.objects.get(name=BUREAUS[0])
    own = [User(username=name, password="!") for name in _OWN]  # noqa: S106
    units = list(Unit.objects.filter(collective=False))
    reporters = [
        User(username=f"reporter-{n}", password="!")  # noqa: S106  # nobody logs in
        for n in range(len(units))
    ]
    User.objects.bulk_create([*own, *reporters], batch_size=BATCH)
    coordinator, administrator = (User.objects.get(username=user.username) for user in own)
    reporters = list(User.objects.filter(username__startswith="reporter-").order_by("pk"))
    Membership.objects.bulk_create(
        [
            Membership(user=coordinator, unit=office, role="coordinator"),
            Membership(user=administrator, unit=office, role="administrator"),
            *(Membership(user=user, unit=unit, role="reporter") for user, unit in zip(reporters, units, strict=True)),
        ],
        batch_size=BATCH,
    )
    Liaison.objects.bulk_create(
        [
            Liaison(unit=unit, post=post, name=f"联络{n}", phone="000-0000", user=user, since=date(2020, 1, 1))
            for n, (user, unit) in enumerate(zip(reporters, units, strict=True))
            for post in ("leader", "liaison_a")
        ],
        batch_size=BATCH,
    )
    of_street = next(user for user, unit in zip(reporters, units, strict=True) if unit.pk == streets[0].pk)
    return coordinator, administrator, of_street


def invented_plan(number: int, year: int, rows: int, region: str = "云溪市") -> Any:
    """Plan ``number``: four of ten rows bind every street, one of five every district, the rest the bureaus."""
    from lantian.reading import model as read

    dice = random.Random(number)  # noqa: S311  # invented texts, the same each time
    return read.Plan(
        title=f"{region}{('大气', '水', '土壤')[number % 3]}污染防治{year}年行动计划（{number}）",
        year=year, region=region, level="municipal" if region == "云溪市" else "district",
        medium=("air", "water", "soil")[number % 3],
        measures=tuple(_row(dice, n, year) for n in range(1, rows + 1)),
    )  # fmt: skip


def _row(dice: random.Random, n: int, year: int) -> Any:
    from bench.search import DEEDS, SUBJECTS, TAILS
    from lantian.reading import model as read

    amount = dice.randrange(2, 900)
    subject = dice.choice(SUBJECTS)
    first = f"年内完成{amount}个点位治理，"
    text = first + "".join(f"{dice.choice(SUBJECTS)}{dice.choice(DEEDS)}{dice.choice(TAILS)}。" for _ in range(3))
    owner = "各街道" if n % 8 in (1, 4, 6) else "各区政府" if n % 5 == 0 else dice.choice(BUREAUS[1:])
    lead = BUREAUS[n % 3]
    roles = [read.Role("lead", lead, lead), read.Role("responsible", owner, owner)]
    if n % 10 == 3:
        roles.append(read.Role("support", f"市无名办{n}", f"市无名办{n}"))  # the directory does not know it
    applies = "each" if n % 2 else "total"
    target = read.Target(
        f"完成{amount}个点位治理",
        "点位治理",
        "count",
        "=",
        amount,
        unit="个",
        span=(2, len(first) - 1),
        applies=applies,
    )
    deadline = read.Deadline("年底前", "by", end=date(year, dice.choice((6, 9, 12)), 28))
    return read.Measure(
        n=n, section=f"{'一二三四五六七八九十'[(n - 1) // 20 % 10]}、{SUBJECTS[(n - 1) // 20 % len(SUBJECTS)]}",
        seq=(n + 4) // 5, task=subject, measure=text, paragraphs=(text,),
        deadline=deadline if n % 4 else read.Deadline("长期坚持", "long_term"),
        roles=tuple(roles), targets=(target,) if n % 3 else (), source=read.Source(None, n),
    )  # fmt: skip


def _stored(user: Any, number: int, year: int, read_plan: Any) -> Any:
    from lantian.apps.core.models import Job, StoredFile
    from lantian.apps.plans import actions

    job = actions.import_file(user, f"{year}-{number}.txt", [f"{year} {number}".encode()])
    plan = actions.store_plans(job, StoredFile.objects.get(uid=job.payload["file"]), [read_plan])[0]
    Job.objects.filter(pk=job.pk).update(state="done", result={"plans": [str(plan.uid)]})
    actions.publish_plan(user, plan)
    plan.refresh_from_db()
    return plan


def _published(user: Any, number: int, year: int, size: Size) -> Any:
    """A plan with the commitments that its publication makes."""
    from lantian.apps.core.models import Job
    from lantian.apps.supervision.actions import making

    plan = _stored(user, number, year, invented_plan(number, year, size.rows))
    making.make(user, plan)
    Job.objects.exclude(state="done").update(state="done")
    return plan


def _district_plan(user: Any, above: Any, year: int) -> Any:
    """A plan of the first district, laid beside the first plan row by row; nobody made its commitments."""
    from lantian.apps.alignment.models import Alignment, Link, Partner
    from lantian.apps.areas.models import Area
    from lantian.apps.core.models import Job

    region = Area.objects.filter(level="district").earliest("code").name
    plan = _stored(user, 90, year, invented_plan(0, year, above.measures.count(), f"云溪市{region}"))
    Job.objects.exclude(state="done").update(state="done")
    Alignment.objects.create(plan=plan, at=noon(date(year, 2, 1)), by=user).cities.add(above)
    rows = zip(plan.measures.order_by("n"), above.measures.order_by("n"), strict=True)
    links = []
    partners = []
    for mine, theirs in rows:
        link = Link(
            measure=mine, relation="verbatim", confidence=1.0, wording="0" * 16,
            pieces=[{"state": "same", "city": theirs.text, "district": mine.text, "measure": str(theirs.uid)}],
        )  # fmt: skip
        links.append(link)
        partners.append(Partner(link=link, measure=theirs, order=0, wording="0" * 16))
    Link.objects.bulk_create(links)
    Partner.objects.bulk_create(partners)
    return plan


def _states() -> None:
    """States and lights in turn, as a year leaves them."""
    from django.db.models import Case, CharField, F, Min, Value, When
    from django.db.models.functions import Mod

    from lantian.apps.supervision.models import Commitment

    first = Commitment.objects.aggregate(first=Min("pk"))["first"] or 1  # keys go on where other data ended
    rows = Commitment.objects.annotate(turn=Mod(F("pk") - (first - 1), len(_STATES)))
    cases = [
        Case(*(When(turn=turn, then=Value(pair[place])) for turn, pair in enumerate(_STATES)), output_field=CharField())
        for place in (0, 1)
    ]
    rows.update(state=cases[0], light=cases[1])


def found() -> City | None:
    """The city that an earlier :func:`fill` left in the database of this process; None where there is none."""
    from lantian.apps.core.models import User
    from lantian.apps.plans.models import Plan
    from lantian.apps.supervision.models import Return

    own = {row.username: row for row in User.objects.filter(username__in=_OWN)}
    if len(own) < len(_OWN):
        return None
    plans = Plan.objects.filter(kind="plan", title__startswith="云溪市").order_by("pk")
    street = User.objects.filter(memberships__unit__level="town", username__startswith="reporter-").earliest("pk")
    month = Return.objects.filter(plan=plans[0]).latest("period").period
    district = plans.filter(level="district").earliest("pk")
    return City(own[_OWN[0]], own[_OWN[1]], street, plans[0], district, month)
