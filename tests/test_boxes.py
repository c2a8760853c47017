"""What lesson boxes builds by hand, over many shapes and places."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from helpers.boxes import encode, iou
from helpers.datasets import load_mnist
from helpers.metrics import interpolated, precision_and_recall
from helpers.scenes import digit_scenes

numbers = st.integers(0, 2**31 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("boxes")


def random_boxes(seed, count=15):
    rng = np.random.RandomState(seed)
    low = rng.randint(0, 60, (count, 2))
    return np.concatenate([low, low + rng.randint(1, 50, (count, 2))], axis=1)


@settings(max_examples=50, deadline=None)
@given(numbers, st.sampled_from([0.0, 0.25, 0.5, 0.9]))
def test_boxes_by_hand_are_those_of_the_libraries(seed, threshold):
    lesson, boxes = definitions("boxes"), random_boxes(seed)
    others, scores = random_boxes(seed + 1), np.random.RandomState(seed).permutation(15) / 15
    by_hand = [[lesson["iou_by_hand"](box, other) for other in others] for box in boxes]
    np.testing.assert_allclose(by_hand, iou(boxes, others))
    deltas = [lesson["deltas_by_hand"](*pair) for pair in zip(boxes, others, strict=True)]
    np.testing.assert_allclose(deltas, encode(boxes, others), atol=1e-12)
    library = tf.image.non_max_suppression(boxes.astype("float32"), scores, 15, threshold)
    assert lesson["suppressed"](boxes, scores, threshold) == library.numpy().tolist()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), max_size=30), st.integers(0, 5))
def test_average_precision_by_hand_is_that_of_helpers(right, missed):
    right = np.array(right, bool)
    objects = max(1, int(right.sum()) + missed)
    by_hand = definitions("boxes")["average_precision_by_hand"](right, objects)
    ours = interpolated(*precision_and_recall(right, objects)).mean()
    assert by_hand == pytest.approx(ours)


def test_a_window_shows_the_pixels_of_its_box(lesson):
    across = np.tile(np.arange(128, dtype=np.uint8), (128, 1))
    x_min, y_min, x_max, y_max = lesson["WINDOWS"].T
    assert min(x_min.min(), y_min.min()) == 0 and max(x_max.max(), y_max.max()) <= 128
    for picture, low, high in ((across, x_min, x_max), (across.T.copy(), y_min, y_max)):
        windows = lesson["cut_out"](picture, lesson["PLACES"])
        assert windows.shape == (len(low), 28, 28)
        means = windows.mean(axis=(1, 2)) + 0.5  # the centre of pixel i is at i + ½
        assert np.abs(means - (low + high) / 2).max() < 0.6
        assert np.abs(np.ptp(windows, axis=(1, 2)) - (high - low)).max() < 2.5


def test_windows_are_16_to_49_pixels_wide_and_reach_both_corners(lesson):
    sides = lesson["WINDOWS"][:, 2] - lesson["WINDOWS"][:, 0]
    assert sides.min() == pytest.approx(16) and 48 < sides.max() < 50
    assert len(np.unique(lesson["WINDOWS"], axis=0)) == len(lesson["WINDOWS"])
    for level, size in enumerate(lesson["SIZES"]):
        of_level = lesson["WINDOWS"][lesson["PLACES"][:, 0] == level]
        left_out = 128 - of_level[:, 2:].max(axis=0)  # at the right, and at the bottom
        assert (left_out < lesson["STRIDE"] * 128 / size).all()
        assert (of_level[:, :2].min(axis=0) == 0).all()


def test_the_square_around_a_box_has_its_centre_and_its_longer_side(lesson):
    squares = lesson["squared"](np.array([[10, 20, 20, 50], [0, 0, 8, 4]]))
    assert squares.tolist() == [[0, 20, 30, 50], [0, -2, 8, 6]]


def test_examples_are_of_the_class_that_they_show(lesson):
    scenes = digit_scenes(load_mnist()[1], 20, seed=0)
    for number in range(20):
        one = type(scenes)(*(part[[number]] for part in scenes[:3]), None)
        windows, classes = lesson["window_examples"](one, np.random.RandomState(number))
        there = one.labels[0] >= 0
        digits = (classes < 10).sum()
        assert len(windows) == len(classes) and digits <= 6 and (classes == 10).sum() <= 22
        assert set(classes) <= {*one.labels[0][there], 10}
        cut = lesson["cut_out"](one.images[0], lesson["PLACES"])
        ious = iou(lesson["WINDOWS"], lesson["squared"](one.boxes[0][there]))
        for window, label in zip(windows, classes, strict=True):
            places = np.flatnonzero((cut == window).all(axis=(1, 2)))
            assert len(places) >= 1
            best = ious[places].max(axis=1)
            if label == 10:
                assert best.min() < 0.5
            else:
                assert best.max() >= 0.6
                nearest = one.labels[0][there][ious[places].argmax(axis=1)]
                assert label in nearest


def test_a_scene_without_a_likely_window_has_no_detections(lesson):
    scores = np.full((len(lesson["WINDOWS"]), 11), 0.01)
    found = lesson["detections"](scores, 0.5)
    assert found.boxes.shape == (0, 4) and found.scores.shape == found.labels.shape == (0,)
    scores[7, 3] = 0.9
    found = lesson["detections"](scores, 0.5)
    assert found.labels.tolist() == [3] and found.scores.tolist() == [0.9]
    np.testing.assert_allclose(found.boxes[0], lesson["WINDOWS"][7])
