# %% [markdown] lang="ko" headline="test accuracy of the narrow GoogLeNet"
# # [[number]] · GoogLeNet
#
# [[badge]]
#
# **깊이는 AlexNet의 거의 세 배인데 파라미터는 8분의 1도 되지 않는다. 어디에서 줄었을까?**
# %% [markdown] lang="en"
# # [[number]] · GoogLeNet
#
# [[badge]]
#
# **It is almost three times as deep as AlexNet and has fewer than an eighth of its parameters. Where did they go?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 인셉션 블록의 네 경로와 여섯 수가 무엇을 뜻하는지 설명할 수 있다.
# - 1×1 합성곱으로 채널을 먼저 줄이면 가중치와 곱셈-덧셈이 얼마나 줄어드는지 계산할 수 있다.
# - 표 하나에서 GoogLeNet을 조립하고, 강의 자료의 코드를 끝까지 완성할 수 있다.
# - 층들이 이어진 그래프에서 깊이와 나란한 경로의 수를 셀 수 있다.
# - 보조 분류기를 붙인 신경망과 붙이지 않은 신경망을 같은 가중치에서 훈련을 시작해 견줄 수 있다.
# - 정확도와 파라미터와 계산량을 한 그림에 놓고 신경망을 견줄 수 있다.
#
# 걸리는 시간은 약 50분이고, `small`에서는 실행에 1분 20초쯤 걸린다. [[activations]]의 초깃값, [[cnn]]의 전역 평균 풀링, [[lenet_alexnet]]의 어수선한 숫자와 곱셈-덧셈, [[vgg]]의 1×1 합성곱과 수용 영역을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Explain the four paths of an inception block, and what its six numbers mean.
# - Work out how many weights and multiply-adds are saved where a 1×1 convolution first reduces the channels.
# - Build GoogLeNet from one table, and complete the listing of the deck.
# - Count the depth of a network and its parallel paths on the graph of its layers.
# - Train with auxiliary classifiers and without, from the same weights, and compare.
# - Compare networks by accuracy, parameters and computation in one picture.
#
# It takes about 50 minutes to read and, at scale `small`, about 80 seconds to run. You need initialization from [[activations]], global average pooling from [[cnn]], cluttered digits and multiply-adds from [[lenet_alexnet]], and 1×1 convolutions and receptive fields from [[vgg]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 GoogLeNet 쪽, Inception Blocks 쪽과 그 코드에 해당한다. 자료와 다른 점은 7절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson covers the page of deck 003 on GoogLeNet, its page on inception blocks and the listing. Section 7 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import json

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay

from helpers.checks import check, exercise, report
from helpers.counting import layer_counts, multiply_adds
from helpers.datasets import embedded_bytes, load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION
from helpers.scenes import cluttered_digits

# %% [markdown] lang="ko" slides="003 GoogleNet; 003 Inception Blocks"
# ## 1. 네 갈래로 보는 블록
#
# GoogLeNet(Szegedy 외, 2015. 아래에서 ‘논문’)은 2014년 ILSVRC의 분류 부문에서 VGG를 제치고 우승한 신경망이다. 이름의 대문자 L은 LeNet에서 따왔다. 이 신경망은 커널의 크기를 하나로 정하는 대신, 같은 입력을 네 경로로 동시에 보내고 결과를 채널 방향으로 이어 붙인다. 네 경로와 이어 붙이기를 묶은 이 단위를 **인셉션 블록**(inception block)이라고 한다.
#
# 1. 1×1 합성곱
# 2. 1×1 합성곱으로 채널을 줄인 다음 3×3 합성곱
# 3. 1×1 합성곱으로 채널을 줄인 다음 5×5 합성곱
# 4. 맵의 크기를 그대로 두는(스트라이드 1) 3×3 최대 풀링을 한 다음 1×1 합성곱
#
# 블록 하나는 수 여섯 개로 정해진다. 강의 자료 003의 `f[0]`부터 `f[5]`까지이고, 차례로 경로 1의 1×1 커널 수, 경로 2의 1×1과 3×3 커널 수, 경로 3의 1×1과 5×5 커널 수, 경로 4의 1×1 커널 수다.
#
# GoogLeNet에는 이런 블록이 아홉 있다. 이름의 숫자는 단이고 글자는 그 단에서의 차례다. 1단과 2단은 보통의 합성곱이어서 블록은 3a부터 시작한다.
# %% [markdown] lang="en"
# ## 1. A block with four views
#
# GoogLeNet (Szegedy et al., 2015; "the paper" below) won the classification task of ILSVRC in 2014, ahead of VGG. The capital L in its name is for LeNet. Instead of settling on one size of kernel, it sends the same input along four paths at once and joins the results along the channels. Such a unit is called an **inception block**.
#
# 1. A 1×1 convolution
# 2. A 1×1 convolution that reduces the channels, then a 3×3
# 3. A 1×1 convolution that reduces the channels, then a 5×5
# 4. A 3×3 max pooling with stride 1, which keeps the size, then a 1×1 convolution
#
# A block is specified by six numbers, `f[0]` to `f[5]` in deck 003: the 1×1 kernels of path 1; the 1×1 and the 3×3 kernels of path 2; the 1×1 and the 5×5 kernels of path 3; the 1×1 kernels of path 4.
#
# GoogLeNet has nine such blocks. The digit in a name is the stage, the letter the place within it. Stages 1 and 2 are ordinary convolutions, so the blocks begin with 3a.
# %%
INCEPTION = {  # Szegedy et al. (2015), table 1
    # 1x1, 3x3 reduced, 3x3, 5x5 reduced, 5x5, 1x1 behind the pooling
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


# %%
def convolution(x, filters, side, strides=1):
    """A convolution with ReLU that pads with zeros."""
    options = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    return layers.Conv2D(filters, side, strides=strides, **options)(x)


def inception(x, f):
    """Four paths side by side, joined along the channels; f is a row of INCEPTION."""
    one = convolution(x, f[0], 1)
    three = convolution(convolution(x, f[1], 1), f[2], 3)
    five = convolution(convolution(x, f[3], 1), f[4], 5)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return layers.Concatenate()([one, three, five, convolution(pooled, f[5], 1)])


x = keras.Input((28, 28, 192))
check("shape of block 3a", inception(x, INCEPTION["3a"]).shape, equals=(None, 28, 28, 256))
channels = [f[0] + f[2] + f[4] + f[5] for f in INCEPTION.values()]
check("channels after each block", channels, equals=[256, 480, 512, 512, 512, 528, 832, 832, 1024])
# %% tags=["figure"] title="block 3a"
BOXES = {  # text, column, row, color
    "input": ("28x28x192", 0, 1.5, GREY),
    "a": ("1x1, f[0] = 64", 1.5, 3, BLUE),
    "b0": ("1x1, f[1] = 96", 1, 2, ORANGE),
    "b": ("3x3, f[2] = 128", 2, 2, BLUE),
    "c0": ("1x1, f[3] = 16", 1, 1, ORANGE),
    "c": ("5x5, f[4] = 32", 2, 1, BLUE),
    "d0": ("max pool 3x3", 1, 0, GREY),
    "d": ("1x1, f[5] = 32", 2, 0, BLUE),
    "join": ("28x28x256", 3, 1.5, GREY),
}
_, axis = plt.subplots(figsize=(11, 3.6))
ARROWS = [("input", name) for name in ("a", "b0", "c0", "d0")]
ARROWS += [("b0", "b"), ("c0", "c"), ("d0", "d")]
ARROWS += [(name, "join") for name in ("a", "b", "c", "d")]
for start_box, end_box in ARROWS:
    (_, x0, y0, _), (_, x1, y1, _) = BOXES[start_box], BOXES[end_box]
    style = {"arrowstyle": "-|>", "color": GREY, "lw": 1.5}
    axis.annotate("", (x1 - 0.31, y1), (x0 + 0.31, y0), arrowprops=style)
for text, column, row, color in BOXES.values():
    box = {"boxstyle": "round,pad=0.5", "fc": color, "ec": "none"}
    axis.text(column, row, text, size=13, color="white", ha="center", va="center", bbox=box)
axis.set(xlim=(-0.4, 3.4), ylim=(-0.5, 3.5))
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 블록 3a. 입력의 채널 192개가 네 경로를 지나 64 + 128 + 32 + 32 = 256개가 된다. 주황색은 큰 커널 앞에서 채널을 줄이는 1×1 합성곱, 파란색은 이어 붙일 맵을 내는 합성곱이고(경로 4에서는 이것이 채널을 줄인다), 회색 상자는 입력과 출력, 최대 풀링(max pool)이다. 맵의 크기 28×28은 어디에서나 같다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Block 3a. The 192 channels of the input become 64 + 128 + 32 + 32 = 256 along four paths. Orange: 1×1 convolutions that reduce the channels before a large kernel. Blue: convolutions whose maps are joined (in path 4 it is these that reduce). Grey: input, output and max pooling. The maps are 28×28 throughout.*
# %% [markdown] lang="ko" slides="003 GoogleNet"
# ## 2. 1×1 합성곱으로 얼마나 아낄까
#
# 블록 3a의 경로 3을 보자. 채널 192개에 5×5 커널 32개를 바로 쓰면 가중치가 $25 \cdot 192 \cdot 32$개다. 먼저 1×1로 채널을 16개로 줄이면 $192 \cdot 16 + 25 \cdot 16 \cdot 32$개면 된다. 맵의 크기가 28×28로 같으므로 곱셈-덧셈은 두 경우 모두 가중치의 $28^2$배이고, 줄어드는 비율도 같다.
# %% [markdown] lang="en"
# ## 2. What 1×1 convolutions save
#
# Take path 3 of block 3a. To use 32 kernels of 5×5 on 192 channels directly takes $25 \cdot 192 \cdot 32$ weights. If a 1×1 first reduces the channels to 16, $192 \cdot 16 + 25 \cdot 16 \cdot 32$ will do. The maps are 28×28 in both cases, so the multiply-adds are $28^2$ times the weights and shrink by the same ratio.
# %%
direct, reduced = 25 * 192 * 32, 192 * 16 + 25 * 16 * 32
check("weights of the 5x5 path, direct and reduced", [direct, reduced], equals=[153_600, 15_872])
# %% [markdown] lang="ko"
# 채널을 덜 줄이면 덜 아낀다. `REDUCED_TO`를 바꾸어 보라. 192개를 $r$개로 줄이면 가중치가 $192\,r + 25 \cdot 32\,r = 992\,r$개이므로, $r = 154$까지는 줄이는 쪽이 이득이다.
# %% [markdown] lang="en"
# The less the channels are reduced, the less is saved. Change `REDUCED_TO`. With $r$ channels in place of 192 there are $192\,r + 25 \cdot 32\,r = 992\,r$ weights, so reducing pays up to $r = 154$.
# %% tags=["play"] title="weights of the 5x5 path"
REDUCED_TO = 16  # @param {type:"slider", min:1, max:192}
weights = 192 * REDUCED_TO + 25 * REDUCED_TO * 32
print(f"192 -> {REDUCED_TO} channels: {weights:,} weights, against {direct:,} without reducing")
# %% [markdown] lang="ko"
# 채널을 줄이려고 둔 1×1은 두 군데에 있다. 하나는 큰 커널 앞에, 다른 하나는 경로 4의 풀링 뒤에 있다. 풀링 뒤의 1×1이 없으면 풀링한 채널이 모두 그대로 이어 붙으므로 블록을 지날 때마다 채널이 늘어난다. 큰 커널 앞의 1×1만 뺀 블록과 둘 다 뺀 블록을 만들어 두고, 3절에서 신경망으로 조립해 견준다.
# %% [markdown] lang="en"
# The 1×1 convolutions that are there to reduce channels stand in two places: before the large kernels, and behind the pooling of path 4. Without those behind the pooling all the pooled channels are joined as they are, so the channels grow from block to block. Here is a block without those before the large kernels, and one without either; section 3 builds networks of them.


# %%
def inception_directly(x, f, project=True):
    """Large kernels with no 1x1 before them and, without `project`, none behind the pooling."""
    one, three, five = convolution(x, f[0], 1), convolution(x, f[2], 3), convolution(x, f[4], 5)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    if project:
        pooled = convolution(pooled, f[5], 1)
    return layers.Concatenate()([one, three, five, pooled])


def inception_naive(x, f):
    """No 1x1 before the large kernels or behind the pooling: figure 2a of the paper."""
    return inception_directly(x, f, project=False)


# %% [markdown] lang="ko" slides="003 Inception Blocks"
# ## 3. 표에서 조립하기
#
# 블록 앞에는 보통의 합성곱 셋과 풀링 둘이 있어 224를 28로 줄인다. 블록은 3단(둘)에서 28×28, 4단(다섯)에서 14×14, 5단(둘)에서 7×7 맵을 다룬다. 단이 바뀔 때마다 풀링이 높이와 너비를 반으로 줄인다. 그다음에는 완전 연결 층 대신 [[cnn]]의 전역 평균 풀링이 채널마다 7×7 맵을 값 하나로 줄이고, 완전 연결 층은 마지막에 하나만 남는다. 논문이 앞쪽에 두 번 쓰는 국소 응답 정규화는 뺐다. 파라미터가 없어서 파라미터 수는 달라지지 않는다. `head`는 4절에서 쓴다.
# %% [markdown] lang="en"
# ## 3. Building it from the table
#
# Before the blocks three ordinary convolutions and two poolings take 224 down to 28. The blocks of stage 3 (two) work on 28×28, those of stage 4 (five) on 14×14, those of stage 5 (two) on 7×7; between stages pooling halves height and width. Then, in place of fully connected layers, the global average pooling of [[cnn]] averages each 7×7 map to one value, and a single fully connected layer is left at the end. The local response normalization that the paper uses twice near the input is left out; it has no parameters, so their number stays the same. `head` is for section 4.


# %%
def halve(x):
    """Overlapping max pooling that halves height and width, rounded up."""
    return layers.MaxPooling2D(3, strides=2, padding="same")(x)


# %%
def googlenet(
    table=INCEPTION,
    stem=((64, 7, 2), (64, 1), (192, 3)),  # kernels, their side, stride
    input_shape=(224, 224, 3),
    num_classes=1000,
    block=inception,
    dropout=0.4,
    head=None,
):
    """GoogLeNet from a table such as INCEPTION; scores for each class, then those of its heads."""
    x = inputs = keras.Input(input_shape)
    x = halve(convolution(x, *stem[0]))  # 224 -> 112 -> 56
    x = halve(convolution(convolution(x, *stem[1]), *stem[2]))  # 56 -> 28
    stage, maps = "3", {}
    for name, f in table.items():
        if name[0] != stage:
            x, stage = halve(x), name[0]  # 28 -> 14, 14 -> 7
        x = maps[name] = block(x, f)
    x = layers.GlobalAveragePooling2D()(x)  # 7x7x1024 -> 1024
    x = layers.Dropout(dropout)(x)
    outputs = [layers.Dense(num_classes, name="scores")(x)]
    if head:  # built last, so that the rest starts from the same weights without it
        outputs += [head(maps[name], num_classes, name) for name in ("4a", "4d")]
    return keras.Model(inputs, outputs)


# %%
counted = []
for name, block in (
    ("as published", inception),
    ("large kernels directly", inception_directly),
    ("no 1x1 behind pooling either", inception_naive),
):
    network = googlenet(block=block)
    size, operations = network.count_params(), multiply_adds(network)
    counted += [(size, round(operations / 1e9, 2))]
    last = network.get_layer("scores").kernel.shape[0]
    print(f"{name:29}{last:6,} channels at the end{size:12,} parameters", end="")
    print(f"{operations // 10**6:8,} million multiply-adds")
sizes, billions = zip(*counted)
check("parameters of the three", sizes, equals=[6_998_552, 25_305_944, 97_526_008])
check("multiply-adds of the three in billions", billions, equals=[1.58, 4.43, 12.57])
# %% [markdown] lang="ko"
# 큰 커널 앞의 1×1이 없으면 파라미터는 3.6배, 곱셈-덧셈은 2.8배가 된다. 풀링 뒤의 1×1까지 없으면 마지막 채널이 1,024개가 아니라 4,944개가 되고, 파라미터는 14배, 곱셈-덧셈은 8배다.
#
# 강의 자료는 GoogLeNet이 세로로 깊을 뿐 아니라 가로로도 깊다고 한다. 층들의 연결을 그래프로 보고 둘을 세어 보자. 깊이는 입력에서 출력까지 가장 긴 길에 있는, 가중치가 있는 층의 수다. 가로는 한 `Concatenate`로 모이는 경로의 수로 센다.
# %% [markdown] lang="en"
# Without the 1×1 before the large kernels there are 3.6 times the parameters and 2.8 times the multiply-adds. Without the one behind the pooling as well, 4,944 channels reach the end instead of 1,024, with 14 times the parameters and 8 times the multiply-adds.
#
# The deck says that GoogLeNet is deep not only downwards but also sideways. Count both on the graph of the layers. The depth is the number of layers with weights on the longest way from input to output; sideways, count the paths that meet in one `Concatenate`.


# %%
def depth(model):
    """Layers with weights on the longest way from the input to the output."""
    longest = {}
    for layer in model.layers:
        before = [longest.get(id(tensor), 0) for tensor in keras.tree.flatten(layer.input)]
        longest[id(layer.output)] = max(before, default=0) + bool(layer.weights)
    return longest[id(model.outputs[0])]


network = googlenet()
joined = [len(layer.input) for layer in network.layers if isinstance(layer, layers.Concatenate)]
check("depth", depth(network), equals=22)
check("paths joined in each block", joined, equals=[4] * 9)
# %% [markdown] lang="ko"
# 깊이는 22지만, 나란한 경로의 층까지 모두 세면 가중치가 있는 층은 58개다. 앞쪽에 셋, 블록마다 여섯, 끝에 하나다. 이 차례로 나누어 더하면 파라미터와 계산이 어디에 모여 있는지 보인다.
# %% [markdown] lang="en"
# The depth is 22, but with those on parallel paths there are 58 layers with weights: three in front, six in each block, one at the end. Summed in this order they show where the parameters and the computation are.
# %%
weighted = [count for count in layer_counts(network) if count.parameters]
pieces = {"stem": weighted[:3]}
pieces |= {name: weighted[3 + 6 * k : 9 + 6 * k] for k, name in enumerate(INCEPTION)}
pieces["dense"] = weighted[57:]
parameters = [sum(count.parameters for count in piece) for piece in pieces.values()]
computing = [sum(count.multiply_adds for count in piece) for piece in pieces.values()]
check("layers with weights", len(weighted), equals=58)
share = [round(sum(of[:3]) / sum(of), 2) for of in (parameters, computing)]
check("share of stem, 3a and 3b: parameters, multiply-adds", share, equals=[0.1, 0.57])
share = round(sum(parameters[-3:]) / sum(parameters), 2)
check("share of 5a, 5b and dense: parameters", share, equals=0.5)
# %% tags=["figure"] title="parameters and multiply-adds by block"
_, axes = plt.subplots(1, 2, figsize=(11, 3.4))
for axis, totals, label in zip(axes, (parameters, computing), ("parameters", "multiply-adds")):
    axis.bar(list(pieces), np.divide(totals, 1e6), color=[GREY, *[BLUE] * 9, ORANGE])
    axis.set(ylabel=f"{label} (millions)")
    axis.tick_params(axis="x", labelsize=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 앞쪽 합성곱 셋(stem, 회색), 블록 아홉(파란색), 완전 연결 층(dense, 주황색)의 파라미터(parameters)와 곱셈-덧셈(multiply-adds), 단위는 백만. 앞쪽 합성곱과 블록 3a와 3b가 파라미터의 10%로 계산의 57%를 한다. 블록 5a와 5b와 완전 연결 층에 파라미터의 절반이 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Parameters and multiply-adds of the three convolutions in front (stem, grey), the nine blocks (blue) and the dense layer (orange), in millions. The stem and blocks 3a and 3b do 57% of the computation with 10% of the parameters. Blocks 5a and 5b and the dense layer hold half of the parameters.*
# %% [markdown] lang="ko"
# ### 어디에서 줄었을까
#
# 이제 처음의 물음에 답할 수 있다. [[lenet_alexnet]]에서 센 AlexNet의 파라미터와 나란히 놓아 보자.
# %% [markdown] lang="en"
# ### Where did they go
#
# Now the question from the beginning can be answered. Set the parameters of AlexNet, as counted in [[lenet_alexnet]], beside these.
# %%
alexnet = {"convolutions": 2_334_080, "dense": 58_631_144}
google = {"convolutions": sum(parameters[:-1]), "dense": parameters[-1]}
for part in google:
    print(f"{part:13}{alexnet[part]:11,} in AlexNet {google[part]:11,} in GoogLeNet")
by_part = [round(alexnet[part] / google[part], 1) for part in google]
check("AlexNet over GoogLeNet, convolutions and dense layers", by_part, equals=[0.4, 57.2])
overall = round(sum(alexnet.values()) / sum(google.values()), 1)
check("AlexNet over GoogLeNet, all parameters", overall, equals=8.7)
# %% [markdown] lang="ko"
# 깊이는 AlexNet의 8에서 22로 늘었는데, 줄어든 것은 완전 연결 층이다. 합성곱의 파라미터는 GoogLeNet이 AlexNet의 두 배 반이다. 전역 평균 풀링이 큰 완전 연결 층을 대신했고, 1×1은 합성곱을 작게 유지한다. 1×1이 없으면 전역 평균 풀링을 써도 파라미터가 9,750만 개로 AlexNet보다 많았다. 강의 자료 003은 1×1이 ‘매개변수 제거’에 기여한다고 하는데, 없애는 것이 아니라 적게 유지하는 것이다. 논문은 AlexNet의 12분의 1이라고 적었고 같은 팀의 2016년 논문은 파라미터가 500만 개라고 했지만, 세어 보면 700만 개이고 8.7분의 1이다.
# %% [markdown] lang="en"
# While the depth grew from AlexNet's 8 to 22, the fully connected layers shrank. In its convolutions GoogLeNet has two and a half times the parameters of AlexNet. Global average pooling takes the place of the large fully connected layers, and the 1×1 keep the convolutions small: without them there were 97.5 million parameters, more than in AlexNet, in spite of global average pooling. Deck 003 says that 1×1 helps to remove parameters; it does not remove them, it keeps them few. The paper says 12 times fewer than AlexNet, and the team's paper of 2016 gives 5 million parameters; by count it is 7 million, and 8.7 times.
# %% [markdown] lang="ko"
# ### 강의 자료의 코드를 끝까지
#
# 강의 자료 003의 코드는 드롭아웃에서 끝난다. 거기에 `Dense`를 그대로 붙이면 출력의 모양이 배치 축을 빼고 (1000,)이 아니라 (1, 1, 1000)이 된다. `AvgPool2D(7, strides=1)`이 7×7을 1×1로 줄일 뿐, 높이와 너비의 두 축은 그대로 남기 때문이다. `Flatten`이 있어야 한다. 풀링의 크기 7 역시 입력이 224×224 안팎일 때에만 맞는다. 256×256을 넣으면 마지막 맵이 8×8이어서 풀링 뒤에 2×2가 남는다. 전역 평균 풀링에는 이런 문제가 없다.
# %% [markdown] lang="en"
# ### The listing of the deck, completed
#
# The listing of deck 003 ends at its dropout. With a `Dense` put right there the shape of the output, batch axis aside, is not (1000,) but (1, 1, 1000), since `AvgPool2D(7, strides=1)` reduces 7×7 to 1×1 and leaves both axes there. A `Flatten` is needed first. And the 7 of the pooling fits only inputs near 224×224: at 256×256 the last maps are 8×8, and 2×2 are left behind the pooling. Global average pooling has none of these troubles.


# %%
def ending(x):
    """The end of the deck's listing, with the two layers that it lacks."""
    x = layers.AveragePooling2D(7, strides=1)(x)  # 7x7 -> 1x1
    x = layers.Dropout(0.4)(x)
    x = layers.Flatten()(x)  # lacking: 1x1x1024 -> 1024
    return layers.Dense(1000)(x)  # lacking


last = [layer for layer in network.layers if isinstance(layer, layers.Concatenate)][-1].output
completed = keras.Model(network.input, ending(last))
check("parameters of the completed listing", completed.count_params(), equals=6_998_552)
check("shape of its scores", completed.output.shape, equals=(None, 1000))
no_flatten = layers.Dense(1000)(layers.AveragePooling2D(7, strides=1)(last))
check("shape without Flatten", no_flatten.shape, equals=(None, 1, 1, 1000))
# %% [markdown] lang="ko"
# 또 하나, 코드의 두 번째 풀링에만 `padding='same'`이 없어서 맵이 28×28이 아니라 27×27이 된다. 파라미터 수는 그대로지만, 곱셈-덧셈은 맵의 픽셀 수에 비례하므로 블록 3a와 3b에서 줄어든다. 4단과 5단의 맵은 두 경우 모두 14×14와 7×7이다.
# %% [markdown] lang="en"
# Also, only the second pooling of the listing lacks `padding='same'`, so that its maps are 27×27 and not 28×28. The parameters stay the same, but multiply-adds are proportional to the pixels of a map and fall in blocks 3a and 3b. In stages 4 and 5 the maps are 14×14 and 7×7 either way.
# %%
before = keras.Input((56, 56, 192))
sides = [
    layers.MaxPooling2D(3, strides=2, padding=padding)(before).shape[1]
    for padding in ("same", "valid")
]
check("side behind the second pooling, same and valid", sides, equals=[28, 27])
fewer = (1 - 27**2 / 28**2) * (computing[1] + computing[2])  # blocks 3a and 3b
check("multiply-adds in billions, 27x27", round((sum(computing) - fewer) / 1e9, 2), equals=1.55)
# %% [markdown] lang="ko"
# ## 4. 보조 분류기
#
# 저자들은 층이 22개나 쌓이면 기울기가 앞쪽 층까지 제대로 전해지지 않을까 걱정했다. 그래서 블록 4a와 4d 뒤에 작은 분류기를 하나씩 붙였다. 이것을 **보조 분류기**(auxiliary classifier)라고 한다. 5×5 평균 풀링(스트라이드 3), 커널이 128개인 1×1 합성곱, 뉴런이 1,024개인 완전 연결 층, 드롭아웃(0.7), 클래스 1,000개의 점수를 내는 완전 연결 층이 차례로 이어진다. 훈련할 때에는 보조 분류기 둘의 손실에 0.3을 곱해 전체 손실에 더하고, 훈련이 끝나면 보조 분류기를 떼어 낸다. 저자들은 규제의 효과도 기대했다.
# %% [markdown] lang="en"
# ## 4. Auxiliary classifiers
#
# With as many as 22 layers the authors worried that gradients might not reach the first ones, and attached one extra small classifier behind each of blocks 4a and 4d, an **auxiliary classifier**: 5×5 average pooling with stride 3, a 1×1 convolution with 128 kernels, a fully connected layer of 1,024 neurons, dropout of 0.7, and a fully connected layer for the scores of 1,000 classes. In training the losses of the two, times 0.3, are added to the total loss; after training the auxiliary classifiers are removed. The authors also hoped for some regularization.


# %%
def auxiliary(x, num_classes, block, filters=128, units=1024, dropout=0.7):
    """The scores of an auxiliary classifier on the maps of a block."""
    x = layers.AveragePooling2D(5, strides=3)(x)  # 14x14 -> 4x4, narrow: 5x5 -> 1x1
    x = layers.Flatten()(convolution(x, filters, 1))
    x = layers.Dense(units, activation="relu", kernel_initializer="he_normal")(x)
    return layers.Dense(num_classes, name=f"scores_{block}")(layers.Dropout(dropout)(x))


in_training = googlenet(head=auxiliary)
check("parameters in training", in_training.count_params(), equals=13_378_280)
del network, in_training
# %% [markdown] lang="ko"
# 훈련할 때의 파라미터는 1,338만 개로, 떼어 낼 분류기 둘이 거의 절반이다.
#
# 이제 좁은 GoogLeNet을 어수선한 숫자로 훈련한다. 블록 아홉과 깊이 22는 그대로 두고 커널 수를 모두 8분의 1로 줄인다. 첫 합성곱은 5×5에 스트라이드 1이고, 40×40 이미지는 풀링을 네 번 거치면서 한 변이 20, 10, 5, 3으로 줄어든다. 보조 분류기도 커널 16개와 뉴런 128개로 줄이고 드롭아웃을 뺀다. 4a와 4d의 맵이 5×5여서, 논문에서는 4×4가 남는 평균 풀링 뒤에 여기에서는 맵마다 값 하나만 남는다. 훈련은 [[vgg]]에서와 똑같이 한다. 네 에포크(110걸음씩 440걸음), He 초깃값, 워밍업과 코사인을 쓰는 Adam이고 드롭아웃은 뺀다. 학습률은 0.002에서 0.005까지 시험했다. 시드 다섯의 검증 정확도를 평균하면 보조 분류기가 있든 없든 0.003과 0.004가 비슷하고 0.005는 더 낮았다. 0.002는 시드 둘로만 시험했는데 0.003보다 낮았다. 그래서 둘 다 0.003으로 훈련한다.
# %% [markdown] lang="en"
# In training there are 13.4 million parameters, almost half of them in the two classifiers that will be removed.
#
# Now a narrow GoogLeNet learns the cluttered digits. It keeps its nine blocks and the depth of 22, with an eighth of the kernels everywhere. The first convolution is 5×5 with a stride of 1, and four poolings take 40×40 to 20, 10, 5 and 3. The auxiliary classifiers, too, are cut to 16 kernels and 128 neurons, with no dropout. The maps of 4a and 4d are 5×5, so their average pooling leaves one value of each map, where the paper has 4×4. The network is trained just as in [[vgg]]: four epochs (440 steps, 110 each), He initialization, Adam with a warm-up and a cosine, no dropout. Rates from 0.002 to 0.005 were tried. In mean validation accuracy over five seeds 0.003 and 0.004 were about equal and 0.005 lower, with auxiliary classifiers and without; 0.002 was tried with two seeds only, and lower than 0.003. So both are trained at 0.003.
# %%
NARROW = {name: tuple(n // 8 for n in f) for name, f in INCEPTION.items()}
STEM = ((8, 5, 1), (8, 1), (24, 3))
RATE = 0.003
parts = cluttered_digits(lesson.load(load_mnist))
mean, std = (parts.train[0] / 255).mean(), (parts.train[0] / 255).std()
(x_train, y_train), (x_validation, y_validation), (x_test, y_test) = (
    (((images / 255 - mean) / std).astype("float32")[..., None], labels) for images, labels in parts
)
BATCH, EPOCHS = 64, lesson.epochs(small=4, full=4)
steps_per_epoch = -(-len(x_train) // BATCH)  # rounded up


# %%
def small_auxiliary(x, num_classes, block):
    """An auxiliary classifier for the narrow network."""
    return auxiliary(x, num_classes, block, filters=16, units=128, dropout=0.0)


def narrow(name):
    """The narrow GoogLeNet "with" or "without" auxiliary classifiers, ready to be trained."""
    keras.utils.set_random_seed(lesson.seed)
    head = small_auxiliary if name == "with" else None
    model = googlenet(NARROW, STEM, (40, 40, 1), 10, dropout=0.0, head=head)
    warm_up = steps_per_epoch // 2
    steps = {"decay_steps": EPOCHS * steps_per_epoch - warm_up, "warmup_steps": warm_up}
    rate = CosineDecay(RATE / 10, warmup_target=RATE, **steps)
    losses = [keras.losses.SparseCategoricalCrossentropy(from_logits=True) for _ in model.outputs]
    loss_weights = [1.0, 0.3, 0.3][: len(losses)]
    optimizer = keras.optimizers.Adam(rate)
    model.compile(optimizer, losses, loss_weights, steps_per_execution=22)  # 22: for speed only
    return model


# %% [markdown] lang="ko"
# ### 기울기는 앞쪽까지 닿는가
#
# 저자들의 걱정부터 재어 보자. 훈련하기 전에 첫 합성곱의 커널이 받는 기울기의 크기(노름)를 첫 배치에서 잰다. [[activations]]에서 보았듯 기울기는 초깃값에도 달려 있다. 그래서 He로 초기화한 커널을 모두 글로럿 초깃값의 크기로 줄인 신경망에서도 잰다. 분산이 He는 $2 / n_\text{in}$, 글로럿은 $2 / (n_\text{in} + n_\text{out})$이므로 커널마다 $\sqrt{n_\text{in} / (n_\text{in} + n_\text{out})}$를 곱하면 된다. $n_\text{in}$과 $n_\text{out}$은 커널의 넓이에 입력과 출력의 채널 수를 각각 곱한 값이어서 넓이는 약분된다.
# %% [markdown] lang="en"
# ### Do gradients reach the first layers?
#
# First measure what worried the authors: the size (norm) of the gradient for the kernels of the first convolution on the first batch, before training. As seen in [[activations]] gradients depend on initialization, too. So measure it again with all kernels that start from He's scaled down to the size of Glorot's. The variance of He's is $2 / n_\text{in}$ and of Glorot's $2 / (n_\text{in} + n_\text{out})$, so each kernel is multiplied by $\sqrt{n_\text{in} / (n_\text{in} + n_\text{out})}$. $n_\text{in}$ and $n_\text{out}$ are the area of the kernel times the channels of input and output, so the area cancels.


# %%
def first_gradient(model):
    """Norm of the gradient with respect to the first kernel, on the first batch."""
    x, labels = x_train[:BATCH], [y_train[:BATCH]] * len(model.outputs)
    first = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, labels, model(x))
    return float(tf.norm(tape.gradient(loss, first.kernel)))


gradients, starts = {}, []
for name in ("without", "with"):
    model = narrow(name)
    starts += [keras.Model(model.input, model.outputs[0]).get_weights()]
    gradients[name, "He"] = first_gradient(model)
    for layer in model.layers:
        if isinstance(getattr(layer, "kernel_initializer", None), keras.initializers.HeNormal):
            before, after = layer.kernel.shape[-2:]
            layer.kernel.assign(layer.kernel * (before / (before + after)) ** 0.5)
    gradients[name, "Glorot"] = first_gradient(model)
# %% tags=["nbval-ignore-output"]
for (name, start), size in gradients.items():
    print(f"{start:7}{name:8} auxiliary classifiers: {size:.4f}")
# %%
by_start = [gradients[name, "He"] / gradients[name, "Glorot"] for name in ("without", "with")]
by_heads = [gradients["with", start] / gradients["without", start] for start in ("He", "Glorot")]
check("He's start makes it over ten times as large", min(by_start) > 10, equals=True)
report("first gradient, He over Glorot", by_start[0])
report("first gradient, with over without, He", by_heads[0])
report("first gradient, with over without, Glorot", by_heads[1])
check("depth of the narrow network", depth(model), equals=22)
check("both start from the same weights", all(map(np.array_equal, *starts)), equals=True)
# %% [markdown] lang="ko"
# 보조 분류기를 붙인 쪽의 첫 층 기울기는 붙이지 않은 쪽에 견주어 He 초깃값에서 [[range: first gradient, with over without, He]]배, 글로럿 초깃값에서 [[range: first gradient, with over without, Glorot]]배다(다섯 시드). 손실에도 보조 분류기의 손실 둘이 0.3씩 더해져 있다. 보조 분류기 없이 초깃값만 글로럿에서 He로 바꾸면 [[range: first gradient, He over Glorot]]배가 된다. 훈련하기 전 첫 층 기울기의 크기에는 초깃값이 훨씬 크게 작용한다.
#
# 이제 He 초깃값에서 둘을 훈련한다. 보조 분류기를 맨 나중에 만들었으므로 나머지 가중치는 둘이 똑같다. 보조 분류기가 있을 때의 `loss`는 보조 분류기의 손실에 0.3을 곱해 더한 값이어서, 없을 때의 `loss`와 견줄 것은 `scores_loss`다.
# %% [markdown] lang="en"
# With auxiliary classifiers the gradient of the first layer is [[range: first gradient, with over without, He]] times what it is without them where weights start from He's initialization, and [[range: first gradient, with over without, Glorot]] times with Glorot's (five seeds). The loss, too, contains two more losses times 0.3. Without auxiliary classifiers, changing the initialization from Glorot's to He's multiplies it by [[range: first gradient, He over Glorot]]. In the size of the first layer's gradient before training, initialization matters far more.
#
# Now train both from He's. The auxiliary classifiers were built last, so all other weights are the same in both. With them the `loss` contains their losses times 0.3; what compares with the `loss` without them is `scores_loss`.
# %% tags=["nbval-ignore-output"]
networks = {}
for name in ("without", "with"):
    network = narrow(name)
    labels = [y_train] * len(network.outputs)
    options = {"batch_size": BATCH, "verbose": 2}
    network.fit(x_train, labels, **options, **lesson.resume(name, network, EPOCHS))
    networks[name] = keras.Model(network.input, network.outputs[0])  # no auxiliary classifiers
# %%
history, history_with = lesson.history("without"), lesson.history("with")


def accuracy(model, images, labels):
    """Share of images whose highest score is the right class's."""
    scores = [
        model(images[first : first + 500], training=False) for first in range(0, len(images), 500)
    ]
    return (np.concatenate(scores).argmax(axis=1) == labels).mean()


found = {name: accuracy(network, x_test, y_test) for name, network in networks.items()}
check("test accuracy of the narrow GoogLeNet", found["without"], at_least=0.44)
report("gain from auxiliary classifiers", found["with"] - found["without"])
validation = accuracy(networks["without"], x_validation, y_validation)
report("validation accuracy, without (choose rates by this one)", validation)
# %% tags=["figure"] title="training loss with and without auxiliary classifiers"
_, axis = plt.subplots(figsize=(8, 3.4))
epochs = range(1, EPOCHS + 1)
axis.plot(epochs, history["loss"], "o-", color=BLUE, label="without")
for key, color in (("scores", VERMILION), ("scores_4a", GREY), ("scores_4d", GREEN)):
    label = key.replace("scores_", "auxiliary, ").replace("scores", "with")
    axis.plot(epochs, history_with[f"{key}_loss"], "o-", color=color, label=label)
axis.set(xlabel="epoch", ylabel="training loss", xticks=epochs, ylim=(0, None))
axis.legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크마다의 훈련 손실(training loss). 파란색은 보조 분류기가 없는 신경망(without), 붉은색은 있는 신경망의 마지막 분류기(with)이고, 회색과 초록색은 4a와 4d 뒤의 보조 분류기(auxiliary)다. 보조 분류기의 손실은 0.3을 곱하기 전의 값이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Training loss by epoch. Blue: the network without auxiliary classifiers. Vermilion: the last classifier of the network with them; grey and green: its auxiliary classifiers behind 4a and 4d, before the factor of 0.3.*
# %% [markdown] lang="ko"
# 테스트 정확도를 다섯 시드에서 견주면 보조 분류기는 [[verdict: gain from auxiliary classifiers]](있을 때에서 없을 때를 빼면 [[range: gain from auxiliary classifiers]]). 한두 시드로는 판정할 수 없다. 학습률 0.005에서 시험했을 때 검증 정확도의 차이는 시드 0과 1에서 +0.16과 +0.19였지만, 시드 2에서는 −0.27이었다(시드 3과 4에서는 −0.03과 +0.05). 논문은 나중의 대조 실험에서 보조 분류기의 효과가 0.5% 안팎이었고 하나로 충분했다고 덧붙였는데, 그만한 차이는 여기의 들쭉날쭉함에 묻힌다. 같은 팀의 2016년 논문은 훈련 초기에는 차이가 거의 없고 오래 훈련한 끝 무렵에 조금 더 높은 정확도에 이르렀으며, 규제처럼 작용하는 것 같다고 적었다. 440걸음으로는 그런 이득이 있는지 알 수 없다.
# %% [markdown] lang="en"
# In test accuracy over five seeds training with auxiliary classifiers [[verdict: gain from auxiliary classifiers]] (with minus without: [[range: gain from auxiliary classifiers]]). One or two seeds cannot tell: in the trials at a rate of 0.005 the difference in validation accuracy was +0.16 and +0.19 with seeds 0 and 1, but −0.27 with seed 2 (−0.03 and +0.05 with 3 and 4). The paper adds that in later control experiments the effect was around 0.5%, and that a single auxiliary classifier was enough; so small a difference would be lost in the spread here. The team's paper of 2016 found hardly a difference early in training and a slightly higher accuracy near the end of a long one, and argues that auxiliary classifiers act as a regularizer. Whether there is such a gain 440 steps cannot tell.
# %% [markdown] lang="ko" slides="003 Inception Blocks"
# ## 5. 네 경로가 보는 것
#
# 강의 자료는 네 경로가 서로 다른 면에서 정보를 뽑는다고 한다. 먼저 경로마다 수용 영역이 블록의 입력에서 얼마나 되는지 잰다. 픽셀 하나만 켠 9×9 이미지 81장(켠 자리가 모두 다르다)을 가중치가 모두 양수인 블록에 넣고, 한가운데의 출력이 0보다 커지는 이미지를 센다. 그 픽셀들은 한 변이 1, 3, 5, 3인 정사각형을 이룬다. 그다음에는 훈련한 신경망에 숫자 하나를 넣고, 블록 3a의 경로마다 맵을 꺼내 본다.
# %% [markdown] lang="en"
# ## 5. What the four paths see
#
# The deck says that the four paths extract information from different aspects. First measure the receptive field of each on the input of the block: give 81 images of 9×9, each with a different pixel lit, to a block whose weights are all positive, and count the images that make the output in the middle larger than 0. Those pixels form squares with sides of 1, 3, 5 and 3. Then give one digit to the trained network, and take the maps of each path out of block 3a.
# %%
inputs = keras.Input((9, 9, 1))
block = keras.Model(inputs, inception(inputs, (1,) * 6))
for weight in block.weights:
    weight.assign(keras.ops.abs(weight))  # so that nothing cancels, and no ReLU stops it
pixels = np.eye(81, dtype="float32").reshape(81, 9, 9, 1)
middle = np.asarray(block(pixels))[:, 4, 4]  # (81, 4): what reaches it along each path
reached_by = (middle > 0).sum(axis=0)
check("pixels in the receptive field of each path", reached_by, equals=[1, 9, 25, 9])
# %%
joins = [layer for layer in networks["without"].layers if isinstance(layer, layers.Concatenate)]
paths = keras.Model(networks["without"].input, joins[0].input)
maps = [np.asarray(path[0]) for path in paths(x_test[8:9])]
check("maps of each path", [path.shape[-1] for path in maps], equals=[8, 16, 4, 4])
# %% tags=["figure"] title="four paths, one digit"
figure = plt.figure(figsize=(10, 6.2))
grid = figure.add_gridspec(4, 7)
digit = figure.add_subplot(grid[1:3, :2], xticks=[], yticks=[])
digit.imshow(x_test[8, ..., 0], cmap="binary")
for row, (title, path) in enumerate(zip(("1x1", "1x1, 3x3", "1x1, 5x5", "pool, 1x1"), maps)):
    most_varied = np.argsort(-path.std(axis=(0, 1)))[:4]
    for column, channel in enumerate(most_varied):
        axis = figure.add_subplot(grid[row, 3 + column], xticks=[], yticks=[])
        axis.imshow(path[..., channel], cmap="Blues", vmin=0, vmax=max(path.max(), 1e-6))
        if not column:
            axis.set_ylabel(title, size=13, rotation=0, ha="right", va="center", labelpad=12)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 테스트 숫자 한 장, 오른쪽은 블록 3a의 경로마다(행) 픽셀 값의 표준편차가 가장 큰 맵 넷이다. 위부터 1×1(1x1), 1×1 다음 3×3(1x1, 3x3), 1×1 다음 5×5(1x1, 5x5), 풀링 다음 1×1(pool, 1x1). 아래 두 경로는 넷이 전부다. 진할수록 값이 크고, 진하기의 기준은 행마다 다르다. 온통 0인 맵도 있을 수 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left a test digit; right, for each path of block 3a (rows), the four maps with the largest standard deviation over their pixels. The last two paths have no more than four. The darker, the larger the value, with a scale of its own in each row; some maps may be 0 throughout.*
# %% [markdown] lang="ko"
# 수용 영역은 경로마다 정해져 있지만, 무엇에 반응할지는 정해져 있지 않다. 경로마다 맵이 다르다는 것까지는 그림에서 볼 수 있다. 그 차이가 훈련에서 왔는지, 맵이 무엇을 뜻하는지는 이 그림만으로는 알 수 없다.
# %% [markdown] lang="en"
# The receptive field of each path is given by design; what it responds to is not. The figure shows that the maps differ from path to path. Whether training made the difference, and what the maps mean, cannot be told from it.
# %% [markdown] lang="ko"
# ## 6. 정확도, 파라미터, 계산량을 한 그림에
#
# 앞의 두 수업에서 본 좁은 신경망들과 견주어 보자. `narrow_networks.json`에는 좁은 AlexNet과 VGG의 A, B, C, D를 시드 다섯으로 훈련한 테스트 정확도가 들어 있다. 모두 여기와 똑같이 440걸음을 드롭아웃 없이 훈련했고, 학습률은 저마다 검증 정확도로 골랐다. [[lenet_alexnet]]의 AlexNet은 설정이 다르고, 2.5배가 넘는 걸음을 훈련해 더 높은 정확도를 얻었다.
# %% [markdown] lang="en"
# ## 6. Accuracy, parameters and computation in one picture
#
# Compare it with the narrow networks of the two lessons before. In `narrow_networks.json` are the test accuracies of the narrow AlexNet and of VGG's A, B, C and D, each trained with five seeds. All were trained for 440 steps without dropout just as here, with a rate chosen by validation accuracy for each. The AlexNet of [[lenet_alexnet]], with other settings and over two and a half times as many steps, reached a higher accuracy.
# %%
kept = json.loads(embedded_bytes("narrow_networks.json"))
steps = kept["steps"]  # of the others
check("steps", EPOCHS * steps_per_epoch, at_least=steps, at_most=steps)
network = networks["without"]
ours = {"parameters": network.count_params(), "multiply_adds": multiply_adds(network)}
ours |= {"name": "GoogLeNet", "test_accuracy": [found["without"]]}
everyone = {row["name"]: row for row in [*kept["networks"], ours]}
for name, row in everyone.items():
    print(f"{name:10}{row['parameters']:8,} parameters{row['multiply_adds']:11,} multiply-adds")
of_a = everyone["VGG-A"]
ratios = [round(of_a[key] / ours[key], 1) for key in ("parameters", "multiply_adds")]
check("VGG-A over GoogLeNet, parameters and multiply-adds", ratios, equals=[1.3, 1.0])
report("test accuracy minus VGG-A's median", found["without"] - np.median(of_a["test_accuracy"]))
# %% tags=["figure"] title="accuracy against parameters and multiply-adds"
_, axes = plt.subplots(1, 2, figsize=(11, 3.8), sharey=True)
for axis, key, unit in ((axes[0], "parameters", 1e3), (axes[1], "multiply_adds", 1e6)):
    for row in everyone.values():
        color = {"A": GREY, "V": BLUE, "G": VERMILION}[row["name"][0]]
        accuracies, place = row["test_accuracy"], row[key] / unit
        middle = np.median(accuracies)
        axis.plot([place] * 2, [min(accuracies), max(accuracies)], color=color, lw=2)
        axis.plot(place, middle, "o", color=color, ms=8)
        name = row["name"].removeprefix("VGG-")
        offset = {"A": (-15, -4), "B": (-4, 34), "GoogLeNet": (-36, 10)}.get(name, (7, 3))
        options = {"xytext": offset, "textcoords": "offset points", "color": color}
        axis.annotate(name, (place, middle), **options)
axes[0].set(xlabel="parameters (thousands)", ylabel="test accuracy", xlim=(0, 200))
axes[1].set(xlabel="multiply-adds (millions)", xlim=(0, 8.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 정확도(test accuracy)와 파라미터(parameters, 천 개 단위), 곱셈-덧셈(multiply-adds, 백만 번 단위). 회색과 파란색 점은 다섯 시드의 가운뎃값, 세로줄은 가장 낮은 값부터 높은 값까지다. 회색은 AlexNet, 파란색은 VGG의 A, B, C, D, 붉은색은 위에서 훈련한 GoogLeNet(시드 하나)이다. GoogLeNet은 시드에 따라 [[range: test accuracy of the narrow GoogLeNet]]이어서, 이 점으로 AlexNet과의 순서를 정할 수는 없다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy against parameters (in thousands) and multiply-adds (in millions). Grey and blue dots are medians of five seeds, lines go from the lowest to the highest. Grey: AlexNet. Blue: VGG's A, B, C and D. Vermilion: the GoogLeNet trained above, one seed. From seed to seed it reaches [[range: test accuracy of the narrow GoogLeNet]], so the dot does not settle the order with AlexNet.*
# %% [markdown] lang="ko"
# 좁은 GoogLeNet은 VGG-A와 곱셈-덧셈이 거의 같고 파라미터는 5분의 1쯤 적다. 440걸음 뒤의 테스트 정확도에서 VGG-A의 가운뎃값을 빼면 다섯 시드에서 [[range: test accuracy minus VGG-A's median]]다. 2014년 대회에서는 신경망 일곱 개의 예측을 합친 GoogLeNet의 상위 5 오류율이 6.7%로, 역시 일곱 개를 합친 VGG의 7.3%보다 낮았다. 하나끼리 견주면 VGG가 7.0%, GoogLeNet이 7.9%다(VGG 논문의 표 7). GoogLeNet이 돋보이는 것은 크기다. 파라미터는 VGG-D의 20분의 1, 곱셈-덧셈은 10분의 1이다. 여기에서는 데이터도 커널 수도 다르고, 훈련이 짧아 시드에 따라 들쭉날쭉하다. 연습 문제 4에서 배치 정규화를 넣어 보라.
# %% [markdown] lang="en"
# The narrow GoogLeNet takes about as many multiply-adds as VGG-A, with a fifth fewer parameters. After 440 steps its test accuracy minus the median of VGG-A is [[range: test accuracy minus VGG-A's median]] over five seeds. In the challenge of 2014 the top-5 error was 6.7% for GoogLeNet and 7.3% for VGG, each with the predictions of seven networks averaged. Of single networks VGG had 7.0% and GoogLeNet 7.9% (table 7 of the paper on VGG). Where GoogLeNet stands out is its size: a twentieth of the parameters of VGG-D, and a tenth of the multiply-adds. Here data and widths differ, and training is short and uneven from seed to seed. Put batch normalization in with exercise 4.
# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 채널이 많은 맵에 큰 커널을 쓸 때에는 그 앞에서 1×1로 채널을 줄인다. 나란한 경로를 이어 붙일 때에는 풀링한 경로도 줄인다.
# - 마지막에는 큰 완전 연결 층 대신 전역 평균 풀링을 쓴다.
# - 기울기가 앞쪽까지 닿게 하려면 먼저 초깃값(4절)과 배치 정규화([[training_well]])를 살핀다. 보조 분류기는 검증 정확도가 오를 때에만 붙인다.
# - 신경망을 견줄 때에는 정확도만 보지 말고 파라미터, 계산량, 훈련한 걸음 수를 함께 적는다.
# %% [markdown] lang="en"
# ### What to use when
#
# - Before a large kernel on many channels, reduce the channels with 1×1. Where parallel paths are joined, reduce the pooled one too.
# - At the end use global average pooling rather than large fully connected layers.
# - For gradients to reach the first layers look to initialization (section 4) and batch normalization ([[training_well]]) first. Add auxiliary classifiers only where they raise validation accuracy.
# - Compare networks not by accuracy alone: report the parameters, the computation and the steps of training too.
# %% [markdown] lang="ko" slides="003 GoogleNet; 003 Inception Blocks"
# ## 7. 강의 자료와 다른 점
#
# - 003 ‘GoogleNet’: 논문의 표기는 LeNet을 기린 GoogLeNet이다.
# - 003 ‘매개변수 제거와 고속 처리에 기여한다’: 1×1 합성곱은 매개변수를 없애는 것이 아니라 적게 유지한다(2절과 3절).
# - 003 ‘가로 방향도 깊다’: 가로로는 네 경로가 나란히 있다. 깊이는 22다(3절).
# - 003 ‘4 paths extract information from different aspects’: 블록의 입력에서 수용 영역의 한 변이 차례로 1, 3, 5, 3픽셀이다(5절). 그 이상은 재지 않았다.
# - 003의 코드는 `x = Dropout(0.4)(x)`에서 끝난다. 분류기를 붙이려면 `Flatten`이 먼저 있어야 한다(3절).
# - 003의 코드 `x = MaxPool2D(3, strides=2)(x)`: 두 번째 풀링만 `padding='same'`이 없어 27×27이 된다. 논문은 28×28이다(3절).
# - 003의 코드에는 국소 응답 정규화 둘과 보조 분류기 둘이 없다(3절과 4절).
# %% [markdown] lang="en"
# ## 7. Where the slides differ
#
# - Deck 003 writes GoogleNet: the paper has GoogLeNet, in homage to LeNet.
# - Deck 003 says that 1×1 convolutions help to remove parameters: they do not remove them but keep them few (sections 2 and 3).
# - Deck 003 says that four paths extract information from different aspects: on the input of the block their receptive fields are 1, 3, 5 and 3 pixels wide (section 5); more was not measured.
# - Deck 003 says "deep sideways": sideways there are four parallel paths; the depth is 22 (section 3).
# - The listing of deck 003 ends at `x = Dropout(0.4)(x)`. A classifier behind it needs a `Flatten` first (section 3).
# - In the listing `x = MaxPool2D(3, strides=2)(x)`, the second pooling, alone lacks `padding='same'` and gives 27×27, where the paper has 28×28 (section 3).
# - The listing has neither the two local response normalizations nor the two auxiliary classifiers (sections 3 and 4).


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 입력 채널 수 `channels`와 여섯 수 `f`를 받아, 인셉션 블록의 출력 채널 수와 파라미터 수(편향 포함)를 차례로 돌려주는 함수를 작성하라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that takes the number of input `channels` and the six numbers `f`, and returns, in this order, the number of output channels of the inception block and the number of its parameters, biases included.
# %% tags=["exercise"]
def block_counts(channels, f):
    """Output channels and parameters of an inception block."""
    ...


# %% tags=["solution"]
def block_counts(channels, f):
    """Output channels and parameters of an inception block."""
    kernels = [(channels, f[0], 1), (channels, f[1], 1), (f[1], f[2], 3)]
    kernels += [(channels, f[3], 1), (f[3], f[4], 5), (channels, f[5], 1)]
    parameters = sum((side**2 * before + 1) * after for before, after, side in kernels)
    return f[0] + f[2] + f[4] + f[5], parameters


# %% tags=["wrong"]
def block_counts(channels, f):
    """Output channels and parameters of an inception block."""
    sides = (1, 1, 3, 1, 5, 1)
    return sum(f), sum((side**2 * channels + 1) * n for n, side in zip(f, sides))


# %%
def counted_block(channels, f):
    """The same, from a model that Keras builds."""
    inputs = keras.Input((5, 6, channels))
    model = keras.Model(inputs, inception(inputs, f))
    return model.output.shape[-1], model.count_params()


cases = [(192, INCEPTION["3a"]), (832, INCEPTION["5b"]), (3, (1, 2, 3, 4, 5, 6))]
exercise(block_counts, [(case, counted_block(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 블록 5b의 입력은 채널이 832개다. 1×1로 채널을 먼저 줄이면, 큰 커널을 바로 쓰는 것보다 곱셈-덧셈이 경로 2(3×3)에서 몇 %, 경로 3(5×5)에서 몇 % 줄어들까? 10, 40, 70, 90 가운데 가까운 것을 골라 두 수를 이 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* Block 5b takes 832 channels. What percentage of the multiply-adds is saved by reducing the channels with 1×1 first, against using the large kernel directly, in path 2 (3×3) and in path 3 (5×5)? Choose the nearest of 10, 40, 70 and 90, and return two numbers in this order.
# %% tags=["exercise"]
def what_is_saved():
    """Multiply-adds saved in %, in path 2 and in path 3."""
    ...


# %% tags=["solution"]
def what_is_saved():
    """Multiply-adds saved in %, in path 2 and in path 3."""
    return 70, 90  # 832 channels become 192 before the 3x3, and 48 before the 5x5


# %% tags=["wrong"]
def what_is_saved():
    """Multiply-adds saved in %, in path 2 and in path 3."""
    return 90, 90


# %%
def saved_in_path(reduced_to, filters, side):
    """The nearest of the four, from models that are counted."""
    x = keras.Input((7, 7, 832))
    directly = multiply_adds(keras.Model(x, convolution(x, filters, side)))
    first = convolution(x, reduced_to, 1)
    share = 100 * (1 - multiply_adds(keras.Model(x, convolution(first, filters, side))) / directly)
    return min((10, 40, 70, 90), key=lambda choice: abs(choice - share))


exercise(what_is_saved, [((), (saved_in_path(192, 384, 3), saved_in_path(48, 128, 5)))])


# %% [markdown] lang="ko"
# **3.** [[vgg]]에서 보았듯 3×3 두 층의 수용 영역은 5×5 하나와 같다. 경로 3의 5×5를 3×3 두 층(둘 다 커널 `f[4]`개)으로 바꾼 인셉션 블록을 작성하라. `convolution`을 쓰고, 네 경로를 이어 붙이는 차례는 `inception`과 같게 한다. [[vgg]]에서는 이렇게 하면 가중치가 줄었다. `f[4]`가 `f[3]`의 두 배 이상인 여기에서도 줄어드는지 셈해 보라.
# %% [markdown] lang="en"
# **3.** As seen in [[vgg]], two layers of 3×3 have the same receptive field as one 5×5. Write an inception block with two layers of 3×3, of `f[4]` kernels each, in place of the 5×5 of path 3. Use `convolution`, and join the four paths in the same order as `inception`. In [[vgg]] this saved weights; work out whether it does here, where `f[4]` is at least twice `f[3]`.
# %% tags=["exercise"]
def inception_of_small_kernels(x, f):
    """An inception block with two 3x3 for its 5x5."""
    ...


# %% tags=["solution"]
def inception_of_small_kernels(x, f):
    """An inception block with two 3x3 for its 5x5."""
    one = convolution(x, f[0], 1)
    three = convolution(convolution(x, f[1], 1), f[2], 3)
    # more weights than 5x5: 9 f[3] f[4] + 9 f[4]^2 > 25 f[3] f[4], as f[4] >= 2 f[3]
    five = convolution(convolution(convolution(x, f[3], 1), f[4], 3), f[4], 3)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return layers.Concatenate()([one, three, five, convolution(pooled, f[5], 1)])


# %% tags=["wrong"]
def inception_of_small_kernels(x, f):
    """An inception block with two 3x3 for its 5x5."""
    one = convolution(x, f[0], 1)
    three = convolution(convolution(x, f[1], 1), f[2], 3)
    five = convolution(convolution(convolution(x, f[3], 3), f[4], 3), f[4], 3)
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    return layers.Concatenate()([one, three, five, convolution(pooled, f[5], 1)])


# %%
def sizes_of_paths(channels, f):
    """Kernels along each of the four paths, as they are joined; max pooling is (3, 3, 0, 0)."""
    inputs = keras.Input((8, 8, channels))
    if (outputs := inception_of_small_kernels(inputs, f)) is None:
        return None
    joined = keras.Model(inputs, outputs).layers[-1].input
    along = [layer for path in joined for layer in keras.Model(inputs, path).layers[1:]]
    convolutions = [layer for layer in along if isinstance(layer, layers.Conv2D)]
    if any(layer.activation.__name__ != "relu" for layer in convolutions):
        raise ValueError("a convolution without a ReLU")
    return [a.kernel.shape if a in convolutions else (*a.pool_size, 0, 0) for a in along]


expected = [(1, 1, 7, 2), (1, 1, 7, 3), (3, 3, 3, 4), (1, 1, 7, 5), (3, 3, 5, 6), (3, 3, 6, 6)]
expected += [(3, 3, 0, 0), (1, 1, 7, 8)]
exercise(sizes_of_paths, [((7, (2, 3, 4, 5, 6, 8)), expected)])


# %% tags=["proof"] title="for the check of exercise 4"
def normalized_convolutions(network):
    """The number of convolutions that go on to batch normalization and then to ReLU."""

    def activation(layer):
        if isinstance(layer, layers.ReLU):
            return "relu"
        return getattr(getattr(layer, "activation", None), "__name__", None)

    before = {id(layer.output): layer for layer in network.layers}
    after = {id(layer.input): layer for layer in network.layers}
    return sum(
        activation(before[id(layer.input)]) == "linear"
        and activation(after.get(id(layer.output))) == "relu"
        for layer in network.layers
        if isinstance(layer, layers.BatchNormalization)
    )


# %% [markdown] lang="ko"
# **4.** 좁은 GoogLeNet에서 블록 안의 합성곱마다 ReLU 앞에 배치 정규화([[training_well]])를 넣은 신경망을 돌려주는 함수를 작성하라. 같은 팀이 2015년에 한 일이다(Ioffe와 Szegedy). 인셉션 블록만 새로 써서 `googlenet(NARROW, STEM, (40, 40, 1), 10, block=…, dropout=0.0)`에 건네면 된다. 합성곱에는 활성화를 두지 않고 합성곱, 배치 정규화, ReLU의 차례로 쌓는다. 배치 정규화의 `momentum`은 0.9로 한다. 아래 셀은 입력을 −1과 1 사이로 바꾸고 Adam으로 두 에포크만 훈련한다. 학습률은 0.006에서 코사인으로 0까지 내린다. 검증 정확도가 0.6을 넘어야 한다. 여섯 시드에서 0.76에서 0.84까지였고, 배치 정규화가 없으면 같은 설정에서 다섯 시드가 모두 0.21 이하였다.
# %% [markdown] lang="en"
# **4.** Write a function that returns the narrow GoogLeNet with batch normalization ([[training_well]]) before the ReLU of each convolution in its blocks, as the same team did in 2015 (Ioffe and Szegedy). Only the inception block has to be written anew and handed to `googlenet(NARROW, STEM, (40, 40, 1), 10, block=…, dropout=0.0)`. Give the convolutions no activation, and stack convolution, batch normalization and ReLU in this order. The `momentum` of batch normalization is 0.9. The cell below scales the input to between −1 and 1 and trains for two epochs only, with Adam at a rate that falls from 0.006 to 0 by a cosine. The validation accuracy has to be above 0.6. Six seeds gave 0.76 to 0.84; without batch normalization five seeds all gave 0.21 or less under the same conditions.
# %% tags=["exercise"]
def normalized_googlenet():
    """The narrow GoogLeNet with batch normalization in its blocks."""
    ...


# %% tags=["solution"]
def normalized_googlenet():
    """The narrow GoogLeNet with batch normalization in its blocks."""

    def normalized(x, filters, side):
        # normalization takes away the bias and the scale of the kernel
        x = layers.Conv2D(filters, side, padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))

    def block(x, f):
        three = normalized(normalized(x, f[1], 1), f[2], 3)
        five = normalized(normalized(x, f[3], 1), f[4], 5)
        pooled = layers.MaxPooling2D(3, strides=1, padding="same")(x)
        paths = [normalized(x, f[0], 1), three, five, normalized(pooled, f[5], 1)]
        return layers.Concatenate()(paths)

    return googlenet(NARROW, STEM, (40, 40, 1), 10, block=block, dropout=0.0)


# %% tags=["wrong"]
def normalized_googlenet():
    """The narrow GoogLeNet with batch normalization in its blocks."""
    return googlenet(NARROW, STEM, (40, 40, 1), 10, dropout=0.0)


# %%
def normalized_and_learning():
    """Convolutions normalized before their ReLU, and whether the network is good enough."""
    keras.utils.set_random_seed(0)
    if (network := normalized_googlenet()) is None:
        return None
    if (count := normalized_convolutions(network)) < 6 * len(NARROW):
        return count, False
    (x, y), (x_new, y_new), _ = cluttered_digits(load_mnist())
    x, x_new = (images[..., None] / 128 - 1 for images in (x, x_new))  # -1 to 1
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    rate = CosineDecay(0.006, decay_steps=2 * -(-len(x) // 64))
    network.compile(keras.optimizers.Adam(rate), loss)
    network.fit(x, y, batch_size=64, epochs=2, verbose=0)
    reached = accuracy(network, x_new, y_new)
    print(f"validation accuracy {reached:.3f}")
    return count, reached > 0.6


exercise(normalized_and_learning, [((), (54, True))])
# %% [markdown] lang="ko"
# ## 요약
#
# - 인셉션 블록은 같은 입력을 네 경로로 보내고 채널 방향으로 이어 붙인다. 블록 하나는 여섯 수로 정해진다.
# - 큰 커널 앞과 풀링 뒤의 1×1이 GoogLeNet의 파라미터를 14분의 1, 곱셈-덧셈을 8분의 1로 만든다.
# - GoogLeNet은 깊이가 22이고, 파라미터는 6,998,552개로 AlexNet의 8.7분의 1이다. 전역 평균 풀링이 큰 완전 연결 층을 대신하고, 1×1이 합성곱을 작게 유지한다.
# - 440걸음을 훈련한 좁은 GoogLeNet에서 보조 분류기는 [[verdict: gain from auxiliary classifiers]].
# - 440걸음을 훈련한 좁은 GoogLeNet의 테스트 정확도에서, 곱셈-덧셈이 거의 같은 VGG-A의 가운뎃값을 빼면 [[range: test accuracy minus VGG-A's median]]다.
# %% [markdown] lang="en"
# ## Summary
#
# - An inception block sends the same input along four paths and joins them along the channels. It is specified by six numbers.
# - The 1×1 convolutions before the large kernels and behind the pooling leave GoogLeNet a fourteenth of the parameters and an eighth of the multiply-adds.
# - GoogLeNet has a depth of 22 and 6,998,552 parameters, 8.7 times fewer than AlexNet: global average pooling takes the place of large fully connected layers, and 1×1 keep the convolutions small.
# - In a narrow GoogLeNet, training for 440 steps with auxiliary classifiers [[verdict: gain from auxiliary classifiers]].
# - After 440 steps the test accuracy of the narrow GoogLeNet minus the median of VGG-A, which takes about as many multiply-adds, is [[range: test accuracy minus VGG-A's median]].
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 003 ‘GoogleNet’과 ‘Inception Blocks’.
# - C. Szegedy 외 (2015). *Going deeper with convolutions*. CVPR. 그림 2와 3, 표 1, 5절(구조와 보조 분류기).
# - K. Simonyan, A. Zisserman (2015). *Very deep convolutional networks for large-scale image recognition*. ICLR. 표 7(대회의 성적).
# - C. Szegedy 외 (2016). *Rethinking the inception architecture for computer vision*. CVPR. 1절(파라미터 500만 개), 4절(보조 분류기).
# - S. Ioffe, C. Szegedy (2015). *Batch normalization*. ICML. 배치 정규화를 넣은 인셉션.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - The pages of deck 003 on GoogLeNet and on inception blocks.
# - C. Szegedy et al. (2015). *Going deeper with convolutions*. CVPR. Figures 2 and 3, table 1, section 5 (architecture and auxiliary classifiers).
# - K. Simonyan, A. Zisserman (2015). *Very deep convolutional networks for large-scale image recognition*. ICLR. Table 7 (results of the challenge).
# - C. Szegedy et al. (2016). *Rethinking the inception architecture for computer vision*. CVPR. Sections 1 (5 million parameters) and 4 (auxiliary classifiers).
# - S. Ioffe, C. Szegedy (2015). *Batch normalization*. ICML. Inception with batch normalization.
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
