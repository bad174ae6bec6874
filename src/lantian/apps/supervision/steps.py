"""The life of a return as one table: which step leads from which states to which, and who takes it.

``draft → submitted → accepted | sent back → submitted …``; an accepted return is reopened by the coordinator. A row
that the reviewer accepted stays locked while the others are corrected.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from lantian.apps.core import policy
from lantian.apps.core.holding import is_stale
from lantian.apps.core.models import User
from lantian.apps.supervision.actions.common import NotPossible
from lantian.apps.supervision.models import Entry, Return, ReturnState

OPEN = frozenset({ReturnState.DRAFT, ReturnState.SENT_BACK, ReturnState.REOPENED})


class StateError(NotPossible):
    """A step that the state of the return does not allow; the text is for the person, in the person's language."""


class StaleError(NotPossible):
    """Somebody else changed it meanwhile; nothing was written. ``current`` is the row as it stands now."""

    def __init__(self, text: str, current: Entry | None = None) -> None:
        super().__init__(text)
        self.current = current


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which states, to which (None: the state stays), and the action of the policy that it needs."""

    sources: frozenset[str]
    target: str | None
    right: str


STEPS: dict[str, Step] = {
    "write": Step(OPEN, None, "return.write"),
    "submit": Step(OPEN, ReturnState.SUBMITTED, "return.write"),
    "withdraw": Step(frozenset({ReturnState.SUBMITTED}), ReturnState.DRAFT, "return.write"),
    "judge": Step(frozenset({ReturnState.SUBMITTED}), None, "return.review"),
    "accept": Step(frozenset({ReturnState.SUBMITTED}), ReturnState.ACCEPTED, "return.review"),
    "send_back": Step(frozenset({ReturnState.SUBMITTED}), ReturnState.SENT_BACK, "return.review"),
    "reopen": Step(frozenset({ReturnState.ACCEPTED}), ReturnState.REOPENED, "duty.assign"),
}


def open_steps(user: User, ret: Return) -> set[str]:
    """The steps that the person may take now: those of the state for which the person has the right."""
    here = {name: step for name, step in STEPS.items() if ret.state in step.sources and _timely(name, ret)}
    allowed = {right: policy.can(user, right, ret) for right in {step.right for step in here.values()}}
    return {name for name, step in here.items() if allowed[step.right]}


def begin(user: User | None, name: str, ret: Return, revision: int | None = None) -> Step:
    """Begin a step: check the right, hold the return (:func:`hold`), check its state.

    ``user`` None is who holds a link, which the caller checks; it allows writing only. Raises PermissionDenied,
    :class:`StaleError` or :class:`StateError`, in this order: who may not, learns nothing of the state.
    """
    step = STEPS[name]
    if user is not None:
        policy.require(user, step.right, ret)
    elif step.right != "return.write":
        raise PermissionDenied
    hold(ret, revision)
    if ret.state not in step.sources or not _timely(name, ret):
        raise StateError(_refusal(name, ret))
    return step


def _timely(name: str, ret: Return) -> bool:
    """A submission can be taken back only until somebody began to review it."""
    return name != "withdraw" or ret.reviewed is None


def _refusal(name: str, ret: Return) -> str:
    if name == "withdraw" and ret.state == ReturnState.SUBMITTED:
        return _("The review of this return has begun; it can no longer be taken back.")
    text = _("This return is now “%(state)s”; the step is not open from there. Nothing was changed.")
    return text % {"state": ret.get_state_display()}


def hold(ret: Return, revision: int | None = None) -> None:
    """Hold the return until the transaction ends, and see what it says now (SQLite locks as a whole anyway).

    ``revision`` is the one from which the person's page was made. Raises :class:`StaleError` where it is another.
    """
    if is_stale(ret, revision):
        text = _("Somebody else changed this return meanwhile. Look at it as it stands now; nothing was changed.")
        raise StaleError(text)


def bump(ret: Return, **values: Any) -> None:
    """Write ``values`` to a held return and raise its revision."""
    for name, value in values.items():
        setattr(ret, name, value)
    ret.revision += 1
    ret.save(update_fields=[*values, "revision", "changed"])
