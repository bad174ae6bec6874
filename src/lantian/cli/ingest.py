"""``lantian ingest``: the device gateway (contracts §4, docs/gateway.md)."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from lantian.reading.errors import prefers_chinese

if TYPE_CHECKING:
    from lantian.ingest.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``lantian ingest``."""
    zh = prefers_chinese()

    def option(name: str, chinese: str, english: str, **more: object) -> None:
        parser.add_argument(name, help=chinese if zh else english, **more)  # type: ignore[arg-type]

    option("--lake", "数据湖文件夹", "folder of the lake", required=True, metavar="DIR")
    option("--port", "监听端口（0：任一空闲端口，见标准错误）", "TCP port (0: any, told on standard error)", type=int)
    option("--host", "监听地址", "address to listen at", default="127.0.0.1")
    option(
        "--journal", "日志文件夹（默认在数据湖旁边）", "folder of the journal (default: beside the lake)", metavar="DIR"
    )
    option(
        "--profiles",
        "设备档案（JSON 或 YAML），改动后自动重读",
        "device profiles (JSON or YAML), read again when changed",
        metavar="FILE",
    )
    option(
        "--accept-unknown",
        "未登记设备直接入湖（以 MN 为站点）",
        "take unknown devices as stations named by their MN",
        action="store_true",
    )
    option(
        "--metrics-port",
        "在 127.0.0.1 上提供 Prometheus 指标",
        "Prometheus metrics at 127.0.0.1",
        type=int,
        metavar="P",
    )
    option(
        "--keep-days",
        "原始报文入湖后保留天数",
        "days that raw packets stay once they are in the lake",
        type=float,
        default=30.0,
        metavar="N",
    )
    option("--per-address", "每个地址的最大连接数", "most connections of one address", type=int, metavar="N")
    option(
        "--idle",
        "连接多久没有报文即关闭（秒）",
        "seconds without a packet after which a connection is closed",
        type=float,
        metavar="SECONDS",
    )
    option(
        "--every",
        "入湖和更新设备状态的间隔（秒，默认 3）",
        "seconds between two batches to the lake (default 3; what is acknowledged is seen within 10)",
        type=float,
        default=3.0,
        metavar="SECONDS",
    )
    option(
        "--recover",
        "只把日志中尚未入湖的数据补入数据湖",
        "bring the lake up to the journal, and stop",
        action="store_true",
    )
    option(
        "--trust-clock",
        "确认本机时钟现在正确（用于解除时钟告警）",
        "this machine's clock is right now (ends the alarm about it)",
        action="store_true",
    )
    option(
        "--redecode",
        "按现在的设备档案重新解析日志中的原始报文，更正写入数据湖并保留原值",
        "decode the raw packets of the journal anew by the profiles of now; corrections keep the old values",
        action="store_true",
    )
    option("--mn", "只重新解析这些设备", "redecode these devices only", nargs="+", metavar="MN", default=[])
    option(
        "--since",
        "只重新解析这一时刻（北京时间）以后到达的报文",
        "redecode packets that arrived from this time (China) on",
        metavar="TIME",
    )


def run(args: argparse.Namespace) -> int:
    """Exit 0: ended by SIGTERM, everything is in the lake; 1: the journal, the address or the lake failed; 2: usage."""
    from lantian.ingest.settings import Limits, Settings, journal_beside

    zh = prefers_chinese()
    if (args.mn or args.since) and not args.redecode:
        return _fail("--mn、--since 只用于 --redecode" if zh else "--mn and --since go with --redecode", 2)
    if args.redecode and args.recover:
        return _fail("--redecode 与 --recover 不能同时使用" if zh else "--redecode or --recover, not both", 2)
    try:
        since = _instant(args.since)
    except ValueError:
        return _fail(f"--since：无法识别的时间 {args.since}" if zh else f"--since: no time: {args.since}", 2)
    if not (args.recover or args.redecode) and (args.port is None or not 0 <= args.port < 65536):
        return _fail("需要 --port（0 至 65535）" if zh else "--port is wanted, 0 to 65535", 2)
    if "://" in args.lake and not args.journal:
        return _fail(
            "数据湖不在本机时须指定 --journal" if zh else "--journal is wanted for a lake that is no folder", 2
        )
    limits = Limits()
    if args.per_address:
        limits = replace(limits, per_address=args.per_address, connections=max(limits.connections, args.per_address))
    if args.idle:
        limits = replace(limits, idle_seconds=args.idle, stranger_seconds=min(limits.stranger_seconds, args.idle))
    settings = Settings(
        lake=args.lake,
        journal=Path(args.journal) if args.journal else journal_beside(args.lake),
        host=args.host,
        port=args.port or 0,
        profiles=Path(args.profiles) if args.profiles else None,
        accept_unknown=args.accept_unknown,
        metrics_port=args.metrics_port,
        keep_days=args.keep_days,
        every_seconds=args.every,
        chinese=zh,
        trust_clock=args.trust_clock,
        limits=limits,
    )
    if args.redecode:
        return _redecode(settings, args.mn, since)
    return _recover(settings) if args.recover else _serve(settings)


def _instant(text: str | None) -> datetime | None:
    """An ISO time, China's where it names no zone. ValueError: it is none."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=timezone(timedelta(hours=8)))


def _serve(settings: Settings) -> int:
    from lantian.ingest.gateway import serve

    try:
        return serve(settings)
    except OSError as error:
        return _fail(str(error) if error.errno is None else f"{error.filename or ''} {error.strerror}".strip())


def _recover(settings: Settings) -> int:
    from lantian.ingest.gateway import recover
    from lantian.ingest.registry import RegistryError
    from lantian.lake.errors import LakeError

    try:
        counts = recover(settings)
    except (OSError, RegistryError, LakeError) as error:
        return _fail(str(error))
    records, rows, quarantined = counts["records"], counts["rows"], counts["quarantined_rows"]
    sys.stderr.write(
        f"补入 {records} 条报文：{rows} 行，待核 {quarantined} 行\n"
        if prefers_chinese()
        else f"{records} packets replayed: {rows} rows, {quarantined} in quarantine\n"
    )
    return 0


def _redecode(settings: Settings, numbers: list[str], since: datetime | None) -> int:
    from lantian.ingest.redecode import redecode
    from lantian.ingest.registry import RegistryError
    from lantian.lake.errors import LakeError

    try:
        counts = redecode(settings, numbers, since)
    except (OSError, RegistryError, LakeError) as error:
        return _fail(str(error))
    packets, corrected, added, withdrawn = (counts[name] for name in ("packets", "corrected", "added", "withdrawn"))
    sys.stderr.write(
        f"重新解析 {packets} 条报文：更正 {corrected} 行，补入 {added} 行，撤回 {withdrawn} 行\n"
        if prefers_chinese()
        else f"{packets} packets decoded anew: {corrected} rows corrected, {added} added, {withdrawn} withdrawn\n"
    )
    return 0


def _fail(sentence: str, code: int = 1) -> int:
    sys.stderr.write(f"lantian ingest: {sentence}\n")
    return code
