"""The time by which arrivals are stamped, and what is done when this machine's own clock jumps.

By arrival it is judged whether a device's clock is wrong, which of two values is the later, and what a device is told
when it asks for the time. So a clock that was set while nobody looked is not followed at once: time goes on as it was
(from the time since the machine's start, which nobody can set), until the clock comes back, the devices bear witness
that it is right now, or a person says so (``--trust-clock``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TOLERANCE = 60.0  # seconds; smaller steps are what time servers correct
_NEAR = 600.0  # a device's clock farther away than data from the future may be (answers.clock_is_wrong) says nothing
_ENOUGH = 3
_PATIENCE = 60.0  # after so many seconds fewer witnesses are enough
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def _boot() -> str:
    """Which start of the machine this is; empty where it does not say."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _running() -> float:
    """Seconds since the machine's start, asleep or awake; nobody can set them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass
class Clock:
    """``wall``: the machine's clock, seconds since 1970; ``running``: seconds that only grow; ``boot`` names their
    beginning.

    ``jump``: seconds by which the machine's clock was set against the time that is carried on; 0.0: it is trusted.
    """

    wall: Callable[[], float] = time.time
    running: Callable[[], float] = _running
    boot: str = field(default_factory=_boot)
    tolerance: float = TOLERANCE
    jump: float = field(default=0.0, init=False)
    _base: float = field(init=False)
    _since: float = field(default=0.0, init=False)
    _votes: dict[str, bool] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._base = self.wall() - self.running()

    def now(self) -> float:
        """Seconds since 1970: the machine's clock while it is trusted, else the time carried on."""
        wall, running = self.wall(), self.running()
        off = wall - running - self._base
        if abs(off) <= self.tolerance:
            self._trust(wall - running)
            return wall
        if abs(off - self.jump) > self.tolerance:  # set for the first time, or once more
            self.jump, self._since = off, running
            self._votes.clear()
        return running + self._base

    def resume(self, told: object, latest: float) -> None:
        """Go on from an earlier run: what its :meth:`state` said, and the ``latest`` arrival (seconds since 1970) that
        it kept. Time cannot have gone back behind that."""
        if isinstance(told, Mapping) and self.boot and told.get("boot") == self.boot:
            with suppress(KeyError, TypeError, ValueError):
                self._base = float(told["now"]) - float(told["running"])
        elif latest - self.wall() > self.tolerance:
            self._base = latest - self.running()
        self.now()

    def state(self) -> dict[str, Any]:
        """What the next run goes on from."""
        return {"boot": self.boot, "now": self.now(), "running": self.running()}

    def witness(self, device: str, instant: float) -> None:
        """The clock of a known device said ``instant`` just now: does it stand with the machine's, or with the time
        carried on? Most of three devices, or of those of a minute, decide for the machine's."""
        wall, running = self.wall(), self.running()
        with_wall, with_carried = abs(instant - wall), abs(instant - running - self._base)
        if min(with_wall, with_carried) > _NEAR:
            return
        self._votes[device] = with_wall < with_carried
        found = sum(self._votes.values())
        heard = len(self._votes) >= _ENOUGH or running - self._since >= _PATIENCE
        if heard and 2 * found > len(self._votes):
            self.trust()

    def trust(self) -> None:
        """The machine's clock is right as it is."""
        self._trust(self.wall() - self.running())

    def _trust(self, base: float) -> None:
        self._base = base
        if self.jump:
            self.jump = 0.0
            self._votes.clear()
