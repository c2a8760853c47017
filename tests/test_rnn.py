"""What lesson rnn computes by hand, held to Keras and TensorFlow on more shapes than it shows."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import definitions

SHAPES = [(1, 1, 1), (3, 2, 5), (7, 5, 2), (20, 4, 6)]  # time steps, inputs, units


@pytest.fixture(scope="module")
def lesson():
    return definitions("rnn")


def example(shape, seed=0):
    """Words, a SimpleRNN that gives all hidden states, and its weights."""
    steps, inputs, units = shape
    keras.utils.set_random_seed(seed)
    layer = keras.layers.SimpleRNN(units, return_sequences=True, bias_initializer="normal")
    words = np.random.RandomState(seed).normal(size=(steps, inputs)).astype("float32")
    layer.build((None, steps, inputs))
    return words, layer, layer.get_weights()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_loop_gives_what_simple_rnn_gives(lesson, shape):
    words, layer, weights = example(shape)
    assert np.abs(lesson["read"](words, *weights) - layer(words[None])[0]).max() < 1e-5


@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_through_time_are_those_of_the_tape(lesson, shape):
    words, layer, weights = example(shape)
    target = np.random.RandomState(1).normal(size=shape[2]).astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((layer(words[None])[0, -1] - target) ** 2) / 2
    gradients = tape.gradient(loss, layer.trainable_variables)
    for ours, theirs in zip(
        lesson["through_time"](words, target, *weights), gradients, strict=True
    ):
        assert ours.shape == tuple(theirs.shape)
        assert np.abs(ours - theirs).max() < 1e-5 * max(1, np.abs(theirs).max())


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_left_of_the_first_input_is_the_size_of_the_jacobian(lesson, shape):
    words, layer, weights = example(shape)
    given = tf.constant(words[None])
    with tf.GradientTape() as tape:
        tape.watch(given)
        states = layer(given)[0]
    by_first = tape.jacobian(states, given)[:, :, 0, 0]  # steps, units, inputs of x_1
    sizes = np.linalg.norm(by_first, 2, axis=(1, 2))
    assert np.allclose(lesson["left_of_first"](words, *weights), sizes, rtol=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_reach_of_the_last_state_is_the_size_of_the_jacobian(lesson, shape):
    words, layer, weights = example(shape)
    states = lesson["read"](words, *weights)
    found = []
    for t, state in enumerate(states[:-1], start=1):
        h = tf.constant(state[None], "float32")
        with tf.GradientTape() as tape:
            tape.watch(h)
            last = layer(words[None, t:], initial_state=h)[0, -1]
        found.append(np.linalg.norm(tape.jacobian(last, h)[:, 0], 2))
    assert np.allclose(lesson["reach"](states, weights[1]), [*found, 1.0], rtol=1e-4)


@pytest.mark.parametrize("limit", [0.1, 1.0, 100.0])
def test_clipping_is_that_of_tensorflow(lesson, limit):
    gradients = [np.random.RandomState(k).normal(size=(k + 1, 3)) for k in range(3)]
    theirs, _ = tf.clip_by_global_norm(gradients, limit)
    for ours, clipped in zip(lesson["clipped"](gradients, limit), theirs, strict=True):
        assert np.allclose(ours, clipped)


def test_a_delay_counts_only_with_all_the_shorter_ones(lesson):
    delays = lesson["DELAYS"]
    assert lesson["longest"]([1.0] * len(delays)) == delays[-1]
    assert lesson["longest"]([0.5, *[1.0] * (len(delays) - 1)]) == 0
    assert lesson["longest"]([1.0, 0.9, 0.89, *[1.0] * (len(delays) - 3)]) == delays[1]


def test_no_word_settles_the_answer_alone(lesson):
    """Half of the sentences with a word of the ending say yes, and half no."""
    endings = lesson["ENDINGS"]
    assert sum(endings.values()) == len(endings) / 2
    for word in {word for ending in endings for word in ending.split()}:
        answers = {likes for ending, likes in endings.items() if word in ending.split()}
        assert answers == {0, 1}, word
