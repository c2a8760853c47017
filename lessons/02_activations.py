# %% [markdown] lang="ko" headline="gradient shrinks per sigmoid layer"
# # [[number]] · 활성화 함수
#
# [[badge]]
#
# **층 사이에 굽은 함수 하나를 끼우는 일이 왜 그렇게 중요하고, 어떤 함수를 끼워야 할까?**
# %% [markdown] lang="en"
# # [[number]] · Activation functions
#
# [[badge]]
#
# **Why does it matter so much to put one bent function between layers, and which one?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 선형인 층을 아무리 쌓아도 한 층과 같다는 것을 수와 그림으로 보일 수 있다.
# - 시그모이드, tanh, ReLU, Leaky ReLU, 소프트맥스와 그 도함수를 쓰고 그릴 수 있다.
# - 깊은 시그모이드 신경망에서 첫 층의 기울기가 층마다 몇 분의 1로 줄어드는지 재고, 그 까닭을 설명할 수 있다.
# - ReLU가 죽으면 왜 되살아나지 못하는지, 비선형성이 결정 경계를 어떻게 바꾸는지 보일 수 있다.
#
# 걸리는 시간은 약 45분이고, `small`에서는 1분 안에 실행이 끝난다. [[perceptron]]의 행렬곱과 은닉층, 미분의 연쇄 법칙을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Show in numbers and pictures that any number of linear layers is equivalent to one.
# - Write and draw sigmoid, tanh, ReLU, Leaky ReLU and softmax with their derivatives.
# - Measure by what factor the gradient of the first layer shrinks with each layer of a deep sigmoid network, and explain why.
# - Show why a dead ReLU does not recover, and how nonlinearity changes a decision boundary.
#
# It takes about 45 minutes to read and, at scale `small`, less than one to run. You need the matrix product and the hidden layer from [[perceptron]], and the chain rule of calculus.
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 001의 ‘Activation Function’과 AlexNet의 ReLU 쪽, 002의 1부에 나오는 ‘활성화함수’, ‘선형변환’, ‘비선형변환’, ‘MLP의 한계 극복’의 Vanishing Gradient 문제에 해당한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the page on activation functions and AlexNet's page on ReLU in deck 001, and from part 1 of deck 002 the pages on activation functions, on linear and nonlinear maps
# and on the vanishing gradient.
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
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION

# %% [markdown] lang="ko" slides="001 Activation Function"
# ## 1. 선형인 층은 쌓아도 한 층이다
#
# 층이 행렬곱뿐이라면 세 층을 지난 결과는 $x W_1 W_2 W_3$이다. 행렬곱은 묶는 순서를 바꾸어도 값이 같으므로 $W_{out} = W_1 W_2 W_3$을 먼저 계산해 두면 한 층으로 끝난다.
# 편향이 있어도 $(xW_1 + b_1)W_2 + b_2 = x(W_1W_2) + (b_1W_2 + b_2)$이므로 역시 한 층이다. 파라미터를 아무리 늘려도 한 층이 할 수 있는 것밖에 하지 못한다.
# %% [markdown] lang="en"
# ## 1. Linear layers collapse
#
# If a layer is nothing but a matrix product, three of them give $x W_1 W_2 W_3$. Matrix products may be grouped in any order, so $W_{out} = W_1 W_2 W_3$ can be computed beforehand, and one layer does the work.
# Biases change nothing: $(xW_1 + b_1)W_2 + b_2 = x(W_1W_2) + (b_1W_2 + b_2)$ is one layer again. However many parameters there are, the network can do no more than a single layer.
# %%
rng = np.random.RandomState(0)
x = rng.randint(-3, 4, (5, 4))  # 5 examples of 4 inputs
W1, W2, W3 = (rng.randint(-3, 4, shape) for shape in ((4, 8), (8, 6), (6, 2)))
three_layers = x @ W1 @ W2 @ W3  # 4 -> 8 -> 6 -> 2
W_out = W1 @ W2 @ W3  # 4x2
check("numbers that differ, three layers and one", (three_layers != x @ W_out).sum(), equals=0)
check("weights in three layers", W1.size + W2.size + W3.size, equals=92)
check("weights in the one layer that equals them", W_out.size, equals=8)


# %% [markdown] lang="ko"
# 층 사이에 굽은 함수를 하나 끼우면 묶을 수 없게 된다. ReLU는 음수를 0으로 바꾸는 함수다. $z_1 = \text{ReLU}(x W_1)$처럼 층마다 끼워 넣으면, 이제는 어떤 한 층으로도 같은 결과를 낼 수 없다.
# 먼저 $f(0) = 0$이므로, 이것과 같은 한 층이 있다면 그 편향은 0이어야 한다. 그런데 편향이 없는 선형 함수라면 $f(2x) - 2f(x)$와 $f(-x) + f(x)$가 모두 0이어야 한다. ReLU는 크기를 두 배로 하는 앞의 시험은 통과하지만, 부호를 뒤집는 뒤의 시험에서 걸린다.
# %% [markdown] lang="en"
# With one bent function between layers they can no longer be grouped. ReLU turns negative numbers into 0. Put between layers, as in $z_1 = \text{ReLU}(x W_1)$, it makes a network that no single layer can equal.
# First, $f(0) = 0$, so a single layer that equals it would have a bias of 0. But a linear function without bias would have both $f(2x) - 2f(x)$ and $f(-x) + f(x)$ equal to 0. ReLU passes the first test, doubling, and fails the second, changing the sign.
# %%
def relu(z):
    """z where it is positive, else 0."""
    return np.maximum(z, 0)


def bent(x):
    """The three layers with ReLU between them."""
    return relu(relu(x @ W1) @ W2) @ W3


check("f(0), largest", np.abs(bent(0 * x)).max(), equals=0)
check("f(2x) - 2 f(x), largest", np.abs(bent(2 * x) - 2 * bent(x)).max(), equals=0)
check("f(-x) + f(x), largest", np.abs(bent(-x) + bent(x)).max(), equals=267)
# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 – 선형변환; 002 딥러닝 작동 원리 – 비선형변환"
# ## 2. 격자에 일어나는 일
#
# 한 층이 하는 일을 눈으로 보자. 평면에 격자를 그리고, 격자 위의 점을 모두 한 층에 통과시킨다. **선형 변환**(linear map)은 격자를 돌리고 늘이고 기울이며, 편향은 통째로 옮긴다. 그래도 곧은 선은 곧은 채로, 나란한 선은 나란한 채로 남는다.
# ReLU는 음수 쪽으로 넘어간 부분을 축 위로 납작하게 누르고(두 값이 모두 음수인 점은 원점 하나로 모인다), tanh는 멀리 간 점을 정사각형 안으로 끌어당겨 선을 구부린다.
# %% [markdown] lang="en"
# ## 2. What happens to a grid
#
# See what a layer does: draw a grid on the plane and send all of its points through the layer. A **linear map** turns, stretches and slants the grid, and the bias shifts it as a whole; still, straight lines stay straight and parallel lines parallel.
# ReLU presses whatever goes negative flat onto the axis (points with both values negative all land on the origin); tanh pulls distant points into a square and bends the lines.
# %%
ticks = np.linspace(-1, 1, 41)
u, v = np.meshgrid(ticks, ticks)
grid = np.stack([u, v], axis=-1)  # 41x41x2: places on the plane
MATRIX, SHIFT = np.array([[1.6, 0.5], [-0.7, 1.2]]), np.array([0.3, -0.2])
linear = grid @ MATRIX + SHIFT


# %% tags=["figure"] title="a grid through one layer"
def draw_grid(axis, places, title):
    """The grid's lines at their new places; colour is where a line came from."""
    for index in range(0, 41, 4):
        color = plt.cm.viridis(index / 40)
        axis.plot(*places[index].T, color=color, lw=1.2)
        axis.plot(*places[:, index].T, color=color, lw=1.2)
    axis.set(title=title, aspect="equal", xlim=(-2.8, 2.8), ylim=(-2.2, 2.2))


_, axes = plt.subplots(2, 2, figsize=(9, 7.4))
draw_grid(axes[0, 0], grid, "a grid")
draw_grid(axes[0, 1], linear, "linear map and shift")
draw_grid(axes[1, 0], relu(linear), "then ReLU: flattened")
draw_grid(axes[1, 1], np.tanh(linear), "then tanh: squeezed")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 격자(a grid)를 선형 변환하고 편향만큼 옮긴 것(linear map and shift), 거기에 ReLU(then ReLU: flattened, 납작해짐)와 tanh(then tanh: squeezed, 눌려 구부러짐)를 쓴 것. 색은 선이 처음에 있던 자리로, 왼쪽과 아래가 어둡고 오른쪽과 위가 밝다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A grid, what a linear map and a shift make of it, and what ReLU and tanh make of that. Colour shows where a line came from: dark at the left and bottom, bright at the right and top.*


# %%
def bend(places):
    """Largest turn of the grid's lines from one piece to the next, in degrees."""
    turns = []
    for axis in (0, 1):
        steps = np.moveaxis(np.diff(places, axis=axis), axis, 0)
        (ax, ay), (bx, by) = np.moveaxis(steps[:-1], -1, 0), np.moveaxis(steps[1:], -1, 0)
        moved = (np.hypot(ax, ay) > 1e-9) & (np.hypot(bx, by) > 1e-9)
        turn = np.degrees(np.abs(np.arctan2(ax * by - ay * bx, ax * bx + ay * by)))
        turns.append(turn[moved].max())
    return max(turns)


across = np.diff(np.diff(linear, axis=0), axis=1)
check("parallel lines drift apart by", np.abs(across).max(), at_most=1e-12)
check("largest turn in degrees, linear map", bend(linear), at_most=1e-9)
check("largest turn in degrees, ReLU", bend(relu(linear)), at_least=45)
check("largest turn in degrees, tanh", bend(np.tanh(linear)), at_least=3, at_most=10)
# %% [markdown] lang="ko"
# ### 세 층을 지나면
#
# 같은 변환을 세 번 거치게 해 보자. 선형 변환은 세 번을 거쳐도 평행사변형 하나다. 층마다 tanh나 ReLU를 끼우면 격자가 거듭 구부러지고 눌린다. 깊은 신경망이 복잡한 모양을 만드는 방법이 이것이다.
# %% [markdown] lang="en"
# ### After three layers
#
# Apply the same map three times. Linear maps, even three of them, leave one parallelogram. With tanh or ReLU after each, the grid is bent and flattened again and again. This is how deep networks make complicated shapes.
# %%
three = {}
for name, activation in [("linear", lambda z: z), ("tanh", np.tanh), ("ReLU", relu)]:
    places = grid
    for _ in range(3):
        places = activation(places @ MATRIX + SHIFT)
    three[name] = places
check("largest turn after three layers, linear", bend(three["linear"]), at_most=1e-9)
check("largest turn after three layers, ReLU", bend(three["ReLU"]), at_least=90)
check("largest turn after three layers, tanh", bend(three["tanh"]), at_least=20)
# %% tags=["figure"] title="a grid through three layers"
_, axes = plt.subplots(1, 3, figsize=(12, 3.8))
for axis, (name, places) in zip(axes, three.items()):
    draw_grid(axis, places, f"three layers, {name}")
    axis.autoscale()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 같은 격자가 세 층(three layers)을 지난 모습. 왼쪽부터 활성화 함수가 없을 때(linear), tanh일 때, ReLU일 때다. 그림마다 눈금이 다르다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The same grid after three layers, from the left without an activation function, with tanh and with ReLU. Mind that the scales differ.*


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 - 활성화함수"
# ## 3. 활성화 함수와 도함수
#
# 층의 결과를 한 번 더 바꾸는 함수를 **활성화 함수**(activation function)라고 한다. 뉴런이 어느 크기를 넘는 신호에만 반응하는 것을 본떴고, [[perceptron]]의 계단 함수가 첫 예다. 훈련은 가중치를 조금 바꿀 때 손실, 곧 모델이 얼마나 틀렸는지를 나타내는 수가 얼마나 바뀌는지,
# 곧 **기울기**(gradient)를 보고 나아가므로, 활성화 함수의 도함수가 훈련을 좌우한다.
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \sigma'(z) = \sigma(z)\,(1 - \sigma(z)), \qquad \tanh'(z) = 1 - \tanh^2(z)$$
# %% [markdown] lang="en"
# ## 3. Activation functions and their derivatives
#
# A function that is applied to what a layer has computed is an **activation function**. It is modelled on the neuron, which responds only to signals above some size; the step function of [[perceptron]] is the first example. Training goes by how much
# the loss, the number that says how wrong the model is, changes when a weight changes a little, by the **gradient**, so the derivative of the activation function decides how training goes.
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}, \qquad \sigma'(z) = \sigma(z)\,(1 - \sigma(z)), \qquad \tanh'(z) = 1 - \tanh^2(z)$$
# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


FUNCTIONS = {  # name: (function, derivative)
    "step": (lambda z: np.where(z > 0, 1.0, 0.0), lambda z: np.zeros_like(z)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (relu, lambda z: np.where(z > 0, 1.0, 0.0)),
    "Leaky ReLU": (lambda z: np.where(z > 0, z, 0.1 * z), lambda z: np.where(z > 0, 1.0, 0.1)),
}
zs = np.linspace(-5, 5, 501)
# %% tags=["figure"] title="five activation functions"
_, axes = plt.subplots(1, 5, figsize=(14, 3.2))
for axis, (name, (function, derivative)) in zip(axes, FUNCTIONS.items()):
    axis.plot(zs, function(zs), color=BLUE, label="function")
    axis.plot(zs, derivative(zs), color=VERMILION, ls="--", label="derivative")
    axis.set(title=name, xlabel="z", ylim=(-1.2, 2.2))
    axis.grid(alpha=0.3)
axes[0].legend(fontsize=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 활성화 함수(function, 실선)와 도함수(derivative, 점선). 왼쪽부터 계단 함수(step), 시그모이드(sigmoid), tanh, ReLU, Leaky ReLU다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Activation functions (solid) and their derivatives (dashed).*
# %% [markdown] lang="ko"
# 손으로 쓴 함수와 도함수를 Keras의 함수, TensorFlow가 자동으로 미분한 값과 견주어 본다. 시그모이드의 도함수는 $z = 0$에서 가장 크고, 그 값은 $0.25$다. Leaky ReLU의 음수 쪽 기울기 0.1은 우리가 고른 값이다(Keras의 기본값은 0.2).
# %% [markdown] lang="en"
# The functions and derivatives written by hand are compared with those of Keras and with what TensorFlow differentiates by itself. The derivative of the sigmoid is largest at $z = 0$, where it is $0.25$. The slope of 0.1 that Leaky ReLU has below 0 is our choice (Keras's default is 0.2).
# %%
KERAS = {
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "ReLU": keras.activations.relu,
    "Leaky ReLU": lambda z: keras.activations.leaky_relu(z, negative_slope=0.1),
}
points = tf.constant(np.linspace(-4, 4, 50))  # an even number: none at 0, where ReLU has a corner
for name, library in KERAS.items():
    with tf.GradientTape() as tape:
        tape.watch(points)
        values = library(points)
    function, derivative = FUNCTIONS[name]
    same(function(points.numpy()), values, f"{name}: ours and Keras's")
    same(derivative(points.numpy()), tape.gradient(values, points), f"{name}: derivative")
# %%
slopes = FUNCTIONS["sigmoid"][1](zs)
check("largest derivative of the sigmoid", slopes.max(), equals=0.25)
check("z where it is largest", abs(round(zs[slopes.argmax()], 9)), equals=0)
check("largest derivative of tanh", FUNCTIONS["tanh"][1](zs).max(), equals=1)


# %% [markdown] lang="ko"
# ### 소프트맥스
#
# **소프트맥스**(softmax)는 점수 여러 개를 함께 받아 $p_i = e^{z_i} / \sum_k e^{z_k}$, 곧 합이 1인 확률로 바꾼다. 점수를 모두 같은 만큼 더하거나 빼도 결과가 같으므로, 가장 큰 점수를 빼고 계산하면 지수가 넘치지 않는다. 출력 하나하나가 모든 점수에 따라 달라지므로 도함수는 행렬이 된다.
# $\partial p_i / \partial z_j = p_i(\delta_{ij} - p_j)$이고, $\delta_{ij}$는 $i = j$일 때 1, 아니면 0이다. 대각선만 양수다. 한 점수를 올리면 그 클래스의 확률은 오르고 나머지는 모두 내려간다.
# %% [markdown] lang="en"
# ### Softmax
#
# **Softmax** takes several scores together and turns them into $p_i = e^{z_i} / \sum_k e^{z_k}$, probabilities that sum to one. Adding the same number to all scores changes nothing, so the largest is subtracted first, and the exponentials cannot overflow. Each output depends on every score,
# so the derivative is a matrix: $\partial p_i / \partial z_j = p_i(\delta_{ij} - p_j)$, where $\delta_{ij}$ is 1 if $i = j$ and otherwise 0. Only its diagonal is positive: raising a score raises its own probability and lowers all others.
# %%
def softmax(scores):
    """Probabilities from scores (..., classes)."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


scores = np.array([2.0, 1.0, 0.5, -1.0])
p = softmax(scores)
jacobian = p[:, None] * (np.eye(4) - p)  # row: probability, column: score
# %% tags=["figure"] title="softmax and its derivative"
_, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
left.bar(range(4), p, color=BLUE)
left.set(title="softmax of 2, 1, 0.5, -1", xticks=range(4), ylim=(0, 1), ylabel="probability")
right.imshow(jacobian, cmap="RdBu", vmin=-0.4, vmax=0.4)
for (row, column), value in np.ndenumerate(jacobian):
    right.text(column, row, f"{value:.3f}", ha="center", va="center")
right.set(
    title="derivative", xlabel="score", ylabel="probability", xticks=range(4), yticks=range(4)
)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 점수 2, 1, 0.5, −1의 소프트맥스로 얻은 확률(probability)이고, 오른쪽은 그 도함수(derivative)다. 가로는 올린 점수(score), 세로는 그에 따라 바뀌는 확률이며, 파란 칸이 양수, 붉은 칸이 음수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. On the left the probabilities that softmax makes of the scores 2, 1, 0.5 and −1, on the right the derivative: the column is the score that is raised, the row the probability that changes, blue where it grows and red where it falls.*
# %%
variable = tf.constant(scores[None])
with tf.GradientTape() as tape:
    tape.watch(variable)
    outputs = keras.activations.softmax(variable)
same(p, outputs[0], "softmax: ours and Keras's")
same(jacobian, tape.jacobian(outputs, variable)[0, :, 0], "softmax: derivative")
same(softmax(scores + 1000), p, "softmax after adding 1000 to every score")


# %% [markdown] lang="ko" slides="001 AlexNet: ReLU"
# ## 4. 0.25를 거듭 곱하면
#
# 뉴런 하나짜리 층을 $L$개 이어 보자. 맨 앞의 입력을 조금 바꿀 때 맨 뒤의 출력이 바뀌는 비율은 연쇄 법칙에 따라 층마다의 $\sigma'(z) \cdot w$를 모두 곱한 값이다. 가중치가 1이면 $z$가 어디에 있든 $L$층의 기울기는 $0.25^L$을 넘지 못한다.
#
# > **정오 / Erratum** — 강의 자료 001은 시그모이드에서는 ‘기울기(미분값)이 0.25이므로’ 연쇄 법칙에 따라 ‘계속 0.25씩 곱하다보면’ 앞쪽의 값이 0으로 간다고 적는다. 0.25는 가장 큰 값일 뿐이고, $z$가 0에서 멀어지면 훨씬 작다. 또 가중치도 함께 곱해진다. $z$가 늘 0이라면 가중치가 4일 때
# > 줄지 않고 6일 때 오히려 커진다. 가중치가 6이어도 $|z|$가 $\ln(2 + \sqrt{3}) \approx 1.32$를 넘으면 $\sigma'(z)$가 $\frac{1}{6}$보다 작아져 기울기가 줄어든다. $z$가 0에서 멀어 도함수가 작아진 것을 포화(saturation)라고 한다. 그러니 0.25라는 수 하나로 정해지는 일이 아니다.
# %% [markdown] lang="en"
# ## 4. Multiplying by 0.25 again and again
#
# Put $L$ layers of one neuron each in a row. By the chain rule, the rate at which the last output changes with the first input is the product over layers of $\sigma'(z) \cdot w$. With weights of 1, wherever the $z$ are, the gradient of $L$ layers cannot exceed $0.25^L$.
#
# > **정오 / Erratum** — Deck 001 says that the slope of the sigmoid is 0.25, so that by the chain rule 0.25 is multiplied again and again and the values at the front go to 0. It is 0.25 at most, and much less where $z$ is far from 0. Moreover, the weights are multiplied as well. If every $z$ is 0, the gradient
# > stays as it is with weights of 4 and grows with 6. Even with 6, where $|z|$ is above $\ln(2 + \sqrt{3}) \approx 1.32$, $\sigma'(z)$ is below $\frac{1}{6}$ and the gradient shrinks. That a derivative is small because $z$ is far from 0 is called saturation. It is not settled by the one number 0.25.
# %%
def gradients_along(weight, bias, depth=20):
    """How the outputs of 1, 2, ... sigmoid layers of one neuron change with the first input."""
    activation, gradients = 0.5, [1.0]
    for _ in range(depth):
        activation = sigmoid(weight * activation + bias)
        gradients.append(gradients[-1] * activation * (1 - activation) * weight)
    return gradients[1:]


at_zero = {weight: gradients_along(weight, bias=-weight / 2) for weight in (6, 4, 2, 1)}
off_centre = gradients_along(6, bias=-2.5)
# %% tags=["figure"] title="sigmoid layers of one neuron in a row"
_, axis = plt.subplots(figsize=(7.5, 3.8))
for (weight, chain), color in zip(at_zero.items(), (BLUE, GREY, ORANGE, VERMILION)):
    axis.semilogy(range(1, 21), chain, marker="o", ms=4, color=color, label=f"weight {weight}")
axis.semilogy(range(1, 21), off_centre, color=BLUE, ls="--", label="weight 6, z not at 0")
axis.set(xlabel="layers", ylabel="gradient at the front", xticks=range(0, 21, 4))
axis.legend(fontsize=10)
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 맨 앞 입력에 대한 기울기(gradient at the front, 로그 눈금)와 층의 수(layers). 실선은 편향을 $-w/2$로 잡아 $z$를 0에 붙들어 둔 경우다. 점선(z not at 0)은 편향이 $-2.5$여서 $z$가 층마다 0에서 멀어지는 경우로, 두 층까지는 1보다 크지만 포화되고 나서는 층마다 줄어든다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The gradient at the first input, on a logarithmic scale, against the number of layers. In the solid lines a bias of $-w/2$ holds every $z$ at 0. In the dashed one the bias is $-2.5$ and $z$ moves away from 0 from layer to layer: it is above 1 for two layers, and once saturated it shrinks with every layer.*
# %%
for weight, bias in [(1, -0.5), (4, -2.0), (6, -3.0), (6, -2.5)]:
    first = activation = tf.constant(0.5, "float64")
    with tf.GradientTape() as tape:
        tape.watch(first)
        for _ in range(20):
            activation = tf.sigmoid(weight * activation + bias)
    ratio = tape.gradient(activation, first) / gradients_along(weight, bias)[-1]
    same(ratio, 1, f"20 layers, weight {weight}, bias {bias}: TensorFlow's gradient over ours")
check("20 layers, weight 1", gradients_along(1, -0.5)[-1], equals=0.25**20)
check("20 layers, weight 6, z at 0", gradients_along(6, -3.0)[-1], at_least=1000)
check("20 layers, weight 6, z not at 0", off_centre[-1], at_most=1e-6)
check("layers of the dashed line above 1", (np.array(off_centre) > 1).sum(), equals=2)
limit = np.log(2 + np.sqrt(3))  # 1.32
same(6 * FUNCTIONS["sigmoid"][1](limit), 1, "weight 6 times the slope at ln(2 + √3), and 1")
# %%
rng = np.random.RandomState(lesson.seed)
products = [gradients_along(1, bias) for bias in rng.normal(0, 2, 1000)]  # 1000x20
bounds = 0.25 ** np.arange(1, 21)
check("chains of weight 1 that exceed 0.25 ** layers", (products > bounds).sum(), equals=0)
# %% [markdown] lang="ko" slides="002 Vanishing Gradient 문제"
# ## 5. 첫 층의 기울기를 재다
#
# 이제 진짜 손글씨 숫자와 깊은 신경망에서 재어 보자. 훈련 전의 가중치는 난수로 정하는데, 이를 초기화라고 한다. 여기서는 층마다 뉴런 64개를 두고 Keras의 기본값인 글로럿(Glorot) 초기화를 쓴다. 깊이를 2층에서 20층까지 바꾸며 첫 층이 받는 기울기의 크기를 잰다.
# 깊어질수록 작아져 앞쪽 층이 배우지 못하는 것을 **기울기 소실**(vanishing gradient)이라고 한다.
# %% [markdown] lang="en"
# ## 5. Measuring the gradient of the first layer
#
# Now measure it with real handwritten digits and deep networks. Before training, weights are random numbers; drawing them is called initialization. Here every layer has 64 neurons and Glorot's initialization, Keras's default. The number of layers goes from 2 to 20, and what is measured is the size of the gradient that the first layer gets.
# When it shrinks with depth, so that the front layers cannot learn, that is called the **vanishing gradient**.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
x_train, x_test = x_train.astype("float32") / 255, x_test.astype("float32") / 255


def deep_network(depth, activation, initializer="glorot_uniform"):
    """A network of `depth` dense layers, the last of which gives 10 scores."""
    x = inputs = keras.Input((28, 28))
    x = layers.Flatten()(x)  # 28x28 -> 784
    for _ in range(depth - 1):
        x = layers.Dense(64, activation, kernel_initializer=initializer)(x)
    return keras.Model(inputs, layers.Dense(10)(x))


# %%
def first_gradient(depth, activation, initializer):
    """Length of the first layer's gradient on 128 digits, the mean of five new networks."""
    lengths = []
    for _ in range(5):
        model = deep_network(depth, activation, initializer)
        with tf.GradientTape() as tape:
            scores = model(x_train[:128])
            losses = keras.losses.sparse_categorical_crossentropy(
                y_train[:128], scores, from_logits=True
            )
            loss = tf.reduce_mean(losses)
        lengths.append(tf.norm(tape.gradient(loss, model.trainable_variables[0])))
    return np.mean(lengths)


# %% [markdown] lang="ko"
# 세로축은 로그 눈금이다. 로그 축에서 곧게 내려가는 선은 층마다 같은 비율로 줄어든다는 뜻이고, 선이 얼마나 가파른지에서 그 비율을 읽을 수 있다. 시그모이드는 글로럿 초기화의 가중치로는 층마다 4분의 1보다 작아져 20층에서는 2층일 때의 $10^{-10}$도 남지 않지만, tanh는 거의 줄지 않는다.
# ReLU는 글로럿 초기화로는 층마다 3분의 2쯤으로 줄고, ReLU에 맞춘 헤(He) 초기화를 쓰면 거의 그대로다.
# %% [markdown] lang="en"
# The vertical axis is logarithmic. A straight fall on such an axis means that every layer shrinks the gradient by the same factor, which can be read from the steepness. With Glorot's weights the sigmoid shrinks it more than fourfold a layer, and 20 layers leave less than $10^{-10}$ of what 2 layers have; tanh hardly shrinks it.
# ReLU shrinks it by a factor of about 1.5 with Glorot's initialization, and with He's, which is made for ReLU, hardly at all.
# %%
CURVES = [
    ("sigmoid", "glorot_uniform", VERMILION),
    ("tanh", "glorot_uniform", GREEN),
    ("relu", "glorot_uniform", ORANGE),
    ("relu", "he_normal", BLUE),
]
DEPTHS = [2, 3, 4, 6, 8, 12, 16, 20]
lengths, factors = {}, {}
for activation, initializer, _ in CURVES:
    curve = activation, initializer
    lengths[curve] = [first_gradient(depth, *curve) for depth in DEPTHS]
    factors[curve] = np.exp(-np.polyfit(DEPTHS, np.log(lengths[curve]), 1)[0])
# %% tags=["figure"] title="gradient of the first layer by depth"
_, axis = plt.subplots(figsize=(8.5, 4.6))
for activation, initializer, color in CURVES:
    curve = activation, initializer
    label = f"{activation}, {initializer}: ÷ {factors[curve]:.2f} a layer"
    axis.semilogy(DEPTHS, lengths[curve], marker="o", color=color, label=label)
axis.set(xlabel="layers", ylabel="gradient of the first layer", xticks=DEPTHS)
axis.legend(fontsize=10)
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 첫 층이 받는 기울기의 크기(gradient of the first layer, 로그 눈금)와 층의 수(layers). 범례에는 활성화 함수, 글로럿(glorot_uniform) 또는 헤(he_normal) 초기화, 층마다 몇 분의 1이 되는지(÷ … a layer)를 적었다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Size of the gradient that the first layer gets, on a logarithmic scale, against the number of layers. The legend gives activation function, initialization (glorot_uniform or he_normal) and the factor by which each layer shrinks it.*
# %%
SIGMOID, TANH, RELU, HE = factors.values()
check("gradient shrinks per sigmoid layer", SIGMOID, at_least=4, at_most=4.8)
check("gradient shrinks per tanh layer", TANH, at_least=0.95, at_most=1.1)
check("gradient shrinks per ReLU layer, Glorot", RELU, at_least=1.35, at_most=1.6)
check("gradient shrinks per ReLU layer, He", HE, at_least=0.9, at_most=1.1)
left_over = lengths["sigmoid", "glorot_uniform"][-1] / lengths["sigmoid", "glorot_uniform"][0]
check("sigmoid gradient of 20 layers over 2 layers", left_over, at_most=1e-10)
# %% [markdown] lang="ko"
# 4분의 1쯤인 까닭은 이제 설명할 수 있다. 글로럿 초기화는 가중치를 곱해도 신호의 크기가 대체로 그대로이도록 정한다. 그러면 층마다 남는 것은 활성화 함수의 도함수인데, 시그모이드에서는 0.25를 넘지 못하므로 4분의 1쯤이나 그보다 작아진다. tanh의 도함수는 $z$가 0에 가까우면
# 1에 가깝고, 여기서는 $z$가 대체로 작다. ReLU의 도함수는 절반쯤의 뉴런에서 1, 나머지에서 0이다. 절반이 꺼지면 길이는 $1/\sqrt{2} \approx 0.71$배가 된다. 헤 초기화는 가중치를 그만큼 크게 잡아 되돌린다.
#
# 기울기가 작으면 실제로 배우지 못할까? 8층 신경망을 같은 데이터와 같은 옵티마이저로 몇 에포크 훈련해 본다. 시그모이드와 tanh는 활성화 함수만 다르고, ReLU에는 헤 초기화를 쓴다.
# %% [markdown] lang="en"
# The factor of about four can now be explained. Glorot's initialization draws weights so that multiplying by them roughly keeps the size of a signal. What is left of each layer is the derivative of the activation function, for the sigmoid 0.25 at most: a factor of about four or more. The derivative of tanh is close
# to 1 while $z$ is close to 0, and here $z$ is mostly small. That of ReLU is 1 for about half of the neurons and 0 for the rest; with one half switched off, $1/\sqrt{2} \approx 0.71$ of the length is left. He's initialization draws weights larger by just that.
#
# Does a small gradient really keep a network from learning? Networks of 8 layers are trained for a few epochs on the same data with the same optimizer. Sigmoid and tanh differ in the activation alone; ReLU gets He's initialization.
# %% tags=["nbval-ignore-output"]
trained = {}
for activation, initializer, _ in CURVES[:2] + CURVES[3:]:
    model = deep_network(8, activation, initializer)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1), loss, metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=lesson.epochs(small=4, full=2), verbose=0)
    trained[activation] = model.evaluate(x_test, y_test, verbose=0)[1]
    print(f"8 layers, {activation}: test accuracy {trained[activation]:.3f}")
# %%
check("8 layers of sigmoid, test accuracy", trained["sigmoid"], at_most=0.2)
check("8 layers of tanh, test accuracy", trained["tanh"], at_least=0.8)
check("8 layers of ReLU, test accuracy", trained["relu"], at_least=0.8)
# %% [markdown] lang="ko"
# ## 6. 죽은 ReLU
#
# > **정오 / Erratum** — 강의 자료 002는 ‘ReLU는 기울기가 0이 되지 않’는다고 적는다. 0보다 큰 쪽에서는 1이지만, 0보다 작은 쪽에서는 정확히 0이다.
#
# 그래서 훈련 데이터의 모든 입력에서 $z$가 0보다 작은 뉴런은 늘 0을 내고 기울기도 0이다. 앞 층이 바뀌어 들어오는 값이 달라지지 않는 한 다시 바뀌지 않는다. 이런 것을 **죽은 ReLU**(dying ReLU)라고 한다. 편향이 −2여서 처음부터 죽어 있는 뉴런 하나를 훈련해 보자.
# 음수 쪽에서도 조금 기울어 있는 Leaky ReLU는 같은 자리에서 빠져나온다.
# %% [markdown] lang="en"
# ## 6. A dead ReLU
#
# > **정오 / Erratum** — Deck 002 says that the slope of ReLU does not become 0. Above 0 it is 1, but below 0 it is exactly 0.
#
# A neuron whose $z$ is below 0 for every training input therefore gives 0 and has a gradient of 0. Unless earlier layers change what comes in, it does not change again. That is the **dying ReLU**. Here one neuron starts dead, with a bias of −2.
# Leaky ReLU, which keeps a small slope below 0, gets out of the same place.
# %%
inputs = np.linspace(0, 1, 50)
targets = 2 * inputs  # what the neuron should learn: weight 2, bias 0
losses, ends = {}, {}
for name in ("ReLU", "Leaky ReLU"):
    function, derivative = FUNCTIONS[name]
    weight, bias, losses[name] = 1.0, -2.0, []
    for _ in range(300):
        z = weight * inputs + bias
        error = function(z) - targets
        losses[name].append((error**2).mean())
        weight -= 0.5 * (2 * error * derivative(z) * inputs).mean()
        bias -= 0.5 * (2 * error * derivative(z)).mean()
    ends[name] = weight, bias
check("ReLU: weight and bias after 300 steps", ends["ReLU"], equals=(1.0, -2.0))
same(ends["Leaky ReLU"], [2, 0], "Leaky ReLU: weight and bias, and 2 and 0")
# %% tags=["figure"] title="a dead ReLU and a Leaky ReLU"
_, axis = plt.subplots(figsize=(7, 3.2))
for (name, curve), color in zip(losses.items(), (VERMILION, BLUE)):
    axis.plot(curve[:60], color=color, label=name)
axis.set(xlabel="step", ylabel="mean squared error", ylim=(0, None))
axis.legend()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 예측과 정답의 차이를 제곱해 평균한 값(mean squared error)을 처음 60걸음(step) 동안 그렸다. 죽은 ReLU는 조금도 배우지 못하고, Leaky ReLU는 빠져나와 배운다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Mean of the squared differences between prediction and target over the first 60 steps. The dead ReLU learns nothing at all; Leaky ReLU gets out and learns.*
# %% [markdown] lang="ko"
# ## 7. 결정 경계
#
# 끝으로 비선형성이 무엇을 가능하게 하는지 보자. 가운데에 모인 점과 그 둘레의 고리를 나누는 문제다. 층과 뉴런 수는 같고, 왼쪽의 은닉층에는 활성화 함수가 없고 오른쪽의 은닉층에는 ReLU가 있다. 왼쪽은 세 층이어도 직선 하나밖에 긋지 못하고, 오른쪽은 직선 여러 개를 이어 둘레를 감싼다.
# 왼쪽 세 층은 1절에서처럼 한 층으로 묶을 수 있고, 묶어도 답이 같다. 직선을 어느 방향으로 어디에 그어도 두 무리를 완전히 나누지는 못한다.
# %% [markdown] lang="en"
# ## 7. A decision boundary
#
# Last, see what nonlinearity makes possible. Points in the middle are to be told from a ring around them. Layers and neurons are the same; the hidden layers on the left have no activation function, those on the right ReLU. The left network, for all its three layers, can draw only one straight line; the right one joins
# several lines into a closed fence. As in section 1, the three layers on the left can be made into one, and it gives the same answers. No straight line, in whatever direction and place, splits these points.
# %% tags=["nbval-ignore-output"]
rng = np.random.RandomState(lesson.seed)
angle, radius = rng.uniform(0, 2 * np.pi, 400), np.repeat([0.2, 1.0], 200)
dots = (radius * np.stack([np.cos(angle), np.sin(angle)])).T + 0.1 * rng.normal(size=(400, 2))
ring = np.repeat([0, 1], 200)
boundaries = {}
for activation in (None, "relu"):
    model = keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16, activation),
            layers.Dense(16, activation),
            layers.Dense(1, "sigmoid"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    model.fit(dots, ring, epochs=lesson.epochs(small=40, full=40), verbose=0)
    boundaries[activation] = model, model.evaluate(dots, ring, verbose=0)[1]
    print(f"{activation}: accuracy {boundaries[activation][1]:.3f}")
# %% tags=["figure"] title="two decision boundaries"
plane = np.stack(np.meshgrid(np.linspace(-1.5, 1.5, 61), np.linspace(-1.5, 1.5, 61)), axis=-1)
_, axes = plt.subplots(1, 2, figsize=(9, 4.3))
for axis, (activation, (model, accuracy)) in zip(axes, boundaries.items()):
    surface = model.predict(plane.reshape(-1, 2), verbose=0).reshape(61, 61)
    axis.contourf(
        plane[..., 0], plane[..., 1], surface, levels=[0, 0.5, 1], colors=[ORANGE, BLUE], alpha=0.3
    )
    for kind, color in ((0, ORANGE), (1, BLUE)):
        axis.plot(*dots[ring == kind].T, ".", color=color)
    axis.set(title=f"{activation or 'no activation'}: {accuracy:.0%} right", aspect="equal")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 가운데의 점(주황)과 고리(파랑)를 나누는 경계. 왼쪽은 은닉층에 활성화 함수가 없고(no activation) 오른쪽은 ReLU(relu)가 있다. 제목의 백분율은 맞힌 비율(right)이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The boundaries found between the points in the middle (orange) and the ring (blue). On the left the hidden layers have no activation function, on the right they have ReLU; the titles say what share is right.*
# %%
check("accuracy with ReLU", boundaries["relu"][1], at_least=0.95)
K1, b1, K2, b2, K3, b3 = boundaries[None][0].get_weights()
kernel, bias = K1 @ K2 @ K3, (b1 @ K2 + b2) @ K3 + b3  # 2x1 and 1: one layer
one_layer = sigmoid(dots @ kernel + bias)
three_layers = boundaries[None][0].predict(dots, verbose=0)
same(one_layer, three_layers, "one layer and the three without an activation function")

turns = np.linspace(0, 2 * np.pi, 180)
along = dots @ np.stack([np.cos(turns), np.sin(turns)])  # 400x180: dots seen from each direction
sides = along[..., None] > np.linspace(-1.5, 1.5, 61)  # 400x180x61: lines across each direction
best = (sides == ring[:, None, None]).mean(axis=0).max()
check("best accuracy of any of 10,980 lines", best, at_most=0.8)
check("three layers minus the best line", boundaries[None][1] - best, at_most=0.02)


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** SiLU는 $z\,\sigma(z)$다. SiLU의 도함수를 `sigmoid`를 써서 작성하라. 곱의 미분법을 떠올리자.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** SiLU is $z\,\sigma(z)$. Write the derivative of SiLU, using `sigmoid`. Remember the product rule.
# %% tags=["exercise"]
def silu_slope(z):
    """Derivative of z · sigmoid(z) at each z."""
    ...


# %% tags=["solution"]
def silu_slope(z):
    """Derivative of z · sigmoid(z) at each z."""
    return sigmoid(z) * (1 + z * (1 - sigmoid(z)))


# %% tags=["wrong"]
def silu_slope(z):
    """Derivative of z · sigmoid(z) at each z."""
    return sigmoid(z) * (1 - sigmoid(z))


# %%
step = 1e-6
places = np.array([-2.0, 0.0, 0.5, 3.0])
above, below = places + step, places - step
differences = (above * sigmoid(above) - below * sigmoid(below)) / (2 * step)
exercise(silu_slope, [((places,), differences)])


# %% [markdown] lang="ko"
# **2.** ELU는 $z > 0$이면 $z$, 아니면 $e^z - 1$이다. ReLU처럼 생겼지만 0에서 꺾이지 않는다. ELU를 작성하라.
# %% [markdown] lang="en"
# **2.** ELU is $z$ where $z > 0$, and $e^z - 1$ elsewhere. It looks like ReLU but has no corner at 0. Write ELU.
# %% tags=["exercise"]
def elu(z):
    """z where it is positive, else exp(z) - 1."""
    ...


# %% tags=["solution"]
def elu(z):
    """z where it is positive, else exp(z) - 1."""
    return np.where(z > 0, z, np.exp(z) - 1)


# %% tags=["wrong"]
def elu(z):
    """z where it is positive, else exp(z) - 1."""
    return np.where(z > 0, z, np.exp(z))


# %%
places = np.array([-3.0, -0.5, 0.0, 2.0])
exercise(elu, [((places,), keras.activations.elu(places))])


# %% [markdown] lang="ko"
# **3.** 가중치가 모두 `weight`이고 $z$가 늘 0인 시그모이드 층이 `depth`개 이어져 있다. 맨 앞의 기울기가 `limit`보다 작아지는 가장 작은 `depth`를 돌려주는 함수를 작성하라(`weight`는 0보다 크고 `limit`는 0과 1 사이다).
# 층을 늘려도 기울기가 줄어들지 않으면 $-1$을 돌려준다. 이 경우를 먼저 가려내지 않으면 `while`이 끝나지 않는다.
# %% [markdown] lang="en"
# **3.** Sigmoid layers, `depth` of them, stand in a row, all with the weight `weight` and with $z$ always 0. Write a function that returns the smallest `depth` at which the gradient at the front is below `limit` (`weight` is above 0, `limit` between 0 and 1).
# Return $-1$ if more layers do not shrink the gradient; sort that case out first, or a `while` will never end.
# %% tags=["exercise"]
def depth_below(weight, limit):
    """Smallest number of layers whose gradient (0.25 · weight) ** depth is below the limit, or -1."""
    ...


# %% tags=["solution"]
def depth_below(weight, limit):
    """Smallest number of layers whose gradient (0.25 · weight) ** depth is below the limit, or -1."""
    if 0.25 * weight >= 1:
        return -1
    depth = 0
    while (0.25 * weight) ** depth >= limit:
        depth += 1
    return depth


# %% tags=["wrong"]
def depth_below(weight, limit):
    """Smallest number of layers whose gradient (0.25 · weight) ** depth is below the limit, or -1."""
    depth = 0
    while 0.25**depth >= limit:
        depth += 1
    return depth


# %%
exercise(depth_below, [((1, 1e-3), 5), ((2, 1e-3), 10), ((4, 1e-3), -1), ((3.5, 0.5), 6)])
# %% [markdown] lang="ko"
# ## 요약
#
# - 선형인 층은 몇 개를 쌓아도 행렬 하나와 같다. 층 사이에 비선형 함수가 있어야 깊게 쌓는 의미가 있다.
# - 선형 변환은 격자를 곧은 채로 옮기고, ReLU는 축에 눌러 붙이고, tanh는 구부린다.
# - 시그모이드의 도함수는 아무리 커도 0.25여서, 글로럿 초기화의 가중치로는 첫 층의 기울기가 층이 하나 늘 때마다 4분의 1쯤으로 줄어든다.
# - ReLU는 양수에서 기울기가 1이라 깊어도 배우지만, 음수에서는 0이라 죽을 수 있다.
# - 은닉층에 활성화 함수가 없으면 경계는 직선 하나, ReLU가 있으면 여러 직선이 이어진 모양이다.
# %% [markdown] lang="en"
# ## Summary
#
# - Linear layers, however many, equal one matrix. The nonlinear function between layers is what gives depth a meaning.
# - A linear map moves a grid and keeps it straight; ReLU flattens it onto the axes, tanh bends it.
# - The derivative of the sigmoid is 0.25 at most, so with Glorot's weights the gradient of the first layer falls to about a quarter with every layer that is added.
# - ReLU has a slope of 1 for positive values and learns even in deep networks; for negative ones it is 0, and a neuron can die.
# - Without an activation function in the hidden layers the boundary is one straight line; with ReLU it is made of many straight pieces.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 001 ‘Activation Function’과 AlexNet, 002 1부 ‘활성화함수’와 ‘MLP의 한계 극복’.
# - X. Glorot, Y. Bengio (2010). *Understanding the difficulty of training deep feedforward neural networks*. AISTATS.
# - V. Nair, G. Hinton (2010). *Rectified linear units improve restricted Boltzmann machines*. ICML.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). *Delving deep into rectifiers*. ICCV, 2.2절.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 001, pages on activation functions and AlexNet; deck 002, part 1, pages on activation functions and on overcoming the limits of the MLP.
# - X. Glorot, Y. Bengio (2010). *Understanding the difficulty of training deep feedforward neural networks*. AISTATS.
# - V. Nair, G. Hinton (2010). *Rectified linear units improve restricted Boltzmann machines*. ICML.
# - K. He, X. Zhang, S. Ren, J. Sun (2015). *Delving deep into rectifiers*. ICCV, section 2.2.
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
