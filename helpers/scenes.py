"""Pictures made of real digits: one on a cluttered canvas (lessons lenet_alexnet to resnet).

All of it is `RandomState` and integer arithmetic, so that the bytes are the same on every machine
and with every release of NumPy.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from helpers.datasets import Digits

SIDE = 40  # of the canvas, in pixels
DIGIT_SIDES = (16, 30)  # the longer side of the digit's ink, both ends included
PIECES, PIECE_SIDES = 4, (5, 10)

Pair = tuple[np.ndarray, np.ndarray]


class ClutteredDigits(NamedTuple):
    """Three pairs of images (n, 40, 40), as bytes 0-255, and labels (n,)."""

    train: Pair
    validation: Pair
    test: Pair


def cluttered_digits(digits: Digits) -> ClutteredDigits:
    """Put each digit on a cluttered canvas of its own, and split off validation data.

    The last eighth of the training digits makes the validation data. The pieces that clutter a
    canvas come from the same part as its digit, so no digit is seen in two parts.

    Args:
        digits: as `load_mnist` returns them.

    Returns:
        The three parts; of the 8,000 + 2,000 embedded digits 7,000, 1,000 and 2,000.

    Raises:
        ValueError: as `clutter`, or if there are fewer than 16 training digits.
    """
    (x_train, y_train), (x_test, y_test) = digits
    if len(x_train) < 16:
        raise ValueError(f"expected 16 training digits or more, got {len(x_train)}")
    first = len(x_train) - len(x_train) // 8
    return ClutteredDigits(
        (clutter(x_train[:first], seed=0), y_train[:first]),
        (clutter(x_train[first:], seed=1), y_train[first:]),
        (clutter(x_test, seed=2), y_test),
    )


def clutter(digits: np.ndarray, seed: int) -> np.ndarray:
    """Put each digit somewhere on a canvas with a gradient, noise and pieces of other digits.

    Its ink is resized so that the longer side has 16 to 30 of the canvas's 40 pixels. The four
    pieces are squares of 5 to 10 pixels, cut from other digits, at 0.7 of their brightness.

    Args:
        digits: (n, height, width) as bytes 0-255, 255 being ink; two or more, none of them blank.
        seed: of the stream that all choices come from.

    Returns:
        (n, 40, 40) as bytes.

    Raises:
        ValueError: if the digits are not such an array.
    """
    if digits.ndim != 3 or digits.dtype != np.uint8:
        raise ValueError(
            f"expected digits (n, height, width) of bytes, got {digits.shape} of {digits.dtype}"
        )
    if len(digits) < 2:
        raise ValueError(f"expected two digits or more, got {len(digits)}")
    rng = np.random.RandomState(seed)
    inks = [ink(digit) for digit in digits]
    canvases = _backgrounds(len(digits), rng)
    for index, canvas in enumerate(canvases):
        for _ in range(PIECES):
            other = (index + rng.randint(1, len(digits))) % len(digits)
            piece = _piece(inks[other], rng)
            _paste(canvas, piece * 7 // 10, rng)
        side = rng.randint(DIGIT_SIDES[0], DIGIT_SIDES[1] + 1)
        _paste(canvas, resized(inks[index], side), rng)
    return canvases.astype(np.uint8)


def ink(digit: np.ndarray) -> np.ndarray:
    """The smallest box that holds all pixels above 0.

    Args:
        digit: (height, width).

    Returns:
        The box's pixels, as int64.

    Raises:
        ValueError: if all pixels are 0.
    """
    if not digit.any():
        raise ValueError("expected a digit with ink, got a blank one")
    rows, columns = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.int64)


def resized(pixels: np.ndarray, longer_side: int) -> np.ndarray:
    """Resize by bilinear interpolation in integers, keeping the proportions.

    Args:
        pixels: (height, width) of whole numbers 0-255.
        longer_side: of the result, in pixels, one or more.

    Returns:
        Whole numbers 0-255, one row and one column at least.

    Raises:
        ValueError: if the side is below 1.
    """
    if longer_side < 1:
        raise ValueError(f"expected a side of 1 or more, got {longer_side}")
    height, width = pixels.shape
    longer = max(height, width)
    rows = _weights(height, max(1, (height * longer_side + longer // 2) // longer))
    columns = _weights(width, max(1, (width * longer_side + longer // 2) // longer))
    result: np.ndarray = (rows @ pixels @ columns.T + 2**15) >> 16
    return result


@cache
def _weights(old: int, new: int) -> np.ndarray:
    """Bilinear weights in 256ths, (new, old): each row sums to 256; pixel centres at i + 1/2."""
    weights = np.zeros((new, old), np.int64)
    for place in range(new):
        position = min(max((2 * place + 1) * old * 128 // new - 128, 0), (old - 1) * 256)
        left, share = divmod(position, 256)
        weights[place, left] += 256 - share
        weights[place, min(left + 1, old - 1)] += share
    return weights


def _backgrounds(count: int, rng: np.random.RandomState) -> np.ndarray:
    """Gradients between two levels in random directions, and noise: (count, 40, 40)."""
    low, rise, fall = rng.randint(0, 64, (3, count, 1, 1))
    mirrored = rng.randint(0, 2, (count, 1, 1)) == 0
    place = np.arange(SIDE)
    rows, columns = place[None, :, None], place[None, None, :]
    columns = np.where(mirrored, SIDE - 1 - columns, columns)
    steps = rise * rows + fall * columns
    noise = rng.randint(0, 32, (count, SIDE, SIDE))
    canvases: np.ndarray = low + steps // SIDE + noise
    return canvases


def _piece(pixels: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """A square cut at random out of a digit (as much of one as a thin digit has)."""
    side = rng.randint(PIECE_SIDES[0], PIECE_SIDES[1] + 1)
    row, column = (rng.randint(0, max(1, length - side + 1)) for length in pixels.shape)
    return pixels[row : row + side, column : column + side]


def _paste(canvas: np.ndarray, pixels: np.ndarray, rng: np.random.RandomState) -> None:
    """Put ink somewhere on a canvas; where there is none, the canvas shows through."""
    height, width = pixels.shape
    row, column = (rng.randint(0, SIDE - length + 1) for length in pixels.shape)
    place = canvas[row : row + height, column : column + width]
    place += (255 - place) * pixels // 255
