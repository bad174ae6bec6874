"""What kind of file somebody attached, by its content: only plain documents and pictures pass.

:func:`look` runs in the guarded worker and imports neither Django nor the database; the rules stand in
``tables/evidence.yaml``.
"""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).resolve().parent / "tables" / "evidence.yaml"
TYPES = "[Content_Types].xml"
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_TYPES_BYTES = 2 * 2**20


@cache
def table() -> dict[str, Any]:
    """The table of kinds and refusals."""
    with TABLE.open(encoding="utf-8") as stream:
        found: dict[str, Any] = yaml.safe_load(stream)
    return found


def look(path: Path) -> str:
    """The kind of the file (a key of the table's ``kinds``), or ``!`` with the name of a refusal.

    The kind is what the name's ending says, if the content is of that kind.
    """
    ending = path.suffix.lower().removeprefix(".")
    kind = next((name for name, row in table()["kinds"].items() if ending in row["ends"]), "")
    size = path.stat().st_size
    if not size:
        return "!empty"
    with path.open("rb") as stream:
        head = stream.read(16)
    if not kind:
        return "!macro" if _is_package(head) and _package(path, "") == "!macro" else "!kind"
    row = table()["kinds"][kind]
    if not head.startswith(bytes.fromhex(row["head"])):
        return "!content"
    return (_package(path, row["part"]) or kind) if "part" in row else kind


def _is_package(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def _package(path: Path, part: str) -> str:
    """Why an office package is refused, or nothing. Only its list of parts and their types are read."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            if (
                len(parts) > table()["packed_files"]
                or sum(item.file_size for item in parts) > table()["unpacked_bytes"]
            ):
                return "!huge"
            names = {item.filename.lower() for item in parts}
            if any(name.rpartition("/")[2] in _MACRO_PARTS for name in names):
                return "!macro"
            if TYPES.lower() not in names or part not in names:
                return "!content"
            with package.open(TYPES) as stream:
                types = stream.read(_TYPES_BYTES)
            return "!macro" if b"macroEnabled" in types else ""
    except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError):
        return "!broken"


def refusal(code: str, name: str, language: str) -> str:
    """The sentence for what :func:`look` refused."""
    ending = name.rpartition(".")[2].upper()
    said = table()["refusals"][code.removeprefix("!")]
    return str(said["en" if language.startswith("en") else "zh"]).format(name=name, kind=ending)
