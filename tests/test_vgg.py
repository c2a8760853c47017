"""Lesson vgg builds VGG16 and VGG19 as Keras has them: weights carried there and back."""

import keras
import numpy as np
import pytest
from lesson_code import definitions, environment, run_forked

TOLERANCE = 1e-4  # of the largest score


def carry(target, source):
    """Every weight of one network into the other, in the order of the layers."""
    for mine, its in zip(target.weights, source.weights, strict=True):
        mine.assign(its)


def carried_there_and_back(letter, twin, moved):
    """Assert that both networks give the same scores, and that another plan does not.

    Args:
        letter: the configuration.
        twin: its name in `keras.applications`.
        moved: its plan with one pooling in an earlier place, which asks for the same weights.
    """
    lesson = definitions("vgg")
    keras.utils.set_random_seed(0)
    theirs = getattr(keras.applications, twin)(weights=None, classifier_activation=None)
    he, biases = keras.initializers.HeNormal(1), keras.initializers.RandomNormal(0, 0.1, 2)
    for weight in theirs.weights:
        weight.assign((he if "kernel" in weight.path else biases)(weight.shape))
    images = keras.random.normal((2, 224, 224, 3), seed=3)
    scores = np.array(theirs(images))
    largest = np.abs(scores).max()
    assert largest >= 1
    assert np.abs(scores[0] - scores[1]).max() > 100 * TOLERANCE * largest

    def differ(network):
        return np.abs(np.array(network(images)) - scores).max() / largest

    ours = lesson["vgg"](lesson["VGG"][letter], kernel_initializer="zeros")
    assert differ(ours) > 0.9
    carry(ours, theirs)
    assert differ(ours) <= TOLERANCE
    for weight in theirs.weights:
        weight.assign(keras.ops.zeros_like(weight))
    carry(theirs, ours)
    assert differ(theirs) <= TOLERANCE
    del theirs
    other = lesson["vgg"](moved, kernel_initializer="zeros")
    carry(other, ours)
    assert differ(other) > 100 * TOLERANCE


@pytest.mark.parametrize(
    ("letter", "twin", "moved"),
    [
        ("D", "VGG16", "64 64 M 128 128 M 256 256 M 256 512 512 512 M 512 512 512 M"),
        ("E", "VGG19", "64 64 M 128 128 M 256 256 256 256 M 512 512 512 M 512 512 512 512 512 M"),
    ],
)
def test_the_build_is_that_of_keras(letter, twin, moved, tmp_path):
    more = {"seconds": 300, "cwd": tmp_path, "env": environment(tmp_path)}
    run_forked(carried_there_and_back, letter, twin, moved, **more)
