"""What a figure measures (降尘量, 重型柴油车人工检查), and the lists that print several at once (分别, 均, 双100%)."""

from __future__ import annotations

import re

from lantian.reading.grammar.targets.masks import BRACKET
from lantian.reading.grammar.targets.phrase import Phrase
from lantian.reading.grammar.targets.words import fragment, tail_words, words, words_at_end, words_at_start

_LONGEST = 40
_EDGE = ' 　，,、。；;：:的和与及并“”"（）()' + BRACKET
_LEAD = re.compile(
    r"(?:(?:[1-9一二两三四五六]年内|[自从]?20\d\d年(?:\d{1,2}月)?起|[到至]?20\d\d年?[—–\-－至到]20\d\d年[内间]?|[到至]?20\d\d年(?:底|末|年底)?前?|\d{1,2}月(?:底|末|\d{1,2}日)?前?|年底前?|年末|全年|每年|年内|本年度"
    r"|[到至]?[“\"]?十[二三四五六]五[”\"]?(?:期?末|期间|时期)?)"
    r"|其中|全市及各区|全区及各街道|全[市区县省]及各[^\W\d]{1,3}?(?=[^\W\d]{0,12}(?:量|率|浓度))|全市|全区|全县|全省|全国|本市|本区|我市|我省|我区|各地|各区县|各县区|各区市县|各市县|各区|各县|对标|对于|力争|争取|努力|确保|实现|累计|分别|各街道|各镇街|各乡镇|各镇|各市|各设区市|各级|与此同时|同时|并|要|应|须|将|使|把|对|按照|以|进一步|继续|逐步|加快|大力|全面|积极|率先|基本|共|约|不低于|动态|进入|在|计划|拟)[，,]?"
)
_NAMED = r"(?:和(?:平[区县]|田[地市县]|龙市|林格尔|顺县|静县|硕县|政县)|与此同时)"  # no conjunctions
_ACTORS = re.compile(
    r"[^，。；]{0,60}?(?:部门|委|局|办|政府|公司|单位|管委会|中心|集团|支队)(?:牵头)?(?=全年|完成|组织|开展|推动|建设|新建|改造)"
)
_TRAIL = re.compile(
    r"(?:的?工作|任务|的|等|以上|进行|目标|以及|和|与|及|并|，|、|力争|实现|基本|达到|动态|保持|均|全面|对|将|为|排名|要)+\Z"
)
_SHARE_OF = re.compile(r"的?(?:比例|比率|频次|要求|速度|幅度|目标)(?:要求)?(?:对|开展|进行)?")
_OPENING = re.compile(rf"\A(?:(?!{_NAMED})[{re.escape(_EDGE)}])+")
_SMALL = re.compile(BRACKET + "|力争|分别|累计")
_FROM = re.compile(r"[由从自][\d.]+%?(?:[^，。；\d]{0,4})\Z")
_POST_STOP = re.compile(r"[，,。；;：:（(]|、?(?:其中|分别)")
_JOINT = re.compile(rf"、|以及|(?!{_NAMED})(?:和|与|及)")
_JOINT_OR_ITEM = re.compile(rf"(?:{_JOINT.pattern})|(?:(?!{_JOINT.pattern}).)+")
_TAIL = re.compile(
    r"(?:年均|月均|综合|平均|总体|安全|收集|集中|无害化|资源化|机械化|有效|规范化)*"
    r"(?:(?:回收|综合|循环|安全|资源化|有效)?(?:利用|处理|处置|收集|覆盖|普及|达标|合格|机械化|回收|替代|入网|安装|对接|联网|使用|淘汰|更新|完成|整治|治理|电动化|电气化|绿化|修复|检查|满意|解决|配备|配套|分类|减量|返工|流失|漏损|就业|入学|参保|增长|下降|贡献|占有|转化|自给|加工|种植|收获|良种|保有|利用总)?率"
    r"|(?:年均|月均)?(?:质量)?浓度(?:均值)?|排放总量|排放强度|(?:重点)?(?:工程)?减排量|排放量|消费总量|使用量|施用量|总量|产量|比例|比重|占比|总值|能耗|强度|面积|里程|能力|容量|规模|收入|增加值|产值|数量|人数)\Z"
)


_RATE = re.compile(r"[^\d，]{2,}率\Z")
_SHARE = re.compile(r"[^\d，]{3,}(?:率|比例|比重|占比)\Z")


def own_subject(phrase: Phrase) -> str:
    """The thing measured, as printed and short: before the figure, or after it where a verb stands before it."""
    before = clean(phrase.stem)
    follows = phrase.before.endswith(("、", "和", "及", "与"))
    if (
        follows
        or phrase.stem.endswith("等")
        or (before and words_at_end("doing_verb").search(before) and len(before) < 24)
    ):
        after = after_subject(phrase)
        if after:
            return after
    stripped = without_verb(before)
    if len(stripped) >= 2:
        return stripped
    return after_subject(phrase) or before


def after_subject(phrase: Phrase) -> str:
    """The noun that follows the figure: 完成180万辆次以上的重型柴油车人工检查."""
    return "" if len(phrase.run) > 1 else after_words(phrase.rest)


def after_words(rest: str) -> str:
    """The first words of a clause's rest, to its end or to 其中."""
    rest = _SHARE_OF.sub("", rest.lstrip("“”" + BRACKET), count=1).lstrip(_EDGE)
    stop = _POST_STOP.search(rest)
    found = (rest[: stop.start()] if stop else rest).replace(BRACKET, "")
    return _TRAIL.sub("", found)[:_LONGEST]


def _trim(text: str) -> str:
    """Without marks and conjunctions at the ends; 和平区 keeps its name."""
    return _OPENING.sub("", text).rstrip(_EDGE)


def clean(text: str) -> str:
    """The words before a figure without dates, small words, doers and remarks in brackets."""
    text = _trim(_SMALL.sub("", text))
    if actor := _ACTORS.match(text):
        text = text[actor.end() :]
    while (lead := _LEAD.match(text)) and lead.end() < len(text):
        text = text[lead.end() :].lstrip(_EDGE)
    if lead and lead.end() == len(text):
        return ""
    text = tail_words().sub("", _TRAIL.sub("", _FROM.sub("", text)))[-_LONGEST:]
    opened, closed = text.count("“"), text.count("”")
    return text + "”" if opened > closed else "“" + text if closed > opened else text


def without_verb(text: str) -> str:
    """The words without the doing verbs before them (建设污水收集管线 → 污水收集管线); an indicator keeps its verb."""
    indicator = _TAIL.search(text) is not None
    while match := re.match(fragment("goal_only_verb" if indicator else "doing_verb"), text):
        if text[match.end() : match.end() + 1] in ("和", "的", "、", "及", "或", "性", ""):
            break
        shorter = text[match.end() :].lstrip(_EDGE + "了")
        if len(shorter) < 2:
            break
        text = shorter
    return "" if own_is_verb(text) else text


def own_is_verb(text: str) -> bool:
    """Whether the words are nothing but doing verbs (完成, 改造提升)."""
    return re.fullmatch(rf"再?{fragment('doing_verb')}{{1,2}}", text) is not None


def split_items(text: str, count: int | None = None) -> list[str]:
    """The items of a printed list, each completed by what the list shares: 化肥、农药利用率 → 化肥利用率, 农药利用率.

    With ``count`` only a list of exactly that many items counts; without a list the answer is empty.
    """
    text = _trim(text.replace(BRACKET, ""))
    for joint in (_JOINT, re.compile("、")):
        items = [_trim(item) for item in joint.split(text)]
        if len(items) > 1 and all(items) and (count is None or len(items) == count):
            return _complete(items)
    if count:
        items = [_trim(item) for item in _JOINT.split(text)]
        if len(items) > count and all(items):
            return _complete(
                [text[: text.rindex(items[-count + 1])].rstrip("、和与及以") or items[-count], *items[-count + 1 :]]
            )
    return []


def _complete(items: list[str]) -> list[str]:
    tail = _TAIL.search(items[-1])
    if not tail or len(items[-1]) == len(tail[0]):
        return items
    whole = [item if _TAIL.search(item) else item + tail[0] for item in items]
    shared = items[0][:-2] if words_at_end("process_word").search(items[0]) else ""
    process = words_at_start("process_word")
    return [whole[0], *(shared + item if len(shared) > 1 and process.match(item) else item for item in whole[1:])]


def rates_behind_list(text: str) -> list[str]:
    """The indicators behind a list of things: 监控和冲洗设备安装率、联网率 → 监控和冲洗设备安装率, 联网率.

    Empty without a list before them, or with fewer than two indicators at its end.
    """
    parts = [part for part in _JOINT_OR_ITEM.findall(_trim(text.replace(BRACKET, ""))) if part]
    items = parts[::2]
    first = len(items)
    while first and _RATE.search(items[first - 1]):
        first -= 1
    if not 0 < first < len(items) - 1:
        return []
    return ["".join(parts[: 2 * first + 1]), *items[first + 1 :]]


def measures_alike(items: list[str]) -> bool:
    """Whether every item of a list is an indicator of its own (安装率, 对接率): then one figure stands for each."""
    return len(items) > 1 and all(_TAIL.search(item) for item in items)


def shares_alike(text: str) -> bool:
    """Whether every item of a list is a share of its own (资源化利用率、回收利用率): one figure holds for each."""
    items = [_trim(item) for item in _JOINT.split(text.replace(BRACKET, ""))]
    return len(items) > 1 and all(_SHARE.search(item) for item in items)


def is_low(subject: str) -> bool:
    """Whether less is better for this indicator: 浓度, 降尘量, 能耗, 排放量, 投诉 …"""
    return words("low_subject").search(subject) is not None and words("high_subject").search(subject) is None
