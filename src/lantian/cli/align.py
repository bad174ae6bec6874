"""``lantian align CITY DISTRICT [--format json|table|xlsx] [-o PATH]``: which city measures a district carries out."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from lantian.cli.comparison import MEDIA, add_output_arguments, format_of, read_plans, wrong
from lantian.cli.out import whole, write_text
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.comparing.alignment import Alignment
    from lantian.reading.model import Plan


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian align``."""
    zh = prefers_chinese()
    parser.add_argument(
        "city",
        metavar="CITY",
        help="市级计划文件（可含多份计划）" if zh else "the city's plan document (or several in one)",
    )
    parser.add_argument("district", metavar="DISTRICT", help="区级计划文件" if zh else "the district's plan document")
    parser.add_argument(
        "--medium",
        choices=MEDIA,
        help="区级文件里有几份计划时对照哪一份" if zh else "which of several district plans in one file",
    )
    parser.add_argument(
        "--draft-next",
        metavar="NEW_CITY",
        help="按明年的市级计划起草明年的区级计划（Word，需要 -o）"
        if zh
        else "draft next year's district plan from this new city plan (Word, needs -o)",
    )
    add_output_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read the files, align, print the result; exit codes as ``lantian read`` has them."""
    form = format_of(args)
    if form == "xlsx" and not args.output and not args.draft_next:
        return wrong("xlsx 需要用 -o 指定输出文件。", "xlsx needs -o PATH.")
    if args.draft_next and not (args.output or "").lower().endswith(".docx"):
        return wrong("--draft-next 需要用 -o 指定 .docx 文件。", "--draft-next needs -o PATH.docx.")
    read = read_plans([args.city, args.district, *([args.draft_next] if args.draft_next else [])])
    if isinstance(read, int):
        return read
    city, chosen = read[0], [plan for plan in read[1] if args.medium in (None, plan.medium)]
    if not chosen:
        return wrong("区级文件里没有这一领域的计划。", "the district's file holds no plan of this medium.")
    if len(chosen) > 1:
        media = [plan.medium for plan in chosen]
        return wrong(
            f"区级文件里有几份计划，请用 --medium 选择：{'、'.join(media)}。",
            f"the district's file holds several plans; choose one by --medium: {', '.join(media)}.",
        )
    try:
        if args.draft_next:
            return _draft(city, chosen[0], read[2], args.output)
        from lantian.comparing.alignment import align

        _write(city, chosen[0], align(city, chosen[0]), form, args.output)
    except OSError as error:
        wrong(f"无法写入 {args.output}：{error.strerror}", f"cannot write {args.output}: {error.strerror}")
        return 1
    return 0


def _draft(old_city: list[Plan], district: Plan, new_city: list[Plan], output: str) -> int:
    from lantian.comparing.alignment.document import write_draft
    from lantian.comparing.alignment.next_year import draft_next

    draft = draft_next(new_city, district, old_city)
    if not draft.rows:
        return wrong(
            "明年的市级计划里没有同一领域的计划。", "the new city document holds no plan of the district's medium."
        )
    with whole(output) as stream:
        write_draft(draft, stream)
    counts = "，".join(f"{name} {number}" for name, number in draft.counts().items() if number)
    print(counts, file=sys.stderr)
    return 0


def _write(city: list[Plan], district: Plan, found: Alignment, form: str, output: str | None) -> None:
    from lantian.cli import align_table

    chinese = prefers_chinese()
    if form == "xlsx":
        assert output is not None
        with whole(output) as stream:
            align_table.write_xlsx(city, district, found, stream, chinese=chinese)
        return
    if form == "table":
        text = align_table.table(city, district, found, chinese=chinese)
    else:
        text = json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n"
    write_text(text, output)
