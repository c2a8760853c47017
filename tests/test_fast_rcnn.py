"""What lesson fast_rcnn builds by hand: RoI pooling, the multi-task loss, samples, the network."""

from statistics import median

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from helpers.boxes import decode, iou
from helpers.metrics import Objects
from helpers.regions import roi_pool
from tools.measured import measured

numbers = st.integers(0, 2**31 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("fast_rcnn")


def boxes_in_a_scene(random, count, least=4):
    low = random.uniform(0, 128 - least, (count, 2))
    high = low + random.uniform(least, 70, (count, 2))
    return np.concatenate([low, np.minimum(high, 128)], axis=1)


@given(numbers, st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_pooling_by_hand_is_that_of_helpers(lesson, seed, bins):
    random = np.random.RandomState(seed)
    features, boxes = random.normal(size=(32, 32, 3)), boxes_in_a_scene(random, 6, least=9)
    by_hand = [lesson["pooled"](features, box, 4, bins) for box in boxes]
    at_once = roi_pool(features[None].astype("float32"), boxes[None].astype("float32"), 4, bins)
    np.testing.assert_allclose(by_hand, at_once[0], rtol=1e-6)


@given(numbers)
@settings(max_examples=25, deadline=None)
def test_the_box_as_read_is_the_one_that_pooling_reads(lesson, seed):
    random = np.random.RandomState(seed)
    features = random.normal(size=(1, 32, 32, 2)).astype("float32")
    boxes = boxes_in_a_scene(random, 20, least=0.1)
    read = lesson["as_read"](boxes)
    same = [roi_pool(features, each[None].astype("float32"), 4) for each in (boxes, read)]
    np.testing.assert_array_equal(*same)
    np.testing.assert_array_equal(lesson["as_read"](read), read)
    assert (read % 4 == 0).all() and (read >= 0).all() and (read <= 128).all()
    assert (read[:, :2] < read[:, 2:]).all()
    far = np.abs(read - boxes).max(axis=1)
    assert (far[(boxes[:, 2:] - boxes[:, :2]).min(axis=1) > 4] <= 2).all()


def test_multiply_adds_are_those_of_the_text(lesson):
    lesson["body"] = lesson["pretrained_body"]()
    crop, scene = (
        (side // 2) ** 2 * 25 * 16 + (side // 4) ** 2 * 9 * (16 * 32 + 32 * 64)
        for side in (28, 128)
    )
    for boxes, hidden in ((1, 128), (88, 256)):
        of_rcnn = boxes * (crop + 3136 * 128 + 128 * 11)
        of_fast = scene + boxes * (3136 * hidden + hidden * 15)
        assert lesson["times_fewer"](boxes, hidden) == pytest.approx(of_rcnn / of_fast)


def loss_by_loops(truth, outputs):
    """Equations 1 to 3 of Girshick (2015) with λ = 3, one RoI after the other."""
    result = np.zeros(truth.shape[:2])
    for place in np.ndindex(result.shape):
        label, logits = int(truth[place][0]), outputs[place][:11]
        result[place] = np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[label]
        for told, said in zip(truth[place][1:], outputs[place][11:], strict=True):
            distance = abs(told - said) if label != 10 else 0
            result[place] += 3 * (distance**2 / 2 if distance < 1 else distance - 0.5)
    return result


@given(numbers)
@settings(max_examples=20, deadline=None)
def test_the_loss_is_the_papers(lesson, seed):
    random = np.random.RandomState(seed)
    truth = random.normal(size=(2, 5, 5)).astype("float32") * 2
    truth[..., 0] = random.randint(0, 11, (2, 5))
    truth[0, 0, 0] = 10
    outputs = random.normal(size=(2, 5, 15)).astype("float32") * 2
    loss = np.array(lesson["multi_task_loss"](truth, outputs))
    np.testing.assert_allclose(loss, loss_by_loops(truth, outputs), rtol=1e-4, atol=1e-5)


def test_background_gives_the_deltas_no_gradient(lesson):
    truth = tf.constant([[[10.0, 0, 0, 0, 0], [3.0, 0, 0, 0, 0]]])
    outputs = tf.Variable(tf.ones((1, 2, 15)) * 2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(lesson["multi_task_loss"](truth, outputs))
    gradient = np.array(tape.gradient(loss, outputs))[0]
    assert (gradient[0, 11:] == 0).all() and (gradient[1, 11:] == 3).all()
    assert (np.abs(gradient[:, :11]) > 0).all()


@given(numbers)
@settings(max_examples=20, deadline=None)
def test_candidates_say_what_is_true_of_the_box_that_is_read(lesson, seed):
    random = np.random.RandomState(seed)
    corners = random.randint(4, 80, (3, 2))
    shown = Objects(
        np.concatenate([corners, corners + random.randint(16, 45, (3, 2))], 1), [2, 7, 7]
    )
    shown = Objects(shown.boxes, np.array(shown.labels))
    boxes, classes, deltas = lesson["candidates"](boxes_in_a_scene(random, 9), shown, random)
    assert len(boxes) == len(classes) == len(deltas) == 9 + 3 + 16 * 3
    ious = iou(boxes, shown.boxes)
    np.testing.assert_array_equal(classes < 10, ious.max(axis=1) >= 0.5)
    nearest = ious.argmax(axis=1)
    digits = classes < 10
    np.testing.assert_array_equal(classes[digits], shown.labels[nearest][digits])
    np.testing.assert_allclose(decode(deltas, boxes), shown.boxes[nearest], atol=1e-9)


@given(numbers, st.integers(0, 40), st.integers(1, 90))
@settings(max_examples=30, deadline=None)
def test_64_are_picked_with_24_digits_at_most(lesson, seed, digits, background):
    classes = np.repeat([3, 10], [digits, background])
    rows = lesson["picked"](classes, np.random.RandomState(seed))
    assert len(rows) == 64
    of_digits = rows[classes[rows] < 10]
    assert len(of_digits) == len(set(of_digits)) == min(digits, 24)
    times = np.bincount(rows[classes[rows] == 10])[digits:]
    assert times.max() - times.min() <= 1  # repeated evenly, if at all


@given(numbers)
@settings(max_examples=20, deadline=None)
def test_jittered_boxes_stay_near_and_in_the_scene(lesson, seed):
    random = np.random.RandomState(seed)
    low = random.uniform(0, 76, (5, 2))
    boxes = np.concatenate([low, low + random.uniform(16, 52, (5, 2))], axis=1)
    moved = lesson["jittered"](boxes, random)
    assert (moved >= 0).all() and (moved <= 128).all() and not np.array_equal(moved, boxes)
    sides, new = boxes[:, 2:] - boxes[:, :2], moved[:, 2:] - moved[:, :2]
    assert (new <= sides * 1.42).all()
    assert (lesson["own_iou"](boxes, moved) > 0.2).all()


def test_a_box_is_answered_alike_in_any_company_and_all_weights_learn(lesson):
    network, random = lesson["fast_rcnn"](lesson["pretrained_body"]()), np.random.RandomState(0)
    scenes = random.rand(2, 128, 128, 1).astype("float32")
    boxes = np.array([boxes_in_a_scene(random, 7) for _ in scenes], "float32")
    together = np.array(network([scenes, boxes]))
    assert together.shape == (2, 7, 15)
    alone = np.array(network([scenes[1:], boxes[1:, 4:5]]))
    np.testing.assert_allclose(alone[0, 0], together[1, 4], atol=1e-5)
    truth = np.zeros((2, 7, 5), "float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(lesson["multi_task_loss"](truth, network([scenes, boxes])))
    gradients = tape.gradient(loss, network.trainable_variables)
    assert len(gradients) == 12 and all(np.abs(each).max() > 0 for each in gradients)


def test_five_seeds_are_as_good_as_r_cnn_and_faster():
    ours, theirs = measured("fast_rcnn")["checks"], measured("rcnn")["checks"]
    fast, slow = ours["AP of Fast R-CNN"], theirs["AP of R-CNN"]
    assert median(fast) >= median(slow) and min(fast) >= min(slow) and max(fast) >= max(slow)
    pairs = zip(ours["AP50 of Fast R-CNN"], theirs["AP50 of R-CNN"], strict=True)
    assert all(fast > slow for fast, slow in pairs)
    assert min(ours["one at a time over Fast R-CNN, 300 proposals, plain"]) >= 30
