# %% [markdown] lang="ko" headline="test accuracy of the deep CNN" keeps="digit_cnn.weights.h5" keeps_accuracy="test accuracy of the deep CNN"
# # [[number]] · 심층 CNN
#
# [[badge]]
#
# **작은 커널로 층을 더 쌓고, 볼 때마다 조금 다른 숫자로 훈련하면, 숫자 2,000장 가운데 몇 장을 틀릴까?**
# %% [markdown] lang="en"
# # [[number]] · A deep CNN
#
# [[badge]]
#
# **Stack more layers of small kernels, train on digits that look a little different every time: how many of 2,000 digits are still misread?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 작은 커널을 여러 층 쌓는 까닭을 수용 영역과 파라미터 수로 설명할 수 있다.
# - 합성곱, 배치 정규화, ReLU, 풀링으로 된 심층 CNN을 층의 목록에서 조립할 수 있다.
# - 데이터 증강, 워밍업과 코사인 감쇠, 레이블 스무딩, AdamW로 훈련하고 끊긴 훈련을 이어서 할 수 있다.
# - 데이터 증강, 깊이와 너비, 드롭아웃, 앙상블이 각각 도움이 되는지 재어 견줄 수 있다.
# - 끝까지 틀리는 숫자를 보고 모델의 한계인지 데이터의 한계인지 판단할 수 있다.
#
# 걸리는 시간은 약 60분이고, `small`에서는 2분 안에 실행이 끝난다. [[training_well]]의 배치 정규화와 데이터 증강, [[cnn]]의 합성곱 신경망을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Explain by receptive field and number of parameters why several layers of small kernels are stacked.
# - Build a deep CNN of convolution, batch normalization, ReLU and pooling from a list of its layers.
# - Train it with data augmentation, warm-up with cosine decay, label smoothing and AdamW, and resume training that was cut off.
# - Measure and compare whether data augmentation, depth and width, dropout, and an ensemble help.
# - Look at the digits that are still misread, and judge whether the model or the data is the limit.
#
# It takes about 60 minutes to read and, at scale `small`, less than two to run. You need batch normalization and data augmentation from [[training_well]], and the convolutional network of [[cnn]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘손글씨 숫자를 인식하는 심층 CNN’과 ‘여러 계층을 사용하는 이유’에 해당한다. 자료가 드는 특징은 3×3의 작은 필터, ReLU, Adam, He 초깃값이고, 여기에 배치 정규화를 더하고 Adam 대신 그 변형인 AdamW를 쓴다. 데이터 증강은 자료가 여러 계층을 사용하는 이유의 첫 항목으로 든 것(‘데이터 확장’)이지만, 층이 하나여도 할 수 있으므로 층을 여럿 쓰는 이유는 아니다. 자료가 참고했다고 하는 VGG는 뒤의 수업에서 만든다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the pages of deck 003 on the deep CNN that recognises handwritten digits and on why several layers are used. The deck lists small 3×3 filters, ReLU, Adam and He initialization; batch normalization joins them here, and AdamW, a variant, takes the place of Adam. Data augmentation is the first item on the deck's own list of reasons for several layers, but as it can be done with a single layer too, it is no reason for depth. VGG, which the deck takes as its model, is built in a later lesson.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay

from helpers.augmentation import random_affine
from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION, image_grid, prediction_bars

# %% [markdown] lang="ko" slides="003 여러 계층을 사용하는 이유"
# ## 1. 작은 커널을 여러 층
#
# 3×3 커널을 두 번 적용하면 마지막 값 하나는 원래 그림의 5×5를 본다. 5×5 커널 하나와 수용 영역이 같다. 그런데 채널이 $C$개로 들어와 $C$개로 나간다면 가중치는 $2 \cdot 9C^2 = 18C^2$으로 $25C^2$보다 적고, 그 사이에 ReLU가 한 번 더 들어간다. 작은 커널을 여러 층 쌓는 까닭이다. 강의 자료 003은 까닭을 하나 더 든다. 층을 깊이 하면 층마다 풀 문제가 단순해져 학습이 효율적이라는 것이다. [[cnn]]에서 본 획의 가장자리, 굽은 획, 고리가 그런 문제다.
# %% [markdown] lang="en"
# ## 1. Several layers of small kernels
#
# Apply 3×3 kernels twice, and one value at the end sees 5×5 pixels of the image, the same receptive field as one 5×5 kernel. But with $C$ channels coming in and $C$ going out, that takes $2 \cdot 9C^2 = 18C^2$ weights, less than $25C^2$, and there is one more ReLU in between. This is why small kernels are stacked. Deck 003 gives another reason: with more layers each has a simpler problem to solve, which makes learning efficient. The edges of strokes, bends and loops of [[cnn]] are such problems.
# %% tags=["figure"] title="two 3x3 kernels see 5x5"
SIDES = [
    (7, "image", range(1, 6)),
    (7, "after one 3x3", range(2, 5)),
    (7, "after two", range(3, 4)),
]
_, axes = plt.subplots(1, 3, figsize=(10, 3.3))
for axis, (side, title, seen) in zip(axes, SIDES):
    for row, column in np.ndindex(side, side):
        face = ORANGE if row in seen and column in seen else "white"
        axis.add_patch(plt.Rectangle((column, row), 1, 1, fc=face, ec=GREY, alpha=0.6))
    axis.set(xlim=(-0.1, side + 0.1), ylim=(side + 0.1, -0.1), aspect="equal", title=title)
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 이미지(image), 3×3을 한 번 적용한 뒤(after one 3x3)와 두 번 적용한 뒤(after two). 색칠한 값이 어디에서 왔는지 오른쪽에서 왼쪽으로 따라가면 3×3과 5×5가 된다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The image, after one 3×3 kernel, and after two. Follow from right to left where the coloured value comes from: 3×3, then 5×5.*


# %%
def weights_of(kernel_sizes, channels):
    """Weights (no biases) of convolutions in a row that keep the number of channels."""
    x = inputs = keras.Input((None, None, channels))
    for kernel_size in kernel_sizes:
        x = layers.Conv2D(channels, kernel_size, use_bias=False)(x)
    return keras.Model(inputs, x).count_params()


check("two 3x3 with 64 channels", weights_of([3, 3], 64), equals=18 * 64**2)
check("one 5x5 with 64 channels", weights_of([5], 64), equals=25 * 64**2)
# %% [markdown] lang="ko" slides="003 손글씨 숫자를 인식하는 심층 CNN"
# ## 2. 신경망을 목록에서 조립한다
#
# 신경망을 글자 한 줄로 적는다. 수는 그만큼의 3×3 커널이 있는 합성곱 층이고, M은 2×2 최대 풀링이다. 합성곱마다 배치 정규화와 ReLU가 따른다. 배치 정규화는 채널의 평균을 빼므로 합성곱의 편향은 사라지고, 그 몫은 배치 정규화의 파라미터 $\beta$가 한다. 그래서 합성곱에는 편향을 두지 않는다. 커널의 초깃값은 강의 자료대로 He 초깃값이다. 풀링으로 크기가 반이 되면 채널을 늘린다(흔히 두 배). 끝은 [[cnn]]과 같은 전역 최대 풀링이다. 드롭아웃도 넣을 수 있게 해 두었다(6절). 훈련이 짧으므로 배치 정규화의 이동 평균은 Keras의 기본값(0.99)보다 빠르게 따라가게 한다(`momentum=0.9`).
# %% [markdown] lang="en"
# ## 2. Building the network from a list
#
# The network is written as one line of text: a number stands for a convolutional layer with that many 3×3 kernels, M for 2×2 max pooling. Batch normalization and ReLU follow each convolution; batch normalization subtracts the mean of each channel, which would cancel a bias, and has a parameter $\beta$ in its place, so the convolutions have none. The kernels start from He initialization, as the deck says. Where pooling halves the size, the number of channels grows, commonly to double. At the end there is global max pooling as in [[cnn]]. Dropout can be put in too (section 6). As the training is short, the moving averages of batch normalization follow faster than by Keras's default of 0.99 (`momentum=0.9`).
# %%
PLAN = "16 M 32 32 M 80 80"


def deep_cnn(plan, dropout=0.0):
    """A network from its plan, for images of 28x28x1 and ten classes."""
    x = inputs = keras.Input((28, 28, 1))
    for step in plan.split():
        if step == "M":
            x = layers.MaxPooling2D(2)(x)  # halves height and width
            continue
        convolution = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
        x = layers.Conv2D(int(step), 3, **convolution)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.ReLU()(x)
    x = layers.GlobalMaxPooling2D()(x)  # 7x7x80 -> 80
    x = layers.Dropout(dropout, seed=1)(x) if dropout else x  # seeded by itself
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)


# %%
model = deep_cnn(PLAN)
by_hand = 9 * (1 * 16 + 16 * 32 + 32 * 32 + 32 * 80 + 80 * 80)  # kernels
by_hand += 4 * (16 + 32 + 32 + 80 + 80)  # batch normalization, half of it moving averages
by_hand += 80 * 10 + 10  # classifier
check("parameters", model.count_params(), equals=by_hand)
# %% [markdown] lang="ko"
# ## 3. 볼 때마다 조금 다른 숫자
#
# [[training_well]]의 `random_affine`으로 배치마다 숫자를 조금씩 돌리고, 늘이고, 기울이고, 옮긴다. 변환은 모델이 아니라 데이터 파이프라인(`tf.data`)에 둔다. 모델이 배치 하나를 배우는 동안 다음 배치를 미리 만들고(`prefetch`), 예측할 때는 변환하지 않는다.
# %% [markdown] lang="en"
# ## 3. Digits that look a little different every time
#
# `random_affine` of [[training_well]] turns, stretches, slants and moves the digits of each batch a little. This is done in the data pipeline (`tf.data`), not in the model: while the model learns from one batch the next is made (`prefetch`), and nothing is changed when predicting.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
x_train, x_test = ((x / 255).astype("float32")[..., None] for x in (x_train, x_test))  # 28x28x1
AMOUNTS = {"angle": 0.25, "stretch": 0.1, "slant": 0.2, "shift": 1.5}
BATCH = 128


def pipeline(x, y, augmented=True, batch_size=BATCH):
    """Shuffled batches of images and one-hot labels; one pass is one epoch."""
    data = tf.data.Dataset.from_tensor_slices((x, keras.ops.one_hot(y, 10)))
    data = data.cache().shuffle(len(x)).batch(batch_size)
    if augmented:
        data = data.map(lambda images, labels: (random_affine(images, **AMOUNTS), labels))
    return data.prefetch(2)


# %% tags=["figure"] title="digits as training sees them"
copies = random_affine(np.repeat(x_train[:4], 9, axis=0), **AMOUNTS).numpy().reshape(4, 9, 28, 28)
pictures = [picture for i in range(4) for picture in (x_train[i, ..., 0], *copies[i])]
image_grid(pictures, ["original", *["seen"] * 9] * 4)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 원래 숫자(original)와 훈련에서 보게 되는 모습(seen). 달라져도 정답은 그대로다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Original digits, and what training will see of them. However they change, their labels stay.*
# %%
images, labels = next(iter(pipeline(x_train, y_train)))
check("shapes of a batch", (images.shape, labels.shape), equals=((128, 28, 28, 1), (128, 10)))
# %% [markdown] lang="ko"
# ## 4. 훈련의 세 가지 요령
#
# **워밍업과 코사인 감쇠**(warm-up with cosine decay). 처음에는 가중치가 난수라 큰 걸음이 위험하고, 끝에는 바닥 가까이에서 큰 걸음이 방해가 된다. 그래서 학습률을 0에서 곧게 올렸다가(워밍업) 코사인 곡선을 따라 0으로 내린다. 한 번 올렸다 내리는 것은 스미스와 토핀의 한 주기 학습률(1cycle)과 같지만, 그쪽은 직선으로 올렸다가 직선으로 내리고 끝에서 더 낮춘다. **레이블 스무딩**(label smoothing). 정답을 1, 나머지를 0이라고 하면 모델은 확률 1을 향해 끝없이 확신을 키운다. 0.05만큼을 열 클래스에 고르게 나누어 정답을 0.955, 나머지를 0.005로 하면 그러지 않는다. **AdamW**. [[training_well]]의 L2 규제는 손실에 더해져 Adam의 나눗셈을 거치지만, AdamW는 걸음마다 가중치 자체를 학습률에 비례해 조금 줄인다(가중치 감쇠, weight decay).
# %% [markdown] lang="en"
# ## 4. Three training techniques
#
# **Warm-up with cosine decay**: at first the weights are random and large steps are dangerous; at the end, near the bottom, large steps get in the way. So the learning rate rises from 0 in a straight line, the warm-up, and then falls to 0 along a cosine. To rise and fall once is also the idea of Smith and Topin's 1cycle, but there the rate rises and falls in straight lines and goes lower still at the end. **Label smoothing**: with 1 for the true class and 0 for the others, a model becomes ever more certain on its way to a probability of 1. Spread 0.05 evenly over ten classes, which leaves 0.955 for the true class and 0.005 for the others, and it will not. **AdamW**: the L2 regularization of [[training_well]] is added to the loss and so passes through Adam's division; AdamW instead makes the weights themselves a little smaller at each step, in proportion to the learning rate (weight decay).
# %%
PEAK = 0.008


def warm_up_and_decay(steps, peak=PEAK):
    """From 0 to the peak in the first quarter of the steps, and back to 0 along a cosine."""
    warm_up = steps // 4
    return CosineDecay(0.0, steps - warm_up, warmup_target=peak, warmup_steps=warm_up)


rate = warm_up_and_decay(100)
check("learning rate at the start", float(rate(0)), equals=0.0)
check("largest learning rate", float(rate(25)), at_least=0.99 * PEAK, at_most=1.01 * PEAK)
check("learning rate at the end", float(rate(100)), at_most=1e-6)
# %% tags=["figure"] title="learning rate by step"
_, axis = plt.subplots(figsize=(7, 2.8))
axis.plot([float(rate(step)) for step in range(101)], color=BLUE)
axis.set(xlabel="step, in % of all", ylabel="learning rate")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 걸음(가로축 step, 모든 걸음에 대한 %)과 학습률(세로축 learning rate). 처음 4분의 1이 워밍업이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The learning rate by step, in percent of all steps. The first quarter is the warm-up.*
# %%
smoothed = 0.95 * np.eye(10)[3] + 0.05 / 10  # the label 3
predicted = np.full(10, 0.02) + 0.8 * np.eye(10)[3]
by_hand = -(smoothed * np.log(predicted)).sum()
loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
same(by_hand, loss(np.eye(10)[3:4], predicted[None]), "smoothed cross-entropy by hand, and Keras's")
check("smoothed label of the true class", round(smoothed[3], 3), equals=0.955)
weight, gradient = keras.Variable([3.0]), keras.ops.zeros(1)  # no gradient: what is left is decay
keras.optimizers.AdamW(0.1, weight_decay=0.01).apply([gradient], [weight])
same(weight, [3.0 - 0.1 * 0.01 * 3.0], "AdamW without a gradient, and the decay by hand")
# %% [markdown] lang="ko"
# ## 5. 훈련
#
# 이제 훈련한다. [[mnist_mlp]]처럼 `lesson.resume`이 에포크마다 상태를 남기므로, Colab이 끊겨도 다시 실행하면 이어서 한다. 학습률이 몇째 걸음인지도 옵티마이저의 상태에 들어 있어 제자리에서 이어진다.
# %% [markdown] lang="en"
# ## 5. Training
#
# Now train. As in [[mnist_mlp]], `lesson.resume` keeps the state at every epoch, so that after a lost runtime the training goes on when it is run again. The step at which the learning rate stands is part of the optimizer's state and goes on from there too.
# %% tags=["nbval-ignore-output"]
EPOCHS = lesson.epochs(small=11, full=11)


def compiled(model, steps, weight_decay=0.01, **options):
    """The model with the three techniques, for so many steps."""
    optimizer = keras.optimizers.AdamW(warm_up_and_decay(steps), weight_decay=weight_decay)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
    model.compile(optimizer, loss, **options)
    return model


batches = pipeline(x_train, y_train)
model = compiled(model, len(batches) * EPOCHS, metrics=["accuracy"])
fitted = model.fit(batches, verbose=2, **lesson.resume("deep_cnn", model, EPOCHS))
# %%
history = lesson.history("deep_cnn")
check("epochs in the history", len(history["loss"]), equals=EPOCHS)
check("training loss, last over first", history["loss"][-1] / history["loss"][0], at_most=0.4)
# %% tags=["figure"] title="training loss and accuracy"
_, (left, right) = plt.subplots(1, 2, figsize=(11, 3.2))
epochs = range(1, len(history["loss"]) + 1)
left.plot(epochs, history["loss"], "o-", color=BLUE)
right.plot(epochs, history["accuracy"], "o-", color=BLUE)
for axis, name in ((left, "training loss"), (right, "training accuracy")):
    axis.set(xlabel="epoch", ylabel=name)
    axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)마다의 훈련 손실(training loss)과 훈련 정확도(training accuracy). 끝으로 갈수록 변화가 잦아든다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss and training accuracy at each epoch. Towards the end they settle.*


# %% [markdown] lang="ko"
# 테스트 데이터로 잰다. 훈련 정확도는 비틀린 숫자로, 그것도 에포크 내내 배우면서 잰 것이라 테스트 정확도보다 낮을 수 있다. 이 강좌에 담긴 테스트 숫자는 2,000장이므로 한 장이 0.0005다.
# %% [markdown] lang="en"
# Now measure on the test data. The training accuracy was taken on distorted digits, and while the network was still learning, so it can be below the test accuracy. The course comes with 2,000 test digits, so that one digit is 0.0005.
# %% tags=["nbval-ignore-output"]
def probabilities_of(model, images):
    """What a model says to images, 500 at a time: (n, 10)."""
    parts = [model(images[first : first + 500]) for first in range(0, len(images), 500)]
    return np.concatenate(parts)


def accuracy(probabilities, labels):
    """Share of digits whose most probable class is right."""
    return (probabilities.argmax(axis=1) == labels).mean()


probabilities = probabilities_of(model, x_test)
wrong = np.flatnonzero(probabilities.argmax(axis=1) != y_test)
print(f"test accuracy {accuracy(probabilities, y_test):.4f}: {len(wrong)} of {len(y_test):,} wrong")
# %%
check("test accuracy of the deep CNN", accuracy(probabilities, y_test), at_least=0.986)


# %% [markdown] lang="ko"
# ## 6. 무엇이 얼마나 도움이 되었나
#
# 재료를 하나씩 바꾸어 잰다. 8,000장으로 훈련한 신경망은 거의 다 맞혀서 차이가 우연에 묻히므로, 훈련 숫자를 1,000장으로 줄이고 채널도 줄인 신경망을 쓴다. 바꾸지 않은 것(base)과 하나만 바꾼 것들을 같은 시드로 한 번씩 훈련한다. 넓은 것(wide)은 합성곱 세 층, 깊은 것(deep)은 여덟 층이고, 파라미터 수는 base(다섯 층)와 2% 안에서 같다. 강의 자료대로 Adam을 쓴 것은 AdamW에서 가중치 감쇠만 뺀 것이다. 마지막은 시드만 다른 base 세 모델이 낸 확률을 평균한 **앙상블**(ensemble)이다.
#
# 한 번 잰 차이는 우연일 수 있다. 그래서 이 수업을 시드 0부터 4까지 다섯 번 실행해 두었고, 아래의 판정은 그 다섯 차이로 내린다. 다섯의 부호가 모두 같고 평균의 크기가 흩어진 폭(가장 큰 값에서 가장 작은 값을 뺀 것)을 넘으면 도움이 된다거나 해가 된다고 하고, 아니면 뚜렷한 차이가 없다고 한다.
# %% [markdown] lang="en"
# ## 6. What helped, and by how much
#
# Change one ingredient at a time and measure. The network trained on 8,000 digits gets nearly all of them right, and differences drown in chance; so take only 1,000 training digits, and a network with fewer channels. The unchanged one (base) and those with one change are trained once each, with the same seed. The wide network has three convolutional layers and the deep one eight; their numbers of parameters are within 2% of that of base (five layers). The one with Adam, as in the deck, is AdamW without its weight decay. Last comes an **ensemble**, the mean of the probabilities that three base models give, which differ in their seeds only.
#
# A difference measured once may be chance. So this lesson was run five times, with seeds 0 to 4, and the verdicts below are reached from the five differences: if all have the same sign, and their mean is larger than their spread (the largest minus the smallest), we say that something helps or hurts, otherwise that it makes no clear difference.
# %%
FEW, FEW_BATCH = 1000, 64
PLANS = {"base": "8 M 16 16 M 32 32", "wide": "16 M 32 M 44", "deep": "8 M 12 12 M 19 19 19 19 19"}
for name in ("wide", "deep"):
    ratio = deep_cnn(PLANS[name]).count_params() / deep_cnn(PLANS["base"]).count_params()
    check(f"parameters of {name} over base", ratio, at_least=0.98, at_most=1.02)


def answers_of(plan, seed, dropout=0.0, augmented=True, weight_decay=0.01):
    """A network trained on few digits: what it says to test and to training digits."""
    keras.utils.set_random_seed(seed)
    data = pipeline(x_train[:FEW], y_train[:FEW], augmented, FEW_BATCH)
    data = data.repeat(lesson.epochs(small=12, full=12))  # all epochs in one go: less overhead
    network = deep_cnn(plan, dropout)
    network = compiled(network, len(data), weight_decay, steps_per_execution=24)
    network.fit(data, verbose=0)
    return [probabilities_of(network, images) for images in (x_test, x_train[:FEW])]


# %% tags=["nbval-ignore-output"]
seed, base = 3 * lesson.seed, PLANS["base"]
answers = {
    "base": answers_of(base, seed),
    "no augmentation": answers_of(base, seed, augmented=False),
    "wide: 3 layers": answers_of(PLANS["wide"], seed),
    "deep: 8 layers": answers_of(PLANS["deep"], seed),
    "dropout": answers_of(base, seed, dropout=0.2),
    "Adam": answers_of(base, seed, weight_decay=0.0),
}
members = [answers["base"][0], *(answers_of(base, seed + i)[0] for i in (1, 2))]
measured = {name: accuracy(test, y_test) for name, (test, _) in answers.items()}
learnt = {name: accuracy(seen, y_train[:FEW]) for name, (_, seen) in answers.items()}
measured["ensemble of 3 base"] = accuracy(np.mean(members, axis=0), y_test)
print(f"{'':18} test    on the 1,000 training digits")
for name, value in measured.items():
    print(f"{name:18} {value:.4f}  {f'{learnt[name]:.3f}' if name in learnt else ''}")
# %%
report("gain from augmentation", measured["base"] - measured["no augmentation"])
report("gain from width", measured["wide: 3 layers"] - measured["base"])
report("gain from depth", measured["deep: 8 layers"] - measured["base"])
report("gain from dropout", measured["dropout"] - measured["base"])
report("gain from weight decay", measured["base"] - measured["Adam"])
# %%
check("training accuracy without augmentation", learnt["no augmentation"], at_least=0.98)
gap = {name: learnt[name] - measured[name] for name in learnt}  # what is known by heart only
more = gap["no augmentation"] - gap["base"]
check("training minus test accuracy, without augmentation minus with", more, at_least=0.01)
alone = [accuracy(member, y_test) for member in members]
gain = measured["ensemble of 3 base"] - np.mean(alone)
check("ensemble minus the mean of its members", gain, at_least=0.005)
errs = np.array([member.argmax(axis=1) != y_test for member in members])  # 3 x n
shared = errs.all(axis=0).sum() / errs.any(axis=0).sum()
check("mistakes of any member that all three make", shared, at_most=0.35)
# %% tags=["figure"] title="one change at a time"
_, axis = plt.subplots(figsize=(9, 3.4))
for place, (name, value) in enumerate(measured.items()):
    color = {"base": BLUE, "ensemble of 3 base": GREEN}.get(name, VERMILION)
    axis.plot(value, place, "o", color=color, ms=9, alpha=0.7)
axis.axvspan(min(alone), max(alone), color=BLUE, alpha=0.12)
axis.set(yticks=range(len(measured)), yticklabels=list(measured), xlabel="test accuracy")
axis.invert_yaxis()
axis.grid(axis="x", alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 하나씩 바꾸어 한 번 잰 테스트 정확도(test accuracy). 위에서부터 바꾸지 않은 것(base), 증강하지 않은 것(no augmentation), 세 층(wide), 여덟 층(deep), 드롭아웃(dropout), Adam, base 셋의 앙상블(ensemble of 3 base). 옅은 띠는 시드만 다른 base 셋의 범위다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy with one change at a time, measured once. The pale band is the range of the three base models, which differ in their seeds only: so much is chance.*
# %% [markdown] lang="ko"
# 다섯 시드로 판정한다. 괄호 안은 정확도의 차이가 놓인 범위다.
#
# - **데이터 증강**은 [[verdict: gain from augmentation]]([[range: gain from augmentation]]). 증강하지 않은 신경망은 훈련 숫자를 거의 다 맞히고, 훈련 정확도와 테스트 정확도의 차이도 더 크다. 훈련 숫자를 외운 것이다.
# - **너비와 깊이**를 보면, 같은 파라미터로 넓게 하는 것은 [[verdict: gain from width]]([[range: gain from width]]). 깊게 하는 것은 [[verdict: gain from depth]]([[range: gain from depth]]).
# - 전역 풀링 뒤의 값 20%를 끄는 **드롭아웃**은 [[verdict: gain from dropout]]([[range: gain from dropout]]). AdamW의 **가중치 감쇠**는 [[verdict: gain from weight decay]]([[range: gain from weight decay]]).
# - **앙상블**은 세 모델의 평균보다 나았다. 모델마다 틀리는 숫자가 달라 평균하면 서로 메운다. 다만 훈련과 예측에 드는 계산은 세 배다.
#
# 강의 자료는 층을 깊이 하면 학습이 효율적이라고 한다. 위의 판정은 작은 신경망을 숫자 1,000장과 정해진 걸음 수로 훈련한 것이라, 더 오래 훈련하면 달라질 수 있다. 깊은 신경망을 훈련하는 방법은 뒤의 수업에서 이어진다.
# %% [markdown] lang="en"
# Here are the verdicts of five seeds, with the range of the differences in accuracy.
#
# - **Data augmentation** [[verdict: gain from augmentation]] ([[range: gain from augmentation]]). Without it the network gets nearly all training digits right, and its training accuracy is further above its test accuracy: it learned the digits by heart.
# - **Width and depth**: at equal parameters, being wider [[verdict: gain from width]] ([[range: gain from width]]), and being deeper [[verdict: gain from depth]] ([[range: gain from depth]]).
# - **Dropout** of 20% of the values behind global pooling [[verdict: gain from dropout]] ([[range: gain from dropout]]). The **weight decay** of AdamW [[verdict: gain from weight decay]] ([[range: gain from weight decay]]).
# - The **ensemble** did better than its three members on average. They err on different digits, and averaged they make up for each other. It costs three times the computation, though, in training and in prediction.
#
# The deck says that depth makes learning efficient. The verdict above is of a small network, 1,000 digits and a fixed number of steps; longer training may change it. How deep networks are trained is taken up in later lessons.
# %% [markdown] lang="ko"
# ## 7. 끝까지 틀리는 숫자
#
# 5절의 신경망이 틀린 숫자를 그린다. 제목을 가리고 무엇으로 읽을지 먼저 정해 보라. 쓰다 만 듯한 숫자, 두 숫자의 중간처럼 생긴 숫자가 있고, 레이블이 의심스러운 것도 있을 수 있다. 틀릴 때 모델의 확신도가 낮다면, 낮은 것만 사람에게 넘기는 방법을 쓸 수 있다.
# %% [markdown] lang="en"
# ## 7. The digits that are still misread
#
# Here are the digits that the network of section 5 gets wrong. Cover the titles and decide first what you would read. Some digits look unfinished, some lie between two digits, and a few labels may be doubtful. If the model's confidence is low where it is wrong, the doubtful digits can be handed to a person.
# %% tags=["figure"] title="digits that are misread"
prediction_bars(x_test[wrong[:20], ..., 0], probabilities[wrong[:20]], y_test[wrong[:20]])
# %% [markdown] lang="ko"
# *그림 [[figure]]. 틀린 숫자(20장까지). 제목은 모델의 답과 확신도이고 괄호 안은 레이블이다. 막대는 클래스마다의 확률이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The digits misread, at most 20. The title has the model's answer and its confidence, with the label in brackets. The bars are the probabilities of the classes.*
# %%
confidence = probabilities.max(axis=1)
right = np.setdiff1d(np.arange(len(y_test)), wrong)
check("mean confidence where right", confidence[right].mean(), at_least=0.9)
difference = confidence[right].mean() - confidence[wrong].mean()
check("mean confidence where right minus where wrong", difference, at_least=0.26)
doubtful = np.argsort(confidence)[: len(y_test) // 50]  # the least confident 2%
found = np.isin(wrong, doubtful).mean()
check("share of the mistakes among the least confident 2%", found, at_least=0.25)
# %% [markdown] lang="ko"
# ## 8. 저장해 두고 쓴다
#
# 훈련한 신경망의 가중치만 저장한다. 예측에는 층과 가중치만 있으면 되고, 층은 `deep_cnn(PLAN)`이 만든다. 새 Keras로 저장한 `.keras` 파일은 그보다 오래된 Keras에서 열리지 않을 수 있지만, 가중치와 코드는 열린다. 옵티마이저의 상태까지 담은 `.keras` 파일과 견주면 크기도 반 아래로 줄어든다. 시드 0으로 미리 훈련해 둔 같은 신경망의 가중치가 강좌의 `data/digit_cnn.weights.h5`에 들어 있어, 뒤의 수업에서는 훈련하지 않고 `helpers.weights`의 `load_digit_cnn`으로 불러 쓸 수 있다.
# %% [markdown] lang="en"
# ## 8. Kept for later
#
# Save the weights of the trained network alone: layers and weights are all that predictions need, and the layers are made by `deep_cnn(PLAN)`. A `.keras` file saved by a new Keras may not load in an older one; weights and code do. Compared with a `.keras` file that holds the optimizer's state as well, the size is less than half, too. The weights of the same network, trained beforehand with seed 0, are part of the course as `data/digit_cnn.weights.h5`, so that later lessons can load the network by `load_digit_cnn` of `helpers.weights` without training.
# %%
path = lesson.file("digit_cnn.weights.h5")
keras.Model(model.inputs, model.outputs).save_weights(path)  # never compiled: no optimizer in it
loaded = deep_cnn(PLAN)
loaded.load_weights(path)
same(loaded(x_test[:100]), model(x_test[:100]), "probabilities of the loaded and the trained model")
check("size of the file in bytes", path.stat().st_size, at_most=1_000_000)
whole = lesson.file("digit_cnn_with_optimizer.keras")
model.save(whole)
check(
    "its size over that with the optimizer", path.stat().st_size / whole.stat().st_size, at_most=0.5
)


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 워밍업과 코사인 감쇠의 학습률을 Keras 없이 구하는 함수를 작성하라. `steps`걸음 가운데 처음 4분의 1(`steps // 4`) 동안 0에서 `peak`까지 곧게 올라가고, 그 뒤에는 `peak`에 $\frac{1}{2}(1 + \cos \pi t)$를 곱한 값이다. $t$는 남은 걸음 가운데 얼마나 왔는지를 나타내며 0에서 1까지 간다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function for the learning rate of warm-up with cosine decay without Keras. In the first quarter of `steps` steps (`steps // 4`) it rises in a straight line from 0 to `peak`; in the rest it is `peak` times $\frac{1}{2}(1 + \cos \pi t)$, where $t$ goes from 0 to 1 over the remaining steps.
# %% tags=["exercise"]
def rate_at(step, steps, peak):
    """The learning rate at a step."""
    ...


# %% tags=["solution"]
def rate_at(step, steps, peak):
    """The learning rate at a step."""
    warm_up = steps // 4
    if step < warm_up:
        return peak * step / warm_up
    t = (step - warm_up) / (steps - warm_up)
    return peak * (1 + np.cos(np.pi * t)) / 2


# %% tags=["wrong"]
def rate_at(step, steps, peak):
    """The learning rate at a step."""
    return peak * (1 + np.cos(np.pi * step / steps)) / 2


# %%
cases = [
    (0, 100, 1.0),
    (10, 100, 1.0),
    (25, 100, 2.0),
    (60, 100, 1.0),
    (100, 100, 1.0),
    (7, 42, 3.0),
]
by_keras = [float(warm_up_and_decay(steps, peak)(step)) for step, steps, peak in cases]
exercise(rate_at, list(zip(cases, by_keras)))


# %% [markdown] lang="ko"
# **2.** 여러 모델의 확률 `(models, n, classes)`을 받아 앙상블의 답 `n`개를 돌려주는 함수를 작성하라. 다수결이 아니라 확률의 평균으로 정한다. 두 방법은 언제 다른 답을 낼까?
# %% [markdown] lang="en"
# **2.** Write a function that takes the probabilities of several models, `(models, n, classes)`, and returns the ensemble's `n` answers, by the mean of the probabilities and not by majority. When do the two ways differ?
# %% tags=["exercise"]
def ensemble_answers(probabilities):
    """The classes that the models choose together."""
    ...


# %% tags=["solution"]
def ensemble_answers(probabilities):
    """The classes that the models choose together."""
    return np.mean(probabilities, axis=0).argmax(axis=1)


# %% tags=["wrong"]
def ensemble_answers(probabilities):
    """The classes that the models choose together."""
    votes = np.argmax(probabilities, axis=2)
    return np.array([np.bincount(each).argmax() for each in votes.T])


# %%
SURE_AND_UNSURE = [  # one model is sure of class 0, two lean towards class 1
    [[0.9, 0.1], [0.3, 0.7]],
    [[0.4, 0.6], [0.2, 0.8]],
    [[0.45, 0.55], [0.6, 0.4]],
]
THREE_CLASSES = [[[0.1, 0.2, 0.7]], [[0.5, 0.3, 0.2]]]
OUTVOTED = [[[0.001, 0.999]], [[0.8, 0.2]], [[0.8, 0.2]]]  # one very sure model, and two others
exercise(
    ensemble_answers,
    [((SURE_AND_UNSURE,), [0, 1]), ((THREE_CLASSES,), [2]), ((OUTVOTED,), [0])],
)


# %% [markdown] lang="ko"
# **3.** 한 변이 `kernel_size`(홀수)인 커널 하나를 3×3 여러 층으로 바꾸려고 한다. 수용 영역이 같아지는 층의 수와, 채널 수가 `channels`로 유지될 때 줄어드는 가중치의 수를 돌려주는 함수를 작성하라(편향은 세지 않는다).
# %% [markdown] lang="en"
# **3.** A kernel with sides of `kernel_size` (odd) is to be replaced by several 3×3 layers. Write a function that returns how many layers have the same receptive field, and how many weights that saves if the number of channels stays at `channels` (no biases).
# %% tags=["exercise"]
def replaced_by_3x3(kernel_size, channels):
    """How many 3x3 layers, and how many weights fewer."""
    ...


# %% tags=["solution"]
def replaced_by_3x3(kernel_size, channels):
    """How many 3x3 layers, and how many weights fewer."""
    count = (kernel_size - 1) // 2  # each adds two pixels to the receptive field
    return count, (kernel_size**2 - 9 * count) * channels**2


# %% tags=["wrong"]
def replaced_by_3x3(kernel_size, channels):
    """How many 3x3 layers, and how many weights fewer."""
    count = (kernel_size - 1) // 2
    return count, (kernel_size**2 - 9 * count) * channels


# %%
def built_and_counted(kernel_size, channels):
    """Stack 3x3 layers until a kernel's field is left with one value, and count weights."""
    count = 0
    while kernel_size - 2 * count > 1:
        count += 1
    return count, weights_of([kernel_size], channels) - weights_of([3] * count, channels)


exercise(
    replaced_by_3x3,
    [(case, built_and_counted(*case)) for case in [(5, 64), (7, 8), (3, 4), (11, 3)]],
)
# %% [markdown] lang="ko"
# ## 요약
#
# - 3×3 커널 두 층은 5×5 하나와 같은 영역을 보면서 가중치는 더 적고 ReLU는 하나 더 있다.
# - 심층 CNN은 합성곱, 배치 정규화, ReLU를 되풀이하고, 풀링으로 크기를 반으로 줄일 때마다 채널을 흔히 두 배로 늘린다.
# - 올렸다 내리는 학습률, 레이블 스무딩, AdamW로 훈련해 테스트 숫자 100장에 99장쯤을 맞혔다.
# - 다섯 시드로 판정하면 데이터 증강은 [[verdict: gain from augmentation]]. 파라미터 수가 같을 때 너비는 [[verdict: gain from width]]. 깊이는 [[verdict: gain from depth]]. 앙상블은 세 모델의 평균보다 나았다.
# - 끝까지 틀린 숫자에서는 모델의 확신도가 평균적으로 낮아서, 확신도가 낮은 숫자만 사람에게 넘기는 방법을 쓸 수 있다.
# %% [markdown] lang="en"
# ## Summary
#
# - Two layers of 3×3 kernels see as much as one 5×5, with fewer weights and one more ReLU.
# - A deep CNN repeats convolution, batch normalization and ReLU, and commonly doubles the channels wherever pooling halves the size.
# - With a learning rate that rises and falls, label smoothing and AdamW it read about 99 of 100 test digits.
# - By the verdicts of five seeds, data augmentation [[verdict: gain from augmentation]]; at equal parameters width [[verdict: gain from width]], and depth [[verdict: gain from depth]]. The ensemble did better than its three members on average.
# - On the digits still misread the model's confidence was lower on average, so that the doubtful ones can be handed to a person.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 003 ‘손글씨 숫자를 인식하는 심층 CNN’, ‘여러 계층을 사용하는 이유’.
# - K. Simonyan, A. Zisserman (2015). *Very deep convolutional networks for large-scale image recognition*. ICLR. 3×3 커널을 쌓는 까닭(2.3절).
# - I. Loshchilov, F. Hutter (2019). *Decoupled weight decay regularization*. ICLR. AdamW.
# - L. N. Smith, N. Topin (2019). *Super-convergence: very fast training of neural networks using large learning rates*. 한 주기 학습률(1cycle).
# - C. Szegedy 외 (2016). *Rethinking the Inception architecture for computer vision*. CVPR. 레이블 스무딩(7절).
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 003, the deep CNN that recognises handwritten digits, and why several layers are used.
# - K. Simonyan, A. Zisserman (2015). *Very deep convolutional networks for large-scale image recognition*. ICLR. Why 3×3 kernels are stacked (section 2.3).
# - I. Loshchilov, F. Hutter (2019). *Decoupled weight decay regularization*. ICLR. AdamW.
# - L. N. Smith, N. Topin (2019). *Super-convergence: very fast training of neural networks using large learning rates*. 1cycle.
# - C. Szegedy et al. (2016). *Rethinking the Inception architecture for computer vision*. CVPR. Label smoothing (section 7).
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
