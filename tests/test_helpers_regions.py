"""RoIPool against loops, RoIAlign against SciPy, both by hand and under XLA."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from lesson_code import definitions
from scipy.ndimage import map_coordinates

from helpers.datasets import load_mnist
from helpers.proposals import selective_search
from helpers.regions import crops, roi_align, roi_pool
from helpers.scenes import digit_scenes


def random_case(seed, batch=2, count=9, rows=12, columns=16, stride=4):
    """Features, and boxes some of which reach beyond the picture or have no area."""
    rng = np.random.RandomState(seed)
    features = rng.normal(size=(batch, rows, columns, 3)).astype("float32")
    low = rng.uniform(-10, 60, (batch, count, 2))
    sides = rng.uniform(0, 50, (batch, count, 2)) * (rng.rand(batch, count, 1) < 0.9)
    return features, np.concatenate([low, low + sides], axis=-1).astype("float32"), stride


def pooled_by_loops(features, boxes, stride, size):
    """The paper's definition, bin by bin."""
    batch, rows, columns, channels = features.shape
    result = np.zeros((batch, boxes.shape[1], size, size, channels), "float32")
    for picture, place in np.ndindex(boxes.shape[:2]):
        x0, y0, x1, y1 = np.floor(boxes[picture, place] / stride + 0.5).astype(int)
        x0, y0 = np.clip(x0, 0, columns - 1), np.clip(y0, 0, rows - 1)
        x1, y1 = np.clip(max(x1, x0 + 1), 1, columns), np.clip(max(y1, y0 + 1), 1, rows)
        for p, q in np.ndindex(size, size):
            top, bottom = y0 + p * (y1 - y0) // size, -(-(y0 * size + (p + 1) * (y1 - y0)) // size)
            left, right = x0 + q * (x1 - x0) // size, -(-(x0 * size + (q + 1) * (x1 - x0)) // size)
            bin_ = features[picture, top:bottom, left:right]
            result[picture, place, p, q] = bin_.max(axis=(0, 1))
    return result


def aligned_by_loops(features, boxes, stride, size, samples):
    """Points interpolated by SciPy, and their mean."""
    result = np.zeros((*boxes.shape[:2], size, size, features.shape[-1]))
    share = (np.arange(size * samples) + 0.5) / (size * samples)
    for picture, place in np.ndindex(boxes.shape[:2]):
        x0, y0, x1, y1 = boxes[picture, place].astype(float) / stride
        y, x = np.meshgrid(y0 + (y1 - y0) * share, x0 + (x1 - x0) * share, indexing="ij")
        for channel in range(features.shape[-1]):
            values = map_coordinates(
                features[picture, ..., channel], [y - 0.5, x - 0.5], order=1, mode="nearest"
            )
            bins = values.reshape(size, samples, size, samples).mean(axis=(1, 3))
            result[picture, place, ..., channel] = bins
    return result


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
@settings(max_examples=25, deadline=None)
def test_pooling_is_the_papers_definition(seed, size):
    features, boxes, stride = random_case(seed)
    expected = pooled_by_loops(features, boxes, stride, size)
    np.testing.assert_array_equal(np.array(roi_pool(features, boxes, stride, size)), expected)


@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_aligning_is_the_mean_of_scipys_points(seed, size, samples):
    features, boxes, stride = random_case(seed)
    expected = aligned_by_loops(features, boxes, stride, size, samples)
    result = roi_align(features, boxes, stride, size, samples)
    np.testing.assert_allclose(np.array(result), expected, atol=2e-5)


def test_four_by_four_by_hand():
    features = np.arange(16, dtype="float32").reshape(1, 4, 4, 1)
    whole = np.array([[[0, 0, 4, 4]]], "float32")
    assert np.array(roi_pool(features, whole, 1, 2))[0, 0, ..., 0].tolist() == [[5, 7], [13, 15]]
    assert np.array(roi_align(features, whole, 1, 2))[0, 0, ..., 0].tolist() == [
        [2.5, 4.5],
        [10.5, 12.5],
    ]
    uneven = np.array([[[0, 0, 3, 3]]], "float32")  # bins of 1.5 places share the middle ones
    assert np.array(roi_pool(features, uneven, 1, 2))[0, 0, ..., 0].tolist() == [[5, 6], [9, 10]]


def test_a_ramp_is_read_where_it_is():
    """Half-pixel centres: on x + ½ a box's mean is its centre, where naive corners miss by ½."""
    features = (np.arange(10, dtype="float32") + 0.5)[None, None, :, None].repeat(10, axis=1)
    box = np.array([[[24, 24, 48, 48]]], "float32")  # places 3 to 6 at a stride of 8
    assert np.array(roi_align(features, box, 8, 1))[0, 0, 0, 0, 0] == pytest.approx(4.5)


def test_a_moved_box_is_read_as_moved_by_align_and_not_by_pool():
    rng = np.random.RandomState(0)
    features = rng.normal(size=(1, 16, 16, 4)).astype("float32")
    box, moved = (np.array([[[16 + by, 16, 40 + by, 40]]], "float32") for by in (0, 1))
    pooled, aligned = (
        [np.array(read(features, where, 4)) for where in (box, moved)]
        for read in (roi_pool, roi_align)
    )
    assert np.array_equal(*pooled)  # a quarter of a place is rounded away
    assert not np.allclose(*aligned, atol=0.01)


@pytest.mark.parametrize("read", [roi_pool, roi_align])
def test_gradients_reach_the_features_under_xla_as_without(read):
    features, boxes, stride = random_case(0)

    def gradient(values):
        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = ops.sum(read(values, boxes, stride) ** 2)
        return tape.gradient(loss, values)

    values = tf.constant(features)
    plain, compiled = gradient(values), tf.function(gradient, jit_compile=True)(values)
    assert np.abs(plain).max() > 0.1
    np.testing.assert_allclose(np.array(compiled), np.array(plain), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("read", [roi_pool, roi_align])
def test_symbolic_shapes_are_those_of_the_result(read):
    class Regions(keras.layers.Layer):
        def call(self, features, boxes):
            return read(features, boxes, 4, 5)

    features, boxes = keras.Input((12, 16, 3)), keras.Input((9, 4))
    model = keras.Model([features, boxes], Regions()(features, boxes))
    assert model.output_shape == (None, 9, 5, 5, 3)
    case = random_case(1)
    np.testing.assert_allclose(
        np.array(model(list(case[:2]))), np.array(read(*case, size=5)), rtol=1e-6
    )


@pytest.mark.parametrize("read", [roi_pool, roi_align])
def test_no_boxes_are_no_trouble(read):
    features, boxes, stride = random_case(0, count=0)
    assert read(features, boxes, stride).shape == (2, 0, 7, 7, 3)


@pytest.mark.parametrize("read", [roi_pool, roi_align])
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"features": np.zeros((4, 4, 1))}, r"columns, channels\), got \(4, 4, 1\)"),
        ({"features": np.zeros((1, 0, 4, 1))}, r"got \(1, 0, 4, 1\)"),
        ({"boxes": np.zeros((1, 4))}, r"expected boxes \(batch, n, 4\), got \(1, 4\)"),
        ({"boxes": np.zeros((1, 2, 5))}, r"got \(1, 2, 5\)"),
        ({"stride": 0}, "got 0 and 7"),
        ({"size": 0}, "got 4 and 0"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(read, change, sentence):
    given = {
        "features": np.zeros((1, 4, 4, 1), "float32"),
        "boxes": np.zeros((1, 2, 4), "float32"),
        "stride": 4,
        "size": 7,
    } | change
    with pytest.raises(ValueError, match=sentence):
        read(**given)


def test_aligning_needs_a_sample():
    features, boxes, stride = random_case(0)
    with pytest.raises(ValueError, match="expected a sample or more, got 0"):
        roi_align(features, boxes, stride, samples=0)


def test_crops_are_those_of_lesson_rcnn():
    image = digit_scenes(load_mnist()[1], 1, seed=7).images[0]
    proposals = selective_search(image)
    by_lesson = definitions("rcnn")["crops"](image, proposals)
    np.testing.assert_array_equal(crops(image, proposals), by_lesson)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_a_square_crop_without_surroundings_is_a_slice(x_min, y_min, size):
    image = np.random.RandomState(size).randint(0, 256, (100, 110)).astype(np.uint8)
    box = np.array([[x_min, y_min, x_min + size, y_min + size]])
    crop = crops(image, box, around=0, size=size)
    np.testing.assert_array_equal(crop[0], image[y_min : y_min + size, x_min : x_min + size])


def test_a_crop_shows_the_surroundings_and_beyond_the_picture_its_border():
    image = np.full((40, 40), 9, np.uint8)
    image[10:30, 10:30] = 200
    inner = crops(image, np.array([[10, 10, 30, 30]]), around=0.5, size=40)[0]
    np.testing.assert_array_equal(inner, image)
    corner = crops(image, np.array([[-20, -20, 0, 0]]), around=0, size=20)[0]
    assert (corner == 9).all()
    assert crops(image, np.zeros((0, 4))).shape == (0, 28, 28)


BOX = np.array([[0, 0, 9, 9]])


@pytest.mark.parametrize(
    "image, boxes, options, words",
    [
        (np.zeros((9, 9)), BOX, {}, "2-D bytes"),
        (np.zeros((9, 9, 1), np.uint8), BOX, {}, "2-D bytes"),
        (np.zeros((9, 9), np.uint8), BOX[:, :3], {}, r"boxes \(n, 4\)"),
        (np.zeros((9, 9), np.uint8), BOX[:, ::-1], {}, "x_min <= x_max"),
        (np.zeros((9, 9), np.uint8), np.array([[3, 2, 3, 7]]), {}, "with area"),
        (np.zeros((9, 9), np.uint8), BOX, {"around": -0.1}, "around >= 0"),
        (np.zeros((9, 9), np.uint8), BOX, {"size": 0}, "size >= 1"),
    ],
)
def test_bad_crops_are_refused(image, boxes, options, words):
    with pytest.raises(ValueError, match=words):
        crops(image, boxes, **options)


def test_halves_go_up_so_that_a_box_moved_by_a_stride_reads_the_next_place():
    features = np.arange(64, dtype="float32").reshape(1, 8, 8, 1)
    for low in (2, 6, 10):  # half a place, one and a half, two and a half
        box = np.array([[[low, low, low + 8, low + 8]]], "float32")
        first = np.array(roi_pool(features, box, 4, 2))
        np.testing.assert_array_equal(np.array(roi_pool(features, box + 4, 4, 2)) - first, 9)
