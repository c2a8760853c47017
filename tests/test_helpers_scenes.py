"""Digits on cluttered canvases: the bytes, the three parts, each step of a scene, bad input."""

import hashlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.datasets import load_mnist
from helpers.scenes import clutter, cluttered_digits, ink, resized

# made of RandomState and integers only: the same on every machine and with every NumPy
SHA256 = {
    "train": (
        "a44895f44d1cd4707a921bc41b78e554b7e74a4ae0c6483ff2fc509a8d67af24",
        "d022f92f4ee6d19c2f97aa2306573077c775b202fa61cf6354d0a1c8f201ed47",
    ),
    "validation": (
        "d55559dad8ac0d3cb8bf9b470b565d944f087404c4e05d65f9b38a857ae8bd45",
        "f5d57b9bb0603ef0adfba278d46cfc6d612d633c5b67bcb2b0024c17282c11a3",
    ),
    "test": (
        "97f6d8651e3a8826dcff06cb6d4f6e0c642eb73112bae06db313c1e8859f72b9",
        "b7f6c4a228691b05ebfbe9b3f65c15a0a98e99e0d6e78d37cba3412a36551251",
    ),
}
PARTS = tuple(SHA256)


@pytest.fixture(scope="module")
def digits():
    return load_mnist()


@pytest.fixture(scope="module")
def scenes(digits):
    return cluttered_digits(digits)


def digests(part):
    return tuple(hashlib.sha256(array.tobytes()).hexdigest() for array in part)


def rectangles(count, brightness, side=None, seed=0):
    """Digits that are one rectangle of one brightness, of random sizes or of one."""
    rng = np.random.RandomState(seed)
    images = np.zeros((count, 28, 28), np.uint8)
    for image in images:
        height, width = rng.randint(1, 29, 2) if side is None else (side, side)
        row, column = rng.randint(0, 29 - height), rng.randint(0, 29 - width)
        image[row : row + height, column : column + width] = brightness
    return images


def small(train=80, test=20):
    """A set of digits made of rectangles, with places as labels."""
    images = rectangles(train + test, 200)
    labels = np.arange(train + test, dtype=np.uint8)
    return (images[:train], labels[:train]), (images[train:], labels[train:])


def replaced(digits, *parts):
    """The same digits, but for rectangles in some parts."""
    (x_train, y_train), (x_test, y_test) = digits
    x_train, x_test = x_train.copy(), x_test.copy()
    first = len(x_train) * 7 // 8
    places = {"train": x_train[:first], "validation": x_train[first:], "test": x_test}
    for part in parts:
        places[part][:] = rectangles(len(places[part]), 100, seed=9)
    return (x_train, y_train), (x_test, y_test)


def changed(one, other):
    """Names of the parts whose images are not the same bytes."""
    pairs = zip(one, other, strict=True)
    differs = [a[0].tobytes() != b[0].tobytes() for a, b in pairs]
    return {part for part, differ in zip(PARTS, differs, strict=True) if differ}


def test_the_bytes_are_the_same_everywhere(scenes):
    found = {name: digests(part) for name, part in zip(scenes._fields, scenes, strict=True)}
    assert found == SHA256


def test_shapes_types_and_labels_in_order(digits, scenes):
    (_, y_train), (_, y_test) = digits
    for (images, labels), count in zip(scenes, (7_000, 1_000, 2_000), strict=True):
        assert images.shape == (count, 40, 40) and images.dtype == np.uint8
        assert labels.shape == (count,) and labels.dtype == np.uint8
    np.testing.assert_array_equal(scenes.train[1], y_train[:7_000])
    np.testing.assert_array_equal(scenes.validation[1], y_train[7_000:])
    np.testing.assert_array_equal(scenes.test[1], y_test)


def test_the_digit_stands_out(scenes):
    for images, _ in scenes:
        brightest = images.max(axis=(1, 2))
        assert brightest.mean() > 253 and brightest.min() > 200
        assert 60 < images.mean() < 150  # of a whole canvas


def test_train_scenes_come_from_the_first_7000_digits_only(digits, scenes):
    assert changed(scenes, cluttered_digits(replaced(digits, "train"))) == {"train"}
    others = ("validation", "test")
    assert changed(scenes, cluttered_digits(replaced(digits, *others))) == set(others)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_depends_on_its_own_digits(part):
    scenes = cluttered_digits(small())
    assert changed(scenes, cluttered_digits(replaced(small(), part))) == {part}
    others = set(PARTS) - {part}
    assert changed(scenes, cluttered_digits(replaced(small(), *others))) == others


@pytest.mark.parametrize(
    ("half", "place", "part", "index"),
    [
        (0, 0, "train", 0),
        (0, 69, "train", 69),
        (0, 70, "validation", 0),
        (0, 79, "validation", 9),
        (1, 0, "test", 0),
        (1, 19, "test", 19),
    ],
)
def test_one_digit_changes_its_scene_in_its_part(half, place, part, index):
    digits = small()
    before = cluttered_digits(digits)
    digits[half][0][place] //= 2
    after = cluttered_digits(digits)
    assert changed(before, after) == {part}
    (images, labels), (other_images, other_labels) = getattr(before, part), getattr(after, part)
    assert (images[index] != other_images[index]).any()
    assert labels[index] == other_labels[index] == place + 80 * half


def test_the_smallest_set_has_two_digits_in_each_part():
    parts = cluttered_digits(small(train=16, test=2))
    assert [len(images) for images, _ in parts] == [14, 2, 2]
    parts = cluttered_digits(small(train=23, test=3))
    assert [len(images) for images, _ in parts] == [21, 2, 3]


def test_the_digit_is_whole_on_the_canvas_with_16_to_30_pixels():
    digits = rectangles(600, 255)  # nothing but the digit gets as bright as 255
    sides, reached = set(), set()
    for digit, scene in zip(digits, clutter(digits, seed=3), strict=True):
        box = scene == 255
        rows, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
        assert len(rows) == np.ptp(rows) + 1 and len(columns) == np.ptp(columns) + 1
        assert box.sum() == len(rows) * len(columns)
        sides.add(max(len(rows), len(columns)))
        assert resized(ink(digit), max(len(rows), len(columns))).shape == (len(rows), len(columns))
        reached |= {("top", rows[0]), ("bottom", rows[-1])}
        reached |= {("left", columns[0]), ("right", columns[-1])}
    assert sides == set(range(16, 31))
    assert {("top", 0), ("left", 0), ("bottom", 39), ("right", 39)} <= reached


def test_the_background_is_a_gradient_with_noise():
    scenes = clutter(rectangles(200, 1), seed=0)  # ink of 1 leaves no trace
    rows, columns = np.indices((40, 40)).reshape(2, -1)
    planes = np.stack([np.ones(1600), rows, columns], axis=1)
    levels = scenes.reshape(200, -1).T.astype(float)
    slopes = np.linalg.lstsq(planes, levels, rcond=None)[0]
    noise = levels - planes @ slopes
    assert np.abs(noise).max() < 20 and 8 < noise.std() < 10  # as of 0 to 31
    assert scenes.max() <= 63 + 2 * 63 + 31
    across = slopes[2] * 40
    assert across.min() < -50 and across.max() > 50  # both ways
    assert (slopes[1] > -0.1).all()


def test_pieces_are_cut_from_other_digits_at_seven_tenths():
    faint, solid = rectangles(2, 1, side=28), rectangles(2, 255, side=28)
    for seed in range(60):
        bare = clutter(faint, seed)
        both = clutter(np.stack([faint[0], solid[1]]), seed)
        piece = both[0] != bare[0]
        assert 5 * 5 <= piece.sum() <= 4 * 10 * 10
        layers = [bare[0].astype(int)]
        for _ in range(4):  # pieces may lie on each other
            layers.append(layers[-1] + (255 - layers[-1]) * (255 * 7 // 10) // 255)
        assert (np.stack(layers) == both[0]).any(axis=0).all()
        assert (both[1][both[1] != bare[1]] == 255).all()  # the digit: no piece of its own


def test_the_seed_decides_and_the_input_is_not_changed():
    digits = rectangles(30, 200)
    kept = digits.copy()
    scenes = clutter(digits, seed=5)
    np.testing.assert_array_equal(scenes, clutter(digits, seed=5))
    np.testing.assert_array_equal(digits, kept)
    assert (scenes != clutter(digits, seed=6)).any(axis=(1, 2)).all()
    scenes[:] = 0  # nor is anything kept between calls
    assert clutter(digits, seed=5).max() > 200


def test_seeding_leaves_the_global_stream_alone():
    np.random.seed(1)
    expected = np.random.RandomState(1).randint(1_000_000)
    clutter(rectangles(2, 200), seed=0)
    assert np.random.randint(1_000_000) == expected


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    above=st.integers(0, 5),
    left=st.integers(0, 5),
    seed=st.integers(0, 99),
)
def test_ink_is_cropped_tightly(height, width, above, left, seed):
    box = np.random.RandomState(seed).randint(0, 2, (height, width)).astype(np.uint8)
    box[0, -1] = box[-1, 0] = 200
    digit = np.pad(box, [(above, 3), (left, 2)])
    np.testing.assert_array_equal(ink(digit), box)
    assert ink(digit).dtype == np.int64


SIZES = {"height": st.integers(1, 28), "width": st.integers(1, 28)}


@settings(max_examples=150, deadline=None)
@given(**SIZES, side=st.integers(1, 45), level=st.integers(0, 255), seed=st.integers(0, 999))
def test_resizing_keeps_proportions_range_and_constants(height, width, side, level, seed):
    pixels = np.random.RandomState(seed).randint(0, 256, (height, width))
    result = resized(pixels, side)
    longer, shorter = max(height, width), min(height, width)
    assert max(result.shape) == side and (result.shape[0] >= result.shape[1] or height <= width)
    assert abs(min(result.shape) - shorter * side / longer) < 1 and min(result.shape) >= 1
    assert result.dtype == np.int64
    assert pixels.min() <= result.min() and result.max() <= pixels.max()
    assert (resized(np.full((height, width), level), side) == level).all()
    np.testing.assert_array_equal(resized(pixels, longer), pixels)
    np.testing.assert_array_equal(resized(pixels.T, side), result.T)


@settings(max_examples=150, deadline=None)
@given(**SIZES, more=st.integers(0, 20), black_and_white=st.booleans(), seed=st.integers(0, 999))
def test_enlarging_agrees_with_opencv(height, width, more, black_and_white, seed):
    pixels = np.random.RandomState(seed).randint(0, 256, (height, width)).astype(np.uint8)
    if black_and_white:
        pixels = (pixels // 128 * 255).astype(np.uint8)
    result = resized(pixels.astype(int), max(height, width) + more)
    theirs = cv2.resize(pixels, result.shape[::-1], interpolation=cv2.INTER_LINEAR)
    assert np.abs(result - theirs.reshape(result.shape)).max() <= 2


DIGITS = rectangles(3, 200)
BLANK = np.stack([DIGITS[0], np.zeros((28, 28), np.uint8)])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: clutter(DIGITS[0], 0), r".* of bytes, got \(28, 28\) of uint8"),
        (lambda: clutter(DIGITS[..., None], 0), r".* of bytes, got \(3, 28, 28, 1\) of uint8"),
        (lambda: clutter(DIGITS / 255, 0), r".* of bytes, got \(3, 28, 28\) of float64"),
        (lambda: clutter(DIGITS.astype("int64"), 0), r".* of bytes, got \(3, 28, 28\) of int64"),
        (lambda: clutter(DIGITS[:1], 0), "two digits or more, got 1"),
        (lambda: clutter(DIGITS[:0], 0), "two digits or more, got 0"),
        (lambda: clutter(BLANK, 0), "a digit with ink, got a blank one"),
        (lambda: ink(BLANK[1]), "a digit with ink, got a blank one"),
        (lambda: cluttered_digits(small(train=15)), "16 training digits or more, got 15"),
        (lambda: cluttered_digits(small(test=1)), "two digits or more, got 1"),
        (lambda: resized(ink(DIGITS[0]), 0), "a side of 1 or more, got 0"),
        (lambda: resized(ink(DIGITS[0]), -3), "a side of 1 or more, got -3"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=rf"^expected {sentence}$"):
        call()
