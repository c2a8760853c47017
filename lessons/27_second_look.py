# %% [markdown] lang="ko" headline="AP gained by a second look"
# # [[number]] · RF-R-CNN: 다시 보고, 가린다
#
# [[badge]]
#
# **찾은 숫자를 아무도 읽지 못하게 가릴 수 있을까?**
# %% [markdown] lang="en" headline="AP gained by a second look"
# # [[number]] · RF-R-CNN: look again, and hide
#
# [[badge]]
#
# **Can the digits that were found be hidden so that nobody can read them?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 검출기가 답한 상자를 픽셀에서 다시 보고 고치는 신경망을 붙여, AP가 어디에서 얼마나 오르는지 잴 수 있다.
# - 무엇을 읽었기에 나아졌는지, 조건을 한 가지씩 바꾸어 알아낼 수 있다.
# - 블러, 모자이크, 칠하기로 숫자를 가리고, 가린 것을 읽도록 훈련한 신경망으로 시험할 수 있다.
# - 가려야 할 것을 얼마나 놓쳤고 가리지 말아야 할 것을 얼마나 건드렸는지 나누어 말할 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 50분이고, `small`에서는 실행에 2분쯤 걸린다. [[faster_rcnn]]의 검출기, [[mask_rcnn]]의 RoIAlign과 마스크, [[boxes]]의 AP를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Add a network that looks at a detector's boxes again, in pixels, and corrects them; measure how much AP that gains, and where.
# - Find out which part of what it reads is the reason, by changing one thing at a time.
# - Hide digits by blurring, by a mosaic and by paint, and test that with networks trained to read what is hidden.
# - Tell apart what should have been hidden and was missed, and what should have been left and was touched.
#
# It takes about 50 minutes to read, without the exercises, and at scale `small` about two minutes to run. You need the detector of [[faster_rcnn]], RoIAlign and masks from [[mask_rcnn]], and AP from [[boxes]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘카카오의 RF-R-CNN’에 해당한다. 자료와 다른 점은 8절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the page of deck 003 on Kakao's RF-R-CNN. Section 8 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers, ops
from keras.optimizers.schedules import CosineDecay

from helpers import rpn
from helpers.boxes import clip, decode, encode, iou
from helpers.checks import check, exercise, report
from helpers.datasets import load_mnist
from helpers.faster_rcnn import detect, found_in, load_faster_rcnn
from helpers.metrics import Detections, average_precision, coco_ap, objects_of
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_scene
from helpers.regions import crops, roi_align
from helpers.scenes import digit_scenes

# %% [markdown] lang="ko" slides="003 카카오의 RF-R-CNN"
# ## 1. 작은 것은 다시 보아야 한다
#
# 카카오맵의 로드뷰는 거리를 찍은 사진이다. 사람의 얼굴과 자동차 번호판은 흐릿하게 가리고 나서 공개한다. 사진 한 장이 3천만 픽셀이 넘고, 그 안에서 번호판은 아주 작다. RF-R-CNN(Refining Faster R-CNN, 노명철과 이주영, 2017)은 이 일에 쓰려고 만든 검출기다. 논문은 초록에서 Faster R-CNN이 작은 객체에 약한 까닭을 둘째 단계의 성능이 모자라는 데에서 찾고, 그 단계를 다듬는 블록을 더했다고 적었다. 발표된 차례는 [[faster_rcnn]] 7절의 표에 있다.
#
# 여기에서는 그 생각만 가져온다. 논문의 구조를 옮긴 것은 아니다. 숫자가 번호판과 얼굴을 대신한다. 홀수는 아무도 읽지 못하게 가려야 하고, 짝수와 나머지 장면은 그대로 두어야 한다. 뒤에서 보겠지만, 흐릿하게 해서는 가려지지 않고 회색으로 칠해도 새어 나가는 것이 있다.
#
# 작은 숫자에서 무엇이 모자랄까? 너비가 18픽셀인 숫자의 상자를 양쪽으로 15%씩 넓히면 $18 \cdot 1.3 = 23.4$픽셀이다. 둘째 단계가 읽는 `fine`은 스트라이드가 4이므로 $23.4 / 4 = 5.9$칸뿐이다. 상자의 변이 1픽셀 어긋난 것은 4분의 1칸 어긋난 것이어서 알아보기 어렵다. 같은 상자를 장면의 픽셀에서 읽으면 23칸이 있다. 그러니 상자를 답한 다음에 픽셀을 다시 보게 하자.
#
# 픽셀이라서 나은지, 두 번째 신경망을 새로 훈련해서 나은지는 견주어 보아야 안다. 그래서 네 가지를 읽는다. 장면의 픽셀(*pixels*), 2×2픽셀을 평균해 절반으로 줄인 장면(*half*), 4×4픽셀을 평균해 4분의 1로 줄인 장면(*quarter*), 그리고 검출기의 특성 맵 `fine`(*features*)이다. 줄인 장면은 픽셀에서 해상도만 낮춘 것이어서, 픽셀과 견주면 해상도의 몫을 알 수 있다. `fine`은 검출기가 이미 읽은 것이어서, 검출기와 견주면 새로 훈련한 두 번째 신경망의 몫을 알 수 있다. 4분의 1로 줄인 장면과 `fine`은 스트라이드가 4로 같다.
# %% [markdown] lang="en" slides="003 카카오의 RF-R-CNN"
# ## 1. What is small must be looked at again
#
# RoadView of KakaoMap shows pictures taken along the streets. Faces and number plates in them are blurred before they are shown to the public. A picture has more than 30 million pixels, and a plate in it is very small. RF-R-CNN (Refining Faster R-CNN, Roh and Lee, 2017) is a detector that was made for this. The abstract of the paper says that Faster R-CNN is weak at small objects since its second stage does not do well enough, and that a refining block was added to that stage. When it was published is in the table in section 7 of [[faster_rcnn]].
#
# Only the idea is taken from it here, not the paper's architecture. Digits stand for plates and faces: the odd ones must be hidden so that nobody can read them; the even ones, and the rest of the scene, are to stay as they are. As will be seen, blurring does not hide them, and even from grey paint something leaks.
#
# What is lacking with small digits? Let one be 18 pixels wide. Widened by 15% on both sides, its box is $18 \cdot 1.3 = 23.4$ pixels wide. The map `fine`, which the second stage reads, has a stride of 4, so there are only $23.4 / 4 = 5.9$ places. If a side of the box is off by 1 pixel, it is off by a quarter of a place, which is hard to see. In the pixels of the scene, the same box has 23 places. So let the detector answer first, and then look at each box again, in pixels.
#
# Whether that is better because of the pixels or because a second network was trained for it must be compared. So read four things: the pixels of the scene; the scene at *half* its size, by the mean of 2×2 pixels; at a *quarter*, by the mean of 4×4; and the detector's feature map `fine` (*features*). Shrunk scenes have a lower resolution and differ from pixels in nothing else, so comparing them shows what resolution does. The detector has read `fine` already, so comparing `fine` with the detector shows what a second, newly trained network does. The scene at a quarter and `fine` have the same stride of 4.
# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # the digits that validation scenes were made of, as in lesson rcnn
train_digits = x_train[:-held], y_train[:-held]
scenes = digit_scenes(train_digits, lesson.at_scale(small=1600, full=6000), lesson.seed)
detector = load_faster_rcnn()


def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def shrunk(images, stride):
    """Scenes with one value for each stride × stride pixels, their mean."""
    side = 128 // stride
    return pixels(images).reshape(-1, side, stride, side, stride, 1).mean(axis=(2, 4))


def features(images):
    """The map of stride 4 that the second stage of the detector reads, (n, 32, 32, 48)."""
    batches = range(0, len(images), 50)
    return np.concatenate([detector(pixels(images[at : at + 50]))[0] for at in batches])


# %% [markdown] lang="ko"
# 상자는 어느 것에서나 32×32로 읽는다. RoIAlign은 무엇이든 그 스트라이드만 알려 주면 읽는다.
# %% [markdown] lang="en"
# A box is read as 32×32 from any of them. RoIAlign reads anything, given its stride.
# %%
SOURCES = {  # what is read, and how many pixels apart its places are
    "features": (features, 4),
    "quarter": (lambda images: shrunk(images, 4), 4),
    "half": (lambda images: shrunk(images, 2), 2),
    "pixels": (pixels, 1),
}


def windows(maps, boxes, stride):
    """Boxes (n, k, 4), widened by 15% of their sides, read from maps: (n, k, 32, 32, channels)."""
    more = 0.15 * (boxes[..., 2:] - boxes[..., :2])
    widened = ops.concatenate([boxes[..., :2] - more, boxes[..., 2:] + more], axis=-1)
    return roi_align(maps, widened, stride, size=32)


# %% tags=["figure"] title="a small digit, read from four things"
small = np.prod(scenes.boxes[:100, 0, 2:] - scenes.boxes[:100, 0, :2], axis=-1)
narrow = (scenes.boxes[:100, 0, 2] - scenes.boxes[:100, 0, 0]) < 14
chosen = int(np.argmin(np.where(narrow | (scenes.labels[:100, 0] < 0), np.inf, small)))
box = scenes.boxes[chosen, 0].astype("float32")
_, axes = plt.subplots(1, 5, figsize=(13, 3))
draw_scene(axes[0], scenes.images[chosen], [box], title="scene")
for axis, (name, (view, stride)) in zip(axes[1:], SOURCES.items()):
    seen = windows(view(scenes.images[chosen : chosen + 1]), box[None, None], stride)
    seen = np.array(seen)[0, 0]
    most = seen.std(axis=(0, 1)).argmax()  # of the channels of features, the liveliest
    axis.imshow(seen[..., most], cmap="gray", interpolation="nearest")
    axis.set_title(name)
    axis.axis("off")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 작은 숫자가 있는 장면(scene)과, 그 상자를 넓혀 네 가지에서 읽은 32×32. 특성 맵(features)은 48채널 가운데 이 상자에서 가장 많이 변하는 채널 하나다. 흐려 보인다고 해서 담긴 것이 적지는 않다. 4분의 1(quarter)에서는 획의 경계가 어디인지 알기 어렵고, 절반(half)을 거쳐 픽셀(pixels)로 갈수록 또렷하다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A scene with a small digit, and its widened box as 32×32, read from four things. Of the 48 channels of the features, it is the one that varies most in this box; that it looks blurred does not mean that less is in all 48. At a quarter one can hardly tell where a stroke ends; at half, and in pixels, it is clearer and clearer.*
# %% [markdown] lang="ko" slides="003 카카오의 RF-R-CNN"
# ## 2. 상자를 고치는 신경망
#
# 32×32로 읽은 것을 합성곱 셋과 완전 연결 층 둘에 넣어 델타 넷만 답하게 한다. 클래스는 검출기가 이미 답했다. 네 신경망은 첫 합성곱이 받는 채널의 수만 다르다(픽셀은 1, `fine`은 48).
#
# 훈련에 쓸 상자는 [[mask_rcnn]]처럼 실제 상자의 사본이다. 장면마다 숫자를 차례로 돌아가며 셋을 만든다. 검출기가 답한 상자에는 작은 오차만 남아 있으므로, 변의 20분의 1까지 옮기고 8%쯤까지 늘이거나 줄인다. 정답은 사본에서 실제 상자로 가는 델타다. 예를 들어 실제 상자가 $(41, 60, 60, 84)$이고 사본이 $(40, 60, 60, 84)$이면, 중심은 50에서 50.5로, 너비는 20에서 19로 가야 하므로 $\Delta_x = 0.5 / 20 = 0.025$, $\Delta_w = \ln(19 / 20) = -0.051$이고, [[rpn]]처럼 0.1과 0.2로 나누면 0.25와 −0.26이다. 손실은 [[fast_rcnn]]의 smooth L1 손실이고, Keras에서는 `"huber"`다.
# %% [markdown] lang="en" slides="003 카카오의 RF-R-CNN"
# ## 2. A network that corrects boxes
#
# What was read as 32×32 goes through three convolutions and two dense layers, and the answer is four deltas and nothing else: the detector has already told the class. The four networks differ only in how many channels the first convolution takes (1 for pixels, 48 for `fine`).
#
# Boxes to train on are copies of real ones, as in [[mask_rcnn]], three for each scene, of its digits in turn. Boxes that the detector answers with are only slightly off, so copies are moved by up to a twentieth of their sides, and stretched or shrunk by up to about 8%. The right answer is the delta from a copy to its real box. Let the real box be $(41, 60, 60, 84)$ and the copy $(40, 60, 60, 84)$. The centre has to go from 50 to 50.5, the width from 20 to 19, so $\Delta_x = 0.5 / 20 = 0.025$ and $\Delta_w = \ln(19 / 20) = -0.051$; divided by 0.1 and 0.2, as in [[rpn]], these are 0.25 and −0.26. The loss is the smooth L1 loss of [[fast_rcnn]], which Keras calls `"huber"`.
# %%
class SecondLook(keras.Model):
    """Maps (n, rows, columns, channels) and boxes (n, k, 4) -> deltas / rpn.SPREAD (n, k, 4)."""

    def __init__(self, stride, channels):
        super().__init__()
        self.stride = stride
        x = inputs = keras.Input((32, 32, channels))
        he = {"activation": "relu", "kernel_initializer": "he_normal"}
        for filters in (16, 32, 64):
            x = layers.Conv2D(filters, 3, padding="same", **he)(x)
            x = layers.MaxPooling2D(2)(x)  # 32x32 -> 16x16 -> 8x8 -> 4x4
        x = layers.Dense(128, **he)(layers.Flatten()(x))
        self.net = keras.Model(inputs, layers.Dense(4)(x))

    def call(self, inputs):
        maps, boxes = inputs
        read = windows(maps, boxes, self.stride)
        deltas = self.net(ops.reshape(read, (-1, 32, 32, maps.shape[-1])))
        return ops.reshape(deltas, (-1, ops.shape(boxes)[1], 4))


example = encode([[41, 60, 60, 84]], [[40, 60, 60, 84]])[0] / rpn.SPREAD
check("deltas of the example", example.round(2).tolist(), equals=[0.25, 0, -0.26, 0])
check("weights for pixels", SecondLook(1, 1).net.count_params(), equals=155_012)
# %%
COPIES = 3
REACH = np.array([0.05, 0.05, 0.075, 0.075])  # largest deltas of a copy


def copies_of(scenes, seed):
    """Moved copies of the real boxes of each scene, taken in turn, and their right deltas."""
    real = np.sum(scenes.labels >= 0, axis=1, keepdims=True)
    rows = np.arange(COPIES) % np.maximum(real, 1)
    boxes = np.take_along_axis(scenes.boxes, rows[..., None], axis=1).reshape(-1, 4)
    moves = np.random.RandomState(seed).uniform(-1, 1, boxes.shape) * REACH
    near = clip(decode(moves, boxes), 128, 128)
    wanted = encode(boxes, near) / rpn.SPREAD
    return [array.reshape(-1, COPIES, 4).astype("float32") for array in (near, wanted)]


# %% [markdown] lang="ko"
# 네 신경망을 같은 사본으로, 같은 걸음 수만큼 훈련한다. 학습률(0.003, 0.006, 0.01), 옮기는 폭(0.035, 0.05, 0.075), 넓히는 폭(0.15, 0.3)은 픽셀을 읽는 신경망의 검증 AP를 시드 하나로 재어 골랐다. `fine`을 읽는 신경망의 AP도 학습률이 0.003일 때보다 0.006일 때 높았다. 나머지는 `fine`에 맞추어 고르지 않았으므로 픽셀에 유리할 수 있다. 검출기는 고정한 하나다. 시드를 바꾸어도 검출기는 바뀌지 않는다.
# %% [markdown] lang="en"
# Train the four networks on the same copies, for the same number of steps. The learning rate (0.003, 0.006 or 0.01), how far copies are moved (0.035, 0.05 or 0.075) and how much boxes are widened (0.15 or 0.3) were chosen by the validation AP of the network that reads pixels, with one seed. The AP of the one that reads `fine`, too, was higher with a rate of 0.006 than with 0.003; the rest was not chosen for `fine`, which may favour pixels. The detector is fixed, and one and the same for all seeds.
# %%
near, wanted = copies_of(scenes, lesson.seed)
epochs = lesson.epochs(small=3, full=4)
steps = epochs * -(-len(near) // 8)
warmup = steps // 10
looks = {}
for name, (view, stride) in SOURCES.items():
    keras.utils.set_random_seed(lesson.seed)
    maps = view(scenes.images)
    model = looks[name] = SecondLook(stride, maps.shape[-1])
    model([maps[:1], near[:1]])  # from here on it has weights
    rate = CosineDecay(0.0006, steps - warmup, alpha=0.02, warmup_target=0.006, warmup_steps=warmup)
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)  # or else Keras prepares the step twice
    model.compile(optimizer, loss="huber")
    watched = lesson.resume(name, model, epochs)
    model.fit([maps, near], wanted, batch_size=8, verbose=0, **watched)
    report(f"last training loss, {name}", lesson.history(name)["loss"][-1])
del maps


# %% [markdown] lang="ko"
# ## 3. 무엇을 다시 보아야 하나
#
# 검출기가 답한 상자(점수가 0.02를 넘는 것)를 모두 다시 보고 고친다. 점수와 클래스는 그대로 둔다. 견줄 것이 하나 더 있다. 검출기의 둘째 단계는 상자를 두 번 읽는데, 새로 훈련하지 않고 세 번 읽게 하면(*read thrice*) 어떤가? 되풀이하는 것만으로 나아진다면 여기에서도 AP가 올라야 한다.
# %% [markdown] lang="en"
# ## 3. What must be looked at
#
# Look again at all boxes that the detector has answered with (with a score above 0.02), and correct them. Scores and classes stay. There is one more thing to compare with: the second stage of the detector reads each box twice; what if it reads *thrice*, with no further training? If repeating were enough, the AP should rise here, too.
# %%
def looked_again(name, images, found):
    """What a detector has found in images, with its boxes corrected by a second look."""
    boxes = np.zeros((len(found), max(1, *(len(said.boxes) for said in found)), 4), "float32")
    for row, said in zip(boxes, found):
        row[: len(said.boxes)] = said.boxes
    view, _ = SOURCES[name]
    deltas = looks[name].predict([view(images), boxes], batch_size=20, verbose=0) * rpn.SPREAD
    again = []
    for said, delta in zip(found, deltas.astype(float)):
        moved = decode(delta[: len(said.boxes)], said.boxes)
        again.append(said._replace(boxes=clip(moved, 128, 128)))
    return again


def read_thrice(images):
    """What the detector finds if its second stage reads each box three times."""
    found = []
    for at in range(0, len(images), 20):
        answer = detect(detector, pixels(images[at : at + 20]), readings=3)
        for boxes, scores, labels in zip(*(np.array(each) for each in answer)):
            kept = scores > 0.02
            found.append(Detections(boxes[kept].astype(float), scores[kept], labels[kept]))
    return found


# %%
tests = digit_scenes(test_digits, lesson.at_scale(small=300, full=2000), seed=4, masks=True)
shown = objects_of(tests.boxes, tests.labels)
sides = np.diff(tests.boxes[tests.labels >= 0].reshape(-1, 2, 2), axis=1)[:, 0]
low = np.quantile(sides.prod(axis=1), 1 / 3)  # a third of the digits have a smaller area
report("square root of the area up to which digits are small", np.sqrt(low))
before = found_in(detector, pixels(tests.images))
answers = {"before": before, "read thrice": read_thrice(tests.images)}
answers |= {name: looked_again(name, tests.images, before) for name in looks}
of_all, of_small = {}, {}
for name, found in answers.items():  # AP by threshold of IoU, the mean over classes
    of_all[name] = average_precision(found, shown, range(10)).mean(axis=1)
    of_small[name] = average_precision(found, shown, range(10), (0, low)).mean(axis=1)
    report(f"AP, {name}", of_all[name].mean())
    report(f"AP75, {name}", of_all[name][5])
    report(f"AP of small digits, {name}", of_small[name].mean())
gained = [of["pixels"].mean() - of["before"].mean() for of in (of_all, of_small)]
check("AP gained by a second look", gained[0], at_least=0.03)
check("AP of small digits gained by a second look", gained[1], at_least=0.04)
# %% tags=["figure"] title="AP by threshold"
_, axes = plt.subplots(1, 2, figsize=(12, 3.8), sharey=True)
colors = {"before": GREY, "quarter": SKY, "features": VERMILION, "half": ORANGE, "pixels": BLUE}
for axis, marks, title in zip(axes, (of_all, of_small), ("all digits", "small digits")):
    for name, color in colors.items():
        kind = "--" if name == "before" else "o-"
        axis.plot(np.arange(0.5, 1, 0.05), marks[name], kind, color=color, label=name)
    axis.set(xlabel="IoU of a right answer, at least", title=title, ylim=(0, 1.02))
axes[0].set_ylabel("AP")
axes[1].legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 맞다고 치는 IoU의 임계값(IoU of a right answer, at least)에 따른 AP. 왼쪽은 모든 숫자, 오른쪽은 작은 숫자. 점선은 다시 보기 전(before), 나머지는 4분의 1(quarter), `fine`(features), 절반(half), 픽셀(pixels)을 다시 본 다음이다. 0.75까지는 거의 겹치고, 0.85와 0.9에서 가장 많이 벌어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. AP against the IoU that a right answer must have, of all digits (left) and of small ones (right). Dashed, before; the others, after a second look at a quarter, at `fine` (features), at half, and at pixels. Up to 0.75 the curves hardly differ; at 0.85 and 0.9 they are furthest apart.*
# %%
changes = []  # of small digits that were found: by how much the IoU has changed, and where
for number, (own, old, new) in enumerate(zip(shown, before, answers["pixels"])):
    for box, label in zip(own.boxes.astype(float), own.labels):
        ious = iou(old.boxes, box[None])[:, 0] * (old.labels == label)
        if ious.size and ious.max() >= 0.5 and np.prod(box[2:] - box[:2]) < low:
            at = int(ious.argmax())
            gain = iou(new.boxes[at][None], box[None])[0, 0] - ious[at]
            changes.append((gain, number, box, old.boxes[at], new.boxes[at]))
better = np.mean([gain > 0 for gain, *_ in changes])
report("percent of small digits found whose box is better", 100 * better)
# %% tags=["figure"] title="boxes before and after"
changes.sort(key=lambda change: change[0])
_, axes = plt.subplots(1, 6, figsize=(13, 2.9))
places = (len(changes) * np.array([0.02, 0.25, 0.5, 0.7, 0.85, 0.98])).astype(int)
for axis, place in zip(axes, places):
    gain, number, box, old, new = changes[place]
    draw_scene(axis, tests.images[number], [box, old, new], color=["white", ORANGE, BLUE])
    for patch, width in zip(axis.patches, (4, 1.5, 1.5)):
        patch.set_linewidth(width)
    axis.set_title(
        f"IoU {iou(old[None], box[None])[0, 0]:.2f} → {iou(new[None], box[None])[0, 0]:.2f}"
    )
    (x, y), half = (box[:2] + box[2:]) / 2, 0.75 * (box[2:] - box[:2]).max()
    axis.set(xlim=(x - half, x + half), ylim=(y + half, y - half))
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 작은 숫자 여섯의 실제 상자(흰색), 다시 보기 전(주황색)과 픽셀을 다시 본 다음(파란색)의 상자. 제목은 IoU가 어떻게 달라졌는지다. 찾은 작은 숫자를 IoU가 달라진 만큼 줄 세워 2, 25, 50, 70, 85, 98%에 있는 것을 골랐다. 찾은 작은 숫자 전체에서는 [[range: percent of small digits found whose box is better]]%가 나아졌다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Real boxes of six small digits (white), and boxes before (orange) and after a second look at pixels (blue). The titles tell how the IoU has changed. The small digits that were found were sorted by that change, and those at 2, 25, 50, 70, 85 and 98% of the order taken. Of all of them, [[range: percent of small digits found whose box is better]]% have gained.*
# %% [markdown] lang="ko"
# | 다시 본 것 | 스트라이드 | AP | AP75 | 작은 숫자의 AP |
# |---|---|---|---|---|
# | – (검출기 그대로) | – | [[range: AP, before]] | [[range: AP75, before]] | [[range: AP of small digits, before]] |
# | `fine`을 같은 둘째 단계로 세 번째 | 4 | [[range: AP, read thrice]] | [[range: AP75, read thrice]] | [[range: AP of small digits, read thrice]] |
# | `fine` | 4 | [[range: AP, features]] | [[range: AP75, features]] | [[range: AP of small digits, features]] |
# | 4분의 1로 줄인 장면 | 4 | [[range: AP, quarter]] | [[range: AP75, quarter]] | [[range: AP of small digits, quarter]] |
# | 절반으로 줄인 장면 | 2 | [[range: AP, half]] | [[range: AP75, half]] | [[range: AP of small digits, half]] |
# | 픽셀 | 1 | [[range: AP, pixels]] | [[range: AP75, pixels]] | [[range: AP of small digits, pixels]] |
#
# (다섯 시드에서 가장 작은 값과 가장 큰 값. 검출기는 하나이므로 처음 두 줄은 값이 하나다. 판정은 시드마다 짝을 지어 [[faster_rcnn]]의 규칙으로 한다. 작은 숫자는 상자의 넓이로 줄 세웠을 때 작은 쪽 3분의 1이고, 넓이의 제곱근이 [[range: square root of the area up to which digits are small]]픽셀 아래다.)
#
# 픽셀을 다시 보는 것은 AP에 [[verdict: AP, pixels − AP, before]]. 작은 숫자만 보아도 [[verdict: AP of small digits, pixels − AP of small digits, before]]. AP75로 재면 [[verdict: AP75, pixels − AP75, before]]. 오르는 것은 주로 더 정확한 상자를 요구할 때다.
#
# 무엇 덕분일까? 먼저 새 신경망의 몫이다. 검출기의 둘째 단계로 세 번째로 읽기만 해서는 오르지 않는다(두 번째로 읽는 것은 도움이 되었다, [[faster_rcnn]]). 그런데 새로 훈련한 신경망으로 같은 `fine`을 읽는 것은 AP에 [[verdict: AP, features − AP, before]]. 둘째 단계는 많이 어긋난 상자까지 보며 훈련했고, 새 신경망은 조금 어긋난 상자만 보며 훈련했다. 하지만 새 신경망은 7×7이 아니라 32×32로 읽고, 합성곱이 더 많고, 상자를 고치는 일만 한다. 그리고 세 번째로 읽을 때에는 점수와 NMS도 달라진다. 그 가운데 무엇 덕분인지는 나누어 재지 않았다.
#
# 다음은 해상도의 몫이다. 4분의 1을 절반으로 바꾸는 것은 [[verdict: AP, half − AP, quarter]]. 절반을 픽셀로 바꾸는 것은 [[verdict: AP, pixels − AP, half]]. 여기에서 다른 것은 해상도뿐이다.
#
# 끝으로 특성 맵의 몫이다. 스트라이드 4인 것끼리, 4분의 1로 줄인 장면을 `fine`으로 바꾸는 것은 [[verdict: AP, features − AP, quarter]]. `fine`의 한 칸에는 평균 하나가 아니라 48채널의 값이 있고, 4×4픽셀 밖까지 본 것과 스트라이드 2의 맵에서 온 것도 들어 있다([[faster_rcnn]]). 그 `fine`을 픽셀로 바꾸는 것은 [[verdict: AP, pixels − AP, features]].
# %% [markdown] lang="en"
# | what was looked at again | stride | AP | AP75 | AP of small digits |
# |---|---|---|---|---|
# | – (the detector as it is) | – | [[range: AP, before]] | [[range: AP75, before]] | [[range: AP of small digits, before]] |
# | `fine`, a third time by the same second stage | 4 | [[range: AP, read thrice]] | [[range: AP75, read thrice]] | [[range: AP of small digits, read thrice]] |
# | `fine` | 4 | [[range: AP, features]] | [[range: AP75, features]] | [[range: AP of small digits, features]] |
# | the scene at a quarter of its size | 4 | [[range: AP, quarter]] | [[range: AP75, quarter]] | [[range: AP of small digits, quarter]] |
# | the scene at half its size | 2 | [[range: AP, half]] | [[range: AP75, half]] | [[range: AP of small digits, half]] |
# | pixels | 1 | [[range: AP, pixels]] | [[range: AP75, pixels]] | [[range: AP of small digits, pixels]] |
#
# (The lowest and the highest of five seeds. There is one detector, so the first two rows have one value. Verdicts are by the rule of [[faster_rcnn]], from pairs of the same seed. Small digits are the third with the smallest areas of boxes; the square root of their areas is below [[range: square root of the area up to which digits are small]] pixels.)
#
# For the AP, looking again at pixels [[verdict: AP, pixels − AP, before]]. For small digits alone it [[verdict: AP of small digits, pixels − AP of small digits, before]]. For AP75 it [[verdict: AP75, pixels − AP75, before]]. What is gained is gained mostly where more exact boxes are asked for.
#
# What is the reason? First, what a second network does. A third reading by the detector's second stage gains nothing (the second one helped, [[faster_rcnn]]). But reading the same `fine` by a newly trained network [[verdict: AP, features − AP, before]]. The second stage was trained on boxes that are off by much as well, the new network only on boxes that are slightly off. But it also reads 32×32 and not 7×7, has more convolutions, and has nothing to do but correct boxes; and a third reading changes scores and NMS. Which of these counts was not measured.
#
# Next, what resolution does. Going from a quarter to half [[verdict: AP, half − AP, quarter]]. Going from half to pixels [[verdict: AP, pixels − AP, half]]. Nothing differs here but resolution.
#
# Last, what the feature map does. Both having a stride of 4, going from the scene at a quarter to `fine` [[verdict: AP, features − AP, quarter]]. A place of `fine` holds not one mean but the values of 48 channels, which have also seen what is beyond its 4×4 pixels, and something of the map with a stride of 2 ([[faster_rcnn]]). Going from `fine` to pixels [[verdict: AP, pixels − AP, features]].
# %% [markdown] lang="ko" slides="003 카카오의 RF-R-CNN"
# ## 4. 무엇을 가릴까
#
# 이제 가린다. 홀수라고 답한 상자 가운데 점수가 얼마 이상인 것을 가릴지 정해야 한다. 두 가지로 틀릴 수 있다. 홀수를 놓치면 읽힌다. 짝수를 홀수라고 답하면 두어야 할 것을 지운다. 점수의 임계값을 낮추면 앞의 것이 줄고 뒤의 것이 는다. 검출에서는 AP로 둘을 함께 채점하지만, 가리는 일에서는 앞의 것이 훨씬 나쁘다.
#
# 마스크가 있으면 가려졌는지 잴 수 있다. 홀수의 획(마스크의 픽셀)이 5% 넘게 상자 밖에 남아 있으면 *보인다*(in sight)고 하고, 짝수의 획이 반 넘게 덮이면 *지워졌다*(gone)고 하자. 상자는 픽셀의 경계까지 바깥으로 늘리고, 여유(margin)를 1픽셀 더 둔다. 임계값은 검증 장면에서 고른다.
# %% [markdown] lang="en" slides="003 카카오의 RF-R-CNN"
# ## 4. What to hide
#
# Now hide. Of the boxes that were said to be odd digits, those whose score reaches a threshold are hidden. Which threshold? There are two ways to be wrong. An odd digit that is missed can be read. An even one that was said to be odd is wiped out, and should have stayed. With a lower threshold there is less of the first and more of the second. In detection the AP marks both at once; in hiding, the first is far worse.
#
# Masks tell whether something is covered. An odd digit is *in sight* if more than 5% of its stroke (the pixels of its mask) is left outside of the boxes, and an even one is *gone* if more than half of its stroke is covered. Boxes are extended outwards to the borders of pixels, and by a margin of 1 pixel more. The threshold is chosen on validation scenes.
# %%
def spot_of(box, square=False, margin=1):
    """Rows and columns, as two slices, of a box or of the square around it, with a margin."""
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    half = (np.full(2, half.max()) if square else half) + margin
    (left, top), (right, bottom) = np.maximum(np.floor(centre - half), 0), np.ceil(centre + half)
    return slice(int(top), int(bottom)), slice(int(left), int(right))


def odd(labels):
    """Which labels are those of digits that nobody may read (-1, no digit, is not)."""
    return (labels >= 0) & (labels % 2 == 1)


def covered_by(found, least, margin=1):
    """Where the spots of odd answers with a score of `least` or more are, (n, 128, 128)."""
    covered = np.zeros((len(found), 128, 128), bool)
    for place, said in zip(covered, found):
        for box in said.boxes[odd(said.labels) & (said.scores >= least)]:
            place[spot_of(box, margin=margin)] = True
    return covered


# %%
def shares_covered(covered, scenes):
    """Of each digit in scenes, whether it is odd, and the share of its stroke that is covered."""
    there = scenes.labels >= 0
    shares = [
        place[mask].mean()
        for place, masks, real in zip(covered, scenes.masks, there)
        for mask in masks[real]
    ]
    return odd(scenes.labels[there]), np.array(shares)


def in_sight_and_gone(covered, scenes):
    """Percent of odd digits that are in sight, and of even digits that are gone."""
    is_odd, shares = shares_covered(covered, scenes)
    return 100 * np.mean(shares[is_odd] < 0.95), 100 * np.mean(shares[~is_odd] > 0.5)


# %%
held_out = digit_scenes((x_train[-held:], y_train[-held:]), 300, seed=5, masks=True)
of_held_out = looked_again("pixels", held_out.images, found_in(detector, pixels(held_out.images)))
leasts = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
by_score = np.array(
    [in_sight_and_gone(covered_by(of_held_out, least), held_out) for least in leasts]
)
LEAST = 0.2
for name, least in {"lowest": 0.02, "chosen": LEAST, "highest": 0.9}.items():
    in_sight, gone = by_score[leasts.index(least)]
    report(f"validation: percent of odd digits in sight, {name} score", in_sight)
    report(f"validation: percent of even digits gone, {name} score", gone)
# %% tags=["figure"] title="missed and wrongly hidden"
_, axis = plt.subplots(figsize=(7, 3.6))
axis.plot(leasts, by_score[:, 0], "o-", color=VERMILION, label="odd digits in sight")
axis.plot(leasts, by_score[:, 1], "o-", color=BLUE, label="even digits gone")
axis.axvline(LEAST, color=GREY, ls="--", lw=1)
axis.set(xlabel="score of what is hidden, at least", ylabel="percent", ylim=(0, None))
axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 가리는 점수의 임계값(score of what is hidden, at least)에 따라, 보이는 홀수(odd digits in sight, 주홍색)와 지워진 짝수(even digits gone, 파란색)의 백분율(percent). 점선은 고른 임계값 0.2다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Percent of odd digits that are in sight (vermilion) and of even digits that are gone (blue), against the score from which answers are hidden. Dashed, the threshold that was chosen, 0.2.*
# %% [markdown] lang="ko"
# 임계값이 0.02이면 홀수의 [[range: validation: percent of odd digits in sight, lowest score]]%가 보이고 짝수의 [[range: validation: percent of even digits gone, lowest score]]%가 지워진다. 0.2까지는 임계값을 올려도 보이는 홀수가 늘지 않고([[range: validation: percent of odd digits in sight, chosen score]]%) 지워지는 짝수만 준다([[range: validation: percent of even digits gone, chosen score]]%). 그래서 0.2로 정한다. 0.9라면 지워지는 짝수가 [[range: validation: percent of even digits gone, highest score]]%뿐이지만 보이는 홀수가 [[range: validation: percent of odd digits in sight, highest score]]%나 된다.
#
# 다시 보기가 가리는 데에도 도움이 될까? 테스트 장면에서 재고, 짝수가 지워진 까닭도 알아본다. 검출기의 답 대신 실제 홀수의 상자를 가리면 몇 %가 지워지는지 보면 된다.
# %% [markdown] lang="en"
# At a threshold of 0.02, [[range: validation: percent of odd digits in sight, lowest score]]% of the odd digits are in sight and [[range: validation: percent of even digits gone, lowest score]]% of the even ones gone. Up to 0.2, no more odd digits come in sight ([[range: validation: percent of odd digits in sight, chosen score]]%), and fewer even ones are gone ([[range: validation: percent of even digits gone, chosen score]]%). So 0.2 it is. At 0.9 only [[range: validation: percent of even digits gone, highest score]]% would be gone, but [[range: validation: percent of odd digits in sight, highest score]]% in sight.
#
# Does the second look help in hiding, too? Measure it on the test scenes; and find out why even digits are gone, by hiding the real boxes of odd digits instead of the detector's answers.
# %%
for margin in (0, 1):
    for when, name in (("before", "before"), ("after", "pixels")):
        percent, _ = in_sight_and_gone(covered_by(answers[name], LEAST, margin), tests)
        report(f"percent of odd digits in sight, {when}, margin {margin}", percent)
covered = covered_by(answers["pixels"], LEAST)
is_odd, shares = shares_covered(covered, tests)
report("odd digits in the test", int(is_odd.sum()))
report("odd digits in sight after all", int(np.sum(is_odd & (shares < 0.95))))
report("odd digits almost wholly in sight", int(np.sum(is_odd & (shares < 0.1))))
report("percent of even digits gone", in_sight_and_gone(covered, tests)[1])
known = [Detections(own.boxes.astype(float), np.ones(len(own.labels)), own.labels) for own in shown]
in_sight, gone = in_sight_and_gone(covered_by(known, LEAST), tests)
check("percent of odd digits in sight, real boxes", in_sight, equals=0)
check("percent of even digits gone, real boxes", gone, at_most=1)


# %% [markdown] lang="ko"
# | 여유 | 보이는 홀수, 다시 보기 전 | 다시 본 다음 | 다시 보는 것은 |
# |---|---|---|---|
# | 0픽셀 | [[range: percent of odd digits in sight, before, margin 0]]% | [[range: percent of odd digits in sight, after, margin 0]]% | [[verdict: percent of odd digits in sight, before, margin 0 − percent of odd digits in sight, after, margin 0]] |
# | 1픽셀 | [[range: percent of odd digits in sight, before, margin 1]]% | [[range: percent of odd digits in sight, after, margin 1]]% | [[verdict: percent of odd digits in sight, before, margin 1 − percent of odd digits in sight, after, margin 1]] |
#
# (홀수는 [[range: odd digits in the test]]개다. 검출기와 테스트 장면은 시드를 바꾸어도 같으므로, 판정은 이 장면들에 대한 것이다.) 두 줄을 견주어 보자. 상자를 고치지 않아도 여유를 1픽셀 두면, 여유 없이 고친 상자보다 보이는 홀수가 적다. 여유를 두고도 보이는 홀수 [[range: odd digits in sight after all]]개 가운데 [[range: odd digits almost wholly in sight]]개는 획의 10%도 가려지지 않았다. 찾지 못했거나 홀수라고 답하지 않은 것이다. 나머지는 상자가 숫자의 일부만 둘러쌌거나 옆 숫자의 상자가 걸친 것이다. 어느 쪽이든 변의 20분의 1쯤 어긋난 것을 고치도록 배운 신경망이 되돌리기는 어렵다. AP가 오른다고 늘 그만큼 쓸모가 커지지는 않는다.
#
# 짝수는 [[range: percent of even digits gone]]%가 지워진다. 실제 홀수의 상자를 가리면 [[range: percent of even digits gone, real boxes]]%이므로, 옆의 홀수를 제대로 가리느라 지운 것이 아니라 잘못 답한 상자가 지운 것이다.
# %% [markdown] lang="en"
# | margin | odd digits in sight, before | after a second look | the second look |
# |---|---|---|---|
# | 0 pixels | [[range: percent of odd digits in sight, before, margin 0]]% | [[range: percent of odd digits in sight, after, margin 0]]% | [[verdict: percent of odd digits in sight, before, margin 0 − percent of odd digits in sight, after, margin 0]] |
# | 1 pixel | [[range: percent of odd digits in sight, before, margin 1]]% | [[range: percent of odd digits in sight, after, margin 1]]% | [[verdict: percent of odd digits in sight, before, margin 1 − percent of odd digits in sight, after, margin 1]] |
#
# (There are [[range: odd digits in the test]] odd digits. Detector and test scenes are the same for all seeds, so the verdicts are about these scenes.) Compare the two rows: without any correction, a margin of one pixel leaves fewer odd digits in sight than corrected boxes without a margin. Of the [[range: odd digits in sight after all]] that are in sight in spite of the margin, [[range: odd digits almost wholly in sight]] have less than 10% of their stroke covered. They were not found, or not said to be odd. The others are covered in part, by a box that is too small or by that of a neighbour. Neither is easily undone by a network that learned to correct boxes which are off by a twentieth of their sides. A higher AP does not always make a detector that much more useful.
#
# Of the even digits [[range: percent of even digits gone]]% are gone. Hiding the real boxes of odd digits it is [[range: percent of even digits gone, real boxes]]%, so they are wiped out not by rightly hiding the odd ones beside them, but by wrong boxes.
# %% [markdown] lang="ko" slides="003 카카오의 RF-R-CNN"
# ## 5. 어떻게 가릴까
#
# 가리는 방법 다섯 가지를 견준다. 표준편차가 2픽셀인 가우시안 블러(Gaussian blur)와 8픽셀인 것, 상자를 4×4칸으로 나누어 칸마다 평균만 남기는 **모자이크**(mosaic), 상자를 회색으로 칠하기(*painted box*), 상자를 둘러싼 정사각형을 회색으로 칠하기(*painted square*)다.
#
# 블러는 이웃한 픽셀을 무게를 주어 평균하는 합성곱이다([[convolution]]). 무엇이 사라질까? 밝기가 코사인처럼 오르내리며 $p$픽셀마다 되풀이되는 줄무늬에 표준편차가 $s$인 가우시안 블러를 하면, 그대로 코사인이고 오르내리는 폭만
#
# $$e^{-2 \pi^2 s^2 / p^2}$$
#
# 배가 된다(유도하지 않고 아래 셀에서 재어 확인한다). $s = 2$이면 $p = 8$인 줄무늬는 $e^{-1.23} = 0.29$배, $p = 32$인 줄무늬는 $0.93$배다. $s = 8$이면 $p = 8$인 줄무늬는 사라진다($3 \cdot 10^{-9}$배). $p = 16$이면 $0.007$배, $p = 52$이면 $0.63$배다. 숫자의 긴 변은 16–52픽셀이다. 그러니 작은 숫자에서는 8픽셀 블러가 거의 모두 지우지만, 큰 숫자에서는 획이 어느 쪽에 몰려 있는지가 남는다.
# %% [markdown] lang="en" slides="003 카카오의 RF-R-CNN"
# ## 5. How to hide it
#
# Compare five ways: a Gaussian blur with a standard deviation of 2 pixels, and one of 8; a **mosaic**, which divides the box into 4×4 and leaves only means; painting the box grey (*painted box*); and painting grey the square around the box (*painted square*).
#
# A blur is a convolution ([[convolution]]), a weighted mean of neighbouring pixels. What does it take away? Let the brightness of stripes go up and down as a cosine, repeating every $p$ pixels. Under a Gaussian blur with a standard deviation of $s$ it remains such a cosine; only how far it goes up and down is multiplied by
#
# $$e^{-2 \pi^2 s^2 / p^2}$$
#
# (This is not derived here, but measured in the cell below.) With $s = 2$, stripes with $p = 8$ keep $e^{-1.23} = 0.29$ of it, and those with $p = 32$ keep $0.93$. With $s = 8$, stripes with $p = 8$ are gone ($3 \cdot 10^{-9}$); those with $p = 16$ keep $0.007$, and those with $p = 52$ keep $0.63$. The longer side of a digit has 16–52 pixels. So a blur of 8 pixels wipes out nearly all of a small digit, but a large one still shows where its strokes mostly are.
# %%
def kept_by_blur(period, std):
    """Which share of the stripes' brightness is left by a Gaussian blur: measured."""
    stripes = np.tile(np.cos(2 * np.pi * np.arange(512) / period), (512, 1))
    return np.ptp(cv2.GaussianBlur(stripes, (0, 0), std)[256, 128:384]) / 2


pairs = [(8, 2), (32, 2), (8, 8), (16, 8), (52, 8)]
by_blur = [kept_by_blur(period, std) for period, std in pairs]
by_formula = [np.exp(-2 * np.pi**2 * std**2 / period**2) for period, std in pairs]
apart = np.max(np.abs(np.subtract(by_blur, by_formula)))
check("formula and OpenCV's blur apart by", apart, at_most=0.002)


# %%
def blurred(std):
    """A cover of a spot: what is left there after a Gaussian blur of the scene."""
    return lambda image, spot: cv2.GaussianBlur(image, (0, 0), std)[spot]


def mosaic(image, spot, count=4):
    """A cover of a spot: the means of count × count parts of it."""
    part = image[spot]
    few = cv2.resize(part, (count, count), interpolation=cv2.INTER_AREA)  # means
    return cv2.resize(few, part.shape[::-1], interpolation=cv2.INTER_NEAREST)


def painted(image, spot):
    """A cover of a spot: grey."""
    return 128


WAYS = {  # the cover, and whether it goes on the square around the box
    "blur, 2 px": (blurred(2), False),
    "blur, 8 px": (blurred(8), False),
    "mosaic, 4×4": (mosaic, False),
    "painted box": (painted, False),
    "painted square": (painted, True),
}


# %%
def hidden(images, found, way, spared=False, least=LEAST):
    """Images in which the odd digits that were found are hidden; boxes of others may be spared."""
    cover, square = WAYS[way]
    result = images.copy()
    for new, image, said in zip(result, images, found):
        boxes = said.boxes[odd(said.labels) & (said.scores >= least)]
        for box in boxes:
            new[spot_of(box, square)] = cover(image, spot_of(box, square))
        others = said.boxes[~odd(said.labels) & (said.scores >= 0.5)]
        if spared:  # but not where the same digit was also said to be odd
            for box in others[iou(others, boxes).max(axis=1, initial=0) < 0.5]:
                new[spot_of(box, margin=0)] = image[spot_of(box, margin=0)]
    return result


found = answers["pixels"]
pictures = {way: hidden(tests.images, found, way) for way in WAYS}
# %% tags=["figure"] title="five ways to hide"
crowd = (odd(tests.labels).sum(axis=1) >= 2) & ((tests.labels >= 0) & ~odd(tests.labels)).any(
    axis=1
)
number = int(np.flatnonzero(crowd)[0])
_, axes = plt.subplots(1, 6, figsize=(15, 3))
for axis, (name, images) in zip(axes, [("scene", tests.images), *pictures.items()]):
    draw_scene(axis, images[number], title=name)
    axis.images[0].set_clim(0, 255)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 장면(scene)의 홀수를 다섯 가지로 가렸다. 왼쪽부터 2픽셀 블러(blur, 2 px), 8픽셀 블러(blur, 8 px), 모자이크(mosaic), 칠한 상자(painted box), 칠한 정사각형(painted square)이다. 2픽셀 블러는 눈으로도 읽힌다. 나머지도 읽어 보라.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The odd digits of a scene, hidden in five ways. With a blur of 2 pixels they can be read by eye. Try to read the others.*
# %% [markdown] lang="ko"
# 가려졌는지는 누가 시험해야 하나? 두 신경망에게 읽혀 보자. 하나는 가리지 않은 홀수로 훈련한 것(*ordinary reader*)이고, 다른 하나는 같은 방법으로 가린 홀수와 그 정답으로 훈련한 것(*trained reader*)이다. 뒤의 것은 같은 검출기로 자기 사진을 가려 본 사람이 만들 수 있다. 가린 것이 홀수라는 것과 숫자가 어디에 있는지는 두 신경망이 모두 안다고 하자. 실제 상자의 긴 변을 1.5배로 한 정사각형을 28×28로 읽어 보여 준다. 읽는 신경망을 훈련할 장면은 따로 만든다. 짝수를 읽는 신경망도 가리지 않은 짝수로 하나 훈련해 두었다가 6절에서 쓴다.
#
# 아무것도 모르고 늘 한 가지 홀수만 답해도 어느 정도는 맞는다. 다 가려졌다면 그보다 잘 읽을 수 없어야 한다. 거꾸로는 아니다. 이 신경망이 읽지 못한다고 아무도 읽지 못하는 것은 아니다.
# %% [markdown] lang="en"
# Who should test whether they are hidden? Let two networks read: one that was trained on odd digits that are not hidden (the *ordinary reader*), and one that was trained on odd digits hidden in the same way, with the right answers (the *trained reader*). Whoever hides pictures of their own with the same detector can make the latter. Let both know that what is hidden is odd, and where the digits are: they are shown the square whose sides are 1.5 times the longer side of the real box, read as 28×28. The scenes to train readers on are made separately. A reader of even digits, trained on even digits that are not hidden, is made as well, for section 6.
#
# Knowing nothing and always giving one odd digit as the answer is right sometimes, too. If all is hidden, nobody can read better than that. The converse does not hold: that this network cannot read it does not mean that nobody can.
# %%
def sights(images, scenes, which):
    """What a reader is shown of the digits `which` (n, most) of scenes, (m, 28, 28, 1)."""
    seen = []
    for image, boxes in zip(images, (boxes[row] for boxes, row in zip(scenes.boxes, which))):
        centre, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
        half = half.max(axis=1, keepdims=True)
        squares = np.concatenate([centre - half, centre + half], axis=1)
        seen.append(crops(image, squares, around=0.25))
    return pixels(np.concatenate(seen))


def reader(seen, labels):
    """A CNN that has learned to read what is seen."""
    keras.utils.set_random_seed(lesson.seed)
    x = inputs = keras.Input((28, 28, 1))
    for filters in (16, 32):
        x = layers.MaxPooling2D(2)(layers.Conv2D(filters, 3, activation="relu")(x))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    model = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003), loss)
    model.fit(seen, labels, batch_size=128, epochs=lesson.epochs(small=8, full=8), verbose=0)
    return model


# %%
theirs = digit_scenes(train_digits, lesson.at_scale(small=1200, full=6000), lesson.seed + 100)
of_theirs = looked_again("pixels", theirs.images, found_in(detector, pixels(theirs.images)))
secret, odds = odd(theirs.labels), odd(tests.labels)
kept, evens = theirs.labels % 2 == 0, tests.labels % 2 == 0  # -1, no digit, is neither
ordinary = reader(sights(theirs.images, theirs, secret), theirs.labels[secret])
of_evens = reader(sights(theirs.images, theirs, kept), theirs.labels[kept])


def share_read(model, images, which):
    """Share of the digits `which` in the test scenes, as images show them, that are read right."""
    said = np.argmax(model(sights(images, tests, which)), axis=-1)
    return float(np.mean(said == tests.labels[which]))


report("odd digits read, not hidden", share_read(ordinary, tests.images, odds))
report("even digits read, not hidden", share_read(of_evens, tests.images, evens))
by_one_answer = np.bincount(tests.labels[odds]).max() / odds.sum()
report("odd digits right if one answer is always given, at most", by_one_answer)
# %%
by_ordinary, by_trained, evens_read = {}, {}, {}
for way, images in pictures.items():
    learned = hidden(theirs.images, of_theirs, way)
    trained = reader(sights(learned, theirs, secret), theirs.labels[secret])
    by_ordinary[way] = share_read(ordinary, images, odds)
    by_trained[way] = share_read(trained, images, odds)
    evens_read[way] = share_read(of_evens, images, evens)
    report(f"odd digits read, {way}, ordinary reader", by_ordinary[way])
    report(f"odd digits read, {way}, trained reader", by_trained[way])
    report(f"even digits read, {way}", evens_read[way])
check("read under a blur of 8 px", by_trained["blur, 8 px"], at_least=0.45)
check(
    "read on a painted square", by_trained["painted square"], at_most=round(by_one_answer + 0.06, 2)
)
# %% tags=["figure"] title="who can read it"
_, axis = plt.subplots(figsize=(9, 3.8))
places = np.arange(len(WAYS))
axis.bar(places - 0.2, by_ordinary.values(), 0.38, color=SKY, label="ordinary reader")
axis.bar(places + 0.2, by_trained.values(), 0.38, color=VERMILION, label="trained reader")
axis.axhline(by_one_answer, color=GREY, ls="--", label="one answer")
axis.set(xticks=places, ylabel="odd digits read", ylim=(0, 1))
axis.set_xticklabels(WAYS)
axis.legend(frameon=False, loc="upper right")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 가린 홀수를 맞게 읽은 비율(odd digits read). 하늘색은 보통의 신경망(ordinary reader), 주홍색은 그 방법으로 가린 숫자로 훈련한 신경망(trained reader), 점선은 늘 한 가지만 답할 때(one answer)다. 블러나 모자이크로 가려도 두 신경망이 모두 읽어 낸다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Share of hidden odd digits that are read right, by the ordinary reader (sky blue) and by one that was trained on digits hidden in that way (vermilion); dashed, if one answer is always given. Blurs and mosaics stop neither of the two.*
# %% [markdown] lang="ko"
# | 가린 방법 | 보통의 신경망이 읽음 | 훈련한 신경망이 읽음 |
# |---|---|---|
# | 가리지 않음 | [[range: odd digits read, not hidden]] | – |
# | 블러, 2픽셀 | [[range: odd digits read, blur, 2 px, ordinary reader]] | [[range: odd digits read, blur, 2 px, trained reader]] |
# | 블러, 8픽셀 | [[range: odd digits read, blur, 8 px, ordinary reader]] | [[range: odd digits read, blur, 8 px, trained reader]] |
# | 모자이크, 4×4 | [[range: odd digits read, mosaic, 4×4, ordinary reader]] | [[range: odd digits read, mosaic, 4×4, trained reader]] |
# | 칠한 상자 | [[range: odd digits read, painted box, ordinary reader]] | [[range: odd digits read, painted box, trained reader]] |
# | 칠한 정사각형 | [[range: odd digits read, painted square, ordinary reader]] | [[range: odd digits read, painted square, trained reader]] |
#
# 늘 한 가지만 답하면 많아야 [[range: odd digits right if one answer is always given, at most]]이다. (비율에는 검출기가 놓쳐 가려지지 않은 홀수도 들어 있고, 다른 숫자로 재면 ±0.04쯤 달라질 수 있다. 표준편차의 두 배다([[mnist_mlp]]).) 2픽셀 블러는 거의 그대로 읽힌다. 8픽셀 블러는 보통의 신경망도 절반 가까이 읽고, 그런 블러로 훈련하는 것은 읽는 데에 [[verdict: odd digits read, blur, 8 px, trained reader − odd digits read, blur, 8 px, ordinary reader]](다섯 시드에서 모두 훈련한 쪽이 높았지만, 차이가 시드마다 많이 다르다). 4×4 모자이크는 칸마다의 평균 열여섯 개와 상자의 모양만으로 대부분을 읽는다. 눈으로 읽기 어렵다고 해서 가려진 것은 아니다. McPherson 외(2016)는 블러와 모자이크로 가린 얼굴과, 모자이크로 가린 MNIST의 숫자를 이렇게 읽어 냈다.
#
# 상자를 칠하면 획은 남지 않는다. 보통의 신경망은 한 가지만 답할 때와 비슷하게밖에 읽지 못하지만, 칠한 상자로 훈련하는 것은 읽는 데에 [[verdict: odd digits read, painted box, trained reader − odd digits read, painted box, ordinary reader]]. 상자의 모양이 남았기 때문일까? 1은 좁고 나머지는 넓다. 이미지를 보지 않고 상자의 너비를 높이로 나눈 비만 알 때 얼마나 맞힐 수 있는지 보자. 비를 크기 순서로 열 묶음으로 나누고, 묶음마다 가장 흔한 홀수를 답한다.
# %% [markdown] lang="en"
# | hidden by | read by the ordinary reader | read by the trained reader |
# |---|---|---|
# | nothing | [[range: odd digits read, not hidden]] | – |
# | blur, 2 pixels | [[range: odd digits read, blur, 2 px, ordinary reader]] | [[range: odd digits read, blur, 2 px, trained reader]] |
# | blur, 8 pixels | [[range: odd digits read, blur, 8 px, ordinary reader]] | [[range: odd digits read, blur, 8 px, trained reader]] |
# | mosaic, 4×4 | [[range: odd digits read, mosaic, 4×4, ordinary reader]] | [[range: odd digits read, mosaic, 4×4, trained reader]] |
# | painted box | [[range: odd digits read, painted box, ordinary reader]] | [[range: odd digits read, painted box, trained reader]] |
# | painted square | [[range: odd digits read, painted square, ordinary reader]] | [[range: odd digits read, painted square, trained reader]] |
#
# Always giving one answer is right for [[range: odd digits right if one answer is always given, at most]] at most. (Shares include odd digits that were missed and are not hidden, and with other digits might come out some ±0.04 different: twice the standard deviation, as in [[mnist_mlp]].) Under a blur of 2 pixels, digits are read nearly as before. Under one of 8 pixels the ordinary reader, too, reads nearly half; for reading it, training on such blurs [[verdict: odd digits read, blur, 8 px, trained reader − odd digits read, blur, 8 px, ordinary reader]] (with all five seeds the trained reader read more, but by how much differs widely). In a mosaic of 4×4, sixteen means and the shape of the box are enough to read most. That something is hard to read by eye does not mean that it is hidden. McPherson et al. (2016) read faces under blurs and mosaics in this way, and the digits of MNIST under mosaics.
#
# Nothing is left of the strokes in a painted box. The ordinary reader does little better than by always giving one answer; but for reading it, training on painted boxes [[verdict: odd digits read, painted box, trained reader − odd digits read, painted box, ordinary reader]]. Is it the shape of the box? A 1 is narrow, the others are wide. See how often one can be right knowing only the width of a box over its height, without looking at the image: put the ratios into ten groups by size, and answer with the most frequent odd digit of each group.
# %%
def width_over_height(scenes, which):
    """Width over height of the real boxes of the digits `which`, (m,)."""
    sides = scenes.boxes[which][:, 2:] - scenes.boxes[which][:, :2]
    return sides[:, 0] / sides[:, 1]


ratios = width_over_height(theirs, secret)
edges = np.quantile(ratios, np.arange(0.1, 1, 0.1))
groups = np.digitize(ratios, edges)
guesses = [np.bincount(theirs.labels[secret][groups == group]).argmax() for group in range(10)]
guessed = np.array(guesses)[np.digitize(width_over_height(tests, odds), edges)]
by_shape = np.mean(guessed == tests.labels[odds])
check("odd digits guessed by the shape of the box", by_shape, at_least=0.35)


# %% [markdown] lang="ko"
# 상자의 모양만으로 맞힌 비율은 [[range: odd digits guessed by the shape of the box]]이다. 그러니 훈련한 신경망이 칠한 상자를 그만큼 읽는 것은 상자의 모양만으로도 설명된다. 정사각형으로 칠하면 한 가지만 답할 때보다 나을 것이 없다. (정사각형은 상자 밖으로 나온 획도 더 덮는다. 그리고 숫자의 크기에 맞추어 보여 주므로, 칠한 자리의 크기가 알려 주는 것은 재지 않았다.)
# %% [markdown] lang="en"
# By the shape of the box alone, [[range: odd digits guessed by the shape of the box]] are right. So the shape is enough to explain what the trained reader reads on painted boxes. On squares it is no better than by always giving one answer. (Squares also cover more of the strokes that stick out of a box. And as digits are shown to readers at one size, what the size of the paint may tell was not measured.)
# %% [markdown] lang="ko" slides="003 카카오의 RF-R-CNN"
# ## 6. 다른 것은 그대로인가
#
# 가린 곳 밖의 픽셀은 하나도 달라지지 않아야 한다. 그리고 짝수는 여전히 읽혀야 한다. 정사각형은 상자보다 넓어서 옆에 있는 짝수를 더 많이 덮는다. 짝수라고 답한 상자(점수 0.5 이상)의 픽셀은 칠하지 않고 남겨 보자(*spared*). 단, 홀수라고 답한 상자와 IoU가 0.5 이상으로 겹치면 남기지 않는다. 같은 숫자를 두 가지로 답한 것일 수 있어서다. 그러면 겹친 홀수의 획도 조금 남을 것이다. 얼마나 보이고 얼마나 읽히는지 다시 잰다. [[mask_rcnn]]의 마스크를 남긴다면 어떨까? 마스크가 완벽할 때 어디까지 되는지 알아보려고, 짝수의 실제 마스크를 남긴 것도 잰다. 검출한 상자에는 틀린 것이 섞여 있으므로, 마스크와 견줄 상자는 짝수의 실제 상자다.
# %% [markdown] lang="en" slides="003 카카오의 RF-R-CNN"
# ## 6. Does everything else stay as it is?
#
# Outside of what is hidden, not one pixel may change; and even digits should still be read. Squares are larger than boxes, and cover more of the even digits beside them. So leave unpainted the pixels in boxes that were said to be even digits (with a score of 0.5 or more), or *spare* them; but not where a box that was said to be odd overlaps by an IoU of 0.5 or more, since it may be one digit with two answers. Then some strokes of odd digits that overlap will be left, too. Measure again how much is in sight, and how much is read. And what if masks, as in [[mask_rcnn]], were spared? To see how far perfect masks would go, spare the real masks of even digits, too. Boxes that were detected may be wrong, so what masks are compared with is sparing the real boxes of even digits.
# %%
way = "painted square"
with_evens = hidden(tests.images, found, way, spared=True)
learned = hidden(theirs.images, of_theirs, way, spared=True)
trained = reader(sights(learned, theirs, secret), theirs.labels[secret])
outside = 0
for before_it, after_it, said in zip(tests.images, with_evens, found):
    may_change = np.zeros((128, 128), bool)
    for box in said.boxes[odd(said.labels) & (said.scores >= LEAST)]:
        may_change[spot_of(box, square=True)] = True
    outside += int(np.sum(before_it[~may_change] != after_it[~may_change]))
check("pixels changed outside of the squares", outside, equals=0)
report("percent of pixels changed", 100 * np.mean(tests.images != with_evens))
evens_read["spared"] = share_read(of_evens, with_evens, evens)
report("even digits read, spared", evens_read["spared"])
check("even digits read gained by sparing", evens_read["spared"] - evens_read[way], at_least=0.03)
by_trained["spared"] = share_read(trained, with_evens, odds)
report("odd digits read, spared, trained reader", by_trained["spared"])
# %%
# where the real boxes, or the real masks, of even digits are spared
with_boxes, with_masks = pictures[way].copy(), pictures[way].copy()
for place, image in enumerate(tests.images):
    for box in tests.boxes[place][evens[place]]:
        spot = spot_of(box, margin=0)
        with_boxes[place][spot] = image[spot]
    stroke = tests.masks[place][evens[place]].any(axis=0)
    with_masks[place][stroke] = image[stroke]
results = {"square": pictures[way], "spared": with_evens}
results |= {"real boxes spared": with_boxes, "masks spared": with_masks}
for name, images in results.items():
    in_sight, gone = in_sight_and_gone(images != tests.images, tests)
    report(f"percent of odd digits in sight, {name}", in_sight)
    report(f"percent of even digits gone, {name}", gone)
report("even digits read, real boxes spared", share_read(of_evens, with_boxes, evens))
report("even digits read, masks spared", share_read(of_evens, with_masks, evens))
# %% tags=["figure"] title="spared"
beside = np.abs(pictures[way].astype(int) - with_evens).sum(axis=(1, 2))
number = int(beside.argmax())  # where sparing changes most
_, axes = plt.subplots(1, 5, figsize=(15, 3.4))
for axis, (title, images) in zip(axes, [("scene", tests.images), *results.items()]):
    draw_scene(axis, images[number], title=title)
    axis.images[0].set_clim(0, 255)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 장면(scene)과, 정사각형으로 칠한 것(square), 짝수라고 답한 상자를 남긴 것(spared), 짝수의 실제 상자를 남긴 것(real boxes spared), 실제 마스크를 남긴 것(masks spared). 남긴 상자 안에서는 겹친 홀수의 획도 드러나고, 마스크를 남기면 짝수의 획만 드러난다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A scene, with painted squares, with the boxes that were said to be even spared, and with the real boxes and the real masks of even digits spared. Inside boxes that are spared, strokes of odd digits show as well; with masks only those of even digits do.*
# %% [markdown] lang="ko"
# | 가린 방법 | 짝수를 읽음 | 지워진 짝수 | 홀수를 읽음(훈련한 신경망) | 보이는 홀수 |
# |---|---|---|---|---|
# | 가리지 않음 | [[range: even digits read, not hidden]] | – | – | – |
# | 칠한 상자 | [[range: even digits read, painted box]] | [[range: percent of even digits gone]]% | [[range: odd digits read, painted box, trained reader]] | [[range: percent of odd digits in sight, after, margin 1]]% |
# | 칠한 정사각형 | [[range: even digits read, painted square]] | [[range: percent of even digits gone, square]]% | [[range: odd digits read, painted square, trained reader]] | [[range: percent of odd digits in sight, square]]% |
# | 정사각형, 짝수는 남김 | [[range: even digits read, spared]] | [[range: percent of even digits gone, spared]]% | [[range: odd digits read, spared, trained reader]] | [[range: percent of odd digits in sight, spared]]% |
# | 정사각형, 짝수의 실제 상자는 남김 | [[range: even digits read, real boxes spared]] | [[range: percent of even digits gone, real boxes spared]]% | – | [[range: percent of odd digits in sight, real boxes spared]]% |
# | 정사각형, 짝수의 실제 마스크는 남김 | [[range: even digits read, masks spared]] | [[range: percent of even digits gone, masks spared]]% | – | [[range: percent of odd digits in sight, masks spared]]% |
#
# 픽셀의 [[range: percent of pixels changed]]%가 바뀌었다. 짝수의 상자를 남기는 것은 짝수를 읽는 데에 [[verdict: even digits read, spared − even digits read, painted square]]. 정사각형이 덮은 이웃뿐 아니라, 짝수라고도 답했는데 잘못된 홀수의 상자가 일부 겹쳤던 것까지 되찾기 때문일 것이다. 그 대신 5% 넘게 보이는 홀수가 [[range: percent of odd digits in sight, square]]%에서 [[range: percent of odd digits in sight, spared]]%로 는다. 상자를 이렇게 남기는 것은, 훈련한 신경망이 홀수를 읽는 데에 [[verdict: odd digits read, spared, trained reader − odd digits read, painted square, trained reader]]. 하지만 이 신경망은 칠한 것 대부분에 한 가지만 답하도록 배우므로, 드러난 획의 일부를 읽어 내지 못했을 수 있다. 짝수의 실제 상자를 남기면 보이는 홀수가 [[range: percent of odd digits in sight, real boxes spared]]%, 실제 마스크를 남기면 [[range: percent of odd digits in sight, masks spared]]%다(두 숫자의 획이 겹친 픽셀이다). 그러니 검출한 상자 대신 실제 마스크를 남겨 보이는 홀수가 줄어든 것은, 일부는 정답을 써서이고 나머지는 마스크여서다. 실제 마스크를 남기면 짝수는 가리지 않은 것처럼 읽힌다.
# %% [markdown] lang="en"
# | hidden by | even digits read | even digits gone | odd digits read (trained reader) | odd digits in sight |
# |---|---|---|---|---|
# | nothing | [[range: even digits read, not hidden]] | – | – | – |
# | painted box | [[range: even digits read, painted box]] | [[range: percent of even digits gone]]% | [[range: odd digits read, painted box, trained reader]] | [[range: percent of odd digits in sight, after, margin 1]]% |
# | painted square | [[range: even digits read, painted square]] | [[range: percent of even digits gone, square]]% | [[range: odd digits read, painted square, trained reader]] | [[range: percent of odd digits in sight, square]]% |
# | square, even digits spared | [[range: even digits read, spared]] | [[range: percent of even digits gone, spared]]% | [[range: odd digits read, spared, trained reader]] | [[range: percent of odd digits in sight, spared]]% |
# | square, real boxes of even digits spared | [[range: even digits read, real boxes spared]] | [[range: percent of even digits gone, real boxes spared]]% | – | [[range: percent of odd digits in sight, real boxes spared]]% |
# | square, real masks of even digits spared | [[range: even digits read, masks spared]] | [[range: percent of even digits gone, masks spared]]% | – | [[range: percent of odd digits in sight, masks spared]]% |
#
# Of all pixels [[range: percent of pixels changed]]% have changed. For reading even digits, sparing their boxes [[verdict: even digits read, spared − even digits read, painted square]]. Probably that wins back not only neighbours that squares had covered, but also digits that were said to be even, with a wrong odd box over part of them. In return, odd digits with over 5% in sight become more: [[range: percent of odd digits in sight, spared]]% instead of [[range: percent of odd digits in sight, square]]%. For a trained network that wants to read odd digits, that [[verdict: odd digits read, spared, trained reader − odd digits read, painted square, trained reader]]. But this network learns to give one answer to most of what is painted, and may have failed to read some of the strokes that show. With the real boxes of even digits spared, [[range: percent of odd digits in sight, real boxes spared]]% of the odd ones are in sight, with their real masks [[range: percent of odd digits in sight, masks spared]]% (by pixels where strokes of two digits overlap). So what masks gain over detected boxes is in part that they are the truth here; the rest is what masks do. With real masks spared, even digits are read as if nothing were hidden.
# %% tags=["play", "nbval-ignore-output"] title="your own scene, way and threshold"
SCENE = 20  # @param {type:"slider", min:0, max:299, step:1}
WAY = "painted square"  # @param ["blur, 2 px", "blur, 8 px", "mosaic, 4×4", "painted box", "painted square"]
SCORE = 0.2  # @param {type:"slider", min:0.02, max:0.98, step:0.02}
SPARED = True  # @param {type:"boolean"}
one, said = tests.images[[SCENE]], found[SCENE]
there = said.scores >= SCORE
texts = [f"{label} {score:.2f}" for label, score in zip(said.labels[there], said.scores[there])]
colors = [VERMILION if each else GREEN for each in odd(said.labels[there])]
_, axes = plt.subplots(1, 2, figsize=(9, 4.4))
draw_scene(axes[0], one[0], said.boxes[there], texts, colors)
draw_scene(axes[1], hidden(one, [said], WAY, SPARED, SCORE)[0])
plt.show()


# %% [markdown] lang="ko"
# 위의 셀에서 장면, 방법, 점수의 임계값을 바꾸고 짝수를 남길지 고를 수 있다. 주홍색은 홀수라고 답해서 가릴 상자이고, 초록색은 짝수라고 답한 상자다. 초록색도 점수가 0.5보다 낮거나 주홍색 상자와 많이 겹치면(IoU 0.5 이상) 남기지 않는다.
#
# ## 7. 무엇을 언제 쓸까
#
# - 상자가 더 정확해야 하면, 조금 어긋난 상자에서 배운 신경망으로 특성 맵보다 세밀한 것을 다시 읽는다. 여기에서는 작은 객체에서 더 올랐다.
# - 가리는 것이 목적이면 AP보다 보이는 것의 비율을 본다. 1픽셀쯤 어긋난 상자는 여유를 두어 메울 수 있지만, 놓친 것은 무엇으로도 메울 수 없다.
# - 블러나 모자이크로 가렸다면, 그것으로 훈련한 신경망에게 읽혀 본다. 정말 읽히면 안 되는 것은 칠한다. 칠한 자리의 모양도 무언가를 알려 줄 수 있다.
# - 칠하는 자리가 넓어지면 옆의 것을 건드린다. 남겨야 할 것은, 마스크가 정확하면 상자보다 마스크로 남긴다. 상자를 남기면 가려야 할 것도 드러난다.
#
# ## 8. 강의 자료와 다른 점
#
# - 003 ‘Faster R-CNN에서 얻어진 결과를 그대로 사용하는 대신, 추가적인 보정을 거쳐서 성능을 향상시킬 수 있는 RF-RCNN’: 보정을 한다고 늘 오르지는 않는다. 같은 둘째 단계로 세 번째로 읽으면 AP가 [[range: AP, read thrice]]이고, 고치기 전의 [[range: AP, before]]보다 높지 않다. 새로 훈련한 신경망으로 같은 `fine`을 읽으면 [[range: AP, features]], 픽셀을 읽으면 [[range: AP, pixels]]이다(3절).
# - 003 ‘자동차의 번호판과 사람들의 얼굴을 블러 처리하기 위해 운영’: 무엇을 가리는지는 카카오의 글에 적힌 대로다(논문의 초록에는 번호판과 사람을 검출한다고 되어 있다). 다만 블러는 가리는 방법으로 안전하지 않다. 8픽셀 블러를 해도 훈련한 신경망이 맞게 읽은 비율이 [[range: odd digits read, blur, 8 px, trained reader]]이다(5절).
# %% [markdown] lang="en"
# In the cell above, change the scene, the way and the threshold of scores, and whether even digits are spared. Vermilion boxes were said to be odd, and are hidden; green ones were said to be even. A green box is spared only if its score is 0.5 or more, and no vermilion one overlaps it by an IoU of 0.5.
#
# ## 7. What to use when
#
# - Where boxes must be more exact, read again from something finer than the feature map, by a network that learned from boxes which are slightly off. Here small objects gained more than the others.
# - Where the aim is to hide, look at the share that is in sight rather than at AP. A margin makes up for a box that is off by a pixel; nothing makes up for a digit that was missed.
# - Let what is blurred or in a mosaic be read by a network that was trained on just that. Paint over what must not be read. The shape of the paint may tell something, too.
# - The larger the paint, the more of the neighbours it touches. If you have good masks of what must stay, spare these rather than boxes. Sparing boxes shows some of what must be hidden, too.
#
# ## 8. Where the slides differ
#
# - Deck 003 says that RF-RCNN can raise performance by further corrections, instead of using the results of Faster R-CNN as they are. Not every correction does. A third reading by the same second stage gives an AP of [[range: AP, read thrice]], no higher than the [[range: AP, before]] before it. Reading the same `fine` by a newly trained network gives [[range: AP, features]], and reading pixels [[range: AP, pixels]] (section 3).
# - Deck 003 says that it is used to blur number plates and people's faces. That is what Kakao's own articles say is hidden (the abstract of the paper speaks of detecting plates and humans). But a blur is not a safe way to hide: under one of 8 pixels, a trained network reads [[range: odd digits read, blur, 8 px, trained reader]] of the digits (section 5).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 모자이크를 손으로 만들어라. 실수의 배열 `image` (높이, 너비)를 가로와 세로로 `count`개씩 똑같이 나누어, 조각마다 그 평균으로 채운 배열을 돌려주라. 높이와 너비는 `count`로 나누어떨어진다. 반복문 없이 해 보라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Make a mosaic by hand. Divide an array of floats `image` (height, width) into `count` equal parts each way, and return it with each part filled with its mean. Height and width are multiples of `count`. Try to do it without a loop.
# %% tags=["exercise"]
def mosaic_by_hand(image, count):
    """The image with the mean of each of count × count parts in its place."""
    ...


# %% tags=["solution"]
def mosaic_by_hand(image, count):
    """The image with the mean of each of count × count parts in its place."""
    height, width = image.shape
    parts = image.reshape(count, height // count, count, width // count)
    means = parts.mean(axis=(1, 3))
    return np.repeat(np.repeat(means, height // count, axis=0), width // count, axis=1)


# %% tags=["wrong"]
def mosaic_by_hand(image, count):
    """The image with the mean of each of count × count parts in its place."""
    height, width = image.shape
    first = image[:: height // count, :: width // count]  # one pixel of each part, not the mean
    return np.repeat(np.repeat(first, height // count, axis=0), width // count, axis=1)


# %%
def mosaic_of_opencv(image, count):
    """The same, by OpenCV."""
    few = cv2.resize(image, (count, count), interpolation=cv2.INTER_AREA)
    return cv2.resize(few, image.shape[::-1], interpolation=cv2.INTER_NEAREST)


random_images = [np.random.RandomState(0).rand(*shape) for shape in ((6, 12), (8, 4))]
exercise(mosaic_by_hand, [((each, 2), mosaic_of_opencv(each, 2)) for each in random_images])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 밝기가 0과 254 사이에서 코사인처럼 오르내리는 줄무늬 다섯(4, 8, 16, 32, 64픽셀마다 되풀이된다)을 블러하고 정수로 반올림한다. 줄무늬가 완전히 사라지지 않고 남는 것은 몇 개인가? 표준편차가 2, 4, 8픽셀일 때의 수 셋을 돌려주라. 5절의 식을 쓰면 된다. 반올림한 다음 밝기가 한 가지뿐이면 사라진 것이다.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* Five patterns of stripes, repeating every 4, 8, 16, 32 and 64 pixels, with a brightness that goes up and down between 0 and 254 as a cosine, are blurred and rounded to integers. How many of the five are not wholly gone? Return three numbers, for standard deviations of 2, 4 and 8 pixels. Use the formula of section 5. A pattern is gone if only one brightness is left after rounding.
# %% tags=["exercise"]
def stripes_left():
    """How many of five patterns of stripes are left: for blurs of 2, 4 and 8 pixels."""
    ...


# %% tags=["solution"]
def stripes_left():
    """How many of five patterns of stripes are left: for blurs of 2, 4 and 8 pixels."""
    # 127 · e^(−2π²s²/p²) must be 1/2 or more, so s²/p² ≤ 0.28 and p ≥ 1.9 s.
    return 5, 4, 3


# %% tags=["wrong"]
def stripes_left():
    """How many of five patterns of stripes are left: for blurs of 2, 4 and 8 pixels."""
    return 4, 3, 2  # as if p had to be larger than 2.5 s


# %%
def stripes_measured():
    """The same, by OpenCV."""
    left = []
    for std in (2, 4, 8):
        count = 0
        for period in (4, 8, 16, 32, 64):
            row = 127 + 127 * np.cos(2 * np.pi * np.arange(512) / period)
            soft = cv2.GaussianBlur(np.tile(row, (512, 1)), (0, 0), std)[256, 128:384]
            count += np.ptp(np.round(soft)) > 0
        left.append(int(count))
    return left


def predictions_right():
    """How many of the three are."""
    predicted = stripes_left()
    return predicted and sum(a == b for a, b in zip(predicted, stripes_measured(), strict=True))


exercise(predictions_right, [((), 3)])


# %% [markdown] lang="ko"
# **3.** 한 번 다시 보아 나아졌다면, 고친 상자를 또 보면 어떨까? `boxes` (n, 4)와, 상자를 받아 고친 상자를 돌려주는 함수 `refine`을 받아, 네 변이 모두 `least`픽셀보다 적게 움직일 때까지 되풀이하라. 상자마다 따로 멈추지 않고, 가장 많이 움직인 변을 본다. `most`번을 넘기지 않는다. 마지막 상자와 되풀이한 횟수를 돌려주라. 무엇이든 돌려주면 그 아래 셀에서, 실제로 픽셀을 세 번까지 다시 보았을 때의 AP가 나온다. 먼저 예상해 보라.
# %% [markdown] lang="en"
# **3.** If looking again once has helped, what about looking at the corrected boxes again? Given `boxes` (n, 4) and a function `refine` that takes boxes and returns corrected ones, repeat it until all sides move by less than `least` pixels. Do not stop for each box separately, but go by the side that moves most. Do it `most` times at most. Return the last boxes, and how often it was done. Once your function returns something, the cell after the next gives the AP of really looking at pixels again, up to three times. Predict it first.
# %% tags=["exercise"]
def settled(boxes, refine, least, most):
    """Boxes refined until no side moves by `least` pixels, and how often that took."""
    ...


# %% tags=["solution"]
def settled(boxes, refine, least, most):
    """Boxes refined until no side moves by `least` pixels, and how often that took."""
    turns = 0
    while turns < most:
        boxes, old, turns = refine(boxes), boxes, turns + 1
        if np.abs(boxes - old).max() < least:
            break
    return boxes, turns


# %% tags=["wrong"]
def settled(boxes, refine, least, most):
    """Boxes refined until no side moves by `least` pixels, and how often that took."""
    turns = 0
    while turns < most:
        boxes, old, turns = refine(boxes), boxes, turns + 1
        if np.abs(boxes - old).mean() < least:  # one side may still move
            break
    return boxes, turns


# %%
def halfway(boxes):
    """Boxes that go half of the way to (8, 8, 24, 24)."""
    return (boxes + np.array([8.0, 8, 24, 24])) / 2


def numbers_settled(start, least, most):
    """The boxes and the number of turns, as one list."""
    result = settled(np.array(start, float), halfway, least, most)
    return result and [*result[0].ravel(), result[1]]


off = [[[8, 8, 24, 40]], [[0, 8, 24, 24], [8, 8, 24, 24]]]
cases = [((off[0], 1, 9), [8, 8, 24, 24.5, 5]), ((off[1], 1, 9), [7.5, 8, 24, 24, 8, 8, 24, 24, 4])]
still = [[0, 8, 24, 24], [8, 8, 24, 26]]  # the second moves by 1, then by less
cases.append(((still, 1, 9), [7.5, 8, 24, 24, 8, 8, 24, 24.125, 4]))
exercise(numbers_settled, [*cases, ((off[0], 0.1, 2), [8, 8, 24, 28, 2])])
# %% tags=["nbval-ignore-output"]
if numbers_settled(*cases[0][0]) is not None:
    again, said_before = answers["before"], coco_ap(answers["before"], shown, range(10)).ap
    print(f"AP before: {said_before:.3f}")
    for turn in range(1, 4):
        again = looked_again("pixels", tests.images, again)
        print(f"AP, looked again {turn} times: {coco_ap(again, shown, range(10)).ap:.3f}")


# %% [markdown] lang="ko"
# **4.** 4픽셀 블러를 읽는 신경망을 만들어라. 정답을 아는 가리지 않은 28×28 이미지 `clear` (n, 28, 28, 1)와 `labels`, 이미지를 블러하는 함수 `hide`를 받아, (28, 28, 1)을 받고 로짓 열 개를 내는 훈련된 Keras 모델을 돌려주라. 아래 셀이 MNIST의 처음 4,000장으로 훈련하게 하고, 블러한 테스트 이미지 1,000장을 읽힌다. 0.85 이상이어야 한다. 5절의 `reader`를 그대로 쓰면 모자란다. 블러는 명암의 차이를 줄이므로, 첫 층에서 다시 벌려 주고 더 오래 훈련해 보라. 훈련은 15초면 넉넉하다.
# %% [markdown] lang="en"
# **4.** Build a network that reads under a blur of 4 pixels. Given 28×28 images that are not hidden, `clear` (n, 28, 28, 1), with `labels`, and a function `hide` that blurs images, return a trained Keras model that takes (28, 28, 1) and puts out ten logits. The cell below lets it train on the first 4,000 images of MNIST, and read 1,000 blurred test images. It must get at least 0.85 right, which the `reader` of section 5 does not reach as it is. A blur leaves little contrast, so let the first layer stretch it again, and train for longer. Fifteen seconds of training are plenty.
# %% tags=["exercise"]
def reader_of_blurs(clear, labels, hide):
    """A trained model that reads images hidden by `hide`."""
    ...


# %% tags=["solution"]
def reader_of_blurs(clear, labels, hide):
    """A trained model that reads images hidden by `hide`."""
    x = inputs = keras.Input((28, 28, 1))
    x = layers.Normalization(mean=0.15, variance=0.01)(x)  # a blur leaves little contrast
    for filters in (16, 32):
        x = layers.MaxPooling2D(2)(layers.Conv2D(filters, 3, activation="relu")(x))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    model = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.002), loss)
    model.fit(hide(clear), labels, batch_size=64, epochs=16, verbose=0)
    return model


# %% tags=["wrong"]
def reader_of_blurs(clear, labels, hide):
    """A trained model that reads images hidden by `hide`."""
    x = inputs = keras.Input((28, 28, 1))
    for filters in (16, 32):
        x = layers.MaxPooling2D(2)(layers.Conv2D(filters, 3, activation="relu")(x))
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    model = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.002), loss)
    model.fit(clear, labels, batch_size=64, epochs=4, verbose=0)  # never saw a blur
    return model


# %%
def blurred_by_4(images):
    """Images (n, 28, 28, 1) under a Gaussian blur of 4 pixels."""
    return np.stack([cv2.GaussianBlur(each, (0, 0), 4)[..., None] for each in images])


def share_of_blurs():
    """Share of 1,000 blurred test digits that are read right, or 0.85 if it is more."""
    keras.utils.set_random_seed(0)
    (clear, labels), (images, answers) = load_mnist()
    clear, images = (each[..., None].astype("float32") / 255 for each in (clear[:4000], images))
    if (model := reader_of_blurs(clear, labels[:4000], blurred_by_4)) is None:
        return None
    right = np.argmax(model(blurred_by_4(images[:1000])), axis=-1) == answers[:1000]
    return min(float(right.mean()), 0.85)


exercise(share_of_blurs, [((), 0.85)])
# %% [markdown] lang="ko"
# ## 요약
#
# - 검출기가 답한 상자를 픽셀에서 다시 보고 고치면 AP가 [[range: AP, before]]에서 [[range: AP, pixels]]까지, 작은 숫자의 AP가 [[range: AP of small digits, before]]에서 [[range: AP of small digits, pixels]]까지 오른다.
# - 두 번째 신경망의 몫과 해상도의 몫이 다 있다. 같은 신경망이 줄인 장면이나 검출기의 `fine`을 보면 덜 오르고, 검출기의 둘째 단계로 세 번째로 읽기만 하면 오르지 않는다.
# - 여유를 1픽셀 두면, 상자를 고치지 않아도 고친 것만큼 가려진다. 그러고도 보이는 것은 놓쳤거나 상자가 크게 어긋난 것이다.
# - 8픽셀 블러로 가려도, 그런 블러로 훈련한 신경망이 맞게 읽은 비율이 [[range: odd digits read, blur, 8 px, trained reader]]이다. 칠한 상자는 모양이 새어 나가 [[range: odd digits read, painted box, trained reader]]이고, 정사각형으로 칠하면 [[range: odd digits read, painted square, trained reader]]이어서, 늘 한 가지만 답하는 것([[range: odd digits right if one answer is always given, at most]])과 비슷하다.
# - 짝수의 상자를 남기면 짝수를 읽은 비율이 [[range: even digits read, painted square]]에서 [[range: even digits read, spared]]까지 되돌아오지만(가리지 않으면 [[range: even digits read, not hidden]]), 보이는 홀수가 [[range: percent of odd digits in sight, spared]]%로 는다. 실제 상자를 남기면 [[range: percent of odd digits in sight, real boxes spared]]%, 실제 마스크를 남기면 [[range: percent of odd digits in sight, masks spared]]%다.
# %% [markdown] lang="en"
# ## Summary
#
# - Looking again at the boxes that a detector answers with, in pixels, and correcting them raises the AP from [[range: AP, before]] to [[range: AP, pixels]], and that of small digits from [[range: AP of small digits, before]] to [[range: AP of small digits, pixels]].
# - Both the second network and resolution count: the same network gains less on shrunk scenes, and on the detector's `fine`; a third reading by the detector's own second stage gains nothing.
# - With a margin of 1 pixel, boxes that were not corrected hide as much as corrected ones. What is in sight even then was missed, or has a box that is off by much.
# - Under a blur of 8 pixels, a network trained on such blurs still reads [[range: odd digits read, blur, 8 px, trained reader]] of the digits. On painted boxes, whose shape leaks, it is [[range: odd digits read, painted box, trained reader]]; on painted squares [[range: odd digits read, painted square, trained reader]], about as many as by always giving one answer ([[range: odd digits right if one answer is always given, at most]]).
# - With the boxes of even digits spared, the share of them that is read comes back from [[range: even digits read, painted square]] to [[range: even digits read, spared]] ([[range: even digits read, not hidden]] with nothing hidden), but [[range: percent of odd digits in sight, spared]]% of the odd digits are in sight. With real boxes spared it is [[range: percent of odd digits in sight, real boxes spared]]%, with real masks [[range: percent of odd digits in sight, masks spared]]%.
# %% [markdown] lang="ko"
# ## 출처
#
# - M.-C. Roh, J. Lee (2017). *Refining faster-RCNN for accurate object detection*. IAPR Conference on Machine Vision Applications (MVA). 1절의 내용은 초록에서 왔고, 여기의 신경망은 논문의 것이 아니다.
# - 노명철, 이주영 (2017). *사진에서 사람을 읽다*. 카카오 AI 리포트 3호, brunch.co.kr/@kakao-it/66. 카카오엔터프라이즈의 같은 제목의 글(2020), tech.kakaoenterprise.com/40. 로드뷰에서 얼굴과 번호판을 흐릿하게 가리는 일.
# - S. Ren 외 (2015). *Faster R-CNN*. arXiv:1506.01497v3. 검출기.
# - R. McPherson, R. Shokri, V. Shmatikov (2016). *Defeating image obfuscation with deep learning*. arXiv:1609.00408. 모자이크와 블러를 읽는 신경망.
# - K. He 외 (2017). *Mask R-CNN*. ICCV. RoIAlign.
# - 강의 자료 003 ‘카카오의 RF-R-CNN’.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - M.-C. Roh, J. Lee (2017). *Refining faster-RCNN for accurate object detection*. IAPR Conference on Machine Vision Applications (MVA). What section 1 says of it is from its abstract; the network here is not that of the paper.
# - M.-C. Roh, J. Lee (2017). *Reading people in pictures* (in Korean). Kakao AI Report 3, brunch.co.kr/@kakao-it/66. An article of the same title by Kakao Enterprise (2020), tech.kakaoenterprise.com/40. Blurring faces and plates in RoadView.
# - S. Ren et al. (2015). *Faster R-CNN*. arXiv:1506.01497v3. The detector.
# - R. McPherson, R. Shokri, V. Shmatikov (2016). *Defeating image obfuscation with deep learning*. arXiv:1609.00408. Networks that read mosaics and blurs.
# - K. He et al. (2017). *Mask R-CNN*. ICCV. RoIAlign.
# - Deck 003, Kakao's RF-R-CNN.
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
