"""What must fit together between the blocks of a configuration; and where results may go."""

import copy
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from study.config.folders import check_results, check_writable
from study.config.load import ROOT, validate
from study.config.strict_yaml import read_strictly
from study.data.digits import read_digits
from study.errors import StudyError
from study.recipe.sources.digits import IMAGES
from support.configured_arms import read_whole

CONFIG = ROOT / "config"
Config = dict[str, Any]
DEMO = read_whole("demo.yaml")


def demo(change: Callable[[Config], object]) -> Config:
    config = copy.deepcopy(DEMO)
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


def curves(config: Config, change: Callable[[Any], object]) -> None:
    config["claims"] = read_strictly(ROOT / "config" / "claims.yaml")
    change(config["claims"]["curves"]["1.1"])


def claim(config: Config, name: str, **settings: Any) -> None:
    config["claims"] = read_strictly(ROOT / "config" / "claims.yaml")
    (found,) = (claim for claim in config["claims"]["claims"] if claim["id"] == name)
    found |= settings


def unknown_source(config: Config) -> None:
    """The arm that gives its weights has an unknown network, and stands last."""
    config["arms"]["pretraining"]["network"] = "nowhere"


REFUSED: list[tuple[Callable[[Config], object], str]] = [
    (lambda c: label(c, en="Pretrained with PyTorch", es="Z"), "arms.pretrained_pytorch.label.en: 'Pretrained with"),
    (lambda c: label(c, en=" pretrained  WITH pytorch", es="Z"), "is also arm scratch_pytorch's label"),
    (lambda c: label(c, en="Pretrained with PyTo\u200drch", es="Z"), "is also arm scratch_pytorch's label"),
    (lambda c: label(c, en="Ｐretrained with PyTorch", es="Z"), "is also arm scratch_pytorch's label"),
    (
        lambda c: label(c, en="pretrained_pytorch", es="Z") or c["arms"]["pretrained_pytorch"].pop("label"),
        "is also arm",
    ),
    (lambda c: label(c, en=" ", es="Z"), 'arms.scratch_pytorch.label.en: is " "; must not be blank'),
    (lambda c: figures(c, printed="93%"), "printed: '93%' is not test_accuracy 0.6159 rounded"),
    (lambda c: figures(c, printed="61.58%"), "printed: '61.58%' is not test_accuracy 0.6159 rounded"),
    (lambda c: figures(c, printed="about 61"), 'printed: is "about 61"; must be a percentage, such as 61.59%'),
    (lambda c: figures(c, printed="61.59"), 'printed: is "61.59"; must be a percentage, such as 61.59%'),
    (lambda c: arm(c, section=1.1), "arms.scratch_pytorch.section: is the number 1.1; put it in quotes"),
    (lambda c: figures(c, test_accuracy=0.6, printed="60%"), "claims: 'scratch_pytorch_test' gives the document's"),
    (lambda c: figures(c, train_accuracy=0.5), "claims: 'scratch_pytorch_train' gives the document's figure"),
    (lambda c: claim(c, "pretraining_size", value=0.3), "'pretraining_size' gives the document's difference"),
    (
        lambda c: claim(c, "fresh_start_test", epoch=None),
        "claims.claims.17: epoch: monitor_accuracy describes one epoch",
    ),
    (lambda c: claim(c, "fresh_start_test", vaule=1), "claims.claims.17: unknown key 'vaule', did you mean 'value'?"),
    (lambda c: arm(c, weights={"arm": "a", "x": 1}), "arms.scratch_pytorch.weights: unknown key 'x'"),
    (
        lambda c: c["networks"]["small_alexnet"]["layers"][0].update(padding="x"),
        "layers.0.padding: is \"x\"; must be a whole number or 'same'",
    ),
    (lambda c: arm(c, frozen={"layers": [1]}), "configuration: arms.scratch_pytorch.frozen.layers.0: is 1; must be a"),
    (lambda c: arm(c, epochs=1e300), "epochs: is 1e+300; must be a whole number up to 2147483647"),
    (lambda c: claim(c, "scratch_pytorch_test", tolerance=0), "tolerance: is 0; must be greater than 0"),
    (lambda c: claim(c, "scratch_pytorch_test", tolerance=1.0), "tolerance: is 1.0; must be less than 1"),
    (lambda c: claim(c, "fresh_start", value=0.5), "'fresh_start' gives 0.5, but curves.1.1 has 0.5058"),
    (lambda c: claim(c, "fresh_start_test", epoch=2), "'fresh_start_test' gives 0.5326, but curves.1.1 has 0.5693"),
    (lambda c: claim(c, "fresh_start", epoch=11), "'fresh_start' is about epoch 11, but curves.1.1 has 10 epochs"),
    (lambda c: claim(c, "notebook_scratch_pytorch_best", value=0.6159), "gives 0.6159, but curves.1.1 has 0.6286"),
    (lambda c: claim(c, "notebook_pretrained_pytorch_test", value=0.93), "gives 0.93, but curves.2.1 has 0.8602"),
    (lambda c: curves(c, lambda it: it["train_loss"].pop()), "train_loss has 9, test_loss has 10; give one number for"),
    (
        lambda c: curves(c, lambda it: [values.pop() for values in it.values()]),
        "curves.1.1: has 9 epochs, but protocols.notebook.1.1 has 10",
    ),
    (lambda c: c.update(evaluation={"equivalence_margin": 0}), "evaluation.equivalence_margin: is 0; must be greater"),
    (lambda c: c["document"]["data"].update(checksum="abc"), "document.data.checksum: is"),
    (lambda c: arm(c, batch_size=2**31), "batch_size: is 2147483648; must be"),
    (lambda c: c["study"].update(seeds=[2**63]), "study.seeds.0: is 9223372036854775808; must be"),
    (lambda c: c["arms"].update({"a" * 101: c["arms"]["scratch_pytorch"]}), "; must have at most 100"),
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
    (
        lambda c: arm(c, frozen={"layers": ["conv9"], "all_but_last": 2}),
        "arms.scratch_pytorch.frozen.layers: the network has no layer",
    ),
    (lambda c: arm(c, frozen={}), "arms.scratch_pytorch.frozen: give 'layers', 'all_but_last' or both"),
    (lambda c: c["report"].update(languages=["es", "es"]), 'report.languages: is ["es", "es"]; names \'es\' twice'),
    (lambda c: c["report"].update(languages=[]), "report.languages: is []; must not be empty"),
    (lambda c: c["report"].update(formats=["pdf", "pdf"]), "report.formats: is"),
    (lambda c: c["report"].update(formats=[]), "report.formats: is []; must not be empty"),
    (lambda c: c["document"].update(authors=["A", "A"]), "document.authors: is"),
    (lambda c: c["document"].update(authors=["A", " "]), "document.authors.1: is"),
    (lambda c: c["study"].update(name=""), "study.name: is"),
    (lambda c: c["study"].update(name="a\0b"), "study.name: contains a character that cannot be printed"),
    (lambda c: c["document"].update(title="\ud800"), "document.title: contains a character that cannot be printed"),
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
    lambda c: figures(c, printed="61.59\u202f%"),
    lambda c: claim(c, "scratch_pytorch_test", value=0.616, tolerance=0.0001),
    lambda c: claim(c, "pretraining_size", value=0.31, tolerance=0.0041),
    lambda c: claim(c, "fresh_start", value=0.506, tolerance=0.0005),
    lambda c: c["study"].update(seeds=[2**63 - 1]),
    lambda c: resnet(c, batch_size=1, frozen={"all_but_last": 0}),
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


@pytest.mark.parametrize("part", IMAGES)
def test_the_digits_have_as_many_images_as_is_known_of_them(part: Any) -> None:
    found = read_digits(part)
    assert (len(found.train.labels), len(found.test.labels)) == IMAGES[part]


FOLDERS = [
    ("", "begins or ends with a space"),
    (" results", "begins or ends with a space"),
    ("a\nb", "has a line break"),
    ("a\tb", "has a line break or another character"),
    ("results/{arm}", "has a brace"),
    ("x" * 300, "is too long"),
    ("/".join(["x" * 100] * 50), "is too long"),
    ("/", "contains the workflow itself"),
    (".", "contains the workflow itself"),
    ("results/..", "contains the workflow itself"),
    ("../", "contains the workflow itself"),
    ("scripts", "is part of the workflow itself"),
    ("scripts/study/../results", "is part of the workflow itself"),
    (".git/results", "is part of the workflow itself"),
    ("/elsewhere/.git/results", "is part of the workflow itself"),
    ("link", "is part of the workflow itself"),
    ("-out", "begins with a dash"),
    ("s3://bucket/results", "is an address, not a folder"),
    ("a\u200bb", "character that cannot be printed"),
    ("used", "used/store is not a folder"),
    ("nowhere", "is not a folder: "),
    ("nowhere/results", "is not a folder: "),
    ("file", "is not a folder: "),
    ("file/results", "is not a folder: "),
]


@pytest.mark.parametrize(("results", "problem"), FOLDERS)
def test_results_go_to_a_folder_of_their_own(results: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "scripts").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "scripts")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "store").symlink_to(tmp_path / "gone")
    before = set(tmp_path.rglob("*"))
    with pytest.raises(StudyError) as refused:
        check_results(results, tmp_path, tmp_path)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)
    assert set(tmp_path.rglob("*")) == before


def test_results_do_not_go_to_the_folder_of_the_command(tmp_path: Path) -> None:
    for results in (".", "..", str(tmp_path)):
        with pytest.raises(StudyError, match="contains the folder in which the command runs"):
            check_results(results, tmp_path / "here" if results == ".." else tmp_path, Path("/workflow"))


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs_and_after_something_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "not" / "yet"
    check_writable(new)
    assert not list(tmp_path.iterdir())
    disk = os.statvfs(tmp_path)
    fields = ["f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree", "f_favail"]
    for full in ({"f_bavail": 1}, {"f_files": 10, "f_favail": 0}):
        monkeypatch.setattr(
            "os.statvfs", lambda place, full=full: SimpleNamespace(**{f: getattr(disk, f) for f in fields} | full)
        )
        with pytest.raises(StudyError, match=f"{new} cannot be written, since the disk of {tmp_path} is full"):
            check_writable(new)
    # As for an ordinary user, or on a file system that is read-only: root may write anywhere else.
    monkeypatch.setattr("os.access", lambda place, mode: False)
    with pytest.raises(StudyError, match=f"{new} cannot be written, since {tmp_path} is read-only here"):
        check_writable(new)


@pytest.mark.parametrize("results", ["results/study", "../elsewhere", "/scratch/é ñ/it's", "reports"])
def test_other_folders_are_fine(results: str, tmp_path: Path) -> None:
    check_results(results, tmp_path / "here", tmp_path / "here")
