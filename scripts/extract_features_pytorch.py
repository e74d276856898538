"""What the frozen part of a PyTorch network gives for every image, once for all epochs, seeds and heads."""

from study.data.feature_cache import write_features
from study.errors import program
from study.machine.computing import computing
from study.runs.feature_call import read_features_call
from study.store.artefacts import new_artefact
from study.training.precision import settle


@program
def main() -> None:
    """Read the job, compute, write."""
    call, inputs, limit = read_features_call(__file__, __doc__)
    with computing("pytorch", call.arguments.device, call.store) as selection:
        from study.backends.pytorch.device import fastest_precision, set_up, why_no_gpu
        from study.backends.pytorch.features import extractor

        selection.check(why_no_gpu())
        device = set_up(call.threads)
        spec = settle(inputs.spec, inputs.cache.manifest, lambda: fastest_precision(device))
        frozen_part = extractor(spec, inputs.cache, inputs.weights, device)
        with new_artefact(call.store, call.job) as folder:
            write_features(folder, inputs.cache, frozen_part, limit)


if __name__ == "__main__":
    main()
