"""Pictures from files and from the web, as arrays that a network can be given."""

import io
import urllib.error
import urllib.request
import warnings
from http.client import HTTPException
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

LARGEST_FILE = 20_000_000
"""Bytes; what is larger is not read to its end."""

LARGEST_IMAGE = 50_000_000
"""Pixels; what is larger is not decoded."""

SMALLEST_SIDE = 32
"""Pixels."""


def read_image(source: str | Path, seconds: float = 20) -> np.ndarray:
    """An image from a file or the web, upright and in red, green and blue.

    Grey images get three equal channels, transparent ones a white background, and a photo that
    its camera marked as turned (EXIF) is turned. Of a moving picture it is the first frame.

    Args:
        source: an address that begins with http:// or https://, or a path.
        seconds: to wait for an answer from the web.

    Returns:
        Bytes 0-255, (height, width, 3).

    Raises:
        ConnectionError: if there is no answer from the web, or the answer is an error.
        FileNotFoundError: if there is no such file.
        ValueError: if the address cannot be one, or it is no image, one with a side under 32
            pixels or over 50 million pixels, or a file over 20 MB.
    """
    name = str(source)
    if name.lower().startswith(("http://", "https://")):
        content = _from_the_web(name, seconds)
    elif (path := Path(source)).is_file():
        with path.open("rb") as file:
            content = _at_most(file, name)
    else:
        raise FileNotFoundError(f"expected an image file or an address with http, got {name}")
    try:
        with warnings.catch_warnings(action="ignore"):  # of a size that is refused below
            image = Image.open(io.BytesIO(content))  # its head: no pixel is decoded yet
    except Image.DecompressionBombError as error:
        raise ValueError(_too_large(name)) from error
    except Exception as error:  # readers of rare formats raise what they like
        raise ValueError(f"expected an image, got something else from {name}") from error
    width, height = image.size
    if width * height > LARGEST_IMAGE:
        raise ValueError(_too_large(name, f", got {width:,}×{height:,}"))
    if min(width, height) < SMALLEST_SIDE:
        raise ValueError(
            f"expected at least {SMALLEST_SIDE}×{SMALLEST_SIDE} pixels, "
            f"got {width:,}×{height:,} from {name}"
        )
    try:
        return _red_green_blue(ImageOps.exif_transpose(image))
    except Exception as error:
        raise ValueError(f"expected a whole image, got a damaged one from {name}") from error


def middle(image: np.ndarray, side: int = 224, short_side: int = 256) -> np.ndarray:
    """The middle of an image, at the size that networks for ImageNet are tested with.

    Args:
        image: bytes 0-255, (height, width, 3), or (height, width), which gets three channels.
        side: of the square that is cut out, in pixels.
        short_side: to which the image's shorter side is brought before, in pixels.

    Returns:
        Bytes 0-255, (side, side, 3).

    Raises:
        ValueError: if the image is not of such a shape or type, or the square does not fit.
    """
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)):
        raise ValueError(
            f"expected bytes of shape (height, width, 3), got {image.dtype} of {image.shape}"
        )
    if not 0 < side <= short_side:
        raise ValueError(f"expected a side from 1 to {short_side}, got {side}")
    if image.ndim == 2:
        image = np.repeat(image[..., None], 3, axis=2)
    height, width = (round(n * short_side / min(image.shape[:2])) for n in image.shape[:2])
    resized = Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC)
    left, top = (width - side) // 2, (height - side) // 2
    return np.array(resized.crop((left, top, left + side, top + side)))


def _from_the_web(address: str, seconds: float) -> bytes:
    agent = {"User-Agent": "layer-by-layer (a course in deep learning)"}  # some sites ask for one
    try:
        request = urllib.request.Request(address, headers=agent)
    except ValueError as error:
        raise ValueError(f"expected an address on the web, got {address}") from error
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return _at_most(answer, address)
    except urllib.error.HTTPError as error:
        raise ConnectionError(f"{address} answered {error.code} ({error.reason})") from error
    except (OSError, HTTPException) as error:  # URLError and timeouts are OSErrors
        reason = getattr(error, "reason", None) or type(error).__name__
        raise ConnectionError(f"{address} could not be reached ({reason})") from error


def _at_most(file: io.BufferedIOBase, name: str) -> bytes:
    """What is in an open file, if it is not too large."""
    content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError(f"expected at most {LARGEST_FILE // 10**6} MB, got more from {name}")
    return content


def _too_large(name: str, got: str = "") -> str:
    return f"expected at most {LARGEST_IMAGE // 10**6} million pixels{got} from {name}"


def _red_green_blue(image: Image.Image) -> np.ndarray:
    if image.mode.startswith("I;16"):  # Pillow would cut off what is above 255
        return np.repeat((np.asarray(image) // 257).astype(np.uint8)[..., None], 3, axis=2)
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        white = Image.new("RGBA", seen.size, "white")
        image = Image.alpha_composite(white, seen)
    return np.array(image.convert("RGB"))
