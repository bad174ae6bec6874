"""``lantian diff OLD NEW [--format json|table|xlsx] [-o PATH]``: two years' plans compared (contracts §2)."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from lantian.cli.comparison import MEDIA, add_output_arguments, format_of, read_plans, wrong
from lantian.cli.out import whole, write_text
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.comparing import Comparison
    from lantian.reading.model import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian diff``."""
    zh = prefers_chinese()
    parser.add_argument("old", metavar="OLD", help="上一年的计划文件" if zh else "the earlier plan document")
    parser.add_argument("new", metavar="NEW", help="下一年的计划文件" if zh else "the later plan document")
    parser.add_argument(
        "--medium",
        choices=MEDIA,
        help="文件里有几份计划时比较哪一份" if zh else "which plan to compare where a file holds several",
    )
    add_output_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read both files, compare the plans of one medium, print the result; exit codes as ``lantian read`` has them."""
    form = format_of(args)
    if form == "xlsx" and not args.output:
        return wrong("xlsx 需要用 -o 指定输出文件。", "xlsx needs -o PATH.")
    sides = read_plans((args.old, args.new))
    if isinstance(sides, int):
        return sides
    media = [medium for medium in MEDIA if all(any(plan.medium == medium for plan in side) for side in sides)]
    if args.medium:
        media = [medium for medium in media if medium == args.medium]
    if not media:
        return wrong("两个文件里没有同一领域的计划。", "the files hold no two plans of the same medium.")
    if len(media) > 1:
        return wrong(
            f"文件里有几份计划，请用 --medium 选择：{'、'.join(media)}。",
            f"the files hold several plans; choose one by --medium: {', '.join(media)}.",
        )
    old, new = (next(plan for plan in side if plan.medium == media[0]) for side in sides)
    from lantian.comparing import compare_years

    found = compare_years(old, new)
    try:
        _write(old, new, found, form, args.output)
    except OSError as error:
        wrong(f"无法写入 {args.output}：{error.strerror}", f"cannot write {args.output}: {error.strerror}")
        return 1
    return 0


def _write(old: Plan, new: Plan, found: Comparison, form: str, output: str | None) -> None:
    from lantian.cli import diff_table

    chinese = prefers_chinese()
    if form == "xlsx":
        assert output is not None
        with whole(output) as stream:
            diff_table.write_xlsx(old, new, found, stream, chinese=chinese)
        return
    if form == "table":
        text = diff_table.table(old, new, found, chinese=chinese)
    else:
        text = json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n"
    write_text(text, output)
