"""Images from files and from a server on this machine: read, or refused in one sentence."""

import io
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from helpers import images
from helpers.images import middle, read_image

TURNED = 6  # EXIF: the camera was held so that the top of the scene is on the right


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def two_halves(mode="RGB", size=(64, 48)):
    """The left half red, the right half blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image.convert(mode)


def turned():
    exif = Image.Exif()
    exif[0x0112] = TURNED
    return encoded(two_halves(), exif=exif)


def faded():
    image = two_halves("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size).point(lambda a: 255 * (a > 127)))
    return encoded(image)


PAGES = {
    "plain.png": lambda: encoded(two_halves()),
    "grey.png": lambda: encoded(two_halves("L")),
    "deep.png": lambda: encoded(Image.fromarray(np.full((40, 40), 30_000, np.uint16))),
    "palette.gif": lambda: encoded(two_halves("P"), "GIF"),
    "print.jpg": lambda: encoded(two_halves("CMYK"), "JPEG"),
    "see_through.png": faded,
    "turned.png": turned,
    "one.png": lambda: encoded(Image.new("RGB", (1, 1))),
    "narrow.png": lambda: encoded(Image.new("RGB", (900, 31))),
    "huge.png": lambda: encoded(Image.new("1", (10_000, 10_000))),
    "bomb.png": lambda: encoded(Image.new("1", (20_000, 20_000))),
    "page.html": lambda: b"<!doctype html><title>no image</title>",
    "empty.png": lambda: b"",
    "cut.png": lambda: encoded(Image.effect_noise((200, 200), 50))[:9_000],
    "large.bin": lambda: bytes(30_000_000),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path[1:]
        if name == "silent":
            self.server.released.wait(20)
        elif name == "moved":
            self.send_response(302)
            self.send_header("Location", "/plain.png")
            self.end_headers()
        elif name == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
        elif name not in PAGES:
            self.send_error(404)
        else:
            self.send_response(200)
            self.end_headers()
            try:
                self.wfile.write(PAGES[name]())
            except ConnectionError:
                self.server.hung_up.append(name)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hung_up, server.released = [], threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.released.set()
    server.shutdown()


@pytest.fixture
def address(server):
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("name", ["plain.png", "palette.gif", "print.jpg", "moved"])
def test_an_image_from_the_web(address, name):
    image = read_image(f"{address}/{name}")
    assert (image.shape, image.dtype) == ((48, 64, 3), np.uint8)
    assert np.abs(image[20, 5].astype(int) - [255, 0, 0]).max() < 8
    assert np.abs(image[20, 60].astype(int) - [0, 0, 255]).max() < 8


def test_a_grey_image_has_three_equal_channels(address):
    grey = read_image(f"{address}/grey.png")
    assert grey.shape == (48, 64, 3) and len(np.unique(grey[20, 5])) == 1
    assert grey[20, 5, 0] > grey[20, 60, 0]  # red is brighter than blue
    assert np.unique(read_image(f"{address}/deep.png")).tolist() == [30_000 // 257]


def test_a_transparent_image_gets_a_white_background(address):
    image = read_image(f"{address}/see_through.png")
    assert image[0, 5].tolist() == [255, 255, 255] and image[-1, 5].tolist() == [255, 0, 0]


def test_a_photo_that_the_camera_marked_is_turned(address):
    image = read_image(f"{address}/turned.png")
    assert image.shape == (64, 48, 3)
    assert image[5, 20].tolist() == [255, 0, 0] and image[60, 20].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("one.png", "expected at least 32×32 pixels, got 1×1 from http"),
        ("narrow.png", "expected at least 32×32 pixels, got 900×31 from http"),
        ("huge.png", "expected at most 50 million pixels, got 10,000×10,000 from http"),
        ("bomb.png", "expected at most 50 million pixels"),
        ("page.html", "expected an image, got something else from http"),
        ("empty.png", "expected an image, got something else from http"),
        ("cut.png", "expected a whole image, got a damaged one from http"),
        ("large.bin", "expected at most 20 MB, got more from http"),
    ],
)
def test_what_cannot_be_used_is_refused(address, name, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_image(f"{address}/{name}")


def test_what_is_too_large_is_not_read_to_its_end(server, address):
    with pytest.raises(ValueError, match="20 MB"):
        read_image(f"{address}/large.bin")
    deadline = time.monotonic() + 10  # the server's thread may learn of it a little later
    while "large.bin" not in server.hung_up and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "large.bin" in server.hung_up


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing.png", "answered 404"),
        ("elsewhere", "answered 302"),
        ("silent", "timed out|Timeout"),
    ],
)
def test_no_image_from_the_web_is_one_sentence(address, name, sentence):
    with pytest.raises(ConnectionError, match=sentence):
        read_image(f"{address}/{name}", seconds=1)


def test_nobody_at_the_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ConnectionError, match="could not be reached"):
        read_image(f"http://127.0.0.1:{port}/photo.jpg", seconds=2)
    with pytest.raises(ConnectionError, match="could not be reached"):
        read_image("http://no.such.host.invalid/photo.jpg", seconds=5)


@pytest.mark.parametrize("address", ["http://", "http://a b/c.png", "https://[::1/x.png"])
def test_what_cannot_be_an_address(address):
    with pytest.raises((ValueError, ConnectionError), match="http"):
        read_image(address, seconds=2)


def test_a_file_is_read_as_from_the_web(tmp_path, address):
    path = tmp_path / "turned.png"
    path.write_bytes(turned())
    assert (read_image(path) == read_image(f"{address}/turned.png")).all()
    assert (read_image(str(path)) == read_image(path)).all()
    path.write_bytes(bytes(images.LARGEST_FILE + 1))
    with pytest.raises(ValueError, match="at most 20 MB"):
        read_image(path)


def test_a_missing_file_or_a_folder(tmp_path):
    for wrong in (tmp_path, tmp_path / "none.png", "ftp://host/photo.png"):
        with pytest.raises(FileNotFoundError, match="expected an image file or an address"):
            read_image(wrong)


def test_the_middle_is_cut_out_after_the_short_side_is_256():
    picture = np.zeros((512, 1024, 3), np.uint8)
    picture[:, 320:704] = 255  # after halving 160 to 352; the square is 144 to 368
    cut = middle(picture)
    assert (cut.shape, cut.dtype) == ((224, 224, 3), np.uint8)
    assert cut[100, [10, 22, 202, 214], 0].tolist() == [0, 255, 255, 0]
    assert middle(picture, side=64, short_side=64).shape == (64, 64, 3)


def test_the_middle_of_an_image_of_the_right_size_is_a_part_of_it():
    picture = np.random.RandomState(0).randint(0, 256, (256, 300, 3)).astype(np.uint8)
    assert (middle(picture) == picture[16:240, 38:262]).all()
    grey = middle(picture[..., 0])
    assert grey.shape == (224, 224, 3) and (grey == picture[16:240, 38:262, :1]).all()


@pytest.mark.parametrize(
    "wrong", [np.zeros((40, 40, 3)), np.zeros((40, 40, 4), np.uint8), np.zeros(40, np.uint8)]
)
def test_what_is_no_image_has_no_middle(wrong):
    with pytest.raises(ValueError, match="expected bytes of shape"):
        middle(wrong)


def test_a_square_that_does_not_fit():
    with pytest.raises(ValueError, match="expected a side from 1 to 32, got 40"):
        middle(np.zeros((50, 50, 3), np.uint8), side=40, short_side=32)
