"""Parameters and multiply-adds of a model, layer by layer.

A multiply-add is one weight times one input, added to a sum. Convolutions and dense layers are
counted, without their biases; activation, pooling and normalization cost nothing here, as in the
papers whose figures the lessons compare with.
"""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import keras

FREE = {  # layers without products of weights and inputs
    "Activation ELU GELU LeakyReLU PReLU ReLU Softmax",
    "Add Average Concatenate Maximum Minimum Multiply Subtract",
    "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D MaxPooling3D",
    "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D",
    "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D",
    "BatchNormalization GroupNormalization LayerNormalization Normalization UnitNormalization",
    "Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D ZeroPadding3D",
    "UpSampling1D UpSampling2D UpSampling3D Flatten Permute Rescaling Reshape",
    "AlphaDropout Dropout GaussianDropout GaussianNoise Identity Masking RepeatVector",
    "SpatialDropout1D SpatialDropout2D SpatialDropout3D GetItem Split",
}
FREE_LAYERS = {name for line in FREE for name in line.split()}
CONVOLUTIONS = {
    f"{kind}{n}D"
    for n in (1, 2, 3)
    for kind in ("Conv", "DepthwiseConv", "SeparableConv")
    if (kind, n) not in {("DepthwiseConv", 3), ("SeparableConv", 3)}
}
TRANSPOSED = {f"Conv{n}DTranspose" for n in (1, 2, 3)}


Shape = tuple[Any, ...]  # sizes; None where one is not fixed


class Count(NamedTuple):
    """One call of one layer.

    Attributes:
        layer: its name.
        kind: its class, such as `Conv2D`.
        shape: of its output, without the batch; of an operation such as `Split`, its input's.
        parameters: that it holds, moving averages included; 0 where it was called before.
        multiply_adds: for one example.
    """

    layer: str
    kind: str
    shape: Shape
    parameters: int
    multiply_adds: int


def layer_counts(model: "keras.Model", free: tuple[type, ...] = ()) -> list[Count]:
    """Count parameters and multiply-adds, layer by layer.

    A convolution has one multiply-add for each weight at each place of its output; a transposed
    one at each place of its input (padding "same" cuts some of their sums off, they count); a dense
    layer one for each weight, at every place if its input has places.

    Args:
        model: functional or `Sequential`, built, with inputs of fixed size; models inside it are
            counted through, and a layer used twice is listed twice.
        free: classes of other layers that have no multiply-adds, such as your own.

    Returns:
        One `Count` for each call of a layer, in the order of the model's layers (calls of one
        layer stand together).

    Raises:
        ValueError: if the model is not such a one, or has a layer that cannot be counted.
    """
    counted: list[Count] = []
    seen: set[int] = set()
    for operation, call in _calls(model):
        kind = type(operation).__name__
        costs_nothing = isinstance(operation, free) or kind in FREE_LAYERS
        if not costs_nothing and kind not in {"Dense"} | CONVOLUTIONS | TRANSPOSED:
            raise ValueError(
                f"cannot count layer {operation.name!r}: expected convolutions, dense layers and "
                f"layers without products such as pooling (or their class in `free`), got {kind}"
            )
        inputs, shape = _shapes(operation, call)
        if None in (*shape, *(size for tensor in inputs for size in tensor)):
            raise ValueError(
                f"expected inputs of fixed size, got {shape} out of layer {operation.name!r}"
            )
        held = hasattr(operation, "count_params") and id(operation) not in seen
        seen.add(id(operation))
        parameters = operation.count_params() if held else 0
        products = 0 if costs_nothing else _multiply_adds(operation, kind, inputs[0], shape)
        counted.append(Count(operation.name, kind, shape, parameters, products))
    return counted


def multiply_adds(model: "keras.Model", free: tuple[type, ...] = ()) -> int:
    """Multiply-adds of a whole model for one example; see `layer_counts`."""
    return sum(count.multiply_adds for count in layer_counts(model, free))


def print_counts(model: "keras.Model", free: tuple[type, ...] = ()) -> None:
    """Print the layers that have parameters, and the sums, as a table; see `layer_counts`."""
    counts = layer_counts(model, free)
    print(f"{'layer':<18}{'output':>16}{'parameters':>14}{'multiply-adds':>18}")
    for count in counts:
        if count.parameters or count.multiply_adds:
            shape = "x".join(map(str, count.shape))
            print(f"{count.kind:<18}{shape:>16}{count.parameters:>14,}{count.multiply_adds:>18,}")
    totals = sum(c.parameters for c in counts), sum(c.multiply_adds for c in counts)
    print(f"{'all':<18}{'':>16}{totals[0]:>14,}{totals[1]:>18,}")


def _calls(model: "keras.Model") -> Iterator[tuple[Any, Any]]:
    """Each call of each layer or operation, with its arguments as the model's config has them."""
    import keras

    if not isinstance(model, keras.Function) and not (
        isinstance(model, keras.Sequential) and model.built
    ):
        raise ValueError(
            "expected a functional model, or a Sequential one that is built, "
            f"got {type(model).__name__} {model.name!r}"
        )
    graph = keras.Model(model.inputs, model.outputs)  # the same layers, whatever made the model
    try:
        config = graph.get_config()
    except NotImplementedError as error:
        message = f"expected layers with a get_config, got a model {model.name!r} with one without"
        raise ValueError(message) from error
    operations = {operation.name: operation for operation in graph.operations}
    for entry in config["layers"]:
        for call in entry["inbound_nodes"]:
            operation = operations[entry["name"]]
            if isinstance(operation, keras.Model):
                yield from _calls(operation)
            else:
                yield operation, _with_tensors(call)


def _with_tensors(value: Any) -> Any:
    """The arguments of a call, with symbolic tensors where the config describes them."""
    import keras

    if isinstance(value, list | tuple):
        return [_with_tensors(item) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        return keras.KerasTensor(value["config"]["shape"], value["config"]["dtype"])
    if isinstance(value, dict):
        return {name: _with_tensors(item) for name, item in value.items()}
    return value


def _shapes(operation: Any, call: Any) -> tuple[list[Shape], Shape]:
    """The shapes that go into a call, and the (first) one that comes out, without the batch.

    Of an operation that is no layer, such as `Split`, the input's stands for the output's.
    """
    import keras

    tensors = [item for item in keras.tree.flatten(call) if isinstance(item, keras.KerasTensor)]
    inputs = [tuple(tensor.shape[1:]) for tensor in tensors]
    if not isinstance(operation, keras.layers.Layer):
        return inputs, inputs[0]
    outputs = operation.compute_output_spec(*call["args"], **call["kwargs"])
    return inputs, tuple(keras.tree.flatten(outputs)[0].shape[1:])


def _multiply_adds(layer: Any, kind: str, input_shape: Shape, output_shape: Shape) -> int:
    """One for each weight, at each place where the weights are used."""
    if kind == "Dense":
        return _product((*layer.kernel.shape, *output_shape[:-1]))
    shape = input_shape if kind in TRANSPOSED else output_shape
    places = _product(shape[1:] if layer.data_format == "channels_first" else shape[:-1])
    if kind.startswith("Separable"):
        weights = _product(layer.depthwise_kernel.shape) + _product(layer.pointwise_kernel.shape)
    else:  # with groups a kernel has only its group's channels
        weights = _product(layer.kernel.shape)
    return weights * places


def _product(sizes: Any) -> int:
    return prod(int(size) for size in sizes)
