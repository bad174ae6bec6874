"""``lantian serve``: the web site and its background work, until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from lantian.cli.beside import running
from lantian.cli.measurements import one_thread
from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    import uvicorn

DEFAULT_PORT = 8000
FIRST_LOGIN = "first-login.txt"


class ServeError(Exception):
    """Why the site was not started."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    chinese = prefers_chinese()
    parser.add_argument("--host", default="127.0.0.1")
    port = "缺省 8000，被占用时另选" if chinese else "8000, or a free one where that is taken"
    parser.add_argument("--port", type=int, help=port)
    parser.add_argument(
        "--demo", action="store_true", help="先准备示范城市" if chinese else "with the demonstration city"
    )
    plan = "与 --demo 同用：同时读取并发布这份计划" if chinese else "with --demo: read and publish this plan, too"
    parser.add_argument("--plan", type=Path, metavar="FILE", help=plan)
    bare = (
        "与 --demo 同用：各业务包台账不再逐一填入一年数据"
        if chinese
        else "with --demo: leave the ledgers of most packs empty"
    )
    parser.add_argument("--no-ledgers", action="store_true", help=bare)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM. Prints ``READY <address>`` once it answers, then the demonstration's logins."""
    one_thread()
    from lantian.cli import _django, demo, packs

    if args.plan and not args.demo:
        sys.stderr.write("lantian serve: --plan 需与 --demo 同用\n" if prefers_chinese() else "--plan wants --demo\n")
        return 2
    signal.signal(signal.SIGTERM, _terminate)
    _django.start()
    _django.prepare()
    if not packs.at_start():
        return 1
    _warn_of_missing_assets()
    try:
        _check_host(args.host, demo=args.demo)
        logins = demo.prepare(args.plan) if args.demo else []
        if not args.demo:
            _first_administrator()
        listener = _listen(args.host, args.port)
    except (ServeError, demo.DemoError) as error:
        sys.stderr.write(f"lantian serve: {error}\n")
        return 1
    with listener, running("tick", "--forever"), _devices(args.demo), _ledgers(args.demo and not args.no_ledgers):
        host, port = args.host, listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host

        def ready() -> None:
            sys.stdout.write(f"READY http://{shown}:{port}/\n")
            demo.print_logins(logins)

        with contextlib.suppress(KeyboardInterrupt):
            _server(ready).run(sockets=[listener])
    return 0


def _devices(demo: bool) -> contextlib.AbstractContextManager[None]:
    """The demonstration's monitors and their gateway; a real installation runs ``lantian ingest`` as it sees fit."""
    if not demo:
        return contextlib.nullcontext()
    from django.conf import settings

    from lantian.apps.devices.profilesfile import path
    from lantian.cli import demo_levels, demo_live

    air = path().with_name("demo-air.json")
    demo_levels.write(air)
    return demo_live.devices(settings.LANTIAN_LAKE, path(), air)


def _ledgers(wanted: bool) -> contextlib.AbstractContextManager[object]:
    """A year of every pack's registers, filled while people look around already."""
    return running("demo", "--registers") if wanted else contextlib.nullcontext()


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_host(host: str, *, demo: bool = False) -> None:
    """Demonstration users have passwords on paper: with them the site stays on this machine (contracts §6)."""
    from lantian.apps.core.models import User

    if _is_loopback(host) or not (demo or User.objects.filter(demonstration=True, is_active=True).exists()):
        return
    raise ServeError(
        f"数据库中有示范用户，不能在 {host} 上对外提供服务；请使用另一个 LANTIAN_DATA，或停用示范用户"
        if prefers_chinese()
        else f"demonstration users exist, so {host} is refused: use another LANTIAN_DATA, or deactivate them"
    )


def _first_administrator() -> None:
    """A fresh installation gets one administrator, whose password is in a file that only its owner may read."""
    from django.conf import settings
    from django.db import transaction

    from lantian.apps.areas.actions import add_membership
    from lantian.apps.core import actions, policy
    from lantian.apps.core.models import User

    if User.objects.exists():
        return
    path = settings.LANTIAN_DATA / FIRST_LOGIN
    password = actions.random_password()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with transaction.atomic():
        user = actions.create_user(None, "admin", password)
        add_membership(None, user, None, policy.ADMINISTRATOR)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(f"admin {password}\n")
    text = "首个管理员 admin 的密码在" if prefers_chinese() else "the password of the first administrator (admin) is in"
    sys.stderr.write(f"lantian serve: {text} {path}\n")


def _warn_of_missing_assets() -> None:
    from lantian.site import assets

    if missing := assets.missing():
        sys.stderr.write(f"lantian serve: {', '.join(missing)}: python -m lantian.site.assets\n")


def _listen(host: str, port: int | None) -> socket.socket:
    """A listening socket; another free port where nobody asked for one and the usual is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for wanted in (DEFAULT_PORT, 0) if port is None else (port,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, wanted))
            listener.listen(128)
        except OSError as error:
            listener.close()
            if wanted == DEFAULT_PORT and port is None:
                continue
            raise ServeError(f"{host}:{wanted}: {error.strerror}") from None
        return listener
    raise ServeError(f"{host}: no free port")


def _server(ready: Callable[[], None]) -> uvicorn.Server:
    """A server that calls ``ready`` once it answers."""
    import uvicorn
    from django.conf import settings

    from lantian.site.asgi import application

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                ready()

    proxies = settings.LANTIAN_TRUSTED_PROXIES
    config = uvicorn.Config(
        application,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=5,
    )
    return Server(config)
