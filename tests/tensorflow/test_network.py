import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import tensorflow as tf
from study.backends.tensorflow.data import DeviceData
from study.backends.tensorflow.network import build
from study.backends.tensorflow.trainer import TensorflowTrainer
from study.backends.tensorflow.weights import export_parameters, initial_network, load_parameters, trained_network
from study.config.load import read_config, validate
from study.errors import StudyError
from study.recipe.canonical import canonical_run
from study.recipe.shapes import CATALOGUE
from study.store.parameters import write_parameters
from support.tiny import TINY_NETWORK, WRITTEN_OTHERWISE, cache, run_spec

HEAD = [{"type": "global_average_pool"}, {"type": "dense", "units": "classes", "activation": "none"}]
KERAS = [(model, entry) for (library, model), entry in CATALOGUE.items() if library == "keras"]


def library(model: str) -> dict[str, object]:
    return {"library": "keras", "model": model, "head": HEAD}


def test_the_documents_network_has_the_parameters_that_its_listing_gives() -> None:
    spec = validate(read_config([])).run_spec("scratch_tensorflow", 0)
    convolutions = [(3, 96, 11), (96, 256, 5), (256, 384, 3), (384, 384, 3), (384, 256, 3)]
    expected = sum(i * o * k * k + o for i, o, k in convolutions)
    expected += sum(i * o + o for i, o in [(256 * 6 * 6, 4096), (4096, 4096), (4096, 10)])
    assert sum(row.parameters for row in build(spec).layer_table()) == expected


def test_resnet50_learns_in_its_last_15_layers_and_the_head() -> None:
    spec = validate(read_config([])).run_spec("pretrained_tensorflow", 0)
    network = build(spec)
    trainable = [row.name for row in network.layer_table() if row.trainable]
    assert trainable == [
        *("conv5_block2_3_conv", "conv5_block2_3_bn"),
        *(f"conv5_block3_{n}_{part}" for n in (1, 2, 3) for part in ("conv", "bn")),
        *("head_dense1", "head_dense2", "head_dense3"),
    ]
    types = {row.name: row.type for row in network.layer_table()}
    of_kinds = (types["conv1_conv"], types["conv5_block3_3_bn"], types["head_dense1"])
    assert of_kinds == ("Conv2D", "BatchNormalization", "Dense")
    # Keras states 23,587,712 parameters for ResNet50 without top.
    head = 2048 * 1024 + 1024 + 1024 * 512 + 512 + 512 * 10 + 10
    assert sum(row.parameters for row in network.layer_table()) == 23_587_712 + head


@pytest.mark.parametrize(("model", "entry"), KERAS, ids=[model for model, _ in KERAS])
def test_each_library_network_runs_at_its_smallest_size_and_at_none_smaller(model: str, entry: object) -> None:
    smallest = entry.smallest_input
    network = build(run_spec("tensorflow", network=library(model), input={"size": smallest}))
    logits = network.model(tf.zeros((2, smallest, smallest, 3)))
    assert logits.shape == (2, 4)
    with pytest.raises(ValueError, match=r"at least|Input size"):
        build(run_spec("tensorflow", network=library(model), input={"size": smallest - 1}))


def test_the_canonical_form_of_a_network_computes_the_same() -> None:
    given = run_spec("tensorflow", network=WRITTEN_OTHERWISE, init="glorot_uniform", bias_init="zeros")
    canonical = canonical_run(given, 16)
    assert canonical.network == run_spec("tensorflow").network
    images = tf.random.stateless_normal((4, 16, 16, 3), seed=(0, 0))
    one, other = (initial_network(spec, None).model(images).numpy() for spec in (given, canonical))
    # float32, values near 1: a convolution over zeros that were added before it may sum in another order.
    assert one == pytest.approx(other, abs=1e-5)


def test_frozen_batch_norms_stay_in_inference_mode() -> None:
    frozen = {"layers": ["bn_Conv1", "expanded_conv_depthwise_BN"]}
    spec = run_spec("tensorflow", network=library("MobileNetV2"), input={"size": 32}, frozen=frozen)
    network = build(spec)
    before = export_parameters(network, spec)
    network.model(tf.random.normal((4, 32, 32, 3)), training=True)
    changed = {name for name, value in export_parameters(network, spec).items() if (value != before[name]).any()}
    assert "expanded_conv_project_BN/moving_mean" in changed
    assert not {name for name in changed if name.startswith(tuple(frozen["layers"]))}


def test_batch_norms_among_the_last_layers_can_be_frozen_while_convolutions_learn() -> None:
    convolutions = ["conv5_block2_3_conv", *(f"conv5_block3_{n}_conv" for n in (1, 2, 3))]
    norms = ["conv5_block2_3_bn", *(f"conv5_block3_{n}_bn" for n in (1, 2, 3))]
    frozen = {"all_but_last": 15, "layers": norms}
    spec = run_spec("tensorflow", network=library("ResNet50"), input={"size": 32}, frozen=frozen)
    network = build(spec)
    assert [row.name for row in network.layer_table() if row.trainable] == [*convolutions, "head_dense1"]
    before = export_parameters(network, spec)
    trainer = TensorflowTrainer(spec, network, DeviceData(spec.input, cache(train=16)))
    trainer.train_epoch(np.arange(16), 1e-3, lambda _: None)
    changed = {name for name, value in export_parameters(network, spec).items() if (value != before[name]).any()}
    assert {name.partition("/")[0] for name in changed} == {*convolutions, "head_dense1"}


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    specs = [run_spec("tensorflow", seed=seed) for seed in (3, 3, 4)]
    one, same, other = (export_parameters(initial_network(spec, None), spec) for spec in specs)
    assert all((one[name] == same[name]).all() for name in one)
    assert (one["conv1.weight"] != other["conv1.weight"]).any()


@pytest.mark.parametrize("network", [TINY_NETWORK, library("MobileNetV2")], ids=["described", "library"])
def test_a_trained_network_is_what_was_written(network: dict[str, object], tmp_path: Path) -> None:
    spec = run_spec("tensorflow", network=network, input={"size": 32})
    written = export_parameters(initial_network(spec, None), spec)
    write_parameters(tmp_path / "model.npz", written)
    read = export_parameters(trained_network(spec, tmp_path / "model.npz"), spec)
    assert written.keys() == read.keys()
    assert all((written[name] == read[name]).all() for name in written)


def test_weights_of_another_run_are_taken_without_the_head(tmp_path: Path) -> None:
    source_spec, spec = run_spec("tensorflow", seed=7), run_spec("tensorflow", seed=8, weights="run")
    source = export_parameters(initial_network(source_spec, None), source_spec)
    write_parameters(tmp_path / "model.npz", source)
    taken = export_parameters(initial_network(spec, tmp_path / "model.npz"), spec)
    assert (taken["conv2.weight"] == source["conv2.weight"]).all()
    assert (taken["dense2.weight"] != source["dense2.weight"]).any()


def test_weights_of_another_shape_are_refused() -> None:
    spec = run_spec("tensorflow")
    network = build(spec)
    arrays = export_parameters(network, spec) | {"dense1.weight": np.zeros((24, 7))}
    with pytest.raises(StudyError, match=r"'dense1.weight' has shape"):
        load_parameters(network, spec, arrays, head=True)


def test_a_file_that_is_no_keras_weights_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.h5").write_text("<html>not here</html>")
    spec = run_spec("tensorflow", network=library("MobileNetV2"), input={"size": 32}, weights="file")
    with pytest.raises(StudyError, match="does not fit keras' MobileNetV2"):
        initial_network(spec, tmp_path / "weights.h5")


TORCH_SIDE = """
import json, sys
import numpy as np, torch
from study.backends.pytorch.weights import export_parameters, initial_network
from study.recipe.run import RunSpec
network = initial_network(RunSpec.model_validate(json.loads(sys.argv[1])), None).double().eval()
network.head.double()
images = torch.from_numpy(np.load(sys.argv[2] + "/images.npy")).permute(0, 3, 1, 2)
with torch.no_grad():
    logits = network.head(network.body(images))
np.savez(sys.argv[2] + "/model.npz", **export_parameters(network))
np.save(sys.argv[2] + "/logits.npy", logits.numpy())
"""


def test_parameters_exported_from_pytorch_give_the_same_network_in_keras(tmp_path: Path) -> None:
    images = np.random.default_rng(0).normal(size=(5, 17, 17, 3))
    np.save(tmp_path / "images.npy", images)
    settings = run_spec("pytorch", input={"size": 17}).model_dump(mode="json")
    command = [sys.executable, "-c", TORCH_SIDE, json.dumps(settings), str(tmp_path)]
    subprocess.run(command, check=True, env={"PYTHONPATH": "scripts"})
    keras.config.set_dtype_policy("float64")
    try:
        spec = run_spec("tensorflow", input={"size": 17})
        network = build(spec)
        network.model.get_layer("dense2").dtype_policy = keras.dtype_policies.DTypePolicy("float64")
        with np.load(tmp_path / "model.npz") as arrays:
            load_parameters(network, spec, dict(arrays), head=True)
        logits = network.model(images).numpy()
    finally:
        keras.config.set_dtype_policy("float32")
    # The last layer is float32 in Keras: its rounding bounds the agreement.
    np.testing.assert_allclose(logits, np.load(tmp_path / "logits.npy"), rtol=1e-5, atol=1e-6)
