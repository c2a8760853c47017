# %% [markdown] lang="ko" headline="test accuracy of the narrow VGG-D"
# # [[number]] · VGG
#
# [[badge]]
#
# **커널을 3×3으로 줄이고 층을 19개까지 쌓는다. 무엇을 얻고, 깊이는 어디까지 도움이 될까?**
# %% [markdown] lang="en"
# # [[number]] · VGG
#
# [[badge]]
#
# **Make all kernels 3×3 and stack up to 19 layers: what is gained, and how far does depth help?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 3×3 커널 두세 층이 5×5나 7×7 커널 하나를 대신하는 까닭을 수용 영역, 가중치, ReLU의 수로 보일 수 있다.
# - VGG의 여섯 구성을 글자 한 줄씩 읽어 조립하고, 파라미터와 곱셈-덧셈이 어디에 있는지 셀 수 있다.
# - `keras.applications.VGG16`의 가중치를 손으로 조립한 신경망에 옮겨, 둘이 같은 점수를 내는 것을 보일 수 있다.
# - 1×1 합성곱이 무엇을 하는지, 언제 옆 층과 합쳐지는지 설명할 수 있다.
# - 층을 더하는 것, 얕은 신경망의 가중치에서 시작하는 것의 효과를 같은 조건에서 잴 수 있다.
# - 완전 연결 층을 합성곱으로 바꾸어 더 큰 이미지의 여러 곳에 점수를 매길 수 있다.
#
# 걸리는 시간은 약 50분이고, `small`에서는 실행에 1분 30초쯤 걸린다. [[deep_cnn]]의 워밍업과 판정 규칙, [[lenet_alexnet]]의 어수선한 숫자와 곱셈-덧셈을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Show by receptive field, weights and number of ReLUs why two or three 3×3 kernels take the place of one 5×5 or 7×7.
# - Build the six configurations of VGG from one line of text each, and count where their parameters and multiply-adds are.
# - Carry the weights of `keras.applications.VGG16` into a network built by hand, and show that both give the same scores.
# - Explain what a 1×1 convolution does, and when it merges into the layer beside it.
# - Measure, under equal conditions, what more layers do, and what it does to start from a shallow network's weights.
# - Turn fully connected layers into convolutions, and give scores to many places of a larger image.
#
# It takes about 50 minutes to read and, at scale `small`, about a minute and a half to run. You need the warm-up and the rule for verdicts of [[deep_cnn]], and the cluttered digits and multiply-adds of [[lenet_alexnet]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 001의 VGG 쪽들, 003의 VGG 쪽과 코드, 004의 VGGNet 쪽에 해당한다. 002의 ‘VGG16 Architecture’ 그림은 1절에서 그린다. 자료와 다른 점은 7절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson covers the pages of deck 001 on VGG, the page and listing of deck 003, and the page of deck 004 on VGGNet. The picture of VGG16 in deck 002 is drawn in section 1. Where the slides differ is collected in section 7.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import gc

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay

from helpers.checks import check, exercise, report, same
from helpers.counting import layer_counts, multiply_adds
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREY, ORANGE, PINK, VERMILION
from helpers.scenes import cluttered_digits

# %% [markdown] lang="ko" slides="001 Very Deep Convolutional Networks for Large-Scale Image Recognition; 003 VGG; 004 VGGNet (2014); 002 VGG16 Architecture"
# ## 1. 여섯 신경망, 글자 여섯 줄
#
# VGG는 2014년 ILSVRC의 분류 부문에서 2위, 물체의 위치를 찾는 부문에서 1위를 한 신경망이다. 이름은 옥스퍼드 대학교의 연구실(Visual Geometry Group)에서 왔다. 구성은 A부터 E까지 있고 뒤로 갈수록 깊다. 합성곱은 모두 3×3이고(C에만 1×1이 셋 있다), 둘레에 0을 1픽셀씩 덧대어 맵의 크기를 지킨다. 크기를 바꾸는 것은 2×2 최대 풀링뿐이고, 다섯 번 지나면 224가 7이 된다. 풀링과 풀링 사이의 합성곱 층들을 한 **단**(stage)이라고 하자. 논문의 표 1을 데이터로 적는다. 숫자는 커널의 개수, `M`은 풀링, `1x`는 1×1 커널이고, `N`은 A-LRN이 A에 더하는 국소 응답 정규화다.
# %% [markdown] lang="en"
# ## 1. Six networks in six lines
#
# VGG came second in the classification task of ILSVRC 2014 and first in localization, where an object has to be found as well. The name is that of a group at the University of Oxford, the Visual Geometry Group. There are configurations from A to E, deeper from one to the next. All convolutions are 3×3 (but for three of 1×1 in C) and padded with one pixel of zeros, so the maps keep their size. Only max pooling of 2×2 changes it; after five of these 224 has become 7. Call the convolutions between one pooling and the next a **stage**. Table 1 of the paper is written as data: a number is so many kernels, `M` pooling, `1x` kernels of 1×1, and `N` the local response normalization that A-LRN adds to A.
# %%
VGG = {  # Simonyan and Zisserman (2015), table 1
    "A": "64 M 128 M 256 256 M 512 512 M 512 512 M",
    "A-LRN": "64 N M 128 M 256 256 M 512 512 M 512 512 M",
    "B": "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M",
    "C": "64 64 M 128 128 M 256 256 1x256 M 512 512 1x512 M 512 512 1x512 M",
    "D": "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M",
    "E": "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M",
}


def convolutions(plan):
    """How many convolutions each stage has."""
    stages = plan.replace("N", "").split("M")[:-1]
    return [len(stage.split()) for stage in stages]


def depth(plan):
    """Layers with weights: the convolutions, and three fully connected layers."""
    return sum(convolutions(plan)) + 3


for name, plan in VGG.items():
    print(f"{name:6} {convolutions(plan)}  layers with weights: {depth(plan)}")
depths = [depth(plan) for plan in VGG.values()]
check("layers with weights", depths, equals=[11, 11, 13, 16, 16, 19])
# %% [markdown] lang="ko"
# 강의 자료 003은 VGG가 구성이 간단해 응용하기 쉽다고 한다. 실제로 함수 하나로 조립할 수 있다. 완전 연결 층 셋은 여섯 모두 같다. A-LRN의 정규화는 파라미터도 곱셈-덧셈도 세지 않으므로 뺐다.
# %% [markdown] lang="en"
# Deck 003 says that VGG is simple in structure and easily applied. Indeed one function builds it. The three fully connected layers are the same in all six. The normalization of A-LRN, which has no parameters and no multiply-adds that are counted, is left out.


# %%
def vgg(plan, input_shape=(224, 224, 3), num_classes=1000, units=4096, dropout=0.5, **options):
    """VGG from one line of its table; it returns one score for each class."""
    x = inputs = keras.Input(input_shape)
    for step in plan.replace("N", "").split():
        if step == "M":
            x = layers.MaxPooling2D(2)(x)  # halves height and width
            continue
        side = 1 if step.startswith("1x") else 3
        filters = int(step.removeprefix("1x"))
        x = layers.Conv2D(filters, side, padding="same", activation="relu", **options)(x)
    x = layers.Flatten()(x)  # 7x7x512 -> 25,088
    for _ in range(2):
        x = layers.Dense(units, activation="relu", **options)(x)
        x = layers.Dropout(dropout)(x)
    return keras.Model(inputs, layers.Dense(num_classes, **options)(x))


# %%
counts = {}
for name in VGG:
    network = vgg(VGG[name], kernel_initializer="zeros")  # only to be counted
    counts[name] = layer_counts(network)
    products = multiply_adds(network)
    print(f"{name:6} {network.count_params():11,} parameters {products:14,} multiply-adds")
    del network
    gc.collect()  # half a gigabyte each: free one before the next is built
parameters = {name: sum(count.parameters for count in counts[name]) for name in VGG}
expected = [132_863_336, 132_863_336, 133_047_848, 133_638_952, 138_357_544, 143_667_240]
check("parameters of the six", list(parameters.values()), equals=expected)
millions = [int(number / 1e6 + 0.5) for number in parameters.values()]
check("in millions, as in table 2 of the paper", millions, equals=[133, 133, 133, 134, 138, 144])
# %% [markdown] lang="ko"
# D를 흔히 VGG16, E를 VGG19라고 부른다. D의 파라미터와 곱셈-덧셈은 어디에 있을까? 강의 자료 004는 3×3 커널이 파라미터 수의 증가를 억제했다고 하는데, 합성곱에서만 그렇다. 합성곱 13층을 다 더해도 1,471만 개인데, 완전 연결 층 셋이 1억 2,364만 개다. 곱셈-덧셈은 거꾸로여서 99%가 합성곱에 있다.
# %% [markdown] lang="en"
# D is commonly called VGG16, and E VGG19. Where does D have its parameters and multiply-adds? Deck 004 says that 3×3 kernels keep the number of parameters down; that is so in the convolutions only. All 13 of them together have 14.7 million, the three fully connected layers 123.6 million. With multiply-adds it is the other way round: 99% are in the convolutions.
# %%
by_layer = [count for count in counts["D"] if count.parameters]
table = np.array([[count.parameters, count.multiply_adds] for count in by_layer])
is_dense = np.array([count.kind == "Dense" for count in by_layer])
in_convolutions, in_dense = table[~is_dense].sum(axis=0), table[is_dense].sum(axis=0)
check("parameters in the convolutions of D", in_convolutions[0], equals=14_714_688)
check("parameters in its fully connected layers", in_dense[0], equals=123_642_856)
check("their share", round(in_dense[0] / parameters["D"], 3), equals=0.894)
check("multiply-adds of D in billions", round(table[:, 1].sum() / 1e9, 2), equals=15.47)
check("share of the convolutions", round(in_convolutions[1] / table[:, 1].sum(), 3), equals=0.992)
# %% tags=["figure"] title="VGG16, layer by layer"
_, (top, bottom) = plt.subplots(2, 1, figsize=(11, 5.6), height_ratios=(1.5, 1))
place, ticks = 0.0, []
for count in by_layer:
    if count.kind == "Conv2D":
        height, width, color = count.shape[0], 0.25 + 0.55 * count.shape[-1] / 512, BLUE
    else:
        height, width, color = count.shape[0] / 40, 0.25, ORANGE
    top.add_patch(plt.Rectangle((place, -height / 2), width, height, fc=color, ec="white"))
    ticks.append(place + width / 2)
    place += max(width + 0.25, 0.75)
names = ["x".join(map(str, count.shape[:1] + count.shape[2:])) for count in by_layer]
top.set(xlim=(-0.3, place), ylim=(-118, 118), ylabel="side of the maps")
top.set_xticks([])
top.set_yticks([-112, 112], ["", "224"])
bottom.bar(ticks, [c.multiply_adds / 1e9 for c in by_layer], width=0.3, color=GREY)
parameter_bars = [c.parameters / 1e7 for c in by_layer]
bottom.bar([tick + 0.3 for tick in ticks], parameter_bars, width=0.3, color=PINK)
bottom.set(xlim=(-0.3, place), ylabel="count")
bottom.set_xticks(ticks, names, rotation=60, size=10)
bottom.legend(["multiply-adds (10⁹)", "parameters (10⁷)"], frameon=False, loc="upper center")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. VGG16의 층. 위: 합성곱(파란색)의 높이는 맵의 한 변(side of the maps), 너비는 채널 수를 나타낸다. 풀링을 지날 때마다 한 변이 반이 된다. 완전 연결 층(주황색)의 높이는 뉴런 수에 비례하고 세로축의 눈금과 관계없다. 아래: 층마다의 개수(count). 곱셈-덧셈(multiply-adds, 회색)은 10억, 파라미터(parameters, 분홍색)는 천만이 단위다. 가로축은 맵의 한 변과 채널 수이고, 완전 연결 층은 뉴런 수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The layers of VGG16. Top: a convolution (blue) is as high as the side of its maps, and the wider the more channels it has. Each pooling halves the side. A fully connected layer (orange) is as high as it has neurons, on a scale of its own. Bottom: multiply-adds (grey, in billions) and parameters (pink, in tens of millions) of each layer; below them the side of the maps and the number of channels, or the number of neurons.*
# %% [markdown] lang="ko" slides="001 3x3 커널을 쓸 때 장점; 003 VGGNet의 구조"
# ## 2. 왜 3×3인가
#
# 3×3 합성곱 두 층을 지난 값은 원래 맵의 5×5를, 세 층을 지난 값은 7×7을 본다. [[convolution]]에서 말한 수용 영역이다. 강의 자료 001에는 ‘7x7 vs 3x3 2개’라는 제목이 있지만 7×7에 해당하는 것은 세 층이다. 손으로 세는 대신 기울기로 재어 보자. 가운데 값 하나를 입력의 픽셀 하나하나로 미분하면, 그 값이 본 픽셀에서만 0이 아니다.
# %% [markdown] lang="en"
# ## 2. Why 3×3
#
# A value behind two 3×3 convolutions sees 5×5 of the map it started from, behind three 7×7: its receptive field, as in [[convolution]]. A heading in deck 001 sets one 7×7 against two 3×3, but it is three that correspond to 7×7. Rather than count by hand, measure it with gradients: differentiate one value in the middle by each pixel of the input, and the result differs from 0 only at the pixels which that value has seen.


# %%
def stack(sides, channels=1, activation="relu", **options):
    """Convolutions in a row that keep the number of channels and add no padding."""
    x = inputs = keras.Input((15, 15, channels))
    for side in sides:
        x = layers.Conv2D(channels, side, activation=activation, use_bias=False, **options)(x)
    return keras.Model(inputs, x)


def seen_by_one_value(sides):
    """The size of the gradient of the value in the middle, at each pixel: (15, 15)."""
    model = stack(sides, activation=None, kernel_initializer="ones")
    image = tf.zeros((1, 15, 15, 1))
    with tf.GradientTape() as tape:
        tape.watch(image)
        maps = model(image)
        middle = maps[0, maps.shape[1] // 2, maps.shape[2] // 2, 0]
    return tape.gradient(middle, image)[0, ..., 0].numpy()


CHOICES = {"one 5x5": [5], "two 3x3": [3, 3], "one 7x7": [7], "three 3x3": [3, 3, 3]}
fields = {name: seen_by_one_value(sides) for name, sides in CHOICES.items()}
# %%
facts = []
for name, sides in CHOICES.items():
    rows, _ = np.nonzero(fields[name])
    weights = stack(sides, channels=64).count_params() // 64**2
    relus = sum(layer.activation.__name__ == "relu" for layer in stack(sides).layers[1:])
    facts.append((int(np.ptp(rows)) + 1, weights, relus))
    print(f"{name:9} sees {facts[-1][0]} pixels across, has {weights} C² weights and {relus} ReLUs")
check(
    "pixels, weights over C², ReLUs", facts, equals=[(5, 25, 1), (5, 18, 2), (7, 49, 1), (7, 27, 3)]
)
# %% tags=["figure"] title="what one value sees"
_, axes = plt.subplots(1, 4, figsize=(11, 3))
for axis, (name, field) in zip(axes, fields.items()):
    axis.imshow(np.where(field > 0, field / field.max(), np.nan), cmap="Blues", vmin=-0.3, vmax=1)
    axis.set(title=name, xticks=[], yticks=[])
    for spine in axis.spines.values():
        spine.set(visible=True, color=GREY)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 가운데 값 하나를 입력의 픽셀마다 미분한 값의 크기(커널의 값이 모두 1일 때, 그림마다 가장 큰 값이 가장 진하다). 5×5 하나(one 5x5)와 3×3 둘(two 3x3), 7×7 하나(one 7x7)와 3×3 셋(three 3x3)이 같은 넓이를 본다. 여러 층을 쌓으면 가운데를 지나는 길이 많아서 가운데가 더 진하다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. How much one value in the middle changes with each pixel of the input, for kernels of ones; each panel's largest value is darkest. One 5×5 and two 3×3 see the same square, and so do one 7×7 and three 3×3. Where layers are stacked the middle is darker, as more paths lead through it.*
# %% [markdown] lang="ko"
# 채널이 $C$개로 들어와 $C$개로 나갈 때, 3×3 셋은 가중치가 $3 \cdot 9C^2 = 27C^2$개로 7×7 하나의 $49C^2$개보다 적고, ReLU는 하나가 아니라 셋이다. 논문은 ReLU가 많으면 클래스를 더 잘 구별하는 함수가 된다고 설명한다.
# %% [markdown] lang="en"
# With $C$ channels coming in and $C$ going out, three 3×3 have $3 \cdot 9C^2 = 27C^2$ weights, fewer than the $49C^2$ of one 7×7, and three ReLUs rather than one. More ReLUs, the paper says, make a function that tells classes apart better.
# %% [markdown] lang="ko" slides="001 3x3 커널을 쓸 때 장점"
# ## 3. 1×1 합성곱
#
# 구성 C는 뒤쪽 세 단에서 3×3 두 층 뒤에 1×1을 하나씩 더한다. 1×1은 이웃을 보지 않고 픽셀마다 채널을 섞으므로, 픽셀 하나하나에 같은 완전 연결 층을 쓰는 것과 같다. 강의 자료 001은 이것도 비선형성을 늘린다고 하는데, 늘리는 것은 1×1이 아니라 그 앞뒤의 ReLU다. 3×3과 1×1 사이에 ReLU가 없다면 둘을 이어서 하는 것은 3×3 커널 하나로 할 수 있다. 사이에 ReLU가 있으면 그런 커널은 없다. 커널 하나로 하는 합성곱 $f$는 편향이 없을 때 $f(-x) = -f(x)$인데, ReLU를 사이에 두면 그렇지 않기 때문이다.
# %% [markdown] lang="en"
# ## 3. The 1×1 convolution
#
# In its last three stages configuration C adds a 1×1 behind two 3×3. A 1×1 kernel sees no neighbours and mixes the channels at each pixel, so it is one and the same fully connected layer at every pixel. Deck 001 says that it, too, adds non-linearity; what adds it is not the 1×1 but the ReLUs around it. Without a ReLU between them, a 3×3 followed by a 1×1 is something that a single 3×3 kernel can do. With a ReLU between them there is no such kernel: a convolution $f$ with one kernel and no bias has $f(-x) = -f(x)$, and with the ReLU that is no longer so.
# %%
x = tf.random.normal((2, 6, 5, 4), seed=1)
kernel = tf.random.normal((1, 1, 4, 3), seed=2)
one_by_one = keras.ops.conv(x, kernel)
dense_per_pixel = keras.ops.matmul(x, kernel[0, 0])  # each pixel's 4 channels times 4x3
same(one_by_one, dense_per_pixel, "a 1x1 convolution, and a dense layer at each pixel")

before = tf.random.normal((3, 3, 4, 4), seed=3)
merged = keras.ops.einsum("yxij,jk->yxik", before, kernel[0, 0])  # 3x3x4x3
in_turn = keras.ops.conv(keras.ops.conv(x, before), kernel)
same(in_turn, keras.ops.conv(x, merged), "3x3 then 1x1 without a ReLU, and the merged kernel")


def with_relu(x):
    """3x3, ReLU, 1x1."""
    return keras.ops.conv(keras.ops.relu(keras.ops.conv(x, before)), kernel)


odd = np.allclose(with_relu(-x), -with_relu(x), atol=0.01)
check("f(-x) = -f(x) with a ReLU between", odd, equals=False)
# %% [markdown] lang="ko" slides="003 VGG"
# ## 4. 강의 자료의 코드, 우리의 코드, Keras의 VGG16
#
# 강의 자료 003의 코드는 `vgg(VGG["D"])`의 층을 하나씩 풀어 쓴 것으로, `Conv2D` 13개와 `Dense` 3개가 같은 차례로 있다. 우리의 함수는 점수를, 강의 자료의 코드는 거기에 소프트맥스를 취한 확률을 돌려준다. Keras에도 `keras.applications.VGG16`이 있다. 드롭아웃이 없지만, 예측할 때에는 드롭아웃이 하는 일이 없으므로 점수는 같아야 한다. 파라미터 수가 같다고 같은 신경망인 것은 아니므로, 그 신경망의 가중치(여기서는 난수)를 우리 것에 층마다 옮겨 넣고 난수로 만든 이미지 두 장의 점수를 견준다. 이미지가 달라도 점수가 거의 같다면 이 비교는 아무것도 말해 주지 않으므로, 두 이미지의 점수 차이가 허용 오차의 100배를 넘는지도 확인한다.
# %% [markdown] lang="en"
# ## 4. The deck's code, ours, and Keras's VGG16
#
# The listing of deck 003 has the layers of `vgg(VGG["D"])` written out one by one: 13 `Conv2D` and 3 `Dense` in the same order. Our function returns scores, the listing the probabilities that softmax makes of them. Keras has a `keras.applications.VGG16` too. It has no dropout, but in prediction dropout does nothing, so the scores must agree. An equal number of parameters does not make an equal network, so its weights, here random numbers, are carried into ours, layer by layer, and the scores of two images of random numbers compared. If the scores were nearly the same for any image, this would prove nothing; so make sure that the two images differ by over 100 times the tolerance.
# %%
keras.utils.set_random_seed(lesson.seed)
theirs = keras.applications.VGG16(weights=None, classifier_activation=None)
ours = vgg(VGG["D"], kernel_initializer="zeros")
check("parameters of both", [theirs.count_params(), ours.count_params()], equals=[138_357_544] * 2)
for mine, its in zip(ours.weights, theirs.weights, strict=True):
    mine.assign(its)
images = 100 * keras.random.normal((2, 224, 224, 3))
scores = theirs(images)
same(ours(images), scores, "scores of our VGG-D and of Keras's VGG16", tolerance=1e-4)
largest, between = (float(keras.ops.max(keras.ops.abs(x))) for x in (scores, scores[0] - scores[1]))
check("two images differ over 100 times as much", between > 100 * 1e-4 * largest, equals=True)
del ours, theirs
# %% [markdown] lang="ko" slides="001 대표 모델: VGG"
# ## 5. 깊이를 재다
#
# VGG의 훈련 방법은 강의 자료 001의 말대로 AlexNet과 거의 같다. 논문의 방법을 데이터로 적으면 다음과 같다.
# %% [markdown] lang="en"
# ## 5. Measuring depth
#
# As deck 001 says, VGG was mostly trained as AlexNet had been. What the paper did, as data:
# %%
RECIPE = {  # Simonyan and Zisserman (2015), section 3.1
    "batch": 256,
    "momentum": 0.9,
    "weight decay": 0.0005,
    "dropout": 0.5,  # behind the first two fully connected layers
    "rates": [0.01, 0.001, 0.0001, 0.00001],  # divided by 10 three times
    "steps": 370_000,
    "training images": 1_281_167,
}
seen = RECIPE["steps"] * RECIPE["batch"]
check("epochs of the paper", round(seen / RECIPE["training images"]), equals=74)
# %% [markdown] lang="ko"
# 74에포크는 AlexNet의 약 90에포크보다 적다. 논문은 까닭을 두 가지로 짐작한다. 깊이와 작은 커널이 규제 노릇을 하고, 몇 층은 이미 훈련한 가중치에서 시작했다는 것이다. 어느 쪽인지 따로 재지는 않았다.
#
# 깊이의 효과는 논문의 표 3에 있다. 훈련 사진의 짧은 변을 256으로 줄였을 때의 top-1 오류다.
# %% [markdown] lang="en"
# 74 epochs are fewer than AlexNet's roughly 90. The paper supposes two reasons: depth and small kernels act as regularization, and some layers started from weights trained before. It did not measure the two apart.
#
# What depth does is in table 3 of the paper, as top-1 error with training photos whose short side is 256:
# %% tags=["nbval-ignore-output"]
TOP_1 = {"A": 29.6, "A-LRN": 29.7, "B": 28.7, "C": 28.1, "D": 27.0, "E": 27.3}  # in %

for name, error in TOP_1.items():
    print(f"{name:6} {depth(VGG[name])} layers, {error} %")
check("the best of the six", min(TOP_1, key=TOP_1.get), equals="D")
# %% [markdown] lang="ko"
# A, B, C로 층을 더할수록 오류가 줄고, C의 1×1을 3×3으로 바꾼 D는 층의 수가 같은데도 더 낫다. 국소 응답 정규화(A-LRN)는 도움이 되지 않는다. 19층인 E는 16층인 D보다 낫지 않고, 훈련 사진의 크기를 여러 가지로 바꾸면 0.1%포인트(25.6과 25.5) 앞설 뿐이다. 논문은 B의 3×3 둘씩을 5×5 하나로 바꾼 얕은 신경망도 재었는데, 사진의 가운데만 볼 때 B보다 오류가 7% 높았다. 다만 신경망마다 한 번 훈련한 값이어서 시드에 따른 폭은 알 수 없다.
#
# 이 가운데 A, B, C, D를 좁혀서 어수선한 숫자로 재어 보자. 커널 수는 8분의 1, 은닉 완전 연결 층의 뉴런은 128개이고, 이미지가 40×40이라 풀링은 네 번, 단도 넷이다. 훈련이 네 에포크뿐이므로 넷 모두 배우기 시작하도록 He 초깃값과 Adam을 쓰고 [[deep_cnn]]처럼 워밍업을 하며, 드롭아웃은 뺀다. 넷은 같은 시드에서 시작해 같은 걸음 수만큼 훈련한다.
#
# 학습률은 신경망마다 따로 고른다. 0.003, 0.005, 0.007, 0.01을 시드 둘로 시험하니, 검증 정확도의 평균이 가장 높은 것은 A가 0.01, B, C, D가 0.005였다. 깊은 쪽은 학습률이 크면 배우기 시작하지 못하기도 한다. 0.01에서는 시드 하나에서 C와 D가 0.11에 머물렀다. 모두 0.003으로 훈련하면 두 시드에서 D가 A를 앞서지만, 그것은 A에 너무 작은 학습률이다.
# %% [markdown] lang="en"
# From A to B to C the error falls as layers are added, and D, no deeper than C but with 3×3 in place of its 1×1, is better still. Local response normalization (A-LRN) does not help. E with 19 layers is no better than D with 16; trained on photos of varied size it is ahead by 0.1 percentage points (25.6 and 25.5). The paper also measured a shallower network with one 5×5 for each two 3×3 of B; on the centre of the photos its error was 7% higher than B's. Each figure is of one training, so how much it varies from seed to seed is unknown.
#
# Measure A, B, C and D, made narrow, on the cluttered digits. They have an eighth of the kernels, 128 neurons in the hidden fully connected layers, and four poolings and stages, as the images are 40×40. Four epochs are a short training; so that all of them begin to learn, they have He initialization, Adam with a warm-up as in [[deep_cnn]], and no dropout. All four start from the same seed and are trained for the same number of steps.
#
# Each has a learning rate of its own. Of 0.003, 0.005, 0.007 and 0.01, tried on two seeds, the best mean validation accuracy came with 0.01 for A and 0.005 for B, C and D. With a large rate the deep ones may not begin to learn: with 0.01, C and D stayed at 0.11 on one of the seeds. If all are trained with 0.003, D is ahead of A on both seeds, but that rate is too small for A.
# %%
NARROW = {
    "A": "8 M 16 M 32 32 M 64 64 M",
    "B": "8 8 M 16 16 M 32 32 M 64 64 M",
    "C": "8 8 M 16 16 M 32 32 1x32 M 64 64 1x64 M",
    "D": "8 8 M 16 16 M 32 32 32 M 64 64 64 M",
}
RATES = {"A": 0.01, "B": 0.005, "C": 0.005, "D": 0.005}
parts = cluttered_digits(lesson.load(load_mnist))
mean, std = (parts.train[0] / 255).mean(), (parts.train[0] / 255).std()
(x_train, y_train), (x_validation, y_validation), (x_test, y_test) = (
    (((images / 255 - mean) / std).astype("float32")[..., None], labels) for images, labels in parts
)
BATCH, EPOCHS = 64, lesson.epochs(small=4, full=4)
validation = {"validation_data": (x_validation, y_validation), "batch_size": BATCH, "verbose": 0}
steps_per_epoch = -(-len(x_train) // BATCH)  # rounded up


# %%
def narrow(name):
    """A narrow VGG for cluttered digits, ready to be trained."""
    keras.utils.set_random_seed(lesson.seed)
    options = {"units": 128, "dropout": 0.0, "kernel_initializer": "he_normal"}
    model = vgg(NARROW[name], (40, 40, 1), 10, **options)
    warm_up = steps_per_epoch // 2
    steps = {"decay_steps": EPOCHS * steps_per_epoch - warm_up, "warmup_steps": warm_up}
    rate = CosineDecay(RATES[name] / 10, warmup_target=RATES[name], **steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], steps_per_execution=22)
    return model


# %% tags=["nbval-ignore-output"]
networks = {}
for name in NARROW:
    network = networks[name] = narrow(name)
    fitted = network.fit(x_train, y_train, **validation, **lesson.resume(name, network, EPOCHS))
    print(
        f"{name}: {network.count_params():,} parameters, {multiply_adds(network):,} multiply-adds"
    )
# %%
history = lesson.history("D")


def accuracy(model, images, labels):
    """Share of images whose highest score is the right class's."""
    parts = [
        model(images[first : first + 500], training=False) for first in range(0, len(images), 500)
    ]
    return (np.concatenate(parts).argmax(axis=1) == labels).mean()


found = {name: accuracy(network, x_test, y_test) for name, network in networks.items()}
check("test accuracy of the narrow VGG-D", found["D"], at_least=0.73)
for deeper, shallower in ("BA", "CB", "DC", "DA"):
    report(f"gain from {deeper} over {shallower}", found[deeper] - found[shallower])
# %% tags=["figure"] title="error by depth, in the lesson and in the paper"
_, axes = plt.subplots(1, 2, figsize=(11, 3.4))
ours = {name: 100 * (1 - share) for name, share in found.items()}
for axis, errors, plans in ((axes[0], ours, NARROW), (axes[1], TOP_1, VGG)):
    for name, error in errors.items():
        color = GREY if name == "A-LRN" else BLUE
        axis.plot(depth(plans[name]), error, "o", color=color, ms=9)
        place, offset = (depth(plans[name]), error), (9, -12 if name == "A" else 3)
        axis.annotate(name, place, xytext=offset, textcoords="offset points", color=color)
    axis.set(xlabel="layers with weights")
    axis.margins(y=0.15)
    axis.grid(alpha=0.3)
axes[0].set(xlim=(8.3, 14), ylabel="test error (%)", title="narrow, cluttered digits")
axes[1].set(xlim=(10, 20.5), ylabel="top-1 error (%)", title="paper, ImageNet")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 가중치가 있는 층의 수(layers with weights)와 오류. 왼쪽: 어수선한 숫자로 시드 하나에서 훈련한 좁은 A, B, C, D의 테스트 오류(test error). 오른쪽: 논문의 표 3에 있는 top-1 오류.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Error against the number of layers with weights. Left: test error of narrow A, B, C and D, trained on cluttered digits from one seed. Right: top-1 error in table 3 of the paper.*
# %% [markdown] lang="ko"
# 왼쪽은 시드 하나의 결과이므로 다섯 시드로 판정한다. 괄호 안은 테스트 정확도 차이의 범위다.
#
# - 처음 두 단에 3×3을 하나씩 더하는 것은(A → B) [[verdict: gain from B over A]]([[range: gain from B over A]]).
# - 나머지 두 단에 1×1을 하나씩 더하는 것은(B → C) [[verdict: gain from C over B]]([[range: gain from C over B]]).
# - 그 1×1을 3×3으로 바꾸는 것은(C → D) [[verdict: gain from D over C]]([[range: gain from D over C]]).
# - A에서 D까지 한꺼번에 보면, 3×3을 네 층 더하는 것은 [[verdict: gain from D over A]]([[range: gain from D over A]]).
# %% [markdown] lang="en"
# The left side is one seed, so here are the verdicts of five, with the range of the differences in test accuracy.
#
# - One more 3×3 in each of the first two stages (A → B) [[verdict: gain from B over A]] ([[range: gain from B over A]]).
# - One more 1×1 in each of the other two (B → C) [[verdict: gain from C over B]] ([[range: gain from C over B]]).
# - 3×3 in place of these 1×1 (C → D) [[verdict: gain from D over C]] ([[range: gain from D over C]]).
# - From A to D at once, adding four layers of 3×3 [[verdict: gain from D over A]] ([[range: gain from D over A]]).
# %% [markdown] lang="ko"
# 저마다 알맞은 학습률로 네 에포크를 훈련하면, 깊이의 이득은 보이지 않는다. A에서 D로 가면서 곱셈-덧셈은 두 배가 되었는데도 그렇다. 논문과는 커널 수도, 데이터도, 훈련의 길이도 다르므로 논문의 결과가 틀렸다는 뜻은 아니다. 다만 이득이 보이는지는 학습률에도 달려 있으니, 구조를 견줄 때에는 학습률을 저마다 고르거나 무엇을 같게 했는지 밝혀야 한다. `RATES`를 모두 0.003으로 바꾸어 다시 실행해 보라.
#
# 논문에서도 깊이의 이득에는 끝이 있다. 강의 자료 004는 층이 많을수록 성능이 좋아진다고 하지만, 19층인 E는 16층인 D보다 낫지 않았다.
# %% [markdown] lang="en"
# With a fitting rate for each, and four epochs of training, no gain from depth is seen, although the multiply-adds double from A to D. Kernels, data and the length of training differ from the paper's, so this does not mean that the paper is wrong. But whether a gain is seen depends on the rate as well; whoever compares architectures has to choose a rate for each, or say what was kept equal. Set all of `RATES` to 0.003 and run it again.
#
# In the paper, too, the gain has an end. Deck 004 says that more layers do better, but E with 19 layers was no better than D with 16.
# %% [markdown] lang="ko"
# ### 얕은 신경망의 가중치에서 시작하기
#
# 논문은 먼저 A를 난수에서 훈련한 다음, 더 깊은 신경망의 처음 합성곱 네 층과 완전 연결 층 셋을 A의 가중치에서 시작하고 나머지 층만 난수에서 시작했다. 여기에서는 A의 1, 2, 3, 4번째 합성곱을 D에서 모양이 맞는 앞자리, 곧 1, 3, 5, 6번째에 놓는다. 앞에서 훈련한 D의 첫 에포크를, 시드와 학습률과 걸음 수는 그대로 두고 시작하는 가중치만 바꾸어 다시 해 보자.
# %% [markdown] lang="en"
# ### Starting from the weights of a shallow network
#
# The paper first trained A from random numbers. Deeper networks then started with A's weights in their first four convolutions and their three fully connected layers; only the other layers started from random numbers. Here convolutions 1, 2, 3 and 4 of A are put where their shape first fits, as 1, 3, 5 and 6 of D. Repeat the first epoch of the D above with the same seed, rates and number of steps, and change nothing but the weights it starts from.
# %%
PLACES = {0: 0, 1: 2, 2: 4, 3: 5, -3: -3, -2: -2, -1: -1}  # a layer of A: the same in D
from_shallow = narrow("D")
shallow, deep = (
    [layer for layer in model.layers if layer.weights] for model in (networks["A"], from_shallow)
)
for place_in_a, place_in_d in PLACES.items():
    deep[place_in_d].set_weights(shallow[place_in_a].get_weights())
# %% tags=["nbval-ignore-output"]
fitted = from_shallow.fit(x_train, y_train, epochs=1, **validation)
# %%
a_history = lesson.history("A")
after_one = {"from random": history["val_accuracy"][0], "from A": fitted.history["val_accuracy"][0]}
report("validation accuracy after one epoch from random weights", after_one["from random"])
report("gain from A's layers after one epoch", after_one["from A"] - after_one["from random"])
report("lead of A itself over that", a_history["val_accuracy"][-1] - after_one["from A"])
# %% tags=["figure"] title="validation accuracy by epoch, and D started from A"
_, axis = plt.subplots(figsize=(8, 3.4))
epochs = range(1, EPOCHS + 1)
axis.plot(epochs, a_history["val_accuracy"], "o-", color=GREY, label="A")
axis.plot(epochs, history["val_accuracy"], "o-", color=BLUE, label="D")
axis.plot(1, after_one["from A"], "D", color=VERMILION, ms=10, label="D, started from A")
axis.set(xlabel="epoch", ylabel="validation accuracy", ylim=(0, 1), xticks=epochs)
axis.legend(frameon=False, loc="lower right")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크마다의 검증 정확도(validation accuracy). 회색은 A, 파란색은 난수에서 시작한 D이고, 마름모는 A의 층에서 시작해 한 에포크 훈련한 D다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Validation accuracy by epoch: A in grey, D from random weights in blue. The diamond is D started from A's layers and trained for one epoch.*
# %% [markdown] lang="ko"
# 다섯 시드에서 한 에포크 뒤의 검증 정확도로 보면, A의 층에서 시작하는 것은 [[verdict: gain from A's layers after one epoch]]([[range: gain from A's layers after one epoch]]). 공짜는 아니다. A를 훈련한 네 에포크는 걸음 수에 넣지 않았고, 그 계산은 D의 두 에포크쯤이다. 한 에포크로는 가중치를 물려준 A 자신에도 [[range: lead of A itself over that]] 못 미친다. 논문에는 제출한 뒤에 알게 된 것으로, [[training_well]]의 Xavier 초깃값을 쓰면 이런 사전 훈련이 없어도 된다고 적혀 있다.
# %% [markdown] lang="en"
# Over five seeds, by the validation accuracy after one epoch, starting from A's layers [[verdict: gain from A's layers after one epoch]] ([[range: gain from A's layers after one epoch]]). It is not free: the four epochs of A are not counted among the steps, and cost about as much computing as two of D. Nor does one epoch bring D up to A, whose weights it was given; it is [[range: lead of A itself over that]] behind. The authors found after submitting the paper, they write, that with the Xavier initialization of [[training_well]] one can do without such training beforehand.
# %% [markdown] lang="ko" slides="001 대표 모델: VGG"
# ## 6. 완전 연결 층을 합성곱으로
#
# 완전 연결 층은 정해진 크기의 입력만 받는다. VGG는 훈련을 마친 뒤 이 층들을 합성곱으로 바꾸어 어떤 크기의 이미지에도 쓴다. 7×7×512를 펼쳐 받던 첫 층은 7×7 커널 4,096개가 되고, 나머지 둘은 1×1 커널이 된다. 가중치의 모양만 바뀌고 값은 그대로다. 합성곱과 풀링만으로 된 이런 신경망을 **완전 합성곱 신경망**(fully convolutional network)이라고 한다. 좁은 D의 마지막 맵은 2×2×64이므로 첫 커널은 2×2다.
# %% [markdown] lang="en"
# ## 6. From fully connected layers to convolutions
#
# A fully connected layer takes an input of one size only. After training, VGG turns these layers into convolutions, and takes images of any size. The first, which took 7×7×512 flattened, becomes 4,096 kernels of 7×7, and the other two become 1×1 kernels. The weights change their shape, not their values. Such a network, of convolutions and pooling alone, is called a **fully convolutional network**. In the narrow D the last maps are 2×2×64, so the first kernels are 2×2.


# %%
def fully_convolutional(model, side=None):
    """The same network with its dense layers as convolutions, for images of any size."""
    x = inputs = keras.Input((side, side, 1))
    kernel_size = 1
    for layer in model.layers[1:]:
        if isinstance(layer, layers.Flatten):
            kernel_size = layer.input.shape[1]  # the first dense layer sees maps of 2x2x64
        elif isinstance(layer, layers.Dense):
            convolution = layers.Conv2D(layer.units, kernel_size, activation=layer.activation)
            x = convolution(x)
            convolution.kernel.assign(keras.ops.reshape(layer.kernel, convolution.kernel.shape))
            convolution.bias.assign(layer.bias)
            kernel_size = 1
        elif not isinstance(layer, layers.Dropout):
            x = layer(x)
    return keras.Model(inputs, x)


scorer = fully_convolutional(networks["D"])
same(scorer(x_test[:100])[:, 0, 0], networks["D"](x_test[:100]), "scores of both forms on 40x40")
check("parameters of both forms", scorer.count_params(), equals=networks["D"].count_params())
# %% [markdown] lang="ko"
# 40×40에서는 두 꼴의 점수가 같다. 이제 어수선한 숫자 아홉 장을 8픽셀씩 띄워 늘어놓은 136×136 이미지를 넣는다. 풀링을 네 번 지나면 한 변이 8이 되고, 2×2 커널이 놓일 자리는 한 변에 7개, 모두 49개다. 이 자리는 16픽셀 간격으로 놓인 40×40 창에 해당하고, 숫자는 48픽셀마다 있으므로 세 자리에 한 번씩 창과 꼭 겹친다. 창을 하나씩 잘라 넣는 것보다 계산이 4분의 1쯤이다. 이웃한 창들이 함께 쓰는 맵을 한 번만 구하기 때문이다.
# %% [markdown] lang="en"
# On 40×40 both forms give the same scores. Now lay out nine cluttered digits, 8 pixels apart, in an image of 136×136. After four poolings its side is 8, and a 2×2 kernel has 7 places along it, 49 in all. They correspond to windows of 40×40, 16 pixels apart; the digits are 48 pixels apart, so every third window holds a digit whole. It takes about a quarter of the computing that it takes to cut the windows out one by one, as the maps that neighbouring windows share are computed once.
# %%
sheet = np.zeros((136, 136, 1), "float32")  # 3 times 40, and 2 times 8 between; 0 is the mean
for place, image in enumerate(x_test[:9]):
    top, left = 48 * (place // 3), 48 * (place % 3)
    sheet[top : top + 40, left : left + 40] = image
sheet_scores = scorer(sheet[None])[0]
check("shape of the scores", sheet_scores.shape, equals=(7, 7, 10))
one_pass = multiply_adds(fully_convolutional(networks["D"], side=136))
ratio = 49 * multiply_adds(networks["D"]) / one_pass
check("49 windows one by one over one pass, multiply-adds", round(ratio, 1), equals=4.1)
alone = np.argmax(networks["D"](x_test[:9]), axis=1)
there = np.argmax(sheet_scores, axis=-1)[::3, ::3].flatten()  # the windows that hold a digit whole
report("of nine digits, so many get the same answer as alone", int((alone == there).sum()))
# %% tags=["figure"] title="scores for 49 windows"
probabilities = keras.ops.softmax(sheet_scores).numpy()
_, axis = plt.subplots(figsize=(6, 6))
axis.imshow(sheet[..., 0], cmap="binary", alpha=0.55)
for row, column in np.ndindex(7, 7):
    answer, sure = probabilities[row, column].argmax(), probabilities[row, column].max()
    color = VERMILION if row % 3 == column % 3 == 0 else BLUE
    place = (16 * column + 20, 16 * row + 20)
    axis.text(*place, answer, color=color, size=6 + 12 * sure, ha="center", va="center")
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 어수선한 숫자 아홉 장을 늘어놓은 이미지와, 40×40 창마다 그 가운데에 적은 답. 글자가 클수록 확률이 높다. 붉은색은 창이 숫자 한 장과 꼭 겹치는 아홉 자리, 파란색은 여러 장에 걸친 자리다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Nine cluttered digits in one image, and for each window of 40×40 the answer, written at its middle: the larger, the higher its probability. Vermilion marks the nine windows that hold one digit whole, blue those across several.*
# %% [markdown] lang="ko"
# 붉은 자리에서도 답이 따로 볼 때와 다를 수 있다. 혼자일 때에는 맵의 둘레에 0을 덧댔지만, 여기에서는 그 자리에 빈틈과 이웃한 숫자의 값이 이어진다. 점수 하나의 수용 영역은 연습 문제 1의 방법으로 셈하면 116×116이어서 창보다 훨씬 넓다. 논문은 이렇게 얻은 점수를 이미지 전체에서 평균해 답으로 삼았다.
# %% [markdown] lang="en"
# Even at the vermilion places the answer need not be that of the digit alone: where its maps were padded with zeros, they now go on with the gap and the neighbours. Counted as in exercise 1, the receptive field of one score is 116×116, much wider than its window. The paper took the mean of such scores over the whole image as its answer.
# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 큰 커널 하나보다 3×3 여러 층에서 시작한다.
# - 채널만 섞거나 줄일 때는 1×1을 쓰고, 앞뒤의 합성곱과의 사이에 활성화 함수를 둔다.
# - 파라미터가 걱정되면 완전 연결 층부터 본다. 전역 풀링([[cnn]])을 쓰면 거의 사라진다.
# - 깊게 쌓았더니 배우지 않으면 초기화와 학습률의 워밍업, 정규화부터 본다. 더 깊이 쌓는 방법은 뒤의 수업에서 다룬다.
# - 여러 크기의 이미지나 여러 자리를 한 번에 볼 때는 완전 합성곱 신경망으로 바꾼다.
# %% [markdown] lang="en"
# ### What to use when
#
# - Start with several layers of 3×3 rather than one large kernel.
# - To mix channels or reduce their number only, use 1×1, with an activation function between it and the convolutions on both sides.
# - Where parameters are a concern, look at the fully connected layers first; with global pooling ([[cnn]]) they nearly vanish.
# - Where a deep stack does not learn, look at initialization, the warm-up of the rate and normalization first. How to stack many more layers comes in a later lesson.
# - For images of several sizes, or many places at once, make the network fully convolutional.
# %% [markdown] lang="ko" slides="001 대표 모델: VGG; 003 VGG; 004 VGGNet (2014)"
# ## 7. 강의 자료와 다른 점
#
# - 001 ‘7x7 vs 3x3 2개’: 3×3 둘은 5×5를 보고, 7×7을 보는 것은 셋이다(2절). 같은 자료의 다음 쪽과 003에는 셋으로 되어 있다.
# - 001 ‘dropout은 첫 fully-connected layer에 적용’: 첫 두 층에 0.5로 적용했다(논문 3.1절).
# - 001 ‘다만 특징을 추출하기 위해 더 적은 epochs가 필요하다’: 논문이 말하는 것은 수렴하기까지의 에포크이고, 까닭은 짐작이다(5절).
# - 001 ‘Fully connected layer를 1x1 convolutional filter를 사용해서’: 첫 층은 7×7이고 나머지 둘이 1×1이다(6절).
# - 003의 코드는 풀링을 `padding='same'`으로 하여 홀수 크기를 올림하고, 우리의 함수와 Keras의 VGG16은 내림한다. 224에서는 같지만 한 변이 200이면 아래처럼 7과 6으로 갈린다. 코드에는 Keras의 VGG16처럼 드롭아웃도 없다.
# - 003 ‘합성곱 계층을 2-4회 연속으로’: A는 처음 두 단에 하나씩뿐이다(1절).
# - 004 ‘커널 사이즈를 모두 3x3으로 통일’: C에는 1×1이 셋 있다. 004 ‘Parameter 수 증가를 억제하면서’: 합성곱에서만 그렇다(1절).
# - 004 ‘층이 많을수록(즉, 모델이 깊을수록) 일반적으로 성능이 향상됨’: 논문에서 19층은 16층보다 낫지 않거나 0.1%포인트 나았을 뿐이다(5절).
# %% [markdown] lang="en"
# ## 7. Where the slides differ
#
# - A heading of deck 001 sets 7×7 against two 3×3: two see 5×5, and it takes three to see 7×7 (section 2). The deck's next page, and deck 003, have three.
# - Deck 001 puts dropout behind the first fully connected layer: the paper has 0.5 behind the first two (section 3.1).
# - Deck 001 says that fewer epochs are needed to extract features: the paper speaks of the epochs until convergence, and its reasons are a conjecture (section 5).
# - Deck 001 turns the fully connected layers into 1×1 convolutions: the first becomes 7×7, the other two 1×1 (section 6).
# - The listing of deck 003 pools with `padding='same'` and so rounds odd sizes up; our function and Keras's VGG16 round down. At 224 there is no difference; a side of 200 ends at 7 or at 6, as shown below. Nor does the listing, like Keras's VGG16, have dropout.
# - Deck 003 says that pooling follows 2 to 4 convolutions in a row: A has only one in each of its first two stages (section 1).
# - Deck 004 says that all kernels are 3×3: C has three of 1×1. It says that the number of parameters is kept down: in the convolutions only (section 1).
# - Deck 004 says that more layers generally do better: in the paper 19 layers were no better than 16, or by 0.1 percentage points only (section 5).
# %%
sides = {}
for padding in ("same", "valid"):
    x = keras.Input((200, 200, 1))
    for _ in range(5):
        x = layers.MaxPooling2D(2, padding=padding)(x)
    sides[padding] = x.shape[1]
check("side after five poolings of 200, rounded up and down", list(sides.values()), equals=[7, 6])


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** VGG의 한 줄(`M`, 수, `1x` 수)을 받아 마지막 값 하나의 수용 영역 한 변을 돌려주는 함수를 작성하라. 수용 영역의 한 변도, 이웃한 두 값이 입력에서 떨어진 거리도 처음에는 1이다. 3×3을 지나면 한 변이 그 거리의 2배만큼, 풀링을 지나면 그 거리만큼 커지고, 풀링 뒤에는 거리가 2배가 된다. 1×1은 아무것도 바꾸지 않는다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that takes a line of VGG (`M`, numbers, `1x` numbers) and returns the side of the receptive field of one value at the end. Start with a side of 1, and a distance of 1 in the input from one value to the next. A 3×3 adds twice the distance to the side; a pooling adds it once, then doubles the distance; a 1×1 changes nothing.
# %% tags=["exercise"]
def field_of(plan):
    """The side of the receptive field behind the last step."""
    ...


# %% tags=["solution"]
def field_of(plan):
    """The side of the receptive field behind the last step."""
    field, distance = 1, 1
    for step in plan.split():
        if step == "M":
            field += distance
            distance *= 2
        elif not step.startswith("1x"):
            field += 2 * distance
    return field


# %% tags=["wrong"]
def field_of(plan):
    """The side of the receptive field behind the last step."""
    return 1 + sum(1 if step == "M" else 2 for step in plan.split())


# %%
def measured_field(plan, side=128):
    """The same from gradients: how far the pixels that move one value are apart."""
    x = inputs = keras.Input((side, side, 1))
    for step in plan.split():
        kernel_size = 1 if step.startswith("1x") else 3
        ones = {"padding": "same", "use_bias": False, "kernel_initializer": "ones"}
        x = (
            layers.AveragePooling2D(2)(x)  # max pooling would hand the gradient to one pixel only
            if step == "M"
            else layers.Conv2D(1, kernel_size, **ones)(x)
        )
    image = tf.zeros((1, side, side, 1))
    with tf.GradientTape() as tape:
        tape.watch(image)
        maps = keras.Model(inputs, x)(image)
        middle = maps[0, maps.shape[1] // 2, maps.shape[2] // 2, 0]
    rows, _ = np.nonzero(tape.gradient(middle, image)[0, ..., 0].numpy())
    return int(np.ptp(rows)) + 1


cases = ["8 8", "8 M 8", "8 8 M 8 8 1x8 M", "8 8 M 8 8 M 8 8 8"]
exercise(field_of, [((case,), measured_field(case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* VGG-D에 224×224 대신 448×448을 넣는다면 합성곱의 파라미터, 합성곱의 곱셈-덧셈, 첫 완전 연결 층의 파라미터는 각각 몇 배쯤이 될까? 1, 2, 4, 8 가운데 골라 세 수를 이 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* If VGG-D takes 448×448 instead of 224×224, how many times as many are the parameters of its convolutions, the multiply-adds of its convolutions, and the parameters of the first fully connected layer? Choose from 1, 2, 4 and 8, and return three numbers in this order.
# %% tags=["exercise"]
def times_as_many():
    """Parameters and multiply-adds of convolutions, parameters of the first dense layer."""
    ...


# %% tags=["solution"]
def times_as_many():
    """Parameters and multiply-adds of convolutions, parameters of the first dense layer."""
    return 1, 4, 4  # kernels do not depend on the size; four times as many places


# %% tags=["wrong"]
def times_as_many():
    """Parameters and multiply-adds of convolutions, parameters of the first dense layer."""
    return 4, 4, 1


# %%
def three_numbers(side):
    """The three, counted; a few neurons in the dense layers are enough for a ratio."""
    model = vgg(VGG["D"], (side, side, 3), units=8, kernel_initializer="zeros")
    counts = layer_counts(model)
    in_convolutions = [count for count in counts if count.kind == "Conv2D"]
    first = next(count for count in counts if count.kind == "Dense")
    parameters = sum(count.parameters for count in in_convolutions)
    return parameters, sum(count.multiply_adds for count in in_convolutions), first.parameters


ratios = [round(large / small) for large, small in zip(three_numbers(448), three_numbers(224))]
exercise(times_as_many, [((), ratios)])


# %% [markdown] lang="ko"
# **3.** 이번에는 1×1이 먼저다. 1×1 커널 `(1, 1, c, m)`과 그 뒤의 3×3 커널 `(3, 3, m, n)`을, 사이에 활성화 함수가 없을 때 하나의 3×3 커널로 합치는 함수를 작성하라. 편향은 없다.
# %% [markdown] lang="en"
# **3.** Now the 1×1 comes first. Write a function that merges a 1×1 kernel `(1, 1, c, m)` and the 3×3 kernel `(3, 3, m, n)` behind it into one 3×3 kernel, for the case without an activation function between. There are no biases.
# %% tags=["exercise"]
def merge(small, large):
    """One kernel that does what both do in turn."""
    ...


# %% tags=["solution"]
def merge(small, large):
    """One kernel that does what both do in turn."""
    return small[0, 0] @ large  # (c, m) times (3, 3, m, n) gives (3, 3, c, n)


# %% tags=["wrong"]
def merge(small, large):
    """One kernel that does what both do in turn."""
    return (small[0, 0] @ large)[::-1, ::-1]


# %%
def measured_kernel(small, large):
    """What it has to be: images with a single 1 show it, turned around."""
    kernels = []
    for channel in range(small.shape[2]):
        image = np.zeros((1, 5, 5, small.shape[2]), "float32")
        image[0, 2, 2, channel] = 1
        maps = keras.ops.conv(keras.ops.conv(image, small), large)
        kernels.append(np.asarray(maps)[0, ::-1, ::-1])
    return np.stack(kernels, axis=2)


rng = np.random.RandomState(0)
shapes = [((1, 1, 2, 3), (3, 3, 3, 4)), ((1, 1, 1, 2), (3, 3, 2, 1))]
cases = [tuple(rng.normal(size=size).astype("float32") for size in pair) for pair in shapes]
exercise(merge, [(case, measured_kernel(*case)) for case in cases])


# %% [markdown] lang="ko"
# **4.** 좁은 D의 `Flatten`과 완전 연결 층들을 전역 최대 풀링과 `Dense(10)`으로 바꾼 신경망을 돌려주는 함수를 작성하라. `vgg`로 만든 신경망의 층을 다시 써도 좋고, 가중치는 `he_normal`로 시작한다. `Flatten`이 없고 파라미터가 125,000개 이하이며, 아래 셀의 설정(Adam, 학습률 0.003, 배치 64)으로 세 에포크 훈련하면 어수선한 숫자의 검증 정확도가 0.6을 넘어야 한다. 출력은 소프트맥스를 거치지 않은 점수다.
# %% [markdown] lang="en"
# **4.** Write a function that returns the narrow D with global max pooling and `Dense(10)` in place of `Flatten` and its fully connected layers. You may use layers of a network that `vgg` builds; weights start as `he_normal`. There must be no `Flatten`, at most 125,000 parameters and, trained for three epochs as the cell below does (Adam, learning rate 0.003, batches of 64), a validation accuracy above 0.6 on cluttered digits. The network returns scores, without softmax.
# %% tags=["exercise"]
def without_dense_layers():
    """Narrow D with global max pooling."""
    ...


# %% tags=["solution"]
def without_dense_layers():
    """Narrow D with global max pooling."""
    model = vgg(NARROW["D"], (40, 40, 1), 10, units=8, kernel_initializer="he_normal")
    flatten = next(layer for layer in model.layers if isinstance(layer, layers.Flatten))
    x = layers.GlobalMaxPooling2D()(flatten.input)
    return keras.Model(model.input, layers.Dense(10)(x))


# %% tags=["wrong"]
def without_dense_layers():
    """Narrow D with global max pooling."""
    return vgg(NARROW["D"], (40, 40, 1), 10, units=128, kernel_initializer="he_normal")


# %%
def small_and_learning():
    """Whether the network is small enough, and good enough after three epochs."""
    keras.utils.set_random_seed(0)
    if (network := without_dense_layers()) is None:
        return None
    flat = any(isinstance(layer, layers.Flatten) for layer in network.layers)
    if flat or network.count_params() > 125_000:
        return False, False
    (x, y), (x_new, y_new), _ = cluttered_digits(load_mnist())
    x, x_new = (images[..., None] / 128 - 1 for images in (x, x_new))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(keras.optimizers.Adam(0.003), loss)
    network.fit(x, y, batch_size=64, epochs=3, verbose=0)
    reached = accuracy(network, x_new, y_new)
    print(f"validation accuracy {reached:.3f}")
    return True, reached > 0.6


exercise(small_and_learning, [((), (True, True))])
# %% [markdown] lang="ko"
# ## 요약
#
# - VGG의 여섯 구성은 저마다 글자 한 줄로 적을 수 있고, D는 같은 가중치로 `keras.applications.VGG16`과 같은 점수를 낸다.
# - 3×3 두 층은 5×5, 세 층은 7×7을 보면서 가중치는 적고 ReLU는 많다.
# - D의 파라미터 1억 3,836만 개 가운데 89%는 완전 연결 층에 있고, 합성곱에는 1,471만 개뿐이다.
# - 좁은 신경망에서 A에 3×3을 네 층 더해 D로 만드는 것은 [[verdict: gain from D over A]].
# - 완전 연결 층을 합성곱으로 바꾸면 큰 이미지의 여러 자리에 한 번에 점수를 매긴다.
# %% [markdown] lang="en"
# ## Summary
#
# - Each of VGG's six configurations is one line of text, and with equal weights D gives the same scores as `keras.applications.VGG16`.
# - Two layers of 3×3 see 5×5, three see 7×7, with fewer weights and more ReLUs.
# - Of D's 138 million parameters 89% are in fully connected layers; the convolutions have 14.7 million only.
# - In narrow networks, from A to D, adding four layers of 3×3 [[verdict: gain from D over A]].
# - With fully connected layers turned into convolutions, one pass gives scores to many places of a large image.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 001의 VGG 슬라이드들, 002 ‘VGG16 Architecture’, 003 ‘VGG’와 ‘VGGNet의 구조’, 004 ‘VGGNet (2014)’.
# - K. Simonyan, A. Zisserman (2015). *Very deep convolutional networks for large-scale image recognition*. ICLR. 표 1과 2(구성), 표 3(top-1 오류), 2.3절(3×3과 1×1), 3.1절(훈련), 3.2절(완전 합성곱), 4.1절(결과).
# - O. Russakovsky 외 (2015). *ImageNet large scale visual recognition challenge*. IJCV 115. 2014년의 순위.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - The pages on VGG of deck 001, VGG16 in deck 002, VGG and the structure of VGGNet in deck 003, VGGNet (2014) in deck 004.
# - K. Simonyan, A. Zisserman (2015). *Very deep convolutional networks for large-scale image recognition*. ICLR. Tables 1 and 2 (configurations) and 3 (top-1 errors), sections 2.3 (3×3 and 1×1), 3.1 (training), 3.2 (fully convolutional), 4.1 (results).
# - O. Russakovsky et al. (2015). *ImageNet large scale visual recognition challenge*. IJCV 115. The ranks of 2014.
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
