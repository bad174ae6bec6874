"""From a snapshot and a template to the paragraphs of a bulletin, and what a person changed in them. Pure.

A paragraph is ``{"made": text, "said": text or None}``: what the template makes of the frozen figures, and what a
person wrote instead, which is marked and kept when the figures change. Templates are filled in the sandbox of
papers.slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lantian.apps.bulletins.figures import Row
from lantian.apps.bulletins.kinds import Kind, Period, Template
from lantian.apps.bulletins.ranking import frozen
from lantian.apps.papers import slots
from lantian.apps.papers.body import LETTERS, PARAGRAPHS, tidy

Paragraph = dict[str, Any]
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def title_of(template: Template, facts: Mapping[str, Any]) -> str:
    """The title. Raises :class:`slots.SlotError`."""
    return tidy(slots.fill(template.title, facts))[:200]


def made(template: Template, facts: Mapping[str, Any]) -> list[str]:
    """One text for every line of the template, empty ones too, so that a line keeps its place whatever the figures say.

    Raises :class:`slots.SlotError` for a slot without a value, a forbidden part, or more than a paper holds.
    """
    lines = [tidy(line) for line in slots.fill(template.body.strip("\n"), facts).split("\n")]
    if len(lines) > PARAGRAPHS or any(len(line) > LETTERS for line in lines):
        raise slots.SlotError(f"> {PARAGRAPHS} × {LETTERS}")
    return lines


def renewed(old: Sequence[Paragraph], lines: Sequence[str]) -> list[Paragraph]:
    """The paragraphs after the figures or the template changed: what people wrote stays at its place.

    A handwritten paragraph beyond the last line of the new text is kept behind it.
    """
    said = {place: item["said"] for place, item in enumerate(old) if item.get("said") is not None}
    found: list[Paragraph] = [{"made": line, "said": said.get(place)} for place, line in enumerate(lines)]
    found += [{"made": "", "said": text} for place, text in sorted(said.items()) if place >= len(lines)]
    return found


def edited(old: Sequence[Paragraph], texts: Mapping[int, str]) -> list[Paragraph]:
    """The paragraphs with what somebody typed; a text equal to the made one is not a text of one's own any more.

    ``texts`` maps places to what stands there now; a place behind the last adds a paragraph.
    """
    found: list[Paragraph] = []
    for place in range(max([len(old), *(place + 1 for place in texts)])):
        item = old[place] if place < len(old) else {"made": "", "said": None}
        if place not in texts:
            found.append(dict(item))
            continue
        text = tidy(" ".join(texts[place].split("\n")))
        found.append({"made": item["made"], "said": None if text == item["made"] else text})
    while found and not found[-1]["made"] and not found[-1]["said"]:
        found.pop()
    return found


def text_of(item: Paragraph) -> str:
    """What is printed of a paragraph."""
    return str(item["made"] if item.get("said") is None else item["said"])


def printed(paragraphs: Iterable[Paragraph]) -> list[str]:
    """The paragraphs as they are printed, empty ones left out."""
    return [text for item in paragraphs if (text := text_of(item))]


def strange_numbers(text: str, data: Mapping[str, Any], lines: Iterable[str]) -> list[str]:
    """Numbers of a handwritten paragraph that stand nowhere in the snapshot or in the sentences made of it.

    A hint for the person who writes, no refusal: 三日内 or a telephone number are no figures of ours.
    """
    known = {found for line in lines for found in _NUMBER.findall(line)}
    for row in data["rows"]:
        for name in ("value", "published", "previous", "published_before", "change", "rank", "worst", "completeness"):
            known.update(_NUMBER.findall(str(row[name] if row[name] is not None else "")))
    return [found for found in dict.fromkeys(_NUMBER.findall(text)) if found not in known]


def internal_names(text: str, data: Mapping[str, Any]) -> list[str]:
    """Subjects marked internal that a paragraph names: they must not leave the issuer."""
    names = dict.fromkeys(row["subject"] for row in data["rows"] if row["internal"])
    return [name for name in names if name in text]


def sample(kind: Kind, period: Period) -> dict[str, Any]:
    """A snapshot of invented figures, by which an administrator sees what a template makes."""
    from decimal import Decimal

    rows = [
        Row(f"示例{n}街道", Decimal(100 + n * 3 % 17) / (10 ** min(2, one.places)), f"示例{'甲乙丙'[n % 3]}区", one.id,
            Decimal(100 + n) / (10 ** min(2, one.places)))
        for one in kind.indicators
        for n in range(1, 25)
    ]  # fmt: skip
    return frozen(kind, period, "示例市", rows)
