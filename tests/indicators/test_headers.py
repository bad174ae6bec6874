"""The lines above a query, and `lantian packs check`."""

from __future__ import annotations

import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from lantian.indicators.packs import load
from lantian.registers import PacksRefused
from lantian.registers import load as load_packs
from tests.indicators.invented import RULE_HEADER, SHARE, SITE, UNCHECKED, write_pack

LANTIAN = Path(sys.executable).with_name("lantian")
GOOD = """-- title: 抽检 合格率 | Share that passed
-- 分子为合格组数；note: of the author: nothing
-- unit: 组   period: to_date   better: none   subject: area (district, city)
-- answers: 抽检 合格率; 合格率   not: 水 土壤；噪声   cumulative: yes
-- statistic: mean  version: 3

"""


def indicator(folder: Path, header: str) -> list[tuple[int, str]]:
    """(line, sentence) of what is wrong with an indicator's header."""
    try:
        load(load_packs(write_pack(folder, {"indicators/one.sql": header + SHARE})))
    except PacksRefused as error:
        return [(item.line, item.en) for item in error.problems]
    return []


def test_every_entry(tmp_path: Path) -> None:
    found = load(load_packs(write_pack(tmp_path, {"indicators/one.sql": GOOD + SHARE}))).indicators["one"]
    assert (found.title, found.unit, found.period, found.better) == (
        ("抽检 合格率", "Share that passed"),
        "组",
        "to_date",
        "none",
    )
    assert (found.subject, found.levels, found.register) == ("area", ("district", "city"), "")
    assert (found.answers, found.forbids) == (("抽检 合格率", "合格率"), ("水 土壤", "噪声"))
    assert (found.cumulative, found.statistic, found.version, found.pack) == (True, "mean", 3, "trial")
    assert [item.name for item in found.reads] == ["check"]


def test_rule(tmp_path: Path) -> None:
    found = load(load_packs(write_pack(tmp_path, {"rules/one.sql": RULE_HEADER + UNCHECKED}))).rules["one"]
    assert (found.subject, found.register, found.closes, found.cap) == ("register", "site", "gone", 2)
    assert found.quiet == (time(22), time(7))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("| Share that passed", "", 1, "中文 | English"),
        ("period: to_date", "period: weekly", 3, "cannot be “weekly”"),
        ("better: none", "", 1, "“better” is missing"),
        ("subject: area (district, city)", "subject: area (village)", 3, "“subject” takes"),
        ("subject: area (district, city)", "subject: register bridge", 3, "no register “bridge”"),
        ("version: 3", "version: 0", 5, "above zero"),
        ("version: 3", "unit: %", 5, "“unit” twice"),
        ("statistic: mean", "statistics: mean", 5, "unknown entry “statistics”"),
        ("cumulative: yes", "cumulative: perhaps", 4, "cannot be “perhaps”"),
    ],
)
def test_refused_at_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    found = indicator(tmp_path, GOOD.replace(old, new))
    assert [at for at, said in found if says in said] == [line], found


def test_query_changes_its_digest_and_so_does_a_declaration(tmp_path: Path) -> None:
    def sha(folder: str, query: str = SHARE, text: str = SITE) -> str:
        files = {"indicators/one.sql": GOOD + query + "-- joined\n", "registers/site.yaml": text}
        return load(load_packs(write_pack(tmp_path / folder, files))).indicators["one"].sha

    joined = SHARE.replace('from "check"', 'from site join "check" on site.key = "check".site').replace(
        "street", '"check".street'
    )
    assert sha("a") == sha("b")
    assert sha("a") == sha("c", text=SITE.replace("floors", "storeys"))  # does not read it
    assert sha("d", joined) != sha("a")
    assert sha("e", joined) != sha("f", joined, SITE.replace("floors", "storeys"))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("indicator/one.sql", "nobody reads a file here"),
        ("indicators/more/one.sql", "nobody reads a file here"),
        ("indicators/one.SQL", "nobody reads a file here"),
        ("registers/site2.yml", "nobody reads a file here"),
        ("rules.sql", "nobody reads a file here"),
    ],
)
def test_a_declaration_that_nobody_would_read_is_named(tmp_path: Path, path: str, says: str) -> None:
    write_pack(tmp_path, {path: GOOD + SHARE, "README.md": "ours", "notes/plan.txt": "ours"})
    with pytest.raises(PacksRefused) as caught:
        load(load_packs(tmp_path))
    [found] = caught.value.problems
    assert (found.file, found.line) == (tmp_path / "trial" / path, 1)
    assert says in found.en


def test_a_pack_without_its_own_file_and_a_pack_in_place_of_its_folder_are_named(tmp_path: Path) -> None:
    write_pack(tmp_path, {})
    assert load(load_packs(tmp_path)).packs.pack("trial")
    with pytest.raises(PacksRefused, match="a pack itself"):
        load(load_packs(tmp_path / "trial"))
    (tmp_path / "trial/pack.yaml").unlink()
    with pytest.raises(PacksRefused, match=r"pack\.yaml:1: the pack lacks this file"):
        load(load_packs(tmp_path))


@pytest.mark.parametrize("path", ["indicators/one.sql", "registers/site.yaml"])
def test_another_encoding_is_named_at_its_line(tmp_path: Path, path: str) -> None:
    text = GOOD + SHARE if path.endswith("sql") else SITE
    write_pack(tmp_path, {path: text})
    before, mark, after = text.partition("率" if path.endswith("sql") else "工")
    (tmp_path / "trial" / path).write_bytes(before.encode() + mark.encode("gbk") + after.encode())
    with pytest.raises(PacksRefused) as caught:
        load(load_packs(tmp_path))
    found = {(item.file.name, item.line): item.en for item in caught.value.problems}
    assert "is not UTF-8" in found[Path(path).name, before.count("\n") + 1]


def test_names_across_packs(tmp_path: Path) -> None:
    write_pack(tmp_path, {"indicators/one.sql": GOOD + SHARE, "indicators/Two.sql": GOOD + SHARE})
    write_pack(tmp_path, {"registers/site_history.yaml": SITE, "indicators/one.sql": GOOD + SHARE}, "other")
    (tmp_path / "other/registers/site.yaml").unlink()
    (tmp_path / "other/registers/check.yaml").unlink()
    with pytest.raises(PacksRefused) as caught:
        load(load_packs(tmp_path))
    said = [(item.file.name, item.en) for item in caught.value.problems]
    assert any(name == "one.sql" and "there is a “one”" in text for name, text in said)
    assert any(name == "Two.sql" and "no plain name" in text for name, text in said)
    assert any(name == "site_history.yaml" and "cannot be called" in text for name, text in said)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`lantian packs …` in English."""
    return subprocess.run(
        [str(LANTIAN), "packs", *arguments], capture_output=True, text=True, env={"LC_ALL": "en_US.UTF-8"}, check=False
    )


def test_check_says_what_is_wrong_and_where(tmp_path: Path) -> None:
    write_pack(tmp_path, {"indicators/mine_only.sql": GOOD + SHARE.replace("weight", "weigth") + "  and nope = 1"})
    done = run("check", str(tmp_path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert f"{tmp_path}/trial/indicators/mine_only.sql:" in done.stderr
    assert "1 problem(s)" in done.stderr


def test_what_ships_is_valid() -> None:
    done = run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "all valid" in done.stdout
