"""An exchange package: a ZIP of JSON documents and files with a manifest that names the SHA-256 of each. Pure.

The check code of a package is the SHA-256 of its manifest: whoever holds the code of the sender's letter sees whether
the package is the one that was sent. :func:`unpack` runs in the guarded worker; evidence is looked at there as if each
file had been attached on screen (kinds.py).
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from lantian.apps.supervision import kinds
from lantian.reading.errors import ReadingError

FORMAT, VERSION = "lantian-exchange", 1
MANIFEST = "manifest.json"
SOURCE = "source"  # the plan's document, as it was brought
KINDS = {"plan": "plan.json", "return": "returns.json"}
EVIDENCE = "evidence/"  # of returns: the files, each under its SHA-256
MAX_EVIDENCE = 1000
MAX_FILES, MAX_UNPACKED, MAX_MANIFEST = 3 + MAX_EVIDENCE, 200 * 2**20, 512 * 1024
_CHUNK = 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEAD = ("kind", "uid", "serial", "made", "area", "plan", "title", "period", "files")

# What a damaged archive ends in, besides BadZipFile.
_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
)  # fmt: skip
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose hashes hold. ``head`` is the manifest, ``document`` its JSON, ``source`` the plan's file;
    ``evidence`` says by SHA-256 under which name :func:`unpack` laid a file beside the package."""

    head: Json
    document: Json
    source: bytes | None
    code: str
    evidence: Mapping[str, str] = field(default_factory=dict)


def shown_code(code: str) -> str:
    """The first sixteen digits of a check code in groups of four, as people compare them by telephone."""
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def pack(
    head: Mapping[str, Any], document: Mapping[str, Any], source: bytes | None = None,
    evidence: Mapping[str, bytes] | None = None,
) -> tuple[bytes, str]:  # fmt: skip
    """The bytes of a package and its check code; ``head`` gives all of the manifest but format, version and files.

    ``evidence``: the files by their SHA-256.
    """
    files = {KINDS[head["kind"]]: _json(document)}
    files |= {EVIDENCE + digest: content for digest, content in (evidence or {}).items()}
    if source is not None:
        files[SOURCE] = source
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = _json({"format": FORMAT, "version": VERSION, **head, "files": hashes})
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in ({MANIFEST: manifest} | files).items():
            package.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return target.getvalue(), hashlib.sha256(manifest).hexdigest()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()


def unpack(path: Path) -> Package:
    """The package in a file, checked; its evidence is laid into the folder ``evidence`` beside it.

    Raises ReadingError saying what is wrong; nothing of the package is used then.
    """
    try:
        with zipfile.ZipFile(path) as package:
            return _read(package, path.parent / EVIDENCE)
    except _BROKEN as problem:
        raise _refused("不是交换包，或者文件已损坏。", "This is no exchange package, or it is damaged.") from problem


def _read(package: zipfile.ZipFile, folder: Path) -> Package:
    parts = {item.filename: item for item in package.infolist()}
    if MANIFEST not in parts or len(parts) > MAX_FILES or len(parts) != len(package.infolist()):
        raise _refused("不是交换包：缺少清单。", "This is no exchange package: it has no manifest.")
    if sum(item.file_size for item in parts.values()) > MAX_UNPACKED or parts[MANIFEST].file_size > MAX_MANIFEST:
        raise _refused("交换包太大，没有接收。", "The package is too large and was not taken.")
    manifest = _take(package, parts[MANIFEST])
    head = _head(manifest)
    if set(parts) != {MANIFEST, *head["files"]}:
        raise _refused("交换包里的文件与清单不符，没有接收。", "Its files are not those of its manifest.")
    contents = {}
    for name, digest in head["files"].items():
        if not name.startswith(EVIDENCE):
            contents[name] = _take(package, parts[name])
            if hashlib.sha256(contents[name]).hexdigest() != digest:
                raise _altered(name)
    document = _object(contents[KINDS[head["kind"]]])
    evidence = _evidence(package, head, document, folder)
    return Package(head, document, contents.get(SOURCE), hashlib.sha256(manifest).hexdigest(), evidence)


def _altered(name: str) -> ReadingError:
    return _refused(
        f"交换包里的“{name}”被改动过（校验值不符），没有接收。请对方重新发送。",
        f"“{name}” of the package was altered (its hash differs); nothing was taken. Ask for it again.",
    )


def _evidence(package: zipfile.ZipFile, head: Json, document: Json, folder: Path) -> dict[str, str]:
    """Lay the files of evidence down, each of a content that is taken as evidence; their names by SHA-256."""
    listed = {
        name.removeprefix(EVIDENCE): digest for name, digest in head["files"].items() if name.startswith(EVIDENCE)
    }
    if not listed:
        return {}
    names = _named(document)
    folder.mkdir(exist_ok=True)
    for key, digest in listed.items():
        if key not in names or key != digest:
            raise _refused("交换包里的文件与清单不符，没有接收。", "Its files are not those of its manifest.")
        place = folder / laid(key, names[key])
        if _copy(package, EVIDENCE + key, place) != key:
            raise _altered(names[key])
        said = kinds.look(place)
        if said.startswith("!"):
            raise _refused(*(kinds.refusal(said, names[key], language) for language in ("zh", "en")))
    return {key: names[key] for key in listed}


def laid(digest: str, name: str) -> str:
    """How a file of evidence is called beside the package: its hash, with the ending by which its kind is checked."""
    return digest + re.sub(r"[^a-z0-9.]", "", Path(name).suffix.lower())[:10]


def _named(document: Json) -> dict[str, str]:
    """The names of the evidence that the returns speak of, by SHA-256."""
    try:
        return {
            str(item["sha256"]): str(item["name"])[-255:]
            for given in document["returns"]
            for entry in given["entries"]
            for item in entry["evidence"]
            if _SHA256.fullmatch(str(item["sha256"]))
        }
    except (KeyError, TypeError) as problem:
        raise _refused("交换包的内容不是有效的数据。", "The content of the package is no valid data.") from problem


def _copy(package: zipfile.ZipFile, name: str, place: Path) -> str:
    digest = hashlib.sha256()
    with package.open(name) as source, place.open("wb") as target:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _take(package: zipfile.ZipFile, item: zipfile.ZipInfo) -> bytes:
    with package.open(item) as stream:
        content = stream.read(item.file_size + 1)
    if len(content) != item.file_size:
        raise _refused("不是交换包，或者文件已损坏。", "This is no exchange package, or it is damaged.")
    return content


def _head(manifest: bytes) -> Json:
    head = _object(manifest)
    if head.get("format") != FORMAT:
        raise _refused("不是交换包：清单的格式不对。", "This is no exchange package: its manifest is of another kind.")
    if head.get("version") != VERSION:
        version = str(head.get("version"))[:10]
        raise _refused(
            f"交换包的格式版本是{version}，本系统只认识版本{VERSION}。请升级后再接收。",
            f"The package is of format version {version}; this installation knows version {VERSION}. Upgrade first.",
        )
    files = head.get("files")
    known = isinstance(files, dict) and head.get("kind") in KINDS and KINDS[head["kind"]] in files
    if not known or any(name not in head for name in _HEAD) or not isinstance(head["serial"], int):
        raise _refused("交换包的清单不完整，没有接收。", "The manifest of the package is not complete.")
    return head


def _object(content: bytes) -> Json:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise _refused("交换包的内容不是有效的数据。", "The content of the package is no valid data.") from problem
    if not isinstance(value, dict):
        raise _refused("交换包的内容不是有效的数据。", "The content of the package is no valid data.")
    return value


def _refused(zh: str, en: str) -> ReadingError:
    return ReadingError(zh, en)
