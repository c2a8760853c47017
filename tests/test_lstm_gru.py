"""What lesson lstm_gru computes by hand, held to Keras on more shapes than it shows."""

import keras
import numpy as np
import pytest
from lesson_code import definitions

SHAPES = [(1, 1, 1), (3, 2, 5), (7, 5, 2), (20, 4, 6)]  # time steps, inputs, units


@pytest.fixture(scope="module")
def lesson():
    return definitions("lstm_gru")


def example(kind, shape, **options):
    """Words, a layer that gives all hidden states, and its weights with biases that are not 0."""
    steps, inputs, units = shape
    keras.utils.set_random_seed(0)
    layer = kind(units, return_sequences=True, **options)
    layer.build((None, steps, inputs))
    random = np.random.RandomState(1)
    layer.set_weights([random.normal(size=each.shape) for each in layer.get_weights()])
    words = random.normal(size=(steps, inputs)).astype("float32")
    return words, layer, layer.get_weights()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_lstm_gives_what_keras_gives(lesson, shape):
    words, layer, weights = example(keras.layers.LSTM, shape)
    story = lesson["read_lstm"](words, *weights)
    assert np.abs(story["h"] - layer(words[None])[0]).max() < 1e-5
    assert all(each.shape == (shape[0], shape[2]) for each in story.values())
    assert all(story[gate].min() > 0 and story[gate].max() < 1 for gate in "ifo")
    last = keras.layers.LSTM(shape[2], return_state=True)
    last.build((None, *shape[:2]))
    last.set_weights(weights)
    assert np.abs(story["c"][-1] - last(words[None])[2][0]).max() < 1e-5


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gru_gives_what_keras_gives(lesson, shape, reset_after):
    words, layer, weights = example(keras.layers.GRU, shape, reset_after=reset_after)
    story = lesson["read_gru"](words, *weights, reset_after)
    assert np.abs(story["h"] - layer(words[None])[0]).max() < 1e-5


@pytest.mark.parametrize(("cell", "place"), [("LSTM", np.s_[3:6]), ("GRU", np.s_[0, :3])])
def test_chrono_biases_keep_memory_for_as_long_as_asked(lesson, cell, place):
    """A bias b keeps 1 - 1/T at each step, with T = 1 + exp(b) between 2 and the longest."""
    biases = lesson["chrono_biases"](cell, 3, 50, np.random.RandomState(0))
    layer = getattr(keras.layers, cell)(3)
    layer.build((None, 5, 2))
    assert biases.shape == layer.get_weights()[2].shape
    steps = 1 + np.exp(biases[place])
    assert (steps >= 2).all() and (steps <= 50).all()
    others = biases.copy()
    others[place] = 0
    assert (others[:3] == -biases[3:6]).all() if cell == "LSTM" else not others.any()


def test_the_fall_of_a_linear_memory_is_measured_as_it_is(lesson):
    """Where nothing but the forget gate acts, what is left after t steps is f to the power of t."""
    layer = keras.layers.LSTM(4)
    layer.build((None, None, 8))
    W, U, b = (np.zeros_like(each) for each in layer.get_weights())
    W[:, 8:12] = 1e-3  # the candidate, small enough for tanh to be straight
    b[4:8] = 2.0
    layer.set_weights([W, U, b])
    sequences, _ = lesson["letters"](3, 20, seed=0)
    left = lesson["left_of_first"](layer, sequences)
    keep = 1 / (1 + np.exp(-2.0))
    assert np.allclose(left, keep ** np.arange(21), rtol=1e-3)


@pytest.mark.parametrize("shared", [True, False])
def test_letters_come_from_the_alphabet_they_should(lesson, shared):
    sequences, first = lesson["letters"](200, 6, seed=3, shared=shared)
    drawn = sequences.argmax(axis=-1)
    assert sequences.shape == (200, 7, 8) and (sequences.sum(axis=-1) == 1).all()
    assert (drawn[:, 0] == first).all() and set(first) == {0, 1, 2, 3}
    assert set(drawn[:, 1:].ravel()) == ({0, 1, 2, 3} if shared else {4, 5, 6, 7})
