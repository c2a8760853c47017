"""The region proposal network of lesson rpn, for detectors that train it with a second stage.

All of it is `keras.ops` on static shapes and compiles under XLA. The answer for an anchor is five
numbers: the logit of objectness, and four deltas over `SPREAD`. Boxes are (x_min, y_min, x_max,
y_max) in pixels, as everywhere; a row without a box is padded with zeros.
"""

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from keras.initializers import Constant, RandomNormal

from helpers import box_ops

Tensor = Any  # of any Keras backend, symbolic or not
SPREAD = np.array([0.1, 0.1, 0.2, 0.2], "float32")  # deltas are learned divided by it
POSITIVE, NEGATIVE, LEAST = 0.5, 0.3, 0.2  # of IoU: positive from, negative below, best above
OVERLAP = 0.7  # proposals with a higher IoU are one


def proposal_layers(features: Tensor, kinds: int = 9) -> Tensor:
    """What to answer for every anchor, by one 3×3 convolution and two 1×1 (Ren et al. 2015, 3.1).

    Args:
        features: symbolic feature maps (batch, rows, columns, channels).
        kinds: anchors at each place.

    Returns:
        (batch, rows · columns · kinds, 5): objectness and deltas, in the order of
        `helpers.boxes.anchor_boxes`.

    Raises:
        ValueError: if features have other axes, or there is no anchor.
    """
    if len(features.shape) != 4 or kinds < 1:
        raise ValueError(
            "expected features (batch, rows, columns, channels) and an anchor or more at a place, "
            f"got {tuple(features.shape)} and {kinds!r}"
        )
    he = {"activation": "relu", "kernel_initializer": "he_normal"}
    x = layers.Conv2D(64, 3, padding="same", **he)(features)
    small, rare = RandomNormal(stddev=0.01), Constant(-3)  # most anchors hold nothing
    objectness = layers.Conv2D(kinds, 1, kernel_initializer=small, bias_initializer=rare)(x)
    deltas = layers.Conv2D(4 * kinds, 1, kernel_initializer=small.clone())(x)
    by_anchor = [layers.Reshape((-1, 1))(objectness), layers.Reshape((-1, 4))(deltas)]
    return layers.Concatenate()(by_anchor)


def targets(anchors: np.ndarray, boxes: Tensor) -> Tensor:
    """What each anchor should answer, by IoU (Ren et al. 2015, section 3.1.2).

    An anchor is positive with an IoU of 0.5 or more, or if it is the best of a box (above 0.2);
    else negative with all IoUs below 0.3; else not used.

    Args:
        anchors: (k, 4).
        boxes: (batch, n, 4), of the objects.

    Returns:
        (batch, k, 5): 1 (positive), 0 (negative) or -1 (not used), and deltas over `SPREAD` to the
        box with the highest IoU.

    Raises:
        ValueError: if the shapes are others.
    """
    anchors = _checked(anchors)
    of_each = ops.broadcast_to(anchors, (ops.shape(boxes)[0], *anchors.shape))
    ious = box_ops.iou(boxes, of_each)  # (batch, n, k): anchors last is the fastest
    of_boxes = ops.max(ious, axis=-1, keepdims=True)
    is_best = ops.any(ops.logical_and(ious == of_boxes, of_boxes > LEAST), axis=1)
    best, nearest = ops.max(ious, axis=1), ops.argmax(ious, axis=1)
    positive = ops.logical_or(best >= POSITIVE, is_best)
    kinds = ops.where(positive, 1.0, ops.where(best < NEGATIVE, 0.0, -1.0))
    boxes = ops.take_along_axis(boxes, nearest[..., None], axis=1)
    deltas = box_ops.encode(boxes, anchors) / SPREAD
    return ops.concatenate([kinds[..., None], deltas], axis=-1)


def objectness_loss(truth: Tensor, outputs: Tensor, hardest: int = 64) -> Tensor:
    """Cross-entropy of positive anchors and of the hardest negatives, over how many these are.

    Args:
        truth: (batch, k, 5), as `targets` gives them.
        outputs: (batch, k, 5), as `proposal_layers` gives them.
        hardest: how many negatives count, those with the largest loss; k or fewer.

    Returns:
        (batch,)

    Raises:
        ValueError: if the shapes are others.
    """
    _checked_answers(truth, outputs)
    kinds, logits = truth[..., 0], outputs[..., 0]
    positive, negative = (ops.cast(kinds == kind, logits.dtype) for kind in (1, 0))
    of_positive = positive * ops.softplus(-logits)  # -ln p
    of_negative, _ = ops.top_k(negative * ops.softplus(logits), hardest)  # -ln(1 - p)
    total = ops.sum(of_positive, axis=-1) + ops.sum(of_negative, axis=-1)
    return total / (ops.sum(positive, axis=-1) + hardest)


def box_loss(truth: Tensor, outputs: Tensor) -> Tensor:
    """Smooth L1 loss of the four deltas, summed, a mean over positive anchors; 0 without any.

    Args:
        truth: (batch, k, 5), as `targets` gives them.
        outputs: (batch, k, 5), as `proposal_layers` gives them.

    Returns:
        (batch,)

    Raises:
        ValueError: if the shapes are others.
    """
    _checked_answers(truth, outputs)
    positive = ops.cast(truth[..., 0] == 1, outputs.dtype)
    loss = 4 * keras.losses.huber(truth[..., 1:], outputs[..., 1:])
    return ops.sum(positive * loss, axis=-1) / ops.maximum(ops.sum(positive, axis=-1), 1)


def proposals(
    outputs: Tensor, anchors: np.ndarray, count: int, among: int, height: int, width: int
) -> tuple[Tensor, Tensor]:
    """The first proposals of every picture, a fixed number.

    Args:
        outputs: (batch, k, 5), as `proposal_layers` gives them.
        anchors: (k, 4).
        count: of proposals.
        among: NMS is done on so many anchors with the highest objectness.
        height: of the picture, in pixels.
        width: likewise.

    Returns:
        Boxes (batch, count, 4), best first, padded with zeros, and (batch, count), True where
        there is one.

    Raises:
        ValueError: if the shapes are others, or not 1 <= count <= among <= k.
    """
    anchors = _checked(anchors)
    if tuple(outputs.shape[1:]) != (len(anchors), 5) or not 1 <= count <= among <= len(anchors):
        raise ValueError(
            f"expected outputs (batch, {len(anchors)}, 5) and 1 <= count <= among <= "
            f"{len(anchors)}, got {tuple(outputs.shape)}, {count!r} and {among!r}"
        )
    scores, places = ops.top_k(outputs[..., 0], among)  # first, so that few deltas are decoded
    deltas = ops.take_along_axis(outputs[..., 1:], places[..., None], axis=1) * SPREAD
    boxes = box_ops.decode(deltas, ops.take(anchors, places, axis=0), height, width)
    return box_ops.best_boxes(boxes, scores, count, among, OVERLAP)


def _checked(anchors: np.ndarray) -> np.ndarray:
    if len(anchors.shape) != 2 or anchors.shape[1] != 4:
        raise ValueError(f"expected anchors (k, 4), got {tuple(anchors.shape)}")
    return np.asarray(anchors, "float32")


def _checked_answers(truth: Tensor, outputs: Tensor) -> None:
    shapes = tuple(truth.shape), tuple(outputs.shape)
    if any(len(shape) != 3 or shape[2] != 5 for shape in shapes) or shapes[0][1] != shapes[1][1]:
        raise ValueError(f"expected truth and outputs (batch, k, 5), got {shapes[0]}, {shapes[1]}")
