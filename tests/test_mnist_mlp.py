"""How lesson mnist_mlp cleans a photo: what it refuses, and what it may rely on."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from lesson_code import definitions, script

from helpers.datasets import drawing_files


@pytest.fixture(scope="module")
def lesson():
    return definitions("mnist_mlp")


def test_every_drawing_is_cleaned_as_mnist_was_made(lesson):
    for path in drawing_files():
        digit = lesson["clean"](lesson["read_grey"](path))
        assert digit.shape == (28, 28) and digit.dtype == np.uint8 and digit.max() > 200
        rows, columns = (np.flatnonzero(digit.any(axis=axis)) for axis in (1, 0))
        assert 19 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
        assert np.abs(lesson["centre_of_mass"](digit) - 14).max() < 0.51


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0 cut short"])
def test_what_is_no_picture_is_refused_with_its_name(lesson, tmp_path, content):
    path = tmp_path / "notes.jpg"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="expected a picture such as .* got .*notes.jpg"):
        lesson["read_grey"](path)


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (300, 200), (1, 400)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_page_is_refused(lesson, shape, value):
    with pytest.raises(
        ValueError, match="expected a picture with a digit in it, got one of even grey"
    ):
        lesson["clean"](np.full(shape, value, np.uint8))


def test_ink_may_be_dark_or_light_and_photos_large(lesson, tmp_path):
    page = np.full((3000, 4000), 235, np.uint8)
    _ = cv2.line(page, (2000, 700), (2000, 2300), 20, 120)
    _ = cv2.imwrite(str(tmp_path / "large.png"), page)
    photo = lesson["read_grey"](tmp_path / "large.png")
    assert max(photo.shape) == 480
    dark, light = lesson["clean"](photo), lesson["clean"](255 - photo)
    assert np.abs(dark.astype(int) - light).max() <= 40
    assert dark[13, 12:16].max() > 120 and dark[:, :11].max() == 0


def test_a_page_with_specks_only_is_refused(lesson):
    page = np.full((300, 200), 235, np.uint8)
    page[100, 100] = page[200, 40] = 0
    with pytest.raises(ValueError, match="with a digit in it, got one with specks only"):
        lesson["clean"](page)


def test_a_desk_at_the_edge_is_not_the_digit(lesson):
    page = np.full((480, 360), 225, np.uint8)
    _ = cv2.putText(page, "7", (140, 320), cv2.FONT_HERSHEY_SIMPLEX, 6, 30, 18)
    alone = lesson["clean"](page)
    page[:, :45] = 60  # a dark desk on the left
    with_desk = lesson["clean"](page)
    assert np.abs(alone.astype(int) - with_desk).mean() < 10


def test_a_digit_that_fills_the_picture_is_kept(lesson):
    page = np.full((200, 120), 225, np.uint8)
    _ = cv2.line(page, (60, 0), (60, 199), 30, 30)
    assert lesson["clean"](page)[:, 12:16].max() > 200


def test_the_cell_for_your_own_pictures_shows_each_and_names_the_bad_ones(lesson, tmp_path, capsys):
    (cell,) = [source for source in script("mnist_mlp") if source.startswith("UPLOAD")]
    (tmp_path / "notes.txt").write_text("no picture")
    pictures = [str(tmp_path / "notes.txt"), str(tmp_path / "none.jpg"), str(drawing_files()[3])]
    shown = []
    lesson |= {"image_grid": lambda images: shown.append(len(images))}
    lesson |= {"prediction_bars": lambda images, row: shown.append(row.shape)}
    lesson |= {"model": SimpleNamespace(predict=lambda x, verbose: np.full((len(x), 10), 0.1))}
    exec(cell.replace("my_pictures = []", f"my_pictures = {pictures}"), lesson)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and "notes.txt: expected a picture" in said[0] and "none.jpg" in said[1]
    assert shown == [4, (1, 10)]
