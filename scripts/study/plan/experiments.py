"""What is trained in addition to the study's own arms: the arms of its bridges and controls, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from study.config.arm import Arm
from study.config.bridges import REST, Bridge, BridgeSetting
from study.config.checks import check_known
from study.config.claims import CauseClaim, Claim
from study.config.document import Section
from study.config.leaks import check_set_aside
from study.config.study import Study
from study.errors import StudyError
from study.plan.crossing import UNNAMED, checked, differing, identity, take
from study.plan.experiment_specs import BridgeSpec, ControlKind, ControlSpec, StepSpec

LONGEST_NAME = 100

Steps = Mapping[str, tuple[BridgeSetting, ...]]
"""Settings that change together, by the name of the step."""


@dataclass(frozen=True)
class Training:
    """Runs of an arm for a bridge or a control."""

    arm: str
    """A key of the expanded study's ``arms``."""
    seeds: tuple[int, ...]
    repetition: int = 0
    """Distinguishes a run from another with the same settings."""


@dataclass(frozen=True)
class Experiments:
    """All bridges and controls of a study, and what is trained for them."""

    study: Study
    """The study with the arms that they add."""
    trainings: Mapping[str, Training]
    """By name, without those of the study's own arms."""
    bridges: tuple[BridgeSpec, ...]
    controls: tuple[ControlSpec, ...]


def expand(study: Study) -> Experiments:
    """Find the arms of all bridges and controls; raise StudyError, with the place, if one cannot be trained."""
    arms = _Arms(study)
    try:
        bridges = tuple(_bridge(arms, name, bridge) for name, bridge in study.bridges.items())
        _check_claims(study.claims.claims, {bridge.name: bridge for bridge in bridges})
        controls = tuple(_controls(arms))
        check_set_aside(arms.study.arms, study.datasets)
    except ValueError as error:
        raise StudyError(f"configuration: {error}") from error
    return Experiments(arms.study, arms.trainings, bridges, controls)


class _Arms:
    """Collects arms, each only once."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.trainings: dict[str, Training] = {}
        own = dict.fromkeys([*study.study.arms, *study.arms])
        self._known = {identity(study, study.arms[name]): name for name in reversed(own)}

    def configured(self, name: str, where: str) -> Arm:
        """Return an arm of the configuration and have it trained."""
        check_known(name, self.study.arms, where)
        self._train(name)
        return self.study.arms[name]

    def add(self, name: str, arm: Arm, where: str) -> str:
        """Return the name of an existing arm that does what ``arm`` does, or else add it under ``name``."""
        with_it = self.study.model_copy(update={"arms": {**self.study.arms, name: arm}})
        try:
            with_it.check_arm(name)
        except (ValueError, StudyError) as error:
            raise ValueError(f"{where}: cannot be trained: {error}") from None
        found = self._known.get(identity(self.study, arm))
        if found is None:
            self._check_name(name, where)
            self.study = with_it
            found = self._known[identity(self.study, arm)] = name
        self._train(found)
        return found

    def repeat(self, name: str, training: Training, where: str) -> str:
        """Add runs of an arm under another name."""
        self._check_name(name, where)
        self.trainings[name] = training
        return name

    def _train(self, name: str) -> None:
        if name not in self.study.study.arms:
            self.trainings[name] = Training(name, self.study.study.seeds)

    def _check_name(self, name: str, where: str) -> None:
        if name in self.study.arms or name in self.trainings:
            raise ValueError(f"{where}: needs the name '{name}' for an arm of its own; rename the one that has it")
        if len(name) > LONGEST_NAME:
            raise ValueError(f"{where}: its arm '{name}' has a name of over {LONGEST_NAME} letters; use shorter keys")


def _bridge(arms: _Arms, name: str, bridge: Bridge) -> BridgeSpec:
    where = f"bridges.{name}"
    start = arms.configured(bridge.start, f"{where}.start")
    end = arms.configured(bridge.end, f"{where}.end")
    apart = _are_apart(bridge)
    differ = differing(arms.study, start, end)
    if not apart and start.framework != end.framework and start.defaults == end.defaults == "native":
        differ = [setting for setting in differ if setting != "defaults"]  # they come with the framework
    if not differ:
        raise ValueError(f"{where}: '{bridge.start}' and '{bridge.end}' do the same; name two arms that differ")
    steps = _steps(where, bridge, differ)
    covers = set(differ) <= {setting for settings in steps.values() for setting in settings}

    def between(step: str, base: str, other: str) -> str:
        at = f"{where}: '{base}' with the {' and '.join(steps[step])} of '{other}'"
        try:
            arm = take(arms.study.arms[base], arms.study.arms[other], steps[step], apart)
        except ValueError as error:
            raise ValueError(f"{at}: {error}") from None
        return arms.add(f"{name}_{base}_{step}", arm, at)

    whole = covers and len(steps) == 1
    return BridgeSpec(
        name=name,
        start=bridge.start,
        end=bridge.end,
        label=bridge.label,
        covers=covers,
        steps=tuple(
            StepSpec(
                name=step,
                settings=settings,
                label=bridge.steps[step].label if bridge.steps else None,
                from_start=bridge.end if whole else between(step, bridge.start, bridge.end),
                from_end=bridge.start if whole else between(step, bridge.end, bridge.start),
            )
            for step, settings in steps.items()
        ),
    )


def _are_apart(bridge: Bridge) -> bool:
    """Return whether a framework's defaults are a separate setting, rather than part of the framework."""
    if bridge.steps is not None:
        return any(step.settings != REST and "defaults" in step.settings for step in bridge.steps.values())
    return bridge.settings is None or "defaults" in bridge.settings


def _steps(where: str, bridge: Bridge, differ: list[BridgeSetting]) -> Steps:
    if bridge.steps is None:
        steps: dict[str, tuple[BridgeSetting, ...]] = {s: (s,) for s in bridge.settings or differ}
    else:
        given = {name: step.settings for name, step in bridge.steps.items()}
        named = {setting for settings in given.values() if settings != REST for setting in settings}
        rest = tuple(setting for setting in differ if setting not in named)
        steps = {name: rest if settings == REST else settings for name, settings in given.items()}
    for name, settings in steps.items():
        if not set(settings) & set(differ):
            alike = f"the {' and '.join(settings)}" if settings else "everything that no other step names"
            raise ValueError(
                f"{where}: '{bridge.start}' and '{bridge.end}' agree in {alike}, so that step '{name}' changes "
                f"nothing; leave it out (they differ in {', '.join(differ)})"
            )
    return steps


def _check_claims(claims: Sequence[Claim], bridges: Mapping[str, BridgeSpec]) -> None:
    """Raise ValueError for a claim that rests on a step which its bridge does not have."""
    for claim in claims:
        experiment = claim.experiment if isinstance(claim, CauseClaim) else None
        if experiment is None or experiment.step is None or experiment.bridge not in bridges:
            continue
        steps = [step.name for step in bridges[experiment.bridge].steps]
        if experiment.step not in steps:
            raise ValueError(
                f"claims: '{claim.id}' rests on step '{experiment.step}' of bridge '{experiment.bridge}', whose steps "
                f"are {', '.join(steps)}; name one of them, or call the bridge otherwise"
            )


def _controls(arms: _Arms) -> list[ControlSpec]:
    controls, seeds = arms.study.controls, arms.study.study.seeds
    found = []

    def add(kind: ControlKind, name: str, control: str, section: Section | None = None) -> None:
        if control == name:
            raise ValueError(f"controls.{kind}: under 'override' it is '{name}' itself; leave one of the two out")
        found.append(ControlSpec(kind=kind, arm=name, section=section, control=control))

    for name in controls.again:
        where = "controls.again"
        arms.configured(name, where)
        training = Training(name, seeds[:1], repetition=1)
        add("again", name, arms.repeat(f"{name}_again", training, where))
    if controls.other_seeds is not None:
        where, first = "controls.other_seeds", controls.other_seeds.first_seed
        others = tuple(range(first, first + len(seeds)))
        if set(others) & set(seeds):
            raise ValueError(f"{where}.first_seed: {first} gives seeds that the study has too; give a larger one")
        for name in controls.other_seeds.arms:
            arms.configured(name, f"{where}.arms")
            add("other_seeds", name, arms.repeat(f"{name}_other_seeds", Training(name, others), where))
    for name in controls.shuffled_labels:
        where = "controls.shuffled_labels"
        arm = arms.configured(name, where).model_copy(update={"labels": "shuffled", **UNNAMED})
        add("shuffled_labels", name, arms.add(f"{name}_shuffled_labels", checked(arm), where))
    for name in controls.other_precision:
        where = "controls.other_precision"
        arm = arms.configured(name, where)
        other = "auto" if arm.precision == "float32" else "float32"
        changed = checked(arm.model_copy(update={"precision": other, **UNNAMED}))
        add("other_precision", name, arms.add(f"{name}_other_precision", changed, where))
    if (longer := controls.starting_epoch) is not None:
        where = "controls.starting_epoch"
        arm = arms.configured(longer.arm, f"{where}.arm")
        changed = checked(arm.model_copy(update={"epochs": longer.epochs, **UNNAMED}))
        control = arms.add(f"{longer.arm}_{longer.epochs}_epochs", changed, where)
        add("starting_epoch", longer.arm, control, longer.section)
    return found
