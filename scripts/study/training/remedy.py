"""What helps if numbers are no longer finite."""

from study.recipe.run import RunSpec


def remedy(spec: RunSpec) -> str:
    """Return what to change in a run, with its precision settled, whose numbers are no longer finite."""
    if spec.precision == "float16":
        return "lower optimiser.learning_rate, or set precision: float32, as float16 overflows beyond 65,504"
    if spec.precision == "bfloat16":
        return "lower optimiser.learning_rate or set precision: float32"
    return "lower optimiser.learning_rate"
