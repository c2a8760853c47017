"""The embedded EfficientNet-Lite0 answers as the network that its weights were carried from."""

import importlib.util
import io
import json

import keras
import numpy as np
import pytest
from lesson_code import definitions, script
from scipy.special import softmax

from helpers import datasets
from helpers.counting import multiply_adds
from helpers.datasets import photo_files
from helpers.images import middle, read_image
from helpers.pretrained import efficientnet_lite0, imagenet_classes, load_efficientnet_lite0
from tools.source import ROOT, lessons_named

MAKE = ROOT / "data" / "make"


@pytest.fixture(scope="module")
def make():
    """The script that made the embedded file."""
    path = MAKE / "make_efficientnet_lite0.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def network():
    return load_efficientnet_lite0()


def prepared():
    photos = [middle(read_image(file)) for file in photo_files().values()]
    return (np.stack(photos).astype("float32") - 127) / 128


def test_it_gives_the_reference_implementations_probabilities_on_every_photo(network):
    kept = json.loads((MAKE / "efficientnet_lite0_scores.json").read_text())
    assert list(kept) == list(photo_files())
    expected, scores = np.array(list(kept.values())), network.predict(prepared(), verbose=0)
    largest = np.abs(expected).max(axis=1)
    assert (largest > 5).all()
    assert (np.abs(scores - expected).max(axis=1) < 0.01 * largest).all()  # 16-bit kernels
    assert np.abs(softmax(scores, axis=1) - softmax(expected, axis=1)).max() <= 0.01
    for ours, theirs in zip(scores, expected, strict=True):
        assert np.argsort(-ours)[:5].tolist() == np.argsort(-theirs)[:5].tolist()


def test_it_has_the_parameters_and_multiply_adds_that_google_names(network):
    trained = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    assert trained == 4_652_008  # "4.7M"
    assert 0.9 < multiply_adds(network) / 407e6 < 1.0  # "407M"


def test_classes_have_the_numbers_that_everybody_uses():
    names = imagenet_classes()
    assert len(names) == 1000
    known = {207: "golden retriever", 285: "Egyptian cat", 652: "military uniform", 967: "espresso"}
    assert {number: names[number] for number in known} == known


@pytest.mark.parametrize("shape", [(224, 224), (224, 224, 1)])
def test_an_input_without_three_channels_is_refused(shape):
    with pytest.raises(ValueError, match=r"expected an input of shape \(height, width, 3\), got"):
        efficientnet_lite0(shape)


@pytest.mark.parametrize("name", ["efficientnet_lite0.npz", "imagenet_classes.txt"])
def test_an_altered_file_is_refused(monkeypatch, tmp_path, name):
    (tmp_path / "SHA256SUMS").write_text("0" * 64 + f"  {name}\n")
    (tmp_path / name).write_bytes((ROOT / "data" / name).read_bytes())
    monkeypatch.setattr(datasets, "data_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match=f"{name} is not the one this course came with"):
        load_efficientnet_lite0() if name.endswith("npz") else imagenet_classes()


def test_it_takes_a_training_step_that_xla_compiled():
    model = efficientnet_lite0((64, 64, 3))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss, jit_compile=True)
    before = model.get_layer("scores").kernel.numpy()
    images = np.random.RandomState(0).uniform(-1, 1, (2, 64, 64, 3))
    model.fit(images, np.array([1, 2]), verbose=0)
    assert np.abs(model.get_layer("scores").kernel.numpy() - before).max() > 0


def storage(kind="FloatStorage", key="0", count=6, place="cpu"):
    return (b"(Vstorage\nctorch\n%s\nV%s\nV%s\nI%d\nNtQ" % (
        kind.encode(), key.encode(), place.encode(), count,
    ))  # fmt: skip


def tensor(where=None, offset=0, shape=(2, 3), strides=(3, 1)):
    sizes = [b"(" + b"".join(b"I%d\n" % n for n in numbers) + b"t" for numbers in (shape, strides)]
    return (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + (where or storage())
        + (b"I%d\n" % offset)
        + b"".join(sizes)
        + b"I00\nccollections\nOrderedDict\n)RtR"
    )


def pth(value, head=(0x1950A86A20F9469CFC6C, 1001, {}), numbers=None):
    """A file in PyTorch's older format that holds one tensor `w`."""
    import pickle

    file = io.BytesIO()
    for said in head:
        pickle.dump(said, file, protocol=2)
    file.write(b"ccollections\nOrderedDict\n)R(Vw\n" + value + b"u.")
    pickle.dump(["0"], file, protocol=2)
    numbers = np.arange(6, dtype="<f4") if numbers is None else numbers
    file.write((6).to_bytes(8, "little") + numbers.tobytes())
    file.seek(0)
    return file


def test_the_reader_reads_a_tensor_whatever_the_order_of_its_axes(make):
    numbers = np.arange(6, dtype="<f4").reshape(2, 3)
    assert (make.read_tensors(pth(tensor()))["w"] == numbers).all()
    turned = make.read_tensors(pth(tensor(shape=(3, 2), strides=(1, 3))))["w"]
    assert (turned == numbers.T).all()


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: pth(b"cos\nsystem\n(Vecho bad\ntR"), "one that names os.system"),
        (lambda: pth(b"cbuiltins\neval\n(V1\ntR"), "one that names builtins.eval"),
        (lambda: pth(b"ctorch.nn\nLinear\n)R"), "one that names torch.nn.Linear"),
        (lambda: pth(tensor(storage(place="cuda:0"))), "expected a storage on the CPU"),
        (lambda: pth(tensor(storage(kind="HalfStorage"))), "one that names torch.HalfStorage"),
        (lambda: pth(tensor(offset=1)), "expected a tensor to fill its storage"),
        (lambda: pth(tensor(shape=(2, 3), strides=(4, 1))), "expected a tensor to fill"),
        (lambda: pth(tensor(shape=(2, 2), strides=(2, 1))), "expected a tensor to fill"),
        (lambda: pth(tensor(), numbers=np.zeros(5, "<f4")), "expected 6 numbers in storage 0"),
        (lambda: pth(tensor(), head=(1, 1001, {})), "in the format before PyTorch 1.6"),
    ],
)
def test_the_reader_refuses_all_else_and_runs_nothing(make, file, sentence, capfd):
    with pytest.raises(ValueError, match=sentence):
        make.read_tensors(file())
    assert capfd.readouterr().out == ""


def test_weights_of_another_network_are_not_carried(make):
    model = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.Conv2D(2, 3)])
    kernel, bias = np.zeros((2, 3, 3, 3)), np.zeros(2)
    assert len(make.carried({"a.weight": kernel, "a.bias": bias}, model)) == 2
    with pytest.raises(ValueError, match="expected 2 arrays, got 1"):
        make.carried({"a.weight": kernel, "a.num_batches_tracked": bias}, model)
    with pytest.raises(ValueError, match=r"kernel of \(3, 3, 3, 2\), got \(3, 3, 3, 4\)"):
        make.carried({"a.weight": np.zeros((4, 3, 3, 3)), "a.bias": bias}, model)


@pytest.fixture(scope="module")
def lesson():
    return definitions(*lessons_named("pretrained"))


def test_a_wrong_name_gets_the_names_there_are(lesson):
    with pytest.raises(ValueError, match="efficientnet_lite0, resnet50, resnet101, resnet152, got"):
        lesson["choose"]("resnet18")


def test_a_resnet_comes_with_its_preprocessing_and_gives_scores(lesson, monkeypatch):
    def without_a_download(weights, classifier_activation):
        assert weights == "imagenet"
        return keras.applications.MobileNetV2(  # small, and built by the same rules
            weights=None, classifier_activation=classifier_activation
        )

    monkeypatch.setattr(keras.applications, "ResNet101", without_a_download)
    network, prepare = lesson["choose"]("resnet101")
    scores = np.array(network(prepare(np.zeros((1, 224, 224, 3), np.uint8))))
    assert scores.shape == (1, 1000) and (scores < 0).any()
    assert prepare(np.zeros((1, 1, 1, 3), np.uint8)).ravel() == pytest.approx(
        [-103.939, -116.779, -123.68]
    )


def test_weights_that_cannot_be_downloaded_are_one_sentence(lesson, monkeypatch):
    def unreachable(**_):
        raise Exception("URL fetch failure on https://...: None -- [Errno -2] Name or service")

    monkeypatch.setattr(keras.applications, "ResNet50", unreachable)
    with pytest.raises(ConnectionError, match="weights of resnet50 could not be had: URL"):
        lesson["choose"]("resnet50")


def test_what_the_lesson_says_of_vgg16_is_what_lesson_vgg_counts():
    names = definitions(*lessons_named("vgg"))
    network = names["vgg"](names["VGG"]["D"], kernel_initializer="zeros")
    code = "\n".join(script(*lessons_named("pretrained")))
    assert f"{network.count_params():_}, {multiply_adds(network):_}" in code
