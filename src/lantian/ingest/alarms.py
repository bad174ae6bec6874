"""Alarms: what a person must know now. Raised once, told again every minute, told when it is over."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

AGAIN_SECONDS = 60.0
# key: (Chinese, English); {} takes the reason.
SENTENCES = {
    "journal": (
        "日志写入失败，暂停应答设备（恢复后自动继续）：{}",
        "the journal cannot be written; devices get no answers until it can: {}",
    ),
    "lake": (
        "监测数据湖写入失败，数据已存入日志，将自动重试：{}",
        "the lake cannot be written; data are safe in the journal, trying again: {}",
    ),
    "drain": ("入湖进程退出，正在重启：{}", "the process that fills the lake ended and is started again: {}"),
    "clock": (
        "暂停应答设备，报文照常存入日志；时钟恢复、设备时间印证或以 --trust-clock 重启后继续：{}",
        "devices get no answers, packets are kept, until the clock is back, the devices bear it out or the gateway is "
        "started with --trust-clock: {}",
    ),
    "profiles": ("设备档案文件有问题，沿用原有设备：{}", "device profiles: {}"),
    "health": ("设备状态文件写入失败：{}", "devices.json cannot be written: {}"),
}
CLOCK = ("本机时钟被拨动 {} 分钟", "this machine's clock was set by {} min")
OVER = ("告警解除：{}", "alarm over: {}")


@dataclass
class Alarms:
    """The alarms that stand, by key of SENTENCES, with the reason. Told on standard error."""

    chinese: bool = False
    standing: dict[str, str] = field(default_factory=dict)
    _told: dict[str, float] = field(default_factory=dict)

    def raised(self, key: str, reason: object) -> None:
        """The alarm stands (again)."""
        text = str(reason)
        due = time.monotonic() - self._told.get(key, float("-inf")) > AGAIN_SECONDS
        if due or self.standing.get(key) != text:
            self._told[key] = time.monotonic()
            self.tell(SENTENCES[key][0 if self.chinese else 1].format(text))
        self.standing[key] = text

    def over(self, key: str) -> None:
        """The cause is gone; nothing happens where the alarm did not stand."""
        if self.standing.pop(key, None) is not None:
            self._told.pop(key, None)
            self.tell(OVER[0 if self.chinese else 1].format(key))

    def tell(self, sentence: str) -> None:
        """One line on standard error."""
        sys.stderr.write(f"lantian ingest: {sentence}\n")
        sys.stderr.flush()
