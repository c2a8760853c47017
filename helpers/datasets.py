"""Data that the lessons read: embedded in the course, or the full sets through `keras.datasets`."""

import hashlib
import io
from pathlib import Path

import numpy as np

SCALES = ("small", "full")
FASHION_CLASSES = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)

Digits = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def data_folder() -> Path:
    """The folder of the embedded data: inside the installed package, or beside the checkout.

    Raises:
        FileNotFoundError: if neither place has one.
    """
    here = Path(__file__).parent
    for folder in (here / "_data", here.parent / "data"):
        if (folder / "SHA256SUMS").is_file():
            return folder
    raise FileNotFoundError(
        f"expected the course's data in {here / '_data'} or {here.parent / 'data'}, found neither: "
        "install the course again (README, first screen)"
    )


def embedded_bytes(name: str) -> bytes:
    """The bytes of an embedded file, if they are the ones that data/SHA256SUMS lists.

    Args:
        name: of the file, with its folder in data/, such as `photos/camera.png`.

    Raises:
        ValueError: if the file is truncated or altered.
        FileNotFoundError: if the file is missing.
    """
    path = data_folder() / name
    remedy = "restore it with `git checkout data`, or install the course again"
    if not path.is_file():
        raise FileNotFoundError(f"the data file {path} is missing: {remedy}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _sums().get(name):
        raise ValueError(
            f"the data file {path} is not the one this course came with "
            f"({len(content):,} bytes, wrong SHA-256): {remedy}"
        )
    return content


def load_mnist(scale: str = "small") -> Digits:
    """Handwritten digits, shaped as `keras.datasets.mnist.load_data()` returns them.

    Args:
        scale: `"small"` for the 8,000 + 2,000 embedded digits (see data/README.md), `"full"` for
            all 60,000 + 10,000, which Keras downloads once and verifies.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (n, 28, 28) as bytes 0-255, 255 being ink,
        and labels (n,) as bytes 0-9.

    Raises:
        ValueError: if the scale is unknown, or the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
        ConnectionError: if the full set is neither in Keras's cache nor to be had from the network.
    """
    if scale not in SCALES:
        raise ValueError(f"expected scale 'small' or 'full', got {scale!r}")
    if scale == "full":
        return _load_full_mnist()
    with np.load(io.BytesIO(embedded_bytes("mnist.npz")), allow_pickle=False) as arrays:
        return (
            (arrays["x_train"], arrays["y_train"]),
            (arrays["x_test"], arrays["y_test"]),
        )


def load_fashion_mnist(scale: str = "small") -> Digits:
    """Photos of clothes, shoes and bags, shaped as `keras.datasets.fashion_mnist` returns them.

    Source: Xiao, Rasul and Vollgraf (2017), Fashion-MNIST.

    Args:
        scale: `"small"` for the 1,000 + 1,000 embedded photos (see data/README.md), `"full"` for
            all 60,000 + 10,000, which Keras downloads once and verifies.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images (n, 28, 28) as bytes 0-255, 0 being the
        background, and labels (n,) as bytes 0-9, in the order of `FASHION_CLASSES`.

    Raises:
        ValueError: if the scale is unknown, or the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
        ConnectionError: if the full set is neither in Keras's cache nor to be had from the network.
    """
    if scale not in SCALES:
        raise ValueError(f"expected scale 'small' or 'full', got {scale!r}")
    if scale == "full":
        import keras

        try:
            photos: Digits = keras.datasets.fashion_mnist.load_data()
        except Exception as error:  # get_file wraps whatever the network did in a bare Exception
            name = type(error).__name__
            message = f"the full Fashion-MNIST could not be downloaded ({name})"
            raise ConnectionError(message) from error
        return photos
    with np.load(io.BytesIO(embedded_bytes("fashion_mnist.npz")), allow_pickle=False) as arrays:
        train, test = ((arrays[f"x_{part}"], arrays[f"y_{part}"]) for part in ("train", "test"))
    return train, test


def load_imdb(scale: str = "small", words: int = 10_000, length: int = 200) -> Digits | None:
    """Reviews of films as numbers of English words, through `keras.datasets`; none at `small`.

    Source: Maas et al. (2011). Keras stores the numbers as pickles. From 3.15 on it reads them with
    an unpickler that makes NumPy arrays and nothing else; with an older Keras there are none here.

    Args:
        scale: `"full"` for all 25,000 + 25,000 reviews, which Keras downloads once and verifies.
        words: how many words have a number of their own, the most frequent ones.
        length: words read of each review, from its start; what is missing at the end is 0.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: numbers of words (n, length) as int32, and labels
        (n,), 1 for a good review. None at scale `small`, and with a Keras older than 3.15.

    Raises:
        ValueError: if the scale is unknown.
        ConnectionError: if the reviews are neither in Keras's cache nor to be had from the network.
    """
    if scale not in SCALES:
        raise ValueError(f"expected scale 'small' or 'full', got {scale!r}")
    import keras

    if scale == "small" or tuple(map(int, keras.__version__.split(".")[:2])) < (3, 15):
        return None
    try:
        parts = keras.datasets.imdb.load_data(num_words=words)
    except Exception as error:  # get_file wraps whatever the network did in a bare Exception
        message = f"the reviews of IMDB could not be downloaded ({type(error).__name__})"
        raise ConnectionError(message) from error
    options = {"maxlen": length, "padding": "post", "truncating": "post"}
    train, test = ((keras.utils.pad_sequences(x, **options), y) for x, y in parts)
    return train, test


def load_co2() -> tuple[np.ndarray, np.ndarray]:
    """Carbon dioxide in the air at Mauna Loa, Hawaii, month by month from March 1958.

    Source: Keeling and Whorf (2004), to December 2001 (see data/README.md).

    Returns:
        The middle of each month in years, such as 1958.208, and the month's mean in parts per
        million, each (526,).

    Raises:
        ValueError: if the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    lines = embedded_bytes("co2.csv").decode("ascii").splitlines()[1:]
    year, month, ppm = np.array([line.split(",") for line in lines], float).T
    return year + (month - 0.5) / 12, ppm


def drawing_files() -> list[Path]:
    """The embedded drawings of digits, as image files; a file's name starts with its label.

    Raises:
        ValueError: if a file is truncated or altered.
        FileNotFoundError: if a file is missing.
    """
    names = sorted(name for name in _sums() if name.startswith("drawings/"))
    for name in names:
        embedded_bytes(name)
    return [data_folder() / name for name in names]


def photo_files() -> dict[str, Path]:
    """The embedded photographs as image files, by name (see data/README.md for who took them).

    `"astronaut"` (256×256) is Eileen Collins, `"camera"` (256×256) black and white, `"chelsea"`
    (150×225) a cat, `"coffee"` (200×300) a cup, `"grace_hopper"` (300×256) a rear admiral,
    `"rocket"` (213×320) before its launch.

    Raises:
        ValueError: if a file is truncated or altered.
        FileNotFoundError: if a file is missing.
    """
    files = {
        Path(name).stem: data_folder() / name
        for name in _sums()
        if name.startswith(("photos/", "pictures/")) and embedded_bytes(name)
    }
    return dict(sorted(files.items()))


PHOTOS = ("camera", "chelsea", "coffee")


def load_photo(name: str) -> np.ndarray:
    """One of the embedded photographs (see data/README.md for who took them).

    Args:
        name: `"camera"` (256, 256), black and white; `"chelsea"` (150, 225, 3), a cat;
            `"coffee"` (200, 300, 3), a cup.

    Returns:
        Bytes 0-255, the channels of a colour photo being red, green and blue.

    Raises:
        ValueError: if there is no such photo, or the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    if name not in PHOTOS:
        raise ValueError(f"expected a photo's name, one of {', '.join(PHOTOS)}, got {name!r}")
    import cv2

    content = np.frombuffer(embedded_bytes(f"photos/{name}.png"), np.uint8)
    photo = np.asarray(cv2.imdecode(content, cv2.IMREAD_UNCHANGED))
    return photo if photo.ndim == 2 else photo[..., ::-1].copy()  # OpenCV reads blue first


def _load_full_mnist() -> Digits:
    import keras

    try:
        digits: Digits = keras.datasets.mnist.load_data()
    except Exception as error:  # get_file wraps whatever the network did in a bare Exception
        raise ConnectionError(
            f"the full MNIST could not be downloaded ({type(error).__name__})"
        ) from error
    return digits


def _sums() -> dict[str, str]:
    lines = (data_folder() / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
