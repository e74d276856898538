"""What is chosen by name: optimisers, schedules and sources of images, one per file in the folder of their kind.

A file added there is found: it can be configured, appears in the schema, and is tested like the others.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar, Union

from pydantic import Field

from study.recipe.base import SpecModel
from study.recipe.optimiser import OptimiserSettings
from study.recipe.schedule import ScheduleSettings
from study.recipe.source import SourceSettings

M = TypeVar("M", bound=SpecModel)


def _models(folder: str, kind: type[M]) -> dict[str, type[M]]:
    """Return the model in each file of a folder, by the file's name."""
    found = {}
    for file in sorted((Path(__file__).parent / folder).glob("[!_]*.py")):
        module = import_module(f"study.recipe.{folder}.{file.stem}")
        own = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
        models = [value for value in own if isinstance(value, type) and issubclass(value, kind)]
        if len(models) != 1:
            raise ImportError(f"{file}: must have one class that is a {kind.__name__}; has {len(models)}")
        found[file.stem] = models[0]
    return found


OPTIMISERS: Mapping[str, type[OptimiserSettings]] = _models("optimisers", OptimiserSettings)
SCHEDULES: Mapping[str, type[ScheduleSettings]] = _models("schedules", ScheduleSettings)
SOURCES: Mapping[str, type[SourceSettings]] = _models("sources", SourceSettings)

if TYPE_CHECKING:
    Optimiser = OptimiserSettings
    Schedule = ScheduleSettings
    DatasetSpec = SourceSettings
else:
    Optimiser = Annotated[Union[tuple(OPTIMISERS.values())], Field(discriminator="name")]
    Schedule = Annotated[Union[tuple(SCHEDULES.values())], Field(discriminator="name")]
    DatasetSpec = Annotated[Union[tuple(SOURCES.values())], Field(discriminator="source")]


def optimiser_keys() -> dict[str, tuple[str, ...]]:
    """Return the keys that only some optimisers have, each with the keys that must not be 0 for it to matter."""
    shared = OptimiserSettings.model_fields
    own = [(key, model) for model in OPTIMISERS.values() for key in model.model_fields if key not in shared]
    return {key: tuple(model.needs[name] for name in model.needs if name == key) for key, model in own}
