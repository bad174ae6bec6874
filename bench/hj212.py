"""HJ 212: packets decoded per second and core, beside a decoder written naively, in one run.

Both find the frames, prove every checksum, and read head fields and numbers. CPU seconds of this process, so that
neighbours on the machine count little; the best of several runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from lantian.protocols.hj212 import Decoder
from lantian.protocols.hj212.batch import BatchDecoder, Packet
from lantian.protocols.hj212.encode import upload

_CHUNK = 1 << 18
_FACTORS = ("a34004", "a34002", "a34001", "a21026", "a21004", "a05024", "a01001", "a01002", "a01006")


def stream(count: int) -> bytes:
    """``count`` real-time packets of 300 devices, about 371 bytes each, all values different."""
    start = datetime(2025, 11, 3, tzinfo=timezone(timedelta(hours=8)))
    frames = []
    for number in range(count):
        at = start + timedelta(seconds=60 * (number // 300), milliseconds=number % 300)
        rows = [
            (code, {"Rtd": f"{10 + (number * 7 + place * 13) % 80}.{number % 10}", "Flag": "N"})
            for place, code in enumerate(_FACTORS)
        ]
        (frame,) = upload(f"B{number % 300:03d}", "2011", at, at, rows, system="39")
        frames.append(frame)
    return b"".join(frames)


def naive(data: bytes) -> list[dict[str, object]]:
    """What one writes first: the standard's loop for the checksum, split and partition for the rest."""
    made = []
    for line in data.split(b"\r\n"):
        if not line.startswith(b"##"):
            continue
        length = int(line[2:6])
        segment = line[6 : 6 + length]
        crc = 0xFFFF
        for byte in segment:
            crc = (crc >> 8) ^ byte
            for _ in range(8):
                low = crc & 1
                crc >>= 1
                if low:
                    crc ^= 0xA001
        if int(line[6 + length :], 16) != crc:
            continue
        head, _, area = segment.decode().partition("CP=&&")
        message: dict[str, object] = dict(item.split("=") for item in head.split(";") if item)
        for item in area[:-2].split(";"):
            for pair in item.split(","):
                key, _, value = pair.partition("=")
                try:
                    message[key] = float(value)
                except ValueError:
                    message[key] = value
        made.append(message)
    return made


def _rate(work: Callable[[], int], repeat: int) -> float:
    best = 0.0
    for _ in range(repeat):
        begin = time.process_time()
        number = work()
        best = max(best, number / (time.process_time() - begin))
    return best


def run(count: int = 20_000) -> None:
    """Print the rates."""
    data = stream(count)
    size = len(data) / count
    chunks = [data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK)]

    def batch() -> int:
        decoder = BatchDecoder(tails=True)
        total = fast = 0
        for chunk in (*chunks, b""):
            for packet in decoder.feed(chunk, final=not chunk):
                total += 1
                if isinstance(packet, Packet):
                    assert len(packet.numbers) == len(_FACTORS)
                    fast += 1
        assert fast == total - 1  # a layout is learnt from the second packet on
        return total

    def careful() -> int:
        decoder = Decoder(tails=True)
        part = data[: int(size * 3000)]
        return sum(frame.usable for frame in decoder.feed(part, final=True))

    print(f"\n# HJ 212: packets of {size:.0f} bytes decoded per second of CPU, one core")
    rates = {
        "a naive decoder": _rate(lambda: len(naive(data[: int(size * 1000)])), 3),
        "lantian, one by one (decode)": _rate(careful, 3),
        "lantian, many (batch)": _rate(batch, 5),
    }
    for label, rate in rates.items():
        print(f"{label:45} {rate:10,.0f}  {rate / rates['a naive decoder']:6.1f} ×")


if __name__ == "__main__":
    run()
