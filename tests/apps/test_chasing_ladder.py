"""The ladder, the words of chasing, and what goes to chat groups: pure."""

from __future__ import annotations

import ipaddress
import json
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.apps.chasing import ladder, outbound, payloads, texts
from lantian.apps.chasing.ladder import Facts
from lantian.apps.chasing.models import RungName
from lantian.apps.papers.kinds import kinds, shipped_templates
from lantian.site import config
from tests.conftest import examples

DUE = date(2025, 4, 7)
NAMES = ["", *(rung.id for rung in ladder.rungs())]


def test_every_rung_with_a_paper_has_its_kind_template_and_name() -> None:
    with_paper = [rung for rung in ladder.rungs() if rung.kind]
    assert [rung.id for rung in with_paper] == RungName.values
    assert all(rung.kind in kinds() and rung.template in shipped_templates() and rung.reply_days for rung in with_paper)


@pytest.mark.parametrize(
    ("facts", "proposed"),
    [
        (Facts(), ""),
        (Facts(late_days=1), "remind"),
        (Facts(late_days=3), "remind"),  # nobody was reminded yet: one rung after the other
        (Facts(late_days=3, standing="remind"), "prompt"),
        (Facts(late_days=2, standing="remind"), ""),
        (Facts(sent_back=2, standing="remind"), "prompt"),
        (Facts(red=2, standing="remind"), "prompt"),
        (Facts(red=40, standing="remind"), "prompt"),
        (Facts(late_days=30, standing="prompt", waiting=True), ""),
        (Facts(late_days=3, standing="prompt", unanswered=True), "supervision"),
        (Facts(late_days=9, standing="prompt"), "supervision"),
        (Facts(late_days=9, standing="supervision"), ""),
        (Facts(late_days=15, standing="supervision"), "bulletin"),
        (Facts(standing="bulletin", unanswered=True), "interview"),
        (Facts(late_days=99, red=99, standing="interview", unanswered=True), ""),
    ],
)
def test_the_next_rung(facts: Facts, proposed: str) -> None:
    found = ladder.propose(facts)
    assert (found.rung.id if found else "") == proposed
    assert found is None or found.reasons


@settings(max_examples=examples(100))
@given(
    st.builds(
        Facts, st.integers(0, 60), st.integers(0, 9), st.integers(0, 20), st.booleans(), st.sampled_from(NAMES),
        st.booleans(),
    )
)  # fmt: skip
def test_a_proposal_is_one_rung_up_and_never_while_a_letter_waits(facts: Facts) -> None:
    found = ladder.propose(facts)
    if found is not None:
        assert not facts.waiting
        assert ladder.place(found.rung.id) == ladder.place(facts.standing) + 1
        assert ladder.place(found.rung.id) <= ladder.place(found.reached.id)


def test_what_leaves_out_a_rung() -> None:
    assert not ladder.jumps("prompt", "")
    assert not ladder.jumps("supervision", "prompt")
    assert ladder.jumps("supervision", "remind")
    assert ladder.jumps("interview", "supervision")


@pytest.mark.parametrize(
    ("days", "kind"),
    [(-9, ""), (-3, ""), (-2, "near"), (-1, "near"), (0, "due"), (1, "late1"), (2, "late1"), (3, "late3"), (8, "late3"),
     (9, "")],
)  # fmt: skip
def test_which_reminder_has_come(days: int, kind: str) -> None:
    found = ladder.notice_for(days)
    assert (found.id if found else "") == kind


def test_the_text_for_the_group_names_late_units_only_and_no_figures() -> None:
    late = texts.group("云溪市计划", "2025-03", DUE, ["市交通局", "东塘区政府"], late=True, contact="王工")
    assert "市交通局、东塘区政府" in late
    assert "4月7日" in late
    assert "项" not in late
    assert "%" not in late
    early = texts.group("云溪市计划", "2025-03", DUE, ["市交通局"], late=False)
    assert "市交通局" not in early


def test_what_a_letter_says_is_wrong_tells_nothing_of_lights() -> None:
    said = texts.why(late=True, sent_back=3, overdue=True, period="2025-03")
    assert said == "未按时限完成，至今未报送2025年3月进展，报送内容多次退回仍未按要求修改"
    assert "灯" not in said + texts.why(late=False, sent_back=0, overdue=False, period="2025-03")


def test_the_script_offers_help_and_names_the_rows() -> None:
    script = texts.phone("市交通局", "市局", "计划", "2025-03", DUE, late=True, rows=["第1项 更新车辆"])
    assert any("第1项 更新车辆" in line for line in script)
    assert any("代填" in line for line in script)


def test_payloads_are_what_the_vendors_take() -> None:
    made = payloads.wecom("https://qyapi.example/send?key=k", "", "请报送\n甲", 1.0)
    assert made.address == "https://qyapi.example/send?key=k"
    assert made.body.decode() == '{"msgtype":"text","text":{"content":"请报送\\n甲"}}'
    ding = payloads.dingtalk("https://oapi.example/send?access_token=t", "SECours", "请报送", 1700000000.0)
    query = parse_qs(urlsplit(ding.address).query)
    assert query["timestamp"] == ["1700000000000"]
    assert query["sign"] == ["P17kDcFG6yyQwFbCHN/mwq6I6Zn93ZkxRxCgRsLmQmg="]
    assert json.loads(ding.body) == {"msgtype": "text", "text": {"content": "请报送"}, "at": {"isAtAll": False}}
    assert payloads.dingtalk("https://oapi.example/send", "", "甲", 1.0).address == "https://oapi.example/send"
    fly = json.loads(payloads.feishu("https://open.example/hook/x", "ours", "请报送", 1700000000.0).body)
    assert fly == {
        "timestamp": "1700000000", "sign": "wHliOxsdzFKwb5zX1vioaeEpUu6HYMPa6v4UK7l8msI=", "msg_type": "text",
        "content": {"text": "请报送"},
    }  # fmt: skip


@settings(max_examples=examples(50))
@given(st.text(max_size=3000), st.integers(200, 3000))
def test_a_text_fits_the_vendors_limit(text: str, limit: int) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    cut = payloads.fitted(clean, limit)
    assert len(cut.encode()) <= limit
    assert cut == clean or cut.endswith(payloads.MORE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b'{"errcode":0,"errmsg":"ok"}', ""), (b'{"code":0,"msg":"success"}', ""), (b'{"StatusCode":0}', ""),
        (b'{"errcode":93000,"errmsg":"invalid webhook url"}', "invalid webhook url"),
        (b'{"code":19021,"msg":"sign match fail"}', "sign match fail"), (b"<html>", "no JSON in the answer"),
        (b"[]", "no JSON object in the answer"), (b"{}", "None"),
    ],
)  # fmt: skip
def test_what_the_vendor_answers(answer: bytes, error: str) -> None:
    assert payloads.accepted(answer) == error


LISTED = ("open.example", "im.example:8443", "127.0.0.1:9000", "10.1.0.0/16")


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example/x", "ftp://open.example/x", "https://open.example:8443/x", "https://im.example/x",
        "https://open.example.evil.example/x", "https://user:pw@open.example/x", "https://open.example@evil.example/",
        "javascript:alert(1)", "//open.example/x", "https:///x", "https://open.example/a b", "https://[::1", "",
        "https://open.example:99999/",
    ],
)  # fmt: skip
def test_an_address_off_the_list_is_refused(url: str) -> None:
    with pytest.raises(outbound.OutboundError):
        outbound.allowed(url, LISTED)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://open.example/hook?key=1", ("https", "open.example", 443, "/hook?key=1")),
        ("https://OPEN.example", ("https", "open.example", 443, "/")),
        ("https://im.example:8443/x", ("https", "im.example", 8443, "/x")),
        ("http://127.0.0.1:9000/x", ("http", "127.0.0.1", 9000, "/x")),
    ],
)
def test_an_address_on_the_list(url: str, place: tuple[str, str, int, str]) -> None:
    assert outbound.allowed(url, LISTED) == place


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("93.184.216.34", True), ("10.1.2.3", True), ("10.2.2.3", False), ("192.168.1.1", False), ("127.0.0.1", True),
        ("127.0.0.2", False), ("169.254.169.254", False), ("::", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1", False), ("::ffff:169.254.169.254", False), ("::ffff:192.168.1.1", False), ("fc00::1", False),
    ],
)  # fmt: skip
def test_which_addresses_may_be_reached(address: str, fine: bool) -> None:
    assert outbound.permitted(ipaddress.ip_address(address), LISTED) == fine


def test_a_link_local_address_is_refused_even_if_it_is_listed() -> None:
    assert not outbound.permitted(ipaddress.ip_address("169.254.169.254"), ["169.254.0.0/16", "169.254.169.254"])


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://u:p%40w@mail.example?from=o@gov.example", ("mail.example", 25, "u", "p@w", "", "o@gov.example")),
        ("smtps://office@mail.example", None),
        ("smtps://o%40b:pw@mail.example", ("mail.example", 465, "o@b", "pw", "ssl", "o@b")),
        ("smtp+tls://mail.example:2525?from=a@b", ("mail.example", 2525, "", "", "tls", "a@b")),
        ("http://mail.example?from=a@b", None),
        ("smtp://?from=a@b", None),
        ("smtp://mail.example:99999?from=a@b", None),
    ],
)  # fmt: skip
def test_the_address_of_the_mail_server(url: str, wanted: tuple[object, ...] | None, tmp_path: object) -> None:
    env = {"LANTIAN_DATA": str(tmp_path), "LANTIAN_EMAIL_URL": url}
    if wanted is None:
        with pytest.raises(config.ConfigError, match="LANTIAN_EMAIL_URL"):
            config.load(env)
        return
    found = config.load(env).email
    assert found is not None
    assert (found.host, found.port, found.user, found.password, found.secure, found.sender) == wanted
