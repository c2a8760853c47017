"""R-CNN and Fast R-CNN of `helpers.detectors` are those that their lessons build."""

import numpy as np
import pytest
from lesson_code import definitions

from helpers.detectors import fast_rcnn, rcnn

RANDOM = np.random.RandomState(0)


def same_answers(ours, theirs, inputs):
    ours.set_weights(theirs.get_weights())
    np.testing.assert_allclose(np.array(ours(inputs)), np.array(theirs(inputs)), atol=1e-5)


def test_rcnn_is_that_of_its_lesson():
    theirs, _ = definitions("rcnn")["rcnn_network"]()
    same_answers(rcnn(), theirs, RANDOM.rand(3, 28, 28, 1).astype("float32"))


def test_fast_rcnn_is_that_of_its_lesson():
    lesson = definitions("fast_rcnn")
    theirs = lesson["fast_rcnn"](lesson["pretrained_body"]())
    boxes = np.array([[(0, 0, 28, 40), (60, 20, 100, 128)]] * 2, "float32")
    same_answers(fast_rcnn(), theirs, [RANDOM.rand(2, 128, 128, 1).astype("float32"), boxes])


def test_sizes_can_be_chosen():
    assert rcnn(16).output_shape == (None, 11)
    model = fast_rcnn(16, side=64)
    assert model.input_shape == [(None, 64, 64, 1), (None, None, 4)]
    assert model.count_params() < fast_rcnn().count_params()


@pytest.mark.parametrize(
    "case",
    [lambda: rcnn(0), lambda: fast_rcnn(-1), lambda: fast_rcnn(side=30), lambda: fast_rcnn(side=0)],
)
def test_bad_input_is_refused_by_one_sentence(case):
    with pytest.raises(ValueError, match=r"^expected .* got ") as caught:
        case()
    assert "\n" not in str(caught.value)
