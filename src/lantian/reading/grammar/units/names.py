"""单位名称: what a unit's name looks like, and the register of bureau names that all of China shares.

The register (``tables/unit_names.csv``) holds names without their area (生态环境局, 发展改革委) and the levels that use
them (N national, P provincial, M municipal, D district); ``tables/unit_suffixes.csv`` holds the endings. Names are
facts of public record; domain/tables/departments.csv lists Beijing's.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from lantian.reading.lexicon import alternation, table

_HAN = r"[^\W\dA-Za-z_]"  # letters that are none of ours: a class of the range itself takes a millisecond to compile
_PLACE = rf"(?:(?![局委厅署部办]|政府|公司){_HAN})"  # a letter of an area's name: no office stands inside it
_AREA_WORD = "(?:省|自治区|特别行政区|市|自治州|州|盟|新区|开发区|区|自治县|县|旗|镇|乡|街道)"
_PREFIX = re.compile(
    rf"(?:国家|全国|中央|首都|中共|国网|中国)?(?:{_PLACE}{{2,7}}?{_AREA_WORD})*"
    r"(?:省|自治区|市|州|盟|新区|开发区|高新区|经开区|示范区|区|县|旗|镇|街道)?"
)
_LEVEL_OF_PREFIX = (
    (re.compile(r"(省|自治区)$"), "P"),
    (re.compile(r"(市|州|盟)$"), "MD"),  # a county-level city prints 市 as well
    (re.compile(r"(区|县|旗)$"), "D"),
)
# Branches of a municipal bureau carry the bare name of their area: 西城公安分局, 公安西城分局, 海淀交通支队.
_AREA_BRANCH = re.compile(
    rf"(?:{_HAN}{{2,4}})(?:公安分局|交通支队|交警支队|交警大队|消防救援支队|公路分局|生态环境分局|税务局|海关)"
    rf"|公安{_PLACE}{{2,4}}分局"
)
_TERRITORY = re.compile(
    rf"(?!.*城乡$)(?:{_PLACE}{{2,10}}(?:省|市|区|县|旗|州|盟|镇|乡|苏木|街道|新区|开发区)(?:人民)?(?:政府|行署|公署|办事处|街道办事处)"
    rf"|{_PLACE}{{2,10}}(?:街道|地区)办事处|{_PLACE}{{1,6}}(?:街道|镇|乡)"
    rf"|{_PLACE}{{0,4}}[省市县区](?:委|政府|委省政府|委市政府|委区政府|委县政府)"
    rf"|{_PLACE}{{2,14}}(?:区|园|港|片区|示范区|城|新城)(?:党工委)?(?:管委会|管理委员会))"
)
_BODY = re.compile(
    rf"(?:(?:{_HAN}|[“”·—-]){{2,24}}(?:领导小组|工作小组|协调小组|推进小组|指挥部|联席会议|委员会|专班|工作组))(?:各)?(?:办公室|成员单位|办)"
    rf"|{_HAN}{{1,16}}(?:小组|委员会|[环安]委会)各?成员单位|各成员单位|成员单位"
)
# Bodies under central management and state companies keep their own way of naming.
_CENTRAL = re.compile(
    rf"国家税务总局{_HAN}+税务局|国家(?:金融监督管理|矿山安全监察)?(?:总)?局{_HAN}+局|(?:中国)?(?:人民银行|人行){_HAN}+(?:分行|支行|营业管理部)|{_PLACE}{{0,8}}银行{_PLACE}{{2,8}}分行|国网{_HAN}*(?:电力|供电)(?:分)?公司"
    rf"|(?:中国)?(?:石化|石油|石油天然气|海油|铁路|邮政|移动|铁塔|中石化|中石油){_HAN}*公司|民航{_HAN}+(?:管理局|监管局)"
    rf"|{_PLACE}{{2,6}}(?:海关|海事局|供电局|供电公司|监管分局|监管局|气象局|证监局|银保监局|银监局|通信管理局|邮政管理局|铁路局)"
)
_AREA = re.compile(rf"(?!各){_PLACE}{{1,5}}(?:[区县市旗]|镇|乡)|经开区|高新区|开发区|自贸区")
_BRANCH_OF = re.compile(rf"(.+(?:局|委|处|支队))((?!和|及){_PLACE}{{1,10}}(?:分局|支队|大队|中队))")
_BRACKET = re.compile("（[^（）]*(?:（[^（）]*）[^（）]*)*）")
_VERB_START = re.compile(
    "^(?:加强|强化|推进|推动|推广|开展|完善|建立|健全|落实|严格|提高|提升|加快|加大|深化|优化|组织|实施|持续|督促|指导|按照|"
    "根据|对|将|由|在|做好|制定|研究|修订|出台|鼓励|支持|巩固|压实|配合|协调|积极|全面|充分|联合|通过|完成|实现|促进|其中)"
)
_SENTENCE = re.compile(r"[。！？!?%％0-9《》:：=+<>]|(?:即|督|承|协|主|联|交|查|转|兴|开|举|批|在)办$")


@cache
def endings(kind: str) -> tuple[str, ...]:
    """The words of one kind in ``tables/unit_suffixes.csv`` (strong, weak, fragment, area, …)."""
    return tuple(row["suffix"] for row in table("unit_suffixes") if row["kind"] == kind)


@cache
def register() -> dict[str, str]:
    """Bureau name without its area → letters of the levels that use it."""
    return {row["name"]: row["levels"] for row in table("unit_names")}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    quantifier = alternation(endings("quantifier"))
    area = alternation(endings("area"))
    head = alternation(endings("collective"))
    plain = alternation(endings("plain_area"))  # 各区、县级市 is one name, 各街道、经开区 are two
    group = f"(?:[、，]?{plain}|（{plain}(?:[、，]{plain})*）)"
    areas = rf"{area}{group}{{0,6}}"
    return {
        "strong": re.compile(alternation(endings("strong")) + "$"),
        "weak": re.compile(alternation(endings("weak")) + "$"),
        "fragment": re.compile(alternation(endings("fragment"))),
        "collective": re.compile(
            rf"{quantifier}(?:(?:{areas})(?:各)?{head}?|{head})"
            rf"|{quantifier}{_HAN}{{0,10}}(?:部门|单位|委办局|分局|机构|企业|公司|科室|站所)(?:和单位)?|(?:市|区|县){{1,2}}两级{_HAN}{{2,12}}部门"
            rf"|(?:中央)?驻{_PLACE}{{1,3}}(?:中直|中央|省直|有关|相关|各)*(?:部门|单位|机构|企业)"
            rf"|(?:街道|乡镇|镇街|街镇|街乡镇|区县|县区|各地)(?:人民)?(?:政府|办事处)?"
        ),
        "listed": re.compile(
            rf"(?:{quantifier}{areas}{head}?(?:(?<=行政公署)、人民政府)?"
            rf"|(?:{quantifier}|(?:中央)?驻{_PLACE}{{1,3}}(?:中直|中央|省直|有关|相关|各)+)部门、单位)(?=$|[、，,；;。\s（(和及与]|以及|等)"
        ),
    }


def without_brackets(name: str) -> str:
    """The name without its bracketed part: 各区政府（含…） → 各区政府."""
    return _BRACKET.sub("", name)


def collective_list(text: str, position: int) -> str | None:
    """A collective unit printed with a list inside its name, from ``position`` on: 各县（市、区）人民政府."""
    match = _patterns()["listed"].match(text, position)
    return match[0] if match and re.search("[、，（]", match[0]) else None


def is_collective(name: str) -> bool:
    """Whether the name stands for several units that only a date can tell: 各区政府, 有关部门, …成员单位."""
    bare = without_brackets(name)
    shapes = (_patterns()["collective"], _patterns()["listed"], _BODY)
    return any(shape.fullmatch(form) for shape in shapes for form in dict.fromkeys((name, bare)))


def split_prefix(name: str) -> tuple[str, str] | None:
    """Area prefix and registered bureau name of a unit (市, 生态环境局), the shortest prefix first; None if unknown."""
    known = register()
    for cut in range(min(len(name) - 1, 24)):
        prefix, bare = name[:cut], name[cut:]
        if bare in known and (not prefix or _PREFIX.fullmatch(prefix)):
            if prefix in ("国家", "全国", "中央", "中国") and "N" not in known[bare]:
                continue
            return prefix, bare
    return None


def levels_of_prefix(prefix: str) -> str:
    """Which levels a unit with this prefix may have, as letters; all where the prefix does not say."""
    for pattern, levels in _LEVEL_OF_PREFIX:
        if pattern.search(prefix):
            return levels
    return "NPMD"


def is_area(name: str) -> bool:
    """Whether the name is an area that stands for its government: 青石区, 高新区."""
    return bool(_AREA.fullmatch(name))


@lru_cache(maxsize=20_000)
def is_registered(name: str) -> bool:
    """Whether the name is a bureau of the register at a level that has it, an area's government, or a collective."""
    bare = without_brackets(name)
    if not bare:
        return False
    parts = split_prefix(bare)
    if parts is not None:
        levels = register()[parts[1]]
        return any(letter in levels for letter in levels_of_prefix(parts[0]))
    if _VERB_START.match(bare):
        return False
    shapes = (_TERRITORY, _AREA_BRANCH, _BODY, _CENTRAL)
    if is_collective(name) or any(shape.fullmatch(bare) for shape in shapes):
        return True
    if branch := _BRANCH_OF.fullmatch(bare):
        return is_registered(branch[1])
    sector = bare.removesuffix("部门").removesuffix("主管").removesuffix("行政")
    return bare.endswith("部门") and any(split_prefix(sector + ending) for ending in ("局", "委"))


def has_ending(name: str) -> bool:
    """Whether the name ends as names of units do (局, 委, 公司, 中心 …)."""
    bare = without_brackets(name)
    patterns = _patterns()
    return bool(patterns["strong"].search(bare) or patterns["weak"].search(bare))


def is_fragment(name: str) -> bool:
    """Whether the text is only the tail of a name: 管委会, 西城分局, 有限公司."""
    bare = without_brackets(name)
    if not bare or _patterns()["fragment"].fullmatch(bare):
        return True
    match = re.fullmatch(rf"({_HAN}{{1,6}}?)(?:市|区)?(?:分局|分公司|分行|支行|支队|大队|中心支行)", bare)
    return match is not None and not _AREA_BRANCH.fullmatch(bare) and split_prefix(bare) is None


def is_unit_name(text: str) -> bool:
    """Whether a printed text (layout spaces allowed) is the name of one unit, known or by its shape.

    Used to tell unit cells from other cells; sentences, tasks and dates are not unit names.
    """
    from lantian.reading.text import join_layout

    name = join_layout(text).replace("(", "（").replace(")", "）")
    bare = without_brackets(name)
    if not 2 <= len(bare) <= 40 or _SENTENCE.search(bare) or re.search("[、，,；;]", bare):
        return is_registered(name) if 2 <= len(bare) <= 40 else False
    if is_registered(name):
        return True
    if _VERB_START.match(bare) or is_fragment(bare):
        return False
    strong = _patterns()["strong"].search(bare)
    weak = _patterns()["weak"].search(bare)
    if strong is not None:
        return len(bare) > len(strong[0])
    return bool(weak and len(bare) > 3 and bare[0] in "省市区县州旗盟中")
