"""R-CNN and Fast R-CNN as lessons rcnn and fast_rcnn build them, to be compared with others.

Both start from the convolutions of `helpers.weights.scene_classifier`; what stands behind these is
not trained. Boxes are (x_min, y_min, x_max, y_max) in pixels, as everywhere.
"""

from typing import TYPE_CHECKING, Any

from helpers.weights import load_scene_classifier

if TYPE_CHECKING:
    import keras


def rcnn(hidden: int = 128) -> "keras.Model":
    """The network of R-CNN (Girshick et al. 2014), which reads one crop for each box.

    Args:
        hidden: units of the dense layer before the last.

    Returns:
        A model, not compiled: crops (n, 28, 28, 1) of floats 0-1 to eleven logits (n, 11), the last
        that of the background.

    Raises:
        ValueError: if there is no hidden unit.
    """
    import keras
    from keras import layers

    _expect_units(hidden)
    inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(_body()(inputs))  # 7x7x64 -> 3,136
    x = layers.Dense(hidden, activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, layers.Dense(11)(x))


def fast_rcnn(hidden: int = 256, side: int = 128) -> "keras.Model":
    """The network of Fast R-CNN (Girshick 2015), which reads all boxes of a scene from one map.

    Args:
        hidden: units of the dense layer before the last.
        side: of the scenes in pixels, a multiple of 4.

    Returns:
        A model, not compiled: scenes (n, side, side, 1) of floats 0-1 and boxes (n, k, 4) to eleven
        logits and four deltas for each box, (n, k, 15).

    Raises:
        ValueError: if there is no hidden unit, or the side is no multiple of 4.
    """
    import keras
    from keras import layers

    from helpers.regions import roi_pool

    _expect_units(hidden)
    if side < 4 or side % 4:
        raise ValueError(f"expected a side that is a multiple of 4, got {side!r}")

    class RoIPooling(layers.Layer):  # type: ignore[misc]  # Keras tells no types
        """Feature maps and boxes (n, k, 4) -> (n, k, 7, 7, channels)."""

        def call(self, features: Any, boxes: Any) -> Any:
            return roi_pool(features, boxes, stride=4, size=7)

        def compute_output_shape(self, features_shape: Any, boxes_shape: Any) -> tuple[Any, ...]:
            return (*boxes_shape[:2], 7, 7, features_shape[-1])

    scenes, boxes = keras.Input((side, side, 1)), keras.Input((None, 4))
    x = RoIPooling()(_body()(scenes), boxes)
    x = layers.Reshape((-1, 7 * 7 * 64))(x)
    x = layers.Dense(hidden, activation="relu", kernel_initializer="he_normal")(x)
    outputs = layers.Concatenate()([layers.Dense(11)(x), layers.Dense(4)(x)])
    return keras.Model([scenes, boxes], outputs)


def _body() -> "keras.Model":
    """Pictures (n, height, width, 1) to feature maps (n, height / 4, width / 4, 64)."""
    import keras

    classifier = load_scene_classifier()
    return keras.Model(classifier.input, classifier.get_layer("features").output)


def _expect_units(hidden: int) -> None:
    if hidden < 1:
        raise ValueError(f"expected a hidden unit or more, got {hidden!r}")
