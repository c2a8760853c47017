"""Convolution by hand against Keras's, on every kind of size, and on bad input."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.convolution import conv2d, output_size, windows


def library(images, kernels, stride, padding):
    if padding != "same":
        images = np.pad(images, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    mode = "same" if padding == "same" else "valid"
    maps = keras.ops.conv(images, kernels, strides=stride, padding=mode)
    return keras.ops.convert_to_numpy(maps)


@settings(max_examples=150, deadline=None)
@given(
    height=st.integers(1, 11),
    width=st.integers(1, 11),
    kernel_height=st.integers(1, 5),
    kernel_width=st.integers(1, 5),
    channels=st.integers(1, 4),
    filters=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.sampled_from([0, 1, 2, 3, "same"]),
    seed=st.integers(0, 9),
)
def test_conv2d_equals_keras(
    height, width, kernel_height, kernel_width, channels, filters, stride, padding, seed
):
    pad = 0 if padding == "same" else 2 * padding
    if padding != "same" and (kernel_height > height + pad or kernel_width > width + pad):
        with pytest.raises(ValueError, match="expected a kernel of 1 to"):
            conv2d(
                np.zeros((1, height, width, 1)),
                np.zeros((kernel_height, kernel_width, 1, 1)),
                stride,
                padding,
            )
        return
    rng = np.random.RandomState(seed)
    images = rng.normal(size=(2, height, width, channels)).astype("float32")
    kernels = rng.normal(size=(kernel_height, kernel_width, channels, filters)).astype("float32")
    maps = conv2d(images, kernels, stride, padding)
    theirs = library(images, kernels, stride, padding)
    assert maps.shape == theirs.shape
    np.testing.assert_allclose(maps, theirs, rtol=1e-4, atol=1e-4)
    sizes = (height, kernel_height), (width, kernel_width)
    assert maps.shape[1:3] == tuple(output_size(*pair, stride, padding) for pair in sizes)


def test_windows_are_what_the_kernel_sees():
    image = np.arange(20.0).reshape(1, 4, 5, 1)
    seen = windows(image, (2, 3), stride=2)
    assert seen.shape == (1, 2, 2, 2, 3, 1)
    np.testing.assert_array_equal(seen[0, 1, 1, ..., 0], image[0, 2:4, 2:5, 0])


IMAGES, KERNELS = np.zeros((1, 5, 6, 2)), np.zeros((3, 3, 2, 4))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: conv2d(IMAGES, np.zeros((6, 3, 2, 1))), "kernel of 1 to 5 pixels .*, got 6"),
        (lambda: conv2d(IMAGES, KERNELS, stride=0), "stride of 1 or more, got 0"),
        (lambda: conv2d(IMAGES, KERNELS, padding=-1), "padding of 0 or more, or 'same', got -1"),
        (lambda: conv2d(IMAGES, KERNELS, padding="full"), "padding .* got 'full'"),
        (lambda: conv2d(IMAGES, np.zeros((3, 3, 1, 4))), "the images' 2 channels, got 1"),
        (lambda: conv2d(IMAGES.astype("uint8"), KERNELS), "images of floats .*, got uint8"),
        (lambda: conv2d(IMAGES, KERNELS.astype(int)), "kernels of floats .*, got int64"),
        (lambda: conv2d(IMAGES[0], KERNELS), r"images of shape .*, got \(5, 6, 2\)"),
        (lambda: conv2d(IMAGES, KERNELS[0]), r"kernels of shape .*, got \(3, 2, 4\)"),
        (lambda: output_size(5, 0), "kernel of 1 to 5 pixels .*, got 0"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
