from pathlib import Path

import numpy as np
import pytest
import torch

from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.network import build
from study.backends.pytorch.trainer import PytorchTrainer
from study.backends.pytorch.weights import export_parameters, initial_network, read_state, trained_network
from study.config.load import read_config, validate
from study.errors import StudyError
from study.recipe.canonical import canonical_run
from study.recipe.shapes import CATALOGUE
from study.store.parameters import write_parameters
from support.tiny import WRITTEN_OTHERWISE, cache, run_spec

HEAD = [{"type": "global_average_pool"}, {"type": "dense", "units": "classes", "activation": "none"}]
TORCHVISION = [(model, entry) for (library, model), entry in CATALOGUE.items() if library == "torchvision"]


def library(model: str, keep: str = "trunk", head: list[dict[str, object]] | None = None) -> dict[str, object]:
    return {"library": "torchvision", "model": model, "keep": keep, "head": head or HEAD}


def test_the_documents_network_has_the_parameters_that_its_listing_gives() -> None:
    spec = validate(read_config([])).run_spec("scratch_pytorch", 0)
    convolutions = [(3, 64, 11), (64, 128, 5), (128, 256, 3), (256, 256, 3), (256, 256, 3)]
    expected = sum(i * o * k * k + o for i, o, k in convolutions)
    expected += sum(i * o + o for i, o in [(256 * 6 * 6, 4096), (4096, 4096), (4096, 10)])
    assert sum(row.parameters for row in build(spec).layer_table()) == expected


def test_torchvisions_alexnet_keeps_all_but_its_last_layer_and_freezes_its_convolutions() -> None:
    spec = validate(read_config([])).run_spec("pretrained_pytorch", 0)
    rows = {row.name: row for row in build(spec).layer_table()}
    # 61,100,840 parameters as published, less the last layer for 1,000 classes, plus one for 10.
    assert sum(row.parameters for row in rows.values()) == 61_100_840 - 4097 * 1000 + 4097 * 10
    assert {name for name, row in rows.items() if row.trainable} == {"classifier.1", "classifier.4", "head.dense1"}


@pytest.mark.parametrize(("model", "entry"), TORCHVISION, ids=[model for model, _ in TORCHVISION])
def test_each_library_network_runs_at_its_smallest_size_and_at_none_smaller(model: str, entry: object) -> None:
    smallest = entry.smallest_input
    spec = run_spec("pytorch", network=library(model), input={"size": smallest})
    logits = build(spec).eval()(torch.zeros(2, 3, smallest, smallest))
    assert logits.shape == (2, 4)
    assert logits.dtype == torch.float32
    if smallest > 1:
        with pytest.raises(RuntimeError):
            build(run_spec("pytorch", network=library(model), input={"size": smallest - 1}))


def test_frozen_batch_norms_stay_in_inference_mode() -> None:
    spec = run_spec("pytorch", network=library("resnet18"), input={"size": 32}, frozen={"layers": ["bn1", "layer1"]})
    network = build(spec)
    before = {name: value.copy() for name, value in export_parameters(network).items()}
    network.train()(torch.randn(4, 3, 32, 32))
    changed = {name for name, value in export_parameters(network).items() if (value != before[name]).any()}
    assert "layer2.0.bn1.running_mean" in changed
    assert not {name for name in changed if name.startswith(("bn1", "layer1"))}


def test_batch_norms_among_the_last_layers_can_be_frozen_while_convolutions_learn() -> None:
    # The last block of ResNet18: conv1, bn1, relu, conv2, bn2.
    frozen = {"all_but_last": 5, "layers": ["layer4.1.bn1", "layer4.1.bn2"]}
    spec = run_spec("pytorch", network=library("resnet18"), input={"size": 32}, frozen=frozen)
    network = build(spec)
    learning = {"layer4.1.conv1", "layer4.1.conv2", "head.dense1"}
    assert {row.name for row in network.layer_table() if row.trainable} == learning
    before = {name: value.copy() for name, value in export_parameters(network).items()}
    trainer = PytorchTrainer(spec, network, DeviceData(spec.input, cache(train=16), torch.device("cpu")))
    trainer.train_epoch(np.arange(16), 1e-3, lambda _: None)
    changed = {name for name, value in export_parameters(network).items() if (value != before[name]).any()}
    assert {name.rpartition(".")[0] for name in changed} == learning


def test_the_canonical_form_of_a_network_computes_the_same() -> None:
    given = run_spec("pytorch", network=WRITTEN_OTHERWISE, init="glorot_uniform", bias_init="zeros")
    canonical = canonical_run(given, 16)
    assert canonical.network == run_spec("pytorch").network
    images = torch.randn(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    one, other = (initial_network(spec, None).eval()(images) for spec in (given, canonical))
    assert torch.equal(one, other)


def test_all_but_last_counts_the_layers_of_the_description() -> None:
    spec = run_spec("pytorch", frozen={"all_but_last": 2})
    rows = build(spec).layer_table()
    assert [(row.name, row.type, row.trainable) for row in rows] == [
        ("conv1", "Conv2d", False),
        ("conv2", "Conv2d", False),
        ("dense1", "Linear", True),
        ("dense2", "Linear", True),
    ]


def test_the_layer_table_names_the_class_of_a_librarys_layers() -> None:
    head = [{"type": "global_average_pool"}, {"type": "dense", "units": "classes", "activation": "none"}]
    spec = run_spec("pytorch", network={"library": "torchvision", "model": "resnet18", "head": head})
    types = {row.name: row.type for row in build(spec).layer_table()}
    assert (types["conv1"], types["layer4.1.bn2"], types["head.dense1"]) == ("Conv2d", "BatchNorm2d", "Linear")


def test_freezing_an_unknown_layer_is_refused_with_the_layers_there_are() -> None:
    with pytest.raises(StudyError, match=r"no layer 'conv9'; its layers begin with conv1, pool1"):
        build(run_spec("pytorch", frozen={"layers": ["conv9"]}))


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    one, same, other = (export_parameters(initial_network(run_spec("pytorch", seed=seed), None)) for seed in (3, 3, 4))
    assert all((one[name] == same[name]).all() for name in one)
    assert (one["conv1.weight"] != other["conv1.weight"]).any()


def test_the_head_is_float32_under_mixed_precision() -> None:
    network = build(run_spec("pytorch", precision="bfloat16")).eval()
    assert network(torch.zeros(1, 3, 16, 16)).dtype == torch.float32


def test_weights_of_another_run_are_taken_without_the_head(tmp_path: Path) -> None:
    source = export_parameters(initial_network(run_spec("pytorch", seed=7), None))
    write_parameters(tmp_path / "model.npz", source)
    taken = export_parameters(initial_network(run_spec("pytorch", seed=8, weights="run"), tmp_path / "model.npz"))
    assert (taken["conv2.weight"] == source["conv2.weight"]).all()
    assert (taken["dense2.weight"] != source["dense2.weight"]).any()


def test_a_trained_network_is_what_was_written(tmp_path: Path) -> None:
    spec = run_spec("pytorch", network=library("squeezenet1_1"), input={"size": 32})
    written = export_parameters(initial_network(spec, None))
    write_parameters(tmp_path / "model.npz", written)
    read = export_parameters(trained_network(spec, tmp_path / "model.npz"))
    assert written.keys() == read.keys()
    assert all((written[name] == read[name]).all() for name in written)


def test_another_networks_weights_file_is_refused(tmp_path: Path) -> None:
    torch.save({"conv.weight": torch.zeros(3)}, tmp_path / "weights.pth")
    spec = run_spec("pytorch", network=library("squeezenet1_1"), input={"size": 32}, weights="file")
    with pytest.raises(StudyError, match=r"does not fit torchvision's squeezenet1_1"):
        initial_network(spec, tmp_path / "weights.pth")


def test_a_file_that_is_no_state_dict_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.pth").write_text("<html>not here</html>")
    with pytest.raises(StudyError, match="is not a PyTorch state dict"):
        read_state(tmp_path / "weights.pth")
