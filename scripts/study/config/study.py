"""The whole configuration: what is studied, on which data, with which arms."""

from typing import Annotated, Literal

from pydantic import model_validator

from study.config.arm import Arm
from study.config.blocks import Evaluation, Interpreters, Override, ReportSection, StudySection
from study.config.bridges import Bridge, Controls
from study.config.checks import (
    LIBRARY_FRAMEWORK,
    check_batches,
    check_curves,
    check_figures,
    check_frozen,
    check_known,
    check_labels,
    check_names,
)
from study.config.claims import Claims, Cohort
from study.config.document import Document
from study.config.in_file import InFile
from study.config.leaks import check_set_aside, origins_of
from study.config.paths import PathText
from study.machine.device_choice import DeviceChoice
from study.recipe.base import (
    Count,
    Name,
    NonNegativeCount,
    PositiveNumber,
    SpecModel,
)
from study.recipe.canonical import canonical_batches, canonical_body, canonical_images, canonical_input, canonical_run
from study.recipe.choices import DatasetSpec
from study.recipe.data import Download, TensorSpec
from study.recipe.defaults import resolve_init, resolve_optimiser
from study.recipe.expectations import InputNote, input_notes
from study.recipe.networks import DescribedNetwork, LibraryNetwork, Network
from study.recipe.origins import Origin
from study.recipe.recipe import (
    ArmWeights,
    FileWeights,
    Recipe,
)
from study.recipe.run import RunSpec
from study.recipe.shapes import CATALOGUE, NetworkTooSmall, check_size


class Study(SpecModel):
    """The whole configuration."""

    results: PathText
    """Folder for everything that the study makes; ``~`` and ``$VARIABLES`` are replaced, here and in all paths."""
    document: Document
    study: StudySection
    override: Override = Override()
    datasets: dict[Name, DatasetSpec]
    networks: dict[Name, Network]
    weights: dict[Name, Download] = {}
    arms: dict[Name, Arm]
    evaluation: Evaluation = Evaluation()
    claims: Annotated[Claims, InFile()] = Claims()
    """The claims to judge; given here, or as the name of a file, relative to the folder of the Snakefile."""
    cohort: Annotated[Cohort, InFile()] = Cohort()
    """What other teams got from the same arms; given in the same two ways."""
    bridges: dict[Name, Bridge] = {}
    """Why two arms differ: each setting in which they do is changed alone, from both ends."""
    controls: Controls = Controls()
    """What has to come out in a known way."""
    parity: Literal["none", "quick", "full"] = "quick"
    """How thoroughly arms of different frameworks are certified to be the same in both; ``full`` adds 20 steps of
    training and the predictions of trained runs."""
    report: ReportSection = ReportSection()
    threads: Count = 4
    """CPU threads per training or prediction, if there are that many."""
    device: DeviceChoice = "auto"
    """The device for trainings and predictions; ``auto``: a GPU if the machine has one, with no fallback to the CPU."""
    checkpoint_seconds: NonNegativeCount = 60
    """After an epoch, a training saves its state if this long has passed since the last time."""
    keep_models: Literal["all_with_state", "all", "first_seed", "none"] = "all"
    """Whose trained parameters stay on disk when the study is complete: an AlexNet's are 228 MB. ``all_with_state``:
    with the optimiser's state, two to three times as much, from which a training with more epochs can resume."""
    features_limit: PositiveNumber = 20.0
    """GB that the features of one frozen part may take on disk; if they need more, their job ends and says how much."""
    staging: Literal["auto", "never"] = "auto"
    """``auto``: in a SLURM job, tensors are read from a copy in $TMPDIR if it fits; ``never``: from the store."""
    interpreters: Interpreters = Interpreters()

    @model_validator(mode="after")
    def _names_and_combinations(self) -> "Study":
        for name in self.study.arms:
            check_known(name, self.arms, "study.arms")
        check_names(self.arms, self.datasets, self.networks, self.weights)
        for name in self.arms:
            self.check_arm(name)
        sections = [self.arms[a].section for a in self.study.arms if self.arms[a].section]
        if len(set(sections)) != len(sections):
            raise ValueError("study.arms: two arms have the same section of the document; each section needs one arm")
        reported = {name: self.arms[name] for name in self.study.arms}
        check_labels(reported)
        check_figures(list(reported.values()), self.claims)
        check_curves(self.claims)
        check_set_aside(self.arms, self.datasets)
        return self

    def check_arm(self, name: str) -> None:
        """Raise ValueError if an arm's settings do not fit each other, or what they name."""
        arm, where = self.arms[name], f"arms.{name}"
        network = self.networks[arm.network]
        dataset = self.datasets[arm.dataset]
        if arm.input.size < dataset.image_size:
            raise ValueError(
                f"{where}.input.size: {arm.input.size} is smaller than the data set's images "
                f"({dataset.image_size}); images are enlarged or left as they are, never shrunk"
            )
        _check_library(network, arm, where)
        if isinstance(network, LibraryNetwork) and (arm.init or arm.bias_init):
            raise ValueError(
                f"{where}.init, {where}.bias_init: '{arm.network}' is a library's network, which draws its initial "
                "values itself; leave them out"
            )
        try:
            check_size(network, arm.input.size, dataset.classes)
        except NetworkTooSmall as error:
            raise ValueError(f"{where}.input.size: {error}") from error
        if isinstance(network, DescribedNetwork):
            check_frozen(name, network, arm.frozen)
        check_batches(name, arm, dataset, network, self.override.batch_size)
        if isinstance(arm.weights, FileWeights) and isinstance(network, DescribedNetwork):
            raise ValueError(
                f"{where}.weights.file: files have the parameters of a library's network; "
                f"network '{arm.network}' is given as layers and can only take them from an arm"
            )
        if isinstance(arm.weights, ArmWeights):
            self._check_weights_from_arm(name, arm.weights.arm)

    def _check_weights_from_arm(self, name: str, source: str) -> None:
        where = f"arms.{name}.weights.arm"
        chain = [name, source]
        while isinstance(weights := self.arms[chain[-1]].weights, ArmWeights):
            if weights.arm in chain:
                break
            chain.append(weights.arm)
        if name == source or (isinstance(weights, ArmWeights) and weights.arm in chain):
            raise ValueError(f"{where}: '{source}' takes its own weights from '{name}'; name an arm that does not")
        given, taken = self.arms[source], self.arms[name]
        if not same_body(self.networks[given.network], self.networks[taken.network]):
            raise ValueError(
                f"{where}: the network of '{source}' has other layers before its head than that of '{name}'"
            )
        if given.input.size != taken.input.size:
            raise ValueError(
                f"{where}: '{source}' has input size {given.input.size} and '{name}' has {taken.input.size}; "
                "they must be equal"
            )

    def run_spec(self, arm_name: str, seed: int) -> RunSpec:
        """Return the resolved settings of one run of an arm."""
        arm = self.arms[arm_name]
        kind: Literal["none", "file", "run"] = "none"
        if isinstance(arm.weights, FileWeights):
            kind = "file"
        elif isinstance(arm.weights, ArmWeights):
            kind = "run"
        network = self.networks[arm.network]
        # A library's network keeps its own initial values: ``defaults`` does not affect them.
        defaults = arm.defaults if isinstance(network, DescribedNetwork) else "native"
        init, bias_init = resolve_init(arm.init, arm.bias_init, defaults, arm.framework)
        shared = {name: getattr(arm, name) for name in Recipe.model_fields if name in RunSpec.model_fields}
        resolved = {
            "network": network,
            "weights": kind,
            "init": init,
            "bias_init": bias_init,
            "optimiser": resolve_optimiser(arm.optimiser, arm.defaults, arm.framework),
            "classes": self.datasets[arm.dataset].classes,
            "seed": seed,
        }
        override = {name: value for name, value in self.override if value is not None}
        run = RunSpec(**shared | resolved | override)
        images = self.datasets[arm.dataset].training_images
        return canonical_batches(canonical_run(run, self._stored_size(arm)), images)

    def input_notes(self, arm_name: str) -> list[InputNote]:
        """Return where an arm's images are not what its initial parameters or its first layers expect."""
        seed = self.study.seeds[0]  # any seed will do
        given = {name: self.run_spec(name, seed) for name in origins_of(self.arms, arm_name)}
        return input_notes(self.run_spec(arm_name, seed), given)

    def tensor_spec(self, arm_name: str) -> TensorSpec:
        """Return the images of an arm, and how they are stored."""
        arm = self.arms[arm_name]
        settings = self.datasets[arm.dataset].model_dump(mode="json", exclude={"archive"})
        given = canonical_input(arm.input, self._stored_size(arm))
        if given.store == "resized":
            settings |= {"size": given.size, "resize": given.resize}
        return canonical_images(TensorSpec.model_validate(settings))

    def origin(self, arm_name: str) -> Origin | None:
        """Return where an arm's initial parameters come from, if another arm learned them."""
        given = self.arms[arm_name].weights
        if not isinstance(given, ArmWeights):
            return None
        source = self.arms[given.arm]
        dataset = self.datasets[source.dataset]
        return Origin(
            spec=self.run_spec(given.arm, seed=0),
            images=self.tensor_spec(given.arm),
            checksum=dataset.download.checksum if dataset.download else None,
            weights_checksum=self.weights[source.weights.file].checksum
            if isinstance(source.weights, FileWeights)
            else None,
            origin=self.origin(given.arm),
        )

    def _stored_size(self, arm: Arm) -> int:
        return self.datasets[arm.dataset].image_size


def same_body(one: Network, other: Network) -> bool:
    """Return whether two networks differ at most in their heads."""
    if isinstance(one, DescribedNetwork) and isinstance(other, DescribedNetwork):
        return canonical_body(one) == canonical_body(other)
    if isinstance(one, LibraryNetwork) and isinstance(other, LibraryNetwork):
        return (one.library, one.model, one.keep) == (other.library, other.model, other.keep)
    return False


def _check_library(network: Network, arm: Arm, where: str) -> None:
    if not isinstance(network, LibraryNetwork):
        return
    framework = LIBRARY_FRAMEWORK[network.library]
    if arm.framework != framework:
        raise ValueError(
            f"{where}.network: '{arm.network}' is a network of {network.library}, which needs framework: {framework}; "
            f"the arm has framework: {arm.framework}"
        )
    entry = CATALOGUE[network.library, network.model]
    if network.keep == "all_but_last_layer" and not entry.ends_in_dense:
        raise ValueError(
            f"networks.{arm.network}.keep: {network.library}'s {network.model} does not end in a dense layer; "
            "use keep: trunk"
        )
