"""What must fit together between the blocks of a configuration; and where results may go."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study.datasets.digits import read_digits
from study.errors import StudyError
from study.spec.data import DIGITS_IMAGES
from study.spec.folders import check_results, check_writable
from study.spec.load import ROOT, read_config, validate

CONFIG = ROOT / "config"
Config = dict[str, Any]


def demo(change: Callable[[Config], object]) -> Config:
    config = copy.deepcopy(read_config([CONFIG / "demo.yaml"], CONFIG / "config.yaml"))
    change(config)
    return config


def resnet(config: Config, **settings: Any) -> None:
    head = [{"type": "dense", "units": "classes", "activation": "none"}]
    config["networks"]["resnet"] = {"library": "torchvision", "model": "resnet18", "keep": "trunk", "head": head}
    config["networks"]["resnet"]["head"].insert(0, {"type": "global_average_pool"})
    config["arms"]["scratch_pytorch"] |= {"network": "resnet", "features": "live", **settings}


def label(config: Config, **labels: str) -> None:
    config["arms"]["scratch_pytorch"]["label"] = labels


def figures(config: Config, **figures: Any) -> None:
    config["arms"]["scratch_pytorch"]["document"] |= figures


def arm(config: Config, **settings: Any) -> None:
    config["arms"]["scratch_pytorch"] |= settings


def unknown_source(config: Config) -> None:
    """The arm that gives its weights has an unknown network, and stands last."""
    config["arms"]["pretraining"]["network"] = "nowhere"


REFUSED: list[tuple[Callable[[Config], object], str]] = [
    (lambda c: label(c, en="Pretrained with PyTorch", es="Z"), "arms.pretrained_pytorch.label.en: 'Pretrained with"),
    (lambda c: label(c, en=" pretrained  WITH pytorch", es="Z"), "names arm scratch_pytorch too"),
    (lambda c: label(c, en="pretrained_pytorch", es="Z") or c["arms"]["pretrained_pytorch"].pop("label"), "names arm"),
    (lambda c: label(c, en=" ", es="Z"), "arms.scratch_pytorch.label.en: is"),
    (lambda c: figures(c, printed="93%"), "printed: '93%' is not test_accuracy 0.6159 rounded"),
    (lambda c: figures(c, printed="61.58%"), "printed: '61.58%' is not test_accuracy 0.6159 rounded"),
    (lambda c: figures(c, printed="about 61"), "arms.scratch_pytorch.document.printed: is"),
    (lambda c: figures(c, test_accuracy=0.6, printed="60%"), "claims: 'scratch_pytorch_test' gives the document's"),
    (lambda c: figures(c, train_accuracy=0.5), "claims: 'scratch_pytorch_train' gives the document's figure"),
    (lambda c: resnet(c, batch_size=17), "800 training images in batches of 17 leave a batch of 1 image"),
    (lambda c: resnet(c, batch_size=1), "in batches of 1 leave a batch of 1 image"),
    (lambda c: resnet(c) or c.update(override={"batch_size": 47}), "in batches of 47 leave a batch of 1 image"),
    (
        lambda c: resnet(c, batch_size=3, monitor="validation", validation_fraction=0.5),
        "400 training images in batches of 3 leave a batch of 1",
    ),
    (lambda c: arm(c, monitor="validation", validation_fraction=0.0005), "of 800 training images leaves none aside"),
    (lambda c: arm(c, monitor="validation", validation_fraction=0.9999), "leaves none to train on"),
    (unknown_source, "arms.pretraining.network: there is no 'nowhere'"),
    (lambda c: arm(c, frozen={"layers": ["conv9"]}), "arms.scratch_pytorch.frozen.layers: the network has no layer"),
    (lambda c: c["report"].update(languages=["es", "es"]), 'report.languages: is ["es", "es"]; names \'es\' twice'),
    (lambda c: c["report"].update(languages=[]), "report.languages: is []; must not be empty"),
    (lambda c: c["report"].update(formats=["pdf", "pdf"]), "report.formats: is"),
    (lambda c: c["report"].update(formats=[]), "report.formats: is []; must not be empty"),
    (lambda c: c["document"].update(authors=["A", "A"]), "document.authors: is"),
    (lambda c: c["document"].update(authors=["A", " "]), "document.authors.1: is"),
    (lambda c: c["study"].update(name=""), "study.name: is"),
    (lambda c: c["study"].update(name="a\0b"), "study.name: holds a character that cannot be printed"),
    (lambda c: c["document"].update(title="\ud800"), "document.title: holds a character that cannot be printed"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_what_does_not_fit_together_is_refused(change: Callable[[Config], object], sentence: str) -> None:
    with pytest.raises(StudyError) as refused:
        validate(demo(change))
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("configuration: ")


ACCEPTED: list[Callable[[Config], object]] = [
    lambda c: figures(c, printed="61,59 %"),
    lambda c: figures(c, printed="61.6%"),
    lambda c: figures(c, printed="62%"),
    lambda c: resnet(c, batch_size=16),
    lambda c: resnet(c, batch_size=799 // 2),
    lambda c: arm(c, batch_size=17),  # no batch norm: one image is a batch
    lambda c: arm(c, batch_size=100_000),
    lambda c: arm(c, monitor="validation", validation_fraction=1 / 800),
    lambda c: label(c, en="{x} {wildcards.y}", es="{{Ñ}}"),
]


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_fits_is_accepted(change: Callable[[Config], object]) -> None:
    validate(demo(change))


@pytest.mark.parametrize("part", DIGITS_IMAGES)
def test_the_digits_have_as_many_images_as_is_known_of_them(part: Any) -> None:
    found = read_digits(part)
    assert (len(found.train.labels), len(found.test.labels)) == DIGITS_IMAGES[part]


FOLDERS = [
    ("", "begins or ends with a space"),
    (" results", "begins or ends with a space"),
    ("a\nb", "has a line break"),
    ("a\tb", "has a line break or another character"),
    ("results/{arm}", "has a brace"),
    ("x" * 300, "is too long"),
    ("/".join(["x" * 100] * 50), "is too long"),
    ("/", "holds the workflow itself"),
    (".", "holds the workflow itself"),
    ("results/..", "holds the workflow itself"),
    ("../", "holds the workflow itself"),
    ("scripts", "is part of the workflow itself"),
    ("scripts/study/../results", "is part of the workflow itself"),
    (".git/results", "is part of the workflow itself"),
    ("/elsewhere/.git/results", "is part of the workflow itself"),
    ("~/results", "begins with ~ or has a $"),
    ("$SCRATCH/results", "begins with ~ or has a $"),
    ("link", "is part of the workflow itself"),
    ("nowhere", "is no folder: "),
    ("nowhere/results", "is no folder: "),
    ("file", "is no folder: "),
    ("file/results", "is no folder: "),
]


@pytest.mark.parametrize(("results", "problem"), FOLDERS)
def test_results_go_to_a_folder_of_their_own(results: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "scripts")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    before = set(tmp_path.rglob("*"))
    with pytest.raises(StudyError) as refused:
        check_results(results, tmp_path, tmp_path)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)
    assert set(tmp_path.rglob("*")) == before


def test_results_do_not_go_to_the_folder_of_the_command(tmp_path: Path) -> None:
    for results in (".", "..", str(tmp_path)):
        with pytest.raises(StudyError, match="holds the folder in which the command is given"):
            check_results(results, tmp_path / "here" if results == ".." else tmp_path, Path("/workflow"))


def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_writable(tmp_path / "not" / "yet" / "there")
    assert not list(tmp_path.iterdir())
    # As for an ordinary user, or on a file system that is read-only: root may write anywhere else.
    monkeypatch.setattr("os.access", lambda place, mode: False)
    with pytest.raises(StudyError, match=f"{tmp_path / 'new'} cannot be written .{tmp_path} is read-only here"):
        check_writable(tmp_path / "new")


@pytest.mark.parametrize("results", ["results/study", "../elsewhere", "/scratch/é ñ/it's", "reports"])
def test_other_folders_are_fine(results: str, tmp_path: Path) -> None:
    check_results(results, tmp_path / "here", tmp_path / "here")
