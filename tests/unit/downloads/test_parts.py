"""Downloads that go on from the part that an earlier attempt or command kept."""

from pathlib import Path

import pytest

from study.data.downloads import make_download, part_of
from study.errors import StudyError
from support.downloading import QUICK, all_files, job, made, refusal
from support.file_server import CONTENT, PAGE


def begin(store: Path, content: bytes) -> Path:
    """Let a part of the file be there, as a killed download leaves it."""
    part = part_of(store, job())
    part.parent.mkdir(parents=True)
    part.write_bytes(content)
    return part


def test_a_transfer_goes_on_where_it_was_cut(server, store):
    make_download(store, job(), [f"{server.address}/ranges-cut-once"], None, QUICK)
    assert made(store) == CONTENT
    assert server.starts == [0, 130]
    assert not (store.parent / "work" / "downloads").exists() or not all_files(store.parent / "work")


def test_the_next_command_goes_on_from_what_a_failed_one_kept(server, store):
    with pytest.raises(StudyError, match="received 130 of 170 bytes"):
        make_download(store, job(), [f"{server.address}/cut"], None, QUICK)
    make_download(store, job(), [f"{server.address}/ranges"], None, QUICK)
    assert made(store) == CONTENT
    assert server.starts[-1] == 130


@pytest.mark.parametrize(
    ("part", "path", "starts"),
    [
        pytest.param(CONTENT[:99], "/good", [99], id="the server knows no ranges"),
        pytest.param(b"x" * 99, "/ranges", [99, 0], id="the part is of another file"),
        pytest.param(CONTENT + b"x", "/ranges", [171, 0], id="the part is too long"),
        pytest.param(CONTENT[:99], "/ranges", [99], id="the part is good"),
        pytest.param(CONTENT, "/absent", [], id="the part is the whole"),
        pytest.param(b"", "/ranges", [0], id="the part is empty"),
    ],
)
def test_a_part_of_any_kind_leads_to_the_right_file(server, store, part, path, starts):
    begin(store, part)
    make_download(store, job(), [server.address + path], None, QUICK)
    assert made(store) == CONTENT
    assert server.starts == starts
    assert all_files(store.parent / "work") == []


def test_a_server_without_as_many_bytes_is_asked_from_the_start(server, store):
    begin(store, CONTENT[:99])
    message = refusal(store, [f"{server.address}/too-short"])
    assert "HTTP 416" in message
    assert server.starts == [99, 0]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/page", f"an HTML page of {len(PAGE)} bytes, not the file"),
        ("/wrong-range", "sends a different part"),
        ("/busy", "503"),
    ],
)
def test_an_answer_that_is_not_the_rest_costs_nothing_of_what_is_here(server, store, path, fault):
    part = begin(store, CONTENT[:99])
    with pytest.raises(StudyError, match=fault):
        make_download(store, job(), [server.address + path], None, QUICK)
    assert part.read_bytes() == CONTENT[:99]
    make_download(store, job(), [server.address + path, f"{server.address}/ranges"], None, QUICK)
    assert made(store) == CONTENT
