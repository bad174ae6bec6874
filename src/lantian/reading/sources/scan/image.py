"""Page images made ready for reading: decoded, evenly lit, upright, straight, at a size the recogniser likes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.reading.errors import ReadingError
from lantian.reading.sources.scan.limits import SCAN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]


@dataclass(slots=True)
class Sheet:
    """A page ready for reading: ``grey`` (paper 255), its ``ink`` mask, height of a character, what was done to it."""

    grey: Image
    ink: Image
    em: float
    angle: float = 0.0  # degrees of skew taken out
    turned: int = 0  # degrees clockwise that the page was turned


def load_pages(path: Path) -> list[Image]:
    """Decode an image file (PNG, JPEG, BMP, TIFF with all its pages) to grey arrays.

    Raises :class:`ReadingError` for a file that is no image, is broken, or has more pixels than tables/scan.csv allows.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(int(SCAN["max_pixels"])))
    import cv2
    import numpy as np

    data = np.fromfile(path, np.uint8)
    try:
        if bytes(data[:4]) in (b"II*\0", b"MM\0*"):
            done, found = cv2.imdecodemulti(data, cv2.IMREAD_GRAYSCALE)
            pages = list(found) if done else []
        else:
            page = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) if data.size else None
            pages = [] if page is None else [page]
    except cv2.error as error:
        raise _unreadable(path) from error
    if not pages:
        raise _unreadable(path)
    return [np.asarray(page, np.uint8) for page in pages]


def _unreadable(path: Path) -> ReadingError:
    most = int(SCAN["max_pixels"]) // 1_000_000
    return ReadingError(
        f"{path.name}：图像无法解码（文件损坏、格式不支持或超过 {most} 百万像素）",
        f"{path.name}: the image cannot be decoded (broken, unknown format or over {most} megapixels)",
    )


def prepare(image: NDArray[Any]) -> Sheet:
    """Even out the light, bring text to a good size and take out the skew (±5°) of a grey or RGB(A) page."""
    import cv2
    import numpy as np

    grey = np.ascontiguousarray(image if image.ndim == 2 else image[:, :, :3].mean(axis=2).astype(np.uint8))
    grey = _even_light(grey)
    ink = ink_of(grey)
    em = character_height(ink)
    factor = 1.0
    if em < SCAN["small_text"]:
        factor = SCAN["good_text"] / em
    elif em > SCAN["large_text"]:
        factor = SCAN["fine_text"] / em
    factor = max(0.2, min(factor, 3.0, SCAN["max_side"] / max(grey.shape)))
    if abs(factor - 1) > 0.05:
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        grey = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=how), np.uint8)
        ink = ink_of(grey)
        em *= factor
    angle = skew(ink)
    if abs(angle) < SCAN["seen_skew"]:
        return Sheet(grey, ink, em)
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    straight = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255,))
    grey = np.asarray(straight, np.uint8)
    return Sheet(grey, ink_of(grey), em, angle)


def _even_light(grey: Image) -> Image:
    """Divide by the brightness of the paper around each place, so that shadows and grey paper become white."""
    import cv2
    import numpy as np

    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 21)
    paper = cv2.resize(np.maximum(paper, 40), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, paper, scale=255), np.uint8)


def ink_of(grey: Image) -> Image:
    """0/1 mask of printed pixels on an evenly lit page; specks of dirt are wiped from both mask and page (in place)."""
    import cv2
    import numpy as np

    ink = (grey < 255 * SCAN["ink"]).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    specks = stats[:, cv2.CC_STAT_AREA] <= SCAN["speck"]
    specks[0] = False
    dirt = specks[labels]
    grey[dirt] = 255
    ink[dirt] = 0
    return ink


def character_height(ink: Image) -> float:
    """Height of a printed character in pixels: upper quartile of connected shapes; 30 on an empty page."""
    import cv2
    import numpy as np

    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    height, width, area = (stats[1:, i] for i in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    limit = max(ink.shape) / 12
    fit = (height >= 6) & (height < limit) & (width < limit) & (width >= 0.4 * height) & (width <= 1.8 * height)
    fit &= area > 0.12 * height * width
    return float(np.percentile(height[fit], 75)) if int(fit.sum()) >= 3 else 30.0


def skew(ink: Image) -> float:
    """Degrees by which to turn the page counter-clockwise so that its lines are level (within ±5°, 0.02° steps)."""
    import numpy as np

    ys, xs = np.nonzero(ink)
    if len(xs) < 200:
        return 0.0
    if len(xs) > int(SCAN["skew_points"]):
        pick = np.random.default_rng(0).choice(len(xs), int(SCAN["skew_points"]), replace=False)
        ys, xs = ys[pick], xs[pick]
    points = np.stack([xs - xs.mean(), ys - ys.mean()]).astype(np.float32)
    best = 0.0
    for reach, step in ((SCAN["max_skew"], 0.25), (0.25, 0.05), (0.05, 0.02)):
        angles = np.arange(best - reach, best + reach + step / 2, step)
        best = float(angles[int(np.argmax([_levelness(points, float(angle)) for angle in angles]))])
    return best


def _levelness(points: NDArray[np.float32], degrees: float) -> float:
    """How sharply the ink gathers in rows and columns when the page is turned by ``degrees``."""
    import numpy as np

    turn_by = np.deg2rad(degrees)
    cos, sin = np.float32(np.cos(turn_by)), np.float32(np.sin(turn_by))
    total = 0.0
    for axis in (points[1] * cos - points[0] * sin, points[0] * cos + points[1] * sin):
        bins = np.bincount((axis - axis.min()).astype(np.int32)).astype(np.float64)
        total += float((bins * bins).sum())
    return total
