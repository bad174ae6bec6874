"""``python -m lantian.site.messages compile|update|check``: the Chinese of the interface.

Messages are written in English in code and templates. ``update`` collects them into the catalogue, ``check`` lists
what lacks its Chinese, ``compile`` makes the file that Django reads (not committed; made at set-up, or at the start).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

HERE = Path(__file__).resolve().parent
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a date that does not change with every update
PACKAGE = HERE.parent
PO = HERE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

KEYWORDS = (
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy", "npgettext",
)  # fmt: skip


def sources() -> list[Path]:
    """Every file that may hold messages: the site's and the apps' modules and templates."""
    folders = (PACKAGE / "apps", HERE)
    found = [path for folder in folders for pattern in ("*.py", "*.html") for path in folder.rglob(pattern)]
    return sorted(path for path in found if "migrations" not in path.parts)


def collect() -> Catalog:
    """All messages in use, with where each stands."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import DEFAULT_KEYWORDS, extract

    keywords = {name: DEFAULT_KEYWORDS.get(name.removesuffix("_lazy")) for name in KEYWORDS}
    catalog = Catalog(
        locale="zh_Hans", project="lantian", version="1", charset="utf-8", fuzzy=False,
        header_comment="# The Chinese of Lantian's interface; renewed by python -m lantian.site.messages update",
        msgid_bugs_address="-", last_translator="Lantian", language_team="Lantian",
        creation_date=_EPOCH, revision_date=_EPOCH,
    )  # fmt: skip
    for path in sources():
        place = path.relative_to(PACKAGE).as_posix()
        content = path.read_bytes() if path.suffix == ".py" else _template(path)
        for _line, message, _comments, context in extract("python", BytesIO(content), keywords=keywords):
            if message:
                catalog.add(message, locations=[(place, 0)], context=context)
    return catalog


def _template(path: Path) -> bytes:
    """A template as the Python that Django's own extraction makes of it, cut down to the calls."""
    from django.utils.translation.template import templatize

    python = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    calls = re.findall(r"(?:n?p?gettext|_)\((?:u?(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')|[^()\"'])*\)", python)
    return "\n".join(calls).encode()


def stored() -> Catalog:
    """The catalogue as it stands in the repository."""
    from babel.messages.pofile import read_po

    with PO.open("rb") as stream:
        return read_po(stream, locale="zh_Hans")


def gaps() -> Iterator[str]:
    """What is wrong with the catalogue: messages without Chinese, and Chinese without a message."""
    used, known = collect(), stored()
    for message in used:
        if not message.id:
            continue
        entry = known.get(message.id, message.context)
        strings = entry.string if entry and isinstance(entry.string, tuple | list) else [entry.string if entry else ""]
        if entry is None or entry.fuzzy or not all(strings):
            yield f"no Chinese: {message.id!r}"
    for message in known:
        if message.id and used.get(message.id, message.context) is None:
            yield f"not used any more: {message.id!r}"


def update() -> None:
    """Bring new messages into the catalogue and drop those that are gone; what has Chinese keeps it."""
    from babel.messages.pofile import write_po

    used = collect()
    known = stored() if PO.is_file() else None
    for message in used:
        entry = known.get(message.id, message.context) if known and message.id else None
        if entry is not None:
            message.string = entry.string
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as stream:
        write_po(stream, used, width=110, sort_output=True, omit_header=False, include_lineno=False)


def compile_catalogue() -> None:
    """Make the file that Django reads."""
    from babel.messages.mofile import write_mo

    buffer = BytesIO()
    write_mo(buffer, stored())
    MO.write_bytes(buffer.getvalue())


def ensure_compiled() -> None:
    """Compile where set-up has not, or the catalogue is newer; costs two looks at the disk otherwise."""
    if not MO.is_file() or MO.stat().st_mtime < PO.stat().st_mtime:
        compile_catalogue()


def main(argv: list[str]) -> int:
    """Run one of the three verbs; returns the exit code."""
    verb = argv[0] if argv else ""
    if verb == "compile":
        compile_catalogue()
    elif verb == "update":
        update()
    elif verb == "check":
        found = list(gaps())
        sys.stderr.write("".join(f"{line}\n" for line in found))
        return 1 if found else 0
    else:
        sys.stderr.write("usage: python -m lantian.site.messages compile|update|check\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
