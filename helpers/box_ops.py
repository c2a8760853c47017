"""What `helpers.boxes` does, for batches of boxes inside a network.

All of it is `keras.ops` on static shapes and compiles under XLA. Boxes are (x_min, y_min, x_max,
y_max) in pixels, as everywhere; a row without a box is padded with zeros, which have no area.
"""

from typing import Any

import numpy as np
from keras import ops

from helpers.boxes import LARGEST_LOG

Tensor = Any  # of any Keras backend, symbolic or not


def iou(boxes: Tensor, others: Tensor) -> Tensor:
    """Intersection over union of every box with every other box of the same picture.

    Args:
        boxes: (batch, n, 4).
        others: (batch, m, 4).

    Returns:
        (batch, n, m) in [0, 1]; 0 where either box has no area.

    Raises:
        ValueError: if the shapes are others.
    """
    _expect(boxes, "boxes", 3)
    _expect(others, "others", 3)
    left, top, right, bottom = ops.unstack(boxes[:, :, None], 4, axis=-1)  # each (batch, n, 1)
    other_left, other_top, other_right, other_bottom = ops.unstack(others[:, None], 4, axis=-1)
    width = ops.minimum(right, other_right) - ops.maximum(left, other_left)
    height = ops.minimum(bottom, other_bottom) - ops.maximum(top, other_top)
    shared = ops.maximum(width, 0.0) * ops.maximum(height, 0.0)
    union = _area(boxes)[:, :, None] + _area(others)[:, None] - shared
    return ops.where(shared > 0, shared / ops.where(shared > 0, union, 1.0), 0.0)


def encode(boxes: Tensor, anchors: Tensor) -> Tensor:
    """Boxes as deltas from anchors, as `helpers.boxes.encode` gives them.

    Args:
        boxes: (..., 4).
        anchors: (..., 4), one for each box, or shapes that broadcast.

    Returns:
        (..., 4); sides below a pixel count as one pixel, so that padding gives finite numbers.

    Raises:
        ValueError: if the last axis is another.
    """
    _expect(boxes, "boxes")
    _expect(anchors, "anchors")
    centres, sides = _centres_and_sides(boxes)
    anchor_centres, anchor_sides = _centres_and_sides(anchors)
    sides, anchor_sides = ops.maximum(sides, 1.0), ops.maximum(anchor_sides, 1.0)
    moved = (centres - anchor_centres) / anchor_sides
    return ops.concatenate([moved, ops.log(sides / anchor_sides)], axis=-1)


def decode(deltas: Tensor, anchors: Tensor, height: int, width: int) -> Tensor:
    """Deltas from anchors as boxes, cut off at the borders of the picture.

    Args:
        deltas: (..., 4); the last two count as at most log(1000/16).
        anchors: (..., 4), one for each row, or shapes that broadcast.
        height: of the picture, in pixels.
        width: likewise.

    Returns:
        (..., 4) boxes.

    Raises:
        ValueError: if the last axis is another, or the picture has no pixel.
    """
    _expect(deltas, "deltas")
    _expect(anchors, "anchors")
    if height < 1 or width < 1:
        raise ValueError(f"expected a picture of one pixel or more, got {height} × {width}")
    centres, sides = _centres_and_sides(anchors)
    centres = centres + deltas[..., :2] * sides
    sides = sides * ops.exp(ops.minimum(deltas[..., 2:], float(LARGEST_LOG)))
    boxes = ops.concatenate([centres - sides / 2, centres + sides / 2], axis=-1)
    return ops.clip(boxes, 0.0, np.array([width, height, width, height], "float32"))


def nms(boxes: Tensor, threshold: float) -> Tensor:
    """Non-maximum suppression: which boxes stay, all at once and on a fixed number of boxes.

    A box stays if no better box that stays overlaps it too much. Start from "all stay" and apply
    this rule to all boxes at once, again and again, until nothing changes. The first box is right
    after the first round, and each further round makes at least one more right, as it depends on
    better boxes alone: so it ends, after n rounds at most, with what going one by one gives.

    Args:
        boxes: (batch, n, 4), best first.
        threshold: a box goes if its IoU with a better one that stays is above it, from 0 to 1.

    Returns:
        (batch, n), True where a box stays.

    Raises:
        ValueError: if the shape is another or not static, or the threshold is not in [0, 1].
    """
    _expect(boxes, "boxes", 3)
    count = boxes.shape[1]
    if count is None:
        raise ValueError(f"expected a fixed number of boxes, got {tuple(boxes.shape)}")
    if not 0 <= threshold <= 1:
        raise ValueError(f"expected a threshold from 0 to 1, got {threshold!r}")
    better = np.triu(np.ones((count, count), bool), k=1)  # row i is better than column j
    suppresses = ops.logical_and(iou(boxes, boxes) > threshold, better)

    def one_round(stays: Tensor, _: Tensor) -> tuple[Tensor, Tensor]:
        gone = ops.any(ops.logical_and(suppresses, stays[:, :, None]), axis=1)
        return ops.logical_not(gone), stays

    def changed(stays: Tensor, before: Tensor) -> Tensor:
        return ops.any(ops.not_equal(stays, before))

    all_stay = ops.ones_like(boxes[..., 0], dtype="bool")
    start = all_stay, ops.logical_not(all_stay)
    stays, _ = ops.while_loop(changed, one_round, start, maximum_iterations=count + 1)
    return stays


def best_boxes(
    boxes: Tensor, scores: Tensor, count: int, among: int, threshold: float
) -> tuple[Tensor, Tensor]:
    """The best boxes after non-maximum suppression, always so many, padded with zeros.

    Args:
        boxes: (batch, n, 4).
        scores: (batch, n).
        count: boxes to return for each picture.
        among: suppress among so many of the highest scores, `count` or more and at most n.
        threshold: of IoU, as for `nms`.

    Returns:
        Boxes (batch, count, 4), best first, and (batch, count), True where there is one.

    Raises:
        ValueError: if the shapes are others, or not 1 <= count <= among <= n.
    """
    _expect(boxes, "boxes", 3)
    shape = tuple(scores.shape)
    if len(shape) != 2 or shape[1] != boxes.shape[1]:
        raise ValueError(f"expected scores (batch, {boxes.shape[1]}), got {shape}")
    if not 1 <= count <= among <= (shape[1] or among):
        raise ValueError(f"expected 1 <= count <= among <= {shape[1]}, got {count!r}, {among!r}")
    _, places = ops.top_k(scores, among)
    boxes = ops.take_along_axis(boxes, places[..., None], axis=1)
    stays = nms(boxes, threshold)
    order = ops.where(stays, 0, among) + ops.arange(among, dtype="int32")  # those that stay first
    _, places = ops.top_k(-order, count)
    there = ops.take_along_axis(stays, places, axis=1)
    boxes = ops.take_along_axis(boxes, places[..., None], axis=1)
    return ops.where(there[..., None], boxes, 0.0), there


def _area(boxes: Tensor) -> Tensor:
    return ops.prod(boxes[..., 2:] - boxes[..., :2], axis=-1)


def _centres_and_sides(boxes: Tensor) -> tuple[Tensor, Tensor]:
    return (boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]


def _expect(values: Tensor, name: str, axes: int | None = None) -> None:
    shape = tuple(values.shape)
    if shape[-1:] != (4,) or len(shape) != (axes or len(shape)):
        wanted = "(batch, n, 4)" if axes else "(..., 4)"
        raise ValueError(f"expected {name} {wanted}, got {shape}")
