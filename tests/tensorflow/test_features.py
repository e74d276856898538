from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from study.backends.tensorflow.connect import connect
from study.backends.tensorflow.device import set_precision
from study.backends.tensorflow.features import make_extractor
from study.backends.tensorflow.trainer import TensorflowTrainer
from study.backends.tensorflow.weights import export_parameters, initial_network
from study.data.feature_cache import write_features
from study.data.tensor_cache import TensorCache, read_cache
from study.errors import StudyError
from study.plan.frozen_part import prefix_spec
from study.recipe.run import RunSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job
from study.store.parameters import write_parameters
from study.training.history import Epoch
from study.training.loop import fit, start
from support.tiny import cache, run_spec

FROZEN = {"layers": ["conv1", "conv2"]}
NORM_TOO = {"all_but_last": 15, "layers": ["Conv_1_bn"]}
HEAD = [{"type": "global_average_pool"}, {"type": "dense", "units": "classes", "activation": "none"}]
MOBILENET = {"library": "keras", "model": "MobileNetV2", "head": HEAD}


def library(**changes: object) -> RunSpec:
    """A run of a library's network whose trainable part has batch norms and begins inside the network."""
    settings = {"frozen": {"all_but_last": 15}} | changes
    return run_spec("tensorflow", network=MOBILENET, input={"size": 32}, epochs=1, **settings)


def features_of(spec: RunSpec, folder: Path) -> TensorCache:
    """The features of all images, written and read again."""
    prefix = prefix_spec(spec)
    assert prefix is not None
    set_precision(spec.precision)
    with new_artefact(folder, Job("features", "tiny", {}, "none")) as place:
        write_features(place, cache(size=16), make_extractor(prefix, cache(size=16), None), 1.0)
    return read_cache(open_artefact(folder, Job("features", "tiny", {}, "none").ref))


def trained(spec: RunSpec, data: TensorCache) -> tuple[list[Epoch], dict[str, np.ndarray]]:
    """A training's history without its times, and its parameters."""
    set_precision(spec.precision)
    network, images = connect(initial_network(spec, None), spec, data)
    trainer = TensorflowTrainer(spec, network, images)
    progress = fit(trainer, spec, {"train": 64, "test": 32}, start(spec), lambda _: None, lambda _: None)
    history = [replace(epoch, seconds=0, images_per_second=0, monitor_seconds=0) for epoch in progress.history]
    return history, dict(trainer.parameters())


TRAININGS = [
    *product(["described", "library"], ["float32", "bfloat16", "float16"]),
    ("shuffled labels", "float32"),
    ("a frozen batch norm", "float32"),
]


@pytest.mark.parametrize(("network", "precision"), TRAININGS)
def test_a_training_on_features_is_the_one_on_images_to_the_bit(network: str, precision: str, tmp_path: Path) -> None:
    changes = {"precision": precision, "monitor": "test"}
    spec = {
        "described": lambda: run_spec("tensorflow", frozen=FROZEN, **changes),
        "library": lambda: library(**changes),
        "shuffled labels": lambda: run_spec("tensorflow", frozen=FROZEN, labels="shuffled", **changes),
        "a frozen batch norm": lambda: library(**changes, frozen=NORM_TOO),
    }[network]()
    (live, parameters), (kept, again) = trained(spec, cache(size=16)), trained(spec, features_of(spec, tmp_path))
    assert parameters.keys() == again.keys()
    if same_in_batches(spec):
        assert live == kept
        assert all(np.array_equal(parameters[name], again[name]) for name in parameters)
    else:
        # Some processors' float32 kernels sum in an order that depends on the batch: then they agree to rounding only,
        # which Adam makes a rate's size of where a gradient is about 0; four steps were taken.
        steps = 4 * spec.optimiser.learning_rate
        for one, other in zip(live, kept, strict=True):
            assert one.train_loss == pytest.approx(other.train_loss, rel=1e-4)
            assert one.monitor_loss == pytest.approx(other.monitor_loss, rel=1e-4)
        assert all(np.allclose(parameters[name], again[name], rtol=1e-4, atol=2 * steps) for name in parameters)


def same_in_batches(spec: RunSpec) -> bool:
    """Whether the frozen part gives the same bits in a training's batches of 16 as in one of all 64 images."""
    prefix = prefix_spec(spec)
    assert prefix is not None
    set_precision(spec.precision)
    compute = make_extractor(prefix, cache(size=16), None).compute
    pieces = [compute("train", np.arange(start, start + 16)) for start in range(0, 64, 16)]
    return np.array_equal(np.concatenate(pieces), compute("train", np.arange(64)))


def test_features_keep_the_type_of_the_arithmetic(tmp_path: Path) -> None:
    features = features_of(run_spec("tensorflow", frozen=FROZEN, precision="bfloat16"), tmp_path)
    assert features.manifest["dtype"] == features.manifest["precision"] == "bfloat16"
    assert features.train.images.dtype == np.uint16
    assert len(features.train.images) == 64


def test_features_beyond_the_limit_are_refused_with_their_size(tmp_path: Path) -> None:
    prefix = prefix_spec(run_spec("tensorflow", frozen=FROZEN))
    assert prefix is not None
    with pytest.raises(StudyError, match=r"features_limit: .* would take 0\.0 GB .* raise features_limit, or set"):
        write_features(tmp_path, cache(size=16), make_extractor(prefix, cache(size=16), None), 1e-6)
    assert not list(tmp_path.iterdir())


def test_a_network_that_learns_from_its_first_layer_has_no_features(tmp_path: Path) -> None:
    spec = run_spec("tensorflow", frozen={"layers": ["out_relu"]}, network=MOBILENET, input={"size": 32})
    with pytest.raises(StudyError, match=r"does not begin with frozen layers.*set features: live"):
        make_extractor(spec, cache(size=16), None)


def test_a_frozen_part_before_a_convolution_that_learns_takes_its_values_from_another_run(tmp_path: Path) -> None:
    spec = run_spec("tensorflow", frozen={"layers": ["conv1"]}, weights="run")
    prefix = prefix_spec(spec)
    assert prefix is not None
    set_precision("float32")
    given = initial_network(run_spec("tensorflow", seed=5), None)
    write_parameters(tmp_path / "model.npz", export_parameters(given, spec))
    features = make_extractor(prefix, cache(size=16), tmp_path / "model.npz").compute("test", np.arange(4))
    own = make_extractor(
        prefix_spec(run_spec("tensorflow", frozen={"layers": ["conv1"]}, seed=5)), cache(size=16), None
    )
    assert features.ndim == 4
    np.testing.assert_array_equal(features, own.compute("test", np.arange(4)))
