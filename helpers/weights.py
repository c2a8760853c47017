"""Trained networks that lessons keep for later ones: built from code, with weights from `data/`."""

from typing import TYPE_CHECKING

from helpers.datasets import data_folder, embedded_bytes

if TYPE_CHECKING:
    import keras

DIGIT_CNN = "16 M 32 32 M 80 80"  # PLAN of lesson deep_cnn: kernels of each layer, M for pooling


def digit_cnn() -> "keras.Model":
    """The network of lesson deep_cnn, with random weights.

    Returns:
        A model, not compiled: images (n, 28, 28, 1) of floats 0-1, 1 being ink, to probabilities
        (n, 10).
    """
    import keras
    from keras import layers

    x = inputs = keras.Input((28, 28, 1))
    for step in DIGIT_CNN.split():
        if step == "M":
            x = layers.MaxPooling2D(2)(x)  # halves height and width
            continue
        convolution = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
        x = layers.Conv2D(int(step), 3, **convolution)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
    x = layers.GlobalMaxPooling2D()(x)  # 7x7x80 -> 80
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def load_digit_cnn() -> "keras.Model":
    """`digit_cnn` as lesson deep_cnn trains it on the 8,000 embedded digits (see data/README.md).

    Returns:
        As `digit_cnn`.

    Raises:
        ValueError: if the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    embedded_bytes("digit_cnn.weights.h5")
    model = digit_cnn()
    model.load_weights(data_folder() / "digit_cnn.weights.h5")
    return model


def scene_classifier() -> "keras.Model":
    """A small network that says which digit a scene with one digit shows, with random weights.

    Returns:
        A model, not compiled: scenes (n, height, width, 1) of floats 0-1, of any size, to logits
        (n, 10). Its layer "features" gives the feature map (n, height / 4, width / 4, 64) that
        detectors start from.
    """
    import keras
    from keras import layers

    convolution = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    x = inputs = keras.Input((None, None, 1))
    x = layers.Conv2D(16, 5, strides=2, **convolution)(x)  # 128x128 -> 64x64
    x = layers.MaxPooling2D(2)(x)  # 32x32
    x = layers.Conv2D(32, 3, **convolution)(x)
    x = layers.Conv2D(64, 3, **convolution, name="features")(x)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


def load_scene_classifier() -> "keras.Model":
    """`scene_classifier`, trained on scenes made of the first 7,000 embedded training digits.

    It has seen which digit a scene shows, and never where (see data/README.md).

    Returns:
        As `scene_classifier`; a new model at every call.

    Raises:
        ValueError: if the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    embedded_bytes("scene_classifier.weights.h5")
    model = scene_classifier()
    model.load_weights(data_folder() / "scene_classifier.weights.h5")
    return model
