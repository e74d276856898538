"""The features of a TensorFlow arm's frozen part as the library computes them."""

from performance.speed.data import open_cache
from performance.speed.ours import extraction_tasks, frozen_part, read_study
from performance.speed.sides import Call, Side
from study.backends.tensorflow.device import fastest_precision, set_up
from study.backends.tensorflow.features import make_extractor
from study.training.precision import settle


def prepare(call: Call) -> Side:
    """A frozen part, made as the extraction program makes it."""
    assert call.features is not None
    study = read_study(call.precision)
    spec = frozen_part(study, call.arm)
    assert spec is not None
    cache = open_cache(call.images)
    spec = settle(spec, cache.manifest, fastest_precision)
    set_up(study.threads, spec.precision)
    return Side(extraction_tasks(make_extractor(spec, cache, None), cache, call.features), spec.precision)
