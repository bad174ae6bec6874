"""Prometheus text on the loopback address: what the gateway counts, and how far the lake is behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from lantian.ingest.gateway import Gateway

SYNC_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
HOST = "127.0.0.1"


class Metrics(Collector):
    """Reads the gateway's counters when it is asked; only the sync time is observed as it happens."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.registry = CollectorRegistry(auto_describe=False)
        self.sync = Histogram(
            "lantian_ingest_sync_seconds", "write and sync of a group of records", buckets=SYNC_BUCKETS,
            registry=self.registry,
        )  # fmt: skip
        self.registry.register(self)

    def serve(self, port: int) -> Callable[[], None]:
        """Answer ``/metrics`` on the loopback address; gives what ends it. OSError: the port is taken."""
        server, thread = start_http_server(port, addr=HOST, registry=self.registry)

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return end

    def collect(self) -> Iterator[Metric]:
        """Every family."""
        gateway = self._gateway
        intake, link = gateway.intake, gateway.link
        yield _counter("packets", "packets and connections by outcome", "outcome", _items(intake.counts))
        yield _counter("commands", "proved packets by command", "command", _items(intake.commands))
        yield _counter("quirks", "packets by quirk", "code", _items(intake.codes))
        yield _counter("lake", "frames and values by what the lake got", "fate", _items(link.counts))
        plain: dict[str, float] = {
            "acknowledged": gateway.committer.acknowledged,
            "crc_failures": intake.counts["crc_failures"],
            "repeats": intake.counts["repeated"],
            "refused_connections": intake.counts["refused:full"] + intake.counts["refused:address"],
        }
        for name, value in plain.items():
            yield CounterMetricFamily(f"lantian_ingest_{name}", name.replace("_", " "), value=value)
        gauges: dict[str, float] = {
            "connections": len(intake.guests.connections),
            "journal_bytes": gateway.journal.size,
            "journal_position": gateway.journal.end,
            "undurable_bytes": gateway.committer.held,
            "lake_lag_bytes": max(0, gateway.journal.end - link.position),
            "lake_lag_seconds": link.lag_seconds,
            "incomplete_records": link.incomplete,
            "devices": len(gateway.park.devices),
        }
        for name, value in gauges.items():
            yield GaugeMetricFamily(f"lantian_ingest_{name}", name.replace("_", " "), value=value)
        standing = [(name, float(name in gateway.alarms.standing)) for name in gateway.alarm_names]
        yield _gauge("alarm", "1 while the alarm stands", "name", standing)
        devices = list(gateway.park.devices.values())
        yield _gauge("last_seen", "when a device was last seen", "mn", [(one.mn, one.last_seen) for one in devices])
        offsets = [(one.mn, one.clock_offset) for one in devices if one.clock_offset is not None]
        yield _gauge("clock_offset_seconds", "how far a device's clock is ahead", "mn", offsets)


def _items(counts: dict[str, int]) -> list[tuple[str, int]]:
    return list(counts.items())


def _counter(name: str, text: str, label: str, items: Iterable[tuple[str, float]]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"lantian_ingest_{name}", text, labels=[label])
    for key, value in items:
        family.add_metric([key], value)
    return family


def _gauge(name: str, text: str, label: str, items: Iterable[tuple[str, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"lantian_ingest_{name}", text, labels=[label])
    for key, value in items:
        family.add_metric([key], value)
    return family
