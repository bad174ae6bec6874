"""水印: what leaves of a plan that is 内部 or 工作秘密 says its level, who took it out, and when.

One rule for everything made of a plan's rows: duty lists, returns, merges, the year's end (contracts §8). What is open
to the public bears no mark. Always Chinese, as the papers are.
"""

from __future__ import annotations

from collections.abc import Iterable

from lantian.apps.plans import exports
from lantian.apps.plans.models import Plan, Secrecy
from lantian.reading.output.stamp import stamped

_STRICTNESS = {Secrecy.OPEN: 0, Secrecy.INTERNAL: 1, Secrecy.WORK_SECRET: 2}


def words(plans: Plan | Iterable[Plan], reader: object, *more: str) -> str:
    """The mark for ``reader`` (a person, or the unit that came by a link): of the strictest of several plans.

    Blank where all of them are open; ``more`` (草稿) stands with the mark, and alone where there is none.
    """
    rows = [plans] if isinstance(plans, Plan) else list(plans)
    strictest = max(rows, key=lambda plan: _STRICTNESS[Secrecy(plan.secrecy)], default=None)
    mark = ""
    if strictest is not None and strictest.secrecy != Secrecy.OPEN:
        mark = exports.mark_of(strictest, reader=str(reader))
    return "　".join(filter(None, (mark, *more)))


def marked(content: bytes, form: str, plans: Plan | Iterable[Plan], reader: object, *more: str) -> bytes:
    """A file of ours (``docx``, ``xlsx``, ``csv``) with the mark of :func:`words`; unchanged where there is none."""
    return stamped(content, form, words(plans, reader, *more))
