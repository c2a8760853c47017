"""Pictures that several cells need, in one palette that colour-blind readers can tell apart."""

import itertools
import sys
from collections.abc import Collection, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

# Okabe and Ito (2008), Color Universal Design
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, YELLOW, PINK, GREY = "#56B4E9", "#F0E442", "#CC79A7", "#666666"
OF_MASKS = (ORANGE, SKY, GREEN, PINK, VERMILION, YELLOW)


def use_style() -> None:
    """Make every later figure legible on a projector, and small in the notebook's file."""
    plt.rcParams.update(
        {
            "figure.dpi": 80,
            "figure.constrained_layout.use": True,
            "font.size": 12,
            "axes.prop_cycle": cycler(color=[BLUE, VERMILION, GREEN, ORANGE, PINK, SKY]),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "lines.linewidth": 2,
        }
    )
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):
        plt.switch_backend(plt.get_backend())  # now, since the inline one drops what came before
        shell.display_formatter.formatters["text/plain"].for_type(Figure, _same_text_for_all)


def _same_text_for_all(figure: Figure, printer: Any, cycle: bool) -> None:
    """What a notebook stores beside a picture: no size, which may depend on what was measured."""
    printer.text("<Figure>")


def image_grid(
    images: Sequence[np.ndarray] | np.ndarray,
    titles: Sequence[object] | None = None,
    columns: int = 10,
    cmap: str = "binary",
) -> None:
    """Show images side by side, in rows of `columns`.

    Args:
        images: (height, width) arrays, which may differ in size; each is shown from its own
            smallest to its own largest value.
        titles: one for each image, or none.
        columns: images in a row, one or more.
        cmap: matplotlib's colour map; `"binary"` draws ink black.

    Raises:
        ValueError: if there is no image, one is not 2-D, or the titles do not match.
    """
    _expect_images(images)
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"expected {len(images)} titles, got {len(titles)}")
    if columns < 1:
        raise ValueError(f"expected one column or more, got {columns}")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    size = min(1.4, 14 / columns)
    height = size + (0.35 if titles is not None else 0)
    _, axes = plt.subplots(rows, columns, figsize=(columns * size, rows * height), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for index, (axis, image) in enumerate(zip(axes.flat, images, strict=False)):
        axis.imshow(image, cmap=cmap)
        if titles is not None:
            axis.set_title(str(titles[index]), fontsize=11)
    plt.show()


def prediction_bars(
    images: Sequence[np.ndarray] | np.ndarray,
    probabilities: np.ndarray,
    labels: Sequence[int] | np.ndarray | None = None,
) -> None:
    """Show each image above its class probabilities, titled with the answer and its probability.

    Right answers are green; wrong ones are vermilion and have their label in brackets.

    Args:
        images: n arrays (height, width).
        probabilities: (n, classes), each row summing to one.
        labels: n true classes, or none: then all bars are blue.

    Raises:
        ValueError: if there is no image, one is not 2-D, or the lengths differ.
    """
    _expect_images(images)
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or len(probabilities) != len(images):
        raise ValueError(
            f"expected probabilities of shape ({len(images)}, classes), got {probabilities.shape}"
        )
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"expected {len(images)} labels, got {len(labels)}")
    columns = min(5, len(images))
    rows = -(-len(images) // columns)
    _, axes = plt.subplots(
        2 * rows,
        columns,
        figsize=(2.2 * columns, 2.9 * rows),
        squeeze=False,
        sharey="row",
        layout=ConstrainedLayoutEngine(h_pad=0.1),  # a row's titles off the ticks above them
    )
    for axis in axes.flat:
        axis.axis("off")
    classes = np.arange(probabilities.shape[1])
    for index, (image, row) in enumerate(zip(images, probabilities, strict=True)):
        predicted = int(row.argmax())
        right = None if labels is None else predicted == labels[index]
        color = BLUE if right is None else GREEN if right else VERMILION
        label = f" ({labels[index]})" if labels is not None and not right else ""
        top = axes[2 * (index // columns), index % columns]
        bottom = axes[2 * (index // columns) + 1, index % columns]
        top.imshow(image, cmap="binary")
        top.set_title(f"{predicted}: {row[predicted]:.0%}{label}", color=color)
        bottom.axis("on")
        bottom.bar(classes, row, color=color)
        bottom.set(ylim=(0, 1), yticks=(0, 1), xticks=classes)
        bottom.tick_params(labelsize=10)
    plt.show()


def number_table(
    axis: Axes,
    numbers: np.ndarray,
    marked: Collection[tuple[int, ...]] = (),
    color: str = ORANGE,
    size: int = 12,
) -> None:
    """Draw a matrix as squares with its numbers in them.

    Args:
        axis: matplotlib axes to draw on; its frame is hidden.
        numbers: (rows, columns).
        marked: the cells (row, column) that get a colour.
        color: that colour.
        size: font size in points.

    Raises:
        ValueError: if the numbers are not 2-D.
    """
    if np.ndim(numbers) != 2:
        raise ValueError(f"expected numbers of shape (rows, columns), got {np.shape(numbers)}")
    rows, columns = np.shape(numbers)
    for (row, column), value in np.ndenumerate(numbers):
        face = color if (row, column) in marked else "white"
        square = Rectangle((column, row), 1, 1, facecolor=face, edgecolor=GREY, alpha=0.55, lw=0.8)
        axis.add_patch(square)
        axis.text(column + 0.5, row + 0.5, f"{value:g}", ha="center", va="center", fontsize=size)
    axis.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05), aspect="equal")
    axis.axis("off")


def draw_scene(
    axis: Axes,
    image: np.ndarray,
    boxes: Sequence[Sequence[float]] | np.ndarray = (),
    texts: Sequence[object] | None = None,
    color: str | Sequence[str] = ORANGE,
    title: str = "",
) -> None:
    """Show a picture with boxes on it, a text above each (inside where there is no room above).

    Args:
        axis: matplotlib axes to draw on; its frame is hidden.
        image: (height, width).
        boxes: (n, 4) as (x_min, y_min, x_max, y_max) in pixels.
        texts: one for each box, or none.
        color: of all boxes, or one for each.
        title: of the picture.

    Raises:
        ValueError: if the image is not 2-D, a box has not four numbers, or texts or colours do not
            match the boxes.
    """
    _expect_images([image])
    colors = [color] * len(boxes) if isinstance(color, str) else list(color)
    texts = [""] * len(boxes) if texts is None else texts
    if not len(boxes) == len(colors) == len(texts):
        raise ValueError(
            f"expected {len(boxes)} texts and colours, got {len(texts)} and {len(colors)}"
        )
    extent = (0, image.shape[1], image.shape[0], 0)
    axis.imshow(image, cmap="gray", extent=extent, interpolation="nearest")  # a small file
    for box, text, edge in zip(boxes, texts, colors, strict=True):
        if len(box) != 4:
            raise ValueError(f"expected boxes of four numbers, got one of {len(box)}")
        x_min, y_min, x_max, y_max = box
        axis.add_patch(
            Rectangle((x_min, y_min), x_max - x_min, y_max - y_min, fill=False, ec=edge, lw=2)
        )
        room = y_min > image.shape[0] / 10  # above the box
        axis.text(
            x_min if room else x_min + 2,
            y_min - 1 if room else y_min + 1,
            str(text),
            va="bottom" if room else "top",
            color=edge,
            fontsize=11,
            weight="bold",
            bbox={"fc": "black", "alpha": 0.6, "pad": 0.5, "lw": 0} if str(text) else None,
        )
    axis.set_title(title)
    axis.axis("off")


def draw_masks(
    axis: Axes, image: np.ndarray, masks: Sequence[np.ndarray] | np.ndarray, title: str = ""
) -> None:
    """Show a picture with masks painted on it, each in a colour of its own (six, then again).

    Args:
        axis: matplotlib axes to draw on; its frame is hidden.
        image: (height, width), bytes.
        masks: (height, width) booleans each.
        title: of the picture.

    Raises:
        ValueError: if the image is not 2-D bytes, or a mask is not of its shape or not of booleans.
    """
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError(f"expected a picture of 2-D bytes, got {image.shape} of {image.dtype}")
    picture = np.repeat(image[..., None] / 255, 3, axis=-1)
    for mask, color in zip(masks, itertools.cycle(OF_MASKS), strict=False):
        if mask.shape != image.shape or mask.dtype != bool:
            raise ValueError(
                f"expected masks of {image.shape} booleans, got {mask.shape} of {mask.dtype}"
            )
        picture[mask] = 0.35 * picture[mask] + 0.65 * np.array(to_rgb(color))
    extent = (0, image.shape[1], image.shape[0], 0)
    axis.imshow(picture, extent=extent, interpolation="nearest")
    axis.set_title(title)
    axis.axis("off")


def _expect_images(images: Sequence[np.ndarray] | np.ndarray) -> None:
    if len(images) == 0:
        raise ValueError("expected one image or more, got none")
    for image in images:
        if np.ndim(image) != 2:
            raise ValueError(f"expected images of shape (height, width), got {np.shape(image)}")
