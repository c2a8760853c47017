# %% [markdown] lang="ko" headline="test accuracy of the narrow AlexNet"
# # [[number]] · LeNet과 AlexNet
#
# [[badge]]
#
# **1998년의 LeNet-5는 파라미터가 6만 개, 2012년의 AlexNet은 6천만 개다. 그 사이에 무엇이 늘었고, 바뀐 것 가운데 무엇이 정말 도움이 될까?**
# %% [markdown] lang="en"
# # [[number]] · LeNet and AlexNet
#
# [[badge]]
#
# **LeNet-5 of 1998 has sixty thousand parameters, AlexNet of 2012 sixty million. Where did they go, and which of the changes in between really help?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - ILSVRC 대회의 top-5 오류가 해마다 어떻게 줄었는지 말할 수 있다.
# - LeNet-5와 AlexNet을 논문의 설명대로 조립하고, 파라미터와 곱셈-덧셈이 어느 층에 몰려 있는지 셀 수 있다.
# - 입력이 왜 227×227이어야 하는지, GPU 두 개에 나누어 올린 AlexNet의 두 절반이 어디에서 만나는지 보일 수 있다.
# - ReLU와 tanh, 그룹 합성곱과 보통 합성곱을 같은 조건에서 재어 견줄 수 있다.
# - 학습률을 나누는 규칙, 드롭아웃, 가중치 감쇠, 색을 바꾸는 데이터 증강을 논문대로 계산할 수 있다.
#
# 걸리는 시간은 약 50분이고, `small`에서는 실행에 1분 30초쯤 걸린다. [[training_well]]의 드롭아웃과 초기화, [[convolution]]과 [[cnn]]의 합성곱과 풀링, [[deep_cnn]]의 판정 규칙을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Say how the top-5 error of the ILSVRC challenge fell from year to year.
# - Build LeNet-5 and AlexNet as the papers describe them, and count which layers hold the parameters and do the multiply-adds.
# - Show why the input has to be 227×227, and where the two halves of AlexNet, on two GPUs, meet.
# - Measure ReLU against tanh, and split convolutions against whole ones, under equal conditions.
# - Work out the rule that divides the learning rate, dropout, weight decay and colour augmentation as the paper has them.
#
# It takes about 50 minutes to read and, at scale `small`, about a minute and a half to run. You need dropout and initialization from [[training_well]], convolution and pooling from [[convolution]] and [[cnn]], and the rule for verdicts of [[deep_cnn]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 001의 AlexNet 슬라이드(대회, 특징, 두 GPU, ReLU, 드롭아웃, 가중치 감쇠, 초기화)와 004의 LeNet, AlexNet 슬라이드에 해당한다. 자료와 다른 점은 8절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the pages of deck 001 on AlexNet (the challenge, its features, the two GPUs, ReLU, dropout, weight decay, initialization) and those of deck 004 on LeNet and AlexNet. Where the slides differ is collected in section 8.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay

from helpers.augmentation import random_affine
from helpers.checks import check, exercise, report, same
from helpers.counting import layer_counts, multiply_adds, print_counts
from helpers.datasets import load_mnist, load_photo
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION, image_grid
from helpers.scenes import cluttered_digits
from helpers.timing import fastest_seconds

# %% [markdown] lang="ko" slides="001 AlexNet; 004 AlexNet (2012)"
# ## 1. 한 해에 벌어진 일
#
# ILSVRC(ImageNet Large-Scale Visual Recognition Challenge)는 2010년부터 2017년까지 해마다 열린 대회다. 분류 부문에서는 사진 약 120만 장으로 배워 1,000가지 가운데 하나로 가린다. 답을 다섯 개까지 낼 수 있고 그 안에 정답이 없을 때만 틀린 것으로 치는데, 이 비율을 **top-5 오류**(top-5 error)라고 한다. 다음은 해마다 우승한 팀과 그 팀의 오류다. 추가 데이터까지 쓴 성적이 따로 있으면 네 번째 값으로 적었다.
# %% [markdown] lang="en"
# ## 1. What happened in one year
#
# ILSVRC, the ImageNet Large-Scale Visual Recognition Challenge, was held every year from 2010 to 2017. Its classification task is to learn from about 1.2 million photos and tell 1,000 classes apart. Five answers are allowed, and only if the right one is not among them does it count as wrong; the share of such photos is the **top-5 error**. Here are the winners and their errors. Where a team has another result with other data besides, it stands last.
# %%
ILSVRC = [  # year, winner, top-5 error on the test set in %, the same with other data besides
    (2010, "NEC-UIUC", 28.2, None),
    (2011, "XRCE", 25.8, None),
    (2012, "SuperVision: AlexNet", 16.4, 15.3),
    (2013, "Clarifai", 11.7, 11.2),
    (2014, "GoogLeNet", 6.7, None),
    (2015, "MSRA: ResNet", 3.57, None),
    (2016, "Trimps-Soushen", 2.99, None),
    (2017, "WMW: SENet", 2.25, None),
]
RUNNERS_UP = {2012: ("ISI", 26.2), 2014: ("VGG", 7.3)}
ONE_PERSON = 5.1  # an annotator who had trained for the task (Russakovsky et al., 2015)

_, _, alone, with_more = ILSVRC[2]
runner_up = RUNNERS_UP[2012][1]
check("AlexNet below the runner-up", round(1 - alone / runner_up, 2), equals=0.37)
check("the same with other data besides", round(1 - with_more / runner_up, 2), equals=0.42)
# %% tags=["figure"] title="top-5 error by year"
_, axis = plt.subplots(figsize=(11, 4))
for year, _, error, more in ILSVRC:
    axis.bar(year, error, color=BLUE if year > 2011 else GREY, width=0.6)
    if more:
        axis.plot([year - 0.3, year + 0.3], [more] * 2, color=ORANGE, lw=3)
for year, (name, error) in RUNNERS_UP.items():
    axis.plot(year, error, "o", color=VERMILION)
    axis.text(year + 0.12, error + 0.3, f"{name} {error:g}", size=11, color=VERMILION)
axis.axhline(ONE_PERSON, color=GREEN, ls="--", lw=1.5)
axis.text(2017.8, ONE_PERSON + 0.4, f"one person {ONE_PERSON}", size=11, color=GREEN, ha="right")
names = [f"{year}\n{winner.replace(': ', chr(10))}\n{error:g}" for year, winner, error, _ in ILSVRC]
axis.set(ylabel="top-5 error (%)", ylim=(0, 30), xlim=(2009.5, 2017.8))
axis.set_xticks([year for year, *_ in ILSVRC], names, size=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 해마다 우승한 팀의 top-5 오류(top-5 error). 회색은 합성곱 신경망이 아닌 방법, 파란색은 합성곱 신경망이다. 막대에 걸친 노란빛 선은 추가 데이터까지 쓴 성적, 막대 위의 점은 그해의 2위(ISI, VGG)다. 점선(one person)은 이 과제를 연습한 한 사람의 오류다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Top-5 error of each year's winner: grey for methods without convolutional networks, blue for convolutional networks. The orange lines across bars are results with other data besides, the dots above bars the runners-up (ISI, VGG). The dashed line is the error of one person who had practised the task.*
# %% [markdown] lang="ko"
# 2012년의 2위는 한 해 전의 우승자와 비슷한데, AlexNet의 오류는 2위보다 37% 적었고, 추가 데이터로 먼저 훈련한 신경망 둘까지 평균하면 42% 적었다. 그 뒤로는 모두 합성곱 신경망이 우승했다. 그런데 AlexNet의 부품은 대부분 새것이 아니다. 합성곱과 풀링을 되풀이하는 구조는 이미 20여 년 전부터 있었다.
# %% [markdown] lang="en"
# The runner-up of 2012 is about where the winner of the year before had been; AlexNet's error is 37% below the runner-up's, and 42% with two networks that had first been trained on other data. From then on a convolutional network won every year. Yet most parts of AlexNet were not new: repeated convolution and pooling had been there for more than twenty years.
# %% [markdown] lang="ko" slides="004 LeNet (1990); 002 손글씨 분류 프로젝트"
# ## 2. LeNet: 우편번호를 읽다
#
# 얀 르쿤의 팀은 1989년에 봉투의 우편번호를 읽는 합성곱 신경망을 발표했다. 16×16으로 줄인 숫자 7,291장으로 훈련했고 파라미터는 9,760개였다. 1998년의 LeNet-5는 같은 생각을 키운 것으로, 수표의 금액을 읽는 데에도 쓰였다. 오늘날의 층으로 적으면 다음과 같다. 입력은 MNIST의 28×28에 2픽셀씩 덧댄 32×32이고, 활성화 함수는 tanh, 풀링은 평균 풀링이다.
# %% [markdown] lang="en"
# ## 2. LeNet reads postcodes
#
# In 1989 Yann LeCun's team published a convolutional network that read postcodes on envelopes. It was trained on 7,291 digits of 16×16 pixels and had 9,760 parameters. LeNet-5 of 1998 is the same idea grown up, and read amounts on cheques too. With today's layers it is the following. The input is MNIST's 28×28 with 2 more pixels on each side, 32×32; the activation function is tanh, the pooling average pooling.


# %%
def lenet(activation="tanh", side=32):
    """LeNet-5 (LeCun et al., 1998, figure 2) with today's layers; it returns ten scores."""
    x = inputs = keras.Input((side, side, 1))
    x = layers.Conv2D(6, 5, activation=activation)(x)  # C1: 32x32 -> 28x28
    x = layers.AveragePooling2D(2)(x)  # S2: 28x28 -> 14x14
    x = layers.Conv2D(16, 5, activation=activation)(x)  # C3: 14x14 -> 10x10
    x = layers.AveragePooling2D(2)(x)  # S4: 10x10 -> 5x5
    x = layers.Flatten()(x)  # 5x5x16 -> 400
    x = layers.Dense(120, activation=activation)(x)  # C5
    x = layers.Dense(84, activation=activation)(x)  # F6
    return keras.Model(inputs, layers.Dense(10)(x))


network = lenet()
print_counts(network)
check("parameters of LeNet-5", network.count_params(), equals=61_706)
# %% [markdown] lang="ko"
# `print_counts`는 층마다 파라미터와 **곱셈-덧셈**(multiply-add)을 센다. 가중치 하나와 입력 하나를 곱해 더하는 것이 한 번이고, 합성곱과 완전 연결 층만 센다. 파라미터는 C5에 몰려 있지만 곱셈-덧셈은 C3에 가장 많다. 합성곱 층의 가중치는 자리마다 다시 쓰이기 때문이다.
#
# 논문의 LeNet-5는 이것과 조금 다르다. C3의 특성 맵 16개는 S2의 특성 맵 6개를 다 보지 않고 정해진 몇 개만 본다. 계산을 아끼고, 맵마다 다른 특성을 찾게 하려는 것이다. 풀링 층에는 맵마다 배우는 계수와 편향이 하나씩 있다. C5는 5×5 맵에 5×5 커널을 쓰는 합성곱이어서 이름이 C이고, 완전 연결 층과 같다. 출력은 내적이 아니라 F6의 값과 숫자마다 정해 둔 7×12 그림의 거리이고, 그 그림은 배우지 않는다. 그렇게 세면 배우는 파라미터가 꼭 60,000개다.
# %% [markdown] lang="en"
# `print_counts` counts the parameters and multiply-adds of each layer: one weight times one input, added to a sum, is one **multiply-add**, and only convolutions and fully connected layers are counted. Most parameters are in C5, but most multiply-adds are in C3, as the weights of a convolution are used again at each place.
#
# The paper's LeNet-5 is a little different. The 16 maps of C3 do not see all six maps of S2 but some chosen ones, to save computation and to make the maps look for different features. The pooling layers have a coefficient and a bias to learn for each map. C5 is called C because it is a convolution of 5×5 kernels on maps of 5×5, which is the same as a fully connected layer. The output is not a dot product but the distance of F6 from a picture of 7×12 that is fixed for each digit and not learned. Counted so, exactly 60,000 parameters are learned.
# %%
SEEN = "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345"
C3 = SEEN.split()  # the maps of S2 that each map of C3 sees
connections = np.array([[str(source) in sources for sources in C3] for source in range(6)])
original = {
    "C1": 6 * (25 + 1),
    "S2": 6 * 2,
    "C3": connections.sum() * 25 + 16,
    "S4": 16 * 2,
    "C5": 120 * (16 * 25 + 1),
    "F6": 84 * (120 + 1),
}
check("parameters that the original learns", sum(original.values()), equals=60_000)
# %% tags=["figure"] title="which maps of S2 each map of C3 sees"
_, axis = plt.subplots(figsize=(8, 3.2))
axis.imshow(connections, cmap="Blues", vmax=1.6)
for row, column in zip(*np.nonzero(connections)):
    axis.text(column, row, "x", ha="center", va="center")
axis.set(xlabel="map of C3", ylabel="map of S2", xticks=range(16), yticks=range(6))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. C3의 맵(가로, map of C3)마다 S2의 어느 맵(세로, map of S2)을 보는지. 96개 가운데 60개만 이어져 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Which maps of S2 (down) each map of C3 (across) sees: 60 of 96.*
# %% [markdown] lang="ko"
# 훈련해 보자. 논문도 숫자를 조금씩 비틀어 늘렸으므로 여기에서도 [[deep_cnn]]의 `random_affine`을 쓴다. 옵티마이저는 모멘텀 SGD이고, 학습률은 코사인 곡선을 따라 0으로 내린다.
# %% [markdown] lang="en"
# Train it. The paper, too, added distorted digits, so `random_affine` of [[deep_cnn]] is used. The optimizer is SGD with momentum, and the learning rate falls to 0 along a cosine.
# %%
digits = lesson.load(load_mnist)
(x_digits, y_digits), (x_digits_test, y_digits_test) = digits
MARGIN = [(0, 0), (2, 2), (2, 2)]
x_digits, x_digits_test = (
    np.pad(x, MARGIN)[..., None].astype("float32") / 255 for x in (x_digits, x_digits_test)
)
BATCH = 64
LENET_EPOCHS = lesson.epochs(small=11, full=11)


def distorted(images, labels):
    """A batch as training sees it."""
    return random_affine(images, angle=0.2, stretch=0.1, slant=0.2, shift=1.0), labels


def accuracy(model, images, labels):
    """Share of images whose highest score is the right class's."""
    parts = [
        model(images[first : first + 500], training=False) for first in range(0, len(images), 500)
    ]
    return (np.concatenate(parts).argmax(axis=1) == labels).mean()


# %% tags=["nbval-ignore-output"]
batches = tf.data.Dataset.from_tensor_slices((x_digits, y_digits)).cache().shuffle(len(x_digits))
batches = batches.batch(BATCH).map(distorted).prefetch(2)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)  # scores, not probabilities
rate = CosineDecay(0.1, LENET_EPOCHS * len(batches))
network.compile(keras.optimizers.SGD(rate, momentum=0.9), loss, metrics=["accuracy"])
fitted = network.fit(batches, verbose=2, **lesson.resume("lenet", network, LENET_EPOCHS))
# %%
check("test accuracy of LeNet-5", accuracy(network, x_digits_test, y_digits_test), at_least=0.977)
# %% [markdown] lang="ko" slides="001 ReLU; 004 AlexNet (2012)"
# ## 3. 더 어려운 숫자, 그리고 ReLU
#
# 가운데에 반듯이 놓인 숫자는 LeNet으로도 100장 가운데 98장을 읽으므로 더 나은 신경망을 가려낼 수 없다. 그래서 이 수업부터 **어수선한 숫자**(cluttered digits)를 쓴다. 40×40 캔버스의 아무 데나 16~30픽셀 크기의 숫자를 놓고, 명암과 잡음과 다른 숫자의 조각 넷을 더한 것이다. 훈련 7,000장, 검증 1,000장, 테스트 2,000장이고(`full`에서는 52,500, 7,500, 10,000장), 조각을 떼어 온 숫자까지 포함해, 같은 손글씨가 훈련·검증·테스트 가운데 두 곳에 들어가지 않는다. 어느 모델을 쓸지, 훈련을 어떻게 할지는 검증 데이터로만 정하고 테스트 데이터는 마지막에 한 번 쓴다.
# %% [markdown] lang="en"
# ## 3. Harder digits, and ReLU
#
# Of digits that stand neatly in the centre even LeNet reads 98 in 100, so they cannot show which network is better. From here on we use **cluttered digits**: a digit of 16 to 30 pixels somewhere on a canvas of 40×40, with shading, noise and pieces of four other digits. There are 7,000 for training, 1,000 for validation and 2,000 for testing (at scale `full` 52,500, 7,500 and 10,000), and no digit, nor a piece of it, is used in two of them. Models and settings are chosen on the validation data alone; the test data are used once, at the end.
# %%
parts = cluttered_digits(digits)
mean, std = (parts.train[0] / 255).mean(), (parts.train[0] / 255).std()
(x_train, y_train), (x_validation, y_validation), (x_test, y_test) = (
    (((images / 255 - mean) / std).astype("float32")[..., None], labels) for images, labels in parts
)
check("shape of a cluttered digit", x_train.shape[1:], equals=(40, 40, 1))
# %% tags=["figure"] title="cluttered digits"
image_grid(parts.train[0][:20], parts.train[1][:20])
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련 데이터의 어수선한 숫자 스무 장과 그 레이블(제목). 크기와 자리, 배경이 장마다 다르다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Twenty cluttered digits of the training data, titled with their labels. Size, place and background differ from one to the next.*
# %% [markdown] lang="ko"
# AlexNet이 LeNet에서 바꾼 것 가운데 하나가 활성화 함수다. 논문의 그림 1은 CIFAR-10을 배우는 네 층짜리 합성곱 신경망이 ReLU를 쓰면 tanh의 6분의 1 걸음 만에 훈련 오류 25%에 이르는 것을 보인다. 같은 실험을 작게 해 보자. 어수선한 숫자를 LeNet으로 배우되 활성화 함수만 바꾸고, 훈련 오류가 25% 이하가 될 때까지 몇 걸음이 걸리는지 센다. 논문처럼 학습률은 신경망마다 가장 빠른 것을 고르는데, 0.01, 0.02, 0.05, 0.1 가운데 둘 다 0.05였다. 오류는 27걸음(1,728장, 약 4분의 1 에포크) 동안 배우면서 낸 답으로 잰다.
# %% [markdown] lang="en"
# One thing that AlexNet changed in LeNet is the activation function. Figure 1 of the paper shows a four-layer convolutional network on CIFAR-10 that reaches a training error of 25% with ReLU in a sixth of the iterations that it takes with tanh. Here is the experiment in small: LeNet learns the cluttered digits, only its activation function is changed, and we count the steps until the training error is 25% or less. As in the paper, the learning rate is the fastest one for each network: of 0.01, 0.02, 0.05 and 0.1 that was 0.05 for both. The error is that of the answers given while learning, over 27 steps at a time (1,728 images, about a quarter of an epoch).
# %%
PIECE, PIECES = 27, lesson.epochs(small=60, full=60)  # a network that never gets there is stopped


class StopAtQuarter(keras.callbacks.Callback):
    """End the training once a quarter of the answers or fewer are wrong."""

    def on_epoch_end(self, epoch, logs):
        self.model.stop_training = logs["accuracy"] >= 0.75


def training_errors(activation):
    """Train LeNet on cluttered digits; its error in each 27 steps, until it is a quarter."""
    keras.utils.set_random_seed(lesson.seed)
    model = lenet(activation, side=40)
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9),
        loss,
        metrics=["accuracy"],
        steps_per_execution=PIECE,
    )
    data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).cache().shuffle(len(x_train))
    data = data.repeat().batch(BATCH).prefetch(2)
    options = {"epochs": PIECES, "steps_per_epoch": PIECE, "callbacks": [StopAtQuarter()]}
    history = model.fit(data, verbose=0, **options).history
    return 1 - np.array(history["accuracy"])


# %% tags=["nbval-ignore-output"]
errors = {}
for activation in ("tanh", "relu"):
    errors[activation] = training_errors(activation)
    print(
        f"{activation:5} {PIECE * len(errors[activation]):,} steps to {errors[activation][-1]:.3f}"
    )
# %%
ratio = len(errors["tanh"]) / len(errors["relu"])
check("steps with tanh over steps with ReLU", ratio, at_least=1.7)
# %% tags=["figure"] title="training error with tanh and with ReLU"
_, axis = plt.subplots(figsize=(8, 3.4))
for activation, color in (("tanh", VERMILION), ("relu", BLUE)):
    steps = PIECE * np.arange(1, len(errors[activation]) + 1)
    axis.plot(steps, errors[activation], color=color, label=activation)
axis.axhline(0.25, color=GREY, ls="--", lw=1.5)
axis.set(xlabel="step", ylabel="training error", ylim=(0, 1))
axis.legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. LeNet의 훈련 오류(training error)와 걸음(step). 점선이 25%다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training error of LeNet by step. The dashed line is 25%.*
# %% [markdown] lang="ko"
# 다섯 시드에서 tanh는 ReLU의 [[range: steps with tanh over steps with ReLU]]배 걸렸다. 여섯 배는 아니지만 방향은 같다. 논문도 차이의 크기는 신경망에 따라 다르다고 적었다.
# %% [markdown] lang="en"
# Over five seeds tanh took [[range: steps with tanh over steps with ReLU]] times as many steps as ReLU: not six times, but in the same direction. The paper, too, says that the size of the effect varies with the network.
# %% [markdown] lang="ko" slides="001 AlexNet의 특징들; 001 가중치 초기화"
# ## 4. AlexNet 조립하기
#
# AlexNet은 LeNet의 뼈대에 합성곱 세 층을 더하고 폭을 넓힌 것이다. 논문 3절의 설명을 데이터로 옮겨 적는다. 이 강좌에서 처음 보는 부품은 셋이다.
#
# - **겹치는 풀링**(overlapping pooling). 스트라이드가 2인 3×3 최대 풀링이다. 창이 스트라이드보다 커서 서로 겹친다.
# - **국소 응답 정규화**(local response normalization). 줄여서 LRN이라고 한다. 값마다 같은 자리에서 제 채널과 양옆 두 채널씩을 살펴, 그 값들이 크면 그만큼 줄인다(없는 채널은 0으로 친다). $b_i = a_i \left(k + \alpha \sum_{j=i-2}^{i+2} a_j^2\right)^{-\beta}$이고 $k=2$, $\alpha=10^{-4}$, $\beta=0.75$다. 요즘은 거의 쓰지 않는다.
# - **그룹 합성곱**(grouped convolution). 당시의 GPU는 메모리가 3GB여서 신경망을 두 쪽으로 나누어 GPU 두 개에 올렸다. 2, 4, 5번째 합성곱은 제 쪽의 채널만 보고, 3번째 합성곱과 완전 연결 층만 두 쪽을 다 본다.
# %% [markdown] lang="en"
# ## 4. Building AlexNet
#
# AlexNet is LeNet's frame with three more convolutions, and wider. What section 3 of the paper describes is written as data. Three parts are new in this course.
#
# - **Overlapping pooling**: max pooling of 3×3 with a stride of 2. The windows are larger than the stride, so they overlap.
# - **Local response normalization** (LRN): each value looks at its own channel and the two on each side (0 where there is none) in its place, and is made smaller where these are large: $b_i = a_i \left(k + \alpha \sum_{j=i-2}^{i+2} a_j^2\right)^{-\beta}$ with $k=2$, $\alpha=10^{-4}$, $\beta=0.75$. It is hardly used today.
# - **Grouped convolution**: the GPUs of the time had 3 GB of memory, so the network was cut into two halves on two GPUs. Convolutions 2, 4 and 5 see the channels of their own half only; convolution 3 and the fully connected layers see both.


# %%
class LocalResponseNormalization(layers.Layer):
    """Krizhevsky et al. (2012), section 3.3; it keeps the shape and has nothing to learn."""

    def call(self, x):
        channels = x.shape[-1]
        squares = keras.ops.pad(keras.ops.square(x), [(0, 0), (0, 0), (0, 0), (2, 2)])
        sums = sum(squares[..., first : first + channels] for first in range(5))
        return x / (2 + 1e-4 * sums) ** 0.75


maps = 100 * tf.random.normal((2, 5, 4, 7))
library = tf.nn.local_response_normalization(maps, depth_radius=2, bias=2, alpha=1e-4, beta=0.75)
same(LocalResponseNormalization()(maps), library, "local response normalization, and tf.nn's")


# %%
def convolution(x, filters, kernel_size, stride, groups, bias=0, **options):
    """A convolution with ReLU, or several of them side by side, each with its share of x."""
    options = {
        "strides": stride,
        "padding": "valid" if stride == 4 else "same",  # only AlexNet's first has no padding
        "activation": "relu",
        "bias_initializer": keras.initializers.Constant(bias),
        **options,
    }
    if groups == 1:
        return layers.Conv2D(filters, kernel_size, **options)(x)
    halves = keras.ops.split(x, groups, axis=-1)
    halves = [layers.Conv2D(filters // groups, kernel_size, **options)(half) for half in halves]
    return layers.Concatenate()(halves)


# %%
ALEXNET = {  # Krizhevsky et al. (2012), 3.5: kernels, their side, stride, groups, first bias
    "conv1": (96, 11, 4, 1, 0),  # 227x227x3 -> 55x55x96
    "norm1": None,
    "pool1": None,  # -> 27x27
    "conv2": (256, 5, 1, 2, 1),
    "norm2": None,
    "pool2": None,  # -> 13x13
    "conv3": (384, 3, 1, 1, 0),
    "conv4": (384, 3, 1, 2, 1),
    "conv5": (256, 3, 1, 2, 1),
    "pool5": None,  # -> 6x6
    "flatten": None,  # 6x6x256 -> 9,216
    "fc6": (4096, 1),  # neurons, first bias
    "fc7": (4096, 1),
}
START = {  # of all weights: normally distributed; each layer draws its own
    "class_name": "RandomNormal",
    "config": {"stddev": 0.01},
}


# %%
def alexnet(table, input_shape=(227, 227, 3), num_classes=1000, **options):
    """AlexNet from a table such as ALEXNET; it returns one score for each class."""
    x = inputs = keras.Input(input_shape)
    for name, numbers in table.items():
        if name.startswith("conv"):
            x = convolution(x, *numbers, **options)
        elif name.startswith("norm"):
            x = LocalResponseNormalization()(x)
        elif name.startswith("pool"):
            x = layers.MaxPooling2D(3, strides=2)(x)
        elif name == "flatten":
            x = layers.Flatten()(x)
        else:
            units, bias = numbers
            bias = keras.initializers.Constant(bias)
            x = layers.Dense(units, activation="relu", bias_initializer=bias, **options)(x)
            x = layers.Dropout(0.5)(x)
    outputs = layers.Dense(num_classes, **options)(x)
    return keras.Model(inputs, outputs)


# %%
original_net = alexnet(ALEXNET, kernel_initializer=START)
by_layer = layer_counts(original_net, free=(LocalResponseNormalization,))
print_counts(original_net, free=(LocalResponseNormalization,))
check("parameters of AlexNet", original_net.count_params(), equals=60_965_224)
check("as many as in LeNet-5, times", round(original_net.count_params() / 61_706), equals=988)


# %% [markdown] lang="ko"
# `free`에는 곱셈-덧셈을 세지 않을 층을 준다. 그룹 합성곱은 두 줄로 찍힌다. 파라미터 6,100만 개와 곱셈-덧셈 7억 번 가운데 완전 연결 층의 몫을 LeNet-5와 견주어 보자.
# %% [markdown] lang="en"
# `free` names layers whose multiply-adds are not counted. A grouped convolution is printed as two lines. Compare with LeNet-5 which share of the 61 million parameters, and of the 0.7 billion multiply-adds, is in the fully connected layers.
# %%
def dense_share(counts):
    """Which share of the parameters, and of the multiply-adds, is in fully connected layers."""
    numbers = np.array([[count.parameters, count.multiply_adds] for count in counts])
    dense = [count.kind == "Dense" for count in counts]
    return tuple(np.round(numbers[dense].sum(axis=0) / numbers.sum(axis=0), 3))


check("share in AlexNet's fully connected layers", dense_share(by_layer), equals=(0.962, 0.081))
check("share in LeNet-5's", dense_share(layer_counts(network)), equals=(0.958, 0.141))
# %% tags=["figure"] title="parameters and multiply-adds by layer"
totals = {}
names = [name for name in ALEXNET if name[:2] in ("co", "fc")] + ["output"]
rows = [count for count in by_layer if count.multiply_adds]
for name in names:
    parts_of = 2 if ALEXNET.get(name) and len(ALEXNET[name]) == 5 and ALEXNET[name][3] == 2 else 1
    taken, rows = rows[:parts_of], rows[parts_of:]
    totals[name] = [sum(c.parameters for c in taken), sum(c.multiply_adds for c in taken)]
_, axes = plt.subplots(1, 2, figsize=(11, 3.4), sharey=True)
for axis, index, title in ((axes[0], 0, "parameters"), (axes[1], 1, "multiply-adds")):
    colors = [BLUE if name.startswith("conv") else ORANGE for name in names]
    axis.barh(names, [totals[name][index] / 1e6 for name in names], color=colors)
    axis.set(xlabel=f"{title} (millions)")
axes[0].invert_yaxis()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. AlexNet의 층마다 파라미터(parameters)와 곱셈-덧셈(multiply-adds), 단위는 백만. 합성곱(파란색)은 적은 파라미터로 계산의 대부분을 하고, 완전 연결 층(주황색)은 그 반대다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Parameters and multiply-adds of AlexNet by layer, in millions. The convolutions (blue) do most of the computing with few parameters, the fully connected layers (orange) the other way round.*
# %% [markdown] lang="ko"
# 파라미터는 LeNet-5의 988배가 되었지만, 그 96%가 완전 연결 층에 있는 것은 LeNet-5도 마찬가지였다. 몫은 그대로이고 크기가 달라졌다. 드롭아웃은 은닉 완전 연결 층 둘에 있다(7절). 논문은 가중치를 평균 0, 표준편차 0.01의 난수로, 편향을 2, 4, 5번째 합성곱과 은닉 완전 연결 층에서만 1로 시작한다. ReLU에 처음부터 양수가 들어가게 하려는 것이다.
# %% [markdown] lang="en"
# There are 988 times as many parameters as in LeNet-5, but that 96% of them are in fully connected layers was so in LeNet-5 already: the share is the same, the size is not. Dropout is in the two hidden fully connected layers (section 7). In the paper weights start as random numbers with mean 0 and standard deviation 0.01, and biases as 1 in convolutions 2, 4 and 5 and in the hidden fully connected layers only, so that the ReLUs get positive inputs from the start.
# %%
weighted = [layer for layer in original_net.layers if layer.weights]
first_biases = [float(layer.bias[0]) for layer in weighted]  # convolutions 2, 4, 5 come twice
check("biases at the start", first_biases, equals=[0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0])
deviation = float(keras.ops.std(weighted[-2].kernel))
check("standard deviation of fc7's weights", round(deviation, 4), equals=0.01)
# %% [markdown] lang="ko"
# ### 왜 227인가
#
# 논문은 입력이 224×224라고 적었지만, 11×11 커널을 4픽셀씩 옮겨 패딩($P = 0$)도 나머지도 없이 55×55가 되려면 227이어야 한다. [[convolution]]의 식 $(H + 2P - F)/S + 1$에 넣어 보면 알 수 있다. 224를 그대로 받는 구현은 가장자리에 패딩을 더한다. 강의 자료 001의 256도 입력의 크기가 아니다. 사진의 짧은 변을 256으로 줄이고 가운데 256×256을 남긴 다음, 거기에서 조금 작은 조각을 아무 데서나 잘라 내고 때로는 좌우를 뒤집어 넣는다. **무작위 자르기**(random crop)라는 데이터 증강이다. 아래에서 `SIDE`를 바꾸어 보라.
# %% [markdown] lang="en"
# ### Why 227
#
# The paper says that the input is 224×224, but for kernels of 11×11 moved by 4 pixels to give 55×55, without padding ($P = 0$) and without a remainder, it has to be 227: put it into $(H + 2P - F)/S + 1$ of [[convolution]]. Implementations that do take 224 add padding. Nor is the 256 of deck 001 the size of the input. Photos are reduced until their short side is 256, and the middle 256×256 is kept; from this a slightly smaller piece is cut at a random place, a **random crop**, and sometimes mirrored: data augmentation. Change `SIDE` below.
# %% tags=["play"] title="sides of the maps, from the input on"
SIDE = 227  # @param {type:"integer"}
side, remainder = (SIDE - 11) // 4 + 1, (SIDE - 11) % 4
print(f"conv1: {side}" + f", the last {remainder} pixels are not used" * (remainder > 0))
for pool in ("pool1", "pool2", "pool5"):
    side = (side - 3) // 2 + 1
    print(f"{pool}: {side}")
# %% tags=["proof"] title="the sizes, checked"
inputs = [keras.Input((side, side, 3)) for side in (224, 227, 256)]
sides = [layers.Conv2D(96, 11, strides=4)(each).shape[1] for each in inputs]
check("sides of conv1's maps for 224, 227 and 256", sides, equals=[54, 55, 62])
pooled = layers.MaxPooling2D(3, strides=2)(keras.Input((55, 55, 1)))
check("shape after overlapping pooling of 55x55", pooled.shape, equals=(None, 27, 27, 1))
# %% [markdown] lang="ko" slides="001 GPU에서 학습"
# ## 5. 두 쪽은 어디에서 만나는가
#
# Keras의 `Conv2D`에는 `groups`라는 인자가 있다. 두 쪽을 따로 계산해 이어 붙인 것과 같은지 먼저 확인한다. 그런 다음, 입력의 절반을 조금 바꾸면 출력의 어느 절반이 얼마나 바뀌는지 층마다 기울기로 잰다. 입력은 채널 8개로 줄였다.
# %% [markdown] lang="en"
# ## 5. Where the two halves meet
#
# Keras's `Conv2D` has an argument `groups`. First make sure that it equals two halves computed apart and joined. Then measure with gradients, layer by layer, how much each half of the output changes when a half of the input does. The inputs are reduced to eight channels.
# %%
x = tf.random.normal((2, 7, 6, 8))
model = keras.Model(inputs := keras.Input((7, 6, 8)), convolution(inputs, 10, 3, 1, groups=2))
left, right = (layer.get_weights() for layer in model.layers if layer.weights)
grouped = layers.Conv2D(10, 3, padding="same", groups=2, activation="relu")
grouped.build(x.shape)
grouped.set_weights([np.concatenate(both, axis=-1) for both in zip(left, right)])
same(grouped(x), model(x), "Keras's groups=2, and two halves joined")


def influence(filters, kernel_size, groups, channels=8):
    """Mean absolute gradient from each half of the input (columns) to each of the output (rows)."""
    x = tf.random.normal((1, 9, 9, channels), seed=1)
    inputs = keras.Input((9, 9, channels))
    model = keras.Model(inputs, convolution(inputs, filters, kernel_size, 1, groups))
    rows = []
    for half in (0, 1):
        with tf.GradientTape() as tape:
            tape.watch(x)
            output = tf.reduce_sum(tf.split(model(x), 2, axis=-1)[half])
        gradient = tf.abs(tape.gradient(output, x))
        rows.append([float(tf.reduce_mean(part)) for part in tf.split(gradient, 2, axis=-1)])
    return np.array(rows)


# %%
met = {}
for name in ("conv2", "conv3", "conv4", "conv5"):
    _, kernel_size, _, groups, _ = ALEXNET[name]
    met[name] = influence(8, kernel_size, groups)  # eight channels are enough to see it
    crossing = met[name][0, 1] + met[name][1, 0]
    if groups == 2:
        check(f"influence of one half on the other in {name}", crossing, equals=0.0)
    else:
        check(f"influence of one half on the other in {name}", crossing, at_least=0.45)
# %% tags=["figure"] title="which half of the input moves which half of the output"
_, axes = plt.subplots(1, 4, figsize=(11, 3))
for axis, (name, table) in zip(axes, met.items()):
    axis.imshow(table > 0, cmap="Blues", vmin=0, vmax=2)
    for row, column in np.ndindex(2, 2):
        axis.text(column, row, f"{table[row, column]:.2f}", ha="center", va="center")
    halves = {"xticks": (0, 1), "xticklabels": ("left", "right"), "xlabel": "half of the input"}
    axis.set(title=name, yticks=(0, 1), yticklabels=("left", "right"), **halves)
axes[0].set(ylabel="half of the output")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 입력의 절반(half of the input)이 출력의 절반(half of the output)을 얼마나 움직이는지, 기울기 크기의 평균. left와 right는 두 GPU다. 가중치가 난수이므로 0인지 아닌지(파란색)만 본다. conv3만 양쪽을 다 보고, 나머지는 제 쪽만 본다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. How much each half of the input moves each half of the output: the mean size of the gradient. Left and right are the two GPUs. The weights are random, so what matters is whether it is 0 or not (blue). Only conv3 sees both halves; the others see their own.*
# %% [markdown] lang="ko"
# 나누면 커널이 절반의 채널만 보므로 그 층의 가중치와 곱셈-덧셈도 절반이 된다. 나누지 않은 AlexNet은 파라미터가 62,378,344개로, 전체로 보면 2%쯤 많을 뿐이다. 파라미터의 대부분은 완전 연결 층에 있기 때문이다.
# %% [markdown] lang="en"
# A kernel that sees half the channels has half the weights, and does half the multiply-adds. AlexNet without the split has 62,378,344 parameters, only about 2% more in all, as most parameters are in the fully connected layers.


# %%
def joined(table):
    """The same table without groups."""
    convolutions = {name: numbers for name, numbers in table.items() if name.startswith("conv")}
    return table | {name: (*n[:3], 1, *n[4:]) for name, n in convolutions.items()}


split_products = multiply_adds(original_net, free=(LocalResponseNormalization,))
del original_net, weighted  # a quarter of a gigabyte
undivided = alexnet(joined(ALEXNET), kernel_initializer=START)
check("parameters of AlexNet without the split", undivided.count_params(), equals=62_378_344)
joined_products = multiply_adds(undivided, free=(LocalResponseNormalization,))
check(
    "multiply-adds saved by the split", round(1 - split_products / joined_products, 2), equals=0.36
)
del undivided
# %% [markdown] lang="ko" slides="001 Weight decay"
# ## 6. 좁은 AlexNet 훈련하기
#
# AlexNet을 훈련하는 데에는 당시 GPU 두 개로도 닷새에서 엿새가 걸렸다. 같은 구조를 좁혀 어수선한 숫자로 훈련한다. 논문의 가중치 초깃값은 값 하나가 입력을 363~9,216개씩 보는 층에 맞춘 것이라, 25~432개만 보는 좁은 신경망은 [[training_well]]의 Xavier 초깃값(Keras의 `glorot_uniform`)과 편향 0으로 시작한다. LRN은 뺐다.
#
# 논문은 다음과 같이 훈련했다.
#
# - 미니배치 128장, 모멘텀 0.9. 여기서는 데이터가 적어 64장으로 걸음 수를 늘린다.
# - **가중치 감쇠**(weight decay) 0.0005. 걸음마다 $v \leftarrow 0.9v - 0.0005\,\eta w - \eta\,\partial E/\partial w$, $w \leftarrow w + v$이다.
# - 학습률은 0.01에서 시작해, 검증 오류가 더 줄지 않으면 저자들이 손으로 10으로 나누었다. 끝날 때까지 세 번이다(0.01 → 0.00001).
# %% [markdown] lang="en"
# ## 6. Training a narrow AlexNet
#
# AlexNet itself took five to six days on two GPUs of the time. The same structure, made narrow, learns the cluttered digits here. The paper's first weights suit layers where a value sees 363 to 9,216 inputs; in the narrow network it sees 25 to 432, so that one starts from the Xavier initialization of [[training_well]] (Keras's `glorot_uniform`) and biases of 0. LRN is left out.
#
# This is how the paper trained:
#
# - Mini-batches of 128, momentum 0.9. With fewer data we take 64, for more steps.
# - **Weight decay** of 0.0005: at each step $v \leftarrow 0.9v - 0.0005\,\eta w - \eta\,\partial E/\partial w$, and $w \leftarrow w + v$.
# - A learning rate of 0.01, which the authors divided by 10 by hand whenever the validation error stopped falling: three times by the end, from 0.01 to 0.00001.
# %%
DECAY = 0.0005
strong, eta, weight, velocity = 0.5, 0.01, 3.0, 0.0  # a decay strong enough to be seen
variable = keras.Variable(weight)
keras_sgd, penalty = keras.optimizers.SGD(eta, momentum=0.9), keras.regularizers.L2(strong / 2)
for slope in (2.0, -1.0, 0.5):
    velocity = 0.9 * velocity - strong * eta * weight - eta * slope
    weight = weight + velocity
    with tf.GradientTape() as tape:
        error = slope * variable + penalty(variable)
    keras_sgd.apply(tape.gradient(error, [variable.value]), [variable])
same(variable, weight, "a weight by the paper's decay, and by Keras's L2 of half the strength")
# %% [markdown] lang="ko"
# Keras의 `L2(λ)`는 손실에 $\lambda w^2$을 더해 기울기가 $2\lambda w$이므로, 논문의 감쇠 0.0005는 `L2(0.0005 / 2)`와 같다. Keras의 `SGD(weight_decay=...)`는 감쇠를 모멘텀에 쌓지 않는 다른 규칙이므로([[deep_cnn]]의 AdamW처럼) 여기에는 `kernel_regularizer`를 쓴다.
#
# 학습률을 나누는 일을 규칙으로 적어 본다. 오류가 가장 작았던 값보다 줄지 않은 에포크가 `patience`번 이어지면 10으로 나눈다. Keras에는 `ReduceLROnPlateau`가 있다.
# %% [markdown] lang="en"
# `L2(λ)` of Keras adds $\lambda w^2$ to the loss, whose gradient is $2\lambda w$, so the paper's decay of 0.0005 is `L2(0.0005 / 2)`. `SGD(weight_decay=...)` of Keras is another rule, whose decay does not build up in the momentum (like AdamW's in [[deep_cnn]]), so here it is a `kernel_regularizer`.
#
# Dividing the rate can be written as a rule: after `patience` epochs in a row that were not below the lowest error so far, divide by 10. Keras has `ReduceLROnPlateau`.


# %%
def rates_on_plateau(errors, rate=0.01, patience=2):
    """The learning rate after each epoch, from the validation errors."""
    lowest, waited, rates = np.inf, 0, []
    for error in errors:
        waited = 0 if error < lowest else waited + 1
        lowest = min(lowest, error)
        if waited == patience:
            rate, waited = rate / 10, 0
        rates.append(rate)
    return rates


# %%
an_error = [0.9, 0.6, 0.5, 0.52, 0.51, 0.4, 0.38, 0.38, 0.39, 0.37, 0.38, 0.37]  # made up
by_hand = rates_on_plateau(an_error)
check("the rate at the end, after three divisions", round(by_hand[-1], 8), equals=0.00001)
# %% tags=["proof"] title="Keras's rule divides at the same epochs"
model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
model.compile(keras.optimizers.SGD(0.01))
rule = keras.callbacks.ReduceLROnPlateau("error", 0.1, patience=2, mode="min", min_delta=0)
rule.set_model(model)
rule.on_train_begin()
by_keras = []
for epoch, error in enumerate(an_error):
    rule.on_epoch_end(epoch, {"error": error})
    by_keras.append(float(model.optimizer.learning_rate))
same(by_hand, by_keras, "rates by hand, and ReduceLROnPlateau's")
# %% [markdown] lang="ko"
# ### 나눈 것, 나누지 않은 것, 커널이 절반인 것
#
# 강의 자료 001은 GPU 두 개로 병렬 계산한 덕에 훈련 오류가 1~2% 줄었다고 한다. 논문이 견준 상대는 GPU 하나에 올린, 커널이 절반인 신경망이다(마지막 합성곱은 완전 연결 층의 크기를 맞추려고 그대로 두었다). 그렇다면 오류를 줄인 것이 나눈 것인지, 커널이 많아진 것인지 알 수 없다. 셋을 같은 시드와 같은 걸음 수로 훈련해 견준다. 이렇게 짧은 훈련에서는 학습률을 언제 나누느냐가 우연에 좌우되므로, 학습률은 2절처럼 코사인을 따라 0으로 내린다. 처음 학습률 0.03은 0.02, 0.03, 0.05 가운데 나눈 신경망의 검증 정확도가 가장 높은 것으로, 셋에 똑같이 쓴다.
# %% [markdown] lang="en"
# ### Split, whole, and with half the kernels
#
# Deck 001 says that computing in parallel on two GPUs cut the training error by 1 to 2%. What the paper compares with is a network on one GPU with half the kernels (but for the last convolution, to keep the fully connected layers equal). So was it the split that cut the error, or the larger number of kernels? All three are trained here, from the same seed and for the same number of steps. In so short a training it would be left to chance when the rule divides the rate, so the rate falls to 0 along a cosine as in section 2. It starts at 0.03 for all three, which of 0.02, 0.03 and 0.05 gave the split network the best validation accuracy.
# %%
NARROW = {  # kernels, their side, stride, groups, first bias
    "conv1": (16, 5, 2, 1, 0),  # 40x40x1 -> 20x20x16
    "pool1": None,  # -> 9x9
    "conv2": (32, 5, 1, 2, 0),
    "pool2": None,  # -> 4x4
    "conv3": (48, 3, 1, 1, 0),
    "conv4": (48, 3, 1, 2, 0),
    "conv5": (32, 3, 1, 2, 0),
    "pool5": None,  # -> 1x1
    "flatten": None,
    "fc6": (256, 0),
    "fc7": (256, 0),
}


def half_the_kernels(table):
    """The same table with half the kernels in all convolutions but the last, without groups."""
    first = {name: n for name, n in table.items() if name in ("conv1", "conv2", "conv3", "conv4")}
    return joined(table) | {name: (n[0] // 2, *n[1:3], 1, *n[4:]) for name, n in first.items()}


def narrow(table):
    """A narrow AlexNet with the paper's weight decay."""
    return alexnet(table, (40, 40, 1), 10, kernel_regularizer=keras.regularizers.L2(DECAY / 2))


# %%
TABLES = {"split": NARROW, "whole": joined(NARROW), "half": half_the_kernels(NARROW)}
counts = [narrow(table).count_params() for table in TABLES.values()]
check(
    "parameters, split, whole and with half the kernels", counts, equals=[114_890, 138_570, 95_866]
)
# %% tags=["nbval-ignore-output"]
EPOCHS = lesson.epochs(small=11, full=11)
networks = {}
for name, table in TABLES.items():
    keras.utils.set_random_seed(lesson.seed)
    network = narrow(table)
    rate = CosineDecay(0.03, EPOCHS * -(-len(x_train) // BATCH))
    sgd = keras.optimizers.SGD(rate, momentum=0.9)
    network.compile(sgd, loss, metrics=["accuracy"], steps_per_execution=22)
    options = {"batch_size": BATCH, "verbose": 0}
    if name == "split":  # the one whose errors are drawn
        options |= {"validation_data": (x_validation, y_validation), "verbose": 2}
    network.fit(x_train, y_train, **options, **lesson.resume(name, network, EPOCHS))
    networks[name] = network
# %%
history = lesson.history("split")


def step_seconds(network):
    """Seconds that one training step takes."""
    batch = x_train[:BATCH], y_train[:BATCH]
    return fastest_seconds(lambda: network.train_on_batch(*batch), repeats=15)


# %% tags=["nbval-ignore-output"]
found = {name: accuracy(network, x_test, y_test) for name, network in networks.items()}
seconds = {name: step_seconds(network) for name, network in networks.items()}
for name, network in networks.items():
    count = f"{network.count_params():,} parameters, {multiply_adds(network):,} multiply-adds"
    print(f"{name:6}{count}, test accuracy {found[name]:.4f}")
# %%
check("test accuracy of the narrow AlexNet", found["split"], at_least=0.77)
report("gain from the split", found["split"] - found["whole"])
report("gain from twice the kernels, split", found["split"] - found["half"])
report("gain from twice the kernels, whole", found["whole"] - found["half"])
saved = 1 - multiply_adds(networks["split"]) / multiply_adds(networks["whole"])
check("multiply-adds saved by the split of the narrow one", round(saved, 2), equals=0.39)
report("time of a step, split over whole", seconds["split"] / seconds["whole"])
# %% tags=["figure"] title="training and validation error"
_, axis = plt.subplots(figsize=(8, 3.4))
epochs = range(1, EPOCHS + 1)
axis.plot(epochs, 1 - np.array(history["accuracy"]), color=GREY, label="training error")
axis.plot(epochs, 1 - np.array(history["val_accuracy"]), color=BLUE, label="validation error")
axis.set(xlabel="epoch", ylabel="error", ylim=(0, 1))
axis.legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 나눈 좁은 AlexNet의 훈련 오류(training error)와 검증 오류(validation error). 훈련 오류는 드롭아웃을 켠 채, 에포크 내내 배우면서 잰 것이라 검증 오류보다 클 수 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training and validation error of the narrow AlexNet that is split. The training error is taken with dropout on, and while the network was still learning, so it can be above the validation error.*
# %% [markdown] lang="ko"
# 다섯 시드로 판정한다([[deep_cnn]]의 규칙). 괄호 안은 정확도 차이의 범위다.
#
# - 나누는 것은 나누지 않은 것에 견주어 [[verdict: gain from the split]]([[range: gain from the split]]).
# - 커널을 두 배로 늘리는 것은, 나눈 신경망과 견주면 [[verdict: gain from twice the kernels, split]]([[range: gain from twice the kernels, split]]). 나누지 않은 신경망과 견주면 [[verdict: gain from twice the kernels, whole]]([[range: gain from twice the kernels, whole]]).
# - 훈련 한 걸음의 시간은 잴 때마다 다르지만, 다섯 번 재니 나눈 것이 나누지 않은 것의 [[range: time of a step, split over whole]]배였다(CPU). 곱셈-덧셈이 39% 적은 만큼 시간이 줄지는 않았다. 여기서는 GPU 두 개가 아니라 작은 합성곱 둘을 차례로 계산한다. 논문의 두 GPU 신경망은 커널이 절반인 한 GPU 신경망보다 조금 덜 걸렸다.
#
# 부호가 다섯 번 모두 같아도, 흩어진 폭이 평균보다 크면 뚜렷하다고 하지 않는다. ‘뚜렷한 차이가 없다’는 ‘차이가 없다’와 다르다. 시드에 따른 폭이 이만큼이면, 논문이 말하는 1~2%포인트의 효과는 이 실험에서 보이지 않는다.
# %% [markdown] lang="en"
# Here are the verdicts of five seeds, by the rule of [[deep_cnn]], with the range of the differences in accuracy.
#
# - The split, against the whole network, [[verdict: gain from the split]] ([[range: gain from the split]]).
# - Twice the kernels: in the split network this [[verdict: gain from twice the kernels, split]] ([[range: gain from twice the kernels, split]]), in the whole one it [[verdict: gain from twice the kernels, whole]] ([[range: gain from twice the kernels, whole]]).
# - The time of a training step varies, but measured five times the split network took [[range: time of a step, split over whole]] times as long as the whole one (CPU): 39% fewer multiply-adds did not save as much time. Here the split is two small convolutions one after the other, not two GPUs. In the paper the network on two GPUs took slightly less time to train than the one with half the kernels on one GPU.
#
# Even where all five differences have the same sign, none is called clear if the spread is larger than the mean. ‘No clear difference’ is not ‘no difference’: with such a spread over seeds, an effect of 1 to 2 percentage points, as in the paper, could not be seen in this experiment.
# %% [markdown] lang="ko" slides="001 AlexNet의 특징들; 001 GPU에서 학습"
# ## 7. 과적합에 맞서기
#
# 파라미터가 6,100만 개인데 사진은 120만 장이다. 논문은 그대로 훈련하면 크게 과적합했다고 적고, 막는 방법으로 데이터 증강(자르기와 뒤집기, 색)과 드롭아웃을 든다. 자르기와 뒤집기는 4절에서 보았으니 드롭아웃과 색 증강이 남았다. 6절의 가중치 감쇠도 규제다.
#
# 논문의 드롭아웃은 훈련할 때 은닉 완전 연결 층의 값을 0.5의 확률로 끄고, 테스트할 때에는 모든 값에 0.5를 곱한다. Keras는 훈련할 때 남은 값을 2배로 하고 테스트할 때 그대로 둔다. 값이 넷이면 끄는 방법이 16가지뿐이므로, 모두 세어 평균이 같은지 볼 수 있다.
# %% [markdown] lang="en"
# ## 7. Against overfitting
#
# There are 61 million parameters and 1.2 million photos, and the paper writes that without further means the network overfits badly. Against it the paper names data augmentation (crops and mirroring, and colour) and dropout. Crops and mirroring were in section 4; dropout and colour are left. The weight decay of section 6 is a regularizer too.
#
# The paper's dropout turns each value of the hidden fully connected layers off with probability 0.5 in training, and multiplies all values by 0.5 in testing. Keras doubles the values that are left in training and leaves them alone in testing. With four values there are just 16 ways to turn some off, so all of them can be counted to see whether the means agree.
# %%
values = np.array([1.0, -2.0, 0.5, 3.0])
masks = np.array(list(itertools.product([0, 1], repeat=4)))  # 16 x 4, all equally likely
same((masks * values).mean(axis=0), 0.5 * values, "the paper's dropout: mean in training, and test")
same((2 * masks * values).mean(axis=0), values, "Keras's dropout: mean in training, and test")
dropped = layers.Dropout(0.5, seed=1)(np.ones((1, 10_000), "float32"), training=True)
check("values of Keras's dropout", sorted(set(np.unique(dropped))), equals=[0, 2])
# %% [markdown] lang="ko"
# **색 증강**(colour augmentation)은 사진의 조명을 조금 바꾼다. 모든 픽셀의 빨강, 초록, 파랑을 주성분 분석(PCA)하면 색이 가장 많이 변하는 세 방향 $p_i$와 그 분산 $\lambda_i$를 얻는다. 사진마다 난수 $\alpha_i$(표준편차 0.1)를 뽑아 모든 픽셀에 $\alpha_1\lambda_1 p_1 + \alpha_2\lambda_2 p_2 + \alpha_3\lambda_3 p_3$를 더한다. 아래에서는 사진 한 장의 픽셀(0~1)로 계산한다. 0.1로는 눈에 띄지 않으므로 표준편차를 3으로 키웠다.
# %% [markdown] lang="en"
# **Colour augmentation** changes a photo's lighting a little. A principal component analysis (PCA) of the red, green and blue of all pixels gives the three directions $p_i$ in which colour varies most, and the variances $\lambda_i$ along them. For each photo random numbers $\alpha_i$ with standard deviation 0.1 are drawn, and $\alpha_1\lambda_1 p_1 + \alpha_2\lambda_2 p_2 + \alpha_3\lambda_3 p_3$ is added to every pixel. Here it is worked out from the pixels of one photo, from 0 to 1, with a standard deviation of 3, as 0.1 would be invisible.
# %%
photo = load_photo("chelsea") / 255
pixels = photo.reshape(-1, 3)
variances, directions = np.linalg.eigh(np.cov(pixels.T))  # columns are directions
draws = np.random.RandomState(lesson.seed).normal(0, 3, (4, 3))
recoloured = [photo + directions @ (alpha * variances) for alpha in draws]
shares = variances / variances.sum()
check("share of the colour's variance along its main direction", shares[-1], at_least=0.9)
main = directions[:, -1] * np.sign(directions[0, -1])  # of length 1, red counted as positive
check("least of red, green and blue in the main direction", main.min(), at_least=0.3)
# %% tags=["figure"] title="colour augmentation"
_, axes = plt.subplots(1, 5, figsize=(12, 2.2))
for axis, picture, title in zip(
    axes, [photo, *recoloured], ["photo", *(f"changed {n}" for n in (1, 2, 3, 4))]
):
    axis.imshow(np.clip(picture, 0, 1))
    axis.set_title(title)
    axis.axis("off")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 원래 사진(photo)과 색을 바꾼 것 넷(changed). 주로 밝기가 바뀌고 색조는 조금만 바뀐다. 색이 가장 많이 변하는 방향에서 빨강, 초록, 파랑이 함께 커지기 때문이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The photo, and four changed ones. Mostly the brightness changes and the hue only a little, since along the main direction red, green and blue grow together.*
# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# 이 수업에서 잰 것은 ReLU와, 나누기와 커널의 수다. 논문이 잰 효과는 다음과 같고, 나머지는 앞 수업을 따른다.
#
# | 논문에서 | top-1 오류 | top-5 오류 |
# |---|---|---|
# | 두 GPU, 커널 두 배 | 1.7%포인트 | 1.2%포인트 |
# | 국소 응답 정규화 | 1.4 | 1.2 |
# | 겹치는 풀링 | 0.4 | 0.3 |
# | 색 증강 | 1 넘게 | – |
#
# - 은닉층의 활성화 함수는 ReLU에서 시작한다.
# - 완전 연결 층이 크면 그 층에 드롭아웃을 둔다. 파라미터가 적은 합성곱 층에는 덜 필요하다.
# - 데이터가 모자라면 정답을 바꾸지 않는 증강(자르기, 뒤집기, 색)을 먼저 생각한다. 숫자는 뒤집으면 안 된다.
# - 검증 오류가 멈추면 학습률을 나눈다. `patience`가 너무 작으면 아직 배우기 시작하지 않은 신경망의 학습률부터 나누게 된다.
# - 그룹 합성곱은 메모리나 계산을 줄여야 할 때 쓴다. LRN 자리에는 배치 정규화를 쓴다.
# %% [markdown] lang="en"
# ### What to use when
#
# This lesson has measured the ReLU, the split and the number of kernels. What the paper measured is below; the rest follows earlier lessons.
#
# | in the paper | top-1 error | top-5 error |
# |---|---|---|
# | two GPUs, twice the kernels | 1.7 percentage points | 1.2 percentage points |
# | local response normalization | 1.4 | 1.2 |
# | overlapping pooling | 0.4 | 0.3 |
# | colour augmentation | over 1 | – |
#
# - Start with ReLU in hidden layers.
# - Where fully connected layers are large, put dropout there; convolutions, with few parameters, need it less.
# - Where data are scarce, think first of augmentation that leaves the label alone: crops, mirroring, colour. Digits must not be mirrored.
# - Where the validation error stops falling, divide the learning rate. With too little `patience` the rate is divided before the network has begun to learn.
# - Use grouped convolutions to save memory or computation. Batch normalization has taken the place of LRN.
# %% [markdown] lang="ko" slides="001 AlexNet; 001 GPU에서 학습; 004 LeNet (1990); 004 AlexNet (2012)"
# ## 8. 강의 자료와 다른 점
#
# - 001 ‘top-5 에러가 15.4%로 2위의 26.2%에 비해’: 15.4%는 같은 신경망들을 검증 데이터로 잰 것이고, 2위의 26.2%와 견줄 테스트 데이터의 값은 15.3%다(논문 표 2). 이 값은 다른 데이터로 먼저 훈련한 둘을 포함해 일곱 신경망의 예측을 평균한 것이다.
# - 001 ‘training error를 1~2% 줄일 수 있었고’: 줄어든 것은 훈련 오류가 아니라 top-1 오류(1.7%포인트)와 top-5 오류(1.2%포인트)이고, 상대는 커널이 절반인 신경망이었다(논문 3.2절). 6절에서 나눈 것과 커널의 수를 따로 쟀다.
# - 001 ‘256x256x3의 이미지를 받아서’: 256은 사진을 줄여 둔 크기이고 신경망은 그 조각을 받는다. 4절의 계산대로 식에 넣으면 62.25이고, 224는 54.25, 227이 55다.
# - 001 ‘fully-connected layer에 한해 1로 초기화하였다’: 1로 시작하는 것은 가중치가 아니라 2, 4, 5번째 합성곱과 은닉 완전 연결 층 둘의 편향이고, 출력 층의 편향은 0이다(4절).
# - 001 ‘이 방법 또한 과적합을 막아주는 효과를 갖는다’: 맞지만 다가 아니다. 논문은 가중치 감쇠가 규제에 그치지 않고 훈련 오류도 줄였다고 적었다(논문 5절).
# - 004 ‘LeNet (1990)’: 우편번호를 읽은 것은 1989년과 1990년의 더 작은 신경망이고, 흔히 LeNet이라고 하는 LeNet-5는 1998년에 나왔다.
# - 004 ‘ReLU 활성화 함수 소개’: AlexNet은 네어와 힌턴(2010)이 이름 붙인 ReLU를 썼고 논문도 그렇게 인용한다. AlexNet 논문이 보인 것은 작은 신경망에서 ReLU가 훨씬 빨리 배운다는 것이고, 그것을 큰 신경망에 썼다.
# %% [markdown] lang="en"
# ## 8. Where the slides differ
#
# - Deck 001 gives AlexNet a top-5 error of 15.4% against the runner-up's 26.2%: 15.4% is what the same networks have on the validation data; the test figure, to be compared with 26.2%, is 15.3% (table 2 of the paper). It averages the predictions of seven networks, two of which had first been trained on other data.
# - Deck 001 says that the two GPUs cut the training error by 1 to 2%: what fell was not the training error but the top-1 error, by 1.7 percentage points, and the top-5 error, by 1.2, against a network with half the kernels (section 3.2 of the paper). Section 6 measures the split and the number of kernels apart.
# - Deck 001 lets the network take images of 256×256×3: 256 is the size to which photos are reduced, and the network takes pieces of them. Put into the formula of section 4 it gives 62.25; 224 gives 54.25, and 227 gives 55.
# - Deck 001 says that some convolutions and the fully connected layers start from 1: what starts as 1 is not weights but the biases of convolutions 2, 4 and 5 and of the two hidden fully connected layers; those of the output layer start as 0 (section 4).
# - Deck 001 says of weight decay that it, too, prevents overfitting: right, but not all. The paper writes that it is no mere regularizer and lowered the training error as well (section 5 of the paper).
# - Deck 004 dates LeNet to 1990: it was smaller networks of 1989 and 1990 that read postcodes; what is commonly called LeNet, LeNet-5, is of 1998.
# - Deck 004 says that AlexNet introduced the ReLU: it used the ReLU, so named by Nair and Hinton (2010), and cites them. What it showed, on a small network, is how much sooner the ReLU learns, and it used the ReLU in a large one.


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 그룹 합성곱 층의 파라미터 수(편향 포함)와 곱셈-덧셈 수를 돌려주는 함수를 작성하라. 입력 채널 `channels`개, 커널 `filters`개, 커널의 한 변 `side`, 그룹 수 `groups`, 출력 맵의 한 변 `output_side`를 받는다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that returns the number of parameters (biases included) and of multiply-adds of a grouped convolution with `channels` input channels, `filters` kernels with sides of `side`, `groups` groups, and output maps with sides of `output_side`.
# %% tags=["exercise"]
def grouped_counts(channels, filters, side, groups, output_side):
    """Parameters and multiply-adds of a grouped convolution."""
    ...


# %% tags=["solution"]
def grouped_counts(channels, filters, side, groups, output_side):
    """Parameters and multiply-adds of a grouped convolution."""
    weights = side**2 * (channels // groups) * filters
    return weights + filters, weights * output_side**2


# %% tags=["wrong"]
def grouped_counts(channels, filters, side, groups, output_side):
    """Parameters and multiply-adds of a grouped convolution."""
    weights = side**2 * (channels // groups) * (filters // groups)
    return weights + filters, weights * output_side**2


# %%
def counted(channels, filters, side, groups, output_side):
    """The same, from a model that Keras builds."""
    inputs = keras.Input((output_side, output_side, channels))
    model = keras.Model(inputs, convolution(inputs, filters, side, 1, groups))
    return model.count_params(), multiply_adds(model)


cases = [(96, 256, 5, 2, 27), (8, 12, 3, 4, 5), (6, 4, 1, 1, 3)]
exercise(grouped_counts, [(case, counted(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* AlexNet의 모든 합성곱에서 커널을 절반으로 줄이면(마지막 합성곱도) 곱셈-덧셈은 첫 합성곱에서 몇 %, 나머지 네 합성곱에서 몇 %가 남을까? 나눈 것은 그대로 둔다. 두 수를 이 순서로 돌려주라. 둘은 왜 다를까?
# %% [markdown] lang="en"
# **2.** *Predict, then run.* Halve the kernels in every convolution of AlexNet, the last one too, and keep the groups. What percentage of the multiply-adds is left in the first convolution, and what percentage in the other four together? Return two numbers in this order. Why do they differ?
# %% tags=["exercise"]
def what_is_left():
    """Multiply-adds left in % in the first convolution, and in the other four."""
    ...


# %% tags=["solution"]
def what_is_left():
    """Multiply-adds left in % in the first convolution, and in the other four."""
    return 50, 25  # all have half the kernels; only the first still sees all its channels, three


# %% tags=["wrong"]
def what_is_left():
    """Multiply-adds left in % in the first convolution, and in the other four."""
    return 25, 25


# %%
def products_of(table):
    """Multiply-adds of the first convolution in a table, and of the others together."""
    convolutions = {name: n for name, n in table.items() if name[:4] in ("conv", "pool", "flat")}
    model = alexnet(convolutions, num_classes=1)
    counts = [count for count in layer_counts(model) if count.kind == "Conv2D"]
    first, *others = [count.multiply_adds for count in counts]
    return np.array([first, sum(others)])


halved = {name: (n[0] // 2, *n[1:]) if name[:4] == "conv" else n for name, n in ALEXNET.items()}
exercise(what_is_left, [((), 100 * products_of(halved) / products_of(ALEXNET))])


# %% [markdown] lang="ko"
# **3.** 파라미터가 LeNet-5보다 많지 않으면서(61,706개 이하), 아래 셀의 설정(Adam, 학습률 0.005, 배치 64)으로 세 에포크 훈련하면 어수선한 숫자의 검증 정확도가 0.8을 넘는 신경망을 만들라. 컴파일은 아래 셀이 한다. 입력은 40×40×1이고 출력은 소프트맥스를 거치지 않은 점수 열 개다. [[deep_cnn]]에서 배운 것을 써도 좋다.
# %% [markdown] lang="en"
# **3.** Build a network with no more parameters than LeNet-5 (61,706) that reaches a validation accuracy above 0.8 on cluttered digits, trained for three epochs as the cell below does (Adam, learning rate 0.005, batches of 64). That cell compiles it, too. It takes 40×40×1 and returns ten scores, without softmax. What you learned in [[deep_cnn]] may help.
# %% tags=["exercise"]
def better_lenet():
    """A small network for cluttered digits."""
    ...


# %% tags=["solution"]
def better_lenet():
    """A small network for cluttered digits."""
    x = inputs = keras.Input((40, 40, 1))
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.MaxPooling2D(2)(layers.ReLU()(x))
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, layers.Dense(10)(x))


# %% tags=["wrong"]
def better_lenet():
    """A small network for cluttered digits."""
    x = inputs = keras.Input((40, 40, 1))
    for filters in (16, 32, 64):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(10)(x))


# %%
def small_and_good():
    """Whether the network is small enough, and good enough after three epochs."""
    keras.utils.set_random_seed(0)
    if (network := better_lenet()) is None:
        return None
    if network.count_params() > 61_706:
        return False, False
    (x, y), (x_new, y_new), _ = cluttered_digits(load_mnist())
    x, x_new = (images[..., None] / 128 - 1 for images in (x, x_new))
    optimizer = keras.optimizers.Adam(0.005)
    network.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    network.fit(x, y, batch_size=BATCH, epochs=3, verbose=0)
    reached = accuracy(network, x_new, y_new)
    print(f"validation accuracy {reached:.3f}")
    return True, reached > 0.8


exercise(small_and_good, [((), (True, True))])
# %% [markdown] lang="ko"
# ## 요약
#
# - LeNet-5는 61,706개의 파라미터로 숫자를 읽었고, AlexNet은 그 988배로 2012년 ILSVRC에서 2위보다 top-5 오류가 37% 적었다.
# - AlexNet 파라미터의 96%는 완전 연결 층에, 곱셈-덧셈의 92%는 합성곱에 있다. 패딩도 나머지도 없이 55×55가 되는 입력은 227×227이다.
# - 두 쪽은 세 번째 합성곱에서, 그리고 완전 연결 층에서 만난다. 좁은 AlexNet에서 나누는 것은 [[verdict: gain from the split]].
# - 작은 실험에서도 ReLU는 tanh보다 적은 걸음으로 같은 훈련 오류에 이르렀다.
# - 학습률은 검증 오류가 멈출 때 나누고, 드롭아웃과 가중치 감쇠와 증강으로 과적합을 막는다.
# %% [markdown] lang="en"
# ## Summary
#
# - LeNet-5 read digits with 61,706 parameters; AlexNet, with 988 times as many, had a top-5 error 37% below the runner-up's in ILSVRC 2012.
# - Of AlexNet's parameters 96% are in fully connected layers, of its multiply-adds 92% in convolutions. The input that gives 55×55 without padding and without a remainder is 227×227.
# - The two halves meet in the third convolution, and again in the fully connected layers. In a narrow AlexNet the split [[verdict: gain from the split]].
# - In a small experiment, too, ReLU reached the same training error in fewer steps than tanh.
# - The learning rate is divided where the validation error stops falling; dropout, weight decay and augmentation work against overfitting.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 001 ‘AlexNet’, ‘AlexNet의 특징들’, ‘GPU에서 학습’, ‘ReLU’, ‘Weight decay’, ‘가중치 초기화’; 002 ‘손글씨 분류 프로젝트’; 004 ‘LeNet (1990)’, ‘AlexNet (2012)’.
# - Y. LeCun 외 (1989). *Backpropagation applied to handwritten zip code recognition*. Neural Computation 1. 9,760개의 파라미터, 7,291장과 2,007장.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). *Gradient-based learning applied to document recognition*. Proceedings of the IEEE 86. 그림 2, 표 1(C3).
# - A. Krizhevsky, I. Sutskever, G. E. Hinton (2012). *ImageNet classification with deep convolutional neural networks*. NIPS. 3절(구조), 4절(과적합), 5절(훈련), 표 2.
# - V. Nair, G. E. Hinton (2010). *Rectified linear units improve restricted Boltzmann machines*. ICML.
# - O. Russakovsky 외 (2015). *ImageNet large scale visual recognition challenge*. IJCV 115. 해마다의 성적과 사람의 5.1%(한 사람). 2015년부터의 성적은 image-net.org의 대회 결과에서 가져왔다.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 001, the pages on AlexNet, its features, training on GPUs, ReLU, weight decay and initialization; deck 002, the handwriting project; deck 004, LeNet (1990) and AlexNet (2012).
# - Y. LeCun et al. (1989). *Backpropagation applied to handwritten zip code recognition*. Neural Computation 1. 9,760 parameters, 7,291 and 2,007 digits.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). *Gradient-based learning applied to document recognition*. Proceedings of the IEEE 86. Figure 2, table 1 (C3).
# - A. Krizhevsky, I. Sutskever, G. E. Hinton (2012). *ImageNet classification with deep convolutional neural networks*. NIPS. Sections 3 (architecture), 4 (overfitting), 5 (training), table 2.
# - V. Nair, G. E. Hinton (2010). *Rectified linear units improve restricted Boltzmann machines*. ICML.
# - O. Russakovsky et al. (2015). *ImageNet large scale visual recognition challenge*. IJCV 115. The results of each year, and the 5.1% of one person. The results from 2015 on are those of the challenge at image-net.org.
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
