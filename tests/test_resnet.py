"""Lesson resnet builds the ResNets of Keras: their weights, carried over, give the same scores."""

import gc
import re

import keras
import numpy as np
import pytest
from lesson_code import definitions, environment, run_forked, script

from helpers.counting import multiply_adds

TOLERANCE = 1e-4  # of the largest score


def randomized(model):
    """Weights at which the scores are large and depend on the input, statistics included."""
    generator = keras.random.SeedGenerator(1)
    for weight in model.weights:
        shape = weight.shape
        if weight.name == "kernel":
            spread = (2 / np.prod(shape[:-1])) ** 0.5
            value = keras.random.normal(shape, 0, spread, seed=generator)
        elif weight.name in ("gamma", "moving_variance"):
            value = keras.random.uniform(shape, 0.5, 1.5, seed=generator)
        else:  # biases, beta, moving_mean
            value = keras.random.normal(shape, 0, 0.1, seed=generator)
        weight.assign(value)


def scores_agree_with_keras(depth):
    """Assert it, and that a build with the stride elsewhere or another epsilon does not agree.

    Networks are made one after another, as a process keeps the memory of all that it held.
    """
    lesson = definitions("resnet")
    patches = keras.random.normal((2, 7, 7, 3), seed=3)  # large ones: noise averages out
    images = keras.ops.repeat(keras.ops.repeat(3 * patches, 32, axis=1), 32, axis=2)
    theirs = getattr(keras.applications, f"ResNet{depth}")(weights=None, classifier_activation=None)
    randomized(theirs)
    scores, weights = np.array(theirs(images)), theirs.get_weights()
    del theirs
    gc.collect()
    largest = np.abs(scores).max()
    assert largest >= 1
    assert np.abs(scores[0] - scores[1]).max() > 100 * TOLERANCE * largest

    def differ(**options):
        ours = lesson["resnet"](depth, **options)
        ours.set_weights(weights)
        return np.abs(np.array(ours(images)) - scores).max() / largest

    assert differ() <= TOLERANCE
    gc.collect()
    if depth == 50:
        assert differ(stride_on="3x3") > 100 * TOLERANCE
        original = keras.layers.BatchNormalization

        def other_epsilon(**options):
            return original(**options | {"epsilon": 1e-3})

        lesson["layers"].BatchNormalization = other_epsilon
        assert differ() > TOLERANCE


@pytest.mark.parametrize("depth", [50, 101, 152])
def test_the_build_is_that_of_keras(depth, tmp_path):
    more = {"seconds": 300, "cwd": tmp_path, "env": environment(tmp_path)}
    run_forked(scores_agree_with_keras, depth, **more)


def test_its_multiply_adds_of_vgg19_are_those_of_lesson_vgg():
    lesson = definitions("vgg")
    network = lesson["vgg"](lesson["VGG"]["E"], kernel_initializer="zeros")
    typed = re.search(r"vgg19 = ([\d_]+)", "\n".join(script("resnet")))
    assert typed and int(typed[1]) == multiply_adds(network)


def test_its_listing_has_the_parameters_that_the_deck_has():
    """Deck 003: 3, 4, 6 and 3 blocks, biases everywhere, the stride on the 3x3."""
    lesson = definitions("resnet")
    assert lesson["resnet"](50, stride_on="3x3").count_params() == 25_636_712
