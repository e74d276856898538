import numpy as np
import pytest

from study.evaluation.gallery import HARDEST, make_gallery
from study.evaluation.results import read_results
from study.evaluation.summary_spec import SummarySpec
from study.runs.first_filters import first_filters
from support.study_results import make_study
from support.synthetic_arms import digits_arms, document_arms
from support.tiny import run_spec


def gallery_of(store, arms, **images):
    study = make_study(store, arms, **images)
    results = read_results(store, study.summary_job, SummarySpec.model_validate(study.summary_job.spec))
    return results, make_gallery(results)


def test_what_every_run_gets_wrong_is_counted_and_comes_first(tmp_path):
    results, gallery = gallery_of(tmp_path, document_arms())
    labels = np.arange(200) % 10
    wrong = np.mean([[run.predicted != labels for run in result.runs] for result in results], axis=1)
    (only,) = gallery.sets
    assert only["wrong_in_all"] == int((wrong.mean(axis=0) == 1).sum())
    shown = gallery.images[gallery.images["shown"] == "wrong"]
    assert len(shown) == HARDEST
    assert shown["wrong"].is_monotonic_decreasing
    assert shown["wrong"].max() == pytest.approx(wrong.mean(axis=0).max(), abs=1e-12)  # means of a few fractions


def test_each_image_has_its_own_pixels(tmp_path):
    results, gallery = gallery_of(tmp_path, document_arms((0,)))
    stored = np.load(results[0].tensors.file("test_images.npy"))
    assert np.array_equal(gallery.pixels["set0"], stored[gallery.images["image"].to_numpy()])


def test_guesses_of_an_image_add_up_to_all_runs(tmp_path):
    _, gallery = gallery_of(tmp_path, document_arms())
    sums = gallery.guesses.groupby(["set", "image", "arm"])["share"].sum()
    assert sums.to_numpy() == pytest.approx(1.0, abs=1e-12)  # sums of thirds


def test_arms_with_other_test_images_have_a_set_of_their_own(tmp_path):
    other = digits_arms((0,))[1]
    _, gallery = gallery_of(tmp_path, [document_arms((0,))[0], other])
    assert [found["arms"] for found in gallery.sets] == [["scratch_pytorch"], ["scratch_tensorflow"]]
    assert set(gallery.pixels) == {"set0", "set1"}


def test_no_image_is_shown_as_wrong_where_all_are_right(tmp_path):
    arm = document_arms((0,))[0]
    _, gallery = gallery_of(tmp_path, [type(arm)(**{**vars(arm), "accuracies": {0: 1.0}})])
    assert set(gallery.images["shown"]) == {"sample"}
    assert len(gallery.guesses) == 0


def test_filters_are_images_whatever_the_layout_and_the_channels():
    filters = np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(2, 3, 4, 5)  # out, in, height, width
    shown = first_filters(run_spec("pytorch"), {"conv1.bias": np.zeros(2), "conv1.weight": filters})
    assert shown.shape == (2, 4, 5, 3)
    assert np.array_equal(shown[1, :, :, 2], filters[1, 2])
    head = [{"type": "dense", "units": "classes", "activation": "none"}]
    resnet = {"library": "keras", "model": "ResNet50", "head": [{"type": "global_average_pool"}, *head]}
    keras = {"conv1_conv/kernel": filters.transpose(2, 3, 1, 0)}  # height, width, in, out
    assert np.array_equal(first_filters(run_spec("tensorflow", network=resnet), keras), shown)
    swapped = run_spec("tensorflow", network=resnet, input={"size": 32, "scaling": "caffe"})
    assert np.array_equal(first_filters(swapped, keras), shown[..., ::-1])


def test_a_network_that_convolves_nothing_has_no_filters():
    assert first_filters(run_spec("pytorch"), {"dense1.weight": np.zeros((2, 3))}).shape[0] == 0
