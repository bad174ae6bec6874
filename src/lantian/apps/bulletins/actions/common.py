"""What the actions share: refusals, holding a bulletin while it is changed, writing down a step, freezing figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from lantian.apps.bulletins import composing, ranking
from lantian.apps.bulletins.figures import Row
from lantian.apps.bulletins.kinds import Period, Template, kinds, shipped_templates
from lantian.apps.bulletins.models import Bulletin, BulletinState, OwnText, Snapshot, Step
from lantian.apps.core import audit
from lantian.apps.core.holding import NotPossible, is_stale
from lantian.apps.core.models import User
from lantian.apps.papers import slots

NOTE = 300  # characters of a remark


class BulletinError(NotPossible):
    """A step that the bulletin's state or words do not allow; the text is for the person, in the person's language."""


class StaleError(BulletinError):
    """Somebody changed the bulletin after the page was made."""


def hold(row: Bulletin, revision: int | None) -> None:
    """Hold the bulletin's row until the transaction ends. Raises :class:`StaleError` where the page is outdated."""
    if is_stale(row, revision):
        raise StaleError(
            _("Somebody else changed this bulletin meanwhile. Look at it as it stands now, then try again.")
        )


def in_state(row: Bulletin, *states: BulletinState) -> None:
    """Raise :class:`BulletinError` unless the bulletin is in one of ``states``."""
    if row.state not in states:
        text = _("This step is not possible: the bulletin is “%(state)s”.")
        raise BulletinError(text % {"state": row.get_state_display()})


def move(user: User, row: Bulletin, state: BulletinState, *, note: str = "", name: str = "",
         fields: Iterable[str] = (), action: str = "") -> None:  # fmt: skip
    """Set the state, write the step and the audit record; ``fields`` were changed with it."""
    before = row.state
    row.state = state
    row.revision += 1
    row.save(update_fields=["state", "revision", *fields])
    Step.objects.create(bulletin=row, state=state, by=user, name=name[:80], note=note[:NOTE])
    after = {"state": state, "note": note[:NOTE], "name": name[:80]} | {f: _json(getattr(row, f)) for f in fields}
    audit.record(user, action or f"bulletin.{state}", row, before={"state": before}, after=after)


def _json(value: object) -> object:
    return value if isinstance(value, (str, int, list, dict)) or value is None else str(value)


def reason_of(note: str) -> str:
    """What was given as reason. Raises :class:`BulletinError` for nothing."""
    words = " ".join(note.split())[:NOTE]
    if not words:
        raise BulletinError(_("Say why."))
    return words


def template_of(kind: str) -> tuple[Template, int]:
    """The installation's own text of a kind with its revision, else the shipped one and 0."""
    own = OwnText.objects.filter(kind=kind).first()
    return (Template(own.title, own.body), own.revision) if own else (shipped_templates()[kind], 0)


def freeze(user: User, row: Bulletin, rows: Sequence[Row], why: str) -> Snapshot:
    """Rank the rows, keep them as the bulletin's snapshot, and make its title and text anew; handwriting stays.

    The bulletin is not saved. Raises :class:`BulletinError` where the template cannot be filled.
    """
    data = ranking.frozen(kinds()[row.kind], Period(row.start, row.end), row.issuer.area.name, rows)
    template, revision = template_of(row.kind)
    try:
        title = composing.title_of(template, data["facts"])
        lines = composing.made(template, data["facts"])
    except slots.SlotError as error:
        text = _("The text of this kind cannot be filled: %(why)s. An administrator can set it right.")
        raise BulletinError(text % {"why": error}) from None
    made = Snapshot.objects.create(
        bulletin=row, data=data, sha256=ranking.digest(data), why=" ".join(why.split())[:NOTE], by=user
    )
    row.snapshot, row.template_revision = made, revision
    row.paragraphs = composing.renewed(row.paragraphs, lines)
    if not row.title_edited:
        row.title = title
    return made
