"""``lantian read FILE… [--format json|table|csv|xlsx] [-o PATH]``: contracts §1, docs/cli.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.cli.out import whole, write_text
from lantian.reading.errors import MissingExtra, ReadingError, prefers_chinese

if TYPE_CHECKING:
    from lantian.reading.model import Plan

FORMATS = ("json", "table", "csv", "xlsx", "docx")
OFFICE = ("xlsx", "docx")  # no text: they need a file
_BATCH = 3  # files from which on both cores and a progress bar are worth their start-up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian read``."""
    zh = prefers_chinese()
    parser.add_argument("files", nargs="+", metavar="FILE", help="计划文件，可多个" if zh else "plan documents")
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=None,
        help="输出格式（默认 json）" if zh else "output format (default json)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="写入文件（xlsx、docx 必填）" if zh else "write to a file (xlsx and docx need it)",
    )


def run(args: argparse.Namespace) -> int:
    """Read every file; the good ones are printed even where others are refused."""
    form = args.format or format_of(args.output)
    if form in OFFICE and not args.output:
        say(f"{form} 需要用 -o 指定输出文件。", f"{form} needs -o PATH.")
        return 2
    plans: list[Plan] = []
    errors: list[ReadingError] = []
    for result in _results([Path(name) for name in args.files]):
        if isinstance(result, ReadingError):
            errors.append(result)
            print(f"lantian: {result}", file=sys.stderr)
        else:
            plans.extend(result)
    if plans or not errors:
        try:
            write(plans, form, args.output)
        except OSError as error:
            say(f"无法写入 {args.output}：{error.strerror}", f"cannot write {args.output}: {error.strerror}")
            return 1
    if not errors:
        return 0
    if plans:
        return 4
    return 3 if all(isinstance(error, MissingExtra) for error in errors) else 1


def format_of(output: str | None) -> str:
    """The format that the suffix of a path asks for; json without one."""
    suffix = Path(output).suffix[1:].lower() if output else ""
    return suffix if suffix in ("csv", *OFFICE) else "json"


def read_guarded(path: Path) -> list[Plan] | ReadingError:
    """Read one file in a worker under the limits of contracts §8; a refusal is returned, not raised."""
    from lantian.reading import read_plan
    from lantian.reading.guard import run_guarded

    try:
        return run_guarded(read_plan, path)
    except ReadingError as error:
        return error


def _results(paths: Sequence[Path]) -> Iterator[list[Plan] | ReadingError]:
    """Results in the order of the files; many files are read on all cores."""
    if len(paths) < _BATCH:
        yield from map(read_guarded, paths)
        return
    from multiprocessing import Pool

    with Pool(min(os.cpu_count() or 1, len(paths)), initializer=_preload) as pool:
        results = pool.imap(read_guarded, paths)
        yield from _with_progress(results, len(paths)) if sys.stderr.isatty() else results


_SMALL_PLAN = "云岭市2025年行动计划\n序号\t工作措施\t完成时限\t责任单位\n1\t完成10家。\t6月底前\t市水务局、各区政府\n"


def _preload() -> None:
    """Read a small plan once in each worker, so that no guarded child imports and compiles it all again."""
    import lantian.reading.prose
    import lantian.reading.sources.detect  # noqa: F401
    from lantian.reading import plans_of
    from lantian.reading.sources.text import parse

    plans_of(parse(_SMALL_PLAN))


def _with_progress(results: Iterator[list[Plan] | ReadingError], total: int) -> Iterator[list[Plan] | ReadingError]:
    from rich.console import Console
    from rich.progress import track

    label = "读取" if prefers_chinese() else "Reading"
    yield from track(results, description=label, total=total, console=Console(stderr=True))


def write(plans: Sequence[Plan], form: str, output: str | None, *, mark: str = "") -> None:
    """Write plans in one of :data:`FORMATS`, to standard output where ``output`` is None.

    ``mark``: what every Word page says at its head. Raises OSError.
    """
    from lantian.reading import output as out

    chinese = prefers_chinese()
    if form == "xlsx":
        assert output is not None
        with whole(output) as stream:
            out.write_xlsx(plans, stream, chinese=chinese)
        return
    if form == "docx":
        assert output is not None
        with whole(output) as stream:
            out.write_docx(plans, stream, mark=mark)
        return
    if form == "table":
        from lantian.cli.table import plan_table

        text = plan_table(plans, chinese=chinese)
    else:
        text = out.to_json(plans, chinese=chinese) if form == "json" else out.to_csv(plans, chinese=chinese)
    write_text(text, output)


def say(zh: str, en: str) -> None:
    """One line for the person, in their language, on standard error."""
    print(f"lantian: {zh if prefers_chinese() else en}", file=sys.stderr)
