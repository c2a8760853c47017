"""random_affine against OpenCV's warpAffine, within its amounts, and on bad input."""

import cv2
import numpy as np
import pytest
import tensorflow as tf

from helpers.augmentation import random_affine

NONE = {"angle": 0.0, "stretch": 0.0, "slant": 0.0, "shift": 0.0}


def blob(height=28, width=28):
    """A smooth bump, so that interpolation is near exact; its middle is off the middle."""
    rows, columns = np.mgrid[:height, :width]
    distance = (rows - 0.55 * height) ** 2 / 12 + (columns - 0.4 * width) ** 2 / 30
    return np.exp(-distance).astype("float32")


def moments(image):
    """Middle (x, y) and covariance of the ink."""
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    weights = image.ravel() / image.sum()
    points = np.stack([columns.ravel(), rows.ravel()])
    middle = points @ weights
    away = points - middle[:, None]
    return middle, (away * weights) @ away.T


def test_nothing_changes_without_amounts():
    images = np.random.RandomState(0).uniform(size=(3, 7, 9, 2)).astype("float32")
    np.testing.assert_allclose(random_affine(images, **NONE), images, atol=1e-5)


@pytest.mark.parametrize(
    ("amounts", "linear"),
    [
        ({"angle": 0.3}, lambda t: [[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]),
        ({"stretch": 0.2}, lambda t: [[1 / (1 + t), 0], [0, 1 / (1 + t)]]),
        ({"slant": 0.3}, lambda t: [[1, t], [0, 1]]),
    ],
)
def test_one_amount_is_one_of_opencvs_maps_about_the_middle(amounts, linear):
    image = blob(26, 32)
    tf.random.set_seed(1)
    results = random_affine(np.repeat(image[None, ..., None], 12, 0), **NONE | amounts).numpy()
    middle = np.array([15.5, 12.5])
    (largest,) = amounts.values()
    found = []
    for result in results[..., 0]:
        errors = {}
        for t in np.linspace(-largest, largest, 201):
            matrix = np.array(linear(t))
            inverse = np.column_stack([matrix, middle - matrix @ middle])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            theirs = cv2.warpAffine(image, inverse, (32, 26), flags=flags)
            errors[t] = np.abs(result - theirs).max()
        found.append(min(errors, key=errors.__getitem__))
        assert min(errors.values()) < 0.02
    assert len(set(found)) > 6  # each image has its own
    assert min(found) < -largest / 2 and max(found) > largest / 2  # to both sides


def test_shift_moves_each_image_by_its_own_amount():
    images = np.repeat(blob()[None, ..., None], 40, 0)
    tf.random.set_seed(0)
    results = random_affine(images, **NONE | {"shift": 2.5}).numpy()[..., 0]
    before, shape = moments(blob())
    away = np.array([moments(result)[0] - before for result in results])
    assert np.abs(away).max() <= 2.55
    assert (away.min(0) < -1.5).all() and (away.max(0) > 1.5).all()  # to both sides
    assert (away.std(0) > 0.8).all()
    np.testing.assert_allclose(moments(results[0])[1], shape, rtol=0.1, atol=0.3)


def test_where_nothing_was_there_is_0():
    images = np.ones((20, 15, 19, 1), "float32")
    tf.random.set_seed(2)
    results = random_affine(images, **NONE | {"shift": 3.0}).numpy()[..., 0]
    for row in (results[:, 7, :], results.transpose(0, 2, 1)[:, 9, :]):  # across, and down
        middle = row.shape[1] // 2
        before, after = (1 - row[:, :middle]).sum(1), (1 - row[:, middle:]).sum(1)
        assert (np.minimum(before, after) < 1e-4).all()  # empty on one side only
        assert before.max() > 1.5 and after.max() > 1.5 and max(before.max(), after.max()) < 3.01
    tf.random.set_seed(2)
    turned = random_affine(images[:, :15, :15], **NONE | {"angle": 0.5}).numpy()[..., 0]
    corners = turned[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert corners.min() == 0 and turned[:, 7, 7] == pytest.approx(1, abs=1e-4)


def test_it_works_in_a_pipeline_on_batches_of_any_size():
    images = np.zeros((5, 8, 6, 3), "float32")
    data = tf.data.Dataset.from_tensor_slices(images).batch(2).map(random_affine)
    assert [batch.shape for batch in data] == [(2, 8, 6, 3), (2, 8, 6, 3), (1, 8, 6, 3)]


@pytest.mark.parametrize(
    ("images", "amounts", "sentence"),
    [
        (np.zeros((3, 8, 8), "float32"), {}, r"shape \(n, height, .* got \(3, 8, 8\)"),
        (np.zeros((3, 8, 8, 1), "uint8"), {}, "expected images of floats, got uint8"),
        (np.zeros((3, 8, 8, 1)), {"angle": -0.1}, "angle to be finite, 0 or more, got -0.1"),
        (np.zeros((3, 8, 8, 1)), {"shift": -1}, "shift to be finite, 0 or more, got -1"),
        (np.zeros((3, 8, 8, 1)), {"angle": np.nan}, "angle to be finite, 0 or more, got nan"),
        (np.zeros((3, 8, 8, 1)), {"slant": np.inf}, "slant to be finite, 0 or more, got inf"),
        (np.zeros((3, 8, 8, 1)), {"stretch": np.nan}, "stretch from 0 to below 1, got nan"),
        (np.zeros((3, 8, 8, 1)), {"stretch": 1.0}, "from 0 to below 1, got 1.0"),
    ],
)
def test_bad_input_is_told_apart(images, amounts, sentence):
    with pytest.raises(ValueError, match=sentence):
        random_affine(images, **amounts)
