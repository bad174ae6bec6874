"""A month of returns of a plan of the invented city: the sheets, their rows and their figures.

The sheets are a few thousand; their 400,000 rows and 300,000 figures are copied inside the database (INSERT … SELECT),
which takes seconds where rows made one by one in Python take minutes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bench.city_lists import BATCH, noon

_UID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_ENTRIES = """
INSERT INTO supervision_entry (uid, progress, problems, next_step, no_change, done, step, document_number, explanation,
    verdict, verdict_note, source, revision, changed, report_id, commitment_id)
SELECT {uid}, %s || u.name || %s, '', '', %s, %s, '', '', '',
    CASE r.state WHEN 'accepted' THEN 'accepted' ELSE '' END, '', '{{}}', 1, r.changed, r.id, c.id
FROM supervision_return r
JOIN supervision_commitment c ON c.plan_id = r.plan_id AND c.unit_id = r.unit_id
JOIN areas_unit u ON u.id = r.unit_id
WHERE r.plan_id = %s AND r.period = %s AND c.withdrawn IS NULL AND c.cadence IN ({cadences})
ORDER BY r.id, c.id
"""
_FIGURES = """
INSERT INTO supervision_figure (entry_id, share_id, period_value, cumulative, computed_source)
SELECT e.id, s.id, 3, %s, ''
FROM supervision_return r
JOIN supervision_entry e ON e.report_id = r.id
JOIN supervision_share s ON s.commitment_id = e.commitment_id AND s."order" = 0 AND s.withdrawn IS NULL
WHERE r.plan_id = %s AND r.period = %s
ORDER BY e.id
"""


def fill_month(plan: Any, month: str, user: Any, *, last: bool) -> None:
    """One month: accepted, or in every state where it is the last, with words of each unit's own and most figures."""
    from django.db import connection

    from lantian.apps.supervision import periods

    _sheets(plan, month, user, last=last)
    cadences = periods.cadences(month)
    entries = _ENTRIES.format(uid=_UID[connection.vendor], cadences=", ".join(["%s"] * len(cadences)))
    words = (f"{month[5:]}月", "按计划推进，已完成部分点位治理，正在组织验收。")
    with connection.cursor() as cursor:
        cursor.execute(entries, [*words, False, False, plan.pk, month, *cadences])
        cursor.execute(_FIGURES, [int(month[5:]) * 3, plan.pk, month])


def _sheets(plan: Any, month: str, user: Any, *, last: bool) -> None:
    """The returns of a month and what was handed in of them; in the last month one unit in six sent nothing."""
    from lantian.apps.supervision import periods
    from lantian.apps.supervision.models import Commitment, Return, ReturnVersion

    owing = Commitment.objects.filter(periods.owed(month), plan=plan).order_by("unit").values_list("unit", flat=True)
    due = date(int(month[:4]), int(month[5:]), 28) + timedelta(days=8)
    turn = ("draft", "submitted", "accepted", "accepted", "sent_back") if last else ("accepted",)
    reports = []
    for n, unit in enumerate(owing.distinct()):
        if last and n % 6 == 5:
            continue  # nothing came
        state = turn[n % len(turn)]
        reports.append(
            Return(
                plan=plan, unit_id=unit, period=month, due=due, state=state, version=int(state != "draft"),
                signer="填报人", submitted=None if state == "draft" else noon(due), submitted_by=user,
            )
        )  # fmt: skip
    Return.objects.bulk_create(reports, batch_size=BATCH)
    ReturnVersion.objects.bulk_create(
        [
            ReturnVersion(report=row, number=1, content={"rows": []}, code=f"{row.pk:016}"[-16:], by=user)
            for row in reports
            if row.version
        ],
        batch_size=BATCH,
    )
    ReturnVersion.objects.filter(report__plan=plan, report__period=month).update(at=noon(due - timedelta(days=1)))
