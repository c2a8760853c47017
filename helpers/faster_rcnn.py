"""Faster R-CNN as lesson faster_rcnn builds and trains it, for the lessons that start from it.

Scenes are (n, 128, 128, 1), floats 0-1. Boxes are (x_min, y_min, x_max, y_max) in pixels, as
everywhere; a row without a box is padded with zeros and the label -1. Classes are numbered from 0,
and the number after the last is background. All of it compiles under XLA, and trains under
`tf.distribute`, with the losses of one device that sees the whole batch.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from keras.initializers import RandomNormal

from helpers import box_ops, rpn
from helpers.boxes import anchor_boxes
from helpers.datasets import data_folder, embedded_bytes
from helpers.metrics import Detections
from helpers.regions import roi_align
from helpers.weights import load_scene_classifier

Tensor = Any  # of any Keras backend, symbolic or not

SIDE = 128  # of a scene, in pixels
DIGITS = 10  # classes of the weights that are kept
ANCHORS = anchor_boxes(16, 16, 8, sides=(18, 28, 42), ratios=(0.75, 1.2, 2.0))
AROUND = 0.15  # of the sides of a box, read in addition on each side
PROPOSALS, AMONG = 16, 128  # in training
COPIES = 12
REACH = np.array([0.2, 0.2, 0.35, 0.35], "float32")  # largest deltas of a copy
LOSSES = {"objectness": 1, "anchors": 0.5, "classes": 1, "boxes": 2}  # and their weights
OVERLAP = 0.3  # answers of one class with a higher IoU are one
LEAST = 0.02  # answers with a lower score are left out
WEIGHTS = "faster_rcnn.weights.h5"


class FasterRCNN(keras.Model):  # type: ignore[misc]  # Keras tells no types
    """Scenes to a fine map (n, 32, 32, 48) and the answers of 2,304 anchors (n, 2304, 5).

    `head` reads boxes on the fine map. `fit` takes scenes, and a dict of "boxes" (n, most, 4),
    float32, and "labels" (n, most), int32; `predict` gives what `detect` gives.
    """

    def __init__(self, seed: int = 0, classes: int = DIGITS) -> None:
        """Start from `load_scene_classifier`; the other layers start from random weights.

        Args:
            seed: of the copies of real boxes that training adds to the proposals.
            classes: without background.

        Raises:
            ValueError: if there is no class.
        """
        if classes < 1:
            raise ValueError(f"expected a class or more, got {classes!r}")
        super().__init__()
        bones = _backbone()
        fine, coarse = bones.output
        self.first = keras.Model(bones.input, [fine, rpn.proposal_layers(coarse)])
        self.head = _second_stage(classes)
        self.rng = keras.random.SeedGenerator(seed)
        self.means = [keras.metrics.Mean(name) for name in LOSSES]

    def call(self, scenes: Tensor) -> list[Tensor]:
        return self.first(scenes)  # type: ignore[no-any-return]

    def compute_loss(
        self,
        x: Tensor = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        fine, answers = y_pred
        losses = losses_of(self, fine, answers, y["boxes"], y["labels"])
        for mean, loss in zip(self.means, losses, strict=True):
            mean.update_state(loss)
        total = sum(weight * loss for weight, loss in zip(LOSSES.values(), losses, strict=True))
        return total / _replicas()  # Keras adds up the gradients of replicas

    def predict_step(self, data: Any) -> tuple[Tensor, Tensor, Tensor]:
        scenes, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return detect(self, scenes)


def load_faster_rcnn(seed: int = 0, classes: int | None = None) -> FasterRCNN:
    """`FasterRCNN` as lesson faster_rcnn trains it on scenes of digits (see data/README.md).

    Args:
        seed: of the copies of real boxes, in further training.
        classes: of what it shall find from now on. The layer that tells classes then starts from
            random weights, all others from those that are kept. None: the ten digits, as trained.

    Returns:
        A new model at every call, not compiled.

    Raises:
        ValueError: if there is no class, or the embedded file is truncated or altered.
        FileNotFoundError: if the embedded file is missing.
    """
    embedded_bytes(WEIGHTS)
    model = FasterRCNN(seed)
    model.build((None, SIDE, SIDE, 1))
    model.load_weights(data_folder() / WEIGHTS)
    if classes is None:
        return model
    other = FasterRCNN(seed, classes)
    other.build((None, SIDE, SIDE, 1))
    other.first.set_weights(model.first.get_weights())
    for layer, kept in zip(other.head.layers, model.head.layers, strict=True):
        if layer.name != "classes":
            layer.set_weights(kept.get_weights())
    return other


def detect(
    model: FasterRCNN, scenes: Tensor, readings: int = 2, count: int = 24, among: int = 256
) -> tuple[Tensor, Tensor, Tensor]:
    """What a detector finds, after NMS within each class.

    Args:
        model: built.
        scenes: (n, 128, 128, 1).
        readings: how often the second stage reads each box, which it corrects each time.
        count: of proposals.
        among: anchors that proposals are chosen from.

    Returns:
        Boxes (n, count, 4), scores (n, count) and labels (n, count); a score of 0 is no answer.
    """
    fine, answers = model(scenes)
    boxes, there = rpn.proposals(answers, ANCHORS, count, among, SIDE, SIDE)
    chances = 0
    for _ in range(readings):
        logits, deltas = read(model.head, fine, boxes)
        chances = chances + ops.softmax(logits)[..., :-1] / readings
        boxes = box_ops.decode(deltas * rpn.SPREAD, boxes, height=SIDE, width=SIDE)
    return _best_of_each(boxes, ops.where(there[..., None], chances, 0.0))


def found_in(model: FasterRCNN, scenes: np.ndarray) -> list[Detections]:
    """What a detector finds in each scene, best first, but for scores of 0.02 or less.

    Args:
        model: built.
        scenes: (n, 128, 128, 1), floats 0-1, one or more.

    Returns:
        Boxes, scores and labels of each scene.

    Raises:
        ValueError: if the scenes are of another shape or type.
    """
    if scenes.ndim != 4 or scenes.shape[1:] != (SIDE, SIDE, 1) or scenes.dtype.kind != "f":
        raise ValueError(
            f"expected scenes (n, {SIDE}, {SIDE}, 1) of floats, got {scenes.shape} of "
            f"{scenes.dtype}"
        )
    boxes, scores, labels = model.predict(scenes, batch_size=20, verbose=0)
    rows = zip(boxes.astype(float), scores, labels, scores > LEAST, strict=True)
    return [Detections(box[kept], score[kept], label[kept]) for box, score, label, kept in rows]


def read(head: keras.Model, fine: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """What the second stage says of boxes.

    Args:
        head: (7, 7, 48) to logits and deltas.
        fine: (n, 32, 32, 48), of stride 4.
        boxes: (n, k, 4).

    Returns:
        Logits (n, k, classes + 1), the last that of background, and deltas over `rpn.SPREAD`
        (n, k, 4).
    """
    more = AROUND * (boxes[..., 2:] - boxes[..., :2])
    widened = ops.concatenate([boxes[..., :2] - more, boxes[..., 2:] + more], axis=-1)
    values = roi_align(fine, widened, stride=4)  # (n, k, 7, 7, 48)
    outputs = head(ops.reshape(values, (-1, *values.shape[2:])))
    outputs = ops.reshape(outputs, (-1, boxes.shape[1], outputs.shape[-1]))
    return outputs[..., :-4], outputs[..., -4:]


def boxes_to_read(model: FasterRCNN, answers: Tensor, real: Tensor) -> Tensor:
    """Proposals and copies of the real boxes, (n, 28, 4), taken as given: no gradient."""
    proposals, _ = rpn.proposals(answers, ANCHORS, PROPOSALS, AMONG, SIDE, SIDE)
    boxes = ops.concatenate([proposals, _copies(real, model.rng)], axis=1)
    return ops.stop_gradient(boxes)


def wanted_of(
    boxes: Tensor, real: Tensor, labels: Tensor, background: int
) -> tuple[Tensor, Tensor]:
    """What the second stage should answer for boxes: classes (n, k), and deltas over the spread."""
    ious = box_ops.iou(boxes, real)  # (n, k, most)
    nearest = ops.argmax(ious, axis=-1)
    classes = ops.take_along_axis(labels, nearest, axis=1)
    classes = ops.where(ops.max(ious, axis=-1) >= 0.5, classes, background)
    real = ops.take_along_axis(real, nearest[..., None], axis=1)
    return classes, box_ops.encode(real, boxes) / rpn.SPREAD


def losses_of(
    model: FasterRCNN, fine: Tensor, answers: Tensor, real: Tensor, labels: Tensor
) -> list[Tensor]:
    """The four losses, in the order of LOSSES.

    Args:
        model: whose `head` and `rng` are used.
        fine: (n, 32, 32, 48).
        answers: (n, 2304, 5), of the anchors.
        real: boxes (n, most, 4).
        labels: (n, most).
    """
    wanted = rpn.targets(ANCHORS, real)
    of_anchors = rpn.objectness_loss(wanted, answers), rpn.box_loss(wanted, answers)
    boxes = boxes_to_read(model, answers, real)
    logits, deltas = read(model.head, fine, boxes)
    background = logits.shape[-1] - 1
    classes, wanted_deltas = wanted_of(boxes, real, labels, background)
    there = ops.cast(boxes[..., 2] > boxes[..., 0], "float32")  # not padding
    held = there * ops.cast(classes < background, "float32")
    cross_entropy = keras.losses.sparse_categorical_crossentropy
    of_classes = cross_entropy(classes, logits, from_logits=True)
    of_boxes = 4 * keras.losses.huber(wanted_deltas, deltas)  # a sum of four
    return [
        *(ops.mean(loss) for loss in of_anchors),
        _mean(of_classes, there),
        _mean(of_boxes, held),
    ]


def _replicas() -> int:
    """Devices that share a batch under `tf.distribute`; 1 without it."""
    return int(tf.distribute.get_strategy().num_replicas_in_sync)


def _mean(values: Tensor, counted: Tensor) -> Tensor:
    """The mean of values where `counted` is 1 (elsewhere it is 0); 0 if it is nowhere.

    Under `tf.distribute` the sum of a replica over the mean of all counts: the mean of that over
    replicas is the mean over the whole batch, although replicas have different counts.
    """
    count = ops.sum(counted)
    if _replicas() > 1:
        count = tf.distribute.get_replica_context().all_reduce("MEAN", count)
    return ops.sum(counted * values) / ops.maximum(count, 1 / _replicas())


def _backbone() -> keras.Model:
    """Scenes to maps of stride 4 (48 channels) and of stride 8 (64 channels)."""
    classifier = load_scene_classifier()
    first, last = classifier.layers[1], classifier.get_layer("features")
    first.trainable = False
    pretrained = keras.Model(classifier.input, [first.output, last.output])
    inputs = keras.Input((SIDE, SIDE, 1))
    at_2, at_4 = pretrained(inputs)  # 64x64x16, 32x32x64
    fine = layers.Conv2D(48, 1)(at_4) + layers.Conv2D(48, 2, strides=2)(at_2)  # 32x32
    he = {"padding": "same", "activation": "relu", "kernel_initializer": "he_normal"}
    coarse = layers.Conv2D(64, 3, **he)(layers.MaxPooling2D(2)(at_4))  # 16x16
    return keras.Model(inputs, [layers.ReLU()(fine), coarse])


def _second_stage(classes: int) -> keras.Model:
    """What was read of a box, (7, 7, 48) -> a logit for each class and background, four deltas."""
    x = inputs = keras.Input((7, 7, 48))
    he = {"activation": "relu", "kernel_initializer": "he_normal"}
    x = layers.Conv2D(64, 3, name="convolution", **he)(x)  # 5x5x64, without padding
    x = layers.Dense(128, name="dense", **he)(layers.Flatten(name="flat")(x))
    small = RandomNormal(stddev=0.01), RandomNormal(stddev=0.001)
    logits = layers.Dense(classes + 1, kernel_initializer=small[0], name="classes")(x)
    deltas = layers.Dense(4, kernel_initializer=small[1], name="deltas")(x)
    return keras.Model(inputs, layers.Concatenate(name="both")([logits, deltas]))


def _copies(boxes: Tensor, rng: keras.random.SeedGenerator) -> Tensor:
    """COPIES boxes near the real ones of each scene, taken in turn, half of them very near."""
    real = ops.sum(ops.cast(boxes[..., 2] > 0, "int32"), axis=1, keepdims=True)
    rows = ops.arange(COPIES, dtype="int32") % ops.maximum(real, 1)
    chosen = ops.take_along_axis(boxes, rows[..., None], axis=1)
    moves = keras.random.uniform(ops.shape(chosen), -1, 1, seed=rng) * REACH
    share = np.where(np.arange(COPIES) < COPIES / 2, 0.4, 1.0)[:, None]
    return box_ops.decode(moves * ops.cast(share, "float32"), chosen, height=SIDE, width=SIDE)


def _best_of_each(boxes: Tensor, chances: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The likeliest class of every box, and NMS within each class."""
    scores, order = ops.top_k(ops.max(chances, axis=-1), boxes.shape[1])  # best first
    labels = ops.take_along_axis(ops.argmax(chances, axis=-1), order, axis=1)
    boxes = ops.take_along_axis(boxes, order[..., None], axis=1)
    apart = boxes + 2 * SIDE * ops.cast(labels, "float32")[..., None]  # classes never overlap
    return boxes, ops.where(box_ops.nms(apart, OVERLAP), scores, 0.0), labels
