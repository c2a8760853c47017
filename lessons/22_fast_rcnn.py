# %% [markdown] lang="ko" headline="AP of Fast R-CNN"
# # [[number]] · Fast R-CNN
#
# [[badge]]
#
# **CNN을 상자마다 돌리지 않고 장면에 한 번만 돌려도 상자마다 답할 수 있을까?**
# %% [markdown] lang="en" headline="AP of Fast R-CNN"
# # [[number]] · Fast R-CNN
#
# [[badge]]
#
# **Can a CNN that goes over a scene only once still answer for every box in it?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 상자를 오려서 계산한 특성 맵과 장면의 특성 맵에서 오린 것이 어디에서 같고 어디에서 다른지 보이고, 줄어든 계산을 셀 수 있다.
# - RoI 풀링을 손으로 하고, 반올림 때문에 무엇을 잃는지 잴 수 있다.
# - 클래스와 상자를 한 손실로 함께 배우는 신경망을 만들어 훈련하고 AP로 채점할 수 있다.
# - R-CNN과 Fast R-CNN의 시간을 단계마다 재고, 남은 병목이 어디인지 말할 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 45분이고, `small`에서는 실행에 1–2.5분 걸린다. [[rcnn]]의 후보 영역과 오려 내기와 상자 회귀, [[boxes]]의 IoU, 델타, NMS, AP, [[cnn]]의 최대 풀링을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Show where the feature map of a crop and a crop of the scene's feature map agree and where they differ, and count the work that is saved.
# - Do RoI pooling by hand, and measure what its rounding loses.
# - Build and train a network that learns class and box by one loss, and evaluate it by AP.
# - Time the steps of R-CNN and Fast R-CNN, and say which bottleneck is left.
#
# It takes about 45 minutes to read, without the exercises, and at scale `small` one to two and a half minutes to run. You need region proposals, crops and box regression from [[rcnn]], IoU, deltas, NMS and AP from [[boxes]], max pooling from [[cnn]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류’에 있는 Fast R-CNN과 ‘Fast R-CNN 의 문제점’에 해당한다. ‘Fast R-CNN 의 문제점 해결’에 적힌 Faster R-CNN은 이 수업 다음에 다룬다. 자료와 다른 점은 9절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers Fast R-CNN in deck 003: the page whose title names the four steps of R-CNN, and the page on the problem of Fast R-CNN. The page on how that is solved names Faster R-CNN, which comes after this lesson. Section 9 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
from functools import partial
from time import perf_counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.initializers import RandomNormal
from keras.optimizers.schedules import CosineDecay

from helpers.boxes import area, class_nms, clip, decode, encode, iou
from helpers.checks import check, exercise, report, same
from helpers.counting import multiply_adds
from helpers.datasets import load_mnist
from helpers.metrics import Detections, coco_ap, objects_of
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_scene
from helpers.proposals import selective_search
from helpers.regions import crops, roi_pool
from helpers.scenes import digit_scenes
from helpers.timing import fastest_seconds
from helpers.weights import load_scene_classifier

# %% [markdown] lang="ko" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 1. 합성곱은 장면에 한 번만
#
# [[rcnn]]에서는 한 장면의 후보 영역 아흔 개쯤을 하나씩 오려 CNN에 넣었다. 후보끼리 많이 겹치므로 합성곱이 같은 픽셀을 되풀이해 지나갔다. 그런데 합성곱은 어느 자리에서나 같은 계산을 한다. 그렇다면 장면의 특성 맵을 한 번 계산해 두고 거기에서 상자만큼 오려도 되지 않을까?
#
# 해 보자. 데이터도, 합성곱 층 셋으로 된 사전 훈련된 CNN도 [[rcnn]]과 같다. 이 CNN은 장면 128×128을 특성 맵 32×32×64로 바꾼다. 특성 맵의 한 칸은 장면의 4×4픽셀에 해당하고, 이 4를 맵의 스트라이드라고 하자. 네 변의 좌표가 모두 4의 배수인 상자를 골라, 먼저 오려서 CNN에 넣은 것과 CNN에 넣은 다음 오린 것을 비교한다.
# %% [markdown] lang="en" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 1. Convolutions once for a scene
#
# In [[rcnn]] about ninety proposals of a scene were cut out one by one and given to the CNN. As proposals overlap a lot, convolutions passed over the same pixels again and again. But a convolution does the same in every place. So could the feature map of the scene be computed once, and boxes be cut out of that?
#
# Let us try. The data are those of [[rcnn]], and so is the pretrained CNN of three convolutions. It turns a scene of 128×128 into a feature map of 32×32×64. One place of the map stands for 4×4 pixels of the scene; call this 4 the stride of the map. Take a box whose coordinates are all multiples of 4, and compare cutting first with computing first.
# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # the digits that validation scenes were made of, as in lesson rcnn
train_digits = x_train[:-held], y_train[:-held]
scenes = digit_scenes(train_digits, lesson.at_scale(small=300, full=800), lesson.seed)
tests = digit_scenes(test_digits, 60, seed=4)
place = np.argmax((tests.labels >= 0).sum(axis=1))  # the first with five digits
image = tests.images[place]


def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def pretrained_body():
    """Pictures (n, height, width, 1) -> feature maps (n, height / 4, width / 4, 64)."""
    classifier = load_scene_classifier()
    return keras.Model(classifier.input, classifier.get_layer("features").output)


body = pretrained_body()
scene_map = np.array(body(pixels(image[None])))[0]
check("feature map of a scene", scene_map.shape, equals=(32, 32, 64))
# %%
x_min, y_min, x_max, y_max = 24, 40, 80, 96  # multiples of 4
cut_first = np.array(body(pixels(image[None, y_min:y_max, x_min:x_max])))[0]
computed_first = scene_map[y_min // 4 : y_max // 4, x_min // 4 : x_max // 4]
check("both have this shape", cut_first.shape == computed_first.shape == (14, 14, 64), equals=True)
inside = slice(3, -3)  # three places away from the borders of the crop
same(cut_first[inside, inside], computed_first[inside, inside], "both ways, inside", 1e-4)
difference = np.abs(cut_first - computed_first).max(axis=-1)  # over channels
# %% tags=["figure"] title="cut first, or compute first"
channel = computed_first.max(axis=(0, 1)).argmax()
_, axes = plt.subplots(1, 4, figsize=(11, 3.1))
draw_scene(axes[0], image, [(x_min, y_min, x_max, y_max)], title="scene and box")
highest = computed_first[..., channel].max()
axes[1].imshow(cut_first[..., channel], cmap="gray", vmin=0, vmax=highest)
axes[1].set_title("cut, then computed")
axes[2].imshow(computed_first[..., channel], cmap="gray", vmin=0, vmax=highest)
axes[2].set_title("computed, then cut")
axes[3].imshow(difference > 1e-4 * computed_first.max(), cmap="gray")
axes[3].set_title("differs")
for axis in axes[1:]:
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(True)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 장면과 상자(scene and box), 오려서 계산한 특성 맵의 한 채널(cut, then computed), 계산한 다음 오린 것(computed, then cut), 한 채널에서라도 둘이 다른 자리(differs, 흰색). 다른 곳은 가장자리의 세 칸이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The scene and the box, one channel of the feature map when cut first, the same when computed first, and the places where the two differ in any channel (white): three along each border.*
# %% [markdown] lang="ko"
# 안쪽은 같다. 다른 것은 가장자리의 세 칸인데, 오린 것은 상자 밖을 0으로 덧대고 장면의 맵은 상자 밖에 무엇이 있는지 보기 때문이다. 장면의 맵은 그만큼 상자 둘레까지 보는 셈이다. 여기에서는 14×14칸 가운데 132칸이 다르고, 한 변이 24픽셀(6칸) 이하인 상자라면 같은 칸이 하나도 없다. ([[rcnn]]에서는 그러려고 둘레를 15%씩 넓혀 오렸다.) 다만 [[rcnn]]에서는 어느 상자든 28×28로 맞추었지만, 여기에서 숫자의 크기는 장면에 있는 그대로여서, 작은 숫자는 맵에서 몇 칸이 되지 않는다.
#
# 줄어드는 계산을 세어 보자. 입력의 한 변이 $n$이면 첫 합성곱 층(5×5, 커널 16개, 스트라이드 2)은 $(n/2)^2$칸에서 칸마다 곱셈-덧셈을 $25 \cdot 16$번 하고, 풀링을 지난 두 층(3×3, 커널 32개와 64개)은 $(n/4)^2$칸에서 칸마다 모두 $9 \cdot (16 \cdot 32 + 32 \cdot 64)$번 한다. [[lenet_alexnet]]에서 쓴 `multiply_adds`로 센다.
# %% [markdown] lang="en"
# Inside they are the same. Three places along the border differ, since the crop is padded with 0 where the scene's map sees what is beyond the box. So the surroundings of a box are seen for free ([[rcnn]] widened each side of a crop by 15% for that). These are 132 of the 14×14 places here, and a box with a side of 24 pixels (6 places) or less has no place that stays the same. But while [[rcnn]] warped every box to 28×28, here digits keep the size that they have in the scene, and small ones have few places on the map.
#
# Count the work that is saved. For an input whose side is $n$, the first convolution (5×5, 16 kernels, stride 2) is computed at $(n/2)^2$ places, with $25 \cdot 16$ multiply-adds at each. The two behind the pooling (3×3, 32 and 64 kernels) are computed at $(n/4)^2$ places, with $9 \cdot (16 \cdot 32 + 32 \cdot 64)$ at each. `multiply_adds` of [[lenet_alexnet]] counts them.


# %%
def body_for(side):
    """The convolutions of the CNN, for square pictures of one size."""
    x = inputs = keras.Input((side, side, 1))
    for layer in body.layers[1:]:
        x = layer(x)
    return keras.Model(inputs, x)


of_scene, of_crop = (multiply_adds(body_for(side)) for side in (128, 28))
check("multiply-adds for a scene", of_scene, equals=25_231_360)
check("multiply-adds for a crop", of_crop, equals=1_207_360)
scene_proposals = [selective_search(picture) for picture in scenes.images]
test_proposals = [selective_search(picture) for picture in tests.images]
per_scene = np.mean([len(proposals) for proposals in test_proposals])
report("proposals in a scene", round(per_scene))
saved = per_scene * of_crop / of_scene
check("multiply-adds of R-CNN over those of one pass", saved, at_least=4, at_most=4.5)
# %% [markdown] lang="ko"
# CNN을 지나가는 횟수는 [[range: proposals in a scene]]번에서 한 번으로 줄지만, 합성곱의 곱셈-덧셈은 [[range: multiply-adds of R-CNN over those of one pass]]분의 1로 줄어드는 데 그친다. 오려 낸 것이 장면보다 훨씬 작았기 때문이다. Fast R-CNN 논문(Girshick, 2015)의 설정에서는 더 크게 줄어들 것이다. R-CNN에서 227×227로 맞추던 후보 2,000개가 사진 하나(커야 600×1,000)로 바뀌면 픽셀이 170분의 1 이하가 된다.
# %% [markdown] lang="en"
# Passes through the CNN go down from [[range: proposals in a scene]] to one, but the multiply-adds of the convolutions only by a factor of [[range: multiply-adds of R-CNN over those of one pass]], since crops were much smaller than the scene. More should be saved in the setting of the Fast R-CNN paper (Girshick, 2015): 2,000 proposals at 227×227, as in R-CNN, against one picture of at most 600×1,000 are a factor of 170 or more in pixels.
# %% [markdown] lang="ko" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 2. 어떤 상자든 한 가지 크기로: RoI 풀링
#
# 상자의 크기는 제각각인데 그 뒤의 완전 연결 층은 입력의 크기가 정해져 있다. [[rcnn]]은 픽셀을 늘이고 줄여 맞추었다. 특성 맵에서는 최대 풀링으로 맞춘다. 특성 맵에서 오려 낼 상자를 **관심 영역**(region of interest)이라고 하고 RoI로 줄여 쓴다. RoI를 가로세로 $k$등분하여 구간마다 최댓값을 남기는 것이 **RoI 풀링**(RoI pooling)이다. 그러면 어떤 RoI든 $k \times k$가 된다. 강의 자료의 ‘정규화된 특징’은 이렇게 한 가지 크기로 맞춘 특성을 말한다.
#
# 스트라이드가 4인 4×4 특성 맵에서 2×2로 풀링해 보자. 상자는 [[boxes]]에서처럼 픽셀로 나타낸 $(x_{\min}, y_{\min}, x_{\max}, y_{\max})$이고, 오른쪽과 아래쪽 끝은 포함하지 않는다.
#
# $$\begin{pmatrix} 1 & 3 & 2 & 0 \\ 4 & 6 & 1 & 5 \\ 0 & 2 & 7 & 3 \\ 8 & 1 & 4 & 2 \end{pmatrix}$$
#
# - 상자가 $(0, 0, 16, 16)$이면 4로 나누어 $(0, 0, 4, 4)$, 곧 맵 전체다. 구간은 2×2칸씩이고 최댓값은 왼쪽 위부터 차례로 6, 5, 8, 7이다.
# - 상자가 $(1, 5, 11, 15)$이면 4로 나누어 $(0.25, 1.25, 2.75, 3.75)$이고, 반올림하여(반은 올린다) $(0, 1, 3, 4)$다. 열 0, 1, 2와 행 1, 2, 3의 3×3칸이다. 세 칸을 둘로 나누면 구간은 0–1.5와 1.5–3이다. 시작은 내림하고 끝은 올리므로 두 구간은 앞의 두 칸과 뒤의 두 칸이고, 가운데 칸을 함께 쓴다. 최댓값은 6, 7, 8, 7이다.
# %% [markdown] lang="en" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 2. One size from any box: RoI pooling
#
# Boxes have all sizes, but the dense layers behind take one. [[rcnn]] stretched pixels to fit. On a feature map max pooling does it. A box to be cut out of a feature map is a **region of interest**, RoI for short. **RoI pooling** divides it into $k$ equal parts, called bins, along each side, and keeps the largest value of each, so that any RoI becomes $k \times k$. The deck speaks of normalized features; what it means is features of one size.
#
# Take a feature map of 4×4, with a stride of 4, and pool to 2×2. Boxes are $(x_{\min}, y_{\min}, x_{\max}, y_{\max})$ in pixels as in [[boxes]], without the right and lower end.
#
# $$\begin{pmatrix} 1 & 3 & 2 & 0 \\ 4 & 6 & 1 & 5 \\ 0 & 2 & 7 & 3 \\ 8 & 1 & 4 & 2 \end{pmatrix}$$
#
# - The box $(0, 0, 16, 16)$ over 4 is $(0, 0, 4, 4)$, the whole map. Bins have 2×2 places, and their largest values are 6, 5, 8, 7.
# - The box $(1, 5, 11, 15)$ over 4 is $(0.25, 1.25, 2.75, 3.75)$, rounded (halves go up) $(0, 1, 3, 4)$: columns 0, 1, 2 and rows 1, 2, 3, which are 3×3 places. Half of three places is 0–1.5 and 1.5–3. A bin begins at the place rounded down and ends at the one rounded up, so the bins are the first two places and the last two, and share the middle one. The largest values are 6, 7, 8, 7.


# %%
def in_places(boxes, stride):
    """Boxes in pixels, rounded to whole places of the map: columns and rows, without the end."""
    return np.floor(np.asarray(boxes) / stride + 0.5).astype(int)  # a half goes up


def pooled(features, box, stride, bins):
    """RoI pooling of one box: (rows, columns, channels) -> (bins, bins, channels)."""
    x_min, y_min, x_max, y_max = in_places(box, stride)
    region = features[y_min:y_max, x_min:x_max]
    rows, columns = region.shape[:2]
    result = np.zeros((bins, bins, features.shape[-1]))
    for row in range(bins):
        top, bottom = row * rows // bins, -(-(row + 1) * rows // bins)  # down, and up
        for column in range(bins):
            left, right = column * columns // bins, -(-(column + 1) * columns // bins)
            result[row, column] = region[top:bottom, left:right].max(axis=(0, 1))
    return result


# %%
example = np.array([[1, 3, 2, 0], [4, 6, 1, 5], [0, 2, 7, 3], [8, 1, 4, 2]])[..., None]
examples = [pooled(example, box, 4, 2)[..., 0] for box in ((0, 0, 16, 16), (1, 5, 11, 15))]
check("the whole map pooled", examples[0].astype(int).tolist(), equals=[[6, 5], [8, 7]])
check("a box of three by three pooled", examples[1].astype(int).tolist(), equals=[[6, 7], [8, 7]])

variable = tf.Variable(example[None], dtype="float32")
both = np.array([[(0, 0, 16, 16), (1, 5, 11, 15)]], "float32")
with tf.GradientTape() as tape:
    total = ops.sum(roi_pool(variable, both, stride=4, size=2))
gradient = np.array(tape.gradient(total, variable))[0, ..., 0].astype(int)
expected = [[0, 0, 0, 0], [0, 2, 0, 1], [0, 0, 3, 0], [2, 0, 0, 0]]
check("gradient of all eight bins", gradient.tolist(), equals=expected)

proposals = test_proposals[place]
by_hand = [pooled(scene_map, box, 4, 7) for box in proposals]
at_once = roi_pool(scene_map[None], proposals[None].astype("float32"), stride=4, size=7)[0]
same(by_hand, at_once, "all proposals of the scene by hand and by helpers.regions")
# %% [markdown] lang="ko"
# `helpers.regions`의 `roi_pool`은 모든 상자를 한꺼번에 풀링하고, 기울기도 흘려보낸다. 최댓값을 준 칸만 기울기를 받고, 여러 구간이나 여러 RoI에서 최댓값이 된 칸은 그 기울기를 모두 더해 받는다. 위에서 두 상자의 여덟 구간을 더하면, 7이 적힌 칸은 첫 상자에서 한 번, 둘째 상자에서 두 번 뽑혔으므로 3을 받는다.
#
# 반올림에는 대가가 따른다. 스트라이드가 4이므로 상자의 변마다 2픽셀까지 밀린다. 실제로 읽는 상자(반올림한 칸에 4를 곱한 것)와 후보의 IoU를 재 보자.
# %% [markdown] lang="en"
# `roi_pool` of `helpers.regions` pools all boxes at once, and lets gradients through. Only a place that gave a largest value receives one, and a place that did so in several bins or RoIs receives the sum. Of the eight bins of the two boxes above, added up, the place of the 7 was taken once in the first box and twice in the second, and receives 3.
#
# Rounding has its price. With a stride of 4, each side of a box moves by up to 2 pixels. Measure the IoU of a proposal with the box that is really read, which is the rounded places times 4.


# %%
def as_read(boxes):
    """The boxes, in pixels, that RoI pooling really reads: at least one place of the map."""
    low = np.clip(in_places(boxes[:, :2], 4), 0, 31)
    high = np.clip(np.maximum(in_places(boxes[:, 2:], 4), low + 1), 1, 32)
    return 4 * np.concatenate([low, high], axis=1)


def own_iou(boxes, others):
    """IoU of each box with the one in the same place of the other list: (n,)."""
    return np.diag(iou(boxes, others))


kept = np.concatenate([own_iou(boxes, as_read(boxes)) for boxes in test_proposals])
shown = np.concatenate([each.boxes for each in objects_of(tests.boxes, tests.labels)])
thirds = np.array_split(shown[np.argsort(area(shown))], 3)  # smallest first
of_thirds = [own_iou(third, as_read(third)).mean() for third in thirds]
report("IoU of a proposal with the box that is read, mean", kept.mean())
report("the same for the smallest third of the real boxes", of_thirds[0])
report("the same for the largest third of the real boxes", of_thirds[2])
# %% tags=["figure"] title="RoI pooling of one proposal"
sizes = np.sqrt(area(proposals))
number = np.argsort(own_iou(proposals, as_read(proposals)) + (sizes < 25))[3]
box, read = proposals[number], as_read(proposals)[number]
channel = scene_map.max(axis=(0, 1)).argmax()
_, axes = plt.subplots(1, 3, figsize=(11, 4), width_ratios=(1, 1, 0.8))
draw_scene(axes[0], image, [read, box], color=[ORANGE, SKY], title="proposal, and what is read")
axes[1].imshow(scene_map[..., channel], cmap="gray", extent=(0, 128, 128, 0))
axes[1].set(xticks=range(0, 129, 4), yticks=range(0, 129, 4), title="one channel of the map")
axes[1].grid(color="white", alpha=0.3, lw=0.6)
axes[1].tick_params(length=0, labelbottom=False, labelleft=False)
for edges, color in ((read, ORANGE), (box, SKY)):
    sides = edges[2] - edges[0], edges[3] - edges[1]
    axes[1].add_patch(plt.Rectangle(edges[:2], *sides, fill=False, ec=color, lw=2))
highest = scene_map[..., channel].max()
axes[2].imshow(by_hand[number][..., channel], cmap="gray", vmin=0, vmax=highest)
axes[2].set(title="pooled to 7×7", xticks=[], yticks=[])
axes[2].spines[:].set_visible(True)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽: 반올림으로 많이 어긋나는 후보 하나(proposal, 하늘색)와 RoI 풀링이 실제로 읽는 상자(what is read, 주황색). 가운데: 특성 맵의 한 채널(one channel of the map)과 그 칸. 읽는 상자는 칸의 경계를 따른다. 오른쪽: 7×7로 풀링한 것(pooled to 7×7).*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, a proposal that rounding moves a lot (sky blue) and the box that RoI pooling really reads (orange). Middle, one channel of the feature map with its places; the box that is read follows their borders. Right, pooled to 7×7.*
# %% [markdown] lang="ko"
# 아래 셀에서 상자의 자리(`X_MIN`, `Y_MIN`)와 크기(`WIDTH`, `HEIGHT`)를 바꾸어 보자. 왼쪽에서 하늘색이 고른 상자, 주황색이 읽는 상자이고 제목은 둘의 IoU(IoU with what is read)다. 오른쪽은 7×7로 풀링해 칸마다 채널 가운데 가장 큰 값(largest over channels)을 그린 것이다. 상자를 1픽셀씩 네 번 옮겨 보자. 왼쪽과 오른쪽 변이 한 번씩 다음 칸으로 넘어가므로, 읽는 상자와 풀링한 것은 네 번 가운데 많아야 두 번 바뀐다.
# %% [markdown] lang="en"
# Change the place (`X_MIN`, `Y_MIN`) and the size (`WIDTH`, `HEIGHT`) of a box in the cell below. On the left this box is sky blue, the box that is read orange, and the title has their IoU; on the right is the largest of the channels at each place, pooled to 7×7. Move the box by four single pixels: its left and its right side each step to the next place once, so what is read, and what is pooled, changes in at most two of the four.
# %% tags=["play", "nbval-ignore-output"] title="move a box over the map"
X_MIN = 30  # @param {type:"slider", min:0, max:90}
Y_MIN = 30  # @param {type:"slider", min:0, max:90}
WIDTH = 25  # @param {type:"slider", min:4, max:38}
HEIGHT = 30  # @param {type:"slider", min:4, max:38}
box = np.array([[X_MIN, Y_MIN, X_MIN + WIDTH, Y_MIN + HEIGHT]])
_, axes = plt.subplots(1, 2, figsize=(8, 4))
draw_scene(axes[0], image, [as_read(box)[0], box[0]], color=[ORANGE, SKY])
axes[0].set_title(f"IoU with what is read: {own_iou(box, as_read(box))[0]:.2f}")
axes[1].imshow(
    pooled(scene_map, as_read(box)[0], 4, 7).max(axis=-1), cmap="gray", vmin=0, vmax=scene_map.max()
)
axes[1].set(title="pooled to 7×7, largest over channels", xticks=[], yticks=[])
axes[1].spines[:].set_visible(True)
plt.show()


# %% [markdown] lang="ko"
# 후보와 읽는 상자의 IoU는 평균 [[range: IoU of a proposal with the box that is read, mean]]이다. 실제 상자에서는 가장 작은 3분의 1이 [[range: the same for the smallest third of the real boxes]], 가장 큰 3분의 1이 [[range: the same for the largest third of the real boxes]]이다. 같은 칸으로 반올림되는 두 후보는 신경망에 똑같아 보인다. 그래서 여기에서 델타는 후보가 아니라 실제로 읽는 상자를 기준으로 계산한다. 논문은 후보를 기준으로 계산한다(둘을 비교하지는 않았다). 반올림하지 않는 방법(RoIAlign)은 Mask R-CNN에서 다룬다.
# %% [markdown] lang="en"
# The IoU of a proposal with what is read of it has a mean of [[range: IoU of a proposal with the box that is read, mean]]. Of the real boxes the smallest third has [[range: the same for the smallest third of the real boxes]], the largest third [[range: the same for the largest third of the real boxes]]. Two proposals that are rounded to the same places look the same to the network. So deltas here are counted from the box that is read, not from the proposal. The paper counts from the proposal (the two were not compared). A way without rounding (RoIAlign) comes with Mask R-CNN.
# %% [markdown] lang="ko"
# ## 3. 신경망 하나
#
# Fast R-CNN(Girshick, 2015)은 신경망 하나다. 입력은 둘, 장면과 상자들이다. 합성곱이 장면을 한 번 지나가고, RoI 풀링이 상자마다 7×7×64를 꺼내고, 완전 연결 층이 상자마다 답한다. 답도 둘이다. 클래스의 로짓 열하나(숫자 열과 배경)와 델타 넷이다. 여기에서는 합성곱 층까지 모든 가중치를 함께 훈련한다(논문은 앞쪽 합성곱 층을 몇 개 고정한다). [[rcnn]]에서는 CNN, SVM, 회귀를 따로 훈련했다. 논문은 델타를 클래스마다 넷씩 낸다(연습 문제 3). 특성 맵 하나를 나누어 쓰는 것은 SPPnet(He 외, 2014)이 먼저 했지만, 거기에서는 풀링 앞의 합성곱 층까지 함께 훈련하지 않았다.
#
# RoI 풀링은 배우는 것이 없는 층이다. Keras의 층으로 쓰려면 출력의 모양을 알려 준다. 로짓과 델타를 내는 두 출력 층의 가중치는 논문처럼 아주 작은 값(표준편차 0.01과 0.001)에서 시작한다.
# %% [markdown] lang="en"
# ## 3. One network
#
# Fast R-CNN (Girshick, 2015) is one network. It takes two inputs, a scene and boxes. Convolutions pass over the scene once, RoI pooling takes 7×7×64 numbers for each box, and dense layers answer for it. There are two answers: eleven logits of the class (ten digits and the background), and four deltas. Here all weights are trained together, those of the convolutions too (the paper leaves the first few convolutions as they are). In [[rcnn]] the CNN, the SVMs and the regression were trained one after the other. The paper has four deltas for each class (exercise 3). Sharing one feature map comes from SPPnet (He et al., 2014), but there the convolutions before the pooling were not trained with the rest.
#
# RoI pooling is a layer that learns nothing. To be a layer of Keras it says which shape its output has. As in the paper, the weights of the two output layers start from very small values (standard deviations of 0.01 and 0.001).


# %%
class RoIPooling(layers.Layer):
    """Feature maps (n, rows, columns, channels), boxes (n, k, 4) -> (n, k, 7, 7, channels)."""

    def call(self, features, boxes):
        return roi_pool(features, boxes, stride=4, size=7)

    def compute_output_shape(self, features_shape, boxes_shape):
        return (*boxes_shape[:2], 7, 7, features_shape[-1])


def fast_rcnn(body, hidden=256, k=None):
    """Scenes (n, 128, 128, 1) and boxes (n, k, 4) -> eleven logits and four deltas, (n, k, 15)."""
    scenes, boxes = keras.Input((128, 128, 1)), keras.Input((k, 4))
    x = RoIPooling()(body(scenes), boxes)
    x = layers.Reshape((-1, 7 * 7 * 64))(x)
    x = layers.Dense(hidden, activation="relu", kernel_initializer="he_normal")(x)
    logits = layers.Dense(11, kernel_initializer=RandomNormal(stddev=0.01))(x)
    deltas = layers.Dense(4, kernel_initializer=RandomNormal(stddev=0.001))(x)
    return keras.Model([scenes, boxes], layers.Concatenate()([logits, deltas]))


behind = fast_rcnn(body).count_params() - body.count_params()
check("weights behind RoI pooling", behind, equals=806_927)
# %% [markdown] lang="ko"
# ## 4. 두 가지를 한 손실로
#
# 클래스의 손실은 교차 엔트로피, 상자의 손실은 델타가 얼마나 빗나갔는가다. 둘을 더한 것이 **다중 작업 손실**(multi-task loss)이다. 논문에서는 VGG16으로 분류를 먼저, 상자 회귀를 나중에 훈련하면 mAP가 64.0, 함께 훈련하면 66.9였다(표 6. 여기에서 비교하지는 않았다).
#
# $$E = E_{\text{class}} + \lambda \, [u \ne \text{background}] \, E_{\text{box}}$$
#
# $u$는 RoI의 정답 클래스다. 대괄호는 안의 말이 참이면 1, 아니면 0이다. 배경에는 맞출 상자가 없으므로 상자의 손실도 없다. $\lambda$는 두 손실을 저울질한다. 논문에서는 1이고, 여기에서는 3이다(1, 2, 3 가운데 검증 장면에서 AP가 가장 높았다. 더 큰 값은 재지 않았다).
#
# 델타의 손실로는 제곱 오차가 아니라 **smooth L1 손실**(smooth L1 loss)을 쓴다. $|d| < 1$인 차이 $d$에서는 $d^2/2$, 아니면 $|d| - 1/2$다. [[boxes]]의 후버 손실에서 경계가 1인 것이고, 델타 넷의 손실을 더한다. 차이가 0.5이면 0.125, 3이면 2.5다(제곱의 반은 4.5다). 델타마다 기울기는 −1과 1 사이이므로($\lambda$를 곱하기 전), 아무리 크게 빗나간 델타도 1만큼 빗나간 것보다 더 세게 끌지는 않는다. 손실이 고르게 걸리도록 델타는 넷 다 평균 0, 표준편차 1이 되게 맞추어 배운다.
#
# 예를 하나 들어 보자. 정답은 숫자이고, 그 숫자에 준 확률이 0.8, 표준편차를 맞춘 델타에서 예측과 정답의 차이가 $(0.5, 0, 3, -1)$이라고 하자. 클래스의 손실은 $-\ln 0.8 = 0.223$, 상자의 손실은 $0.125 + 0 + 2.5 + 0.5 = 3.125$이고, 모두 $0.223 + 3 \cdot 3.125 = 9.598$이다. 정답이 배경이고 배경에 준 확률이 0.8이면 델타가 무엇이든 0.223이다.
# %% [markdown] lang="en"
# ## 4. Two tasks, one loss
#
# The class loss is cross-entropy; the box loss measures how far the deltas are off. Added up, they are a **multi-task loss**. In the paper the mAP with VGG16 was 64.0 when the class was trained first and box regression afterwards, and 66.9 when they were trained together (table 6; not compared here).
#
# $$E = E_{\text{class}} + \lambda \, [u \ne \text{background}] \, E_{\text{box}}$$
#
# Here $u$ is the true class of the RoI, and the bracket is 1 if what it says is true, else 0: background has no box to fit, and no box loss. $\lambda$ weighs the two losses. It is 1 in the paper, and 3 here (of 1, 2 and 3 it gave the highest AP on validation scenes; larger ones were not tried).
#
# The loss of a delta is not the squared error but the **smooth L1 loss**: $d^2/2$ for a difference $d$ with $|d| < 1$, else $|d| - 1/2$. It is the Huber loss of [[boxes]] with its border at 1, added up over the four deltas. A difference of 0.5 costs 0.125, one of 3 costs 2.5 (half its square is 4.5). The slope for each delta stays between −1 and 1 (before $\lambda$), so a delta that is far off pulls no harder than one that is off by 1. All four deltas are shifted and scaled to a mean of 0 and a standard deviation of 1, so that they count alike.
#
# An example. Let the RoI be a digit that was given a probability of 0.8, and let the deltas (scaled) be off by $(0.5, 0, 3, -1)$. The class costs $-\ln 0.8 = 0.223$, the box $0.125 + 0 + 2.5 + 0.5 = 3.125$, together $0.223 + 3 \cdot 3.125 = 9.598$. If the RoI is background, given a probability of 0.8, it costs 0.223, whatever the deltas are.


# %%
BOX_WEIGHT = 3  # the formula's λ


def smooth_l1(difference):
    """d² / 2 near 0, |d| - 1/2 from 1 on."""
    size = ops.abs(difference)
    return ops.where(size < 1, size**2 / 2, size - 0.5)


def class_loss(truth, outputs):
    """Cross-entropy of each RoI, from classes in truth[..., 0] and logits in outputs[..., :11]."""
    loss = keras.losses.sparse_categorical_crossentropy
    return loss(truth[..., 0], outputs[..., :11], from_logits=True)


def box_loss(truth, outputs):
    """Smooth L1 loss of the four deltas of each RoI; 0 for background, which is class 10."""
    loss = ops.sum(smooth_l1(outputs[..., 11:] - truth[..., 1:]), axis=-1)
    return ops.where(truth[..., 0] < 10, loss, 0.0)


def multi_task_loss(truth, outputs):
    """Of each RoI; truth is (n, k, 5) with class and deltas, outputs (n, k, 15)."""
    return class_loss(truth, outputs) + BOX_WEIGHT * box_loss(truth, outputs)


# %%
logits = np.log(np.where(np.arange(11) == 3, 0.8, 0.02))  # a probability of 0.8 for class 3
answer = np.concatenate([logits, [0.5, 0, 3, -1]])[None, None]
digit, background = np.array([[[3.0, 0, 0, 0, 0]]]), np.array([[[10.0, 0, 0, 0, 0]]])
loss = float(multi_task_loss(digit, answer)[0, 0])
check("loss of the example", round(loss, 3), equals=9.598)
answer[..., [3, 10]] = answer[..., [10, 3]]  # now 0.8 for the background
loss = float(multi_task_loss(background, answer)[0, 0])
check("loss of background with the same deltas", round(loss, 3), equals=0.223)
differences = np.linspace(-4, 4, 81)
huber = [float(keras.losses.Huber()([0.0], [difference])) for difference in differences]
same(smooth_l1(differences), huber, "smooth L1 and Keras's Huber loss")
# %% tags=["figure"] title="smooth L1 and its slope"
_, axes = plt.subplots(1, 2, figsize=(9, 3.2))
axes[0].plot(differences, smooth_l1(differences), color=BLUE, label="smooth L1")
axes[0].plot(differences, differences**2 / 2, color=GREY, ls="--", label="half the square")
axes[1].plot(differences, np.gradient(smooth_l1(differences), differences), color=BLUE)
axes[1].plot(differences, differences, color=GREY, ls="--")
for axis, name in zip(axes, ("loss", "slope")):
    axis.set(xlabel="difference of a delta", ylabel=name)
axes[0].legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 델타의 차이(difference of a delta)에 대한 손실(loss)과 그 기울기(slope). 파란 선이 smooth L1, 점선이 제곱의 반(half the square)이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Loss and slope against the difference of a delta. Blue is smooth L1, dashed is half the square.*
# %% [markdown] lang="ko"
# ## 5. 한 번에 훈련한다
#
# 합성곱은 장면에 한 번이므로, 한 장면에서 RoI를 여럿 뽑아도 합성곱은 늘지 않는다. 논문은 배치마다 사진 두 장에서 RoI를 64개씩 뽑는다. 사진 128장에서 하나씩 뽑는 것보다 64배쯤 빠르다고 한다. 여기에서도 장면 두 장에서 64개씩이다. IoU가 0.5 이상인 RoI는 그 숫자의 클래스로 치고 24개까지 뽑으며, 나머지는 배경이다(모자라면 되풀이해 채운다). 논문은 4분의 1을 IoU가 0.5 이상인 것에서, 나머지를 IoU가 0.1 이상 0.5 미만인 것에서 뽑는다. 어느 RoI를 뽑을지는 에포크마다 다시 정한다.
#
# 후보와 실제 상자 말고도, 실제 상자마다 조금 옮기고 늘이거나 줄인 것을 열여섯 개씩 더 넣는다. 후보 가운데 IoU가 0.5 이상인 것은 적으므로, 그런 RoI를 다양하게 하려는 것이다(뽑는 RoI는 그대로 64개다. 너무 어긋나 IoU가 0.5에 못 미친 것은 배경이 된다). 논문에는 없는 것이고, R-CNN에는 넣지 않았다. 이 수(0, 8, 16 가운데)와 학습률 0.002(0.001부터 0.004까지 가운데)는 수업을 만들 때 검증 장면에서 시드 하나로 골랐다. 학습률은 처음 10분의 1 동안 0.002까지 올렸다가 코사인으로 내린다. IoU와 델타는 모두 실제로 읽는 상자에서 잰다.
# %% [markdown] lang="en"
# ## 5. Train it all at once
#
# As convolutions pass over a scene once, more RoIs of a scene cost no more convolutions. The paper takes 64 RoIs from each of two pictures for a batch, which it says is about 64 times as fast as taking one from each of 128. Here, too, it is 64 from each of two scenes. An RoI with an IoU of 0.5 or more counts as that digit; up to 24 of these are taken, and the rest is background (repeated where there are too few). The paper takes a quarter from boxes with an IoU of 0.5 or more, and the rest from boxes with an IoU from 0.1 up to 0.5. Which RoIs are taken is drawn anew in every epoch.
#
# Besides proposals and real boxes there are sixteen copies of each real box, moved and stretched or shrunk a little. Few proposals have an IoU of 0.5 or more, and with these there are more of them to draw from (64 RoIs are taken as before; a copy whose IoU falls below 0.5 is background). The paper does not do that, and R-CNN was not given any. Their number (of 0, 8 and 16) and the learning rate of 0.002 (of 0.001 to 0.004) were chosen on validation scenes with one seed, when the lesson was made. The learning rate rises to 0.002 over the first tenth of the steps, and then falls as a cosine. IoUs and deltas are all taken from the boxes that are read.


# %%
def jittered(boxes, rng):
    """Boxes moved by up to a fifth of their sides, with sides of 0.7 to 1.4 times the length."""
    sides, centers = boxes[:, 2:] - boxes[:, :2], (boxes[:, 2:] + boxes[:, :2]) / 2
    centers = centers + rng.uniform(-0.2, 0.2, centers.shape) * sides
    sides = sides * np.exp(rng.uniform(-0.35, 0.35, sides.shape))
    return clip(np.concatenate([centers - sides / 2, centers + sides / 2], axis=1), 128, 128)


def candidates(proposals, shown, rng):
    """Boxes of a scene as they are read, classes (10: background), deltas to the nearest digit."""
    near = [jittered(shown.boxes, rng) for _ in range(16)]
    boxes = as_read(np.concatenate([proposals, shown.boxes, *near]))
    ious = iou(boxes, shown.boxes)
    best, nearest = ious.max(axis=1), ious.argmax(axis=1)
    classes = np.where(best >= 0.5, shown.labels[nearest], 10)
    return boxes, classes, encode(shown.boxes[nearest], boxes)


def picked(classes, rng):
    """Which 64 to train on: digits, up to 24, and background."""
    digits = rng.permutation(np.flatnonzero(classes < 10))[:24]
    background = rng.permutation(np.flatnonzero(classes == 10))
    return np.append(digits, np.resize(background, 64 - len(digits)))  # repeated if too few


# %%
rng = np.random.RandomState(lesson.seed)  # for the copies
pairs = zip(scene_proposals, objects_of(scenes.boxes, scenes.labels))
rois = [candidates(proposals, shown, rng) for proposals, shown in pairs]
of_digits = np.concatenate([deltas[classes < 10] for _, classes, deltas in rois])
MEAN, STD = of_digits.mean(axis=0), of_digits.std(axis=0)


def sampled(rois, rng):
    """Of all scenes 64 boxes (n, 64, 4), and what is true of them, class and deltas (n, 64, 5)."""
    boxes, targets = [], []
    for read, classes, deltas in rois:
        rows = picked(classes, rng)
        boxes.append(read[rows])
        targets.append(np.column_stack([classes, (deltas - MEAN) / STD])[rows])
    return np.array(boxes, "float32"), np.array(targets, "float32")


# %%
network, rng = fast_rcnn(pretrained_body()), np.random.RandomState(lesson.seed)
epochs = lesson.epochs(small=8, full=16)
steps = epochs * -(-len(rois) // 2)
warmup = steps // 10
rate = CosineDecay(0.0002, steps - warmup, alpha=0.1, warmup_target=0.002, warmup_steps=warmup)
optimizer = keras.optimizers.Adam(rate)
optimizer.build(network.trainable_variables)  # or else Keras prepares the step twice
network.compile(optimizer, multi_task_loss, metrics=[class_loss, box_loss])
history = {"class_loss": [], "box_loss": []}
for _ in range(epochs):
    read, targets = sampled(rois, rng)
    epoch = network.fit([pixels(scenes.images), read], targets, batch_size=2, verbose=0)
    for name, values in history.items():
        values += epoch.history[name]
fall = history["class_loss"][-1] / history["class_loss"][0]
check("last class loss over the first", fall, at_most=0.16)
# %% tags=["figure"] title="two losses in one training"
_, axis = plt.subplots(figsize=(6, 3.2))
parts = {
    "class loss": history["class_loss"],
    "λ · box loss": BOX_WEIGHT * np.array(history["box_loss"]),
}
for (name, values), color in zip(parts.items(), (BLUE, VERMILION)):
    axis.plot(range(1, epochs + 1), values, "o-", color=color, label=name)
axis.set(xlabel="epoch", ylabel="training loss", ylim=(0, None))
axis.legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)마다의 훈련 손실(training loss). 클래스의 손실(class loss)과 $\lambda$를 곱한 상자의 손실(λ · box loss)이 한 훈련에서 함께 줄어든다. 상자의 손실은 배경까지 넣어 평균한 것이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss by epoch. Class loss and box loss, times $\lambda$, fall together, in one training. The box loss is a mean over all RoIs, background included.*
# %% [markdown] lang="ko"
# ## 6. R-CNN과 같은 장면에서 채점한다
#
# 테스트 장면 60장, 후보 영역, 사전 훈련된 CNN, NMS의 임계값(0.3)은 모두 [[rcnn]]과 같다. 논문에서처럼 점수로는 SVM 대신 소프트맥스의 확률을 쓴다. [[rcnn]]에서 SVM은 더 낫지 않았다. 그 밖에 다른 것은 표 아래에 적었다. 상자는 실제로 읽은 상자에 델타를 적용해 고쳐 그린다.
# %% [markdown] lang="en"
# ## 6. Evaluate it on the scenes of R-CNN
#
# The 60 test scenes, the proposals, the pretrained CNN and the threshold of NMS (0.3) are all those of [[rcnn]]. As in the paper, scores are now probabilities of the softmax and no longer scores of SVMs; in [[rcnn]] SVMs were no better. What else differs is said below the table. A box is redrawn by applying the deltas to the box that was read.


# %%
def detections(boxes, scores):
    """Boxes and scores of the ten digits -> boxes, scores and labels after NMS."""
    best, labels = scores.max(axis=1), scores.argmax(axis=1)
    kept = class_nms(boxes, best, labels, threshold=0.3)
    return Detections(boxes[kept], best[kept], labels[kept])


def outputs_for(image, proposals):
    """Logits and deltas for the boxes of one scene, by one call: (n, 15)."""
    read = as_read(proposals).astype("float32")
    return np.array(network([pixels(image[None]), read[None]]))[0]


def answers(proposals, outputs, redraw=True):
    """What Fast R-CNN says of one scene."""
    scores = np.array(ops.softmax(outputs[:, :11]))[:, :10]
    deltas = outputs[:, 11:] * STD + MEAN
    boxes = decode(deltas, as_read(proposals)) if redraw else proposals
    return detections(clip(boxes, 128, 128), scores)


# %%
truth = objects_of(tests.boxes, tests.labels)
outputs = [outputs_for(*each) for each in zip(tests.images, test_proposals)]
found = [answers(*each) for each in zip(test_proposals, outputs)]
ap, ap50, ap75 = coco_ap(found, truth, range(10))
check("AP of Fast R-CNN", ap, at_least=0.54)
report("AP50 of Fast R-CNN", ap50)
report("AP75 of Fast R-CNN", ap75)
not_redrawn = [answers(*each, redraw=False) for each in zip(test_proposals, outputs)]
gain = ap - coco_ap(not_redrawn, truth, range(10)).ap
report("AP with the boxes redrawn minus without", gain)
# %% tags=["figure"] title="answers on test scenes"
_, axes = plt.subplots(2, 4, figsize=(11, 5.9))
for axis, number in zip(axes.flat, range(8)):
    said, shown = found[number], truth[number]
    sure = said.scores > 0.5
    outlines = [*shown.boxes, *said.boxes[sure]]
    colors = [GREEN] * len(shown.boxes) + [ORANGE] * sure.sum()
    names = [""] * len(shown.boxes) + said.labels[sure].tolist()
    draw_scene(axis, tests.images[number], outlines, names, colors)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. [[rcnn]]에서 본 테스트 장면 여덟 장의 정답(초록색)과, 확률이 0.5보다 큰 답(주황색, 숫자는 답한 클래스). 한 숫자에 두 번 답하거나, 숫자의 일부를 다른 숫자로 답하거나, 클래스를 틀린 것이 있고, 놓친 숫자도 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The truth (green) on the eight test scenes shown in [[rcnn]], and the answers with a probability above 0.5 (orange, with their class). Some digits are answered twice, parts of some are answered as other digits, some classes are wrong, and some digits are missed.*
# %% [markdown] lang="ko"
# | 테스트 장면 60장, 다섯 시드 | AP | AP50 | AP75 |
# |---|---|---|---|
# | R-CNN([[rcnn]]) | [[range: rcnn: AP of R-CNN]] | [[range: rcnn: AP50 of R-CNN]] | [[range: rcnn: AP75 of R-CNN]] |
# | Fast R-CNN | [[range: AP of Fast R-CNN]] | [[range: AP50 of Fast R-CNN]] | [[range: AP75 of Fast R-CNN]] |
# | 같은 시드끼리의 차이(Fast R-CNN에서 R-CNN을 뺀 것) | [[range: AP of Fast R-CNN − rcnn: AP of R-CNN]] | [[range: AP50 of Fast R-CNN − rcnn: AP50 of R-CNN]] | [[range: AP75 of Fast R-CNN − rcnn: AP75 of R-CNN]] |
#
# Fast R-CNN은 R-CNN과 견주어 AP에 [[verdict: AP of Fast R-CNN − rcnn: AP of R-CNN]]. AP50에는 [[verdict: AP50 of Fast R-CNN − rcnn: AP50 of R-CNN]]. 두 방법은 여러 가지가 한꺼번에 다르므로(RoI의 수와 옮기고 늘인 상자, 점수, 손실, 함께 배우는 상자 회귀, 회귀에 쓰는 상자의 IoU, 에포크 수와 학습률, 은닉층의 크기, 특성의 해상도) 어느 것 때문인지는 여기에서 알 수 없다. [[rcnn]]에서 SVM의 AP에서 소프트맥스의 AP를 빼면 [[range: rcnn: AP with SVMs minus AP with softmax]]이므로, 점수를 소프트맥스로 같게 하면 AP의 차이는 더 작다. 논문에서는 R-CNN을 Fast R-CNN으로 바꾸자 VGG16의 mAP가 66.0에서 66.9로 올랐고, 더 작은 신경망 둘에서는 조금 낮아졌다(VOC 2007, 표 4).
#
# 델타로 상자를 고쳐 그리면, 후보를 받은 그대로 쓸 때와 견주어 AP가 [[range: AP with the boxes redrawn minus without]]만큼 달라진다. 다섯 시드의 판정으로는 AP에 [[verdict: AP with the boxes redrawn minus without]].
# %% [markdown] lang="en"
# | 60 test scenes, five seeds | AP | AP50 | AP75 |
# |---|---|---|---|
# | R-CNN ([[rcnn]]) | [[range: rcnn: AP of R-CNN]] | [[range: rcnn: AP50 of R-CNN]] | [[range: rcnn: AP75 of R-CNN]] |
# | Fast R-CNN | [[range: AP of Fast R-CNN]] | [[range: AP50 of Fast R-CNN]] | [[range: AP75 of Fast R-CNN]] |
# | Fast R-CNN minus R-CNN, seed by seed | [[range: AP of Fast R-CNN − rcnn: AP of R-CNN]] | [[range: AP50 of Fast R-CNN − rcnn: AP50 of R-CNN]] | [[range: AP75 of Fast R-CNN − rcnn: AP75 of R-CNN]] |
#
# Compared with R-CNN, Fast R-CNN [[verdict: AP of Fast R-CNN − rcnn: AP of R-CNN]] for AP, and [[verdict: AP50 of Fast R-CNN − rcnn: AP50 of R-CNN]] for AP50. The two differ in several things at once (number of RoIs and the copies, scores, loss, a box regression learned together, the IoU of boxes for the regression, epochs and learning rate, size of the hidden layer, resolution of the features), so which of them does it cannot be said here. In [[rcnn]] the AP of the SVMs minus that of the softmax was [[range: rcnn: AP with SVMs minus AP with softmax]]: with the softmax for both, the difference in AP is smaller. In the paper, going from R-CNN to Fast R-CNN raised the mAP of VGG16 from 66.0 to 66.9, and lowered that of the two smaller networks a little (VOC 2007, table 4).
#
# Redrawing boxes by the deltas, compared with proposals as they came, changes AP by [[range: AP with the boxes redrawn minus without]]. By the verdict of five seeds, it [[verdict: AP with the boxes redrawn minus without]].
# %% [markdown] lang="ko" slides="003 Fast R-CNN 의 문제점; 003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 7. 얼마나 빠르고, 무엇이 남았나
#
# 장면과 후보 영역이 주어진 때부터 상자마다 로짓이 나올 때까지의 시간을 잰다. R-CNN은 오려 내기와 CNN, Fast R-CNN은 신경망 하나다. SVM, NMS, 상자를 고쳐 그리는 일처럼 그 뒤에 하는 것은 어느 쪽에도 넣지 않는다. Fast R-CNN은 로짓과 함께 델타도 낸다. R-CNN의 CNN은 [[rcnn]]과 같은 모양으로 다시 만들고, 시간은 가중치의 값에 달려 있지 않으므로 훈련하지 않는다. R-CNN은 상자를 하나씩 넣는 것과 한 배치로 넣는 것을 모두 잰다.
#
# [[rcnn]]에서 보았듯이 작은 CNN은 계산보다 부르는 데 시간이 더 든다. 그래서 부르는 방법도 둘을 견준다. 그냥 부르는 것(plain)과, `tf.function`으로 계산의 차례를 한 번 기록해 두고 되풀이하는 것(compiled)이다. 뒤의 것은 부르는 데 드는 시간이 적어 계산의 양이 더 잘 드러난다. 먼저 합성곱 앞에 세는 층을 하나 끼워, 앞에서 본 장면(후보 [[range: pictures that pass through the convolutions, R-CNN, one batch]]개)에 답할 때 합성곱에 들어가는 이미지가 몇 장인지 세고, 곱셈-덧셈을 완전 연결 층까지 센다. 그다음에 테스트 장면의 앞 40장을 `tf.function`으로 잰다.
# %% [markdown] lang="en" slides="003 Fast R-CNN 의 문제점; 003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 7. How fast it is, and what is left
#
# Take the time from a scene with its proposals to the logits of each box. For R-CNN that is cutting out and the CNN, for Fast R-CNN the one network. What follows, such as SVMs, NMS and redrawing boxes, counts for neither. With the logits Fast R-CNN puts out deltas, too. The CNN of R-CNN is built as it was in [[rcnn]], and not trained, as time does not depend on the values of weights. R-CNN is timed with one box at a time, and with all boxes in one batch.
#
# As [[rcnn]] found, calling a small CNN takes longer than its computation. So two ways of calling are compared as well: plainly, and compiled by `tf.function`, which records the steps of the computation once and then replays them. Calls cost less there, and the amount of computing shows. But first put a counting layer before the convolutions, and count how many pictures pass through them to answer for the scene shown above, with its [[range: pictures that pass through the convolutions, R-CNN, one batch]] proposals; and count multiply-adds, those of dense layers too. Then time the first 40 test scenes, with `tf.function`.
# %%
def rcnn(body):
    """The CNN of lesson rcnn: crops (n, 28, 28, 1) -> eleven logits, (n, 11)."""
    inputs = keras.Input((28, 28, 1))
    vectors = layers.Dense(128, activation="relu")(layers.Flatten()(body(inputs)))
    return keras.Model(inputs, layers.Dense(11)(vectors))


def one_at_a_time(image, proposals, models):
    """R-CNN: a call of the CNN for each box."""
    patches = pixels(crops(image, proposals))
    return [np.array(models[0](patches[row : row + 1])) for row in range(len(patches))]


def one_batch(image, proposals, models):
    """R-CNN: one call of the CNN for all boxes."""
    return np.array(models[0](pixels(crops(image, proposals))))


def fast(image, proposals, models):
    """Fast R-CNN: one call of the network for the scene."""
    read = as_read(proposals).astype("float32")
    return np.array(models[1]([pixels(image[None]), read[None]]))


WAYS = {"R-CNN, one at a time": one_at_a_time, "R-CNN, one batch": one_batch, "Fast R-CNN": fast}


# %%
class Passed(layers.Layer):
    """Lets pictures through to the convolutions, and notes how many when called plainly."""

    def call(self, pictures):
        passed.append(pictures.shape[0])
        return pictures


passed = []
pictures = keras.Input((None, None, 1))
noting = keras.Model(pictures, body(Passed()(pictures)))
for (way, function), equals in zip(WAYS.items(), (len(proposals), len(proposals), 1)):
    models = rcnn(noting), fast_rcnn(noting)
    passed.clear()  # of what building them noted
    function(image, proposals, models)
    check(f"pictures that pass through the convolutions, {way}", sum(passed), equals=equals)


# %%
def times_fewer(count, hidden=256):
    """Multiply-adds of R-CNN for a scene with so many boxes over those of Fast R-CNN."""
    at_once = fast_rcnn(body_for(128), hidden, count)
    return count * multiply_adds(rcnn(body_for(28))) / multiply_adds(at_once, free=(RoIPooling,))


count = round(per_scene)
fewer = times_fewer(count)
check("multiply-adds of R-CNN over those of Fast R-CNN", fewer, at_least=1.4, at_most=1.5)
check("the same with 300 proposals", times_fewer(300), at_least=1.8, at_most=1.9)
fewer = times_fewer(count, hidden=128)  # as many as in R-CNN
check("the same with equal hidden layers", fewer, at_least=2.3, at_most=2.4)
# %%
plain = rcnn(body), network
compiled = [tf.function(model, reduce_retracing=True) for model in plain]


def timed(function, *arguments):
    """Seconds that a call takes, and what it returns."""
    begin = perf_counter()
    result = function(*arguments)
    return perf_counter() - begin, result


for function in WAYS.values():
    for count in (2, 3, 4):  # first calls prepare
        function(image, proposals[:count], compiled)
seconds = dict.fromkeys(["proposals", *WAYS], 0.0)
for picture in tests.images[:40]:
    spent, boxes = timed(selective_search, picture)
    seconds["proposals"] += spent
    for way, function in WAYS.items():
        seconds[way] += timed(function, picture, boxes, compiled)[0]
# %%
of_proposals, single, batch, of_fast = seconds.values()
whole = of_proposals + of_fast
report("one at a time over Fast R-CNN", single / of_fast)
report("one batch over Fast R-CNN", batch / of_fast)
report("one at a time over Fast R-CNN, with proposals", (of_proposals + single) / whole)
report("one batch over Fast R-CNN, with proposals", (of_proposals + batch) / whole)
check("percent of the time in proposals", round(100 * of_proposals / whole), at_least=40)
# %% tags=["figure"] title="time of a scene"
_, axis = plt.subplots(figsize=(9.5, 2.6))
first = 1000 * of_proposals / 40
for way in list(WAYS)[::-1]:
    rest = 1000 * seconds[way] / 40
    axis.barh([way], first, color=ORANGE)
    axis.barh([way], rest, left=first, color=BLUE)
    axis.text(first + rest, way, f" {first + rest:.0f}", va="center")
axis.set_title("proposals (orange) and the rest (blue)", fontsize=12)
axis.set(xlabel="milliseconds per scene")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 장면에 걸리는 시간(밀리초, milliseconds per scene)을 40장에서 평균한 것. 주황색이 후보 영역 추출(proposals), 파란색이 나머지(the rest), 막대 끝의 수가 둘을 더한 것이다. 위에서부터 R-CNN에 상자를 하나씩 넣은 것(one at a time), 한 배치로 넣은 것(one batch), Fast R-CNN이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Milliseconds per scene (mean of 40), for proposals (orange) and the rest (blue), with the sum at the end of each bar. From the top, R-CNN given one box at a time, R-CNN given one batch, and Fast R-CNN.*
# %% [markdown] lang="ko"
# 다음으로 한 장면에서 후보의 수를 바꾸어 가며, 그냥 부르는 것과 `tf.function`을 모두 잰다. 300개에 모자라면 같은 상자를 되풀이한다.
# %% [markdown] lang="en"
# Next, change the number of proposals of one scene, with plain calls and with `tf.function`. Boxes are repeated where there are not 300.
# %%
more = selective_search(image, ((25, 10), (50, 20), (100, 10), (200, 20)))
counts = (10, 30, 100, 300)
pools = [np.resize(more, (count, 4)) for count in counts]  # repeated where there are not enough
curves = {"plain": {}, "compiled": {}}
for mode, models in zip(curves, (plain, compiled)):
    for way, function in WAYS.items():
        calls = [partial(function, image, pool, models) for pool in pools]
        curves[mode][way] = [fastest_seconds(call, 2) for call in calls]
at_300 = {mode: [times[-1] for times in curve.values()] for mode, curve in curves.items()}
ratio = {mode: np.array(times) / times[-1] for mode, times in at_300.items()}  # over Fast R-CNN
check("one at a time over Fast R-CNN, 300 proposals, plain", ratio["plain"][0], at_least=22)
check("one at a time over Fast R-CNN, 300 proposals", ratio["compiled"][0], at_least=8)
report("one batch over Fast R-CNN, 300 proposals", ratio["compiled"][1])
report("one batch over Fast R-CNN, 300 proposals, plain", ratio["plain"][1])
# %% tags=["figure"] title="time against the number of proposals"
_, axes = plt.subplots(1, 2, figsize=(11, 3.7), sharey=True)
for axis, (mode, curve) in zip(axes, curves.items()):
    for (way, values), color in zip(curve.items(), (VERMILION, SKY, BLUE)):
        axis.plot(counts, 1000 * np.array(values), "o-", color=color, label=way)
    axis.axhline(1000 * of_proposals / 40, color=ORANGE, ls=":", label="to make proposals")
    axis.set(xscale="log", yscale="log", xlabel="proposals", title=mode)
    axis.set_xticks(counts, counts)
    axis.set_yticks([3, 10, 30, 100, 300, 1000, 3000], [3, 10, 30, 100, 300, "1,000", "3,000"])
    axis.minorticks_off()
axes[0].set(ylabel="milliseconds per scene")
axes[1].legend(frameon=False, fontsize=10)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 후보의 수(proposals, 가로축)와 한 장면에 걸리는 시간(milliseconds per scene, 세로축, 밀리초). 두 축 모두 로그다. 왼쪽은 그냥 부른 것(plain), 오른쪽은 `tf.function`으로 부른 것(compiled). 주황색 선은 R-CNN에 하나씩 넣은 것(one at a time), 하늘색은 한 배치로 넣은 것(one batch), 파란색은 Fast R-CNN이고, 점선은 후보 영역을 추출하는 시간(to make proposals, 40장의 평균)이다. 하나씩 넣는 R-CNN의 시간은 후보의 수에 거의 비례하고, Fast R-CNN의 시간은 훨씬 덜 늘어난다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Milliseconds per scene against the number of proposals, on logarithmic axes, called plainly (left) and compiled by `tf.function` (right). Vermilion is R-CNN with one box at a time, sky blue R-CNN in one batch, blue Fast R-CNN, and the dotted line the time that it takes to make proposals, a mean of 40 scenes. The time of R-CNN with one box at a time is nearly proportional to their number; that of Fast R-CNN grows much less.*
# %% [markdown] lang="ko"
# | R-CNN의 시간을 Fast R-CNN의 시간으로 나눈 것(CPU에서 잰 다섯 번) | 부르는 방법 | 장면 40장 | 후보 300개 |
# |---|---|---|---|
# | 하나씩 | `tf.function` | [[range: one at a time over Fast R-CNN]] | [[range: one at a time over Fast R-CNN, 300 proposals]] |
# | 하나씩 | 그냥 | – | [[range: one at a time over Fast R-CNN, 300 proposals, plain]] |
# | 한 배치 | `tf.function` | [[range: one batch over Fast R-CNN]] | [[range: one batch over Fast R-CNN, 300 proposals]] |
# | 한 배치 | 그냥 | – | [[range: one batch over Fast R-CNN, 300 proposals, plain]] |
# | 하나씩, 후보 영역 추출까지 넣어서 | `tf.function` | [[range: one at a time over Fast R-CNN, with proposals]] | – |
# | 한 배치, 후보 영역 추출까지 넣어서 | `tf.function` | [[range: one batch over Fast R-CNN, with proposals]] | – |
#
# 하나씩 넣는 R-CNN과 견주면 차이가 크지만, 한 배치로 넣는 R-CNN과 견주면 작다. 여기에서 아낀 시간의 대부분은 상자를 한 배치로 넣기만 해도 아낄 수 있다. 합성곱의 곱셈-덧셈은 4분의 1쯤으로 줄지만 상자마다 하는 완전 연결 층은 남고, 여기의 은닉층은 [[rcnn]]의 두 배다. 그것까지 세면 곱셈-덧셈은 [[range: multiply-adds of R-CNN over those of Fast R-CNN]]분의 1, 후보가 300개이면 [[range: the same with 300 proposals]]분의 1이 된다. 은닉층의 크기를 같게 하면(128) [[range: the same with equal hidden layers]]분의 1이다. 그냥 부르면 한 배치로 넣는 R-CNN이 더 빠르고, 후보가 300개쯤 되어야 엇비슷해진다(그림의 왼쪽). `tf.function`으로 불러도 후보가 10개이면 R-CNN이 빠르다(오른쪽). 그냥 부를 때 Fast R-CNN이 느린 것은 작은 연산 수십 개로 된 `roi_pool`을 부르는 데 시간이 들기 때문으로 보이지만 따로 재지는 않았다. 논문의 CNN(VGG16)은 커서 계산이 시간을 정하고, 사진 하나에 47초이던 것이 0.32초가 되었다(표 4, GPU에서, 후보 영역 추출은 빼고).
#
# 이제 `tf.function`으로 부르면 후보 영역 추출과 신경망에 드는 시간의 [[range: percent of the time in proposals]]%가 후보 영역 추출이다(그냥 부르면 더 적다. 그림의 왼쪽에서 점선과 파란 선을 견주어 보라). 후보까지 넣으면 Fast R-CNN은 한 배치로 넣는 R-CNN보다 거의 빠르지 않다. 강의 자료 003이 ‘성능 병목’이라고 한 것이 이것이다. 논문의 신경망으로는 1.83초 가운데 1.51초였다(Faster R-CNN 논문의 표 5. 후보는 CPU, 신경망은 GPU에서 쟀다). 후보도 신경망이 내면 어떨까? 그것이 Faster R-CNN이다.
# %% [markdown] lang="en"
# | time of R-CNN over that of Fast R-CNN (five runs on a CPU) | called | 40 scenes | 300 proposals |
# |---|---|---|---|
# | one at a time | `tf.function` | [[range: one at a time over Fast R-CNN]] | [[range: one at a time over Fast R-CNN, 300 proposals]] |
# | one at a time | plainly | – | [[range: one at a time over Fast R-CNN, 300 proposals, plain]] |
# | one batch | `tf.function` | [[range: one batch over Fast R-CNN]] | [[range: one batch over Fast R-CNN, 300 proposals]] |
# | one batch | plainly | – | [[range: one batch over Fast R-CNN, 300 proposals, plain]] |
# | one at a time, proposals included | `tf.function` | [[range: one at a time over Fast R-CNN, with proposals]] | – |
# | one batch, proposals included | `tf.function` | [[range: one batch over Fast R-CNN, with proposals]] | – |
#
# Compared with R-CNN given one box at a time the difference is large, but compared with R-CNN in one batch it is small. Most of the time that is saved here can be saved by giving R-CNN its boxes in one batch. The multiply-adds of the convolutions fall to about a quarter, but the dense layers for each box stay, and the hidden layer here is twice that of [[rcnn]]. With these counted the factor is [[range: multiply-adds of R-CNN over those of Fast R-CNN]], with 300 proposals [[range: the same with 300 proposals]]; with hidden layers of the same size (128) it would be [[range: the same with equal hidden layers]]. Called plainly, R-CNN in one batch is faster, and only at about 300 proposals are the two alike (left in the figure); by `tf.function` it is faster with 10 (right). Plain calls of Fast R-CNN are slow probably since calling the dozens of small operations of `roi_pool` takes time; this was not measured alone. The CNN of the paper (VGG16) is large, and computing decides: 47 seconds for a picture became 0.32 (table 4, on a GPU, without proposals).
#
# Now, with `tf.function`, proposals take [[range: percent of the time in proposals]]% of the time of proposals and network (less when called plainly; compare the dotted and the blue line on the left of the figure). Counting them, Fast R-CNN is hardly faster than R-CNN in one batch. That is the bottleneck which deck 003 speaks of. With the networks of the papers it was 1.51 of 1.83 seconds (table 5 of the Faster R-CNN paper, with proposals on a CPU and the network on a GPU). What if a network made the proposals, too? That is Faster R-CNN.
# %% [markdown] lang="ko"
# ## 8. 무엇을 언제 쓸까
#
# - 한 장면에서 여러 상자에 답할 때에는 합성곱을 장면에 한 번 하고, 상자마다 할 일은 특성 맵에서 한다.
# - 크기가 제각각인 입력을 완전 연결 층에 넣을 때에는 구간의 수를 정해 풀링한다. 객체가 스트라이드에 견주어 작을수록 반올림한 상자와의 IoU가 낮다.
# - 함께 쓸 답이 여럿이면 손실을 더해 한 번에 훈련해 볼 만하다. 손실마다 크기가 다르면 척도부터 맞춘다.
# - 회귀에서 크게 빗나가는 예가 있으면 smooth L1을 써 볼 만하다(여기에서 비교하지는 않았다).
# - 빠르게 하려면 먼저 단계마다 시간을 재고, 가장 오래 걸리는 것부터 줄인다. 한 단계가 빨라지면 다른 단계가 병목이 된다.
# %% [markdown] lang="en"
# ## 8. What to use when
#
# - To answer for many boxes of one scene, let convolutions pass over the scene once, and do on the feature map what each box needs.
# - To give inputs of different sizes to dense layers, pool them into a fixed number of bins. The smaller objects are compared with the stride, the lower their IoU with the rounded box.
# - Where several answers are used together, adding up their losses and training once is worth a try. Bring the losses to one scale first.
# - Where a regression has examples that are far off, smooth L1 is worth a try (not compared here).
# - To make something faster, time its steps first, and begin with the longest. When one step becomes fast, another one is the bottleneck.
# %% [markdown] lang="ko" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류; 003 Fast R-CNN 의 문제점"
# ## 9. 강의 자료와 다른 점
#
# - 003 ‘모든 일을 하나의 CNN에서 처리하기 때문에 엄청 빠름’: 후보 영역 추출은 CNN 밖에 남아 있다. 그것을 빼고 재면 빠르지만(7절) 넣으면 그것이 시간의 대부분을 차지한다. 바로 다음 쪽에서 자료 스스로 이것을 병목이라고 한다.
# - 003 ‘일부영역으로 부터 정규화된 특징을 추출’: 여기의 ‘정규화’는 크기를 하나로 맞춘다는 뜻이다(2절). 이 강좌에서 정규화는 입력값의 범위를 맞추는 것([[mnist_mlp]])이나 배치 정규화([[training_well]])이고, 가중치에 벌점을 주는 것은 규제다. RoI 풀링은 값을 바꾸어 맞추지 않는다. 구간의 최댓값을 그대로 낸다.
# - 003 ‘RIO Pooling’은 ‘RoI Pooling’의 오타다. 같은 쪽의 위쪽에는 바로 적혀 있다.
# - 003 ‘입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류’라는 제목은 R-CNN의 차례다. Fast R-CNN에서는 장면이 합성곱을 먼저 지나고, 후보 영역은 그 뒤의 RoI 풀링에서 쓰인다(3절).
# %% [markdown] lang="en" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류; 003 Fast R-CNN 의 문제점"
# ## 9. Where the slides differ
#
# - Deck 003 says that it is very fast since one CNN does everything. Proposals are still made outside of the CNN. Without them it is fast (section 7); with them, they take most of the time. The deck's next page calls them the bottleneck itself.
# - Deck 003 says that normalized features are extracted from a part of the map. Normalized there means brought to one size (section 2). In this course normalization is scaling of inputs ([[mnist_mlp]]) or batch normalization ([[training_well]]), and penalties on weights are regularization. RoI pooling does not rescale values; it puts out the largest of a bin as it is.
# - The name spelled RIO pooling there is RoI pooling, as further up on the same page.
# - The title of that page gives the order of R-CNN: image, proposals, CNN, classification. In Fast R-CNN a scene passes through the convolutions first, and proposals are used in the RoI pooling behind them (section 3).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** smooth L1 손실을 $d$로 미분한 값을 돌려주라. `difference`는 여러 $d$가 담긴 배열이다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Return the derivative of the smooth L1 loss by $d$. `difference` is an array of several $d$.
# %% tags=["exercise"]
def slope_of_smooth_l1(difference):
    """The derivative at each difference."""
    ...


# %% tags=["solution"]
def slope_of_smooth_l1(difference):
    """The derivative at each difference."""
    return np.clip(difference, -1, 1)


# %% tags=["wrong"]
def slope_of_smooth_l1(difference):
    """The derivative at each difference."""
    return np.sign(difference)  # that of |d|, also near 0


# %%
def slope_by_tensorflow(difference):
    """The same by automatic differentiation of Keras's loss."""
    difference = tf.constant(difference)
    with tf.GradientTape() as tape:
        tape.watch(difference)
        loss = len(difference) * keras.losses.Huber()(tf.zeros_like(difference), difference)
    return np.array(tape.gradient(loss, difference))


cases = [np.array([0.2, -0.7, 3.0]), np.array([-5.0, 0.0, 0.98, 1.02, -1.1])]
exercise(slope_of_smooth_l1, [((case,), slope_by_tensorflow(case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 상자 (45, 41, 77, 81)을 장면의 특성 맵에서 RoI 풀링한다. 다음과 같이 바꾸면 풀링한 수가 그대로인가(`"same"`), 달라지는가(`"other"`)? (가) 상자를 오른쪽으로 0.5픽셀 옮긴다. (나) 상자를 오른쪽으로 2픽셀 옮긴다. (다) 장면과 상자를 함께 오른쪽으로 4픽셀 옮긴다. (라) 장면과 상자를 함께 오른쪽으로 2픽셀 옮긴다. 네 가지를 하나씩 따로 바꾼다. (가)와 (나)에서 장면은 그대로 두고, (다)와 (라)에서 오른쪽으로 밀려 나간 열은 왼쪽에 붙인다. 네 답을 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* The box (45, 41, 77, 81) is pooled from the scene's feature map. Are the pooled numbers the `"same"` or `"other"` after each of these changes, made by itself: (a) the box is moved to the right by half a pixel, (b) the box is moved to the right by 2 pixels, (c) the scene and the box are both moved to the right by 4 pixels, (d) the scene and the box are both moved to the right by 2 pixels? In (a) and (b) the scene stays; in (c) and (d) columns that leave on the right come back on the left. Return the four answers in this order.
# %% tags=["exercise"]
def pooled_after():
    """Four of "same", "other", for the four changes."""
    ...


# %% tags=["solution"]
def pooled_after():
    """Four of "same", "other", for the four changes."""
    # a side is read elsewhere only once it passes the middle between two multiples of 4; 4 pixels
    # move the map by one place, 2 pixels by half of one: each place shows another part of a digit
    return "same", "other", "same", "other"


# %% tags=["wrong"]
def pooled_after():
    """Four of "same", "other", for the four changes."""
    return "other", "other", "same", "same"


# %%
def measured_pooled():
    """The same, measured on a scene."""
    picture = digit_scenes(load_mnist()[0], 1, seed=8).images
    body = pretrained_body()
    before, by_4, by_2 = (
        np.array(body(pixels(np.roll(picture, distance, axis=2))))[0] for distance in (0, 4, 2)
    )
    box, right = np.array([45, 41, 77, 81]), np.array([1, 0, 1, 0])
    changes = [(before, 0), (before, 0.5), (before, 2), (by_4, 4), (by_2, 2)]
    before, *results = [pooled(map_, box + right * distance, 4, 7) for map_, distance in changes]
    close = [np.abs(result - before).max() < 1e-4 * before.max() for result in results]
    return ["same" if each else "other" for each in close]


def all_predictions_right():
    """Whether all four are."""
    said = pooled_after()
    return None if said is None else list(said) == measured_pooled()


exercise(all_predictions_right, [((), True)])


# %% [markdown] lang="ko"
# **3.** 이 수업의 신경망은 상자마다 델타를 넷만 내지만, 논문의 신경망은 클래스마다 넷씩 낸다. 숫자가 열 가지이면 40개다. 앞의 넷이 클래스 0의 것이다. `deltas` (n, 40)과 클래스 `labels` (n,)을 받아, 상자마다 자기 클래스의 델타 넷을 골라 (n, 4)로 돌려주라.
# %% [markdown] lang="en"
# **3.** The network of this lesson puts out four deltas for a box, that of the paper four for each class. With ten digits this is 40, the first four for class 0. Given `deltas` (n, 40) and classes `labels` (n,), pick for each box the four deltas of its own class, and return them as (n, 4).
# %% tags=["exercise"]
def of_own_class(deltas, labels):
    """The four deltas of each box's class: (n, 4)."""
    ...


# %% tags=["solution"]
def of_own_class(deltas, labels):
    """The four deltas of each box's class: (n, 4)."""
    return deltas.reshape(-1, 10, 4)[np.arange(len(labels)), labels]


# %% tags=["wrong"]
def of_own_class(deltas, labels):
    """The four deltas of each box's class: (n, 4)."""
    return deltas.reshape(-1, 4, 10)[np.arange(len(labels)), :, labels]  # ten of each kind


# %%
def of_own_class_one_by_one(deltas, labels):
    """The same, box by box."""
    return np.array([row[4 * label : 4 * label + 4] for row, label in zip(deltas, labels)])


draw = np.random.RandomState(5)
cases = [(draw.normal(size=(count, 40)), draw.randint(0, 10, count)) for count in (1, 4, 9)]
exercise(of_own_class, [(case, of_own_class_one_by_one(*case)) for case in cases])


# %% [markdown] lang="ko"
# **4.** RoI가 많아지면 완전 연결 층이 시간을 많이 쓴다. 논문(3.1절)은 가중치 행렬 하나를 가는 행렬 둘의 곱으로 바꾸어 줄인다. 특이값 분해(SVD)는 가중치 행렬을 $W = U \Sigma V^\top$로 나눈다. $\Sigma$는 대각 행렬이고, 그 성분을 특이값이라고 하며 큰 것부터 놓는다. 앞의 $r$개만 남기고 다시 곱한 것은, (m, r)과 (r, n)의 곱으로 쓸 수 있는 행렬 가운데 $W$에 가장 가깝다(성분의 차이를 제곱해 더한 것이 가장 작다). 가중치 행렬 `kernel` (m, n)을 받아, 곱하면 그 행렬이 되는 두 행렬 (m, r)과 (r, n)을 돌려주라. `np.linalg.svd(kernel, full_matrices=False)`는 $U$, $\Sigma$의 대각 성분, $V^\top$를 준다. 맞으면 이 수업의 신경망에서 가장 큰 완전 연결 층의 가중치가 몇 %가 되고 AP가 어떻게 되는지 나온다. $r$가 크면 둘로 나눈 쪽의 가중치가 오히려 많다. (두 행렬을 다시 곱해 넣어 보는 것이므로 시간은 재지 않는다.)
# %% [markdown] lang="en"
# **4.** With many RoIs dense layers take much of the time. The paper (section 3.1) replaces a weight matrix by the product of two thin ones. A singular value decomposition (SVD) splits the weight matrix into $W = U \Sigma V^\top$, where $\Sigma$ is diagonal; its entries are called singular values, largest first. Keep the first $r$ and multiply again: of all matrices that are a product of (m, r) and (r, n), this one is nearest to $W$ (the sum of squared differences of the entries is smallest). Given a weight matrix `kernel` (m, n), return two matrices (m, r) and (r, n) whose product is that one. `np.linalg.svd(kernel, full_matrices=False)` gives $U$, the diagonal of $\Sigma$, and $V^\top$. If it is right, the cell says how many percent of the weights of the largest dense layer are left, and how AP changes. With a large $r$ the two have more weights than the one. (The two are multiplied and put back, so time is not measured.)
# %% tags=["exercise"]
def two_layers(kernel, rank):
    """Two matrices (m, rank), (rank, n) whose product is nearest to kernel (m, n)."""
    ...


# %% tags=["solution"]
def two_layers(kernel, rank):
    """Two matrices (m, rank), (rank, n) whose product is nearest to kernel (m, n)."""
    u, singular_values, vt = np.linalg.svd(kernel, full_matrices=False)
    return u[:, :rank] * singular_values[:rank], vt[:rank]


# %% tags=["wrong"]
def two_layers(kernel, rank):
    """Two matrices (m, rank), (rank, n) whose product is nearest to kernel (m, n)."""
    u, _, vt = np.linalg.svd(kernel, full_matrices=False)
    return u[:, :rank], vt[:rank]  # without the singular values


# %%
def distance(shape, rank):
    """How far the product of the two is from a random kernel."""
    kernel = np.random.RandomState(rank).normal(size=shape)
    answer = two_layers(kernel, rank)
    if answer is None:
        return None
    first, second = answer
    if first.shape != (shape[0], rank) or second.shape != (rank, shape[1]):
        return f"shapes {first.shape} and {second.shape}"
    return np.linalg.norm(kernel - first @ second)


def least_distance(shape, rank):
    """That of the nearest matrix: the singular values that are left out."""
    kernel = np.random.RandomState(rank).normal(size=shape)
    return np.linalg.norm(np.linalg.svd(kernel, compute_uv=False)[rank:])


cases = [((9, 6), 2), ((5, 8), 3), ((30, 20), 7)]
exercise(distance, [(case, least_distance(*case)) for case in cases])


# %% tags=["nbval-ignore-output"]
def ap_by_rank(ranks=(256, 64, 16, 4)):
    """Share of the weights and AP on 20 other scenes, with the large dense layer in two."""
    other = digit_scenes((x_train[-held:], y_train[-held:]), 20, seed=6)
    given = [(picture, selective_search(picture)) for picture in other.images]
    truth = objects_of(other.boxes, other.labels)
    dense = next(layer for layer in network.layers if isinstance(layer, layers.Dense))
    kernel, bias = dense.get_weights()
    try:
        for rank in ranks:
            first, second = two_layers(kernel, rank)
            dense.set_weights([first @ second, bias])
            found = [answers(boxes, outputs_for(picture, boxes)) for picture, boxes in given]
            share = (first.size + second.size) / kernel.size
            ap = coco_ap(found, truth, range(10)).ap
            print(f"rank {rank:3}: {share:4.0%} of the weights, AP {ap:.3f}")
    finally:
        dense.set_weights([kernel, bias])


distances = [distance(*case) for case in cases]
least = [least_distance(*case) for case in cases]
if distances == [None] * 3:
    print("not attempted yet")
elif all(isinstance(a, float) and np.isclose(a, b) for a, b in zip(distances, least)):
    ap_by_rank()
# %% [markdown] lang="ko"
# ## 요약
#
# - Fast R-CNN은 합성곱을 장면에 한 번만 하고, RoI 풀링으로 상자마다 7×7×64를 꺼내 클래스와 델타를 함께 답한다.
# - RoI 풀링은 상자를 특성 맵의 칸으로 반올림하고 구간마다 최댓값을 남긴다. 어떤 상자든 한 가지 크기가 되지만, 읽은 상자와 후보의 IoU는 평균 [[range: IoU of a proposal with the box that is read, mean]]이다.
# - 손실은 교차 엔트로피와, 배경이 아닐 때의 smooth L1 손실을 더한 것이고, 훈련은 한 번이다. AP는 [[range: AP of Fast R-CNN]]이고 R-CNN은 [[range: rcnn: AP of R-CNN]]이어서, 같은 시드끼리 견주면 AP에 [[verdict: AP of Fast R-CNN − rcnn: AP of R-CNN]].
# - 후보 영역 추출을 빼고 `tf.function`으로 부르면, 하나씩 넣는 R-CNN이 [[range: one at a time over Fast R-CNN]]배, 한 배치로 넣는 R-CNN이 [[range: one batch over Fast R-CNN]]배 걸린다(CPU에서 잰 다섯 번). 곱셈-덧셈은 완전 연결 층까지 세면 [[range: multiply-adds of R-CNN over those of Fast R-CNN]]분의 1, 은닉층의 크기가 같다면 [[range: the same with equal hidden layers]]분의 1로 줄었다.
# - 그렇게 부르면 이제 시간의 [[range: percent of the time in proposals]]%가 후보 영역 추출이다. 모든 일을 CNN 하나가 하는 것은 아니다.
# %% [markdown] lang="en"
# ## Summary
#
# - Fast R-CNN lets convolutions pass over a scene once, takes 7×7×64 numbers for each box by RoI pooling, and answers with class and deltas together.
# - RoI pooling rounds a box to places of the feature map, and keeps the largest value of each bin. Any box comes out in one size, but the IoU of a proposal with what is read of it has a mean of [[range: IoU of a proposal with the box that is read, mean]].
# - The loss is cross-entropy plus, where it is not background, a smooth L1 loss, and there is one training. AP is [[range: AP of Fast R-CNN]], that of R-CNN [[range: rcnn: AP of R-CNN]]; compared seed by seed, Fast R-CNN [[verdict: AP of Fast R-CNN − rcnn: AP of R-CNN]].
# - Without the time to make proposals, and called by `tf.function`, R-CNN with one box at a time takes [[range: one at a time over Fast R-CNN]] times as long, in one batch [[range: one batch over Fast R-CNN]] times (five runs on a CPU). Multiply-adds, those of dense layers too, fell by a factor of [[range: multiply-adds of R-CNN over those of Fast R-CNN]]; with hidden layers of the same size it would be [[range: the same with equal hidden layers]].
# - Called in this way, [[range: percent of the time in proposals]]% of its time are proposals now. Not everything is done by one CNN.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 003 ‘입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류’, ‘Fast R-CNN 의 문제점’, ‘Fast R-CNN 의 문제점 해결’.
# - R. Girshick (2015). *Fast R-CNN*. ICCV. 2.1절(RoI 풀링), 2.2절(사전 훈련된 신경망), 2.3절(배치, 다중 작업 손실과 식 1–3, 마지막 층의 초깃값), 3.1절(SVD), 4.5절(고정하는 층), 5.1절(표 6), 표 4. 입력의 크기는 5.2절.
# - K. He 외 (2014). *Spatial pyramid pooling in deep convolutional networks for visual recognition*. ECCV.
# - S. Ren 외 (2015). *Faster R-CNN*. NeurIPS. 표 5(arXiv:1506.01497v3에서).
# - R. Girshick 외 (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR. 2.1절(227×227)과 2.2절(후보 2,000개).
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 003, the page with the four steps of R-CNN in its title, and the pages on the problem of Fast R-CNN and on its solution.
# - R. Girshick (2015). *Fast R-CNN*. ICCV. Sections 2.1 (RoI pooling), 2.2 (pretrained networks), 2.3 (batches, multi-task loss with equations 1–3, how the last layers start), 3.1 (SVD), 4.5 (layers left as they are), 5.1 (table 6), table 4. Size of inputs in section 5.2.
# - K. He et al. (2014). *Spatial pyramid pooling in deep convolutional networks for visual recognition*. ECCV.
# - S. Ren et al. (2015). *Faster R-CNN*. NeurIPS. Table 5 (in arXiv:1506.01497v3).
# - R. Girshick et al. (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR. Sections 2.1 (227×227) and 2.2 (2,000 proposals).
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
