"""EfficientNet-Lite0, trained on ImageNet and embedded in the course, and the names of its classes.

Source of the architecture: Google's EfficientNet-Lite (2020), a simplified EfficientNet-B0 (Tan and
Le, 2019, table 1); where its weights are from is in data/README.md.
"""

import io
from typing import TYPE_CHECKING

import numpy as np

from helpers.datasets import embedded_bytes

if TYPE_CHECKING:
    import keras

LITE0_STAGES = (  # expansion, kernel size, channels, blocks, stride of the first block
    (1, 3, 16, 1, 1),
    (6, 3, 24, 2, 2),
    (6, 5, 40, 2, 2),
    (6, 3, 80, 3, 2),
    (6, 5, 112, 3, 1),
    (6, 5, 192, 4, 2),
    (6, 3, 320, 1, 1),
)


def efficientnet_lite0(input_shape: tuple[int, int, int] = (224, 224, 3)) -> "keras.Model":
    """EfficientNet-Lite0 with random weights, up to the scores: no softmax at the end.

    Args:
        input_shape: height, width, 3; scores are of use at 224×224, which the weights are made for.

    Returns:
        A model, not compiled: images (n, height, width, 3), each channel as (byte - 127) / 128, to
        scores (n, 1000) in the order of `imagenet_classes`.

    Raises:
        ValueError: if the input has not three channels.
    """
    import keras
    from keras import layers

    if len(input_shape) != 3 or input_shape[-1] != 3:
        raise ValueError(f"expected an input of shape (height, width, 3), got {input_shape}")

    def normalized(x: "keras.KerasTensor", name: str, relu: bool = True) -> "keras.KerasTensor":
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_norm")(x)
        return layers.ReLU(6, name=f"{name}_relu")(x) if relu else x  # 6: the largest output

    def convolution(
        x: "keras.KerasTensor", filters: int, name: str, relu: bool = True, **options: int
    ) -> "keras.KerasTensor":
        options = {"kernel_size": 1, "strides": 1} | options
        x = layers.Conv2D(filters, padding="same", use_bias=False, name=name, **options)(x)
        return normalized(x, name, relu)

    inputs = keras.Input(input_shape)
    x = convolution(inputs, 32, "stem", kernel_size=3, strides=2)
    number = 0
    for expansion, kernel_size, filters, blocks, first_stride in LITE0_STAGES:
        for block in range(blocks):
            name, strides, shortcut = f"block{number}", first_stride if block == 0 else 1, x
            if expansion > 1:
                x = convolution(x, expansion * x.shape[-1], f"{name}_expand")
            options = {"padding": "same", "use_bias": False, "name": f"{name}_depthwise"}
            x = layers.DepthwiseConv2D(kernel_size, strides, **options)(x)
            x = normalized(x, f"{name}_depthwise")
            x = convolution(x, filters, f"{name}_project", relu=False)
            if block > 0:
                x = layers.Add(name=f"{name}_add")([shortcut, x])
            number += 1
    x = convolution(x, 1280, "head")
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = layers.Dropout(0.2, name="dropout")(x)
    return keras.Model(inputs, layers.Dense(1000, name="scores")(x), name="efficientnet_lite0")


def load_efficientnet_lite0() -> "keras.Model":
    """`efficientnet_lite0` with the weights that Google trained on ImageNet, from `data/`.

    Kernels are embedded as 16-bit floats; data/README.md says how far that moves a probability.

    Returns:
        As `efficientnet_lite0` at 224×224.

    Raises:
        ValueError: if the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    model = efficientnet_lite0()
    with np.load(io.BytesIO(embedded_bytes("efficientnet_lite0.npz")), allow_pickle=False) as kept:
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(kept[f"{layer.name}/{weight.name}"].astype("float32"))
    return model


def imagenet_classes() -> list[str]:
    """The names of the 1,000 classes, in the order of the scores.

    Raises:
        ValueError: if the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    return embedded_bytes("imagenet_classes.txt").decode().splitlines()
