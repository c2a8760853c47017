"""What lesson transfer says of freezing, held to Keras itself."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from lesson_code import definitions

from helpers.datasets import load_fashion_mnist
from helpers.pretrained import efficientnet_lite0, imagenet_classes, load_efficientnet_lite0
from tools.source import lessons_named, read_lesson

SIDE = 32  # small, for speed: the weights fit all sizes


@pytest.fixture(scope="module")
def lesson():
    """Functions and constants of the lesson, and the names that its functions look up."""
    names = definitions("transfer")
    names["ends"] = {"block5": "block5_project_norm", "block10": "block10_add", "head": "head_relu"}
    return names


def network():
    small = efficientnet_lite0((SIDE, SIDE, 3))
    small.set_weights(load_efficientnet_lite0().get_weights())
    return small


def gradients(model, x, y):
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(y, model(x), from_logits=True)
    return tape.gradient(losses, model.trainable_weights)


@pytest.mark.parametrize("cut", ["block5", "block10", "all"])
def test_training_on_the_outputs_of_a_frozen_front_is_training_the_whole(lesson, cut):
    whole = network()
    rest = lesson["unfrozen"](whole, cut)
    rest.layers[-1].kernel.assign(np.random.RandomState(0).normal(0, 0.1, (1280, 10)))
    middle = lesson["maps_at"](whole, cut)
    front = keras.Model(whole.input, middle)
    joined = keras.Model(whole.input, rest(middle))
    for layer in front.layers:
        layer.trainable = False
    x, y = np.random.RandomState(1).normal(0, 0.5, (4, SIDE, SIDE, 3)), np.array([0, 3, 5, 9])
    at_once, in_two = gradients(joined, x, y), gradients(rest, front(x), y)
    assert len(at_once) == len(in_two) == len(rest.trainable_weights) >= 2
    for left, right in zip(at_once, in_two, strict=True):
        assert np.abs(left).max() > 0
        assert np.abs(left - right).max() <= 1e-4 * np.abs(right).max()


def test_the_first_step_changes_the_new_layer_alone(lesson):
    rest = lesson["unfrozen"](network(), "block10")
    before = [np.array(weight) for weight in rest.trainable_weights]
    rest.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    x = np.random.RandomState(1).normal(0, 0.5, (4, *rest.input_shape[1:]))
    rest.fit(x, np.array([0, 3, 5, 9]), verbose=0)
    changed = [
        weight.path.split("/")[0]
        for old, weight in zip(before, rest.trainable_weights, strict=True)
        if not np.array_equal(old, weight)
    ]
    assert set(changed) == {rest.layers[-1].name} and len(before) > 10


def test_fit_still_overrides_training_false():
    """Where this fails, Keras has changed, and section 4 of the lesson has a sentence too many."""
    inputs, norm = keras.Input((5,)), layers.BatchNormalization()
    model = keras.Model(inputs, layers.Dense(2)(norm(inputs, training=False)))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = np.array(norm.moving_mean)
    x = np.random.RandomState(0).normal(3, 2, (20, 5))
    model.fit(x, (x[:, 0] > 3).astype(int), verbose=0)
    assert not np.array_equal(before, norm.moving_mean)


def test_the_shoes_are_names_of_imagenet(lesson):
    assert set(lesson["SHOES"]) < set(imagenet_classes())


ANSWERS = {  # as the Korean caption of figure 2 translates them
    "cloak": "망토",
    "shovel": "삽",
    "switch": "스위치",
    "electric guitar": "전기 기타",
    "bulletproof vest": "방탄조끼",
    "folding chair": "접는 의자",
    "binoculars": "쌍안경",
    "whistle": "호루라기",
    "punching bag": "샌드백",
    "hatchet": "손도끼",
}


def test_the_caption_names_what_the_network_answers(lesson):
    (_, _), (x_test, y_test) = load_fashion_mnist()
    third = [np.flatnonzero(y_test == label)[2] for label in range(10)]
    lesson["source"] = load_efficientnet_lite0()
    scores = lesson["lite0"]().predict(lesson["prepared"](x_test[third]), verbose=0)
    assert [imagenet_classes()[number] for number in scores.argmax(axis=1)] == list(ANSWERS)
    (stem,) = lessons_named("transfer")
    texts = [place.text["ko"] for place in read_lesson(stem).places]
    (caption,) = [text for text in texts if "둘째 줄은 신경망이" in text]
    found = [caption.rindex(word) for word in ANSWERS.values()]
    assert found == sorted(found)


def test_the_pool_has_forty_photos_of_each_class():
    (_, y_train), _ = load_fashion_mnist()
    assert np.bincount(y_train[:500]).min() >= 40
