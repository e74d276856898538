"""A study with bridges and controls whose results are chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from study.audit.files import Audit, read_audit, write_audit
from study.config.languages import Language
from study.evaluation.files import Summary
from study.plan.experiment_specs import BridgeSpec, ControlSpec
from study.reporting.specs import BridgeNames, bridge_names
from support.audited import audited, summarised
from support.study_results import make_study
from support.synthetic_arms import SyntheticArm, document_arms

SEEDS = (0, 1, 2, 3)
STEPS = ("framework", "defaults", "recipe")
START, END = "scratch_pytorch", "scratch_tensorflow"
EFFECTS = {
    "framework": (0.005, -0.003),
    "defaults": (0.06, -0.05),
    "recipe": (0.13, 0.16),
}
"""What each step makes at the start and at the end."""
ACCURACIES = {START: 0.62, END: 0.79}


def bridge(name: str, steps: Mapping[str, Sequence[str]], covers: bool = True) -> BridgeSpec:
    """A bridge between both arms from scratch; a step is its settings."""
    return BridgeSpec.model_validate(
        {
            "name": name,
            "start": START,
            "end": END,
            "covers": covers,
            "steps": [
                {
                    "name": step,
                    "settings": settings,
                    "label": {"es": "la receta", "en": "the recipe"} if step == "recipe" else None,
                    "from_start": f"start_{step}",
                    "from_end": f"end_{step}",
                }
                for step, settings in steps.items()
            ],
        }
    )


FRAMEWORKS = bridge(
    "frameworks",
    {"framework": ["framework"], "defaults": ["defaults"], "recipe": ["network", "learning_rate", "shuffle"]},
)
PARTLY = bridge("partly", {"framework": ["framework"], "recipe": ["network"]}, covers=False)
WHOLE = BridgeSpec.model_validate(
    {
        "name": "whole",
        "start": "pretrained_pytorch",
        "end": "pretrained_tensorflow",
        "label": {"es": "Todo a la vez", "en": "All at once"},
        "covers": True,
        "steps": [
            {
                "name": "network",
                "settings": ["network"],
                "from_start": "pretrained_tensorflow",
                "from_end": "pretrained_pytorch",
            }
        ],
    }
)
BRIDGES = (FRAMEWORKS, PARTLY, WHOLE)
CONTROLS = tuple(
    ControlSpec.model_validate({"kind": kind, "arm": START, "control": f"{START}_{kind}", "section": "1.1"})
    for kind in ("again", "other_seeds", "shuffled_labels", "other_precision", "starting_epoch")
)


def experiments() -> list[SyntheticArm]:
    """The arms of all bridges and controls."""
    start, end = document_arms(SEEDS)[:2]

    def arm(of: SyntheticArm, name: str, accuracy: float, seeds: Sequence[int] = SEEDS) -> SyntheticArm:
        near = {seed: accuracy + 0.004 * (place % 3 - 1) for place, seed in enumerate(seeds)}
        return replace(of, name=name, section=None, document=None, accuracies=near)

    made = []
    for step, (at_start, at_end) in EFFECTS.items():
        made.append(arm(start, f"start_{step}", ACCURACIES[START] + at_start))
        made.append(arm(end, f"end_{step}", ACCURACIES[END] - at_end))
    again = arm(start, f"{START}_again", ACCURACIES[START], SEEDS[:1])
    longer = arm(start, f"{START}_starting_epoch", ACCURACIES[START])
    return [
        *made,
        replace(again, accuracies={0: start.accuracies[0]}),
        arm(start, f"{START}_other_seeds", 0.625, [1000 + seed for seed in SEEDS]),
        arm(start, f"{START}_shuffled_labels", 0.1),
        arm(start, f"{START}_other_precision", 0.622),
        replace(longer, spec={**longer.spec, "epochs": 20}),
    ]


def names(language: Language = "en") -> tuple[BridgeNames, ...]:
    """What all bridges are called."""
    return tuple(bridge_names(item, language) for item in BRIDGES)


def bridged_study(store: Path, seeds: Sequence[int] = SEEDS, images: int = 200) -> tuple[Summary, Audit]:
    """The summary, and the audit as it is read from its files."""
    own = document_arms(seeds)
    others = [replace(arm, accuracies=_some(arm, seeds)) for arm in experiments()]
    study = replace(make_study(store, own, test_images=images, experiments=others), bridges=BRIDGES, controls=CONTROLS)
    summary = summarised(study)
    folder = store / "audit"
    folder.mkdir()
    write_audit(folder, audited(study, summary))
    return summary, read_audit(folder.joinpath)


def _some(arm: SyntheticArm, seeds: Sequence[int]) -> dict[int, float]:
    """As many of an arm's runs as there are seeds."""
    return dict(list(arm.accuracies.items())[: len(seeds)])
