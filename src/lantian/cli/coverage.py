"""``lantian coverage PLAN… [--format json|table] [-o PATH]``: who owns a measure, by when, and how it is settled."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from lantian.cli.comparison import read_plans, wrong
from lantian.cli.out import write_text
from lantian.reading.errors import prefers_chinese

_HEAD = {
    True: (
        "计划", "措施", "有责任单位", "有时限", "由指标", "由外部值", "由佐证", "由频次",
        "数值目标", "对应指标", "外部值", "未对应",
    ),
    False: (
        "plan", "measures", "owned", "clocked", "indicator", "external", "evidence", "cadence", "figures",
        "indicator", "external", "unbound",
    ),
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian coverage``."""
    zh = prefers_chinese()
    parser.add_argument("plan", nargs="+", metavar="PLAN", help="计划文件" if zh else "plan documents")
    parser.add_argument(
        "--format",
        choices=("json", "table"),
        default="json",
        help="输出格式（默认 json）" if zh else "output format (default json)",
    )
    parser.add_argument("-o", "--output", metavar="PATH", help="写入文件" if zh else "write to a file")
    parser.add_argument(
        "--packs",
        action="append",
        default=[],
        metavar="FOLDER",
        help="另加的业务包文件夹，可多次" if zh else "a folder of your own packs, beside those that are shipped",
    )


def run(args: argparse.Namespace) -> int:
    """Read the plans, propose indicators, print; exit codes as ``lantian read`` has them, 1 also for broken packs."""
    from lantian.indicators.coverage import cover
    from lantian.indicators.packs import load as load_indicators
    from lantian.registers import SHIPPED, PacksRefused, load

    chinese = prefers_chinese()
    try:
        indicators = load_indicators(load(SHIPPED, *args.packs))
    except PacksRefused as refused:
        for problem in refused.problems:
            print(f"lantian: {problem.says(chinese)}", file=sys.stderr)
        return 1
    read = read_plans(args.plan)
    if isinstance(read, int):
        return read
    found = cover((plan for plans in read for plan in plans), indicators, chinese=chinese)
    text = (
        _table(found, chinese) if args.format == "table" else json.dumps({"plans": found}, ensure_ascii=False, indent=1)
    )
    try:
        write_text(text + "\n", args.output)
    except OSError as error:
        wrong(f"无法写入 {args.output}：{error.strerror}", f"cannot write {args.output}: {error.strerror}")
        return 1
    return 0


def _table(found: list[dict[str, Any]], chinese: bool) -> str:
    """One line for each plan, then what is open or without an indicator."""
    lines = ["\t".join(_HEAD[chinese])]
    for plan in found:
        targets = plan["targets"]
        cells = [plan["title"], plan["measures"], plan["owned"], plan["clocked"], *plan["settled"].values()]
        cells += [targets["numeric"], targets["indicator"], targets["external"], len(targets["unbound"])]
        lines.append("\t".join(str(cell) for cell in cells))
    for plan in found:
        for item in plan["targets"]["unbound"]:
            lines.append(f"{plan['title']}\t{item['n']}\t{item['text']}\t{item['why']}")
        for item in plan["open"]:
            lines.append(f"{plan['title']}\t{item['n']}\t{item['why']}")
    return "\n".join(lines)
