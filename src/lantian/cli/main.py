"""Entry point of the command. Subcommands import what they need when they run: start-up time is a feature."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from lantian import __version__
from lantian.reading.errors import prefers_chinese

# name: (module of lantian.cli, Chinese help, English help)
COMMANDS = {
    "read": (
        "read",
        "把行动计划文件读成措施、分工、时限和目标",
        "read plan documents into measures, owners, dates, targets",
    ),
    "align": ("align", "对照市、区两级行动计划", "compare a district's plan with its city's"),
    "diff": ("diff", "比较两个年度的行动计划", "compare the plans of two years"),
    "import": ("import_", "把计划文件导入系统", "import plan documents into the system"),
    "export": ("export", "把系统中的计划导出为文件（Word、Excel 等）", "write a stored plan as a file"),
    "stats": (
        "stats",
        "按国家标准统计小时监测数据（日、年、排名）",
        "daily, yearly and ranking statistics of hourly data",
    ),
    "trend": ("trend", "长期趋势（Theil–Sen，去季节）", "trends of monthly means (Theil–Sen, deseasonalised)"),
    "polar": ("polar", "风向风速极坐标浓度面", "bivariate polar surfaces: concentration by wind"),
    "normalise": ("normalise", "扣除气象影响的浓度变化", "trends with the weather taken out"),
    "qc": ("qc", "按规则检查小时监测数据", "check hourly data by the rules of quality control"),
    "lake": ("lake", "装入、整理、查看监测数据湖", "load, tidy and describe the lake of observations"),
    "sql": ("sql", "用 SQL 查询监测数据湖", "ask the lake of observations in SQL"),
    "ingest": ("ingest", "接收设备上传的 HJ 212 报文", "receive HJ 212 packets from devices"),
    "packs": ("packs", "检查业务包（台账、指标、规则）", "check packs: registers, indicators and rules"),
    "coverage": (
        "coverage",
        "检查计划的可执行性：谁负责、何时、如何算数",
        "say of every measure who owns it, by when, and how it settles",
    ),
    "aqi": ("aqi", "重新计算实时发布数据的 AQI", "compute the AQI of a published feed again"),
    "directory": ("directory", "导出、导入区域和单位名录", "areas and units as a workbook, out and in"),
    "serve": ("serve", "启动网站和后台任务", "run the web site and its background work"),
    "demo": ("demo", "准备示范城市", "prepare the demonstration city"),
    "tick": ("tick", "执行到期的后台任务", "run background work that is due"),
    "hj212": ("hj212", "解析、生成、重放 HJ 212 报文", "decode, write and replay HJ 212 packets"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns its exit code (docs/cli.md)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    chinese = prefers_chinese()
    parser = argparse.ArgumentParser(
        prog="lantian",
        description="蓝天：让大气污染防治行动计划运转起来" if chinese else "Lantian makes clean-air action plans run",
    )
    parser.add_argument("--version", action="version", version=f"lantian {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command")
    for name, (module, zh, en) in COMMANDS.items():
        child = commands.add_parser(name, help=zh if chinese else en, description=zh if chinese else en)
        if arguments[:1] == [name]:
            import_module(f"lantian.cli.{module}").add_arguments(child)
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        code: int = import_module(f"lantian.cli.{COMMANDS[args.command][0]}").run(args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (``| head``): not an error of ours. Keep the interpreter from
        # complaining when it flushes standard output on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
