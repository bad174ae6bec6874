"""Recognition of printed text, offline: the PP-OCR models that the ``rapidocr`` wheel carries, run by onnxruntime.

The models are opened by their path inside the wheel and never through rapidocr's own classes: those download a model
they miss, this module refuses instead. It also gives the place of every character in a line, which a cell boundary
needs, and starts in a third of the time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import MissingExtra
from lantian.reading.sources.scan.limits import SCAN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

_STRIDE = 32  # the detector wants sides that are multiples of it
_LINE_HEIGHT = 48  # pixels that the recogniser wants
_SPECKS = "'\"`:：;；.·!|"  # what specks and remains of rulings are read as
_PACKAGES = ("rapidocr", "onnxruntime", "cv2", "numpy")


@dataclass(frozen=True, slots=True)
class Spot:
    """A stretch of text on the page: pixel rectangle and the score of the detector (0-1)."""

    x0: int
    y0: int
    x1: int
    y1: int
    score: float = 1.0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def width(self) -> int:
        return self.x1 - self.x0


@dataclass(frozen=True, slots=True)
class Line:
    """A recognised line: text, centre of each character (fraction of the crop's width), scores (0-1) and their mean."""

    text: str
    places: tuple[float, ...]
    scores: tuple[float, ...]

    @property
    def score(self) -> float:
        return sum(self.scores) / len(self.scores) if self.scores else 0.0

    def without_dirt(self, least: float) -> Line:
        """The line without specks read as marks: at its start, where no such mark is printed, or at its end."""
        start, stop = 0, len(self.text)
        while start < stop and self.text[start] in _SPECKS and self.scores[start] < least:
            start += 1
        while stop > start and self.text[stop - 1] in _SPECKS and self.scores[stop - 1] < least:
            stop -= 1
        return Line(self.text[start:stop], self.places[start:stop], self.scores[start:stop])


def require_engine() -> None:
    """Raise :class:`MissingExtra` where the ``ocr`` extra is not installed or its wheel lost the models."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing or not _model_files():
        raise MissingExtra(
            "读取扫描件需要文字识别组件，此处未安装：请运行 pip install 'lantian[ocr]'",
            "reading a scan needs text recognition, which is not installed here: run pip install 'lantian[ocr]'",
        )


def engine() -> str:
    """The engine and the models in use, for documentation and provenance (``onnxruntime 1.31 + PP-OCRv6_det…``)."""
    require_engine()
    from importlib.metadata import version

    names = " + ".join(_model_files()[kind].stem for kind in ("det", "rec"))
    return f"rapidocr {version('rapidocr')} ({names}) on onnxruntime {version('onnxruntime')}"


def _model_files() -> dict[str, Path]:
    """The detector and the recogniser in the wheel of rapidocr, or nothing if either is missing."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "models"
    found = {kind: sorted(folder.glob(f"*_{kind}_*.onnx")) for kind in ("det", "rec")}
    return {kind: files[-1] for kind, files in found.items()} if all(found.values()) else {}


def _session(kind: str) -> Any:
    return _open_session(kind, os.getpid())


@cache
def _open_session(kind: str, _process: int) -> Any:
    """One session for each model and process: the threads of a session do not survive a fork."""
    require_engine()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(SCAN["threads"])
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(_model_files()[kind]), options, providers=["CPUExecutionProvider"])


@cache
def _alphabet() -> tuple[str, ...]:
    """Characters by class of the recogniser: 0 is CTC's blank, the last is the space."""
    printed = _session("rec").get_modelmeta().custom_metadata_map["character"].split("\n")
    return ("", *printed, " ")


def detect(grey: Image, em: float) -> list[Spot]:
    """Where text stands on an upright, deskewed grey page, as pixel rectangles in no particular order.

    ``em`` is the height of a character in pixels; the detector sees the page at the size that suits it.
    """
    import cv2
    import numpy as np

    height, width = grey.shape
    scale = min(1.0, SCAN["detector_text"] / em, (SCAN["detector_pixels"] / (height * width)) ** 0.5)
    target = [max(_STRIDE, round(side * scale / _STRIDE) * _STRIDE) for side in (width, height)]
    small = cv2.resize(grey, target, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    batch = np.repeat(_normal(np.asarray(small, np.uint8))[None, None], 3, axis=1)
    heat = _session("det").run(None, {"x": batch})[0][0, 0]
    mask = cv2.dilate((heat > SCAN["pixel_score"]).astype(np.uint8), np.ones((2, 2), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    fx, fy = width / target[0], height / target[1]
    spots = []
    for label in range(1, count):
        x, y, w, h, _ = (int(value) for value in stats[label])
        if min(w, h) < 3:
            continue
        part = labels[y : y + h, x : x + w] == label
        score = float(heat[y : y + h, x : x + w][part].mean())
        if score < SCAN["box_score"]:
            continue
        grow = w * h * SCAN["grow"] / (2 * (w + h))
        box = ((x - grow) * fx, (y - grow) * fy, (x + w + grow) * fx, (y + h + grow) * fy)
        x0, y0, x1, y1 = (round(value) for value in box)
        spots.append(Spot(max(0, x0), max(0, y0), min(width, x1), min(height, y1), score))
    return spots


def detect_in(grey: Image, ink: Image, em: float) -> list[Spot]:
    """As :func:`detect`, sparing what is empty: the margins of the page and the bands between its blocks."""
    import numpy as np

    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return []
    room = round(1.5 * em)
    x0 = max(0, int(columns[0]) - room)
    near = np.convolve(ink.any(axis=1), np.ones(2 * room + 1), "same") > 0
    rows = np.flatnonzero(near)
    spots = detect(grey[rows, x0 : int(columns[-1]) + room], em)
    return [
        replace(spot, x0=spot.x0 + x0, x1=spot.x1 + x0, y0=int(rows[spot.y0]), y1=int(rows[spot.y1 - 1]) + 1)
        for spot in spots
        if spot.y1 > spot.y0 and rows[spot.y1 - 1] - rows[spot.y0] < spot.height
    ]


def recognise(crops: Sequence[Image]) -> list[Line]:
    """Read lines of text, each a grey crop of one line (black on white); same order as given."""
    import numpy as np

    resized = [_resize_line(crop) for crop in crops]
    order = sorted(range(len(crops)), key=lambda i: resized[i].shape[1])
    lines: list[Line | None] = [None] * len(crops)
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and resized[order[stop]].shape[1] * (stop + 1 - start) <= SCAN["batch_width"]:
            stop += 1
        chosen = order[start:stop]
        widest = max(320, max(resized[i].shape[1] for i in chosen))
        batch = np.zeros((len(chosen), 3, _LINE_HEIGHT, widest), np.float32)
        for slot, i in enumerate(chosen):
            batch[slot, :, :, : resized[i].shape[1]] = _normal(resized[i])
        for slot, scores in enumerate(_session("rec").run(None, {"x": batch})[0]):
            lines[chosen[slot]] = _decode(scores, widest / resized[chosen[slot]].shape[1])
        start = stop
    return [line for line in lines if line is not None]


def _normal(image: Image) -> NDArray[np.float32]:
    import numpy as np

    return np.asarray((image.astype(np.float32) / 255 - 0.5) / 0.5, np.float32)


def _resize_line(crop: Image) -> Image:
    import cv2
    import numpy as np

    height, width = crop.shape
    target = max(8, round(width * _LINE_HEIGHT / max(1, height)))
    return np.asarray(cv2.resize(crop, (target, _LINE_HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)


def _decode(scores: NDArray[np.float32], padding: float) -> Line:
    """Greedy CTC decoding; ``padding`` is padded width over the line's own."""
    best = scores.argmax(axis=1)
    alphabet = _alphabet()
    text: list[str] = []
    places: list[float] = []
    certain: list[float] = []
    previous = 0
    for step, index in enumerate(best.tolist()):
        if index and index != previous:
            text.append(alphabet[index])
            places.append(min(1.0, (step + 0.5) / len(best) * padding))
            certain.append(float(scores[step, index]))
        previous = index
    return Line("".join(text), tuple(places), tuple(certain))
