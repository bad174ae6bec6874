"""Rulings of a page image, followed over the whole table also through their gaps.

A *rail* is a nearly level straight line; upright ones are found on the transposed page. All lengths are pixels; ``em``
is the height of a character on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lantian.reading.sources.scan.limits import SCAN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Region = tuple[int, int, int, int]
    Points = tuple[NDArray[np.intp], NDArray[np.intp]]


@dataclass(slots=True)
class Rail:
    """A ruling as ``across = offset + slope * along`` with half its thickness; ``drawn`` is false for an open side."""

    offset: float
    slope: float
    half: float = 1.0
    drawn: bool = True

    def at(self, along: float) -> float:
        return self.offset + self.slope * along


def find_runs(ink: Image, em: float, shortest: float) -> Image:
    """Mask of thin level runs of ink at least ``shortest`` em long."""
    import cv2
    import numpy as np

    run = max(8, round(shortest * em))
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(3, round(SCAN["close"] * em))), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    thick = cv2.morphologyEx(runs, cv2.MORPH_OPEN, np.ones((max(4, round(SCAN["thick"] * em)), 1), np.uint8))
    return np.asarray(cv2.subtract(runs, thick), np.uint8)


def find_regions(level: Image, upright: Image, em: float) -> list[Region]:
    """x0, y0, x1, y1 around rulings that hang together, or that an undivided row of a table without sides parts."""
    import cv2
    import numpy as np

    reach = max(3, round(0.6 * em)) | 1
    joined = cv2.dilate(level | upright, np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:] if w > 1.5 * em]
    merged: list[Region] = []
    for box in sorted(boxes, key=lambda box: box[1]):
        for i, other in enumerate(merged):
            overlap = box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            if overlap or _parted(other, box, upright, em):
                merged[i] = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
                break
        else:
            merged.append(box)
    return merged


def _parted(one: Region, other: Region, upright: Image, em: float) -> bool:
    """Whether two regions, one above the other, are one table whose sides are not ruled."""
    edge = round(1.5 * em)
    if not 0 <= other[1] - one[3] < SCAN["parted"] * em or abs(one[0] - other[0]) + abs(one[2] - other[2]) > 2 * em:
        return False
    sides = (upright[r[1] : r[3], x - edge : x + edge] for r in (one, other) for x in (r[0] + edge, r[2] - edge))
    return not any(side.any() for side in sides)


def find_rails(runs: Image, ink: Image, em: float, dx: int, dy: int) -> list[Rail]:
    """Straight rails through the level runs of a region; ``dx``, ``dy`` move them to coordinates of the page."""
    import cv2
    import numpy as np

    _, labels, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    pieces = []
    for label in range(1, len(stats)):
        x, y, w, h, _ = (int(value) for value in stats[label])
        if w < em:
            continue
        ys, xs = np.nonzero(labels[y : y + h, x : x + w] == label)
        lean, offset = np.polyfit(xs + x + dx, ys + y + dy, 1)
        _, above, below = sample(ink, Rail(float(offset), float(lean)), x + dx, x + dx + w, em)
        if min(above.mean(), below.mean()) < SCAN["text"]:
            pieces.append((xs + x + dx, ys + y + dy))
    slope = _common_slope(pieces, em)
    groups: list[tuple[float, list[Points]]] = []
    for xs, ys in sorted(pieces, key=lambda piece: -len(piece[0])):
        offset = float(np.median(ys - slope * xs))
        for known, members in groups:
            if abs(known - offset) <= SCAN["same_rail"] * em:
                members.append((xs, ys))
                break
        else:
            groups.append((offset, [(xs, ys)]))
    rails = []
    for _, members in groups:
        xs = np.concatenate([member[0] for member in members])
        ys = np.concatenate([member[1] for member in members])
        own = float(np.polyfit(xs, ys, 1)[0]) if len(xs) > SCAN["own_slope"] * runs.shape[1] else slope
        own = min(max(own, slope - SCAN["bend"]), slope + SCAN["bend"])
        offset = float(np.median(ys - own * xs))
        half = float(np.percentile(np.abs(ys - own * xs - offset), 95))
        rails.append(Rail(offset, own, min(max(1.0, half), SCAN["same_rail"] * em)))
    return sorted(rails, key=lambda rail: rail.at(dx + runs.shape[1] / 2))


def _common_slope(pieces: list[Points], em: float) -> float:
    import numpy as np

    slopes = [np.polyfit(xs, ys, 1)[0] for xs, ys in pieces if np.ptp(xs) > 8 * em]
    return float(np.median(slopes)) if slopes else 0.0


def sample(mask: Image, rail: Rail, start: int, stop: int, em: float) -> NDArray[np.bool_]:
    """Per position along the rail, whether there is ink on it, just above it and just below it: three rows."""
    import numpy as np

    along = np.arange(max(0, start), min(stop, mask.shape[1]))
    centre = np.round(rail.offset + rail.slope * along).astype(int)
    half = int(np.ceil(rail.half)) + 1
    far = half + max(3, round(SCAN["beside"] * em))

    def zone(first: int, last: int) -> NDArray[np.bool_]:
        rows = np.clip(centre + np.arange(first, last + 1)[:, None], 0, mask.shape[0] - 1)
        return np.asarray(mask[rows, along].any(axis=0))

    return np.stack([zone(-half, half), zone(-far, -half - 2), zone(half + 2, far)])


def wipe(page: Image, mask: Image, rail: Rail, start: int, stop: int) -> None:
    """Whiten the ruling where its ink is no thicker than usual: a comma printed on it, a stroke through it, stay."""
    import numpy as np

    along = np.arange(max(0, start), min(stop, page.shape[1]))
    centre = np.round(rail.offset + rail.slope * along).astype(int)
    half = int(np.ceil(rail.half)) + 1
    reach = np.arange(-half - 3, half + 4)
    rows = np.clip(centre + reach[:, None], 0, page.shape[0] - 1)
    strip = mask[rows, along] > 0
    band = strip[3:-3]
    thickness = band.sum(axis=0)
    before = np.logical_and.accumulate(strip[2::-1] & band[0], axis=0).sum(axis=0)
    after = np.logical_and.accumulate(strip[-3:] & band[-1], axis=0).sum(axis=0)
    if not thickness.any():
        return
    usual = float(np.median(thickness[thickness > 0]))
    touched = thickness + before + after > max(SCAN["thin_line"], 1.3 * usual + 1)
    free = ~np.convolve(touched, np.ones(5), "same").astype(bool)
    page[rows[3:-3, free], along[free]] = 255
    mask[rows[3:-3, free], along[free]] = 0
