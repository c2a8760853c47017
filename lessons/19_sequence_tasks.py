# %% [markdown] lang="ko" headline="reversed: exact match"
# # [[number]] · 시퀀스 과제
#
# [[badge]]
#
# **시퀀스를 읽는 신경망은 무엇을 써낼 수 있을까?**
# %% [markdown] lang="en"
# # [[number]] · Sequence tasks
#
# [[badge]]
#
# **What can a network that reads sequences write?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 길이가 다른 글을 수의 행렬로 바꾸고, 덧댄 자리를 건너뛰게 할 수 있다.
# - 명사 뒤에 오는 조사를 맞히는 신경망을 만들고, 글을 무엇으로 쪼개는지에 따라 무엇을 배우는지 견줄 수 있다.
# - 시점마다 답하는 신경망에서 뒤의 글자가 앞의 답에 영향을 주는지 잴 수 있다.
# - 시계열 예측을 단순한 기준선과 견줄 수 있다.
# - 인코더–디코더를 교사 강요로 훈련하고, 한글로 쓴 수를 숫자로 옮기게 할 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 50분이고, `small`에서는 실행에 1분 남짓 걸린다. [[rnn]]의 은닉 상태와 `return_sequences`, [[lstm_gru]]의 GRU를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Turn texts of different lengths into a matrix of numbers, and make a network skip the padding.
# - Build a network that says which particle follows a noun, and compare what it learns when texts are cut into other symbols.
# - Measure, in a network that answers at every time step, whether later letters change earlier answers.
# - Compare the forecast of a time series with simple baselines.
# - Train an encoder–decoder with teacher forcing, so that it reads a number in Korean words and writes it in digits.
#
# It takes about 50 minutes to read, without the exercises, and at scale `small` a little over a minute to run. You need the hidden state and `return_sequences` from [[rnn]], and the GRU of [[lstm_gru]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 4부 ‘순환신경망(Recurrent Neural Network, RNN)’과 003의 ‘[참고]’에 있는 RNN 설명에 해당한다. 자료와 다른 점은 7절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the page on recurrent networks in part 4 of deck 002, and what deck 003 says about RNNs on its reference page. Section 7 collects the differences from the slides.
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
from collections import Counter
from unicodedata import normalize

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from keras.optimizers.schedules import CosineDecay

from helpers.checks import check, exercise, report, same
from helpers.datasets import load_co2, load_imdb
from helpers.korean import (
    FINALS,
    INITIALS,
    PARTICLES,
    VOWELS,
    letters,
    number_words,
    particle,
    with_particle,
)
from helpers.plots import BLUE, GREEN, GREY, ORANGE, PINK
from helpers.sequences import decode, encode

# %% [markdown] lang="ko" slides="002 순환신경망(Recurrent Neural Network, RNN)"
# ## 1. 글을 읽히려면
#
# 강의 자료 002는 RNN을 ‘입력과 출력을 시퀀스 단위로 처리하는’ 모델이라고 한다. 늘 그런 것은 아니다. [[rnn]]과 [[lstm_gru]]에서는 시퀀스를 다 읽고 답을 하나만 냈다. 이 수업에서는 세 가지 방법으로 답한다.
#
# - 다 읽고 한 번만 답한다(many-to-one): 명사 뒤에 올 조사(2절), 앞으로 열두 달의 값(4절). 열두 값은 벡터 하나로 한꺼번에 낸다.
# - 시점마다 답한다(many-to-many): 글자를 읽을 때마다 조사(3절)
# - 다 읽은 뒤 다른 시퀀스를 쓴다(sequence-to-sequence): 한글로 쓴 수를 읽고 숫자를 쓴다(5절). 읽은 것과 쓰는 것의 길이가 달라도 된다.
# %% [markdown] lang="en"
# ## 1. How a network gets to read text
#
# Deck 002 calls an RNN a model that takes in sequences and puts out sequences. It need not be so: in [[rnn]] and [[lstm_gru]] a whole sequence was read and one answer given. This lesson answers in three ways.
#
# - Read all, and answer once (many-to-one): the particle after a noun (section 2), the values of the next twelve months (section 4), given all at once as one vector.
# - Answer at every time step (many-to-many): the particle, after each letter (section 3).
# - Read all, and then write another sequence (sequence-to-sequence): read a number in Korean words, and write it in digits (section 5). What is written may be longer or shorter than what was read.
# %% tags=["figure"] title="three ways to answer"
BLUE_BOX, ORANGE_BOX = "#dce6f5", "#f7dcc4"
_, axes = plt.subplots(1, 3, figsize=(13, 3), width_ratios=(1, 1, 1.75))
below, answers = ["$x_1$", "$x_2$", "$x_3$"], [r"$\hat y_1$", r"$\hat y_2$", r"$\hat y_3$"]
shapes = {"one answer": (below, ["", "", r"$\hat y$"]), "one answer each": (below, answers)}
shapes["another sequence"] = ([*below, "0", *answers[:2]], ["", "", "", *answers])
for axis, (title, (below, above)) in zip(axes, shapes.items()):
    for place, (read, answer) in enumerate(zip(below, above)):
        color = BLUE_BOX if place < 3 else ORANGE_BOX
        look = {"boxstyle": "round,pad=0.45", "fc": color, "ec": GREY}
        axis.text(place, 0, "h", ha="center", va="center", fontsize=13, bbox=look)
        axis.text(place, -1, read, ha="center", va="center", fontsize=14)
        axis.text(place, 1, answer, ha="center", va="center", fontsize=14)
        arrows = [((place, -0.8), (place, -0.35))]
        arrows += [((place - 0.68, 0), (place - 0.3, 0))] if place else []
        arrows += [((place, 0.35), (place, 0.8))] if answer else []
        for tail, head in arrows:
            axis.annotate("", head, tail, arrowprops={"arrowstyle": "-|>", "color": "black"})
    axis.set(xlim=(-0.6, len(below) - 0.4), ylim=(-1.3, 1.3), title=title)
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 답을 내는 세 방법. 왼쪽은 시퀀스를 다 읽고 하나만 답한다(one answer). 가운데는 시점마다 답한다(one answer each). 오른쪽은 다 읽은 뒤(파란 상자) 다른 시퀀스(another sequence)를 쓴다(주황 상자). 방금 쓴 것을 다시 읽으며 다음을 쓰고, 처음에는 쓴 것이 없으므로 0을 읽는다. $h$가 은닉 상태이고, 파란 상자와 주황 상자는 서로 다른 층이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Three ways to answer. Left, a sequence is read and answered once; in the middle, every time step has an answer. Right, all is read (blue), and then another sequence is written (orange). What was just written is read again to write the next, and 0 is read at first, when nothing has been written. $h$ is the hidden state; blue and orange boxes are two different layers.*
# %% [markdown] lang="ko"
# ### 번호, 임베딩, 마스크
#
# 층은 수만 읽는다. 그래서 글을 기호로 쪼개고 기호마다 번호를 준다. 한글 명사를 자모로 쪼개면 `밥`은 `ㅂㅏㅂ`, `학교`는 `ㅎㅏㄱㄱㅛ`다. 자음 글자 30개(쌍자음과 겹받침을 한 글자로 센다)와 모음 글자 21개에 1부터 51까지 번호를 붙인다. 짧은 단어는 뒤를 0으로 채워 길이를 맞춘다. [[convolution]]에서 그림 둘레를 채운 것과 마찬가지로 패딩이라고 한다.
#
# 번호의 크기에는 뜻이 없으므로 그대로 곱하고 더하면 안 된다. [[rnn]]에서는 원-핫으로 바꾸어 행렬을 곱했다. 원-핫에 행렬을 곱하면 그 행렬의 한 행이 나올 뿐이므로, 곱하는 대신 행을 꺼내면 된다. **임베딩**(embedding) 층이 그렇게 한다. 행마다 기호 하나의 벡터가 있다. 이 벡터들이 임베딩 층의 가중치이고, 다른 가중치처럼 배운다.
#
# 덧댄 자리까지 읽으면 은닉 상태가 달라진다. `mask_zero=True`이면 임베딩 층은 벡터와 함께 **마스크**(mask)를 넘긴다. 마스크는 번호가 0인 자리에서만 False다. 순환 층은 그 자리에서 은닉 상태를 바꾸지 않는다. 아래에서 `encode`는 기호를 번호로 바꾸고 뒤를 0으로 채운다.
# %% [markdown] lang="en"
# ### Numbers, embeddings, masks
#
# Layers read numbers only. So a text is cut into symbols, and each symbol gets a number. Cut Korean nouns into their letters: `밥` (*bap*, rice) is `ㅂㅏㅂ`, `학교` (*hakgyo*, school) is `ㅎㅏㄱㄱㅛ`. Number the 30 consonant letters (double ones and pairs count as one) and the 21 vowel letters from 1 to 51. Short words are filled up with 0 at the end, to make all equally long; this is called padding, like the border of zeros around an image in [[convolution]].
#
# The size of such a number means nothing, so it cannot be multiplied and added as it is. In [[rnn]] it was made one-hot and multiplied by a matrix. All that gives is one row of the matrix, so one may as well look the row up. This is what an **embedding** layer does: it has a vector for each symbol, one per row. These vectors are the weights of the layer, and are learned like others.
#
# If the padding is read as well, it changes the hidden state. With `mask_zero=True` an embedding layer hands on a **mask** with the vectors, which is False where the number was 0 and nowhere else; there a recurrent layer leaves its hidden state as it is. Below, `encode` turns symbols into numbers, and fills up with 0 at the end.
# %%
LETTERS = "".join(sorted({*INITIALS, *FINALS})) + VOWELS
rows = encode([letters(noun) for noun in ("밥", "학교")], LETTERS, 6)
print(rows)
check("letters", len(LETTERS), equals=51)
embedding = layers.Embedding(len(LETTERS) + 1, 4, mask_zero=True)
vectors = embedding(rows)  # (2, 6) -> (2, 6, 4)
one_hot = np.eye(len(LETTERS) + 1, dtype="float32")[rows]
same(vectors, one_hot @ embedding.get_weights()[0], "embedding and one-hot times a matrix")
# %%
gru = layers.GRU(3)
alone = gru(embedding(rows[:1, :3]))  # three letters, no padding
masked = gru(embedding(rows[:1]))  # with padding; the mask comes along with the vectors
unmasked = gru(np.array(embedding(rows[:1])))  # an array has lost it
same(masked, alone, "with and without padding, masked")
report("change by padding, not masked", np.abs(unmasked - alone).max())
# %% [markdown] lang="ko" slides="003 [참고]"
# ## 2. 명사 뒤의 조사
#
# 음절은 첫 자음(초성)과 모음(중성), 그리고 끝 자음(종성)으로 이루어지고, 끝 자음은 없기도 하다. 끝 자음을 받침이라고도 한다. 조사는 명사 뒤에 붙는 짧은 말로, 화제(`은`/`는`), 주어(`이`/`가`), 목적어(`을`/`를`), 방향이나 수단(`으로`/`로`)을 나타낸다. 이 넷은 앞말에 따라 모양이 다르다. 받침이 있으면 `은`, `이`, `을`, `으로`, 없으면 `는`, `가`, `를`, `로`다. 다만 받침이 `ㄹ`이면 `으로` 대신 `로`다. `밥은`, `학교는`, `밥으로`, `학교로`, `물로`가 된다(`물로`는 물을 써서라는 뜻이다). 규칙을 아는 우리가 답을 만들어 줄 수 있고, 신경망이 무엇을 배웠는지도 낱낱이 물을 수 있다.
#
# 명사는 지어낸다. 1–4음절이고, 음절마다 ½의 확률로 받침이 없다. 받침 `ㅊ`, `ㅋ`, `ㅍ`은 훈련에서 한 번도 쓰지 않는다. 초성으로는 나온다. 받침 없는 음절(코드에서는 open, 받침 있는 음절은 closed라고 한다) 여섯, `카`, `커`, `코`, `쿠`, `크`, `키`도 쓰지 않는다. 그 자음과 모음은 다른 음절에 나온다. 유니코드에는 초성 19개, 중성 21개, 종성 27개와 ‘없음’으로 만들 수 있는 음절 11,172개가 차례로 있으므로, 셋을 뽑아 자리를 계산하면 된다.
# %% [markdown] lang="en"
# ## 2. The particle after a noun
#
# A Korean syllable is an initial consonant, a vowel, and a final consonant or none. Particles are short words set after a noun, for the topic (`은`/`는`), the subject (`이`/`가`), the object (`을`/`를`), a direction or means (`으로`/`로`). These take their form from the word before them. After a final consonant it is `은`, `이`, `을`, `으로` (*eun, i, eul, euro*), else `는`, `가`, `를`, `로` (*neun, ga, reul, ro*); but after the final `ㄹ` (*rieul*) it is `로` and not `으로`. So it is `밥은`, `학교는`, `밥으로`, `학교로`, `물로` (*babeun, hakgyoneun, babeuro, hakgyoro, mullo*; `물로` is by water). Since we know the rule, we can make answers, and ask exactly what a network has learned.
#
# The nouns are made up. They have 1 to 4 syllables, and each syllable is drawn without a final consonant with probability ½. The finals `ㅊ`, `ㅋ`, `ㅍ` (*ch, k, p*) are never used in training, though they occur as initials. Nor are six syllables without a final (open syllables; those with one are closed), `카`, `커`, `코`, `쿠`, `크`, `키` (*ka, keo, ko, ku, keu, ki*), whose letters occur in others. Unicode lists in order the 11,172 syllables that 19 initials, 21 vowels and 27 finals or none can make, so that three draws give the place of a syllable.
# %%
HELD_OUT = "ㅊㅋㅍ"  # as finals
HELD_OPEN = "카커코쿠크키"
USED = [""] * 24 + [final for final in FINALS if final not in HELD_OUT]  # 24 of 48 are none


def syllable(rng, final):
    """A syllable with this final consonant, or none where it is ''."""
    initial, vowel = rng.randint(19), rng.randint(21)
    return chr(ord("가") + (initial * 21 + vowel) * 28 + ["", *FINALS].index(final))


def made_up_nouns(count, seed, last):
    """So many different nouns of 1 to 4 syllables; the last syllable ends in one of `last`."""
    rng = np.random.RandomState(seed)
    nouns = set()
    while len(nouns) < count:
        finals = [*rng.choice(USED, rng.randint(4)), rng.choice(last)]
        noun = "".join(syllable(rng, final) for final in finals)
        if not set(noun) & set(HELD_OPEN):
            nouns.add(noun)
    return sorted(nouns)


# %%
def particles_after(nouns):
    """1 where the form after a vowel follows, such as neun, else 0: (nouns, 4)."""
    pairs = [(pair, after_vowel) for pair, (_, after_vowel) in PARTICLES.items()]
    answers = [[particle(noun, pair) == form for pair, form in pairs] for noun in nouns]
    return np.array(answers, "float32")


# %% [markdown] lang="ko"
# 명사를 세 방법으로 쪼갠다. 순환 층과 출력층은 모두 같고, 기호의 수와 그에 맞추어 고른 학습률이 다르다.
#
# - 자모(letters): 초성 `ㅂ`과 종성 `ㅂ`이 같은 기호다.
# - 자리를 구별한 자모(letters by place): 초성과 종성이 다른 기호다. 유니코드의 NFD가 이렇게 쪼갠다.
# - 음절(syllables): `밥`이 기호 하나다. 모두 11,172개다.
#
# 신경망은 다 읽은 뒤 조사 네 쌍에 저마다 모음 뒤에 쓰는 꼴(`는`, `가`, `를`, `로`)일 확률을 답한다. 물음 넷에 저마다 예나 아니요로 답하므로 시그모이드와 이진 교차 엔트로피를 쓴다([[losses_and_optimizers]]). 앞의 세 쌍은 서로 답이 늘 같고, `으로`/`로`(아래에서 ‘(으)로’)만 `ㄹ` 뒤에서 다르다. 학습률은 0.0003부터 0.03까지 다섯 가운데에서 검증용으로 지어낸 명사를 가장 잘 맞힌 것을 골랐다(다른 시드 셋, 훈련에 없던 받침과 음절은 쓰지 않고). 음절은 0.001이다. 두 자모는 다 맞힌 학습률이 여럿이어서 가장 작은 0.003으로 했다.
# %% [markdown] lang="en"
# The nouns are cut in three ways. The recurrent layer and the output layer are the same for all; the number of symbols differs, and the learning rate that was chosen for it.
#
# - Letters: `ㅂ` is the same symbol at the start of a syllable and at its end.
# - Letters by place: initials and finals are different symbols. Unicode's NFD cuts syllables in this way.
# - Syllables: `밥` is one symbol, of 11,172.
#
# Having read all, the network answers with four probabilities, one for each pair of particles: that the form used after a vowel (`는`, `가`, `를`, `로`) follows. As these are four questions with yes or no for an answer, they take sigmoids and binary cross-entropy ([[losses_and_optimizers]]). The first three always have the same answer; only `으로`/`로`, written (eu)ro below, differs, after `ㄹ`. The learning rates were chosen among five, from 0.0003 to 0.03, by the share right on nouns made up for validation (three other seeds, none of the finals and syllables held out): 0.001 for syllables, and for letters 0.003, the smallest with which all was right.
# %%
# Unicode's initials, vowels and finals, as NFD gives them
PLACED = "".join(map(chr, [*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]))
SYLLABLES = "".join(map(chr, range(ord("가"), ord("힣") + 1)))
WAYS = {  # symbols, the longest noun in symbols, and how a noun is cut
    "letters": (LETTERS, 12, letters),
    "letters by place": (PLACED, 12, lambda noun: normalize("NFD", noun)),
    "syllables": (SYLLABLES, 4, str),
}


def read_as(reading, nouns):
    """Nouns as rows of numbers, (nouns, longest)."""
    symbols, longest, cut = WAYS[reading]
    return encode([cut(noun) for noun in nouns], symbols, longest)


def particle_network(reading, every_step=False):
    inputs = keras.Input((None,), dtype="int32")
    embedding = layers.Embedding(len(WAYS[reading][0]) + 1, 16, mask_zero=True, name="embedding")
    h = layers.GRU(32, return_sequences=every_step)(embedding(inputs))
    return keras.Model(inputs, layers.Dense(4, activation="sigmoid")(h))


# %%
PARTICLE_RATES = {"letters": 0.003, "letters by place": 0.003, "syllables": 0.001}
COUNT, EPOCHS = lesson.at_scale(small=8000, full=16_000), lesson.epochs(small=5, full=5)
train = made_up_nouns(COUNT, lesson.seed, USED)
questions = {
    "unseen nouns": made_up_nouns(1000, lesson.seed + 1_000_000, USED),
    "nouns ending in rieul": made_up_nouns(500, lesson.seed + 2_000_000, ["ㄹ"]),
    "finals held out": made_up_nouns(500, lesson.seed + 3_000_000, [*HELD_OUT]),
}
stems = [noun[:-1] for noun in made_up_nouns(500, lesson.seed + 4_000_000, USED)]
questions["open held out"] = [stem + HELD_OPEN[n % 6] for n, stem in enumerate(stems)]
questions = {name: sorted({*nouns} - {*train}) for name, nouns in questions.items()}
questions["rieul in training"] = [noun for noun in train if letters(noun)[-1] == "ㄹ"]
print({name: len(nouns) for name, nouns in questions.items()})
# %%
networks, right = {}, {}
for reading in WAYS:
    keras.utils.set_random_seed(lesson.seed)
    model = networks[reading] = particle_network(reading)
    steps = EPOCHS * math.ceil(COUNT / 64)
    optimizer = keras.optimizers.Adam(CosineDecay(PARTICLE_RATES[reading], steps))
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, "binary_crossentropy", steps_per_execution=25)
    rows = read_as(reading, train)
    model.fit(rows, particles_after(train), batch_size=64, epochs=EPOCHS, verbose=0)
    for name, nouns in questions.items():
        answers = np.array(model(read_as(reading, nouns))) > 0.5
        right[reading, name] = answers == particles_after(nouns)  # (nouns, 4)
# %%
all_four = {key: answers.all(axis=1).mean() for key, answers in right.items()}
ro = {key: answers[:, 3].mean() for key, answers in right.items()}
for reading in ("letters", "letters by place"):
    unseen = all_four[reading, "unseen nouns"]
    check(f"{reading}: unseen nouns, all four right", unseen, at_least=0.99)
    report(f"{reading}: open held out, all four right", all_four[reading, "open held out"])
for name in ("unseen nouns", "open held out"):
    report(f"syllables: {name}, all four right", all_four["syllables", name])
difference = all_four["letters", "unseen nouns"] - all_four["syllables", "unseen nouns"]
report("letters minus syllables, unseen nouns", difference)
three = min(right[reading, "finals held out"][:, :3].mean() for reading in WAYS)
check("finals held out, the other three right", three, at_least=0.99)
for reading in WAYS:
    for name in ("nouns ending in rieul", "finals held out"):
        report(f"{reading}: {name}, (eu)ro right", ro[reading, name])
# %%
times = Counter("".join(train))  # how often each syllable occurs in training
for name, length in (("open", 2), ("closed", 3)):
    counts = [count for one, count in times.items() if len(letters(one)) == length]
    report(f"{name} syllables: times in training", np.mean(counts))
trained = ro["syllables", "rieul in training"]
check("syllables: rieul in training, (eu)ro right", trained, at_most=0.1)
wrong = (~right["syllables", "open held out"]).mean()  # the forms after a consonant
check("syllables: open held out, forms after a consonant", wrong, at_least=0.9)
errors = ~right["syllables", "unseen nouns"]
only_ro = errors[:, 3] & ~errors[:, :3].any(axis=1)
report("syllables: unseen nouns, only (eu)ro wrong", only_ro.mean())
# %%
table = {noun[-1]: answers for noun, answers in zip(train, particles_after(train))}
unknown = particles_after(["밥"])[0]  # the forms after a consonant
unseen = questions["unseen nouns"]
looked_up = np.array([table.get(noun[-1], unknown) for noun in unseen])
all_looked_up = np.all(looked_up == particles_after(unseen), axis=1).mean()
report("table of last syllables: unseen nouns, all four right", all_looked_up)
network = all_four["syllables", "unseen nouns"]
report("network for syllables minus table, unseen nouns", network - all_looked_up)
# %% tags=["figure"] title="nouns whose particles are right"
_, axis = plt.subplots(figsize=(11, 3.2))
columns = {"unseen nouns": all_four, "nouns ending in rieul": ro, "finals held out": ro}
columns["open held out"] = all_four
labels = ("unseen nouns:\nall four", "nouns ending in rieul:\n(eu)ro", "finals held out:\n(eu)ro")
for place, (reading, color) in enumerate(zip(WAYS, (BLUE, ORANGE, GREY))):
    shares = [share[reading, name] for name, share in columns.items()]
    bars = axis.bar(np.arange(4) + 0.27 * (place - 1), shares, 0.25, color=color, label=reading)
    axis.bar_label(bars, [f"{share:.2f}" for share in shares], padding=2, fontsize=10)
axis.set_xticks(range(4), [*labels, "open syllables held out:\nall four"])
axis.set(ylim=(0, 1.15), ylabel="share that is right")
axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 맞힌 비율(share that is right). 왼쪽부터 처음 보는 명사에서 네 쌍을 모두 맞힌 비율(unseen nouns: all four), 받침이 `ㄹ`인 명사(nouns ending in rieul)와 훈련에 없던 받침으로 끝나는 명사(finals held out)에서 (으)로를 맞힌 비율, 훈련에 없던 받침 없는 음절로 끝나는 명사에서 네 쌍을 모두 맞힌 비율(open syllables held out: all four). 파란색이 자모(letters), 주황색이 자리를 구별한 자모(letters by place), 회색이 음절(syllables)이다. 명사의 수는 위에 찍혀 있다. 훈련에 쓴 것과 겹치는 것은 뺐다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The share that is right. From the left: all four pairs, for nouns never seen; (eu)ro, for nouns that end in `ㄹ` (rieul); (eu)ro, for nouns that end in a final consonant not used in training; all four pairs, for nouns that end in a syllable without a final that was not used in training. Blue: letters; orange: letters by place; grey: syllables. How many nouns there are is printed above; those used in training were taken out.*
# %% [markdown] lang="ko"
# 다섯 시드에서 맞힌 비율은 다음과 같다.
#
# | | 처음 보는 명사, 네 쌍 모두 | 받침 `ㄹ`, (으)로 | 훈련에 없던 받침, (으)로 | 훈련에 없던 받침 없는 음절, 네 쌍 모두 |
# |---|---|---|---|---|
# | 자모 | [[range: letters: unseen nouns, all four right]] | [[range: letters: nouns ending in rieul, (eu)ro right]] | [[range: letters: finals held out, (eu)ro right]] | [[range: letters: open held out, all four right]] |
# | 자리를 구별한 자모 | [[range: letters by place: unseen nouns, all four right]] | [[range: letters by place: nouns ending in rieul, (eu)ro right]] | [[range: letters by place: finals held out, (eu)ro right]] | [[range: letters by place: open held out, all four right]] |
# | 음절 | [[range: syllables: unseen nouns, all four right]] | [[range: syllables: nouns ending in rieul, (eu)ro right]] | [[range: syllables: finals held out, (eu)ro right]] | [[range: syllables: open held out, all four right]] |
#
# 자모로 읽으면 처음 보는 명사에서도 네 쌍을 거의 다 맞힌다. 음절 대신 자모로 읽는 것은 [[verdict: letters minus syllables, unseen nouns]](맞힌 비율의 차이 [[range: letters minus syllables, unseen nouns]]).
#
# 음절로 읽을 때의 잘못은 대부분 (으)로에서만 나온다. 처음 보는 명사 가운데 (으)로만 틀린 것이 [[range: syllables: unseen nouns, only (eu)ro wrong]]이다. 신경망은 `ㄹ`의 규칙을 배우지 못했다. 훈련에 쓴 명사에서도 받침이 `ㄹ`이면 (으)로를 맞힌 비율이 [[range: syllables: rieul in training, (eu)ro right]]이다. 훈련에 한 번이라도 나온 음절만 세면 받침 없는 음절은 평균 [[range: open syllables: times in training]]번, 받침 있는 음절은 [[range: closed syllables: times in training]]번 나왔다. 받침 있는 음절에는 한 번도 나오지 않은 것도 많다. 에포크만 30으로 늘려 따로 시험하면(시드 셋) 훈련에 쓴 명사는 모두 맞히고, 처음 보는 명사라도 같은 `ㄹ` 받침 음절로 끝나는 명사가 훈련에 있었으면 (으)로를 0.96–0.99 맞힌다. 그러나 처음 보는 명사에서 네 쌍을 모두 맞힌 비율은 0.87–0.88로 떨어진다. 음절을 하나하나 외운 것이고, 외운 것은 본 적 없는 음절에 아무 도움이 되지 않는다.
#
# 외우기만 한다면 신경망이 없어도 된다. 위의 `table`은 훈련한 명사의 끝 음절마다 정답을 적어 두고, 없는 음절에는 받침이 있을 때의 꼴로 답한다. 처음 보는 명사에서 네 쌍을 모두 맞힌 비율이 [[range: table of last syllables: unseen nouns, all four right]]이다. 음절로 읽은 신경망의 비율에서 이것을 빼면 [[range: network for syllables minus table, unseen nouns]]이다.
#
# 음절로 읽고도 훈련에 없던 받침 뒤의 (으)로를 거의 다 맞힌 것은 규칙을 알아서가 아니다. 훈련에 없던 받침 없는 음절에서는 네 쌍을 모두 맞힌 비율이 [[range: syllables: open held out, all four right]]이다. 벡터가 훈련되지 않은 음절에는 받침이 있을 때의 꼴로 답하는 것이다(답 가운데 [[range: syllables: open held out, forms after a consonant]]). 자모로 읽으면 그런 음절도 배운 자모로 되어 있어 문제가 없다. 답이 맞았다고 규칙을 아는 것은 아니다. 규칙을 모르면 틀릴 물음을 함께 던져 보아야 알 수 있다.
#
# 훈련에 없던 받침에서 (으)로를 맞히려면 그 받침이 `ㄹ`과 다르다는 것까지 알아야 한다. 자리를 구별한 자모로 읽으면 `ㅊ`, `ㅋ`, `ㅍ`의 종성 기호를 본 적이 없고, (으)로를 맞힌 비율이 [[range: letters by place: finals held out, (eu)ro right]]이다. 훈련되지 않은 이 기호들에 신경망은 `ㄹ` 뒤에서처럼 답한다. 왜 `ㄹ` 쪽인지는 알아보지 않았다. 초성과 종성이 같은 기호이면 그 비율이 [[range: letters: finals held out, (eu)ro right]]이다. 초성으로 배운 것을 종성에도 쓰는 것으로 보인다. 저절로 보장되는 것은 아니다. 학습률을 0.01로 하여 따로 시험하면 자모로 읽어도 시드에 따라 0.3까지 떨어졌다(자리를 구별한 자모는 0이었다). 나머지 세 쌍은 훈련에 없던 받침에서 어느 방법으로 읽어도 거의 다 맞힌다.
# %% [markdown] lang="en"
# Over five seeds the shares that are right are these.
#
# | | unseen nouns, all four | final `ㄹ`, (eu)ro | finals not used in training, (eu)ro | syllables without a final not used in training, all four |
# |---|---|---|---|---|
# | letters | [[range: letters: unseen nouns, all four right]] | [[range: letters: nouns ending in rieul, (eu)ro right]] | [[range: letters: finals held out, (eu)ro right]] | [[range: letters: open held out, all four right]] |
# | letters by place | [[range: letters by place: unseen nouns, all four right]] | [[range: letters by place: nouns ending in rieul, (eu)ro right]] | [[range: letters by place: finals held out, (eu)ro right]] | [[range: letters by place: open held out, all four right]] |
# | syllables | [[range: syllables: unseen nouns, all four right]] | [[range: syllables: nouns ending in rieul, (eu)ro right]] | [[range: syllables: finals held out, (eu)ro right]] | [[range: syllables: open held out, all four right]] |
#
# Read by letters, nearly all nouns never seen get all four particles right. Reading letters instead of syllables [[verdict: letters minus syllables, unseen nouns]] (difference of the shares [[range: letters minus syllables, unseen nouns]]).
#
# Read by syllables, most mistakes are made in (eu)ro alone: of the nouns never seen, [[range: syllables: unseen nouns, only (eu)ro wrong]] have only that wrong. The network has not learned the rule about `ㄹ`. Even for the nouns it was trained on, the share of (eu)ro that is right after `ㄹ` is [[range: syllables: rieul in training, (eu)ro right]]. Of the syllables that occurred in training at all, those without a final did so [[range: open syllables: times in training]] times on average, those with one only [[range: closed syllables: times in training]] times; and many with one never occurred. In a trial with 30 epochs and nothing else changed (three seeds), the nouns of training were all right; so were 0.96–0.99 of the new nouns in `ㄹ` whose last syllable had ended a noun in training. But of the nouns never seen, only 0.87–0.88 had all four right. The syllables were learned by heart, one by one, and that is of no help with a syllable never met.
#
# To learn by heart takes no network. `table` above notes the right answers for the last syllable of every noun in training, and for other syllables answers with the forms after a consonant. Of the nouns never seen it has all four right in [[range: table of last syllables: unseen nouns, all four right]]; the share of the network that reads syllables minus this is [[range: network for syllables minus table, unseen nouns]].
#
# That (eu)ro is nearly always right after finals not used in training, although syllables were read, does not mean that the rule is known. For syllables without a final that were not used in training, the share with all four right is [[range: syllables: open held out, all four right]]: to syllables whose vectors were never trained the network answers with the forms after a consonant ([[range: syllables: open held out, forms after a consonant]] of its answers). Read by letters, such syllables consist of letters that were learned, and are no problem. What a right answer means can only be told beside a case where the same answer would be wrong.
#
# For (eu)ro after finals not used in training, the final must also be told from `ㄹ`. Read by letters with their place, the symbols of `ㅊ`, `ㅋ`, `ㅍ` as finals were never seen, and the share of (eu)ro that is right is [[range: letters by place: finals held out, (eu)ro right]]: to these untrained symbols the network answers as after `ㄹ`. Why like `ㄹ` was not looked into. Where initials and finals are the same symbols, that share is [[range: letters: finals held out, (eu)ro right]]: it seems that what was learned from initials serves for finals. It is not guaranteed. In a trial with a learning rate of 0.01 it went down to 0.3 with some seeds (and to 0 for letters by place). The other three pairs are nearly always right after finals not used in training, with all three readings.
# %% tags=["play", "nbval-ignore-output"] title="nouns of your choice"
NOUNS = "밥 학교 물 부엌 서울 커피 나"  # @param {type:"string"}
for reading in ("letters", "syllables"):
    print(reading)
    answers = np.array(networks[reading](read_as(reading, NOUNS.split()))) > 0.5
    for noun, row in zip(NOUNS.split(), answers.astype(int)):
        print("  ", *(noun + forms[which] for forms, which in zip(PARTICLES.values(), row)))
# %% [markdown] lang="ko"
# `부엌`(받침이 `ㅋ`), `서울`(받침이 `ㄹ`), `커피`(받침 없음)의 답을 견주어 보라. 음절로 읽은 신경망은 받침 `ㄹ` 뒤에 `로` 대신 `으로`를 쓰는가? `나`는 대명사이지만 여기에서는 명사와 같이 다룬다. 모음으로 끝나므로 신경망은 `나가`라고 답한다. 실제로는 `내가`라고 쓴다. `저`, `너`, `누구`도 마찬가지로 `제가`, `네가`, `누가`가 된다. 조사는 `가`가 맞지만 앞의 대명사가 바뀌는 것이어서, 둘 가운데 하나를 고르는 신경망은 `내가`라고 쓸 수 없다. 이런 답은 글을 쓰는 신경망(5절)이 내야 한다.
# %% [markdown] lang="en"
# Compare the answers for `부엌` (*bueok*, kitchen, with the final `ㅋ`), `서울` (*Seoul*, with `ㄹ`) and `커피` (*keopi*, coffee, without a final). Does the network that reads syllables write `으로` in the place of `로` after a final `ㄹ`? `나` (*na*, I) is a pronoun, treated like a noun here. It ends in a vowel, so that the network answers `나가` (*naga*). What is written is `내가` (*naega*). It is the same with `저`, `너` and `누구` (*jeo*, a humble I; *neo*, you; *nugu*, who), which become `제가`, `네가` and `누가` (*jega, nega, nuga*). The particle `가` is right, but the pronoun before it changes, which a network that chooses one of two forms cannot write. That takes a network that writes text, as in section 5.
# %%
changed = [with_particle(noun, "이/가") for noun in ("나", "저", "너", "누구", "가나")]
check("nouns before ga", changed, equals=["내가", "제가", "네가", "누가", "가나가"])
# %% [markdown] lang="ko" slides="003 [참고]"
# ## 3. 시점마다 답하게 하면
#
# 강의 자료 003은 RNN이 “‘나’ 라는 단어를 생성한 뒤 ‘잤다’ 라는 단어를 생성하면, ‘나’라는 단어의 영향을 받아 ‘는’ 이라는 조사가 자동으로 생성”된다고 한다. 문장은 `나는 잤다`이고, 차례로 읽거나 쓰면 `는`은 `나` 다음, `잤다` 앞에 온다. 그러니 `는`은 `나`의 영향은 받지만 `잤다`의 영향은 받을 수 없을 것이다. 재어 보자.
#
# 2절에서 훈련한 가중치를 그대로 두고 `return_sequences=True`로 바꾸면 글자를 읽을 때마다 답한다. 명사 뒤에 동사를 붙여 읽히고, 명사 바로 뒤의 답이, 명사를 `밥`으로 바꿀 때와 동사를 `갔다`로 바꿀 때 어떻게 달라지는지 본다.
# %% [markdown] lang="en"
# ## 3. An answer at every time step
#
# Deck 003 says of the RNN that, after it has produced `나` (*na*, I) and then `잤다` (*jatda*, slept), the particle `는` (*neun*) is produced by itself under the influence of `나`. The sentence is `나는 잤다` (*naneun jatda*, I slept). Read or written in order, `는` comes after `나` and before `잤다`. So it should be under the influence of `나`, and cannot be under that of `잤다`. Measure both.
#
# Keep the weights that were trained in section 2, and change to `return_sequences=True`: now there is an answer after each letter. Let it read a noun with a verb behind it, and look at the answer after the noun when the noun becomes `밥`, and when the verb becomes `갔다` (*gatda*, went).
# %%
every_letter = particle_network("letters", every_step=True)
every_letter.set_weights(networks["letters"].get_weights())


def neun_after_each(texts):
    """Probability of the form after a vowel of eun/neun, after each letter: (texts, letters)."""
    return np.array(every_letter(read_as("letters", texts)))[:, :, 0]


sentences = ["나잤다", "밥잤다", "나갔다"]
answers = neun_after_each(sentences)
na, bap, na_other_verb = answers[0, 1], answers[1, 2], answers[2, 1]  # after the noun
check("probability of neun after na", na, at_least=0.9)
check("probability of neun after bap", bap, at_most=0.1)
check("change by another verb", abs(na - na_other_verb), equals=0)
# %%
both_ways = layers.Bidirectional(layers.GRU(32, return_sequences=True))  # not trained
hidden = np.array(both_ways(every_letter.get_layer("embedding")(read_as("letters", sentences))))
change = np.abs(hidden[0, 1] - hidden[2, 1]).max()
check("change by another verb, read both ways", change, at_least=1e-3)
# %% tags=["figure"] title="neun, letter by letter"
spelled = {"na|jatda": "n a j a t d a", "bap|jatda": "b a p j a t d a", "na|gatda": "n a g a t d a"}
_, axes = plt.subplots(1, 3, figsize=(13, 2.8), sharey=True)
for axis, (title, spelling), answer, after in zip(axes, spelled.items(), answers, (1, 2, 1)):
    count = len(spelling.split())
    colors = [BLUE if place == after else "#b8b8b8" for place in range(count)]
    bars = axis.bar(range(count), answer[:count], color=colors)
    axis.bar_label(bars, [f"{value:.2f}" for value in answer[:count]], fontsize=9)
    axis.set_xticks(range(count), spelling.split(), fontsize=13)
    axis.axvline(after + 0.5, color="black", ls=":")
    axis.set(title=title.replace("|", " | "), ylim=(0, 1.15))
axes[0].set_ylabel("probability of neun")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 글자를 하나씩 읽을 때 ‘`는`이 온다’는 확률(probability of neun). 왼쪽부터 `나잤다`(na jatda), `밥잤다`(bap jatda), `나갔다`(na gatda)이고, 점선의 왼쪽이 명사, 오른쪽이 동사다. 파란 막대가 명사 바로 뒤의 답이다(가운데에서는 0이어서 보이지 않는다). `ㅆ` 받침은 t로 적었다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The probability that `는` (neun) follows, letter by letter, for `나잤다` (na jatda), `밥잤다` (bap jatda) and `나갔다` (na gatda). The noun is left of the dotted line, the verb right of it; the blue bar is the answer after the noun (in the middle it is 0 and cannot be seen). The final `ㅆ` is written as t.*
# %% [markdown] lang="ko"
# `나`를 `밥`으로 바꾸면 답은 `는`에서 `은`으로 뒤집힌다. `잤다`를 `갔다`로 바꾸면 조금도 달라지지 않는다. `나` 다음의 답을 계산할 때 동사는 아직 읽지 않았기 때문이고, 앞에서부터 읽는 순환 신경망이면 어느 것이나 그렇다. 앞에서부터도 뒤에서부터도 읽는 `Bidirectional` 층([[lstm_gru]]의 연습 문제 4)은 다르다. 훈련하지 않은 그런 층에서도 `나` 다음의 은닉 상태가 동사에 따라 [[range: change by another verb, read both ways]]만큼 달라진다. 이런 층은 글이 다 있을 때, 이를테면 단어마다 품사를 붙일 때 쓴다. 글을 쓸 때에는 뒤가 아직 없으므로 쓸 수 없다.
#
# 그림에서는 또 하나가 보인다. 답은 방금 읽은 한두 글자를 따라간다. 모음을 읽으면 1에 가깝고, 모음 다음에 자음을 읽으면 0에 가깝다(`나` 다음의 `ㅈ`은 `낮`의 받침일 수 있다). 받침 다음의 자음에서는 그 사이의 값이고, 맨 첫 자음에서는 0에 가깝다. 훈련한 명사는 이 두 자리에서 끝난 적이 없으므로, 이 두 수에는 뜻이 없다. 동사를 다 읽은 뒤의 답은 명사가 `나`이든 `밥`이든 같아 보인다. 강의 자료의 차례대로 동사까지 읽은 뒤에 `은`이나 `는`을 답하게 하려면 명사를 기억하도록 훈련해야 한다. 연습 문제 4에서 해 본다.
# %% [markdown] lang="en"
# Put `밥` in the place of `나`, and the answer turns from `는` to `은`. Put `갔다` in the place of `잤다`, and nothing changes at all: when the answer after `나` was computed, the verb had not been read. It is so with any recurrent network that reads from the front. It is not so with a `Bidirectional` layer (exercise 4 of [[lstm_gru]]), which reads from the front and from the end. Even untrained, its hidden state after `나` changes with the verb, by [[range: change by another verb, read both ways]]. Such layers are for texts that are there as a whole, for instance to tell the part of speech of every word. They cannot write from left to right: the later symbols do not exist yet.
#
# The figure shows one thing more. The answer follows the last letter or two. It is close to 1 after a vowel, and close to 0 when a consonant is read after a vowel (`ㅈ` after `나` may be the final of `낮`, *nat*, daytime). After a consonant that follows a final it is in between, and after the very first letter about 0. No noun in training ended at either place, so neither number means anything. After the verb the answers look the same for `나` and `밥`. To have it answer after the verb, in the order of the deck, it has to be trained to remember the noun; exercise 4 does it.
# %% [markdown] lang="ko" slides="003 [참고]"
# ## 4. 시계열을 예측한다
#
# 강의 자료 003은 RNN이 시계열 데이터를 다룰 때 과정을 기억하면서 동작한다고 한다. 하와이 마우나로아에서 달마다 잰 대기 중 이산화탄소 농도로 시험한다. 1958년 3월부터 2001년 12월까지 526달의 월평균이고(재지 못한 다섯 달은 채운 것이다), 단위는 ppm(백만분의 1)이다. 24달을 읽고 다음 12달을 예측한다. 마지막 120달은 테스트에, 그 앞의 60달은 검증에 쓰고 훈련에는 쓰지 않는다.
#
# 신경망이 쓸모 있는지 알려면 **기준선**(baseline)이 있어야 한다. 훈련하지 않고도 할 수 있는 예측이다. 셋을 둔다.
#
# - 단순(naive): 마지막 달의 값이 그대로 이어진다.
# - 계절(seasonal): 열두 달 전의 값이 되풀이된다.
# - 계절 + 증가(seasonal + growth): 열두 달 전의 값에, 지난 열두 달 동안 늘어난 만큼을 더한다. 예를 들어 지난 5월이 368이고, 마지막 달의 값이 한 해 전보다 1.5 늘었으면 다음 5월은 369.5다.
#
# 신경망에는 값 그대로가 아니라 마지막으로 읽는 달의 값을 뺀 차이를 읽히고, 답도 그 달과의 차이로 하게 한다. 훈련에서 본 범위를 벗어난 값을 만나지 않게 하려는 것이다. 차이는 그 표준편차(`spread`)로 나누어 크기를 맞춘다. 가장 간단한 신경망인 선형 층 하나(linear)도 나란히 둔다. 정말 차이를 읽혀야 하는지 보려고, 둘 다 값을 표준화하여(평균 0, 표준편차 1) 읽히고 값으로 답하게도 해 본다(values). 학습률은 네 경우마다 검증 오차로 골랐다(선형 층은 0.01–1, GRU는 0.002–0.2, 다른 시드 셋). 아래의 `RATES`가 그것이다. 값을 읽는 GRU는 0.02, 0.05, 0.1이 비슷하여(1.5–1.8 ppm) 가장 작은 것으로 했다. 오차는 평균 절대 오차(mean absolute error)로, 틀린 크기의 평균이다.
# %% [markdown] lang="en"
# ## 4. Forecasting a time series
#
# Deck 003 says that an RNN works on time series by remembering what went before. Try it on the carbon dioxide in the air of Mauna Loa, Hawaii: 526 monthly means from March 1958 to December 2001, in ppm (parts per million). Five months without measurements were filled in. Read 24 months, and forecast the next 12. The last 120 months are for testing, the 60 before them for validation, and neither is trained on.
#
# Whether a network is of use can only be told with a **baseline**, a forecast that needs no training. There are three.
#
# - Naive: every coming month is as the last one.
# - Seasonal: the value of twelve months ago comes again.
# - Seasonal + growth: the value of twelve months ago, plus what was gained in the last twelve months. If, say, last May had 368, and the last month is 1.5 above the same month a year before, then next May will have 369.5.
#
# The networks do not read the values. From each value the last one read is subtracted (not the one before it), and they answer with differences from that last one, too. So they meet no levels outside those of training. All differences are divided by their standard deviation (`spread`). The simplest of networks, a single linear layer, stands beside the GRU. To see whether differences are needed, both are also made to read standardized values (a mean of 0, a standard deviation of 1), and to answer with values. The learning rates in `RATES` below were chosen by the error in validation, for each of the four (0.01 to 1 for the linear layer, 0.002 to 0.2 for the GRU, three other seeds). For the GRU that reads values, 0.02, 0.05 and 0.1 were alike (1.5 to 1.8 ppm), and the smallest was taken. The error is the mean absolute error: by how much a forecast is wrong, on average.
# %%
BACK = 24  # months read; the baselines need 13
AHEAD = 12  # months forecast; the baselines need these twelve
TEST, VALIDATE = 120, 60
years, series = load_co2()


def windows(values):
    """Every 24 months in a series and the 12 that follow, (windows, 24) and (windows, 12)."""
    months = np.lib.stride_tricks.sliding_window_view(values, BACK + AHEAD)
    return months[:, :BACK], months[:, BACK:]


past_train, future_train = windows(series[: -TEST - VALIDATE])
past, future = windows(series[-TEST - BACK :])  # the months to forecast are the last 120
forecasts = {
    "naive": np.repeat(past[:, -1:], AHEAD, axis=1),
    "seasonal": past[:, -12:],
    "seasonal + growth": past[:, -12:] + past[:, -1:] - past[:, -13:-12],
}
height = past.min() - series[: -TEST - VALIDATE].max()
check("lowest month read in testing minus highest trained on, in ppm", height, at_least=0.5)
# %%
spread = np.std(future_train - past_train[:, -1:])  # of the differences, in ppm
train_mean, train_std = past_train.mean(), past_train.std()  # of the values
RATES = {"linear": 0.1, "GRU": 0.05, "linear, values": 0.2, "GRU, values": 0.02}


def forecast_network(kind):
    inputs = keras.Input((BACK, 1))
    h = layers.GRU(32)(inputs) if kind == "GRU" else layers.Flatten()(inputs)
    return keras.Model(inputs, layers.Dense(AHEAD)(h))


# %%
def trained_forecast(name):
    """A function from past to future months in ppm, (windows, 24) -> (windows, 12)."""
    as_values = name.endswith("values")
    base = (lambda x: train_mean) if as_values else (lambda x: x[:, -1:])
    scale = train_std if as_values else spread
    keras.utils.set_random_seed(lesson.seed)
    model = forecast_network(name.split(",")[0])
    epochs = lesson.epochs(small=60, full=60)
    schedule = CosineDecay(RATES[name], epochs * math.ceil(len(past_train) / 64))
    model.compile(keras.optimizers.Adam(schedule), "mae", steps_per_execution=5)
    x = ((past_train - base(past_train)) / scale)[..., None]
    y = (future_train - base(past_train)) / scale
    model.fit(x, y, batch_size=64, epochs=epochs, verbose=0)
    return lambda x: np.array(model(((x - base(x)) / scale)[..., None])) * scale + base(x)


forecasters = {name: trained_forecast(name) for name in RATES}
forecasts |= {name: forecast(past) for name, forecast in forecasters.items()}
# %%
error = {name: np.abs(forecast - future).mean() for name, forecast in forecasts.items()}
check("naive: error in ppm", round(error["naive"], 2), equals=2.64)
check("seasonal: error in ppm", round(error["seasonal"], 2), equals=1.57)
check("seasonal + growth: error in ppm", round(error["seasonal + growth"], 2), equals=0.61)
check("linear: error in ppm", error["linear"], at_most=0.6)
check("GRU: error in ppm", error["GRU"], at_most=0.6)
report("linear minus GRU, error in ppm", error["linear"] - error["GRU"])
report("linear, values: error in ppm", error["linear, values"])
fitted = np.abs(forecasters["GRU, values"](past_train) - future_train).mean()
report("GRU, values: error in training, in ppm", fitted)
check("GRU, values: error in ppm", error["GRU, values"], at_least=2.64)
# %% tags=["figure"] title="the forecasts"
_, axes = plt.subplots(1, 3, figsize=(15, 3.8), width_ratios=(1.2, 1.2, 1))
axes[0].plot(years, series, color=GREY, lw=1)
for cut in (TEST, TEST + VALIDATE):
    axes[0].axvline(years[-cut], color="black", ls=":")
axes[0].set(xlabel="year", ylabel="ppm", title="the series")
shown = {"naive": "#e0e0e0", "seasonal": "#a0a0a0", "seasonal + growth": ORANGE}
shown |= {"linear": PINK, "GRU": BLUE, "linear, values": "#7b52ab", "GRU, values": GREEN}
last = len(past) - 1  # the last window: it forecasts the last twelve months
axes[1].plot(range(-11, 1), past[last, -12:], color="black", lw=1)
axes[1].plot(range(1, 13), future[last], "ko", ms=5, zorder=3, label="measured")
for name, color in shown.items():
    axes[1].plot(range(1, 13), forecasts[name][last], color=color, label=name)
    by_month = np.abs(forecasts[name] - future).mean(axis=0)
    axes[2].plot(range(1, 13), by_month, color=color, label=name)
axes[1].set(xlabel="months from the last one read", title="the last twelve months")
axes[1].legend(frameon=False, fontsize=9)
axes[2].set(xlabel="months ahead", ylabel="mean absolute error (ppm)", ylim=(0, 4.5))
axes[2].set_title("error by distance")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 시계열(the series) 전체로, 가로축이 해(year), 세로축이 ppm이다. 점선 사이가 검증, 그 뒤가 테스트에 쓴 달이다. 가운데는 마지막 열두 달(the last twelve months)의 예측으로, 가로축은 마지막으로 읽은 달부터 센 달(months from the last one read)이다. 가는 검은 선이 읽은 값의 뒤쪽, 검은 점이 잰 값(measured)이다. 오른쪽은 몇 달 앞(months ahead)을 예측하는가에 따른 평균 절대 오차(error by distance)다. 연한 회색이 단순(naive), 회색이 계절(seasonal), 주황색이 계절 + 증가(seasonal + growth), 분홍색이 차이를 읽는 선형 층(linear), 파란색이 차이를 읽는 GRU, 보라색이 값을 읽는 선형 층(linear, values), 초록색이 값을 읽는 GRU(GRU, values)다. 오른쪽에서 초록 선은 대부분 그림 위로 벗어나고, 분홍 선은 파란 선에 거의 가린다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left, the whole series; between the dotted lines are the months for validation, after them those for testing. Middle, forecasts of the last twelve months; the thin black line is the end of what was read, the dots are what was measured. Right, the mean absolute error by how many months ahead the forecast is. Light grey: naive; grey: seasonal; orange: seasonal + growth; pink: the linear layer that reads differences; blue: the GRU that reads differences; purple: the linear layer that reads values; green: the GRU that reads values, which is mostly above the picture on the right. The pink line is nearly hidden by the blue one.*
# %% [markdown] lang="ko"
# 오차는 단순한 기준선이 2.64, 계절이 1.57, 계절 + 증가가 0.61 ppm이다. 차이를 읽은 선형 층은 [[range: linear: error in ppm]], GRU는 [[range: GRU: error in ppm]]이다(다섯 시드). GRU가 단순한 기준선의 오차를 5분의 1로 줄였다고 자랑할 수도 있지만, 계절과 증가를 아는 기준선의 오차를 줄인 것은 5분의 1쯤이고, 선형 층 대신 GRU를 쓰는 것은 [[verdict: linear minus GRU, error in ppm]]. 선형 층의 오차에서 GRU의 오차를 뺀 것이 [[range: linear minus GRU, error in ppm]]이다. 다섯 시드 모두 GRU의 오차가 작지만, 차이의 평균보다 시드에 따른 폭이 크다. 값을 읽으면 선형 층은 [[range: linear, values: error in ppm]], GRU는 [[range: GRU, values: error in ppm]]이다. 이산화탄소가 늘어, 테스트에서 읽는 달은 가장 낮은 것도 훈련에서 가장 높은 달보다 0.86 ppm 높다. 값을 읽은 GRU는 훈련한 달에서는 오차가 [[range: GRU, values: error in training, in ppm]]인데, 이 높이에서는 단순한 기준선보다도 나쁘다. 선형 층도 값을 읽으면 계절 + 증가보다 나쁘지만, GRU만큼 나빠지지는 않는다. 선형 층은 값을 읽고도 차이를 읽을 때와 똑같은 예측을 나타낼 수 있는데, 훈련이 그 가중치를 찾지 못했다.
#
# 여기에서는 열두 달을 한꺼번에 답하게 했다. 한 달만 답하게 하고 그 답을 다시 읽혀 다음 달을 예측할 수도 있다. 다음 절이 숫자를 그렇게 쓴다. 그러면 틀린 것을 읽고 또 틀릴 수 있다.
# %% [markdown] lang="en"
# The errors are 2.64 ppm for the naive baseline, 1.57 for the seasonal one, and 0.61 with growth. Reading differences, the linear layer has [[range: linear: error in ppm]], the GRU [[range: GRU: error in ppm]] (five seeds). One could boast that the GRU has a fifth of the error of the naive baseline. But from the baseline that knows of seasons and growth it takes off only about a fifth, and using a GRU instead of a linear layer [[verdict: linear minus GRU, error in ppm]]. The error of the linear layer minus that of the GRU is [[range: linear minus GRU, error in ppm]]. With all five seeds the GRU has the smaller error, but the difference varies with the seed by more than its mean. Reading values, the linear layer has [[range: linear, values: error in ppm]], the GRU [[range: GRU, values: error in ppm]]. As carbon dioxide grows, even the lowest month read in testing is 0.86 ppm above the highest in training. The GRU that reads values has an error of [[range: GRU, values: error in training, in ppm]] on the months of training, but at these heights it is worse than the naive baseline. The linear layer, too, is worse than seasonal + growth when it reads values, but loses far less than the GRU. A linear layer that reads values could represent the very forecast of one that reads differences; training did not find those weights.
#
# Here the twelve months were answered at once. One can also have a single month answered, and read that answer again to forecast the next, as the next section does with digits. Then what is wrong is read, and may lead to more that is wrong.
# %% [markdown] lang="ko" slides="002 순환신경망(Recurrent Neural Network, RNN)"
# ## 5. 한글로 쓴 수를 숫자로
#
# `만삼백이십일`은 10321이다. 읽는 기호는 여섯, 쓰는 숫자는 다섯이고, 천의 자리의 0은 읽지 않는다. 1은 `천`, `백`, `십` 앞에서, 그리고 혼자 `만` 앞에 올 때 읽지 않는다. 그래서 기호 하나가 숫자 하나인 것이 아니다. 숫자가 몇 개 이어지고 0이 어디에 오는지는 뒤에 오는 기호에 달렸다. 0부터 9,999,999까지를 다룬다.
#
# | `영` | `일` | `이` | `삼` | `사` | `오` | `육` | `칠` | `팔` | `구` | `십` | `백` | `천` | `만` |
# |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
# | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 100 | 1,000 | 10,000 |
#
# **인코더–디코더**(encoder–decoder)는 순환 층 둘로 이 일을 한다. 인코더(encoder)가 글을 다 읽고, 마지막 은닉 상태를 디코더(decoder)에 넘긴다. 디코더는 그것을 첫 은닉 상태(`initial_state`)로 삼아 숫자를 하나씩 쓴다. 시점마다 바로 앞에 쓴 숫자를 읽고 다음 숫자의 확률을 낸다. 끝나면 마침표를 쓴다. 인코더의 은닉 상태를 시점마다 다시 받는 디코더도 있고(Cho 외, 2014), 여기에서처럼 처음에 한 번만 받는 것도 있다(Sutskever 외, 2014). [[capsules]]의 디코더는 수에서 그림을 만들었고, 여기에서는 시퀀스를 만든다.
#
# 훈련할 때에는 디코더가 쓴 숫자 대신 정답의 앞 숫자를 읽힌다. 앞에서 틀리더라도 다음 숫자는 바른 숫자를 읽고 배우게 하려는 것이다. 이것을 **교사 강요**(teacher forcing)라고 한다(Williams와 Zipser, 1989). 321을 배울 때 디코더는 0, 3, 2, 1을 읽고 3, 2, 1, 마침표를 답해야 한다. 여기에서 맨 앞의 0은 숫자 영이 아니라 ‘아직 아무것도 없음’이고, 패딩과 같은 번호다. 흔히 이것을 시작 토큰(start token), 마침표와 같은 것을 끝 토큰(end token)이라고 한다. 숫자의 번호는 1부터이므로 아래에 찍히는 번호로는 숫자 3이 4이고, 마침표가 11이다. 디코더의 임베딩에는 `mask_zero`를 쓰지 않는다. 쓰면 첫 시점을 건너뛸 것이다. 그 대신 마침표 뒤의 패딩은 `sample_weight`를 0으로 하여 손실에서 뺀다.
#
# 쓸 때에는 정답이 없다. 시점마다 확률이 가장 큰 숫자를 골라 쓰고, 그것을 다시 읽는다. 이것을 **탐욕적 디코딩**(greedy decoding)이라고 한다. 한번 쓴 것은 되돌리지 않는다. 여러 후보를 함께 끌고 가다가 전체의 확률이 가장 큰 것을 고르는 방법은 빔 탐색(beam search)이라고 한다. 아래의 `greedy`는 시점마다 처음부터 다시 계산한다. 아직 쓰지 않은 자리에는 0이 있지만, 3절에서 보았듯이 뒤의 것은 앞의 답을 바꾸지 못한다.
# %% [markdown] lang="en"
# ## 5. From Korean words to digits
#
# `만삼백이십일` (*man sam baek i sip il*) is 10321. Six symbols are read and five digits written, and the 0 in the place of thousands is not spoken. Nor is a 1 before `천`, `백` and `십` (thousand, hundred, ten), or alone before `만` (ten thousand). So one symbol is not one digit: how many digits follow, and where zeros go, depends on symbols that come later. The numbers go from 0 to 9,999,999.
#
# | `영` | `일` | `이` | `삼` | `사` | `오` | `육` | `칠` | `팔` | `구` | `십` | `백` | `천` | `만` |
# |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
# | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 100 | 1,000 | 10,000 |
#
# An **encoder–decoder** does this with two recurrent layers. The encoder reads the whole text, and hands its last hidden state to the decoder. The decoder starts from it (`initial_state`); then it writes one digit after another. At each time step it reads the digit it wrote last, and gives probabilities for the next. At the end it writes a full stop. Some decoders are given the last hidden state of the encoder again at every time step (Cho et al., 2014), some only once at the start, as here (Sutskever et al., 2014). The decoder in [[capsules]] made a picture out of numbers; this one makes a sequence.
#
# In training, the decoder reads the digits of the right answer and not those it would have written itself. Even where its own digit would be wrong, it learns the next one after the right digit. This is **teacher forcing** (Williams and Zipser, 1989). To learn 321, the decoder reads 0, 3, 2, 1, and should answer 3, 2, 1, full stop. The 0 in front is not the digit zero; it stands for nothing yet, and has the same number as padding. It is often called the start token, and what the full stop is here, the end token. As numbers count from 1, the rows printed below have 4 for the digit 3, and 11 for the full stop. The decoder's embedding goes without `mask_zero`, which would skip the first time step. Instead, the padding after the full stop is left out of the loss, by a `sample_weight` of 0.
#
# In use there is no right answer to read. The decoder takes the most probable digit at each time step, writes it, and reads it again. This is **greedy decoding**. What is written is never taken back. To carry along several candidates, and take the most probable as a whole, is called beam search. `greedy` below computes all again at each time step. Places not yet written hold 0, but as section 3 showed, what comes later cannot change an earlier answer.
# %%
check("in words", number_words(10_321), equals="만삼백이십일")
WORDS = "영일이삼사오육칠팔구십백천만"
SOUNDS = ("yeong", "il", "i", "sam", "sa", "o", "yuk", "chil", "pal", "gu", "sip", "baek")
SOUNDS += ("cheon", "man")
DIGITS = "0123456789."


def said(numbers, reverse):
    """Korean words as rows of numbers, (numbers, 13); `reverse` reads them from the end."""
    texts = [number_words(number) for number in numbers]
    return encode([text[::-1] if reverse else text for text in texts], WORDS, 13)


def written(numbers):
    """Digits and a full stop as rows of numbers, (numbers, 8)."""
    return encode([f"{number}." for number in numbers], DIGITS, 8)


def one_later(digits):
    """What the decoder reads: 0 first, then all but the last."""
    return np.pad(digits, ((0, 0), (1, 0)))[:, :-1]


print(written([321])[0], one_later(written([321]))[0])


# %%
def encoder_decoder():
    """Words (batch, 13), and the digits before (batch, 8) -> probabilities (batch, 8, 12)."""
    words, before = (keras.Input((None,), dtype="int32") for _ in range(2))
    x = layers.Embedding(len(WORDS) + 1, 32, mask_zero=True)(words)
    summary = layers.GRU(128)(x)  # the encoder's last hidden state
    x = layers.Embedding(len(DIGITS) + 1, 32)(before)
    h = layers.GRU(128, return_sequences=True)(x, initial_state=summary)
    outputs = layers.Dense(len(DIGITS) + 1, activation="softmax")(h)
    return keras.Model([words, before], outputs)


def greedy(model, words, first=None):
    """Digits as text: at every time step the most probable one, up to the full stop.

    Where `first` is given, (texts,), it is written first instead.
    """
    digits = np.zeros((len(words), 9), "int32")  # a column of 0, then what is written
    for step in range(8):
        digits[:, step + 1] = np.argmax(model([words, digits[:, :8]])[:, step], axis=-1)
        if step == 0 and first is not None:
            digits[:, 1] = first
    return [text.split(".")[0] for text in decode(digits[:, 1:], DIGITS)]


# %% [markdown] lang="ko"
# 훈련에 쓰는 수는 먼저 길이를 한 자리에서 일곱 자리까지 고르게 정한 다음 뽑는다. 0에서 9,999,999까지를 고르게 뽑으면 열에 아홉이 일곱 자리다. 테스트에는 한두 자리 20개, 세 자리 200개, 네 자리부터 일곱 자리까지 250개씩을 뽑고, 겹친 것은 하나만 남긴다. 이 수들은 훈련용 수에서 뺀다.
#
# 한 가지를 시험한다. 번역에서는 읽을 글을 뒤집어 읽으면 더 잘 배운다는 보고가 있었다(Sutskever 외, 2014). 뒤집으면 글의 첫머리를 맨 나중에 읽으므로, 읽자마자 그 부분부터 쓸 수 있다. 여기에서도 그럴까? 같은 신경망 둘을 하나는 그대로, 하나는 뒤집어 읽혀 훈련한다. 기울기 전체의 노름은 1 이하로 클리핑한다([[rnn]]). 학습률은 둘 다 0.01이다. 다른 시드 둘로 검증하니 두 신경망 모두 0.005에서는 더 나빴고, 0.02에서는 0.01과 비슷했다.
# %% [markdown] lang="en"
# For training, a length from one to seven digits is drawn evenly, and then a number of that length. Were all numbers from 0 to 9,999,999 equally likely, nine of ten would have seven digits. For testing, 20 numbers of one or two digits are set aside, 200 of three, and 250 each of four to seven, less what was drawn twice; all are taken out of what is trained on.
#
# One thing is tried. In translation it was reported to help when the text is read from the end (Sutskever et al., 2014): its beginning is read last, and is close when writing begins. Does it help here? Train the same network twice, reading as it stands and reversed. The norm of all gradients together is clipped at 1 ([[rnn]]). The learning rate is 0.01 for both. In validation with two other seeds 0.005 was worse for both, and 0.02 about as good.
# %%
def with_digits(count, rng, lengths=range(1, 8)):
    """Numbers whose length is drawn evenly, and then the number."""
    drawn = rng.choice(lengths, count)
    return np.array([rng.randint(10 ** (n - 1) if n > 1 else 0, 10**n) for n in drawn])


rng = np.random.RandomState(lesson.seed)
some = [rng.permutation(100)[:20], 100 + rng.permutation(900)[:200]]
test = np.concatenate(some + [np.unique(with_digits(250, rng, [n])) for n in range(4, 8)])
STEPS, BATCH = lesson.at_scale(small=1500, full=4000), 64
numbers = with_digits(STEPS * BATCH * 3 // 2, rng)
numbers = numbers[~np.isin(numbers, test)][: STEPS * BATCH]
check("numbers to train on", len(numbers), equals=STEPS * BATCH)
lengths = np.array([len(str(number)) for number in test])
# %%
epochs = lesson.epochs(small=1, full=1)
translators, outputs = {}, {}
for name, reverse in (("forward", False), ("reversed", True)):
    keras.utils.set_random_seed(lesson.seed)
    model = translators[name] = encoder_decoder()
    optimizer = keras.optimizers.Adam(CosineDecay(0.01, epochs * STEPS), global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, "sparse_categorical_crossentropy", steps_per_execution=20)
    words, digits = said(numbers, reverse), written(numbers)
    answered = (digits > 0).astype("float32")  # padding counts for nothing in the loss
    inputs = [words, one_later(digits)]
    model.fit(inputs, digits, sample_weight=answered, batch_size=BATCH, epochs=epochs, verbose=0)
    outputs[name] = greedy(model, said(test, reverse))
exact = {name: np.array(texts) == test.astype(str) for name, texts in outputs.items()}
# %%
for name in translators:
    check(f"{name}: exact match", exact[name].mean(), at_least=0.985)
    by_length = {n: exact[name][lengths == n].mean() for n in range(3, 8)}
    check(f"{name}: worst of three to seven digits", min(by_length.values()), at_least=0.95)
report("reversed minus forward, exact match", exact["reversed"].mean() - exact["forward"].mean())
# %% tags=["figure"] title="numbers written wrong"
_, axis = plt.subplots(figsize=(8, 3.2))
groups = [lengths <= 2] + [lengths == n for n in range(3, 8)]
for place, (name, color) in enumerate((("forward", GREY), ("reversed", BLUE))):
    counts = [int(np.sum(~exact[name][group])) for group in groups]
    bars = axis.bar(np.arange(6) + 0.4 * place - 0.2, counts, 0.38, color=color, label=name)
    axis.bar_label(bars, padding=2, fontsize=10)
names = ["1 or 2", *map(str, range(3, 8))]
axis.set_xticks(range(6), [f"{n} digits\nof {group.sum()}" for n, group in zip(names, groups)])
axis.set(ylabel="numbers written wrong", ylim=(0, 1.2 * max(axis.get_ylim()[1], 4)))
axis.yaxis.get_major_locator().set_params(integer=True)
axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 숫자가 몇 자리인가(digits)에 따라 틀리게 쓴 수의 개수(numbers written wrong). 회색이 그대로 읽은 것(forward), 파란색이 뒤집어 읽은 것(reversed)이다. 가로축의 둘째 줄(of)은 그 길이의 수가 모두 몇 개인지를 나타낸다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. How many numbers were written wrong, by how many digits they have: read as they stand (forward, grey) and reversed (blue). Below each length stands how many test numbers have it.*
# %% tags=["nbval-ignore-output"]
for name in translators:
    print(name, "wrong:", (~exact[name]).sum(), "of", len(test))
    for place in np.flatnonzero(~exact[name])[:5]:
        text = number_words(test[place])
        aloud = " ".join(SOUNDS[WORDS.index(word)] for word in text)
        print(f"   {text} ({aloud}): {test[place]} -> {outputs[name][place]}")
# %% [markdown] lang="ko"
# 길이를 고르게 섞은 이 테스트용 수에서 끝까지 똑같이 쓴 비율은 그대로 읽으면 [[range: forward: exact match]], 뒤집어 읽으면 [[range: reversed: exact match]]이다(다섯 시드). 세 자리부터 일곱 자리까지 가운데 가장 못한 길이에서도 그대로 읽으면 [[range: forward: worst of three to seven digits]], 뒤집어 읽으면 [[range: reversed: worst of three to seven digits]]이다. 뒤집어 읽는 것은 [[verdict: reversed minus forward, exact match]](맞힌 비율의 차이 [[range: reversed minus forward, exact match]]). 둘 다 거의 다 맞히므로, 이 과제로는 큰 차이가 보일 수도 없다.
#
# 위에 찍힌 잘못은 대개 이웃한 두 자리가 바뀌었거나 길이가 다르다. 숫자 하나를 잘못 쓰면 그 뒤는 잘못 쓴 것을 읽고 쓰게 된다. 교사 강요로 훈련할 때에는 한 번도 없던 일이다. 훈련과 쓸 때의 이런 어긋남을 노출 편향(exposure bias)이라고 한다(Ranzato 외, 2016). 틀린 숫자를 읽으면 디코더는 얼마나 흔들리는가? 뒤집어 읽는 신경망에 세 자리부터 일곱 자리까지의 수를 읽히고, 첫 숫자로 바른 숫자를 주거나 하나 큰 숫자(9이면 1)를 주고 나머지를 쓰게 한다. 인코더에서 넘겨받은 은닉 상태는 같다.
# %% [markdown] lang="en"
# Of these test numbers, with lengths about evenly mixed, [[range: forward: exact match]] are written exactly when they are read as they stand, and [[range: reversed: exact match]] when reversed (five seeds). At the worst of the lengths from three to seven digits it is [[range: forward: worst of three to seven digits]] and [[range: reversed: worst of three to seven digits]]. Reading in reverse [[verdict: reversed minus forward, exact match]] (difference of exact matches [[range: reversed minus forward, exact match]]). As both have nearly everything right, this task could not show a large difference.
#
# In most of the mistakes printed above two neighbouring digits are swapped, or the length is wrong. After a wrong digit the decoder goes on from what it wrote. Under teacher forcing this never happened, and such a mismatch between training and use is called exposure bias (Ranzato et al., 2016). How much does a wrong digit upset a decoder? Take the network that reads in reverse, and the numbers of three to seven digits. Give it the right first digit, or one more than that (1 for 9), and let it write the rest. The hidden state handed on by the encoder is the same.
# %%
long = test[lengths >= 3]
first = written(long)[:, 0]  # 2 to 10, for the digits 1 to 9
one_more = (first - 1) % 9 + 2  # 3 to 10 and 2: one more, and 1 for 9
for name, forced in (("right", first), ("wrong", one_more)):
    texts = greedy(translators["reversed"], said(long, True), forced)
    rest = [text[1:] == str(number)[1:] for text, number in zip(texts, long)]
    report(f"rest right after a {name} first digit", np.mean(rest))
# %% [markdown] lang="ko"
# 첫 숫자가 바르면 나머지를 모두 맞힌 비율이 [[range: rest right after a right first digit]]인데, 첫 숫자 하나가 틀리면 [[range: rest right after a wrong first digit]]이다(다섯 시드). 나머지 숫자는 읽은 글에 그대로 있으므로 첫 숫자가 틀려도 달라질 까닭이 없다. 교사 강요 때문인지는 이것만으로 알 수 없다. 스스로 쓴 것을 읽으며 훈련한 디코더와 견주어야 한다.
#
# 인코더가 읽은 것은 모두 수 128개로 된 은닉 상태 하나로 넘어간다. 여기에서는 길어야 열세 글자이므로 충분했지만, 긴 글에서는 이것이 병목이 될 수 있다. 디코더가 시점마다 인코더의 은닉 상태를 모두 다시 보게 하는 어텐션(attention)은 이 병목을 피하려고 나왔다(Bahdanau 외, 2015).
# %% [markdown] lang="en"
# With the right first digit the share of numbers whose rest is all right is [[range: rest right after a right first digit]]; with a wrong one it is [[range: rest right after a wrong first digit]] (five seeds). The other digits still stand in the text that was read, and nothing about them has changed. This alone does not show that teacher forcing is the cause; for that a decoder trained on what it writes itself would have to be compared.
#
# All that the encoder has read is handed on as one hidden state of 128 numbers. It was enough here, for thirteen symbols at most; with long texts it may become a bottleneck. Attention, which lets the decoder look at all hidden states of the encoder again at every time step, was introduced to avoid it (Bahdanau et al., 2015).
# %% tags=["play", "nbval-ignore-output"] title="read a number"
TEXT = "삼백이십일만사천"  # @param {type:"string"}
row = encode([TEXT[::-1]], WORDS, 13)
print(TEXT, "->", greedy(translators["reversed"], row)[0])
# %% [markdown] lang="ko"
# `TEXT`에 수가 아닌 것을 넣어 보라(`WORDS`의 글자만 열세 자까지 쓸 수 있다). `십영`(십, 영), `백천`(백, 천), `이이`(이, 이) 같은 것에도 신경망은 무엇인가 쓴다. 모른다고 답하는 기호가 없기 때문이다.
# %% [markdown] lang="en"
# Enter as `TEXT` something that is not a number (up to thirteen symbols, all of them of `WORDS`). For `십영` (*sip yeong*, ten zero), `백천` (*baek cheon*, hundred thousand) or `이이` (*i i*, two two), too, the network writes something: it has no symbol to say that it does not know.
# %% [markdown] lang="ko"
# ## 6. 영화 평 (`full`에서만)
#
# 시퀀스 과제의 고전으로 IMDB의 영화 평 5만 편이 있다. 영어 단어의 번호로 되어 있고, 좋은 평인지 나쁜 평인지 한 번 답한다(감성 분류). 강좌에 담기에는 커서 `full`에서만 `keras.datasets`로 받아, 앞의 단어 200개를 읽는다. 이 파일에는 읽을 때 아무 코드나 실행할 수 있는 형식인 피클(pickle)이 들어 있다. Keras 3.15는 NumPy 배열만 되살리게 제한하여 열고, 그보다 앞선 Keras에서는 이 절을 건너뛴다. 이 강좌를 만든 컴퓨터에서는 파일을 받을 수 없어 정확도를 재지 못했다.
# %% [markdown] lang="en"
# ## 6. Movie reviews (at `full` only)
#
# A classic among sequence tasks is the set of 50,000 movie reviews of IMDB, given as numbers of English words: one answer says whether a review is good or bad. They are too large to travel with the course, so only at `full` are they fetched through `keras.datasets`, and the first 200 words read. The file holds pickles, a format that can run any code when it is read. Keras 3.15 opens it with a reader restricted to making NumPy arrays; with a Keras before that this section is skipped. The machines on which this course was made could not fetch the file, so the accuracy has not been measured.
# %%
reviews = lesson.load(load_imdb)
if reviews is None:
    print("no reviews at scale small, nor with a Keras that loads any pickle")
else:
    (x_train, y_train), (x_test, y_test) = reviews  # word numbers (reviews, 200), 1 is good
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(10_000, 32, mask_zero=True)(inputs)
    outputs = layers.Dense(1, activation="sigmoid")(layers.GRU(64)(x))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy", metrics=["accuracy"])
    epochs = lesson.epochs(small=1, full=3)
    model.fit(x_train, y_train, batch_size=128, epochs=epochs, verbose=2)
    report("accuracy on movie reviews", model.evaluate(x_test, y_test, verbose=0)[1])


# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 무엇을 써야 하는지부터 정한다. 답이 하나이면 다 읽고 한 번만, 읽은 것마다 답이 있으면 시점마다, 답이 길이가 다른 글이면 인코더–디코더를 쓴다.
# - 글은 처음 보는 말도 훈련에서 자주 본 기호로 쪼개지게 한다. 처음 보는 명사의 조사는 자모로 읽을 때 거의 다 맞혔고, 음절로 읽을 때 더 많이 틀렸다. 단어와 글자의 중간을 택해, 자주 이어지는 글자들을 한 기호로 묶는 방법도 있다(byte pair encoding, BPE; Sennrich 외, 2016). 그래도 모르는 기호에는 번호 하나(흔히 UNK)를 따로 두고, 훈련에서 그 번호도 만나게 한다.
# - 길이를 맞추려고 뒤에 0을 덧댔으면 `mask_zero=True`로 건너뛴다. cuDNN의 빠른 계산은 뒤쪽만 가린 마스크에만 쓸 수 있으므로 앞을 채우지 않는다([[lstm_gru]]).
# - 시계열은 기준선부터 계산하고, 선형 층 하나와 견준다. 값이 계속 늘거나 줄면 마지막으로 읽는 값을 빼고 읽힌다.
# %% [markdown] lang="en"
# ### What to use when
#
# - Decide first what has to be written. For one answer, answer once after reading all; for an answer to each input, at every time step; for a text of another length, with an encoder–decoder.
# - Cut text so that new words, too, consist of symbols that were often seen in training. The particles after nouns never seen were nearly all right when read by letters, and less often by syllables. Between words and letters lies byte pair encoding (BPE; Sennrich et al., 2016), which joins letters that often follow each other into one symbol. Symbols that are still unknown get one number of their own (often UNK), which has to be met in training, too.
# - If sequences are filled up at the end, skip the padding with `mask_zero=True`. The fast code of cuDNN works only with masks that hide the end, so do not fill up at the front ([[lstm_gru]]).
# - For a time series, compute baselines first, and compare with a single linear layer. If the values keep growing or falling, subtract the last value read.
# %% [markdown] lang="ko" slides="002 순환신경망(Recurrent Neural Network, RNN); 003 [참고]"
# ## 7. 강의 자료와 다른 점
#
# - 002 ‘입력과 출력을 시퀀스 단위로 처리하는’: 이 수업의 세 방법 가운데 둘이 그렇다. 조사와 예측은 시퀀스를 읽고 답을 한 번만 냈다(2, 4절).
# - 003 “‘나’ 라는 단어를 생성한 뒤 ‘잤다’ 라는 단어를 생성하면, ‘나’라는 단어의 영향을 받아 ‘는’ 이라는 조사가 자동으로 생성”: 차례로 읽거나 쓰면 `는`은 `잤다`보다 먼저 온다. 명사(`나`) 바로 뒤의 답은 명사를 바꾸면 뒤집히고 동사를 바꾸어도 달라지지 않았다(3절).
# - 003 ‘시계열 데이터 … RNN 은 과정정보를 기억하면서 동작’: 24달의 차이를 읽은 GRU는 기준선보다 나았지만, 24달을 한꺼번에 읽어 은닉 상태가 없는 선형 층 하나와 견주면 오차의 차이가 [[range: linear minus GRU, error in ppm]] ppm이었고, 값을 읽으면 단순한 기준선보다 나빴다(4절).
# %% [markdown] lang="en"
# ## 7. Where the slides differ
#
# - Deck 002 calls an RNN a model that takes in and puts out sequences. So it is in two of the three ways of this lesson; particles and forecasts were one answer to a sequence (sections 2 and 4).
# - Deck 003 says that after `나` and then `잤다` are produced, the particle `는` is produced by itself, under the influence of `나`. Read or written in order, `는` comes before `잤다`. The answer after the noun turned when the noun changed, and did not change with the verb (section 3).
# - Deck 003 says that on time series an RNN works by remembering what went before. The GRU that read the differences of 24 months was better than the baselines. But beside a linear layer, which reads the 24 months at once and has no hidden state, the difference of the errors was [[range: linear minus GRU, error in ppm]] ppm, and reading values it was worse than the naive baseline (section 4).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 계절 + 증가 기준선을 고쳐 열두 달보다 먼 달까지 예측하게 하라. 증가는 마지막 달의 값에서 그 열두 달 전의 값을 뺀 것이고, 그 뒤에도 해마다 이만큼 늘어난다고 본다. 다음 해에는 증가를 한 번, 그다음 해에는 두 번 더한다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Extend the baseline seasonal + growth to more than twelve months ahead. Growth is the last value minus the value twelve months before it, and every year is taken to gain as much again: in the next year the growth is added once, in the year after twice.
# %% tags=["exercise"]
def seasonal_growth(past, months):
    """Past values, at least 13 of them -> forecasts of so many months, as an array (months,)."""
    ...


# %% tags=["solution"]
def seasonal_growth(past, months):
    """Past values, at least 13 of them -> forecasts of so many months, as an array (months,)."""
    values = list(past)
    growth = values[-1] - values[-13]
    for _ in range(months):
        values.append(values[-12] + growth)  # after twelve, on top of forecasts
    return np.array(values[len(past) :])


# %% tags=["wrong"]
def seasonal_growth(past, months):
    """Past values, at least 13 of them -> forecasts of so many months, as an array (months,)."""
    growth = past[-1] - past[-13]
    return np.array([past[-12 + month % 12] + growth for month in range(months)])


# %%
season = np.array([0, 1, 2, 3, 2, 1, 0, -1, -2, -3, -2, -1])
pattern = np.tile(season, 6) + np.repeat([0, 4, 5.5, 7, 8.5, 10], 12)  # gains 4, then 1.5 a year
exercise(seasonal_growth, [((pattern[:n], m), pattern[n : n + m]) for n, m in ((36, 12), (29, 31))])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* `나잤다`를 훈련하지 않은 층에 읽히는데, 뒤에 채우는 0을 하나에서 열셋으로 늘린다. `return_sequences=True`인 층이 `나` 바로 뒤에 내는 은닉 상태가 조금이라도 달라지는가? (1) GRU에 마스크 없이, (2) `Bidirectional`로 감싼 GRU에 마스크 없이, (3) `Bidirectional`로 감싼 GRU에 마스크와 함께. `True`나 `False` 셋을 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* An untrained layer reads `나잤다`, and instead of one 0, thirteen are filled in at the end. Does the hidden state that the layer, with `return_sequences=True`, gives right after `나` change at all (1) with a GRU and no mask; (2) with a GRU inside `Bidirectional` and no mask; (3) with a GRU inside `Bidirectional` and a mask? Return three values, each `True` or `False`, in this order.
# %% tags=["exercise"]
def changes():
    """Three times True or False."""
    ...


# %% tags=["solution"]
def changes():
    """Three times True or False."""
    return False, True, False  # zeros come later, and only the second copy reads them first


# %% tags=["wrong"]
def changes():
    """Three times True or False."""
    return True, True, False


# %%
def after_noun(both, mask, length):
    """What a layer gives after the first two letters, always from the same weights."""
    keras.utils.set_random_seed(0)
    rows = encode([letters("나잤다")], LETTERS, length)
    vectors = layers.Embedding(len(LETTERS) + 1, 16, mask_zero=mask)(rows)
    layer = layers.GRU(8, return_sequences=True)
    return np.array((layers.Bidirectional(layer) if both else layer)(vectors))[0, 1]


def measured_changes():
    cases = ((False, False), (True, False), (True, True))
    pairs = [(after_noun(*case, length=8), after_noun(*case, length=20)) for case in cases]
    return tuple(bool(np.abs(few - many).max() > 1e-6) for few, many in pairs)


exercise(changes, [((), measured_changes())])


# %% [markdown] lang="ko"
# **3.** 신경망에 시킨 일을 손으로 쓴 규칙으로 하라. 한글로 쓴 수를 정수로 돌려준다. `number_words`는 쓰지 않는다.
# %% [markdown] lang="en"
# **3.** Do by rules of your own what the network was trained to do: return a number in Korean words as an integer. Do not use `number_words`.
# %% tags=["exercise"]
def read_number(text):
    """Korean words for a number from 0 to 9,999,999 -> the number."""
    ...


# %% tags=["solution"]
def read_number(text):
    """Korean words for a number from 0 to 9,999,999 -> the number."""
    total = digit = 0
    for symbol in text:
        if symbol == "만":
            total, digit = (total + digit or 1) * 10_000, 0  # alone it is one ten thousand
        elif symbol in "천백십":
            total += (digit or 1) * {"천": 1000, "백": 100, "십": 10}[symbol]
            digit = 0
        else:
            digit = "영일이삼사오육칠팔구".index(symbol)
    return total + digit


# %% tags=["wrong"]
def read_number(text):
    """Korean words for a number from 0 to 9,999,999 -> the number."""
    total = digit = 0
    for symbol in text:
        if symbol == "만":
            total, digit = (total + digit) * 10_000, 0
        elif symbol in "천백십":
            total += (digit or 1) * {"천": 1000, "백": 100, "십": 10}[symbol]
            digit = 0
        else:
            digit = "영일이삼사오육칠팔구".index(symbol)
    return total + digit


# %%
asked = [0, 7, 10, 321, 1100, 10_000, 10_321, 1_000_000, 3_071_506, 9_999_999]
asked += np.random.RandomState(0).randint(0, 10**7, 20).tolist()


def digits_read(text):
    """The digits of what `read_number` returns, so that each of them counts."""
    number = read_number(text)
    return None if number is None else [int(digit) for digit in str(number)]


exercise(digits_read, [((number_words(n),), [int(digit) for digit in str(n)]) for n in asked])


# %% [markdown] lang="ko"
# **4.** 강의 자료 003의 차례대로 해 보자. 명사, 빈칸, 동사를 다 읽은 다음 명사 뒤에 왔어야 할 것이 `는`이면 1, `은`이면 0이라고 답한다. 빈칸이 없으면 명사가 어디에서 끝나는지 알 수 없다. 동사도 지어낸 것이고 (사전에 실린 동사처럼) `다`로 끝난다. 순환 층 하나의 마지막 은닉 상태로 답하는 신경망을 만들어 컴파일해 돌려주라. 학습률은 0.001에서 0.01 사이에서 찾아 보라. 입력은 0(패딩)부터 52(빈칸)까지의 번호이고, 답은 확률 하나다. 아래 셀이 문장 8,000개로 4에포크 훈련하고, 처음 보는 문장에서 정확도가 0.99 이상이어야 한다.
# %% [markdown] lang="en"
# **4.** Take the order of deck 003: read a noun, a space and a verb, and then answer 1 if `는` should have followed the noun, 0 if `은`. Without the space nothing would tell where the noun ends. The verbs are made up as well, and end in `다` (*da*, as verbs do in a dictionary). Build a network that answers from the last hidden state of one recurrent layer, and return it compiled; look for a learning rate between 0.001 and 0.01. Its inputs are numbers from 0 (padding) to 52 (the space), its answer is one probability. The cell below trains it for 4 epochs on 8,000 sentences, and its accuracy on new sentences has to reach 0.99.
# %% tags=["exercise"]
def rememberer():
    """A compiled network: numbers (batch, 27) -> probability of the form after a vowel (batch, 1)."""
    ...


# %% tags=["solution"]
def rememberer():
    """A compiled network: numbers (batch, 27) -> probability of the form after a vowel (batch, 1)."""
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(53, 16, mask_zero=True)(inputs)
    h = layers.GRU(32)(x)  # has to keep the letter before the space
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
    return model


# %% tags=["wrong"]
def rememberer():
    """A compiled network: numbers (batch, 27) -> probability of the form after a vowel (batch, 1)."""
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(53, 16, mask_zero=True)(inputs)
    h = layers.GlobalAveragePooling1D()(x)  # all letters alike, wherever they stand
    model = keras.Model(inputs, layers.Dense(1, activation="sigmoid")(h))
    model.compile(keras.optimizers.Adam(0.005), "binary_crossentropy")
    return model


# %%
def sentences_with_verbs(count, seed):
    """A noun, a space and a verb as rows (count, 27); 1 where the noun ends in a vowel."""
    rng = np.random.RandomState(seed)
    nouns = rng.permutation(made_up_nouns(count, seed, USED))
    verbs = rng.permutation(made_up_nouns(count, seed + 1, USED))
    texts = [letters(n) + " " + letters(v + "다") for n, v in zip(nouns, verbs)]
    return encode(texts, LETTERS + " ", 27), particles_after(nouns)[:, :1]


def accuracy_after_verb():
    """Accuracy on new sentences, counted up to 0.99; None if there is no network yet."""
    keras.utils.set_random_seed(0)
    model = rememberer()
    if model is None:
        return None
    rows, after_vowel = sentences_with_verbs(8000, seed=0)
    model.fit(rows, after_vowel, batch_size=64, epochs=4, verbose=0)
    known = {row.tobytes() for row in rows}
    rows, after_vowel = sentences_with_verbs(1000, seed=2)
    new = [row.tobytes() not in known for row in rows]
    return min(np.mean((np.array(model(rows[new])) > 0.5) == after_vowel[new]), 0.99)


exercise(accuracy_after_verb, [((), 0.99)])
# %% [markdown] lang="ko"
# ## 요약
#
# - 시퀀스를 읽고 다 읽은 뒤 한 번, 시점마다, 또는 다 읽은 뒤 다른 시퀀스로 답할 수 있다.
# - 글은 기호의 번호로 바꾸어 임베딩 층으로 읽고, 뒤에 덧댄 자리는 마스크로 건너뛴다.
# - 처음 보는 명사에서 조사 네 쌍을 모두 맞힌 비율은 자모로 읽으면 [[range: letters: unseen nouns, all four right]], 음절로 읽으면 [[range: syllables: unseen nouns, all four right]]이다. 앞에서부터 읽는 신경망에서 뒤의 동사는 앞의 답을 바꾸지 못한다.
# - 이산화탄소를 예측하는 오차는 계절 + 증가 기준선이 0.61, 선형 층이 [[range: linear: error in ppm]], GRU가 [[range: GRU: error in ppm]] ppm이고, 값을 읽은 GRU는 단순한 기준선(2.64)보다 나쁘다.
# - 인코더–디코더는 교사 강요로 배우고 탐욕적 디코딩으로 쓴다. 한글로 쓴 수를 숫자로 옮기는 일에서 처음 보는 수를 끝까지 똑같이 쓴 비율은 뒤집어 읽을 때 [[range: reversed: exact match]]이다(길이를 고르게 섞은 수).
# %% [markdown] lang="en"
# ## Summary
#
# - A network can answer a sequence once after reading all, at every time step, or with another sequence after reading all.
# - Text becomes numbers of symbols, is read through an embedding layer, and padding at its end is skipped by a mask.
# - After nouns never seen, the share with all four particles right is [[range: letters: unseen nouns, all four right]] when read by letters, and [[range: syllables: unseen nouns, all four right]] by syllables. In a network that reads from the front, a later verb cannot change an earlier answer.
# - In forecasting carbon dioxide the error is 0.61 ppm for last year's values plus growth, [[range: linear: error in ppm]] for a linear layer, [[range: GRU: error in ppm]] for a GRU; a GRU that reads values is worse than the naive baseline (2.64).
# - An encoder–decoder learns with teacher forcing and writes by greedy decoding. From Korean words to digits it writes [[range: reversed: exact match]] of the numbers never seen exactly (lengths evenly mixed, reading in reverse).
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002 4부 ‘순환신경망(Recurrent Neural Network, RNN)’, 003 ‘[참고]’.
# - K. Cho 외 (2014). *Learning phrase representations using RNN encoder–decoder for statistical machine translation*. EMNLP. 2절(인코더–디코더).
# - I. Sutskever, O. Vinyals, Q. Le (2014). *Sequence to sequence learning with neural networks*. NIPS. 3.3절(뒤집어 읽기).
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate*. ICLR. 어텐션.
# - R. Williams, D. Zipser (1989). *A learning algorithm for continually running fully recurrent neural networks*. Neural Computation 1. 교사 강요.
# - C. Keeling, T. Whorf (2004). *Atmospheric CO2 concentrations derived from flask air samples at sites in the SIO network*. 4절의 자료(data/README.md).
# - M. Ranzato 외 (2016). *Sequence level training with recurrent neural networks*. ICLR. 노출 편향.
# - R. Sennrich, B. Haddow, A. Birch (2016). *Neural machine translation of rare words with subword units*. ACL. BPE.
# - A. Maas 외 (2011). *Learning word vectors for sentiment analysis*. ACL. IMDB의 영화 평.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, part 4, its page on recurrent networks; deck 003, its reference page.
# - K. Cho et al. (2014). *Learning phrase representations using RNN encoder–decoder for statistical machine translation*. EMNLP. Section 2 (the encoder–decoder).
# - I. Sutskever, O. Vinyals, Q. Le (2014). *Sequence to sequence learning with neural networks*. NIPS. Section 3.3 (reading in reverse).
# - D. Bahdanau, K. Cho, Y. Bengio (2015). *Neural machine translation by jointly learning to align and translate*. ICLR. Attention.
# - R. Williams, D. Zipser (1989). *A learning algorithm for continually running fully recurrent neural networks*. Neural Computation 1. Teacher forcing.
# - C. Keeling, T. Whorf (2004). *Atmospheric CO2 concentrations derived from flask air samples at sites in the SIO network*. The data of section 4 (data/README.md).
# - M. Ranzato et al. (2016). *Sequence level training with recurrent neural networks*. ICLR. Exposure bias.
# - R. Sennrich, B. Haddow, A. Birch (2016). *Neural machine translation of rare words with subword units*. ACL. BPE.
# - A. Maas et al. (2011). *Learning word vectors for sentiment analysis*. ACL. The movie reviews of IMDB.
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
