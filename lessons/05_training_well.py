# %% [markdown] lang="ko" headline="cures whose worst of five beats the best before"
# # 05 · 제대로 훈련하기
#
# [[badge]]
#
# **신경망이 배우지 못하거나, 외우기만 하거나, 너무 느릴 때 무엇을 바꾸어야 하고, 그것이 정말 나아지게 하는지 어떻게 알까?**
# %% [markdown] lang="en"
# # 05 · Training well
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
# 걸리는 시간은 약 60분이고, `small`에서는 1분쯤이면 실행이 끝난다. [02](02_activations.ipynb)의 기울기 소실, [03](03_backpropagation.ipynb)의 역전파, [04](04_losses_and_optimizers.ipynb)의 미니배치를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Repeat an experiment that changes one thing only with five seeds, and tell an effect from chance.
# - Cure vanishing gradients by activation function, initialization and batch normalization, and write batch normalization yourself.
# - Recognise overfitting by validation data, and measure when dropout, L1/L2 regularization, data augmentation and more data help and when they do not.
# - Show the curse of dimensionality in a picture, and measure how much mini-batches and matrix products speed training up.
#
# It takes about 60 minutes to read and, at scale `small`, about one to run. You need vanishing gradients from [02](02_activations.ipynb), backpropagation from [03](03_backpropagation.ipynb) and mini-batches from [04](04_losses_and_optimizers.ipynb).
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 1부에서 ‘MLP의 한계’와 ‘MLP의 한계 극복’, ‘데이터셋 사용’에 해당한다. 거기에 적힌 한계와 해결책을, 04에서 다룬 볼록하지 않은 최적화 문제만 빼고, 하나씩 실험한다.
#
# > **정오 / Erratum** — ‘MLP의 한계’ 쪽에 ‘Low learning time’이라고 적힌 것은 바로 옆의 ‘느린 학습시간’, 곧 느린 학습(slow learning)을 뜻한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# From part 1 of deck 002, it covers the pages on the limits of the MLP, on overcoming them and on the use of data sets. Every limit and cure named there, except non-convex optimization (see 04), is put to an experiment.
#
# > **정오 / Erratum** — ‘Low learning time’ on the page about the limits of the MLP means what the Korean beside it says: slow learning.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("05_training_well", notebook_version="[[version]]")
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
from helpers.timing import fastest

# %% [markdown] lang="ko" slides="002 MLP의 한계; 002 MLP의 한계 극복"
# ## 1. 하나만 바꾸고, 다섯 번 되풀이한다
#
# 무엇이 도움이 되는지 알려면 그것 하나만 바꾸고 데이터, 시드, 걸음의 수는 그대로 두어야 한다. 그래도 한 번으로는 모자란다. 초깃값과 섞는 순서만 달라도 정확도가 몇 퍼센트포인트씩 달라지기 때문이다. 그래서 모든 실험을 시드 다섯 개로 되풀이하고, 바꾼 뒤의 가장 나쁜 값이 바꾸기 전의 가장 좋은 값보다 나을 때 뚜렷한 효과가 있다고 하자. 바꾼 것이 아무 효과가 없다면, 열 값의 순서가 우연히 이렇게 될 확률은 $1/252$이다(열 자리 가운데 다섯을 고르는 방법이 252가지다).
#
# 아래 함수는 시드만 다른 신경망 다섯 개를 훈련해 테스트 정확도를 돌려준다. 모델은 한 번만 컴파일하고 시드마다 가중치를 새로 뽑아 넣는다.
# %% [markdown] lang="en"
# ## 1. Change one thing, repeat five times
#
# To know what helps, change that alone and leave data, seed and number of steps as they are. Even so, once is not enough: initial weights and the order of shuffling alone make the accuracy differ by some percentage points. So every experiment is repeated with five seeds, and we speak of a clear effect when the worst result after the change is better than the best before it. If the change had no effect, the chance that ten results fall into this order would be $1/252$ (there are 252 ways to choose five places of ten).
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
        _ = model.fit(batches(x, y, **settings).take(updates), verbose=0)
        rows.append(
            [
                np.mean(np.argmax(model(images), axis=1) == truth)
                for images, truth in on or [(x_test, y_test)]
            ]
        )
    return np.squeeze(np.transpose(rows))  # 5, or pairs x 5


# %%
results = []  # one row for each pair, for the table at the end


def compare(limit, cure, before, after):
    """Note a pair of five accuracies each, and print it."""
    results.append((limit, cure, before, after))
    ranges = (f"{a.mean():.3f} ({a.min():.3f} to {a.max():.3f})" for a in (before, after))
    print(f"{cure}: {' -> '.join(ranges)}")


def gap(before, after):
    """Worst accuracy after the change minus the best before it."""
    return after.min() - before.max()


# %% [markdown] lang="ko" slides="002 Vanishing Gradient 문제"
# ## 2. 기울기 소실
#
# ### 시그모이드를 ReLU로
#
# 02에서 시그모이드 층은 첫 층의 기울기를 층마다 4분의 1 아래로 줄였다. 6층 신경망을 숫자 4,000개로 250걸음 훈련해 본다. 활성화 함수만 바꾼다.
# %% [markdown] lang="en"
# ## 2. Vanishing gradients
#
# ### From sigmoid to ReLU
#
# In 02, every sigmoid layer shrank the gradient of the first layer to less than a quarter. Here networks of 6 layers are trained on 4,000 digits for 250 steps. Only the activation function changes.
# %%
def deep_network(activation, initializer="glorot_uniform", normalize=False):
    """Six dense layers, five of 64 neurons and the last of 10."""
    x = inputs = keras.Input((28, 28))
    x = layers.Flatten()(x)  # 28x28 -> 784
    for _ in range(5):
        x = layers.Dense(64, kernel_initializer=initializer)(x)
        if normalize:
            x = layers.BatchNormalization()(x)
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
check("sigmoid to ReLU, worst after minus best before", gap(with_sigmoid, with_relu), at_least=0.4)
# %% [markdown] lang="ko"
# ### 가중치 초기화
#
# 가중치를 어떤 크기의 난수로 시작하느냐도 중요하다. 입력이 $n$개이고 가중치의 표준편차가 $\sigma$이면, ReLU 층을 지날 때마다 신호의 크기는 $\sigma\sqrt{n/2}$배가 된다. 합에 항이 $n$개라 $\sigma\sqrt{n}$배가 되고, ReLU가 절반을 꺼서 $1/\sqrt{2}$배가 되기 때문이다. **헤 초기화**(He initialization)는 이 값이 1이 되도록 $\sigma = \sqrt{2/n}$으로 정한다.
# 세이비어(Xavier) 또는 글로럿 초기화라고 하는 것은 tanh처럼 0 근처에서 기울기가 1인 함수에 맞춘 것으로, $\sigma = \sqrt{2/(n_{in} + n_{out})}$이다. Keras의 기본값이 이것이다.
#
# 훈련하지 않은 8층 신경망에 정규분포 난수 64개짜리 입력을 넣어 층마다 신호의 크기를 재어 본다. 로그 눈금에서 0.01은 층마다 약 18분의 1로 줄어들고, 0.5는 층마다 2.8배로 커지고, 헤 초기화는 그대로다.
# %% [markdown] lang="en"
# ### Initial weights
#
# The size of the random numbers that weights start from matters, too. With $n$ inputs and weights of standard deviation $\sigma$, a ReLU layer multiplies the size of a signal by $\sigma\sqrt{n/2}$: a sum of $n$ terms makes it $\sigma\sqrt{n}$, and ReLU, which switches one half off, $1/\sqrt{2}$ of that. **He initialization** makes this number 1 by $\sigma = \sqrt{2/n}$.
# What is called Xavier or Glorot initialization is made for functions which, like tanh, have a slope of 1 near 0: $\sigma = \sqrt{2/(n_{in} + n_{out})}$. It is Keras's default.
#
# Send inputs of 64 normally distributed random numbers through an untrained network of 8 layers and measure the size of the signal after every layer. On a logarithmic scale, with 0.01 it shrinks to about an 18th with every layer, with 0.5 it grows 2.8-fold, and with He initialization it stays.
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

_, axis = plt.subplots(figsize=(7.5, 3.6))
for (name, sizes), color in zip(signal.items(), (VERMILION, BLUE, ORANGE)):
    _ = axis.semilogy(range(1, 9), sizes, "o-", color=color, label=name)
_ = axis.set(xlabel="layer", ylabel="size of the signal")
_ = axis.legend(fontsize=10)
axis.grid(alpha=0.3)
plt.show()
# %%
for name, sigma in DEVIATIONS.items():
    factor = (signal[name][-1] / signal[name][0]) ** (1 / 7)
    formula = sigma * np.sqrt(64 / 2)
    check(f"{name}: factor per layer over the formula", factor / formula, at_least=0.9, at_most=1.1)
# %% [markdown] lang="ko"
# 이제 훈련해 본다. 표준편차가 0.01인 정규분포로 시작한 신경망과, 활성화 함수에 맞는 초기화로 시작한 신경망이다. ReLU에는 헤 초기화, tanh에는 세이비어 초기화를 쓴다.
# %% [markdown] lang="en"
# Now train them: networks that start from a normal distribution of standard deviation 0.01, and networks whose initialization is made for their activation function, He's for ReLU and Xavier's for tanh.
# %% tags=["nbval-ignore-output"]
# a description, not an object: an initializer object gives the same numbers every time
small = {"class_name": "RandomNormal", "config": {"stddev": 0.01}}
small_relu, he_relu = train_deep("relu", small), train_deep("relu", "he_normal")
compare("vanishing gradient", "ReLU: 0.01 to He", small_relu, he_relu)
small_tanh, xavier_tanh = train_deep("tanh", small), train_deep("tanh", "glorot_normal")
compare("vanishing gradient", "tanh: 0.01 to Xavier", small_tanh, xavier_tanh)
# %%
difference = he_relu.mean() - with_relu.mean()
check("ReLU, He minus Glorot, means", difference, at_least=-0.1, at_most=0.1)
check("0.01 to He, worst after minus best before", gap(small_relu, he_relu), at_least=0.4)
check("0.01 to Xavier, worst after minus best before", gap(small_tanh, xavier_tanh), at_least=0.6)


# %% [markdown] lang="ko"
# 다만 6층에서는 ReLU를 글로럿 초기화로 시작한 앞의 실험과 정확도가 거의 같다. 02에서 보았듯이 글로럿으로는 층마다 3분의 2쯤으로 줄 뿐이어서, 깊지 않으면 문제가 되지 않는다.
# %% [markdown] lang="en"
# With 6 layers, though, ReLU does about as well from Glorot's initialization, as in the first experiment: as 02 showed, that shrinks the gradient to only about two thirds per layer, which does no harm unless the network is deep.


# %% [markdown] lang="ko"
# ### 배치 정규화
#
# 처음에만 맞추지 말고 층마다 계속 맞추면 어떨까? **배치 정규화**(batch normalization)는 뉴런마다 배치 안에서 평균 $\mu$를 빼고 표준편차 $s$로 나눈 다음, 훈련으로 정하는 $\gamma$와 $\beta$로 다시 늘이고 옮긴다. $\epsilon$은 0으로 나누지 않게 하는 작은 수다.
#
# $$y = \gamma \, \frac{x - \mu}{\sqrt{s^2 + \epsilon}} + \beta$$
#
# 예측할 때는 배치가 없을 수도 있으므로, 훈련하는 동안 모아 둔 $\mu$와 $s^2$의 이동 평균을 쓴다. 그래서 훈련할 때와 예측할 때의 계산이 다르다. 직접 구현해 Keras의 층과 견준다.
# %% [markdown] lang="en"
# ### Batch normalization
#
# Why only at the start? **Batch normalization** keeps the signal in shape in every layer: from each neuron it subtracts the mean $\mu$ of the batch and divides by the standard deviation $s$, then stretches and shifts by $\gamma$ and $\beta$, which are trained. $\epsilon$ is a small number that prevents division by 0.
#
# $$y = \gamma \, \frac{x - \mu}{\sqrt{s^2 + \epsilon}} + \beta$$
#
# At prediction there may be no batch, so moving averages of $\mu$ and $s^2$, collected during training, take their place. It therefore computes differently in training and in prediction. Written by hand, beside the layer of Keras.
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
normalized = train_deep("sigmoid", "glorot_uniform", True)
compare("vanishing gradient", "batch normalization (sigmoid)", with_sigmoid, normalized)
# %% [markdown] lang="ko"
# 시그모이드를 그대로 두고도 배운다. $x$를 다시 0 둘레로 모아 $\sigma'$이 가장 큰 곳에 두고, 1보다 작은 표준편차로 나누어 기울기를 그만큼 키우기 때문이다. 훈련 전의 시그모이드 신경망에서 둘째 층부터 그 표준편차를 재어 보면 정말 1보다 훨씬 작다.
# %% [markdown] lang="en"
# Even with the sigmoid left in place, it learns: $x$ is brought back around 0, where $\sigma'$ is largest, and dividing by a standard deviation below 1 makes the gradient larger by as much. Measured in an untrained sigmoid network, from the second layer on, that deviation is indeed far below 1.
# %%
keras.utils.set_random_seed(lesson.seed)
untrained = deep_network("sigmoid")
inner = [layer.output for layer in untrained.layers if isinstance(layer, layers.Dense)][1:-1]
deviations = [np.std(z, axis=0).mean() for z in keras.Model(untrained.inputs, inner)(x_train[:256])]
check("largest deviation in the second to fifth layer", max(deviations), at_most=0.1)
clear = gap(with_sigmoid, normalized)
check("batch normalization, worst after minus best before", clear, at_least=0.3)


# %% [markdown] lang="ko" slides="002 데이터셋 사용"
# ## 3. 과적합
#
# ### 검증 데이터로 알아본다
#
# **과적합**(overfitting)은 훈련 데이터를 외워, 거기서는 잘하지만 새 데이터에서는 그만큼 잘하지 못하는 것이다. 그래서 데이터를 셋으로 나눈다. 훈련 데이터로 가중치를 정하고, **검증 데이터**(validation data)로 언제 멈출지, 규제를 얼마나 할지 같은 선택을 하고, 테스트 데이터로는 마지막에 한 번 잰다. 이 수업은 모델을 고르지 않고 효과를 견주기만 하므로 줄곧 테스트 데이터로 재지만, 이 결과를 보고 설정을 고른 사람은 쓰지 않은 데이터로 다시 재고 나서 정확도를 말해야 한다.
#
# 훈련용 숫자 500개의 레이블에서 30%를 아무 숫자로 바꾸어(열에 하나는 우연히 맞는다) 훈련하고, 레이블이 맞는 다른 500개로 검증해 보자. 외울 수밖에 없는 틀린 답이 섞인 셈이다. 훈련 손실은 계속 내려가지만 검증 손실은 내려가다가 다시 올라간다. 가장 낮은 곳(별)에서 멈추는 것을 **조기 종료**(early stopping)라고 한다.
# %% [markdown] lang="en"
# ## 3. Overfitting
#
# ### Seen by validation data
#
# **Overfitting** is to memorise the training data: doing well on them, and less so on new ones. That is why data are split in three. Training data fit the weights, **validation data** guide choices such as when to stop and how much to regularize, and test data measure once, at the end. This lesson compares effects and chooses no model, so it measures on the test data throughout; but whoever chooses a setting by these results must measure again on unused data before naming its accuracy.
#
# Train on 500 digits of which 30% have their labels replaced by any digit (one in ten of these is right by chance), so that there are wrong answers which can only be memorised, and validate on 500 others with the right labels. The training loss keeps falling, while the validation loss falls and then rises again. To stop where it is lowest (the star) is called **early stopping**.
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
_, axis = plt.subplots(figsize=(7.5, 3.6))
epochs = np.arange(1, len(history["loss"]) + 1)
_ = axis.plot(epochs, history["loss"], color=BLUE, label="training")
_ = axis.plot(epochs, history["val_loss"], color=VERMILION, label="validation")
_ = axis.plot(epochs[best], history["val_loss"][best], "k*", ms=15)
_ = axis.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
_ = axis.legend()
plt.show()
rise = history["val_loss"][-1] / history["val_loss"][best]
check("validation loss at the end over the lowest", rise, at_least=1.05)
check(
    "training loss at the end over that at the star",
    history["loss"][-1] / history["loss"][best],
    at_most=0.6,
)
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
plain, regularized, memorised = {}, {}, {}  # memorised: share of the wrong labels given as answers
for limit, labels in [("overfitting", y_train), ("overfitting, wrong labels", y_noisy)]:
    few = x_train[:500], labels[:500]
    plain[limit], memorised["none"] = five(wide_network, *few, updates=375, on=on)
    for cure, settings in REGULARIZED.items():
        build = partial(wide_network, **settings)
        both = five(build, *few, updates=375, on=on)
        regularized[limit, cure], memorised[cure] = both
        compare(limit, cure, plain[limit], regularized[limit, cure])
for cure, shares in memorised.items():
    print(f"{cure}: {shares.mean():.2f} of the wrong labels memorised")
# %% [markdown] lang="ko"
# 레이블이 모두 맞으면 여기서는 셋 다 거의 차이가 없다. 틀린 레이블이 섞이면 드롭아웃과 L2가 크게, L1이 조금 도움이 된다. 틀린 레이블을 덜 외우기 때문이다. 훈련한 신경망이 틀린 레이블을 그대로 답하는 비율을 재어 보면 알 수 있다. 세기를 달리하면 결과도 달라지므로 세기는 검증 데이터로 고른다.
# %% [markdown] lang="en"
# With all labels right, the three make hardly any difference here. With wrong labels among them, dropout and L2 help a lot and L1 a little, because fewer of the wrong labels are memorised: that is what the share of wrong labels which the trained networks repeat as their answers shows. Other strengths give other results; choose them by validation data.
# %%
for cure in REGULARIZED:
    fewer = memorised["none"].mean() - memorised[cure].mean()
    check(f"{cure}: fewer of the wrong labels memorised, share", fewer, at_least=0.1)
    change = regularized["overfitting", cure].mean() - plain["overfitting"].mean()
    check(f"right labels, {cure}: change of the mean", change, at_least=-0.02, at_most=0.02)
for cure, least in {"dropout 0.5": 0.04, "L2": 0.02, "L1": 0.005}.items():
    limit = "overfitting, wrong labels"
    change = regularized[limit, cure].mean() - plain[limit].mean()
    check(f"wrong labels, {cure}: change of the mean", change, at_least=least)


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
image_grid(mapped[..., 0], list(MAPS), columns=5)
same(mapped[1, :, :-4], mapped[0, :, 4:], "moved, and the pixels four further right")
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
shown = [picture for i in range(4) for picture in (x_train[i], *augmented[8 * i : 8 * i + 8])]
image_grid(shown, ["original", *["augmented"] * 8] * 4, columns=9)
ink = augmented.sum(axis=(1, 2)) / np.repeat(x_train[:4].sum(axis=(1, 2)), 8)
check("ink after augmentation over before, mean", ink.mean(), at_least=0.85, at_most=1.15)
# %% tags=["nbval-ignore-output"]
few = x_train[:500], y_train[:500]
on = [(x_test, y_test), few]
with_augmentation, seen = five(wide_network, *few, updates=375, augment=augment, on=on)
compare("overfitting", "augmentation", plain["overfitting"], with_augmentation)
# %%
change = with_augmentation.mean() - plain["overfitting"].mean()
check("augmentation: change of the mean", change, at_least=0)
check("accuracy on the training digits themselves", seen.mean(), at_most=0.99)
# %% [markdown] lang="ko" slides="002 대규모 데이터셋의 등장"
# ### 더 많은 데이터
#
# 가장 확실한 약은 데이터를 더 모으는 것이다. 걸음의 수를 375로 똑같이 하고 데이터만 125개에서 8,000개까지 네 배씩 늘린다. 점 하나가 시드 하나다. 오른쪽 끝이 평평하다고 데이터가 충분하다는 뜻은 아니다. 375걸음으로는 8,000개를 두 번도 보지 못한다.
# %% [markdown] lang="en"
# ### More data
#
# The surest cure is to collect more data. With the same 375 steps, only the number of training digits changes, from 125 to 8,000 fourfold each time. Every dot is one seed. The flat right end does not mean that there are data enough: 375 steps do not even go through 8,000 digits twice.
# %% tags=["nbval-ignore-output"]
by_size = {500: plain["overfitting"]}
for size in (125, 2000, 8000):
    by_size[size] = five(wide_network, x_train[:size], y_train[:size], updates=375)
compare("overfitting", "500 to 8,000 digits", by_size[500], by_size[8000])
# %%
_, axis = plt.subplots(figsize=(7.5, 3.6))
sizes = sorted(by_size)
_ = axis.semilogx(sizes, [by_size[size].mean() for size in sizes], color=BLUE)
for size in sizes:
    _ = axis.semilogx([size] * 5, by_size[size], "o", color=BLUE, ms=4)
_ = axis.set(xlabel="training digits", ylabel="test accuracy", xticks=sizes)
_ = axis.set_xticklabels([f"{size:,}" for size in sizes])
axis.minorticks_off()
axis.grid(alpha=0.3)
plt.show()
change = by_size[500].mean() - by_size[125].mean()
check("125 to 500 digits: change of the mean", change, at_least=0.05)
change = by_size[8000].mean() - by_size[500].mean()
check("500 to 8,000 digits: change of the mean", change, at_least=0.02)


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
_, axes = plt.subplots(1, 5, figsize=(14, 2.8), sharey=True)
for axis, (dimension, lengths) in zip(axes, distances.items()):
    _ = axis.hist(lengths / lengths.mean(), bins=np.linspace(0, 2.4, 61), color=BLUE)
    _ = axis.set(title=f"{dimension:,} dimensions", xlabel="distance over the mean")
_ = axes[0].set_ylabel("points")
plt.show()
high = [10, 100, 1000, 10000]
spread = [distances[d].std() / distances[d].mean() for d in high]
power = np.polyfit(np.log(high), np.log(spread), 1)[0]
check("power of the dimension in the spread", power, at_least=-0.6, at_most=-0.4)
wide = {
    d: np.percentile(lengths, 95) / np.percentile(lengths, 5) for d, lengths in distances.items()
}
check("95th percentile over 5th, 2 dimensions", wide[2], at_least=2)
check("95th percentile over 5th, 10,000 dimensions", wide[10000], at_most=1.05)


# %% [markdown] lang="ko"
# 손글씨 숫자는 784차원인데도 왜 잘 될까? 진짜 숫자는 784차원에 고르게 퍼져 있지 않고, 달라지는 정도(분산)의 4분의 3쯤이 30개 방향에 모여 있기 때문이다. 분산이 가장 큰 방향부터 차례로 찾는 방법이 **주성분 분석**(principal component analysis)이다. 가장 가까운 훈련 숫자의 레이블을 답으로 하는 **최근접 이웃**(nearest neighbour) 방법으로 시험해 보자. 뜻 없는 잡음 픽셀을 덧붙일수록 정확도가 떨어지고, 주성분 30개만 남기면 떨어진 것의 절반 넘게 되살아난다.
# %% [markdown] lang="en"
# Why then do digits with their 784 dimensions work at all? Real digits do not fill 784 dimensions evenly: about three quarters of their variance lies in 30 directions. **Principal component analysis** finds the directions of largest variance, one after another. Try it with the **nearest neighbour** method, which answers with the label of the nearest training digit. The more meaningless pixels of noise are added, the lower its accuracy; keeping 30 principal components brings more than half of the loss back.
# %%
def nearest_accuracy(train, test):
    """Share of 500 test digits whose nearest of 1,000 training digits has the same label."""
    squares = (train**2).sum(axis=1) - 2 * test @ train.T  # lacks what is the same in a row
    return np.mean(y_train[:1000][squares.argmin(axis=1)] == y_test[:500])


noise_pixels = [0, 3136]
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
_, axis = plt.subplots(figsize=(7.5, 3.4))
for (name, curve), color in zip(curves.items(), (VERMILION, BLUE)):
    _ = axis.plot(noise_pixels, np.mean(curve, axis=0), "o-", color=color, label=name)
_ = axis.set(xlabel="noise pixels added", ylabel="accuracy", ylim=(0.5, 1), xticks=noise_pixels)
_ = axis.legend()
axis.grid(alpha=0.3)
plt.show()
lost = every_pixel[:, 0].mean() - every_pixel[:, -1].mean()
regained = (components[:, -1].mean() - every_pixel[:, -1].mean()) / lost
check("accuracy lost to 3,136 noise pixels", lost, at_least=0.05)
check("share of it brought back", regained, at_least=0.5)
found = PCA(30, svd_solver="randomized", random_state=0).fit(x_train[:1000].reshape(1000, 784))
share = found.explained_variance_ratio_.sum()
check("share of the variance in 30 components", share, at_least=0.7, at_most=0.8)
check(
    "components, worst after minus best before",
    gap(every_pixel[:, -1], components[:, -1]),
    at_least=0,
)


# %% [markdown] lang="ko" slides="002 느린 학습 속도 문제: GPU 및 병렬 계산"
# ## 5. 느린 학습
#
# 04에서 보았듯이 전체를 보고 한 걸음을 내딛는 것보다 32개를 보고 여러 걸음을 내딛는 것이 빠르다. 여기서는 걸음의 수가 바로 바꾸는 것이고, 보는 예제의 수는 같다. 숫자 2,000개를 여섯 번씩 보며 6걸음과 375걸음을 걷는다.
#
# 또 하나는 장치다. 예제마다 따로 곱하면 가중치를 4,000번 다시 읽고 함수도 4,000번 불러야 한다. 행렬곱 하나로 묶으면 읽어 온 가중치를 여러 예제에 거듭 쓰고 여러 코어가 일을 나눌 수 있어, 같은 계산이라도 훨씬 빠르다. GPU는 이런 곱셈을 수천 개씩 함께 하는 장치라, 묶어 놓은 계산만 빨라진다. GPU가 있으면 마지막 줄이 CPU와 견준다.
# %% [markdown] lang="en"
# ## 5. Slow learning
#
# As 04 showed, many steps on 32 examples each are faster than one step on all. Here the number of steps is what changes, and the number of examples seen stays the same: both see 2,000 digits six times, in 6 steps and in 375.
#
# The other cure is the device. Example by example, the weights are read, and the function called, 4,000 times. In one matrix product, weights once read serve many examples and several cores share the work, so the same computation is much faster. A GPU does thousands of such multiplications side by side, and so only speeds up what has been put together. Where there is a GPU, the last line compares it with the CPU.
# %% tags=["nbval-ignore-output"]
in_six = five(wide_network, x_train[:2000], y_train[:2000], updates=6, batch_size=2000)
compare("slow learning", "mini-batches of 32", in_six, by_size[2000])


# %% tags=["nbval-ignore-output"]
rows = x_train.reshape(-1, 784)[:4000]
kernel = np.random.RandomState(0).normal(size=(784, 256)).astype("float32")
speedup = fastest(lambda: [row @ kernel for row in rows], 20) / fastest(lambda: rows @ kernel, 20)
print(f"one matrix product is {speedup:.0f} times as fast as 4,000 products")
for device in tf.config.list_logical_devices("GPU"):
    times = []
    for place in ("CPU:0", device.name):
        with tf.device(place):
            big = tf.random.normal((4096, 4096))
            times.append(fastest(lambda big=big: (big @ big)[0, 0].numpy(), 5))
    print(f"{device.name} multiplies {times[0] / times[1]:.0f} times as fast as the CPU")
# %%
check("mini-batches, worst after minus best before", gap(in_six, by_size[2000]), at_least=0.2)
check("one matrix product over 4,000, how much faster", speedup, at_least=2)
same(np.stack([row @ kernel for row in rows[:5]]) / 100, rows[:5] @ kernel / 100, "both ways")


# %% [markdown] lang="ko"
# ## 6. 한눈에 보기
#
# 지금까지 잰 것을 모두 모은다. 점 하나가 시드 하나이고, 주황색이 바꾸기 전, 파란색이 바꾼 뒤다. 파란 점이 모두 주황색 점의 오른쪽에 있으면 뚜렷한 효과다.
# %% [markdown] lang="en"
# ## 6. All at a glance
#
# Everything measured so far. Every dot is one seed, orange before the change and blue after it. Where all blue dots lie to the right of all orange ones, the effect is clear.
# %% tags=["nbval-ignore-output"]
def verdict(before, after):
    if gap(before, after) > 0:
        return "helps clearly"
    return "helps within the spread" if after.mean() > before.mean() else "does not help here"


print(f"{'limit':26} {'cure':30} before  after")
for limit, cure, before, after in results:
    numbers = f"{before.mean():6.3f} {after.mean():6.3f}"
    print(f"{limit:26} {cure:30} {numbers}  {verdict(before, after)}")
# %%
results.sort(key=lambda row: row[0] == "overfitting, wrong labels")  # those rows at the end
_, axis = plt.subplots(figsize=(10, 6.4))
for row, (_, _, before, after) in enumerate(results):
    _ = axis.plot([before.mean(), after.mean()], [row - 0.16, row + 0.16], color=GREY, lw=1)
    for height, dots, color, name in [
        (-0.16, before, ORANGE, "before"),
        (0.16, after, BLUE, "after"),
    ]:
        label = None if row else name
        _ = axis.plot(dots, [row + height] * 5, "o", color=color, ms=5, label=label)
names = [f"{limit}: {cure}" for limit, cure, _, _ in results]
_ = axis.set(xlabel="test accuracy, before and after", yticks=range(len(names)), xlim=(0, 1))
_ = axis.set_yticklabels(names, fontsize=10)
_ = axis.legend(loc="center left")
axis.invert_yaxis()
axis.grid(alpha=0.3)
plt.show()
clear = sum(gap(before, after) > 0 for _, _, before, after in results)
check("cures whose worst of five beats the best before", clear, at_least=7)


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
# - 기울기 소실은 ReLU, 맞는 초기화, 배치 정규화가 저마다 고친다. 셋 다 신호와 기울기의 크기를 층마다 지키는 방법이다.
# - 과적합은 검증 손실이 다시 오르는 것으로 안다. 드롭아웃과 L1/L2 규제는 틀린 레이블이 있을 때 도움이 되었고, 레이블이 맞을 때는 거의 차이가 없었다.
# - 데이터 증강과 더 많은 데이터는 레이블이 맞을 때도 도움이 되었다.
# - 차원이 높으면 거리가 모두 비슷해진다. 진짜 데이터는 적은 방향에 몰려 있어 배울 수 있다. 느린 학습은 미니배치와 묶은 계산으로 빨라진다.
# %% [markdown] lang="en"
# ## Summary
#
# - Only an experiment that changes one thing and is repeated with other seeds tells an effect from chance.
# - Vanishing gradients are cured by ReLU, by fitting initialization and by batch normalization alike; all three keep the size of signals and gradients from layer to layer.
# - Overfitting shows where the validation loss rises again. Dropout and L1/L2 regularization helped where labels were wrong, and made hardly any difference where they were right.
# - Data augmentation and more data helped with right labels, too.
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
