"""Old office formats go through LibreOffice, where there is one."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lantian.reading.errors import MissingExtra, ReadingError
from lantian.reading.sources import legacy

from .writers import p, write_docx

CONVERT = """#!/bin/sh
for argument in "$@"; do printf '%s\\n' "$argument" >> "{log}"; done
env >> "{log}.env"
out=; last=
for argument in "$@"; do [ "$last" = --outdir ] && out=$argument; last=$argument; done
mkdir -p "$out"; {act}
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    """Put a program named soffice on the path that notes how it was called and then does ``act``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "soffice"
    program.write_text(CONVERT.format(log=tmp_path / "log", act=act), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def old_file(tmp_path: Path, name: str = "-计划 $(x).doc") -> Path:
    path = tmp_path / name
    path.write_bytes(b"old")
    return path


def test_converted_with_a_profile_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    converted = write_docx(tmp_path / "converted.docx", p("行动计划"))
    install(tmp_path, monkeypatch, f'cp "{converted}" "$out/source.docx"')
    monkeypatch.setenv("SECRET", "token")
    document = legacy.read(old_file(tmp_path))
    assert [paragraph.text for paragraph in document.paragraphs()] == ["行动计划"]
    arguments = log.read_text(encoding="utf-8").splitlines()
    assert arguments[0].startswith("-env:UserInstallation=file:///")
    assert "--headless" in arguments
    assert arguments[arguments.index("--convert-to") + 1] == "docx:MS Word 2007 XML"
    source = Path(arguments[-1])
    assert source.name == "source.doc"
    assert not source.parent.exists()
    assert "token" not in (tmp_path / "log.env").read_text(encoding="utf-8")


def test_the_content_tells_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    install(tmp_path, monkeypatch, "exit 1")
    path = tmp_path / "计划.doc"
    path.write_bytes(rb"{\rtf1 text}")
    with pytest.raises(ReadingError):
        legacy.read(path)
    assert log.read_text(encoding="utf-8").splitlines()[-1].endswith("source.rtf")


def test_macros_and_links_are_off() -> None:
    settings = legacy.profile_settings()
    assert '<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value>' in settings
    assert '<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value>' in settings


@pytest.mark.parametrize("suffix", [".doc", ".wps", ".rtf", ".odt", ".xls", ".et", ".ods", ".XLS"])
def test_without_libreoffice_the_message_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra) as missing:
        legacy.read(old_file(tmp_path, f"计划{suffix}"))
    assert missing.value.exit_code == 3
    assert "LibreOffice" in missing.value.zh
    assert "LibreOffice" in missing.value.en


def test_other_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as refused:
        legacy.read(old_file(tmp_path, "计划.dwg"))
    assert "计划.dwg" in refused.value.en


@pytest.mark.parametrize("act", ["exit 1", "exit 0", 'echo broken > "$out/source.docx"'])
def test_failed_conversions_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    install(tmp_path, monkeypatch, act)
    with pytest.raises(ReadingError):
        legacy.read(old_file(tmp_path))


def test_a_conversion_that_hangs_is_ended_with_its_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    install(tmp_path, monkeypatch, f'sleep 300 & echo $! > "{log}.pid"; wait')
    monkeypatch.setattr(legacy, "limit", {"convert_seconds": 1}.__getitem__)
    started = time.monotonic()
    with pytest.raises(ReadingError) as refused:
        legacy.read(old_file(tmp_path))
    assert time.monotonic() - started < 150
    assert "1 seconds" in refused.value.en
    helper = int(Path(f"{log}.pid").read_text(encoding="utf-8"))
    for _ in range(600):
        if not _runs(helper):
            break
        time.sleep(0.1)
    assert not _runs(helper)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
