"""Search: the words in the text, the marks, the page, the palette; what each person may find."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.plans import actions
from lantian.apps.plans.content import search_form
from lantian.apps.plans.marking import Part, excerpt, marked, search_words, spans
from lantian.apps.plans.models import Plan, Secrecy
from lantian.apps.plans.templatetags.marking import marks
from lantian.reading import model as read
from tests.apps.conftest import read_measure, read_plan
from tests.apps.test_pages import text
from tests.conftest import examples

database = pytest.mark.django_db
PRINT = st.text("扬尘新能源汽车PMpm２₂.．5 　％_-—〔（）NOxﬁé", max_size=40)


def hits(printed: str, words: str) -> list[str]:
    return [part.text for part in marked(printed, search_words(words)) if part.hit]


@pytest.mark.parametrize(
    ("printed", "words", "found"),
    [
        ("推广新能源汽车", "新能源", ["新能源"]),
        ("PM₂.₅浓度", "pm2.5", ["PM₂.₅"]),
        ("ＰＭ２．５浓度", "PM2.5", ["ＰＭ２．５"]),
        ("治理 NOx 排放", "ＮＯＸ", ["NOx"]),
        ("扬 尘管控，道路扬尘", "扬尘", ["扬 尘", "扬尘"]),
        ("施工扬尘台账", "扬尘 台账", ["扬尘台账"]),
        ("100%覆盖", "100％", ["100%"]),
        ("ﬁltre", "fil", ["ﬁl"]),
        ("没有", "扬尘", []),
    ],
)
def test_words_are_found_in_normal_form_and_marked_as_printed(printed: str, words: str, found: list[str]) -> None:
    assert hits(printed, words) == found


def test_words_are_parted_by_spaces_of_any_width_and_told_once() -> None:
    assert search_words("  PM2.5　扬尘 pm2.5 \x00 ") == ["pm2.5", "扬尘"]
    assert len(search_words(" ".join(f"词{n}" for n in range(30)))) == 8


@settings(max_examples=examples(100))
@given(PRINT, st.data())
def test_every_stretch_of_a_text_is_found_again_and_covered(printed: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(printed)))
    end = data.draw(st.integers(start, len(printed)))
    word = search_form(printed[start:end])
    found = spans(printed, [word])
    assert "".join(part.text for part in marked(printed, [word])) == printed
    if word:
        assert found
        assert all(word in search_form(printed[a:b]) for a, b in found)
    else:
        assert found == []


@settings(max_examples=examples(100))
@given(st.text(max_size=60), st.text(max_size=4))
def test_marking_keeps_any_text_whatever_is_looked_for(printed: str, words: str) -> None:
    assert "".join(part.text for part in marked(printed, search_words(words))) == printed
    shown = "".join(part.text for part in excerpt(printed, search_words(words), around=5))
    assert shown.strip("…") in printed


def test_an_excerpt_stands_around_the_first_hit() -> None:
    long = "前" * 200 + "扬尘" + "后" * 200
    parts = excerpt(long, ["扬尘"], around=10)
    assert [part.text for part in parts] == ["…", "前" * 10, "扬尘", "后" * 18, "…"]
    assert excerpt("短文", ["扬尘"]) == [Part("短文")]


def test_marks_escape_what_they_show() -> None:
    assert marks([Part("<b>"), Part("PM2.5", hit=True)]) == '&lt;b&gt;<mark class="hit">PM<sub>2.5</sub></mark>'


@pytest.fixture
def plans(make_plan: Callable[..., Plan]) -> list[Plan]:
    """Three plans with their own words; the second is a district's of an earlier year, the third a draft."""
    own = (read.Role("lead", "市交通局", "市交通局"),)
    first = make_plan(
        read_plan(
            read_measure(1, measure="推广新能源汽车，PM₂.₅浓度下降。", paragraphs=(), roles=own, targets=()),
            read_measure(2, measure="加强施工扬尘管控，实现100%覆盖。", paragraphs=()),
            read_measure(3, measure="道路扬尘走航监测_按月。", paragraphs=()),
        ),
        content=b"1",
    )
    second = make_plan(
        read_plan(
            read_measure(1, measure="裸地扬尘治理。", paragraphs=(), deadline=read.Deadline("长期坚持", "long_term")),
            title="东塘区水污染防治2023年计划", year=2023, region="东塘区", level="district", medium="water",
        ),
        content=b"2",
    )  # fmt: skip
    third = make_plan(
        read_plan(read_measure(1, measure="未定稿的扬尘措施。", paragraphs=())), content=b"3", publish=False
    )
    return [first, second, third]


def found(client: Client, query: str) -> list[str]:
    """The printed texts of the hits, in order."""
    page = client.get(f"/search/?{query}").content.decode()
    return [re.sub("<[^>]+>", "", hit) for hit in re.findall(r"</a>\s*<p>(.*?)</p>", page)]


@database
@pytest.mark.db
def test_the_search_page_finds_words_in_every_form(plans: list[Plan], login: Callable[[str], Client]) -> None:
    assert len(plans) == 3
    client = login("viewer")
    assert found(client, "q=扬尘") == ["加强施工扬尘管控，实现100%覆盖。", "道路扬尘走航监测_按月。", "裸地扬尘治理。"]
    assert found(client, "q=新能源") == found(client, "q=pm2.5") == found(client, "q=ＰＭ₂.５") != []
    assert found(client, "q=扬尘　走航") == ["道路扬尘走航监测_按月。"]
    assert found(client, "q=市交通局") == ["推广新能源汽车，PM₂.₅浓度下降。"]
    assert found(client, "q=未定稿") == []
    assert found(login("coordinator"), "q=未定稿") == ["未定稿的扬尘措施。"]


@database
@pytest.mark.db
def test_signs_of_patterns_are_only_themselves(plans: list[Plan], login: Callable[[str], Client]) -> None:
    assert len(plans) == 3
    client = login("viewer")
    assert found(client, "q=%25") == ["加强施工扬尘管控，实现100%覆盖。"]
    assert found(client, "q=_") == ["道路扬尘走航监测_按月。"]
    assert found(client, "q=扬_尘") == []
    assert found(client, "q=\\") == found(client, "q='") == found(client, "q=%00") == []


@database
@pytest.mark.db
def test_filters_narrow_the_search_together(plans: list[Plan], login: Callable[[str], Client]) -> None:
    assert len(plans) == 3
    client = login("viewer")
    district = ["裸地扬尘治理。"]
    for query in ("year=2023", "level=district", "medium=water", "area=880101", "deadline=long_term"):
        assert found(client, f"q=扬尘&{query}") == district, query
    assert len(found(client, "area=880000")) == 4
    assert found(client, "year=2025&unit=交通") == ["推广新能源汽车，PM₂.₅浓度下降。"]
    assert found(client, "unit=市交通局&role=support") == []
    assert len(found(client, "target=count&due_from=2025-12&due_to=2025-12-31")) == 2
    assert found(client, "q=扬尘&year=九") == found(client, "q=扬尘&area=1") == []
    assert "请填写年月或日期" in text(client.get("/search/?due_from=明年"))


@database
@pytest.mark.db
def test_hits_stand_by_plan_with_the_phrase_marked(plans: list[Plan], login: Callable[[str], Client]) -> None:
    page = login("viewer").get("/search/?q=pm2.5").content.decode()
    assert '<mark class="hit">PM₂.₅</mark>' in page
    assert page.index(plans[0].title) < page.index("PM₂.₅")
    both = text(login("viewer").get("/search/?q=扬尘"))
    assert "3 条措施，分布在 2 个计划" in both
    assert both.index("云溪市大气") < both.index("东塘区水污染")


@database
@pytest.mark.db
def test_units_and_plans_of_the_name_stand_above(plans: list[Plan], login: Callable[[str], Client]) -> None:
    client = login("viewer")
    page = client.get("/search/?q=环保局").content.decode()
    assert ">市生态环境局</a>" in page
    titled = client.get("/search/?q=水污染 ２０２３").content.decode()
    assert f'href="/plans/{plans[1].uid}/"' in titled


@database
@pytest.mark.db
def test_what_a_person_may_not_read_is_not_found(
    plans: list[Plan], people: dict[str, Any], login: Callable[[str], Client]
) -> None:
    actions.set_secrecy(people["administrator"], plans[1], Secrecy.WORK_SECRET)
    Plan.objects.filter(pk=plans[0].pk).update(secrecy=Secrecy.INTERNAL)
    assert "裸地扬尘治理。" in found(login("viewer"), "q=扬尘")  # the bureau is named in it
    plans[1].measures.get().assignments.all().delete()
    assert "裸地扬尘治理。" not in found(login("viewer"), "q=扬尘")
    assert "东塘区水污染" not in text(login("viewer").get("/search/?q=水污染"))
    assert "2023" not in text(login("viewer").get("/search/"))


@database
@pytest.mark.db
def test_rows_of_an_amendment_and_dropped_rows_are_not_found_twice(
    plans: list[Plan], login: Callable[[str], Client]
) -> None:
    Plan.objects.filter(pk=plans[2].pk).update(amends=plans[0])
    plans[0].measures.filter(n=3).update(withdrawn=2)
    assert found(login("coordinator"), "q=扬尘") == ["加强施工扬尘管控，实现100%覆盖。", "裸地扬尘治理。"]


@database
@pytest.mark.db
def test_the_palette_answers_shortly(plans: list[Plan], login: Callable[[str], Client]) -> None:
    client = login("viewer")
    answer = client.get("/search/quick/?q=扬尘").content.decode()
    assert "<html" not in answer
    assert answer.count('id="quick-m') == 3
    assert 'href="/search/?q=%E6%89%AC%E5%B0%98"' in answer
    assert f'href="/plans/{plans[1].uid}/"' in client.get("/search/quick/?q=东塘区水污染").content.decode()
    assert 'role="option"' not in client.get("/search/quick/?q= ").content.decode()


@database
@pytest.mark.db
def test_hostile_words_stay_text(plans: list[Plan], login: Callable[[str], Client]) -> None:
    assert len(plans) == 3
    for address in ("/search/", "/search/quick/"):
        page = login("viewer").get(address, {"q": '"><script>alert(1)</script>', "unit": "<i>x</i>"}).content.decode()
        assert "<script>alert" not in page
        assert "<i>x" not in page


@database
@pytest.mark.db
@pytest.mark.parametrize("count", [3, 60])
def test_a_search_asks_the_database_as_often_for_many_hits(
    make_plan: Callable[..., Plan], login: Callable[[str], Client], count: int
) -> None:
    for number in range(count // 3):
        make_plan(read_plan(*(read_measure(n) for n in (1, 2, 3))), content=str(number).encode())
    wanted = {
        "/search/?q=设备": 8,
        "/search/?q=设备&page=2": 8,
        "/search/?q=设备&unit=市生态环境局&role=lead&target=count&year=2025": 8,
        "/search/?q=月球": 6,
        "/search/quick/?q=设备": 8,
        "/search/": 4,
    }
    asked = {}
    for address in wanted:
        client = login("viewer")
        client.get("/password/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked[address] = len(queries)
    assert asked == wanted
