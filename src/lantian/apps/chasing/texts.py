"""The words of chasing: what goes to the chat group, to one unit, on the telephone, into a letter. Pure, Chinese.

These go from office to office, so they are Chinese in every language of the site. What goes to a group names late units
only and no figures: who is behind by how much is nobody else's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lantian.apps.chasing.ladder import Notice

_SHORT = 60  # characters of a measure in a row of a letter


def day_words(day: date) -> str:
    """3月5日."""
    return f"{day.month}月{day.day}日"


def period_words(period: str) -> str:
    """2025年3月."""
    year, _dash, month = period.partition("-")
    return f"{year}年{int(month)}月" if month.isdigit() else f"{year}年"


def group(plan: str, period: str, due: date, units: Sequence[str], *, late: bool, contact: str = "") -> str:
    """催报文本 for the chat group: the units that have not reported, no figures."""
    names = "、".join(units)
    ending = f"联系人：{contact}" if contact else ""
    if late:
        lines = [
            f"【催报】《{plan}》{period_words(period)}进展填报已于{day_words(due)}截止。",
            f"尚未报送的单位：{names}。",
            "请抓紧报送；如有困难，请及时与我们联系。",
        ]
    else:
        lines = [
            f"【提醒】《{plan}》{period_words(period)}进展填报将于{day_words(due)}截止，请尚未报送的单位按时报送。"
        ]
    return "\n".join(line for line in [*lines, ending] if line)


def reminder(plan: str, period: str, due: date, notice: Notice) -> str:
    """提醒 for one unit."""
    what = f"《{plan}》{period_words(period)}进展填报"
    if notice.days < 0:
        return f"{what}将于{day_words(due)}截止，你单位尚未报送，请按时报送。"
    if notice.days == 0:
        return f"{what}今日（{day_words(due)}）截止，你单位尚未报送，请于今日报送。"
    return f"{what}已于{day_words(due)}截止，你单位尚未报送，请抓紧报送；如有困难，请及时与我们联系。"


def subject(period: str, notice: Notice) -> str:
    """Subject of the e-mail."""
    return f"【{notice.zh}】{period_words(period)}进展填报"


def phone(unit: str, office: str, plan: str, period: str, due: date, *, late: bool, rows: Sequence[str]) -> list[str]:
    """电话话术: what is said, sentence by sentence."""
    opening = f"您好，我是{office}的工作人员。请问是{unit}负责大气污染防治工作的同志吗？"
    state = f"已于{day_words(due)}截止" if late else f"将于{day_words(due)}截止"
    what = f"《{plan}》{period_words(period)}的进展填报{state}，我们还没有收到贵单位的报送。"
    items = f"涉及的任务是：{'；'.join(rows)}。" if rows else ""
    ask = "请问目前进展到什么程度，哪天可以报送？报送中有什么困难需要我们协调？"
    aids = "如果不方便登录，可以填写我们发来的表格，也可以现在由您口述、我们代填。"
    close = "好的，我记下了。到时我们再与您联系，谢谢。"
    return [line for line in (opening, what, items, ask, aids, close) if line]


def brief(text: str) -> str:
    """A measure's text as it stands in the table of a letter."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def why(*, late: bool, sent_back: int, overdue: bool, period: str) -> str:
    """What a letter says is wrong; nothing of lights, which never go out."""
    parts = []
    if overdue:
        parts.append("未按时限完成")
    if late:
        parts.append(f"至今未报送{period_words(period)}进展")
    if sent_back > 1:
        parts.append("报送内容多次退回仍未按要求修改")
    return "，".join(parts) or "进展未达到要求"


def earlier(rung: str, number: str, sent: date | None) -> str:
    """我办已于3月5日印发提示函（云环提示〔2025〕1号)."""
    when = f"已于{day_words(sent)}" if sent else "已"
    return f"我们{when}印发{rung}{f'（{number}）' if number else ''}"
