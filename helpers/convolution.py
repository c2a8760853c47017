"""Convolution of images by hand, as lesson 07 builds it: windows first, then one matrix product."""

import numpy as np

Padding = int | str


def output_size(size: int, kernel_size: int, stride: int = 1, padding: Padding = 0) -> int:
    """Places at which a kernel stops along one side of an image.

    Args:
        size: pixels along that side of the image.
        kernel_size: pixels along that side of the kernel.
        stride: pixels from one stop to the next.
        padding: pixels added at both ends, or `"same"` for ⌈size / stride⌉ stops.

    Returns:
        ⌊(size + 2 · padding − kernel_size) / stride⌋ + 1, or ⌈size / stride⌉ for `"same"`.

    Raises:
        ValueError: if the stride is below 1, the padding is neither `"same"` nor 0 or more, or the
            kernel is larger than the padded image.
    """
    before, after = _pads(size, kernel_size, stride, padding)
    if not 1 <= kernel_size <= size + before + after:
        raise ValueError(
            f"expected a kernel of 1 to {size + before + after} pixels (the padded image's side), "
            f"got {kernel_size}"
        )
    return (size + before + after - kernel_size) // stride + 1


def windows(
    images: np.ndarray, kernel_size: tuple[int, int], stride: int = 1, padding: Padding = 0
) -> np.ndarray:
    """What a kernel sees at each of its stops (im2col, with the axes kept apart).

    Args:
        images: (n, height, width, channels).
        kernel_size: (height, width) of the kernel.
        stride: pixels from one stop to the next, in both directions.
        padding: rows and columns of 0 added on every side, or `"same"`: as many as keep the size
            at stride 1, the odd one at the bottom and right, as TensorFlow does.

    Returns:
        (n, output height, output width, kernel height, kernel width, channels), a view.

    Raises:
        ValueError: as `output_size`, and if images are not 4-D.
    """
    images = np.asarray(images)
    if images.ndim != 4:
        raise ValueError(
            f"expected images of shape (n, height, width, channels), got {images.shape}"
        )
    sides = []
    for size, length in zip(images.shape[1:3], kernel_size, strict=True):
        output_size(size, length, stride, padding)
        sides.append(_pads(size, length, stride, padding))
    padded = np.pad(images, [(0, 0), *sides, (0, 0)])
    view = np.lib.stride_tricks.sliding_window_view(padded, kernel_size, axis=(1, 2))
    return np.moveaxis(view[:, ::stride, ::stride], 3, 5)


def conv2d(
    images: np.ndarray, kernels: np.ndarray, stride: int = 1, padding: Padding = 0
) -> np.ndarray:
    """Slide kernels over images and take a dot product at every stop, as Keras's `Conv2D` does.

    Args:
        images: (n, height, width, channels) of floats.
        kernels: (height, width, channels, filters) of floats; not flipped.
        stride: pixels from one stop to the next, in both directions.
        padding: rows and columns of 0 added on every side, or `"same"` (see `windows`).

    Returns:
        (n, output height, output width, filters): one feature map for each kernel.

    Raises:
        ValueError: if shapes do not fit, channels differ, values are not floats, the stride is
            below 1 or a kernel is larger than the padded image.
    """
    images, kernels = np.asarray(images), np.asarray(kernels)
    for name, array in (("images", images), ("kernels", kernels)):
        if array.dtype.kind != "f":
            raise ValueError(f"expected {name} of floats (bytes overflow), got {array.dtype}")
    if kernels.ndim != 4:
        raise ValueError(
            f"expected kernels of shape (height, width, channels, filters), got {kernels.shape}"
        )
    if images.ndim == 4 and images.shape[3] != kernels.shape[2]:
        raise ValueError(
            f"expected kernels with the images' {images.shape[3]} channels, got {kernels.shape[2]}"
        )
    height, width, channels, filters = kernels.shape
    seen = windows(images, (height, width), stride, padding)
    columns = seen.reshape(*seen.shape[:3], height * width * channels)  # one row for each stop
    product: np.ndarray = columns @ kernels.reshape(height * width * channels, filters)
    return product


def _pads(size: int, kernel_size: int, stride: int, padding: Padding) -> tuple[int, int]:
    """Zeros before and after one side of an image."""
    if stride < 1:
        raise ValueError(f"expected a stride of 1 or more, got {stride}")
    if padding == "same":
        needed = max(0, (-(-size // stride) - 1) * stride + kernel_size - size)
        return needed // 2, needed - needed // 2
    if isinstance(padding, str) or padding < 0:
        raise ValueError(f"expected a padding of 0 or more, or 'same', got {padding!r}")
    return padding, padding
