"""``lantian import | tick | demo | serve`` as their user meets them."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from lantian.apps.assessment.models import Scorecard
from lantian.apps.assessment.queries import scorecards as queries
from lantian.apps.core import actions as core
from lantian.apps.core.models import AuditEvent, User
from lantian.apps.plans.models import Plan
from lantian.cli import demo, import_, serve, tick
from tests.apps.test_plans import PAGE

db = pytest.mark.django_db
COMMAND = [sys.executable, "-m", "lantian.cli"]
NOTHING = "今天天气很好。"


@pytest.fixture(autouse=True)
def _installation(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.LANTIAN_DIRECTORY = ""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def arguments(module: Any, *words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(words)


def run(module: Any, *words: str) -> int:
    code: int = module.run(arguments(module, *words))
    return code


def lantian(data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], env=environment(data, **more), capture_output=True, text=True, timeout=90, check=False
    )


def environment(data: Path, **more: str) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return env | {"LANTIAN_DATA": str(data), "LC_ALL": "en_US.UTF-8", "LANTIAN_DIRECTORY": ""} | more


@db
def test_import_prints_what_became_of_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "plan.html", tmp_path / "letter.txt"
    good.write_text(PAGE, encoding="utf-8")
    bad.write_text(NOTHING, encoding="utf-8")
    assert run(import_, str(good), str(bad)) == 4
    printed = capsys.readouterr()
    uid, count, title = printed.out.strip().split("\t")
    assert (count, title) == ("3", "云溪市大气污染防治2025年行动计划")
    assert "letter.txt" in printed.err
    assert str(Plan.objects.get().uid) == uid
    assert run(import_, str(good)) == 0
    assert capsys.readouterr().out.split("\t")[0] == uid
    assert run(import_, str(bad), str(tmp_path / "none.pdf")) == 1
    assert run(tick) == 0


@db
def test_demo_prepares_a_city_and_one_login_per_role(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.html"
    own.write_text(PAGE, encoding="utf-8")
    assert run(demo, "--plan", str(own)) == 0
    first = capsys.readouterr().out
    logins = [line.split() for line in first.splitlines()]
    assert [line[0] for line in logins] == ["LOGIN"] * 6
    assert {line[1] for line in logins} == {
        "coordinator", "reviewer", "reporter", "inspector", "viewer", "administrator",
    }  # fmt: skip
    assert len({line[3] for line in logins}) == 6
    kept = settings.LANTIAN_DATA / demo.LOGINS
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    for _word, _role, name, password in logins:
        user = User.objects.get(username=name)
        assert user.check_password(password)
        assert user.demonstration
        assert not user.must_change_password
    shown = {plan.title: plan.measures.count() for plan in Plan.objects.filter(status="published", kind="plan")}
    settled = Plan.objects.get(status="closed")
    assert (settled.year, settled.measures.count()) == (2025, 11)
    year_end = settled.year_ends.get()
    assert year_end.pack.is_file()
    assert len(year_end.content["files"]) == 8
    card = Scorecard.objects.get()
    assert card.appeals.get().by.username == "demo-reporter"
    scores = [row.score for row in queries.rows(card, timezone.localdate())]
    assert [score.rank for score in scores] == [1, 2, 3, None]  # of one street a figure is still missing
    assert shown.pop("云溪市大气污染防治2025年行动计划") == 3
    assert sorted(shown.values()) == [25, 79]
    events = AuditEvent.objects.count()
    assert run(demo) == 0
    assert capsys.readouterr().out == first
    assert AuditEvent.objects.count() == events + 3  # the three imports that were asked for again


@db
def test_lost_demonstration_logins_are_made_anew(settings: Any) -> None:
    before = {login.user: login.password for login in demo.prepare(None, story=False)}
    (settings.LANTIAN_DATA / demo.LOGINS).unlink()
    after = {login.user: login.password for login in demo.prepare(None, story=False)}
    assert set(before) == set(after)
    assert all(before[name] != after[name] for name in before)
    assert User.objects.get(username="demo-viewer").check_password(after["demo-viewer"])


@db
def test_demo_names_a_plan_that_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "letter.txt"
    bad.write_text(NOTHING, encoding="utf-8")
    for path in (bad, tmp_path / "none.pdf"):
        assert run(demo, "--plan", str(path)) == 1
        printed = capsys.readouterr()
        assert path.name in printed.err
        assert printed.out == ""


@db
def test_demonstration_users_keep_the_site_on_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(serve, "--demo", "--host", "0.0.0.0") == 1  # noqa: S104
    assert "demonstration users" in capsys.readouterr().err
    assert not User.objects.exists()  # before anything was made
    user = core.create_user(None, "demo-x", "x", demonstration=True)
    for host in ("0.0.0.0", "192.0.2.1", "example.org", "::"):  # noqa: S104
        assert run(serve, "--host", host) == 1
        assert "demonstration users" in capsys.readouterr().err
    for host in ("127.0.0.1", "127.0.0.9", "localhost", "::1"):
        serve._check_host(host)
    user.is_active = False
    user.save()
    serve._check_host("0.0.0.0")  # noqa: S104


@db
def test_a_port_that_is_asked_for_and_taken_is_refused(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(serve, "--port", str(port)) == 1
    printed = capsys.readouterr().err
    assert str(port) in printed
    login = settings.LANTIAN_DATA / serve.FIRST_LOGIN
    assert stat.S_IMODE(login.stat().st_mode) == 0o600
    name, password = login.read_text().split()
    admin = User.objects.get(username=name)
    assert admin.check_password(password)
    assert admin.must_change_password
    assert password not in printed


def test_what_a_command_stores_is_nobody_elses(tmp_path: Path) -> None:
    assert lantian(tmp_path, "tick").returncode == 0
    assert stat.S_IMODE((tmp_path / "lantian.sqlite3").stat().st_mode) == 0o600


def test_without_a_wish_a_taken_port_is_passed_over() -> None:
    with serve._listen("127.0.0.1", None) as first, serve._listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_plan_without_demo_is_a_wrong_use(tmp_path: Path) -> None:
    assert run(serve, "--plan", str(tmp_path / "x.pdf")) == 2


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    failed = lantian(tmp_path, "tick", DATABASE_URL="mysql://x/y")
    assert failed.returncode == 1
    assert re.fullmatch(r"lantian: DATABASE_URL: [^\n]+\n", failed.stderr)


def test_serve_says_ready_answers_and_stops_cleanly(tmp_path: Path) -> None:
    env = environment(tmp_path)
    with subprocess.Popen(
        [*COMMAND, "serve", "--demo", "--port", "0"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        try:
            lines = [server.stdout.readline().strip() for _ in range(7)]
            found = re.fullmatch(r"READY (http://127\.0\.0\.1:(\d+)/)", lines[0])
            assert found is not None, server.stderr.read()
            assert all(re.fullmatch(r"LOGIN \S+ \S+ \S+", line) for line in lines[1:])
            with urllib.request.urlopen(f"{found[1]}login/", timeout=60) as answer:  # noqa: S310  # our own
                assert "蓝天" in answer.read().decode()
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
            workers = [int(pid) for pid in children.read_text().split()]
            assert workers
            server.send_signal(signal.SIGINT)
            assert server.wait(60) == 0
            assert (server.stdout.read(), server.stderr.read()) == ("", "")
        finally:
            if server.poll() is None:
                server.kill()
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(found[2])), timeout=2)
