"""Arms as they are configured, and what their runs will have done."""

import json
from types import SimpleNamespace
from typing import Any

from study.config.in_file import IN_FILES
from study.config.load import ROOT, read_config, validate
from study.config.strict_yaml import read_strictly
from study.config.study import Study
from study.evaluation.facts import arm_facts
from study.evaluation.summary_spec import SummarySpec
from study.plan.planner import make_plan
from support.paths import CONFIG


def read_whole(*overlays: str) -> dict[str, Any]:
    """The configuration with the content of the files that it names, so that they are not read at every check."""
    config = read_config([CONFIG / name for name in overlays], CONFIG / "config.yaml")
    return config | {key: read_strictly(ROOT / config[key]) for key in IN_FILES}


WITH_RESNET = read_whole()
WITH_RESNET["networks"]["resnet"] = {
    "library": "torchvision",
    "model": "resnet18",
    "keep": "all_but_last_layer",
    "head": [{"type": "dense", "units": "classes", "activation": "none"}],
}
"""The configuration, with one more network of a library."""
BASE: dict[str, Any] = {
    "dataset": "cifar10",
    "network": "alexnet_64",
    "framework": "pytorch",
    "input": {"size": 224},
    "optimiser": {"name": "adam", "learning_rate": 1e-4},
    "batch_size": 64,
    "epochs": 10,
    "monitor": "test",
}
LIBRARY = {"network": "alexnet_torchvision", "weights": {"file": "alexnet_imagenet"}}


def configured(*overlays: str) -> Study:
    return validate(read_config([CONFIG / name for name in overlays], CONFIG / "config.yaml"))


def configured_facts(study: Study, device: str = "cpu") -> dict[str, dict[str, Any]]:
    """What the runs of a configuration will have done, on such a device, by arm."""
    (job,) = (job for job in make_plan(study, ROOT).jobs if job.kind == "summary")
    facts = {}
    for item in SummarySpec.model_validate(job.spec).arms:
        images, run = study.tensor_spec(item.name), study.run_spec(item.name, 0)
        whole = {"cifar10": (50_000, 10_000), "digits": (797, 200)}[images.source]
        counts = [given or all_ for given, all_ in zip((images.train_images, images.test_images), whole, strict=True)]
        splits = {
            split: {"images": count, "identity": f"{images.source} {images.part} {split} {count}"}
            for split, count in zip(("train", "test"), counts, strict=True)
        }
        result = SimpleNamespace(
            arm=item,
            spec=run,
            manifest={"source": images.source, "splits": splits},
            tensors=SimpleNamespace(spec=images.model_dump(mode="json")),
            runs=[SimpleNamespace(record={"precision": run.precision, "device": {"kind": device}})],
        )
        facts[item.name] = json.loads(json.dumps(arm_facts(result)))  # type: ignore[arg-type]
    return facts
