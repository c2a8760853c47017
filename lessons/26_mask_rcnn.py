# %% [markdown] lang="ko" headline="mask AP"
# # [[number]] · Mask R-CNN
#
# [[badge]]
#
# **찾은 상자 안에서 어느 픽셀이 그 숫자의 것인지까지 답할 수 있을까?**
# %% [markdown] lang="en" headline="mask AP"
# # [[number]] · Mask R-CNN
#
# [[badge]]
#
# **Can a detector also say which pixels in a box belong to the digit?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 마스크로 답한 것을 IoU와 AP로 채점할 수 있다.
# - 쌍선형 보간과 RoIAlign을 손으로 계산하고, RoI 풀링의 반올림이 무엇을 얼마나 옮기는지 잴 수 있다.
# - 훈련된 검출기에 마스크 헤드를 붙여 훈련하고, 답을 장면에 되붙일 수 있다.
# - 마스크의 IoU를 어디에서 얼마나 잃는지 나누어 말할 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 50분이고, `small`에서는 실행에 2분쯤 걸린다. [[faster_rcnn]]의 검출기와 [[fast_rcnn]]의 RoI 풀링, [[boxes]]의 IoU와 AP를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Mark answers that are masks, by IoU and AP.
# - Compute bilinear interpolation and RoIAlign by hand, and measure what the rounding of RoI pooling moves, and how far.
# - Put a mask head on a trained detector, train it, and paste its answers back into the scene.
# - Say where the IoU of masks is lost, and how much of it.
#
# It takes about 50 minutes to read, without the exercises, and at scale `small` about two minutes to run. You need the detector of [[faster_rcnn]], the RoI pooling of [[fast_rcnn]], and IoU and AP from [[boxes]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘Mask R-CNN 을 활용한 사물검출’에 해당한다. 자료와 다른 점은 10절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the page of deck 003 on object detection by Mask R-CNN. Section 10 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import contextlib
import io

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.optimizers.schedules import CosineDecay
from matplotlib.colors import to_rgb
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from scipy.ndimage import binary_dilation, binary_erosion, map_coordinates

from helpers import box_ops
from helpers.boxes import iou
from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.faster_rcnn import detect, load_faster_rcnn
from helpers.metrics import Detections, as_coco, average_precision, coco_ap, objects_of
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_masks, draw_scene
from helpers.regions import roi_align, roi_pool
from helpers.scenes import digit_scenes
from helpers.timing import fastest_seconds

# %% [markdown] lang="ko" slides="003 Mask R-CNN 을 활용한 사물검출"
# ## 1. 상자에서 마스크로
#
# 상자는 숫자를 둘러싼 직사각형일 뿐이다. 상자 안에는 배경도 있고, 옆 숫자의 획이 들어올 때도 있다. 그래서 픽셀마다 그 숫자의 것인지 아닌지를 답하게 하자. 이 답을 **이진 마스크**(binary mask)라고 한다. 숫자마다 하나씩 답하는 일이 [[boxes]]의 첫 표에 나온 인스턴스 분할이다. 객체를 검출하고 마스크까지 답하는 신경망이 Mask R-CNN(He 외, 2017)이다.
#
# 마스크도 IoU로 채점한다. 답한 픽셀과 실제 픽셀의 교집합을 합집합으로 나눈다. 실제 마스크가 여섯 픽셀, 답이 다섯 픽셀이고 네 픽셀이 겹치면 $\text{IoU} = 4 / (6 + 5 - 4) = 0.57$이다.
#
# `digit_scenes`는 `masks=True`이면 마스크도 준다. 숫자의 획이 최대 밝기의 4분의 1 이상으로 칠해진 픽셀이다. 숫자를 오른쪽으로 1–4픽셀 옮겨 보면, 같은 만큼 어긋나도 상자와 마스크의 IoU가 얼마나 다르게 떨어지는지 알 수 있다.
# %% [markdown] lang="en" slides="003 Mask R-CNN 을 활용한 사물검출"
# ## 1. From boxes to masks
#
# A box is only a rectangle around a digit. Inside there is background, too, and sometimes a stroke of the next digit. So let the network say of each pixel whether it belongs to the digit or not. Such an answer is a **binary mask**. To give one for each digit is what the first table of [[boxes]] calls instance segmentation. Mask R-CNN (He et al., 2017) is a network that detects objects and answers with masks as well.
#
# Masks are marked by IoU, too: the pixels that the answer and the truth have in common, over those that either has. If the real mask has six pixels, the answer five, and four are in both, $\text{IoU} = 4 / (6 + 5 - 4) = 0.57$.
#
# With `masks=True`, `digit_scenes` gives masks as well: pixels where a quarter or more of full ink was put by the digit. Move the digits to the right by 1–4 pixels to see how differently boxes and masks take being off.
# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # the digits that validation scenes were made of, as in lesson rcnn
train_digits = x_train[:-held], y_train[:-held]
count = lesson.at_scale(small=1600, full=4000)
scenes = digit_scenes(train_digits, count, lesson.seed, masks=True)


def mask_iou(mask, other):
    """IoU of two masks of one shape, booleans."""
    return (mask & other).sum() / (mask | other).sum()


real, said = np.zeros((2, 3, 4), bool)
real[0:2, 0:3], said[0:2, 1:3], said[2, 0] = True, True, True
check("IoU of the example", round(mask_iou(real, said), 2), equals=0.57)
# %%
hundred = [each[:100] for each in scenes]
_, boxes, labels, masks = hundred
boxes, masks = boxes[labels >= 0], masks[labels >= 0]  # of all digits in a hundred scenes
fill = [mask.sum() / np.prod(box[2:] - box[:2]) for mask, box in zip(masks, boxes)]
report("percent of a box that its mask fills", 100 * np.mean(fill))
by_box, by_mask = [], []
for distance in range(5):
    moved = boxes + np.array([distance, 0, distance, 0])
    by_box.append(np.mean([iou(a[None], b[None])[0, 0] for a, b in zip(boxes, moved)]))
    by_mask.append(np.mean([mask_iou(mask, np.roll(mask, distance, axis=1)) for mask in masks]))
report("IoU of boxes, moved by 2", by_box[2])
check("IoU of masks, moved by 2", by_mask[2], at_most=0.59)
report("IoU of masks, moved by 1", by_mask[1])


# %% tags=["figure"] title="masks, and IoU against distance"
_, axes = plt.subplots(1, 3, figsize=(13, 3.9), width_ratios=(1, 1, 1.3))
busy = int(np.argmax((scenes.labels[:100] >= 0).sum(axis=1)))
there = scenes.labels[busy] >= 0
draw_scene(axes[0], scenes.images[busy], scenes.boxes[busy][there], scenes.labels[busy][there])
axes[0].set_title("boxes")
draw_masks(axes[1], scenes.images[busy], scenes.masks[busy][there], "masks")
axes[2].plot(by_box, "o-", color=BLUE, label="boxes")
axes[2].plot(by_mask, "o-", color=VERMILION, label="masks")
axes[2].set(xlabel="moved by (pixels)", ylabel="mean IoU", ylim=(0, 1.02), xticks=range(5))
axes[2].legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 장면과 상자(boxes), 가운데는 마스크(masks, 숫자마다 다른 색)다. 오른쪽은 옮긴 거리(moved by, 픽셀)에 따른 IoU의 평균(mean IoU)이다. 마스크의 IoU(주홍색)가 상자의 IoU(파란색)보다 훨씬 빨리 떨어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, a scene with its boxes; in the middle its masks, one colour for each digit. Right, the mean IoU against how far the digits were moved: that of masks (vermilion) falls much faster than that of boxes (blue).*
# %% [markdown] lang="ko"
# 마스크는 상자의 [[range: percent of a box that its mask fills]]%만 채운다. 획의 너비가 몇 픽셀뿐이므로 2픽셀만 어긋나도 IoU가 [[range: IoU of masks, moved by 2]]까지 떨어진다(상자는 [[range: IoU of boxes, moved by 2]]). 1픽셀만 어긋나도 [[range: IoU of masks, moved by 1]]이다. 그렇다면 상자를 읽는 자리도 어긋나면 안 되는 것일까?
# %% [markdown] lang="en"
# A mask fills only [[range: percent of a box that its mask fills]]% of its box. Strokes are a few pixels wide, so being off by 2 pixels brings the IoU down to [[range: IoU of masks, moved by 2]] (that of boxes to [[range: IoU of boxes, moved by 2]]), and 1 pixel to [[range: IoU of masks, moved by 1]]. Does it then matter just as much where boxes are read?
# %% [markdown] lang="ko" slides="003 Mask R-CNN 을 활용한 사물검출"
# ## 2. 칸 사이를 읽는다: 쌍선형 보간과 RoIAlign
#
# 검출기의 `fine`은 스트라이드가 4인 특성 맵이다. 칸 하나가 4×4픽셀을 맡고, 첫 칸의 중심은 2픽셀에 있다. 상자의 변은 대개 칸의 경계에 있지 않다. RoIAlign은 변을 반올림하지 않는다. 상자를 구간으로 똑같이 나누고, 구간 안의 점에서 특성을 읽는다. 점도 칸의 중심에 있지 않으므로, 둘레의 네 칸에서 **쌍선형 보간**(bilinear interpolation)을 한다. 강의 자료의 ‘2D 선형보간법’이다.
#
# 네 칸의 값이 위에 2와 6, 아래에 3과 8이고, 점이 왼쪽 위 칸의 중심에서 오른쪽으로 0.25칸, 아래로 0.5칸에 있다고 하자. 먼저 가로로 보간한다. 위는 $0.75 \cdot 2 + 0.25 \cdot 6 = 3$, 아래는 $0.75 \cdot 3 + 0.25 \cdot 8 = 4.25$다. 그다음 세로로 보간하면 $0.5 \cdot 3 + 0.5 \cdot 4.25 = 3.625$다. 칸마다 가로 거리와 세로 거리를 저마다 1에서 빼고, 그 둘을 곱한 것을 무게로 삼은 셈이다. 왼쪽 위 칸의 무게는 $0.75 \cdot 0.5 = 0.375$다.
#
# $$f(y, x) = \sum_{i, j} (1 - |y - i|) \, (1 - |x - j|) \, f_{ij}$$
#
# $y$와 $x$는 칸의 중심이 정수가 되도록 잰 좌표이고, $i$와 $j$는 둘레의 네 칸의 행 번호와 열 번호다. 가장자리 칸의 중심보다 바깥에서는 가장자리의 값을 그대로 쓴다. SciPy에서는 `map_coordinates`에 `order=1`과 `mode="nearest"`를 주면 같은 계산을 한다.
# %% [markdown] lang="en" slides="003 Mask R-CNN 을 활용한 사물검출"
# ## 2. Reading between places: bilinear interpolation and RoIAlign
#
# The detector's map `fine` has a stride of 4: each place stands for 4×4 pixels, and the centre of the first is at 2 pixels. The sides of a box hardly ever lie on borders of places. RoIAlign does not round them. It divides the box into equal bins, and reads the features at points inside each. The points are not at centres of places, either, so each is computed from the four places around it by **bilinear interpolation**; the deck calls it 2D linear interpolation.
#
# Let the four places have 2 and 6 above, 3 and 8 below, and let the point be 0.25 places to the right of the upper left centre and 0.5 below it. First interpolate across: above it is $0.75 \cdot 2 + 0.25 \cdot 6 = 3$, below $0.75 \cdot 3 + 0.25 \cdot 8 = 4.25$. Then down: $0.5 \cdot 3 + 0.5 \cdot 4.25 = 3.625$. So the weight of a place is one minus its distance across, times one minus its distance down; that of the upper left one is $0.75 \cdot 0.5 = 0.375$.
#
# $$f(y, x) = \sum_{i, j} (1 - |y - i|) \, (1 - |x - j|) \, f_{ij}$$
#
# Here $y$ and $x$ are coordinates whose integers are centres of places, and $i$ and $j$ the rows and columns of the four places around. Beyond the outermost centres the value at the border is taken. SciPy computes the same by `map_coordinates` with `order=1` and `mode="nearest"`.
# %%
def bilinear(values, y, x):
    """The value between the places of a map (rows, columns); integers are centres."""
    rows, columns = values.shape
    y, x = np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)
    top, left = min(int(y), rows - 2), min(int(x), columns - 2)
    down, right = y - top, x - left
    above = (1 - right) * values[top, left] + right * values[top, left + 1]
    below = (1 - right) * values[top + 1, left] + right * values[top + 1, left + 1]
    return (1 - down) * above + down * below


four = np.array([[2.0, 6.0], [3.0, 8.0]])
check("value of the example", bilinear(four, 0.5, 0.25), equals=3.625)
rng = np.random.RandomState(0)
values = rng.rand(7, 5)
points = rng.uniform(-1, 7, (2, 40))  # some beyond the border
by_hand = [bilinear(values, y, x) for y, x in points.T]
by_scipy = map_coordinates(values, points, order=1, mode="nearest")
same(by_hand, by_scipy, "40 points by hand and by SciPy")
# %% tags=["figure"] title="a point between four places"
_, axis = plt.subplots(figsize=(5, 3.2))
for row, column in np.ndindex(2, 2):
    weight = abs(1 - row - 0.5) * abs(1 - column - 0.25)
    axis.plot(column, row, "o", color=BLUE, ms=10)
    text = f"{four[row, column]:.0f} (weight {weight:.3f})"
    axis.text(column, row + (-0.12 if row == 0 else 0.2), text, ha="center", fontsize=12)
axis.plot([0, 1, 1, 0, 0], [0, 0, 1, 1, 0], color=GREY, lw=1)
axis.plot([0.25, 0.25], [0, 1], ":", color=GREY)
axis.plot(0.25, 0.5, "x", color=VERMILION, ms=11, mew=3)
axis.text(0.31, 0.53, f"{bilinear(four, 0.5, 0.25):.3f}", color=VERMILION, fontsize=13)
axis.set(xlim=(-0.5, 1.5), ylim=(1.35, -0.3))
axis.axis("off")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 예의 점(주홍색 ×)과 둘레의 네 칸(파란색). 칸마다 값과 무게(weight)를 적었다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The point of the example (vermilion ×) and the four places around it (blue), each with its value and weight.*
# %% [markdown] lang="ko"
# 상자 하나를 읽어 보자. $x$가 37에서 61까지인 상자는 스트라이드 4로 나누면 9.25에서 15.25까지, 너비가 6칸이다. 구간이 둘, 구간마다 점이 둘이면 점 넷이 너비의 8분의 1, 8분의 3, 8분의 5, 8분의 7에 온다. 10, 11.5, 13, 14.5칸이다. 0번 칸의 중심이 0.5칸에 있으므로 보간할 좌표는 여기에서 0.5를 뺀 9.5, 11, 12.5, 14다. 세로도 같다. 구간마다 네 점(가로 둘, 세로 둘)을 평균한 것이 RoIAlign이다. [[faster_rcnn]]에서 썼던 `helpers.regions`의 `roi_align`은 모든 상자와 채널을 한꺼번에 계산한다.
# %% [markdown] lang="en"
# Read one box. A box with $x$ from 37 to 61 goes from 9.25 to 15.25 after division by the stride of 4, and is 6 places wide. With two bins and two points in each, the four points are at one, three, five and seven eighths of the width: 10, 11.5, 13 and 14.5 places. The centre of place 0 is at 0.5, so 0.5 is subtracted to get the coordinates for interpolation: 9.5, 11, 12.5 and 14. The same is done downwards. The mean of the four points of a bin (two across, two down) is RoIAlign. `roi_align` of `helpers.regions`, which [[faster_rcnn]] used, computes all boxes and channels at once.
# %%
def align_points(low, high, stride, size, samples=2):
    """Where the points of a box lie along one axis: coordinates in places, (size * samples,)."""
    share = (np.arange(size * samples) + 0.5) / (size * samples)
    return (low + (high - low) * share) / stride - 0.5


def roi_align_by_hand(values, box, stride, size, samples=2):
    """RoIAlign of one box on a map (rows, columns): (size, size)."""
    x_min, y_min, x_max, y_max = box
    xs = align_points(x_min, x_max, stride, size, samples)
    ys = align_points(y_min, y_max, stride, size, samples)
    read = np.array([[bilinear(values, y, x) for x in xs] for y in ys])
    return read.reshape(size, samples, size, samples).mean(axis=(1, 3))


check("points of the example", align_points(37, 61, 4, 2).tolist(), equals=[9.5, 11, 12.5, 14])
box = np.array([3.0, 9, 19, 31])  # beyond the map's lower border, where there is no centre left
by_hand = roi_align_by_hand(values, box, stride=4, size=3)
in_helpers = roi_align(values[None, ..., None], box[None, None], stride=4, size=3)
same(by_hand, np.array(in_helpers)[0, 0, ..., 0], "RoIAlign by hand and in helpers.regions")
# %% tags=["figure"] title="a box on the places of the map"
box = np.array([37, 40, 61, 82]) / 4
kinds = {"box": (box, ORANGE), "rounded": (np.floor(box + 0.5), VERMILION)}
_, axis = plt.subplots(figsize=(6.5, 4.4))
for name, (sides, color) in kinds.items():
    width, height = sides[2:] - sides[:2]
    axis.add_patch(plt.Rectangle(sides[:2], width, height, fill=False, ec=color, lw=3, label=name))
xs, ys = align_points(37, 61, 4, 2) + 0.5, align_points(40, 82, 4, 2) + 0.5
axis.plot(*np.meshgrid(xs, ys), "x", color=BLUE, mew=2)
axis.plot([box[0], box[2]], [box[[1, 3]].mean()] * 2, color=ORANGE, lw=1)
axis.plot([box[[0, 2]].mean()] * 2, [box[1], box[3]], color=ORANGE, lw=1)
axis.set(xticks=range(8, 18), yticks=range(9, 23), xlim=(8, 17), ylim=(22, 9), aspect="equal")
axis.grid(color=GREY, alpha=0.4)
axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 특성 맵의 칸 위에 놓인 상자(box, 주황색)와 두 구간씩의 점 열여섯(파란색 ×). 주홍색은 RoI 풀링이 읽는 반올림한 상자(rounded)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A box (orange) on the places of the feature map, with the sixteen points of two bins each way (blue ×). Vermilion is the rounded box, which RoI pooling reads.*
# %% [markdown] lang="ko"
# ## 3. 반올림은 무엇을 옮기나
#
# RoI 풀링은 상자의 변을 칸의 경계로 반올림했다([[fast_rcnn]]). 상자 $(37, 40, 61, 82)$는 칸으로 $(9.25, 10, 15.25, 20.5)$이고, 반올림하면 $(9, 10, 15, 21)$, 곧 $(36, 40, 60, 84)$픽셀이다. 왼쪽과 오른쪽 변은 왼쪽으로 1픽셀, 아래 변은 아래로 2픽셀 옮겨졌다. 이렇게 값을 몇 가지로만 나타내느라 생기는 오차를 **양자화 오차**(quantization error)라고 한다.
#
# 구간마다 어디를 읽었는지 재는 방법이 있다. 칸마다 그 칸의 중심이 몇 픽셀에 있는지를 적은 특성 맵을 읽으면 된다. 채널은 $x$와 $y$ 둘이다. 한 상자를 14×14로 읽으면 구간마다 읽은 자리가 나오고, 상자를 똑같이 나눈 구간의 중심에서 얼마나 떨어져 있는지 잴 수 있다. 최댓값을 고르는 것과 섞이지 않도록, 반올림한 상자도 보간으로 읽는다. 논문이 RoIWarp라고 부르는 방법에 가깝다.
# %% [markdown] lang="en"
# ## 3. What rounding moves
#
# RoI pooling rounded the sides of boxes to borders of places ([[fast_rcnn]]). The box $(37, 40, 61, 82)$ is $(9.25, 10, 15.25, 20.5)$ in places, rounded $(9, 10, 15, 21)$, which is $(36, 40, 60, 84)$ in pixels. The left and right sides were moved left by 1 pixel, the lower one down by 2. An error from having only a few values to choose from is called a **quantization error**.
#
# There is a way to see where each bin was read: read a feature map that holds, for each place, at which pixel its centre is. It has two channels, $x$ and $y$. Reading a box as 14×14 then tells where each bin was read, and one can measure how far that is from where the bin lies, dividing the box equally. Rounded boxes are read by interpolation here, too, so that nothing is mixed with taking a maximum; what the paper calls RoIWarp is close to that.
# %%
def rounded(boxes, stride=4):
    """Boxes (..., 4) with their sides on borders of places, in pixels, a place wide or more."""
    low = ops.floor(boxes[..., :2] / stride + 0.5)
    high = ops.maximum(ops.floor(boxes[..., 2:] / stride + 0.5), low + 1)
    return stride * ops.concatenate([low, high], axis=-1)


def align_of_rounded(features, boxes, stride, size):
    """RoIAlign of the rounded boxes: interpolation, but after rounding."""
    return roi_align(features, rounded(boxes, stride), stride, size)


example = np.array([37.0, 40, 61, 82])
check("rounded box of the example", np.array(rounded(example)).tolist(), equals=[36, 40, 60, 84])
# %%
centres = 4 * (np.arange(32) + 0.5)  # of the places, in pixels
where = np.stack(np.meshgrid(centres, centres), axis=-1).astype("float32")  # (32, 32, 2)
inside = boxes[(boxes.min(axis=1) >= 4) & (boxes.max(axis=1) <= 124)].astype("float32")
steps = (np.arange(14) + 0.5) / 14  # where bins lie, as shares of the width
share = np.stack(np.meshgrid(steps, steps), axis=-1)
low, high = inside[:, None, None, :2], inside[:, None, None, 2:]
of_bins = low + (high - low) * share  # (n, 14, 14, 2)
read_by_align = np.array(roi_align(where[None], inside[None], stride=4, size=14))[0]
read_if_rounded = np.array(align_of_rounded(where[None], inside[None], stride=4, size=14))[0]
aligned = np.linalg.norm(read_by_align - of_bins, axis=-1)
of_rounded = np.linalg.norm(read_if_rounded - of_bins, axis=-1)
check("pixels from bin to reading, RoIAlign, largest", aligned.max(), at_most=0.001)
check("the same, rounded boxes, mean", of_rounded.mean(), at_least=1.1, at_most=1.5)
report("the same, rounded boxes, largest", of_rounded.max())
cut = []
for mask, (x_min, y_min, x_max, y_max) in zip(masks, np.array(rounded(boxes)).astype(int)):
    cut.append(1 - mask[y_min:y_max, x_min:x_max].sum() / mask.sum())
report("percent of a mask outside the rounded box", 100 * np.mean(cut))
# %% tags=["figure"] title="where bins are read"
_, axes = plt.subplots(1, 2, figsize=(12, 4.2), width_ratios=(1, 1.3))
size_of = inside[:, 2:] - inside[:, :2]
far = int(np.argmax(np.where(size_of.min(axis=1) > 18, of_rounded.mean(axis=(1, 2)), 0)))
scene = int(np.flatnonzero((hundred[1] == inside[far]).all(axis=-1).any(axis=1))[0])
draw_scene(axes[0], scenes.images[scene], [inside[far]], color=ORANGE)
draw_scene(axes[0], scenes.images[scene], [np.array(rounded(inside[far]))], color=VERMILION)
some = (far, slice(None, None, 3), slice(None, None, 3))
centre, arrow = of_bins[some].reshape(-1, 2), (read_if_rounded - of_bins)[some].reshape(-1, 2)
axes[0].quiver(*centre.T, *arrow.T, color=SKY, angles="xy", scale_units="xy", scale=1, width=0.012)
(x, y), half = (inside[far][:2] + inside[far][2:]) / 2, 0.7 * size_of[far].max()
axes[0].set(xlim=(x - half, x + half), ylim=(y + half, y - half))
axes[1].hist(of_rounded.ravel(), 40, color=VERMILION, label="rounded boxes")
axes[1].axvline(0, color=BLUE, lw=4, label="RoIAlign")
axes[1].set(xlabel="pixels from bin to reading", ylabel="bins")
axes[1].legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽: 반올림으로 많이 옮겨지는 숫자 하나. 주황색은 상자, 주홍색은 반올림한 상자, 하늘색 화살표는 구간의 중심에서 실제로 읽는 자리까지다. 오른쪽: 구간(bins)마다 둘 사이의 거리(pixels from bin to reading). RoIAlign(파란 선)은 모두 0이고, 반올림한 상자(rounded boxes)는 [[range: the same, rounded boxes, largest]]픽셀까지 퍼진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, a digit that rounding moves a lot: its box (orange), the rounded box (vermilion), and arrows (sky blue) from the centres of bins to where they are really read. Right, the distance between the two for all bins: 0 for RoIAlign (the blue line), up to [[range: the same, rounded boxes, largest]] pixels for rounded boxes.*
# %% [markdown] lang="ko"
# 장면의 가장자리에서 4픽셀 이상 떨어진 상자에서 재면, 반올림한 상자는 구간마다 평균 [[range: the same, rounded boxes, mean]]픽셀, 많게는 [[range: the same, rounded boxes, largest]]픽셀 떨어진 곳을 읽는다. 1절에서 마스크를 2픽셀 옮기면 IoU가 [[range: IoU of masks, moved by 2]]까지 떨어졌으므로, 마스크에는 큰 오차다. 더 곤란한 것은 상자마다 다른 쪽으로 다른 만큼 옮겨진다는 점이다. 신경망은 14×14로 읽은 값만 받고, 어느 쪽으로 얼마나 옮겨졌는지는 받지 않는다. 그래서 얼마나 잃는지는 6절과 7절에서 잰다.
# %% [markdown] lang="en"
# Taken on boxes that are 4 pixels or more from the borders of the scene, a bin of a rounded box is read [[range: the same, rounded boxes, mean]] pixels away on average, and up to [[range: the same, rounded boxes, largest]]. For masks that is a lot: in section 1, moving them by 2 pixels brought the IoU down to [[range: IoU of masks, moved by 2]]. What is worse, each box is moved in another direction, by another amount. The network is given the 14×14 values that were read, and is not told which way they were moved, nor how far. Sections 6 and 7 measure what that costs.
# %% [markdown] lang="ko" slides="003 Mask R-CNN 을 활용한 사물검출"
# ## 4. 마스크 헤드와 그 정답
#
# 검출기에 셋째 가지를 붙인다. 상자를 `fine`에서 14×14로 읽고, 합성곱 둘을 지나 **전치 합성곱**(transposed convolution)으로 28×28로 키운 다음, 1×1 합성곱으로 픽셀마다 클래스별 로짓을 하나씩(28×28×10) 낸다. 이 가지를 **마스크 헤드**(mask head)라고 한다. 전치 합성곱은 칸의 수를 늘리는 합성곱이다. 여기에서는 칸 하나의 값에 2×2 커널을 곱해 2×2칸으로 펼친다. 값이 3이고 커널이 $\begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}$이면 $\begin{pmatrix} 3 & 6 \\ 0 & -3 \end{pmatrix}$이 된다. 논문에서는 특성 피라미드를 쓸 때 256채널인 합성곱이 넷이다.
#
# 마스크 열 장은 저마다 시그모이드를 지난다. 강의 자료의 ‘마스크= 바이너리마스크’가 이것이다. 3의 마스크는 ‘이 픽셀이 이 3의 것인가’만 답하고, 다른 숫자와 다투지 않는다. 무슨 숫자인지는 검출기가 이미 답했으므로, 열 장 가운데 그 클래스의 것만 쓴다. 훈련할 때에도 정답 클래스의 마스크에만 손실을 준다. 픽셀마다의 이진 교차 엔트로피를 평균한 것이다. 정답이 (1, 1, 0)인 세 픽셀에 0.9, 0.6, 0.2를 답했다고 하자. 셋째 픽셀은 정답이 0이므로 $1 - 0.2 = 0.8$의 로그를 쓴다. 손실은 $(-\ln 0.9 - \ln 0.6 - \ln 0.8) / 3 = (0.105 + 0.511 + 0.223) / 3 = 0.280$이다.
#
# 정답도 28×28이어야 한다. 128×128인 마스크에서 상자를 RoIAlign으로 읽어, 0.5 이상이면 1, 아니면 0으로 한다.
# %% [markdown] lang="en" slides="003 Mask R-CNN 을 활용한 사물검출"
# ## 4. The mask head, and what it should answer
#
# The detector gets a third branch. A box is read from `fine` as 14×14; two convolutions follow, a **transposed convolution** makes it 28×28, and a 1×1 convolution puts out a logit for each pixel and class (28×28×10). This branch is the **mask head**. A transposed convolution is one that makes the number of places larger. Here it multiplies the value of one place by a 2×2 kernel, and so spreads it over 2×2 places: the value 3 and the kernel $\begin{pmatrix} 1 & 2 \\ 0 & -1 \end{pmatrix}$ give $\begin{pmatrix} 3 & 6 \\ 0 & -3 \end{pmatrix}$. In the paper the head has four convolutions with 256 channels when used with a feature pyramid.
#
# Each of the ten masks has a sigmoid of its own. This is what the deck means by binary masks. The mask for 3 says only whether a pixel belongs to this 3, and does not compete with other digits. The detector has already said which digit it is, so of the ten only the mask of that class is used. In training, too, only the mask of the true class has a loss: the mean of the binary cross-entropy over its pixels. Let three pixels that should be (1, 1, 0) be answered by 0.9, 0.6 and 0.2. The third should be 0, so the logarithm of $1 - 0.2 = 0.8$ counts, and the loss is $(-\ln 0.9 - \ln 0.6 - \ln 0.8) / 3 = (0.105 + 0.511 + 0.223) / 3 = 0.280$.
#
# What it should answer must be 28×28 as well. RoIAlign reads the box from the mask of 128×128, and what is 0.5 or more becomes 1, the rest 0.
# %%
def mask_head():
    """What was read of a box, (14, 14, 48) -> a logit for each pixel and class, (28, 28, 10)."""
    x = inputs = keras.Input((14, 14, 48))
    he = {"activation": "relu", "kernel_initializer": "he_normal"}
    for _ in range(2):
        x = layers.Conv2D(48, 3, padding="same", **he)(x)
    x = layers.Conv2DTranspose(48, 2, strides=2, **he)(x)  # 14x14 -> 28x28
    return keras.Model(inputs, layers.Conv2D(10, 1)(x))


def wanted_masks(masks, boxes, size=28):
    """Masks (n, k, 128, 128) as seen in boxes (n, k, 4): (n, k, size, size), 0 or 1."""
    flat = ops.reshape(ops.cast(masks, "float32"), (-1, 128, 128, 1))
    share = roi_align(flat, ops.reshape(boxes, (-1, 1, 4)), stride=1, size=size)
    return ops.cast(ops.reshape(share, (-1, boxes.shape[1], size, size)) >= 0.5, "float32")


def of_own_class(logits, labels):
    """Logits (n, k, 28, 28, 10) of the class of each box, (n, k, 28, 28); 0 where it is -1."""
    return ops.sum(logits * ops.one_hot(labels, 10)[:, :, None, None], axis=-1)


check("weights of the mask head", mask_head().count_params(), equals=51_322)
three = keras.losses.binary_crossentropy(np.array([1.0, 1, 0]), np.array([0.9, 0.6, 0.2]))
check("loss of the example", round(float(three), 3), equals=0.28)


# %% [markdown] lang="ko"
# 28×28로 답한 것을 장면에 되붙일 때에도 쌍선형 보간을 한다. 이번에는 거꾸로, 장면의 픽셀마다 그 중심이 28×28의 어디에 오는지 계산해 그 자리의 확률을 읽고, 0.5 이상이면 마스크에 넣는다. $x$가 37에서 61까지인 상자에서 40번 픽셀의 중심은 40.5이고, 왼쪽 변에서 너비의 $3.5 / 24$만큼 간 곳이다. 28×28의 좌표로는 $28 \cdot 3.5 / 24 - 0.5 = 3.58$이므로, 가로로는 3번 칸과 4번 칸의 확률에 0.42와 0.58을 곱해 더한다.
#
# 그런데 28×28이면 충분할까? 실제 마스크를 28×28의 0과 1로 바꾸었다가 그대로 되붙여 보자. 배운 정답을 그대로 답하는 신경망이 얻을 IoU다.
# %% [markdown] lang="en"
# To paste an answer of 28×28 back into the scene takes bilinear interpolation again, the other way round: for each pixel of the scene compute where in the 28×28 its centre is, read the probability there, and put the pixel into the mask if it is 0.5 or more. In a box with $x$ from 37 to 61, pixel 40 has its centre at 40.5, which is $3.5 / 24$ of the width from the left side. In coordinates of the 28×28 that is $28 \cdot 3.5 / 24 - 0.5 = 3.58$, so across, the probabilities of places 3 and 4 count 0.42 and 0.58.
#
# But is 28×28 enough? Turn real masks into 28×28 zeros and ones, and paste these back as they are. That is the IoU of a network which answers exactly what it is taught.
# %%
def pasted(chances, box, least=0.5):
    """Probabilities (size, size) in a box -> its mask in the scene, (128, 128) booleans."""
    left, top, right, bottom = np.ceil(box - 0.5).astype(int)  # pixels whose centres are inside
    x = (np.arange(left, right) + 0.5 - box[0]) / (box[2] - box[0]) * len(chances) - 0.5
    y = (np.arange(top, bottom) + 0.5 - box[1]) / (box[3] - box[1]) * len(chances) - 0.5
    places = np.meshgrid(y, x, indexing="ij")
    mask = np.zeros((128, 128), bool)
    chances = map_coordinates(chances, places, order=1, mode="nearest")
    mask[top:bottom, left:right] = chances >= least
    return mask


of_targets = {}
for size in (7, 14, 28, 56):
    seen = np.array(wanted_masks(masks[:, None], boxes[:, None].astype("float32"), size))[:, 0]
    back = [pasted(*pair) for pair in zip(seen, boxes)]
    of_targets[size] = np.mean([mask_iou(*pair) for pair in zip(back, masks)])
report("IoU of targets of 7×7", of_targets[7])
check("IoU of targets of 28×28", of_targets[28], at_least=0.96)
# %% tags=["figure"] title="a mask at four sizes"
_, axes = plt.subplots(1, 5, figsize=(13, 2.9))
large = int(np.argmax((boxes[:, 2:] - boxes[:, :2]).min(axis=1)))
x_min, y_min, x_max, y_max = boxes[large]
shown = {"real mask": masks[large]}
for size, value in of_targets.items():
    seen = wanted_masks(masks[None, [large]], boxes[None, [large]].astype("float32"), size)
    shown[f"{size}×{size}: {value:.3f}"] = pasted(np.array(seen)[0, 0], boxes[large])
for axis, (title, mask) in zip(axes, shown.items()):
    axis.imshow(mask[y_min:y_max, x_min:x_max], cmap="gray", interpolation="nearest")
    axis.set_title(title)
    axis.axis("off")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 가장 큰 축에 드는 숫자의 실제 마스크(real mask)와, 네 가지 크기로 바꾸었다가 되붙인 것. 제목의 수는 장면 100장의 모든 숫자에서 잰 IoU의 평균이다. 7×7에서는 획이 뭉개지고, 28×28에서는 거의 그대로다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The real mask of one of the largest digits, and what is pasted back from four sizes. The number in the title is the mean IoU over all digits of a hundred scenes. At 7×7 strokes run together; at 28×28 hardly anything is lost.*
# %% [markdown] lang="ko"
# 정답대로 답하면 IoU가 28×28에서는 평균 [[range: IoU of targets of 28×28]], 7×7에서는 평균 [[range: IoU of targets of 7×7]]이다(0과 1 사이의 확률로 답하면 이보다 높을 수도 있다). 클래스는 상자에 하나이지만 마스크는 픽셀마다 답해야 한다. 그래서 둘째 단계보다 촘촘하게 읽고(7×7 대신 14×14), 그보다 더 촘촘하게 답한다(28×28).
# %% [markdown] lang="en"
# Answering as taught gives a mean IoU of [[range: IoU of targets of 28×28]] with 28×28, and of [[range: IoU of targets of 7×7]] with 7×7 (probabilities between 0 and 1 may do better). A class is one answer to a box, a mask is one to every pixel. So a box is read more finely than in the second stage (14×14 in the place of 7×7), and answered more finely still (28×28).
# %% [markdown] lang="ko"
# ## 5. 세 가지로 읽어 훈련한다
#
# 검출기는 [[faster_rcnn]]에서 훈련한 것을 불러와 고정한다. 시드를 바꾸어도 검출기는 하나다. 그러면 상자가 똑같으므로, 마스크의 AP가 다르면 마스크 헤드가 읽는 방법과 그것으로 배운 것이 다르기 때문이다. 다만 `fine`은 RoIAlign으로 읽는 검출기를 훈련하며 배운 것이어서 RoIAlign에 유리할 수 있다. 논문에서는 마스크의 손실을 둘째 단계의 클래스와 상자의 손실에 더해, 읽는 방법마다 모두 함께 다시 훈련했다.
#
# 마스크 헤드는 실제 상자 가까이의 상자에서 배운다. 걸음마다 실제 상자의 사본을 하나씩 새로 만들어, 변의 20분의 1까지 옮기고 8%쯤까지 늘이거나 줄인다. 검출기가 답한 상자는 실제 상자에 가깝기 때문이다(논문에서는 IoU가 0.5 이상인 후보에서 배운다). 옮기는 폭(0.05, 0.1, 0.15)과 학습률(0.003부터 0.02까지)은 RoIAlign으로, 검증 장면에서 시드 하나로 골랐다(RoIPool의 AP도 학습률이 0.003일 때보다 0.012일 때 높았다).
#
# 다음 세 가지로 읽는 마스크 헤드를 하나씩, 같은 가중치에서 시작해 같은 장면과 같은 사본으로 훈련한다.
#
# - *RoIPool*: 상자를 반올림하고, 구간도 칸의 경계에 맞춘 다음(시작은 내리고 끝은 올린다) 최댓값을 고른다. [[fast_rcnn]]의 RoI 풀링이다.
# - *rounded*: 상자만 반올림하고, 구간은 똑같이 나누어 보간한다.
# - *RoIAlign*: 반올림하지 않고, 보간한다.
# %% [markdown] lang="en"
# ## 5. Training on three readings
#
# The detector is loaded as it was trained in [[faster_rcnn]], and stays as it is. It is one and the same for all seeds. The boxes are then the same, so if the AP of masks differs, it is because of how the mask head reads, and of what it learned from that. But `fine` was learned in a detector that reads by RoIAlign, which may favour RoIAlign. In the paper the loss of the masks is added to those of classes and boxes in the second stage, and all is trained together, anew for each reading.
#
# The mask head learns on boxes near the real ones. In every step each real box has a new copy, moved by up to a twentieth of its sides and stretched or shrunk by up to about 8%, since the boxes that the detector answers with are near the real ones, too (in the paper it learns on proposals with an IoU of 0.5 or more). How far copies are moved (0.05, 0.1 or 0.15) and the learning rate (0.003 to 0.02) were chosen with RoIAlign, on validation scenes with one seed (RoIPool, too, was better at 0.012 than at 0.003).
#
# Train three mask heads, which start from the same weights and see the same scenes and the same copies, but read in three ways.
#
# - *RoIPool*: round the box, bring the bins to borders of places, too (down where they begin, up where they end), and take the largest value. This is the RoI pooling of [[fast_rcnn]].
# - *rounded*: round the box alone, divide it equally, and interpolate.
# - *RoIAlign*: do not round, and interpolate.
# %%
REACH = np.array([0.05, 0.05, 0.075, 0.075], "float32")  # largest deltas of a copy


def near(boxes, rng):
    """A copy of each box (n, k, 4), moved and stretched a little; boxes without area stay so."""
    moves = keras.random.uniform(ops.shape(boxes), -1, 1, seed=rng) * REACH
    return box_ops.decode(moves, boxes, height=128, width=128)


def mask_loss(logits, wanted, labels):
    """Binary cross-entropy of own masks, the mean over pixels and over boxes with a digit."""
    own = of_own_class(logits, labels)
    of_boxes = ops.mean(ops.binary_crossentropy(wanted, own, from_logits=True), axis=(-1, -2))
    there = ops.cast(labels >= 0, "float32")
    return ops.sum(there * of_boxes) / ops.maximum(ops.sum(there), 1)


def mask_logits(model, fine, boxes):
    """What a `MaskRCNN` answers in boxes (n, k, 4): (n, k, 28, 28, 10)."""
    values = model.reading(fine, boxes, stride=4, size=14)  # (n, k, 14, 14, 48)
    logits = model.head(ops.reshape(values, (-1, 14, 14, 48)))
    return ops.reshape(logits, (-1, boxes.shape[1], 28, 28, logits.shape[-1]))


# %% [markdown] lang="ko"
# 다음의 모델에서 `call`은 고정한 검출기의 `fine`을 내고, `compute_loss`는 사본을 읽어 답하게 하고 손실을 구한다. `predict`가 부르는 `predict_step`은 검출한 상자마다 마스크를 답한다.
# %% [markdown] lang="en"
# In the model below, `call` gives the `fine` of the fixed detector, and `compute_loss` reads the copies, answers, and takes the loss. `predict_step`, which `predict` calls, answers with a mask for each box that is detected.
# %%
class MaskRCNN(keras.Model):
    """A detector that stays as it is, and a mask head; `predict` gives boxes with masks."""

    def __init__(self, detector, reading, seed):
        super().__init__()
        self.detector, self.reading, self.head = detector, reading, mask_head()
        self.detector.trainable = False
        self.rng = keras.random.SeedGenerator(seed)

    def call(self, scenes):
        fine, _ = self.detector(scenes)
        return fine

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        boxes = near(y["boxes"], self.rng)
        wanted = wanted_masks(y["masks"], boxes)
        return mask_loss(mask_logits(self, y_pred, boxes), wanted, y["labels"])

    def predict_step(self, data):
        scenes, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        boxes, scores, labels = detect(self.detector, scenes)
        logits = of_own_class(mask_logits(self, self(scenes), boxes), labels)
        return boxes, scores, labels, ops.sigmoid(logits)


# %%
READINGS = {
    "RoIPool": roi_pool,
    "rounded": align_of_rounded,
    "RoIAlign": roi_align,
}


def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def truth_of(scenes):
    """Boxes, labels and masks as the loss takes them."""
    boxes, labels = scenes.boxes.astype("float32"), scenes.labels.astype("int32")
    return {"boxes": boxes, "labels": labels, "masks": scenes.masks}


detector = load_faster_rcnn()
epochs = lesson.epochs(small=3, full=6)
steps = epochs * -(-len(scenes.images) // 8)
warmup = steps // 10
# %%
models = {}
for name, reading in READINGS.items():
    keras.utils.set_random_seed(lesson.seed)
    model = models[name] = MaskRCNN(detector, reading, lesson.seed)
    model.build((None, 128, 128, 1))
    rate = CosineDecay(0.001, steps - warmup, alpha=0.02, warmup_target=0.012, warmup_steps=warmup)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)  # or else Keras prepares the step twice
    model.compile(optimizer)
    watched = lesson.resume(name, model, epochs)
    model.fit(pixels(scenes.images), truth_of(scenes), batch_size=8, verbose=0, **watched)
    report(f"last training loss, {name}", lesson.history(name)["loss"][-1])


# %% [markdown] lang="ko"
# 훈련 손실의 마지막 값은 RoIPool [[range: last training loss, RoIPool]], rounded [[range: last training loss, rounded]], RoIAlign [[range: last training loss, RoIAlign]]이다. 반올림한 둘은 훈련 장면에서도 손실이 훨씬 크다.
#
# ## 6. 되붙이고 채점한다
#
# 테스트 장면은 [[faster_rcnn]]에서 쓴 것의 처음 300장이다. 검출기가 NMS까지 마치고 남긴 상자(점수가 0.02를 넘는 것)의 마스크만 128×128에 되붙인다. AP는 상자 대신 마스크의 IoU로 잰다. 마스크의 AP는 pycocotools가 계산해 준다. 답과 정답에 마스크를 `segmentation`으로 넣고 `"segm"`으로 채점하면 된다.
# %% [markdown] lang="en"
# The training losses end at [[range: last training loss, RoIPool]] for RoIPool, [[range: last training loss, rounded]] for rounded, and [[range: last training loss, RoIAlign]] for RoIAlign. With rounding the loss is much larger on the training scenes, too.
#
# ## 6. Paste back, and mark
#
# The test scenes are the first 300 of those in [[faster_rcnn]]. Of the boxes that the detector has left after NMS (with a score above 0.02), masks are pasted back to 128×128. Their AP goes by the IoU of masks in the place of boxes. pycocotools computes it: put the masks of answers and truth in as `segmentation`, and mark by `"segm"`.
# %%
def found_in(model, scenes):
    """Answers to scenes with a score above 0.02, and the mask of each."""
    boxes, scores, labels, chances = model.predict(pixels(scenes.images), batch_size=20, verbose=0)
    found, masks = [], []
    for box, score, label, chance in zip(boxes.astype(float), scores, labels, chances):
        kept = score > 0.02
        found.append(Detections(box[kept], score[kept], label[kept]))
        masks.append([pasted(*pair) for pair in zip(chance[kept], box[kept])])
    return found, masks


# %%
def mask_ap(found, masks, scenes):
    """AP, AP50 and AP75 by the IoU of masks; and AP by threshold, of pycocotools."""
    data, results = as_coco(found, objects_of(scenes.boxes, scenes.labels), range(10))
    data["images"] = [image | {"height": 128, "width": 128} for image in data["images"]]
    real, said = scenes.masks[scenes.labels >= 0], [mask for each in masks for mask in each]
    for entry, mask in zip(data["annotations"] + results, [*real, *said], strict=True):
        entry["segmentation"] = coco_mask.encode(np.asfortranarray(mask.astype("uint8")))
    with contextlib.redirect_stdout(io.StringIO()):  # it prints a report at every step
        coco = COCO()
        coco.dataset = data
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results), "segm")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    precision = judge.eval["precision"][..., 0, -1]  # thresholds, recalls, classes
    return judge.stats[:3], precision.mean(axis=(1, 2), where=precision > -1)


# %%
tests = digit_scenes(test_digits, lesson.at_scale(small=300, full=2000), seed=4, masks=True)
shown = objects_of(tests.boxes, tests.labels)
answers = {name: found_in(model, tests) for name, model in models.items()}
found, masks_found = answers["RoIAlign"]
of_boxes = average_precision(found, shown, range(10)).mean(axis=1)
report("box AP", of_boxes.mean())
report("box AP75", of_boxes[5])
marks = {name: mask_ap(*answer, tests) for name, answer in answers.items()}
(ap, ap50, ap75), by_threshold = marks["RoIAlign"]
check("mask AP", ap, at_least=0.65)
report("mask AP50", ap50)
check("mask AP75", ap75, at_least=0.78)
for name in ("RoIPool", "rounded"):
    report(f"mask AP, {name}", marks[name][0][0])
    report(f"mask AP75, {name}", marks[name][0][2])
check("mask AP of RoIAlign minus that of RoIPool", ap - marks["RoIPool"][0][0], at_least=0.23)
# %% tags=["figure"] title="masks by three readings"
chosen = {}  # of each class the first right answer to a digit that is not small
for number, (said, own) in enumerate(zip(found, shown)):
    for row, (box, label) in enumerate(zip(own.boxes.astype(float), own.labels)):
        hits = (iou(said.boxes, box[None])[:, 0] >= 0.5) & (said.labels == label)
        if hits.any() and (box[2:] - box[:2]).min() >= 20:
            chosen.setdefault(int(label), (number, row, int(hits.argmax())))
right, missing, extra = (np.array(to_rgb(color)) for color in ("white", SKY, VERMILION))
_, axes = plt.subplots(4, 7, figsize=(13, 8.4))
for axis, name in zip(axes[:, 0], ("scene", *READINGS)):
    axis.set_ylabel(name)
for column, (_, (number, row, at)) in zip(axes.T, sorted(chosen.items())):
    x_min, y_min, x_max, y_max = np.clip(shown[number].boxes[row] + [-3, -3, 3, 3], 0, 128)
    real = tests.masks[number, row]
    column[0].imshow(tests.images[number, y_min:y_max, x_min:x_max], cmap="gray")
    for axis, name in zip(column[1:], READINGS):
        said = answers[name][1][number][at]
        kinds = (real & said, right), (real & ~said, missing), (~real & said, extra)
        picture = sum(mask[..., None] * color for mask, color in kinds)
        axis.imshow(picture[y_min:y_max, x_min:x_max], interpolation="nearest")
        axis.set_xlabel(f"IoU {mask_iou(real, said):.2f}")
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 0부터 6까지 클래스마다 맞게 찾은 첫 숫자(작은 것은 뺐다)의 장면(scene)과 세 가지로 읽은 마스크. 흰색은 맞은 픽셀, 하늘색은 빠뜨린 픽셀, 주홍색은 더한 픽셀이다. 반올림하면 한쪽이 빠지고 반대쪽이 더해진 것이 많다. 마스크가 옆으로 밀린 것이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first digit of each class from 0 to 6 that was found rightly (small ones left out), in their scene and as masks by three readings. White pixels are right, sky blue ones are missing, vermilion ones are too many. With rounding, one side is often missing while the other has too many: the mask was pushed aside.*
# %% tags=["figure"] title="AP by threshold"
_, axis = plt.subplots(figsize=(7, 3.6))
thresholds = np.arange(0.5, 1, 0.05)
axis.plot(thresholds, of_boxes, "--", color=GREY, label="boxes")
for (name, (_, values)), color in zip(marks.items(), (VERMILION, ORANGE, BLUE)):
    axis.plot(thresholds, values, "o-", color=color, label=f"masks, {name}")
axis.set(xlabel="IoU of a right answer, at least", ylabel="AP", ylim=(0, 1.02))
axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 맞다고 치는 IoU의 임계값(IoU of a right answer, at least)에 따른 AP. 점선은 상자(boxes), 나머지는 마스크(masks)다. 임계값이 높아질수록 반올림한 마스크가 먼저 떨어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. AP against the IoU that a right answer must have, of boxes (dashed) and of masks. As it rises, masks from rounded boxes fall first.*
# %% [markdown] lang="ko"
# | | AP | AP75 |
# |---|---|---|
# | 상자 | [[range: box AP]] | [[range: box AP75]] |
# | 마스크, RoIPool | [[range: mask AP, RoIPool]] | [[range: mask AP75, RoIPool]] |
# | 마스크, rounded | [[range: mask AP, rounded]] | [[range: mask AP75, rounded]] |
# | 마스크, RoIAlign | [[range: mask AP]] | [[range: mask AP75]] |
#
# (다섯 시드에서 가장 작은 값과 가장 큰 값이다. 상자는 언제나 같은 검출기의 것이므로 하나다.) 판정은 시드마다 짝을 지어 [[faster_rcnn]]의 규칙으로 한다. RoIPool을 RoIAlign으로 바꾸는 것은 [[verdict: mask AP − mask AP, RoIPool]]. 상자의 반올림은 그대로 두고 구간을 읽는 방법만 보간으로 바꾸는 것은 [[verdict: mask AP, rounded − mask AP, RoIPool]]. 보간은 그대로 두고 상자를 반올림하지 않는 것은 [[verdict: mask AP − mask AP, rounded]]. 차이는 거의 모두 반올림에서 온다.
#
# 논문의 표 2c도 같은 이야기를 한다(COCO, ResNet-50, 스트라이드 16). RoIPool의 마스크 AP는 26.9, 반올림하고 보간하는 RoIWarp는 27.2, RoIAlign은 30.2다(모두 구간마다 최댓값을 고를 때이고, RoIAlign에서 평균을 내면 30.3이다). 여기의 차이가 훨씬 크지만, 객체도 상자의 크기도 스트라이드도 훈련도 다르므로 무엇 때문인지는 알 수 없다.
# %% [markdown] lang="en"
# | | AP | AP75 |
# |---|---|---|
# | boxes | [[range: box AP]] | [[range: box AP75]] |
# | masks, RoIPool | [[range: mask AP, RoIPool]] | [[range: mask AP75, RoIPool]] |
# | masks, rounded | [[range: mask AP, rounded]] | [[range: mask AP75, rounded]] |
# | masks, RoIAlign | [[range: mask AP]] | [[range: mask AP75]] |
#
# (The lowest and the highest of five seeds. The boxes always are those of the same detector, so they have one value.) Verdicts are by the rule of [[faster_rcnn]], from pairs of the same seed. Going from RoIPool to RoIAlign [[verdict: mask AP − mask AP, RoIPool]]. Changing how bins are read to interpolation, with the boxes rounded as before, [[verdict: mask AP, rounded − mask AP, RoIPool]]. Not rounding the boxes any more, with the interpolation left as it is, [[verdict: mask AP − mask AP, rounded]]. Nearly all of the difference comes from rounding.
#
# Table 2c of the paper tells the same story (COCO, ResNet-50, a stride of 16). The mask AP is 26.9 with RoIPool, 27.2 with RoIWarp, which rounds and interpolates, and 30.2 with RoIAlign (all with the maximum of each bin; RoIAlign with the mean has 30.3). The difference is much larger here; but objects, sizes of boxes, stride and training all differ, so this does not say why.
# %% tags=["play", "nbval-ignore-output"] title="your own scene, threshold and reading"
SCENE = 20  # @param {type:"slider", min:0, max:299, step:1}
LEAST = 0.5  # @param {type:"slider", min:0.1, max:0.9, step:0.1}
READING = "RoIAlign"  # @param ["RoIPool", "rounded", "RoIAlign"]
one = pixels(tests.images[SCENE : SCENE + 1])
found_boxes, scores, said, chances = (each[0] for each in models[READING].predict(one, verbose=0))
rows = np.flatnonzero(scores >= 0.5)
some = [pasted(chances[row], found_boxes[row].astype(float), LEAST) for row in rows]
_, axes = plt.subplots(1, 2, figsize=(9, 4.4))
draw_scene(axes[0], tests.images[SCENE], found_boxes[rows], said[rows])
draw_masks(axes[1], tests.images[SCENE], some)
plt.show()
# %% [markdown] lang="ko"
# 위의 셀에서 장면의 번호, 픽셀을 마스크에 넣는 임계값(`LEAST`), 읽는 방법을 바꾸어 볼 수 있다. 임계값을 낮추면 획이 굵어지고, 높이면 가늘어지다가 끊어진다.
#
# 마스크를 답하는 데에는 시간이 얼마나 더 들까? 장면 20장을 한 배치로 넣어 재면, 검출만 할 때의 [[range: time with masks over time without]]배다. 되붙이는 시간은 빼고 잰 것이고, 기계에 따라 달라진다. 논문은 점수가 가장 높은 상자 100개에만 답하므로 검출하는 시간의 20%쯤이 더 들 뿐이라고 한다(3.1절). 여기에서는 배열의 크기를 정해 두려고 NMS로 지워진 상자까지 스물네 개 모두에 답하게 했다. `fine`을 만드는 합성곱도 검출할 때와 마스크를 답할 때에 한 번씩, 두 번 계산한다. 더 많이 드는 것은 백본이 작은 탓도 있을 것이다.
# %% [markdown] lang="en"
# In the cell above you can change the number of the scene, the threshold for a pixel to be in the mask (`LEAST`), and the reading. With a lower threshold strokes become thicker; with a higher one thinner, and then they break.
#
# How much more time do masks take? With 20 scenes in a batch it is [[range: time with masks over time without]] times that of detection alone. Pasting is not counted, and it depends on the machine. The paper answers for the 100 boxes with the highest scores, and speaks of some 20% more than detection takes (section 3.1). Here, to have arrays of fixed sizes, all twenty-four boxes are answered, those that NMS has dropped too. The convolutions that make `fine` are computed twice, too, once for boxes and once for masks. That it takes more may also be because the backbone is small.
# %%
best = models["RoIAlign"]
without = tf.function(lambda scenes: detect(detector, scenes))
with_masks = tf.function(lambda scenes: best.predict_step(scenes))
twenty = tf.constant(pixels(tests.images[:20]))
seconds = fastest_seconds(lambda: without(twenty), 5)
ratio = fastest_seconds(lambda: with_masks(twenty), 5) / seconds
report("time with masks over time without", ratio)
# %% [markdown] lang="ko"
# ## 7. 마스크의 AP는 무엇에 달렸나
#
# RoIAlign의 마스크 헤드에서 하나씩 바꾸어, 또 다른 검증 장면 300장에서 마스크의 AP를 쟀다. 수업에서 하기에는 오래 걸리므로 미리 쟀다(저장소의 `tools/study.py`, 다섯 시드). 바꾼 것은 다음과 같다.
#
# - *마스크도 반올림한 상자에서*: 반올림한 상자를 읽고, 정답도 그 상자에서 만들고, 그 상자에 되붙인다. 읽는 자리와 답하는 자리가 다시 같아진다.
# - *반 칸 어긋난 점*: 모든 점을 반 칸(2픽셀)씩 오른쪽 아래로 옮긴다. 칸의 중심이 0.5에 있다는 것을 잊고 0.5를 빼지 않으면 이렇게 된다. 저자들의 구현인 Detectron이 그랬고, Detectron2에서 바로잡았다. 반올림보다 더 어긋나지만, 어느 상자에서나 똑같이 2픽셀씩 어긋난다.
# - *구간마다 점 하나*: 네 점 대신 구간의 중심 하나를 읽는다.
# - *소프트맥스*: 픽셀마다 열 클래스와 배경이 다투게 하고, 픽셀마다 교차 엔트로피로 훈련한다. 되붙일 때에는 검출기가 답한 클래스를 배경하고만 견준다. 클래스를 가리지 않고 배경이 아닐 확률이 0.5 이상인 픽셀을 모두 넣는 것도 잰다.
# - *마스크 한 장*: 클래스를 가리지 않고 마스크를 하나만 답한다.
# %% [markdown] lang="en"
# ## 7. What the AP of masks depends on
#
# Change one thing at a time in the mask head with RoIAlign, and take the AP of masks on 300 validation scenes, other ones than those of section 5. For a lesson this takes too long, so it was measured before (`tools/study.py` in the repository, five seeds). These are the changes.
#
# - *Masks in the rounded boxes, too*: read the rounded box, make the truth in that box, and paste the answer back into that box. What is read and what is answered are in one place again.
# - *Points half a place off*: move all points by half a place (2 pixels) to the right and down. So it goes if one forgets that the centre of a place is at 0.5, and subtracts no 0.5; Detectron, the implementation of the authors, did that, and Detectron2 corrected it. It is further off than rounding, but off by the same 2 pixels for every box.
# - *One point in a bin*: the centre of the bin, in the place of four points.
# - *Softmax*: let ten classes and background compete for each pixel, trained by cross-entropy at each pixel. In pasting back, the class that the detector has said is compared with background alone. Putting in all pixels whose probability of not being background is 0.5 or more, whatever their class, is measured, too.
# - *One mask*: answer with one mask, whatever the class.
# %% [markdown] lang="ko"
# | 바꾼 것 | 마스크의 AP | 바꾸는 것은 |
# |---|---|---|
# | 그대로 | [[range: mask_rcnn_study: AP, as it is]] | |
# | 반올림한 상자를 읽음(6절의 rounded) | [[range: mask_rcnn_study: AP, rounded boxes]] | [[verdict: mask_rcnn_study: AP, rounded boxes − mask_rcnn_study: AP, as it is]] |
# | 마스크도 반올림한 상자에서 | [[range: mask_rcnn_study: AP, masks in rounded boxes]] | [[verdict: mask_rcnn_study: AP, masks in rounded boxes − mask_rcnn_study: AP, as it is]] |
# | 반 칸 어긋난 점 | [[range: mask_rcnn_study: AP, half a place off]] | [[verdict: mask_rcnn_study: AP, half a place off − mask_rcnn_study: AP, as it is]] |
# | 구간마다 점 하나 | [[range: mask_rcnn_study: AP, one point in a bin]] | [[verdict: mask_rcnn_study: AP, one point in a bin − mask_rcnn_study: AP, as it is]] |
# | 소프트맥스 | [[range: mask_rcnn_study: AP, softmax]] | [[verdict: mask_rcnn_study: AP, softmax − mask_rcnn_study: AP, as it is]] |
# | 소프트맥스, 배경이 아닌 픽셀을 모두 넣음 | [[range: mask_rcnn_study: AP, softmax, any class]] | [[verdict: mask_rcnn_study: AP, softmax, any class − mask_rcnn_study: AP, as it is]] |
# | 마스크 한 장 | [[range: mask_rcnn_study: AP, one mask]] | [[verdict: mask_rcnn_study: AP, one mask − mask_rcnn_study: AP, as it is]] |
#
# 반올림한 상자를 읽더라도 정답을 그 상자에서 만들고 그 상자에 되붙이면, 잃는 것이 크게 준다. 그러니 RoI 풀링이 마스크에 나쁜 까닭은 읽은 상자와 답하는 상자가 다르다는 데에 있다. 남는 차이는 반올림한 상자가 숫자를 자르는 탓일 수 있다. 실제 상자를 반올림하면 마스크의 [[range: percent of a mask outside the rounded box]]%가 상자 밖으로 나간다. 반 칸 어긋난 점은 오른쪽과 아래로 2픽셀씩 옮긴 것이어서 반올림보다 멀리 어긋난다. 그런데도 잃는 것은 훨씬 적다. Detectron2의 설명서에는 뒤에 합성곱이 있으면 차이가 없었다고 적혀 있고, 여기에서는 조금 잃는다. 언제나 같은 쪽으로 같은 만큼 어긋나면 신경망이 배워서 거의 되돌릴 수 있지만, 상자마다 다르게 어긋나면 그럴 수 없다.
#
# 점을 하나만 읽어도 뚜렷한 차이가 없다. 논문도 점의 수와 자리에는 민감하지 않다고 적었다. 클래스끼리 다투게 하면(소프트맥스) AP가 떨어진다. 그 대부분은 획의 픽셀에서 클래스를 헷갈린 탓이다. 배경이 아니라고 답한 픽셀을 모두 넣으면 상당히 되돌아오지만, 그래도 시그모이드보다 낮다. 논문에서도 시그모이드의 30.3이 소프트맥스로는 24.8이 된다(표 2b). 반면 클래스를 가리지 않고 한 장만 답해도 뚜렷한 차이가 없다(논문에서는 30.3과 29.7). 획은 어느 숫자에서나 밝은 획이어서, 무슨 숫자인지 몰라도 칠할 수 있기 때문으로 보인다.
# %% [markdown] lang="en"
# | what was changed | AP of masks | the change |
# |---|---|---|
# | nothing | [[range: mask_rcnn_study: AP, as it is]] | |
# | reading rounded boxes (rounded in section 6) | [[range: mask_rcnn_study: AP, rounded boxes]] | [[verdict: mask_rcnn_study: AP, rounded boxes − mask_rcnn_study: AP, as it is]] |
# | masks in the rounded boxes, too | [[range: mask_rcnn_study: AP, masks in rounded boxes]] | [[verdict: mask_rcnn_study: AP, masks in rounded boxes − mask_rcnn_study: AP, as it is]] |
# | points half a place off | [[range: mask_rcnn_study: AP, half a place off]] | [[verdict: mask_rcnn_study: AP, half a place off − mask_rcnn_study: AP, as it is]] |
# | one point in a bin | [[range: mask_rcnn_study: AP, one point in a bin]] | [[verdict: mask_rcnn_study: AP, one point in a bin − mask_rcnn_study: AP, as it is]] |
# | softmax | [[range: mask_rcnn_study: AP, softmax]] | [[verdict: mask_rcnn_study: AP, softmax − mask_rcnn_study: AP, as it is]] |
# | softmax, all pixels that are not background | [[range: mask_rcnn_study: AP, softmax, any class]] | [[verdict: mask_rcnn_study: AP, softmax, any class − mask_rcnn_study: AP, as it is]] |
# | one mask | [[range: mask_rcnn_study: AP, one mask]] | [[verdict: mask_rcnn_study: AP, one mask − mask_rcnn_study: AP, as it is]] |
#
# If the truth is made in the rounded box, too, and the answer is pasted back into it, most of the loss is gone. So what makes RoI pooling bad for masks is that the box that is read and the box that is answered for are not the same. What is left may come from what the rounded box cuts off: when real boxes are rounded, [[range: percent of a mask outside the rounded box]]% of a mask are outside. Points half a place off are 2 pixels to the right and 2 down, which is further off than rounding, and yet far less is lost. The documentation of Detectron2 says that it made no difference where convolutions follow; here a little is lost. What is off by the same amount to the same side every time, a network can learn to undo almost wholly; what is off differently for each box it cannot.
#
# Reading one point makes no clear difference; the paper, too, says that results hardly depend on how many points there are and where. Letting classes compete (softmax) costs AP. Most of the loss comes from mistaking the class at pixels of strokes: putting in all pixels that are said not to be background brings much of it back, though it stays below sigmoids. In the paper the 30.3 of sigmoids becomes 24.8 with softmax (table 2b). One mask for all classes, on the other hand, makes no clear difference (30.3 and 29.7 in the paper). That is probably because a stroke is bright whatever the digit is, and can be painted without knowing which.
# %% tags=["figure"] title="ten masks of one box"
label, (number, row, _) = sorted(chosen.items())[3]
box = shown[number].boxes[row].astype("float32")
fine = models["RoIAlign"](pixels(tests.images[number][None]))
logits = mask_logits(models["RoIAlign"], fine, box[None, None])
chances = np.moveaxis(np.array(ops.sigmoid(logits))[0, 0], -1, 0)  # (10, 28, 28)
_, axes = plt.subplots(1, 11, figsize=(14, 1.9))
x_min, y_min, x_max, y_max = box.astype(int)
axes[0].imshow(tests.images[number, y_min:y_max, x_min:x_max], cmap="gray")
axes[0].set_title("scene")
for digit, (axis, mask) in enumerate(zip(axes[1:], chances)):
    axis.imshow(mask, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axis.set_title(f"{digit}", color=VERMILION if digit == label else "black")
for axis in axes:
    axis.set(xticks=[], yticks=[], aspect="auto")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 상자 하나(scene)에 답한 열 장의 마스크. 밝을수록 확률이 높다. 제목이 주홍색인 것이 이 숫자의 클래스다. 제 클래스의 숫자에서만 배운 것은 마지막 1×1 합성곱(한 장에 가중치 49개)뿐이고, 나머지 층은 열 장이 함께 쓴다. 답은 거의 같다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The ten masks that are answered for one box (scene); the brighter, the higher the probability. The class of this digit has its title in vermilion. Only the last 1×1 convolution (49 weights for a mask) has learned from digits of its own class alone; all other layers are shared by the ten. Their answers are nearly the same.*
# %% [markdown] lang="ko"
# ## 8. 마스크의 IoU를 어디에서 잃나
#
# 숫자를 찾지 못하면 상자의 AP도 마스크의 AP도 잃는다. 그러니 테스트 장면의 처음 100장에서 맞게 찾은 숫자(클래스가 같고 상자의 IoU가 0.5 이상)만 보자. 숫자마다 세 마스크를 실제 마스크와 견준다. 28×28인 정답을 되붙인 것, 실제 상자에서 답하게 한 것, 찾은 상자에서 답한 것이다. 마스크 헤드가 틀린 픽셀이 어디에 있는지도 센다.
# %% [markdown] lang="en"
# ## 8. Where the IoU of masks is lost
#
# Digits that are not found cost the AP of boxes as well as that of masks. So take the digits that were found rightly in the first hundred test scenes (with their class, and an IoU of boxes of 0.5 or more). For each, compare three masks with the real one: the 28×28 target pasted back, the answer in the real box, and the answer in the box that was found. Also count where the pixels are that the mask head gets wrong.
# %%
images, real_boxes, labels, masks = (each[:100] for each in tests)
real_boxes = real_boxes.astype("float32")
logits = of_own_class(mask_logits(best, best(pixels(images)), real_boxes), labels)
targets, chances = np.array(wanted_masks(masks, real_boxes)), np.array(ops.sigmoid(logits))
of_boxes_found, three, wrong = [], [], []
for number, row in np.argwhere(labels >= 0):
    said, box, real = found[number], real_boxes[number, row].astype(float), masks[number, row]
    overlaps = iou(said.boxes, box[None])[:, 0]
    hits = (overlaps >= 0.5) & (said.labels == labels[number, row])
    if hits.any():
        at = int(hits.argmax())  # the best of its answers
        of_boxes_found.append(overlaps[at])
        target, answer = pasted(targets[number, row], box), pasted(chances[number, row], box)
        three.append([mask_iou(each, real) for each in (target, answer, masks_found[number][at])])
        border = binary_dilation(real) & ~binary_erosion(real)  # a pixel to either side
        wrong.append([(answer ^ real).sum(), ((answer ^ real) & border).sum()])
# %%
report("percent of digits that were found", 100 * len(three) / (labels >= 0).sum())
report("IoU of the boxes found", np.mean(of_boxes_found))
names = "target pasted back", "answered in real boxes", "answered in boxes found"
for name, value in zip(names, np.mean(three, axis=0)):
    report(f"IoU of masks, {name}", value)
by_28, by_answer, by_boxes = -np.diff([1, *np.mean(three, axis=0)])
report("IoU lost by 28×28", by_28)
report("IoU lost by boxes", by_boxes)
check("IoU lost by the answer", by_answer, at_least=0.11)
pixels_wrong, of_these_at_borders = np.sum(wrong, axis=0)
report("percent of wrong pixels that are at a border", 100 * of_these_at_borders / pixels_wrong)
# %% tags=["figure"] title="three IoUs by digit"
_, axis = plt.subplots(figsize=(7.5, 3.4))
for values, name, color in zip(np.transpose(three), names, (GREEN, BLUE, VERMILION)):
    axis.plot(np.linspace(0, 100, len(values)), np.sort(values), color=color, label=name)
axis.set(xlabel="percent of digits with a lower IoU", ylabel="IoU of the mask", ylim=(0, 1.02))
axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 마스크의 IoU(IoU of the mask)를 낮은 것부터 늘어놓았다. 가로축은 그보다 IoU가 낮은 숫자의 비율(percent of digits with a lower IoU)이다. 되붙인 정답(target pasted back, 초록색), 실제 상자에서 답한 것(answered in real boxes, 파란색), 찾은 상자에서 답한 것(answered in boxes found, 주홍색).*
# %% [markdown] lang="en"
# *Figure [[figure]]. IoUs of masks, sorted from the lowest: the targets pasted back (green), answers in the real boxes (blue), and answers in the boxes that were found (vermilion).*
# %% [markdown] lang="ko"
# 숫자의 [[range: percent of digits that were found]]%를 찾았고, 그 상자의 IoU는 평균 [[range: IoU of the boxes found]]이다. 마스크의 IoU는 평균하면, 되붙인 정답이 [[range: IoU of masks, target pasted back]], 실제 상자에서 답한 것이 [[range: IoU of masks, answered in real boxes]], 찾은 상자에서 답한 것이 [[range: IoU of masks, answered in boxes found]]이다. 28×28로 답해서 [[range: IoU lost by 28×28]], 마스크 헤드의 답에서 [[range: IoU lost by the answer]], 상자에서 [[range: IoU lost by boxes]]을 잃는 셈이다. 가장 많이 잃는 곳은 마스크 헤드의 답이고, 나머지 둘은 서로 비슷하다. 틀린 픽셀의 [[range: percent of wrong pixels that are at a border]]%는 실제 마스크의 경계에서 한 픽셀 안에 있다. 획이 가늘어서 그것만으로도 많이 잃는다(너비가 4픽셀인 획이 양쪽으로 반 픽셀씩 굵어지면 IoU는 $4/5 = 0.8$이다).
# %% [markdown] lang="en"
# Of the digits [[range: percent of digits that were found]]% were found, with boxes of a mean IoU of [[range: IoU of the boxes found]]. The mean IoU of masks is [[range: IoU of masks, target pasted back]] for targets pasted back, [[range: IoU of masks, answered in real boxes]] for answers in the real boxes, and [[range: IoU of masks, answered in boxes found]] for those in the boxes that were found. So answering in 28×28 loses [[range: IoU lost by 28×28]], the answers of the mask head [[range: IoU lost by the answer]], and boxes [[range: IoU lost by boxes]]. Most is lost by the answers of the mask head, and the other two are about alike. Of the wrong pixels [[range: percent of wrong pixels that are at a border]]% are within one pixel of the border of the real mask. As strokes are thin, that is enough to lose much (a stroke 4 pixels wide that is half a pixel too thick on both sides has an IoU of $4/5 = 0.8$).
# %% [markdown] lang="ko"
# ## 9. 무엇을 언제 쓸까
#
# - 개수와 자리만 필요하면 상자로 충분하다. 겹친 객체를 오려 내거나 넓이를 재려면 마스크를 쓴다.
# - 특성 맵에서 상자를 읽을 때에는 RoIAlign을 쓴다. 구현이 칸의 중심을 0.5에 두는지는 중심의 좌표를 담은 맵을 읽혀 확인한다.
# - 읽은 자리, 정답을 만든 자리, 되붙이는 자리가 같은지부터 본다. 언제나 똑같이 어긋나면 신경망이 배워서 거의 되돌리지만(7절), 상자마다 다르게 어긋나면 AP가 크게 떨어진다(6절).
# - 마스크의 AP가 낮으면, 실제 상자에서 답하게 해 보고 상자 탓인지 마스크 헤드 탓인지 가린다.
#
# ## 10. 강의 자료와 다른 점
#
# - 003 ‘CNN 통과하면서 RolPool 영역의 위치에 생기는 소숫점 오차를 ‘2D 선형보간법’을 통해 감소. 이를 Rol Align 이라함’: 오차는 소수점 아래를 반올림해 버려서 생기고, 보간은 반올림하지 않아도 되게 해 준다. 보간만 하고 반올림을 남겨 두면 AP는 [[range: mask AP, rounded]]에 그치고, 반올림까지 그만두면 [[range: mask AP]]이다(6절).
# - 003 ‘분할된 이미지를 마스킹’: 이미지를 먼저 분할하지 않는다. 상자를 찾고, 상자마다 마스크를 답한다. 분할은 그 결과다(1절).
# - 003 ‘각 픽셀이 오프젝트에 해당하는 것인지 아닌지를 마스킹하는 네트워크’: 맞다(‘오프젝트’는 오브젝트의 오타다). 논문은 클래스마다 한 장씩 답하지만, 여기에서는 한 장만 답해도 뚜렷한 차이가 없다(7절).
# %% [markdown] lang="en"
# ## 9. What to use when
#
# - Where only how many there are and where they are matters, boxes are enough. To cut out objects that overlap, or to measure areas, use masks.
# - Read boxes from feature maps by RoIAlign. To see whether an implementation has the centre of a place at 0.5, let it read a map that holds the coordinates of the centres.
# - See first whether what is read, what the truth is made from, and where the answer is pasted are in one place. What is always off alike a network learns to undo almost wholly (section 7); what is off differently for each box costs much of the AP (section 6).
# - If the AP of masks is low, let the head answer in the real boxes, and find out whether boxes or the mask head are the problem.
#
# ## 10. Where the slides differ
#
# - Deck 003 says that 2D linear interpolation reduces the error of decimals which positions of RoIPool regions get on the way through the CNN, and that this is RoIAlign. The error comes from rounding the decimals away; interpolation makes it possible not to round. With interpolation and the rounding kept, the AP is no more than [[range: mask AP, rounded]]; without rounding it is [[range: mask AP]] (section 6).
# - Deck 003 says that the segmented image is masked. The image is not segmented first. Boxes are found, and a mask is answered for each; the segmentation is what comes of it (section 1).
# - Deck 003 says that a network says of each pixel whether it belongs to the object. It does. The paper answers with one mask for each class; here a single one makes no clear difference (section 7).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 마스크 여러 장의 IoU를 한꺼번에 구하라. 참과 거짓으로 된 `masks` (n, 높이, 너비)와 `others` (m, 높이, 너비)를 받아, 모든 짝의 IoU를 (n, m) 배열로 돌려주라. 두 마스크가 모두 비어 있으면 0으로 한다. 반복문 없이 행렬곱으로 해 보라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Compute the IoUs of many masks at once. Given boolean `masks` (n, height, width) and `others` (m, height, width), return the IoU of each pair as an (n, m) array; 0 where both masks are empty. Try to do it without a loop, by a matrix product.
# %% tags=["exercise"]
def mask_ious(masks, others):
    """IoU of every mask with every other one, (n, m)."""
    ...


# %% tags=["solution"]
def mask_ious(masks, others):
    """IoU of every mask with every other one, (n, m)."""
    flat = masks.reshape(len(masks), -1).astype(float)
    other = others.reshape(len(others), -1).astype(float)
    common = flat @ other.T
    either = flat.sum(axis=1)[:, None] + other.sum(axis=1) - common
    return common / np.maximum(either, 1)


# %% tags=["wrong"]
def mask_ious(masks, others):
    """IoU of every mask with every other one, (n, m)."""
    flat = masks.reshape(len(masks), -1).astype(float)
    other = others.reshape(len(others), -1).astype(float)
    common = flat @ other.T
    either = flat.sum(axis=1)[:, None] + other.sum(axis=1)  # counts what is in both twice
    return common / np.maximum(either, 1)


# %%
random_masks = np.random.RandomState(1).rand(5, 6, 7) > 0.6
random_masks[4] = False  # an empty one
some = random_masks[2:]
by_pairs = [[mask_iou(a, b) if (a | b).any() else 0 for b in some] for a in random_masks]
exercise(mask_ious, [((random_masks, some), by_pairs)])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 스트라이드 4인 특성 맵에서 상자 하나를 14×14로 읽고 모두 더한 것을 손실로 한다. 0이 아닌 기울기를 받는 칸은 몇 개인가? 상자 $(8, 8, 16, 16)$, $(9, 9, 15, 15)$, $(10, 10, 14, 14)$를 차례로, 먼저 RoI 풀링으로(칸의 값은 모두 다르다), 그다음에 RoIAlign으로 읽는다. 수 여섯 개를 돌려주라. 반올림에서 0.5는 올린다.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* A box is read as 14×14 from a feature map of stride 4, and the sum of it is the loss. How many places receive a gradient other than 0? Take the boxes $(8, 8, 16, 16)$, $(9, 9, 15, 15)$ and $(10, 10, 14, 14)$, first by RoI pooling (no two places have the same value), then by RoIAlign, and return the six numbers. A half is rounded up.
# %% tags=["exercise"]
def places_reached():
    """Six numbers of places: three boxes by RoI pooling, then by RoIAlign."""
    ...


# %% tags=["solution"]
def places_reached():
    """Six numbers of places: three boxes by RoI pooling, then by RoIAlign."""
    # In places the boxes go from 2 to 4, from 2.25 to 3.75 and from 2.5 to 3.5. Rounded: 2 to 4,
    # 2 to 4, 3 to 4. Points of RoIAlign read the four centres around: some are beyond the box.
    return 4, 4, 1, 16, 16, 4


# %% tags=["wrong"]
def places_reached():
    """Six numbers of places: three boxes by RoI pooling, then by RoIAlign."""
    return 4, 4, 1, 4, 4, 1


# %%
def places_measured():
    """The same, by gradients."""
    values = tf.Variable(np.random.RandomState(0).rand(1, 8, 8, 1).astype("float32"))
    counts = []
    for reading in (roi_pool, roi_align):
        for low, high in ((8, 16), (9, 15), (10, 14)):
            with tf.GradientTape() as tape:
                box = np.array([[[low, low, high, high]]], "float32")
                total = tf.reduce_sum(reading(values, box, stride=4, size=14))
            slope = tf.convert_to_tensor(tape.gradient(total, values))
            counts.append(int(np.sum(np.abs(slope) > 1e-6)))
    return counts


def predictions_right():
    """How many of the six are."""
    predicted = places_reached()
    return predicted and sum(a == b for a, b in zip(predicted, places_measured(), strict=True))


exercise(predictions_right, [((), 6)])


# %% [markdown] lang="ko"
# **3.** 마스크를 알면 상자는 다시 그릴 수 있다. 참과 거짓으로 된 `mask` (높이, 너비)를 받아, 참인 픽셀을 빠듯하게 둘러싼 상자 (x_min, y_min, x_max, y_max)를 실수의 배열로 돌려주라. 픽셀은 $x$가 열 번호에서 열 번호 + 1까지, $y$가 행 번호에서 행 번호 + 1까지인 정사각형이다. 비어 있으면 0 네 개를 돌려준다. 맞으면 그 아래 셀에서, 마스크를 둘러싼 상자로 바꾸었을 때의 상자 AP가 나온다. 델타로 고친 검출기의 상자보다 높을까, 낮을까? 예상하고 까닭을 적어 보라.
# %% [markdown] lang="en"
# **3.** Given the mask, the box can be drawn anew. Given a boolean `mask` (height, width), return the box drawn tightly around the pixels that are true, (x_min, y_min, x_max, y_max), as an array of floats. A pixel is the square with $x$ from the number of its column to that number + 1, and $y$ from the number of its row to that number + 1. If the mask is empty, return four zeros. Once your function is right, the cell after the next gives the box AP with boxes drawn around the masks. Will it be higher or lower than with the boxes that the detector corrected by deltas? Predict, and write down why.
# %% tags=["exercise"]
def box_of(mask):
    """The smallest box (x_min, y_min, x_max, y_max) that holds all true pixels."""
    ...


# %% tags=["solution"]
def box_of(mask):
    """The smallest box (x_min, y_min, x_max, y_max) that holds all true pixels."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return np.zeros(4)
    ends = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    return np.array(ends, float)


# %% tags=["wrong"]
def box_of(mask):
    """The smallest box (x_min, y_min, x_max, y_max) that holds all true pixels."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return np.zeros(4)
    ends = columns.min(), rows.min(), columns.max(), rows.max()  # the last pixels are cut off
    return np.array(ends, float)


# %%
drawn = np.zeros((3, 6, 9), bool)
drawn[0, 2:4, 3:8], drawn[0, 5, 5], drawn[1, 0, 8] = True, True, True
exercise(box_of, [((drawn[0],), [3, 2, 8, 6]), ((drawn[1],), [8, 0, 9, 1]), ((drawn[2],), [0] * 4)])
# %% tags=["nbval-ignore-output"]
if box_of(drawn[0]) is not None:
    around = [np.reshape([box_of(mask) for mask in each], (-1, 4)) for each in masks_found]
    redrawn = [said._replace(boxes=new) for said, new in zip(found, around)]
    for name, said in (("detector", found), ("masks", redrawn)):
        print(f"box AP, boxes of the {name}: {coco_ap(said, shown, range(10)).ap:.3f}")


# %% [markdown] lang="ko"
# **4.** 마스크 헤드를 훨씬 작게 만들 수 있을까? (14, 14, 48)을 받아 (28, 28, 10)인 로짓을 내고 파라미터가 12,000개를 넘지 않는 Keras 모델을 돌려주라. 아래 셀이 그것을 장면 160장으로 여덟 에포크 훈련하고, 다른 장면 40장의 실제 상자에서 답하게 해 마스크의 IoU의 평균을 잰다. 0.75를 넘어야 한다. (4절의 마스크 헤드는 파라미터가 51,322개다.) 10초쯤 걸린다.
# %% [markdown] lang="en"
# **4.** Can the mask head be made much smaller? Return a Keras model that takes (14, 14, 48), puts out logits (28, 28, 10), and has no more than 12,000 parameters. The cell below trains it for eight epochs on 160 scenes, and lets it answer in the real boxes of 40 others, where the mean IoU of its masks must be above 0.75. (The mask head of section 4 has 51,322 parameters.) It takes about ten seconds.
# %% tags=["exercise"]
def small_head():
    """(14, 14, 48) -> logits (28, 28, 10), with 12,000 parameters or fewer."""
    ...


# %% tags=["solution"]
def small_head():
    """(14, 14, 48) -> logits (28, 28, 10), with 12,000 parameters or fewer."""
    x = inputs = keras.Input((14, 14, 48))
    he = {"activation": "relu", "kernel_initializer": "he_normal"}
    x = layers.Conv2D(24, 3, padding="same", **he)(x)  # half the channels
    x = layers.Conv2DTranspose(12, 2, strides=2, **he)(x)
    return keras.Model(inputs, layers.Conv2D(10, 1)(x))


# %% tags=["wrong"]
def small_head():
    """(14, 14, 48) -> logits (28, 28, 10), with 12,000 parameters or fewer."""
    x = inputs = keras.Input((14, 14, 48))
    x = layers.Conv2D(10, 1)(x)
    return keras.Model(inputs, layers.UpSampling2D(2)(x))  # 2x2 pixels always the same


# %%
def facts_of_small_head():
    """Its parameters, or 12,000 if fewer; the mean IoU of its masks, or 0.75 if higher."""
    keras.utils.set_random_seed(0)
    if (head := small_head()) is None:
        return None
    digits, others = load_mnist()
    some, test = digit_scenes(digits, 160, 6, masks=True), digit_scenes(others, 40, 7, masks=True)
    model = MaskRCNN(load_faster_rcnn(), roi_align, 0)
    model.head = head
    model.compile(keras.optimizers.Adam(0.006))
    model.fit(pixels(some.images), truth_of(some), batch_size=8, epochs=8, verbose=0)
    real_boxes = test.boxes.astype("float32")
    logits = mask_logits(model, model(pixels(test.images)), real_boxes)
    chances = np.array(ops.sigmoid(of_own_class(logits, test.labels)))
    there = test.labels >= 0
    said = [pasted(*pair) for pair in zip(chances[there], test.boxes[there].astype(float))]
    ious = [mask_iou(*pair) for pair in zip(said, test.masks[there])]
    return max(head.count_params(), 12_000), min(np.mean(ious), 0.75)


exercise(facts_of_small_head, [((), (12_000, 0.75))])
# %% [markdown] lang="ko"
# ## 요약
#
# - 마스크는 픽셀마다의 답이고 IoU로 채점한다. 획이 가늘어서, 2픽셀 어긋나면 IoU가 [[range: IoU of masks, moved by 2]]까지 떨어진다.
# - RoIAlign은 상자를 반올림하지 않고, 구간의 점을 둘레의 네 칸에서 보간해 평균한다. 반올림하면 구간이 평균 [[range: the same, rounded boxes, mean]]픽셀 옮겨진다.
# - 마스크 헤드는 클래스마다 28×28 마스크를 시그모이드로 답하고, 검출기가 답한 클래스의 것만 되붙인다.
# - 마스크의 AP는 RoIPool로 [[range: mask AP, RoIPool]], RoIAlign으로 [[range: mask AP]]이다. 보간만 해서는 조금밖에 달라지지 않고, 반올림을 그만두어야 크게 오른다.
# - IoU를 가장 많이 잃는 곳은 마스크 헤드의 답이고, 상자와 28×28에서 잃는 것은 그보다 훨씬 적다.
# %% [markdown] lang="en"
# ## Summary
#
# - A mask is an answer to every pixel, and is marked by IoU. As strokes are thin, being off by 2 pixels brings it down to [[range: IoU of masks, moved by 2]].
# - RoIAlign does not round boxes; points in each bin are interpolated from the four places around, and their mean is taken. Rounding moves bins by [[range: the same, rounded boxes, mean]] pixels on average.
# - The mask head answers with a mask of 28×28 for each class, by sigmoids, and only that of the class which the detector has said is pasted back.
# - The AP of masks is [[range: mask AP, RoIPool]] with RoIPool and [[range: mask AP]] with RoIAlign. Interpolation alone changes little; giving up rounding raises it a lot.
# - Most IoU is lost by the answers of the mask head, and much less by boxes and by 28×28.
# %% [markdown] lang="ko"
# ## 출처
#
# - K. He, G. Gkioxari, P. Dollár, R. Girshick (2017). *Mask R-CNN*. ICCV. arXiv:1703.06870(2017년 3월). 강의 자료의 ‘페이스북 AI팀’은 저자들이 있던 FAIR(Facebook AI Research)다. 3절(마스크 헤드, RoIAlign, 손실), 표 2.
# - S. Ren 외 (2015). *Faster R-CNN*. arXiv:1506.01497v3. 검출기.
# - T.-Y. Lin 외 (2014). *Microsoft COCO: common objects in context*. ECCV. AP의 규칙은 pycocotools의 것이다.
# - 강의 자료 003 ‘Mask R-CNN 을 활용한 사물검출’.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - K. He, G. Gkioxari, P. Dollár, R. Girshick (2017). *Mask R-CNN*. ICCV. arXiv:1703.06870 (March 2017). The AI team of Facebook that the deck speaks of is FAIR (Facebook AI Research), where the authors were. Section 3 (mask head, RoIAlign, loss), table 2.
# - S. Ren et al. (2015). *Faster R-CNN*. arXiv:1506.01497v3. The detector.
# - T.-Y. Lin et al. (2014). *Microsoft COCO: common objects in context*. ECCV. The rules of AP are those of pycocotools.
# - Deck 003, object detection by Mask R-CNN.
#
# [[neighbours]]
# %% [markdown] lang="ko"
# ## 풀이
#
# [[solutions]]
# %% [markdown] lang="en"
# ## Solutions
#
# [[solutions]]
