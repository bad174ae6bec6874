"""Plans as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from lantian.reading.model import ROLE_NAMES, Plan


def plan_table(plans: Sequence[Plan], *, chinese: bool, width: int = 160) -> str:
    """One table per plan with the columns that officials know; flags by rule id."""
    from rich.box import SQUARE
    from rich.console import Console
    from rich.table import Table

    titles = (
        ("序号", "重点任务", "工作措施", "完成时限", "牵头", "主责", "协办", "目标", "标记")
        if chinese
        else ("No.", "Task", "Measure", "Deadline", "Lead", "Responsible", "Support", "Targets", "Flags")
    )
    ratios = (None, 3, 12, 2, 4, 4, 4, 4, 2)
    buffer = StringIO()
    console = Console(file=buffer, width=width, color_system=None)
    for plan in plans:
        console.print(f"{plan.title}（{plan.region} {plan.year or '—'}）" if chinese else f"{plan.title} ({plan.year})")
        table = Table(box=SQUARE, show_lines=True, expand=True)
        for title, ratio in zip(titles, ratios, strict=True):
            table.add_column(title, ratio=ratio, overflow="fold")
        section = None
        for measure in plan.measures:
            if measure.section != section:
                section = measure.section
                table.add_row("", section, *[""] * 7)
            table.add_row(
                "" if measure.seq is None else str(measure.seq),
                measure.task,
                measure.measure,
                measure.deadline.text,
                *("\n".join(measure.units(name)) for name in ROLE_NAMES),
                "\n".join(target.text for target in measure.targets),
                " ".join(dict.fromkeys(flag.id for flag in measure.flags)),
            )
        console.print(table)
    return buffer.getvalue()
