# %% [markdown] lang="ko" headline="AP of four kinds of clothes"
# # [[number]] · 내 사진으로 훈련하기
#
# [[badge]]
#
# **사진 서른여섯 장과 코드 열 줄로 검출기가 새로운 물건을 찾게 할 수 있을까?**
# %% [markdown] lang="en" headline="AP of four kinds of clothes"
# # [[number]] · Your own pictures
#
# [[badge]]
#
# **Can thirty-six pictures and ten lines of code make a detector find things that are new to it?**
# %% [markdown] lang="ko"
# ### 이 수업을 마치면
#
# - 종이에 쓴 숫자를 찍은 사진 한 장을 검출기가 읽게 할 수 있다.
# - 사진과 상자를 COCO 형식의 폴더로 정리할 수 있다.
# - 훈련된 검출기에서 시작해 내 폴더로 훈련하고, 떼어 둔 사진으로 AP를 잴 수 있다.
# - 폴더의 잘못을 알리는 문장을 읽고 폴더를 바로잡을 수 있다.
#
# 걸리는 시간은 연습 문제를 빼고 약 35분이고, `small`에서는 실행에 2분쯤 걸린다. [[faster_rcnn]]의 검출기와 [[boxes]]의 AP를 알면 된다.
# %% [markdown] lang="en"
# ### What you will be able to do
#
# - Let a detector read a photo of digits written on paper.
# - Put pictures and boxes into a folder in the form of COCO.
# - Start from a trained detector, train it on a folder of your own, and measure its AP on pictures that were kept back.
# - Read the message about a mistake in a folder, and correct it.
#
# It takes about 35 minutes to read, without the exercises, and at scale `small` about two minutes to run. You need the detector of [[faster_rcnn]] and the AP of [[boxes]].
# %% [markdown] lang="ko"
# ### 관련 강의 자료
#
# 강의 자료에는 해당하는 쪽이 없다. 자료 003의 검출기를 자기 사진에 쓰려는 사람을 위한 수업이다.
# %% [markdown] lang="en"
# ### Where it stands in the lectures
#
# No page of the decks covers this. It is for those who want to use the detector of deck 003 on pictures of their own.
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
import math
import shutil

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from helpers.boxes import iou
from helpers.checks import check, exercise, report
from helpers.coco import CLOTHES, SHEETS, Pictures, fitted, read_coco, unpacked
from helpers.datasets import FASHION_CLASSES, load_fashion_mnist
from helpers.faster_rcnn import FasterRCNN, found_in, load_faster_rcnn
from helpers.images import read_image
from helpers.metrics import Detections, coco_ap, objects_of
from helpers.plots import BLUE, GREEN, ORANGE, VERMILION, draw_scene
from helpers.scenes import digit_scenes

# %% [markdown] lang="ko"
# ## 1. 종이에 쓴 숫자를 읽는다
#
# [[faster_rcnn]]에서 훈련한 검출기의 가중치가 이 강좌에 들어 있다. `load_faster_rcnn`이 그것을 불러온다. 이 검출기가 본 것은 어두운 바탕에 밝은 숫자가 있는 128×128 장면뿐이다. 종이에 쓴 숫자를 찍은 사진은 그렇지 않다. 크고, 색이 있고, 밝은 바탕에 글씨가 어둡다. 그래서 사진을 훈련할 때의 장면과 비슷하게 바꾼다.
#
# 1. 회색으로 바꾸고, 긴 변이 128픽셀이 되도록 줄인다. 가로와 세로의 비율은 그대로 두고, 정사각형에서 남는 자리는 사진의 중앙값으로 채운다. 640×480 사진이면 $128 / 640 = 0.2$배가 되어 128×96이다.
# 2. 대체로 밝은 사진이면 밝기를 뒤집는다. 칠판처럼 바탕이 어두우면 그대로 둔다.
# 3. 어두운 쪽 2%의 픽셀이 0, 밝은 쪽 2%가 1이 되도록 밝기를 늘인다. 연필 글씨도 뚜렷해진다.
#
# `fitted`가 사진 한 장에 이 일을 하고, `read_coco`가 폴더 하나에 한다. 2와 3은 글씨를 위한 것이어서 `ink=True`일 때에만 한다. 강좌에 들어 있는 여섯 장(숫자 33개)으로 해 보자. 사진처럼 그린 것이고, 펜과 바탕과 빛이 저마다 다르다. 점수가 0.5 이상인 답을 확실한 답이라고 하고, 확실한 답이 그 숫자이고 상자와 IoU가 0.5 이상이면 맞게 읽은 것으로 친다.
# %% [markdown] lang="en"
# ## 1. Reading digits on paper
#
# The weights of the detector that was trained in [[faster_rcnn]] are a part of this course, and `load_faster_rcnn` loads them. All that this detector has ever seen are scenes of 128×128 with light digits on a dark background. A photo of digits on paper is not like that: it is large, it has colours, and its digits are dark on light. So a photo is made similar to the scenes of the training.
#
# 1. The photo is turned to grey and scaled, in its proportions, so that its longer side has 128 pixels; the rest of the square is filled with the photo's median. A photo of 640×480 becomes 128×96, $128 / 640 = 0.2$ times as large.
# 2. If most of the photo is light, it is inverted. A dark background, such as a blackboard, stays as it is.
# 3. Its brightness is stretched so that the darkest 2% of the pixels become 0 and the lightest 2% become 1. Pencil becomes clear, too.
#
# `fitted` does so with one photo, `read_coco` with a folder. Steps 2 and 3 are for handwriting and are done only with `ink=True`. Try it on six sheets in this course, with 33 digits. They were drawn to look like photos, each with a pen, a background and a light of its own. Call an answer with a score of 0.5 or more a sure answer. A digit is read rightly where a sure answer is that digit, with an IoU of 0.5 or more.
# %%
sheets_folder = unpacked(SHEETS, lesson.file("sheets"))
step_1 = read_coco(sheets_folder)
light = np.median(step_1.images, axis=(1, 2, 3), keepdims=True) > 0.5
steps_1_2 = np.where(light, 1 - step_1.images, step_1.images)
sheets = read_coco(sheets_folder, ink=True)
reader = load_faster_rcnn(lesson.seed)


def read_rightly(pictures, answers, least=0.5):
    """Of each object, whether a sure answer is of its class and has an IoU of 0.5 or more."""
    right = []
    for said, shown in zip(answers, objects_of(pictures.boxes, pictures.labels)):
        ious = iou(said.boxes, shown.boxes.astype(float))
        same_class = said.labels[:, None] == shown.labels
        sure = said.scores[:, None] >= least
        right += ((ious >= 0.5) & same_class & sure).any(axis=0).tolist()
    return right


# %%
on_sheets = found_in(reader, sheets.images)
right = read_rightly(sheets, on_sheets)
check("digits on the six sheets", len(right), equals=33)
check("digits read rightly", sum(right), at_least=29)
report("sure answers", sum((said.scores >= 0.5).sum() for said in on_sheets))
after_step_1 = read_rightly(sheets, found_in(reader, step_1.images))
check("digits read rightly after step 1 alone", sum(after_step_1), at_most=12)
on_blackboard = (sheets.labels[-1] >= 0).sum()  # the last sheet
report("of these on the blackboard", sum(after_step_1[-on_blackboard:]))
after_steps_1_2 = read_rightly(sheets, found_in(reader, steps_1_2))
report("digits read rightly after steps 1 and 2", sum(after_steps_1_2))
# %% tags=["figure"] title="sheets, and what is read"
_, axes = plt.subplots(2, 6, figsize=(15, 5.2))
for column, (said, shown) in enumerate(zip(on_sheets, objects_of(sheets.boxes, sheets.labels))):
    draw_scene(axes[0, column], step_1.images[column, ..., 0])
    sure = said.scores >= 0.5
    hits = iou(said.boxes[sure], shown.boxes.astype(float)) >= 0.5
    hits &= said.labels[sure][:, None] == shown.labels
    colors = [ORANGE if hit else VERMILION for hit in hits.any(axis=1)]
    image = sheets.images[column, ..., 0]
    draw_scene(axes[1, column], image, said.boxes[sure], said.labels[sure], colors)
    axes[1, column].set(xlim=(0, 128), ylim=(128, 0))
plt.tight_layout()
plt.show()
# %% [markdown] lang="ko"
# *그림 [[figure]]. 여섯 장. 위는 1만 한 것, 아래는 3까지 한 것과 확실한 답(주황색은 맞은 것, 주홍색은 틀린 것). 왼쪽부터 매직펜, 볼펜, 사인펜, 그늘진 종이, 연필, 칠판.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The six sheets: above, after step 1 alone; below, after all steps, with the sure answers (orange where right, vermilion where wrong). From the left: marker, ballpoint, felt-tip, paper in the shade, pencil, blackboard.*
# %% [markdown] lang="ko"
# 숫자 33개 가운데 [[range: digits read rightly]]개를 맞게 읽었다. 확실한 답은 [[range: sure answers]]개이므로 몇 개는 틀렸거나 같은 숫자에 두 번 답한 것이다. 장면만 보고 훈련한 검출기인데도 이만큼 읽는다. (여섯 장은 그린 것이고, 진짜 사진으로는 재지 않았다.) 1만 하면 [[range: digits read rightly after step 1 alone]]개만 맞고, 그 가운데 [[range: of these on the blackboard]]개가 칠판의 것이다. 2까지 하면 [[range: digits read rightly after steps 1 and 2]]개다. 새 사진은 먼저 훈련할 때의 장면과 비슷하게 바꾼다.
# %% [markdown] lang="en"
# Of the 33 digits [[range: digits read rightly]] are read rightly, with [[range: sure answers]] sure answers, so a few of these are wrong, or are the second to a digit. So much is read by a detector that was trained on scenes alone. (The sheets are drawings; real photos were not measured.) After step 1 alone [[range: digits read rightly after step 1 alone]] are right, [[range: of these on the blackboard]] of them on the blackboard; after steps 1 and 2, [[range: digits read rightly after steps 1 and 2]]. So first make new pictures look like those of the training.
# %% [markdown] lang="ko"
# ## 2. 사진 한 장을 올린다
#
# 이제 직접 쓴 숫자를 찍어 보자. Colab에서는 아래에서 `UPLOAD = True`로 바꾸고 실행해 사진을 고른다. 내 컴퓨터에서는 `PHOTO`에 파일의 경로를 적는다(비워 두면 여섯 장 가운데 하나를 읽는다). 이런 사진이 알맞다.
#
# - 숫자는 여덟 개 이하로, 서로 떨어뜨려 크게 쓴다. 검출기가 훈련에서 본 숫자는 긴 쪽이 16–52픽셀, 곧 사진의 긴 변(128픽셀)의 8분의 1에서 5분의 2다.
# - 굵은 펜으로 쓰고, 종이가 사진에 가득 차게 찍는다. 책상이나 손이 나오면 없는 숫자를 보기도 한다. 아이폰의 HEIC 파일은 JPEG로 바꾼다.
# %% [markdown] lang="en"
# ## 2. Upload a photo
#
# Now write some digits yourself, and take a photo. In Colab set `UPLOAD = True` below, run the cell and choose the photo. On your own machine write the path of the file into `PHOTO` (left empty, it is one of the six). Photos of this kind should work best:
#
# - No more than eight digits, large and apart from each other. The longer side of those in the training has 16–52 pixels, an eighth to two fifths of the photo's longer side (128 pixels).
# - A thick pen, and paper that fills the photo. On a table or a hand the detector may see digits that are not there. HEIC files of an iPhone are to be saved as JPEG.
# %% tags=["play", "nbval-ignore-output"] title="a photo of your own"
UPLOAD = False  # @param {type:"boolean"}
PHOTO = ""  # @param {type:"string"}
path = PHOTO or sheets_folder / "phone_number.jpg"
if UPLOAD:
    from google.colab import files

    path = next(iter(files.upload()))
photo = read_image(path)
square, scale = fitted(photo, ink=True)
(said,) = found_in(reader, square[None])
sure = said.scores >= 0.5
_, axis = plt.subplots(figsize=(6, 5))
draw_scene(axis, photo.mean(axis=2), said.boxes[sure] / scale, said.labels[sure])  # in its pixels
plt.show()
# %% [markdown] lang="ko"
# ## 3. 폴더 하나에 사진과 상자를 둔다
#
# 다른 것을 찾도록 가르치려면 무엇이 어디에 있는지 표시한 사진이 있어야 한다. 사진에 상자를 치고 클래스를 적는 일을 **어노테이션**(annotation)이라고 하고, Label Studio나 CVAT 같은 도구로 한다. 이런 도구는 대부분 **COCO 형식**(COCO format)의 JSON으로 내보낼 수 있다. 폴더에는 사진들과 `annotations.json`이 있으면 된다.
#
# 강좌에 들어 있는 작은 폴더를 보자. 48장에 바지, 스웨터, 가방, 발목 부츠가 있다. [[transfer]]에서 쓴 Fashion-MNIST의 사진을 숫자 장면처럼 흩어 놓은 것이고, 상자도 그때 계산한 것이다. JSON에는 목록이 셋 있다. `images`는 사진마다 번호(`id`), 파일 이름(`file_name`), 너비와 높이다. `categories`는 클래스마다 번호와 이름이다. `annotations`는 상자마다 번호, 사진의 번호(`image_id`), 클래스의 번호(`category_id`), 상자의 자리(`bbox`)다.
# %% [markdown] lang="en"
# ## 3. A folder of pictures and boxes
#
# To teach it something else, you need pictures in which objects and their classes are marked. Drawing boxes on pictures and naming what is in them is called **annotation**, and is done with tools such as Label Studio or CVAT. Most of these write JSON in the form of COCO (**COCO format**). All that a folder needs are the pictures and `annotations.json`.
#
# Look at a small folder that is a part of this course: 48 pictures with trousers, pullovers, bags and ankle boots. They are photos of Fashion-MNIST, as in [[transfer]], scattered as the digits were in scenes, and their boxes were computed then. The JSON has three lists. `images` gives each picture a number (`id`), the name of its file (`file_name`), width and height. `categories` gives each class a number and a name. `annotations` gives each box a number, the numbers of its picture (`image_id`) and of its class (`category_id`), and its place (`bbox`).
# %%
clothes_folder = unpacked(CLOTHES, lesson.file("clothes"))
lists = json.loads((clothes_folder / "annotations.json").read_text())
for name, entries in lists.items():
    print(f"{name}: {len(entries)}, the second is {entries[1]}")
# %% [markdown] lang="ko"
# `bbox`는 왼쪽, 위, 너비, 높이를 픽셀로 적은 것이다. 이 강좌의 상자는 $(x_{\min}, y_{\min}, x_{\max}, y_{\max})$이므로 바꾸어야 하고, 사진을 줄인 만큼 상자도 줄여야 한다. 640×480 사진의 `bbox`가 $[100, 50, 200, 150]$이면 상자는 $(100, 50, 300, 200)$이고, 0.2배로 줄이면 $(20, 10, 60, 40)$이다. `read_coco`가 모두 한다.
# %% [markdown] lang="en"
# `bbox` is left, top, width and height in pixels. Boxes in this course are $(x_{\min}, y_{\min}, x_{\max}, y_{\max})$, so it has to be changed, and made smaller along with the picture. A `bbox` of $[100, 50, 200, 150]$ in a picture of 640×480 is the box $(100, 50, 300, 200)$, and made 0.2 times as large it is $(20, 10, 60, 40)$. `read_coco` does all this.
# %%
left, top, width, height = 100, 50, 200, 150
box = np.array([left, top, left + width, top + height]) * 128 / 640
check("box of the example", box.tolist(), equals=[20, 10, 60, 40])
clothes = read_coco(clothes_folder)
check("shape of the pictures", clothes.images.shape, equals=(48, 128, 128, 1))
check("classes", list(clothes.classes), equals=["trousers", "pullover", "bag", "ankle boot"])


# %% tags=["figure"] title="eight pictures of the folder"
def draw_some(pictures, answers=None, color=ORANGE):
    """Eight pictures or fewer, with the sure answers, or with their own boxes."""
    _, axes = plt.subplots(2, 4, figsize=(13, 6.8))
    for axis in axes.flat:
        axis.axis("off")
    if answers is None:
        own = objects_of(pictures.boxes, pictures.labels)
        answers = [Detections(each.boxes, np.ones(len(each.labels)), each.labels) for each in own]
    for axis, image, said in zip(axes.flat, pictures.images[..., 0], answers):
        sure = said.scores >= 0.5
        names = [pictures.classes[label] for label in said.labels[sure]]
        draw_scene(axis, image, said.boxes[sure], names, color)
        axis.set(xlim=(0, 128), ylim=(128, 0))
    plt.show()


draw_some(clothes, color=GREEN)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 폴더의 처음 여덟 장과 그 상자: 바지(trousers), 스웨터(pullover), 가방(bag), 발목 부츠(ankle boot). 숫자 장면처럼 배경이 어수선하고 서로 조금 겹친다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first eight pictures of the folder, with their boxes. As in scenes of digits the background is cluttered and things overlap a little.*
# %% [markdown] lang="ko"
# ## 4. 열 줄로 훈련한다
#
# 훈련된 검출기에서 시작하되 클래스를 답하는 마지막 층만 새로 만든다. 숫자는 열이었는데 이제는 넷이기 때문이다(배경까지 다섯). RPN과 상자를 고치는 층은 클래스와 상관이 없으므로 배운 가중치에서 시작해 함께 더 훈련한다. 사진은 JSON의 차례로 네 장째마다 한 장씩 훈련에 쓰지 않고 떼어 둔다. 아래의 두 셀 가운데 둘째 셀의 열 줄이 전부다.
#
# 자기 폴더로 훈련하려면 여기까지의 셀을 모두 실행한 다음, `FOLDER`에 폴더의 경로를 적고 아래의 두 셀을 다시 실행한다. Colab에서는 폴더를 드라이브에 두고, 이 노트북에서 드라이브를 연결한 다음([[start_here]]) `/content/drive/MyDrive/my_pictures`처럼 적는다. 그 전에 다음을 살핀다.
#
# - 도구에서 사진과 JSON을 함께 내보내고, JSON의 이름을 `annotations.json`으로 바꾼다. `file_name`은 이 파일이 있는 폴더에서 시작하는 경로다. `images/a.jpg`라고 적혀 있으면 JSON 옆에 `images` 폴더를 둔다. 사진은 JPEG이나 PNG로 하고, 크기는 저마다 달라도 된다. JSON에 다른 항목이 더 있어도 된다.
# - 찾을 물건의 긴 쪽이 사진의 긴 변의 8분의 1보다 작으면 7절을 먼저 본다.
# - 글씨나 그림처럼 밝은 바탕에 어두운 선이면 `INK = True`로 한다. 다른 물건에서 어느 쪽이 나은지는 재지 않았다. 훈련에도 검출에도 같은 값을 쓴다. 다르면 오류는 나지 않고, 훈련할 때와 전혀 다른 사진을 받은 검출기의 답만 나빠진다.
# - 상자는 떼어 둘 사진에도 친다. 여기에서는 36장과 12장, 모두 48장에 쳐 두었다. 떼어 둔 것이 검증 데이터다.
# - 같은 물건을 거듭 찍은 사진은 모두 훈련하는 쪽에 두거나 모두 떼어 두는 쪽에 둔다. 나뉘면 AP가 실제보다 높게 나올 수 있다. 여기의 옷은 두 쪽이 서로 다르다. JSON에 그런 사진이 이어져 있으면 네 장째마다 떼는 것으로는 나뉘므로, 열 줄 가운데 셋째 줄을 바꾸어 뒤쪽 4분의 1을 떼어 둔다(`rows < 0.75 * len(rows)`와 `rows >= 0.75 * len(rows)`).
# - 찾을 것이 없는 사진도 넣을 수 있다. 배경에 답하는 일이 줄 것이다(여기에는 없어서 재지 않았다).
# - 걸음의 수, 곧 훈련하는 사진의 수를 8로 나누어 올림한 값에 에포크의 수를 곱한 것이 150쯤 되도록 `EPOCHS`에 수를 적는다. 36장이면 5 · 30이다.
# %% [markdown] lang="en"
# ## 4. Training, in ten lines
#
# Start from the trained detector, with nothing new but the last layer, which tells the classes: there were ten digits, and now there are four kinds (five with background). The RPN and the layer that corrects boxes have nothing to do with the class, so they start from what they have learned and are trained further along with the rest. Every fourth picture, in the order of the JSON, is kept back and not trained on. The ten lines in the second of the two cells below are all.
#
# To train on your own pictures, run all cells up to here, write the path of your folder into `FOLDER`, and run the two cells below again. In Colab keep the folder in Drive, connect Drive in this notebook ([[start_here]]), and write a path such as `/content/drive/MyDrive/my_pictures`. Before that, check these points.
#
# - Export the pictures along with the JSON, and rename the latter to `annotations.json`. `file_name` is a path that begins in the folder of this file: where it says `images/a.jpg`, there must be a folder `images` beside the JSON. Pictures are to be JPEG or PNG, of any sizes. The JSON may tell other things besides.
# - If the longer side of your things is less than an eighth of the picture's, first look at section 7.
# - For dark lines on something light, such as writing or drawings, set `INK = True`. Which is better for other things was not measured. Training and detection use the same value. If they do not, there is no error, only worse answers, from a detector that is given pictures unlike those of its training.
# - Boxes are needed on the pictures kept back, too; here there are 36 and 12, 48 in all. Those kept back are validation data.
# - Pictures of one thing taken several times belong either all to the training or all to those kept back. If they are divided, the AP can come out too high. Here no piece of clothing is on both sides. If such pictures follow one another in the JSON, keeping back every fourth divides them: change the third of the ten lines to keep back the last quarter (`rows < 0.75 * len(rows)` and `rows >= 0.75 * len(rows)`).
# - Pictures with nothing to find may be put in, too. They should lead to fewer answers to background (there are none here, so it was not measured).
# - Choose `EPOCHS` so that the number of steps is about 150, and write it there as a number: the steps are the number of training pictures over 8, rounded up, times the epochs. With 36 pictures it is 5 · 30.
# %%
FOLDER = ""  # @param {type:"string"}
INK = False  # @param {type:"boolean"}
EPOCHS = lesson.epochs(small=30, full=30)
folder = FOLDER or clothes_folder
# %% tags=["nbval-ignore-output"]
pictures = read_coco(folder, ink=INK)
rows = np.arange(len(pictures.files))
train, held_back = pictures.some(rows[rows % 4 < 3]), pictures.some(rows[rows % 4 == 3])
detector = load_faster_rcnn(lesson.seed, classes=len(pictures.classes))
detector.compile(keras.optimizers.Adam(0.002))
detector.fit(train.images, train.truth, batch_size=8, epochs=EPOCHS, verbose=0)
answers = found_in(detector, held_back.images)
truth = objects_of(held_back.boxes, held_back.labels)
ap, ap50, ap75 = coco_ap(answers, truth, range(len(pictures.classes)))
print(f"AP {ap:.2f}, AP50 {ap50:.2f} on {len(held_back.files)} pictures that were kept back")
# %%
check("AP on the pictures kept back", ap, at_least=0.5)
report("AP50 on the pictures kept back", ap50)
# %% tags=["figure"] title="pictures kept back, and the answers"
draw_some(held_back, answers)
# %% [markdown] lang="ko"
# *그림 [[figure]]. 떼어 둔 사진의 처음 여덟 장과 확실한 답.*
# %% [markdown] lang="en"
# *Figure [[figure]]. The first eight of the pictures kept back, with the sure answers.*
# %% [markdown] lang="ko"
# 훈련한 가중치를 파일에 남기고, 새 사진 한 장에 써 보자. [[faster_rcnn]]에서처럼 컴파일하지 않은 사본에 옮겨 저장한다. 나중에 쓸 때에는 그 사본을 만드는 두 줄 다음에 `load_weights`를 부르는데, 그때에는 `pictures`가 없으므로 클래스의 수를 직접 적는다. 클래스의 이름과 차례(`pictures.classes`), `INK`의 값도 적어 둔다. 답의 클래스는 JSON의 `category_id`가 아니라 이 차례에서 몇 번째인지이고, 0부터 센다.
# %% [markdown] lang="en"
# Keep the weights in a file, and use the detector on a new picture. As in [[faster_rcnn]] the weights go into a copy that was never compiled. To use them later, make such a copy by the same two lines and call its `load_weights`. There will be no `pictures` then, so write the number of classes yourself, and note down the names of the classes in their order (`pictures.classes`) and the value of `INK`. The class of an answer is its place in that order, counted from 0, and not the `category_id` of the JSON.
# %%
kept = FasterRCNN(classes=len(pictures.classes))
kept.build((None, 128, 128, 1))
kept.set_weights(detector.get_weights())
kept.save_weights(lesson.file("own.weights.h5"))  # in Colab choose a path in Drive
square, scale = fitted(read_image(f"{folder}/{held_back.files[0]}"), ink=INK)
(said,) = found_in(kept, square[None])
in_the_photo = said.boxes / scale  # its boxes in the pixels of the photo
as_many = len(said.boxes) == len(answers[0].boxes)
check("the kept detector finds as many boxes", as_many, equals=True)
# %% tags=["figure"] title="a picture in its own pixels, and the answers"
sure = said.scores >= 0.5
names = [pictures.classes[label] for label in said.labels[sure]]
_, axis = plt.subplots(figsize=(5, 4.4))
photo = read_image(f"{folder}/{held_back.files[0]}")
draw_scene(axis, photo.mean(axis=2), in_the_photo[sure], names)
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 새 사진 한 장과 확실한 답. 상자는 원래 사진의 픽셀로 되돌린 것이다. 다른 사진에 쓰려면 위의 두 셀에서 파일의 경로를 바꾼다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. A new picture with the sure answers; the boxes are back in the pixels of the picture. For another picture, change the path of the file in the two cells above.*
# %% [markdown] lang="ko"
# ## 5. 훈련된 검출기에서 시작하면 얼마나 나을까
#
# 여기부터는 옷의 폴더만 쓴다. 떼어 둔 열두 장은 적으므로, 같은 방법으로 새로 만든 200장에서 AP를 잰다(폴더의 사진과 달리 JPEG로 압축하지는 않았다). 폴더에 없는 옷들이다. 4절의 검출기에 더해, 다음 둘을 바꾸어 세 번 더 훈련한다. 가중치를 고치는 횟수는 어느 훈련에서나 150번이다. 학습률은 0.001, 0.002, 0.004 가운데 골랐고(또 다른 옷으로 만든 장면에서), 두 시작 모두 0.002다.
#
# - *시작*: 숫자를 찾도록 훈련된 검출기, 또는 그 검출기를 훈련할 때 출발점으로 쓴 분류기. 분류기에는 장면에 어떤 숫자가 있는지를 배운 합성곱만 있다. 특성 맵을 만드는 나머지 합성곱, RPN, 둘째 단계는 무작위 가중치에서 시작한다.
# - *사진*: 36장, 또는 그 가운데 처음 12장.
# %% [markdown] lang="en"
# ## 5. How much better is a trained detector to start from?
#
# From here on only the folder of clothes is used. Twelve pictures kept back are few, so the AP is taken on 200 new ones that were made in the same way (without the JPEG compression of the folder's), of clothes that are not in the folder. Besides the detector of section 4 train three more, each for 150 steps, and change two things. The rate was chosen from 0.001, 0.002 and 0.004 (on scenes of yet other clothes), and is 0.002 for both starts.
#
# - *Start*: the detector that was trained on digits, or the classifier that its own training had started from. All that the classifier has are convolutions that learned which digit a scene shows; the other convolutions that make the feature maps, the RPN and the second stage start from random weights.
# - *Pictures*: 36, or the first 12 of them.
# %%
def scenes_of_clothes(count, seed):
    """Scenes of clothes that are not in the folder, and what they show."""
    _, (images, labels) = load_fashion_mnist()
    half = len(images) // 2  # the others served to choose the rate
    places = {FASHION_CLASSES.index(name): at for at, name in enumerate(clothes.classes)}
    wanted = [row for row in range(half, len(images)) if labels[row] in places]
    own = np.array([places[labels[row]] for row in wanted])
    scenes = digit_scenes((images[wanted], own), count, seed, most=4)
    return scenes.images[..., None] / np.float32(255), objects_of(scenes.boxes, scenes.labels)


test_images, test_truth = scenes_of_clothes(200, seed=4)


def ap_of(model):
    """AP on the test scenes."""
    return coco_ap(found_in(model, test_images), test_truth, range(4)).ap


# %%
def trained(model, pictures, steps=150):
    """A detector after so many steps of eight pictures."""
    passes = steps // math.ceil(len(pictures.files) / 8)
    model.build((None, 128, 128, 1))
    model.compile(keras.optimizers.Adam(0.002))
    model.fit(pictures.images, pictures.truth, batch_size=8, epochs=passes, verbose=0)
    return model


tf.get_logger().setLevel("ERROR")  # or else it warns of five networks, each compiled once
rows = np.arange(48)
many = clothes.some(rows[rows % 4 < 3])
few = many.some(range(12))
from_detector = [load_faster_rcnn(lesson.seed, classes=4) for _ in range(2)]
from_classifier = [FasterRCNN(lesson.seed, classes=4) for _ in range(2)]
aps = {
    ("detector", 36): ap_of(trained(from_detector[0], many) if FOLDER else detector),
    ("detector", 12): ap_of(trained(from_detector[1], few)),
    ("classifier", 36): ap_of(trained(from_classifier[0], many)),
    ("classifier", 12): ap_of(trained(from_classifier[1], few)),
}
# %%
check("AP of four kinds of clothes", aps["detector", 36], at_least=0.6)
report("AP from the detector, 12 pictures", aps["detector", 12])
report("AP from the classifier, 36 pictures", aps["classifier", 36])
report("AP from the classifier, 12 pictures", aps["classifier", 12])
# %% tags=["figure"] title="AP by pictures and start"
_, axis = plt.subplots(figsize=(5.5, 3.4))
for name, color in (("detector", BLUE), ("classifier", VERMILION)):
    axis.plot((12, 36), [aps[name, 12], aps[name, 36]], "o-", color=color, label=name)
axis.set(xlabel="training pictures", ylabel="AP", xticks=(12, 36), ylim=(0, 0.8))
axis.legend(frameon=False, title="start")
plt.show()


# %% [markdown] lang="ko"
# *그림 [[figure]]. 훈련에 쓴 사진의 수(training pictures)와 테스트 장면 200장의 AP. 시작(start)은 훈련된 검출기(detector, 파란색)와 분류기(classifier, 주홍색)다. 사진의 수가 같으면 검출기에서 시작한 쪽이 높다.*
# %% [markdown] lang="en"
# *Figure [[figure]]. AP on 200 test scenes against the number of training pictures, starting from the trained detector (blue) and from the classifier (vermilion). With as many pictures, the detector's line is higher.*
# %% [markdown] lang="ko"
# | 시작 | 사진 12장 | 사진 36장 |
# |---|---|---|
# | 숫자의 검출기 | [[range: AP from the detector, 12 pictures]] | [[range: AP of four kinds of clothes]] |
# | 숫자의 분류기 | [[range: AP from the classifier, 12 pictures]] | [[range: AP from the classifier, 36 pictures]] |
#
# (다섯 시드에서 가장 작은 값과 가장 큰 값이다. 판정은 시드마다 짝을 지어 [[faster_rcnn]]의 규칙으로 한다.) 검출기에서 시작하는 것은 36장일 때 [[verdict: AP of four kinds of clothes − AP from the classifier, 36 pictures]]. 12장일 때에도 [[verdict: AP from the detector, 12 pictures − AP from the classifier, 12 pictures]]. 검출기에서 시작할 때 사진을 12장에서 36장으로 늘리는 것은 [[verdict: AP of four kinds of clothes − AP from the detector, 12 pictures]]. 분류기에서 시작할 때 늘리는 것은 [[verdict: AP from the classifier, 36 pictures − AP from the classifier, 12 pictures]]. 다섯 시드에서 모두, 검출기에서 시작한 12장이 분류기에서 시작한 36장보다 높았다.
#
# 숫자의 검출기가 옷에 대해 아는 것은 없다. 아마 물건을 배경과 가르는 일과 상자를 고치는 일은 이미 배워서 옷에도 쓸모가 있을 것이다. 다만 어느 부분의 가중치가 도움이 되었는지는 나누어 재지 않았고, 150걸음보다 오래 훈련하면 차이가 줄 수도 있다. 그리고 여기의 옷은 숫자와 같은 배경에 같은 크기로 놓여 있다. 배경은 늘 어둡고, 물건은 늘 바로 서 있고, 클래스는 넷뿐이다. 자기 사진이 더 다양하면 서른여섯 장으로는 모자랄 수 있다.
#
# 4절의 검출기는 떼어 둔 열두 장에서는 AP가 [[range: AP on the pictures kept back]], 여기의 200장에서는 [[range: AP of four kinds of clothes]]이다. 열두 장을 달리 고르면 또 다를 것이다. 그래서 열두 장의 AP로는 크게 나아졌는지 정도만 안다. 떼어 둔 사진을 보며 사진을 늘리고 에포크를 고쳤다면 그것은 선택에 쓴 검증 데이터이므로, 보고할 AP는 따로 남겨 둔 테스트 데이터에서 한 번만 잰다.
# %% [markdown] lang="en"
# | start | 12 pictures | 36 pictures |
# |---|---|---|
# | detector of digits | [[range: AP from the detector, 12 pictures]] | [[range: AP of four kinds of clothes]] |
# | classifier of digits | [[range: AP from the classifier, 12 pictures]] | [[range: AP from the classifier, 36 pictures]] |
#
# (The lowest and the highest of five seeds. Verdicts are by the rule of [[faster_rcnn]], from pairs of the same seed.) With 36 pictures, starting from the detector [[verdict: AP of four kinds of clothes − AP from the classifier, 36 pictures]]. With 12 it [[verdict: AP from the detector, 12 pictures − AP from the classifier, 12 pictures]]. Going from 12 pictures to 36 [[verdict: AP of four kinds of clothes − AP from the detector, 12 pictures]] from the detector, and [[verdict: AP from the classifier, 36 pictures − AP from the classifier, 12 pictures]] from the classifier. With all five seeds, 12 pictures from the detector gave more than 36 from the classifier.
#
# A detector of digits knows nothing of clothes. Probably it has learned to tell things from background and to correct boxes, and this is of use for clothes, too; but which part of its weights it was that helped was not measured, and after more than 150 steps the gap may be smaller. And clothes lie here on the background of digits, in the sizes of digits: it is always dark, they always stand upright, and there are only four classes. If your own pictures are more diverse, thirty-six may be too few.
#
# The detector of section 4 has an AP of [[range: AP on the pictures kept back]] on the twelve pictures kept back, and of [[range: AP of four kinds of clothes]] on these 200. Another dozen would give yet another number, so the AP of a dozen tells no more than whether something became much better. And once you have added pictures, or changed epochs, with an eye on the pictures kept back, these were validation data to choose by: an AP to report is taken once, on test data that were set aside.
# %% [markdown] lang="ko"
# ## 6. 폴더에 잘못이 있으면
#
# 상자를 손으로 치다 보면 잘못이 섞인다. 훈련이 끝난 뒤에 AP가 이상한 것을 보고 찾으려면 오래 걸린다. 그래서 `read_coco`는 훈련 전에 폴더를 살피다가, 잘못을 만나면 무엇이 있어야 하는데 무엇이 있는지를 한 문장으로 알리고 멈춘다. 문장은 영어이고, expected A, got B는 ‘A여야 하는데 B다’라는 뜻이다. 폴더의 사본에서 JSON을 하나씩 망가뜨려 보자.
# %% [markdown] lang="en"
# ## 6. When something is wrong with a folder
#
# Boxes drawn by hand come with mistakes. To find them after the training, from an AP that looks odd, takes long. So `read_coco` looks through the folder before any training. At the first thing that is wrong it stops, and says in one sentence what should be there and what is: expected A, got B. Break the JSON in a copy of the folder, in one way at a time.
# %%
broken = lesson.file("broken")
shutil.copytree(clothes_folder, broken, dirs_exist_ok=True)


def sentence_for(text):
    """What `read_coco` says of a folder with this JSON."""
    (broken / "annotations.json").write_text(text)
    try:
        read_coco(broken)
    except (ValueError, FileNotFoundError) as error:
        return str(error)
    return "none"


def changed(name, entry, **values):
    """The JSON of the folder, with other values in one entry of a list."""
    changed_lists = json.loads(json.dumps(lists))  # a copy, entries too
    changed_lists[name][entry] |= values
    return json.dumps(changed_lists)


# %%
mistakes = {
    "a missing file": changed("images", 0, file_name="holiday.jpg"),
    "a box outside its picture": changed("annotations", 0, bbox=[100, 20, 60, 40]),
    "an unknown class": changed("annotations", 0, category_id=7),
    "an empty list": json.dumps(lists | {"annotations": []}),
    "two ids alike": changed("annotations", 1, id=1),
    "two sizes": changed("images", 0, width=256),
    "no JSON": "left, top, width, height",
}
for mistake, text in mistakes.items():
    print(f"{mistake}: {sentence_for(text)}")
check("complaint about the unchanged folder", sentence_for(json.dumps(lists)), equals="none")


# %% [markdown] lang="ko"
# ‘two sizes’는 JSON이 말하는 크기와 사진의 크기가 다른 것이다. 어노테이션을 한 뒤에 사진을 줄이거나 옆으로 돌리면 이렇게 되고, 상자가 모두 어긋난다. 휴대 전화의 사진에는 어느 쪽이 위인지가 따로 적혀 있는데(EXIF), `read_coco`는 그것에 맞추어 바로 세워 읽는다. 도구가 그것을 무시했다면, 바로 세운 사본을 먼저 만들고 거기에 상자를 친다.
#
# `read_coco`가 찾지 못하는 잘못도 있다. 상자를 빠뜨리거나, 두 번 치거나, 클래스를 틀리게 적거나, 너무 크게 친 것이다. 훈련 전에 `draw_some(read_coco(folder, ink=INK))`로 상자를 그려 놓고 눈으로 본다(처음 여덟 장이다. 그다음 여덟 장은 `draw_some(read_coco(folder, ink=INK).some(range(8, 16)))`이다). 훈련한 다음에는 어느 상자와도 겹치지 않는 확실한 답을 살펴본다. 빠뜨린 상자가 그 가운데 있을 수 있다(검출기도 놓친 것은 이렇게 찾을 수 없다).
# %% [markdown] lang="en"
# In the case of two sizes the JSON says one, and the picture has another. It happens when pictures are made smaller or turned on their side after their annotation, and then all their boxes are off. Photos of phones have a note saying which side is up (EXIF), and `read_coco` sets them upright by it. If your tool has ignored the note, first make copies that are upright, and draw the boxes on these.
#
# Other mistakes `read_coco` cannot find: a box left out or drawn twice, a wrong class, a box drawn too large. Before training, draw the boxes by `draw_some(read_coco(folder, ink=INK))`, and look (these are the first eight; the next eight are `draw_some(read_coco(folder, ink=INK).some(range(8, 16)))`). After training, look at sure answers that overlap no box: boxes that were left out may be among them (not those that the detector misses, too).
# %% [markdown] lang="ko"
# ## 7. 무엇을 언제 쓸까
#
# - 새 사진은 먼저 훈련할 때의 모양(색, 밝기, 크기)으로 바꾸고 눈으로 본다.
# - 사진이 적으면 비슷한 사진에서 무엇이든 찾도록 훈련된 검출기에서 시작하고, 클래스를 답하는 층만 새로 만든다.
# - 적어도 4분의 1은 떼어 둔다. 떼어 둔 것이 열 장 남짓이면 AP의 소수 첫째 자리도 믿지 않는다.
# - 물건의 긴 쪽이 사진의 긴 변의 8분의 1보다 작으면, 사진을 먼저 잘라 나누고 조각마다 상자를 친다. 그대로 줄이면 검출기가 훈련에서 본 것보다 작아진다.
# - 여기의 검출기는 작고 회색만 본다. 일상의 사진에서 여러 가지 물건을 찾으려면 COCO로 훈련된 큰 검출기에서 시작한다(KerasHub에 있다. 여기에서 써 보지는 않았다).
# - GPU가 여럿이면 검출기를 불러오고 `compile`하는 두 줄을 `with tf.distribute.MirroredStrategy().scope():` 안에 둔다. 그러면 `fit`이 배치를 GPU마다 나누어 주고, 손실은 배치를 한 장치에서 모두 볼 때와 같다. (CPU를 장치 둘로 나누고 실제 상자의 사본을 고정해 확인했다. GPU 여럿에서 얼마나 빨라지는지는 재지 않았다.)
# %% [markdown] lang="en"
# ## 7. What to use when
#
# - Bring new pictures into the form of the training first (colour, brightness, size), and look at them.
# - With few pictures, start from a detector that was trained on similar pictures, whatever it found in them, and renew only the layer that tells the classes.
# - Keep back a quarter or more. If that is a dozen or so, do not trust even the first decimal of the AP.
# - Where the longer side of things is less than an eighth of the picture's, cut the picture into parts first, and draw boxes on each part. Otherwise they would be smaller than anything in the detector's training.
# - The detector here is small, and sees grey alone. To find many things in photos of the world, start from a large one that was trained on COCO (KerasHub has some; they were not tried here).
# - With several GPUs, put the two lines that load the detector and `compile` it into `with tf.distribute.MirroredStrategy().scope():`. Then `fit` divides each batch among them, and the losses are those of one device that sees the whole batch. (It was checked on a CPU made into two devices, with fixed copies of the real boxes. How much faster it is on several GPUs was not measured.)
# %% [markdown] lang="ko"
# ## 연습 문제
#
# `...`을 지우고 함수를 완성해 그 셀을 먼저 실행한 다음, 바로 아래 셀을 실행해 확인한다. 풀이는 맨 아래에 접혀 있다.
#
# **1.** 검출기의 답을 어노테이션 도구에서 고치려면 JSON에 적어야 한다. 정사각형 안의 상자 `box` (x_min, y_min, x_max, y_max), 사진의 픽셀에 곱했던 수 `scale`(`fitted`가 돌려주는 것), 원래 사진의 `width`와 `height`를 받아, 원래 사진의 `bbox`를 리스트로 돌려주라. 상자는 채워 넣은 자리까지 나갈 수 있으므로 사진 밖은 잘라 내고, 남는 넓이가 없으면 빈 리스트를 돌려준다.
# %% [markdown] lang="en"
# ## Exercises
#
# Replace the `...`, run the cell, then the one below it to see how far you are. Solutions are folded at the end.
#
# **1.** To mend the answers of a detector in an annotation tool they must be written into JSON. Given a `box` (x_min, y_min, x_max, y_max) in the square, the number `scale` that pixels of the picture were multiplied by (as `fitted` returns it), and `width` and `height` of the original picture, return the `bbox` in the original picture, as a list. A box may reach into the part that was filled: cut off what is outside the picture, and return an empty list where no area is left.
# %% tags=["exercise"]
def bbox_of(box, scale, width, height):
    """[left, top, width, height] in pixels of the original picture, or []."""
    ...


# %% tags=["solution"]
def bbox_of(box, scale, width, height):
    """[left, top, width, height] in pixels of the original picture, or []."""
    left, top, right, bottom = (value / scale for value in box)
    right, bottom = min(right, width), min(bottom, height)
    if left >= right or top >= bottom:
        return []
    return [left, top, right - left, bottom - top]


# %% tags=["wrong"]
def bbox_of(box, scale, width, height):
    """[left, top, width, height] in pixels of the original picture, or []."""
    left, top, right, bottom = (value / scale for value in box)
    right, bottom = min(right, width), min(bottom, height)
    return [left, top, right - left, bottom - top]  # a negative height


# %%
photo_of = (0.25, 512, 384)  # scale, width, height
cases = [
    (((20, 10, 60, 40), *photo_of), [80, 40, 160, 120]),
    (((100, 80, 128, 112), *photo_of), [400, 320, 112, 64]),
    (((10, 100, 50, 120), *photo_of), []),
]
exercise(bbox_of, cases)


# %% [markdown] lang="ko"
# **2.** 좌우로 뒤집은 사본을 더하면 훈련 사진이 두 배가 된다. `boxes` (사진, 상자, 4)와 `labels` (사진, 상자)를 받아 너비가 128인 사진을 뒤집었을 때의 상자를 돌려주라. 레이블이 −1인 줄은 채워 넣은 것이므로 0으로 남긴다. 맞으면 그 아래 셀이 사본까지 더한 72장으로, 17에포크(153걸음)를 훈련한다. AP가 5절의 36장보다 높을까? 그리고 숫자를 찾을 때에는 왜 이렇게 하면 안 될까?
# %% [markdown] lang="en"
# **2.** Adding mirrored copies doubles the training pictures. Given `boxes` (pictures, boxes, 4) and `labels` (pictures, boxes), return the boxes in the mirrored pictures, which are 128 wide. Rows with a label of −1 are padding, and stay 0. If it is right, the cell after the next trains on 72 pictures, copies and all, for 17 epochs (153 steps). Will the AP be higher than with the 36 of section 5? And why must it not be done where digits are to be found?
# %% tags=["exercise"]
def mirrored_boxes(boxes, labels):
    """Boxes (pictures, boxes, 4) in pictures that were mirrored from left to right."""
    ...


# %% tags=["solution"]
def mirrored_boxes(boxes, labels):
    """Boxes (pictures, boxes, 4) in pictures that were mirrored from left to right."""
    x_min, y_min, x_max, y_max = np.moveaxis(boxes, -1, 0)
    turned = np.stack([128 - x_max, y_min, 128 - x_min, y_max], axis=-1)  # left becomes right
    return np.where(labels[..., None] >= 0, turned, 0)


# %% tags=["wrong"]
def mirrored_boxes(boxes, labels):
    """Boxes (pictures, boxes, 4) in pictures that were mirrored from left to right."""
    x_min, y_min, x_max, y_max = np.moveaxis(boxes, -1, 0)
    turned = np.stack([128 - x_min, y_min, 128 - x_max, y_max], axis=-1)
    return np.where(labels[..., None] >= 0, turned, 0)


# %%
two_pictures = np.array([[(10, 20, 40, 60), (100, 0, 128, 8)], [(0, 0, 128, 128), (0, 0, 0, 0)]])
two_labels = np.array([[2, 0], [1, -1]])
turned = [[[88, 20, 118, 60], [0, 0, 28, 8]], [[0, 0, 128, 128], [0, 0, 0, 0]]]
exercise(mirrored_boxes, [((two_pictures, two_labels), turned)])
# %% tags=["nbval-ignore-output"]
if (mirrored := mirrored_boxes(many.boxes, many.labels)) is not None:
    images = np.concatenate([many.images, many.images[:, :, ::-1]])
    boxes, labels = np.concatenate([many.boxes, mirrored]), np.concatenate([many.labels] * 2)
    doubled = Pictures(images, boxes, labels, many.classes, many.files * 2)
    with_copies = trained(load_faster_rcnn(lesson.seed, classes=4), doubled, steps=153)
    print(f"AP {ap_of(with_copies):.3f}, without copies {aps['detector', 36]:.3f}")


# %% [markdown] lang="ko"
# **3.** 사진이 적을 때에는 백본과 RPN을 고정하고 둘째 단계만 훈련하기도 한다. 그렇게 할 검출기를 만들라. 숫자의 검출기에서 시작해 클래스가 `classes`개이고, 백본과 RPN인 `first`의 가중치는 훈련해도 바뀌지 않아야 한다(둘째 단계는 `head`다). 맞으면 그 아래 셀에서 36장으로 훈련해 AP를 잰다. 먼저 예상하고 까닭을 적어 보라. 5절의 것보다 높을까, 낮을까?
# %% [markdown] lang="en"
# **3.** With few pictures one may keep backbone and RPN as they are, and train the second stage alone. Make a detector for that: it starts from the detector of digits, has `classes` classes, and training does not change the weights of its `first`, which is backbone and RPN (the second stage is `head`). If it is right, the cell after the next trains it on the 36 pictures and takes the AP. First predict, and write down why: will it be higher or lower than that of section 5?
# %% tags=["exercise"]
def half_frozen(classes):
    """A detector of which only the second stage is trained."""
    ...


# %% tags=["solution"]
def half_frozen(classes):
    """A detector of which only the second stage is trained."""
    model = load_faster_rcnn(classes=classes)
    model.first.trainable = False
    return model


# %% tags=["wrong"]
def half_frozen(classes):
    """A detector of which only the second stage is trained."""
    model = load_faster_rcnn(classes=classes)
    model.first.layers[1].trainable = False  # not the RPN, nor the convolutions that make the maps
    return model


# %%
def parts_that_change():
    """After two steps: whether any weight of `first` is another one, and any of `head`."""
    if (model := half_frozen(4)) is None:
        return None
    before = [part.get_weights() for part in (model.first, model.head)]
    model.compile(keras.optimizers.Adam(0.002))
    images = np.random.RandomState(0).rand(8, 128, 128, 1).astype("float32")
    boxes = np.full((8, 1, 4), (30, 40, 70, 80), "float32")
    truth = {"boxes": boxes, "labels": np.zeros((8, 1), "int32")}
    model.fit(images, truth, batch_size=4, verbose=0)
    after = [part.get_weights() for part in (model.first, model.head)]
    pairs = zip(before, after)
    return [any((old != new).any() for old, new in zip(*each)) for each in pairs]


exercise(parts_that_change, [((), [False, True])])
# %% tags=["nbval-ignore-output"]
if half_frozen(4) is not None:
    print(f"AP {ap_of(trained(half_frozen(4), many)):.3f}, of section 5 {aps['detector', 36]:.3f}")
# %% [markdown] lang="ko"
# ## 요약
#
# - 새 사진은 먼저 훈련할 때의 장면과 비슷하게 바꾼다. 여섯 장의 숫자 33개 가운데 [[range: digits read rightly]]개를, 회색으로 바꾸고 줄이기만 하면(1) [[range: digits read rightly after step 1 alone]]개를 맞게 읽는다.
# - COCO 형식의 폴더에는 사진들과, 사진, 클래스, 상자의 목록이 있는 JSON 하나가 있다.
# - 훈련된 검출기에서 클래스를 답하는 층만 새로 만들어 시작하고, 사진의 4분의 1을 떼어 두고 훈련한다. 코드는 열 줄이다.
# - 옷 네 가지의 사진 36장으로 훈련한 AP는 [[range: AP of four kinds of clothes]]이다. 분류기에서 시작하면 [[range: AP from the classifier, 36 pictures]]이다.
# - 폴더의 잘못은 훈련 전에 찾는다. `read_coco`가 찾지 못하는 것은 상자를 그려 놓고 눈으로 찾는다.
# %% [markdown] lang="en"
# ## Summary
#
# - New pictures are first made to look like those of the training. Of the 33 digits on six sheets [[range: digits read rightly]] are then read rightly, and [[range: digits read rightly after step 1 alone]] if they are only turned to grey and scaled (step 1).
# - A folder in the form of COCO has pictures and one JSON, with lists of pictures, classes and boxes.
# - Start from a trained detector with a new layer to tell the classes, keep back a quarter of the pictures, and train: ten lines of code.
# - With 36 pictures of four kinds of clothes the AP becomes [[range: AP of four kinds of clothes]]; from a classifier it is [[range: AP from the classifier, 36 pictures]].
# - Mistakes in a folder are found before training. Find those that `read_coco` does not see by drawing the boxes and looking.
# %% [markdown] lang="ko"
# ## 출처
#
# - T.-Y. Lin 외 (2014). *Microsoft COCO: common objects in context*. ECCV. 형식은 <https://cocodataset.org/#format-data>.
# - H. Xiao, K. Rasul, R. Vollgraf (2017). *Fashion-MNIST*. arXiv:1708.07747. 옷의 사진.
# - S. Ren 외 (2015). *Faster R-CNN*. arXiv:1506.01497v3. 검출기.
#
# [[neighbours]]
# %% [markdown] lang="en"
# ## Sources
#
# - T.-Y. Lin et al. (2014). *Microsoft COCO: common objects in context*. ECCV. The format: <https://cocodataset.org/#format-data>.
# - H. Xiao, K. Rasul, R. Vollgraf (2017). *Fashion-MNIST*. arXiv:1708.07747. The photos of clothes.
# - S. Ren et al. (2015). *Faster R-CNN*. arXiv:1506.01497v3. The detector.
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
