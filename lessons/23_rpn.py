# %% [markdown] lang="ko" headline="recall of 10, network"
# # [[number]] · 영역 제안 신경망
#
# [[badge]]
#
# **후보 영역도 신경망이 낼 수 있을까?**
# %% [markdown] lang="en" headline="recall of 10, network"
# # [[number]] · Region proposal networks
#
# [[badge]]
#
# **Can a network make the proposals, too?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 특성 맵의 칸마다 앵커를 놓고, IoU로 앵커마다의 정답을 정할 수 있다.
# - 앵커마다 객체가 있는지와 상자를 어떻게 고칠지를 답하는 신경망을 만들어 훈련할 수 있다.
# - 비최대 억제를 모든 상자에 한꺼번에 하여, 장면마다 정해진 수의 후보를 낼 수 있다.
# - 신경망의 후보와 선택적 탐색의 후보를 재현율과 시간으로 견줄 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 40분이고, `small`에서는 실행에 1–1.5분 걸린다. [[boxes]]의 앵커, 델타, IoU, NMS, [[rcnn]]의 후보 영역과 재현율, [[fast_rcnn]]의 손실을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Put anchors at every place of a feature map, and say by IoU what each of them should answer.
# - Build and train a network that says for every anchor whether it holds an object, and how to correct its box.
# - Do non-maximum suppression of all boxes at once, and give a fixed number of proposals for every scene.
# - Compare the proposals of the network with those of selective search, by recall and by time.
#
# It takes about 40 minutes to read, without the exercises, and at scale `small` one to one and a half minutes to run. You need anchors, deltas, IoU and NMS from [[boxes]], region proposals and recall from [[rcnn]], the losses of [[fast_rcnn]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘Fast R-CNN 의 문제점 해결’과 ‘Faster R-CNN 을 활용한 사물검출(object detection)’ 가운데 후보 영역을 내는 부분에 해당한다. 두 쪽의 나머지인 검출기 전체는 다음 수업에서 다룬다. 자료와 다른 점은 8절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers one half of two pages of deck 003, those on how the problem of Fast R-CNN is solved and on object detection by Faster R-CNN: the half that makes proposals. The other half, the whole detector, is for the next lesson. Section 8 collects the differences from the slides.
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

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.initializers import Constant, RandomNormal
from keras.optimizers.schedules import CosineDecay

from helpers import box_ops
from helpers.boxes import anchor_boxes, clip, decode, encode, iou, nms
from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.metrics import objects_of
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_scene
from helpers.proposals import selective_search
from helpers.scenes import digit_scenes
from helpers.timing import fastest_seconds
from helpers.weights import load_scene_classifier

# %% [markdown] lang="ko" slides="003 Fast R-CNN 의 문제점 해결; 003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 1. 칸마다 앵커 아홉 개
#
# [[fast_rcnn]]에서 시간의 대부분은 후보 영역을 추출하는 데 들었다. 선택적 탐색은 밝기와 크기와 맞물리는 정도만 보고 조각을 묶으므로 숫자가 어떻게 생겼는지 모른다. 그런데 바로 옆에는 숫자를 알아보려고 계산한 특성 맵이 있다. 특성 맵에서 후보 영역까지 읽어 내면 선택적 탐색이 필요 없지 않을까? 그렇게 한 것이 Faster R-CNN 논문(Ren 외, 2015)의 **영역 제안 신경망**(region proposal network)이고, RPN으로 줄여 쓴다. 강의 자료의 ‘Region Proposal 단계를 CNN에 포함’이 이것이다.
#
# 특성 맵의 칸마다, 답의 기준이 될 상자인 앵커를 놓는다. 128×128 장면을 스트라이드 8로 줄인 특성 맵은 16×16칸이다. 칸마다 그 한가운데에 크기 셋, 높이를 너비로 나눈 비 셋인 앵커 아홉 개를 놓는다. 크기(넓이의 제곱근)는 18, 28, 42픽셀, 비는 0.75, 1.2, 2로 했다. 강의 자료와 논문의 비 2:1, 1:1, 1:2와 다른 것은, [[boxes]]에서 보았듯이 데이터를 보고 고르는 것이 나아서다(훈련 장면에서 상자의 히스토그램을 보고 정했다).
#
# 데이터는 앞의 두 수업과 같은 숫자로 만든 장면이다. 다만 훈련 장면에는 숫자를 여덟 개까지 놓는다(테스트 장면은 다섯 개까지). 장면 하나에서 합성곱은 한 번이므로, 숫자가 많을수록 같은 계산으로 배울 것이 많다.
# %% [markdown] lang="en" slides="003 Fast R-CNN 의 문제점 해결; 003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 1. Nine anchors at every place
#
# In [[fast_rcnn]] making proposals took most of the time. Selective search joins pieces by their brightness, size and fit, and does not know what a digit looks like. Next to it is a feature map that was computed to read digits. If proposals, too, could be read off that map, selective search would not be needed. This is the **region proposal network** of the Faster R-CNN paper (Ren et al., 2015), RPN for short; the deck says that the step of proposing regions is made a part of the CNN.
#
# Anchors are the reference boxes for which the places of the map answer. A scene of 128×128 becomes a feature map with a stride of 8, of 16×16 places. At the centre of each place stand nine anchors, of three sizes by three ratios of height to width. The sizes (square roots of the area) are 18, 28 and 42 pixels, the ratios 0.75, 1.2 and 2. They are not the 2:1, 1:1 and 1:2 of deck and paper since, as seen in [[boxes]], they are better chosen from the data (here from histograms of the boxes in training scenes).
#
# The scenes are made of the same digits as in the last two lessons. But training scenes hold up to eight of them (test scenes up to five): convolutions pass over a scene once, so with more digits there is more to learn from the same computation.
# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # the digits that validation scenes were made of, as in lesson rcnn
train_digits = x_train[:-held], y_train[:-held]
scenes = digit_scenes(train_digits, lesson.at_scale(small=1000, full=6000), lesson.seed, most=8)
tests = digit_scenes(test_digits, 100, seed=4)  # the first 60 are those of the last two lessons
trained_on, truth = (objects_of(each.boxes, each.labels) for each in (scenes, tests))

place = np.argmax((tests.labels >= 0).sum(axis=1))  # a scene to draw: the first with five digits
image = tests.images[place]

SIDES = (18, 28, 42)  # square roots of areas, in pixels
RATIOS = (0.75, 1.2, 2.0)  # of height to width
ANCHORS = anchor_boxes(16, 16, 8, SIDES, RATIOS)  # place by place, nine at each
check("anchors of a scene", len(ANCHORS), equals=2304)
best = [iou(ANCHORS, each.boxes).max(axis=0) for each in trained_on]  # for each digit
fitted_by_one = 100 * np.mean(np.concatenate(best) >= 0.5)
check("percent of digits with an anchor of IoU 0.5 or more", fitted_by_one, at_least=93)
# %% tags=["figure"] title="anchors of one place"
_, axes = plt.subplots(1, 2, figsize=(10, 4.8))
at_place = ANCHORS[9 * (16 * 6 + 9) :][:9]  # row 6, column 9
colors = [color for color in (VERMILION, ORANGE, GREEN) for _ in RATIOS]
draw_scene(axes[0], image, at_place, color=colors, title="nine anchors of one place")
centres = (ANCHORS[::9, :2] + ANCHORS[::9, 2:]) / 2
axes[0].plot(*centres.T, ".", color=SKY, ms=4)
nearest = ANCHORS[iou(ANCHORS, truth[place].boxes).argmax(axis=0)]
both = [*truth[place].boxes, *nearest]
colors = [BLUE] * len(nearest) + [SKY] * len(nearest)
draw_scene(axes[1], image, both, color=colors, title="digits and their best anchors")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽: 16×16칸의 한가운데(하늘색 점)와 한 칸의 앵커 아홉 개(nine anchors of one place). 크기 18(주홍색), 28(주황색), 42(초록색)에 비 셋이다. 오른쪽: 숫자의 상자(파란색)와 IoU가 가장 높은 앵커(하늘색)(digits and their best anchors). 좁은 1에는 가장 잘 맞는 앵커도 너무 넓다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, the centres of the 16×16 places (sky blue) and the nine anchors of one place: sizes of 18 (vermilion), 28 (orange) and 42 (green), by three ratios. Right, the boxes of the digits (blue) and for each the anchor with the highest IoU (sky blue). For the narrow 1 even the best is too wide.*
# %% [markdown] lang="ko"
# 앵커는 어느 장면에서나 같은 2,304개다. 그런데도 훈련 장면의 숫자 가운데 [[range: percent of digits with an anchor of IoU 0.5 or more]]%에 IoU가 0.5 이상인 앵커가 있다(다섯 시드에서 가장 작은 값과 가장 큰 값. 아래의 범위도 모두 그렇다). 남은 일은 두 가지다. 어느 앵커에 숫자가 있는지 가려내고, 그 앵커를 숫자에 맞게 고치는 것이다.
# %% [markdown] lang="en"
# The anchors are the same 2,304 in every scene, and yet [[range: percent of digits with an anchor of IoU 0.5 or more]]% of the digits in training scenes have an anchor with an IoU of 0.5 or more (the lowest and the highest of five seeds, as all ranges below). Two things are left to do: tell which anchors hold a digit, and correct those so that they fit it.
# %% [markdown] lang="ko" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 2. 앵커마다 무엇이 정답인가
#
# 앵커마다 배울 정답은 IoU로 정한다. 숫자와 겹치는 정도에 따라 앵커를 셋으로 나눈다.
#
# - **양성**(positive): 어느 숫자와 IoU가 0.5 이상이거나, 어느 숫자에 가장 잘 맞는 앵커다. 둘째 조건이 없으면 IoU가 0.5 이상인 앵커가 없는 숫자는 아무도 맡지 않는다(그래도 0.2는 넘어야 한다. 너무 다른 상자에서는 고치기 어려울 것이기 때문이다).
# - **음성**(negative): 양성이 아니면서 어느 숫자와도 IoU가 0.3보다 낮다.
# - 나머지는 훈련에 쓰지 않는다.
#
# 논문(3.1.2절)에서는 0.5 대신 0.7이고, 0.2라는 조건은 없다. 여기에서 0.7로 하면 훈련 장면의 숫자 가운데 절반쯤에만 그런 앵커가 있다. 양성에는 그 앵커와 IoU가 가장 높은 숫자의 상자에 이르는 델타도 정답으로 준다(그래서 한 숫자에 가장 잘 맞는 앵커라도 다른 숫자와 더 많이 겹치면 그쪽으로 고치라고 배운다). 숫자의 상자가 $(40, 40, 64, 76)$일 때 세 앵커를 보자.
#
# | 앵커 | IoU | 정답 |
# |---|---|---|
# | $(42, 38, 66, 78)$ | 0.77 | 양성, 델타 $(-0.083, 0, 0, -0.105)$ |
# | $(40, 58, 68, 86)$ | 0.36 | 쓰지 않음 |
# | $(70, 70, 98, 98)$ | 0 | 음성 |
#
# 첫 앵커의 중심은 $(54, 58)$, 숫자의 중심은 $(52, 58)$이므로 $\Delta_x = -2/24$이고, 높이는 40에서 36이 되므로 $\Delta_h = \ln 0.9$다. 델타는 작으므로 $(0.1, 0.1, 0.2, 0.2)$로 나누어 배운다. 첫 앵커에서는 $(-0.83, 0, 0, -0.53)$이고, 아래의 `targets`가 주는 것이 이렇게 나눈 델타다. 경계를 넘는 앵커도 다른 앵커와 똑같이 다룬다.
# %% [markdown] lang="en" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 2. What each anchor should answer
#
# What an anchor should learn to answer is decided by IoU. It divides the anchors into three kinds.
#
# - **Positive**: has an IoU of 0.5 or more with a digit, or is the best anchor of one. Without the second condition nobody would answer for a digit that no anchor fits by 0.5 (the best must still have more than 0.2; a box that is too different should be hard to correct).
# - **Negative**: is not positive and has an IoU below 0.3 with every digit.
# - The others are not used in training.
#
# The paper (section 3.1.2) has 0.7 in the place of 0.5, and no condition of 0.2. With 0.7 only about half of the digits in training scenes would have such an anchor. A positive anchor also gets deltas, to the box of the digit with which its IoU is highest (so that the best anchor of one digit learns to go to another one, if it overlaps that one more). Let the box of a digit be $(40, 40, 64, 76)$, and take three anchors.
#
# | anchor | IoU | answer |
# |---|---|---|
# | $(42, 38, 66, 78)$ | 0.77 | positive, deltas $(-0.083, 0, 0, -0.105)$ |
# | $(40, 58, 68, 86)$ | 0.36 | not used |
# | $(70, 70, 98, 98)$ | 0 | negative |
#
# The centre of the first anchor is $(54, 58)$ and that of the digit $(52, 58)$, so $\Delta_x = -2/24$; the height goes from 40 to 36, so $\Delta_h = \ln 0.9$. Deltas are small. They are divided by $(0.1, 0.1, 0.2, 0.2)$ for learning, for the first anchor $(-0.83, 0, 0, -0.53)$; what `targets` gives below are these. Anchors that cross the border are treated as all others.


# %%
SPREAD = np.array([0.1, 0.1, 0.2, 0.2], "float32")


def targets(anchors, boxes):
    """For each anchor 1 (positive), 0 (negative) or -1 (not used), and four deltas: (n, 5)."""
    ious = iou(anchors, boxes)  # (anchors, digits)
    best, nearest = ious.max(axis=1), ious.argmax(axis=1)
    kinds = np.where(best >= 0.5, 1, np.where(best < 0.3, 0, -1))
    of_digits = ious.max(axis=0)
    kinds[((ious == of_digits) & (of_digits > 0.2)).any(axis=1)] = 1  # the best of a digit
    return np.column_stack([kinds, encode(boxes[nearest], anchors) / SPREAD])


three = np.array([(42, 38, 66, 78), (40, 58, 68, 86), (70, 70, 98, 98)])
digit = np.array([(40, 40, 64, 76)])
check("IoU of the three", iou(three, digit)[:, 0].round(2).tolist(), equals=[0.77, 0.36, 0])
example = targets(three, digit)
check("kinds of the three", example[:, 0].tolist(), equals=[1, -1, 0])
deltas = (example[0, 1:] * SPREAD).round(3).tolist()
check("deltas of the first", deltas, equals=[-0.083, 0, 0, -0.105])
# %%
answers = np.array([targets(ANCHORS, each.boxes) for each in trained_on], "float32")  # (n, 2304, 5)
positive = answers[..., 0] == 1
report("positive anchors in a scene", positive.sum(axis=1).mean())
report("anchors that are not used in a scene", (answers[..., 0] == -1).sum(axis=1).mean())
stds = answers[positive][:, 1:].std(axis=0)  # of the four deltas, divided by SPREAD
report("smallest standard deviation of the four deltas", stds.min())
report("largest standard deviation of the four deltas", stds.max())
check("percent of anchors that are positive", 100 * positive.mean(), at_least=1.5, at_most=3)
# %% tags=["figure"] title="kinds of anchors"
kinds = targets(ANCHORS, truth[place].boxes)[:, 0]
_, axes = plt.subplots(1, 3, figsize=(12, 4))
for axis, kind, color in zip(axes, (1, -1, 0), (ORANGE, VERMILION, SKY)):
    name = {1: "positive", -1: "not used", 0: "negative"}[kind]
    rows = np.flatnonzero(kinds == kind)
    some = ANCHORS[np.random.RandomState(1).permutation(rows)[:16]]
    colors = [color] * len(some) + [GREEN] * len(truth[place].boxes)
    title = f"{name}: {len(rows):,}"
    draw_scene(axis, image, [*some, *truth[place].boxes], color=colors, title=title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 장면 하나의 앵커 2,304개를 셋으로 나눈 것. 양성(positive, 주황색), 쓰지 않는 것(not used, 주홍색), 음성(negative, 하늘색)이고, 제목의 수는 저마다의 개수다. 열여섯 개씩만 골라 그렸다. 초록색은 숫자의 상자다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The 2,304 anchors of a test scene, of three kinds: positive (orange), not used (vermilion) and negative (sky blue). Titles have their number; sixteen of each are drawn. Green are the boxes of the digits.*
# %% [markdown] lang="ko"
# 훈련 장면 하나에 양성이 평균 [[range: positive anchors in a scene]]개로, 전체의 [[range: percent of anchors that are positive]]%다. 손실을 정할 때 이것을 생각해야 한다(4절). 나눈 델타의 표준편차는 넷 가운데 가장 작은 것이 [[range: smallest standard deviation of the four deltas]], 가장 큰 것이 [[range: largest standard deviation of the four deltas]]이므로, 넷의 크기가 서로 비슷하고 1보다 조금 크다.
# %% [markdown] lang="en"
# A training scene has a mean of [[range: positive anchors in a scene]] positive anchors. They are [[range: percent of anchors that are positive]]% of all, which the loss has to take into account (section 4). The standard deviations of the four divided deltas lie between [[range: smallest standard deviation of the four deltas]] and [[range: largest standard deviation of the four deltas]] (the smallest and the largest of the four): they are alike in size, and a little above 1.
# %% [markdown] lang="ko" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 3. 칸마다 같은 것을 묻는 신경망
#
# 특성 맵의 칸마다 답할 것은 앵커 아홉 개의 **객체성**(objectness), 곧 객체가 있는지를 나타내는 로짓 아홉 개와 델타 서른여섯 개다. 클래스는 묻지 않는다(논문은 ‘있다’와 ‘없다’의 로짓을 따로 내어 소프트맥스를 쓴다). 강의 자료는 ‘슬라이딩 윈도우를 이용해’ 칸마다 계산한다고 한다. 3×3 창이 특성 맵 위를 미끄러지며 칸마다 같은 가중치로 답하는 것이니, 곧 합성곱이다. 3×3 합성곱 뒤에 1×1 합성곱 둘이 갈라져 하나는 객체성을, 하나는 델타를 낸다.
#
# 특성 맵은 앞의 두 수업에서 쓴 사전 훈련된 CNN(합성곱 층 셋, 스트라이드 4)에 최대 풀링과 3×3 합성곱 하나를 더해 얻는다(스트라이드 8). 이 부분을 **백본**(backbone)이라고 한다. 풀링을 더하면 같은 3×3 합성곱으로 장면을 더 넓게 본다. RPN의 3×3 합성곱까지 지나면 한 칸의 수용 영역은 59×59픽셀이어서, 큰 앵커에 무엇이 있는지까지 볼 수 있다.
# %% [markdown] lang="en" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 3. A network that asks the same at every place
#
# At each place of the feature map there are nine anchors to answer for: nine logits of **objectness**, which is whether there is an object, and thirty-six deltas. Classes are not asked for. (The paper has two logits, for yes and for no, and a softmax.) The deck says that a sliding window computes this at every place. A 3×3 window that slides over the map and answers with the same weights everywhere is a convolution. Behind it stand two 1×1 convolutions, one for objectness and one for deltas.
#
# The feature map comes from the pretrained CNN of the last two lessons (three convolutions, stride 4), followed by max pooling and one more 3×3 convolution (stride 8). This part is called the **backbone**. With the pooling the same 3×3 convolutions see more of the scene. Behind the 3×3 convolution of the RPN the receptive field of a place is 59×59 pixels, enough to see what is in a large anchor.


# %%
def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def backbone(height, width):
    """Pictures (n, height, width, 1) -> feature maps (n, height / 8, width / 8, 64)."""
    classifier = load_scene_classifier()
    body = keras.Model(classifier.input, classifier.get_layer("features").output)
    inputs = keras.Input((height, width, 1))
    x = layers.MaxPooling2D(2)(body(inputs))  # stride 4 -> 8
    x = layers.Conv2D(64, 3, padding="same", activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(inputs, x)


# %%
def proposal_layers(features, kinds=9):
    """Feature maps (n, rows, columns, 64) -> objectness and deltas of all anchors, (n, k, 5)."""
    he = {"activation": "relu", "kernel_initializer": "he_normal"}
    x = layers.Conv2D(64, 3, padding="same", **he)(features)
    small = RandomNormal(stddev=0.01)
    rare = Constant(-3)  # start from a probability of 0.05: most anchors hold nothing
    objectness = layers.Conv2D(kinds, 1, kernel_initializer=small, bias_initializer=rare)(x)
    deltas = layers.Conv2D(4 * kinds, 1, kernel_initializer=small.clone())(x)  # a seed of its own
    by_anchor = [layers.Reshape((-1, 1))(objectness), layers.Reshape((-1, 4))(deltas)]
    return layers.Concatenate()(by_anchor)


def proposal_network(height=128, width=128):
    """Scenes -> what to answer for each anchor: (n, height / 8 * width / 8 * 9, 5)."""
    features = backbone(height, width)
    return keras.Model(features.input, proposal_layers(features.output))


# %%
network = proposal_network()
check("answers of the network", network.output_shape, equals=(None, 2304, 5))
added = network.count_params() - backbone(128, 128).count_params()
check("weights of the RPN behind the backbone", added, equals=39_853)
check("the same with one dense layer", (16 * 16 * 64 + 1) * 2304 * 5, equals=188_755_200)
# %% tags=["figure"] title="the network, drawn"
_, axis = plt.subplots(figsize=(11.5, 3))
boxes_of_text = [
    (0, 0, "scene\n128×128×1", GREY),
    (2.2, 0, "pretrained CNN\n32×32×64", BLUE),
    (4.55, 0, "pooling, 3×3 conv.\n16×16×64", BLUE),
    (6.95, 0, "3×3 conv.\n16×16×64", VERMILION),
    (8.9, 0.55, "1×1: objectness\n16×16×9", VERMILION),
    (8.9, -0.55, "1×1: deltas\n16×16×36", VERMILION),
]
for x, y, text, color in boxes_of_text:
    frame = {"boxstyle": "round,pad=0.5", "fc": "white", "ec": color, "lw": 2}
    axis.text(x, y, text, ha="center", va="center", fontsize=11, bbox=frame)
arrow = {"arrowstyle": "->", "color": GREY, "lw": 2}
ends = [((0.7, 0), (1.35, 0)), ((3.05, 0), (3.5, 0)), ((5.6, 0), (6.3, 0))]
ends += [((7.6, 0.1), (8.05, 0.5)), ((7.6, -0.1), (8.2, -0.5))]
for start_at, end_at in ends:
    axis.annotate("", end_at, start_at, arrowprops=arrow)
axis.set(xlim=(-0.8, 10), ylim=(-1.1, 1.1))
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 장면(scene)에서 앵커의 답까지. 파란색은 다음 수업의 검출기와 함께 쓸 백본, 주홍색은 RPN이다. 사전 훈련된 CNN(pretrained CNN), 풀링과 합성곱(pooling, conv.)을 지나고, 1×1 합성곱 둘이 객체성(objectness)과 델타(deltas)를 낸다. 아래 수는 출력의 모양이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From a scene to the answers of its anchors. Blue is the backbone, which the detector of the next lesson will share, vermilion the RPN. Below each name is the shape of what comes out.*
# %% [markdown] lang="ko"
# RPN의 가중치는 39,853개다. 특성 맵 전체를 완전 연결 층 하나로 앵커 2,304개의 답에 이으면 1억 8,900만 개쯤이 든다. 어느 칸에서나 같은 가중치를 쓰므로, 한 자리에서 배운 숫자를 다른 자리에서도 알아본다(연습 문제 2).
# %% [markdown] lang="en"
# The RPN has 39,853 weights. One dense layer from the whole map to the answers of 2,304 anchors would have about 189 million. As every place uses the same weights, a digit learned in one place is known in any other (exercise 2).
# %% [markdown] lang="ko"
# ## 4. 두 손실, 그리고 틀리기 쉬운 음성
#
# 손실은 [[fast_rcnn]]처럼 둘을 더한 것이다. 객체성의 손실은 이진 교차 엔트로피다. 양성 앵커에서는 $-\ln p$, 음성 앵커에서는 $-\ln(1 - p)$이고, $p$는 로짓에 시그모이드를 적용한 것이다. 델타의 손실은 양성 앵커의 smooth L1 손실이고, [[fast_rcnn]]에서 보았듯이 Keras의 후버 손실과 같다.
#
# 양성은 드물다. 모든 앵커의 확률이 0.5라면, 앵커마다의 손실을 모두 더한 것의 [[range: percent of the sum from negatives, bias 0]]%가 음성의 것이다. 이를 줄이는 방법은 둘이다. 하나는 낮은 확률에서 시작하는 것이다. 3절에서 편향을 −3으로 해 둔 덕분에 처음 확률이 0.05이고(양성은 앵커의 0.02쯤이다), 음성의 몫은 [[range: percent of the sum from negatives, bias -3]]%가 된다. 다른 하나는 손실에 넣을 음성을 고르는 것이다. 논문은 장면마다 앵커 256개를 무작위로 뽑되 양성을 128개까지 넣는다. 여기에서는 양성을 모두, 음성은 손실이 가장 큰 64개만 쓴다. 획의 일부에 걸친 작은 앵커나 배경의 조각에 놓인 앵커처럼 틀리기 쉬운 것들이다. 틀리기 쉬운 음성을 골라 배우는 것을 **하드 네거티브 마이닝**(hard negative mining)이라고 한다([[rcnn]]의 연습 문제 3에서 SVM에 쓸 배경을 이렇게 골랐다). 여기에서는 훈련하면서 신경망의 답을 보고 걸음마다 다시 고른다. Shrivastava 외(2016)는 RoI를 그렇게 골랐다.
#
# 예를 들어 음성을 둘만 쓴다고 하자. 양성 하나의 $p$가 0.8, 음성 셋의 $p$가 0.1, 0.4, 0.05이면, 음성은 손실이 큰 0.4와 0.1의 둘을 써서 $(-\ln 0.8 - \ln 0.9 - \ln 0.6) / (1 + 2) = 0.280$이다. 양성의 델타 넷이 $(0.5, 0, 3, -1)$만큼 빗나갔으면 [[fast_rcnn]]에서처럼 $3.125$를 더해 3.405다.
#
# $$E = \frac{1}{N_+ + 64} \Big( \sum_{\text{positive}} -\ln p + \sum_{\text{hardest } 64} -\ln (1 - p) \Big) + \frac{1}{N_+} \sum_{\text{positive}} E_{\text{box}}$$
#
# $N_+$는 장면의 양성 앵커의 수이고, $E_{\text{box}}$는 앵커 하나의 델타 넷의 smooth L1 손실을 더한 것이다. 두 손실은 그대로 더하고([[fast_rcnn]]의 $\lambda$가 1), 배치의 장면에 걸쳐 평균한다. 논문은 상자의 손실을 앵커 자리의 수(2,400쯤)로 나누고 $\lambda$를 10으로 한다.
# %% [markdown] lang="en"
# ## 4. Two losses, and hard negatives
#
# The loss is a sum of two as in [[fast_rcnn]]. The loss of objectness is binary cross-entropy: $-\ln p$ for a positive anchor and $-\ln(1 - p)$ for a negative one, with $p$ the sigmoid of the logit. The loss of deltas is the smooth L1 loss of positive anchors, which is Keras's Huber loss as seen in [[fast_rcnn]].
#
# Positives are rare. If all probabilities were 0.5, negatives would make [[range: percent of the sum from negatives, bias 0]]% of the sum over all anchors. There are two remedies. One is to start from a low probability: the bias of −3 in section 3 makes it 0.05 (of the anchors some 0.02 are positive), and the share of negatives [[range: percent of the sum from negatives, bias -3]]%. The other is to choose which negatives count in the loss. The paper draws 256 anchors of a picture at random, with up to 128 positives. Here all positives count, and of the negatives only the 64 with the largest loss. These are the ones that are easily taken for digits, such as small anchors on a part of a stroke, or anchors on the pieces in the background. To learn from those is **hard negative mining** (exercise 3 of [[rcnn]] picked backgrounds for an SVM in this way). Here they are picked anew in every step of the training, by what the network answers. Shrivastava et al. (2016) picked RoIs so.
#
# For an example, let only two negatives count. If $p$ is 0.8 for the one positive anchor, and $p$ is 0.1, 0.4 and 0.05 for three negatives, those with the larger losses are used, 0.4 and 0.1: $(-\ln 0.8 - \ln 0.9 - \ln 0.6) / (1 + 2) = 0.280$. If the four deltas of the positive one are off by $(0.5, 0, 3, -1)$, then $3.125$ is added as in [[fast_rcnn]], which gives 3.405.
#
# $$E = \frac{1}{N_+ + 64} \Big( \sum_{\text{positive}} -\ln p + \sum_{\text{hardest } 64} -\ln (1 - p) \Big) + \frac{1}{N_+} \sum_{\text{positive}} E_{\text{box}}$$
#
# $N_+$ is the number of positive anchors in the scene, and $E_{\text{box}}$ the smooth L1 loss of one anchor, added up over its four deltas. The two losses are added as they are (the $\lambda$ of [[fast_rcnn]] is 1), and averaged over the scenes of a batch. The paper divides the box loss by the number of places (about 2,400), and has a $\lambda$ of 10.


# %%
def objectness_loss(wanted, outputs, hardest=64):
    """Cross-entropy of positive anchors and of the hardest negatives, of each scene: (n,)."""
    kinds, logits = wanted[..., 0], outputs[..., 0]
    positive, negative = (ops.cast(kinds == kind, logits.dtype) for kind in (1, 0))
    of_positive = positive * ops.softplus(-logits)  # -ln p
    of_negative, _ = ops.top_k(negative * ops.softplus(logits), hardest)  # -ln(1 - p)
    total = ops.sum(of_positive, axis=-1) + ops.sum(of_negative, axis=-1)
    return total / (ops.sum(positive, axis=-1) + hardest)


def box_loss(wanted, outputs):
    """Smooth L1 loss of the deltas, a mean over the positive anchors of each scene: (n,)."""
    positive = ops.cast(wanted[..., 0] == 1, outputs.dtype)
    loss = 4 * keras.losses.huber(wanted[..., 1:], outputs[..., 1:])  # a sum of four, not a mean
    return ops.sum(positive * loss, axis=-1) / ops.maximum(ops.sum(positive, axis=-1), 1)


def proposal_loss(wanted, outputs):
    """Of each scene; wanted and outputs are (n, anchors, 5)."""
    return objectness_loss(wanted, outputs) + box_loss(wanted, outputs)


# %%
p = np.array([0.8, 0.1, 0.4, 0.05])
outputs = np.column_stack([np.log(p / (1 - p)), np.tile([0.5, 0, 3, -1], (4, 1))])[None]
correct = np.zeros((1, 4, 5))
correct[0, 0, 0] = 1  # the first is positive
by_example = [float(objectness_loss(correct, outputs, hardest=2)[0])]
by_example.append(by_example[0] + float(box_loss(correct, outputs)[0]))
check("losses of the example", np.round(by_example, 3).tolist(), equals=[0.28, 3.405])


def share_of_negatives(bias):
    """How much of the sum over all anchors is of negatives when every logit is the bias."""
    of_one = [float(ops.softplus(sign * bias)) for sign in (1, -1)]  # a negative, a positive
    negative, positive = (
        (answers[..., 0] == kind).sum() * loss for kind, loss in zip((0, 1), of_one)
    )
    return 100 * negative / (negative + positive)


report("percent of the sum from negatives, bias 0", share_of_negatives(0.0))
report("percent of the sum from negatives, bias -3", share_of_negatives(-3.0))
# %%
epochs = lesson.epochs(small=3, full=8)
steps = epochs * -(-len(answers) // 8)
warmup = steps // 10
rate = CosineDecay(0.0004, steps - warmup, alpha=0.02, warmup_target=0.008, warmup_steps=warmup)
optimizer = keras.optimizers.Adam(rate)
optimizer.build(network.trainable_variables)  # or else Keras prepares the step twice
network.compile(optimizer, proposal_loss, metrics=[objectness_loss, box_loss])
fitted = network.fit(pixels(scenes.images), answers, batch_size=8, epochs=epochs, verbose=0)
losses = fitted.history["loss"]
check("last loss over the first", losses[-1] / losses[0], at_most=0.38)
# %% tags=["figure"] title="two losses of the RPN"
_, axis = plt.subplots(figsize=(6, 3.2))
for name, color in (("objectness_loss", BLUE), ("box_loss", VERMILION)):
    values = fitted.history[name]
    axis.plot(range(1, len(values) + 1), values, "o-", color=color, label=name.replace("_", " "))
axis.set(xlabel="epoch", ylabel="training loss", ylim=(0, None), xticks=range(1, epochs + 1))
axis.legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)마다의 훈련 손실(training loss). 객체성의 손실(objectness loss, 파란색)과 상자의 손실(box loss, 주홍색)이 함께 줄어든다. 상자의 손실은 델타 넷을 더한 것이어서, 두 선의 높이를 견줄 수는 없다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss by epoch, of objectness (blue) and of boxes (vermilion). The box loss is a sum of four deltas, so the heights of the two lines cannot be compared.*
# %% [markdown] lang="ko"
# 사전 훈련된 CNN까지 모든 가중치를 함께 훈련했다. 학습률은 훈련의 처음 10분의 1 동안 0.008까지 올렸다가 코사인으로 내린다(0.002부터 0.016까지 다섯 값을 검증 장면에서 시드 하나로 견주어, 후보 열 개의 재현율이 가장 높은 것을 골랐다). 같은 검증에서 음성을 모두 써도 재현율은 조금 낮을 뿐이었다. 여기에서는 편향만으로 거의 충분했던 셈이다. 이제 이 신경망이 테스트 장면을 어떻게 보는지 그려 보자. 앵커의 크기마다, 칸마다 비가 다른 세 앵커 가운데 가장 큰 객체성의 확률을 그린다. 그리고 음성 앵커 가운데 확률이 가장 높은, 곧 손실이 가장 큰 열여섯 개를 그린다.
# %% [markdown] lang="en"
# All weights were trained together, those of the pretrained CNN too. The learning rate rises to 0.008 over the first tenth of the steps, and then falls as a cosine (five values from 0.002 to 0.016 were tried with one seed, and the one with the highest recall of ten proposals on validation scenes was kept). In the same trials recall was only a little lower when all negatives counted, so here the bias alone was nearly enough. See how the network looks at a test scene: for each size of anchors, and at each place, draw the largest probability of the three ratios. Draw also the sixteen negative anchors with the highest probabilities, which are those with the largest losses.
# %%
test_outputs = network.predict(pixels(tests.images), batch_size=20, verbose=0)
probabilities = np.array(ops.sigmoid(test_outputs[place, :, 0]))
by_size = probabilities.reshape(16, 16, 3, 3).max(axis=-1)  # (rows, columns, sizes)
kinds = targets(ANCHORS, truth[place].boxes)[:, 0]
hardest = np.argsort(np.where(kinds == 0, probabilities, 0))[-16:]  # of the negatives
# %% tags=["figure"] title="objectness of every place"
_, axes = plt.subplots(1, 5, figsize=(16, 3.5))
draw_scene(axes[0], image, truth[place].boxes, color=GREEN, title="scene")
draw_scene(axes[4], image, ANCHORS[hardest], color=SKY, title="hardest negatives")
for axis, side, values in zip(axes[1:4], SIDES, np.moveaxis(by_size, -1, 0)):
    axis.imshow(values, cmap="gray", vmin=0, vmax=1, extent=(0, 128, 128, 0))
    for x_min, y_min, x_max, y_max in truth[place].boxes:
        outline = plt.Rectangle((x_min, y_min), x_max - x_min, y_max - y_min, fill=False, ec=GREEN)
        axis.add_patch(outline)
    axis.set(xticks=[], yticks=[], title=f"anchors of {side} pixels")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 장면(scene), 크기가 18, 28, 42픽셀인 앵커(anchors of … pixels)의 객체성의 확률(흰색이 1, 검은색이 0), 틀리기 쉬운 음성(hardest negatives). 왼쪽의 작은 7에는 18과 28의 앵커가, 위의 4에는 주로 42의 앵커가 답하고, 배경의 조각에는 거의 답하지 않는다. 틀리기 쉬운 음성은 숫자에 걸쳐 있지만 크기나 자리가 맞지 않는 것들이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A test scene, the probability of objectness for anchors with sizes of 18, 28 and 42 pixels (white is 1, black is 0), and the hardest negatives. The small 7 on the left is answered for by anchors of 18 and 28, the 4 at the top mostly by those of 42, and the pieces in the background by hardly any. The hardest negatives lie on digits, but are of the wrong size or in the wrong place.*
# %% [markdown] lang="ko"
# 아래 셀에서 칸(`ROW`, `COLUMN`)을 바꾸어 보자. 왼쪽은 그 칸의 앵커 아홉 개이고, 진할수록 객체성의 확률이 높다. 오른쪽은 그 가운데 확률이 0.05보다 큰 것을 델타로 고친 상자이고, 가장 높은 확률을 적었다. `COLUMN`을 10과 9로 줄여 보라. 상자는 여전히 7 쪽으로 옮겨지지만 확률이 낮아진다.
# %% [markdown] lang="en"
# Change the place (`ROW`, `COLUMN`) in the cell below. On the left are the nine anchors of this place, the darker the likelier to hold an object. On the right those with a probability above 0.05 are corrected by their deltas, and the highest probability is written there. Lower `COLUMN` to 10 and 9: boxes are still moved towards the 7, but their probabilities fall.
# %% tags=["play", "nbval-ignore-output"] title="anchors of a place, and what they answer"
ROW = 6  # @param {type:"slider", min:0, max:15}
COLUMN = 11  # @param {type:"slider", min:0, max:15}
rows = slice(9 * (16 * ROW + COLUMN), 9 * (16 * ROW + COLUMN) + 9)
anchors, said = ANCHORS[rows], test_outputs[place, rows]
chances = np.array(ops.sigmoid(said[:, 0]))
corrected = np.array(box_ops.decode(said[:, 1:] * SPREAD, anchors.astype("float32"), 128, 128))
_, axes = plt.subplots(1, 2, figsize=(9, 4.5))
draw_scene(axes[0], image, anchors, color=[(0.9, 0.6, 0, 0.2 + 0.8 * p) for p in chances])
likely = chances > 0.05
texts = [f"{p:.2f}" if p == chances.max() else "" for p in chances[likely]]
draw_scene(axes[1], image, corrected[likely], texts)
axes[0].set_title(f"anchors of row {ROW}, column {COLUMN}")
axes[1].set_title("corrected by their deltas")
plt.show()


# %% [markdown] lang="ko"
# ## 5. 언제나 같은 수의 후보
#
# 2,304개의 답에서 후보를 고르려면, 델타로 앵커를 고치고, 객체성이 높은 것부터 보면서 서로 많이 겹치는 것을 버린다(NMS). 검출기는 후보를 내는 일과 후보에 답하는 일을 한 신경망에서 하므로, 이 계산도 신경망 안에서, 배치의 모든 장면에서 한꺼번에 해야 한다. 그런데 NMS에서 남는 상자의 수는 장면마다 다르다. 배열의 크기가 장면마다 다르면 배치로 묶을 수 없고, XLA(신경망의 계산을 기계어로 옮기는 컴파일러. Keras는 GPU에서 저절로 쓴다)는 미리 정해진 크기만 다룬다.
#
# 그래서 두 가지를 바꾼다. 첫째, 후보의 수를 정해 두고 모자라면 넓이가 0인 상자로 채운다. 둘째, NMS를 한 상자씩 차례로 하지 않고 모든 상자에 한꺼번에 한다. ‘더 나은(점수가 더 높은) 상자 가운데 남아 있으면서 나와 많이 겹치는 것이 없으면 나는 남는다’는 규칙을, 모두 남은 데서 시작해 바뀌는 것이 없을 때까지 되풀이하면 된다.
#
# 너비가 16인 상자 다섯 개가 4픽셀씩 밀려 있고, 왼쪽 것일수록 점수가 높다고 하자. 이웃과의 IoU는 $12/20 = 0.6$, 하나 건너서는 $8/24 = 0.33$이다. 임계값이 0.5이면 하나씩 건너뛰며 남아야 한다.
# %% [markdown] lang="en"
# ## 5. Always the same number of proposals
#
# To choose proposals among 2,304 answers, correct the anchors by their deltas, and from the highest objectness down drop those that overlap much (NMS). A detector makes proposals and answers for them in one network, so this has to be done in the network, and for all scenes of a batch at once. But how many boxes NMS leaves differs from scene to scene. Arrays of different sizes make no batch, and XLA (a compiler that turns the computation of a network into machine code; Keras uses it by itself on a GPU) knows only sizes that are fixed beforehand.
#
# So change two things. First, fix the number of proposals, and fill up with boxes of area 0. Second, do not go box by box, but do NMS on all boxes at once. Take the rule that a box stays if no better box (one with a higher score) which stays overlaps it much, start from all boxes staying, and repeat it until nothing changes.
#
# Let five boxes, 16 wide, be shifted by 4 pixels each, and let those further left have higher scores. The IoU of neighbours is $12/20 = 0.6$, that of every other one $8/24 = 0.33$. With a threshold of 0.5 every other box should stay.


# %%
def one_round(stays, suppresses):
    """Which boxes no better box suppresses that stays."""
    return ~(suppresses & stays[:, None]).any(axis=0)


def all_rounds(suppresses):
    """From all boxes staying to where nothing changes any more: (rounds, boxes)."""
    rounds = [np.ones(len(suppresses), bool)]
    while True:
        stays = one_round(rounds[-1], suppresses)
        if (stays == rounds[-1]).all():
            return np.array(rounds)
        rounds.append(stays)


five = np.array([(x, 0, x + 16, 16) for x in (0, 4, 8, 12, 16)])  # best first
suppresses = np.triu(iou(five, five) > 0.5, k=1)  # row i is better than column j
rounds = all_rounds(suppresses)
print(rounds.astype(int))
check("boxes that stay", np.flatnonzero(rounds[-1]).tolist(), equals=[0, 2, 4])
check("as NMS one by one", nms(five, np.arange(5, 0, -1), 0.5).tolist(), equals=[0, 2, 4])
# %% [markdown] lang="ko"
# 줄은 한 번 되풀이할 때마다의 결과, 열은 상자이고, 1이 남은 것이다. 처음에는 모두 남는다. 둘째 줄에서는 첫 상자 말고 모두 더 나은 이웃이 있어 버려진다. 셋째 줄에서는 둘째 상자가 버려졌으므로 셋째가 되살아나고, 이웃이 버려져 있던 넷째와 다섯째도 되살아난다. 넷째 줄에서는 되살아난 앞의 상자 때문에 그 둘이 다시 버려지고, 다섯째 줄에서는 넷째가 없으므로 다섯째가 돌아온다. 그 뒤로는 바뀌지 않는다. 어느 상자가 남는지는 더 나은 상자들에만 달려 있다. 그래서 줄마다 앞에서부터 적어도 하나씩 더 맞게 되고, 한번 맞은 것은 다시 바뀌지 않는다. 상자가 $n$개이면 $n$번 안에 끝나고, 하나씩 하는 NMS와 답이 같다. 아래의 장면에서는 상자 1,000개가 [[range: rounds for 1,000 boxes]]번 만에 정해진다. 그 대신 모든 쌍의 IoU를 계산해야 한다.
#
# `helpers.box_ops`의 `nms`가 이것을 배치로 하고, `best_boxes`는 점수가 높은 것부터 몇 개(여기에서는 1,000개)에서 NMS를 한 다음 정해진 수의 후보를 골라 모자라면 0으로 채운다. NMS의 임계값은 논문처럼 0.7이다. 검출기의 답에 쓴 임계값보다 높은 것은, 후보는 빠뜨리지 않는 것이 먼저이기 때문이다. 아래에서 테스트 장면 스무 장을 보면 NMS를 하고 나서 가장 적게 남은 것이 [[range: fewest of 1,000 that stay in 20 scenes]]개이므로, 후보 300개에는 채울 것이 없거나 몇 개뿐이다.
# %% [markdown] lang="en"
# Rows are rounds, columns are boxes, and 1 is what stays. At first all stay. In the second row all but the first box have a better neighbour, and go. In the third row the second box is gone, so the third comes back, and so do the fourth and the fifth, whose neighbours were gone as well. In the fourth row these two go, as the boxes in front of them are back; in the fifth row the fourth is gone, and the fifth returns. Nothing changes after that. Whether a box stays depends on better boxes alone. So each row is right for one box more, at least, from the front, and what is right once does not change again. With $n$ boxes it ends within $n$ rounds, with the answer of NMS one by one. In the scene below 1,000 boxes are settled after [[range: rounds for 1,000 boxes]] rounds. The price is that the IoUs of all pairs are needed.
#
# `nms` of `helpers.box_ops` does so for a batch. `best_boxes` takes the highest scores (here 1,000 of them), does NMS on these, chooses a fixed number of proposals, and fills up with zeros. The threshold of NMS is 0.7, as in the paper. It is higher than for the answers of a detector, since proposals must above all leave nothing out. Of twenty test scenes below, the one with the fewest boxes after NMS has [[range: fewest of 1,000 that stay in 20 scenes]], so that of 300 proposals none or only a few are padding.


# %%
@tf.function
def proposals_of(outputs, count, among=1000, anchors=ANCHORS, side=128):
    """Outputs (n, anchors, 5) -> boxes (n, count, 4), best first, and which of them are there."""
    anchors = ops.cast(anchors, "float32")
    boxes = box_ops.decode(outputs[..., 1:] * SPREAD, anchors, height=side, width=side)
    return box_ops.best_boxes(boxes, outputs[..., 0], count, among, threshold=0.7)


def all_proposals(outputs, count=300):
    """Proposals (n, count, 4) of any number of scenes, five at a time: pairs need memory."""
    parts = [outputs[at : at + 5] for at in range(0, len(outputs), 5)]
    return np.concatenate([proposals_of(part, count)[0] for part in parts])


proposals = all_proposals(test_outputs)
check("proposals of a scene", proposals.shape[1:], equals=(300, 4))
_, there = proposals_of(test_outputs[:20], 1000)
report("fewest of 1,000 that stay in 20 scenes", np.array(there).sum(axis=1).min())
# %%
scores, deltas = test_outputs[place, :, 0], test_outputs[place, :, 1:]
best_first = np.argsort(-scores, kind="stable")[:1000]
boxes = clip(decode(deltas * SPREAD, ANCHORS), 128, 128)[best_first]
one_by_one = boxes[nms(boxes, scores[best_first], 0.7)][:300]
at_once = proposals[place, : len(one_by_one)]  # what follows is padding
same(at_once, one_by_one, "proposals at once and one by one", 1e-4)
report("rounds for 1,000 boxes", len(all_rounds(np.triu(iou(boxes, boxes) > 0.7, k=1))) - 1)
# %% tags=["figure"] title="proposals of the network and of selective search"
pieces = selective_search(image)
_, axes = plt.subplots(1, 4, figsize=(15, 3.9))
draw_scene(axes[0], image, ANCHORS[best_first[:10]], title="the ten best anchors")
draw_scene(axes[1], image, proposals[place, :10], title="the first ten proposals")
ten = np.random.RandomState(0).permutation(pieces)[:10]
draw_scene(axes[2], image, ten, color=SKY, title="ten of selective search")
draw_scene(axes[3], image, pieces, color=SKY, title=f"all {len(pieces)} of selective search")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 같은 장면에서, 왼쪽부터 NMS를 하기 전에 객체성이 가장 높은 앵커 열 개(the ten best anchors), 델타로 고치고 NMS를 한 후보의 처음 열 개(the first ten proposals), 선택적 탐색의 후보에서 무작위로 고른 열 개(ten of selective search), 그 모두(all … of selective search). 앵커 열 개는 숫자 한둘에 몰려 있다. 거의 같은 상자를 버리고 나면 후보 열 개가 더 많은 숫자에 닿지만, 임계값이 0.7이어서 덜 겹치는 상자는 여럿 남는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Of the same scene, from the left: the ten anchors with the highest objectness, before NMS; the first ten proposals, corrected by deltas and after NMS; ten proposals of selective search, picked at random; and all of these. The ten anchors crowd on a digit or two. Once near-copies are dropped, ten proposals reach more of the digits; but with a threshold of 0.7 several boxes that overlap less remain.*
# %% [markdown] lang="ko"
# ## 6. 선택적 탐색과 견준다
#
# 후보는 빠뜨리지 않아야 한다. 검출기는 후보에 없는 숫자를 찾을 수 없기 때문이다. [[rcnn]]처럼 재현율로 견준다. 한 장면에서 후보를 $n$개까지 볼 때, IoU가 0.5(또는 0.7) 이상인 후보가 있는 숫자의 비율이다. 여기에서 쓰는 선택적 탐색은 후보에 차례를 매기지 않으므로(논문은 매긴다. [[rcnn]]의 9절) 무작위로 $n$개를 고른다.
#
# 무엇이 재현율을 높이는지도 논문(표 2)처럼 하나씩 빼고 본다. 델타를 0으로 바꾸어 앵커를 (장면 밖만 잘라 내고) 그대로 후보로 쓰는 것과, 객체성을 무작위 수로 바꾸는 것이다. 훈련한 신경망은 같다.
# %% [markdown] lang="en"
# ## 6. Compared with selective search
#
# Proposals must not leave objects out, as a detector cannot find a digit that no proposal holds. So compare by recall as in [[rcnn]]: of all digits, the share that has a proposal with an IoU of 0.5 (or 0.7) or more among the first $n$ of a scene. Our selective search puts its proposals in no order (the paper's does; section 9 of [[rcnn]]), so $n$ of them are picked at random.
#
# See also what makes the recall, by leaving out one thing at a time as the paper does (table 2): set the deltas to 0, which takes the anchors, cut off at the border, for proposals; or replace objectness by random numbers. The trained network is the same.


# %%
def recall(proposals, count, threshold):
    """Share of the test digits that one of the first proposals fits with this IoU or more."""
    pairs = zip(proposals, truth)
    best = [iou(boxes[:count], each.boxes).max(axis=0) for boxes, each in pairs]
    return np.mean(np.concatenate(best) >= threshold)


rng = np.random.RandomState(lesson.seed)
searched = [rng.permutation(selective_search(picture)) for picture in tests.images]  # any order
no_deltas = np.concatenate([test_outputs[..., :1], 0 * test_outputs[..., 1:]], axis=-1)
noise = rng.normal(size=(*test_outputs.shape[:2], 1)).astype("float32")
no_objectness = np.concatenate([noise, test_outputs[..., 1:]], axis=-1)
ways = {
    "network": proposals,
    "without deltas": all_proposals(no_deltas),
    "without objectness": all_proposals(no_objectness),
    "selective search": searched,
}
report("proposals of selective search in a scene", np.mean([len(each) for each in searched]))
# %%
report("test digits", sum(len(each.boxes) for each in truth))
check("recall of 10, network", recall(proposals, 10, 0.5), at_least=0.93)
check("recall of 50, network", recall(proposals, 50, 0.5), at_least=0.97)
report("recall of 10, selective search", recall(searched, 10, 0.5))
report("recall of 50, selective search", recall(searched, 50, 0.5))
# %% tags=["proof"] title="all recalls"
COUNTS = (10, 50, 100, 300)
above = [(way, count) for way in ("network", "selective search") for count in (10, 50)]
for way, boxes in ways.items():
    for threshold, suffix in ((0.5, ""), (0.7, " at seven tenths")):
        for count in COUNTS:
            if suffix or (way, count) not in above:
                report(f"recall of {count}{suffix}, {way}", recall(boxes, count, threshold))
# %% tags=["figure"] title="recall against the number of proposals"
counts = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300)
_, axes = plt.subplots(1, 2, figsize=(11, 3.9), sharey=True)
for axis, threshold in zip(axes, (0.5, 0.7)):
    for (way, boxes), color in zip(ways.items(), (BLUE, SKY, GREY, VERMILION)):
        values = [recall(boxes, count, threshold) for count in counts]
        axis.plot(counts, values, color=color, label=way)
    axis.set(xscale="log", xlabel="proposals", title=f"IoU {threshold} or more", ylim=(0, 1.02))
    axis.set_xticks([1, 3, *COUNTS], [1, 3, *COUNTS])
    axis.minorticks_off()
axes[0].set_ylabel("recall")
axes[1].legend(frameon=False, fontsize=10)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 후보의 수(proposals, 로그 눈금)와 재현율(recall). 왼쪽은 IoU 0.5 이상, 오른쪽은 0.7 이상이다. 파란색은 신경망(network), 하늘색은 델타 없이(without deltas), 회색은 객체성 없이(without objectness), 주홍색은 선택적 탐색(selective search)이다. 숫자가 한 장면에 평균 세 개쯤이므로 하나만 보면 3분의 1쯤이 고작이다. 파란 선은 열 개쯤에서 거의 다 오르고, 주홍색 선은 100개쯤에서 따라온다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Recall against the number of proposals (logarithmic), at an IoU of 0.5 or more (left) and 0.7 or more (right): the network (blue), the same without deltas (sky blue) and without objectness (grey), and selective search (vermilion). A scene has about three digits, so that a single proposal can find about a third at most. By ten proposals the blue line has nearly levelled off; the vermilion one catches up with it at about 100.*
# %% [markdown] lang="ko"
# | IoU 0.5 이상, 후보의 수 | 10 | 50 | 100 | 300 |
# |---|---|---|---|---|
# | 신경망 | [[range: recall of 10, network]] | [[range: recall of 50, network]] | [[range: recall of 100, network]] | [[range: recall of 300, network]] |
# | 델타 없이 | [[range: recall of 10, without deltas]] | [[range: recall of 50, without deltas]] | [[range: recall of 100, without deltas]] | [[range: recall of 300, without deltas]] |
# | 객체성 없이(무작위) | [[range: recall of 10, without objectness]] | [[range: recall of 50, without objectness]] | [[range: recall of 100, without objectness]] | [[range: recall of 300, without objectness]] |
# | 선택적 탐색(무작위) | [[range: recall of 10, selective search]] | [[range: recall of 50, selective search]] | [[range: recall of 100, selective search]] | [[range: recall of 300, selective search]] |
# | *선택적 탐색 대신 신경망을 쓰면* | [[verdict: recall of 10, network − recall of 10, selective search]] | [[verdict: recall of 50, network − recall of 50, selective search]] | [[verdict: recall of 100, network − recall of 100, selective search]] | [[verdict: recall of 300, network − recall of 300, selective search]] |
#
# | IoU 0.7 이상, 후보의 수 | 10 | 50 | 100 | 300 |
# |---|---|---|---|---|
# | 신경망 | [[range: recall of 10 at seven tenths, network]] | [[range: recall of 50 at seven tenths, network]] | [[range: recall of 100 at seven tenths, network]] | [[range: recall of 300 at seven tenths, network]] |
# | 델타 없이 | [[range: recall of 10 at seven tenths, without deltas]] | [[range: recall of 50 at seven tenths, without deltas]] | [[range: recall of 100 at seven tenths, without deltas]] | [[range: recall of 300 at seven tenths, without deltas]] |
# | 객체성 없이(무작위) | [[range: recall of 10 at seven tenths, without objectness]] | [[range: recall of 50 at seven tenths, without objectness]] | [[range: recall of 100 at seven tenths, without objectness]] | [[range: recall of 300 at seven tenths, without objectness]] |
# | 선택적 탐색(무작위) | [[range: recall of 10 at seven tenths, selective search]] | [[range: recall of 50 at seven tenths, selective search]] | [[range: recall of 100 at seven tenths, selective search]] | [[range: recall of 300 at seven tenths, selective search]] |
# | *선택적 탐색 대신 신경망을 쓰면* | [[verdict: recall of 10 at seven tenths, network − recall of 10 at seven tenths, selective search]] | [[verdict: recall of 50 at seven tenths, network − recall of 50 at seven tenths, selective search]] | [[verdict: recall of 100 at seven tenths, network − recall of 100 at seven tenths, selective search]] | [[verdict: recall of 300 at seven tenths, network − recall of 300 at seven tenths, selective search]] |
#
# (테스트 장면 100장, 다섯 시드. 선택적 탐색의 후보는 한 장면에 평균 [[range: proposals of selective search in a scene]]개이므로 100과 300은 대부분 모두 본 것이다. 300은 늘 모두이므로 시드와 상관없이 같다.)
#
# 표의 마지막 줄은 다섯 시드의 판정이다([[deep_cnn]]의 규칙). 후보를 열 개나 50개만 볼 때에는 신경망의 재현율이 뚜렷이 높고, 100개나 300개를 볼 때에는 뚜렷한 차이가 없다. 테스트 장면의 숫자는 늘 같은 [[range: test digits]]개이므로 숫자 하나가 0.003이다. 신경망의 후보는 점수 순서여서 앞의 몇 개로 줄일 수 있고, 줄일수록 뒤의 신경망이 할 일이 적다. 선택적 탐색은 배우지 않고도 거의 빠뜨리지 않지만, 몇 개만 남기면 숫자를 놓친다. 거의 빠뜨리지 않는 것은 이 장면의 숫자가 배경보다 밝기 때문으로 보이지만, 그렇지 않은 데이터에서는 견주어 보지 않았다.
#
# 객체성이 없으면 열 개의 재현율이 [[range: recall of 10, without objectness]]로, 델타가 없으면 [[range: recall of 10, without deltas]]로 떨어진다(IoU 0.5). 델타가 없으면 IoU 0.7에서는 300개를 보아도 [[range: recall of 300 at seven tenths, without deltas]]에 그친다. 고치지 않고도 그만큼 맞는 앵커가 적기 때문이다. 둘 다 NMS에서 무엇이 남는지도 바꾼다. 논문(표 2)은 재현율이 아니라 mAP로 견주었는데(선택적 탐색으로 훈련한 검출기에 후보만 바꾸어 넣고, 객체성을 뺄 때에는 NMS도 하지 않는다), 방향은 같다. 객체성을 빼면 후보 100개에서 55.1이 44.6이 되지만 1,000개에서는 55.8이고, 델타를 빼면 300개에서 56.8이 52.1이 된다.
#
# 이제 시간을 잰다. 신경망은 `tf.function`으로 부르고, 객체성이 높은 앵커 250개에서 후보 50개를 고른다.
# %% [markdown] lang="en"
# | IoU 0.5 or more, number of proposals | 10 | 50 | 100 | 300 |
# |---|---|---|---|---|
# | network | [[range: recall of 10, network]] | [[range: recall of 50, network]] | [[range: recall of 100, network]] | [[range: recall of 300, network]] |
# | without deltas | [[range: recall of 10, without deltas]] | [[range: recall of 50, without deltas]] | [[range: recall of 100, without deltas]] | [[range: recall of 300, without deltas]] |
# | without objectness (random) | [[range: recall of 10, without objectness]] | [[range: recall of 50, without objectness]] | [[range: recall of 100, without objectness]] | [[range: recall of 300, without objectness]] |
# | selective search (random) | [[range: recall of 10, selective search]] | [[range: recall of 50, selective search]] | [[range: recall of 100, selective search]] | [[range: recall of 300, selective search]] |
# | *network in place of selective search* | [[verdict: recall of 10, network − recall of 10, selective search]] | [[verdict: recall of 50, network − recall of 50, selective search]] | [[verdict: recall of 100, network − recall of 100, selective search]] | [[verdict: recall of 300, network − recall of 300, selective search]] |
#
# | IoU 0.7 or more, number of proposals | 10 | 50 | 100 | 300 |
# |---|---|---|---|---|
# | network | [[range: recall of 10 at seven tenths, network]] | [[range: recall of 50 at seven tenths, network]] | [[range: recall of 100 at seven tenths, network]] | [[range: recall of 300 at seven tenths, network]] |
# | without deltas | [[range: recall of 10 at seven tenths, without deltas]] | [[range: recall of 50 at seven tenths, without deltas]] | [[range: recall of 100 at seven tenths, without deltas]] | [[range: recall of 300 at seven tenths, without deltas]] |
# | without objectness (random) | [[range: recall of 10 at seven tenths, without objectness]] | [[range: recall of 50 at seven tenths, without objectness]] | [[range: recall of 100 at seven tenths, without objectness]] | [[range: recall of 300 at seven tenths, without objectness]] |
# | selective search (random) | [[range: recall of 10 at seven tenths, selective search]] | [[range: recall of 50 at seven tenths, selective search]] | [[range: recall of 100 at seven tenths, selective search]] | [[range: recall of 300 at seven tenths, selective search]] |
# | *network in place of selective search* | [[verdict: recall of 10 at seven tenths, network − recall of 10 at seven tenths, selective search]] | [[verdict: recall of 50 at seven tenths, network − recall of 50 at seven tenths, selective search]] | [[verdict: recall of 100 at seven tenths, network − recall of 100 at seven tenths, selective search]] | [[verdict: recall of 300 at seven tenths, network − recall of 300 at seven tenths, selective search]] |
#
# (100 test scenes, five seeds. Selective search gives a mean of [[range: proposals of selective search in a scene]] proposals in a scene, so 100 and 300 are mostly all of them; 300 always are, and so are the same with every seed.)
#
# The last row of each table is the verdict of five seeds, by the rule of [[deep_cnn]]. With ten or 50 proposals the recall of the network is clearly higher; with 100 or 300 there is no clear difference. The digits in the test scenes are always the same [[range: test digits]], so one digit is 0.003. Proposals of the network are in the order of their scores, so they can be cut down to the first few, and the fewer there are, the less is left for the network behind them. Selective search misses hardly any digit without any learning, unless only a few of its boxes are kept. That it misses so few is probably because digits in these scenes are brighter than the background; we did not compare the two on data where this is not so.
#
# Without objectness the recall of ten falls to [[range: recall of 10, without objectness]], without deltas to [[range: recall of 10, without deltas]] (IoU 0.5). At an IoU of 0.7 it is no more than [[range: recall of 300 at seven tenths, without deltas]] without deltas, even with 300: few anchors fit that well uncorrected. Both changes also change what NMS keeps. The paper (table 2) compares by mAP and not by recall (of a detector that was trained with selective search, given other proposals, and with no NMS where objectness is left out), and points the same way. Without objectness 55.1 becomes 44.6 with 100 proposals, but with 1,000 it is still 55.8; without deltas 56.8 becomes 52.1 with 300.
#
# Now take the time. The network is called by `tf.function`, and chooses 50 proposals among the 250 anchors with the highest objectness.
# %%
features = backbone(128, 128)  # of the same size as that of the network
features_at_once = tf.function(features)


@tf.function
def proposals_at_once(pictures):
    """Fifty proposals for each scene, among the 250 anchors with the highest objectness."""
    return proposals_of(network(pictures), 50, among=250)[0]


def seconds_for_one(function, pictures):
    """Seconds for one scene, when all of these are given in one batch."""
    function(pictures)  # the first call prepares
    return fastest_seconds(lambda: function(pictures), 5) / len(pictures)


# %%
batch = pixels(tests.images)
as_timed = recall(np.array(proposals_at_once(batch)), 50, 0.5)
report("recall of 50, network, among 250", as_timed)
single = seconds_for_one(proposals_at_once, batch[:1])
in_batch = seconds_for_one(proposals_at_once, batch[:32])
of_map = seconds_for_one(features_at_once, batch[:1])
searches = [partial(selective_search, picture) for picture in tests.images[:10]]
of_search = np.mean([fastest_seconds(search, 2) for search in searches])
report("milliseconds of selective search for a scene", 1000 * of_search)
report("milliseconds of the network for a scene", 1000 * single)
report("milliseconds of the network for a scene, 32 in a batch", 1000 * in_batch)
check("selective search over the network, time", of_search / single, at_least=2.5)
report("selective search over the network with 32 scenes, time", of_search / in_batch)
report("percent of the time of the network in the feature map", 100 * of_map / single)


# %% [markdown] lang="ko"
# 시간은 CPU에서 쟀다. 한 장면씩 넣을 때 선택적 탐색이 신경망의 [[range: selective search over the network, time]]배, 32장을 배치로 넣을 때 [[range: selective search over the network with 32 scenes, time]]배 걸린다(다섯 번 실행한 범위다). 이때 후보 50개의 재현율은 [[range: recall of 50, network, among 250]]이다(앵커 1,000개에서 고를 때와 거의 같다). 여기의 선택적 탐색은 이 강좌에서 파이썬으로 만든 것이므로, 다른 구현이면 배수가 달라진다. 신경망의 시간에서 [[range: percent of the time of the network in the feature map]]%는 특성 맵을 계산하는 데 드는데, 검출기는 그것을 어차피 계산한다. 논문의 표 5에서는 후보를 내는 데 VGG16이 10밀리초, 더 작은 ZF가 3밀리초 걸린다(GPU, 특성 맵은 빼고). 선택적 탐색은 1,510밀리초다(CPU).
# %% [markdown] lang="en"
# Times are of a CPU. With one scene at a time selective search takes [[range: selective search over the network, time]] times as long as the network, and [[range: selective search over the network with 32 scenes, time]] times with 32 in a batch (five runs). The recall of 50 proposals is then [[range: recall of 50, network, among 250]] (nearly the same as among 1,000 anchors). Selective search here is this course's own, written in Python; with another implementation the ratio would differ. Of the time of the network [[range: percent of the time of the network in the feature map]]% goes into the feature map, which a detector computes anyway. In table 5 of the paper, proposing takes 10 milliseconds with VGG16 and 3 with ZF, which is smaller (GPU, without the feature map), and selective search 1,510 (CPU).
# %% [markdown] lang="ko"
# ## 7. 무엇을 언제 쓸까
#
# - 객체가 어떻게 생겼는지 배울 데이터가 있으면 RPN을, 없으면 선택적 탐색처럼 배우지 않는 방법을 쓴다.
# - 앵커의 크기와 비는 데이터의 상자를 보고 정하고, IoU가 0.5 이상인 앵커가 객체마다 있는지부터 센다.
# - 양성이 드물면, 출력의 편향을 낮추어 낮은 확률에서 시작한다. 손실에 넣을 음성을 고르는 것(무작위로, 또는 틀리기 쉬운 것을)은 그다음에 견주어 본다.
# - 장면마다 개수가 다른 것을 신경망 안에서 다룰 때에는 수를 정해 두고 모자라면 채운다. 무엇이 채운 것인지를 함께 넘긴다.
# %% [markdown] lang="en"
# ## 7. What to use when
#
# - Where there are data to learn from what objects look like, use an RPN; where there are none, a method without learning such as selective search.
# - Choose sizes and ratios of anchors by the boxes of the data, and count first how many objects have an anchor with an IoU of 0.5 or more.
# - Where positives are rare, lower the bias of the output, and start from a low probability. Then try choosing which negatives count in the loss: some at random, or those that are easily mistaken.
# - For things whose number differs from scene to scene, fix a number inside the network and fill up; and pass on which entries are padding.
# %% [markdown] lang="ko" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 8. 강의 자료와 다른 점
#
# - 003 ‘각 지점 (Anchor) 마다’: 앵커는 지점이 아니라 지점에 놓는 상자이고, 한 지점에 여러 개(논문과 여기에서는 아홉 개)가 있다(1절, 논문 3.1.1절).
# - 003 ‘가능한 바운딩박스의 좌 표와 바운딩박스의 점수 계산’: 신경망이 내는 것은 좌표가 아니라 앵커에서 얼마나 고칠지를 나타내는 델타다. 그래서 어느 칸에서나 같은 가중치를 쓸 수 있다(3절).
# - 003 ‘2:1, 1:1, 1:2 등 몇가지 타입으로도 가능’: 가능하지만, 여기에서는 데이터를 보고 0.75, 1.2, 2로 골랐다(1절, [[boxes]]).
# %% [markdown] lang="en" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 8. Where the slides differ
#
# - Deck 003 says point and puts anchor in brackets. An anchor is not a point but a box that is put at a point, and a point has several, here and in the paper nine (section 1; section 3.1.1 of the paper).
# - Deck 003 says that the coordinates and the score of boxes are computed at each point. What the network puts out are not coordinates but deltas, which say how to correct an anchor; so the same weights can serve at every place (section 3).
# - Deck 003 says that a few types such as 2:1, 1:1 and 1:2 will do. They will, but here 0.75, 1.2 and 2 were chosen by the data (section 1, [[boxes]]).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 사진의 경계를 넘는 앵커는 논문에서 훈련에 쓰지 않는다. `anchors` (n, 4)와 사진의 높이와 너비를 받아, 사진 안에 온전히 있는 앵커에 `True`인 배열 (n,)을 돌려주라. 맞으면 논문에 나오는 크기의 사진(600×1,000)에서 앵커가 몇 개이고 안에 있는 것이 몇 개인지 나온다(논문은 20,000개쯤과 6,000개쯤이라고 한다. 안에 있는 것은 여기에서 8,044개가 나오고, 앵커의 자리를 정하고 반올림하는 방법까지 저자들의 코드대로 하면 8,151개다. 그러니 논문의 수는 어림한 것이다).
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** In the paper, anchors that cross the border of a picture are not used in training. Given `anchors` (n, 4) and the height and width of a picture, return an array (n,) that is `True` for anchors that lie in the picture as a whole. If it is right, the cell says how many anchors a picture of the size given in the paper has (600×1,000), and how many of them lie inside (the paper says roughly 20,000 and 6,000; here 8,044 come out for those inside, and 8,151 with places and rounding as in the authors' code, so the paper's are rough numbers).
# %% tags=["exercise"]
def inside(anchors, height, width):
    """Which anchors do not cross the border: (n,)."""
    ...


# %% tags=["solution"]
def inside(anchors, height, width):
    """Which anchors do not cross the border: (n,)."""
    return (anchors[:, :2] >= 0).all(axis=1) & (anchors[:, 2:] <= (width, height)).all(axis=1)


# %% tags=["wrong"]
def inside(anchors, height, width):
    """Which anchors do not cross the border: (n,)."""
    return (anchors[:, :2] >= 0).all(axis=1) & (anchors[:, 2:] <= (height, width)).all(axis=1)


# %%
def inside_one_by_one(anchors, height, width):
    """The same, box by box."""
    return np.array([min(a, b, width - c, height - d) >= 0 for a, b, c, d in anchors])


sizes = [(40, 100), (64, 64), (90, 30)]
cases = [(anchor_boxes(h // 8, w // 8, 8, (12, 30), (0.5, 1, 2)), h, w) for h, w in sizes]
exercise(inside, [(case, inside_one_by_one(*case)) for case in cases])
# %%
paper = anchor_boxes(600 // 16, 1000 // 16, 16, (128, 256, 512), (0.5, 1, 2))
if inside(paper, 600, 1000) is not None:
    print(f"{len(paper):,} anchors, {np.sum(inside(paper, 600, 1000)):,} of them inside")


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 장면을 다음과 같이 바꾸면, 아래에 적은 칸의 답이 바꾸기 전과 그대로인가(`"same"`), 달라지는가(`"other"`)? 가장자리에서 먼 칸만 보고, 밀려 나간 열은 왼쪽에 붙인다. (가) 장면을 오른쪽으로 8픽셀 옮기고, 객체성을 한 칸 오른쪽에서 읽는다. (나) 장면을 오른쪽으로 8픽셀 옮기고, 델타를 한 칸 오른쪽에서 읽는다. (다) 장면을 오른쪽으로 4픽셀 옮기고, 객체성을 같은 칸에서 읽는다. (라) 장면의 왼쪽과 오른쪽을 뒤집고, 객체성을 뒤집힌 칸에서 읽는다. 네 답을 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* A scene is changed, and answers are read where it says below. Are they the `"same"` as before the change, or `"other"`? Only places far from the border count, and columns that leave on the right come back on the left. (a) The scene is moved to the right by 8 pixels, and objectness is read one place further right. (b) The scene is moved to the right by 8 pixels, and deltas are read one place further right. (c) The scene is moved to the right by 4 pixels, and objectness is read in the same place. (d) The scene is mirrored, left and right, and objectness is read in the mirrored place. Return the four answers in this order.
# %% tags=["exercise"]
def answers_after():
    """Four of "same", "other", for the four changes."""
    ...


# %% tags=["solution"]
def answers_after():
    """Four of "same", "other", for the four changes."""
    # convolutions do the same at every place, and 8 pixels are one place; deltas are relative to
    # the anchor, so they move along; kernels are not symmetric, so a mirrored scene is another one
    return "same", "same", "other", "other"


# %% tags=["wrong"]
def answers_after():
    """Four of "same", "other", for the four changes."""
    return "same", "other", "other", "same"


# %%
def measured_answers():
    """The same, measured on a scene with a network that is not trained."""
    picture = digit_scenes(load_mnist()[0], 1, seed=8).images
    network = proposal_network()
    changed = [picture, np.roll(picture, 8, 2), np.roll(picture, 4, 2), picture[:, :, ::-1]]
    said = np.array(network(pixels(np.concatenate(changed)))).reshape(4, 16, 16, 9, 5)
    here, right, mirrored = said[:, 5:10, 5:10], said[:, 5:10, 6:11], said[:, 5:10, 10:5:-1]
    pairs = [
        (here[0, ..., 0], right[1, ..., 0]),
        (here[0, ..., 1:], right[1, ..., 1:]),
        (here[0, ..., 0], here[2, ..., 0]),
        (here[0, ..., 0], mirrored[3, ..., 0]),
    ]
    return ["same" if np.abs(a - b).max() < 1e-3 * np.ptp(a) else "other" for a, b in pairs]


def all_predictions_right():
    """Whether all four are."""
    said = answers_after()
    return None if said is None else list(said) == measured_answers()


exercise(all_predictions_right, [((), True)])


# %% [markdown] lang="ko"
# **3.** 논문은 손실에 넣을 앵커를 무작위로 뽑는다. 앵커의 종류 `kinds` (n,)(1, 0, −1)와 난수 발생기 `rng`를 받아, 모두 256개만 남기고 나머지를 −1로 바꾼 새 배열을 돌려주라. 양성은 무작위로 128개까지 남기고, 모자라는 수는 음성으로 채운다(음성은 넉넉하다고 하자). `kinds`는 바꾸지 않는다.
# %% [markdown] lang="en"
# **3.** The paper draws at random which anchors count in the loss. Given the kinds of the anchors `kinds` (n,) (1, 0 or −1) and a random generator `rng`, return a new array in which all but 256 are changed to −1. Up to 128 positives stay, picked at random, and negatives make up the rest (let there be enough of them). Leave `kinds` as it is.
# %% tags=["exercise"]
def sampled(kinds, rng):
    """Kinds (n,) of which 256 are not -1, up to 128 of these positive."""
    ...


# %% tags=["solution"]
def sampled(kinds, rng):
    """Kinds (n,) of which 256 are not -1, up to 128 of these positive."""
    positive = rng.permutation(np.flatnonzero(kinds == 1))[:128]
    negative = rng.permutation(np.flatnonzero(kinds == 0))[: 256 - len(positive)]
    result = np.full_like(kinds, -1)
    result[positive], result[negative] = 1, 0
    return result


# %% tags=["wrong"]
def sampled(kinds, rng):
    """Kinds (n,) of which 256 are not -1, up to 128 of these positive."""
    used = rng.permutation(np.flatnonzero(kinds >= 0))[:256]  # positives are hardly ever drawn
    result = np.full_like(kinds, -1)
    result[used] = kinds[used]
    return result


# %%
def facts_of_sampled(positives, negatives):
    """Fewest and most of both kinds, whether each was so before, whether each may be drawn."""
    kinds = np.repeat([1, 0, -1], [positives, negatives, 50])
    before, rng = kinds.copy(), np.random.RandomState(0)
    drawn = [sampled(kinds, rng) for _ in range(60)]
    if any(each is None for each in drawn):
        return None
    counts = np.array([[(each == 1).sum(), (each == 0).sum()] for each in drawn])
    right = all((each[each >= 0] == before[each >= 0]).all() for each in drawn)
    right = right and (kinds == before).all()
    ever = (np.array(drawn) >= 0).any(axis=0)[before >= 0].all()
    return [*counts.min(axis=0), *counts.max(axis=0), right, ever]


cases = [((40, 400), 40), ((128, 300), 128), ((200, 500), 128)]
expected = [[n, 256 - n, n, 256 - n, True, True] for _, n in cases]
exercise(facts_of_sampled, [(case, each) for (case, _), each in zip(cases, expected)])


# %% [markdown] lang="ko"
# **4.** RPN은 합성곱뿐이어서 크기가 다른 장면에도 쓸 수 있다. 훈련한 신경망 `trained`를 받아, 높이와 너비가 `side`(8의 배수)인 장면에 답하는 신경망과 그 앵커를 돌려주라. 가중치는 `get_weights`와 `set_weights`로 옮긴다. (크기를 정하지 않고 만들어 둘 수도 있지만, XLA를 생각해 여기에서는 정한다.) 바로 아래 셀은 모양과 앵커와 답이 맞는지 본다. 맞으면 그 아래 셀에서, 장면 네 장을 이어 붙인 256×256 장면에서 훈련한 신경망의 후보 100개의 재현율이 나온다. 다시 훈련하지 않았는데도 0.9를 넘는지 보라.
# %% [markdown] lang="en"
# **4.** As an RPN has nothing but convolutions, it can be used on scenes of another size. Given the trained network `trained`, return a network that answers for scenes with a height and width of `side` (a multiple of 8), and its anchors. Carry the weights over by `get_weights` and `set_weights`. (It could also be built without a fixed size; here it is fixed, with XLA in mind.) The cell below sees whether shapes, anchors and answers are right. If so, the one below that joins four scenes to one of 256×256, and gives the recall of 100 proposals of the trained network. See whether it is above 0.9, although nothing was trained again.
# %% tags=["exercise"]
def for_larger(trained, side):
    """The network for scenes (n, side, side, 1), and its anchors (k, 4)."""
    ...


# %% tags=["solution"]
def for_larger(trained, side):
    """The network for scenes (n, side, side, 1), and its anchors (k, 4)."""
    larger = proposal_network(side, side)
    larger.set_weights(trained.get_weights())
    return larger, anchor_boxes(side // 8, side // 8, 8, SIDES, RATIOS)


# %% tags=["wrong"]
def for_larger(trained, side):
    """The network for scenes (n, side, side, 1), and its anchors (k, 4)."""
    larger = proposal_network(side, side)
    larger.set_weights(trained.get_weights())
    return larger, anchor_boxes(16, 16, side // 16, SIDES, RATIOS)  # as many as before


# %%
def facts_of_larger(side):
    """Whether shapes, anchors and answers are right, the last two where a scene was put."""
    trained = proposal_network()
    answer = for_larger(trained, side)
    if answer is None:
        return None
    larger, anchors = answer
    count = side * side * 9 // 64
    if larger.output_shape != (None, count, 5) or anchors.shape != (count, 4):
        return False, False, False
    picture, edge = digit_scenes(load_mnist()[0], 1, seed=11).images, (side - 128) // 2
    canvas = np.pad(picture, [(0, 0), (edge, edge), (edge, edge)])
    by_place = np.array(larger(pixels(canvas))).reshape(side // 8, side // 8, 9, 5)
    middle = slice(edge // 8 + 5, edge // 8 + 11)  # away from the border of the scene
    wanted = np.array(trained(pixels(picture))).reshape(16, 16, 9, 5)[5:11, 5:11]
    moved = anchors.reshape(side // 8, side // 8, 9, 4)[middle, middle] - edge
    at_home = ANCHORS.reshape(16, 16, 9, 4)[5:11, 5:11]
    close = np.abs(by_place[middle, middle] - wanted).max() < 1e-3 * np.ptp(wanted)
    return True, np.allclose(moved, at_home), bool(close)


exercise(facts_of_larger, [((side,), (True, True, True)) for side in (256, 192)])


# %% tags=["nbval-ignore-output"]
def joined(count=6):
    """Scenes of 256×256, each made of four of 128×128, and the boxes in them."""
    four = digit_scenes((x_train[-held:], y_train[-held:]), 4 * count, seed=11)
    images = four.images.reshape(count, 2, 2, 128, 128).swapaxes(2, 3).reshape(count, 256, 256)
    shifts = np.tile([(0, 0), (128, 0), (0, 128), (128, 128)], (count, 2))
    boxes = [each.boxes for each in objects_of(four.boxes, four.labels)]
    boxes = [each + shift for each, shift in zip(boxes, shifts)]
    return images, [np.concatenate(boxes[at : at + 4]) for at in range(0, 4 * count, 4)]


if facts_of_larger(256) == (True, True, True):
    pictures, boxes_of_each = joined()
    larger, its_anchors = for_larger(network, 256)
    found, _ = proposals_of(larger(pixels(pictures)), 100, 1000, its_anchors, side=256)
    best = [iou(a, b).max(axis=0) for a, b in zip(np.array(found), boxes_of_each)]
    share = np.mean(np.concatenate(best) >= 0.5)
    print(f"recall of 100 proposals in scenes of 256×256: {share:.3f}")
# %% [markdown] lang="ko"
# ## 요약
#
# - 스트라이드 8인 특성 맵의 칸마다 앵커를 아홉 개 놓으면 장면마다 2,304개이고, 숫자의 [[range: percent of digits with an anchor of IoU 0.5 or more]]%에 IoU가 0.5 이상인 앵커가 있다.
# - RPN은 3×3 합성곱 하나와 1×1 합성곱 둘이다. 앵커마다 객체성과 델타 넷을 답하고, 가중치는 39,853개다.
# - 앵커의 정답은 IoU로 정한다. 양성은 [[range: percent of anchors that are positive]]%뿐이다. 확률 0.05에서 시작하고, 음성은 틀리기 쉬운 64개만 손실에 넣었다.
# - NMS는 ‘더 나은 상자 가운데 남아 있으면서 나와 많이 겹치는 것이 없으면 남는다’를 바뀌지 않을 때까지 되풀이하는 것과 같다. 후보의 수는 정해 두고 모자라면 채운다.
# - 후보 열 개의 재현율(IoU 0.5)은 [[range: recall of 10, network]]이고 선택적 탐색에서 무작위로 고른 열 개는 [[range: recall of 10, selective search]]이다. 모두 보면 뚜렷한 차이가 없다. 선택적 탐색이 상자를 모두 내는 시간은 신경망이 후보 50개를 내는 시간의 [[range: selective search over the network, time]]배다(한 장면씩, CPU).
# %% [markdown] lang="en"
# ## Summary
#
# - With nine anchors at every place of a feature map of stride 8 a scene has 2,304, and [[range: percent of digits with an anchor of IoU 0.5 or more]]% of the digits have one with an IoU of 0.5 or more.
# - An RPN is one 3×3 convolution and two 1×1 convolutions. For each anchor it answers with objectness and four deltas; it has 39,853 weights.
# - IoU decides what an anchor should answer. Only [[range: percent of anchors that are positive]]% are positive. Training started from a probability of 0.05, and of the negatives the 64 that are most easily mistaken counted in the loss.
# - NMS is the same as repeating, until nothing changes, that a box stays if no better box which stays overlaps it much. The number of proposals is fixed, and filled up.
# - Ten proposals have a recall (IoU 0.5) of [[range: recall of 10, network]], ten picked at random from selective search [[range: recall of 10, selective search]]; with all of them there is no clear difference. To make all of its boxes, selective search takes [[range: selective search over the network, time]] times as long as the network takes to make 50 (one scene at a time, on a CPU).
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 003 ‘Fast R-CNN 의 문제점 해결’, ‘Faster R-CNN 을 활용한 사물검출(object detection)’.
# - S. Ren, K. He, R. Girshick, J. Sun (2015). *Faster R-CNN: Towards real-time object detection with region proposal networks*. NeurIPS. 절과 표는 arXiv:1506.01497v3의 것이다. 3.1.1절(앵커), 3.1.2절(정답과 손실), 3.1.3절(앵커 256개), 3.3절(앵커의 크기와 비, 경계를 넘는 앵커, NMS), 표 2(하나씩 빼기), 표 5(시간).
# - A. Shrivastava, A. Gupta, R. Girshick (2016). *Training region-based object detectors with online hard example mining*. CVPR.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 003, the page on how the problem of Fast R-CNN is solved and the page on object detection by Faster R-CNN.
# - S. Ren, K. He, R. Girshick, J. Sun (2015). *Faster R-CNN: Towards real-time object detection with region proposal networks*. NeurIPS. Sections and tables are those of arXiv:1506.01497v3: sections 3.1.1 (anchors), 3.1.2 (answers and loss), 3.1.3 (256 anchors), 3.3 (sizes and ratios of anchors, anchors that cross the border, NMS), tables 2 (leaving out one thing at a time) and 5 (times).
# - A. Shrivastava, A. Gupta, R. Girshick (2016). *Training region-based object detectors with online hard example mining*. CVPR.
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
