"""Areas, units and their names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lantian.apps.areas import actions, queries
from lantian.apps.areas.models import Area, Unit, UnitAlias
from lantian.apps.core.models import AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_loading_twice_changes_nothing_and_keeps_uids(folder: Path) -> None:
    first = actions.load_areas(None, folder)
    uids = set(Unit.objects.values_list("uid", flat=True))
    assert actions.load_areas(None, folder) == first == {"areas": 5, "units": 9, "aliases": 2}
    assert set(Unit.objects.values_list("uid", flat=True)) == uids
    assert UnitAlias.objects.count() == 2


@pytest.mark.usefixtures("city")
def test_one_row_stands_for_every_open_area_of_a_kind() -> None:
    assert set(Unit.objects.filter(name__endswith="区政府").values_list("name", flat=True)) == {
        "各区政府", "东塘区政府", "西塘区政府",
    }  # fmt: skip
    bureau = Unit.objects.get(name="东塘区生态环境局")
    assert bureau.full_name == "云溪市东塘区生态环境局"
    assert bureau.parent is not None
    assert bureau.parent.name == "东塘区政府"


def test_load_if_changed_reads_only_changed_files(folder: Path) -> None:
    assert actions.load_if_changed(folder)
    assert not actions.load_if_changed(folder)
    path = folder / "units.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("云溪市交通运输局", "云溪市交通局"), encoding="utf-8")
    assert actions.load_if_changed(folder)
    assert Unit.objects.get(name="市交通局").full_name == "云溪市交通局"
    assert AuditEvent.objects.filter(action="areas.load").count() == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("areas.csv", "880101001,柳桥街道,柳桥,street", "880101001,柳桥街道,柳桥,village", "village"),
        ("areas.csv", "town,880101,", "town,889999,", "889999"),
        ("areas.csv", "2015-12-31", "2015-13-31", "2015-13-31"),
        ("units.csv", "880000,市交通局", "880000,市生态环境局", "twice"),
        ("units.csv", "880000,市交通局", "770000,市交通局", "770000"),
        ("aliases.csv", "市生态环境局,市环保局", "市环境厅,市环保局", "市环境厅"),
        ("units.csv", "full_name", "fullname", "full_name"),
    ],
)
def test_a_bad_file_names_the_place_and_loads_nothing(
    folder: Path, name: str, old: str, new: str, message: str
) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(actions.DirectoryError, match=message) as caught:
        actions.load_areas(None, folder)
    assert name in str(caught.value)
    assert not Area.objects.exists()


def test_a_name_means_the_nearest_unit(city: Area) -> None:
    today = date(2025, 6, 1)
    east, west = (Area.objects.get(name=name) for name in ("东塘区", "西塘区"))

    def name(printed: str, area: Area) -> str | None:
        unit = queries.resolve(printed, area, today)
        return unit.name if unit else None

    assert name("区生态环境局", east) == "东塘区生态环境局"
    assert name("区生态环境局", west) == "西塘区生态环境局"
    assert name("区生态环境局", city) is None
    assert name("市生态环境局", east) == "市生态环境局"
    assert name("西塘区政府", city) == "西塘区政府"
    assert name("西塘区政府", east) == "西塘区政府"
    assert name("柳桥街道", Area.objects.get(name="柳桥街道")) == "柳桥街道办事处"
    assert name("云溪市交通运输局", city) == "市交通局"
    assert name("市 交通局", city) == "市交通局"
    assert name("市交通局（市治超办）", city) == "市交通局"
    assert name("市没有局", city) is None


def test_names_have_dates(city: Area) -> None:
    assert queries.resolve("市环保局", city, date(2018, 6, 1)) is not None
    assert queries.resolve("市环保局", city, date(2019, 6, 1)) is None
    assert queries.resolve("市环境局", city, date(2018, 6, 1)) is None
    assert queries.resolve("市旧城办", city, date(2019, 6, 1)) is not None
    assert queries.resolve("市旧城办", city, date(2020, 6, 1)) is None
    assert queries.Directory(city, date(2018, 1, 1), date(2019, 12, 31)).find("市环保局") is not None


@pytest.mark.usefixtures("city")
def test_region_words_name_an_area() -> None:
    found = {words: queries.area_of(words) for words in ("云溪市", "云溪市东塘区", "东塘区", "某某市", "")}
    assert [area.code if area else None for area in found.values()] == ["880000", "880101", "880101", None, None]


def test_beijing_ships_and_every_row_names_its_source() -> None:
    counts = actions.load_areas(None, actions.shipped("beijing"))
    assert counts["areas"] > 350
    assert Area.objects.filter(level="district", kind="district", closed=None).count() == 16
    assert Area.objects.get(name="北京经济技术开发区").parent == Area.objects.get(code="110000")
    assert not Area.objects.filter(source="").exists()
    assert not Unit.objects.filter(source="").exists()
    beijing = Area.objects.get(code="110000")
    gate = Area.objects.get(code="110109")
    day = date(2024, 6, 1)
    for printed in ("市住房和城乡建设委", "市规自委", "通州区政府", "市科委、中关村管委会", "北京市税务局"):
        assert queries.resolve(printed, beijing, day) is not None, printed
    for printed in ("区城管委", "永定镇", "各镇街", "市生态环境局"):
        assert queries.resolve(printed, gate, day) is not None, printed
