"""What is a numeral but no target: titles, standard and document numbers, dates, names; hidden before figures are read.

Hidden characters keep their places, so that every span counts in the original text (reading conventions, *Targets*:
"Not targets").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from lantian.reading.grammar.targets.numbers import fold_digits

BRACKET = "\x01"
HIDDEN = "\x02"

_LONGEST_BRACKET = 300
_CLAUSE, _SENTENCE = 240, 480  # no sense reaches farther; it also keeps a text without punctuation linear
_OPEN = {"（": "）", "(": ")", "〔": "〕", "[": "]", "［": "］", "【": "】"}
_KEPT_BRACKET = re.compile(
    r"其中[:：，,]?|分别|力争|同比|[较比](?:20\d\d|上)年|平方公里|立方米|套|台|艘|辆|个|次|间|A\)"
)
_TITLE = re.compile(r"《[^《》]{1,120}(?:《[^《》]{1,80}》[^《》]{0,80})?》")
_QUOTED = re.compile(r"“[^“”]{1,40}”|\"[^\"]{1,40}\"|‘[^‘’]{1,40}’|「[^「」]{1,40}」")
_DOUBLE = re.compile(r"双[\d.]+%")
_NAMES = (
    r"(?:GB|DB|HJ|CJJ|CJ|JGJ|JB|HG|NY|SL|QB|YD|AQ|TD|JT|WS|SB|LY|MT|DL|NB|SH|T)[A-Z]?\d*(?:[/／][A-Z]{1,6})* ?"
    r"\d{1,8}+(?:[./／]\d{1,8}){0,4}+(?:[—–\-－]\d{1,8}){0,3}",
    r"(?!(?:k|h|c|m)?m[23]|CO2e)(?<![A-Za-z])[A-Za-z]{1,6}\d{1,8}+(?:\.\d{1,6})?+(?![%％])",
    r"(?<!\d)\d{1,6}[A-DF-JLN-SU-Z](?![A-Za-z])",
    r"第[\d一二三四五六七八九十百]{1,8}[^\d，。；、]?",
    r"(?:国道|省道|县道|乡道)[A-Z]?\d{1,5}",
    r"(?<!\d)\d{1,8}号",
    r"[一二三四五六七八九十两]个(?:百分之百|100%)",
    r"(?:12345|12369|12315|12348|12328|12350|12366|12333|12321|110|119|120)(?=热线|平台|电话|举报|投诉|政务|市民|便民|服务|接|派|案|工单)",
    r"(?<!\d)\d{1,4}[+＋]\d{1,4}",
    r"(?<!\d)\d{1,6}\s?[:：]\s?\d{1,6}",
    r"国[一二三四五六ⅠⅡⅢⅣⅤⅥ]",
    r"[一二三四五六七八九十]{1,2}(?:年|个月|周|季|天)(?=[一二三四五六七八九十]|计划|行动|攻坚|规划|任务|滚动|期|评|复)",
)
_DATES = (
    r"(?:19|20)\d\d\s?[年.]?\s?(?:\d{1,2}月)?[—–\-－~～至到]{1,2}(?:19|20)\d\d\s?年(?:\d{1,2}月)?(?:度)?",
    r"(?:19|20)\d\d年度?(?:\d{1,2}月(?:\d{1,2}日)?)?",
    r"\d{1,2}月(?:\d{1,2}日)?[—–\-－~～至到]{1,2}(?:次年|翌年)?\d{1,2}月(?:\d{1,2}日)?",
    r"\d{1,2}[—–\-－~～至到、]{1,2}\d{1,2}月(?:份)?",
    r"\d{1,2}月(?:\d{1,2}日|份)?",
    r"\d{1,2}日(?=前|起|至|内|—)",
    r"\d{1,2}(?:时|点)(?:\d{1,2}分)?(?=[—\-至到起前后])",
    r"(?<!\d)\d{1,6}个?(?:月|年|周|星期|季度|日历天|自然日|年度)(?:以上|以下|以内|内|左右)?",
    r"(?<!\d)\d{1,2}小时(?=滑动|平均|最大|浓度)",
    r"24小时|7×24小时|全天候",
)
_BACKGROUND = re.compile(r"在[^，。；]{0,40}的?基础上")
_ABSTRACT = re.compile("|".join(f"(?:{part})" for part in (*_DATES, *_NAMES)))


@dataclass(frozen=True, slots=True)
class Masked:
    """Four views of the same text, all of the same length, and where its sentences and clauses begin.

    ``text`` as printed; ``view`` with bracketed remarks hidden; ``figures`` with everything hidden that holds
    numerals but no target.
    """

    text: str
    view: str
    figures: str
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]

    def clause(self, position: int) -> tuple[int, int]:
        """Start and end of the clause (，。；：) around ``position``, at most ``_CLAUSE`` characters away."""
        start, end = _around(self.clauses, position)
        return max(start, position - _CLAUSE), min(end, position + _CLAUSE)

    def sentence(self, position: int) -> tuple[int, int]:
        """Start and end of the sentence (。；) around ``position``, at most ``_SENTENCE`` characters away."""
        start, end = _around(self.sentences, position)
        return max(start, position - _SENTENCE), min(end, position + _SENTENCE)


def _around(starts: tuple[int, ...], position: int) -> tuple[int, int]:
    index = min(bisect_right(starts, position), len(starts) - 1)
    return starts[index - 1], starts[index]


def mask(text: str) -> Masked:
    """Hide what cannot be a target. Linear in the length of the text."""
    folded = fold_digits(text)
    view = _hide_brackets(folded)
    figures = _QUOTED.sub(_quoted, _TITLE.sub(_hidden, view))
    figures = _BACKGROUND.sub(_hidden, _ABSTRACT.sub(_hidden, figures))
    return Masked(text, view, figures, _starts(figures, "，,。；;：:！!？?\n"), _starts(figures, "。；;！!？?\n"))


def _hidden(match: re.Match[str]) -> str:
    return HIDDEN * len(match[0])


def _quoted(match: re.Match[str]) -> str:
    return match[0] if _DOUBLE.search(match[0]) else HIDDEN * len(match[0])


def _hide_brackets(text: str) -> str:
    characters = list(text)
    stack: list[tuple[int, str]] = []
    for position, character in enumerate(text):
        if character in _OPEN:
            stack.append((position, _OPEN[character]))
        elif stack and character == stack[-1][1]:
            start = stack.pop()[0]
            if position - start <= _LONGEST_BRACKET and not stack and not _KEPT_BRACKET.match(text, start + 1):
                characters[start : position + 1] = BRACKET * (position + 1 - start)
        elif stack and position - stack[0][0] > _LONGEST_BRACKET:
            stack.clear()
    return "".join(characters)


def _starts(text: str, marks: str) -> tuple[int, ...]:
    cuts = {0, len(text)}
    for match in re.finditer(f"[{re.escape(marks)}]", text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if match[0] in ",:" and before.isdigit() and after.isdigit():
            continue
        cuts.add(match.end())
    return tuple(sorted(cuts))
