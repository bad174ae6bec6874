"""Who reads measurements and who keeps the registry.

Published measurements are read by every login of the city tree, like published plans: a street compares itself with its
neighbours. The registry (stations, boundaries, sources) is kept by the coordinator of the area in which a thing lies.
Forecasts and records of consultations are read alike; nothing of them leaves for the public, to whom only the city
publishes forecasts.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from lantian.apps.areas import queries as areas
from lantian.apps.areas.models import Area
from lantian.apps.core import policy
from lantian.apps.core.models import User
from lantian.apps.monitoring.models import (
    Boundary,
    DataSource,
    Forecast,
    Meeting,
    QualityFinding,
    QualityRun,
    RankingRule,
    Sample,
    StagedFile,
    Station,
)

VIEW, EDIT = "station.view", "station.edit"
FORECASTS, FORECAST = "forecast.view", "forecast.edit"


def register() -> None:
    """Tell the policy about this app's models (once, when Django starts)."""
    policy.scoped(Station, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(Boundary, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(DataSource, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(StagedFile, lambda user, rows: rows.filter(created_by=user))
    policy.scoped(QualityRun, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(QualityFinding, lambda user, rows: rows.filter(of_city(user, "station__area__")))
    policy.scoped(Sample, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(RankingRule, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(Forecast, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.scoped(Meeting, lambda user, rows: rows.filter(of_city(user, "area__")))
    policy.located(QualityFinding, lambda user, action, row: keeps(user, action, row.station.area))
    for model in (Station, Boundary, DataSource, QualityRun, RankingRule, Sample, Forecast, Meeting):
        policy.located(model, lambda user, action, row: keeps(user, action, row.area))  # type: ignore[attr-defined]


def cities(user: User) -> list[str] | None:
    """Paths of the top areas under which the person has a role; None where one holds everywhere."""
    paths = areas.reach(user, policy.ACTIONS[VIEW])
    return None if paths is None else sorted({f"/{path.split('/')[1]}/" for path in paths})


def of_city(user: User, prefix: str) -> Q:
    """Condition on rows whose area (``prefix`` leads to its fields) lies in the person's city."""
    tops = cities(user)
    if tops is None:
        return Q(pk__isnull=False)
    there = Q(pk__in=())
    for top in tops:
        there |= Q(**{f"{prefix}path__startswith": top})
    return there


def keeps(user: User, action: str, area: Area) -> bool:
    """Whether the person may do ``action`` in the area; reading is everybody's of the city."""
    if action in (VIEW, FORECASTS):
        return True
    paths = areas.reach(user, policy.ACTIONS[action])
    return paths is None or area.path.startswith(tuple(paths))


def editable_areas(user: User, action: str = EDIT) -> QuerySet[Area]:
    """The areas in which the person keeps the registry (or may do another action)."""
    paths = areas.reach(user, policy.ACTIONS[action])
    if paths is None:
        return Area.objects.all()
    there = Q(pk__in=())
    for path in paths:
        there |= Q(path__startswith=path)
    return Area.objects.filter(there)
