"""Regions brought to one size: of a picture, or of a feature map inside a network.

RoIPool and RoIAlign are `keras.ops` alone, compile under XLA on static shapes, and let gradients
through to the feature map. Boxes are (x_min, y_min, x_max, y_max) in pixels of the picture, as
everywhere.
"""

from typing import Any

import numpy as np
from keras import ops

from helpers.boxes import area, checked

Tensor = Any  # of any Keras backend, symbolic or not
LOW, HIGH = slice(0, 2), slice(2, 4)  # of a box


def crops(image: np.ndarray, boxes: np.ndarray, around: float = 0.15, size: int = 28) -> np.ndarray:
    """Each box of a picture, with some of its surroundings, warped to one size (as R-CNN does).

    Width and height are stretched separately; beyond the picture its border goes on.

    Args:
        image: (height, width) bytes.
        boxes: (n, 4).
        around: how much is added on each of the four sides, as a share of the box's own.
        size: pixels along each side of a crop.

    Returns:
        (n, size, size) bytes.

    Raises:
        ValueError: if the picture is not 2-D bytes, boxes are malformed or without area, `around`
            is below 0 or size below 1.
    """
    import cv2

    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError(f"expected a picture of 2-D bytes, got {image.shape} of {image.dtype}")
    boxes = checked(boxes)
    if not (boxes[:, LOW] < boxes[:, HIGH]).all():
        raise ValueError(f"expected boxes with area, got {boxes[area(boxes) == 0][0]}")
    if around < 0 or size < 1:
        raise ValueError(f"expected around >= 0 and size >= 1, got {around!r} and {size!r}")
    target = np.array([(0, 0), (size, 0), (0, size)], np.float32) - 0.5
    result = np.zeros((len(boxes), size, size), np.uint8)
    for place, (low, high) in enumerate(zip(boxes[:, LOW], boxes[:, HIGH], strict=True)):
        low, high = low - around * (high - low), high + around * (high - low)
        corners = np.array([low, (high[0], low[1]), (low[0], high[1])], np.float32)
        matrix = cv2.getAffineTransform(corners - np.float32(0.5), target)
        result[place] = cv2.warpAffine(image, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    return result


def roi_pool(features: Tensor, boxes: Tensor, stride: int, size: int = 7) -> Tensor:
    """The largest value of each of size × size bins of every box (Girshick 2015, section 2.1).

    A box is divided by the stride, rounded to whole places of the feature map (a half goes up, as
    in the original code), cut off at its borders, and never smaller than one place. A bin reaches
    from the place where it begins, rounded down, to where it ends, rounded up, so that bins of
    small boxes share places.

    Args:
        features: (batch, rows, columns, channels).
        boxes: (batch, n, 4).
        stride: pixels of the picture from one place of the feature map to the next.
        size: bins along each side.

    Returns:
        (batch, n, size, size, channels).

    Raises:
        ValueError: if the shapes are others, or stride or size is below 1.
    """
    rows, columns, channels = _checked(features, boxes, stride, size)
    places = ops.cast(ops.floor(boxes / stride + 0.5), "int32")
    limits = ops.convert_to_tensor([columns, rows], "int32")
    low = ops.clip(places[..., LOW], 0, limits - 1)[..., None]
    sides = ops.clip(places[..., HIGH], low[..., 0] + 1, limits)[..., None] - low
    number = ops.arange(size, dtype="int32")
    first = low + number * sides // size  # (batch, n, 2, size): of columns, of rows
    length = low + ((number + 1) * sides + size - 1) // size - first
    table, levels = _maxima(features, _most_places(max(rows, columns), size))
    level = sum((ops.cast(length > 2**k, "int32") for k in range(1, levels)), 0 * length)
    window = 2**level  # places along it; two of them, from both ends of a bin, cover the bin
    ends = ops.stack([first, ops.maximum(first, first + length - window)])
    ends = ends + (window - 1) // 2  # where `_maxima` keeps a window
    x, y = ends[..., 0, :], ends[..., 1, :]  # (2, batch, n, size)
    block = level[:, :, 1, :, None] * levels + level[:, :, 0, None, :]
    picture = ops.arange(ops.shape(features)[0])[:, None, None, None]
    block = block * ops.shape(features)[0] + picture
    corners = (block * rows + y[:, None, ..., None]) * columns + x[None, ..., None, :]
    found = ops.take(ops.reshape(table, (-1, channels)), corners, axis=0)
    found = ops.maximum(*ops.unstack(found))
    return ops.maximum(*ops.unstack(found))


def roi_align(
    features: Tensor, boxes: Tensor, stride: int, size: int = 7, samples: int = 2
) -> Tensor:
    """The mean of samples² points in each of size × size bins of every box (He et al. 2017).

    Nothing is rounded. A point's value is interpolated bilinearly between the centres of places,
    and the centre of place i is at (i + ½) strides; beyond the outermost centres it stays as it is
    there. As bins are a grid, two matrix products do it: weights of rows, then of columns.

    Args:
        features: (batch, rows, columns, channels).
        boxes: (batch, n, 4).
        stride: pixels of the picture from one place of the feature map to the next.
        size: bins along each side.
        samples: points in a bin along each side.

    Returns:
        (batch, n, size, size, channels).

    Raises:
        ValueError: if the shapes are others, or stride, size or samples is below 1.
    """
    rows, columns, channels = _checked(features, boxes, stride, size)
    if samples < 1:
        raise ValueError(f"expected a sample or more, got {samples!r}")
    share = (ops.arange(size * samples, dtype="float32") + 0.5) / (size * samples)
    low, high = boxes[..., :2, None] / stride, boxes[..., 2:, None] / stride
    points = low + (high - low) * share - 0.5  # (batch, n, 2, size · samples), in places
    by_column = _weights(points[:, :, 0], columns, size, samples)
    by_row = _weights(points[:, :, 1], rows, size, samples)
    batch, count = ops.shape(features)[0], ops.shape(boxes)[1]
    by_row = ops.reshape(by_row, (batch, count * size, rows))  # one product a picture: the fastest
    read = ops.matmul(by_row, ops.reshape(features, (batch, rows, columns * channels)))
    read = ops.reshape(read, (batch, count, size, columns, channels))
    return ops.matmul(by_column[:, :, None], read)


def _weights(points: Tensor, places: int, size: int, samples: int) -> Tensor:
    """Bilinear weights of every place in every bin's mean: (batch, n, size, places)."""
    points = ops.clip(points, 0, places - 1)[..., None]
    weights = ops.maximum(0.0, 1.0 - ops.abs(points - ops.arange(places, dtype="float32")))
    count = ops.shape(points)[1]
    return ops.mean(ops.reshape(weights, (-1, count, size, samples, places)), axis=3)


def _most_places(places: int, size: int) -> int:
    """Along one side of a bin: a size-th of all places, and what rounding adds at both ends."""
    return min(places, -(-places // size) + 1)


def _maxima(features: Tensor, most: int) -> tuple[Tensor, int]:
    """Largest values of all windows of 2^i rows and 2^j columns, and how many i there are.

    (i, j, batch, rows, columns, channels), kept at the place (2^i - 1) // 2 rows below and
    (2^j - 1) // 2 columns to the right of the window's first, as pooling with "same" does. A bin of
    up to `most` rows and columns is covered by four windows of one kind.
    """
    sides = [2**level for level in range(max(1, (most - 1).bit_length()))]
    sizes = [(rows, columns) for rows in sides for columns in sides]
    larger = [ops.max_pool(features, size, strides=1, padding="same") for size in sizes[1:]]
    return ops.stack([features, *larger]), len(sides)


def _checked(features: Tensor, boxes: Tensor, stride: int, size: int) -> tuple[int, int, int]:
    shape, box_shape = tuple(features.shape), tuple(boxes.shape)
    if len(shape) != 4 or None in shape[1:] or min(shape[1:]) < 1:
        raise ValueError(f"expected features (batch, rows, columns, channels), got {shape}")
    if len(box_shape) != 3 or box_shape[2] != 4:
        raise ValueError(f"expected boxes (batch, n, 4), got {box_shape}")
    if stride < 1 or size < 1:
        raise ValueError(f"expected a stride and a size of 1 or more, got {stride!r} and {size!r}")
    return shape[1], shape[2], shape[3]
