"""The import workbench as an officer works in it: by keyboard, with others, through reloads and lost connections."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Enter = Callable[..., Page]

DAMAGED = """<html><head><meta charset="utf-8"><title>青岚市大气污染防治{year}年行动计划</title></head><body>
<h1>青岚市大气污染防治{year}年行动计划</h1><table border="1">
<tr><th>序号</th><th>重点任务</th><th>工作措施</th><th>完成时限</th><th>牵头部门</th><th>主责单位</th></tr>
<tr><td colspan="6">一、移动源治理</td></tr>
<tr><td rowspan="2">1</td><td rowspan="2">公交更新</td>
<td>全年更新纯电动公交车120辆。建设充电桩，满足运营需要。</td><td>年低前</td>
<td>市交通运输局</td><td>市交诵运输局</td></tr>
<tr><td>淘汰老旧柴油货车，</td><td>10月底前</td><td>市交通运输局</td><td>市交诵运输局</td></tr>
<tr><td>2</td><td>淘汰</td><td>全年不少于300辆。</td><td>10月底前</td><td>市清风办</td>
<td>各区县政府（含青岚高新区管委会）</td></tr>
<tr><td colspan="6">二、监测能力</td></tr>
<tr><td>3</td><td>监测站点</td><td>完善站点布局，6月底前建成监测站5个。</td><td>年底前</td>
<td>市生态环境局</td><td>——</td></tr>
</table></body></html>"""


@pytest.fixture
def review(enter: Enter, tmp_path: Path) -> Callable[[int], Page]:
    """Uploads the damaged plan of a year and opens its workbench."""

    def bring(year: int) -> Page:
        document = tmp_path / f"青岚{year}.html"
        document.write_text(DAMAGED.format(year=year), encoding="utf-8")
        page = enter("coordinator")
        page.get_by_role("link", name="导入", exact=True).click()
        page.locator("input[type=file]").set_input_files(document)
        expect(page.locator(".upload-files .file-name")).to_have_text(document.name)
        page.get_by_role("button", name="读取计划").click()
        page.locator(".upload-files").get_by_role("link", name="核对").click(timeout=30_000)
        expect(rows(page)).to_have_count(4)
        return page

    return bring


def rows(page: Page) -> Locator:
    """The rows once the scripts listen: the page brings its rows before its scripts."""
    return page.locator("#workbench:not([aria-busy]) #rows tr[data-uid]")


def cell(page: Page, n: int, field: str) -> Locator:
    return rows(page).nth(n - 1).locator(f'[data-field="{field}"]')


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("已全部保存")


def test_a_damaged_document_becomes_a_published_plan_by_keyboard(review: Callable[[int], Page]) -> None:
    page = review(2025)
    # what the reader repaired is accepted rule by rule
    for _ in range(10):
        button = page.get_by_role("button", name="全部认可")
        if not button.count():
            break
        before = button.count()
        button.first.click()
        expect(button).to_have_count(before - 1)
    expect(page.locator(".w-tally")).to_contain_text("没有待核对的问题")
    # a cell by keyboard: the deadline that could not be read
    cell(page, 1, "text").click()
    page.keyboard.press("l")
    expect(cell(page, 1, "deadline")).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.type("年底前")
    page.keyboard.press("Enter")
    expect(cell(page, 1, "deadline")).to_contain_text("2025-12-31")
    expect(cell(page, 1, "deadline")).to_be_focused()
    # the name that the directory does not know
    page.locator(".w-names li", has_text="市清风办").get_by_role("button", name="其他单位").click()
    page.get_by_label("单位", exact=True).press_sequentially("大数据")
    page.locator("#unit-options [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(cell(page, 3, "lead")).to_contain_text("市大数据局")
    expect(page.locator(".w-names")).to_have_count(0)
    # two rows that the page break made of one
    cell(page, 2, "text").click()
    page.keyboard.press("m")
    expect(rows(page)).to_have_count(3)
    expect(cell(page, 2, "text")).to_contain_text("淘汰老旧柴油货车，全年不少于300辆。")
    # one row that holds two measures
    page.keyboard.press("k")
    page.keyboard.press("s")  # the second sentence is marked at once
    page.keyboard.press("s")
    expect(rows(page)).to_have_count(4)
    expect(cell(page, 2, "text")).to_contain_text("建设充电桩，满足运营需要。")
    expect(cell(page, 1, "text")).not_to_contain_text("充电桩")
    # and back, and again
    page.keyboard.press("u")
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("Shift+U")
    expect(rows(page)).to_have_count(4)
    page.keyboard.press("Alt+ArrowDown")
    expect(cell(page, 2, "text")).to_contain_text("120辆")
    page.keyboard.press("Control+z")
    expect(cell(page, 1, "text")).to_contain_text("120辆")
    page.keyboard.press("o")
    expect(page.locator(".w-editor textarea")).to_be_focused()
    page.keyboard.type("新增一条措施。")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(5)
    expect(cell(page, 2, "text")).to_contain_text("新增一条措施。")
    page.keyboard.press("Shift+Delete")
    expect(rows(page)).to_have_count(4)
    saved(page)
    # published with its note
    page.get_by_role("button", name="发布").click()
    page.get_by_label("变更说明").fill("首次发布")
    page.locator("#publish-now").click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    expect(page.locator("table.plan-table")).to_contain_text("市大数据局")


def test_words_that_were_being_typed_are_there_after_a_reload(review: Callable[[int], Page]) -> None:
    page = review(2026)
    cell(page, 4, "text").dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("完善站点布局，建成监测站6个")
    page.reload()
    expect(page.locator(".w-editor textarea")).to_have_value("完善站点布局，建成监测站6个")
    expect(page.locator("#notice")).to_contain_text("未保存")
    page.keyboard.type("。")
    page.keyboard.press("Enter")
    expect(cell(page, 4, "text")).to_contain_text("建成监测站6个。")
    saved(page)
    page.reload()
    expect(page.locator(".w-editor")).to_have_count(0)
    expect(cell(page, 4, "text")).to_be_focused()
    expect(cell(page, 4, "text")).to_contain_text("建成监测站6个。")


def test_a_stale_save_shows_both_and_the_others_changes_appear(
    review: Callable[[int], Page], enter: Enter, tolerated: list[str]
) -> None:
    tolerated.append("409 (Conflict)")
    mine = review(2027)
    other = enter("administrator")
    other.goto(mine.url)
    cell(mine, 1, "task").dblclick()
    mine.keyboard.type("我的任务")
    cell(other, 1, "task").dblclick()
    other.keyboard.type("对方的任务")
    other.keyboard.press("Enter")
    expect(cell(other, 2, "task")).to_contain_text("对方的任务")  # the whole group
    saved(other)
    expect(cell(mine, 2, "task")).to_contain_text("对方的任务")  # the open editor stays
    expect(mine.locator(".w-editor input[type=text]")).to_have_value("我的任务")
    with mine.expect_response(lambda answer: answer.url.endswith("/edit/")) as refused:
        mine.keyboard.press("Enter")
    assert refused.value.status == 409
    dialog = mine.locator("#dialog-stale")
    expect(dialog).to_contain_text("我的任务")
    expect(dialog).to_contain_text("对方的任务")
    mine.get_by_role("button", name="用我的覆盖").click()
    expect(cell(mine, 1, "task")).to_contain_text("我的任务")
    expect(cell(other, 1, "task")).to_contain_text("我的任务")


def test_without_connection_the_change_is_kept_and_sent_later(
    review: Callable[[int], Page], tolerated: list[str]
) -> None:
    tolerated.append("ERR_FAILED")
    page = review(2028)
    page.route("**/edit/", lambda route: route.abort())
    cell(page, 1, "seq").dblclick()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator("#save-state")).to_contain_text("尚未保存")
    page.unroute("**/edit/")
    expect(cell(page, 1, "seq")).to_have_text("7")
    saved(page)


def test_targets_are_read_from_marked_words_and_corrected(review: Callable[[int], Page]) -> None:
    page = review(2029)
    expect(cell(page, 1, "text").locator(".w-target")).to_have_count(1)
    cell(page, 1, "text").click()
    page.keyboard.press("t")
    form = page.locator("#target-form")
    form.get_by_label("数值", exact=True).fill("150")
    form.get_by_role("button", name="保存指标").click()
    expect(cell(page, 1, "text").locator(".w-target")).to_contain_text("150")
    form.get_by_role("button", name="删除指标").click()
    expect(cell(page, 1, "text").locator(".w-target")).to_have_count(0)
    page.keyboard.press("u")
    expect(cell(page, 1, "text").locator(".w-target")).to_contain_text("150")


def test_rows_are_filtered_by_rule_and_the_position_stays(review: Callable[[int], Page]) -> None:
    page = review(2030)
    page.locator("#panels [data-rule=R17]").click()
    expect(rows(page).filter(visible=True)).to_have_count(1)
    assert "rule=R17" in page.url
    page.reload()
    expect(rows(page).filter(visible=True)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(rows(page).filter(visible=True)).to_have_count(4)
    page.keyboard.press("/")
    page.keyboard.type("监测站")
    expect(rows(page).filter(visible=True)).to_have_count(1)
    expect(page.locator(".wb-print .passage tr.hit")).to_contain_text(re.compile("公交|监测"))


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_workbench_fits_and_its_script_is_light(review: Callable[[int], Page], width: int) -> None:
    page = review(2031)
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: (
            sizes.append(len(answer.body())) if "/static/workbench" in answer.url and ".js" in answer.url else None
        ),
    )
    page.set_viewport_size({"width": width, "height": 844})
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert 0 < sum(sizes) < 60_000
    if width < 900:
        page.get_by_role("tab", name="原文").click()
        expect(page.locator(".wb-print")).to_be_visible()
