"""The file list of a Delta table's newest version, read from its log without deltalake.

Most readers want nothing but that list, and importing deltalake and opening a table with it costs a command more than
the statistics of four years. So the plain log that our own writers leave (protocol 1: JSON commits, one checkpoint in
one Parquet file) is read here. Whatever else a log holds is :class:`NotPlain`, and deltalake reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LOG = "_delta_log"


class NotPlain(Exception):
    """The log holds what this module does not know, or changed while it was read."""


def adds(folder: Path) -> list[dict[str, Any]] | None:
    """The ``add`` actions of the newest version, oldest first; None where there is no table. NotPlain: ask deltalake.

    Each has ``path``, ``size``, ``partitionValues`` and ``stats`` (JSON text or None), as the protocol names them.
    """
    log = folder / LOG
    try:
        if not log.is_dir() or not any(log.iterdir()):
            return None
        found: dict[str, dict[str, Any]] = {}
        base = _checkpoint(log)
        # Listed after the pointer was read: a commit that is cleaned away now is behind a newer checkpoint.
        versions = sorted(
            number for path in log.glob("*.json") if path.stem.isdigit() and (number := int(path.stem)) > base
        )
        if versions != list(range(base + 1, base + 1 + len(versions))) or (base < 0 and not versions):
            raise NotPlain("commits are missing")
        if base >= 0:
            _apply(_of_checkpoint(log / f"{base:020}.checkpoint.parquet"), found)
        for version in versions:
            _apply(_of_commit(log / f"{version:020}.json"), found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotPlain(str(error)) from error
    return list(found.values())


def _checkpoint(log: Path) -> int:
    """The version of the last checkpoint, −1 where there is none."""
    pointer = log / "_last_checkpoint"
    if not pointer.exists():
        return -1
    said = json.loads(pointer.read_text(encoding="utf-8"))
    if said.get("parts") or said.get("v2Checkpoint"):
        raise NotPlain("a checkpoint in parts")
    return int(said["version"])


def _of_commit(path: Path) -> Iterator[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines:
        raise NotPlain("an empty commit")
    return map(json.loads, lines)


def _of_checkpoint(path: Path) -> Iterable[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in ("add", "protocol", "sidecar") if name in file.schema_arrow.names]
            rows: list[dict[str, Any]] = file.read(columns=names, use_threads=False).to_pylist()
    except pa.ArrowException as error:
        raise NotPlain(str(error)) from error
    return rows


def _apply(actions: Iterable[dict[str, Any]], found: dict[str, dict[str, Any]]) -> None:
    """Take one version's actions over into the files by path."""
    added: dict[str, dict[str, Any]] = {}
    for action in actions:
        if action.get("sidecar"):
            raise NotPlain("a checkpoint with sidecars")
        if (protocol := action.get("protocol")) and protocol["minReaderVersion"] > 1:
            raise NotPlain("a newer protocol")
        if gone := action.get("remove"):
            found.pop(gone["path"], None)
        if add := action.get("add"):
            if add.get("deletionVector") or "%" in add["path"]:
                raise NotPlain("rows deleted within a file, or a path that is encoded")
            added[add["path"]] = {**add, "partitionValues": dict(add["partitionValues"])}
    found.update(added)
