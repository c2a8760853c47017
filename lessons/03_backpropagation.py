# %% [markdown] lang="ko" headline="test accuracy of the NumPy network"
# # [[number]] · 역전파
#
# [[badge]]
#
# **가중치가 십만 개일 때, 손실을 줄이려면 그 하나하나를 어느 쪽으로 얼마나 고쳐야 하는지 어떻게 한꺼번에 알아낼까?**
# %% [markdown] lang="en"
# # [[number]] · Backpropagation
#
# [[badge]]
#
# **With a hundred thousand weights, how do we find out, for all of them at once, which way and how far to change each to lower the loss?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 가중치가 둘인 신경망에서 연쇄 법칙의 인수를 하나씩 구해, 손으로 계산해 가중치를 고칠 수 있다.
# - 유한 차분으로 기울기가 맞는지 확인하고, 간격 $h$를 얼마로 잡아야 하는지 설명할 수 있다.
# - 순전파와 역전파를 갖춘 층을 NumPy 몇 줄로 쓰고, 손글씨 숫자를 배우게 할 수 있다.
# - 그 기울기가 Keras의 것과 같고, 훈련한 가중치까지 같다는 것을 보일 수 있다.
#
# 걸리는 시간은 약 50분이고, `small`에서는 1분 안에 실행이 끝난다. [[perceptron]]의 행렬곱, [[activations]]의 시그모이드와 소프트맥스, 미분의 연쇄 법칙을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Find every factor of the chain rule in a network of two weights, and update the weights on paper.
# - Test a gradient by finite differences, and explain how large the step $h$ should be.
# - Write layers with a forward and a backward pass in a few lines of NumPy, and make them learn handwritten digits.
# - Show that the gradients equal those of Keras, and that even the trained weights do.
#
# It takes about 50 minutes to read and, at scale `small`, less than one to run. You need the matrix product from [[perceptron]], sigmoid and softmax from [[activations]], and the chain rule of calculus.
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 1부에서 ‘MLP의 한계’에 나오는 오차 역전파, ‘딥러닝 작동 원리’의 층 구조 및 오차 역전파, 순전파/역전파, 역전파에 체인을 적용한 쪽에 해당한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# From part 1 of deck 002, it covers error backpropagation on the page about the limits of the MLP, and under ‘how deep learning works’ the pages on layers and backpropagation, on the forward and the backward pass and on the chain rule.
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

from helpers.checks import check, exercise, same
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION
from helpers.timing import fastest_seconds


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 – 순전파/역전파"
# ## 1. 손으로 풀 수 있는 신경망
#
# 뉴런 하나짜리 층이 둘 이어진 신경망이다. 입력 $x$에서 출력 $y$까지 차례로 계산하는 것을 **순전파**(forward pass)라고 한다.
#
# $$z_1 = w_1 x, \qquad a_1 = \sigma(z_1), \qquad z_2 = w_2 a_1, \qquad y = \sigma(z_2), \qquad E = \tfrac{1}{2}(y - t)^2$$
#
# $t$는 정답이고, $E$처럼 얼마나 틀렸는지를 나타내는 수를 **손실**(loss)이라고 한다. 가중치는 계산이 깔끔하도록 골랐다. $\sigma(\ln 3) = \frac{1}{1 + 1/3} = \frac{3}{4}$이므로 $w_1 = \ln 3$, $w_2 = \frac{4}{3}\ln 3$이면
# $a_1$도 $y$도 $\frac{3}{4}$이고, $t = 1$일 때 $E = \frac{1}{32}$이다.
# %% [markdown] lang="en"
# ## 1. A network small enough for paper
#
# Two layers of one neuron each stand in a row. Computing from the input $x$ to the output $y$ is the **forward pass**.
#
# $$z_1 = w_1 x, \qquad a_1 = \sigma(z_1), \qquad z_2 = w_2 a_1, \qquad y = \sigma(z_2), \qquad E = \tfrac{1}{2}(y - t)^2$$
#
# $t$ is the right answer, and a number like $E$, which says how wrong the network is, is a **loss**. The weights are chosen to make the sums easy: $\sigma(\ln 3) = \frac{1}{1 + 1/3} = \frac{3}{4}$, so with $w_1 = \ln 3$ and $w_2 = \frac{4}{3}\ln 3$
# both $a_1$ and $y$ are $\frac{3}{4}$, and with $t = 1$ the loss is $E = \frac{1}{32}$.
# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(w1, w2, x=1.0, target=1.0):
    """Every number on the way from x to the loss E, by name."""
    z1 = w1 * x
    a1 = sigmoid(z1)
    z2 = w2 * a1
    y = sigmoid(z2)
    return {"x": x, "z1": z1, "a1": a1, "z2": z2, "y": y, "E": (y - target) ** 2 / 2}


TARGET = 1.0
w1, w2 = np.log(3), 4 / 3 * np.log(3)
values = forward(w1, w2)
same([values["a1"], values["y"]], [3 / 4, 3 / 4], "a1 and y, and 3/4")
same(values["E"], 1 / 32, "E and 1/32")


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리 – 역전파에 체인을 적용"
# ### 역전파: 뒤에서부터 곱한다
#
# 이제 $w_1$과 $w_2$를 조금 바꾸면 $E$가 얼마나 바뀌는지, 곧 기울기를 구한다. **연쇄 법칙**(chain rule)에 따르면 합성함수의 도함수는 단계마다의 도함수를 모두 곱한 것이다. 필요한 인수는 여섯 개다.
#
# $$\frac{\partial E}{\partial w_2} = \frac{\partial E}{\partial y} \cdot \frac{\partial y}{\partial z_2} \cdot \frac{\partial z_2}{\partial w_2}, \qquad
# \frac{\partial E}{\partial w_1} = \frac{\partial E}{\partial y} \cdot \frac{\partial y}{\partial z_2} \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} \cdot \frac{\partial z_1}{\partial w_1}$$
#
# 두 식의 앞 두 인수는 같다. 그러니 출력에서 시작해 한 단계씩 뒤로 가며 곱해 두면, 같은 곱을 두 번 계산하지 않고 모든 가중치의 기울기를 얻는다. 이것이 **역전파**(backpropagation)다.
# %% [markdown] lang="en"
# ### Backward: multiply from the end
#
# How much does $E$ change when $w_1$ or $w_2$ changes a little, that is, what are their gradients? By the **chain rule**, the derivative of a composition is the product of the derivatives of its steps. Six factors are needed.
#
# $$\frac{\partial E}{\partial w_2} = \frac{\partial E}{\partial y} \cdot \frac{\partial y}{\partial z_2} \cdot \frac{\partial z_2}{\partial w_2}, \qquad
# \frac{\partial E}{\partial w_1} = \frac{\partial E}{\partial y} \cdot \frac{\partial y}{\partial z_2} \cdot \frac{\partial z_2}{\partial a_1} \cdot \frac{\partial a_1}{\partial z_1} \cdot \frac{\partial z_1}{\partial w_1}$$
#
# The first two factors are the same in both. Start at the output, go back one step at a time and keep the product: then no product is computed twice, and every weight gets its gradient. That is **backpropagation**.
# %%
def factors(w2, values, target=1.0):
    """The six derivatives of single steps; "dy/dz2" is how y changes with z2."""
    y, a1 = values["y"], values["a1"]
    return {
        "dE/dy": y - target,
        "dy/dz2": y * (1 - y),  # derivative of the sigmoid
        "dz2/dw2": a1,
        "dz2/da1": w2,
        "da1/dz1": a1 * (1 - a1),
        "dz1/dw1": values["x"],
    }


def backward(local):
    """The gradients of E at z2, w2, a1, z1 and w1, each from one that was computed before."""
    total = {"y": local["dE/dy"]}
    total["z2"] = total["y"] * local["dy/dz2"]
    total["w2"] = total["z2"] * local["dz2/dw2"]
    total["a1"] = total["z2"] * local["dz2/da1"]  # z2's gradient is used a second time
    total["z1"] = total["a1"] * local["da1/dz1"]
    total["w1"] = total["z1"] * local["dz1/dw1"]
    return total


# %% tags=["nbval-ignore-output"]
local = factors(w2, values)
gradients = backward(local)
for name, value in local.items():
    print(f"{name:8} = {value:8.4f}")
print(f"dE/dw2 = dE/dy · dy/dz2 · dz2/dw2 = {gradients['w2']:.4f}")
print(f"dE/dw1 = dE/dy · dy/dz2 · dz2/da1 · da1/dz1 · dz1/dw1 = {gradients['w1']:.4f}")
# %%
same(gradients["w2"], -1 / 4 * 3 / 16 * 3 / 4, "dE/dw2, and -9/256")
same(gradients["w1"], -1 / 4 * 3 / 16 * w2 * 3 / 16 * 1, "dE/dw1, and -9/1024 times w2")
# %% tags=["figure"] title="values forward, derivatives back"
PLACES = {"x": (0, 1), "z1": (1.9, 1), "a1": (3.8, 1), "z2": (5.7, 1), "y": (7.6, 1), "E": (9.5, 1)}
PLACES |= {"w1": (1.9, -0.5), "w2": (5.7, -0.5)}
everything = {**values, "w1": w1, "w2": w2}
_, axis = plt.subplots(figsize=(13, 4))
for name, (across, height) in PLACES.items():
    box = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": GREY}
    text = f"{name} = {everything[name]:.4g}"
    axis.text(across, height, text, color=BLUE, ha="center", va="center", bbox=box, zorder=3)
    if name in gradients:
        text = f"∂E/∂{name} = {gradients[name]:.4f}"
        axis.text(across + 0.08, height - 0.42, text, color=VERMILION)
for step, derivative in {"dz1/dx": None, **local}.items():
    end, start = step.replace("d", "").split("/")
    (x1, y1), (x2, y2) = PLACES[start], PLACES[end]
    gap = 38 if y1 == y2 else 16
    arrow = {"arrowstyle": "->", "color": GREY, "shrinkA": gap, "shrinkB": gap}
    axis.annotate("", (x2, y2), (x1, y1), arrowprops=arrow)
    if derivative is not None:
        place = ((x1 + x2) / 2, 1.16) if y1 == y2 else (x1 - 0.42, 0.1)
        text = f"{step.replace('d', '∂')}\n{derivative:.4g}"
        axis.text(*place, text, color=VERMILION, ha="center", fontsize=10)
axis.set(xlim=(-0.7, 10.2), ylim=(-1.3, 1.7))
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 파란 수는 왼쪽에서 오른쪽으로 흐르는 값이다. 화살표 옆의 주홍색 수는 그 단계의 도함수로, 모두 여섯 개다. 상자 밑의 주홍색 수는 오른쪽 끝에서부터 곱해 온 것, 곧 그 자리에서 $E$의 기울기다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Blue numbers are the values that flow from left to right. The vermilion number next to an arrow is the derivative of that step; there are six. The one under a box is what has been multiplied up from the right end, the gradient of $E$ at that place.*
# %% [markdown] lang="ko"
# 같은 일을 기계에 맡기는 것을 **자동 미분**(automatic differentiation)이라고 한다. TensorFlow의 `GradientTape`는 순전파에서 한 계산을 적어 두었다가 뒤에서부터 같은 곱셈을 한다.
# %% [markdown] lang="en"
# Leaving the same work to the machine is called **automatic differentiation**. TensorFlow's `GradientTape` writes down what the forward pass computes, and then multiplies from the end just as we did.
# %%
weights = tf.Variable(w1), tf.Variable(w2)
with tf.GradientTape() as tape:
    y = tf.sigmoid(weights[1] * tf.sigmoid(weights[0] * 1.0))
    E = (y - TARGET) ** 2 / 2
library = tape.gradient(E, weights)
same(gradients["w1"] / library[0], 1, "dE/dw1: ours over TensorFlow's")
same(gradients["w2"] / library[1], 1, "dE/dw2: ours over TensorFlow's")


# %% [markdown] lang="ko" slides="002 오차 역전파 알고리즘 (Back Propagation Algorithm)"
# ### 한 걸음
#
# 기울기는 $E$가 커지는 쪽을 가리킨다. 그래서 가중치마다 기울기에 알맞은 양수 $\eta$를 곱해 뺀다. 이렇게 한 걸음씩 내려가는 방법을 **경사 하강법**(gradient descent)이라 하고, $\eta$를 **학습률**(learning rate)이라고 한다.
#
# $$w \leftarrow w - \eta \, \frac{\partial E}{\partial w}$$
#
# 학습률이 1이면 $w_2 = 1.4648 + 0.0352 = 1.5000$, $w_1 = 1.0986 + 0.0129 = 1.1115$가 된다(기울기가 작아서 1로도 작은 걸음이다). 두 가중치는 함께 고친다. $w_2$를 먼저 고치고 그 새 값으로 $w_1$의 기울기를 구하면 2%쯤 다른 값이 나온다.
# %% [markdown] lang="en"
# ### One step
#
# The gradient points to where $E$ grows. So from every weight its gradient, times a suitable positive number $\eta$, is subtracted. Going down step by step in this way is **gradient descent**, and $\eta$ is the **learning rate**.
#
# $$w \leftarrow w - \eta \, \frac{\partial E}{\partial w}$$
#
# With a learning rate of 1, $w_2 = 1.4648 + 0.0352 = 1.5000$ and $w_1 = 1.0986 + 0.0129 = 1.1115$ (the gradients are so small that 1 still makes a small step). Both weights change together. Changing $w_2$ first and computing the gradient of $w_1$ from its new value gives a number that is off by about 2%.
# %%
new_w1, new_w2 = w1 - gradients["w1"], w2 - gradients["w2"]  # learning rate 1
on_paper = [np.log(3) * (1 + 3 / 256), 4 / 3 * np.log(3) + 9 / 256]
same([new_w1, new_w2], on_paper, "new weights, and on paper")
optimizer, variables = keras.optimizers.SGD(1.0), [keras.Variable(w) for w in (w1, w2)]
optimizer.apply(library, variables)
same([new_w1, new_w2], [float(variable) for variable in variables], "new weights, and Keras's SGD")
check("E after the step over E before", forward(new_w1, new_w2)["E"] / values["E"], at_most=0.96)
late = backward(factors(new_w2, values))["w1"]  # w2 was changed first
check("dE/dw1 from the new w2, over the right one", late / gradients["w1"], at_least=1.02)


# %% [markdown] lang="ko"
# 이 걸음을 백 번 되풀이하면 손실이 꾸준히 줄어든다.
#
# > **정오 / Erratum** — 강의 자료 002는 한 쪽에서 ‘오차(실제값 - 예측값)’를 거꾸로 전파해 ‘가중치와 편향치를 계산’한다고 적고, 다른 쪽에서는 $\partial E / \partial y = (y - target)$으로 계산한다. 둘은 부호가 반대다. 실제값 − 예측값도 [[perceptron]]의 학습 규칙처럼 더하면 맞지만,
# > 강의 자료의 ‘새로운 w2 = w2 − 학습률 × …’처럼 빼려면 $y - target$이어야 한다. 빼면서 실제값 − 예측값을 쓰면 손실이 커진다(그림의 점선). 또 역전파가 계산하는 것은 가중치가 아니라 기울기다. 가중치를 고치는 것은 그다음의 경사 하강법이다.
# %% [markdown] lang="en"
# Repeated a hundred times, the step lowers the loss steadily.
#
# > **정오 / Erratum** — On one page, deck 002 sends ‘the error (actual minus predicted)’ backward to ‘compute weights and biases’; on another it computes $\partial E / \partial y = (y - target)$. The two have opposite signs. Actual minus predicted is right where it is added, as in the learning rule of [[perceptron]];
# > where it is subtracted, as in the deck's ‘new w2 = w2 − learning rate × …’, it must be $y - target$. Subtracting with actual minus predicted makes the loss grow (dashed in the figure). Nor does backpropagation compute weights. It computes gradients; it is gradient descent, afterwards, that changes the weights.
# %%
def descend(sign, steps=100, learning_rate=1.0):
    """The loss before and after every step, with the error (y - target) multiplied by a sign."""
    w1, w2, losses = np.log(3), 4 / 3 * np.log(3), [1 / 32]
    for _ in range(steps):
        local = factors(w2, forward(w1, w2))
        local["dE/dy"] *= sign
        gradients = backward(local)
        w1, w2 = (w1 - learning_rate * gradients["w1"], w2 - learning_rate * gradients["w2"])
        losses.append(forward(w1, w2)["E"])
    return losses


right_sign, wrong_sign = descend(1), descend(-1)
check("steps that raise E, error y - target", (np.diff(right_sign) > 0).sum(), equals=0)
check("steps that lower E, error target - y", (np.diff(wrong_sign) < 0).sum(), equals=0)
check("E after 100 steps over E before", right_sign[-1] / right_sign[0], at_most=0.3)
# %% tags=["figure"] title="a hundred steps with either sign"
_, axis = plt.subplots(figsize=(7.5, 3.6))
axis.semilogy(right_sign, color=BLUE, label="error = y - target")
axis.semilogy(wrong_sign, color=VERMILION, ls="--", label="error = target - y")
axis.set(xlabel="step", ylabel="loss E")
axis.legend()
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 백 걸음(step) 동안의 손실(loss E, 로그 눈금). 오차(error)를 $y - target$으로 계산해 빼면 줄어들고(실선), $target - y$로 계산해 빼면 커진다(점선).*
# %% [markdown] lang="en"
# *Figure [[figure]]. The loss over a hundred steps, on a logarithmic scale. Subtracting with the error $y - target$ lowers it (solid); with $target - y$ it grows (dashed).*


# %% [markdown] lang="ko"
# ## 2. 기울기가 맞는지 재어 본다
#
# 미분을 모르는 사람도 기울기를 잴 수 있다. 가중치를 $h$만큼 올렸을 때와 내렸을 때의 손실의 차이를 $2h$로 나누면 된다. 이것을 **유한 차분**(finite difference)이라고 한다. 한쪽으로만 움직이면 오차가 $h$에 비례하고($O(h)$는 이런 뜻이다), 양쪽으로 움직이면 $h^2$에 비례해 훨씬 정확하다.
#
# $$\frac{E(w + h) - E(w)}{h} = E'(w) + O(h), \qquad \frac{E(w + h) - E(w - h)}{2h} = E'(w) + O(h^2)$$
#
# 그러나 $h$가 작을수록 좋은 것은 아니다. 거의 같은 두 수를 빼면 유효 숫자가 대부분 지워지고, 남은 반올림 오차($\varepsilon \approx 10^{-16}$)를 $h$로 나누므로 $\varepsilon / h$에 비례하는 오차가 생긴다. 양쪽 차분의 오차는 모두 $h^2 + \varepsilon / h$ 꼴이어서 $h \approx \varepsilon^{1/3} \approx 10^{-5}$에서,
# 한쪽 차분은 $h + \varepsilon / h$ 꼴이어서 $h \approx \sqrt{\varepsilon} = 10^{-8}$의 몇 배쯤(비례 상수에 따라 달라지며, 여기서는 $10^{-8}$과 $10^{-7}$ 사이)에서 가장 작다. 그래서 그림은 V자다.
# %% [markdown] lang="en"
# ## 2. Is the gradient right? Measure it
#
# A gradient can be measured without any calculus: move a weight up and down by $h$ and divide the difference of the losses by $2h$. This is a **finite difference**. Moving one way only leaves an error that goes with $h$ (this is what $O(h)$ means); moving both ways leaves one that goes with $h^2$, which is far more accurate.
#
# $$\frac{E(w + h) - E(w)}{h} = E'(w) + O(h), \qquad \frac{E(w + h) - E(w - h)}{2h} = E'(w) + O(h^2)$$
#
# Still, a smaller $h$ is not always better. Subtracting two almost equal numbers cancels most of their digits, and the rounding error that remains ($\varepsilon \approx 10^{-16}$) is divided by $h$: an error that goes with $\varepsilon / h$. Both ways the whole error is like $h^2 + \varepsilon / h$, smallest near $h \approx \varepsilon^{1/3} \approx 10^{-5}$;
# one way it is like $h + \varepsilon / h$, smallest at a few times $h \approx \sqrt{\varepsilon} = 10^{-8}$ (it depends on the constants of proportion; here between $10^{-8}$ and $10^{-7}$). Hence the V.
# %%
def E_of(w):
    return forward(w, w2)["E"]


steps = 10.0 ** -np.arange(1, 13)
one_way = np.abs((E_of(w1 + steps) - E_of(w1)) / steps / gradients["w1"] - 1)
both_ways = np.abs((E_of(w1 + steps) - E_of(w1 - steps)) / (2 * steps) / gradients["w1"] - 1)
# %% tags=["figure"] title="error of finite differences"
_, axis = plt.subplots(figsize=(7.5, 3.8))
axis.loglog(steps, one_way, "o-", color=ORANGE, label="one way")
axis.loglog(steps, both_ways, "o-", color=BLUE, label="both ways")
axis.set(xlabel="step h", ylabel="relative error of ∂E/∂w1")
axis.legend()
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 간격 $h$(step h)에 따른 $w_1$의 기울기의 상대 오차(relative error). 두 축 모두 로그 눈금이다. 한쪽으로 움직이면(one way) 양쪽으로 움직일 때(both ways)보다 작은 $h$에서 오차가 가장 작고, 그 가장 작은 오차도 더 크다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Relative error of the gradient at $w_1$ against the step $h$, on logarithmic axes. One way, the smallest error comes at a smaller $h$ than both ways, and it is larger.*
# %%
powers = [np.polyfit(np.log(steps[:3]), np.log(error[:3]), 1)[0] for error in (one_way, both_ways)]
check("one way, the error goes with h to the power", powers[0], at_least=0.95, at_most=1.05)
check("both ways, the error goes with h to the power", powers[1], at_least=1.95, at_most=2.05)
check("best h, one way", steps[one_way.argmin()], at_least=1e-9, at_most=1e-6)
check("best h, both ways", steps[both_ways.argmin()], at_least=1e-6, at_most=1e-4)
check("smallest relative error, both ways", both_ways.min(), at_most=1e-8)
check("error with h = 1e-12 over the smallest", both_ways[-1] / both_ways.min(), at_least=1000)


# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리: 오차 역전파"
# ## 3. 수에서 행렬로
#
# 진짜 신경망에서는 수 하나가 아니라 행렬이 흐른다. 예제 여러 개를 한꺼번에 넣는데, 이 묶음을 **배치**(batch)라고 한다. 앞으로 $\partial E / \partial z$를 짧게 $dz$로, $\partial E / \partial W$를 $dW$로 적는다. 완전 연결 층은 $z = xW + b$이고, 뒤에서 $dz$가 오면 세 가지를 계산한다.
#
# $$dW = x^\top dz, \qquad db = \sum_{\text{batch}} dz, \qquad dx = dz\, W^\top$$
#
# 외울 필요가 없다. 기울기는 언제나 자기 값과 모양이 같고, batch, in, out의 크기가 서로 다르면 그 모양이 나오는 행렬곱은 하나뿐이다. 합이 들어 있는 것은, 한 값이 여러 길로 손실에 닿을 때 연쇄 법칙이 길마다의 곱을 모두 더하기 때문이다. 가중치 하나는 배치의 모든 예제를 거치고($x^\top dz$ 안의 합), 뉴런 하나는 다음 층의 모든 뉴런을 거친다($dz\,W^\top$ 안의 합).
# %% [markdown] lang="en"
# ## 3. From numbers to matrices
#
# In a real network it is matrices that flow. Several examples go through at once; together they are a **batch**. From here on, $\partial E / \partial z$ is written $dz$ for short, and $\partial E / \partial W$ is written $dW$. A dense layer is $z = xW + b$, and when $dz$ comes from behind, it computes three things.
#
# $$dW = x^\top dz, \qquad db = \sum_{\text{batch}} dz, \qquad dx = dz\, W^\top$$
#
# There is no need to learn this by heart: a gradient always has the shape of its value, and where batch, in and out differ in size only one matrix product gives that shape. There are sums inside because, where a value reaches the loss along several paths, the chain rule adds the products of all paths: one weight goes through all examples of the batch (the sum inside $x^\top dz$), one neuron through all neurons of the next layer (the sum inside $dz\,W^\top$).
# %% tags=["figure"] title="shapes on the way forward and back"
LENGTHS = {"batch": 0.9, "in": 1.7, "out": 0.6}  # lengths in the picture, not to scale
PRODUCTS = [  # each a name, its rows and its columns
    (("x", "batch", "in"), ("W", "in", "out"), ("z", "batch", "out")),
    (("xᵀ", "in", "batch"), ("dz", "batch", "out"), ("dW", "in", "out")),
    (("dz", "batch", "out"), ("Wᵀ", "out", "in"), ("dx", "batch", "in")),
]
COLORS = {"x": BLUE, "W": GREEN, "z": BLUE, "d": VERMILION}

_, axes = plt.subplots(1, 3, figsize=(13, 3.2))
titles = ["forward: z = x W", "backward, for W: dW = xᵀ dz", "backward, for x: dx = dz Wᵀ"]
for axis, title, product in zip(axes, titles, PRODUCTS):
    left = 0.0
    for (name, rows, columns), sign in zip(product, "·= "):
        width, height = LENGTHS[columns], LENGTHS[rows]
        box = plt.Rectangle((left, -height / 2), width, height, color=COLORS[name[0]], alpha=0.3)
        axis.add_patch(box)
        axis.text(left + width / 2, 0, name, ha="center", va="center", fontsize=14)
        axis.text(left + width / 2, height / 2 + 0.1, columns, ha="center", fontsize=10)
        axis.text(left - 0.06, 0, rows, rotation=90, ha="right", va="center", fontsize=10)
        axis.text(left + width + 0.2, 0, sign, ha="center", va="center", fontsize=16)
        left += width + 0.78
    axis.set(title=title, xlim=(-0.4, 5.8), ylim=(-1.1, 1.3), aspect="equal")
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 순전파(forward)의 행렬곱 하나와, 가중치와 입력의 기울기를 구하는 역전파(backward, for W와 for x)의 행렬곱 둘. 변에는 배치의 크기(batch), 입력의 수(in), 출력의 수(out)를 적었다. 파란색은 앞으로 가는 값, 초록색은 가중치, 주홍색은 뒤로 가는 기울기다. 마주 닿는 두 변, 곧 왼쪽의 열과 오른쪽의 행이 같은 것이어야 곱할 수 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The matrix product of the forward pass, and the two of the backward pass, for the weights and for the input, with batch size, number of inputs and number of outputs at the sides. Blue is what goes forward, green the weights, vermilion the gradients that go back. Two can be multiplied if the sides that meet, the columns of the left and the rows of the right, are the same thing.*


# %% [markdown] lang="ko"
# ## 4. 층을 손으로 쓴다
#
# 층마다 `forward`와 `backward`를 갖춘다. `forward`는 뒤에 쓸 것을 기억해 두고, `backward`는 출력의 기울기를 받아 자기 파라미터의 기울기를 계산한 뒤 입력의 기울기를 돌려준다. ReLU는 켜져 있던 자리에서만 기울기를 흘려보낸다.
# %% [markdown] lang="en"
# ## 4. Layers written by hand
#
# Every layer has a `forward` and a `backward`. `forward` keeps what will be needed later; `backward` takes the gradient at the output, computes the gradients of its own parameters and returns the gradient at the input. ReLU lets the gradient through only where it was on.
# %%
class Dense:
    """x @ W + b."""

    def __init__(self, inputs, outputs, rng):
        self.W = rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs))  # He's initialization
        self.b = np.zeros(outputs)

    def forward(self, x):
        self.x = x  # batch x inputs
        return x @ self.W + self.b  # batch x outputs

    def backward(self, dz):
        self.dW = self.x.T @ dz  # inputs x outputs, like W
        self.db = dz.sum(axis=0)  # outputs, like b
        return dz @ self.W.T  # batch x inputs, like x


class ReLU:
    def forward(self, z):
        self.on = z > 0
        return z * self.on

    def backward(self, da):
        return da * self.on


# %% [markdown] lang="ko"
# 손실은 **교차 엔트로피**(cross-entropy), 곧 모델이 정답 클래스에 준 확률의 로그에 음의 부호를 붙여 평균한 값이다. 소프트맥스와 이어 놓으면 점수에 대한 기울기가 놀랄 만큼 간단하다. 확률 $p$의 정답 자리에서 1을 뺀 뒤 배치의 크기 $n$으로 나누면 된다.
#
# $$E = -\frac{1}{n}\sum_{i} \ln p_{i, t_i}, \qquad \frac{\partial E}{\partial z_{ij}} = \frac{1}{n}\left(p_{ij} - [\,j = t_i\,]\right)$$
#
# $[\,j = t_i\,]$는 $j$가 $i$번째 예제의 정답이면 1, 아니면 0이다. 한 예제에서 $-\ln p_t$를 $p_t$로 미분한 $-1/p_t$에 [[activations]]의 소프트맥스 도함수 $p_t([\,j = t\,] - p_j)$를 곱하면 $p_j - [\,j = t\,]$가 된다.
# %% [markdown] lang="en"
# The loss is **cross-entropy**, the mean of minus the logarithm of the probability given to the right class. Put after softmax, it has a strikingly simple gradient at the scores: the probabilities $p$ with 1 subtracted at the right class, divided by the batch's size $n$.
#
# $$E = -\frac{1}{n}\sum_{i} \ln p_{i, t_i}, \qquad \frac{\partial E}{\partial z_{ij}} = \frac{1}{n}\left(p_{ij} - [\,j = t_i\,]\right)$$
#
# $[\,j = t_i\,]$ is 1 if $j$ is the right class of example $i$, and 0 if not. For one example, the derivative of $-\ln p_t$ by $p_t$ is $-1/p_t$; times the derivative of softmax from [[activations]], $p_t([\,j = t\,] - p_j)$, it gives $p_j - [\,j = t\,]$.
# %%
class SoftmaxCrossEntropy:
    def forward(self, logits, labels):
        """The loss of a batch: logits (batch, classes), labels (batch,) of class numbers."""
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p = powers / powers.sum(axis=1, keepdims=True)
        self.labels = labels
        return -np.log(self.p[np.arange(len(labels)), labels]).mean()

    def backward(self):
        dz = self.p.copy()
        dz[np.arange(len(dz)), self.labels] -= 1
        return dz / len(dz)


# %% [markdown] lang="ko"
# 신경망은 층의 목록이다. 앞으로는 목록의 처음부터, 뒤로는 목록의 끝부터 간다. 은닉층에 뉴런이 128개인 이 신경망의 파라미터는 101,770개이고, [[mnist_mlp]]에서 Keras로 만들 신경망과 크기가 같다.
# %% [markdown] lang="en"
# A network is a list of layers: forward means from the first to the last, backward from the last to the first. With 128 neurons in its hidden layer this one has 101,770 parameters, as many as the network that [[mnist_mlp]] builds with Keras.
# %%
class Network:
    def __init__(self, sizes, rng):
        self.layers, self.loss = [], SoftmaxCrossEntropy()
        for inputs, outputs in zip(sizes, sizes[1:]):
            self.layers += [Dense(inputs, outputs, rng), ReLU()]
        self.layers.pop()  # no ReLU on the scores
        self.dense = [layer for layer in self.layers if isinstance(layer, Dense)]

    def scores(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, x, labels):
        """Fill in every dW and db for one batch; return the loss and the gradient at x."""
        loss = self.loss.forward(self.scores(x), labels)
        gradient = self.loss.backward()
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return loss, gradient


# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
x_train = x_train.reshape(len(x_train), 784) / 255  # float64, which finite differences need
x_test = x_test.reshape(len(x_test), 784) / 255

rng = np.random.RandomState(lesson.seed)
SIZES = [784, 128, 10]
network = Network(SIZES, rng)
parameters = sum(layer.W.size + layer.b.size for layer in network.dense)
check("parameters", parameters, equals=101_770)


# %% [markdown] lang="ko"
# ### 유한 차분으로 확인한다
#
# 가중치와 편향의 배열 네 개마다 기울기가 0이 아닌 자리 스무 개와 아무 자리 스무 개를 골라(0이라고 한 자리도 확인해야 한다) 양쪽으로 움직여 본다. 자리가 모자라면 있는 만큼 고른다. 역전파를 손으로 쓸 때는 언제나 이렇게 확인하는 것이 좋다. 기울기가 조금 틀려도 훈련은 되는 듯 보여서, 눈으로는 찾기 어렵다.
# %% [markdown] lang="en"
# ### Tested by finite differences
#
# In each of the four arrays of weights and biases, twenty places with a gradient other than 0 and twenty at random (zeros must be tested, too) are moved both ways, or as many as there are. Do this whenever you write a backward pass by hand: with a gradient that is a little wrong, training still seems to work, and the mistake is hard to see.
# %%
def finite_differences(array, places, loss, h=1e-5):
    """How the loss changes with the numbers at some places of an array, each moved both ways."""
    slopes = []
    for place in places:
        kept, sides = array.flat[place], []
        for moved in (kept + h, kept - h):
            array.flat[place] = moved
            sides.append(loss())
        array.flat[place] = kept
        slopes.append((sides[0] - sides[1]) / (2 * h))
    return np.array(slopes)


# %%
def compare(network, x, labels, rng):
    """Finite differences and backpropagation in every array, relative to the largest gradient."""

    def loss():
        return network.loss.forward(network.scores(x), labels)

    network.backward(x, labels)
    for number, layer in enumerate(network.dense, start=1):
        for name in ("W", "b"):
            array, gradient = getattr(layer, name), getattr(layer, "d" + name)
            places = rng.permutation(np.flatnonzero(gradient))[:20]
            places = np.concatenate([places, rng.permutation(array.size)[:20]])
            measured = finite_differences(array, places, loss)
            largest = np.abs(measured).max()
            ours = gradient.flat[places]
            same(ours / largest, measured / largest, f"d{name} of layer {number}")


compare(network, x_train[:64], y_train[:64], rng)


# %% [markdown] lang="ko"
# 그렇다면 유한 차분으로 훈련하면 안 될까? 기울기를 한 번 얻으려면 파라미터마다 순전파를 두 번 해야 하니 203,540번이다. 역전파는 앞으로 한 번, 뒤로 한 번 지나가면 모두 얻는다. 뒤로 갈 때는 층마다 행렬곱이 두 번($dW$와 $dx$)이라 순전파의 두 배쯤, 모두 합쳐 세 배쯤 걸린다.
# %% [markdown] lang="en"
# Then why not train with finite differences? One gradient would take two forward passes for every parameter, 203,540 of them. Backpropagation gets all of it from one forward pass and one way back; the way back has two matrix products a layer ($dW$ and $dx$) and so costs about two forward passes, about three in all.
# %% tags=["nbval-ignore-output"]
batch = x_train[:256], y_train[:256]
forward_only = fastest_seconds(lambda: network.loss.forward(network.scores(batch[0]), batch[1]), 30)
forward_and_backward = fastest_seconds(lambda: network.backward(*batch), 30)
ratio = forward_and_backward / forward_only
print(f"forward and backward cost as much as {ratio:.1f} forward passes")
# %%
check("forward and backward, in forward passes", ratio, at_most=10)


# %% [markdown] lang="ko"
# ## 5. 훈련
#
# 예제를 섞어 32개씩 묶고, 묶음마다 기울기를 구해 한 걸음 내려간다. 예제를 모두 한 번 보는 것이 한 에포크다. 이 몇 줄이 [[mnist_mlp]]에서 `fit`이 하는 일의 알맹이다.
# %% [markdown] lang="en"
# ## 5. Training
#
# Shuffle the examples, take 32 at a time, compute the gradient and go one step down. Having seen all examples once is one epoch. These few lines are the core of what `fit` does in [[mnist_mlp]].
# %%
def train_epoch(network, x, labels, order, learning_rate=0.1, batch_size=32):
    """One pass in the given order; the loss of every batch."""
    losses = []
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        losses.append(network.backward(x[batch], labels[batch])[0])
        for layer in network.dense:
            layer.W -= learning_rate * layer.dW
            layer.b -= learning_rate * layer.db
    return losses


def accuracy(network, x, labels):
    return (network.scores(x).argmax(axis=1) == labels).mean()


# %% tags=["nbval-ignore-output"]
losses, accuracies = [], [accuracy(network, x_test, y_test)]
started = perf_counter()
for epoch in range(lesson.epochs(small=8, full=4)):
    losses += train_epoch(network, x_train, y_train, rng.permutation(len(x_train)))
    accuracies.append(accuracy(network, x_test, y_test))
    print(f"epoch {epoch + 1}: test accuracy {accuracies[-1]:.3f}")
print(f"{perf_counter() - started:.1f} seconds")
# %%
check("test accuracy after one epoch", accuracies[1], at_least=0.87)
check("test accuracy of the NumPy network", accuracies[-1], at_least=0.93)
# %% tags=["figure"] title="loss and accuracy during training"
_, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
left.plot(losses, color=SKY, lw=0.8, label="one batch")
smooth = np.convolve(losses, np.full(50, 1 / 50), "valid")
left.plot(np.arange(len(smooth)) + 25, smooth, color=BLUE, label="mean of 50")
left.set(xlabel="step", ylabel="loss")
left.legend()
right.plot(accuracies, "o-", color=BLUE)
right.set(xlabel="epoch", ylabel="test accuracy", ylim=(0, 1))
right.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 걸음(step)마다의 손실(loss), 오른쪽은 에포크(epoch)마다의 테스트 정확도(test accuracy)다. 배치 하나의 손실(one batch)은 들쭉날쭉하지만 50개의 평균(mean of 50)은 대체로 꾸준히 내려가고, 정확도는 첫 에포크에 거의 다 오른다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. On the left the loss of every step: that of single batches jumps about while the mean of 50 falls fairly steadily. On the right the test accuracy by epoch: most of it comes with the first one.*


# %% [markdown] lang="ko"
# ## 6. Keras와 견준다
#
# 같은 신경망을 Keras로 만들고 같은 가중치에서 출발시킨다. 먼저 한 배치의 기울기를 견준다. 여기서는 Keras도 NumPy처럼 64비트로 계산하게 했다(기본값은 32비트다).
# %% [markdown] lang="en"
# ## 6. Compared with Keras
#
# The same network is built with Keras and starts from the same weights. First the gradients of one batch are compared. Here Keras is told to compute with 64 bits, as NumPy does (its default is 32).
# %%
x = inputs = keras.Input((784,), dtype="float64")
x = layers.Dense(128, "relu", dtype="float64")(x)  # 784 -> 128
model = keras.Model(inputs, layers.Dense(10, dtype="float64")(x))

ours = Network(SIZES, np.random.RandomState(lesson.seed + 1))
model.set_weights([array for layer in ours.dense for array in (layer.W, layer.b)])
digits = tf.constant(x_train[:64])
with tf.GradientTape() as tape:
    tape.watch(digits)
    loss = keras.losses.sparse_categorical_crossentropy(
        y_train[:64], model(digits), from_logits=True
    )
    loss = tf.reduce_mean(loss)
*library, library_dx = tape.gradient(loss, [*model.trainable_variables, digits])
# %%
our_loss, our_dx = ours.backward(x_train[:64], y_train[:64])
by_name = {f"d{n}{i}": getattr(ours.dense[i - 1], f"d{n}") for i in (1, 2) for n in "Wb"}
same(our_loss, loss, "loss: ours and Keras's")
for (name, gradient), twin in zip([*by_name.items(), ("dx", our_dx)], [*library, library_dx]):
    largest = np.abs(twin).max()
    same(gradient / largest, twin / largest, f"{name}: ours and Keras's, over the largest")
# %% [markdown] lang="ko"
# 기울기가 같다면 훈련도 같아야 한다. 섞지 않고 같은 순서로 한 에포크를 훈련시킨 뒤 가중치를 견준다. 옵티마이저 `SGD`가 위의 경사 하강법이다. Keras의 `fit`과 우리가 쓴 몇 줄이 같은 가중치에 이른다. `fit`은 입력을 32비트로 바꾸어 넣으므로 끝의 몇 자리는 다르지만 $10^{-5}$까지는 같다.
# %% [markdown] lang="en"
# If the gradients are the same, so must training be. Both train for one epoch in the same order, without shuffling, and then the weights are compared. The optimizer `SGD` is the gradient descent above. Keras's `fit` and our few lines arrive at the same weights. As `fit` converts its inputs to 32 bits, the last digits differ; to $10^{-5}$ the weights are the same.
# %%
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")
model.compile(keras.optimizers.SGD(0.1), loss)
before = ours.dense[0].W.copy()
model.fit(x_train, y_train, batch_size=32, epochs=1, shuffle=False, verbose=0)
train_epoch(ours, x_train, y_train, np.arange(len(x_train)))
moved = np.abs(ours.dense[0].W - before).max()
check("largest change of a weight in an epoch", moved, at_least=0.05)
for name, twin in zip(("W1", "b1", "W2", "b2"), model.get_weights()):
    array = getattr(ours.dense[int(name[1]) - 1], name[0])
    same(array, twin, f"{name} after one epoch: ours and Keras's")
# %% [markdown] lang="ko"
# ## 7. 기울기는 그림까지 간다
#
# 역전파는 첫 층의 입력, 곧 픽셀의 기울기도 내놓는다. 어느 픽셀을 바꾸면 손실이 커지는지를 알려 주는 그림이다. 파란 자리(양수)를 더 짙게 하거나 붉은 자리(음수)를 더 옅게 하면 정답에서 멀어진다.
#
# 정말 그런지 보자. 픽셀마다 기울기의 부호가 가리키는 쪽으로 0.1만큼 바꾸되 0과 1 사이를 벗어나지 않게 한다(빠른 기울기 부호법, fast gradient sign method). 사람에게는 여전히 같은 숫자로 보이는데 신경망은 대부분 틀린다. 같은 크기로 아무렇게나 바꾼 그림은 거의 그대로 맞힌다. 이렇게 모델이 틀리도록 조금 바꾼 입력을 **적대적 예제**(adversarial example)라고 한다.
# %% [markdown] lang="en"
# ## 7. The gradient reaches the picture
#
# Backpropagation also gives the gradient at the input of the first layer, at the pixels: a picture of which pixels raise the loss when they change. More ink where it is blue (positive), or less where it is red (negative), leads away from the right answer.
#
# See whether that is so. Every pixel is moved by up to 0.1, between 0 and 1, in the direction of the sign of its gradient (the fast gradient sign method). A person still reads the same digits, yet the network gets most of them wrong, while random changes of the same size hardly matter. An input changed a little so that a model errs is an **adversarial example**.
# %%
_, dx = network.backward(x_test, y_test)
noise = np.random.RandomState(lesson.seed).choice([-1, 1], x_test.shape)
pictures = {
    "original": x_test,
    "0.1 at random": np.clip(x_test + 0.1 * noise, 0, 1),
    "0.1 along the gradient": np.clip(x_test + 0.1 * np.sign(dx), 0, 1),
}
share = {name: accuracy(network, images, y_test) for name, images in pictures.items()}
lost = share["original"] - share["0.1 at random"]
check("test accuracy lost to 0.1 at random", lost, at_most=0.03)
check("test accuracy with 0.1 along the gradient", share["0.1 along the gradient"], at_most=0.25)
# %% tags=["figure"] title="eight digits, changed at random and along the gradient"
right = np.flatnonzero(network.scores(x_test).argmax(axis=1) == y_test)[:8]
_, axes = plt.subplots(4, 8, figsize=(11, 6.2))
for row, (name, images) in zip(axes[[0, 2, 3]], pictures.items()):
    answers = network.scores(images[right]).argmax(axis=1)
    for axis, image, answer in zip(row, images[right], answers):
        axis.imshow(image.reshape(28, 28), cmap="binary", vmin=0, vmax=1)
        axis.set_title(f"read as {answer}", fontsize=10)
    row[0].set_ylabel(name.replace(" ", "\n", 1), fontsize=10)
for axis, gradient in zip(axes[1], dx[right]):
    limit = np.abs(gradient).max()
    axis.imshow(gradient.reshape(28, 28), cmap="RdBu", vmin=-limit, vmax=limit)
axes[1, 0].set_ylabel("gradient\nat the pixels", fontsize=10)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[])
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 윗줄부터 신경망이 맞힌 테스트 이미지(original), 픽셀의 기울기(gradient at the pixels), 픽셀을 아무렇게나 0.1만큼 바꾼 것(at random), 기울기의 부호를 따라 0.1만큼 바꾼 것(along the gradient). 제목(read as)은 신경망의 답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the top: test images that the network reads right, the gradient at their pixels, the images changed by 0.1 at random, and by 0.1 along the sign of the gradient. The titles say what the network reads.*


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** tanh 층의 `backward`를 작성하라. 순전파에서 기억해 둔 것은 출력 `a`이고(입력이 아니다), 뒤에서 오는 기울기는 `da`다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write the `backward` of a tanh layer. What the forward pass kept is the output `a` (not the input), and the gradient that comes from behind is `da`.
# %% tags=["exercise"]
def tanh_backward(a, da):
    """Gradient at the input of tanh, from its output a and the gradient da at the output."""
    ...


# %% tags=["solution"]
def tanh_backward(a, da):
    """Gradient at the input of tanh, from its output a and the gradient da at the output."""
    return da * (1 - a**2)


# %% tags=["wrong"]
def tanh_backward(a, da):
    """Gradient at the input of tanh, from its output a and the gradient da at the output."""
    return da * (1 - np.tanh(a) ** 2)


# %%
z, da = np.array([-2.0, -0.3, 0.0, 1.5]), np.array([1.0, -2.0, 0.5, 3.0])
slopes = (np.tanh(z + 1e-5) - np.tanh(z - 1e-5)) / 2e-5
exercise(
    tanh_backward, [((np.tanh(z), da), slopes * da), ((np.tanh(z[:2]), da[:2]), (slopes * da)[:2])]
)


# %% [markdown] lang="ko"
# **2.** 1절의 신경망을 한 걸음 훈련해 새 $w_1$과 $w_2$를 돌려주는 함수를 작성하라. 이번에는 $x$와 $t$도 바꿀 수 있다. 두 가중치를 함께 고쳐야 한다는 것에 주의한다.
# %% [markdown] lang="en"
# **2.** Write a function that trains the network of section 1 for one step and returns the new $w_1$ and $w_2$. This time $x$ and $t$ may vary, too. Mind that both weights change together.
# %% tags=["exercise"]
def train_step(w1, w2, x, target, learning_rate):
    """New (w1, w2) after one step of gradient descent."""
    ...


# %% tags=["solution"]
def train_step(w1, w2, x, target, learning_rate):
    """New (w1, w2) after one step of gradient descent."""
    a1 = sigmoid(w1 * x)
    y = sigmoid(w2 * a1)
    dz2 = (y - target) * y * (1 - y)
    dw2 = dz2 * a1
    dw1 = dz2 * w2 * a1 * (1 - a1) * x
    return w1 - learning_rate * dw1, w2 - learning_rate * dw2


# %% tags=["wrong"]
def train_step(w1, w2, x, target, learning_rate):
    """New (w1, w2) after one step of gradient descent."""
    a1 = sigmoid(w1 * x)
    y = sigmoid(w2 * a1)
    dz2 = (y - target) * y * (1 - y)
    w2 -= learning_rate * dz2 * a1
    w1 -= learning_rate * dz2 * w2 * a1 * (1 - a1) * x
    return w1, w2


# %%
def measured_step(w1, w2, x, target, learning_rate):
    """The same step with gradients by finite differences."""
    up1, down1 = (forward(w1 + h, w2, x, target)["E"] for h in (1e-5, -1e-5))
    up2, down2 = (forward(w1, w2 + h, x, target)["E"] for h in (1e-5, -1e-5))
    return w1 - learning_rate * (up1 - down1) / 2e-5, w2 - learning_rate * (up2 - down2) / 2e-5


cases = [(0.5, 1.0, 1.0, 0.0, 1.0), (-1.0, 2.0, 0.5, 1.0, 3.0), (0.0, -1.0, 2.0, 1.0, 0.5)]
exercise(train_step, [(case, measured_step(*case)) for case in cases])


# %% [markdown] lang="ko"
# **3.** 두 층이 가중치 하나를 함께 쓴다고 하자. 곧 $z_1 = w x$이고 $z_2 = w a_1$이다(순환 신경망은 같은 가중치를 단계마다 되풀이해 쓴다). $\partial E / \partial w$를 돌려주는 함수를 작성하라. $w$에서 $E$로 가는 길은 몇 개인가?
# %% [markdown] lang="en"
# **3.** Let the two layers share one weight: $z_1 = w x$ and $z_2 = w a_1$ (recurrent networks use the same weights again at every step). Write a function that returns $\partial E / \partial w$. How many paths lead from $w$ to $E$?
# %% tags=["exercise"]
def shared_gradient(w, x, target):
    """dE/dw where the one weight w is used in both layers."""
    ...


# %% tags=["solution"]
def shared_gradient(w, x, target):
    """dE/dw where the one weight w is used in both layers."""
    a1 = sigmoid(w * x)
    y = sigmoid(w * a1)
    dz2 = (y - target) * y * (1 - y)
    through_z2 = dz2 * a1  # the path w -> z2
    through_z1 = dz2 * w * a1 * (1 - a1) * x  # the path w -> z1 -> a1 -> z2
    return through_z2 + through_z1


# %% tags=["wrong"]
def shared_gradient(w, x, target):
    """dE/dw where the one weight w is used in both layers."""
    a1 = sigmoid(w * x)
    y = sigmoid(w * a1)
    return (y - target) * y * (1 - y) * a1


# %%
def shared_loss(w, x, target):
    return forward(w, w, x, target)["E"]


cases = [(0.5, 1.0, 0.0), (-1.5, 2.0, 1.0), (2.0, -1.0, 0.0)]
slopes = [(shared_loss(w + 1e-5, *c) - shared_loss(w - 1e-5, *c)) / 2e-5 for w, *c in cases]
exercise(shared_gradient, list(zip(cases, slopes)))
# %% [markdown] lang="ko"
# ## 요약
#
# - 기울기는 손실까지 가는 길에 있는 도함수들의 곱이고, 길이 여럿이면 길마다의 곱을 더한다.
# - 역전파는 이 곱을 출력에서부터 계산해, 순전파 몇 번의 비용으로 모든 파라미터의 기울기를 한꺼번에 얻는다.
# - 층은 값을 앞으로 보내고 기울기를 뒤로 보낸다. 기울기의 모양은 언제나 값의 모양과 같다.
# - 손으로 쓴 기울기는 유한 차분으로 확인한다. 64비트에서는 양쪽으로 $10^{-5}$쯤 움직이는 것이 좋다.
# - 손으로 쓴 신경망과 Keras는 기울기도, 한 에포크 동안 훈련한 가중치도 같다.
# %% [markdown] lang="en"
# ## Summary
#
# - A gradient is the product of the derivatives along the way to the loss; with several ways, the sum of their products.
# - Backpropagation computes these products from the output on, and gets the gradients of all parameters at once for the cost of a few forward passes.
# - A layer sends values forward and gradients backward. A gradient always has the shape of its value.
# - Gradients written by hand are tested by finite differences, with 64 bits best by moving both ways by about $10^{-5}$.
# - The network written by hand and Keras have the same gradients, and after one epoch of training the same weights.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002 1부 ‘MLP의 한계’, ‘순전파/역전파’, ‘역전파에 체인을 적용’.
# - S. Linnainmaa (1970). *The representation of the cumulative rounding error of an algorithm as a Taylor expansion of the local rounding errors*. 헬싱키 대학교 석사 논문(핀란드어). 후진 방식 자동 미분을 처음 발표했다.
# - P. Werbos (1974). *Beyond regression*. 하버드 대학교 박사 논문.
# - D. Rumelhart, G. Hinton, R. Williams (1986). *Learning representations by back-propagating errors*. Nature 323, 533–536.
# - I. Goodfellow, J. Shlens, C. Szegedy (2015). *Explaining and harnessing adversarial examples*. ICLR, 4절.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, part 1: the pages on the limits of the MLP, on the forward and backward pass and on the chain rule.
# - S. Linnainmaa (1970). *The representation of the cumulative rounding error of an algorithm as a Taylor expansion of the local rounding errors*. Master's thesis (in Finnish), University of Helsinki. The first publication of reverse-mode automatic differentiation.
# - P. Werbos (1974). *Beyond regression*. PhD thesis, Harvard University.
# - D. Rumelhart, G. Hinton, R. Williams (1986). *Learning representations by back-propagating errors*. Nature 323, 533–536.
# - I. Goodfellow, J. Shlens, C. Szegedy (2015). *Explaining and harnessing adversarial examples*. ICLR, section 4.
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
