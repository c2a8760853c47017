# %% [markdown] lang="ko" headline="test accuracy of the RNN, row by row"
# # [[number]] · 순환 신경망
#
# [[badge]]
#
# **문장을 한 단어씩 읽는 신경망에, 마지막 단어를 읽을 때 첫 단어는 얼마나 남아 있을까?**
# %% [markdown] lang="en"
# # [[number]] · Recurrent neural networks
#
# [[badge]]
#
# **A network reads a sentence one word at a time. When it comes to the last word, how much is left of the first?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 순환 신경망이 기억을 고쳐 가는 반복문을 쓰고, Keras의 `SimpleRNN`과 같은 수를 낼 수 있다.
# - 한국어 문장을 읽는 신경망의 기억이 단어마다 어떻게 바뀌는지 그릴 수 있다.
# - 시점을 거슬러 가는 역전파를 세 시점에서 손으로 계산할 수 있다.
# - 첫 입력이 뒤로 갈수록 얼마나 남는지 재고, 그것이 무엇에 달렸는지, 배우는 데 어떤 영향을 주는지 보일 수 있다.
# - 기울기가 커져 걸음이 너무 길어질 때 클리핑으로 훈련을 살리고, 이미지를 한 줄씩 읽는 신경망을 훈련할 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 45분이고, `small`에서는 실행에 1분 남짓 걸린다. [[backpropagation]]의 연쇄 법칙과 자동 미분, [[losses_and_optimizers]]의 모멘텀과 소프트맥스, [[activations]]의 tanh와 기울기 소실을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Write the loop in which a recurrent network updates its memory, and get the same numbers as Keras's `SimpleRNN`.
# - Draw how the memory of a network changes from word to word as it reads a Korean sentence.
# - Work out backpropagation through three time steps by hand.
# - Measure how much of the first input is left later on, what that depends on, and what it means for learning.
# - Rescue a training run from overlong steps by clipping gradients, and train a network that reads images row by row.
#
# It takes about 45 minutes to read, without the exercises, and at scale `small` a little over a minute to run. You need the chain rule and automatic differentiation from [[backpropagation]], momentum and softmax from [[losses_and_optimizers]], tanh and the vanishing gradient from [[activations]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 000의 ‘RNN의 구조 및 흐름’과 002의 4부 ‘RNN 대한 이해’, ‘RNN의 장기의존성 문제’를 실험으로 옮긴다. 자료와 다른 점은 8절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson turns into experiments what deck 000 says about the structure and flow of an RNN, and from part 4 of deck 002 the pages on RNNs and on the long-term dependency problem. Section 8 collects the differences from the slides.
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
from itertools import product

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from helpers.checks import check, exercise, report, same
from helpers.datasets import load_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION

# %% [markdown] lang="ko" slides="000 RNN이란?; 002 RNN"
# ## 1. 한 단어씩 읽는다
#
# 지금까지의 신경망은 입력을 한꺼번에 받았고 그 크기가 정해져 있었다. 문장은 길이가 저마다 다르고 앞에서부터 차례로 읽는다. 이렇게 순서가 있고 길이가 정해지지 않은 데이터를 **시퀀스**(sequence)라고 한다. 강의 자료 000은 사람이 문장을 읽는 네 단계와 신경망이 읽는 네 단계를 나란히 놓는다. 마지막 열은 아래 셀에서 그 단계를 맡은 줄이다.
#
# | | 사람 | 신경망 | 코드 |
# |---|---|---|---|
# | 1 | 앞에서부터 한 단어씩 읽는다 | 한 단어씩 입력받는다 | `for x in words` |
# | 2 | 새 단어를 읽고 이해한다 | 단어를 처리해 정보를 뽑는다 | `new = x @ W` |
# | 3 | 앞의 기억에 보태어 기억을 고친다 | 앞에서 만든 정보에 보태어 고친다 | `h = np.tanh(new + h @ U + b)` |
# | 4 | 문장이 끝날 때까지 되풀이한다 | 끝날 때까지 되풀이한다(recurrent) | 반복문 |
#
# 이것이 **순환 신경망**(recurrent neural network), 줄여서 RNN이다. 기억 $h$를 **은닉 상태**(hidden state), 단어 하나를 읽는 때를 **시점**(time step)이라고 한다. $W$는 새 단어에, $U$는 앞의 기억에 곱하는 가중치이고 $b$는 편향이다. tanh는 기억의 수를 모두 −1과 1 사이에 둔다.
#
# 기억도 입력도 수 하나라고 하자. $W = 1$, $U = 0.5$, $b = 0$이고 입력은 1, 0, 0이다. 처음에는 기억이 없으므로 $h_0 = 0$이다. 첫 시점에 $h_1 = \tanh(1) = 0.762$가 되고, 그 뒤로는 새로 들어오는 것이 없으므로 $h_2 = \tanh(0.5 \cdot 0.762) = 0.363$, $h_3 = \tanh(0.5 \cdot 0.363) = 0.180$이다. 기억은 남아 있지만 옅어진다.
#
# 수가 여럿이면 $x_t$와 $h_t$는 행벡터, $W$와 $U$는 행렬이다.
#
# $$h_t = \tanh(x_t W + h_{t-1} U + b)$$
# %% [markdown] lang="en"
# ## 1. One word at a time
#
# So far networks were given their input all at once, and its size was fixed. Sentences differ in length, and are read from the front. Ordered data of no fixed length are a **sequence**. Deck 000 sets side by side the four steps in which a person reads and those in which a network does. The last column has the matching line of the cell below.
#
# | | person | network | code |
# |---|---|---|---|
# | 1 | reads from the front, a word at a time | is given one word at a time | `for x in words` |
# | 2 | reads and understands the new word | processes the word, extracts information | `new = x @ W` |
# | 3 | adds it to memory, which is thereby updated | adds it to what it made so far, and updates that | `h = np.tanh(new + h @ U + b)` |
# | 4 | goes on until the sentence ends | goes on until the end (recurrent) | the loop |
#
# This is a **recurrent neural network**, RNN for short. Its memory $h$ is called the **hidden state**, and each word is read at one **time step**. The new word is multiplied by the weights $W$, the memory by $U$, and $b$ is the bias; tanh keeps the numbers of the memory between −1 and 1.
#
# Let memory and input be one number each, with $W = 1$, $U = 0.5$, $b = 0$, and inputs 1, 0, 0. At first there is no memory: $h_0 = 0$. The first step gives $h_1 = \tanh(1) = 0.762$. After that nothing new comes in, so that $h_2 = \tanh(0.5 \cdot 0.762) = 0.363$ and $h_3 = \tanh(0.5 \cdot 0.363) = 0.180$. The memory is still there, but it is fading.
#
# With several numbers $x_t$ and $h_t$ are row vectors, and $W$ and $U$ matrices.
#
# $$h_t = \tanh(x_t W + h_{t-1} U + b)$$


# %%
def read(words, W, U, b):
    """Words (steps, inputs) -> the hidden state after each of them (steps, units)."""
    h, states = np.zeros(len(b)), []  # no memory yet
    for x in words:  # 1. one word at a time
        new = x @ W  # 2. what this word says
        h = np.tanh(new + h @ U + b)  # 3. memory, updated
        states.append(h)
    return np.array(states)  # 4. on until the sentence ends


fading_memory = read([[1.0], [0.0], [0.0]], np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
check("h after three steps", fading_memory[:, 0].round(3).tolist(), equals=[0.762, 0.363, 0.18])
# %% tags=["figure"] title="a recurrent network, as a loop and unrolled"
_, axis = plt.subplots(figsize=(11, 3.2))
arrow = {"arrowstyle": "-|>", "color": "black", "lw": 1.5}
for place, name in enumerate(("t", "1", "2", "3")):
    x = 0.5 if place == 0 else 1.8 + 2 * place
    axis.add_patch(plt.Rectangle((x - 0.45, -0.35), 0.9, 0.7, fc="#cfe3f1", ec=BLUE))
    axis.text(x, 0, "tanh", ha="center", va="center")
    axis.annotate("", (x, -0.35), (x, -1.05), arrowprops=arrow)
    axis.annotate("", (x, 1.05), (x, 0.35), arrowprops=arrow)
    axis.text(x, -1.3, f"$x_{name}$", ha="center", va="center", fontsize=15)
    axis.text(x, 1.25, f"$h_{name}$", ha="center", va="center", fontsize=15)
    axis.text(x + 0.12, -0.72, "W", fontsize=11, color=VERMILION)
    if place:
        axis.annotate("", (x - 0.45, 0), (x - 1.55, 0), arrowprops=arrow)
        axis.text(x - 1, 0.12, "U", fontsize=11, color=VERMILION, ha="center")
axis.text(2.15, 0, "$h_0 = 0$", ha="right", va="center", fontsize=13)
path = Path([(0.05, 0.2), (-0.75, 0.75), (-0.75, -0.75), (0.05, -0.2)], [1, 4, 4, 4])
axis.add_patch(FancyArrowPatch(path=path, mutation_scale=14, **arrow))
axis.text(-0.8, -0.05, "U", fontsize=11, color=VERMILION)
axis.text(0.5, -1.75, "a loop ...", ha="center")
axis.text(5.8, -1.75, "... and the same, unrolled over three time steps", ha="center")
axis.set(xlim=(-1.1, 8.4), ylim=(-1.95, 1.55))
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 반복문(a loop)으로 본 순환 신경망이고, 오른쪽은 그것을 세 시점에 걸쳐 펼친 것(unrolled over three time steps)이다. $x$는 입력, $h$는 기억이다. 상자는 셋이지만 $W$와 $U$(붉은 글자)는 한 벌뿐이고, 시점마다 같은 것을 쓴다. 그리지 않은 편향도 그렇다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A recurrent network as a loop, and unrolled. $x$ is the input, $h$ the memory. There are three boxes, but only one $W$ and one $U$ (vermilion), the same at every time step; so is the bias, which is not drawn.*
# %% [markdown] lang="ko"
# Keras의 층은 `SimpleRNN`이다. `return_sequences=True`이면 시점마다의 은닉 상태를 모두 내고, 그러지 않으면 마지막 것만 낸다. 입력의 모양은 (배치, 시점, 입력)이므로, 시퀀스가 하나면 `[None]`으로 배치 축을 더한다. 우리의 반복문과 견주어 보자. 입력이 $m$개, 은닉 상태가 $n$개이면 파라미터는 $W$에 $nm$개, $U$에 $n^2$개, $b$에 $n$개, 모두 $n(m + n + 1)$개다. 문장이 아무리 길어도 이 수는 그대로다.
# %% [markdown] lang="en"
# Keras's layer is `SimpleRNN`. With `return_sequences=True` it gives the hidden states of all time steps, else only the last. It expects (batch, time steps, inputs), and `[None]` makes a batch of a single sequence. Compare it with our loop. With $m$ inputs and $n$ numbers in the hidden state, $W$ has $nm$ parameters, $U$ has $n^2$ and $b$ has $n$: together $n(m + n + 1)$. However long the sentence, that is all.
# %%
rng = np.random.RandomState(0)
words = rng.normal(size=(7, 3)).astype("float32")  # 7 time steps, 3 inputs
layer = layers.SimpleRNN(5, return_sequences=True, bias_initializer="random_normal")
same(layer(words[None])[0], read(words, *layer.get_weights()), "SimpleRNN and our loop")
check("parameters with 3 inputs and 5 units", layer.count_params(), equals=5 * (3 + 5 + 1))
# %% [markdown] lang="ko" slides="000 RNN이란?; 000 RNN (그림)"
# ## 2. 문장을 읽는 신경망
#
# 이제 진짜 문장을 읽혀 보자. 누가 무엇을 좋아하는지 싫어하는지 말하는 여섯 단어짜리 문장이다. `동생은 그 영화를 싫어할 리가 없다`라고 하면 좋아한다는 말이고, `리가`를 `수밖에`로 바꾸면 거꾸로 싫어한다는 말이 된다. 답은 단어 하나에 있지 않다. 앞에서 읽은 것을 기억했다가 뒤에 나오는 단어와 합쳐야 한다. (‘싫어하지 않는다’는 ‘좋아한다’로 친다. 출력과 그림에는 영어 뜻을 적는다. 예를 들어 `리가`는 chance, `수밖에`는 way but이다.)
#
# 첫 세 단어는 열여덟 가지, 끝의 세 단어는 여덟 가지여서 문장은 모두 144개다. 첫 세 단어 가운데 무작위로 고른 열두 가지의 문장 96개로 훈련하고, 나머지 여섯 가지의 48개로 시험한다. 단어 열여덟 개는 원-핫 인코딩으로 나타낸다. 그러면 $x_t W$는 $W$에서 그 단어의 행 하나를 꺼내는 일이다. 신경망은 단어를 읽을 때마다 ‘좋아한다’의 확률 $\sigma(h_t v + c)$를 답하고, 그 답마다 손실을 계산한다. 아직 알 수 없을 때에는 0.5라고 답하는 것이 가장 낫다.
# %% [markdown] lang="en"
# ## 2. A network that reads sentences
#
# Now let it read real sentences: six words of Korean that say whether somebody likes something or hates it. `동생은 그 영화를 싫어할 리가 없다` (*dongsaengeun geu yeonghwareul sireohal riga eopda*; word by word "sibling, that film, to hate, chance, there is no") says that my sibling cannot possibly hate that film, and so likes it. Put `수밖에` (*subakke*, "way but") in the place of `리가`, and it says that there is no way but to hate it. No single word has the answer: what was read before has to be remembered and put together with what comes later. (Not to hate counts as to like. Output and figures have the meanings in English.)
#
# The first three words can be chosen in eighteen ways and the last three in eight, so there are 144 sentences. Twelve of the eighteen beginnings, drawn at random, make the 96 sentences for training. The network is tested on the 48 sentences with the other six. The eighteen words are one-hot encoded, so that $x_t W$ takes one row out of $W$, that of the word. After every word the network answers with the probability of "likes", $\sigma(h_t v + c)$, and each answer has its loss. As long as nothing is known, 0.5 is the best answer.
# %%
WHO = {"나는": "I", "동생은": "sibling", "친구는": "friend"}
WHICH = {"이": "this", "그": "that"}
WHAT = {"영화를": "film", "노래를": "song", "책을": "book"}
LIKING = {"좋아한다": "likes", "싫어한다": "hates", "좋아할": "to like", "싫어할": "to hate"}
HOW = {"정말": "really", "많이": "a lot", "안": "not"}
TURNS = {"리가": "chance", "수밖에": "way but", "없다": "there is no"}
GLOSSES = WHO | WHICH | WHAT | LIKING | HOW | TURNS
WORDS = list(GLOSSES)
ENDINGS = {  # 1: likes, 0: hates
    "정말 많이 좋아한다": 1,
    "정말 많이 싫어한다": 0,
    "정말 안 좋아한다": 0,
    "정말 안 싫어한다": 1,
    "좋아할 리가 없다": 0,
    "싫어할 리가 없다": 1,
    "좋아할 수밖에 없다": 1,
    "싫어할 수밖에 없다": 0,
}


# %%
def one_hot(sentence):
    """A sentence -> (steps, 18): a row for each word, 1 at the word's place."""
    return np.eye(len(WORDS), dtype="float32")[[WORDS.index(word) for word in sentence.split()]]


starts = [" ".join(words) for words in product(WHO, WHICH, WHAT)]  # 18
np.random.RandomState(lesson.seed).shuffle(starts)
sentences = np.stack([[one_hot(f"{start} {ending}") for ending in ENDINGS] for start in starts])
likes_it = np.tile(list(ENDINGS.values()), (18, 1))  # 1 or 0, (18, 8)
check("shape of all sentences", sentences.shape, equals=(18, 8, 6, 18))
# %%
keras.utils.set_random_seed(lesson.seed)
inputs = keras.Input((None, len(WORDS)))  # None: a sentence may have any number of words
states = layers.SimpleRNN(8, return_sequences=True)(inputs)  # the memory after every word
answers = layers.Dense(1, activation="sigmoid")(states)  # the same weights at every time step
reader = keras.Model(inputs, answers)
reader.compile(keras.optimizers.Adam(0.02), "binary_crossentropy")
x_seen, x_unseen = sentences[:12].reshape(96, 6, 18), sentences[12:].reshape(48, 6, 18)
targets = np.repeat(likes_it[:12].reshape(96, 1, 1), 6, axis=1)  # one answer for all six words
epochs = lesson.epochs(small=60, full=60)
reader.fit(x_seen, targets, batch_size=16, epochs=epochs, verbose=0)
last_answers = np.array(reader(x_unseen))[:, -1, 0]
right = (last_answers > 0.5) == likes_it[12:].ravel()
check("accuracy on 48 sentences never seen", np.mean(right), at_least=0.98)
check("parameters of the reader", reader.count_params(), equals=8 * (18 + 8 + 1) + 9)
# %% [markdown] lang="ko"
# 마지막 단어까지 읽고 낸 답의 정확도는 다섯 시드에서 [[range: accuracy on 48 sentences never seen]]이다. 새로운 것은 첫 세 단어의 조합뿐이고 끝의 세 단어는 그 순서까지 훈련할 때 보았으므로, 이것은 앞의 단어들이 답을 흐리지 않는다는 뜻일 뿐이다. 단어의 순서를 안다는 증거는 아니다. 어느 단어들이 나왔는지만 알아도 풀 수 있기 때문이다. 우리가 볼 것은 한 단어씩 읽으면서 답에 이르는 과정이다. 훈련된 가중치로 반복문을 한 바퀴씩 돌며 네 단계를 출력해 보자. new는 $x_t W$의 길이, remembered는 $h_{t-1} U$의 길이, likes는 답이다.
# %% [markdown] lang="en"
# The accuracy of the answers after the last word is [[range: accuracy on 48 sentences never seen]] over five seeds. Only the combinations of the first three words are new, and all endings were in the training data, so this says no more than that the words before do not disturb the answer. Nor does it prove that the network knows about order: which words occur would be enough. What we want to see is the way to the answer, a word at a time. Go through the loop with the trained weights and print the four steps: "new" is the length of $x_t W$, "remembered" that of $h_{t-1} U$, "likes" the answer.
# %% tags=["nbval-ignore-output"]
PAIR = "동생은 그 영화를 싫어할 리가 없다", "동생은 그 영화를 좋아할 리가 없다"
W, U, b, v, c = reader.get_weights()  # of the memory, and of the answer: h @ v + c
h = np.zeros(8)
for word in PAIR[0].split():  # 1. one word at a time
    new = one_hot(word)[0] @ W  # 2. what this word says
    remembered = h @ U  # what is known from those before
    h = np.tanh(new + remembered + b)  # 3. memory, updated
    likes = 1 / (1 + np.exp(-(h @ v + c)[0]))
    sizes = f"new {np.linalg.norm(new):.1f}, remembered {np.linalg.norm(remembered):.1f}"
    print(f"{GLOSSES[word]:12} {sizes}, likes {likes:.2f}   {word}")


# %%
def memories(sentence):
    """The hidden state after each word (steps, 8), and the answer there (steps,)."""
    states = read(one_hot(sentence), W, U, b)
    return states, 1 / (1 + np.exp(-(states @ v + c)[:, 0]))


(states_hate, answers_hate), (states_like, answers_like) = map(memories, PAIR)
same(answers_hate, reader(one_hot(PAIR[0])[None])[0, :, 0], "the answers, by our loop and Keras")
apart = np.abs(states_hate - states_like).max(axis=1)  # after each word
check("largest difference after the third word", apart[2], equals=0)
check("largest difference after the fourth word", apart[3], at_least=1.4)
undecided = np.abs(np.array([answers_hate, answers_like])[:, :4] - 0.5).max()
check("answers up to the fourth word, farthest from 0.5", undecided, at_most=0.2)
check("answers after the fifth word, difference", answers_hate[4] - answers_like[4], at_least=0.8)
# %% tags=["figure"] title="the memory after each word of two sentences"
_, axes = plt.subplots(2, 2, figsize=(12, 5.2), sharex="col", height_ratios=(2, 1))
for column, sentence in enumerate(PAIR):
    states, answers = memories(sentence)
    axes[0, column].imshow(states.T, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    axes[0, column].set(yticks=range(8), yticklabels=range(1, 9))
    axes[1, column].plot(answers, "o-", color=BLUE)
    axes[1, column].axhline(0.5, color=GREY, ls=":")
    axes[1, column].set(ylim=(-0.05, 1.05), xticks=range(6))
    axes[1, column].set_xticklabels([GLOSSES[word] for word in sentence.split()])
axes[0, 0].set_ylabel("hidden state")
axes[1, 0].set_ylabel("likes")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 `동생은 그 영화를 싫어할 리가 없다`, 오른쪽은 `동생은 그 영화를 좋아할 리가 없다`를 읽으면서 바뀌는 은닉 상태(hidden state)다. 한 열이 단어 하나를 읽은 뒤의 수 여덟 개이고, 파란색이 양수, 붉은색이 음수다. 아래는 그때의 답, 곧 ‘좋아한다’(likes)의 확률이다. 가로축은 단어의 뜻으로 동생(sibling), 그(that), 영화(film), 싫어할(to hate) 또는 좋아할(to like), 리가(chance), 없다(there is no)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The hidden state while reading `동생은 그 영화를 싫어할 리가 없다` (left: no chance that my sibling hates that film) and `동생은 그 영화를 좋아할 리가 없다` (right: no chance that my sibling likes it). A column has the eight numbers after one word, positive ones in blue, negative ones in red. Below is the answer at that point, the probability of "likes".*
# %% [markdown] lang="ko"
# 앞의 세 단어는 두 문장이 같으므로 기억도 끝자리까지 같고, 답은 아직 0.5 근처다. 넷째 단어에서 기억이 갈라진다. 그런데 답은 여전히 0.5 근처다. `싫어할` 뒤에는 `리가`가 올 수도 `수밖에`가 올 수도 있으니 아직 모르는 것이 맞다. 읽은 것은 답이 아니라 기억에 남아 있다. 다섯째 단어 `리가`는 두 문장에 똑같이 나오지만 서로 다른 기억을 만나 한쪽은 1로, 다른 쪽은 0으로 간다. 아래 셀에서 다른 문장을 읽혀 보라. 단어가 여섯 개가 아니어도 읽지만, 여섯 단어짜리 문장으로만 배웠다.
# %% [markdown] lang="en"
# The first three words are the same in both sentences; so are the memories, to the last digit, and the answers are still near 0.5. At the fourth word the memories part. Yet the answers stay near 0.5, and rightly so: `싫어할` (to hate) may be followed by `리가` (chance) or by `수밖에` (way but), so nothing is settled. What was read is kept in memory, not in the answer. The fifth word, `리가`, stands in both sentences, but meets different memories, and one answer goes to 1, the other to 0. Let it read other sentences in the cell below. They need not have six words, but it has learned from sentences of six only.
# %% tags=["play", "nbval-ignore-output"] title="a sentence of your own"
SENTENCE = "친구는 이 노래를 정말 안 싫어한다"  # @param {type:"string"}
unknown = [word for word in SENTENCE.split() if word not in GLOSSES]
if unknown or not SENTENCE.split():
    print("expected some of these words, with spaces between them:")
    print(", ".join(f"{word} ({gloss})" for word, gloss in GLOSSES.items()))
else:
    for word, answer in zip(SENTENCE.split(), memories(SENTENCE)[1]):
        print(f"{GLOSSES[word]:12} likes {answer:.2f}   {word}")
# %% [markdown] lang="ko"
# ## 3. 시점을 거슬러 가는 역전파
#
# 가중치는 어떻게 배울까? 펼쳐 놓으면(그림 1) 층이 시점의 수만큼 쌓인 신경망이므로, 새로 배울 것은 거의 없다. 뒤에서부터 한 시점씩 거슬러 가며 연쇄 법칙을 쓴다. 이것을 **시간 역전파**(backpropagation through time)라고 한다. 다른 점은 하나다. 시점마다 같은 $W$, $U$, $b$를 썼으므로, 시점마다 나온 기울기를 모두 더한다.
#
# 1절의 예로 계산해 보자. $h_1, h_2, h_3$은 0.762, 0.363, 0.180이었다. 정답이 1이고 $E = \frac{1}{2}(h_3 - 1)^2$이면 $\partial E / \partial h_3 = -0.820$이다. tanh에 들어가는 값에 대한 $E$의 기울기를 $\delta_t$라고 쓰자. tanh의 도함수는 $1 - h_t^2$이므로 다음과 같다(반올림하기 전의 수로 계산했다).
#
# | $t$ | $\partial E / \partial h_t$ | $\delta_t$ | $U$의 기울기에 더할 $h_{t-1} \delta_t$ |
# |---|---|---|---|
# | 3 | −0.820 | −0.820 · 0.968 = −0.794 | 0.363 · −0.794 = −0.288 |
# | 2 | 0.5 · −0.794 = −0.397 | −0.397 · 0.868 = −0.344 | 0.762 · −0.344 = −0.262 |
# | 1 | 0.5 · −0.344 = −0.172 | −0.172 · 0.420 = −0.072 | 0 |
#
# $U$의 기울기는 마지막 열의 합 −0.551이다. $b$의 기울기는 $\delta_t$의 합, $W$의 기울기는 $x_t \delta_t$의 합이다.
#
# $$\delta_t = \frac{\partial E}{\partial h_t} \odot (1 - h_t^2) \qquad \frac{\partial E}{\partial h_{t-1}} = \delta_t U^\top \qquad \frac{\partial E}{\partial U} = \sum_t h_{t-1}^\top \delta_t$$
#
# $\odot$는 같은 자리끼리 곱한다는 뜻이다. 여기에서는 손실이 마지막 시점에만 있다. 2절처럼 시점마다 답하면, 그 답의 손실에서 오는 기울기도 그 시점의 $\partial E / \partial h_t$에 더한다.
# %% [markdown] lang="en"
# ## 3. Backpropagation through time
#
# How are the weights learned? Unrolled (figure 1), this is a network with as many layers as there are time steps, so there is little that is new. Go back from the end, one time step after another, by the chain rule. This is called **backpropagation through time**. One thing is different: as every time step used the same $W$, $U$ and $b$, their gradients from all time steps are added up.
#
# Take the example of section 1, where $h_1, h_2, h_3$ were 0.762, 0.363, 0.180. If the right answer is 1 and $E = \frac{1}{2}(h_3 - 1)^2$, then $\partial E / \partial h_3 = -0.820$. Write $\delta_t$ for the gradient of $E$ with respect to what goes into the tanh. The derivative of tanh is $1 - h_t^2$, which gives (computed before rounding):
#
# | $t$ | $\partial E / \partial h_t$ | $\delta_t$ | added to the gradient of $U$: $h_{t-1} \delta_t$ |
# |---|---|---|---|
# | 3 | −0.820 | −0.820 · 0.968 = −0.794 | 0.363 · −0.794 = −0.288 |
# | 2 | 0.5 · −0.794 = −0.397 | −0.397 · 0.868 = −0.344 | 0.762 · −0.344 = −0.262 |
# | 1 | 0.5 · −0.344 = −0.172 | −0.172 · 0.420 = −0.072 | 0 |
#
# The gradient of $U$ is the sum of the last column, −0.551. That of $b$ is the sum of the $\delta_t$, that of $W$ the sum of the $x_t \delta_t$.
#
# $$\delta_t = \frac{\partial E}{\partial h_t} \odot (1 - h_t^2) \qquad \frac{\partial E}{\partial h_{t-1}} = \delta_t U^\top \qquad \frac{\partial E}{\partial U} = \sum_t h_{t-1}^\top \delta_t$$
#
# $\odot$ multiplies entry by entry. Here the loss is at the last time step only. Where there is an answer at every time step, as in section 2, the gradient that comes from its loss is added to $\partial E / \partial h_t$ of that time step.


# %%
def through_time(words, target, W, U, b):
    """Gradients of W, U and b, where E is half the squared distance of the last h from target."""
    states = read(words, W, U, b)
    before = np.vstack([np.zeros_like(b), states[:-1]])  # h_0, h_1, ...
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    dh = states[-1] - target  # ∂E/∂h at the last time step
    for t in reversed(range(len(words))):
        delta = dh * (1 - states[t] ** 2)  # through tanh
        dW = dW + np.outer(words[t], delta)
        dU = dU + np.outer(before[t], delta)
        db = db + delta
        dh = delta @ U.T  # at the time step before
    return dW, dU, db


example = np.array([[1.0], [0.0], [0.0]]), 1.0, np.array([[1.0]]), np.array([[0.5]]), np.zeros(1)
dW, dU, db = through_time(*example)
numbers = [round(float(each.ravel()[0]), 3) for each in (dW, dU, db)]
check("gradients of W, U and b in the example", numbers, equals=[-0.072, -0.551, -1.211])
# %%
layer = layers.SimpleRNN(5, bias_initializer="random_normal")
words, target = rng.normal(size=(3, 2)).astype("float32"), rng.normal(size=5).astype("float32")
with tf.GradientTape() as tape:
    E = tf.reduce_sum((layer(words[None])[0] - target) ** 2) / 2
gradients = tape.gradient(E, layer.trainable_variables)
for name, ours, theirs in zip("WUb", through_time(words, target, *layer.get_weights()), gradients):
    same(ours, theirs, f"gradient of {name}: by hand and GradientTape")
# %% [markdown] lang="ko" slides="002 RNN의 장기의존성 문제"
# ## 4. 첫 입력은 얼마나 남아 있나
#
# 강의 자료 002는 $x_1$의 정보를 짙은 남색으로 칠하고, 뒤로 갈수록 색이 옅어지는 그림으로 **장기 의존성**(long-term dependency) 문제를 설명한다. 답이 여러 시점 전에 읽은 것에 달려 있을 때 생기는 문제다. 그 그림을 실제로 잰 값으로 그려 보자. $x_1$을 조금 바꾸었을 때 $h_t$가 얼마나 바뀌는지, 곧 $\partial h_t / \partial x_1$을 잰다. 한 시점 나아갈 때마다 행렬 하나를 곱한다.
#
# $$\frac{\partial h_t}{\partial x_1} = W D_1 \cdot U D_2 \cdot U D_3 \cdots U D_t$$
#
# $D_t$는 tanh의 도함수 $1 - h_t^2$을 대각선에 놓은 행렬이다. 오른쪽에서 곱하면 열마다 그 수가 곱해진다. 등호 왼쪽 행렬의 $i$행 $j$열은 $x_1$의 $i$째 수를 바꿀 때 $h_t$의 $j$째 수가 바뀌는 비율이고, 그 크기는 벡터의 길이를 가장 많이 늘이는 배율로 잰다(`np.linalg.norm(J, 2)`). 도함수는 1을 넘지 않으므로 크기를 늘릴 수 있는 것은 $U$뿐이다. Keras는 $U$를 **직교 행렬**(orthogonal matrix)로 시작한다. 벡터를 돌리거나 뒤집기만 하고 길이는 바꾸지 않는 행렬이다. 거기에 $s$를 곱하면 한 시점마다 $s$배가 되고, 도함수가 그것을 다시 줄인다. $s < 1$이면 $s^{t-1}$보다 빨리 사라질 수밖에 없다.
#
# 네 글자 가운데 하나씩 무작위로 뽑아 이은 시퀀스를 은닉 상태의 수가 32개인 신경망에 읽힌다. 아직 훈련하지 않은 신경망이고, 바꾸는 것은 $s$뿐이다.
# %% [markdown] lang="en"
# ## 4. How much is left of the first input
#
# Deck 002 paints the information of $x_1$ in dark navy, and explains the problem of **long-term dependency**, of answers that depend on something read many time steps ago, by a picture in which the colour grows paler from step to step. Let us draw that picture from measurements. How much does $h_t$ change when $x_1$ changes a little, what is $\partial h_t / \partial x_1$? Each time step multiplies it by one more matrix.
#
# $$\frac{\partial h_t}{\partial x_1} = W D_1 \cdot U D_2 \cdot U D_3 \cdots U D_t$$
#
# $D_t$ is the matrix with the derivatives of tanh, $1 - h_t^2$, on its diagonal; multiplied from the right, it multiplies each column by one of them. Row $i$, column $j$ of the matrix left of the equals sign is the rate at which number $j$ of $h_t$ changes with number $i$ of $x_1$. Its size is measured by the factor by which it lengthens a vector at most (`np.linalg.norm(J, 2)`). As the derivatives never exceed 1, only $U$ can make it grow. Keras starts $U$ as an **orthogonal matrix**, one that turns vectors and may reflect them, but leaves their length as it is. Multiplied by $s$, it makes vectors $s$ times as long at each time step, and the derivatives shorten them again. With $s < 1$ what is left has to vanish faster than $s^{t-1}$.
#
# A network with 32 numbers in its hidden state reads a sequence of letters, each drawn at random from four. It has not been trained, and $s$ is the only thing that changes.


# %%
def left_of_first(words, W, U, b):
    """Size of ∂h_t/∂x_1 for each time step t (steps,)."""
    states = read(words, W, U, b)
    J = W * (1 - states[0] ** 2)  # how h_1 changes with x_1: (inputs, units)
    sizes = [np.linalg.norm(J, 2)]
    for h in states[1:]:
        J = J @ (U * (1 - h**2))
        sizes.append(np.linalg.norm(J, 2))
    return np.array(sizes)


def letters(count, delay, seed):
    """One-hot letters (count, delay + 1, 4), and which was the first (count,)."""
    drawn = np.random.RandomState(seed).randint(4, size=(count, delay + 1))
    return np.eye(4, dtype="float32")[drawn], drawn[:, 0]


def recall_network(scale):
    """Reads letters, and says at the end which was the first; U starts at scale times a turn."""
    inputs = keras.Input((None, 4))
    orthogonal = keras.initializers.Orthogonal(scale)
    h = layers.SimpleRNN(32, recurrent_initializer=orthogonal, name="memory")(inputs)
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(h))


# %% tags=["nbval-ignore-output"]
SCALES = (0.5, 1.0, 1.25, 1.5)
left = {}
for scale in SCALES:
    keras.utils.set_random_seed(lesson.seed)
    weights = recall_network(scale).get_layer("memory").get_weights()
    sequences, _ = letters(20, delay=80, seed=lesson.seed)
    sizes = np.array([left_of_first(sequence, *weights) for sequence in sequences])  # 20x81
    left[scale] = np.exp(np.log(sizes / sizes[:, :1]).mean(axis=0))  # geometric mean, 1 at t = 1
used = left[0.5][1:] / 0.5 ** np.arange(1, 81)  # share of what the bound allows
check("s = 0.5: largest share of the bound", max(used), at_most=1)
check("s = 1: left after 20 steps", left[1.0][20], at_least=0.02, at_most=0.1)
check("s = 1: left after 80 steps", left[1.0][80], at_most=1e-4)
check("s = 1.25: left after 80 steps", left[1.25][80], at_least=0.02, at_most=0.3)
report("s = 1.5: left after 80 steps", left[1.5][80])
check("s = 1.5: powers of ten after 80 steps", np.log10(left[1.5][80]), at_least=1)
# %% tags=["figure"] title="what is left of the first input"
_, (strips, curves) = plt.subplots(1, 2, figsize=(13, 3.8), width_ratios=(1.2, 1))
colors = dict(zip(SCALES, (VERMILION, GREY, GREEN, ORANGE)))
for row, scale in enumerate(SCALES):
    for t in range(21):
        shade = min(1, left[scale][t])
        square = plt.Rectangle((t, -row), 0.94, -0.7, fc=(0, 0, 0.42, shade), ec=GREY, lw=0.6)
        strips.add_patch(square)
    curves.semilogy(range(1, 82), left[scale], color=colors[scale], label=f"s = {scale}")
strips.set_yticks([-row - 0.35 for row in range(4)], [f"s = {scale}" for scale in SCALES])
strips.set_xticks([t + 0.47 for t in range(0, 21, 5)], range(1, 22, 5))
strips.set(xlim=(0, 21), ylim=(-3.8, 0.1), xlabel="time step t", title="coloured as in deck 002")
strips.spines[:].set_visible(False)
strips.tick_params(length=0)
curves.set(xlabel="time step t", title=r"size of $\partial h_t / \partial x_1$, 1 at t = 1")
curves.set(ylim=(1e-8, 1e5))
curves.legend(frameon=False, fontsize=11)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 첫 입력이 시점 $t$(time step t)의 은닉 상태에 남은 정도. 왼쪽은 강의 자료 002처럼 칠한 것(coloured as in deck 002)으로, $t = 1$일 때만큼 남았거나 늘었으면 짙은 남색, 남지 않았으면 흰색이다. 오른쪽은 같은 값을 로그 눈금으로 그린 것($\partial h_t / \partial x_1$의 크기, $t = 1$에서 1)이다. $s$는 $U$에 곱한 수다. 시퀀스 스무 개의 기하 평균이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. What is left of the first input in the hidden state at time step $t$. Left, coloured as in deck 002: dark navy where as much is left as at $t = 1$, or more, and white where nothing is. Right, the same on a logarithmic scale: the size of $\partial h_t / \partial x_1$, which is 1 at $t = 1$. $s$ is what $U$ was multiplied by. Geometric means over twenty sequences.*
# %% [markdown] lang="ko"
# 강의 자료의 그림처럼 옅어지는 것은 $s = 0.5$와 1일 때다. 0.5이면 열 시점 뒤에 천분의 일도 남지 않는다. $s = 1$이면 훨씬 느려서 20시점 뒤에 남는 것이 [[range: s = 1: left after 20 steps]]이다(다섯 시드). 길이를 바꾸지 않는 행렬인데도 줄어드는 것은 tanh의 도함수 때문이다. $s = 1.25$이면 늘어나는 것과 줄어드는 것이 비슷하여 80시점 뒤에 [[range: s = 1.25: left after 80 steps]]이 남는다. $s = 1.5$이면 거꾸로 늘어나 80시점 뒤에는 [[range: s = 1.5: left after 80 steps]]배가 된다. tanh가 없다면 $1.5^{80}$, 약 $10^{14}$배가 되었을 것이다. [[resnet]]에서 본 기울기 폭발은 이렇게 시점을 따라서도 일어날 수 있다. 기울기는 이 행렬들을 거꾸로 곱해 얻으므로, 시점을 거슬러 가는 기울기도 똑같이 줄거나 늘어난다.
#
# ‘정보’라는 말은 조심해야 한다. 잰 것은 $x_1$을 조금 바꿀 때 $h_t$가 바뀌는 비율이다. 이것이 0에 가까우면 기울기를 따라 $x_1$을 기억하도록 배우기 어렵지만, $x_1$을 잊었다는 뜻은 아니다. 수 하나짜리 신경망($W = 1$, $U = 1.5$, $b = 0$)에 1이나 −1을 넣고 0을 열아홉 번 넣어 보자. $h_{20}$은 0.859이거나 −0.859여서 첫 입력의 부호를 또렷이 간직하지만, 이 비율은 거의 0이다. ±0.859 근처에서는 한 시점마다 $1.5 \cdot (1 - 0.859^2) \approx 0.39$배가 되기 때문이다. 조금 바뀌어도 같은 수로 끌려 돌아가는 것, 바로 그것이 부호를 붙들어 준다.
# %% [markdown] lang="en"
# It grows paler, as in the deck's picture, with $s = 0.5$ and with 1. With 0.5 less than a thousandth is left ten time steps later. With $s = 1$ it goes far more slowly, and after 20 steps [[range: s = 1: left after 20 steps]] is left (five seeds). That it shrinks, although the matrix leaves lengths as they are, is owed to the derivative of tanh. With $s = 1.25$ growing and shrinking come close to balance, and after 80 steps [[range: s = 1.25: left after 80 steps]] is left. With $s = 1.5$ it grows instead, to [[range: s = 1.5: left after 80 steps]] times as much after 80 steps; without tanh it would be $1.5^{80}$, about $10^{14}$ times. So the exploding gradient of [[resnet]] can come about along the time steps as well. As gradients come from multiplying these matrices from the other end, they shrink or grow on the way back through time in just the same way.
#
# Take care with the word "information". What was measured is the rate at which $h_t$ changes when $x_1$ changes a little. Where it is close to 0 it is hard to learn to remember $x_1$ by following the gradient, but that does not mean that $x_1$ is forgotten. Give a network with one number ($W = 1$, $U = 1.5$, $b = 0$) a 1 or a −1, and then 0 nineteen times. $h_{20}$ is 0.859 or −0.859, and keeps the sign of the first input plainly, while the rate is almost 0: near ±0.859 each time step multiplies it by $1.5 \cdot (1 - 0.859^2) \approx 0.39$. After any small change the memory is drawn back to the same number, and just that is what holds the sign.
# %%
one, none = np.ones((1, 1)), np.zeros(1)
impulse = np.zeros((20, 1))
impulse[0] = 1
kept = read(impulse, one, 1.5 * one, none)[-1, 0], read(-impulse, one, 1.5 * one, none)[-1, 0]
check("last memory after 1 and after -1", np.round(kept, 3).tolist(), equals=[0.859, -0.859])
check("size of its derivative", left_of_first(impulse, one, 1.5 * one, none)[-1], at_most=1e-7)
# %% [markdown] lang="ko" slides="002 RNN의 장기의존성 문제"
# ## 5. 얼마나 오래 기억하도록 배울 수 있나
#
# 정말 배우기 어려울까? 글자를 차례로 읽고 끝에서 첫 글자가 무엇이었는지 맞히게 하자. 첫 글자 뒤에 오는 글자의 수를 지연(delay)이라고 하자. 지연이 길수록 오래 기억해야 한다. 글자가 네 가지이므로 찍으면 0.25다. 2절과 달리 순서를 알아야 풀 수 있다. 4절의 신경망을 Adam으로 300걸음 훈련한다(`small`에서). 걸음마다 새로 뽑은 시퀀스 32개를 쓴다. 학습률 0.003은 0.001, 0.003, 0.01 가운데에서, 네 $s$와 네 지연의 정확도를 평균해 고른 것이다.
# %% [markdown] lang="en"
# ## 5. How long can it learn to remember?
#
# Is it really hard to learn? Let it read letters, and say at the end which was the first. The number of letters that follow the first is the delay: the longer it is, the longer the first has to be remembered. There are four letters, so guessing gives 0.25. Unlike the task of section 2, this one cannot be solved without order. Train the networks of section 4 with Adam for 300 steps (at `small`), each with 32 newly drawn sequences. The learning rate of 0.003 was chosen among 0.001, 0.003 and 0.01 by the mean accuracy over the four $s$ and four delays.
# %%
DELAYS = (5, 10, 20, 30, 40, 60, 80)
STEPS, TEST_SEED = 300, 1_000_000  # test sequences are drawn from another seed


def trained_recall(scale, delay, optimizer, callbacks=()):
    """Test accuracy on 1,000 new sequences after training on sequences of this delay."""
    keras.utils.set_random_seed(lesson.seed)
    model = recall_network(scale)
    optimizer.build(model.trainable_variables)  # or else Keras traces the step twice
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=10)  # for speed
    sequences, first = letters(STEPS * 32, delay, seed=lesson.seed)
    options = {"epochs": lesson.epochs(small=1, full=3), "callbacks": list(callbacks)}
    model.fit(sequences, first, batch_size=32, verbose=0, **options)
    sequences, first = letters(1000, delay, seed=lesson.seed + TEST_SEED)
    return np.mean(np.argmax(model(sequences), axis=-1) == first)


recalled = {}
for scale in SCALES:
    recalled[scale] = [
        trained_recall(scale, delay, keras.optimizers.Adam(0.003)) for delay in DELAYS
    ]


# %% tags=["nbval-ignore-output"]
def longest(accuracies):
    """The longest delay that was learned (0.9 or more), with all the shorter ones; 0 if none."""
    learned = [accuracy >= 0.9 for accuracy in accuracies] + [False]
    return (0, *DELAYS)[learned.index(False)]


check("s = 0.5: longest delay learned", longest(recalled[0.5]), at_most=5)
report("s = 1: longest delay learned", longest(recalled[1.0]))
check("s = 1.25: longest delay learned", longest(recalled[1.25]), at_least=20)
report("s = 1.5: longest delay learned", longest(recalled[1.5]))
report("longest delay, s = 1 minus s = 0.5", longest(recalled[1.0]) - longest(recalled[0.5]))
report("longest delay, s = 1.25 minus s = 1", longest(recalled[1.25]) - longest(recalled[1.0]))
report("longest delay, s = 1.5 minus s = 1.25", longest(recalled[1.5]) - longest(recalled[1.25]))
report("best accuracy at a delay of 80", max(each[-1] for each in recalled.values()))
# %% tags=["figure"] title="recall by delay"
_, axis = plt.subplots(figsize=(7.5, 3.8))
for (scale, accuracies), style in zip(recalled.items(), ("o-", "s-", "D--", "^:")):
    axis.plot(DELAYS, accuracies, style, color=colors[scale], label=f"s = {scale}")
axis.axhline(0.25, color="black", ls=":", lw=1)
axis.set(xlabel="delay", ylabel="test accuracy", ylim=(0, 1.05), xticks=DELAYS)
axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 지연(delay)에 따른 테스트 정확도(test accuracy). 이 노트북의 시드로 훈련한 것이다. 점선은 찍었을 때의 0.25다. 지연이 짧을 때에는 $s$가 1 이상인 선들이 1.0에서 겹친다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy by delay, as trained with the seed of this notebook. The dotted line is at 0.25, guessing. At short delays the lines for $s$ of 1 and more coincide at 1.0.*
# %% [markdown] lang="ko"
# 배운 가장 긴 지연은 다섯 시드에서 다음과 같다. 그보다 짧은 지연까지 모두 정확도 0.9 이상으로 배운 것만 친다. 더 긴 지연을 띄엄띄엄 배우기도 하는데, 그 언저리는 운에 달렸다.
#
# | $s$ | 첫 입력이 4절에서 | 배운 가장 긴 지연 | 바로 위의 $s$ 대신 쓰면 |
# |---|---|---|---|
# | 0.5 | 빨리 사라진다 | [[range: s = 0.5: longest delay learned]] | |
# | 1 | 천천히 사라진다 | [[range: s = 1: longest delay learned]] | [[verdict: longest delay, s = 1 minus s = 0.5]] ([[range: longest delay, s = 1 minus s = 0.5]]) |
# | 1.25 | 잘 남는다 | [[range: s = 1.25: longest delay learned]] | [[verdict: longest delay, s = 1.25 minus s = 1]] ([[range: longest delay, s = 1.25 minus s = 1]]) |
# | 1.5 | 늘어난다 | [[range: s = 1.5: longest delay learned]] | [[verdict: longest delay, s = 1.5 minus s = 1.25]] ([[range: longest delay, s = 1.5 minus s = 1.25]]) |
#
# 괄호 안은 다섯 시드에서 잰 차이의 범위다. 차이의 부호가 모두 같고 그 평균이 범위의 폭보다 클 때만 도움이 되거나 해가 된다고 한다. 줄마다 다른 것은 훈련을 시작할 때의 $s$뿐이고, 훈련은 $U$를 마음대로 바꿀 수 있다. 첫 입력이 빨리 사라지는 $s = 0.5$로는 지연 10도 배우지 못한다. $s = 1.25$로 배운 지연은 어느 시드에서도 $s = 1$의 것보다 짧지 않았지만, 차이가 뚜렷하지는 않다. 학습률이 0.001이나 0.01이어도 $s = 0.5$는 지연 20을 배우지 못했고 $s = 1.25$는 지연 40을 배웠다(시드 둘, 이 노트북에는 없다). 지연이 80이면 네 $s$ 가운데 가장 높은 정확도도 시드에 따라 다르다([[range: best accuracy at a delay of 80]]). $s$는 기울기만이 아니라 기억의 모든 것을 바꾸므로, 남은 정도가 전부를 설명하지는 않는다.
#
# 여러 가지를 함께 바꾸면 지연 80도 배울 수 있다(연습 문제 4). 신경망의 구조를 바꾸는 방법도 있다. LSTM과 GRU는 기억을 시점마다 $U$와 tanh에 모두 통과시키지 않고, [[resnet]]의 지름길처럼 더해서 넘긴다. 무엇을 얼마나 더하고 지울지는 게이트가 정한다. 입력과 기억에서 계산한 0과 1 사이의 수를 곱하는 부분으로, [[perceptron]]의 논리 게이트와는 다르다. 아래 셀에서 $s$와 지연을 바꾸어 보라.
# %% [markdown] lang="en"
# This is the longest delay that was learned, over five seeds. It counts only if all shorter ones were learned as well, each with an accuracy of 0.9 or more. Now and then a longer one is learned, too; near the limit much is luck.
#
# | $s$ | in section 4 the first input | longest delay learned | instead of the $s$ above |
# |---|---|---|---|
# | 0.5 | vanishes quickly | [[range: s = 0.5: longest delay learned]] | |
# | 1 | vanishes slowly | [[range: s = 1: longest delay learned]] | [[verdict: longest delay, s = 1 minus s = 0.5]] ([[range: longest delay, s = 1 minus s = 0.5]]) |
# | 1.25 | stays well | [[range: s = 1.25: longest delay learned]] | [[verdict: longest delay, s = 1.25 minus s = 1]] ([[range: longest delay, s = 1.25 minus s = 1]]) |
# | 1.5 | grows | [[range: s = 1.5: longest delay learned]] | [[verdict: longest delay, s = 1.5 minus s = 1.25]] ([[range: longest delay, s = 1.5 minus s = 1.25]]) |
#
# In brackets stands the range of the differences over five seeds. Something is said to help or to hurt only if all five have the same sign and their mean is larger than the width of the range. Nothing but $s$ differs between the rows, and only at the start; training is free to change $U$. With $s = 0.5$, where the first input vanishes quickly, not even a delay of 10 is learned. With $s = 1.25$ the delay was not shorter than with $s = 1$ in any of the seeds, but the difference is not clear. With learning rates of 0.001 and 0.01, too, $s = 0.5$ did not learn a delay of 20, and $s = 1.25$ did learn one of 40 (two seeds, not in this notebook). At a delay of 80 the best accuracy among the four $s$ depends on the seed ([[range: best accuracy at a delay of 80]]). As $s$ changes not only gradients but all that the memory does, how much is left does not explain everything.
#
# By changing several things at once a delay of 80 can be learned, too (exercise 4). Another way is to change the architecture. LSTM and GRU do not send all of it through $U$ and tanh at every time step, but hand it on by adding, like the shortcuts of [[resnet]]; gates decide how much is added and how much erased. They are not the logic gates of [[perceptron]]: they multiply by numbers between 0 and 1, computed from input and memory. Change $s$ and the delay in the cell below.
# %% tags=["play", "nbval-ignore-output"] title="train at a delay and a scale of your choice"
SCALE = 1.1  # @param {type:"number"}
DELAY = 40  # @param {type:"slider", min:1, max:100}
RATE = 0.003  # @param {type:"number"}
accuracy = trained_recall(SCALE, DELAY, keras.optimizers.Adam(RATE))
print(f"s = {SCALE}, delay {DELAY}: test accuracy {accuracy:.3f}")


# %% [markdown] lang="ko"
# ## 6. 폭발하는 기울기는 자른다
#
# 기울기가 커지면 무슨 일이 생길까? 다시 수 하나짜리 신경망으로 보자. $W = 1$, $U = 1.5$이고, 첫 입력은 −0.3, 그 뒤의 열아홉은 0이다. 편향 $b$만 바꾸어 $h_{20}$이 0.9가 되게 하고 싶다. $b$가 작으면 기억이 음수 쪽에 머물고, 0.0973에서 양수 쪽으로 넘어간다. 그 경계에서 손실은 절벽처럼 떨어진다. 절벽 한가운데인 $b = 0.0972$에서 기울기는 약 −2,900이다. 학습률이 0.02이면 한 걸음에 $b$가 58만큼 움직인다. 거기에서는 $h_{20} = 1$이어서 손실은 0.005로 줄지만, tanh가 포화되어 기울기가 0이므로 더는 움직이지 못한다.
#
# 방향은 맞는데 걸음이 너무 길 뿐이다. 그래서 기울기가 정해 둔 길이보다 길면 방향은 그대로 두고 그 길이로 줄인다. **기울기 클리핑**(gradient clipping)이다. 길이는 모든 가중치의 기울기를 한 벡터로 이어 붙여 잰다.
# %% [markdown] lang="en"
# ## 6. Exploding gradients are clipped
#
# What happens when gradients grow? Look again at a network with one number, with $W = 1$ and $U = 1.5$. The first input is −0.3, and the nineteen that follow are 0. Only the bias $b$ may change, and $h_{20}$ is to become 0.9. With a small $b$ the memory stays on the negative side; at 0.0973 it crosses to the positive side, and there the loss falls like a cliff. In the middle of the cliff, at $b = 0.0972$, the gradient is about −2,900. At a learning rate of 0.02 a single step moves $b$ by 58. There $h_{20} = 1$, and the loss is down to 0.005; but tanh is saturated and the gradient is 0, so that it is stuck.
#
# The direction is right; only the step is too long. So if a gradient is longer than some limit, it is shortened to that length, and keeps its direction. This is **gradient clipping**. The length is that of all weights' gradients put together as one vector.


# %%
def clipped(gradients, limit):
    """Gradients made shorter, where they are together longer than the limit."""
    length = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients))
    factor = limit / length if length > limit else 1
    return [factor * gradient for gradient in gradients]


gradients = [np.array([3.0, 0.0], "float32"), np.array([[4.0]], "float32")]  # length 5
variables = [keras.Variable(np.zeros_like(gradient)) for gradient in gradients]
keras.optimizers.SGD(1.0, global_clipnorm=1.0).apply(gradients, variables)  # 0 - 1.0 * gradient
by_keras = np.concatenate([-np.ravel(variable) for variable in variables])
ours = np.concatenate([np.ravel(gradient) for gradient in clipped(gradients, 1.0)])
same(ours, by_keras, "clipping by hand and by Keras")
same(ours, [0.6, 0.0, 0.8], "and (3, 0, 4) made one fifth as long")


# %%
def cliff(b):
    """Loss at a bias b, and its gradient."""
    words = np.array([[-0.3], *[[0.0]] * 19])
    weights = np.array([[1.0]]), np.array([[1.5]]), np.array([b])
    loss = (read(words, *weights)[-1, 0] - 0.9) ** 2 / 2
    return loss, through_time(words, 0.9, *weights)[2][0]


def descent(b, limit):
    """The biases of ten steps of gradient descent at a learning rate of 0.02."""
    biases = [b]
    for _ in range(10):
        (gradient,) = clipped([cliff(biases[-1])[1]], limit)
        biases.append(biases[-1] - 0.02 * gradient)
    return np.array(biases)


thrown, kept = descent(0.0972, limit=np.inf), descent(0.0972, limit=1.0)
check("gradient on the cliff", round(cliff(0.0972)[1], -2), equals=-2900)
check("not clipped: bias after one step", round(thrown[1]), equals=58)
check("not clipped: loss after ten steps", round(cliff(thrown[-1])[0], 6), equals=0.005)
check("clipped: loss after ten steps", cliff(kept[-1])[0], at_most=1e-6)
# %% tags=["figure"] title="a cliff"
biases = np.union1d(np.linspace(0, 0.25, 501), np.linspace(0.096, 0.099, 301))
losses, slopes = np.array([cliff(bias) for bias in biases]).T
_, (left_axis, right_axis) = plt.subplots(1, 2, figsize=(12, 3.6))
left_axis.plot(biases, losses, color=GREY)
left_axis.plot(kept, [cliff(bias)[0] for bias in kept], "o-", color=BLUE, label="clipped")
start_loss = cliff(0.0972)[0]
throw = {"arrowstyle": "-|>", "color": VERMILION, "lw": 2}
left_axis.annotate("", (0.25, 0.005), (0.0972, start_loss), arrowprops=throw)
landing = f"not clipped: to b = {thrown[1]:.0f},\nloss {cliff(thrown[-1])[0]:.3f}"
left_axis.text(0.15, start_loss - 0.2, landing, color=VERMILION)
left_axis.set(xlabel="bias b", ylabel="loss")
left_axis.legend(frameon=False, loc="lower left")
right_axis.semilogy(biases, np.abs(slopes), color=GREY)
right_axis.axhline(1, color=BLUE, ls=":", label="limit of 1")
right_axis.set(xlabel="bias b", ylabel="size of the gradient")
right_axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 편향 $b$(bias b)에 따른 손실(loss)이다. 절벽에서 시작해, 클리핑을 하면(clipped, 파란 점) 첫걸음에 골짜기로 내려가고(그 뒤의 점들은 거의 겹친다), 하지 않으면(not clipped) 한 걸음에 그림 밖($b = 58$)으로 날아가 손실 0.005에서 멈춘다(화살표는 그림의 끝에서 잘렸다). 오른쪽은 기울기의 크기(size of the gradient, 로그 눈금)로, 점선이 클리핑하는 길이 1(limit of 1)이다. 0.122 근처의 파인 곳에서 손실이 가장 작고 기울기의 부호가 바뀐다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, the loss by the bias $b$. Starting on the cliff, gradient descent goes down into the valley if it is clipped (blue), and is thrown out of the picture by its first step if it is not, to $b = 58$ and a loss of 0.005, where it stays (the arrow is cut off at the edge). The blue points after the first step nearly coincide. Right, the size of the gradient on a logarithmic scale; the dotted line is the limit. At the notch near 0.122 the loss is smallest and the gradient changes its sign.*
# %% [markdown] lang="ko"
# 진짜 훈련에서도 그럴까? 5절의 문제를 지연 20, $s = 1$에서, 이번에는 모멘텀이 있는 SGD로 훈련한다. (Adam은 기울기를 그 크기로 나누므로([[losses_and_optimizers]]) 클리핑이 하는 일을 이미 어느 정도 한다.) 두 학습률에서 클리핑을 할 때와 하지 않을 때, 모두 네 번 훈련하면서 열 걸음마다 훈련 시퀀스 앞의 64개에서 기울기의 길이를 잰다(자르기 전의 길이다).
# %% [markdown] lang="en"
# Does it happen in real training? Train on the task of section 5 at a delay of 20 with $s = 1$, this time with SGD and momentum. (Adam divides gradients by their size ([[losses_and_optimizers]]), and so does some of the work of clipping already.) There are four trainings, two learning rates with clipping and without. Every ten steps the length of the gradient is measured on the first 64 training sequences, before clipping.
# %%
class GradientLength(keras.callbacks.Callback):
    """Length of the gradient on 64 sequences of a delay of 20, every ten steps of training."""

    def on_train_begin(self, logs=None):
        self.lengths = []

    def on_train_batch_end(self, batch, logs=None):
        sequences, first = letters(64, 20, seed=lesson.seed)
        with tf.GradientTape() as tape:
            probabilities = self.model(sequences)
            losses = keras.losses.sparse_categorical_crossentropy(first, probabilities)
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.model.trainable_variables)
        self.lengths.append(float(tf.linalg.global_norm(gradients)))


with_sgd, lengths = {}, {}
for rate in (0.01, 0.1):
    for limit in (None, 1.0):
        sgd, watch = keras.optimizers.SGD(rate, 0.9, global_clipnorm=limit), GradientLength()
        with_sgd[rate, limit] = trained_recall(1.0, 20, sgd, [watch])
        lengths[rate, limit] = watch.lengths
# %% tags=["nbval-ignore-output"]
report("rate 0.1, not clipped: test accuracy", with_sgd[0.1, None])
report("rate 0.1, clipped: test accuracy", with_sgd[0.1, 1.0])
report("rate 0.01, not clipped: test accuracy", with_sgd[0.01, None])
report("rate 0.01, clipped: test accuracy", with_sgd[0.01, 1.0])
report("clipping, at a rate of 0.1", with_sgd[0.1, 1.0] - with_sgd[0.1, None])
report("clipping, at a rate of 0.01", with_sgd[0.01, 1.0] - with_sgd[0.01, None])
report("longest gradient, rate 0.1, clipped", max(lengths[0.1, 1.0]))
report("longest gradient, rate 0.1, not clipped", max(lengths[0.1, None]))
# %% tags=["figure"] title="the length of the gradient during training"
_, axes = plt.subplots(1, 2, figsize=(12, 3.6), sharey=True)
for axis, rate in zip(axes, (0.01, 0.1)):
    for limit, name, color in ((None, "not clipped", VERMILION), (1.0, "clipped", BLUE)):
        steps = 10 * np.arange(1, len(lengths[rate, limit]) + 1)
        named = f"{name}: accuracy {with_sgd[rate, limit]:.2f}"
        axis.semilogy(steps, lengths[rate, limit], color=color, label=named)
    axis.axhline(1, color=GREY, ls=":")
    axis.set(title=f"learning rate {rate}", xlabel="step")
    axis.legend(frameon=False, fontsize=10, loc="lower left")
axes[0].set_ylabel("length of the gradient")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련하는 동안 기울기의 길이(length of the gradient, 로그 눈금)와 걸음(step). 왼쪽은 학습률(learning rate) 0.01, 오른쪽은 0.1이고, 클리핑한 것(clipped)과 하지 않은 것(not clipped), 그 테스트 정확도(accuracy)다. 점선이 클리핑하는 길이 1이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The length of the gradient during training, on a logarithmic scale, at learning rates of 0.01 and 0.1, with clipping and without, and the test accuracy that each reached. The dotted line is at 1, the limit of clipping.*
# %% [markdown] lang="ko"
# 처음에는 기울기의 길이가 1 안팎이고, 가중치가 바뀌면서 길어지는 때가 있다. 학습률 0.1에서 잰 가장 긴 것은 클리핑을 했을 때 [[range: longest gradient, rate 0.1, clipped]], 하지 않았을 때 [[range: longest gradient, rate 0.1, not clipped]]이다(다섯 시드. 열 걸음마다 쟀으므로 더 긴 것이 있었을 수 있다). 끝내 배우지 못한 신경망에서도 길어지므로, 길다고 해서 배우고 있다는 뜻은 아니다. 다 배우면 손실과 함께 짧아진다(그림 6의 파란 선).
#
# 학습률 0.1에서 클리핑은 [[verdict: clipping, at a rate of 0.1]]([[range: clipping, at a rate of 0.1]]). 하지 않은 것의 정확도는 [[range: rate 0.1, not clipped: test accuracy]]이고 0.9 넘게 배운 시드가 없다. 한 것은 [[range: rate 0.1, clipped: test accuracy]]이고 다섯 가운데 넷이 배웠다. 학습률 0.01에서 클리핑은 [[verdict: clipping, at a rate of 0.01]]([[range: clipping, at a rate of 0.01]]). 하지 않은 것은 [[range: rate 0.01, not clipped: test accuracy]]이고 넷이 배웠으며, 한 것은 [[range: rate 0.01, clipped: test accuracy]]이고 다섯 모두 배웠다. 그림 6의 왼쪽은 하지 않으면 배우지 못한 바로 그 한 시드다. 이 문제에서는 클리핑을 하면 열 배 큰 학습률로도 대개 배운 셈이다. 사라지는 기울기는 클리핑으로 고칠 수 없다.
# %% [markdown] lang="en"
# At first the length of the gradient is about 1, and as the weights change there are times when it grows. The longest one measured at a rate of 0.1 is [[range: longest gradient, rate 0.1, clipped]] with clipping, and [[range: longest gradient, rate 0.1, not clipped]] without (five seeds; it was measured every ten steps, so there may have been longer ones). They grow even where nothing is learned in the end, so long gradients are no sign of learning. Where the task is learned, loss and gradients fall together (the blue lines of figure 6).
#
# At a rate of 0.1 clipping [[verdict: clipping, at a rate of 0.1]] ([[range: clipping, at a rate of 0.1]]): without it the accuracies are [[range: rate 0.1, not clipped: test accuracy]], and no seed reached 0.9; with it they are [[range: rate 0.1, clipped: test accuracy]], and four of five did. At a rate of 0.01 clipping [[verdict: clipping, at a rate of 0.01]] ([[range: clipping, at a rate of 0.01]]): without it the accuracies are [[range: rate 0.01, not clipped: test accuracy]], and four learned; with it they are [[range: rate 0.01, clipped: test accuracy]], and all five did. On the left of figure 6 is the one seed that did not. So on this task training with clipping mostly survived a rate ten times as large. It is no cure for gradients that vanish.
# %% [markdown] lang="ko"
# ## 7. 숫자를 한 줄씩 읽는다
#
# 이미지도 시퀀스로 볼 수 있다. 28×28 숫자를 위에서 아래로 한 줄씩, 28시점에 걸쳐 읽히자. 한 시점의 입력은 픽셀 28개다. 마지막 줄을 읽은 뒤의 은닉 상태에서 어느 숫자인지 답한다. 파라미터 수가 비슷하고 784픽셀을 한꺼번에 보는 MLP와 견준다. 파라미터는 비슷해도 RNN은 그것을 28번 쓰므로 곱셈은 약 56만 번으로, MLP의 2만 번보다 훨씬 많다. `small`에서 훈련 데이터는 7,000장, 테스트 데이터는 2,000장이다. 학습률은 다섯 시드의 검증 정확도로 골랐다(RNN은 0.001–0.008 가운데 0.004, MLP는 0.002–0.04 가운데 0.01).
#
# 2절처럼 같은 `Dense` 층을 시점마다의 은닉 상태에 쓰면 ‘여기까지만 보고’ 낸 답을 얻는다. 훈련은 두 가지로 한다. 하나는 마지막 줄 뒤에서만 답을 묻고, 하나는 줄마다 묻는다(학습률은 앞의 것에서 고른 그대로다).
# %% [markdown] lang="en"
# ## 7. Reading digits row by row
#
# An image can be seen as a sequence as well. Let the network read a 28×28 digit from top to bottom, one row at each of 28 time steps; each input is 28 pixels. From the hidden state after the last row it says which digit it is. It is compared with an MLP with about as many parameters, which sees all 784 pixels at once. The RNN uses its parameters 28 times, and multiplies some 560,000 times where the MLP does 20,000 times. At `small` there are 7,000 training digits and 2,000 test digits. The learning rates were chosen by validation accuracy over five seeds (0.004 among 0.001–0.008 for the RNN, 0.01 among 0.002–0.04 for the MLP).
#
# As in section 2 the same `Dense` layer can be applied to the hidden state of every time step, which gives an answer from what has been read that far. There are two trainings: one network is asked only after the last row, the other after every row (at the learning rate that was chosen for the first).
# %%
(x_all, y_all), (x_test, y_test) = lesson.load(load_mnist)
x_all, x_test = ((x / 255).astype("float32") for x in (x_all, x_test))
held_out = len(x_all) // 8  # for validation, by which the rates were chosen
x_train, y_train = x_all[:-held_out], y_all[:-held_out]


def digit_reader():
    """Two models with the same weights: answers after every row (28, 10), and after the last (10)."""
    inputs = keras.Input((28, 28))  # 28 rows of 28 pixels
    states = layers.SimpleRNN(128, return_sequences=True, name="memory")(inputs)  # 28x128
    answer = layers.Dense(10, activation="softmax")
    return keras.Model(inputs, answer(states)), keras.Model(inputs, answer(states[:, -1]))


def mlp():
    x = inputs = keras.Input((28, 28))
    x = layers.Dense(26, activation="relu")(layers.Flatten()(x))  # all 784 pixels at once
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


counts = [digit_reader()[1].count_params(), mlp().count_params()]
check("parameters of the RNN and of the MLP", counts, equals=[21_386, 20_680])
# %%
EPOCHS, BATCH = lesson.epochs(small=8, full=10), 64


def train(model, rate, targets):
    """Adam with a learning rate that falls to 0 along a cosine."""
    optimizer = keras.optimizers.Adam(CosineDecay(rate, EPOCHS * math.ceil(len(x_train) / BATCH)))
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=25)
    model.fit(x_train, targets, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return model


keras.utils.set_random_seed(lesson.seed)
rows_end, at_the_end = digit_reader()
at_start = at_the_end.get_layer("memory").get_weights()
train(at_the_end, 0.004, y_train)  # asked after the last row only
keras.utils.set_random_seed(lesson.seed)
rows_every, _ = digit_reader()
train(rows_every, 0.004, np.repeat(y_train[:, None], 28, axis=1))  # asked after every row
keras.utils.set_random_seed(lesson.seed)
by_mlp = np.mean(np.argmax(train(mlp(), 0.01, y_train)(x_test), axis=-1) == y_test)
# %%
answers, accuracy_by_row = {}, {}
for name, model in {"asked at the end": rows_end, "asked after every row": rows_every}.items():
    answers[name] = np.concatenate([model(part) for part in np.array_split(x_test, 4)])
    accuracy_by_row[name] = (answers[name].argmax(axis=-1) == y_test[:, None]).mean(axis=0)  # 28
end, every = accuracy_by_row.values()
check("test accuracy of the RNN, row by row", end[-1], at_least=0.91)
check("test accuracy of the MLP", by_mlp, at_least=0.91)
report("RNN minus MLP", end[-1] - by_mlp)
check("asked at the end: accuracy after 14 of 28 rows", end[13], at_most=0.3)
check("asked after every row: accuracy after 14 of 28 rows", every[13], at_least=0.78)
check("asked after every row: accuracy after all rows", every[-1], at_least=0.87)
report("asking after every row, accuracy at the end", every[-1] - end[-1])
# %% tags=["figure"] title="a digit, read row by row"
so_far = answers["asked after every row"]
index = np.flatnonzero(y_test == 4)[0]
memory = read(x_test[index], *rows_every.get_layer("memory").get_weights())
_, axes = plt.subplots(1, 4, figsize=(14, 4), width_ratios=(1, 1.2, 0.9, 1.3))
axes[0].imshow(x_test[index], cmap="binary", aspect="auto")
axes[1].imshow(memory[:, :40], cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
axes[2].imshow(so_far[index], cmap="Blues", vmin=0, vmax=1, aspect="auto")
for (name, accuracies), color in zip(accuracy_by_row.items(), (GREY, BLUE)):
    axes[3].plot(accuracies, range(28), color=color, label=name)
axes[3].set(ylim=(27.5, -0.5), xlim=(0, 1), title="test accuracy so far")
axes[3].legend(frameon=False, fontsize=10, loc="upper right")
axes[0].set(xticks=[], ylabel="row", title="digit")
axes[1].set(xticks=[], title="hidden state (40 of 128)")
axes[2].set(xticks=range(10), title="answer so far")
for axis in axes:
    axis.set_yticks(range(0, 28, 9), range(1, 29, 9))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 줄마다 답하도록 훈련한 신경망이 테스트 데이터에서 처음 나오는 숫자 4를 읽는다. 왼쪽부터 숫자(digit), 줄(row)마다 읽은 뒤의 은닉 상태(hidden state, 128개 가운데 40개. 색은 그림 2와 같다), 거기까지 보고 낸 답(answer so far, 가로축은 숫자이고 짙을수록 확률이 높다)이다. 오른쪽은 테스트 데이터 전체에서 그 줄까지만 보았을 때의 정확도(test accuracy so far)로, 줄마다 물은 것(asked after every row, 파란색)과 끝에서만 물은 것(asked at the end, 회색)이다. 모두 위에서 아래로 읽는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first 4 of the test data, read by the network that was asked after every row. From the left: the digit, the hidden state after each row, the answer from what was read so far (digits along the horizontal axis, darker is likelier). Right, the accuracy on all test data if only the rows down to this one are read, for the network that was asked after every row (blue) and for the one asked only at the end (grey). All go from top to bottom.*
# %% [markdown] lang="ko"
# 끝에서만 답을 물은 RNN의 테스트 정확도는 [[range: test accuracy of the RNN, row by row]], MLP는 [[range: test accuracy of the MLP]]이다(다섯 시드). MLP 대신 RNN을 쓰는 것은 [[verdict: RNN minus MLP]]([[range: RNN minus MLP]]). 비슷한 수의 파라미터로 한 번에 한 줄만 본다고 해서 정확도에 뚜렷한 득도 실도 없었다.
#
# 줄마다 물은 신경망이 절반만 읽고 낸 답의 정확도는 [[range: asked after every row: accuracy after 14 of 28 rows]]이다. 끝에서만 물은 신경망의 것은 [[range: asked at the end: accuracy after 14 of 28 rows]]이다. 찍을 때의 0.1보다 조금 나은 시드가 둘, 못한 시드가 셋이다. 도중의 기억을 답으로 바꾸는 법은 배운 적이 없기 때문이다. 줄마다 묻는 것은 끝에서의 정확도에는 [[verdict: asking after every row, accuracy at the end]]([[range: asking after every row, accuracy at the end]]). 다만 다섯 시드 가운데 넷에서 조금 낮아졌고, 학습률은 끝에서만 묻는 쪽에 맞춘 것이다.
#
# 마지막으로, 끝에서만 물은 신경망에서 훈련이 기억을 어떻게 바꾸었는지 보자. 이번에는 끝에서 거슬러 올라가, $t$째 줄의 은닉 상태를 조금 바꿀 때 마지막 은닉 상태가 얼마나 바뀌는지 $\partial h_{28} / \partial h_t$의 크기로 잰다.
# %% [markdown] lang="en"
# The test accuracy of the RNN that was asked only at the end is [[range: test accuracy of the RNN, row by row]], that of the MLP [[range: test accuracy of the MLP]] (five seeds). Using the RNN instead of the MLP [[verdict: RNN minus MLP]] ([[range: RNN minus MLP]]). With about as many parameters, reading one row at a time did not clearly gain or cost accuracy.
#
# With half of the rows read, the answers of the network that was asked after every row have an accuracy of [[range: asked after every row: accuracy after 14 of 28 rows]]. For the one asked only at the end it is [[range: asked at the end: accuracy after 14 of 28 rows]], a little above the 0.1 of guessing with two seeds and below it with three: it has never learned to turn the memory half-way into an answer. For the accuracy at the end, asking after every row [[verdict: asking after every row, accuracy at the end]] ([[range: asking after every row, accuracy at the end]]). But it was a little lower with four of the five seeds, and the rate was chosen for the network that was asked at the end.
#
# Finally, see what training did to the memory of the network that was asked at the end. This time go back from the end: when the hidden state of row $t$ changes a little, how much does the last one change? Measure the size of $\partial h_{28} / \partial h_t$.


# %%
def reach(states, U):
    """Size of ∂h_T/∂h_t, T the last time step, for each time step t (steps,)."""
    J, sizes = np.eye(len(U)), [1.0]
    for h in reversed(states[1:]):  # from the last back to the second
        J = (U * (1 - h**2)) @ J
        sizes.append(np.linalg.norm(J, 2))
    return np.array(sizes[::-1])


reaches = {}
learned = at_the_end.get_layer("memory").get_weights()
for name, weights in {"at the start": at_start, "trained": learned}.items():
    sizes = [reach(read(digit, *weights), weights[1]) for digit in x_test[:20]]
    reaches[name] = np.exp(np.log(sizes).mean(axis=0))  # geometric mean over 20 digits
check("from row 6 to the last, at the start", reaches["at the start"][5], at_most=0.25)
check("from row 6 to the last, trained", reaches["trained"][5], at_least=0.5)
# %% tags=["figure"] title="how far the last state reaches back"
_, axis = plt.subplots(figsize=(7.5, 3.6))
for (name, sizes), color in zip(reaches.items(), (GREY, BLUE)):
    axis.semilogy(range(1, 29), sizes, color=color, label=name)
axis.set(xlabel="row t", ylabel=r"size of $\partial h_{28} / \partial h_t$")
axis.legend(frameon=False)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 마지막 은닉 상태가 $t$째 줄(row t)의 은닉 상태를 조금 바꿀 때 바뀌는 비율($\partial h_{28} / \partial h_t$의 크기, 로그 눈금). 끝에서만 물은 신경망이고, 테스트 숫자 스무 개의 기하 평균이다. 이미지의 첫 몇 줄에는 글씨가 없으므로 그곳의 값은 숫자를 기억하는 것과 상관없다. 회색은 훈련하기 전(at the start), 파란색은 훈련한 뒤(trained)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The rate at which the last hidden state changes with that of row $t$, the size of $\partial h_{28} / \partial h_t$ on a logarithmic scale, before training (grey) and after it (blue). The network is the one asked at the end; geometric means over twenty test digits. There is no ink in the first rows of the images, so the values there have nothing to do with remembering the digit.*
# %% [markdown] lang="ko"
# 글씨가 시작되는 여섯째 줄쯤(그 위는 거의 빈 줄이다)에서 마지막 줄까지의 크기는 훈련하기 전에 [[range: from row 6 to the last, at the start]], 훈련한 뒤에 [[range: from row 6 to the last, trained]]이다. 4절의 곡선은 시작일 뿐이고, 마지막 기억이 앞의 줄에 얼마나 민감한지는 훈련이 바꾼다. 다만 민감하다고 해서 그것을 잘 쓴다는 뜻은 아니다. 훈련이 늘 그렇게 해 주는 것도 아니다. 첫 입력이 빨리 사라지는 $s = 0.5$로 시작했을 때에는 300걸음으로 지연 10도 배우지 못했다(5절).
# %% [markdown] lang="en"
# From about row 6, where the ink begins (the rows above are mostly blank), to the last row the size is [[range: from row 6 to the last, at the start]] before training and [[range: from row 6 to the last, trained]] after it. The curves of section 4 are only where a network starts: training changes how sensitive the last memory is to early rows. Being sensitive need not mean that it makes good use of them. Nor does training always bring this about: from $s = 0.5$, where the first input vanishes quickly, 300 steps did not teach even a delay of 10 (section 5).
# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 순서가 있고 길이가 저마다 다르면 순환 신경망을 쓴다. 크기가 정해진 이미지는 CNN부터 쓴다([[cnn]]).
# - 답이 하나면 마지막 은닉 상태에서 내고, 도중에도 답이 필요하면 그곳에서도 묻고 훈련한다(`return_sequences=True`).
# - `SimpleRNN`은 짧은 기억에 쓴다. $U$의 시작은 Keras의 직교 행렬 그대로 둔다. 절반으로 줄이는 것은 해가 되었고, 4분의 1만큼 늘리는 것은 뚜렷한 차이를 내지 않았다(5절). 오래 기억해야 할수록 설정과 운에 달린 것이 많아진다. LSTM과 GRU는 그래서 만들어졌지만, 여기에서는 견주지 않았다.
# - 한 배치 안의 시퀀스는 길이가 같아야 한다. 짧은 것은 0으로 채우고 `layers.Masking()`으로 그 시점을 건너뛰게 한다.
# - 손실이 갑자기 튀면 클리핑을 한다. Keras에서는 옵티마이저에 `global_clipnorm=1.0`을 준다.
# - 시점은 차례로 계산해야 하므로 GPU에서도 나란히 계산하지 못한다. 길이가 정해진 짧은 시퀀스라면 `unroll=True`로 반복문을 펼칠 수 있다. Keras 문서에 따르면 더 빨라질 수 있지만 메모리를 더 쓴다.
# %% [markdown] lang="en"
# ### What to use when
#
# - Use a recurrent network for data in an order and of varying length. For images of a fixed size begin with a CNN ([[cnn]]).
# - If there is one answer, take it from the last hidden state; if answers are needed on the way, ask and train for them there (`return_sequences=True`).
# - `SimpleRNN` is for short memories. Leave the start of $U$ as Keras has it, an orthogonal matrix: half of it hurt, and a quarter more made no clear difference (section 5). The longer it has to remember, the more depends on settings and luck. LSTM and GRU were made for that, but are not compared here.
# - In a batch all sequences have to be equally long. Pad the short ones with 0, and let `layers.Masking()` skip those time steps.
# - Where the loss jumps all of a sudden, clip gradients. In Keras, give the optimizer `global_clipnorm=1.0`.
# - Time steps have to be computed one after another, and cannot run side by side even on a GPU. For short sequences of a fixed length `unroll=True` lays out the loop, which according to Keras's documentation may be faster and takes more memory.
# %% [markdown] lang="ko" slides="000 RNN이란?; 002 RNN; 002 RNN의 장기의존성 문제"
# ## 8. 강의 자료와 다른 점
#
# - 002 ‘X1의 정보량을 짙은 남색으로 표현하였을 때 뒤로 갈 수록 색이 얕아지는 것처럼’: 늘 그런 것은 아니다. $x_1$을 조금 바꿀 때 $h_t$가 바뀌는 비율로 재면, $U$의 크기에 따라 줄기도 하고 오래 남기도 하고 늘기도 한다(4절). 훈련도 그런 비율을 바꾼다(7절). 비율이 0에 가깝다고 해서 잊은 것도 아니다. 문제는 RNN이 반드시 잊는다는 것이 아니라, 오래 기억하도록 배우기가 어렵다는 것이다(5절).
# - 000 ‘앞서 해석해 만들어낸 정보 덩어리에 추출한 정보를 추가하여 정보를 업데이트’: 차곡차곡 쌓이는 것이 아니다. 더한 것을 tanh에 넣어 수의 개수가 같은 벡터로 다시 쓴다. 80시점을 읽어도 은닉 상태는 여전히 수 32개이고, 옛것과 새것이 그 수들을 나누어 써야 한다.
# - 002 ‘입력과 출력을 시퀀스 단위로 처리하는’: 출력은 시퀀스일 수도 있고(2절) 하나일 수도 있다(5절과 7절).
# %% [markdown] lang="en"
# ## 8. Where the slides differ
#
# - Deck 002 has the information of the first input in dark navy, with a colour that grows paler from step to step. That is not always so. Measured as the rate at which $h_t$ changes with $x_1$, it shrinks, stays for long, or grows, depending on the size of $U$ (section 4), and training changes such rates (section 7). Nor is a rate near 0 the same as forgetting. The problem is not that RNNs must forget, but that it is hard for them to learn to remember for long (section 5).
# - Deck 000 says that extracted information is added to the information made so far. It does not pile up. The sum goes through a tanh and becomes a vector of the same size: after 80 time steps the hidden state still has 32 numbers, which old and new have to share.
# - Deck 002 calls RNNs models that process inputs and outputs as sequences. The output may be a sequence (section 2), or a single one (sections 5 and 7).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 순환층은 쌓을 수 있다. 둘째 층은 첫째 층의 은닉 상태를 단어처럼 한 시점씩 읽는다. `read`를 써서, 두 층을 쌓았을 때 둘째 층의 은닉 상태를 모두 구하라. `first`와 `second`는 각각 ($W$, $U$, $b$)다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Recurrent layers can be stacked. The second reads the hidden states of the first one by one, as if they were words. Use `read` to compute all hidden states of the second of two layers. `first` and `second` are each ($W$, $U$, $b$).
# %% tags=["exercise"]
def read_two(words, first, second):
    """Words (steps, inputs) -> the hidden states of the second layer (steps, units)."""
    ...


# %% tags=["solution"]
def read_two(words, first, second):
    """Words (steps, inputs) -> the hidden states of the second layer (steps, units)."""
    return read(read(words, *first), *second)


# %% tags=["wrong"]
def read_two(words, first, second):
    """Words (steps, inputs) -> the hidden states of the second layer (steps, units)."""
    last = read(words, *first)[-1]
    return read(np.tile(last, (len(words), 1)), *second)


# %%
two_layers = [layers.SimpleRNN(units, return_sequences=True) for units in (4, 3)]
four_words = np.random.RandomState(1).normal(size=(4, 2)).astype("float32")
by_keras = two_layers[1](two_layers[0](four_words[None]))[0]
both = tuple(tuple(layer.get_weights()) for layer in two_layers)
exercise(read_two, [((four_words, *both), by_keras)])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 수 하나짜리 신경망($W = 1$, $b = 0$)에 입력 1을 끝없이 넣는다. $U$가 0.5, 2, −2일 때 $h$는 어떻게 될까? 한 수로 다가가면 1, 두 수 사이를 오가면 2, 끝없이 커지면 3이다. $U$가 0.5, 2, −2일 때의 답을 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* A network with one number ($W = 1$, $b = 0$) is given the input 1 for ever. What becomes of $h$ if $U$ is 0.5, 2, −2? Answer 1 if it settles at a number, 2 if it swings between two numbers, 3 if it grows without limit. Return the three answers for $U$ of 0.5, 2 and −2, in this order.
# %% tags=["exercise"]
def what_becomes_of_h():
    """Three answers, each 1 (settles), 2 (swings) or 3 (grows without limit)."""
    ...


# %% tags=["solution"]
def what_becomes_of_h():
    """Three answers, each 1 (settles), 2 (swings) or 3 (grows without limit)."""
    return 1, 1, 2  # tanh never exceeds 1: gradients may explode, the memory cannot


# %% tags=["wrong"]
def what_becomes_of_h():
    """Three answers, each 1 (settles), 2 (swings) or 3 (grows without limit)."""
    return 1, 3, 2


# %%
def measured_fate(u):
    """1 where the last two numbers agree, 2 where the last and the last but two do, else 3."""
    h = read(np.ones((300, 1)), np.ones((1, 1)), u * np.ones((1, 1)), np.zeros(1))[:, 0]
    return 1 if abs(h[-1] - h[-2]) < 1e-6 else 2 if abs(h[-1] - h[-3]) < 1e-6 else 3


exercise(what_becomes_of_h, [((), tuple(measured_fate(u) for u in (0.5, 2.0, -2.0)))])


# %% [markdown] lang="ko"
# **3.** 시퀀스가 아주 길면 시점을 끝까지 거슬러 갈 수 없어, 마지막 몇 시점만 거슬러 간다(truncated backpropagation through time). `through_time`을 고쳐, 마지막 `steps`시점만 거슬러 간 $U$의 기울기를 구하라. 은닉 상태는 처음부터 모두 계산한다.
# %% [markdown] lang="en"
# **3.** Where a sequence is very long, one cannot go back all the way, and goes back through the last few time steps only (truncated backpropagation through time). Change `through_time` so that it gives the gradient of $U$ from the last `steps` time steps. The hidden states are still computed from the beginning.
# %% tags=["exercise"]
def truncated(words, target, W, U, b, steps):
    """Gradient of U, going back through the last `steps` time steps."""
    ...


# %% tags=["solution"]
def truncated(words, target, W, U, b, steps):
    """Gradient of U, going back through the last `steps` time steps."""
    states = read(words, W, U, b)
    before = np.vstack([np.zeros_like(b), states[:-1]])
    dU, dh = np.zeros_like(U), states[-1] - target
    for t in reversed(range(len(words) - steps, len(words))):
        delta = dh * (1 - states[t] ** 2)
        dU = dU + np.outer(before[t], delta)
        dh = delta @ U.T
    return dU


# %% tags=["wrong"]
def truncated(words, target, W, U, b, steps):
    """Gradient of U, going back through the last `steps` time steps."""
    return through_time(words[-steps:], target, W, U, b)[1]


# %%
def tape_through(words, target, layer, steps):
    """The same by GradientTape, which starts to record `steps` time steps before the end."""
    split = len(words) - steps
    h = layer(words[None, :split]) if split else tf.zeros((1, layer.units))
    with tf.GradientTape() as tape:
        last = layer(words[None, split:], initial_state=h)[0]
        E = tf.reduce_sum((last - target) ** 2) / 2
    return tape.gradient(E, layer.trainable_variables[1])


layer, rng = layers.SimpleRNN(3), np.random.RandomState(2)
words, target = rng.normal(size=(6, 2)).astype("float32"), rng.normal(size=3).astype("float32")
layer.build((None, None, 2))
given = (words, target, *layer.get_weights())
cases = [((*given, steps), tape_through(words, target, layer, steps)) for steps in (1, 2, 6)]
exercise(truncated, cases)


# %% [markdown] lang="ko"
# **4.** 지연 80을 배우는 신경망을 만들고 컴파일해 돌려주라. 글자는 5절의 것이고, 아래 셀이 300걸음 훈련한 다음, 그 가중치로 우리의 반복문 `read`가 앞에서부터 끝까지 읽게 하여 테스트 정확도를 잰다. 0.9 이상이어야 한다. 층은 편향이 있는 `SimpleRNN` 하나와 `Dense` 하나이고, 활성화 함수는 tanh다. 은닉 상태의 수, $U$의 시작, 옵티마이저, 학습률, 클리핑을 바꿀 수 있다. 손실은 5절과 같다.
# %% [markdown] lang="en"
# **4.** Make a network that learns a delay of 80, and return it compiled. The letters are those of section 5; the cell below trains it for 300 steps, then has our loop `read` go through the letters from front to end with its weights, and measures the test accuracy, which has to reach 0.9. It has one `SimpleRNN` and one `Dense`, both with a bias, and the activation is tanh. You may change how many numbers that has, how $U$ starts, the optimizer, its rate and clipping. The loss is that of section 5.
# %% tags=["exercise"]
def long_memory():
    """A compiled network: letters (batch, steps, 4) -> probabilities of the first letter (batch, 4)."""
    ...


# %% tags=["solution"]
def long_memory():
    """A compiled network: letters (batch, steps, 4) -> probabilities of the first letter (batch, 4)."""
    inputs = keras.Input((None, 4))
    start = keras.initializers.Orthogonal(1.25)
    h = layers.SimpleRNN(128, recurrent_initializer=start)(inputs)  # 128 instead of 32
    model = keras.Model(inputs, layers.Dense(4, activation="softmax")(h))
    optimizer = keras.optimizers.Adam(0.0005, global_clipnorm=1.0)  # a lower rate, and clipped
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=10)
    return model


# %% tags=["wrong"]
def long_memory():
    """A compiled network: letters (batch, steps, 4) -> probabilities of the first letter (batch, 4)."""
    model = recall_network(1.25)
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    return model


# %%
def accuracy_at_eighty():
    """Test accuracy after 300 steps, counted up to 0.9; None if there is no network yet."""
    keras.utils.set_random_seed(0)
    model = long_memory()
    if model is None:
        return None
    used = [each for each in model.layers if not isinstance(each, layers.InputLayer)]
    if [type(each) for each in used] != [layers.SimpleRNN, layers.Dense]:
        return "a network of other layers than one SimpleRNN and one Dense"
    if model.optimizer is None or int(model.optimizer.iterations) > 0:
        return "a network that is not compiled, or was trained before"
    sequences, first = letters(300 * 32, 80, seed=0)
    model.fit(sequences, first, batch_size=32, verbose=0)
    W, U, b, v, c = model.get_weights()
    sequences, first = letters(1000, 80, seed=1)
    last = np.array([read(sequence, W, U, b)[-1] for sequence in sequences])
    return min(np.mean(np.argmax(last @ v + c, axis=-1) == first), 0.9)


exercise(accuracy_at_eighty, [((), 0.9)])
# %% [markdown] lang="ko"
# ## 요약
#
# - 순환 신경망은 단어를 하나 읽을 때마다 기억을 고친다. $h_t = \tanh(x_t W + h_{t-1} U + b)$이고, 파라미터 $n(m + n + 1)$개를 시점마다 함께 쓴다.
# - 문장을 읽는 신경망에서 넷째 단어까지의 답은 0.5 근처지만 기억은 이미 다르다. 같은 단어도 다른 기억을 만나면 다른 답이 된다.
# - 시간 역전파는 펼친 신경망의 역전파다. 시점마다 나온 기울기를 더한다. 세 시점에서 손으로 구한 것이 자동 미분과 같다.
# - 훈련하기 전에, 첫 입력에 따라 기억이 바뀌는 비율은 $U$가 작으면 사라지고 크면 늘어난다. 300걸음에 배운 가장 긴 지연은 $s = 0.5$에서 [[range: s = 0.5: longest delay learned]], $s = 1$에서 [[range: s = 1: longest delay learned]], $s = 1.25$에서 [[range: s = 1.25: longest delay learned]]이다(뒤의 둘은 차이가 뚜렷하지 않다). 폭발하는 기울기는 클리핑한다.
# - 숫자를 한 줄씩 읽은 RNN의 테스트 정확도는 [[range: test accuracy of the RNN, row by row]], 한꺼번에 본 MLP는 [[range: test accuracy of the MLP]]이다.
# %% [markdown] lang="en"
# ## Summary
#
# - A recurrent network updates its memory with every word it reads: $h_t = \tanh(x_t W + h_{t-1} U + b)$, with the same $n(m + n + 1)$ parameters at every time step.
# - When a network reads sentences, its answers up to the fourth word are near 0.5, but its memories differ already. The same word leads to another answer when it meets another memory.
# - Backpropagation through time is backpropagation in the unrolled network; the gradients of all time steps are added. By hand, through three steps, it agrees with automatic differentiation.
# - Before training, the rate at which memory changes with the first input vanishes if $U$ is small, and grows if it is large. The longest delay learned in 300 steps is [[range: s = 0.5: longest delay learned]] with $s = 0.5$, [[range: s = 1: longest delay learned]] with $s = 1$ and [[range: s = 1.25: longest delay learned]] with $s = 1.25$ (between the last two the difference is not clear). Exploding gradients are clipped.
# - The test accuracy of the RNN that reads digits row by row is [[range: test accuracy of the RNN, row by row]], that of the MLP that sees them at once [[range: test accuracy of the MLP]].
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 000 ‘RNN의 구조 및 흐름’, 002 4부 ‘RNN 대한 이해’, ‘RNN의 장기의존성 문제’.
# - J. Elman (1990). *Finding structure in time*. Cognitive Science 14. 은닉 상태를 되돌려 넣는 순환 신경망. 단어를 하나씩 읽는다.
# - P. Werbos (1990). *Backpropagation through time: what it does and how to do it*. Proceedings of the IEEE 78. 3절.
# - Y. Bengio, P. Simard, P. Frasconi (1994). *Learning long-term dependencies with gradient descent is difficult*. IEEE Transactions on Neural Networks 5.
# - R. Pascanu, T. Mikolov, Y. Bengio (2013). *On the difficulty of training recurrent neural networks*. ICML. 그림 6(절벽)과 알고리즘 1(클리핑).
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 000 on the structure and flow of an RNN; deck 002, part 4, on RNNs and on the long-term dependency problem.
# - J. Elman (1990). *Finding structure in time*. Cognitive Science 14. The recurrent network with a hidden state that is fed back, reading words one by one.
# - P. Werbos (1990). *Backpropagation through time: what it does and how to do it*. Proceedings of the IEEE 78. Section 3.
# - Y. Bengio, P. Simard, P. Frasconi (1994). *Learning long-term dependencies with gradient descent is difficult*. IEEE Transactions on Neural Networks 5.
# - R. Pascanu, T. Mikolov, Y. Bengio (2013). *On the difficulty of training recurrent neural networks*. ICML. Figure 6 (the cliff) and algorithm 1 (clipping).
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
