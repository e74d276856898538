"""What a model's section says of how it was trained, what is its result, what steered it and what it took."""

from typing import Any

import pytest

from support.audited import summary_and_audit
from support.rendered import Study, context_of, of_arm, written
from support.synthetic_arms import document_arms


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return summary_and_audit(tmp_path_factory.mktemp("recipe"), document_arms((0, 1)))


def both(study: Study, **changes: Any) -> tuple[str, str]:
    return of_arm(study, "es", **changes), of_arm(study, "en", **changes)


def spec_of(study: Study, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = study[0].content["arms"][0]["spec"] | changes
    return found


def runs_of(study: Study, *changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [run | change for run, change in zip(study[0].content["arms"][0]["runs"], changes, strict=True)]


def test_the_epoch_of_the_result_is_said_and_not_that_it_is_the_last(study: Study) -> None:
    runs = runs_of(study, {"reported_epoch": 2}, {"reported_epoch": 3})
    spanish, english = both(study, spec=spec_of(study, result="best", monitor="validation"), runs=runs)
    assert "la época con la mejor exactitud de validación: las épocas 2 y 3, en el orden de las semillas." in spanish
    assert "the epoch with the best validation accuracy: epochs 2 and 3, in the order of the seeds." in english
    assert "last epoch" not in english
    assert "última época" not in spanish
    assert "after the last epoch" in of_arm(study, "en")


def test_an_early_stop_says_when_trainings_ended_and_in_the_singular_where_it_is_one(study: Study) -> None:
    runs = runs_of(study, {"ended": "early_stop", "epochs": 1}, {"ended": "planned", "epochs": 3})
    spec = spec_of(study, early_stop={"patience": 1}, monitor="validation", epochs=3)
    spanish, english = both(study, spec=spec, runs=runs)
    assert "ends early after an epoch without a new best validation accuracy; the runs ended after 1 and 3" in english
    assert "tras una época sin una nueva mejor exactitud de validación; las ejecuciones acabaron tras 1 y 3" in spanish
    assert "the run ended after 1 epoch." in of_arm(study, "en", spec=spec, runs=runs[:1])
    assert "no run did." in of_arm(study, "en", spec=spec)


def test_the_three_splits_have_their_rows_and_validation_only_where_images_were_set_aside(study: Study) -> None:
    statistics = study[0].content["arms"][0]["statistics"]
    spanish, english = both(study)
    assert "| Training (images trained on), final model |" in english
    assert "| Entrenamiento (imágenes con que se entrenó), modelo final |" in spanish
    assert "Set aside (validation)" not in english
    aside = statistics | {"validation_accuracy": statistics["test_accuracy"] | {"mean": 0.4321, "document": None}}
    spanish, english = both(study, statistics=aside, spec=spec_of(study, validation_fraction=0.125))
    assert "| Set aside (validation), final model | — | 43.21" in english
    assert "| Apartadas (validación), modelo final | — | 43,21" in spanish
    assert "Of the training images, 12.5% were set aside" in english


def leak(arm: str, *by: str, inherited: bool = False) -> dict[str, Any]:
    return {"arm": arm, "by": list(by), "inherited": inherited}


def test_what_the_test_set_steered_is_said_as_it_was(study: Study) -> None:
    spanish, english = both(study, leaks=[leak("scratch_pytorch", "result")])
    assert "**The test set steered the training**: its accuracy chose the epoch of the result." in english
    assert "su exactitud eligió la época del resultado." in spanish
    assert "learning rate was" not in english
    assert "did not influence" not in english
    three = [leak("scratch_pytorch", "schedule", "early_stop", "result")]
    assert (
        "its accuracy governed the learning rate, chose when to stop and chose the epoch of the result. "
        "This model’s test figure is therefore not an independent measurement."
    ) in of_arm(study, "en", leaks=three)
    inherited = [leak("<b>other</b>", "early_stop", inherited=True)]
    spanish, english = both(study, leaks=inherited)
    assert "**The test set steered the training of “<b>other</b>”**, whose parameters this model starts" in english
    assert "dirigió el entrenamiento de «<b>other</b>»**, de cuyos parámetros parte este modelo" in spanish
    assert "did not influence this training" in of_arm(study, "en")


def test_a_gap_a_divergence_and_a_run_that_learned_nothing_are_told(study: Study) -> None:
    gap = [{"seed": 1, "seen": 0.71, "measured": 0.25, "cause": "batch_norm"}]
    runs = runs_of(study, {}, {"ended": "diverged", "epochs": 2})
    spanish, english = both(study, inference_gap=gap, runs=runs, collapsed=1)
    assert "right about 71.00% of the images trained on in passing, but about 25.00% afterwards" in english
    assert "batch normalisation uses the mean" in english
    assert "acertó el 71,00 % sobre la marcha, y el 25,00 % después" in spanish
    assert "**The training with seed 1 diverged** after epoch 2" in english
    assert "both on the images trained on and on the test images, its predictions are no better than chance" in english
    assert "Una ejecución no aprendió nada" in spanish


def test_a_gap_is_not_called_memory_in_the_caption(study: Study) -> None:
    context = context_of(study, "en")
    assert "the network has memorised" in written("figures", context, "en")
    for arm in context["arms"]:
        arm["inference_gap"] = [{"seed": 0, "seen": 0.71, "measured": 0.25, "cause": "unknown"}]
    assert "memorised" not in written("figures", context, "en")


def test_what_a_training_took_is_said_with_and_without_the_pass_through_the_frozen_part(study: Study) -> None:
    one = study[0].content["arms"][0]["statistics"]
    took = {name: one["seconds"] | {"mean": mean} for name, mean in (("seconds_shared", 45.0), ("seconds_alone", 52.5))}
    spanish, english = both(study, statistics=one | took)
    assert (
        "with its share of that pass, a training took 45.0 s; with all of it, as if no other training used it, 52.5 s."
        in english
    )
    assert (
        "con la parte que le toca, un entrenamiento duró 45,0 s; con toda ella, como si no hubiera otro, 52,5"
        in spanish
    )
    plain = of_arm(study, "en")
    assert "A training took 37.5 s on average: its epochs and the scoring after each. " in plain
    assert "the pass through the frozen layers" not in plain


def test_layers_that_are_frozen_by_number_and_by_name_are_both_told(study: Study) -> None:
    def texts(number: int) -> list[str]:
        frozen = {"frozen": {"all_but_last": number, "layers": ["norm1", "norm2"]}}
        return list(both(study, spec=spec_of(study, **frozen)))

    spanish, english = texts(15)
    assert "all layers but the last 15 are frozen, and `norm1` and `norm2` too; of " in english
    assert "todas las capas menos las últimas 15, y también `norm1` y `norm2`; de " in spanish
    assert "all layers but the last are frozen, and `norm1` and `norm2` too;" in texts(1)[1]


def test_shuffled_labels_are_told(study: Study) -> None:
    spanish, english = both(study, spec=spec_of(study, labels="shuffled"))
    assert "In training, the images had each other’s labels" in english
    assert "las imágenes llevaban las etiquetas de otras" in spanish
    assert "each other’s labels" not in of_arm(study, "en")


def test_the_fastest_is_so_with_its_share_of_the_pass(study: Study) -> None:
    context = context_of(study, "en")
    for number, arm in enumerate(context["arms"]):
        for name, mean in (("seconds", 10.0 + number), ("seconds_shared", 40.0 - number)):
            arm["statistics"][name] = arm["statistics"][name] | {"mean": mean}
    assert "The fastest is “pretrained_tensorflow” (37.0 s)" in written("figures", context, "en")


def test_images_that_the_parameters_do_not_expect_are_noted(study: Study) -> None:
    notes = [
        {"key": "published_scaling", "library": "keras", "model": "VGG16", "expected": "caffe", "given": "zero_to_one"},
        {"key": "single_pixels", "layers": [4, 5]},
    ]
    spanish, english = both(study, input_notes=notes)
    assert (
        "The published parameters of `VGG16` (Keras) were trained with BGR channels minus ImageNet’s mean; here they "
        "get values from 0 to 1."
    ) in english
    assert "En las capas 4 y 5, la ventana recorre un solo píxel, y todo lo demás que ve son ceros." in spanish
