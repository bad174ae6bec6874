"""The words around a figure: what is compared with what, how, and whether the figure is a goal or only a limit.

The judgement follows the reading conventions: a target is "a printed numeral that says what is to be achieved";
limits that define an object, thresholds, distances, conditions and what was done before are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lantian.reading.grammar.targets.masks import BRACKET, Masked
from lantian.reading.grammar.targets.numbers import Quantity
from lantian.reading.grammar.targets.words import comparators, fragment, tail_words, words, words_at_end
from lantian.reading.model import Comparator

_REACH = 120  # characters of a clause that are looked at before and after a figure
_BASELINE_TAIL = re.compile(
    r"(?:同比|环比|(?:较|比|与|以)(?:上|去|前)一?年(?:度|同期|相比|同比)?|(?:较|比|与|以)(?:20\d\d年|[“\"]?十[二三四五六]五[”\"]?(?:期?末|期间)?)(?:相比|为基[准数期])?"
    r"|(?<=[于过到])(?:总数|总量|总面积|总户数)的?|相比|平均每?年|年均|每人每[年月日天]|每(?:[年月日天周次人季]|季度|半年)|当年|各自)\Z"
)
_FALL = re.compile(
    r"(?:下降|降低|减少|削减|减排|压减|下滑|缩减|压降|改善|缩短|压缩|(?<!削)减量|少排|降幅|下降率|下降幅度|降低率|减少率|削减率|减幅|降率|节约|节省)(?:率|比例|幅度)?\Z"
)
_RISE = re.compile(r"(?:增长|提高|提升|增加|上升|增幅|升幅|增速|涨幅|增长率|增长幅度|扩大|回升|递增)(?:速度|率)?\Z")
_HEAD_FALL = re.compile(
    r"(?:全年|年内|年底前|累计|共|计划|力争|要|将)*(?:减少|削减|压减|降低|压降|节约|减排)(?=[^，。；]{1,30}\Z)"
)
_LEAST_VERB = re.compile(
    r"(?P<word>(?P<least>至少|不少于|不低于)|(?:最多|不超过))(?P<verb>再?" + fragment("doing_verb") + r")\Z"
)
_LEAST = {"不少于", "不低于", "至少"}
_CLASSES = re.compile(r"(?:划?分为|划?分成|划分)")
_ATTRIBUTE = re.compile(r"[^，。；、和\d\x01]{2,16}\d")
_SHARE_OF = re.compile(
    r"(?:(?<=低于)|(?<=少于)|(?<=超过)|(?<=达到)|(?<=高于)|(?<=高到)|(?<=降到)|(?<=降至))[^，。；、\d\x01]{2,14}的\Z"
)
_FINE = re.compile(r"\x01{0,300}(?:优良|优秀|达标|良好|蓝天|好天)")
_DEFINES = re.compile(r"的[^，。；]{1,20}(?:实现|达到)\Z")
_RESTS = re.compile(r"(?:以|围绕|依托|聚焦|针对|面向|立足)\Z")
_CJK = re.compile(r"[^\W\d_]")
_SMALL_CHINESE_UNITS = {"座", "所", "台", "公里", "艘", "架次"}
_DISTANCE = {"米", "m", "公里", "km", "千米"}
_HELD = {"户", "人", "名", "辆", "台", "头", "只", "艘", "床", "座", "万元"}
_SHARE_WITH = re.compile(r"[^，。；]{1,8}(?:占比|比例|比重)")
_CONDITION = re.compile(r"的\x01{0,300}[，,]\Z")


@dataclass(slots=True)
class Phrase:
    """One figure with its clause. ``before`` and ``rest`` are the words around it, remarks in brackets hidden.

    ``stem`` is ``before`` without comparison words; ``sign`` −1 falls, +1 rises, 0 no change word; ``said`` holds the
    small words that were taken off (力争, 均, 分别, 累计 …); ``head`` are the words before the colon that opens a list.
    """

    quantity: Quantity
    start: int
    end: int
    before: str
    rest: str
    stem: str
    compared: Comparator | None
    about: bool
    sign: int
    said: frozenset[str]
    head: str = ""
    run: list[Quantity] = field(default_factory=list)

    @property
    def comparator(self) -> Comparator:
        """What the print compares with (unsigned): ``~`` over 以上/以内 over the word before; ``=`` without any."""
        if self.quantity.value_max is not None:
            return "="
        if self.about or self.quantity.after == "~":
            return "~"
        found = self.quantity.after or self.compared
        if found is None:
            return "~" if self.quantity.loose else "="
        return found


def read_phrase(masked: Masked, quantity: Quantity, floor: int, ceiling: int) -> Phrase:
    """The clause around a figure, from ``floor`` (end of the one before) to ``ceiling`` (start of the next)."""
    start, end = masked.clause(quantity.start)
    start = max(start, floor, quantity.start - _REACH)
    end = min(end, quantity.end + _REACH)
    before = masked.view[start : quantity.start]
    rest = masked.view[quantity.end : min(end, ceiling)].lstrip(BRACKET)
    if ceiling < end and "、" in rest:
        rest = rest[: rest.index("、")]
    share = _SHARE_OF.search(before) if quantity.unit_class == "ratio" else None
    phrase = Phrase(quantity, start, end, before, rest, *_strip(before[: share.start()] if share else before))
    return _headed(masked, phrase) if phrase.compared is None and phrase.sign == 0 else phrase


def _headed(masked: Masked, phrase: Phrase) -> Phrase:
    """比例分别达到：城区100%、县城95%: a list without words of its own is compared as before its colon."""
    sentence = masked.sentence(phrase.start)[0]
    colon = max(masked.view.rfind(mark, sentence, phrase.start + 1) for mark in "：:")
    if colon < 0 or words("doing_verb").search(phrase.stem):
        return phrase
    stem, compared, about, sign, said = _strip(masked.view[masked.clause(colon)[0] : colon])
    aim = words_at_end("goal_noun_before").search(stem)
    if aim is None and compared is None and sign == 0:
        return phrase
    return replace(phrase, compared=compared, about=about, sign=sign, said=phrase.said | said, head=stem)


def _strip(before: str) -> tuple[str, Comparator | None, bool, int, frozenset[str]]:
    stem, about, sign, said = before, False, 0, set[str]()
    compared: Comparator | None = None
    while True:
        stem = stem.rstrip(BRACKET + ' ，,、：:“"')
        if sign == 0 and words_at_end("cut_share").search(stem):
            return stem, compared, about, sign, frozenset(said)  # an alert's cut: a share, no fall since some day
        if sign == 0 and (moved := _FALL.search(stem) or _RISE.search(stem)):
            sign = -1 if _FALL.search(stem) else 1
            said.add(moved[0])
            stem = stem[: moved.start()]
            continue
        if based := _BASELINE_TAIL.search(stem):
            said.add(based[0])
            stem = stem[: based.start()]
            continue
        tail = tail_words().search(stem[-8:])
        word = tail[0] if tail else ""
        if not word and compared is None and (doubled := _LEAST_VERB.search(stem)):
            compared = ">=" if doubled["least"] else "<="
            said.add(doubled["word"])
            stem = stem[: doubled.start()] + doubled["verb"]
            continue
        if not word:
            return stem, compared, about, sign, frozenset(said)
        comparator = comparators().get(word)
        if comparator == "~":
            about = True
        elif comparator is not None and compared in (None, "="):
            compared = comparator
        said.add(word)
        stem = stem[: -len(word)]


def head_falls(phrase: Phrase) -> bool:
    """压减煤炭消费100万吨, 减少煤炭用量5%: the falling verb stands before its object."""
    if phrase.sign or (phrase.compared not in (None, "=") and not phrase.said & _LEAST):
        return False
    return _HEAD_FALL.match(phrase.stem.lstrip("、，, 和及并")) is not None and phrase.quantity.unit_class not in (
        "count",
    )


def is_ground(phrase: Phrase, masked: Masked) -> bool:
    """Whether the figure says where things stand or on what they rest: 由70%提高, 已完成120座, 以10个园区为重点."""
    if phrase.stem.endswith(("由", "从", "自")) and phrase.compared is None:
        return True
    if _RESTS.search(phrase.stem) and phrase.compared is None:
        return True
    start = phrase.quantity.start
    classed = "其中" in phrase.before[:4] or phrase.before.startswith("、")
    if classed and _CLASSES.search(masked.view, max(masked.sentence(start)[0], start - 120), start):
        return True
    return words("background_word").search(phrase.before) is not None


def is_goal(phrase: Phrase, masked: Masked, *, listed: bool) -> bool:
    """Whether the figure says what is to be achieved. ``listed``: it stands in a list with a figure that does."""
    quantity = phrase.quantity
    if quantity.double:
        return True
    if quantity.chinese and not _chinese_counts(phrase):
        return False
    kind = quantity.unit_class
    if quantity.unit == "个" and words("stop_noun").match(phrase.rest):
        return False
    if kind in ("ratio", "point") or (quantity.unit or "").endswith("元"):
        funded = words("funding_verb").match(phrase.stem.lstrip("，,、")) is not None
        clause = masked.clause(quantity.start)[0]
        if words("policy_word").search(masked.view, clause, phrase.end) and not funded:
            return False
        if kind == "ratio":
            return not (_DEFINES.match(phrase.before) and phrase.rest.startswith("的"))
    if listed or phrase.head:
        return True
    if kind == "time":
        fine = _FINE.match(phrase.rest) and words("goal_verb").search(phrase.before)
        reached = words("time_goal").search(phrase.before) or words("low_goal").search(phrase.before)
        return bool(fine or reached)
    if phrase.sign or phrase.compared not in (None, "="):
        return True
    if kind == "none":
        return False
    if kind == "indicator" or kind == "rate":
        return bool(phrase.stem) and (
            words("low_goal").search(phrase.before) is not None
            or words("goal_verb").search(phrase.before) is not None
            or words("goal_noun_before").search(phrase.before) is not None
        )
    if words("goal_verb").search(
        masked.view, max(masked.clause(quantity.start)[0], quantity.start - 120), quantity.start
    ):
        return True
    if (
        not phrase.rest.strip("，。；,;、 ")
        and len(phrase.stem) > 1
        and words("goal_verb").search(masked.view, _part_before(masked, quantity.start), phrase.start)
    ):
        return True
    if words("per_head").match(phrase.stem.strip("，,、 ")):
        return True
    if kind == "count" and words("settled_verb").search(phrase.rest[:24]):
        return True
    follows = masked.view[quantity.end : min(phrase.end, quantity.end + 60)]
    return len(phrase.stem) < 7 and kind == "count" and words("doing_verb").search(follows) is not None


def _part_before(masked: Masked, position: int) -> int:
    """Start of the sentence at ``position``, or of the one before it where only a semicolon parts them."""
    start = masked.sentence(position)[0]
    return masked.sentence(start - 1)[0] if start and masked.view[start - 1] in "；;" else start


def _chinese_counts(phrase: Phrase) -> bool:
    quantity = phrase.quantity
    if phrase.before.endswith(("数", "几", "上", "第", "好")):
        return False
    if quantity.unit_class == "ratio" or (phrase.compared not in (None, "=")):
        return True
    adjacent = words_at_end("doing_verb").search(phrase.stem) is not None
    if quantity.value < 10:
        return adjacent and quantity.value >= 2 and quantity.unit in _SMALL_CHINESE_UNITS
    closing = not phrase.rest.strip("，。；,;") and words("goal_verb").search(phrase.before) is not None
    return adjacent or closing or quantity.after is not None or quantity.unit not in ("个", "项", "条", "次", "种")


def is_limit(phrase: Phrase, masked: Masked, *, adjoins: bool) -> bool:
    """Whether the figure only says which objects are meant (4.5吨以下环卫车), where, or on what condition.

    ``adjoins``: it stands right behind another figure (1台65蒸吨燃煤锅炉).
    """
    quantity, rest = phrase.quantity, phrase.rest
    kind = quantity.unit_class
    if kind == "none":
        return False
    if rest.startswith("级"):
        return True
    bare = kind == "size" and quantity.value < 1000 and phrase.compared is None and quantity.after is None
    if bare and _ATTRIBUTE.match(masked.figures, quantity.end):
        return True
    if adjoins and kind in ("size", "rate") and _CJK.match(rest):
        return True
    if quantity.unit in _DISTANCE and (words("relation_noun").match(rest) or phrase.stem.endswith("每隔")):
        return True
    if (
        kind in ("count", "size")
        and quantity.after == ">="
        and quantity.unit in _HELD
        and words("holder_noun").match(rest)
    ):
        return True
    if quantity.unit in _DISTANCE and phrase.stem.endswith(("距离", "间距")) and "控制" not in phrase.before:
        return True
    if _CONDITION.search(masked.view[masked.clause(quantity.start)[0] : phrase.end]):
        return True
    near = phrase.before[-30:]
    reached = words("low_goal").search(near) is not None
    owned = words("owner_word").search(phrase.before[-14:]) is not None
    strong = words_at_end("strong_verb").search(phrase.stem) is not None
    doing = strong or words_at_end("doing_verb").search(phrase.stem) is not None
    noun = rest[1:] if rest.startswith("的") else rest
    if quantity.after == "<=" and not reached and kind in ("count", "extent", "size", "rate", "time"):
        return words_at_end("level_noun").search(phrase.stem) is None
    if owned and kind != "ratio" and "的" in rest[:30] and not doing:
        return True
    if rest.startswith("的"):
        if words("goal_noun").match(noun) and not _SHARE_WITH.match(noun):
            return False
        if kind in ("size", "rate", "time", "indicator"):
            return not strong or kind != "size"
        if kind in ("count", "extent"):
            return not doing and phrase.compared in (">", "<", ">=", "<=", None) and not _governed(phrase)
        acts = words("doing_verb").search(noun) is not None
        return kind == "ratio" and phrase.compared in (">", "<", ">=") and not doing and not acts
    if phrase.stem.endswith("保障") and words("supply_noun").search(rest):
        return False
    if _CJK.match(rest) and quantity.after == ">=" and kind in ("size", "rate", "time"):
        return not (strong and kind == "size") and words("capacity_noun").match(rest) is None
    if _CJK.match(rest) and kind == "rate" and not reached and phrase.compared is None:
        return words("capacity_noun").match(rest) is None
    return False


def _governed(phrase: Phrase) -> bool:
    """完成对…的180家的检查: a doing verb earlier in the clause and no owner word."""
    return words("goal_verb").search(phrase.before) is not None and words("owner_word").search(phrase.before) is None
