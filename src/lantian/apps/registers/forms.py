"""The form of a row: one input for each field, what was typed, what is wrong with it, what it says meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from lantian.apps.areas.models import Area, Unit
from lantian.apps.core import files
from lantian.apps.core.models import User
from lantian.apps.registers import showing
from lantian.registers import Field, Register

DATUMS = ("WGS-84", "CGCS2000", "GCJ-02", "BD-09")
LONG_TEXT = 200  # characters from which a text has several lines
_SALT = "lantian.registers.file"
_PLAIN = {"integer": "number", "decimal": "number", "date": "date", "datetime": "datetime-local"}


@dataclass(slots=True)
class Input:
    """One field on the form: ``sort`` says which input it is; ``now`` what the row says since the page was opened."""

    field: Field
    sort: str
    value: str = ""
    options: Sequence[tuple[str, str]] = ()
    datum: str = ""
    kept: str = ""  # of a file: a signed uid
    errors: list[str] = attribute(default_factory=list)
    now: str = ""
    fixed: bool = False  # of the key of a row that is there already


def inputs(
    register: Register, values: Mapping[str, Any], areas: Sequence[tuple[str, str]], units: Units
) -> list[Input]:
    """The inputs of a row whose canonical values are given (none of a new one)."""
    return [_input(item, values.get(item.name), areas, units) for item in register.shown]


def _input(item: Field, value: Any, areas: Sequence[tuple[str, str]], units: Units) -> Input:
    text = "" if value is None else str(value)
    match item.type:
        case "choice":
            return Input(
                item, "choice", text, _with(text, [(one.value, showing.said(one.label)) for one in item.choices])
            )
        case "bool":
            return Input(item, "flag", "" if value is None else "yes" if value in (True, "true") else "no")
        case "area":
            return Input(item, "area", text, _with(text, areas))
        case "unit":
            return Input(item, "unit", units.label(text))
        case "ref":
            return Input(item, "ref", text)
        case "point" | "polygon":
            return _shape(item, value)
        case "file":
            return Input(item, "file", kept=seal(text) if text else "")
        case "datetime":
            return Input(item, "datetime-local", showing.moment(text).replace(" ", "T") if text else "")
        case "text" if item.longest > LONG_TEXT:
            return Input(item, "long", text)
    return Input(item, _PLAIN.get(item.type, "text"), text)


def _with(value: str, options: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Options, and the value that is set now where it is not among them."""
    found = [("", "—"), *options]
    return found if value in {code for code, _label in found} else [*found, (value, value)]


def _shape(item: Field, value: Any) -> Input:
    """A place as it was given, in the datum it was given in, so that saving it again changes nothing."""
    if not isinstance(value, Mapping):
        return Input(item, item.type, datum=DATUMS[0])
    if item.type == "polygon":
        return Input(item, "polygon", str(value.get("wkt", "")), datum=DATUMS[0])
    given = (value.get("x"), value.get("y"))
    x, y = given if None not in given else (value["lon"], value["lat"])
    datum = str(value.get("datum") or DATUMS[0])
    return Input(item, "point", f"{x}, {y}", datum=datum if datum in DATUMS else DATUMS[0])


def retyped(found: Iterable[Input], posted: Mapping[str, str]) -> None:
    """Put what was typed back into the inputs; a file is kept by the stamp of :func:`seal`."""
    for item in found:
        name = item.field.name
        if item.sort != "file":
            item.value = posted.get(name, "")
        if item.sort in showing.SHAPES:
            item.datum = posted.get(f"{name}.datum", DATUMS[0])


def blame(found: Iterable[Input], problems: Iterable[Any]) -> list[str]:
    """Give each input its problems; returns the sentences about the row as a whole."""
    known = {item.field.name: item for item in found}
    whole = []
    for problem in problems:
        text = showing.sentence(problem)
        item = known.get(problem.field.partition(".")[0])
        if item is None:
            whole.append(text)
        else:
            item.errors.append(text)
    return whole


def texts(
    user: User, register: Register, posted: Mapping[str, str], uploads: Mapping[str, UploadedFile[Any]], units: Units
) -> dict[str, str]:
    """What the form says as texts for `actions.save_row`: names of units become uids, new files are stored.

    Raises `core.files.TooLargeError`.
    """
    found: dict[str, str] = {}
    for item in register.shown:
        text = posted.get(item.name, "").strip()
        if item.type == "unit":
            text = units.uid(text)
        elif item.type == "datetime":
            text = text.replace("T", " ")
        elif item.type == "file":
            text = _file(user, item, posted, uploads)
        elif item.type in showing.SHAPES and text:
            found[f"{item.name}.datum"] = posted.get(f"{item.name}.datum", DATUMS[0])
        found[item.name] = text
    return found


def _file(user: User, item: Field, posted: Mapping[str, str], uploads: Mapping[str, UploadedFile[Any]]) -> str:
    given = uploads.get(item.name)
    if given is not None and given.size:
        return str(files.store(user, given.name or "file", given.chunks()).uid)
    if posted.get(f"{item.name}.drop"):
        return ""
    return unsealed(posted.get(f"{item.name}.kept", ""))


def seal(uid: str) -> str:
    """A stamp that a form carries for a file, so that nobody attaches a file whose uid was only seen somewhere."""
    return signing.dumps(uid, salt=_SALT)


def unsealed(stamp: str) -> str:
    """The uid of a stamp; nothing for a wrong one."""
    try:
        return str(signing.loads(stamp, salt=_SALT)) if stamp else ""
    except signing.BadSignature:
        return ""


class Units:
    """Units as a person picks them: by name, with the area behind it where several have the name."""

    def __init__(self) -> None:
        today = timezone.localdate()
        rows = (
            Unit.objects.filter(merged_into=None, collective=False).select_related("area").order_by("area__path", "id")
        )
        there = [row for row in rows if row.closed is None or row.closed >= today]
        often: dict[str, int] = {}
        for row in there:
            often[row.name] = often.get(row.name, 0) + 1
        self._labels = {
            str(row.uid): row.name if often[row.name] == 1 else f"{row.name}（{row.area.name}）" for row in there
        }
        self._uids = {label: uid for uid, label in self._labels.items()}

    @property
    def labels(self) -> list[str]:
        """Every label, in the order of the areas."""
        return list(self._uids)

    def label(self, uid: str) -> str:
        """How a unit is called on the form; a unit that is closed now keeps its uid as the text."""
        return self._labels.get(uid, uid)

    def uid(self, text: str) -> str:
        """The uid that a label means; any other text stays as it is, to be resolved or refused with a reason."""
        return self._uids.get(text, text)


def area_options(rows: Iterable[Area]) -> list[tuple[str, str]]:
    """Areas as options: code, and the name set in by its depth."""
    found = list(rows)
    top = min((row.path.count("/") for row in found), default=0)
    return [(row.code, f"{'　' * (row.path.count('/') - top)}{row.name}") for row in found]
