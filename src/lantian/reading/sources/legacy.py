"""Old office formats (.doc .wps .rtf .odt .xls .et .ods): converted by LibreOffice, then read as DOCX or XLSX.

LibreOffice runs with a profile of its own in a temporary folder, with macros and links off, for a limited time; its
whole process group is ended when the time is over.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lantian.reading.errors import MissingExtra, ReadingError
from lantian.reading.layout import Document
from lantian.reading.lexicon import table
from lantian.reading.sources import docx, xlsx
from lantian.reading.sources.detect import sniff
from lantian.reading.sources.limits import limit

_PROGRAMS = ("soffice", "libreoffice")
_REGISTRY = "http://openoffice.org/2001/registry"
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a legacy format is converted to: the suffix of the result and LibreOffice's name of the export filter."""

    target: str
    filter: str


@cache
def conversions() -> dict[str, Conversion]:
    """The legacy formats by suffix (``.doc``), from ``tables/legacy_formats.csv``."""
    return {row["suffix"]: Conversion(row["target"], row["filter"]) for row in table("legacy_formats")}


def read(path: Path) -> Document:
    """Read a file of an old office format.

    Raises MissingExtra where LibreOffice is not installed, ReadingError where it cannot convert the file (in time).
    """
    suffix = _suffix(path)
    conversion = conversions().get(suffix)
    if conversion is None:
        raise ReadingError(f"不支持“{path.name}”的格式。", f"The format of {path.name} is not supported.")
    program = find_program()
    if program is None:
        raise MissingExtra(
            f"读取“{path.name}”需要 LibreOffice（soffice），本机未安装；请安装，或另存为 {conversion.target.upper()}。",
            f"Reading {path.name} needs LibreOffice (soffice), which is not installed here; install it, "
            f"or save the file as {conversion.target.upper()}.",
        )
    with tempfile.TemporaryDirectory(prefix="lantian-convert-") as name:
        folder = Path(name)
        # A name of our own: the printed name may start with a dash or hold what a command line would read otherwise.
        source = folder / f"source{suffix}"
        shutil.copyfile(path, source)
        result = folder / "out" / f"source.{conversion.target}"
        _write_profile(folder / "profile")
        _run(command(program, source, result.parent, folder / "profile", conversion), folder, path.name)
        if not result.is_file():
            raise _failed(path.name)
        return docx.read(result) if conversion.target == "docx" else xlsx.read(result)


def _suffix(path: Path) -> str:
    """The suffix that the content asks for where it is known (an RTF named .doc), else the one in the name."""
    found = f".{sniff(path)}"
    return found if found in conversions() else path.suffix.lower()


def find_program() -> str | None:
    """The path of LibreOffice, or None."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


def command(program: str, source: Path, out: Path, profile: Path, conversion: Conversion) -> list[str]:
    """The command line that converts ``source`` into the folder ``out``."""
    return [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--nologo",
        "--nodefault",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        f"{conversion.target}:{conversion.filter}",
        "--outdir",
        str(out),
        str(source),
    ]


def profile_settings() -> str:
    """The settings of the profile (``registrymodifications.xcu``): macros, active content and links off."""
    items = "".join(
        f'<item oor:path="{row["path"]}"><prop oor:name="{row["name"]}" oor:op="fuse">'
        f"<value>{row['value']}</value></prop></item>"
        for row in table("office_settings")
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="{_REGISTRY}">{items}</oor:items>'


def _write_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(profile_settings(), encoding="utf-8")


def _run(arguments: list[str], home: Path, name: str) -> None:
    environment = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
    environment["HOME"] = str(home)
    seconds = limit("convert_seconds")
    process = subprocess.Popen(  # noqa: S603  (a fixed program; the file name is ours)
        arguments,
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise ReadingError(
            f"LibreOffice 在 {seconds} 秒内未能转换“{name}”，已停止。",
            f"LibreOffice did not convert {name} within {seconds} seconds and was stopped.",
        ) from error
    finally:
        _end_group(process)
    if code != 0:
        raise _failed(name)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End whatever of the process group still runs; the program starts helpers that outlive it."""
    with suppress(ProcessLookupError, PermissionError):  # PermissionError: only its zombie is left (macOS)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failed(name: str) -> ReadingError:
    return ReadingError(
        f"LibreOffice 无法转换“{name}”；文件可能已损坏或已加密。",
        f"LibreOffice could not convert {name}; it may be damaged or encrypted.",
    )
