# %% [markdown] lang="ko" headline="test accuracy"
# # [[number]] · 시작하기
#
# [[badge]]
#
# **노트북은 어디에서 열고, 무엇부터 실행하면 될까?**
# %% [markdown] lang="en"
# # [[number]] · Start here
#
# [[badge]]
#
# **Where do I open a notebook, and what do I run first?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - Colab이나 내 컴퓨터에서 노트북을 열고 셀을 실행할 수 있다.
# - GPU를 고르고, 파일을 올리고, 구글 드라이브를 연결할 수 있다.
# - `scale`이 무엇을 바꾸는지, ✓와 ✗가 무슨 뜻인지 안다.
# - Keras로 신경망 하나를 2분 안에 훈련할 수 있다.
#
# 걸리는 시간은 약 20분이다. 파이썬의 함수와 리스트를 알면 충분하다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Open a notebook in Colab or on your own machine, and run its cells.
# - Choose a GPU, upload a file, connect Google Drive.
# - Say what `scale` changes, and what ✓ and ✗ mean.
# - Train a neural network with Keras within two minutes.
#
# It takes about 20 minutes. Knowing functions and lists in Python is enough.
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 001의 ‘실습 환경’과 002의 1부 ‘Keras’에 해당한다. 어떤 강의 자료가 몇 번 수업으로 이어지는지는 6절의 표에 있다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It belongs to the pages on working environments in deck 001 and on Keras in part 1 of deck 002. Section 6 maps every deck to its lessons.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %% [markdown] lang="ko" slides="001 실습 환경 종류"
# ## 1. 노트북과 셀
#
# 노트북은 글이 든 칸과 코드가 든 칸이 번갈아 놓인 문서다. 이 칸을 **셀**(cell)이라고 한다. 코드 셀을 누르고 `Shift+Enter`를 치면 그 셀이 실행되고 다음 셀로
# 넘어간다. 셀에서 만든 변수와 함수는 뒤에서 도는 **런타임**(runtime)이 기억하므로, 위에서 아래로 차례대로 실행해야 한다. 무언가 꼬이면 런타임을 다시 시작하고 처음부터
# ‘모두 실행’을 누르면 된다.
#
# 아래 셀에서 `5`를 다른 수로 바꾸어 실행하고, 그다음 셀도 실행해 보자. 곡선이 바뀐다. 그림만 그리는 셀은 이렇게 제목만 보이도록 접혀 있고, 누르면 코드가 펼쳐진다.
# %% [markdown] lang="en"
# ## 1. Notebooks and cells
#
# A notebook is a document that alternates text and code. Each piece is a **cell**. Click on a code cell and press `Shift+Enter`: it runs, and the
# next one is selected. The **runtime** behind the page remembers variables and functions, so cells are to be run from top to bottom. If you get stuck, restart the
# runtime and choose *Run all*.
#
# In the cell below, change `5` to another number and run it, then the cell after it. The curve follows. A cell that does nothing but draw is folded like that one: only its title is seen, and a click unfolds the code.
# %%
import numpy as np

steepness = 5
x = np.linspace(-2, 2, 200)
y = 1 / (1 + np.exp(-steepness * x))
# %% tags=["figure"] title="a curve"
import matplotlib.pyplot as plt

_, axis = plt.subplots(figsize=(6, 2.6))
axis.plot(x, y)
axis.set(xlabel="x", ylabel="sigmoid(steepness · x)", title=f"steepness = {steepness}")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. x에 `steepness`를 곱해 시그모이드(sigmoid)라는 함수에 넣은 값. 제목에 적힌 `steepness`(가파른 정도)가 클수록 가운데가 가파르다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The function called sigmoid, of x times `steepness`. The larger `steepness`, which stands in the title, the steeper the middle.*
# %% [markdown] lang="ko" slides="001 실습 환경: colab"
# ## 2. Colab에서
#
# 구글 Colab은 웹 브라우저에서 여는 무료 노트북이다. 이 페이지 맨 위의 ‘Open in Colab’ 단추를 누르면 사본이 열린다.
#
# | 하고 싶은 일 | 방법 |
# |---|---|
# | GPU 고르기 | ‘런타임 → 런타임 유형 변경’에서 GPU를 고르고 저장한다 |
# | 모두 실행 | ‘런타임 → 모두 실행’ |
# | 내 사본 남기기 | ‘파일 → Drive에 사본 저장’ |
# | 파일 올리기 | 아래 셀에서 `UPLOAD = True` |
# | 드라이브 연결 | 아래 셀에서 `DRIVE = True` |
#
# 드라이브를 연결하면 훈련하던 상태가 그곳에 저장되므로, 런타임이 끊겨도 이어서 훈련할 수 있다. 노트북마다 런타임이 따로 있으므로, 훈련할 노트북에
# 아래의 마지막 두 줄을 복사해 먼저 실행한 다음 그 노트북의 준비 셀을 실행한다.
# %% [markdown] lang="en"
# ## 2. In Colab
#
# Google Colab is a free notebook in the browser. The button *Open in Colab* at the top of this page opens a copy there.
#
# | to do this | do that |
# |---|---|
# | choose a GPU | *Runtime → Change runtime type*, choose a GPU, save |
# | run everything | *Runtime → Run all* |
# | keep a copy of your own | *File → Save a copy in Drive* |
# | upload a file | `UPLOAD = True` in the cell below |
# | connect Drive | `DRIVE = True` in the cell below |
#
# With Drive connected, the state of a training is kept there, and it can go on after the runtime was cut off. Every notebook has a runtime of its own: copy the last two lines
# below into the notebook that trains, run them first, and then its setup cell.
# %%
UPLOAD = False
DRIVE = False
if UPLOAD:
    from google.colab import files

    print("uploaded:", list(files.upload()))
if DRIVE:
    from google.colab import drive

    drive.mount("/content/drive")
# %% [markdown] lang="ko"
# ## 3. 내 컴퓨터에서
#
# 파이썬 3.11–3.13과 git, make가 있으면 저장소를 받은 폴더에서 두 명령이면 된다. Windows에서 쓸 명령은 저장소의 README에 있다.
#
# ```bash
# make lab     # Jupyter로 노트북 열기
# make run     # 중심이 되는 수업(mnist_mlp)을 처음부터 끝까지 실행하고 확인 결과를 표로 보기
# ```
# %% [markdown] lang="en"
# ## 3. On your own machine
#
# With Python 3.11–3.13, git and make, two commands in the folder of the repository will do. The README has the lines for Windows.
#
# ```bash
# make lab     # open the notebooks in Jupyter
# make run     # run the main lesson (mnist_mlp) from top to bottom and show its checks as a table
# ```
# %% [markdown] lang="ko"
# ## 4. 크기를 정하는 손잡이 하나: `scale`
#
# 준비 셀이 출력한 한 줄에 지금의 `scale`이 적혀 있다. `small`은 CPU 코어가 두 개인 노트북 컴퓨터에서 인터넷 없이도 1–2분이면
# 끝나는 크기이고, `full`은 GPU에서 전체 데이터로 훈련하는 크기다. 코드는 똑같고 데이터의 양과, 그것을 되풀이해 보는 횟수만 다르다. GPU가 있으면 `full`, 없으면 `small`이
# 저절로 정해진다. 수업에 적힌 범위는 모두 `small`에서 잰 것이고, `full`에서는 재지 않았다. 직접 정하려면 준비 셀 위에 셀을 하나 더해 `%env LESSON_SCALE=small`을 실행하고, 준비 셀부터 다시 실행한다. 난수를 만드는 출발점이 되는 수, **시드**(seed)도
# `%env LESSON_SEED=1`처럼 정할 수 있다.
# %% [markdown] lang="en"
# ## 4. One knob for size: `scale`
#
# The line printed by the setup cell says which `scale` is in force. `small` is a size that ends within a minute or two on a laptop with two cores and without internet;
# `full` trains on whole data sets on a GPU. The code is the same; only the amount of data and the number of passes over it differ. With a GPU it is `full`, otherwise `small`.
# Ranges that the lessons quote were all measured at `small`; at `full` nothing was.
# To choose, add a cell above the setup cell with `%env LESSON_SCALE=small`, run it, and run everything from the setup cell on again. The **seed**, the number that random numbers start
# from, is set in the same way: `%env LESSON_SEED=1`.
# %%
print("scale:", lesson.scale)
print("digits to train on:", lesson.at_scale(small="8,000, embedded", full="60,000, downloaded"))
# %% [markdown] lang="ko"
# ### ✓와 ✗
#
# 수업에서 말하는 것 가운데 잴 수 있는 것은 `check`로 확인한다. 말한 대로면 ✓로, 아니면 ✗로 시작하는 줄이 나오고 노트북은 계속 실행된다. `measured` 뒤에 있는 것은 방금 잰 값이며, •로 시작하는 줄은 잰 값만 알린다.
# 숫자를 바꾸어 보다가 ✗가 나왔다면, 방금 배운 범위를 벗어난 것이다. 연습 문제에서 `…`로 시작하는 줄은 아직 풀지 않았다는 뜻이다.
# 아래 `side = 2`의 `2`를 `3`으로 바꾸어 확인해 보자.
# %% [markdown] lang="en"
# ### ✓ and ✗
#
# What a lesson claims and can measure, it checks with `check`. A claim that holds prints a line with ✓, one that does not a line with ✗, and the notebook goes on. What stands after `measured` has just been measured; a line that begins with • only tells a measured value.
# If you changed a number and see ✗, you have left the range that the lesson spoke of. In an exercise, a line that begins with `…` says that it has not been attempted.
# Change the `2` of `side = 2` below to a `3` and see.
# %%
from helpers.checks import check

side = 2
check("area of a square", side**2, equals=4)
# %% [markdown] lang="ko" slides="002 Keras"
# ## 5. 2분 맛보기: Keras로 훈련하는 신경망
#
# Keras는 짧은 코드로 신경망을 만들고 훈련하게 해 주는 파이썬 패키지다. 아래 셀 하나에 데이터를 읽고, 층을 쌓고, 훈련하고, 처음 보는 숫자로 실력을 재는 과정이 모두 들어 있다.
# 지금은 한 줄 한 줄 이해하지 않아도 된다. [[mnist_mlp]]에서 한 단계씩 다시 만든다.
# %% [markdown] lang="en"
# ## 5. A two-minute tour: a neural network trained with Keras
#
# Keras is a Python package for building and training neural networks in few lines. The one cell below reads data, stacks layers, trains, and measures on digits
# that the network has never seen. There is no need to understand each line yet: [[mnist_mlp]] builds it again step by step.
# %% tags=["nbval-ignore-output"]
import keras
from keras import layers

from helpers.datasets import load_mnist
from helpers.plots import prediction_bars

(x_train, y_train), (x_test, y_test) = lesson.load(load_mnist)  # images of 28x28, labels 0-9
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        layers.Rescaling(1 / 255),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=lesson.epochs(small=3, full=3), verbose=2)
_, accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"test accuracy {accuracy:.4f}")
# %%
check("test accuracy", accuracy, at_least=0.91)
probabilities = model.predict(x_test[:5], verbose=0)  # 5x10: of 0 to 9, for each image
# %% tags=["figure"] title="five digits, read"
prediction_bars(x_test[:5], probabilities, y_test[:5])


# %% [markdown] lang="ko"
# *그림 [[figure]]. 신경망이 처음 보는 숫자 다섯과 그 답. 막대는 신경망이 0부터 9까지 각 숫자에 매긴 확률이고, 제목은 신경망의 답과 그 확률이다. 초록은 맞힌 것, 주홍색은 틀린 것이며 괄호 안이 정답이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Five digits that the network had not seen, and its answers. The bars are the probabilities it gave to each of 0 through 9; the title is its answer with the probability, green if right, vermilion if wrong with the label in brackets.*
# %% [markdown] lang="ko"
# 신경망을 훈련한 셀의 `128`을 `4`로 줄여 다시 훈련하면 어떻게 될까?
# %% [markdown] lang="en"
# What happens if you train again with `4` instead of `128` in the cell that trains the network?
# %% [markdown] lang="ko"
# ## 6. 강의 자료에서 수업으로
#
# 강의 자료는 다섯 벌이고, 하나가 여러 부에 걸쳐 있다. 슬라이드 하나하나가 어느 절로 이어지는지는 README의 표에 있다.
#
# | 강의 자료 | 내용 | 부 |
# |---|---|---|
# | 000 | 딥러닝의 개념, ResNet 실습 | I, III, IV |
# | 001 | CNN을 활용한 이미지 분류 | I, II, III, V, VI |
# | 002 | 딥러닝 알아보기, Keras | I, II, III, IV, V |
# | 003 | 모두를 위한 딥러닝 8장 | III, IV, V, VI |
# | 004 | CNN 강의 2장 | III, V, VI |
#
# 수업은 번호 순서대로 이어진다.
#
# | 부 | 수업 |
# |---|---|
# | I 신경망 | [[perceptron]] 퍼셉트론, [[activations]] 활성화 함수, [[backpropagation]] 역전파, [[losses_and_optimizers]] 손실과 옵티마이저, [[training_well]] 잘 훈련하기 |
# | II 첫 모델 | [[mnist_mlp]] MNIST 다층 퍼셉트론 |
# | III 합성곱 신경망 | [[convolution]] 합성곱, [[cnn]] CNN, [[deep_cnn]] 깊은 CNN, [[lenet_alexnet]] LeNet과 AlexNet, [[vgg]] VGG, [[googlenet]] GoogLeNet, [[resnet]] ResNet, [[pretrained]] 사전 훈련된 모델, [[transfer]] 전이 학습, [[capsules]] 캡슐 네트워크 |
# | IV 순환 신경망 | [[rnn]] RNN, [[lstm_gru]] LSTM과 GRU, [[sequence_tasks]] 시퀀스 과제 |
# | V 객체 검출 | [[boxes]] 경계 상자, [[rcnn]] R-CNN, [[fast_rcnn]] Fast R-CNN, [[rpn]] 영역 제안 신경망, [[faster_rcnn]] Faster R-CNN, [[own_pictures]] 내 사진으로 훈련하기, [[mask_rcnn]] Mask R-CNN, [[second_look]] RF-R-CNN |
# | VI 레이블을 넘어서 | 이미지 분할, 캡션 생성, 화풍 변환, DCGAN, DQN, 병렬 처리 |
# %% [markdown] lang="en"
# ## 6. From decks to lessons
#
# There are five decks, and each spans several parts of the course. The README's table says to which section each slide leads.
#
# | deck | about | parts |
# |---|---|---|
# | 000 | concepts of deep learning, practice with ResNet | I, III, IV |
# | 001 | image classification with CNNs | I, II, III, V, VI |
# | 002 | getting to know deep learning, Keras | I, II, III, IV, V |
# | 003 | deep learning for everyone, chapter 8 | III, IV, V, VI |
# | 004 | CNN course, chapter 2 | III, V, VI |
#
# The lessons follow one another by number.
#
# | part | lessons |
# |---|---|
# | I Networks | [[perceptron]] perceptron, [[activations]] activations, [[backpropagation]] backpropagation, [[losses_and_optimizers]] losses and optimizers, [[training_well]] training well |
# | II The first model | [[mnist_mlp]] MNIST multilayer perceptron |
# | III Convolutional networks | [[convolution]] convolution, [[cnn]] CNN, [[deep_cnn]] deep CNN, [[lenet_alexnet]] LeNet and AlexNet, [[vgg]] VGG, [[googlenet]] GoogLeNet, [[resnet]] ResNet, [[pretrained]] pretrained models, [[transfer]] transfer learning, [[capsules]] capsules |
# | IV Recurrent networks | [[rnn]] RNN, [[lstm_gru]] LSTM and GRU, [[sequence_tasks]] sequence tasks |
# | V Finding objects | [[boxes]] boxes, [[rcnn]] R-CNN, [[fast_rcnn]] Fast R-CNN, [[rpn]] region proposal networks, [[faster_rcnn]] Faster R-CNN, [[own_pictures]] your own pictures, [[mask_rcnn]] Mask R-CNN, [[second_look]] RF-R-CNN |
# | VI Beyond labels | segmentation, captioning, style transfer, DCGAN, DQN, parallel computing |
# %% [markdown] lang="ko"
# ## 연습 문제
#
# 연습 문제의 모양에 익숙해지기 위한 짧은 문제 둘이다. `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
# NumPy 배열은 리스트와 달리 `array / 2`나 `array == other`를 원소마다 계산하고, `.mean()`은 평균을 구한다(참은 1, 거짓은 0으로 친다).
#
# **1.** 0–255인 픽셀을 0–1로 바꾸는 함수를 작성하라.
# %% [markdown] lang="en"
# ## Exercises
#
# Two short ones, to get used to what exercises look like. Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
# Unlike a list, a NumPy array computes `array / 2` or `array == other` element by element; `.mean()` is the mean, in which True counts as 1 and False as 0.
#
# **1.** Write a function that turns pixels of 0–255 into numbers of 0–1.
# %% tags=["exercise"]
def scale_pixels(pixels):
    """Pixels of 0-255 as numbers of 0-1, in an array of the same shape."""
    ...


# %% tags=["solution"]
def scale_pixels(pixels):
    """Pixels of 0-255 as numbers of 0-1, in an array of the same shape."""
    return pixels / 255


# %% tags=["wrong"]
def scale_pixels(pixels):
    """Pixels of 0-255 as numbers of 0-1, in an array of the same shape."""
    return pixels // 255


# %%
from helpers.checks import exercise

pixels = np.array([[0, 51, 102], [153, 204, 255]], np.uint8)
exercise(scale_pixels, [((pixels,), [[0, 0.2, 0.4], [0.6, 0.8, 1]])])


# %% [markdown] lang="ko"
# **2.** 레이블은 이미지의 정답이다. 예측한 레이블 가운데 정답과 같은 것의 비율, 곧 정확도를 돌려주는 함수를 작성하라.
# %% [markdown] lang="en"
# **2.** A label is the right answer for an image. Write a function that returns the accuracy: the share of predicted labels that equal the true ones.
# %% tags=["exercise"]
def accuracy_of(predicted, labels):
    """Share of the n predicted labels that equal the true ones, from 0 to 1."""
    ...


# %% tags=["solution"]
def accuracy_of(predicted, labels):
    """Share of the n predicted labels that equal the true ones, from 0 to 1."""
    return (predicted == labels).mean()


# %% tags=["wrong"]
def accuracy_of(predicted, labels):
    """Share of the n predicted labels that equal the true ones, from 0 to 1."""
    return (predicted == labels).sum()


# %%
labels = np.array([3, 1, 4, 1, 5])
guesses = np.array([3, 1, 4, 2, 5])
exercise(accuracy_of, [((guesses, labels), 0.8), ((labels, labels), 1), ((labels + 1, labels), 0)])
# %% [markdown] lang="ko"
# ## 요약
#
# - 셀은 `Shift+Enter`로, 위에서 아래로 실행한다.
# - Colab에서는 GPU를 고르고, 내 컴퓨터에서는 `make lab`을 쓴다.
# - `small`은 인터넷 없이 노트북 컴퓨터에서, `full`은 GPU에서 전체 데이터로 실행한다.
# - ✓는 말한 대로라는 뜻, ✗는 잰 값이 말한 것과 다르다는 뜻이다.
# - Keras 작업의 순서는 데이터 읽기, 층 쌓기, `compile`, `fit`, `evaluate`다.
# %% [markdown] lang="en"
# ## Summary
#
# - Cells are run with `Shift+Enter`, from top to bottom.
# - In Colab choose a GPU; on your own machine use `make lab`.
# - `small` runs on a laptop without internet, `full` on a GPU with whole data sets.
# - ✓ says that a claim holds, ✗ that what was measured differs from it.
# - The order of work in Keras: read data, stack layers, `compile`, `fit`, `evaluate`.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 001 ‘실습 환경’, 강의 자료 002 1부 ‘Keras’.
# - Keras 공식 문서, <https://keras.io>. Colab 안내, <https://colab.research.google.com>.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 001, the pages on working environments; deck 002, part 1, the pages on Keras.
# - Keras documentation, <https://keras.io>. Colab's welcome pages, <https://colab.research.google.com>.
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
