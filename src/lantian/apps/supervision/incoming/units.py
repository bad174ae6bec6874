"""Who wrote a piece: the unit's names looked for where a sender stands.

A name counts by where it stands (a line 填报单位：, a message's head 【…】, the signature at the end, the title, the
name of the file, the body); a place names at most the longest name that stands there. Several places that agree make it
surer; two units of equal weight make it doubtful, and the reason says so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz, process

from lantian.apps.supervision.incoming.model import Content, Found, Party
from lantian.apps.supervision.incoming.words import pattern, plain

_HEAD_LINES, _END_LINES = 6, 6  # lines in which a title and a signature are looked for
_SUFFIXES = ("街道办事处", "地区办事处", "办事处", "人民政府", "政府", "管委会", "委员会")
_FEWEST = 2  # letters of a name
# Where a name stands → how sure that is by itself; zh, en.
_PLACES: dict[str, tuple[float, str, str]] = {
    "code": (1.0, "填报编号", "the sheet's number"),
    "label": (0.97, "“填报单位”一栏", "the line of the unit"),
    "head": (0.95, "消息开头", "the head of the message"),
    "signature": (0.93, "落款", "the signature"),
    "title": (0.9, "标题", "the title"),
    "file": (0.88, "文件名", "the name of the file"),
    "column": (0.86, "表中单位列", "the column of units"),
    "sheet": (0.8, "工作表名", "the name of the sheet"),
    "body": (0.45, "正文", "the body"),
}
_BELOW = 0.75  # a name of an office under the unit says less than its own
_ALIKE, _APART = 75, 0.08  # per cent of likeness of a name that is nearly one, and how far the next must be
_NEARLY = 0.8  # what a name that is nearly one says
_SHORT = 0.9  # and so does a part of a name (柳桥 of 柳桥街道办事处)
_HEADED = re.compile(
    r"^\s*(?:[【\[〔(（<]\s*([^】\]〕)）>\n]{2,30})\s*[】\]〕)）>]"
    r"|(?:\d{1,3}\s*[.、．)）]\s*)?([^：:，,。；;\s]{2,20})\s*[：:])"
)
_SPACED = re.compile(r"^\s*([^\s:：，,。；;]{2,20})[ \t\u3000]+(?=\S)")
_STAMPED = re.compile(r"^\s*((?:[^\s:：]{1,20}\s+){1,3})(?:\d{4}[-/年.])?\d{1,2}[-/月.]\d{1,2}日?\s+\d{1,2}:\d{2}")


class Names:
    """The names of all parties in normal form: whose each is, and how much it says."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self.parties = {party.key: party for party in parties}
        owners: dict[str, dict[str, float]] = defaultdict(dict)
        for party in self.parties.values():
            for name, weight in _forms(party):
                owners[name][party.key] = max(weight, owners[name].get(party.key, 0.0))
        self._owners: dict[str, tuple[str, float]] = {}
        for name, found in owners.items():
            best = max(found.values())
            holders = [key for key, weight in found.items() if weight == best]
            if len(holders) == 1:  # what two units could mean says nothing
                self._owners[name] = (holders[0], best)
        self._longest = max(map(len, self._owners), default=0)

    def exactly(self, text: str) -> tuple[str, float] | None:
        """Whose name the whole text is."""
        return self._owners.get(plain(text))

    def alike(self, text: str) -> tuple[str, float] | None:
        """Whose name the whole text is nearly (市交通局 for 市交通运输局); None where two units are equally near."""
        form = plain(text)
        best: dict[str, float] = {}
        for name, score, _index in process.extract(form, self._owners.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE):
            key, weight = self._owners[name]
            best[key] = max(best.get(key, 0.0), weight * score / 100)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _APART):
            return None
        return ranked[0][0], _NEARLY * ranked[0][1]

    def mentions(self, text: str) -> Iterator[tuple[str, float, str]]:
        """Names in a text from left to right, the longest at each place: (party, weight, name)."""
        form = plain(text)
        at = 0
        while at < len(form):
            for length in range(min(self._longest, len(form) - at), _FEWEST - 1, -1):
                found = self._owners.get(form[at : at + length])
                if found is not None:
                    yield (*found, form[at : at + length])
                    at += length
                    break
            else:
                at += 1


def _forms(party: Party) -> Iterator[tuple[str, float]]:
    for source, factor in ((party.names, 1.0), (party.below, _BELOW)):
        for name in source:
            form = plain(name)
            if len(form) >= _FEWEST:
                yield form, factor
            for short in {form.removesuffix(end) for end in _SUFFIXES} - {form}:
                if len(short) >= _FEWEST and not short.endswith("人民"):
                    yield short, factor * _SHORT


def head_of(line: str, names: Names) -> tuple[str | None, str, float] | None:
    """The unit that a message's first line names, the rest of it, and how well: 【柳桥街道】…, 3. 柳桥街道：….

    None for the unit where the line names one that owes nothing here; None altogether where it is no head.
    """
    stamped = _STAMPED.match(line)
    if stamped is not None:
        found = names.exactly(stamped[1]) or _first_named(stamped[1], names)
        return (found[0], line[stamped.end() :].strip(":： \t0123456789"), found[1]) if found else None
    spaced = _SPACED.match(line)
    if spaced is not None and (owner := names.exactly(spaced[1])) is not None:
        return owner[0], line[spaced.end() :].strip(), owner[1]
    headed = _HEADED.match(line)
    if headed is None:
        return None
    said = headed[1] or headed[2]
    owner = names.exactly(said)
    if owner is None and headed[1]:
        owner = _first_named(said, names)
    rest = line[headed.end() :].strip()
    if owner is None and pattern("body").search(plain(said)):
        owner = names.alike(said)
        return (owner[0], rest, owner[1]) if owner else (None, rest, 0.0)
    return (owner[0], rest, owner[1]) if owner else None


def _first_named(text: str, names: Names) -> tuple[str, float] | None:
    return next(((key, weight) for key, weight, _name in names.mentions(text)), None)


def find_unit(content: Content, names: Names, *, file: str = "", codes: Sequence[str] = ()) -> Found:
    """The unit of a piece. ``codes`` are the codes of units that a sheet of ours carries (see staging)."""
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for place, key, weight in _evidence(content, names, file, codes):
        weights[key][place] = max(weight, weights[key].get(place, 0.0))
    if not weights:
        return Found(None, 0.0, {"zh": "没有找到单位名称", "en": "no unit is named"})
    scores = {key: _together(found.values()) for key, found in weights.items()}
    ranked = sorted(scores, key=lambda key: -scores[key])
    best = ranked[0]
    places = sorted(weights[best], key=lambda place: -weights[best][place])
    zh, en = "、".join(_PLACES[p][1] for p in places), ", ".join(_PLACES[p][2] for p in places)
    sure = scores[best]
    if len(ranked) > 1 and "code" not in places:
        rival = ranked[1]
        sure *= 1 - 0.5 * (scores[rival] / sure) ** 4
        if scores[rival] > 0.8 * scores[best]:
            other = names.parties[rival].name
            zh, en = f"{zh}；但也提到{other}", f"{en}; but {other} is named, too"
    return Found(best, round(sure, 3), {"zh": zh, "en": en})


def _together(weights: Iterable[float]) -> float:
    missed = 1.0
    for weight in weights:
        missed *= 1 - weight
    return 1 - missed


def _evidence(content: Content, names: Names, file: str, codes: Sequence[str]) -> Iterator[tuple[str, str, float]]:
    """(place, party, weight) for every name that stands where a sender stands."""
    for key, party in names.parties.items():
        if party.code in codes:
            yield "code", key, 1.0
    lines = [block["text"] for block in content["blocks"] if "text" in block]
    yield from _lines_evidence(lines, names)
    yield from _first("file", file.rsplit(".", 1)[0], names)
    for block in content["blocks"]:
        if "rows" in block:
            yield from _first("sheet", block["caption"], names)
            yield from _labelled_cells(block["rows"], names)
    yield from _body(lines, names)


def _lines_evidence(lines: list[str], names: Names) -> Iterator[tuple[str, str, float]]:
    letter = any(pattern("letter").search(plain(line)) for line in lines[:_HEAD_LINES])
    for index, line in enumerate(lines):
        form = plain(line)
        label = pattern("sender_labels").match(form)
        if label is not None:
            yield from _first("label", form[label.end() :], names)
            continue
        if index < _HEAD_LINES:
            addressed = letter and form.endswith(":")  # 主送机关 of a letter is not who sends it
            head = None if addressed else head_of(line, names)
            if head is not None and head[0] is not None:
                yield "head", head[0], _PLACES["head"][0] * head[2]
            elif not addressed and len(form) <= 60 and not form.endswith(("。", ";")):
                yield from _first("title", form, names)
        if index >= len(lines) - _END_LINES and len(form) <= 40 and (owner := _signed(form, names)):
            yield "signature", owner[0], _PLACES["signature"][0] * owner[1]


def _signed(form: str, names: Names) -> tuple[str, float] | None:
    """The unit of a line that holds nothing else but its name, perhaps with the seal's word and the day."""
    bare = re.sub(r"\((盖章|公章|章)\)|20\d\d年\d{1,2}月\d{1,2}日|[:。,]", "", form)
    found = names.exactly(bare)
    if found is None and len(bare) <= 20:  # with the city's or the district's name before it
        said = list(names.mentions(bare))
        if said and bare.endswith(said[-1][2]) and len(said[-1][2]) * 2 >= len(bare):
            return said[-1][0], said[-1][1]
    return found


def _first(place: str, text: str, names: Names) -> Iterator[tuple[str, str, float]]:
    """The surest name in a text; of equal ones the last, since 云溪市东塘区… goes from the wide to the narrow."""
    found = list(names.mentions(text))
    if found:
        best = max(weight for _key, weight, _name in found)
        key = next(key for key, weight, _name in reversed(found) if weight == best)
        yield place, key, _PLACES[place][0] * best


def _labelled_cells(rows: list[dict[str, object]], names: Names) -> Iterator[tuple[str, str, float]]:
    """A cell of the first rows that reads 填报单位：X, or X beside a cell 填报单位."""
    for row in rows[:_HEAD_LINES]:
        cells: list[str] = row["cells"]  # type: ignore[assignment]
        for index, cell in enumerate(cells):
            form = plain(cell)
            label = pattern("sender_labels").match(form if ":" in form else f"{form}:")
            if label is None or len(form) > 60:
                continue
            said = form[label.end() :] or (cells[index + 1] if index + 1 < len(cells) else "")
            yield from _first("label", said, names)


def _body(lines: list[str], names: Names) -> Iterator[tuple[str, str, float]]:
    counted = Counter(key for line in lines for key, _weight, _name in names.mentions(line))
    if counted:
        total = sum(counted.values())
        for key, count in counted.most_common(3):
            yield "body", key, _PLACES["body"][0] * count / total
