"""Boxes inside a network: the same as helpers.boxes and TensorFlow give, also under XLA."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from helpers import box_ops, boxes

SEEDS = st.integers(0, 2**32 - 1)


def random_boxes(rng, *shape, whole=False):
    """Boxes in and around a picture of 64 pixels; some have no area, some are there twice."""
    low = rng.uniform(-10, 50, (*shape, 2))
    sides = rng.uniform(0, 30, (*shape, 2)) * (rng.rand(*shape, 1) < 0.9)
    result = np.concatenate([low, low + sides], axis=-1)
    result[..., 1::3, :] = result[..., 0::3, :][..., : result[..., 1::3, :].shape[-2], :]
    return (np.round(result) if whole else result).astype("float32")


@given(SEEDS, st.integers(0, 9), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_iou_is_that_of_boxes(seed, n, m):
    rng = np.random.RandomState(seed)
    some, others = random_boxes(rng, 2, n), random_boxes(rng, 2, m)
    expected = [boxes.iou(*pair) for pair in zip(some, others, strict=True)]
    result = np.array(box_ops.iou(some, others))
    assert result.shape == (2, n, m)
    np.testing.assert_allclose(result, np.reshape(expected, (2, n, m)), atol=1e-5)


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_encoding_and_decoding_are_those_of_boxes(seed):
    rng = np.random.RandomState(seed)
    low = rng.uniform(0, 50, (2, 8, 2))
    some, anchors = (
        np.concatenate([low, low + rng.uniform(2, 30, low.shape)], -1).astype("float32")
        for _ in range(2)
    )
    deltas = np.array(box_ops.encode(some, anchors))
    expected = boxes.encode(some.reshape(-1, 4), anchors.reshape(-1, 4))
    np.testing.assert_allclose(deltas.reshape(-1, 4), expected, atol=1e-4)
    back = np.array(box_ops.decode(deltas, anchors, 200, 200))
    np.testing.assert_allclose(back, some, atol=1e-3)
    wild = rng.normal(0, 3, (2, 8, 4)).astype("float32")
    expected = boxes.decode(wild.reshape(-1, 4), anchors.reshape(-1, 4))
    expected = boxes.clip(expected, 48, 64).reshape(2, 8, 4)
    result = np.array(box_ops.decode(wild, anchors, 48, 64))
    np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-2)


def test_padding_gives_finite_numbers():
    nothing = np.zeros((1, 3, 4), "float32")
    for deltas in (box_ops.encode(nothing, nothing), box_ops.decode(nothing, nothing, 9, 9)):
        assert np.array_equal(deltas, nothing)
    assert np.array(box_ops.iou(nothing, nothing)).max() == 0


def stays_one_by_one(some, threshold):
    """`helpers.boxes.nms` on boxes that come best first, as True and False."""
    result = np.zeros(len(some), bool)
    result[boxes.nms(some, -np.arange(len(some)), threshold)] = True
    return result


@given(SEEDS, st.integers(1, 40), st.sampled_from([0.001, 0.301, 0.501, 0.701, 1.0]))
@settings(max_examples=60, deadline=None)
def test_suppressing_all_at_once_is_suppressing_one_by_one(seed, n, threshold):
    some = random_boxes(np.random.RandomState(seed), 3, n, whole=True)
    expected = [stays_one_by_one(each, threshold) for each in some]
    np.testing.assert_array_equal(np.array(box_ops.nms(some, threshold)), expected)


def test_a_chain_in_which_each_box_suppresses_the_next_takes_a_round_a_box():
    chain = np.array([[4 * k, 0, 4 * k + 10, 10] for k in range(30)], "float32")  # neighbours: 0.43
    stays = np.array(box_ops.nms(chain[None], 0.4))[0]
    assert stays.tolist() == [k % 2 == 0 for k in range(30)]


def test_suppressing_is_what_tensorflow_does():
    rng = np.random.RandomState(3)
    some, scores = random_boxes(rng, 50), rng.permutation(50).astype("float32")
    some = some[(some[:, 2:] > some[:, :2]).all(axis=1)]  # TensorFlow drops those without area
    order = np.argsort(-scores[: len(some)])
    kept = tf.image.non_max_suppression(some, scores[: len(some)], 50, 0.4)
    stays = np.array(box_ops.nms(some[order][None], 0.4))[0]
    assert order[stays].tolist() == np.array(kept).tolist()


def one_by_one(some, scores, count, among, threshold):
    order = np.argsort(-scores, kind="stable")[:among]
    kept = boxes.nms(some[order], scores[order], threshold, limit=count)
    result = np.zeros((count, 4), "float32")
    result[: len(kept)] = some[order][kept]
    return result, np.arange(count) < len(kept)


@given(SEEDS, st.integers(1, 12), st.integers(12, 30))
@settings(max_examples=40, deadline=None)
def test_the_best_boxes_are_those_of_suppressing_one_by_one_padded_with_zeros(seed, count, among):
    rng = np.random.RandomState(seed)
    some, scores = random_boxes(rng, 2, 30), rng.normal(size=(2, 30)).astype("float32")
    found = box_ops.best_boxes(some, scores, count, among, 0.3)
    pairs = zip(some, scores, strict=True)
    expected = [one_by_one(*pair, count, among, 0.3) for pair in pairs]
    for result, each in zip(found, zip(*expected, strict=True), strict=True):
        np.testing.assert_array_equal(np.array(result), each)


def test_xla_compiles_it_and_no_gradient_is_asked_of_what_was_chosen():
    rng = np.random.RandomState(0)
    deltas, anchors = rng.normal(0, 0.1, (2, 30, 4)).astype("float32"), random_boxes(rng, 30)

    def loss_and_slope(deltas):
        with tf.GradientTape() as tape:
            tape.watch(deltas)
            decoded = box_ops.decode(deltas, anchors, 64, 64)
            chosen, there = box_ops.best_boxes(
                ops.stop_gradient(decoded), ops.stop_gradient(deltas[..., 0]), 8, 20, 0.5
            )
            nearest = ops.argmax(box_ops.iou(chosen, decoded), axis=-1)
            matched = ops.take_along_axis(decoded, nearest[..., None], axis=1)
            squares = box_ops.encode(matched, chosen) ** 2
            loss = ops.sum(ops.where(there[..., None], squares, 0.0)) + ops.sum(decoded**2)
        return loss, tape.gradient(loss, deltas)

    plain = loss_and_slope(tf.constant(deltas))
    compiled = tf.function(loss_and_slope, jit_compile=True)(tf.constant(deltas))
    for values, expected in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(np.array(values), np.array(expected), rtol=1e-3)


def test_symbolic_shapes_are_those_of_the_result():
    class Best(keras.layers.Layer):
        def call(self, some, scores):
            return box_ops.best_boxes(some, scores, 5, 9, 0.5)

    inputs = keras.Input((12, 4)), keras.Input((12,))
    model = keras.Model(inputs, Best()(*inputs))
    assert [output.shape for output in model.outputs] == [(None, 5, 4), (None, 5)]


GOOD = np.zeros((1, 6, 4), "float32")
FLAT = np.zeros((6, 4), "float32")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: box_ops.iou(FLAT, GOOD), r"expected boxes \(batch, n, 4\), got \(6, 4\)"),
        (lambda: box_ops.iou(GOOD, GOOD[..., :3]), r"expected others .* got \(1, 6, 3\)"),
        (lambda: box_ops.encode(GOOD[..., :2], GOOD), r"boxes \(\.\.\., 4\), got \(1, 6, 2\)"),
        (lambda: box_ops.decode(GOOD, GOOD[..., :2], 9, 9), r"expected anchors .* \(1, 6, 2\)"),
        (lambda: box_ops.decode(GOOD, GOOD, 0, 9), "one pixel or more, got 0 × 9"),
        (lambda: box_ops.nms(GOOD, 1.5), "threshold from 0 to 1, got 1.5"),
        (
            lambda: box_ops.nms(keras.Input((None, 4)), 0.5),
            r"fixed number .* got \(None, None, 4\)",
        ),
        (lambda: box_ops.best_boxes(GOOD, GOOD[..., 0, 0], 1, 2, 0.5), r"scores .* got \(1,\)"),
        (lambda: box_ops.best_boxes(GOOD, GOOD[..., 0], 3, 2, 0.5), "got 3, 2"),
        (lambda: box_ops.best_boxes(GOOD, GOOD[..., 0], 0, 2, 0.5), "1 <= count <= among <= 6"),
        (lambda: box_ops.best_boxes(GOOD, GOOD[..., 0], 3, 7, 0.5), "among <= 6, got 3, 7"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
