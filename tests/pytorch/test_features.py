from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from study.backends.pytorch import features as features_module
from study.backends.pytorch.connect import connect
from study.backends.pytorch.features import make_extractor
from study.backends.pytorch.trainer import PytorchTrainer
from study.backends.pytorch.weights import export_parameters, initial_network
from study.data.feature_cache import write_features
from study.data.tensor_cache import TensorCache, read_cache
from study.errors import StudyError
from study.plan.frozen_part import prefix_spec
from study.recipe.run import RunSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job
from study.store.parameters import write_parameters
from study.training.loop import fit, start
from support.tiny import cache, run_spec

FROZEN = {"layers": ["conv1", "conv2"]}
BEGINNING = ["conv1", "bn1", "layer1", "layer2", "layer3"]
NORM_TOO = {"all_but_last": 5, "layers": ["layer4.1.bn1"]}
CPU = torch.device("cpu")
HEAD = [{"type": "global_average_pool"}, {"type": "dense", "units": "classes", "activation": "none"}]
RESNET = {"library": "torchvision", "model": "resnet18", "head": HEAD}


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trainings here run on the CPU, whatever the machine has."""
    monkeypatch.setattr(features_module, "computing_device", lambda: CPU)


def library(**changes: object) -> RunSpec:
    """A run of a library's network whose trainable part has batch norms and begins inside the network."""
    return run_spec(
        "pytorch",
        network=RESNET,
        input={"size": 32},
        epochs=1,
        **{"frozen": {"layers": BEGINNING}} | changes,
    )


def features_of(spec: RunSpec, folder: Path) -> TensorCache:
    """The features of all images, written and read again."""
    prefix = prefix_spec(spec)
    assert prefix is not None
    with new_artefact(folder, Job("features", "tiny", {}, "none")) as place:
        write_features(place, cache(size=16), make_extractor(prefix, cache(size=16), None), 1.0)
    return read_cache(open_artefact(folder, Job("features", "tiny", {}, "none").ref))


def trained(spec: RunSpec, data: TensorCache) -> tuple[list[object], dict[str, np.ndarray]]:
    """A training's history without its times, and its parameters."""
    network = initial_network(spec, None)
    trainer = PytorchTrainer(spec, network, connect(network, spec, data, CPU))
    progress = fit(trainer, spec, {"train": 64, "test": 32}, start(spec), lambda _: None, lambda _: None)
    history = [replace(epoch, seconds=0, images_per_second=0, monitor_seconds=0) for epoch in progress.history]
    return history, dict(trainer.parameters())


TRAININGS = [
    *product(["described", "library"], ["float32", "bfloat16"]),
    ("shuffled labels", "float32"),
    ("a frozen batch norm", "float32"),
]


@pytest.mark.parametrize(("network", "precision"), TRAININGS)
def test_a_training_on_features_is_the_one_on_images_to_the_bit(network: str, precision: str, tmp_path: Path) -> None:
    changes = {"precision": precision, "monitor": "test"}
    spec = {
        "described": lambda: run_spec("pytorch", frozen=FROZEN, **changes),
        "library": lambda: library(**changes),
        "shuffled labels": lambda: run_spec("pytorch", frozen=FROZEN, labels="shuffled", **changes),
        "a frozen batch norm": lambda: library(**changes, frozen=NORM_TOO),
    }[network]()
    (live, parameters), (kept, again) = trained(spec, cache(size=16)), trained(spec, features_of(spec, tmp_path))
    assert live == kept
    assert parameters.keys() == again.keys()
    assert all(np.array_equal(parameters[name], again[name]) for name in parameters)


def test_features_keep_the_type_of_the_arithmetic(tmp_path: Path) -> None:
    features = features_of(run_spec("pytorch", frozen=FROZEN, precision="bfloat16"), tmp_path)
    assert features.manifest["dtype"] == features.manifest["precision"] == "bfloat16"
    assert features.train.images.dtype == np.uint16
    assert len(features.train.images) == 64


def test_features_beyond_the_limit_are_refused_with_their_size(tmp_path: Path) -> None:
    prefix = prefix_spec(run_spec("pytorch", frozen=FROZEN))
    assert prefix is not None
    with pytest.raises(StudyError, match=r"features_limit: .* would take 0\.0 GB .* raise features_limit, or set"):
        write_features(tmp_path, cache(size=16), make_extractor(prefix, cache(size=16), None), 1e-6)
    assert not list(tmp_path.iterdir())


def test_a_network_that_learns_from_its_first_layer_has_no_features(tmp_path: Path) -> None:
    spec = run_spec("pytorch", frozen={"layers": ["layer4"]}, network=RESNET, input={"size": 32})
    with pytest.raises(StudyError, match=r"does not begin with frozen layers.*set features: live"):
        make_extractor(spec, cache(size=16), None)


def test_a_frozen_part_before_a_convolution_that_learns_takes_its_values_from_another_run(tmp_path: Path) -> None:
    spec = run_spec("pytorch", frozen={"layers": ["conv1"]}, weights="run")
    prefix = prefix_spec(spec)
    assert prefix is not None
    given = initial_network(run_spec("pytorch", seed=5), None)
    write_parameters(tmp_path / "model.npz", export_parameters(given))
    features = make_extractor(prefix, cache(size=16), tmp_path / "model.npz").compute("test", np.arange(4))
    own = make_extractor(prefix_spec(run_spec("pytorch", frozen={"layers": ["conv1"]}, seed=5)), cache(size=16), None)
    assert features.ndim == 4
    np.testing.assert_array_equal(features, own.compute("test", np.arange(4)))
