"""Parameters and multiply-adds against counts by hand, known figures, graphs of all kinds."""

import math
from itertools import product

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import Input, Model, Sequential, layers

from helpers.counting import layer_counts, multiply_adds, print_counts


def summary(model, **options):
    """What `layer_counts` says, without the layers' names and without those that cost nothing."""
    counts = layer_counts(model, **options)
    assert sum(count.parameters for count in counts) == model.count_params()
    assert sum(count.multiply_adds for count in counts) == multiply_adds(model, **options)
    return [tuple(count[1:]) for count in counts if count.parameters or count.multiply_adds]


def along(size, kernel, stride, dilation, padding):
    """How often a kernel stops along one axis."""
    return len(range(0, size if padding == "same" else size - dilation * (kernel - 1), stride))


def grown(size, kernel, stride, _, padding):
    """How long an axis gets by a transposed convolution."""
    return size * stride + (max(kernel - stride, 0) if padding == "valid" else 0)


def by_hand(kind, shape, units, options):
    """Products of a convolution, added up tap by tap, and the shape of its output."""
    *sizes, channels = shape
    steps = [options[name] for name in ("kernel_size", "strides", "dilation_rate")]
    axes = [(*axis, options["padding"]) for axis in zip(sizes, *steps, strict=True)]
    outputs = [(grown if "Transpose" in kind else along)(*axis) for axis in axes]
    wide = channels * options.get("depth_multiplier", 1)
    apart = "Depthwise" in kind or "Separable" in kind
    total = 0
    for _ in product(*map(range, sizes if "Transpose" in kind else outputs)):
        for _ in product(*map(range, options["kernel_size"])):
            total += wide if apart else channels // options.get("groups", 1) * units
        total += wide * units if "Separable" in kind else 0
    return total, (*outputs, wide if "Depthwise" in kind else units)


@st.composite
def convolutions(draw):
    """A kind of convolution, its input's shape, its filters and its options."""
    two = [f"{kind}{n}D" for kind in ("Conv", "DepthwiseConv", "SeparableConv") for n in (1, 2)]
    kinds = [*two, "Conv3D", *(f"Conv{n}DTranspose" for n in (1, 2, 3))]
    kind = draw(st.sampled_from(kinds))
    rank = next(n for n in (1, 2, 3) if f"{n}D" in kind)
    sizes = draw(st.lists(st.integers(5, 7), min_size=rank, max_size=rank))
    apart = "Depthwise" in kind or "Separable" in kind  # the same stride along both axes
    numbers = st.integers(1, 3)
    several = st.lists(numbers, min_size=rank, max_size=rank)
    options = {"kernel_size": draw(several), "padding": draw(st.sampled_from(["valid", "same"]))}
    steps = draw(numbers.map(lambda step: [step] * rank) if apart else several)
    options |= {"strides": steps, "dilation_rate": [1] * rank}
    if "Transpose" not in kind and draw(st.booleans()):  # Keras allows one of the two
        options |= {"strides": [1] * rank, "dilation_rate": [min(step, 2) for step in steps]}
    groups = draw(numbers) if kind in ("Conv1D", "Conv2D", "Conv3D") else 1
    options |= {"groups": groups} if groups > 1 else {}
    options |= {"depth_multiplier": draw(st.integers(1, 2))} if apart else {}
    return kind, (*sizes, groups * draw(numbers)), groups * draw(numbers), options


@settings(max_examples=40, deadline=None)
@given(convolution=convolutions(), units=st.integers(1, 4), bias=st.booleans(), flat=st.booleans())
def test_counts_in_order_equal_those_by_hand(convolution, units, bias, flat):
    kind, shape, filters, options = convolution
    rank = len(shape) - 1
    first, maps = by_hand(*convolution)
    stack = [
        getattr(layers, kind)(*[filters][: "Depthwise" not in kind], **options, use_bias=bias),
        layers.BatchNormalization(),
        layers.Dense(units),  # at every place
        getattr(layers, f"{'Max' if flat else 'Average'}Pooling{rank}D")(2, padding="same"),
        layers.Flatten() if flat else getattr(layers, f"GlobalAveragePooling{rank}D")(),
        layers.Dense(2),
    ]
    model = Sequential([Input(shape), *stack])
    pooled = (*[-(-size // 2) for size in maps[:-1]], units)
    row = math.prod(pooled) if flat else units
    counts = layer_counts(model)
    products = [first, 0, math.prod(maps) * units, 0, 0, row * 2]
    assert [count.multiply_adds for count in counts] == products
    shapes = [maps, maps, (*maps[:-1], units), pooled, (row,), (2,)]
    assert [count.shape for count in counts] == shapes
    assert [count.parameters for count in counts] == [layer.count_params() for layer in stack]
    assert [count[:2] for count in counts] == [(of.name, type(of).__name__) for of in stack]
    assert sum(count.parameters for count in counts) == model.count_params()
    assert layer_counts(functional(*stack, shape=shape)) == counts


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Dense(4), (3, 5, 7)),
        (layers.Conv1D(3, 3, strides=2), (9, 2)),
        (layers.Conv2D(3, (2, 3), dilation_rate=2), (7, 8, 2)),
        (layers.Conv3D(2, 2, strides=(1, 2, 3)), (4, 5, 6, 2)),
        (layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2), (7, 8, 3)),
        (layers.Conv2DTranspose(3, (3, 2), strides=2), (4, 5, 2)),
    ],
)
def test_ones_times_ones_add_up_to_the_multiply_adds(layer, shape):
    model = Sequential([Input(shape), layer])  # each product gives 1, and none meets padding
    layer.set_weights([np.full_like(w, i == 0) for i, w in enumerate(layer.get_weights())])
    assert multiply_adds(model) == int(keras.ops.sum(model(np.ones((1, *shape), "float32"))))


def lenet():
    first, second = ([layers.Conv2D(n, 5), layers.AveragePooling2D(2)] for n in (6, 16))
    dense = [layers.Flatten(), *(layers.Dense(units) for units in (120, 84, 10))]
    return Sequential([Input((32, 32, 1)), *first, *second, *dense])


def test_known_figures():
    assert summary(lenet()) == [
        ("Conv2D", (28, 28, 6), 156, 117_600),  # 28 x 28 places of 5 x 5 x 1 x 6 weights
        ("Conv2D", (10, 10, 16), 2_416, 240_000),
        ("Dense", (120,), 48_120, 48_000),
        ("Dense", (84,), 10_164, 10_080),
        ("Dense", (10,), 850, 840),
    ]
    mobile = keras.applications.MobileNetV2(weights=None)  # "300M" in its paper
    counts = layer_counts(mobile)
    assert sum(count.multiply_adds for count in counts) == 300_774_272
    assert sum(count.parameters for count in counts) == mobile.count_params() == 3_538_984
    assert [count.layer for count in counts] == [layer.name for layer in mobile.layers[1:]]


def test_the_table_ends_in_both_totals(capsys):
    print_counts(lenet())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 5 + 1 and len({len(line) for line in lines}) == 1
    assert lines[1].split() == ["Conv2D", "28x28x6", "156", "117,600"]
    assert lines[-1].split() == ["all", "61,706", "416,520"]


def conv(**options):
    return layers.Conv2D(3, 3, padding="same", **options)


def functional(*stack, shape=(6, 6, 3)):
    inputs = x = Input(shape)
    for layer in stack:
        x = layer(x)
    return Model(inputs, x)


CONV = ("Conv2D", (6, 6, 3), 84, 6 * 6 * 81)  # what `conv` costs on 6 x 6 x 3
AGAIN = ("Conv2D", (6, 6, 3), 0, 6 * 6 * 81)  # where it was called before
DENSE = ("Dense", (6, 6, 2), 8, 6 * 6 * 6)  # Dense(2) on the same
INNER = {
    "functional": lambda: functional(conv(), layers.ReLU()),
    "sequential": lambda: Sequential([Input((6, 6, 3)), conv(), layers.ReLU()]),
    "unbuilt": lambda: Sequential([conv(), layers.ReLU()]),
    "deep": lambda: functional(Sequential([functional(conv()), layers.ReLU()])),
}


@pytest.mark.parametrize("kind", INNER)
def test_models_inside_a_model_are_counted_through(kind):
    inner, dense = INNER[kind](), layers.Dense(2)
    assert summary(functional(inner, dense)) == [CONV, DENSE]
    assert summary(functional(conv(), inner, dense)) == [CONV, CONV, DENSE]
    assert summary(functional(inner, inner, dense)) == [CONV, AGAIN, DENSE]
    assert summary(functional(conv(), inner)) == [CONV, CONV]
    assert summary(Sequential([Input((6, 6, 3)), inner])) == [CONV]


def test_a_layer_used_twice_has_its_parameters_once():
    shared = conv()
    assert summary(functional(shared, layers.ReLU(), shared)) == [CONV, AGAIN]
    both = Input((6, 6, 3)), Input((9, 4, 3))  # at two sizes
    model = Model(both, [shared(x) for x in both])
    assert summary(model) == [CONV, ("Conv2D", (9, 4, 3), 0, 9 * 4 * 81)]


def test_layers_shared_with_another_model_do_not_disturb():
    first, second = conv(), layers.Dense(2)
    functional(first, first)
    model = functional(first, second)
    assert summary(model) == [CONV, DENSE]
    assert summary(functional(conv(), first, first, second)) == [CONV, CONV, AGAIN, DENSE]
    assert summary(model) == [CONV, DENSE]
    assert summary(Sequential([Input((6, 6, 3)), first, second])) == [CONV, DENSE]


@pytest.mark.parametrize("nested", [False, True])
def test_two_inputs_and_two_outputs(nested):
    pair = Input((6, 6, 3)), Input((6, 6, 3))
    left, right = conv()(pair[0]), conv()(pair[1])
    model = Model(pair, [layers.Concatenate()([left, right]), layers.Dense(2)(right)])
    if nested:
        pair = Input((6, 6, 3)), Input((6, 6, 3))
        joined, small = model(pair)
        model = Model(pair, [layers.Dropout(0.1)(joined), layers.ReLU()(small)])
    assert sorted(summary(model)) == [CONV, CONV, DENSE]


def test_operations_cost_nothing():
    inputs = Input((6, 6, 6))
    left, right = keras.ops.split(inputs, 2, axis=-1)
    left = conv()(left) + 1
    model = Model(inputs, [2 * layers.Dense(2)(right) - left[..., :2], left])
    assert sorted(summary(model)) == [CONV, DENSE]
    kinds = " ".join(sorted(count.kind for count in layer_counts(model)))
    assert kinds == "Add Conv2D Dense GetItem Multiply Split Subtract"


class Own(layers.Layer):
    """A layer of one's own: it scales the channels."""

    def __init__(self, function=None, **options):
        super().__init__(**options)

    def build(self, shape):
        self.factors = self.add_weight(shape=(shape[-1],))

    def call(self, x):
        return x * self.factors


class Gate(layers.Layer):  # another one: two tensors go in and two come out
    def call(self, x, gate):
        return x * gate, gate


def test_free_admits_layers_of_ones_own(capsys):
    model = functional(conv(), Own(), layers.Dense(2))
    assert summary(model, free=(Own,)) == [CONV, ("Own", (6, 6, 3), 3, 0), DENSE]
    print_counts(model, free=(Own,))
    assert capsys.readouterr().out.splitlines()[-1].split() == ["all", "95", "3,132"]


def test_free_admits_a_layer_of_several_tensors():
    inputs = Input((6, 6, 3))
    gated, _ = Gate()(conv()(inputs), inputs)
    assert summary(Model(inputs, layers.Dense(2)(gated)), free=(Gate,)) == [CONV, DENSE]


class Inheriting(Model):
    """A functional model by inheritance: its constructor takes no inputs."""

    def __init__(self):
        inputs = Input((6, 6, 3))
        super().__init__(inputs, layers.Dense(2)(conv()(inputs)))


def test_a_functional_model_by_inheritance_is_counted():
    assert summary(Inheriting()) == [CONV, DENSE]


class Subclassed(Model):
    """A model whose graph nobody knows."""

    def call(self, x):
        return x


def refuses(model, sentence):
    for call in (layer_counts, multiply_adds, print_counts):
        with pytest.raises(ValueError, match=sentence + "$") as raised:
            call(model)
        assert "\n" not in str(raised.value)


SQUARE, ANY, WEIGHTS = (4, 4), (None, None, 3), np.ones((4, 2), "float32")


@pytest.mark.parametrize(
    ("layer", "shape", "sentence"),
    [
        (lambda: layers.LSTM(3, name="a"), SQUARE, "cannot count layer 'a': .*, got LSTM"),
        (lambda: lambda x: layers.Attention(name="g")([x, x]), SQUARE, "'g': .*, got Attention"),
        (lambda: Sequential([layers.GRU(3, name="b")]), SQUARE, "layer 'b': .*, got GRU"),
        (lambda: Own(name="c"), SQUARE, "layer 'c': .* in `free`.*, got Own"),
        (lambda: Own(print), SQUARE, "layers with a get_config, got a model .* with one without"),
        (lambda: lambda x: keras.ops.matmul(x, WEIGHTS), SQUARE, r"'matmul\w*': .*, got Matmul"),
        (lambda: lambda x: keras.ops.dot(x, WEIGHTS), SQUARE, r"'dot\w*': .*, got Dot"),
        (lambda: conv(name="d"), ANY, r"fixed size, got \(None, None, 3\) out of layer 'd'"),
        (lambda: layers.Dense(2, name="e"), (None, 3), r"size, got \(None, 2\) out of layer 'e'"),
        (lambda: Subclassed(name="f"), SQUARE, "functional model.*, got Subclassed 'f'"),
    ],
)
def test_layers_are_refused_by_name(layer, shape, sentence):
    refuses(functional(layer(), shape=shape), sentence)


def test_models_without_a_graph_are_refused_by_name():
    refuses(Sequential([conv()], name="a"), "functional model.* is built, got Sequential 'a'")
    refuses(Subclassed(name="b"), "functional model.*, got Subclassed 'b'")
