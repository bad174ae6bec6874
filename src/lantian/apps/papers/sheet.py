"""A paper as the sheet that is printed: parts in their order and words, the same for Word and for the preview. Pure.

Order and wording: GB/T 9704-2012 §7.2 (head), §7.3 (body), §7.4 (imprint), §10.1 (letter), §10.3 (minutes).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lantian.apps.papers.body import Block


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands where. Empty texts are not printed."""

    layout: str  # document, letter, minutes
    mark: str  # 发文机关标志 §7.2.4
    secrecy: str  # 密级 §7.2.2: only 内部 and 工作秘密 are marked, which are no state secrets
    number: str  # 发文字号 §7.2.5
    title: str  # §7.3.1
    main_to: str  # 主送机关, with the colon §7.3.2
    blocks: tuple[Block, ...]  # §7.3.3
    attachments: tuple[str, ...]  # 附件说明 §7.3.4
    signature: str  # 发文机关署名 §7.3.5
    dated: str  # 成文日期 §7.3.5.4
    copy_to: str  # 抄送, with the full stop §7.4.2
    printed_by: str  # 印发机关 §7.4.3
    printed_on: str
    draft: bool  # not signed yet: the preview says so
    void: bool


def in_words(day: date | None) -> str:
    """2025年3月1日: Arabic figures without leading zeros (§7.3.5.4); blanks to be filled by hand where unknown."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "    年  月  日"


def addressed(names: Sequence[str]) -> str:
    """主送机关: names parted by 、, a colon at the end (§7.3.2)."""
    return "、".join(names) + "：" if names else ""


def copied(names: Sequence[str]) -> str:
    """抄送机关: names parted by ，, a full stop at the end (§7.4.2)."""
    return "，".join(names) + "。" if names else ""


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """附件说明: one name stands without a number, more with 1. 2. (§7.3.4)."""
    return tuple(names) if len(names) < 2 else tuple(f"{n}. {name}" for n, name in enumerate(names, 1))
