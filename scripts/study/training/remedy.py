"""What helps where numbers stopped being finite."""

from study.recipe.run import RunSpec


def remedy(spec: RunSpec) -> str:
    """What to change in a run, of settled precision, whose numbers stopped being finite."""
    if spec.precision == "float16":
        return "lower optimiser.learning_rate, or set precision: float32, as float16 overflows beyond 65,504"
    if spec.precision == "bfloat16":
        return "lower optimiser.learning_rate or set precision: float32"
    return "lower optimiser.learning_rate"
