"""Lines over a table: which is the title of the plan, which opens an attachment, which heads a section."""

from __future__ import annotations

import re
from dataclasses import replace

from lantian.reading.grammar.heads import is_head_note
from lantian.reading.layout import Paragraph
from lantian.reading.text import compare_form, join_layout

LONGEST_TITLE = 60
_LONGEST_HEADING = 40
_TITLE_WORD = re.compile(
    r"(计划|方案|清单|(?:分解|任务|措施|进度|一览|汇总|分工|责任|项目|安排|计划|情况)表|措施|要点|分工|任务书|意见|办法|规划|分解|台账)"
    r"([（(].{1,16}[）)])?$"
)
_NO_TITLE = re.compile(
    r"^(附件|附表|附|附录)\s*[\d一二三四五六七八九十]*\s*[:：]?$|^[(（].*[)）]$|^(单位|填报|表)\s*\d*[:：]?.{0,10}$|^[-—\d\s]+$"
)
_ATTACHMENT = re.compile(
    r"^(附件|附表|附录)\s*[\d一二三四五六七八九十]*\s*([:：]|$)|^(附件|附表|附录|表)\s*[-—\d]+(?!\d*[年月日.])"
)
_ATTACHMENT_LABEL = re.compile(
    r"^(附件|附表|附录)\s*[\d一二三四五六七八九十]*\s*[:：]?(?=.{4})|^表\s*\d+\s*[:：]?(?=.{4})"
)
_CONTINUED = re.compile(r"^[(（]?(续表?|接上表|接上页)\s*\d*[)）]?")
_PART = re.compile(
    r"^(重点|主要|具体|工作|目标|年度|责任|任务|分工|措施|指标){1,6}(任务)?(清单|分解表?|分工表?|表|台账|一览表|汇总表)([（(].{1,12}[）)])?$"
)
_STANDS_ALONE = re.compile(
    r"^((附件|附表)\s*[\d一二三四五六七八九十]*[:：]?|[\d〇零○一二三四五六七八九十]{2,4}年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日)$"
)
_SECTION = re.compile(
    r"^(第[一二三四五六七八九十百]+(?P<chapter>[章节篇]|部分)|(?P<one>[一二三四五六七八九十]+)[、.．]"
    r"|[（(](?P<two>[一二三四五六七八九十]+)[）)]|(?P<three>\d{1,2})[、.．](?!\d)|[（(](?P<four>\d{1,2})[）)])"
)


def is_title(text: str) -> bool:
    """Whether a line is the title of a plan or list: …行动计划, …任务分解表."""
    text = join_layout(text)
    return bool(_TITLE_WORD.search(text)) and len(text) <= LONGEST_TITLE and not _SECTION.match(text)


def opens_attachment(text: str) -> bool:
    """Whether a line opens an attachment or captions a table: 附件2, 附表：…, 表3 ….."""
    return bool(_ATTACHMENT.match(join_layout(text)))


def section_level(text: str) -> int | None:
    """How deep a heading stands by its number: 第一章 0, 一、 1, （一） 2, 1. 3, （1） 4; None without a number."""
    match = _SECTION.match(join_layout(text))
    if match is None:
        return None
    return next((level for level, name in enumerate(("one", "two", "three", "four"), start=1) if match[name]), 0)


def without_number(text: str) -> str:
    """A heading without its number: （一）严控新增 → 严控新增."""
    return _SECTION.sub("", text).strip()


def heads_section(text: str) -> bool:
    """Whether a line over a table heads the section that the table prints: 二、水污染防治."""
    text = join_layout(text)
    level = section_level(text)
    return level is not None and level < 3 and len(text) <= _LONGEST_HEADING and text[-1] not in "。：:；;，,"


def separate_lines(paragraph: Paragraph) -> list[Paragraph]:
    """Lines that a page set so close that they came as one paragraph: 附件, a heading or a date stands among them."""
    lines = [line for line in paragraph.text.split("\n") if line.strip()]
    if not any(_STANDS_ALONE.match(join_layout(line)) or heads_section(line) for line in lines[1:]):
        return [paragraph]
    return [replace(paragraph, text=line) for line in lines]


def plan_title(before: list[Paragraph]) -> tuple[str, list[str]]:
    """The title that stands over the table, a title broken over lines joined; and everything printed before it.

    A line below the title that says what plan this is (行政区域：…) belongs to what is printed before it as well.
    """
    texts = [join_layout(paragraph.text) for paragraph in before]
    notes = [text for text in texts if is_head_note(text)]
    title, preamble = _title_of([text for text in texts if text not in notes])
    return title, preamble + notes


def _title_of(texts: list[str]) -> tuple[str, list[str]]:
    lines = [(index, text) for index, text in enumerate(texts) if text and not _NO_TITLE.match(text)]
    if not lines:
        return "", texts
    for position in range(len(lines) - 1, -1, -1):
        index, text = lines[position]
        if is_title(text) and not text.endswith("。"):
            start = position
            while start > 0 and lines[start - 1][0] == lines[start][0] - 1 and _first_half(lines[start - 1][1], text):
                start -= 1
                text = lines[start][1] + text
            return _ATTACHMENT_LABEL.sub("", text), texts[: lines[start][0]]
    index, text = next(((i, t) for i, t in reversed(lines) if section_level(t) is None), lines[-1])
    text = _ATTACHMENT_LABEL.sub("", text)
    return (text, texts[:index]) if len(text) <= LONGEST_TITLE and not text.endswith("。") else ("", texts)


def _first_half(line: str, rest: str) -> bool:
    """Whether a line is the beginning of the title that goes on below: short, no stop, no title of its own."""
    if _PART.match(rest) and is_title(line):  # …行动计划 / 重点任务分解表
        return True
    if section_level(line) is not None or _STANDS_ALONE.match(line):
        return False
    if len(line) > 40 or line[-1:] in "。：:；;，," or _TITLE_WORD.search(line) or "〔" in line:
        return False
    return not re.match(r"^.{2,30}(人民政府|办公室|委员会|局|领导小组)$", line) or rest.startswith("关于")


def repeats_title(text: str, title: str) -> bool:
    """Whether a line only says again what plan this is: a running head, 续表, 续表2, …（续）."""
    line = compare_form(text)
    return bool(_CONTINUED.match(line)) or re.sub(r"\((续表?|续)\d*\)$", "", line) == compare_form(title)
