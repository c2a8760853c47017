"""Regions of a feature map brought to one size, inside a network: RoIPool and RoIAlign.

Both are `keras.ops` alone, compile under XLA on static shapes, and let gradients through to the
feature map. Boxes are (x_min, y_min, x_max, y_max) in pixels of the picture, as everywhere.
"""

from typing import Any

from keras import ops

Tensor = Any  # of any Keras backend, symbolic or not
LOW, HIGH = slice(0, 2), slice(2, 4)  # of a box


def roi_pool(features: Tensor, boxes: Tensor, stride: int, size: int = 7) -> Tensor:
    """The largest value of each of size × size bins of every box (Girshick 2015, section 2.1).

    A box is divided by the stride, rounded to whole places of the feature map, cut off at its
    borders, and never smaller than one place. A bin reaches from the place where it begins,
    rounded down, to where it ends, rounded up, so that bins of small boxes share places.

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
    limits = ops.convert_to_tensor([columns, rows], "int32")
    low, high = (ops.cast(ops.round(boxes[..., part] / stride), "int32") for part in (LOW, HIGH))
    low = ops.clip(low, 0, limits - 1)
    high = ops.clip(ops.maximum(high, low + 1), 1, limits)
    low, places = low[..., None], (high - low)[..., None]  # (batch, n, 2, 1)
    number = ops.arange(size, dtype="int32")
    first = low + number * places // size
    last = low + ((number + 1) * places + size - 1) // size
    table, levels = _maxima(features, _most_places(max(rows, columns), size))
    level = sum(ops.cast(last - first >= 2**k, "int32") for k in range(1, levels))
    last = last - 2**level  # two windows of 2^level places, from `first` and from `last`
    picture = ops.arange(ops.shape(features)[0])[:, None, None, None]
    window = (picture * levels + level[:, :, 1, :, None]) * levels + level[:, :, 0, None, :]
    flat = ops.reshape(table, (-1, channels))
    pooled = None
    for y in (first[:, :, 1, :, None], last[:, :, 1, :, None]):
        for x in (first[:, :, 0, None, :], last[:, :, 0, None, :]):
            corner = ops.take(flat, (window * rows + y) * columns + x, axis=0)
            pooled = corner if pooled is None else ops.maximum(pooled, corner)
    return pooled


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
    rows, columns, _ = _checked(features, boxes, stride, size)
    if samples < 1:
        raise ValueError(f"expected a sample or more, got {samples!r}")
    share = (ops.arange(size * samples, dtype="float32") + 0.5) / (size * samples)
    low, high = boxes[..., :2, None] / stride, boxes[..., 2:, None] / stride
    points = low + (high - low) * share - 0.5  # (batch, n, 2, size · samples), in places
    by_column = _weights(points[:, :, 0], columns, size, samples)
    by_row = _weights(points[:, :, 1], rows, size, samples)
    return ops.einsum(
        "bnqx,bnpxc->bnpqc", by_column, ops.einsum("bnpy,byxc->bnpxc", by_row, features)
    )


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

    (batch, i, j, rows, columns, channels), by the window's upper left place. Any window of up to
    `most` rows and columns is covered by four of these: a bin's maximum takes four look-ups.
    """
    levels = most.bit_length()
    tall = [features]
    for level in range(1, levels):
        tall.append(_next_maxima(tall[-1], 2 ** (level - 1), axis=1))
    table = []
    for windows in tall:
        wide = [windows]
        for level in range(1, levels):
            wide.append(_next_maxima(wide[-1], 2 ** (level - 1), axis=2))
        table.append(ops.stack(wide, axis=1))
    return ops.stack(table, axis=1), levels


def _next_maxima(windows: Tensor, step: int, axis: int) -> Tensor:
    """Maxima of windows twice as long along an axis; what lies beyond the border is left out."""
    beyond = windows[:, step:] if axis == 1 else windows[:, :, step:]
    padding = [(0, 0)] * 4
    padding[axis] = (0, min(step, int(windows.shape[axis])))
    return ops.maximum(windows, ops.pad(beyond, padding, constant_values=-float("inf")))


def _checked(features: Tensor, boxes: Tensor, stride: int, size: int) -> tuple[int, int, int]:
    shape, box_shape = tuple(features.shape), tuple(boxes.shape)
    if len(shape) != 4 or None in shape[1:] or min(shape[1:]) < 1:
        raise ValueError(f"expected features (batch, rows, columns, channels), got {shape}")
    if len(box_shape) != 3 or box_shape[2] != 4:
        raise ValueError(f"expected boxes (batch, n, 4), got {box_shape}")
    if stride < 1 or size < 1:
        raise ValueError(f"expected a stride and a size of 1 or more, got {stride!r} and {size!r}")
    return shape[1], shape[2], shape[3]
