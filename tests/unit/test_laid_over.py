"""What is said of blocks to which several files gave keys."""

from pathlib import Path

import pytest

from study.config.load import merged_files, read_config, validate
from study.errors import StudyError
from support.paths import CONFIG

BASE = CONFIG / "config.yaml"
RULE = ", as files are joined key by key: write it in one file, or under another name"
JOINED = {
    "weights": (
        "arms: {pretrained_pytorch: {weights: {arm: scratch_pytorch}}}",
        "arms.pretrained_pytorch.weights: unknown key 'file'; known keys are arm; "
        f"this block has 'file' from {{base}} and 'arm' from mine.yaml{RULE}",
    ),
    "network": (
        "networks: {alexnet_torchvision: {layers: []}}",
        "this block has 'library', 'model', 'keep' and 1 more from {base} and 'layers' from mine.yaml" + RULE,
    ),
    "frozen": (
        "arms: {pretrained_pytorch: {frozen: {all_but_last: 1}}}",
        "arms.pretrained_pytorch.frozen: names frozen layers in two ways; this block has 'layers' from {base} and "
        f"'all_but_last' from mine.yaml{RULE}",
    ),
}


def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, overlay: str) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(overlay, encoding="utf-8")
    files = [BASE, Path("mine.yaml")]
    with pytest.raises(StudyError) as caught:
        validate(read_config(files), merged_files(files))
    return str(caught.value)


@pytest.mark.parametrize("row", JOINED)
def test_a_block_of_two_forms_is_refused_with_the_files_of_both(
    row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay, expected = JOINED[row]
    assert expected.format(base=BASE) in refusal(tmp_path, monkeypatch, overlay)


def test_a_misspelled_key_is_only_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(tmp_path, monkeypatch, "arms: {scratch_pytorch: {epoch: 3}}")
    assert "did you mean 'epochs'?" in message
    assert "joined" not in message


def test_a_block_of_one_file_is_only_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(tmp_path, monkeypatch, "networks: {mine: {layers: [], zebra: 1}}")
    assert "unknown key 'zebra'" in message
    assert "joined" not in message


def test_a_key_of_no_file_came_from_the_command_line() -> None:
    config = read_config([], BASE)
    config["arms"]["pretrained_pytorch"]["weights"] |= {"arm": "scratch_pytorch"}
    with pytest.raises(StudyError, match="'arm' from the command line, as files are joined"):
        validate(config, [BASE])
