"""The form of a row: what was typed is kept, whatever is wrong or happened meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lantian.apps.core.models import StoredFile, User
from lantian.apps.registers import actions, forms
from lantian.apps.registers.models import Record
from lantian.registers import Register
from tests.apps.registers_pages.conftest import STREET, site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sites")]
Enter = Callable[[User], Client]
NEW, EDIT = "/registers/construction_site/new/", "/registers/construction_site/edit/YX-0001/"


def typed(**changes: Any) -> dict[str, Any]:
    """A whole form as somebody would fill it in."""
    return {
        "code": "YX-0100", "name": "新工地", "works": "拆除", "status": "在施", "street": STREET,
        "place": "116.3, 39.9", "place.datum": "WGS-84", "keeper": "市交通局", "size": "1,200",
        "start": "2026-03-01", "finish": "2026-09-01", "government": "是", "_effective": "2026-03-02", "_revision": "",
    } | changes  # fmt: skip


def test_what_was_typed_becomes_a_row(street: User, enter: Enter) -> None:
    answer = enter(street).post(NEW, typed())
    assert (answer.status_code, answer.headers["Location"]) == (302, "/registers/construction_site/rows/YX-0100/")
    values = Record.objects.get(key="YX-0100").values
    assert (values["size"], values["government"], values["keeper"]) == ("1200", True, site(1)["keeper"])
    assert (values["place"]["lon"], values["place"]["x"]) == (116.3, 116.3)


def test_problems_stand_beside_the_field_and_at_the_top_and_nothing_is_lost(street: User, enter: Enter) -> None:
    answer = enter(street).post(NEW, typed(finish="2026-02-01", status="", size="很大", builder="云溪二建"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert not Record.objects.filter(key="YX-0100").exists()
    assert 'id="e-size"' in page
    assert 'id="e-status"' in page
    assert '<a href="#f-size">' in page
    assert "计划竣工日期早于开工日期" in page
    assert 'value="很大"' in page
    assert 'value="云溪二建"' in page
    assert 'value="116.3, 39.9"' in page


def test_who_comes_too_late_sees_what_the_other_wrote_and_keeps_what_was_typed(
    sites: Register, people: dict[str, User], street: User, enter: Enter
) -> None:
    client = enter(street)
    before = client.get(EDIT).content.decode()
    assert 'name="_revision" value="1"' in before
    actions.fill(people["coordinator"], sites, [site(1, builder="云溪三建")], effective=date(2026, 5, 1))
    mine = typed(code="YX-0001", name="我的名称", builder="云溪二建", _revision="1")
    answer = client.post(EDIT, mine)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "他人已改为：云溪三建" in page
    assert 'value="我的名称"' in page
    assert 'value="云溪二建"' in page
    assert 'name="_revision" value="2"' in page
    assert Record.objects.get(key="YX-0001").values["builder"] == "云溪三建"
    assert client.post(EDIT, mine | {"_revision": "2"}).status_code == 302
    assert Record.objects.get(key="YX-0001").values["builder"] == "云溪二建"


def test_saving_a_form_unchanged_changes_nothing(street: User, enter: Enter) -> None:
    client = enter(street)
    made = {item.field.name: item for item in client.get(EDIT).context["inputs"]}
    posted = {name: item.value for name, item in made.items()} | {"place.datum": made["place"].datum, "_revision": "1"}
    before = Record.objects.get(key="YX-0001")
    assert client.post(EDIT, posted).status_code == 302
    after = Record.objects.get(key="YX-0001")
    assert (after.values, after.revision) == (before.values, before.revision)


def test_a_row_is_removed_with_its_reason_only(street: User, enter: Enter) -> None:
    client, address = enter(street), "/registers/construction_site/remove/YX-0001/"
    assert client.post(address, {"_revision": "1", "reason": " "}).status_code == 302
    assert not Record.objects.get(key="YX-0001").gone
    client.post(address, {"_revision": "1", "reason": "重复上账"})
    assert Record.objects.get(key="YX-0001").gone
    page = client.get("/registers/construction_site/rows/YX-0001/").content.decode()
    assert "重复上账" in page
    assert "已移除" in page
    assert EDIT not in page


def test_only_who_keeps_the_register_here_gets_the_form(people: dict[str, User], outsider: User, enter: Enter) -> None:
    assert enter(people["viewer"]).get(EDIT).status_code == 403
    assert enter(people["viewer"]).get(NEW).status_code == 403
    assert enter(outsider).get(EDIT).status_code == 404
    answer = enter(outsider).post(NEW, typed())  # writes sites, but not in this district
    assert answer.status_code == 400
    assert not Record.objects.filter(key="YX-0100").exists()


def test_a_stamp_of_a_file_cannot_be_made_up(people: dict[str, User]) -> None:
    from lantian.apps.core import files

    stored = files.store(people["viewer"], "别人的.txt", [b"secret"])
    assert forms.unsealed(str(stored.uid)) == ""
    assert forms.unsealed(forms.seal(str(stored.uid))) == str(stored.uid)


def test_a_file_too_large_is_refused_in_words(
    sites: Register, street: User, enter: Enter, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LANTIAN_UPLOAD_BYTES = 10
    held = sites.field("address")
    changed = [type(held)(**{name: getattr(item, name) for name in item.__slots__} | {"type": "file"})
               if item is held else item for item in sites.fields]  # fmt: skip
    register = replace(sites, fields=tuple(changed))
    monkeypatch.setattr("lantian.apps.registers.views.edit.declared", lambda _name: register)
    posted = typed() | {"address": SimpleUploadedFile("图.png", b"x" * 20)}
    answer = enter(street).post(NEW, posted)
    assert answer.status_code == 400
    assert "未接收" in answer.content.decode()
    assert not StoredFile.objects.filter(name="图.png").exists()
