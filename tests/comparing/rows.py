"""Invented rows for the tests of comparing, as contents and as the reader's measures."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from lantian.reading import model as read

THEMES = (
    "公交车更新为纯电动车", "建筑工地扬尘在线监控", "加油站油气回收检查", "餐饮油烟净化设施清洗", "秸秆综合利用巡查",
    "重型柴油车路检路查", "工业涂装企业源头替代", "裸露地块覆盖绿化", "道路机械化清扫保洁", "散煤复燃防控巡查",
    "锅炉低氮改造验收", "汽修行业执法抽查", "非道路机械编码登记", "站点数据质量核查", "烟花爆竹禁放宣传",
)  # fmt: skip
NO_DEADLINE = {"text": "", "kind": "none", "start": None, "end": None, "also": []}
YEAR_END = {"text": "年底前", "kind": "by", "start": None, "end": "2025-12-31", "also": []}


def role(role_: str, name: str, **changes: Any) -> dict[str, Any]:
    return {"role": role_, "name": name, "as_printed": name, "open": False, "group": 0, "unit": None} | changes


def target(text: str, value: str | None, at: int, **changes: Any) -> dict[str, Any]:
    values = {
        "text": text, "subject": "设备", "kind": "count", "comparator": "=", "value": value, "value_max": None,
        "unit": "台", "baseline": None, "by": "2025-12-31", "scope": [], "qualifier": None, "sense": None,
        "applies": None, "strength": "hard", "stretch": None, "statistic": None, "period": None, "denominator": None,
        "span": [at, at + len(text)], "edited": False,
    }  # fmt: skip
    return values | changes


def row(n: int, uid: str | None = "", **changes: Any) -> dict[str, Any]:
    """Row ``n`` of an invented plan; ``uid`` is ``u<n>`` unless given."""
    text = changes.pop("text", None) or f"{THEMES[(n - 1) % len(THEMES)]}，各区完成{n}0台。"
    figure = f"完成{n}0台"
    found = text.find(figure)
    values = {
        "uid": f"u{n}" if uid == "" else uid,
        "n": n,
        "section": "一、总体",
        "seq": (n + 1) // 2,
        "task": f"任务{(n + 1) // 2}",
        "text": text,
        "paragraphs": [text],
        "deadline": YEAR_END,
        "text_dates": [],
        "roles": [role("lead", "市生态环境局"), role("responsible", "各区政府")],
        "targets": [target(figure, f"{n}0", found)] if found >= 0 else [],
        "dropped": [],
        "source": {"page": 1, "row": n, "cells": []},
        "flags": [],
        "conflicts": [],
    }
    return values | changes


def rows(count_: int = 6) -> list[dict[str, Any]]:
    return [row(n) for n in range(1, count_ + 1)]


def reread(contents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows as a new reading gives them: without uid, numbered anew."""
    return [item | {"uid": None, "n": n} for n, item in enumerate(contents, start=1)]


def uids() -> Any:
    numbers = count(1)
    return lambda: f"made{next(numbers)}"


def measure(n: int, text: str, **changes: Any) -> read.Measure:
    values: dict[str, Any] = {
        "n": n, "section": "一、总体", "seq": n, "task": f"任务{n}", "measure": text, "paragraphs": (text,),
        "deadline": read.Deadline("年底前", "by", end=date(2025, 12, 31)),
    }  # fmt: skip
    return read.Measure(**(values | changes))


def plan(*measures: read.Measure, year: int = 2025) -> read.Plan:
    return read.Plan("云溪市行动计划", year, "云溪市", "municipal", "air", measures)
