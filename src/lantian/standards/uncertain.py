"""Rules that we apply although their text was not read in full: shown beside the results that rest on them."""

from __future__ import annotations

from dataclasses import dataclass

from lantian.standards.tables import yaml_table


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule to be checked (规则待核实): the matter, what we do, and why that is not certain."""

    id: str
    matter_zh: str
    matter_en: str
    we_do_zh: str
    we_do_en: str
    reason_zh: str
    reason_en: str


def marks() -> tuple[Mark, ...]:
    """Every mark, in the order of ``tables/uncertain.yaml``."""
    return tuple(
        Mark(row["id"], *(row[part][language] for part in ("matter", "we_do", "reason") for language in ("zh", "en")))
        for row in yaml_table("uncertain.yaml")
    )


def mark(identity: str) -> Mark:
    """The mark of that id; KeyError otherwise."""
    return {item.id: item for item in marks()}[identity]
