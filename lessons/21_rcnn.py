# %% [markdown] lang="ko" headline="AP of R-CNN"
# # [[number]] · R-CNN
#
# [[badge]]
#
# **상자 하나를 분류하는 CNN이 있으면 검출기가 된다. 그런데 어떤 상자를 분류할까?**
# %% [markdown] lang="en" headline="AP of R-CNN"
# # [[number]] · R-CNN
#
# [[badge]]
#
# **With a CNN that classifies one box we have a detector. But which boxes should it classify?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - R-CNN의 네 단계(입력 이미지, 후보 영역 추출, CNN 특성 계산, 영역 분류)를 코드로 쓰고, 어디에 시간이 드는지 잴 수 있다.
# - 선택적 탐색을 손으로 따라 하고, 묶는 방법과 점수를 매기는 방법을 재현율로 비교할 수 있다.
# - 선형 분류기의 마진을 재고, SVM의 $2/\|w\|$와 같은지 확인할 수 있다.
# - CNN 특성에 선형 SVM과 상자 회귀를 붙여 검출기를 만들고 AP로 채점할 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 50분이고, `small`에서는 실행에 1–2.5분 걸린다. [[boxes]]의 IoU와 NMS와 AP와 델타, [[transfer]]의 미세 조정, [[losses_and_optimizers]]의 손실을 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Write the four steps of R-CNN (input image, region proposals, CNN features, classification of regions), and measure where the time goes.
# - Follow selective search by hand, and compare grouping with scoring by recall.
# - Measure the margin of a linear classifier, and find it equal to the $2/\|w\|$ of an SVM.
# - Put linear SVMs and a box regression on CNN features to make a detector, and evaluate it by AP.
#
# It takes about 50 minutes to read, without the exercises, and at scale `small` one to two and a half minutes to run. You need IoU, NMS, AP and deltas from [[boxes]], fine-tuning from [[transfer]], losses from [[losses_and_optimizers]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료 003의 ‘[참고] Selective Search’, ‘[참고] SVM (서포트벡터머신)’, ‘margin’과, ‘입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류’라는 제목에 적힌 R-CNN의 네 단계에 해당한다. 그 제목 아래에 있는 Fast R-CNN은 다음 수업에서 다룬다. 자료와 다른 점은 9절에 모았다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# It covers the pages of deck 003 on selective search, on the SVM and its margin, and the four steps of R-CNN that a page title there names. Fast R-CNN, which stands under that title, is for the next lesson. Section 9 collects the differences from the slides.
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

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import CosineDecay
from skimage.segmentation import felzenszwalb
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from helpers.boxes import anchor_boxes, area, class_nms, clip, decode, encode, iou
from helpers.checks import check, exercise, report, same, show_source
from helpers.datasets import load_mnist
from helpers.metrics import Detections, coco_ap, objects_of
from helpers.plots import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, draw_scene
from helpers.proposals import Region, grouped, merged, selective_search, similarity
from helpers.scenes import digit_scenes
from helpers.weights import load_scene_classifier

# %% [markdown] lang="ko" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 1. 네 단계
#
# [[boxes]]의 슬라이딩 윈도는 한 장면에서 창 5,702개를 분류했고, 그래도 창은 정사각형뿐이었다. 창을 촘촘히 하고 모양도 바꾸면 수백만 개가 된다. 그래서 객체가 있을 법한 상자를 먼저 추리고, 그 상자만 CNN에 보인다. 그런 상자를 **후보 영역**(region proposal)이라고 한다. 클래스는 아직 묻지 않고, 무엇이든 하나 들어 있을 만한 곳을 고른다. R-CNN(regions with CNN features, Girshick 외, 2014)은 네 단계로 되어 있다.
#
# | 단계 | 들어가는 것 | 나오는 것 | 이 수업에서 |
# |---|---|---|---|
# | 입력 이미지 | | 장면 128×128 | 1절 |
# | 후보 영역 추출 | 장면 | 상자 아흔 개쯤 | 2절과 3절 |
# | CNN 특성 계산 | 상자마다 오려 낸 28×28 | 상자마다 수 128개(분류)와 3,136개(상자) | 4절 |
# | 영역 분류 | 상자마다 그 수들 | 클래스와 점수, 고쳐 그린 상자 | 5절과 6절 |
#
# 장면은 [[boxes]]에서처럼 만들고, 테스트 장면 60장은 그때와 같다. 훈련 숫자 가운데 마지막 `held`개는 따로 떼어 검증 장면을 만들고, 무엇을 고를 때 쓴다.
# %% [markdown] lang="en" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 1. Four steps
#
# The sliding windows of [[boxes]] classified 5,702 windows of a scene, and still all of them were squares. Denser windows of other shapes make millions. So first pick boxes that may hold an object, and show only those to the CNN. Such a box is called a **region proposal**: not of any class yet, just a place where something may be. R-CNN (regions with CNN features, Girshick et al., 2014) has four steps.
#
# | step | takes | gives | in this lesson |
# |---|---|---|---|
# | input image | | a scene of 128×128 | section 1 |
# | region proposals | a scene | about ninety boxes | sections 2 and 3 |
# | CNN features | a crop of 28×28 for each box | 128 numbers (class) and 3,136 (box) for each box | section 4 |
# | classification of regions | these numbers for each box | class and score, and a box redrawn | sections 5 and 6 |
#
# The scenes are made as in [[boxes]], and the 60 test scenes are the same. The last `held` of the training digits are put aside for validation scenes, which serve for choices.
# %%
(x_train, y_train), test_digits = lesson.load(load_mnist)
held = len(x_train) // 8  # training digits kept for validation
train_digits = x_train[:-held], y_train[:-held]

validation_digits = x_train[-held:], y_train[-held:]
scenes = digit_scenes(train_digits, lesson.at_scale(small=300, full=800), lesson.seed)
validation = digit_scenes(validation_digits, 25, seed=3)
tests = digit_scenes(test_digits, 60, seed=4)
place = np.argmax((tests.labels >= 0).sum(axis=1))  # the first with five digits
image, boxes = tests.images[place], tests.boxes[place]
# %% [markdown] lang="ko" slides="003 [참고] Selective Search"
# ## 2. 비슷한 이웃끼리 묶는다
#
# 객체의 픽셀은 대개 서로 비슷하고 이웃과 다르다. 그래서 장면을 비슷한 픽셀의 조각으로 나누고, 가장 비슷한 두 이웃을 하나로 묶기를 되풀이한다. 어느 객체든 여러 조각으로 나뉘어 있다가 묶이는 어느 순간에는 하나의 조각이 될 것이다. 묶이는 동안 나온 모든 조각의 상자를 후보로 삼는 것이 **선택적 탐색**(selective search)이다(Uijlings 외, 2013). 작은 조각부터 전체까지 모두 나오므로 여러 크기의 객체를 담을 수 있다.
#
# 두 조각이 얼마나 비슷한지는 세 수를 더한 것으로 나타낸다. 400픽셀짜리 그림에 30픽셀과 10픽셀 조각이 있고, 둘을 함께 둘러싼 상자가 8×6이라고 하자.
#
# - 밝기: 밝기를 열여섯 구간으로 나눈 두 히스토그램에서, 구간마다 작은 쪽을 골라 더한 것. 한 조각은 모두 한 구간에 있고 다른 조각은 반만 그 구간에 있다면 0.5다.
# - 크기: $1 - (30 + 10) / 400 = 0.9$. 작은 것부터 묶이게 한다.
# - 채움: 상자의 48픽셀 가운데 빈 곳이 8픽셀이므로 $1 - 8 / 400 = 0.98$이다. 서로 맞물린 것을 먼저 묶게 한다.
#
# 모두 더하면 2.38이다. (논문은 색의 히스토그램과 질감도 쓰고, 색 공간과 더하는 수를 바꾸어 가며 여러 번 묶어 후보를 합친다. 이 장면은 흑백이고, 질감은 넣지 않았다.)
# %% [markdown] lang="en" slides="003 [참고] Selective Search"
# ## 2. Group neighbours that are alike
#
# The pixels of an object tend to be alike, and unlike those around it. So cut a scene into pieces of similar pixels, and join the two neighbours that are most alike, again and again. An object may begin as several pieces, but at some point it should be one. **Selective search** (Uijlings et al., 2013) takes the boxes of all pieces that occur on the way as proposals. They range from small pieces to the whole scene, and so hold objects of many sizes.
#
# How much two pieces are alike is the sum of three numbers. Let a picture of 400 pixels have pieces of 30 and 10 pixels, and the box around both be 8×6.
#
# - Brightness: of two histograms over sixteen levels of brightness, the smaller value at each level, added up. If one piece lies wholly in one level, and half of the other does, 0.5.
# - Size: $1 - (30 + 10) / 400 = 0.9$, so that small ones are joined first.
# - Fill: of the 48 pixels in the box 8 are in neither, $1 - 8 / 400 = 0.98$, so that pieces that fit into each other are joined first.
#
# Together 2.38. (The paper has histograms of colour, and texture as well, and joins the proposals of many groupings, with other colour spaces and other sums. These scenes are grey, and texture is left out.)


# %%
def region(picture, inside):
    """The pixels of a picture where `inside` is True, as one region."""
    rows, columns = np.nonzero(inside)
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    histogram = np.bincount(picture[inside] // 16, minlength=16) / len(rows)
    return Region(len(rows), box, histogram)


one_level, two_levels = np.eye(16)[3], (np.eye(16)[3] + np.eye(16)[4]) / 2
first, second = Region(30, (0, 0, 6, 6), one_level), Region(10, (6, 0, 8, 6), two_levels)
check("similarity in the example", round(similarity(first, second, whole=400), 2), equals=2.38)
show_source(similarity)
# %% [markdown] lang="ko"
# 세로 띠 넷으로 된 그림으로 끝까지 해 보자. 너비는 9, 3, 4, 4, 높이는 8, 밝기는 20, 30, 200, 205다. 조각의 번호는 0부터 매긴다. 처음에 이웃한 쌍은 (0, 1), (1, 2), (2, 3)이고, 비슷한 정도는 2.4, 1.65, 2.6이다. 2와 3을 묶으면 조각 4가 되고, 쌍은 (0, 1)과 (1, 4)가 남는다. 비슷한 정도가 2.4와 1.45이므로 다음에는 0과 1을 묶는다(조각 5). 마지막으로 둘을 묶으면 전체다(조각 6). 조각 $n$개에서 시작하면 묶기는 $n - 1$번이고, 나온 조각은 모두 $2n - 1$개다.
# %% [markdown] lang="en"
# Take a picture of four vertical strips to the end. They are 9, 3, 4 and 4 wide and 8 high, with a brightness of 20, 30, 200 and 205. Number the pieces from 0. At first the pairs of neighbours are (0, 1), (1, 2) and (2, 3), with similarities of 2.4, 1.65 and 2.6. Join 2 and 3 to region 4, and the pairs left are (0, 1) and (1, 4). Their similarities are 2.4 and 1.45, so join 0 and 1 next (region 5). Last, these two make the whole (region 6). From $n$ pieces there are $n - 1$ joins, and $2n - 1$ regions in all.
# %%
strips = np.repeat([[0, 1, 2, 3]], 8, axis=0).repeat([9, 3, 4, 4], axis=1)  # (8, 20)
picture = np.array([20, 30, 200, 205], np.uint8)[strips]
regions = [region(picture, strips == number) for number in range(4)]
pairs = {(0, 1), (1, 2), (2, 3)}  # neighbours


def alike(pair):
    return similarity(regions[pair[0]], regions[pair[1]], picture.size)


first_alike = [round(alike(pair), 2) for pair in sorted(pairs)]
check("similarity of neighbours", first_alike, equals=[2.4, 1.65, 2.6])
joined = []
while pairs:
    pair = max(pairs, key=alike)
    joined.append(pair)
    new = len(regions)
    regions.append(merged(regions[pair[0]], regions[pair[1]]))
    renamed = [tuple(new if number in pair else number for number in other) for other in pairs]
    pairs = {(min(other), max(other)) for other in renamed if other != (new, new)}
check("joined in this order", joined, equals=[(2, 3), (0, 1), (4, 5)])
by_helper = [each.box for each in grouped(picture, strips)]
same([each.box for each in regions], by_helper, "regions by hand and in helpers.proposals")
# %% [markdown] lang="ko"
# 처음의 조각은 그래프 기반 분할(graph-based segmentation, Felzenszwalb와 Huttenlocher, 2004)로 얻는다. 그림을 `sigma`만큼 흐리게 하고, 픽셀을 정점으로 삼고 이웃한 픽셀을 간선으로 이어, 둘의 밝기 차이를 간선의 가중치로 둔다. 조각 안의 차이 $\mathrm{Int}(A)$는 조각 $A$의 정점을 모두 잇는 가장 싼 길(최소 신장 트리)에서 가장 큰 가중치다. 처음에는 픽셀마다 조각 하나이고 $\mathrm{Int} = 0$이다. 가중치가 작은 간선부터 차례로 보면서, 가중치가 $\mathrm{Int}(A) + k/|A|$와 $\mathrm{Int}(B) + k/|B|$ 가운데 작은 것 이하이면 간선이 잇는 두 조각을 합친다. $|A|$는 픽셀의 수, $k$는 `scale`이다. $k$가 클수록 작은 조각이 쉽게 합쳐져 조각이 커진다. 끝으로 `min_size`픽셀보다 작은 조각은 이웃에 붙인다. scikit-image의 함수를 그대로 쓴다.
#
# `selective_search`는 `scale`과 `min_size`를 50과 20, 100과 10으로 하여 두 번 분할하고, 분할마다 묶어서 나온 상자를 한데 모은다. 변이 8–64픽셀인 것만 남기고(숫자의 크기를 알고 정했다), 같은 상자는 하나로 친다.
# %% [markdown] lang="en"
# The first pieces come from a graph-based segmentation (Felzenszwalb and Huttenlocher, 2004). Blur the picture by `sigma`; its pixels are the vertices of a graph, and an edge joins neighbours, with their difference of brightness as its weight. The difference inside a piece, $\mathrm{Int}(A)$, is the largest weight on the cheapest way to connect all vertices of the piece $A$ (its minimum spanning tree). At first each pixel is a piece, with $\mathrm{Int} = 0$. Go through the edges from the lightest on, and join the two pieces at its ends if its weight is no more than the smaller of $\mathrm{Int}(A) + k/|A|$ and $\mathrm{Int}(B) + k/|B|$, where $|A|$ is the number of pixels and $k$ the `scale`. With a larger $k$ small pieces are joined more easily, and pieces become larger. Last, pieces of fewer than `min_size` pixels go to a neighbour. It is scikit-image's function as it stands.
#
# `selective_search` starts from two segmentations, with a `scale` and `min_size` of 50 and 20, and of 100 and 10, and puts the boxes of both groupings together. It keeps those whose sides have 8–64 pixels (chosen with the sizes of the digits in mind), and each box once.
# %%
show_source(selective_search)
# %%
segments = felzenszwalb(image, scale=100, sigma=0.8, min_size=10)
proposals = selective_search(image)
real = boxes[tests.labels[place] >= 0]
best = iou(proposals, real).argmax(axis=0)  # for each digit the proposal that fits best
count = segments.max() + 1
# %% tags=["figure"] title="from pieces to proposals"
_, axes = plt.subplots(1, 4, figsize=(11, 3.2))
draw_scene(axes[0], image, title="input image")
shuffled = np.random.RandomState(0).permutation(count)
axes[1].imshow(shuffled[segments], cmap="nipy_spectral", interpolation="nearest")
axes[1].set_title(f"{count} pieces")
axes[1].axis("off")
draw_scene(axes[2], image, title=f"{len(proposals)} proposals")
for x_min, y_min, x_max, y_max in proposals:
    corner, sides = (x_min, y_min), (x_max - x_min, y_max - y_min)
    axes[2].add_patch(plt.Rectangle(corner, *sides, fc="none", ec=ORANGE, lw=0.6))
fits = [f"{iou(proposals[k][None], digit[None])[0, 0]:.2f}" for k, digit in zip(best, real)]
draw_scene(axes[3], image, proposals[best], fits, title="best for each digit")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽부터 입력 이미지(input image), `scale`이 100인 분할의 조각(pieces, 색은 조각을 구별할 뿐이다), 선택적 탐색이 낸 후보 영역(proposals), 그 가운데 숫자마다 가장 잘 맞는 것(best for each digit)과 그 IoU.*
# %% [markdown] lang="en"
# *Figure [[figure]]. From the left: the input image, the pieces of the segmentation with a `scale` of 100 (colours only tell them apart), the proposals of selective search, and among these the best one for each digit, with its IoU.*
# %% [markdown] lang="ko" slides="003 [참고] Selective Search; 003 [참고] SVM (서포트벡터머신)"
# ## 3. 묶을 것인가, 점수를 매길 것인가
#
# 후보를 얻는 방법에는 크게 두 갈래가 있다(Hosang 외, 2016). 선택적 탐색은 조각을 묶는다(grouping). 다른 갈래는 창을 아주 많이 늘어놓고 객체가 있을 법한 정도에 점수를 매겨(window scoring) 높은 것만 남긴다. 강의 자료는 선택적 탐색을 ‘스코어링 방식’이라고 하지만 2절에서 수를 매긴 것은 두 조각이 비슷한 정도였지, 상자에 객체가 있을 법한 정도가 아니었다(9절). 점수를 매기는 간단한 방법을 하나 만들어 둘을 비교해 보자.
#
# 객체에는 가장자리가 많으므로 창 안에 가장자리 픽셀이 얼마나 빽빽한지를 점수로 삼는다. 가장자리는 OpenCV의 캐니(Canny) 검출기로 찾는다. 흐리게 한 그림에서 밝기가 가파르게 바뀌는 픽셀을 골라 준다. 크기(넓이의 제곱근) 여섯 가지와 세로 대 가로의 비 다섯 가지를 짝지은 창을 4픽셀 간격으로 놓고, 장면 안에 다 들어오는 17,560개를 쓴다. 왼쪽 위 모서리부터 $(x, y)$까지 센 가장자리 픽셀의 수를 표 $S$에 적어 두면, 창 안의 개수는 $S(x_2, y_2) - S(x_1, y_2) - S(x_2, y_1) + S(x_1, y_1)$이다. 그것을 넓이의 0.75제곱으로 나눈다(0.5, 0.75, 1 가운데 검증 장면에서 200개까지의 재현율이 가장 높을 때가 많았다). IoU가 0.7을 넘게 겹치는 창은 NMS로 점수가 높은 것만 남긴다(0.8과 0.9는 재현율이 더 낮았다). 캐니의 임계값은 따로 고르지 않았다.
#
# 여기에서 재현율은 IoU가 임계값 이상인 후보가 하나라도 있는 숫자의 비율이다.
# %% [markdown] lang="en" slides="003 [참고] Selective Search; 003 [참고] SVM (서포트벡터머신)"
# ## 3. To group or to score
#
# There are two main ways to proposals (Hosang et al., 2016). Selective search groups pieces. The other way lays out very many windows, scores each by how likely it holds an object, and keeps the highest. The deck calls selective search a scoring method, but the numbers of section 2 said how much two pieces are alike, not how likely a box holds an object (section 9). Let us make a simple scoring method, and compare.
#
# Objects have many edges, so let the score be how dense the edge pixels in a window are. OpenCV's Canny detector finds them: pixels of a blurred picture where brightness changes steeply. The windows have six sizes (square roots of areas) by five ratios of height to width, every 4 pixels; 17,560 lie within the scene. Let a table $S$ hold how many edge pixels there are from the upper left corner to $(x, y)$; a window then has $S(x_2, y_2) - S(x_1, y_2) - S(x_2, y_1) + S(x_1, y_1)$. Divide by the area to the power of 0.75 (of 0.5, 0.75 and 1 the one whose recall on validation scenes, up to 200 windows, was highest in most cases). Of windows that overlap by an IoU above 0.7, NMS keeps those with higher scores (with 0.8 and 0.9 recall was lower). Canny's thresholds were not tuned.
#
# Recall here is the share of digits that have at least one proposal with an IoU at or above the threshold.
# %%
WINDOWS = anchor_boxes(32, 32, 4, sides=(16, 20, 25, 31, 39, 49), ratios=(2 / 3, 1, 1.5, 2, 3))
WINDOWS = np.round(WINDOWS[((WINDOWS >= 0) & (WINDOWS <= 128)).all(axis=1)]).astype(int)


check("windows", len(WINDOWS), equals=17_560)


def edge_density(image):
    """Edge pixels in every window, over a power of its area."""
    edges = cv2.Canny(cv2.GaussianBlur(image, (0, 0), 1), 60, 120) > 0
    sums = np.pad(edges.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    x_min, y_min, x_max, y_max = WINDOWS.T
    inside = sums[y_max, x_max] - sums[y_min, x_max] - sums[y_max, x_min] + sums[y_min, x_min]
    return inside / area(WINDOWS) ** 0.75


def best_windows(image, count):
    """The windows with the highest scores that do not overlap much, best first."""
    windows, scores = WINDOWS.astype("float32"), edge_density(image).astype("float32")
    return WINDOWS[np.array(tf.image.non_max_suppression(windows, scores, count, 0.7))]


# %%
def recall(proposals, truth, threshold):
    """Share of all digits that have a proposal with this IoU or more."""
    best = [iou(each, shown.boxes).max(axis=0) for each, shown in zip(proposals, truth)]
    return np.mean(np.concatenate(best) >= threshold)


# %%
truth = objects_of(tests.boxes, tests.labels)
test_proposals = [selective_search(picture) for picture in tests.images]
per_scene = np.mean([len(each) for each in test_proposals])
report("proposals of selective search in a scene", round(per_scene))
of_grouping = [recall(test_proposals, truth, threshold) for threshold in (0.5, 0.7)]
check("recall of grouping", of_grouping[0], at_least=0.9)
report("recall of grouping at seven tenths", of_grouping[1])

scored = [best_windows(picture, 1000) for picture in tests.images]
as_many = [windows[: len(each)] for windows, each in zip(scored, test_proposals)]
of_as_many = [recall(as_many, truth, threshold) for threshold in (0.5, 0.7)]
report("recall of as many windows", of_as_many[0])
report("recall of as many windows at seven tenths", of_as_many[1])
check("grouping minus as many windows, recall", of_grouping[0] - of_as_many[0], at_least=0.05)
# %%
counts = (20, 50, 100, 200, 500, 1000)
by_score = {
    threshold: [recall([each[:count] for each in scored], truth, threshold) for count in counts]
    for threshold in (0.5, 0.7)
}
for count in (50, 200, 1000):
    position = counts.index(count)
    report(f"recall of {count} windows", by_score[0.5][position])
    report(f"recall of {count} windows at seven tenths", by_score[0.7][position])
rng = np.random.RandomState(lesson.seed)
fifty = [rng.permutation(each)[:50] for each in test_proposals]  # at random
report("recall of 50 by grouping", recall(fifty, truth, 0.5))
report("recall of 50 by grouping at seven tenths", recall(fifty, truth, 0.7))
at_best = [recall([WINDOWS] * len(truth), truth, threshold) for threshold in (0.5, 0.7)]
report("recall of all windows", at_best[0])
report("recall of all windows at seven tenths", at_best[1])
check("grouping minus all windows at 0.7, recall", of_grouping[1] - at_best[1], at_least=0)
# %% tags=["figure"] title="recall of proposals"
_, axis = plt.subplots(figsize=(6.4, 3.7))
for threshold, color in ((0.5, BLUE), (0.7, SKY)):
    axis.plot(counts, by_score[threshold], "o-", color=color, label=f"scoring, IoU {threshold}")
for value, color in zip(at_best, (BLUE, SKY)):
    axis.axhline(value, color=color, ls=":")
for value, color, threshold in zip(of_grouping, (VERMILION, ORANGE), (0.5, 0.7)):
    axis.plot(per_scene, value, "*", ms=16, color=color, label=f"grouping, IoU {threshold}")
axis.set(xscale="log", xlabel="proposals in a scene", ylabel="recall", ylim=(0, 1.03))
axis.set_xticks(counts, counts)
axis.minorticks_off()
axis.legend(frameon=False, loc="lower right")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 장면에서 보는 후보의 수(proposals in a scene)와 재현율(recall). 선은 가장자리 점수(scoring)가 높은 창부터 본 것, 점선은 창을 모두 볼 때의 재현율, 별은 선택적 탐색(grouping)이 낸 것 모두다(가로로는 평균의 자리). 진한 색은 IoU 0.5 이상, 옅은 색은 0.7 이상인 후보가 있는 숫자의 비율이다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Recall against the number of proposals in a scene. The lines take the windows with the highest edge scores, the dotted lines all windows, the stars all that selective search gives (grouping, at its mean number). Dark colours count digits with a proposal of IoU 0.5 or more, light ones of 0.7 or more.*
# %% [markdown] lang="ko"
# | 한 장면의 후보 | IoU 0.5 | IoU 0.7 |
# |---|---|---|
# | 점수, 창 50개 | [[range: recall of 50 windows]] | [[range: recall of 50 windows at seven tenths]] |
# | 점수, 묶기와 같은 수의 창 | [[range: recall of as many windows]] | [[range: recall of as many windows at seven tenths]] |
# | 점수, 창 200개 | [[range: recall of 200 windows]] | [[range: recall of 200 windows at seven tenths]] |
# | 점수, 창 1,000개 | [[range: recall of 1000 windows]] | [[range: recall of 1000 windows at seven tenths]] |
# | 창 모두(17,560개) | [[range: recall of all windows]] | [[range: recall of all windows at seven tenths]] |
# | 묶기, 무작위로 50개까지 | [[range: recall of 50 by grouping]] | [[range: recall of 50 by grouping at seven tenths]] |
# | 묶기, 모두(평균 [[range: proposals of selective search in a scene]]개) | [[range: recall of grouping]] | [[range: recall of grouping at seven tenths]] |
#
# 장면마다 묶기와 같은 수만큼 창을 보면 묶기의 재현율이 훨씬 높다. 점수로는 창을 1,000개쯤 보아야 비슷해진다. 모자라는 것은 대부분 점수다. 0.7에서 창을 모두 보면 [[range: recall of all windows at seven tenths]]인데, 그 가운데 점수로 골라 묶기와 같은 수만 보면 [[range: recall of as many windows at seven tenths]]이다. 다만 창을 모두 보아도 묶기보다 높지는 않다(숫자 한둘의 차이다). 조각의 상자는 객체의 모양을 따르지만 창의 모양은 미리 정해져 있다. 이것은 간단한 점수 하나와 견준 결과이고, 더 나은 점수도 있다. 장면과 창이 늘 같으므로 시드마다 달라지는 것은 무작위로 고른 줄뿐이다. 그러나 상자가 하나 늘 때마다 CNN이 할 일이 느는 R-CNN에는 적은 후보로 재현율이 높은 쪽이 알맞다.
# %% [markdown] lang="en"
# | proposals in a scene | IoU 0.5 | IoU 0.7 |
# |---|---|---|
# | scoring, 50 windows | [[range: recall of 50 windows]] | [[range: recall of 50 windows at seven tenths]] |
# | scoring, as many windows as grouping | [[range: recall of as many windows]] | [[range: recall of as many windows at seven tenths]] |
# | scoring, 200 windows | [[range: recall of 200 windows]] | [[range: recall of 200 windows at seven tenths]] |
# | scoring, 1,000 windows | [[range: recall of 1000 windows]] | [[range: recall of 1000 windows at seven tenths]] |
# | all 17,560 windows | [[range: recall of all windows]] | [[range: recall of all windows at seven tenths]] |
# | grouping, up to 50 at random | [[range: recall of 50 by grouping]] | [[range: recall of 50 by grouping at seven tenths]] |
# | grouping, all (mean [[range: proposals of selective search in a scene]]) | [[range: recall of grouping]] | [[range: recall of grouping at seven tenths]] |
#
# With as many windows in each scene as grouping has boxes, the recall of grouping is far higher. Scoring needs about 1,000 windows to come close. Most of what is lacking is the score: at 0.7 all windows together have [[range: recall of all windows at seven tenths]], and of these the best by score, as many as grouping has boxes, only [[range: recall of as many windows at seven tenths]]. Still, even all of them are no better than grouping (a difference of a digit or two). Boxes of pieces follow the shapes of objects, and those of windows are fixed beforehand. This compares with one simple score, and there are better ones. Scenes and windows are always the same, so only the row at random differs from seed to seed. But in R-CNN every box is more work for the CNN, so a high recall from few boxes is what suits it.
# %% [markdown] lang="ko"
# ## 4. 상자마다 CNN을 돌린다
#
# 후보는 크기도 모양도 제각각인데 CNN의 입력은 정해져 있다. R-CNN은 상자를 둘레와 함께 오려 정해진 크기로 맞춘다(warp). 가로와 세로를 따로 늘이므로 모양은 일그러진다. 둘레가 보이면 객체가 상자 밖으로 이어지는지 알 수 있다. 여기에서는 변의 양쪽을 15%씩 넓혀 28×28로 맞춘다.
#
# CNN은 처음부터 훈련하지 않는다. 논문은 ImageNet으로 사전 훈련된 신경망을 가져와 쓴다. 상자가 있는 데이터는 적고, 사진마다 클래스만 적힌 데이터는 많기 때문이다. 여기에서도 그렇게 한다. `load_scene_classifier`는 훈련 숫자가 하나씩 있는 128×128 장면 20,000장에서 ‘어느 숫자인가?’만 배운 작은 CNN이다. 상자를 본 적은 없다. 합성곱은 입력의 크기를 가리지 않으므로 28×28에도 쓸 수 있다. 합성곱 층 셋을 지나 나온 특성 맵(7×7×64)을 가져와 층 둘을 붙이고, 오려 낸 상자로 모든 층을 미세 조정(fine-tuning)한다. 클래스는 숫자 열과 배경이다. 실제 상자와 IoU가 0.5 이상인 후보(실제 상자도 넣는다)는 그 숫자, 나머지는 배경으로 친다. 배경이 훨씬 많으므로 한 장면에서 숫자는 열두 개까지, 배경은 스물네 개까지 뽑는다.
# %% [markdown] lang="en"
# ## 4. Run a CNN on every box
#
# Proposals have all sizes and shapes, but the CNN takes one. R-CNN cuts out a box with some of its surroundings and warps it to a fixed size, width and height separately, which distorts it. The surroundings show whether the object goes on beyond the box. Here each side is widened by 15% at both ends, and the box is then warped to 28×28.
#
# The CNN is not trained from scratch. The paper takes a network pretrained on ImageNet, as there is little data with boxes and much with one class for each picture. The same is done here. `load_scene_classifier` is a small CNN that learned from 20,000 scenes of 128×128 with one training digit each which digit it is, and never saw a box. Convolutions take inputs of any size, so it can be used on 28×28. Take the feature map after its three convolutions (7×7×64), add two layers, and fine-tune all layers on crops. The classes are ten digits and the background: a proposal whose IoU with a real box is 0.5 or more (real boxes are put in, too) counts as the digit, others as background. As there is far more background, at most twelve digits and twenty-four of the background are taken from a scene.


# %%
def pixels(images):
    """Bytes (n, height, width) -> numbers of 0-1 with a channel, (n, height, width, 1)."""
    return images[..., None].astype("float32") / 255


def crops(image, boxes, around=0.15):
    """Each box, widened by a share of its sides at both ends, as 28x28 bytes: (n, 28, 28)."""
    result = np.zeros((len(boxes), 28, 28), np.uint8)
    for place, (x_min, y_min, x_max, y_max) in enumerate(boxes):
        dx, dy = around * (x_max - x_min), around * (y_max - y_min)
        corners = [(x_min - dx, y_min - dy), (x_max + dx, y_min - dy), (x_min - dx, y_max + dy)]
        # OpenCV counts from the centres of pixels, boxes from their borders: hence the half
        source, target = np.float32(corners) - 0.5, np.float32([(0, 0), (28, 0), (0, 28)]) - 0.5
        matrix = cv2.getAffineTransform(source, target)
        borders = cv2.BORDER_REPLICATE  # beyond the scene its border goes on
        result[place] = cv2.warpAffine(image, matrix, (28, 28), borderMode=borders)
    return result


# %%
def examples(scenes, all_proposals, rng):
    """Of all scenes: boxes, crops, classes (10: background), nearest real boxes, IoU with them."""
    rows, shown_there = [], objects_of(scenes.boxes, scenes.labels)
    for image, shown, proposals in zip(scenes.images, shown_there, all_proposals):
        candidates = np.concatenate([proposals, shown.boxes])
        ious = iou(candidates, shown.boxes)
        best, nearest = ious.max(axis=1), ious.argmax(axis=1)
        digits = rng.permutation(np.flatnonzero(best >= 0.5))[:12]
        background = rng.permutation(np.flatnonzero(best < 0.5))[:24]
        picked = np.concatenate([digits, background])
        classes = np.where(best[picked] >= 0.5, shown.labels[nearest[picked]], 10)
        row = (candidates[picked], crops(image, candidates[picked]), classes)
        rows.append((*row, shown.boxes[nearest[picked]], best[picked]))
    return [np.concatenate(column) for column in zip(*rows)]


scene_proposals = [selective_search(picture) for picture in scenes.images]
chosen, patches, classes, targets, ious = examples(scenes, scene_proposals, rng)
# %% tags=["figure"] title="crops"
picks = np.random.RandomState(1)
shown = [picks.permutation(np.flatnonzero(classes == label))[:2] for label in range(10)]
shown.append(picks.permutation(np.flatnonzero(classes == 10))[:10])
shown = np.concatenate(shown)
_, axes = plt.subplots(3, 10, figsize=(11, 3.9))
for axis, row in zip(axes.flat, shown):
    label = "background" if classes[row] == 10 else classes[row]
    draw_scene(axis, patches[row])
    axis.set_title(label, fontsize=10)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련에 쓰는 상자를 28×28로 맞춘 것. 위의 두 줄은 숫자, 아래 줄은 배경(background)이다. IoU가 0.5 이상이면 숫자로 치므로 잘린 것도 있고, 숫자의 일부가 들어 있어도 IoU가 0.5보다 작으면 배경이다. 가로와 세로를 따로 늘여 모양이 일그러졌다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Boxes for training, warped to 28×28: digits in the upper two rows, background in the lower one. An IoU of 0.5 is enough for a digit, so some are cut off, and part of a digit is background if its IoU is below that. As width and height are stretched separately, shapes are distorted.*


# %%
def rcnn_network():
    """Crops (n, 28, 28, 1) -> 11 logits; and a model that gives the features on the way."""
    classifier = load_scene_classifier()
    body = keras.Model(classifier.input, classifier.get_layer("features").output)
    inputs = keras.Input((28, 28, 1))
    maps = layers.Flatten()(body(inputs))  # 7x7x64 -> 3,136
    vectors = layers.Dense(128, activation="relu", kernel_initializer="he_normal")(maps)
    outputs = layers.Dense(11)(vectors)
    return keras.Model(inputs, outputs), keras.Model(inputs, [vectors, maps])


network, features = rcnn_network()
epochs = lesson.epochs(small=3, full=6)
steps = epochs * -(-len(patches) // 64)
optimizer = keras.optimizers.Adam(CosineDecay(0.002, steps))
optimizer.build(network.trainable_variables)  # or else Keras traces the step twice
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
network.compile(optimizer, loss, steps_per_execution=10)
network.fit(pixels(patches), classes, batch_size=64, epochs=epochs, verbose=0)
vectors, maps = features.predict(pixels(patches), batch_size=256, verbose=0)
check("numbers for each box", vectors.shape[1], equals=128)
check("numbers in its feature map", maps.shape[1], equals=7 * 7 * 64)
# %% [markdown] lang="ko"
# 학습률 0.002는 0.001, 0.002, 0.004 가운데 AP(시드 둘의 평균)가 가장 높은 것으로, 수업을 만들 때 검증 장면 40장에서 미리 골랐다. 이제 CNN은 상자마다 두 가지 특성을 준다. 마지막 특성 맵을 펼친 수 3,136개와 그 위의 은닉층에서 나온 수 128개다.
# %% [markdown] lang="en"
# The learning rate of 0.002 has the highest AP among 0.001, 0.002 and 0.004 (mean of two seeds), chosen on 40 validation scenes when the lesson was made. Now the CNN gives two kinds of features for each box: the last feature map as 3,136 numbers, and the 128 numbers of the hidden layer above it.
# %% [markdown] lang="ko" slides="003 margin; 003 [참고] SVM (서포트벡터머신)"
# ## 5. 가장 넓은 띠로 가른다: SVM
#
# 강의 자료의 그림에서는 두 클래스의 점들을 직선 $B_1$도 $B_2$도 가른다(아래에 새로 그렸다). 어느 쪽이 나을까? **서포트 벡터 머신**(support vector machine)은 줄여서 SVM이라고 하며(Cortes와 Vapnik, 1995), 점들 사이에 낼 수 있는 가장 넓은 띠를 찾고 그 한가운데에 경계를 둔다. 새 점이 훈련 점에서 조금 벗어나도 같은 쪽에 남게 하려는 것이다.
#
# 선형 분류기의 점수는 $w \cdot x + b$이고, 부호가 클래스($t = \pm 1$)다. 경계에서 점까지의 거리는 점수를 $w$의 길이로 나눈 $|w \cdot x + b| / \|w\|$다. $w = (3, 4)$, $b = -5$이면 $\|w\| = 5$이고, 점 $(3, 4)$의 점수는 $9 + 16 - 5 = 20$, 거리는 4다. 점수가 $+1$인 직선(plus-plane)과 $-1$인 직선(minus-plane)은 경계에서 저마다 $1/5$만큼 떨어져 있으므로 둘 사이는 $2/5 = 0.4$다.
#
# $w$와 $b$에 같은 양수를 곱해도 경계는 그대로다. 그러므로 경계를 한가운데에 두고, 양쪽에서 가장 가까운 점의 점수가 $+1$과 $-1$이 되도록 크기를 맞출 수 있다. 그러면 두 직선 사이의 거리인 **마진**(margin)은 $2 / \|w\|$다. 두 직선에 닿은 점을 **서포트 벡터**(support vector)라고 한다. 그래서 마진을 가장 크게 하는 것은, 모든 점에서 $t(w \cdot x + b) \ge 1$이라는 조건 아래 $\|w\|$를 가장 작게 하는 것이다. 아래에서는 방향을 0°에서 90°까지 0.01°씩 바꾸며 마진을 재어 가장 넓은 것을 찾고, scikit-learn의 `SVC`와 비교한다(`C`를 아주 크게 주면 띠 안에 점을 들이지 않는다. `C`의 뜻은 뒤에 나온다).
# %% [markdown] lang="en" slides="003 margin; 003 [참고] SVM (서포트벡터머신)"
# ## 5. Separate by the widest strip: the SVM
#
# In a picture of the deck both lines $B_1$ and $B_2$ separate the points of two classes (there is one like it below). Which is better? A **support vector machine**, SVM for short (Cortes and Vapnik, 1995), finds the widest strip that fits between the points and puts the boundary in its middle, so that new points may stray a little from those of training and stay on their side.
#
# The score of a linear classifier is $w \cdot x + b$, and its sign the class ($t = \pm 1$). The distance from the boundary to a point is the score over the length of $w$, $|w \cdot x + b| / \|w\|$. For $w = (3, 4)$ and $b = -5$, $\|w\| = 5$, the point $(3, 4)$ has a score of $9 + 16 - 5 = 20$ and a distance of 4. The lines where the score is $+1$ (plus-plane) and $-1$ (minus-plane) are both $1/5$ away from the boundary, and $2/5 = 0.4$ apart.
#
# The boundary stays where it is if $w$ and $b$ are multiplied by the same positive number. So with the boundary in the middle, they can be scaled until the nearest points on both sides have scores of $+1$ and $-1$. Then the distance of the two lines, the **margin**, is $2 / \|w\|$. A point that one of the two lines touches is a **support vector**. So the largest margin is the smallest $\|w\|$ for which $t(w \cdot x + b) \ge 1$ at every point. Below, the margin is measured in directions from 0° to 90°, 0.01° apart, and the widest one is compared with scikit-learn's `SVC` (a very large `C` lets no point into the strip; what `C` means comes later).
# %%
w, b, x = np.array([3, 4]), -5, np.array([3, 4])
check("score in the example", int(w @ x + b), equals=20)
check("distance in the example", (w @ x + b) / np.linalg.norm(w), equals=4)
check("plus-plane to minus-plane", 2 / np.linalg.norm(w), equals=0.4)

random = np.random.RandomState(3)
plus, minus = random.normal((4, 4), 0.9, (15, 2)), random.normal((1, 1), 0.9, (15, 2))


def margin(direction):
    """Width of the widest strip across this direction with `plus` on one side; below 0: none."""
    length = np.linalg.norm(direction)
    return ((plus @ direction).min() - (minus @ direction).max()) / length


def across(degrees):
    """A direction (x, y) that many degrees up from the x axis."""
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


angles = np.arange(0, 90.01, 0.01)
margins = np.array([margin(across(degrees)) for degrees in angles])
widest = angles[margins.argmax()]
# %%
points, sides = np.concatenate([plus, minus]), np.repeat([1, -1], 15)
svm = SVC(kernel="linear", C=1e6).fit(points, sides)
w, b = svm.coef_[0], svm.intercept_[0]
first, second = margin(w), margin(across(widest + 45))  # of B1, and of another line
check("margin of B2, which separates, too", second, at_least=0.05)
check("margin of B1 over that of B2", first / second, at_least=1.3)
same(margins.max(), 2 / np.linalg.norm(w), "widest strip by hand and 2/|w| of SVC", tolerance=1e-3)
scores = points @ w + b
same(scores[svm.support_], sides[svm.support_], "scores of the support vectors: +1 and -1", 1e-3)
check("points inside the strip", int((sides * scores < 0.999).sum()), equals=0)
# %% tags=["figure"] title="two lines and their margins"
_, axes = plt.subplots(1, 3, figsize=(11, 3.7), width_ratios=(1, 1, 1.1))
reach = np.array([-4, 8])
for axis, degrees, name in ((axes[0], widest, "B1"), (axes[1], widest + 45, "B2")):
    normal, along = across(degrees), across(degrees + 90)
    low, high = (minus @ normal).max(), (plus @ normal).min()
    for offset, style in ((low, "--"), ((low + high) / 2, "-"), (high, "--")):
        line = normal[:, None] * offset + along[:, None] * (reach - 2)
        axis.plot(*line, style, color="black", lw=2 if style == "-" else 1)
    axis.plot(*plus.T, "o", color=BLUE)
    axis.plot(*minus.T, "s", color=VERMILION)
    axis.set(xlim=(-2, 7), ylim=(-2, 7), aspect="equal")
    axis.set_title(f"{name}: margin {margin(normal):.2f}")
for index in svm.support_:
    axes[0].plot(*points[index], "o", ms=11, mfc="none", mec="black")
axes[2].plot(angles, margins, color=GREY)
axes[2].plot(widest, margins.max(), "o", color="black")
axes[2].plot(widest + 45, margin(across(widest + 45)), "o", color="black")
axes[2].text(widest, margins.max() + 0.05, "B1", ha="center", va="bottom")
axes[2].text(widest + 47, margin(across(widest + 45)), "B2", va="bottom")
axes[2].axhline(0, color=GREY, ls=":")
axes[2].set(xlabel="direction of w (degrees)", ylabel="margin")
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 왼쪽과 가운데: 두 클래스를 가르는 두 직선(실선)과, 가장 가까운 점에 닿을 때까지 넓힌 띠의 가장자리(점선). 동그라미를 두른 점이 서포트 벡터, 곧 $B_1$의 띠에 닿은 점이다. 오른쪽: $w$의 방향(direction of w, 도)을 돌려 가며 잰 마진(margin). 0보다 크면 $w$가 그 방향인 어떤 직선이 두 클래스를 가르고, SVM의 $B_1$은 가장 높은 곳에 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Left and middle, two lines that separate two classes (solid), with the edges of their strips, widened until they touch the nearest points (dashed). The support vectors, which the strip of $B_1$ touches, are ringed. Right, the margin against the direction of $w$ in degrees. Above 0 some line whose $w$ has that direction separates the classes; the $B_1$ of the SVM is at the top.*
# %% tags=["play", "nbval-ignore-output"] title="turn the line"
DEGREES = 20  # @param {type:"slider", min:0, max:90}
normal, along = across(DEGREES), across(DEGREES + 90)
low, high = (minus @ normal).max(), (plus @ normal).min()
_, axis = plt.subplots(figsize=(4, 4))
for offset, style in ((low, "--"), ((low + high) / 2, "-"), (high, "--")):
    axis.plot(*(normal[:, None] * offset + along[:, None] * np.array([-7, 7])), style, color=GREY)
axis.plot(*plus.T, "o", color=BLUE)
axis.plot(*minus.T, "s", color=VERMILION)
axis.set(xlim=(-2, 7), ylim=(-2, 7), aspect="equal")
axis.set_title(f"margin {margin(normal):.2f} (widest {margins.max():.2f})")
plt.show()


# %% [markdown] lang="ko"
# 실제 데이터는 직선으로 다 갈리지 않는다. 그래서 띠 안에 들어온 점에는 들어온 만큼 벌점을 주고, 띠의 너비와 저울질한다. $\max(0,\, 1 - t(w \cdot x + b))$를 힌지 손실(hinge loss)이라고 한다. 자기 쪽에서 띠의 밖이나 가장자리에 있으면 0이고, 안으로 들어오거나 반대쪽으로 넘어갈수록 커진다. `LinearSVC`는 힌지 손실을 제곱하고 $C$를 곱해 더한다(편향의 제곱 $b^2/2$도 더하지만 아래에는 쓰지 않았다). $C$가 작으면 띠가 넓어지고 들어온 점을 더 봐준다.
#
# $$\frac{1}{2}\|w\|^2 + C \sum_i \max(0,\, 1 - t_i (w \cdot x_i + b))^2$$
#
# 숫자마다 SVM을 하나씩 두고, 그 숫자를 배경까지 포함한 나머지 모두와 가르게 한다(`LinearSVC`는 배경의 SVM도 하나 훈련하지만 쓰지 않는다). 여기에서는 상자마다 점수가 가장 높은 숫자만 답으로 삼는다. 논문에서는 상자 하나가 모든 클래스에 답하고 클래스마다 NMS를 한다. 배경이면 어느 점수나 낮으므로 AP를 매기는 순서에서 뒤로 간다. 특성 128개는 평균이 0, 표준편차가 1이 되게 맞추어 넣는다.
#
# 논문은 SVM의 훈련 예를 다시 고른다. 미세 조정에서는 IoU가 0.5 이상이면 객체로 치지만, SVM에는 실제 상자만 객체로 주어 빠듯한 상자의 점수가 높아지기 쉽게 하고, IoU가 0.3보다 작은 것만 배경으로 준다(0.3은 검증 데이터로 골랐다). 그 사이는 쓰지 않는다. 여기에서는 실제 상자만으로는 예가 적다. 그래서 4절에서 뽑은 배경(IoU가 0.5보다 작은 것)은 모두 주고, 숫자는 IoU가 얼마 이상인 것만 줄지를 검증 장면에서 고른다. $C$는 0.003, 0.01, 0.03, 0.1 가운데 학습률처럼 미리 고른 0.03이다.
# %% [markdown] lang="en"
# Real data are not quite separated by a line. So a point inside the strip is punished by how far it is in, and this is weighed against the width of the strip. $\max(0,\, 1 - t(w \cdot x + b))$ is the hinge loss: 0 on the own side outside of the strip or at its edge, and larger the further a point is inside, or beyond on the other side. `LinearSVC` squares the hinge loss and adds it with a factor $C$ (it also adds $b^2/2$, left out below). A small $C$ makes the strip wider and is more lenient with points in it.
#
# $$\frac{1}{2}\|w\|^2 + C \sum_i \max(0,\, 1 - t_i (w \cdot x_i + b))^2$$
#
# There is one SVM for each digit, which separates it from all others, the background among them (`LinearSVC` trains one for the background as well, which is not used). Here only the digit with the highest score is the answer for a box; in the paper a box answers for every class, and NMS goes over all boxes class by class. As background gets low scores from all, it comes last in the order that AP looks at. The 128 features are shifted and scaled to a mean of 0 and a standard deviation of 1.
#
# The paper chooses new examples for its SVMs. In fine-tuning an IoU of 0.5 was enough for an object, but the SVMs are given only real boxes as objects, which favours tight boxes, and as background only what has an IoU below 0.3 (chosen on validation data). What lies between is left out. Here real boxes alone would be few. So the SVMs are given all background of section 4 (an IoU below 0.5), and from which IoU on they are given digits is chosen on validation scenes. $C$ is 0.03, of 0.003, 0.01, 0.03 and 0.1, chosen beforehand like the learning rate.
# %%
def svms_from(least):
    """SVMs from the digits with this IoU or more, as a function: features (n, 128) -> (n, 10)."""
    examples = (classes == 10) | (ious >= least)
    svms = make_pipeline(StandardScaler(), LinearSVC(C=0.03))
    svms.fit(vectors[examples], classes[examples])

    def scores(vectors):
        result = np.full((len(vectors), 11), -9.0)  # a class without examples stays there
        result[:, svms[-1].classes_] = svms.decision_function(vectors)
        return result[:, :10]  # it has trained one for the background, too: not used

    return scores


def softmax_scores(vectors):
    """Probabilities of the ten digits by the CNN's own last layer: (n, 10)."""
    return np.array(keras.ops.softmax(network.layers[-1](vectors)))[:, :10]


# %% [markdown] lang="ko"
# ## 6. 상자를 고쳐 그린다
#
# 후보는 객체를 빠듯하게 둘러싸지 못할 때가 많다. 그러나 후보 안의 특성을 보면 객체가 어느 쪽으로 얼마나 벗어나 있는지 알 수 있다. 그래서 [[boxes]]의 델타를 특성에서 회귀로 맞힌다. 후보가 앵커의 구실을 한다. 후보가 $(20, 20, 60, 60)$이고 델타가 $(0.125, 0, \ln 0.75, \ln 1.5)$이면 고쳐 그린 상자는 $(30, 10, 60, 70)$이다.
#
# 논문처럼 마지막 특성 맵에 선형 회귀를 쓰고, 가중치의 제곱을 더해 1,000을 곱한 것을 벌점으로 더한다(능형 회귀, ridge regression). 훈련하는 상자도 논문(0.6 초과)처럼 IoU가 0.6 이상인 것으로 한다. 멀리 있는 객체로 옮기는 것까지 배울 수는 없기 때문이다. 논문은 클래스마다 회귀를 따로 두지만, 여기에서는 클래스마다 있는 상자가 적으므로 하나만 둔다. 고쳐 그린 상자에 NMS(임계값 0.3)를 클래스마다 하면 한 장면의 답이 된다.
# %% [markdown] lang="en"
# ## 6. Redraw the box
#
# A proposal often does not fit its object tightly. But its features tell to which side the object is off, and how much. So estimate the deltas of [[boxes]] from the features by regression, with the proposal in the place of the anchor. If the proposal is $(20, 20, 60, 60)$ and the deltas $(0.125, 0, \ln 0.75, \ln 1.5)$, the box redrawn is $(30, 10, 60, 70)$.
#
# As in the paper it is a linear regression on the last feature map, with a penalty of 1,000 on the squares of the weights (ridge regression), and as in the paper (above 0.6) it is trained on boxes with an IoU of 0.6 or more, since it cannot learn to move to objects far away. The paper has one regression for each class; here there are few boxes of each, and one for all. NMS (with a threshold of 0.3) goes over the boxes redrawn, class by class, and gives the answers for a scene.
# %%
deltas = np.array([[0.125, 0, np.log(0.75), np.log(1.5)]])
redrawn = decode(deltas, np.array([[20, 20, 60, 60]]))
same(redrawn, [[30, 10, 60, 70]], "the box redrawn in the example")

near = ious >= 0.6
regression = Ridge(alpha=1000).fit(maps[near], encode(targets[near], chosen[near]))


def detections(boxes, scores):
    """Boxes and scores of the ten digits -> boxes, scores and labels after NMS."""
    best, labels = scores.max(axis=1), scores.argmax(axis=1)
    kept = class_nms(boxes, best, labels, threshold=0.3)
    return Detections(boxes[kept], best[kept], labels[kept])


def classified(proposals, vectors, maps, scores, redraw=True):
    """What R-CNN says of one scene, from the features of its boxes."""
    boxes = decode(regression.predict(maps), proposals) if redraw else proposals
    return detections(clip(boxes, 128, 128), scores(vectors))


# %%
def described(image, proposals):
    """Features of each box: (n, 128), and its feature map as (n, 3136)."""
    return [np.array(each) for each in features(pixels(crops(image, proposals)))]


def answers(all_proposals, all_features, scores, redraw=True):
    """What R-CNN says of every scene."""
    rows = zip(all_proposals, all_features)
    return [classified(proposals, *both, scores, redraw) for proposals, both in rows]


LEAST = (0.5, 0.6, 0.7, 0.8)
given = [selective_search(picture) for picture in validation.images], []
given[1].extend(described(*each) for each in zip(validation.images, given[0]))
shown = objects_of(validation.boxes, validation.labels)
by_least = {least: svms_from(least) for least in LEAST}
tried = [coco_ap(answers(*given, by_least[least]), shown, range(10)).ap for least in LEAST]
least = LEAST[np.argmax(tried)]
report("least IoU that was chosen, in percent", round(100 * least))
# %%
test_features = [described(*each) for each in zip(tests.images, test_proposals)]
given = test_proposals, test_features
svm_scores = by_least[least]
found = answers(*given, svm_scores)
ap, ap50, ap75 = coco_ap(found, truth, range(10))
check("AP of R-CNN", ap, at_least=0.42)
report("AP50 of R-CNN", ap50)
report("AP75 of R-CNN", ap75)
not_redrawn = coco_ap(answers(*given, svm_scores, redraw=False), truth, range(10))
by_softmax = coco_ap(answers(*given, softmax_scores), truth, range(10))
from_all = coco_ap(answers(*given, by_least[0.5]), truth, range(10))
report("AP without box regression", not_redrawn.ap)
report("AP with box regression minus without", ap - not_redrawn.ap)
report("AP75 with box regression minus without", ap75 - not_redrawn.ap75)
report("AP with chosen examples minus with all", ap - from_all.ap)
report("AP with SVMs minus AP with softmax, same examples", from_all.ap - by_softmax.ap)
report("AP with SVMs minus AP with softmax", ap - by_softmax.ap)
# %% tags=["figure"] title="answers on test scenes"
_, axes = plt.subplots(2, 4, figsize=(11, 5.9))
for axis, number in zip(axes.flat, range(8)):
    said, shown = found[number], truth[number]
    sure = said.scores > 0  # on the right side of the boundary
    outlines = [*shown.boxes, *said.boxes[sure]]
    colors = [GREEN] * len(shown.boxes) + [ORANGE] * sure.sum()
    names = [""] * len(shown.boxes) + said.labels[sure].tolist()
    draw_scene(axis, tests.images[number], outlines, names, colors)
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 테스트 장면 여덟 장의 정답(초록색)과, SVM의 점수가 0보다 큰 답(주황색, 숫자는 답한 클래스). 작거나 서로 닿은 숫자를 놓친 것이 있고, 한 숫자의 일부를 다른 숫자로 또 답한 것도 있다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The truth (green) on eight test scenes, and the answers with an SVM score above 0 (orange, with their class). Some digits are missed, mostly small ones or ones that touch, and part of a digit may be answered once more as another digit.*
# %% [markdown] lang="ko"
# 테스트 장면에서 AP는 [[range: AP of R-CNN]], AP50은 [[range: AP50 of R-CNN]], AP75는 [[range: AP75 of R-CNN]]이다(다섯 시드). 같은 장면에서 [[boxes]]의 슬라이딩 윈도는 AP가 0.2에 못 미쳤다. (훈련 장면의 수와 신경망도 다르므로 후보 영역만의 덕이라고는 할 수 없다.)
#
# - 상자 회귀는 [[verdict: AP with box regression minus without]](AP의 차이 [[range: AP with box regression minus without]], AP75의 차이 [[range: AP75 with box regression minus without]]). 논문에서는 mAP가 54.2에서 58.5로 올랐다(VOC 2007, 표 2).
# - SVM에 줄 숫자를 IoU로 고르는 것(시드에 따라 [[range: least IoU that was chosen, in percent]]%를 골랐다)은 IoU가 0.5 이상인 것을 모두 주는 것과 견주어 [[verdict: AP with chosen examples minus with all]](차이 [[range: AP with chosen examples minus with all]]. 50%를 고른 시드에서는 같은 것이므로 0이다).
# - CNN 자신의 소프트맥스 대신 SVM을 쓰는 것은, 예가 같으면 [[verdict: AP with SVMs minus AP with softmax, same examples]](차이 [[range: AP with SVMs minus AP with softmax, same examples]]). 골라 준 예로 훈련한 SVM도 소프트맥스와 견주어 [[verdict: AP with SVMs minus AP with softmax]](차이 [[range: AP with SVMs minus AP with softmax]]). 차이는 소프트맥스 쪽으로 기울지만, 그 평균이 시드끼리 흩어진 폭보다 작다. 논문에서는 예를 골라 준 SVM의 mAP가 54.2, 소프트맥스가 50.9였고(부록 B), 예를 다르게 고른 것을 그 까닭의 하나로 든다.
# %% [markdown] lang="en"
# On test scenes AP is [[range: AP of R-CNN]], AP50 [[range: AP50 of R-CNN]], and AP75 [[range: AP75 of R-CNN]] (five seeds). On the same scenes the sliding windows of [[boxes]] stayed below an AP of 0.2. (As the number of training scenes and the network differ, too, this is not due to proposals alone.)
#
# - Box regression [[verdict: AP with box regression minus without]] (difference in AP [[range: AP with box regression minus without]], in AP75 [[range: AP75 with box regression minus without]]). In the paper mAP rose from 54.2 to 58.5 (VOC 2007, table 2).
# - Choosing the digits for the SVMs by their IoU (chosen: [[range: least IoU that was chosen, in percent]]%, depending on the seed), compared with giving them all from 0.5 on: it [[verdict: AP with chosen examples minus with all]] (difference [[range: AP with chosen examples minus with all]]; where 50% was chosen it is 0 by definition).
# - SVMs in the place of the CNN's own softmax: with the same examples this [[verdict: AP with SVMs minus AP with softmax, same examples]] (difference [[range: AP with SVMs minus AP with softmax, same examples]]), with chosen examples it [[verdict: AP with SVMs minus AP with softmax]], too (difference [[range: AP with SVMs minus AP with softmax]]). The differences lean towards the softmax, but their mean is smaller than their spread between seeds. In the paper SVMs with chosen examples had an mAP of 54.2 and the softmax 50.9 (appendix B), and the choice of examples is named as one of the reasons.
# %% [markdown] lang="ko" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 7. 단계마다 걸리는 시간
#
# 테스트 장면의 앞 40장에서 시간을 잰다. 입력 이미지는 이미 있으므로 나머지 세 단계다. CNN 특성 계산은 상자 오려 내기와 CNN 계산으로 나누어 재고, 영역 분류에는 상자 회귀와 NMS를 넣는다. CNN은 두 가지로 잰다. 상자를 하나씩 따로 넣을 때와, 한 장면의 상자를 모두 한 배치로 넣을 때다. 처음 부를 때에는 준비하는 시간이 들므로 한 번씩 먼저 불러 둔다.
# %% [markdown] lang="en" slides="003 입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류"
# ## 7. How long each step takes
#
# Take the time on the first 40 test scenes. The input image is there already, so three steps are left. CNN features are split into cutting out boxes and the CNN; classification includes box regression and NMS. The CNN is timed in two ways: given one box at a time, and given all boxes of a scene in one batch. As a first call takes time for preparation, each is called once before.
# %%
PARTS = ("proposals", "crops", "CNN, one at a time", "CNN, one batch", "classification")
seconds = dict.fromkeys(PARTS, 0.0)


def timed(part, function, *arguments):
    """Call a function, and add the seconds that it takes to those of a part."""
    begin = perf_counter()
    result = function(*arguments)
    seconds[part] += perf_counter() - begin
    return result


def cut_out(image, boxes):
    return pixels(crops(image, boxes))


def one_batch(inputs):
    return [np.array(each) for each in features(inputs)]


def one_at_a_time(inputs):
    return [one_batch(inputs[place : place + 1]) for place in range(len(inputs))]


# %%
one_batch(cut_out(image, proposals)), one_batch(cut_out(image, proposals[:1]))
for picture in tests.images[:40]:
    candidates = timed("proposals", selective_search, picture)
    inputs = timed("crops", cut_out, picture, candidates)
    timed("CNN, one at a time", one_at_a_time, inputs)
    both = timed("CNN, one batch", one_batch, inputs)
    timed("classification", classified, candidates, *both, svm_scores)
# %%
single, batch = seconds["CNN, one at a time"], seconds["CNN, one batch"]
rest = seconds["proposals"] + seconds["crops"] + seconds["classification"]
check("one at a time over one batch", single / batch, at_least=4)
report("percent of the time in the CNN, one at a time", round(100 * single / (single + rest)))
report("percent of the time in the CNN, one batch", round(100 * batch / (batch + rest)))
report("percent in proposals, one batch", round(100 * seconds["proposals"] / (batch + rest)))

covering = np.zeros((40, 128, 128))  # how many crops a pixel is in
for cover, candidates in zip(covering, test_proposals):
    around = np.round(0.15 * (candidates[:, 2:] - candidates[:, :2])).astype(int)
    low, high = np.maximum(candidates[:, :2] - around, 0), candidates[:, 2:] + around
    for (x_min, y_min), (x_max, y_max) in zip(low, high):
        cover[y_min:y_max, x_min:x_max] += 1
report("crops that a pixel is in, mean", covering.mean())
report("crops that the busiest pixel of a scene is in", round(covering.max(axis=(1, 2)).mean()))
# %% tags=["figure"] title="time of each step"
_, axes = plt.subplots(2, 1, figsize=(9.5, 3.6), layout="constrained")
colors = {"proposals": ORANGE, "crops": GREY, "CNN": BLUE, "classification": GREEN}
for axis, way in zip(axes, ("one at a time", "one batch")):
    left = 0.0
    for part, color in colors.items():
        milliseconds = 1000 * seconds[f"CNN, {way}" if part == "CNN" else part] / 40
        axis.barh([way], milliseconds, left=left, color=color, label=part)
        left += milliseconds
    axis.set_title(f"{left:.0f} milliseconds per scene", fontsize=11, loc="right")
axes[1].set(xlabel="milliseconds per scene")
axes[0].legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1))
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 한 장면에 걸리는 시간(밀리초, milliseconds per scene). 위는 CNN에 상자를 하나씩(one at a time), 아래는 한 배치로(one batch) 넣었다. 두 그림의 가로축은 다르다. 주황색이 후보 영역 추출(proposals), 회색(오려 내기, crops)과 파란색(CNN)이 CNN 특성 계산, 초록색이 영역 분류(classification)다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. Milliseconds per scene, with the CNN given one box at a time (above) and one batch (below). The two axes differ. Region proposals are orange, CNN features grey (cutting out) and blue (the CNN), classification of regions green.*
# %% [markdown] lang="ko"
# CPU에서 잰 다섯 번에서, 하나씩 넣으면 시간의 [[range: percent of the time in the CNN, one at a time]]%가 CNN에 든다. 한 배치로 넣으면 CNN이 [[range: one at a time over one batch]]배 빨라진다. 여기의 CNN은 아주 작아서 계산보다 부르는 데 시간이 더 들기 때문이다. 그러면 후보 영역 추출이 [[range: percent in proposals, one batch]]%를 차지한다. 논문에서는 후보가 2,000개쯤이고 CNN이 커서, GPU로도 사진 하나의 후보와 특성을 계산하는 데 13초가 들었다(2.2절).
#
# 어느 쪽으로 넣든 같은 일을 되풀이한다. 픽셀 하나는 둘레까지 오려 낸 상자 평균 [[range: crops that a pixel is in, mean]]개에 들어 있고, 장면에서 가장 붐비는 픽셀은 [[range: crops that the busiest pixel of a scene is in]]개에 들어 있다(40장의 평균). 합성곱이 그때마다 그 픽셀을 다시 지나간다. 장면에 합성곱을 한 번만 하고 상자마다 그 결과에서 오려 내면 어떨까? 다음 수업의 Fast R-CNN이 그렇게 한다.
# %% [markdown] lang="en"
# In five runs on a CPU, the CNN takes [[range: percent of the time in the CNN, one at a time]]% of the time if given one box at a time. In one batch it is [[range: one at a time over one batch]] times as fast, since this CNN is so small that calling it takes longer than computing; then proposals make up [[range: percent in proposals, one batch]]%. In the paper, with about 2,000 proposals and a large CNN, proposals and features of one picture took 13 seconds, on a GPU (section 2.2).
#
# Either way the same work is done again. A pixel is in [[range: crops that a pixel is in, mean]] crops on average, and the busiest pixel of a scene in [[range: crops that the busiest pixel of a scene is in]] (mean of 40 scenes), and each time convolutions pass over it anew. What if convolutions went over the scene once, and crops were made of their result? That is Fast R-CNN, in the next lesson.
# %% [markdown] lang="ko"
# ## 8. 무엇을 언제 쓸까
#
# - 상자가 하나 늘 때마다 할 일이 많으면 묶는 방법처럼 적은 수로 재현율이 높은 후보를 쓴다. 객체가 배경과 밝기나 색이 다를 때 잘 맞는다.
# - 상자가 있는 데이터가 적으면 사진마다 클래스만 있는 데이터로 사전 훈련한 신경망에서 시작해 볼 만하다(여기에서 비교하지는 않았다. [[transfer]] 참고).
# - 특성이 바뀌지 않는다면 선형 SVM은 빠르게 훈련할 수 있는 분류기다. 특성까지 함께 배운다면 소프트맥스를 같이 훈련하는 것이 한 단계 적다. 여기에서는 SVM이 더 낫지 않았다.
# - 상자가 느슨하면 상자 회귀를 붙이고, 엄격한 임계값의 AP(AP75)에서 나아지는지 본다.
# - CNN에 넣을 것이 여럿이면 한 배치로 넣는다.
# %% [markdown] lang="en"
# ## 8. What to use when
#
# - Where every box is much work, take proposals that reach a high recall with few boxes, such as those of grouping. They suit objects that differ from the background in brightness or colour.
# - With little data that has boxes, a network pretrained on data with one class for each picture is worth a try (not compared here; see [[transfer]]).
# - With features that stay as they are, linear SVMs are quickly trained. Where features are learned as well, a softmax is trained with them and saves a step; here SVMs were no better than it.
# - Where boxes are loose, add a box regression, and see whether it helps at a strict threshold (AP75).
# - Where a CNN has many inputs, give them to it in one batch.
# %% [markdown] lang="ko" slides="003 [참고] Selective Search; 003 [참고] SVM (서포트벡터머신)"
# ## 9. 강의 자료와 다른 점
#
# - 003 ‘후보영역 추출방식은 '스코어링 방식' 이며’: 선택적 탐색은 객체가 있을 법한 정도를 매겨 상자를 고르지 않고, 비슷한 조각을 묶는다(2절). 논문은 묶은 다음 상자에 차례를 매기지만, 묶인 순서와 무작위 수로 정한다(3.3절). 점수를 매기는 방법은 다른 갈래다(3절, Hosang 외, 2016의 2절).
# - 003 ‘[참고] SVM (서포트벡터머신)’은 SVM을 후보 영역 추출방식 아래에 두지만, R-CNN에서 SVM은 후보를 내지 않고 후보를 분류한다(5절). ‘SVN’은 ‘SVM’의 오타다.
# - 003 ‘많은 연산을 필요로하는 딥러닝의 단점을 극복하기 위해서 나옴’: 선택적 탐색은 R-CNN(2014)보다 먼저 나왔다(IJCV 2013). 딥러닝이 아니라, 그때의 검출기가 슬라이딩 윈도로 모든 자리를 보던 것을 대신하려고 나왔다. R-CNN이 그것을 가져다 썼다.
# %% [markdown] lang="en" slides="003 [참고] Selective Search; 003 [참고] SVM (서포트벡터머신)"
# ## 9. Where the slides differ
#
# - Deck 003 calls the extraction of proposals a scoring method. Selective search does not choose boxes by how likely they hold an object; it groups pieces that are alike (section 2). The paper puts the boxes in an order afterwards, but by when they were joined and by chance (its section 3.3). Scoring is the other way (section 3; Hosang et al., 2016, section 2).
# - Deck 003 has the SVM under methods of extracting proposals, on a page of its own. In R-CNN the SVM proposes nothing; it classifies the proposals (section 5). The name spelled SVN there is SVM.
# - Deck 003 says that selective search came up to overcome a weakness of deep learning, that it takes much computation. It is older (IJCV 2013) than R-CNN (2014), and was made to replace the exhaustive search by sliding windows in the detectors of its time. R-CNN took it over.
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 5절의 힌지 손실을 모든 점에서 구해 평균을 돌려주라. `w`는 (2,), `b`는 수 하나, `points`는 (n, 2), `sides`는 +1과 −1로 된 (n,)이다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** Return the hinge loss of section 5, as a mean over all points. `w` is (2,), `b` a number, `points` (n, 2), `sides` (n,) of +1 and −1.
# %% tags=["exercise"]
def hinge(w, b, points, sides):
    """Mean hinge loss of all points."""
    ...


# %% tags=["solution"]
def hinge(w, b, points, sides):
    """Mean hinge loss of all points."""
    return np.maximum(0, 1 - sides * (points @ w + b)).mean()


# %% tags=["wrong"]
def hinge(w, b, points, sides):
    """Mean hinge loss of all points."""
    return np.maximum(0, -sides * (points @ w + b)).mean()  # nothing for points inside the strip


# %%
def hinge_by_sklearn(w, b, points, sides):
    """The same by scikit-learn."""
    from sklearn.metrics import hinge_loss

    return hinge_loss(sides, points @ w + b)


dots = np.array([(0.5, 1), (2, -1), (-1, 0.2), (3, 3), (-0.4, -0.5)])
lines = [(np.array([1, 0.5]), 0.1), (np.array([-0.3, 2]), -1), (np.array([0, 1]), 0)]
cases = [(w, b, dots, np.array([1, -1, -1, 1, 1])) for w, b in lines]
exercise(hinge, [(case, hinge_by_sklearn(*case)) for case in cases])


# %% [markdown] lang="ko"
# **2.** *먼저 예상하고, 그다음에 실행한다.* 5절의 점들에서 다음과 같이 하면 SVM의 마진이 커지는가(`"up"`), 작아지는가(`"down"`), 그대로인가(`"same"`)? (가) 경계에서 가장 먼 점을 지운다. (나) 띠에 닿은 파란 점을 지운다. (다) 모든 점의 좌표를 두 배로 한다. (라) 모든 점을 오른쪽으로 3만큼 옮긴다. 하나씩 따로 바꾼다. 네 답을 차례로 돌려주라.
# %% [markdown] lang="en"
# **2.** *Predict, then run.* With the points of section 5, does the margin of the SVM go `"up"`, go `"down"` or stay the `"same"` if (a) the point farthest from the boundary is deleted, (b) the blue point that the strip touches is deleted, (c) all coordinates are doubled, (d) all points are moved to the right by 3, each change by itself? Return the four answers in this order.
# %% tags=["exercise"]
def margins_after():
    """Four of "up", "down", "same", for the four changes."""
    ...


# %% tags=["solution"]
def margins_after():
    """Four of "up", "down", "same", for the four changes."""
    # only the points that the strip touches hold it back
    return "same", "up", "up", "same"


# %% tags=["wrong"]
def margins_after():
    """Four of "up", "down", "same", for the four changes."""
    return "down", "up", "same", "same"


# %%
def measured_margins():
    """The same, measured."""
    draw = np.random.RandomState(3)
    dots = draw.normal(np.repeat([[4, 4], [1, 1]], 15, axis=0), 0.9)  # those of section 5
    sides = np.repeat([1, -1], 15)
    fitted = SVC(kernel="linear", C=1e6).fit(dots, sides)
    farthest = np.abs(fitted.decision_function(dots)).argmax()
    (blue,) = fitted.support_[fitted.support_ < 15]
    changed = [(np.delete(dots, k, axis=0), np.delete(sides, k)) for k in (farthest, blue)]
    changed += [(2 * dots, sides), (dots + np.array([3, 0]), sides)]
    others = [SVC(kernel="linear", C=1e6).fit(*each) for each in changed]
    margins = [2 / np.linalg.norm(each.coef_) for each in (fitted, *others)]
    names = {1: "up", -1: "down", 0: "same"}
    return [names[int(np.sign(round(after / margins[0] - 1, 3)))] for after in margins[1:]]


def right_predictions():
    """How many of the four predictions are right."""
    said = margins_after()
    return None if said is None else sum(a == b for a, b in zip(said, measured_margins()))


exercise(right_predictions, [((), 4)])


# %% [markdown] lang="ko"
# **3.** 배경은 아주 많아서 논문은 SVM을 훈련할 때 다 쓰지 않고, 객체로 잘못 보았거나 볼 뻔한 것만 모은다(hard negative mining). 점수 (n, 11)과 클래스 (n,)를 받아, 배경(클래스 10)인 행마다 숫자 열 클래스의 점수 가운데 최댓값을 구하고, 그 값이 큰 행부터 차례로 `count`개의 행 번호를 돌려주라.
# %% [markdown] lang="en"
# **3.** As there is very much background, the paper does not train its SVMs on all of it but collects what was taken, or nearly taken, for an object (hard negative mining). Given scores (n, 11) and classes (n,), take for each row of the background (class 10) the highest score among the ten digits, and return the numbers of the `count` rows where it is highest, highest first.
# %% tags=["exercise"]
def hardest(scores, classes, count):
    """Row numbers of the background that looks most like a digit, most alike first."""
    ...


# %% tags=["solution"]
def hardest(scores, classes, count):
    """Row numbers of the background that looks most like a digit, most alike first."""
    background = np.flatnonzero(classes == 10)
    likeness = scores[background, :10].max(axis=1)
    return background[np.argsort(-likeness)[:count]]


# %% tags=["wrong"]
def hardest(scores, classes, count):
    """Row numbers of the background that looks most like a digit, most alike first."""
    background = np.flatnonzero(classes == 10)
    likeness = scores[background, :10].max(axis=1)
    return np.argsort(-likeness)[:count]  # places among the background, not rows


# %%
def hardest_one_by_one(scores, classes, count):
    """The same, by sorting pairs."""
    pairs = [(-max(row[:10]), k) for k, row in enumerate(scores) if classes[k] == 10]
    return np.array([k for _, k in sorted(pairs)[:count]])


draw = np.random.RandomState(5)
given = draw.normal(size=(3, 30, 11)) + 2 * np.eye(11)[10]  # high for the background
cases = [(scores, draw.randint(8, 11, 30), count) for scores, count in zip(given, (1, 3, 6))]
exercise(hardest, [(case, hardest_one_by_one(*case)) for case in cases])


# %% [markdown] lang="ko"
# **4.** 후보가 적을수록 R-CNN은 빠르다. `selective_search`의 `settings`는 `scale`과 조각이 가질 수 있는 가장 적은 픽셀 수의 쌍을 늘어놓은 것이고, 처음 값은 `((50, 20), (100, 10))`이다. 훈련 숫자로 만든 다른 장면 40장에서 후보가 평균 45개 이하이면서 IoU 0.5의 재현율이 0.985 이상인 `settings`를 찾아 돌려주라. 아니면 후보의 수와 재현율이 나오므로, 두 수를 바꾸면 무엇이 달라지는지 보면서 찾는다. 쌍이 하나뿐이면 `((50, 20),)`처럼 쉼표를 찍는다.
# %% [markdown] lang="en"
# **4.** The fewer the proposals, the faster R-CNN is. The `settings` of `selective_search` are pairs of `scale` and the fewest pixels that a piece may have, by default `((50, 20), (100, 10))`. Find and return settings that give at most 45 proposals on average and a recall of 0.985 or more at an IoU of 0.5, on 40 other scenes made of training digits. If they do not, the cell says how many proposals and which recall there were; watch what each of the two numbers changes. A single pair needs a comma, as in `((50, 20),)`.
# %% tags=["exercise"]
def fewer_proposals():
    """Pairs of scale and least size."""
    ...


# %% tags=["solution"]
def fewer_proposals():
    """Pairs of scale and least size."""
    return ((80, 20),)  # larger pieces are fewer, and so are the boxes on the way


# %% tags=["wrong"]
def fewer_proposals():
    """Pairs of scale and least size."""
    return ((80, 40),)  # the smallest digits go to their neighbours


# %%
def enough_from_few():
    """Whether the proposals are few, and still hold the digits."""
    settings = fewer_proposals()
    if settings is None:
        return None
    other = digit_scenes(load_mnist()[0], 40, seed=6)
    found = [selective_search(picture, settings) for picture in other.images]
    shown = [boxes[labels >= 0] for boxes, labels in zip(other.boxes, other.labels)]
    best = [iou(each, real).max(axis=0, initial=0) for each, real in zip(found, shown)]
    count, share = np.mean([len(each) for each in found]), np.mean(np.concatenate(best) >= 0.5)
    return True if count <= 45 and share >= 0.985 else f"{count:.0f} proposals, recall {share:.3f}"


exercise(enough_from_few, [((), True)])
# %% [markdown] lang="ko"
# ## 요약
#
# - R-CNN은 후보 영역을 추리고, 상자마다 CNN 특성을 계산하고, SVM으로 분류하고, 상자를 회귀로 고친다. 테스트 장면에서 AP [[range: AP of R-CNN]], AP50 [[range: AP50 of R-CNN]]이다(다섯 시드).
# - 선택적 탐색은 비슷한 이웃을 묶으며 나온 조각의 상자를 모두 후보로 삼는다. 한 장면에 평균 [[range: proposals of selective search in a scene]]개이고, IoU 0.5에서 재현율은 [[range: recall of grouping]]이다. 같은 수의 창을 가장자리 점수로 고르면 [[range: recall of as many windows]]이다.
# - SVM은 두 클래스 사이의 가장 넓은 띠를 찾는다. 띠의 너비인 마진은 $2 / \|w\|$이고, 띠에 닿은 점만이 경계를 정한다.
# - 상자 회귀는 [[verdict: AP with box regression minus without]]. 소프트맥스 대신 SVM을 쓰는 것은 예가 같으면 [[verdict: AP with SVMs minus AP with softmax, same examples]].
# - CPU에서 상자를 하나씩 넣으면 CNN이 시간의 [[range: percent of the time in the CNN, one at a time]]%를 쓴다. CNN을 부를 때마다 드는 시간이 대부분이고, 한 배치로 넣으면 [[range: one at a time over one batch]]배 빨라진다. 어느 쪽이든 겹친 곳은 되풀이해 계산한다.
# %% [markdown] lang="en"
# ## Summary
#
# - R-CNN picks region proposals, computes CNN features for each, classifies them by SVMs, and redraws the boxes by regression. On test scenes it has an AP of [[range: AP of R-CNN]] and an AP50 of [[range: AP50 of R-CNN]] (five seeds).
# - Selective search joins neighbours that are alike, and takes the box of every piece on the way. With a mean of [[range: proposals of selective search in a scene]] boxes in a scene its recall is [[range: recall of grouping]] at an IoU of 0.5; as many windows chosen by an edge score have [[range: recall of as many windows]].
# - An SVM finds the widest strip between two classes. Its width, the margin, is $2 / \|w\|$, and only the points that touch it hold the boundary.
# - Box regression [[verdict: AP with box regression minus without]]. SVMs in the place of the softmax, with the same examples: this [[verdict: AP with SVMs minus AP with softmax, same examples]].
# - Given one box at a time, the CNN takes [[range: percent of the time in the CNN, one at a time]]% of the time on a CPU, most of it the cost of each call; in one batch it is [[range: one at a time over one batch]] times as fast. Either way what overlaps is computed again.
# %% [markdown] lang="ko"
# ## 출처
#
# - 강의 자료 003 ‘[참고] Selective Search’, ‘[참고] SVM (서포트벡터머신)’, ‘margin’, ‘입력이미지 - 후보영역 추출 - CNN 특징계산 - 영역 분류’.
# - R. Girshick 외 (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR. 2절과 표 2(arXiv:1311.2524v5에서 상자 맞추기는 부록 A, SVM은 2.3절과 부록 B, 상자 회귀는 부록 C).
# - J. Uijlings 외 (2013). *Selective search for object recognition*. IJCV 104. 3.2절의 식 1(히스토그램), 2(합친 히스토그램), 4(크기), 5(채움).
# - P. Felzenszwalb, D. Huttenlocher (2004). *Efficient graph-based image segmentation*. IJCV 59.
# - J. Hosang 외 (2016). *What makes for effective detection proposals?* IEEE TPAMI 38. 2절.
# - C. Cortes, V. Vapnik (1995). *Support-vector networks*. Machine Learning 20.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - Deck 003, its pages on selective search, on the SVM and its margin, and the page with the four steps of R-CNN in its title.
# - R. Girshick et al. (2014). *Rich feature hierarchies for accurate object detection and semantic segmentation*. CVPR. Section 2 and table 2 (in arXiv:1311.2524v5 warping is in appendix A, SVMs in section 2.3 and appendix B, box regression in appendix C).
# - J. Uijlings et al. (2013). *Selective search for object recognition*. IJCV 104. Section 3.2, equations 1 (histograms), 2 (a joined histogram), 4 (size) and 5 (fill).
# - P. Felzenszwalb, D. Huttenlocher (2004). *Efficient graph-based image segmentation*. IJCV 59.
# - J. Hosang et al. (2016). *What makes for effective detection proposals?* IEEE TPAMI 38. Section 2.
# - C. Cortes, V. Vapnik (1995). *Support-vector networks*. Machine Learning 20.
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
