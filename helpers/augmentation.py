"""Data augmentation of images by one affine map for each image of a batch."""

import math
from typing import Any


def random_affine(
    images: Any, angle: float = 0.25, stretch: float = 0.1, slant: float = 0.0, shift: float = 1.0
) -> Any:
    """Turn, stretch, slant and shift each image by random amounts, with 0 where nothing was.

    For data pipelines (`dataset.batch(...).map(random_affine)`): TensorFlow's affine transform
    does not compile under XLA, so it cannot be part of a model. Lesson training_well explains it.

    Args:
        images: (n, height, width, channels) of floats, of fixed height and width.
        angle: largest turn, in radians, in either direction; 0.25 is 14 degrees.
        stretch: largest change of size, as a fraction; height and width change alike.
        slant: largest shear: pixels moved sideways for each pixel of height.
        shift: largest movement in pixels, horizontally and vertically.

    Returns:
        A TensorFlow tensor like the images, interpolated between neighbouring pixels.

    Raises:
        ValueError: if the images have no four axes or are not floats, an amount is below 0
            or not finite, or the stretch is 1 or more.
    """
    import keras
    import tensorflow as tf

    if len(images.shape) != 4:
        raise ValueError(
            f"expected images of shape (n, height, width, channels), got {tuple(images.shape)}"
        )
    if not tf.as_dtype(images.dtype).is_floating:
        raise ValueError(f"expected images of floats, got {tf.as_dtype(images.dtype).name}")
    amounts = {"angle": angle, "stretch": stretch, "slant": slant, "shift": shift}
    for name, amount in amounts.items():
        if not (math.isfinite(amount) and amount >= 0) or (name == "stretch" and amount >= 1):
            expected = "from 0 to below 1" if name == "stretch" else "to be finite, 0 or more"
            raise ValueError(f"expected {name} {expected}, got {amount}")

    count = tf.shape(images)[0]
    turn = tf.random.uniform([count], -angle, angle)
    scale = tf.random.uniform([count], 1 - stretch, 1 + stretch)
    lean = tf.random.uniform([count], -slant, slant)
    moved = tf.random.uniform([2, count], -shift, shift)

    # where the pixel (x, y) of the result comes from: (a x + b y + right, c x + d y + down)
    a, b = tf.cos(turn) / scale, (lean * tf.cos(turn) - tf.sin(turn)) / scale
    c, d = tf.sin(turn) / scale, (lean * tf.sin(turn) + tf.cos(turn)) / scale
    middle_x, middle_y = (images.shape[2] - 1) / 2, (images.shape[1] - 1) / 2
    right = middle_x - a * middle_x - b * middle_y + moved[0]  # the middle stays, then is moved
    down = middle_y - c * middle_x - d * middle_y + moved[1]
    zero = tf.zeros([count])
    maps = tf.stack([a, b, right, c, d, down, zero, zero], axis=1)
    return keras.ops.image.affine_transform(images, maps, fill_mode="constant")
