"""Scenes with several digits: the bytes, boxes and masks beside the picture, bad input."""

import hashlib

import numpy as np
import pytest

from helpers.boxes import area, overlap
from helpers.datasets import load_mnist
from helpers.scenes import digit_scenes

SHA256 = (  # of images and boxes, made of RandomState and integers only
    "702bfa08a3638a399d840af9d29ef3d5d43fd8ca19e7ac9cb19d716c98bb5fde",
    "ad3ebe330c55c408bbf6358a21813d9252a953f7cc3859b71edf1befa497abf9",
)
DIGITS = np.full((2, 28, 28), 200, np.uint8)


@pytest.fixture(scope="module")
def digits():
    return load_mnist()


def digests(arrays):
    return tuple(hashlib.sha256(array.tobytes()).hexdigest() for array in arrays)


def test_scenes_are_the_same_bytes_on_every_machine(digits):
    made = digit_scenes(digits[0], 5000, seed=0)
    assert made.images.dtype == np.uint8 and made.masks is None
    assert digests((made.images, made.boxes.astype("<i8"))) == SHA256
    counts = np.bincount((made.labels >= 0).sum(axis=1), minlength=6)
    assert counts[0] == 0 and counts[1:].min() > 800  # one to five digits, about evenly


@pytest.fixture(scope="module")
def some_scenes(digits):
    return digit_scenes(digits[1], 60, seed=3, masks=True)


def test_masks_change_nothing_else(digits, some_scenes):
    plain = digit_scenes(digits[1], 60, seed=3)
    assert all(np.array_equal(a, b) for a, b in zip(plain[:3], some_scenes[:3], strict=True))


def test_boxes_are_tight_on_the_ink_and_inside(some_scenes):
    """No side of a box can be moved inwards by more than two pixels without cutting the mask."""
    for masks, boxes, labels in zip(
        some_scenes.masks, some_scenes.boxes, some_scenes.labels, strict=True
    ):
        shown = int((labels >= 0).sum())
        assert (labels[:shown] >= 0).all() and (labels[shown:] == -1).all()
        assert not boxes[shown:].any() and not masks[shown:].any()
        for mask, (x_min, y_min, x_max, y_max) in zip(masks[:shown], boxes[:shown], strict=True):
            assert 0 <= x_min < x_max <= 128 and 0 <= y_min < y_max <= 128
            assert 16 <= max(x_max - x_min, y_max - y_min) <= 52
            inside = mask[y_min:y_max, x_min:x_max]
            assert mask.sum() == inside.sum() > 0
            # faint ink at the border may be below the mask's quarter: two pixels at most
            rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
            assert rows[0] <= 2 and rows[-1] >= len(inside) - 3
            assert columns[0] <= 2 and columns[-1] >= inside.shape[1] - 3


def test_ink_is_where_the_masks_are(some_scenes):
    bright = [image[mask] for image, masks in zip(*some_scenes[::3], strict=True) for mask in masks]
    assert min(pixels.min() for pixels in bright if len(pixels)) >= 64
    covered = some_scenes.masks.any(axis=1)
    assert some_scenes.images[covered].mean() > 2 * some_scenes.images[~covered].mean()


def test_digits_share_a_quarter_of_the_smaller_box_at_most(some_scenes):
    worst = 0.0
    for boxes, labels in zip(some_scenes.boxes, some_scenes.labels, strict=True):
        there = boxes[labels >= 0]
        shared, areas = overlap(there, there), area(there)
        np.fill_diagonal(shared, 0)
        worst = max(worst, (shared / np.minimum.outer(areas, areas)).max())
    assert 0.1 < worst <= 0.25


def test_a_scene_may_show_one_digit_only_and_no_scene_is_allowed(digits):
    one = digit_scenes(digits[0], 20, seed=0, most=1)
    assert one.boxes.shape == (20, 1, 4) and (one.labels >= 0).all()
    assert digit_scenes(digits[0], 0, seed=0).images.shape == (0, 128, 128)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"digits": (np.zeros((2, 28, 28)), np.zeros(2))}, "of bytes, got .* of float64"),
        ({"digits": (np.zeros((0, 28, 28), np.uint8), np.zeros(0))}, r"got \(0, 28, 28\)"),
        ({"digits": (DIGITS, np.zeros(3))}, r"expected 2 labels, got \(3,\)"),
        ({"count": -1}, "got -1 and 5"),
        ({"most": 0}, "got 1 and 0"),
    ],
)
def test_scenes_refuse_bad_input_in_one_sentence(change, sentence):
    given = {"digits": (DIGITS, np.zeros(2, int)), "count": 1, "seed": 0} | change
    with pytest.raises(ValueError, match=sentence):
        digit_scenes(**given)
