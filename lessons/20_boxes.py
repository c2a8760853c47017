# %% [markdown] lang="ko" headline="AP50 of sliding windows"
# # [[number]] · 경계 상자
#
# [[badge]]
#
# **무엇이 있는지뿐 아니라 어디에 있는지도 답하게 하려면, 답을 어떤 모양으로 내고 어떻게 채점할까?**
# %% [markdown] lang="en" headline="AP50 of sliding windows"
# # [[number]] · Boxes
#
# [[badge]]
#
# **If a network has to say not only what is there but where, what does an answer look like, and how is it marked?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 분류, 위치 추정, 객체 검출, 두 가지 분할을 출력과 손실과 데이터로 구별할 수 있다.
# - IoU, 비최대 억제, 평균 정밀도를 손으로 계산하고 라이브러리와 같은 수를 낼 수 있다.
# - 숫자 하나의 상자를 회귀로 어림하고, 이 방법이 숫자가 둘이면 왜 통하지 않는지 보일 수 있다.
# - 슬라이딩 윈도와 이미지 피라미드로 검출기를 만들고, 창이 몇 개인지 셀 수 있다.
# - 앵커와 델타로 상자를 나타내고, 앵커의 가로세로비를 데이터에서 고를 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 55분이고, `small`에서는 실행에 1–2분 걸린다. [[cnn]]의 합성곱과 풀링, [[vgg]]의 완전 합성곱 신경망, [[losses_and_optimizers]]의 손실을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Tell classification, localization, object detection and the two kinds of segmentation apart by output, loss and data.
# - Compute IoU, non-maximum suppression and average precision by hand, and get the same numbers as the libraries.
# - Estimate the box of one digit by regression, and show why this fails when there are two.
# - Build a detector from sliding windows and an image pyramid, and count its windows.
# - Describe boxes by anchors and deltas, and choose the aspect ratios of anchors from data.
#
# It takes about 55 minutes to read, without the exercises, and at scale `small` one to two minutes to run. You need convolution and pooling from [[cnn]], fully convolutional networks from [[vgg]], losses from [[losses_and_optimizers]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 001의 ‘Classification’, ‘Object Detection’, ‘Segmentation’, 004의 ‘분류 작업이 아닌 경우에 사용하는 모델은?’, 003의 ‘Selective Search’에 나오는 피라미드와 슬라이딩 윈도, ‘Faster R-CNN’에 나오는 앵커에 해당한다. 자료와 다른 점은 9절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the pages on classification, object detection and segmentation in deck 001, the page on models for other tasks in deck 004, and from deck 003 pyramids and sliding windows (on its page about selective search) and anchors (on its pages about Faster R-CNN). Section 9 collects the differences from the slides.
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

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay
from keras.utils import bounding_boxes
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from helpers.boxes import anchor_boxes, class_nms, clip, decode, encode, iou, nms
from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.metrics import Detections, Objects, as_coco, average_precision, matched
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_scene
from helpers.scenes import digit_scenes
from helpers.timing import fastest_seconds

# %% [markdown] lang="ko" slides="001 Classification; 001 Object Detection; 001 Segmentation; 004 ✓ 분류 작업이 아닌 경우에 사용하는 모델은?"
# ## 1. 사진 한 장에 던지는 여섯 가지 물음
#
# 지금까지의 신경망은 사진 한 장에 클래스 하나를 답했다. 그런데 사진에는 여럿이 함께 있기 마련이다. 강의 자료 001의 그림에는 고양이(CAT), 개(DOG), 오리(DUCK)가 한 장에 들어 있다. 이 부에서는 그런 사진 대신 숫자 여럿이 있는 장면을 쓴다. `digit_scenes`는 MNIST 숫자를 하나에서 다섯 개까지, 긴 변이 16–52픽셀이 되게 줄이거나 키워 128×128 장면에 놓고, 뒤에는 밝기의 변화와 잡음, 다른 숫자의 조각 여덟 개를 깐다. 숫자끼리는 조금 겹칠 수 있다. 훈련에 쓰는 숫자와 테스트에 쓰는 숫자는 서로 다르다.
#
# 같은 장면에 여섯 가지를 물을 수 있다. 물음이 다르면 출력, 손실, 데이터의 레이블이 모두 달라진다.
#
# | 물음 | 출력 | 손실 | 데이터의 레이블 | 모델이나 수업 |
# |---|---|---|---|---|
# | 이진 분류: 3이 있는가? | 확률 하나 | 이진 교차 엔트로피 | 예 또는 아니요 | [[losses_and_optimizers]] |
# | 다중 클래스 분류: 무엇인가? | 클래스마다 확률 하나 | 교차 엔트로피 | 클래스 하나 | [[mnist_mlp]] |
# | 위치 추정: 하나가 어디에 있는가? | 상자 하나(수 네 개) | 상자의 회귀 손실 | 상자 하나 | 3절 |
# | 객체 검출: 무엇이 어디에 있는가? (빠짐없이) | 상자, 클래스, 점수의 목록 | 분류 손실과 상자의 회귀 손실(대개 더한다) | 상자와 클래스의 목록 | R-CNN과 그 후속, YOLO |
# | 시맨틱 분할: 픽셀마다 무슨 클래스인가? | 픽셀마다 클래스의 확률 | 픽셀마다 교차 엔트로피 | 클래스 지도 | U-Net |
# | 인스턴스 분할: 픽셀마다 어느 객체인가? | 객체마다 마스크 하나 | 검출의 손실에 마스크의 손실을 더한 것 | 객체마다 마스크 | Mask R-CNN |
#
# 이 수업은 **위치 추정**(localization)에서 **객체 검출**(object detection)까지 간다. 답이 되는 상자, 곧 객체를 빠듯하게 둘러싼 직사각형을 **경계 상자**(bounding box)라고 한다. 이 강좌에서는 어디에서나 픽셀로 $(x_{\min}, y_{\min}, x_{\max}, y_{\max})$의 순서로 쓴다. $y$는 위에서 아래로 센다.
# %% [markdown] lang="en" slides="001 Classification; 001 Object Detection; 001 Segmentation; 004 ✓ 분류 작업이 아닌 경우에 사용하는 모델은?"
# ## 1. Six questions about one picture
#
# So far a network answered a picture with one class. But pictures tend to show several things: the picture in deck 001 has CAT, DOG and DUCK in one. In this part of the course scenes with several digits take its place. `digit_scenes` scales one to five MNIST digits to a longer side of 16–52 pixels and puts them on a scene of 128×128, over changing brightness, noise and eight pieces of other digits. Digits may overlap a little. Those for training and those for testing are different digits.
#
# Of the same scene six things can be asked. The output, the loss and the labels that the data need change with the question.
#
# | question | output | loss | labels in the data | model or lesson |
# |---|---|---|---|---|
# | binary classification: is there a 3? | one probability | binary cross-entropy | yes or no | [[losses_and_optimizers]] |
# | multi-class classification: what is it? | a probability for each class | cross-entropy | one class | [[mnist_mlp]] |
# | localization: where is the one object? | one box (four numbers) | a regression loss on the box | one box | section 3 |
# | object detection: what is where, all of it? | a list of boxes, classes and scores | a classification loss and a regression loss on boxes (usually added) | a list of boxes and classes | R-CNN and its successors, YOLO |
# | semantic segmentation: which class is each pixel? | class probabilities for each pixel | cross-entropy at each pixel | a map of classes | U-Net |
# | instance segmentation: which object is each pixel? | a mask for each object | the loss of detection plus one on masks | a mask for each object | Mask R-CNN |
#
# This lesson goes from **localization** to **object detection**. The box that answers, a rectangle drawn tightly around an object, is called a **bounding box**. Everywhere in this course it is written in pixels, in the order $(x_{\min}, y_{\min}, x_{\max}, y_{\max})$, and $y$ counts from the top down.
# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # training digits kept for validation
train_digits = x_train[:-held], y_train[:-held]
validation_digits = x_train[-held:], y_train[-held:]

some = digit_scenes(test_digits, 60, seed=0, masks=True)
counts = (some.labels >= 0).sum(axis=1)  # an empty row has the label -1
kinds = np.array([len(set(row[:count])) for row, count in zip(some.labels, counts)])
place = np.argmax(10 * (counts == kinds + 1) + kinds)  # two of a kind, and many kinds
image, count = some.images[place], counts[place]
boxes, labels = some.boxes[place, :count], some.labels[place, :count]
# %%
semantic = np.full((128, 128), -1)  # the class of each pixel
instances = np.full((128, 128), -1)  # the object of each pixel
for number, mask in enumerate(some.masks[place, :count]):
    semantic[mask], instances[mask] = labels[number], number
twins = semantic == np.bincount(labels).argmax()  # pixels of the two digits of one class
check("classes of their pixels", len(np.unique(semantic[twins])), equals=1)
check("objects of their pixels", len(np.unique(instances[twins])), equals=2)
# %% tags=["figure"] title="one scene, four kinds of answer"
_, axes = plt.subplots(1, 4, figsize=(11, 3.3))
classes_there = ", ".join(map(str, sorted(set(labels.tolist()))))
draw_scene(axes[0], image, title=f"classification: {classes_there}")
draw_scene(axes[1], image, boxes, labels, title="detection")
for axis, answer, title in ((axes[2], semantic, "semantic"), (axes[3], instances, "instance")):
    axis.imshow(image, cmap="gray", alpha=0.5, interpolation="nearest")
    shades = plt.get_cmap("tab10")(answer % 10)
    shades[answer < 0, 3] = 0
    axis.imshow(shades, interpolation="nearest")
    axis.set_title(f"{title} segmentation")
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 장면에 대한 네 가지 답. 왼쪽부터 분류(classification, 어떤 클래스들이 있는가), 검출(detection), 시맨틱 분할(semantic segmentation), 인스턴스 분할(instance segmentation). 클래스가 같은 두 숫자는 시맨틱 분할에서는 색이 같고 인스턴스 분할에서는 다르다(두 그림의 색은 서로 상관없다).*
# %% [markdown] lang="en"
# *Figure [[figure]]. Four kinds of answer to one scene: classification (which classes are there), detection, semantic segmentation, instance segmentation. The two digits of the same class have one colour in semantic segmentation, and two in instance segmentation (colours of the two pictures are not related).*
# %% [markdown] lang="ko"
# 한 클래스만 있다고 정해진 사진이 아니면 다중 클래스 분류는 알맞지 않다. 소프트맥스는 확률을 클래스끼리 나누어 갖게 하므로, 여럿이 있으면 클래스마다 ‘있는가?’를 따로 물어야 한다. 이진 분류 열 번이고, 다중 레이블 분류(multi-label classification)라고 한다. 그림의 왼쪽이 이것이다. 그렇게 해도 몇 개가 어디에 있는지는 알 수 없다. **시맨틱 분할**(semantic segmentation)은 픽셀마다 클래스를 답하고, **인스턴스 분할**(instance segmentation)은 클래스가 같은 객체끼리도 가른다. 둘의 차이는 클래스의 수와 상관없다(9절).
# %% [markdown] lang="en"
# Multi-class classification only fits pictures that are known to show one class. A softmax makes the classes share one probability, so with several in a picture each class has to be asked by itself whether it is there. These are ten binary classifications, called multi-label classification, as on the left of the figure. Even then it is not known how many there are, and where. **Semantic segmentation** says of each pixel which class it is, and **instance segmentation** tells objects of one class apart as well. The difference has nothing to do with how many classes there are (section 9).
# %% [markdown] lang="ko"
# ## 2. 상자 둘은 얼마나 같은가
#
# 답한 상자가 맞았는지 말하려면 두 상자가 얼마나 같은지를 수로 나타내야 한다. 정답이 $(10, 10, 50, 40)$이고 답이 $(30, 20, 70, 50)$이라고 하자. 둘이 겹친 곳은 $x$가 30에서 50까지, $y$가 20에서 40까지이므로 넓이가 $20 \cdot 20 = 400$이다. 두 상자의 넓이는 1,200씩이고, 둘을 합친 곳의 넓이는 겹친 곳을 한 번만 세어 $1200 + 1200 - 400 = 2000$이다. 겹친 곳을 합친 곳으로 나누면 $400 / 2000 = 0.2$다. 이것이 **IoU**(intersection over union)다. 똑같으면 1, 겹치지 않으면 0이다. 식에서 $|A|$는 넓이다.
#
# $$\mathrm{IoU}(A, B) = \frac{|A \cap B|}{|A \cup B|} = \frac{|A \cap B|}{|A| + |B| - |A \cap B|}$$
# %% [markdown] lang="en"
# ## 2. How well two boxes agree
#
# To say whether a box is right, we need a number for how well two boxes agree. Let the truth be $(10, 10, 50, 40)$ and the answer $(30, 20, 70, 50)$. They share $x$ from 30 to 50 and $y$ from 20 to 40, an area of $20 \cdot 20 = 400$. Both have an area of 1,200, and together they cover $1200 + 1200 - 400 = 2000$, since what is shared is counted once. The shared area over the covered area is $400 / 2000 = 0.2$. This is the **intersection over union**, IoU for short: 1 for equal boxes, 0 for boxes that share nothing. In the formula $|A|$ is an area.
#
# $$\mathrm{IoU}(A, B) = \frac{|A \cap B|}{|A \cup B|} = \frac{|A \cap B|}{|A| + |B| - |A \cap B|}$$


# %%
def iou_by_hand(box, other):
    """Intersection over union of two boxes (x_min, y_min, x_max, y_max)."""
    width = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    height = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    intersection = width * height
    area = (box[2] - box[0]) * (box[3] - box[1])
    other_area = (other[2] - other[0]) * (other[3] - other[1])
    return intersection / (area + other_area - intersection)


real, said = (10, 10, 50, 40), (30, 20, 70, 50)  # the truth and the answer
check("IoU in the example", iou_by_hand(real, said), equals=0.2)

rng = np.random.RandomState(0)
corners = rng.randint(0, 100, (2, 20, 2))  # two sets of 20 boxes
sides = rng.randint(10, 60, (2, 20, 2))
ours, others = np.concatenate([corners, corners + sides], axis=-1)
by_hand = [[iou_by_hand(box, other) for other in others] for box in ours]
same(by_hand, iou(ours, others), "IoU by hand and in helpers.boxes")
keras_iou = bounding_boxes.compute_iou(ours, others, bounding_box_format="xyxy")
same(by_hand, keras_iou, "IoU by hand and in Keras")
# %% [markdown] lang="ko"
# 몇 픽셀 어긋난 것이 얼마나 나쁜지는 상자의 크기에 달렸다. 한 변이 $s$인 정사각형을 가로와 세로로 $d$씩 옮기면 겹친 곳은 $(s - d)^2$이다. 4픽셀씩 옮겼을 때 $s = 16$이면 $144 / 368 = 0.391$이고, $s = 52$이면 $2304 / 3104 = 0.742$다. 흔히 IoU가 0.5 이상이면 맞혔다고 하는데, 0.5는 관례일 뿐이다. 같은 4픽셀인데 작은 상자는 틀린 것이 되고 큰 상자는 맞힌 것이 된다.
# %% [markdown] lang="en"
# How bad it is to be off by some pixels depends on the size of the box. Move a square of side $s$ by $d$ to the right and down, and it shares $(s - d)^2$ with itself. For 4 pixels and $s = 16$ the IoU is $144 / 368 = 0.391$, for $s = 52$ it is $2304 / 3104 = 0.742$. By convention a box often counts as right at an IoU of 0.5 or more: the same 4 pixels make the small box wrong, and leave the large one right.
# %%
moved = {
    side: [iou_by_hand((0, 0, side, side), (d, d, d + side, d + side)) for d in range(17)]
    for side in (16, 32, 52)
}
check("side 16, moved by 4", round(moved[16][4], 3), equals=0.391)
check("side 52, moved by 4", round(moved[52][4], 3), equals=0.742)
# %% tags=["figure"] title="IoU"
_, axes = plt.subplots(1, 2, figsize=(11, 3.6), width_ratios=(1, 1.4))
for (x_min, y_min, x_max, y_max), color in ((real, GREEN), (said, ORANGE)):
    corner, size = (x_min, y_min), (x_max - x_min, y_max - y_min)
    axes[0].add_patch(plt.Rectangle(corner, *size, fc="none", ec=color, lw=3))
axes[0].add_patch(plt.Rectangle((30, 20), 20, 20, fc=GREY, alpha=0.4))
axes[0].text(40, 30, "400", ha="center", va="center", fontsize=14)
axes[0].text(12, 14, "truth", color=GREEN)
axes[0].text(68, 48, "answer", color="#9a6a00", ha="right")
axes[0].set(xlim=(0, 80), ylim=(60, 0), aspect="equal", xlabel="x", ylabel="y")
for (side, values), color in zip(moved.items(), (VERMILION, SKY, BLUE)):
    axes[1].plot(values, color=color, label=f"side {side}")
axes[1].axhline(0.5, color=GREY, ls=":")
axes[1].set(xlabel="moved right and down by (pixels)", ylabel="IoU", ylim=(0, 1.02))
axes[1].legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽: 예의 두 상자. 초록색이 정답(truth), 주황색이 답(answer), 회색이 겹친 곳 400이다. 오른쪽: 정사각형을 오른쪽과 아래로 옮긴 거리(moved right and down, 픽셀)와 IoU. 한 변(side)이 16, 32, 52픽셀일 때이고, 점선은 0.5다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, the two boxes of the example: the truth green, the answer orange, and grey the 400 that they share. Right, IoU against how far a square was moved, right and down, for sides of 16, 32 and 52 pixels; dotted, 0.5.*
# %% [markdown] lang="ko"
# ## 3. 숫자 하나는 회귀로 어림한다
#
# 숫자가 하나뿐이라면 위치 추정은 수 네 개를 맞히는 회귀다. 분류하던 CNN의 끝을 `Dense(4)`로 바꾸고, 상자의 네 수를 장면의 변 128로 나눈 것을 목표로 삼는다. 이것을 **경계 상자 회귀**(bounding-box regression)라고 한다. 손실은 후버 손실(Huber loss)이다. 차이가 작으면($\delta$ 이하) 제곱하고 크면 절댓값의 일차식으로 늘어나게 하여, 크게 틀린 몇 개에 끌려다니지 않는다. 여기에서는 $\delta$를 8픽셀로 둔다.
#
# 학습률은 0.001, 0.002, 0.004, 0.008 가운데 검증 장면에서 평균 IoU가 가장 높은 0.004다(시드 하나로 골랐다). 비교할 기준선은 어떤 장면에나 훈련 상자의 평균을 답하는 것이다.
# %% [markdown] lang="en"
# ## 3. One digit is estimated by regression
#
# With one digit only, localization is a regression to four numbers. Replace the end of a CNN that classifies by `Dense(4)`, and aim at the four numbers of the box, divided by 128, the side of the scene. This is **bounding-box regression**. The loss is the Huber loss: it squares small differences (up to $\delta$) and grows linearly with larger ones, so that it is not dominated by a few large mistakes. Here $\delta$ is 8 pixels.
#
# The learning rate of 0.004 has the highest mean IoU on validation scenes among 0.001, 0.002, 0.004 and 0.008 (chosen with one seed). The baseline always answers the mean of the training boxes.


# %%
def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def convolution(filters, size, **options):
    return layers.Conv2D(
        filters, size, activation="relu", kernel_initializer="he_normal", **options
    )


def trained(model, inputs, targets, loss, epochs, rate, batch_size):
    """Train with Adam and a learning rate that falls to 0."""
    steps = epochs * -(-len(inputs) // batch_size)
    optimizer = keras.optimizers.Adam(CosineDecay(rate, steps))
    optimizer.build(model.trainable_variables)  # or else Keras traces the step twice
    model.compile(optimizer, loss, steps_per_execution=10)
    model.fit(inputs, targets, batch_size=batch_size, epochs=epochs, verbose=0)
    return model


# %%
def localizer():
    """Scenes (n, 128, 128, 1) -> boxes (n, 4), in sides of the scene."""
    x = inputs = keras.Input((128, 128, 1))
    x = convolution(16, 4, strides=4)(x)  # 128x128 -> 32x32
    for filters in (16, 32, 64):
        x = convolution(filters, 3, padding="same")(x)
        x = layers.MaxPooling2D(2)(x)  # 16x16, 8x8, 4x4
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(4)(x))


def located(model, images):
    """The box that a localizer finds in each scene: (n, 4), in pixels."""
    corners = 128 * np.array(model(pixels(images))).reshape(-1, 2, 2)
    return np.sort(corners, axis=1).reshape(-1, 4)  # nothing forces x_min < x_max: sort


# %%
scenes = digit_scenes(train_digits, lesson.at_scale(small=2600, full=20_000), lesson.seed, most=1)
model = localizer()
huber = keras.losses.Huber(delta=8 / 128)
targets = scenes.boxes[:, 0] / 128
epochs = lesson.epochs(small=4, full=10)
trained(model, pixels(scenes.images), targets, huber, epochs, rate=0.004, batch_size=32)

alone = digit_scenes(test_digits, 500, seed=1, most=1)
real_boxes = alone.boxes[:, 0]
said_boxes = located(model, alone.images)
ious = np.diag(iou(said_boxes, real_boxes))
off = np.abs(said_boxes - real_boxes).mean(axis=1)  # pixels, mean of the four sides
by_mean = iou(scenes.boxes.mean(axis=0), real_boxes).mean()
report("mean IoU of the mean box", by_mean)
report("mean IoU of the localizer", ious.mean())
check("localizer minus mean box, mean IoU", ious.mean() - by_mean, at_least=0.15)
report("share of boxes with an IoU of one half or more", (ious >= 0.5).mean())
# %% [markdown] lang="ko"
# 테스트 장면 500장에서 평균 IoU는 [[range: mean IoU of the localizer]]이다(다섯 시드). 평균 상자를 답하면 [[range: mean IoU of the mean box]]이다. IoU가 0.5 이상인 상자의 비율은 [[range: share of boxes with an IoU of one half or more]]이다. 2절의 계산대로라면 작은 숫자의 IoU가 더 낮아야 한다. 숫자를 크기(넓이의 제곱근)에 따라 셋으로 나누어 본다.
# %% [markdown] lang="en"
# On 500 test scenes its mean IoU is [[range: mean IoU of the localizer]] (five seeds), that of the mean box [[range: mean IoU of the mean box]]. The share of boxes with an IoU of 0.5 or more is [[range: share of boxes with an IoU of one half or more]]. By the arithmetic of section 2 it should be lower for small digits. Split the digits in three by size (the square root of the area).
# %%
width, height = (real_boxes[:, 2:] - real_boxes[:, :2]).T
size = np.sqrt(width * height)
small_below, large_above = np.quantile(size, [1 / 3, 2 / 3])
for name, those in (("small", size <= small_below), ("large", size > large_above)):
    report(f"{name} digits: mean IoU", ious[those].mean())
    report(f"{name} digits: pixels off", off[those].mean())
# %% [markdown] lang="ko"
# 가장 작은 3분의 1은 IoU가 [[range: small digits: mean IoU]], 가장 큰 3분의 1은 [[range: large digits: mean IoU]]이다. 그런데 어긋난 거리도 작은 숫자가 더 길다(네 변의 평균으로 [[range: small digits: pixels off]]픽셀, 큰 숫자는 [[range: large digits: pixels off]]픽셀). 작은 숫자의 IoU가 낮은 까닭은 둘이다. 더 많이 어긋났고, 같은 거리라도 작은 상자에는 더 크다.
#
# 이제 숫자가 둘인 장면을 준다. 출력은 여전히 상자 하나다.
# %% [markdown] lang="en"
# The smallest third has an IoU of [[range: small digits: mean IoU]], the largest third [[range: large digits: mean IoU]]. But small digits are also off by more pixels (mean of the four sides: [[range: small digits: pixels off]], large ones [[range: large digits: pixels off]]). So their IoU is lower for two reasons: they are located worse, and the same distance costs a small box more.
#
# Now give it scenes with two digits. Its output is still one box.
# %%
pairs = digit_scenes(test_digits, 400, seed=2, most=2)
two = pairs.labels[:, 1] >= 0
both = pairs.boxes[two]  # (scenes, 2, 4)
guesses = located(model, pairs.images[two])
better = np.array([iou(guess[None], pair).max() for guess, pair in zip(guesses, both)])
middle = np.array([iou(pair.mean(axis=0)[None], pair).max() for pair in both])
report("two digits: mean IoU, better-matching digit", better.mean())
check("one digit minus two digits, mean IoU", ious.mean() - better.mean(), at_least=0.03)
report("two digits: IoU of the box halfway", round(middle.mean(), 3))
# %% tags=["figure"] title="one digit, and two"
_, axes = plt.subplots(1, 6, figsize=(11, 2.3))
for axis, number in zip(axes[:3], range(3)):
    both_boxes = [real_boxes[number], said_boxes[number]]
    title = f"IoU {ious[number]:.2f}"
    draw_scene(axis, alone.images[number], both_boxes, color=[GREEN, ORANGE], title=title)
for axis, number in zip(axes[3:], range(3)):
    shown = [*both[number], guesses[number]]
    title = f"IoU {better[number]:.2f}"
    picture = pairs.images[two][number]
    draw_scene(axis, picture, shown, color=[GREEN, GREEN, ORANGE], title=title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 회귀로 찾은 상자(주황색)와 정답(초록색). 왼쪽 셋은 숫자가 하나, 오른쪽 셋은 둘인 장면이다. 오른쪽 제목의 IoU는 둘 가운데 더 잘 맞는 숫자와 잰 것이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Boxes found by regression (orange) and the truth (green), with one digit on the left and two on the right. There the IoU in the title is with the better-matching of the two.*
# %% [markdown] lang="ko"
# 숫자가 둘이면 더 잘 맞는 쪽과 견주어도 IoU가 [[range: two digits: mean IoU, better-matching digit]]이다. 숫자 하나로만 훈련했으니 당연하다고 할 수 있다. 그러나 둘로 훈련해도 어려움은 남을 것이다. 정답이 반은 이 상자, 반은 저 상자라면 손실을 가장 작게 하는 답은 둘의 사이에 있다. 제곱 손실이면 꼭 한가운데이고, 후버 손실이면 두 값이 $2\delta$보다 멀 때 둘에서 $\delta$ 이상 떨어진 사이의 값이 모두 똑같이 좋다(아니면 역시 한가운데다). 한가운데 놓인 상자와 더 잘 맞는 숫자의 IoU는 평균 [[range: two digits: IoU of the box halfway]]이다. (둘로 훈련하지는 않았다. 정답 두 상자를 평균해 계산한 값이다.) 수 네 개를 내는 신경망은 객체가 몇 개인지 모르는 장면에는 답할 수 없다.
# %% [markdown] lang="en"
# With two digits the IoU is [[range: two digits: mean IoU, better-matching digit]] even with the better-matching one. That may seem natural, as it was trained on one digit. But with training on two the difficulty should remain. If the right answer is one box half of the time and the other box the other half, the answer with the smallest loss lies between them: for a squared loss exactly halfway, and for the Huber loss, if the two are more than $2\delta$ apart, any value between them that is at least $\delta$ from both is equally good (otherwise halfway, too). A box halfway has a mean IoU of [[range: two digits: IoU of the box halfway]] with the better-matching digit. (No network was trained on two; this is computed from the mean of the two true boxes.) A network that puts out four numbers cannot answer for scenes in which it is not known how many objects there are.
# %% [markdown] lang="ko" slides="003 [참고] Selective Search"
# ## 4. 창을 옮기며 자리마다 묻는다
#
# 몇 개인지 모른다면 자리마다 ‘여기에 숫자가 있는가, 있다면 무엇인가?’를 물으면 된다. 분류 문제로 돌아온 것이다. 정해진 크기의 창을 조금씩 옮기며 분류하는 것을 **슬라이딩 윈도**(sliding window)라고 한다. 숫자의 크기도 제각각이므로 창의 크기도 바꾸어야 한다. 창의 크기를 바꾸는 대신 장면을 줄이고 키워도 된다. 한 장면을 여러 크기로 만든 것을 **이미지 피라미드**(image pyramid)라고 한다. 그러면 분류기는 한 크기의 창만 보면 된다.
#
# 창은 몇 개나 될까? 한 변이 $s$인 정사각형을 한 픽셀씩 옮기면 한 장면에 $(129 - s)^2$곳이 있다. $s$가 16에서 52까지이면 모두 더해 338,143개다. 직사각형까지 보면 가로와 세로를 따로 골라 12,355,225개가 된다. 그래서 성기게 본다. 장면을 224픽셀에서 73픽셀까지 여섯 크기로 바꾸고, 28×28 창을 4픽셀씩 옮긴다. 본래의 장면에서 재면 창의 변은 16, 20, 25, 31, 39, 49픽셀이다.
# %% [markdown] lang="en" slides="003 [참고] Selective Search"
# ## 4. Slide a window and ask everywhere
#
# If it is not known how many there are, ask at every place: is there a digit here, and if so, which? This is classification again. To move a window of a fixed size in small steps and classify what it shows is called a **sliding window**. As digits differ in size, so must windows. Instead of the window the scene can be made smaller and larger; the set of its versions is an **image pyramid**. Then a classifier has to know windows of one size only.
#
# How many windows are there? A square of side $s$ moved pixel by pixel has $(129 - s)^2$ places in a scene. For $s$ from 16 to 52 that is 338,143 in all. For rectangles choose width and height separately: 12,355,225. So look more coarsely: resize the scene to six sizes, from 224 down to 73 pixels, and move a window of 28×28 in steps of 4 pixels. Measured in the scene as it was, the side of the window is 16, 20, 25, 31, 39 and 49 pixels.
# %%
WINDOW = 28  # side in pixels, in every level
STRIDE = 4
SIZES = [round(128 * WINDOW / (16 * 1.25**level)) for level in range(6)]  # sides of the scene


def pyramid(image):
    """The scene in six sizes: in the first a window covers 16 pixels of the scene, in the last 49."""
    return [cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR) for size in SIZES]


def window_places():
    """Level, left and upper side of every window in the pyramid: (windows, 3)."""
    stops = [range(0, size - WINDOW + 1, STRIDE) for size in SIZES]
    return np.array(
        [(level, x, y) for level in range(6) for y in stops[level] for x in stops[level]]
    )


PLACES = window_places()
SCALES = 128 / np.array(SIZES)[PLACES[:, :1]]  # pixels of the scene for one of the level
WINDOWS = np.concatenate([PLACES[:, 1:], PLACES[:, 1:] + WINDOW], axis=1) * SCALES
# %%
squares = sum((129 - side) ** 2 for side in range(16, 53))
check("squares of 16 to 52 pixels", squares, equals=338_143)
rectangles = sum(129 - side for side in range(16, 53)) ** 2
check("rectangles with such sides", rectangles, equals=12_355_225)
check("windows that we look at", len(WINDOWS), equals=5_702)
# %% [markdown] lang="ko"
# 분류기의 클래스는 열하나다. 숫자 열과, 어느 숫자도 제대로 담지 않은 창을 위한 배경(background)이다. 훈련 창은 훈련 장면에서 오려 낸다. 숫자를 가운데에 두고 긴 변에 맞춘 정사각형과 창의 IoU가 0.6 이상이면 그 숫자, 0.5보다 작으면 배경이고, 그 사이는 쓰지 않는다. 한 장면에서 숫자 창을 여섯 개까지, IoU가 0.1 이상인 배경(숫자의 일부만 담았거나 크기가 맞지 않는 창)을 열여덟 개까지, 0.1보다 작은 배경(대개 빈 곳)을 네 개까지 뽑는다. 헷갈리기 쉬운 것은 숫자의 일부가 보이는 창이므로 많이 뽑는다. 그래도 실제 장면에는 숫자가 아닌 창의 비율이 훈련할 때보다 훨씬 높다. 한 번 훈련한 다음 잘못 답한 배경을 모아 다시 훈련하는 방법(hard negative mining)도 있지만 여기에서는 쓰지 않는다.
#
# 분류기는 [[vgg]]에서 본 완전 합성곱 신경망으로 쓴다. 창 하나를 주면 답이 1×1이고, 장면을 통째로 주면 창마다의 답이 한꺼번에 나온다. 이웃한 창들은 겹친 곳의 합성곱을 나누어 쓴다(Sermanet 외, 2014의 OverFeat가 이렇게 한다). 학습률은 0.002, 0.004, 0.008 가운데 검증 장면의 AP(6절에서 설명한다)를 시드 둘에 걸쳐 평균한 값이 가장 높은 0.002다. 셋의 차이는 작고 시드마다 순서가 달랐으며, 더 작은 값은 해 보지 않았다.
# %% [markdown] lang="en"
# The classifier has eleven classes: ten digits, and the background, for windows that do not show a digit well. Windows for training are cut out of training scenes. Take the square around a digit, with its longer side: a window whose IoU with it is 0.6 or more has the class of the digit, below 0.5 it is background, and what is between is not used. Take from each scene up to six windows with a digit, up to eighteen of the background with an IoU of 0.1 or more (parts of a digit, or windows of the wrong size for it), and up to four with less (mostly empty). Parts of digits are what is easily mistaken, hence so many. Still windows without a digit are far more frequent in a scene than in training. One could collect the background that is mistaken after training and train again (hard negative mining), which is not done here.
#
# The classifier is written as a fully convolutional network, as in [[vgg]]. Given one window its answer is 1×1; given a whole scene it answers for all windows at once, and neighbouring windows share the convolutions where they overlap (as in OverFeat, Sermanet et al., 2014). The learning rate of 0.002 has the highest AP (explained in section 6) on validation scenes among 0.002, 0.004 and 0.008, as the mean of two seeds; the three differ little, and in another order with each seed; smaller ones were not tried.


# %%
def window_network():
    """Scenes of any size (n, ., ., 1) -> 11 probabilities for each window, every 4 pixels."""
    x = inputs = keras.Input((None, None, 1))
    x = convolution(16, 5)(x)  # a window of 28x28 -> 24x24
    x = layers.MaxPooling2D(2)(x)  # 12x12
    x = convolution(32, 3)(x)  # 10x10
    x = layers.MaxPooling2D(2)(x)  # 5x5
    x = convolution(64, 5)(x)  # 1x1: a fully connected layer, as a convolution
    return keras.Model(inputs, layers.Conv2D(11, 1, activation="softmax")(x))


def squared(boxes):
    """The squares around boxes (n, 4) that have their centres and their longer sides."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([centres - half, centres + half], axis=1)


def cut_out(image, places):
    """Windows (n, 28, 28) at places of the image's pyramid."""
    levels = pyramid(image)
    return np.stack([levels[k][y : y + WINDOW, x : x + WINDOW] for k, x, y in places])


# %%
def window_examples(scenes, rng):
    """Windows (n, 28, 28) of all scenes and their classes (n,), 10 being background."""
    windows, classes = [], []
    for image, boxes, labels in zip(scenes.images, scenes.boxes, scenes.labels):
        there = labels >= 0
        ious = iou(WINDOWS, squared(boxes[there]))
        best, nearest = ious.max(axis=1), labels[there][ious.argmax(axis=1)]
        digit, part, empty = best >= 0.6, (best >= 0.1) & (best < 0.5), best < 0.1
        picked = []
        for group, most in ((digit, 6), (part, 18), (empty, 4)):
            places = np.flatnonzero(group)
            picked.append(rng.choice(places, min(most, len(places)), replace=False))
        background = np.full(len(picked[1]) + len(picked[2]), 10)
        windows.append(cut_out(image, PLACES[np.concatenate(picked)]))
        classes.append(np.concatenate([nearest[picked[0]], background]))
    return np.concatenate(windows), np.concatenate(classes)


# %%
scenes = digit_scenes(train_digits, lesson.at_scale(small=550, full=4000), lesson.seed + 1000)
windows, classes = window_examples(scenes, np.random.RandomState(lesson.seed))
classifier = window_network()
targets = classes[:, None, None]  # one answer a window: (n, 1, 1)
loss = "sparse_categorical_crossentropy"
epochs = lesson.epochs(small=3, full=6)
trained(classifier, pixels(windows), targets, loss, epochs, rate=0.002, batch_size=64)
# one graph for all sizes: or else TensorFlow makes one for each
any_size = [tf.TensorSpec((None, None, None, 1), tf.float32)]
slide = tf.function(classifier, autograph=False, input_signature=any_size)


def window_scores(image):
    """Probabilities of the eleven classes for every window: (windows, 11)."""
    return np.concatenate(
        [np.array(slide(pixels(level[None]))).reshape(-1, 11) for level in pyramid(image)]
    )


# %%
separate = pixels(cut_out(image, PLACES))  # a batch of 5,702 windows
same(slide(separate)[:, 0, 0], window_scores(image), "each window by itself, and slid")
apart = fastest_seconds(lambda: slide(separate), 3)
at_once = fastest_seconds(lambda: window_scores(image), 3)
check("seconds of separate windows over seconds slid", apart / at_once, at_least=2)
# %% tags=["figure"] title="three levels of the pyramid"
_, axes = plt.subplots(1, 3, figsize=(9.5, 4.2), width_ratios=[SIZES[k] for k in (0, 2, 5)])
fits = iou(WINDOWS, squared(boxes)).max(axis=1)
for axis, level in zip(axes, (0, 2, 5)):
    size = SIZES[level]
    _, x, y = PLACES[np.argmax(fits * (PLACES[:, 0] == level))]
    draw_scene(axis, pyramid(image)[level], [(x, y, x + WINDOW, y + WINDOW)])
    count = (PLACES[:, 0] == level).sum()
    axis.set_title(f"{size}×{size}:\n{count:,} windows", fontsize=11)
    axis.set_anchor("S")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 이미지 피라미드의 여섯 단계 가운데 셋. 창(주황색)은 늘 28×28픽셀이고, 단계마다 숫자에 가장 잘 맞는 것을 하나 그렸다. 장면을 키울수록 창에 작은 숫자가 맞고, 창의 수(windows)가 늘어난다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Three of the six levels of the image pyramid. The window (orange) is always 28×28 pixels; in each level the one that fits a digit best is drawn. In a larger version of the scene windows fit smaller digits, and there are more of them.*
# %% [markdown] lang="ko"
# 미리 오려 둔 창 5,702개를 한 배치로 따로 계산하면, 피라미드를 만들어 통째로 훑을 때보다 [[range: seconds of separate windows over seconds slid]]배 오래 걸린다. 답은 같다. 겹친 곳을 한 번만 계산하는 이 생각은 뒤의 수업에서 다시 나온다.
# %% [markdown] lang="en"
# Computing the 5,702 windows separately, in one batch and cut out beforehand, takes [[range: seconds of separate windows over seconds slid]] times as long as building the pyramid and sliding over it, with the same answers. To compute what is shared only once is an idea that comes back in later lessons.
# %% [markdown] lang="ko"
# ## 5. 겹친 답 가운데 가장 나은 것만 남긴다
#
# 창 하나의 답은 숫자 클래스 열 가운데 확률이 가장 큰 것이고, 그 확률을 점수(score)라고 하자. 배경의 확률이 더 큰 창도 답으로 치고, 점수가 낮을 뿐이다. 숫자 하나 둘레에서는 창 여럿이 저마다 답한다. 그래서 점수가 가장 높은 것을 남기고, 그것과 많이 겹치는 것(IoU가 정해 둔 임계값보다 큰 것)은 버리고, 남은 것 가운데 가장 높은 것으로 다시 시작한다. 이것을 **비최대 억제**(non-maximum suppression)라고 하고 NMS로 줄여 쓴다. 상자 넷의 점수가 0.9, 0.8, 0.7, 0.6이고 둘째는 첫째와 IoU가 0.67, 넷째는 셋째와 0.54라고 하자. 임계값이 0.5이면 첫째를 남기고 둘째를 버리고, 셋째를 남기고 넷째를 버린다. 임계값을 0.6으로 올리면 넷째도 남는다.
# %% [markdown] lang="en"
# ## 5. Among overlapping answers, keep the best
#
# The answer of a window is the most likely of the ten digit classes; call its probability the score. A window that is more likely background still answers, with a low score. Around one digit several windows answer. So keep the one with the highest score, drop those that overlap it much (with an IoU above a threshold), and start again with the best of what is left. This is **non-maximum suppression**, NMS for short. Let four boxes have scores of 0.9, 0.8, 0.7 and 0.6, the second an IoU of 0.67 with the first, and the fourth of 0.54 with the third. With a threshold of 0.5 the first is kept and the second dropped, the third kept and the fourth dropped. With a threshold of 0.6 the fourth is kept, too.


# %%
def suppressed(boxes, scores, threshold):
    """Places of the boxes that are kept, best first."""
    left, kept = list(np.argsort(-np.array(scores))), []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [one for one in left if iou_by_hand(boxes[best], boxes[one]) <= threshold]
    return kept


four = [(10, 10, 50, 50), (18, 10, 58, 50), (70, 20, 110, 60), (82, 20, 122, 60)]
check("IoU of the first two", round(iou_by_hand(four[0], four[1]), 2), equals=0.67)
check("IoU of the last two", round(iou_by_hand(four[2], four[3]), 2), equals=0.54)
check("kept at 0.5", suppressed(four, [0.9, 0.8, 0.7, 0.6], 0.5), equals=[0, 2])
check("kept at 0.6", suppressed(four, [0.9, 0.8, 0.7, 0.6], 0.6), equals=[0, 2, 3])

drawn = rng.rand(20)  # scores for the 20 boxes of section 2
library = tf.image.non_max_suppression(ours.astype("float32"), drawn, 20, 0.3)
same(suppressed(ours, drawn, 0.3), library, "NMS by hand and in TensorFlow")
same(suppressed(ours, drawn, 0.3), nms(ours, drawn, 0.3), "NMS by hand and in helpers.boxes")
# %% [markdown] lang="ko"
# 클래스가 다르면 서로 버리지 않는다(`class_nms`). 3과 8이 실제로 겹쳐 있을 수 있기 때문이다. 그 대신 한 숫자에 클래스가 다른 답이 여럿 남을 수 있다. 이 장면들에서는 두 숫자의 상자가 작은 쪽의 4분의 1까지만 겹쳐 IoU가 1/7을 넘지 않으므로, 클래스를 가리는 이 선택은 여기에서 거의 시험되지 않는다. 이것으로 검출기가 완성된다. NMS를 하기 전에 점수가 높은 창 300개만 남기고, 그 가운데서도 0.1 아래인 것은 뺀다.
# %% [markdown] lang="en"
# Boxes of different classes do not drop each other (`class_nms`), as a 3 and an 8 may really overlap. The price is that answers of several classes may be left on one digit. In these scenes the boxes of two digits share at most a quarter of the smaller one, an IoU of 1/7 or less, so that keeping classes apart is hardly put to the test here. This completes the detector. Before NMS only the 300 windows with the highest scores are kept, and of these only those with 0.1 or more.


# %%
def detections(scores, threshold):
    """Probabilities of all windows -> boxes, scores and labels after NMS."""
    best, labels = scores[:, :10].max(axis=1), scores[:, :10].argmax(axis=1)
    likely = np.argsort(-best)[:300]
    likely = likely[best[likely] >= 0.1]
    kept = class_nms(WINDOWS[likely], best[likely], labels[likely], threshold)
    places = likely[kept]
    return Detections(clip(WINDOWS[places], 128, 128), best[places], labels[places])


def objects(scenes):
    """What each scene shows."""
    rows = zip(scenes.boxes, scenes.labels)
    return [Objects(boxes[labels >= 0], labels[labels >= 0]) for boxes, labels in rows]


# %% tags=["figure"] title="before and after NMS"
picture = digit_scenes(test_digits, 1, seed=4).images[0]  # three digits, far apart
likelihoods = window_scores(picture)
_, axes = plt.subplots(1, 3, figsize=(10, 3.7))
for axis, limit in zip(axes, (1.0, 0.5, 0.1)):
    answers = detections(likelihoods, limit)
    sure = answers.scores >= 0.5
    title = f"threshold {limit}: {sure.sum()} boxes"
    draw_scene(axis, picture, answers.boxes[sure], answers.labels[sure], title=title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 장면 하나에서 점수가 0.5 이상인 상자(boxes). NMS의 임계값(threshold)이 1.0이면 아무것도 버리지 않고, 낮추면 더 버리거나 그대로다. 클래스가 다른 상자는 서로 버리지 않으므로 한 숫자에 남을 수 있고, 점수가 0.5에 못 미치는 숫자에는 상자가 없다. 상자의 숫자는 답한 클래스다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Boxes with a score of 0.5 or more on a test scene. At a threshold of 1.0 NMS drops nothing; a lower one drops more, or the same. Boxes of different classes do not drop each other and may stay on one digit, and a digit whose scores are below 0.5 has no box. The digits on boxes are the classes found.*
# %% [markdown] lang="ko"
# ## 6. 검출기를 채점하기: 평균 정밀도
#
# 검출기는 상자의 목록을 내므로 정확도로는 채점할 수 없다. 있는데 놓친 것도, 없는데 답한 것도, 같은 것을 두 번 답한 것도 틀린 것이다. 한 클래스의 답을 모든 장면에서 모아 점수가 높은 것부터 본다. 답 하나는 같은 장면에 있고 클래스가 같으며 아직 짝이 없는 객체 가운데 IoU가 가장 높은 것을 찾는다. 그 IoU가 임계값(예를 들어 0.5) 이상이면 그 객체와 짝지어 맞은 것으로 친다. 아니면 틀린 것이고, 객체는 다음 답의 몫으로 남는다. 답을 $k$개까지 보았을 때 그 가운데 맞은 비율이 **정밀도**(precision), 객체 가운데 찾은 비율이 **재현율**(recall)이다.
#
# 객체가 넷이고 답 다섯이 점수 순서로 맞음, 틀림, 맞음, 맞음, 틀림이었다고 하자.
#
# | 본 답 | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|
# | 정밀도 | 1 | 0.5 | 0.667 | 0.75 | 0.6 |
# | 재현율 | 0.25 | 0.25 | 0.5 | 0.75 | 0.75 |
#
# 재현율 $r$마다 재현율이 $r$ 이상인 곳의 가장 높은 정밀도를 읽는다. 0.25까지는 1, 0.75까지는 0.75, 그 위로는 0이다. 재현율 0, 0.01, …, 1의 101곳 가운데 0에서 0.25까지가 26곳, 0.26에서 0.75까지가 50곳이므로 읽은 값의 평균은 $(26 \cdot 1 + 50 \cdot 0.75) / 101 = 0.629$다. 이것이 **평균 정밀도**(average precision)이고 AP로 줄여 쓴다.
#
# $$\mathrm{AP} = \frac{1}{101} \sum_{r \in \{0, 0.01, \dots, 1\}} \; \max_{k:\, \mathrm{recall}_k \ge r} \mathrm{precision}_k$$
#
# 그런 $k$가 없으면 0으로 친다. AP50은 IoU의 임계값을 0.5로, AP75는 0.75로 한 AP를 클래스에 걸쳐 평균한 것이다. 그냥 AP라고 하면 임계값 0.50, 0.55, …, 0.95의 열 가지에 걸쳐서도 평균한 것이다. 한 장면에서 클래스마다 점수가 높은 답 100개까지만 센다. 클래스에 걸친 평균을 mAP라고 부르는 곳도 많다. 이것이 COCO 데이터의 규칙이고, pycocotools가 계산해 준다.
# %% [markdown] lang="en"
# ## 6. Marking a detector: average precision
#
# A detector puts out a list of boxes, and accuracy cannot mark it: it is wrong to miss what is there, to report what is not there, and to report one thing twice. Collect the answers for one class in all scenes, and go through them from the highest score down. For each answer look, among the objects of its class in its own scene that are not taken yet, for the one with the highest IoU. If that IoU reaches a threshold, say 0.5, the answer is right and takes the object; if not, it is wrong, and the object is left for later answers. After $k$ answers the share of them that is right is the **precision**, and the share of the objects that have been found is the **recall**.
#
# Let there be four objects, and five answers, in the order of their scores right, wrong, right, right, wrong.
#
# | answers seen | 1 | 2 | 3 | 4 | 5 |
# |---|---|---|---|---|---|
# | precision | 1 | 0.5 | 0.667 | 0.75 | 0.6 |
# | recall | 0.25 | 0.25 | 0.5 | 0.75 | 0.75 |
#
# For each recall $r$ read off the highest precision where the recall is $r$ or more: 1 up to 0.25, 0.75 up to 0.75, and 0 beyond. Of the 101 recalls 0, 0.01, …, 1 there are 26 from 0 to 0.25 and 50 from 0.26 to 0.75, so that the mean of what is read is $(26 \cdot 1 + 50 \cdot 0.75) / 101 = 0.629$. This is the **average precision**, AP for short.
#
# $$\mathrm{AP} = \frac{1}{101} \sum_{r \in \{0, 0.01, \dots, 1\}} \; \max_{k:\, \mathrm{recall}_k \ge r} \mathrm{precision}_k$$
#
# Where there is no such $k$, count 0. AP50 is the mean over the classes with an IoU threshold of 0.5, AP75 with 0.75. AP without a number is the mean over the ten thresholds 0.50, 0.55, …, 0.95 as well as over the classes. Of each class in a scene at most the 100 answers with the highest scores count. Elsewhere the mean over classes is often called mAP. These are the rules of the COCO data, and pycocotools computes them.


# %%
def average_precision_by_hand(right, objects):
    """From whether each answer was right, best score first, and how many objects there were."""
    hits = np.cumsum(right)
    precision, recall = hits / np.arange(1, len(right) + 1), hits / objects
    best = [max(precision[recall >= r], default=0) for r in np.linspace(0, 1, 101)]
    return np.mean(best)


example = average_precision_by_hand([True, False, True, True, False], objects=4)
check("AP in the example", round(example, 3), equals=0.629)


# %% [markdown] lang="ko"
# NMS의 임계값은 데이터로 고른다. 검증 장면 25장에서 AP가 가장 높은 임계값을 골라, 테스트 장면 60장을 한 번 채점한다.
# %% [markdown] lang="en"
# The threshold of NMS is chosen by data: take the one with the highest AP on 25 validation scenes, and mark 60 test scenes once.
# %%
def marks(found, truth):
    """AP, AP50 and AP75, means over the classes that occur."""
    aps = average_precision(found, truth, range(10))  # by threshold of IoU and class
    aps = aps[:, aps[0] > -1]  # -1 stands for a class that no scene shows
    return np.array([aps.mean(), aps[0].mean(), aps[5].mean()])  # row 0 is 0.5, row 5 is 0.75


THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 1.0)  # at 1.0 nothing is dropped
validation = digit_scenes(validation_digits, 25, seed=3)
validation_scores = [window_scores(picture) for picture in validation.images]
tried, kept = [], []
for threshold in THRESHOLDS:
    found = [detections(scores, threshold) for scores in validation_scores]
    tried.append(marks(found, objects(validation))[0])
    kept.append(np.mean([len(each.scores) for each in found]))
threshold = THRESHOLDS[np.argmax(tried)]
report("threshold of NMS that was chosen", threshold)
# %%
tests = digit_scenes(test_digits, 60, seed=4)
test_scores = [window_scores(picture) for picture in tests.images]
found, truth = [detections(scores, threshold) for scores in test_scores], objects(tests)
ap, ap50, ap75 = marks(found, truth)
check("AP50 of sliding windows", ap50, at_least=0.4)
report("AP75 of sliding windows", ap75)
report("AP of sliding windows", ap)
everything = [detections(scores, 1.0) for scores in test_scores]
report("AP with NMS minus AP without", ap - marks(everything, truth)[0])
# %%
threes = matched(found, truth, label=3)
by_hand = average_precision_by_hand(threes.right[0], threes.objects)
in_helpers = average_precision(found, truth, [3])[0, 0]
same(by_hand, in_helpers, "AP50 of the 3s by hand and in helpers.metrics")

data, results = as_coco(found, truth, range(10))
with contextlib.redirect_stdout(io.StringIO()):  # it prints a report at every step
    coco = COCO()
    coco.dataset = data
    coco.createIndex()
    judge = COCOeval(coco, coco.loadRes(results), "bbox")
    judge.evaluate()
    judge.accumulate()
    judge.summarize()
# the first three of its numbers are these
same([ap, ap50, ap75], judge.stats[:3], "AP, AP50 and AP75 in helpers.metrics and pycocotools")
# %% tags=["figure"] title="precision, recall and NMS"
from helpers.metrics import interpolated, precision_and_recall

_, axes = plt.subplots(1, 3, figsize=(14, 3.8))
grid = np.linspace(0, 1, 101)  # of recalls
exact, reached = precision_and_recall(np.array([True, False, True, True, False]), objects=4)
axes[0].plot(reached, exact, "o", color=VERMILION)
axes[0].step(grid, interpolated(exact, reached), color=BLUE)
axes[0].set(xlabel="recall", ylabel="precision", title=f"the example: AP {example:.3f}")
matches = [matched(found, truth, label) for label in range(10)]
for row, color in ((0, BLUE), (5, ORANGE)):
    steps = [
        precision_and_recall(each.right[row], each.objects) for each in matches if each.objects
    ]
    curves = [interpolated(*each) for each in steps]
    axes[1].plot(grid, np.mean(curves, axis=0), color=color, label=f"IoU {0.5 + 0.05 * row:.2f}")
axes[1].set(xlabel="recall", ylabel="precision", title="sliding windows, mean of classes")
axes[1].legend(frameon=False)
axes[2].plot(THRESHOLDS, tried, "o-", color=BLUE)
for x, y, boxes_kept in zip(THRESHOLDS, tried, kept):
    axes[2].text(x, y + 0.012, f"{boxes_kept:.0f}", ha="center", fontsize=11)
axes[2].set(xlabel="threshold of NMS", ylabel="AP, validation", ylim=(0, max(tried) + 0.05))
axes[2].set_title("boxes in a scene above the points", fontsize=12)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽: 예의 정밀도(precision)와 재현율(recall). 점은 답 하나씩, 파란 선은 AP를 읽는 선이다. 가운데: 테스트 장면에서 슬라이딩 윈도의 곡선을 클래스에 걸쳐 평균한 것으로, IoU의 임계값이 0.50일 때(파란색)와 0.75일 때(주황색)다. 오른쪽: NMS의 임계값(threshold)과 검증 장면의 AP. 점 위의 수는 한 장면에 남는 상자(boxes in a scene)의 평균 개수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, precision and recall in the example: a point for each answer, and in blue the line that AP reads. Middle, the curves of sliding windows on test scenes, mean of the classes, for an IoU threshold of 0.50 (blue) and 0.75 (orange). Right, AP on validation scenes against the threshold of NMS; above the points, how many boxes are left in a scene on average.*
# %% tags=["figure"] title="what the detector finds"
def one_to_one(answers, shown):
    """Which answers hit an object, best score first, and which objects none has hit."""
    hits, missed = [], list(range(len(shown.boxes)))
    for box, label in zip(answers.boxes, answers.labels):
        fits = [
            iou(box[None], shown.boxes[one : one + 1])[0, 0] * (shown.labels[one] == label)
            for one in missed
        ]
        hits.append(max(fits, default=0) >= 0.5)
        if hits[-1]:
            missed.pop(int(np.argmax(fits)))
    return hits, shown.boxes[missed]


_, axes = plt.subplots(1, 4, figsize=(11, 3.1))
for axis, number in zip(axes, range(4)):
    sure = found[number].scores >= 0.6
    answers = Detections(*(part[sure] for part in found[number]))
    hits, missed = one_to_one(answers, truth[number])
    colors = [GREEN if hit else VERMILION for hit in hits]
    draw_scene(axis, tests.images[number], answers.boxes, answers.labels, colors)
    for x_min, y_min, x_max, y_max in missed:
        size = (x_max - x_min, y_max - y_min)
        axis.add_patch(plt.Rectangle((x_min, y_min), *size, fc="none", ec=SKY, ls="--", lw=2))
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 장면 넷에서 점수가 0.6 이상인 답. IoU의 임계값이 0.5일 때 맞은 답은 초록색, 틀린 답(같은 객체를 두 번 답한 것도)은 주홍색이고, 놓친 숫자는 하늘색 점선이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Answers with a score of 0.6 or more on four test scenes: right ones green at an IoU threshold of 0.5, wrong ones vermilion (also a second answer for one object), and missed digits dashed in sky blue.*
# %% [markdown] lang="ko"
# 테스트 장면에서 AP50은 [[range: AP50 of sliding windows]], AP75는 [[range: AP75 of sliding windows]], AP는 [[range: AP of sliding windows]]이다. NMS의 임계값은 앞의 그림에서 보듯 0.1에서 0.5까지 차이가 작고, NMS를 하는 것은 하지 않는 것보다 [[verdict: AP with NMS minus AP without]](AP의 차이 [[range: AP with NMS minus AP without]]). AP는 점수의 순서만 보므로, 사람에게 보여 줄 때에는 점수의 임계값도 따로 정해야 한다. 바로 위의 그림에서는 0.6으로 했다.
#
# 무엇이 모자란가? 셋을 재어 본다. 첫째, 어떤 창이든 골라도 된다면 숫자에 얼마나 맞는 창이 있는가. 둘째, 홀쭉한 1은 어떤가. 셋째, 클래스를 묻지 않으면 AP50이 얼마인가. 분류기는 숫자를 둘러싼 정사각형으로 훈련하고 빠듯한 상자로 채점하므로, 너비가 높이의 3분의 1인 1에 꼭 맞는 정사각형도 IoU는 1/3이다.
# %% [markdown] lang="en"
# On test scenes AP50 is [[range: AP50 of sliding windows]], AP75 [[range: AP75 of sliding windows]], and AP [[range: AP of sliding windows]]. As the figure shows, thresholds of NMS from 0.1 to 0.5 differ little, and NMS [[verdict: AP with NMS minus AP without]], compared with none (difference in AP [[range: AP with NMS minus AP without]]). AP looks only at the order of scores: to show results to people, a threshold for the score has to be chosen as well. In the last figure it is 0.6.
#
# What is it short of? Measure three things. First, if the best of all windows could be picked, how well would it fit? Second, what about thin 1s? Third, what is AP50 if classes do not count? The classifier is trained with the square around a digit and marked with the tight box, so that for a 1 whose width is a third of its height even a perfect square has an IoU of 1/3.
# %%
def percent(right):
    return round(100 * np.mean(right))


test_boxes = np.concatenate([each.boxes for each in truth])
test_labels = np.concatenate([each.labels for each in truth])
fitting = iou(test_boxes, WINDOWS).max(axis=1)  # of the best window
report("best window: percent with IoU of one half or more", percent(fitting >= 0.5))
report("best window: percent with IoU of three quarters or more", percent(fitting >= 0.75))
ones = fitting[test_labels == 1]
report("best window: percent of 1s with IoU of one half or more", percent(ones >= 0.5))
report("AP50 of the 1s", average_precision(found, truth, [1])[0, 0])

blind = []  # one class, "digit", and NMS over all boxes
for each in found:
    left = nms(each.boxes, each.scores, threshold)
    blind.append(Detections(each.boxes[left], each.scores[left], 0 * left))
digits_of = [each._replace(labels=0 * each.labels) for each in truth]
report("AP50 if classes do not count", average_precision(blind, digits_of, [0])[0, 0])
# %% [markdown] lang="ko"
# 숫자의 [[range: best window: percent with IoU of one half or more]]%에는 IoU가 0.5 이상인 창이 있고, [[range: best window: percent with IoU of three quarters or more]]%에는 0.75 이상인 창이 있다. AP75는 그보다 훨씬 낮으므로 창이 성긴 것만으로는 설명되지 않는다. 훈련에서는 정사각형과의 IoU가 0.6 이상인 창이 모두 같은 정답이었으므로, 가장 잘 맞는 창에 가장 높은 점수를 주라고 가르친 적이 없다. 1은 [[range: best window: percent of 1s with IoU of one half or more]]%에만 IoU가 0.5 이상인 창이 있고, 1만의 AP(IoU의 임계값 0.5)도 [[range: AP50 of the 1s]]에 그친다. 클래스를 묻지 않고 숫자인지만 묻는다고 하면(NMS도 클래스를 가리지 않고 한다) AP50은 클래스를 물을 때와 비슷하거나 낮다([[range: AP50 if classes do not count]]). 모든 클래스의 점수를 한 줄로 세우고 클래스에 걸친 평균도 아니므로 엄밀한 비교는 아니지만, 클래스를 틀리는 것이 가장 큰 문제라고 볼 근거는 없다.
# %% [markdown] lang="en"
# For [[range: best window: percent with IoU of one half or more]]% of the digits there is a window with an IoU of 0.5 or more, and for [[range: best window: percent with IoU of three quarters or more]]% one with 0.75 or more. AP75 is far lower, so coarse windows are not all that is wrong. In training all windows with an IoU of 0.6 or more with the square count alike, so nothing teaches the classifier to give the best-fitting one the highest score. Of the 1s only [[range: best window: percent of 1s with IoU of one half or more]]% have a window with an IoU of 0.5 or more, and their AP at that threshold is no more than [[range: AP50 of the 1s]]. If classes do not count, and it is only asked whether there is a digit (with NMS over all boxes), AP50 is about the same or lower ([[range: AP50 if classes do not count]]). This is no clean comparison, since it ranks the scores of all classes together and is not a mean over classes. Still it does not suggest that wrong classes are the main problem.
# %% [markdown] lang="ko"
# 아래 셀에서 장면(`SCENE`), 점수의 임계값(`LEAST_SCORE`), NMS의 임계값(`NMS_THRESHOLD`)을 바꾸어 보라. 점수의 임계값을 낮추면 놓친 숫자와 틀린 답이 어떻게 달라지는가? 상자의 글은 클래스와 점수다.
# %% [markdown] lang="en"
# In the cell below change the scene (`SCENE`), the threshold for the score (`LEAST_SCORE`) and that of NMS (`NMS_THRESHOLD`). With a lower threshold for the score, what becomes of missed digits and wrong answers? The texts on boxes are class and score.
# %% tags=["play", "nbval-ignore-output"] title="choose the thresholds"
SCENE = 0  # @param {type:"slider", min:0, max:59}
LEAST_SCORE = 0.5  # @param {type:"slider", min:0.1, max:0.95, step:0.05}
NMS_THRESHOLD = 0.3  # @param {type:"slider", min:0.0, max:1.0, step:0.1}
chosen = detections(test_scores[SCENE], NMS_THRESHOLD)
sure = chosen.scores >= LEAST_SCORE
texts = [f"{label}: {score:.2f}" for label, score in zip(chosen.labels, chosen.scores)]
_, axis = plt.subplots(figsize=(4.2, 4.4))
draw_scene(axis, tests.images[SCENE], chosen.boxes[sure], np.array(texts)[sure])
plt.show()
# %% [markdown] lang="ko" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 7. 앵커와 델타: 기준 상자에서 조금 고친다
#
# 3절의 회귀는 어떤 모양의 상자든 답할 수 있지만 하나밖에 답하지 못하고, 4절의 창은 몇 개든 답하지만 정해진 자리의 정사각형뿐이다. 둘을 합치면 된다. 자리마다 기준이 되는 상자를 두고, 있는지 없는지를 분류하고, 있으면 기준에서 얼마나 고칠지를 회귀로 답한다. 이 기준 상자를 **앵커**(anchor)라고 한다. OverFeat도 창마다 회귀로 상자를 고쳤다. 다음 수업들의 R-CNN은 기준 상자를 다른 방법으로 얻고, Faster R-CNN은 앵커를 쓴다.
#
# 고칠 양은 네 수, 곧 **델타**(delta)로 나타낸다. 앵커가 $(20, 20, 60, 60)$이고 상자가 $(30, 10, 60, 70)$이라고 하자. 중심은 $(40, 40)$에서 $(45, 40)$으로 옮겨야 하므로 앵커의 변 40으로 나누어 $5/40 = 0.125$와 0이다. 너비는 40에서 30으로, 높이는 40에서 60으로 바꾸어야 하므로 비의 로그를 취해 $\ln 0.75 = -0.288$, $\ln 1.5 = 0.405$다. 옮길 거리는 변으로 나누고 변끼리는 비를 보므로 델타는 배율에 상관없다. 앵커와 상자를 함께 두 배로 키워도 그대로다. 비에 로그를 취하면 두 배와 절반이 부호만 다른 수가 된다.
#
# $$\Delta_x = \frac{x - x_a}{w_a} \qquad \Delta_y = \frac{y - y_a}{h_a} \qquad \Delta_w = \ln \frac{w}{w_a} \qquad \Delta_h = \ln \frac{h}{h_a}$$
#
# $x, y, w, h$는 상자의 중심과 너비와 높이이고, $a$가 붙은 것은 앵커의 것이다.
# %% [markdown] lang="en" slides="003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 7. Anchors and deltas: correct a reference box a little
#
# The regression of section 3 can answer with a box of any shape, but with one only; the windows of section 4 answer with any number, but only with squares in fixed places. Combine the two: at each place have a reference box, classify whether something is there, and if so let a regression say how to correct the reference. Such a reference box is called an **anchor**. OverFeat, too, corrected the box of each window by regression. The R-CNN of the next lessons gets its reference boxes in another way; Faster R-CNN has anchors.
#
# The correction is four numbers, and each of them is called a **delta**. Let the anchor be $(20, 20, 60, 60)$ and the box $(30, 10, 60, 70)$. Its centre has to move from $(40, 40)$ to $(45, 40)$: divided by the anchor's side of 40 that is $5/40 = 0.125$, and 0. Its width has to change from 40 to 30, and its height from 40 to 60: take the logarithms of the ratios, $\ln 0.75 = -0.288$ and $\ln 1.5 = 0.405$. Distances are divided by the anchor's sides, and sides are taken as ratios, so deltas do not depend on scale: double anchor and box, and they stay the same. With logarithms, twice and half as large differ only in sign.
#
# $$\Delta_x = \frac{x - x_a}{w_a} \qquad \Delta_y = \frac{y - y_a}{h_a} \qquad \Delta_w = \ln \frac{w}{w_a} \qquad \Delta_h = \ln \frac{h}{h_a}$$
#
# $x, y, w, h$ are centre, width and height of the box, and with $a$ those of the anchor.


# %%
def deltas_by_hand(box, anchor):
    """How to change the anchor so that it becomes the box: Δx, Δy, Δw, Δh."""
    width, height = box[2] - box[0], box[3] - box[1]
    anchor_width, anchor_height = anchor[2] - anchor[0], anchor[3] - anchor[1]
    right = (box[0] + box[2] - anchor[0] - anchor[2]) / 2
    down = (box[1] + box[3] - anchor[1] - anchor[3]) / 2
    scale = np.log([width / anchor_width, height / anchor_height])
    return [right / anchor_width, down / anchor_height, *scale]


example = deltas_by_hand((30, 10, 60, 70), (20, 20, 60, 60))
check("deltas in the example", np.round(example, 3).tolist(), equals=[0.125, 0, -0.288, 0.405])
by_hand = [deltas_by_hand(box, other) for box, other in zip(ours, others)]
same(by_hand, encode(ours, others), "deltas by hand and in helpers.boxes")
library = bounding_boxes.encode_box_to_deltas(
    others.astype("float32"), ours.astype("float32"), "xyxy", "xyxy"
)
in_order = np.array(library)[:, [1, 0, 3, 2]]  # Keras has y before x, and h before w
same(by_hand, in_order, "deltas by hand and in Keras")
same(decode(encode(ours, others), others), ours, "boxes to deltas and back")
# %% [markdown] lang="ko"
# 강의 자료 003은 ‘너무 홀쭉하거나 넓은 물체는 많지 않으므로 2:1, 1:1, 1:2 등 몇가지 타입으로도 가능’하다고 한다. 장면의 상자로 확인해 보자. 높이를 너비로 나눈 비를 훈련 장면 1,000장에서 잰다. 그리고 8픽셀마다 앵커를 놓고, 변(넓이의 제곱근)을 16, 24, 36, 54픽셀로 하고, 상자마다 IoU가 가장 높은 앵커를 찾는다. 비가 1:1 하나이면 한 자리에 앵커가 넷, 2:1, 1:1, 1:2 셋이면 열둘이다. 앵커가 많으면 무엇이든 더 잘 맞을 테니, 비는 1:1로 두고 변을 16에서 54까지 열둘로 한 것도 견준다.
# %% [markdown] lang="en"
# Deck 003 says that few objects are very thin or very wide, so that a few types such as 2:1, 1:1 and 1:2 will do. Check it on the boxes of the scenes. Measure height over width in 1,000 training scenes. Then place anchors every 8 pixels, with sides (square roots of the area) of 16, 24, 36 and 54 pixels, and find for each box the anchor with the highest IoU. With the one ratio 1:1 a place has four anchors, with the three ratios 2:1, 1:1, 1:2 it has twelve. More anchors fit better whatever they are, so compare also twelve sides from 16 to 54 with the one ratio 1:1.
# %%
many = digit_scenes(train_digits, 1000, seed=5)
digits = many.boxes[many.labels >= 0]
digit_labels = many.labels[many.labels >= 0]
shapes = (digits[:, 3] - digits[:, 1]) / (digits[:, 2] - digits[:, 0])  # height over width
report("percent of digits thinner than 2:1", percent(shapes > 2))
report("percent of 1s thinner than 2:1", percent(shapes[digit_labels == 1] > 2))
check("share of digits wider than 1:2", (shapes < 0.5).mean(), at_most=0)
# %%
SIDES = (16, 24, 36, 54)
TWELVE = tuple(np.geomspace(16, 54, 12))
RATIOS = (2, 1, 0.5)  # height to width


def best_anchors(boxes, sides, ratios):
    """For each box the IoU with the best anchor."""
    return iou(boxes, anchor_boxes(16, 16, 8, sides, ratios)).max(axis=1)


sets = {"1:1, four": (SIDES, [1]), "three ratios": (SIDES, RATIOS), "1:1, twelve": (TWELVE, [1])}
fits = {name: best_anchors(digits, *anchors) for name, anchors in sets.items()}
for name, best in fits.items():
    report(f"{name}: percent with IoU of one half or more", percent(best >= 0.5))
    report(f"{name}: percent with IoU of seven tenths or more", percent(best >= 0.7))
    thin = best[digit_labels == 1]
    report(f"{name}: percent of 1s with IoU of one half or more", percent(thin >= 0.5))
# %% tags=["figure"] title="aspect ratios and anchors"
_, axes = plt.subplots(1, 3, figsize=(14, 3.9))
axes[0].hist(np.log2(shapes), bins=40, color=BLUE)
for ratio in (0.5, 1, 2):
    axes[0].axvline(np.log2(ratio), color=VERMILION)
axes[0].set_xticks([-1, 0, 1, 2], ["1:2", "1:1", "2:1", "4:1"])
axes[0].set(xlabel="height : width", ylabel="digits")
three = anchor_boxes(1, 1, 128, sides=(24, 36, 54), ratios=[2, 1, 0.5])
colors = [color for color in (VERMILION, ORANGE, GREEN) for _ in range(3)]
draw_scene(axes[1], image, three, color=colors, title="nine anchors of one place")
for (name, best), color in zip(fits.items(), (GREY, BLUE, VERMILION)):
    axes[2].plot(np.sort(best), np.linspace(1, 0, len(best)), color=color, label=name)
axes[2].set(xlabel="IoU with the best anchor", ylabel="share of digits at least this good")
axes[2].legend(frameon=False, loc="lower left")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽: 숫자의 높이와 너비의 비(height : width, 로그 눈금). 주홍색 선은 강의 자료의 세 비다. 가운데: 한 자리의 앵커 아홉 개(nine anchors of one place), 변 24(주홍색), 36(주황색), 54(초록색)에 비 셋이다(변 16은 빼고 그렸다). 오른쪽: 가장 잘 맞는 앵커의 IoU(IoU with the best anchor)가 가로축의 값 이상인 숫자의 비율. 회색은 비 1:1에 변 넷(1:1, four), 파란색은 비 셋에 변 넷(three ratios), 주홍색은 비 1:1에 변 열둘(1:1, twelve)이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, height to width of the digits on a logarithmic scale; the vermilion lines are the three ratios of the deck. Middle, nine anchors of one place: sides of 24 (vermilion), 36 (orange) and 54 (green) by three ratios; those of 16 are left out. Right, the share of digits whose best anchor has at least the IoU on the horizontal axis: grey, four sides with the ratio 1:1; blue, four sides with three ratios; vermilion, twelve sides with the ratio 1:1.*
# %% [markdown] lang="ko"
# 2:1보다 홀쭉한 숫자는 전체의 [[range: percent of digits thinner than 2:1]]%이고 1:2보다 넓은 숫자는 하나도 없다. 자료의 말대로 ‘많지 않다’. 다만 1만 보면 [[range: percent of 1s thinner than 2:1]]%가 2:1보다 홀쭉하다. 가장 잘 맞는 앵커의 IoU를 보면 다음과 같다(장면이 같으므로 시드와 상관없다). Faster R-CNN은 IoU가 0.7보다 높은 앵커와, 값에 상관없이 객체마다 가장 잘 맞는 앵커를 그 객체의 것으로 친다(나머지 가운데 0.3보다 낮으면 배경이고, 그 사이는 4절처럼 쓰지 않는다).
#
# | 앵커 | 한 자리에 | 0.5 이상 | 0.7 이상 | 1이 0.5 이상 |
# |---|---|---|---|---|
# | 1:1, 변 넷 | 4 | [[range: 1:1, four: percent with IoU of one half or more]]% | [[range: 1:1, four: percent with IoU of seven tenths or more]]% | [[range: 1:1, four: percent of 1s with IoU of one half or more]]% |
# | 2:1, 1:1, 1:2, 변 넷 | 12 | [[range: three ratios: percent with IoU of one half or more]]% | [[range: three ratios: percent with IoU of seven tenths or more]]% | [[range: three ratios: percent of 1s with IoU of one half or more]]% |
# | 1:1, 변 열둘 | 12 | [[range: 1:1, twelve: percent with IoU of one half or more]]% | [[range: 1:1, twelve: percent with IoU of seven tenths or more]]% | [[range: 1:1, twelve: percent of 1s with IoU of one half or more]]% |
#
# 비를 셋으로 늘리면 더 잘 맞는다. 그런데 앵커의 수를 같게 하면 0.7 이상에서는 크기를 촘촘히 한 1:1이 이 세 비보다 낫다. 비 셋이 분명히 나은 것은 홀쭉한 1이다. 비의 값은 데이터의 히스토그램을 보고 고르는 것이 낫다(연습 문제 4). 남은 차이는 델타로 고쳐야 하고, 그것은 다음 수업들의 일이다.
# %% [markdown] lang="en"
# Of all digits [[range: percent of digits thinner than 2:1]]% are thinner than 2:1, and none is wider than 1:2: few, as the deck says. But of the 1s alone [[range: percent of 1s thinner than 2:1]]% are thinner than 2:1. The IoU with the best anchor is as follows (the scenes are the same with every seed). Faster R-CNN counts an anchor as an object's above 0.7, and in any case the best anchor of each object (of the rest, below 0.3 is background, and what is between is not used, as in section 4).
#
# | anchors | at a place | 0.5 or more | 0.7 or more | 1s with 0.5 or more |
# |---|---|---|---|---|
# | 1:1, four sides | 4 | [[range: 1:1, four: percent with IoU of one half or more]]% | [[range: 1:1, four: percent with IoU of seven tenths or more]]% | [[range: 1:1, four: percent of 1s with IoU of one half or more]]% |
# | 2:1, 1:1, 1:2, four sides | 12 | [[range: three ratios: percent with IoU of one half or more]]% | [[range: three ratios: percent with IoU of seven tenths or more]]% | [[range: three ratios: percent of 1s with IoU of one half or more]]% |
# | 1:1, twelve sides | 12 | [[range: 1:1, twelve: percent with IoU of one half or more]]% | [[range: 1:1, twelve: percent with IoU of seven tenths or more]]% | [[range: 1:1, twelve: percent of 1s with IoU of one half or more]]% |
#
# With three ratios anchors fit better. But for the same number of anchors, sizes that lie closer together with the ratio 1:1 are better at 0.7 than these three ratios. What three ratios are clearly better for is thin 1s. Their values are better chosen by a histogram of the data (exercise 4). Deltas have to correct the rest, which is for the lessons that follow.
# %% [markdown] lang="ko"
# ## 8. 무엇을 언제 쓸까
#
# - 객체가 꼭 하나임을 알면 경계 상자 회귀를 쓸 수 있다. 몇 개인지 모르면 자리마다 묻는 검출기를 쓴다.
# - 상자를 채점할 때에는 픽셀 차이가 아니라 IoU를 본다. 작은 객체에는 같은 픽셀 차이도 크다.
# - NMS의 임계값은 검증 데이터로 고르고, 클래스마다 따로 한다. 객체끼리 많이 겹치는 데이터이면 임계값을 올리거나 연습 문제 3의 부드러운 NMS를 쓴다.
# - AP는 점수의 순서만 본다. 사람에게 보여 주거나 다음 일에 넘길 때에는 점수의 임계값을 따로 정한다.
# - 앵커의 크기와 비는 데이터의 히스토그램에서 고른다.
# %% [markdown] lang="en"
# ## 8. What to use when
#
# - If it is known that there is exactly one object, bounding-box regression can be used. If not, use a detector that asks at every place.
# - Judge boxes by IoU, not by pixels: for a small object the same number of pixels is much.
# - Choose the threshold of NMS on validation data, and apply NMS to each class by itself. Where objects overlap much, raise the threshold, or use the soft NMS of exercise 3.
# - AP looks only at the order of the scores. Where results are shown or passed on, set a threshold for the score as well.
# - Choose sizes and ratios of anchors from a histogram of the data.
# %% [markdown] lang="ko" slides="001 Segmentation; 003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 9. 강의 자료와 다른 점
#
# - 001 ‘픽셀 당 연산을 통해 이미지에서 사물의 테두리를 탐지한다’: 분할은 테두리가 아니라 픽셀마다의 클래스나 객체를 답한다(1절의 그림).
# - 001 ‘클래스의 개수에 따라 Instance Segmentation과 Semantic Segmentation으로 나눈다’: 둘을 가르는 것은 클래스의 수가 아니라 클래스가 같은 객체끼리 구별하느냐다. 1절의 장면에서 클래스가 같은 두 숫자는 시맨틱 분할에서 하나, 인스턴스 분할에서 둘이다.
# - 003 ‘각 지점 (Anchor) 마다’: 앵커는 지점이 아니라 기준 상자다. 한 지점에 여럿이 있고, Faster R-CNN 논문(arXiv판의 3.1.1절)에서는 크기 셋에 비 셋으로 아홉이다(7절의 그림).
# - 003 ‘2:1, 1:1, 1:2 등 몇가지 타입으로도 가능’: 된다. 다만 앵커의 수를 같게 하면 이 세 비를 쓰는 것보다 크기를 늘리는 것이 나을 수도 있고(7절), 데이터에서 고른 비는 이 세 비보다 낫다(연습 문제 4).
# %% [markdown] lang="en" slides="001 Segmentation; 003 Faster R-CNN 을 활용한 사물검출(object detection)"
# ## 9. Where the slides differ
#
# - Deck 001 says that segmentation computes at each pixel to detect the outlines of things. It answers with a class or an object for each pixel, not with outlines (figure of section 1).
# - Deck 001 says that instance and semantic segmentation are told apart by the number of classes. What tells them apart is whether objects of the same class are distinguished. In the scene of section 1 two digits of one class are one thing in semantic segmentation and two in instance segmentation.
# - Deck 003 speaks of each point as an anchor. An anchor is not a point but a reference box; a point has several, in the paper on Faster R-CNN (section 3.1.1 of its arXiv version) nine, three sizes by three ratios (figure of section 7).
# - Deck 003 says that a few types such as 2:1, 1:1 and 1:2 will do. They do, but for the same number of anchors more sizes may be better than these three ratios (section 7), and so are ratios chosen from the data (exercise 4).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** IoU는 상자뿐 아니라 마스크에도 쓴다. 참과 거짓의 배열 둘의 IoU를 구하라. 둘 다 모두 거짓이면 0을 돌려주라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** IoU is used for masks as well. Return the IoU of two arrays of True and False, and 0 if both are False everywhere.
# %% tags=["exercise"]
def mask_iou(mask, other):
    """Intersection over union of two boolean arrays of one shape."""
    ...


# %% tags=["solution"]
def mask_iou(mask, other):
    """Intersection over union of two boolean arrays of one shape."""
    union = np.sum(mask | other)
    return np.sum(mask & other) / union if union else 0.0


# %% tags=["wrong"]
def mask_iou(mask, other):
    """Intersection over union of two boolean arrays of one shape."""
    both = np.sum(mask & other)
    return both / (np.sum(mask) + np.sum(other)) if both else 0.0  # counts what is shared twice


# %%
def painted(box, side=60):
    """A mask with a box filled in."""
    mask = np.zeros((side, side), bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    return mask


first, second, nothing = (10, 10, 40, 30), (20, 5, 50, 25), (0, 0, 0, 0)
questions = [(first, second), (first, first), (first, nothing), (nothing, nothing)]
answers = [iou(np.array([one]), np.array([other]))[0, 0] for one, other in questions]
masks = [(painted(one), painted(other)) for one, other in questions]
corner = painted((0, 0, 4, 4)) & ~painted((2, 2, 4, 4))  # an L of 12 pixels
masks, answers = [*masks, (corner, painted((0, 0, 4, 2)))], [*answers, 8 / 12]
exercise(mask_iou, list(zip(masks, answers)))


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 6절의 예(맞음, 틀림, 맞음, 맞음, 틀림. 객체는 넷)에서 AP는 0.629였다. 다음과 같이 바꾸면 AP가 커지는가(`"up"`), 작아지는가(`"down"`), 그대로인가(`"same"`)? (가) 다른 모든 답보다 점수가 낮은 틀린 답을 하나 더한다. (나) 다른 모든 답보다 점수가 높은 틀린 답을 하나 더한다. (다) 모든 점수를 반으로 줄인다. (라) 둘째 답(틀림)을 지운다. 네 답을 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* In the example of section 6 (right, wrong, right, right, wrong, with four objects) AP was 0.629. Does it go `"up"`, go `"down"` or stay the `"same"` if (a) a wrong answer with the lowest score of all is added, (b) a wrong answer with the highest score of all is added, (c) all scores are halved, (d) the second answer, which is wrong, is deleted? Return the four answers in this order.
# %% tags=["exercise"]
def changes():
    """Four of "up", "down", "same", for the four changes."""
    ...


# %% tags=["solution"]
def changes():
    """Four of "up", "down", "same", for the four changes."""
    # a wrong answer counts only for the right ones that come after it
    return "same", "down", "same", "up"


# %% tags=["wrong"]
def changes():
    """Four of "up", "down", "same", for the four changes."""
    return "down", "down", "down", "up"


# %%
def measured_changes():
    """The same, measured."""
    scores, right = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([1, 0, 1, 1, 0], bool)
    cases = [(np.append(scores, 0.1), np.append(right, False))]
    cases += [(np.append(scores, 0.99), np.append(right, False)), (scores / 2, right)]
    cases += [(np.delete(scores, 1), np.delete(right, 1))]
    start, names = average_precision_by_hand(right, 4), {1: "up", -1: "down", 0: "same"}
    after = [average_precision_by_hand(hit[np.argsort(-score)], 4) for score, hit in cases]
    return [names[int(np.sign(round(ap - start, 9)))] for ap in after]


def right_predictions():
    """How many of the four predictions are right."""
    said = changes()
    return None if said is None else sum(a == b for a, b in zip(said, measured_changes()))


exercise(right_predictions, [((), 4)])


# %% [markdown] lang="ko"
# **3.** 객체끼리 실제로 겹쳐 있으면 NMS는 맞는 상자도 버린다. 부드러운 NMS(soft-NMS, Bodla 외, 2017)는 버리지 않고 점수를 낮춘다. 남은 것 가운데 점수가 가장 높은 상자를 뽑고, 나머지의 점수에 뽑힌 상자와의 IoU에 따라 $e^{-\mathrm{IoU}^2 / s}$를 곱하기를 되풀이한다. 상자마다 뽑힐 때의 (낮춘) 점수를, 뽑힌 순서가 아니라 주어진 상자의 순서대로 돌려주라.
# %% [markdown] lang="en"
# **3.** Where objects really overlap, NMS drops boxes that are right. Soft-NMS (Bodla et al., 2017) does not drop them but lowers their scores: pick the box with the highest score among those left, multiply the scores of the others by $e^{-\mathrm{IoU}^2 / s}$ with their IoU with the one picked, and repeat. Return for each box the (lowered) score that it had when it was picked, in the order in which the boxes are given.
# %% tags=["exercise"]
def soft_nms(boxes, scores, s=0.5):
    """Boxes (n, 4) and scores (n,) -> scores (n,) when picked, in the order of the boxes."""
    ...


# %% tags=["solution"]
def soft_nms(boxes, scores, s=0.5):
    """Boxes (n, 4) and scores (n,) -> scores (n,) when picked, in the order of the boxes."""
    scores, left = np.array(scores, float), list(range(len(boxes)))
    while left:
        best = max(left, key=lambda one: scores[one])
        left.remove(best)
        for one in left:
            scores[one] *= np.exp(-(iou_by_hand(boxes[best], boxes[one]) ** 2) / s)
    return scores


# %% tags=["wrong"]
def soft_nms(boxes, scores, s=0.5):
    """Boxes (n, 4) and scores (n,) -> scores (n,) when picked, in the order of the boxes."""
    scores = np.array(scores, float)
    order = np.argsort(-scores)  # the order may change once scores are lowered
    for place, best in enumerate(order):
        for one in order[place + 1 :]:
            scores[one] *= np.exp(-(iou_by_hand(boxes[best], boxes[one]) ** 2) / s)
    return scores


# %%
def soft_by_tensorflow(boxes, scores, s=0.5):
    """The same by TensorFlow, whose sigma is half of s; with a picked box it gives its score."""
    places, picked = tf.image.non_max_suppression_with_scores(
        np.array(boxes, "float32"), np.array(scores, "float32"), len(boxes), 1.0, 0.0, s / 2
    )
    answer = np.zeros(len(boxes))
    answer[np.array(places)] = picked
    return answer


crowd = [(10, 10, 50, 50), (12, 10, 52, 50), (40, 10, 80, 50), (70, 70, 90, 90), (38, 10, 78, 50)]
confidence = [0.9, 0.85, 0.7, 0.3, 0.75]
cases = [(crowd, confidence), (crowd[::-1], [0.6, 0.5, 0.9, 0.8, 0.7]), (crowd, confidence, 0.2)]
exercise(soft_nms, [(case, soft_by_tensorflow(*case)) for case in cases])


# %% [markdown] lang="ko"
# **4.** 7절의 앵커에서 변은 그대로 두고, 비 셋을 데이터를 보고 다시 고르라. 7절의 `shapes`가 높이를 너비로 나눈 비다. 아래 셀은 훈련 숫자로 만든 다른 장면에서 가장 잘 맞는 앵커의 IoU가 0.7 이상인 비율을 재고, 2:1, 1:1, 1:2보다 0.06 이상 높은지 본다.
# %% [markdown] lang="en"
# **4.** Leave the sides of the anchors of section 7 as they are, and choose three ratios anew, by looking at the data: `shapes` of section 7 holds heights over widths. The cell below measures on other scenes made of training digits how many have a best anchor with an IoU of 0.7 or more, and whether this share is higher by 0.06 or more than with 2:1, 1:1 and 1:2.
# %% tags=["exercise"]
def better_ratios():
    """Three ratios, height to width."""
    ...


# %% tags=["solution"]
def better_ratios():
    """Three ratios, height to width."""
    return 1, 1.4, 2  # most digits lie between 1:1 and 2:1, and hardly any near 1:2


# %% tags=["wrong"]
def better_ratios():
    """Three ratios, height to width."""
    return 0.5, 0.7, 1  # width to height


# %%
def gain_in_ratios():
    """Whether the share with an IoU of 0.7 or more is higher by 0.06 or more."""
    ratios = better_ratios()
    if ratios is None:
        return None
    if len(ratios) != 3:
        return f"{len(ratios)} ratios"
    other = digit_scenes(load_mnist()[0], 500, seed=6)
    boxes = other.boxes[other.labels >= 0]
    before, after = (best_anchors(boxes, SIDES, each) >= 0.7 for each in (RATIOS, ratios))
    gain = after.mean() - before.mean()
    return True if gain >= 0.06 else f"a share higher by {gain:.3f}"


exercise(gain_in_ratios, [((), True)])
# %% [markdown] lang="ko"
# ## 요약
#
# - 물음이 다르면 출력, 손실, 레이블이 다르다. 위치 추정은 상자 하나, 객체 검출은 상자와 클래스와 점수의 목록, 분할은 픽셀마다의 답이다.
# - IoU는 겹친 넓이를 합친 넓이로 나눈 것이다. 4픽셀씩 어긋나면 16픽셀 상자는 0.391, 52픽셀 상자는 0.742다.
# - 숫자 하나는 회귀로 어림할 수 있지만(평균 IoU [[range: mean IoU of the localizer]]) 둘이면 더 잘 맞는 쪽에도 덜 맞고([[range: two digits: mean IoU, better-matching digit]]) 다른 하나는 답하지 못한다. 슬라이딩 윈도는 몇 개든 답하지만 정사각형뿐이다(AP50 [[range: AP50 of sliding windows]], AP75 [[range: AP75 of sliding windows]]).
# - NMS는 클래스마다 점수가 가장 높은 것을 남기고 많이 겹치는 것을 버린다. AP는 재현율 101곳에서 읽은 정밀도의 평균이고, 점수의 순서만 본다.
# - 앵커는 기준 상자다. 델타는 중심을 변의 몇 배만큼 옮기고 변을 몇 배로 할지(로그로) 나타낸 네 수다.
# %% [markdown] lang="en"
# ## Summary
#
# - Output, loss and labels change with the question: one box for localization, a list of boxes, classes and scores for object detection, an answer for each pixel for segmentation.
# - IoU is the shared area over the covered area. Off by 4 pixels both ways, a box of 16 pixels has 0.391, one of 52 pixels 0.742.
# - One digit is estimated by regression (mean IoU [[range: mean IoU of the localizer]]), but with two its one box fits even the better-matching digit worse ([[range: two digits: mean IoU, better-matching digit]]), and leaves the other out. Sliding windows answer with any number, in squares (AP50 [[range: AP50 of sliding windows]], AP75 [[range: AP75 of sliding windows]]).
# - NMS keeps, in each class, the box with the highest score and drops those that overlap it much. AP is the mean of the precisions read at 101 recalls, and looks only at the order of the scores.
# - An anchor is a reference box, and four deltas say how far to move its centre, in sides, and by what factor to scale its sides, as a logarithm.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 001 ‘Classification’, ‘Object Detection’, ‘Segmentation’. 003 ‘Faster R-CNN 을 활용한 사물검출(object detection)’, ‘[참고] Selective Search’. 004 ‘분류 작업이 아닌 경우에 사용하는 모델은?’.
# - P. Sermanet 외 (2014). *OverFeat: integrated recognition, localization and detection using convolutional networks*. ICLR. 합성곱으로 쓴 슬라이딩 윈도와 창마다의 회귀.
# - R. Girshick 외 (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR. 델타는 arXiv:1311.2524v5의 부록 C.
# - S. Ren 외 (2015). *Faster R-CNN: towards real-time object detection with region proposal networks*. NIPS. 앵커는 arXiv:1506.01497v3의 3.1.1절.
# - T.-Y. Lin 외 (2014). *Microsoft COCO: common objects in context*. ECCV. AP의 규칙은 pycocotools의 것이다.
# - N. Bodla 외 (2017). *Soft-NMS: improving object detection with one line of code*. ICCV. 3절.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 001, its pages on classification, object detection and segmentation; deck 003, its pages on Faster R-CNN and selective search; deck 004, its page on models for other tasks.
# - P. Sermanet et al. (2014). *OverFeat: integrated recognition, localization and detection using convolutional networks*. ICLR. Sliding windows as convolution, and a regression for each window.
# - R. Girshick et al. (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR. Deltas, in appendix C of arXiv:1311.2524v5.
# - S. Ren et al. (2015). *Faster R-CNN: towards real-time object detection with region proposal networks*. NIPS. Anchors, in section 3.1.1 of arXiv:1506.01497v3.
# - T.-Y. Lin et al. (2014). *Microsoft COCO: common objects in context*. ECCV. The rules of AP are those of pycocotools.
# - N. Bodla et al. (2017). *Soft-NMS: improving object detection with one line of code*. ICCV. Section 3.
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
