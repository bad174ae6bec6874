"""What the actions share: refusals, holding a paper while it is changed, writing down a step."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lantian.apps.core import audit, files
from lantian.apps.core.holding import NotPossible, is_stale
from lantian.apps.core.models import StoredFile, User
from lantian.apps.papers import hooks
from lantian.apps.papers.models import Paper, PaperState, PaperStep

NOTE = 300  # characters of a remark
SCANS = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})


class PaperError(NotPossible):
    """A step that the paper's state or words do not allow; the text is for the person, in the person's language."""


class StaleError(PaperError):
    """Somebody changed the paper after the page was made."""


def hold(paper: Paper, revision: int | None) -> None:
    """Hold the paper's row until the transaction ends, and see what it says now.

    Raises :class:`StaleError` where ``revision``, the one that the page was made from, is not the present one.
    """
    if is_stale(paper, revision):
        raise StaleError(_("Somebody else changed this paper meanwhile. Look at it as it stands now, then try again."))


def in_state(paper: Paper, *states: PaperState) -> None:
    """Raise :class:`PaperError` unless the paper is in one of ``states``."""
    if paper.state not in states:
        text = _("This step is not possible: the paper is “%(state)s”.")
        raise PaperError(text % {"state": paper.get_state_display()})


def move(user: User, paper: Paper, state: PaperState, *, note: str = "", name: str = "", fields: Iterable[str] = (),
         action: str = "") -> None:  # fmt: skip
    """Set the paper's state, write the step and the audit record, tell whoever listens."""
    before = paper.state
    paper.state = state
    paper.revision += 1
    paper.save(update_fields=["state", "revision", *fields])
    PaperStep.objects.create(paper=paper, state=state, by=user, name=name[:80], note=note[:NOTE])
    after = {"state": state, "note": note[:NOTE], "name": name[:80]} | {f: _json(getattr(paper, f)) for f in fields}
    audit.record(user, action or f"paper.{state}", paper, before={"state": before}, after=after)
    hooks.stepped(user, paper)


def _json(value: object) -> object:
    return value if isinstance(value, (str, int, list, dict)) or value is None else str(value)


def store_scan(user: User, name: str, chunks: Iterable[bytes]) -> tuple[StoredFile, str]:
    """Keep a scan (PDF or picture, told by its content). Raises :class:`PaperError` or ``files.TooLargeError``."""
    stored = files.store(user, name, chunks)
    if stored.media_type not in SCANS or stored.size == 0:
        raise PaperError(_("%(name)s is no PDF, PNG, JPG or TIFF file.") % {"name": files.short_name(name)})
    return stored, files.short_name(name)
