"""Routing in lesson capsules, held to the authors' code, and its layer to routing by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from lesson_code import definitions

# v after so many rounds for the predictions below, from `_update_routing` of github.com/Sarasra/
# models, research/capsules/models/layers/layers.py at 2bdd128, run once with biases of 0
AUTHORS = {
    1: [
        [0.198914, 0.278479, -0.079565, 0.0],
        [0.080757, -0.282648, -0.201891, -0.121135],
        [-0.033333, 0.033333, 0.1, 0.166667],
    ],
    2: [
        [0.229913, 0.33394, -0.132573, 0.019084],
        [0.119972, -0.302606, -0.259744, -0.094887],
        [-0.02128, 0.013449, 0.142379, 0.187772],
    ],
    3: [
        [0.300029, 0.372167, -0.218895, 0.081324],
        [0.196308, -0.311827, -0.354472, -0.027619],
        [0.014317, -0.031563, 0.221036, 0.213476],
    ],
    5: [
        [0.579212, 0.169616, -0.445834, 0.412283],
        [0.457924, -0.159267, -0.620098, 0.284163],
        [0.195363, -0.220802, 0.505443, 0.164632],
    ],
}
PREDICTIONS = (((7 * np.arange(60) + 3) % 11 - 5) / 4).reshape(5, 3, 4)  # no two parts alike


@pytest.fixture(scope="module")
def lesson():
    return definitions("capsules")


@pytest.mark.parametrize("rounds", AUTHORS)
def test_routing_gives_the_numbers_of_the_authors_code(lesson, rounds):
    v, couplings = lesson["route"](PREDICTIONS, rounds)
    assert np.abs(v - AUTHORS[rounds]).max() < 2e-6
    assert len(couplings) == rounds
    assert np.allclose(np.sum(couplings, axis=2), 1)


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_the_layer_gives_the_numbers_of_routing_by_hand(lesson, rounds):
    keras.utils.set_random_seed(1)
    layer = lesson["Capsules"](5, 7, rounds)
    u = np.random.RandomState(0).normal(0, 3, (4, 6, 2)).astype("float32")
    got = np.array(layer(u))
    w = np.array(layer.w)
    assert w.shape == (6, 5, 7, 2)
    wanted = [lesson["route"](np.einsum("ijds,is->ijd", w, parts), rounds)[0] for parts in u]
    assert got.shape == (4, 5, 7)
    assert np.abs(got - wanted).max() < 1e-5 * np.abs(got).max()


def test_one_round_is_a_fully_connected_layer_and_squash(lesson):
    layer = lesson["Capsules"](3, 4, rounds=1)
    u = np.random.RandomState(0).normal(size=(2, 5, 6))
    got = np.array(layer(u))
    matrix = np.array(layer.w).transpose(0, 3, 1, 2).reshape(5 * 6, 3 * 4)
    s = (u.reshape(2, 30) @ matrix).reshape(2, 3, 4) / 3
    assert np.abs(lesson["squash"](s) - got).max() < 1e-6


@pytest.mark.parametrize("build", ["capsnet", "cnn", "pooling_cnn"])
def test_a_network_sees_all_pixels(lesson, build):
    """A pixel that no kernel reaches would make a pushed digit lose ink unseen."""
    keras.utils.set_random_seed(0)
    model = lesson[build](**(lesson["SMALL"] if build == "capsnet" else {}))
    images = tf.constant(np.random.RandomState(0).rand(8, 28, 28, 1).astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(images)
        first = model(images)[:, 0]
    assert (np.abs(tape.gradient(first, images)).max(axis=0) > 0).all()


def test_margin_loss_by_a_plain_loop(lesson):
    random = np.random.RandomState(0)
    present, lengths = random.randint(0, 2, (6, 10)), random.rand(6, 10)
    wanted = np.zeros(6)
    for image in range(6):
        for there, length in zip(present[image], lengths[image], strict=True):
            miss = max(0, 0.9 - length) if there else max(0, length - 0.1)
            wanted[image] += miss**2 * (1 if there else 0.5)
    assert np.abs(lesson["margin_loss"](present, lengths) - wanted).max() < 1e-6


def test_an_empty_image_has_finite_gradients(lesson):
    """All parts are 0 then, where the length of a vector has no gradient of its own."""
    model = lesson["capsnet"](**lesson["SMALL"])
    with tf.GradientTape() as tape:
        losses = lesson["margin_loss"](np.eye(10)[:1], model(np.zeros((1, 28, 28, 1))))
    gradients = tape.gradient(losses, model.trainable_weights)
    assert len(gradients) == 5
    assert all(np.isfinite(gradient).all() for gradient in gradients)


def test_digits_are_moved_and_turned_by_what_was_asked(lesson):
    random = np.random.RandomState(0)
    images = np.zeros((4, 28, 28, 1), "float32")
    images[:, 8:20, 9:18] = random.rand(4, 12, 9, 1)
    moved = lesson["changed"](images, pixels=3)
    for image, result, shift in zip(images, moved, [(0, 3), (3, 0), (0, -3), (-3, 0)], strict=True):
        assert np.abs(np.roll(image, shift, (0, 1)) - result).max() < 1e-5
    turned = lesson["changed"](images, degrees=90)
    for image, result, turns in zip(images, turned, [1, -1, 1, -1], strict=True):
        assert np.abs(np.rot90(image, turns) - result).max() < 1e-4


def test_halves_are_pushed_by_what_was_asked(lesson):
    images = np.zeros((1, 28, 28, 1))
    images[0, 13, 10], images[0, 14, 10] = 1, 2
    pushed = lesson["pushed"](images, 3, -2)
    assert pushed.shape == images.shape
    assert pushed[0, 13, 13, 0] == 1 and pushed[0, 14, 8, 0] == 2 and pushed.sum() == 3
