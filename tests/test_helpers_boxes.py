"""Boxes against Keras and TensorFlow, by their properties, and fuzzed."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras.utils import bounding_boxes as twin

from helpers.boxes import anchor_boxes, area, class_nms, clip, decode, encode, iou, nms, overlap

COORDINATES = st.integers(-50, 50)


@st.composite
def boxes(draw, smallest=0, most=6):
    """Up to so many boxes in whole pixels, with sides of `smallest` or more."""
    count = draw(st.integers(0, most))
    low = draw(arrays(np.int64, (count, 2), elements=COORDINATES))
    sides = draw(arrays(np.int64, (count, 2), elements=st.integers(smallest, 40)))
    return np.concatenate([low, low + sides], axis=1)


def random_boxes(count, seed, side=128, smallest=1):
    rng = np.random.RandomState(seed)
    low = rng.uniform(0, side, (count, 2))
    return np.concatenate([low, low + rng.uniform(smallest, side / 2, (count, 2))], axis=1)


def test_two_boxes_by_hand():
    assert iou([[0, 0, 4, 4]], [[2, 2, 6, 6]]) == pytest.approx(4 / 28)
    assert overlap([[0, 0, 4, 4]], [[2, 2, 6, 6]]) == 4
    assert area([[0, 0, 4, 4], [1, 1, 1, 9]]).tolist() == [16, 0]


def test_iou_is_that_of_keras():
    ours, others = random_boxes(40, 0), random_boxes(30, 1)
    expected = keras.ops.convert_to_numpy(twin.compute_iou(ours, others, "xyxy"))
    np.testing.assert_allclose(iou(ours, others), expected, atol=1e-5)


@given(boxes(), boxes())
def test_iou_is_symmetric_and_between_0_and_1(ours, others):
    table = iou(ours, others)
    assert table.shape == (len(ours), len(others))
    assert (table >= 0).all() and (table <= 1).all()
    assert np.array_equal(table, iou(others, ours).T)


@given(boxes(smallest=1), COORDINATES, st.integers(1, 9))
def test_iou_is_1_with_itself_and_does_not_change_when_both_move_or_grow(ours, by, times):
    table = iou(ours, ours)
    assert np.array_equal(np.diag(table), np.ones(len(ours)))
    np.testing.assert_allclose(iou((ours + by) * times, (ours + by) * times), table)


@given(boxes(), boxes())
def test_overlap_is_counted_pixel_by_pixel(ours, others):
    def painted(box):
        canvas = np.zeros((150, 150), bool)
        canvas[box[1] + 50 : box[3] + 50, box[0] + 50 : box[2] + 50] = True
        return canvas

    expected = [[(painted(one) & painted(other)).sum() for other in others] for one in ours]
    assert overlap(ours, others).tolist() == np.reshape(expected, (len(ours), len(others))).tolist()


def test_deltas_are_those_of_keras():
    ours, anchors = random_boxes(50, 2), random_boxes(50, 3)
    expected = twin.encode_box_to_deltas(anchors, ours, "xyxy", "xyxy")
    rows_first = encode(ours, anchors)[:, [1, 0, 3, 2]]  # Keras gives y before x
    np.testing.assert_allclose(rows_first, expected.numpy(), atol=1e-5, rtol=1e-5)


@given(boxes(smallest=1), st.integers(0, 2**32 - 1))
def test_decoding_undoes_encoding(ours, seed):
    rng = np.random.RandomState(seed)
    sides = rng.uniform(1, 40, (len(ours), 2))
    low = rng.uniform(-50, 50, (len(ours), 2))
    anchors = np.concatenate([low, low + sides], axis=1)
    np.testing.assert_allclose(decode(encode(ours, anchors), anchors), ours, atol=1e-9)


def test_a_delta_by_hand_and_the_largest_side():
    anchor = [[10, 10, 20, 30]]
    assert encode([[15, 10, 25, 30]], anchor).tolist() == [[0.5, 0, 0, 0]]
    assert encode([[5, 10, 25, 30]], anchor)[0, 2] == pytest.approx(np.log(2))
    grown = decode([[0, 0, 99, 0]], anchor)
    assert grown[0, 2] - grown[0, 0] == pytest.approx(10 * 1000 / 16)


@given(boxes(), st.integers(1, 60), st.integers(1, 60))
def test_clipped_boxes_lie_in_the_picture_and_stay(ours, height, width):
    cut = clip(ours, height, width)
    assert (cut >= 0).all() and (cut <= [width, height, width, height]).all()
    assert np.array_equal(clip(cut, height, width), cut)
    expected = overlap(ours, [[0, 0, width, height]])[:, 0]
    assert area(cut).tolist() == expected.tolist()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.7, 1.0])
def test_suppression_is_that_of_tensorflow(seed, threshold):
    ours, scores = random_boxes(60, seed, side=60), np.random.RandomState(seed).rand(60)
    rows_first = ours[:, [1, 0, 3, 2]].astype("float32")
    expected = tf.image.non_max_suppression(rows_first, scores, 25, threshold).numpy()
    assert nms(ours, scores, threshold, limit=25).tolist() == expected.tolist()


@given(boxes(smallest=1, most=12), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_no_two_kept_boxes_overlap_and_every_other_does_with_a_better_one(ours, seed, threshold):
    scores = np.random.RandomState(seed).randint(0, 4, len(ours)) / 4  # with ties
    kept = nms(ours, scores, threshold)
    order = sorted(range(len(ours)), key=lambda place: (-scores[place], place))
    assert [place for place in order if place in set(kept.tolist())] == kept.tolist()
    table = iou(ours, ours)
    for place in order:
        better = [k for k in kept if order.index(k) < order.index(place)]
        assert (place in kept) == (not any(table[place, k] > threshold for k in better))


@given(boxes(smallest=1, most=12), st.integers(0, 2**32 - 1))
def test_classes_do_not_suppress_each_other(ours, seed):
    rng = np.random.RandomState(seed)
    scores, labels = rng.permutation(len(ours)) / 16, rng.randint(0, 3, len(ours))
    apart = ours + 1000 * labels[:, None]  # classes moved where they cannot meet
    assert class_nms(ours, scores, labels).tolist() == nms(apart, scores).tolist()
    assert class_nms(ours, scores, labels, limit=2).tolist() == nms(apart, scores)[:2].tolist()


def test_anchors_stand_on_the_centres_of_their_places_with_the_areas_asked_for():
    anchors = anchor_boxes(2, 3, 8, (16, 32), (0.5, 1, 2))
    assert anchors.shape == (2 * 3 * 6, 4)
    centres = (anchors[:, :2] + anchors[:, 2:]) / 2
    expected = [[4, 4], [12, 4], [20, 4], [4, 12], [12, 12], [20, 12]]
    np.testing.assert_allclose(centres[::6], expected)
    np.testing.assert_allclose(area(anchors), np.tile([256.0] * 3 + [1024.0] * 3, 6))
    sides = anchors[:, 2:] - anchors[:, :2]
    np.testing.assert_allclose(sides[:, 1] / sides[:, 0], np.tile([0.5, 1, 2], 12))


def test_published_anchors_differ_by_their_rounding_only():
    """py-faster-rcnn's nine boxes round the sides at a base of 16 and count pixels inclusively."""
    published = np.array(
        [
            [-84, -40, 99, 55],
            [-176, -88, 191, 103],
            [-360, -184, 375, 199],
            [-56, -56, 71, 71],
            [-120, -120, 135, 135],
            [-248, -248, 263, 263],
            [-36, -80, 51, 95],
            [-80, -168, 95, 183],
            [-168, -344, 183, 359],
        ]
    )
    ours = anchor_boxes(1, 1, 16, (128, 256, 512), (0.5, 1, 2))
    ours = ours.reshape(3, 3, 4).swapaxes(0, 1).reshape(9, 4)  # ratio by ratio
    continuous = published + np.array([0, 0, 1, 1])  # the last pixel's far edge
    assert np.array_equal(continuous[3:6], ours[3:6])  # squares need no rounding
    rounded = np.array([[23, 12], [16, 16], [11, 22]])  # sides of area 256, rounded
    sides = np.concatenate([row * np.array([[8], [16], [32]]) for row in rounded])
    assert np.array_equal(continuous[:, 2:] - continuous[:, :2], sides)
    assert np.array_equal((continuous[:, :2] + continuous[:, 2:]) / 2, np.full((9, 2), 8))
    exact = ours[:, 2:] - ours[:, :2]
    assert np.abs(sides / exact - 1).max() < 0.07


BOX = [[0, 0, 4, 4]]
BAD = [
    (lambda: iou([1, 2, 3, 4], BOX), r"expected boxes \(n, 4\), got \(4,\)"),
    (lambda: iou([[1, 2, 3]], BOX), r"expected boxes \(n, 4\), got \(1, 3\)"),
    (lambda: iou([[1, 2, 3, 4], [1]], BOX), "rows of several lengths"),
    (lambda: iou([["a"] * 4], BOX), r"expected boxes \(n, 4\), got \(1, 4\) of <U1"),
    (lambda: iou([[True] * 4], BOX), "of bool"),
    (lambda: iou([[0, 0, np.nan, 1]], BOX), r"expected boxes of finite numbers within ±1e9, got"),
    (lambda: iou([[0, 0, 2e9, 1]], BOX), "expected boxes of finite numbers within"),
    (lambda: iou([[5, 0, 4, 1]], BOX), r"x_min <= x_max and y_min <= y_max, got \(5.0, 0.0, 4.0"),
    (lambda: encode(BOX, [[0, 0, 0, 4]]), "expected boxes with an area, got"),
    (lambda: encode(BOX * 2, BOX), "expected an anchor for each of the 2 boxes, got 1"),
    (lambda: decode([[0, 0, 0, np.inf]], BOX), "expected deltas of finite numbers"),
    (lambda: decode(BOX * 3, BOX), "expected an anchor for each of the 3 deltas, got 1"),
    (lambda: clip(BOX, 0, 5), "expected a picture of one pixel or more, got 0 × 5"),
    (lambda: nms(BOX, [0.5, 0.5]), r"expected 1 scores, got \(2,\)"),
    (lambda: nms(BOX, [np.nan]), "expected finite scores, got nan"),
    (lambda: nms(BOX, [0.5], 1.5), "expected a threshold from 0 to 1, got 1.5"),
    (lambda: nms(BOX, [0.5], limit=-1), "expected a limit of 0 or more, got -1"),
    (lambda: class_nms(BOX, [0.5], [0.5]), "expected 1 whole numbers as labels"),
    (lambda: anchor_boxes(1, 1, 0, (8,), (1,)), "above 0, got 1, 1, 0"),
    (lambda: anchor_boxes(1, 1, 8, (), (1,)), "above 0, got"),
]


@pytest.mark.parametrize(("call", "sentence"), BAD)
def test_bad_input_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_no_boxes_are_no_trouble():
    assert iou([], BOX).shape == (0, 1) and iou(BOX, np.zeros((0, 4))).shape == (1, 0)
    assert encode([], []).shape == decode([], []).shape == clip([], 5, 5).shape == (0, 4)
    assert nms([], []).tolist() == class_nms([], [], []).tolist() == []


def fuzzed(rng):
    """Something that may or may not be boxes."""
    count = rng.randint(0, 5)
    values = rng.choice([0.0, 1, -3, 7.5, 1e-12, 1e8, 1e300, np.nan, np.inf, -np.inf], (count, 4))
    kind = rng.randint(8)
    if kind < 3:  # mostly valid
        low = rng.randint(-9, 9, (count, 2))
        values = np.concatenate([low, low + rng.randint(0, 9, (count, 2))], axis=1).astype(float)
        if kind == 0 and count:
            values[rng.randint(count), rng.randint(4)] = rng.choice([np.nan, np.inf, 1e300, 50])
        return values
    if kind == 3:
        with np.errstate(over="ignore"):
            return values.astype("float32") if count else []
    if kind == 4:
        return values[:, : rng.randint(0, 4)]
    if kind == 5:
        return rng.choice([None, "box", 3, True], 1)[0]
    if kind == 6:
        return [["a", None, 1, 2]] * count
    return values.tolist()


def test_ten_thousand_fuzzed_inputs_end_in_a_result_or_in_a_sentence():
    rng = np.random.RandomState(0)
    ends = {"result": 0, "sentence": 0}
    for _ in range(10_000):
        one, other = fuzzed(rng), fuzzed(rng)
        scores = rng.choice([0.1, 0.5, 0.5, np.nan, np.inf], rng.randint(0, 5))
        calls = [
            (iou, one, other),
            (overlap, one, other),
            (area, one),
            (encode, one, other),
            (decode, one, other),
            (clip, one, int(rng.randint(-1, 9)), int(rng.randint(-1, 9))),
            (nms, one, scores, float(rng.choice([-1, 0, 0.5, 1, np.nan]))),
            (class_nms, one, scores, rng.randint(0, 2, len(scores))),
        ]
        function, *arguments = calls[rng.randint(len(calls))]
        try:
            with np.errstate(all="raise"):
                result = function(*arguments)
            assert np.isfinite(result).all()
            ends["result"] += 1
        except ValueError as error:
            assert str(error).startswith("expected ") and ", got " in str(error), str(error)
            ends["sentence"] += 1
    assert min(ends.values()) > 1000, ends
