# %% [markdown] lang="ko" headline="test accuracy of the CNN"
# # [[number]] · 합성곱 신경망
#
# [[badge]]
#
# **숫자를 세 칸만 옮겨도 [[mnist_mlp]]의 신경망은 절반도 알아보지 못한다. 합성곱 신경망은 왜 거의 다 알아볼까?**
# %% [markdown] lang="en"
# # [[number]] · Convolutional networks
#
# [[badge]]
#
# **Move the digits by three pixels, and the network of [[mnist_mlp]] recognises fewer than half of them. Why does a convolutional network recognise nearly all?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 그림을 펼치면 무엇을 잃는지 실험으로 보일 수 있다.
# - 특성 맵에 ReLU와 풀링을 적용한 결과를 손으로 계산하고, 크기와 파라미터가 어떻게 달라지는지 말할 수 있다.
# - 합성곱 층, 풀링 층, 분류기를 이어 합성곱 신경망을 만들고 훈련할 수 있다.
# - 파라미터 공유가 무엇이고 파라미터를 얼마나 줄이는지 설명할 수 있다.
# - 필터, 특성 맵, 커널을 가장 세게 자극하는 조각, 기울기 지도로 신경망 안을 들여다볼 수 있다.
#
# 걸리는 시간은 약 70분이고, `small`에서는 1분 안에 실행이 끝난다. [[mnist_mlp]]의 MLP와 [[convolution]]의 합성곱, 패딩, 스트라이드, 채널을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Show by experiment what an image loses when it is flattened.
# - Compute ReLU and pooling on a feature map by hand, and say how they change sizes and parameters.
# - Put convolutional layers, pooling layers and a classifier together into a convolutional network, and train it.
# - Explain what parameter sharing is and how many parameters it saves.
# - Look inside the network: filters, feature maps, the patches that excite a kernel most, and a map of gradients.
#
# It takes about 70 minutes to read and, at scale `small`, less than one to run. You need the MLP of [[mnist_mlp]], and convolution, padding, stride and channels from [[convolution]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 004의 1장 첫머리(Fully-connected Layer와 이미지 데이터)와 2장(Convolutional Neural Network), 002의 3부 ‘왜 CNN인가?’에서 Fully Connected Layer까지, 001의 Convolutional Layer와 풀링 쪽에 해당한다. 커널, 패딩, 스트라이드는 [[convolution]]에서 다루었다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the beginning of chapter 1 of deck 004 (fully connected layers and images) and its chapter 2 (the convolutional network), part 3 of deck 002 from why a CNN is needed to the fully connected layer, and the pages of deck 001 on convolutional layers and pooling. Kernels, padding and stride were in [[convolution]].
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

from helpers.checks import check, exercise, same
from helpers.convolution import conv2d, output_size, windows
from helpers.datasets import load_mnist
from helpers.plots import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    VERMILION,
    YELLOW,
    image_grid,
    number_table,
)

# %% [markdown] lang="ko" slides="004 Fully-connected Layer와 이미지 데이터; 002 왜 CNN인가?"
# ## 1. 펼치면 이웃을 잃는다
#
# [[mnist_mlp]]의 MLP는 그림을 수 784개로 펼쳐 받는다. 어느 픽셀이 어느 픽셀과 이웃인지는 알려 주지 않는다. 정말인지 보자. 모든 그림의 픽셀을 하나의 정해진 순서로 뒤섞는다. 사람에게는 잡음이지만 MLP에는 달라진 것이 없다. 첫 층의 가중치를 같은 순서로 뒤섞으면 똑같이 답하기 때문이다.
# %% [markdown] lang="en"
# ## 1. Flattened, pixels lose their neighbours
#
# The MLP of [[mnist_mlp]] takes an image flattened to 784 numbers. Nothing tells it which pixels are neighbours. To see that this is so, put the pixels of all images into another order, the same for every image. To a person that is noise; to an MLP nothing has changed, because with the weights of its first layer put into the same order it gives the same answers.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
x_train, x_test = ((x / 255).astype("float32")[..., None] for x in (x_train, x_test))  # 28x28x1
ORDER = np.random.RandomState(0).permutation(784)


def shuffled(images):
    """The same pixels in another order, the same for every image (n, 28, 28, 1)."""
    return images.reshape(len(images), 784)[:, ORDER].reshape(images.shape)


# %% tags=["figure"] title="shuffled digits"
pairs = [*x_test[:10], *shuffled(x_test[:10])]
image_grid([image[..., 0] for image in pairs], [*y_test[:10], *["shuffled"] * 10])


# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 숫자 열 장(윗줄, 제목은 레이블)과 픽셀을 뒤섞은 같은 숫자(아랫줄, shuffled).*
# %% [markdown] lang="en"
# *Figure [[figure]]. Ten test digits with their labels, and below them the same digits shuffled.*
# %%
def mlp():
    """The network of lesson mnist_mlp."""
    x = inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(x)  # 28x28x1 -> 784
    x = layers.Dense(128, activation="relu")(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs, name="mlp")


ordinary, reordered = mlp(), mlp()
kernel, *others = ordinary.get_weights()  # 784x128
reordered.set_weights([kernel[ORDER], *others])
same(
    reordered(shuffled(x_test[:100])), ordinary(x_test[:100]), "answers on shuffled and on ordinary"
)
check("pixels that stayed where they were", (np.arange(784) == ORDER).sum(), at_most=10)
# %% [markdown] lang="ko"
# 훈련해도 마찬가지다. 그러나 이웃을 모르는 대가가 있다. 아래의 `moved`는 그림을 네 방향 가운데 하나로 옮긴다. 사람은 조금 옮긴 것을 알아채지도 못하지만, MLP에는 모든 픽셀값이 다른 입력으로 들어간다. 몇 장을 옮겨 본 다음, 테스트 데이터 전체의 정확도를 잰다.
# %% [markdown] lang="en"
# Training makes no difference either. But not knowing neighbours has a price. `moved` below moves images in one of four directions. A person hardly notices a small shift; for the MLP every pixel value arrives at another input. Move a few digits, and then measure the accuracy on all test digits.
# %% tags=["nbval-ignore-output"]
EPOCHS = lesson.epochs(small=6, full=6)


def train(model, x, y, batch_size=64):
    """Adam with a learning rate that falls to 0 along a cosine."""
    rate = keras.optimizers.schedules.CosineDecay(0.005, EPOCHS * (len(x) // batch_size))
    how = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
    model.compile(keras.optimizers.Adam(rate), **how, steps_per_execution=25)
    model.fit(x, y, batch_size=batch_size, epochs=EPOCHS, verbose=0)
    return model


def accuracy(model, x):
    """Share of right answers on images whose labels are `y_test`."""
    probabilities = model.predict(x, batch_size=500, verbose=0)
    return (probabilities.argmax(axis=1) == y_test).mean()


trained_mlp = train(mlp(), x_train, y_train)
shuffled_mlp = train(mlp(), shuffled(x_train), y_train)
mlp_ordinary, mlp_shuffled = accuracy(trained_mlp, x_test), accuracy(shuffled_mlp, shuffled(x_test))
print(f"MLP on ordinary digits {mlp_ordinary:.3f}, on shuffled digits {mlp_shuffled:.3f}")


# %%
def shift(images, down=0, right=0):
    """Images (n, height, width, channels) moved; 0 comes in at the border."""
    _, height, width, _ = images.shape
    far = max(abs(down), abs(right))
    padded = np.pad(images, [(0, 0), (far, far), (far, far), (0, 0)])
    return padded[:, far - down : far - down + height, far - right : far - right + width]


def moved(images, distance):
    """The first image moved down, the second up, the third right, the fourth left, and so on."""
    result = images.copy()
    for turn, (down, right) in enumerate([(1, 0), (-1, 0), (0, 1), (0, -1)]):
        result[turn::4] = shift(images[turn::4], distance * down, distance * right)
    return result


DISTANCES = range(7)
rows = [shift(x_test[i : i + 1], right=distance) for i in range(3) for distance in DISTANCES]
examples = np.concatenate(rows)  # 21x28x28x1
answers = trained_mlp.predict(examples, verbose=0).argmax(axis=1)
# %% tags=["figure"] title="answers on moved digits"
titles = [f"{distance} px: {answer}" for distance, answer in zip([*DISTANCES] * 3, answers)]
image_grid(examples[..., 0], titles, columns=7)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 세 숫자를 오른쪽으로 0픽셀부터 6픽셀까지 옮긴 것. 제목은 옮긴 픽셀 수(px)와 MLP의 답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Three digits moved to the right by 0 to 6 pixels. The titles have the distance and the MLP's answer.*
# %%
by_mlp = [accuracy(trained_mlp, moved(x_test, distance)) for distance in DISTANCES]
check(
    "shuffling the pixels changes the MLP's accuracy by",
    abs(mlp_shuffled - mlp_ordinary),
    at_most=0.02,
)
check("accuracy of the MLP, moved by 0", by_mlp[0], at_least=0.94)
check("accuracy of the MLP, moved by 3", by_mlp[3], at_most=0.45)
kept = [moved(x_test, distance).sum() / x_test.sum() for distance in DISTANCES]
check("share of the ink that stays in the image, moved by 6", kept[6], at_least=0.9)
# %% tags=["figure"] title="accuracy of the MLP on moved digits"
_, axis = plt.subplots(figsize=(7, 3.4))
axis.plot(DISTANCES, by_mlp, "o-", color=VERMILION)
axis.set(xlabel="moved by (pixels)", ylabel="test accuracy of the MLP", ylim=(0, 1))
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 숫자를 옮긴 거리(가로축, 픽셀)와 MLP의 테스트 정확도(세로축). 세 픽셀이면 절반도 알아보지 못한다. 여섯 픽셀이면 잉크의 일부가 이미지 밖으로 나간다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy of the MLP against how far the digits were moved. At three pixels fewer than half are read. At six some of the ink leaves the image.*
# %% [markdown] lang="ko" slides="002 CNN(Convolution Neural Network, 합성곱신경망); 002 CNN 개요; 001 Convolutional Layer과 Fully-Connected Layer; 001 이미지 데이터를 처리; 004 Convolutional Neural Network; 004 Convolution 연산 확장; 004 Layer 역할"
# ## 2. 특성 맵 여러 장
#
# **합성곱 신경망**(convolutional neural network), 줄여서 CNN은 그림을 펼치지 않고 그림으로 받는다. 앞부분은 합성곱 층과 풀링 층이 특성을 뽑고, 뒷부분은 분류기가 답을 고른다. 이 절부터 차례로 조립한다.
#
# 합성곱 층은 그림의 모든 자리에서 같은 커널을 쓴다. 그래서 그림을 옮기면 특성 맵도 그만큼 옮겨진다. 이 성질을 **등변성**(equivariance)이라고 한다. 커널마다 보는 것이 다르므로 커널이 여러 개면 특성 맵도 여러 장이다. 숫자 하나에 커널 네 개를 적용해 보자.
# %% [markdown] lang="en"
# ## 2. Several feature maps
#
# A **convolutional neural network**, CNN for short, does not flatten the image but takes it as an image. In front, convolutional and pooling layers extract features; behind, a classifier picks the answer. From here on we put it together piece by piece.
#
# A convolutional layer uses the same kernel everywhere in the image. Move the image, and its feature maps move along; this property is called **equivariance**. Each kernel looks for something else, so that several kernels give several feature maps. Here are four kernels on one digit.
# %%
ROWS = np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]])  # paper above, ink below
EDGES = {"top": ROWS, "bottom": ROWS[::-1], "left": ROWS.T, "right": ROWS.T[:, ::-1]}
kernels = np.stack(list(EDGES.values()), axis=-1)[:, :, None, :]  # 3x3x1x4

digit = x_test[2:3]  # 1x28x28x1
maps = conv2d(digit, kernels, padding="same")  # 1x28x28x4
# %% tags=["figure"] title="four kernels and their feature maps"
_, axes = plt.subplots(3, 5, figsize=(11, 7), height_ratios=(1, 2, 2))
axes[1, 0].imshow(digit[0, ..., 0], cmap="binary")
for column, name in enumerate(EDGES):
    upper, middle, lower = axes[:, column + 1]
    number_table(upper, EDGES[name], size=10)
    middle.imshow(maps[0, ..., column], cmap="RdBu", vmin=-3, vmax=3)
    lower.imshow(np.maximum(maps[0, ..., column], 0), cmap="RdBu", vmin=-3, vmax=3)
    upper.set_title(f"{name} edges")
    middle.set_title("feature map")
    lower.set_title("after ReLU")
for axis in axes.flat:
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 네 커널이 찾는 가장자리는 왼쪽부터 위(top), 아래(bottom), 왼쪽(left), 오른쪽(right)이다. 커널 아래가 특성 맵(feature map), 그 아래가 ReLU를 적용한 결과(after ReLU)다. 파란색이 양수, 빨간색이 음수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Four kernels, for the top, bottom, left and right edges. Below each kernel is its feature map, and below that the map after ReLU. Positive values are blue, negative ones red.*
# %%
check("shape of the feature maps", maps.shape, equals=(1, 28, 28, 4))
map_of_moved = conv2d(shift(digit, down=2, right=3), kernels)  # no padding, so no border in it
moved_map = shift(conv2d(digit, kernels), down=2, right=3)
same(map_of_moved, moved_map, "map of the moved digit, and the moved map")
# %% [markdown] lang="ko" slides="004 Convolutional Layer 활성화 함수"
# ### 특성 맵에 ReLU를 적용한다
#
# 합성곱은 곱하고 더하기만 하므로 선형이다. 합성곱 두 번은 더 큰 커널의 합성곱 한 번과 같다. 그래서 특성 맵의 값마다 활성화 함수를 적용하는데, CNN에서는 주로 ReLU다. 위 그림의 마지막 줄이 그 결과다. 위쪽 가장자리와 아래쪽 가장자리가 서로 다른 특성 맵에 나뉘어 남는다. 강의 자료 004의 5×5 예에도 적용한다.
# %% [markdown] lang="en"
# ### ReLU on a feature map
#
# A convolution only multiplies and adds, so it is linear: two convolutions are one convolution with a larger kernel. Therefore an activation function is applied to every value of a feature map, in CNNs mostly ReLU. The last row of the figure above is the result: upper and lower edges are now told apart, each in a map of its own. Apply it to the 5×5 example of deck 004, too.
# %%
BEFORE = np.array(
    [[2, 0, -1, 9, 1], [-2, 2, 2, 6, -3], [-2, 6, 4, 5, 9], [7, 5, 6, -3, 8], [1, 7, 5, 6, 7]]
)
after = np.maximum(BEFORE, 0)
check("rows after ReLU", after[:2], equals=((2, 0, 0, 9, 1), (0, 2, 2, 6, 0)))
check("the other rows", after[2:], equals=((0, 6, 4, 5, 9), (7, 5, 6, 0, 8), (1, 7, 5, 6, 7)))
combined = np.zeros((5, 5))
for (row, column), weight in np.ndenumerate(EDGES["left"]):
    combined[row : row + 3, column : column + 3] += weight * EDGES["top"]
twice = conv2d(conv2d(digit, kernels[..., :1]), kernels[..., 2:3])  # top edges, then left edges
same(conv2d(digit, combined[..., None, None]), twice, "one 5x5 kernel, and two 3x3 in a row")
# %% tags=["figure"] title="ReLU on a feature map"
negative = {tuple(place) for place in np.argwhere(BEFORE < 0)}
_, axes = plt.subplots(1, 2, figsize=(8, 3.6))
for axis, table, title in zip(axes, (BEFORE, after), ("feature map", "after ReLU")):
    number_table(axis, table, negative, VERMILION)
    axis.set_title(title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 강의 자료 004의 특성 맵(왼쪽, feature map)과 ReLU를 적용한 결과(오른쪽, after ReLU). 주홍색으로 칠한 음수 다섯이 0이 된다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The feature map of deck 004, and after ReLU. The five negative numbers, in vermilion, become 0.*
# %% [markdown] lang="ko" slides="004 Pooling Layer; 004 Pooling Layer – Max Pooling; 004 Pooling Layer – Average Pooling; 002 CNN 이해 - Pooling; 001 풀링 Pooling"
# ## 3. 풀링
#
# **풀링**(pooling)은 특성 맵을 칸으로 나누고 칸마다 값 하나만 남겨 크기를 줄인다. 남기는 값이 최댓값이면 최대 풀링(max pooling), 최솟값이면 최소 풀링, 평균이면 평균 풀링이다. 배우는 파라미터가 없고, 채널마다 따로 하므로 채널 수는 그대로다. 강의 자료 004의 4×4 예를 2×2 칸으로 나누어 세 가지로 풀링한다.
# %% [markdown] lang="en"
# ## 3. Pooling
#
# **Pooling** divides a feature map into blocks and keeps one value of each, which makes the map smaller. If that value is the largest it is max pooling, if the smallest min pooling, if the mean average pooling. It has no parameters to learn, and works on each channel by itself, so that the number of channels stays the same. Here is the 4×4 example of deck 004, in blocks of 2×2, pooled in all three ways.
# %%
NUMBERS = np.array([[12, 29, 2, 5], [21, 12, 17, 25], [18, 15, 2, 19], [17, 23, 16, 5]])


def pool(feature_map, reduce, size=2):
    """One value of every size x size block; what does not fill a block is left out."""
    blocks = windows(feature_map[None, ..., None], (size, size), stride=size)
    return reduce(blocks[0, ..., 0], axis=(2, 3))


pooled = {reduce.__name__: pool(NUMBERS, reduce) for reduce in (np.max, np.min, np.mean)}
# %% tags=["figure"] title="three ways of pooling"
BLOCK_COLORS = BLUE, ORANGE, GREEN, YELLOW
_, axes = plt.subplots(1, 4, figsize=(13, 3.4), width_ratios=(4, 2, 2, 2))
tables = {"feature map": NUMBERS, "max": pooled["max"], "min": pooled["min"]}
for axis, (title, table) in zip(axes, {**tables, "average": pooled["mean"]}.items()):
    number_table(axis, table)
    half = len(table) // 2
    for color, (row, column) in zip(BLOCK_COLORS, np.ndindex(2, 2)):
        place = (column * half, row * half)
        axis.add_patch(plt.Rectangle(place, half, half, color=color, alpha=0.45, zorder=0))
    axis.set_title(title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 강의 자료 004의 4×4 특성 맵(feature map)과, 2×2 칸마다 최댓값(max), 최솟값(min), 평균(average)만 남긴 것. 같은 색이 같은 칸이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The 4×4 feature map of deck 004, and what is left of it if each 2×2 block keeps its largest value, its smallest, or its average. A block has the same colour everywhere.*
# %%
check("max pooling", pooled["max"], equals=((29, 25), (23, 19)))
check("min pooling", pooled["min"], equals=((12, 2), (15, 2)))
check("average pooling", pooled["mean"], equals=((18.5, 12.25), (18.25, 10.5)))
image = np.random.RandomState(0).normal(size=(1, 7, 5, 3)).astype("float32")  # 3 channels
by_hand = [pool(image[0, ..., channel], np.max) for channel in range(3)]
same(np.stack(by_hand, axis=-1), layers.MaxPooling2D(2)(image)[0], "max pooling, and Keras's")
by_hand = [pool(image[0, ..., channel], np.mean) for channel in range(3)]
same(np.stack(by_hand, axis=-1), layers.AveragePooling2D(2)(image)[0], "average, and Keras's")
pooling = layers.MaxPooling2D(2)
check("channels before and after", (image.shape[3], pooling(image).shape[3]), equals=(3, 3))
check("parameters of pooling", pooling.count_params(), equals=0)
# %% [markdown] lang="ko"
# > **정오 / Erratum** — 강의 자료 002는 행과 열의 크기가 풀링 크기의 배수여야 한다고 하지만, 그럴 필요는 없다. 5×5를 2×2로 풀링하면 `padding="valid"`에서는 남는 줄(회색)을 버려 2×2가 되고, `"same"`에서는 남는 줄도 칸이 되어 3×3이 된다. 풀링 크기와 스트라이드가 같을 필요도 없다. 3×3 칸을 2칸씩 옮기면 칸이 겹친다. 크기는 [[convolution]]의 합성곱과 같은 식을 따른다. 강의 자료 001의 풀링 쪽 첫 줄(‘필터를 적용하는 위치의 간격’)은 풀링이 아니라 스트라이드의 설명이다.
# %% [markdown] lang="en"
# > **정오 / Erratum** — Deck 002 says that the numbers of rows and columns must be multiples of the pool size. They need not be. A 5×5 map pooled by 2×2 gives 2×2 with `padding="valid"`, which leaves out the remaining row and column (grey), and 3×3 with `"same"`, where they make blocks too. Nor must pool size and stride be equal: blocks of 3×3 that move by 2 overlap. Sizes follow the same formula as the convolution of [[convolution]]. The first line on pooling in deck 001 (the distance between the places where a filter is applied) describes the stride, not pooling.
# %%
IMAGE = np.array(
    [[7, 2, 8, 8, 4], [3, 6, 6, 6, 2], [1, 6, 3, 0, 5], [0, 3, 8, 5, 2], [3, 9, 4, 3, 6]]
)
batch = IMAGE[None, ..., None].astype("float32")  # 1x5x5x1
results = {
    padding: np.array(layers.MaxPooling2D(2, padding=padding)(batch))[0, ..., 0]
    for padding in ("valid", "same")
}
check("5x5 by 2x2, valid", results["valid"], equals=((7, 8), (6, 8)))
check("5x5 by 2x2, same", results["same"], equals=((7, 8, 4), (6, 8, 5), (9, 4, 6)))
check("5x5 by 3x3 with stride 2", layers.MaxPooling2D(3, 2)(batch).shape, equals=(1, 2, 2, 1))
check("by the formula of a convolution", output_size(5, 3, stride=2), equals=2)
# %% tags=["figure"] title="5x5 pooled by 2x2"
_, axes = plt.subplots(1, 3, figsize=(11, 3.8), width_ratios=(5, 2, 3))
number_table(axes[0], IMAGE, {place for place in np.ndindex(5, 5) if 4 in place}, GREY)
for line in (2, 4):
    axes[0].plot([line, line], [0, 5], color="black", lw=3)
    axes[0].plot([0, 5], [line, line], color="black", lw=3)
for axis, (padding, table) in zip(axes[1:], results.items()):
    number_table(axis, table)
    axis.set_title(f'padding="{padding}"')
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 5×5를 2×2로 최대 풀링한 것. 굵은 선이 칸의 경계이고, 회색으로 칠한 남는 줄은 `padding="valid"`에서 버려지고 `padding="same"`에서 칸이 된다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A 5×5 map, max-pooled by 2×2. Thick lines divide the blocks; the remaining row and column, in grey, are left out with `padding="valid"` and make blocks with `padding="same"`.*
# %% [markdown] lang="ko"
# ### 풀링은 작은 움직임을 무디게 한다
#
# 입력이 조금 변해도 최댓값은 같은 칸에 남는 일이 많다. 강의 자료 001은 그래서 풀링의 결과가 잘 변하지 않는다고 한다. 얼마나 그런지 재 보자. 테스트 숫자를 한 칸 옮기고, 2절의 네 특성 맵이 풀링하기 전과 뒤에 얼마나 달라지는지를 원래 크기에 대한 비율로 잰다. 칸이 클수록 덜 변하지만 작은 칸으로는 꽤 변한다. 그림 전체를 한 칸으로 보는 것이 **전역 풀링**(global pooling)이고, 채널마다 값 하나만 남는다. 특성 맵이 그대로 옮겨지기만 하면, 그림을 벗어나지 않는 한 그 값은 변하지 않는다.
# %% [markdown] lang="en"
# ### Pooling dulls small movements
#
# When the input changes a little, the largest value often stays in the same block. Deck 001 therefore says that the result of pooling hardly changes. How true is that? Move the test digits by one pixel, and measure how much the four feature maps of section 2 change, before and after pooling, relative to their size. The larger the block, the smaller the change, but with small blocks it is considerable. One block for the whole image is **global pooling**, which leaves a single value for each channel. If a feature map only moves, this value does not change, as long as nothing leaves the image.
# %%
inside = np.pad(x_test[:500], [(0, 0), (4, 4), (4, 4), (0, 0)])  # 500x36x36x1, a wide border
before = np.maximum(conv2d(inside, kernels, padding="same"), 0)
after = np.maximum(conv2d(shift(inside, right=1), kernels, padding="same"), 0)
changes = {}
for size in (1, 2, 3, 4, 6, 9, 36):
    still, gone = (np.array(layers.MaxPooling2D(size)(maps)) for maps in (before, after))
    changes[size] = np.linalg.norm(gone - still) / np.linalg.norm(still)
check("change without pooling over change with 2x2", changes[1] / changes[2], at_least=1.2)
check("change without pooling over change with 4x4", changes[1] / changes[4], at_least=1.5)
check("change with global pooling", changes[36], at_most=1e-6)
same(layers.GlobalMaxPooling2D()(before), before.max(axis=(1, 2)), "GlobalMaxPooling2D, and max")
same(layers.GlobalAveragePooling2D()(before), before.mean(axis=(1, 2)), "average, and mean")
# %% tags=["figure"] title="change by size of the blocks"
_, axis = plt.subplots(figsize=(8, 3.2))
blocks = ["no pooling", *[f"{size}x{size}" for size in list(changes)[1:-1]], "global"]
axis.bar(blocks, changes.values(), color=[GREY, *[BLUE] * 5, GREEN])
axis.set(ylabel="relative change", title="digits moved by one pixel")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 숫자를 한 픽셀 옮기면(digits moved by one pixel) 특성 맵이 달라지는 정도(세로축 relative change, 원래 크기에 대한 비율). 가로축은 풀링하지 않은 것(no pooling), 칸의 크기, 전역 풀링(global, 0이다).*
# %% [markdown] lang="en"
# *Figure [[figure]]. How much the feature maps change, relative to their size, when the digits are moved by one pixel: without pooling, by the size of the blocks, and with global pooling, where it is 0.*
# %% [markdown] lang="ko" slides="002 CNN 이해 - Filter & Pooling; 002 CNN 이해 - Fully Connected Layer; 004 분류기 (Classifier)"
# ## 4. 층을 지나며 달라지는 모양
#
# 강의 자료 002의 예를 만들어 보자. 3채널 그림에 커널 5개, 다시 커널 20개를 적용하고 풀링한다. 자료는 모양을 (3, 256, 256)처럼 채널부터 적는다(channels first, PyTorch의 방식). Keras는 보통 채널을 끝에 둔다(channels last). 같은 수를 담는 차례만 다르고 축을 옮기면 서로 바뀐다. 자료는 `( c , w , h )`라고 적었지만 두 라이브러리 모두 높이가 너비보다 앞선다.
# %% [markdown] lang="en"
# ## 4. A chain of shapes
#
# Build the chain of deck 002: 5 kernels on an image with 3 channels, then 20 kernels, then pooling. The deck writes shapes with the channels first, (3, 256, 256), as PyTorch does; Keras mostly has them last. Only the order in which the same numbers are stored differs, and moving an axis turns one into the other. The deck notes `( c , w , h )`, but in both libraries height comes before width.
# %%
x = inputs = keras.Input((256, 256, 3))
x = layers.Conv2D(5, 3, padding="same", activation="relu")(x)  # 256x256x5
x = layers.Conv2D(20, 3, padding="same", activation="relu")(x)  # 256x256x20
x = layers.MaxPooling2D(2)(x)  # 128x128x20
chain = keras.Model(inputs, x)
last = [layer.output.shape[1:] for layer in chain.layers]
first = [(channels, height, width) for height, width, channels in last]
# %% tags=["figure"] title="a chain of shapes"
_, axis = plt.subplots(figsize=(12, 4))
for number, ((side, _, channels), color) in enumerate(zip(last, (GREY, BLUE, BLUE, GREEN))):
    left, length = 4.4 * number, side / 128
    for depth in reversed(range(channels)):
        place = (left + 0.09 * depth, 0.07 * depth)
        axis.add_patch(plt.Rectangle(place, length, length, fc=color, ec="white", lw=0.8))
    label = f"last: {last[number]}\nfirst: {first[number]}"
    axis.text(left, -0.2, label, va="top", fontsize=11)
axis.set(xlim=(-0.2, 18), ylim=(-1, 3.7), aspect="equal")
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 강의 자료 002의 예에서 층을 지나며 달라지는 모양. 정사각형 한 장이 채널 하나다. last는 채널을 끝에, first는 처음에 적은 모양이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The chain of shapes in deck 002. A square is a channel. The shapes are written with the channels last, and first.*
# %%
shapes = [(3, 256, 256), (5, 256, 256), (20, 256, 256), (20, 128, 128)]
check("shapes, channels first", first, equals=shapes)
stored_last = np.arange(2 * 4 * 3).reshape(2, 4, 3)  # height 2, width 4, 3 channels
stored_first = np.moveaxis(stored_last, -1, 0)
check("shape, channels first", stored_first.shape, equals=(3, 2, 4))
same(stored_first[1], stored_last[..., 1], "channel 1, stored first and stored last")
# %% [markdown] lang="ko"
# 끝에는 분류기가 온다. 특성 맵을 한 줄로 펴서(`Flatten`) **완전 연결 층**(fully connected layer), 곧 Keras의 `Dense`에 넣고 소프트맥스로 확률을 낸다. 펼친 크기는 특성 맵의 크기에 비례하므로, 풀링은 자기 파라미터는 없어도 뒤의 파라미터를 줄인다.
#
# > **정오 / Erratum** — 강의 자료 002는 (8, 8, 10)을 펼친 640개에서 10개 클래스로 가는 층의 파라미터가 6,400개라고 한다. 이것은 가중치만 센 것이고, 편향 10개를 더해 6,410개다. 펼친 모양을 자료는 열벡터 (640, 1), 가중치를 (10, 640)으로 적지만 Keras에서는 (640,)과 (640, 10)이다.
# %% [markdown] lang="en"
# At the end comes the classifier: the feature maps are flattened (`Flatten`) into a **fully connected layer**, `Dense` in Keras, and softmax turns its scores into probabilities. The flattened size grows with the feature maps, so that pooling, without any parameters of its own, saves parameters behind it.
#
# > **정오 / Erratum** — Deck 002 says that the layer from the 640 numbers of a flattened (8, 8, 10) to 10 classes has 6,400 parameters. That counts the weights alone; with 10 biases it is 6,410. The deck writes a column vector (640, 1) and weights (10, 640); in Keras they are (640,) and (640, 10).
# %%
inputs = keras.Input((8, 8, 10))
x = layers.Flatten()(inputs)
classifier = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
check("shape after Flatten", x.shape, equals=(None, 640))
check("parameters of the classifier", classifier.count_params(), equals=6_410)
check("its weights alone", classifier.weights[0].shape, equals=(640, 10))


def classifier_parameters(side, channels):
    layer = layers.Dense(10)
    layer.build((None, side * side * channels))
    return layer.count_params()


check("classifier after 28x28x12", classifier_parameters(28, 12), equals=94_090)
check("classifier after pooling, 14x14x12", classifier_parameters(14, 12), equals=23_530)


# %% [markdown] lang="ko" slides="004 Convolutional Layer 의의"
# ## 5. 파라미터 공유
#
# 합성곱도 펼친 그림에 행렬을 곱하는 것으로 쓸 수 있다. [[convolution]]의 5×5 그림과 3×3 커널이면 25개의 수에서 9개의 수로 가는 행렬이다. 완전 연결 층이라면 칸 225개가 모두 서로 다른 파라미터인데, 합성곱에서는 81칸만 0이 아니고, 그마저도 9개의 수가 되풀이된다. 이렇게 파라미터 하나를 그림의 모든 자리에서 함께 쓰는 것을 **파라미터 공유**(parameter sharing)라고 한다.
# %% [markdown] lang="en"
# ## 5. Parameter sharing
#
# A convolution, too, can be written as a matrix that multiplies a flattened image. For the 5×5 image and the 3×3 kernel of [[convolution]] it leads from 25 numbers to 9. In a fully connected layer all 225 entries would be parameters of their own; in a convolution only 81 are not 0, and these repeat 9 numbers. Using one parameter everywhere in the image is called **parameter sharing**.
# %%
def as_matrix(kernel, height, width):
    """The matrix by which a flattened image is multiplied to be convolved with the kernel."""
    rows = []
    for row, column in np.ndindex(height - len(kernel) + 1, width - kernel.shape[1] + 1):
        weights = np.zeros((height, width))
        weights[row : row + len(kernel), column : column + kernel.shape[1]] = kernel
        rows.append(weights.ravel())
    return np.array(rows)


KERNEL = np.array([[5, 9, 1], [3, 8, 3], [3, 4, 6]])
numbered = as_matrix(np.arange(1, 10).reshape(3, 3), 5, 5)  # 9x25
sums = as_matrix(KERNEL, 5, 5) @ IMAGE.ravel()
check("matrix times flattened image", sums, equals=(181, 204, 227, 195, 203, 166, 179, 206, 150))
check("entries of the matrix", numbered.size, equals=225)
check("different numbers among those that are not 0", len(np.unique(numbered)) - 1, equals=9)
check("entries that are not 0", np.count_nonzero(numbered), equals=81)
# %% tags=["figure"] title="a convolution as a matrix"
_, axis = plt.subplots(figsize=(12, 4.4))
axis.imshow(np.where(numbered, numbered, np.nan), cmap="tab10", vmin=0.5, vmax=10.5)
axis.set(xticks=range(25), yticks=range(9), xlabel="pixel, flattened", ylabel="stop")
axis.set_xticks(np.arange(25) - 0.5, minor=True)
axis.set_yticks(np.arange(9) - 0.5, minor=True)
axis.grid(which="minor", color="0.8")
axis.tick_params(which="minor", length=0)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 행렬로 쓴 합성곱. 열은 펼친 이미지의 픽셀(pixel, flattened), 줄은 커널이 멈추는 자리(stop)다. 색 하나가 가중치 하나이고, 흰 칸은 0이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The convolution as a matrix. A column is a pixel of the flattened image, a row a place where the kernel stops. A colour is one weight, and white is 0.*
# %% [markdown] lang="ko"
# 진짜 크기로 세어 보자. 28×28 그림에서 28×28 특성 맵 12장을 내는 층이다. 모두 잇는 층(fully connected), 자리마다 5×5만 보지만 가중치는 따로 두는 층(not shared), 가중치를 공유하는 합성곱(convolution)을 견준다.
# %% [markdown] lang="en"
# Now in real sizes, for a layer that makes 12 feature maps of 28×28 from an image of 28×28: fully connected; looking at 5×5 pixels at each place but with weights of its own (not shared); and a convolution, which shares them.
# %%
dense, convolution = layers.Dense(28 * 28 * 12), layers.Conv2D(12, 5, padding="same")
dense.build((None, 28 * 28))
convolution.build((None, 28, 28, 1))
counts = {
    "fully connected": dense.count_params(),
    "not shared": 28 * 28 * convolution.count_params(),  # one such set at every place
    "convolution": convolution.count_params(),
}
check("fully connected", counts["fully connected"], equals=7_385_280)
check("not shared", counts["not shared"], equals=244_608)
check("convolution", counts["convolution"], equals=312)
# %% tags=["figure"] title="parameters of three layers"
_, axis = plt.subplots(figsize=(8, 2.6))
bars = axis.barh(list(counts), counts.values(), color=[VERMILION, ORANGE, BLUE], log=True)
axis.bar_label(bars, fmt="{:,.0f}", padding=4)
axis.set(xlabel="parameters", xlim=(100, 1e8))
axis.invert_yaxis()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 같은 크기의 특성 맵을 내는 세 층의 파라미터 수(parameters): 모두 잇는 층(fully connected), 공유하지 않는 층(not shared), 합성곱(convolution). 가로축은 로그 눈금이어서 적힌 눈금마다 열 배다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Parameters of three layers that make feature maps of the same size. The horizontal axis is logarithmic: each labelled step is a factor of ten.*


# %% [markdown] lang="ko" slides="002 CNN 이해; 004 Convolutional Layer"
# ## 6. 숫자를 읽는 CNN
#
# 이제 모두 잇는다. 합성곱 층 세 개와 풀링 두 개가 특성을 뽑고, 분류기가 답을 낸다. 강의 자료처럼 `Flatten`으로 펼칠 수도 있고, 전역 풀링으로 채널마다 하나의 값만 남길 수도 있다. 둘 다 만들어 견준다. 전역 풀링을 하면 ‘그 특성이 얼마나 강하게 나타났는가’만 남고 ‘어디에 있었는가’는 사라진다. 강의 자료 004의 말대로 흔히 쓰는 것은 전역 평균 풀링이지만, 여기서는 ‘이 특성이 어딘가에 있는가’를 묻는 전역 최대 풀링을 쓴다.
# %% [markdown] lang="en"
# ## 6. A CNN that reads digits
#
# Now join everything. Three convolutional layers and two pooling layers extract features, a classifier gives the answer. It can flatten with `Flatten`, as in the decks, or keep a single value of each channel by global pooling; build both and compare. After global pooling only how strongly a feature appeared is left, not where it was. As deck 004 says, global average pooling is the usual choice; here we take global max pooling, which asks whether a feature is present anywhere.
# %%
def cnn(head="global"):
    """Three convolutional layers, then global max pooling or Flatten, then a classifier."""
    x = inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(12, 5, padding="same", activation="relu", name="conv1")(x)  # 28x28x12
    x = layers.MaxPooling2D(2)(x)  # 14x14x12
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2")(x)  # 14x14x32
    x = layers.MaxPooling2D(2)(x)  # 7x7x32
    x = layers.Conv2D(96, 3, padding="same", activation="relu", name="conv3")(x)  # 7x7x96
    ending = layers.GlobalMaxPooling2D() if head == "global" else layers.Flatten()
    x = ending(x)  # 96, or 7x7x96 -> 4,704
    logits = layers.Dense(10, name="logits")(x)
    return keras.Model(inputs, layers.Softmax()(logits), name=f"cnn_{head}")


model, with_flatten = cnn(), cnn("flatten")
model.summary(line_length=80)
check("parameters of the CNN", model.count_params(), equals=32_514)
check("parameters with Flatten", with_flatten.count_params(), equals=78_594)
check("parameters of the MLP", trained_mlp.count_params(), equals=101_770)
# %% tags=["nbval-ignore-output"]
model, with_flatten = train(model, x_train, y_train), train(with_flatten, x_train, y_train)
cnn_accuracy = accuracy(model, x_test)
print(f"CNN {cnn_accuracy:.4f}, with Flatten {accuracy(with_flatten, x_test):.4f}")
print(f"MLP {mlp_ordinary:.4f}")
# %%
check("test accuracy of the CNN", cnn_accuracy, at_least=0.978)
check("test accuracy of the CNN minus that of the MLP", cnn_accuracy - mlp_ordinary, at_least=0.015)
# %% [markdown] lang="ko"
# ## 7. 옮기고 뒤섞어 본다
#
# 1절의 실험을 되풀이한다. 왼쪽 그래프를 보면 `Flatten`으로 끝나는 CNN은 MLP보다 한두 칸 더 버틸 뿐, 멀리 옮기면 역시 무너진다. 합성곱의 특성 맵은 그림을 따라 옮겨지지만, 펼치고 나면 그 뒤의 완전 연결 층이 다시 자리를 외우기 때문이다. 전역 풀링으로 끝나면 멀리 옮겨도 대부분 알아본다. 합성곱 층은 움직임을 따라가고, 끝의 전역 풀링이 그것을 지운다. 그래도 정확도는 조금 떨어진다. 중간의 2×2 풀링은 칸의 경계가 정해져 있어 한 칸만 옮겨도 결과가 달라지고, 그림 가장자리의 제로 패딩과 밖으로 나간 잉크도 있다. 어느 것이 얼마나 떨어뜨리는지는 따로 재지 않았다.
#
# 오른쪽은 픽셀을 뒤섞었을 때다. MLP는 그대로지만 CNN은 나빠진다. 뒤섞으면 이웃만 잃으므로, 나빠진 만큼은 CNN이 가까운 픽셀끼리의 관계에서 얻던 것이다.
# %% [markdown] lang="en"
# ## 7. Moved and shuffled
#
# Repeat the experiments of section 1. On the left, the CNN that ends in `Flatten` holds out for one or two pixels more than the MLP, but fails as well when digits are moved far. Its feature maps move along with the image, yet after flattening, the fully connected layer behind them learns positions by heart again. With global pooling at the end, most digits are recognised wherever they are. Convolutional layers follow a movement; the global pooling at the end removes it. Accuracy still falls a little. The blocks of the 2×2 poolings in between are fixed, so that a shift by one pixel changes their result, and there is zero padding at the border and ink that leaves the image; how much each of them costs was not measured.
#
# On the right, the pixels are shuffled. The MLP stays as it was and the CNN becomes worse. Shuffling takes nothing away but neighbours, so what the CNN loses is what it had from pixels that lie close together.
# %% tags=["nbval-ignore-output"]
curves = {
    "MLP": (trained_mlp, by_mlp, VERMILION),
    "CNN with Flatten": (with_flatten, None, ORANGE),
    "CNN with global pooling": (model, None, BLUE),
}
for name, (network, values, color) in curves.items():
    values = values or [accuracy(network, moved(x_test, distance)) for distance in DISTANCES]
    curves[name] = network, values, color
    print(f"{name:24}", *[f"{value:.3f}" for value in values])
shuffled_cnn = train(cnn(), shuffled(x_train), y_train)
cnn_shuffled = accuracy(shuffled_cnn, shuffled(x_test))
print(f"shuffled: MLP {mlp_shuffled:.3f}, CNN {cnn_shuffled:.3f}")
# %% tags=["figure"] title="moved and shuffled"
_, (left, right) = plt.subplots(1, 2, figsize=(12, 4), width_ratios=(3, 2))
for name, (network, values, color) in curves.items():
    label = f"{name}, {network.count_params():,} parameters"
    left.plot(DISTANCES, values, "o-", color=color, label=label)
left.set(xlabel="moved by (pixels)", ylabel="test accuracy", ylim=(0, 1.02))
left.legend(loc="lower left", fontsize=10)
left.grid(alpha=0.3)
places = np.arange(2)
groups = {
    "ordinary": ([mlp_ordinary, cnn_accuracy], SKY),
    "shuffled": ([mlp_shuffled, cnn_shuffled], GREY),
}
for offset, (name, (values, color)) in zip((-0.2, 0.2), groups.items()):
    bars = right.bar(places + offset, values, 0.4, color=color, label=name)
    right.bar_label(bars, fmt="{:.3f}", fontsize=11)
right.set(xticks=places, xticklabels=["MLP", "CNN"], ylabel="test accuracy", ylim=(0, 1.25))
right.legend(loc="upper center", ncols=2, fontsize=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 옮긴 거리(moved by, 픽셀)와 테스트 정확도(test accuracy)다. MLP와 `Flatten`으로 끝나는 CNN(CNN with Flatten)은 무너지고, 전역 풀링으로 끝나는 CNN(CNN with global pooling)은 버틴다. 이름 뒤는 파라미터 수(parameters)다. 오른쪽은 원래 숫자(ordinary)와 픽셀을 뒤섞은 숫자(shuffled)의 테스트 정확도다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left: test accuracy against how far the digits were moved. The MLP and the CNN with `Flatten` break down, the CNN with global pooling holds. Right: test accuracy on ordinary and on shuffled digits.*
# %%
flat, pooled_curve = curves["CNN with Flatten"][1], curves["CNN with global pooling"][1]
check("accuracy of the CNN, moved by 3", pooled_curve[3], at_least=0.94)
check("accuracy with Flatten, moved by 6", flat[6], at_most=0.25)
check("CNN minus CNN with Flatten, moved by 4", pooled_curve[4] - flat[4], at_least=0.35)
check("shuffling costs the CNN", cnn_accuracy - cnn_shuffled, at_least=0.03)
# %% [markdown] lang="ko"
# ## 8. 안을 들여다본다
#
# **필터와 특성 맵.** 훈련이 찾아낸 첫 층의 커널 열두 개와, 2절의 숫자가 신경망을 지나가는 모습을 그린다. 커널은 파란 쪽에 잉크가, 빨간 쪽에 종이가 있을 때 큰 값을 낸다. 앞 층의 맵에는 아직 숫자의 모양이 보이고, 뒤로 갈수록 작고 성기어져 ‘어떤 특성이 어디쯤 있다’는 점 몇 개만 남는다.
# %% [markdown] lang="en"
# ## 8. Looking inside
#
# **Filters and feature maps.** Draw the twelve kernels of the first layer that training found, and how the digit of section 2 goes through the network. The kernels answer with large values where there is ink on their blue side and paper on the red one. The maps in front still show the shape of the digit; further back they become small and sparse, until a few dots are left that say which feature is roughly where.
# %%
names = ["conv1", "conv2", "conv3"]
features = keras.Model(model.inputs, [model.get_layer(name).output for name in names])
many = x_test[:1000]
all_maps = features.predict(many, batch_size=500, verbose=0)  # 28x28x12, 14x14x32, 7x7x96
filters = model.get_layer("conv1").get_weights()[0][..., 0, :]  # 5x5x12
# %% tags=["figure"] title="filters and feature maps"
_, axes = plt.subplots(4, 12, figsize=(14, 5.2))
limit = np.abs(filters).max()
for axis, kernel in zip(axes[0], np.moveaxis(filters, -1, 0)):
    axis.imshow(kernel, cmap="RdBu", vmin=-limit, vmax=limit)
for row, (layer, maps) in zip(axes[1:], enumerate(all_maps)):
    strongest = np.argsort(maps[2].max(axis=(0, 1)))[::-1]
    for axis, channel in zip(row, strongest if layer else range(12)):  # conv1: as its filters
        axis.imshow(maps[2, ..., channel], cmap="magma")
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
for axis, label in zip(axes[:, 0], ["filters", *names]):
    axis.set_ylabel(label)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 첫 층의 커널(filters), 그 아래에 커널마다의 특성 맵(conv1), 둘째 층과 셋째 층에서 가장 강하게 반응한 열두 채널(conv2, conv3). 밝기는 칸마다 따로 맞추었다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The kernels of the first layer (filters), below each its feature map (conv1), and the twelve channels of the second and the third layer that respond most (conv2, conv3). Brightness is scaled for each map by itself.*
# %% [markdown] lang="ko" slides="002 CNN 이해: 특성의 계층"
# ### 특성의 계층
#
# **커널을 가장 세게 자극하는 조각.** 테스트 숫자 가운데 한 채널이 가장 크게 반응한 자리를 찾아 그 수용 영역을 잘라 낸다. 첫 층은 획의 가장자리, 둘째 층은 굽거나 꺾인 획, 셋째 층은 고리나 갈고리처럼 숫자의 큰 부분을 찾고, 어떤 채널은 거의 한 숫자에만 반응한다. 뒤의 층은 앞의 층이 찾은 것을 모아 더 복잡한 것을 찾는데, 이것을 특성의 계층이라고 한다.
#
# [[convolution]]에서 수용 영역은 커널이 겹친 영역이었다. 뒤의 층에서는 거슬러 올라가, 값 하나에 영향을 주는 원래 그림의 영역을 말한다. 풀링을 지날 때마다 특성 맵의 한 칸이 그림의 두 칸, 네 칸이 되므로 같은 3×3 커널도 그림에서는 더 넓게 본다. 한 변은 5, 10, 20이다(셈은 연습 2). 기울기로 확인한다.
# %% [markdown] lang="en"
# ### The hierarchy of features
#
# **Patches that excite a kernel most.** Among the test digits, find the places where a channel responds most, and cut out their receptive fields. The first layer finds edges of strokes, the second bends and corners, the third large parts of digits such as loops and hooks, and some of its channels respond to almost one digit only. Each layer collects what the one before has found, and finds something more complex: the hierarchy of features.
#
# In [[convolution]] the receptive field was the region under the kernel. For later layers, follow it back to the image: it is the region that one value depends on. After each pooling one step in a feature map is two, then four pixels of the image, so the same 3×3 kernel sees more of it. The sides are 5, 10 and 20 (exercise 2 does the sum); gradients confirm it.
# %%
FIELDS = [(1, 2, 5), (2, 4, 10), (4, 8, 20)]  # pixels per step, start before it, side


def strongest_patches(layer, channel, count):
    """The images (numbers) in which a channel responds most, and what it saw there."""
    maps, (step, before, side) = all_maps[layer][..., channel], FIELDS[layer]
    best = np.argsort(maps.max(axis=(1, 2)))[::-1][:count]
    padded = np.pad(many[..., 0], [(0, 0), (8, 12), (8, 12)])
    patches = []
    for number in best:
        place = np.unravel_index(maps[number].argmax(), maps[number].shape)
        row, column = (step * index - before + 8 for index in place)
        patches.append(padded[number, row : row + side, column : column + side])
    return best, patches


# %% tags=["figure"] title="patches that excite a kernel most"
_, axes = plt.subplots(1, 3, figsize=(14, 5))
for layer, axis in enumerate(axes):
    peaks = all_maps[layer].max(axis=(0, 1, 2))
    channels = np.argsort(peaks)[::-1][:6]
    rows = []
    for channel in channels:
        _, patches = strongest_patches(layer, channel, 6)
        rows.append(np.hstack([np.pad(patch, 1, constant_values=0.4) for patch in patches]))
    axis.imshow(np.vstack(rows), cmap="binary", vmin=0, vmax=1)
    axis.set_title(f"{names[layer]}: {FIELDS[layer][2]}x{FIELDS[layer][2]} pixels")
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 세 층(conv1, conv2, conv3)에서 여섯 채널을 가장 세게 자극한 조각 여섯 개씩. 줄 하나가 채널 하나이고, 제목은 조각의 크기(pixels, 픽셀)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Of each layer six channels, and the six patches that excite them most. A row is a channel, and the titles have the size of the patches.*
# %%
noise = tf.random.normal((64, 28, 28, 1), seed=0)
with tf.GradientTape(persistent=True) as tape:
    tape.watch(noise)
    middles = [maps[:, maps.shape[1] // 2, maps.shape[2] // 2] for maps in features(noise)]
for name, middle, (_, _, side) in zip(names, middles, FIELDS):
    used = np.abs(tape.gradient(middle, noise)).max(axis=(0, 2, 3)) > 0  # by row of the image
    check(f"rows that a value of {name} depends on", used.sum(), equals=side)
# %% [markdown] lang="ko"
# 뒤의 층일수록 숫자 하나에 매인 특성을 찾는지도 재어 보자. 채널마다 가장 크게 반응한 스무 장에서 가장 흔한 숫자가 차지하는 비율을 구해 평균한다. 아무 상관이 없으면 0.23쯤이고, 한 숫자에만 반응하면 1이다. 비율은 뒤의 층으로 갈수록 커진다. 그래도 셋째 층의 많은 채널은 여러 숫자가 함께 쓰는 특성이다.
# %% [markdown] lang="en"
# Do later layers find features that belong to one digit? For each channel take the twenty images to which it responds most, and the share of the most frequent digit among them; then average over channels. It is about 0.23 if there is no relation, and 1 if a channel responds to one digit only. The share grows from layer to layer. Even so, many channels of the third layer are features that several digits share.
# %% tags=["nbval-ignore-output"]
purity = []
for layer, maps in enumerate(all_maps):
    shares = []
    for channel in np.flatnonzero(maps.max(axis=(0, 1, 2)) > 0):  # those that respond at all
        best, _ = strongest_patches(layer, channel, 20)
        shares.append(np.bincount(y_test[best]).max() / 20)
    purity.append(np.mean(shares))
    print(f"{names[layer]}: share of the most frequent digit {purity[-1]:.2f}")
random = [np.bincount(np.random.RandomState(s).choice(y_test, 20)).max() / 20 for s in range(200)]
print(f"any twenty digits: {np.mean(random):.2f}")
# %%
check("share of the most frequent digit, conv3 minus conv1", purity[2] - purity[0], at_least=0.1)
check("share of the most frequent digit, conv3 minus conv2", purity[2] - purity[1], at_least=0.05)
check("share of the most frequent digit in any twenty", np.mean(random), at_least=0.2, at_most=0.3)


# %% [markdown] lang="ko"
# ### 어디를 보고 답했나
#
# **기울기 지도.** [[backpropagation]]에서처럼 기울기를 입력까지 보내면, 픽셀마다 조금 바꿀 때 답의 점수(logit)가 얼마나 바뀌는지 나온다. 거기에 픽셀값을 곱하면 각 픽셀의 잉크가 답을 얼마나 뒷받침하는지(파란색), 방해하는지(빨간색)를 어림한 지도가 된다.
#
# 픽셀 여러 개를 한꺼번에 지울 때에도 이 어림이 맞을까? 지도에서 값이 가장 큰 픽셀 20개를 지운 이미지를, 잉크가 있는 픽셀 20개를 무작위로 지운 이미지, 가장 진한 픽셀 20개를 지운 이미지와 견준다. 어림이 맞다면 앞의 것이 훨씬 더 해로워야 한다.
# %% [markdown] lang="en"
# ### Where it looks
#
# **A map of gradients.** Sent back to the input, as in [[backpropagation]], the gradient says for each pixel how much the score of the answer (its logit) changes when the pixel changes a little. Multiplied by the pixel, it gives a map of how much the ink there supports the answer (blue) or speaks against it (red), to a first approximation.
#
# Does this approximation still hold when several pixels are erased at once? Erase the 20 pixels of each image whose value on the map is largest, and compare with 20 pixels of ink erased at random, and with the 20 darkest ones erased. If it holds, the first must do far more harm.
# %%
scores = keras.Model(model.inputs, model.get_layer("logits").output)


def looks(images):
    """Gradient of the answer's logit with respect to each pixel, times the pixel: (n, 28, 28)."""
    images = tf.convert_to_tensor(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        answers = tf.reduce_max(scores(images), axis=1)
    return (tape.gradient(answers, images) * images).numpy()[..., 0]


def erase(images, priorities, count=20):
    """Set to 0, in each image, the pixels with the highest priorities."""
    flat = images.reshape(len(images), -1).copy()
    order = np.argsort(priorities.reshape(len(images), -1), axis=1)[:, ::-1]
    np.put_along_axis(flat, order[:, :count], 0, axis=1)
    return flat.reshape(images.shape)


# %%
importance = looks(many)
ink = (many[..., 0] > 0.3) * np.random.RandomState(0).uniform(0.1, 1, size=many.shape[:3])
darkest = many[..., 0] + np.random.RandomState(0).uniform(0, 0.01, size=many.shape[:3])
versions = {
    "ordinary": many,
    "random ink": erase(many, ink),
    "darkest ink": erase(many, darkest),
    "by the map": erase(many, importance),
}
# %% tags=["figure"] title="maps of gradients"
shown = [np.flatnonzero(y_test[:1000] == label)[1] for label in range(10)]
_, axes = plt.subplots(3, 10, figsize=(14, 4.6))
for column, number in enumerate(shown):
    limit = np.abs(importance[number]).max()
    axes[0, column].imshow(many[number, ..., 0], cmap="binary")
    axes[1, column].imshow(importance[number], cmap="RdBu", vmin=-limit, vmax=limit)
    axes[2, column].imshow(versions["by the map"][number, ..., 0], cmap="binary")
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
for axis, label in zip(axes[:, 0], ("digit", "map", "erased")):
    axis.set_ylabel(label)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 숫자(digit), 기울기 지도(map), 지도에서 값이 가장 큰 픽셀 20개를 지운 것(erased). 파란 잉크가 답을 뒷받침하고, 빨간 잉크가 방해한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Ten digits, their maps, and the digits with the 20 pixels erased whose value on the map is largest. Blue ink supports the answer, red ink speaks against it.*
# %% tags=["nbval-ignore-output"]
left_over = {}
for name, images in versions.items():
    answers = model.predict(images, batch_size=500, verbose=0).argmax(axis=1)
    left_over[name] = (answers == y_test[:1000]).mean()
    print(f"{name:11} accuracy {left_over[name]:.3f}")
# %%
check("accuracy, 20 random pixels of ink erased", left_over["random ink"], at_least=0.95)
harm = left_over["random ink"] - left_over["by the map"]
check("random minus by the map", harm, at_least=0.25)
harm = left_over["darkest ink"] - left_over["by the map"]
check("darkest minus by the map", harm, at_least=0.25)
# %% [markdown] lang="ko"
# 무작위로 지우면 거의 그대로인데 지도를 따라 지우면 크게 나빠진다. 다만 지도의 값은 그 픽셀을 지울 때 답의 점수가 얼마나 줄어드는지를 어림한 것이므로, 값이 큰 픽셀은 점수를 가장 많이 줄이도록 고른 픽셀이다. 이 시험은 어림이 20개를 지울 때에도 쓸 만하다는 것을 보일 뿐이고, CNN이 사람과 같은 이유로 답한다는 뜻은 아니다.
# %% [markdown] lang="en"
# Erased at random, the pixels hardly matter; erased by the map, they matter a great deal. But a value on the map estimates how much the score of the answer falls when that pixel is erased, so the pixels with the largest values were chosen to lower it most. The test shows only that the estimate is still of use for 20 pixels; it does not follow that a person would give the same reasons.


# %% [markdown] lang="ko" slides="002 CNN 활용분야"
# ## 9. 분류 다음에는
#
# 특성을 뽑는 앞부분은 그대로 두고 뒷부분만 바꾸면 다른 일을 한다. 분류(classification)는 그림에 이름을 붙이고, 지역화(localization)는 그것이 있는 자리를 상자로 나타내고, 물체 탐지(object detection)는 여러 물체를 모두 찾고, 분할(segmentation)은 픽셀마다 이름을 붙인다. [[deep_cnn]]에서는 CNN을 더 깊게 만들고, 그다음부터는 이름난 CNN을 차례로 만든다. 탐지와 분할은 그 뒤에 다룬다.
# %% [markdown] lang="en"
# ## 9. After classification
#
# Keep the part in front that extracts features, change the part behind, and the network does something else. Classification names an image, localization gives the place of what it shows as a box, object detection finds all of several objects, and segmentation names every pixel. Lesson [[deep_cnn]] makes the CNN deeper, and after it famous CNNs are built one after the other. Detection and segmentation come later.
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 2차원 배열을 `size`×`size` 칸으로 최대 풀링하되 칸을 `stride`씩 옮기는 함수를 작성하라. 칸은 겹칠 수도 있고, 다 채우지 못하는 칸은 버린다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that max-pools a 2-D array with blocks of `size`×`size` that move by `stride`. Blocks may overlap; those that cannot be filled are left out.
# %% tags=["exercise"]
def max_pool(table, size, stride):
    """The largest value of every block."""
    ...


# %% tags=["solution"]
def max_pool(table, size, stride):
    """The largest value of every block."""
    rows = range(0, len(table) - size + 1, stride)
    columns = range(0, table.shape[1] - size + 1, stride)
    return np.array([[table[r : r + size, c : c + size].max() for c in columns] for r in rows])


# %% tags=["wrong"]
def max_pool(table, size, stride):
    """The largest value of every block."""
    rows = range(0, len(table), stride)
    columns = range(0, table.shape[1], stride)
    return np.array([[table[r : r + size, c : c + size].max() for c in columns] for r in rows])


# %%
def keras_max_pool(table, size, stride):
    pooled = layers.MaxPooling2D(size, stride)(table[None, ..., None].astype("float32"))
    return np.array(pooled)[0, ..., 0]


tables = [np.random.RandomState(s).randint(-9, 10, size) for s, size in enumerate([(4, 4), (7, 5)])]
cases = [(table, size, stride) for table in tables for size, stride in [(2, 2), (3, 2), (2, 3)]]
exercise(max_pool, [(case, keras_max_pool(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** 층마다 (커널 또는 풀링의 크기, 스트라이드)가 주어질 때, 마지막 특성 맵의 값 하나가 보는 수용 영역의 한 변을 구하는 함수를 작성하라. 뒤의 층에서 한 칸이 입력의 몇 칸인지를 함께 세면 된다. 위의 CNN에서 5, 10, 20이 나오는지 먼저 손으로 확인해 보라.
# %% [markdown] lang="en"
# **2.** For layers given as (size of the kernel or pool, stride), write a function for the side of the receptive field of one value in the last feature map. Keep count of how many pixels of the input one step is in later layers. Check by hand first that you get 5, 10 and 20 for the CNN above.
# %% tags=["exercise"]
def receptive_field(layer_settings):
    """Pixels along one side of the input that one value of the last map depends on."""
    ...


# %% tags=["solution"]
def receptive_field(layer_settings):
    """Pixels along one side of the input that one value of the last map depends on."""
    side, step = 1, 1
    for size, stride in layer_settings:
        side += (size - 1) * step
        step *= stride
    return side


# %% tags=["wrong"]
def receptive_field(layer_settings):
    """Pixels along one side of the input that one value of the last map depends on."""
    return 1 + sum(size - 1 for size, _ in layer_settings)


# %%
def counted_field(layer_settings):
    """Follow one value back to the input, and count the pixels it reaches."""
    reached = {0}
    for size, stride in reversed(layer_settings):
        reached = {stride * place + offset for place in reached for offset in range(size)}
    return len(reached)


DIGIT_CNN = [(5, 1), (2, 2), (3, 1), (2, 2), (3, 1)]
cases = [DIGIT_CNN[:1], DIGIT_CNN[:3], DIGIT_CNN, [(3, 1)] * 3, [(3, 3), (2, 2), (3, 1)]]
exercise(receptive_field, [((case,), counted_field(case)) for case in cases])


# %% [markdown] lang="ko"
# **3.** 합성곱 층과 같은 곳을 보지만 가중치와 편향을 자리마다 따로 두는 층의 파라미터 수를 구하는 함수를 작성하라. 그림은 한 변이 `side`이고 채널이 `channels`개, 커널은 한 변이 `kernel_size`이고 `filters`개다. 패딩은 없다.
# %% [markdown] lang="en"
# **3.** Write a function for the number of parameters of a layer that looks at the same places as a convolutional layer, but has weights and biases of its own at each of them. The image has sides of `side` and `channels` channels, there are `filters` kernels with sides of `kernel_size`, and there is no padding.
# %% tags=["exercise"]
def unshared_parameters(side, channels, kernel_size, filters):
    """Parameters of a layer whose weights are not shared between places."""
    ...


# %% tags=["solution"]
def unshared_parameters(side, channels, kernel_size, filters):
    """Parameters of a layer whose weights are not shared between places."""
    places = (side - kernel_size + 1) ** 2
    return places * (kernel_size**2 * channels + 1) * filters


# %% tags=["wrong"]
def unshared_parameters(side, channels, kernel_size, filters):
    """Parameters of a layer whose weights are not shared between places."""
    return side**2 * (kernel_size**2 * channels + 1) * filters


# %%
def one_layer_a_place(side, channels, kernel_size, filters):
    """Count them: one fully connected layer for every window."""
    seen = windows(np.zeros((1, side, side, channels)), (kernel_size, kernel_size))
    layer = layers.Dense(filters)
    layer.build((None, seen[0, 0, 0].size))
    return seen.shape[1] * seen.shape[2] * layer.count_params()


cases = [(28, 1, 5, 12), (8, 3, 3, 4), (5, 10, 5, 2)]
exercise(unshared_parameters, [(case, one_layer_a_place(*case)) for case in cases])
# %% [markdown] lang="ko"
# ## 요약
#
# - 펼친 그림에는 이웃이 없다. MLP의 정확도는 픽셀을 뒤섞어도 그대로이고, 숫자를 세 칸 옮기면 절반 아래로 떨어졌다.
# - 합성곱은 어디서나 같은 커널을 쓰므로 파라미터가 적고, 그림을 옮기면 특성 맵이 따라 옮겨진다. 커널마다 특성 맵이 한 장이고, 값마다 ReLU를 적용한다.
# - 풀링은 파라미터 없이 특성 맵을 줄이고 작은 움직임을 무디게 한다. 크기가 나누어떨어지지 않아도 된다.
# - CNN은 MLP의 3분의 1도 안 되는 파라미터로 더 정확했다. 멀리 옮긴 숫자까지 알아보게 하는 것은 끝의 전역 풀링이다.
# - 층이 깊어질수록 수용 영역이 커지고, 획의 가장자리에서 숫자의 큰 부분으로 더 복잡한 특성을 찾는다.
# %% [markdown] lang="en"
# ## Summary
#
# - A flattened image has no neighbours: shuffled pixels leave an MLP as accurate as before, and a digit moved by three pixels takes it below one half.
# - A convolution uses the same kernel everywhere, so it has few parameters, and its feature maps move along with the image. Each kernel gives one map, and ReLU is applied to each value.
# - Pooling makes feature maps smaller without parameters and dulls small movements. Sizes need not be multiples of the pool size.
# - With less than a third of its parameters, the CNN was more accurate than the MLP. It is the global pooling at its end that lets it recognise digits that were moved far.
# - With depth, receptive fields grow and features become more complex, from edges of strokes to large parts of digits.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 004 1장과 2장, 002 3부 ‘왜 CNN인가?’부터 ‘CNN 이해 - Fully Connected Layer’까지, 001 Convolutional Layer와 풀링.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). *Gradient-based learning applied to document recognition*. Proceedings of the IEEE 86(11). 수용 영역, 가중치 공유, 줄여 가는 층.
# - M. D. Zeiler, R. Fergus (2014). *Visualizing and understanding convolutional networks*. ECCV. 특성 맵을 자극하는 조각과 특성의 계층.
# - K. Simonyan, A. Vedaldi, A. Zisserman (2014). *Deep inside convolutional networks*. arXiv:1312.6034. 입력에 대한 기울기.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 004, chapters 1 and 2; deck 002, part 3, from why a CNN is needed to the fully connected layer; deck 001, convolutional layers and pooling.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). *Gradient-based learning applied to document recognition*. Proceedings of the IEEE 86(11). Receptive fields, shared weights, layers that grow smaller.
# - M. D. Zeiler, R. Fergus (2014). *Visualizing and understanding convolutional networks*. ECCV. Patches that excite a feature map, and the hierarchy of features.
# - K. Simonyan, A. Vedaldi, A. Zisserman (2014). *Deep inside convolutional networks*. arXiv:1312.6034. Gradients with respect to the input.
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
