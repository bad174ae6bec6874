"""Deliveries proposed from the wording of measures of ours."""

from __future__ import annotations

import pytest

from lantian.indicators.deliveries import Owed, owed
from lantian.indicators.wording import table
from lantian.reading.model import Deadline, Measure, Role
from tests.indicators.test_binding import shipped


def found(text: str) -> list[Owed]:
    roles = (Role("lead", "市城管局", "市城管局"),)
    return list(owed(Measure(1, "", 1, "", text, (text,), Deadline("长期实施", "long_term"), roles=roles)))


@pytest.mark.parametrize(
    ("text", "kind", "receiver", "every"),
    [
        ("抽检结果按季度通报市生态环境局。", "通报", "市生态环境局", "每季度"),
        ("发现的超标线索及时移交市场监管部门依法查处。", "移交", "市场监管部门", "随时"),
        ("每月向各街道推送道路尘负荷偏高的路段。", "推送", "各街道", "每月"),
        ("检查结果定期与区生态环境局共享。", "共享", "区生态环境局", ""),
        ("抽检不合格的产品及时向社会公示。", "公示", "社会", "随时"),
        ("定期通报排名情况。", "通报", "", ""),
    ],
)
def test_kind_receiver_and_rhythm(text: str, kind: str, receiver: str, every: str) -> None:
    (one,) = found(text)
    assert (one.kind, one.receiver, one.every, one.senders) == (kind, receiver, every, ("市城管局",))


def test_each_sentence_owes_its_own() -> None:
    text = "加强巡查，发现问题移送城管执法部门。城管执法部门每月反馈查处结果；做好宣传引导。"
    assert [(item.kind, item.every) for item in found(text)] == [("移交", ""), ("反馈", "每月")]


@pytest.mark.parametrize(
    "text", ["加强道路清扫保洁。", "完善信息共享机制。", "强化排名、通报等制度。", "做好已移交地块的绿化。"]
)
def test_a_measure_that_owes_nothing(text: str) -> None:
    assert found(text) == []


def test_several_receivers_are_kept_as_printed() -> None:
    (one,) = found("查处结果向住房城乡建设、交通、生态环境等部门通报。")
    assert one.receiver == "住房城乡建设、交通、生态环境等部门"


def test_kinds_and_rhythms_are_choices_of_the_register() -> None:
    register = shipped().packs.registers["delivery_duty"]
    kinds = {choice.value for choice in register.field("kind").choices}
    assert {row["kind"] for row in table("deliveries")} <= kinds
    every = {choice.value for choice in register.field("every").choices}
    assert {"每月", "每季度", "每半年", "每年", "随时"} == every
