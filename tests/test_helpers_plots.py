"""The pictures: what they draw, and what they refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from helpers.plots import (
    BLUE,
    GREEN,
    VERMILION,
    image_grid,
    number_table,
    prediction_bars,
    use_style,
)


@pytest.fixture(autouse=True)
def closed():
    plt.close("all")
    yield
    plt.close("all")


def test_a_grid_shows_every_image_with_its_title():
    image_grid(np.arange(12 * 4).reshape(12, 2, 2), range(12), columns=5)
    axes = plt.gcf().axes
    assert len(axes) == 15 and sum(bool(axis.images) for axis in axes) == 12
    assert [axis.get_title() for axis in axes[:12]] == [str(n) for n in range(12)]


def test_a_grid_takes_images_of_several_sizes():
    image_grid([np.zeros((3, 4)), np.zeros((5, 2), bool)])
    assert [axis.images[0].get_array().shape for axis in plt.gcf().axes] == [(3, 4), (5, 2)]


def test_bars_tell_right_from_wrong_by_color_and_title():
    images, probabilities = np.zeros((2, 4, 4)), np.array([[0.9, 0.1], [0.2, 0.8]])
    prediction_bars(images, probabilities, [0, 0])
    bottoms = plt.gcf().axes[2:4]
    colors = [to_hex(axis.patches[0].get_facecolor()).upper() for axis in bottoms]
    assert colors == [GREEN, VERMILION]
    assert [axis.get_title() for axis in plt.gcf().axes[:2]] == ["0: 90%", "1: 80% (0)"]
    heights = [patch.get_height() for axis in bottoms for patch in axis.patches]
    assert heights == [0.9, 0.1, 0.2, 0.8]
    prediction_bars(images, probabilities)
    assert to_hex(plt.gcf().axes[2].patches[0].get_facecolor()).upper() == BLUE


def test_more_than_five_predictions_take_another_row():
    prediction_bars(np.zeros((7, 4, 4)), np.full((7, 10), 0.1))
    titles = [axis.get_title() for axis in plt.gcf().axes if axis.get_title()]
    assert len(plt.gcf().axes) == 20 and len(titles) == 7


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: image_grid([]), "one image or more, got none"),
        (lambda: image_grid([np.zeros((2, 2, 3))]), r"\(height, width\), got \(2, 2, 3\)"),
        (lambda: image_grid([np.zeros((2, 2))], [1, 2]), "expected 1 titles, got 2"),
        (lambda: image_grid([np.zeros((2, 2))], columns=0), "one column or more, got 0"),
        (lambda: prediction_bars([], np.zeros((0, 10))), "one image or more, got none"),
        (
            lambda: prediction_bars(np.zeros((2, 4, 4)), np.zeros((3, 10))),
            r"shape \(2, classes\), got \(3, 10\)",
        ),
        (
            lambda: prediction_bars(np.zeros((2, 4, 4)), np.zeros((2, 10)), [1]),
            "expected 2 labels, got 1",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_the_style_is_set():
    use_style()
    assert plt.rcParams["font.size"] == 12 and plt.rcParams["figure.dpi"] == 80


def test_a_table_shows_every_number_and_colors_the_marked_ones():
    _, axis = plt.subplots()
    number_table(axis, np.array([[1, 2.5, -3], [4, 0, 6]]), {(0, 1), (1, 2)}, BLUE)
    assert [text.get_text() for text in axis.texts] == ["1", "2.5", "-3", "4", "0", "6"]
    blue = [to_hex(square.get_facecolor()).upper() == BLUE for square in axis.patches]
    assert blue == [False, True, False, False, False, True]
    assert axis.texts[2].get_position() == (2.5, 0.5) and not axis.axison


@pytest.mark.parametrize("numbers", [[1, 2, 3], [[[1]]], 5])
def test_a_table_is_two_dimensional(numbers):
    with pytest.raises(ValueError, match=r"expected numbers of shape \(rows, columns\), got"):
        number_table(plt.subplots()[1], numbers)
