"""Pictures made of real digits: one on a cluttered canvas (lessons lenet_alexnet to resnet), and
scenes with several (lessons boxes to mask_rcnn).

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

SCENE_SIDE = 128  # in pixels
SCENE_DIGITS = 5  # at most
SCENE_DIGIT_SIDES = (16, 52)
SCENE_PIECES = 8
SCENE_TRIES = 20  # places looked at before a digit is left out
VISIBLE = 64  # ink below this is lost in the noise: it is in no box and no mask

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


class Scenes(NamedTuple):
    """Pictures that show one or more digits each; what is beyond a picture's digits is empty."""

    images: np.ndarray  # (n, 128, 128) as bytes 0-255
    boxes: np.ndarray  # (n, most, 4) int64: (x_min, y_min, x_max, y_max) in pixels; 0 where empty
    labels: np.ndarray  # (n, most) int64, 0-9; -1 where empty
    masks: np.ndarray | None  # (n, most, 128, 128) booleans: where a digit's ink is


def digit_scenes(
    digits: Pair, count: int, seed: int, most: int = SCENE_DIGITS, masks: bool = False
) -> Scenes:
    """Scenes with one to `most` real digits of 16 to 52 pixels, on a cluttered background.

    Behind the digits are a gradient, noise and eight pieces of digits. Digits may overlap, but no
    two by more than a quarter of the smaller one's box; a digit for which 20 places at random are
    all taken is left out.

    Args:
        digits: images (n, height, width) as bytes 0-255, each with a quarter of full ink
            somewhere, and labels (n,).
            For training and testing they should come from two parts that share no digit.
        count: of scenes.
        seed: of the stream that all choices come from.
        most: digits in a scene, one or more.
        masks: whether to draw the masks, too: 16 KiB a digit. A pixel belongs to the mask where a
            quarter of full ink or more was put on it. The rest of the scenes stays the same.

    Returns:
        The scenes, in int64 and bytes that are the same on every machine.

    Raises:
        ValueError: if the digits are no such arrays, or a number is below its least.
    """
    images, labels = digits
    _check_digits(images, labels)
    if count < 0 or most < 1:
        raise ValueError(f"expected 0 scenes or more of 1 digit or more, got {count} and {most}")
    rng = np.random.RandomState(seed)
    scenes = _no_scenes(count, most, masks)
    for index in range(count):
        canvas = _scene_background(rng)
        for other in rng.randint(0, len(images), SCENE_PIECES):
            piece = _piece(ink(images[other]), rng) * 7 // 10
            _put(canvas, piece, *_somewhere(piece.shape, rng))
        row = 0
        for digit in rng.randint(0, len(images), rng.randint(1, most + 1)):
            side = rng.randint(SCENE_DIGIT_SIDES[0], SCENE_DIGIT_SIDES[1] + 1)
            pixels = resized(ink(np.where(images[digit] < VISIBLE, 0, images[digit])), side)
            box = _free_box(pixels.shape, scenes.boxes[index, :row], rng)
            if box:
                _put(canvas, pixels, box[0], box[1])
                scenes.boxes[index, row] = box
                scenes.labels[index, row] = labels[digit]
                if scenes.masks is not None:
                    x_min, y_min, x_max, y_max = box
                    scenes.masks[index, row, y_min:y_max, x_min:x_max] = pixels >= VISIBLE
                row += 1
        scenes.images[index] = canvas
    return scenes


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


def _check_digits(images: np.ndarray, labels: np.ndarray) -> None:
    if images.ndim != 3 or images.dtype != np.uint8 or not len(images):
        raise ValueError(
            f"expected digits (n, height, width) of bytes, got {images.shape} of {images.dtype}"
        )
    if labels.shape != (len(images),):
        raise ValueError(f"expected {len(images)} labels, got {labels.shape}")


def _no_scenes(count: int, most: int, masks: bool) -> Scenes:
    return Scenes(
        np.zeros((count, SCENE_SIDE, SCENE_SIDE), np.uint8),
        np.zeros((count, most, 4), np.int64),
        np.full((count, most), -1, np.int64),
        np.zeros((count, most, SCENE_SIDE, SCENE_SIDE), bool) if masks else None,
    )


def _scene_background(rng: np.random.RandomState) -> np.ndarray:
    """A gradient between two levels in a random direction, and noise: (128, 128)."""
    low, rise, fall = rng.randint(0, 64, 3)
    place = np.arange(SCENE_SIDE)
    steps = rise * place[:, None] + fall * place[:: 1 - 2 * rng.randint(2)]
    canvas: np.ndarray = low + steps // SCENE_SIDE + rng.randint(0, 32, (SCENE_SIDE, SCENE_SIDE))
    return canvas


def _somewhere(shape: tuple[int, ...], rng: np.random.RandomState) -> tuple[int, int]:
    """Left and upper side of a place for so many rows and columns in a scene."""
    return rng.randint(0, SCENE_SIDE - shape[1] + 1), rng.randint(0, SCENE_SIDE - shape[0] + 1)


def _free_box(
    shape: tuple[int, ...], taken: np.ndarray, rng: np.random.RandomState
) -> tuple[int, int, int, int] | None:
    """A box for so many rows and columns that shares at most a quarter with any taken one."""
    for _ in range(SCENE_TRIES):
        x, y = _somewhere(shape, rng)
        box = (x, y, x + shape[1], y + shape[0])
        sides = np.minimum(box[2:], taken[:, 2:]) - np.maximum(box[:2], taken[:, :2])
        shared = np.prod(np.maximum(sides, 0), axis=1)
        areas = np.prod(taken[:, 2:] - taken[:, :2], axis=1)
        if np.all(4 * shared <= np.minimum(areas, shape[0] * shape[1])):
            return box
    return None


def _put(canvas: np.ndarray, pixels: np.ndarray, left: int, top: int) -> None:
    """Put ink on a scene; where there is none, the canvas shows through."""
    place = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    place += (255 - place) * pixels // 255
