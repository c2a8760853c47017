# %% [markdown] lang="ko" headline="test accuracy, 0 against 1"
# # [[number]] · 퍼셉트론
#
# [[badge]]
#
# **곱하고 더하고 비교하는 것밖에 모르는 장치가 어떻게 규칙을 배우고, 어디에서 막힐까?**
# %% [markdown] lang="en"
# # [[number]] · The perceptron
#
# [[badge]]
#
# **How does a device that can only multiply, add and compare learn a rule, and where does it get stuck?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 퍼셉트론의 가중치와 편향이 평면에 직선 하나를 긋는다는 것을 그림으로 설명할 수 있다.
# - 학습 규칙을 몇 줄의 코드로 쓰고, 틀릴 때마다 직선이 어떻게 움직이는지 보일 수 있다.
# - XOR을 퍼셉트론 하나로는 풀 수 없음을 증명하고, 두 층으로 풀 수 있다.
# - 한 층의 계산을 행렬곱으로 쓰고, 진짜 손글씨 0과 1을 퍼셉트론 하나로 가려낼 수 있다.
#
# 걸리는 시간은 약 45분이고, `small`에서는 1분 안에 실행이 끝난다. [[start_here]]을 먼저 보았다면 충분하다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Explain with a picture that a perceptron's weights and bias draw one straight line in the plane.
# - Write the learning rule in a few lines of code, and show how the line moves at every mistake.
# - Prove that one perceptron cannot solve XOR, and solve it with two layers.
# - Write what a layer computes as a matrix product, and tell real handwritten zeros from ones with a single perceptron.
#
# It takes about 45 minutes to read and, at scale `small`, less than one to run. Lesson [[start_here]] is all you need beforehand.
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 000의 ‘퍼셉트론’, 001의 ‘Multi-layer perceptron’, 002의 1부에 나오는 프레임워크 소개와 ‘층 구조’, ‘MLP의 한계’에 해당한다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the page on the perceptron in deck 000, the one on multilayer perceptrons in deck 001, and from part 1 of deck 002 the pages on frameworks, on the structure of layers and on
# the limits of the MLP.
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
from keras import layers
from sklearn.linear_model import Perceptron

from helpers.checks import check, exercise, same
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION

# %% [markdown] lang="ko" slides="000 퍼셉트론"
# ## 1. 뉴런을 본뜬 계산
#
# 1957년 프랭크 로젠블랫(Frank Rosenblatt)은 뉴런의 동작을 단순한 계산으로 옮긴 **퍼셉트론**(perceptron)을 내놓았다. 들어오는 신호 $x$마다 **가중치**(weight) $w$를 곱해
# 더한 값을 가중합이라고 한다. 가중합에 **편향**(bias) $b$를 더한 다음, 그 값이 0보다 크면 1, 아니면 0을 내보낸다. 이렇게 0 이하에서는 0, 0보다 크면 1인 함수가 **계단 함수**(step function)다.
#
# $$\hat{y} = \text{step}(x_1 w_1 + x_2 w_2 + b)$$
#
# 편향은 늘 1인 입력에 붙은 가중치로 볼 수 있다.
# %% [markdown] lang="en"
# ## 1. A computation modelled on the neuron
#
# In 1957 Frank Rosenblatt presented the **perceptron**, which turns what a neuron does into simple arithmetic. Each signal $x$ that comes in is multiplied by a **weight** $w$; the sum of these
# products is the weighted sum. A **bias** $b$ is added to it, and if the result is above 0 the output is 1, otherwise 0. Such a function, 0 up to 0 and 1 above it, is a **step function**.
#
# $$\hat{y} = \text{step}(x_1 w_1 + x_2 w_2 + b)$$
#
# The bias can be seen as the weight of an input that is always 1.
# %% tags=["figure"] title="a neuron as arithmetic"
_, axis = plt.subplots(figsize=(9, 2.6))
for y, name in [(1, "1"), (2, "$x_2$"), (3, "$x_1$")]:
    weight = {"1": "$b$", "$x_2$": "$w_2$", "$x_1$": "$w_1$"}[name]
    axis.annotate("", (2.8, 2), (0.3, y), arrowprops={"arrowstyle": "->", "lw": 2, "color": GREY})
    axis.text(0, y, name, ha="center", va="center", fontsize=16)
    axis.text(1.3, 0.53 * y + 1.1, weight, ha="center", fontsize=14, color=BLUE)
for x, name, pad in [(3, "$\\Sigma$", 0.8), (4.4, "step", 0.35), (5.8, "$\\hat{y}$", 0)]:
    circle = {"boxstyle": f"circle,pad={pad}", "fc": "white", "ec": BLUE, "lw": 2}
    axis.text(x, 2, name, ha="center", va="center", fontsize=14, bbox=circle if x < 5 else None)
for x in (3.25, 4.75):
    axis.annotate(
        "", (x + 0.85, 2), (x, 2), arrowprops={"arrowstyle": "->", "lw": 2, "color": GREY}
    )
axis.set(xlim=(-0.3, 6.3), ylim=(0.6, 3.4))
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 퍼셉트론의 계산. 두 입력 $x_1$, $x_2$와 늘 1인 입력에 각각 $w_1$, $w_2$, $b$를 곱해 더하고(Σ), 계단 함수(step)에 넣어 답을 얻는다. 두 원을 합친 것이 뉴런에, $w_1$과 $w_2$가 붙은 화살표가 시냅스에 해당한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. What a perceptron computes. The inputs $x_1$, $x_2$ and one that is always 1 are multiplied by $w_1$, $w_2$ and $b$ and added up (Σ); the step function turns the sum into the answer. The two circles together stand for the neuron, the arrows marked $w_1$ and $w_2$ for its synapses.*


# %%
def perceptron(x, weights, bias):
    """1 where weighted sum plus bias is above 0, else 0, for inputs (n, inputs) or (inputs,)."""
    # x @ weights: x1 w1 + x2 w2 for each row (section 5)
    return np.where(x @ weights + bias > 0, 1, 0)


INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}
by_hand = perceptron(INPUTS, np.array([1, 1]), -1.5)
check("outputs with weights 1, 1 and bias -1.5", by_hand, equals=GATES["AND"])


# %% [markdown] lang="ko"
# ### 직선 하나
#
# 논리 게이트 AND는 두 입력이 모두 1일 때만 1이다. 위에서는 가중치를 손으로 골랐다. 값이 정확히 0이 되는 곳, $x_1 w_1 + x_2 w_2 + b = 0$은 평면의 직선이고,
# 퍼셉트론은 그 한쪽을 1, 다른 쪽을 0이라고 답한다. 이 직선이 **결정 경계**(decision boundary)다. 편향만 바꾸면 직선이 나란히 움직이고, 가중치의 비를 바꾸면 기울어진 방향이 바뀐다.
# %% [markdown] lang="en"
# ### One straight line
#
# The logic gate AND is 1 only if both inputs are 1. Above, its weights were chosen by hand. The places where the result is exactly 0, $x_1 w_1 + x_2 w_2 + b = 0$, form a straight line in the plane;
# the perceptron answers 1 on one side of it and 0 on the other. This line is the **decision boundary**. Changing only the bias shifts the line parallel to itself; changing the ratio of the weights turns it.
# %% tags=["figure"] title="one line, three times"
def draw_gate(axis, targets, weights, bias, title=""):
    """The four inputs, and the side of the line on which a perceptron answers 1."""
    x1, x2 = np.meshgrid([-0.75, 1.75], [-0.75, 1.75])
    weighted_sum = x1 * weights[0] + x2 * weights[1] + bias
    axis.contourf(x1, x2, weighted_sum, levels=[0, 99], colors=[BLUE], alpha=0.25)
    for (x1, x2), target in zip(INPUTS, targets):
        axis.plot(x1, x2, "o", ms=11, mec="black", mfc="black" if target else "white")
    axis.set(title=title, xticks=[0, 1], yticks=[0, 1], aspect="equal")
    axis.set(xlim=(-0.75, 1.75), ylim=(-0.75, 1.75), xlabel="$x_1$", ylabel="$x_2$")


_, axes = plt.subplots(1, 3, figsize=(9, 3.2))
draw_gate(axes[0], GATES["AND"], np.array([1, 1]), -1.5, "weights 1, 1, bias -1.5")
draw_gate(axes[1], GATES["AND"], np.array([1, 1]), -0.5, "bias -0.5: line moves")
draw_gate(axes[2], GATES["AND"], np.array([2, 0.5]), -1.5, "weights 2, 0.5: line turns")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 꽉 찬 점은 답이 1이어야 하는 입력, 빈 점은 0이어야 하는 입력이고, 파랗게 칠한 쪽이 퍼셉트론이 1이라고 답하는 쪽이다. 왼쪽의 가중치(weights)와 편향(bias)에서 편향만 바꾸면 직선이 나란히 움직이고(line moves), 가중치의 비를 바꾸면 돈다(line turns).*
# %% [markdown] lang="en"
# *Figure [[figure]]. Filled points are inputs whose answer should be 1, hollow ones those for 0; the perceptron answers 1 on the side that is painted blue. From the left picture to the middle one only the bias changes, and the line moves parallel to itself; in the right one the ratio of the weights has changed, and the line has turned.*


# %% [markdown] lang="ko"
# ## 2. 학습 규칙
#
# 가중치를 손으로 고르는 대신 예제에서 배우게 하자. **학습 규칙**(learning rule)은 한 줄이다. 예제를 하나 보고, 답 $\hat{y}$가 정답 $t$와 같으면 그대로 둔다. 다르면
# 정답 쪽으로 한 걸음 옮긴다.
#
# $$w \leftarrow w + (t - \hat{y})\,x, \qquad b \leftarrow b + (t - \hat{y})$$
#
# 1이어야 하는데 0이라고 했다면 $t - \hat{y} = 1$이므로 $x$가 더해져 합이 커지고, 반대면 작아진다. 모든 예제를 한 번씩 보는 것이 한 **에포크**(epoch)이고,
# 모두 맞히면 가중치와 편향은 더 바뀌지 않는다.
# %% [markdown] lang="en"
# ## 2. The learning rule
#
# Rather than choose weights by hand, let them be learnt from examples. The **learning rule** is a single line. Look at an example; if the answer $\hat{y}$ equals the target $t$, leave everything as it is. If not,
# take one step towards the target.
#
# $$w \leftarrow w + (t - \hat{y})\,x, \qquad b \leftarrow b + (t - \hat{y})$$
#
# If the answer was 0 and should have been 1, $t - \hat{y} = 1$: $x$ is added and the sum grows. In the opposite case it shrinks. Seeing every example once is an **epoch**.
# Once every example is answered correctly, nothing changes.
# %%
def learn(inputs, targets, weights, bias, epochs):
    """Rosenblatt's rule: every (weights, bias) on the way, and the mistakes in each epoch."""
    states, mistakes = [(weights, bias)], []
    for _ in range(epochs):
        mistakes.append(0)
        for x, target in zip(inputs, targets):
            error = target - perceptron(x, weights, bias)  # -1, 0 or 1
            if error != 0:
                weights, bias = weights + error * x, bias + error
                states.append((weights, bias))
                mistakes[-1] += 1
    return states, mistakes


START = np.array([-1, 2]), -0.5
and_states, and_mistakes = learn(INPUTS, GATES["AND"], *START, epochs=5)
print("mistakes in each epoch:", and_mistakes)
check("mistakes in the last epoch", and_mistakes[-1], equals=0)
check("changes until AND was learnt", len(and_states) - 1, equals=5)


# %% [markdown] lang="ko"
# ### 움직이는 직선
#
# 틀릴 때마다 직선은 방금 틀린 점을 옳은 쪽에 두려고 움직인다. 한 점을 위해 움직이다가 다른 점을 다시 틀리기도 하지만, 다섯 번 만에 네 점이 모두 제자리에 놓인다.
# %% [markdown] lang="en"
# ### A line that moves
#
# At every mistake the line moves to put the point that was just answered wrongly on the right side. Moving for one point may upset another, but after five changes all four are where they belong.
# %% tags=["figure"] title="five changes until AND is learnt"
def draw_line(axis, weights, bias, **style):
    """The line on which weighted sum plus bias is 0."""
    direction, foot = np.array([-weights[1], weights[0]]), -bias * weights / (weights @ weights)
    ends = np.stack([foot - 9 * direction, foot + 9 * direction])
    axis.plot(ends[:, 0], ends[:, 1], **style)


_, axes = plt.subplots(2, 3, figsize=(10, 7))
for number, (axis, (weights, bias)) in enumerate(zip(axes.flat, and_states)):
    draw_gate(axis, GATES["AND"], weights, bias, f"{number}: w = {weights.tolist()}, b = {bias}")
    if number > 0:
        draw_line(axis, *and_states[number - 1], color=GREY, ls="--", lw=1.5)
        # the rule added or subtracted the input that was wrong
        wrong = np.abs(weights - and_states[number - 1][0])
        axis.plot(*wrong, "o", ms=20, mfc="none", mec=VERMILION, mew=2)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. AND를 배우는 동안의 직선. 0은 아무렇게나 정한 출발점이고, 1–5는 틀릴 때마다 한 장씩 그렸다. 제목은 그때의 가중치 w와 편향 b다. 점선이 고치기 전, 칠한 쪽이 고친 뒤의 퍼셉트론이며, 주홍색 원이 방금 틀린 점이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The line while AND is learnt. Picture 0 is an arbitrary start, each of 1 to 5 one mistake; the titles are the weights w and the bias b at that time. The dashed line is the perceptron before the change, the painted side the one after it; the vermilion ring marks the point that was just answered wrongly.*
# %% [markdown] lang="ko"
# ### AND, OR, NAND
#
# OR은 입력이 하나라도 1이면 1이고, NAND는 AND의 반대로 두 입력이 모두 1일 때만 0이다. 같은 출발점, 같은 규칙으로 세 게이트를 모두 배운다. 정수만 더하고 빼므로 어느 컴퓨터에서나 같은 직선이 나온다. 같은 규칙을 구현한 scikit-learn의 `Perceptron`과
# 가중치를 견주어 본다.
# %% [markdown] lang="en"
# ### AND, OR, NAND
#
# OR is 1 if at least one input is 1; NAND is the opposite of AND, 0 only if both are 1. All three gates are learnt from the same start by the same rule. Only integers are added and subtracted, so every computer finds the same lines. Scikit-learn's `Perceptron` implements the same rule;
# its weights are compared with ours.
# %%
learnt, changes = {}, {}
for gate in ("AND", "OR", "NAND"):
    states, _ = learn(INPUTS, GATES[gate], *START, epochs=10)
    learnt[gate], changes[gate] = states[-1], len(states) - 1
    check(f"answers of the learnt {gate}", perceptron(INPUTS, *learnt[gate]), equals=GATES[gate])
# %% tags=["figure"] title="three learnt gates"
_, axes = plt.subplots(1, 3, figsize=(9, 3.2))
for axis, gate in zip(axes, learnt):
    draw_gate(axis, GATES[gate], *learnt[gate], f"{gate}: {changes[gate]} changes")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 같은 출발점에서 배운 세 게이트. 제목은 게이트의 이름과 모두 맞힐 때까지 고친 횟수(changes)다. 세 그림 모두 꽉 찬 점만 칠한 쪽에 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Three gates learnt from the same start; the titles say how many changes it took. In all three, the filled points and no others are on the painted side.*
# %%
for gate, (weights, bias) in learnt.items():
    library = Perceptron(max_iter=10, tol=None, shuffle=False)
    library.fit(INPUTS, GATES[gate], coef_init=START[0], intercept_init=START[1])
    same(
        [*weights, bias],
        [*library.coef_[0], *library.intercept_],
        f"{gate}: ours and scikit-learn's",
    )
# %% [markdown] lang="ko"
# ## 3. XOR: 멈추지 않는 직선
#
# XOR은 두 입력이 서로 다를 때만 1이다. 같은 규칙으로 훈련하면 틀리는 예제가 없어지지 않는다.
# 넷째 에포크가 끝났을 때의 가중치와 편향은 셋째 에포크가 끝났을 때와 같다. 예제의 순서도 늘 같으므로, 그 뒤로는 같은 움직임을 영원히 되풀이한다.
# %% [markdown] lang="en"
# ## 3. XOR: a line that never settles
#
# XOR is 1 only if the two inputs differ. Trained by the same rule, it never runs out of mistakes.
# After epoch 4, weights and bias are what they were after epoch 3. The order of the examples is always the same, so from then on the same moves repeat for ever.
# %%
runs = {gate: learn(INPUTS, targets, *START, epochs=12) for gate, targets in GATES.items()}
xor_states, xor_mistakes = runs["XOR"]
ends = [learn(INPUTS, GATES["XOR"], *START, epochs)[0][-1] for epochs in (3, 4)]
after_3, after_4 = ([*weights.tolist(), bias] for weights, bias in ends)
check("XOR: weights and bias after epoch 4, as after epoch 3", after_4 == after_3, equals=True)
check("XOR: mistakes in epoch 12", xor_mistakes[-1], equals=4)
# %% tags=["figure"] title="three gates come to rest, XOR does not"
_, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6))
looks = zip((BLUE, GREEN, ORANGE, VERMILION), (13, 10, 7, 7))
for (gate, (_, mistakes)), (color, size) in zip(runs.items(), looks):
    left.plot(range(1, 13), mistakes, marker="o", ms=size, color=color, label=gate)
left.set(xlabel="epoch", ylabel="mistakes, of 4", xticks=range(1, 13))
left.legend()
draw_gate(right, GATES["XOR"], [0, 0], -1, "XOR: the lines on the way")
for weights, bias in xor_states:
    draw_line(right, weights, bias, color=VERMILION, lw=1, alpha=0.3)
right.set(xlim=(-1, 2), ylim=(-2, 2))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 에포크(epoch)마다 네 예제 가운데 틀린 수(mistakes, of 4)다. XOR만 0에 이르지 못한다. 오른쪽은 퍼셉트론이 XOR을 배우려고 거쳐 간 직선(the lines on the way)이며, 여러 번 지난 직선일수록 진하다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. On the left the mistakes in each epoch: only XOR never reaches 0. On the right the lines that the perceptron went through in trying to learn XOR; the more often it came back to one, the darker it is.*
# %% [markdown] lang="ko"
# ### 왜 안 되는가
#
# XOR을 푸는 직선이 있다고 해 보자. 네 입력이 요구하는 것을 쓰면 다음과 같다.
#
# $$b \le 0, \qquad w_2 + b > 0, \qquad w_1 + b > 0, \qquad w_1 + w_2 + b \le 0$$
#
# 가운데 둘을 더하면 $w_1 + w_2 + 2b > 0$, 곧 $w_1 + w_2 + b > -b \ge 0$인데, 이것은 마지막 식과 어긋난다. 그러므로 그런 직선은 없다. 직선 하나로 나눌 수 있는 문제를
# **선형 분리 가능**(linearly separable)하다고 하는데, AND, OR, NAND는 그렇고 XOR은 그렇지 않다.
# 선형 분리 가능한 문제라면 학습 규칙이 유한한 횟수만 고치고 멈춘다는 것이 증명되어 있다(Novikoff, 1962). XOR에서는 가중치와 편향을 촘촘히 바꾸어 보아도 넷 가운데 셋까지만 맞는다.
# %% [markdown] lang="en"
# ### Why it cannot
#
# Suppose there were a line that solves XOR. The four inputs then demand:
#
# $$b \le 0, \qquad w_2 + b > 0, \qquad w_1 + b > 0, \qquad w_1 + w_2 + b \le 0$$
#
# The two in the middle add up to $w_1 + w_2 + 2b > 0$, that is, $w_1 + w_2 + b > -b \ge 0$, which contradicts the last one. So there is no such line. A problem that one line can split is called
# **linearly separable**: AND, OR and NAND are, XOR is not.
# For a linearly separable problem the learning rule is proved to stop after finitely many changes (Novikoff, 1962). For XOR, no choice on a fine grid of weights and biases gets more than three of the four right.
# %%
values = np.linspace(-2, 2, 41)
w1, w2, b = np.meshgrid(values, values, values)
answers = np.stack([w1 * x1 + w2 * x2 + b > 0 for x1, x2 in INPUTS])  # 4 x 68,921
for gate, targets in GATES.items():
    most = (answers == np.array(targets)[:, None, None, None]).sum(axis=0).max()
    check(f"most right answers on the grid, {gate}", most, equals=3 if gate == "XOR" else 4)
# %% [markdown] lang="ko" slides="001 Multi-layer perceptron"
# ## 4. 두 층이면 풀린다
#
# XOR은 ‘OR이면서 NAND’다. 첫 층의 두 퍼셉트론이 OR과 NAND를 계산하고, 둘째 층의 퍼셉트론이 그 둘의 AND를 계산하면 된다. 입력과 출력 사이에 있어 밖에서 보이지 않는 첫 층을
# **은닉층**(hidden layer)이라 하고, 이렇게 층을 쌓은 것이 **다층 퍼셉트론**(multilayer perceptron)이다. 맨 오른쪽 그림이 핵심이다. 은닉층은 네 점을 새 자리로 옮기는데,
# (0,1)과 (1,0)은 한자리에 겹치고, 그 자리에서는 직선 하나로 나눌 수 있다.
# %% [markdown] lang="en"
# ## 4. Two layers solve it
#
# XOR is ‘OR and also NAND’. Let two perceptrons in a first layer compute OR and NAND, and one in a second layer the AND of the two. The first layer lies between input and output, unseen from outside, and is
# called a **hidden layer**; layers stacked like this are a **multilayer perceptron**. The picture on the right is the point: the hidden layer moves the four inputs to new places,
# where (0,1) and (1,0) coincide, and there one line can split them.
# %%
hidden_1 = perceptron(INPUTS, *learnt["OR"])
hidden_2 = perceptron(INPUTS, *learnt["NAND"])
hidden = np.stack([hidden_1, hidden_2], axis=1)  # 4x2: the new places of the four inputs
xor = perceptron(hidden, *learnt["AND"])
print("inputs ", INPUTS.tolist())
print("hidden ", hidden.tolist())
print("outputs", xor.tolist())
check("two layers compute XOR", xor, equals=GATES["XOR"])
# %% tags=["figure"] title="what the hidden layer does to the inputs"
_, axes = plt.subplots(1, 3, figsize=(11, 3.6))
draw_gate(axes[0], GATES["XOR"], *learnt["OR"], "hidden 1 is OR")
draw_gate(axes[1], GATES["XOR"], *learnt["NAND"], "hidden 2 is NAND")
draw_gate(axes[2], [], *learnt["AND"], "AND of the two, in hidden space")
for (x1, x2), (h1, h2), target in zip(INPUTS, hidden, GATES["XOR"]):
    axes[2].plot(h1, h2, "o", ms=11, mec="black", mfc="black" if target else "white")
    axes[2].text(h1 + 0.08, h2 + (0.1 if x1 else -0.2), f"({x1},{x2})", fontsize=11)
axes[2].set(xlabel="hidden 1", ylabel="hidden 2")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 은닉층의 두 퍼셉트론은 OR(hidden 1)과 NAND(hidden 2)를 계산한다. 오른쪽은 두 값을 축으로 한 평면(hidden space)에서 그 둘의 AND이고, 점마다 그리로 옮겨진 입력을 적었다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The two perceptrons of the hidden layer compute OR (hidden 1) and NAND (hidden 2). On the right, in the plane of these two values, is the AND of the two, with the inputs that were moved to each point.*
# %% [markdown] lang="ko" slides="002 MLP의 한계"
# ### 훈련으로도
#
# 층이 늘면 가중치를 손으로 정하기 어렵다. 강의 자료가 말하는 MLP의 한계다. 2절의 규칙도 쓸 수 없다. 규칙에는 정답 $t$가 있어야 하는데, 은닉층의 뉴런에는 정답이 주어지지 않기 때문이다. 그래서 여러 층은
# 가중치를 조금 바꾸면 오차가 얼마나 달라지는지, 곧 기울기를 보고 훈련한다. 자세한 것은 [[activations]]–[[losses_and_optimizers]]에서 하나씩 보고, 여기서는 Keras에 맡긴다. 계단 함수는 뛰는 곳 말고는 기울기가 0이어서 알려 주는 것이 없으므로 매끄러운 함수로 바꾼다.
# 은닉층의 뉴런은 둘이면 충분하지만, 둘로는 훈련이 도중에 막힐 때가 많아 여덟 개를 둔다. 직선 여럿이 이어져 굽은 경계가 된다.
# %% [markdown] lang="en"
# ### By training, too
#
# With more layers it is hard to set weights by hand: the limit of the MLP that the deck speaks of. Nor does the rule of section 2 help, since it needs a target $t$, and nobody gives one for a hidden neuron. Several layers are therefore trained by slopes:
# how much the error changes when a weight changes a little. [[activations]]–[[losses_and_optimizers]] explain this piece by piece; here Keras does it. A step function has slope 0 everywhere but at its jump and says nothing, so smooth functions take its place.
# Two hidden neurons would be enough, but training with two often gets stuck, so there are eight. Several lines join to make a bent boundary.
# %% tags=["nbval-ignore-output"]
network = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(8, activation="tanh"),  # 2 -> 8, smooth steps from -1 to 1
        layers.Dense(1, activation="sigmoid"),  # 8 -> 1, a smooth step from 0 to 1
    ],
    name="xor",
)
network.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy")
xor_targets = np.array(GATES["XOR"])
network.fit(INPUTS, xor_targets, epochs=lesson.epochs(small=100, full=100), verbose=0)
print("outputs:", network.predict(INPUTS, verbose=0)[:, 0].round(3))
# %%
trained = network.predict(INPUTS, verbose=0)[:, 0]
check("trained outputs right, of 4", (trained.round() == xor_targets).sum(), at_least=4)
check("largest error of the four", np.abs(trained - xor_targets).max(), at_most=0.01)
# %% tags=["figure"] title="what the network answers, everywhere"
grid = np.stack(np.meshgrid(np.linspace(-0.75, 1.75, 61), np.linspace(-0.75, 1.75, 61)), axis=-1)
surface = network.predict(grid.reshape(-1, 2), verbose=0).reshape(61, 61)
_, axis = plt.subplots(figsize=(4.6, 3.8))
draw_gate(axis, GATES["XOR"], [0, 0], -1, "what the network answers")
colors = axis.contourf(grid[..., 0], grid[..., 1], surface, 10, cmap="Blues", zorder=0)
plt.colorbar(colors)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련한 신경망이 평면의 자리마다 내는 답(what the network answers). 흰색이 0, 짙은 파랑이 1이고, 경계는 굽어 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. What the trained network answers at every place of the plane, from 0 (white) to 1 (dark blue). The boundary is bent.*
# %% [markdown] lang="ko" slides="002 딥러닝 작동 원리: 층 구조"
# ## 5. 한 층은 행렬곱이다
#
# 퍼셉트론 여럿이 같은 입력을 받으면 한 층이 된다. 입력을 행으로, 뉴런마다의 가중치를 열로 적으면 가중합 전부가 한 번의 **행렬곱**(matrix product)이다. 강의 자료의 예를 보자.
#
# $$\begin{pmatrix} 1 & 2 \end{pmatrix} \begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix} = \begin{pmatrix} 9 & 12 & 15 \end{pmatrix}$$
#
# 첫째 뉴런의 가중합은 $1 \cdot 1 + 2 \cdot 4 = 9$다. Keras의 `Dense` 층은 여기에 편향을 더한다. 강의 자료의 $1 \times 2$는 예제 하나, 곧 행 하나이고, Keras의 `(None, 2)`는 예제가 몇 개든 행으로 쌓아
# 한꺼번에 넣는다는 뜻이다.
# %% [markdown] lang="en"
# ## 5. A layer is a matrix product
#
# Several perceptrons with the same inputs make a layer. With the input as a row and each neuron's weights as a column, all the weighted sums are one **matrix product**. Here is the deck's example.
#
# $$\begin{pmatrix} 1 & 2 \end{pmatrix} \begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix} = \begin{pmatrix} 9 & 12 & 15 \end{pmatrix}$$
#
# The first neuron's weighted sum is $1 \cdot 1 + 2 \cdot 4 = 9$. A `Dense` layer of Keras adds the bias to it. The deck's $1 \times 2$ is a single example, one row; `(None, 2)` in Keras says that any number of examples are stacked as rows
# and go in together.
# %%
x = np.array([[1.0, 2.0]])  # 1x2
kernel = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # 2x3: a column for each neuron
check("[1 2] times the 2x3 matrix", x @ kernel, equals=[[9, 12, 15]])

dense = layers.Dense(3)
dense.build((None, 2))
biases = np.array([0.5, -1.0, 2.0])
dense.set_weights([kernel, biases])
same(dense(x), x @ kernel + biases, "Dense and the matrix product plus bias")
check("shape for 5 rows", tuple(dense(np.ones((5, 2))).shape), equals=(5, 3))
# %% [markdown] lang="ko"
# ## 6. 진짜 숫자: 0과 1
#
# 같은 규칙이 손글씨에서도 통할까? 28×28 이미지를 784개의 입력으로 펼치고 0과 1만 골라 배우게 한다. 코드는 `learn` 그대로이고, 예제는 섞어서 보여 준다. 훈련에 쓰지 않은 테스트
# 이미지로 재면 거의 다 맞힌다.
# %% [markdown] lang="en"
# ## 6. Real digits: zeros and ones
#
# Does the rule work on handwriting? Images of 28×28 are laid out as 784 inputs, and only zeros and ones are kept. The code is `learn`, unchanged; the examples are shown in shuffled order. Measured on test
# images that were not used for training, nearly all are right.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)


def pair(images, labels, first, second):
    """The images of two digits as (n, 784) of 0-1, and 1 where the digit is the second."""
    kept = np.isin(labels, [first, second])
    return images[kept].reshape(-1, 784) / 255, np.where(labels[kept] == second, 1, 0)


def train_pair(first, second, epochs=10):
    """Weights and bias that tell two digits apart, learnt from shuffled training images."""
    inputs, targets = pair(x_train, y_train, first, second)
    order = np.random.permutation(len(inputs))
    start = np.zeros(784), 0.5  # any will do
    states, _ = learn(inputs[order], targets[order], *start, epochs)
    return states[-1]


# %% tags=["nbval-ignore-output"]
weights, bias = train_pair(0, 1)
test_inputs, test_targets = pair(x_test, y_test, 0, 1)
answers = perceptron(test_inputs, weights, bias)
accuracy = (answers == test_targets).mean()
print(f"test accuracy on {len(test_targets):,} zeros and ones: {accuracy:.4f}")
# %% [markdown] lang="ko"
# 배운 가중치를 다시 28×28로 놓으면 그림이 된다. 파란 곳의 잉크는 1이라는 증거로, 붉은 곳의 잉크는 0이라는 증거로 더해진다. 1은 가운데를 지나고 0은 가운데를 비운다.
# 그래서 가운데는 파랗고 그 양옆은 붉다.
# %% [markdown] lang="en"
# Laid out as 28×28 again, the learnt weights are a picture. Ink in a blue place counts as evidence for 1, ink in a red place as evidence for 0. Ones pass through the middle and zeros leave it empty,
# so the middle is blue and both sides of it are red.
# %%
picture = weights.reshape(28, 28)
check("test accuracy, 0 against 1", accuracy, at_least=0.99)
check("mean weight in the middle", picture[10:18, 13:15].mean(), at_least=1)
check("mean weight to the left and right", picture[12:18, [7, 8, 19, 20]].mean(), at_most=-0.3)
# %% tags=["figure"] title="weights as a picture"
limit = np.abs(picture).max()
_, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=(1, 1, 1.25))
for axis, digit in zip(axes, (0, 1)):
    axis.imshow(x_train[y_train == digit].mean(axis=0), cmap="binary")
    axis.set(title=f"mean {digit}", xticks=[], yticks=[])
colors = axes[2].imshow(picture, cmap="RdBu", vmin=-limit, vmax=limit)
axes[2].set(title="weights", xticks=[], yticks=[])
plt.colorbar(colors, ax=axes[2])
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 훈련 이미지 가운데 0의 평균(mean 0), 1의 평균(mean 1), 배운 가중치(weights). 가중치는 파란 곳이 양수, 붉은 곳이 음수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the mean of all zeros and of all ones among the training images, and the learnt weights, blue where positive and red where negative.*
# %% [markdown] lang="ko"
# ### 모든 쌍
#
# 마흔다섯 쌍마다 퍼셉트론을 하나씩 열 에포크 훈련해 보면, 쉽게 갈리는 쌍과 그렇지 않은 쌍이 드러난다. 3과 5, 7과 9처럼 획이 비슷한 쌍이 어렵다. 예제를 섞는 순서에 따라 몇 %포인트씩 달라지기도 한다.
# 은닉층이 있으면 열 숫자를 한꺼번에 얼마나 잘 가려내는지는 [[mnist_mlp]]에서 본다.
# %% [markdown] lang="en"
# ### All pairs
#
# One perceptron is trained for each of the forty-five pairs, for ten epochs. Some pairs come apart easily, others do not: those with similar strokes, such as 3 and 5 or 7 and 9, are hard. The order of the examples alone can shift a number by a few percentage points.
# How far a hidden layer goes, with all ten digits at once, is the subject of [[mnist_mlp]].
# %%
accuracies = np.full((10, 10), np.nan)
for first in range(10):
    for second in range(first + 1, 10):
        inputs, targets = pair(x_test, y_test, first, second)
        answers = perceptron(inputs, *train_pair(first, second))
        accuracies[second, first] = (answers == targets).mean()
# %% tags=["figure"] title="test accuracy of all pairs"
_, axis = plt.subplots(figsize=(7.5, 5.4))
axis.imshow(accuracies, cmap="viridis", vmin=0.85, vmax=1)
for (row, column), value in np.ndenumerate(accuracies):
    if row > column:
        color = "black" if value > 0.93 else "white"
        axis.text(
            column, row, f"{100 * value:.1f}", ha="center", va="center", color=color, fontsize=10
        )
axis.set(title="test accuracy of each pair, %", xticks=range(9), yticks=range(1, 10))
axis.set(xlim=(-0.5, 8.5), ylim=(9.5, 0.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 가로의 숫자와 세로의 숫자를 가려내는 퍼셉트론의 테스트 정확도(test accuracy of each pair, %). 어두운 칸일수록 어려운 쌍이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy of the perceptron that tells the digit of the column from that of the row, in percent. The darker a square, the harder the pair.*
# %%
alike = accuracies[[5, 8, 8, 9, 9], [3, 3, 5, 4, 7]]  # 3-5, 3-8, 5-8, 4-9, 7-9
check("accuracy of the easiest pair", np.nanmax(accuracies), at_least=0.99)
check("accuracy of five pairs that look alike", alike.mean(), at_most=0.98)
check("median of all pairs minus that", np.nanmedian(accuracies) - alike.mean(), at_least=0.01)
# %% [markdown] lang="ko" slides="002 딥러닝 프레임워크 Timeline; 002 딥러닝 프레임워크 비교"
# ## 7. 프레임워크
#
# 층과 훈련을 매번 손으로 쓰지 않게 해 주는 것이 프레임워크다. 이 강좌는 TensorFlow 위에서 도는 Keras 3을 쓴다.
#
# > **정오 / Erratum** — 강의 자료의 비교표는 Keras를 ‘TensorFlow와 통합된 API’라고 적는다. 버전 2.4부터 2.x 동안은 TensorFlow 위에서만 돌았으니 맞는 말이었지만, 2023년 11월에 나온 Keras 3은 독립된 패키지이고
# > TensorFlow, PyTorch, JAX 가운데 하나를 백엔드로 골라 실행한다. 표의 성장률은 출처가 없어 옮기지 않았다.
# %% [markdown] lang="en"
# ## 7. Frameworks
#
# A framework saves us from writing layers and training by hand each time. This course uses Keras 3 on TensorFlow.
#
# > **정오 / Erratum** — The deck's table calls Keras an API integrated with TensorFlow. From version 2.4 to the end of 2.x it ran on TensorFlow only, and that was right. Keras 3, released in November 2023, is a package of its own
# > and runs on TensorFlow, PyTorch or JAX as its backend. The growth rates in the table have no source and are left out.
# %% tags=["figure"] title="a timeline of frameworks"
EVENTS = [
    (2015.24, "Keras\nMar 2015", BLUE),
    (2015.86, "TensorFlow\nNov 2015", ORANGE),
    (2017.05, "PyTorch\nJan 2017", VERMILION),
    (2023.91, "Keras 3\nNov 2023", BLUE),
]
_, axis = plt.subplots(figsize=(11, 2.4))
axis.plot([2014.7, 2025], [0, 0], color=GREY, zorder=0)
for number, (year, name, color) in enumerate(EVENTS):
    height = 0.5 if number % 2 == 0 else -0.5
    axis.plot([year, year], [0, 0.6 * height], color=color)
    axis.plot(year, 0, "o", ms=10, color=color)
    axis.text(year, height, name, ha="center", va="bottom" if height > 0 else "top")
axis.set(ylim=(-1.3, 1.3), yticks=[], xticks=range(2015, 2026, 2))
axis.spines["left"].set_visible(False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 강의 자료의 연표에 나오는 세 프레임워크의 첫 공개와 Keras 3이 나온 때. Keras는 2015년 3월(Mar), TensorFlow는 2015년 11월(Nov), PyTorch는 2017년 1월(Jan), Keras 3은 2023년 11월이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. When the three frameworks on the deck's timeline were first released, and when Keras 3 came: Keras in March 2015, TensorFlow in November 2015, PyTorch in January 2017, Keras 3 in November 2023.*
# %%
check("version of Keras", int(keras.__version__.split(".")[0]), at_least=3)
check("backend of Keras here", keras.config.backend(), equals="tensorflow")


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** NOR은 두 입력이 모두 0일 때만 1이다. `perceptron`에 알맞은 가중치와 편향을 주어 NOR을 계산하는 함수를 작성하라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** NOR is 1 only if both inputs are 0. Write a function that computes NOR by giving `perceptron` suitable weights and a bias.
# %% tags=["exercise"]
def nor(x):
    """NOR of the inputs (n, 2), as n zeros and ones."""
    ...


# %% tags=["solution"]
def nor(x):
    """NOR of the inputs (n, 2), as n zeros and ones."""
    return perceptron(x, np.array([-1, -1]), 0.5)


# %% tags=["wrong"]
def nor(x):
    """NOR of the inputs (n, 2), as n zeros and ones."""
    return perceptron(x, np.array([-1, -1]), 1.5)


# %%
exercise(nor, [((INPUTS,), [1, 0, 0, 0])])


# %% [markdown] lang="ko"
# **2.** XNOR은 두 입력이 같을 때만 1이다. 4절처럼 두 층으로 XNOR을 계산하는 함수를 작성하라. `np.stack([...], axis=1)`로 은닉층의 두 출력을 열로 묶는다.
# %% [markdown] lang="en"
# **2.** XNOR is 1 only if both inputs are equal. Write a function that computes XNOR with two layers, as in section 4. `np.stack([...], axis=1)` puts the two outputs of the hidden layer side by side as columns.
# %% tags=["exercise"]
def xnor(x):
    """XNOR of the inputs (n, 2), as n zeros and ones."""
    ...


# %% tags=["solution"]
def xnor(x):
    """XNOR of the inputs (n, 2), as n zeros and ones."""
    both = perceptron(x, np.array([1, 1]), -1.5)
    neither = perceptron(x, np.array([-1, -1]), 0.5)
    hidden = np.stack([both, neither], axis=1)
    return perceptron(hidden, np.array([1, 1]), -0.5)


# %% tags=["wrong"]
def xnor(x):
    """XNOR of the inputs (n, 2), as n zeros and ones."""
    both = perceptron(x, np.array([1, 1]), -1.5)
    neither = perceptron(x, np.array([-1, -1]), 0.5)
    hidden = np.stack([both, neither], axis=1)
    return perceptron(hidden, np.array([1, 1]), -1.5)


# %%
exercise(xnor, [((INPUTS,), [1, 0, 0, 1]), ((INPUTS[::-1][:3],), [1, 0, 0])])


# %% [markdown] lang="ko"
# **3.** 점 $x$에서 직선까지의 거리는 $|x \cdot w + b|$를 가중치의 길이 $\sqrt{w_1^2 + w_2^2}$로 나눈 값이다. 점마다 이 거리를 돌려주는 함수를 작성하라. 다 되면 `distance(INPUTS, *learnt["AND"])`로
# 2절에서 배운 직선이 어느 점들에 가장 가까운지, 거리는 얼마인지 보자.
# %% [markdown] lang="en"
# **3.** The distance of a point $x$ from the line is $|x \cdot w + b|$ divided by the length of the weights, $\sqrt{w_1^2 + w_2^2}$. Write a function that returns this distance for each point. When it works, use
# `distance(INPUTS, *learnt["AND"])` to see which points are nearest to the line of section 2, and how far they are.
# %% tags=["exercise"]
def distance(x, weights, bias):
    """Distance of each of the points (n, 2) from the line of a perceptron."""
    ...


# %% tags=["solution"]
def distance(x, weights, bias):
    """Distance of each of the points (n, 2) from the line of a perceptron."""
    return np.abs(x @ weights + bias) / np.sqrt((weights**2).sum())


# %% tags=["wrong"]
def distance(x, weights, bias):
    """Distance of each of the points (n, 2) from the line of a perceptron."""
    return np.abs(x @ weights + bias)


# %%
line = np.array([3.0, 4.0]), -5.0
exercise(distance, [((INPUTS, *line), [1, 0.2, 0.4, 0.4]), ((np.array([[3.0, 4.0]]), *line), [4])])
# %% [markdown] lang="ko"
# ## 요약
#
# - 퍼셉트론은 가중합에 편향을 더해 0과 견준다. 입력이 둘이면 직선 하나를 긋는 것과 같다.
# - 학습 규칙은 틀릴 때만 그 예제를 가중치에 더하거나 뺀다. 선형 분리 가능한 문제면 언젠가 멈춘다.
# - XOR은 직선 하나로 나눌 수 없어 학습이 끝나지 않는다. 은닉층이 점들을 옮긴 자리에서는 나눌 수 있다.
# - 한 층의 가중합은 행렬곱 하나이고, Keras는 예제를 행으로 쌓아 한꺼번에 계산한다.
# - 퍼셉트론 하나로도 손글씨 0과 1은 99% 넘게 가려내지만, 3과 5처럼 닮은 숫자는 어렵다.
# %% [markdown] lang="en"
# ## Summary
#
# - A perceptron adds a bias to a weighted sum and compares it with 0. With two inputs that is drawing one line.
# - The learning rule changes the weights only at a mistake, by adding or subtracting that example. If the problem is linearly separable, it comes to rest.
# - One line cannot split XOR, so learning never ends; where a hidden layer has moved the points, one line can.
# - The weighted sums of a layer are one matrix product, and Keras stacks examples as rows to compute them together.
# - One perceptron tells handwritten zeros from ones in more than 99% of cases; digits that look alike, such as 3 and 5, are hard.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 000 ‘퍼셉트론’, 001 ‘Multi-layer perceptron’, 002 1부.
# - F. Rosenblatt (1958). *The perceptron: a probabilistic model for information storage and organization in the brain*. Psychological Review 65(6), 386–408. 1957년 보고서는 Cornell Aeronautical Laboratory, 85-460-1.
# - A. B. J. Novikoff (1962). *On convergence proofs on perceptrons*. Symposium on the Mathematical Theory of Automata 12, 615–622.
# - M. Minsky, S. Papert (1969). *Perceptrons*. MIT Press: XOR을 비롯한 한계.
# - 공개일: Keras 2015년 3월 27일, Keras 3.0 2023년 11월 28일(저장소의 릴리스), TensorFlow 2015년 11월 9일, PyTorch 2017년 1월(공식 블로그 *PyTorch, a year in…*).
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 000, page on the perceptron; deck 001, page on multilayer perceptrons; deck 002, part 1.
# - F. Rosenblatt (1958). *The perceptron: a probabilistic model for information storage and organization in the brain*. Psychological Review 65(6), 386–408. The report of 1957 is Cornell Aeronautical Laboratory, 85-460-1.
# - A. B. J. Novikoff (1962). *On convergence proofs on perceptrons*. Symposium on the Mathematical Theory of Automata 12, 615–622.
# - M. Minsky, S. Papert (1969). *Perceptrons*. MIT Press: XOR and other limits.
# - Release dates: Keras 27 March 2015, Keras 3.0 28 November 2023 (releases of the repository); TensorFlow 9 November 2015; PyTorch January 2017 (official blog, *PyTorch, a year in…*).
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
