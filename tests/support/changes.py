"""Changes of a study, each with the jobs that it plans."""

from collections.abc import Callable
from typing import Any

from support.workflow import AUDIT, END, FIGURES, REPORT, WHOLE, Workflow, jobs

Settings = dict[str, Any]
Change = Callable[[Workflow], object]
PYTORCH = ("scratch_pytorch seed 0", "pretrained_pytorch seed 0")
TENSORFLOW = ("scratch_tensorflow seed 0",)
ALL = PYTORCH + TENSORFLOW
FEATURES = {"compute features for pretrained_pytorch seed 0"}


def settings(change: Callable[[Settings], object]) -> Change:
    return lambda workflow: workflow.configure(change)


def arm(name: str, **values: Any) -> Change:
    """Settings of an arm."""
    return settings(lambda config: config["arms"][name].update(values))


def code(file: str) -> Change:
    """One statement more in a module."""
    return lambda workflow: workflow.change_code(file)


def phrase(line: str) -> Change:
    """Another text for a phrase in Spanish."""

    def change(workflow: Workflow) -> None:
        file = workflow.root / "report" / "languages" / "es.toml"
        text = file.read_text(encoding="utf-8")
        assert line in text
        file.write_text(text.replace(line, f'{line[:-1]}!"'), encoding="utf-8")

    return change


def sgd(rate: float, momentum: float = 0.5) -> Settings:
    return {"name": "sgd", "learning_rate": rate, "momentum": momentum}


def add_arms(config: Settings, *names: str, like: str, **changes: Any) -> None:
    for name in names:
        config["arms"][name] = {**config["arms"][like], "label": None, **changes}
        config["study"]["arms"].append(name)


def rename_arm(config: Settings) -> None:
    config["arms"]["renamed"] = config["arms"].pop("scratch_pytorch")
    config["arms"]["pretrained_pytorch"]["weights"]["arm"] = "renamed"
    config["study"]["arms"][0] = "renamed"


ADDED_CLAIM = """
  - {id: added, source: document, kind: equivalence, higher: "1.1", lower: "1.2", statement: {es: Son iguales.}}
"""
ROWS: dict[str, tuple[Change, set[str]]] = {
    "learning rate": (
        arm("pretrained_pytorch", optimiser=sgd(0.025)),
        jobs(WHOLE, "pretrained_pytorch seed 0") | END,
    ),
    "learning rate of an arm that gives its weights to another": (
        arm("scratch_pytorch", optimiser=sgd(0.025)),
        FEATURES | jobs(WHOLE, *PYTORCH) | END,
    ),
    "learning rate and momentum swapped": (
        arm("scratch_tensorflow", optimiser=sgd(0.5, 0.0125)),
        jobs(WHOLE, *TENSORFLOW) | END,
    ),
    "a boolean flipped": (arm("scratch_tensorflow", shuffle=False), jobs(WHOLE, *TENSORFLOW) | END),
    "seed added": (
        settings(lambda config: config["study"]["seeds"].append(1)),
        {"compute features for pretrained_pytorch seed 1"}
        | jobs(WHOLE, "scratch_pytorch seed 1", "scratch_tensorflow seed 1", "pretrained_pytorch seed 1")
        | END,
    ),
    "arm added": (
        settings(lambda config: add_arms(config, "extra", like="scratch_pytorch", batch_size=32)),
        jobs(WHOLE, "extra seed 0") | END,
    ),
    "arm removed": (settings(lambda config: config["study"]["arms"].remove("scratch_tensorflow")), END),
    "arm removed that gives its weights to another": (
        settings(lambda config: config["study"]["arms"].remove("scratch_pytorch")),
        END,
    ),
    "arm renamed that gives its weights to another": (settings(rename_arm), END),
    "order of the arms": (settings(lambda config: config["study"]["arms"].reverse()), END),
    "arm added that equals another": (
        settings(lambda config: add_arms(config, "twin", like="scratch_tensorflow")),
        END,
    ),
    "two equal arms added": (
        settings(lambda config: add_arms(config, "one", "two", like="scratch_pytorch", batch_size=32)),
        jobs(WHOLE, "one seed 0, two seed 0") | END,
    ),
    "input size": (arm("scratch_tensorflow", input={"size": 40}), jobs(WHOLE, *TENSORFLOW) | END),
    "input size with resized images on disk": (
        arm("scratch_tensorflow", input={"size": 40, "store": "resized"}),
        {"preprocess digits-40"} | jobs(WHOLE, *TENSORFLOW) | END,
    ),
    "scaling": (
        arm("scratch_tensorflow", input={"size": 32, "scaling": "zero_to_one"}),
        jobs(WHOLE, *TENSORFLOW) | END,
    ),
    "scaling of an arm with frozen layers": (
        arm("pretrained_pytorch", input={"size": 32, "scaling": "zero_to_one"}),
        FEATURES | jobs(WHOLE, "pretrained_pytorch seed 0") | END,
    ),
    "frozen part computed in every epoch": (
        arm("pretrained_pytorch", features="live"),
        jobs(WHOLE, "pretrained_pytorch seed 0") | END,
    ),
    "arm added with the frozen part of another": (
        settings(lambda config: add_arms(config, "extra", like="pretrained_pytorch", batch_size=32, epochs=2)),
        jobs(WHOLE, "extra seed 0") | END,
    ),
    "code that computes features": (
        code("backends/pytorch/features.py"),
        FEATURES | jobs(WHOLE, "pretrained_pytorch seed 0") | END,
    ),
    "label": (arm("scratch_tensorflow", label={"es": "Otra red"}), FIGURES),
    "name of the study": (settings(lambda config: config["study"].update(name="other")), REPORT),
    "text of the report": (lambda workflow: workflow.append("report/report.md.j2", "\nFin.\n"), REPORT),
    "phrase of the report": (phrase('partial = "Informe parcial"'), REPORT),
    "phrase of the figures": (phrase('epoch = "Época"'), FIGURES),
    "style of the report": (lambda workflow: workflow.append("report/style.css", "\np { color: black; }\n"), REPORT),
    "format of the report added": (
        settings(lambda config: config["report"].update(formats=["html", "pdf"])),
        {"write the report in es as pdf", "publish results under readable names"},
    ),
    "language of the report added": (
        settings(lambda config: config["report"].update(languages=["es", "en"])),
        {"draw the figures in en", "write the report in en as html", "publish results under readable names"},
    ),
    "figure of the document": (
        arm("scratch_pytorch", document={"test_accuracy": 0.5, "printed": "50%"}),
        END,
    ),
    "level of the intervals": (settings(lambda config: config.update(evaluation={"confidence": 0.9})), AUDIT),
    "a claim": (lambda workflow: workflow.append("config/claims.yaml", ADDED_CLAIM), AUDIT),
    "code of the audit": (code("audit/intervals.py"), AUDIT),
    "bins of the calibration error": (
        settings(lambda config: config.update(evaluation={"calibration_bins": 10})),
        jobs("evaluate", *ALL) | END,
    ),
    "code of PyTorch's side": (code("backends/pytorch/data.py"), FEATURES | jobs(WHOLE, *PYTORCH) | END),
    "code of TensorFlow's side": (code("backends/tensorflow/data.py"), jobs(WHOLE, *TENSORFLOW) | END),
    "code that both use": (code("training/randomness.py"), FEATURES | jobs(WHOLE, *ALL) | END),
    "code of the evaluation": (code("evaluation/metrics.py"), jobs("evaluate", *ALL) | END),
    "code of the figures": (code("reporting/figures/style.py"), FIGURES),
    "code of the report": (code("reporting/structure.py"), REPORT),
    "code of the workflow": (code("inspection/reasons.py"), set()),
}
