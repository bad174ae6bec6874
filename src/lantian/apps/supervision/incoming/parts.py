"""One piece that several units wrote → a part for each: messages of a chat group, tables with a column of units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lantian.apps.supervision.incoming.model import Content
from lantian.apps.supervision.incoming.tables import header_of
from lantian.apps.supervision.incoming.units import Names, head_of
from lantian.apps.supervision.incoming.words import pattern, plain

_HEAD_LINES = 6
_MOSTLY = 0.8  # of a column's cells must be units


@dataclass(slots=True)
class Part:
    """What one unit wrote; ``party`` is None where nobody is named (then the unit is looked for elsewhere)."""

    party: str | None
    content: Content
    how: str = ""  # head, column
    sure: float = 1.0  # how well the head names it


def parts_of(content: Content, names: Names) -> list[Part]:
    """The parts in the order of the piece; one part where it is one unit's."""
    by_column = _by_column(content, names)
    if by_column:
        return by_column
    return _by_heads(content, names) or [Part(None, content)]


def _by_heads(content: Content, names: Names) -> list[Part]:
    """Messages: a line that begins with a unit's name begins one; what stands before the first belongs to nobody."""
    blocks = content["blocks"]
    lines = [block["text"] for block in blocks[:_HEAD_LINES] if "text" in block]
    if any(pattern("letter").search(plain(line)) for line in lines):
        return []
    heads = {index: found for index, block in enumerate(blocks) if (found := head_of(block.get("text", ""), names))}
    known = {found[0] for found in heads.values() if found[0] is not None}
    if not known or (len(known) < 2 and content["kind"] != "text"):
        return []
    parts: dict[str | None, Part] = {}
    current: Part | None = None
    for index, block in enumerate(blocks):
        if index in heads:
            key, rest, sure = heads[index]
            current = parts.setdefault(key, Part(key, {"kind": content["kind"], "blocks": []}, "head", sure))
            current.content["blocks"].append(block | {"said": rest})
        elif current is not None:
            current.content["blocks"].append(block)
    return list(parts.values())


def _by_column(content: Content, names: Names) -> list[Part]:
    """Rows of tables by the unit in their column 单位; a row whose unit is not known goes to the part without one."""
    parts: dict[str | None, Part] = {}
    for at, block in enumerate(content["blocks"]):
        if "rows" not in block:
            continue
        header = header_of(block["rows"])
        if header is None or "party" not in header.fields:
            continue
        col = header.fields.index("party")
        body = block["rows"][header.after :]
        said = [row["cells"][col] if col < len(row["cells"]) else "" for row in body]
        owners = [owner[0] if (owner := names.exactly(text)) else None for text in said]
        if sum(map(bool, owners)) < _MOSTLY * max(1, sum(map(bool, said))):
            continue
        for key, row in zip(owners, body, strict=True):
            part = parts.setdefault(key, Part(key, {"kind": content["kind"], "blocks": []}, "column"))
            _add_row(part.content["blocks"], at, block["rows"][: header.after], block["caption"], row)
    known = [key for key in parts if key is not None]
    return list(parts.values()) if known else []


def _add_row(
    blocks: list[dict[str, Any]], at: int, heads: list[dict[str, Any]], caption: str, row: dict[str, Any]
) -> None:
    """Put a row into the part's copy of the table at ``at`` of the piece, which begins with the head."""
    copy = next((block for block in blocks if block["of"] == at), None)
    if copy is None:
        copy = {"caption": caption, "rows": list(heads), "of": at}
        blocks.append(copy)
    copy["rows"].append(row)
