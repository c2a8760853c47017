"""The region proposal network of `helpers.rpn` is the one that lesson rpn builds by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from lesson_code import definitions

from helpers import rpn
from helpers.boxes import anchor_boxes, iou

numbers = st.integers(0, 2**31 - 1)
ANCHORS = anchor_boxes(16, 16, 8, (18, 28, 42), (0.75, 1.2, 2.0))


@pytest.fixture(scope="module")
def lesson():
    return definitions("rpn")


def padded_boxes(random, pictures=3, most=6):
    """Boxes (pictures, most, 4); the first picture has one, the others some."""
    low = random.uniform(0, 80, (pictures, most, 2))
    boxes = np.concatenate([low, low + random.uniform(10, 48, low.shape)], axis=-1)
    counts = [1, *random.randint(1, most + 1, pictures - 1)]
    for picture, count in enumerate(counts):
        boxes[picture, count:] = 0
    return boxes.astype("float32"), counts


@given(numbers)
@settings(max_examples=20, deadline=None)
def test_targets_are_those_of_the_lesson_whatever_the_padding(lesson, seed):
    boxes, counts = padded_boxes(np.random.RandomState(seed))
    ours = np.array(rpn.targets(ANCHORS, boxes))
    for answer, of_picture, count in zip(ours, boxes, counts, strict=True):
        theirs = lesson["targets"](lesson["ANCHORS"], of_picture[:count])
        differ = answer[:, 0] != theirs[:, 0]
        ious = iou(ANCHORS, of_picture[:count])
        limits = [0.3, 0.5, *ious.max(axis=0)]  # where rounding to float32 may decide
        distances = np.abs(ious.max(axis=1)[differ, None] - limits)
        assert (distances.min(axis=1, initial=1) < 1e-5).all()
        positive = (answer[:, 0] == 1) & ~differ
        np.testing.assert_allclose(answer[positive], theirs[positive], atol=1e-3)


@given(numbers, st.integers(1, 9))
@settings(max_examples=20, deadline=None)
def test_losses_and_proposals_are_those_of_the_lesson(lesson, seed, hardest):
    random = np.random.RandomState(seed)
    truth = random.normal(size=(2, 30, 5)).astype("float32")
    truth[..., 0] = random.randint(-1, 2, (2, 30))
    outputs = random.normal(size=truth.shape).astype("float32")
    for name, more in (("objectness_loss", (hardest,)), ("box_loss", ())):
        ours = getattr(rpn, name)(truth, outputs, *more)
        np.testing.assert_allclose(ours, lesson[name](truth, outputs, *more), rtol=1e-5)
    outputs = random.normal(size=(2, len(ANCHORS), 5)).astype("float32")
    ours = rpn.proposals(outputs, ANCHORS, 20, 60, 128, 128)
    theirs = lesson["proposals_of"](outputs, 20, 60)
    np.testing.assert_array_equal(ours[1], theirs[1])
    np.testing.assert_allclose(ours[0], theirs[0], atol=1e-3)


def test_layers_are_those_of_the_lesson(lesson):
    features = keras.Input((5, 7, 16))
    both = [
        keras.Model(features, make(features, 4))
        for make in (rpn.proposal_layers, lesson["proposal_layers"])
    ]
    both[1].set_weights(both[0].get_weights())
    maps = np.random.RandomState(0).normal(size=(2, 5, 7, 16)).astype("float32")
    ours, theirs = (np.array(model(maps)) for model in both)
    assert ours.shape == (2, 5 * 7 * 4, 5)
    np.testing.assert_array_equal(ours, theirs)


def test_without_a_positive_anchor_the_box_loss_is_0():
    truth, outputs = np.zeros((2, 70, 5), "float32"), np.ones((2, 70, 5), "float32")
    np.testing.assert_array_equal(rpn.box_loss(truth, outputs), (0, 0))
    assert (np.array(rpn.objectness_loss(truth, outputs)) > 1).all()


def test_all_of_it_compiles_under_xla():
    boxes, _ = padded_boxes(np.random.RandomState(2))
    outputs = np.random.RandomState(3).normal(size=(3, len(ANCHORS), 5)).astype("float32")

    def all_of_it(boxes, outputs):
        truth = rpn.targets(ANCHORS, boxes)
        losses = rpn.objectness_loss(truth, outputs) + rpn.box_loss(truth, outputs)
        return losses, *rpn.proposals(outputs, ANCHORS, 16, 128, 128, 128)

    compiled = tf.function(all_of_it, jit_compile=True)(boxes, outputs)
    for ours, theirs in zip(compiled, all_of_it(boxes, outputs), strict=True):
        np.testing.assert_allclose(np.array(ours, float), np.array(theirs, float), atol=1e-3)


ANSWERS = np.zeros((1, len(ANCHORS), 5), "float32")
BAD = {
    "anchors of three": lambda: rpn.targets(ANCHORS[:, :3], np.zeros((1, 2, 4), "float32")),
    "boxes without pictures": lambda: rpn.targets(ANCHORS, np.zeros((2, 4), "float32")),
    "answers of four": lambda: rpn.box_loss(ANSWERS[..., :4], ANSWERS[..., :4]),
    "other anchors": lambda: rpn.objectness_loss(ANSWERS, ANSWERS[:, :9]),
    "too few anchors": lambda: rpn.proposals(ANSWERS[:, :9], ANCHORS, 1, 2, 128, 128),
    "more than among": lambda: rpn.proposals(ANSWERS, ANCHORS, 9, 8, 128, 128),
    "no anchor at a place": lambda: rpn.proposal_layers(keras.Input((4, 4, 8)), 0),
    "no channels": lambda: rpn.proposal_layers(keras.Input((4, 4))),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_by_one_sentence(case):
    with pytest.raises(ValueError, match=r"^expected .* got ") as caught:
        BAD[case]()
    assert "\n" not in str(caught.value)
