# %% [markdown] lang="ko" headline="LSTM: accuracy at a delay of 200"
# # [[number]] · LSTM과 GRU
#
# [[badge]]
#
# **기억에 문을 달아 무엇을 지우고 무엇을 적을지 정하게 하면, 더 오래 기억할까?**
# %% [markdown] lang="en"
# # [[number]] · LSTM and GRU
#
# [[badge]]
#
# **Give the memory gates that decide what is erased and what is written: does it remember for longer?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - LSTM의 게이트 셋과 GRU의 갱신 게이트가 하는 일을 수 하나로 계산해 보일 수 있다.
# - LSTM과 GRU를 NumPy로 쓰고, Keras와 같은 수를 낼 수 있다.
# - 파라미터와 곱셈-덧셈을 세어 LSTM, GRU, `SimpleRNN`을 견줄 수 있다.
# - 게이트의 편향이 기억의 길이를 어떻게 정하는지 재고, 지연 100을 배우게 할 수 있다.
# - 훈련된 게이트가 언제 열리고 닫히는지 그릴 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 45분이고, `small`에서는 실행에 1분 남짓 걸린다. [[rnn]]의 은닉 상태와 첫 입력이 남는 정도, [[resnet]]의 지름길, [[lenet_alexnet]]의 곱셈-덧셈을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Show with one number what the three gates of an LSTM and the update gate of a GRU do.
# - Write LSTM and GRU in NumPy, and get the same numbers as Keras.
# - Compare LSTM, GRU and `SimpleRNN` by counting parameters and multiply-adds.
# - Measure how the bias of a gate decides how long memory lasts, and make a network learn a delay of 100.
# - Draw when trained gates open and close.
#
# It takes about 45 minutes to read, without the exercises, and at scale `small` a little over a minute to run. You need the hidden state and what is left of the first input from [[rnn]], shortcuts from [[resnet]], multiply-adds from [[lenet_alexnet]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 4부에 있는 ‘LSTM(Long Short-Term Memory)’과 ‘게이트순환유닛(Gated Recurrent Unit, GRU)’에 해당한다. 자료와 다른 점은 8절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the pages on LSTM and GRU in part 4 of deck 002. Section 8 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import math

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay

from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY
from helpers.timing import fastest_seconds

# %% [markdown] lang="ko" slides="002 LSTM(Long Short-Term Memory)"
# ## 1. 거의 그대로 넘기는 기억
#
# `SimpleRNN`은 시점마다 기억 전부를 $U$와 tanh에 통과시킨다. 그래서 첫 입력의 영향에는 시점마다 행렬이 곱해지고, 그때마다 줄거나 는다([[rnn]]). **LSTM**(long short-term memory)은 기억을 따로 하나 더 둔다. **셀 상태**(cell state) $c$다. 셀 상태는 지우지 않는 한 다음 시점으로 그대로 넘어가고, 거기에 새것을 더한다. [[resnet]]의 지름길과 같은 생각이다. 무엇을 얼마나 남기고 더하고 내보낼지는 **게이트**(gate) 셋이 정한다. 게이트는 0과 1 사이의 수를 곱하는 부분이다. 0이면 막고 1이면 그대로 보낸다.
#
# - 망각 게이트(forget gate) $f$: 옛 셀 상태를 얼마나 남길까. 이름과 달리 열릴수록(1에 가까울수록) 잊지 않는다.
# - 입력 게이트(input gate) $i$: 새 후보 $g$를 얼마나 더할까
# - 출력 게이트(output gate) $o$: 셀 상태를 은닉 상태로 얼마나 내보낼까
#
# 수 하나로 해 보자. 옛 셀 상태가 $c = 2$이고, $f = \sigma(2) = 0.881$, $i = \sigma(-2) = 0.119$, $g = \tanh(1) = 0.762$, $o = \sigma(0) = 0.5$라고 하자. 새 셀 상태는 $0.881 \cdot 2 + 0.119 \cdot 0.762 = 1.852$이고(반올림하기 전의 수로 계산했다), 은닉 상태는 $0.5 \cdot \tanh(1.852) = 0.476$이다.
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh(c_t)$$
#
# $\odot$는 같은 자리끼리 곱한다는 뜻이다. 게이트와 후보는 저마다 가중치가 따로 있고, `SimpleRNN`처럼 새 입력과 앞의 은닉 상태에서 계산한다.
#
# $$i_t = \sigma(x_t W_i + h_{t-1} U_i + b_i) \qquad f_t = \sigma(x_t W_f + h_{t-1} U_f + b_f)$$
#
# $$o_t = \sigma(x_t W_o + h_{t-1} U_o + b_o) \qquad g_t = \tanh(x_t W_g + h_{t-1} U_g + b_g)$$
# %% [markdown] lang="en"
# ## 1. A memory that is handed on nearly as it is
#
# A `SimpleRNN` sends all of its memory through $U$ and tanh at every time step, so that the effect of the first input is multiplied again and again, and shrinks or grows ([[rnn]]). A **long short-term memory**, LSTM for short, has one more memory beside the hidden state, the **cell state** $c$. It goes from one time step to the next as it is, unless something is erased, and what is new is added to it: the idea of the shortcuts in [[resnet]]. How much is kept, added and put out is decided by three gates. A **gate** multiplies by numbers between 0 and 1: 0 stops what comes, 1 lets it through.
#
# - The forget gate $f$: how much of the old cell state is kept? In spite of its name, the more it is open (close to 1), the less is forgotten.
# - The input gate $i$: how much of the new candidate $g$ is added?
# - The output gate $o$: how much of the cell state is put out as the hidden state?
#
# Take one number. Let the old cell state be $c = 2$, and $f = \sigma(2) = 0.881$, $i = \sigma(-2) = 0.119$, $g = \tanh(1) = 0.762$, $o = \sigma(0) = 0.5$. The new cell state is $0.881 \cdot 2 + 0.119 \cdot 0.762 = 1.852$ (computed before rounding), and the hidden state $0.5 \cdot \tanh(1.852) = 0.476$.
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t \qquad h_t = o_t \odot \tanh(c_t)$$
#
# $\odot$ multiplies entry by entry. Gates and candidate have weights of their own each, and are computed like a `SimpleRNN`, from the new input and the hidden state before.
#
# $$i_t = \sigma(x_t W_i + h_{t-1} U_i + b_i) \qquad f_t = \sigma(x_t W_f + h_{t-1} U_f + b_f)$$
#
# $$o_t = \sigma(x_t W_o + h_{t-1} U_o + b_o) \qquad g_t = \tanh(x_t W_g + h_{t-1} U_g + b_g)$$


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def read_lstm(words, W, U, b):
    """Words (steps, inputs) -> h, c and the gates i, f, o after each, (steps, units) each."""
    h = c = np.zeros(len(U))
    history = []
    for x in words:
        i, f, g, o = np.split(x @ W + h @ U + b, 4)  # in Keras's order
        i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
        c = f * c + i * np.tanh(g)  # a share of the old, and a share of the new
        h = o * np.tanh(c)
        history.append((h, c, i, f, o))
    return dict(zip("hcifo", np.array(history).swapaxes(0, 1)))


new_c = sigmoid(2) * 2 + sigmoid(-2) * np.tanh(1)
new_h = sigmoid(0) * np.tanh(new_c)
check("c and h in the example", np.round([new_c, new_h], 3).tolist(), equals=[1.852, 0.476])
# %% tags=["figure"] title="how an LSTM updates its memory"
GATE, NEW, PLAIN = "#d5ead9", "#f7dcc4", "white"
boxes = {(2, 2): ("×", PLAIN), (5, 2): ("+", PLAIN), (5, 1): ("×", PLAIN)}
boxes |= {(2, 0.6): ("f", GATE), (4.2, 0): ("i", GATE), (5.8, 0): ("g", NEW)}
boxes |= {(8, 1.3): ("tanh", PLAIN), (8, 0.5): ("×", PLAIN), (6.9, -0.1): ("o", GATE)}
links = [((2, 0.6), (2, 2)), ((4.2, 0), (5, 1)), ((5.8, 0), (5, 1)), ((5, 1), (5, 2))]
links += [((8, 2), (8, 1.3)), ((8, 1.3), (8, 0.5)), ((6.9, -0.1), (8, 0.5)), ((8, 0.5), (9.6, 0.5))]


def draw_cell(axis, boxes, links, belts):
    """Boxes with letters, thin arrows between them, and memory as thick blue arrows."""
    for (start, end), look in [(link, ("black", 1.4)) for link in links] + belts:
        arrow = {"arrowstyle": "-|>", "color": look[0], "lw": look[1], "shrinkB": 14}
        axis.annotate("", end, start, arrowprops=arrow)
    for (x, y), (text, color) in boxes.items():
        look = {"boxstyle": "round,pad=0.35", "fc": color, "ec": GREY}
        axis.text(x, y, text, ha="center", va="center", fontsize=13, bbox=look)
    axis.axis("off")


_, axis = plt.subplots(figsize=(10, 3))
draw_cell(axis, boxes, links, [(((0.3, 2), (9.9, 2)), (BLUE, 3))])
for (x, y), text in {(0, 2): "$c_{t-1}$", (9.9, 2): "$c_t$", (9.9, 0.5): "$h_t$"}.items():
    axis.text(x, y, text, ha="center", va="center", fontsize=15)
axis.set(xlim=(-0.4, 10.3), ylim=(-0.5, 2.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. LSTM이 기억을 고치는 방법. 셀 상태 $c$(파란 화살표)에 망각 게이트 $f$를 곱하고, 후보 $g$에 입력 게이트 $i$를 곱한 것을 더한다. 거기에 tanh를 씌우고 출력 게이트 $o$를 곱한 것이 은닉 상태 $h$다. 초록색이 게이트, 주황색이 후보이며, 모두 $x_t$와 $h_{t-1}$에서 계산한다(그리지 않았다).*
# %% [markdown] lang="en"
# *Figure [[figure]]. How an LSTM updates its memory. The cell state $c$ (blue) is multiplied by the forget gate $f$, and the candidate $g$ times the input gate $i$ is added. Its tanh times the output gate $o$ is the hidden state $h$. Gates are green, the candidate is orange; all of them are computed from $x_t$ and $h_{t-1}$, which is not drawn.*
# %% [markdown] lang="ko"
# ## 2. Keras와 같은 수
#
# Keras의 `LSTM` 층은 네 벌의 가중치를 옆으로 이어 $W$, $U$, $b$ 하나씩으로 둔다. 순서는 $i, f, g, o$다. 입력이 $m$개, 은닉 상태의 수가 $n$개이면 파라미터는 `SimpleRNN`의 네 배인 $4\,(n(n + m) + n)$개다.
#
# Keras는 망각 게이트의 편향을 0이 아니라 1로 시작한다(`unit_forget_bias=True`). 편향이 무엇을 하는지는 4절에서 본다.
# %% [markdown] lang="en"
# ## 2. The same numbers as Keras
#
# Keras's `LSTM` layer keeps the four sets of weights side by side, in one $W$, one $U$ and one $b$, in the order $i, f, g, o$. With $m$ inputs and $n$ numbers in the hidden state these are $4\,(n(n + m) + n)$ parameters, four times those of a `SimpleRNN`.
#
# Keras starts the biases of the forget gate not from 0 but from 1 (`unit_forget_bias=True`). Section 4 shows what a bias does.
# %%
rng = np.random.RandomState(0)
words = rng.normal(size=(7, 3)).astype("float32")  # 7 time steps, 3 inputs
layer = layers.LSTM(5, return_sequences=True, bias_initializer="random_normal")
same(layer(words[None])[0], read_lstm(words, *layer.get_weights())["h"], "Keras's LSTM and ours")
check("parameters of the LSTM", layer.count_params(), equals=4 * (5 * (5 + 3) + 5))
biases = layers.LSTM(2)
biases.build((None, None, 3))
check("biases at the start", biases.get_weights()[2].tolist(), equals=[0, 0, 1, 1, 0, 0, 0, 0])
# %% [markdown] lang="ko" slides="002 게이트순환유닛(Gated Recurrent Unit, GRU)"
# ## 3. GRU는 게이트가 둘이다
#
# **GRU**(gated recurrent unit)는 셀 상태를 따로 두지 않고, 은닉 상태의 일부를 남기고 거기에 새것을 더한다. 게이트는 둘이다. 갱신 게이트(update gate) $z$는 남길 몫을 정하고, 새 후보에는 나머지 $1 - z$를 준다. 리셋 게이트(reset gate) $r$은 후보를 계산할 때 앞의 기억을 얼마나 볼지 정한다.
#
# 수 하나로 해 보자. 앞의 은닉 상태가 0.5이고 $z = \sigma(2) = 0.881$, $g = 0.762$이면 새 은닉 상태는 $0.881 \cdot 0.5 + 0.119 \cdot 0.762 = 0.531$이다.
#
# $$h_t = z_t \odot h_{t-1} + (1 - z_t) \odot g_t \qquad g_t = \tanh(x_t W_g + b_g + r_t \odot (h_{t-1} U_g + b'_g))$$
#
# $z_t$와 $r_t$는 LSTM의 게이트처럼 시그모이드로 계산한다. GRU를 제안한 논문(Cho 외, 2014)은 $h_{t-1}$에 $r_t$를 먼저 곱하고 $U_g$를 곱한다. Keras의 기본값은 위의 식처럼 $U_g$를 먼저 곱한다(`reset_after=True`). GPU에서 빠른 계산(cuDNN)이 이 순서를 쓰기 때문이다. 이때에는 $h_{t-1}$ 쪽에도 편향($b'_g$ 등)이 따로 있어 파라미터가 $3n$개 늘어난다. 파라미터는 $3\,(n(n + m) + n)$개, `reset_after=True`이면 $3\,(n(n + m) + 2n)$개다.
# %% [markdown] lang="en"
# ## 3. A GRU has two gates
#
# A **gated recurrent unit**, GRU for short, has no separate cell state; it keeps a share of its hidden state, and adds what is new. It has two gates. The update gate $z$ decides what share is kept, and gives the rest, $1 - z$, to the new candidate. The reset gate $r$ decides how much of the memory the candidate gets to see.
#
# Take one number. If the hidden state before is 0.5, $z = \sigma(2) = 0.881$ and $g = 0.762$, then the new hidden state is $0.881 \cdot 0.5 + 0.119 \cdot 0.762 = 0.531$.
#
# $$h_t = z_t \odot h_{t-1} + (1 - z_t) \odot g_t \qquad g_t = \tanh(x_t W_g + b_g + r_t \odot (h_{t-1} U_g + b'_g))$$
#
# $z_t$ and $r_t$ are computed with a sigmoid, like the gates of an LSTM. In the paper that proposed the GRU (Cho et al., 2014) $h_{t-1}$ is multiplied first by $r_t$ and then by $U_g$. By default Keras multiplies by $U_g$ first, as in the formula above (`reset_after=True`), since the fast code for GPUs (cuDNN) uses this order. In that case there are biases on the side of $h_{t-1}$ as well ($b'_g$ and two more), which makes $3n$ parameters more: $3\,(n(n + m) + n)$, or with `reset_after=True` $3\,(n(n + m) + 2n)$.


# %%
def read_gru(words, W, U, b, reset_after=True):
    """Words (steps, inputs) -> h and the gates z, r after each, (steps, units) each."""
    n, history = len(U), []
    h = np.zeros(n)
    bias, recurrent_bias = b if reset_after else (b, np.zeros(3 * n))
    for x in words:
        x_z, x_r, x_g = np.split(x @ W + bias, 3)  # in Keras's order
        h_z, h_r, h_g = np.split(h @ U + recurrent_bias, 3)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        h_g = r * h_g if reset_after else (r * h) @ U[:, 2 * n :]
        h = z * h + (1 - z) * np.tanh(x_g + h_g)
        history.append((h, z, r))
    return dict(zip("hzr", np.array(history).swapaxes(0, 1)))


example = sigmoid(2) * 0.5 + (1 - sigmoid(2)) * np.tanh(1)
check("new hidden state in the example", round(example, 3), equals=0.531)
for after, parameters in ((True, 3 * (5 * (5 + 3) + 2 * 5)), (False, 3 * (5 * (5 + 3) + 5))):
    options = {"reset_after": after, "bias_initializer": "random_normal"}
    layer = layers.GRU(5, return_sequences=True, **options)
    library = layer(words[None])[0]  # makes the weights
    ours = read_gru(words, *layer.get_weights(), after)["h"]
    same(library, ours, f"Keras's GRU and ours, reset_after={after}")
    check(f"parameters, reset_after={after}", layer.count_params(), equals=parameters)
# %% tags=["figure"] title="how a GRU updates its memory"
boxes = {(2, 2): ("×", PLAIN), (5.5, 2): ("+", PLAIN), (5.5, 1): ("×", PLAIN)}
boxes |= {(2, 0.6): ("z", GATE), (4.5, 0): ("1 − z", GATE), (6.5, 0): ("g", NEW)}
boxes |= {(8, 0): ("r", GATE)}
links = [((2, 0.6), (2, 2)), ((4.5, 0), (5.5, 1)), ((6.5, 0), (5.5, 1)), ((5.5, 1), (5.5, 2))]
links += [((2, 0.6), (4.5, 0)), ((8, 0), (6.5, 0))]
_, axis = plt.subplots(figsize=(10, 3))
draw_cell(axis, boxes, links, [(((0.3, 2), (9.9, 2)), (BLUE, 3))])
for (x, y), text in {(0, 2): "$h_{t-1}$", (9.9, 2): "$h_t$"}.items():
    axis.text(x, y, text, ha="center", va="center", fontsize=15)
axis.set(xlim=(-0.4, 10.3), ylim=(-0.5, 2.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. GRU가 기억을 고치는 방법. 은닉 상태 $h$(파란 화살표)에 갱신 게이트 $z$를 곱하고, 후보 $g$에 $1 - z$를 곱한 것을 더한다. 리셋 게이트 $r$은 후보 안에 들어간다. $x_t$와 $h_{t-1}$에서 오는 나머지 화살표는 그리지 않았다. 초록색이 게이트, 주황색이 후보다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. How a GRU updates its memory. The hidden state $h$ (blue) is multiplied by the update gate $z$, and the candidate $g$ times $1 - z$ is added. The reset gate $r$ goes into the candidate. The other arrows, from $x_t$ and $h_{t-1}$, are not drawn. Gates are green, the candidate is orange.*
# %% [markdown] lang="ko"
# ### 계산은 얼마나 줄어드나
#
# 강의 자료 002는 GRU가 ‘은닉 상태를 업데이트하는 계산을 줄임’이라고 한다. 행렬곱의 곱셈-덧셈을 세면 한 시점에 LSTM이 $4n(n + m)$번, GRU가 $3n(n + m)$번, `SimpleRNN`이 $n(n + m)$번이다. LSTM과 GRU가 4 : 3이다. 그렇다고 시간도 4분의 3이 될까? 수 28개짜리 줄을 28개 읽는 층의 시간을 순전파만, 그리고 역전파까지 재어 본다.
# %% [markdown] lang="en"
# ### How much computing is saved
#
# Deck 002 says that a GRU reduces the computing for the update of the hidden state. Count the multiply-adds of matrix products: at each time step an LSTM needs $4n(n + m)$, a GRU $3n(n + m)$, a `SimpleRNN` $n(n + m)$. LSTM to GRU is 4 to 3. Does the time go down to three quarters as well? Measure the time of layers that read 28 rows of 28 numbers, with and without the backward pass.
# %%
M, N, BATCH = 28, 128, 64
CELLS = {"SimpleRNN": (layers.SimpleRNN, 1), "GRU": (layers.GRU, 3), "LSTM": (layers.LSTM, 4)}
rows = rng.rand(BATCH, 28, M).astype("float32")


def timed(layer):
    """Seconds of a forward pass, and of a forward and backward pass together."""

    @tf.function(autograph=False)
    def both(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x) ** 2)
        return tape.gradient(loss, layer.trainable_variables)

    forward = tf.function(layer, autograph=False)
    forward(rows), both(rows)  # makes the weights, and traces both
    return fastest_seconds(lambda: forward(rows), 20), fastest_seconds(lambda: both(rows), 20)


# %%
seconds = {}
for name, (kind, matrices) in CELLS.items():
    layer = kind(N)
    seconds[name] = timed(layer)
    products = sum(weights.size for weights in layer.get_weights()[:2])
    check(f"multiply-adds of {name}, in n(n + m)", products / (N * (N + M)), equals=matrices)
for place, part in enumerate(("forward", "forward and backward")):
    ratio = seconds["GRU"][place] / seconds["LSTM"][place]
    report(f"time of a GRU over that of an LSTM, {part}", ratio)
# %% [markdown] lang="ko"
# 은닉 상태의 수가 같을 때 GRU의 시간은 순전파에서 LSTM의 [[range: time of a GRU over that of an LSTM, forward]]배, 역전파까지 하면 [[range: time of a GRU over that of an LSTM, forward and backward]]배다(두 코어, 다섯 번 실행). 순전파는 이 다섯 번에서는 조금 빨랐지만 1을 넘은 실행도 따로 있었고, 역전파까지 하면 실행마다 더 크게 다르다. 어느 쪽도 빨라졌다고 하기 어렵다. 시그모이드, 배열 쪼개기, 편향 더하기처럼 4 : 3으로 줄지 않는 일도 시점마다 하기 때문일 것이다. 그 몫은 재지 않았다.
# %% [markdown] lang="en"
# With hidden states of the same size the time of a GRU is [[range: time of a GRU over that of an LSTM, forward]] of that of an LSTM for the forward pass, and [[range: time of a GRU over that of an LSTM, forward and backward]] with the backward pass (two cores, five runs). The forward pass was a little faster in these five, but in another run it was slower; with the backward pass runs differ even more. In neither is anything clearly saved. There is other work at each time step, such as sigmoids, splitting and adding biases, which does not go down from 4 to 3; how much it counts was not measured.
# %% [markdown] lang="ko" slides="002 LSTM(Long Short-Term Memory)"
# ## 4. 시작할 때의 기억은 게이트의 편향에 크게 달렸다
#
# 게이트에 들어가는 것이 편향뿐이라고 하자. 망각 게이트의 편향이 Keras처럼 1이면 $f = \sigma(1) = 0.731$이고, 100시점 뒤에 남는 것은 $0.731^{100} \approx 2 \cdot 10^{-14}$이다. 편향이 0이면 $f = 0.5$여서 더 적다. 편향이 $\ln 99 = 4.595$이면 $f = 0.99$이고 $0.99^{100} = 0.366$이 남는다. 일반적으로 편향이 $\ln(T - 1)$이면 $f = 1 - 1/T$이고, $T$시점 뒤에 약 $1/e$, 곧 37%가 남는다. 기억을 붙드는 것은 게이트가 있느냐가 아니라 게이트가 얼마나 열려 있느냐다.
#
# 얼마나 오래 기억해야 하는지는 대강만 알 때가 많다. 그래서 기억해야 할 가장 긴 시점을 $T$로 잡고, 셀 상태의 수 하나하나마다 1과 $T - 1$ 사이에서 $u$를 고르게 뽑아, 망각 게이트의 편향은 $\ln u$로, 입력 게이트의 편향은 $-\ln u$로 시작한다. 이것을 **크로노 초기화**(chrono initialization)라고 한다(Tallec과 Ollivier, 2018). GRU에서는 갱신 게이트의 편향을 $\ln u$로 시작한다.
#
# [[rnn]]처럼 $\partial h_t / \partial x_1$의 크기를 재어 보자. 이번에는 어떤 층에든 쓸 수 있게, 첫 입력의 수를 하나씩 조금 올리고 내려 은닉 상태의 차이를 본다(유한 차분, [[backpropagation]]).
# %% [markdown] lang="en"
# ## 4. At the start memory depends much on the biases of the gates
#
# Let the bias be all that goes into a gate. If the bias of the forget gate is 1, as in Keras, then $f = \sigma(1) = 0.731$, and after 100 time steps $0.731^{100} \approx 2 \cdot 10^{-14}$ is left. With a bias of 0, $f = 0.5$, and it is less still. If the bias is $\ln 99 = 4.595$, then $f = 0.99$, and $0.99^{100} = 0.366$ is left. In general a bias of $\ln(T - 1)$ makes $f = 1 - 1/T$, and after $T$ time steps about $1/e$ is left, 37%. What keeps memory is not that there is a gate, but that it is open.
#
# How long something has to be remembered is often known only roughly. So let $T$ be the longest time expected, and for each number of the cell state draw $u$ evenly between 1 and $T - 1$. The bias of its forget gate starts from $\ln u$, that of its input gate from $-\ln u$. This is **chrono initialization** (Tallec and Ollivier, 2018). In a GRU the bias of the update gate starts from $\ln u$.
#
# Measure the size of $\partial h_t / \partial x_1$ as in [[rnn]]. To have a way that works for any layer, move the numbers of the first input up and down a little, one at a time, and look at the differences in the hidden states (finite differences, [[backpropagation]]).


# %%
def chrono_biases(cell, n, longest, rng):
    """Biases with which gates keep memory for up to `longest` time steps, in Keras's order."""
    keep, zero = np.log(rng.uniform(1, longest - 1, n)), np.zeros(n)
    if cell == "LSTM":
        return np.concatenate([-keep, keep, zero, zero])  # i, f, g, o
    return np.stack([np.concatenate([keep, zero, zero]), np.zeros(3 * n)])  # z, r, g


def recall_network(cell, start="Keras", delay=100):
    """Reads letters, and says at the end which of A to D was the first."""
    inputs = keras.Input((None, 8))
    memory = CELLS[cell][0](32, name="memory")
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(memory(inputs)))
    W, U, b = memory.get_weights()
    if start == "long" and cell == "SimpleRNN":
        memory.set_weights([W, 1.25 * U, b])  # the best start in the lesson before
    elif start == "long":
        rng = np.random.RandomState(lesson.seed)
        memory.set_weights([W, U, chrono_biases(cell, 32, delay, rng)])
    return model


# %%
def letters(count, delay, seed, shared=False):
    """One-hot letters (count, delay + 1, 8), first one of A to D, then E to H; which came first."""
    rng = np.random.RandomState(seed)
    first, others = rng.randint(4, size=(count, 1)), rng.randint(4, size=(count, delay))
    drawn = np.concatenate([first, others if shared else others + 4], axis=1)
    return np.eye(8, dtype="float32")[drawn], first[:, 0]


# %%
def left_of_first(memory, sequences, change=1e-3):
    """Size of ∂h_t/∂x_1 for each time step, mean over sequences (geometric), 1 at t = 1."""
    layer = type(memory)(memory.units, return_sequences=True, dtype="float64")
    layer.build((None, None, 8))
    layer.set_weights(memory.get_weights())
    sizes = []
    for sequence in sequences.astype("float64"):
        moved = np.tile(sequence, (16, 1, 1))
        moved[:8, 0] += change * np.eye(8)  # one number up
        moved[8:, 0] -= change * np.eye(8)  # and down
        states = np.array(layer(moved))  # (16, steps, units)
        J = (states[:8] - states[8:]) / (2 * change)  # (inputs, steps, units)
        sizes.append(np.maximum(np.linalg.norm(J, 2, axis=(0, 2)), 1e-12))  # less is rounding
    return np.exp(np.mean(np.log(np.array(sizes) / np.array(sizes)[:, :1]), axis=0))


# %%
STARTS = [(cell, start) for cell in CELLS for start in ("Keras", "long")]
left = {}
for cell, start in STARTS:
    keras.utils.set_random_seed(lesson.seed)
    memory = recall_network(cell, start).get_layer("memory")
    left[cell, start] = left_of_first(memory, letters(2, 100, lesson.seed)[0])
# %%
for cell, start in STARTS:
    powers = np.log10(left[cell, start][100])
    if (cell, start) == ("GRU", "Keras"):
        check("GRU, Keras start: powers of ten left", powers, at_most=-11)  # none to be measured
    else:
        report(f"{cell}, {start} start: powers of ten left", powers)
# %% tags=["figure"] title="what is left of the first input"
_, axes = plt.subplots(1, 2, figsize=(13, 4), width_ratios=(1.2, 1))
looks = dict(zip(CELLS, (GREY, GREEN, BLUE)))
for row, (cell, start) in enumerate(STARTS):
    for place in range(21):
        shade = min(1, left[cell, start][5 * place])
        square = plt.Rectangle((place, -row), 0.94, -0.7, fc=(0, 0, 0.42, shade), ec=GREY, lw=0.6)
        axes[0].add_patch(square)
    style = "--" if start == "Keras" else "-"
    axes[1].semilogy(range(1, 102), left[cell, start], style, color=looks[cell])
axes[0].set_yticks([-row - 0.35 for row in range(6)], [f"{c}, {s}" for c, s in STARTS])
axes[0].set_xticks([t + 0.47 for t in range(0, 21, 4)], range(1, 102, 20))
axes[0].set(xlim=(0, 21), ylim=(-5.8, 0.1), xlabel="time step t", title="coloured as in deck 002")
axes[0].spines[:].set_visible(False)
axes[0].tick_params(length=0)
axes[1].set(ylim=(1e-9, 1e2), xlabel="time step t")
axes[1].set_title(r"size of $\partial h_t / \partial x_1$, 1 at t = 1")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 첫 입력이 시점 $t$(time step t)의 은닉 상태에 남은 정도. 왼쪽은 강의 자료 002처럼 칠한 것(coloured as in deck 002)으로 다섯 시점마다 한 칸이고, $t = 1$일 때만큼 남았거나 늘었으면 짙은 남색이다. Keras는 Keras의 기본값으로 시작한 것, long은 오래 기억하도록 시작한 것이다. 오른쪽은 $\partial h_t / \partial x_1$의 크기(로그 눈금)로, 회색이 `SimpleRNN`, 초록색이 GRU, 파란색이 LSTM이고, 점선이 Keras, 실선이 long이다. 초록 실선은 파란 실선과 거의 겹치고, 초록 점선은 $t = 46$쯤에서 그림 밖으로 나간다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. What is left of the first input in the hidden state at time step $t$. Left, coloured as in deck 002, one square for every fifth time step: dark navy where as much is left as at $t = 1$, or more. "Keras" starts from Keras's defaults, "long" in a way that is meant to remember for long. Right, the size of $\partial h_t / \partial x_1$ on a logarithmic scale: `SimpleRNN` grey, GRU green, LSTM blue, dashed for "Keras", solid for "long". The solid green line nearly coincides with the solid blue one, and the dashed green line leaves the picture at about $t = 46$.*
# %% [markdown] lang="ko"
# 100시점 뒤에 첫 입력이 10의 몇 제곱만큼 남는지 적으면 다음과 같다(다섯 시드).
#
# | | Keras의 시작 | 오래 기억하도록 시작 |
# |---|---|---|
# | `SimpleRNN` | [[range: SimpleRNN, Keras start: powers of ten left]] | [[range: SimpleRNN, long start: powers of ten left]] |
# | GRU | −11보다 작다(더는 잴 수 없다) | [[range: GRU, long start: powers of ten left]] |
# | LSTM | [[range: LSTM, Keras start: powers of ten left]] | [[range: LSTM, long start: powers of ten left]] |
#
# Keras의 기본값으로 시작하면 GRU에 남는 것은 `SimpleRNN`보다 훨씬 적다. 갱신 게이트의 편향이 0이어서 시점마다 절반쯤만 남기기 때문이다. LSTM에도 `SimpleRNN`보다 많이 남지 않는다. 그래도 LSTM에 남는 것은 $0.731^{100}$보다 훨씬 많다. 첫 입력은 은닉 상태에서 게이트와 후보로도 이어지므로 그 때문일 수 있지만, 따로 시험하지는 않았다. 크로노 초기화로 시작하면 둘 다 백분의 몇이 남고, 곡선은 뒤로 갈수록 완만해진다. 오래 기억하도록 시작한 `SimpleRNN`은 [[rnn]]에서 가장 나았던 $s = 1.25$다. 다섯 시드 가운데 셋에서는 크로노 초기화로 시작한 둘보다 많이 남고, 이 노트북의 시드를 포함한 둘에서는 조금 적게 남는다.
# %% [markdown] lang="en"
# After 100 time steps what is left of the first input is ten to this power (five seeds).
#
# | | Keras's start | started for long memory |
# |---|---|---|
# | `SimpleRNN` | [[range: SimpleRNN, Keras start: powers of ten left]] | [[range: SimpleRNN, long start: powers of ten left]] |
# | GRU | below −11 (less cannot be measured) | [[range: GRU, long start: powers of ten left]] |
# | LSTM | [[range: LSTM, Keras start: powers of ten left]] | [[range: LSTM, long start: powers of ten left]] |
#
# Started from Keras's defaults, a GRU keeps far less than a `SimpleRNN`: its update gate has biases of 0, and keeps about one half at every time step. Nor does an LSTM keep more than a `SimpleRNN`. Still the LSTM keeps far more than $0.731^{100}$. The first input is also handed on from the hidden state through gates and candidate, which may be why; this was not tested separately. With chrono initialization both keep some hundredths, and the curves become flatter. The `SimpleRNN` that is started for long memory has $s = 1.25$, the best in [[rnn]]. It keeps more than both with chrono initialization in three seeds of five, and a little less than both in the other two, of which one is that of this notebook.
# %% [markdown] lang="ko" slides="002 LSTM(Long Short-Term Memory); 002 게이트순환유닛(Gated Recurrent Unit, GRU)"
# ## 5. 지연 100을 배울 수 있나
#
# 글자를 차례로 읽고 끝에서 첫 글자를 맞히는 문제를 지연 100에서 푼다. 첫 글자는 A–D 가운데 하나이고, 그 뒤에 오는 백 글자는 E–H에서 뽑는다. 찍으면 0.25다. 세 층과 두 시작을 하나씩 짝지어 여섯 번 훈련한다. 은닉 상태의 수는 모두 32개이고, Adam으로 300걸음(`small`에서), 기울기는 1로 클리핑한다. 학습률은 층마다 하나로, 0.001, 0.003, 0.01 가운데 오래 기억하도록 시작했을 때 나은 것이다(다른 시드 셋). Keras의 기본값으로 시작한 LSTM과 GRU는 세 학습률 어느 것으로도 배우지 못했다.
#
# 그다음 두 가지를 더 묻는다. 오래 기억하도록 시작한 셋이 지연 200도 배우는가. 그리고 첫 글자 뒤에도 A–D가 오면 어떻게 되는가. [[rnn]]의 문제가 이것이었다. 앞의 문제에서는 A–D인 글자를 적으면 되지만, 여기에서는 첫 글자만 적고 같은 글자가 또 나와도 적지 말아야 한다. 이것은 지연 40에서 시험한다.
# %% [markdown] lang="en"
# ## 5. Can a delay of 100 be learned?
#
# Read letters, and say at the end which was the first, at a delay of 100. The first letter is one of A to D, and the hundred that follow are drawn from E to H; guessing gives 0.25. Cross the three layers with the two starts, and train six times. All have 32 numbers in their hidden state, and are trained with Adam for 300 steps (at `small`), with gradients clipped at 1. Each layer has one learning rate, the best among 0.001, 0.003 and 0.01 when started for long memory (three other seeds). From Keras's defaults LSTM and GRU learned with none of the three.
#
# Then ask two more things. Do the three that were started for long learn a delay of 200 as well? And what if the letters after the first are from A to D, too, as in the task of [[rnn]]? In the first task it is enough to write down a letter that is one of A to D; here only the first has to be written down, and the same letter later on must not be. This is tried at a delay of 40.
# %%
RATES = {"SimpleRNN": 0.003, "GRU": 0.01, "LSTM": 0.01}


def recalled(cell, start, delay=100, shared=False):
    """Test accuracy on 1,000 new sequences after 300 steps of training, and the network."""
    keras.utils.set_random_seed(lesson.seed)
    model = recall_network(cell, start, delay)
    optimizer = keras.optimizers.Adam(RATES[cell], global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)  # or else Keras traces the step twice
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=10)
    sequences, first = letters(300 * 32, delay, lesson.seed, shared)
    epochs = lesson.epochs(small=1, full=2)
    model.fit(sequences, first, batch_size=32, epochs=epochs, verbose=0)
    sequences, first = letters(1000, delay, lesson.seed + 1_000_000, shared)  # drawn anew
    return np.mean(np.argmax(model(sequences), axis=-1) == first), model


networks = {(cell, start): recalled(cell, start) for cell, start in STARTS}
at_100 = {key: accuracy for key, (accuracy, _) in networks.items()}
# %%
at_200 = {cell: recalled(cell, "long", delay=200)[0] for cell in CELLS}
same_letters = {cell: recalled(cell, "long", delay=40, shared=True)[0] for cell in CELLS}
# %%
for cell in CELLS:
    report(f"{cell}, Keras start: accuracy at a delay of 100", at_100[cell, "Keras"])
    gain = at_100[cell, "long"] - at_100[cell, "Keras"]
    report(f"{cell}: long start minus Keras start", gain)
    report(f"{cell}: accuracy with the same letters", same_letters[cell])
report("SimpleRNN, long start: accuracy at a delay of 100", at_100["SimpleRNN", "long"])
check("SimpleRNN: accuracy at a delay of 200", at_200["SimpleRNN"], at_most=0.35)
for cell in ("GRU", "LSTM"):
    check(f"{cell}, long start: accuracy at a delay of 100", at_100[cell, "long"], at_least=0.99)
    check(f"{cell}: accuracy at a delay of 200", at_200[cell], at_least=0.99)
    gain = at_200[cell] - at_200["SimpleRNN"]
    report(f"{cell} minus SimpleRNN, at a delay of 200", gain)
# %% tags=["figure"] title="cell by start, and two harder tasks"
columns = ["Keras, 100", "long, 100", "long, 200", "long, 40,\nsame letters"]
table = []
for cell in CELLS:
    row = [at_100[cell, "Keras"], at_100[cell, "long"], at_200[cell], same_letters[cell]]
    table.append(row)
_, axis = plt.subplots(figsize=(8, 3.2))
axis.imshow(table, cmap="Blues", vmin=0.25, vmax=1.2, aspect="auto")
for (row, column), accuracy in np.ndenumerate(table):
    color = "white" if accuracy > 0.8 else "black"
    axis.text(column, row, f"{accuracy:.2f}", ha="center", va="center", color=color)
axis.set_yticks(range(3), CELLS)
axis.set_xticks(range(4), columns)
axis.tick_params(length=0)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 이 노트북의 시드로 훈련한 테스트 정확도. 열마다 시작(Keras는 Keras의 기본값, long은 오래 기억하도록 시작한 것)과 지연(100, 200, 40)을 적었다. same letters는 첫 글자 뒤에도 같은 글자들이 나오는 문제다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy, as trained with the seed of this notebook. Each column has its start (from Keras's defaults, or for long memory) and its delay (100, 200, 40). In the last the same letters come after the first as well.*
# %% [markdown] lang="ko"
# 다섯 시드에서 정확도는 다음과 같다.
#
# | | Keras, 100 | long, 100 | long, 200 | long, 40, 같은 글자 |
# |---|---|---|---|---|
# | `SimpleRNN` | [[range: SimpleRNN, Keras start: accuracy at a delay of 100]] | [[range: SimpleRNN, long start: accuracy at a delay of 100]] | [[range: SimpleRNN: accuracy at a delay of 200]] | [[range: SimpleRNN: accuracy with the same letters]] |
# | GRU | [[range: GRU, Keras start: accuracy at a delay of 100]] | [[range: GRU, long start: accuracy at a delay of 100]] | [[range: GRU: accuracy at a delay of 200]] | [[range: GRU: accuracy with the same letters]] |
# | LSTM | [[range: LSTM, Keras start: accuracy at a delay of 100]] | [[range: LSTM, long start: accuracy at a delay of 100]] | [[range: LSTM: accuracy at a delay of 200]] | [[range: LSTM: accuracy with the same letters]] |
#
# Keras의 기본값으로 시작한 LSTM과 GRU는 300걸음에 지연 100을 어느 시드에서도 배우지 못했고, 찍는 것과 다르지 않다. 게이트가 있다는 것만으로는 오래 기억하지 못한다. 아래에서 괄호 안은 다섯 시드에서 잰 차이의 범위이고, 차이의 부호가 모두 같고 그 평균이 범위의 폭보다 클 때만 도움이 되거나 해가 된다고 한다. 오래 기억하도록 시작하는 것은 LSTM에 [[verdict: LSTM: long start minus Keras start]]([[range: LSTM: long start minus Keras start]]). GRU에도 [[verdict: GRU: long start minus Keras start]]([[range: GRU: long start minus Keras start]]). 둘 다 다섯 시드 모두에서 배운다. `SimpleRNN`은 다섯 시드 가운데 Keras의 기본값으로는 하나에서, 오래 기억하도록 시작하면 셋에서 배웠지만, 위의 기준으로 시작을 바꾸는 것은 [[verdict: SimpleRNN: long start minus Keras start]]([[range: SimpleRNN: long start minus Keras start]]). 오래 기억하도록 시작하고도 배우지 못한 두 시드에서도 첫 입력은 LSTM이나 GRU보다 많이 남아 있었다. 시작할 때 남는 정도가 전부는 아니다.
#
# 층의 차이는 지연 200에서 드러난다. 같은 long 시작에서 `SimpleRNN` 대신 LSTM을 쓰는 것은 [[verdict: LSTM minus SimpleRNN, at a delay of 200]]([[range: LSTM minus SimpleRNN, at a delay of 200]]). GRU를 쓰는 것도 [[verdict: GRU minus SimpleRNN, at a delay of 200]]([[range: GRU minus SimpleRNN, at a delay of 200]]). 다만 크로노 초기화는 지연이 얼마인지 알고 정한 것이고 $s = 1.25$는 그렇지 않으므로, LSTM과 GRU에 유리한 비교다. 같은 글자가 또 나오는 문제는 지연 40에서 셋 다 배운다. 이것을 지연 100으로 늘리면 셋 다 대개 배우지 못했고, Keras의 기본값으로 시작하면 LSTM과 GRU는 지연 40에서도 배우지 못했다(시험마다 시드를 두 개에서 다섯 개까지 써서 따로 해 보았고, 이 노트북에는 없다). 아래 셀에서 바꾸어 보라.
# %% [markdown] lang="en"
# The accuracies over five seeds are these.
#
# | | Keras, 100 | long, 100 | long, 200 | long, 40, same letters |
# |---|---|---|---|---|
# | `SimpleRNN` | [[range: SimpleRNN, Keras start: accuracy at a delay of 100]] | [[range: SimpleRNN, long start: accuracy at a delay of 100]] | [[range: SimpleRNN: accuracy at a delay of 200]] | [[range: SimpleRNN: accuracy with the same letters]] |
# | GRU | [[range: GRU, Keras start: accuracy at a delay of 100]] | [[range: GRU, long start: accuracy at a delay of 100]] | [[range: GRU: accuracy at a delay of 200]] | [[range: GRU: accuracy with the same letters]] |
# | LSTM | [[range: LSTM, Keras start: accuracy at a delay of 100]] | [[range: LSTM, long start: accuracy at a delay of 100]] | [[range: LSTM: accuracy at a delay of 200]] | [[range: LSTM: accuracy with the same letters]] |
#
# Started from Keras's defaults LSTM and GRU did not learn a delay of 100 in 300 steps with any of the seeds, and did no better than guessing. Having gates is not enough to remember for long. In brackets stands the range of the differences over five seeds; something is said to help or to hurt only if all five have the same sign and their mean is larger than the width of the range. For the LSTM to be started for long memory [[verdict: LSTM: long start minus Keras start]] ([[range: LSTM: long start minus Keras start]]). For the GRU it [[verdict: GRU: long start minus Keras start]] ([[range: GRU: long start minus Keras start]]), and both learn with all five seeds. The `SimpleRNN` learned with three seeds of five instead of one; changing its start [[verdict: SimpleRNN: long start minus Keras start]] ([[range: SimpleRNN: long start minus Keras start]]). In the two seeds with which it failed, more was left of the first input than in LSTM or GRU: how much is left at the start is not all that counts.
#
# The cells differ at a delay of 200. With the long start for all, using an LSTM instead of a `SimpleRNN` [[verdict: LSTM minus SimpleRNN, at a delay of 200]] ([[range: LSTM minus SimpleRNN, at a delay of 200]]). Using a GRU [[verdict: GRU minus SimpleRNN, at a delay of 200]] ([[range: GRU minus SimpleRNN, at a delay of 200]]). But chrono initialization was set with the delay in view and $s = 1.25$ was not, so the comparison favours LSTM and GRU. Where the same letters come again, all three learn a delay of 40. At a delay of 100 that task was mostly not learned by any of them, and from Keras's defaults LSTM and GRU did not learn it even at 40 (two to five seeds, not in this notebook). Try other settings in the cell below.
# %% tags=["play", "nbval-ignore-output"] title="train a cell of your choice"
CELL = "GRU"  # @param ["SimpleRNN", "GRU", "LSTM"]
START = "long"  # @param ["Keras", "long"]
DELAY = 20  # @param {type:"slider", min:5, max:300}
SAME_LETTERS = False  # @param {type:"boolean"}
print(f"test accuracy {recalled(CELL, START, DELAY, SAME_LETTERS)[0]:.3f}")


# %% [markdown] lang="ko"
# ## 6. 게이트를 들여다본다
#
# 지연 100을 배운 LSTM은 무엇을 배웠을까? 입력 게이트가 첫 글자에서 활짝 열렸다가 닫히고, 망각 게이트는 줄곧 열려 있을 것 같다. 훈련된 가중치로 우리의 `read_lstm`을 돌리며 게이트를 보자.
# %% [markdown] lang="en"
# ## 6. A look at the gates
#
# What has the LSTM learned that learned a delay of 100? One would expect the input gate to open wide at the first letter and to close again, and the forget gate to stay open all along. Run our `read_lstm` with the trained weights, and look at the gates.
# %%
keras.utils.set_random_seed(lesson.seed)
memories = {"at the start": recall_network("LSTM", "long")}  # with the weights it started from
memories["trained"] = networks["LSTM", "long"][1]
one = letters(1, 100, lesson.seed + 1)[0][0]  # a sequence, 101 letters
other = one.copy()
other[0, :4] = np.roll(one[0, :4], 1)  # another first letter, all else the same
stories, traces = {}, {}
for name, model in memories.items():
    weights = model.get_layer("memory").get_weights()
    stories[name] = read_lstm(one, *weights)
    traces[name] = np.abs(stories[name]["c"] - read_lstm(other, *weights)["c"]).mean(axis=1)
    report(f"{name}: input gate at the first letter", stories[name]["i"][0].mean())
    report(f"{name}: forget gate, mean", stories[name]["f"].mean())
    report(f"{name}: trace of the first letter, time step 1", traces[name][0])
    report(f"{name}: trace of the first letter, time step 101", traces[name][-1])
# %% tags=["figure"] title="gates over time, and the trace of the first letter"
_, axes = plt.subplots(1, 4, figsize=(15, 3.8), width_ratios=(1, 1, 1, 1.2))
story = stories["trained"]
order = np.abs(story["c"][-1]).argsort()[::-1]  # on top those that hold most at the end
for axis, name, title in zip(axes, "ifc", ("input gate i", "forget gate f", "cell state c")):
    look = {"cmap": "RdBu", "vmin": -2, "vmax": 2} if name == "c" else {"cmap": "Greens"}
    look |= {} if name == "c" else {"vmin": 0, "vmax": 1}
    extent = (0.5, 101.5, 31.5, -0.5)
    picture = axis.imshow(story[name][:, order].T, aspect="auto", extent=extent, **look)
    axis.set(title=title, xlabel="time step t", yticks=[])
    plt.colorbar(picture, ax=axis)
axes[0].set_ylabel("32 numbers")
for (name, trace), color in zip(traces.items(), (GREY, BLUE)):
    axes[3].semilogy(range(1, 102), trace, color=color, label=name)
axes[3].set(title="trace of the first letter", xlabel="time step t")
axes[3].legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 지연 100을 배운 LSTM이 시퀀스 하나를 읽는 동안의 입력 게이트(input gate), 망각 게이트(forget gate), 셀 상태(cell state). 한 줄이 셀 상태의 수(numbers) 하나이고, 끝에 가장 크게 남은 것이 위에 온다. 게이트는 초록색이 짙을수록 열린 것이고, 셀 상태는 파란색이 양수, 붉은색이 음수이며 가장 짙은 색은 크기 2 이상이다. 오른쪽은 첫 글자의 흔적(trace of the first letter), 곧 첫 글자만 바꾸었을 때 셀 상태가 달라지는 크기로, 회색이 훈련을 시작할 때(at the start), 파란색이 훈련한 뒤(trained)다(로그 눈금). 가로축은 시점(time step)이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left, input gate, forget gate and cell state of the LSTM that learned a delay of 100, as it reads one sequence. A row is one number of the cell state, with those on top that hold most at the end. Gates are open where green is dark; in the cell state blue is positive and red negative, and the darkest colours stand for a size of 2 or more. Right, on a logarithmic scale, the trace of the first letter: how much the cell state differs if only the first letter is changed, at the start of training (grey) and after it (blue).*
# %% [markdown] lang="ko"
# 예상과 다르다. 첫 글자가 올 때 입력 게이트는 평균 [[range: trained: input gate at the first letter]]만큼만 열려 있다. 훈련하기 전([[range: at the start: input gate at the first letter]])보다는 어느 시드에서나 더 열리지만 활짝 열린 것은 아니다(다섯 시드). 망각 게이트의 평균은 [[range: trained: forget gate, mean]]이고 훈련하기 전에는 [[range: at the start: forget gate, mean]]였다. 다만 평균이 그럴 뿐이고, 그림 5에서는 $t = 25$쯤부터 입력 게이트 몇 개가 크게 열리고 망각 게이트 몇 개가 닫힌다. 가장 크게 달라진 것은 첫 글자의 흔적이다. 첫 시점에 이미 훈련하기 전([[range: at the start: trace of the first letter, time step 1]])보다 크고([[range: trained: trace of the first letter, time step 1]]), 그 뒤는 더 다르다. 훈련하기 전에는 줄어들어 끝에서 0.0005도 남지 않지만, 훈련한 뒤에는 [[range: trained: trace of the first letter, time step 101]]까지 커진다. 활짝 열어 한 번에 적는 대신, 작은 흔적을 적고 읽는 동안 키우는 것이다. 은닉 상태가 다음 시점의 게이트와 후보에 다시 들어가므로 그럴 수 있다. 이것은 시퀀스 하나에서 본 것이다.
# %% [markdown] lang="en"
# It is not as expected. When the first letter comes the input gate is open by only [[range: trained: input gate at the first letter]] on average, though with every seed more than before training ([[range: at the start: input gate at the first letter]]; five seeds). The mean of the forget gate is [[range: trained: forget gate, mean]], against [[range: at the start: forget gate, mean]] before; but the mean hides that in figure 5 some forget gates close after about $t = 25$, and some input gates open wide then. What has changed most is the trace of the first letter. At the first time step it is already larger ([[range: trained: trace of the first letter, time step 1]]) than before training ([[range: at the start: trace of the first letter, time step 1]]), and what comes later changes even more. Before training the trace shrinks, and less than 0.0005 is left at the end; after it the trace grows to [[range: trained: trace of the first letter, time step 101]]. Instead of opening wide and writing once, the LSTM writes a small trace, and makes it grow while it reads on. It can, since the hidden state goes into the gates and the candidate of the next time step. This is what one sequence shows.
# %% [markdown] lang="ko" slides="002 게이트순환유닛(Gated Recurrent Unit, GRU)"
# ## 7. GRU의 성능은 LSTM과 비슷한가
#
# 강의 자료 002는 GRU의 ‘성능은 LSTM과 유사’하다고 한다. 5절의 지연 200에 더해, [[rnn]]처럼 숫자를 한 줄씩 읽는 문제에서도 견준다. 은닉 상태의 수는 층의 파라미터가 `SimpleRNN`의 20,096개를 넘지 않는 가장 큰 것으로, `SimpleRNN` 128개, GRU 68개, LSTM 57개다. 학습률은 검증 정확도로 골랐다. `SimpleRNN`은 [[rnn]]의 0.004, GRU와 LSTM은 0.004, 0.01, 0.02 가운데 0.01이다(시드 셋).
# %% [markdown] lang="en"
# ## 7. Does a GRU do about as well as an LSTM?
#
# Deck 002 says that a GRU performs about as well as an LSTM. Besides the delay of 200 in section 5, compare them on reading digits row by row, as in [[rnn]]. The `SimpleRNN` has 128 numbers in its hidden state. The GRU has 68 and the LSTM 57, the largest sizes with which a layer has no more parameters than its 20,096. The learning rates were chosen by validation accuracy: 0.004 for the `SimpleRNN` as in [[rnn]], and 0.01 among 0.004, 0.01 and 0.02 for GRU and LSTM (three seeds).
# %%
(x_all, y_all), (x_test, y_test) = lesson.load(load_mnist)
x_all, x_test = ((x / 255).astype("float32") for x in (x_all, x_test))  # 28 rows of 28
held_out = len(x_all) // 8  # for validation, by which the rates were chosen
x_train, y_train = x_all[:-held_out], y_all[:-held_out]
EPOCHS = lesson.epochs(small=8, full=10)
UNITS = {"SimpleRNN": 128, "GRU": 68, "LSTM": 57}
DIGIT_RATES = {"SimpleRNN": 0.004, "GRU": 0.01, "LSTM": 0.01}


def digit_reader(cell):
    inputs = keras.Input((28, 28))
    outputs = layers.Dense(10, activation="softmax")(CELLS[cell][0](UNITS[cell])(inputs))
    return keras.Model(inputs, outputs)


parameters = [digit_reader(cell).count_params() for cell in CELLS]
check("parameters", parameters, equals=[21_386, 20_682, 20_188])
# %%
read_right = {}
for cell in CELLS:
    keras.utils.set_random_seed(lesson.seed)
    model = digit_reader(cell)
    steps = EPOCHS * math.ceil(len(x_train) / BATCH)
    optimizer = keras.optimizers.Adam(CosineDecay(DIGIT_RATES[cell], steps), global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=22)
    model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    read_right[cell] = np.mean(np.argmax(model(x_test), axis=-1) == y_test)
    check(f"{cell}: test accuracy on digits", read_right[cell], at_least=0.9)
report("GRU minus LSTM, on digits", read_right["GRU"] - read_right["LSTM"])
report("LSTM minus SimpleRNN, on digits", read_right["LSTM"] - read_right["SimpleRNN"])


# %% [markdown] lang="ko"
# 테스트 정확도는 `SimpleRNN`이 [[range: SimpleRNN: test accuracy on digits]], GRU가 [[range: GRU: test accuracy on digits]], LSTM이 [[range: LSTM: test accuracy on digits]]이다(다섯 시드). `SimpleRNN` 대신 LSTM을 쓰는 것은 [[verdict: LSTM minus SimpleRNN, on digits]]([[range: LSTM minus SimpleRNN, on digits]]). LSTM 대신 GRU를 쓰는 것은 [[verdict: GRU minus LSTM, on digits]]([[range: GRU minus LSTM, on digits]]). 다섯 시드에서 모두 같은 쪽이지만 작은 차이이고, 기준을 겨우 넘는다. GRU를 쓴 신경망의 파라미터가 494개 많기도 하다. 은닉 상태를 67개로 하여 따로 시험했을 때에는(이 노트북에는 없다) −0.001~+0.007이어서 뚜렷하지 않았다. 지연 200에서는 GRU의 정확도가 [[range: GRU: accuracy at a delay of 200]], LSTM의 정확도가 [[range: LSTM: accuracy at a delay of 200]]이다.
# %% [markdown] lang="en"
# The test accuracy of the `SimpleRNN` is [[range: SimpleRNN: test accuracy on digits]], that of the GRU [[range: GRU: test accuracy on digits]], that of the LSTM [[range: LSTM: test accuracy on digits]] (five seeds). Using an LSTM instead of a `SimpleRNN` [[verdict: LSTM minus SimpleRNN, on digits]] ([[range: LSTM minus SimpleRNN, on digits]]). Using a GRU instead of an LSTM [[verdict: GRU minus LSTM, on digits]] ([[range: GRU minus LSTM, on digits]]). All five seeds agree, but the difference is small and meets the rule only just, and the network with the GRU has 494 parameters more. With 67 numbers in its hidden state, in a trial that is not in this notebook, the difference was −0.001 to +0.007, and not clear. At a delay of 200 the accuracies of the two are [[range: GRU: accuracy at a delay of 200]] and [[range: LSTM: accuracy at a delay of 200]].
# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 백 시점 넘게 기억해야 하면 `SimpleRNN` 대신 GRU나 LSTM을 쓰고, 오래 기억하도록 시작한다. 그렇게 시작하면 지연 100을 둘 다 다섯 시드에서 배웠고 `SimpleRNN`은 셋에서 배웠다. Keras의 기본값으로는 GRU도 LSTM도 배우지 못했다.
# - 얼마나 오래 기억해야 하는지 대강 알면 게이트의 편향을 거기에 맞추어 시작한다. 지연 100에서 LSTM과 GRU는 시작에 따라 배우거나 배우지 못했다(5절).
# - GRU와 LSTM의 차이는 우리 문제에서 작았다(숫자를 읽는 데 GRU가 1%포인트 못 되게 나았다). 파라미터와 곱셈은 GRU가 적지만, 시간은 재어 보아야 안다.
# - GPU에서 Keras의 LSTM과 GRU는 조건이 맞으면 cuDNN의 빠른 계산을 쓴다. 활성화 함수가 tanh, 게이트가 시그모이드이고, 편향이 있고, `unroll`과 `recurrent_dropout`을 쓰지 않고, GRU는 `reset_after=True`이고, 마스크는 뒤쪽만 가릴 때다. `SimpleRNN`에는 그런 것이 없다.
# %% [markdown] lang="en"
# ### What to use when
#
# - To remember for a hundred time steps or more use a GRU or an LSTM in the place of a `SimpleRNN`, and start it for long memory. Started so, both learned a delay of 100 with all five seeds, and the `SimpleRNN` with three; from Keras's defaults neither GRU nor LSTM learned it.
# - If it is roughly known how long memory has to last, start the biases of the gates accordingly. At a delay of 100 LSTM and GRU learned or did not learn depending on it (section 5).
# - In our tasks GRU and LSTM differed little (the GRU was better at digits, by less than one percentage point). A GRU has fewer parameters and multiplications; whether it takes less time has to be measured.
# - On a GPU Keras's LSTM and GRU use the fast code of cuDNN, if its conditions are met: tanh as the activation and the sigmoid for gates, with a bias, without `unroll` and `recurrent_dropout`, `reset_after=True` for a GRU, and masks that hide only the end. `SimpleRNN` has nothing like it.
# %% [markdown] lang="ko" slides="002 LSTM(Long Short-Term Memory); 002 게이트순환유닛(Gated Recurrent Unit, GRU)"
# ## 8. 강의 자료와 다른 점
#
# - 002 ‘기존 RNN의 장기 의존성 문제를 개선하여 기억력을 높인 RNN’: 시작에 달렸다. Keras의 기본값으로 시작한 LSTM은 지연 100을 배우지 못했고, 시작할 때 남는 것도 `SimpleRNN`보다 많지 않았다. 게이트의 편향을 문제에 맞추어 시작하면 `SimpleRNN`이 배우지 못한 지연 200도 배웠다(4, 5절). 다만 `SimpleRNN`의 $s$는 지연 200에 맞춘 것이 아니다.
# - 002 ‘은닉 상태를 업데이트하는 계산을 줄임’: 곱셈-덧셈은 4 : 3으로 줄지만, 시간은 순전파에서 LSTM의 [[range: time of a GRU over that of an LSTM, forward]]배, 역전파까지 하면 [[range: time of a GRU over that of an LSTM, forward and backward]]배였다(3절).
# - 002 ‘뉴욕대학교 조경현 교수님이 집필한 논문에서 제안한 것’: GRU는 2014년의 논문에 나온다. 조경현은 그때 몬트리올 대학교(Université de Montréal)에 있었고, 뉴욕대학교에는 2015년부터 있다. LSTM은 1997년에 호흐라이터와 슈미트후버가 제안했고, 망각 게이트는 2000년에 게르스 등이 더했다. 강의 자료는 이들을 적지 않는다.
# - 002 ‘성능은 LSTM과 유사’: 여기에서도 비슷했다. 숫자를 읽는 정확도는 GRU가 조금 높았고([[range: GRU minus LSTM, on digits]]), 지연 200은 둘 다 정확도 1로 배워 우열이 드러나지 않는다(5, 7절).
# %% [markdown] lang="en"
# ## 8. Where the slides differ
#
# - Deck 002 calls the LSTM an RNN that remembers better and says that it improves on the long-term dependency problem. It depends on the start. Started from Keras's defaults it did not learn a delay of 100, and at the start no more was left in it than in a `SimpleRNN`. With biases set for the task it learned a delay of 200, which the `SimpleRNN` did not (sections 4 and 5), though the $s$ of that was not set for 200.
# - Deck 002 says that a GRU reduces the computing. Multiply-adds go down from 4 to 3, but the time was [[range: time of a GRU over that of an LSTM, forward]] of that of an LSTM for the forward pass, and [[range: time of a GRU over that of an LSTM, forward and backward]] with the backward pass (section 3).
# - Deck 002 says that the GRU was proposed in a paper by Professor Kyunghyun Cho of New York University. It comes from a paper of 2014 that Cho, then at the Université de Montréal, wrote with others; Cho has been at New York University since 2015. The LSTM was proposed in 1997 by Hochreiter and Schmidhuber, and the forget gate was added in 2000 by Gers and others; the deck does not name them.
# - Deck 002 says that a GRU performs about as well as an LSTM. So it was here: the GRU was a little better at digits ([[range: GRU minus LSTM, on digits]]), and both learned a delay of 200 with an accuracy of 1, which cannot tell them apart (sections 5 and 7).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 7절처럼 파라미터 수를 맞추려면 은닉 상태의 수를 골라야 한다. 입력이 `inputs`개일 때 파라미터가 `most`개를 넘지 않는 가장 큰 $n$을 돌려주라. `cell`은 `"SimpleRNN"`, `"LSTM"`, `"GRU"`(Keras의 기본값) 가운데 하나다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** To have about as many parameters everywhere, as in section 7, the size of the hidden state has to be chosen. Return the largest $n$ with no more than `most` parameters for a number of `inputs`. `cell` is one of `"SimpleRNN"`, `"LSTM"` and `"GRU"` (as Keras has it by default).
# %% tags=["exercise"]
def largest_size(cell, inputs, most):
    """The largest n for which the layer has at most so many parameters."""
    ...


# %% tags=["solution"]
def largest_size(cell, inputs, most):
    """The largest n for which the layer has at most so many parameters."""
    n = 0
    while True:
        matrices, biases = {"SimpleRNN": (1, 1), "LSTM": (4, 4), "GRU": (3, 6)}[cell]
        if matrices * (n + 1) * (n + 1 + inputs) + biases * (n + 1) > most:
            return n
        n += 1


# %% tags=["wrong"]
def largest_size(cell, inputs, most):
    """The largest n for which the layer has at most so many parameters."""
    matrices = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}[cell]
    return max(n for n in range(most) if matrices * (n * (n + inputs) + n) <= most)


# %%
def counted_size(cell, inputs, most):
    """The same by building layers."""
    kind = {"SimpleRNN": layers.SimpleRNN, "LSTM": layers.LSTM, "GRU": layers.GRU}[cell]
    for n in range(1, most):
        layer = kind(n)
        layer.build((None, None, inputs))
        if layer.count_params() > most:
            return n - 1


questions = [("SimpleRNN", 3, 200), ("LSTM", 3, 200), ("GRU", 2, 400), ("GRU", 3, 150)]
exercise(largest_size, [(question, counted_size(*question)) for question in questions])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 새로 적는 것이 없고($i = 0$) 망각 게이트가 늘 같다고 하자. $f$가 0.9일 때와 0.99일 때, 셀 상태가 처음의 절반 아래로 내려가는 것은 몇 시점 뒤일까? 5, 7, 10, 50, 69, 100에서 골라 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* Nothing new is written ($i = 0$), and the forget gate is always the same. After how many time steps does the cell state fall below half of what it was if $f$ is 0.9, and if it is 0.99? Choose from 5, 7, 10, 50, 69, 100, and return the two in this order.
# %% tags=["exercise"]
def half_lives():
    """Two numbers of time steps, for f = 0.9 and f = 0.99."""
    ...


# %% tags=["solution"]
def half_lives():
    """Two numbers of time steps, for f = 0.9 and f = 0.99."""
    return 7, 69  # about 0.69 / (1 - f): a tenth as far from 1 lasts ten times as long


# %% tags=["wrong"]
def half_lives():
    """Two numbers of time steps, for f = 0.9 and f = 0.99."""
    return 5, 50


# %%
def steps_to_half(f):
    """Time steps until a cell state of 1 is below 0.5."""
    c, steps = 1.0, 0
    while c >= 0.5:
        c, steps = f * c, steps + 1
    return steps


exercise(half_lives, [((), (steps_to_half(0.9), steps_to_half(0.99)))])


# %% [markdown] lang="ko"
# **3.** 입력 게이트를 따로 두지 않고 $i = 1 - f$로 하는 LSTM이 있다. 지운 만큼만 적는다. `read_lstm`을 고쳐 은닉 상태를 모두 구하라. 가중치는 $f, g, o$ 순서로 세 벌이다.
# %% [markdown] lang="en"
# **3.** There is an LSTM without an input gate of its own, with $i = 1 - f$: it writes as much as it erases. Change `read_lstm` so that it gives all hidden states. There are three sets of weights, in the order $f, g, o$.
# %% tags=["exercise"]
def read_coupled(words, W, U, b):
    """Words (steps, inputs) -> hidden states (steps, units), where i = 1 - f."""
    ...


# %% tags=["solution"]
def read_coupled(words, W, U, b):
    """Words (steps, inputs) -> hidden states (steps, units), where i = 1 - f."""
    h = c = np.zeros(len(U))
    states = []
    for x in words:
        f, g, o = np.split(x @ W + h @ U + b, 3)
        f, o = sigmoid(f), sigmoid(o)
        c = f * c + (1 - f) * np.tanh(g)
        h = o * np.tanh(c)
        states.append(h)
    return np.array(states)


# %% tags=["wrong"]
def read_coupled(words, W, U, b):
    """Words (steps, inputs) -> hidden states (steps, units), where i = 1 - f."""
    h = c = np.zeros(len(U))
    states = []
    for x in words:
        f, g, o = np.split(x @ W + h @ U + b, 3)
        f, o = sigmoid(f), sigmoid(o)
        c = f * np.tanh(g) + (1 - f) * c
        h = o * np.tanh(c)
        states.append(h)
    return np.array(states)


# %%
def coupled_by_keras(words, weights):
    """An LSTM whose input gate has the weights of the forget gate with the sign changed."""
    four = [np.split(each, 3, axis=-1) for each in weights]
    layer = layers.LSTM(len(weights[1]), return_sequences=True)
    layer.build((None, None, words.shape[1]))
    layer.set_weights([np.concatenate([-f, f, g, o], axis=-1) for f, g, o in four])
    return np.array(layer(words[None]))[0]


some = np.random.RandomState(3)
given = [some.normal(size=shape).astype("float32") for shape in ((6, 2), (2, 9), (3, 9), (9,))]
exercise(read_coupled, [(tuple(given), coupled_by_keras(given[0], given[1:]))])


# %% [markdown] lang="ko"
# **4.** 시퀀스를 처음부터 다 가지고 있다면 뒤에서부터 읽을 수도 있다. `layers.Bidirectional`은 층 하나를 두 벌 만들어 한 벌은 앞에서부터, 한 벌은 뒤에서부터 읽게 하고, 두 은닉 상태를 이어 붙인다. 5절에서는 Keras의 기본값으로 시작한 LSTM이 지연 100을 배우지 못했다. 그 시작을 그대로 두고 `layers.Bidirectional`을 써서 지연 100을 배우는 신경망을 만들어 컴파일해 돌려주라. (더 오래 기억하게 되는 것은 아니다. 뒤에서부터 읽는 쪽에는 첫 글자가 맨 나중에 온다.) 아래 셀이 300걸음 훈련하고, 테스트 정확도는 0.9 이상이어야 한다.
# %% [markdown] lang="en"
# **4.** If the whole sequence is there, it can be read from the end as well. `layers.Bidirectional` makes two copies of a layer, lets one read from the front and one from the end, and joins their hidden states. In section 5 an LSTM that was started from Keras's defaults did not learn a delay of 100. Leave that start as it is, and use `layers.Bidirectional` to make a network that does learn it; return it compiled. (It does not remember for longer: for the copy that reads from the end, the first letter comes last.) The cell below trains it for 300 steps, and its test accuracy has to reach 0.9.
# %% tags=["exercise"]
def both_ways():
    """A compiled network: letters (batch, steps, 8) -> probabilities of the first (batch, 4)."""
    ...


# %% tags=["solution"]
def both_ways():
    """A compiled network: letters (batch, steps, 8) -> probabilities of the first (batch, 4)."""
    inputs = keras.Input((None, 8))
    h = layers.Bidirectional(layers.LSTM(32))(inputs)  # the second copy reads the first letter last
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(h))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model


# %% tags=["wrong"]
def both_ways():
    """A compiled network: letters (batch, steps, 8) -> probabilities of the first (batch, 4)."""
    inputs = keras.Input((None, 8))
    h = layers.Bidirectional(layers.LSTM(32))(inputs)[:, :32]  # only the copy from the front
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(h))
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model


# %%
def accuracy_both_ways():
    """Test accuracy after 300 steps, counted up to 0.9; None if there is no network yet."""
    keras.utils.set_random_seed(0)
    model = both_ways()
    if model is None:
        return None
    if not any(isinstance(each, layers.Bidirectional) for each in model.layers):
        return "a network without Bidirectional"
    sequences, first = letters(300 * 32, 100, seed=0)
    model.fit(sequences, first, batch_size=32, verbose=0)
    sequences, first = letters(1000, 100, seed=1)
    return min(np.mean(np.argmax(model(sequences), axis=-1) == first), 0.9)


exercise(accuracy_both_ways, [((), 0.9)])
# %% [markdown] lang="ko"
# ## 요약
#
# - LSTM은 셀 상태에 망각 게이트만 곱하고 새것을 더해 넘긴다. 얼마나 더하고 내보낼지는 입력 게이트와 출력 게이트가 정한다. GRU는 은닉 상태를 갱신 게이트와 리셋 게이트로 그렇게 한다.
# - 파라미터는 LSTM이 $4\,(n(n + m) + n)$개, GRU가 $3\,(n(n + m) + n)$개이고 `reset_after=True`이면 $3n$개 많다. 곱셈-덧셈은 4 : 3이지만 두 코어에서 순전파의 시간은 그만큼 줄지 않았다.
# - 망각(갱신) 게이트에 들어가는 것이 편향뿐이고 그것이 $\ln(T - 1)$이면 $T$시점 뒤에 약 37%가 남는다. Keras의 기본값으로 시작하면 GRU에 남는 것은 `SimpleRNN`보다 훨씬 적고, LSTM에도 더 많이 남지 않는다.
# - 지연 100에서 크로노 초기화로 시작하면 정확도가 LSTM은 [[range: LSTM, long start: accuracy at a delay of 100]], GRU는 [[range: GRU, long start: accuracy at a delay of 100]]이고, Keras의 기본값으로 시작하면 LSTM은 [[range: LSTM, Keras start: accuracy at a delay of 100]], GRU는 [[range: GRU, Keras start: accuracy at a delay of 100]]이다. 지연 200은 LSTM과 GRU만 배웠다(`SimpleRNN`의 시작은 지연에 맞춘 것이 아니다).
# - 파라미터 수를 맞추면 숫자를 읽는 정확도가 GRU는 [[range: GRU: test accuracy on digits]], LSTM은 [[range: LSTM: test accuracy on digits]]이다.
# %% [markdown] lang="en"
# ## Summary
#
# - An LSTM multiplies its cell state by the forget gate only, and adds what is new; input and output gates decide how much is added and put out. A GRU does so with its hidden state, by an update gate and a reset gate.
# - An LSTM has $4\,(n(n + m) + n)$ parameters, a GRU $3\,(n(n + m) + n)$, and with `reset_after=True` $3n$ more. Multiply-adds are 4 to 3, but on two cores the time of the forward pass did not go down as much.
# - If a bias of $\ln(T - 1)$ were all that goes into a forget (or update) gate, about 37% would be left after $T$ time steps. Started from Keras's defaults, a GRU keeps far less than a `SimpleRNN`, and an LSTM no more.
# - At a delay of 100 the accuracy with chrono initialization is [[range: LSTM, long start: accuracy at a delay of 100]] for the LSTM and [[range: GRU, long start: accuracy at a delay of 100]] for the GRU; from Keras's defaults it is [[range: LSTM, Keras start: accuracy at a delay of 100]] and [[range: GRU, Keras start: accuracy at a delay of 100]]. A delay of 200 was learned by LSTM and GRU only (the start of the `SimpleRNN` was not set for it).
# - With about as many parameters GRU and LSTM read digits with an accuracy of [[range: GRU: test accuracy on digits]] and [[range: LSTM: test accuracy on digits]].
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002 4부 ‘LSTM(Long Short-Term Memory)’, ‘게이트순환유닛(Gated Recurrent Unit, GRU)’.
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory*. Neural Computation 9. 망각 게이트가 없는 LSTM.
# - F. Gers, J. Schmidhuber, F. Cummins (2000). *Learning to forget: continual prediction with LSTM*. Neural Computation 12. 망각 게이트.
# - K. Cho 외 (2014). *Learning phrase representations using RNN encoder–decoder for statistical machine translation*. EMNLP. 2.3절과 그림 2(GRU).
# - R. Jozefowicz, W. Zaremba, I. Sutskever (2015). *An empirical exploration of recurrent network architectures*. ICML. 망각 게이트의 편향 1.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR. 크로노 초기화.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, part 4, its pages on LSTM and GRU.
# - S. Hochreiter, J. Schmidhuber (1997). *Long short-term memory*. Neural Computation 9. An LSTM without a forget gate.
# - F. Gers, J. Schmidhuber, F. Cummins (2000). *Learning to forget: continual prediction with LSTM*. Neural Computation 12. The forget gate.
# - K. Cho et al. (2014). *Learning phrase representations using RNN encoder–decoder for statistical machine translation*. EMNLP. Section 2.3 and figure 2 (the GRU).
# - R. Jozefowicz, W. Zaremba, I. Sutskever (2015). *An empirical exploration of recurrent network architectures*. ICML. A bias of 1 for the forget gate.
# - C. Tallec, Y. Ollivier (2018). *Can recurrent neural networks warp time?* ICLR. Chrono initialization.
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
