# %% [markdown] lang="ko" headline="AP of Faster R-CNN" keeps="faster_rcnn.weights.h5" keeps_accuracy="AP of Faster R-CNN"
# # [[number]] · Faster R-CNN
#
# [[badge]]
#
# **후보를 내는 신경망과 후보를 읽는 신경망을 하나로 이어, 한 번에 훈련할 수 있을까?**
# %% [markdown] lang="en" headline="AP of Faster R-CNN"
# # [[number]] · Faster R-CNN
#
# [[badge]]
#
# **Can the network that proposes and the network that reads be one, trained at once?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 한 백본에서 두 단계가 쓸 특성 맵을 하나씩 낼 수 있다.
# - RPN과, 상자를 읽는 둘째 단계를 이어 Faster R-CNN을 만들고 `fit`으로 한 번에 훈련할 수 있다.
# - 검출기의 AP를 재고, 무엇이 AP를 높였는지, 무엇을 어떻게 틀리는지 말할 수 있다.
# - R-CNN, Fast R-CNN, Faster R-CNN의 시간을 단계별로 견줄 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 50분이고, `small`에서는 실행에 2–2.5분 걸린다. [[rpn]]의 앵커, 정답, 손실, 후보와 [[fast_rcnn]]의 다중 작업 손실, [[boxes]]의 AP를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Let one backbone put out a feature map for each of the two stages.
# - Build Faster R-CNN from an RPN and a second stage that reads boxes, and train both at once by `fit`.
# - Measure the AP of the detector, and say what raised it, and what it gets wrong and how.
# - Compare the times of R-CNN, Fast R-CNN and Faster R-CNN step by step.
#
# It takes about 50 minutes to read, without the exercises, and at scale `small` two to two and a half minutes to run. You need the anchors, answers, losses and proposals of [[rpn]], the multi-task loss of [[fast_rcnn]] and the AP of [[boxes]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘Fast R-CNN 의 문제점 해결’, ‘Faster R-CNN 을 활용한 사물검출(object detection)’, ‘Processing Flow’, ‘[참고] R-CNN 에서 Faster R-CNN 까지의 설명자료’에 해당한다. 후보 영역을 내는 부분은 [[rpn]]에서 다루었다. 자료와 다른 점은 10절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers four pages of deck 003: how the problem of Fast R-CNN is solved, object detection by Faster R-CNN, the processing flow, and the reference that goes from R-CNN to Faster R-CNN. The part that makes proposals is in [[rpn]]. Section 10 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
from time import perf_counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.initializers import RandomNormal
from keras.optimizers.schedules import CosineDecay

from helpers import box_ops, rpn
from helpers.boxes import anchor_boxes, iou
from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.detectors import fast_rcnn, rcnn
from helpers.metrics import Detections, average_precision, coco_ap, objects_of
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_scene
from helpers.proposals import selective_search
from helpers.regions import crops, roi_align
from helpers.scenes import digit_scenes
from helpers.timing import fastest_seconds
from helpers.weights import load_scene_classifier

# %% [markdown] lang="ko" slides="003 Fast R-CNN 의 문제점 해결"
# ## 1. 한 백본, 특성 맵 둘
#
# [[rpn]]의 후보에는 클래스가 없고, [[fast_rcnn]]에서는 후보를 밖에서 받는다. 둘을 잇자. 한 백본의 특성 맵에서 RPN이 후보를 내고(첫째 단계), 같은 백본의 특성 맵에서 후보마다 클래스와 상자를 답한다(둘째 단계). 이것이 Faster R-CNN(Ren 외, 2015)이다. 논문과 다르게 한 것은 3절 끝에 모았다.
#
# 두 단계는 특성 맵에서 보아야 할 것이 다르다. RPN은 칸마다 큰 숫자까지 보아야 하므로 수용 영역이 넓은 맵이 알맞고, 둘째 단계는 획과 상자의 변을 읽어야 하므로 해상도가 높은 맵이 알맞다. 그래서 백본이 특성 맵을 둘 낸다. 스트라이드 8인 `coarse`는 RPN이 쓰고 [[rpn]]의 백본과 같다. 스트라이드 4인 `fine`은 둘째 단계가 쓴다.
#
# `fine`에는 해상도가 더 높은 맵도 더한다. 사전 훈련된 CNN의 첫 합성곱이 낸 맵(스트라이드 2)을 2×2 합성곱으로 스트라이드 4로 줄여서, 스트라이드 4인 맵에 더한다. 채널이 하나씩이라고 하자. 스트라이드 4의 두 칸이 $(5, 1)$, 그 자리의 스트라이드 2의 맵이 $\begin{pmatrix} 0 & 2 & 0 & 3 \\ 1 & 0 & 4 & 0 \end{pmatrix}$, 2×2 커널이 $\begin{pmatrix} 1 & 2 \\ 3 & 0 \end{pmatrix}$이면, 줄인 것은 $(2 \cdot 2 + 3 \cdot 1, 2 \cdot 3 + 3 \cdot 4) = (7, 18)$이고 더한 것은 $(12, 19)$이다. 합 하나로는 네 칸 가운데 어디에 있던 값인지 알 수 없지만, 커널이 서로 다른 여러 채널을 함께 보면 알 수 있다. 스트라이드 4의 맵은 1×1 합성곱을 먼저 지나 둘 다 48채널이 되고, 더한 다음 ReLU를 지난다.
#
# 논문에서는 두 단계가 같은 특성 맵(VGG16의 스트라이드 16)을 쓴다. 여기의 숫자는 작아서 둘째 단계에 더 세밀한 맵을 주었다. 맵 하나를 함께 쓰면 AP가 얼마나 되는지는 재지 않았다.
# %% [markdown] lang="en" slides="003 Fast R-CNN 의 문제점 해결"
# ## 1. One backbone, two feature maps
#
# The proposals of [[rpn]] have no class, and [[fast_rcnn]] is given its proposals from outside. Join the two. On a feature map of one backbone an RPN makes proposals (the first stage), and from a feature map of the same backbone the class and the box of each are read (the second stage). This is Faster R-CNN (Ren et al., 2015). What is done differently from the paper is listed at the end of section 3.
#
# The two stages look for different things. The RPN must see large digits from each place, for which a map with a large receptive field is good. The second stage must read strokes and the sides of boxes, for which a map of high resolution is good. So the backbone puts out two maps: `coarse`, with a stride of 8, for the RPN, which is that of the backbone of [[rpn]], and `fine`, with a stride of 4, for the second stage.
#
# Something finer still goes into `fine`. The map of the first convolution of the pretrained CNN (stride 2) is brought to a stride of 4 by a 2×2 convolution, and added to the map of stride 4. Let them have one channel each. If two places of stride 4 are $(5, 1)$, the map of stride 2 has $\begin{pmatrix} 0 & 2 & 0 & 3 \\ 1 & 0 & 4 & 0 \end{pmatrix}$ there, and the 2×2 kernel is $\begin{pmatrix} 1 & 2 \\ 3 & 0 \end{pmatrix}$, then the latter becomes $(2 \cdot 2 + 3 \cdot 1, 2 \cdot 3 + 3 \cdot 4) = (7, 18)$ and the sum is $(12, 19)$. One sum does not tell in which of the four places a value was; several channels, each with another kernel, together can. The map of stride 4 goes through a 1×1 convolution first, so that both have 48 channels, and ReLU follows the sum.
#
# In the paper both stages use the very same map (of VGG16, with a stride of 16). Digits are small here, so the second stage was given a finer one. What the AP would be with one map for both was not measured.
# %%
at_4, at_2 = np.array([[5, 1]]), np.array([[0, 2, 0, 3], [1, 0, 4, 0]])
kernel = np.array([[1, 2], [3, 0]])
halved = [[np.sum(at_2[:, :2] * kernel), np.sum(at_2[:, 2:] * kernel)]]
check("sum of the example", (at_4 + halved).tolist(), equals=[[12, 19]])


def backbone():
    """Scenes (n, 128, 128, 1) -> maps of stride 4 (48 channels) and of stride 8 (64 channels)."""
    classifier = load_scene_classifier()
    first, last = classifier.layers[1], classifier.get_layer("features")
    first.trainable = False
    pretrained = keras.Model(classifier.input, [first.output, last.output])
    inputs = keras.Input((128, 128, 1))
    at_2, at_4 = pretrained(inputs)  # 64x64x16, 32x32x64
    fine = layers.Conv2D(48, 1)(at_4) + layers.Conv2D(48, 2, strides=2)(at_2)  # 32x32
    he = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    coarse = layers.Conv2D(64, 3, **he)(layers.MaxPooling2D(2)(at_4))  # 16x16
    return keras.Model(inputs, [layers.ReLU()(fine), coarse])


bones = backbone()
shapes = [(None, 32, 32, 48), (None, 16, 16, 64)]
check("shapes of fine and coarse", bones.output_shape, equals=shapes)
check("weights of the backbone", bones.count_params(), equals=66_720)
# %% tags=["figure"] title="the whole detector, drawn"
_, axis = plt.subplots(figsize=(13, 3.6))
boxes_of_text = {
    "scene": (0, 0, "scene\n128×128×1", GREY),
    "2": (1.8, 0, "stride 2\n64×64×16", BLUE),
    "4": (3.6, 0, "stride 4\n32×32×64", BLUE),
    "coarse": (5.4, 0, "coarse\n16×16×64", BLUE),
    "rpn": (7.2, 0, "RPN\n2,304×5", VERMILION),
    "proposals": (9, 0, "proposals\n(and copies)", VERMILION),
    "fine": (3.6, -1.5, "fine\n32×32×48", BLUE),
    "read": (9, -1.5, "RoIAlign\n7×7×48 each", ORANGE),
    "head": (10.9, -1.5, "second stage\n15 each", ORANGE),
}
for x, y, text, color in boxes_of_text.values():
    frame = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": color, "lw": 2}
    axis.text(x, y, text, ha="center", va="center", fontsize=11, bbox=frame)
arrow = {"arrowstyle": "->", "color": GREY, "lw": 1.8}
chain = "scene 2, 2 4, 4 coarse, coarse rpn, rpn proposals, 2 fine, 4 fine, fine read"
chain += ", proposals read, read head"
for pair in chain.split(", "):
    start_at, end_at = (boxes_of_text[name][:2] for name in pair.split())
    gap = 42 if start_at[1] == end_at[1] else 26  # in points, from the middle of a box
    axis.annotate("", end_at, start_at, arrowprops=arrow | {"shrinkA": gap, "shrinkB": gap})
axis.set(xlim=(-0.8, 11.8), ylim=(-2, 0.5))
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 검출기 전체. 파란색은 백본이고, 스트라이드(stride) 2와 4의 맵에서 `fine`이, 4의 맵에서 `coarse`가 나온다. 주홍색은 첫째 단계인 RPN과 후보(proposals. 훈련할 때에는 실제 상자의 사본(copies)도 넣는다. 3절), 주황색은 상자마다 하는 일이다. RoIAlign으로 `fine`에서 상자 하나를 7×7×48로 읽고, 둘째 단계(second stage)가 로짓 열하나와 델타 넷을 답한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The whole detector. Blue is the backbone, where the maps of stride 2 and 4 lead to `fine`, and that of stride 4 to `coarse`. Vermilion is the first stage: the RPN and its proposals (in training with copies of the real boxes, section 3). Orange is what is done for each box: RoIAlign reads it from `fine` as 7×7×48, and the second stage answers with eleven logits and four deltas.*
# %% [markdown] lang="ko"
# 첫 합성곱은 고정해 둔다. 논문도 메모리를 아끼려고 VGG16의 처음 몇 층은 훈련하지 않는다(3.1.3절). 나머지는 사전 훈련된 것까지 모두 훈련한다.
#
# ## 2. 상자 하나를 읽는다
#
# [[fast_rcnn]]의 RoI 풀링은 상자를 특성 맵의 칸에 맞게 반올림했다. 여기에서는 반올림하지 않는 **RoIAlign**(region of interest align)으로 읽는다(He 외, 2017). 상자를 7×7 구간으로 나누고, 구간마다 점을 넷 두고, 점마다 둘레의 네 칸에서 보간한 값을 구해 그 넷을 평균한다. 어떻게 계산하는지와 RoI 풀링과의 비교는 Mask R-CNN을 다룰 때 한다. 여기에서는 `helpers`에 있는 것을 쓴다.
#
# 후보는 조금씩 어긋나 있다. 상자 안만 읽으면 잘린 획이 어디까지 가는지 알 수 없으므로, 사방으로 변의 15%만큼 넓혀서 읽는다([[rcnn]]이 오려 낼 때 둘레를 함께 오려 낸 것과 같다). 상자 $(40, 40, 60, 80)$은 너비가 20, 높이가 40이므로 $(37, 34, 63, 86)$을 읽는다. 델타는 넓히기 전의 상자에서 잰다.
#
# 둘째 단계는 3×3 합성곱 하나와 128개짜리 완전 연결 층 하나이고, 그 위에 로짓 11개(숫자 열과 배경)를 내는 층과 델타 4개를 내는 층이 있다. 논문(VGG16)에서는 4,096개짜리 완전 연결 층이 둘이고, 델타는 클래스마다 넷씩이다.
# %% [markdown] lang="en"
# The first convolution stays as it is; the paper, to save memory, does not train the first few layers of VGG16 (section 3.1.3). All others are trained, those of the pretrained CNN too.
#
# ## 2. Reading one box
#
# The RoI pooling of [[fast_rcnn]] rounded boxes to places of the feature map. Here they are read by RoIAlign (**region of interest align**; He et al., 2017), which does not round. It divides a box into 7×7 bins, interpolates the values of four points in each bin from the four places around each point, and takes their mean. How to compute that, and how it compares with RoI pooling, is for the lesson on Mask R-CNN; here we use the one in `helpers`.
#
# Proposals are always a little off. From the inside of a box alone one cannot tell how far a stroke goes that is cut off, so the box is read with 15% of its sides more on each side (as [[rcnn]] cut out the surroundings, too). The box $(40, 40, 60, 80)$ is 20 wide and 40 high, so $(37, 34, 63, 86)$ is read. Deltas count from the box before that.
#
# The second stage is one 3×3 convolution and one dense layer of 128, with a layer for eleven logits (ten digits and background) and a layer for four deltas on top. In the paper (VGG16) it has two dense layers of 4,096, and four deltas for each class.
# %%
AROUND = 0.15  # of the sides of a box, read in addition on each side
CONVOLUTIONS = (64,)  # kernels of each convolution in the second stage


def widened(boxes):
    """Boxes (..., 4) with AROUND added on each side."""
    more = AROUND * (boxes[..., 2:] - boxes[..., :2])
    return ops.concatenate([boxes[..., :2] - more, boxes[..., 2:] + more], axis=-1)


def second_stage():
    """What was read of a box, (7, 7, 48) -> eleven logits and four deltas, (15,)."""
    x = inputs = keras.Input((7, 7, 48))
    he = {"activation": "relu", "kernel_initializer": "he_normal"}
    for filters in CONVOLUTIONS:
        x = layers.Conv2D(filters, 3, **he)(x)  # 5x5x64, without padding
    x = layers.Dense(128, **he)(layers.Flatten()(x))
    logits = layers.Dense(11, kernel_initializer=RandomNormal(stddev=0.01))(x)
    deltas = layers.Dense(4, kernel_initializer=RandomNormal(stddev=0.001))(x)
    return keras.Model(inputs, layers.Concatenate()([logits, deltas]))


# %%
def read(head, fine, boxes):
    """Logits and deltas for boxes (n, k, 4) of n scenes: (n, k, 15)."""
    values = roi_align(fine, widened(boxes), stride=4)  # (n, k, 7, 7, 48)
    outputs = head(ops.reshape(values, (-1, 7, 7, 48)))
    return ops.reshape(outputs, (-1, boxes.shape[1], 15))


read_as = np.array(widened(np.array([40.0, 40, 60, 80])))
check("box to read", read_as.tolist(), equals=[37, 34, 63, 86])
check("weights of the second stage", second_stage().count_params(), equals=234_575)
# %% [markdown] lang="ko" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 3. 두 단계를 함께 훈련한다
#
# 가중치를 한 번 고칠 때마다 여덟 장면을 보고 다음을 차례로 한다.
#
# 1. 백본과 RPN이 앵커 2,304개에 답한다. 앵커의 정답과 두 손실은 [[rpn]]과 같다.
# 2. 객체성이 높은 앵커 128개에서 임계값 0.7의 NMS로 후보 16개를 고른다. 여기에 실제 상자를 옮기고(변의 5분의 1까지) 늘이거나 줄인(1.42배까지) 사본 12개를 더한다. 훈련의 처음에는 후보가 거의 배경이므로, 사본이 없으면 둘째 단계가 배울 숫자가 적다([[fast_rcnn]]에서도 사본을 넣었다). 사본의 절반은 실제 상자에 아주 가깝다. 검출할 때 두 번 읽을 것이기 때문이다(4절).
# 3. 상자 28개의 정답을 정하고, 둘째 단계로 읽어 손실을 구한다.
#
# 둘째 단계의 정답도 IoU로 정한다. IoU가 0.5 이상인 숫자가 있으면 그 클래스, 아니면 배경(10)이다. [[rpn]]과 달리 쓰지 않는 후보는 없다(채워 넣은 빈 상자만 뺀다). 많이 어긋난 사본은 배경이 되기도 한다. 실제 상자가 $(40, 40, 64, 76)$의 3과 $(80, 20, 100, 60)$의 7이고 후보가 셋이라고 하자.
#
# | 후보 | 3과의 IoU | 7과의 IoU | 클래스 |
# |---|---|---|---|
# | $(42, 38, 66, 78)$ | 0.77 | 0 | 3 |
# | $(40, 58, 68, 86)$ | 0.36 | 0 | 배경 |
# | $(78, 22, 102, 62)$ | 0 | 0.76 | 7 |
#
# 후보의 자리도 RPN의 출력이므로 손실은 후보의 좌표를 거쳐 RPN으로도 흐를 수 있다. 그 길은 끊는다(`stop_gradient`). 후보는 주어진 것으로 치고 읽기만 배우는 것이다. 논문은 두 단계를 번갈아 훈련한 결과를 싣고, 이처럼 함께 훈련하는 것을 근사(approximate) **공동 훈련**(joint training)이라고 부른다(끊은 기울기를 무시하므로 근사다). 결과는 비슷하고 시간은 25–50% 줄어든다고 한다(3.2절). 둘째 단계의 손실은 `fine`을 거쳐 백본으로는 흐른다.
# %% [markdown] lang="en" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 3. Training both stages together
#
# A step of the training looks at eight scenes, and does the following.
#
# 1. Backbone and RPN answer for the 2,304 anchors. What an anchor should answer, and the two losses, are as in [[rpn]].
# 2. Of the 128 anchors with the highest objectness, NMS with a threshold of 0.7 chooses 16 proposals. Twelve copies of the real boxes are added, moved by up to a fifth of their sides and stretched or shrunk by a factor of up to 1.42. At first nearly all proposals are background, and without copies the second stage would have few digits to learn from ([[fast_rcnn]] had copies, too). Half of the copies are very near the real boxes, since in detection boxes will be read twice (section 4).
# 3. It is decided what each of the 28 boxes should answer, and the second stage reads them for its losses.
#
# IoU decides here, too. A box that has an IoU of 0.5 or more with a digit is of its class, and all others are background (10). Unlike in [[rpn]], no proposal goes unused (only padding is left out). Copies that are far off may become background. Let the real boxes be $(40, 40, 64, 76)$, a 3, and $(80, 20, 100, 60)$, a 7, and let there be three proposals.
#
# | proposal | IoU with the 3 | IoU with the 7 | class |
# |---|---|---|---|
# | $(42, 38, 66, 78)$ | 0.77 | 0 | 3 |
# | $(40, 58, 68, 86)$ | 0.36 | 0 | background |
# | $(78, 22, 102, 62)$ | 0 | 0.76 | 7 |
#
# Where a proposal lies is an output of the RPN, too, so the loss could flow back to the RPN through its coordinates. That way is cut (`stop_gradient`): proposals are taken as given, and only reading them is learned. The paper reports results of training the stages in turn; training them together like this it calls approximate **joint training** (approximate since the gradient that was cut is ignored), with close results in 25–50% less time (section 3.2). Through `fine`, the loss of the second stage does flow back to the backbone.
# %%
SIDES = (18, 28, 42)  # square roots of areas, in pixels
RATIOS = (0.75, 1.2, 2.0)  # of height to width
ANCHORS = anchor_boxes(16, 16, 8, SIDES, RATIOS)  # as in lesson rpn
SPREAD = rpn.SPREAD
PROPOSALS = 16
COPIES = 12
REACH = np.array([0.2, 0.2, 0.35, 0.35], "float32")  # largest deltas of a copy


def copies(boxes, rng):
    """COPIES boxes near the real ones of each scene, taken in turn: (n, 12, 4)."""
    real = ops.sum(ops.cast(boxes[..., 2] > 0, "int32"), axis=1, keepdims=True)
    rows = ops.arange(COPIES, dtype="int32") % ops.maximum(real, 1)
    chosen = ops.take_along_axis(boxes, rows[..., None], axis=1)
    moves = keras.random.uniform(ops.shape(chosen), -1, 1, seed=rng) * REACH
    share = np.where(np.arange(COPIES) < COPIES / 2, 0.4, 1.0)[:, None]  # half of them are near
    return box_ops.decode(moves * ops.cast(share, "float32"), chosen, height=128, width=128)


# %%
def wanted_of(boxes, real, labels):
    """What the second stage should answer for boxes: classes (n, k), 10 for background, deltas."""
    ious = box_ops.iou(boxes, real)  # (n, k, digits)
    nearest = ops.argmax(ious, axis=-1)
    classes = ops.take_along_axis(labels, nearest, axis=1)
    classes = ops.where(ops.max(ious, axis=-1) >= 0.5, classes, 10)
    real = ops.take_along_axis(real, nearest[..., None], axis=1)
    return classes, box_ops.encode(real, boxes) / SPREAD


three = np.array([[(42, 38, 66, 78), (40, 58, 68, 86), (78, 22, 102, 62)]], "float32")
real = np.array([[(40, 40, 64, 76), (80, 20, 100, 60)]], "float32")
ious_of_three = np.array(box_ops.iou(three, real), float)[0].round(2).tolist()
check("IoUs of the example", ious_of_three, equals=[[0.77, 0], [0.36, 0], [0, 0.76]])
classes, _ = wanted_of(three, real, np.array([[3, 7]]))
check("classes of the example", np.array(classes)[0].tolist(), equals=[3, 10, 7])
# %% [markdown] lang="ko"
# 둘째 단계의 손실도 [[fast_rcnn]]처럼 교차 엔트로피와 smooth L1의 합이다. 델타는 [[rpn]]처럼 `SPREAD`로 나누어 배운다. 모두 네 손실을 더한 것이 전체의 손실이고, 상자의 두 손실에는 검증에서 고른 0.5와 2를 곱한다.
#
# $$E = E_{\text{objectness}} + 0.5 \, E_{\text{anchors}} + E_{\text{classes}} + 2 \, E_{\text{boxes}}$$
#
# Keras에서는 `keras.Model`의 `call`에 백본과 RPN의 답을, `compute_loss`에 네 손실을 적으면 된다. 나머지는 `fit`이 한다.
#
# 논문과 다른 점을 모아 두자. 논문은 특성 맵 하나를 두 단계가 함께 쓰고, RoI 풀링으로 한 번만 읽고, 상자를 넓히지 않으며, 사본을 넣지 않는다. 델타는 클래스마다 넷씩이고, 앵커는 무작위로 뽑아 손실에 넣는다. 읽는 후보는 테스트할 때 300개다.
#
# 훈련 장면은 `small`에서 3,500장이고 세 번 되풀이해 본다. `full`에서는 10,000장을 여덟 번 보는데, GPU에서 재 보지는 않았다. 테스트 장면에는 숫자가 다섯 개까지 있지만 훈련 장면에는 [[rpn]]처럼 여덟 개까지 넣는다(5절에서 견준다).
# %% [markdown] lang="en"
# The losses of the second stage are cross-entropy and smooth L1, as in [[fast_rcnn]]. Deltas are divided by `SPREAD` to be learned, as in [[rpn]]. The whole loss is the sum of four losses; the two of boxes are multiplied by 0.5 and 2, which were chosen on validation scenes.
#
# $$E = E_{\text{objectness}} + 0.5 \, E_{\text{anchors}} + E_{\text{classes}} + 2 \, E_{\text{boxes}}$$
#
# In Keras, what backbone and RPN answer goes into the `call` of a `keras.Model`, and the four losses into its `compute_loss`. `fit` does the rest.
#
# What the paper does differently: one feature map serves both stages, boxes are read once, by RoI pooling, and not widened, and there are no copies. There are four deltas for each class, and the anchors that count in the loss are drawn at random. In testing 300 proposals are read.
#
# At scale `small` there are 3,500 training scenes, seen three times. At `full` there are 10,000, seen eight times, which was not measured on a GPU. Test scenes have up to five digits, training scenes up to eight, as in [[rpn]] (section 5 compares).
# %%
LOSSES = {"objectness": 1, "anchors": 0.5, "classes": 1, "boxes": 2}  # and their weights


def second_losses(outputs, classes, deltas, there):
    """Class loss of the boxes that are there, box loss of those that hold a digit."""
    cross_entropy = keras.losses.sparse_categorical_crossentropy
    of_classes = cross_entropy(classes, outputs[..., :11], from_logits=True)
    of_boxes = 4 * keras.losses.huber(deltas, outputs[..., 11:])  # a sum of four
    there = ops.cast(there, "float32")
    digits = there * ops.cast(classes < 10, "float32")
    mean_of_classes = ops.sum(there * of_classes) / ops.sum(there)
    return mean_of_classes, ops.sum(digits * of_boxes) / ops.maximum(ops.sum(digits), 1)


# %%
def four_losses(model, fine, answers, real, labels):
    """In the order of LOSSES; proposals are taken as given."""
    wanted = rpn.targets(ANCHORS, real)
    of_anchors = rpn.objectness_loss(wanted, answers), rpn.box_loss(wanted, answers)
    proposals, _ = rpn.proposals(answers, ANCHORS, PROPOSALS, 128, 128, 128)
    boxes = ops.concatenate([proposals, copies(real, model.rng)], axis=1)
    boxes = ops.stop_gradient(boxes)
    there = boxes[..., 2] > boxes[..., 0]  # not padding
    classes, deltas = wanted_of(boxes, real, labels)
    of_boxes = second_losses(read(model.head, fine, boxes), classes, deltas, there)
    return [*(ops.mean(loss) for loss in of_anchors), *of_boxes]


# %%
class FasterRCNN(keras.Model):
    """Scenes -> fine map, and answers of the anchors; `head` reads boxes on the fine map."""

    def __init__(self, seed):
        super().__init__()
        bones = backbone()
        fine, coarse = bones.output
        self.first = keras.Model(bones.input, [fine, rpn.proposal_layers(coarse)])
        self.head = second_stage()
        self.rng = keras.random.SeedGenerator(seed)
        self.means = [keras.metrics.Mean(name) for name in LOSSES]

    def call(self, scenes):
        return self.first(scenes)

    def compute_loss(self, x, y, y_pred, sample_weight=None, training=True):
        losses = four_losses(self, *y_pred, y["boxes"], y["labels"])
        for mean, loss in zip(self.means, losses):
            mean.update_state(loss)
        return sum(weight * loss for weight, loss in zip(LOSSES.values(), losses))


# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # the digits that validation scenes were made of, as in lesson rcnn
train_digits = x_train[:-held], y_train[:-held]
scenes = digit_scenes(train_digits, lesson.at_scale(small=3500, full=10000), lesson.seed, most=8)


def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def truth_of(scenes):
    """Boxes and labels as the loss takes them: no area where there is no digit."""
    return {"boxes": scenes.boxes.astype("float32"), "labels": scenes.labels.astype("int32")}


detector = FasterRCNN(lesson.seed)
detector.build((None, 128, 128, 1))
check("weights of the detector", detector.count_params(), equals=341_148)
# %%
epochs = lesson.epochs(small=3, full=8)
steps = epochs * -(-len(scenes.images) // 8)
warmup = steps // 10
rate = CosineDecay(0.0003, steps - warmup, alpha=0.02, warmup_target=0.006, warmup_steps=warmup)
optimizer = keras.optimizers.Adam(rate)
optimizer.build(detector.trainable_variables)  # or else Keras prepares the step twice
detector.compile(optimizer)
watched = lesson.resume("detector", detector, epochs)
detector.fit(pixels(scenes.images), truth_of(scenes), batch_size=8, verbose=0, **watched)
losses = lesson.history("detector")
check("last loss over the first", losses["loss"][-1] / losses["loss"][0], at_most=0.4)
# %% tags=["figure"] title="four losses"
_, axis = plt.subplots(figsize=(6.5, 3.2))
for name, color in zip(LOSSES, (BLUE, SKY, VERMILION, ORANGE)):
    values = losses[name]
    axis.plot(range(1, len(values) + 1), values, "o-", color=color, label=name)
axis.set(xlabel="epoch", ylabel="training loss", ylim=(0, None), xticks=range(1, epochs + 1))
axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)마다의 네 훈련 손실(training loss). RPN의 객체성(objectness)과 앵커의 델타(anchors), 둘째 단계의 클래스(classes)와 상자(boxes)가 함께 줄어든다. 높이끼리는 견줄 수 없다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The four training losses by epoch: objectness and deltas of anchors of the RPN, classes and boxes of the second stage. All of them fall; their heights cannot be compared.*
# %% [markdown] lang="ko" slides="003 Processing Flow"
# ## 4. 검출하고 AP를 잰다
#
# 검출할 때에는 사본이 없다. 빠뜨리지 않도록 훈련할 때보다 많은 앵커 256개에서 후보 24개를 골라 읽고(논문은 300개), 델타로 고친 상자를 같은 둘째 단계로 한 번 더 읽어 다시 고친다. 고친 상자는 숫자에 더 잘 맞으므로 두 번째 읽은 것이 더 정확하리라고 본 것이다. 클래스의 확률은 두 번 읽은 것을 평균한다. 논문에는 없는 일이다. 뒤에 나온 검출기들도 상자를 여러 번 고치지만, Cascade R-CNN(Cai와 Vasconcelos, 2018)은 읽을 때마다 다른 둘째 단계를 두고 따로 훈련한다. 끝으로 상자마다 가장 그럴듯한 숫자를 고르고, 클래스마다 NMS를 한다(임계값 0.3). 클래스마다 따로 하려고, 숫자 $c$의 상자를 $256c$만큼 옮겨 놓고 한꺼번에 한다. 그러면 다른 클래스의 상자끼리는 겹치지 않는다. 모든 배열의 크기가 정해져 있으므로 신경망과 함께 `tf.function` 하나로 묶을 수 있다.
# %% [markdown] lang="en" slides="003 Processing Flow"
# ## 4. Detect, and measure AP
#
# In detection there are no copies. So as to leave nothing out, 24 proposals are chosen among more anchors than in training, 256 (the paper has 300 proposals). The boxes as corrected by their deltas are read once more by the same second stage, and corrected again: a corrected box fits the digit better, so the second reading should be more exact. The probabilities of the classes are the mean of both readings. The paper does not do this. Later detectors correct boxes several times, too, but Cascade R-CNN (Cai and Vasconcelos, 2018) has a second stage of its own for each time, and trains it so. At the end, each box gets its likeliest digit, and NMS with a threshold of 0.3 is done within each class. To keep the classes apart, boxes of the digit $c$ are moved by $256c$, and NMS is done on all at once: boxes of two classes then never overlap. All of it has fixed sizes, so together with the network it is one `tf.function`.
# %%
def best_of_each(boxes, chances):
    """The likeliest digit of every box, and NMS within each class: boxes, scores, labels."""
    scores, order = ops.top_k(ops.max(chances, axis=-1), boxes.shape[1])  # best first
    labels = ops.take_along_axis(ops.argmax(chances, axis=-1), order, axis=1)
    boxes = ops.take_along_axis(boxes, order[..., None], axis=1)
    apart = boxes + 256 * ops.cast(labels, "float32")[..., None]
    return boxes, ops.where(box_ops.nms(apart, 0.3), scores, 0.0), labels


def detect(model, scenes, readings=2, count=24, among=256):
    """Boxes (n, count, 4), scores (n, count), labels (n, count); a score of 0 is no answer."""
    fine, answers = model(scenes)
    boxes, there = rpn.proposals(answers, ANCHORS, count, among, 128, 128)
    chances = 0
    for _ in range(readings):
        outputs = read(model.head, fine, boxes)
        chances = chances + ops.softmax(outputs[..., :11])[..., :10] / readings
        boxes = box_ops.decode(outputs[..., 11:] * SPREAD, boxes, height=128, width=128)
    return best_of_each(boxes, ops.where(there[..., None], chances, 0.0))


# %%
def found_in(images, **options):
    """What the detector says of each scene, twenty scenes at a time."""
    at_once = tf.function(lambda batch: detect(detector, batch, **options))
    parts = [at_once(pixels(images[at : at + 20])) for at in range(0, len(images), 20)]
    boxes, scores, labels = (np.concatenate([np.array(p[k]) for p in parts]) for k in range(3))
    kept = scores > 0.02
    rows = zip(boxes.astype(float), scores, labels, kept)
    return [Detections(box[k], score[k], label[k]) for box, score, label, k in rows]


# %%
tests = digit_scenes(test_digits, 500, seed=4)  # the first 60 are those of lesson rcnn
truth = objects_of(tests.boxes, tests.labels)
found = found_in(tests.images)
ap, ap50, ap75 = coco_ap(found, truth, range(10))
check("AP of Faster R-CNN", ap, at_least=0.74)
check("AP50 of Faster R-CNN", ap50, at_least=0.94)
report("AP75 of Faster R-CNN", ap75)
read_once = found_in(tests.images[:200], readings=1)
twice, once = (coco_ap(each[:200], truth[:200], range(10)).ap for each in (found, read_once))
report("AP on the first 200 scenes", twice)
report("AP on the first 200 scenes, read once", once)
report("AP on the 60 scenes of lesson rcnn", coco_ap(found[:60], truth[:60], range(10)).ap)


# %%
def sure(said, least=0.5):
    """The answers with at least such a score, and a text for each."""
    rows = said.scores >= least
    answers = Detections(*(values[rows] for values in said))
    return answers, [f"{label} {score:.2f}" for _, score, label in zip(*answers)]


place = np.argmax((tests.labels >= 0).sum(axis=1))  # a scene to draw: the first with five digits
one = pixels(tests.images[place : place + 1])
fine, answers = detector(one)
proposals, _ = rpn.proposals(answers, ANCHORS, 24, 256, 128, 128)
outputs = read(detector.head, fine, proposals)
after_one = box_ops.decode(outputs[..., 11:] * SPREAD, proposals, height=128, width=128)
digits = np.array(ops.softmax(outputs[..., :11]))[0, :, 10] < 0.5  # not background
# %% tags=["figure"] title="from proposals to answers"
_, axes = plt.subplots(1, 4, figsize=(15, 3.9))
image = tests.images[place]
draw_scene(axes[0], image, np.array(proposals)[0], title="24 proposals")
draw_scene(axes[1], image, np.array(after_one)[0][digits], title="digits, read once")
said, texts = sure(found[place])
draw_scene(axes[2], image, said.boxes, texts, title="read twice, after NMS")
draw_scene(axes[3], image, truth[place].boxes, truth[place].labels, color=GREEN, title="truth")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 장면 하나. 왼쪽부터 후보 24개(24 proposals), 한 번 읽어 숫자라고 한 상자를 고친 것(digits, read once), 두 번 읽고 NMS를 한 답 가운데 점수가 0.5 이상인 것(read twice, after NMS. 숫자와 점수를 적었다), 정답(truth). 후보는 숫자마다 여럿이고 서로 어긋나 있는데, 한 번 읽고 나면 가까이 모인다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A test scene: the 24 proposals, the boxes that were read once and called digits, as corrected, the answers with a score of 0.5 or more after two readings and NMS (with digit and score), and the truth. Proposals are several to a digit and differ; read once, they come closer together.*
# %% tags=["figure"] title="answers on eight test scenes"
_, axes = plt.subplots(2, 4, figsize=(12, 6.4))
for axis, number in zip(axes.flat, range(8)):
    said, texts = sure(found[number])
    draw_scene(axis, tests.images[number], said.boxes, texts)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 처음 여덟 테스트 장면의 답(점수가 0.5 이상인 것)과 그 점수. 틀린 것이 있는지 찾아보라. 어떤 것을 틀리는지는 6절에서 나누어 본다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The answers with a score of 0.5 or more on the first eight test scenes, with their scores. See whether one of them is wrong; section 6 sorts the mistakes.*
# %% [markdown] lang="ko"
# 아래 셀에서 장면(`SCENE`)과 점수의 임계값(`SCORE`)을 바꾸어 보자. 임계값을 0.05까지 내리면 틀린 답이 늘고, 0.95까지 올리면 놓치는 숫자가 는다. AP는 모든 임계값에서의 정밀도와 재현율을 한 수로 모은 것이다([[boxes]]).
# %% [markdown] lang="en"
# Change the scene (`SCENE`) and the least score (`SCORE`) in the cell below. Lowered to 0.05 there are more wrong answers, raised to 0.95 more digits that are missed. AP brings precision and recall at all such thresholds into one number ([[boxes]]).
# %% tags=["play", "nbval-ignore-output"] title="answers from a score on"
SCENE = 6  # @param {type:"slider", min:0, max:59}
SCORE = 0.2  # @param {type:"slider", min:0.05, max:0.95, step:0.05}
said, texts = sure(found[SCENE], SCORE)
_, axes = plt.subplots(1, 2, figsize=(9, 4.6))
draw_scene(axes[0], tests.images[SCENE], said.boxes, texts, title=f"score of {SCORE} or more")
draw_scene(axes[1], tests.images[SCENE], truth[SCENE].boxes, color=GREEN, title="truth")
plt.show()


# %% [markdown] lang="ko"
# 훈련에 쓰지 않은 500장에서 AP는 [[range: AP of Faster R-CNN]], AP50은 [[range: AP50 of Faster R-CNN]], AP75는 [[range: AP75 of Faster R-CNN]]이다(다섯 시드에서 가장 작은 값과 가장 큰 값. 아래의 범위도 모두 그렇다). 앞의 수업들의 테스트 장면인 처음 60장에서 AP는 [[range: AP on the 60 scenes of lesson rcnn]]이고, R-CNN은 [[range: rcnn: AP of R-CNN]], Fast R-CNN은 [[range: fast_rcnn: AP of Fast R-CNN]]이었다. 다만 세 검출기는 후보만이 아니라 훈련 장면, 특성 맵, 둘째 단계까지 다르므로, 그 차이 가운데 얼마가 RPN 덕분인지는 이것으로 알 수 없다. 처음 200장에서 한 번만 읽으면 AP가 [[range: AP on the first 200 scenes, read once]], 두 번 읽으면 [[range: AP on the first 200 scenes]]이다. 한 번 더 읽는 것은(상자를 다시 고치고 확률을 평균하는 것을 함께) [[verdict: AP on the first 200 scenes − AP on the first 200 scenes, read once]].
# %% [markdown] lang="en"
# On 500 scenes that were not used in training the AP is [[range: AP of Faster R-CNN]], AP50 is [[range: AP50 of Faster R-CNN]] and AP75 [[range: AP75 of Faster R-CNN]] (the lowest and the highest of five seeds, as all ranges below). On the first 60, the test scenes of the lessons before, it is [[range: AP on the 60 scenes of lesson rcnn]], where R-CNN had [[range: rcnn: AP of R-CNN]] and Fast R-CNN [[range: fast_rcnn: AP of Fast R-CNN]]. But the three detectors differ not only in their proposals but also in training scenes, feature maps and second stage, so how much of the difference is due to the RPN cannot be said from this. On the first 200 the AP is [[range: AP on the first 200 scenes, read once]] with a single reading and [[range: AP on the first 200 scenes]] with two: the second reading (boxes corrected again and probabilities averaged, both at once) [[verdict: AP on the first 200 scenes − AP on the first 200 scenes, read once]].
# %% [markdown] lang="ko"
# ## 5. 무엇이 AP를 높이나
#
# 하나씩(괄호 안은 함께 바뀌는 것) 바꾸어 다시 훈련해 보자. 수업에서 하기에는 오래 걸리므로 미리 잰 결과를 싣는다(저장소의 `tools/study.py`). 같은 코드에서 한두 줄만 바꾸어 장면 1,600장으로 600걸음을 훈련하고(위의 훈련은 1,314걸음이다), 테스트에 쓰지 않는 검증 장면 300장에서 AP를 쟀다. 시드마다 짝을 지어 ‘그대로’와 견주고, 다섯 차이의 평균이 차이의 폭(가장 큰 것에서 가장 작은 것을 뺀 값)보다 클 때에만 뚜렷하다고 판정한다.
#
# 바꾼 것 가운데 **특성 피라미드**(feature pyramid)는 여기에서 처음 나온다(Lin 외, 2017). 스트라이드 16까지 합성곱을 더 한 다음, 칸의 수를 두 배로 늘려(값 하나를 2×2칸에 되풀이한다) 더 세밀한 맵에 더하면서 올라온다(채널의 수는 1×1 합성곱으로 맞춘다). 이렇게 하면 수용 영역이 더 넓은 맵의 값이 `coarse`와 `fine`에도 담긴다. 논문에서는 RPN이 모든 맵에서 답하고 상자를 크기에 따라 다른 맵에서 읽지만, 여기에서는 올라오며 더하는 것만 넣었다. 이것을 쓰는 검출기가 많다.
#
# | 바꾼 것 | AP | 바꾸는 것은 |
# |---|---|---|
# | 그대로 | [[range: faster_rcnn_study: AP, as it is]] | |
# | 사본 없음(후보는 28개) | [[range: faster_rcnn_study: AP, no copies]] | [[verdict: faster_rcnn_study: AP, no copies − faster_rcnn_study: AP, as it is]] |
# | 둘째 단계에 합성곱 없이 완전 연결 층만 | [[range: faster_rcnn_study: AP, dense layers only]] | [[verdict: faster_rcnn_study: AP, dense layers only − faster_rcnn_study: AP, as it is]] |
# | 상자를 넓히지 않고 읽음 | [[range: faster_rcnn_study: AP, boxes not widened]] | [[verdict: faster_rcnn_study: AP, boxes not widened − faster_rcnn_study: AP, as it is]] |
# | `fine`에 스트라이드 2의 맵을 더하지 않음 | [[range: faster_rcnn_study: AP, no stride 2]] | [[verdict: faster_rcnn_study: AP, no stride 2 − faster_rcnn_study: AP, as it is]] |
# | 특성 피라미드를 더함 | [[range: faster_rcnn_study: AP, feature pyramid]] | [[verdict: faster_rcnn_study: AP, feature pyramid − faster_rcnn_study: AP, as it is]] |
# | 사전 훈련 없이 무작위 가중치에서 시작(첫 합성곱도 훈련) | [[range: faster_rcnn_study: AP, random weights]] | [[verdict: faster_rcnn_study: AP, random weights − faster_rcnn_study: AP, as it is]] |
# | 훈련 장면에 숫자를 다섯 개까지만 | [[range: faster_rcnn_study: AP, up to five digits]] | [[verdict: faster_rcnn_study: AP, up to five digits − faster_rcnn_study: AP, as it is]] |
#
# 판정이 분명한 것은 셋이다. 사본을 빼거나, 상자를 넓히지 않거나, 훈련 장면의 숫자를 줄이면 AP가 떨어진다. 나머지 넷은 뚜렷하지 않다. 많은 검출기가 쓰는 특성 피라미드도, 사전 훈련도 그렇다. 다섯 시드에서 모두 피라미드가 없는 쪽과 사전 훈련을 한 쪽이 조금씩 높았지만, 차이의 평균이 차이의 폭보다 작다. 숫자의 크기가 16–52픽셀로 비슷하고 획이 단순해서 그럴 수 있으나, 다른 데이터에서 재지는 않았다. 600걸음에서 뚜렷하지 않은 것이 더 오래 훈련하면 뚜렷해질 수도 있다.
# %% [markdown] lang="en"
# ## 5. What raises the AP
#
# Change one thing at a time (with what it brings along, in brackets), and train again. That takes too long for a lesson, so here is what was measured before (`tools/study.py` in the repository). The same code with a line or two changed was trained for 600 steps on 1,600 scenes (the training above has 1,314), and the AP taken on 300 validation scenes, which are not used for testing. Each run is paired with the unchanged one of the same seed, and a verdict is clear only if the mean of the five differences is larger than their spread (the largest minus the smallest).
#
# One of the changes has not been seen before, the **feature pyramid** (Lin et al., 2017). More convolutions go down to a stride of 16. Then, on a way back up, the places are doubled (one value is repeated in 2×2 places) and added to the finer map (1×1 convolutions make the numbers of channels equal), so that maps with a larger receptive field get into `coarse` and `fine` as well. In the paper the RPN answers on every map, and boxes are read from a map chosen by their size; here only the way up is added. Many detectors have one.
#
# | what was changed | AP | the change |
# |---|---|---|
# | nothing | [[range: faster_rcnn_study: AP, as it is]] | |
# | no copies (28 proposals) | [[range: faster_rcnn_study: AP, no copies]] | [[verdict: faster_rcnn_study: AP, no copies − faster_rcnn_study: AP, as it is]] |
# | dense layers only in the second stage, no convolution | [[range: faster_rcnn_study: AP, dense layers only]] | [[verdict: faster_rcnn_study: AP, dense layers only − faster_rcnn_study: AP, as it is]] |
# | boxes read as they are, not widened | [[range: faster_rcnn_study: AP, boxes not widened]] | [[verdict: faster_rcnn_study: AP, boxes not widened − faster_rcnn_study: AP, as it is]] |
# | map of stride 2 not added to `fine` | [[range: faster_rcnn_study: AP, no stride 2]] | [[verdict: faster_rcnn_study: AP, no stride 2 − faster_rcnn_study: AP, as it is]] |
# | a feature pyramid added | [[range: faster_rcnn_study: AP, feature pyramid]] | [[verdict: faster_rcnn_study: AP, feature pyramid − faster_rcnn_study: AP, as it is]] |
# | random weights in the place of pretrained ones (the first convolution is trained, too) | [[range: faster_rcnn_study: AP, random weights]] | [[verdict: faster_rcnn_study: AP, random weights − faster_rcnn_study: AP, as it is]] |
# | up to five digits in training scenes | [[range: faster_rcnn_study: AP, up to five digits]] | [[verdict: faster_rcnn_study: AP, up to five digits − faster_rcnn_study: AP, as it is]] |
#
# Three verdicts are clear. Without copies, with boxes that are not widened, or with fewer digits in training scenes, the AP falls. The other four are not clear, among them the feature pyramid and pretraining. With all five seeds the AP was a little higher without the pyramid and with pretraining, but the mean of the differences is smaller than their spread. That may be because digits are of similar sizes, 16–52 pixels, with simple strokes; it was not measured on other data. And what is not clear after 600 steps may become clear in a longer training.
# %% [markdown] lang="ko"
# ## 6. 무엇을 어떻게 틀리나
#
# AP 하나로는 무엇이 부족한지 알 수 없다. 두 가지로 들여다본다. 먼저 IoU의 임계값과 숫자의 크기에 따른 AP다. 크기는 테스트 장면의 숫자를 상자의 넓이로 줄 세워 셋으로 똑같이 나눈 것이다(COCO의 작은, 중간, 큰 객체와는 경계가 다르다). 클래스를 묻지 않고 상자만 볼 때의 AP도 함께 잰다.
# %% [markdown] lang="en"
# ## 6. What it gets wrong, and how
#
# A single AP does not tell what is lacking. Look at it in two ways. First, the AP by the threshold of IoU and by the size of digits: three equal parts of the digits in the test scenes, by the area of their boxes (the borders are not those of COCO's small, medium and large objects). The AP of boxes alone, without asking for the class, is taken as well.
# %%
areas = np.concatenate([np.prod(each.boxes[:, 2:] - each.boxes[:, :2], axis=1) for each in truth])
low, high = np.quantile(areas, (1 / 3, 2 / 3))
sizes = {"small": (0, low), "medium": (low, high), "large": (high, np.inf)}
by_size = {}
for size, limits in sizes.items():
    values = average_precision(found, truth, range(10), limits)  # (thresholds, digits)
    by_size[size] = np.mean(values, axis=1, where=values > -1)
    report(f"AP of {size} digits", by_size[size].mean())
check(
    "AP of large digits minus that of small ones",
    by_size["large"].mean() - by_size["small"].mean(),
    at_least=0.06,
)
report("square root of the area up to which digits are small", np.sqrt(low))
report("square root of the area from which digits are large", np.sqrt(high))
any_found = [each._replace(labels=np.zeros_like(each.labels)) for each in found]
any_truth = [each._replace(labels=np.zeros_like(each.labels)) for each in truth]
of_boxes = average_precision(any_found, any_truth, [0])[:, 0]
report("AP of boxes alone", of_boxes.mean())
report("AP50 of boxes alone", of_boxes[0])
# %% tags=["figure"] title="AP by threshold and size"
_, axis = plt.subplots(figsize=(7, 3.6))
thresholds = np.arange(0.5, 1, 0.05)
for (size, values), color in zip(by_size.items(), (VERMILION, ORANGE, BLUE)):
    axis.plot(thresholds, values, "o-", color=color, label=size)
axis.plot(thresholds, of_boxes, "--", color=GREY, label="all sizes, boxes alone")
axis.set(xlabel="IoU of a right answer, at least", ylabel="AP", ylim=(0, 1.02))
axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 맞다고 치는 IoU의 임계값(IoU of a right answer, at least)에 따른 AP. 작은(small), 중간(medium), 큰(large) 숫자이고, 점선은 크기와 상관없이 상자만 본 것(all sizes, boxes alone)이다. 임계값이 낮을 때에는 모두 높고, 0.8을 넘으면 빠르게 떨어진다. 작은 숫자는 어느 임계값에서나 낮다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. AP against the IoU that a right answer must have, for small, medium and large digits; dashed, for digits of all sizes, by their boxes alone. With a low threshold all are high, and above 0.8 they fall fast. Small digits are lower at every threshold.*
# %% [markdown] lang="ko"
# 작은 숫자의 AP는 [[range: AP of small digits]], 중간은 [[range: AP of medium digits]], 큰 것은 [[range: AP of large digits]]이다. 클래스를 묻지 않아도 [[range: AP of boxes alone]]이므로, 클래스를 틀려서 잃는 것은 적다. 그런데 IoU 0.5에서는 [[range: AP50 of boxes alone]]이다. 숫자는 거의 다 찾았고, 대부분은 더 정확한 상자를 요구할 때 잃는다. (넓이가 작은 숫자에는 좁은 1이 많으므로 크기만 다른 것은 아니다.) 상자의 네 변이 1픽셀씩 안으로 어긋나면 16×16픽셀인 숫자에서는 IoU가 $14^2/16^2 = 0.77$, 42×42픽셀인 숫자에서는 $40^2/42^2 = 0.91$이다.
#
# 다음으로 점수가 0.5 이상인 답을 하나하나 나누어 본다. 여기에서는 IoU가 0.5만 되면 자리는 맞은 것으로 치므로, 상자가 얼마나 정확한지는 드러나지 않는다(상자만 바로잡으면 AP가 얼마가 되는지는 연습 문제 3에서 잰다).
#
# - *맞음*: 가장 많이 겹치는 숫자와 IoU가 0.5 이상이고 클래스가 같다. 같은 숫자에 두 번째로 답한 것은 *두 번 답함*이다.
# - *다른 숫자*: 가장 많이 겹치는 숫자와 IoU가 0.5 이상이지만 클래스가 다르다.
# - *어긋난 상자*: 가장 많이 겹치는 숫자와 IoU가 0.1 이상 0.5 미만이다. *배경*: 0.1 미만이다.
# %% [markdown] lang="en"
# The AP of small digits is [[range: AP of small digits]], of medium ones [[range: AP of medium digits]], of large ones [[range: AP of large digits]]. By boxes alone it is [[range: AP of boxes alone]], so little is lost by wrong classes. But at an IoU of 0.5 that is [[range: AP50 of boxes alone]]: nearly all digits are found, and most is lost only when more exact boxes are asked for. (Many digits of a small area are narrow 1s, so it is not only the size that differs.) If all four sides of a box are off by one pixel inwards, the IoU is $14^2/16^2 = 0.77$ for a digit of 16×16 pixels, and $40^2/42^2 = 0.91$ for one of 42×42.
#
# Then look at the answers with a score of 0.5 or more one by one. With an IoU of 0.5 an answer is in the right place here, so how exact boxes are does not show (exercise 3 measures what the AP would be if only the boxes were put right).
#
# - *Right*: has an IoU of 0.5 or more with the digit that it overlaps most, and its class. The second answer to the same digit is *twice*.
# - *Wrong digit*: has an IoU of 0.5 or more with the digit that it overlaps most, but another class.
# - *Badly placed*: has an IoU from 0.1 up to 0.5 with that digit. *Background*: less than 0.1.
# %%
KINDS = ("right", "twice", "wrong digit", "badly placed", "background")


def kinds_of(said, shown):
    """Which of KINDS each sure answer is, and which digits were not answered rightly."""
    said, _ = sure(said)  # best first
    ious = iou(said.boxes, shown.boxes)
    best, nearest = ious.max(axis=1), ious.argmax(axis=1)
    kinds = np.where(best < 0.1, "background", np.where(best < 0.5, "badly placed", "wrong digit"))
    hits = np.flatnonzero((best >= 0.5) & (said.labels == shown.labels[nearest]))
    kinds[hits] = "twice"
    first = hits[np.unique(nearest[hits], return_index=True)[1]]  # of the answers to each digit
    kinds[first] = "right"
    return kinds, np.setdiff1d(np.arange(len(shown.labels)), nearest[first])


judged = [kinds_of(*pair) for pair in zip(found, truth)]
all_kinds = np.concatenate([kinds for kinds, _ in judged])
for kind in KINDS[1:]:
    report(f"percent of sure answers: {kind}", 100 * np.mean(all_kinds == kind))
check("percent of sure answers: right", 100 * np.mean(all_kinds == "right"), at_least=84)
missed = sum(len(rows) for _, rows in judged)
report("percent of digits without a right answer", 100 * missed / len(areas))
# %% tags=["figure"] title="mistakes, drawn"
examples = {kind: [] for kind in (*KINDS[2:], "missed")}  # no digit was answered twice
for number, (kinds, rows) in enumerate(judged):
    said, shown = found[number], truth[number]
    for at, kind in enumerate(kinds):
        if kind in examples:
            text = f"{said.labels[at]} {said.scores[at]:.2f}"
            examples[str(kind)].append((number, said.boxes[at], text))
    if not (kinds == "wrong digit").any():
        examples["missed"] += [(number, shown.boxes[row], shown.labels[row]) for row in rows]
_, axes = plt.subplots(2, 4, figsize=(12, 6.4))
for column, (kind, some) in zip(axes.T, examples.items()):
    for axis in column:
        axis.axis("off")
    for axis, (number, box, text) in zip(column, some):
        boxes = [*truth[number].boxes, box]
        texts, colors = [""] * len(boxes[1:]) + [text], [GREEN] * len(boxes[1:]) + [VERMILION]
        draw_scene(axis, tests.images[number], boxes, texts, colors, kind)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 틀린 것들. 열마다 둘씩이다. 왼쪽부터 다른 숫자(wrong digit), 어긋난 상자(badly placed), 배경(background), 맞는 답을 얻지 못한 숫자(missed, 다른 숫자로 읽은 것이 있는 장면은 뺐다). 초록색은 실제 상자, 주홍색은 틀린 답과 그 점수(missed에서는 놓친 숫자)다. 그런 예가 둘이 안 되면 빈 칸이 남는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Mistakes, two in each column: wrong digits, badly placed boxes, background, and digits without a right answer (missed; scenes with a wrong digit are left out there). Green are the real boxes, vermilion the wrong answer with its score (under missed, the digit that has no answer). Where there are fewer than two of a kind, a place stays empty.*
# %% [markdown] lang="ko"
# 점수가 0.5 이상인 답의 [[range: percent of sure answers: right]]%가 맞다. 어긋난 상자가 [[range: percent of sure answers: badly placed]]%, 다른 숫자로 읽은 것이 [[range: percent of sure answers: wrong digit]]%, 배경이 [[range: percent of sure answers: background]]%다. 두 번 답한 것은 [[range: percent of sure answers: twice]]%다. 한 숫자에 IoU가 0.5 이상인 두 상자는 대개 서로도 0.3 넘게 겹치므로, 임계값이 0.3인 NMS가 하나를 없앤다. 다만 NMS를 클래스마다 하므로, 한 숫자를 둘로 읽으면 둘이 남고 그 가운데 하나는 다른 숫자로 친다. 맞는 답을 얻지 못한 숫자는 [[range: percent of digits without a right answer]]%다.
# %% [markdown] lang="en"
# Of the answers with a score of 0.5 or more [[range: percent of sure answers: right]]% are right. Badly placed are [[range: percent of sure answers: badly placed]]%, a digit read as another one [[range: percent of sure answers: wrong digit]]%, background [[range: percent of sure answers: background]]%. Answered twice are [[range: percent of sure answers: twice]]%: two boxes that both have an IoU of 0.5 or more with a digit usually overlap each other by more than 0.3, and then NMS drops one of them. But as NMS is done within each class, a digit that is read as two keeps both answers, and one of them counts as a wrong digit. [[range: percent of digits without a right answer]]% of the digits got no right answer.
# %% [markdown] lang="ko" slides="003 Processing Flow; 003 [참고] R-CNN 에서 Faster R-CNN 까지의 설명자료"
# ## 7. R-CNN에서 Faster R-CNN까지, 시간이 드는 곳
#
# 강의 자료의 그림 2는 세 방법의 흐름을 나란히 보여 준다. 같은 장면에서 시간을 재어 그 그림에 넣어 보자. R-CNN과 Fast R-CNN은 [[rcnn]]과 [[fast_rcnn]]의 신경망이고, 합성곱은 이 수업의 백본과 같은 사전 훈련된 CNN이다. 두 신경망은 가중치의 값이 달라도 걸리는 시간이 같으므로, 그 뒤의 층은 훈련하지 않고 쓴다. 후보는 [[rcnn]]의 선택적 탐색이다. 모두 `tf.function`으로 부르고, 테스트 장면 40장을 하나씩 넣는다. R-CNN과 Fast R-CNN은 로짓까지, Faster R-CNN은 NMS까지 잰다.
# %% [markdown] lang="en" slides="003 Processing Flow; 003 [참고] R-CNN 에서 Faster R-CNN 까지의 설명자료"
# ## 7. From R-CNN to Faster R-CNN: where the time goes
#
# Figure 2 of the deck shows the flows of the three methods side by side. Take their times on the same scenes, and put them into that figure. R-CNN and Fast R-CNN are the networks of [[rcnn]] and [[fast_rcnn]]; their convolutions are the pretrained CNN that the backbone of this lesson starts from. As the time of these two networks does not depend on the values of weights, what stands behind these is not trained. Their proposals are those of selective search in [[rcnn]]. All networks are called by `tf.function`, with 40 test scenes one by one. R-CNN and Fast R-CNN are timed up to their logits, Faster R-CNN up to what NMS leaves.
# %%
def compiled(function):
    """By `tf.function`, also for other numbers of boxes."""
    return tf.function(function, reduce_retracing=True)


of_crops, of_scene = compiled(rcnn()), compiled(fast_rcnn())
backbone_and_rpn = compiled(detector.first)
whole = compiled(lambda scenes: detect(detector, scenes))
by_xla = tf.function(lambda scenes: detect(detector, scenes), jit_compile=True)


def maps_and_proposals(scenes):
    """The first steps of `detect`."""
    fine, answers = detector(scenes)
    return fine, rpn.proposals(answers, ANCHORS, 24, 256, 128, 128)


with_proposals = compiled(maps_and_proposals)


def one_by_one(patches):
    """R-CNN given one box at a time."""
    return [of_crops(patches[row : row + 1]) for row in range(len(patches))]


# %%
def timed(step, function, *arguments):
    """What a call returns; the seconds that it took are added to those of the step."""
    begin = perf_counter()
    result = tf.nest.map_structure(np.asarray, function(*arguments))  # waits for it
    seconds[step] = seconds.get(step, 0) + perf_counter() - begin
    return result


def run_all(picture):
    """Each step of each method on one scene."""
    scene = pixels(picture[None])
    boxes = timed("selective search", selective_search, picture).astype("float32")
    patches = pixels(timed("cropping", crops, picture, boxes))
    timed("CNN, one at a time", one_by_one, patches)
    timed("CNN, one batch", of_crops, patches)
    timed("Fast R-CNN", of_scene, [scene, boxes[None]])
    timed("backbone and RPN", backbone_and_rpn, scene)
    timed("with proposals", with_proposals, scene)
    timed("Faster R-CNN", whole, scene)
    timed("Faster R-CNN, XLA", by_xla, scene)


# %%
seconds = {}
for picture in tests.images[:3]:
    run_all(picture)  # first calls prepare
seconds = {}
for picture in tests.images[:40]:
    run_all(picture)
search, faster = seconds["selective search"], seconds["Faster R-CNN"]
single = seconds["cropping"] + seconds["CNN, one at a time"]
batch = seconds["cropping"] + seconds["CNN, one batch"]
ratio = (search + seconds["Fast R-CNN"]) / faster
check("Fast R-CNN with proposals over Faster R-CNN, time", ratio, at_least=3)
report("R-CNN with proposals over Faster R-CNN, time", (search + single) / faster)
report("R-CNN in one batch with proposals over Faster R-CNN, time", (search + batch) / faster)
ratio = (search + seconds["Fast R-CNN"]) / seconds["Faster R-CNN, XLA"]
check("Fast R-CNN with proposals over Faster R-CNN by XLA, time", ratio, at_least=4)
report("R-CNN over Faster R-CNN, time", single / faster)
report("Fast R-CNN over Faster R-CNN, time", seconds["Fast R-CNN"] / faster)
scenes_at_once = pixels(tests.images[:20])
whole(scenes_at_once)
in_batch = fastest_seconds(lambda: whole(scenes_at_once), 5) / len(scenes_at_once)
report("milliseconds of Faster R-CNN for a scene", 1000 * faster / 40)
report("milliseconds of Faster R-CNN for a scene, 20 in a batch", 1000 * in_batch)
# %%
of_maps, of_both = seconds["backbone and RPN"], seconds["with proposals"]
flows = {
    "R-CNN": {
        "selective search": search,
        "crops": seconds["cropping"],
        "CNN for each crop": seconds["CNN, one at a time"],
    },
    "Fast R-CNN": {"selective search": search, "CNN, RoI pooling": seconds["Fast R-CNN"]},
    "Faster R-CNN": {
        "backbone, RPN": of_maps,
        "proposals": of_both - of_maps,
        "read twice, NMS": faster - of_both,
    },
}
for method, steps_of_method in flows.items():
    spent = sum(steps_of_method.values())
    for step, value in steps_of_method.items():
        report(f"percent of the time of {method}: {step}", 100 * value / spent)
# %% tags=["figure"] title="three flows, and their time"
_, axes = plt.subplots(1, 2, figsize=(14, 3.8), width_ratios=(3, 1))
colors = {"selective search": ORANGE, "proposals": ORANGE}
for row, (method, steps_of_method) in enumerate(flows.items()):
    spent = sum(steps_of_method.values())
    axes[0].text(-0.2, -row, method, ha="right", va="center", fontsize=13)
    for column, (step, value) in enumerate(steps_of_method.items()):
        x = 1.1 + 2.6 * column
        frame = {"boxstyle": "round,pad=0.5", "fc": "white", "ec": colors.get(step, BLUE), "lw": 2}
        text = f"{step}\n{100 * value / spent:.0f}%"
        axes[0].text(x, -row, text, ha="center", va="center", fontsize=11, bbox=frame)
        if column:
            arrow = {"arrowstyle": "->", "color": GREY, "lw": 2, "shrinkA": 0, "shrinkB": 0}
            axes[0].annotate("", (x - 1.05, -row), (x - 1.55, -row), arrowprops=arrow)
    axes[1].barh([method], [1000 * spent / 40], color=GREY)
    axes[1].text(1000 * spent / 40, row, f" {1000 * spent / 40:.0f}", va="center")
frame = plt.Rectangle((-0.1, -2.4), 7.7, 0.8, fill=False, ec=SKY, ls="--", lw=2)
axes[0].add_patch(frame)
axes[0].text(7.7, -2, "one network", color=SKY, va="center", fontsize=11)
axes[0].set(xlim=(-1.9, 9), ylim=(-2.6, 0.5))
axes[0].axis("off")
axes[1].invert_yaxis()
axes[1].set(xlabel="milliseconds per scene", yticks=[])
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 강의 자료의 그림 2를 잰 시간과 함께 다시 그린 것. 왼쪽: 세 방법의 단계와, 저마다의 시간에서 그 단계가 차지하는 비율. 주황색이 후보를 내는 단계다. 다만 Faster R-CNN의 주황색은 앵커의 답에서 후보를 고르는 시간이고, RPN의 합성곱은 그 앞에 들어 있다. 강의 자료의 ‘통합’에 해당하는 것이 점선(one network)이다. 후보를 내는 일까지 한 신경망 안에 있다. 오른쪽: 한 장면에 드는 시간(milliseconds per scene, 밀리초).*
# %% [markdown] lang="en"
# *Figure [[figure]]. Figure 2 of the deck, drawn again with measured times. Left, the steps of the three methods, and the share that each takes of its method's time; orange are the steps that make proposals (for Faster R-CNN, choosing them from the answers of the anchors; the convolutions of the RPN are in the step before). What the deck marks as integrated is in the dashed frame: the proposals, too, are made in the one network. Right, milliseconds per scene.*
# %% [markdown] lang="ko"
# | 방법 (장면 40장을 하나씩, CPU) | 후보까지 넣은 시간 (Faster R-CNN의 몇 배) | 신경망만 (몇 배) | 논문에서 한 장에 걸린 시간 (VGG16은 GPU, 선택적 탐색은 CPU) |
# |---|---|---|---|
# | R-CNN, 상자를 하나씩 | [[range: R-CNN with proposals over Faster R-CNN, time]] | [[range: R-CNN over Faster R-CNN, time]] | 47초 + 후보 |
# | R-CNN, 상자를 한 배치로 | [[range: R-CNN in one batch with proposals over Faster R-CNN, time]] | – | – |
# | Fast R-CNN | [[range: Fast R-CNN with proposals over Faster R-CNN, time]] | [[range: Fast R-CNN over Faster R-CNN, time]] | 0.32초 + 후보(후보 1.51초를 더하면 1.83초) |
# | Faster R-CNN | 1 | 1 | 0.198초 |
#
# Faster R-CNN은 모든 크기가 정해져 있으므로 XLA로 컴파일할 수도 있다. 그렇게 하면 Fast R-CNN(후보까지)이 XLA로 컴파일한 Faster R-CNN의 [[range: Fast R-CNN with proposals over Faster R-CNN by XLA, time]]배다. 후보의 수가 장면마다 다른 Fast R-CNN은 수가 달라질 때마다 다시 컴파일해야 하므로 그렇게 하지 않았다. 선택적 탐색의 후보는 한 장면에 평균 [[range: rpn: proposals of selective search in a scene]]개이고, 이 강좌의 선택적 탐색은 파이썬으로 쓴 것이어서 다른 구현이면 배수가 달라진다.
#
# 논문의 47초와 0.32초는 Fast R-CNN 논문 표 4의 것으로 후보를 내는 시간이 빠져 있고, 1.83초와 0.198초는 Faster R-CNN 논문 표 5의 것이다. 논문에서 후보까지 넣으면 Fast R-CNN에서 Faster R-CNN으로 9배쯤 빨라졌다(거기에는 읽는 상자가 2,000개에서 300개로 준 것도 들어 있다. 상자를 읽는 시간이 174밀리초에서 47밀리초가 되었다).
#
# 신경망만 견주면 여기의 Faster R-CNN은 Fast R-CNN보다 느리다. 앵커에 답하고 후보를 고르고 두 번 읽는 일을 더 한다. 그런데도 빠른 것은 선택적 탐색이 없기 때문이다. 후보를 고르는 단계는 Faster R-CNN의 시간의 [[range: percent of the time of Faster R-CNN: proposals]]%, 백본과 RPN은 [[range: percent of the time of Faster R-CNN: backbone, RPN]]%다. 20장을 배치로 넣으면 한 장면에 [[range: milliseconds of Faster R-CNN for a scene, 20 in a batch]]밀리초다(하나씩 넣으면 [[range: milliseconds of Faster R-CNN for a scene]]밀리초. 컴퓨터에 따라 다르다).
#
# R-CNN에서 Faster R-CNN까지 1년 반이 조금 넘게 걸렸다. 아래 표의 마지막 둘은 나중에 나온 것이고, 이 강좌에서도 뒤에서 다룬다.
#
# | 방법 | arXiv에 나온 때 | 발표 | 어디에서 |
# |---|---|---|---|
# | R-CNN | 2013년 11월 | CVPR 2014 | UC 버클리 |
# | Fast R-CNN | 2015년 4월 | ICCV 2015 | 마이크로소프트 연구소 |
# | Faster R-CNN | 2015년 6월 | NeurIPS 2015(당시 NIPS) | 중국과학기술대학교, 마이크로소프트 연구소 |
# | Mask R-CNN | 2017년 3월 | ICCV 2017 | 페이스북 AI 연구소(FAIR) |
# | RF-R-CNN | – | MVA 2017(5월) | 카카오 |
# %% [markdown] lang="en"
# | method (40 scenes, one by one, CPU) | with proposals (times as long as Faster R-CNN) | network alone (times as long) | in the papers, for a picture (VGG16 on a GPU, selective search on a CPU) |
# |---|---|---|---|
# | R-CNN, one box at a time | [[range: R-CNN with proposals over Faster R-CNN, time]] | [[range: R-CNN over Faster R-CNN, time]] | 47 seconds + proposals |
# | R-CNN, boxes in one batch | [[range: R-CNN in one batch with proposals over Faster R-CNN, time]] | – | – |
# | Fast R-CNN | [[range: Fast R-CNN with proposals over Faster R-CNN, time]] | [[range: Fast R-CNN over Faster R-CNN, time]] | 0.32 seconds + proposals (1.83 with the 1.51 of these) |
# | Faster R-CNN | 1 | 1 | 0.198 seconds |
#
# As all sizes of Faster R-CNN are fixed, it can also be compiled by XLA. Fast R-CNN (with proposals) then takes [[range: Fast R-CNN with proposals over Faster R-CNN by XLA, time]] times as long as Faster R-CNN compiled by XLA. Fast R-CNN, with another number of proposals in every scene, would have to be compiled again for each number, so this was not done. Selective search gives a mean of [[range: rpn: proposals of selective search in a scene]] proposals in a scene; this course's own is written in Python, and with another implementation the ratios would differ.
#
# The papers' 47 and 0.32 seconds are from table 4 of the Fast R-CNN paper and leave out the time that proposals take; 1.83 and 0.198 are from table 5 of the Faster R-CNN paper. With proposals, Faster R-CNN was about 9 times as fast as Fast R-CNN there (partly since it read 300 boxes in the place of 2,000, for which 174 milliseconds became 47).
#
# Comparing the networks alone, Faster R-CNN is slower here than Fast R-CNN. It does more: it answers for anchors, chooses proposals, and reads twice. It is the faster one all the same, since there is no selective search. Choosing proposals takes [[range: percent of the time of Faster R-CNN: proposals]]% of its time, backbone and RPN [[range: percent of the time of Faster R-CNN: backbone, RPN]]%. With 20 scenes in a batch it needs [[range: milliseconds of Faster R-CNN for a scene, 20 in a batch]] milliseconds for a scene ([[range: milliseconds of Faster R-CNN for a scene]] one by one; it depends on the computer).
#
# From R-CNN to Faster R-CNN it took little more than a year and a half. The last two of the table below came later, and come later in this course, too.
#
# | method | on arXiv | published | where |
# |---|---|---|---|
# | R-CNN | November 2013 | CVPR 2014 | UC Berkeley |
# | Fast R-CNN | April 2015 | ICCV 2015 | Microsoft Research |
# | Faster R-CNN | June 2015 | NeurIPS 2015 (then NIPS) | University of Science and Technology of China, Microsoft Research |
# | Mask R-CNN | March 2017 | ICCV 2017 | Facebook AI Research (FAIR) |
# | RF-R-CNN | – | MVA 2017 (May) | Kakao |
# %% [markdown] lang="ko"
# ## 8. 훈련한 검출기를 남긴다
#
# 검출기를 쓸 사람에게는 훈련 코드가 필요 없다. `keras.export.ExportArchive`는 `detect`의 계산을 가중치와 함께 TensorFlow의 SavedModel로 저장한다. 불러올 때에는 이 수업의 클래스도 함수도 필요 없고, 장면을 넣으면 NMS까지 끝난 상자, 점수, 클래스가 나온다.
# %% [markdown] lang="en"
# ## 8. Keep the trained detector
#
# Whoever uses the detector has no need of the code that trained it. `keras.export.ExportArchive` saves the computation of `detect`, with the weights, as a SavedModel of TensorFlow. Loading it takes neither classes nor functions of this lesson. Given scenes, it answers with boxes, scores and classes, after NMS.
# %%
tf.get_logger().setLevel("ERROR")  # or else it says where it writes
folder = str(lesson.file("detector"))
archive = keras.export.ExportArchive()
archive.track(detector)
signature = [tf.TensorSpec((None, 128, 128, 1), "float32")]
archive.add_endpoint("detect", lambda scenes: detect(detector, scenes), signature)
archive.write_out(folder, verbose=False)
loaded = tf.saved_model.load(folder)
few = pixels(tests.images[:3])
before, after = whole(few), loaded.detect(few)
same(before[0], after[0], "boxes before and after saving", 1e-4)
same(before[1], after[1], "scores before and after saving", 1e-4)
same(before[2], after[2], "labels before and after saving")


# %% [markdown] lang="ko"
# 훈련을 이어 갈 사람에게는 가중치만 있으면 된다. 아래 셀이 저장하는 파일이 이 강좌에 들어 있고, 다음 수업들은 그 가중치에서 시작한다(`helpers.faster_rcnn`). 컴파일한 모델을 저장하면 Adam의 상태까지 들어가 파일이 세 배가 되므로, 컴파일하지 않은 사본에 가중치를 옮겨 저장한다.
# %% [markdown] lang="en"
# Whoever trains on needs the weights alone. The file that the cell below saves is a part of this course, and the lessons to come start from it (`helpers.faster_rcnn`). Saved from the compiled model it would hold the state of Adam, too, and be three times as large; so the weights go into a copy that was never compiled.
# %%
kept = FasterRCNN(lesson.seed)
kept.build((None, 128, 128, 1))
kept.set_weights(detector.get_weights())
path = lesson.file("faster_rcnn.weights.h5")
kept.save_weights(path)
check("size of the weights in bytes", path.stat().st_size, at_most=2_000_000)


# %% [markdown] lang="ko"
# ## 9. 무엇을 언제 쓸까
#
# - Faster R-CNN이 더 빨라야 하면 읽는 후보의 수와 횟수부터 줄여 보고 AP를 잰다. 후보를 내지 않고 한 번에 답하는 한 단계 검출기(YOLO 등)와는 여기에서 견주지 않았다.
# - 상자는 둘레까지 넓혀 읽고, 훈련할 때에는 실제 상자 가까이의 상자를 넉넉히 넣는다. 여기에서 뚜렷이 도움이 된 것들이다.
# - 특성 피라미드나 사전 훈련처럼 누구나 쓰는 것도, 자기 데이터에서 시드를 짝지어 견주어 보고 쓴다.
# - AP가 낮으면 임계값별, 크기별로 나누어 보고, 상자가 문제인지 클래스가 문제인지부터 가린다.
# %% [markdown] lang="en"
# ## 9. What to use when
#
# - If Faster R-CNN has to be faster, first try fewer proposals or readings, and measure the AP. Detectors of one stage (such as YOLO), which answer at once and make no proposals, were not compared here.
# - Read boxes with their surroundings, and train on plenty of boxes near the real ones. These helped clearly here.
# - What everybody uses, such as a feature pyramid or pretraining, should be compared on your own data, too, with paired seeds.
# - Where AP is low, take it by threshold and by size, and find out first whether boxes or classes are the problem.
# %% [markdown] lang="ko" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 10. 강의 자료와 다른 점
#
# - 003 ‘작년에 마이크로 소프트에서 내놓은’: 논문은 2015년 6월에 arXiv에 올라왔다(두 쪽 뒤에 적힌 번호 1506.01497의 앞 네 자리가 연월이다). 저자는 마이크로소프트 연구소와 중국과학기술대학교 소속이다(7절).
# - 003 ‘바운딩박스의 좌 표와 바운딩박스의 점수 계산’: RPN이 하는 일은 여기까지다. 클래스를 정하고 상자를 다시 고치는 둘째 단계는 그 쪽에 적혀 있지 않다(2절, 3절).
# - 003 ‘Region Proposal 단계를 CNN에 포함시켜 병목을 해결’: 맞다. 다만 후보를 내는 시간이 0이 된 것은 아니다. RPN의 합성곱을 빼고 후보를 고르는 데에만 전체의 [[range: percent of the time of Faster R-CNN: proposals]]%가 든다(7절).
# %% [markdown] lang="en" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 10. Where the slides differ
#
# - Deck 003 says that Microsoft put it forward last year. The paper came out on arXiv in June 2015 (the first four digits of its number 1506.01497, given two pages on, are year and month). Its authors are of Microsoft Research and of the University of Science and Technology of China (section 7).
# - Deck 003 says that coordinates and scores of boxes are computed. That is what the RPN does. The second stage, which finds the class and corrects the box once more, is not on the page (sections 2 and 3).
# - Deck 003 says that making the step of proposals a part of the CNN removes the bottleneck. It does; but the time for proposals has not become zero. Choosing them, without the convolutions of the RPN, takes [[range: percent of the time of Faster R-CNN: proposals]]% of all (section 7).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 특성 피라미드(5절)에서 올라오며 더하는 일을 NumPy로 쓰라. 수용 영역이 넓은 맵 `wide` (행, 열, 채널)과 그보다 행과 열이 두 배인 맵 `finer`를 받아, `wide`의 값 하나를 2×2칸에 되풀이해 `finer`에 더한 것을 돌려주라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write in NumPy how maps are added on the way up a feature pyramid (section 5). Given a map with a large receptive field, `wide` (rows, columns, channels), and one with twice as many rows and columns, `finer`, repeat each value of `wide` in 2×2 places, and return the sum with `finer`.
# %% tags=["exercise"]
def way_up(wide, finer):
    """The sum (rows, columns, channels) of the finer map and the wide one, doubled."""
    ...


# %% tags=["solution"]
def way_up(wide, finer):
    """The sum (rows, columns, channels) of the finer map and the wide one, doubled."""
    return finer + wide.repeat(2, axis=0).repeat(2, axis=1)


# %% tags=["wrong"]
def way_up(wide, finer):
    """The sum (rows, columns, channels) of the finer map and the wide one, doubled."""
    return finer + np.tile(wide, (2, 2, 1))  # the whole map again, and not each value


# %%
def way_up_by_keras(wide, finer):
    """The same by the layer of Keras that does so."""
    return finer + np.array(layers.UpSampling2D(2)(wide[None]))[0]


rng = np.random.RandomState(0)
shapes = [(1, 2, 1), (3, 2, 4), (5, 5, 3)]
cases = [(rng.randint(0, 9, (r, c, k)), rng.randint(0, 9, (2 * r, 2 * c, k))) for r, c, k in shapes]
cases = [tuple(each.astype("float32") for each in case) for case in cases]
exercise(way_up, [(case, way_up_by_keras(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 아래의 (가)부터 (마)에서, 앞에 적힌 손실만으로 기울기를 구하면 뒤에 적힌 층의 커널에 0이 아닌 기울기가 오는가? `"yes"`나 `"no"` 다섯을 차례로 돌려주라. (가) 둘째 단계의 클래스 손실, 사전 훈련된 CNN의 마지막 합성곱. (나) 둘째 단계의 클래스 손실, RPN의 3×3 합성곱. (다) RPN의 객체성 손실, `fine`을 만드는 2×2 합성곱. (라) `stop_gradient`를 뺐을 때 둘째 단계의 클래스 손실, RPN의 델타를 내는 1×1 합성곱. (마) `stop_gradient`를 뺐을 때 둘째 단계의 클래스 손실, RPN의 객체성을 내는 1×1 합성곱.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* Take the gradient of just one loss. Is it other than 0 for the kernel of the layer that is named after it? Return five of `"yes"` and `"no"`, in this order. (a) The class loss of the second stage, the last convolution of the pretrained CNN. (b) The class loss of the second stage, the 3×3 convolution of the RPN. (c) The objectness loss of the RPN, the 2×2 convolution that goes into `fine`. (d) Without `stop_gradient`: the class loss of the second stage, the 1×1 convolution for the deltas of the RPN. (e) Without `stop_gradient`: the class loss of the second stage, the 1×1 convolution for the objectness of the RPN.
# %% tags=["exercise"]
def reached():
    """Five of "yes", "no"."""
    ...


# %% tags=["solution"]
def reached():
    """Five of "yes", "no"."""
    # a: by way of fine; b: proposals are taken as given; c: fine is not on its way;
    # d: boxes are decoded from deltas, and RoIAlign depends on where a box lies; e: objectness
    # only says which boxes are taken, and a choice has no slope
    return "yes", "no", "no", "yes", "no"


# %% tags=["wrong"]
def reached():
    """Five of "yes", "no"."""
    return "no", "no", "no", "yes", "yes"


# %%
def measured_reach():
    """The same, measured with a network that is not trained."""
    model, few = FasterRCNN(0), digit_scenes(load_mnist()[0], 2, seed=8)
    inner = [each for each in model.first.layers if isinstance(each, layers.Conv2D)]
    kernels = {tuple(each.kernel.shape): each.kernel.value for each in inner}
    shapes = (3, 3, 64, 64), (2, 2, 16, 48), (1, 1, 64, 36), (1, 1, 64, 9)
    kernels = [model.first.layers[1].layers[-1].kernel.value, *(kernels[each] for each in shapes)]
    with tf.GradientTape(persistent=True) as tape:
        fine, answers = model(pixels(few.images))
        objectness, _, of_classes, _ = four_losses(model, fine, answers, *truth_of(few).values())
        boxes, _ = rpn.proposals(answers, ANCHORS, PROPOSALS, 128, 128, 128)
        logits = read(model.head, fine, boxes)[..., :11]
        through = -ops.sum(ops.log_softmax(logits)[..., 10])  # as if all were background
    losses = of_classes, of_classes, objectness, through, through
    slopes = [tape.gradient(*pair) for pair in zip(losses, kernels)]
    return ["no" if each is None or not np.any(each) else "yes" for each in slopes]


def all_predictions_right():
    """Whether all five are."""
    said = reached()
    return None if said is None else list(said) == measured_reach()


exercise(all_predictions_right, [((), True)])


# %% [markdown] lang="ko"
# **3.** 상자만 완벽했다면 AP는 얼마였을까? 한 장면의 답 `said`와 정답 `shown`을 받아, 가장 많이 겹치는 숫자와 IoU가 0.5 이상인 답의 상자를 그 숫자의 상자로 바꾼 `Detections`를 돌려주라. 나머지 답과 점수와 클래스는 그대로 둔다. 장면마다 숫자가 적어도 하나 있다. 맞으면 그 아래 셀에서 테스트 장면의 AP가 얼마가 되는지 나온다.
# %% [markdown] lang="en"
# **3.** What would the AP be if only the boxes were perfect? Given the answers to one scene, `said`, and the truth, `shown`, return `Detections` in which each answer that has an IoU of 0.5 or more with the digit it overlaps most has the box of that digit. Leave the other answers, the scores and the labels as they are. Each scene has a digit or more. If it is right, the cell after the next says what the AP of the test scenes becomes.
# %% tags=["exercise"]
def well_placed(said, shown):
    """Detections with the boxes of the digits that they are near to."""
    ...


# %% tags=["solution"]
def well_placed(said, shown):
    """Detections with the boxes of the digits that they are near to."""
    ious = iou(said.boxes, shown.boxes)
    near = ious.max(axis=1) >= 0.5
    boxes = np.where(near[:, None], shown.boxes[ious.argmax(axis=1)], said.boxes)
    return Detections(boxes, said.scores, said.labels)


# %% tags=["wrong"]
def well_placed(said, shown):
    """Detections with the boxes of the digits that they are near to."""
    nearest = iou(said.boxes, shown.boxes).argmax(axis=1)  # however far away that is
    return Detections(shown.boxes[nearest], said.scores, said.labels)


# %%
def boxes_of_well_placed(said, shown):
    """Numbers of their boxes, whether scores and labels stayed, whether `said` did."""
    before = said.boxes.copy()
    if (answer := well_placed(said, shown)) is None:
        return None
    stayed = [list(a) == list(b) for a, b in zip(answer[1:], said[1:])]
    return [*np.ravel(answer.boxes), all(stayed), np.array_equal(said.boxes, before)]


digits = objects_of(np.array([[(40, 40, 60, 60), (70, 10, 90, 50)]]), np.array([[7, 1]]))[0]
boxes = [(40, 40, 60, 49), (40, 40, 60, 50), (40, 40, 60, 51), (71, 12, 92, 48), (0, 0, 9, 9)]
said = Detections(np.array(boxes, float), np.linspace(0.9, 0.5, 5), np.array([7, 7, 2, 1, 1]))
first, second = digits.boxes.tolist()  # IoUs are 0.45, 0.5, 0.55, 0.78 and 0
right = [list(boxes[0]), first, first, second, list(boxes[4])]
exercise(boxes_of_well_placed, [((said, digits), [*np.ravel(right), True, True])])
# %% tags=["nbval-ignore-output"]
if boxes_of_well_placed(found[0], truth[0]) is not None:
    placed = [well_placed(*pair) for pair in zip(found, truth)]
    print(
        f"AP {coco_ap(found, truth, range(10)).ap:.3f} -> {coco_ap(placed, truth, range(10)).ap:.3f}"
    )


# %% [markdown] lang="ko"
# **4.** 논문은 두 단계를 번갈아 훈련한다. 마지막 차례에는 백본과 RPN을 고정하고 둘째 단계만 훈련한다. 훈련하지 않은 `FasterRCNN` `model`과 장면 `scenes`를 받아, `model.first`를 고정하고 Adam(학습률 0.002)으로 40에포크 훈련한 다음 `model`을 돌려주라. 배치는 8이고 기록은 출력하지 않는다(`verbose=0`). 아래 셀은 첫째 단계의 가중치가 그대로인지, 둘째 단계의 가중치가 바뀌었는지, 클래스의 손실이 절반보다 줄었는지를 차례로 본다. 10초쯤 걸린다.
# %% [markdown] lang="en"
# **4.** The paper trains the two stages in turn. In the last step backbone and RPN are fixed, and only the second stage is trained. Given a `FasterRCNN` that is not trained, `model`, and `scenes`, fix `model.first`, train for 40 epochs by Adam (learning rate 0.002), and return `model`. The batch size is 8, and nothing is printed (`verbose=0`). The cell below sees whether the weights of the first stage are as before, whether those of the second have changed, and whether the class loss has fallen to less than half. It takes about ten seconds.
# %% tags=["exercise"]
def second_stage_only(model, scenes):
    """The model, with only its second stage trained."""
    ...


# %% tags=["solution"]
def second_stage_only(model, scenes):
    """The model, with only its second stage trained."""
    model.first.trainable = False
    model.compile(keras.optimizers.Adam(0.002))
    model.fit(pixels(scenes.images), truth_of(scenes), batch_size=8, epochs=40, verbose=0)
    return model


# %% tags=["wrong"]
def second_stage_only(model, scenes):
    """The model, with only its second stage trained."""
    model.compile(keras.optimizers.Adam(0.002))  # all of it
    model.fit(pixels(scenes.images), truth_of(scenes), batch_size=8, epochs=40, verbose=0)
    return model


# %%
def facts_of_second_stage_only():
    """First stage unchanged, second stage changed, class loss below half."""
    keras.utils.set_random_seed(0)
    few = digit_scenes(load_mnist()[0], 8, seed=10)
    model, truth = FasterRCNN(0), truth_of(few)
    model.build((None, 128, 128, 1))

    def class_loss():
        fine, answers = model.first(pixels(few.images))
        return float(four_losses(model, fine, answers, truth["boxes"], truth["labels"])[2])

    first, head, before = model.first.get_weights(), model.head.get_weights(), class_loss()
    if second_stage_only(model, few) is None:
        return None
    unchanged = all(np.array_equal(*pair) for pair in zip(first, model.first.get_weights()))
    changed = not any(np.array_equal(*pair) for pair in zip(head, model.head.get_weights()))
    return unchanged, changed, class_loss() < before / 2


exercise(facts_of_second_stage_only, [((), (True, True, True))])
# %% [markdown] lang="ko"
# ## 요약
#
# - 한 백본이 특성 맵을 둘 낸다. RPN은 수용 영역이 넓은 스트라이드 8인 맵을, 둘째 단계는 세밀한 스트라이드 4인 맵을 쓴다.
# - Faster R-CNN은 한 신경망이다. 손실 넷을 더해 `fit`으로 함께 훈련하고, 후보의 자리를 거치는 기울기는 끊는다.
# - 훈련에 쓰지 않은 500장에서 AP는 [[range: AP of Faster R-CNN]], AP50은 [[range: AP50 of Faster R-CNN]]이다. AP를 잃는 것은 대부분 상자가 덜 정확해서이고, 작은 숫자의 AP가 더 낮다.
# - 두 번 읽는 것은 [[verdict: AP on the first 200 scenes − AP on the first 200 scenes, read once]]. 다른 것들은 5절의 표에 있다.
# - 후보까지 넣으면 Fast R-CNN은 Faster R-CNN의 [[range: Fast R-CNN with proposals over Faster R-CNN, time]]배 걸린다(한 장면씩, CPU).
# %% [markdown] lang="en"
# ## Summary
#
# - One backbone puts out two feature maps. The RPN uses the one of stride 8, with the larger receptive field, the second stage the fine one, of stride 4.
# - Faster R-CNN is one network. Four losses are added up, and `fit` trains all of it together; the gradient through the places of proposals is cut.
# - On 500 scenes that were not used in training the AP is [[range: AP of Faster R-CNN]], AP50 [[range: AP50 of Faster R-CNN]]. Most of what is lacking is in how exact the boxes are, and small digits have a lower AP.
# - Reading twice [[verdict: AP on the first 200 scenes − AP on the first 200 scenes, read once]]. The table of section 5 has the others.
# - With proposals, Fast R-CNN takes [[range: Fast R-CNN with proposals over Faster R-CNN, time]] times as long as Faster R-CNN (one scene at a time, on a CPU).
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 003 ‘Fast R-CNN 의 문제점 해결’, ‘Faster R-CNN 을 활용한 사물검출(object detection)’, ‘Processing Flow’, ‘[참고] R-CNN 에서 Faster R-CNN 까지의 설명자료’.
# - S. Ren, K. He, R. Girshick, J. Sun (2015). *Faster R-CNN: Towards real-time object detection with region proposal networks*. NeurIPS. 절과 표는 arXiv:1506.01497v3의 것이다. 3.2절(두 단계를 함께 쓰기), 표 5(시간).
# - R. Girshick (2015). *Fast R-CNN*. ICCV. 표 4(시간).
# - T.-Y. Lin, P. Dollár, R. Girshick, K. He, B. Hariharan, S. Belongie (2017). *Feature pyramid networks for object detection*. CVPR.
# - K. He, G. Gkioxari, P. Dollár, R. Girshick (2017). *Mask R-CNN*. ICCV. 3절(RoIAlign).
# - R. Girshick, J. Donahue, T. Darrell, J. Malik (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR.
# - Z. Cai, N. Vasconcelos (2018). *Cascade R-CNN: Delving into high quality object detection*. CVPR.
# - M.-C. Roh, J. Lee (2017). *Refining faster-RCNN for accurate object detection*. MVA.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 003, the pages on how the problem of Fast R-CNN is solved, on object detection by Faster R-CNN, on the processing flow, and the reference from R-CNN to Faster R-CNN.
# - S. Ren, K. He, R. Girshick, J. Sun (2015). *Faster R-CNN: Towards real-time object detection with region proposal networks*. NeurIPS. Sections and tables are those of arXiv:1506.01497v3: section 3.2 (both stages sharing features), table 5 (times).
# - R. Girshick (2015). *Fast R-CNN*. ICCV. Table 4 (times).
# - T.-Y. Lin, P. Dollár, R. Girshick, K. He, B. Hariharan, S. Belongie (2017). *Feature pyramid networks for object detection*. CVPR.
# - K. He, G. Gkioxari, P. Dollár, R. Girshick (2017). *Mask R-CNN*. ICCV. Section 3 (RoIAlign).
# - R. Girshick, J. Donahue, T. Darrell, J. Malik (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR.
# - Z. Cai, N. Vasconcelos (2018). *Cascade R-CNN: Delving into high quality object detection*. CVPR.
# - M.-C. Roh, J. Lee (2017). *Refining faster-RCNN for accurate object detection*. MVA.
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
