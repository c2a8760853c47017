# %% [markdown] lang="ko" headline="learned edge kernel, largest error of a weight"
# # [[number]] · 합성곱
#
# [[badge]]
#
# **작은 숫자판 하나를 그림 위로 미끄러뜨리며 곱해 더하기만 하는데, 어떻게 그것으로 윤곽을 찾고, 흐리게 하고, 곡선을 알아볼까?**
# %% [markdown] lang="en"
# # [[number]] · Convolution
#
# [[badge]]
#
# **Slide a small table of numbers over an image, multiply and add: how can this find edges, blur, and recognise a curve?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 합성곱을 손으로 계산하고, 커널, 수용 영역, 특성 맵이 무엇인지 말할 수 있다.
# - 패딩과 스트라이드에 따라 특성 맵의 크기가 어떻게 정해지는지 계산할 수 있다.
# - 커널을 골라 사진을 또렷하게, 흐리게, 윤곽만 남게 할 수 있고, 가장자리 픽셀을 어떻게 다루는지 설명할 수 있다.
# - 채널이 여러 개인 그림과 커널이 여러 개인 층의 모양과 파라미터 수를 구할 수 있다.
# - 합성곱을 반복문과 행렬곱으로 구현하고, 커널을 데이터에서 배우게 할 수 있다.
#
# 걸리는 시간은 약 60분이고, `small`에서는 1분 안에 실행이 끝난다. [[perceptron]]의 가중합, [[backpropagation]]의 경사 하강법, [[mnist_mlp]]의 ‘그림은 숫자의 표’라는 것을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Compute a convolution by hand, and say what kernel, receptive field and feature map are.
# - Compute the size of a feature map from padding and stride.
# - Choose kernels that sharpen a photo, blur it or leave only its edges, and explain what happens at the border.
# - Find shapes and numbers of parameters for images with several channels and layers with several kernels.
# - Write convolution with loops and with a matrix product, and let a kernel be learned from data.
#
# It takes about 60 minutes to read and, at scale `small`, less than one to run. You need weighted sums from [[perceptron]], gradient descent from [[backpropagation]], and that an image is a table of numbers from [[mnist_mlp]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 004의 1장(이미지와 Convolution 연산)과 2장의 Convolutional Layer, Stride, Padding, 002의 3부에서 필터 커널과 Padding, 001의 합성곱 신경망(CNN), 패딩, 스트라이드 쪽에 해당한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers chapter 1 of deck 004 (images and convolution) and the convolutional layer, stride and padding from its chapter 2, the pages on filter kernels and padding from part 3 of deck 002, and those on the convolutional neural network, padding and stride from deck 001.
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
from keras import layers
from scipy.signal import convolve2d, correlate2d

from helpers.checks import check, exercise, same, show_source
from helpers.convolution import conv2d, output_size, windows
from helpers.datasets import load_photo
from helpers.plots import BLUE, GREY, ORANGE, VERMILION, number_table
from helpers.timing import fastest_seconds

# %% [markdown] lang="ko" slides="004 Convolution 연산 과정; 004 Convolution 연산 용어"
# ## 1. 합성곱은 미끄러지는 내적이다
#
# 작은 숫자판을 **커널**(kernel) 또는 필터(filter)라고 한다. 두 말은 같은 것이다. 커널을 이미지의 왼쪽 위에 겹쳐 놓고, 겹친 수끼리 곱해 모두 더한다. 그리고 한 칸씩 옮기며 같은 일을 되풀이한다. 이것이 **합성곱**(convolution)이다. 한 자리에서 하는 일은 [[perceptron]]의 가중합과 같다.
#
# 커널이 겹친 영역을 **수용 영역**(receptive field), 결과를 **특성 맵**(feature map) 또는 활성화 맵(activation map)이라고 한다. 강의 자료 004의 5×5 이미지와 3×3 커널로 해 보자.
# %% [markdown] lang="en"
# ## 1. A convolution is a sliding dot product
#
# The small table of numbers is called a **kernel**, or filter; both words mean the same. Lay it on the upper left of the image, multiply the numbers that lie on each other and add everything up. Then move it by one pixel and do so again. That is a **convolution**. What happens at one place is the weighted sum of [[perceptron]].
#
# The region under the kernel is its **receptive field**, the result is the **feature map**, or activation map. Here are the 5×5 image and the 3×3 kernel of deck 004.
# %%
IMAGE = np.array(
    [[7, 2, 8, 8, 4], [3, 6, 6, 6, 2], [1, 6, 3, 0, 5], [0, 3, 8, 5, 2], [3, 9, 4, 3, 6]]
)
KERNEL = np.array([[5, 9, 1], [3, 8, 3], [3, 4, 6]])


def slide(image, kernel):
    """Dot products of the kernel with every window of the image, by loops."""
    height, width = kernel.shape
    rows, columns = image.shape[0] - height + 1, image.shape[1] - width + 1
    feature_map = np.zeros((rows, columns))
    for row in range(rows):
        for column in range(columns):
            window = image[row : row + height, column : column + width]
            feature_map[row, column] = (window * kernel).sum()
    return feature_map


feature_map = slide(IMAGE, KERNEL)
check("feature map", feature_map, equals=((181, 204, 227), (195, 203, 166), (179, 206, 150)))


# %% tags=["figure"] title="the nine places of the kernel"
def products(window, kernel):
    """The sum as text, one line for each row of the kernel."""
    lines = [" + ".join(f"{a}·{b}" for a, b in zip(*rows)) for rows in zip(window, kernel)]
    return " +\n".join(lines) + f" = {(window * kernel).sum()}"


_, axes = plt.subplots(3, 3, figsize=(10, 12))
for (row, column), axis in np.ndenumerate(axes):
    field = {(row + i, column + j) for i in range(3) for j in range(3)}
    number_table(axis, IMAGE, field)
    window = IMAGE[row : row + 3, column : column + 3]
    axis.set_title(products(window, KERNEL), fontsize=11)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 커널이 멈추는 아홉 자리. 주황색이 수용 영역이고, 위에 적은 것은 곱 아홉 개와 그 합이다. 아홉 개의 합이 특성 맵이 된다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The nine places where the kernel stops. The receptive field is orange; above it stand the nine products and their sum. The nine sums are the feature map.*
# %% [markdown] lang="ko"
# 한 자리를 크게 보자. 아래의 두 수를 0, 1, 2 가운데에서 바꾸고 이 셀과 다음 셀을 다시 실행하면 커널이 그리로 옮겨 간다.
# %% [markdown] lang="en"
# One place, enlarged. Change the two numbers below, each 0, 1 or 2, and run this cell and the next again: the kernel moves there.
# %%
row, column = 1, 2  # where the kernel stops
window = IMAGE[row : row + 3, column : column + 3]
print(f"sum of the products: {(window * KERNEL).sum()}, in the map: {feature_map[row, column]:g}")
# %% tags=["figure"] title="one place, enlarged"
field = {(row + i, column + j) for i in range(3) for j in range(3)}
_, axes = plt.subplots(1, 4, figsize=(13, 3.4), width_ratios=(5, 3, 3, 3))
number_table(axes[0], IMAGE, field)
number_table(axes[1], KERNEL)
number_table(axes[2], window * KERNEL)
number_table(axes[3], feature_map, {(row, column)}, BLUE)
for axis, title in zip(axes, ("image", "kernel", "their products", "feature map: the sum")):
    axis.set_title(title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 이미지(image)와 수용 영역(주황색), 커널(kernel), 겹친 수끼리의 곱(their products), 특성 맵(feature map). 곱을 모두 더한 합(the sum)이 파란 칸에 들어간다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the image with the receptive field in orange, the kernel, the products of numbers that lie on each other, and the feature map. The sum of the products goes into the blue square.*
# %% [markdown] lang="ko" slides="004 Padding; 002 CNN 이해 - Padding; 002 CNN 이해 - 필터 커널(Filter Kernel)"
# ## 2. 패딩: 가장자리를 덧댄다
#
# 커널이 이미지 밖으로 나갈 수 없으니 특성 맵은 이미지보다 작고, 가장자리 픽셀은 덜 쓰인다. 그래서 둘레에 픽셀을 덧대는데, 이것을 **패딩**(padding)이라고 한다. 0을 덧대는 제로 패딩이 가장 흔하다. 강의 자료 002의 0과 1로 된 이미지에서 3×3 커널은 3×3 특성 맵을 내고, 둘레에 한 줄씩 덧대면 5×5가 된다.
#
# > **정오 / Erratum** — 패딩한 결과의 첫 줄을 강의 자료 002는 2 2 2 1 1로 적는다. 셋째 수는 3이다. 그 자리의 커널 아랫줄 1 0 1이 이미지 둘째 줄의 1 1 1과 겹쳐 2, 가운데의 1이 첫 줄의 1과 겹쳐 1이다.
# %% [markdown] lang="en"
# ## 2. Padding: adding a border
#
# A kernel cannot leave the image, so the feature map is smaller than the image, and pixels at the border are used less. That is why pixels are added all around, which is called **padding**; most often they are 0, zero padding. With the image of zeros and ones in deck 002, a 3×3 kernel gives a 3×3 feature map; with one row added on every side it is 5×5.
#
# > **정오 / Erratum** — Deck 002 gives the first row of the padded result as 2 2 2 1 1. The third number is 3: at that place the lower row of the kernel, 1 0 1, lies on 1 1 1 in the second row of the image and gives 2, and the 1 in its middle lies on a 1 of the first row and gives 1.
# %%
BITS = np.array(
    [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
)
CROSS = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
padded = np.pad(BITS, 1)
padded_map = slide(padded, CROSS)
check("without padding", slide(BITS, CROSS), equals=((4, 3, 4), (2, 4, 3), (2, 3, 4)))
check("first row with padding", padded_map[0], equals=(2, 2, 3, 1, 1))
check(
    "the other rows with padding",
    padded_map[1:],
    equals=((1, 4, 3, 4, 1), (1, 2, 4, 3, 3), (1, 2, 3, 4, 1), (0, 2, 2, 1, 1)),
)
# %% tags=["figure"] title="with and without padding"
_, axes = plt.subplots(1, 4, figsize=(13, 3.6), width_ratios=(7, 3, 3, 5))
border = {place for place in np.ndindex(7, 7) if 0 in place or 6 in place}
number_table(axes[0], padded, border, BLUE)
number_table(axes[1], CROSS)
number_table(axes[2], slide(BITS, CROSS))
number_table(axes[3], padded_map, {(0, 2)}, VERMILION)
for axis, title in zip(axes, ("image, padded", "kernel", "without padding", "with padding")):
    axis.set_title(title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 둘레에 0을 덧댄(파란색) 이미지(image, padded), 커널(kernel), 패딩하지 않은 특성 맵(without padding), 패딩한 특성 맵(with padding). 주홍색은 강의 자료와 다른 수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the image with a border of 0 (blue), the kernel, the feature map without padding and the one with it. The number that differs from the deck is vermilion.*
# %% [markdown] lang="ko"
# 0만 덧댈 수 있는 것은 아니다. 정해진 상수를 덧대거나(constant), 가장자리 픽셀을 늘이거나(edge), 거울처럼 비출(reflect) 수도 있다. 신경망의 층은 보통 0을, OpenCV는 거울을 쓴다.
# %% [markdown] lang="en"
# The border need not be 0. It can be any constant, the pixels at the edge stretched outward, or the image as in a mirror (reflect). Layers of neural networks mostly use 0, OpenCV the mirror.
# %%
photo = load_photo("camera").astype("float32") / 255  # 256x256, 0 black to 1 white
BORDERS = {
    "zero": {"mode": "constant"},
    "constant 0.7": {"mode": "constant", "constant_values": 0.7},
    "edge": {"mode": "edge"},
    "reflect": {"mode": "reflect"},
}
framed = {name: np.pad(photo[20:120, 80:180], 30, **how) for name, how in BORDERS.items()}


# %% tags=["figure"] title="four kinds of border"
def show_photos(pictures):
    """Grey pictures in a row, by title."""
    _, axes = plt.subplots(1, len(pictures), figsize=(13, 3.6))
    for axis, (title, picture) in zip(axes, pictures.items()):
        axis.imshow(picture, cmap="gray")
        axis.set_title(title)
        axis.axis("off")
    plt.show()


show_photos(framed)

# %% [markdown] lang="ko"
# *그림 [[figure]]. 사진의 둘레에 30픽셀씩 덧댄 네 가지. 왼쪽부터 0(zero), 상수 0.7(constant), 늘인 가장자리(edge), 거울(reflect)이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Four ways to add 30 pixels on every side of a photo: 0, the constant 0.7, the edge stretched outward, and a mirror.*

# %% [markdown] lang="ko" slides="004 Stride; 001 패딩(padding); 001 스트라이드(Stride)"
# ## 3. 스트라이드와 특성 맵의 크기
#
# 커널을 옮기는 간격을 **스트라이드**(stride)라고 한다. 스트라이드가 2면 한 칸씩 건너뛰므로 특성 맵은 반쯤으로 줄어든다. 한 방향만 보면, 길이 $H$의 양쪽에 $P$씩 덧대면 $H + 2P$이고, 길이 $F$인 커널을 맨 앞에 놓고 나면 $H + 2P - F$칸이 남는다. 그 안에 간격 $S$가 들어가는 횟수에 첫 자리 하나를 더하면 된다. $\lfloor x \rfloor$는 $x$를 넘지 않는 가장 큰 정수, 곧 버림이다. 식은 커널이 들어갈 때($F \le H + 2P$)만 쓴다.
#
# $$OH = \left\lfloor \frac{H + 2P - F}{S} \right\rfloor + 1$$
#
# > **정오 / Erratum** — 강의 자료 001은 $n \times n$ 이미지와 $m \times m$ 필터의 출력을 $(n-m) \times (n-m)$이라고 적지만, $(n - m + 1) \times (n - m + 1)$이다. 5와 3이면 2가 아니라 3이다. 또 강의 자료 001의 크기 식에는 버림이 빠져 있다. 6과 3에 스트라이드 2면 2.5가 아니라 2다.
#
# 아래의 네 경우 가운데 셋째와 넷째에서는 맨 끝의 한 칸이 어느 자리에서도 쓰이지 않는다. 이것이 버림이다. 넷째에서 남는 칸은 패딩이지만 셋째에서는 진짜 픽셀이다.
# %% [markdown] lang="en"
# ## 3. Stride, and the size of the feature map
#
# The distance by which the kernel moves is its **stride**. With a stride of 2 it leaves out every other place, and the feature map is about half as large. Look at one direction: a length of $H$ with $P$ added at both ends is $H + 2P$, and after its first stop a kernel of length $F$ can move by another $H + 2P - F$. Count how often the stride $S$ fits into that, and add the first stop. $\lfloor x \rfloor$ is the largest whole number not above $x$: rounding down. The formula holds only if the kernel fits, $F \le H + 2P$.
#
# $$OH = \left\lfloor \frac{H + 2P - F}{S} \right\rfloor + 1$$
#
# > **정오 / Erratum** — Deck 001 says that an $n \times n$ image and an $m \times m$ filter give $(n-m) \times (n-m)$; it is $(n - m + 1) \times (n - m + 1)$. With 5 and 3 that is 3, not 2. Its formula for the size also lacks the rounding down: 6 and 3 with a stride of 2 give 2, not 2.5.
#
# In the third and the fourth of the four cases below, one square at the far end is used at no stop: that is the rounding down. In the fourth it is padding, but in the third it is a real pixel.
# %%
SIZES = [(7, 3, 1, 0), (7, 3, 2, 0), (6, 3, 2, 0), (6, 3, 2, 1)]  # H, F, S, P
for H, F, S, P in SIZES:
    print(f"H = {H}, F = {F}, S = {S}, P = {P}: {output_size(H, F, S, P)} stops")
left_over = [(H + 2 * P - F) % S for H, F, S, P in SIZES]
check("squares at the far end that no stop uses", left_over, equals=(0, 0, 1, 1))
check("5 and 3", output_size(5, 3), equals=3)
check("6 and 3 with a stride of 2", output_size(6, 3, stride=2), equals=2)
# %% tags=["figure"] title="where a kernel stops"
_, axes = plt.subplots(1, 4, figsize=(14, 3))
for axis, (H, F, S, P) in zip(axes, SIZES):
    stops = range(-P, H + P - F + 1, S)
    for pixel in range(-P, H + P):
        face = "white" if 0 <= pixel < H else "#cccccc"
        axis.add_patch(plt.Rectangle((pixel, 0), 1, 0.8, fc=face, ec=GREY))
    for number, stop in enumerate(stops):
        level = -0.6 * (number + 1)
        axis.plot([stop + 0.1, stop + F - 0.1], [level, level], color=BLUE, lw=5)
    title = f"H = {H}, F = {F}, S = {S}, P = {P}: {len(stops)} stops"
    axis.set(title=title, xlim=(-1.3, 7.3), ylim=(-3.5, 1.2))
    axis.title.set_fontsize(11)
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 길이 H에 커널 F, 스트라이드 S, 패딩 P인 네 경우. 흰 칸은 픽셀, 회색 칸은 패딩, 파란 선은 커널이 멈추는 자리(stops)다. 셋째에서는 맨 오른쪽 픽셀이, 넷째에서는 맨 오른쪽 패딩이 남는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Four cases of length H, kernel F, stride S and padding P. White squares are pixels, grey ones padding, and each blue line is a place where the kernel stops. The third leaves over its last pixel, the fourth its last padding.*
# %% tags=["proof"] title="the formula against Keras, 621 sizes"
cases, differing = 0, 0
for H, F, S, P in np.ndindex(12, 6, 4, 4):
    if S >= 1 and 1 <= F <= H + 2 * P and H >= 1:
        image = np.zeros((1, H + 2 * P, F, 1), "float32")
        theirs = keras.ops.conv(image, np.zeros((F, F, 1, 1), "float32"), strides=S).shape[1]
        cases, differing = cases + 1, differing + (theirs != (H + 2 * P - F) // S + 1)
check("sizes compared with Keras", cases, equals=621)
check("sizes that differ", differing, equals=0)
# %% [markdown] lang="ko"
# Keras의 `padding="valid"`는 $P = 0$이다. `"same"`은 크기가 $\lceil H / S \rceil$이 되도록 덧댄다($\lceil\ \rceil$는 올림이다). 스트라이드가 1이면 크기가 그대로이고, 홀수 커널은 양쪽에 $(F - 1)/2$씩 덧댄다. 덧댈 픽셀이 홀수 개면 남는 하나는 뒤쪽에 붙인다. 예를 들어 $H = 6$, $F = 3$, $S = 2$면 앞에는 없고 뒤에만 하나다.
# %% [markdown] lang="en"
# In Keras, `padding="valid"` means $P = 0$. With `"same"` it pads so that the size becomes $\lceil H / S \rceil$ ($\lceil\ \rceil$ rounds up). At stride 1 the size stays as it is, and an odd kernel gets $(F - 1)/2$ at both ends. If an odd number of pixels is needed, the extra one goes to the far end: $H = 6$, $F = 3$, $S = 2$ gets none before and one after.
# %%
for size, kernel_size, stride in [(7, 3, 1), (7, 4, 1), (7, 3, 2), (8, 5, 3)]:
    convolution = layers.Conv2D(1, kernel_size, strides=stride, padding="same")
    theirs = convolution(np.zeros((1, size, size, 1), "float32")).shape[1]
    check(f"same: {size} by {kernel_size}, stride {stride}", theirs, equals=-(-size // stride))
line = np.arange(1, 7, dtype="float32").reshape(1, 6, 1, 1)  # 1 2 3 4 5 6, then one 0
theirs = keras.ops.conv(line, np.ones((3, 1, 1, 1), "float32"), strides=(2, 1), padding="same")
check("6 by 3, stride 2: sums of three", np.ravel(theirs), equals=(6, 12, 11))


# %% [markdown] lang="ko" slides="004 Convolution 연산"
# ## 4. 사진에 커널을 적용하면
#
# 강의 자료 004의 세 커널을 진짜 사진에 적용해 본다. 가운데를 5배 하고 위, 아래, 왼쪽, 오른쪽의 네 이웃을 빼면 이웃과의 차이가 커져 또렷해진다(sharpen). 가운데를 8배 하고 여덟 이웃을 빼면 고른 곳에서는 0이 되어 윤곽만 남는다(edge). 아홉 픽셀의 평균을 내면 흐려진다(blur). 커널의 합이 1이면 밝기가 그대로이고 0이면 고른 곳이 0이 된다.
# %% [markdown] lang="en"
# ## 4. Kernels on a photo
#
# Try the three kernels of deck 004 on a real photo. Five times the centre minus its four neighbours above, below, left and right makes differences larger: the photo is sharpened. Eight times the centre minus all eight neighbours is 0 wherever the photo is even, and only edges are left. The mean of nine pixels blurs. A kernel whose sum is 1 keeps the brightness; one whose sum is 0 makes even regions 0.
# %%
KERNELS = {
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
    "edge": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], float),
    "blur": np.full((3, 3), 1 / 9),
}
mirrored = np.pad(photo, 1, mode="reflect").astype(float)
filtered = {name: slide(mirrored, kernel) for name, kernel in KERNELS.items()}
check(
    "sums of the kernels", [round(kernel.sum(), 9) for kernel in KERNELS.values()], equals=(1, 0, 1)
)
# %% tags=["figure"] title="three kernels on a photo"
_, axes = plt.subplots(2, 4, figsize=(13, 6.6))
for column, (name, result) in zip(axes.T, {"photo": photo, **filtered}.items()):
    for axis, part in zip(column, (result, result[40:100, 100:160])):  # all of it, and the head
        axis.imshow(np.abs(part) if name == "edge" else part, cmap="gray", vmin=0, vmax=1)
        axis.axis("off")
    column[0].set_title(name)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 사진(photo), 또렷하게 한 것(sharpen), 윤곽(edge), 흐리게 한 것(blur). 아랫줄은 머리 부분을 확대한 것이다. 윤곽은 절댓값을 그렸다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left the photo, sharpened, its edges, blurred; the lower row magnifies the head. For edges the absolute value is drawn.*
# %% [markdown] lang="ko"
# 같은 일을 하는 OpenCV의 `filter2D`와 견준다. 안쪽은 언제나 같고, 다를 수 있는 것은 가장자리뿐이다. OpenCV는 거울 패딩이 기본이고, `BORDER_CONSTANT`를 주면 0을 덧댄다. 같은 패딩을 주면 가장자리까지 같다.
# %% [markdown] lang="en"
# Compare with OpenCV's `filter2D`, which does the same. The inside is always equal; only the border can differ. OpenCV's default is the mirror, and `BORDER_CONSTANT` makes it add 0. With the same padding even the border is equal.
# %%
exact = photo.astype(float)
for name, kernel in KERNELS.items():
    same(filtered[name], cv2.filter2D(exact, -1, kernel), f"{name}, mirror at the border: OpenCV's")
    zeros = cv2.filter2D(exact, -1, kernel, borderType=cv2.BORDER_CONSTANT)
    same(slide(np.pad(exact, 1), kernel), zeros, f"{name}, 0 at the border: OpenCV's")
    inside = np.abs(zeros - filtered[name])[1:-1, 1:-1].max()
    check(f"{name}: largest difference that the padding makes inside", inside, at_most=1e-12)
difference = np.abs(slide(np.pad(exact, 1), KERNELS["blur"]) - filtered["blur"]).max()
check("blur: largest difference that it makes at the border", difference, at_least=0.3)
# %% [markdown] lang="ko" slides="002 CNN 이해 - 필터 커널: 경계 찾기"
# ## 5. 무엇을 찾는 커널인가
#
# 강의 자료 002의 작은 이미지에서 커널이 찾는 것을 보자. 오른쪽 열에서 왼쪽 열을 빼는 커널은 왼쪽보다 오른쪽이 밝은 세로 경계에서 큰 값을 내고, 아랫줄에서 윗줄을 빼는 커널은 위보다 아래가 밝은 가로 경계에서 큰 값을 낸다. 방향이 어긋나면 0이다. 이렇게 합이 0인 커널은 자기와 닮은 무늬를 찾는다.
# %% [markdown] lang="en"
# ## 5. What a kernel looks for
#
# The small images of deck 002 show what kernels look for. The right column minus the left one responds to a vertical edge, where it is brighter on the right than on the left; the lower row minus the upper one responds to a horizontal edge, where it is brighter below than above. Where the directions do not match, it gives 0. Such a kernel, whose sum is 0, looks for a pattern like itself.
# %%
VERTICAL = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
HORIZONTAL = VERTICAL.T
LEFT_RIGHT = np.array([[1, 1, 1, 2, 2, 2]] * 4)  # 4x6
TOP_BOTTOM = np.array([[1] * 4] * 3 + [[2] * 4] * 2)  # 5x4
check("vertical edge, its kernel", slide(LEFT_RIGHT, VERTICAL), equals=((0, 3, 3, 0),) * 2)
check("horizontal edge, its kernel", slide(TOP_BOTTOM, HORIZONTAL), equals=((0, 0), (3, 3), (3, 3)))
check("vertical edge, the other kernel", np.abs(slide(LEFT_RIGHT, HORIZONTAL)).max(), equals=0)
check("horizontal edge, the other kernel", np.abs(slide(TOP_BOTTOM, VERTICAL)).max(), equals=0)
# %% tags=["figure"] title="edges and their kernels"
_, axes = plt.subplots(2, 4, figsize=(12, 6), width_ratios=(6, 3, 4, 4))
for row, (image, kernel) in zip(axes, ((LEFT_RIGHT, VERTICAL), (TOP_BOTTOM, HORIZONTAL))):
    tables = [image, kernel, slide(image, kernel), slide(image, kernel.T)]
    titles = ["image", "kernel", "feature map", "of the other kernel"]
    for axis, table, title in zip(row, tables, titles):
        number_table(axis, table, set(zip(*np.nonzero(table > 1))) if title == "image" else ())
        axis.set_title(title, fontsize=11)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 이미지(image), 그 경계를 찾는 커널(kernel), 그 특성 맵(feature map), 다른 줄의 커널을 적용한 특성 맵(of the other kernel). 윗줄은 세로 경계, 아랫줄은 가로 경계이며 밝은 쪽을 주황색으로 칠했다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: an image, the kernel for its edge, the feature map of that kernel, and the feature map of the other row's kernel. Above a vertical edge, below a horizontal one; the brighter side is orange.*
# %% [markdown] lang="ko"
# 사진에서는 밝아지는 경계가 양수, 어두워지는 경계가 음수가 되므로 절댓값을 그린다. 두 값을 $\sqrt{a^2 + b^2}$로 합치면 방향과 상관없이 경계의 세기를 나타낸다.
# %% [markdown] lang="en"
# In the photo an edge that gets brighter gives a positive number and one that gets darker a negative one, so absolute values are drawn. Both combined as $\sqrt{a^2 + b^2}$ are the strength of an edge in any direction.
# %%
across, along = slide(photo, VERTICAL), slide(photo, HORIZONTAL)
strength = np.hypot(across, along)
# %% tags=["figure"] title="edges of the photo"
show_photos(
    {
        "photo": photo,
        "vertical edges": np.abs(across),
        "horizontal edges": np.abs(along),
        "both": strength,
    }
)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 사진(photo), 세로 경계(vertical edges)와 가로 경계(horizontal edges)의 절댓값, 둘을 합친 세기(both). 밝을수록 경계가 뚜렷하다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the photo, absolute values of its vertical and its horizontal edges, and the strength of both together. The brighter, the clearer the edge.*
# %% [markdown] lang="ko"
# ### 곡선을 찾는 커널
#
# 강의 자료 002의 7×7 커널은 둥글게 굽은 선을 찾는다. 그런 선이 있는 곳에서는 6600이라는 큰 값이, 다른 무늬가 있는 곳에서는 0이 나온다.
#
# 그러나 값이 크다고 닮은 것은 아니다. 이 커널에는 음수가 없어서, 아무 무늬 없이 50으로 고른 곳에서는 9000이 나온다. 커널에서 평균을 빼 합을 0으로 만들면 고른 곳은 0, 굽은 선은 양수, 다른 무늬는 음수가 되어 셋이 갈린다. 그래도 무늬의 밝기 차이가 두 배면 값도 두 배이므로, 값에는 닮은 정도와 무늬의 세기가 함께 들어 있다.
#
# > **정오 / Erratum** — 슬라이드에는 6600이 (50·30)을 다섯 번 더한 값으로 적혀 있지만, 그러면 7500이다. 실제로는 50과 겹친 곳이 넷, 20과 겹친 곳이 하나여서 4·(50·30) + 20·30 = 6600이다.
# %% [markdown] lang="en"
# ### A kernel that finds a curve
#
# The 7×7 kernel of deck 002 looks for a line that bends. Where there is such a line it gives a large number, 6600; on another pattern it gives 0.
#
# A large number is not yet likeness, though. This kernel has no negative numbers, and on an even patch of 50s, with no pattern at all, it gives 9000. Subtract the mean from the kernel so that its sum is 0, and the three come apart: 0 on the even patch, positive on the curve, negative on the other pattern. Even so, a pattern of twice the contrast gives twice the number: it tells likeness and strength together.
#
# > **정오 / Erratum** — The slide writes 6600 as (50·30) added five times, which would be 7500. In fact the kernel lies on 50 in four places and on 20 in one: 4·(50·30) + 20·30 = 6600.
# %%
CURVE = np.zeros((7, 7), int)
CURVE[[0, 1, 2, 3, 4, 5], [5, 4, 3, 3, 3, 3]] = 30
BACK = np.zeros((7, 7), int)  # the back of the mouse on the slide
BACK[0, 6], BACK[1, 4:], BACK[2, 3:5], BACK[3:, 3:5] = 30, 50, (20, 50), 50
HEAD = np.zeros((7, 7), int)  # its head
HEAD[1, 1], HEAD[2, [0, 2]], HEAD[3, :2] = 40, 40, (40, 20)
HEAD[4, 1], HEAD[5, 2], HEAD[6, [0, 1, 3]] = 50, 50, (25, 25, 50)
EVEN = np.full((7, 7), 50)
check("dot product with the first image", (CURVE * BACK).sum(), equals=6600)
under = BACK[(CURVE > 0) & (BACK > 0)]
check("pixels under the kernel that are not 0", sorted(under), equals=(20, 50, 50, 50, 50))
check("dot product with the second image", (CURVE * HEAD).sum(), equals=0)
check("dot product with an even patch of 50s", (CURVE * EVEN).sum(), equals=9000)
centred = CURVE - CURVE.mean()  # its sum is 0
of_centred = [round((centred * image).sum()) for image in (BACK, HEAD, EVEN)]
check("the three, kernel less its mean, rounded", of_centred, equals=(4212, -1396, 0))
# %% tags=["figure"] title="the curve, and what it is laid on"
_, axes = plt.subplots(1, 4, figsize=(14, 3.8))
titles = ("kernel", "image: 6600", "image: 0", "image: 9000")
for axis, table, title in zip(axes, (CURVE, BACK, HEAD, EVEN), titles):
    number_table(axis, table, set(zip(*np.nonzero(table))), BLUE if title == "kernel" else ORANGE)
    axis.set_title(title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 굽은 선의 커널(kernel), 그런 선이 있는 이미지(image), 다른 무늬가 있는 이미지, 50으로 고른 이미지와 커널과의 내적. 0이 아닌 칸을 칠했다. 고른 이미지의 값이 가장 크다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the kernel of the curve, an image with such a line, one with another pattern and one of 50s only, each with its dot product. Numbers other than 0 are coloured. The even image has the largest product.*


# %% [markdown] lang="ko" slides="004 컬러 이미지의 Convolution 연산; 004 Convolution 연산 확장; 001 이미지에서 실제로 이뤄지는 합성곱 연산"
# ## 6. 색이 있는 그림, 여러 개의 커널
#
# 색이 있는 그림은 빨강, 초록, 파랑의 표 세 장이다. 한 장을 **채널**(channel)이라고 한다. 커널도 채널 수만큼 깊이(depth)가 있어서 3×3 커널이면 3×3×3이다. 채널마다 따로 합성곱을 하고 결과를 모두 더하므로, 커널 하나는 특성 맵 한 장을 낸다. 편향도 커널마다 하나다.
#
# 32×32×3 그림에 5×5×3 커널 하나를 적용하면 28×28×1이 되고, 파라미터는 $5 \cdot 5 \cdot 3 + 1 = 76$개다. 커널을 여러 개 두면 특성 맵도 그만큼 나와, 다음 층에는 그것이 채널이 된다.
# %% [markdown] lang="en"
# ## 6. Colour, and several kernels
#
# An image in colour is three tables, red, green and blue; each is a **channel**. A kernel is as deep as there are channels: 3×3 becomes 3×3×3. Each channel is convolved with its own slice and the results are added, so one kernel gives one feature map. There is also one bias for each kernel.
#
# A 32×32×3 image and one 5×5×3 kernel give 28×28×1, with $5 \cdot 5 \cdot 3 + 1 = 76$ parameters. Several kernels give as many feature maps, which are the channels of the next layer.
# %%
cat = load_photo("chelsea").astype("float32") / 255  # 150x225x3
by_channel = [slide(cat[..., channel], KERNELS["edge"]) for channel in range(3)]
# conv2d does what slide does, with channels; section 9 shows it
together = conv2d(cat[None].astype(float), np.repeat(KERNELS["edge"][..., None, None], 3, axis=2))
same(sum(by_channel), together[0, ..., 0], "sum of three channels, and one kernel of depth 3")
# %% tags=["figure"] title="edges by channel"
_, axes = plt.subplots(1, 5, figsize=(14, 2.4))
maps = [np.abs(channel_map) for channel_map in (*by_channel, together[0, ..., 0])]
titles = ["photo", "edges in red", "in green", "in blue", "their sum (÷ 3)"]
for axis, picture, title in zip(axes, [cat, *maps], titles):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=1 if title != "their sum (÷ 3)" else 3)
    axis.set_title(title)
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 사진(photo), 빨강(red), 초록(green), 파랑(blue) 채널의 윤곽(edges), 세 채널의 합(their sum). 합은 3으로 나눈 밝기로 그렸다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the photo, the edges in its red, green and blue channels, and their sum, drawn at a third of its brightness.*
# %%
one = layers.Conv2D(1, 5)
check(
    "shape of its feature map",
    one(np.zeros((1, 32, 32, 3), "float32")).shape,
    equals=(1, 28, 28, 1),
)
check("parameters of one 5x5x3 kernel", one.count_params(), equals=76)
six = layers.Conv2D(6, 5)
check(
    "shape with six kernels", six(np.zeros((1, 32, 32, 3), "float32")).shape, equals=(1, 28, 28, 6)
)
check("parameters of six", six.count_params(), equals=456)


# %% [markdown] lang="ko"
# ### 채널, 스트라이드, 패딩을 갖춘 합성곱
#
# 이제 반복문으로 쓴 합성곱을 완성한다. 크기가 다른 여러 그림과 커널에서 Keras와 견준다. 짝수 커널, 정사각형이 아닌 그림, 스트라이드 1–3, 패딩 0–3과 `"same"`, 채널 1–4개, 커널 1–5개를 섞는다. 편향은 특성 맵마다 한 수를 더하는 것이므로 함수에 넣지 않고 결과에 더한다.
# %% [markdown] lang="en"
# ### Convolution with channels, stride and padding
#
# Now complete the convolution with loops, and compare it with Keras on many sizes of images and kernels: even kernels, images that are not square, stride 1–3, padding 0–3 and `"same"`, 1–4 channels and 1–5 kernels. A bias is one number added to each feature map, so it is left out of the function and added to the result.
# %%
def pads(size, kernel_size, stride, padding):
    """Pixels to add before and after; "same" makes the result as long as size / stride, rounded up."""
    if padding != "same":
        return padding, padding
    needed = max(0, (-(-size // stride) - 1) * stride + kernel_size - size)
    return needed // 2, needed - needed // 2


def conv2d_by_loops(image, kernels, stride=1, padding=0):
    """Feature maps (rows, columns, filters) of an image (height, width, channels)."""
    height, width, _, filters = kernels.shape
    sides = [pads(s, k, stride, padding) for s, k in zip(image.shape, (height, width))]
    image = np.pad(image, [*sides, (0, 0)])
    rows = (image.shape[0] - height) // stride + 1
    columns = (image.shape[1] - width) // stride + 1
    maps = np.zeros((rows, columns, filters))
    for row, column, number in np.ndindex(maps.shape):
        top, left = row * stride, column * stride
        window = image[top : top + height, left : left + width]
        maps[row, column, number] = (window * kernels[..., number]).sum()
    return maps


# %% tags=["proof"] title="loops and matrix product against Keras, 60 cases"
def keras_conv2d(image, kernels, stride, padding):
    mode = "same" if padding == "same" else "valid"
    width = 0 if padding == "same" else padding
    image = np.pad(image, [(width, width), (width, width), (0, 0)])
    return keras.ops.conv(image[None], kernels, strides=stride, padding=mode)[0]


rng, differences = np.random.RandomState(0), {"loops": [], "matrix product": []}
for stride, padding, channels in np.ndindex(3, 5, 4):
    stride, padding, channels = stride + 1, "same" if padding == 4 else padding, channels + 1
    height, width, filters = rng.randint(5, 10), rng.randint(5, 10), rng.randint(1, 6)
    image = rng.normal(size=(height, width, channels)).astype("float32")
    kernels = rng.normal(size=(rng.randint(1, 6), rng.randint(1, 6), channels, filters))
    kernels = kernels.astype("float32")
    theirs = np.array(keras_conv2d(image, kernels, stride, padding))
    ours = conv2d_by_loops(image, kernels, stride, padding)
    product = conv2d(image[None], kernels, stride, padding)[0]  # section 9 explains it
    for name, maps in zip(differences, (ours, product)):
        differences[name].append(np.abs(maps - theirs).max() / np.abs(theirs).max())
check("cases compared", len(differences["loops"]), equals=60)
for name, values in differences.items():
    check(f"{name}: largest difference from Keras", max(values), at_most=1e-5)
# %%
layer = layers.Conv2D(5, (3, 2), strides=2, bias_initializer="random_normal")
image = np.random.RandomState(1).normal(size=(7, 9, 3)).astype("float32")
theirs = np.array(layer(image[None]))[0]  # 3x4x5
weights, bias = layer.get_weights()
same(conv2d_by_loops(image, weights, 2) + bias, theirs, "loops plus bias, and Keras's layer")
same(conv2d(image[None], weights, 2)[0] + bias, theirs, "matrix product plus bias")
# %% [markdown] lang="ko"
# ## 7. 합성곱과 상호 상관
#
# 수학에서 말하는 합성곱은 커널을 위아래와 좌우로 뒤집어 미끄러뜨린다. 딥러닝에서 하는 것은 뒤집지 않으므로 수학의 이름으로는 **상호 상관**(cross-correlation)이다. 점 하나만 찍힌 그림으로 보면 차이가 드러난다. 수학의 합성곱은 그 점에 커널을 그대로 찍고, 딥러닝의 합성곱은 뒤집힌 커널을 찍는다. 커널을 배우는 신경망에서는 뒤집힌 채로 배우면 그만이라 아무래도 좋다.
# %% [markdown] lang="en"
# ## 7. Convolution and cross-correlation
#
# What mathematics calls convolution slides the kernel flipped vertically and horizontally. Deep learning does not flip it; in mathematics this is **cross-correlation**. An image with a single dot shows the difference: the convolution of mathematics stamps the kernel on it, that of deep learning the kernel flipped. A network that learns its kernels does not care; it would learn them flipped.
# %%
DOT = np.zeros((5, 5), int)
DOT[2, 2] = 1
NUMBERED = np.arange(1, 10).reshape(3, 3)
TABLES = {
    "image": DOT,
    "kernel": NUMBERED,
    "deep learning": slide(DOT, NUMBERED),
    "mathematics": convolve2d(DOT, NUMBERED, mode="valid"),
}
same(
    slide(IMAGE, KERNEL), correlate2d(IMAGE, KERNEL, mode="valid"), "ours, and SciPy's correlation"
)
same(slide(DOT, NUMBERED), NUMBERED[::-1, ::-1], "a dot, and the kernel flipped")
flipped = slide(IMAGE, KERNEL[::-1, ::-1])
same(
    flipped,
    convolve2d(IMAGE, KERNEL, mode="valid"),
    "with the kernel flipped, and SciPy's convolution",
)
# %% tags=["figure"] title="a dot under both convolutions"
_, axes = plt.subplots(1, 4, figsize=(12, 3.4), width_ratios=(5, 3, 3, 3))
for axis, (title, table) in zip(axes, TABLES.items()):
    number_table(axis, table)
    axis.set_title(title)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 점 하나만 찍힌 이미지(image), 커널(kernel), 딥러닝(deep learning)의 결과와 수학(mathematics)의 결과. 딥러닝의 합성곱은 뒤집힌 커널을 찍는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: an image with a single dot, the kernel, and what deep learning and mathematics make of them. The convolution of deep learning stamps the kernel flipped.*
# %% [markdown] lang="ko" slides="004 Convolutional Layer"
# ## 8. 커널은 배울 수 있다
#
# 지금까지는 커널을 사람이 정했다. 합성곱 층의 커널은 가중치이므로 데이터에서 배운다. 시험해 보자. 난수로 만든 잡음 그림 64장과, 거기에 edge 커널을 적용한 결과만 보여 주고 커널이 무엇이었는지 맞히게 한다. 커널은 난수에서 출발해 경사 하강법으로 답에 다가간다. 신경망은 커널도 사진도 본 적이 없지만, 배운 커널을 사진에 적용하면 진짜 커널과 같은 윤곽을 낸다.
# %% [markdown] lang="en"
# ## 8. Kernels can be learned
#
# So far people chose the kernels. In a convolutional layer they are weights and are learned from data. Put that to the test: show only 64 images of noise and what the edge kernel makes of them, and let the layer find out what the kernel was. It starts from random numbers and comes closer by gradient descent. The network never sees the kernel, nor the photo; yet on the photo, the kernel that it learned gives the same edges as the true one.
# %% tags=["nbval-ignore-output"]
noise = np.random.RandomState(lesson.seed).normal(size=(64, 18, 18, 1)).astype("float32")
edges = conv2d(noise, KERNELS["edge"][..., None, None].astype("float32"))  # 64x16x16x1
inputs = keras.Input((18, 18, 1))
convolution = layers.Conv2D(1, 3, use_bias=False)
model = keras.Model(inputs, convolution(inputs))
model.compile(keras.optimizers.Adam(0.05), "mse")
learned = [convolution.get_weights()[0][..., 0, 0]]
for _ in range(3):
    epochs = lesson.epochs(small=20, full=20)  # of eight steps each
    model.fit(noise, edges, batch_size=8, epochs=epochs, verbose=0)
    learned.append(convolution.get_weights()[0][..., 0, 0])
print(f"largest error of a weight: {np.abs(learned[-1] - KERNELS['edge']).max():.4f}")
# %%
error = np.abs(learned[-1] - KERNELS["edge"]).max()
check("learned edge kernel, largest error of a weight", error, at_most=0.05)
difference = np.abs(slide(mirrored, learned[-1]) - filtered["edge"]).max()
check("largest difference on the photo", difference, at_most=0.05)
# %% tags=["figure"] title="a kernel as it is learned"
_, axes = plt.subplots(1, 5, figsize=(14, 3))
titles = ["random", "after 160 steps", "after 320", "after 480", "the true kernel"]
for axis, kernel, title in zip(axes, [*learned, KERNELS["edge"]], titles):
    axis.imshow(kernel, cmap="RdBu", vmin=-8, vmax=8)
    for (row, column), value in np.ndenumerate(kernel):
        ink = "white" if abs(value) > 5 else "black"
        axis.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink)
    axis.set_title(title)
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 난수(random)로 출발한 커널, 160걸음(steps), 320걸음, 480걸음 뒤의 커널, 진짜 커널(the true kernel). 파란색은 양수, 붉은색은 음수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the random kernel of the start, the kernel after 160, 320 and 480 steps, and the true one. Blue is positive, red negative.*
# %% [markdown] lang="ko"
# ## 9. 합성곱을 행렬곱으로
#
# 반복문은 느리다. 커널이 멈추는 자리마다 수용 영역을 한 줄로 펴서 쌓으면, 합성곱 전체가 행렬곱 하나가 된다. 이렇게 펴는 것을 im2col이라고 한다. 1절의 예라면 커널이 멈추는 자리마다 한 줄, 모두 아홉 줄이다. 커널을 한 열로 펴서 곱하면 아홉 개의 합이 한꺼번에 나온다. 픽셀을 여러 번 옮겨 적느라 메모리는 더 쓰지만, 행렬곱은 컴퓨터가 가장 잘하는 일이다.
# %% [markdown] lang="en"
# ## 9. Convolution as a matrix product
#
# Loops are slow. Write the receptive field of every stop in a row, one below the other, and the whole convolution becomes one matrix product. Writing it out like this is called im2col. In the example of section 1 that makes nine rows, one for each stop. Multiplied by the kernel, written as a column, they give all nine sums at once. Pixels are copied several times and take more memory, but matrix products are what computers do best.
# %%
rows = np.array([IMAGE[r : r + 3, c : c + 3].ravel() for r, c in np.ndindex(3, 3)])  # 9x9
sums = rows @ KERNEL.ravel()
check("sums", sums.reshape(3, 3), equals=((181, 204, 227), (195, 203, 166), (179, 206, 150)))
# %% tags=["figure"] title="im2col"
_, axes = plt.subplots(1, 3, figsize=(10, 4.6), width_ratios=(9, 1, 1.4))
number_table(axes[0], rows, {(1, column) for column in range(9)})
number_table(axes[1], KERNEL.reshape(9, 1))
number_table(axes[2], sums.reshape(9, 1), {(1, 0)}, size=10)
for axis, title in zip(axes, ("windows, one per row", "kernel", "sums")):
    axis.set_title(title, fontsize=11)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 수용 영역을 한 줄씩 편 것(windows, one per row), 가운데는 한 열로 편 커널(kernel), 오른쪽은 곱해서 나온 합(sums)이다. 주황색 줄과 커널의 내적이 주황색 합이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. On the left the receptive fields, one per row, then the kernel as a column, and on the right the sums. The dot product of the orange row and the kernel is the orange sum.*
# %% [markdown] lang="ko"
# 이 방법으로 쓴 `conv2d`는 `helpers`에 들어 있고, 6절에서 이미 Keras와 견주었다. 앞으로의 수업에서도 쓴다. `conv2d`와 그것이 부르는 `windows`의 코드는 아래와 같다. `windows`가 수용 영역을 복사하지 않고 보여 주고, `reshape`이 줄로 편다.
# %% [markdown] lang="en"
# Written in this way, `conv2d` is part of `helpers`; section 6 has already compared it with Keras, and later lessons will use it. Here are `conv2d` and `windows`, which it calls. `windows` shows the receptive fields without copying them, and `reshape` writes them out in rows.
# %%
show_source(conv2d)
# %%
show_source(windows)


# %% [markdown] lang="ko"
# 얼마나 빨라질까? 같은 합성곱을 순수한 파이썬 반복문, im2col, Keras로 계산해 시간을 잰다. 초가 아니라 비율을 본다. 초는 컴퓨터마다 다르지만 비율은 훨씬 덜 달라진다. Keras는 한 번 부를 때마다 준비하는 시간이 들어, 한 장씩 넣으면 im2col보다도 느릴 수 있다. 신경망에는 여러 장을 묶어 넣으므로, 64장을 한꺼번에 넣을 때 한 장에 걸리는 시간으로 견준다. 그러면 Keras에서 한 장에 드는 시간이 한 장씩 넣을 때보다 뚜렷이 줄어든다.
# %% [markdown] lang="en"
# How much faster is it? The same convolution is timed in pure Python loops, with im2col and in Keras. Look at the ratios, not the seconds: seconds differ from computer to computer, ratios much less. Each call of Keras takes some preparation, so with one image at a time it may be slower than even im2col. A network is given many at once; hence the comparison is by the time for one image when 64 go in together. An image then takes Keras clearly less time than it does alone.
# %%
def conv2d_in_python(image, kernels):
    """Lists and loops alone: image[row][column][channel], kernels[i][j][channel][number]."""
    maps = []
    for row in range(len(image) - len(kernels) + 1):
        maps.append([])
        for column in range(len(image[0]) - len(kernels[0]) + 1):
            sums = [0.0] * len(kernels[0][0][0])
            for i, kernel_row in enumerate(kernels):
                for j, weights in enumerate(kernel_row):
                    for pixel, by_number in zip(image[row + i][column + j], weights):
                        for number, weight in enumerate(by_number):
                            sums[number] += pixel * weight
            maps[-1].append(sums)
    return maps


# %% tags=["nbval-ignore-output"]
corners = [(top, left) for top in range(0, 80, 10) for left in range(0, 160, 20)]
batch = np.stack([cat[top : top + 66, left : left + 66] for top, left in corners])  # 64x66x66x3
image = batch[0]
kernels = np.random.RandomState(0).normal(size=(3, 3, 3, 8)).astype("float32")
lists = image.tolist(), kernels.tolist()
times = {  # seconds for one image
    "pure Python": fastest_seconds(lambda: conv2d_in_python(*lists), 2),
    "im2col": fastest_seconds(lambda: conv2d(batch, kernels), 5) / 64,
    "Keras": fastest_seconds(lambda: np.array(keras.ops.conv(batch, kernels)), 5) / 64,
    "Keras, one at a time": fastest_seconds(
        lambda: np.array(keras.ops.conv(image[None], kernels)), 10
    ),
}
for name, time in times.items():
    print(f"{name:20} takes {time / times['Keras']:8.2f} times as long as Keras on 64 at once")
# %%
same(np.array(conv2d_in_python(*lists)), conv2d(image[None], kernels)[0], "pure Python and im2col")
same(
    conv2d(batch, kernels), np.array(keras.ops.conv(batch, kernels)), "im2col and Keras, 64 images"
)
slower = {name: time / times["im2col"] for name, time in times.items()}
check("pure Python takes longer than im2col, times", slower["pure Python"], at_least=100)
check(
    "pure Python takes longer than Keras, times",
    slower["pure Python"] / slower["Keras"],
    at_least=100,
)
alone = slower["Keras, one at a time"] / slower["Keras"]
check("an image takes longer alone than among 64 in Keras, times", alone, at_least=1.5)


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** `slide`처럼 커널을 뒤집지 않는 합성곱으로 그림을 아래로 `down`칸, 오른쪽으로 `right`칸 옮기는 3×3 커널을 돌려주는 함수를 작성하라. 둘 다 −1, 0, 1 가운데 하나다. 아래로 한 칸 옮긴 그림의 픽셀은 원래 어디에 있던 것인가?
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that returns the 3×3 kernel with which `slide` (no flipping) moves an image by `down` pixels down and `right` pixels to the right, each −1, 0 or 1. In an image that was moved down by one, where was each pixel before?
# %% tags=["exercise"]
def moving_kernel(down, right):
    """The 3x3 kernel that moves an image."""
    ...


# %% tags=["solution"]
def moving_kernel(down, right):
    """The 3x3 kernel that moves an image."""
    kernel = np.zeros((3, 3))
    kernel[1 - down, 1 - right] = 1  # the pixel now here came from the opposite side
    return kernel


# %% tags=["wrong"]
def moving_kernel(down, right):
    """The 3x3 kernel that moves an image."""
    kernel = np.zeros((3, 3))
    kernel[1 + down, 1 + right] = 1
    return kernel


# %%
def measured_kernel(down, right):
    """The kernel, read off an image with one dot that was moved."""
    moved = np.roll(np.pad([[1.0]], 2), (down, right), axis=(0, 1))
    return moved[1:4, 1:4][::-1, ::-1]


exercise(
    moving_kernel, [(case, measured_kernel(*case)) for case in [(1, 0), (0, -1), (-1, 1), (0, 0)]]
)


# %% [markdown] lang="ko"
# **2.** 합성곱 층 여러 개를 지난 뒤의 크기를 구하는 함수를 작성하라. 층마다 (커널의 크기, 스트라이드, 패딩)이 주어진다. 중간에 커널이 들어갈 자리가 없으면 0을 돌려준다.
# %% [markdown] lang="en"
# **2.** Write a function for the size that is left after several convolutional layers, each given as (kernel size, stride, padding). If at some point there is no room for the kernel, return 0.
# %% tags=["exercise"]
def size_after(size, layer_settings):
    """The side of the feature map after all layers."""
    ...


# %% tags=["solution"]
def size_after(size, layer_settings):
    """The side of the feature map after all layers."""
    for kernel_size, stride, padding in layer_settings:
        size = (size + 2 * padding - kernel_size) // stride + 1
        if size < 1:
            return 0
    return size


# %% tags=["wrong"]
def size_after(size, layer_settings):
    """The side of the feature map after all layers."""
    for kernel_size, stride, padding in layer_settings:
        size = (size + padding - kernel_size) // stride + 1
    return max(size, 0)


# %%
cases = [
    ((28, [(5, 1, 0), (3, 2, 1)]), 12),
    ((227, [(11, 4, 0)]), 55),
    ((32, [(3, 1, 1)] * 3), 32),
    ((4, [(5, 1, 0), (3, 1, 4)]), 0),
    ((7, [(3, 2, 0), (2, 2, 0)]), 1),
    ((2, [(5, 4, 0)]), 0),
    ((2, [(3, 1, 1)]), 2),
]
exercise(size_after, cases)


# %% [markdown] lang="ko"
# **3.** 합성곱 층의 파라미터 수를 구하는 함수를 작성하라. 커널은 `height`×`width`이고 입력 채널은 `channels`개, 커널은 `filters`개다. 편향을 잊지 않는다. 그림의 크기는 왜 필요하지 않을까?
# %% [markdown] lang="en"
# **3.** Write a function for the number of parameters of a convolutional layer with `filters` kernels of `height`×`width` on `channels` input channels. Do not forget the biases. Why is the size of the image not needed?
# %% tags=["exercise"]
def conv_parameters(height, width, channels, filters):
    """Weights and biases of a convolutional layer."""
    ...


# %% tags=["solution"]
def conv_parameters(height, width, channels, filters):
    """Weights and biases of a convolutional layer."""
    return (height * width * channels + 1) * filters  # the same kernel everywhere in the image


# %% tags=["wrong"]
def conv_parameters(height, width, channels, filters):
    """Weights and biases of a convolutional layer."""
    return height * width * filters + filters


# %%
def counted(height, width, channels, filters):
    layer = layers.Conv2D(filters, (height, width))
    layer.build((None, 32, 32, channels))
    return layer.count_params()


exercise(
    conv_parameters,
    [(case, counted(*case)) for case in [(5, 5, 3, 1), (3, 3, 64, 128), (1, 7, 2, 3)]],
)
# %% [markdown] lang="ko"
# ## 요약
#
# - 합성곱은 커널을 미끄러뜨리며 자리마다 가중합을 구하는 것이고, 결과가 특성 맵이다. 커널의 합이 0이면 커널과 닮은 뚜렷한 무늬에서 값이 크고, 아니면 무늬가 없어도 밝기에 따라 값이 달라진다.
# - 크기는 $\lfloor (H + 2P - F)/S \rfloor + 1$이다. 패딩은 가장자리를 덧대고, 스트라이드는 건너뛴다.
# - 커널의 깊이는 입력의 채널 수와 같고, 커널 하나가 특성 맵 한 장을 낸다. 파라미터 수는 그림의 크기와 상관없다.
# - 딥러닝의 합성곱은 커널을 뒤집지 않는 상호 상관이다. 커널은 가중치이고 데이터에서 배운다.
# - im2col로 펴면 합성곱은 행렬곱 하나가 되어 순수한 파이썬 반복문보다 100배 넘게 빨랐다.
# %% [markdown] lang="en"
# ## Summary
#
# - A convolution slides a kernel and takes a weighted sum at every stop; the result is the feature map. If the sum of the kernel is 0, it is large where there is a clear pattern like the kernel; if not, brightness alone changes it too.
# - Its size is $\lfloor (H + 2P - F)/S \rfloor + 1$. Padding adds a border, the stride leaves places out.
# - A kernel is as deep as its input has channels, and gives one feature map. The number of parameters does not depend on the size of the image.
# - The convolution of deep learning is cross-correlation, which does not flip the kernel. Kernels are weights and are learned from data.
# - Written out by im2col, a convolution is one matrix product, here over 100 times as fast as loops in pure Python.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 004 1장과 2장, 002 3부 ‘CNN 이해’, 001 합성곱 신경망(CNN).
# - V. Dumoulin, F. Visin (2016). *A guide to convolution arithmetic for deep learning*. arXiv:1603.07285. 크기의 식.
# - K. Chellapilla, S. Puri, P. Simard (2006). *High performance convolutional neural networks for document processing*. IWFHR. 행렬곱으로 펴는 방법.
# - 사진: camera(Lav Varshney), chelsea(Stefan van der Walt), scikit-image에 든 것, CC0.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 004, chapters 1 and 2; deck 002, part 3, pages on understanding the CNN; deck 001, the convolutional neural network.
# - V. Dumoulin, F. Visin (2016). *A guide to convolution arithmetic for deep learning*. arXiv:1603.07285. The formula for sizes.
# - K. Chellapilla, S. Puri, P. Simard (2006). *High performance convolutional neural networks for document processing*. IWFHR. Unrolling into a matrix product.
# - Photos: camera (Lav Varshney), chelsea (Stefan van der Walt), as bundled with scikit-image, CC0.
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
