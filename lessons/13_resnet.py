# %% [markdown] lang="ko" headline="test accuracy of residual-56"
# # [[number]] · ResNet
#
# [[badge]]
#
# **층을 20개에서 56개로 늘렸더니 훈련 데이터에서조차 더 나빠졌다. 무엇을 더하면 깊이가 해가 되지 않을까?**
# %% [markdown] lang="en"
# # [[number]] · ResNet
#
# [[badge]]
#
# **With 56 layers instead of 20 a network does worse, even on the data it was trained on. What has to be added so that depth does no harm?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 깊은 신경망의 성능 저하를 직접 재고, 그것이 과적합이 아님을 훈련 손실로 보일 수 있다.
# - 훈련한 20층 신경망과 똑같은 답을 내는 56층 신경망을 손으로 만들 수 있다.
# - 잔차 블록을 조립하고, $F = 0$일 때 무엇이 나오는지 말할 수 있다.
# - 층마다 기울기를 재어, 지름길과 배치 정규화가 저마다 무엇을 바꾸는지 가려낼 수 있다.
# - ResNet-18부터 152까지 다섯 신경망을 표 하나에서 조립하고, 스트라이드의 자리에 따라 무엇이 달라지는지 설명할 수 있다.
#
# 걸리는 시간은 약 50분이고, `small`에서는 실행에 2분쯤 걸린다. [[activations]]의 기울기 소실, [[training_well]]의 배치 정규화와 초기화, [[lenet_alexnet]]의 곱셈-덧셈, [[googlenet]]의 1×1 합성곱을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Measure the degradation of deep networks, and show by the training loss that it is not overfitting.
# - Build by hand a network of 56 layers that gives the same answers as a trained one of 20.
# - Build a residual block, and say what comes out of it when $F = 0$.
# - Measure gradients layer by layer, and tell apart what shortcuts and what batch normalization change.
# - Build the five networks from ResNet-18 to 152 from one table, and explain what depends on where the stride sits.
#
# It takes about 50 minutes to read and, at scale `small`, about two minutes to run. You need vanishing gradients from [[activations]], batch normalization and initialization from [[training_well]], multiply-adds from [[lenet_alexnet]], and 1×1 convolutions from [[googlenet]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 000의 ‘Deep Residual Learning for Image Recognition’과 ‘ResNet이란?’, 001의 ‘대표 모델: ResNet’과 ‘깊은 네트워크의 문제점’, 003의 ‘ResNet’과 ‘Residual Block’, 004의 ‘ResNet (2015)’과 ‘Residual Connection’에 해당한다. 자료와 다른 점은 8절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson covers the pages of deck 000 on the paper and on what ResNet is, those of deck 001 on ResNet and on the trouble with deep networks, those of deck 003 on ResNet and the residual block with its listing, and those of deck 004 on ResNet and residual connections. Section 8 collects the differences from the slides.
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

from helpers.checks import check, exercise, report, same
from helpers.counting import multiply_adds
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, PINK, VERMILION

# %% [markdown] lang="ko" slides="000 ResNet 논문; 001 대표 모델: ResNet; 001 깊은 네트워크의 문제점"
# ## 1. 더 깊은데 더 나쁘다
#
# AlexNet([[lenet_alexnet]])에서 GoogLeNet([[googlenet]])까지 신경망의 깊이는 8에서 22로 늘고 ImageNet의 오류는 줄었다. 계속 쌓으면 계속 좋아질까? ResNet을 제안한 논문(He 외, 2016. 아래에서 ‘논문’)은 이 물음으로 시작한다. 같은 방식으로 20층과 56층을 쌓아 작은 컬러 사진 모음인 CIFAR-10으로 훈련했더니, 56층이 테스트 오류뿐 아니라 **훈련 오류**까지 높았다. 층을 더 쌓으면 훈련 오류가 오히려 높아지는 이 현상을 **성능 저하**(degradation)라고 한다.
#
# 논문의 신경망은 이렇게 생겼다. 3×3 합성곱 하나로 시작해, 3×3 합성곱 두 층으로 된 블록을 $n$개씩 세 단 쌓는다. 여기에서 단은 맵의 크기가 같은 블록들이다. [[vgg]]에서는 풀링이 단을 나누었지만, 여기에서는 단이 바뀔 때마다 첫 블록이 풀링 대신 스트라이드 2로 높이와 너비를 반으로 줄이고 채널을 두 배로 늘린다. 끝에는 전역 평균 풀링과 완전 연결 층이 있다. 가중치가 있는 층은 $1 + 3 \cdot 2n + 1 = 6n + 2$개다. $n = 3$이면 20층, $n = 9$이면 56층이다. 합성곱마다 배치 정규화가 따른다. 스트라이드가 2일 때 Keras의 `same`은 맵의 한 변이 짝수이면 오른쪽과 아래에만 0을 덧대므로, 논문처럼 네 변에 덧대려고 `ZeroPadding2D`를 쓴다.
# %% [markdown] lang="en"
# ## 1. Deeper, and worse
#
# From AlexNet ([[lenet_alexnet]]) to GoogLeNet ([[googlenet]]) networks grew from a depth of 8 to 22, and errors on ImageNet fell. Will more layers always be better? The paper that introduced ResNet (He et al., 2016; "the paper" below) starts from this question. Networks of 20 and of 56 layers, stacked in the same way and trained on the small color photos of CIFAR-10, gave a higher test error with 56 layers, and a higher **training error** as well. That more layers make the training error higher is called **degradation**.
#
# The networks of the paper look like this. After one 3×3 convolution come three stages of $n$ blocks, each of two 3×3 convolutions. Here a stage is the blocks whose maps are of one size. In [[vgg]] pooling separated the stages; here it is the first block of the next stage that halves height and width, by a stride of 2, and it doubles the channels. At the end stand global average pooling and a fully connected layer. That makes $1 + 3 \cdot 2n + 1 = 6n + 2$ layers with weights: 20 for $n = 3$, 56 for $n = 9$. Each convolution is followed by batch normalization. With a stride of 2 and an even side, `same` in Keras pads with zeros only right and below; `ZeroPadding2D` pads on all four sides, as the paper does.


# %%
def convolution(
    x, filters, side, strides=1, normalize=True, use_bias=False, initializer="he_normal"
):
    """A convolution that pads with zeros, then batch normalization; no ReLU yet."""
    padding = "same"
    if side > 1 and strides > 1:  # "same" would pad on two sides only
        x, padding = layers.ZeroPadding2D(side // 2)(x), "valid"
    options = {"use_bias": use_bias, "kernel_initializer": initializer}
    x = layers.Conv2D(filters, side, strides=strides, padding=padding, **options)(x)
    if normalize:
        x = layers.BatchNormalization(momentum=0.9, epsilon=1.001e-5)(x)  # ε of Keras's ResNets
    return x


def basic(x, filters, strides=1, **options):
    """Two 3x3 convolutions, no ReLU behind the second yet; options are for each convolution."""
    x = layers.ReLU()(convolution(x, filters, 3, strides, **options))
    return convolution(x, filters, 3, **options)


# %%
def deep(n, shortcut=None, widths=(8, 16, 32), input_shape=(14, 14, 1), **options):
    """6n + 2 layers that give scores for ten classes; `shortcut` is for section 3."""
    x = inputs = keras.Input(input_shape)
    x = layers.ReLU()(convolution(x, widths[0], 3, 2, **options))  # 14 -> 7
    for filters in widths:
        for block in range(n):
            strides = 2 if block == 0 and filters > widths[0] else 1  # 7 -> 4 -> 2
            f = basic(x, filters, strides, **options)
            if shortcut:
                f = layers.Add()([shortcut(x, filters, strides), f])
            x = layers.ReLU()(f)
    x = layers.GlobalAveragePooling2D()(x)  # 2x2x32 -> 32
    return keras.Model(inputs, layers.Dense(10)(x))


def weighted(model):
    """The layers that the paper counts: convolutions and fully connected ones."""
    return [layer for layer in model.layers if isinstance(layer, layers.Conv2D | layers.Dense)]


depths = [len(weighted(deep(n))) for n in (3, 9)]
check("layers with weights for n = 3 and 9", depths, equals=[20, 56])
# %% [markdown] lang="ko"
# 논문의 실험을 작게 옮긴다. 커널 수는 논문의 절반인 8, 16, 32이고, 데이터는 14×14로 줄인 손글씨 숫자다(픽셀 네 개마다 평균을 낸다). 시간을 아끼려고 첫 합성곱도 스트라이드를 2로 한다. 훈련은 논문처럼 모멘텀 0.9를 쓰는 SGD로 한다. 네 에포크를 훈련하며, 학습률은 반 에포크 동안 올렸다가 코사인을 따라 내린다([[deep_cnn]]).
# %% [markdown] lang="en"
# Now the paper's experiment on a small scale: with 8, 16 and 32 kernels, half of the paper's, on handwritten digits that are reduced to 14×14 by averaging four pixels at a time. To save time the first convolution has a stride of 2 as well. As in the paper the optimizer is SGD with a momentum of 0.9. Training takes four epochs, in which the learning rate rises for half an epoch and then falls along a cosine ([[deep_cnn]]).
# %%
RATE, BATCH, EPOCHS = 0.03, 64, lesson.epochs(small=4, full=4)
(x_all, y_all), (x_test, y_test) = lesson.load(load_mnist)


def halved(images):
    """28x28 -> 14x14: the mean of each 2x2."""
    return images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))


held_out = len(x_all) // 8  # for validation
mean, std = halved(x_all[:-held_out]).mean(), halved(x_all[:-held_out]).std()
x_all, x_test = (((halved(x) - mean) / std).astype("float32")[..., None] for x in (x_all, x_test))
x_train, y_train = x_all[:-held_out], y_all[:-held_out]
validation = x_all[-held_out:], y_all[-held_out:]
steps_per_epoch = -(-len(x_train) // BATCH)  # rounded up


# %%
def network(n, shortcut=None):
    """deep(n), ready to be trained; it starts from the same weights with shortcuts and without."""
    keras.utils.set_random_seed(lesson.seed)
    model = deep(n, shortcut)
    warm_up = steps_per_epoch // 2
    steps = {"decay_steps": EPOCHS * steps_per_epoch - warm_up, "warmup_steps": warm_up}
    rate = CosineDecay(RATE / 10, warmup_target=RATE, **steps)
    optimizer = keras.optimizers.SGD(rate, momentum=0.9)
    optimizer.build(model.trainable_variables)  # or else Keras traces the step twice
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"], steps_per_execution=22)  # 22: for speed
    return model


def train(name, model):
    """Train on the same batches in the same order, whatever the model."""
    options = {"batch_size": BATCH, "validation_batch_size": 500, "verbose": 2}
    options |= {"validation_data": validation}
    model.fit(x_train, y_train, **options, **lesson.resume(name, model, EPOCHS))
    return model


# %% tags=["nbval-ignore-output"]
networks = {"plain-20": train("plain-20", network(3))}
# %%
history = lesson.history("plain-20")
histories = {"plain-20": history}
# %% tags=["nbval-ignore-output"]
networks["plain-56"] = train("plain-56", network(9))
histories["plain-56"] = lesson.history("plain-56")
# %% tags=["figure"] title="plain networks, training and validation"
_, axes = plt.subplots(1, 2, figsize=(11, 3.6))
epochs = range(1, EPOCHS + 1)
for (name, of), color in zip(histories.items(), (GREY, VERMILION)):
    axes[0].plot(epochs, of["loss"], "o-", color=color, label=name)
    axes[1].plot(epochs, np.subtract(1, of["val_accuracy"]), "o-", color=color, label=name)
axes[0].set(xlabel="epoch", ylabel="training loss", xticks=epochs, ylim=(0, None))
axes[1].set(xlabel="epoch", ylabel="validation error", xticks=epochs, ylim=(0, 1))
axes[0].legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 층을 쌓기만 한 20층(plain-20, 회색)과 56층(plain-56, 붉은색). 왼쪽은 훈련 손실(training loss), 오른쪽은 검증 데이터에서 틀린 비율(validation error)이다. 논문의 그림 1처럼 56층이 왼쪽에서도 위에 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Stacked layers and nothing else, 20 of them (plain-20, grey) and 56 (plain-56, vermilion). Left the training loss, right the share of wrong answers on validation data. As in figure 1 of the paper the 56 layers lie above, on the left too.*
# %%
last_loss = {name: of["loss"][-1] for name, of in histories.items()}
report("training loss of plain-56", last_loss["plain-56"])
ratio = last_loss["plain-56"] / last_loss["plain-20"]
check("training loss, plain-56 over plain-20", ratio, at_least=3.8)
# %% [markdown] lang="ko"
# 똑같이 네 에포크(440걸음)를 훈련하고 나면 56층의 훈련 손실은 20층의 [[range: training loss, plain-56 over plain-20]]배다(다섯 시드). 그 값은 [[range: training loss of plain-56]]로, 열 클래스에 똑같은 확률을 줄 때의 $\ln 10 \approx 2.30$보다는 낮지만 20층에는 한참 못 미친다. 과적합이라면 훈련 손실은 낮고 검증 손실만 높아야 하는데, 훈련 손실부터 높다. 강의 자료 001이 과적합이 아니라고 한 그대로다.
#
# 학습률 탓일까? 0.01, 0.03, 0.1에서 시드 다섯으로 다섯 에포크씩 훈련했더니 56층의 검증 손실은 평균 1.62, 1.45, 1.59였다. 그래서 0.03으로 훈련했다. 20층의 검증 손실은 0.1에서 더 낮으므로(0.18 대신 0.16) 이 비교는 56층에 유리하다. 옵티마이저 탓일까? Adam(학습률 0.003, 시드 넷, 다섯 에포크)으로 훈련한 훈련 손실은 56층이 2.14–2.26, 20층이 0.13–0.21이었다. 더 오래 훈련하면 될까? 열다섯 에포크를 훈련하면(시드 셋) 56층의 훈련 손실은 0.91–1.27로 내려가지만 20층은 0.01이다. 논문도 ImageNet에서 걸음 수를 세 배로 늘려 보았는데 성능 저하는 그대로였고, 층을 쌓기만 한 깊은 신경망은 수렴이 지수적으로 느린 것일지 모른다고 추측했다.
# %% [markdown] lang="en"
# After equal steps (four epochs, 440 steps) the training loss of 56 layers is [[range: training loss, plain-56 over plain-20]] times that of 20 (five seeds). At [[range: training loss of plain-56]] it is below $\ln 10 \approx 2.30$, the loss of giving all ten classes the same probability, but far above that of 20 layers. Overfitting would mean a low training loss and a high validation loss; here the training loss is high already. It is just as deck 001 says: not overfitting.
#
# Is it the learning rate? In trials of five epochs with five seeds at 0.01, 0.03 and 0.1 the mean validation loss of 56 layers was 1.62, 1.45 and 1.59, so it is 0.03 here. The validation loss of 20 layers is lower at 0.1 (0.16 instead of 0.18), so the comparison favors the 56. Is it the optimizer? With Adam (a rate of 0.003, four seeds, five epochs) the training loss was 2.14–2.26 with 56 layers and 0.13–0.21 with 20. Would longer training do? In fifteen epochs (three seeds) the training loss of 56 layers comes down to 0.91–1.27, but that of 20 layers to 0.01. The paper tried three times as many steps on ImageNet, and the degradation remained; it conjectures that deep plain networks may converge exponentially slowly.
# %% [markdown] lang="ko" slides="001 깊은 네트워크의 문제점"
# ## 2. 더 나은 56층은 있다
#
# 이상한 일이다. 56층은 적어도 20층만큼은 할 수 있기 때문이다. 훈련한 20층의 가중치를 단마다 앞쪽 세 블록에 옮기고, 남는 여섯 블록(세 단에서 모두 36층)은 받은 것을 그대로 내보내게 하면 된다. 받은 것을 그대로 내보내는 함수를 항등 함수(identity)라고 한다. 정말 그런지 만들어 보자.
#
# 3×3 합성곱이 받은 것을 그대로 내보내려면, 출력 채널마다 커널의 한가운데에서 번호가 같은 입력 채널의 가중치만 1이고 나머지는 모두 0이면 된다. 블록에 들어오는 값은 ReLU를 지나온 것이어서 0 이상이므로, 그 뒤의 ReLU도 값을 바꾸지 않는다. 배치 정규화는 예측할 때 $\gamma (x - \mu) / \sqrt{s^2 + \epsilon} + \beta$를 계산하므로([[training_well]]), $\mu = 0$, $s^2 = 1$, $\beta = 0$에 $\gamma = \sqrt{1 + \epsilon}$이면 $x$를 그대로 내보낸다. 훈련할 때에는 배치마다 평균과 분산을 다시 재므로 그렇지 않다. 그래서 이 절에서는 훈련 데이터의 손실도 예측할 때의 방식으로 잰다.
# %% [markdown] lang="en"
# ## 2. A better network of 56 layers exists
#
# This is strange, since 56 layers can do at least what 20 can: carry the weights of the trained 20 into the first three blocks of each stage, and let the other six blocks of each, 36 layers in all, put out what they are given. A function that puts out what it is given is an identity. Build such a network and see.
#
# A 3×3 convolution puts out what it is given if each output channel has, in the middle of its kernel, a 1 for the input channel of the same number, and all else is 0. What comes into a block has been through a ReLU and is not negative, so the ReLUs that follow do not change it. Batch normalization computes $\gamma (x - \mu) / \sqrt{s^2 + \epsilon} + \beta$ in prediction ([[training_well]]): with $\mu = 0$, $s^2 = 1$, $\beta = 0$ and $\gamma = \sqrt{1 + \epsilon}$ it puts out $x$. In training mean and variance are measured afresh for every batch, and it does not; so in this section the loss on training data, too, is measured in prediction.


# %%
def pairs(model):
    """Each convolution of a model with its batch normalization, from first to last."""
    kinds = (layers.Conv2D, layers.BatchNormalization)
    convolutions, norms = ([a for a in model.layers if isinstance(a, kind)] for kind in kinds)
    return list(zip(convolutions, norms))


def make_identity(convolution, norm):
    """Set the weights so that what goes in comes out, as long as it is not negative."""
    kernel = np.zeros(convolution.kernel.shape)
    channels = np.arange(kernel.shape[-1])
    kernel[1, 1, channels, channels] = 1
    convolution.set_weights([kernel])
    one, zero = np.ones(len(channels)), np.zeros(len(channels))
    norm.set_weights([np.sqrt(1 + norm.epsilon) * one, zero, zero, one])


# %%
built = network(9)
source = iter(pairs(networks["plain-20"]))
carried = [True] + 3 * (6 * [True] + 12 * [False])  # three blocks of nine in each stage
for taken, is_carried in zip(pairs(built), carried):
    if is_carried:
        for layer, given in zip(taken, next(source)):
            layer.set_weights(given.get_weights())
    else:
        make_identity(*taken)
built.layers[-1].set_weights(networks["plain-20"].layers[-1].get_weights())
same(built(x_test[:100]), networks["plain-20"](x_test[:100]), "scores, 56 layers and 20")
# %% tags=["nbval-ignore-output"]
some, of_some = x_train[:2000], y_train[:2000]  # enough to tell
at_the_end = {}
for name, model in {"plain-56": networks["plain-56"], "built by hand": built}.items():
    at_the_end[name], correct = model.evaluate(some, of_some, batch_size=500, verbose=0)
    print(f"{name:14} training loss {at_the_end[name]:.3f}, correct {correct:.1%}")
# %%
ratio = at_the_end["plain-56"] / at_the_end["built by hand"]
check("training loss, plain-56 over the one built by hand", ratio, at_least=5.5)
# %% [markdown] lang="ko"
# 손실이 훨씬 낮은 56층이 있는데 훈련은 거기에 이르지 못했다. 모자란 것은 표현하는 능력이 아니라 찾아가는 과정, 곧 최적화(optimization)다. 강의 자료 001도 ‘optimization이 제대로 되지 않아서라고 추측’한다고 적었다. 논문은 비선형 층을 여럿 쌓으면, 받은 값을 그대로 내보내는 법을 배우기 어려운 듯하다고 보았다.
# %% [markdown] lang="en"
# There are 56 layers with a far lower loss, and training did not get there. What is lacking is not the capacity to represent but the way to find it: optimization, as deck 001 supposes. The paper suspected that it is hard for several nonlinear layers to learn to put out what they are given.
# %% [markdown] lang="ko" slides="003 ResNet; 003 Residual Block; 003 전페이지 부가설명; 004 Residual Connection"
# ## 3. 지름길
#
# 받은 것을 그대로 내보내는 일이 어렵다면, 처음부터 그대로 내보내게 해 두고 층에는 거기에 더할 것만 배우게 하면 어떨까? 블록이 $x = 2$를 받아 2.1을 내야 한다면 층들은 0.1만 내면 된다. 그대로 2를 내야 한다면 0을 내면 된다. 블록의 마지막 ReLU 앞에 있어야 할 값이 $H(x)$일 때 층들이 내는 것은 $F(x) = H(x) - x$이고, 여기에 $x$를 더한다.
#
# $$H(x) = F(x) + x$$
#
# $x$가 층들을 건너뛰어 더해지는 길을 **지름길**(shortcut), 차이 $F(x)$를 잔차(residual), 이런 블록을 **잔차 블록**(residual block)이라고 한다. 더한 다음에 ReLU가 온다. 훈련의 목적이 $F(x)$를 0에 가깝게 하는 것은 아니다. 줄이는 것은 여전히 손실이고, $F(x)$는 무엇이든 될 수 있다. 다만 논문이 훈련한 신경망을 재어 보니, 지름길이 있는 층들은 없는 층들보다 대체로 작은 값을 냈다(그림 7에서 $F(x)$).
# %% [markdown] lang="en"
# ## 3. Shortcuts
#
# If it is hard to put out what comes in, why not let it pass from the start, and have the layers learn only what to add? A block that takes $x = 2$ and should put out 2.1 then asks 0.1 of its layers; a block that should put out 2, as it was given, asks 0. Where $H(x)$ is what should stand before the last ReLU of the block, its layers compute $F(x) = H(x) - x$, and $x$ is added to that.
#
# $$H(x) = F(x) + x$$
#
# The path on which $x$ skips the layers and is added is a **shortcut**, the difference $F(x)$ the residual, and such a block a **residual block**. A ReLU follows the sum. It is not the aim of training to bring $F(x)$ near 0: what it lowers is still the loss, and $F(x)$ may become anything. But in the trained networks of the paper layers with shortcuts put out generally smaller values than layers without (figure 7, $F(x)$).
# %% tags=["figure"] title="a plain and a residual block"
_, axes = plt.subplots(1, 2, figsize=(9, 4.2))
pieces = {"$x$": 4.2, "3x3, norm, ReLU": 3.3, "3x3, norm": 2.4, "ReLU": 0.8, "output": 0}
arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 1.5}
for axis, title in zip(axes, ("plain", "residual")):
    heights = sorted([*pieces.values()] + [1.6] * (title == "residual"), reverse=True)
    for above, below in zip(heights, heights[1:]):
        axis.annotate("", (0, below + 0.2), (0, above - 0.2), arrowprops=arrow)
    for label, y in pieces.items():
        face, color = (BLUE, "white") if "3x3" in label else ("white", "black")
        box = {"boxstyle": "round,pad=0.4", "fc": face, "ec": "none"}
        axis.text(0, y, label, size=13, color=color, ha="center", va="center", bbox=box)
    axis.set(xlim=(-2.2, 2.2), ylim=(-0.3, 4.5), title=title)
    axis.axis("off")
circle = {"boxstyle": "circle,pad=0.1", "fc": "white", "ec": VERMILION, "lw": 2}
axes[1].text(0, 1.6, "+", size=13, ha="center", va="center", bbox=circle)
axes[1].plot([0, 1.1, 1.1], [3.85, 3.85, 1.6], color=VERMILION, lw=2.5)
shortcut_arrow = {**arrow, "color": VERMILION, "lw": 2.5}
axes[1].annotate("", (0.12, 1.6), (1.14, 1.6), arrowprops=shortcut_arrow)
axes[1].text(1.25, 2.85, "shortcut", size=13, color=VERMILION, va="center")
axes[1].text(-1.05, 2.85, "$F(x)$", size=14, color=BLUE, ha="right", va="center")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 쌓기만 한 블록(plain), 오른쪽은 잔차 블록(residual). 두 합성곱(3x3)에는 배치 정규화(norm)가 따른다. 오른쪽에서는 $x$가 지름길(shortcut, 붉은색)로 건너와 두 층이 낸 $F(x)$에 더해진 다음 ReLU를 지난다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left a plain block, right a residual one. Both convolutions (3x3) are followed by batch normalization (norm). On the right $x$ takes the shortcut (vermilion) and is added to what the two layers put out, $F(x)$; then comes the ReLU.*
# %% [markdown] lang="ko"
# 둘째 단과 셋째 단의 첫 블록에서는 $F(x)$의 높이와 너비가 반이고 채널이 두 배여서 $x$를 그대로 더할 수 없다. 여기에서는 논문이 CIFAR-10에 쓴 방법대로 픽셀을 하나 걸러 하나씩 골라 크기를 맞추고, 모자라는 채널은 0으로 채운다. 이 지름길에는 파라미터가 없다. 6절의 큰 ResNet은 이 자리에 1×1 합성곱을 쓴다.
# %% [markdown] lang="en"
# In the first block of the second and of the third stage $F(x)$ has half the height and width and twice the channels, so that $x$ cannot be added as it is. As the paper does for CIFAR-10, take every second pixel to match the size, and fill the missing channels with zeros. Such a shortcut has no parameters. The large ResNets of section 6 have a 1×1 convolution in this place.


# %%
def padded(x, filters, strides):
    """What is added to F(x): x or, where the block halves, every second pixel and zeros."""
    if strides == 1:
        return x
    x = x[:, ::strides, ::strides]
    return keras.ops.pad(x, [[0, 0], [0, 0], [0, 0], [0, filters - x.shape[-1]]])


plain, residual = network(9), network(9, padded)
parameters = [model.count_params() for model in (plain, residual)]
check("parameters of plain-56 and residual-56", parameters, equals=[216_434, 216_434])
starts = zip(plain.get_weights(), residual.get_weights())
check(
    "both start from the same weights", all(np.array_equal(*pair) for pair in starts), equals=True
)
# %% [markdown] lang="ko"
# 강의 자료 003은 $F(x)$가 0이 되면 출력과 입력이 모두 $x$로 같아진다고 한다. 더한 다음에 ReLU가 있으므로 나오는 것은 $\mathrm{ReLU}(x)$이고, $x$가 음수이면 0이다. 음수가 섞인 $x$로 확인하자. $\beta$는 0에서 시작하므로, 둘째 배치 정규화에서 $\gamma = 0$으로 놓으면 $F = 0$이다. 신경망 안에서는 앞 블록의 ReLU를 지난 $x$가 들어오므로 차이가 없지만, 크기를 줄이는 블록에서는 $x$가 아니라 지름길이 내는 것이 나온다.
# %% [markdown] lang="en"
# Deck 003 says that when $F(x)$ becomes 0, output and input are both $x$. As a ReLU follows the sum, what comes out is $\mathrm{ReLU}(x)$: 0 where $x$ is negative. Try it with an $x$ that has negative values. As $\beta$ starts from 0, setting $\gamma = 0$ in the second batch normalization is enough to make $F = 0$. Inside a network $x$ comes from the ReLU of the block before, and it makes no difference; but a block that halves puts out what its shortcut gives, and not $x$.
# %%
x = keras.random.normal((2, 6, 6, 8), seed=1)
for strides in (1, 2):
    inputs = keras.Input((6, 6, 8))
    added = padded(inputs, 8 * strides, strides)
    f = basic(inputs, 8 * strides, strides)
    block = keras.Model(inputs, [layers.ReLU()(layers.Add()([f, added])), added])
    last_norm = pairs(block)[-1][1]
    last_norm.gamma.assign(keras.ops.zeros_like(last_norm.gamma))
    put_out, through_shortcut = block(x)
    same(put_out, np.maximum(through_shortcut, 0), f"F = 0, stride {strides}: ReLU of the shortcut")
    if strides == 1:
        changed = np.any(np.asarray(put_out) != np.asarray(x))
        check("F = 0 changes some values of x", bool(changed), equals=True)
# %% [markdown] lang="ko"
# 강의 자료 004는 지름길 덕분에 ‘기울기 값이 항상 1 이상’이 된다고 한다. 마지막 ReLU를 빼고 보면, 값 하나를 받아 값 하나를 내는 블록이 역전파에서 기울기에 곱하는 것은 $1 + F'(x)$이고, $F'$은 음수일 수 있다(값이 여럿이면 행렬 $I + \partial F / \partial x$다). 뉴런 하나로 된 $F(x) = w \cdot \mathrm{ReLU}(x)$로 계산해 보자. $x = 2$에서 $F' = w$다.
# %% [markdown] lang="en"
# Deck 004 says that with shortcuts gradients are always 1 or more. Up to its last ReLU, a block with a single value multiplies the gradient by $1 + F'(x)$, and $F'$ may be negative (with many values it is the matrix $I + \partial F / \partial x$). Work it out with a single neuron, $F(x) = w \cdot \mathrm{ReLU}(x)$. At $x = 2$, $F' = w$.
# %%
x, slopes = tf.constant(2.0), []
for w in (-1.5, -1.0, -0.5, 0.0, 0.5):
    with tf.GradientTape() as tape:
        tape.watch(x)
        h = w * tf.nn.relu(x) + x
    slopes.append(float(tape.gradient(h, x)))
check("1 + F′ for w from -1.5 to 0.5", slopes, equals=[-0.5, 0.0, 0.5, 1.0, 1.5])
# %% [markdown] lang="ko"
# 1보다 작을 수도, 0일 수도, 음수일 수도 있다. 말할 수 있는 것은, $F'$이 0에 가까우면 곱하는 수가 1에 가깝다는 것이다. 깊은 신경망에서 기울기가 실제로 어떻게 되는지는 5절에서 잰다.
# %% [markdown] lang="en"
# It may be less than 1, or 0, or negative. What can be said is that where $F'$ is near 0 the factor is near 1. Section 5 measures what happens to the gradients of deep networks.
# %% [markdown] lang="ko" slides="000 ResNet 논문; 001 대표 모델: ResNet"
# ## 4. 지름길을 놓고 훈련하기
#
# 20층과 56층에 지름길을 놓는다. 파라미터 수, 시작하는 가중치, 배치의 차례가 모두 지름길이 없을 때와 같고, 다른 것은 지름길뿐이다. 학습률도 그대로 0.03이다.
# %% [markdown] lang="en"
# ## 4. Training with shortcuts
#
# Add shortcuts to the 20 and the 56 layers. Parameters, the weights to start from and the order of the batches are the same as without them; shortcuts are all that differs. The learning rate stays at 0.03, too.
# %% tags=["nbval-ignore-output"]
networks["residual-20"] = train("residual-20", network(3, padded))
networks["residual-56"] = train("residual-56", network(9, padded))
# %%
histories |= {name: lesson.history(name) for name in ("residual-20", "residual-56")}
last_loss = {name: of["loss"][-1] for name, of in histories.items()}
ratio = last_loss["residual-56"] / last_loss["residual-20"]
check("training loss, residual-56 over residual-20", ratio, at_most=1.24)
ratio = last_loss["plain-56"] / last_loss["residual-56"]
check("training loss, plain-56 over residual-56", ratio, at_least=8.7)
correct = {
    name: networks[name].evaluate(x_test, y_test, batch_size=500, verbose=0)[1]
    for name in histories
}
check("test accuracy of residual-56", correct["residual-56"], at_least=0.95)
report("gain from shortcuts, 56 layers", correct["residual-56"] - correct["plain-56"])
report("gain from shortcuts, 20 layers", correct["residual-20"] - correct["plain-20"])
report("gain from 36 more layers with shortcuts", correct["residual-56"] - correct["residual-20"])
# %% tags=["figure"] title="plain and residual networks, training and validation"
_, axes = plt.subplots(1, 2, figsize=(11, 3.8))
styles = {"plain-20": (GREY, "--"), "plain-56": (VERMILION, "--")}
styles |= {"residual-20": (GREEN, "-"), "residual-56": (BLUE, "-")}
for name, (color, line) in styles.items():
    of, options = histories[name], {"color": color, "ls": line, "marker": "o", "label": name}
    axes[0].plot(epochs, of["loss"], **options)
    axes[1].plot(epochs, np.subtract(1, of["val_accuracy"]), **options)
axes[0].set(xlabel="epoch", ylabel="training loss", xticks=epochs, ylim=(0, None))
axes[1].set(xlabel="epoch", ylabel="validation error", xticks=epochs, ylim=(0, 1))
axes[0].legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 네 신경망의 훈련 손실(training loss, 왼쪽)과 검증 데이터에서 틀린 비율(validation error, 오른쪽). 점선은 지름길이 없는 쪽(plain), 실선은 있는 쪽(residual)이다. 지름길이 있으면 56층(파란색)이 20층(초록색)과 거의 겹친다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss (left) and share of wrong answers on validation data (right) of the four networks. Dashed without shortcuts (plain), solid with them (residual). With shortcuts the 56 layers (blue) almost coincide with the 20 (green).*
# %% [markdown] lang="ko"
# 지름길이 있으면 56층의 훈련 손실은 20층의 [[range: training loss, residual-56 over residual-20]]배로, 더 쌓아도 거의 그대로다. 테스트 정확도로 보면 지름길은 56층에서 [[verdict: gain from shortcuts, 56 layers]]([[range: gain from shortcuts, 56 layers]]). 20층에서는 [[verdict: gain from shortcuts, 20 layers]]([[range: gain from shortcuts, 20 layers]]). 괄호 안은 다섯 시드에서 잰 정확도의 차이다.
#
# 깊이가 늘어서 더 좋아졌을까? 지름길이 있는 신경망에서 36층을 더 쌓는 것은 [[verdict: gain from 36 more layers with shortcuts]]([[range: gain from 36 more layers with shortcuts]]). 작은 숫자에는 20층이면 넉넉하다. 더 어려운 데이터에서는 달랐다. 논문의 CIFAR-10에서 ResNet의 테스트 오류는 20층 8.75%, 56층 6.97%, 110층 6.61%(다섯 번의 평균)로 줄었다. ImageNet에서 18층을 34층으로 늘리자 top-1 오류는 지름길이 없을 때 27.94%에서 28.54%로 늘었지만, 있을 때는 27.88%에서 25.03%로 줄었다(표 2와 6). 강의 자료 001은 ‘20층이 넘어가게 되면’ 성능이 낮아진다고 한다. 논문의 CIFAR-10 실험에서 지름길이 없는 20, 32, 44, 56층이 그랬다(그림 6). 그러나 20층이 어디에서나 경계인 것은 아니고, 지름길이 있으면 110층까지 오류가 줄었다.
# %% [markdown] lang="en"
# With shortcuts the training loss of 56 layers is [[range: training loss, residual-56 over residual-20]] times that of 20: more layers hardly change it. In test accuracy having shortcuts [[verdict: gain from shortcuts, 56 layers]] at 56 layers ([[range: gain from shortcuts, 56 layers]]); at 20 layers it [[verdict: gain from shortcuts, 20 layers]] ([[range: gain from shortcuts, 20 layers]]). In brackets are the differences in accuracy over five seeds.
#
# Does depth pay, then? With shortcuts, adding 36 layers [[verdict: gain from 36 more layers with shortcuts]] ([[range: gain from 36 more layers with shortcuts]]). For small digits 20 layers are plenty. On harder data it was otherwise: in the paper the test error of ResNets on CIFAR-10 fell from 8.75% with 20 layers to 6.97% with 56 and 6.61% with 110 (a mean of five runs). On ImageNet, from 18 to 34 layers, the top-1 error rose from 27.94% to 28.54% without shortcuts and fell from 27.88% to 25.03% with them (tables 2 and 6). Deck 001 says that performance falls beyond 20 layers. So it was with 20, 32, 44 and 56 layers without shortcuts on CIFAR-10 (figure 6 of the paper). But 20 is no general limit, and with shortcuts the error fell up to 110 layers.
# %% [markdown] lang="ko"
# ### 블록 하나를 빼면
#
# 훈련한 신경망은 블록 하나가 없어도 될까? residual-20에서는 블록 하나의 $F$를 0으로 만들고, plain-20에서는 블록 하나를 2절의 방법으로, 받은 것을 그대로 내보내게 바꾼다. 두 신경망에서 모두 그 블록은 받은 것을 넘겨주기만 하므로, 다른 것은 지름길뿐이다. 아홉 블록을 앞에서부터 0, 1, …, 8로 세고, 크기를 바꾸는 3과 6은 남겨 둔다.
# %% [markdown] lang="en"
# ### Without one block
#
# Can a trained network do without one of its blocks? In residual-20 set $F$ to 0 in one block; in plain-20 make one block put out what it is given, as in section 2. In both networks the block then only passes on what comes in, and shortcuts are all that differs. Count the nine blocks 0, 1, … 8 from the input on, and leave out 3 and 6, which change the size.


# %%
def put_out_zero(two):
    """Make F = 0 in a residual block, given its two convolutions with their normalization."""
    for weight in two[1][1].trainable_variables:  # gamma and beta of the last normalization
        weight.assign(keras.ops.zeros_like(weight))


def put_out_input(two):
    """Make a plain block put out what it is given."""
    for pair in two:
        make_identity(*pair)


def accuracy_without(name, block, change):
    """Validation accuracy of a trained network while `change` is done to one of its blocks."""
    model, kept = networks[name], networks[name].get_weights()
    change(pairs(model)[1 + 2 * block : 3 + 2 * block])
    accuracy = model.evaluate(*validation, batch_size=500, verbose=0)[1]
    model.set_weights(kept)
    return accuracy


# %%
INNER = (0, 1, 2, 4, 5, 7, 8)
left = {
    name: [accuracy_without(name, block, change) for block in INNER]
    for name, change in (("plain-20", put_out_input), ("residual-20", put_out_zero))
}
means = {name: np.mean(accuracies) for name, accuracies in left.items()}
check("mean accuracy without one block, plain-20", means["plain-20"], at_most=0.18)
check("mean accuracy without one block, residual-20", means["residual-20"], at_least=0.78)
# %% tags=["figure"] title="accuracy without one block"
_, axis = plt.subplots(figsize=(8, 3.2))
for shift, (name, color) in enumerate((("plain-20", GREY), ("residual-20", GREEN))):
    places = np.add(INNER, 0.4 * shift - 0.2)
    axis.bar(places, left[name], width=0.4, color=color, label=name)
axis.axhline(0.1, color="black", lw=1, ls=":")
axis.set(xlabel="block that is left out", ylabel="validation accuracy", ylim=(0, 1), xticks=INNER)
axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 블록 하나(가로축)를 뺐을 때의 검증 정확도(validation accuracy). 회색은 지름길이 없는 plain-20, 초록색은 지름길이 있는 residual-20이고, 점선은 아무렇게나 답할 때의 0.1이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Validation accuracy without one block (horizontal). Grey: plain-20, without shortcuts. Green: residual-20, with them. The dotted line is 0.1, the accuracy of guessing.*
# %% [markdown] lang="ko"
# 다섯 시드에서 남은 정확도를 일곱 블록에 걸쳐 평균하면 지름길이 없을 때 [[range: mean accuracy without one block, plain-20]], 있을 때 [[range: mean accuracy without one block, residual-20]]다. VGG와 110층 ResNet으로 같은 실험을 한 Veit 외(2016)는, 지름길이 있는 신경망은 여러 길의 모음이어서 블록 하나를 빼도 일부만 끊기기 때문이라고 설명한다. residual-56에는 블록이 27개 있다. `REMOVED`를 바꾸어 어느 블록이 없어서는 안 되는지 찾아보라.
# %% [markdown] lang="en"
# Averaged over the seven blocks, the accuracy that is left is [[range: mean accuracy without one block, plain-20]] without shortcuts and [[range: mean accuracy without one block, residual-20]] with them, over five seeds. Veit et al. (2016), who did this with a VGG and a ResNet of 110 layers, explain it so: a network with shortcuts is a collection of many paths, and leaving out one block cuts only some of them. Residual-56 has 27 blocks. Change `REMOVED` to find out which of them cannot be spared.
# %% tags=["play", "nbval-ignore-output"] title="leave out one block of residual-56"
REMOVED = 13  # @param {type:"slider", min:0, max:26}
accuracy = accuracy_without("residual-56", REMOVED, put_out_zero)
print(f"without block {REMOVED} of 27: validation accuracy {accuracy:.3f}")
# %% [markdown] lang="ko" slides="004 ResNet (2015); 004 Residual Connection; 000 ResNet 논문; 001 깊은 네트워크의 문제점"
# ## 5. 기울기가 사라져서였을까
#
# 강의 자료 004는 기울기 소실이 ‘깊은 모델에서 필연적으로 나타나는 현상’이고, 지름길은 이를 해결하기 위한 구조라고 한다. 001은 ‘Gradient vanishing / explosion도 발생’한다고 적었다. 그러나 000에 실린 논문의 첫머리는, 기울기 문제는 초기화와 정규화로 대부분 해결되었고 그래도 남는 것이 성능 저하라고 한다. 재어 보자. 훈련하기 전의 56층에서 첫 배치의 손실을 합성곱 커널로 미분해, 그 기울기의 크기(노름)를 층마다 구한다. 지름길과 배치 정규화를 따로 바꾸고, 둘 다 없을 때에는 초깃값도 글로럿과 헤 두 가지로 바꾼다. 그다음에는 배치 정규화가 있는 신경망에서 깊이를 바꾸어, 첫 층의 기울기가 마지막 층의 몇 배인지 구한다. 이 절에서 첫 층과 마지막 층은 첫 합성곱과 마지막 합성곱이다.
# %% [markdown] lang="en"
# ## 5. Was it vanishing gradients?
#
# Deck 004 says that vanishing gradients appear inevitably in deep models and that shortcuts were made against them; deck 001, that gradients vanish or explode as well. But the beginning of the paper, shown in deck 000, says that initialization and normalization had largely settled that, and that degradation is what remained. Measure it. For the 56 layers before training, take the derivative of the first batch's loss with respect to each kernel, and its size (norm), layer by layer. Shortcuts and batch normalization are varied separately, and without either of them the initialization as well, Glorot's and He's. Then, with batch normalization, vary the depth and find the ratio of the first layer's gradient to the last layer's. In this section these are the first and the last convolution.


# %%
def gradient_norms(model):
    """Norm of the gradient for the kernel of each convolution on the first batch."""
    kernels = [layer.kernel for layer in model.layers if isinstance(layer, layers.Conv2D)]
    with tf.GradientTape() as tape:
        scores = model(x_train[:BATCH], training=True)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y_train[:BATCH], scores)
    return np.array([float(tf.norm(gradient)) for gradient in tape.gradient(loss, kernels)])


def untrained(n, shortcut=None, **options):
    """deep(n) as it starts."""
    keras.utils.set_random_seed(lesson.seed)
    return deep(n, shortcut, **options)


# %%
norms = {
    "plain, Glorot": untrained(9, normalize=False, initializer="glorot_normal"),
    "plain, He": untrained(9, normalize=False),
    "plain, He, normalized": untrained(9),
    "residual, He": untrained(9, padded, normalize=False),
    "residual, He, normalized": untrained(9, padded),
}
norms = {name: gradient_norms(model) for name, model in norms.items()}
by_depth = {56: [norms["plain, He, normalized"], norms["residual, He, normalized"]]}
for n in (3, 18):
    by_depth[6 * n + 2] = [gradient_norms(untrained(n, shortcut)) for shortcut in (None, padded)]
first_over_last = {
    number: [of[0] / of[-1] for of in by_depth[number]] for number in sorted(by_depth)
}
trained = gradient_norms(networks["plain-56"])
# %% tags=["nbval-ignore-output"]
for name, of in norms.items():
    print(f"{name:25} first kernel {of[0]:9.3g}, last {of[-1]:9.3g}")
for number, (without, with_them) in first_over_last.items():
    print(f"{number:3} layers, first over last: plain {without:9.3g}, residual {with_them:5.2f}")
# %%
glorot, he, normalized, shortcuts, _ = norms.values()
check("largest gradient, plain from Glorot's weights", glorot.max(), at_most=2e-13)
report("largest gradient, plain from He's weights", he.max())
power = np.log10(he.max() / glorot.max())
report("largest gradient, plain, He's over Glorot's, as a power of ten", power)
check("smallest gradient, plain and normalized", normalized.min(), at_least=0.44)
report("smallest gradient, residual and not normalized", shortcuts.min())
report("first gradient over last, plain, not normalized", he[0] / he[-1])
report("first gradient over last, plain-56 normalized", first_over_last[56][0])
power = np.log10(first_over_last[110][0])
report("first gradient over last, plain-110 normalized, as a power of ten", power)
for number in (56, 110):
    with_shortcuts = first_over_last[number][1]
    check(f"first gradient over last, residual-{number} normalized", with_shortcuts, at_most=13)
report("first gradient over last, plain-56 trained", trained[0] / trained[-1])
explodes = [first_over_last[56][0] > 50, first_over_last[110][0] > 5_000]
check("plain-56 over 50 times, plain-110 over 5,000 times", explodes, equals=[True, True])
# %% tags=["figure"] title="gradients layer by layer, and by depth"
_, axes = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(3, 2))
colors = [GREY, ORANGE, VERMILION, PINK, BLUE]
for (name, of), color in zip(norms.items(), colors):
    line = "-" if "normalized" in name else ":"
    axes[0].plot(range(1, len(of) + 1), of, color=color, ls=line, label=name)
axes[0].set(xlabel="convolution, from the input", ylabel="norm of the gradient", yscale="log")
axes[0].set_ylim(1e-16, 1e14)
axes[0].legend(frameon=False, fontsize=10, ncols=2, loc="upper center")
for place, name, color in ((0, "plain", VERMILION), (1, "residual", BLUE)):
    of = [pair[place] for pair in first_over_last.values()]
    axes[1].plot(list(first_over_last), of, "o-", color=color, label=f"{name}, normalized")
axes[1].axhline(1, color=GREY, lw=1)
axes[1].set(xlabel="layers", ylabel="first gradient over last", yscale="log")
axes[1].set_xticks(list(first_over_last))
axes[1].legend(frameon=False, fontsize=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련하기 전, 커널이 받는 기울기의 크기(로그 눈금). 왼쪽은 56층의 층마다의 크기(norm of the gradient)이고 가로축은 입력에서 센 합성곱의 차례다. 점선은 배치 정규화가 없는 쪽, 실선은 있는 쪽(normalized)이고, plain은 지름길이 없는 쪽, residual은 있는 쪽, Glorot와 He는 초깃값이다. 오른쪽은 첫 층의 기울기를 마지막 층의 기울기로 나눈 값(first gradient over last)과 층수(layers)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Norm of the gradient for the kernels before training, on logarithmic scales. Left layer by layer in 56 layers, by the place of the convolution from the input: dotted without batch normalization, solid with it (normalized); plain without shortcuts, residual with them; Glorot and He are the initializations. Right the gradient of the first layer divided by that of the last, against the number of layers.*
# %% [markdown] lang="ko"
# 그림에서 네 가지를 읽을 수 있다.
#
# - 지름길도 배치 정규화도 없이 글로럿 초깃값에서 출발하면 기울기가 정말로 사라진다. 앞쪽만이 아니라 모든 층에서 그렇고, 가장 큰 것도 [[range: largest gradient, plain from Glorot's weights]]에 지나지 않는다. 값은 앞으로 가면서, 기울기는 뒤로 오면서 층마다 줄어드는데, 커널의 기울기는 그 둘의 곱으로 정해지기 때문이다. 그러나 필연은 아니다. 초깃값만 헤로 바꾸어도 가장 큰 기울기가 10의 [[range: largest gradient, plain, He's over Glorot's, as a power of ten]]제곱 배인 [[range: largest gradient, plain from He's weights]]가 된다.
# - 배치 정규화를 넣으면 사라지지 않는다. 지름길이 없는 56층에서 가장 작은 것이 [[range: smallest gradient, plain and normalized]]다.
# - 그 대신 입력 쪽으로 갈수록 커진다. 첫 층의 기울기가 마지막 층의 [[range: first gradient over last, plain-56 normalized]]배이고, 배치 정규화만 빼면 [[range: first gradient over last, plain, not normalized]]배다. 110층에서는 10의 [[range: first gradient over last, plain-110 normalized, as a power of ten]]제곱 배다. 이것이 **기울기 폭발**(exploding gradient)이다. Yang 외(2019)는 배치 정규화가 이런 폭발을 일으킨다는 것을, 뉴런이 많은 완전 연결 신경망에서 이론으로 보였다.
# - 배치 정규화에 지름길까지 놓으면 110층에서도 [[range: first gradient over last, residual-110 normalized]]배에 그친다. 배치 정규화 없이 지름길만 놓으면 모든 층에서 커서, 가장 작은 것이 [[range: smallest gradient, residual and not normalized]]다. 곧 헤 초깃값에서 배치 정규화만 있으면 입력 쪽으로 갈수록 커지고, 지름길만 있으면 모든 층에서 커지며, 둘이 함께 있으면 어느 쪽도 아니다. 다른 방법이 연습 문제 4에 있다.
# %% [markdown] lang="en"
# Four things can be read from the figure.
#
# - Without shortcuts and batch normalization, from Glorot's weights, gradients do vanish, and in all layers, not only the first ones: the largest is only [[range: largest gradient, plain from Glorot's weights]]. Values shrink from layer to layer on the way forward, gradients on the way back, and the gradient of a kernel comes from products of the two. But it is not inevitable: He's initialization alone makes the largest gradient larger by a factor of 10 to the power of [[range: largest gradient, plain, He's over Glorot's, as a power of ten]]: it is then [[range: largest gradient, plain from He's weights]].
# - With batch normalization they do not vanish. In 56 layers without shortcuts the smallest is [[range: smallest gradient, plain and normalized]].
# - Instead they grow towards the input: the gradient of the first layer is [[range: first gradient over last, plain-56 normalized]] times that of the last, and [[range: first gradient over last, plain, not normalized]] times where only batch normalization is taken away. With 110 layers it is 10 to the power of [[range: first gradient over last, plain-110 normalized, as a power of ten]] times. This is the **exploding gradient**. Yang et al. (2019) show in theory, for fully connected networks of many neurons, that batch normalization makes gradients explode.
# - With batch normalization and shortcuts it is no more than [[range: first gradient over last, residual-110 normalized]] times, even with 110 layers. With shortcuts and no batch normalization gradients are large in all layers, the smallest being [[range: smallest gradient, residual and not normalized]]. So from He's weights batch normalization alone lets gradients grow towards the input, shortcuts alone make them large everywhere, and the two together do neither. Exercise 4 shows another way.
# %% [markdown] lang="ko"
# 훈련을 마친 plain-56에서 다시 재면 첫 층의 기울기가 마지막 층의 [[range: first gradient over last, plain-56 trained]]배로, 폭발이 남아 있지 않다. 훈련 전에는 첫 층의 기울기가 마지막 층보다 크고 훈련 뒤에도 그 몇 분의 1은 되므로, 성능 저하를 기울기 소실로 설명하기는 어렵다. 논문도 배치 정규화가 있으면 역전파되는 기울기의 크기에 문제가 없었다고 적었는데, 훈련 전의 폭발에 대해서는 말이 없다. 그렇다면 처음의 폭발이 원인일까? 그것만 따로 바꾸어 본 것이 아니므로 여기에서는 말할 수 없다. 여기에서 확인한 것은, 지름길을 놓으면 폭발도 성능 저하도 보이지 않는다는 것까지다.
# %% [markdown] lang="en"
# Measured again after training, the gradient of plain-56's first layer is [[range: first gradient over last, plain-56 trained]] times that of the last: the explosion is gone. Before training the gradient of the first layer is larger than that of the last, and after it still a fair part of that, so vanishing gradients are no good explanation of the degradation. The paper, too, rules them out: with batch normalization it found the gradients that are propagated back to have healthy norms. It does not mention the explosion before training. Is the explosion at the start the cause, then? It was not varied alone, so nothing here can tell. What was measured is only that with shortcuts neither the explosion nor the degradation is seen.
# %% [markdown] lang="ko" slides="001 ResNet Table 1; 003 ResNet 코드; 000 ResNet이란?; 004 ResNet (2015)"
# ## 6. 다섯 신경망을 표 하나에서
#
# ImageNet을 위한 ResNet은 다섯 가지다. 모두 7×7 합성곱과 최대 풀링으로 224를 56으로 줄인 다음, 네 단에 블록을 쌓는다. 논문은 7×7 합성곱을 1단으로 세므로 블록은 2단부터 5단까지다. 18과 34는 지금까지 쓴, 3×3 두 층의 기본 블록(basic block)을 쓰고, 50, 101, 152는 **병목 블록**(bottleneck block)을 쓴다. 1×1로 채널을 줄이고, 3×3 합성곱을 거친 다음, 1×1로 채널을 네 배로 늘린다. [[googlenet]]에서처럼 3×3이 적은 채널에서 계산하므로 싸다. $F(x)$와 $x$의 모양이 다른 곳에서는 지름길에도 1×1 합성곱을 놓는다(4절에서 든 18층과 34층의 오류는 0으로 채운 것의 값이다). 강의 자료 003의 코드에서 `resnet_block(x, 64, 3, 1)`이 한 단이다. 단의 첫 블록이 지름길에 1×1이 있는 `conv_block`, 나머지가 `identity_block`이다.
#
# 스트라이드 2는 3, 4, 5단의 첫 블록에 있다(2단 앞에서는 풀링이 이미 줄였다). 병목 블록의 어느 합성곱에 둘 것인가는 구현마다 다르다. Keras는 첫 1×1에 두는데, 그래야 곱셈-덧셈이 논문에 적힌 38억 번이 된다. 강의 자료 003과 PyTorch의 torchvision은 3×3에 둔다. `stride_on`으로 고른다. 편향은 배치 정규화가 평균을 뺄 때 없어지므로 두지 않아도 되지만, Keras와 강의 자료에는 있다.
# %% [markdown] lang="en"
# ## 6. Five networks from one table
#
# There are five ResNets for ImageNet. In all of them a 7×7 convolution and max pooling take 224 down to 56, and four stages of blocks follow. The paper counts the 7×7 convolution as the first stage, so that the blocks are in stages 2 to 5. 18 and 34 use the basic block of the sections above, two layers of 3×3; 50, 101 and 152 use the **bottleneck block**: a 1×1 that reduces the channels, a 3×3, and a 1×1 that gives four times as many channels. As in [[googlenet]] the 3×3 is cheap because it works on few channels. Where $F(x)$ and $x$ differ in shape, the shortcut has a 1×1 convolution as well (the errors of 18 and 34 layers in section 4 are those with zeros). In the listing of deck 003 `resnet_block(x, 64, 3, 1)` is one stage: its first block is `conv_block`, with a 1×1 in the shortcut, and the others are `identity_block`.
#
# A stride of 2 sits in the first block of stages 3, 4 and 5 (before stage 2, pooling has halved already). Implementations differ in which convolution of the bottleneck gets it: Keras puts it on the first 1×1, which is what gives the 3.8 billion multiply-adds of the paper; deck 003 and PyTorch's torchvision put it on the 3×3. `stride_on` chooses. Biases vanish when batch normalization subtracts the mean and may be left out, but Keras and the deck have them.
# %%
RESNET = {  # He et al. (2016), table 1: the block, and how many in each stage
    18: ("basic", (2, 2, 2, 2)),
    34: ("basic", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
}


# %%
def bottleneck(x, filters, strides=1, stride_on="1x1", **options):
    """1x1, 3x3, and 1x1 with four times the kernels; no ReLU behind the last yet."""
    first, second = (strides, 1) if stride_on == "1x1" else (1, strides)
    x = layers.ReLU()(convolution(x, filters, 1, first, **options))
    x = layers.ReLU()(convolution(x, filters, 3, second, **options))
    return convolution(x, 4 * filters, 1, **options)


# %%
def resnet(depth, stride_on="1x1", use_bias=True, input_shape=(224, 224, 3), num_classes=1000):
    """ResNet-18, -34, -50, -101 or -152; gives scores."""
    kind, stages = RESNET[depth]
    x = inputs = keras.Input(input_shape)
    x = layers.ReLU()(convolution(x, 64, 7, 2, use_bias=use_bias))  # 224 -> 112
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))  # 112 -> 56
    for stage, blocks in enumerate(stages):
        filters = 64 * 2**stage
        channels = 4 * filters if kind == "bottleneck" else filters
        for block in range(blocks):
            shortcut, strides = x, 2 if stage and not block else 1  # 56 -> 28 -> 14 -> 7
            if strides == 2 or x.shape[-1] != channels:
                shortcut = convolution(x, channels, 1, strides, use_bias=use_bias)
            if kind == "bottleneck":
                f = bottleneck(x, filters, strides, stride_on, use_bias=use_bias)
            else:
                f = basic(x, filters, strides, use_bias=use_bias)
            x = layers.ReLU()(layers.Add()([shortcut, f]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x))


# %%
depths = [2 + (2 if kind == "basic" else 3) * sum(stages) for kind, stages in RESNET.values()]
check("layers with weights, shortcuts aside", depths, equals=[18, 34, 50, 101, 152])
built, counted = {}, {}
for depth in RESNET:
    built[depth] = model = resnet(depth)
    counted[depth] = model.count_params(), multiply_adds(model)
    print(f"ResNet-{depth:<4}{counted[depth][0]:12,} parameters", end="")
    print(f"{counted[depth][1] // 10**6:8,} million multiply-adds")
check("parameters of ResNet-50, as in Keras", counted[50][0], equals=25_636_712)
published = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}  # table 1, in billions
off = max(abs(counted[depth][1] / (given * 1e9) - 1) for depth, given in published.items())
check("multiply-adds, furthest from table 1", round(off, 3), at_most=0.02)
vgg19 = 19_632_062_464  # multiply-adds of VGG-19, from lesson vgg
check("multiply-adds, ResNet-152 over VGG-19", round(counted[152][1] / vgg19, 2), equals=0.57)
# %% [markdown] lang="ko"
# ResNet-152는 VGG-19보다 여덟 배 깊으면서 곱셈-덧셈은 57%다. 더 깊으면서 덜 복잡하다는 논문 초록의 말과 맞는다. 위의 신경망에 `keras.applications`의 ResNet50, ResNet101, ResNet152의 가중치를 옮기면 같은 점수를 낸다(이 강좌의 테스트가 확인한다). PyTorch가 세는 파라미터 수는 다르다. 합성곱의 편향이 없고, 배치 정규화의 이동 평균과 이동 분산은 파라미터로 치지 않기 때문이다. 단마다 맵의 크기도 확인한다.
# %% [markdown] lang="en"
# ResNet-152 is eight times as deep as VGG-19 and takes 57% of its multiply-adds, which agrees with the paper's abstract: deeper and yet less complex. With the weights of ResNet50, ResNet101 or ResNet152 from `keras.applications` the networks above give the same scores; the tests of this course make sure of it. PyTorch counts other numbers of parameters: its convolutions have no biases, and moving means and variances of batch normalization do not count as parameters. Look at the size of the maps in each stage, too.
# %%
torch_50 = resnet(50, stride_on="3x3", use_bias=False)
biases = counted[50][0] - torch_50.count_params()
moving = sum(weight.shape[0] for weight in torch_50.non_trainable_weights)
check("biases, moving means and variances", [biases, moving], equals=[26_560, 53_120])
check("ResNet-50 as PyTorch counts", torch_50.count_params() - moving, equals=25_557_032)
biases = sum(layer.filters for layer in built[18].layers if isinstance(layer, layers.Conv2D))
trained = sum(np.prod(weight.shape) for weight in built[18].trainable_weights)
check("ResNet-18 as PyTorch counts", int(trained) - biases, equals=11_689_512)
billions = round(multiply_adds(torch_50) / 1e9, 2)
check("multiply-adds in billions, stride on the 3x3", billions, equals=4.09)
sums = [layer.output.shape[1] for layer in built[50].layers if isinstance(layer, layers.Add)]
sides = 3 * [56] + 4 * [28] + 6 * [14] + 3 * [7]
check("side of the maps behind each block", sums, equals=sides)
del built, model, torch_50
# %% [markdown] lang="ko"
# 스트라이드를 1×1에 두든 3×3에 두든 가중치의 모양은 똑같다. 그래서 가중치를 옮겨도 오류가 나지 않지만, 답은 달라진다. 블록 하나에 같은 가중치를 넣어 보자. 3×3에 두면 첫 1×1이 네 배 넓은 맵을 다루므로 곱셈-덧셈이 38억 6천만 번에서 40억 9천만 번으로 늘어난다. 그 대신 무엇을 얻는지는 연습 문제 2에서 알아본다.
# %% [markdown] lang="en"
# With the stride on the 1×1 or on the 3×3 the weights have the same shapes, so that they can be moved from one to the other without an error; but the answers differ. Put the same weights into one block of each kind. With the stride on the 3×3 the first 1×1 works on maps of four times the area, and multiply-adds rise from 3.86 to 4.09 billion; exercise 2 asks what this gains.
# %%
inputs = keras.Input((8, 8, 16))
kinds = [keras.Model(inputs, bottleneck(inputs, 4, 2, stride_on=on)) for on in ("1x1", "3x3")]
kinds[1].set_weights(kinds[0].get_weights())
x = keras.random.normal((3, 8, 8, 16), seed=2)
on_first, on_second = (np.asarray(kind(x)) for kind in kinds)
check("shapes are equal", on_first.shape == on_second.shape, equals=True)
difference = np.abs(on_first - on_second).max() / np.abs(on_first).max()
check("largest difference over largest value, same weights", difference, at_least=0.4)
# %% [markdown] lang="ko" slides="000 ResNet 논문; 000 ResNet이란?; 001 대표 모델: ResNet"
# ## 7. 2015년의 숫자들
#
# ResNet은 2015년에 다섯 과제에서 1위를 했다. ImageNet의 분류, 지역화, 물체 탐지와, 일상 사진의 물체에 상자와 윤곽을 표시한 데이터 COCO의 물체 탐지, 분할이다. ImageNet 분류의 top-5 오류 3.57%는 깊이가 다른 신경망 여섯 개의 답을 합친 앙상블의 것이고, 152층 하나는 검증 데이터에서 4.49%였다(표 4와 5). COCO의 물체 탐지에서는 같은 방법에서 VGG-16을 ResNet-101로 바꾸자, 물체를 얼마나 정확히 찾는지 나타내는 평균 정밀도(average precision)가 21.2%에서 27.2%로 올랐다(표 8). 논문의 초록이 28% 나아졌다고 한 것은 21.2%에 대한 증가율이다. 강의 자료 000은 ResNet이 사람의 인식 능력을 넘어선 최초의 모델이라고 한다. [[lenet_alexnet]]에서 본 한 사람의 top-5 오류는 5.1%인데, ResNet의 저자들이 그해 2월에 발표한 PReLU-net이 먼저 4.94%를 기록해 이를 밑돌았다(He 외, 2015).
#
# 논문은 CIFAR-10에서 $n = 18$로 110층, $n = 200$으로 1,202층까지 쌓았다. 1,202층도 훈련 오류는 0.1%보다 낮았지만 테스트 오류는 7.93%로 110층보다 높았고, 논문은 데이터에 견주어 너무 커서 과적합한 것으로 보았다. 파라미터 수는 연습 문제 1에서 계산한다.
# %% [markdown] lang="en"
# ## 7. Numbers of 2015
#
# ResNet came first in five tasks of 2015: classification, localization and detection on ImageNet, detection and segmentation on COCO, a set of everyday photos with boxes and outlines of objects. The top-5 error of 3.57% in classification on ImageNet is that of an ensemble of six networks of different depths; 152 layers alone had 4.49% on validation data (tables 4 and 5). In detection on COCO average precision, which says how exactly objects are found, rose from 21.2% to 27.2% when VGG-16 was replaced with ResNet-101 in the same detector (table 8). The 28% of the paper's abstract is this rise, relative to 21.2%. Deck 000 calls ResNet the first model beyond human recognition. The top-5 error of the one person in [[lenet_alexnet]] is 5.1%, and PReLU-net, published in February of that year by the authors of ResNet, was below it before, with 4.94% (He et al., 2015).
#
# On CIFAR-10 the paper went on to 110 layers, $n = 18$, and to 1,202, $n = 200$. Even the 1,202 had a training error below 0.1%, but their test error was 7.93%, above that of 110 layers; the paper takes it for overfitting, the network being too large for the data. Exercise 1 counts the parameters.
# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 층을 수십 개 쌓을 때에는 지름길을 놓고 배치 정규화와 함께 쓴다.
# - 깊은 신경망이 잘 배우지 못하면 훈련 손실부터 본다. 그것부터 높으면 과적합이 아니다. 더 얕은 신경망보다도 높으면 최적화를 의심한다.
# - 모양이 같은 곳에서는 $x$를 그대로 더하고, 다른 곳에서만 1×1 합성곱이나 0 채우기로 맞춘다.
# - 남의 가중치를 가져올 때에는 스트라이드의 자리, 패딩, $\epsilon$까지 같은지 확인한다. 모양이 맞는다고 같은 신경망은 아니다.
# %% [markdown] lang="en"
# ### What to use when
#
# - For dozens of layers use shortcuts, together with batch normalization.
# - When a deep network does not learn well, look at the training loss first. If it is high already it is not overfitting; if it is above that of a shallower network, suspect optimization.
# - Add $x$ as it is where shapes agree; only elsewhere match them by a 1×1 convolution or by zeros.
# - With the weights of others make sure that the place of the stride, padding and $\epsilon$ are the same. Shapes that fit do not make it the same network.
# %% [markdown] lang="ko" slides="000 ResNet이란?; 001 대표 모델: ResNet; 003 전페이지 부가설명; 004 ResNet (2015); 004 Residual Connection"
# ## 8. 강의 자료와 다른 점
#
# - 000 ‘사람의 이미지 인식 능력을 넘어선 최초의 이미지 인식 모델’: 사람의 5.1%보다 먼저 낮아진 것은 2015년 2월의 PReLU-net(4.94%)이다(7절).
# - 001 ‘20층이 넘어가게 되면 성능이 낮아지는 현상’: 논문의 CIFAR-10에서 지름길이 없을 때의 이야기다. 어디에서나 20층이 경계인 것은 아니고, 지름길이 있으면 110층까지 오류가 줄었다(4절).
# - 001 ‘Gradient vanishing / explosion도 발생’: 폭발은 지름길이 없는 신경망의 훈련 전에 보였고, 소실은 배치 정규화가 있으면 보이지 않았다(5절).
# - 004 ‘깊은 모델에서 필연적으로 나타나는 현상: Vanishing Gradient’, ‘Vanishing Gradient 문제를 해결하기 위한 구조’: 초깃값과 정규화에 달려 있다. 지름길이 없애려 한 것은 성능 저하다(1절과 5절).
# - 001 ‘152층까지 네트워크를 쌓으며 … 우승’: ImageNet 분류에서 우승한 것은 신경망 여섯 개의 앙상블이다(7절).
# - 003은 $F(x) + x$를 최소화하는 것이 목적이라고도 하고, $F(x)$를 0에 가깝게 만드는 것이 목적이라고도 한다. 두 말은 서로 맞지 않고, 어느 쪽도 목적이 아니다. 훈련이 줄이는 것은 손실이다(3절).
# - 003은 $F(x) = 0$이면 출력과 입력이 모두 $x$라고 한다. $\mathrm{ReLU}(x)$가 나오고, 크기를 줄이는 블록에서는 지름길이 내는 것이 나온다(3절).
# - 003의 코드는 스트라이드를 3×3에 둔다. 가중치의 모양은 논문과 같지만 답은 다르고, 곱셈-덧셈은 40억 9천만 번이다(6절).
# - 004 ‘Layer 개수를 최대 152개까지 늘림’: ImageNet에서 그렇다. CIFAR-10에서는 1,202층까지 쌓았다(7절).
# - 004 ‘기울기 값이 항상 1 이상이 되어’: 값 하나를 받아 값 하나를 내는 블록은, 마지막 ReLU를 빼고 보면, 기울기에 $1 + F'(x)$를 곱하고, 이것은 1보다 작을 수도 음수일 수도 있다(3절).
# %% [markdown] lang="en"
# ## 8. Where the slides differ
#
# - Deck 000 calls ResNet the first model beyond human recognition: PReLU-net was below the person's 5.1% before, with 4.94% in February of 2015 (section 7).
# - Deck 001 says that performance falls beyond 20 layers: so it was on CIFAR-10 without shortcuts. It is no general limit, and with shortcuts the error fell up to 110 layers (section 4).
# - Deck 001 says that gradients vanish or explode as well: explosion was seen before training without shortcuts; vanishing was not seen with batch normalization (section 5).
# - Deck 004 says that vanishing gradients are inevitable in deep models and that shortcuts are a structure against them: it depends on initialization and normalization. What shortcuts were made against is degradation (sections 1 and 5).
# - Deck 001 says that ResNet won by stacking up to 152 layers: what won in classification on ImageNet was an ensemble of six networks (section 7).
# - Deck 003 says that the aim is to minimize $F(x) + x$, and that it is to bring $F(x)$ near 0: the two do not agree, and neither is the aim. What training lowers is the loss (section 3).
# - Deck 003 says that with $F(x) = 0$ input and output are both $x$: what comes out is $\mathrm{ReLU}(x)$, and from a block that halves what its shortcut gives (section 3).
# - The listing of deck 003 has the stride on the 3×3. The weights have the shapes of the paper's, but the answers differ, and it takes 4.09 billion multiply-adds (section 6).
# - Deck 004 says that layers were increased to 152 at most: on ImageNet. On CIFAR-10 there were 1,202 (section 7).
# - Deck 004 says that gradients are always 1 or more: up to its last ReLU a block with a single value multiplies the gradient by $1 + F'(x)$, which may be less than 1 or negative (section 3).


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 논문의 CIFAR-10 신경망은 입력이 32×32×3, 커널 수가 16, 32, 64, 클래스가 10개이고, 지름길에는 파라미터가 없다. 훈련으로 바뀌는 파라미터(커널, 배치 정규화의 $\gamma$와 $\beta$, 마지막 층의 가중치와 편향)의 수를 $n$에서 계산하는 함수를 작성하라. 합성곱에는 편향이 없다. 논문의 표 6은 20층 27만, 56층 85만, 110층 170만, 1,202층 1,940만 개라고 적었다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** The paper's networks for CIFAR-10 take 32×32×3, have 16, 32 and 64 kernels and 10 classes, and no parameters in their shortcuts. Write a function that works out from $n$ the number of parameters that are trained: kernels, $\gamma$ and $\beta$ of batch normalization, weights and biases of the last layer. Convolutions have no biases. Table 6 of the paper gives 0.27 million for 20 layers, 0.85 for 56, 1.7 for 110 and 19.4 for 1,202.
# %% tags=["exercise"]
def trained_parameters(n):
    """Parameters that are trained in 6n + 2 layers with 16, 32 and 64 kernels."""
    ...


# %% tags=["solution"]
def trained_parameters(n):
    """Parameters that are trained in 6n + 2 layers with 16, 32 and 64 kernels."""
    total, channels = 0, 3
    for filters in [16] + 2 * n * [16] + 2 * n * [32] + 2 * n * [64]:
        total += 9 * channels * filters + 2 * filters  # kernel, gamma and beta
        channels = filters
    return total + channels * 10 + 10


# %% tags=["wrong"]
def trained_parameters(n):
    """Parameters that are trained in 6n + 2 layers with 16, 32 and 64 kernels."""
    blocks = sum(2 * n * (9 * filters * filters + 2 * filters) for filters in (16, 32, 64))
    return 9 * 3 * 16 + 2 * 16 + blocks + 64 * 10 + 10


# %%
def counted_in(n):
    """The same, from a network that Keras builds."""
    model = deep(n, padded, (16, 32, 64), (32, 32, 3))
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


# each step of n adds the same three blocks: the 1,202 layers follow from two that were built
one, two = counted_in(1), counted_in(2)
exercise(trained_parameters, [((n,), one + (n - 1) * (two - one)) for n in (1, 2, 3, 18, 200)])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 스트라이드가 2인 병목 블록에 8×8 맵이 들어온다. 지름길의 1×1 합성곱도 스트라이드가 2다. 픽셀 64개 가운데 블록의 출력에 조금이라도 쓰이는 것은 몇 개일까? 스트라이드가 첫 1×1에 있을 때와 3×3에 있을 때의 수를 16, 32, 48, 64에서 골라 이 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* Maps of 8×8 come into a bottleneck block with a stride of 2. The 1×1 convolution of its shortcut has a stride of 2 as well. How many of the 64 pixels are used at all in what the block puts out? Choose from 16, 32, 48 and 64, for the stride on the first 1×1 and for the stride on the 3×3, and return two numbers in this order.
# %% tags=["exercise"]
def pixels_that_are_used():
    """Pixels of 64 that reach the output: stride on the first 1x1, stride on the 3x3."""
    ...


# %% tags=["solution"]
def pixels_that_are_used():
    """Pixels of 64 that reach the output: stride on the first 1x1, stride on the 3x3."""
    return 16, 64  # a 1x1 with stride 2 drops three of four unseen, as the shortcut does


# %% tags=["wrong"]
def pixels_that_are_used():
    """Pixels of 64 that reach the output: stride on the first 1x1, stride on the 3x3."""
    return 64, 64


# %%
def counted_pixels(stride_on):
    """Single pixels that change the output of a block whose weights are all positive."""
    inputs = keras.Input((8, 8, 1))
    f = bottleneck(inputs, 4, 2, stride_on)
    model = keras.Model(inputs, layers.Add()([f, convolution(inputs, 16, 1, 2)]))
    for weight in model.weights:
        weight.assign(keras.ops.abs(weight) + 0.1)  # so that nothing cancels
    single = np.eye(64, dtype="float32").reshape(64, 8, 8, 1)
    changes = np.abs(model(single) - model(np.zeros((1, 8, 8, 1)))).max(axis=(1, 2, 3))
    return int((changes > 1e-6).sum())


exercise(pixels_that_are_used, [((), (counted_pixels("1x1"), counted_pixels("3x3")))])


# %% tags=["proof"] title="for the check of exercise 3"
def by_hand(x, model):
    """What the block should give in prediction, from its own weights."""
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    norms = [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]
    if [len(convolutions), len(norms)] != [2, 2]:
        raise ValueError("expected two convolutions and two batch normalizations")
    f = x
    for norm, convolution in zip(norms, convolutions):
        f = keras.ops.relu(norm(f))
        f = keras.ops.conv(f, convolution.kernel, padding="same")
    return x + f


# %% [markdown] lang="ko"
# **3.** 같은 저자들의 다음 논문(He 외, 2016b)은 순서를 바꾸었다. 배치 정규화, ReLU, 3×3 합성곱을 이 차례로 두 번 지나고 $x$를 더하며, 더한 다음에는 ReLU가 없다. 그래서 $F = 0$이면 음수까지 $x$ 그대로 나온다. 채널 수가 그대로인 이런 블록을 작성하라. 합성곱에는 편향을 두지 않는다.
# %% [markdown] lang="en"
# **3.** The next paper of the same authors (He et al., 2016b) changes the order: batch normalization, ReLU and a 3×3 convolution, in this order and twice, then $x$ is added, and no ReLU follows. With $F = 0$ such a block puts out $x$ itself, negative values included. Write it, with as many channels as come in and no biases in its convolutions.
# %% tags=["exercise"]
def preactivated(x):
    """A residual block that puts out x where F = 0."""
    ...


# %% tags=["solution"]
def preactivated(x):
    """A residual block that puts out x where F = 0."""
    f = x
    for _ in range(2):
        f = layers.ReLU()(layers.BatchNormalization()(f))
        f = layers.Conv2D(x.shape[-1], 3, padding="same", use_bias=False)(f)
    return layers.Add()([x, f])


# %% tags=["wrong"]
def preactivated(x):
    """A residual block that puts out x where F = 0."""
    f = x
    for _ in range(2):
        f = layers.Conv2D(x.shape[-1], 3, padding="same", use_bias=False)(f)
        f = layers.ReLU()(layers.BatchNormalization()(f))
    return layers.Add()([x, f])


# %%
def f_and_without_f(channels):
    """Whether the block gives what it should with its weights, and x with kernels of 0."""
    inputs = keras.Input((6, 5, channels))
    if (outputs := preactivated(inputs)) is None:
        return None
    model, x = keras.Model(inputs, outputs), keras.random.normal((2, 6, 5, channels), seed=3)
    for weight in model.weights:  # kernels of both signs, statistics of no special values
        low = -1 if len(weight.shape) == 4 else 0.2
        weight.assign(keras.random.uniform(weight.shape, low, 1.2, seed=len(weight.shape)))
    given = np.abs(model(x) - by_hand(x, model)).max() < 1e-3
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            layer.kernel.assign(keras.ops.zeros_like(layer.kernel))
    return given, np.abs(model(x) - x).max() < 1e-6


exercise(f_and_without_f, [((3,), (True, True)), ((4,), (True, True))])


# %% [markdown] lang="ko"
# **4.** 5절에서 배치 정규화 없이 지름길만 놓으면 기울기가 모든 층에서 너무 컸다. 그런데 블록마다 둘째 합성곱의 커널이 0에서 출발하면 처음에는 모든 블록에서 $F = 0$이어서 값도 기울기도 커지지 않는다. 이렇게 출발하는 32층 신경망($n = 5$)을 돌려주는 함수를 작성하라. 배치 정규화는 없고 지름길(`padded`)은 있다. `deep`의 옵션은 모든 합성곱에 적용되므로 `deep`을 고쳐 쓴다. 합성곱마다 `normalize=False, use_bias=True`를 주고, 블록의 둘째 합성곱에만 `initializer="zeros"`를 더한다. 아래 셀은 두 에포크를 훈련한다. 검증 정확도가 0.5를 넘어야 한다. 같은 설정에서 다섯 시드가 0.89–0.92였고, 둘째 합성곱도 헤 초깃값이면 모두 0.11이었다.
# %% [markdown] lang="en"
# **4.** In section 5 gradients were too large in all layers with shortcuts and no batch normalization. But if the second kernel of each block starts from 0, then $F = 0$ in all blocks at first, and neither values nor gradients grow. Write a function that returns a network of 32 layers ($n = 5$) that starts like this, without batch normalization and with shortcuts (`padded`). The options of `deep` are for all convolutions, so rewrite `deep`: give each convolution `normalize=False, use_bias=True`, and the second one of each block `initializer="zeros"` as well. The cell below trains it for two epochs. The validation accuracy has to be above 0.5. Under these conditions five seeds gave 0.89–0.92, and all gave 0.11 with He initialization in the second convolutions, too.
# %% tags=["exercise"]
def starting_from_nothing():
    """32 layers with shortcuts and no batch normalization; F = 0 at the start."""
    ...


# %% tags=["solution"]
def starting_from_nothing():
    """32 layers with shortcuts and no batch normalization; F = 0 at the start."""
    options = {"normalize": False, "use_bias": True}
    x = inputs = keras.Input((14, 14, 1))
    x = layers.ReLU()(convolution(x, 8, 3, 2, **options))
    for filters in (8, 16, 32):
        for block in range(5):
            strides = 2 if block == 0 and filters > 8 else 1
            f = layers.ReLU()(convolution(x, filters, 3, strides, **options))
            f = convolution(f, filters, 3, initializer="zeros", **options)
            x = layers.ReLU()(layers.Add()([f, padded(x, filters, strides)]))
    return keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))


# %% tags=["wrong"]
def starting_from_nothing():
    """32 layers with shortcuts and no batch normalization; F = 0 at the start."""
    return deep(5, padded, normalize=False, use_bias=True)


# %%
def start_and_accuracy():
    """Normalizations, which kernels do not start from 0, validation accuracy if below 0.5."""
    keras.utils.set_random_seed(0)
    if (model := starting_from_nothing()) is None:
        return None
    normalized = sum(isinstance(layer, layers.BatchNormalization) for layer in model.layers)
    kernels = [layer.kernel for layer in model.layers if isinstance(layer, layers.Conv2D)]
    started = [bool(np.any(kernel)) for kernel in kernels]
    (images, labels), _ = load_mnist()
    x = halved(images)[..., None] / 72 - 0.46  # of mean 0 and standard deviation 1
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss, metrics=["accuracy"])
    model.fit(x[:7000], labels[:7000], batch_size=64, epochs=2, verbose=0)
    reached = model.evaluate(x[7000:], labels[7000:], verbose=0)[1]
    return normalized, *started, min(reached, 0.5)


exercise(start_and_accuracy, [((), (0, True, *15 * [True, False], 0.5))])
# %% [markdown] lang="ko"
# ## 요약
#
# - 층을 쌓기만 하면 네 에포크 뒤 56층의 훈련 손실이 20층의 [[range: training loss, plain-56 over plain-20]]배다. 과적합이 아니라 최적화의 문제다.
# - 잔차 블록은 $F(x) + x$에 ReLU를 씌운다. 지름길이 있으면 56층의 훈련 손실은 20층의 [[range: training loss, residual-56 over residual-20]]배다.
# - 배치 정규화가 있는 56층에서 기울기는 사라지지 않는다. 훈련하기 전 첫 층의 기울기는 마지막 층의 기울기에 견주어 지름길이 없으면 [[range: first gradient over last, plain-56 normalized]]배, 있으면 [[range: first gradient over last, residual-56 normalized]]배다.
# - ResNet-18부터 152까지는 표 하나에서 나온다. ResNet-50의 파라미터는 25,636,712개, ResNet-152의 곱셈-덧셈은 VGG-19의 57%다.
# - 스트라이드를 1×1에 두느냐 3×3에 두느냐에 따라, 가중치의 모양이 같아도 답과 계산량이 다르다.
# %% [markdown] lang="en"
# ## Summary
#
# - With layers merely stacked, the training loss of 56 after four epochs is [[range: training loss, plain-56 over plain-20]] times that of 20: the trouble is not overfitting but optimization.
# - A residual block puts out the ReLU of $F(x) + x$. With shortcuts the training loss of 56 layers is [[range: training loss, residual-56 over residual-20]] times that of 20.
# - In 56 layers with batch normalization gradients do not vanish. Before training the first layer's is [[range: first gradient over last, plain-56 normalized]] times the last's without shortcuts, and [[range: first gradient over last, residual-56 normalized]] times with them.
# - ResNet-18 to 152 come from one table. ResNet-50 has 25,636,712 parameters, and ResNet-152 takes 57% of the multiply-adds of VGG-19.
# - With the stride on the 1×1 or on the 3×3 the weights have the same shapes, but answers and computation differ.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 000 ‘Deep Residual Learning for Image Recognition’과 ‘ResNet이란?’, 001 ‘대표 모델: ResNet’과 ‘깊은 네트워크의 문제점’, 003 ‘ResNet’과 ‘Residual Block’, 004 ‘ResNet (2015)’과 ‘Residual Connection’.
# - K. He, X. Zhang, S. Ren, J. Sun (2016). *Deep residual learning for image recognition*. CVPR. 그림 1, 6, 7, 표 1, 2, 4, 5, 6, 8, 3.3절(지름길), 4.1절과 4.2절.
# - K. He, X. Zhang, S. Ren, J. Sun (2016b). *Identity mappings in deep residual networks*. ECCV. 연습 문제 3.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). *Delving deep into rectifiers*. ICCV. 4.94%.
# - G. Yang 외 (2019). *A mean field theory of batch normalization*. ICLR. 기울기의 폭발.
# - A. Veit, M. Wilber, S. Belongie (2016). *Residual networks behave like ensembles of relatively shallow networks*. NeurIPS. 블록을 없애는 실험.
# - H. Zhang, Y. Dauphin, T. Ma (2019). *Fixup initialization: residual learning without normalization*. ICLR. 0에서 출발하는 커널은 그 규칙 가운데 하나다(연습 문제 4).
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - The pages of deck 000 on the paper and on what ResNet is, of deck 001 on ResNet and the trouble with deep networks, of deck 003 on ResNet and the residual block, of deck 004 on ResNet and residual connections.
# - K. He, X. Zhang, S. Ren, J. Sun (2016). *Deep residual learning for image recognition*. CVPR. Figures 1, 6 and 7, tables 1, 2, 4, 5, 6 and 8, section 3.3 (shortcuts), sections 4.1 and 4.2.
# - K. He, X. Zhang, S. Ren, J. Sun (2016b). *Identity mappings in deep residual networks*. ECCV. Exercise 3.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). *Delving deep into rectifiers*. ICCV. The 4.94%.
# - G. Yang et al. (2019). *A mean field theory of batch normalization*. ICLR. Exploding gradients.
# - A. Veit, M. Wilber, S. Belongie (2016). *Residual networks behave like ensembles of relatively shallow networks*. NeurIPS. Removing blocks.
# - H. Zhang, Y. Dauphin, T. Ma (2019). *Fixup initialization: residual learning without normalization*. ICLR. Kernels that start from 0 are one of its rules (exercise 4).
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
