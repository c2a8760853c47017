"""Make the ten drawings in `data/drawings/`: handwritten digits as a camera sees them.

    python data/make/make_drawings.py

Every digit is a few strokes of hand-placed points, smoothed, shaken a little, inked with one of
several pens, laid on paper and photographed under uneven light. Made for this course; licence
CC BY 4.0.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

OUT = Path(__file__).resolve().parent.parent / "drawings"
SEED = 7
NIB_ANGLE = -40  # degrees
FINE = 4  # ink is drawn this many times finer than the photograph
JPEG_QUALITY = 88

Colour = tuple[int, int, int]  # red, green, blue

# Per digit its strokes in writing order, parted by "/"; per point "x,y,pressure", y downwards, a
# digit being about 100 high. The curve passes near its points; a point given twice is a corner.
STROKES: dict[int, str] = {
    0: "50,8,.9 33,-2,1 8,16,1.1 1,58,1 12,99,1.1 41,104,1 70,82,.9 75,40,1 60,6,.9 36,-4,.9 "
    "21,9,.8 17,20,.6",
    1: "1,55,.7 14,46,.8 34,24,.9 49,1,1 50,1,1 48,30,1.1 45,66,1.1 46,101,.8",
    2: "6,27,.8 10,7,1 34,-5,1 62,3,1.1 65,30,1.1 43,60,1 20,82,1 4,97,1 5,98,1 20,91,.9 "
    "44,97,1 60,98,1 76,91,.6",
    3: "7,13,.8 18,1,1 45,-5,.9 64,10,1.1 58,34,1.2 38,44,.8 27,46,.7 28,46,.7 52,44,.9 "
    "71,60,1.2 66,92,1.3 36,106,1.1 14,99,.8 3,87,.5",
    4: "21,3,.9 17,22,1 8,46,1 5,57,1 9,61,1 34,58,1 54,57,.9 75,53,.7"
    " / 60,8,.9 57,32,1 52,66,1.1 50,103,.8",
    5: "20,4,1 18,20,1 14,42,.9 14,43,.9 30,33,.9 56,38,1.1 70,62,1.1 58,96,1.1 30,105,1 "
    "11,97,.8 2,86,.7 / 19,5,.9 36,6,1 52,3,1 73,1,.8",
    6: "53,-1,.8 38,6,1 16,34,1.1 3,70,1.1 12,103,1 42,105,1 64,84,1 57,55,1 33,50,.9 "
    "15,66,.9 10,82,.7",
    7: "2,12,.9 4,5,1 18,5,1 44,7,1 66,3,1 67,4,1 57,28,1.1 40,60,1.2 30,84,1.1 26,104,.8",
    8: "62,17,.8 52,-3,.9 22,-4,1 3,18,1.1 20,40,1.1 50,56,1.2 65,80,1.1 48,106,1 16,107,.9 "
    "1,82,.9 18,58,.9 50,38,.9 68,18,.8 60,4,.7 48,2,.5",
    9: "60,15,.9 48,-3,1 16,0,1 2,26,1 16,52,1.1 44,46,1 62,17,.9 62,16,.9 60,44,1.1 60,80,1.1 "
    "44,106,1 15,106,.9 6,90,.8 20,80,.7 33,86,.5",
}


@dataclass(frozen=True)
class Pen:
    """What writes: its ink, and how the line answers to the hand."""

    width: float  # pixels
    ink: Colour
    opacity: float = 0.95
    taper: float = 0.0  # how far the ends thin out: 0 not at all, 1 to a point
    pressed: float = 0.3  # how strongly pressure changes the width
    nib: float = 1.0  # breadth over length; 1 is round
    bristles: int = 0  # 0 is a solid tip
    grit: float = 0.0  # how much ink the grain of the page refuses
    tremor: float = 0.7  # in hundredths of the digit's height


@dataclass(frozen=True)
class Page:
    """What is written on, and where on it the digit stands."""

    size: tuple[int, int]  # width, height
    colour: Colour
    height: int  # of the digit
    centre: tuple[float, float] = (0.5, 0.5)  # of the digit, as fractions of the size
    tilt: float = 0.0  # degrees, clockwise
    grain: float = 2.0  # grey levels
    smear: float = 0.0  # chalk dust left by a cloth, in grey levels


@dataclass(frozen=True)
class Light:
    """What falls on the page, and what the camera adds."""

    towards: float = 30.0  # degrees; where the light fades to
    fade: float = 0.12
    warmth: float = 0.0  # lamplight: less blue
    shadow: float = 0.0  # how dark
    shadow_at: float = 0.5  # where across the page its edge falls
    softness: float = 0.05
    blur: float = 0.7
    noise: float = 1.5  # grey levels


LOOKS: dict[str, tuple[Pen, Page, Light]] = {
    "0_marker.jpg": (
        Pen(27, (30, 29, 34), pressed=0.15),
        Page((360, 380), (226, 224, 219), 236),
        Light(),
    ),
    "1_upstroke_in_shadow.jpg": (  # hard: the long upstroke makes it resemble a 7
        Pen(18, (40, 42, 66), 0.92, taper=0.3, grit=0.12),
        Page((320, 420), (222, 216, 204), 250, (0.47, 0.52)),
        Light(70, 0.15, shadow=0.5, shadow_at=0.46, softness=0.03, noise=2),
    ),
    "2_ballpoint.jpg": (
        Pen(9, (32, 52, 138), 0.9, taper=0.25, grit=0.2),
        Page((400, 300), (240, 229, 202), 150, (0.45, 0.52)),
        Light(200, 0.16),
    ),
    "3_brush.jpg": (
        Pen(32, (22, 20, 22), 0.96, taper=0.5, pressed=0.9, bristles=100, tremor=0.5),
        Page((380, 440), (234, 230, 220), 270, (0.52, 0.5), tilt=12, grain=3),
        Light(120, 0.1),
    ),
    "4_faint_pencil.jpg": (
        Pen(9, (112, 112, 116), 0.75, taper=0.3, grit=0.6),
        Page((300, 300), (214, 212, 206), 140, grain=3),
        Light(300, 0.12, noise=2),
    ),
    "5_chalk.jpg": (
        Pen(21, (236, 236, 228), 0.92, grit=0.75, pressed=0.2, tremor=0.8),
        Page((420, 360), (44, 58, 52), 220, (0.48, 0.5), grain=2.5, smear=9),
        Light(20, 0.25),
    ),
    "6_felt_tip.jpg": (
        Pen(11, (20, 84, 62), 0.9, pressed=0.15),
        Page((480, 340), (188, 188, 186), 112, (0.27, 0.66)),
        Light(180, 0.15),
    ),
    "7_crayon_half_shade.jpg": (
        Pen(22, (150, 32, 38), 0.9, grit=0.5, pressed=0.2),
        Page((340, 300), (236, 234, 230), 190, grain=3),
        Light(250, 0.1, shadow=0.3, shadow_at=0.55, softness=0.12),
    ),
    "8_fountain_pen.jpg": (
        Pen(20, (24, 32, 84), 0.93, taper=0.3, pressed=0.6, nib=0.5),
        Page((300, 400), (238, 226, 198), 190, (0.55, 0.42), tilt=10),
        Light(320, 0.3, warmth=0.12),
    ),
    "9_curled_tail.jpg": (  # hard: the tail curls back, as few do
        Pen(10, (62, 62, 66), 0.85, taper=0.2, grit=0.5),
        Page((260, 320), (206, 206, 208), 150, (0.5, 0.48), tilt=-6, grain=3),
        Light(90, 0.15),
    ),
}


def curve(points: np.ndarray) -> np.ndarray:
    """Cut the corners until the line is smooth (Chaikin), then space its points evenly."""
    for _ in range(5):
        near, far = points[:-1], points[1:]
        inner = np.stack([0.75 * near + 0.25 * far, 0.25 * near + 0.75 * far], 1).reshape(-1, 3)
        points = np.concatenate([points[:1], inner, points[-1:]])
    length = np.append(0, np.cumsum(np.hypot(*np.diff(points[:, :2], axis=0).T)))
    at = np.arange(0, length[-1], 0.4)
    return np.stack([np.interp(at, length, column) for column in points.T], 1)


def wander(random: np.random.RandomState, shape: tuple[int, int], scale: float) -> np.ndarray:
    """Smooth noise of mean 0 and deviation 1, its bumps about `scale` wide."""
    smooth = cv2.GaussianBlur(random.standard_normal(shape), (0, 0), scale)
    return np.asarray((smooth - smooth.mean()) / smooth.std())


def stroke(text: str, pen: Pen, random: np.random.RandomState) -> np.ndarray:
    """A stroke as the hand draws it: rows of x, y (hundredths of a digit) and relative width."""
    line = curve(np.array([[float(v) for v in point.split(",")] for point in text.split()]))
    n = len(line)
    line[:, :2] += pen.tremor * np.hstack([wander(random, (n, 1), 40) for _ in "xy"])
    line[:, :2] += 0.2 * pen.tremor * np.hstack([wander(random, (n, 1), 8) for _ in "xy"])
    width = 1 + pen.pressed * (line[:, 2] - 1 + 0.1 * wander(random, (n, 1), 30)[:, 0])
    step = np.arange(n)
    landing, lifting = np.clip(step / (0.08 * n), 0, 1), np.clip((n - 1 - step) / (0.16 * n), 0, 1)
    line[:, 2] = width * (1 - pen.taper * (1 - np.sqrt(landing * lifting)))
    return line


def ink(line: np.ndarray, pen: Pen, page: Page, random: np.random.RandomState) -> np.ndarray:
    """How much of each pixel one stroke covers, 0 to 1."""
    width, height = page.size
    fine = np.zeros((height * FINE, width * FINE), np.uint8)
    turn = np.deg2rad(page.tilt)
    rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    centre = np.array(page.centre) * page.size
    # (35, 50) is the middle of a digit as STROKES has it
    path = ((line[:, :2] - (35, 50)) * page.height / 100 @ rotate + centre) * FINE
    radius = line[:, 2] * pen.width * FINE / 2
    tips, reach = np.zeros((1, 2)), np.ones(1)
    if pen.bristles:
        angle, out = random.uniform(0, 2 * np.pi, pen.bristles), random.uniform(0, 1, pen.bristles)
        tips = 0.92 * np.sqrt(out)[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
        reach = random.uniform(0.4, 1.3, pen.bristles)  # how far along each has ink
    for tip, far in zip(tips, reach, strict=True):
        share = 0.08 if pen.bristles else 1.0
        for (x, y), r in list(zip(path, radius, strict=True))[: int(far * len(path))]:
            spot = np.round(16 * (np.array([x, y]) + tip * r)).astype(int)
            axes = (max(int(16 * share * r), 8), max(int(16 * share * r * pen.nib), 8))
            cv2.ellipse(fine, spot.tolist(), axes, NIB_ANGLE, 0, 360, 255, -1, cv2.LINE_8, 4)
    return cv2.resize(fine, page.size, interpolation=cv2.INTER_AREA) / 255


def paper(page: Page, random: np.random.RandomState) -> np.ndarray:
    """The page before anything is written on it, in plain white light."""
    shape = page.size[::-1]
    fibres = 0.6 * wander(random, shape, 0.8) + 0.6 * wander(random, shape, 2.5)
    blotches = 0.5 * wander(random, shape, 25)
    sheet = np.array(page.colour) + page.grain * (fibres + blotches)[..., None]
    if page.smear:
        wiped = cv2.GaussianBlur(random.standard_normal(shape), (0, 0), 45, sigmaY=5)
        sheet += page.smear * np.clip(1 + wiped / wiped.std(), 0, None)[..., None]
    return np.asarray(sheet)


def write(label: int, pen: Pen, page: Page, random: np.random.RandomState) -> np.ndarray:
    """How much of each pixel of the page is still seen behind a digit's ink, 0 to 1."""
    bare = np.ones(page.size[::-1])
    for text in STROKES[label].split("/"):
        covered = ink(stroke(text, pen, random), pen, page, random)
        if pen.grit:
            shape = bare.shape
            grain = 0.5 + 0.4 * wander(random, shape, 0.6) + 0.25 * wander(random, shape, 1.6)
            covered = cv2.GaussianBlur(covered, (0, 0), 2.5 * pen.grit)
            covered = np.clip((1 + pen.grit) * covered - 2 * pen.grit * grain.clip(0), 0, 1)
        bare *= 1 - pen.opacity * covered
    return bare


def inked(sheet: np.ndarray, bare: np.ndarray, pen: Pen) -> np.ndarray:
    """The page with its ink, in grey levels per colour."""
    seen = bare[..., None]
    return np.asarray(sheet * seen + np.array(pen.ink) * (1 - seen))


def draw(label: int, pen: Pen, page: Page, random: np.random.RandomState) -> np.ndarray:
    """The page with its digit in plain white light, in grey levels per colour."""
    sheet = paper(page, random)
    return inked(sheet, write(label, pen, page, random), pen)


def photograph(sheet: np.ndarray, light: Light, random: np.random.RandomState) -> np.ndarray:
    """The sheet under its light, as the camera stores it: bytes, in OpenCV's blue-green-red."""
    height, width = sheet.shape[:2]
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    angle = np.deg2rad(light.towards)
    along = (x - x.mean()) * np.cos(angle) + (y - y.mean()) * np.sin(angle)
    bright = 1 - light.fade * (along + 0.5)
    edge = x + 0.35 * y + 0.03 * np.sin(7 * y) - light.shadow_at - 0.15
    bright *= 1 - light.shadow / (1 + np.exp(-edge / light.softness))
    lit = sheet * bright[..., None] * (1 - light.warmth * np.array([0.0, 0.3, 1.0]))
    lit = cv2.GaussianBlur(lit, (0, 0), light.blur)
    lit += light.noise * np.dstack([wander(random, (height, width), 0.6)] * 3)
    return np.asarray(np.clip(np.round(lit), 0, 255).astype(np.uint8)[..., ::-1])


def main() -> None:
    OUT.mkdir(exist_ok=True)
    for name, (pen, page, light) in LOOKS.items():
        label = int(name[0])
        random = np.random.RandomState(SEED + label)
        photo = photograph(draw(label, pen, page, random), light, random)
        file = OUT / name
        cv2.imwrite(str(file), photo, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        print(f"{file.relative_to(OUT.parent)}  {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
