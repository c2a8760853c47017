"""The embedded data: what it holds, and what is said when it is damaged."""

import shutil

import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import (
    FASHION_CLASSES,
    PHOTOS,
    data_folder,
    drawing_files,
    load_co2,
    load_fashion_mnist,
    load_imdb,
    load_mnist,
    load_photo,
    photo_files,
)
from helpers.images import read_image
from tools.source import ROOT

PER_CLASS = (1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978)


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of the data folder that a test may damage."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    monkeypatch.setattr(datasets, "data_folder", lambda: folder)
    return folder


def test_digits_are_as_keras_would_return_them():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    assert x_train.shape == (8_000, 28, 28) and x_test.shape == (2_000, 28, 28)
    assert y_train.shape == (8_000,) and y_test.shape == (2_000,)
    assert all(array.dtype == np.uint8 for array in (x_train, y_train, x_test, y_test))
    assert x_train.min() == 0 and x_train.max() == 255


def test_digits_are_the_ten_thousand_split_by_class_and_disjoint():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    both = np.bincount(y_train) + np.bincount(y_test)
    assert tuple(both) == PER_CLASS
    assert np.abs(np.bincount(y_test) - both * 0.2).max() < 1
    images = np.concatenate([x_train, x_test]).reshape(10_000, -1)
    assert len(np.unique(images, axis=0)) == 10_000
    assert (np.diff(y_train.astype(int)) != 0).mean() > 0.8  # shuffled


def test_clothes_are_as_keras_would_return_them_and_disjoint():
    (x_train, y_train), (x_test, y_test) = load_fashion_mnist()
    assert x_train.shape == x_test.shape == (1_000, 28, 28)
    assert all(array.dtype == np.uint8 for array in (x_train, y_train, x_test, y_test))
    assert len(FASHION_CLASSES) == 10
    assert np.bincount(y_train).tolist() == [100] * 10
    assert np.bincount(y_test).tolist() == [100] * 10
    images = np.concatenate([x_train, x_test]).reshape(2_000, -1)
    assert len(np.unique(images, axis=0)) == 2_000
    assert (np.diff(y_train.astype(int)) != 0).mean() > 0.8  # shuffled
    trousers = x_train[y_train == FASHION_CLASSES.index("trousers")].mean(axis=0)
    assert trousers[-3, 14] < trousers[-3, [9, 19]].min()  # nothing between the legs


def test_carbon_dioxide_is_there_for_every_month_and_rises_with_the_seasons():
    years, ppm = load_co2()
    assert years.shape == ppm.shape == (526,)
    assert np.allclose(np.diff(years), 1 / 12) and int(years[0]) == 1958 and int(years[-1]) == 2001
    assert ppm[0] == pytest.approx(316.1) and ppm[-1] == pytest.approx(371.02)
    by_year = ppm[10:].reshape(43, 12)  # from January 1959
    assert (np.diff(by_year.mean(axis=1)) > 0).all()
    highest = np.bincount(by_year.argmax(axis=1), minlength=12).argmax()
    assert highest == 4  # May: before the plants of the north have grown


def test_drawings_are_one_of_each_digit_and_are_pictures():
    import cv2

    paths = drawing_files()
    assert [path.name[0] for path in paths] == list("0123456789")
    assert all(cv2.imread(str(path)) is not None for path in paths)


LOADERS = {
    "mnist.npz": load_mnist,
    "fashion_mnist.npz": load_fashion_mnist,
    "co2.csv": load_co2,
    "drawings/0_marker.jpg": drawing_files,
}


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_damaged_data_is_refused_by_name_with_a_remedy(copied, name, damage):
    path = copied / name
    content = bytearray(path.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
    if damage == "truncate":
        del content[-100:]
    path.write_bytes(content)
    if damage == "remove":
        path.unlink()
    with pytest.raises((ValueError, FileNotFoundError), match=r"restore it with") as raised:
        LOADERS[name]()
    assert path.name in str(raised.value) and "\n" not in str(raised.value)


def test_pickles_are_never_loaded(copied):
    import hashlib

    path = copied / "mnist.npz"
    np.savez(path, x_train=np.array([{"any": "object"}], dtype=object))
    sums = copied / "SHA256SUMS"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    sums.write_text(f"{digest}  mnist.npz\n")
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load_mnist()


@pytest.mark.parametrize("load", [load_mnist, load_fashion_mnist, load_imdb])
def test_an_unknown_scale_is_refused(load):
    with pytest.raises(ValueError, match="expected scale 'small' or 'full', got 'huge'"):
        load("huge")


@pytest.mark.parametrize("load", [load_mnist, load_fashion_mnist])
def test_full_is_what_keras_loads_and_without_a_network_one_sentence(load, monkeypatch):
    import keras

    name = load.__name__.removeprefix("load_")
    images = load()
    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", lambda: images)
    assert load("full") is images

    def no_network():
        raise Exception("URL fetch failure on https://...: None -- [Errno -2] Name or service")

    monkeypatch.setattr(getattr(keras.datasets, name), "load_data", no_network)
    title = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST"}[name]
    with pytest.raises(ConnectionError, match=f"the full {title} could not be downloaded"):
        load("full")


def test_data_readme_names_every_file_with_its_sum():
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for line in (ROOT / "data" / "SHA256SUMS").read_text().splitlines():
        assert line in readme


def test_photos_are_bytes_in_red_green_blue():
    shapes = {"camera": (256, 256), "chelsea": (150, 225, 3), "coffee": (200, 300, 3)}
    assert set(shapes) == set(PHOTOS)
    for name, shape in shapes.items():
        photo = load_photo(name)
        assert photo.shape == shape and photo.dtype == np.uint8
    red, _, blue = load_photo("chelsea").reshape(-1, 3).mean(axis=0)
    assert red > blue + 40  # a ginger cat


def test_photos_are_files_too():
    files = photo_files()
    assert list(files) == ["astronaut", "camera", "chelsea", "coffee", "grace_hopper", "rocket"]
    heights_and_widths = {"astronaut": (256, 256), "grace_hopper": (300, 256), "rocket": (213, 320)}
    for name, file in files.items():
        expected = load_photo(name).shape[:2] if name in PHOTOS else heights_and_widths[name]
        assert read_image(file).shape == (*expected, 3)
    assert (read_image(files["chelsea"]) == load_photo("chelsea")).all()


def test_a_damaged_photo_file_is_refused(copied):
    path = copied / "pictures" / "rocket.png"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="is not the one this course came with"):
        photo_files()


def test_an_unknown_photo_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match="camera, chelsea, coffee, got 'dog'"):
        load_photo("dog")


def test_a_damaged_photo_is_refused(copied):
    path = copied / "photos" / "camera.png"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="camera.png is not the one"):
        load_photo("camera")


def test_reviews_are_filled_up_or_cut_at_the_end(monkeypatch):
    import keras

    texts = np.array([[1, 5, 9], list(range(1, 301))], dtype=object)
    part = (texts, np.array([0, 1]))
    asked = []

    def load_data(num_words):
        asked.append(num_words)
        return part, part

    monkeypatch.setattr(keras.datasets.imdb, "load_data", load_data)
    assert load_imdb("small") is None
    monkeypatch.setattr(keras, "__version__", "3.13.1")  # its imdb unpickles whatever comes
    assert load_imdb("full") is None and asked == []
    for version in ("3.15.0", "4.0.0"):
        monkeypatch.setattr(keras, "__version__", version)
        (x, y), _ = load_imdb("full", words=500, length=200)
        assert asked.pop() == 500 and x.shape == (2, 200) and y.tolist() == [0, 1]
        assert x[0].tolist() == [1, 5, 9] + [0] * 197 and x[1].tolist() == list(range(1, 201))


def test_reviews_without_a_network_are_one_sentence(monkeypatch):
    import keras

    def no_network(num_words):
        raise Exception("URL fetch failure on https://...: None -- [Errno -2] Name or service")

    monkeypatch.setattr(keras, "__version__", "3.15.0")
    monkeypatch.setattr(keras.datasets.imdb, "load_data", no_network)
    with pytest.raises(ConnectionError, match="the reviews of IMDB could not be downloaded"):
        load_imdb("full")
