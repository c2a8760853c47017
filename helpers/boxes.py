"""Boxes as (x_min, y_min, x_max, y_max) in pixels (Keras's "xyxy"): overlap, deltas, selection.

A pixel is a square: the box of the pixel in column 3, row 5 is (3, 5, 4, 6). All of it is NumPy;
bad input is refused before any of it is computed.
"""

from collections.abc import Sequence

import numpy as np

FARTHEST = 1e9  # pixels; beyond, areas would lose their digits
LARGEST_LOG = np.log(1000 / 16)  # a decoded side is at most 62.5 times its anchor's

Array = np.ndarray


def iou(boxes: Array, others: Array) -> Array:
    """Intersection over union of every box with every other box.

    Args:
        boxes: (n, 4).
        others: (m, 4).

    Returns:
        (n, m) array in [0, 1]; 0 where either box has no area.

    Raises:
        ValueError: if an array is not (k, 4) of finite numbers within ±1e9, or a box has
            x_max < x_min or y_max < y_min.
    """
    boxes, others = checked(boxes), checked(others)
    intersection = overlap(boxes, others)
    union = area(boxes)[:, None] + area(others)[None] - intersection
    shares: Array = np.divide(intersection, union, out=np.zeros_like(union), where=intersection > 0)
    return shares


def overlap(boxes: Array, others: Array) -> Array:
    """Area in square pixels of what every box shares with every other box: (n, m).

    Args:
        boxes: (n, 4).
        others: (m, 4).

    Raises:
        ValueError: as `iou`.
    """
    boxes, others = checked(boxes), checked(others)
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    sides = np.maximum(high - low, 0)
    shared: Array = sides[..., 0] * sides[..., 1]
    return shared


def area(boxes: Array) -> Array:
    """Areas in square pixels: (n, 4) -> (n,).

    Raises:
        ValueError: as `iou`.
    """
    boxes = checked(boxes)
    areas: Array = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas


def encode(boxes: Array, anchors: Array) -> Array:
    """Boxes as deltas from anchors: how far to move, in sides, and the log of how much to scale.

    Args:
        boxes: (n, 4).
        anchors: (n, 4), one for each box.

    Returns:
        (n, 4) as (Δx/w, Δy/h, log w'/w, log h'/h), centres and sides of anchor and box
        (Girshick et al. 2014, appendix C).

    Raises:
        ValueError: as `iou`, if the numbers of boxes and anchors differ, or if one has no area.
    """
    boxes, anchors = checked(boxes), checked(anchors)
    _same_count(boxes, anchors, "boxes")
    for array in (boxes, anchors):
        flat = area(array) <= 0
        if flat.any():
            raise ValueError(f"expected boxes with an area, got {_first(array, flat)}")
    centres, sides = _centres_and_sides(boxes)
    anchor_centres, anchor_sides = _centres_and_sides(anchors)
    moved = (centres - anchor_centres) / anchor_sides
    return np.concatenate([moved, np.log(sides / anchor_sides)], axis=1)


def decode(deltas: Array, anchors: Array) -> Array:
    """Deltas from anchors as boxes: `encode` undone.

    Args:
        deltas: (n, 4) as `encode` gives; the last two count as at most log(1000/16).
        anchors: (n, 4).

    Returns:
        (n, 4) boxes, which may lie outside of the picture.

    Raises:
        ValueError: as `iou`, if the numbers of deltas and anchors differ, or if a delta is not
            finite or beyond ±1e9.
    """
    deltas, anchors = _numbers(deltas, "deltas"), checked(anchors)
    _same_count(deltas, anchors, "deltas")
    centres, sides = _centres_and_sides(anchors)
    centres = centres + deltas[:, :2] * sides
    sides = sides * np.exp(np.minimum(deltas[:, 2:], LARGEST_LOG))
    return np.concatenate([centres - sides / 2, centres + sides / 2], axis=1)


def clip(boxes: Array, height: int, width: int) -> Array:
    """Cut boxes off at the borders of a picture; one that lies outside keeps no area.

    Args:
        boxes: (n, 4).
        height: of the picture, in pixels, one or more.
        width: likewise.

    Raises:
        ValueError: as `iou`, or if the picture has no pixel.
    """
    boxes = checked(boxes)
    if height < 1 or width < 1:
        raise ValueError(f"expected a picture of one pixel or more, got {height} × {width}")
    cut: Array = np.clip(boxes, 0, [width, height, width, height])
    return cut


def nms(boxes: Array, scores: Array, threshold: float = 0.5, limit: int | None = None) -> Array:
    """Non-maximum suppression: drop every box that overlaps a better one too much.

    Args:
        boxes: (n, 4).
        scores: (n,); of equal scores the first counts as better.
        threshold: a box is dropped if its IoU with a kept box is above it, from 0 to 1.
        limit: keep no more than so many, if given.

    Returns:
        Places of the boxes kept, best first.

    Raises:
        ValueError: as `iou`, or if scores are not (n,) finite numbers, the threshold is not in
            [0, 1] or the limit is negative.
    """
    boxes = checked(boxes)
    order = np.argsort(-checked_scores(scores, len(boxes)), kind="stable")
    if not 0 <= threshold <= 1:
        raise ValueError(f"expected a threshold from 0 to 1, got {threshold!r}")
    limit = _limit(limit, len(boxes))
    kept: list[int] = []
    while len(order) and len(kept) < limit:
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[iou(boxes[best][None], boxes[order])[0] <= threshold]
    return np.array(kept, int)


def class_nms(
    boxes: Array, scores: Array, labels: Array, threshold: float = 0.5, limit: int | None = None
) -> Array:
    """Non-maximum suppression among the boxes of each class by itself.

    Args:
        boxes, scores, threshold: as for `nms`.
        labels: (n,) whole numbers.
        limit: keep no more than so many of all classes together, the best, if given.

    Returns:
        Places of the boxes kept, best first.

    Raises:
        ValueError: as `nms`, or if labels are not (n,) whole numbers.
    """
    boxes, labels = checked(boxes), np.asarray(labels)
    scores = checked_scores(scores, len(boxes))
    if labels.shape != scores.shape or (labels.size and labels.dtype.kind not in "iu"):
        raise ValueError(
            f"expected {len(boxes)} whole numbers as labels, got {labels.shape} of {labels.dtype}"
        )
    kept = [np.zeros(0, int)]
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        kept.append(places[nms(boxes[places], scores[places], threshold)])
    places = np.sort(np.concatenate(kept))
    return places[np.argsort(-scores[places], kind="stable")][: _limit(limit, len(boxes))]


def anchor_boxes(
    rows: int, columns: int, stride: int, sides: Sequence[float], ratios: Sequence[float]
) -> Array:
    """Reference boxes at every place of a feature map.

    Args:
        rows, columns: of the feature map.
        stride: pixels of the picture from one place to the next; a place's centre is the centre
            of its stride × stride pixels.
        sides: square roots of the areas, in pixels.
        ratios: height divided by width.

    Returns:
        (rows · columns · len(sides) · len(ratios), 4): row by row, at each place side by side, of
        each side ratio by ratio. They may reach beyond the picture.

    Raises:
        ValueError: if a number is not above 0, or there is no side or ratio.
    """
    numbers = [rows, columns, stride, *sides, *ratios]
    if not len(sides) or not len(ratios) or not np.all(np.isfinite(numbers)) or min(numbers) <= 0:
        raise ValueError(
            "expected rows, columns, a stride, sides and ratios above 0, got "
            f"{rows!r}, {columns!r}, {stride!r}, {sides!r} and {ratios!r}"
        )
    heights = np.array([[side * np.sqrt(ratio) for ratio in ratios] for side in sides]).ravel()
    widths = np.array([[side / np.sqrt(ratio) for ratio in ratios] for side in sides]).ravel()
    half = np.stack([widths, heights], axis=1) / 2
    y, x = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    centres = (np.stack([x, y], axis=-1).reshape(-1, 1, 2) + 0.5) * stride
    return np.concatenate([centres - half, centres + half], axis=-1).reshape(-1, 4)


def checked(boxes: Array) -> Array:
    """Boxes as a float64 array (n, 4); an empty sequence is (0, 4).

    Raises:
        ValueError: as `iou`.
    """
    boxes = _numbers(boxes, "boxes")
    inverted: Array = np.any(boxes[:, 2:] < boxes[:, :2], axis=1)
    if inverted.any():
        raise ValueError(
            f"expected x_min <= x_max and y_min <= y_max, got {_first(boxes, inverted)}"
        )
    return boxes


def checked_scores(scores: Array, count: int) -> Array:
    """Scores as a float64 array (n,).

    Raises:
        ValueError: if they are not so many finite numbers.
    """
    scores = np.asarray(scores)
    if scores.shape != (count,) or (count and scores.dtype.kind not in "iuf"):
        raise ValueError(f"expected {count} scores, got {scores.shape} of {scores.dtype}")
    scores = scores.astype(float)
    if not np.isfinite(scores).all():
        raise ValueError(f"expected finite scores, got {scores[~np.isfinite(scores)][0]}")
    return scores


def _numbers(values: Array, name: str) -> Array:
    """Finite numbers within ±1e9 as a float64 array (n, 4)."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of several lengths
        raise ValueError(f"expected {name} (n, 4), got rows of several lengths") from None
    if array.shape == (0,):
        array = np.zeros((0, 4))
    if array.ndim != 2 or array.shape[1] != 4 or array.dtype.kind not in "iuf":
        raise ValueError(f"expected {name} (n, 4), got {array.shape} of {array.dtype}")
    array = array.astype(float)
    wrong: Array = ~np.all(np.abs(array) <= FARTHEST, axis=1)
    if wrong.any():
        raise ValueError(
            f"expected {name} of finite numbers within ±1e9, got {_first(array, wrong)}"
        )
    return array


def _limit(limit: int | None, count: int) -> int:
    """How many to keep of so many."""
    if limit is None:
        return count
    if limit < 0:
        raise ValueError(f"expected a limit of 0 or more, got {limit!r}")
    return limit


def _centres_and_sides(boxes: Array) -> tuple[Array, Array]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _same_count(values: Array, anchors: Array, name: str) -> None:
    if len(values) != len(anchors):
        raise ValueError(
            f"expected an anchor for each of the {len(values)} {name}, got {len(anchors)}"
        )


def _first(rows: Array, wrong: Array) -> str:
    return str(tuple(rows[np.flatnonzero(wrong)[0]].tolist()))
