"""The pictures: what they draw, and what they refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.colors import to_hex

from helpers.plots import (
    BLUE,
    GREEN,
    VERMILION,
    draw_masks,
    draw_scene,
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


def test_a_grid_is_filled_row_by_row_with_each_image_in_its_own_contrast():
    image_grid(np.arange(6 * 4).reshape(6, 2, 2), range(6), columns=3)
    plt.gcf().canvas.draw()
    middles = [axis.get_window_extent().get_points().mean(axis=0) for axis in plt.gcf().axes]
    (x0, y0), (x1, y1), (x3, y3) = middles[0], middles[1], middles[3]
    assert x0 < x1 and y0 == pytest.approx(y1, abs=1) and x3 == pytest.approx(x0, abs=1) and y3 < y0
    shown = [axis.images[0] for axis in plt.gcf().axes]
    assert [image.get_clim() for image in shown] == [(4 * n, 4 * n + 3) for n in range(6)]
    assert shown[2].get_array().tolist() == [[8, 9], [10, 11]]


def test_a_grid_has_the_colors_it_is_asked_for():
    image_grid([np.eye(2)])
    image_grid([np.eye(2)], cmap="viridis")
    maps = [plt.figure(number).axes[0].images[0].get_cmap().name for number in (1, 2)]
    assert maps == ["binary", "viridis"]
    ink = plt.figure(1).axes[0].images[0]
    assert to_hex(ink.cmap(ink.norm(1.0))) == "#000000"


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
    with plt.rc_context():
        plt.rcdefaults()
        use_style()
        style = plt.rcParams
        assert style["font.size"] == 12 and style["figure.dpi"] == 80
        assert style["figure.constrained_layout.use"] and style["lines.linewidth"] == 2
        assert not (style["axes.spines.top"] or style["axes.spines.right"])
        colors = style["axes.prop_cycle"].by_key()["color"]
        assert colors[:2] == [BLUE, VERMILION] and len(set(colors)) == 6


def test_a_notebook_stores_no_size_of_a_picture():
    shell = InteractiveShell.instance()
    try:
        use_style()
        plain = shell.display_formatter.formatters["text/plain"]
        assert plain(plt.figure(figsize=(3, 2))) == "<Figure>"
        assert plain(1.5) == "1.5"
    finally:
        InteractiveShell.clear_instance()


def test_a_table_shows_every_number_and_colors_the_marked_ones():
    _, axis = plt.subplots()
    number_table(axis, np.array([[1, 2.5, -3], [4, 0, 6]]), {(0, 1), (1, 2)}, BLUE)
    assert [text.get_text() for text in axis.texts] == ["1", "2.5", "-3", "4", "0", "6"]
    blue = [to_hex(square.get_facecolor()).upper() == BLUE for square in axis.patches]
    assert blue == [False, True, False, False, False, True]
    assert not axis.axison


def test_a_table_reads_as_it_is_printed():
    _, axis = plt.subplots()
    number_table(axis, np.array([[1, 2, 3], [4, 5, 6]]))
    across, down = np.array([axis.transData.transform(t.get_position()) for t in axis.texts]).T
    assert (np.diff(across.reshape(2, 3), axis=1) > 0).all()  # 1 2 3 from left to right
    assert (down[:3] > down[3:]).all() and np.ptp(down[:3]) == 0  # 1 2 3 above 4 5 6
    for text, square in zip(axis.texts, axis.patches, strict=True):
        (x, y), corner = text.get_position(), square.get_xy()
        assert (x - corner[0], y - corner[1]) == (0.5, 0.5)


@pytest.mark.parametrize("numbers", [[1, 2, 3], [[[1]]], 5])
def test_a_table_is_two_dimensional(numbers):
    with pytest.raises(ValueError, match=r"expected numbers of shape \(rows, columns\), got"):
        number_table(plt.subplots()[1], numbers)


def test_a_scene_has_its_boxes_where_they_are_and_a_text_above_each():
    _, axis = plt.subplots()
    boxes = [(1, 2, 4, 7), (0, 0, 3, 2)]
    draw_scene(axis, np.zeros((8, 10)), boxes, [3, "seven"], [BLUE, VERMILION], "found")
    first, second = axis.patches
    assert (first.get_xy(), first.get_width(), first.get_height()) == ((1, 2), 3, 5)
    assert (second.get_xy(), second.get_width(), second.get_height()) == ((0, 0), 3, 2)
    assert [to_hex(box.get_edgecolor()).upper() for box in axis.patches] == [BLUE, VERMILION]
    assert [text.get_text() for text in axis.texts] == ["3", "seven"]
    assert axis.get_title() == "found" and not axis.axison
    assert axis.get_xlim() == (0, 10) and axis.get_ylim() == (8, 0)  # pixels are squares from 0


def test_a_scene_needs_no_box():
    _, axis = plt.subplots()
    draw_scene(axis, np.zeros((8, 8)))
    assert not axis.patches and not axis.texts


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros(4),), r"expected images of shape \(height, width\), got \(4,\)"),
        ((np.zeros((4, 4)), [(0, 0, 1)]), "expected boxes of four numbers, got one of 3"),
        ((np.zeros((4, 4)), [(0, 0, 1, 1)], ["a", "b"]), "expected 1 texts and colours, got 2"),
        ((np.zeros((4, 4)), [(0, 0, 1, 1)], None, [BLUE, GREEN]), "got 1 and 2"),
    ],
)
def test_a_scene_says_what_is_wrong_with_it(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_scene(plt.subplots()[1], *arguments)


def test_masks_are_painted_in_turn_on_a_grey_picture():
    masks = np.zeros((8, 4, 5), bool)
    for number in range(8):
        masks[number, number // 2, number % 2] = True
    _, axis = plt.subplots()
    draw_masks(axis, np.full((4, 5), 51, np.uint8), masks, "eight")
    picture = np.array(axis.images[0].get_array())
    np.testing.assert_allclose(picture[:, 2:], 0.2)
    colors = picture[:, :2].reshape(8, 3)
    np.testing.assert_allclose(colors[6:], colors[:2])
    assert len(np.unique(colors[:6].round(3), axis=0)) == 6 and axis.get_title() == "eight"
    draw_masks(axis, np.zeros((4, 5), np.uint8), [])


@pytest.mark.parametrize(
    ("image", "masks"),
    [
        (np.zeros((4, 5, 3), np.uint8), []),
        (np.zeros((4, 5)), []),
        (np.zeros((4, 5), np.uint8), [np.zeros((5, 4), bool)]),
        (np.zeros((4, 5), np.uint8), [np.zeros((4, 5))]),
    ],
)
def test_masks_that_do_not_fit_are_refused(image, masks):
    with pytest.raises(ValueError, match=r"^expected .*, got .*"):
        draw_masks(plt.subplots()[1], image, masks)
