# %% [markdown] lang="ko" headline="changes that help, of the fifteen compared"
# # [[number]] · 제대로 훈련하기
#
# [[badge]]
#
# **신경망이 배우지 못하거나, 외우기만 하거나, 너무 느릴 때 무엇을 바꾸어야 하고, 그것이 정말 나아지게 하는지 어떻게 알까?**
# %% [markdown] lang="en"
# # [[number]] · Training well
#
# [[badge]]
#
# **When a network does not learn, only memorises or is too slow, what should be changed, and how do we know that it really helps?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 하나만 바꾸고 나머지는 그대로 둔 실험을 시드 다섯 개로 되풀이해, 효과와 우연을 가릴 수 있다.
# - 기울기 소실을 활성화 함수, 초기화, 배치 정규화로 고치고, 배치 정규화를 직접 구현할 수 있다.
# - 과적합을 검증 데이터로 알아보고, 드롭아웃, L1/L2 규제, 데이터 증강, 더 많은 데이터가 언제 효과가 있고 언제 없는지 잴 수 있다.
# - 차원의 저주를 그림으로 보이고, 미니배치와 행렬곱이 훈련을 얼마나 빠르게 하는지 잴 수 있다.
#
# 걸리는 시간은 약 60분이고, `small`에서는 1분쯤이면 실행이 끝난다. [[activations]]의 기울기 소실, [[backpropagation]]의 역전파, [[losses_and_optimizers]]의 미니배치를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Repeat an experiment that changes one thing only with five seeds, and tell an effect from chance.
# - Cure vanishing gradients by activation function, initialization and batch normalization, and write batch normalization yourself.
# - Recognise overfitting by validation data, and measure when dropout, L1/L2 regularization, data augmentation and more data help and when they do not.
# - Show the curse of dimensionality in a picture, and measure how much mini-batches and matrix products speed training up.
#
# It takes about 60 minutes to read and, at scale `small`, about one to run. You need vanishing gradients from [[activations]], backpropagation from [[backpropagation]] and mini-batches from [[losses_and_optimizers]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 1부에서 ‘MLP의 한계’와 ‘MLP의 한계 극복’, ‘데이터셋 사용’에 해당한다. 거기에 적힌 한계와 해결책을, [[losses_and_optimizers]]에서 다룬 볼록하지 않은 최적화 문제만 빼고, 하나씩 실험한다.
#
# > **정오 / Erratum** — ‘MLP의 한계’ 쪽에 ‘Low learning time’이라고 적힌 것은 바로 옆의 ‘느린 학습시간’, 곧 느린 학습(slow learning)을 뜻한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# From part 1 of deck 002, it covers the pages on the limits of the MLP, on overcoming them and on the use of data sets. Every limit and cure named there, except non-convex optimization (see [[losses_and_optimizers]]), is put to an experiment.
#
# > **정오 / Erratum** — ‘Low learning time’ on the page about the limits of the MLP means what the Korean beside it says: slow learning.
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
from keras import layers
from sklearn.decomposition import PCA

from helpers.augmentation import random_affine
from helpers.checks import check, exercise, same, show_source
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREY, ORANGE, VERMILION, image_grid
from helpers.timing import fastest_seconds

# %% [markdown] lang="ko" slides="002 MLP의 한계; 002 MLP의 한계 극복"
# ## 1. 하나만 바꾸고, 다섯 번 되풀이한다
#
# 무엇이 도움이 되는지 알려면 그것 하나만 바꾸고 데이터, 시드, 걸음의 수는 그대로 두어야 한다. 그래도 한 번으로는 모자란다. 초깃값과 섞는 순서만 달라도 정확도가 몇 퍼센트포인트씩 달라지기 때문이다. 그래서 모든 실험을 시드 다섯 개로 되풀이하고, 시드가 같은 둘을 한 쌍으로 하여 바꾼 뒤의 정확도에서 바꾸기 전의 정확도를 뺀다. 다섯 차이의 부호가 모두 같고 평균의 크기가 흩어짐(가장 큰 차이에서 가장 작은 차이를 뺀 값)보다 크면 도움이 된다(helps) 또는 해가 된다(hurts)고 하고, 아니면 뚜렷한 차이가 없다(no clear difference)고 한다.
#
# 아무 효과가 없어도 다섯 쌍의 부호가 우연히 모두 같을 확률은 $1/16$이다. 비교가 열다섯 가지인 이 수업에서 부호만 본다면 하나쯤은 우연히 뚜렷해 보인다. 평균이 흩어짐보다 커야 한다는 조건까지 붙이면, 차이가 정규분포를 따를 때 그런 우연은 비교 한 번에 0.5%쯤, 열다섯 번에 8%쯤으로 줄어든다. 그래도 0은 아니다.
#
# 아래 함수는 시드만 다른 신경망 다섯 개를 훈련해 테스트 정확도를 돌려준다. 모델은 한 번만 컴파일하고 시드마다 가중치를 새로 뽑아 넣는다.
# %% [markdown] lang="en"
# ## 1. Change one thing, repeat five times
#
# To know what helps, change that alone and leave data, seed and number of steps as they are. Even so, once is not enough: initial weights and the order of shuffling alone make the accuracy differ by some percentage points. So every experiment is repeated with five seeds; those with the same seed make a pair, and the accuracy before the change is subtracted from that after it. Where the five differences all have the same sign and the size of their mean exceeds their spread (the largest difference minus the smallest), we say that the change helps, or hurts; otherwise that it makes no clear difference.
#
# Even without any effect, five pairs agree in sign with a chance of $1/16$. This lesson makes fifteen comparisons, so that by signs alone about one of them would look clear by chance. With the condition that the mean exceeds the spread, and differences that follow the normal distribution, that chance falls to about 0.5% in one comparison and to about 8% in fifteen. It is still not 0.
#
# The function below trains five networks that differ in their seed alone and returns their test accuracies. The model is compiled only once and gets newly drawn weights for every seed.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
x_train, y_train = x_train[:8000].astype("float32") / 255, y_train[:8000]  # enough at both scales
x_test = x_test.astype("float32") / 255
seeds = range(5 * lesson.seed, 5 * lesson.seed + 5)


def batches(x, y, batch_size=32, augment=None):
    """Endless shuffled batches, augmented if a function of images is given."""
    data = tf.data.Dataset.from_tensor_slices((x, y)).cache()
    data = data.shuffle(len(x)).repeat().batch(batch_size)
    return data if augment is None else data.map(lambda images, labels: (augment(images), labels))


# %%
def five(build, x, y, updates, on=None, **settings):
    """Test accuracies of five networks that differ in nothing but their seed.

    `on` may hold several pairs of images and labels; then there is one row of five for each.
    """
    model = build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, steps_per_execution=min(25, updates))
    rows = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        model.set_weights(build().get_weights())  # drawn with this seed
        model.fit(batches(x, y, **settings).take(updates), verbose=0)
        rows.append(
            [
                np.mean(np.argmax(model(images), axis=1) == truth)
                for images, truth in on or [(x_test, y_test)]
            ]
        )
    return np.squeeze(np.transpose(rows))  # 5, or pairs x 5


# %%
results = []  # one row for each pair, for the table at the end


def verdict(before, after):
    """What five pairs say: accuracies (5,) before and after one change, seed by seed."""
    change = after - before
    agree = (change > 0).all() or (change < 0).all()
    if agree and abs(change.mean()) > np.ptp(change):  # largest minus smallest
        return "helps" if change.mean() > 0 else "hurts"
    return "no clear difference"


def compare(limit, cure, before, after):
    """Note a pair of five accuracies each, and print it."""
    results.append((limit, cure, before, after))
    ranges = (f"{a.mean():.3f} ({a.min():.3f} to {a.max():.3f})" for a in (before, after))
    print(f"{limit}, {cure}: {' -> '.join(ranges)}, {verdict(before, after)}")


# %% tags=["proof"] title="how often chance alone looks clear"
chance = np.random.RandomState(0).normal(size=(60_000, 5))  # five differences without any effect
agree = np.mean((chance > 0).all(axis=1) | (chance < 0).all(axis=1))
called = np.mean(
    [verdict(0, five_differences) != "no clear difference" for five_differences in chance]
)
check("no effect: share of comparisons that agree in sign", agree, at_least=0.055, at_most=0.07)
check("no effect: share called helps or hurts", called, at_least=0.004, at_most=0.007)
check("no effect: one or more of fifteen", 1 - (1 - called) ** 15, at_least=0.06, at_most=0.1)


# %% [markdown] lang="ko" slides="002 Vanishing Gradient 문제"
# ## 2. 기울기 소실
#
# ### 시그모이드를 ReLU로
#
# [[activations]]에서 시그모이드 층은 첫 층의 기울기를 층마다 4분의 1 아래로 줄였다. 6층 신경망을 숫자 4,000개로 250걸음 훈련해 본다. 활성화 함수만 바꾼다.
# %% [markdown] lang="en"
# ## 2. Vanishing gradients
#
# ### From sigmoid to ReLU
#
# In [[activations]], every sigmoid layer shrank the gradient of the first layer to less than a quarter. Here networks of 6 layers are trained on 4,000 digits for 250 steps. Only the activation function changes.
# %%
def deep_network(activation, initializer="glorot_normal", normalize=False):
    """Six dense layers, five of 64 neurons and the last of 10."""
    x = inputs = keras.Input((28, 28))
    x = layers.Flatten()(x)  # 28x28 -> 784
    for _ in range(5):
        x = layers.Dense(64, kernel_initializer=initializer)(x)
        if normalize:
            x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.Activation(activation)(x)
    return keras.Model(inputs, layers.Dense(10)(x))


def train_deep(*arguments):
    build = partial(deep_network, *arguments)
    return five(build, x_train[:4000], y_train[:4000], updates=250)


# %% tags=["nbval-ignore-output"]
with_sigmoid = train_deep("sigmoid")
with_relu = train_deep("relu")
compare("vanishing gradient", "sigmoid to ReLU", with_sigmoid, with_relu)
# %%
check("best of five with sigmoid", with_sigmoid.max(), at_most=0.2)
check("sigmoid to ReLU", verdict(with_sigmoid, with_relu), equals="helps")
check("sigmoid to ReLU, smallest of five gains", min(with_relu - with_sigmoid), at_least=0.4)
# %% [markdown] lang="ko"
# ### 가중치 초기화
#
# 가중치를 어떤 크기의 난수로 시작하느냐도 중요하다. 입력이 $n$개이고 가중치의 표준편차가 $\sigma$이면, ReLU 층을 지날 때마다 신호의 크기는 $\sigma\sqrt{n/2}$배가 된다. 합에 항이 $n$개라 $\sigma\sqrt{n}$배가 되고, ReLU가 절반을 꺼서 $1/\sqrt{2}$배가 되기 때문이다. **헤 초기화**(He initialization)는 이 값이 1이 되도록 $\sigma = \sqrt{2/n}$으로 정한다.
# 세이비어(Xavier) 또는 글로럿 초기화라고 하는 것은 tanh처럼 0 근처에서 기울기가 1인 함수에 맞춘 것으로, $\sigma = \sqrt{2/(n_{in} + n_{out})}$이다. Keras의 기본값이 이것이다(정규분포 대신 고르게 뽑는다). 앞의 두 신경망도 이렇게 시작했다.
#
# 훈련하지 않은 8층 신경망에 정규분포 난수 64개짜리 입력을 넣어 층마다 신호의 크기를 재어 본다. 0.01은 층마다 약 18분의 1로 줄어들고, 0.5는 층마다 2.8배로 커지고, 헤 초기화는 그대로다.
# %% [markdown] lang="en"
# ### Initial weights
#
# The size of the random numbers that weights start from matters, too. With $n$ inputs and weights of standard deviation $\sigma$, a ReLU layer multiplies the size of a signal by $\sigma\sqrt{n/2}$: a sum of $n$ terms makes it $\sigma\sqrt{n}$, and ReLU, which switches one half off, $1/\sqrt{2}$ of that. **He initialization** makes this number 1 by $\sigma = \sqrt{2/n}$.
# What is called Xavier or Glorot initialization is made for functions which, like tanh, have a slope of 1 near 0: $\sigma = \sqrt{2/(n_{in} + n_{out})}$. It is Keras's default (drawn uniformly, not from a normal distribution). Both networks above started from it.
#
# Send inputs of 64 normally distributed random numbers through an untrained network of 8 layers and measure the size of the signal after every layer. With 0.01 it shrinks to about an 18th with every layer, with 0.5 it grows 2.8-fold, and with He initialization it stays.
# %%
rng = np.random.RandomState(lesson.seed)
DEVIATIONS = {"σ = 0.01": 0.01, "He: σ = √(2/64)": np.sqrt(2 / 64), "σ = 0.5": 0.5}
signal = {}  # name: root mean square of the signal after each of 8 layers
for name, sigma in DEVIATIONS.items():
    sizes = []
    for _ in range(20):  # the mean of 20 networks
        x = rng.normal(size=(256, 64))
        sizes.append([])
        for _ in range(8):
            x = np.maximum(x @ rng.normal(0, sigma, (64, 64)), 0)
            sizes[-1].append(np.sqrt(np.mean(x**2)))
    signal[name] = np.exp(np.mean(np.log(sizes), axis=0))
    factor = (signal[name][-1] / signal[name][0]) ** (1 / 7)
    formula = sigma * np.sqrt(64 / 2)
    check(f"{name}: factor per layer over the formula", factor / formula, at_least=0.9, at_most=1.1)
# %% tags=["figure"] title="size of the signal by layer"
_, axis = plt.subplots(figsize=(7.5, 3.6))
for (name, sizes), color in zip(signal.items(), (VERMILION, BLUE, ORANGE)):
    axis.semilogy(range(1, 9), sizes, "o-", color=color, label=name)
axis.set(xlabel="layer", ylabel="size of the signal")
axis.legend(fontsize=10)
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 층(layer)마다의 신호 크기(size of the signal, 로그 눈금). 가중치의 표준편차 σ가 0.01이면 층마다 줄고, 0.5면 커지고, 헤 초기화(He)에서는 거의 그대로다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Size of the signal by layer, on a logarithmic scale, for three standard deviations σ of the weights. It shrinks with 0.01, grows with 0.5 and hardly changes with He initialization.*
# %% [markdown] lang="ko"
# 이제 훈련해 본다. 표준편차가 0.01인 정규분포로 시작한 신경망과, 활성화 함수에 맞는 초기화로 시작한 신경망이다. ReLU에는 헤 초기화, tanh에는 세이비어 초기화를 쓴다.
# %% [markdown] lang="en"
# Now train them: networks that start from a normal distribution of standard deviation 0.01, and networks whose initialization is made for their activation function, He's for ReLU and Xavier's for tanh.
# %% tags=["nbval-ignore-output"]
# a description, not an object: an initializer object gives the same numbers every time
small = {"class_name": "RandomNormal", "config": {"stddev": 0.01}}
small_relu, he_relu = train_deep("relu", small), train_deep("relu", "he_normal")
compare("vanishing gradient", "ReLU: 0.01 to He", small_relu, he_relu)
compare("vanishing gradient", "ReLU: Glorot to He", with_relu, he_relu)
small_tanh, xavier_tanh = train_deep("tanh", small), train_deep("tanh", "glorot_normal")
compare("vanishing gradient", "tanh: 0.01 to Xavier", small_tanh, xavier_tanh)
# %%
check("best of five with ReLU from 0.01", small_relu.max(), at_most=0.2)
check("0.01 to He", verdict(small_relu, he_relu), equals="helps")
check("0.01 to He, smallest of five gains", min(he_relu - small_relu), at_least=0.4)
check("0.01 to Xavier", verdict(small_tanh, xavier_tanh), equals="helps")
check("0.01 to Xavier, smallest of five gains", min(xavier_tanh - small_tanh), at_least=0.6)
gain = np.mean(he_relu - with_relu)
check("gain from He over Glorot, mean of five", gain, at_least=-0.1, at_most=0.1)


# %% [markdown] lang="ko"
# 0.01에서 출발하면 ReLU도 배우지 못한다. 글로럿 초기화로는 층마다 신호가 $1/\sqrt{2} \approx 0.71$배로 줄지만 6층이면 배운다. 헤 초기화로 바꾸어 더 얻는 것은 훨씬 작다(다섯 쌍의 평균이 [[range: gain from He over Glorot, mean of five]]).
# %% [markdown] lang="en"
# From 0.01, ReLU does not learn either. From Glorot's initialization, which multiplies the signal by $1/\sqrt{2} \approx 0.71$ in every layer, 6 layers learn. What He's adds to that is far smaller (a mean of five pairs of [[range: gain from He over Glorot, mean of five]]).


# %% [markdown] lang="ko"
# ### 배치 정규화
#
# 처음에만 맞추지 말고 층마다 계속 맞추면 어떨까? **배치 정규화**(batch normalization)는 뉴런마다 배치 안에서 평균 $\mu$를 빼고 표준편차 $s$로 나눈 다음, 훈련으로 정하는 $\gamma$와 $\beta$로 다시 늘이고 옮긴다. $\epsilon$은 0으로 나누지 않게 하는 작은 수다.
#
# $$y = \gamma \, \frac{x - \mu}{\sqrt{s^2 + \epsilon}} + \beta$$
#
# 예측할 때는 배치가 없을 수도 있으므로, 훈련하는 동안 모아 둔 $\mu$와 $s^2$의 이동 평균을 쓴다. 그래서 훈련할 때와 예측할 때의 계산이 다르다. 직접 구현해 Keras의 층과 견준다. 신경망에서는 250걸음밖에 훈련하지 않으므로 이동 평균이 Keras의 기본값(0.99)보다 빠르게 따라가게 한다(`momentum=0.9`).
# %% [markdown] lang="en"
# ### Batch normalization
#
# Why only at the start? **Batch normalization** keeps the signal in shape in every layer: from each neuron it subtracts the mean $\mu$ of the batch and divides by the standard deviation $s$, then stretches and shifts by $\gamma$ and $\beta$, which are trained. $\epsilon$ is a small number that prevents division by 0.
#
# $$y = \gamma \, \frac{x - \mu}{\sqrt{s^2 + \epsilon}} + \beta$$
#
# At prediction there may be no batch, so moving averages of $\mu$ and $s^2$, collected during training, take their place. It therefore computes differently in training and in prediction. Written by hand, beside the layer of Keras. As the networks train for 250 steps only, their moving averages follow faster than by Keras's default of 0.99 (`momentum=0.9`).
# %%
def batch_norm(x, gamma, beta, moving, training, momentum=0.99, epsilon=1e-3):
    """Normalize each column of x (batch, neurons); `moving` keeps the moving averages."""
    if training:
        mean, variance = x.mean(axis=0), x.var(axis=0)
        moving["mean"] = momentum * moving["mean"] + (1 - momentum) * mean
        moving["variance"] = momentum * moving["variance"] + (1 - momentum) * variance
    else:
        mean, variance = moving["mean"], moving["variance"]
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


# %%
rng = np.random.RandomState(0)
gamma, beta = rng.uniform(0.5, 2, 5), rng.normal(size=5)
moving = {"mean": np.zeros(5), "variance": np.ones(5)}
library = layers.BatchNormalization()
library.build((None, 5))
library.set_weights([gamma, beta, moving["mean"], moving["variance"]])
for _ in range(3):  # three batches of training
    x = rng.normal(3, 2, (7, 5)).astype("float32")
    ours, theirs = batch_norm(x, gamma, beta, moving, True), library(x, training=True)
same(ours, theirs, "third batch of training: ours and Keras's")
same(moving["mean"], library.moving_mean, "moving mean")
same(moving["variance"], library.moving_variance, "moving variance")
same(batch_norm(x, gamma, beta, moving, False), library(x, training=False), "prediction")
# %% tags=["nbval-ignore-output"]
normalized = train_deep("sigmoid", "glorot_normal", True)
compare("vanishing gradient", "batch normalization (sigmoid)", with_sigmoid, normalized)
# %% [markdown] lang="ko"
# 시그모이드를 그대로 두고도 배운다. 배치 정규화는 $x$를 다시 $\sigma'$이 가장 큰 0 둘레로 모은다. 또 1보다 작은 표준편차로 나누면 기울기도 그만큼 커진다. 훈련 전의 시그모이드 신경망에서 둘째 층부터 그 표준편차를 재어 보면 정말 1보다 훨씬 작다.
# %% [markdown] lang="en"
# Even with the sigmoid left in place, it learns. Batch normalization brings $x$ back around 0, where $\sigma'$ is largest; and dividing by a standard deviation below 1 makes the gradient larger by as much. Measured in an untrained sigmoid network, from the second layer on, that deviation is indeed far below 1.
# %%
keras.utils.set_random_seed(lesson.seed)
untrained = deep_network("sigmoid")
inner = [layer.output for layer in untrained.layers if isinstance(layer, layers.Dense)][1:-1]
deviations = [np.std(z, axis=0).mean() for z in keras.Model(untrained.inputs, inner)(x_train[:256])]
check("largest deviation in the second to fifth layer", max(deviations), at_most=0.1)
check("batch normalization", verdict(with_sigmoid, normalized), equals="helps")
smallest = min(normalized - with_sigmoid)
check("batch normalization, smallest of five gains", smallest, at_least=0.3)


# %% [markdown] lang="ko" slides="002 데이터셋 사용"
# ## 3. 과적합
#
# ### 검증 데이터로 알아본다
#
# **과적합**(overfitting)은 훈련 데이터를 외워, 거기서는 잘하지만 새 데이터에서는 그만큼 잘하지 못하는 것이다. 그래서 데이터를 셋으로 나눈다. 훈련 데이터로 가중치를 정하고, **검증 데이터**(validation data)로 언제 멈출지, 규제를 얼마나 할지 같은 선택을 하고, 테스트 데이터로는 마지막에 한 번 잰다. 이 수업은 모델을 고르지 않고 효과를 견주기만 하므로 줄곧 테스트 데이터로 재지만, 이 결과를 보고 설정을 고른 사람은 쓰지 않은 데이터로 다시 재고 나서 정확도를 말해야 한다.
#
# 훈련용 숫자 500개의 레이블에서 30%를 아무 숫자로 바꾸어(열에 하나는 우연히 맞는다) 훈련하고, 레이블이 맞는 다른 500개로 검증해 보자. 외울 수밖에 없는 틀린 답이 섞인 셈이다. 훈련 손실은 계속 내려가지만 검증 손실은 내려가다가 다시 올라간다. 가장 낮은 곳에서 멈추는 것을 **조기 종료**(early stopping)라고 한다.
# %% [markdown] lang="en"
# ## 3. Overfitting
#
# ### Seen by validation data
#
# **Overfitting** is to memorise the training data: doing well on them, and less so on new ones. That is why data are split in three. Training data fit the weights, **validation data** guide choices such as when to stop and how much to regularize, and test data measure once, at the end. This lesson compares effects and chooses no model, so it measures on the test data throughout; but whoever chooses a setting by these results must measure again on unused data before naming its accuracy.
#
# Train on 500 digits of which 30% have their labels replaced by any digit (one in ten of these is right by chance), so that there are wrong answers which can only be memorised, and validate on 500 others with the right labels. The training loss keeps falling, while the validation loss falls and then rises again. To stop where it is lowest is called **early stopping**.
# %%
rng = np.random.RandomState(0)
y_noisy = y_train.copy()
replaced = rng.rand(len(y_noisy)) < 0.3
y_noisy[replaced] = rng.randint(0, 10, replaced.sum())


def wide_network(dropout=0.0, regularizer=None):
    """One hidden layer of 128 neurons."""
    x = inputs = keras.Input((28, 28))
    x = layers.Flatten()(x)  # 28x28 -> 784
    x = layers.Dense(128, "relu", kernel_regularizer=regularizer)(x)
    if dropout:
        x = layers.Dropout(dropout, seed=1)(x)  # takes nothing from the weights' random numbers
    return keras.Model(inputs, layers.Dense(10, kernel_regularizer=regularizer)(x))


# %% tags=["nbval-ignore-output"]
keras.utils.set_random_seed(lesson.seed)
model = wide_network()
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.SGD(0.1), loss, steps_per_execution=16)
history = model.fit(
    x_train[:500],
    y_noisy[:500],
    validation_data=(x_train[500:1000], y_train[500:1000]),
    validation_batch_size=500,
    epochs=lesson.epochs(small=50, full=50),
    verbose=0,
).history
best = int(np.argmin(history["val_loss"]))
print(f"lowest validation loss after epoch {best + 1}: {history['val_loss'][best]:.3f}")
# %%
rise = history["val_loss"][-1] / history["val_loss"][best]
check("validation loss at the end over the lowest", rise, at_least=1.05)
fall = history["loss"][-1] / history["loss"][best]
check("training loss at the end over that at the lowest validation loss", fall, at_most=0.6)
# %% tags=["figure"] title="training and validation loss"
_, axis = plt.subplots(figsize=(7.5, 3.6))
epochs = np.arange(1, len(history["loss"]) + 1)
axis.plot(epochs, history["loss"], color=BLUE, label="training")
axis.plot(epochs, history["val_loss"], color=VERMILION, label="validation")
axis.plot(epochs[best], history["val_loss"][best], "k*", ms=15)
axis.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
axis.legend()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)마다의 훈련 손실(training, 파랑)과 검증 손실(validation, 주홍). 세로축은 손실(loss)이고 별은 검증 손실이 가장 낮은 곳이다. 훈련 손실은 그 뒤에도 계속 내려가지만 검증 손실은 다시 올라간다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss (blue) and validation loss (vermilion) by epoch; the star is the lowest validation loss. Behind it the training loss keeps falling, and the validation loss rises again.*
# %% [markdown] lang="ko" slides="002 Overfitting 문제"
# ### 드롭아웃
#
# **드롭아웃**(dropout)은 훈련하는 걸음마다 뉴런을 확률 $p$로 골라 0으로 만든다. 어느 한 뉴런에 기댈 수 없으므로 외우기가 어려워진다. 남은 뉴런은 $1/(1 - p)$배로 키워 합의 크기를 지키고, 예측할 때는 아무것도 끄지 않는다.
# %% [markdown] lang="en"
# ### Dropout
#
# At every training step, **dropout** sets neurons to 0, each with probability $p$. As no single neuron can be relied on, memorising becomes harder. Those that are left are multiplied by $1/(1 - p)$ to keep the size of sums, and at prediction nothing is switched off.
# %%
keras.utils.set_random_seed(lesson.seed)
dropout, ones = layers.Dropout(0.2), np.ones((1000, 100), "float32")
trained = keras.ops.convert_to_numpy(dropout(ones, training=True))
check(
    "values in training", sorted({round(float(v), 4) for v in np.unique(trained)}), equals=(0, 1.25)
)
check("their mean", trained.mean(), at_least=0.99, at_most=1.01)
same(dropout(ones, training=False), ones, "in prediction, and what went in")


# %% [markdown] lang="ko"
# ### L1/L2 규제
#
# **규제**(regularization)는 손실에 가중치의 크기를 더해, 가중치가 꼭 필요한 만큼만 커지게 한다. L2 규제는 $\lambda \sum w^2$을, L1 규제는 $\lambda \sum |w|$를 더한다. 제곱의 기울기 $2\lambda w$는 큰 가중치를 세게 줄이고, 절댓값의 기울기 $\pm\lambda$는 작은 가중치까지 0으로 끌고 간다.
#
# 강의 자료는 이것을 ‘L1, L2 정규화’라고 적는다. 한국어에서는 데이터의 크기를 맞추는 스케일링도, 배치 정규화도 정규화라고 하므로 이 과정에서는 L1과 L2에 규제라는 말을 쓴다.
# %% [markdown] lang="en"
# ### L1 and L2 regularization
#
# **Regularization** adds the size of the weights to the loss, so that they grow only as far as they must. L2 adds $\lambda \sum w^2$, L1 adds $\lambda \sum |w|$. The gradient of the square, $2\lambda w$, shrinks large weights strongly; that of the absolute value, $\pm\lambda$, drives even small weights towards 0.
#
# In Korean the deck's word for this, normalization, also stands for scaling data and for batch normalization; this course has a word of its own for L1 and L2.
# %%
rng = np.random.RandomState(0)
weights = rng.normal(size=(6, 4)).astype("float32")
same(keras.regularizers.L2(0.01)(weights), 0.01 * (weights**2).sum(), "L2: Keras's and ours")
same(keras.regularizers.L1(0.01)(weights), 0.01 * np.abs(weights).sum(), "L1: Keras's and ours")
with tf.GradientTape(persistent=True) as tape:
    variable = tf.Variable(weights)
    squares = keras.regularizers.L2(0.01)(variable)
    sizes = keras.regularizers.L1(0.01)(variable)
same(tape.gradient(squares, variable), 2 * 0.01 * weights, "L2: gradient")
same(tape.gradient(sizes, variable), 0.01 * np.sign(weights), "L1: gradient")
# %% [markdown] lang="ko"
# ### 언제 효과가 있고 언제 없는가
#
# 같은 신경망을 숫자 500개로 375걸음 훈련하며 드롭아웃, L2, L1을 하나씩 넣어 본다. 먼저 레이블이 모두 맞는 데이터로, 다음에는 30%를 바꾼 데이터로 한다. 테스트 데이터의 레이블은 언제나 맞는 것이다.
# %% [markdown] lang="en"
# ### When they help and when not
#
# The same network is trained on 500 digits for 375 steps, with dropout, L2 and L1 put in one at a time: first with all labels right, then with 30% of them replaced. The labels of the test data are always right.
# %% tags=["nbval-ignore-output"]
REGULARIZED = {
    "dropout 0.5": {"dropout": 0.5},
    "L2": {"regularizer": keras.regularizers.L2(0.01)},
    "L1": {"regularizer": keras.regularizers.L1(0.0005)},
}
wrong = (y_noisy != y_train)[:500]
on = [(x_test, y_test), (x_train[:500][wrong], y_noisy[:500][wrong])]
plain, regularized = {}, {}
memorised = {}  # share of the wrong labels given as answers
for limit, labels in [("overfitting", y_train), ("overfitting, wrong labels", y_noisy)]:
    few = x_train[:500], labels[:500]
    plain[limit], memorised[limit, "none"] = five(wide_network, *few, updates=375, on=on)
    for cure, settings in REGULARIZED.items():
        build = partial(wide_network, **settings)
        both = five(build, *few, updates=375, on=on)
        regularized[limit, cure], memorised[limit, cure] = both
        compare(limit, cure, plain[limit], regularized[limit, cure])
for (limit, cure), shares in memorised.items():
    print(f"{limit}, {cure}: {shares.mean():.2f} of the wrong labels given as answers")
# %% [markdown] lang="ko"
# 레이블이 모두 맞으면 여기서는 셋 다 평균을 거의 바꾸지 않는다. 틀린 레이블이 섞이면 셋 다 평균을 올린다. 다섯 쌍의 평균으로 드롭아웃은 [[range: wrong labels, dropout 0.5: change of the mean]], L2는 [[range: wrong labels, L2: change of the mean]], L1은 [[range: wrong labels, L1: change of the mean]]이다. 셋 다 틀린 레이블을 덜 외우기도 한다. 그러나 L2는 드롭아웃보다 덜 외우는데도 더 나아지지 않으므로(두 평균의 차이는 [[range: L2 gains more than dropout by]]), 덜 외운다는 것만으로는 정확도를 설명할 수 없다.
# 세기 0.5, 0.01, 0.0005는 조정하지 않은 것이다. 세기를 달리하면 결과도 달라지므로 이것으로 셋의 우열을 가릴 수는 없고, 쓸 때는 검증 데이터로 고른다.
# %% [markdown] lang="en"
# With all labels right, the three hardly change the mean here. With wrong labels among them, all three raise it: by [[range: wrong labels, dropout 0.5: change of the mean]] with dropout, [[range: wrong labels, L2: change of the mean]] with L2 and [[range: wrong labels, L1: change of the mean]] with L1 (means of five pairs). All three also memorise fewer of the wrong labels. But L2 memorises fewer than dropout without gaining more (the two means differ by [[range: L2 gains more than dropout by]]), so memorising less does not by itself explain the accuracy.
# The strengths 0.5, 0.01 and 0.0005 were not tuned. Other strengths give other results, so this does not rank the three; for use, choose a strength by validation data.
# %%
limit, gains, shares = "overfitting, wrong labels", {}, {}
for cure, least in {"dropout 0.5": 0.04, "L2": 0.02, "L1": 0.005}.items():
    change = regularized["overfitting", cure].mean() - plain["overfitting"].mean()
    check(f"right labels, {cure}: change of the mean", change, at_least=-0.02, at_most=0.02)
    gains[cure] = regularized[limit, cure].mean() - plain[limit].mean()
    check(f"wrong labels, {cure}: change of the mean", gains[cure], at_least=least)
    shares[cure] = memorised[limit, cure].mean()
    fewer = memorised[limit, "none"].mean() - shares[cure]
    check(f"{cure}: fewer of the wrong labels memorised, share", fewer, at_least=0.1)
fewer = shares["dropout 0.5"] - shares["L2"]
check("L2 memorises fewer than dropout, share", fewer, at_least=0.05)
check("L2 gains more than dropout by", gains["L2"] - gains["dropout 0.5"], at_most=0.003)


# %% [markdown] lang="ko"
# ### 데이터 증강
#
# **데이터 증강**(data augmentation)은 답이 바뀌지 않을 만큼 그림을 돌리고 옮기고 늘여, 걸음마다 조금씩 다른 그림을 보여 준다. 손글씨 숫자는 조금 기울어도 같은 숫자다(그러나 뒤집으면 아니다). 같은 그림이 두 번 나오지 않으니 외우기 어렵다.
#
# 옮기기, 늘이기, 기울이기, 돌리기는 모두 아핀 변환(affine map) 하나로 쓸 수 있다. 결과의 $(x, y)$에 올 픽셀을 원래 그림의 $(ax + by + e, cx + dy + f)$에서 가져오는 것이고, 수 여섯 개면 정해진다. 여러 변환을 합쳐도 여섯 수이므로, 배치 전체를 한꺼번에 바꿀 수 있어 빠르다.
# %% [markdown] lang="en"
# ### Data augmentation
#
# **Data augmentation** turns, shifts and stretches pictures by so little that the answer does not change, and shows slightly different pictures at every step. A handwritten digit that is slightly slanted is the same digit (upside down it is not). As no picture comes twice, memorising becomes hard.
#
# Moving, stretching, slanting and turning can all be written as one affine map: the pixel for $(x, y)$ of the result is taken from $(ax + by + e, cx + dy + f)$ of the original, and six numbers say it all. Several changes together are six numbers again, so that a whole batch is changed at once, which is fast.
# %%
COS = np.cos(np.pi / 8)
SIN = np.sin(np.pi / 8)
MAPS = {  # six numbers a, b, e, c, d, f, and two zeros that Keras wants
    "as it was": (1, 0, 0, 0, 1, 0, 0, 0),
    "moved": (1, 0, 4, 0, 1, 0, 0, 0),
    "stretched": (0.8, 0, 0.2 * 13.5, 0, 0.8, 0.2 * 13.5, 0, 0),  # 13.5 is the middle of 0 to 27
    "slanted": (1, 0.3, -0.3 * 13.5, 0, 1, 0, 0, 0),
    "turned": (COS, -SIN, 13.5 * (1 - COS + SIN), SIN, COS, 13.5 * (1 - COS - SIN), 0, 0),
}
copies = np.repeat(x_train[:1, ..., None], len(MAPS), axis=0).astype("float32")  # 5x28x28x1
mapped = np.array(keras.ops.image.affine_transform(copies, np.float32(list(MAPS.values()))))
same(mapped[1, :, :-4], mapped[0, :, 4:], "moved, and the pixels four further right")
# %% tags=["figure"] title="four affine maps of a digit"
image_grid(mapped[..., 0], list(MAPS), columns=5)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 숫자 하나와 그 아핀 변환 네 가지. 왼쪽부터 그대로(as it was), 옮긴 것(moved), 늘인 것(stretched), 기울인 것(slanted), 돌린 것(turned)이다. 픽셀을 네 칸 오른쪽에서 가져오므로 숫자는 왼쪽으로 옮겨진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A digit as it was, and moved, stretched, slanted and turned by an affine map. Each pixel of the second comes from four pixels further right, so the digit moves to the left.*
# %% [markdown] lang="ko"
# 배치의 그림마다 이 수들을 무작위로 뽑는 함수가 `helpers`에 있다. 도는 각도는 최대 14도, 크기는 10%, 움직임은 한 픽셀이다.
# %% [markdown] lang="en"
# A function in `helpers` draws these numbers at random for each image of a batch: a turn of at most 14 degrees, 10% in size, one pixel of movement.
# %%
show_source(random_affine)


# %%
def augment(images):
    """Each image (batch, 28, 28) turned, stretched and shifted at random."""
    return random_affine(images[..., None])[..., 0]


# %%
keras.utils.set_random_seed(lesson.seed)
augmented = augment(tf.repeat(x_train[:4], 8, axis=0)).numpy()
ink = augmented.sum(axis=(1, 2)) / np.repeat(x_train[:4].sum(axis=(1, 2)), 8)
check("ink after augmentation over before, mean", ink.mean(), at_least=0.85, at_most=1.15)
# %% tags=["figure"] title="digits before and after augmentation"
shown = [picture for i in range(4) for picture in (x_train[i], *augmented[8 * i : 8 * i + 8])]
image_grid(shown, ["original", *["augmented"] * 8] * 4, columns=9)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽 끝은 본래의 숫자(original) 넷이고, 그 오른쪽은 증강한 것(augmented)이 여덟씩이다. 조금씩 돌고, 옮겨지고, 크기가 달라졌지만 모두 같은 숫자로 읽힌다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Four original digits at the left, and eight augmented copies of each. They are turned, moved and resized a little, and still read as the same digits.*
# %% tags=["nbval-ignore-output"]
few = x_train[:500], y_train[:500]
on = [(x_test, y_test), few]
with_augmentation, seen = five(wide_network, *few, updates=375, augment=augment, on=on)
compare("overfitting", "augmentation", plain["overfitting"], with_augmentation)
# %%
change = with_augmentation.mean() - plain["overfitting"].mean()
check("augmentation: change of the mean", change, at_least=0.005)
check("accuracy on the training digits themselves", seen.mean(), at_most=0.99)
# %% [markdown] lang="ko" slides="002 대규모 데이터셋의 등장"
# ### 더 많은 데이터
#
# 가장 확실한 약은 데이터를 더 모으는 것이다. 걸음의 수를 375로 똑같이 하고 데이터만 125개에서 8,000개까지 네 배씩 늘린다. 그림의 오른쪽 끝이 평평하다고 데이터가 충분하다는 뜻은 아니다. 375걸음으로는 8,000개를 두 번도 보지 못한다.
# %% [markdown] lang="en"
# ### More data
#
# The surest cure is to collect more data. With the same 375 steps, only the number of training digits changes, from 125 to 8,000 fourfold each time. The flat right end of the figure does not mean that there are data enough: 375 steps do not even go through 8,000 digits twice.
# %% tags=["nbval-ignore-output"]
by_size = {500: plain["overfitting"]}
for size in (125, 2000, 8000):
    by_size[size] = five(wide_network, x_train[:size], y_train[:size], updates=375)
compare("overfitting", "500 to 8,000 digits", by_size[500], by_size[8000])
# %%
change = by_size[500].mean() - by_size[125].mean()
check("125 to 500 digits: change of the mean", change, at_least=0.05)
change = by_size[8000].mean() - by_size[500].mean()
check("500 to 8,000 digits: change of the mean", change, at_least=0.02)
# %% tags=["figure"] title="test accuracy by number of training digits"
_, axis = plt.subplots(figsize=(7.5, 3.6))
sizes = sorted(by_size)
axis.semilogx(sizes, [by_size[size].mean() for size in sizes], color=BLUE)
for size in sizes:
    axis.semilogx([size] * 5, by_size[size], "o", color=BLUE, ms=4)
axis.set(xlabel="training digits", ylabel="test accuracy", xticks=sizes)
axis.set_xticklabels([f"{size:,}" for size in sizes])
axis.minorticks_off()
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련에 쓴 숫자의 수(training digits, 로그 눈금)에 따른 테스트 정확도(test accuracy). 점 하나가 시드 하나이고 선은 평균을 잇는다. 처음에는 가파르게, 뒤로 갈수록 완만하게 오른다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy by the number of training digits, on a logarithmic scale. Every dot is one seed, and the line joins the means: a steep rise at first, a gentle one later.*


# %% [markdown] lang="ko" slides="002 MLP의 한계: Curse of dimensionality"
# ## 4. 차원의 저주
#
# 입력이 많아지면 공간이 텅 빈다. 상자 안에 점을 무작위로 뿌리고 한 점에서 다른 점들까지의 거리를 재면, 차원이 높을수록 거리가 모두 비슷해진다. 가까운 점과 먼 점의 차이가 사라져서, 가깝다는 말의 뜻이 흐려진다. 이것이 **차원의 저주**(curse of dimensionality)의 한 모습이다. 거리의 제곱은 $d$개의 수를 더한 것이라 그 평균은 $d$에, 표준편차는 $\sqrt{d}$에 비례한다. 그래서 거리의 표준편차를 평균으로 나눈 값은 $1/\sqrt{d}$에 비례해 줄어든다.
# %% [markdown] lang="en"
# ## 4. The curse of dimensionality
#
# With many inputs, space becomes empty. Scatter points in a box at random and measure the distances from one to all others: the higher the dimension, the more alike they are. Near and far points hardly differ, and nearness loses its meaning. This is one face of the **curse of dimensionality**. The square of a distance is a sum of $d$ numbers, whose mean grows as $d$ and whose standard deviation as $\sqrt{d}$; hence the standard deviation of the distances over their mean falls as $1/\sqrt{d}$.
# %%
rng = np.random.RandomState(lesson.seed)
distances = {}
for dimension in (2, 10, 100, 1000, 10000):
    points, centre = rng.uniform(size=(500, dimension)), rng.uniform(size=dimension)
    distances[dimension] = np.linalg.norm(points - centre, axis=1)
high = [10, 100, 1000, 10000]
spread = [distances[d].std() / distances[d].mean() for d in high]
power = np.polyfit(np.log(high), np.log(spread), 1)[0]
check("power of the dimension in the spread", power, at_least=-0.6, at_most=-0.4)
wide = {
    d: np.percentile(lengths, 95) / np.percentile(lengths, 5) for d, lengths in distances.items()
}
check("95th percentile over 5th, 2 dimensions", wide[2], at_least=2)
check("95th percentile over 5th, 10,000 dimensions", wide[10000], at_most=1.05)
# %% tags=["figure"] title="distances in five spaces"
_, axes = plt.subplots(1, 5, figsize=(14, 2.8), sharey=True)
for axis, (dimension, lengths) in zip(axes, distances.items()):
    axis.hist(lengths / lengths.mean(), bins=np.linspace(0, 2.4, 61), color=BLUE)
    axis.set(title=f"{dimension:,} dimensions", xlabel="distance over the mean")
axes[0].set_ylabel("points")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 점에서 다른 500개 점까지의 거리를 평균으로 나눈 값(distance over the mean)의 히스토그램. 세로축은 점의 수(points)이고, 2차원에서 10,000차원(10,000 dimensions)까지다. 차원이 높을수록 거리가 모두 평균 가까이로 모인다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Histograms of the distances from one point to 500 others, divided by their mean, in 2 to 10,000 dimensions. The higher the dimension, the closer they all gather around the mean.*


# %% [markdown] lang="ko"
# 손글씨 숫자는 784차원인데도 왜 잘 될까? 진짜 숫자는 784차원에 고르게 퍼져 있지 않고, 달라지는 정도(분산)의 4분의 3쯤이 30개 방향에 모여 있기 때문이다. 분산이 가장 큰 방향부터 차례로 찾는 방법이 **주성분 분석**(principal component analysis)이다. 가장 가까운 훈련 숫자의 레이블을 답으로 하는 **최근접 이웃**(nearest neighbour) 방법으로 시험해 보자. 뜻 없는 잡음 픽셀을 784개, 3,136개 덧붙이면 정확도가 떨어지고, 3,136개를 덧붙였을 때 주성분 30개만 남기면 떨어진 것의 절반 넘게 되살아난다.
# %% [markdown] lang="en"
# Why then do digits with their 784 dimensions work at all? Real digits do not fill 784 dimensions evenly: about three quarters of their variance lies in 30 directions. **Principal component analysis** finds the directions of largest variance, one after another. Try it with the **nearest neighbour** method, which answers with the label of the nearest training digit. With 784 and with 3,136 meaningless pixels of noise added, its accuracy falls; with 3,136, keeping 30 principal components brings more than half of the loss back.
# %%
def nearest_accuracy(train, test):
    """Share of 500 test digits whose nearest of 1,000 training digits has the same label."""
    squares = (train**2).sum(axis=1) - 2 * test @ train.T  # lacks what is the same in a row
    return np.mean(y_train[:1000][squares.argmin(axis=1)] == y_test[:500])


noise_pixels = [0, 784, 3136]
curves = {"all pixels": [], "30 principal components": []}  # rows: seeds, columns: noise pixels
for seed in seeds:
    rng, rows = np.random.RandomState(seed), ([], [])
    for count in noise_pixels:
        noise = 0.3 * rng.normal(size=(1500, count)).astype("float32")
        train = np.hstack([x_train[:1000].reshape(1000, 784), noise[:1000]])
        test = np.hstack([x_test[:500].reshape(500, 784), noise[1000:]])
        found = PCA(30, svd_solver="randomized", random_state=0).fit(train)
        rows[0].append(nearest_accuracy(train, test))
        rows[1].append(nearest_accuracy(found.transform(train), found.transform(test)))
    for curve, row in zip(curves.values(), rows):
        curve.append(row)
# %% tags=["nbval-ignore-output"]
every_pixel, components = (np.array(curve) for curve in curves.values())
compare(
    "curse of dimensionality",
    "30 components (nearest neighbour)",
    every_pixel[:, -1],
    components[:, -1],
)
# %%
means = every_pixel.mean(axis=0)
regained = (components[:, -1].mean() - means[2]) / (means[0] - means[2])
check("accuracy lost to the first 784 noise pixels", means[0] - means[1], at_least=0.02)
check("accuracy lost to 2,352 more", means[1] - means[2], at_least=0.03)
check("share of it all brought back", regained, at_least=0.5)
found = PCA(30, svd_solver="randomized", random_state=0).fit(x_train[:1000].reshape(1000, 784))
share = found.explained_variance_ratio_.sum()
check("share of the variance in 30 components", share, at_least=0.7, at_most=0.8)
# %% tags=["figure"] title="nearest neighbours and noise pixels"
_, axis = plt.subplots(figsize=(7.5, 3.4))
for (name, curve), color in zip(curves.items(), (VERMILION, BLUE)):
    axis.plot(noise_pixels, np.mean(curve, axis=0), "_", color=color, ms=22, mew=2, label=name)
    axis.plot(noise_pixels, np.transpose(curve), "o", color=color, ms=4)
axis.set(xlabel="noise pixels added", ylabel="accuracy", ylim=(0.5, 1), xticks=noise_pixels)
axis.legend(markerscale=0.6)
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 덧붙인 잡음 픽셀의 수(noise pixels added)에 따른 최근접 이웃의 정확도(accuracy). 픽셀을 모두 쓴 것(all pixels, 주홍)과 주성분 30개만 쓴 것(30 principal components, 파랑)이고, 점 하나가 시드 하나, 가로줄이 평균이다. 잡음이 많으면 주성분 쪽이 훨씬 낫다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Accuracy of the nearest neighbour by the number of noise pixels added, with all pixels (vermilion) and with 30 principal components (blue). Every dot is one seed, every bar a mean. With much noise the components do far better.*


# %% [markdown] lang="ko" slides="002 느린 학습 속도 문제: GPU 및 병렬 계산"
# ## 5. 느린 학습
#
# [[losses_and_optimizers]]에서 보았듯이 전체를 보고 한 걸음을 내딛는 것보다 32개를 보고 여러 걸음을 내딛는 것이 빠르다. 여기서는 걸음의 수가 바로 바꾸는 것이고, 보는 예제의 수는 같다. 숫자 2,000개를 여섯 번씩 보며 6걸음과 375걸음을 걷는다. 학습률은 둘 다 0.1이다.
#
# 또 하나는 장치다. 예제마다 따로 곱하면 가중치를 200번 다시 읽고 함수도 200번 불러야 한다. 행렬곱 하나로 묶으면 읽어 온 가중치를 여러 예제에 거듭 쓰고 여러 코어가 일을 나눌 수 있어, 같은 계산이라도 더 빠르다. GPU는 이런 곱셈을 수천 개씩 함께 하는 장치라, 묶어 놓은 계산만 빨라진다. GPU가 있으면 마지막 줄이 CPU와 견준다.
# %% [markdown] lang="en"
# ## 5. Slow learning
#
# As [[losses_and_optimizers]] showed, many steps on 32 examples each are faster than one step on all. Here the number of steps is what changes, and the number of examples seen stays the same: both see 2,000 digits six times, in 6 steps and in 375, at a learning rate of 0.1.
#
# The other cure is the device. Example by example, the weights are read, and the function called, 200 times. In one matrix product, weights once read serve many examples and several cores share the work, so the same computation is faster. A GPU does thousands of such multiplications side by side, and so only speeds up what has been put together. Where there is a GPU, the last line compares it with the CPU.
# %% tags=["nbval-ignore-output"]
in_six = five(wide_network, x_train[:2000], y_train[:2000], updates=6, batch_size=2000)
compare("slow learning", "mini-batches of 32", in_six, by_size[2000])


# %% tags=["nbval-ignore-output"]
rows = x_train.reshape(-1, 784)[:200]
kernel = np.random.RandomState(0).normal(size=(784, 1024)).astype("float32")
one_by_one = fastest_seconds(lambda: [row @ kernel for row in rows], 10)
together = fastest_seconds(lambda: rows @ kernel, 50)
print(f"one matrix product is {one_by_one / together:.0f} times as fast as 200 products")
for device in tf.config.list_logical_devices("GPU"):
    times = []
    for place in ("CPU:0", device.name):
        with tf.device(place):
            big = tf.random.normal((4096, 4096))
            times.append(fastest_seconds(lambda big=big: (big @ big)[0, 0].numpy(), 5))
    print(f"{device.name} multiplies {times[0] / times[1]:.0f} times as fast as the CPU")
# %%
check("mini-batches", verdict(in_six, by_size[2000]), equals="helps")
check("mini-batches, smallest of five gains", min(by_size[2000] - in_six), at_least=0.2)
check("one matrix product over 200, how much faster", one_by_one / together, at_least=1.3)
same(np.stack([row @ kernel for row in rows[:5]]), rows[:5] @ kernel, "both ways")


# %% [markdown] lang="ko"
# ## 6. 한눈에 보기
#
# 지금까지 잰 것을 모두 모은다. 표의 마지막 열은 1절의 규칙이 내린 판정이다. 비교가 열다섯 가지나 되므로, 우연히 뚜렷해 보이는 것이 하나 섞여 있을 수 있다.
# %% [markdown] lang="en"
# ## 6. All at a glance
#
# Everything measured so far. The last column of the table is the verdict by the rule of section 1. With as many as fifteen comparisons, one of them may look clear by chance.
# %% tags=["nbval-ignore-output"]
print(f"{'limit':26} {'cure':34} before  after")
for limit, cure, before, after in results:
    numbers = f"{before.mean():6.3f} {after.mean():6.3f}"
    print(f"{limit:26} {cure:34} {numbers}  {verdict(before, after)}")
# %%
verdicts = [verdict(before, after) for _, _, before, after in results]
check("comparisons", len(verdicts), equals=15)
check("changes that help, of the fifteen compared", verdicts.count("helps"), at_least=6)
# %% tags=["figure"] title="fifteen changes, before and after"
rows = sorted(results, key=lambda row: row[0] == "overfitting, wrong labels")  # those at the end
_, axis = plt.subplots(figsize=(10, 6.6))
for row, (_, _, before, after) in enumerate(rows):
    axis.plot([before.mean(), after.mean()], [row - 0.16, row + 0.16], color=GREY, lw=1)
    for height, dots, color, name in [
        (-0.16, before, ORANGE, "before"),
        (0.16, after, BLUE, "after"),
    ]:
        label = None if row else name
        axis.plot(dots, [row + height] * 5, "o", color=color, ms=5, label=label)
names = [f"{limit}: {cure}" for limit, cure, _, _ in rows]
axis.set(xlabel="test accuracy, before and after", yticks=range(len(names)), xlim=(0, 1))
axis.set_yticklabels(names, fontsize=10)
axis.legend(loc="center left")
axis.invert_yaxis()
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 바꾸기 전(before, 주황)과 바꾼 뒤(after, 파랑)의 테스트 정확도(test accuracy). 점 하나가 시드 하나이고 선은 두 평균을 잇는다. 줄의 이름은 한계와 바꾼 것이고, A to B는 A를 B로 바꾸었다는 뜻이다. 한계는 위부터 기울기 소실(vanishing gradient), 과적합(overfitting), 차원의 저주(curse of dimensionality), 느린 학습(slow learning), 틀린 레이블이 섞인 과적합(overfitting, wrong labels)이다. 기울기 소실에서는 대부분 크게 벌어지고, 레이블이 맞는 과적합에서는 규제의 앞뒤가 거의 겹친다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy before (orange) and after (blue) each change. Every dot is one seed, and the line joins the means. With vanishing gradients most pairs lie far apart; with right labels, before and after regularization nearly coincide.*


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 예측할 때의 배치 정규화는 곱하고 더하는 것뿐이므로 바로 앞의 완전 연결 층에 합칠 수 있다. 합친 층의 가중치와 편향을 돌려주는 함수를 작성하라. $\epsilon = 10^{-3}$이다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** At prediction, batch normalization only multiplies and adds, so it can be merged into the dense layer just before it. Write a function that returns weights and bias of the merged layer, with $\epsilon = 10^{-3}$.
# %% tags=["exercise"]
def merged(W, b, gamma, beta, mean, variance):
    """Weights and bias (as one array, the bias in the last row) of dense layer and batch norm."""
    ...


# %% tags=["solution"]
def merged(W, b, gamma, beta, mean, variance):
    """Weights and bias (as one array, the bias in the last row) of dense layer and batch norm."""
    scale = gamma / np.sqrt(variance + 1e-3)
    return np.vstack([W * scale, (b - mean) * scale + beta])


# %% tags=["wrong"]
def merged(W, b, gamma, beta, mean, variance):
    """Weights and bias (as one array, the bias in the last row) of dense layer and batch norm."""
    scale = gamma / np.sqrt(variance + 1e-3)
    return np.vstack([W * scale, b - mean + beta])


# %%
def measured_merge(W, b, gamma, beta, mean, variance):
    """The same by sending 0 and every unit vector through both layers."""
    inputs = np.vstack([np.zeros(len(W)), np.eye(len(W))])
    moving = {"mean": mean, "variance": variance}
    outputs = batch_norm(inputs @ W + b, gamma, beta, moving, training=False)
    return np.vstack([outputs[1:] - outputs[0], outputs[0]])


rng = np.random.RandomState(0)
cases = [(rng.normal(size=(n, 2)), *rng.uniform(0.5, 2, (5, 2))) for n in (3, 1)]
exercise(merged, [(case, measured_merge(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** 훈련할 때의 드롭아웃을 작성하라. `keep`은 남길 자리는 `True`, 끌 자리는 `False`인 배열이고 `rate`는 끄는 확률이다. 남은 값을 어떻게 해야 하는지 잊지 않는다.
# %% [markdown] lang="en"
# **2.** Write dropout as it is in training. The array `keep` is `True` where a value stays and `False` where it is switched off, and `rate` is the probability of switching off. Do not forget what happens to the values that stay.
# %% tags=["exercise"]
def dropped(x, keep, rate):
    """x after dropout in training."""
    ...


# %% tags=["solution"]
def dropped(x, keep, rate):
    """x after dropout in training."""
    return x * keep / (1 - rate)


# %% tags=["wrong"]
def dropped(x, keep, rate):
    """x after dropout in training."""
    return x * keep


# %%
def library_case(rate):
    """A case whose mask and result come from Keras's layer."""
    x = np.arange(1, 13, dtype="float32").reshape(3, 4)
    result = keras.ops.convert_to_numpy(layers.Dropout(rate, seed=1)(x, training=True))
    return (x, result != 0, rate), result


exercise(dropped, [library_case(0.5), library_case(0.2)])


# %% [markdown] lang="ko"
# **3.** 조기 종료를 작성하라. 검증 손실의 목록을 받아, 훈련이 멈추는 에포크의 번호(1부터)를 돌려준다. 가장 낮았던 값보다 낮아지지 않는 에포크가 잇달아 `patience`번 나오면 멈추고, 끝까지 그런 일이 없으면 목록의 길이가 답이다.
# %% [markdown] lang="en"
# **3.** Write early stopping. It takes a list of validation losses and returns the number (from 1) of the epoch at which training stops: when `patience` epochs in a row have not gone below the lowest value so far. If that never happens, the answer is the length of the list.
# %% tags=["exercise"]
def stopping_epoch(losses, patience):
    """The epoch at which early stopping ends the training."""
    ...


# %% tags=["solution"]
def stopping_epoch(losses, patience):
    """The epoch at which early stopping ends the training."""
    lowest, waited = np.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest:
            lowest, waited = loss, 0
        else:
            waited += 1
        if waited == patience:
            return epoch
    return len(losses)


# %% tags=["wrong"]
def stopping_epoch(losses, patience):
    """The epoch at which early stopping ends the training."""
    waited = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited == patience:
            return epoch + 1
    return len(losses)


# %%
cases = [
    (([1.0, 0.8, 0.9, 0.7, 0.8, 0.75, 0.9, 0.6], 3), 7),
    (([1.0, 0.9, 0.8], 2), 3),
    (([0.5, 0.6, 0.4, 0.4, 0.3], 1), 2),
    (([0.5, 0.4, 0.4, 0.3], 1), 3),
]
exercise(stopping_epoch, cases)
# %% [markdown] lang="ko"
# ## 요약
#
# - 하나만 바꾸고 시드를 바꾸어 되풀이해야 효과와 우연을 가릴 수 있다.
# - 배우지 못하던 시그모이드 신경망은 ReLU로 바꾸거나 배치 정규화를 넣으면 배운다. ReLU와 tanh도 너무 작은 가중치에서 출발하면 배우지 못하고, 활성화 함수에 맞는 초기화가 그것을 고친다.
# - 과적합은 검증 손실이 다시 오르는 것으로 안다. 드롭아웃과 L1/L2 규제는 틀린 레이블이 있을 때 평균 정확도를 올렸고, 레이블이 맞을 때는 거의 바꾸지 않았다.
# - 데이터 증강과 더 많은 데이터는 레이블이 맞을 때도 평균 정확도를 올렸다.
# - 차원이 높으면 거리가 모두 비슷해진다. 진짜 데이터는 적은 방향에 몰려 있어 배울 수 있다. 느린 학습은 미니배치와 묶은 계산으로 빨라진다.
# %% [markdown] lang="en"
# ## Summary
#
# - Only an experiment that changes one thing and is repeated with other seeds tells an effect from chance.
# - Sigmoid networks that did not learn do with ReLU in its place, or with batch normalization. ReLU and tanh do not learn from weights that are too small, either; an initialization made for the activation function cures that.
# - Overfitting shows where the validation loss rises again. Dropout and L1/L2 regularization raised the mean accuracy where labels were wrong, and hardly changed it where they were right.
# - Data augmentation and more data raised the mean accuracy with right labels, too.
# - In high dimensions all distances become alike; real data can be learned because they are gathered in few directions. Mini-batches and computing many things at once speed up slow learning.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002 1부 ‘MLP의 한계’, ‘MLP의 한계 극복’, ‘데이터셋 사용’.
# - X. Glorot, Y. Bengio (2010). *Understanding the difficulty of training deep feedforward neural networks*. AISTATS.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). *Delving deep into rectifiers*. ICCV, 2.2절.
# - S. Ioffe, C. Szegedy (2015). *Batch normalization: accelerating deep network training by reducing internal covariate shift*. ICML, 알고리즘 1과 2.
# - N. Srivastava 외 (2014). *Dropout: a simple way to prevent neural networks from overfitting*. JMLR 15, 1929–1958.
# - K. Beyer, J. Goldstein, R. Ramakrishnan, U. Shaft (1999). *When is “nearest neighbor” meaningful?* ICDT, 217–235.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, part 1: the pages on the limits of the MLP, on overcoming them and on the use of data sets.
# - X. Glorot, Y. Bengio (2010). *Understanding the difficulty of training deep feedforward neural networks*. AISTATS.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). *Delving deep into rectifiers*. ICCV, section 2.2.
# - S. Ioffe, C. Szegedy (2015). *Batch normalization: accelerating deep network training by reducing internal covariate shift*. ICML, algorithms 1 and 2.
# - N. Srivastava et al. (2014). *Dropout: a simple way to prevent neural networks from overfitting*. JMLR 15, 1929–1958.
# - K. Beyer, J. Goldstein, R. Ramakrishnan, U. Shaft (1999). *When is “nearest neighbor” meaningful?* ICDT, 217–235.
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
