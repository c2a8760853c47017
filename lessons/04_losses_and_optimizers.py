# %% [markdown] lang="ko" headline="digits learned with Adam, test accuracy"
# # [[number]] · 손실과 옵티마이저
#
# [[badge]]
#
# **얼마나 틀렸는지를 어떤 수로 나타내고, 그 수를 줄이려면 기울기를 따라 얼마나 크게, 어떤 걸음으로 내려가야 할까?**
# %% [markdown] lang="en"
# # [[number]] · Losses and optimizers
#
# [[badge]]
#
# **Which number says how wrong a model is, and with how large and what kind of steps should we follow the gradient to lower it?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 평균 제곱 오차와 교차 엔트로피를 직접 쓰고, 분류에 왜 교차 엔트로피를 쓰는지 기울기로 설명할 수 있다.
# - 학습률이 너무 작을 때, 알맞을 때, 너무 클 때를 알아보고, 포물선에서는 그 경계를 계산할 수 있다.
# - 신경망의 손실이 그릇 모양이 아니라는 것을 안장점과 진짜 신경망으로 보일 수 있다.
# - SGD, 모멘텀, 네스테로프, RMSprop, Adam을 몇 줄씩 쓰고, Keras의 것과 한 걸음씩 같다는 것을 보일 수 있다.
# - 배치의 크기가 걸음의 수와 흔들림을 어떻게 바꾸는지 잴 수 있다.
#
# 걸리는 시간은 약 60분이고, `small`에서는 1분 안에 실행이 끝난다. [[activations]]의 시그모이드와 소프트맥스, [[backpropagation]]의 기울기와 경사 하강법을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Write mean squared error and cross-entropy, and explain by their gradients why classification uses cross-entropy.
# - Recognise a learning rate that is too small, right or too large, and compute the limit for a parabola.
# - Show, by a saddle point and by a real network, that a network's loss is not shaped like a bowl.
# - Write SGD, momentum, Nesterov, RMSprop and Adam in a few lines each, and show that they equal Keras's step by step.
# - Measure how the batch size changes the number of steps and how much they waver.
#
# It takes about 60 minutes to read and, at scale `small`, less than one to run. You need sigmoid and softmax from [[activations]], and gradients and gradient descent from [[backpropagation]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 1부에서 ‘분류:손실함수’, ‘비용함수 업데이트 & 학습률’, ‘옵티마이저’, ‘MLP의 한계’의 Non convex optimization problem, ‘MLP의 한계 극복’의 미니배치 경사 하강법에 해당한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# From part 1 of deck 002, it covers the pages on loss functions for classification, on updating the cost and the learning rate and on optimizers, non-convex optimization from the page on the limits of the MLP, and mini-batch gradient descent from the page on overcoming them.
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
from keras import layers

from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, PINK, VERMILION


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 - 분류:손실함수"
# ## 1. 손실: 얼마나 틀렸는가
#
# 손실은 예측 $\hat y$와 정답 $y$를 견주어 수 하나로 나타낸다. 강의 자료의 ‘비용’, 그리고 연쇄 법칙 쪽의 ‘오차’ $E$도 같은 것이다([[backpropagation]]의 $E$에는 미분이 깔끔하도록 $\frac{1}{2}$이 붙어 있었다). 수를 맞히는 문제에는 **평균 제곱 오차**(mean squared error)를, 확률을 맞히는 문제에는 교차 엔트로피를 쓴다.
# 답이 둘뿐이면 $\hat y$는 답이 1일 확률 하나이고, 이때의 교차 엔트로피를 **이진 교차 엔트로피**(binary cross-entropy)라고 한다. 가능한 답이 셋 이상이면 정답 자리만 1인 벡터 $y$, 곧 **원-핫 인코딩**(one-hot encoding)과 확률의 벡터 $\hat y$를 견준다. 아래는 예제 하나의 손실이고, 배치에서는 평균을 낸다.
#
# $$\text{MSE} = (\hat y - y)^2, \qquad \text{BCE} = -y \ln \hat y - (1 - y)\ln(1 - \hat y), \qquad \text{CCE} = -\sum_k y_k \ln \hat y_k$$
#
# 복잡해 보이지만 교차 엔트로피는 둘 다 정답에 준 확률의 $-\ln$이다. 정답이 1이고 $\hat y = 0.9$이면 손실은 $-\ln 0.9 \approx 0.105$이고, 확률이 1에 가까울수록 0에 가까워진다.
# %% [markdown] lang="en"
# ## 1. Loss: how wrong?
#
# A loss compares a prediction $\hat y$ with the right answer $y$ and gives one number; the deck's ‘cost’, and the ‘error’ $E$ on its page about the chain rule, are the same thing (the $E$ of [[backpropagation]] had a factor of $\frac{1}{2}$ to make its derivative neat). Predicted numbers are measured by the **mean squared error**, predicted probabilities by cross-entropy.
# With only two answers, $\hat y$ is one probability, that of the answer 1, and the loss is **binary cross-entropy**. With three or more, the right answer is a vector $y$ that is 1 at its place and 0 elsewhere, its **one-hot encoding**, and it is compared with a vector of probabilities $\hat y$. These are the losses of one example; for a batch take the mean.
#
# $$\text{MSE} = (\hat y - y)^2, \qquad \text{BCE} = -y \ln \hat y - (1 - y)\ln(1 - \hat y), \qquad \text{CCE} = -\sum_k y_k \ln \hat y_k$$
#
# They look complicated, but both cross-entropies are $-\ln$ of the probability given to the right answer. If the right answer is 1 and $\hat y = 0.9$, the loss is $-\ln 0.9 \approx 0.105$; the closer the probability is to 1, the closer the loss is to 0.
# %%
def mean_squared_error(y, predicted):
    return ((predicted - y) ** 2).mean()


def binary_cross_entropy(y, predicted):
    return (-y * np.log(predicted) - (1 - y) * np.log(1 - predicted)).mean()


def categorical_cross_entropy(y, predicted):
    """The mean over examples: one-hot y and probabilities, both (examples, classes)."""
    return -(y * np.log(predicted)).sum(axis=1).mean()


one, nine_tenths = np.array([1.0]), np.array([0.9])
same(binary_cross_entropy(one, nine_tenths), -np.log(0.9), "loss of 0.9 for a 1, and -ln 0.9")
check(
    "loss of 0.9 for a 1, to three places",
    round(binary_cross_entropy(one, nine_tenths), 3),
    equals=0.105,
)
# %%
rng = np.random.RandomState(0)
y, predicted = np.array([1.0, 0.0, 1.0, 1.0, 0.0]), rng.uniform(0.05, 0.95, 5)
labels, probabilities = np.array([2, 0, 3]), rng.dirichlet(np.ones(4), 3)  # 3 examples, 4 classes
one_hot = np.eye(4)[labels]
by_hand = binary_cross_entropy(y, predicted)
same(
    mean_squared_error(y, predicted),
    keras.losses.MeanSquaredError()(y, predicted),
    "MSE: ours and Keras's",
)
same(by_hand, keras.losses.BinaryCrossentropy()(y, predicted), "BCE: ours and Keras's")
two_classes = np.stack([1 - predicted, predicted], axis=1)
as_two = categorical_cross_entropy(np.stack([1 - y, y], axis=1), two_classes)
same(by_hand, as_two, "BCE, and CCE with two classes")

by_hand = categorical_cross_entropy(one_hot, probabilities)
library = keras.losses.CategoricalCrossentropy()(one_hot, probabilities)
same(by_hand, library, "CCE of one-hot vectors: ours and Keras's")
library = keras.losses.SparseCategoricalCrossentropy()(labels, probabilities)
same(by_hand, library, "CCE of labels: ours and Keras's")


# %% [markdown] lang="ko"
# ### 왜 분류에는 교차 엔트로피인가
#
# 출력이 시그모이드 $\hat y = \sigma(z)$이고 정답이 1이라고 하자. 훈련을 이끄는 것은 손실의 크기가 아니라 $z$에 대한 기울기다. 제곱 오차에는 $\sigma'$이 곱해져, 크게 틀렸을 때($z$가 0보다 훨씬 작을 때) 오히려 기울기가 사라진다. 교차 엔트로피에서는 $-\ln \hat y$의 미분 $-1/\hat y$가 $\sigma' = \hat y\,(1 - \hat y)$의 $\hat y$를 지워 $-(1 - \hat y) = \hat y - 1$만 남는다. 크게 틀릴수록 크게 고친다.
#
# $$\frac{\partial\, \text{MSE}}{\partial z} = 2(\hat y - 1)\,\hat y\,(1 - \hat y), \qquad \frac{\partial\, \text{BCE}}{\partial z} = \hat y - 1$$
#
# $z = -6$에서 출발해 $z$를 가중치처럼 직접 고쳐 가면 값이 커지고, 확률이 0.9를 넘기까지 교차 엔트로피는 17걸음, 제곱 오차는 249걸음이 걸린다.
# %% [markdown] lang="en"
# ### Why classification uses cross-entropy
#
# Let the output be a sigmoid, $\hat y = \sigma(z)$, and the right answer 1. What drives training is not the size of the loss but its gradient at $z$. The squared error's is multiplied by $\sigma'$, so that it vanishes just where the model is badly wrong (where $z$ is far below 0). With cross-entropy, $-1/\hat y$, the derivative of $-\ln \hat y$, cancels the $\hat y$ in $\sigma' = \hat y\,(1 - \hat y)$ and leaves $-(1 - \hat y) = \hat y - 1$: the more wrong, the larger the correction.
#
# $$\frac{\partial\, \text{MSE}}{\partial z} = 2(\hat y - 1)\,\hat y\,(1 - \hat y), \qquad \frac{\partial\, \text{BCE}}{\partial z} = \hat y - 1$$
#
# Let gradient descent change $z$ itself, as if it were a weight, from $z = -6$: it rises, and cross-entropy takes 17 steps until the probability is above 0.9, the squared error 249.
# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


LOSSES = {  # of the score z, for the right answer 1
    "mean squared error": lambda z: (sigmoid(z) - 1) ** 2,
    "cross-entropy": lambda z: -np.log(sigmoid(z)),
}
SLOPES = {  # their derivatives
    "mean squared error": lambda z: 2 * (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)),
    "cross-entropy": lambda z: sigmoid(z) - 1,
}
zs = np.linspace(-8, 8, 401)
# %% tags=["figure"] title="two losses and their gradients"
_, axes = plt.subplots(1, 3, figsize=(14, 3.6))
for (name, slope), color in zip(SLOPES.items(), (VERMILION, BLUE)):
    axes[0].plot(sigmoid(zs), LOSSES[name](zs), color=color)
    axes[1].plot(zs, LOSSES[name](zs), color=color, label=name)
    axes[2].plot(zs, slope(zs), color=color)
axes[0].plot(0.9, -np.log(0.9), "o", color=BLUE, ms=9)
axes[0].set(xlabel="probability of the right answer", title="loss", ylim=(-0.2, 5))
axes[1].set(xlabel="z", title="loss", ylim=(-0.2, 5))
axes[2].set(xlabel="z", title="gradient of the loss at z")
axes[1].legend()
for axis in axes:
    axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 정답이 1일 때의 제곱 오차(주홍, mean squared error)와 교차 엔트로피(파랑, cross-entropy). 왼쪽은 정답의 확률에 따른 손실(loss)이고 점은 확률이 0.9인 곳이다. 가운데는 z에 따른 손실, 오른쪽은 z에 대한 기울기(gradient of the loss at z)다. z가 0보다 훨씬 작으면 제곱 오차의 기울기는 0에 가깝고 교차 엔트로피의 기울기는 −1에 가깝다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Squared error (vermilion) and cross-entropy (blue) where the right answer is 1. On the left the loss over the probability of the right answer, with a dot at 0.9; in the middle the loss over z; on the right its gradient at z. Where z is far below 0, the gradient of the squared error is near 0, that of cross-entropy near −1.*


# %%
def steps_until_right(slope, z=-6.0, learning_rate=1.0):
    """Steps of gradient descent on z until the probability of the right answer is above 0.9."""
    steps = 0
    while sigmoid(z) <= 0.9:
        z, steps = z - learning_rate * slope(z), steps + 1
    return steps


for name, loss in LOSSES.items():
    differences = (loss(zs + 1e-5) - loss(zs - 1e-5)) / 2e-5
    same(SLOPES[name](zs), differences, f"{name}: slope, and finite differences")
needed = {name: steps_until_right(slope) for name, slope in SLOPES.items()}
check("steps with cross-entropy, from z = -6", needed["cross-entropy"], equals=17)
check("steps with mean squared error, from z = -6", needed["mean squared error"], equals=249)
# %% [markdown] lang="ko"
# ### 로그 안의 0
#
# 확률이 0이 되면 $-\ln 0$은 무한대다. 그래서 확률만 받으면 Keras는 $10^{-7}$에서 자른다. 손실은 $-\ln 10^{-7} \approx 16.12$에서 멈추고 기울기는 0이 된다. 점수 $z$(로짓, logits)를 그대로 받아 한 번에 계산하면 그럴 일이 없고, `from_logits=True`가 그렇게 하라는 뜻이다. 마지막 층이 시그모이드나 소프트맥스인 모델이라면 TensorFlow를 쓰는 Keras는 그 층에 들어간 점수를 찾아내어 계산한다.
# %% [markdown] lang="en"
# ### A zero inside the logarithm
#
# With a probability of 0, $-\ln 0$ is infinite. Given probabilities alone, Keras therefore cuts them off at $10^{-7}$: the loss stops at $-\ln 10^{-7} \approx 16.12$, and the gradient is 0. A loss that takes the score $z$ itself (the logit) and computes everything in one go has no such trouble; `from_logits=True` asks for that. Where a model ends with a sigmoid or softmax layer, Keras on TensorFlow finds the score that went into it and computes with that.
# %%
right_answer, score = np.array([[1.0]]), tf.constant([[-50.0]])  # so the model is badly wrong
for from_logits, size in ((False, 16.12), (True, 50.0)):
    with tf.GradientTape() as tape:
        tape.watch(score)
        prediction = score if from_logits else 1 / (1 + tf.exp(-score))
        loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)(right_answer, prediction)
    what = "score" if from_logits else "probability"
    check(f"loss from the {what}, to two places", round(float(loss), 2), equals=size)
    slope = tape.gradient(loss, score)[0, 0]
    check(f"gradient at z, from the {what}", float(slope), equals=-1.0 if from_logits else 0.0)

inputs = keras.Input((1,))
neuron = keras.Model(inputs, layers.Dense(1, "sigmoid", kernel_initializer="ones")(inputs))
neuron.compile(loss="binary_crossentropy")
loss = neuron.evaluate(score, right_answer, verbose=0)
check("loss of a model that ends with a sigmoid", round(loss, 2), equals=50.0)


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 - 비용함수 업데이트 & 학습률"
# ## 2. 학습률: 얼마나 크게 걸을까
#
# 가장 간단한 손실 $f(w) = w^2$에서 $w = 2$에 서서 출발하자. 기울기는 $2w$이므로 한 걸음은 $w - \eta \cdot 2w = (1 - 2\eta)\,w$, 곧 $w$에 늘 같은 수를 곱하는 것이다. $\eta$는 학습률이다. 그 수의 크기(절댓값)가 1보다 작으면 바닥으로 가고, 0에 가까울수록 빨리 간다. 그 수가 음수면 걸음마다 골짜기를 건너뛰고, 크기가 1보다 크면 멀어진다.
# 그러니 이 그릇에서는 $0 < \eta < 1$이어야 하고 $\eta = 0.5$면 한 걸음에 닿는다. 굽은 정도(이계도함수)가 $a$인 그릇이라면 $0 < \eta < 2/a$다.
# %% [markdown] lang="en"
# ## 2. The learning rate: how large a step?
#
# Take the simplest loss, $f(w) = w^2$, and start at $w = 2$. The gradient is $2w$, so a step goes to $w - \eta \cdot 2w = (1 - 2\eta)\,w$, where $\eta$ is the learning rate: every step multiplies $w$ by the same number. If its size (absolute value) is below 1 the way leads to the bottom, the faster the closer to 0. If the number is negative, every step crosses the valley; if its size is above 1, the way leads away.
# In this bowl the rate must be $0 < \eta < 1$, and $\eta = 0.5$ gets there in one step. In a bowl of curvature (second derivative) $a$ it must be $0 < \eta < 2/a$.
# %%
def descend(learning_rate, steps=12, w=2.0):
    """The places of gradient descent on w², whose gradient is 2w."""
    places = [w]
    for _ in range(steps):
        places.append(places[-1] - learning_rate * 2 * places[-1])
    return np.array(places)


# %%
RATES = {0.02: "too small", 0.2: "right", 0.9: "large", 1.05: "too large"}
for rate in RATES:
    same(descend(rate)[-1], 2 * (1 - 2 * rate) ** 12, f"12 steps of {rate}, and the formula")
check("steps that 0.5 needs", int(np.argmax(descend(0.5) == 0)), equals=1)
for rate in (0.19, 0.21):  # on 5w², whose curvature is 10 and whose gradient is five times 2w
    check(
        f"curvature 10, rate {rate}: goes away",
        abs(descend(5 * rate)[-1]) > 2,
        equals=rate > 2 / 10,
    )
# %% tags=["figure"] title="four learning rates in one bowl"
valley = np.linspace(-4, 4, 200)
_, axes = plt.subplots(1, 4, figsize=(14, 3.4), sharey=True)
for axis, (rate, verdict) in zip(axes, RATES.items()):
    places = descend(rate)
    axis.plot(valley, valley**2, color=GREY, lw=1)
    axis.plot(places, places**2, "o-", color=BLUE if abs(1 - 2 * rate) < 1 else VERMILION, lw=1)
    axis.set(title=f"{rate}: {verdict}", xlabel="w", xlim=(-4, 4), ylim=(-0.7, 14))
axes[0].set_ylabel("loss")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. w = 2에서 출발한 12걸음을 학습률 네 가지로 그렸다. 가로축은 w, 세로축은 손실(loss)이다. 0.02는 너무 작아(too small) 바닥에 닿지 못하고, 0.2는 알맞고(right), 0.9는 커서(large) 골짜기를 건너뛰며 다가가고, 1.05는 너무 커서(too large) 멀어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Twelve steps from w = 2 with four learning rates. With 0.02 they do not reach the bottom, 0.2 is right, 0.9 crosses the valley at every step and still comes closer, and 1.05 leads away.*
# %% [markdown] lang="ko"
# ### 손글씨 숫자에서
#
# 진짜 신경망에서도 그럴까? 같은 초깃값에서 학습률만 0.0001에서 30쯤까지 바꾸며 한 에포크씩 훈련한다. 작을수록 덜 배우고, 어느 값까지는 클수록 많이 배우다가, 그 뒤로 무너진다. 알맞은 값은 0.03에서 0.3까지 열 배쯤 되는 넓은 범위에 있어서, 로그 눈금으로 몇 개만 시험해도 찾을 수 있다. 다만 0.3의 세 배만 되어도 떨어지고(다섯 시드에서 [[range: test accuracy with 1]]), 열 배면 무너진다.
# %% [markdown] lang="en"
# ### On handwritten digits
#
# Is a real network like that? From the same initial weights, it is trained for one epoch each with learning rates from 0.0001 to about 30. Small ones learn little; up to some value, larger ones learn more; then it collapses. Good values span a factor of about ten, from 0.03 to 0.3, so that a few trials on a logarithmic scale are enough to find one. But at three times 0.3 the accuracy is already lower ([[range: test accuracy with 1]] with five seeds), and at ten times training collapses.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
x_train, y_train = x_train[:8000].astype("float32") / 255, y_train[:8000]  # enough at both scales
x_test = x_test.astype("float32") / 255


def digit_network():
    x = inputs = keras.Input((28, 28))
    x = layers.Flatten()(x)  # 28x28 -> 784
    x = layers.Dense(64, "relu")(x)
    return keras.Model(inputs, layers.Dense(10)(x))


def train(optimizer, epochs=1, batch_size=32, digits=8000):
    """Train a new network, always from the same weights; the model and its loss by epoch."""
    keras.utils.set_random_seed(lesson.seed)
    model = digit_network()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    x, y = x_train[:digits], y_train[:digits]
    fitted = model.fit(x, y, batch_size=batch_size, epochs=epochs, verbose=0)
    return model, fitted.history["loss"]


# %% tags=["nbval-ignore-output"]
rates = 10.0 ** np.arange(-4, 2, 0.5)
sweep = []
for rate in rates:
    model, _ = train(keras.optimizers.SGD(rate))
    sweep.append(model.evaluate(x_test, y_test, verbose=0)[1])
    print(f"learning rate {rate:8.4f}: test accuracy {sweep[-1]:.3f}")
# %%
check("test accuracy with 0.0001", sweep[0], at_most=0.25)
check("worst test accuracy from 0.03 to 0.3", min(sweep[5:8]), at_least=0.84)
report("test accuracy with 1", sweep[8])
check("best test accuracy from 3 on", max(sweep[9:]), at_most=0.3)
# %% tags=["figure"] title="test accuracy by learning rate"
_, axis = plt.subplots(figsize=(7.5, 3.6))
axis.semilogx(rates, sweep, "o-", color=BLUE)
axis.set(xlabel="learning rate", ylabel="test accuracy after an epoch", ylim=(0, 1))
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 학습률(learning rate, 로그 눈금)에 따른 한 에포크 뒤의 테스트 정확도(test accuracy after an epoch). 천천히 올라가 넓은 봉우리를 이루고, 그 뒤로 뚝 떨어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy after an epoch, by learning rate on a logarithmic scale: a slow rise to a broad top, and a sharp fall behind it.*


# %% [markdown] lang="ko" slides="002 MLP의 한계: Non convex optimization problem"
# ## 3. 그릇이 아닌 손실
#
# 그릇에는 바닥이 하나다. 신경망의 손실은 그렇지 않다. 아래 함수에는 골짜기가 둘이고 깊이가 다르다. 골짜기의 바닥을 극소점이라 하고, 두 골짜기 사이의 고개처럼 한쪽으로는 바닥, 다른 쪽으로는 꼭대기인 곳을 **안장점**(saddle point)이라고 한다. 안장점에서도 기울기는 0이다.
#
# $$f(x, y) = \tfrac{1}{2}x^2 + \tfrac{1}{4}(y^2 - 1)^2 + \tfrac{1}{10}y$$
#
# $x = 1.2$이고 $y$가 안장점(별)보다 0.00001만큼 큰 곳과 작은 곳에서 출발해 보자. $x$ 쪽으로는 금방 바닥에 닿지만 $y$ 쪽으로는 백 걸음 가까이 거의 움직이지 않다가 서로 다른 골짜기로 내려간다. 한 길은 얕은 골짜기에서 멈춘다. 강의 자료가 말하는 ‘최적값이 아닌 지점에서 학습 멈춰버린 문제’가 이것이다.
# %% [markdown] lang="en"
# ## 3. A loss that is not a bowl
#
# A bowl has one bottom. A network's loss does not look like that. The function below has two valleys, one deeper than the other. The bottom of a valley is a local minimum; a place like the pass between the two, a bottom in one direction and a top in the other, is a **saddle point**. There, too, the gradient is 0.
#
# $$f(x, y) = \tfrac{1}{2}x^2 + \tfrac{1}{4}(y^2 - 1)^2 + \tfrac{1}{10}y$$
#
# Start at $x = 1.2$ and where $y$ is 0.00001 more and less than at the saddle point (the star). In $x$ both soon reach the bottom, but in $y$ almost nothing moves for nearly a hundred steps; then they go down into different valleys. One path stops in the shallow one. This is what the deck means by training that stopped at a point that is not the optimum.
# %%
def valleys(x, y):
    return x**2 / 2 + (y**2 - 1) ** 2 / 4 + y / 10


def descend_valleys(x, y, steps=250, learning_rate=0.1):
    """Places (steps + 1, 2) of gradient descent on the two valleys."""
    places = [(x, y)]
    for _ in range(steps):
        x, y = x - learning_rate * x, y - learning_rate * (y**3 - y + 0.1)
        places.append((x, y))
    return np.array(places)


DEEP, SADDLE, SHALLOW = np.sort(np.roots([1, 0, -1, 0.1]).real)  # where the gradient is 0
down, up = (descend_valleys(1.2, SADDLE + offset) for offset in (-1e-5, 1e-5))
same(down[-1], [0, DEEP], "the end below the saddle, and the deep minimum")
same(up[-1], [0, SHALLOW], "the end above the saddle, and the shallow minimum")
check(
    "loss at the shallow minimum minus the deep one",
    valleys(0, SHALLOW) - valleys(0, DEEP),
    at_least=0.19,
)
# %% tags=["figure"] title="two paths from beside a saddle point"
xs, ys = np.meshgrid(np.linspace(-1.5, 1.5, 61), np.linspace(-1.6, 1.6, 61))
figure = plt.figure(figsize=(13, 4))
surface, plane, curve = (
    figure.add_subplot(1, 3, 1, projection="3d"),
    figure.add_subplot(1, 3, 2),
    figure.add_subplot(1, 3, 3),
)
surface.plot_surface(xs, ys, valleys(xs, ys), cmap="viridis", alpha=0.8)
plane.contour(xs, ys, valleys(xs, ys), levels=20, cmap="viridis", linewidths=1)
for path, color in ((down, BLUE), (up, VERMILION)):
    plane.plot(*path.T, "o-", color=color, ms=3, lw=1)
    curve.plot(valleys(*path.T), color=color)
plane.plot(0, SADDLE, "k*", ms=14)
surface.view_init(35, -25)
surface.set(xlabel="x", ylabel="y", title="two valleys and a pass")
plane.set(xlabel="x", ylabel="y", title="two paths from beside the saddle")
curve.set(xlabel="step", title="loss along the paths")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 두 골짜기와 그 사이의 고개(two valleys and a pass), 가운데는 안장점(별) 옆에서 출발한 두 길(two paths from beside the saddle), 오른쪽은 걸음(step)에 따른 손실(loss along the paths)이다. 처음에는 두 길이 겹쳐 주홍만 보이다가, 파랑은 깊은 골짜기로 가고 주홍은 얕은 골짜기에서 멈춘다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left: two valleys and the pass between them. Middle: two paths from beside the saddle point (the star). Right: the loss along them. At first they coincide and only vermilion shows; then blue goes to the deep valley, and vermilion stops in the shallow one.*
# %% [markdown] lang="ko"
# 안장점 옆에서는 $y$ 쪽 기울기가 이계도함수 $3y^2 - 1$($y$는 안장점의 값이다)에 안장점까지의 거리를 곱한 것과 거의 같고, 가까울수록 더 그렇다. 이 수가 음수이므로 거리는 걸음마다 거의 $1 + \eta\,(1 - 3y^2)$배로 는다. 그래서 열 배 가까운 곳에서 출발할 때마다 거의 같은 수의 걸음이 더 든다. 재어서 이 식과 견주어 본다.
# %% [markdown] lang="en"
# Beside the saddle point, the gradient in $y$ is nearly the second derivative $3y^2 - 1$ (with the $y$ of the saddle) times the distance from it, the more nearly the closer. As that number is negative, the distance grows by a factor of nearly $1 + \eta\,(1 - 3y^2)$ at every step, so that every start ten times closer costs nearly the same number of extra steps. Here the measured number meets the formula.
# %%
distances = 10.0 ** -np.arange(2, 9)
leaving = [
    np.argmax(np.abs(descend_valleys(0, SADDLE - d, steps=400)[:, 1] - SADDLE) > 0.5)
    for d in distances
]
per_tenfold = np.polyfit(-np.log10(distances), leaving, 1)[0]
formula = np.log(10) / np.log(1 + 0.1 * (1 - 3 * SADDLE**2))
check(
    "steps more for a tenfold closer start, over the formula",
    per_tenfold / formula,
    at_least=0.98,
    at_most=1.02,
)
# %% [markdown] lang="ko"
# ### 진짜 신경망에서도
#
# 그릇 모양을 수학에서는 **볼록**(convex)하다고 한다. 고등학교 수학의 ‘아래로 볼록’이다. 두 곳을 잇는 선분 위 어디서도 양 끝의 큰 쪽보다 높지 않다는 것이 그 성질의 하나다. 훈련한 신경망의 은닉층에서 뉴런 64개의 순서를 바꾸어 보자. 가중치의 자리가 바뀌지만 함께 바꾸었으므로 답은 똑같다. 그러니 손실이 같은 곳이 $64! = 64 \times 63 \times \cdots \times 1$군데나 있다. 볼록하다면 두 곳 사이에서 손실이 더 커질 수 없는데, 재어 보면 언덕이 있다.
# %% [markdown] lang="en"
# ### In a real network, too
#
# In mathematics, the shape of a bowl is called **convex**. One of its properties: on the line between two places it is nowhere higher than at the higher end. Put the 64 hidden neurons of a trained network in another order. Weights change places, but they do so together, and the answers are the same; so as many as $64! = 64 \times 63 \times \cdots \times 1$ places have the same loss. If the loss were convex, it could not be larger in between; measured, there is a hill.
# %% tags=["nbval-ignore-output"]
model, _ = train(keras.optimizers.SGD(0.1), lesson.epochs(small=4, full=4))
W1, b1, W2, b2 = model.get_weights()
order = np.random.RandomState(lesson.seed).permutation(64)
twin = [W1[:, order], b1[order], W2[order], b2]
before = model.predict(x_test, verbose=0)
along, hill = np.linspace(0, 1, 11), []
for share in along:
    model.set_weights([(1 - share) * a + share * b for a, b in zip([W1, b1, W2, b2], twin)])
    hill.append(model.evaluate(x_train, y_train, verbose=0)[0])
after = model.predict(x_test, verbose=0)  # the weights are now the twin's
print(f"loss at the ends {hill[0]:.3f} and {hill[-1]:.3f}, in the middle {hill[5]:.3f}")
# %%
same(after, before, "scores of the trained and the reordered network")
check("loss in the middle over loss at the ends", hill[5] / hill[0], at_least=1.05)
# %% tags=["figure"] title="loss between a network and its reordered twin"
_, axis = plt.subplots(figsize=(7, 3.2))
axis.plot(along, hill, "o-", color=BLUE)
axis.set(xlabel="share of the way", ylabel="training loss", ylim=(0, None))
axis.set(xticks=[0, 0.5, 1], xticklabels=["trained", "halfway", "reordered"])
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련한 신경망(trained)에서 순서를 바꾼 신경망(reordered)까지 가중치를 조금씩 옮기며 잰 훈련 손실(training loss). 가로축은 온 길의 비율(share of the way)이고 halfway는 절반이다. 손실이 같은 두 곳 사이에 언덕이 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss on the straight way from the trained weights to the reordered ones. Between two places of equal loss there is a hill.*


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 - 옵티마이저"
# ## 4. 옵티마이저
#
# 기울기로 가중치를 고치는 규칙을 **옵티마이저**(optimizer)라고 한다. 지금까지 쓴 것이 SGD다. 나머지는 지나온 기울기를 두 가지 방법으로 기억한다.
#
# - **모멘텀**(momentum): 지난 걸음에 0.9를 곱해 이번 걸음에 더한다. 늘 같은 쪽을 가리키는 기울기는 쌓여 $1/(1 - 0.9) = 10$배의 걸음이 되고, 오락가락하는 기울기는 서로 지운다. 네스테로프(Nesterov)는 모멘텀으로 한발 더 나아간 자리의 기울기를 쓴다. 코드의 `w`는 이미 그 자리여서, 고친 뒤 다시 $0.9v$만큼 앞서 놓는다.
# - RMSprop은 기울기의 제곱을 최근 것일수록 무겁게 평균해 두고(지수 이동 평균) 그 제곱근으로 나눈다. 그래서 어느 방향의 기울기가 모두 백 배가 되어도 그 방향의 걸음은 그대로다.
# - Adam은 기울기의 평균을 제곱 평균의 제곱근으로 나눈다. 두 평균 모두 0에서 출발해 처음에는 너무 작으므로 $1 - \beta^t$로 나누어 바로잡는다. 코드의 `corrected`는 두 바로잡기를 학습률에 모아 곱한 것이다.
#
# 다섯 규칙을 그대로 쓰면 아래와 같다. 기본값은 Keras의 기본값이고, `state`는 걸음 사이에 기억하는 것이다.
# %% [markdown] lang="en"
# ## 4. Optimizers
#
# The rule by which gradients change weights is called the **optimizer**. The one used so far is SGD. The others remember the gradients that they have seen, in two ways.
#
# - **Momentum**: 0.9 of the last step is added to this one. Gradients that keep pointing the same way pile up to steps $1/(1 - 0.9) = 10$ times as long; gradients that go to and fro cancel. Nesterov uses the gradient one momentum step ahead. The `w` of the code is already that place, so after the update it is put ahead by $0.9v$ again.
# - RMSprop keeps an average of the squares of the gradients in which recent ones weigh more (an exponential moving average), and divides by its square root. If all gradients of one direction were a hundred times as large, its steps would therefore stay the same.
# - Adam divides such an average of the gradients by the root of that of their squares. Both averages start from 0 and are too small at first, so they are corrected by dividing by $1 - \beta^t$; `corrected` in the code collects both corrections in the learning rate.
#
# The five rules, as they are, look like this. The defaults are those of Keras, and `state` is what is remembered between steps.
# %%
def sgd(w, gradient, state, learning_rate=0.01):
    return w - learning_rate * gradient


def momentum(w, gradient, state, learning_rate=0.01, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) - learning_rate * gradient
    return w + state["v"]


def nesterov(w, gradient, state, learning_rate=0.01, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) - learning_rate * gradient
    return w + momentum * state["v"] - learning_rate * gradient


# %%
def rmsprop(w, gradient, state, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    state["s"] = rho * state.get("s", 0) + (1 - rho) * gradient**2
    return w - learning_rate * gradient / np.sqrt(state["s"] + epsilon)


def adam(w, gradient, state, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    t = state["t"] = state.get("t", 0) + 1
    state["m"] = beta_1 * state.get("m", 0) + (1 - beta_1) * gradient
    state["s"] = beta_2 * state.get("s", 0) + (1 - beta_2) * gradient**2
    corrected = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - corrected * state["m"] / (np.sqrt(state["s"]) + epsilon)


# %% [markdown] lang="ko"
# ### Keras의 옵티마이저와 견준다
#
# Keras의 기본값이 무엇이고 왜 있는지부터 보자. 모멘텀의 기본값은 0이므로 따로 정해야 켜진다.
#
# | 설정 | 기본값 | 하는 일 |
# |---|---|---|
# | `learning_rate` | SGD 0.01, 나머지 0.001 | 걸음의 크기. RMSprop과 Adam은 기울기의 크기를 나누어 없앤다. 그래서 첫걸음이 Adam은 이만큼이고, 바로잡지 않는 RMSprop은 그 $1/\sqrt{1-\rho} \approx 3.2$배다 |
# | `momentum` | 0 | 지난 걸음을 얼마나 이어 갈지. 흔히 0.9를 쓴다 |
# | `rho` | 0.9 | RMSprop이 제곱 평균을 얼마나 오래 기억할지. 약 10걸음 |
# | `beta_1`, `beta_2` | 0.9, 0.999 | Adam이 평균과 제곱 평균을 얼마나 오래 기억할지. 약 10걸음과 1000걸음 |
# | `epsilon` | 0.0000001 | 0으로 나누지 않도록 더하는 수. RMSprop은 제곱근 안에, Adam은 밖에 더한다 |
# %% [markdown] lang="en"
# ### Compared with Keras's optimizers
#
# First, what Keras's defaults are and what they are for. Momentum is 0 by default and has to be switched on.
#
# | setting | default | what it does |
# |---|---|---|
# | `learning_rate` | SGD 0.01, others 0.001 | the size of a step; RMSprop and Adam divide the size of the gradient out, so Adam's first step is as long as this and RMSprop's, which is not corrected, $1/\sqrt{1-\rho} \approx 3.2$ times |
# | `momentum` | 0 | how much of the last step is kept; 0.9 is usual |
# | `rho` | 0.9 | how long RMSprop remembers squares: about 10 steps |
# | `beta_1`, `beta_2` | 0.9, 0.999 | how long Adam remembers gradients and squares: about 10 and 1000 steps |
# | `epsilon` | 0.0000001 | keeps the divisor away from 0; RMSprop adds it inside the root, Adam outside |
# %%
DEFAULTS = {
    "SGD": {"learning_rate": 0.01, "momentum": 0.0},
    "RMSprop": {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
}
for name, settings in DEFAULTS.items():
    config = getattr(keras.optimizers, name)().get_config()
    found = tuple(round(config[key], 9) for key in settings)
    check(f"{name}: {', '.join(settings)}", found, equals=tuple(settings.values()))
# %% [markdown] lang="ko"
# 이제 같은 곳에서 출발해 50걸음을 걷고, 걸음마다 어디에 있는지를 견준다. 기울기가 큰 방향, 작은 방향, 거의 평평한 방향을 하나씩 두었다. 평평한 방향에서는 `epsilon`을 어디에 더하는지까지 결과에 드러난다. 차이는 방향마다 걸어간 거리로 나누어 잰다.
# %% [markdown] lang="en"
# Now both walk 50 steps from the same start, and their places after every step are compared. One direction is steep, one gentle and one almost flat; in the flat one even the place where `epsilon` is added shows. Differences are measured relative to the way covered in each direction.
# %%
CURVATURES = np.array([0.1, 2.0, 1e-4])  # of x²/20 + y² + a third, almost flat direction


def walk(rule, start, steps=50, **settings):
    """Places (steps + 1, n) on the way of one of the five rules."""
    places, state = [np.array(start)], {}
    for _ in range(steps):
        gradient = CURVATURES[: len(start)] * places[-1]
        places.append(rule(places[-1], gradient, state, **settings))
    return np.array(places)


def walk_with_keras(optimizer, start, steps=50):
    variable, places = keras.Variable(start, dtype="float64"), [np.array(start)]
    for _ in range(steps):
        gradient = keras.ops.convert_to_tensor(CURVATURES * places[-1])
        optimizer.apply([gradient], [variable])
        places.append(keras.ops.convert_to_numpy(variable).copy())
    return np.array(places)


# %%
TWINS = {
    sgd: (keras.optimizers.SGD, {}),
    momentum: (keras.optimizers.SGD, {"momentum": 0.9}),
    nesterov: (keras.optimizers.SGD, {"momentum": 0.9, "nesterov": True}),
    rmsprop: (keras.optimizers.RMSprop, {}),
    adam: (keras.optimizers.Adam, {}),
}
start_3d = np.array([-9.0, 2.0, 1.0])
for rule, (optimizer, settings) in TWINS.items():
    for rate in ({}, {"learning_rate": 0.3}):  # the default, and a bold one
        theirs = walk_with_keras(optimizer(**settings, **rate), start_3d)
        ours = walk(rule, start_3d, **rate)
        covered = np.abs(theirs - start_3d).max(axis=0)
        what = f"{rule.__name__}, {'learning rate 0.3' if rate else 'defaults'}: 50 steps, Keras's"
        ours, theirs = (ours - start_3d) / covered, (theirs - start_3d) / covered
        same(ours, theirs, what, tolerance=1e-4)  # Keras keeps the rates in float32
# %% [markdown] lang="ko"
# ### 한 골짜기 위의 다섯 길
#
# 길고 좁은 골짜기 $f(x, y) = \frac{1}{20}x^2 + y^2$에서 다섯 규칙을 함께 걷게 한다. 옆으로는 가파르고 앞으로는 완만하다. SGD는 벽 사이를 오가며 천천히 나아가고, 모멘텀은 쌓인 속력으로 바닥을 지나쳤다가 돌아오며, 네스테로프는 덜 지나친다. RMSprop의 첫걸음은 기울기가 다른 두 방향에서 길이가 똑같다. 열 걸음이면 가파른 쪽은 바닥에 닿고, 그 뒤로는 완만한 쪽으로 바닥을 향해 나아간다. Adam도 첫걸음은 두 방향이 같지만, 모멘텀처럼 기울기를 쌓기도 하므로 바닥을 지나쳤다가 돌아온다.
# 학습률은 걷는 모양이 잘 보이는 값을 골랐으므로 누가 가장 빠른지는 따지지 않는다. 오른쪽에서 SGD가 모멘텀을 앞서는 것도 이 학습률에서의 일이다.
# %% [markdown] lang="en"
# ### Five paths in one valley
#
# All five walk in a long, narrow valley, $f(x, y) = \frac{1}{20}x^2 + y^2$, steep to the sides and gentle along it. SGD goes from wall to wall and gets on slowly; momentum gathers speed, runs past the bottom and comes back; Nesterov runs past it less. RMSprop's first step is equally long in both directions, different as their gradients are. After ten steps it has reached the bottom in the steep direction and goes on towards it in the gentle one. Adam's first step is equal in both, too, but as it also piles up gradients, as momentum does, it runs past the bottom and comes back.
# The learning rates were chosen to show how each one walks, not which is fastest. That SGD is ahead of momentum on the right is true of these learning rates.
# %%
PATHS = {  # rule: (learning rate, colour)
    sgd: (0.9, GREY),
    momentum: (0.1, ORANGE),
    nesterov: (0.1, GREEN),
    rmsprop: (0.3, PINK),
    adam: (0.5, BLUE),
}
paths = {rule: walk(rule, [-9.0, 2.0], learning_rate=rate) for rule, (rate, _) in PATHS.items()}
# %% tags=["figure"] title="five optimizers in one valley"
xs, ys = np.meshgrid(np.linspace(-10, 6, 161), np.linspace(-2.4, 2.4, 97))
_, (plane, curve) = plt.subplots(1, 2, figsize=(14, 4.6), width_ratios=(1.7, 1))
plane.contour(xs, ys, xs**2 / 20 + ys**2, levels=14, colors="#bbbbbb", linewidths=0.8)
for rule, (rate, color) in PATHS.items():
    label = f"{rule.__name__}, {rate}"
    plane.plot(*paths[rule].T, "o-", color=color, ms=3.5, lw=1.5, label=label)
    x, y = paths[rule].T
    curve.semilogy(x**2 / 20 + y**2, color=color)
plane.plot(0, 0, "k*", ms=15)
plane.set(xlabel="x", ylabel="y")
plane.legend(fontsize=10, loc="upper right")
curve.set(xlabel="step", ylabel="loss")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 골짜기의 등고선 위에 그린 다섯 옵티마이저의 50걸음이고, 별은 바닥이다. 범례의 수는 학습률이다. 오른쪽은 걸음(step)에 따른 손실(loss, 로그 눈금)이다. SGD(회색)는 벽 사이를 오가고, 모멘텀(주황), 네스테로프(초록), Adam(파랑)은 바닥을 지나쳤다가 돌아오며, RMSprop(분홍)은 지나치지 않는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left: 50 steps of five optimizers over the contours of the valley; the star is its bottom, and the legend gives the learning rates. Right: the loss by step, on a logarithmic scale. SGD goes from wall to wall; momentum, Nesterov and Adam run past the bottom and come back; RMSprop does not run past it.*
# %%
beyond = {rule: path[:, 0].max() for rule, path in paths.items()}  # how far past x = 0
check("momentum's largest x, past the bottom at 0", beyond[momentum], at_least=1)
check("Nesterov's largest x over momentum's", beyond[nesterov] / beyond[momentum], at_most=0.95)
check("Adam's largest x, past the bottom at 0", beyond[adam], at_least=1)
check("RMSprop's largest x, short of the bottom", beyond[rmsprop], at_most=0)
check("times SGD changes sides", (np.diff(np.sign(paths[sgd][:, 1])) != 0).sum(), equals=50)
first = {rule: np.abs(path[1] - path[0]) for rule, path in paths.items()}
same(first[adam], [0.5, 0.5], "Adam's first step in x and y, and its learning rate")
same(first[rmsprop], [0.3 / np.sqrt(0.1)] * 2, "RMSprop's first step, and rate / sqrt(1 - rho)")
left = np.abs(paths[rmsprop][10]) / [9, 2]  # what is left of the way along x and y
check("RMSprop after 10 steps, share of the way left along x", left[0], at_least=0.4)
check("RMSprop after 10 steps, share of the way left along y", left[1], at_most=0.01)
hundredfold = walk(lambda w, g, s: rmsprop(w, 100 * g, s, learning_rate=0.3), [-9.0, 2.0], 10)
same(hundredfold, paths[rmsprop][:11], "RMSprop on gradients 100 times as large, and as they are")
steady = walk(lambda w, g, s: momentum(w, -1.0, s, learning_rate=0.01), [0.0], steps=200)
same(np.diff(steady[-2:, 0]) / 0.01, [10], "momentum on a steady slope, over one step of SGD")
# %% [markdown] lang="ko"
# ### 손글씨 숫자에서
#
# 같은 신경망을 같은 초깃값에서 세 에포크씩 Keras의 기본값으로 훈련하되, SGD는 학습률 0.1로도, 모멘텀 0.9를 켜고도 훈련한다. 기본값 0.01인 SGD는 뒤처진다. 그러나 모멘텀 0.9를 켜면 걸음이 열 배가 되니 학습률 0.1인 SGD와 거의 같아야 하고, 실제로 그렇다. SGD가 못해서가 아니라 걸음이 작아서였다.
# %% [markdown] lang="en"
# ### On handwritten digits
#
# The same network is trained for three epochs each from the same initial weights with Keras's defaults, and SGD also at a learning rate of 0.1 and with a momentum of 0.9. SGD at its default of 0.01 lags behind. But a momentum of 0.9 makes steps ten times as long, so it should do about as well as SGD at 0.1, and it does. SGD was not worse; its steps were small.
# %% tags=["nbval-ignore-output"]
CONTEST = {
    "SGD": (keras.optimizers.SGD, {}, GREY),
    "SGD, rate 0.1": (keras.optimizers.SGD, {"learning_rate": 0.1}, GREEN),
    "momentum 0.9": (keras.optimizers.SGD, {"momentum": 0.9}, ORANGE),
    "RMSprop": (keras.optimizers.RMSprop, {}, PINK),
    "Adam": (keras.optimizers.Adam, {}, BLUE),
}
histories, accuracies = {}, {}
for name, (optimizer, settings, _) in CONTEST.items():
    model, histories[name] = train(optimizer(**settings), lesson.epochs(small=3, full=3))
    accuracies[name] = model.evaluate(x_test, y_test, verbose=0)[1]
    print(f"{name:14}: test accuracy {accuracies[name]:.3f}")
# %%
last = {name: losses[-1] for name, losses in histories.items()}
check("digits learned with Adam, test accuracy", accuracies["Adam"], at_least=0.91)
check("loss, SGD over Adam", last["SGD"] / last["Adam"], at_least=2)
check(
    "loss, momentum over SGD at 0.1",
    last["momentum 0.9"] / last["SGD, rate 0.1"],
    at_least=0.95,
    at_most=1.08,
)
# %% tags=["figure"] title="training loss with five optimizers"
_, axis = plt.subplots(figsize=(7.5, 3.8))
for name, (_, _, color) in CONTEST.items():
    epochs = range(1, len(histories[name]) + 1)
    style = "s--" if name == "momentum 0.9" else "o-"  # it lies on top of SGD at 0.1
    axis.plot(epochs, histories[name], style, color=color, label=name)
axis.set(xlabel="epoch", ylabel="training loss", xticks=epochs, yscale="log")
axis.legend(fontsize=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)마다의 훈련 손실(training loss, 로그 눈금). 기본값 0.01인 SGD는 뒤처지고, 모멘텀을 켠 것(momentum 0.9, 주황)과 학습률이 0.1인 것(rate 0.1, 초록)은 거의 겹친다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss by epoch, on a logarithmic scale. SGD at its default of 0.01 lags behind; with a momentum of 0.9 (orange) it nearly coincides with SGD at a rate of 0.1 (green).*


# %% [markdown] lang="ko" slides="002 느린 학습 속도 문제: 미니배치 경사 하강법"
# ## 5. 배치, 미니배치, 확률적 경사 하강법
#
# 기울기를 예제 전체에서 구하면 정확하지만 한 걸음이 비싸다(배치 경사 하강법). 예제 하나에서 구하면 싸지만 크게 흔들린다. 이것이 본래의 **확률적 경사 하강법**(stochastic gradient descent)이고, 줄여서 SGD라고 한다. 그 사이가 **미니배치**(mini-batch)다. 오늘날 그냥 배치라고 하면 미니배치를, SGD라고 하면 미니배치를 쓴 것까지 가리킨다.
#
# 4와 9를 가르는 뉴런 하나로 그 모양을 보자. 입력은 위쪽 틈의 잉크(4는 열려 있고 9는 닫혀 있다)와 전체 잉크, 두 수뿐이어서 손실을 평면에 그릴 수 있다. 전체를 쓰면 매끄럽게 내려가고, 32개씩 쓰면 조금 흔들리며 내려가고, 하나씩 쓰면 크게 흔들리면서도 그 둘레로 간다.
# %% [markdown] lang="en"
# ## 5. Batch, mini-batch and stochastic gradient descent
#
# A gradient from all examples is exact, but one step is expensive (batch gradient descent). From a single example it is cheap and wavers widely: that is **stochastic gradient descent** in its original sense, SGD for short. In between lies the **mini-batch**. Today a batch usually means a mini-batch, and SGD includes its use.
#
# One neuron that tells 4 from 9 shows what this looks like. It has only two inputs, the ink in the gap at the top (open in a 4, closed in a 9) and the ink in all, so the loss can be drawn on a plane. With all examples the way down is smooth, with 32 at a time it wavers a little, and one at a time it wavers widely but still gets to the neighbourhood.
# %%
chosen = np.isin(y_train, (4, 9))
images, nines = x_train[chosen], (y_train[chosen] == 9).astype(float)
gap = images[:, 4:13, 12:17].mean(axis=(1, 2))  # between the two strokes of a 4
ink = np.stack([gap, images.mean(axis=(1, 2))], axis=1)
ink = (ink - ink.mean(axis=0)) / ink.std(axis=0)


def neuron_loss(w):
    """Cross-entropy of the neuron with weights w (..., 2) over all 4s and 9s."""
    z = np.asarray(w) @ ink.T  # ... x examples
    return (np.logaddexp(0, z) - nines * z).mean(axis=-1)


def neuron_gradient(w, batch):
    error = sigmoid(ink[batch] @ w) - nines[batch]
    return ink[batch].T @ error / len(batch)


# %%
def descend_neuron(batch_size, steps=2000, learning_rate=0.5):
    rng, places = np.random.RandomState(lesson.seed), [np.array([-2.0, 2.0])]
    for _ in range(steps):
        batch = rng.permutation(len(ink))[:batch_size]
        places.append(places[-1] - learning_rate * neuron_gradient(places[-1], batch))
    return np.array(places)


# %%
descents = {size: descend_neuron(size) for size in (len(ink), 32, 1)}
best = descents[len(ink)][-1]  # the star of the figure
slope = np.abs(neuron_gradient(best, np.arange(len(ink)))).max()
check("largest part of the gradient at the star", slope, at_most=1e-6)
away = {size: np.linalg.norm(path[-1000:] - best, axis=1).mean() for size, path in descents.items()}
check("distance to the star, one at a time over 32", away[1] / away[32], at_least=3.5)
from_start = away[1] / np.linalg.norm(best - [-2, 2])
check("distance to the star, one at a time over that of the start", from_start, at_most=0.3)
# %% tags=["figure"] title="three batch sizes on one loss"
xs, ys = np.meshgrid(np.linspace(-3, 4, 71), np.linspace(-2.5, 3.5, 61))
heights = neuron_loss(np.stack([xs, ys], axis=-1))
_, axes = plt.subplots(1, 3, figsize=(13, 4.2), sharey=True)
for axis, (size, path), color in zip(axes, descents.items(), (BLUE, GREEN, VERMILION)):
    axis.contour(xs, ys, heights, levels=20, colors="#bbbbbb", linewidths=0.8)
    axis.plot(*path[:101].T, "o-", color=color, ms=3, lw=1)
    axis.plot(*best, "k*", ms=15)
    title = "all examples" if size == len(ink) else f"{size} at a time"
    axis.set(title=title, xlabel="weight of the gap", xlim=(-3, 4), ylim=(-2.5, 3.5))
axes[0].set_ylabel("weight of all ink")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 처음 100걸음을 예제 전체(all examples), 32개씩(32 at a time), 하나씩(1 at a time)으로 걸었다. 가로축은 틈의 가중치(weight of the gap), 세로축은 전체 잉크의 가중치(weight of all ink)이고, 별은 손실이 가장 작은 곳이다. 배치가 작을수록 길이 크게 흔들린다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first 100 steps with all examples, with 32 at a time and with one at a time; the star is where the loss is smallest. The smaller the batch, the more the path wavers.*
# %% [markdown] lang="ko"
# ### 얼마나 흔들리는가
#
# 예제 $n$개를 평균한 값의 표준편차는 $1/\sqrt{n}$에 비례한다. 기울기도 평균이므로 배치가 백 배가 되어도 흔들림은 10분의 1로 줄 뿐이다. 그러니 배치를 키워 얻는 이득은 갈수록 줄어든다. 같은 자리에서 기울기를 여러 번 뽑아 표준편차를 재면 로그 눈금에서 기울어진 정도가 $-\frac{1}{2}$인 직선이 된다.
# %% [markdown] lang="en"
# ### How much it wavers
#
# The mean of $n$ examples has a standard deviation that goes with $1/\sqrt{n}$. A gradient is a mean, so a batch a hundred times as large wavers only ten times less: growing the batch pays less and less. Draw the gradient at one place many times and measure its standard deviation: on logarithmic axes it is a straight line of slope $-\frac{1}{2}$.
# %%
sizes = 2 ** np.arange(0, 11)
rng, spreads = np.random.RandomState(lesson.seed), []
for size in sizes:
    draws = [neuron_gradient(np.zeros(2), rng.randint(0, len(ink), size)) for _ in range(1000)]
    spreads.append(np.linalg.norm(np.std(draws, axis=0)))
exponent = np.polyfit(np.log(sizes), np.log(spreads), 1)[0]
check("power of the batch size in the spread", exponent, at_least=-0.52, at_most=-0.48)
# %% tags=["figure"] title="spread of the gradient by batch size"
_, axis = plt.subplots(figsize=(7, 3.6))
axis.loglog(sizes, spreads, "o", color=BLUE, label="measured")
level = np.exp(np.mean(np.log(spreads * np.sqrt(sizes))))
axis.loglog(sizes, level / np.sqrt(sizes), color=GREY, lw=1, label="proportional to 1/√n")
axis.set(xlabel="batch size n", ylabel="spread of the gradient")
axis.legend()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 배치의 크기 n(batch size, 로그 눈금)에 따른 기울기의 표준편차(spread of the gradient, 로그 눈금). 잰 점(measured)이 1/√n에 비례하는 직선(proportional to 1/√n) 위에 놓인다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Standard deviation of the gradient by batch size, both on logarithmic scales. The measured points lie on the line proportional to 1/√n.*
# %% [markdown] lang="ko"
# ### 손글씨 숫자에서
#
# 예제 4,000개를 두 에포크씩, 곧 같은 예제를 같은 횟수만큼 보며 훈련한다. 전체를 한 배치로 하면 두 걸음뿐이라 거의 배우지 못한다. 하나씩 보면 8,000걸음을 걷지만 시간이 훨씬 오래 걸린다. 32개를 함께 계산하는 걸음 하나가 하나씩 계산하는 걸음 32개보다 훨씬 빠르기 때문이다. 크게 흔들리므로 학습률도 10분의 1로 줄였다. 같은 시간이 아니라 같은 횟수로 견준 것이므로, 정확도만 보고 하나씩이 낫다고 할 수는 없다.
# %% [markdown] lang="en"
# ### On handwritten digits
#
# Train on 4,000 examples for two epochs each, so that every run sees the same examples equally often. All in one batch makes only two steps, and almost nothing is learned. One at a time makes 8,000 steps but takes much longer, because one step on 32 examples is much faster than 32 steps on one. As its steps waver widely, its learning rate was cut to a tenth. This compares equal numbers of examples, not equal times: accuracy alone does not make one at a time the better choice.
# %% tags=["nbval-ignore-output"]
RUNS = {4000: 0.1, 32: 0.1, 1: 0.01}  # batch size: learning rate
runs, updates = {}, {}
for size, rate in RUNS.items():
    started = perf_counter()
    model, _ = train(keras.optimizers.SGD(rate), 2, batch_size=size, digits=4000)
    seconds = perf_counter() - started
    runs[size] = model.evaluate(x_test, y_test, verbose=0)[1], seconds
    updates[size] = int(model.optimizer.iterations)
    print(
        f"batch {size:4}: {updates[size]:4} updates, {seconds:4.1f} s, test accuracy {runs[size][0]:.3f}"
    )
# %%
check("updates in two epochs", tuple(updates.values()), equals=(2, 250, 8000))
check("test accuracy, all 4,000 at once", runs[4000][0], at_most=0.4)
check("test accuracy, 32 at a time", runs[32][0], at_least=0.85)
check("test accuracy, one at a time", runs[1][0], at_least=0.85)
check("time, one at a time over 32 at a time", runs[1][1] / runs[32][1], at_least=2)


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 점수 $z$에서 바로 이진 교차 엔트로피의 평균을 구하는 함수를 작성하라. $-y \ln \sigma(z) - (1 - y)\ln(1 - \sigma(z)) = \ln(1 + e^z) - yz$이지만, $z = 1000$이면 $e^z$가 넘친다. $z > 0$일 때 $\ln(1 + e^z) = z + \ln(1 + e^{-z})$인 것을 쓰자.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write the mean binary cross-entropy straight from scores $z$. It is $-y \ln \sigma(z) - (1 - y)\ln(1 - \sigma(z)) = \ln(1 + e^z) - yz$, but with $z = 1000$ the exponential $e^z$ overflows. Use that $\ln(1 + e^z) = z + \ln(1 + e^{-z})$ for $z > 0$.
# %% tags=["exercise"]
def loss_from_scores(y, z):
    """Mean binary cross-entropy from scores of any size."""
    ...


# %% tags=["solution"]
def loss_from_scores(y, z):
    """Mean binary cross-entropy from scores of any size."""
    return (np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z).mean()


# %% tags=["wrong"]
def loss_from_scores(y, z):
    """Mean binary cross-entropy from scores of any size."""
    with np.errstate(over="ignore"):
        return (np.log(1 + np.exp(z)) - y * z).mean()


# %%
cases = [
    (np.array([1.0, 0.0, 1.0]), np.array([0.5, -2.0, -3.0])),
    (np.array([1.0, 0.0]), np.array([-1000.0, 1000.0])),
]
library = keras.losses.BinaryCrossentropy(from_logits=True)
exercise(loss_from_scores, [(case, library(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** Adagrad는 기울기의 제곱을 평균하지 않고 처음부터 모두 더한다. $s \leftarrow s + g^2$, $w \leftarrow w - \eta\, g / \sqrt{s + \epsilon}$이고 $s$는 0.1에서 출발한다. 기울기의 목록을 받아 모두 따라간 뒤의 $w$를 돌려주는 함수를 작성하라. $\epsilon = 10^{-7}$이다. 오래 걸으면 걸음은 어떻게 될까?
# %% [markdown] lang="en"
# **2.** Adagrad does not average the squares of the gradients but adds them all up: $s \leftarrow s + g^2$, $w \leftarrow w - \eta\, g / \sqrt{s + \epsilon}$, where $s$ starts from 0.1. Write a function that takes a list of gradients and returns $w$ after following them all, with $\epsilon = 10^{-7}$. What happens to the steps on a long walk?
# %% tags=["exercise"]
def adagrad(w, gradients, learning_rate):
    """The weight after one Adagrad step for each gradient."""
    ...


# %% tags=["solution"]
def adagrad(w, gradients, learning_rate):
    """The weight after one Adagrad step for each gradient."""
    s = 0.1
    for g in gradients:
        s += g**2  # only grows: with steady gradients, steps shrink like 1/√t
        w -= learning_rate * g / np.sqrt(s + 1e-7)
    return w


# %% tags=["wrong"]
def adagrad(w, gradients, learning_rate):
    """The weight after one Adagrad step for each gradient."""
    for g in gradients:
        w -= learning_rate * g / np.sqrt(0.1 + g**2 + 1e-7)
    return w


# %%
def keras_adagrad(w, gradients, learning_rate):
    variable = keras.Variable(w, dtype="float64")
    optimizer = keras.optimizers.Adagrad(learning_rate)
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(np.float64(gradient))], [variable])
    return float(variable)


cases = [(1.0, [0.5, 0.5, -2.0], 0.1), (-3.0, [1.0] * 20, 0.5)]
exercise(adagrad, [(case, keras_adagrad(*case)) for case in cases])


# %% [markdown] lang="ko"
# **3.** 학습률은 훈련하는 동안 줄이는 것이 좋다. 코사인 일정은 처음의 학습률에서 출발해 반 주기의 코사인을 따라 마지막 걸음에서 0이 된다. 걸음 `step`에서의 학습률을 돌려주는 함수를 작성하라. 코사인은 반 주기 동안 1에서 −1로 가므로($\cos 0 = 1$, $\cos \pi = -1$), `first`에서 0으로 가도록 옮기고 줄인다.
# %% [markdown] lang="en"
# **3.** It is good to lower the learning rate during training. A cosine schedule starts from the first learning rate and follows half a period of the cosine to reach 0 at the last step. Write a function that returns the learning rate at `step`. Over half a period the cosine goes from 1 to −1 ($\cos 0 = 1$, $\cos \pi = -1$); shift and scale it to go from `first` to 0.
# %% tags=["exercise"]
def cosine_rate(step, steps, first):
    """The learning rate at a step from 0 to `steps`: `first` at 0, 0 at the end."""
    ...


# %% tags=["solution"]
def cosine_rate(step, steps, first):
    """The learning rate at a step from 0 to `steps`: `first` at 0, 0 at the end."""
    return first * (1 + np.cos(np.pi * step / steps)) / 2


# %% tags=["wrong"]
def cosine_rate(step, steps, first):
    """The learning rate at a step from 0 to `steps`: `first` at 0, 0 at the end."""
    return first * np.cos(np.pi / 2 * step / steps)


# %%
cases = [(0, 100, 0.5), (20, 100, 0.5), (50, 100, 0.5), (100, 100, 0.5), (30, 40, 0.1)]
library = keras.optimizers.schedules.CosineDecay
exercise(cosine_rate, [(case, float(library(case[2], case[1])(case[0]))) for case in cases])
# %% [markdown] lang="ko"
# ## 요약
#
# - 교차 엔트로피는 정답에 준 확률의 $-\ln$이다. 크게 틀릴수록 기울기가 커서 분류에 알맞다.
# - 학습률이 너무 작으면 느리고 너무 크면 멀어진다. 굽은 정도가 $a$인 그릇에서 경계는 $2/a$다.
# - 신경망의 손실은 그릇이 아니다. 바닥이 여럿이고, 안장점 옆에서는 오래 머문다.
# - 모멘텀은 같은 쪽의 기울기를 쌓고, RMSprop과 Adam은 방향마다 기울기의 크기를 나누어 없앤다. 다섯 모두 몇 줄이고 Keras의 것과 같다.
# - 배치가 크면 흔들림이 $1/\sqrt{n}$로 줄지만 걸음이 적어진다. 그래서 예제 수십에서 수백 개짜리 미니배치를 쓴다.
# %% [markdown] lang="en"
# ## Summary
#
# - Cross-entropy is $-\ln$ of the probability given to the right answer. The more wrong the model, the larger its gradient, which suits classification.
# - A learning rate that is too small is slow, one that is too large leads away; in a bowl of curvature $a$ the limit is $2/a$.
# - A network's loss is no bowl. It has many bottoms, and beside a saddle point training stays for long.
# - Momentum piles up gradients that point the same way; RMSprop and Adam divide the size of the gradients out, direction by direction. All five take a few lines and equal Keras's.
# - Larger batches waver less, by $1/\sqrt{n}$, but make fewer steps; hence mini-batches of some tens or hundreds of examples.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002 1부 ‘비용함수 업데이트 & 학습률’, ‘옵티마이저’, ‘분류:손실함수’, ‘MLP의 한계’, ‘MLP의 한계 극복’.
# - H. Robbins, S. Monro (1951). *A stochastic approximation method*. Annals of Mathematical Statistics 22, 400–407.
# - B. Polyak (1964). *Some methods of speeding up the convergence of iteration methods*. USSR Computational Mathematics and Mathematical Physics 4, 1–17.
# - J. Duchi, E. Hazan, Y. Singer (2011). *Adaptive subgradient methods for online learning and stochastic optimization*. JMLR 12, 2121–2159. Adagrad.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton (2013). *On the importance of initialization and momentum in deep learning*. ICML. 네스테로프의 형태.
# - Y. Dauphin 외 (2014). *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*. NIPS.
# - T. Tieleman, G. Hinton (2012). *Lecture 6.5, RMSprop*. Coursera: Neural Networks for Machine Learning.
# - D. Kingma, J. Ba (2015). *Adam: a method for stochastic optimization*. ICLR. 2.1절 바로 앞의 형태를 Keras가 쓴다.
# - I. Loshchilov, F. Hutter (2017). *SGDR: stochastic gradient descent with warm restarts*. ICLR. 코사인 일정.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, part 1: the pages on updating the cost and the learning rate, on optimizers, on loss functions, on the limits of the MLP and on overcoming them.
# - H. Robbins, S. Monro (1951). *A stochastic approximation method*. Annals of Mathematical Statistics 22, 400–407.
# - B. Polyak (1964). *Some methods of speeding up the convergence of iteration methods*. USSR Computational Mathematics and Mathematical Physics 4, 1–17.
# - J. Duchi, E. Hazan, Y. Singer (2011). *Adaptive subgradient methods for online learning and stochastic optimization*. JMLR 12, 2121–2159. Adagrad.
# - I. Sutskever, J. Martens, G. Dahl, G. Hinton (2013). *On the importance of initialization and momentum in deep learning*. ICML. Nesterov in this form.
# - Y. Dauphin et al. (2014). *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*. NIPS.
# - T. Tieleman, G. Hinton (2012). *Lecture 6.5, RMSprop*. Coursera: Neural Networks for Machine Learning.
# - D. Kingma, J. Ba (2015). *Adam: a method for stochastic optimization*. ICLR. Keras uses the form just before section 2.1.
# - I. Loshchilov, F. Hutter (2017). *SGDR: stochastic gradient descent with warm restarts*. ICLR. The cosine schedule.
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
