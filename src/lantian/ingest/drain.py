"""Journal → lake, in a process of its own: decoding and Parquet never make a device wait for its answer.

The gateway says on standard input how far the journal is durable (``durable N``), that the register changed
(``devices``), or ``stop``; this process says on standard output, one JSON object a line, how far it has come. The
position stands in the lake's own transaction, so a batch that was committed before a crash is never written again.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.abc import MetaPathFinder
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lantian.ingest import journal
from lantian.ingest.registry import Registry, RegistryError

if TYPE_CHECKING:
    from lantian.ingest.rows import RowMaker
    from lantian.lake import Lake

APPLICATION = "gateway"
QUARANTINE: Final = "quarantine"
RETRY_SECONDS = 3.0
ROLL_SECONDS = 20.0  # how often hours that have ended are looked for
SETTLE_SECONDS = 60.0  # after its end an hour waits this long for its last records
TIDY_SECONDS = 600.0  # many small batches are folded into few files
BATCH_RECORDS = 100_000
_MARK = "drained.json"


@dataclass
class Drain:
    """Fills ``lake`` from the journal in ``folder``; ``position``: everything before it is in the lake."""

    folder: Path
    lake: Lake
    registry: Registry
    position: int = 0
    observed: int = 0
    quarantined: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    hours: set[int] = field(default_factory=set)
    """Hours (since 1970) that got raw values and whose means are not written yet."""
    _maker: RowMaker | None = None

    def locate(self) -> int:
        """Where the lake stands: the position of its last batch, or of a batch that held nothing for it."""
        self.observed = self.lake.last_transaction(APPLICATION) or 0
        self.quarantined = self.lake.last_transaction(APPLICATION, into=QUARANTINE) or 0
        self.position = max(self.observed, _marked(self.folder, self.observed, self.quarantined))
        now = int(time.time() // 3600)
        self.hours |= {now - 2, now - 1, now}  # what was rolled up before a crash is rolled up again, to no effect
        return self.position

    def refresh(self) -> str:
        """Read the register of devices; the problem, or empty."""
        try:
            if self.registry.refresh() and self._maker:
                self._maker.refresh()
        except RegistryError as error:
            return str(error)
        return ""

    def step(self, durable: int) -> bool:
        """Write the next batch before ``durable``; False where there is none. Raises what the lake raises."""
        if self.position >= durable:
            return False
        from lantian.ingest.rows import RowMaker

        if self._maker is None:
            self._maker = RowMaker(self.registry.device, self.registry.profile)
        limit = durable
        if self.position < self.quarantined < durable:
            limit = self.quarantined  # a batch that ended between its two tables: the second half is repeated alone
        records = list(islice(journal.read(self.folder, self.position, limit), BATCH_RECORDS))
        end = records[-1].end if len(records) == BATCH_RECORDS else limit
        made = self._maker.make(records)
        if made.quarantine.num_rows and end > self.quarantined:
            self.lake.append(made.quarantine, transaction=(APPLICATION, end), into=QUARANTINE)
            self.quarantined = end
        if made.observation.num_rows:
            self.lake.append(made.observation, transaction=(APPLICATION, end))
            self.observed = end
            self.hours |= hours_of(made.observation)
        self.counts.update(made.counts)
        self.counts["records"] += len(records)
        self.position = end
        self._mark()
        return True

    def roll_up(self) -> None:
        """Write the means of hours that have ended and got something new. Raises what the lake raises."""
        from lantian.ingest.rollup import roll_up

        ended = {hour for hour in self.hours if (hour + 1) * 3600 + SETTLE_SECONDS <= time.time()}
        if not ended:
            return
        known = self.registry.devices.values()
        refused = roll_up(self.lake, ended, {one.station: one.interval for one in known if one.interval})
        self.hours -= ended
        self.counts["rolled_up_hours"] += len(ended)
        self.counts["refused_series"] += len(refused)
        for sentence in refused:
            sys.stderr.write(f"lantian ingest: {sentence}\n")

    def _mark(self) -> None:
        """Remember the position beside the lake's transactions: the last batches may have held nothing for the lake.
        Losing it costs a repeated read."""
        draft = self.folder / f"{_MARK}.new"
        known = {"position": self.position, "observed": self.observed, "quarantined": self.quarantined}
        draft.write_text(json.dumps(known), encoding="ascii")
        draft.replace(self.folder / _MARK)

    def report(self, **more: object) -> dict[str, Any]:
        """What the gateway is told."""
        incomplete = self._maker.incomplete if self._maker else 0
        return {"position": self.position, "counts": dict(self.counts), "incomplete": incomplete, **more}


def hours_of(rows: Any) -> set[int]:
    """The hours (since 1970) in which rows lie."""
    import numpy as np

    return {int(hour) for hour in np.unique(rows.column("time").cast("int64").to_numpy() // 3_600_000_000)}


def _marked(folder: Path, observed: int, quarantined: int) -> int:
    """The remembered position; 0 unless the lake stands where it stood then (it may be restored, or another)."""
    try:
        found = json.loads((folder / _MARK).read_bytes())
        same = found["observed"] == observed and found["quarantined"] == quarantined and observed + quarantined > 0
        return int(found["position"]) if same else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


class _NoPandas(MetaPathFinder):
    """pyarrow looks for pandas as soon as it sees a list. Nobody uses it here, and importing it takes a second."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """No module of that name; every other is left to the finders behind."""
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not wanted here", name=name)


class _Orders:
    """What the gateway has said so far; a gateway that is gone says the end of the input."""

    def __init__(self) -> None:
        self.durable = 0
        self.stop = self.gone = False
        self._rest = b""

    def wait(self, seconds: float) -> bool:
        """Listen until something was said, at most ``seconds``; True where the devices changed."""
        ready, _, _ = select.select([0], [], [], max(0.0, seconds))
        if not ready:
            return False
        data = os.read(0, 65536)
        self.gone = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        devices = False
        for line in lines:
            word, _, value = line.partition(b" ")
            if word == b"durable":
                self.durable = int(value)
            self.stop |= word == b"stop"
            devices |= word == b"devices"
        return devices


def main(argv: list[str]) -> int:
    """``JOURNAL LAKE PROFILES ACCEPT_UNKNOWN EVERY_SECONDS``; ends with the gateway. Exit 1: the lake failed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the gateway is told, and tells
    sys.meta_path.insert(0, _NoPandas())
    gc.disable()  # a batch is many small objects without cycles; what there is goes after the batch
    folder, root, profiles, accept, every = argv
    lock = journal.locked(Path(folder) / "drain.lock", wait=30.0)
    from lantian.lake import Lake

    drain = Drain(Path(folder), Lake(root), Registry(Path(profiles) if profiles else None, accept == "1"))
    try:
        return _serve(drain, float(every))
    except BrokenPipeError:  # the gateway was killed while it was being told
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        lock.close()


def _serve(drain: Drain, every: float) -> int:
    orders, located, due = _Orders(), False, 0.0
    tidy, roll = time.monotonic() + TIDY_SECONDS, time.monotonic()
    polite = False
    problem = drain.refresh()
    while not orders.gone:
        stopping = orders.stop
        error = ""
        if time.monotonic() >= due or stopping:
            try:
                if not located:
                    drain.locate()
                    located = True
                    _say(drain.report(located=True, problem=problem))
                worked = drain.step(orders.durable)
                if not (worked or polite):
                    polite = True
                    os.nice(5)  # from now on answers come first; the replay before "ready" did not yield
                idle = not (stopping or _behind(drain, orders))  # devices never all fall silent: caught up is enough
                if idle and time.monotonic() >= roll:
                    roll = time.monotonic() + ROLL_SECONDS
                    drain.roll_up()
                if idle and time.monotonic() >= tidy:
                    tidy = time.monotonic() + TIDY_SECONDS
                    drain.lake.compact(thorough=False)
            except Exception as caught:
                # Whatever the lake could not do, the journal still has: say it, and try again.
                error = f"{type(caught).__name__}: {caught}"
                worked = False
            gc.collect()
            due = time.monotonic() + (RETRY_SECONDS if error else 0.0 if _behind(drain, orders) else every)
            if worked or error or stopping:
                _say(drain.report(error=error))
            if stopping and (error or drain.position >= orders.durable):
                return 1 if error else 0
        if not (stopping and _behind(drain, orders)) and orders.wait(due - time.monotonic()):
            _say(drain.report(problem=drain.refresh()))
    return 1


def _behind(drain: Drain, orders: _Orders) -> bool:
    return drain.position < orders.durable


def _say(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
