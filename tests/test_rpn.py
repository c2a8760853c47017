"""What lesson rpn builds by hand: targets of anchors, two losses, the network, rounds of NMS."""

from statistics import median

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from helpers.boxes import decode, iou, nms
from helpers.datasets import load_mnist
from helpers.scenes import digit_scenes
from tools.measured import measured, verdict

numbers = st.integers(0, 2**31 - 1)


@pytest.fixture(scope="module")
def lesson():
    return definitions("rpn")


def boxes_in_a_scene(random, count):
    low = random.uniform(0, 80, (count, 2))
    return np.concatenate([low, low + random.uniform(10, 48, (count, 2))], axis=1)


@given(numbers, st.integers(1, 6))
@settings(max_examples=25, deadline=None)
def test_targets_follow_the_rule_anchor_by_anchor(lesson, seed, count):
    random = np.random.RandomState(seed)
    boxes, anchors = boxes_in_a_scene(random, count), lesson["ANCHORS"]
    answers = lesson["targets"](anchors, boxes)
    ious = iou(anchors, boxes)
    for row in random.choice(len(anchors), 200, replace=False):
        best_of = [ious[row, k] == ious[:, k].max() > 0.2 for k in range(count)]
        kind = 1 if max(ious[row]) >= 0.5 or any(best_of) else 0 if max(ious[row]) < 0.3 else -1
        assert answers[row, 0] == kind
    near = boxes[ious.argmax(axis=1)]
    np.testing.assert_allclose(decode(answers[:, 1:] * lesson["SPREAD"], anchors), near, atol=1e-4)
    for k in range(count):  # nobody is left without an anchor
        assert ious[answers[:, 0] == 1, k].max() == ious[:, k].max() or ious[:, k].max() <= 0.2


def losses_by_loops(truth, outputs, hardest):
    """Of one scene, anchor by anchor."""
    positive, negative, of_boxes = [], [], 0.0
    for told, said in zip(truth, outputs, strict=True):
        probability = 1 / (1 + np.exp(-said[0]))
        if told[0] == 1:
            positive.append(-np.log(probability))
            sizes = np.abs(said[1:] - told[1:])
            of_boxes += sum(s**2 / 2 if s < 1 else s - 0.5 for s in sizes)
        elif told[0] == 0:
            negative.append(-np.log(1 - probability))
    of_objectness = sum(positive) + sum(sorted(negative)[-hardest:])
    return of_objectness / (len(positive) + hardest), of_boxes / max(len(positive), 1)


@given(numbers, st.integers(1, 6), st.booleans())
@settings(max_examples=30, deadline=None)
def test_losses_are_those_of_loops(lesson, seed, hardest, empty):
    random = np.random.RandomState(seed)
    truth = random.normal(size=(2, 20, 5)).astype("float32")
    truth[..., 0] = random.randint(-1, 1 if empty else 2, (2, 20))
    truth[:, :6, 0] = 0  # negatives enough
    outputs = 2 * random.normal(size=(2, 20, 5)).astype("float32")
    ours = [
        lesson["objectness_loss"](truth, outputs, hardest=hardest),
        lesson["box_loss"](truth, outputs),
    ]
    pairs = zip(truth, outputs, strict=True)
    theirs = np.array([losses_by_loops(*each, hardest) for each in pairs]).T
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_objectness_is_keras_binary_cross_entropy_where_all_count(lesson):
    random = np.random.RandomState(3)
    truth, outputs = np.zeros((1, 30, 5), "float32"), random.normal(size=(1, 30, 5))
    truth[0, :7, 0] = 1
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    expected = bce(truth[..., 0], outputs[..., 0])
    np.testing.assert_allclose(lesson["objectness_loss"](truth, outputs, 23)[0], expected, 1e-5)


def test_anchors_that_are_not_used_give_no_gradient(lesson):
    truth = np.zeros((1, 100, 5), "float32")
    truth[0, :10, 0], truth[0, 10:20, 0] = 1, -1
    outputs = tf.Variable(np.random.RandomState(0).normal(size=(1, 100, 5)).astype("float32"))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(lesson["proposal_loss"](truth, outputs))
    gradient = np.abs(np.array(tape.gradient(loss, outputs))[0])
    assert (gradient[:10] > 0).all() and (gradient[10:20] == 0).all()
    assert (gradient[20:, 0] > 0).sum() == 64 and (gradient[20:, 1:] == 0).all()


def test_anchor_by_anchor_is_the_order_of_the_answers(lesson):
    """An output for one place of the map moves only the nine anchors whose centre it is."""
    anchors = lesson["ANCHORS"]
    features = keras.Input((16, 16, 64))
    head = keras.Model(features, lesson["proposal_layers"](features))
    silent, spot = (np.zeros((1, 16, 16, 64), "float32") for _ in range(2))
    spot[0, 4, 11] = 1
    moved = np.abs(np.array(head(spot)) - np.array(head(silent)))[0].max(axis=1) > 0
    centres = (anchors[:, :2] + anchors[:, 2:])[moved] / 2
    assert moved.sum() == 81  # a 3×3 convolution: nine places of nine
    np.testing.assert_array_equal(centres.min(axis=0), (10 * 8 + 4, 3 * 8 + 4))
    np.testing.assert_array_equal(centres.max(axis=0), (12 * 8 + 4, 5 * 8 + 4))


@given(numbers, st.integers(1, 30), st.sampled_from([0.3, 0.5, 0.7]))
@settings(max_examples=40, deadline=None)
def test_rounds_end_with_nms(lesson, seed, count, threshold):
    random = np.random.RandomState(seed)
    boxes = np.round(boxes_in_a_scene(random, count) / 4) * 4
    suppresses = np.triu(iou(boxes, boxes) > threshold, k=1)
    stays = np.ones(count, bool)
    for _ in range(count):
        stays = lesson["one_round"](stays, suppresses)
    kept = nms(boxes, np.arange(count, 0, -1), threshold)
    np.testing.assert_array_equal(np.flatnonzero(stays), kept)


def test_proposals_of_a_perfect_network_are_the_digits(lesson):
    random = np.random.RandomState(1)
    boxes = np.array([(8, 8, 30, 44), (60, 20, 100, 70), (30, 80, 50, 120)], float)
    answers = lesson["targets"](lesson["ANCHORS"], boxes)
    outputs = np.concatenate([answers[:, :1] + 0.1 * random.rand(2304, 1), answers[:, 1:]], axis=1)
    found, there = lesson["proposals_of"](outputs[None].astype("float32"), 3)
    assert np.array(there).all()
    assert (iou(np.array(found)[0], boxes).max(axis=0) > 0.999).all()


def inside_by_the_authors():
    """Anchors within 600x1,000 by the rule of py-faster-rcnn (`generate_anchors`)."""
    widths = np.round(np.sqrt(16 * 16 / np.array([0.5, 1, 2])))
    heights = np.round(widths * [0.5, 1, 2])
    sides = np.stack([widths, heights], axis=1)[:, None] * np.array([8, 16, 32])[:, None]
    half = (sides.reshape(-1, 2) - 1) / 2
    rows, columns = np.mgrid[:37, :62] * 16 + 7.5
    centres = np.stack([columns, rows], axis=-1).reshape(-1, 1, 2)
    first, last = centres - half, centres + half
    return ((first >= 0) & (last < (1000, 600))).all(axis=-1).sum()


def test_numbers_of_the_text(lesson):
    paper = lesson["anchor_boxes"](600 // 16, 1000 // 16, 16, (128, 256, 512), (0.5, 1, 2))
    inside = (paper[:, :2] >= 0).all(axis=1) & (paper[:, 2:] <= (1000, 600)).all(axis=1)
    assert len(paper) == 20_646 and inside.sum() == 8_044
    assert inside_by_the_authors() == 8_151
    train_digits, _ = load_mnist()
    held = len(train_digits[0]) // 8
    scenes = digit_scenes([part[:-held] for part in train_digits], 200, seed=0, most=8)
    best = [
        iou(lesson["ANCHORS"], boxes[labels >= 0]).max(axis=0)
        for boxes, labels in zip(scenes.boxes, scenes.labels, strict=True)
    ]
    assert 0.45 <= np.mean(np.concatenate(best) >= 0.7) <= 0.55  # "about half"
    network = lesson["proposal_network"]()
    reach = step = 1  # pixels that a place sees, and from a place to the next
    for layer in [*network.layers[1].layers[1:], *network.layers[2:5]]:
        size = layer.pool_size if hasattr(layer, "pool_size") else layer.kernel_size
        reach, step = reach + (size[0] - 1) * step, step * layer.strides[0]
    assert (reach, step) == (59, 8)


def test_five_seeds_say_what_the_text_says():
    checks = measured("rpn")["checks"]

    def decided(count, suffix=""):
        both = (
            checks[f"recall of {count}{suffix}, {way}"] for way in ("network", "selective search")
        )
        return verdict([ours - theirs for ours, theirs in zip(*both, strict=True)])

    assert decided(10) == decided(50) == decided(10, " at seven tenths") == 1
    assert decided(50, " at seven tenths") == 1
    assert decided(100) == decided(300) == decided(300, " at seven tenths") == 0
    assert median(checks["recall of 50, network"]) >= 0.97
