"""What the words of a role bracket say: （A牵头，B、C负责） → printed lists by role, what is inherited, who leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lantian.reading.draft import DraftRole
from lantian.reading.grammar.deadlines import is_deadline
from lantian.reading.grammar.units import is_unit_name, split_units
from lantian.reading.lexicon import alternation
from lantian.reading.model import RoleName
from lantian.reading.prose.words import role_words

OPENING = "（(〔［[【｛{﹝"
CLOSING = "）)〕］]】｝}﹞"
LONGEST = 600  # characters; no printed list of units is longer, a lost closing bracket would be
LONGEST_NAME = 30
STOPS = "。；;！!？?：:"
_BRACKETED = re.compile(r"[（(〔［\[][^（()）]*[）)〕］\]]")

_LABELS = role_words("label")
_VERBS = role_words("verb")
_BARE_LABELS = [word for word in _LABELS if word.endswith(("单位", "部门", "主体"))]
_LEVEL = r"(?:(?:国家|省|市|区|县|自治区|州|镇|街道)?(?:级|直|层面)|主要|具体|共同|其他|相关)?"
_NOTED = r"(?:[（(〔［\[][^）)〕］\]]{0,40}[）)〕］\]])?"
LABEL = re.compile(rf"{_LEVEL}(?P<word>{alternation(_LABELS)}){_NOTED}(?:[:：]|为[:：]?(?=\S))")
BOXED_LABEL = re.compile(
    rf"[【\[［〔]{_LEVEL}(?P<word>{alternation([*_LABELS, '完成时限', '完成时间', '时限'])})[】\]］〕][:：]?"
)
_BARE_LABEL = re.compile(rf"^{_LEVEL}(?P<word>{alternation(_BARE_LABELS)})")
_ADVERB = (
    r"(?:(?:按照?|根据|依照?|依据|结合|按各)(?:各自)?的?(?:部门|工作|岗位)?"
    r"(?:职责|职能|分工|任务)(?:和?分工|范围|权限)?(?:内|要求)?"
    r"|各司其职|按程序|属地|分别|共同|具体|联合|密切|积极|主动|认真|全面|统一|组织|各自|予以|做好|加强)"
)
_VERBS_BY_LENGTH = sorted(_VERBS, key=len, reverse=True)
_ADVERB_LAST = re.compile(rf"{_ADVERB}$")
_ROLE_BEHIND = re.compile(
    r"(?P<name>[^、，,；;。:：（()）]{0,30}(?:[（(][^（()）]{0,30}[）)])*)[（(](?P<word>[^（()）]{2,6}?)(?:单位|部门)?[）)](?=$|[、，,；;。])"
)
_VERB_INSIDE = re.compile(
    rf"(?:{_ADVERB})*(?:牵头负责|牵头组织|牵头|按职责分工负责|分工负责|负责落实|负责|配合|参与)"
    r"(?=、|(?![单部者方人机的]|负责|落实|组织|实施|推进|协调|监督|督促|督导|指导|配合|参与|牵头|$)[\u4e00-\u9fff])"
)
FIRST_LEADS = re.compile(
    r"(?:第一|首)[位个家名]?.{0,8}(?:为|是|作为|系)(?:总|主要)?(?:牵头|主办)"
    r"|(?:牵头|主办)(?:单位|部门)(?:列|排|为|是)(?:在|于)?(?:第一|首)[位个]?"
)
_FROM_HERE = (
    r"(?P<from>(?:以下|下列|上述及以下|以上及以下|后续|其他|各项|所有)"
    r"(?:各项)?(?:工作|任务|措施|事项|内容)?)?"
)
_ALL_OWE = re.compile(
    rf"^{_FROM_HERE}(?:均|都)(?:需要?|应当?|须|由|要)+(?P<list>.+?)(?:按职责分工|分别|共同|组织|具体)*"
    r"(?:负责落实|贯彻落实|抓好落实|组织实施|负责|落实|实施|配合|参与)+$"
)
_ALL_OWE_OPENS = re.compile(rf"^{_FROM_HERE}(?:均|都)(?:需要?|应当?|须|由|要)+[^，,]+$")
_ALL_INVOLVE = re.compile(rf"^{_FROM_HERE}(?:具体)?(?:工作|任务|措施|事项)?(?:均|都)(?:会)?涉及(?P<list>.+)$")
_ALL_ARE = re.compile(
    r"^(?P<from>以下|下列|后续)?(?P<list>.{2,60}?)(?:均|都)(?:为|是|作为|列为)"
    r"(?:落实|责任|主责|实施|配合)(?:单位|主体|部门)?"
)
_LIKEWISE = re.compile(
    r"^(?:以下|后面|后续)?(?:同|下同|以下同|下同此"
    r"|(?:均|都)?不再(?:一一|逐一|逐条|单独|重复|另行|逐项|作|做)*(?:列出|列举|列明|标注|注明|说明|赘述|分工))$"
)
WHEN_LABEL = re.compile(r"^(?:完成)?(?:时限|时间|期限|时间节点|完成日期|工作时限)(?:要求)?[:：](?P<when>.+)$")
_DONE = re.compile(r"(?:基本|全部|全面)?(?:完成|落实|到位|实施)$")
_DATED = re.compile(r"[\d年月日季期末]|坚持|推进|实施|立即|全程")
_PERSON_LABEL = re.compile(
    r"^(?:.{0,6}(?:领导|责任人|负责人)|责任人员|联系人|联系电话|联系方式|电话|手机"
    r"|邮箱|电子邮箱|传真|经办人|联络员)[:：]"
)
_COLLECTIVE = re.compile(
    r"^(?:各|有关|相关|其他|全体|全[市省区县]|[省市区县州]?(?:级|直|委|政府)?(?:各|有关|相关)|沿线|所在地|属地)"
    r".{0,24}(?:[省市区县州盟旗镇乡村街地级]|街道|社区|地区|企业|单位|部门|方面|主体|机关|院校|学校|高校|医院|系统|专班)$"
)
_ALL = ("各", "有关", "相关", "其他", "全体")
_PLACE = re.compile(r"^[\u4e00-\u9fff]{1,9}[省市区县州盟旗镇乡]$")
_TOPIC = re.compile(r"^[^、，,（(]{1,14}[:：]")
_OPEN_WORDS = re.compile(r"(?:等(?:有关|相关|各|其他)?(?:部门和单位|部门单位|单位和部门|部门|单位)?|等)$")
_OPEN_LIST = re.compile(r"^等(?:有关|相关|各)?(?:部门和单位|单位和部门|部门|单位)?")
_BY = re.compile(r"^(?:[^、，（(自]{0,10}由|请|并)")
_WITH = re.compile(r"会同|会商")


@dataclass(slots=True)
class Duties:
    """What one role bracket (or a 责任单位 line) says."""

    roles: list[DraftRole] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)
    deadline: str = ""
    first_leads: bool = False
    personal: bool = False

    def add(self, role: RoleName, text: str, separator: str = "") -> None:
        """Add a printed list; a list that only continues the one before (；各区政府) stays in one piece with it."""
        text = text.strip("、，,；;。 ")
        if not text:
            return
        if separator and self.roles and self.roles[-1].role == role:
            self.roles[-1].text += separator + text
        else:
            self.roles.append(DraftRole(role, text))

    @property
    def names(self) -> list[str]:
        return [name for role in self.roles for name in list_names(role.text)]


def read_duties(content: str) -> tuple[Duties, str] | None:
    """What the words inside a role bracket say, and how they say it: ``label``, ``verb``, ``note`` or ``bare`` list.

    :returns: None where the words are no duties. Units are not split here: each role keeps its printed list.
    """
    if len(content) > LONGEST:
        return None
    reader = _Reader()
    content = BOXED_LABEL.sub(lambda match: f"；{match['word']}：", content).lstrip("；")
    content = _part_labels(content)
    content = _speak_roles(content) if _ROLE_BEHIND.search(content) else content
    for clause, separator in split_top(content, "，,；;。"):
        reader.take(clause, separator)
    return reader.close()


def _speak_roles(content: str) -> str:
    """市水务局（配合）、 as a clause; （牵头） speaks for the name before it alone, not for the list."""

    def spoken(match: re.Match[str]) -> str:
        role = _VERBS.get(match["word"])
        if role is None:
            return match[0]
        return f"{'；' if role == 'lead' else ''}{match['name']}{match['word']}，"

    return re.sub("(?<=[；，])[、，]+|、(?=；)", "", _ROLE_BEHIND.sub(spoken, content))


def _part_labels(content: str) -> str:
    """Put a comma before a label that follows a name without one (牵头单位：A配合单位：B)."""
    for match in reversed(list(LABEL.finditer(content))):
        start = match.start()
        if match[0][-1] in ":：" and start and content[start - 1] not in "，,；;。、:：（(":
            content = f"{content[:start]}，{content[start:]}"
    return content


def split_top(text: str, separators: str) -> list[tuple[str, str]]:
    """Split outside brackets; each piece comes with the separator printed after it (empty for the last)."""
    pieces: list[tuple[str, str]] = []
    depth = start = 0
    for index, char in enumerate(text):
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth = max(0, depth - 1)
        elif not depth and char in separators:
            pieces.append((text[start:index], char))
            start = index + 1
    pieces.append((text[start:], ""))
    return pieces


def list_names(text: str) -> list[str]:
    """Names of a printed list, cut at its separators: enough to tell whether it is a list of units."""
    names = []
    for piece, _ in split_top(text, "、，,；;"):
        name = _OPEN_WORDS.sub("", piece.strip())
        if name:
            names.append(name)
    return names


def is_owner(name: str) -> bool:
    """Whether a name may stand in a list of duties: a unit, or a collective or place that owes (各县（市、区）)."""
    plain = _BRACKETED.sub("", name)
    return is_unit_name(name) or is_unit_name(plain) or bool(_COLLECTIVE.match(plain) or _PLACE.match(plain))


def split_first(text: str) -> tuple[str, str]:
    """First unit of a printed list and the rest as printed; a collective (各区政府) in first place is no first unit."""
    mentions = split_units(text)
    first = mentions[0].as_printed if mentions else ""
    if not first or not text.startswith(first):
        piece, separator = split_top(text, "、，,；;")[0]
        first = _OPEN_WORDS.sub("", piece)
        if not separator:
            first = first or text
    if first.startswith(_ALL):
        return "", text
    rest = text[len(first) :]
    opened = _OPEN_LIST.match(rest)
    if opened:
        first, rest = first + opened[0], rest[opened.end() :]
    return first, rest.lstrip("、，,；;和及与")


def _split_verb(clause: str) -> tuple[str, RoleName] | None:
    """A clause that ends in a role word: its list and the role; 按职责分工, 共同 … belong to the word."""
    for end in ("", "等工作", "相关工作", "工作"):
        bare = clause.removesuffix(end)
        word = next((word for word in _VERBS_BY_LENGTH if bare.endswith(word)), None)
        if word is None or (end and bare == clause):
            continue
        own = bare.removesuffix(word)
        while adverb := _ADVERB_LAST.search(own):
            own = own[: adverb.start()]
        if own.endswith("牵头"):  # 牵头督导, 牵头指导
            return own.removesuffix("牵头"), "lead"
        return own.removesuffix("负责").removesuffix("、"), _VERBS[word]
    return None


class _Reader:
    """Walks over the clauses of one bracket; a list without a word of its own waits for the next one's."""

    def __init__(self) -> None:
        self.duties = Duties()
        self.label: RoleName | None = None
        self.waiting: list[tuple[str, str]] = []
        self.kinds: set[str] = set()
        self.last_text = ""
        self.last_separator = ""
        self.opened = ""
        self.common = ""  # a unit that owes this measure and maybe the later ones: 均需各市人民政府负责

    def take(self, clause: str, separator: str) -> None:
        clause = self.opened + _BY.sub("", clause.strip())
        self.opened = ""
        if separator and separator in "，," and _ALL_OWE_OPENS.match(clause) and not _ALL_OWE.match(clause):
            self.opened = clause + "、"  # 以下均需A，B负责落实: the list goes on in the next clause
            return
        if clause and not self._note(clause):
            self._owners(clause, separator)
        if separator in "；;。" and separator:
            self._flush()
            self.last_separator = separator

    def _note(self, clause: str) -> bool:
        """Clauses that name no owner of this measure alone: 下同, who leads, until when, who is to be called."""
        duties = self.duties
        if FIRST_LEADS.search(clause) and not LABEL.match(clause):
            duties.first_leads = True
            self.kinds.add("note")
        elif match := _ALL_OWE.match(clause) or _ALL_INVOLVE.match(clause) or _ALL_ARE.match(clause):
            self.kinds.add("note")
            self.common = match["list"]
            if match["from"]:
                duties.inherited.append(self.common)
        elif _LIKEWISE.match(clause):
            likewise = self.common or (self.last_text if _is_local(self.last_text) else "")
            if likewise and not duties.inherited and not duties.first_leads:
                duties.inherited.append(likewise)
        elif match := WHEN_LABEL.match(clause):
            duties.deadline = match["when"]
            self.kinds.add("label")
        elif _PERSON_LABEL.match(clause):
            duties.personal = True
            self.kinds.add("label")
        elif _DATED.search(clause) and is_deadline(when := _DONE.sub("", clause)):
            duties.deadline = when
        else:
            return False
        return True

    def _owners(self, clause: str, separator: str) -> None:
        match = LABEL.match(clause) or _BARE_LABEL.match(clause)
        if match and (len(match["word"]) > 2 or match[0][-1] in ":："):
            self._flush()
            self.label = _LABELS[match["word"]]
            self.last_separator = ""
            self.kinds.add("label" if len(match["word"]) > 2 else "verb")
            if FIRST_LEADS.search(match[0]):
                self.duties.first_leads = True
            clause = clause[match.end() :]
        elif (topic := _TOPIC.match(clause)) and not is_owner(topic[0][:-1]):
            clause = clause[topic.end() :]
        start = 0
        for inside in _VERB_INSIDE.finditer(clause):
            if depth_at(clause[: inside.start()]) == 0:
                self._clause(clause[start : inside.end()], "、")
                start = inside.end()
        self._clause(clause[start:].lstrip("、"), separator)

    def _clause(self, clause: str, separator: str) -> None:
        if not clause:
            return
        spoken = _split_verb(clause)
        if spoken is None:
            self.waiting.append((clause, separator))
            self.last_text = clause
            return
        self.kinds.add("verb")
        own = _BY.sub("", spoken[0])
        text = "".join(part + mark for part, mark in self.waiting) + own
        self.waiting.clear()
        self.last_text = own
        self._give(spoken[1], text)

    def _give(self, role: RoleName, text: str) -> None:
        if (with_other := _WITH.search(text)) is None:
            self.duties.add(role, text)
            return
        before, after = text[: with_other.start()], text[with_other.end() :]
        self.duties.add("lead" if before else role, before)
        self.duties.add("responsible" if role == "lead" else role, after)

    def _flush(self) -> None:
        """A list that no verb follows belongs to its label; without one it is responsible (A牵头，B、C)."""
        if not self.waiting:
            return
        text = "".join(part + mark for part, mark in self.waiting)
        self.waiting.clear()
        if self.label is None:
            self.kinds.add("list")
        self.duties.add(self.label or "responsible", text, self.last_separator)

    def close(self) -> tuple[Duties, str] | None:
        if self.opened:
            self._owners(self.opened.rstrip("、"), "")
        self._flush()
        duties = self.duties
        if self.common and not any(self.common in role.text for role in duties.roles):
            duties.add("responsible", self.common)
        names = duties.names
        if any(len(_BRACKETED.sub("", name)) > LONGEST_NAME for name in names):
            return None
        known = sum(map(is_owner, names))
        if "label" in self.kinds and (names or duties.deadline or duties.personal):
            return duties, "label"
        if "verb" in self.kinds and known and 2 * known >= len(names):
            return duties, "verb"
        if self.kinds == {"note"}:
            return duties, "note"
        enough = known == len(names) or (known >= 3 and 4 * known >= 3 * len(names))
        if names and enough and any(map(is_unit_name, names)):
            return duties, "bare"
        return None


def _is_local(text: str) -> bool:
    """Territorial governments, the only units that a lone 下同 hands on."""
    return bool(re.search(r"各|政府", text)) and bool(re.search(r"政府|市|区|县|州|地方|管委会", text))


def depth_at(text: str, depth: int = 0) -> int:
    """How many brackets are open at the end of a text that begins with ``depth`` open ones."""
    for char in text:
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth = max(0, depth - 1)
    return depth
