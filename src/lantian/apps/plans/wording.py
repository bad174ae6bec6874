"""What the audit log's names of actions are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise] = {
    "measure.set": _("changed"),
    "measure.target": _("target changed"),
    "measure.split": _("split"),
    "measure.join": _("moved to the task above"),
    "measure.merge": _("joined with the next row"),
    "measure.insert": _("put in"),
    "measure.delete": _("taken out"),
    "measure.move": _("moved"),
    "measure.restore_reading": _("set back to the reading"),
    "measure.accept": _("flags accepted"),
    "measure.learn": _("unit name settled"),
    "measure.conflict": _("conflict decided"),
    "measure.head": _("read again for another year or area"),
    "measure.undo": _("undone"),
    "measure.redo": _("done again"),
    "measure.bulk": _("imported over the interface"),
    "measure.reimport": _("new document merged"),
    "measure.take_back": _("new document taken back"),
    "measure.amend": _("amended"),
    "measure.withdraw": _("dropped by a version"),
}
