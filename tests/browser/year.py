"""What the people of a year with two real plans click and type, step by step (test_year_2021.py plays the year)."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

from playwright.sync_api import FilePayload, Locator, Page, expect

CITY_PLAN = "大气污染防治2021年行动计划"
REASON = "资料由单位补报，原因见年度说明。"


class Person(NamedTuple):
    """Somebody who gets a login on the page of people."""

    name: str
    login: str
    unit: str
    role: str


CITY = Person("林晓舟", "city-office", "市生态环境局", "协调员")
OFFICE = Person("沈知远", "district-office", "西城区生态环境局", "协调员")
SECOND = Person("韩立言", "district-second", "西城区生态环境局", "协调员")
LEADER = Person("周正平", "district-leader", "西城区生态环境局", "查阅者")
STREET = Person("陆小棠", "street", "月坛街道办事处", "填报员")
PEOPLE = (CITY, OFFICE, SECOND, LEADER, STREET)


def visit(page: Page, address: str) -> None:
    """Open a page of the site by its address."""
    page.goto(urljoin(page.url, address))


def log_in(page: Page, login: str, password: str) -> str:
    """Log in for the first time and choose an own password, which is returned."""
    visit(page, "/login/")
    page.get_by_label("用户名").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    chosen = secrets.token_urlsafe(12)
    fields = page.locator("input[type=password]")
    expect(fields).to_have_count(3)
    for field, text in zip(fields.all(), (password, chosen, chosen), strict=True):
        field.fill(text)
    page.get_by_role("button", name="修改密码").click()
    expect(page.get_by_role("status").first).to_contain_text("密码已修改")
    return chosen


def make_person(page: Page, person: Person) -> str:
    """The administrator makes an account; returns the first password that the slip shows."""
    visit(page, "/people/new/")
    page.get_by_label("姓名").fill(person.name)
    page.get_by_label("登录名").fill(person.login)
    page.get_by_label("单位", exact=True).fill(person.unit)
    page.get_by_label(person.role, exact=True).check()
    page.get_by_role("button", name="创建账号").click()
    return page.locator(".slip", has_text=person.name).locator("code.secret").inner_text()


def bring_plan(page: Page, document: Path, plans: int) -> list[str]:
    """Upload a document and wait until it is read; the addresses of the workbenches of its plans."""
    visit(page, "/imports/")
    page.locator("input[type=file]").set_input_files(document)
    page.get_by_role("button", name="读取计划").click()
    reviews = page.locator(".upload-files").get_by_role("link", name="核对")
    expect(reviews).to_have_count(plans, timeout=90_000)
    return [link.get_attribute("href") or "" for link in reviews.all()]


def publish_plan(page: Page, workbench: str) -> str:
    """Agree to what the reader repaired and publish; the plan's uid."""
    visit(page, workbench)
    expect(page.locator("#workbench:not([aria-busy]) #rows tr[data-uid]").first).to_be_visible()
    agree(page)
    page.get_by_role("button", name="发布").click()
    page.get_by_label("变更说明").fill("首次发布")
    page.locator("#publish-now").click()
    expect(page.get_by_role("status").first).to_contain_text("已发布")
    found = re.search(r"/plans/([0-9a-f-]{36})/", workbench)
    assert found
    return found[1]


def agree(page: Page) -> None:
    """Agree rule by rule to what the reader repaired."""
    expect(page.locator("#save-state")).to_contain_text("已全部保存")
    button = page.get_by_role("button", name="全部认可")
    while count := button.count():
        button.first.click()
        expect(button).to_have_count(count - 1)


def align(page: Page, plan: str) -> None:
    """Lay the district's plan beside the city's, confirm one row by its own button and the rest together."""
    visit(page, f"/plans/{plan}/alignment/")
    page.get_by_label(CITY_PLAN).check()
    page.get_by_role("button", name="开始对照").click()
    rows = page.locator("[data-link]")
    for _ in range(60):
        if rows.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(rows.first).to_be_visible()
    first = rows.first
    first.get_by_role("button", name="确认", exact=False).click()
    expect(first).to_contain_text("已确认")
    page.get_by_role("button", name="确认本页全部待确认条目").click()
    expect(page.locator(".is-confirmed")).not_to_have_count(1)


def decide_figures(page: Page, plan: str) -> None:
    """Whom the open figures bind, as proposed."""
    visit(page, f"/plans/{plan}/duties/questions/")
    page.get_by_role("button", name="全部按建议确定").click()
    expect(page.get_by_role("button", name="全部按建议确定")).to_have_count(0)


def open_quota(page: Page, plan: str, words: str) -> None:
    """Open the quota sheet of the target with these words."""
    visit(page, f"/plans/{plan}/duties/quotas/")
    page.locator("tr", has_text=words).get_by_role("button", name="编制分解表").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def issue_quota(page: Page, letter: bytes, number: str, title: str, day: str) -> None:
    """Issue the sheet that is open with the letter that sets it."""
    page.get_by_label("文号").fill(number)
    page.get_by_label("标题").fill(title)
    page.get_by_label("日期").fill(day)
    file: FilePayload = {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": letter}
    page.locator("input[name=letter]").set_input_files(file)
    page.get_by_role("button", name="保存并下达").click()
    expect(page.locator(".page-head")).to_contain_text("✓ 印发")


def unit_row(page: Page, unit: str) -> Locator:
    """The row of a unit in the list that is open."""
    return page.locator("tr", has_text=unit)


def chase(office: Page, second: Page, leader: Page, plan: str, month: str, unit: str) -> str:
    """A letter to a late unit: drafted, checked by a colleague, signed by the leader, issued; its number."""
    visit(office, "/papers/letterheads/")
    head = office.locator("section.letterhead", has_text=OFFICE.unit)
    head.locator("input[name=word]").fill("西环")
    head.locator("form").first.get_by_role("button", name="保存").click()
    visit(office, f"/desk/office/?plan={plan}&period={month}")
    unit_row(office, unit).get_by_role("link", name="起草文书").click()
    office.get_by_label("督办方式").select_option(label="提示函")
    office.locator("select[name=approver]").select_option(label=LEADER.name)
    office.get_by_role("button", name="起草", exact=True).click()
    expect(office.locator(".paper-preview")).to_contain_text(unit)
    paper = office.url
    for page, step, done in (
        (second, "核稿通过", "已核稿"),
        (leader, "签发并编号", "已签发"),
        (office, "印发", "印发 20"),
    ):
        page.goto(paper)
        page.get_by_role("button", name=step, exact=True).click()
        expect(page.locator(".page-head")).to_contain_text(done)
    found = re.search(r"西环提示〔\d{4}〕\d+号", office.locator(".page-head").inner_text())
    assert found
    return found[0]


def record_reply(page: Page, words: str, unit: str) -> None:
    """Write down what the unit answered to the paper that is open, and close its letter."""
    recipient = page.locator("#recipients")
    recipient.get_by_text("登记回复").click()
    recipient.get_by_label("回复内容").fill(words)
    recipient.get_by_role("button", name="提交回复").click()
    expect(recipient).to_contain_text("已回复")
    visit(page, "/letters/")
    page.get_by_role("link", name=unit).click()
    expect(page.locator("main")).to_contain_text(words)
    page.get_by_label("销号理由").fill("已补报并说明原因")
    page.get_by_role("button", name="销号").click()
    expect(page.locator(".page-head")).to_contain_text("已销号")


def download(page: Page, name: str) -> bytes:
    """What the link of this name downloads."""
    with page.expect_download() as started:
        page.get_by_role("link", name=name, exact=True).first.click()
    return Path(started.value.path()).read_bytes()


def settle(page: Page, plan: str) -> None:
    """Year's end: say of every row how it ended, with a reason where it is not as proposed."""
    visit(page, f"/plans/{plan}/year-end/")
    while True:
        for row in page.locator("article.merge-row").all():
            wording = row.locator("select[name^=wording]")
            if not wording.input_value():
                wording.select_option(label="未完成")
            for field in row.locator("input[name^=reason], input[name^=strive]").all():
                if not field.input_value():
                    field.fill(REASON)
        here = page.url
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.locator(".alert-danger")).to_have_count(0)
        page.goto(here)
        following = page.locator("a[rel=next]")
        if not following.count():
            return
        following.click()


def freeze(page: Page, plan: str) -> bytes:
    """Freeze the year's end; the evidence pack once it is packed."""
    visit(page, f"/plans/{plan}/year-end/")
    page.get_by_role("button", name="定稿并打包佐证材料").click()
    for _ in range(60):
        if page.get_by_role("link", name="佐证材料包").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return download(page, "佐证材料包")


def naming(unit: str) -> re.Pattern[str]:
    """A text in which the unit is named."""
    return re.compile(re.escape(unit))
